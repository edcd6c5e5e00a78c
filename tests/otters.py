"""Otter, as the tests run it: the zip, `otter run`, and our plugin on its own, without Otter's kernel."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from autograder import build
from autograder.build import course
from autograder.build.wheel import wheel
from autograder.grade import grade
from autograder.loading import Loaded
from autograder.records import State
from autograder.submission import read

from .conftest import ROOT

SETTINGS = {"assignment": "course/assignments/tiny"}
CONFIG = SimpleNamespace(show_hidden=False)


def otters_results():
    """Otter's class of results; Otter is imported only here, as it takes a second."""
    from otter.test_files import GradingResults

    return GradingResults


def graded(plugin_class, path, settings=SETTINGS, **config):
    """Otter's results of a submission, after the plugin."""
    plugin = plugin_class(str(path), {}, settings)
    plugin.before_grading(SimpleNamespace(**{"show_hidden": False, **config}))
    assert plugin.before_execution(None).cells == []
    results = otters_results().without_results(ValueError("the kernel brought nothing back"))
    plugin.after_grading(results)
    return results


def written(results, **config):
    """What Otter writes to results.json."""
    from otter.run import AutograderConfig

    return results.to_gradescope_dict(AutograderConfig(config))


def marks_of(made):
    """Points and possible points by question, added up from the entries of its checks."""
    marks = {}
    for item in (item for item in made["tests"] if "score" in item):
        points, possible = marks.get(item["tags"][0], (0, 0))
        marks[item["tags"][0]] = (round(points + item["score"], 4), round(possible + item["max_score"], 4))
    return marks


def our_marks(path, loaded):
    """The autograder's, in the same form."""
    report = grade(read(path, name=path.name), loaded)
    return {
        question.name: (float(round(question.points, 4)), 0.0 if question.bonus else float(question.possible))
        for question in report.questions
        if question.state is not State.MANUAL
    }


def archive(loaded: Loaded, path: Path) -> Path:
    """The zip of an assignment, without the build's check of what students get: a test's need not pass it."""
    harness = wheel()
    made = build._make(loaded, [course.requirement(harness)])
    path.write_bytes(course.bundle(loaded, made.assigned, harness))
    return path


def otter(*arguments: object, cwd: Path, seconds: int = 300) -> subprocess.CompletedProcess[str]:
    """One of Otter's commands, with this package on its path."""
    return subprocess.run(
        [sys.executable, "-m", "otter", *map(str, arguments)],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1", "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def otter_run(
    submission: Path, archive: Path, out: Path
) -> tuple[subprocess.CompletedProcess[str], dict[str, Any] | None]:
    """What `otter run` writes of a submission: its process, and results.json where there is one."""
    out.mkdir(exist_ok=True)
    done = otter("run", submission, "-a", archive, "-o", out, cwd=out)
    results = out / "results.json"
    return done, json.loads(results.read_text()) if results.exists() else None
