"""The documentation's assignment is followed to the letter: it loads, audits clean, and grades."""

import re

import pytest

from autograder.audit import audit
from autograder.build import build
from autograder.classroom import cells
from autograder.grade import grade
from autograder.loading import load
from autograder.records import Cell, Submission

from .conftest import ROOT

FILE = re.compile(r"^`([\w/.]+)`\n\n(`{3,})\w+\n(.*?)^\2$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """The assignment of docs/new_assignment.md, written out and loaded."""
    folder = tmp_path_factory.mktemp("course")
    for name, _, text in FILE.findall((ROOT / "docs" / "new_assignment.md").read_text(encoding="utf-8")):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return load(folder / "assignments" / "tiny")


def test_it_audits_clean(tiny):
    """What the documentation shows has nothing to be put right."""
    assert [problem.sentence for problem in audit(tiny, fresh=True).problems] == []


def test_its_reference_earns_everything(tiny):
    """The reference handed in gets all ten points."""
    sources = cells(tiny.reference, {})
    report = grade(Submission("x", cells=tuple(Cell(source, n) for n, source in enumerate(sources, 1))), tiny)
    assert (report.points, report.possible) == (10, 10)


def test_it_builds(tiny, tmp_path):
    """The notebook and the zip are built, and pass the build's check of itself."""
    built = build(tiny, tmp_path / "student_template", tmp_path / "dist")
    assert (built.template / "tiny.ipynb").is_file()
    assert built.archive.is_file()
