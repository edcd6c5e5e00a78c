"""Puts a probe's bare code together again, beside student code; `autograder/probes.py` took it apart."""

import builtins
import importlib
import marshal
from collections.abc import Callable
from functools import lru_cache
from types import CodeType, FunctionType, ModuleType
from typing import Any

_COPIED_PARTS = {"numpy": ("linalg", "random")}


def load(payload: bytes) -> Callable[[Any, Any], Any]:
    """The probe as a callable `(student, rng) -> value`."""
    parcel = marshal.loads(payload)  # noqa: S302  it comes from the trusted process
    world: dict[str, Any] = {"__builtins__": builtins, "__name__": "probe", **parcel["values"]}
    for alias, module in parcel["modules"].items():
        world[alias] = _own_copy(module)
    for name, parts in parcel["functions"].items():
        world[name] = _function(name, parts, world)
    for name, members in parcel["classes"].items():
        made = {key: _function(key, value, world) if _is_function(value) else value for key, value in members.items()}
        world[name] = type(name, (), made)
    entry, inputs, takes_rng = world[parcel["entry"]], parcel["inputs"], parcel["rng"]

    def call(student: Any, rng: Any) -> Any:
        if inputs:
            return entry(student, world[inputs](rng))
        return entry(student, rng) if takes_rng else entry(student)

    return call


@lru_cache(maxsize=32)
def _own_copy(name: str) -> ModuleType:
    """The module as it is before any student code has run: what that replaces later, a probe does not use."""
    module = importlib.import_module(name)
    copy = ModuleType(module.__name__)
    copy.__dict__.update(vars(module))
    for part in _COPIED_PARTS.get(name, ()):
        setattr(copy, part, _own_copy(f"{name}.{part}"))
    return copy


def _function(name: str, parts: tuple[Any, ...], world: dict[str, Any]) -> FunctionType:
    code, defaults, named = parts
    function = FunctionType(code, world, name, defaults)
    function.__kwdefaults__ = named
    return function


def _is_function(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], CodeType)
