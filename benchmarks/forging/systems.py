"""Three systems, each with a course of its own in a temporary folder, made and used as its manual says."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.classroom import notebook

from .assignment import FUNCTIONS, IMPORTS, NAME, POSSIBLE, Test, tests_of
from .submissions import Submission

ROOT = Path(__file__).parents[2]
_RAISED = re.compile(r"\w+Error: .+")
_CODES = re.compile(r"\x1b\[[0-9;]*m")


class SetUpError(Exception):
    """A system that could not be set up, with the reason."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a command: its exit code, None where its time ran out, and what it said."""

    code: int | None
    said: str

    @property
    def last(self) -> str:
        """The last line that it said; of those with an exception in them, where there are any."""
        lines = [line.strip() for line in _CODES.sub("", self.said).splitlines() if line.strip()]
        raised = [found[0] for line in lines if (found := _RAISED.search(line))]
        return (raised or lines or ["nothing was said"])[-1]


class System(ABC):
    """A folder with a course in it, and how to have a submission marked there."""

    title: str

    def __init__(self, course: Path, seconds: float) -> None:
        self.course, self.seconds = course, seconds
        self.home = course.parent / f"{course.name}_home"
        for folder in (course, self.home):
            folder.mkdir()

    @abstractmethod
    def prepare(self) -> None:
        """Make the course. Raises SetUpError."""

    @abstractmethod
    def template(self) -> nbformat.NotebookNode:
        """The notebook that students get."""

    @abstractmethod
    def place(self, name: str) -> Path:
        """Where a submission of that name belongs."""

    @abstractmethod
    def mark(self, name: str) -> str:
        """Have the submission marked: its marks, or what became of it."""

    def hand_in(self, submission: Submission) -> None:
        """Fill in the template and put it where it belongs."""
        made = self.template()
        first = f"COURSE = {str(self.course)!r}\n{submission.first}"
        for cell in made.cells:
            heads = re.findall(r"^def (\w+)\(", cell.source, re.MULTILINE) if cell.cell_type == "code" else []
            if heads and heads[0] in FUNCTIONS:
                cell.source = submission.functions[heads[0]]
            elif cell.source.strip() == IMPORTS:
                cell.source = f"{IMPORTS}\n{first}"
        if submission.last:
            made.cells.append(_code(submission.last.strip("\n")))
        path = self.place(submission.name)
        path.parent.mkdir(parents=True)
        _write(path, made)

    def run(self, *command: str | Path, **environment: str) -> Ended:
        """Run a command in the course, in a home of its own; all that it started is ended with it."""
        kept = {name: os.environ[name] for name in ("LANG", "PYTHONPATH") if name in os.environ}
        path = os.pathsep.join((str(Path(command[0]).parent), os.defpath))
        home = {name: str(self.home) for name in ("HOME", "TMPDIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=self.course,
            env={**kept, **home, "PATH": path, "PYTHONUNBUFFERED": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(timeout=self.seconds)
        except subprocess.TimeoutExpired:
            for pid in _below(process.pid):
                _end(pid)
            process.communicate()
            return Ended(None, "")
        return Ended(process.returncode, said)

    def expect(self, *command: str | Path) -> None:
        """Run a command that must go well."""
        ended = self.run(*command)
        if ended.code != 0:
            raise SetUpError(f"{' '.join(map(str, command))}: {ended.last}")

    def became(self, ended: Ended) -> str:
        """Of a submission without marks: why."""
        return f"no end within {self.seconds:g} s" if ended.code is None else f"no mark: {ended.last[:80]}"


class Ours(System):
    """This project: `autograder grade`."""

    title = "`autograder grade`"

    def __init__(self, course: Path, seconds: float, *, walls: bool = True) -> None:
        super().__init__(course, seconds)
        self.walls = walls  # without them it is a control: what is then gained, they keep

    def prepare(self) -> None:
        """Write the assignment's four files."""
        folder = self.course / "assignments" / NAME
        folder.mkdir(parents=True)
        (self.course / "reference").mkdir()
        sources = [item.marked.replace("### ", "# ") for item in FUNCTIONS.values()]
        reference = "\n\n".join(('"""A small assignment."""\n\n' + IMPORTS, *sources))
        (self.course / "reference" / f"{NAME}.py").write_text(reference, encoding="utf-8")
        (folder / "questions.py").write_text(_questions(), encoding="utf-8")
        (folder / "mistakes.py").write_text('"""None are known."""\n\nMISTAKES = []\n', encoding="utf-8")
        stubs = "".join(f"\n## {name}\n\n<!-- stub: {name} -->\n" for name in FUNCTIONS)
        (folder / "text.md").write_text(f"# Small\n\n```python\n{IMPORTS}\n```\n{stubs}", encoding="utf-8")

    def template(self) -> nbformat.NotebookNode:
        """Imports, and a cell for each function."""
        return notebook([IMPORTS, *(item.marked for item in FUNCTIONS.values())])

    def place(self, name: str) -> Path:
        """A folder for each student."""
        return self.course / "submissions" / name / f"{NAME}.ipynb"

    def mark(self, name: str) -> str:
        """Grade it, and read its result file."""
        out = self.course / "out" / name
        where = self.course / "assignments" / NAME
        command = (sys.executable, "-m", "autograder", "grade", where, self.place(name), "--out", out)
        least = "secrets" if self.walls else "accidents"
        cold = {} if self.walls else {"AUTOGRADER_COLD": "1"}
        ended = self.run(*command, "--require-isolation", least, **cold)
        found = list(out.glob("results/*.json")) if ended.code == 0 else []
        return marks(json.loads(found[0].read_text())["points"]) if found else self.became(ended)


class Otter(System):
    """Otter: `otter assign` with public and hidden tests, then `otter run`."""

    title = "`otter run`"

    def __init__(self, course: Path, seconds: float, python: str) -> None:
        super().__init__(course, seconds)
        self.python = python

    def prepare(self) -> None:
        """Write the master notebook and have it assigned."""
        cells = [
            _raw(f"# ASSIGNMENT CONFIG\nname: {NAME}\nexport_cell: false\nrun_tests: false\ngenerate:\n  pdf: false"),
            _code(IMPORTS),
        ]
        for name, item in FUNCTIONS.items():
            solution = _code(item.marked.replace("### ", "# "))
            cells += [_raw(f"# BEGIN QUESTION\nname: {name}"), _raw("# BEGIN SOLUTION"), solution]
            cells += [_raw("# END SOLUTION"), _raw("# BEGIN TESTS"), *map(self._test, tests_of(name))]
            cells += [_raw("# END TESTS"), _raw("# END QUESTION")]
        _write(self.course / f"{NAME}.ipynb", _notebook(cells))
        self.expect(self.python, "-m", "otter", "assign", f"{NAME}.ipynb", "dist")

    @staticmethod
    def _test(test: Test) -> nbformat.NotebookNode:
        hidden = str(not test.public).lower()
        config = f'""" # BEGIN TEST CONFIG\npoints: {test.points}\nhidden: {hidden}\n""" # END TEST CONFIG'
        return _code(f"{config}\n{test.asserted}")

    def template(self) -> nbformat.NotebookNode:
        """What `otter assign` made for students."""
        return nbformat.read(self.course / "dist" / "student" / f"{NAME}.ipynb", as_version=4)

    def place(self, name: str) -> Path:
        """A folder for each student."""
        return self.course / "submissions" / name / f"{NAME}.ipynb"

    def mark(self, name: str) -> str:
        """Run it, and read its results."""
        out = self.course / "graded" / name
        out.mkdir(parents=True)
        (bundle,) = (self.course / "dist" / "autograder").glob("*.zip")
        ended = self.run(self.python, "-m", "otter", "run", self.place(name), "-a", bundle, "-o", out)
        result = out / "results.json"
        if ended.code is None or not result.is_file():
            return self.became(ended)
        tests = json.loads(result.read_text())["tests"]
        failed = [item["name"] for item in tests if "Failed" in item["name"] or "Error" in item["name"]]
        return marks(sum(item.get("score", 0) for item in tests)) + "".join(f", “{item}”" for item in failed)


_SCORE = """
import sys
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    print(book.find_submission(sys.argv[1], sys.argv[2]).score)
"""


class Nbgrader(System):
    """nbgrader: `generate_assignment` with hidden tests, then `autograde`."""

    title = "`nbgrader autograde`"

    def __init__(self, course: Path, seconds: float, python: str) -> None:
        super().__init__(course, seconds)
        self.python = python

    def prepare(self) -> None:
        """Write the source notebook and have the assignment generated."""
        cells = [_code(IMPORTS)]
        for name, item in FUNCTIONS.items():
            cells.append(_graded(_code(item.marked), name, solution=True))
            cells += [self._test(test, f"{name}_{number}") for number, test in enumerate(tests_of(name), 1)]
        source = self.course / "source" / NAME / f"{NAME}.ipynb"
        source.parent.mkdir(parents=True)
        (self.course / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'course'\n")
        _write(source, _notebook(cells))
        self.expect(self.python, "-m", "nbgrader", "generate_assignment", NAME, "--create")

    @staticmethod
    def _test(test: Test, name: str) -> nbformat.NotebookNode:
        asserted = test.asserted if test.public else f"### BEGIN HIDDEN TESTS\n{test.asserted}\n### END HIDDEN TESTS"
        return _graded(_code(f"# {test.title}\n{asserted}"), name, points=test.points)

    def template(self) -> nbformat.NotebookNode:
        """What students are given."""
        return nbformat.read(self.course / "release" / NAME / f"{NAME}.ipynb", as_version=4)

    def place(self, name: str) -> Path:
        """A folder for each student and assignment."""
        return self.course / "submitted" / name / NAME / f"{NAME}.ipynb"

    def mark(self, name: str) -> str:
        """Have it graded, and ask the gradebook."""
        command = ("-m", "nbgrader", "autograde", NAME, "--student", name, "--create")
        ended = self.run(self.python, *command)
        if ended.code != 0:
            return self.became(ended)
        asked = self.run(self.python, "-c", _SCORE, NAME, name)
        return marks(float(asked.last)) if asked.code == 0 else self.became(asked)


def marks(points: float) -> str:
    """Marks as they are told."""
    return f"{float(points):g} of {POSSIBLE}"


# --- notebooks and files -----------------------------------------------------------------------------


def _questions() -> str:
    """The assignment's questions, a check for each test."""
    made = ['"""The questions."""\n', IMPORTS, "\nfrom autograder import Assignment, Question, check\n\n"]
    for name in FUNCTIONS:
        for number, test in enumerate(tests_of(name), 1):
            body = textwrap.indent(f'"""{test.title}"""\n{test.returned}', "    ")
            given = "student" if test.public else "student, rng"
            made.append(
                f"@check(points={test.points}, public={test.public})\ndef {name}_{number}({given}):\n{body}\n\n"
            )
    asked = [
        f"Question({name!r}, [{', '.join(f'{name}_{n + 1}' for n in range(len(tests_of(name))))}])"
        for name in FUNCTIONS
    ]
    return "\n".join((*made, f"ASSIGNMENT = Assignment(title='Small', questions=[{', '.join(asked)}])\n"))


def _notebook(cells: list[nbformat.NotebookNode]) -> nbformat.NotebookNode:
    made = notebook([])
    made.cells = cells
    return made


def _code(source: str) -> nbformat.NotebookNode:
    return notebook([source]).cells[0]


def _raw(source: str) -> nbformat.NotebookNode:
    cell = nbformat.v4.new_raw_cell(source)
    cell.pop("id", None)
    return cell


def _graded(
    cell: nbformat.NotebookNode, name: str, *, points: int = 0, solution: bool = False
) -> nbformat.NotebookNode:
    """The cell, as nbgrader's toolbar would mark it."""
    cell.metadata.nbgrader = {"schema_version": 3, "grade_id": name, "solution": solution, "grade": not solution}
    cell.metadata.nbgrader |= {"locked": not solution, "task": False} | ({} if solution else {"points": points})
    return cell


def _write(path: Path, made: nbformat.NotebookNode) -> None:
    if (made.nbformat, made.nbformat_minor) < (4, 5):
        for cell in made.cells:
            cell.pop("id", None)
    else:
        made = nbformat.v4.upgrade(made)
        nbformat.validator.normalize(made)
    nbformat.write(made, path, version=nbformat.NO_CONVERT)


# --- processes ---------------------------------------------------------------------------------------


def _below(pid: int) -> list[int]:
    """A process of ours and all that were started below it, the lowest last."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], check=True, capture_output=True, text=True).stdout  # noqa: S607
    parents = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found = [pid]
    for above in found:
        found += [child for child, parent in parents if parent == above and child not in found]
    return found


def _end(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
