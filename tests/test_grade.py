"""The way of one submission: own functions first, given ones where they fall short, one mistake punished once."""

import dataclasses
from fractions import Fraction

import pytest

from autograder import feedback
from autograder.grade import grade
from autograder.records import Cell, Note, NoteKind, State, Status, Submission, Verdict
from autograder.sandbox import observe

from .sandbox.conftest import UNWALLED, without

IMPORTS = "import numpy as np"
STRETCH = "def stretch(z):\n    return 1.0 * z"
RELU = "def relu(z):\n    return z * (z > 0)"
SOFTMAX = "def softmax(z):\n    e = np.exp(stretch(z))\n    return e / e.sum(axis=1, keepdims=True)"
NET = """class Net:
    def __init__(self, w):
        self.w = np.asarray(w)
"""
FORWARD = "class Net(Net):\n    def forward(self, x):\n        return softmax(relu(x) @ self.w)"
LOSS = """class Net(Net):
    def loss(self, x, y):
        return np.mean([-np.log(p[t == 1][0]) for p, t in zip(self.forward(x), y)])
"""
GRAD = "class Net(Net):\n    def grad(self, x, y):\n        return relu(x).T @ (self.forward(x) - y) / len(x)"
RIGHT = (IMPORTS, STRETCH, RELU, SOFTMAX, NET, FORWARD, LOSS, GRAD)


def _submission(*cells):
    return Submission("hw.ipynb", cells=tuple(Cell(source, number) for number, source in enumerate(cells, 1)))


def _replaced(old, new):
    return [new if cell == old else cell for cell in RIGHT]


def _points(report):
    return {question.name: question.points for question in report.questions}


FULL = {"relu": 4, "softmax": 3, "forward": 4, "loss": 2, "grad": 4, "whole": 3}


def test_a_right_submission_gets_everything(toy):
    """Right functions, written in their own way, earn every point with nothing given."""
    report = grade(_submission(*RIGHT), toy)
    assert report.status is Status.GRADED
    assert _points(report) == FULL
    assert (report.points, report.possible) == (20, 20)
    assert all(not question.given for question in report.questions)


def test_what_a_wrong_function_keeps_for_another_is_there_with_the_right_one_in_its_place(toy):
    """A gradient that reads what the student's own forward keeps beside its work does not pay for forward's mistake."""
    forward = (
        "class Net(Net):\n    def forward(self, x):\n        self.kept = relu(x)\n        return -softmax(self.kept)"
    )
    grad = (
        "class Net(Net):\n    def grad(self, x, y):\n        p = self.forward(x)\n"
        "        return self.kept.T @ (p - y) / len(x)"
    )
    cells = [{FORWARD: forward, GRAD: grad}.get(cell, cell) for cell in RIGHT]
    report = grade(_submission(*cells), toy)
    (asked,) = (question for question in report.questions if question.name == "grad")
    assert (asked.points, asked.own_points, asked.given) == (4, 0, ("Net.forward",))
    assert _points(report)["forward"] == 0


def test_one_mistake_is_punished_once(toy):
    """A wrong relu costs relu's marks and `whole`; the others earn theirs with the reference's relu."""
    report = grade(_submission(*_replaced(RELU, "def relu(z):\n    return abs(z)")), toy)
    earned = _points(report)
    assert earned.pop("relu") == Fraction(0)
    assert earned.pop("whole") == 0
    assert earned == {"softmax": 3, "forward": 4, "loss": 2, "grad": 4}
    forward = next(q for q in report.questions if q.name == "forward")
    assert (forward.own_points, forward.given) == (0, ("relu",))


def test_a_property_is_no_consolation(toy):
    """A relu that does nothing keeps no points for leaving its argument alone."""
    report = grade(_submission(*_replaced(RELU, "def relu(z):\n    return z * 0")), toy)
    relu = report.questions[0]
    assert relu.points == 0
    assert [item.verdict for item in relu.checks] == [Verdict.WRONG_VALUE, Verdict.WRONG_VALUE, Verdict.UNEARNED]


def test_a_blank_stub_is_not_attempted(toy):
    """A stub as the template gives it earns nothing and is no mistake; what calls it is given the reference's."""
    report = grade(_submission(*_replaced(SOFTMAX, 'def softmax(z):\n    """Rows of probabilities."""\n    ...')), toy)
    softmax = report.questions[1]
    assert (softmax.state, softmax.points) == (State.NOT_ATTEMPTED, 0)
    assert {name: value for name, value in _points(report).items() if name not in ("softmax", "whole")} == {
        "relu": 4, "forward": 4, "loss": 2, "grad": 4,
    }  # fmt: skip


def test_a_stub_that_is_not_python_is_wrong_and_not_unattempted(toy):
    """A syntax error costs its stub, which counts as attempted."""
    report = grade(_submission(*_replaced(SOFTMAX, "def softmax(z):\n    return np.exp(z")), toy)
    softmax = report.questions[1]
    assert (softmax.state, softmax.points, softmax.checks[0].verdict) == (State.GRADED, 0, Verdict.MISSING)
    assert "softmax is not Python yet: look at code cell 4, from line 1 on." in "\n".join(feedback.lines(softmax))
    assert {name for name, value in _points(report).items() if value < FULL[name]} == {"softmax", "whole"}


def test_a_blank_template_earns_nothing(toy):
    """The template handed in blank is graded, and no given function earns a mark for it."""
    functions = toy.reference.functions
    cells = [IMPORTS, STRETCH, toy.reference.skeletons["Net"]]
    for name in toy.reference.stubs:
        blank = functions[name].blank
        cells.append(
            blank if "." not in name else "class Net(Net):\n" + "".join(f"    {line}\n" for line in blank.splitlines())
        )
    report = grade(_submission(*cells), toy)
    assert report.status is Status.GRADED
    assert report.points == 0
    assert {question.state for question in report.questions} == {State.NOT_ATTEMPTED}


def test_another_assignments_file_is_told(toy):
    """Code that defines none of the stubs gets a sentence and no points."""
    report = grade(_submission(IMPORTS, "x = 1"), toy)
    assert report.status is Status.OTHER_ASSIGNMENT
    assert "is it the right file?" in report.problem
    assert report.points == 0


def test_an_unreadable_submission_is_graded_with_nothing(toy):
    """What the reader could not read keeps its status and its sentence."""
    broken = Submission("hw.ipynb", status=Status.UNREADABLE, problem="hw.ipynb is no notebook.")
    report = grade(broken, toy)
    assert (report.status, report.points, report.problem) == (Status.UNREADABLE, 0, "hw.ipynb is no notebook.")


def test_a_loop_is_named_and_the_rest_is_graded(toy):
    """A function that never ends is named in its verdict and costs nothing elsewhere but `whole`."""
    report = grade(_submission(*_replaced(SOFTMAX, "def softmax(z):\n    while True:\n        pass")), toy)
    softmax = report.questions[1]
    assert softmax.checks[0].verdict is Verdict.TIMED_OUT
    assert softmax.checks[0].stub == "softmax"
    assert _points(report) == {**FULL, "softmax": 0, "whole": 0}


def test_template_code_is_restored(toy):
    """A broken `__init__`, which is no stub, costs `whole` alone."""
    report = grade(_submission(*_replaced(NET, "class Net:\n    def __init__(self):\n        self.w = 0")), toy)
    assert _points(report) == {**FULL, "whole": 0}


def test_an_edited_init_survives_beside_given_stubs(toy):
    """An attribute that the student's `__init__` adds is still there when another stub is given."""
    net = NET + "        self.calls = 0\n"
    forward = FORWARD.replace("        return", "        self.calls += 1\n        return")
    cells = [{NET: net, FORWARD: forward, RELU: "def relu(z):\n    return abs(z)"}.get(cell, cell) for cell in RIGHT]
    assert _points(grade(_submission(*cells), toy)) == {**FULL, "relu": 0, "whole": 0}


def test_own_pieces_survive_beside_given_ones(toy):
    """Only what is not full is given first, so that a student's own convention between two stubs survives."""
    forward = """class Net(Net):
    def forward(self, x):
        self.seen = relu(x)
        return softmax(self.seen @ self.w)
"""
    grad = """class Net(Net):
    def grad(self, x, y):
        p = self.forward(x)
        return self.seen.T @ (p - y) / len(x)
"""
    cells = [{FORWARD: forward, GRAD: grad, SOFTMAX: "def softmax(z):\n    return z"}.get(cell, cell) for cell in RIGHT]
    report = grade(_submission(*cells), toy)
    assert _points(report) == {**FULL, "softmax": 0, "whole": 0}
    assert next(q for q in report.questions if q.name == "grad").given == ("softmax",)


def test_a_name_that_only_a_skipped_cell_binds_is_found(toy):
    """A question that misses a name is tried once more with every cell run."""
    relu = "def relu(z):\n    return np.maximum(globals()['FLOOR'] if 'FLOOR' in globals() else missing, z)"
    report = grade(_submission(*_replaced(RELU, relu), "FLOOR = 0"), toy)
    assert _points(report) == FULL


@pytest.mark.parametrize(("mode", "forward"), [("off", 0), ("share", 2), ("full", 4)])
def test_follow_through_is_the_assignments_choice(toy, mode, forward):
    """Points with given functions count in full, in part, or not at all."""
    definition = dataclasses.replace(toy.definition, follow_through=mode)
    changed = dataclasses.replace(toy, definition=definition)
    report = grade(_submission(*_replaced(RELU, "def relu(z):\n    return abs(z)")), changed)
    assert _points(report)["forward"] == forward


def test_marks_repeat(toy):
    """The same submission gets the same report, field by field."""
    cells = _replaced(RELU, "def relu(z):\n    return abs(z)")
    assert grade(_submission(*cells), toy) == grade(_submission(*cells), toy)


def test_the_receipt_says_what_was_passed_over(toy):
    """A cell that raises is named in the notes and costs nothing that it does not define."""
    report = grade(_submission(IMPORTS, "stretch_later(3)\nimport nowhere_at_all", *RIGHT[1:]), toy)
    assert _points(report) == FULL
    assert Note(NoteKind.ABSENT, 2, 2, "nowhere_at_all") in report.notes


SLEEPY = "import time\nclass Net(Net):\n    def __getattribute__(self, name):\n        time.sleep(60)"
FORGED = """
import sys
def forge():
    frame = sys._getframe()
    while frame:
        if "encode" in frame.f_globals and "Prober" in frame.f_globals:
            real = frame.f_globals["encode"]
            frame.f_globals["encode"] = lambda value, *rest: real({"outcome": "timed out", "stub": ""})
        frame = frame.f_back
class Net(Net):
    def forward(self, x):
        forge()
        return x
"""


def _hurried(toy, **limits):
    loaded = dataclasses.replace(toy)
    bench = dataclasses.replace(toy.bench, limits=dataclasses.replace(toy.bench.limits, **limits))
    loaded.__dict__["bench"] = bench
    return loaded


def test_a_time_out_that_is_only_claimed_brings_no_second_grading(toy):
    """Whoever forges time-outs is not begun anew: our own clock says whether wall time ran out."""
    report = grade(_submission(*RIGHT, FORGED), toy, alone=False)
    assert not report.wall_timeout
    assert _points(report)["forward"] == 0


def test_wall_time_is_graded_again_before_any_reference_is_given(toy):
    """Beside others a submission whose wall time ran out goes no further; alone it is graded to its end."""
    loaded = _hurried(toy, check_wall_seconds=0.3)
    beside = grade(_submission(*RIGHT, SLEEPY), loaded, alone=False)
    assert (beside.wall_timeout, beside.points) == (True, 0)
    assert not any(question.given for question in beside.questions)
    alone = grade(_submission(*RIGHT, SLEEPY), loaded)
    assert {"relu": 4, "softmax": 3}.items() <= _points(alone).items()


@pytest.mark.parametrize(
    ("end", "walls"),
    [
        ("os._exit(0)", ()),
        ("ctypes.string_at(0)", ()),
        # behind walls no signal is sent, and such a cell costs only what it defines
        ("os.kill(os.getpid(), signal.SIGKILL)", UNWALLED),
    ],
)
def test_cells_that_end_the_process_are_no_other_assignment(toy, end, walls):
    """A process that is ended while the cells run is told as that, and never as the wrong file."""
    kill = f"import os, ctypes\nimport signal\ndef relu(z, now={end}):\n    return z\n"
    with without(*walls):
        report = grade(_submission(IMPORTS, *[kill.replace("relu", f"f{n}") + f"relu = f{n}" for n in range(9)]), toy)
    assert report.status is Status.GRADED
    assert "end the Python process" in report.problem
    assert report.problem in feedback.report(report)
    assert report.points == 0


def test_a_flood_is_too_large(toy):
    """What comes back is bounded by what the reference returns."""
    report = grade(_submission(*_replaced(RELU, "def relu(z):\n    return np.zeros(1 << 20)")), toy)
    assert {item.verdict for item in report.questions[0].own_checks} <= {
        Verdict.TOO_LARGE, Verdict.CRASHED, Verdict.UNEARNED,
    }  # fmt: skip


def test_numpy_as_patched_by_a_student_is_not_the_probes(toy):
    """Replacing NumPy's functions neither earns nor costs a mark in what the probes do with them."""
    patched = "np.array = np.eye = np.random.default_rng = lambda *args, **named: None\nnp.random.normal = None"
    right = [cell.replace("np.asarray(w)", "w") for cell in RIGHT]
    assert _points(grade(_submission(*right, patched), toy)) == FULL


def test_a_method_may_be_an_attribute_of_the_object(toy):
    """What `__init__` puts in a method's place answers the checks, and is graded like a method."""
    init = "class Net:\n    def __init__(self, w):\n        self.w = np.asarray(w)\n        self.loss = self._own\n"
    own = LOSS.replace("def loss", "def _own")
    cells = [{NET: init, LOSS: own}.get(cell, cell) for cell in RIGHT]
    report = grade(_submission(*cells), toy)
    assert _points(report) == FULL
    assert all(question.state is not State.NOT_ATTEMPTED for question in report.questions)


def test_a_table_that_is_filled_out_of_sight_is_found(toy):
    """A KeyError may come of a cell that was passed over: the question is tried once more with every cell run."""
    fill = "def fill(table):\n    table['relu'] = lambda z: np.maximum(z, 0)\nKINDS = {}"
    relu = "def relu(z):\n    return KINDS['relu'](z)"
    imports, *cells = _replaced(RELU, relu)
    report = grade(_submission(imports, fill, "fill(KINDS)", *cells), toy)
    assert _points(report)["relu"] == 4


STEPS = "STEPS = [lambda z: -z]"
BY_STEPS = "def relu(z):\n    for step in STEPS:\n        z = step(z)\n    return z"
BEND = "lambda z: np.maximum(z, 0)"


@pytest.fixture
def sittings(monkeypatch):
    """Whether every cell was run, of each sitting without givens."""
    seen = []

    def watched(cells, givens, *rest, **named):
        if not givens:
            seen.append(named["run_all"])
        return observe(cells, givens, *rest, **named)

    monkeypatch.setattr("autograder.grade.observe", watched)
    return seen


@pytest.mark.parametrize(
    "lines",
    [
        f"first = STEPS.pop(0)\n[STEPS.append(g) for g in ({BEND},)]",
        f"_ = STEPS.clear(), STEPS.append({BEND})",
        f"del STEPS[0]\nlist(map(STEPS.append, [{BEND}]))",
        f"while STEPS:\n    print(STEPS.pop(0))\nlist.append(STEPS, {BEND})",
        f"import operator\noperator.setitem(STEPS, 0, {BEND})",
        f"steps = STEPS\nadd = steps.append\ngone = steps.pop()\nadd({BEND})",
        f"def setup(k):\n    STEPS[:] = [{BEND}] * k\n    return True\nfor k in (1, 2):\n    n = setup(k)",
        f"def setup(k):\n    STEPS[:] = [{BEND}] * k\n    return True\nassert setup(2)",
        f"exec('STEPS[0] = {BEND}')",
    ],
    ids=[
        "comprehension",
        "kept result",
        "del and map",
        "while",
        "operator",
        "other names",
        "function",
        "assert",
        "text",
    ],
)
def test_set_up_that_is_left_out_brings_a_second_attempt(toy, sittings, lines):
    """However a list that a stub reads is filled, a right notebook has all its points, and is told what was unsure."""
    report = grade(_submission(IMPORTS, STEPS, lines, *_replaced(RELU, BY_STEPS)[1:]), toy)
    assert _points(report) == FULL
    assert sittings == [False, True]
    assert {note.cell for note in report.notes if note.kind is NoteKind.UNSURE} == {3}
    assert any("may change what a graded function uses" in line for line in feedback.report(report))


ORDINARY = (
    "import matplotlib.pyplot as plt\nx = np.linspace(-1, 1, 6).reshape(2, 3)",
    "print(relu(x), x.shape, len(x))\nplt.plot(x, relu(x))\nplt.show()",
    "net = Net(np.eye(3))\nlosses = []\ny = np.eye(3)[:2]",
    "for step in range(3):\n    net.w = net.w - 0.1 * net.grad(x, y)\n    losses.append(net.loss(x, y))",
    "def train(net, x, y):\n    losses.append(net.loss(x, y))\n    return losses[-1]\nloss = train(net, x, y)",
    "plt.plot(losses)\nassert np.allclose(relu(x), np.maximum(x, 0))",
)


@pytest.mark.parametrize("relu", [RELU, "def relu(z):\n    return abs(z)"], ids=["right", "wrong"])
def test_an_ordinary_notebook_has_one_sitting(toy, sittings, relu):
    """Prints, plots and training at the end bring no second one, whether all is right or not."""
    report = grade(_submission(*_replaced(RELU, relu), *ORDINARY), toy)
    assert sittings == [False]
    assert not any(note.kind is NoteKind.UNSURE for note in report.notes)


def test_a_right_notebook_with_a_doubt_has_one_sitting(toy, sittings):
    """What is full is not tried again."""
    assert _points(grade(_submission(STEPS, *RIGHT, "STEPS and STEPS.pop()", "exec('')"), toy)) == FULL
    assert sittings == [False]


FORGED_DOUBT = """
import sys
def forge(made):
    frame = sys._getframe()
    while frame:
        notes = getattr(frame.f_locals.get("self"), "notes", None)
        if notes is not None:
            notes._lines["unsure\\t1\\t1\\tnp"] = None
        frame = frame.f_back
    return made
@forge
def made(): pass
"""


def test_a_forged_doubt_gains_nothing(toy, sittings):
    """It brings one sitting more, in which wrong functions earn what they earned."""
    cells = _replaced(RELU, "def relu(z):\n    return abs(z)")
    before = grade(_submission(*cells), toy)
    assert sittings == [False]
    forged = grade(_submission(FORGED_DOUBT, *cells), toy)
    assert any(note.kind is NoteKind.UNSURE for note in forged.notes)
    assert sittings == [False, False, True]
    assert _points(forged) == _points(before)
