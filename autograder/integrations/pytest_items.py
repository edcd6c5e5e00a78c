"""A submission as pytest sees it: a file, its questions, and each check an item with a title.

No file that was handed in is imported, and no test module, package or conftest.py beside it either. The submission is
graded once, by the same engine as everywhere: in this process, or under xdist in the controlling one, which hands the
report to its workers.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .. import feedback
from ..batch import grade_all
from ..definition import Check, Question
from ..errors import AutograderError, HarnessError
from ..loading import load
from ..plain import shown
from ..records import GradeReport, Promise, Status, Submission
from ..students import SUFFIXES
from ..submission import read
from ..testcases import Case, Outcome, cases

_FOR_WORKERS = "autograder_reports"


class NotRight(Exception):  # noqa: N818  pytest shows its text and nothing else
    """A check that did not pass; the text is the feedback."""


class Door:
    """The hooks of a run that grades, and the reports that it has."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.reports: dict[Path, GradeReport] = {}
        self.faults: dict[Path, AutograderError] = {}
        handed_in = config.getoption("submission")
        if not handed_in and config.args_source is not pytest.Config.ArgsSource.ARGS:
            raise pytest.UsageError("--assignment is given without --submission PATH, which says what to grade")
        config.args = [str(path) for path in handed_in or config.args]
        if any("[" in path for path in config.args):
            raise pytest.UsageError("pytest takes no path with a [ in it; give the submission another name")
        try:
            self.loaded = load(config.getoption("assignment"))
        except AutograderError as error:
            raise pytest.UsageError(str(error)) from None
        given = getattr(config, "workerinput", {}).get(_FOR_WORKERS)
        if given:
            self.reports, self.faults = pickle.loads(given)  # noqa: S301  the controlling process wrote it

    # --- collecting

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> Generator[None, Any, list[Any]]:
        """The submission in place of whatever else a plugin sees in the file, so that none imports it."""
        yield
        if not file_path.name.lower().endswith(SUFFIXES):
            return []
        below = file_path.is_relative_to(self.config.rootpath)
        name = file_path.relative_to(self.config.rootpath).as_posix() if below else file_path.name
        # pytest would leave one that is not below without any, and print what it is called as it is
        return [SubmissionFile.from_parent(parent, path=file_path, nodeid=_printable(name), door=self)]

    @pytest.hookimpl(tryfirst=True)
    def pytest_collect_directory(self, path: Path, parent: pytest.Collector) -> pytest.Collector:
        """A folder is a folder, never a package whose `__init__.py` would be run."""
        collector: pytest.Collector = pytest.Dir.from_parent(parent, path=path)
        return collector

    # --- grading

    def report(self, path: Path) -> GradeReport:
        """The report of a submission. Raises HarnessError where there is no mark."""
        if path not in self.reports and path not in self.faults:
            self._grade([path])
        if path in self.faults:
            raise self.faults[path]
        report = self.reports[path]
        if report.status is Status.ERROR:
            raise HarnessError(report.problem)
        return report

    def _grade(self, paths: list[Path]) -> None:
        promise = Promise(self.config.getoption("require_isolation"))
        seed = self.config.getoption("grading_seed")
        try:
            reports = grade_all(self.loaded, [self._read(path) for path in paths], seed=seed, require=promise)
            self.reports.update(zip(paths, reports, strict=True))
        except AutograderError as error:
            self.faults.update(dict.fromkeys(paths, error))

    def _read(self, path: Path) -> Submission:
        """What was handed in; pytest follows links to folders, also below one that lies elsewhere."""
        here = self.config.invocation_params.dir
        given = [] if path.is_relative_to(here) else [item for item in self._given() if item in path.parents]
        return read(path, above=(given or [here])[0])

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the reports to a worker of xdist; they are made before the first one starts."""
        if not self.reports and not self.faults:
            self._grade([*self._paths()])
        node.workerinput[_FOR_WORKERS] = pickle.dumps((self.reports, self.faults))

    def _paths(self) -> Iterator[Path]:
        for path in self._given():
            below = sorted(path.rglob("*")) if path.is_dir() else [path]
            yield from (item for item in below if item.is_file() and item.name.lower().endswith(SUFFIXES))

    def _given(self) -> list[Path]:
        here = self.config.invocation_params.dir
        return [Path(os.path.abspath(here / argument.partition("::")[0])) for argument in self.config.args]  # noqa: PTH100

    # --- telling

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """The points of each question, as students read them elsewhere."""
        for path, report in self.reports.items():
            terminalreporter.write_sep("=", f"points of {shown(path.name)}")
            for line in summary(report):
                terminalreporter.write_line(line)


class SubmissionFile(pytest.File):
    """What was handed in."""

    def __init__(self, *, door: Door, **rest: Any) -> None:
        super().__init__(**rest)
        self.door = door

    def collect(self) -> Iterable[QuestionNode]:
        """The questions of the assignment, whatever the file holds."""
        for question in self.door.loaded.questions:
            yield QuestionNode.from_parent(self, name=question.name, question=question)


class QuestionNode(pytest.Collector):
    """A question."""

    def __init__(self, *, question: Question, **rest: Any) -> None:
        super().__init__(**rest)
        self.question = question

    def collect(self) -> Iterable[CheckItem]:
        """Its checks."""
        for item in self.question.checks:
            yield CheckItem.from_parent(self, name=item.name, question=self.question, check=item)


class CheckItem(pytest.Item):
    """A check: passed, failed with what its student may read, or an error of ours."""

    def __init__(self, *, question: Question, check: Check, **rest: Any) -> None:
        super().__init__(**rest)
        self.question, self.check = question, check
        self.user_properties.append(("title", check.title.rstrip(".")))

    def setup(self) -> None:
        """Grade the submission, if no check of it was run before. Raises HarnessError where there is no mark."""
        file = self.getparent(SubmissionFile)
        assert file is not None
        found = {(case.question, case.name): case for case in cases(file.door.report(self.path))}
        whole = (case for case in found.values() if case.question == self.question.name)
        self.case: Case = found.get((self.question.name, self.check.name)) or next(whole)
        self.user_properties += [
            ("points", feedback.number(self.case.points)),
            ("possible", feedback.number(self.check.points)),
        ]

    def runtest(self) -> None:
        """Raise NotRight where the check did not pass."""
        text = "\n".join(self.case.text)
        if self.case.outcome is not Outcome.PASSED:
            raise NotRight(text)
        if text:
            self.add_report_section("call", "follow-through", text)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The feedback alone; a traceback only where the plugin itself is at fault."""
        if isinstance(excinfo.value, NotRight | AutograderError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """The headline of a failure: question and title."""
        told = self.path.with_name(_printable(self.path.name))
        return told, None, f"{self.question.name}: {self.check.title.rstrip('.')}"


def _printable(name: str) -> str:
    """The name where that can be printed, else one that can be, and is no other's."""
    plain = shown(name, 1000)
    return plain if plain == name else f"{plain}~{hashlib.sha256(os.fsencode(name)).hexdigest()[:8]}"


def summary(report: GradeReport) -> list[str]:
    """The points, a line for each question, and what they add up to."""
    if report.status is not Status.GRADED:
        return [report.problem]
    lines = [feedback.headline(question) for question in report.questions]
    return [*lines, f"In total: {feedback.marks(report.points)} of {feedback.marks(report.possible)}."]
