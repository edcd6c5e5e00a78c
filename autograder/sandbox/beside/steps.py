"""Cells to steps: statements that are run one by one, each compiled, with the names that it is about."""

import __future__

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

from . import notes as receipt
from .names import Names, names_of
from .notes import Notes
from .parsing import compile_statement, parse_cell
from .template import Function, Template

_FUTURE = {name: getattr(__future__, name).compiler_flag for name in __future__.all_feature_names}


@dataclass(slots=True)
class Step:
    """One statement. `place` (cell and statement, from 0) is the same whenever the submission is run."""

    place: tuple[int, int]
    cell: int
    node: ast.stmt
    code: CodeType
    names: Names
    restated: frozenset[str] | None = None  # methods of a class that says no more than the template's

    @property
    def line(self) -> int:
        """The line in the cell, decorators included."""
        return first_line(self.node)

    @property
    def imported(self) -> str:
        """The module of an import."""
        if isinstance(self.node, ast.Import):
            return self.node.names[0].name
        return (self.node.module or "") if isinstance(self.node, ast.ImportFrom) else ""

    def absent(self, error: BaseException) -> str:
        """The module of an import that failed because it is not there, as the statement names it."""
        if not self.imported or type(error) is not ModuleNotFoundError or type(error.name) is not str:
            return ""
        modules = [item.name for item in self.node.names] if isinstance(self.node, ast.Import) else [self.imported]
        return next((module for module in modules if f"{module}.".startswith(f"{error.name}.")), self.imported)

    @property
    def is_import(self) -> bool:
        """Whether it is an import."""
        return isinstance(self.node, ast.Import | ast.ImportFrom)

    @property
    def is_definition(self) -> bool:
        """Whether it is a def or a class."""
        return isinstance(self.node, Function | ast.ClassDef)

    @property
    def says_nothing(self) -> bool:
        """Whether it is a class of which the template's part alone is there."""
        if not isinstance(self.node, ast.ClassDef):
            return False
        return self.restated is not None or all(isinstance(item, ast.Pass) for item in self.node.body)


def file_name(cell: int) -> str:
    """The file name that a cell's code has in tracebacks."""
    return f"<cell {cell}>"


def cell_of(file: str) -> int:
    """The number of the cell that a file name stands for; 0 for any other file."""
    number = file[6:-1]
    return int(number) if file.startswith("<cell ") and file.endswith(">") and number.isdecimal() else 0


def first_line(node: ast.stmt) -> int:
    """The first line of a statement, decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(item.lineno for item in decorators)])


def node_name(node: ast.stmt) -> str:
    """The name of a function or class that a statement defines."""
    return node.name if isinstance(node, Function | ast.ClassDef) else ""


class Reading:
    """Turns one submission's cells into steps and notes down what is blank and what is no Python."""

    def __init__(self, stubs: tuple[str, ...], template: Template, notes: Notes) -> None:
        self.stubs = frozenset(stubs)
        self.template = template
        self.notes = notes
        self.blank: dict[str, tuple[int, int]] = {}
        self.flags = 0  # of `from __future__ import …`, which hold from there on

    def read(self, position: int, number: int, source: str) -> list[Step]:
        """The steps of the cell at a position, which has a number in the file."""
        name = file_name(number)
        parsed = parse_cell(source, name, self.flags)
        for line, lost in parsed.left_out:
            self.notes.add(receipt.UNPARSED, number, line, lost)
        steps: list[Step] = []
        for ordinal, node in enumerate(self._single(parsed.statements, number)):
            steps += self._steps((position, ordinal), number, node)
        return steps

    def again(self, step: Step, node: ast.stmt) -> list[Step]:
        """The step with another statement in its place; none where that is a blank stub."""
        return [
            made for single in self._single([node], step.cell) for made in self._steps(step.place, step.cell, single)
        ]

    def code(self, step: Step) -> CodeType | None:
        """The code of a step's statement as it is by now."""
        return compile_statement(step.node, file_name(step.cell), self.flags)

    def _steps(self, place: tuple[int, int], cell: int, node: ast.stmt) -> list[Step]:
        restated = self.template.restated(node) if isinstance(node, ast.ClassDef) else None
        code = self._compiled(node, cell)
        return [] if code is None else [Step(place, cell, node, code, names_of(node, code), restated)]

    def _single(self, statements: list[ast.stmt], cell: int) -> Iterator[ast.stmt]:
        """Each import alone, blank stubs left out."""
        for node in statements:
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                for alias in node.names:
                    self.flags |= _FUTURE.get(alias.name, 0)
            elif isinstance(node, ast.Import):
                yield from (ast.copy_location(ast.Import([alias]), node) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    yield ast.copy_location(ast.ImportFrom(node.module, [alias], node.level), node)
            elif node_name(node) in self.stubs and self.template.is_blank(node_name(node), node):
                self.blank[node_name(node)] = (cell, first_line(node))
            else:
                if isinstance(node, ast.ClassDef):
                    self.blank |= {s: (cell, line) for s, line in self.template.stripped(node, self.stubs)}
                yield node

    def _compiled(self, node: ast.stmt, cell: int) -> CodeType | None:
        name = file_name(cell)
        code = compile_statement(node, name, self.flags)
        if code is None and isinstance(node, ast.ClassDef):
            good = [item for item in node.body if self._compiles_in_class(item, name)]
            for item in node.body:
                if item not in good:
                    self.notes.add(receipt.UNPARSED, cell, first_line(item), node_name(item))
            node.body = good or [ast.copy_location(ast.Pass(), node)]
            code = compile_statement(node, name, self.flags)
        if code is None:
            self.notes.add(receipt.UNPARSED, cell, first_line(node), node_name(node))
        return code

    def _compiles_in_class(self, item: ast.stmt, name: str) -> bool:
        around = ast.ClassDef("_", [], [], [item], [])
        if hasattr(around, "type_params"):
            around.type_params = []
        return compile_statement(ast.copy_location(around, item), name, self.flags) is not None
