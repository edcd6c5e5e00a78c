"""`open(os.devnull, "w")`, by which code silences its own prints: works, though no file can be written."""

import builtins
import io
import os
from typing import Any

_STDOUT = 1  # the null device, in every child

_open, _dup, _fspath, _null = open, os.dup, os.fspath, os.devnull


def install() -> None:
    """Let `open` give the null device that is open already."""
    for place in (vars(builtins), vars(io)):
        place["open"] = _opened


def _opened(file: Any, mode: str = "r", *arguments: Any, **settings: Any) -> Any:
    """`open`, but for the null device."""
    if type(mode) is str and mode[:1] in ("w", "a", "x") and _is_null(file):
        return _open(_dup(_STDOUT), mode.replace("x", "w"), *arguments, **settings)
    return _open(file, mode, *arguments, **settings)


def _is_null(file: Any) -> bool:
    try:
        return bool(_fspath(file) == _null)
    except TypeError:
        return False
