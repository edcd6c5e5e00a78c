"""What a worker's walls are to be: the paths that stay in sight, the user that it becomes, the filter of its calls."""

from __future__ import annotations

import os
import secrets
import stat
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from . import calls
from .beside import walls
from .room import ROOT, room

TOTALS = "totals"  # of memory and processes, which the trusted process sets
WALLS = (walls.NAMESPACES, walls.ROOT, walls.USER, walls.LANDLOCK, walls.SECCOMP)
WITHOUT = "AUTOGRADER_WITHOUT"  # walls not to be raised, to measure what each costs and what holds without it

# numbers that no person and no service has, by the systems' own conventions
_FIRST_USER, _LAST_USER = 61184, 65519
_PACKAGES = {"site-packages", "dist-packages", "ensurepip", "idlelib", "lib2to3", "test", "tkinter", "turtledemo"}


def plan(packages: tuple[str, ...]) -> dict[str, Any]:
    """What `walls.raise_walls` is handed."""
    wanted = [wall for wall in WALLS if wall not in left_out()]
    program, why_none = calls.compiled()
    seen = [str(path) for path in dict.fromkeys(_seen(packages))]
    return {
        "walls": wanted,
        "folder": str(room(packages) / ROOT),
        "seen": seen,
        "libraries": [str(path) for path in _shared_libraries()],
        "listed": [str(_standard_library())],
        "user": _FIRST_USER + secrets.randbelow(_LAST_USER - _FIRST_USER),
        "shut": _shut(seen),
        "filter": program if walls.SECCOMP in wanted else b"",
        "no filter": why_none or "not asked for",
    }


def left_out() -> list[str]:
    """The walls that are not to be raised."""
    return os.environ.get(WITHOUT, "").split(",")


def _seen(packages: tuple[str, ...]) -> Iterator[Path]:
    """The standard library without what is installed into it, the room and what it links to, shared libraries."""
    library = _standard_library()
    yield from (path for path in sorted(library.iterdir()) if path.name not in _PACKAGES)
    yield room(packages)
    for link in sorted(room(packages).iterdir()):
        if link.is_symlink():
            yield from (link.readlink(), link.resolve())
    yield from _shared_libraries()


def _standard_library() -> Path:
    return Path(sysconfig.get_path("stdlib", vars={"installed_base": sys.base_prefix}))


@cache
def _shared_libraries() -> tuple[Path, ...]:
    """Folders of the system that hold shared libraries alone; of others, such as Python's own, each file."""
    found: dict[Path, None] = {}
    system = [Path(place) for place in ("/lib64", "/usr/lib64", *_multiarch())]
    for place in system:
        if place.is_dir():
            found |= dict.fromkeys((place, place.resolve()))
    for place in (Path(sys.base_prefix) / "lib", Path("/usr/local/lib")):
        if place.is_dir():
            found |= dict.fromkeys(path for path in sorted(place.glob("lib*.so*")) if path.exists())
    found |= dict.fromkeys(path for path in (Path("/etc/ld.so.cache"),) if path.exists())
    return tuple(found)


def _multiarch() -> Iterable[str]:
    triple = sysconfig.get_config_var("MULTIARCH")
    return (f"/lib/{triple}", f"/usr/lib/{triple}") if triple else ("/lib", "/usr/lib")


def _shut(seen: Iterable[str]) -> str:
    """Why another user could not read what is needed, or nothing."""
    for path in seen:
        for folder in Path(path).parents:
            if not folder.stat().st_mode & stat.S_IXOTH:
                return f"other users may not enter {folder}, which Python needs"
    return ""
