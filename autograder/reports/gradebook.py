"""The gradebook on disk: `grades.csv`, a row per submission, and `results/`, a JSON that explains every mark.

The same reports give the same bytes. Files appear whole or not at all.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from .. import feedback
from ..definition import Assignment
from ..errors import AssignmentError, UsageError
from ..plain import COMMANDS, obeyed_by_none
from ..records import CheckReport, Diagnosis, GradeReport, Note, QuestionReport, State, Status

FORMAT = 1
_BEFORE = ("submission", "student", "attempt")
_AFTER = ("total", "possible", "follow_through", "status")
_LONGEST_NAME = 200  # bytes; file systems end at 255
_UNSAFE = re.compile(r"[\\:*?\"<>|]")
_FORMULA = tuple("=+-@＝＋－＠")  # some spreadsheets read wide signs, too


class Gradebook:
    """The folder that a class is written into, which is made; its methods raise UsageError where that cannot be.

    `submissions` are the names of all. Each has its file as soon as it is taken: what ends the command does not take
    along what was graded by then.
    """

    def __init__(self, folder: Path, submissions: Sequence[str]) -> None:
        self._folder = folder
        self._names = dict(zip(submissions, file_names(submissions), strict=True))

    def take(self, report: GradeReport) -> None:
        """Write what explains a submission's marks."""
        self._write(f"results/{self._names[report.submission]}", as_json(report))

    def finish(self, definition: Assignment, reports: Sequence[GradeReport]) -> None:
        """Write the class, once each of them was taken."""
        self._write("grades.csv", as_csv(definition, reports))

    def _write(self, name: str, data: bytes) -> None:
        path = self._folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(path, data)
        except OSError as error:
            raise UsageError(f"{error.filename or self._folder} cannot be written ({error.strerror})") from error


def columns(definition: Assignment) -> tuple[str, ...]:
    """The names of the columns. Raises AssignmentError where a question is called like one of ours."""
    names = tuple(item.name for item in (*definition.questions, *definition.manual))
    for name in names:
        if name in _BEFORE + _AFTER:
            raise AssignmentError(
                f"a question is called {name}, which grades.csv has a column for; give it another name="
            )
    return _BEFORE + names + _AFTER


def as_csv(definition: Assignment, reports: Iterable[GradeReport]) -> bytes:
    """The class as CSV: points as plain decimals, empty where there is no mark."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = columns(definition)
    writer.writerow(names)
    for report in reports:
        row = _row(report)
        writer.writerow([row.get(name, "") for name in names])
    return text.getvalue().encode("utf-8", "backslashreplace")


def as_json(report: GradeReport) -> bytes:
    """All that is known of a submission's marks, with the text that its student may read."""
    error = report.status is Status.ERROR
    tree = {
        "format": FORMAT,
        "assignment": report.assignment,
        "submission": report.submission,
        "student": report.student,
        "attempt": report.attempt,
        "status": report.status.value,
        "problem": report.problem,
        "points": None if error else _number(report.points),
        "possible": _number(report.possible),
        "follow_through": None if error else _number(_followed(report)),
        "convention": report.convention,
        "isolation": report.isolation,
        "seed": report.seed,
        "questions": [_question(question) for question in report.questions],
        "notes": [_note(note) for note in report.notes],
        "feedback": feedback.report(report),
    }
    text = json.dumps(tree, ensure_ascii=False, indent=1)
    text = COMMANDS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return ("".join(char if char.isprintable() or char == "\n" else _escaped(char) for char in text) + "\n").encode()


def file_names(submissions: Iterable[str]) -> list[str]:
    """A file name for each submission: `/` as `__`; where no file can be called so, a digest tells it apart."""
    names: list[str] = []
    taken: set[str] = set()
    for submission in submissions:
        plain = submission.replace("/", "__")
        name = obeyed_by_none(_UNSAFE.sub("_", "".join(char if char.isprintable() else "_" for char in plain)))
        short = name.encode()[:_LONGEST_NAME].decode("utf-8", "ignore")
        if short != plain or _alike(short) in taken:
            short = f"{short}~{hashlib.sha256(submission.encode('utf-8', 'backslashreplace')).hexdigest()[:12]}"
        taken.add(_alike(short))
        names.append(f"{short}.json")
    return names


def _alike(name: str) -> str:
    """What two names have in common that are one file's on some system: without case, and é in one sign or in two."""
    return unicodedata.normalize("NFKC", name).casefold()


def _row(report: GradeReport) -> dict[str, str]:
    row = {
        "submission": _harmless(report.submission),
        "student": _harmless(report.student),
        "attempt": _harmless(report.attempt),
        "status": report.status.value,
    }
    if report.status is Status.ERROR:
        return row
    marks = {q.name: feedback.number(q.points) for q in report.questions if q.state is not State.MANUAL}
    totals = {"total": report.points, "possible": report.possible, "follow_through": _followed(report)}
    return row | marks | {name: feedback.number(value) for name, value in totals.items()}


def _harmless(text: str) -> str:
    """A name that no spreadsheet takes for a formula, and that says what it holds: no line ends, no escapes."""
    text = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
    text = obeyed_by_none(text)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _followed(report: GradeReport) -> Fraction:
    """The points that were earned with given functions, beyond those with the student's own."""
    return sum((question.points - question.own_points for question in report.questions), Fraction(0))


def _escaped(char: str) -> str:
    r"""A sign that is not seen as JSON writes it: `\u202e`."""
    return json.dumps(char)[1:-1] if char != "\x7f" else "\\u007f"


def _number(value: Fraction) -> int | float:
    text = feedback.number(value)
    return float(text) if "." in text else int(text)


def _question(question: QuestionReport) -> dict[str, Any]:
    manual = question.state is State.MANUAL
    tree: dict[str, Any] = {
        "name": question.name,
        "stub": question.stub,
        "state": question.state.value,
        "points": None if manual else _number(question.points),
        "possible": _number(question.possible),
        "own_points": None if manual else _number(question.own_points),
        "bonus": question.bonus,
        "given": list(question.given),
        "follow_through": feedback.follow_through(question),
        "diagnosis": _diagnosis(question.diagnosis),
        "checks": [_check(item) for item in question.checks],
    }
    if question.own_checks != question.checks:
        tree["own_checks"] = [_check(item) for item in question.own_checks]
    return tree


def _diagnosis(found: Diagnosis | None) -> dict[str, Any] | None:
    """What was matched and how surely, for the instructor, and the sentence that the student reads if it is certain."""
    if found is None:
        return None
    return {"matched": found.matched, "surely": found.surely.value, "checks": found.checks, "sentence": found.sentence}


def _check(item: CheckReport) -> dict[str, Any]:
    return {
        "name": item.name,
        "title": item.title,
        "public": item.public,
        "verdict": item.verdict.value,
        "points": _number(item.points),
        "possible": _number(item.possible),
        "hint": item.hint,
        "findings": [{"block": f.block, "verdict": f.verdict.value, "message": f.message} for f in item.findings],
        "where": {"cell": item.where.cell, "line": item.where.line, "function": item.where.function}
        if item.where
        else None,
        "exception": item.exception,
        "stub": item.stub,
    }


def _note(note: Note) -> dict[str, Any]:
    return {"kind": note.kind.value, "cell": note.cell, "line": note.line, "name": note.name}


def _write_whole(path: Path, data: bytes) -> None:
    draft = path.with_name(f".{hashlib.sha256(path.name.encode()).hexdigest()[:12]}.{os.getpid()}.part")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
