"""Reads the isolated process's frames and holds it to its limits from outside: time, memory, order.

CPU time decides. Wall time is the loose second, for code that sleeps or waits.
"""

from __future__ import annotations

import marshal
import select
import signal
import struct
import time
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ..errors import SandboxError
from ..records import Promise
from .beside import frames
from .launch import Launched, launch
from .workers import WorkerLost

_LENGTH = struct.Struct("<Q")
_POLL_SECONDS = 0.05
_NAP_SECONDS = 0.002  # frames come by the dozen; to be woken by each costs both sides more than to take them together
_CHUNK = 1 << 16  # a larger one is got from the system, and given back, for each frame


class Ending(Enum):
    """Why no further frame comes."""

    CPU = "cpu time"
    WALL = "wall time"
    GONE = "gone"
    TOO_LARGE = "too large"
    VIOLATION = "violation"


@dataclass(frozen=True, slots=True)
class Frame:
    """One message of the process, not yet decoded."""

    what: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Budget:
    """How long the next frame may take, from the last one on, and how long the whole phase."""

    cpu_seconds: float
    wall_seconds: float


class Watched:
    """A started process that has been sent its request."""

    def __init__(
        self, request: dict[str, Any], packages: tuple[str, ...], frame_bytes: int, *, private: bool = False
    ) -> None:
        self._launched: Launched = launch(packages, private=private)
        self._frame_bytes = frame_bytes
        self._poll = select.poll()
        self._buffer = bytearray()
        self._index = 0
        self._closed = False
        self._cpu = self._cpu_now = 0.0  # when the last frame was taken; when the last bytes came
        self._wall = self._started = time.monotonic()
        self.waited = 0.0  # seconds for the last frame, by our own clock
        self._poll.register(self._launched.socket, select.POLLIN)
        try:
            self._send({**request, "parent": self._launched.process.parent})
        except OSError as error:
            status = self.end()
            if self.lost:
                raise WorkerLost("the worker ended before the isolated process was asked") from error
            raise SandboxError(f"the isolated process ended before it was asked (status {status})") from error

    def next(self, budget: Budget) -> Frame | Ending:
        """The next frame, or why there is none. The process is to be ended after an ending."""
        while True:
            found = self._parsed()
            if found is not None:
                now = time.monotonic()
                self._cpu = self._cpu_now
                self.waited, self._wall = now - self._wall, now
                return found
            over = self._over(budget)
            if over:
                return over
            if self._closed:
                return Ending.GONE
            self._receive(budget)

    def cpu_seconds(self) -> float:
        """What the process has used so far; 0 where the system does not say, and wall time alone decides."""
        return self._launched.cpu_seconds() or 0.0

    def idle_seconds(self) -> float:
        """The wall time in which it computed nothing, so far; 0 where the system does not say."""
        cpu = self.cpu_seconds()
        return max(0.0, self.wall_seconds() - cpu) if cpu else 0.0

    def wall_seconds(self) -> float:
        """The wall time since it was started."""
        return time.monotonic() - self._started

    @property
    def used_seconds(self) -> float:
        """The CPU time that it had used when it was ended."""
        return self._launched.used

    @property
    def promise(self) -> Promise:
        """What the walls around it hold."""
        return self._launched.process.promise

    @property
    def lost(self) -> bool:
        """Whether, as it was ended, its worker was found gone: how it ended is not its own doing then."""
        return self._launched.process.lost

    def end(self) -> int:
        """Kill it, and all that it started; the exit status."""
        return self._launched.end()

    def _send(self, request: dict[str, Any]) -> None:
        data = marshal.dumps(request)
        self._launched.socket.settimeout(60)
        self._launched.socket.sendall(_LENGTH.pack(len(data)) + data)

    def _parsed(self) -> Frame | Ending | None:
        """The frame at the head of what was read, None while it is not complete."""
        if len(self._buffer) < frames.FRAME.size:
            return None
        magic, index, what, length = frames.FRAME.unpack_from(self._buffer)
        if magic != frames.MAGIC or index != self._index:
            return Ending.VIOLATION
        if length > self._frame_bytes + frames.MOST_ENTRIES * frames.ENTRY.size:
            return Ending.TOO_LARGE
        end = frames.FRAME.size + length
        if len(self._buffer) < end:
            return None
        body = bytes(memoryview(self._buffer)[frames.FRAME.size : end])
        del self._buffer[:end]
        self._index += 1
        return Frame(what, body)

    def _over(self, budget: Budget) -> Ending | None:
        if self.cpu_seconds() - self._cpu > budget.cpu_seconds:
            return Ending.CPU
        if time.monotonic() - self._wall > budget.wall_seconds:
            return Ending.WALL
        return None

    def _receive(self, budget: Budget) -> None:
        time.sleep(_NAP_SECONDS)
        left = self._wall + budget.wall_seconds - time.monotonic()
        if not self._poll.poll(max(1.0, min(_POLL_SECONDS, left) * 1000)):
            if not self._launched.process.has_ended():
                return
            # its last frame may have been written between the two questions
            if not self._poll.poll(0):
                self._closed = True
                return
        try:
            data = self._launched.socket.recv(_CHUNK)
        except OSError:
            data = b""
        self._buffer += data
        self._closed = not data
        self._cpu_now = self.cpu_seconds()


def was_killed(status: int) -> bool:
    """Whether a signal that nobody can catch ended the process; told only of one that we had not ended yet."""
    return status == -signal.SIGKILL


def ran_out_of_cpu(status: int) -> bool:
    """Whether the kernel ended the process at its own limit of CPU time."""
    return status == -signal.SIGXCPU
