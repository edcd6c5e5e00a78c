"""The questions of `dense_layers` and the checks that decide about them."""

import itertools

import numpy as np

from autograder import (
    Assignment,
    Convention,
    Edit,
    Manual,
    Question,
    backward_properties,
    check,
    digits,
    gradient_check,
    relu_network_inputs,
    upstream_gradient,
    values_beside_kink,
)

SHUFFLED = True
MOST = 100  # batches that are taken, should they never come to an end

# --- layers with known numbers -----------------------------------------------------------------------


def dense(student, weights, biases, learning_rate=0.5):
    """A dense layer with copies of these parameters, whatever its `__init__` draws."""
    weights, biases = np.array(weights), np.array(biases)
    layer = student.Dense(weights.shape[0], weights.shape[1], learning_rate)
    layer.weights, layer.biases = weights, biases
    return layer


def small_network(student):
    """Two inputs, a dense layer of three units, relu, and a dense layer for two classes."""
    return [
        dense(student, np.array([[1.0, -1.0, 0.5], [0.5, 2.0, -1.0]]), np.array([0.1, -0.2, 0.3])),
        student.ReLu(),
        dense(student, np.array([[1.0, -1.0], [0.5, 0.5], [-2.0, 1.0]]), np.array([0.2, -0.1])),
    ]


def network_inputs(rng):
    """Seven samples, their classes, and dense layers of sizes 4, 6, 5, 3 with relu's kinks placed between them."""
    inputs = relu_network_inputs(rng)
    classes = np.argmax(inputs.pop("y"), axis=1)
    inputs.pop("upstream")
    return {**{name: value[0] if name[0] == "b" else value for name, value in inputs.items()}, "y": classes}


def network_from(student, inputs, learning_rate=0.5):
    """Dense layers with the parameters in `inputs`, and relu between them."""
    layers = [dense(student, inputs[f"w{i}"], inputs[f"b{i}"], learning_rate) for i in range(3)]
    return [layers[0], student.ReLu(), layers[1], student.ReLu(), layers[2]]


def parameters(network):
    """The weights and biases of a network's dense layers, which stand at its even places, by name."""
    blocks = {}
    for i, layer in enumerate(network[::2]):
        blocks[f"weights of dense layer {i}"] = layer.weights
        blocks[f"biases of dense layer {i}"] = layer.biases
    return blocks


def share_of_a_sample(reference, samples):
    """What the convention multiplies each sample's gradient by in the loss's gradient: 1, or 1 / samples."""
    found = reference.grad_softmax_crossentropy_with_logits(np.zeros((samples, 2)), np.zeros(samples, dtype=int))
    return 2 * found[0, 1]


# --- Layer -------------------------------------------------------------------------------------------


@check(points=1, public=True, hint="What comes in goes out, on the way forward and on the way back.")
def layer_by_hand(student):
    """Two samples with three units each."""
    layer, x = student.Layer(), np.array([[1.0, -2.0, 3.0], [0.0, 5.0, -1.0]])
    g = np.array([[2.0, 0.0, -1.0], [4.0, 1.0, 7.0]])
    return {"forward": layer.forward(x.copy()), "backward": layer.backward(x.copy(), g)}


@check(points=1, hint="Which of the two arrays does backward multiply by the derivative, which is 1?")
def layer_of_other_sizes(student, rng):
    """A batch of other sizes, and a single sample."""
    x, g, row, g_row = (rng.normal(size=size) for size in ((5, 4), (5, 4), (1, 3), (1, 3)))
    layer = student.Layer()
    return {
        "forward": layer.forward(x.copy()),
        "backward": layer.backward(x.copy(), g.copy()),
        "one sample: forward": layer.forward(row.copy()),
        "one sample: backward": layer.backward(row.copy(), g_row.copy()),
    }


@check(
    points=1,
    property=True,
    because="No function may change the arrays that it is handed, neither inputs nor gradients.",
    hint="Is anything written into the arrays that were handed in?",
)
def layer_leaves_alone(student, rng):
    """The input and the gradient are the same after both calls."""
    x, g = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
    layer = student.Layer()
    layer.forward(x)
    layer.backward(x, g)
    return {"input": x, "grad_output": g}


# --- ReLu.forward ------------------------------------------------------------------------------------


@check(points=1, public=True, hint="Which entries stay as they are, and what becomes of the others?")
def relu_by_hand(student):
    """The two rows of the text."""
    return student.ReLu().forward(np.array([[1.0, -2.0, 3.0], [-0.5, 5.0, -1.0]]))


@check(points=2, hint="Does it work entry by entry, for small and for large numbers?")
def relu_of_a_batch(student, rng):
    """A batch, with entries just beside zero and far from it."""
    x = values_beside_kink(rng, (6, 5)) * np.array([1e-3, 1.0, 1.0, 10.0, 1e4])
    return student.ReLu().forward(x)


@check(points=1, hint="Does the result keep the two axes of its input?")
def relu_of_one_sample(student, rng):
    """A batch of one, and a batch of one unit."""
    row, column = values_beside_kink(rng, (1, 6)), values_beside_kink(rng, (6, 1))
    layer = student.ReLu()
    return {"one sample": layer.forward(row), "one unit": layer.forward(column)}


@check(
    points=1,
    property=True,
    because="No function may change the arrays that it is handed, neither inputs nor gradients.",
    hint="Is anything written into the batch that was handed in?",
)
def relu_leaves_alone(student, rng):
    """The input is the same after the call."""
    x = values_beside_kink(rng, (4, 3))
    student.ReLu().forward(x)
    return x


# --- ReLu.backward -----------------------------------------------------------------------------------


def relu_inputs(rng):
    """A batch beside relu's kink, and an upstream gradient."""
    return {"x": values_beside_kink(rng, (7, 5)), "upstream": upstream_gradient(rng, (7, 5))}


def upstream_times_relu(reference, inputs):
    return np.sum(inputs["upstream"] * reference.ReLu().forward(inputs["x"]))


@check(points=1, public=True, hint="The input decides where grad_output is let through; its sign stays.")
def relu_backward_by_hand(student):
    """The two rows of the text."""
    x = np.array([[1.0, -2.0, 3.0], [-0.5, 5.0, -1.0]])
    return student.ReLu().backward(x, np.array([[2.0, 1.0, -1.0], [4.0, -3.0, 7.0]]))


@gradient_check(
    points=3,
    inputs=relu_inputs,
    of=upstream_times_relu,
    hint="By the chain rule grad_output is multiplied by relu's derivative at the input.",
)
def relu_backward_of_a_batch(student, inputs):
    """The gradient of a batch is the one that numerical differentiation finds."""
    return {"x": student.ReLu().backward(inputs["x"], inputs["upstream"])}


@check(points=1, hint="Does the result keep the two axes of its input?")
def relu_backward_of_one_sample(student, rng):
    """A batch of one."""
    x, g = values_beside_kink(rng, (1, 6)), upstream_gradient(rng, (1, 6))
    return student.ReLu().backward(x, g)


def relu_backward_prepared(student, rng):
    """What the property check calls: the gradient that comes in is its first argument."""
    x, g = values_beside_kink(rng, (5, 4)), upstream_gradient(rng, (5, 4))
    layer = student.ReLu()
    return lambda grad_output: layer.backward(x, grad_output), g


@check(
    points=1,
    property=True,
    because="No function may change the arrays that it is handed, neither inputs nor gradients.",
    hint="Does *= or an index write into grad_output?",
)
def relu_backward_leaves_alone(student, rng):
    """The input and the gradient are the same after the call."""
    x, g = values_beside_kink(rng, (4, 3)), upstream_gradient(rng, (4, 3))
    student.ReLu().backward(x, g)
    return {"input": x, "grad_output": g}


# --- Dense.__init__ ----------------------------------------------------------------------------------


def is_small_and_random(weights):
    """Whether the weights may come from a distribution around 0 with a spread between 0.001 and 0.1.

    Each has at least 19,200 entries. Of a normal distribution a spread at either limit is then observed within 0.5 %
    of it (one standard deviation), and the mean within 0.7 % of the spread: 5 % are ten and seven of these, which a
    right layer exceeds less than once in 10^11 times. (Any distribution with shorter tails does so more rarely.)
    Equal entries are rounding's alone: a hundredth of them would be a hundred times what float32 brings about.
    """
    weights = np.asarray(weights, dtype=float)
    spread = np.std(weights)
    around_zero = abs(np.mean(weights)) < 0.05 * spread
    return bool(0.001 * 0.95 < spread < 0.1 * 1.05 and around_zero and np.unique(weights).size > 0.99 * weights.size)


def drawn_anew(blocks):
    """Whether no two of the arrays share an entry; by chance none does."""
    one, other, third = (np.asarray(blocks[name]) for name in ("one layer", "another", "a third"))
    return not (np.any(one == other) or np.any(one == third) or np.any(other == third))


@check(
    points=2,
    public=True,
    expect=is_small_and_random,
    because="a standard deviation of anything between 0.001 and 0.1 is accepted",
    hint="Is the mean of the weights about 0, their standard deviation about 0.01, and each drawn for itself?",
)
def spread_of_weights(student):
    """The weights of Dense(128, 150) are random numbers around 0, and small."""
    return student.Dense(128, 150).weights


@check(points=1, public=True, hint="The weights have a row for each input, the biases a number for each output.")
def parameters_of_a_small_layer(student):
    """Dense(3, 4) has weights of shape (3, 4), four biases that are zero, and the learning rate 0.1."""
    layer = student.Dense(3, 4)
    return {
        "shape of weights": np.array(np.shape(layer.weights)),
        "biases": layer.biases,
        "learning rate": layer.learning_rate,
    }


@check(points=1, hint="Do the shapes follow from input_units and output_units, and are all biases zero?")
def parameters_of_other_sizes(student, rng):
    """Layers of other sizes have the right shapes, and biases of zero."""
    n, m = rng.permutation(np.arange(5, 30))[:2]
    wide, narrow = student.Dense(int(n), int(m)), student.Dense(4, 1)
    return {
        "shapes": np.array([np.shape(wide.weights), np.shape(narrow.weights)]),
        "biases": wide.biases,
        "biases of one unit": narrow.biases,
    }


@check(points=2, hint="Where does the third argument go?")
def learning_rate_is_kept(student, rng):
    """The learning rate is the one that was handed in, and 0.1 where none was."""
    rate = rng.uniform(0.2, 0.9)
    return {"handed in": student.Dense(2, 3, rate).learning_rate, "not handed in": student.Dense(2, 3).learning_rate}


@check(
    points=1,
    expect=is_small_and_random,
    because="Every weight is drawn for itself",
    hint="Is the mean of the weights about 0, their standard deviation about 0.01, and each drawn for itself?",
)
def spread_of_a_larger_layer(student):
    """The weights of Dense(400, 60) are random numbers around 0, and small."""
    return student.Dense(400, 60).weights


@check(
    points=1,
    expect=drawn_anew,
    because="no two layers start from the same weights",
    hint="What do two layers of the same size in a row start from, and where do the numbers come from?",
)
def every_layer_draws_anew(student):
    """Three layers of a size start from different weights, one of them after a seed set outside."""
    one, other = student.Dense(6, 4).weights, student.Dense(6, 4).weights
    return {"one layer": one, "another": other, "a third": student.Dense(6, 4).weights}


# --- Dense.forward -----------------------------------------------------------------------------------


@check(
    points=2,
    public=True,
    expect=[[0.07272727, 0.41212121, 0.75151515, 1.09090909], [-0.90909091, 0.08484848, 1.07878788, 2.07272727]],
    hint="Each row of the input times the weights, plus the biases.",
)
def fixed_output(student):
    """A layer with three inputs and four outputs, its weights and biases evenly spaced between -1 and 1."""
    layer = dense(student, np.linspace(-1, 1, 12).reshape(3, 4), np.linspace(-1, 1, 4))
    return layer.forward(np.linspace(-1, 1, 6).reshape(2, 3))


@check(points=1, public=True, hint="x W + b, as in the example of the text.")
def dense_by_hand(student):
    """The sample (1, 2), and another one."""
    weights, biases = np.array([[1.0, -1.0, 0.5], [0.5, 2.0, -1.0]]), np.array([0.1, -0.2, 0.3])
    return dense(student, weights, biases).forward(np.array([[1.0, 2.0], [-1.0, 0.5]]))


@check(points=2, hint="Does it work for as many inputs as outputs, and for other numbers of them?")
def dense_of_other_sizes(student, rng):
    """A square layer, and one with more outputs than inputs."""
    square, wide = (rng.normal(size=(5, 5)), rng.normal(size=5)), (rng.normal(size=(3, 8)), rng.normal(size=8))
    x, few = rng.normal(size=(6, 5)), rng.normal(size=(4, 3))
    layer = dense(student, *square)
    return {
        "square": layer.forward(x),
        "square, another batch": layer.forward(2 * x[1:4]),
        "wide": dense(student, *wide).forward(few),
    }


@check(points=1, hint="Does the result keep the two axes of its input?")
def dense_of_one_sample(student, rng):
    """A batch of one, and a layer of one unit."""
    layer, unit = (rng.normal(size=(4, 3)), rng.normal(size=3)), (rng.normal(size=(4, 1)), rng.normal(size=1))
    row, x = rng.normal(size=(1, 4)), rng.normal(size=(5, 4))
    return {"one sample": dense(student, *layer).forward(row), "one unit": dense(student, *unit).forward(x)}


@check(
    points=1,
    property=True,
    because="weights, biases and input are the same afterwards",
    hint="Does += or -= write into the input, the weights or the biases?",
)
def dense_leaves_alone(student, rng):
    """The input, the weights and the biases are the same after the call."""
    weights, biases, x = rng.normal(size=(4, 4)), rng.normal(size=4), rng.normal(size=(4, 4))
    layer = dense(student, weights, biases)
    layer.forward(x)
    return {"input": x, "weights": layer.weights, "biases": layer.biases}


# --- Dense.backward ----------------------------------------------------------------------------------


def dense_inputs(rng):
    """Seven samples, a layer of four inputs and six outputs, and an upstream gradient."""
    return {
        "x": rng.normal(size=(7, 4)),
        "w": rng.normal(size=(4, 6)) / 2,
        "b": rng.normal(size=6),
        "upstream": upstream_gradient(rng, (7, 6)),
    }


def upstream_times_dense(reference, inputs):
    return np.sum(inputs["upstream"] * dense(reference, inputs["w"], inputs["b"]).forward(inputs["x"]))


def batch_of_dense(reference, inputs):
    """The sum over the samples, or their mean where the loss's gradient is not divided: N shares of a sample are 1."""
    samples = len(inputs["x"])
    return upstream_times_dense(reference, inputs) / (samples * share_of_a_sample(reference, samples))


def stepped(layer, x, grad_output):
    """What backward returns, and what it leaves in the layer."""
    returned = layer.backward(x, grad_output)
    return {"returned": returned, "weights": layer.weights, "biases": layer.biases}


@check(
    points=2,
    public=True,
    flat=("biases",),
    hint="Compare with the example in the text: what is returned, then the weights, then the biases.",
)
def step_by_hand(student):
    """The two samples of the text: what is returned, and weights and biases after the step."""
    layer = dense(student, np.array([[0.5], [-1.0]]), np.array([0.3]))
    return stepped(layer, np.array([[2.0, 3.0], [0.0, 1.0]]), np.array([[0.4], [-0.2]]))


@gradient_check(
    points=3,
    inputs=dense_inputs,
    of=upstream_times_dense,
    hint="How does each input change each output? And has anything moved before this is computed?",
)
def gradient_of_the_input(student, inputs):
    """What is returned is the gradient with respect to the input, one row per sample."""
    layer = dense(student, inputs["w"], inputs["b"])
    return {"x": layer.backward(inputs["x"], inputs["upstream"])}


@gradient_check(
    points=7,
    inputs=dense_inputs,
    of=batch_of_dense,
    rtol=1e-7,
    flat=("b",),
    hint="Are weights and biases treated alike: both averaged over the batch, or both summed?",
)
def gradients_of_the_parameters(student, inputs):
    """The step goes along the gradients with respect to weights and biases."""
    layer = dense(student, inputs["w"], inputs["b"], 0.5)
    layer.backward(inputs["x"], inputs["upstream"])
    return {"w": (inputs["w"] - np.asarray(layer.weights)) / 0.5, "b": (inputs["b"] - np.asarray(layer.biases)) / 0.5}


@check(
    points=2,
    flat=("one sample: biases", "square: biases"),
    hint="Do the shapes fit for one sample, and for as many samples as units?",
)
def steps_of_other_sizes(student, rng):
    """A batch of one, and four samples in a layer with four inputs and four outputs."""
    weights, biases, square = rng.normal(size=(5, 3)), rng.normal(size=3), rng.normal(size=(4, 4))
    row, g_row = rng.normal(size=(1, 5)), upstream_gradient(rng, (1, 3))
    x, g, more = rng.normal(size=(4, 4)), upstream_gradient(rng, (4, 4)), rng.normal(size=4)
    found = {}
    for name, layer, batch, gradient in (
        ("one sample", dense(student, weights, biases), row, g_row),
        ("square", dense(student, square, more), x, g),
    ):
        found.update({f"{name}: {key}": value for key, value in stepped(layer, batch, gradient).items()})
    return found


@check(
    points=1,
    rtol=1e-7,
    flat=("biases",),
    because="The gradient that is returned is computed with the weights from before the step.",
    hint="In which order are the gradient for the layer before and the step computed?",
)
def two_steps(student, rng):
    """A second batch finds the layer where the first one has left it."""
    weights, biases = rng.normal(size=(4, 3)), rng.normal(size=3)
    x, g, other, g_other = (rng.normal(size=size) for size in ((5, 4), (5, 3), (2, 4), (2, 3)))
    layer = dense(student, weights, biases, 2.0)
    layer.backward(x, g)
    return stepped(layer, other, g_other)


@check(points=1, flat=("large: biases", "small: biases"), hint="How large is the step, and what says so?")
def steps_of_other_rates(student, rng):
    """A layer with a large learning rate, and one with a small one."""
    weights, biases, x, g = (rng.normal(size=size) for size in ((4, 3), (3,), (5, 4), (5, 3)))
    large, small = dense(student, weights, biases, 4.0), dense(student, weights, biases, 0.125)
    large.backward(x.copy(), g.copy())
    small.backward(x.copy(), g.copy())
    return {
        "large: weights": large.weights,
        "large: biases": large.biases,
        "small: weights": small.weights,
        "small: biases": small.biases,
    }


@check(
    points=1,
    property=True,
    because="Weights and biases keep their shapes.",
    hint="What is the shape of the biases after a step? Which axis is kept that is not wanted?",
)
def shapes_are_kept(student, rng):
    """Weights and biases have the same shapes after a step."""
    weights, biases, x, g = (rng.normal(size=size) for size in ((4, 3), (3,), (5, 4), (5, 3)))
    layer = dense(student, weights, biases)
    layer.backward(x, g)
    return {"weights": np.array(np.shape(layer.weights)), "biases": np.array(np.shape(layer.biases))}


@check(
    points=1,
    property=True,
    because="No function may change the arrays that it is handed, neither inputs nor gradients.",
    hint="Is anything written into the input or into grad_output?",
)
def dense_backward_leaves_alone(student, rng):
    """The input and the gradient are the same after the call."""
    weights, biases, x, g = (rng.normal(size=size) for size in ((4, 3), (3,), (5, 4), (5, 3)))
    dense(student, weights, biases).backward(x, g)
    return {"input": x, "grad_output": g}


# --- softmax_crossentropy_with_logits ----------------------------------------------------------------


def rows_far_apart(rng):
    """Rows of large, of very negative and of ordinary logits (4, 3).

    All are eighths, which single precision holds exactly: beside 1000 it would round by 3e-5, and whoever computes
    in it is as right.
    """
    return np.round(8 * rng.normal(size=(4, 3))) / 8 + np.array([[1000.0], [-1000.0], [0.0], [500.0]])


@check(points=2, public=True, hint="Each sample has a loss of its own: minus the logarithm of what its class got.")
def losses_by_hand(student):
    """The logits ln 1, ln 2, ln 5 for the classes 1 and 2."""
    logits = np.log(np.array([[1.0, 2.0, 5.0], [1.0, 2.0, 5.0]]))
    return student.softmax_crossentropy_with_logits(logits, np.array([1, 2]))


@check(points=4, hint="Is each row treated on its own, and the logit of its own class picked from it?")
def losses_of_batches(student, rng):
    """Batches with as many samples as classes, with more, and with fewer."""
    square, tall, wide = (2 * rng.normal(size=size) for size in ((4, 4), (9, 3), (2, 6)))
    answers = [rng.permutation(4), rng.integers(3, size=9), rng.permutation(6)[:2]]
    return {
        "as many": student.softmax_crossentropy_with_logits(square, answers[0]),
        "more": student.softmax_crossentropy_with_logits(tall, answers[1]),
        "fewer": student.softmax_crossentropy_with_logits(wide, answers[2]),
    }


@check(points=1, hint="One sample has one loss, in an array of shape (1,).")
def loss_of_one_sample(student, rng):
    """A batch of one."""
    logits, answer = rng.normal(size=(1, 5)), rng.integers(5, size=1)
    return student.softmax_crossentropy_with_logits(logits, answer)


@check(
    points=1,
    public=True,
    because="A sample with the logits $(1000, -1000)$",
    hint="What does np.exp give for 1000? A row may be shifted before the exponential is taken.",
)
def losses_of_large_logits(student):
    """The logits 1000 and -1000, the first and the second class being right."""
    logits = np.array([[1000.0, -1000.0], [1000.0, -1000.0]])
    return student.softmax_crossentropy_with_logits(logits, np.array([0, 1]))


@check(
    points=1,
    because="with $\\pm1000$ in a row it is finite",
    hint="By how much is each row shifted? Look at a row of small logits in a batch with large ones.",
)
def losses_of_rows_far_apart(student, rng):
    """Rows of large, of very negative and of ordinary logits in one batch."""
    logits = rows_far_apart(rng)
    answers = rng.integers(3, size=4)
    return student.softmax_crossentropy_with_logits(logits, answers)


@check(
    points=1,
    property=True,
    because="No function may change the arrays that it is handed, neither inputs nor gradients.",
    hint="Does -= write into the logits that were handed in?",
)
def losses_leave_alone(student, rng):
    """The logits and the answers are the same after the call."""
    logits, answers = rng.normal(size=(5, 3)), rng.integers(3, size=5)
    student.softmax_crossentropy_with_logits(logits, answers)
    return {"logits": logits, "answers": 1 + answers}


# --- eval_numerical_gradient -------------------------------------------------------------------------


def first_squared_times_second(x):
    return x[0] ** 2 * x[1]


def sum_of_cubes(x):
    return np.sum(x**3)


def mixed(x):
    """Every entry matters, and neighbours meet; of a matrix."""
    return np.sum(x[:-1] * x[1:] ** 2) + np.sum(x[:, :1] * x) + np.prod(x[0])


def waves(x):
    """Every entry matters differently; of an array of any shape."""
    return np.sum(np.sin(x) * np.arange(1, x.size + 1).reshape(x.shape)) + np.sum(x) ** 2


@check(points=1, public=True, rtol=1e-5, hint="One entry at a time is moved to either side; the others stay.")
def differences_by_hand(student):
    """The function x0² x1 at (3, 2), where the gradient is (12, 9)."""
    return student.eval_numerical_gradient(first_squared_times_second, np.array([3.0, 2.0]))


@check(
    points=1,
    public=True,
    rtol=1e-4,
    hint="f is called with an array of the shape of x, and gives a number.",
)
def differences_of_the_loss(student):
    """The gradient of the sum of your own losses with respect to the logits, four samples and three classes."""
    answers = np.array([0, 2, 1, 1])

    def total(logits):
        return np.sum(student.softmax_crossentropy_with_logits(logits, answers))

    return student.eval_numerical_gradient(total, np.linspace(-1, 1, 12).reshape(4, 3))


@check(points=2, rtol=1e-5, hint="Does it go through all entries, whatever the shape of x?")
def differences_in_other_shapes(student, rng):
    """Functions of a vector, of a matrix, and of an array with three axes."""
    vector, matrix, deep = rng.normal(size=5), rng.normal(size=(4, 3)), rng.normal(size=(2, 3, 2))
    return {
        "vector": student.eval_numerical_gradient(waves, vector),
        "matrix": student.eval_numerical_gradient(mixed, matrix),
        "three axes": student.eval_numerical_gradient(waves, deep),
    }


@check(
    points=2,
    rtol=1e-6,
    because="A one-sided difference would give",
    hint="Is f taken on both sides, and how far are these two points apart?",
)
def differences_with_a_large_step(student, rng):
    """With a large h the result is the central difference, to the digit."""
    x, h = rng.normal(size=(3, 2)), rng.uniform(0.3, 0.6)
    return {
        "cubes": student.eval_numerical_gradient(sum_of_cubes, x, h),
        "mixed": student.eval_numerical_gradient(mixed, x, h),
    }


@check(points=1, rtol=1e-5, hint="What if x has a single entry, and what if it has very many in one row?")
def differences_of_one_entry(student, rng):
    """An array with one entry, and a single row."""
    one, row = rng.uniform(1, 2, size=(1, 1)), rng.normal(size=(1, 7))
    return {
        "one entry": student.eval_numerical_gradient(sum_of_cubes, one),
        "one row": student.eval_numerical_gradient(waves, row),
    }


@check(
    points=1,
    property=True,
    because="afterwards `x` is as it was",
    hint="Is every entry that was moved put back?",
)
def differences_leave_alone(student, rng):
    """The array x is the same after the call."""
    x = rng.normal(size=(3, 4))
    student.eval_numerical_gradient(waves, x, 0.25)
    return x


# --- grad_softmax_crossentropy_with_logits -----------------------------------------------------------


def logits_inputs(rng):
    """Six samples and four classes."""
    return {"logits": 2 * rng.normal(size=(6, 4)), "answers": rng.permutation([0, 1, 2, 3, 1, 3])}


def loss_of_the_batch(reference, inputs):
    """The sum of the losses, or their mean where the convention divides the loss's gradient by N."""
    answers = np.asarray(inputs["answers"]).astype(int)
    losses = reference.softmax_crossentropy_with_logits(inputs["logits"], answers)
    return np.sum(losses) * share_of_a_sample(reference, len(answers))


@check(points=1, public=True, hint="Softmax of each row, less 1 at its class; divided by N or not, as you chose.")
def loss_gradient_by_hand(student):
    """The logits ln 1, ln 2, ln 5 for the classes 1 and 2."""
    logits = np.log(np.array([[1.0, 2.0, 5.0], [1.0, 2.0, 5.0]]))
    return student.grad_softmax_crossentropy_with_logits(logits, np.array([1, 2]))


@check(
    points=1,
    public=True,
    rtol=1e-6,
    hint="Compare with the numerical gradient, in the cell below: of the sum of the losses, or of their mean.",
)
def loss_gradient_of_fifty_samples(student):
    """Fifty samples and ten classes: the gradient is the numerical one, of the sum of the losses or of their mean."""
    logits = np.linspace(-1, 1, 500).reshape(50, 10)
    return student.grad_softmax_crossentropy_with_logits(logits, np.arange(50) % 10)


@gradient_check(
    points=3,
    inputs=logits_inputs,
    of=loss_of_the_batch,
    hint="Is each row treated on its own? And is the division by N in one place, here or in Dense.backward?",
)
def loss_gradient_of_a_batch(student, inputs):
    """The gradient of a batch is that of the sum of the losses, or of their mean."""
    return {"logits": student.grad_softmax_crossentropy_with_logits(inputs["logits"], inputs["answers"])}


@check(
    points=1,
    because="The gradient is finite for large logits, too, such as $\\pm1000$.",
    hint="Softmax of a row stays the same when the row is shifted. By how much would you shift it?",
)
def loss_gradient_of_large_logits(student, rng):
    """Rows of large, of very negative and of ordinary logits in one batch."""
    logits = rows_far_apart(rng)
    logits[0, 1] -= 2000
    answers = rng.integers(3, size=4)
    return student.grad_softmax_crossentropy_with_logits(logits, answers)


@check(points=1, hint="Does the result keep the two axes of the logits?")
def loss_gradient_of_one_sample(student, rng):
    """A batch of one."""
    logits, answer = rng.normal(size=(1, 5)), rng.integers(5, size=1)
    return student.grad_softmax_crossentropy_with_logits(logits, answer)


@check(
    points=1,
    property=True,
    because="No function may change the arrays that it is handed, neither inputs nor gradients.",
    hint="Does -= or an index write into the logits that were handed in?",
)
def loss_gradient_leaves_alone(student, rng):
    """The logits and the answers are the same after the call."""
    logits, answers = rng.normal(size=(5, 3)), rng.integers(3, size=5)
    student.grad_softmax_crossentropy_with_logits(logits, answers)
    return {"logits": logits, "answers": 1 + answers}


# --- forward -----------------------------------------------------------------------------------------


@check(points=1, public=True, hint="One output for each layer, in order; each is the input of the next.")
def outputs_by_hand(student):
    """A dense layer, relu and a dense layer: three outputs."""
    outputs = student.forward(small_network(student), np.array([[1.0, 2.0], [-1.0, 0.5]]))
    return {"number of outputs": len(outputs), **{f"output of layer {i}": item for i, item in enumerate(outputs)}}


@check(points=2, hint="Does it work for any number of layers?")
def outputs_of_a_deep_network(student, rng):
    """Five layers: all their outputs."""
    outputs = student.forward(network_from(student, network_inputs(rng)), rng.normal(size=(8, 4)))
    return {"number of outputs": len(outputs), **{f"output of layer {i}": item for i, item in enumerate(outputs)}}


@check(points=1, hint="What is in the list when there is only one layer? The batch X is no layer's output.")
def outputs_of_one_layer(student, rng):
    """A network of one layer."""
    weights, biases, x = rng.normal(size=(4, 3)), rng.normal(size=3), rng.normal(size=(5, 4))
    outputs = student.forward([dense(student, weights, biases)], x)
    return {"number of outputs": len(outputs), "output": outputs[-1]}


@check(points=1, hint="Is anything summed or reshaped that one sample has only one of?")
def outputs_of_one_sample(student, rng):
    """A batch of one."""
    inputs = network_inputs(rng)
    outputs = student.forward(network_from(student, inputs), inputs["x"][:1])
    return {"output of layer 0": outputs[0], "output of layer 3": outputs[3], "logits": outputs[-1]}


# --- predict -----------------------------------------------------------------------------------------


@check(points=1, public=True, hint="The number of the column with the largest logit, for each row.")
def classes_by_hand(student):
    """A dense layer that passes its input on: logits (0.1, 2, -3) and (5, 4, 4.5)."""
    network = [dense(student, np.eye(3), np.zeros(3))]
    return student.predict(network, np.array([[0.1, 2.0, -3.0], [5.0, 4.0, 4.5]]))


@check(points=2, hint="Is the largest one looked for among the classes of each sample, in the last layer's outputs?")
def classes_of_a_batch(student, rng):
    """A network of three layers whose classes are known to differ, a batch of twenty, and a batch of one."""
    order, noise = rng.permutation(np.arange(20) % 5), rng.uniform(0, 1, size=(20, 5))
    turn, biases = int(rng.integers(1, 5)), rng.uniform(0, 1, size=5)
    x, eye = 3 * np.eye(5)[order] + noise, np.eye(5)
    network = [dense(student, eye, np.zeros(5)), student.ReLu(), dense(student, np.roll(eye, turn, axis=1), biases)]
    return {"twenty samples": student.predict(network, x), "one sample": student.predict(network, x[4:5])}


# --- train -------------------------------------------------------------------------------------------


def mean_loss(reference, inputs):
    """The mean of the samples' losses in the network."""
    logits = reference.forward(network_from(reference, inputs), inputs["x"])[-1]
    return np.mean(reference.softmax_crossentropy_with_logits(logits, inputs["y"]))


@check(
    points=2,
    public=True,
    hint="The loss that is returned is from before the step. Which input did each layer have on the way forward?",
)
def trained_by_hand(student):
    """One step of a small network: the loss from before, and the parameters afterwards."""
    network = small_network(student)
    loss = student.train(network, np.array([[1.0, 2.0], [-1.0, 0.5]]), np.array([0, 1]))
    return {"loss": loss, **parameters(network)}


@gradient_check(
    points=3,
    inputs=network_inputs,
    of=mean_loss,
    rtol=1e-6,
    flat=("b0", "b1", "b2"),
    hint="Does every layer get the input that it had on the way forward, and the gradient of the layer behind it?",
)
def steps_of_all_layers(student, inputs):
    """Every layer moves against the gradient of the mean loss."""
    network = network_from(student, inputs)
    student.train(network, inputs["x"], inputs["y"])
    blocks = {}
    for i, layer in enumerate(network[::2]):
        blocks[f"w{i}"] = (inputs[f"w{i}"] - np.asarray(layer.weights)) / 0.5
        blocks[f"b{i}"] = (inputs[f"b{i}"] - np.asarray(layer.biases)) / 0.5
    return blocks


@check(points=1, hint="Which number is the mean over the samples, and from before the step?")
def loss_goes_down(student, rng):
    """Three steps in a row on one batch: the loss before each of them."""
    inputs = network_inputs(rng)
    network = network_from(student, inputs, 0.1)
    return np.array([student.train(network, inputs["x"], inputs["y"]) for _ in range(3)])


@check(points=1, flat=("biases",), hint="What if the network has a single layer, and the batch a single sample?")
def one_layer_and_one_sample(student, rng):
    """A network of one layer learns from one sample."""
    weights, biases, x, y = (
        rng.normal(size=(4, 3)),
        rng.normal(size=3),
        rng.normal(size=(1, 4)),
        rng.integers(3, size=1),
    )
    layer = dense(student, weights, biases)
    return {"loss": student.train([layer], x, y), "weights": layer.weights, "biases": layer.biases}


@check(
    points=1,
    property=True,
    because="No function may change the arrays that it is handed, neither inputs nor gradients.",
    hint="Is anything written into the batch or its classes?",
)
def train_leaves_alone(student, rng):
    """The batch and its classes are the same after the step."""
    inputs = network_inputs(rng)
    x, y = np.array(inputs["x"]), np.array(inputs["y"])
    student.train(network_from(student, inputs), x, y)
    return {"x": x, "y": 1 + y}


# --- iterate_minibatches -----------------------------------------------------------------------------


def numbered(samples, first=0):
    """Samples of two features and their targets, from which each sample's number can be read; no number is zero."""
    numbers = np.arange(first + 1, first + samples + 1)
    return np.stack([numbers, 0.5 * numbers], axis=1), 10 * numbers


def dealt(batches):
    """All batches as an array of inputs (batches, batchsize, 2) and one of targets (batches, batchsize)."""
    pairs = [(np.array(inputs), np.array(targets)) for inputs, targets in itertools.islice(batches, MOST)]
    return {"inputs": [pair[0] for pair in pairs], "targets": [pair[1] for pair in pairs]}


def in_step(blocks):
    """Whether each sample is one of 60, comes once, and has its own target."""
    inputs, targets = np.asarray(blocks["inputs"]).reshape(-1, 2), np.asarray(blocks["targets"]).reshape(-1)
    known = np.all(inputs[:, 1] == 0.5 * inputs[:, 0]) and np.isin(inputs[:, 0], np.arange(1, 61)).all()
    return bool(known and np.all(targets == 10 * inputs[:, 0]) and np.unique(targets).size == targets.size)


def in_new_orders(blocks):
    """Whether each of three passes is in random order, and none is another one turned on or turned round.

    Of 60 samples in random order about one stands right behind its neighbour (a Poisson distribution of mean 1): ten
    or more by chance once in nine million times. Two orders agree in ten places or more as rarely. Six comparisons:
    less than once in a million times. Fourteen or more are there once in 200 billion times, so there may be many
    comparisons: two orders, turned against each other by any number of places, one of them backwards too (360), and
    how far apart the numbers of two successive samples are (180). Together once in 400 million times.
    """
    orders = [np.asarray(blocks[name]).reshape(-1) for name in ("first pass", "second pass", "third pass")]
    pairs = [(orders[0], orders[1]), (orders[0], orders[2]), (orders[1], orders[2])]
    if any(np.sum(np.diff(order) == 10) >= 10 for order in orders) or any(np.sum(a == b) >= 10 for a, b in pairs):
        return False
    turned = [np.sum(a == np.roll(c, n)) for a, b in pairs for c in (b, b[::-1]) for n in range(60)]
    leaps = [np.sum(np.diff(order) % 600 == 10 * n) for order in orders for n in range(60)]
    return bool(max(turned) < 14 and max(leaps) < 14)


@check(points=1, public=True, hint="Two full batches of three; the samples that are left over are left out.")
def batches_by_hand(student):
    """Eight samples in batches of three, in order."""
    x, y = np.arange(16.0).reshape(8, 2), np.array([1, 2, 3, 4, 5, 6, 7, 8])
    found = dealt(student.iterate_minibatches(x, y, 3))
    return {"number of batches": len(found["targets"]), **found}


@check(
    points=1,
    because="Every batch has exactly `batchsize` samples.",
    hint="Which batch is the last one when the samples divide evenly, and which when one is left over?",
)
def batches_in_order(student, rng):
    """Batches in order where the samples divide evenly, where one is left over, and where one is missing."""
    first = int(rng.integers(100))
    blocks = {}
    for samples in (20, 21, 24):
        x, y = numbered(samples, first)
        found = dealt(student.iterate_minibatches(x, y, 5))
        blocks.update({f"{samples} samples: {name}": value for name, value in found.items()})
    return blocks


@check(
    points=2,
    expect=in_step,
    because="inputs and targets stay in step",
    hint="Does each sample keep its own target, and does each come once?",
)
def shuffled_batches(student):
    """Sixty samples, shuffled, in batches of seven: full ones, each sample once, with its own target."""
    x, y = numbered(60)
    return dealt(student.iterate_minibatches(x, y, 7, SHUFFLED))


@check(
    points=2,
    expect=in_new_orders,
    because="a new order is drawn in each pass",
    hint="Look at the order of the samples in two passes: is it random, and another one?",
)
def new_order_in_each_pass(student):
    """Three passes through sixty shuffled samples."""
    x, y = numbered(60)
    names = ("first pass", "second pass", "third pass")
    return {name: dealt(student.iterate_minibatches(x, y, 6, SHUFFLED))["targets"] for name in names}


@check(
    points=1,
    because="if there are fewer samples than `batchsize`, there is no batch at all",
    hint="What is dealt out when the samples fill no batch, and when they fill exactly one?",
)
def few_samples(student):
    """Fewer samples than a batch has, exactly as many, and batches of one."""
    x, y = numbered(4)
    few, exact = dealt(student.iterate_minibatches(x, y, 5)), dealt(student.iterate_minibatches(x, y, 4))
    shuffled, single = (
        dealt(student.iterate_minibatches(x, y, 5, SHUFFLED)),
        dealt(student.iterate_minibatches(x, y, 1)),
    )
    return {
        "number of batches": [len(item["targets"]) for item in (few, shuffled, exact, single)],
        "exactly one batch": exact["inputs"],
        "batches of one": single["targets"],
    }


@check(
    points=1,
    property=True,
    because="Shuffling the caller's arrays would change them.",
    hint="np.random.shuffle works in place. What is it that it shuffles?",
)
def batches_leave_alone(student):
    """The inputs and the targets are the same after a shuffled pass and one in order."""
    x, y = numbered(30)
    dealt(student.iterate_minibatches(x, y, 4, SHUFFLED))
    dealt(student.iterate_minibatches(x, y, 4))
    return {"inputs": x, "targets": y}


# --- whole -------------------------------------------------------------------------------------------


def names_the_right_class(classes):
    """Whether nearly every sample of the three clouds is given its class.

    Of 1,500 seeds for each of the spreads 0.001, 0.01 and 0.1, for Xavier's rule and for uniform weights, every one
    gave all samples their class, whose score led the others by 3.3 or more.
    """
    return bool(np.mean(np.asarray(classes) == np.repeat(np.arange(3), 10)) > 0.95)


@check(
    points=1,
    public=True,
    rtol=1e-6,
    hint="Does each part pass its own check? Then what does one of them expect that another does not do?",
)
def four_samples(student):
    """Three passes through four samples in batches of two: the losses, and what is predicted afterwards."""
    network, x = small_network(student), np.array([[1.0, 2.0], [-1.0, 0.5], [0.5, -0.5], [-2.0, 1.0]])
    losses = []
    for _ in range(3):
        for x_batch, y_batch in itertools.islice(student.iterate_minibatches(x, np.array([0, 1, 1, 0]), 2), MOST):
            losses.append(student.train(network, x_batch, y_batch))
    return {"losses": np.array(losses), "classes": 1 + np.asarray(student.predict(network, x)), **parameters(network)}


@check(points=1, rtol=1e-6, hint="Each part works on its own. What does one part expect that another does not do?")
def parts_fit_together(student, rng):
    """A few steps of training from known parameters, with your own code throughout."""
    inputs, x, y = network_inputs(rng), rng.normal(size=(20, 4)), rng.integers(3, size=20)
    network, losses = network_from(student, inputs, 0.1), []
    for x_batch, y_batch in itertools.islice(student.iterate_minibatches(x, y, 6), MOST):
        losses.append(student.train(network, x_batch, y_batch))
    return {"losses": np.array(losses), **parameters(network)}


@check(points=1, expect=names_the_right_class, hint="Do the weights that you start from let the network learn?")
def fresh_network_learns(student, rng):
    """A new network learns to tell three well separated clouds apart."""
    y = np.repeat(np.arange(3), 10)
    x = np.array([[4.0, 0.0], [0.0, 4.0], [-4.0, -4.0]])[y] + 0.3 * rng.normal(size=(30, 2))
    network = [student.Dense(2, 32, 0.5), student.ReLu(), student.Dense(32, 3, 0.5)]
    for _ in range(8):
        for x_batch, y_batch in itertools.islice(student.iterate_minibatches(x, y, 10, SHUFFLED), MOST):
            student.train(network, x_batch, y_batch)
    return student.predict(network, x)


# --- the digits --------------------------------------------------------------------------------------


def digit_images():
    """The digits as images of 8x8 pixels."""
    data = digits()
    return data | {name: data[name].reshape(-1, 8, 8) for name in ("x_train", "x_test")}


ASSIGNMENT = Assignment(
    title="A network of layers in NumPy",
    questions=[
        Question(
            "Layer",
            [layer_by_hand, layer_of_other_sizes, layer_leaves_alone],
            name="layer",
            stubs=("Layer.forward", "Layer.backward"),
        ),
        Question(
            "ReLu.forward",
            [relu_by_hand, relu_of_a_batch, relu_of_one_sample, relu_leaves_alone],
            name="relu_forward",
        ),
        Question(
            "ReLu.backward",
            [
                relu_backward_by_hand,
                relu_backward_of_a_batch,
                relu_backward_of_one_sample,
                relu_backward_leaves_alone,
                *backward_properties(
                    relu_backward_prepared, points=1, only="linear_in_upstream", subject="ReLu.backward"
                ),
            ],
            name="relu_backward",
        ),
        Question(
            "Dense.__init__",
            [
                spread_of_weights,
                parameters_of_a_small_layer,
                parameters_of_other_sizes,
                learning_rate_is_kept,
                spread_of_a_larger_layer,
                every_layer_draws_anew,
            ],
            name="dense_init",
        ),
        Question(
            "Dense.forward",
            [fixed_output, dense_by_hand, dense_of_other_sizes, dense_of_one_sample, dense_leaves_alone],
            name="dense_forward",
        ),
        Question(
            "Dense.backward",
            [
                step_by_hand,
                gradient_of_the_input,
                gradients_of_the_parameters,
                steps_of_other_sizes,
                two_steps,
                steps_of_other_rates,
                shapes_are_kept,
                dense_backward_leaves_alone,
            ],
            name="dense_backward",
        ),
        Question(
            "softmax_crossentropy_with_logits",
            [
                losses_by_hand,
                losses_of_large_logits,
                losses_of_batches,
                loss_of_one_sample,
                losses_of_rows_far_apart,
                losses_leave_alone,
            ],
        ),
        Question(
            "eval_numerical_gradient",
            [
                differences_by_hand,
                differences_of_the_loss,
                differences_in_other_shapes,
                differences_with_a_large_step,
                differences_of_one_entry,
                differences_leave_alone,
            ],
        ),
        Question(
            "grad_softmax_crossentropy_with_logits",
            [
                loss_gradient_by_hand,
                loss_gradient_of_fifty_samples,
                loss_gradient_of_a_batch,
                loss_gradient_of_large_logits,
                loss_gradient_of_one_sample,
                loss_gradient_leaves_alone,
            ],
        ),
        Question("forward", [outputs_by_hand, outputs_of_a_deep_network, outputs_of_one_layer, outputs_of_one_sample]),
        Question("predict", [classes_by_hand, classes_of_a_batch]),
        Question(
            "train",
            [trained_by_hand, steps_of_all_layers, loss_goes_down, one_layer_and_one_sample, train_leaves_alone],
        ),
        Question(
            "iterate_minibatches",
            [
                batches_by_hand,
                batches_in_order,
                shuffled_batches,
                new_order_in_each_pass,
                few_samples,
                batches_leave_alone,
            ],
        ),
        Question("whole", [four_samples, parts_fit_together, fresh_network_learns], own_code_only=True),
    ],
    manual=[Manual("observations", points=6)],
    data={"digits.npz": digit_images},
    aliases={"ReLu": ("ReLU",), "iterate_minibatches": ("iternate_minibatches",)},
    conventions=(
        Convention(
            "averaging", "The loss's gradient is not divided by N, and Dense.backward takes the mean over the batch."
        ),
        Convention(
            "summing",
            "The loss's gradient is divided by N, and Dense.backward takes the sum over the batch.",
            edits=(
                Edit(
                    "Dense.backward",
                    right="input.T @ grad_output / len(input)",
                    other="input.T @ grad_output",
                ),
                Edit("Dense.backward", right="np.mean(grad_output, axis=0)", other="np.sum(grad_output, axis=0)"),
                Edit(
                    "grad_softmax_crossentropy_with_logits",
                    right="return softmax - ones_for_answers",
                    other="return (softmax - ones_for_answers) / len(logits)",
                ),
            ),
        ),
    ),
)
