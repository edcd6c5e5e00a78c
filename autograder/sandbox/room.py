"""The folder from which the isolated process imports: links to NumPy and the assignment's packages, nothing of ours.

What runs beside student code is copied into it, so that no path leads from there to the harness. It is made
once per trusted process and set of packages, and removed when that process ends.
"""

from __future__ import annotations

import importlib.util
import py_compile
import re
import shutil
import tempfile
import threading
from collections.abc import Iterator
from importlib import metadata
from multiprocessing.util import Finalize
from pathlib import Path

from ..errors import SandboxError

BESIDE = Path(__file__).parent / "beside"
ROOT = "root"  # an empty folder in the room, on which a worker makes a root of its own

_LOCK = threading.Lock()
_ROOMS: dict[tuple[str, ...], Path] = {}


def room(packages: tuple[str, ...] = ()) -> Path:
    """The folder for a set of packages. Raises SandboxError where one of them is not installed."""
    with _LOCK:
        if packages not in _ROOMS or not _ROOMS[packages].is_dir():
            _ROOMS[packages] = _make(packages)
        return _ROOMS[packages]


def _make(packages: tuple[str, ...]) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="autograder-room-"))
    # an exit function of multiprocessing's, because worker processes of a pool run no others
    Finalize(None, shutil.rmtree, args=(folder, True), exitpriority=0)
    for path in _wanted(packages):
        if not (folder / path.name).exists():
            (folder / path.name).symlink_to(path)
    folder.chmod(0o755)  # a worker becomes another user
    (folder / ROOT).mkdir()
    (folder / "beside").mkdir()
    for source in sorted(BESIDE.glob("*.py")):
        copy = folder / "beside" / source.name
        shutil.copyfile(source, copy)
        # compiled here, because the isolated process writes no files
        py_compile.compile(str(copy), doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    for path in (folder / ROOT, folder / "beside", *(folder / "beside").rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)  # whatever the umask is
    return folder


def _wanted(packages: tuple[str, ...]) -> Iterator[Path]:
    """NumPy, the packages, and what they need, each with the folder of libraries beside it."""
    seen: set[str] = set()
    yield from _with_libraries(_module("numpy"))
    for package in packages:
        yield from _with_needs(_distribution_of(package), seen)


def _with_needs(name: str, seen: set[str]) -> Iterator[Path]:
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key in seen:
        return
    seen.add(key)
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError as error:
        if len(seen) == 1:
            raise SandboxError(f"the assignment lists the package {name}, which is not installed here") from error
        return  # a need for another system, or an extra
    files = [file for file in found.files or () if file.suffix in (".py", ".so") and ".." not in file.parts]
    tops = {file.parts[0] for file in files}
    for top in sorted(tops):
        yield from _with_libraries(Path(str(found.locate_file(top))))
    for need in found.requires or ():
        if "extra ==" not in need:
            yield from _with_needs(re.match(r"[\w.-]+", need)[0], seen)  # type: ignore[index]  # it begins with a name


def _distribution_of(package: str) -> str:
    """The distribution that has the package; a package is listed by the name under which it is imported."""
    return metadata.packages_distributions().get(package, [package])[0]


def _module(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise SandboxError(f"{name} is not installed here")
    return Path(spec.origin).parent


def _with_libraries(path: Path) -> Iterator[Path]:
    yield path
    libraries = path.with_name(path.name + ".libs")
    if libraries.is_dir():
        yield libraries
