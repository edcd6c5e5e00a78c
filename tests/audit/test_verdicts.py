"""What trials mean: each kind of finding is told with what to do, and nothing else is."""

from dataclasses import replace
from fractions import Fraction

import pytest

from autograder import Equivalent
from autograder.audit.findings import Audit, Kind, Problem, Trial, from_json, to_json
from autograder.audit.text import audit_text
from autograder.audit.verdicts import bled, problems_of, useless, with_reasons

MUTANT = Trial(Kind.MUTANT, "relu:drop:1", "relu", "relu", line=21, original="return a", mutated="return b")


@pytest.fixture
def mistaken(toy):
    """The toy with a mistake for each stub, so that nothing is wrong from the start."""
    known = toy.mistakes[0]
    return replace(toy, mistakes=tuple(replace(known, name=stub, stub=stub) for stub in toy.reference.stubs))


def sentences(loaded, *trials):
    """What has to be put right."""
    return [problem.sentence for problem in problems_of(loaded, trials)]


def test_a_survivor_is_told_with_its_edit(mistaken):
    """The sentence has the question, the line, the statement, what became of it, and what to add."""
    (told,) = sentences(mistaken, MUTANT)
    assert told == (
        "relu, line 21: nothing catches `return a` → `return b`; add a check, or an Equivalent with its reason."
    )


def test_a_mutant_that_is_caught_is_no_problem(mistaken):
    """Whoever loses anything is caught."""
    assert sentences(mistaken, replace(MUTANT, lost=0.1, caught_by=("small",))) == []


def test_an_equivalent_explains_a_survivor(mistaken):
    """A reason stands for a check, for each of the changes that it names."""
    loaded = replace(mistaken, equivalents=(Equivalent("relu", "return a", ("return b", "return c"), "They are one."),))
    other = replace(MUTANT, name="relu:drop:2", mutated="return c")
    trials, stale = with_reasons(loaded, (MUTANT, other))
    assert {trial.reason for trial in trials} == {"They are one."}
    assert sentences(loaded, *trials) == []
    assert stale == ()


@pytest.mark.parametrize(
    ("trials", "why"),
    [((), "there is no such mutant"), ((replace(MUTANT, lost=1.0, caught_by=("small",)),), "it is caught by small")],
)
def test_a_reason_that_explains_nothing_is_stale(mistaken, trials, why):
    """An Equivalent goes when its mutant is gone, or caught."""
    loaded = replace(mistaken, equivalents=(Equivalent("relu", "return a", "return b", "They are one."),))
    _, (stale,) = with_reasons(loaded, trials)
    assert why in stale.sentence


def test_a_mistake_below_its_share(mistaken):
    """A mistake has to cost what it says."""
    loaded = replace(mistaken, mistakes=tuple(replace(m, share=Fraction(1, 2)) for m in mistaken.mistakes))
    trial = Trial(Kind.MISTAKE, "relu", "relu", "relu", ("small",), 0.25)
    assert "loses 25.0% of the points where its share says 50.0%" in sentences(loaded, trial)[0]
    assert sentences(loaded, replace(trial, lost=0.5)) == []


def test_an_unfair_mistake(mistaken):
    """A mistake costs nothing in another question."""
    trial = Trial(Kind.MISTAKE, "relu", "relu", "relu", ("small",), 1.0, elsewhere=("forward",))
    assert "loses marks in forward as well" in sentences(mistaken, trial)[0]


def test_a_variant_that_loses(mistaken):
    """A right variant loses nothing anywhere."""
    trial = Trial(Kind.VARIANT, "loops", "relu", "relu", ("small",), 0.25, elsewhere=("whole",))
    assert "the right variant loops loses marks in relu, whole (small)" in sentences(mistaken, trial)[0]
    assert sentences(mistaken, replace(trial, lost=0.0, elsewhere=())) == []


def test_a_reference_that_loses(mistaken):
    """Under no seed does the reference lose a mark."""
    trial = Trial(Kind.REFERENCE, "seed 1", "", "", ("relu.many",), elsewhere=("relu",))
    assert "the reference itself loses marks under seed 1, in relu.many" in sentences(mistaken, trial)[0]


def test_a_question_without_mistakes(toy):
    """A question needs mistakes, and the message says where they go."""
    told = sentences(toy)
    assert "softmax has no mistakes; add to mistakes.py" in told[0]
    assert not any("relu" in sentence or "whole" in sentence for sentence in told)


def test_a_check_that_catches_nothing(mistaken):
    """A check is for something: it takes marks from a mistake or a mutant."""
    every = [f"{question.name}.{item.name}" for question in mistaken.questions for item in question.checks]
    trial = replace(MUTANT, lost=1.0, caught_by=("small", "whole.in_one_go"))
    told = [problem.sentence.partition(" ")[0] for problem in useless(mistaken, (trial,))]
    assert told == [name for name in every if name not in ("relu.small", "whole.in_one_go")]


def test_the_best_leech_of_a_question_is_told():
    """What a question gives away is told once, with the leech that earned most."""
    dry = Trial(Kind.LEECH, "grad:scan", "Net.grad", "grad", lost=1.0, mutated="scan")
    some = replace(dry, lost=0.5, mutated="pull_back", original="Net.loss")
    (told,) = bled((dry, some, replace(some, lost=0.75)))
    assert told.sentence.endswith("earns 50% by numerical differentiation of the given Net.loss.")
    assert not list(bled((dry,)))


def test_an_audit_as_json_and_back():
    """The findings on disk are the findings."""
    audit = Audit("toy", (replace(MUTANT, caught_by=("small",), lost=0.5),), (Problem("a", "b", "c"),), (), 1.5)
    assert from_json(to_json(audit)) == audit
    assert not audit.clean


def test_the_text_ends_with_what_has_to_be_put_right(mistaken):
    """A person reads the counts, the reasons and the sentences, within the width."""
    trials = (MUTANT, replace(MUTANT, name="relu:drop:2", reason="They are one."))
    audit = Audit("toy", trials, tuple(problems_of(mistaken, trials)))
    told = audit_text(audit, mistaken, width=80)
    assert "0 of 2" in told
    assert "They are one." in told
    assert "nothing catches `return a` → `return b`" in told
    assert told.rstrip().endswith("To be put right: 1.")
    assert max(map(len, told.splitlines())) <= 80


def test_a_clean_audit_says_so(mistaken):
    """Where all is well, it is said in one sentence."""
    told = audit_text(Audit("toy"), mistaken)
    assert " ".join(told.split()).endswith("Nothing has to be put right.")
