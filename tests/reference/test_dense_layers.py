"""The reference of `dense_layers` against oracles of other kinds: values by hand, complex steps, autograd."""

import gzip
import itertools
import types
from pathlib import Path

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from autograder.loading import load

ROOT = Path(__file__).parents[2]
LOADED = load(ROOT / "assignments" / "dense_layers")
LAYERS = LOADED.reference.load()
READINGS = {reading.convention.name: reading.reference.load() for reading in LOADED.readings}

DEPTHS = ((5, 3), (4, 6, 3), (5, 4, 7, 3))
LOGITS = st.floats(-1000, 1000)


@pytest.fixture(params=READINGS)
def layers(request):
    """The reference under each convention."""
    return READINGS[request.param]


def dense(layers, sizes, *, seed=0, learning_rate=0.5):
    """Dense layers of these sizes with drawn weights and biases, none of them zero."""
    rng = np.random.default_rng(seed)
    found = []
    for n, m in itertools.pairwise(sizes):
        layer = layers.Dense(n, m, learning_rate)
        layer.weights, layer.biases = rng.normal(size=(n, m)) / np.sqrt(n), rng.normal(size=m) / 2
        found.append(layer)
    return found


def network(layers, sizes, **settings):
    """Dense layers with relu between them."""
    pairs = [[layer, layers.ReLu()] for layer in dense(layers, sizes, **settings)]
    return [layer for pair in pairs for layer in pair][:-1]


def parameters(net):
    """Copies of the weights and biases of the dense layers."""
    return [(np.array(layer.weights), np.array(layer.biases)) for layer in net[::2]]


def batch(sizes, n, seed=1):
    """Samples and the numbers of their classes."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, sizes[0])), rng.integers(sizes[-1], size=n)


def frozen(*values):
    """Arrays that may not be written to."""
    made = [np.array(value) for value in values]
    for array in made:
        array.flags.writeable = False
    return made


def oracle_loss(weights_and_biases, x, y):
    """The mean loss of the network once more, from the textbook and for autograd."""
    a = x
    for i, (w, b) in enumerate(weights_and_biases):
        a = anp.dot(a if i == 0 else anp.where(a > 0, a, 0.0), w) + b
    return anp.mean(anp.log(anp.sum(anp.exp(a), axis=1)) - a[np.arange(len(y)), y])


def complex_step(of, p):
    """The derivative of a scalar function with respect to each entry of p."""
    found = np.zeros(p.shape)
    for index in np.ndindex(p.shape):
        moved = p.astype(complex)
        moved[index] += 1e-30j
        found[index] = np.imag(of(moved)) / 1e-30
    return found


# --- Layer and ReLu ----------------------------------------------------------------------------------


def test_a_plain_layer_passes_on():
    """The batch goes through as it is, and so does the gradient."""
    x, g = np.array([[1.0, -2.0]]), np.array([[3.0, -4.0]])
    assert np.array_equal(LAYERS.Layer().forward(x), x)
    assert np.array_equal(LAYERS.Layer().backward(x, g), g)


def test_relu_by_hand():
    """The example of the text, forward and backward."""
    layer, x = LAYERS.ReLu(), np.array([[1, -2, 3], [-0.5, 5, -1]])
    assert np.array_equal(layer.forward(x), [[1, 0, 3], [0, 5, 0]])
    assert np.array_equal(layer.backward(x, np.array([[2, 1, -1], [4, -3, 7]])), [[2, 0, -1], [0, -3, 0]])


@given(x=arrays(np.float64, (3, 4), elements=st.floats(allow_nan=False)))
def test_relu_is_its_definition(x):
    """Every entry is itself where it is above zero, and zero elsewhere."""
    assert np.array_equal(LAYERS.ReLu().forward(x), np.where(x > 0, x, 0))


def test_relu_backward_is_the_slope():
    """It multiplies by the complex-step derivative of forward, just beside the kink, too."""
    layer, x = LAYERS.ReLu(), np.array([[-3.0, -1e-6, 1e-6], [0.7, 2.5, -0.4]])
    g = np.random.default_rng(0).normal(size=(2, 3))
    assert np.allclose(layer.backward(x, g), complex_step(lambda p: np.sum(g * layer.forward(p)), x), rtol=1e-14)


# --- Dense -------------------------------------------------------------------------------------------


def test_a_dense_layer_as_it_begins():
    """Weights have the shape of inputs and outputs, biases are zero, and the rate is 0.1 unless another is given."""
    layer = LAYERS.Dense(3, 4)
    assert layer.weights.shape == (3, 4)
    assert np.array_equal(layer.biases, np.zeros(4))
    assert layer.learning_rate == 0.1
    assert LAYERS.Dense(3, 4, 0.5).learning_rate == 0.5


def test_weights_are_small_and_normal():
    """Forty thousand weights have the mean, the spread and the tails of a normal distribution of spread 0.01."""
    w = LAYERS.Dense(200, 200).weights / 0.01
    assert abs(w.mean()) < 0.05
    assert np.isclose(w.std(), 1, atol=0.05)
    assert np.isclose(np.mean(np.abs(w) > 2), 0.0455, atol=0.01)


def test_weights_are_drawn_anew():
    """No two layers start alike."""
    assert not np.any(LAYERS.Dense(5, 4).weights == LAYERS.Dense(5, 4).weights)


def test_dense_forward_by_hand():
    """The example of the text, and evenly spaced numbers whose products are known."""
    (layer,) = dense(LAYERS, (2, 3))
    layer.weights, layer.biases = np.array([[1, -1, 0.5], [0.5, 2, -1]]), np.array([0.1, -0.2, 0.3])
    assert np.allclose(layer.forward(np.array([[1, 2]])), [[2.1, 2.8, -1.2]])
    (layer,) = dense(LAYERS, (3, 4))
    layer.weights, layer.biases = np.linspace(-1, 1, 12).reshape(3, 4), np.linspace(-1, 1, 4)
    wanted = np.array([[24, 136, 248, 360], [-300, 28, 356, 684]]) / 330
    assert np.allclose(layer.forward(np.linspace(-1, 1, 6).reshape(2, 3)), wanted)


@pytest.mark.parametrize(
    ("convention", "weights", "biases"),
    [("averaging", [[0.3], [-1.25]], [0.25]), ("summing", [[0.1], [-1.5]], [0.2])],
)
def test_dense_backward_by_hand(convention, weights, biases):
    """The example of the text, under each convention."""
    layer = READINGS[convention].Dense(2, 1, 0.5)
    layer.weights, layer.biases = np.array([[0.5], [-1.0]]), np.array([0.3])
    returned = layer.backward(np.array([[2, 3], [0, 1]]), np.array([[0.4], [-0.2]]))
    assert np.allclose(returned, [[0.2, -0.4], [-0.1, 0.2]])
    assert np.allclose(layer.weights, weights)
    assert np.allclose(layer.biases, biases)


@pytest.mark.parametrize("n", [1, 7])
def test_dense_backward_agrees_with_complex_steps(layers, n):
    """It returns the input's gradient at the old weights, and steps along those of weights and biases."""
    rng = np.random.default_rng(3)
    x, g, rate = rng.normal(size=(n, 4)), rng.normal(size=(n, 6)), 2.0
    ((w, b),) = parameters(dense(layers, (4, 6)))
    (layer,) = dense(layers, (4, 6), learning_rate=rate)
    scale = 1 / n if layers is READINGS["averaging"] else 1

    def of(x=x, w=w, b=b):
        moved = layers.Dense(4, 6)
        moved.weights, moved.biases = w, b
        return np.sum(g * moved.forward(x))

    assert np.allclose(layer.backward(x, g), complex_step(lambda p: of(x=p), x), rtol=1e-12)
    assert np.allclose((w - layer.weights) / rate, scale * complex_step(lambda p: of(w=p), w), rtol=1e-10)
    assert np.allclose((b - layer.biases) / rate, scale * complex_step(lambda p: of(b=p), b), rtol=1e-10)
    assert layer.biases.shape == (6,)


# --- the loss ----------------------------------------------------------------------------------------


def test_loss_by_hand():
    """Logits ln 1, ln 2, ln 5 cost ln 4 for class 1 and ln 8/5 for class 2; a hopeless sample costs the distance."""
    losses = LAYERS.softmax_crossentropy_with_logits
    assert np.allclose(losses(np.log([[1, 2, 5], [1, 2, 5]]), np.array([1, 2])), [np.log(4), np.log(1.6)])
    assert np.array_equal(losses(np.array([[1000.0, -1000.0], [1000.0, -1000.0]]), np.array([0, 1])), [0, 2000])


@given(logits=arrays(np.float64, (3, 4), elements=LOGITS), answers=arrays(int, 3, elements=st.integers(0, 3)))
def test_loss_agrees_with_logaddexp(logits, answers):
    """For logits between -1000 and 1000 it is what NumPy's logaddexp finds, and nothing overflows."""
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        losses = LAYERS.softmax_crossentropy_with_logits(logits, answers)
    wanted = np.logaddexp.reduce(logits, axis=1) - logits[np.arange(3), answers]
    assert np.allclose(losses, wanted, rtol=1e-12, atol=1e-10)


@given(logits=arrays(np.float64, (3, 4), elements=LOGITS), answers=arrays(int, 3, elements=st.integers(0, 3)))
def test_loss_gradient_agrees_with_logaddexp(logits, answers):
    """It is softmax by logaddexp less one-hot rows, or a third of it where it is divided by the three samples."""
    wanted = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)) - np.eye(4)[answers]
    for layers, scale in zip(READINGS.values(), (1, 1 / 3), strict=True):
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            found = layers.grad_softmax_crossentropy_with_logits(logits, answers)
        assert np.allclose(found, scale * wanted, rtol=1e-10, atol=1e-12)


def test_loss_gradient_by_hand():
    """The example of the text, under each convention."""
    logits, wanted = np.log([[1, 2, 5], [1, 2, 5]]), np.array([[0.125, -0.75, 0.625], [0.125, 0.25, -0.375]])
    for layers, scale in zip(READINGS.values(), (1, 0.5), strict=True):
        assert np.allclose(layers.grad_softmax_crossentropy_with_logits(logits, np.array([1, 2])), scale * wanted)


def test_loss_gradient_is_the_slope_of_the_loss():
    """It is the complex-step derivative of the sum of the losses, or of their mean."""
    logits, answers = np.random.default_rng(0).normal(size=(5, 3)), np.array([0, 2, 1, 1, 0])
    slope = complex_step(lambda p: np.sum(LAYERS.softmax_crossentropy_with_logits(p, answers)), logits)
    for layers, scale in zip(READINGS.values(), (1, 1 / 5), strict=True):
        assert np.allclose(layers.grad_softmax_crossentropy_with_logits(logits, answers), scale * slope, rtol=1e-12)


# --- eval_numerical_gradient -------------------------------------------------------------------------


def test_numerical_gradient_by_hand():
    """The examples of the text: a product at (3, 2), and a cube with a step that can be seen."""
    assert np.allclose(LAYERS.eval_numerical_gradient(lambda x: x[0] ** 2 * x[1], np.array([3.0, 2.0])), [12, 9])
    assert np.allclose(LAYERS.eval_numerical_gradient(lambda x: x[0] ** 3, np.array([1.0]), 0.1), [3.01])


@given(x=arrays(np.float64, (2, 3), elements=st.floats(-10, 10)), h=st.sampled_from([0.5, 0.25, 2.0]))
def test_numerical_gradient_of_a_parabola_is_exact(x, h):
    """Of a polynomial of second degree the central difference is the derivative, whatever the step."""
    a = np.array([[1.0, -2.0, 0.5], [3.0, 0.0, -1.0]])
    found = LAYERS.eval_numerical_gradient(lambda z: np.sum(a * z**2) + np.sum(z) ** 2, x, h)
    assert np.allclose(found, 2 * a * x + 2 * np.sum(x), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("shape", [(1,), (5,), (3, 4), (2, 1, 3)])
def test_numerical_gradient_agrees_with_autograd(shape):
    """For any shape it is autograd's derivative to eight digits, and x is as it was."""
    (x,) = frozen(np.random.default_rng(0).normal(size=shape))

    def f(z):
        return anp.sum(anp.sin(z) * anp.exp(0.1 * anp.sum(z)))

    assert np.allclose(LAYERS.eval_numerical_gradient(f, x), autograd.grad(f)(np.array(x)), rtol=1e-8, atol=1e-8)


# --- the network -------------------------------------------------------------------------------------


def test_forward_lists_the_outputs():
    """Two plain layers and a relu give three outputs, the first two the batch itself."""
    outputs = LAYERS.forward([LAYERS.Layer(), LAYERS.Layer(), LAYERS.ReLu()], np.array([[1, -2]]))
    assert np.array_equal(outputs, [[[1, -2]], [[1, -2]], [[1, 0]]])


def test_predict_names_the_largest():
    """The example of the text, through a layer that passes on."""
    assert np.array_equal(LAYERS.predict([LAYERS.Layer()], np.array([[0.1, 2, -3], [5, 4, 4.5]])), [1, 0])


def test_train_by_hand(layers):
    """A network of zeros gives ln 2, and its step is half the sample up for the right class and down for the other."""
    layer = layers.Dense(2, 2, 0.5)
    layer.weights, layer.biases = np.zeros((2, 2)), np.zeros(2)
    assert np.isclose(layers.train([layer], np.array([[1.0, 3.0]]), np.array([0])), np.log(2))
    assert np.allclose(layer.weights, [[0.25, -0.25], [0.75, -0.75]])
    assert np.allclose(layer.biases, [0.25, -0.25])


@pytest.mark.parametrize("n", [1, 6])
@pytest.mark.parametrize("sizes", DEPTHS)
def test_train_steps_along_autograds_gradient(layers, sizes, n):
    """Under each convention every parameter moves by the rate times autograd's gradient of the mean loss."""
    net, (x, y) = network(layers, sizes), batch(sizes, n)
    before = parameters(net)
    gradients = autograd.grad(oracle_loss)(before, x, y)
    assert np.isclose(layers.train(net, x, y), oracle_loss(before, x, y))
    for old, new, gradient in zip(before, parameters(net), gradients, strict=True):
        for i in range(2):
            assert np.allclose(new[i], old[i] - 0.5 * gradient[i], rtol=1e-10, atol=1e-12)
            assert np.any(new[i] != old[i])


def test_mixing_the_conventions_trains_otherwise():
    """Dividing in both places, or in neither, moves the weights by another factor."""
    steps = {}
    for one, other in itertools.product(READINGS, READINGS):
        mixed, (x, y) = READINGS[one], batch((4, 3), 5)
        (layer,) = dense(READINGS[other], (4, 3))
        before = layer.weights
        gradient = mixed.grad_softmax_crossentropy_with_logits(layer.forward(x), y)
        layer.backward(x, gradient)
        steps[one, other] = layer.weights - before
    right = steps["averaging", "averaging"]
    assert np.allclose(steps["summing", "summing"], right)
    assert np.allclose(steps["summing", "averaging"], right / 5)
    assert np.allclose(steps["averaging", "summing"], right * 5)


# --- iterate_minibatches -----------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "size"), [(8, 3), (9, 3), (3, 3), (2, 3), (0, 3), (4, 1)])
def test_batches_in_order_are_full(n, size):
    """Every batch is full and in order, and what is left over is left out."""
    x = np.arange(2 * n).reshape(n, 2)
    batches = list(LAYERS.iterate_minibatches(x, 10 * np.arange(n), size))
    assert len(batches) == n // size
    for i, (inputs, targets) in enumerate(batches):
        assert np.array_equal(inputs, x[i * size : (i + 1) * size])
        assert np.array_equal(targets, 10 * np.arange(i * size, (i + 1) * size))


@given(n=st.integers(0, 20), size=st.integers(1, 7))
def test_shuffled_batches_are_in_step(n, size):
    """Each sample comes once at the most and with its own target, in full batches."""
    x = np.arange(n)
    batches = list(LAYERS.iterate_minibatches(x, -x, size, shuffle=True))
    dealt = np.array([inputs for inputs, _ in batches], dtype=int)
    assert dealt.shape[0] == n // size
    assert len(set(dealt.reshape(-1))) == dealt.size
    assert all(np.array_equal(targets, -inputs) and len(inputs) == size for inputs, targets in batches)


def test_every_pass_has_an_order_of_its_own():
    """Two passes through a hundred samples differ, and it yields one batch at a time."""
    x = np.arange(100)
    batches = LAYERS.iterate_minibatches(x, x, 100, shuffle=True)
    assert isinstance(batches, types.GeneratorType)
    ((one, _),), ((other, _),) = batches, LAYERS.iterate_minibatches(x, x, 100, shuffle=True)
    assert np.sum(one == other) < 20
    assert np.sum(one == x) < 20


# --- all of it ---------------------------------------------------------------------------------------


def test_arguments_are_left_alone(layers):
    """Everything works on arrays that may not be written to."""
    net = network(layers, (4, 6, 3))
    x, y, g, logits = frozen(*batch((4, 6, 3), 5), np.ones((5, 6)), np.ones((5, 3)))
    for layer in (layers.Layer(), layers.ReLu(), net[0]):
        layer.forward(x)
    layers.ReLu().backward(g, g)
    net[0].backward(x, g)
    layers.softmax_crossentropy_with_logits(logits, y)
    layers.grad_softmax_crossentropy_with_logits(logits, y)
    layers.eval_numerical_gradient(np.sum, x)
    layers.predict(net, x)
    for x_batch, y_batch in layers.iterate_minibatches(x, y, 2, shuffle=True):
        assert np.isfinite(layers.train(net, *frozen(x_batch, y_batch)))


def test_images_that_are_not_flattened_end_in_the_error_that_the_text_names():
    """A network with 28 inputs takes images of 28×28 pixels for many samples, until the loss is asked for."""
    net = [LAYERS.Dense(28, 100), LAYERS.ReLu(), LAYERS.Dense(100, 200), LAYERS.ReLu(), LAYERS.Dense(200, 10)]
    assert LAYERS.forward(net, np.zeros((8, 28, 28)))[-1].shape == (8, 28, 10)
    with pytest.raises(ValueError, match=r"operands could not be broadcast together"):
        LAYERS.train(net, np.zeros((8, 28, 28)), np.arange(8))


def test_learns_to_read_digits(layers):
    """Twelve passes through the small digits, under each convention, read nine of ten test digits."""
    datasets = pytest.importorskip("sklearn.datasets")
    x, y = datasets.load_digits(return_X_y=True)
    order = np.random.default_rng(5).permutation(len(x))
    x, y = x[order] / 16, y[order]
    np.random.seed(42)
    net = [layers.Dense(64, 100), layers.ReLu(), layers.Dense(100, 200), layers.ReLu(), layers.Dense(200, 10)]
    for _ in range(12):
        for x_batch, y_batch in layers.iterate_minibatches(x[:1500], y[:1500], 8, shuffle=True):
            layers.train(net, x_batch, y_batch)
    assert np.mean(layers.predict(net, x[1500:]) == y[1500:]) > 0.9


def test_the_text_reads_idx_files(tmp_path):
    """The loader that the text gives reads MNIST's gzip idx format."""
    text = LOADED.text
    source = text[text.index("def read_idx") : text.index("def load_digits")]
    images = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
    header = bytes([0, 0, 8, 3]) + b"".join(size.to_bytes(4, "big") for size in images.shape)
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(header + images.tobytes()))
    space = {"gzip": gzip, "np": np}
    exec(source, space)
    assert np.array_equal(space["read_idx"](path), images)
