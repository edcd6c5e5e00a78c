"""The gallery of the tests' own toy assignment, whose stubs are functions."""

from __future__ import annotations

from collections.abc import Mapping

from autograder.classroom import cells
from autograder.loading import Loaded

from .composing import Case, known

_WRONG_RELU = "def relu(z):\n    return np.abs(z)\n"


def cases(loaded: Loaded) -> list[Case]:
    """What can happen to a stub that is a function, on the toy assignment of the tests."""
    reference = loaded.reference

    def case(
        name: str, about: str, *extra: str, loses: Mapping[str, str | None] | None = None, **replaced: str
    ) -> Case:
        sources = cells(reference, {stub.replace("__", "."): source for stub, source in replaced.items()})
        return Case(name, "toy", about, (*sources, *extra), loses=loses or {}, whole_exempt=bool(loses))

    captured = reference.function("Net.forward").solution.replace("(self, x)", "(self, x, activation=relu)")
    captured = captured.replace("softmax(relu(x)", "softmax(activation(x)")
    result = "z = softmax(np.array([[1.0, 2.0]]))\nrelu = relu(z)\nsoftmax = softmax(z)"
    return [
        *known(loaded),
        case("stub_overwritten", "Functions' names are bound to their results.", result),
        case("vectorized", "A stub is a np.vectorize.", "relu = np.vectorize(lambda v: max(v, 0.0), otypes=[float])"),
        case(
            "partial", "A stub is a functools.partial.", "from functools import partial\nrelu = partial(np.maximum, 0)"
        ),
        case(
            "captured_default",
            "A wrong relu is captured as a default; the reference's takes its place there as well.",
            loses={"relu": None},
            relu=_WRONG_RELU,
            Net__forward=captured,
        ),
        case(
            "captured_by_assignment",
            "A wrong relu is captured under another name.",
            "activation = relu",
            loses={"relu": None},
            relu=_WRONG_RELU,
            Net__forward="def forward(self, x):\n    return softmax(activation(x) @ self.w)\n",
        ),
        case("lambda", "A stub is a lambda.", "relu = lambda z: np.where(z > 0, z, 0)"),
        case(
            "rebound_function",
            "A stub is another function's second name.",
            "def rectify(z):\n    return z * (z > 0)\n\nrelu = rectify",
        ),
    ]
