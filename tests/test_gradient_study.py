"""The study of gradient checkers: what it counts is wrong indeed, and our checker makes no mistake in it."""

import numpy as np
import pytest

from benchmarks.gradient_study.count import PRECISIONS, accepts, cases, count, is_wrong_at
from benchmarks.gradient_study.passes import BLOCKS, RIGHT, RIGHT_PASS, SIDE_EFFECTS, WRONG
from benchmarks.gradient_study.recipes import RECIPES, Case, ours, scipy_distance
from benchmarks.gradient_study.regimes import REGIMES


def test_the_study_is_as_large_as_it_says():
    """At least four right passes, thirty wrong kinds and five regimes."""
    assert len(RIGHT) >= 4
    assert len(WRONG) + len(SIDE_EFFECTS) >= 30
    assert len(REGIMES) >= 5


@pytest.fixture(scope="module")
def each_regime():
    """One case of float64 for each regime."""
    return dict(cases("float64"))


def test_every_wrong_kind_is_wrong_somewhere():
    """No kind is counted that is right at all inputs."""
    everywhere = [case for _, case in cases("float64")]
    with np.errstate(all="ignore"):
        harmless = [kind for kind, make in WRONG.items() if not any(is_wrong_at(case, make()) for case in everywhere)]
    assert harmless == []


def test_right_passes_are_right(each_regime):
    """Written differently, they agree with one another to rounding at all inputs."""
    for case in each_regime.values():
        assert not any(is_wrong_at(case, make()) for make in RIGHT.values())


@pytest.mark.parametrize("recipe", RECIPES)
def test_each_recipe_accepts_what_is_right_and_notices_what_is_plain(each_regime, recipe):
    """On ordinary inputs each recipe tells a right pass from one with another sign."""
    case = each_regime["ordinary"]
    assert all(accepts(RECIPES[recipe], case, make) for make in RIGHT.values())
    assert not accepts(RECIPES[recipe], case, WRONG["sign"])


@pytest.mark.slow
@pytest.mark.parametrize("precision", PRECISIONS)
def test_ours_raises_no_false_alarm_and_misses_nothing(precision):
    """Our checker accepts every right pass and refuses every wrong one at all inputs, side effects included."""
    (tally,) = count({"ours": ours}, (precision,)).values()
    assert (tally.false_alarms.total(), tally.misses.total(), tally.side_effects_missed) == (0, 0, 0)
    assert tally.right >= 150
    assert tally.wrong >= 1500


def test_scipys_number_is_scipys(each_regime):
    """Our writing of SciPy's recipe gives the number that SciPy gives."""
    optimize = pytest.importorskip("scipy.optimize")
    case: Case = each_regime["ordinary"]
    for name in BLOCKS:

        def value(flat, name=name):
            return case.upstream @ case.forward({**case.p, name: flat.reshape(case.p[name].shape)})

        def slope(flat, name=name):
            return np.ravel(RIGHT_PASS({**case.p, name: flat.reshape(case.p[name].shape)}, case.upstream)[name])

        theirs = optimize.check_grad(value, slope, np.ravel(case.p[name]))
        assert scipy_distance(case, RIGHT_PASS, name) == pytest.approx(theirs, rel=1e-6)


def test_autograd_agrees_with_the_right_pass(each_regime):
    """The passes called right are so by an oracle that is not ours."""
    anp, grad = pytest.importorskip("autograd.numpy"), pytest.importorskip("autograd").grad

    def loss(p, y, upstream):
        a0 = anp.maximum(anp.dot(p["x"], p["w0"]) + p["b0"], 0)
        a1 = anp.tanh(anp.dot(a0, p["w1"]) + p["b1"])
        o2 = anp.dot(a1, p["w2"]) + p["b2"]
        o2 = o2 - anp.max(o2, axis=1, keepdims=True)
        each = anp.log(anp.sum(anp.exp(o2), axis=1)) - anp.sum(y * o2, axis=1)
        return anp.sum(upstream * each) / len(y)

    for regime, case in each_regime.items():
        theirs = grad(loss)({name: case.p[name] for name in BLOCKS}, case.p["y"], case.upstream)
        for name, value in RIGHT_PASS(case.p, case.upstream).items():
            scale = np.max(np.abs(theirs[name]), initial=1e-300)
            assert np.max(np.abs(value - theirs[name])) <= 1e-9 * scale, (regime, name)
