"""How many processes there is memory for."""

import pytest

from autograder import memory

GIB = 1 << 30


@pytest.mark.parametrize(
    ("free", "size", "wanted"),
    [([10 * GIB], 2 * GIB, 3), ([10 * GIB, 4 * GIB], 2 * GIB, 1), ([GIB], 2 * GIB, 1), ([100 * GIB], GIB, 60)],
)
def test_room(monkeypatch, free, size, wanted):
    """Six tenths of what is free, by the smaller limit, and never less than one process."""
    monkeypatch.setattr(memory, "_free", lambda: iter(free))
    assert memory.room_for(size) == wanted


def test_this_machine_says_what_is_free():
    """Where the system tells, it is a number of bytes above a page, and the least of them below a petabyte."""
    assert all(free > 1 << 12 for free in memory._free())
    assert min(memory._free(), default=1 << 20) < 1 << 50


def test_a_container_s_limit(monkeypatch, tmp_path):
    """A control group's limit counts less what is used of it; a group without one says nothing."""
    monkeypatch.setattr(memory, "_GROUPS", tmp_path)
    (tmp_path / "memory.max").write_text("4096\n")
    (tmp_path / "memory.current").write_text("1096\n")
    assert min(memory._free()) == 3000
    (tmp_path / "memory.max").write_text("max\n")
    assert 3000 not in list(memory._free())
