"""The wire, as it is written: plain data to bytes. Reading them is `sandbox/wire.py`, in the trusted process.

A value is a count, a table of fixed entries and then exactly the bytes that the entries declare, in their
order. Containers come before their items and say how many there are; a block's name is an entry of its own
before it. So no path can contradict another, and nothing has to be looked up.
"""

import struct
from collections import deque
from typing import Any

import numpy as np

MAGIC = b"agf1"
FRAME = struct.Struct("<4sIB3xQ")  # magic, index, what it is, bytes that follow
COUNT = struct.Struct("<I")
ENTRY = struct.Struct("<BB2x6IQ")  # kind, ndim, dims, bytes

NONE, TEXT, OPAQUE, SEQUENCE, BLOCKS = range(5)
FIRST_ARRAY = 16
DTYPES = ("|b1", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16")
KINDS = {name: FIRST_ARRAY + place for place, name in enumerate(DTYPES)}

MOST_DIMS = 6
MOST_ELEMENTS = 2**24  # product of max(dim, 1)
MOST_TEXT = 4096
MOST_NAME = 80
MOST_ENTRIES = 2**16
MOST_ITEMS = 2**20  # numbers in nested lists, which are walked one by one
MOST_DEPTH = 16
MOST_BYTES = 64 << 20

_ENTRIES = [struct.Struct(f"<BB2x{dims}I{4 * (MOST_DIMS - dims)}xQ") for dims in range(MOST_DIMS + 1)]  # by ndim

# what a frame is
READY, FAULT, STEP, LATE, CELLS, ANSWER = range(1, 7)

_SCALARS = {np.dtype(code).type for code in "?bhilqBHILQefdgFDG"}
_NUMBERS = {bool, int, float, complex} | _SCALARS
_LISTS = (list, tuple)
_VIEWS = {range, type({}.keys()), type({}.values()), type({}.items())}
_INTEGERS = {bool, int} | {np.dtype(code).type for code in "?bhilqBHILQ"}
_LONG = {np.dtype("g"): np.dtype("<f8"), np.dtype("G"): np.dtype("<c16")}


class TooLarge(Exception):  # noqa: N818  a state of what was returned, told apart from errors
    """A value is beyond what the wire carries."""


def frame(index: int, what: int, body: bytes) -> bytes:
    """One message: what it is, its place in the order, and an encoded value."""
    return FRAME.pack(MAGIC, index, what, len(body)) + body


def encode(value: Any, limit: int = MOST_BYTES) -> bytes:
    """A value as bytes; raises TooLarge. Nothing that a student defined is called: only exact types are walked."""
    table = _Table(limit)
    table.add(value, 0)
    return table.packed()


def returned(value: Any, limit: int = MOST_BYTES) -> bytes:
    """The message that a probe returned a value; raises TooLarge."""
    table = _Table(limit)
    table.entries, table.chunks, table.size = [*_RETURNED.entries], [*_RETURNED.chunks], _RETURNED.size
    table.add(value, 1)
    return table.packed()


def type_name(kind: type) -> str:
    """The type's name, if it is a plain one."""
    name = type.__dict__["__name__"].__get__(kind)
    return name if type(name) is str and name.isidentifier() and len(name) <= MOST_NAME else "object"


class _Table:
    """The entries of one value and the bytes that belong to them."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self.items = 0
        self.entries: list[bytes] = []
        self.chunks: list[bytes] = []

    def packed(self) -> bytes:
        """The value as bytes."""
        return b"".join((COUNT.pack(len(self.entries)), *self.entries, *self.chunks))

    def add(self, value: Any, depth: int) -> None:
        """Take in a value and all that it holds."""
        kind = type(value)
        if depth > MOST_DEPTH:
            raise TooLarge
        if value is None:
            self._entry(NONE)
        elif kind is str or kind is np.str_:
            self._text(TEXT, str(value))
        elif kind in _NUMBERS:
            self._array(np.asarray(value), kind, depth)
        elif issubclass(kind, (int, float, complex, str)):  # an IntEnum's member, say
            self.add(_as_made(value), depth)
        elif issubclass(kind, np.ndarray):
            # the view is an exact ndarray: no method of a subclass has a say
            self._array(np.ndarray.view(value, np.ndarray), kind, depth)
        elif issubclass(kind, dict):
            self._blocks(value, depth)
        elif (items := _items(value)) is not None:
            self._sequence(items, depth)
        else:
            self._text(OPAQUE, type_name(kind))

    def _entry(self, kind: int, dims: tuple[int, ...] = (), data: bytes = b"") -> None:
        if len(self.entries) >= MOST_ENTRIES:
            raise TooLarge
        self.entries.append(_ENTRIES[len(dims)].pack(kind, len(dims), *dims, len(data)))
        if data:
            self.size += len(data)
            if self.size > self.limit:
                raise TooLarge
            self.chunks.append(data)

    def _text(self, kind: int, text: str) -> None:
        if len(text) > MOST_TEXT:  # before anything is copied
            raise TooLarge
        data = text.encode("utf-8", "replace")
        if len(data) > MOST_TEXT:
            raise TooLarge
        self._entry(kind, (), data)

    def _array(self, array: np.ndarray[Any, Any], kind: type, depth: int) -> None:
        elements = 1
        for dim in array.shape:
            elements *= max(dim, 1)
        if array.ndim > MOST_DIMS or elements > MOST_ELEMENTS:
            raise TooLarge
        dtype = array.dtype
        if dtype.str not in KINDS:
            dtype = dtype.newbyteorder("<")
            dtype = _LONG.get(dtype, dtype)
        if dtype.str in KINDS:
            if self.size + elements * dtype.itemsize > self.limit:
                raise TooLarge
            self._entry(KINDS[dtype.str], array.shape, array.astype(dtype, copy=False).tobytes())
        elif array.ndim and dtype.kind in "OU":
            self._sequence(tuple(array.tolist()), depth)
        elif kind is np.ndarray and dtype.kind in "OU":
            self.add(array.item(), depth + 1)
        else:
            self._text(OPAQUE, type_name(kind))

    def _sequence(self, items: tuple[Any, ...], depth: int) -> None:
        array = self._as_array(items)
        if array is not None:
            self._array(array, np.ndarray, depth)
            return
        self._entry(SEQUENCE, (len(items),))
        for item in items:
            self.add(item, depth + 1)

    def _as_array(self, items: tuple[Any, ...]) -> np.ndarray[Any, Any] | None:
        """Nested lists of plain numbers, all of one length, as one array; anything else is None."""
        if self._shape(items, 1) is None:
            return None
        try:
            array = np.array(items)
        except (ValueError, OverflowError, TypeError):
            return None
        return None if array.dtype == object else array

    def _shape(self, value: Any, depth: int) -> tuple[int, ...] | None:
        kind = type(value)
        if kind in _NUMBERS or (kind is np.ndarray and value.ndim == 0 and value.dtype.kind in "biufc"):
            return ()
        if kind not in _LISTS or depth > MOST_DIMS:
            return None
        self.items += len(value)
        if self.items > MOST_ITEMS:
            raise TooLarge
        inner: tuple[int, ...] | None = ()
        for place, item in enumerate(value):
            shape = self._shape(item, depth + 1)
            if shape is None or (place and shape != inner):
                return None
            inner = shape
        return None if inner is None else (len(value), *inner)

    def _blocks(self, value: dict[Any, Any], depth: int) -> None:
        pairs = tuple(dict.items(value))
        names = [_key(key) for key, _ in pairs]
        if None in names or len(set(names)) < len(names):
            self._text(OPAQUE, type_name(type(value)))
            return
        self._entry(BLOCKS, (len(pairs),))
        for name, (_, item) in zip(names, pairs, strict=True):
            self._text(TEXT, str(name))
            self.add(item, depth + 1)


def _as_made(value: Any) -> Any:
    """The number or text that an object of a class of its own was made with; no method of that class has a say."""
    kind = type(value)
    if issubclass(kind, int):
        return int.__add__(value, 0)
    if issubclass(kind, float):
        return float.__pos__(value)
    return complex.__pos__(value) if issubclass(kind, complex) else str.__str__(value)


def _items(value: Any) -> tuple[Any, ...] | None:
    """The items of what holds some in an order, as they were put there; None for anything else, a generator too.

    A generator is code, and there only once.
    """
    kind = type(value)
    base = next((base for base in (*_LISTS, deque) if issubclass(kind, base)), None)
    if base is not None:
        return tuple(base.__iter__(value))  # the base's own: no method of a subclass has a say
    if kind is range and not -MOST_ITEMS <= (value.stop - value.start) // value.step <= MOST_ITEMS:
        raise TooLarge
    return tuple(value) if kind in _VIEWS else None


def _key(key: Any) -> str | None:
    if type(key) is str or type(key) is np.str_:
        return str(key)
    return str(int(key)) if type(key) in _INTEGERS else None


_RETURNED = _Table(MOST_BYTES)  # the message up to its value, which comes last
_RETURNED.add({"outcome": "returned", "value": None}, 0)
del _RETURNED.entries[-1]
