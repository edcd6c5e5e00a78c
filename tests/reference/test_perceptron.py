"""The reference of `perceptron` against oracles of other kinds: values by hand, fractions, the convergence theorem."""

import math
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from autograder.reference import Reference

ROOT = Path(__file__).parents[2]
REFERENCE = Reference.read(ROOT / "reference" / "perceptron.py")
TEXT = (ROOT / "assignments" / "perceptron" / "text.md").read_text(encoding="utf-8")
BinaryPerceptron = REFERENCE.load().BinaryPerceptron


def perceptron(w, b):
    """A perceptron with these weights and this bias."""
    made = BinaryPerceptron(len(w))
    made.w, made.b = np.array(w, dtype=float), b
    return made


def clouds(rng, size=50):
    """Two clouds that the line through the origin along the second axis separates, with labels."""
    x = np.vstack([rng.normal((-5, 5), 1, size=(size, 2)), rng.normal((5, 5), 1, size=(size, 2))])
    y = np.repeat([0, 1], size)
    keep = np.sign(x[:, 0]) == 2 * y - 1
    return x[keep], y[keep]


@pytest.mark.parametrize(("x", "wanted"), [(-1.5, 0), (0, 0), (2.5, 2.5), ([[3, -2], [0, 0.5]], [[3, 0], [0, 0.5]])])
def test_relu_by_hand(x, wanted):
    """ReLU keeps what is positive and makes the rest 0, for a number as for a matrix."""
    result = perceptron([1, 1], 0).relu(np.array(x))
    assert np.shape(result) == np.shape(wanted)
    assert np.array_equal(result, wanted)


def test_relu_is_odd_part_and_modulus():
    """ReLU(x) + ReLU(-x) is |x|, and their difference is x."""
    x = np.random.default_rng(0).normal(size=(3, 4, 5))
    p = perceptron([1], 0)
    assert np.array_equal(p.relu(x) + p.relu(-x), np.abs(x))
    assert np.array_equal(p.relu(x) - p.relu(-x), x)


def test_relu_leaves_its_argument_alone():
    """ReLU works on an array that may not be written to."""
    x = np.array([-1.0, 1.0])
    x.flags.writeable = False
    assert np.array_equal(perceptron([1], 0).relu(x), [0, 1])


@pytest.mark.parametrize(("x", "wanted"), [((1, 1), 1), ((-1, 1), 0), ((0.5, 0.5), 0)])
def test_fire_by_hand(x, wanted):
    """The example of the text: above the boundary it fires, on it and below it does not."""
    assert perceptron([2, -1], -0.5).fire(np.array(x)) == wanted


@pytest.mark.parametrize("seed", range(20))
def test_fire_is_the_sign_of_an_exactly_rounded_sum(seed):
    """Fire agrees with a sum of products that is rounded once."""
    rng = np.random.default_rng(seed)
    w, x, b = rng.normal(size=7), rng.normal(size=7), float(rng.normal())
    exact = math.fsum([*(float(p) for p in w * x), b])
    assert perceptron(w, b).fire(x) == (1 if exact > 0 else 0)


@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize("b", [-40, 40])
def test_one_step_by_hand(label, b):
    """A wrong prediction moves w by lr times x and b by lr, up or down; a right one moves nothing."""
    p = perceptron([1, 2, 3], b)
    x = np.array([2.0, -4.0, 0.5])
    loss = p.train(x, label, 0.25)
    move = {(0, 40): -1, (1, -40): 1}.get((label, b), 0)
    assert loss == abs(move)
    assert p.b == b + 0.25 * move
    assert np.array_equal(p.w, [1 + 0.5 * move, 2 - move, 3 + 0.125 * move])


def rule(w, b, x, y, lr):
    """The perceptron's rule in fractions, entry by entry."""
    fires = int(sum((p * q for p, q in zip(w, x, strict=True)), b) > 0)
    w = [p + lr * (y - fires) * q for p, q in zip(w, x, strict=True)]
    return w, b + lr * (y - fires), abs(y - fires)


def test_many_steps_equal_exact_fractions():
    """Two hundred steps on numbers that floats hold exactly equal the rule in fractions, bit for bit."""
    rng = np.random.default_rng(3)
    samples, labels = rng.integers(-16, 17, size=(200, 3)) / 8, rng.integers(0, 2, size=200)
    p = perceptron([0.5, -1, 0.25], 0.125)
    w, b = [Fraction(1, 2), Fraction(-1), Fraction(1, 4)], Fraction(1, 8)
    losses = []
    for x, y in zip(samples, labels, strict=True):
        w, b, loss = rule(w, b, [Fraction(float(v)) for v in x], int(y), Fraction(1, 4))
        losses.append(p.train(x, int(y), 0.25) == loss)
    assert all(losses)
    assert [Fraction(float(v)) for v in p.w] == w
    assert Fraction(float(p.b)) == b
    assert np.ndim(p.b) == 0


@pytest.mark.parametrize("lr", [0.001, 0.1, 7.0])
@pytest.mark.parametrize("seed", range(5))
def test_mistakes_stay_below_the_bound_of_novikoff(seed, lr):
    """From zero weights it makes at most (R / margin)**2 mistakes on separable samples, whatever the rate."""
    x, y = clouds(np.random.default_rng(seed))
    extended = np.c_[x, np.ones(len(x))]  # the bias as one more weight
    direction = np.array([1.0, 0.0, 0.0])  # the first coordinate separates the clouds
    margin = np.min((2 * y - 1) * (extended @ direction))
    bound = (np.max(np.linalg.norm(extended, axis=1)) / margin) ** 2
    p, mistakes = perceptron([0, 0], 0.0), 0
    while made := sum(p.train(a, b, lr) for a, b in zip(x, y, strict=True)):
        mistakes += made
        assert mistakes <= bound
    assert mistakes > 0
    assert all(p.fire(a) == b for a, b in zip(x, y, strict=True))


def test_the_notebook_reaches_the_accuracy_that_it_promises():
    """The text's own cells, with the reference in place of the stubs, print 100 % after the third epoch."""
    cells = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    lines = []
    names = {"np": np, "BinaryPerceptron": BinaryPerceptron, "print": lines.append, "draw": lambda *_: None}
    for source in cells:
        if "import" not in source and "def draw" not in source:
            exec(source, names)
    assert len(lines) == 3
    assert lines[-1].endswith("accuracy 100.0%")


@pytest.mark.slow
@pytest.mark.parametrize(("lr", "share"), [(0.03, 200), (0.001, 86)])
def test_the_shares_that_the_text_states(lr, share):
    """Of 200 random initialisations as many reach 100 % in three epochs as the text says."""
    names = {"np": np}
    exec(re.findall(r"^```python\n(rng = .*?)^```$", TEXT, re.MULTILINE | re.DOTALL)[0], names)
    x, y = names["X"], names["y"]
    reached = 0
    for seed in range(200):
        np.random.seed(seed)
        p = BinaryPerceptron(2)
        for _ in range(3):
            for a, b in zip(x, y, strict=True):
                p.train(a, b, lr)
        reached += all(p.fire(a) == b for a, b in zip(x, y, strict=True))
    assert reached == share
