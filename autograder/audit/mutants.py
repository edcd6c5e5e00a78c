"""All mutants of an assignment's stubs: deduplicated, named, always in the same order."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from ..reference import Reference
from .operators import OPERATORS, Edit, Scope

_Node = TypeVar("_Node", bound=ast.AST)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A machine-made wrong implementation of `stub`.

    `original` and `mutated` are the statement that was changed, as `ast.unparse` writes it: of a compound one its
    first line, of a statement that was left out `pass`. `source` is the whole undented function, and `line` the
    statement's line in the reference's file.
    """

    name: str
    stub: str
    operator: str
    line: int
    original: str
    mutated: str
    source: str


def mutants_of(reference: Reference) -> tuple[Mutant, ...]:
    """Every mutant of every stub, in the file's order; what reads like the original or another one is left out."""
    return tuple(mutant for stub in reference.stubs for mutant in mutants_of_stub(reference, stub))


def mutants_of_stub(reference: Reference, stub: str) -> Iterator[Mutant]:
    """The mutants of one stub."""
    function = _parsed(reference.function(stub).solution)
    scope = _scope(reference, stub, function)
    seen = {ast.unparse(function)}
    count: Counter[str] = Counter()
    for node in _inside(function):
        for operator in OPERATORS:
            for edit in operator(node, scope):
                source = ast.unparse(_edited(function, edit))
                if source in seen or not _parses(source):
                    continue
                seen.add(source)
                count[operator.__name__] += 1
                yield _mutant(reference, stub, operator.__name__, count[operator.__name__], edit, scope, source)


def _mutant(
    reference: Reference, stub: str, operator: str, number: int, edit: Edit, scope: Scope, source: str
) -> Mutant:
    statements = [_statement(node, scope) for node in edit]
    return Mutant(
        name=f"{stub.rpartition('.')[2]}:{operator}:{number}",
        stub=stub,
        operator=operator,
        line=reference.function(stub).line + _lines_above(reference, stub, statements[0].lineno),
        original="; ".join(_headline(item) for item in statements),
        mutated="; ".join(_headline(_edited(item, edit)) for item in statements),
        source=source + "\n",
    )


def _parsed(source: str) -> ast.FunctionDef:
    """The function without its docstring."""
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    if ast.get_docstring(function) is not None and len(function.body) > 1:
        del function.body[0]
    return function


def _scope(reference: Reference, stub: str, function: ast.FunctionDef) -> Scope:
    owner = stub.rpartition(".")[0]
    methods = {name.rpartition(".")[2] for name in reference.functions if owner and name.startswith(f"{owner}.")}
    parents = {child: node for node in ast.walk(function) for child in ast.iter_child_nodes(node)}
    return Scope(function, _keys(reference), frozenset(methods), parents)


def _keys(reference: Reference) -> frozenset[str]:
    """The strings that index something or build a dictionary, anywhere in the reference."""
    found: list[ast.expr | None] = []
    for node in ast.walk(ast.parse(reference.text)):
        if isinstance(node, ast.Subscript):
            found.append(node.slice)
        elif isinstance(node, ast.Dict):
            found += node.keys
    return frozenset(node.value for node in found if isinstance(node, ast.Constant) and isinstance(node.value, str))


def _inside(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The function itself and all in it that runs, from the top down: no annotation, no decorator."""
    yield function
    for part in (*function.args.defaults, *function.args.kw_defaults, *function.body):
        if part is not None:
            yield from _deep(part)


def _deep(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _deep(child)


def _edited(tree: _Node, edit: Edit) -> _Node:
    """A copy in which each node of the edit is replaced; `deepcopy` takes from its memo what it has copied already."""
    return copy.deepcopy(tree, {id(node): new for node, new in edit.items()})


def _parses(source: str) -> bool:
    try:
        compile(source, "<mutant>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _statement(node: ast.AST, scope: Scope) -> ast.stmt:
    found = node if isinstance(node, ast.stmt) else scope.within(node, ast.stmt)
    assert isinstance(found, ast.stmt)
    return found


def _headline(node: ast.AST) -> str:
    return ast.unparse(node).partition("\n")[0]


def _lines_above(reference: Reference, stub: str, line: int) -> int:
    """How far below the function's first line, in the file, that line of the solution without markers stands."""
    function = reference.function(stub)
    wanted = function.solution.splitlines()[line - 1]
    for number, text in enumerate(function.marked.splitlines()):
        if text == wanted and number >= line - 1:
            return number
    return 0
