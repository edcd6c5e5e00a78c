"""The comparison of systems: what this project does with each submission, and that the documentation has them all."""

import importlib
import re
import sys
from pathlib import Path

import pytest

from benchmarks.forging.submissions import SUBMISSIONS
from benchmarks.forging.systems import Ours, marks

from .conftest import ROOT

PAGE = (ROOT / "docs" / "hostile_code.md").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="what holds them is Linux's")
def test_each_earns_what_it_deserves(tmp_path):
    """Right and wrong submissions, and those that want marks in another way, earn what their functions are worth."""
    system = Ours(tmp_path / "course", 120)
    system.prepare()
    for item in SUBMISSIONS:
        system.hand_in(item)
    earned = {item.name: system.mark(item.name) for item in SUBMISSIONS}
    assert earned == {item.name: marks(item.honest) for item in SUBMISSIONS}


@pytest.mark.skipif(sys.platform != "linux", reason="what holds them is Linux's")
@pytest.mark.parametrize("name", ["reference", "neighbour"])
def test_walls_are_what_keeps_them(tmp_path, name):
    """Who looks into the course's folder earns nothing, and everything where there are no walls."""
    earned = {}
    for walls in (True, False):
        system = Ours(tmp_path / f"{walls}", 120, walls=walls)
        system.prepare()
        for item in SUBMISSIONS:
            system.hand_in(item)
        earned[walls] = system.mark(name)
    assert earned == {True: "0 of 10", False: "10 of 10"}


@pytest.mark.parametrize("item", SUBMISSIONS, ids=lambda item: item.name)
def test_the_page_has_it(item):
    """What a submission does stands in the table, and that it earned what it deserves here."""
    assert f"| {item.name} | {item.about} | {item.honest} | {marks(item.honest)} |" in PAGE


def test_the_page_counts_the_suite():
    """Every family of attacks is in the documentation, with as many as there are or fewer."""
    told = {name: int(count) for name, count in re.findall(r"^\| `(\w+)` \| (\d+) \|", PAGE, re.MULTILINE)}
    folder = Path(__file__).parent / "hostile"
    modules = [importlib.import_module(f"tests.hostile.{path.stem}") for path in folder.glob("[!t]*.py")]
    counts = {item.__name__.rpartition(".")[2]: len(item.ATTACKS) for item in modules if hasattr(item, "ATTACKS")}
    assert told.keys() == counts.keys()
    assert all(told[name] <= count for name, count in counts.items())
