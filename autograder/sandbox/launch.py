"""Starts the isolated process: a fresh interpreter with an environment of its own and one open socket."""

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

from ..errors import SandboxError
from .room import room

# `-P -s -S`: nothing but the standard library is found; `-B`: nothing is written. Not `-I`, which would
# ignore PYTHONHASHSEED. `fresh` comes first: it decides where `numpy.random` takes its entropy from.
_FLAGS = ("-P", "-s", "-S", "-B")
_START = (
    "import sys; place, descriptor = sys.argv[1:]; sys.argv[1:] = []; sys.path.append(place); "
    "import beside.fresh; from beside.main import main; main(int(descriptor))"
)
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}
_SECONDS_TO_END = 2.0


@dataclass(frozen=True, slots=True)
class Launched:
    """A running process, our end of its socket, and its empty working directory."""

    process: subprocess.Popen[bytes]
    socket: socket.socket
    folder: Path

    def cpu_seconds(self) -> float | None:
        """What the process has used, all its threads together; None where the system does not say."""
        if sys.platform != "linux":
            return None
        try:
            return time.clock_gettime(~self.process.pid << 3 | 2)  # as clock_getcpuclockid(3) makes it
        except OSError:
            return None

    def has_ended(self) -> bool:
        """Whether the process itself has; what it forked may still hold the socket open."""
        if not hasattr(os, "waitid"):
            return False  # macOS before Python 3.13: wall time ends the wait
        # not `poll`, which would free the process's number while its group is still to be killed
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def end(self) -> int:
        """Kill the process with all of its group, wait until they are gone, and tidy up; its exit status."""
        if self.process.returncode is not None:
            return self.process.returncode
        group = self.process.pid
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
        self.process.kill()
        status = self.process.wait()
        self.socket.close()
        _wait_for_group(group)
        shutil.rmtree(self.folder, ignore_errors=True)
        return status


def launch(packages: tuple[str, ...]) -> Launched:
    """Start the process. Raises SandboxError where that cannot be done."""
    place = room(packages)
    ours, theirs = socket.socketpair()
    folder = Path(tempfile.mkdtemp(prefix="autograder-"))
    python = getattr(sys, "_base_executable", None) or sys.executable
    command = [python, *_FLAGS, "-c", _START, str(place), str(theirs.fileno())]
    try:
        process = subprocess.Popen(  # noqa: S603  our own interpreter and words
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_ENVIRONMENT,
            cwd=folder,
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
        )
    except OSError as error:
        ours.close()
        shutil.rmtree(folder, ignore_errors=True)
        raise SandboxError(f"the isolated process could not be started ({error.strerror})") from error
    finally:
        theirs.close()
    return Launched(process, ours, folder)


def why_not(packages: tuple[str, ...]) -> str:
    """The last line that Python says when what runs beside student code cannot be imported; nothing if it can."""
    python = getattr(sys, "_base_executable", None) or sys.executable
    script = "import sys; sys.path.append(sys.argv[1]); import beside.fresh, beside.main"
    command = [python, *_FLAGS, "-c", script, str(room(packages))]
    tried = subprocess.run(  # noqa: S603  our own interpreter and words
        command, env=_ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False
    )
    return tried.stderr.strip().rpartition("\n")[2]


def _wait_for_group(group: int) -> None:
    """What student code forked dies by the same signal; only then is the working directory still."""
    patience = time.monotonic() + _SECONDS_TO_END
    while time.monotonic() < patience:
        try:
            os.killpg(group, 0)
        except (ProcessLookupError, PermissionError):
            return
        time.sleep(0.005)
