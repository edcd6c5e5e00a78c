"""What a run on GitHub shows: annotations at the lines, a table on the run's page, outputs for the steps after it.

An annotation stands for a question, as GitHub shows ten of a step. What a student composed, a file's name, is escaped
wherever it stands.
"""

from __future__ import annotations

import base64
import json
import textwrap
from collections.abc import Mapping, Sequence
from fractions import Fraction

from .. import feedback
from ..places import Place
from ..plain import shown, visible
from ..records import GradeReport, QuestionReport, State, Status


def commands(report: GradeReport, file: str, places: Mapping[str, Place]) -> list[str]:
    """Commands to the runner: an error for each question that fell short, and the points as Classroom reads them.

    `file` is the submission's path below the repository's root; `places` are those of its questions.
    """
    if report.status is not Status.GRADED:
        return [
            _command("error", {"file": shown(file, 1000), "line": "1", "title": report.status.value}, report.problem)
        ]
    first, file = feedback.to_mend(report), shown(file, 1000)
    short = [question for question in report.questions if _falls_short(question)]
    made = [_error(question, file, places.get(question.name), first) for question in short]
    points, possible = feedback.number(report.points), feedback.number(report.possible)
    totals = json.dumps({"totalPoints": float(points), "maxPoints": float(possible)})
    made.append(_command("notice", {"title": "Autograding complete"}, f"Points {points}/{possible}"))
    made.append(_command("notice", {"title": "Autograding report"}, totals))
    return made


def summary(reports: Sequence[GradeReport]) -> str:
    """The run's page, in Markdown: a table of the questions, and below it what there is to look at."""
    return "\n".join(line for report in reports for line in _page(report)) + "\n"


def outputs(report: GradeReport, result: bytes) -> dict[str, str]:
    """The step's outputs: points, possible, and Classroom's `result` as its reporter takes it.

    There are no points where there is no mark.
    """
    marks = ("", "") if report.status is Status.ERROR else (report.points, report.possible)
    points, possible = (mark if isinstance(mark, str) else feedback.number(mark) for mark in marks)
    return {"points": points, "possible": possible, "result": base64.b64encode(result).decode()}


def _error(question: QuestionReport, file: str, place: Place | None, first: list[str]) -> str:
    title = f"{question.name}: {feedback.marks(question.points)} of {feedback.marks(question.possible)}"
    properties = {"file": file, "line": "1", "title": title}
    if place is not None:
        properties |= {"line": str(place.file_line), "title": f"{title} (code cell {place.cell}, line {place.line})"}
    headline, *rest = feedback.lines(question, first=first)
    return _command("error", properties, textwrap.dedent("\n".join(rest or [headline])))


def _falls_short(question: QuestionReport) -> bool:
    return question.state is not State.MANUAL and question.points < question.possible


def _page(report: GradeReport) -> list[str]:
    name = _plain(report.submission)
    if report.status is not Status.GRADED:
        return [f"### {name}: {report.status.value}", "", *_fenced([report.problem]), ""]
    result = f"{feedback.marks(report.points)} of {feedback.marks(report.possible)}"
    rows = [_row(question) for question in report.questions]
    return [
        f"### {name}: {result} points",
        "",
        "| question | points | of | |",
        "| --- | --: | --: | --- |",
        *rows,
        "",
        *_fenced(feedback.report(report)[1:]),
        "",
    ]


def _row(question: QuestionReport) -> str:
    note = feedback.follow_through(question)
    points = feedback.marks(question.points)
    if question.state is State.MANUAL:
        note, points = "marked by hand", ""
    elif question.state is State.NOT_ATTEMPTED:
        note = "not attempted yet"
    bonus = Fraction(0) if question.bonus else question.possible
    return f"| {_plain(question.name)} | {points} | {feedback.marks(bonus)} | {_plain(note)} |"


def _fenced(lines: Sequence[str]) -> list[str]:
    return ["```text", *(line.replace("```", "'''") for text in lines for line in text.splitlines() or [""]), "```"]


def _plain(text: str) -> str:
    """A text as a cell of a table or a heading can hold it: one line, nothing that Markdown or HTML would take up."""
    return "".join(f"&#{ord(char)};" if char in "\\`*_[]<>|&#!~@" else char for char in shown(text, 2000))


def _command(kind: str, properties: Mapping[str, str], message: str) -> str:
    named = ",".join(f"{name}={_escaped(value, ':,')}" for name, value in properties.items())
    return f"::{kind} {named}::{_escaped(message)}"


def _escaped(text: str, more: str = "") -> str:
    text = visible(text)
    for sign in f"%\n{more}":
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text
