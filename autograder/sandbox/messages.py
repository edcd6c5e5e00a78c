"""What the isolated process says, held against what it may say, as records."""

from __future__ import annotations

import builtins
import re
from collections.abc import Sequence as Items
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import numpy as np

from ..records import Bench, Blocks, Cell, Given, Note, NoteKind, Observation, Outcome, Sequence, Value, Where
from .beside.notes import LONGEST_NAME, MOST_NOTES
from .wire import Violation, decode

_EXCEPTIONS = frozenset(
    name
    for space in (vars(builtins), vars(np.exceptions), vars(np.linalg))
    for name, value in space.items()
    if isinstance(value, type) and issubclass(value, BaseException)
)
_LONGEST_FUNCTION = 80
_LONGEST_BODY = 5000  # lines
_LINE_END = re.compile(r"\r\n|\r|\n")
_HEAD = re.compile(r"([ \t]*)(?:async[ \t]+def|def|class)[ \t]+(\w+)")

Kind = TypeVar("Kind", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class CellsRun:
    """What running the cells came to."""

    defined: frozenset[str]
    notes: tuple[Note, ...]


class Messages:
    """Reads frames of one submission; whatever is not as it must be raises Violation."""

    def __init__(self, cells: Items[Cell], given: Items[Given], bench: Bench) -> None:
        self.lines: dict[int, int] = {}
        self.sources = [(cell.number, _LINE_END.split(cell.source)) for cell in cells]
        for cell in cells:
            lines = cell.source.count("\n") + cell.source.count("\r") + 1
            self.lines[cell.number] = max(lines, self.lines.get(cell.number, 0))
        self.places = [cell.number for cell in cells]
        names = {*bench.stubs, *(item.stub for item in given)}
        self.most_bytes = bench.limits.frame_bytes
        self.stubs = frozenset(bench.stubs)
        self.names = names | {name.rpartition(".")[0] for name in names if "." in name}

    def step(self, body: bytes) -> tuple[int, int, int]:
        """Cell and step, from 0, and the line, of the statement that comes next."""
        parts = _text(decode(body)).split(" ")
        if len(parts) != 3:
            raise Violation("a step is not as it must be")
        cell, step, line = (_number(part) for part in parts)
        if not 0 <= cell < len(self.places) or step < -1:
            raise Violation(f"there is no step {step} in cell {cell}")
        return cell, step, line

    def late(self, body: bytes) -> tuple[bool, str]:
        """Whether wall time ran out, not CPU time, and the stub that was running."""
        wall, _, stub = _text(decode(body)).partition(" ")
        return wall == "1", self._stub(stub)

    def cells(self, body: bytes) -> CellsRun:
        """What the cells define, and the receipt."""
        blocks = _blocks(decode(body), {"defined", "notes"})
        defined, notes = _texts(blocks.get("defined")), _texts(blocks.get("notes"))
        if not self.stubs.issuperset(defined) or len(notes) > MOST_NOTES:
            raise Violation("what the cells define is not as it must be")
        return CellsRun(frozenset(defined), tuple(self._note(text) for text in notes))

    def answer(self, body: bytes) -> Observation:
        """What a probe saw."""
        blocks = _blocks(
            decode(body, self.most_bytes), {"outcome", "value", "exception", "cell", "line", "function", "stub"}
        )
        outcome = _one_of(Outcome, _text(blocks.get("outcome")))
        if outcome is Outcome.RETURNED:
            if set(blocks) != {"outcome", "value"}:
                raise Violation("a returned value comes with more than itself")
            return Observation(outcome, value=blocks["value"])
        exception = _text(blocks.get("exception", ""))
        return Observation(
            outcome,
            exception=exception if exception in _EXCEPTIONS else "",
            where=self._where(blocks) if "cell" in blocks else None,
            stub=self._stub(_text(blocks.get("stub", ""))),
        )

    def _where(self, blocks: dict[str, Value]) -> Where:
        cell, line = _integer(blocks["cell"]), _integer(blocks.get("line"))
        function = _text(blocks.get("function"))
        plain = not function or all(part.isidentifier() for part in function.split("."))
        if not plain or len(function) > _LONGEST_FUNCTION or not 0 <= line <= self.lines.get(cell, -1):
            raise Violation("a place in the student's code is not as it must be")
        known = any(number == cell and function == _around(lines, line) for number, lines in self.sources)
        return Where(cell, line, function if known else "")

    def _stub(self, name: str) -> str:
        if name and name not in self.names:
            raise Violation("a stub that there is not")
        return name

    def _note(self, text: str) -> Note:
        parts = text.split("\t")
        if len(parts) != 4:
            raise Violation("a note is not as it must be")
        kind, cell, line, name = _one_of(NoteKind, parts[0]), _number(parts[1]), _number(parts[2]), parts[3]
        named = not name or all(part.isidentifier() for part in name.split("."))
        if not named or len(name) > LONGEST_NAME or not 0 <= line <= self.lines.get(cell, -1):
            raise Violation("a note is not as it must be")
        return Note(kind, cell, line, name)


def _around(lines: list[str], line: int) -> str:
    """The function that a line stands in, by indentation: `Net.grad`; nothing where its head is too far above.

    A name that student code chooses as it runs could carry hidden inputs into the report, 80 letters at a time. This
    one was written before.
    """
    names: list[str] = []
    depth = None
    for text in reversed(lines[max(0, line - _LONGEST_BODY) : line]):
        head = _HEAD.match(text)
        if depth is None:
            depth = len(text) - len(text.lstrip()) + bool(head)  # a head belongs to its function
        if head and len(head[1]) < depth:
            names.append(head[2])
            depth = len(head[1])
        if not depth:
            break
    return ".".join(reversed(names))


def _blocks(value: Value, known: set[str]) -> dict[str, Value]:
    if not isinstance(value, Blocks):
        raise Violation("a message has no parts")
    found = dict(value.items)
    if not known.issuperset(found):
        raise Violation("a message has parts that it must not have")
    return found


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise Violation("a text is missing")
    return value


def _texts(value: Value) -> list[str]:
    if isinstance(value, np.ndarray) and value.size == 0:
        return []  # an empty list travels as an empty array
    if not isinstance(value, Sequence):
        raise Violation("a list of texts is missing")
    return [_text(item) for item in value.items]


def _integer(value: Any) -> int:
    if not isinstance(value, np.ndarray) or value.ndim or value.dtype.kind not in "biu":
        raise Violation("a whole number is missing")
    return int(value)


def _number(text: str) -> int:
    if not text.removeprefix("-").isascii() or not text.removeprefix("-").isdecimal() or len(text) > 12:
        raise Violation("a whole number is missing")
    return int(text)


def _one_of(kind: type[Kind], text: str) -> Kind:
    try:
        return kind(text)
    except ValueError as error:
        raise Violation(f"a {kind.__name__} that there is not") from error
