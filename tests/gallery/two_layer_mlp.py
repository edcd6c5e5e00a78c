"""The gallery of `two_layer_mlp`: plain functions that call one another by name, and train on random numbers."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from autograder.classroom import cells
from autograder.loading import Loaded

from .composing import NOT_ATTEMPTED, Case, beginning_with, blanks, known

WRONG_RELU = """\
def relu(x):
    return np.abs(x)
"""

WRONG_SOFTMAX = """\
def softmax(x):
    return np.exp(x) / np.sum(np.exp(x))
"""

WRONG_LOSS = """\
def loss(y_true, y_pred):
    return -np.mean(y_true * np.log(y_prediction))
"""

STORED_BY_NAME = {
    "forward": """\
def forward(X, W1, b1, W2, b2):
    f0 = np.dot(X, W1) + b1
    h1 = relu(f0)
    f1 = np.dot(h1, W2) + b2
    h2 = softmax(f1)
    return h2, {"out": h2, "hidden": h1, "scores": f1, "before": f0}
""",
    "backward_1": """\
def backward_1(X, y, forward_output, W2):
    df1 = forward_output["out"] - y
    return np.dot(df1, W2.T) * der_relu(forward_output["before"]), df1
""",
    "backward_2": """\
def backward_2(X, y, forward_output, W2, df0, df1):
    n = len(X)
    hidden = forward_output["hidden"]
    return X.T @ df0 / n, df0.sum(0, keepdims=True) / n, hidden.T @ df1 / n, df1.sum(0, keepdims=True) / n
""",
}

TRAINING = """\
X, y = np.random.rand(2000, 64), np.eye(10)[np.random.randint(0, 10, 2000)]
for size in range(1, 1000):
    W1, b1, W2, b2 = train(X, y, size, 10, 1000, 0.2, 64, 100)
    print(size, loss(y, forward(X, W1, b1, W2, b2)[0]))
"""


class _Gallery:
    """Composes the cases; each method yields those of one kind."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.reference = loaded.reference

    def __iter__(self) -> Iterator[Case]:
        yield from known(self.loaded)
        yield from self.bindings()
        yield from self.styles()
        yield from self.failures()
        yield from self.surroundings()

    def solution(self, stub: str) -> str:
        return self.reference.function(stub).solution

    def with_stubs(self, **replaced: str | None) -> tuple[str, ...]:
        return cells(self.reference, replaced)

    def right(self, name: str, about: str, *sources: str) -> Case:
        return Case(name, "two_layer_mlp", about, sources)

    def broken(self, name: str, about: str, sources: tuple[str, ...], **loses: str | None) -> Case:
        return Case(name, "two_layer_mlp", about, sources, loses=loses, whole_exempt=True)

    def bindings(self) -> Iterator[Case]:
        yield self.right(
            "stubs_overwritten",
            "At the end names of functions are bound to what they returned.",
            *self.with_stubs(),
            "X, y = np.random.rand(8, 3), np.eye(2)[[0, 1] * 4]\n"
            "parameters = init(3, 4, 2)\n"
            "forward, store = forward(X, *parameters)\n"
            "backward = backward(X, y, store, parameters[2])\n"
            "global_loss, loss = loss(y, store[-1])\n"
            "predict = predict(X, *parameters)",
        )
        yield self.right(
            "rebound",
            "Stubs are a lambda, a np.vectorize, a functools.partial and another function's second name.",
            *self.with_stubs(relu=None, der_relu=None, predict=None, softmax=None),
            "import functools\n\n"
            "relu = lambda x: np.where(x > 0, x, 0)\n"
            "der_relu = np.vectorize(lambda v: 1.0 if v > 0 else 0.0, otypes=[float])\n\n"
            "def scaled(x, axis):\n"
            "    e = np.exp(x - x.max(axis=axis, keepdims=True))\n"
            "    return e / e.sum(axis=axis, keepdims=True)\n\n"
            "softmax = functools.partial(scaled, axis=1)\n\n"
            "def classes(X, W1, b1, W2, b2):\n"
            "    return np.argmax(relu(X @ W1 + b1) @ W2 + b2, axis=1)\n\n"
            "predict = classes",
        )
        captured = self.solution("forward").replace("W2, b2):", "W2, b2, a=relu):").replace("= relu(f0)", "= a(f0)")
        assert "a(f0)" in captured
        yield self.right(
            "activation_as_a_parameter",
            "forward takes the activation as one more parameter, relu by default.",
            *self.with_stubs(forward=captured),
        )
        yield self.broken(
            "wrong_activation_as_a_parameter",
            "A wrong relu is captured as forward's default; the reference's takes its place there as well.",
            self.with_stubs(relu=WRONG_RELU, forward=captured),
            relu=None,
        )

    def styles(self) -> Iterator[Case]:
        yield self.right("in_one_class", "All functions stand in a class and are taken out of it.", *self.in_a_class())
        yield self.broken(
            "store_with_names",
            "What forward stores has names; the way back uses them, and is right by itself.",
            self.with_stubs(**STORED_BY_NAME),
            forward=None,
        )
        draws = {
            "init": self.solution("init").replace("np.random.normal", "rng.normal"),
            "train": self.solution("train").replace("np.random.permutation", "rng.permutation"),
        }
        yield self.right(
            "one_generator",
            "Weights and order are drawn from one generator at the top, made with a seed.",
            "import numpy as np\nrng = np.random.default_rng(42)",
            *self.with_stubs(**draws),
        )
        yield self.right(
            "seed_at_the_top",
            "The notebook sets a seed once.",
            "import numpy as np\nnp.random.seed(0)",
            *self.with_stubs(),
        )
        singles = {
            "relu": self.solution("relu").replace("np.maximum(0, x)", "np.maximum(0, x).astype(np.float32)"),
            "softmax": self.solution("softmax").replace("np.exp(x -", "np.exp(np.float32(x) -"),
            "der_relu": self.solution("der_relu").replace("1.0, 0.0)", "np.float32(1), np.float32(0))"),
        }
        yield self.right("single_precision_inside", "Activations are of single precision.", *self.with_stubs(**singles))

    def in_a_class(self) -> tuple[str, ...]:
        names = list(self.reference.stubs)
        bodies = "\n".join(f"    @staticmethod\n{textwrap.indent(self.solution(name), '    ')}" for name in names)
        taken = "\n".join(f"{name} = Network.{name}" for name in names)
        return (self.reference.support, f"class Network:\n{bodies}", taken)

    def failures(self) -> Iterator[Case]:
        yield Case(
            "all_blank_but_one",
            "two_layer_mlp",
            "Only relu is written.",
            cells(self.reference, {**blanks(self.reference), "relu": self.solution("relu")}),
            loses={
                question.name: "missing" if question.name == "whole" else NOT_ATTEMPTED
                for question in self.loaded.questions
                if question.name != "relu"
            },
        )
        printing = self.solution("train").replace(
            "    return W1, b1, W2, b2",
            "        print(epoch, *loss(y, forward(X, W1, b1, W2, b2)[0]))\n"
            "        print(np.mean(predict(X, W1, b1, W2, b2) == y.argmax(1)))\n"
            "    return W1, b1, W2, b2",
        )
        assert "print(epoch" in printing
        yield self.right(
            "prints_each_epoch", "train prints the loss and the accuracy.", *self.with_stubs(train=printing)
        )
        yield self.broken(
            "prints_a_wrong_loss",
            "train prints a loss that raises; that costs the marks of loss alone.",
            self.with_stubs(train=printing, loss=WRONG_LOSS),
            loss="raised",
        )
        yield self.broken(
            "three_mistakes",
            "Three functions are wrong, each costs its own question.",
            self.with_stubs(
                relu=WRONG_RELU,
                softmax=WRONG_SOFTMAX,
                init=self.solution("init").replace("0.01, (input_size", "1, (input_size"),
            ),
            relu="wrong value",
            softmax=None,
            init=None,
        )
        for name, what, statement, verdict in (
            ("loops", "an endless loop", "while True: pass", "timed out"),
            ("exits", "sys.exit()", "import sys; sys.exit()", "raised"),
            ("returns_nothing", "a bare return", "return None", "raised"),
        ):
            source = beginning_with(self.solution("forward"), statement)
            yield self.broken(
                f"forward_{name}", f"forward meets {what}.", self.with_stubs(forward=source), forward=verdict
            )
        yield self.broken(
            "syntax_error_in_a_cell",
            "The cell of one function does not parse.",
            self.with_stubs(backward_2=self.solution("backward_2") + "    return (\n"),
            backward_2="missing",
        )
        swapped = self.solution("update_parameters").replace(
            "(W1, b1, W2, b2, dW1, db1, dW2, db2, learning_rate)", "(W1, W2, b1, b2, dW1, dW2, db1, db2, learning_rate)"
        )
        assert "W1, W2, b1, b2" in swapped
        yield self.broken(
            "parameters_in_another_order",
            "update_parameters takes its arguments in an order of its own.",
            self.with_stubs(update_parameters=swapped),
            update_parameters=None,
        )

    def surroundings(self) -> Iterator[Case]:
        yield self.right(
            "long_training", "A training cell takes hours; it costs no time.", *self.with_stubs(), TRAINING
        )
        bar = self.solution("train").replace("in range(epochs)", "in tqdm(range(epochs))")
        assert "tqdm" in bar
        yield self.right(
            "missing_packages",
            "Imports that are not installed, data from one of them, and a bar of progress.",
            "from tqdm import tqdm\nfrom tensorflow.keras.datasets import mnist\n"
            "from sklearn.preprocessing import OneHotEncoder\nfrom sklearn.metrics import accuracy_score\n"
            "(X_train, y_train), (X_test, y_test) = mnist.load_data()\n",
            *self.with_stubs(train=bar),
        )
        yield self.right("upside_down", "The cells stand in the opposite order.", *reversed(self.with_stubs()))


def cases(loaded: Loaded) -> list[Case]:
    """Every case of `two_layer_mlp`."""
    return list(_Gallery(loaded))
