"""How many processes of a size the machine's free memory has room for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

SHARE = 0.6  # of what is free; the rest is for the others on the machine

_GROUPS = Path("/sys/fs/cgroup")
_LIMITS = (("memory.max", "memory.current"), ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"))


def room_for(size: int) -> int:
    """At least one: it is ended first when memory runs out."""
    free = min(_free(), default=None)
    return 1 if free is None else max(1, int(SHARE * free / size))


def _free() -> Iterator[int]:
    """Bytes, by each who sets a limit: the machine, and the container that this process may be in."""
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        yield int(next(line for line in lines if line.startswith("MemAvailable:")).split()[1]) << 10
    for most, used in _LIMITS:
        with suppress(OSError, ValueError):  # "max" is no number, and no limit
            yield int((_GROUPS / most).read_text()) - int((_GROUPS / used).read_text())
