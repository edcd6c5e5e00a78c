"""Derivatives of trusted code: they agree with what is right, notice what is slightly wrong, and know their limits."""

import numpy as np
import pytest

from autograder.gradients import derivative, directional, disproved, gradient, kinked, located, proofs, richardson

RNG = np.random.default_rng


def _loss(inputs):
    """The mean of squares behind a ReLU."""
    hidden = np.maximum(0, inputs["x"] @ inputs["w"] + inputs["b"])
    return np.sum(hidden**2) / len(inputs["x"])


def _analytic(inputs):
    """The gradient by hand."""
    hidden = np.maximum(0, inputs["x"] @ inputs["w"] + inputs["b"])
    upstream = 2 * hidden / len(inputs["x"])
    return {"w": inputs["x"].T @ upstream, "b": upstream.sum(axis=0), "x": upstream @ inputs["w"].T}


RELUS = {
    "maximum": lambda z: np.maximum(z, 0),
    "where": lambda z: np.where(z > 0, z, 0),
    "mask": lambda z: z * (z > 0),
    "clip": lambda z: np.clip(z, 0, None),
    "abs": lambda z: (z + abs(z)) / 2,  # silently wrong under a complex step
    "real": lambda z: np.maximum(np.real(z), 0),  # silently zero
    "astype": lambda z: np.maximum(z, 0).astype(float),  # a ComplexWarning
    "vectorize": np.vectorize(lambda z: max(z, 0.0)),  # a TypeError
    "heaviside": lambda z: z * np.heaviside(z, 0),  # a TypeError
}
COMPLEX_SAFE = ("maximum", "where", "mask", "clip")


def _through(relu):
    """A smooth loss behind some way to write ReLU."""
    return lambda p: np.sum(np.cos(p["up"]) * np.tanh(relu(p["x"] @ p["w"] + p["b"]))) / len(p["x"])


def _gradients_through(p):
    z = p["x"] @ p["w"] + p["b"]
    g = np.cos(p["up"]) * (1 - np.tanh(z) ** 2) * (z > 0) / len(z)
    return {"x": g @ p["w"].T, "w": p["x"].T @ g, "b": g.sum(axis=0, keepdims=True)}


def _inputs_beside(distance):
    """Inputs of which two pre-activations lie at that distance from zero, one on either side."""
    rng = RNG(11)
    p = {"x": rng.normal(size=(7, 4)), "w": rng.normal(size=(4, 6)), "b": rng.normal(size=(1, 6))}
    z = p["x"] @ p["w"]
    p["b"][0, 2], p["b"][0, 3] = distance - z[3, 2], -distance - z[4, 3]
    return {**p, "up": rng.normal(size=(7, 6))}


@pytest.fixture
def inputs():
    """Random inputs; none of the pre-activations is zero."""
    rng = RNG(3)
    return {"x": rng.normal(size=(5, 3)), "w": rng.normal(size=(3, 4)), "b": rng.normal(size=4)}


# --- complex steps ---------------------------------------------------------------------------------------


def test_a_step_beside_a_kink_is_exact():
    """At a sample just beside a kink the derivative is that of its own side."""
    for z, slope in ((1e-12, 1.0), (-1e-12, 0.0)):
        at = {"z": np.array([z])}
        assert directional(lambda p: np.sum(np.maximum(0, p["z"])), at, "z", np.ones(1)) == slope


def test_the_whole_gradient_agrees_with_the_analytic_one(inputs):
    """Entry by entry the derivative is the analytic one to the last digits."""
    for name, value in _analytic(inputs).items():
        np.testing.assert_allclose(gradient(_loss, inputs, name), value, rtol=1e-12)


# --- differences -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "slope"),
    [
        (lambda t: np.exp(3 * t), 3.0),
        (lambda t: np.tanh(0.4 + t), 1 - np.tanh(0.4) ** 2),
        (lambda t: 1000 + np.sin(t), 1.0),
        (lambda t: 2.5, 0.0),
        (lambda t: t**2, 0.0),
        (lambda t: max(0.0, 1e-6 + t), 1.0),
        (lambda t: 1 + max(0.0, t - 1e-4), 0.0),
        (lambda t: 1e-9 * np.exp(t), 1e-9),
    ],
)
def test_differences_lie_within_their_own_error(line, slope):
    """The extrapolated slope is right to its estimate of the error, and the estimate is small."""
    value, error = richardson(line)
    assert abs(value - slope) <= error
    assert error <= 1e-6 * max(abs(slope), abs(line(0.0)), 1e-9)


def test_at_a_kink_the_error_is_as_large_as_the_jump():
    """Differences at a kink do not pass the mean of both slopes off as the derivative."""
    _, error = richardson(lambda t: max(0.0, t))
    assert error > 0.5


def test_single_precision_is_seen_in_the_error():
    """A function that rounds to float32 inside gives a larger error, and the truth lies within it."""
    for at in RNG(0).uniform(-2, 2, size=50):
        value, error = richardson(lambda t, at=at: 0.1 * float(np.exp(np.float32(at + t))))
        assert abs(value / (0.1 * np.exp(at)) - 1) < 1e-3
        assert abs(value - 0.1 * np.exp(at)) <= 10 * error


# --- the guard -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RELUS)
@pytest.mark.parametrize("distance", [1e-3, 1e-4, 1e-6])
def test_every_way_to_write_relu_is_differentiated(name, distance):
    """Complex steps where they work, differences where the code fails aloud or silently; right gradients stand."""
    p = _inputs_beside(distance)
    found = proofs(_through(RELUS[name]), p, _gradients_through(p), RNG(0))
    assert [proof.reason for proof in found] == ["", "", ""]
    assert {proof.by for proof in found} == {"complex step" if name in COMPLEX_SAFE else "differences"}


@pytest.mark.parametrize("name", RELUS)
def test_a_gradient_off_by_a_ten_thousandth_falls(name):
    """Whatever way the derivative is found, one wrong block is named, and only that one."""
    p = _inputs_beside(1e-4)
    claimed = _gradients_through(p)
    claimed["w"] = claimed["w"] * 1.0001
    assert disproved(_through(RELUS[name]), p, claimed, RNG(0)) == ("w",)


def test_the_silent_trap_is_caught():
    """The slope that a complex step gives through (z + |z|) / 2 is not believed, nor a gradient that equals it."""
    p, of = _inputs_beside(1e-4), _through(RELUS["abs"])
    u = RNG(1).normal(size=p["w"].shape)
    believed, trapped = derivative(of, p, "w", u), directional(of, p, "w", u)
    assert believed.by == "differences"
    assert abs(believed.value - trapped) > 1e-3
    assert disproved(of, p, {"w": gradient(of, p, "w")}, RNG(0)) == ("w",)


def test_what_cannot_be_proved_is_not_proved():
    """Code that gives another value at each call proves nothing."""
    rng = RNG(0)
    noisy = proofs(lambda p: np.sum(p["w"]) * rng.normal(), {"w": np.ones(3)}, {"w": np.ones(3)}, RNG(1))
    assert "can prove" in noisy[0].reason


# --- proofs ----------------------------------------------------------------------------------------------


def test_the_right_gradient_stands(inputs):
    """A right gradient is not disproved in any block."""
    assert disproved(_loss, inputs, _analytic(inputs), RNG(0)) == ()


@pytest.mark.parametrize("factor", [1 + 1e-7, 2.001, -1, 0, np.nan, np.inf])
def test_a_slightly_wrong_gradient_falls(inputs, factor):
    """A factor on one block disproves that block alone."""
    claimed = _analytic(inputs)
    claimed["b"] = claimed["b"] * factor
    assert disproved(_loss, inputs, claimed, RNG(0)) == ("b",)


def test_a_wrong_shape_or_name_falls(inputs):
    """A gradient of too many entries, or of what is no input, is disproved."""
    claimed = {"b": np.zeros((4, 4)), "beta": np.zeros(4)}
    assert disproved(_loss, inputs, claimed, RNG(0)) == ("b", "beta")


# --- kinks -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RELUS)
@pytest.mark.parametrize(("distance", "at_kink"), [(0.0, True), (1e-9, True), (1e-6, False), (1e-4, False)])
def test_inputs_at_a_kink_are_found(name, distance, at_kink):
    """A tie, and what rounding may make one, is found along every input that moves it; what lies beside is not."""
    p = _inputs_beside(distance)
    assert kinked(_through(RELUS[name]), p, RNG(2)) == (("x", "w", "b") if at_kink else ())


def test_a_tie_that_does_nothing_is_none():
    """Two equal scores under softmax bend nothing, though the maximum that is subtracted ties."""

    def of(p):
        o = p["o"] - np.max(p["o"], axis=1, keepdims=True)
        return np.sum(np.log(np.sum(np.exp(o), axis=1)) - o[:, 0])

    assert kinked(of, {"o": np.array([[1.0, 1.0, 0.5]])}, RNG(0)) == ()


def test_integers_do_not_move():
    """Labels as integers have no direction; they are left out."""
    p = {"w": np.array([1.0, 2.0, 3.0]), "k": np.array([0, 2])}
    assert kinked(lambda at: np.sum(at["w"][at["k"]] ** 2), p, RNG(0)) == ()


# --- where it is wrong -----------------------------------------------------------------------------------


def test_wrong_entries_are_located():
    """Every entry, some columns, a row, or a few entries; nothing where all is right or the shape is another."""
    right = np.arange(1.0, 31.0).reshape(6, 5)
    columns, row, few = right.copy(), right.copy(), right.copy()
    columns[1:, [0, 3]] += 1
    row[2] = np.nan
    few[np.arange(5), np.arange(5)] += 1
    assert located(right * 2, right) == "every entry"
    assert located(columns, right) == "columns 0 and 3"
    assert located(row, right) == "row 2"
    assert located(few, right) == "5 of 30 entries"
    assert located(right * (1 + 1e-12), right) == located(right[:5], right) == ""
