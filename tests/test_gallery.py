"""The gallery, graded: every kind of notebook earns what it must, and one mistake costs one question."""

import importlib
from pathlib import Path

import pytest

from autograder.grade import grade
from autograder.loading import load
from autograder.records import State, Status
from autograder.submission import read

from .conftest import ROOT, TOY
from .gallery import composing

NAMES = sorted(path.stem for path in (Path(__file__).parent / "gallery").glob("*.py") if path.stem != "composing")
LOADED = {name: load(TOY if name == "toy" else ROOT / "assignments" / name) for name in NAMES}
CASES = [
    case for name in NAMES for case in importlib.import_module(f".gallery.{name}", __package__).cases(LOADED[name])
]
KNOWN = ("mistake_", "variant_")


def _parameters():
    for case in CASES:
        marks = [pytest.mark.slow] if case.name.startswith(KNOWN) else []
        yield pytest.param(case, id=f"{case.assignment}-{case.name}", marks=marks)


def test_every_assignment_has_a_gallery():
    """Each assignment that is shipped stands here."""
    assert {path.parent.name for path in (ROOT / "assignments").glob("*/questions.py")} <= set(NAMES)


@pytest.mark.parametrize("case", list(_parameters()))
def test_it_earns_what_it_must(case, tmp_path):
    """Full marks wherever nothing is wrong, the expected verdict where something is, nothing lost elsewhere."""
    report = grade(read(composing.write(case, tmp_path)), LOADED[case.assignment])
    assert report.status is Status.GRADED
    graded = {question.name: question for question in report.questions if question.state is not State.MANUAL}
    lost = {name for name, question in graded.items() if question.points < question.possible}
    assert lost - ({"whole"} if case.whole_exempt else set()) == set(case.loses)
    for name, verdict in case.loses.items():
        question = graded[name]
        found = {str(item.verdict) for item in question.own_checks} | {str(question.state)}
        assert verdict is None or verdict in found


def test_every_mistake_costs_its_share():
    """A mistake says what part of its question it costs at least, and it is more than nothing."""
    shares = [mistake.share for loaded in LOADED.values() for mistake in loaded.mistakes]
    assert shares
    assert all(0 < share <= 1 for share in shares)
