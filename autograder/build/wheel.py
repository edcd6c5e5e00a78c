"""The harness's own wheel, which travels in the zip: built from its source, or from its installed files."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from ..errors import BuildError
from .archive import zipped

DISTRIBUTION = "backprop-grader"
SOURCE = Path(__file__).parents[2]
EPOCH = "315532800"  # 1980-01-01, the first that a zip can say
SECONDS = 300


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel: its file's name, and the file."""

    name: str
    content: bytes


@cache
def wheel() -> Wheel:
    """This package as a wheel. Raises BuildError where neither its source nor its installed files can be read."""
    return _from_source() if (SOURCE / "pyproject.toml").is_file() else _from_installed()


def _from_source() -> Wheel:
    with tempfile.TemporaryDirectory() as made:
        done = subprocess.run(  # noqa: S603  our own interpreter
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", made],
            cwd=SOURCE,
            env=os.environ | {"SOURCE_DATE_EPOCH": EPOCH, "PYTHONWARNINGS": "ignore"},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        found = list(Path(made).glob("*.whl"))
        if done.returncode or len(found) != 1:
            said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise BuildError(f"the wheel could not be built ({said}); hatchling is needed: pip install hatchling")
        return Wheel(found[0].name, found[0].read_bytes())


def _from_installed() -> Wheel:
    """The files that pip's record names, without bytecode, scripts and pip's own notes."""
    try:
        distribution = metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError as error:
        raise BuildError(f"{DISTRIBUTION} is neither installed nor here as source; no wheel can be made") from error
    left_out = ("INSTALLER", "REQUESTED", "direct_url.json", "RECORD")
    kept = {
        str(path): Path(str(path.locate())).read_bytes()
        for path in distribution.files or ()
        if ".." not in path.parts and path.suffix != ".pyc" and path.name not in left_out
    }
    record = next(str(path) for path in distribution.files or () if path.name == "RECORD")
    lines = [f"{name},," for name in [*sorted(kept), record]]
    files = kept | {record: ("\n".join(lines) + "\n").encode()}
    return Wheel(f"{DISTRIBUTION.replace('-', '_')}-{distribution.version}-py3-none-any.whl", zipped(files))
