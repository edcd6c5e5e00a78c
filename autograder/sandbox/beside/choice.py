"""Which steps are run: what the stubs need, and nothing that takes time for its own sake.

Every import, every def and class; and every other statement that binds or changes a name which the stubs
need, found as the fixed point of global names from the stubs on. A method counts as needed when it is a stub,
a special method, or when an attribute of its name is used by something that is needed. A module's name that becomes
a number, or NumPy's that becomes another module's, was not meant for the stubs; nor is a built-in's, `sum = 0`, below
all functions that might have it from there. Where a stub is defined by no
statement that can be read, those that may bind anything are run: `exec(…)`, `globals()[…] = …`.
"""

import ast
import builtins
from collections.abc import Iterable
from dataclasses import dataclass

from .names import Changes, changes_within, handed
from .steps import Step
from .template import Function

_COMPOUND = (ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith)
_MAY_BIND_ANYTHING = {"exec", "eval", "globals", "locals", "vars"}
BUILT_IN = frozenset(dir(builtins))
_IMPORTING = {"__import__", "import_module"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The places of the steps to run, the global names and the attributes that are needed, and who fills what.

    `fillers`: function -> its parameters, and those of them that it writes into.
    """

    places: set[tuple[int, int]]
    needed: set[str]
    attributes: set[str]
    fillers: dict[str, tuple[list[str], set[str]]]


def chosen(steps: list[Step], stubs: Iterable[str]) -> Chosen:
    """What the stubs need."""
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
        bodies = {step.place: changes_within(step.node) for step in steps if isinstance(step.node, Function)}
        self.writers = _writers(steps, bodies, self.imported | self.defined)
        self.fillers = _fillers(steps, bodies)
        self.modules = {name for step in steps if isinstance(step.node, ast.Import) for name in step.names.binds}
        self.numpy = {name for step in steps if _imports_numpy(step) for name in step.names.binds}
        self.last_read = _last_read(steps)
        self.lost = self.owners - {name for step in steps for name in step.names.binds}

    def run(self) -> Chosen:
        found: set[tuple[int, int]] = set()
        while True:
            size = (len(self.needed), len(self.attributes), len(found))
            for step in self.steps:
                if step.place in found or self._is_wanted(step):
                    found.add(step.place)
                    self._follow(step)
            if size == (len(self.needed), len(self.attributes), len(found)):
                break
        found |= {step.place for step in self.steps if step.is_import or step.is_definition}
        found -= {step.place for step in self.steps if self._hides_numpy(step)}
        return Chosen(found, self.needed, self.attributes, self.fillers)

    def _is_wanted(self, step: Step) -> bool:
        names = step.names
        if isinstance(step.node, ast.Delete):
            return False
        if any(self._binds_usefully(step, name) for name in names.binds & self.needed):
            return True
        if self.lost and names.now.loads & _MAY_BIND_ANYTHING:
            return True
        if names.changes.targets & self.needed - self.imported:
            return True
        changed = names.changes.receivers | _filled(names.changes, self.fillers)
        if changed & self.needed - self.imported - self.defined:
            return True
        return any(self.writers.get(name, set()) & self.needed for name in names.changes.callees)

    def _binds_usefully(self, step: Step, name: str) -> bool:
        """Not where a stub that has a definition gets the result of a call, `loss = loss(y, p)`, or a loop's."""
        if name in self.modules and _binds_no_module(step.node):
            return False
        if name in BUILT_IN and not step.is_definition and not step.is_import:
            return self.last_read.get(name, step.place) > step.place
        if name not in self.owners or name not in self.defined or step.is_definition:
            return True
        node = step.node
        if isinstance(node, _COMPOUND):
            return False
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            return all(isinstance(target, ast.Name) for target in targets) and not self._calls_a_stub(node.value)
        return not isinstance(node, ast.AugAssign)

    def _hides_numpy(self, step: Step) -> bool:
        """Whether it is an `import math as np` beside an `import numpy as np`."""
        return isinstance(step.node, ast.Import) and bool(step.names.binds & self.numpy) and not _imports_numpy(step)

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


def _last_read(steps: list[Step]) -> dict[str, tuple[int, int]]:
    """Built-in name -> the last function that uses it."""
    found: dict[str, tuple[int, int]] = {}
    for step in steps:
        if _holds_function(step):
            found |= dict.fromkeys(BUILT_IN & set().union(*(uses.loads for uses in step.names.all)), step.place)
    return found


def _holds_function(step: Step) -> bool:
    return step.is_definition or isinstance(getattr(step.node, "value", None), ast.Lambda)


def _imports_numpy(step: Step) -> bool:
    return isinstance(step.node, ast.Import) and "numpy" in step.imported.split(".")  # autograd.numpy, too


def _binds_no_module(node: ast.stmt) -> bool:
    """Whether a statement binds its names to what is certainly no module: `np = 3`, `for np in …`."""
    if isinstance(node, _COMPOUND):
        return True
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        return False
    if isinstance(node.value, ast.Call):
        called = node.value.func
        return getattr(called, "attr", getattr(called, "id", "")) not in _IMPORTING
    return not isinstance(node.value, ast.Name | ast.Attribute | ast.IfExp | ast.Subscript)


def _writers(steps: list[Step], bodies: dict[tuple[int, int], Changes], kept: set[str]) -> dict[str, set[str]]:
    """Function -> the globals that it writes, or writes into (`TABLE[name] = f`), but for those that are `kept`."""
    found: dict[str, set[str]] = {}
    for step in steps:
        if isinstance(step.node, Function):
            later = step.names.later
            written = later.stores_global | (bodies[step.place].written & later.loads - kept)
            if written:
                found.setdefault(step.node.name, set()).update(written)
    return found


def _fillers(steps: list[Step], bodies: dict[tuple[int, int], Changes]) -> dict[str, tuple[list[str], set[str]]]:
    """Function -> its parameters, and those of them that it writes into, or hands to one that does."""
    found: dict[str, tuple[list[str], set[str]]] = {}
    calls: dict[str, Changes] = {}
    for step in steps:
        node = step.node
        if isinstance(node, Function):
            positions = [item.arg for item in (*node.args.posonlyargs, *node.args.args)]
            by_name = {item.arg for item in node.args.kwonlyargs}
            calls[node.name] = bodies[step.place]
            found[node.name] = positions, calls[node.name].written & {*positions, *by_name}
    while True:
        size = sum(len(written) for _, written in found.values())
        for name, (positions, written) in found.items():
            written.update(_filled(calls[name], found) & set(positions))
        if size == sum(len(written) for _, written in found.values()):
            return found


def filled_by(call: ast.Call, fillers: dict[str, tuple[list[str], set[str]]]) -> set[str]:
    """The names at the roots of what a call hands to parameters that are written into."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    positions, written = fillers.get(name, ([], set()))
    return set().union(*(root for parameter, root in handed(call, positions) if parameter in written))


def _filled(changes: Changes, fillers: dict[str, tuple[list[str], set[str]]]) -> set[str]:
    return {root for call in changes.calls for root in filled_by(call, fillers)}
