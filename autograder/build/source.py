"""Finds the source of a probe, predicate or helper in the file that an author wrote."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import AssignmentError


@dataclass(frozen=True, slots=True)
class Source:
    """A function's `def` as it stands in its file, undented and without decorators; `body` leaves out the docstring."""

    name: str
    text: str
    body: str

    def renamed(self, name: str) -> str:
        """The text under another name."""
        return re.sub(rf"^def\s+{self.name}\b", f"def {name}", self.text)


def source_of(function: Callable[..., Any]) -> Source:
    """The source of a function, found by its file and first line. Raises AssignmentError where it is not there.

    The lines are taken as they are: what `ast.unparse` writes differs between versions of Python.
    """
    code = function.__code__
    text = Path(code.co_filename).read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef) or node.name != function.__name__:
            continue
        if min([node.lineno, *(item.lineno for item in node.decorator_list)]) == code.co_firstlineno:
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            start = body[0].lineno if body else (node.end_lineno or node.lineno) + 1
            return Source(node.name, _cut(lines, node.lineno, node.end_lineno), _cut(lines, start, node.end_lineno))
    raise AssignmentError(f"{code.co_filename}:{code.co_firstlineno}: the source of {function.__name__} is not there")


def _cut(lines: list[str], first: int, last: int | None) -> str:
    return textwrap.dedent("".join(lines[first - 1 : last])).rstrip("\n") + "\n"
