"""The gallery of `binary_mlp`: free functions, dictionaries that change, and training that draws."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from autograder.classroom import cells
from autograder.loading import Loaded

from .composing import NOT_ATTEMPTED, Case, beginning_with, known

NAME = "binary_mlp"

WRONG_RELU = "def relu(z):\n    return np.abs(z)\n"

# as it is often written: in place, one sample at a time, each layer moved before the one below it was dealt with
MOVED_ON_THE_WAY = """\
def backwardn(x0, w, b, y, yhat, alpha):
    n_layers = len(w)
    z, x, delta = {}, {0: x0}, {}
    for l in range(1, n_layers + 1):
        z[l] = np.dot(x[l - 1], w[l]) + b[l].T
        x[l] = relu(z[l])
    for l in range(n_layers, 0, -1):
        if l == n_layers:
            delta[l] = dJ_dy(y, yhat) * dsig_dz(z[l])
        else:
            delta[l] = np.dot(w[l + 1], delta[l + 1]) * drelu_dz(z[l]).T
        w[l] -= alpha * np.multiply(delta[l], x[l - 1]).T
        b[l] -= alpha * delta[l]
    return w, b
"""

MOVED_IN_PLACE = """\
def backward1(x0, w1, b1, w2, b2, y, yhat, alpha):
    z1 = np.dot(x0, w1) + b1.T
    x1 = relu(z1)
    delta2 = dJ_dy(y, yhat) * dsig_dz(np.dot(x1, w2) + b2.T)
    delta1 = np.matmul(w2, delta2) * drelu_dz(z1).T
    w2 -= alpha * np.multiply(delta2, x1).T
    w1 -= alpha * np.multiply(delta1, x0).T
    b2 -= alpha * delta2
    b1 -= alpha * delta1
    return w1, b1, w2, b2
"""

TRAINING = """\
import time
X, yhat = np.random.randn(1000, 2), np.random.randint(0, 2, (1000, 1))
for seed in range(1000):
    w, b, costs = trainn(X, yhat, (2, 5, 3, 1), 0.001, 200)
    time.sleep(1)
    print(seed, costs[-1])
"""

A_NETWORK = """\
class Network:
    def __init__(self, w, b):
        self.w, self.b, self.n = w, b, len(w)

    def forward(self, x):
        self.x, self.z = [np.atleast_2d(x)], []
        for l in range(1, self.n + 1):
            self.z.append(self.x[-1] @ self.w[l] + self.b[l].T)
            self.x.append(relu(self.z[-1]) if l < self.n else sig(self.z[-1]))
        return self.x[-1]

    def backward(self, y, yhat):
        delta = dJ_dy(y, yhat) * dsig_dz(self.z[-1])
        for l in range(self.n, 0, -1):
            yield l, self.x[l - 1].T @ delta, delta.T
            if l > 1:
                delta = delta @ self.w[l].T * drelu_dz(self.z[l - 2])
"""

BY_A_NETWORK = """\
def backwardn(x0, w, b, y, yhat, alpha):
    network = Network(w, b)
    network.forward(x0)
    for l, dw, db in list(network.backward(y, yhat)):
        w[l], b[l] = w[l] - alpha * dw, b[l] - alpha * db
    return w, b
"""


class _Gallery:
    """Composes the cases; each method yields those of one kind."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.reference = loaded.reference

    def __iter__(self) -> Iterator[Case]:
        yield from known(self.loaded)
        yield from self.right_in_their_own_way()
        yield from self.as_often_written()
        yield from self.cells_that_fail()
        yield from self.bindings()

    def solution(self, stub: str) -> str:
        return self.reference.function(stub).solution

    def with_stubs(self, **replaced: str | None) -> tuple[str, ...]:
        return cells(self.reference, replaced)

    def right(self, name: str, about: str, *sources: str) -> Case:
        return Case(name, NAME, about, sources)

    def broken(self, name: str, about: str, sources: tuple[str, ...], **loses: str | None) -> Case:
        return Case(name, NAME, about, sources, loses=loses, whole_exempt=True)

    def right_in_their_own_way(self) -> Iterator[Case]:
        sources = self.with_stubs()
        yield self.right("long_training", "A training cell takes minutes; it costs no time.", *sources, TRAINING)
        yield self.right(
            "a_class_beneath",
            "Forward and backward pass are methods of a class, which the stubs make and ask.",
            *self.with_stubs(forwardn="def forwardn(x0, w, b):\n    return Network(w, b).forward(x0)\n",
                             backwardn=BY_A_NETWORK),
            A_NETWORK,
        )  # fmt: skip
        yield self.right(
            "one_hidden_layer_by_dictionaries",
            "The network with one hidden layer is handed to the functions for any depth.",
            *self.with_stubs(
                forward1="def forward1(x0, w1, b1, w2, b2):\n    return forwardn(x0, {1: w1, 2: w2}, {1: b1, 2: b2})\n"
            ),
        )
        yield self.right(
            "generator_at_the_top",
            "All draws come from a generator at the top of the notebook.",
            "import numpy as np\nrng = np.random.default_rng(2024)",
            *(source.replace("np.random.", "rng.") for source in sources),
        )
        yield self.right(
            "seeded_at_the_top",
            "The notebook sets a seed once.",
            sources[0] + "np.random.seed(42)\n",
            *sources[1:],
        )
        yield self.right(
            "prints_on_the_way",
            "Training prints its accuracy after each epoch.",
            *self.with_stubs(
                train1=self.solution("train1").replace(
                    "    return w1",
                    "        print('accuracy', np.mean(forward1(X, w1, b1, w2, b2).round() == yhat))\n    return w1",
                )
            ),
        )

    def as_often_written(self) -> Iterator[Case]:
        yield self.broken(
            "moved_on_the_way",
            "Each layer of the deep network moves before the layer below takes its delta from it.",
            self.with_stubs(backwardn=MOVED_ON_THE_WAY),
            backwardn="wrong value",
        )
        yield self.broken(
            "moved_in_place",
            "The step of the shallow network changes the arrays that it was handed.",
            self.with_stubs(backward1=MOVED_IN_PLACE),
            backward1="wrong value",
        )
        yield self.broken(
            "in_order",
            "Neither training shuffles.",
            self.with_stubs(
                train1=self.solution("train1").replace("np.random.permutation(n_samples)", "range(n_samples)"),
                trainn=self.solution("trainn").replace("np.random.permutation(len(X))", "range(len(X))"),
            ),
            train1="wrong value",
            trainn="wrong value",
        )
        yield self.broken(
            "prediction_for_target",
            "The two arguments of the cost and of its slope are exchanged throughout.",
            self.with_stubs(
                J=self.solution("J").replace("def J(y, yhat)", "def J(yhat, y)"),
                dJ_dy=self.solution("dJ_dy").replace("def dJ_dy(y, yhat)", "def dJ_dy(yhat, y)"),
            ),
            J="wrong value",
            dJ_dy="wrong value",
        )

    def cells_that_fail(self) -> Iterator[Case]:
        yield self.broken(
            "relu_does_not_parse",
            "The cell of relu does not parse, and three functions need relu.",
            self.with_stubs(relu=self.solution("relu") + "    return (\n"),
            relu="missing",
        )
        yield self.broken(
            "relu_is_wrong",
            "relu is wrong, and three functions need it.",
            self.with_stubs(relu=WRONG_RELU),
            relu="wrong value",
        )
        yield self.broken(
            "sig_missing_and_slope_needs_it",
            "The slope of the sigmoid is written with sig, which is not there.",
            self.with_stubs(sig=None, dsig_dz="def dsig_dz(z):\n    return sig(z) * (1 - sig(z))\n"),
            sig="missing",
        )
        yield self.broken(
            "trainn_loops",
            "The training of the deep network never ends.",
            self.with_stubs(trainn=beginning_with(self.solution("trainn"), "while True: pass")),
            trainn="timed out",
        )
        yield self.broken(
            "blank_in_the_middle",
            "One stub was left as the template has it.",
            self.with_stubs(init_model=self.reference.function("init_model").blank),
            init_model=NOT_ATTEMPTED,
        )

    def bindings(self) -> Iterator[Case]:
        sources = self.with_stubs()
        yield self.right(
            "cost_overwritten",
            "A stub's name is bound to its own result further down.",
            *sources,
            "J = J(np.array([0.5]), np.array([1.0]))\ny = sig = sig(0.0)",
        )
        yield self.right(
            "relu_rebound",
            "relu is bound once more, to a lambda that is right as well.",
            *sources,
            "relu = lambda z: np.where(np.asarray(z) > 0, z, 0)",
        )
        yield self.broken(
            "relu_rebound_wrongly",
            "relu is bound once more, to a lambda that leaks.",
            (*sources, "relu = lambda z: np.maximum(0.1 * z, z)"),
            relu="wrong value",
        )
        yield self.right(
            "vectorized",
            "The slope of relu is a np.vectorize of a function of one number.",
            *self.with_stubs(drelu_dz=None),
            "drelu_dz = np.vectorize(lambda z: 1.0 if z > 0 else 0.0, otypes=[float])",
        )
        yield self.right(
            "captured_as_a_default",
            "forward1 takes the hidden layer's function as a default.",
            *self.with_stubs(
                forward1=self.solution("forward1")
                .replace("w2, b2):", "w2, b2, bend=relu):")
                .replace("relu(x0", "bend(x0")
            ),
        )
        head, *stubs = sources
        yield self.right(
            "under_main",
            "All functions but the imports stand under __main__.",
            head,
            'if __name__ == "__main__":\n' + textwrap.indent("\n".join(stubs), "    "),
        )


def cases(loaded: Loaded) -> list[Case]:
    """What is known, and what students do to functions that call one another by name."""
    return list(_Gallery(loaded))
