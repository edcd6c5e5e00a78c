"""Inputs placed by the checker hold what their docstrings promise, and travel with a probe."""

import numpy as np
import pytest

from autograder import (
    biases_beside_kinks,
    gradient_check,
    large_logits,
    one_hot_labels,
    relu_network_inputs,
    upstream_gradient,
    values_beside_kink,
)
from autograder.gradients import kinked
from autograder.probes import pack
from autograder.sandbox.beside import bundle

SEEDS = range(20)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("n", [1, 2, 7])
def test_biases_place_every_kink(seed, n):
    """One dead unit, one always active, one sample of each other unit just beside, on both sides; no ties."""
    o = np.random.default_rng(seed).normal(size=(n, 6))
    z = o + biases_beside_kinks(o)
    near = np.sort(np.abs(z[:, 2:]), axis=0)
    assert (z[:, 0] < 0).all()
    assert (z[:, 1] > 0).all()
    np.testing.assert_allclose(near[0], 1e-4, rtol=1e-9)
    assert (near[1:] > 2e-4).all()
    below, above = (np.abs(z - side * 1e-4).min(axis=0)[2:] < 1e-9 for side in (-1, 1))
    assert below.tolist() == [True, False, True, False]
    assert above.tolist() == [False, True, False, True]


def test_a_single_unit_lets_something_through():
    """With one unit, or two, none is dead: a gradient of zeros would prove nothing."""
    for m in (1, 2):
        o = np.random.default_rng(0).normal(size=(1, m))
        assert (o + biases_beside_kinks(o) > 0).any()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("samples", [1, 7])
def test_a_network_is_never_at_a_kink(seed, samples):
    """Complex steps see no kink within 1e-7 of the inputs, in any hidden layer, for a batch of one as well."""
    p = relu_network_inputs(np.random.default_rng(seed), samples)

    def of(at):
        a = at["x"]
        for i in range(3):
            a = a @ at[f"w{i}"] + at[f"b{i}"]
            a = a if i == 2 else np.maximum(a, 0)
        return np.sum(a * at["upstream"])

    assert kinked(of, p, np.random.default_rng(0)) == ()


def test_shapes_of_a_network():
    """Blocks are named and shaped as the docstring says."""
    p = relu_network_inputs(np.random.default_rng(0), 7, (4, 6, 3))
    shapes = {name: value.shape for name, value in p.items()}
    assert shapes == {
        "x": (7, 4),
        "w0": (4, 6),
        "b0": (1, 6),
        "w1": (6, 3),
        "b1": (1, 3),
        "y": (7, 3),
        "upstream": (7, 3),
    }


def test_equal_sizes_are_refused():
    """Where two sizes are equal a transposed array fits, so they must differ; ones may repeat."""
    with pytest.raises(ValueError, match=r"\(4, 4, 6, 3\).*pairwise different"):
        relu_network_inputs(np.random.default_rng(0), 4, (4, 6, 3))
    assert relu_network_inputs(np.random.default_rng(0), 1, (4, 6, 1))["y"].shape == (1, 1)


@pytest.mark.parametrize("seed", SEEDS)
def test_values_lie_on_both_sides_of_a_kink(seed):
    """A quarter lies at the distance, on both sides, and nothing nearer."""
    z = values_beside_kink(np.random.default_rng(seed), (4, 5), kink=2.0) - 2.0
    assert np.isclose(np.abs(z), 1e-4).sum() == 5
    assert np.isclose(z, 1e-4).any()
    assert np.isclose(z, -1e-4).any()
    assert np.abs(z).min() > 0.99e-4


@pytest.mark.parametrize("shape", [(1,), (7,), (1, 5), (7, 5), (3, 4, 2)])
def test_no_two_samples_have_the_same_upstream(shape):
    """Rows differ in direction and size, and no entry is near zero."""
    g = upstream_gradient(np.random.default_rng(0), shape)
    sizes = np.abs(g.reshape(shape[0], -1)).mean(axis=1)
    assert g.shape == shape
    assert len(set(sizes)) == shape[0]
    assert np.abs(g).min() > 0.2


def test_every_class_has_its_labels():
    """One-hot rows; the counts of the classes differ by one at most."""
    for seed in SEEDS:
        y = one_hot_labels(np.random.default_rng(seed), 7, 3)
        assert (y.sum(axis=1) == 1).all()
        assert sorted(y.sum(axis=0)) == [2, 2, 3]


def test_large_logits_have_both_signs_in_each_row():
    """Scores around ±50 in each row, so that a naive exponential overflows or loses a class."""
    o = large_logits(np.random.default_rng(0), 6, 3, 1000.0)
    assert (o.max(axis=1) > 900).all()
    assert (o.min(axis=1) < -900).all()


def _placed(rng):
    placed = relu_network_inputs(rng, 7, (4, 6, 3))
    placed["z"] = values_beside_kink(rng, (3, 4))
    placed["scores"] = large_logits(rng, 5, 3)
    return placed


def test_placed_inputs_travel():
    """What the functions make beside student code is what they make in the trusted process."""

    @gradient_check(points=1, inputs=_placed, of=lambda student, at: 0.0)
    def everything(student, inputs):
        """All inputs."""
        return inputs

    there = bundle.load(pack(everything))(None, np.random.default_rng(5))
    here = _placed(np.random.default_rng(5))
    assert list(there) == list(here)
    assert all(np.array_equal(there[name], here[name]) for name in here)
