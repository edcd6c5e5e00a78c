"""How the isolated side's interpreter is started: its flags, an environment made from nothing, one descriptor."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ..errors import SandboxError
from .room import room

# `-P -s -S`: nothing but the standard library is found; `-B`: nothing is written. Not `-I`, which would
# ignore PYTHONHASHSEED. `fresh` comes first: it decides where `numpy.random` takes its entropy from.
# A worker's `serve` returns in each forked child, so that student code has the same frames below it either way.
_FLAGS = ("-P", "-s", "-S", "-B")
_START = (
    "import sys; place, how, descriptor, *packages = sys.argv[1:]; sys.argv[1:] = []; sys.path.append(place); "
    "import beside.fresh; from beside.worker import Begun, prepare, serve; from beside.main import main; "
    "from beside.rehearsal import rehearse; warm = how == 'warm'; prepare(packages, rehearse if warm else None); "
    "main(serve(int(descriptor)) if warm else Begun(int(descriptor), 0, b''))"
)
_TRY = (
    "import sys; sys.path.append(sys.argv[1]); import beside.fresh, beside.main; "
    "from beside.worker import prepare; prepare(sys.argv[2:])"
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


def start(packages: tuple[str, ...], descriptor: int, folder: Path, *, warm: bool) -> subprocess.Popen[bytes]:
    """An interpreter of its own session that inherits one descriptor. Raises SandboxError where there can be none.

    Warm, the descriptor is the control socket of a worker; else it is the socket of a single sitting.
    """
    arguments = (str(room(packages)), "warm" if warm else "cold", str(descriptor), *packages)
    try:
        return subprocess.Popen(  # noqa: S603  our own interpreter and words
            [_python(), *_FLAGS, "-c", _START, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_ENVIRONMENT,
            cwd=folder,
            pass_fds=(descriptor,),
            start_new_session=True,
        )
    except OSError as error:
        raise SandboxError(f"the isolated process could not be started ({error.strerror})") from error


def why_not(packages: tuple[str, ...]) -> str:
    """The last line that Python says when what runs beside student code cannot be imported; nothing if it can."""
    command = [_python(), *_FLAGS, "-c", _TRY, str(room(packages)), *packages]
    tried = subprocess.run(  # noqa: S603  our own interpreter and words
        command, env=_ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False
    )
    return tried.stderr.strip().rpartition("\n")[2]


def _python() -> str:
    return getattr(sys, "_base_executable", None) or sys.executable
