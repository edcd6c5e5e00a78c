"""The code inside a callable, and its replacement wherever the function has been kept."""

import functools
import gc
from collections.abc import Callable
from types import CodeType, FunctionType, MethodType
from typing import Any

import numpy as np

_PLACE = 0.123  # stands for the callable in the source below
_MOST_LAYERS = 20


def code_of(value: Any) -> CodeType | None:
    """The code of a function inside partials, vectorisers, static methods and decorators that keep it."""
    for _ in range(_MOST_LAYERS):
        if type(value) is FunctionType:
            inner = value.__dict__.get("__wrapped__")
            if inner is None:
                return value.__code__
            value = inner
        elif type(value) in (staticmethod, classmethod, MethodType):
            value = value.__func__
        elif type(value) is functools.partial:
            value = value.func
        elif type(value) is property:
            value = value.fget
        elif type(value) is np.vectorize:
            value = value.pyfunc
        else:
            return None
    return None


def replace_everywhere(code: CodeType, call: Callable[..., Any]) -> None:
    """Make every function that has this code do nothing but `call()`."""
    replacement = _calling(call, len(code.co_freevars))
    for function in gc.get_referrers(code):
        if type(function) is FunctionType and function.__code__ is code:
            function.__code__ = replacement


def _calling(call: Callable[..., Any], free: int) -> CodeType:
    """Code with so many free variables that calls a constant."""
    names = [f"v{place}" for place in range(free)]
    uses = "; ".join(names) or "pass"
    source = f"def outer({', '.join(names)}):\n def inner(*_, **__):\n  {uses}\n  return {_PLACE}()\n"
    outer = next(item for item in compile(source, "", "exec").co_consts if isinstance(item, CodeType))
    inner = next(item for item in outer.co_consts if isinstance(item, CodeType))
    return inner.replace(co_consts=tuple(call if item == _PLACE else item for item in inner.co_consts))
