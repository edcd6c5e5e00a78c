"""The gallery of `kaiming_mlp`: free functions beside a class, packages that are not there, and state between calls."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from autograder.classroom import cells
from autograder.loading import Loaded

from .composing import Case, beginning_with, known, method

BACKPROP, FORWARD = "MLP.backprop_gradient_descent", "MLP.feedforward"

NO_SHAPE = "def relu(z):\n    return z[z < 0]\n"

IN_ONE_LINE = """\
relu, relu_prime = (lambda z: np.where(z > 0, z, 0)), (lambda z: 1.0 * (z > 0))
"""

AS_NESTED_FUNCTIONS = """\
def backprop_gradient_descent(self, Y, eta):
    memory = {}

    def delta(l):
        if l not in memory:
            if l == len(self.W) - 1:
                memory[l] = (self.a[-1] - Y) * sigma_prime(self.z[l])
            else:
                memory[l] = delta(l + 1) @ self.W[l + 1] * relu_prime(self.z[l])
        return memory[l]

    steps = [(delta(l).T @ self.a[l], delta(l).sum(0).reshape(-1, 1)) for l in range(len(self.W))]
    for l, (of_weights, of_biases) in enumerate(steps):
        self.W[l] -= eta * of_weights
        self.b[l] -= eta * of_biases
"""

OWN_STATE_FORWARD = """\
def feedforward(self, X):
    self.masks = []
    self.a, self.z = [X], []
    for l, (W, b) in enumerate(zip(self.W, self.b)):
        z = X @ W.T + b.T
        self.masks.append(z > 0)
        X = sigma(z) if l == len(self.W) - 1 else z * self.masks[-1]
        self.z.append(z)
        self.a.append(X)
"""

OWN_STATE_BACK = """\
def backprop_gradient_descent(self, Y, eta):
    delta = (self.a[-1] - Y) * self.a[-1] * (1 - self.a[-1])
    for l in reversed(range(len(self.W))):
        below = delta @ self.W[l] * self.masks[l - 1] if l else None
        self.W[l] = self.W[l] - eta * delta.T @ self.a[l]
        self.b[l] = self.b[l] - eta * delta.T.sum(1, keepdims=True)
        delta = below
"""

TRAINING = """\
net = MLP((64, 128, 128, 10))
X, labels = normalization(np.random.randint(0, 256, (2000, 64), dtype=np.uint8)), np.random.randint(0, 10, 2000)
while True:
    net.feedforward(X)
    net.backprop_gradient_descent(np.eye(10)[labels], 0.2 / 2000)
    print(net.loss(np.eye(10)[labels]))
"""


class _Gallery:
    """Composes the cases; each method yields those of one kind."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.reference = loaded.reference

    def __iter__(self) -> Iterator[Case]:
        yield from known(self.loaded)
        yield from self.right_in_other_ways()
        yield from self.damage()

    def solution(self, stub: str) -> str:
        return self.reference.function(stub).solution

    def having(self, replaced: dict[str, str | None], *, imports: str = "") -> tuple[str, ...]:
        return cells(self.reference, replaced, imports=imports)

    def right(self, name: str, about: str, *sources: str) -> Case:
        return Case(name, "kaiming_mlp", about, sources)

    def broken(self, name: str, about: str, sources: tuple[str, ...], **loses: str | None) -> Case:
        return Case(name, "kaiming_mlp", about, sources, loses=loses, whole_exempt=True)

    def right_in_other_ways(self) -> Iterator[Case]:
        yield self.right(
            "two_lambdas_in_a_line",
            "Two functions are lambdas, bound in one statement.",
            *self.having({"relu": None, "relu_prime": None}),
            IN_ONE_LINE,
        )
        yield self.right(
            "nested_and_remembered",
            "The step is a recursion within the method, which remembers its results.",
            *self.having({BACKPROP: AS_NESTED_FUNCTIONS}),
        )
        yield self.right(
            "attributes_of_its_own",
            "feedforward keeps masks that only this student's way back knows.",
            *self.having({FORWARD: OWN_STATE_FORWARD, BACKPROP: OWN_STATE_BACK}),
        )
        yield self.right(
            "functions_within_the_class",
            "The class has static methods of its own; the functions call those.",
            *self.having({"relu": None, "sigma": None}),
            method("MLP", "@staticmethod\ndef bend(z):\n    return np.maximum(z, 0)\n"),
            "def relu(z):\n    return MLP.bend(z)",
            "def half_tanh(z):\n    return np.tanh(z / 2) / 2\n\nsigma = lambda z: HALF + half_tanh(z)",
            "HALF = 0.5",
        )
        yield self.right(
            "generator_at_the_top",
            "The weights are drawn from a generator with a seed, made once at the top level.",
            "import numpy as np\nrng = np.random.default_rng(42)",
            *self.having({"kaiming": self.solution("kaiming").replace("np.random.normal", "rng.normal")}),
        )
        yield self.right(
            "functions_below_the_class",
            "The class stands above the functions that its methods call.",
            *reversed(self.having({})),
        )
        yield self.right(
            "endless_training", "A training loop at the end never ends; it is not run.", *self.having({}), TRAINING
        )
        guarded = "try:\n    from scipy.special import expit as sigma\nexcept ImportError:\n" + textwrap.indent(
            self.solution("sigma"), "    "
        )
        yield self.right(
            "scipy_where_there_is_scipy",
            "sigma is SciPy's expit where SciPy can be imported, else the student's own.",
            *self.having({"sigma": None}),
            guarded,
        )

    def damage(self) -> Iterator[Case]:
        yield self.broken(
            "scipy_is_not_there",
            "sigma calls SciPy's expit, which the text says is not there; nothing else loses by it.",
            self.having({"sigma": "def sigma(z):\n    return expit(z)\n"}, imports="from scipy.special import expit"),
            sigma="raised",
        )
        yield self.broken(
            "no_shape_left",
            "relu returns the negative entries alone, and everything else calls it.",
            self.having({"relu": NO_SHAPE}),
            relu="wrong shape",
        )
        yield self.broken(
            "continued_badly",
            "A blank follows the backslash at the end of a line.",
            self.having(
                {
                    "kaiming": "def kaiming(network_config, l):\n"
                    "    return np.random.normal(size=(network_config[l + 1], network_config[l])) \\ \n"
                    "        * np.sqrt(2 / network_config[l])\n"
                }
            ),
            kaiming="missing",
        )
        yield self.broken(
            "rebound_to_a_result",
            "loss in the class is bound to a number in the last cell, and relu is spoilt by a later definition.",
            (*self.having({}), "net = MLP((3, 2))\nMLP.loss = 0.5", NO_SHAPE),
            relu="wrong shape",
        )
        yield self.broken(
            "kaiming_raises",
            "No network can be made, because the first function raises.",
            self.having({"kaiming": beginning_with(self.solution("kaiming"), "rng.no_such_name")}),
            kaiming="raised",
        )
        local = self.solution(BACKPROP).replace("self.dW", "dW").replace("self.db", "db")
        yield self.broken(
            "gradients_without_self",
            "self is left out before dW and db, so that no such names are known.",
            self.having({BACKPROP: local}),
            backprop_gradient_descent="raised",
        )
        yield self.broken(
            "feedforward_loops",
            "feedforward never ends; loss and step are graded all the same.",
            self.having({FORWARD: beginning_with(self.solution(FORWARD), "while True: pass")}),
            feedforward="timed out",
        )
        yield self.broken(
            "init_without_gradients",
            "__init__ was edited and makes no dW and db; the methods are right.",
            tuple(source.replace("self.dW = [", "self.dX = [") for source in self.having({})),
        )


def cases(loaded: Loaded) -> list[Case]:
    """Every case of `kaiming_mlp`."""
    return list(_Gallery(loaded))
