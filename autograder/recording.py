"""What the reference's functions did in a check, recorded for a process that must not have their code.

`sandbox/beside/recorded.py` plays a recording back, and says what its form is. Nothing recorded may depend on what
the reference's stub under test did: that is the answer. So the reference is recorded *without* that stub. In its
place stands one that returns zeros, or ones, of the shapes that are wanted, and changes nothing; only those calls
that come out alike with both are kept. Known right variants of the stub are run beside it, on copies, because a
right answer may ask a given for what the check does not ask for: of their calls those are kept whose arguments
were all handed to the stub, or are the negative of what was.
"""

from __future__ import annotations

import copy
import functools
import inspect
import marshal
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FunctionType, GeneratorType, ModuleType
from typing import Any

import numpy as np

from .endless import Endless, bounded
from .sandbox.beside.recorded import NUMBERS

MOST_LINES = 1_000_000  # of a probe with the reference, or of a variant: without the answer some come to no end
MOST_BYTES = 16 << 20  # of one given's recordings for one check
FILLS = (0, 1)  # what stands for the answers

_VALUES = (bool, int, float, complex, str, bytes, type(None))
_NODES = NUMBERS + "SU"
_VARIANT = "<variant>"

Ref = Any  # a place in the tables, or a tuple that is the value
Node = tuple[Any, ...]


class Unholdable(Exception):  # noqa: N818  told by the names that are left out
    """A call took, changed or returned what is no plain data."""


class _Over(BaseException):
    """A probe cannot go on without the stub's answer. No `except Exception` holds it up."""


@dataclass(frozen=True, slots=True)
class Stub:
    """A stub under test, by its name, with right variants of it: sources that are complete but for its module."""

    name: str
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recordings:
    """The recordings of each function, one for each check; those are missing that cannot be recorded.

    They are to be kept `apart`, a check's in a process of its own, where a stub under test and a recorded function
    are both curves: each entry of what they return comes of one entry of what they take. Through many points of a
    curve goes a fraction that has its slope as well, and what finds it knows nothing of the curve.
    """

    of: Mapping[str, tuple[bytes, ...]]
    apart: bool = False


NOTHING = Recordings({})


def recorded(
    load: Callable[[], ModuleType],
    names: Iterable[str],
    stubs: Iterable[Stub],
    runs: Iterable[Callable[[ModuleType], object]],
) -> Recordings:
    """The recordings of the functions `names`, one for each of the probes that `runs` run on a module.

    `load` makes a module of the reference anew, to be meddled with. Functions whose calls cannot be recorded are
    left out. Whatever a probe raises ends what can be recorded of it.
    """
    names, stubs, runs = tuple(names), tuple(stubs), tuple(runs)
    recorders = [_Recorder(load(), names, stubs, fill) for fill in FILLS]
    found: dict[str, list[bytes]] = {name: [] for name in names}
    for run in runs:
        first, *others = (recorder.of(run) for recorder in recorders)
        for name in names:
            calls = [call for call in first[name] if all(call in other[name] for other in others)]
            found[name].append(_packed(calls))
    unholdable = {name for recorder in recorders for name in recorder.unholdable}
    unholdable |= {name for name in names if max(map(len, found[name]), default=0) > MOST_BYTES}
    apart = any(recorder.curved_stubs and recorder.curved for recorder in recorders)
    return Recordings({name: tuple(checks) for name, checks in found.items() if name not in unholdable}, apart)


def _packed(calls: list[bytes]) -> bytes:
    return marshal.dumps([marshal.loads(call) for call in calls], 2)  # noqa: S302  made below


@dataclass(eq=False)
class _Running:
    """A call of a given that is running: what it met, and what it has read and set of the objects among that."""

    name: str
    heap: _Heap
    takes: tuple[tuple[str, Ref], ...]
    defaults: set[Ref]
    reads: dict[int, set[str]] = field(default_factory=dict)  # id -> attributes
    sets: dict[int, set[str]] = field(default_factory=dict)


class _Recorder:
    """The reference's functions with an ear at them, and something else in place of the stubs under test."""

    def __init__(self, module: ModuleType, names: tuple[str, ...], stubs: tuple[Stub, ...], fill: int) -> None:
        self.module, self.fill = module, fill
        self.unholdable: set[str] = set()
        self.curved = self.curved_stubs = False  # whether a recorded function, and a stub, has been met as a curve
        self.classes = tuple(value for value in vars(module).values() if isinstance(value, type))
        self._calls: dict[str, list[bytes]] = {name: [] for name in names}
        self._running: list[_Running] = []
        self._paused = False
        self._handed: set[Any] | None = None  # while a variant runs: the leaves of what it was handed
        self._ours = {"", _VARIANT, str(module.__file__)}  # a probe's file has no name
        for made in self.classes:
            self._listen(made)
        for name in names:
            self._replace(name, self._recording)
        for stub in stubs:
            self._replace(stub.name, functools.partial(self._standing_in, stub.variants))

    def of(self, run: Callable[[ModuleType], object]) -> dict[str, list[bytes]]:
        """The calls of each function in a probe, in their order, alike ones once."""
        self._calls = {name: [] for name in self._calls}
        self._running, self._paused, self._handed = [], False, None
        # without the stub's answer anything may come of it
        with suppress(Exception, _Over, Endless), bounded(MOST_LINES, self._ours):
            run(self.module)
        return {name: list(dict.fromkeys(calls)) for name, calls in self._calls.items()}

    # --- in place of the reference's functions

    def _replace(self, name: str, around: Callable[[str, Callable[..., Any]], Callable[..., Any]]) -> None:
        """Put something in a function's place, also where it is another's default."""
        owner, _, last = name.rpartition(".")
        holder = getattr(self.module, owner) if owner else self.module
        before = vars(holder)[last]
        function = getattr(before, "__func__", before)
        after = functools.wraps(function)(around(name, function))
        setattr(holder, last, type(before)(after) if function is not before else after)
        for other in _functions(self.module):
            if other.__defaults__:
                other.__defaults__ = tuple(after if item is function else item for item in other.__defaults__)

    def _recording(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(function)
        defaults = {ref for ref in map(_value, function.__defaults__ or ()) if ref is not None}

        def call(*args: Any, **named: Any) -> Any:
            if self._paused:
                return function(*args, **named)
            bound = signature.bind(*args, **named)
            bound.apply_defaults()
            running = self._begun(name, bound.arguments, defaults)
            self._running.append(running)
            try:
                result = function(*args, **named)
            finally:
                self._running.remove(running)
            with self._pause():
                self._end(running, result)
                self.curved |= _is_curve(args, named, result)
            return result

        return call

    def _standing_in(self, variants: tuple[str, ...], name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """What is in place of a stub: it draws as the stub does, and has nothing of what it answers."""
        made = [self._variant(source, name.rpartition(".")[2]) for source in variants]

        def call(*args: Any, **named: Any) -> Any:
            if self._paused or self._handed is not None:
                return function(*args, **named)
            for variant in made:
                self._try(variant, args, named)
            with self._pause():
                if self._takes_a_function((*args, *named.values())):  # it would tell the check what the stub does
                    raise _Over
                (inner, inner_named), originals = _copies((args, named))
                result = function(*inner, **inner_named)
                for original, copied in originals:
                    self._fill_in(original, copied)
                self.curved_stubs |= _is_curve(args, named, result)
                return self._blank(result)

        return call

    def _takes_a_function(self, values: Iterable[Any]) -> bool:
        heap = _Heap(self.classes)
        for value in values:
            heap.ref(value)
        pairs = zip(heap.nodes, heap.objects, strict=True)
        return any(node[0] == "?" and callable(value) for node, value in pairs)

    def _variant(self, source: str, last: str) -> Callable[..., Any]:
        """A right variant, in globals of its own, of which its helpers are a part."""
        code = compile(source, _VARIANT, "exec", dont_inherit=True)

        def call(*args: Any, **named: Any) -> Any:
            space = dict(vars(self.module))
            exec(code, space)  # noqa: S102  the author's
            function = space[last]
            return getattr(function, "__func__", function)(*args, **named)

        return call

    def _try(self, variant: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> None:
        """Run a variant on copies, for the calls that it makes of the givens. It draws what nobody else draws."""
        with self._pause():
            inner, inner_named = _copies((args, named))[0]
            heap = _Heap(self.classes)
            handed = set(_leaves([heap.ref(item) for item in (*inner, *inner_named.values())], heap.nodes))
            handed |= {turned for leaf in handed if (turned := _negated(leaf)) is not None}
        drawn = np.random.get_state()  # noqa: NPY002  the reference draws from it
        self._handed = handed
        # what it was handed may be zeros that are no answer
        with suppress(Exception, _Over, Endless), bounded(MOST_LINES, self._ours):
            variant(*inner, **inner_named)
        self._handed = None
        np.random.set_state(drawn)  # noqa: NPY002

    @contextmanager
    def _pause(self) -> Iterator[None]:
        before, self._paused = self._paused, True
        try:
            yield
        finally:
            self._paused = before

    def _blank(self, value: Any) -> Any:
        """Something of the same form that says nothing of the values."""
        kind, made = type(value), value
        if isinstance(value, np.ndarray):
            made = np.full(value.shape, self.fill).astype(value.dtype)
        elif kind in (bool, int, float, complex, str) or isinstance(value, np.generic):
            made = kind(self.fill)
        elif kind in (list, tuple):
            made = kind(self._blank(item) for item in value)
        elif kind is dict:
            made = {key: self._blank(item) for key, item in value.items()}
        elif kind is GeneratorType:
            made = iter([self._blank(item) for item in value])
        elif kind in self.classes:
            made = object.__new__(kind)
            self._fill_in(made, value)
        elif value is not None:
            raise _Over
        return made

    def _fill_in(self, original: Any, copied: Any) -> None:
        """Give an object the attributes that the stub has made on a copy of it, blank."""
        if type(original) in self.classes:
            for name, value in vars(copied).items():
                if name not in vars(original):
                    vars(original)[name] = self._blank(value)

    # --- what a call reads and sets

    def _listen(self, made: type) -> None:
        read: Callable[..., Any] = made.__getattribute__
        write: Callable[..., Any] = made.__setattr__

        def getting(this: Any, name: str) -> Any:
            if not self._paused:
                for running in self._running:
                    if name not in running.sets.get(id(this), ()):
                        running.reads.setdefault(id(this), set()).add(name)
            return read(this, name)

        def setting(this: Any, name: str, value: Any) -> None:
            if not self._paused:
                for running in self._running:
                    running.sets.setdefault(id(this), set()).add(name)
            write(this, name, value)

        made.__getattribute__, made.__setattr__ = getting, setting  # type: ignore[method-assign, assignment]

    # --- a call as a record

    def _begun(self, name: str, arguments: Mapping[str, Any], defaults: set[Any]) -> _Running:
        with self._pause():
            heap = _Heap(self.classes)
            return _Running(name, heap, tuple((key, heap.ref(value)) for key, value in arguments.items()), defaults)

    def _end(self, running: _Running, result: Any) -> None:
        try:
            call = _call(running, result)
        except Unholdable:
            if self._handed is None:
                self.unholdable.add(running.name)
            return
        takes, before, *_ = call
        if self._handed is not None:
            met = _leaves([ref for _, ref in takes], before)
            known = self._handed | running.defaults
            if not all(leaf in known or _tells_nothing(leaf) for leaf in met):
                return
        self._calls[running.name].append(marshal.dumps(call, 2))


def _negated(leaf: Node) -> Node | None:
    """The same numbers with the other sign."""
    kind, *parts = leaf
    if kind == "array" and np.dtype(parts[0]).kind in "fc":
        return (kind, *parts[:2], (-np.frombuffer(parts[2], parts[0])).tobytes())
    return (kind, -parts[0]) if kind == "value" and type(parts[0]) in (float, complex) else None


def _tells_nothing(leaf: Node) -> bool:
    """Whether it is no result of a computation: a word, a whole number, a truth."""
    return leaf[0] == "value" and isinstance(leaf[1], str | bytes | int | None)


def _is_curve(args: tuple[Any, ...], named: Mapping[str, Any], result: Any) -> bool:
    """Whether every array that was handed over has the shape of the one that came back."""
    shapes = {item.shape for item in (*args, *named.values()) if isinstance(item, np.ndarray)}
    return isinstance(result, np.ndarray) and result.ndim > 0 and shapes == {result.shape}


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    """The functions of a module and of its classes."""
    for value in vars(module).values():
        for item in vars(value).values() if isinstance(value, type) else [value]:
            function = getattr(item, "__func__", item)
            if isinstance(function, FunctionType):
                yield function


def _copies(value: Any) -> tuple[Any, list[tuple[Any, Any]]]:
    """A deep copy, and with each object its copy. Generators of random numbers are not copied: their draws count."""
    memo: dict[int, Any] = {}
    for item in (*value[0], *value[1].values()):
        if isinstance(item, np.random.Generator | np.random.RandomState):
            memo[id(item)] = item
    copied = copy.deepcopy(value, memo)
    kept = memo.get(id(memo), [])
    return copied, [(item, memo[id(item)]) for item in kept if id(item) in memo]


# --- objects as tables ---------------------------------------------------------------------------------


class _Heap:
    """Objects by identity, each with a node that says what it is; see `sandbox/beside/recorded.py`."""

    def __init__(self, classes: tuple[type, ...], places: dict[int, int] | None = None, first: int = 0) -> None:
        self.classes = classes
        self.first = first  # the place of the first node
        self.places = dict(places or {})
        self.objects: list[Any] = []  # kept, so that no other object takes its identity
        self.nodes: list[Node] = []

    def ref(self, value: Any) -> Ref:
        """The reference to a value, which is taken in with all that it holds."""
        inline = _value(value)
        if inline is not None:
            return inline
        if id(value) not in self.places:
            place = self.places[id(value)] = self.first + len(self.nodes)
            self.objects.append(value)
            self.nodes.append(())
            self.nodes[place - self.first] = self.node(value)
        return self.places[id(value)]

    def node(self, value: Any) -> Node:
        """What an object is, as a node."""
        if isinstance(value, np.ndarray) and value.dtype.kind in _NODES:
            return ("array", value.dtype.str, value.shape, value.tobytes())
        if type(value) in (list, tuple):
            return (type(value).__name__, tuple(self.ref(item) for item in value))
        if isinstance(value, dict):
            pairs = [(key.item() if isinstance(key, np.generic) else key, item) for key, item in value.items()]
            if all(type(key) in _VALUES for key, _ in pairs):
                return ("dict", tuple((key, self.ref(item)) for key, item in pairs))
        if type(value) in self.classes:
            return ("instance", tuple((name, self.ref(item)) for name, item in _attributes(value).items()))
        return ("?",)


def _value(value: Any) -> Ref | None:
    """What stands for None, text or a number; None for anything else."""
    if type(value) in _VALUES:
        return ("value", value)
    if isinstance(value, np.generic) and value.dtype.kind in _NODES:
        return ("number", value.dtype.str, value.tobytes())
    return None


def _attributes(value: Any) -> dict[str, Any]:
    """An object's data: its own, and what its classes have for all."""
    shared: dict[str, Any] = {}
    for made in reversed(type(value).__mro__[:-1]):
        shared |= {
            name: item
            for name, item in vars(made).items()
            if not name.startswith("__") and not callable(item) and not hasattr(type(item), "__get__")
        }
    shared |= vars(value)
    return shared


def _leaves(refs: Iterable[Ref], nodes: Any) -> Iterator[Node]:
    """The arrays and values that are reached from these references."""
    waiting, seen = list(refs), set()
    while waiting:
        ref = waiting.pop()
        if type(ref) is not int:
            yield ref
        elif ref not in seen:
            seen.add(ref)
            kind, *parts = nodes[ref]
            if kind in ("array", "?"):
                yield nodes[ref]
            else:
                waiting += [item[1] if kind in ("dict", "instance") else item for item in parts[0]]


def _call(running: _Running, result: Any) -> tuple[Any, ...]:
    """What is recorded of a call that has come to its end. Raises Unholdable."""
    heap = running.heap
    reads = {place: _read(running, heap.objects[place]) for place in range(len(heap.nodes))}
    met: dict[int, Node] = {}
    waiting = [ref for _, ref in running.takes]
    while waiting:
        place = waiting.pop()
        if type(place) is not int or place in met:
            continue
        kind, *parts = heap.nodes[place]
        if kind == "?":
            raise Unholdable
        if kind == "instance":
            read = reads[place]
            parts = [tuple((name, ref) for name, ref in parts[0] if read is None or name in read)]
        met[place] = (kind, *parts)
        if kind != "array":
            waiting += [item[1] if kind in ("dict", "instance") else item for item in parts[0]]
    order = {place: number for number, place in enumerate(sorted(met))}
    after = _Heap(heap.classes, {id(heap.objects[place]): order[place] for place in met}, len(met))
    changes = tuple(
        (order[place], change) for place in sorted(met) if (change := _change(heap, place, after)) is not None
    )
    gives = after.ref(result)
    if any(node[0] in ("?", "instance") for node in after.nodes):
        raise Unholdable
    takes = tuple((name, _renumbered(ref, order)) for name, ref in running.takes)
    before = tuple(_renumbered_node(met[place], order) for place in sorted(met))
    return takes, before, changes, tuple(after.nodes), gives


def _read(running: _Running, value: Any) -> set[str] | None:
    """The attributes of an object that were read before they were set; None for all."""
    names = running.reads.get(id(value), set())
    return None if "__dict__" in names else names


def _change(heap: _Heap, place: int, after: _Heap) -> Node | None:
    """What became of an object that a call met, if anything did."""
    value, before = heap.objects[place], heap.nodes[place]
    kind = before[0]
    if kind == "array":
        now = after.node(value)
        return None if now == before else now
    if kind == "list":
        same = len(before[1]) == len(value) and all(map(functools.partial(_is_still, heap), before[1], value))
        return None if same else after.node(value)
    if kind not in ("dict", "instance"):
        return None
    of, items = dict(before[1]), _attributes(value) if kind == "instance" else value
    changed = {key: item for key, item in items.items() if key not in of or not _is_still(heap, of[key], item)}
    gone = tuple(key for key in of if key not in items)
    if not changed and not gone:
        return None
    return (kind, tuple((key, after.ref(item)) for key, item in changed.items()), gone)


def _is_still(heap: _Heap, ref: Ref, now: Any) -> bool:
    """Whether what stood there is there still; what became of it is told elsewhere."""
    if type(ref) is int:
        return heap.objects[ref] is now
    return bool(_value(now) == ref)


def _renumbered(ref: Ref, order: Mapping[int, int]) -> Ref:
    return order[ref] if type(ref) is int else ref


def _renumbered_node(node: Node, order: Mapping[int, int]) -> Node:
    kind, *parts = node
    if kind == "array":
        return node
    if kind in ("dict", "instance"):
        return (kind, tuple((key, _renumbered(ref, order)) for key, ref in parts[0]))
    return (kind, tuple(_renumbered(ref, order) for ref in parts[0]))
