"""What a student may be told: the one place that decides.

Of a hidden check its title, its verdict, its hint, and once per question where in their own code an exception
rose. Of an attempt with given functions its points alone: what such code prints, raises or returns may hold the
reference. A diagnosis is a sentence that was written before anybody handed in, so it may be told of either (see
`diagnosis`). Never inputs, expected values or captured output.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from .records import CheckReport, GradeReport, Note, NoteKind, QuestionReport, State, Status, Surely, Verdict

# what a hint on values cannot help with
_WITHOUT_HINT = (
    Verdict.MISSING,
    Verdict.UNEARNED,
    Verdict.TIMED_OUT,
    Verdict.OUT_OF_MEMORY,
    Verdict.CRASHED,
    Verdict.TOO_LARGE,
)

_NOTES = {
    NoteKind.FAILED: "raised an error and was passed over",
    NoteKind.TIMED_OUT: "did not end in time and was passed over",
    NoteKind.UNPARSED: "has lines that are not Python; they were left out",
    NoteKind.SKIPPED: "is needed by no function that is graded, and was not run",
    NoteKind.STAND_IN: "imports {name}, for which an inert stand-in was used",
    NoteKind.KEPT: "binds {name} to something that cannot be called; the function was kept",
    NoteKind.BLANK: "has {name} as the template gives it: not written yet",
    NoteKind.TWICE: "defines {name} again; the last definition counts",
}


def number(value: Fraction) -> str:
    """Points as people write them: at most four places, no zeros at the end."""
    text = f"{float(value):.4f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def headline(question: QuestionReport) -> str:
    """The question's result in one sentence."""
    marks = f"{number(question.points)} of {number(question.possible)}"
    if question.state is State.MANUAL:
        return f"{question.name}: marked by hand, {number(question.possible)} points."
    if question.state is State.NOT_ATTEMPTED:
        return f"{question.name}: {marks}. Not attempted yet."
    if question.points == question.own_points:
        return f"{question.name}: {marks}."
    return f"{question.name}: {marks}. {follow_through(question)}"


def follow_through(question: QuestionReport) -> str:
    """What given functions earned, beside the student's own; empty where they added nothing."""
    if question.points == question.own_points:
        return ""
    right = "is right" if question.points == question.possible else "is better"
    with_ours = _and(name.rpartition(".")[2] for name in question.given) or "the template's code"
    ours = f"our {with_ours}" if question.given else with_ours
    theirs = "yours" if len(question.given) < 2 else "your own"
    return (
        f"Your {question.name} {right}: {number(question.points)} of {number(question.possible)} with {ours}; "
        f"with {theirs} it gets {number(question.own_points)}."
    )


def diagnosed(question: QuestionReport) -> str:
    """The sentence on the likely cause; empty where none is certain."""
    found = question.diagnosis
    return found.sentence if found and found.surely is Surely.CERTAIN else ""


def lines(question: QuestionReport, *, first: Iterable[str] = ()) -> list[str]:
    """The question for its student: a headline, what to look at, then each check that their own functions failed.

    The likely cause stands there once, in place of the checks' hints; without one each hint is told once. A
    question that uses the student's own code throughout names those to be mended `first`, where there are any.
    """
    told = [headline(question)]
    if question.state is not State.GRADED or question.points == question.possible:
        return told
    waiting = _and(first) if question.own_code_only else ""
    look = f"This uses your own functions throughout; first see to {waiting}." if waiting else diagnosed(question)
    if look and question.points > question.own_points:
        look = f"What remains: {look}"
    told += [f"  {look}"] if look else []
    said: set[str] = set()
    placed = False
    for item in question.own_checks:
        if item.verdict is Verdict.PASSED:
            continue
        reason, *hints = of_check(item, placed=placed)
        hint = [] if look else [text for text in hints if text not in said]
        again = reason in said and item.verdict in _WITHOUT_HINT
        told += [f"  - {_sentence(item.title)}", *(f"    {text}" for text in ["The same." if again else reason, *hint])]
        said |= {reason, *hints}
        placed = placed or item.where is not None
    return told


def of_check(item: CheckReport, *, placed: bool = False) -> list[str]:
    """What went wrong in a check, then its hint; `placed` where an exception's place was told before."""
    hinted = item.hint and item.verdict not in _WITHOUT_HINT
    return [_reason(item, placed=placed), *([item.hint] if hinted else [])]


def receipt(notes: Iterable[Note]) -> list[str]:
    """What was skipped or replaced when the cells were run, a line each."""
    return [
        f"code cell {note.cell}{f', line {note.line}' if note.line else ''} {_NOTES[note.kind].format(name=note.name)}"
        for note in notes
    ]


def report(graded: GradeReport) -> list[str]:
    """A whole submission for its student."""
    if graded.status is not Status.GRADED:
        return [graded.problem]
    total = f"{graded.submission}: {number(graded.points)} of {number(graded.possible)}"
    short = [question.name for question in graded.questions if _falls_short(question)]
    body = [line for question in graded.questions for line in lines(question, first=short)]
    notes = receipt(note for note in graded.notes if note.kind is not NoteKind.SKIPPED)
    return [total, *body, *(["", "When your cells were run:", *(f"  {line}" for line in notes)] if notes else [])]


def _reason(item: CheckReport, *, placed: bool) -> str:
    failed = next((f for f in item.findings if f.verdict is not Verdict.PASSED), None)
    if failed is None:
        return ""
    if item.verdict is Verdict.RAISED and placed:
        return f"{item.exception or 'An exception'} was raised."
    return failed.message


def _falls_short(question: QuestionReport) -> bool:
    return question.state is not State.MANUAL and not question.own_code_only and question.points < question.possible


def _sentence(title: str) -> str:
    return title if title.endswith(("?", "!", "…")) else f"{title.rstrip('.')}."


def _and(names: Iterable[str]) -> str:
    *most, last = [*names] or [""]
    return f"{', '.join(most)} and {last}" if most else last
