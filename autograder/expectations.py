"""The rule that judges one check: an observation beside the answer, in; findings, out. It never raises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .compare import compare
from .records import Blocks, Finding, Observation, Outcome, Sequence, Value, Verdict, Where

_ENDED: Mapping[Outcome, Verdict] = {
    Outcome.RAISED: Verdict.RAISED,
    Outcome.MISSING: Verdict.MISSING,
    Outcome.TIMED_OUT: Verdict.TIMED_OUT,
    Outcome.OUT_OF_MEMORY: Verdict.OUT_OF_MEMORY,
    Outcome.CRASHED: Verdict.CRASHED,
    Outcome.TOO_LARGE: Verdict.TOO_LARGE,
}


def judge(
    observation: Observation,
    answer: Value,
    *,
    predicate: Callable[[Any], bool] | None = None,
    rtol: float | None = None,
    flat: tuple[str, ...] = (),
) -> tuple[Finding, ...]:
    """The findings on one observation: a finding for each block of the answer, or one on the whole.

    `answer` is the reference's, or the author's literal. With a predicate the answer gives type, shape and
    finiteness, and the predicate alone decides about the values; one that raises decides against. It is asked of the
    whole, so there is no share of the points for those blocks that have the right shape.
    """
    if observation.outcome is not Outcome.RETURNED:
        return (Finding(_ENDED[observation.outcome], ended_message(observation)),)
    if predicate is None:
        return compare(observation.value, answer, rtol=rtol, flat=flat)
    findings = compare(observation.value, answer, flat=flat, values=False)
    failed = [finding for finding in findings if finding.verdict is not Verdict.PASSED]
    if failed:
        return (failed[0],)
    if holds(predicate, observation.value):
        return (Finding(Verdict.PASSED),)
    return (Finding(Verdict.WRONG_VALUE, "The shape is right, but the values are not yet as described."),)


def holds(predicate: Callable[[Any], bool], value: Value) -> bool:
    """Whether the predicate says yes to the value; an exception, or no truth value, is no."""
    try:
        with np.errstate(all="ignore"):
            return bool(predicate(plain(value)))
    except Exception:  # noqa: BLE001  what the student returned made it fail: their verdict, not our fault
        return False


def plain(value: Value) -> Any:
    """A decoded value as an author meets it in a predicate: dictionaries, lists, arrays, texts."""
    if isinstance(value, Blocks):
        return {name: plain(item) for name, item in value.items}
    if isinstance(value, Sequence):
        return [plain(item) for item in value.items]
    return value


def _placed(where: Where | None) -> str:
    if where is None:
        return ""
    place = f"code cell {where.cell}, line {where.line}"
    return f" in {where.function} ({place})" if where.function else f" in {place}"


def ended_message(observation: Observation) -> str:
    """One sentence on a probe that returned nothing."""
    stub = observation.stub
    match observation.outcome:
        case Outcome.RAISED:
            return f"{observation.exception or 'An exception'} was raised{_placed(observation.where)}."
        case Outcome.MISSING:
            return f"{stub or 'A function'} is not defined."
        case Outcome.TIMED_OUT:
            return f"{stub or 'The code'} did not come to an end in time."
        case Outcome.OUT_OF_MEMORY:
            return "More memory was asked for than is allowed."
        case Outcome.TOO_LARGE:
            return "What came back is far larger than what is wanted."
        case _:
            return "The Python process ended in the middle."
