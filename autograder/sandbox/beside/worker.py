"""The warm worker: everything is imported, nothing of a submission is seen, and a child is forked for each sitting.

It is told what to do over its control socket, a message at a time, and answers each with a number. No child has
that socket, nor shares an open file with the worker or with another child.
"""

import gc
import importlib
import os
import signal
import socket
from contextlib import suppress

from . import confine, standins

FORK, ENDED, END = "fork", "ended", "end"
MOST_BYTES = 4096  # of a message

_CONTROL = 3  # in the worker; in a child it is the child's own socket


def prepare(packages: list[str]) -> None:
    """What is done before anything of a submission is seen, forked or not, so that both find the same state."""
    standins.install()
    for package in packages:
        with suppress(Exception):  # whoever imports it meets the error again
            importlib.import_module(package)
    gc.collect()
    gc.freeze()  # a collection in a child leaves alone, and so does not copy, what is there now


def serve(control: int) -> int:
    """Answer the trusted process until it is gone. Returns in each forked child, with the child's descriptor."""
    confine.seal()
    if control != _CONTROL:
        os.dup2(control, _CONTROL)
        os.close(control)
    line = socket.socket(fileno=_CONTROL)
    line.send(b"%d" % _threads())
    children: set[int] = set()
    while True:
        message, descriptors, _, _ = socket.recv_fds(line, MOST_BYTES, 1)
        what, _, argument = message.decode().partition(" ")
        if what == FORK:
            child = _fork()
            if not child:
                line.detach()
                return _begin(descriptors[0], argument)
            os.close(descriptors[0])
            children.add(child)
            answer = child
        elif what == ENDED:
            answer = os.waitid(os.P_PID, int(argument), os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        elif what == END:
            answer = _end(int(argument))
            children.discard(int(argument))
        else:
            for child in children:
                _end(child)
            os._exit(0)
        line.send(b"%d" % answer)


def _threads() -> int:
    return len(os.listdir("/proc/self/task"))  # noqa: PTH208  pathlib is not needed here


def _fork() -> int:
    if _threads() != 1:
        os._exit(1)  # a lock that another thread holds would be held for ever in the child
    return os.fork()


def _begin(descriptor: int, folder: str) -> int:
    """In the child: a session and null devices of its own, no other descriptor than its socket, its folder."""
    os.setsid()
    os.dup2(descriptor, _CONTROL)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(null, stream)
    os.closerange(_CONTROL + 1, confine.MOST_FILES)
    os.chdir(folder)
    return _CONTROL


def _end(child: int) -> int:
    """Kill a child with its group; the exit status. Until here its number is its own."""
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)  # before it has a group of its own
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
