"""Which steps are run: what the stubs need, and nothing that takes time for its own sake.

Every import, every def and class; and every other statement that binds or changes a name which the stubs
need, found as the fixed point of global names from the stubs on. A method counts as needed when it is a stub,
a special method, or when an attribute of its name is used by something that is needed.
"""

import ast
from collections.abc import Iterable

from .names import Names
from .steps import Step
from .template import Function

_COMPOUND = (ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith)


def chosen(steps: list[Step], stubs: Iterable[str]) -> set[tuple[int, int]]:
    """The places of the steps to run."""
    return _Search(steps, frozenset(stubs)).run()


class _Search:
    """The names and attributes that are known to be needed, grown until nothing is added."""

    def __init__(self, steps: list[Step], stubs: frozenset[str]) -> None:
        self.steps = steps
        self.owners = {stub.partition(".")[0] for stub in stubs}
        self.last_parts = {stub.rpartition(".")[2] for stub in stubs}
        self.needed = set(self.owners)
        self.attributes = set(self.last_parts)
        self.imported = {name for step in steps if step.is_import for name in step.names.binds}
        self.defined = {name for step in steps if step.is_definition for name in step.names.binds}
        self.writers = _writers(steps)

    def run(self) -> set[tuple[int, int]]:
        found: set[tuple[int, int]] = set()
        while True:
            size = (len(self.needed), len(self.attributes), len(found))
            for step in self.steps:
                if step.place in found or self._is_wanted(step):
                    found.add(step.place)
                    self._follow(step)
            if size == (len(self.needed), len(self.attributes), len(found)):
                break
        return found | {step.place for step in self.steps if step.is_import or step.is_definition}

    def _is_wanted(self, step: Step) -> bool:
        names = step.names
        if isinstance(step.node, ast.Delete):
            return False
        if any(self._binds_usefully(step, name) for name in names.binds & self.needed):
            return True
        if names.changes.targets & self.needed - self.imported:
            return True
        if names.changes.receivers & self.needed - self.imported - self.defined:
            return True
        return any(self.writers.get(name, set()) & self.needed for name in names.changes.callees)

    def _binds_usefully(self, step: Step, name: str) -> bool:
        """Not where a stub that has a definition gets the result of a call, `loss = loss(y, p)`, or a loop's."""
        if name not in self.owners or name not in self.defined or step.is_definition:
            return True
        node = step.node
        if isinstance(node, _COMPOUND):
            return False
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            return all(isinstance(target, ast.Name) for target in targets) and not self._calls_a_stub(node.value)
        return not isinstance(node, ast.AugAssign)

    def _calls_a_stub(self, value: ast.expr | None) -> bool:
        if not isinstance(value, ast.Call):
            return False
        called = value.func
        if isinstance(called, ast.Name):
            return called.id in self.owners
        return isinstance(called, ast.Attribute) and called.attr in self.last_parts

    def _follow(self, step: Step) -> None:
        """Add what a wanted step needs; of a class, those methods that are needed."""
        names = step.names
        self._need(names.now.loads, names.now.attributes)
        self._need(names.later.loads, names.later.attributes)
        for method, uses in names.methods.items():
            if method in self.attributes or (method.startswith("__") and method.endswith("__")):
                self._need(uses.loads, uses.attributes)

    def _need(self, names: set[str], attributes: set[str]) -> None:
        self.needed |= names
        self.attributes |= attributes


def _writers(steps: list[Step]) -> dict[str, set[str]]:
    """Function -> the globals that it writes."""
    found: dict[str, set[str]] = {}
    for step in steps:
        if isinstance(step.node, Function):
            written = _written(step.names)
            if written:
                found.setdefault(step.node.name, set()).update(written)
    return found


def _written(names: Names) -> set[str]:
    return names.later.stores_global
