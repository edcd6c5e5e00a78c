"""What the stubs are bound to: the student's functions, or the givens in their place.

After every statement the names of the stubs are looked at. What cannot be called never takes a stub's place; a
given takes it straight away, so that `def forward(x, a=relu)` captures it. A given runs in globals of its own:
the reference's support, the other givens, and by name what the student's cells define for stubs and classes. Of some
there is a recording in place of its code.
"""

import builtins
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from types import CodeType, FunctionType
from typing import Any

from . import codes
from . import notes as receipt
from .grafting import Grafts
from .notes import Notes
from .recorded import Recordings, recorded

GIVEN_FILE = "<given>"
ABSENT = object()


class Bindings:
    """The student's namespace, watched at the names of the stubs and of their classes."""

    def __init__(self, stubs: Iterable[str], notes: Notes) -> None:
        self.stubs = tuple(stubs)
        self.notes = notes
        self.space: dict[str, Any] = {}
        self.givens: dict[str, Any] = {}
        self.recordings = Recordings()
        self.own: dict[str, Any] = {}  # stub -> what the student's cells bind it to
        self.grafts = Grafts(self.own, self.recordings)
        self.codes: dict[CodeType, str] = {}  # the code of the student's stubs
        self.world: dict[str, Any] = {"__builtins__": builtins, "__name__": "given"}  # a given's globals
        self._seen: dict[str, Any] = {}
        self._template_classes: dict[str, type] = {}
        self._aliases: dict[str, str] = {}  # the other names that mean stubs or their classes here -> the stubs' own
        self._spread: dict[str, Any] = {}  # what the other names were bound to when last looked at
        self._index()

    @property
    def defined(self) -> list[str]:
        """The stubs that the student's cells define."""
        return [stub for stub in self.stubs if stub in self.own]

    def prepare(
        self,
        support: str,
        skeletons: Mapping[str, str],
        givens: Iterable[tuple[str, str, tuple[bytes, ...] | None]],
        *,
        grafted: bool = False,
    ) -> None:
        """Make the givens, and bind those that are there from the start. What is raised is not the student's."""
        exec(compile(support, GIVEN_FILE, "exec", dont_inherit=True), self.world)
        for name, source, checks in givens:
            made: dict[str, Any] = {}
            exec(compile(source, GIVEN_FILE, "exec", dont_inherit=True), self.world, made)
            given = made[name.rpartition(".")[2]]
            if checks is not None:
                self.recordings.hold(name, checks)
                given = recorded(given, name, self.recordings)
            self.givens[name] = self.grafts.graft(given, name) if grafted else given
        self._index()
        self.world |= {name: value for name, value in self.givens.items() if "." not in name}
        if any("." in name for name in self.givens):
            self._make_classes(skeletons)
        for name in self._functions:
            if name in self.givens:
                self.space[name] = self._seen[name] = self.givens[name]

    def _make_classes(self, skeletons: Mapping[str, str]) -> None:
        """The template's classes with the given methods, for cells that lack or extend them."""
        for name, source in skeletons.items():
            exec(compile(source, GIVEN_FILE, "exec", dont_inherit=True), self.world)
            self._template_classes[name] = self.world[name]
        owners = {name.rpartition(".")[0] for name in self.givens if "." in name}
        with_givens = [made for name, made in self._template_classes.items() if name in owners]
        for name, made in self._template_classes.items():
            if any(issubclass(other, made) for other in with_givens):
                self.space[name] = self._seen[name] = made
                for method in self._methods.get(name, ()):
                    self._watch_method(name, made, method, 0, 0)

    def _index(self) -> None:
        """Which names are looked at after every statement: of stubs and givens, by class."""
        names = tuple(dict.fromkeys((*self.stubs, *self.givens)))
        self._functions = tuple(name for name in names if "." not in name)
        self._methods: dict[str, list[str]] = {}
        for owner, _, method in (name.rpartition(".") for name in names if "." in name):
            self._methods.setdefault(owner, []).append(method)

    def pair(self, aliases: Mapping[str, str]) -> None:
        """Bind these other names to what the stubs' own are bound to, from now on."""
        self._aliases = dict(aliases)
        self.spread()

    def own_name(self, name: str) -> str:
        """A name, or a method's `ReLU.forward`, as the stubs have it."""
        owner, dot, last = str.partition(name, ".")
        return f"{self._aliases.get(owner, owner)}{dot}{last}"

    def meet(self) -> None:
        """Bind the stubs' own names to what a statement has bound the others to."""
        for alias, name in self._aliases.items():
            value = self.space.get(alias, ABSENT)
            if value is not ABSENT and value is not self._spread[alias]:
                self.space[name] = self._spread[alias] = value

    def spread(self) -> None:
        """Bind the other names to what the stubs' own are bound to."""
        for alias, name in self._aliases.items():
            value = self._spread[alias] = self.space.get(name, ABSENT)
            if value is ABSENT:
                self.space.pop(alias, None)
            else:
                self.space[alias] = value

    def owns_stubs(self, name: str) -> bool:
        """Whether it is the name of a class of which methods are stubs."""
        return name in self._methods

    def restates(self, owner: str, methods: frozenset[str]) -> bool:
        """Whether a class of the template's, met again, would only take away what the student's class has."""
        bound = self.space.get(owner, ABSENT)
        return self.begun(owner) and all(attribute(bound, method) is not ABSENT for method in methods)

    def begun(self, owner: str) -> bool:
        """Whether the student's cells have made the class, and it is not only the template's."""
        bound = self.space.get(owner, ABSENT)
        return isinstance(bound, type) and bound is not self._template_classes.get(owner)

    def after(self, cell: int, line: int) -> None:
        """Look at the stubs' names once a statement has run."""
        self.meet()
        for name in self._functions:
            value = self.space.get(name, ABSENT)
            if value is self._seen.get(name, ABSENT):
                continue
            if callable(value):
                self._take(name, value, cell, line)
                self.space[name] = self.givens.get(name, value)
                self._seen[name] = self.world[name] = self.space[name]
            else:
                self._keep(name, value, cell, line)
        for owner in self._methods:
            self._watch_class(owner, cell, line)
        self.spread()

    def _watch_class(self, owner: str, cell: int, line: int) -> None:
        value = self.space.get(owner, ABSENT)
        before = self._seen.get(owner, ABSENT)
        if value is not before and not isinstance(value, type):
            self._keep(owner, value, cell, line)
            value = before
        if not isinstance(value, type):
            return
        self._seen[owner] = self.world[owner] = value
        for method in self._methods[owner]:
            self._watch_method(owner, value, method, cell, line)

    def _watch_method(self, owner: str, made: type, method: str, cell: int, line: int) -> None:
        name = f"{owner}.{method}"
        value, before = self._own_attribute(owner, made, method), self._seen.get(name, ABSENT)
        if value is not before and value is not ABSENT:
            if _is_data(value):
                self.notes.add(receipt.KEPT, cell, line, name)
                value = ABSENT
            else:
                self._take(name, value, cell, line)
        wanted = self.givens.get(name, value if value is not ABSENT else before)
        if wanted is not ABSENT and attribute(made, method) is not wanted:
            _set(made, method, wanted)
        self._seen[name] = self._own_attribute(owner, made, method)

    def _own_attribute(self, owner: str, made: type, method: str) -> Any:
        """A class's attribute, unless it is inherited from another class of which that method is a stub too.

        A layer that begins as `class Relu(Layer)` has Layer's `forward` until its own is written.
        """
        holder = _holder(made, method)
        if holder is None:
            return ABSENT
        of = self.own_name(type.__dict__["__name__"].__get__(holder))
        elsewhere = of != owner and f"{of}.{method}" in (*self.stubs, *self.givens)
        return ABSENT if elsewhere else attribute(made, method)

    def _take(self, name: str, value: Any, cell: int, line: int) -> None:
        if name in self.givens and value is self.givens[name]:
            return
        code, before = codes.code_of(value), self.own.get(name, ABSENT)
        if name in self.stubs and before is not ABSENT and (code is None or code is not codes.code_of(before)):
            self.notes.add(receipt.TWICE, cell, line, name)
        self.own[name] = value
        if code is not None and name in self.stubs:
            self.codes[code] = name

    def _keep(self, name: str, value: Any, cell: int, line: int) -> None:
        """Put back what was there before."""
        before = self._seen.get(name, ABSENT)
        if before is ABSENT:
            self.space.pop(name, None)
        else:
            self.space[name] = before
        if value is not ABSENT:
            self.notes.add(receipt.KEPT, cell, line, name)

    def missing(self, name: str) -> bool:
        """Whether a stub, or the class of stubs, is bound to nothing."""
        owner, _, last = name.rpartition(".")
        if not owner:
            return name in {*self._functions, *self._methods} and name not in self.space
        made = self.space.get(owner, ABSENT)
        return not isinstance(made, type) or self._own_attribute(owner, made, last) is ABSENT

    def disable(self, stub: str, call: Callable[..., Any]) -> None:
        """Make the student's function call something else instead, wherever it has been kept."""
        self.grafts.given_up.add(stub)
        for code in [code for code, name in self.codes.items() if name == stub]:
            codes.replace_everywhere(code, call)


def attribute(made: type, name: str) -> Any:
    """A class's attribute as it is stored, its own or inherited, `object`'s left out."""
    holder = _holder(made, name)
    return ABSENT if holder is None else type.__dict__["__dict__"].__get__(holder)[name]


def _holder(made: type, name: str) -> type | None:
    """The class that the attribute is stored in."""
    for base in type.__dict__["__mro__"].__get__(made):
        if base is not object and name in type.__dict__["__dict__"].__get__(base):
            return base  # type: ignore[no-any-return]
    return None


def _is_data(value: Any) -> bool:
    return not callable(value) and not hasattr(type(value), "__get__")


def _set(made: type, name: str, value: Any) -> None:
    if isinstance(value, FunctionType) and "__class__" in value.__code__.co_freevars:
        return  # its super() belongs to the class that it came from
    with suppress(TypeError, AttributeError):  # a class that is no ordinary one keeps what it has
        type.__setattr__(made, name, value)
