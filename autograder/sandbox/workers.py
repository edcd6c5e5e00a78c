"""Warm workers: interpreters that have imported everything, raised their walls, and fork a child for each sitting.

A worker sees no submission, no given and no probe: it is handed the child's end of a socket, forks, and closes it.
One sitting at a time has a worker to itself; it goes back to those that wait for the next. It ends when its control
socket is closed, and so with the trusted process, however that ends: a death signal would come with the end of the
*thread* that started it.

Where the walls are few (`trials`), children may be able to signal their worker. A sitting that lost its worker is
repeated in another (`sitting.py`).
"""

from __future__ import annotations

import marshal
import os
import shutil
import signal
import socket
import struct
import sys
import tempfile
import threading
import weakref
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.util import Finalize
from pathlib import Path

from ..errors import SandboxError
from ..records import Promise
from . import interpreter, totals, trials
from .beside import walls
from .beside import worker as protocol
from .plan import TOTALS, WALLS, left_out, plan
from .room import room
from .totals import Group

COLD = "AUTOGRADER_COLD"  # set to anything: a fresh interpreter per sitting, for comparison
_START_SECONDS = 120.0
_ANSWER_SECONDS = 30.0
_CREDENTIALS = struct.Struct("iII")  # of a message: process, user, group


@dataclass(frozen=True, slots=True)
class Isolation:
    """What holds student code on this machine.

    `walls` says of each wall why it does not stand, or nothing; `possible` is what a child could do nevertheless.
    """

    promise: Promise
    walls: Mapping[str, str]
    possible: tuple[str, ...]


_FRESH = Isolation(
    Promise.ACCIDENTS,
    dict.fromkeys(WALLS, "an interpreter is started for each submission, and walls are for those that are forked"),
    (),
)

_LOCK = threading.Lock()
_Place = tuple[int, Path, tuple[str, ...]]  # the process whose workers they are, their room, the walls left out
_WAITING: dict[_Place, list[Worker]] = {}
_ALL: weakref.WeakSet[Worker] = weakref.WeakSet()
_THREADED: set[Path] = set()  # rooms whose packages start threads when imported, which no fork survives


class WorkerLost(SandboxError):  # noqa: N818  a state, which is mended once
    """The worker ended or does not answer; what its child saw or did cannot be relied on."""


def isolation(packages: tuple[str, ...] = ()) -> Isolation:
    """What a worker's walls hold, found by trying. Raises SandboxError where no worker starts."""
    if not available(packages):
        return _FRESH
    worker = _borrowed(packages)
    if not available(packages):
        return _FRESH
    worker.release()
    return Isolation(worker.promise, worker.walls, worker.possible)


class Worker:
    """A started worker and our end of its control socket.

    `walls` says of each wall why it does not stand, or nothing; `possible` what a child was able to do nevertheless.
    """

    def __init__(self, packages: tuple[str, ...]) -> None:
        self._lock = threading.Lock()
        self._lost = False
        self._packages = packages
        self._place = _place(packages)
        self.walls: dict[str, str] = {}
        self.possible: tuple[str, ...] = ()
        self._group: Group | None = None
        self._forking = 0
        _ALL.add(self)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        _ask_for_sender(self._control)
        try:
            self._process = interpreter.start(packages, theirs.fileno(), room(packages), warm=True)
        except BaseException:
            self._control.close()
            raise
        finally:
            theirs.close()
        # multiprocessing's exit functions, because worker processes of a pool run no others; before the room's
        self.end = Finalize(None, self._end, exitpriority=10)
        # before it forks for the first time: its children are in its group then
        self._totals = "not asked for" if TOTALS in left_out() else self._enter_group()
        self._raise_walls(packages)

    @property
    def promise(self) -> Promise:
        """What its children cannot do."""
        if self.possible:
            return Promise.ACCIDENTS
        return Promise.SECRETS if any(self.walls.values()) else Promise.HOST

    def ask(self, what: str, argument: str, *descriptors: int) -> int:
        """One question, one number. Raises WorkerLost where there is none; then it is ended."""
        with self._lock:
            if self._lost:
                raise WorkerLost("the worker is gone")
            try:
                self._control.settimeout(_ANSWER_SECONDS)
                socket.send_fds(self._control, [f"{what} {argument}".encode()], descriptors)
                return int(self._control.recv(protocol.MOST_BYTES))
            except (OSError, ValueError) as error:
                self._lost = True
                self.end()
                raise WorkerLost("the worker that starts isolated processes does not answer") from error

    @property
    def pids(self) -> tuple[int, ...]:
        """The numbers of its processes: one, or with namespaces the one that waits and the one that forks."""
        return tuple(dict.fromkeys((self._process.pid, self._forking)))

    def release(self) -> None:
        """It may take the next sitting."""
        with _LOCK:
            if not self._lost and self._place[0] == os.getpid():
                _WAITING.setdefault(self._place, []).append(self)

    def forget(self) -> None:
        """In a fork of the trusted process: it is not ours."""
        self._lock = threading.Lock()
        self._lost = True
        self._control.close()

    def _raise_walls(self, packages: tuple[str, ...]) -> None:
        self._control.settimeout(_START_SECONDS)
        try:
            self._control.send(marshal.dumps(plan(packages)))
            self._forking, data = _with_sender(self._control, protocol.MOST_OF_A_PLAN)
            threads, *told = data.decode().split("\n")
        except (OSError, UnicodeDecodeError):
            threads, told = "", []
        if threads == "1":
            self.walls = {wall: why for wall, _, why in (line.partition("=") for line in told)}
            self.possible = trials.possible(self._try, self._stop, room(packages))
            self.walls[TOTALS] = self._totals
            if self._group and not trials.totals_hold(self._try, self._stop, self._group):
                self.walls[TOTALS] = "they are set, and do not hold"
            return
        self._lost = True
        self.end()
        if threads:
            _THREADED.add(room(packages))
            return
        reason = interpreter.why_not(packages)
        status = self._process.returncode
        raise SandboxError(f"the isolated process did not start (status {status}){reason and ': ' + reason}")

    def _enter_group(self) -> str:
        """Totals for the worker and its children; why there are none, or nothing."""
        group = totals.enter(self._process.pid, str(self._process.pid))
        if isinstance(group, str):
            return group
        self._group = group
        return ""

    def _try(self, descriptor: int) -> int:
        return self.ask(protocol.FORK, "" if not self.walls[walls.ROOT] else str(room(self._packages)), descriptor)

    def _stop(self, number: int) -> None:
        self.ask(protocol.END, str(number))

    def _end(self) -> None:
        self._lost = True
        self._control.close()
        self._process.kill()
        self._process.wait()
        if self._group:
            self._group.end()


class Child:
    """A process that a worker has forked. `pid` is its number here, `_number` the one that its worker knows."""

    def __init__(self, worker: Worker, number: int, pid: int, folder: Path | None, *, private: bool) -> None:
        self._worker = worker
        self._number = number
        self._private = private
        self.pid = pid
        self.parent = 0  # its worker tells it
        self.folder = folder
        self.promise = worker.promise
        self.lost = False

    def has_ended(self) -> bool:
        """Whether the process itself has; its number is kept for it."""
        try:
            return bool(self._worker.ask(protocol.ENDED, str(self._number)))
        except WorkerLost:
            return True

    def kill(self) -> int:
        """Kill it with its group; the exit status, or SIGKILL's where the worker took it along."""
        try:
            status = self._worker.ask(protocol.END, str(self._number))
        except WorkerLost:
            self.lost = True
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            return -signal.SIGKILL
        if self._private:
            self._worker.end()
        else:
            self._worker.release()
        return status


def available(packages: tuple[str, ...]) -> bool:
    """Whether sittings can be forked: on Linux, where the packages start no threads, and unless it is forbidden."""
    return sys.platform == "linux" and not os.environ.get(COLD) and room(packages) not in _THREADED


def fork(packages: tuple[str, ...], ours: socket.socket, theirs: int, *, private: bool) -> Child | None:
    """A child with its end of a socket pair; None where the packages turn out to start threads.

    A waiting worker that is gone is replaced once; with `private` the worker is new and ends with the child. Raises
    SandboxError.
    """
    for last in (False, True):
        worker = Worker(packages) if private else _borrowed(packages)
        if not available(packages):
            return None
        try:
            return _forked(worker, ours, theirs, private=private)
        except WorkerLost:
            if last:
                raise
    raise AssertionError


def _forked(worker: Worker, ours: socket.socket, theirs: int, *, private: bool) -> Child:
    folder = None
    if worker.walls[walls.ROOT]:
        folder = Path(tempfile.mkdtemp(prefix="autograder-"))
        folder.chmod(0o755)  # the child may be another user
    try:
        _ask_for_sender(ours)
        number = worker.ask(protocol.FORK, str(folder or ""), theirs)
        return Child(worker, number, _greeted(ours), folder, private=private)
    except BaseException:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _greeted(ours: socket.socket) -> int:
    """The number of the process that greets; the kernel writes it beside the greeting."""
    ours.settimeout(_ANSWER_SECONDS)
    try:
        return _with_sender(ours, 1)[0]
    except OSError as error:
        raise WorkerLost("the isolated process did not greet") from error


def _ask_for_sender(ours: socket.socket) -> None:
    """Before a message is sent: the kernel is to say from whom it is."""
    if sys.platform == "linux":
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)


def _with_sender(ours: socket.socket, most_bytes: int) -> tuple[int, bytes]:
    """A message, and the number of the process that sent it, as this one sees it. Raises OSError."""
    data, beside, _, _ = ours.recvmsg(most_bytes, socket.CMSG_SPACE(_CREDENTIALS.size))
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
    if not beside:
        raise ConnectionResetError("nobody is there any more")
    pid, _, _ = _CREDENTIALS.unpack(beside[0][2])
    return pid, data


def _place(packages: tuple[str, ...]) -> _Place:
    return os.getpid(), room(packages), tuple(left_out())


def _borrowed(packages: tuple[str, ...]) -> Worker:
    key = _place(packages)
    with _LOCK:
        if _WAITING.get(key):
            return _WAITING[key].pop()
    return Worker(packages)


def _after_fork() -> None:
    global _LOCK  # noqa: PLW0603  another thread may have held it when the process was forked
    _LOCK = threading.Lock()
    for worker in list(_ALL):
        worker.forget()  # those that wait stay in the dictionary, under the other process's number


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
