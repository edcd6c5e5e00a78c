"""The warm worker: everything is imported, nothing of a submission is seen, and a child is forked for each sitting.

It is told what to do over its control socket, a message at a time, and answers each with a number. No child has
that socket, nor shares an open file with the worker or with another child. Its walls are raised before the first.
"""

import gc
import importlib
import marshal
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from . import confine, quiet, standins, walls

FORK, ENDED, END = "fork", "ended", "end"
MOST_BYTES = 4096  # of a message
MOST_OF_A_PLAN = 1 << 18

_CONTROL = 3  # in the worker; in a child it is the child's own socket
_FIRST = 1  # the number of the first process in a space of its own


@dataclass(slots=True)
class Begun:
    """What a forked child begins with: its socket, its parent's number, the filter of its system calls."""

    descriptor: int
    parent: int
    filter: bytes


def prepare(packages: list[str], rehearse: Callable[[], None] | None = None) -> None:
    """What is done before anything of a submission is seen, forked or not, so that both find the same state.

    Whoever forks has a rehearsal first.
    """
    standins.install()
    quiet.install()
    for package in packages:
        with suppress(Exception):  # whoever imports it meets the error again
            importlib.import_module(package)
    if rehearse:
        rehearse()
    gc.collect()
    gc.freeze()  # a collection in a child leaves alone, and so does not copy, what is there now


def serve(control: int) -> Begun:
    """Raise the walls, then answer the trusted process until it is gone. Returns in each forked child."""
    confine.seal()
    if control != _CONTROL:
        os.dup2(control, _CONTROL)
        os.close(control)
    line = socket.socket(fileno=_CONTROL)
    plan = marshal.loads(line.recv(MOST_OF_A_PLAN))  # noqa: S302  it comes from the trusted process
    threads = len(os.listdir("/proc/self/task"))  # noqa: PTH208  pathlib is not needed here
    if threads != 1:
        line.send(b"%d" % threads)  # a lock that another thread holds would be held for ever in a child
        os._exit(0)
    told = walls.raise_walls(plan)
    line.send("\n".join(["1", *(f"{wall}={why}" for wall, why in told.items())]).encode())
    return _serve(line, plan["filter"])


def _serve(line: socket.socket, program: bytes) -> Begun:
    me = os.getpid()
    children: set[int] = set()
    while True:
        message, descriptors, _, _ = socket.recv_fds(line, MOST_BYTES, 1)
        what, _, argument = message.decode().partition(" ")
        if what == FORK:
            child = os.fork()
            if not child:
                line.detach()
                _begin(descriptors[0], argument)
                return Begun(_CONTROL, me, program)
            os.close(descriptors[0])
            children.add(child)
            answer = child
        elif what == ENDED:
            answer = os.waitid(os.P_PID, int(argument), os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        elif what == END:
            answer = _end(int(argument))
            children.discard(int(argument))
            if me == _FIRST:
                _end_all()
        else:
            for child in children:
                _end(child)
            os._exit(0)
        line.send(b"%d" % answer)


def _begin(descriptor: int, folder: str) -> None:
    """In the child: a session and null devices of its own, no other descriptor than its socket, its folder.

    It greets the trusted process, which learns its number from that.
    """
    os.setsid()
    os.dup2(descriptor, _CONTROL)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(null, stream)
    os.closerange(_CONTROL + 1, confine.MOST_FILES)
    if folder:
        os.chdir(folder)
    os.write(_CONTROL, b"!")


def _end(child: int) -> int:
    """Kill a child with its group; the exit status. Until here its number is its own."""
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)  # before it has a group of its own
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _end_all() -> None:
    """In a space of our own: whatever a child has left running."""
    with suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
