"""A probe as bare code: what may travel to the process of student code, and what is refused.

Pickling a probe by value carries along what it merely touches: attributes, tables, defaults, closures, and in
them expected values and tolerances. So only code objects travel, stripped of file names and docstrings, with
those globals that an allow-list has. All else is refused when the assignment is loaded, with file and line.
The other half, which puts the code together again, is `sandbox/beside/bundle.py`.
"""

from __future__ import annotations

import builtins
import dis
import marshal
import sys
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

from .definition import Check
from .errors import AssignmentError

MODULES = ("math", "cmath", "itertools", "functools", "operator", "numpy")
LONGEST_STRING = 200

_GLOBAL_LOADS = {"LOAD_GLOBAL", "LOAD_NAME", "STORE_GLOBAL", "DELETE_GLOBAL"}
_CLASS_FURNITURE = {
    "__module__",
    "__qualname__",
    "__doc__",
    "__dict__",
    "__weakref__",
    "__firstlineno__",
    "__static_attributes__",
    "__annotations__",
}
_HAS_DOCSTRING = 0x4000000  # CO_HAS_DOCSTRING, from Python 3.14 on
_OPTIMIZED = 0x1  # CO_OPTIMIZED: the code of a function, not of a class


def pack(check: Check) -> bytes:
    """The check's probe, with the helpers and constants that it names, as bytes for `bundle.load`.

    Raises AssignmentError where something that it names may not travel; the text gives file and line.
    """
    parcel = _Parcel()
    entry = parcel.add(check.probe)
    inputs = parcel.add(check.gradient.inputs) if check.gradient else ""
    return marshal.dumps(
        {
            "entry": entry,
            "inputs": inputs,
            "rng": check.takes_rng,
            "functions": parcel.functions,
            "classes": parcel.classes,
            "modules": parcel.modules,
            "values": parcel.values,
        }
    )


class _Parcel:
    """What one probe needs, gathered by following the global names of its code."""

    def __init__(self) -> None:
        self.functions: dict[str, tuple[Any, ...]] = {}
        self.classes: dict[str, dict[str, Any]] = {}
        self.modules: dict[str, str] = {}
        self.values: dict[str, Any] = {}

    def add(self, function: Callable[..., Any]) -> str:
        """Take a function and all that it names; its name in the parcel is returned."""
        if not isinstance(function, FunctionType):
            raise AssignmentError(f"{function!r}: an ordinary function is wanted")
        name = function.__name__
        if name not in self.functions:
            self.functions[name] = _bare_function(function)
            self._follow(function)
        return name

    def _follow(self, function: FunctionType) -> None:
        for name, line in _global_names(function.__code__):
            place = f"{function.__code__.co_filename}:{line}"
            if name in function.__globals__:
                self._take(name, function.__globals__[name], place)
            elif not hasattr(builtins, name):
                raise AssignmentError(f"{place}: {name} is not defined")

    def _take(self, name: str, value: Any, place: str) -> None:
        if isinstance(value, ModuleType):
            if value.__name__.partition(".")[0] not in MODULES:
                raise AssignmentError(
                    f"{place}: a probe uses the module {value.__name__}; allowed are {', '.join(MODULES)}"
                )
            self.modules[name] = value.__name__
        elif isinstance(value, FunctionType):
            if value.__name__ != name:
                raise AssignmentError(f"{place}: {name} is another name of {value.__name__}; use its own")
            self.add(value)
        elif type(value) is type:
            self._take_class(name, value, place)
        elif _is_literal(value):
            self.values[name] = value
        else:
            raise AssignmentError(
                f"{place}: a probe uses {name}, a {type(value).__name__}; it may name modules, plain functions "
                "and classes, numbers and short strings, so make the value inside the function"
            )

    def _take_class(self, name: str, cls: type, place: str) -> None:
        if cls.__bases__ != (object,) or name in self.classes:
            if name in self.classes:
                return
            raise AssignmentError(f"{place}: the class {name} has bases; a probe may use plain classes only")
        members: dict[str, Any] = {}
        self.classes[name] = members
        for key, value in vars(cls).items():
            if key in _CLASS_FURNITURE:
                continue
            if isinstance(value, FunctionType):
                members[key] = _bare_function(value)
                self._follow(value)
            elif _is_literal(value):
                members[key] = value
            else:
                raise AssignmentError(
                    f"{place}: {name}.{key} is a {type(value).__name__}; methods and numbers may travel"
                )


def _bare_function(function: FunctionType) -> tuple[Any, ...]:
    code = function.__code__
    place = f"{code.co_filename}:{code.co_firstlineno}"
    if function.__closure__:
        raise AssignmentError(f"{place}: {function.__name__} closes over {', '.join(code.co_freevars)}; pass it in")
    if function.__dict__:
        raise AssignmentError(f"{place}: {function.__name__} has attributes ({', '.join(function.__dict__)})")
    defaults, named = function.__defaults__ or (), function.__kwdefaults__ or {}
    for value in (*defaults, *named.values()):
        if not _is_literal(value):
            raise AssignmentError(f"{place}: a default of {function.__name__} is a {type(value).__name__}")
    return (_bare_code(code), defaults, named)


def _bare_code(code: CodeType) -> CodeType:
    """The code without file name and docstrings, in nested code too."""
    constants = [_bare_code(item) if isinstance(item, CodeType) else item for item in code.co_consts]
    if _docstring_first(code):
        constants[0] = None
    return code.replace(co_filename="", co_consts=tuple(constants))


def _docstring_first(code: CodeType) -> bool:
    if not code.co_consts or not isinstance(code.co_consts[0], str):
        return False
    if sys.version_info >= (3, 14):
        has = bool(code.co_flags & _HAS_DOCSTRING)
    else:
        # a function's first constant is its docstring or None; comprehensions and classes have none
        has = bool(code.co_flags & _OPTIMIZED) and not code.co_name.startswith("<")
    used = any(step.opcode in dis.hasconst and step.arg == 0 for step in dis.get_instructions(code))
    return has and not used


def _global_names(code: CodeType) -> Iterator[tuple[str, int]]:
    line = code.co_firstlineno
    for step in dis.get_instructions(code):
        line = getattr(getattr(step, "positions", None), "lineno", None) or line
        if step.opname in _GLOBAL_LOADS:
            yield step.argval, line
    for item in code.co_consts:
        if isinstance(item, CodeType):
            yield from _global_names(item)


def _is_literal(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(_is_literal(item) for item in value)
    if type(value) is str:
        return len(value) <= LONGEST_STRING
    return value is None or type(value) in (bool, int, float, complex)
