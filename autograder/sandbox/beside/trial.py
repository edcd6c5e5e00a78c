"""Tries what student code must not be able to do, in a child like any other, and tells what went through."""

import ctypes
import os
import resource
import signal
import socket
from collections.abc import Callable
from typing import Any

_PTRACE_SEIZE = 0x4206  # which, unlike PTRACE_ATTACH, stops nobody


def attempts(targets: dict[str, Any]) -> list[str]:
    """The names of what was possible. `targets` are places and processes outside that are to be out of reach."""
    parent, pid = os.getppid(), targets["process"]
    tried: dict[str, Callable[[], object]] = {
        "read a file": lambda: open(targets["file"]).read(),  # noqa: PTH123, SIM115
        "list a folder": lambda: os.listdir(targets["folder"]),  # noqa: PTH208
        "write into a folder": lambda: _write(targets["folder"]),
        "write into the working directory": lambda: _write("."),
        "write into /tmp": lambda: _write("/tmp"),  # noqa: S108
        "write into /dev/shm": lambda: _write("/dev/shm"),  # noqa: S108
        "write where it imports from": lambda: _write(targets["room"]),
        "read the grading process": lambda: os.listdir(f"/proc/{pid}/fd"),  # noqa: PTH208
        "read the worker": lambda: open(f"/proc/{parent}/mem", "rb").read(1),  # noqa: PTH123, SIM115
        "signal the grading process": lambda: os.kill(pid, 0),
        "signal the worker": lambda: os.kill(parent, 0),
        "signal everybody": lambda: os.kill(-1, 0),
        "trace the worker": lambda: _system_call("ptrace", _PTRACE_SEIZE, parent, 0, 0),
        "read the worker's memory by a call": lambda: _read_memory(parent),
        "limit the worker": lambda: resource.prlimit(parent, resource.RLIMIT_NOFILE),
        "fork": _fork,
        "connect to a port": lambda: _connect(socket.AF_INET, ("127.0.0.1", targets["port"])),
        "connect to an abstract socket": lambda: _connect(socket.AF_UNIX, targets["abstract"]),
        "open a socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close(),
        "make a file in memory": lambda: os.close(os.memfd_create("x")),
        "become root": lambda: os.setuid(0),
        "raise a limit": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20)),
    }
    return [name for name, attempt in tried.items() if _works(attempt)]


def exceed(most_processes: int, most_bytes: int, tell: Callable[[int], object]) -> None:
    """Start more processes than may be, tell how many there were, and then use more memory than may be."""
    started: list[int] = []
    try:
        while len(started) <= most_processes:
            child = os.fork()
            if not child:
                signal.pause()
            started.append(child)
    except OSError:
        pass
    for child in started:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    tell(len(started))
    used = bytearray(most_bytes)
    used[:: os.sysconf("SC_PAGESIZE")] = b"x" * len(range(0, most_bytes, os.sysconf("SC_PAGESIZE")))
    tell(len(used))


def _works(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except (OSError, ValueError, AttributeError):
        return False
    return True


def _write(folder: str) -> None:
    """A file's name is enough of a trace."""
    name = f"{folder}/trial-{os.getpid()}"
    os.close(os.open(name, os.O_CREAT | os.O_WRONLY, 0o600))
    os.unlink(name)  # noqa: PTH108


def _fork() -> None:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)


def _read_memory(process: int) -> None:
    """One byte of it, at an address that its fork has inherited."""
    byte = ctypes.create_string_buffer(1)
    here, there = ((ctypes.c_size_t * 2)(at, 1) for at in (ctypes.addressof(byte), id(None)))
    library = ctypes.CDLL(None, use_errno=True)
    if library.process_vm_readv(process, here, ctypes.c_ulong(1), there, ctypes.c_ulong(1), ctypes.c_ulong(0)) < 0:
        raise OSError(ctypes.get_errno(), "process_vm_readv")


def _connect(family: int, address: object) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as made:
        made.settimeout(2)
        made.connect(address)  # type: ignore[arg-type]


def _system_call(name: str, *arguments: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*map(ctypes.c_long, arguments)) < 0:
        raise OSError(ctypes.get_errno(), name)
