"""Warm workers: interpreters that have imported everything, and fork a child for each sitting.

A worker sees no submission, no given and no probe: it is handed the child's end of a socket, forks, and closes it.
There is one per trusted process and set of packages, which threads share; they hold its lock for the short
exchanges only. It ends when its control socket is closed, and so with the trusted process, however that ends: a
death signal would come with the end of the *thread* that started it.

Children have the worker's uid and can signal it. One that ends its worker ends its siblings too; so a sitting that
lost its worker is repeated in a worker of its own (`sitting.py`).
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import weakref
from contextlib import suppress
from multiprocessing.util import Finalize
from pathlib import Path

from ..errors import SandboxError
from . import interpreter
from .beside import worker as protocol
from .room import room

COLD = "AUTOGRADER_COLD"  # set to anything: a fresh interpreter per sitting, for comparison
_START_SECONDS = 120.0
_ANSWER_SECONDS = 30.0

_LOCK = threading.Lock()
_SHARED: dict[tuple[int, Path], Worker] = {}
_ALL: weakref.WeakSet[Worker] = weakref.WeakSet()
_THREADED: set[Path] = set()  # rooms whose packages start threads when imported, which no fork survives


class WorkerLost(SandboxError):  # noqa: N818  a state, which is mended once
    """The worker ended or does not answer; what its child saw or did cannot be relied on."""


class Worker:
    """A started worker and our end of its control socket."""

    def __init__(self, packages: tuple[str, ...]) -> None:
        self._lock = threading.Lock()
        self._lost = False
        _ALL.add(self)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            self._process = interpreter.start(packages, theirs.fileno(), room(packages), warm=True)
        except BaseException:
            self._control.close()
            raise
        finally:
            theirs.close()
        # multiprocessing's exit functions, because worker processes of a pool run no others; before the room's
        self.end = Finalize(None, self._end, exitpriority=10)
        self._await_ready(packages)

    @property
    def pid(self) -> int:
        """The worker's own number: the parent of its children."""
        return self._process.pid

    def ask(self, what: str, argument: str, *descriptors: int) -> int:
        """One question, one number. Raises WorkerLost where there is none; then it is ended."""
        with self._lock:
            if self._lost:
                raise WorkerLost("the worker is gone")
            try:
                self._control.settimeout(_ANSWER_SECONDS)
                socket.send_fds(self._control, [f"{what} {argument}".encode()], descriptors)
                return self._answer()
            except (OSError, ValueError) as error:
                self._lost = True
                self.end()
                raise WorkerLost("the worker that starts isolated processes does not answer") from error

    def forget(self) -> None:
        """In a fork of the trusted process: it is not ours."""
        self._lock = threading.Lock()
        self._lost = True
        self._control.close()

    def _await_ready(self, packages: tuple[str, ...]) -> None:
        self._control.settimeout(_START_SECONDS)
        try:
            threads = self._answer()
        except (OSError, ValueError):
            threads = 0
        if threads == 1:
            return
        self._lost = True
        self.end()
        if threads:
            _THREADED.add(room(packages))
            return
        reason = interpreter.why_not(packages)
        status = self._process.returncode
        raise SandboxError(f"the isolated process did not start (status {status}){reason and ': ' + reason}")

    def _answer(self) -> int:
        return int(self._control.recv(protocol.MOST_BYTES))

    def _end(self) -> None:
        self._lost = True
        self._control.close()
        self._process.kill()
        self._process.wait()


class Child:
    """A process that a worker has forked."""

    def __init__(self, worker: Worker, pid: int, *, private: bool) -> None:
        self._worker = worker
        self._private = private
        self.pid = pid
        self.parent = worker.pid
        self.lost = False

    def has_ended(self) -> bool:
        """Whether the process itself has; its number is kept for it."""
        try:
            return bool(self._worker.ask(protocol.ENDED, str(self.pid)))
        except WorkerLost:
            return True

    def kill(self) -> int:
        """Kill it with its group; the exit status, or SIGKILL's where the worker took it along."""
        try:
            return self._worker.ask(protocol.END, str(self.pid))
        except WorkerLost:
            self.lost = True
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            return -signal.SIGKILL
        finally:
            if self._private:
                self._worker.end()


def available(packages: tuple[str, ...]) -> bool:
    """Whether sittings can be forked: on Linux, where the packages start no threads, and unless it is forbidden."""
    return sys.platform == "linux" and not os.environ.get(COLD) and room(packages) not in _THREADED


def fork(packages: tuple[str, ...], descriptor: int, folder: Path, *, private: bool) -> Child | None:
    """A child with a descriptor and an empty folder; None where the packages turn out to start threads.

    A shared worker that is gone is replaced once. Raises SandboxError.
    """
    for last in (False, True):
        worker = Worker(packages) if private else _shared(packages)
        if not available(packages):
            return None
        try:
            return Child(worker, worker.ask(protocol.FORK, str(folder), descriptor), private=private)
        except WorkerLost:
            _discard(worker)
            if last:
                raise
    raise AssertionError


def _shared(packages: tuple[str, ...]) -> Worker:
    key = (os.getpid(), room(packages))
    with _LOCK:
        if key not in _SHARED:
            _SHARED[key] = Worker(packages)
        return _SHARED[key]


def _discard(worker: Worker) -> None:
    with _LOCK:
        for key in [key for key, value in _SHARED.items() if value is worker]:
            del _SHARED[key]


def _after_fork() -> None:
    global _LOCK  # noqa: PLW0603  another thread may have held it when the process was forked
    _LOCK = threading.Lock()
    for worker in list(_ALL):
        worker.forget()  # those that are shared stay in the dictionary, under the other process's number


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
