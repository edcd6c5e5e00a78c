"""The rule that judges a check, and how findings become points."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from autograder import scoring
from autograder.expectations import judge
from autograder.records import Blocks, CheckReport, Finding, Observation, Outcome, Sequence, Verdict, Where

ANSWER = np.array([0.5, 0.25])


def _returned(value):
    return Observation(Outcome.RETURNED, value)


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.RETURNED])
def test_no_answer_is_no_pass(outcome):
    """However a probe ended without a value, its verdict is no pass and its message is a sentence."""
    finding = judge(Observation(outcome), ANSWER)[0]
    assert finding.verdict is not Verdict.PASSED
    assert finding.message.endswith(".")


def test_an_exception_is_placed():
    """The message of an exception names the function, the cell and the line."""
    seen = Observation(Outcome.RAISED, exception="ValueError", where=Where(3, 7, "relu"))
    assert judge(seen, ANSWER)[0].message == "ValueError was raised in relu (code cell 3, line 7)."


def test_an_exception_in_no_function_is_placed():
    """Without a function's name the message has the cell and the line."""
    seen = Observation(Outcome.RAISED, exception="ValueError", where=Where(3, 7, ""))
    assert judge(seen, ANSWER)[0].message == "ValueError was raised in code cell 3, line 7."


def test_a_predicate_judges_after_the_form():
    """A predicate is asked only where shape and finiteness are right."""
    asked = []

    def sums_to_one(value):
        asked.append(value)
        return abs(value.sum() - 1) < 1e-9

    assert judge(_returned(np.array([0.1, 0.9])), ANSWER, predicate=sums_to_one)[0].verdict is Verdict.PASSED
    assert judge(_returned(np.array([0.1, 0.8])), ANSWER, predicate=sums_to_one)[0].verdict is Verdict.WRONG_VALUE
    assert judge(_returned(np.ones(3)), ANSWER, predicate=sums_to_one)[0].verdict is Verdict.WRONG_SHAPE
    assert judge(_returned(ANSWER * np.nan), ANSWER, predicate=sums_to_one)[0].verdict is Verdict.NOT_FINITE
    assert len(asked) == 2


def test_a_predicate_has_no_share_for_shapes():
    """Where one block has another shape, those of the right shape are worth nothing: the predicate was not asked."""
    answer = Blocks((("w", np.zeros(3)), ("b", np.zeros(2)), ("costs", np.zeros((2, 1)))))
    returned = Blocks((("w", np.ones(3)), ("b", np.ones(2)), ("costs", np.ones(2))))
    (finding,) = judge(_returned(returned), answer, predicate=lambda value: True)
    assert (finding.verdict, finding.block) == (Verdict.WRONG_SHAPE, "costs")


def test_a_predicate_that_raises_decides_against():
    """An exception in a predicate is no refuge."""
    assert judge(_returned(ANSWER), ANSWER, predicate=lambda value: 1 / 0)[0].verdict is Verdict.WRONG_VALUE


def test_points_divide_over_blocks():
    """Each block that passes earns its share, exactly."""
    wanted = Blocks((("dW", ANSWER), ("db", ANSWER), ("dx", ANSWER)))
    seen = Blocks((("dW", ANSWER * 2), ("db", ANSWER), ("dx", ANSWER)))
    assert scoring.points_of(judge(_returned(seen), wanted), Fraction(2), 3) == Fraction(4, 3)
    assert scoring.points_of(judge(_returned(None), wanted), Fraction(2), 3) == 0


def _report(points, verdict=Verdict.PASSED, *, public=False):
    return CheckReport("n", "t", public=public, verdict=verdict, points=Fraction(points), possible=Fraction(1))


def test_properties_wait_for_a_value():
    """A property earns its points only where a value check of the question earns some."""
    held = (_report(1), True)
    kept = scoring.withhold_properties([held, (_report("1/2"), False)])
    assert [item.points for item in kept] == [1, Fraction(1, 2)]
    withheld = scoring.withhold_properties([held, (_report(0, Verdict.WRONG_VALUE), False)])
    assert (withheld[0].points, withheld[0].verdict) == (0, Verdict.UNEARNED)


def test_properties_wait_for_a_hidden_value_where_there_is_one():
    """What is public can be had from a table; where all values are public, theirs must do."""
    held, public = (_report(1), True), (_report(1, public=True), False)
    hidden = (_report(0, Verdict.WRONG_VALUE), False)
    assert scoring.withhold_properties([held, public, hidden])[0].points == 0
    assert scoring.withhold_properties([held, public])[0].points == 1


@pytest.mark.parametrize(
    ("seen", "wanted", "told"),
    [
        (np.zeros(3), np.zeros(3), False),
        (np.ones(3), np.ones(3), True),
        (np.zeros(3), np.ones(3), False),
        (Blocks((("a", np.zeros(2)), ("b", np.ones(2)))), Blocks((("a", np.zeros(2)), ("b", np.ones(2)))), True),
        (Blocks((("a", np.zeros(2)), ("b", np.zeros(2)))), Blocks((("a", np.zeros(2)), ("b", np.ones(2)))), False),
        (Sequence((np.zeros(2), np.zeros(3))), Sequence((np.zeros(2), np.zeros(3))), False),
        (Sequence((np.zeros(2), "up")), Sequence((np.zeros(2), "up")), True),
    ],
)
def test_zeros_tell_nothing(seen, wanted, told):
    """A block that is zero all over is right for a stub that does nothing; it unlocks no property."""
    findings = judge(_returned(seen), wanted)
    assert scoring.tells(findings, wanted) is told
    found = replace(_report(1), points=scoring.points_of(findings, Fraction(1), 1), tells=told)
    assert (scoring.withhold_properties([(_report(1), True), (found, False)])[0].points > 0) is told


def test_points_are_rounded_once():
    """Thirds add up before they are rounded to four places."""
    assert scoring.total([_report("1/3"), _report("1/3"), _report("1/3")]) == 1
    assert scoring.total([_report("1/3")]) == Fraction(3333, 10000)


def test_a_share_counts_what_was_added():
    """With a share, what given functions added counts in part."""
    assert scoring.shared(Fraction(4), Fraction(20), Fraction(1, 2)) == 12


def test_the_worst_verdict_is_told():
    """A check with one wrong block is not passed."""
    assert scoring.worst((Finding(Verdict.PASSED), Finding(Verdict.NOT_FINITE))) is Verdict.NOT_FINITE
