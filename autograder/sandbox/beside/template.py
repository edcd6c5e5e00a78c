"""What the student's template gave: whether a stub is still blank, and a class still the template's."""

import ast
from collections.abc import Mapping
from functools import cached_property

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Template:
    """The blank stubs, by name, and the classes without stubs, as source."""

    def __init__(self, blanks: Mapping[str, str], skeletons: Mapping[str, str]) -> None:
        self._blanks = blanks
        self._skeletons = skeletons
        self._blank_bodies: dict[str, list[ast.stmt]] = {}

    def is_blank(self, stub: str, node: ast.stmt) -> bool:
        """Whether the definition of a stub is still the template's, or holds nothing to run."""
        if not isinstance(node, Function | ast.ClassDef):
            return False
        body = _meat(node.body)
        if not body or stub not in self._blanks:
            return not body
        blank = self._blank_body(stub)
        return len(body) == len(blank) and _dump(body) == _dump(blank)

    def stripped(self, node: ast.ClassDef, stubs: frozenset[str]) -> list[tuple[str, int]]:
        """Take the blank stubs out of a class; their names and lines."""
        blank: list[tuple[str, int]] = []
        kept: list[ast.stmt] = []
        for item in node.body:
            stub = f"{node.name}.{item.name}" if isinstance(item, Function) else ""
            if stub in stubs and self.is_blank(stub, item):
                blank.append((stub, item.lineno))
            else:
                kept.append(item)
        node.body = kept or [ast.copy_location(ast.Pass(), node)]
        return blank

    def restated(self, node: ast.ClassDef) -> frozenset[str] | None:
        """The methods of a class that says no more than the template's; None where it says more."""
        known = self._skeleton_parts.get(node.name)
        # what a class inherits is said above its body: `class MLP(Forward, Backward): pass`
        if known is None or not _head(node) <= known[2] | _nothing_new(node.name):
            return None
        parts = [item for item in node.body if not _is_furniture(item)]
        # names first: what is compared in full is seldom more than one class
        if not {_title(item) for item in parts} <= known[0]:
            return None
        if not {_part(item) for item in parts} <= known[1]:
            return None
        return frozenset(item.name for item in parts if isinstance(item, Function))

    def _blank_body(self, stub: str) -> list[ast.stmt]:
        if stub not in self._blank_bodies:
            node = ast.parse(self._blanks[stub]).body[0]
            self._blank_bodies[stub] = _meat(node.body) if isinstance(node, Function | ast.ClassDef) else []
        return self._blank_bodies[stub]

    @cached_property
    def _skeleton_parts(self) -> dict[str, tuple[set[str], set[str], set[str]]]:
        """Of each class the titles of its parts, the parts in full, and what stands above them."""
        found = {}
        for name, source in self._skeletons.items():
            node = ast.parse(source).body[0]
            if isinstance(node, ast.ClassDef):
                parts = [item for item in node.body if not _is_furniture(item)]
                found[name] = {_title(item) for item in parts}, {_part(item) for item in parts}, _head(node)
        return found


def _meat(body: list[ast.stmt]) -> list[ast.stmt]:
    """A body without docstring, `...`, `pass` and `raise NotImplementedError`."""
    return [item for item in body if not _is_furniture(item) and not _is_refusal(item)]


def _is_furniture(item: ast.stmt) -> bool:
    if isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant):
        return item.value.value is ... or isinstance(item.value.value, str)
    return isinstance(item, ast.Pass)


def _is_refusal(item: ast.stmt) -> bool:
    if not isinstance(item, ast.Raise):
        return False
    raised = item.exc.func if isinstance(item.exc, ast.Call) else item.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def _head(node: ast.ClassDef) -> set[str]:
    """Bases, keywords and decorators of a class, to be compared."""
    return {ast.dump(item) for item in (*node.bases, *node.keywords, *node.decorator_list)}


def _nothing_new(name: str) -> set[str]:
    """The bases that add nothing to a class of that name."""
    return {ast.dump(ast.Name(base, ast.Load())) for base in (name, "object")}


def _title(item: ast.stmt) -> str:
    """What a part of a class is told by: a method's name, or all of it."""
    return item.name if isinstance(item, Function) else ast.dump(item)


def _part(item: ast.stmt) -> str:
    """A part of a class, its docstring left out, to be compared."""
    if isinstance(item, Function):
        decorators = ",".join(ast.dump(node) for node in item.decorator_list)
        return f"{item.name} {decorators} {ast.dump(item.args)} {_dump(_meat(item.body))}"
    return ast.dump(item)


def _dump(body: list[ast.stmt]) -> str:
    return "\n".join(ast.dump(item) for item in body)
