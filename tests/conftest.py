"""What several test modules share."""

from pathlib import Path

import pytest

from autograder.loading import Loaded, load

TOY = Path(__file__).parent / "toy" / "assignments" / "toy"


@pytest.fixture(scope="session")
def toy() -> Loaded:
    """The toy assignment, loaded."""
    return load(TOY)
