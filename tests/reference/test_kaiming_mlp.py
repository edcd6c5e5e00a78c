"""The reference of `kaiming_mlp` against oracles of other kinds: values by hand, complex steps, autograd, SciPy."""

import gzip
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
REFERENCE = Reference.read(ROOT / "reference" / "kaiming_mlp.py").load()
MLP = REFERENCE.MLP

DEPTHS = ((5, 3), (4, 6, 3), (5, 4, 7, 3), (3, 8, 5, 6, 4))
FINITE = st.floats(allow_nan=False, allow_infinity=False)
ENTRY_BY_ENTRY = ("relu", "relu_prime", "sigma", "sigma_prime", "normalization")


def network(config, seed=0):
    """A network with drawn weights and biases, none of them zero."""
    rng = np.random.default_rng(seed)
    net = MLP(config)
    net.W = [rng.normal(size=(m, n)) / np.sqrt(n) for n, m in itertools.pairwise(config)]
    net.b = [rng.normal(size=(m, 1)) / 2 for m in config[1:]]
    return net


def batch(config, n, seed=1):
    """Samples, and targets of any kind between 0 and 1."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, config[0])), rng.uniform(size=(n, config[-1]))


def oracle_loss(parameters, X, Y):
    """The network and its loss once more, a column for each sample and a loop over the samples, for autograd."""
    weights, biases = parameters
    total = 0.0
    for x, y in zip(X, Y, strict=True):
        signal = anp.reshape(x, (-1, 1))
        for W, b in zip(weights[:-1], biases[:-1], strict=True):
            signal = anp.dot(W, signal) + b
            signal = signal * (signal > 0)
        output = 1 / (1 + anp.exp(-(anp.dot(weights[-1], signal) + biases[-1])))
        total = total + 0.5 * anp.sum((output[:, 0] - y) ** 2)
    return total


def complex_step(of, p):
    """The derivative of a scalar function with respect to each entry of p."""
    found = np.zeros(p.shape)
    for index in np.ndindex(p.shape):
        moved = p.astype(complex)
        moved[index] += 1e-30j
        found[index] = np.imag(of(moved)) / 1e-30
    return found


# --- kaiming -----------------------------------------------------------------------------------------


def test_kaiming_has_a_row_for_each_output():
    """Layer l lies between the sizes l and l + 1, of a tuple as of a list."""
    assert [REFERENCE.kaiming((7, 5, 4, 2), i).shape for i in range(3)] == [(5, 7), (4, 5), (2, 4)]
    assert REFERENCE.kaiming([7, 5], 0).shape == (5, 7)


def test_kaiming_draws_from_the_normal_distribution():
    """A Kolmogorov-Smirnov test finds nothing against N(0, 2/n), and much against that of the outputs' number."""
    stats = pytest.importorskip("scipy.stats")
    np.random.seed(3)
    w = REFERENCE.kaiming((10, 50, 200), 1).ravel()
    assert stats.kstest(w, stats.norm(0, np.sqrt(2 / 50)).cdf).pvalue > 0.001
    assert stats.kstest(w, stats.norm(0, np.sqrt(2 / 200)).cdf).pvalue < 1e-6


def test_kaiming_keeps_the_signal_alive():
    """Behind twenty layers with relu the signal's mean square is of the size that it had at first."""
    np.random.seed(4)
    a = np.random.normal(size=(50, 400))
    for _ in range(20):
        a = REFERENCE.relu(a @ REFERENCE.kaiming((400, 400), 0).T)
    assert 0.2 < np.mean(a**2) < 5


def test_kaiming_draws_anew():
    """No two calls share a number."""
    assert not np.any(REFERENCE.kaiming((6, 4), 0) == REFERENCE.kaiming((6, 4), 0))


def test_a_new_network_is_made_of_it():
    """Weights by `kaiming`, columns of zeros as biases, and gradients of zero of the same shapes."""
    net = MLP((5, 4, 3))
    assert [W.shape for W in net.W] == [dW.shape for dW in net.dW] == [(4, 5), (3, 4)]
    assert [b.shape for b in net.b] == [db.shape for db in net.db] == [(4, 1), (3, 1)]
    assert not any(np.any(block) for block in (*net.b, *net.dW, *net.db))
    assert all(np.all(W) for W in net.W)
    assert net.network_depth == len(net.a) == len(net.z) + 1 == 3


# --- the functions of one array ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "inputs", "wanted"),
    [
        ("relu", [-2, 0, 0.5], [0, 0, 0.5]),
        ("relu_prime", [-2, 0.5, 3], [0, 1, 1]),
        ("sigma", [0, np.log(3), -np.log(3)], [0.5, 0.75, 0.25]),
        ("sigma_prime", [0, np.log(3), -np.log(3)], [0.25, 0.1875, 0.1875]),
        ("normalization", [0, 51, 255], [-1, -0.6, 1]),
    ],
)
def test_functions_by_hand(name, inputs, wanted):
    """The examples of the text."""
    assert np.allclose(getattr(REFERENCE, name)(np.array(inputs)), wanted, rtol=0, atol=1e-15)


@pytest.mark.parametrize("name", ENTRY_BY_ENTRY)
@given(z=arrays(np.float64, (2, 3), elements=FINITE))
def test_functions_are_finite_and_quiet(name, z):
    """Any finite numbers give finite ones of the same shape, without a warning, and stay as they are."""
    before = z.copy()
    z.flags.writeable = False
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        found = getattr(REFERENCE, name)(z)
    assert found.shape == z.shape
    assert np.isfinite(found).all()
    assert np.array_equal(z, before)


def test_sigma_agrees_with_scipy():
    """The sigmoid function is SciPy's expit, near zero and far out."""
    special = pytest.importorskip("scipy.special")
    z = np.concatenate([np.linspace(-40, 40, 801), [-1000, 1000, -1e300, 1e300]])
    assert np.allclose(REFERENCE.sigma(z), special.expit(z), rtol=0, atol=1e-15)


@pytest.mark.parametrize(("function", "slope"), [("relu", "relu_prime"), ("sigma", "sigma_prime")])
def test_slopes_are_complex_step_derivatives(function, slope):
    """Each slope is the derivative of its function, also just beside relu's corner."""
    z = np.array([[-3.0, -0.4, -1e-6], [1e-6, 0.7, 2.5], [-20.0, 20.0, 5.0]])
    derivative = np.imag(getattr(REFERENCE, function)(z + 1e-30j)) / 1e-30
    assert np.allclose(getattr(REFERENCE, slope)(z), derivative, rtol=1e-9, atol=1e-15)


def test_sigma_prime_is_the_textbook_product():
    """The slope of sigma is sigma times one minus sigma."""
    z = np.linspace(-30, 30, 301)
    a = REFERENCE.sigma(z)
    assert np.allclose(REFERENCE.sigma_prime(z), a * (1 - a), rtol=0, atol=1e-15)


def test_normalization_of_every_byte():
    """All 256 bytes give what the same numbers give as floats: even steps from -1 to 1."""
    gray = np.arange(256)
    found = REFERENCE.normalization(gray.astype(np.uint8))
    assert np.array_equal(found, REFERENCE.normalization(gray.astype(float)))
    assert np.allclose(found, np.linspace(-1, 1, 256), rtol=0, atol=1e-15)


# --- feedforward and loss ----------------------------------------------------------------------------


def test_feedforward_by_hand():
    """The example of the text."""
    net = MLP((2, 2, 1))
    net.W, net.b = [np.array([[1, -1], [0.5, 1]]), np.array([[3, 2]])], [np.array([[0.5], [-1]]), np.array([[-3]])]
    net.feedforward(np.array([[1, 2]]))
    assert [z.tolist() for z in net.z] == [[[-0.5, 1.5]], [[0]]]
    assert [a.tolist() for a in net.a] == [[[1, 2]], [[0, 1.5]], [[0.5]]]


@pytest.mark.parametrize("config", DEPTHS)
def test_feedforward_keeps_all_of_the_last_batch(config):
    """After two batches every z and a is of the second one, and each a comes from its z."""
    net, (X, _) = network(config), batch(config, 6)
    net.feedforward(X)
    net.feedforward(X[2:])
    assert [a.shape for a in net.a] == [(4, n) for n in config]
    assert [z.shape for z in net.z] == [(4, n) for n in config[1:]]
    assert np.array_equal(net.a[0], X[2:])
    assert np.array_equal(net.a[-1], REFERENCE.sigma(net.z[-1]))
    assert all(np.array_equal(a, REFERENCE.relu(z)) for a, z in zip(net.a[1:-1], net.z[:-1], strict=True))


def test_samples_do_not_know_of_one_another():
    """A sample gives the same alone and in a batch."""
    config = (5, 4, 7, 3)
    net, (X, _) = network(config), batch(config, 5)
    net.feedforward(X)
    together = net.a[-1]
    for x, output in zip(X, together, strict=True):
        net.feedforward(x[np.newaxis])
        assert np.allclose(net.a[-1][0], output, rtol=1e-13)


@pytest.mark.parametrize("n", [1, 7])
@pytest.mark.parametrize("config", DEPTHS)
def test_loss_agrees_with_the_oracle(config, n):
    """The loss of the output is that of an independent implementation."""
    net, (X, Y) = network(config), batch(config, n)
    net.feedforward(X)
    assert np.isclose(net.loss(Y), oracle_loss((net.W, net.b), X, Y), rtol=1e-12)


def test_loss_by_hand():
    """The example of the text, with targets as floats and as bytes."""
    net = MLP((2, 2))
    net.a[-1] = np.array([[0.5, 0.25], [1, 0]])
    for dtype in (float, np.uint8):
        assert net.loss(np.array([[1, 0], [1, 0]], dtype=dtype)) == 0.15625


# --- backprop_gradient_descent -----------------------------------------------------------------------


def test_step_by_hand():
    """The example of the text: two layers of one unit."""
    net = MLP((1, 1, 1))
    net.W, net.b = [np.array([[3.0]]), np.array([[0.4]])], [np.array([[-1.0]]), np.array([[-2.0]])]
    net.feedforward(np.array([[2.0]]))
    assert net.loss(np.array([[0.0]])) == 0.125
    net.backprop_gradient_descent(np.array([[0.0]]), 1.0)
    assert np.allclose([net.W[0], net.W[1], net.b[0], net.b[1]], np.reshape([2.9, -0.225, -1.05, -2.125], (4, 1, 1)))


@pytest.mark.parametrize("n", [1, 7])
@pytest.mark.parametrize("config", DEPTHS)
def test_step_is_along_autograds_gradient(config, n):
    """Every weight and bias moves by eta times the gradient that autograd finds, and none of them stands still."""
    net, (X, Y) = network(config), batch(config, n)
    before = ([W.copy() for W in net.W], [b.copy() for b in net.b])
    wanted = autograd.grad(oracle_loss)(before, X, Y)
    net.feedforward(X)
    net.backprop_gradient_descent(Y, 3.0)
    for old, new, gradients in zip(before, (net.W, net.b), wanted, strict=True):
        for one, other, gradient in zip(old, new, gradients, strict=True):
            assert np.allclose(other, one - 3.0 * gradient, rtol=1e-11, atol=1e-13)
            assert np.any(one != other)


@pytest.mark.parametrize("block", ["W", "b"])
def test_step_agrees_with_complex_steps(block):
    """The step is the complex-step derivative of the reference's own feedforward and loss."""
    config = (4, 6, 5, 3)
    net, (X, Y) = network(config), batch(config, 6)
    before = [np.array(values) for values in getattr(net, block)]
    net.feedforward(X)
    net.backprop_gradient_descent(Y, 2.0)
    for i, value in enumerate(before):

        def of(p, i=i):
            moved = network(config)
            getattr(moved, block)[i] = p
            moved.feedforward(X)
            return moved.loss(Y)

        assert np.allclose((value - getattr(net, block)[i]) / 2.0, complex_step(of, value), rtol=1e-9, atol=1e-14)


def test_steps_do_not_pile_up():
    """Three steps in a row are three steps of fresh networks, and every gradient is zero after each."""
    config = (4, 6, 3)
    net = network(config)
    for seed in range(3):
        X, Y = batch(config, 3 + seed, seed)
        fresh = MLP(config)
        fresh.W, fresh.b = [W.copy() for W in net.W], [b.copy() for b in net.b]
        for other in (fresh, net):
            other.feedforward(X)
            other.backprop_gradient_descent(Y, 0.5)
        assert all(np.array_equal(one, other) for one, other in zip(net.W + net.b, fresh.W + fresh.b, strict=True))
        assert not any(np.any(gradient) for gradient in net.dW + net.db)


def test_a_step_writes_into_nothing_that_it_is_handed():
    """Samples, targets and all that feedforward keeps may be arrays that cannot be written to."""
    config = (4, 6, 3)
    net, (X, Y) = network(config), batch(config, 5)
    X.flags.writeable = Y.flags.writeable = False
    net.feedforward(X)
    for array in (*net.a, *net.z):
        array.flags.writeable = False
    before = net.loss(Y)
    net.backprop_gradient_descent(Y, 0.1)
    assert net.loss(Y) == before
    net.feedforward(X)
    assert net.loss(Y) < before


# --- all of it ---------------------------------------------------------------------------------------


def test_learns_to_read_digits():
    """Trained as in the text, a network reads nine of ten digits that it has not seen."""
    datasets = pytest.importorskip("sklearn.datasets")
    x, labels = datasets.load_digits(return_X_y=True)
    np.random.seed(0)
    order = np.random.permutation(len(x))
    X, labels = REFERENCE.normalization(np.round(x[order] * 255 / 16)), labels[order]
    net = MLP((64, 48, 24, 10))
    for start in list(range(0, 1500, 64)) * 12:
        rows = slice(start, min(start + 64, 1500))
        net.feedforward(X[rows])
        net.backprop_gradient_descent(np.eye(10)[labels[rows]], 0.2 / (rows.stop - rows.start))
    net.feedforward(X[1500:])
    assert np.mean(net.a[-1].argmax(axis=1) == labels[1500:]) > 0.9


def test_the_text_reads_a_folder_of_idx_files(tmp_path):
    """The loader that the text gives reads the four gzip files of MNIST or Fashion-MNIST."""
    text = (ROOT / "assignments" / "kaiming_mlp" / "text.md").read_text(encoding="utf-8")
    source = text[text.index("def read_idx") : text.index("def load_digits")]
    images, labels = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3), np.array([7, 2], dtype=np.uint8)
    for part, kind, array in itertools.chain.from_iterable(
        ((part, "images-idx3", images), (part, "labels-idx1", labels)) for part in ("train", "t10k")
    ):
        header = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
        (tmp_path / f"{part}-{kind}-ubyte.gz").write_bytes(gzip.compress(header + array.tobytes()))
    space = {"gzip": gzip, "np": np, "Path": Path}
    exec(source, space)
    found = space["read_folder"](tmp_path)
    assert all(np.array_equal(a, b) for a, b in zip(found, (images.reshape(2, 9), labels) * 2, strict=True))
