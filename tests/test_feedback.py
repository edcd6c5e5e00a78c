"""What a student may be told, and what not."""

from dataclasses import replace
from fractions import Fraction

import pytest

from autograder import feedback
from autograder.records import (
    CheckReport,
    Diagnosis,
    Finding,
    GradeReport,
    Note,
    NoteKind,
    QuestionReport,
    State,
    Status,
    Surely,
    Verdict,
    Where,
)

RAISED = CheckReport(
    name="batch",
    title="Five samples.",
    public=False,
    verdict=Verdict.RAISED,
    points=Fraction(0),
    possible=Fraction(2),
    hint="Look at the shapes.",
    findings=(Finding(Verdict.RAISED, "ValueError was raised in forward (code cell 7, line 3)."),),
    where=Where(7, 3, "forward"),
    exception="ValueError",
)
PASSED = replace(RAISED, name="one", title="One sample.", verdict=Verdict.PASSED, findings=(), where=None)
WRONG = replace(
    RAISED,
    verdict=Verdict.WRONG_VALUE,
    findings=(Finding(Verdict.WRONG_VALUE, "The result has the right shape, but not the right values."),),
    where=None,
    exception="",
)
QUESTION = QuestionReport(
    name="forward",
    stub="MLP.forward",
    state=State.GRADED,
    points=Fraction(2),
    possible=Fraction(6),
    own_points=Fraction(2),
    checks=(RAISED, PASSED, replace(RAISED, name="two", title="Two layers.")),
    own_checks=(RAISED, PASSED, replace(RAISED, name="two", title="Two layers.")),
)


def test_a_failed_check_has_title_reason_and_hint():
    """A check that failed has title, what happened, and a hint that was not told before; a passed one is not told."""
    assert feedback.lines(
        replace(QUESTION, own_checks=(WRONG, PASSED, replace(WRONG, name="two", title="Two layers.")))
    ) == [
        "forward: 2 of 6.",
        "  - Five samples.",
        "    The result has the right shape, but not the right values.",
        "    Look at the shapes.",
        "  - Two layers.",
        "    The result has the right shape, but not the right values.",
    ]


def test_an_exception_is_told_once():
    """Checks that ended in the same exception are told together, with its place, and without their hints."""
    assert feedback.lines(QUESTION)[1:] == [
        "  - Five samples.",
        "  - Two layers.",
        "    ValueError was raised in forward (code cell 7, line 3).",
    ]


def test_an_exception_in_every_check_needs_no_titles():
    """Where all checks ended in the same exception the titles are left out."""
    checks = (RAISED, replace(RAISED, name="two"))
    assert feedback.lines(replace(QUESTION, own_checks=checks))[1:] == [
        "  - In all 2 checks: ValueError was raised in forward (code cell 7, line 3).",
    ]


@pytest.mark.parametrize(
    ("exception", "where", "said"),
    [
        ("NameError", Where(7, 3, "MLP.forward"), "A name is used there that is not defined. Is `self.` missing?"),
        ("NameError", Where(7, 3, "relu"), "A name is used there that is not defined."),
        ("TypeError", None, "It rose outside the function's own lines. Does it take the arguments that the text names"),
        ("TypeError", Where(7, 3, "relu"), "Either a value there is of another kind than the line needs"),
        ("AttributeError", None, "It rose outside the function's own lines: an attribute is not there"),
        ("PermissionError", Where(7, 3, "relu"), "No file can be written"),
        ("ModuleNotFoundError", Where(7, 3, "relu"), "A module is imported there that is not there"),
        ("ValueError", Where(7, 3, "relu"), "Look at the shapes."),
    ],
)
def test_words_on_the_kind_of_an_exception_stand_in_place_of_the_hint(exception, where, said):
    """What is true of every exception of a kind is told; the check's hint only where nothing is known of the kind."""
    hint = feedback.of_check(replace(RAISED, exception=exception, where=where))[1]
    assert hint.startswith(said)
    assert ("self." in hint) == ("self." in said)


def test_a_stub_that_is_missing_is_looked_for():
    """A function that a check needs and the cells do not define has advice of its own."""
    missing = replace(RAISED, verdict=Verdict.MISSING, findings=(Finding(Verdict.MISSING, "relu is not defined."),))
    assert feedback.of_check(missing)[1].startswith("Was its cell run without an error")


def test_a_full_question_is_one_line():
    """A question with all its points needs no more than its headline."""
    assert feedback.lines(replace(QUESTION, points=Fraction(6), own_points=Fraction(6))) == ["forward: 6 of 6."]


def test_follow_through_is_told():
    """What given functions earned is told beside what the student's own did, and which they were."""
    followed = replace(QUESTION, points=Fraction(6), given=("MLP.softmax",))
    assert feedback.lines(followed)[0] == (
        "forward: 6 of 6. Your forward is right: 6 of 6 with our softmax; with yours it gets 2."
    )


def test_the_templates_code_is_told_for_what_it_is():
    """Where only the template's code stood in, it is said that the student's was changed or lost."""
    assert feedback.follow_through(replace(QUESTION, points=Fraction(6))) == (
        "Your forward is right with the template's own code (its `__init__`, say): 6 of 6. Yours was changed or lost; "
        "with it this gets 2."
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("MLP.softmax",), "Three questions below were judged with our softmax as well as with yours"),
        ((), "Three questions below need the template's own code"),
    ],
)
def test_what_stood_in_for_many_is_said_once(given, said):
    """Where the same code stood in for several questions it is said above them, and each is one short line."""
    followed = replace(QUESTION, points=Fraction(6), own_points=Fraction(11, 3), given=given)
    report = GradeReport("mlp", "hw.ipynb", "ada", "", Status.GRADED, (followed,) * 3, possible=Fraction(18))
    told = feedback.report(report)
    assert told[1].startswith(said)
    assert told[2:] == ["forward: 6 of 6 (3.67 with your own code alone)."] * 3


def test_the_whole_waits_for_the_templates_code():
    """The question on everything together names the template's code where the student's was changed."""
    followed = replace(QUESTION, points=Fraction(6))
    whole = replace(QUESTION, name="whole", own_code_only=True)
    report = GradeReport("mlp", "hw.ipynb", "ada", "", Status.GRADED, (followed, whole))
    said = "  This uses your own functions throughout; first see to the template's own code."
    assert said in feedback.report(report)


def test_an_attempt_with_given_functions_shows_its_points_alone():
    """Nothing that a check found beside reference code reaches the student."""
    leaky = replace(RAISED, title="CANARY", findings=(Finding(Verdict.WRONG_VALUE, "CANARY"),))
    followed = replace(QUESTION, points=Fraction(4), given=("MLP.softmax",), checks=(leaky,))
    assert not any("CANARY" in line for line in feedback.lines(followed))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (State.NOT_ATTEMPTED, "forward: 0 of 6. Not attempted yet."),
        (State.MANUAL, "forward: 6 points, marked by hand, on top of these."),
    ],
)
def test_other_states_say_so(state, said):
    """Not attempted, and marked by hand, are told apart from wrong."""
    assert feedback.lines(replace(QUESTION, state=state, points=Fraction(0), own_points=Fraction(0))) == [said]


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(0), "0"), (Fraction(10), "10"), (Fraction(1, 2), "0.5"), (Fraction(33333, 10000), "3.3333")],
)
def test_points_are_written_plainly(value, text):
    """Points have at most four places and no zeros at the end."""
    assert feedback.number(value) == text


def test_people_read_two_places():
    """Points have at most two places where people read them."""
    assert [feedback.marks(Fraction(36667, 10000)), feedback.marks(Fraction(8))] == ["3.67", "8"]


@pytest.mark.parametrize("kind", list(NoteKind))
def test_every_note_has_its_words(kind):
    """Each kind of note is a sentence of its own with the cell and the name."""
    line = feedback.receipt([Note(kind, 3, 5, "relu")])[0]
    assert line.startswith("code cell 3, line 5 ")
    assert "{" not in line


def test_a_submission_that_could_not_be_graded_says_why():
    """A report without marks is its sentence."""
    report = GradeReport("mlp", "hw.ipynb", "ada", "", Status.UNREADABLE, problem="hw.ipynb is no notebook.")
    assert feedback.report(report) == ["hw.ipynb is no notebook."]


def test_a_whole_report_ends_with_the_receipt():
    """The questions come first, then what happened when the cells were run; skipped cells are no news."""
    notes = (Note(NoteKind.SKIPPED, 9), Note(NoteKind.FAILED, 2, 1))
    report = GradeReport("mlp", "hw.ipynb", "ada", "", Status.GRADED, (QUESTION,), notes=notes, possible=Fraction(6))
    told = feedback.report(report)
    assert told[0] == "hw.ipynb: 2 of 6"
    assert told[-2:] == ["When your cells were run:", "  code cell 2, line 1 raised an error and was passed over"]


DIAGNOSIS = Diagnosis("Where does the bias come in?", "mistake bias_forgotten", Surely.CERTAIN, 2)


def test_a_diagnosis_stands_in_place_of_the_hints():
    """The likely cause is told once below the headline, and the checks say only what happened."""
    assert feedback.lines(replace(QUESTION, diagnosis=DIAGNOSIS)) == [
        "forward: 2 of 6.",
        "  Where does the bias come in?",
        "  - Five samples.",
        "  - Two layers.",
        "    ValueError was raised in forward (code cell 7, line 3).",
    ]


def test_what_remains_beside_given_functions_is_said_to_remain():
    """Where given functions earned a part, the cause is that of the rest."""
    followed = replace(QUESTION, points=Fraction(4), given=("MLP.softmax",), diagnosis=DIAGNOSIS)
    assert feedback.lines(followed)[1] == "  What remains: Where does the bias come in?"


def test_a_time_out_is_told_once():
    """A function that does not end is named once for all checks."""
    late = replace(
        RAISED,
        verdict=Verdict.TIMED_OUT,
        findings=(Finding(Verdict.TIMED_OUT, "forward did not come to an end in time."),),
        where=None,
    )
    assert feedback.lines(replace(QUESTION, own_checks=(late, replace(late, title="Two layers."))))[1:] == [
        "  - In all 2 checks: forward did not come to an end in time.",
    ]


def test_the_whole_waits_for_its_parts():
    """The question on everything together names the parts that are to be mended first, and gives no hint of its own."""
    whole = replace(QUESTION, name="whole", own_code_only=True)
    other = replace(QUESTION, name="softmax")
    report = GradeReport("mlp", "hw.ipynb", "ada", "", Status.GRADED, (QUESTION, other, whole))
    told = feedback.report(report)
    at = told.index("whole: 2 of 6.")
    assert told[at + 1] == "  This uses your own functions throughout; first see to forward and softmax."
    assert "    Look at the shapes." not in told[at:]
