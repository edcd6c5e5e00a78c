"""Starts the isolated process, with one open socket and an empty folder: forked by a warm worker, or anew."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..records import Promise
from . import interpreter, workers

_SECONDS_TO_END = 2.0


class Process(Protocol):
    """What both kinds of process can be asked."""

    pid: int
    parent: int
    folder: Path | None
    promise: Promise
    lost: bool

    def has_ended(self) -> bool:
        """Whether the process itself has; what it forked may still hold the socket open."""

    def kill(self) -> int:
        """Kill it with all of its group; its exit status."""


@dataclass(slots=True)
class Launched:
    """A running process and our end of its socket."""

    process: Process
    socket: socket.socket
    status: int | None = None
    used: float = 0.0  # seconds of CPU time until it was ended; 0 where the system does not say

    def cpu_seconds(self) -> float | None:
        """What the process has used, all its threads together; None where the system does not say."""
        if sys.platform != "linux":
            return None
        try:
            return time.clock_gettime(~self.process.pid << 3 | 2)  # as clock_getcpuclockid(3) makes it
        except OSError:
            return None

    def end(self) -> int:
        """Kill the process with all of its group, wait until they are gone, and tidy up; its exit status."""
        if self.status is None:
            self.used = self.cpu_seconds() or 0.0
            self.status = self.process.kill()
            self.socket.close()
            _wait_for_group(self.process.pid)
            if self.process.folder:
                shutil.rmtree(self.process.folder, ignore_errors=True)
        return self.status


class _Fresh:
    """A fresh interpreter, our own child."""

    def __init__(self, packages: tuple[str, ...], descriptor: int) -> None:
        folder = Path(tempfile.mkdtemp(prefix="autograder-"))
        try:
            self._process: subprocess.Popen[bytes] = interpreter.start(packages, descriptor, folder, warm=False)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self.folder: Path | None = folder
        self.pid = self._process.pid
        self.parent = os.getpid()
        self.promise = Promise.ACCIDENTS
        self.lost = False

    def has_ended(self) -> bool:
        if not hasattr(os, "waitid"):
            return False  # macOS before Python 3.13: wall time ends the wait
        # not `poll`, which would free the process's number while its group is still to be killed
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def kill(self) -> int:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.kill()
        return self._process.wait()


def launch(packages: tuple[str, ...], *, private: bool = False) -> Launched:
    """Start the process; with `private`, in a worker that no other sitting uses. Raises SandboxError."""
    ours, theirs = socket.socketpair()
    try:
        forked = None
        if workers.available(packages):
            forked = workers.fork(packages, ours, theirs.fileno(), private=private)
        process = forked or _Fresh(packages, theirs.fileno())
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    return Launched(process, ours)


def _wait_for_group(group: int) -> None:
    """What student code forked dies by the same signal; only then is the working directory still."""
    patience = time.monotonic() + _SECONDS_TO_END
    while time.monotonic() < patience:
        try:
            os.killpg(group, 0)
        except (ProcessLookupError, PermissionError):
            return
        time.sleep(0.005)
