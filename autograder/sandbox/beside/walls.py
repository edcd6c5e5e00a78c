"""The walls around a worker, raised one by one before it sees any student code: each where the machine allows it.

What is raised is told, and what is not, with the reason; what the walls hold is found out by trying (`trial`).
"""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from . import copies, kernel

NAMESPACES, ROOT, USER, LANDLOCK, SECCOMP = "namespaces", "own root", "own user", "landlock", "seccomp"

_SPACES = kernel.NEWNS | kernel.NEWPID | kernel.NEWNET | kernel.NEWIPC | kernel.NEWUTS
_INSIDE = 1000  # the user's number inside a user namespace
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")
_WORK = "/work"

Told = dict[str, str]  # wall -> "" where it stands, else why it does not


def raise_walls(plan: dict[str, Any]) -> Told:
    """Raise what `plan` names, in this process and its children to come. Returns in the process that has them.

    With namespaces that is a child, the first process of its own space, whose end is the end of all in it; this
    one only waits for it. `plan` has the walls that are wanted, an empty folder, the paths to be seen, those of shared
    libraries among them, a user's number.
    """
    told: Told = {}
    plan = {**plan, "mapped": False, "entered": False}
    os.umask(0o022)  # what is made for the worker is for another user too
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123  pathlib is not needed here
        file.write("1000")
    _try(told, plan, NAMESPACES, lambda: _enter_namespaces(plan))
    if told[NAMESPACES]:
        told[ROOT] = told[NAMESPACES]
    else:
        _try(told, plan, ROOT, lambda: _enter_root(plan))
    if told[NAMESPACES] and not os.getuid() and not _has_landlock(plan):
        _try(told, plan, ROOT, lambda: copies.enter(plan["folder"], plan["seen"], plan["libraries"], _WORK))
    if plan["entered"]:
        _become_first()
    if told[ROOT] and plan["shut"]:
        told[USER] = plan["shut"]
    else:
        _try(told, plan, USER, lambda: _become_user(_INSIDE if plan["mapped"] else plan["user"]))
    kernel.forbid_new_privileges()
    with suppress(OSError):
        kernel.drop_capabilities()
    kernel.hide_memory()
    readable, listed = (plan["seen"], plan["listed"]) if told[ROOT] else (["/"], [])
    _try(told, plan, LANDLOCK, lambda: kernel.restrict_files(readable, listed))
    if plan["entered"]:
        kernel.end_with_parent(signal.SIGKILL)
    told[SECCOMP] = "" if plan["filter"] else plan["no filter"]
    return told


def _has_landlock(plan: dict[str, Any]) -> bool:
    """Whether files will be shut off without a root of one's own."""
    try:
        return LANDLOCK in plan["walls"] and kernel.landlock_version() > 0
    except OSError:
        return False


def _try(told: Told, plan: dict[str, Any], wall: str, step: Callable[[], None]) -> None:
    if wall not in plan["walls"]:
        told[wall] = "not asked for"
        return
    try:
        step()
    except OSError as error:
        told[wall] = str(error)
    else:
        told[wall] = ""


# --- namespaces --------------------------------------------------------------------------------------


def _enter_namespaces(plan: dict[str, Any]) -> None:
    """A user namespace around the others where it can be had; else, for root, the others alone."""
    plan["mapped"] = _can(lambda: _unshare_with_user(plan["user"]))
    if plan["mapped"]:
        _unshare_with_user(plan["user"])
    else:
        kernel.unshare(_SPACES)
    plan["entered"] = True
    kernel.make_mounts_private()


def _can(step: Callable[[], None]) -> bool:
    """Whether a step would succeed, tried in a process of its own: there is no way back from half of it."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    try:
        step()
    except Exception:
        os._exit(1)
    os._exit(0)


def _unshare_with_user(user: int) -> None:
    """A helper, left outside, says which users there are inside: root its own and the worker's, others themselves."""
    ready, go = os.pipe()
    me = os.getpid()
    helper = os.fork()
    if not helper:
        os.close(go)
        os.read(ready, 1)
        os._exit(_map_users(me, user))
    os.close(ready)
    kernel.hide_memory(hidden=False)  # else its maps are root's to write; there is nothing to be hidden yet
    try:
        kernel.unshare(kernel.NEWUSER | _SPACES)
    finally:
        os.close(go)
        status = os.waitpid(helper, 0)[1]
        kernel.hide_memory()
    if status:
        raise OSError(os.waitstatus_to_exitcode(status), "the users of a namespace could not be set")


def _map_users(process: int, user: int) -> int:
    """Write a process's maps of users and groups; an error's number."""
    own, group = os.getuid(), os.getgid()
    try:
        if own:
            _write(f"/proc/{process}/setgroups", "deny")
            _write(f"/proc/{process}/uid_map", f"{_INSIDE} {own} 1")
            _write(f"/proc/{process}/gid_map", f"{_INSIDE} {group} 1")
        else:
            _write(f"/proc/{process}/uid_map", f"0 0 1\n{_INSIDE} {user} 1")
            _write(f"/proc/{process}/gid_map", f"0 0 1\n{_INSIDE} {user} 1")
    except OSError as error:
        return error.errno or 1
    return 0


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def _become_first() -> None:
    """Go on in the first process of the new space of numbers; this one ends with it."""
    child = os.fork()
    if child:
        for descriptor in range(3, 64):
            with suppress(OSError):
                os.close(descriptor)
        kernel.hide_memory()
        os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0x7F)


# --- a root of its own, and a user -------------------------------------------------------------------


def _enter_root(plan: dict[str, Any]) -> None:
    """A root that holds what is to be seen, each at its own path, and an empty folder to be in."""
    root = plan["folder"]
    kernel.mount_empty(root)
    os.mkdir(root + _WORK)  # noqa: PTH102
    for path in plan["seen"]:
        _show(root, path)
    for path in _DEVICES:
        _show(root, path, device=True)
    kernel.enter_root(root)
    os.chdir(_WORK)


def _show(root: str, path: str, *, device: bool = False) -> None:
    at = root + path
    os.makedirs(os.path.dirname(at), exist_ok=True)  # noqa: PTH103, PTH120
    if os.path.islink(path):  # noqa: PTH114  what it leads to is shown at its own path
        os.symlink(os.readlink(path), at)  # noqa: PTH115, PTH211
    elif os.path.isdir(path):  # noqa: PTH112
        os.makedirs(at, exist_ok=True)  # noqa: PTH103
        kernel.show(path, at)
    else:
        os.close(os.open(at, os.O_CREAT | os.O_WRONLY, 0o644))
        kernel.show(path, at, device=device)


def _become_user(user: int) -> None:
    """Give up root for good. An ordinary user stays who they are, behind the other walls."""
    if os.getuid():
        raise OSError(1, "only root can become another user")
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
