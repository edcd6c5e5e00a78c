"""Runs `otter assign` on a master notebook in a temporary folder and brings back what it made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from ..errors import AssignmentError, BuildError

SECONDS = 300
PACKAGE_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Assigned:
    """What Otter made of a master: the student's notebook, the solved one, and the files of the autograder's zip."""

    student: nbformat.NotebookNode
    solved: nbformat.NotebookNode
    autograder: dict[str, bytes]


def assign(master: nbformat.NotebookNode, name: str) -> Assigned:
    """Run Otter. Raises BuildError with the last line of what it said where it fails."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        nbformat.write(master, str(folder / f"{name}.ipynb"))
        _run([sys.executable, "-m", "otter", "assign", f"{name}.ipynb", "out", "--no-pdfs"], folder)
        out = folder / "out"
        zips = list((out / "autograder").glob("*.zip"))
        if len(zips) != 1:
            raise BuildError(f"{name}: otter assign wrote {len(zips)} zip files; one is wanted")
        with zipfile.ZipFile(zips[0]) as archive:
            files = {item: archive.read(item) for item in archive.namelist()}
        return Assigned(_read(out / "student" / f"{name}.ipynb"), _read(out / "autograder" / f"{name}.ipynb"), files)


def require_known(config: Mapping[str, Any], name: str) -> None:
    """Raise AssignmentError where Otter has no such setting: `otter assign` takes what it does not know."""
    code = (
        "import json, sys; from otter.run import AutograderConfig\n"
        "try: AutograderConfig(json.loads(sys.argv[1]), require_valid_keys=True)\n"
        "except Exception as error: print(error)"
    )
    done = _started([sys.executable, "-c", code, json.dumps(config)], Path.cwd())
    if done.stdout.strip():
        raise AssignmentError(f"{name}: Otter does not take its configuration: {done.stdout.strip()}")


def _run(command: list[str], folder: Path) -> None:
    done = _started(command, folder)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        if "No module named otter" in done.stderr:
            raise BuildError("otter assign is needed to build: pip install 'otter-grader[grading]>=7,<8'")
        raise BuildError(f"otter assign failed: {said[-1] if said else 'it said nothing'}")


def _started(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    # Otter imports the plugin by name, so this package has to be found where it is not installed
    path = os.pathsep.join(filter(None, [str(PACKAGE_ROOT), os.environ.get("PYTHONPATH")]))
    environment = os.environ | {"PYTHONPATH": path, "PYTHONSAFEPATH": "1", "PYTHONWARNINGS": "ignore"}
    try:
        return subprocess.run(  # noqa: S603  our own interpreter
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BuildError(f"otter assign did not end within {SECONDS} seconds") from error


def _read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(str(path), as_version=4)
