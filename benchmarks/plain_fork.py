"""The least that a process of its own costs: the same work in a fork of an interpreter like a worker, and nothing else.

No wall, no limit, no frame that is sent, nobody who watches. `sandbox_cost` starts one and asks it; on its own it does
nothing. What a fork copies and touches is the machine's price for any isolation by process.
"""

from __future__ import annotations

import marshal
import os
import resource
import struct
import subprocess
import sys
from collections.abc import Callable, Sequence

_LENGTH = struct.Struct("<Q")
_SECONDS = struct.Struct("<d")


def forking(request: bytes, packages: Sequence[str]) -> Callable[[], float]:
    """A call that has the request answered in a fork; it returns the seconds of CPU time of both processes."""
    process = subprocess.Popen(  # it ends with its standard input
        [sys.executable, "-m", __name__, *packages], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write(_LENGTH.pack(len(request)) + request)

    def call() -> float:
        assert process.stdin
        assert process.stdout
        process.stdin.write(b"!")
        process.stdin.flush()
        (seconds,) = _SECONDS.unpack(process.stdout.read(_SECONDS.size))
        return float(seconds)

    return call


def main() -> None:
    """Be the interpreter that forks."""
    # only what a worker imports, so that the pages are as many
    from autograder.sandbox.beside import rehearsal, worker  # noqa: PLC0415
    from autograder.sandbox.beside.main import answer  # noqa: PLC0415

    asked, told = os.dup(0), os.dup(1)
    worker.prepare(sys.argv[1:], rehearsal.rehearse)
    (length,) = _LENGTH.unpack(os.read(asked, _LENGTH.size))
    request = b""
    while len(request) < length:
        request += os.read(asked, length - len(request))
    while os.read(asked, 1):
        before = _cpu_seconds()
        child = os.fork()
        if not child:
            answer(marshal.loads(request), _drop)  # noqa: S302  our own
            os._exit(0)
        os.waitpid(child, 0)
        os.write(told, _SECONDS.pack(_cpu_seconds() - before))


def _drop(_what: int, _body: bytes) -> None: ...


def _cpu_seconds() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


if __name__ == "__main__":
    main()
