"""Otter's plugin: grades by our engine, so that student code never enters Otter's kernel.

`otter run` and `otter grade` import it by name. Whatever goes wrong on our side is raised, and Otter then ends
without a result: no result is no mark, and never a zero.
"""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import nbformat
from otter.plugins import AbstractOtterPlugin
from otter.test_files import GradingResults, TestCase
from otter.test_files.abstract_test import TestCaseResult
from otter.test_files.exception_test import ExceptionTestFile

from .. import feedback, grade, scoring, submission
from ..errors import AssignmentError, HarnessError
from ..loading import Loaded, load
from ..records import CheckReport, NoteKind, QuestionReport, State, Status, Verdict

KEPT = ("tests",)  # Otter's own, copied there before any plugin runs


class Engine(AbstractOtterPlugin):  # type: ignore[misc]  # Otter carries no types
    """Grades a submission before Otter opens it, and writes the verdicts into Otter's results."""

    def before_grading(self, config: Any) -> None:
        """Read and grade the file, then leave nothing beside it that Otter or Python would pick up."""
        self.shows_hidden = bool(config.show_hidden)
        path = Path(self.submission_path)
        loaded = self._loaded(path)
        read = submission.read(path, name=path.name)
        _clear(path)
        self.report = grade.grade(read, loaded, seed=int(self._setting("seed", 0)))
        if self.report.status is Status.ERROR:
            raise HarnessError(self.report.problem)

    def before_execution(self, _notebook: Any) -> nbformat.NotebookNode:
        """An empty notebook in place of the student's."""
        return nbformat.v4.new_notebook()

    def after_grading(self, results: GradingResults) -> None:
        """Our report in place of whatever Otter's kernel brought back."""
        graded = [question for question in self.report.questions if question.state is not State.MANUAL]
        results.results = {question.name: _test_file(question) for question in graded}
        results._catastrophic_error = None  # noqa: SLF001  an empty notebook's results are of no interest
        notes = (note for note in self.report.notes if note.kind is not NoteKind.SKIPPED)
        told = feedback.report(self.report) if self.shows_hidden else feedback.receipt(notes)
        results.set_output(self.report.problem or "\n".join(told))

    def generate_report(self) -> str:
        """The whole report, for Otter's log."""
        return "\n".join(feedback.report(self.report))

    def _loaded(self, path: Path) -> Loaded:
        """The assignment, below the folder `source` beside the folder of the submission."""
        return load(path.parent.parent / "source" / str(self._setting("assignment", None)))

    def _setting(self, name: str, default: Any) -> Any:
        settings = self.plugin_config or {}
        if name not in settings and default is None:
            raise AssignmentError(f"otter_config.json does not say {name} for the plugin")
        return settings.get(name, default)


def _clear(path: Path) -> None:
    """Remove what lies beside the submission: logs that Otter would unpickle, modules that would shadow real ones.

    The folder is Otter's own copy. A Python file is emptied too: it might be called `numpy.py`.
    """
    for item in path.parent.iterdir():
        if item == path or item.name in KEPT:
            continue
        if item.is_dir() and not item.is_symlink():
            shutil.rmtree(item)
        else:
            item.unlink()
    if path.suffix == ".py":
        path.write_text("", encoding="utf-8")


def _test_file(question: QuestionReport) -> ExceptionTestFile:
    """A question in Otter's form: what is to be said of the whole, then a case for each check."""
    cases, placed = [_whole(question)], False
    for item in question.own_checks:
        cases.append(_outcome(question, item, placed=placed))
        placed = placed or item.where is not None
    made = ExceptionTestFile(question.name, "", [item.test_case for item in cases], all_or_nothing=False)
    made.test_case_results = cases
    made.update_score(float(round(question.points, scoring.PLACES)))
    return made


def _whole(question: QuestionReport) -> TestCaseResult:
    """The case that stands first. It carries the headline, and the points where there are no others to carry them."""
    public = any(item.public for item in question.own_checks)
    worth = Fraction(0) if question.own_checks else question.possible
    full = question.points == question.possible
    note = feedback.headline(question) if full else None
    if not public:
        # Otter calls a question without public cases passed
        note = "This question has hidden checks only."
    case = TestCase(question.name, "", public, _worth(question, worth), note, None)
    return TestCaseResult(case, feedback.headline(question), full or bool(question.own_checks))


def _outcome(question: QuestionReport, item: CheckReport, *, placed: bool) -> TestCaseResult:
    case = TestCase(item.title.rstrip("."), "", not item.public, _worth(question, item.possible), None, None)
    passed = item.verdict is Verdict.PASSED
    return TestCaseResult(case, "" if passed else "\n".join(feedback.of_check(item, placed=placed)), passed)


def _worth(question: QuestionReport, possible: Fraction) -> float:
    """Bonus points count as earned, and never as attainable."""
    return 0.0 if question.bonus else float(possible)
