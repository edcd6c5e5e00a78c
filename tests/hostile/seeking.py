"""A submission's search of everything in its reach, for patterns that it holds masked, so as not to find itself."""

from __future__ import annotations

from collections.abc import Iterable

MASK = 0x5A


def masked(pattern: bytes) -> str:
    """The pattern as the search has it: other bytes, in hexadecimal."""
    return bytes(byte ^ MASK for byte in pattern).hex()


def seeker(patterns: Iterable[bytes]) -> str:
    """The source of `found()`: how often each pattern, of eight bytes or more, is met in memory and in files."""
    return SEEK.replace("MASKED", repr([masked(pattern) for pattern in patterns])).replace("MASK", str(MASK))


# How it gets about: whether a range of addresses holds anything is asked by mapping it, without taking what is there,
# and whether a page can be read by a call that is handed its address as a path. Neither needs /proc.
SEEK = '''
import ctypes
import errno
import os
import select
import sys

import numpy as np

WANTED = [bytes.fromhex(text) for text in MASKED]
PAGE = 4096
PIECE = 1 << 22
SPACE = 1 << 47
LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.mmap.restype = ctypes.c_void_p
LIBC.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)
LIBC.munmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
LIBC.access.argtypes = (ctypes.c_void_p, ctypes.c_int)
SEEN = []


def holds_something(start, size):
    at = LIBC.mmap(start, size, 0, 0x2 | 0x20 | 0x4000 | 0x100000, -1, 0)
    if at == start:
        LIBC.munmap(at, size)
        return False
    return ctypes.get_errno() == errno.EEXIST


def readable(page):
    return LIBC.access(page, 0) == 0 or ctypes.get_errno() != errno.EFAULT


def spans(start=0, size=SPACE):
    """Ranges of pages that can be read, in order."""
    first, last = max(start, 1 << 16), min(start + size, SPACE - PAGE)
    if first >= last or not holds_something(first, last - first):
        return
    if size > 1 << 20:
        for at in range(start, start + size, size >> 5 if size > 1 << 25 else 1 << 20):
            yield from spans(at, size >> 5 if size > 1 << 25 else 1 << 20)
        return
    begin = None
    for page in range(first, last, PAGE):
        if readable(page):
            begin = page if begin is None else begin
        elif begin is not None:
            yield begin, page
            begin = None
    if begin is not None:
        yield begin, last


def joined():
    """The same, neighbours put together, so that nothing lies between two."""
    last = None
    for begin, end in spans():
        if last and last[1] == begin:
            last = (last[0], end)
        else:
            if last:
                yield last
            last = (begin, end)
    if last:
        yield last


class Count:
    def __init__(self):
        self.hits = [0] * len(WANTED)
        self.size = 0
        self.longest = max(map(len, WANTED))
        self.tables = np.zeros((4, 1 << 16), dtype=bool)  # which pairs of bytes begin a pattern, or go on
        for wanted in WANTED:
            for place in range(4):
                self.tables[place, (wanted[2 * place] ^ MASK) | (wanted[2 * place + 1] ^ MASK) << 8] = True

    def add(self, view):
        """Count in an array of bytes."""
        self.size += len(view)
        for begin in range(0, len(view), PIECE):
            piece = view[begin : begin + PIECE + self.longest]
            pairs = piece[:-1].astype(np.uint16)
            pairs |= piece[1:].astype(np.uint16) << 8
            hits = np.flatnonzero(self.tables[0][pairs[:PIECE]])
            for place, table in enumerate(self.tables):
                hits = hits[hits + 2 * place < len(pairs)]
                hits = hits[table[pairs[hits + 2 * place]]]
            for at in hits.tolist():
                for place, wanted in enumerate(WANTED):
                    if at + len(wanted) <= len(piece):
                        if all(int(piece[at + k]) ^ MASK == wanted[k] for k in range(len(wanted))):
                            self.hits[place] += 1


def own_memory(count):
    for begin, end in list(joined()):
        count.add(np.frombuffer((ctypes.c_ubyte * (end - begin)).from_address(begin), np.uint8))


def files():
    """All that can be listed, but for Python's library and the system's."""
    yield from ("/proc/self/environ", "/proc/self/cmdline", "/proc/self/mem", "/proc/1/environ", "/etc/passwd")
    library = os.path.dirname(os.__file__)
    roots = ["/", os.getcwd(), *sys.path, *(os.path.dirname(place) for place in sys.path)]
    for root in dict.fromkeys(root for root in roots if root):
        for folder, inner, names in os.walk(root):
            places = [(name, os.path.realpath(os.path.join(folder, name))) for name in inner]
            inner[:] = [name for name, place in places if not place.startswith((library, "/lib", "/usr", "/sys"))]
            if folder.startswith(library):
                names = []
            yield from (os.path.join(folder, name) for name in names)
    for module in list(sys.modules.values()):
        if (getattr(module, "__name__", "") or "").startswith(("beside", "__main__", "probe", "given")):
            yield getattr(module, "__file__", None) or ""


def all_files(count):
    for path in dict.fromkeys(files()):
        try:
            with open(path, "rb") as file:
                data = file.read(PIECE)
        except OSError:
            continue
        if len(data) > 1:
            count.add(np.frombuffer(data, np.uint8))


def all_descriptors(count):
    for descriptor in range(64):
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        if any(event == select.POLLIN for _, event in poll.poll(0)):
            data = os.read(descriptor, PIECE)
            if len(data) > 1:
                count.add(np.frombuffer(data, np.uint8))


def found():
    """How often each pattern is met, and before it the megabytes that were searched; one search in a process."""
    if not SEEN:
        count = Count()
        own_memory(count)
        all_files(count)
        all_descriptors(count)
        SEEN.append(np.array([count.size >> 20, *count.hits], dtype=float))
    return SEEN[0]
'''
