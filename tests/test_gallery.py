"""The gallery, graded: every kind of notebook earns what it must, and one mistake costs one question."""

import pytest

from autograder.grade import grade
from autograder.loading import load
from autograder.records import State, Status
from autograder.submission import read

from .conftest import ROOT, TOY
from .gallery import submissions

LOADED = {name: load(ROOT / "assignments" / name) for name in ("perceptron", "mlp")} | {"toy": load(TOY)}
CASES = [
    *submissions.of_toy(LOADED["toy"]),
    *submissions.of_perceptron(LOADED["perceptron"]),
    *submissions.of_mlp(LOADED["mlp"]),
]
KNOWN = ("mistake_", "variant_")


def _parameters():
    for case in CASES:
        marks = [pytest.mark.slow] if case.name.startswith(KNOWN) else []
        yield pytest.param(case, id=f"{case.assignment}-{case.name}", marks=marks)


@pytest.mark.parametrize("case", list(_parameters()))
def test_it_earns_what_it_must(case, tmp_path):
    """Full marks wherever nothing is wrong, the expected verdict where something is, nothing lost elsewhere."""
    report = grade(read(submissions.write(case, tmp_path)), LOADED[case.assignment])
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
