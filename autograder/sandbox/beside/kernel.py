"""Calls of Linux that Python lacks: namespaces, mounts, capabilities, Landlock, seccomp. Each raises OSError.

The numbers are those of the kernel's own headers, the same on every machine but for system calls without a C
function, which are listed for the two kinds of processor that are met.
"""

import ctypes
import os
import platform
import struct
import sys

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000

_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_REMOUNT = 1, 2, 4, 32
_MS_BIND, _MS_REC, _MS_PRIVATE = 4096, 16384, 1 << 18
_MNT_DETACH = 2

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 24, 38
_SECCOMP_MODE_FILTER = 2
_CAPABILITY_VERSION = 0x20080522
_LAST_CAPABILITY = 63

_LANDLOCK_VERSION = 1
_LANDLOCK_PATH_BENEATH = 1
_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_FILE_RIGHTS = (0, 13, 14, 15, 15, 16)  # how many each version knows; later ones no more than the last

# pivot_root has another number on each kind of processor; Landlock's calls have one for all
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446


class _Library:
    """The C library, loaded when first needed, so that other systems can import this module."""

    def __init__(self) -> None:
        self._loaded: ctypes.CDLL | None = None

    def call(self, name: str, *arguments: object) -> int:
        if self._loaded is None:
            self._loaded = ctypes.CDLL(None, use_errno=True)
        result: int = getattr(self._loaded, name)(*arguments)
        if result < 0:
            number = ctypes.get_errno()
            raise OSError(number, f"{name}: {os.strerror(number)}")
        return result


_C = _Library()


def unshare(flags: int) -> None:
    """New namespaces of these kinds; that of process numbers begins with the next child."""
    _C.call("unshare", ctypes.c_int(flags))


def forbid_new_privileges() -> None:
    """No program that is started gets more rights than its starter."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def hide_memory(*, hidden: bool = True) -> None:
    """No process of the same user may read this one's memory; and it leaves no core behind."""
    _prctl(_PR_SET_DUMPABLE, not hidden)


def end_with_parent(signal: int) -> None:
    """The signal that comes when the parent ends. A change of user takes it away again."""
    _prctl(_PR_SET_PDEATHSIG, signal)


def drop_capabilities() -> None:
    """No capability, and none that could be had again."""
    for number in range(_LAST_CAPABILITY + 1):
        try:
            _prctl(_PR_CAPBSET_DROP, number)
        except OSError:
            break  # the kernel knows no more, or there is nothing to drop
    head = struct.pack("<Ii", _CAPABILITY_VERSION, 0)
    _C.call("capset", ctypes.c_char_p(head), ctypes.c_char_p(bytes(24)))


def filter_calls(program: bytes) -> None:
    """Install a seccomp filter, compiled already; it stays for good."""

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))

    made = Program(len(program) // 8, program)
    none = ctypes.c_ulong(0)
    _C.call("prctl", _PR_SET_SECCOMP, ctypes.c_ulong(_SECCOMP_MODE_FILTER), ctypes.byref(made), none, none)


# --- mounts ------------------------------------------------------------------------------------------


def make_mounts_private() -> None:
    """Nothing that is mounted from here on is seen elsewhere."""
    _mount("none", "/", "", _MS_REC | _MS_PRIVATE)


def mount_empty(path: str) -> None:
    """A small file system in memory."""
    _mount("none", path, "tmpfs", _MS_NOSUID | _MS_NODEV, "size=1m,nr_inodes=8k,mode=755")


def show(path: str, at: str, *, device: bool = False) -> None:
    """A file or folder at another place as well: read-only, and so without new access times."""
    _mount(path, at, "", _MS_BIND)
    kept = os.statvfs(at).f_flag & (os.ST_NOSUID | os.ST_NODEV | os.ST_NOEXEC)  # a mount's locked flags must stay
    flags = _MS_RDONLY | _MS_NOSUID | (0 if device else _MS_NODEV) | kept
    _mount("none", at, "", _MS_REMOUNT | _MS_BIND | flags)


def enter_root(path: str) -> None:
    """Make a folder, which must be a mount, the root of all paths, read-only; nothing else can be reached."""
    os.chdir(path)
    _system_call(_PIVOT_ROOT[platform.machine()], b".", b".")
    _C.call("umount2", b".", _MNT_DETACH)
    os.chdir("/")
    _mount("none", "/", "", _MS_REMOUNT | _MS_RDONLY | _MS_NOSUID | _MS_NODEV)


def _mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    texts = [os.fsencode(text) if text else None for text in (source, target, kind)]
    _C.call("mount", *texts, ctypes.c_ulong(flags), data.encode() or None)


# --- Landlock ----------------------------------------------------------------------------------------


def landlock_version() -> int:
    """What the kernel knows of Landlock. Raises OSError where it has none."""
    return _system_call(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), _LANDLOCK_VERSION)


def restrict_files(readable: list[str], listed: list[str]) -> None:
    """Nothing but what lies below `readable` can be read, nothing but `listed` listed, and only /dev/null written.

    Where the kernel can, no port is bound or connected to, and no process outside is signalled or spoken to.
    """
    version = landlock_version()
    rights = (1 << _FILE_RIGHTS[min(version, len(_FILE_RIGHTS) - 1)]) - 1
    network = 3 if version >= 4 else 0
    scopes = 3 if version >= 6 else 0
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = struct.pack("<QQQ", rights, network, scopes)[:size]
    ruleset = _system_call(_LANDLOCK_CREATE, ctypes.c_char_p(rules), ctypes.c_size_t(size), 0)
    try:
        for path in readable:
            _allow(ruleset, path, _READ_FILE | (_READ_DIR if os.path.isdir(path) else 0))  # noqa: PTH112
        for path in listed:
            _allow(ruleset, path, _READ_DIR)
        _allow(ruleset, os.devnull, _READ_FILE | _WRITE_FILE)
        _system_call(_LANDLOCK_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = struct.pack("<Qi", rights, descriptor)
        _system_call(_LANDLOCK_ADD, ruleset, _LANDLOCK_PATH_BENEATH, ctypes.c_char_p(rule), 0)
    finally:
        os.close(descriptor)


def _system_call(number: int, *arguments: object) -> int:
    return _C.call("syscall", ctypes.c_long(number), *arguments)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        none = ctypes.c_ulong(0)
        _C.call("prctl", option, ctypes.c_ulong(value), none, none, none)
