"""Runs probes on the student's functions, and says how each of them ended."""

import builtins
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import numpy as np
from numpy._core import _exceptions

from . import fresh
from .bindings import Bindings
from .clock import Clock, TimeUp
from .frames import TooLarge, encode, returned
from .steps import cell_of

LONGEST_NAME = 80


def _public_exceptions() -> Iterator[type]:
    for space in (vars(builtins), vars(np.exceptions), vars(np.linalg)):
        for value in space.values():
            if isinstance(value, type) and issubclass(value, BaseException):
                yield value


_KNOWN = frozenset(_public_exceptions())
_PRIVATE = frozenset(value for value in vars(_exceptions).values() if isinstance(value, type))


class MissingStub(AttributeError):  # noqa: N818  what is told, not what went wrong
    """A probe asks for a stub that the submission does not define."""

    def __init__(self, stub: str) -> None:
        super().__init__(stub)
        self.stub = stub


class Student:
    """The submission as a probe meets it: its names are attributes."""

    __slots__ = ("__bindings",)

    def __init__(self, bindings: Bindings) -> None:
        self.__bindings = bindings

    def __getattr__(self, name: str) -> Any:
        bindings = self.__bindings
        if bindings.missing(name):
            raise MissingStub(name)
        try:
            return bindings.space[name]
        except KeyError:
            raise AttributeError(name) from None


@dataclass(slots=True)
class ProbeLimits:
    """Soft limits of one probe, and the size of what it may return."""

    cpu_seconds: float
    wall_seconds: float
    frame_bytes: int


class Prober:
    """Runs probes one after the other and encodes what each has seen."""

    def __init__(self, bindings: Bindings, clock: Clock, limits: ProbeLimits) -> None:
        self.bindings = bindings
        self.clock = clock
        self.limits = limits
        self.student = Student(bindings)

    def observe(self, probe: Callable[[Any, Any], Any], seed: int) -> bytes:
        """An encoded answer: the outcome, and the value or how it failed."""

        def run() -> bytes:
            return returned(probe(self.student, fresh.generator(seed)), self.limits.frame_bytes)

        fresh.reset(seed)
        try:
            return self.clock.call(run, self.limits.cpu_seconds, self.limits.wall_seconds)
        except TimeUp as up:
            stub = up.stub
            if stub:
                self.disable(stub)
            return encode({"outcome": "timed out", "stub": stub})
        except TooLarge:
            return encode({"outcome": "too large"})
        except BaseException as error:
            return encode(self._failure(error))

    def disable(self, stub: str) -> None:
        """Not wait for a stub again: whoever calls it runs out of time at once."""
        self.bindings.disable(stub, lambda: self.clock.give_up(stub))

    def _failure(self, error: BaseException) -> dict[str, Any]:
        trace = sys.exc_info()[2]  # not the attribute, which a student's class may define
        stub = self._missing(error)
        if stub:
            return {"outcome": "missing", "stub": stub, **self._where(trace)}
        name = _public_name(type(error))
        if name == "MemoryError":
            return {"outcome": "out of memory", **self._where(trace)}
        return {"outcome": "raised", "exception": name, **self._where(trace)}

    def _missing(self, error: BaseException) -> str:
        """The stub for which an exception was raised because it is not there, or nothing."""
        if type(error) is MissingStub:
            return error.stub
        if type(error) is NameError and type(error.name) is str:
            name = self.bindings.own_name(error.name)
            if self.bindings.missing(name):
                return name
        if type(error) is AttributeError and type(error.name) is str:
            return self._missing_method(error.name, error.obj)
        return ""

    def _missing_method(self, name: str, owner: object) -> str:
        for stub in self.bindings.stubs:
            of, _, last = stub.rpartition(".")
            made = self.bindings.space.get(of) if last == name and of else None
            if isinstance(made, type) and self.bindings.missing(stub):
                kind = owner if isinstance(owner, type) else type(owner)
                if kind is super or made in kind.__mro__:
                    return stub
        return ""

    def _where(self, trace: TracebackType | None) -> dict[str, Any]:
        """The innermost line of student code."""
        found: dict[str, Any] = {}
        while trace is not None:
            code = trace.tb_frame.f_code
            cell = cell_of(code.co_filename)
            if cell:
                found = {"cell": cell, "line": trace.tb_lineno or 0, "function": _function_name(code.co_qualname)}
            trace = trace.tb_next
        return found


def _function_name(qualified: str) -> str:
    """`MLP.train` of `MLP.train.<locals>.<lambda>`, or nothing where it is no plain name."""
    parts = [part for part in qualified.split(".") if not part.startswith("<")]
    name = ".".join(parts)
    return name if all(part.isidentifier() for part in parts) and len(name) <= LONGEST_NAME else ""


def _public_name(kind: type) -> str:
    """The exception's name, where it is Python's or NumPy's own; NumPy's private ones by what they are."""
    if kind in _PRIVATE:
        kind = next((base for base in kind.__mro__ if base in _KNOWN), kind)
    return kind.__name__ if kind in _KNOWN else ""
