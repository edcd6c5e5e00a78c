"""The questions of `mlp` and the checks that decide about them."""

import itertools

import numpy as np

from autograder import (
    Assignment,
    Manual,
    Question,
    backward_properties,
    check,
    digits,
    gradient_check,
    upstream_gradient,
)

# --- networks with known numbers ---------------------------------------------------------------------


def network(student, parameters, activation="relu", lr=0.5):
    """An MLP with these parameters, whatever its `init_parameters` does."""
    layer_dims = (*(len(layer["w"]) for layer in parameters), parameters[-1]["w"].shape[1])
    net = student.MLP(layer_dims=layer_dims, activation=activation, lr=lr)
    net.parameters = [{"w": np.array(layer["w"]), "b": np.array(layer["b"])} for layer in parameters]
    return net


def small_network(student, activation="relu"):
    """Two inputs, three hidden units, two classes."""
    return network(
        student,
        [
            {"w": np.array([[1.0, -1.0, 0.5], [0.5, 2.0, -1.0]]), "b": np.array([[0.1, -0.2, 0.3]])},
            {"w": np.array([[1.0, -1.0], [0.5, 0.5], [-2.0, 1.0]]), "b": np.array([[0.2, -0.1]])},
        ],
        activation,
    )


def draw_parameters(rng, layer_dims):
    """Weights and biases of a network, none of them zero."""
    return [
        {"w": rng.normal(size=(n, m)) / np.sqrt(n), "b": rng.normal(size=(1, m)) / 2}
        for n, m in itertools.pairwise(layer_dims)
    ]


def draw_labels(rng, n, num_classes):
    """One-hot labels of n samples."""
    return np.eye(num_classes)[rng.integers(num_classes, size=n)]


def draw_probabilities(rng, n, num_classes):
    """Rows of positive numbers that sum to one."""
    y_hat = rng.uniform(0.1, 1.0, size=(n, num_classes))
    return y_hat / y_hat.sum(axis=1, keepdims=True)


def all_parameters(net):
    """Every w and b of a network by name."""
    blocks = {}
    for i, layer in enumerate(net.parameters):
        blocks[f"w of layer {i}"], blocks[f"b of layer {i}"] = layer["w"], layer["b"]
    return blocks


# --- init_parameters ---------------------------------------------------------------------------------


def sizes_and_biases(net):
    """The number of layers, the shape of each w, and each b."""
    blocks = {"number of layers": len(net.parameters)}
    for i, layer in enumerate(net.parameters):
        blocks[f"shape of w in layer {i}"] = np.array(np.shape(layer["w"]))
        blocks[f"b of layer {i}"] = layer["b"]
    return blocks


def is_uniform(w, n):
    """Whether w may come from the uniform distribution on ±1/sqrt(n).

    For 900 entries or more, 10 % are 6.7 standard deviations of the observed standard deviation, and a fifth
    of the distribution's is 6 of the mean's: a right one is refused less than once in a hundred million times.
    """
    bound = 1 / np.sqrt(n)
    sigma = bound / np.sqrt(3)
    inside = np.all(np.abs(w) <= bound * (1 + 1e-6))
    return bool(inside and abs(np.std(w) / sigma - 1) < 0.1 and abs(np.mean(w)) < 0.2 * sigma)


def fills_first_bound(w):
    return is_uniform(w, 400)


def fills_own_bounds(blocks):
    return is_uniform(blocks["second w"], 30) and is_uniform(blocks["third w"], 90)


def drawn_anew(blocks):
    """Whether no two of the arrays share an entry; by chance none does."""
    one, other, again = (np.asarray(blocks[name]) for name in ("one", "other", "one, again"))
    return not (np.any(one == other) or np.any(one == again))


@check(
    points=2,
    public=True,
    hint="Layer i has layer_dims[i] inputs and layer_dims[i + 1] outputs; w has a row for each input.",
)
def two_layers(student):
    """A network of sizes 2, 3, 2 has two layers with weights and biases of the right shapes."""
    return sizes_and_biases(student.MLP(layer_dims=(2, 3, 2)))


@check(
    points=1,
    hint="How many layers lie between five sizes, and what does each start with as its bias?",
)
def four_layers(student):
    """A deeper network gets a w and a b for every layer."""
    return sizes_and_biases(student.MLP(layer_dims=(7, 5, 4, 3, 2)))


@check(
    points=1,
    public=True,
    expect=fills_first_bound,
    because="every entry of $w$ is drawn from the uniform distribution between $-1/\\sqrt{n}$ and $1/\\sqrt{n}$",
    hint="Between which bounds do the weights of a layer with n inputs lie?",
)
def spread_of_the_first_layer(student):
    """The first layer's weights fill the range that its number of inputs asks for."""
    return student.MLP(layer_dims=(400, 30, 5)).parameters[0]["w"]


@check(
    points=2,
    expect=fills_own_bounds,
    because="where $n$ is the number of inputs of that very layer",
    hint="Which layer's number of inputs is n in each layer?",
)
def spread_of_later_layers(student):
    """Every later layer's weights fill the range that its own number of inputs asks for."""
    net = student.MLP(layer_dims=(400, 30, 90, 10))
    return {"second w": net.parameters[1]["w"], "third w": net.parameters[2]["w"]}


@check(
    points=1,
    expect=drawn_anew,
    because="Two networks never start from the same weights, and calling `init_parameters` again starts afresh.",
    hint="What do two networks in a row start from, and what does a second call leave in self.parameters?",
)
def every_call_draws_anew(student):
    """Two networks start from different weights, and so does one that starts again."""
    net, other = student.MLP(layer_dims=(6, 4, 3)), student.MLP(layer_dims=(6, 4, 3))
    one = np.array(net.parameters[0]["w"])
    net.init_parameters()
    return {
        "one": one,
        "other": other.parameters[0]["w"],
        "one, again": net.parameters[0]["w"],
        "number of layers": len(net.parameters),
    }


# --- activation_fn -----------------------------------------------------------------------------------


def activated(student, x):
    """x after each of the three activation functions, which get a copy each."""
    return {
        "relu": student.MLP(layer_dims=(3, 2), activation="relu").activation_fn(x.copy()),
        "sigmoid": student.MLP(layer_dims=(3, 2), activation="sigmoid").activation_fn(x.copy()),
        "tanh": student.MLP(layer_dims=(3, 2), activation="tanh").activation_fn(x.copy()),
    }


@check(points=2, public=True, hint="Compare with the table in the text, one function after the other.")
def activations_by_hand(student):
    """The three functions at -2, 0 and 1."""
    return activated(student, np.array([-2.0, 0.0, 1.0]))


@check(points=2, hint="Does every function work entry by entry, on a matrix too?")
def activations_of_a_batch(student, rng):
    """A batch of pre-activations."""
    return activated(student, 2 * rng.normal(size=(5, 4)))


@check(
    points=1,
    public=True,
    because="The results stay finite for pre-activations of any size, such as $\\pm1000$",
    hint="What does np.exp give for an argument of 1000?",
)
def activations_far_out(student):
    """Large pre-activations give finite results."""
    return activated(student, np.array([[-1000.0, -50.0, 50.0], [1000.0, -8.0, 8.0]]))


@check(
    points=1,
    because="whole numbers are numbers like any other",
    hint="What becomes of 0.5 when it is written into an array of integers?",
)
def activations_of_whole_numbers(student):
    """An array of integers gives the same as the same numbers with a decimal point."""
    return activated(student, np.array([[-3, -1, 2], [1, 0, 4]]))


@check(
    points=1,
    property=True,
    because="and NumPy has no overflow to warn of",
    hint="Can the exponential be taken of something that is never large and positive?",
)
def activations_without_overflow(student):
    """Nothing overflows on the way to the result."""
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        return activated(student, np.array([-1000.0, -800.0, 800.0, 1000.0]))


@check(
    points=1,
    property=True,
    because="No function may change the arrays that it is handed",
    hint="Is anything written into the array that was handed in?",
)
def activations_leave_x_alone(student, rng):
    """The pre-activations are the same after the call."""
    x = rng.normal(size=(4, 3))
    for activation in ("relu", "sigmoid", "tanh"):
        student.MLP(layer_dims=(3, 2), activation=activation).activation_fn(x)
    return x


# --- gradient_activation_fn --------------------------------------------------------------------------


def derivatives(student, relu, sigmoid, tanh):
    """The derivatives of the three functions from their results."""
    return {
        "relu": student.MLP(layer_dims=(3, 2), activation="relu").gradient_activation_fn(relu),
        "sigmoid": student.MLP(layer_dims=(3, 2), activation="sigmoid").gradient_activation_fn(sigmoid),
        "tanh": student.MLP(layer_dims=(3, 2), activation="tanh").gradient_activation_fn(tanh),
    }


def activation_inputs(rng):
    """Pre-activations x away from relu's kink or just beside it, what became of them, and upstream gradients."""
    x = rng.choice([-1.0, 1.0], size=(4, 5)) * rng.uniform(0.2, 2.0, size=(4, 5))
    x[0, 1], x[2, 3] = 1e-6, -1e-6
    return {
        "relu": x,
        "sigmoid": 1.3 * x,
        "tanh": 0.7 * x,
        "relu of x": np.maximum(x, 0),
        "sigmoid of x": 1 / (1 + np.exp(-1.3 * x)),
        "tanh of x": np.tanh(0.7 * x),
        "upstream": rng.normal(size=(4, 5)),
    }


def upstream_times_activations(reference, inputs):
    total = 0
    for activation in ("relu", "sigmoid", "tanh"):
        net = reference.MLP(layer_dims=(3, 2), activation=activation)
        total = total + np.sum(inputs["upstream"] * net.activation_fn(inputs[activation]))
    return total


@check(points=2, public=True, hint="The argument is what the function returned, not what went into it.")
def derivatives_by_hand(student):
    """The derivatives where relu gave 0, 0.5, 2, sigmoid 0.1, 0.5, 0.8 and tanh -0.6, 0, 0.5."""
    return derivatives(student, np.array([0.0, 0.5, 2.0]), np.array([0.1, 0.5, 0.8]), np.array([-0.6, 0.0, 0.5]))


@gradient_check(
    points=3,
    inputs=activation_inputs,
    of=upstream_times_activations,
    hint="Which formula gives the derivative when only the function's result is known?",
)
def derivatives_are_the_slopes(student, inputs):
    """The derivatives are the slopes of the activation functions."""
    d = derivatives(student, inputs["relu of x"], inputs["sigmoid of x"], inputs["tanh of x"])
    return {name: inputs["upstream"] * np.asarray(d[name]) for name in ("relu", "sigmoid", "tanh")}


@check(points=1, public=True, hint="What is the slope where the function's curve is flat?")
def derivatives_at_the_ends(student):
    """The derivatives where the results are the largest and smallest that a function can give."""
    return derivatives(student, np.array([0.0, 1e-9, 1e9]), np.array([0.0, 1.0, 0.25]), np.array([-1.0, 1.0, 0.25]))


@check(
    points=1,
    property=True,
    because="No function may change the arrays that it is handed",
    hint="Is anything written into the array that was handed in?",
)
def derivatives_leave_x_alone(student, rng):
    """The post-activations are the same after the call."""
    a = rng.uniform(0.1, 0.9, size=(4, 3))
    a[1, 2] = 0.0
    derivatives(student, a, a, a)
    return a


# --- softmax -----------------------------------------------------------------------------------------


@check(points=1, public=True, hint="Take the exponential of each score, then divide by the sum of them all.")
def softmax_by_hand(student):
    """The scores ln 1, ln 2 and ln 5 become 1/8, 2/8 and 5/8."""
    return student.MLP(layer_dims=(3, 3)).softmax(np.array([[0.0, np.log(2.0), np.log(5.0)]]))


@check(points=1, public=True, hint="Each row is divided by its own sum: which axis is that?")
def softmax_of_two_rows(student):
    """Each row of a batch sums to one."""
    return student.MLP(layer_dims=(3, 3)).softmax(np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 4.0]]))


@check(points=2, hint="Try a batch whose rows differ much: is each row treated on its own?")
def softmax_of_batches(student, rng):
    """Batches with as many rows as columns, with more, and with a single one."""
    square, tall, single = 2 * rng.normal(size=(4, 4)), 2 * rng.normal(size=(7, 3)), rng.normal(size=(1, 5))
    net = student.MLP(layer_dims=(3, 3))
    return {"square": net.softmax(square), "tall": net.softmax(tall), "single": net.softmax(single)}


@check(
    points=1,
    because="A single sample may come as a plain vector of shape $(C,)$",
    hint="Which axis is the last one, for a matrix and for a vector?",
)
def softmax_of_a_vector(student, rng):
    """A vector of scores."""
    x = rng.normal(size=5)
    return student.MLP(layer_dims=(3, 3)).softmax(x)


@check(
    points=2,
    because="so that scores of $\\pm1000$ give probabilities and not `nan`",
    hint="Softmax stays the same when a row is shifted. By how much would you shift it?",
)
def softmax_far_out(student):
    """Large scores give probabilities."""
    x = np.array([[1000.0, 999.0, -1000.0], [-1000.0, -1001.0, -1000.5], [50.0, -50.0, 49.0], [0.5, 0.1, -0.2]])
    return student.MLP(layer_dims=(3, 3)).softmax(x)


@check(
    points=1,
    property=True,
    because="No function may change the arrays that it is handed",
    hint="Does -= write into the array that was handed in?",
)
def softmax_leaves_x_alone(student, rng):
    """The scores are the same after the call."""
    x = rng.normal(size=(4, 3))
    student.MLP(layer_dims=(3, 3)).softmax(x)
    return x


# --- layer_forward -----------------------------------------------------------------------------------


@check(points=1, public=True, hint="x @ w + b, and then relu, as the example in the text has it.")
def hidden_layer_by_hand(student):
    """The first layer of a small network, two samples."""
    net, x = small_network(student), np.array([[1.0, 2.0], [-1.0, 0.5]])
    net.forward_cache = [{"a": x}]
    return net.layer_forward(x, 0)


@check(points=1, public=True, hint="Which function belongs to the last layer?")
def last_layer_by_hand(student):
    """The last layer of a small network, two samples: each row sums to one."""
    net, x = small_network(student), np.array([[1.0, 0.0, 0.5], [0.2, 0.3, 0.4]])
    net.forward_cache = [{"a": x}]
    return net.layer_forward(x, 1)


@check(points=1, public=True, hint="Append {'o': ..., 'a': ...} to self.forward_cache; o comes before the activation.")
def layer_is_remembered(student):
    """The cache has one entry more, with the pre-activations o and the output a."""
    net, x = small_network(student), np.array([[1.0, 2.0], [-1.0, 0.5]])
    net.forward_cache = [{"a": x}]
    net.layer_forward(x, 0)
    entry = net.forward_cache[-1]
    return {"number of entries": len(net.forward_cache), "o": entry["o"], "a": entry["a"]}


@check(points=2, hint="Does every layer use its own w and b, and the activation that the network was made with?")
def layers_of_a_batch(student, rng):
    """A layer in the middle, with each activation function, and the last one."""
    parameters = draw_parameters(rng, (3, 5, 4, 6))
    x, last = rng.normal(size=(7, 5)), rng.normal(size=(7, 4))
    blocks = {}
    for activation in ("relu", "sigmoid", "tanh"):
        net = network(student, parameters, activation)
        net.forward_cache = [{"a": x}]
        blocks[activation] = net.layer_forward(x, 1)
        blocks[f"last layer after {activation}"] = net.layer_forward(last, 2)
    return blocks


@check(points=1, hint="In a network of one layer, is the first layer not the last as well?")
def only_layer(student, rng):
    """A single sample in a network of a single layer."""
    parameters, x = draw_parameters(rng, (4, 3)), rng.normal(size=(1, 4))
    net = network(student, parameters, "tanh")
    net.forward_cache = [{"a": x}]
    return net.layer_forward(x, 0)


@check(points=1, hint="Are o and a of every layer kept, those of the last one too?")
def layers_are_remembered(student, rng):
    """Two layers one after the other leave two entries."""
    parameters, x, hidden = draw_parameters(rng, (3, 5, 4)), rng.normal(size=(6, 3)), rng.normal(size=(6, 5))
    net = network(student, parameters, "sigmoid")
    net.forward_cache = [{"a": x}]
    net.layer_forward(x, 0)
    net.layer_forward(hidden, 1)
    first, last = net.forward_cache[-2], net.forward_cache[-1]
    return {"first o": first["o"], "first a": first["a"], "last o": last["o"], "last a": last["a"]}


@check(
    points=1,
    property=True,
    because="No function may change the arrays that it is handed",
    hint="Does += write into x, or into the network's w or b?",
)
def layer_leaves_alone(student, rng):
    """The input and the parameters are the same after the call."""
    parameters, x = draw_parameters(rng, (4, 4, 3)), rng.normal(size=(5, 4))
    net = network(student, parameters, "relu")
    net.forward_cache = [{"a": x}]
    net.layer_forward(x, 0)
    return {"x": x, **all_parameters(net)}


# --- forward -----------------------------------------------------------------------------------------


@check(points=1, public=True, hint="The output of one layer is the input of the next.")
def forward_by_hand(student):
    """The probabilities of a small network for two samples."""
    return small_network(student).forward(np.array([[1.0, 2.0], [-1.0, 0.5]]))


@check(points=1, public=True, hint="The cache starts with {'a': x}; layer_forward appends the others.")
def forward_is_remembered(student):
    """The cache holds the input and the output of each layer, also after a second call."""
    net, x = small_network(student), np.array([[1.0, 2.0], [-1.0, 0.5]])
    net.forward(2 * x)
    net.forward(x)
    outputs = {f"a of entry {i}": entry["a"] for i, entry in enumerate(net.forward_cache)}
    return {"number of entries": len(net.forward_cache), **outputs}


@check(points=2, hint="Does it work for any number of layers?")
def forward_of_a_batch(student, rng):
    """A network of four layers, with each activation function, and one of a single layer."""
    parameters, only = draw_parameters(rng, (5, 7, 4, 6, 3)), draw_parameters(rng, (5, 4))
    x = rng.normal(size=(8, 5))
    blocks = {name: network(student, parameters, name).forward(x) for name in ("relu", "sigmoid", "tanh")}
    return {**blocks, "one layer": network(student, only).forward(x)}


@check(points=1, hint="Is anything summed or reshaped that one sample has only one of?")
def forward_of_one_sample(student, rng):
    """A batch of one."""
    parameters, x = draw_parameters(rng, (4, 6, 3)), rng.normal(size=(1, 4))
    return network(student, parameters, "tanh").forward(x)


@check(
    points=1,
    because="Every call of `forward` starts a new cache",
    hint="What is in the cache after the second call?",
)
def forward_starts_a_new_cache(student, rng):
    """After two batches the cache knows the second one only."""
    parameters, x, other = draw_parameters(rng, (4, 5, 3)), rng.normal(size=(6, 4)), rng.normal(size=(2, 4))
    net = network(student, parameters, "tanh")
    net.forward(x)
    net.forward(other)
    cache = net.forward_cache
    return {"number of entries": len(cache), "first": cache[0]["a"], "last": cache[-1]["a"]}


# --- cross_entropy_loss ------------------------------------------------------------------------------


@check(points=2, public=True, hint="Only the probability of the true class counts; then the mean over the samples.")
def loss_by_hand(student):
    """Two samples whose true classes got the probabilities 1/2 and 1/4."""
    y_hat, y = np.array([[0.5, 0.3, 0.2], [0.7, 0.05, 0.25]]), np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    return student.MLP(layer_dims=(2, 3)).cross_entropy_loss(y_hat, y)


@check(
    points=1,
    public=True,
    property=True,
    because="No function may change the arrays that it is handed",
    hint="y_hat[...] = ... changes the caller's array, which is also in the cache.",
)
def loss_leaves_alone(student):
    """The predictions and the labels are the same after the call."""
    y_hat, y = np.array([[1.0, 0.0, 0.0], [0.6, 0.4, 0.0]]), np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    student.MLP(layer_dims=(2, 3), epsilon=0.1).cross_entropy_loss(y_hat, y)
    return {"y_hat": y_hat, "y": y}


@check(points=2, rtol=1e-5, hint="By what is the sum divided?")
def loss_of_a_batch(student, rng):
    """A batch of predictions, and a batch of one."""
    y_hat, y = draw_probabilities(rng, 7, 4), draw_labels(rng, 7, 4)
    net = student.MLP(layer_dims=(2, 4))
    return {"seven samples": net.cross_entropy_loss(y_hat, y), "one sample": net.cross_entropy_loss(y_hat[:1], y[:1])}


@check(
    points=1,
    rtol=1e-5,
    because="The loss is finite even where the true class got the probability 0",
    hint="What is the logarithm of 0, and how does epsilon keep you from taking it?",
)
def loss_of_the_impossible(student):
    """The true class got the probability zero."""
    y_hat, y = np.array([[0.0, 0.5, 0.5], [0.5, 0.25, 0.25]]), np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    return student.MLP(layer_dims=(2, 3)).cross_entropy_loss(y_hat, y)


@check(
    points=1,
    because="first raised to $\\varepsilon$ where it is below, and lowered to $1-\\varepsilon$ where it is above",
    hint="Is epsilon taken from the network, and used at both ends?",
)
def loss_with_another_epsilon(student):
    """A network with a larger epsilon."""
    net, y = student.MLP(layer_dims=(2, 2), epsilon=0.1), np.array([[1.0, 0.0], [0.0, 1.0]])
    return {
        "below": net.cross_entropy_loss(np.array([[0.02, 0.98], [0.6, 0.4]]), y),
        "above": net.cross_entropy_loss(np.array([[0.97, 0.03], [0.6, 0.4]]), y),
        "between": net.cross_entropy_loss(np.array([[0.7, 0.3], [0.6, 0.4]]), y),
    }


@check(
    points=1,
    rtol=1e-5,
    because="whole numbers are numbers like any other",
    hint="What becomes of epsilon when it is written into an array of integers? And is a logarithm taken of 0?",
)
def loss_of_whole_numbers(student):
    """Predictions and labels as arrays of integers."""
    y_hat, y = np.array([[0, 1, 0], [0, 0, 1]]), np.array([[1, 0, 0], [0, 0, 1]])
    return student.MLP(layer_dims=(2, 3)).cross_entropy_loss(y_hat, y)


# --- layer_backward ----------------------------------------------------------------------------------


def named(gradients):
    """The three gradients that layer_backward returns, by name."""
    gradient_a_prev, gradient_w, gradient_b = gradients
    return {"gradient_a_prev": gradient_a_prev, "gradient_w": gradient_w, "gradient_b": gradient_b}


def biases_beside_kinks(o):
    """Biases for the pre-activations o, (N, m), which lack them: relu's kink is near one sample of most units.

    The first unit is dead, the second always active; of each other unit one sample lies 1e-4 above or below zero.
    """
    n, m = o.shape
    b = np.array([-o[j % n, j] + (1e-4 if j % 2 else -1e-4) for j in range(m)])
    b[0], b[1] = -o[:, 0].max() - 0.5, -o[:, 1].min() + 0.5
    return b.reshape(1, m)


def network_inputs(rng):
    """Seven samples and a network of sizes 4, 6, 5, 3, relu's kinks placed; upstream gradients for layer 1."""
    x, w0, w1 = rng.normal(size=(7, 4)), rng.normal(size=(4, 6)) / 2, rng.normal(size=(6, 5)) / 2
    b0 = biases_beside_kinks(x @ w0)
    b1 = biases_beside_kinks(np.maximum(x @ w0 + b0, 0) @ w1)
    last = draw_parameters(rng, (5, 3))[0]
    return {
        "x": x,
        "w0": w0,
        "b0": b0,
        "w1": w1,
        "b1": b1,
        "w2": last["w"],
        "b2": last["b"],
        "y": draw_labels(rng, 7, 3),
        "upstream": rng.normal(size=(7, 6)),
    }


def network_from(student, inputs, activation):
    """The network of sizes 4, 6, 5, 3 with the parameters in `inputs`."""
    return network(student, [{"w": inputs[f"w{i}"], "b": inputs[f"b{i}"]} for i in range(3)], activation)


def upstream_times_layer(reference, inputs, activation):
    """The mean over the samples of upstream · output of the first layer, whose gradients layer_backward returns."""
    net = network_from(reference, inputs, activation)
    net.forward(inputs["x"])
    return np.sum(inputs["upstream"] * net.forward_cache[1]["a"]) / len(inputs["x"])


def loss_of_network(reference, inputs, activation):
    net = network_from(reference, inputs, activation)
    return net.cross_entropy_loss(net.forward(inputs["x"]), inputs["y"])


def first_layer_gradients(student, inputs, activation):
    """What layer_backward makes of an upstream gradient of the first layer."""
    net = network_from(student, inputs, activation)
    net.forward(inputs["x"])
    gradient_a_prev, gradient_w, gradient_b = net.layer_backward(inputs["upstream"], 1)
    return {"x": np.asarray(gradient_a_prev) / len(inputs["x"]), "w0": gradient_w, "b0": gradient_b}


def of_relu_layer(reference, inputs):
    return upstream_times_layer(reference, inputs, "relu")


def of_sigmoid_layer(reference, inputs):
    return upstream_times_layer(reference, inputs, "sigmoid")


def of_tanh_layer(reference, inputs):
    return upstream_times_layer(reference, inputs, "tanh")


def softmax_inputs(rng):
    """Samples, labels, and a network of a single layer."""
    layer = draw_parameters(rng, (5, 3))[0]
    return {"x": rng.normal(size=(6, 5)), "y": draw_labels(rng, 6, 3), **layer}


def loss_of_softmax_layer(reference, inputs):
    net = network(reference, [{"w": inputs["w"], "b": inputs["b"]}], "tanh")
    return net.cross_entropy_loss(net.forward(inputs["x"]), inputs["y"])


@check(
    points=1,
    public=True,
    flat=("gradient_b",),
    hint="In the output layer the gradient that comes in is already that of o: no derivative is applied to it.",
)
def output_layer_by_hand(student):
    """The gradients of the last layer of a small network."""
    net = small_network(student, "tanh")
    net.forward(np.array([[1.0, 2.0], [-1.0, 0.5]]))
    return named(net.layer_backward(np.array([[0.5, -0.5], [-0.25, 0.25]]), 2))


@check(
    points=1,
    public=True,
    flat=("gradient_b",),
    hint="Multiply by the derivative of the activation once, then follow the three formulas in the text.",
)
def hidden_layer_gradients_by_hand(student):
    """The gradients of the first layer of a small network."""
    net = small_network(student, "tanh")
    net.forward(np.array([[1.0, 2.0], [-1.0, 0.5]]))
    return named(net.layer_backward(np.array([[1.0, -1.0, 0.5], [0.5, 2.0, -1.0]]), 1))


@gradient_check(
    points=3,
    inputs=network_inputs,
    of=of_relu_layer,
    flat=("b0",),
    hint="With relu, nothing comes back through a unit that was not active for that sample.",
)
def gradients_of_a_relu_layer(student, inputs):
    """The gradients of a hidden layer with relu are those that numerical differentiation finds."""
    return first_layer_gradients(student, inputs, "relu")


@gradient_check(
    points=3,
    inputs=network_inputs,
    of=of_sigmoid_layer,
    flat=("b0",),
    hint="How often is the derivative of the activation applied, and to which of the layer's numbers?",
)
def gradients_of_a_sigmoid_layer(student, inputs):
    """The gradients of a hidden layer with sigmoid are those that numerical differentiation finds."""
    return first_layer_gradients(student, inputs, "sigmoid")


@gradient_check(
    points=3,
    inputs=network_inputs,
    of=of_tanh_layer,
    flat=("b0",),
    hint="How often is the derivative of the activation applied, and to which of the layer's numbers?",
)
def gradients_of_a_tanh_layer(student, inputs):
    """The gradients of a hidden layer with tanh are those that numerical differentiation finds."""
    return first_layer_gradients(student, inputs, "tanh")


@gradient_check(
    points=3,
    inputs=softmax_inputs,
    of=loss_of_softmax_layer,
    flat=("b",),
    hint="How do you recognise the output layer, and what is different there?",
)
def gradients_of_the_output_layer(student, inputs):
    """The gradients of the output layer are those of the loss."""
    net = network(student, [{"w": inputs["w"], "b": inputs["b"]}], "tanh")
    y_hat = net.forward(inputs["x"])
    gradient_a_prev, gradient_w, gradient_b = net.layer_backward(np.asarray(y_hat) - inputs["y"], 1)
    return {"x": np.asarray(gradient_a_prev) / len(inputs["x"]), "w": gradient_w, "b": gradient_b}


@check(
    points=1,
    flat=("relu: gradient_b", "sigmoid: gradient_b", "tanh: gradient_b"),
    hint="Which entries of the cache and of the parameters belong to layer number 2?",
)
def gradients_of_a_middle_layer(student, rng):
    """The gradients of a layer between two others."""
    parameters = draw_parameters(rng, (4, 6, 5, 3))
    x, gradient = rng.normal(size=(8, 4)), rng.normal(size=(8, 5))
    blocks = {}
    for activation in ("relu", "sigmoid", "tanh"):
        net = network(student, parameters, activation)
        net.forward(x)
        found = named(net.layer_backward(gradient.copy(), 2))
        blocks.update({f"{activation}: {name}": value for name, value in found.items()})
    return blocks


@check(points=1, flat=("gradient_b",), hint="Do all shapes stay two-dimensional when there is one sample?")
def gradients_of_one_sample(student, rng):
    """A batch of one."""
    parameters, x, gradient = draw_parameters(rng, (4, 6, 3)), rng.normal(size=(1, 4)), rng.normal(size=(1, 6))
    net = network(student, parameters, "tanh")
    net.forward(x)
    return named(net.layer_backward(gradient, 1))


def hidden_layer_after_forward(student, rng):
    """What the property checks call: layer 1 of a network through which a batch has gone."""
    parameters, x = draw_parameters(rng, (4, 6, 3)), rng.normal(size=(5, 4))
    upstream = upstream_gradient(rng, (5, 6))
    net = network(student, parameters, "tanh")
    net.forward(x)
    return net.layer_backward, upstream, 1


@check(
    points=1,
    property=True,
    because="`layer_backward` computes and returns; it updates nothing",
    hint="Is anything written into the parameters, or into the gradient that was handed in?",
)
def layer_backward_updates_nothing(student, rng):
    """The parameters and the gradient that came in are the same after the call."""
    parameters, x = draw_parameters(rng, (4, 6, 3)), rng.normal(size=(5, 4))
    hidden, output = rng.normal(size=(5, 6)), rng.normal(size=(5, 3))
    net = network(student, parameters, "tanh")
    net.forward(x)
    net.layer_backward(output, 2)
    net.layer_backward(hidden, 1)
    return {
        "gradients": np.hstack([output, hidden]),
        "weights": np.hstack([np.transpose(net.parameters[0]["w"]), net.parameters[1]["w"]]),
    }


# --- backward ----------------------------------------------------------------------------------------


def step_of_backward(student, inputs, activation):
    """How far one call of backward moves each parameter, divided by the learning rate 0.5, uphill."""
    net = network_from(student, inputs, activation)
    net.backward(net.forward(inputs["x"]), inputs["y"])
    blocks = {}
    for i, layer in enumerate(net.parameters):
        blocks[f"w{i}"] = (inputs[f"w{i}"] - np.asarray(layer["w"])) / 0.5
        blocks[f"b{i}"] = (inputs[f"b{i}"] - np.asarray(layer["b"])) / 0.5
    return blocks


def of_relu_network(reference, inputs):
    return loss_of_network(reference, inputs, "relu")


def of_sigmoid_network(reference, inputs):
    return loss_of_network(reference, inputs, "sigmoid")


def of_tanh_network(reference, inputs):
    return loss_of_network(reference, inputs, "tanh")


@check(points=1, public=True, hint="The step goes against the gradient, and through every layer.")
def step_by_hand(student):
    """The parameters of a small network after one step with the learning rate 0.5."""
    net, y = small_network(student, "tanh"), np.array([[1.0, 0.0], [0.0, 1.0]])
    net.backward(net.forward(np.array([[1.0, 2.0], [-1.0, 0.5]])), y)
    return all_parameters(net)


@gradient_check(
    points=2,
    inputs=network_inputs,
    of=of_relu_network,
    rtol=1e-5,
    hint="Does every layer move, by its own gradient, taken before anything moved?",
)
def step_of_a_relu_network(student, inputs):
    """With relu, every parameter moves against the gradient of the loss."""
    return step_of_backward(student, inputs, "relu")


@gradient_check(
    points=2,
    inputs=network_inputs,
    of=of_sigmoid_network,
    rtol=1e-5,
    hint="Does every layer move, by its own gradient, taken before anything moved?",
)
def step_of_a_sigmoid_network(student, inputs):
    """With sigmoid, every parameter moves against the gradient of the loss."""
    return step_of_backward(student, inputs, "sigmoid")


@gradient_check(
    points=2,
    inputs=network_inputs,
    of=of_tanh_network,
    rtol=1e-5,
    hint="Does every layer move, by its own gradient, taken before anything moved?",
)
def step_of_a_tanh_network(student, inputs):
    """With tanh, every parameter moves against the gradient of the loss."""
    return step_of_backward(student, inputs, "tanh")


@check(points=1, public=True, hint="With one layer only, g_o = y_hat - y goes straight into layer_backward.")
def step_of_one_layer(student):
    """The parameters of a network of a single layer after one step."""
    net = network(student, [{"w": np.array([[0.5, -1.0], [0.0, 2.0]]), "b": np.array([[0.3, -0.3]])}])
    net.backward(net.forward(np.array([[2.0, 3.0], [0.0, 1.0]])), np.array([[1.0, 0.0], [0.0, 1.0]]))
    return all_parameters(net)


@check(points=1, hint="Does the step depend on self.lr, and does it work for one layer and for one sample?")
def step_of_other_sizes(student, rng):
    """Another learning rate, a network of one layer, and a batch of one."""
    parameters, only = draw_parameters(rng, (5, 4, 3)), draw_parameters(rng, (5, 3))
    x, y = rng.normal(size=(6, 5)), draw_labels(rng, 6, 3)
    net = network(student, parameters, "tanh", 2.0)
    net.backward(net.forward(x), y)
    flat, single = network(student, only, "tanh", 0.25), network(student, parameters, "sigmoid", 4.0)
    flat.backward(flat.forward(x), y)
    single.backward(single.forward(x[:1]), y[:1])
    return {
        "first w": net.parameters[0]["w"],
        "last b": net.parameters[1]["b"],
        "one layer: w": flat.parameters[0]["w"],
        "one layer: b": flat.parameters[0]["b"],
        "one sample: first w": single.parameters[0]["w"],
        "one sample: last w": single.parameters[1]["w"],
    }


@check(
    points=1,
    property=True,
    because="No function may change the arrays that it is handed",
    hint="Does y_hat -= y write into the array that was handed in?",
)
def backward_leaves_alone(student, rng):
    """The predictions and the labels are the same after the call."""
    parameters, x, y = draw_parameters(rng, (4, 5, 3)), rng.normal(size=(6, 4)), draw_labels(rng, 6, 3)
    net = network(student, parameters, "tanh")
    y_hat = np.array(net.forward(x))
    before = y_hat.copy()
    net.backward(y_hat, y)
    return {"y": y, "change of y_hat": 1 + y_hat - before}


# --- one_hot_encode ----------------------------------------------------------------------------------


@check(points=1, public=True, hint="One row per label; the label is the number of the column that gets the 1.")
def labels_by_hand(student):
    """The labels 2, 0, 1 and 2 of four classes."""
    return student.MLP.one_hot_encode(np.array([2, 0, 1, 2]), 4)


@check(points=2, hint="Does it work for any number of classes, and for classes that no sample has?")
def labels_of_a_batch(student, rng):
    """Labels of ten classes as an array, and a list of labels."""
    labels, few = rng.integers(10, size=25), rng.integers(3, size=5)
    small = labels.astype(np.uint8)
    return {
        "array": student.MLP.one_hot_encode(labels, 10),
        "bytes": student.MLP.one_hot_encode(small, 11),
        "list": student.MLP.one_hot_encode([int(label) for label in few], 5),
    }


@check(
    points=2,
    because="A label that is none of the classes, such as $-1$ for “unknown”, gives a row of zeros.",
    hint="Which column does the index -1 mean to NumPy?",
)
def labels_of_no_class(student):
    """A label that is no class gives a row of zeros."""
    return student.MLP.one_hot_encode(np.array([1, -1, 0, 2]), 3)


@check(
    points=1,
    public=True,
    because="No labels at all give an array of shape $(0, C)$.",
    hint="What is the shape of the result when there are no labels?",
)
def no_labels(student):
    """No labels give no rows, but still a column for each class."""
    return np.array(np.shape(student.MLP.one_hot_encode(np.array([], dtype=int), 4)))


# --- train -------------------------------------------------------------------------------------------


def trained(net):
    """What train leaves behind."""
    return {"losses": net.losses, "accuracies": net.accuracies, **all_parameters(net)}


@check(points=1, public=True, hint="Each batch: forward, loss, accuracy, backward, in that order.")
def two_iterations(student):
    """The losses of two batches of two samples, each taken before the step."""
    net = small_network(student, "tanh")
    x = np.array([[1.0, 2.0], [-1.0, 0.5], [0.3, -0.7], [2.0, 0.1]])
    net.train(x, np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.0]]), 2, 2)
    return {"losses": net.losses, "accuracies": net.accuracies}


@check(points=1, public=True, hint="The last batch may be shorter than the others, and it counts too.")
def number_of_iterations(student):
    """Five samples are three batches of two, and num_iterations has the last word."""
    x, y = np.array([[1.0, 2.0], [-1.0, 0.5], [0.3, -0.7], [2.0, 0.1], [0.5, 0.5]]), np.eye(2)[[0, 1, 1, 0, 1]]
    once, longer = small_network(student), small_network(student)
    once.train(x, y, 2)
    longer.train(x, y, 2, 7)
    return {"once through": len(once.losses), "seven iterations": len(longer.losses)}


@check(
    points=2,
    rtol=1e-5,
    because="the last batch is made of the samples that are left",
    hint="Twenty samples, batches of eight: which samples are in the third batch, and how many are they?",
)
def last_batch_is_short(student, rng):
    """One pass through twenty samples in batches of eight."""
    parameters, x, y = draw_parameters(rng, (4, 6, 3)), rng.normal(size=(20, 4)), draw_labels(rng, 20, 3)
    net = network(student, parameters, "tanh")
    net.train(x, y, 8)
    return trained(net)


@check(
    points=1,
    because="batch_size=64, num_iterations=None",
    hint="What does the first line of train say of batch_size?",
)
def batches_of_64(student, rng):
    """Where nothing is said a batch has 64 samples, and each batch comes once."""
    parameters, x, y = draw_parameters(rng, (2, 3)), rng.normal(size=(129, 2)), draw_labels(rng, 129, 3)
    two, three = network(student, parameters), network(student, parameters)
    two.train(x[:128], y[:128])
    three.train(x, y)
    return {"losses of 128 samples": two.losses, "losses of 129 samples": three.losses}


@check(
    points=1,
    rtol=1e-5,
    because="After the last batch the first one comes again",
    hint="Which samples are in the batch after the last one?",
)
def more_iterations_than_batches(student, rng):
    """Seven iterations where there are four batches of five samples."""
    parameters, x, y = draw_parameters(rng, (4, 6, 3)), rng.normal(size=(20, 4)), draw_labels(rng, 20, 3)
    net = network(student, parameters, "sigmoid", 1.0)
    net.train(x, y, 5, 7)
    return trained(net)


@check(
    points=1,
    rtol=1e-5,
    because="After the last batch the first one comes again",
    hint="With which sample does the batch begin that follows a short one?",
)
def around_a_short_batch(student, rng):
    """Seven iterations where there are two batches of eight samples and one of four."""
    parameters, x, y = draw_parameters(rng, (4, 6, 3)), rng.normal(size=(20, 4)), draw_labels(rng, 20, 3)
    net = network(student, parameters, "tanh")
    net.train(x, y, 8, 7)
    return trained(net)


@check(points=1, rtol=1e-5, hint="What if the batch size is larger than the number of samples?")
def everything_in_one_batch(student, rng):
    """A batch size beyond the number of samples, and a batch size of one."""
    parameters, x, y = draw_parameters(rng, (4, 6, 3)), rng.normal(size=(5, 4)), draw_labels(rng, 5, 3)
    large, single = network(student, parameters, "tanh"), network(student, parameters, "tanh")
    large.train(x, y, 64, 3)
    single.train(x, y, 1)
    return {"large": large.losses, "large w": large.parameters[0]["w"], "single": single.losses}


@check(
    points=1,
    rtol=1e-5,
    because="`train` starts with new, empty lists",
    hint="What is in self.losses after train was called twice?",
)
def trained_twice(student, rng):
    """A second call goes on from the weights of the first, with new lists."""
    parameters, x, y = draw_parameters(rng, (4, 6, 3)), rng.normal(size=(8, 4)), draw_labels(rng, 8, 3)
    net = network(student, parameters, "tanh")
    net.train(x, y, 4)
    net.train(x, y, 2, 3)
    return {"losses": net.losses, "accuracies": net.accuracies}


@check(
    points=1,
    property=True,
    because="No function may change the arrays that it is handed",
    hint="Are the samples or their labels shuffled, scaled or written into in place?",
)
def train_leaves_alone(student, rng):
    """The samples and the labels are the same after training."""
    parameters, x, y = draw_parameters(rng, (4, 6, 3)), rng.normal(size=(11, 4)), draw_labels(rng, 11, 3)
    network(student, parameters, "tanh").train(x, y, 4)
    return {"x": x, "y": y}


# --- whole -------------------------------------------------------------------------------------------


def names_the_right_class(y_hat):
    """Whether every row is a distribution, and nearly every one names the class of the cloud that its sample is from.

    Of 2,000 seeds with the reference every one gave all samples their class, which was 100 times as probable as any
    other.
    """
    labels = np.repeat(np.arange(3), 10)
    return bool(np.allclose(np.sum(y_hat, axis=1), 1) and np.mean(np.argmax(y_hat, axis=1) == labels) > 0.95)


@check(
    points=1,
    public=True,
    rtol=1e-4,
    hint="Does each method pass its own check? Then what does one of them expect that another does not do?",
)
def three_samples(student):
    """Four steps with three samples in batches of two: the losses, and what is predicted afterwards."""
    net, x = small_network(student, "tanh"), np.array([[1.0, 2.0], [-1.0, 0.5], [0.5, -0.5]])
    net.train(x, student.MLP.one_hot_encode([0, 1, 1], 2), 2, 4)
    return {"losses": net.losses, "predictions": net.forward(x)}


@check(points=2, rtol=1e-4, hint="Each part works on its own. What does one part expect that another does not do?")
def pieces_fit_together(student, rng):
    """A few steps of training from known parameters, with your own functions throughout."""
    parameters, x, labels = draw_parameters(rng, (5, 7, 4, 3)), rng.normal(size=(20, 5)), rng.integers(3, size=20)
    blocks = {}
    for activation in ("relu", "sigmoid", "tanh"):
        net = network(student, parameters, activation)
        net.train(x, student.MLP.one_hot_encode(labels, 3), 8, 5)
        blocks[f"losses with {activation}"] = net.losses
        blocks[f"first w with {activation}"] = net.parameters[0]["w"]
        blocks[f"last b with {activation}"] = net.parameters[-1]["b"]
    return blocks


@check(points=1, expect=names_the_right_class, hint="Do the weights that you start from let the network learn?")
def fresh_network_learns(student, rng):
    """A new network learns to tell three well separated clouds apart."""
    labels = np.repeat(np.arange(3), 10)
    x = np.array([[4.0, 0.0], [0.0, 4.0], [-4.0, -4.0]])[labels] + 0.3 * rng.normal(size=(30, 2))
    order = rng.permutation(30)
    net = student.MLP(layer_dims=(2, 16, 3), activation="tanh", lr=1.0)
    net.train(x[order], student.MLP.one_hot_encode(labels[order], 3), 10, 30)
    return net.forward(x)


ASSIGNMENT = Assignment(
    title="A multilayer perceptron in NumPy",
    questions=[
        Question(
            "MLP.init_parameters",
            [two_layers, four_layers, spread_of_the_first_layer, spread_of_later_layers, every_call_draws_anew],
        ),
        Question(
            "MLP.activation_fn",
            [
                activations_by_hand,
                activations_of_a_batch,
                activations_far_out,
                activations_of_whole_numbers,
                activations_without_overflow,
                activations_leave_x_alone,
            ],
        ),
        Question(
            "MLP.gradient_activation_fn",
            [derivatives_by_hand, derivatives_are_the_slopes, derivatives_at_the_ends, derivatives_leave_x_alone],
        ),
        Question(
            "MLP.softmax",
            [
                softmax_by_hand,
                softmax_of_two_rows,
                softmax_of_batches,
                softmax_of_a_vector,
                softmax_far_out,
                softmax_leaves_x_alone,
            ],
        ),
        Question(
            "MLP.layer_forward",
            [
                hidden_layer_by_hand,
                last_layer_by_hand,
                layer_is_remembered,
                layers_of_a_batch,
                only_layer,
                layers_are_remembered,
                layer_leaves_alone,
            ],
        ),
        Question(
            "MLP.forward",
            [
                forward_by_hand,
                forward_is_remembered,
                forward_of_a_batch,
                forward_of_one_sample,
                forward_starts_a_new_cache,
            ],
        ),
        Question(
            "MLP.cross_entropy_loss",
            [
                loss_by_hand,
                loss_leaves_alone,
                loss_of_a_batch,
                loss_of_the_impossible,
                loss_with_another_epsilon,
                loss_of_whole_numbers,
            ],
        ),
        Question(
            "MLP.layer_backward",
            [
                output_layer_by_hand,
                hidden_layer_gradients_by_hand,
                gradients_of_a_relu_layer,
                gradients_of_a_sigmoid_layer,
                gradients_of_a_tanh_layer,
                gradients_of_the_output_layer,
                gradients_of_a_middle_layer,
                gradients_of_one_sample,
                layer_backward_updates_nothing,
                *backward_properties(
                    hidden_layer_after_forward,
                    points=1,
                    only=("called_twice", "zero_upstream", "linear_in_upstream"),
                    subject="layer_backward",
                ),
            ],
        ),
        Question(
            "MLP.backward",
            [
                step_by_hand,
                step_of_one_layer,
                step_of_a_relu_network,
                step_of_a_sigmoid_network,
                step_of_a_tanh_network,
                step_of_other_sizes,
                backward_leaves_alone,
            ],
        ),
        Question("MLP.one_hot_encode", [labels_by_hand, labels_of_a_batch, labels_of_no_class, no_labels]),
        Question(
            "MLP.train",
            [
                two_iterations,
                number_of_iterations,
                last_batch_is_short,
                batches_of_64,
                more_iterations_than_batches,
                around_a_short_batch,
                everything_in_one_batch,
                trained_twice,
                train_leaves_alone,
            ],
        ),
        Question("whole", [three_samples, pieces_fit_together, fresh_network_learns], own_code_only=True),
    ],
    manual=[Manual("observations", points=6)],
    data={"digits.npz": digits},
)
