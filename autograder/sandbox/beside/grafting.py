"""Givens that leave standing what only the student's own function would have left: their keys, their attributes.

A student may keep more than was asked for, and read it again in another function. Put the reference's function in the
first one's place, and the second one finds nothing: it would pay for the first one's mistake. So the student's own
function is called before the given, with copies; what it leaves where the given leaves nothing is taken over, and
what both leave is the given's.
"""

import copy
import random
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np

from .clock import TimeUp
from .recorded import Recordings

_MOST_ITEMS = 1000  # of a list, or a dictionary, or an object
_MOST_DEPTH = 6


class Grafts:
    """Wraps givens; while a student's own function runs for its traces alone, their others are there as well."""

    def __init__(self, own: dict[str, Any], recordings: Recordings) -> None:
        self._own = own  # stub -> what the student's cells bind it to
        self._recordings = recordings
        self._aside = False
        self.given_up: set[str] = set()  # stubs that do not end

    def graft(self, given: Any, name: str) -> Any:
        """The given with the student's own function of that name before it; a class method stays bare."""
        if isinstance(given, staticmethod):
            return staticmethod(self._grafted(given.__func__, name))
        return self._grafted(given, name) if isinstance(given, FunctionType) else given

    def _grafted(self, given: Callable[..., Any], name: str) -> Callable[..., Any]:
        def grafted(*args: Any, **named: Any) -> Any:
            own = self._own_function(name)
            if self._aside:
                return (own or given)(*args, **named)
            left = self._left_by(own, args, named) if own else None
            result = given(*args, **named)
            if left is not None:
                _tried(lambda: _take_over(left, [args, named, result], _MOST_DEPTH, set()))
            return result

        grafted.__name__, grafted.__qualname__ = given.__name__, given.__qualname__
        return grafted

    def _own_function(self, name: str) -> Callable[..., Any] | None:
        own = self._own.get(name)
        if name in self.given_up or isinstance(own, classmethod):
            return None
        own = own.__func__ if isinstance(own, staticmethod) else own
        return own if callable(own) else None

    def _left_by(self, own: Callable[..., Any], args: Any, named: Any) -> Any:
        """Copies of the arguments as the student's own function left them, and what it returned, if anything."""
        plain, counts = random.getstate(), self._recordings.counts()
        drawn = np.random.get_state()  # noqa: NPY002  what theirs draws is drawn again
        self._aside = True
        try:
            left = _tried(lambda: copy.deepcopy([args, named]))
            return left and [*left, _tried(lambda: own(*left[0], **left[1]))]
        finally:
            self._aside = False
            random.setstate(plain)
            np.random.set_state(drawn)  # noqa: NPY002
            self._recordings.recount(counts)


def _tried(call: Callable[[], Any]) -> Any:
    """What it returns, or None: it may be code of the student's, which copying and looking call too."""
    try:
        return call()
    except TimeUp:
        raise
    except BaseException:  # what was left until then stands
        return None


def _take_over(own: Any, given: Any, depth: int, seen: set[int]) -> None:
    """Add to what the given left what only the student's own function did: keys and attributes."""
    if own is given or not depth or id(given) in seen:
        return
    seen.add(id(given))
    if isinstance(own, list | tuple) and isinstance(given, list | tuple):
        if len(own) == len(given) <= _MOST_ITEMS:
            for one, other in zip(list(own), list(given), strict=True):
                _take_over(one, other, depth - 1, seen)
        return
    theirs, ours = _entries(own), _entries(given)
    if theirs is None or ours is None or len(theirs) > _MOST_ITEMS:
        return
    for key, value in list(theirs.items()):
        if key in ours:
            _take_over(value, ours[key], depth - 1, seen)
        else:
            ours[key] = value


def _entries(value: Any) -> dict[Any, Any] | None:
    """A dictionary, or an object's attributes."""
    if isinstance(value, dict):
        return value
    if isinstance(value, type | FunctionType):
        return None
    try:
        found = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return None
    return found if type(found) is dict else None
