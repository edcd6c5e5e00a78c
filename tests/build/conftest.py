"""The made-up assignment that the builder is tried on, built once."""

from __future__ import annotations

import shutil
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
