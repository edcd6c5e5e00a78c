"""Functions and methods that may change what the stubs use when they are called, told by names alone.

One that rebinds a global that is needed, changes a datum, or sets what a class, a function or a module holds, is a
writer; so is whatever mentions one. A method is told by its name, whosever it is, and a class is a writer where one
of its special methods is, as these run without being named.
"""

import ast
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from .choice import Chosen, filled_by
from .names import Uses, walk
from .steps import Step
from .template import Function

_STORING = {ast.Attribute, ast.Subscript, ast.Call}
_SETTERS = {"setattr", "delattr"}
_GROWING = {"append", "extend", "insert", "add", "update", "setdefault", "pop", "popitem", "remove", "clear"}
_OF_A_CLASS = {"__new__", "__init_subclass__", "__class_getitem__"}


@dataclass(slots=True)
class Routine:
    """A function, or a method of a class."""

    node: ast.FunctionDef | ast.AsyncFunctionDef
    uses: Uses
    owner: ast.ClassDef | None = None

    @property
    def keys(self) -> list[str]:
        """By what it is mentioned: `f`, `.method`, and for a special method its class as well."""
        name = self.node.name
        if self.owner is None:
            return [name]
        return [f".{name}", self.owner.name] if _is_special(name) else [f".{name}"]

    @property
    def first(self) -> str:
        """The name of a method's first parameter, `self` mostly."""
        arguments = [*self.node.args.posonlyargs, *self.node.args.args]
        return arguments[0].arg if self.owner is not None and arguments else ""

    @property
    def is_of_the_class(self) -> bool:
        """Whether the first parameter is the class."""
        decorators = {getattr(item, "id", "") for item in self.node.decorator_list}
        return "classmethod" in decorators or self.node.name in _OF_A_CLASS


@dataclass(slots=True)
class Store:
    """Something that is set or changed: `a` and `["b", "c"]` of `a.b[0].c = 1`, and of `a.b.c.append(1)`.

    `item` where it is an item that is set, or the object itself that is changed, and no attribute.
    """

    root: str
    attributes: list[str]
    call: str = ""  # the method that changes it
    item: bool = False


class Held:
    """What classes, functions and modules hold that the stubs read."""

    def __init__(self, steps: list[Step], choice: Chosen, other_names: Iterable[tuple[str, str]]) -> None:
        self.read = choice.attributes
        self.needed = choice.needed
        self.fillers = choice.fillers
        self.definitions = {name for step in steps if step.is_definition for name in step.names.binds} & choice.needed
        self.modules = {name for step in steps if step.is_import for name in step.names.binds} & choice.needed
        self.from_imports = {
            name for step in steps if isinstance(step.node, ast.ImportFrom) for name in step.names.binds
        }
        self.definitions |= {name for name, root in other_names if root in self.definitions}
        self.shared: dict[str, set[str]] = defaultdict(set)
        for step in steps:
            if isinstance(step.node, ast.ClassDef):
                self.shared[step.node.name] |= _shared(step.node)

    def written(self, items: list[ast.AST], uses: Uses, routine: Routine | None = None) -> str:
        """What is set or changed of it, or nothing."""
        for store in stores(items):
            if store.root == "globals()":
                if store.item or store.call in _GROWING:
                    return "globals"
                continue
            if routine is not None and routine.owner is not None:
                self._of_the_class(store, routine, routine.owner.name)
            elif store.root not in uses.loads:
                continue
            if self._is_read(store):
                return store.root
        if not self.fillers.keys() & uses.loads or not self.definitions & uses.loads:
            return ""
        calls = (item for item in items if isinstance(item, ast.Call))
        handed = {name for call in calls for name in filled_by(call, self.fillers)}
        return min(handed & self.definitions & uses.loads, default="")

    def _of_the_class(self, store: Store, routine: Routine, owner: str) -> None:
        """Put the class's name where a method says it otherwise."""
        if store.root == "type()":
            store.root = owner
        elif store.root == routine.first and store.attributes:
            below = store.item or bool(store.call) or len(store.attributes) > 1
            if store.attributes[0] == "__class__":
                store.root = owner
                del store.attributes[0]
            elif routine.is_of_the_class or (below and store.attributes[0] in self.shared[owner]):
                store.root = owner
            else:
                store.root = ""
        elif store.root not in routine.uses.loads:
            store.root = ""

    def _is_read(self, store: Store) -> bool:
        if (store.root == "__main__" or "modules" in store.attributes) and not store.call:
            return bool(store.attributes) and store.attributes[-1] in self.needed  # the notebook itself, as a module
        if store.root in self.definitions:
            first = store.attributes[0] if store.attributes else ""
            return first in self.read or _is_special(first)
        if store.root in self.modules and (not store.call or store.call in _GROWING):
            return self.read.issuperset(store.attributes) and (
                bool(store.attributes) or store.root in self.from_imports
            )
        return False


@dataclass(slots=True)
class Writers:
    """What mentions lead to a change, and of what: `f`, `Class`, `.method`."""

    found: dict[str, str] = field(default_factory=dict)
    operators: bool = False  # whether `a << b` may change something

    def mentioned(self, uses: Uses) -> str:
        """What code may change by what it mentions, or nothing."""
        first = min((key for key in _mentions(uses) if key in self.found), default="")
        return self.found[first] if first else ""


def writers(steps: list[Step], stubs: Iterable[str], needed: set[str], changed: Callable[[Routine], str]) -> Writers:
    """The routines, no stubs, of which `changed` says so or which rebind what is needed; and their callers."""
    routines = list(_routines(steps, frozenset(stubs)))
    mentioning: dict[str, list[list[str]]] = defaultdict(list)  # -> the keys of those that mention it
    for routine in routines:
        for key in _mentions(routine.uses):
            mentioning[key].append(routine.keys)
    for step in steps:
        if isinstance(step.node, ast.ClassDef):
            methods = {item.name for item in step.node.body if isinstance(item, Function)}
            inner = [uses for name, uses in step.names.methods.items() if name not in methods]  # classes in the class
            for key in set[str]().union(*map(_mentions, [step.names.now, *inner])):
                mentioning[key].append([step.node.name])  # its bases, and `run = lambda self: setup()`
    made = Writers()
    waiting: list[tuple[list[str], str]] = []
    for routine in routines:
        datum = min(routine.uses.stores_global & needed, default="") or changed(routine)
        waiting += [(routine.keys, datum)] if datum else []
    waiting.reverse()
    while waiting:
        keys, datum = waiting.pop()
        for key in keys:
            if key not in made.found:
                made.found[key] = datum
                waiting += [(others, datum) for others in mentioning[key]]
    made.operators = any(_is_operator(item.node.name) and _changes_itself(item, made) for item in routines)
    return made


def stores(items: Iterable[ast.AST]) -> Iterator[Store]:
    """What is set, deleted or has a method called in code."""
    for item in items:
        if item.__class__ not in _STORING:
            continue
        match item:
            case ast.Attribute(ctx=ast.Store() | ast.Del()):
                yield Store(*_chain(item))
            case ast.Subscript(ctx=ast.Store() | ast.Del()):
                yield Store(*_chain(item.value), item=True)
            case ast.Call(func=ast.Name(id=name), args=[target, *others]) if name in _SETTERS:
                root, attributes = _chain(target)
                text = others[0].value if others and isinstance(others[0], ast.Constant) else "__dict__"
                yield Store(root, [*attributes, str(text)])
            case ast.Call(func=ast.Attribute(value=receiver, attr=called)):
                yield Store(*_chain(receiver), call=called)


def _chain(node: ast.expr) -> tuple[str, list[str]]:
    """`a` and `["b", "c"]` of `a.b[0].c`; `type()` for the root of `type(self).b`, and `globals()`."""
    attributes: list[str] = []
    while isinstance(node, ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Attribute):
            attributes.append(node.attr)
        node = node.value
    attributes.reverse()
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"type", "globals"}:
        return f"{node.func.id}()", attributes  # type: ignore[attr-defined]
    return getattr(node, "id", ""), attributes


def _routines(steps: list[Step], stubs: frozenset[str]) -> Iterator[Routine]:
    owners = {stub.partition(".")[0] for stub in stubs}
    for step in steps:
        node = step.node
        if isinstance(node, Function) and node.name not in owners:
            yield Routine(node, step.names.later)
        elif isinstance(node, ast.ClassDef):
            for item in node.body:
                if isinstance(item, Function) and f"{node.name}.{item.name}" not in stubs:
                    yield Routine(item, step.names.methods.get(item.name, Uses()), node)


def _mentions(uses: Uses) -> set[str]:
    return uses.loads | {f".{name}" for name in uses.attributes}


def _shared(node: ast.ClassDef) -> set[str]:
    """The attributes that a class's body binds and no method sets."""
    bound = {item.id for part in node.body for item in _targets(part) if isinstance(item, ast.Name)}
    return bound and bound - {item.attr for item in walk(node) if isinstance(item, ast.Attribute) and _is_set(item)}


def _targets(node: ast.stmt) -> Iterator[ast.AST]:
    for target in getattr(node, "targets", [getattr(node, "target", None)]):
        if target is not None:
            yield from walk(target)


def _is_set(node: ast.Attribute) -> bool:
    return isinstance(node.ctx, ast.Store)


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _is_operator(name: str) -> bool:
    """`__add__`, `__radd__`, `__lt__`: what runs where no method is named."""
    return _is_special(name) and (name in vars(operator) or f"__{name[3:]}" in vars(operator))


def _changes_itself(routine: Routine, made: Writers) -> bool:
    if f".{routine.node.name}" in made.found:
        return True
    return any(
        item.root == routine.first and (not item.call or item.call in _GROWING) for item in stores(walk(routine.node))
    )
