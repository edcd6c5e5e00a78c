"""Gradescope's `results.json`: an entry for each check, and one above them for each question.

What is told, and of what, is `feedback`'s to decide; when students see a hidden check is the instructor's. The scores
of a question's checks add up to its mark to the last digit, so that Gradescope's sum is ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Any

from .. import feedback, scoring
from ..records import CheckReport, GradeReport, NoteKind, QuestionReport, State, Verdict

VISIBLE, HIDDEN = "visible", "hidden"

_CODE = re.compile(r"(`[^`\n]*`)")
_SPECIAL = re.compile(r"([\\*_<>\[\]#|~$])")


def tests(graded: GradeReport, *, hidden_checks: str, scores: Mapping[str, float]) -> list[dict[str, Any]]:
    """The list `tests`. `scores` are the questions' marks by name, which another plugin may have changed."""
    questions = [question for question in graded.questions if question.state is not State.MANUAL]
    return [
        entry
        for number, question in enumerate(questions, 1)
        for entry in _entries(question, str(number), hidden_checks, scores[question.name])
    ]


def heading(graded: GradeReport, more: str | None = None) -> str:
    """What is said above all tests, in Markdown: what went wrong as a whole, and what else there is to say."""
    lines = [graded.problem] if graded.problem else []
    lines += [f"Graded by this convention: {graded.convention}"] if graded.convention else []
    receipt = feedback.receipt(note for note in graded.notes if note.kind is not NoteKind.SKIPPED)
    lines += ["When your cells were run:", "\n".join(f"- {line}" for line in receipt)] if receipt else []
    lines += [f"Student code was held by the promise {graded.isolation}."] if graded.isolation else []
    return "\n\n".join(markdown(line) for line in [*([more] if more else []), *lines])


def markdown(text: str) -> str:
    """Plain text as Markdown that reads the same; what stands between backticks is code in both."""
    return "".join(
        part if part.startswith("`") and len(part) > 1 else _SPECIAL.sub(r"\\\1", part) for part in _CODE.split(text)
    )


def _entries(question: QuestionReport, number: str, hidden_checks: str, score: float) -> Iterator[dict[str, Any]]:
    """The question, then its checks. The marks stand with the checks, if they add up to the question's."""
    earned = _adding_up(item.points for item in question.checks)
    most = _adding_up(Fraction(0) if question.bonus else item.possible for item in question.own_checks)
    by_check = bool(question.own_checks) and scoring.total(question.checks) == question.points
    by_check = by_check and _rounded(question.points) == score
    possible = Fraction(0) if question.bonus else question.possible
    only_public = all(item.public for item in question.own_checks)
    yield {
        "name": question.name,
        "number": number,
        **({} if by_check else {"score": score, "max_score": _rounded(possible)}),
        "status": "passed" if question.points == question.possible else "failed",
        "visibility": VISIBLE if only_public else hidden_checks,
        "output": markdown("\n\n".join(filter(None, [feedback.headline(question), _cause(question)]))),
        "output_format": "md",
        "tags": _tags(question),
    }
    placed = False
    for place, item in enumerate(question.own_checks):
        yield {
            "name": item.title.rstrip("."),
            "number": f"{number}.{place + 1}",
            **({"score": earned[place], "max_score": most[place]} if by_check else {}),
            "status": "passed" if question.checks[place].verdict is Verdict.PASSED else "failed",
            "visibility": VISIBLE if item.public else hidden_checks,
            "output": markdown("\n\n".join(_told(item, question.checks[place], placed=placed))),
            "output_format": "md",
            "tags": [*_tags(question), "public" if item.public else "hidden"],
        }
        placed = placed or item.where is not None


def _told(own: CheckReport, counts: CheckReport, *, placed: bool) -> list[str]:
    """What is said of a check: of the attempt with the student's own functions, and where another counts, that."""
    if own.verdict is Verdict.PASSED:
        return ["Passed."]
    first = ["These points were earned with given functions in place of your own. With your own:"]
    return (first if counts.points > own.points else []) + feedback.of_check(own, placed=placed)


def _cause(question: QuestionReport) -> str:
    return "" if question.points == question.possible else feedback.diagnosed(question)


def _tags(question: QuestionReport) -> list[str]:
    return [question.name, *(["bonus"] if question.bonus else [])]


def _adding_up(parts: Iterable[Fraction]) -> list[float]:
    """The parts, rounded so that their sum is the rounded sum: each takes what rounding left of those before it."""
    sums = [round(total, scoring.PLACES) for total in accumulate(parts, initial=Fraction(0))]
    return [float(after - before) for before, after in pairwise(sums)]


def _rounded(value: Fraction) -> float:
    return float(round(value, scoring.PLACES))
