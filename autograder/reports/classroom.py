"""GitHub Classroom's format for the result of a grader: a test for each question, with score and message.

Its reporter adds the scores of all tests to the points, so a test here is a question and no check: follow-through
marks belong to a question as a whole. A harness error has no maximum, of which the reporter makes no points at all.
"""

from __future__ import annotations

import json
from typing import Any

from .. import feedback
from ..plain import shown
from ..records import GradeReport, QuestionReport, State, Status

NAME = "classroom.json"


def as_json(report: GradeReport) -> bytes:
    """One submission's result."""
    tests = [_test(question) for question in report.questions if question.state is not State.MANUAL]
    if report.status is Status.ERROR:
        tests = [_entry(shown(report.submission), "error", 0.0, report.problem)]
        status, possible = "error", 0.0
    else:
        status = "pass" if all(test["status"] == "pass" for test in tests) else "fail"
        possible = float(feedback.number(report.possible))
    tree = {"version": 1, "status": status, "max_score": possible, "tests": tests}
    return (json.dumps(tree, ensure_ascii=True, indent=1) + "\n").encode()


def _test(question: QuestionReport) -> dict[str, Any]:
    full = question.points == question.possible
    said = "\n".join(feedback.lines(question))
    return _entry(question.name, "pass" if full else "fail", float(feedback.number(question.points)), said)


def _entry(name: str, status: str, score: float, message: str) -> dict[str, Any]:
    return {
        "name": name,
        "status": status,
        "score": score,
        "message": message,
        "test_code": "",
        "filename": "",
        "line_no": 0,
        "duration": 0,
    }
