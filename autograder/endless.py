"""Trusted code that may come to no end, such as a known mistake, is bounded by the lines of Python that it runs.

Lines are counted and not seconds, so that what is bounded ends at the same place on every machine.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class Endless(BaseException):
    """Too many lines were run. No `except Exception` of a mistake holds it up."""


@contextmanager
def bounded(most: int, files: Collection[str]) -> Iterator[None]:
    """Raise Endless after so many lines of these files; NumPy's own come to an end."""
    lines = 0

    def count(frame: FrameType, _event: str, _: Any) -> Any:
        nonlocal lines
        if frame.f_code.co_filename not in files:
            return None
        lines += 1
        if lines > most:
            raise Endless
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        yield
    finally:
        sys.settrace(before)  # anew: what is raised while tracing ends it
