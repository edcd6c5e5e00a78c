"""The gallery of `dense_layers`: classes that inherit, two conventions, names that students bring, a generator."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.classroom import cells
from autograder.loading import Loaded

from .composing import NOT_ATTEMPTED, Case, beginning_with, blanks, known

_TRAINING = """\
from tqdm import trange
import matplotlib.pyplot as plt
np.random.seed(42)
network = [Dense(64, 100), ReLu(), Dense(100, 200), ReLu(), Dense(200, 10)]
X, y = np.random.rand(1500, 64), np.random.randint(0, 10, 1500)
log = []
for epoch in trange(1000):
    for X_batch, y_batch in iterate_minibatches(X, y, 8, shuffle=True):
        train(network, X_batch, y_batch)
    log.append(np.mean(predict(network, X) == y))
    plt.plot(log)
    plt.show()
"""

_OTHER_STYLE = """\
import numpy as np
from abc import ABC, abstractmethod

generator = np.random.default_rng(7)


class Layer(ABC):
    def __init__(self):
        self.calls = 0

    def forward(self, input):
        return input

    def backward(self, input, grad_output):
        return grad_output

    def __call__(self, input):
        return self.forward(input)


class ReLu(Layer):
    def __init__(self):
        super().__init__()

    def forward(self, input):
        self.calls += 1
        return np.where(input > 0, input, 0)

    def backward(self, input, grad_output):
        return np.where(input > 0, grad_output, 0)


class Dense(Layer):
    count = 0

    def __init__(self, input_units, output_units, learning_rate=0.1):
        super().__init__()
        Dense.count += 1
        self.learning_rate = learning_rate
        self.weights = 0.01 * generator.standard_normal((input_units, output_units))
        self.biases = np.zeros((output_units,))

    def forward(self, input):
        return np.add(np.dot(input, self.weights), self.biases)

    def gradients(self, input, grad_output):
        return input.T.dot(grad_output) / len(input), grad_output.sum(axis=0) / len(input)

    def backward(self, input, grad_output):
        below = grad_output.dot(self.weights.T)
        for name, gradient in zip(("weights", "biases"), self.gradients(input, grad_output)):
            setattr(self, name, getattr(self, name) - self.learning_rate * gradient)
        return below


def log_softmax(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax_crossentropy_with_logits(logits, reference_answer):
    return -np.take_along_axis(log_softmax(logits), reference_answer[:, None], axis=1)[:, 0]


def grad_softmax_crossentropy_with_logits(logits, reference_answer):
    return np.exp(log_softmax(logits)) - np.eye(logits.shape[1])[reference_answer]


def eval_numerical_gradient(f, x, h=1e-5):
    def slope(index):
        e = np.zeros(x.shape)
        e[index] = h
        return (f(x + e) - f(x - e)) / (2 * h)

    return np.array([slope(index) for index in np.ndindex(x.shape)]).reshape(x.shape)


def forward(network, X):
    outputs = [X]
    for layer in network:
        outputs.append(layer(outputs[-1]))
    return outputs[1:]


def predict(network, X):
    return forward(network, X)[-1].argmax(-1)


def train(network, X, y):
    outputs = [X, *forward(network, X)]
    loss = softmax_crossentropy_with_logits(outputs[-1], y).mean()
    gradient = grad_softmax_crossentropy_with_logits(outputs.pop(), y)
    for layer in network[::-1]:
        gradient = layer.backward(outputs.pop(), gradient)
    return loss


class Batches:
    def __init__(self, inputs, targets, batchsize, shuffle=False):
        self.data, self.batchsize, self.shuffle = (inputs, targets), batchsize, shuffle

    def __iter__(self):
        order = np.arange(len(self.data[0]))
        if self.shuffle:
            generator.shuffle(order)
        for i in range(len(order) // self.batchsize):
            rows = order[i * self.batchsize :][: self.batchsize]
            yield tuple(part[rows] for part in self.data)


iterate_minibatches = Batches
"""


def cases(loaded: Loaded) -> list[Case]:
    """The known mistakes and variants, and what is particular to layers that inherit and to the two conventions."""
    return [*known(loaded), *_right(loaded), *_blank(loaded), *_damaged(loaded)]


def _right(loaded: Loaded) -> Iterator[Case]:
    (summing,) = loaded.others
    text = loaded.reference.text

    def case(name: str, about: str, *sources: str) -> Case:
        return Case(name, "dense_layers", about, sources)

    yield case("summing_in_one_cell", "All of the other convention in a single cell.", summing.reference.text)
    yield case("another_style", "Right in every part, and written otherwise throughout.", _OTHER_STYLE)
    yield case(
        "other_names", "The class is called ReLU, and the batches' function has a letter more.",
        text.replace("ReLu", "ReLU").replace("iterate_minibatches", "iternate_minibatches"),
    )  # fmt: skip
    yield case(
        "other_names_by_summing", "The other names, used in the training too, and the other convention.",
        summing.reference.text.replace("ReLu", "ReLU").replace("iterate_minibatches", "iternate_minibatches"),
        _TRAINING.replace("ReLu", "ReLU").replace("iterate_minibatches", "iternate_minibatches"),
    )  # fmt: skip
    yield case("long_training", "The training takes minutes; it costs no time.", text, _TRAINING)
    yield case(
        "rebound_methods", "Methods are functions that are put into the class afterwards.",
        *cells(loaded.reference, {"ReLu.backward": None, "Dense.forward": None}),
        "def back(self, input, grad_output):\n    return grad_output * (input > 0)\n\nReLu.backward = back",
        'setattr(Dense, "forward", lambda layer, batch: batch @ layer.weights + layer.biases)',
    )  # fmt: skip
    yield case(
        "classes_pasted_above", "The classes were pasted above the template's blank stubs.",
        text, *cells(loaded.reference, blanks(loaded.reference)),
    )  # fmt: skip
    yield case(
        "seeded_outside", "A seed is set at the top, and a generator is made there.",
        "import numpy as np\nnp.random.seed(42)\nrng = np.random.default_rng(42)", text,
    )  # fmt: skip


def _blank(loaded: Loaded) -> Iterator[Case]:
    """A method that is not written is not its parent's."""
    reference = loaded.reference
    for stub, question in (
        ("ReLu.forward", "relu_forward"),
        ("ReLu.backward", "relu_backward"),
        ("Dense.__init__", "dense_init"),
        ("Dense.forward", "dense_forward"),
        ("Dense.backward", "dense_backward"),
    ):
        name = stub.replace(".", "_").lower().replace("__", "")
        yield Case(
            f"blank_{name}",
            "dense_layers",
            f"{stub} is still the template's, and Layer has one.",
            cells(reference, {stub: reference.function(stub).blank}),
            loses={question: NOT_ATTEMPTED},
            whole_exempt=True,
        )
    yield Case(
        "no_relu_backward_in_one_cell",
        "dense_layers",
        "The classes stand in one cell, and ReLu has no backward of its own.",
        (reference.edited("ReLu.backward", ""),),
        loses={"relu_backward": NOT_ATTEMPTED},
        whole_exempt=True,
    )


def _damaged(loaded: Loaded) -> Iterator[Case]:
    reference = loaded.reference

    def case(name: str, about: str, stub: str, source: str, question: str, verdict: str | None) -> Case:
        sources = cells(reference, {stub: source})
        return Case(name, "dense_layers", about, sources, loses={question: verdict}, whole_exempt=True)

    def damaged(stub: str, statement: str) -> str:
        return beginning_with(reference.function(stub).solution, statement)

    yield case(
        "endless_batches", "The batches never come to an end.", "iterate_minibatches",
        damaged("iterate_minibatches", "while True: yield inputs[:batchsize], targets[:batchsize]"),
        "iterate_minibatches", "wrong shape",
    )  # fmt: skip
    yield case(
        "dense_forward_loops", "A layer's way forward never comes to an end.", "Dense.forward",
        damaged("Dense.forward", "while True: pass"), "dense_forward", "timed out",
    )  # fmt: skip
    yield case(
        "init_raises", "A dense layer cannot be made.", "Dense.__init__",
        damaged("Dense.__init__", "self.no_such_name"), "dense_init", "raised",
    )  # fmt: skip
    yield case(
        "train_does_not_parse", "The cell of train is no Python.", "train",
        reference.function("train").solution + "    return (\n", "train", "missing",
    )  # fmt: skip
    yield case(
        "forward_returns_an_iterator", "The outputs come as an iterator, which has no last one.", "forward",
        reference.function("forward").solution.replace("return activations", "return iter(activations)"),
        "forward", None,
    )  # fmt: skip
    one, other = "return softmax - ones_for_answers", "input.T @ grad_output / len(input)"
    mixed = cells(
        reference,
        {
            "grad_softmax_crossentropy_with_logits": reference.function("grad_softmax_crossentropy_with_logits")
            .solution.replace(one, "return (softmax - ones_for_answers) / len(logits)"),
            "Dense.backward": reference.function("Dense.backward").solution.replace(other, "input.T @ grad_output"),
        },
    )  # fmt: skip
    yield Case(
        "biases_of_the_other_convention",
        "dense_layers",
        "All follows one convention, but for the biases' gradient.",
        mixed,
        loses={"dense_backward": "wrong value"},
        whole_exempt=True,
    )
