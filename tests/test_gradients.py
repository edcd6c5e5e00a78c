"""The proof by complex steps: it agrees with what is right and notices what is slightly wrong."""

import numpy as np
import pytest

from autograder.gradients import directional, disproved, gradient


def _loss(inputs):
    """The mean of squares behind a ReLU."""
    hidden = np.maximum(0, inputs["x"] @ inputs["w"] + inputs["b"])
    return np.sum(hidden**2) / len(inputs["x"])


def _analytic(inputs):
    """The gradient by hand."""
    hidden = np.maximum(0, inputs["x"] @ inputs["w"] + inputs["b"])
    upstream = 2 * hidden / len(inputs["x"])
    return {"w": inputs["x"].T @ upstream, "b": upstream.sum(axis=0), "x": upstream @ inputs["w"].T}


@pytest.fixture
def inputs():
    """Random inputs; none of the pre-activations is zero."""
    rng = np.random.default_rng(3)
    return {"x": rng.normal(size=(5, 3)), "w": rng.normal(size=(3, 4)), "b": rng.normal(size=4)}


def test_the_right_gradient_stands(inputs):
    """A right gradient is not disproved in any block."""
    assert disproved(_loss, inputs, _analytic(inputs), np.random.default_rng(0)) == ()


@pytest.mark.parametrize("factor", [1 + 1e-7, 2.001, -1, 0])
def test_a_slightly_wrong_gradient_falls(inputs, factor):
    """A factor on one block disproves that block alone."""
    claimed = _analytic(inputs)
    claimed["b"] = claimed["b"] * factor
    assert disproved(_loss, inputs, claimed, np.random.default_rng(0)) == ("b",)


def test_a_wrong_shape_or_name_falls(inputs):
    """A gradient of too many entries, or of what is no input, is disproved."""
    claimed = {"b": np.zeros((4, 4)), "beta": np.zeros(4)}
    assert disproved(_loss, inputs, claimed, np.random.default_rng(0)) == ("b", "beta")


def test_a_step_beside_a_kink_is_exact():
    """At a sample just beside a kink the derivative is that of its own side."""
    for z, slope in ((1e-12, 1.0), (-1e-12, 0.0)):
        at = {"z": np.array([z])}
        assert directional(lambda p: np.sum(np.maximum(0, p["z"])), at, "z", np.ones(1)) == slope


def test_the_whole_gradient_agrees_with_the_analytic_one(inputs):
    """Entry by entry the derivative is the analytic one to the last digits."""
    for name, value in _analytic(inputs).items():
        np.testing.assert_allclose(gradient(_loss, inputs, name), value, rtol=1e-12)
