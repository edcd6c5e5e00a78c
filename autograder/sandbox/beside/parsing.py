"""Cells to statements. What does not parse is recovered: statement by statement, and a class method by method."""

import ast
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import CodeType

from .magics import without_magics
from .scanner import Scanner, indentation, is_code

UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)
_FORM_FEED = re.compile(r"^[ \t]*\f", re.MULTILINE)
_GOES_ON = re.compile(r"\s*(?:else|elif|except|finally)\b")
_CLOSES = re.compile(r"\s*[)\]}]")
_METHOD = re.compile(r"\s*(?:def|async\s+def|class|@)\b|\s*@")
_CLASS = re.compile(r"\s*class\s+(\w+)")
_MAIN = re.compile(r"""\s*if\s+\(?\s*__name__\s*==\s*["']__main__["']\s*\)?\s*:""")


@dataclass(slots=True)
class Parsed:
    """A cell's statements, and the lines at which something was left out."""

    statements: list[ast.stmt] = field(default_factory=list)
    left_out: list[tuple[int, str]] = field(default_factory=list)  # line, and the name of what was lost


def parse_cell(source: str, name: str, flags: int = 0) -> Parsed:
    """The statements of one cell, `if __name__ == "__main__":` opened up."""
    source = source.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    source = _FORM_FEED.sub("", source).replace("\f", " ")  # at a line's start Python begins the line anew
    tree = parse(source, name, flags)
    if tree is not None:
        return Parsed(list(_opened(tree.body)))
    lines, first = without_magics(source.split("\n"))
    lines = _undented(lines)
    found = Parsed(left_out=[(first, "")] if first else [])
    tree = parse("\n".join(lines), name, flags)
    if tree is not None:
        found.statements = list(_opened(tree.body))
    else:
        _Recovery(lines, name, flags, found).run()
    return found


def parse(text: str, name: str, flags: int = 0) -> ast.Module | None:
    """The tree, or None where it is not Python."""
    try:
        tree: ast.Module = compile(text, name, "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True)
    except UNREADABLE:
        return None
    return tree


def compile_statement(node: ast.stmt, name: str, flags: int = 0) -> CodeType | None:
    """The statement's code, or None where the compiler refuses what the parser took, `return` outside a function."""
    try:
        code: CodeType = compile(ast.Module([node], []), name, "exec", flags, dont_inherit=True)
    except UNREADABLE:
        return None
    return code


def _opened(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements, with the body of `if __name__ == "__main__":` in its place."""
    for node in body:
        if isinstance(node, ast.If) and _asks_for_main(node.test):
            yield from _opened(node.body)
        else:
            yield node


def _asks_for_main(test: ast.expr) -> bool:
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = (test.left, test.comparators[0])
    names = [side.id for side in sides if isinstance(side, ast.Name)]
    texts = [side.value for side in sides if isinstance(side, ast.Constant)]
    return names == ["__name__"] and texts == ["__main__"]


def _undented(lines: list[str]) -> list[str]:
    """Lines without the indentation of the first, as IPython takes pasted code."""
    first = next((line for line in lines if is_code(line)), "")
    return textwrap.dedent("\n".join(lines)).split("\n") if first[:1] in (" ", "\t") else lines


class _Recovery:
    """Takes a cell apart at the lines that begin something new, and keeps each piece that parses."""

    def __init__(self, lines: list[str], name: str, flags: int, found: Parsed) -> None:
        self.lines = lines
        self.name = name
        self.flags = flags
        self.found = found

    def run(self) -> None:
        """Put what can be recovered into the cell's statements."""
        start = 0
        while start < len(self.lines):
            start = self._pieces(start, len(self.lines), "", self.found.statements.extend)

    def _pieces(self, start: int, stop: int, header: str, keep: Callable[[list[ast.stmt]], None]) -> int:
        """Keep every piece between two lines that parses below `header`; go into those that do not.

        Returns the line at which it ended: before `stop` where an open bracket in the body of a class had
        swallowed what comes behind the class.
        """
        column = next((indentation(line) for line in self.lines[start:stop] if is_code(line)), 0)
        while start < stop:
            begin, end = self._piece(start, stop, column)
            if begin == end:
                return stop
            if self._is_behind(begin, stop, column):
                return begin
            body = self._parsed(begin, end, header)
            if body is not None:
                keep(list(_opened(body)))
                start = end
                continue
            inside = self._inside(begin, end)
            if inside is not None:
                keep(inside[0])
                start = inside[1]
                continue
            start = self._given_up(begin, end, column)
        return stop

    def _is_behind(self, start: int, end: int, column: int) -> bool:
        """Whether a line stands left of a body that does not go on after it."""
        if indentation(self.lines[start]) >= column:
            return False
        return not any(_METHOD.match(line) and indentation(line) == column for line in self.lines[start:end])

    def _piece(self, start: int, stop: int, column: int) -> tuple[int, int]:
        """The next piece from `start` on: its first line, and the line behind its last."""
        scanner, begin, decorated = Scanner(), -1, False
        for place in range(start, stop):
            line = self.lines[place]
            fresh = scanner.begins(line) and is_code(line) and indentation(line) <= column
            if fresh and begin < 0:
                begin = place
            elif fresh and not decorated and not _GOES_ON.match(line):
                return begin, place
            if fresh:
                decorated = line.lstrip().startswith("@")
            scanner.take(line)
        return (begin, stop) if begin >= 0 else (stop, stop)

    def _parsed(self, begin: int, end: int, header: str) -> list[ast.stmt] | None:
        """The piece's statements, its lines numbered as in the cell."""
        blank = [""] * begin
        if header and begin:
            blank[-1] = header
        tree = parse("\n".join([*blank, *self.lines[begin:end]]), self.name, self.flags)
        if tree is None:
            return None
        body: list[ast.stmt] = getattr(tree.body[0], "body", tree.body) if header and tree.body else tree.body
        return body

    def _inside(self, begin: int, end: int) -> tuple[list[ast.stmt], int] | None:
        """What is left of a class or of the body below `if __name__ == "__main__":`, and where it ends."""
        head = next((p for p in range(begin, end) if _CLASS.match(self.lines[p]) or _MAIN.match(self.lines[p])), -1)
        if head < 0 or any(is_code(line) and not line.lstrip().startswith("@") for line in self.lines[begin:head]):
            return None
        first = self._body_of(head, end)
        if first >= end:
            return None
        kept: list[ast.stmt] = []
        if _MAIN.match(self.lines[head]):
            return kept, self._pieces(first, end, "if 1:", kept.extend)
        before = len(self.found.left_out)
        frame = self._header(begin, first)
        if frame is None:
            return None
        end = self._pieces(first, end, "class _:", kept.extend)
        if not kept and len(self.found.left_out) == before:
            return None
        frame.body = kept or [ast.copy_location(ast.Pass(), frame)]
        return [frame], end

    def _body_of(self, head: int, end: int) -> int:
        """The first line behind the header, which may run over several."""
        scanner = Scanner()
        for place in range(head, end):
            if place > head and scanner.begins(self.lines[place]):
                return place
            scanner.take(self.lines[place])
        return end

    def _header(self, begin: int, first: int) -> ast.ClassDef | None:
        column = indentation(self.lines[begin])
        text = ["if 1:" if column and begin else ""] if begin else []
        lines = [*[""] * (begin - 1), *text, *self.lines[begin:first]]
        tree = parse("\n".join([*lines, " " * (column + 1) + "pass"]), self.name, self.flags)
        nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)] if tree else []
        return nodes[0] if nodes else None

    def _given_up(self, begin: int, end: int, column: int) -> int:
        """Leave the piece out; the line at which to go on, should an open bracket have swallowed more than it."""
        name = re.match(r"\s*(?:async\s+)?(?:def|class)\s+(\w+)|\s*(\w+)\s*=[^=]", self.lines[begin])
        self.found.left_out.append((begin + 1, (name[1] or name[2]) if name else ""))
        for place in range(begin + 1, end):
            line = self.lines[place]
            begins = is_code(line) and not _GOES_ON.match(line) and not _CLOSES.match(line)
            if begins and indentation(line) <= column:
                return place
        return end
