"""What several test modules share."""

from pathlib import Path

import pytest

from autograder.loading import Loaded, load

ROOT = Path(__file__).parents[1]
TOY = ROOT / "tests" / "toy" / "assignments" / "toy"
SHIPPED = sorted(path.parent.name for path in (ROOT / "assignments").glob("*/questions.py"))


@pytest.fixture(scope="session")
def toy() -> Loaded:
    """The toy assignment, loaded."""
    return load(TOY)
