"""Conventions: one of several right ways, chosen once for the whole submission; and names that may be either."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from autograder.answers import cached
from autograder.audit import audit
from autograder.build import public_checks
from autograder.classroom import cells
from autograder.errors import AssignmentError
from autograder.feedback import report as told
from autograder.grade import grade
from autograder.loading import load
from autograder.records import Cell, State, Submission

FOLDER = Path(__file__).parent / "conventions" / "assignments" / "split"
SPLIT = load(FOLDER)
AVERAGING, SUMMING = SPLIT.readings
DIVIDED, SUMMED = "def error(p, y):\n    return (p - y) / len(p)\n", "def gradient(x, e):\n    return x.T @ e\n"


def graded(**replaced):
    """The report of the reference with some stubs replaced."""
    sources = cells(SPLIT.reference, {name.replace("__", "."): source for name, source in replaced.items()})
    return grade(Submission("hw.ipynb", cells=tuple(Cell(text, n) for n, text in enumerate(sources, 1))), SPLIT)


def lost(report):
    """The questions that are not full."""
    return [question.name for question in report.questions if question.points < question.possible]


def test_each_convention_earns_everything():
    """Divided in the one place or in the other, and the report says which."""
    one, other = graded(), graded(error=DIVIDED, gradient=SUMMED)
    assert not lost(one)
    assert not lost(other)
    assert (one.convention, other.convention) == ("gradient divides by N.", "error divides by N.")
    assert "Graded by this convention: error divides by N." in told(other)


@pytest.mark.parametrize(
    ("replaced", "sentence"),
    [({"error": DIVIDED}, "Both divide by N."), ({"gradient": SUMMED}, "Neither divides by N.")],
    ids=["twice", "never"],
)
def test_a_mixture_costs_one_question(replaced, sentence):
    """Dividing twice or never costs the cheaper of the two, with its own hint, and the others nothing."""
    report = graded(**replaced)
    assert lost(report) == ["error"]
    assert next(question.diagnosis.sentence for question in report.questions if question.name == "error") == sentence


def test_what_is_given_follows_the_convention():
    """Whoever divides in error and breaks gradient has fit tried with a gradient that sums."""
    report = graded(error=DIVIDED, gradient="def gradient(x, e):\n    return x.T @ e + 1\n")
    assert lost(report) == ["gradient"]
    assert report.convention == "error divides by N."
    assert next(question.given for question in report.questions if question.name == "fit") == ("gradient",)


def test_the_first_convention_wins_a_tie():
    """Where nothing tells the conventions apart, the first is named."""
    assert graded(error=None, gradient=None).convention == "gradient divides by N."


def test_a_literal_is_the_first_conventions():
    """The author's literal holds the reference as it stands; the other convention has an answer of its own."""
    question = SPLIT.questions[0]
    found = [cached(reading, 0).value(question, question.checks[0]) for reading in SPLIT.readings]
    np.testing.assert_allclose(found, [[1, -2], [0.5, -1]])


def test_the_audit_tries_every_convention():
    """Mistakes, variants and mutants of each convention are tried; no mistake costs another question."""
    found = audit(SPLIT, jobs=2, fresh=True)
    assert {problem.kind for problem in found.problems} <= {"survivor"}
    tried = {(trial.kind.value, trial.name) for trial in found.trials}
    assert {
        ("mistake", "twice"),
        ("mistake", "never"),
        ("variant", "loop"),
        ("reference", "seed 0 by summing"),
    } <= tried
    assert any(trial.original == "return (p - y) / len(p)" for trial in found.trials)


def notebook_checks():
    """The module that the notebook carries, as a namespace."""
    space = {}
    exec(public_checks.write(cached(SPLIT, 0))[public_checks.MODULE], space)
    return space


def names_of(*sources):
    """A notebook's names after its cells were run."""
    names = {"np": np}
    for source in sources:
        exec(source, names)
    return names


def test_public_checks_accept_any_convention():
    """The notebook's own check passes what either convention wants, and nothing else."""
    fault_of = notebook_checks()["fault_of"]
    for source in ("def error(p, y): return p - y", DIVIDED):
        assert fault_of("error", "error_by_hand", names_of(source)) is None
    assert fault_of("error", "error_by_hand", names_of("def error(p, y): return (p - y) / 3")) is not None


def test_public_checks_know_aliases_and_what_is_only_inherited():
    """A class under its other name is found; a stub that only its base has is not written yet."""
    judge = notebook_checks()["judge"]
    base = "class Base:\n    def size(self): return 1"
    judge("twin", "two", names_of(base, "class TWIN(Base):\n    def size(self): return 2"))
    judge("twin", "two", names_of(base, "class Twin(Base): pass", "class TWIN(Base):\n    def size(self): return 2"))
    with pytest.raises(AssertionError, match=r"Twin\.size is not defined yet"):
        judge("twin", "two", names_of(base, "class Twin(Base): pass"))


def test_an_inherited_stub_is_not_attempted():
    """Twin.size that is only Base's was not attempted, and earns nothing."""
    report = graded(Twin__size=None)
    assert next(question.state for question in report.questions if question.name == "twin") is State.NOT_ATTEMPTED


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("questions.py", '"p - y"', '"p + y"', r"'p \+ y' occurs 0 times in error of split\.py"),
        ("questions.py", '"summing"', '"averaging"', "several with different names are wanted"),
        ("questions.py", '("TWIN",)', '("Base",)', "'Base' cannot be an alias of Twin"),
        ("questions.py", '("TWIN",)', '"TWIN"', "a tuple of names is wanted"),
        ("questions.py", '"Twin": (', '"Twins": (', "aliases of Twins, which is no function or class"),
        (
            "mistakes.py",
            'zip(p, y)]) / len(p)", convention="summing"',
            'zip(p, y)]) / len(p)", convention="sum"',
            "names the convention sum;",
        ),
    ],
)
def test_what_is_wrong_is_said(tmp_path, file, old, new, said):
    """A convention that cannot be made, and a name that is taken, are refused with a sentence."""
    shutil.copytree(FOLDER.parent.parent, tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "course" / "assignments" / "split" / file
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
    with pytest.raises(AssignmentError, match=said):
        load(path.parent)
