"""Builds an assignment: the student's folder and the autograder's zip, out of reference, text and questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..answers import Answers
from ..errors import BuildError
from ..loading import Loaded
from . import course, first_cell, master, notebook, proof, public_checks, template
from .assign import Assigned, assign, require_known
from .wheel import wheel

if TYPE_CHECKING:
    import nbformat

__all__ = ["Built", "build", "student_files"]


@dataclass(frozen=True, slots=True)
class Built:
    """Where an assignment was built to: the students' folder, and the zip for Otter and Gradescope."""

    name: str
    template: Path
    archive: Path


@dataclass(frozen=True, slots=True)
class _Made:
    assigned: Assigned
    student: nbformat.NotebookNode
    solved: nbformat.NotebookNode


def build(loaded: Loaded, out_template: Path, out_dist: Path) -> Built:
    """Build an assignment into `out_template/NAME/` and `out_dist/NAME/autograder.zip`.

    Nothing is written before everything has been checked. Raises AssignmentError where the assignment is not as it
    must be, BuildError where what was built does not hold what it promises.
    """
    harness = wheel()
    made = _make(loaded, [course.requirement(harness), *course.published(loaded)])
    proof.prove(loaded, made.student, made.solved)
    files = template.files(loaded, made.student)
    archive = course.bundle(loaded, made.assigned, harness)
    built = Built(loaded.name, out_template / loaded.name, out_dist / loaded.name / "autograder.zip")
    template.write(files, built.template)
    built.archive.parent.mkdir(parents=True, exist_ok=True)
    built.archive.write_bytes(archive)
    return built


def student_files(loaded: Loaded) -> dict[str, bytes]:
    """What the students' folder holds, by file name, without the build's check of itself."""
    return template.files(loaded, _make(loaded, []).student)


def _make(loaded: Loaded, requirements: Sequence[str]) -> _Made:
    if loaded.definition.otter.config:
        require_known(loaded.definition.otter.config, loaded.name)
    composed = master.compose(loaded, requirements)
    opening = first_cell.compose(public_checks.write(Answers(loaded, seed=0)))
    assigned = assign(composed, loaded.name)
    student = notebook.finish(assigned.student, opening)
    _require_blanks(loaded, student)
    return _Made(assigned, student, notebook.finish(assigned.solved, opening))


def _require_blanks(loaded: Loaded, student: nbformat.NotebookNode) -> None:
    """Otter's way with solution markers and ours must give the same stubs: the engine tells blanks by the source."""
    cells = notebook.code(student)
    for stub in loaded.reference.stubs:
        if master.cell_of(stub, loaded.reference.functions[stub].blank) not in cells:
            raise BuildError(f"{loaded.reference.path}: otter assign makes another blank of {stub} than is wanted")
