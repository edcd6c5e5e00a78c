"""The reference's answers: the same bytes and the same wire, traced, seeded, and proved by complex steps."""

from dataclasses import replace

import numpy as np
import pytest

from autograder import Assignment, Question, check
from autograder.answers import Answers, seed_of
from autograder.asking import callees_first
from autograder.errors import AssignmentError
from autograder.loading import Loaded
from autograder.records import Blocks, Observation, Outcome


@pytest.fixture(scope="module")
def answers(toy):
    """The toy's answers under seed 0."""
    return Answers(toy)


def _question(answers, name):
    return next(q for q in answers.loaded.questions if q.name == name)


def test_calls_are_traced(answers):
    """What the reference calls in a question is found by running it, helpers and template code included."""
    assert answers.calls(_question(answers, "relu")) == ()
    assert answers.calls(_question(answers, "softmax")) == ("stretch",)
    assert answers.calls(_question(answers, "grad")) == ("stretch", "relu", "softmax", "Net.__init__", "Net.forward")


def test_what_runs_below_a_stub_is_told_apart(answers):
    """What only the probe calls around a stub is no callee of the stub."""
    assert answers.calls_of_its_own(_question(answers, "softmax")) == {"stretch"}
    assert answers.calls_of_its_own(_question(answers, "loss")) == {"Net.forward", "relu", "softmax", "stretch"}
    assert answers.calls_of_its_own(_question(answers, "whole")) == set()


def test_callees_come_first(answers):
    """A question comes after the questions of what it calls."""
    order = [q.name for q in callees_first(answers)]
    assert order.index("relu") < order.index("forward") < order.index("loss")
    assert order.index("forward") < order.index("grad") < order.index("whole")


def test_answers_repeat(toy, answers):
    """Under the same seed the answers are the same to the last bit; under another they are not."""
    q = _question(answers, "softmax")
    again, other = Answers(toy), Answers(toy, seed=1)
    assert np.array_equal(answers.value(q, q.checks[0]), again.value(q, q.checks[0]))
    assert not np.array_equal(answers.value(q, q.checks[0]), other.value(q, q.checks[0]))


def test_seeds_differ_by_all_that_names_a_check():
    """Assignment, question, check and seed each change the draws."""
    seeds = {
        seed_of(*key)
        for key in (("a", "q", "c", 0), ("b", "q", "c", 0), ("a", "r", "c", 0), ("a", "q", "d", 0), ("a", "q", "c", 1))
    }
    assert len(seeds) == 5


def test_the_callers_random_state_is_untouched(toy):
    """Finding an answer leaves the process's own generators where they were."""
    np.random.seed(7)
    before = np.random.get_state()[1].copy()
    fresh = Answers(toy)
    fresh.value(_question(fresh, "relu"), _question(fresh, "relu").checks[0])
    assert np.array_equal(before, np.random.get_state()[1])


def test_gradients_are_proved(answers):
    """Complex steps agree with the reference's gradients, and a wrong reference is disproved."""
    q = _question(answers, "grad")
    assert answers.disproved_gradients(q, q.checks[0]) == ()
    wrong = Answers(answers.loaded)
    value = wrong.value(q, q.checks[0])
    off = Observation(Outcome.RETURNED, value=Blocks(tuple((name, 1.001 * item) for name, item in value.items)))
    wrong._found[q.name, q.checks[0].name] = replace(wrong._of(q, q.checks[0]), observation=off)
    assert wrong.disproved_gradients(q, q.checks[0]) == ("w",)


def _with_check(toy, probe, **settings):
    item = check(points=1, **settings)(probe)
    asked = Question("relu", [item])
    return Loaded("toy", toy.folder, Assignment("t", [asked]), toy.reference, toy.text), asked


def _three(student):
    """Three numbers."""
    return student.relu(np.array([-1.0, 0.5, 2.0]))


def test_a_literal_holds_the_reference(toy):
    """A literal that the reference does not give is a fault of the assignment."""
    loaded, asked = _with_check(toy, _three, expect=[0, 0.5, 2])
    assert Answers(loaded).value(asked, asked.checks[0]).tolist() == [0.0, 0.5, 2.0]
    loaded, asked = _with_check(toy, _three, expect=[0, 0.5, 3])
    with pytest.raises(AssignmentError, match="not the literal"):
        Answers(loaded).value(asked, asked.checks[0])


def test_a_predicate_holds_the_reference(toy):
    """A predicate that refuses the reference is a fault of the assignment."""
    loaded, asked = _with_check(toy, _three, expect=lambda value: value.min() > 0)
    with pytest.raises(AssignmentError, match="refuses the reference"):
        Answers(loaded).value(asked, asked.checks[0])


def _asserts(student):
    """It looks for itself, and returns nothing."""
    student.relu(1.0)


def test_a_probe_that_returns_nothing_is_refused(toy):
    """What is asserted beside student code could be talked into anything; a probe returns what is compared."""
    loaded, asked = _with_check(toy, _asserts)
    with pytest.raises(AssignmentError, match="returns nothing; return what shall be compared"):
        Answers(loaded).value(asked, asked.checks[0])


def _raises(student):
    """It raises."""
    return student.relu(np.zeros(2)) @ np.zeros(3)


def test_a_reference_that_raises_is_our_fault(toy):
    """A probe that raises on the reference is a harness error that names the check."""
    loaded, asked = _with_check(toy, _raises)
    with pytest.raises(AssignmentError, match=r"relu\._raises: the reference raises ValueError"):
        Answers(loaded).value(asked, asked.checks[0])
