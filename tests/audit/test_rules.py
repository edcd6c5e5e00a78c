"""What is refused in checks, each rule shown something that breaks it and something that only looks so."""

import numpy as np
import pytest

from autograder import check, gradient_check
from autograder.answers import Answers
from autograder.audit import rules
from autograder.audit.findings import Kind, Trial
from autograder.definition import Assignment, Question
from autograder.loading import Loaded


@check(points=1)
def unused_draw(student, rng):
    """Draws, and hands something else in."""
    rng.normal()
    return student.relu(np.array([1.0, -2.0]))


@check(points=1)
def same_for_all_draws(student, rng):
    """Whatever is drawn below zero becomes zero, and the one stays."""
    return student.relu(np.array([-rng.uniform(1, 2), 1.0]))


@check(points=1)
def only_zeros(student, rng):
    """Negative numbers alone."""
    return {"a": student.relu(-rng.uniform(1, 2, size=3)), "b": student.relu(-rng.uniform(1, 2, size=2))}


@check(points=1, because="No such sentence.")
def unfounded(student, rng):
    """Rests on nothing."""
    return student.relu(rng.normal(size=3))


@check(points=1, because="max(0, z), entry by\n    entry")
def founded(student, rng):
    """Rests on what the template says."""
    return student.relu(rng.normal(size=3))


@check(points=1, public=True)
def public_draw(student):
    """Draws from the generator that is everybody's."""
    return student.relu(np.random.normal(size=3))


@check(points=1)
def not_the_student(student):
    """A number that no student had a hand in."""
    student.relu(np.array([1.0]))
    return 3


def _inputs(rng):
    return {"z": rng.uniform(0.5, 1.5, size=4)}


def _sum(reference, inputs):
    return np.sum(reference.relu(inputs["z"]) ** 2)


@gradient_check(points=1, inputs=_inputs, of=_sum)
def false_gradient(student, inputs):
    """Half of the gradient."""
    return {"z": student.relu(inputs["z"])}


@gradient_check(points=1, inputs=_inputs, of=_sum)
def true_gradient(student, inputs):
    """The gradient."""
    return {"z": 2 * student.relu(inputs["z"])}


def asking(toy, *checks):
    """The toy with these checks for its relu."""
    definition = Assignment(title="A toy", questions=[Question("relu", list(checks))])
    return Loaded(toy.name, toy.folder, definition, toy.reference, toy.text)


def refused(toy, item, *trials):
    """The sentences about one check."""
    loaded = asking(toy, item)
    return [problem.sentence for problem in rules.problems(Answers(loaded, 0), Answers(loaded, 1), trials)]


CATCH = Trial(Kind.MUTANT, "relu:drop:1", "relu", "relu", ("same_for_all_draws",), 1.0)


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (unused_draw, "nothing that it draws reaches a function"),
        (same_for_all_draws, "wants the same for every seed, and catches nothing"),
        (only_zeros, "wants zeros only"),
        (unfounded, "rests on a sentence that the text does not hold: 'No such sentence.'"),
        (public_draw, "is public and wants something else for each seed"),
        (false_gradient, "compares z with a backward that complex steps contradict"),
    ],
)
def test_it_is_refused(toy, item, why):
    """The sentence names the check and says what is wrong with it."""
    told = refused(toy, item)
    assert len(told) == 1
    assert told[0].startswith(f"relu.{item.name} ")
    assert why in told[0]


@pytest.mark.parametrize("item", [founded, true_gradient])
def test_it_is_not_refused(toy, item):
    """A check that rests on the text, or on a gradient that is one, stands."""
    assert refused(toy, item) == []


def test_the_same_for_all_draws_may_be_the_point(toy):
    """Where draws reach the code and the check is known to catch something, its answer may be always the same."""
    assert refused(toy, same_for_all_draws, CATCH) == []


def test_points_for_nothing(toy):
    """A check that stubs which do nothing pass is refused; one that needs an answer is not."""
    loaded = asking(toy, not_the_student, unused_draw)
    told = [problem.sentence for problem in rules.hollow(Answers(loaded), loaded.questions[0], loaded.bench)]
    assert told == [
        "relu.not_the_student gives points to stubs that do nothing; compare something that has to be computed."
    ]
