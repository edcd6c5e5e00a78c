"""Finishes the student's notebook: the first cell, the last one, fixed metadata, and the same bytes every time."""

from __future__ import annotations

import copy

import nbformat

from ..errors import BuildError
from .master import KERNEL

FIRST_TITLE = "# Initialize Otter"
LANGUAGE = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}
HAND_IN = (
    "## Handing in\n\n"
    "Save the notebook first (File > Save). The cell below packs it into a zip file to hand in. "
    "The notebook file itself, `.ipynb`, may be handed in just as well."
)
EXPORT = "# Save the notebook, then run this cell: it writes a zip file to hand in.\ngrader.export(pdf=False)"


def finish(otters: nbformat.NotebookNode, first_cell: str) -> nbformat.NotebookNode:
    """The notebook that Otter made, as students get it.

    Raises BuildError where Otter's first or last cells are not where they are expected.
    """
    cells = [copy.deepcopy(cell) for cell in otters.cells]
    while cells and not cells[-1].source.strip():
        del cells[-1]
    if not cells[0].source.startswith(FIRST_TITLE) or "grader.export(" not in cells[-1].source:
        raise BuildError("otter assign's first or last cell is not where it was; which version of Otter is this?")
    cells[0].source, cells[-2].source, cells[-1].source = first_cell, HAND_IN, EXPORT
    for cell in cells:
        cell.pop("id", None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    metadata = {"kernelspec": KERNEL, "language_info": LANGUAGE}
    made = nbformat.from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4})
    nbformat.validate(made)
    return made


def written(notebook: nbformat.NotebookNode) -> bytes:
    """The notebook as the bytes of its file."""
    text: str = nbformat.writes(notebook, version=nbformat.NO_CONVERT)
    return (text.rstrip("\n") + "\n").encode("utf-8")


def code(notebook: nbformat.NotebookNode) -> list[str]:
    """The sources of the code cells."""
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]
