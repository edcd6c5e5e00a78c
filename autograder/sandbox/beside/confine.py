"""What the process gives up before it sees student code: memory, files, privileges. It ends with its parent."""

import os
import resource
import signal
import sys
from contextlib import suppress

from . import kernel

MOST_FILES = 64


def seal() -> None:
    """What a worker gives up: nobody reads its memory, and it can have no more files than it needs."""
    _limit("RLIMIT_CORE", 0)
    _limit("RLIMIT_NOFILE", MOST_FILES)
    if sys.platform == "linux":
        kernel.forbid_new_privileges()
        kernel.hide_memory()


def confine(memory_bytes: int, cpu_seconds: int, parent: int) -> None:
    """Set the limits; on systems that have no prctl, those that there are."""
    seal()
    _limit("RLIMIT_FSIZE", 0)
    _limit("RLIMIT_CPU", cpu_seconds)
    _limit("RLIMIT_AS", memory_bytes)
    _limit("RLIMIT_NPROC", 0)  # not enforced for root
    _limit("RLIMIT_MSGQUEUE", 0)
    _limit("RLIMIT_MEMLOCK", 0)
    if sys.platform == "linux":
        kernel.end_with_parent(signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)  # it ended before we could ask to be told


def filter_calls(program: bytes) -> None:
    """From here on only those system calls that the filter lets through; nothing where there is none."""
    if program:
        kernel.filter_calls(program)


def _limit(name: str, value: int) -> None:
    number = getattr(resource, name, None)
    if number is None:
        return
    hard = resource.getrlimit(number)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    with suppress(OSError, ValueError):  # macOS refuses some; what is not limited here is limited from outside
        resource.setrlimit(number, (value, value))
