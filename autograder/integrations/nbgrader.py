"""Marks into nbgrader's gradebook, through its own API, so that formgrader shows them.

A question is a grade cell with its points. formgrader takes a submission for graded where it finds a notebook in
`autograded/` beside the database's entry: it gets the cells that were handed in, without outputs, and below them a
cell for each question with what the student may read. What a person has given in formgrader is left as it is.
"""

from __future__ import annotations

import json
import os
import re
import sys
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat

from .. import feedback
from ..definition import Assignment
from ..errors import UsageError
from ..plain import shown, visible
from ..records import GradeReport, QuestionReport, State, Status
from ..submission import Source, handed_in_text, read_all

_WANTED = "pip install 'backprop-grader[nbgrader]'"


def require(course: Path, definition: Assignment, name: str) -> None:
    """Raise UsageError, before anybody is graded, where the marks could not be written."""
    if not course.is_dir():
        raise UsageError(f"{course} is no folder; --nbgrader names the folder of nbgrader's course")
    with _gradebook(course) as book:
        _require_no_others(book, definition, name)


def write(course: Path, definition: Assignment, name: str, graded: Sequence[tuple[Source, GradeReport]]) -> None:
    """Write every report that has a mark; one of a harness error is left out, and so is no zero.

    Raises UsageError where the assignment has grade cells in the gradebook that are not ours, as points would count
    twice; and, once the others' marks are there, for students whose marks are not: two submissions are theirs, or no
    file can have their name.
    """
    marked = [(source, report) for source, report in graded if report.status is not Status.ERROR]
    places = Counter(_student(report) for _, report in marked)
    named = Counter(_named(report) for _, report in marked)
    left_out: list[tuple[str, str]] = []
    with _gradebook(course) as book, warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"nbgrader\.")  # of its own way with the database
        _require_no_others(book, definition, name)
        _define(book, definition, name)
        for source, report in marked:
            student, own = _student(report), _named(report)
            if named[own] > 1:
                left_out.append((own, "handed in more than once"))
            elif places[student] > 1 and own != student:
                left_out.append((own, f"their folder would be that of {shown(student, 60)}"))
            else:
                try:
                    _write_notebook(course, name, source, report)
                except OSError as error:
                    left_out.append((own, f"the notebook cannot be written, {(error.strerror or 'no reason').lower()}"))
                else:
                    _write_marks(book, course, name, report)
    if left_out:
        told = [f"{shown(student, 60)} ({reason})" for student, reason in sorted(set(left_out))]
        more = f" and {len(told) - 5} more" if len(told) > 5 else ""
        raise UsageError(
            f"not in nbgrader's gradebook: {', '.join(told[:5])}{more}; it has one submission of a student, and a "
            "notebook for each; all other marks are there"
        )


def _gradebook(course: Path) -> Any:
    try:
        from nbgrader.api import Gradebook  # noqa: PLC0415  an extra
    except ImportError:
        raise UsageError(f"nbgrader is needed to write into its gradebook: {_WANTED}") from None
    with _own_programs_found():
        return Gradebook(f"sqlite:///{course.absolute() / 'gradebook.db'}")


@contextmanager
def _own_programs_found() -> Iterator[None]:
    """Lets nbgrader start `alembic` by its name, which is found only where the environment has been activated."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


def _named(report: GradeReport) -> str:
    """Who handed it in."""
    return report.student or report.submission


def _student(report: GradeReport) -> str:
    """Who handed it in, as a folder of nbgrader's may be called."""
    return re.sub(r'[/\\:*?"<>|]', "_", visible(_named(report))).strip(". \n") or "_"


# --- the database ------------------------------------------------------------------------------------


def _names(definition: Assignment) -> list[str]:
    return [item.name for item in (*definition.questions, *definition.manual)]


def _require_no_others(book: Any, definition: Assignment, name: str) -> None:
    there = {item.name: item for item in book.assignments}.get(name)
    cells = [cell.name for notebook in (there.notebooks if there else ()) for cell in notebook.grade_cells]
    others = [cell for cell in cells if cell not in _names(definition)]
    if others:
        raise UsageError(
            f"the gradebook's assignment {name} has grade cells of its own ({', '.join(others[:3])}), whose points "
            "would count beside these; use a course folder of its own, or remove the assignment there"
        )


def _define(book: Any, definition: Assignment, name: str) -> None:
    """The assignment, its notebook, a grade cell for each question, and a solution cell for each written one."""
    book.update_or_create_assignment(name)
    book.update_or_create_notebook(name, name)
    for question in definition.questions:
        most = 0.0 if question.bonus else float(question.possible)
        book.update_or_create_grade_cell(question.name, name, name, max_score=most, cell_type="code")
    for item in definition.manual:
        most = float(item.possible)
        book.update_or_create_grade_cell(item.name, name, name, max_score=most, cell_type="markdown")
        book.update_or_create_solution_cell(item.name, name, name)  # where formgrader takes a comment


def _write_marks(book: Any, course: Path, name: str, report: GradeReport) -> None:
    from nbgrader.api import Comment, Grade, SubmittedNotebook  # noqa: PLC0415  as above

    student = _student(report)
    book.update_or_create_student(student)
    submission = book.update_or_create_submission(name, student)
    submission.timestamp = _timestamp(course / "submitted" / student / name / "timestamp.txt")
    notebook = next((item for item in submission.notebooks if item.name == name), None)
    if notebook is None:
        notebook = SubmittedNotebook(notebook=book.find_notebook(name, name), assignment=submission)
        book.db.add(notebook)
    known = {grade.cell_id: grade for grade in notebook.grades}
    for question in report.questions:
        cell = book.find_grade_cell(question.name, name, name)
        grade = known.get(cell.id)
        if grade is None:
            grade = Grade(cell_id=cell.id, notebook=notebook)
            book.db.add(grade)
        if question.state is State.MANUAL:
            grade.needs_manual_grade = grade.manual_score is None
        else:
            grade.auto_score = float(feedback.number(question.points))
            grade.needs_manual_grade = False
    commented = {comment.cell_id for comment in notebook.comments}
    for cell in book.find_notebook(name, name).solution_cells:
        if cell.id not in commented:
            book.db.add(Comment(cell_id=cell.id, notebook=notebook))
    book.db.commit()


def _timestamp(path: Path) -> Any:
    """When it was handed in, which formgrader holds against the database; None where the file does not say so."""
    from nbgrader.utils import parse_utc  # noqa: PLC0415  as above

    try:
        return parse_utc(path.read_text(encoding="utf-8").strip()) if path.is_file() else None
    except (OSError, ValueError, ArithmeticError):  # it came with what was handed in
        return None


# --- the notebook that formgrader shows --------------------------------------------------------------


def _write_notebook(course: Path, name: str, source: Source, report: GradeReport) -> None:
    cells = [_plain(kind, text) for kind, text in _handed_in(source)]
    first = feedback.to_mend(report)
    told = feedback.lines if report.status is Status.GRADED else lambda *_, **__: [report.problem]
    cells += [_graded(question, told(question, first=first)) for question in report.questions]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made = nbformat.from_dict({"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 4})
    place = course / "autograded" / _student(report) / name / f"{name}.ipynb"
    text: str = nbformat.writes(made, version=nbformat.NO_CONVERT)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"{text}\n", encoding="utf-8")


def _handed_in(source: Source) -> Iterable[tuple[str, str]]:
    """Kind and text of every cell; of a file that is no notebook, of its code."""
    try:
        cells = json.loads(handed_in_text(source))["cells"]
        kept = [(cell["cell_type"], cell["source"]) for cell in cells if cell["cell_type"] in ("code", "markdown")]
        return [(kind, text if isinstance(text, str) else "".join(map(str, text))) for kind, text in kept]
    except (KeyError, TypeError, ValueError, RecursionError):
        (submission,) = read_all([source])
        return [("code", cell.source) for cell in submission.cells]


def _plain(kind: str, text: str) -> dict[str, Any]:
    """A cell without outputs and without metadata: what a student writes there shall mean nothing to nbgrader."""
    text = text.encode("utf-8", "replace").decode()
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": text}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def _graded(question: QuestionReport, lines: Sequence[str]) -> dict[str, Any]:
    by_hand = question.state is State.MANUAL
    kind = "markdown" if by_hand else "code"
    facts: dict[str, Any] = {
        "cell_type": kind,
        "grade": True,
        "grade_id": question.name,
        "locked": not by_hand,
        "points": 0.0 if question.bonus else float(question.possible),
        "schema_version": 3,
        "solution": by_hand,
        "task": False,
    }
    said = "\n".join(lines)
    made = _plain(
        facts["cell_type"], f"**{question.name}**: to be marked by hand." if by_hand else f"# {question.name}"
    )
    made["metadata"] = {"nbgrader": facts}
    if not by_hand:
        made["outputs"] = [{"name": "stdout", "output_type": "stream", "text": f"{said}\n"}]
    return made
