"""The promise that a worker's walls keep, found out by trying: a child of it attempts what must not be possible."""

from __future__ import annotations

import marshal
import os
import secrets
import socket
import struct
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..errors import SandboxError
from .beside import frames
from .totals import MEMORY_BYTES, PROCESSES, Group
from .wire import Violation, decode

_SECONDS = 30.0
_ROOM = 32 << 20  # bytes that a trial may use, and it tries twice as many
_LIMITS = {"memory_bytes": 2 << 30, "total_cpu_seconds": 20}
_LENGTH = struct.Struct("<Q")


def possible(fork: Callable[[int], int], stop: Callable[[int], object], room: Path) -> tuple[str, ...]:
    """What a child that `fork` makes, with a socket of its own, was able to do. Raises SandboxError."""
    with tempfile.TemporaryDirectory(prefix="autograder-trial-") as name:
        folder = Path(name)
        folder.chmod(0o777)
        (folder / "secret").write_text("secret", encoding="utf-8")
        with _listening(socket.AF_INET, ("127.0.0.1", 0)) as port, _abstract() as abstract:
            targets = {
                "file": str(folder / "secret"),
                "folder": name,
                "room": str(room),
                "process": os.getpid(),
                "port": port.getsockname()[1] if port else 9,
                "abstract": abstract.getsockname() if abstract else b"\0none",
            }
            (told,) = _told(fork, stop, {"trial": targets, "limits": _LIMITS}) or ("",)
            return tuple(told.split("\n")) if told else ()


def totals_hold(fork: Callable[[int], int], stop: Callable[[int], object], group: Group) -> bool:
    """Whether a child that exceeds its group's totals is refused processes, and ended for its memory."""
    try:
        group.limit_memory(group.memory_used() + _ROOM)
        told = _told(fork, stop, {"exceed": (PROCESSES, 2 * _ROOM)})
        group.limit_memory(MEMORY_BYTES)
    except OSError:
        return False
    return len(told) == 1 and int(told[0]) < PROCESSES


def _told(fork: Callable[[int], int], stop: Callable[[int], object], asked: dict[str, Any]) -> tuple[str, ...]:
    """What a child answers to one request, until it ends. Raises SandboxError where it answers nothing."""
    ours, theirs = socket.socketpair()
    with ours:
        ours.settimeout(_SECONDS)
        with theirs:
            child = fork(theirs.fileno())
        request = marshal.dumps({"parent": 0, **asked})
        try:
            ours.sendall(_LENGTH.pack(len(request)) + request)
            data = b""
            while part := ours.recv(1 << 16):
                data += part
            found = tuple(_texts(data))
        except (OSError, struct.error, Violation) as error:
            raise SandboxError(f"the trial of the isolation did not come to its end ({error})") from error
        finally:
            stop(child)
    if not found:
        raise SandboxError("the trial of the isolation did not come to its end")
    return found


def _texts(data: bytes) -> Iterator[str]:
    """The texts of the frames that follow the greeting."""
    place = len(b"!")
    while place < len(data):
        _, _, _, length = frames.FRAME.unpack_from(data, place)
        place += frames.FRAME.size + length
        yield str(decode(data[place - length : place]))


class _listening:  # noqa: N801  used as a function is
    """A listening socket, or nothing where this machine has none of that kind."""

    def __init__(self, family: int, address: Any) -> None:
        self._made: socket.socket | None = None
        try:
            self._made = socket.socket(family, socket.SOCK_STREAM)
            self._made.bind(address)
            self._made.listen()
        except OSError:
            self.__exit__()
            self._made = None

    def __enter__(self) -> socket.socket | None:
        return self._made

    def __exit__(self, *_: object) -> None:
        if self._made is not None:
            self._made.close()


def _abstract() -> _listening:
    return _listening(socket.AF_UNIX, b"\0autograder-" + secrets.token_hex(8).encode())
