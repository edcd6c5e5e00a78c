"""The kill matrix and the leeches, tried for real on the toy."""

import pytest

from autograder.answers import cached
from autograder.audit import leeches, matrix
from autograder.audit.findings import Kind
from autograder.audit.mutants import mutants_of


@pytest.fixture(scope="module")
def answers(toy):
    """The toy's answers."""
    return cached(toy, 0)


def mutant(toy, mutated):
    """The mutant whose statement became that."""
    return next(item for item in mutants_of(toy.reference) if item.mutated == mutated)


def test_a_mutant_is_caught(toy, answers):
    """A wrong stub loses marks in its own question, and the checks that took them are named."""
    trial = matrix._mutant(answers, mutant(toy, "return np.minimum(0, z)"), matrix.hurried(toy.bench))
    assert (trial.kind, trial.question, trial.lost) == (Kind.MUTANT, "relu", 1.0)
    assert "small" in trial.caught_by


def test_writing_in_place_is_caught_by_the_property_alone(toy, answers):
    """A result written into the argument is right, and only the check for that sees it."""
    trial = matrix._mutant(answers, mutant(toy, "return np.maximum(0, z, out=z)"), matrix.hurried(toy.bench))
    assert trial.caught_by == ("leaves_its_argument",)


def test_an_endless_loop_is_caught_soon(toy, answers):
    """A mutant that never ends costs its short limit and is caught."""
    endless = mutant(toy, "return np.minimum(0, z)")
    looping = type(endless)(**{name: getattr(endless, name) for name in endless.__slots__} | {"source": LOOP})
    assert matrix._mutant(answers, looping, matrix.hurried(toy.bench)).lost == 1.0


LOOP = "def relu(z):\n    while True:\n        pass\n"


def test_a_mistake_costs_its_own_question_only(toy):
    """A known mistake loses marks where it is, and elsewhere only where stubs are taken together."""
    trial = matrix._known(toy, toy.mistakes[1], Kind.MISTAKE)
    assert (trial.question, trial.elsewhere) == ("relu", ())
    assert trial.lost > 0


def test_a_variant_loses_nothing(toy):
    """A right variant is full everywhere."""
    trial = matrix._known(toy, toy.variants[0], Kind.VARIANT)
    assert (trial.lost, trial.elsewhere) == (0.0, ())


def test_the_reference_under_another_seed(toy):
    """The reference is right whatever is drawn."""
    trial = matrix._reference(toy, 1)
    assert trial.elsewhere == ()


def leech(answers, question, how, given=""):
    """What a leech of the toy leaves of a question's points."""
    asked = next(item for item in answers.loaded.questions if item.name == question)
    return leeches.try_out(answers, asked, leeches.Leech(question, how, given), matrix.hurried(answers.loaded.bench))


@pytest.mark.parametrize(
    ("question", "how", "given"),
    [
        ("grad", "scan", ""),
        ("grad", "frames", ""),
        ("grad", "rename", "Net.forward"),
        ("grad", "slope", "Net.forward"),
        ("forward", "rename", "softmax"),
    ],
)
def test_a_leech_earns_nothing(answers, question, how, given):
    """Whoever only takes what is given has no marks."""
    assert leech(answers, question, how, given).lost == 1.0


def test_every_question_with_givens_is_tried(answers):
    """Leeches are tried where something is given, and nowhere else."""
    tried = {q.name: [item.how for item in leeches.leeches(answers, q)] for q in answers.loaded.questions}
    assert not tried["relu"]
    assert not tried["whole"]
    assert {"scan", "rename", "pull_back"} <= set(tried["forward"])
