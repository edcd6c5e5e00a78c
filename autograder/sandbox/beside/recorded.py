"""Givens that are recordings: what the reference's function did in this very check, and no code of it.

They are those that only the check calls, around the stub under test. Such a given answers the calls that were
recorded of the reference, told apart by their arguments and by what was read of the objects among them, and refuses
all others: there is nothing in the process that could be asked for another value, and so nothing to differentiate.

A recorded call is `(takes, before, changes, after, gives)`, of plain data that `marshal` carries; it is written by
`autograder/recording.py`. `before` and `after` are tables of the arrays, containers and objects that the call
met and made, a node each; a reference to one is its place in both tables together, while None, text and numbers
stand where they are used. `takes` are the arguments by the names of their parameters, `changes` says what became of
nodes of `before`, and `gives` is what was returned. What the call met is the student's own when it is played back.
"""

import inspect
import marshal
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import numpy as np

SAME = 1e-6  # of the largest entry: what is this near is the same argument
SAME_IN_SINGLE_PRECISION = 1e-4
NUMBERS = "biufc"

_PLAIN_NUMBERS = (bool, int, float, complex)
_NO_NUMBERS = (str, bytes, type(None))


class Unrecorded(Exception):  # noqa: N818  what a student's code meets, not an error of ours
    """A given was called as the reference's check does not call it."""


class Recordings:
    """The recorded calls of the check that is running; there are none while cells run."""

    def __init__(self) -> None:
        self._of: dict[str, list[Any]] = {}
        self._calls: dict[str, list[_Call]] = {}

    def hold(self, name: str, checks: tuple[bytes, ...]) -> None:
        """Take a given's recordings, one for each check in the order of the probes."""
        self._of[name] = [marshal.loads(check) for check in checks]  # noqa: S302  the trusted process's

    def begin(self, place: int) -> None:
        """The check at that place is run next; no other's calls are answered any longer."""
        self._calls = {name: [_Call(*parts) for parts in checks[place]] for name, checks in self._of.items()}

    def counts(self) -> list[int]:
        """How often each call has been played back."""
        return [call.used for calls in self._calls.values() for call in calls]

    def recount(self, counts: list[int]) -> None:
        """Take it that each call has been played back so often."""
        for call, used in zip([call for calls in self._calls.values() for call in calls], counts, strict=True):
            call.used = used

    def answer(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """Do again what was recorded for these arguments. Raises Unrecorded where nothing was.

        Of several calls that fit the nearest one is taken, and of several alike, which drew random numbers, the next.
        """
        found: tuple[float, int] | None = None
        best: tuple[_Call, _Met] | None = None
        for call in self._calls.get(name, ()):
            met = _Met(call)
            if met.agrees(arguments) and (found is None or (met.distance, call.used) < found):
                found, best = (met.distance, call.used), (call, met)
        if best is None:
            raise Unrecorded(name)
        call, met = best
        call.used += 1
        return _Again(call, met).run()


def recorded(given: Any, name: str, recordings: Recordings) -> Any:
    """The template's function of that name, still blank, with the recordings as its body."""
    if isinstance(given, staticmethod | classmethod):
        return type(given)(_playing(given.__func__, name, recordings))
    return _playing(given, name, recordings)


def _playing(header: Callable[..., Any], name: str, recordings: Recordings) -> Callable[..., Any]:
    signature = inspect.signature(header)

    def given(*args: Any, **named: Any) -> Any:
        bound = signature.bind(*args, **named)
        bound.apply_defaults()
        return recordings.answer(name, bound.arguments)

    given.__name__, given.__qualname__ = header.__name__, header.__qualname__
    return given


class _Call:
    """A recorded call, and how often it has been played back."""

    def __init__(self, takes: Any, before: Any, changes: Any, after: Any, gives: Any) -> None:
        self.takes, self.before, self.changes, self.after, self.gives = takes, before, changes, after, gives
        self.used = 0


class _Met:
    """What a call meets now, held against what it met when it was recorded; `distance` is how far off it is."""

    def __init__(self, call: _Call) -> None:
        self._call = call
        self._nodes = call.before
        self.distance = 0.0
        self.objects: dict[int, Any] = {}  # place -> what is there now
        self._entered: set[int] = set()

    def agrees(self, arguments: Mapping[str, Any]) -> bool:
        """Whether every argument is what it was, as far as the reference looked."""
        takes = self._call.takes
        return len(takes) == len(arguments) and all(
            name in arguments and self._same(ref, arguments[name]) for name, ref in takes
        )

    def _same(self, ref: Any, now: Any) -> bool:
        if type(ref) is not int:
            return self._same_value(ref, now)
        self.objects.setdefault(ref, now)
        if ref in self._entered:  # a circle
            return True
        self._entered.add(ref)
        try:
            return self._same_node(self._nodes[ref], now)
        finally:
            self._entered.discard(ref)

    def _same_value(self, ref: Any, now: Any) -> bool:
        wanted = value_of(ref)
        if wanted is None:
            return now is None
        if isinstance(wanted, str | bytes):
            return isinstance(now, type(wanted)) and now == wanted
        return self._near(np.asarray(wanted), _numbers(now))

    def _same_node(self, node: Any, now: Any) -> bool:
        kind, *parts = node
        if kind == "array":
            wanted = array_of(node)
            if wanted.dtype.kind in NUMBERS:
                return self._near(wanted, _numbers(now))
            return bool(isinstance(now, np.ndarray) and np.array_equal(wanted, now))
        if kind in ("list", "tuple"):
            return self._same_items(parts[0], now)
        if kind == "dict":
            if not isinstance(now, dict):
                return False
            return all(key in now and self._same(ref, now[key]) for key, ref in parts[0])
        return all(self._same_attribute(name, ref, now) for name, ref in parts[0])

    def _same_items(self, refs: Any, now: Any) -> bool:
        if refs and not any(type(ref) is int or isinstance(value_of(ref), _NO_NUMBERS) for ref in refs):
            return self._near(np.asarray([value_of(ref) for ref in refs]), _numbers(now))
        if not isinstance(now, list | tuple) and not (isinstance(now, np.ndarray) and now.ndim):
            return False
        if len(refs) != len(now):
            return False
        return all(self._same(ref, item) for ref, item in zip(refs, now, strict=True))

    def _same_attribute(self, name: str, ref: Any, now: Any) -> bool:
        try:
            value = getattr(now, name)
        except Exception:
            return False
        return self._same(ref, value)

    def _near(self, wanted: Any, now: Any) -> bool:
        if now is None:
            return False
        off = distance(wanted, now)
        if off is None:
            return False
        self.distance = max(self.distance, off)
        return True


class _Again:
    """A recorded call done again with what it meets now."""

    def __init__(self, call: _Call, met: _Met) -> None:
        self._call = call
        self._objects = met.objects

    def run(self) -> Any:
        """Change what was changed and return what was returned, a copy each time."""
        for place, change in self._call.changes:
            self._change(self._objects[place], *change)
        return self._made(self._call.gives)

    def _made(self, ref: Any) -> Any:
        if type(ref) is not int:
            return value_of(ref)
        if ref not in self._objects:
            self._make(ref)
        return self._objects[ref]

    def _make(self, place: int) -> None:
        node = self._call.after[place - len(self._call.before)]
        kind, *parts = node
        if kind == "array":
            self._objects[place] = array_of(node)
        elif kind == "tuple":
            self._objects[place] = tuple(self._made(ref) for ref in parts[0])
        elif kind == "list":
            made: list[Any] = []
            self._objects[place] = made
            made += [self._made(ref) for ref in parts[0]]
        else:
            by_key: dict[Any, Any] = {}
            self._objects[place] = by_key
            by_key |= {key: self._made(ref) for key, ref in parts[0]}

    def _change(self, now: Any, kind: str, *parts: Any) -> None:
        if kind == "array" and isinstance(now, np.ndarray):
            now[...] = array_of((kind, *parts))
        elif kind == "list" and isinstance(now, list):
            now[:] = [self._made(ref) for ref in parts[0]]
        elif kind == "dict" and isinstance(now, dict):
            now.update({key: self._made(ref) for key, ref in parts[0]})
            for key in parts[1]:
                now.pop(key, None)
        elif kind == "instance":
            for name, ref in parts[0]:
                setattr(now, name, self._made(ref))
            for name in parts[1]:
                with suppress(AttributeError):
                    delattr(now, name)
        else:  # it is of a kind that cannot be changed so
            raise Unrecorded


def value_of(ref: Any) -> Any:
    """What stands in place of a reference: None, text, a number, or one of NumPy's numbers."""
    if ref[0] == "value":
        return ref[1]
    return np.frombuffer(ref[2], np.dtype(ref[1]))[0]


def array_of(node: Any) -> Any:
    """An array as a node holds it; a copy."""
    _, dtype, shape, data = node
    return np.frombuffer(data, np.dtype(dtype)).reshape(shape).copy()


def _numbers(value: Any) -> Any:
    """Numbers, or lists of them, as an array; None for anything else."""
    kind = type(value)
    if issubclass(kind, np.ndarray):
        array = np.ndarray.view(value, np.ndarray)
    elif issubclass(kind, (*_PLAIN_NUMBERS, np.generic, list, tuple)):
        try:
            array = np.asarray(value)
        except Exception:
            return None
    else:
        return None
    return array if array.dtype.kind in NUMBERS else None


def distance(wanted: Any, now: Any) -> float | None:
    """How far arrays are apart, in parts of the largest entry; None where they are not the same up to rounding.

    nan is nan, and infinities are the same at the same places. Where no complex number is wanted, none will do.
    """
    if wanted.shape != now.shape or (now.dtype.kind == "c") > (wanted.dtype.kind == "c"):
        return None
    single = now.dtype.kind in "fc" and now.dtype.itemsize < (8, 16)[now.dtype.kind == "c"]
    kind = complex if wanted.dtype.kind == "c" else float
    with np.errstate(all="ignore"):
        one, other = wanted.astype(kind), now.astype(kind)
        finite = np.isfinite(one)
        if not np.array_equal(one[~finite], other[~finite], equal_nan=True) or not np.isfinite(other[finite]).all():
            return None
        scale = float(np.max(np.abs(one[finite]), initial=0.0))
        off = float(np.max(np.abs(one[finite] - other[finite]), initial=0.0))
        if off == 0:
            return 0.0
        near = off <= (SAME_IN_SINGLE_PRECISION if single else SAME) * scale
        return off / scale if near else None
