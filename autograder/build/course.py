"""The zip that `otter run`, `otter grade` and Gradescope take: Otter's files, and the course in a folder of its own."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

from ..definition import Question
from ..errors import BuildError
from ..loading import Loaded
from . import container
from .archive import zipped
from .assign import Assigned
from .master import otter_config
from .wheel import Wheel

OTTERS = ("run_otter.py", "environment.yml")
UNWANTED = (".pyc", ".pyo")

# A place to hang a verdict: the plugin grades, and writes its findings here. Student code never meets this file.
TEST_FILE = """\
from otter.test_files import test_case

OK_FORMAT = False

name = {name!r}
points = {points!r}


@test_case(points={points!r}, hidden=True)
def graded_elsewhere():
    raise AssertionError("not graded")
"""


def bundle(loaded: Loaded, assigned: Assigned, wheel: Wheel) -> bytes:
    """The autograder's zip. Assignment, reference and wheel lie in `course/`, never beside a submission."""
    course = f"{container.FOLDER}/course"
    files = {name: assigned.autograder[name] for name in OTTERS}
    files |= container.scripts(assigned.autograder["setup.sh"], assigned.autograder["run_autograder"])
    files["otter_config.json"] = (json.dumps(otter_config(loaded), indent=2) + "\n").encode()
    for question in loaded.questions:
        files[f"tests/{question.name}.py"] = _test_file(question)
    files[f"{course}/{wheel.name}"] = wheel.content
    files[f"{course}/reference/{loaded.reference.path.name}"] = loaded.reference.path.read_bytes()
    for path in _sources(loaded.folder):
        files[f"{course}/assignments/{loaded.name}/{path.relative_to(loaded.folder).as_posix()}"] = path.read_bytes()
    return zipped(files)


def requirement(wheel: Wheel) -> str:
    """What Otter's environment installs beside itself: our wheel, where `setup.sh` finds it."""
    return f"{container.SOURCE}/course/{wheel.name}"


def published(loaded: Loaded) -> list[str]:
    """The assignment's own packages as requirements, at the versions that are here. Raises BuildError without one."""
    known = metadata.packages_distributions()
    try:
        names = [known.get(package, [package])[0] for package in loaded.definition.packages]
        return [f"{name}=={metadata.version(name)}" for name in names]
    except metadata.PackageNotFoundError as error:
        raise BuildError(f"{loaded.name} lists the package {error.name}, which is not installed here") from error


def _test_file(question: Question) -> bytes:
    points = 0.0 if question.bonus else float(question.possible)
    return TEST_FILE.format(name=question.name, points=points).encode()


def _sources(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in UNWANTED and not any(part.startswith(".") for part in path.parts)
    )
