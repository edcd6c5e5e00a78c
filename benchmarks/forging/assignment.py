"""A small assignment: its functions, right and wrong, and its tests, from which every system gets them in its form."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

import numpy as np

NAME = "small"
IMPORTS = "import numpy as np"
SEED = 7  # of the draws of hidden tests, where a system's tests have to draw for themselves


@dataclass(frozen=True, slots=True)
class Function:
    """What students write: its head with a docstring, a right last line and a wrong one."""

    name: str
    head: str
    right: str
    wrong: str

    def source(self, *body: str) -> str:
        """The function with these lines as its body."""
        return f"{self.head}\n{textwrap.indent(chr(10).join(body), '    ')}\n"

    @property
    def marked(self) -> str:
        """The right one, its solution between the comments that all three systems know."""
        before, after = ("### BEGIN SOLUTION", "### END SOLUTION")
        return self.source(before, self.right, after)


FUNCTIONS = {
    item.name: item
    for item in (
        Function(
            "sigmoid",
            'def sigmoid(z):\n    """1 / (1 + exp(-z)), entry by entry; shape as `z`."""',
            right="return 1 / (1 + np.exp(-z))",
            wrong="return 1 / (1 + np.exp(z))",
        ),
        Function(
            "softmax",
            'def softmax(z):\n    """Rows of probabilities from rows of logits; shape (N, C)."""',
            right="return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)",
            wrong="return np.exp(z) / np.exp(z).sum()",
        ),
        Function(
            "weight_gradient",
            'def weight_gradient(x, upstream):\n    """The mean over rows of x (N, D) times upstream (N, C)."""',
            right="return x.T @ upstream / len(x)",
            wrong="return x.T @ upstream",
        ),
        Function(
            "accuracy",
            'def accuracy(p, y):\n    """The share of rows of p (N, C) whose largest entry is at y (N,); a number."""',
            right="return float(np.mean(p.argmax(axis=1) == y))",
            wrong="return float(np.mean(p.argmin(axis=1) == y))",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Test:
    """What is asked of a function: how its arguments are made, perhaps with `rng`, and how it is called."""

    function: str
    title: str
    points: int
    setup: str
    call: str
    public: bool = False

    @property
    def expected(self) -> str:
        """The right answer, written out as an instructor would copy it from their own solution."""
        space: dict[str, object] = {}
        exec(f"{IMPORTS}\n{FUNCTIONS[self.function].marked}\n{self._drawn}", space)  # noqa: S102  our own text
        value = eval(self.call, space)  # noqa: S307  as above
        return f"np.array({np.round(value, 10).tolist()})" if isinstance(value, np.ndarray) else repr(value)

    @property
    def asserted(self) -> str:
        """The test as statements that stand beside student code, as the manuals of Otter and nbgrader have them."""
        number = FUNCTIONS[self.function].right.startswith("return float")
        compared = f"{self.call} == expected" if number else f"np.allclose({self.call}, expected)"
        return f"{self._drawn}\nexpected = {self.expected}\nassert {compared}"

    @property
    def returned(self) -> str:
        """The test as a body that returns what this project compares elsewhere."""
        return f"{self.setup}\nreturn student.{self.call}"

    @property
    def _drawn(self) -> str:
        return self.setup if self.public else f"rng = np.random.default_rng({SEED})\n{self.setup}"


TESTS = (
    Test("sigmoid", "Three numbers.", 1, "z = np.array([0.0, 2.0, -2.0])", "sigmoid(z)", public=True),
    Test("sigmoid", "A random matrix.", 2, "z = rng.normal(size=(4, 3))", "sigmoid(z)"),
    Test("softmax", "Random logits.", 3, "z = rng.normal(size=(5, 3))", "softmax(z)"),
    Test(
        "weight_gradient",
        "A random batch.",
        3,
        "x = rng.normal(size=(6, 4))\nupstream = rng.normal(size=(6, 2))",
        "weight_gradient(x, upstream)",
    ),
    Test(
        "accuracy",
        "Random guesses.",
        1,
        "p = rng.normal(size=(8, 3))\ny = np.array([0, 1, 2, 0, 1, 2, 0, 1])",
        "accuracy(p, y)",
    ),
)
POSSIBLE = sum(test.points for test in TESTS)


def tests_of(function: str) -> tuple[Test, ...]:
    """Its tests, in order."""
    return tuple(test for test in TESTS if test.function == function)


def wrong() -> dict[str, str]:
    """Every function, wrong."""
    return {name: item.source(item.wrong) for name, item in FUNCTIONS.items()}


def right() -> dict[str, str]:
    """Every function, right."""
    return {name: item.source(item.right) for name, item in FUNCTIONS.items()}
