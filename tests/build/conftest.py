"""The made-up assignment that the builder is tried on, built once."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.build import Built, build
from autograder.loading import Loaded, load

COURSE = Path(__file__).parent / "course"


@pytest.fixture(scope="session")
def tiny() -> Loaded:
    """The made-up assignment, loaded."""
    return load(COURSE / "assignments" / "tiny")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of the made-up course that a test may spoil."""
    return Path(shutil.copytree(COURSE, tmp_path / "course"))


@pytest.fixture(scope="session")
def built(tiny: Loaded, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The made-up assignment, built."""
    out = tmp_path_factory.mktemp("built")
    return build(tiny, out / "student_template", out / "dist")


@pytest.fixture
def plugin_class() -> type:
    """Otter's plugin; Otter is imported only here."""
    return pytest.importorskip("autograder.integrations.otter").Engine


@pytest.fixture
def laid_out(built: Built, tmp_path: Path) -> Callable[[str, bytes], Path]:
    """A folder as Otter lays it out: `source` with the zip unpacked, `submission` with the file given."""
    zipfile.ZipFile(built.archive).extractall(tmp_path / "autograder" / "source")
    (tmp_path / "autograder" / "submission" / "tests").mkdir(parents=True)

    def put(name: str, content: bytes) -> Path:
        path = tmp_path / "autograder" / "submission" / name
        path.write_bytes(content)
        return path

    return put
