"""Checks as the cases of a test report: passed or not, their points, and what a student may read of each.

A case is judged with the student's own functions, as `feedback` tells of no check in an attempt with given ones. Only
where the question has full marks all the same, each of its cases has passed: that is what full marks say.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from . import feedback
from .records import CheckReport, GradeReport, QuestionReport, State, Status, Verdict, Where

SUBMISSION = "submission"  # the one case of what could not be graded


class Outcome(StrEnum):
    """How a case ended."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"  # no fault of the student's; there is no mark


@dataclass(frozen=True, slots=True)
class Case:
    """One check of a question. `text` is what its student may read; `where` the line in their code that raised."""

    question: str
    name: str
    title: str
    outcome: Outcome
    points: Fraction
    possible: Fraction
    text: tuple[str, ...] = ()
    where: Where | None = None


def cases(report: GradeReport) -> tuple[Case, ...]:
    """Every check that was graded; where a question has none, and of a file that could not be graded, one case."""
    if report.status is Status.ERROR:
        return (Case("", SUBMISSION, "", Outcome.ERROR, Fraction(0), report.possible, (report.problem,)),)
    first = feedback.to_mend(report)
    graded = (question for question in report.questions if question.state is not State.MANUAL)
    return tuple(case for question in graded for case in _of(question, first, report.problem))


def _of(question: QuestionReport, first: list[str], problem: str) -> list[Case]:
    full = question.points == question.possible
    if not question.own_checks:
        said = () if full else (problem or feedback.headline(question),)
        outcome = Outcome.PASSED if full else Outcome.FAILED
        return [Case(question.name, SUBMISSION, "", outcome, question.points, question.possible, said)]
    found: list[Case] = []
    placed = False
    for item in question.own_checks:
        passed = full or item.verdict is Verdict.PASSED
        failed_alone = item.verdict is not Verdict.PASSED
        text = _text(question, item, first, placed=placed) if failed_alone else ()
        where = None if passed or question.state is State.NOT_ATTEMPTED else item.where
        points = item.possible if full else item.points
        outcome = Outcome.PASSED if passed else Outcome.FAILED
        title = item.title.rstrip(".")
        found.append(Case(question.name, item.name, title, outcome, points, item.possible, text, where))
        placed = placed or where is not None
    return found


def _text(question: QuestionReport, item: CheckReport, first: list[str], *, placed: bool) -> tuple[str, ...]:
    """What is said of a check that the student's own functions fail."""
    if question.points == question.possible:
        return (feedback.follow_through(question),)
    if question.state is State.NOT_ATTEMPTED:
        return ("Not attempted yet.",)
    reason, *hints = feedback.of_check(item, placed=placed)
    look = feedback.look(question, first)
    return (reason, *([look] if look else hints))
