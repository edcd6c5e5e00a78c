"""Givens: the reference's functions in place of the student's, bound while the cells run, in globals of their own."""

import marshal
from dataclasses import replace

import pytest

from autograder.errors import SandboxError
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


SQUARE = "def square(x): ..."


def recorded(*checks):
    """The function `square` as a recording: for each check its arguments, of which it returned the squares."""
    calls = [[((("x", ("value", x)),), (), (), (), ("value", x * x)) for x in check] for check in checks]
    return Given("square", SQUARE, tuple(marshal.dumps(check, 2) for check in calls))


def observed(body, asked, given, cells=()):
    """What probes see of `slope`, a function of this body, with what is given."""
    cells = cells_of(["import numpy as np", *cells, f"def slope(x):\n    {body}", "def square(x): return 'own'"])
    bench = Bench(("square", "slope", "total"), {}, {}, "import numpy as np\n", (), QUICK)
    return values(observe(cells, given, [probe(item) for item in asked], bench))


@pytest.mark.parametrize(
    ("body", "earned"),
    [
        ("return np.imag(square(x + 1e-30j)) / 1e-30", False),
        ("return (square(x + 1e-4) - square(x - 1e-4)) / 2e-4", False),
        ("return 2 * x if square(x) >= 0 else 0", True),
        ("return 2 * x if square(x=int(x)) == 9 else 0", True),
    ],
)
def test_a_recording_answers_what_the_check_asked_and_nothing_else(body, earned):
    """A derivative cannot be taken from it; a call with the same argument may be made again."""
    slope, square = observed(body, ["student.slope(3.0)", "student.square(3.0)"], [recorded([3.0], [3.0])])
    assert square == 9
    assert bool(slope == 6) is earned
    if not earned:
        assert (slope.outcome, slope.exception) == (Outcome.RAISED, "")


def test_a_recording_is_there_in_its_own_check_alone():
    """Each check finds its own, also where an earlier one ended the process, and the cells find none."""
    body = "return square(x)"
    cells = ["import os", "first = square(1.0)", "def total(x): os._exit(0)"]
    asked = ["student.slope(1.0)", "student.total(1)", "student.slope(2.0)", "student.slope(1.0)", "student.first"]
    seen = observed(body, asked, [recorded([1.0], [1.0], [2.0], [2.0], [])], cells)
    assert (seen[0], seen[2]) == (1, 4)
    assert [item.outcome for item in (seen[1], *seen[3:])] == [Outcome.CRASHED, Outcome.RAISED, Outcome.RAISED]


def test_apart_a_check_has_a_process_of_its_own():
    """Nothing that one check has seen is there in the next, and a stub that ran out of time is not waited for again."""
    cells = ["SEEN = []", "def total(x):\n    while True: pass"]
    body = "SEEN.append(x); return len(SEEN) + 0 * square(x)"
    asked = ["student.slope(1.0)", "student.slope(2.0)", "student.total(1)", "student.total(2)", "student.slope(3.0)"]
    given = recorded([1.0], [2.0], [], [], [3.0])
    together, apart = (observed(body, asked, [replace(given, apart=apart)], cells) for apart in (False, True))
    assert [together[0], together[1], together[4]] == [1, 2, 3]
    assert [apart[0], apart[1], apart[4]] == [1, 1, 1]
    assert [item.outcome for item in apart[2:4]] == [Outcome.TIMED_OUT] * 2


def test_what_is_given_as_code_finds_the_recording():
    """Another given that calls it is answered like anybody else."""
    total = Given("total", "def total(x): return square(x) + 1")
    asked = ["student.slope(2.0)", "student.slope(3.0)"]
    two, three = observed("return total(x)", asked, [recorded([2.0], [2.0]), total])
    assert two == 5
    assert three.outcome is Outcome.RAISED


def test_a_recording_of_a_method_is_set_on_the_students_class(sit):
    """It reads and sets attributes of the student's object, and static methods stay such."""
    read, changed = ("instance", (("w", ("value", 2.0)),)), ((0, ("instance", (("out", ("value", 6.0)),), ())),)
    forward = ((("self", 0), ("x", ("value", 3.0))), (read,), changed, (), ("value", 6.0))
    encode = ((("y", ("value", 1)),), (), (), (), ("value", 2))
    given = [
        Given("MLP.forward", "def forward(self, x): ...", (marshal.dumps([forward], 2),)),
        Given("MLP.encode", "@staticmethod\ndef encode(y): ...", (marshal.dumps([encode], 2),)),
    ]
    cells = cells_of(["class MLP:\n    def __init__(self): self.w = 2\n    def forward(self, x): return 0"])
    asked = "(lambda net: (net.forward(3), net.out, net.encode(1), student.MLP.encode(1)))(student.MLP())"
    bench = Bench(("MLP.forward", "MLP.encode"), {}, {"MLP": SKELETON}, SUPPORT, (), QUICK)
    (seen,) = values(observe(cells, given, [probe(asked)], bench))
    assert seen.tolist() == [6, 6, 2, 2]


def test_a_recording_that_cannot_be_read_is_a_harness_error():
    """Nothing of the student's has run when it is noticed."""
    with pytest.raises(SandboxError, match="given"):
        observed("return 1", ["student.slope(1)"], [Given("square", SQUARE, (b"?",))])


KEEPS = """
class MLP:
    def __init__(self): self.cache = []
    def forward(self, x):
        self.cache.append({"out": -1, "x": x, "drawn": np.random.rand()})
        self.seen = x
        return -1
    def loss(self): return [self.cache[-1]["x"], self.cache[-1]["out"], self.seen, len(self.cache)]
"""
FORWARD = "def forward(self, x):\n    self.cache.append({'out': stretch(x)})\n    return stretch(x)"
AFTER_FORWARD = "(lambda net: [net.forward(3), *net.loss()])(student.MLP())"


def test_a_grafted_given_leaves_what_only_the_students_own_does(sit):
    """Keys and attributes of theirs stand beside the given's; what both leave, and what is returned, is the given's."""
    cells, given = ["import numpy as np", KEEPS], {"MLP.forward": FORWARD}
    bare, grafted = (
        values(sit(cells, [AFTER_FORWARD], stubs=STUBS, given=given, grafted=grafted, support=SUPPORT))[0]
        for grafted in (False, True)
    )
    assert (bare.outcome, bare.exception) == (Outcome.RAISED, "KeyError")
    assert grafted.tolist() == [30, 3, 30, 3, 1]


def test_their_functions_call_each_other_before_a_given_does(sit):
    """What the student's own leaves comes of their own others, static ones too, and not of what stands in for these."""
    cells = [
        "import numpy as np",
        "class MLP:\n    @staticmethod\n    def encode(y): return y + 5\n    def forward(self, x):\n"
        "        self.kept = self.encode(x) + relu(x)\n        return self.kept",
        "def relu(z): return 100 * z",
    ]
    given = {
        "MLP.encode": "@staticmethod\ndef encode(y): raise KeyError",
        "MLP.forward": "def forward(self, x): return 0",
        "relu": "def relu(z): raise KeyError",
    }
    asked = ["(lambda net: [net.forward(3), net.kept])(student.MLP())"]
    sitting = sit(cells, asked, stubs=STUBS, given=given, grafted=True, skeletons={"MLP": SKELETON})
    assert values(sitting)[0].tolist() == [0, 308]


def test_what_is_called_before_a_given_draws_nothing_and_changes_nothing(sit):
    """Numbers that the student's own function draws are drawn again, and its arguments are copies."""
    cells = ["import numpy as np", "def relu(z):\n    z[:] = np.random.rand()\n    return {'mine': 1, 'ours': 1}"]
    given = {"relu": "def relu(z): return {'ours': 2 * z[0]}"}
    asked = ["(lambda z: [student.relu(z), z, __import__('numpy').random.rand()])(__import__('numpy').ones(2))"]
    bare, grafted = (sit(cells, asked, stubs=STUBS, given=given, grafted=grafted) for grafted in (False, True))
    (mine, *left), (none, *same) = grafted.observations[0].value.items, bare.observations[0].value.items
    assert (dict(mine.items), dict(none.items)) == ({"ours": 2, "mine": 1}, {"ours": 2})
    assert [item.tolist() for item in left] == [item.tolist() for item in same]


@pytest.mark.parametrize("ends", ["raise KeyError", "raise SystemExit", "return Strange()"])
def test_a_given_comes_after_whatever_the_students_own_function_does(sit, ends):
    """It may raise, leave, or return what cannot be looked at."""
    strange = "class Strange:\n    __slots__ = ()\n    def __getattribute__(self, name): raise KeyboardInterrupt"
    sitting = sit(
        [strange, f"def relu(z): {ends}"],
        ["student.relu(1)"],
        stubs=STUBS,
        given={"relu": "def relu(z): return 7"},
        grafted=True,
    )
    assert values(sitting) == [7]


def test_a_function_that_does_not_end_is_not_waited_for_before_its_given(sit):
    """It costs the check in which it is first met."""
    sitting = sit(
        ["def relu(z):\n    while True: pass"],
        ["student.relu(1)", "student.relu(2)"],
        stubs=STUBS,
        given={"relu": "def relu(z): return 7"},
        grafted=True,
    )
    assert sitting.observations[0].outcome is Outcome.TIMED_OUT
    assert values(sitting)[1] == 7
