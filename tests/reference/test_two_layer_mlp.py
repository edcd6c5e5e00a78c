"""The reference of `two_layer_mlp` against oracles of other kinds: by hand, complex steps, autograd, scipy."""

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
from scipy import special, stats

from autograder.reference import Reference

ROOT = Path(__file__).parents[2]
NET = Reference.read(ROOT / "reference" / "two_layer_mlp.py").load()

SIZES = ((4, 6, 3), (5, 1, 2), (2, 7, 4))
FINITE = st.floats(allow_nan=False, allow_infinity=False)
LARGE = st.floats(-1000, 1000)

X_BY_HAND = np.array([[1.0, 2.0]])
BY_HAND = (
    np.array([[1.0, -1.0, 0.5], [0.5, 1.0, -1.0]]),
    np.array([[0.5, 0.0, 0.5]]),
    np.array([[0.2, 0.0], [0.5, -0.5], [1.0, -1.0]]),
    np.array([[0.0, 0.5]]),
)


def parameters(sizes, seed=0):
    """W1, b1, W2, b2, none of them zero."""
    rng, (inputs, hidden, classes) = np.random.default_rng(seed), sizes
    shapes = ((inputs, hidden), (1, hidden), (hidden, classes), (1, classes))
    return tuple(rng.normal(size=shape) for shape in shapes)


def batch(sizes, n, seed=1):
    """Samples and one-hot labels."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, sizes[0])), np.eye(sizes[2])[rng.integers(sizes[2], size=n)]


def frozen(*values):
    """Arrays that may not be written to."""
    made = [np.array(value) for value in values]
    for array in made:
        array.flags.writeable = False
    return made


def oracle_loss(params, X, y):
    """The mean cross-entropy by a formula of its own, without softmax, in autograd's NumPy."""
    W1, b1, W2, b2 = params
    hidden = anp.dot(X, W1) + b1
    scores = anp.dot(hidden * (hidden > 0), W2) + b2
    return anp.mean(anp.log(anp.sum(anp.exp(scores), axis=1)) - anp.sum(scores * y, axis=1))


def complex_step(of, value):
    """The gradient of `of` at `value`, entry by entry."""
    gradient = np.zeros(value.shape)
    for index in np.ndindex(*value.shape):
        moved = value.astype(complex)
        moved[index] += 1e-30j
        gradient[index] = np.imag(of(moved)) / 1e-30
    return gradient


# --- relu, der_relu, softmax -------------------------------------------------------------------------


def test_relu_and_its_slope_by_hand():
    """The examples of the text, and no slope below 0 or above 1 at the corner."""
    x = np.array([-2.0, 0.5, 3.0])
    assert np.array_equal(NET.relu(x), [0, 0.5, 3])
    assert np.array_equal(NET.der_relu(x), [0, 1, 1])
    assert 0 <= NET.der_relu(np.zeros(1))[0] <= 1


@given(x=arrays(np.float64, (2, 3), elements=FINITE))
def test_relu_is_half_of_x_and_its_size(x):
    """For any number relu is (x + |x|) / 2."""
    assert np.allclose(NET.relu(x), x / 2 + np.abs(x) / 2)


def test_der_relu_is_the_slope():
    """On both sides of zero it is the complex-step derivative of relu."""
    x = np.array([[-3.0, -0.4, -1e-6], [1e-6, 0.7, 2.5]])
    assert np.array_equal(NET.der_relu(x), np.imag(NET.relu(x + 1e-30j)) / 1e-30)


def test_softmax_by_hand():
    """The row (0, ln 3) becomes a quarter and three quarters."""
    assert np.allclose(NET.softmax(np.array([[0, np.log(3)]])), [[0.25, 0.75]])


@given(x=arrays(np.float64, (3, 4), elements=LARGE))
def test_softmax_agrees_with_scipy(x):
    """Scores as large as a thousand give scipy's probabilities, and no overflow."""
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        p = NET.softmax(x)
    assert np.allclose(p, special.softmax(x, axis=1), rtol=1e-12)


# --- forward and loss --------------------------------------------------------------------------------


def test_forward_by_hand():
    """The example of the text, with all that is stored; the prediction is the last of it."""
    h2, store = NET.forward(X_BY_HAND, *BY_HAND)
    wanted = ([[2.5, 1, -1]], [[2.5, 1, 0]], [[1, 0]], [[0.7310586, 0.2689414]])
    assert all(np.allclose(found, array, atol=1e-7) for found, array in zip(store, wanted, strict=True))
    assert h2 is store[3]


@pytest.mark.parametrize("n", [1, 8])
@pytest.mark.parametrize("sizes", SIZES)
def test_forward_and_loss_agree_with_the_oracle(sizes, n):
    """The mean loss of the predictions is that of an independent formula, and the global loss n times as much."""
    params, (X, y) = parameters(sizes), batch(sizes, n)
    global_loss, mean_loss = NET.loss(y, NET.forward(X, *params)[0])
    assert np.isclose(mean_loss, oracle_loss(params, X, y))
    assert np.isclose(global_loss, n * mean_loss)


def test_loss_by_hand():
    """Probabilities 1/2 and 1/8 for the true classes cost ln 16 together."""
    y_true, y_pred = np.eye(3)[[0, 2]], np.array([[0.5, 0.3, 0.2], [0.7, 0.175, 0.125]])
    assert np.allclose(NET.loss(y_true, y_pred), [np.log(16), np.log(4)])


def test_loss_of_the_impossible():
    """A probability of 0 costs what the text says, and one of 1 nothing."""
    assert np.allclose(NET.loss(np.eye(2), np.array([[0.0, 1.0], [0.0, 1.0]])), [36.8414, 18.4207], atol=1e-4)


# --- backward ----------------------------------------------------------------------------------------


def test_backward_by_hand():
    """The example of the text: gradients of the pre-activations, and as a batch of one those of the biases."""
    y, (_, store) = np.array([[0.0, 1.0]]), NET.forward(X_BY_HAND, *BY_HAND)
    df0, df1 = NET.backward_1(X_BY_HAND, y, store, BY_HAND[2])
    assert np.allclose(df1, [[0.7310586, -0.7310586]])
    assert np.allclose(df0, [[0.1462117, 0.7310586, 0]])
    _, db1, _, db2 = NET.backward(X_BY_HAND, y, store, BY_HAND[2])
    assert np.array_equal(db1, df0)
    assert np.array_equal(db2, df1)


def test_backward_2_by_hand():
    """The example of the text: two samples and one hidden unit."""
    X, df0 = np.array([[1.0, 2.0], [3.0, 0.0]]), np.array([[0.4], [-0.2]])
    store = (np.zeros((2, 1)), np.array([[1.0], [3.0]]), np.zeros((2, 1)), np.ones((2, 1)))
    dW1, db1, dW2, db2 = NET.backward_2(X, np.ones((2, 1)), store, np.ones((1, 1)), df0, df0)
    assert np.allclose(dW1, [[-0.1], [0.4]])
    assert np.allclose(db1, [[0.1]])
    assert np.allclose(dW2, [[-0.1]])
    assert np.allclose(db2, [[0.1]])


@pytest.mark.parametrize("n", [1, 7])
@pytest.mark.parametrize("sizes", SIZES)
def test_backward_1_agrees_with_complex_steps(sizes, n):
    """Each row is the derivative of its sample's own loss with respect to its pre-activations."""
    (W1, b1, W2, b2), (X, y) = parameters(sizes), batch(sizes, n)
    _, store = NET.forward(X, W1, b1, W2, b2)
    df0, df1 = NET.backward_1(X, y, store, W2)

    def of_f1(f1):
        return NET.loss(y, NET.softmax(f1))[0]

    assert np.allclose(df1, complex_step(of_f1, store[2]), rtol=1e-9, atol=1e-12)
    assert np.allclose(df0, complex_step(lambda f0: of_f1(NET.relu(f0) @ W2 + b2), store[0]), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("n", [1, 7])
@pytest.mark.parametrize("sizes", SIZES)
def test_backward_agrees_with_autograd(sizes, n):
    """The four gradients are those that autograd finds for the mean loss, each of its parameter's shape."""
    params, (X, y) = parameters(sizes), batch(sizes, n)
    found = NET.backward(X, y, NET.forward(X, *params)[1], params[2])
    for gradient, wanted, parameter in zip(found, autograd.grad(oracle_loss)(params, X, y), params, strict=True):
        assert gradient.shape == parameter.shape
        assert np.allclose(gradient, wanted, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("at", range(4))
def test_backward_agrees_with_complex_steps(at):
    """Each gradient is the complex-step derivative of the reference's own forward and loss."""
    params, (X, y) = parameters((4, 6, 3)), batch((4, 6, 3), 5)
    found = NET.backward(X, y, NET.forward(X, *params)[1], params[2])

    def of(moved):
        return NET.loss(y, NET.forward(X, *params[:at], moved, *params[at + 1 :])[0])[1]

    assert np.allclose(found[at], complex_step(of, params[at]), rtol=1e-9, atol=1e-12)


# --- init, update_parameters -------------------------------------------------------------------------


def test_init_gives_shapes_and_zero_biases():
    """Weights and biases have the shapes that the text names."""
    W1, b1, W2, b2 = NET.init(2, 3, 4)
    assert (W1.shape, W2.shape) == ((2, 3), (3, 4))
    assert np.array_equal(b1, np.zeros((1, 3)))
    assert np.array_equal(b2, np.zeros((1, 4)))


def test_init_is_normal():
    """Both layers' weights pass scipy's test for the normal distribution with standard deviation 0.01."""
    np.random.seed(3)
    W1, _, W2, _ = NET.init(200, 100, 150)
    for w in (W1, W2):
        assert stats.kstest(w.ravel() / 0.01, "norm").pvalue > 1e-4


def test_init_draws_anew():
    """Two calls give other weights, after the same seed the same."""
    first, again = NET.init(5, 4, 3), NET.init(5, 4, 3)
    assert not np.any(first[0] == again[0])
    np.random.seed(1)
    one = NET.init(5, 4, 3)
    np.random.seed(1)
    assert all(np.array_equal(a, b) for a, b in zip(one, NET.init(5, 4, 3), strict=True))


def test_update_parameters_by_hand():
    """A weight of 2 with the gradient 5 becomes 1.5 at the rate 0.1."""
    one, zero = np.ones((1, 1)), np.zeros((1, 1))
    moved = NET.update_parameters(2 * one, one, one, one, 5 * one, one, zero, -one, 0.1)
    assert np.allclose(np.ravel(moved), [1.5, 0.9, 1, 1.1])


# --- train and predict -------------------------------------------------------------------------------


@pytest.fixture
def watched(monkeypatch):
    """A record of what train calls: the samples of each batch, their labels, and each rate."""
    seen = {"X": [], "y": [], "rates": []}
    backward, update_parameters = NET.backward, NET.update_parameters

    def backward_watched(X, y, forward_output, W2):
        seen["X"].append(np.array(X))
        seen["y"].append(np.array(y))
        return backward(X, y, forward_output, W2)

    def update_watched(*arguments):
        seen["rates"].append(arguments[-1])
        return update_parameters(*arguments)

    monkeypatch.setattr(NET, "backward", backward_watched)
    monkeypatch.setattr(NET, "update_parameters", update_watched)
    return seen


@pytest.mark.parametrize(
    ("n", "batch_size", "wanted"), [(10, 4, [4, 4, 2]), (6, 3, [3, 3]), (5, 64, [5]), (3, 1, [1, 1, 1])]
)
def test_train_uses_every_sample_once_in_each_epoch(watched, n, batch_size, wanted):
    """Each epoch takes all samples, with their labels, in batches of which the last may be shorter."""
    X, y = batch((4, 6, 3), n)
    NET.train(X, y, 6, 3, 2, 0.1, batch_size, 5)
    assert [len(part) for part in watched["X"]] == wanted * 2
    pairs = sorted(map(tuple, np.hstack([X, y])))
    for epoch in (slice(0, len(wanted)), slice(len(wanted), None)):
        seen = np.hstack([np.concatenate(watched["X"][epoch]), np.concatenate(watched["y"][epoch])])
        assert sorted(map(tuple, seen)) == pairs


def test_train_shuffles_anew(watched):
    """No two epochs have the same order."""
    X, y = batch((4, 6, 3), 30)
    NET.train(X, y, 6, 3, 3, 0.1, 30, 5)
    assert not any(np.array_equal(a, b) for a, b in itertools.combinations([X, *watched["X"]], 2))


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ((11, 0.2, 5), [0.2] * 5 + [0.15] * 5 + [0.1]),
        ((4, 0.2, 1, 0.1), [0.2, 0.1, 0, 0]),
        ((4, 0.5, 2, 0.5), [0.5, 0.5, 0, 0]),
        ((3, 0.3, 2, 0), [0.3, 0.3, 0.3]),
    ],
)
def test_train_lowers_the_rate(watched, arguments, wanted):
    """The rate falls after each interval, by 0.05 where nothing is said, and not below zero."""
    epochs, learning_rate, interval, *decay = arguments
    X, y = batch((4, 6, 3), 5)
    NET.train(X, y, 6, 3, epochs, learning_rate, 5, interval, *decay)
    assert np.allclose(watched["rates"], wanted, atol=1e-15)


def test_train_without_epochs():
    """No epochs give what init draws."""
    X, y = batch((4, 6, 3), 5)
    np.random.seed(2)
    found = NET.train(X, y, 6, 3, 0, 0.1, 5, 5)
    np.random.seed(2)
    assert all(np.array_equal(a, b) for a, b in zip(found, NET.init(4, 6, 3), strict=True))


def test_predict_names_the_largest_probability():
    """The class of each sample is the column of its largest probability; one sample is a batch as well."""
    params, (X, _) = parameters((4, 6, 3)), batch((4, 6, 3), 20)
    h2, _ = NET.forward(X, *params)
    found = NET.predict(X, *params)
    assert found.shape == (20,)
    assert all(h2[i, c] == h2[i].max() for i, c in enumerate(found))
    assert np.array_equal(NET.predict(X[:1], *params), found[:1])
    assert np.array_equal(NET.predict(X_BY_HAND, *BY_HAND), [0])


# --- all of it ---------------------------------------------------------------------------------------


def test_arguments_are_left_alone():
    """Every function works on arrays that may not be written to."""
    X, y = frozen(*batch((4, 6, 3), 5))
    params = frozen(*parameters((4, 6, 3)))
    NET.relu(X)
    NET.der_relu(X)
    NET.softmax(X)
    store = tuple(frozen(*NET.forward(X, *params)[1]))
    assert np.isfinite(NET.loss(y, store[3])).all()
    df0, df1 = frozen(*NET.backward_1(X, y, store, params[2]))
    gradients = frozen(*NET.backward_2(X, y, store, params[2], df0, df1))
    moved = NET.update_parameters(*params, *gradients, 0.1)
    assert all(np.any(new != old) for new, old in zip(moved, params, strict=True))
    NET.predict(X, *NET.train(X, y, 6, 3, 2, 0.1, 2, 1))


def test_learns_to_read_digits():
    """Seven hidden units learn to read the small digits, with the settings of the text."""
    datasets = pytest.importorskip("sklearn.datasets")
    X, labels = datasets.load_digits(return_X_y=True)
    order = np.random.default_rng(5).permutation(len(X))
    X, labels = X[order] / 16, labels[order]
    np.random.seed(0)
    trained = NET.train(X[:1500], np.eye(10)[labels[:1500]], 7, 10, 60, 0.2, 64, 30)
    assert np.mean(NET.predict(X[1500:], *trained) == labels[1500:]) > 0.85


def test_the_text_reads_idx_files(tmp_path):
    """The loader that the text gives reads MNIST's gzip idx format."""
    text = (ROOT / "assignments" / "two_layer_mlp" / "text.md").read_text(encoding="utf-8")
    source = text[text.index("def read_idx") : text.index("def load_digits")]
    images = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
    header = bytes([0, 0, 8, 3]) + b"".join(size.to_bytes(4, "big") for size in images.shape)
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(header + images.tobytes()))
    space = {"gzip": gzip, "np": np}
    exec(source, space)
    assert np.array_equal(space["read_idx"](path), images)
