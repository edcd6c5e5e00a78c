"""The reference of `binary_mlp` against oracles of other kinds: values by hand, complex steps, autograd, scipy."""

import itertools
from pathlib import Path

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from autograder.reference import Reference

ROOT = Path(__file__).parents[2]
REFERENCE = Reference.read(ROOT / "reference" / "binary_mlp.py").load()
SHAPES = ((5, 1), (4, 6, 1), (5, 4, 7, 1), (3, 8, 5, 6, 1))
FINITE = st.floats(allow_nan=False, allow_infinity=False)


def network(shape, seed=0):
    """Drawn weights and biases, none of them zero, as dictionaries."""
    rng = np.random.default_rng(seed)
    layers = range(1, len(shape))
    w = {layer: rng.normal(size=(shape[layer - 1], shape[layer])) / np.sqrt(shape[layer - 1]) for layer in layers}
    return w, {layer: rng.normal(size=(shape[layer], 1)) / 2 for layer in layers}


def one_hidden(n, m, seed=0):
    """The same for one hidden layer: w1, b1, w2, b2."""
    w, b = network((n, m, 1), seed)
    return w[1], b[1], w[2], b[2]


def frozen(*values):
    """Arrays that may not be written to."""
    made = [np.array(value, dtype=float) for value in values]
    for array in made:
        array.flags.writeable = False
    return made


def oracle_cost(parameters, x0, target):
    """The network and its cost once more for autograd, one sample, without epsilon and without a sigmoid."""
    w, b = parameters
    x = x0
    for layer in range(1, len(w)):
        x = anp.maximum(anp.dot(x, w[layer]) + anp.ravel(b[layer]), 0.0)
    z = (anp.dot(x, w[len(w)]) + anp.ravel(b[len(w)]))[0]
    return anp.logaddexp(0.0, z) - target * z


def complex_step(of, z):
    """The derivative of an entrywise function."""
    return np.imag(of(np.asarray(z) + 1e-30j)) / 1e-30


def two_clouds(n, seed=3):
    """Samples of two clouds far apart, the classes one after the other, and their targets."""
    rng = np.random.default_rng(seed)
    targets = np.repeat([[0.0], [1.0]], n // 2, axis=0)
    return (2 * targets - 1) * (2, 1) + 0.3 * rng.normal(size=(n, 2)), targets


# --- the functions of one number ---------------------------------------------------------------------


def test_sig_by_hand():
    """The values of the text, for floats, whole numbers, lists and a number."""
    assert np.allclose(REFERENCE.sig(np.log([1.0, 3.0, 1 / 3])), [0.5, 0.75, 0.25])
    assert np.allclose(REFERENCE.sig([0, 1]), REFERENCE.sig(np.array([0.0, 1.0])))
    assert REFERENCE.sig(0) == 0.5


@given(z=arrays(np.float64, (2, 3), elements=FINITE))
def test_sigmoid_and_slope_are_finite_and_quiet(z):
    """Any finite argument gives a probability, and a slope between 0 and a quarter, without a warning."""
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        p, slope = REFERENCE.sig(z), REFERENCE.dsig_dz(z)
    assert ((p >= 0) & (p <= 1)).all()
    assert ((slope >= 0) & (slope <= 0.25 + 1e-15)).all()


def test_sig_is_scipys():
    """It agrees with scipy's expit, to the last digits near one and to 1e-16 near zero."""
    special = pytest.importorskip("scipy.special")
    z = np.linspace(-40, 40, 801)
    assert np.allclose(REFERENCE.sig(z), special.expit(z), rtol=1e-15, atol=2e-16)


def test_slopes_are_derivatives():
    """dsig_dz and drelu_dz are what complex steps find, relu's also just beside its kink."""
    z = np.array([[-30.0, -3.0, -1e-6], [1e-6, 0.7, 12.0]])
    assert np.allclose(REFERENCE.dsig_dz(z), complex_step(REFERENCE.sig, z), rtol=1e-9, atol=1e-16)
    assert np.array_equal(REFERENCE.drelu_dz(z), complex_step(REFERENCE.relu, z))


def test_relu_by_hand():
    """What is above zero stays; the argument may be a list or whole numbers."""
    assert np.array_equal(REFERENCE.relu([-1.5, 0, 2]), [0, 0, 2])
    assert np.array_equal(REFERENCE.drelu_dz([-2, 3]), [0, 1])


# --- the cost ----------------------------------------------------------------------------------------


def test_cost_by_hand():
    """The tables of the text; the prediction comes first."""
    y, yhat = np.array([[0.5], [0.25], [0.25]]), np.array([[1], [0], [1]])
    assert np.allclose(REFERENCE.J(y, yhat), [[np.log(2)], [-np.log(0.75)], [np.log(4)]], rtol=1e-7)
    assert np.allclose(REFERENCE.dJ_dy(y, yhat), [[-2], [4 / 3], [-4]], rtol=1e-7)


def test_cost_is_a_logarithm_of_a_probability():
    """It is minus the log of the probability that scipy's Bernoulli distribution gives to the target."""
    stats = pytest.importorskip("scipy.stats")
    y, yhat = np.linspace(0.01, 0.99, 99), np.arange(99) % 2
    assert np.allclose(REFERENCE.J(y, yhat), -stats.bernoulli.logpmf(yhat, y), rtol=1e-5)


def test_cost_is_finite_at_certainty():
    """Predictions of exactly 0 and 1 cost what epsilon says."""
    assert np.allclose(REFERENCE.J(np.array([0, 1, 1]), np.array([1, 0, 1])), [-np.log(1e-8), -np.log(1e-8), 0])
    assert np.allclose(REFERENCE.dJ_dy(np.array([0, 1]), np.array([1, 0])), [-1e8, 1e8])


@given(y=arrays(np.float64, (4,), elements=st.floats(0, 1)), yhat=arrays(np.float64, (4,), elements=st.floats(0, 1)))
def test_cost_slope_is_the_derivative(y, yhat):
    """dJ_dy is the complex-step derivative of J at any prediction, those of 0 and 1 too."""
    slope = complex_step(lambda moved: REFERENCE.J(moved, yhat), y)
    assert np.allclose(REFERENCE.dJ_dy(y, yhat), slope, rtol=1e-9)


# --- one hidden layer --------------------------------------------------------------------------------


def example():
    """The network of the text."""
    w1, b1 = np.array([[1, -1, 0], [0.5, 1, -1]]), np.array([[0.5], [-1.5], [3]])
    return w1, b1, np.array([[0.4], [2], [-2]]), np.array([[1.0]])


def test_forward1_by_hand():
    """The example of the text, as an array and as a list."""
    assert np.allclose(REFERENCE.forward1(np.array([1.0, 2.0]), *example()), [[0.5]])
    assert np.allclose(REFERENCE.forward1([1, 2], *example()), [[0.5]])


@pytest.mark.parametrize("n", [1, 3, 7])
def test_forward1_treats_each_row_on_its_own(n):
    """A batch gives a column with what its samples give alone."""
    arrays_ = one_hidden(4, 6)
    X = np.random.default_rng(1).normal(size=(n, 4))
    y = REFERENCE.forward1(X, *arrays_)
    assert y.shape == (n, 1)
    assert np.allclose(y, np.vstack([REFERENCE.forward1(x0, *arrays_) for x0 in X]), rtol=1e-13)


def test_backward1_by_hand():
    """The step that the text takes."""
    step = REFERENCE.backward1(np.array([1.0, 2.0]), *example(), np.array([[0.5]]), 0, 0.2)
    wanted = ([[0.96, -1, 0.2], [0.42, 1, -0.6]], [[0.46], [-1.5], [3.2]], [[0.15], [2], [-2.1]], [[0.9]])
    assert all(np.allclose(one, other) for one, other in zip(step, wanted, strict=True))


@pytest.mark.parametrize("yhat", [0.0, 1.0, np.array([1.0]), np.array([[0]])])
@pytest.mark.parametrize(("n", "m"), [(4, 6), (1, 3), (5, 1), (3, 3)])
def test_backward1_steps_along_autograds_gradient(n, m, yhat):
    """Each array moves by alpha times the gradient that autograd finds of a cost written otherwise."""
    before, x0 = one_hidden(n, m), np.random.default_rng(2).normal(size=n)
    gradients = autograd.grad(oracle_cost)(
        ({1: before[0], 2: before[2]}, {1: before[1], 2: before[3]}), x0, float(np.sum(yhat))
    )
    after = REFERENCE.backward1(x0, *before, REFERENCE.forward1(x0, *before), yhat, 0.7)
    wanted = (gradients[0][1], gradients[1][1], gradients[0][2], gradients[1][2])
    for old, new, gradient in zip(before, after, wanted, strict=True):
        assert new.shape == old.shape
        assert np.allclose(old - new, 0.7 * gradient, rtol=1e-6, atol=1e-9)


# --- any depth ---------------------------------------------------------------------------------------


def test_init_model_shapes():
    """A key for each layer of weights, weights (from, to), biases columns."""
    w, b = REFERENCE.init_model((2, 5, 3, 1))
    assert {layer: array.shape for layer, array in w.items()} == {1: (2, 5), 2: (5, 3), 3: (3, 1)}
    assert {layer: array.shape for layer, array in b.items()} == {1: (5, 1), 2: (3, 1), 3: (1, 1)}


def test_init_model_draws_normally():
    """Weights and biases of every layer pass scipy's test for the normal distribution, and no two calls share any."""
    stats = pytest.importorskip("scipy.stats")
    np.random.seed(11)
    w, b = REFERENCE.init_model((30, 500, 400))
    for drawn in (w[1], w[2], b[1], b[2]):
        assert stats.kstest(drawn.ravel(), "norm", args=(0, 0.1)).pvalue > 1e-3
    assert not np.intersect1d(w[1], REFERENCE.init_model((30, 500, 400))[0][1]).size


def test_forwardn_is_forward1_with_one_hidden_layer():
    """Both give the same for a sample and for a batch."""
    w1, b1, w2, b2 = one_hidden(4, 6)
    X = np.random.default_rng(1).normal(size=(5, 4))
    for x0 in (X, X[2]):
        assert np.array_equal(
            REFERENCE.forwardn(x0, {1: w1, 2: w2}, {1: b1, 2: b2}), REFERENCE.forward1(x0, w1, b1, w2, b2)
        )


@pytest.mark.parametrize("shape", SHAPES)
def test_forwardn_agrees_with_the_oracle(shape):
    """The cost of each prediction is that of an independent implementation."""
    w, b = network(shape)
    X = np.random.default_rng(4).normal(size=(6, shape[0]))
    y = REFERENCE.forwardn(X, w, b)
    assert y.shape == (6, 1)
    for target in (0.0, 1.0):
        wanted = [oracle_cost((w, b), x0, target) for x0 in X]
        assert np.allclose(REFERENCE.J(y, target)[:, 0], wanted, rtol=1e-5)


def test_backwardn_by_hand():
    """The chain of the text."""
    w, b = ({i + 1: np.array([[v]]) for i, v in enumerate(values)} for values in ((2.0, 3, 0.5), (-1.0, -1, -1)))
    REFERENCE.backwardn(np.array([1.0]), w, b, np.array([[0.5]]), 1, 0.4)
    assert np.allclose([w[1], w[2], w[3], b[1], b[2], b[3]], np.reshape([2.3, 3.1, 0.9, -0.7, -0.9, -0.8], (6, 1, 1)))


@pytest.mark.parametrize("target", [0.0, 1.0])
@pytest.mark.parametrize("shape", SHAPES)
def test_backwardn_steps_along_autograds_gradient(shape, target):
    """Even a long step moves every layer by alpha times the gradient at the weights before it."""
    (w, b), x0 = network(shape), np.random.default_rng(5).normal(size=shape[0])
    old_w, old_b = dict(w), dict(b)
    gradients = autograd.grad(oracle_cost)((old_w, old_b), x0, target)
    returned = REFERENCE.backwardn(x0, w, b, REFERENCE.forwardn(x0, w, b), target, 2.0)
    assert returned[0] is w
    assert returned[1] is b
    for new, old, found in ((w, old_w, gradients[0]), (b, old_b, gradients[1])):
        for layer in old:
            assert np.allclose(old[layer] - new[layer], 2.0 * found[layer], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
def test_backwardn_agrees_with_complex_steps(shape):
    """The step is the complex-step derivative of the reference's own forwardn and J, epsilon and all."""
    (w, b), x0 = network(shape, seed=1), np.random.default_rng(6).normal(size=shape[0])
    old = {"w": dict(w), "b": dict(b)}
    REFERENCE.backwardn(x0, w, b, REFERENCE.forwardn(x0, w, b), 1.0, 0.5)
    for (name, new), layer in itertools.product((("w", w), ("b", b)), range(1, len(shape))):
        for index in np.ndindex(new[layer].shape):
            moved = {key: {i: np.array(a, dtype=complex) for i, a in arrays_.items()} for key, arrays_ in old.items()}
            moved[name][layer][index] += 1e-30j
            slope = np.imag(REFERENCE.J(REFERENCE.forwardn(x0, moved["w"], moved["b"]), 1.0)).item() / 1e-30
            assert np.isclose(old[name][layer][index] - new[layer][index], 0.5 * slope, rtol=1e-9, atol=1e-14)


# --- training ----------------------------------------------------------------------------------------


def train1(X, yhat, alpha, n_epoch):
    """The network and costs of train1 with twelve hidden units, as dictionaries."""
    w1, b1, w2, b2, costs = REFERENCE.train1(X, yhat, 12, alpha, n_epoch)
    return {1: w1, 2: w2}, {1: b1, 2: b2}, costs


def trainn(X, yhat, alpha, n_epoch):
    """The network and costs of trainn with twelve hidden units."""
    return REFERENCE.trainn(X, yhat, (X.shape[1], 12, 1), alpha, n_epoch)


TRAININGS = pytest.mark.parametrize("train", [train1, trainn])


@TRAININGS
def test_training_learns_two_clouds(train):
    """The costs fall, and the last is that of the weights that come back."""
    X, yhat = two_clouds(40)
    np.random.seed(2)  # one start in some thousands lies where the slope of the sigmoid has vanished
    w, b, costs = train(X, yhat, 0.1, 8)
    y = REFERENCE.forwardn(X, w, b)
    assert costs.shape == (8, 1)
    assert costs[-1] < min(0.1, costs[0])
    assert np.isclose(costs[-1], np.mean(REFERENCE.J(y, yhat)))
    assert np.array_equal(y > 0.5, yhat > 0.5)


@pytest.mark.parametrize(("train", "forward"), [("train1", "forward1"), ("trainn", "forwardn")])
def test_training_takes_each_sample_once_in_a_new_order(train, forward, monkeypatch):
    """The samples whose prediction is taken in an epoch are all of them, and no two epochs have the same order."""
    X, yhat = two_clouds(20)
    seen, right = [], getattr(REFERENCE, forward)

    def watched(x0, *parameters):
        if np.ndim(x0) == 1:
            seen.append(int(np.flatnonzero((x0 == X).all(axis=1))[0]))
        return right(x0, *parameters)

    monkeypatch.setattr(REFERENCE, forward, watched)
    np.random.seed(0)
    getattr(REFERENCE, train)(X, yhat, (2, 3, 1) if train == "trainn" else 3, 0.1, 4)
    orders = np.reshape(seen, (4, 20))
    assert np.array_equal(np.sort(orders, axis=1), np.tile(np.arange(20), (4, 1)))
    assert len({tuple(order) for order in orders}) == 4


@TRAININGS
def test_training_without_a_rate_leaves_the_network_as_drawn(train):
    """With alpha = 0 all costs are the same, and two trainings start apart."""
    X, yhat = two_clouds(10)
    w, _, costs = train(X, yhat, 0.0, 3)
    assert np.all(costs == costs[0])
    assert not np.any(w[1] == train(X, yhat, 0.0, 3)[0][1])


def test_train1_draws_standard_normally():
    """Weights and biases pass scipy's test for the standard normal distribution."""
    stats = pytest.importorskip("scipy.stats")
    np.random.seed(12)
    w1, b1, w2, _, _ = REFERENCE.train1(np.ones((1, 5)), np.ones((1, 1)), 800, 0.0, 1)
    assert all(stats.kstest(drawn.ravel(), "norm").pvalue > 1e-3 for drawn in (w1, b1, w2))


@pytest.mark.parametrize(("shape", "least"), [((2, 2, 1), 0.975), ((2, 5, 3, 1), 0.975)])
def test_learns_the_crossed_clouds(shape, least):
    """On clouds like those of the text it gets as far as a network of its shape can."""
    rng = np.random.default_rng(0)
    kinds = (((0, 0), (2, 0.5), 200), ((0, 3.5), (0.5, 1), 100), ((0, -3.5), (0.5, 1), 100))
    X = np.vstack([rng.normal(at, spread, size=(n, 2)) for at, spread, n in kinds])
    yhat = np.repeat([[0.0], [1.0]], 200, axis=0)
    np.random.seed(1)
    if len(shape) == 3:
        w1, b1, w2, b2, _ = REFERENCE.train1(X, yhat, 2, 0.03, 40)
        y = REFERENCE.forward1(X, w1, b1, w2, b2)
    else:
        y = REFERENCE.forwardn(X, *REFERENCE.trainn(X, yhat, shape, 0.03, 60)[:2])
    assert np.mean(y.round() == yhat) > least


# --- all of it ---------------------------------------------------------------------------------------


def test_arguments_are_left_alone():
    """Every function works on arrays that may not be written to; backwardn puts new arrays into its dictionaries."""
    x0, z, y, yhat = frozen([0.3, -1, 0.5, 2], [[-1, 2.0]], [[0.25]], [1])
    X, targets = frozen(*two_clouds(6))
    w1, b1, w2, b2 = frozen(*one_hidden(4, 6))
    for function in (REFERENCE.sig, REFERENCE.dsig_dz, REFERENCE.relu, REFERENCE.drelu_dz):
        function(z)
    REFERENCE.J(y, yhat)
    REFERENCE.dJ_dy(y, yhat)
    REFERENCE.forward1(x0, w1, b1, w2, b2)
    REFERENCE.backward1(x0, w1, b1, w2, b2, y, yhat, 0.1)
    w, b = REFERENCE.backwardn(x0, {1: w1, 2: w2}, {1: b1, 2: b2}, y, yhat, 0.1)
    REFERENCE.train1(X, targets, 3, 0.1, 2)
    _, _, costs = REFERENCE.trainn(X, targets, (2, 3, 1), 0.1, 2)
    assert np.isfinite(costs).all()
    assert w[1] is not w1
    assert b[2] is not b2
