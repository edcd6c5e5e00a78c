"""Answers that come in the very bytes of the reference's are not read again; all others are, and judged as before."""

import numpy as np
import pytest

from autograder.asking import asking
from autograder.grade import judged
from autograder.records import Cell, Observation, Outcome
from autograder.sandbox import observe

RIGHT = "import numpy as np\ndef relu(z):\n    return np.maximum(z, 0)\n"


@pytest.fixture
def relu(toy):
    """What is asked of the toy assignment, and its question on relu."""
    return asking(toy, 0), next(question for question in toy.questions if question.name == "relu")


def _seen(source, asked, question, known):
    return observe([Cell(source, 1)], (), asked.probes([question]), asked.bench, known=known).observations


def test_the_references_own_bytes_are_known_again(relu):
    """A right answer is the very observation that the reference's is, and is judged once for all."""
    asked, question = relu
    known = asked.known([question])
    seen = _seen(RIGHT, asked, question, known)
    assert all(any(one is it for it in of.values()) for one, of in zip(seen, known, strict=True))
    first, second = (judged(asked.readings[0], question, seen) for _ in range(2))
    assert first.points == question.possible
    assert all(one is other for one, other in zip(first.checks, second.checks, strict=True))


@pytest.mark.parametrize(
    "body", ["np.maximum(z, 0)", "np.maximum(z, 1)", "-np.minimum(-z, -0.0)", "z.tolist()", "1 / 0"]
)
def test_what_is_known_changes_no_report(relu, body):
    """With and without it, right and wrong answers come to the same."""
    asked, question = relu
    source = RIGHT.replace("np.maximum(z, 0)", body)
    with_it, without = (
        judged(asked.readings[0], question, _seen(source, asked, question, known))
        for known in (asked.known([question]), ())
    )
    assert with_it.checks == without.checks


def test_an_observation_that_only_looks_alike_is_judged_itself(relu):
    """The report that is kept belongs to one object, and not to whatever is seen in that check."""
    asked, question = relu
    answers, known = asked.readings[0], asked.known([question])
    own = [next(iter(of.values())) for of in known]
    assert judged(answers, question, own).points == question.possible
    wrong = [Observation(Outcome.RETURNED, value=np.full(3, 7.0)) for _ in own]
    assert judged(answers, question, wrong).points == 0
