"""Otter's plugin: grades by our engine, so that student code never enters Otter's kernel.

`otter run` and `otter grade` import it by name. Whatever goes wrong on our side is raised, and Otter then ends
without a result: no result is no mark, and never a zero.
"""

from __future__ import annotations

import inspect
import os
import shutil
from pathlib import Path
from typing import Any

import nbformat
from otter.plugins import AbstractOtterPlugin
from otter.test_files import GradingResults, TestCase
from otter.test_files.abstract_test import TestCaseResult
from otter.test_files.exception_test import ExceptionTestFile

from .. import batch, feedback, grade, scoring, submission
from ..definition import VISIBILITIES
from ..errors import AssignmentError, HarnessError
from ..loading import Loaded, load
from ..records import CheckReport, GradeReport, Promise, QuestionReport, State, Status, Submission, Verdict
from . import gradescope

KEPT = ("tests",)  # Otter's own, copied there before any plugin runs
PLACES = ("source", "source/requirements.d")  # of the course: in Otter's image, and where the zip is just unpacked
_SETTINGS = {"assignment", "isolation", "seed", "hidden_checks"}


class Engine(AbstractOtterPlugin):  # type: ignore[misc]  # Otter carries no types
    """Grades a submission before Otter opens it, and writes the verdicts into Otter's results."""

    def before_grading(self, config: Any) -> None:
        """Read and grade the file, then leave nothing beside it that Otter or Python would pick up."""
        settings = _checked(self.plugin_config or {})
        self.hidden_checks = settings.get("hidden_checks") or ("after_published" if config.show_hidden else "hidden")
        path = Path(self.submission_path)
        loaded = _loaded(path.parent.parent, settings["assignment"])
        read = _read(path)
        _clear(path)
        batch.require_isolation(loaded, Promise(settings.get("isolation", Promise.SECRETS)))
        self.report = grade.grade(read, loaded, seed=settings.get("seed", 0))
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
        results.__class__ = _Results
        results.show(self.report, self.hidden_checks)

    def generate_report(self) -> str:
        """The whole report and what held student code, for Otter's log."""
        reached = [f"Isolation: {self.report.isolation}"] if self.report.isolation else []
        return "\n".join([*feedback.report(self.report), *reached])


class _Results(GradingResults):  # type: ignore[misc]  # as above
    """Otter's results, which write an entry for each check. Pickled, they are Otter's own, for hosts without us."""

    def show(self, report: GradeReport, hidden_checks: str) -> None:
        """Keep what is to be written."""
        self._report, self._hidden_checks = report, hidden_checks

    def __reduce__(self) -> tuple[Any, ...]:
        kept = {key: value for key, value in vars(self).items() if key not in ("_report", "_hidden_checks")}
        return GradingResults, ([],), kept

    def to_gradescope_dict(self, ag_config: Any) -> dict[str, Any]:
        """Gradescope's form: what Otter writes, with our tests in place of those of questions."""
        made: dict[str, Any] = super().to_gradescope_dict(ag_config)
        theirs = [item for item in made["tests"] if item["name"] not in {"Public Tests", *self.results}]
        scores = {name: float(file.score) for name, file in self.results.items()}
        ours = gradescope.tests(self._report, hidden_checks=self._hidden_checks, scores=scores)
        if self.all_hidden:
            ours = [item | {"visibility": gradescope.HIDDEN} for item in ours]
        # what another plugin says, of a limit of submissions, say, is for the student all the same; the rest is not
        said = (
            gradescope.markdown(self.output or "") if self.all_hidden else gradescope.heading(self._report, self.output)
        )
        return made | {"output": said, "output_format": "md", "tests": [*theirs, *ours]}


def _checked(settings: dict[str, Any]) -> dict[str, Any]:
    """The plugin's settings in `otter_config.json`. Raises AssignmentError where one of them cannot be."""
    where = "otter_config.json"
    if unknown := sorted(set(settings) - _SETTINGS):
        raise AssignmentError(f"{where}: the plugin has no setting {unknown[0]}; it has {', '.join(sorted(_SETTINGS))}")
    if not isinstance(settings.get("assignment"), str):
        raise AssignmentError(f"{where} does not say assignment for the plugin")
    if settings.get("hidden_checks", VISIBILITIES[0]) not in VISIBILITIES:
        raise AssignmentError(f"{where}: hidden_checks is one of {', '.join(VISIBILITIES)}")
    if settings.get("isolation", Promise.SECRETS) not in tuple(Promise):
        raise AssignmentError(f"{where}: isolation is one of {', '.join(Promise)}")
    if not isinstance(settings.get("seed", 0), int):
        raise AssignmentError(f"{where}: seed is a whole number")
    return settings


def _read(path: Path) -> Submission:
    """What was handed in. `otter run` copies what a link leads to, so the path that it was given is looked at."""
    start = Path(os.environ.get("PWD", "/"))  # Otter has gone elsewhere since
    given = _given()
    if given is not None and submission.is_linked(start / given, above=start):
        return submission.read(start / given, name=path.name, above=start)
    return submission.read(path, name=path.name)


def _given() -> str | None:
    """The path that `otter run` was given, which it tells no plugin; None where something else has started us."""
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_globals.get("__name__") == "otter.run" and "submission" in frame.f_locals:
            return str(frame.f_locals["submission"])
        frame = frame.f_back
    return None


def _loaded(autograder: Path, assignment: str) -> Loaded:
    """The assignment, in the folder `source` beside the folder of the submission."""
    found = [autograder / place / assignment for place in PLACES if (autograder / place / assignment).is_dir()]
    if not found:
        raise AssignmentError(f"there is no {assignment} in {autograder / PLACES[0]}")
    return load(found[0])


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
        cases.append(_outcome(item, placed=placed))
        placed = placed or item.where is not None
    made = ExceptionTestFile(question.name, "", [item.test_case for item in cases], all_or_nothing=False)
    made.test_case_results = cases
    made.update_score(float(round(question.points, scoring.PLACES)))
    return made


def _whole(question: QuestionReport) -> TestCaseResult:
    """The case that stands first, with the headline and all points: Otter adds up floats, and 18 must stay 18."""
    public = any(item.public for item in question.own_checks)
    full = question.points == question.possible
    note = feedback.headline(question) if full else None
    if not public:
        # Otter calls a question without public cases passed
        note = "This question has hidden checks only."
    case = TestCase(question.name, "", public, _worth(question), note, None)
    return TestCaseResult(case, feedback.headline(question), full or bool(question.own_checks))


def _outcome(item: CheckReport, *, placed: bool) -> TestCaseResult:
    case = TestCase(item.title.rstrip("."), "", not item.public, 0.0, None, None)
    passed = item.verdict is Verdict.PASSED
    return TestCaseResult(case, "" if passed else "\n".join(feedback.of_check(item, placed=placed)), passed)


def _worth(question: QuestionReport) -> float:
    """Bonus points count as earned, and never as attainable."""
    return 0.0 if question.bonus else float(question.possible)
