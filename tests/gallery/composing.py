"""The gallery: handed-in notebooks of every kind, each with what its questions must earn.

They are composed from the references, the known mistakes and the known variants, so that they follow when those
change. What stands here is the damage alone.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from autograder.classroom import apply, cells, notebook
from autograder.definition import Mistake, Variant
from autograder.loading import Loaded
from autograder.reference import Reference

NOT_ATTEMPTED = "not attempted"  # the state of a question, and no verdict of a check


@dataclass(frozen=True)
class Case:
    """A submission, and what it must earn: full marks in every question that `loses` does not name.

    `loses` names the questions that lose marks, and for each the verdict that at least one of its checks must have,
    in the words of `Verdict`, or NOT_ATTEMPTED, or None where any verdict will do. With `whole_exempt` the question
    `whole`, which uses the student's code alone, may lose marks or not.
    """

    name: str
    assignment: str
    about: str
    cells: tuple[str, ...]
    loses: Mapping[str, str | None] = field(default_factory=dict)
    whole_exempt: bool = False
    file: str = "submission.ipynb"
    kernel: str = "python3"


def write(case: Case, folder: Path) -> Path:
    """Write the case as a notebook of format 4.4 into the folder; its path is returned."""
    made = notebook(case.cells)
    made.metadata["kernelspec"] = {"display_name": case.kernel, "language": "python", "name": case.kernel}
    path = folder / case.file
    path.write_text(nbformat.writes(made, version=nbformat.NO_CONVERT) + "\n", encoding="utf-8")
    return path


def beginning_with(source: str, statement: str) -> str:
    """A function's source with a statement before the others of its body."""
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    first = function.body[bool(ast.get_docstring(function))]
    lines = source.splitlines(keepends=True)
    lines.insert(first.lineno - 1, textwrap.indent(statement.rstrip("\n") + "\n", " " * first.col_offset))
    return "".join(lines)


def method(owner: str, source: str) -> str:
    """The cell that adds one method to a class."""
    return f"class {owner}({owner}):\n{textwrap.indent(source, '    ')}"


def question_of(loaded: Loaded, stub: str) -> str:
    """The name of the question that asks for a stub."""
    return next(question.name for question in loaded.questions if stub in (question.stubs or ()))


def known(loaded: Loaded) -> Iterator[Case]:
    """The reference, the blank template, and each known mistake and variant."""
    reference, name = loaded.reference, loaded.name
    yield Case("reference", name, "The reference, a stub to a cell.", cells(reference, {}))
    yield Case("one_cell", name, "The whole reference in a single cell.", (reference.text,))
    for other in loaded.others:
        assert other.convention is not None
        yield Case(f"by_{other.convention.name}", name, other.convention.sentence, cells(other.reference, {}))
    yield Case(
        "blank",
        name,
        "The template as it is handed out.",
        cells(reference, blanks(reference)),
        loses={question.name: NOT_ATTEMPTED for question in loaded.questions},
    )
    for reading in loaded.readings:
        first = reading is loaded
        for mistake in (item for item in reading.mistakes if first or item.convention):
            yield Case(
                f"mistake_{mistake.name}",
                name,
                "A known mistake loses marks in its own question and nowhere else.",
                edited(reading, mistake),
                loses={question_of(loaded, mistake.stub): None},
                whole_exempt=True,
            )
        for variant in (item for item in reading.variants if first or item.convention):
            yield Case(f"variant_{variant.name}", name, "A right answer written differently.", edited(reading, variant))


def blanks(reference: Reference) -> dict[str, str | None]:
    """Each stub as the template gives it."""
    return {stub: reference.function(stub).blank for stub in reference.stubs}


def edited(loaded: Loaded, edit: Mistake | Variant) -> tuple[str, ...]:
    """The reference's cells with one edit."""
    imports = edit.imports if isinstance(edit, Variant) else ""
    return cells(loaded.reference, {edit.stub: apply(loaded.reference, edit)}, imports=imports)
