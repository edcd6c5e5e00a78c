"""Findings kept on disk, so that an audit of what has not changed takes no time."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from pathlib import Path

import numpy as np

from ..loading import Loaded
from .findings import Audit, from_json, to_json

PACKAGE = Path(__file__).parents[1]
NOT_READ = ("build", "reports", "integrations", "cli.py", "_shipped")  # what no verdict depends on


def key_of(loaded: Loaded) -> str:
    """A SHA-256 over all that the findings depend on."""
    digest = hashlib.sha256()
    told = (sys.version, np.__version__, platform.machine(), platform.system(), str(loaded.folder))
    digest.update("\0".join(told).encode())
    own = [loaded.folder / name for name in ("questions.py", "mistakes.py", "text.md")]
    for path in (*_sources(), loaded.reference.path, *own):
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"{path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def find(name: str, key: str) -> Audit | None:
    """The findings kept under that key, or None where there are none that can be read."""
    try:
        return from_json(_path(name, key).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep(name: str, key: str, audit: Audit) -> None:
    """Keep the findings; where nothing can be written, none are kept. Older ones of that name go."""
    path = _path(name, key)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for older in path.parent.glob(f"{name}-*.json"):
            older.unlink(missing_ok=True)
        made = path.with_suffix(f".{os.getpid()}")
        made.write_text(to_json(audit), encoding="utf-8")
        made.replace(path)
    except OSError:
        return


def _path(name: str, key: str) -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "backprop-grader" / "audit" / f"{name}-{key[:32]}.json"


def _sources() -> list[Path]:
    found = (path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))
    return [PACKAGE / path for path in sorted(found) if path.parts[0] not in NOT_READ]
