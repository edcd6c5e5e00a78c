"""Totals that the kernel enforces on a worker and all of its children together: memory and processes, by cgroups.

They can be set where this process may make groups below its own: as root, in a container that was given them, or
where the system has handed a part of the tree down. That a file could be written proves nothing; `trials` tries.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MEMORY_BYTES = 3 << 30
PROCESSES = 8  # the worker is two, its child a third

_TREE = Path("/sys/fs/cgroup")
_PREFIX = "autograder-"
_SECONDS_TO_END = 2.0


@dataclass(frozen=True, slots=True)
class Group:
    """A group of processes: its folders, one for each kind of total, or one for all."""

    memory: Path
    processes: Path
    version: int

    def limit_memory(self, size: int) -> None:
        """Set the total of memory; swapping does not help. Raises OSError."""
        if self.version == 2:
            _write(self.memory / "memory.max", size)
            with suppress(OSError):  # a machine without swap has no such file
                _write(self.memory / "memory.swap.max", 0)
        else:
            with suppress(OSError):  # from the smaller to the larger and back: which goes first depends
                _write(self.memory / "memory.limit_in_bytes", size)
            with suppress(OSError):
                _write(self.memory / "memory.memsw.limit_in_bytes", size)
            _write(self.memory / "memory.limit_in_bytes", size)

    def memory_used(self) -> int:
        """What the group has now. Raises OSError."""
        name = "memory.current" if self.version == 2 else "memory.usage_in_bytes"
        return int((self.memory / name).read_text())

    def end(self) -> None:
        """Take the group away, once nothing runs in it."""
        patience = time.monotonic() + _SECONDS_TO_END
        for folder in {self.memory, self.processes}:
            while folder.exists() and time.monotonic() < patience:
                try:
                    folder.rmdir()
                except OSError:
                    _kill_all(folder)
                    time.sleep(0.01)


def enter(process: int, name: str) -> Group | str:
    """Put a process into a new group with limits, or say why that cannot be."""
    reason = "there are no control groups here"
    for version, memory, processes in _places():
        folder = f"{_PREFIX}{os.getpid()}-{name}"
        group = Group(memory / folder, processes / folder, version)
        try:
            for place in {memory, processes}:
                _sweep(place)
                (place / folder).mkdir()
            group.limit_memory(MEMORY_BYTES)
            _write(group.processes / "pids.max", PROCESSES)
            for place in {group.memory, group.processes}:
                _write(place / "cgroup.procs", process)
        except OSError as error:
            reason = f"{error.strerror}: {error.filename}"
            for place in {group.memory, group.processes}:
                with suppress(OSError):
                    place.rmdir()
        else:
            return group
    return reason


def _places() -> list[tuple[int, Path, Path]]:
    """Version, and where groups with a total of memory and of processes would be made."""
    own: dict[str, Path] = {}
    with suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, kinds, path = line.split(":", 2)
            for kind in kinds.split(","):
                own[kind] = Path(path.lstrip("/"))
    found = []
    if "memory" in own and "pids" in own:
        found.append((1, _TREE / "memory" / own["memory"], _TREE / "pids" / own["pids"]))
    if "" in own:
        here = _TREE / own[""]
        # a group with processes in it has no groups with limits below it, but for the first of all
        found += [(2, place, place) for place in (here, here.parent) if place.is_relative_to(_TREE)]
    return found


def _sweep(place: Path) -> None:
    """Take away what graders have left that were killed."""
    for folder in place.glob(f"{_PREFIX}*-*"):
        grader = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if grader.isdecimal() and not Path("/proc", grader).exists():
            with suppress(OSError):
                folder.rmdir()


def _kill_all(folder: Path) -> None:
    with suppress(OSError, ValueError):
        for line in (folder / "cgroup.procs").read_text().split():
            os.kill(int(line), signal.SIGKILL)


def _write(path: Path, value: int) -> None:
    path.write_text(str(value))
