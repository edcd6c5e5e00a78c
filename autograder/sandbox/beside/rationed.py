"""Givens that a stub under test may call a few times only, and with real numbers.

They are those that the reference's own stub does not call: the check needs them around it. A right answer may call
one where the reference does not, once or twice. Finite differences call it for every entry, and complex steps with
complex numbers; who takes a derivative from there has not written it. This stops whoever calls the given by its
name, and not code that searches the process for what lies behind it.
"""

import sys
from collections.abc import Callable, Mapping
from types import CodeType, FrameType
from typing import Any

import numpy as np

MOST_CALLS = 4  # from one run of the stub
GIVEN_FILE = "<given>"
_DEPTH = 3
_getframe = sys._getframe  # noqa: SLF001  kept, because student code may put another in its place


class Rationed(Exception):  # noqa: N818  what a student's code meets, not an error of ours
    """The stub under test asked too much of a given function."""


def rationed(given: Any, stubs: frozenset[str], codes: Mapping[CodeType, str]) -> Any:
    """The given, held back from these stubs; `codes` says which code is which stub of the student's."""
    if isinstance(given, staticmethod | classmethod):
        return type(given)(rationed(given.__func__, stubs, codes))
    return _held_back(given, stubs, codes) if callable(given) else given


def _held_back(
    function: Callable[..., Any], stubs: frozenset[str], codes: Mapping[CodeType, str]
) -> Callable[..., Any]:
    caller: FrameType | None = None
    calls = 0

    def given(*args: Any, **named: Any) -> Any:
        nonlocal caller, calls
        frame = _stub_below(_getframe(1), stubs, codes)
        if frame is None:
            return function(*args, **named)
        calls = calls + 1 if frame is caller else 1
        caller = frame
        if calls > MOST_CALLS or _has_complex((args, named)):
            raise Rationed
        found = function(*args, **named)
        if _has_complex(found):
            raise Rationed
        return found

    given.__name__, given.__qualname__ = function.__name__, function.__qualname__
    return given


def _stub_below(frame: FrameType | None, stubs: frozenset[str], codes: Mapping[CodeType, str]) -> FrameType | None:
    """The run of a stub under test that asks, itself or through the student's helpers; none where a given asks."""
    while frame is not None and frame.f_code.co_filename != GIVEN_FILE:
        if codes.get(frame.f_code) in stubs:
            return frame
        frame = frame.f_back
    return None


def _has_complex(value: Any, depth: int = 0) -> bool:
    kind = type(value)
    if kind in (tuple, list, dict) and depth < _DEPTH:
        items = value.values() if kind is dict else value
        return any(_has_complex(item, depth + 1) for item in items)
    return isinstance(value, complex) or (isinstance(value, np.ndarray | np.generic) and value.dtype.kind == "c")
