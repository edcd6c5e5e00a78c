"""Another accepted name of a stub: statements that use it are read as if they used the stub's own."""

import ast
from collections.abc import Iterable, Mapping

from .steps import Reading, Step

_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler)


def under_own_names(steps: list[Step], aliases: Mapping[str, str], reading: Reading) -> list[Step]:
    """The steps with each stub under its own name; `aliases` maps the other names to it.

    Where the cells bind both, or one statement uses both, they mean two things by them (a function `ReLU` beside the
    class `ReLu`, a local `ReLU = ReLu()`), and both stay. A text that is the other name stands for it
    (`type(layer).__name__ == "ReLU"`), unless the cells have the stub's own name as a text, too.
    """
    used = {alias for alias in aliases if any(alias in identifiers(step.node) for step in steps)}
    wanted = {alias: aliases[alias] for alias in used if not _are_two(steps, alias, aliases[alias])}
    if not wanted:
        return steps
    written = {text for step in steps for text in texts(step.node)}
    renaming = _Renaming(wanted, {alias: name for alias, name in wanted.items() if name not in written})
    found: list[Step] = []
    for step in steps:
        mentioned = identifiers(step.node) & set(wanted) or texts(step.node) & set(renaming.texts)
        found += reading.again(step, renaming.visit(step.node)) if mentioned else [step]
    return found


def identifiers(node: ast.AST) -> set[str]:
    """Every name in a statement that is no attribute."""
    return {name for item in ast.walk(node) for name in _names(item)}


def texts(node: ast.AST) -> set[str]:
    """Every text in a statement."""
    return {item.value for item in ast.walk(node) if isinstance(item, ast.Constant) and type(item.value) is str}


def _names(node: ast.AST) -> Iterable[str]:
    match node:
        case ast.Name(id=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
            return (name,)
        case ast.alias(name=name, asname=asname):
            return (asname or name,)
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            return names
        case _ if isinstance(node, _NAMED):
            return (node.name,) if node.name else ()
    return ()


def _are_two(steps: list[Step], alias: str, name: str) -> bool:
    if any({alias, name} <= identifiers(step.node) for step in steps):
        return True
    return all(any(wanted in step.names.binds and not step.says_nothing for step in steps) for wanted in (alias, name))


class _Renaming(ast.NodeTransformer):
    """Puts one name in place of another wherever it is a name, and no attribute, or the whole of a text."""

    def __init__(self, names: Mapping[str, str], texts: Mapping[str, str]) -> None:
        self.names, self.texts = names, texts

    def generic_visit(self, node: ast.AST) -> ast.AST:
        match node:
            case ast.Name():
                node.id = self._new(node.id)
            case ast.Constant(value=str(text)):
                node.value = self.texts.get(text, text)
            case ast.arg() | ast.keyword():
                node.arg = self._new(node.arg) if node.arg else node.arg
            case ast.alias() if (node.asname or node.name) in self.names:
                node.asname = self._new(node.asname or node.name)
            case ast.Global() | ast.Nonlocal():
                node.names = [self._new(name) for name in node.names]
            case _ if isinstance(node, _NAMED) and node.name:
                node.name = self._new(node.name)
        return super().generic_visit(node)

    def _new(self, name: str) -> str:
        return self.names.get(name, name)
