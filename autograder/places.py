"""Where a line of a cell stands in the file that was handed in, for whoever points at files and lines.

A notebook is JSON, and each line of a cell usually a line of it. Nothing here parses code: where a stub is defined is
looked for as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .records import Cell, QuestionReport
from .submission import Source, handed_in_text, percent_cells

_DECODER = json.JSONDecoder()
_BLANKS = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class Place:
    """A line: of the file, and of a code cell, all counted from 1."""

    file_line: int
    cell: int
    line: int


def places(source: Source, cells: Sequence[Cell], questions: Sequence[QuestionReport]) -> dict[str, Place]:
    """For each question that fell short the line that raised, else the one in which its stub is defined, if found."""
    file = _File(handed_in_text(source))
    found: dict[str, Place] = {}
    for question in questions:
        where = next((item.where for item in question.own_checks if item.where), None)
        at = (where.cell, where.line) if where else _definition(cells, question.stub)
        if at is None or question.points == question.possible:
            continue
        found[question.name] = Place(file.line(*at) or 1, *at)
    return found


def _definition(cells: Sequence[Cell], stub: str) -> tuple[int, int] | None:
    """Code cell and line of the last `def` of a stub; of a method, one below the line of its class if there is one."""
    owner, _, name = stub.rpartition(".")
    indent = r"[ \t]+" if owner else ""
    head = re.compile(rf"^{indent}def[ \t]+{re.escape(name)}[ \t]*\(", re.MULTILINE)
    for cell in reversed([cell for cell in cells if not owner or re.search(rf"class[ \t]+{owner}\b", cell.source)]):
        begins = re.search(rf"^class[ \t]+{owner}\b", cell.source, re.MULTILINE) if owner else None
        matches = list(head.finditer(cell.source, begins.end() if begins else 0))
        if matches:
            return cell.number, cell.source.count("\n", 0, matches[-1 if not owner else 0].start()) + 1
    return None


class _File:
    """What was handed in, and where its code cells begin; a file in a zip has no lines to point at."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.is_notebook = text.lstrip("\ufeff \t\r\n").startswith("{")
        self.starts: list[int] = []
        try:
            found = _code_cells(text) if self.is_notebook else (start for start, _ in percent_cells(text))
            self.starts.extend(found)
        except (ValueError, RecursionError, LookupError):  # as `submission` read it, or not at all
            self.starts.clear()

    def line(self, cell: int, line: int) -> int:
        """The line of the file that a cell's line is; 0 where it cannot be said."""
        if not 0 < cell <= len(self.starts):
            return 0
        start = self.starts[cell - 1]
        if not self.is_notebook:
            return start + line - 1
        source = next((at for key, at in _members(self.text, start) if key == "source"), start)
        return self.text.count("\n", 0, _line_of_source(self.text, source, line)) + 1


def _code_cells(text: str) -> Iterator[int]:
    """The places of a notebook's code cells."""
    for cells in (place for key, place in _members(text, _after_blanks(text, 0)) if key == "cells"):
        yield from _code_cells_of(text, cells)
        return


def _code_cells_of(text: str, cells: int) -> Iterator[int]:
    for place in _items(text, cells):
        cell, _ = _DECODER.raw_decode(text, place)
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            yield place


def _line_of_source(text: str, source: int, line: int) -> int:
    """The place of the string that holds a line of the cell, if the source is a list of them."""
    if text[source] != "[":
        return source
    seen, found = 0, source
    for place in _items(text, source):
        part, _ = _DECODER.raw_decode(text, place)
        if not isinstance(part, str):  # `submission` passes over it
            continue
        found = place
        seen += part.count("\n")
        if seen >= line:
            break
    return found


def _members(text: str, place: int) -> Iterator[tuple[str, int]]:
    """The keys of the JSON object that begins at a place, each with the place of its value."""
    for at in _entries(text, place):
        key, end = _DECODER.raw_decode(text, at)
        yield key, _after_blanks(text, _after_blanks(text, end) + 1)


def _items(text: str, place: int) -> Iterator[int]:
    """The places of a JSON list's items."""
    return _entries(text, place)


def _entries(text: str, place: int) -> Iterator[int]:
    """The places of the items of a JSON list, or of the keys of an object."""
    is_object = text[place] == "{"
    at = _after_blanks(text, place + 1)
    while text[at] not in "]}":
        yield at
        _, end = _DECODER.raw_decode(text, at)
        if is_object:
            value = _after_blanks(text, _after_blanks(text, end) + 1)
            _, end = _DECODER.raw_decode(text, value)
        at = _after_blanks(text, end)
        if text[at] == ",":
            at = _after_blanks(text, at + 1)


def _after_blanks(text: str, place: int) -> int:
    found = _BLANKS.match(text, place)
    return found.end() if found else place
