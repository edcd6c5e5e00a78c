"""A root of its own for a worker that may mount nothing, as in a container: copies, and chroot.

Only root can do this, and only who becomes another user afterwards is held by it. It is for kernels without Landlock:
with Landlock nothing has to be copied.
"""

import importlib
import os
import shutil
import stat
import sys
from contextlib import suppress

_LONG_AFTER = 4_000_000_000  # seconds, the year 2096: the time of a reading that has been is not written again
_UNNEEDED = shutil.ignore_patterns("tests", "config-*", "*.a", "*.libs")
_DEVICES = {"/dev/null": (1, 3), "/dev/zero": (1, 5), "/dev/urandom": (1, 9)}


def enter(folder: str, seen: list[str], libraries: list[str], work: str) -> None:
    """Make `folder` the root, with copies of what is `seen` but shared libraries, each at its own path. Raises OSError.

    Shared libraries that are loaded already need no file. Copied is once for all workers of a room.
    """
    _load_extensions()
    root = f"{folder}/copies"
    if not os.path.isdir(root):  # noqa: PTH112  pathlib is not needed here
        begun = f"{root}-{os.getpid()}"
        try:
            _make(begun, [path for path in seen if path not in libraries], work, leave_out=folder)
            with suppress(OSError):  # another worker was faster
                os.rename(begun, root)  # noqa: PTH104
        finally:
            shutil.rmtree(begun, ignore_errors=True)
    os.chroot(root)
    os.chdir(work)


def _load_extensions() -> None:
    """Python's own that are no part of it, but for tests and windows: each would look for shared libraries later."""
    for folder in (path for path in sys.path if path.endswith("lib-dynload") and os.path.isdir(path)):  # noqa: PTH112
        for name in sorted({file.partition(".")[0] for file in os.listdir(folder)}):  # noqa: PTH208
            if not name.startswith(("_test", "_tk", "_xx", "xx")):
                with suppress(Exception):
                    importlib.import_module(name)


def _make(root: str, seen: list[str], work: str, leave_out: str) -> None:
    os.makedirs(root + work)  # noqa: PTH103
    os.mkdir(root + "/dev")  # noqa: PTH102
    for path, numbers in _DEVICES.items():
        os.mknod(root + path, stat.S_IFCHR, os.makedev(*numbers))
        os.chmod(root + path, 0o666)  # noqa: PTH101, S103  as the system's own
    for path in seen:
        at = _way(root, os.path.dirname(path)) + "/" + os.path.basename(path)  # noqa: PTH119, PTH120
        if os.path.lexists(at):
            continue
        if os.path.islink(path):  # noqa: PTH114
            os.symlink(os.readlink(path), at)  # noqa: PTH115, PTH211
        elif os.path.isdir(path):  # noqa: PTH112
            _copy_folder(path, at, leave_out)
        else:
            shutil.copyfile(path, at)
    _settle_times(root)


def _settle_times(root: str) -> None:
    """Nobody's reading is to be seen by the next: a time in the future stays, as file systems are mounted today."""
    for folder, folders, files in os.walk(root, topdown=False):
        for path in (f"{folder}/{name}" for name in (*folders, *files) if f"/dev/{name}" not in _DEVICES):
            os.utime(path, (_LONG_AFTER, os.lstat(path).st_mtime), follow_symlinks=False)


def _copy_folder(path: str, at: str, leave_out: str) -> None:
    """All that is in it, readable by everybody, whatever the modes were."""

    def unwanted(folder: str, names: list[str]) -> set[str]:
        return {*_UNNEEDED(folder, names), *(name for name in names if f"{folder}/{name}" == leave_out)}

    shutil.copytree(path, at, symlinks=True, ignore=unwanted, copy_function=shutil.copyfile)
    for folder, _, _ in os.walk(at):
        os.chmod(folder, 0o755)  # noqa: PTH101, S103  copytree gives it the original's


def _way(root: str, folder: str) -> str:
    """Make a folder below the new root, and the links that lead to it; where it is, without any."""
    if folder == "/":
        return root
    above = _way(root, os.path.dirname(folder))  # noqa: PTH120
    at = f"{above}/{os.path.basename(folder)}"  # noqa: PTH119
    if os.path.islink(folder):  # noqa: PTH114
        if not os.path.lexists(at):
            os.symlink(os.readlink(folder), at)  # noqa: PTH115, PTH211
        return _way(root, os.path.realpath(folder))
    os.makedirs(at, exist_ok=True)  # noqa: PTH103
    return at
