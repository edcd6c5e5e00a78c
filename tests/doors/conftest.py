"""Submissions of the toy as files, for the doors that grade one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.classroom import as_file, cells
from autograder.loading import Loaded

WRONG_AXIS = "def softmax(z):\n    e = np.exp(z)\n    return e / e.sum()\n"


@pytest.fixture
def hand_in(toy: Loaded, tmp_path: Path) -> Callable[..., Path]:
    """Writes a submission with replaced stubs into `handed_in/`, and returns its path."""

    def write(name: str = "hw.ipynb", **replaced: str) -> Path:
        folder = tmp_path / "handed_in"
        folder.mkdir(exist_ok=True)
        made = cells(toy.reference, replaced)
        (folder / name).write_bytes(as_file(made) if name.endswith(".ipynb") else "\n\n".join(made).encode())
        return folder / name

    return write
