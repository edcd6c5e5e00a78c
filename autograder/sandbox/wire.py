"""The wire, as it is read: bytes from the isolated process to plain data, or a violation.

Nothing is believed: every number is checked before it is used, and no more memory is taken than bytes came.
The format is that of `beside/frames.py`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import SandboxError
from ..records import Blocks, Opaque, Sequence, Value
from .beside import frames

_DTYPES = tuple(map(np.dtype, frames.DTYPES))


class Violation(SandboxError):  # noqa: N818  the term for it
    """Bytes that are not as the wire wants them."""


def decode(data: bytes | bytearray | memoryview, limit: int = frames.MOST_BYTES) -> Value:
    """The value that `encode` wrote, under the same limit.

    Raises Violation, and nothing else, whatever the bytes are.
    """
    reader = _Reader(memoryview(data), limit)
    value = reader.value(0)
    reader.finish()
    return value


def size(value: Value) -> int:
    """The bytes of a decoded value's arrays and texts."""
    if isinstance(value, Blocks):
        return sum(len(name) + size(item) for name, item in value.items)
    if isinstance(value, Sequence):
        return sum(map(size, value.items))
    return value.nbytes if isinstance(value, np.ndarray) else len(value) if isinstance(value, str) else 0


class _Reader:
    """Walks the table of entries and the bytes behind it side by side."""

    def __init__(self, data: memoryview, limit: int) -> None:
        count = frames.COUNT
        if len(data) < count.size:
            raise Violation("a frame ends before its count")
        (self.entries,) = count.unpack_from(data)
        start = count.size + self.entries * frames.ENTRY.size
        if self.entries > frames.MOST_ENTRIES or len(data) < start:
            raise Violation(f"a frame declares {self.entries} entries and has {len(data)} bytes")
        self.table = frames.ENTRY.iter_unpack(data[count.size : start])
        self.payload = data[start:]
        if len(self.payload) > limit:
            raise Violation(f"a frame carries {len(self.payload)} bytes, and at most {limit} are taken")
        self.next_entry = 0
        self.position = 0

    def finish(self) -> None:
        if self.next_entry != self.entries or self.position != len(self.payload):
            raise Violation("a frame holds more than it declares")

    def value(self, depth: int) -> Value:
        kind, dims, length = self._entry()
        if depth > frames.MOST_DEPTH:
            raise Violation("a frame is nested too deeply")
        if kind >= frames.FIRST_ARRAY:
            return self._array(kind - frames.FIRST_ARRAY, dims, length)
        if kind in (frames.TEXT, frames.OPAQUE):
            text = self._text(dims, length)
            return text if kind == frames.TEXT else _opaque(text)
        if kind == frames.NONE and not dims and not length:
            return None
        if kind in (frames.SEQUENCE, frames.BLOCKS) and len(dims) == 1 and not length:
            if kind == frames.SEQUENCE:
                return Sequence(tuple(self.value(depth + 1) for _ in self._items(dims[0])))
            return self._blocks(dims[0], depth)
        raise Violation(f"an entry of kind {kind} is not as it must be")

    def _entry(self) -> tuple[int, tuple[int, ...], int]:
        if self.next_entry >= self.entries:
            raise Violation("a frame declares more items than entries")
        kind, ndim, *dims, length = next(self.table)
        self.next_entry += 1
        if ndim > frames.MOST_DIMS or any(dims[ndim:]):
            raise Violation(f"an entry has {ndim} dimensions and sizes {dims}")
        return kind, tuple(dims[:ndim]), length

    def _take(self, length: int) -> memoryview:
        if length > len(self.payload) - self.position:
            raise Violation("an entry declares more bytes than there are")
        start, self.position = self.position, self.position + length
        return self.payload[start : self.position]

    def _items(self, count: int) -> range:
        if count > self.entries - self.next_entry:
            raise Violation("a container declares more items than entries")
        return range(count)

    def _text(self, dims: tuple[int, ...], length: int) -> str:
        if dims or length > frames.MOST_TEXT:
            raise Violation(f"a text of {length} bytes")
        try:
            return str(self._take(length), "utf-8")
        except UnicodeDecodeError as error:
            raise Violation("a text is not UTF-8") from error

    def _array(self, place: int, dims: tuple[int, ...], length: int) -> npt.NDArray[Any]:
        if place >= len(frames.DTYPES):
            raise Violation(f"an array of kind {place}")
        dtype = _DTYPES[place]
        if math.prod(dim or 1 for dim in dims) > frames.MOST_ELEMENTS:
            raise Violation(f"an array of shape {dims}")
        if math.prod(dims) * dtype.itemsize != length:
            raise Violation(f"an array of shape {dims} and {length} bytes")
        data = self._take(length)
        if dtype == np.bool_ and length and np.frombuffer(data, np.uint8).max() > 1:
            raise Violation("a truth value is neither 0 nor 1")
        return np.frombuffer(data, dtype).reshape(dims).copy()

    def _blocks(self, count: int, depth: int) -> Blocks:
        items: dict[str, Value] = {}
        for _ in self._items(count):
            kind, dims, length = self._entry()
            if kind != frames.TEXT:
                raise Violation("a block has no name")
            name = self._text(dims, length)
            if name in items:
                raise Violation("two blocks have one name")
            items[name] = self.value(depth + 1)
        return Blocks(tuple(items.items()))


def _opaque(name: str) -> Opaque:
    if not name.isidentifier() or len(name) > frames.MOST_NAME:
        raise Violation("a type has no plain name")
    return Opaque(name)
