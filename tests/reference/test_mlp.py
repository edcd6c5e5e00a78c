"""The reference of `mlp` against oracles of other kinds: values by hand, complex steps, and autograd's derivatives."""

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
REFERENCE = Reference.read(ROOT / "reference" / "mlp.py")
MLP = REFERENCE.load().MLP

ACTIVATIONS = ("relu", "sigmoid", "tanh")
DEPTHS = ((5, 3), (4, 6, 3), (5, 4, 7, 3), (3, 8, 5, 6, 4))
FINITE = st.floats(allow_nan=False, allow_infinity=False)


def network(layer_dims, activation="relu", *, seed=0, lr=0.5, **settings):
    """A network with drawn weights and biases, none of them zero."""
    rng = np.random.default_rng(seed)
    net = MLP(layer_dims=layer_dims, activation=activation, lr=lr, **settings)
    net.parameters = [
        {"w": rng.normal(size=(n, m)) / np.sqrt(n), "b": rng.normal(size=(1, m)) / 2}
        for n, m in itertools.pairwise(layer_dims)
    ]
    return net


def copied(net):
    """The network's parameters as arrays of their own."""
    return [{name: np.array(value) for name, value in layer.items()} for layer in net.parameters]


def batch(layer_dims, n, seed=1):
    """Samples and one-hot labels."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, layer_dims[0])), np.eye(layer_dims[-1])[rng.integers(layer_dims[-1], size=n)]


def frozen(*values):
    """Arrays that may not be written to."""
    made = [np.array(value, dtype=float) for value in values]
    for array in made:
        array.flags.writeable = False
    return made


def oracle_loss(parameters, x, y, activation):
    """The network and its loss once more, from the textbook and for autograd."""
    bends = {
        "relu": lambda z: anp.where(z > 0, z, 0.0),
        "sigmoid": lambda z: 1 / (1 + anp.exp(-z)),
        "tanh": anp.tanh,
    }
    a = x
    for layer in parameters[:-1]:
        a = bends[activation](anp.dot(a, layer["w"]) + layer["b"])
    scores = anp.dot(a, parameters[-1]["w"]) + parameters[-1]["b"]
    log_sums = anp.log(anp.sum(anp.exp(scores), axis=1))
    return anp.mean(log_sums - anp.sum(y * scores, axis=1))


def complex_step(of, p):
    """The derivative of a scalar function with respect to each entry of p."""
    found = np.zeros(p.shape)
    for index in np.ndindex(p.shape):
        moved = p.astype(complex)
        moved[index] += 1e-30j
        found[index] = np.imag(of(moved)) / 1e-30
    return found


# --- init_parameters ---------------------------------------------------------------------------------


def test_init_parameters_shapes():
    """Each layer gets w of shape (inputs, outputs) and a row of zeros as b."""
    net = MLP(layer_dims=(5, 4, 3))
    assert [(layer["w"].shape, layer["b"].shape) for layer in net.parameters] == [((5, 4), (1, 4)), ((4, 3), (1, 3))]
    assert not any(layer["b"].any() for layer in net.parameters)


def test_init_parameters_fills_the_range_of_each_layer():
    """Weights lie within one over the root of the layer's own inputs, and spread like a uniform distribution."""
    for n, layer in zip((900, 40, 100), MLP(layer_dims=(900, 40, 100, 30)).parameters, strict=True):
        w = layer["w"] * np.sqrt(n)
        assert np.abs(w).max() <= 1
        assert np.isclose(np.std(w), 1 / np.sqrt(3), rtol=0.1)
        assert abs(np.mean(w)) < 0.1


def test_init_parameters_draws_anew():
    """No two networks start alike, and neither does one that is started twice."""
    net, other = MLP(layer_dims=(4, 3)), MLP(layer_dims=(4, 3))
    first = net.parameters[0]["w"]
    net.init_parameters()
    assert len(net.parameters) == 1
    assert not np.any(first == other.parameters[0]["w"])
    assert not np.any(first == net.parameters[0]["w"])


# --- activation_fn and gradient_activation_fn --------------------------------------------------------


@pytest.mark.parametrize(
    ("activation", "wanted"),
    [("relu", [0, 0, 1]), ("sigmoid", [0.1192029, 0.5, 0.7310586]), ("tanh", [-0.9640276, 0, 0.7615942])],
)
def test_activation_by_hand(activation, wanted):
    """The table of the text, for floats, whole numbers and a list."""
    net = MLP(layer_dims=(2, 2), activation=activation)
    for x in (np.array([-2.0, 0.0, 1.0]), np.array([-2, 0, 1]), [-2, 0, 1]):
        assert np.allclose(net.activation_fn(x), wanted, atol=1e-7)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@given(x=arrays(np.float64, (2, 3), elements=FINITE))
def test_activation_is_finite_and_quiet(activation, x):
    """Any finite input gives a finite result of its shape, and no warning."""
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        a = MLP(layer_dims=(2, 2), activation=activation).activation_fn(x)
    assert a.shape == x.shape
    assert np.isfinite(a).all()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activation_agrees_with_its_definition(activation):
    """Each function equals its textbook formula where that is harmless."""
    x = np.linspace(-20, 20, 400)
    wanted = {"relu": x * (x > 0), "sigmoid": 1 / (1 + np.exp(-x)), "tanh": np.sinh(x) / np.cosh(x)}[activation]
    assert np.allclose(MLP(layer_dims=(2, 2), activation=activation).activation_fn(x), wanted, rtol=0, atol=1e-15)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradient_activation_is_the_slope(activation):
    """From the function's result it gives the function's complex-step derivative."""
    net = MLP(layer_dims=(2, 2), activation=activation)
    x = np.array([[-3.0, -0.4, -1e-6], [1e-6, 0.7, 2.5]])
    slope = np.imag(net.activation_fn(x + 1e-30j)) / 1e-30
    assert np.allclose(net.gradient_activation_fn(net.activation_fn(x)), slope, rtol=1e-12)


def test_gradient_activation_at_zero():
    """Where relu's result is 0, its slope is 0."""
    assert np.array_equal(MLP(layer_dims=(2, 2)).gradient_activation_fn(np.array([0.0, 0.5, 2.0])), [0, 1, 1])


# --- softmax -----------------------------------------------------------------------------------------


def test_softmax_by_hand():
    """The logarithms of 1, 2 and 5 give eighths, as a row, a vector and a list."""
    net, x = MLP(layer_dims=(2, 2)), np.log([1.0, 2.0, 5.0])
    for scores in (x, list(x)):
        assert np.allclose(net.softmax(scores), [0.125, 0.25, 0.625])
    assert np.allclose(net.softmax(x[np.newaxis]), [[0.125, 0.25, 0.625]])


@given(x=arrays(np.float64, (3, 4), elements=FINITE))
def test_softmax_gives_distributions(x):
    """Any finite scores give rows that sum to one, without a warning."""
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        p = MLP(layer_dims=(2, 2)).softmax(x)
    assert (p >= 0).all()
    assert np.allclose(p.sum(axis=1), 1)


def test_softmax_treats_each_row_on_its_own():
    """A row gives the same alone and in any batch, and a shift of it changes nothing."""
    x = np.array([[1000.0, 999.0, 0.0], [-1000.0, -1001.0, -2000.0], [0.3, -0.2, 0.1]])
    p = MLP(layer_dims=(2, 2)).softmax(x)
    assert np.allclose(p, [MLP(layer_dims=(2, 2)).softmax(row) for row in x])
    assert np.allclose(p[0], p[1])


# --- forward -----------------------------------------------------------------------------------------


def test_layer_forward_by_hand():
    """The example of the text: a sample in a relu layer, and what is remembered of it."""
    net = MLP(layer_dims=(2, 3, 2))
    net.parameters[0] = {"w": np.array([[1, -1, 0.5], [0.5, 2, -1]]), "b": np.array([[0.1, -0.2, 0.3]])}
    a = net.layer_forward([[1, 2]], 0)
    assert np.allclose(a, [[2.1, 2.8, 0]])
    assert np.allclose(net.forward_cache[-1]["o"], [[2.1, 2.8, -1.2]])
    assert net.forward_cache[-1]["a"] is a


@pytest.mark.parametrize("layer_dims", DEPTHS)
def test_forward_fills_the_cache(layer_dims):
    """Entry 0 is the input, entry l the output of layer l; a second batch begins anew."""
    net, (x, _) = network(layer_dims, "tanh"), batch(layer_dims, 6)
    net.forward(x[:1])
    y_hat = net.forward(x)
    assert [entry["a"].shape for entry in net.forward_cache] == [(6, n) for n in layer_dims]
    assert np.array_equal(net.forward_cache[0]["a"], x)
    assert net.forward_cache[-1]["a"] is y_hat


@pytest.mark.parametrize("layer_dims", DEPTHS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_forward_and_loss_agree_with_the_oracle(layer_dims, activation):
    """The loss of the predictions is that of an independent implementation."""
    net, (x, y) = network(layer_dims, activation), batch(layer_dims, 7)
    assert np.isclose(net.cross_entropy_loss(net.forward(x), y), oracle_loss(net.parameters, x, y, activation))


def test_forward_takes_a_list_of_samples():
    """Samples as lists of whole numbers give what an array of floats gives."""
    net = network((3, 4, 2), "sigmoid")
    assert np.array_equal(net.forward([[1, 0, 2], [0, 1, 3]]), net.forward(np.array([[1.0, 0, 2], [0, 1, 3]])))


# --- cross_entropy_loss ------------------------------------------------------------------------------


def test_loss_by_hand():
    """Probabilities 1/2 and 1/4 for the true classes cost (ln 2 + ln 4) / 2, as arrays and as lists."""
    y_hat, y = [[0.5, 0.3, 0.2], [0.7, 0.05, 0.25]], [[1, 0, 0], [0, 0, 1]]
    wanted = (np.log(2) + np.log(4)) / 2
    assert np.isclose(MLP(layer_dims=(2, 3)).cross_entropy_loss(np.array(y_hat), np.array(y)), wanted)
    assert np.isclose(MLP(layer_dims=(2, 3)).cross_entropy_loss(y_hat, y), wanted)


def test_loss_is_bounded_by_epsilon():
    """Probabilities of 0 and 1, as whole numbers too, count as epsilon and one minus epsilon."""
    net, y = MLP(layer_dims=(2, 2), epsilon=0.1), np.array([[1, 0], [1, 0]])
    wanted = -(np.log(0.1) + np.log(0.9)) / 2
    assert np.isclose(net.cross_entropy_loss(np.array([[0, 1], [1, 0]]), y), wanted)
    assert np.isclose(net.cross_entropy_loss(np.array([[0.01, 0.99], [0.95, 0.05]]), y), wanted)


# --- layer_backward and backward ---------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 7])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_layer_backward_of_a_hidden_layer(activation, n):
    """For an upstream gradient of each layer's output it returns the complex-step gradients."""
    layer_dims = (5, 4, 7, 3)
    net, (x, _) = network(layer_dims, activation), batch(layer_dims, n)
    net.forward(x)
    for number in (1, 2):
        upstream = np.random.default_rng(number).normal(size=(n, layer_dims[number]))
        a_prev, layer = net.forward_cache[number - 1]["a"], net.parameters[number - 1]

        def of(a_prev=a_prev, w=layer["w"], b=layer["b"], upstream=upstream):
            return np.sum(upstream * net.activation_fn(a_prev @ w + b)) / n

        gradient_a_prev, gradient_w, gradient_b = net.layer_backward(upstream, number)
        assert np.allclose(gradient_a_prev / n, complex_step(lambda p: of(a_prev=p), a_prev), rtol=1e-10)
        assert np.allclose(gradient_w, complex_step(lambda p: of(w=p), layer["w"]), rtol=1e-10)
        assert np.allclose(gradient_b, complex_step(lambda p: of(b=p), layer["b"]), rtol=1e-10)


def test_layer_backward_by_hand():
    """The example of the text: an output layer, two samples."""
    net = MLP(layer_dims=(2, 1))
    net.parameters = [{"w": np.array([[0.5], [-1.0]]), "b": np.zeros((1, 1))}]
    net.forward(np.array([[2.0, 3.0], [0.0, 1.0]]))
    gradient_a_prev, gradient_w, gradient_b = net.layer_backward([[0.4], [-0.2]], 1)
    assert np.allclose(gradient_a_prev, [[0.2, -0.4], [-0.1, 0.2]])
    assert np.allclose(gradient_w, [[0.4], [0.5]])
    assert np.allclose(gradient_b, [[0.1]])


@pytest.mark.parametrize("n", [1, 6])
@pytest.mark.parametrize("layer_dims", DEPTHS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_backward_steps_along_autograds_gradient(activation, layer_dims, n):
    """One step moves every parameter by the learning rate times the gradient that autograd finds."""
    net, (x, y) = network(layer_dims, activation, lr=0.5), batch(layer_dims, n)
    before = copied(net)
    gradients = autograd.grad(oracle_loss)(before, x, y, activation)
    net.backward(net.forward(x), y)
    for old, new, gradient in zip(before, net.parameters, gradients, strict=True):
        for name in ("w", "b"):
            assert np.allclose(new[name], old[name] - 0.5 * gradient[name], rtol=1e-10, atol=1e-12)
            assert np.any(new[name] != old[name])


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_backward_agrees_with_complex_steps(activation):
    """The step is the complex-step derivative of the reference's own forward and loss."""
    net, (x, y) = network((4, 6, 3), activation, lr=0.5), batch((4, 6, 3), 5)
    before = copied(net)
    net.backward(net.forward(x), y)
    for number, name in itertools.product((0, 1), "wb"):

        def of(p, number=number, name=name):
            moved = network((4, 6, 3), activation)
            moved.parameters = [dict(layer) for layer in before]
            moved.parameters[number][name] = p
            return moved.cross_entropy_loss(moved.forward(x), y)

        step = (before[number][name] - net.parameters[number][name]) / 0.5
        assert np.allclose(step, complex_step(of, before[number][name]), rtol=1e-9, atol=1e-14)


# --- one_hot_encode ----------------------------------------------------------------------------------


@pytest.mark.parametrize("labels", [[2, 0], np.array([2, 0]), np.array([2, 0], dtype=np.uint8), (2.0, 0.0)])
def test_one_hot_by_hand(labels):
    """Labels of any kind become rows with a 1 in their column."""
    assert np.array_equal(MLP.one_hot_encode(labels, 3), [[0, 0, 1], [1, 0, 0]])


def test_one_hot_of_no_class_and_of_nothing():
    """A label that is no class gives zeros, and no labels give no rows of the right width."""
    assert np.array_equal(MLP.one_hot_encode([-1, 1, 2], 2), [[0, 0], [0, 1], [0, 0]])
    assert MLP.one_hot_encode([], 4).shape == (0, 4)


# --- train -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "batch_size", "num_iterations", "wanted"),
    [
        (20, 8, None, ["0-8", "8-16", "16-20"]),
        (20, 8, 4, ["0-8", "8-16", "16-20", "0-8"]),
        (6, 3, 3, ["0-3", "3-6", "0-3"]),
        (5, 64, 2, ["0-5", "0-5"]),
        (5, 2, 0, []),
    ],
)
def test_train_takes_batches_in_order(n, batch_size, num_iterations, wanted):
    """The last batch is what is left, and after it the first comes again."""
    net, (x, y), seen = network((4, 5, 3)), batch((4, 5, 3), n), []
    forward = net.forward

    def watched(rows):
        start = int(np.flatnonzero((x == rows[0]).all(axis=1))[0])
        seen.append(f"{start}-{start + len(rows)}")
        return forward(rows)

    net.forward = watched
    net.train(x, y, batch_size, num_iterations)
    assert seen == wanted
    assert len(net.losses) == len(net.accuracies) == len(wanted)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_train_is_gradient_descent(activation):
    """Losses, accuracies and weights are those of steps along autograd's gradient, each measured before its step."""
    net, (x, y) = network((4, 6, 3), activation, lr=0.3), batch((4, 6, 3), 11)
    parameters, losses, accuracies = copied(net), [], []
    for rows in (slice(0, 4), slice(4, 8), slice(8, 11), slice(0, 4)):
        probe = network((4, 6, 3), activation)
        probe.parameters = parameters
        accuracies.append(np.mean(probe.forward(x[rows]).argmax(1) == y[rows].argmax(1)))
        losses.append(oracle_loss(parameters, x[rows], y[rows], activation))
        gradients = autograd.grad(oracle_loss)(parameters, x[rows], y[rows], activation)
        parameters = [{k: p[k] - 0.3 * g[k] for k in p} for p, g in zip(parameters, gradients, strict=True)]
    net.train(x, y, 4, 4)
    assert np.allclose(net.losses, losses)
    assert net.accuracies == accuracies
    assert all(np.allclose(a[k], b[k]) for a, b in zip(net.parameters, parameters, strict=True) for k in a)


def test_train_begins_new_lists():
    """A second call forgets the losses of the first, and goes on from its weights."""
    net, (x, y) = network((4, 6, 3), "tanh"), batch((4, 6, 3), 10)
    net.train(x, y, 5, 6)
    last = net.losses[-1]
    net.train(x, y, 10)
    assert len(net.losses) == 1
    assert net.losses[0] < last


# --- all of it ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_arguments_are_left_alone(activation):
    """Every method works on arrays that may not be written to."""
    net = network((4, 6, 3), activation, epsilon=0.2)
    x, y, gradient = frozen(*batch((4, 6, 3), 5), np.ones((5, 6)))
    (y_hat,) = frozen(net.forward(x))
    net.activation_fn(x)
    net.gradient_activation_fn(x)
    net.softmax(x)
    net.layer_forward(x, 0)
    assert np.isfinite(net.cross_entropy_loss(y_hat, y))
    net.forward(x)
    net.layer_backward(y_hat - y, 2)
    net.layer_backward(gradient, 1)
    net.backward(y_hat, y)
    net.train(x, y, 2)
    assert np.isfinite(net.losses).all()


def test_unknown_activation_is_refused():
    """An activation that is none of the three is refused when the network is made."""
    with pytest.raises(AssertionError, match="relu, sigmoid, tanh"):
        MLP(activation="step")


@pytest.mark.parametrize(("activation", "least"), [("relu", 0.9), ("tanh", 0.9)])
def test_learns_to_read_digits(activation, least):
    """The experiments of the text reach what its curves show."""
    datasets = pytest.importorskip("sklearn.datasets")
    x, labels = datasets.load_digits(return_X_y=True)
    order = np.random.default_rng(5).permutation(len(x))
    x, labels = x[order] / 16, labels[order]
    np.random.seed(0)
    net = MLP(layer_dims=(64, 128, 64, 10), activation=activation, lr=0.1)
    net.train(x[:1500], MLP.one_hot_encode(labels[:1500], 10), 64, 600)
    assert np.mean(net.forward(x[1500:]).argmax(1) == labels[1500:]) > least
    assert net.losses[-1] < net.losses[0]


def test_the_text_reads_idx_files(tmp_path):
    """The loader that the text gives reads MNIST's gzip idx format."""
    text = (ROOT / "assignments" / "mlp" / "text.md").read_text(encoding="utf-8")
    source = text[text.index("def read_idx") : text.index("def load_digits")]
    images = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
    header = bytes([0, 0, 8, 3]) + b"".join(size.to_bytes(4, "big") for size in images.shape)
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(header + images.tobytes()))
    space = {"gzip": gzip, "np": np}
    exec(source, space)
    assert np.array_equal(space["read_idx"](path), images)
