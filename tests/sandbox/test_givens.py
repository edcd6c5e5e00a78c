"""Givens: the reference's functions in place of the student's, bound while the cells run, in globals of their own."""

import pytest

from autograder.records import Bench, Given, NoteKind, Outcome
from autograder.sandbox import observe

from .conftest import QUICK, cells_of, probe

SUPPORT = "import numpy as np\nSCALE = 10\ndef stretch(x): return SCALE * x\n"
SKELETON = "class MLP:\n    def __init__(self):\n        self.made_by = 'template'\n"
STUBS = ["relu", "softmax", "MLP.forward", "MLP.encode", "MLP.loss"]


def values(sitting):
    """What each probe returned, or its whole observation."""
    return [item.value if item.outcome is Outcome.RETURNED else item for item in sitting.observations]


def test_a_given_is_bound_where_the_student_binds_the_name(sit):
    """A default argument, a copy and a later call all have the given; the student's own still counts as defined."""
    cells = [
        "def relu(z): return -1",
        "def forward(x, a=relu): return a(x)\ncopy = relu\ntable = {'relu': relu}",
        "def relu(z): return -2",
        "relu = relu(1)",
        "def softmax(z): return forward(z) + copy(z) + table['relu'](z) + relu(z)",
    ]
    sitting = sit(
        cells, ["student.softmax(1)", "student.relu(1)"], stubs=STUBS, given={"relu": "def relu(z): return 100"}
    )
    assert values(sitting) == [400, 100]
    assert sitting.defined == {"relu", "softmax"}


def test_a_given_is_there_from_the_start_and_without_a_definition(sit):
    """A stub that the cells lack, leave blank or break is the given."""
    cells = ["def softmax(z, a=relu): return a(z) + relu(z)", "def relu(z): ...", "def relu(z) return 1"]
    sitting = sit(cells, ["student.softmax(1)"], stubs=STUBS, given={"relu": "def relu(z): return 5"})
    assert values(sitting) == [10]
    assert sitting.defined == {"softmax"}
    assert NoteKind.BLANK in {note.kind for note in sitting.notes}


def test_given_methods_are_set_on_the_students_class(sit):
    """Whether in one class, spread over cells, bound from outside or begun anew, the class has the given method."""
    cells = [
        "class MLP:\n    def __init__(self): self.made_by = 'student'\n    def forward(self, x): return 0",
        "class MLP(MLP):\n    def forward(self, x): return -1\n    def loss(self, x): return self.forward(x) + 1",
        "def encode(y): return 'wrong'\nMLP.encode = encode",
        "class MLP:\n  def loss(self, x): return self.forward(x) + self.encode(x)\n  def forward(self, x): return -2",
    ]
    given = {
        "MLP.forward": "def forward(self, x): return stretch(x)",
        "MLP.encode": "@staticmethod\ndef encode(y): return y + 1",
    }
    sitting = sit(
        cells,
        ["student.MLP().loss(2)", "student.MLP.encode(1)", "student.MLP().encode(1)"],
        stubs=STUBS,
        given=given,
        support=SUPPORT,
        skeletons={"MLP": SKELETON},
    )
    assert values(sitting) == [23, 2, 2]
    assert sitting.defined == {"MLP.forward", "MLP.encode", "MLP.loss"}


@pytest.mark.parametrize("decorator", ["staticmethod", "classmethod"])
def test_decorators_of_givens_are_kept(sit, decorator):
    """A given static or class method is called as such."""
    first = "" if decorator == "staticmethod" else "cls, "
    given = {"MLP.encode": f"@{decorator}\ndef encode({first}y): return y + 1"}
    sitting = sit(["class MLP: pass"], ["student.MLP().encode(1)", "student.MLP.encode(1)"], stubs=STUBS, given=given)
    assert values(sitting) == [2, 2]


def test_a_class_that_is_not_there_is_the_templates(sit):
    """Given methods bring the template's class with them, also for cells that extend it."""
    given = {"MLP.forward": "def forward(self, x): return x + 1", "MLP.__init__": "def __init__(self): self.n = 3"}
    asked = ["student.MLP().forward(1)", "student.MLP().n", "student.MLP().loss(1)"]
    sitting = sit(["x = 1"], asked[:2], stubs=STUBS, given=given, skeletons={"MLP": SKELETON})
    assert values(sitting) == [2, 3]
    assert sitting.defined == frozenset()
    extending = "class MLP(MLP):\n    def loss(self, x): return self.forward(x) * self.n"
    sitting = sit([extending], asked, stubs=STUBS, given=given, skeletons={"MLP": SKELETON})
    assert values(sitting) == [2, 3, 6]
    assert sitting.defined == {"MLP.loss"}


def test_an_edited_init_is_restored_with_the_givens(sit):
    """Template code among the givens replaces the student's version of it."""
    cells = [
        "class MLP:\n    def __init__(self, other): self.weights = other\n    def forward(self, x): return self.w * x"
    ]
    given = {"MLP.__init__": "def __init__(self): self.w = 4"}
    sitting = sit(cells, ["student.MLP().forward(2)"], stubs=STUBS, given=given, skeletons={"MLP": SKELETON})
    assert values(sitting) == [8]


def test_givens_have_globals_of_their_own(sit):
    """A given sees support, other givens and the student's stubs and classes; no other name of the student's."""
    cells = [
        "np = 'mine'\nSCALE = -1\ndef stretch(x): return 'mine'\ndef helper(): return 'mine'",
        "def softmax(z): return z + 1",
        "class MLP:\n    def loss(self, x): return 7",
    ]
    given = {
        "relu": "def relu(z): return stretch(z) + np.float64(1)",
        "MLP.forward": "def forward(self, x): return relu(x) + softmax(x) + MLP().loss(x)",
        "MLP.encode": "def encode(self, x): return helper()",
    }
    asked = ["student.relu(2)", "student.MLP().forward(2)", "student.MLP().encode(2)", "student.stretch(1)"]
    sitting = sit(cells, asked, stubs=STUBS, given=given, support=SUPPORT)
    assert values(sitting)[:2] == [21.0, 21 + 3 + 7]
    assert (sitting.observations[2].outcome, sitting.observations[2].exception) == (Outcome.RAISED, "NameError")
    assert sitting.observations[3].value == "mine"


def test_a_given_calls_the_students_function_as_it_is_in_the_end(sit):
    """The last definition of a stub under test is what a given calls, also while cells still run."""
    cells = ["def softmax(z): return 1", "early = relu(0)", "def softmax(z): return 2", "def MLP_(z): return early"]
    sitting = sit(
        [*cells, "def loss(self): return early\nclass MLP: pass\nMLP.loss = loss"],
        ["student.relu(0)", "student.MLP().loss()"],
        stubs=STUBS,
        given={"relu": "def relu(z): return softmax(z)"},
    )
    assert values(sitting) == [2, 1]


def test_frames_of_givens_are_no_place_in_the_students_code(sit):
    """An exception inside a given is placed at the student's line that called it."""
    sitting = sit(
        ["\ndef softmax(z):\n    return relu(z)"],
        ["student.softmax(1)"],
        stubs=STUBS,
        given={"relu": "def relu(z):\n\n\n\n    return z.nothing"},
    )
    seen = sitting.observations[0]
    assert (seen.exception, seen.where.cell, seen.where.line) == ("AttributeError", 1, 2)


def test_a_template_helper_may_be_given(sit):
    """A function of the template that is no stub can stand in, and is not counted as defined."""
    sitting = sit(
        ["def stretch(x): return 'broken'\ndef relu(z): return stretch(z)"],
        ["student.relu(2)"],
        stubs=["relu"],
        given={"stretch": "def stretch(x): return 3 * x"},
    )
    assert values(sitting) == [6]
    assert sitting.defined == {"relu"}


SQUARE = "def square(x): return x * x"


@pytest.mark.parametrize(
    ("body", "earned"),
    [
        ("return np.imag(square(x + 1e-30j)) / 1e-30", False),
        ("return sum((square(x + h) - square(x - h)) / (2 * h) for h in (1e-3, 1e-4, 1e-5)) / 3", False),
        ("return helper(x)", False),
        ("return 2 * x if square(x) >= 0 else 0", True),
    ],
)
def test_a_derivative_cannot_be_taken_from_what_only_the_check_needs(body, earned):
    """Complex steps and differences through a given are refused to a stub that has no need of it; a call is not."""
    cells = cells_of(
        [
            "import numpy as np",
            "def helper(x): return np.imag(square(x + 1e-30j)) / 1e-30",
            f"def slope(x):\n    {body}",
            "def square(x): ...",
        ]
    )
    bench = Bench(("square", "slope"), {}, {}, "import numpy as np\n", (), QUICK)
    given = [Given("square", SQUARE, rarely_for=("slope",))]
    asked = [probe("student.slope(3.0)"), probe("student.square(3.0)")]
    slope, square = observe(cells, given, asked, bench).observations
    assert square.value == 9
    assert (slope.outcome is Outcome.RETURNED and bool(slope.value == 6)) is earned


def test_a_given_may_call_what_the_stub_may_not():
    """Behind a given that the stub needs, any other given is called as often as it takes."""
    cells = cells_of(["def slope(x): return total(x)", "def square(x): ...", "def total(x): ..."])
    bench = Bench(("square", "slope", "total"), {}, {}, "import numpy as np\n", (), QUICK)
    total = Given("total", "def total(x): return sum(square(i) for i in range(10)) + x")
    seen = observe(cells, [Given("square", SQUARE, ("slope",)), total], [probe("student.slope(1.0)")], bench)
    assert seen.observations[0].value == 286
