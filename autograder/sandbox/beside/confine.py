"""What the process gives up before it sees student code: memory, files, privileges. It ends with its parent."""

import ctypes
import os
import resource
import signal
import sys
from contextlib import suppress

MOST_FILES = 64

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38


def seal() -> None:
    """What a worker gives up: nobody reads its memory, and it can have no more files than it needs."""
    _limit("RLIMIT_CORE", 0)
    _limit("RLIMIT_NOFILE", MOST_FILES)
    if sys.platform == "linux":
        prctl = ctypes.CDLL(None).prctl
        prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def confine(memory_bytes: int, cpu_seconds: int, parent: int) -> None:
    """Set the limits; on systems that have no prctl, those that there are."""
    seal()
    _limit("RLIMIT_FSIZE", 0)
    _limit("RLIMIT_CPU", cpu_seconds)
    _limit("RLIMIT_AS", memory_bytes)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)  # it ended before we could ask to be told


def _limit(name: str, value: int) -> None:
    number = getattr(resource, name, None)
    if number is None:
        return
    hard = resource.getrlimit(number)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    with suppress(OSError, ValueError):  # macOS refuses some; what is not limited here is limited from outside
        resource.setrlimit(number, (value, value))
