"""What the known mistakes answer to the checks of their question, found once for an assignment and a seed.

They are our own edits of our own reference, so they run in the trusted process; one that does not come to an end
is left out after a fixed number of lines, the same on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from ..answers import Answers, returned
from ..compare import as_array
from ..definition import Check, Mistake, Question
from ..endless import Endless, bounded
from ..expectations import judge
from ..loading import apply
from ..records import Blocks, Finding, Observation, Outcome, Value, Verdict
from ..sandbox.beside.frames import TooLarge
from .relations import evidence

MOST_LINES = 2_000_000  # of Python, in one probe
TELLING = ("AxisError", "FloatingPointError", "OverflowError", "ZeroDivisionError")  # others have a hundred causes
LOOSE = {"f2": 5e-3, "f4": 1e-4}
DOUBLE = 2e-6


@dataclass(frozen=True, slots=True)
class Seen:
    """A check as it came out: what was observed, what is wanted, and what was found."""

    check: Check
    observation: Observation
    wanted: Value
    findings: tuple[Finding, ...]

    @property
    def failed(self) -> bool:
        """Whether any of its blocks is not as wanted."""
        return any(finding.verdict is not Verdict.PASSED for finding in self.findings)

    @property
    def predicate(self) -> bool:
        """Whether values are judged by the author's predicate, so that many are right."""
        return callable(self.check.expect)


@dataclass(frozen=True, slots=True)
class Known:
    """A mistake, and how the checks of its question come out for it."""

    mistake: Mistake
    checks: tuple[Seen, ...]


def seen(answers: Answers, question: Question, observations: Sequence[Observation]) -> tuple[Seen, ...]:
    """The observations of a question's checks, judged."""
    return tuple(
        _seen(answers, question, item, observation)
        for item, observation in zip(question.checks, observations, strict=True)
    )


def known(answers: Answers, question: Question) -> tuple[Known, ...]:
    """The mistakes of a question that come to an end and fail some check, in the catalogue's order."""
    made = (_known(answers, question, item) for item in answers.loaded.mistakes if item.stub in (question.stubs or ()))
    return tuple(item for item in made if item is not None)


def observed(answers: Answers, question: Question, item: Check, module: ModuleType) -> Observation | None:
    """What the isolated process would see of trusted code; None for what does not end or is no data."""
    probe = answers.probe(question, item)
    try:
        with bounded(MOST_LINES, {str(module.__file__)}):
            return Observation(Outcome.RETURNED, returned(probe, module))
    except (Endless, MemoryError, TooLarge):
        return None
    except Exception as error:  # noqa: BLE001  whatever a mistake raises is what it is known by
        return Observation(Outcome.RAISED, exception=type(error).__name__)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two implementations answer all checks of a question alike.

    `bits` is the evidence. `drawn` counts what a predicate refuses in both and holds other values: they may have
    drawn other random numbers. `raised` counts checks in which both raised what anything may raise.
    """

    bits: int = 0
    drawn: int = 0
    raised: int = 0


def agreement(student: Sequence[Seen], other: Sequence[Seen]) -> Agreement | None:
    """How two implementations agree; None where one of the checks tells them apart."""
    found = [_agree(one, two) for one, two in zip(student, other, strict=True)]
    agreed = [item for item in found if item is not None]
    if len(agreed) < len(found):
        return None
    return Agreement(
        sum(item.bits for item in agreed), sum(item.drawn for item in agreed), sum(item.raised for item in agreed)
    )


def block_of(value: Value, name: str) -> Value:
    """The block of that name, or the whole where it is "" and no dictionary."""
    if name and isinstance(value, Blocks):
        return dict(value.items).get(name)
    return value


def others(item: Seen, block: str) -> tuple[np.ndarray, ...]:
    """The arrays that are wanted in the check's other blocks."""
    if not isinstance(item.wanted, Blocks):
        return ()
    arrays = (as_array(value) for name, value in item.wanted.items if name != block)
    return tuple(array for array in arrays if array is not None)


def _seen(answers: Answers, question: Question, item: Check, observation: Observation) -> Seen:
    wanted = answers.value(question, item)
    predicate = item.expect if callable(item.expect) else None
    return Seen(
        item, observation, wanted, judge(observation, wanted, predicate=predicate, rtol=item.rtol, flat=item.flat)
    )


def _known(answers: Answers, question: Question, mistake: Mistake) -> Known | None:
    reference = answers.loaded.reference
    module = reference.load(reference.edited(mistake.stub, apply(reference, mistake)))
    observations = [observed(answers, question, item, module) for item in question.checks]
    if any(item is None for item in observations):
        return None
    checks = seen(answers, question, [item for item in observations if item is not None])
    return Known(mistake, checks) if any(item.failed for item in checks) else None


def _agree(one: Seen, two: Seen) -> Agreement | None:
    if one.observation.outcome is not two.observation.outcome or len(one.findings) != len(two.findings):
        return None
    if one.observation.outcome is not Outcome.RETURNED:
        name = one.observation.exception
        return Agreement(raised=int(name not in TELLING)) if name == two.observation.exception else None
    bits = drawn = 0
    for mine, its in zip(one.findings, two.findings, strict=True):
        if mine.verdict is not its.verdict:
            return None
        if mine.verdict is Verdict.PASSED:
            continue
        found = _same_block(one, two, mine.block)
        if found is None and not one.predicate:
            return None
        bits, drawn = bits + (found or 0), drawn + (found is None)
    return Agreement(bits, drawn)


def _same_block(one: Seen, two: Seen, name: str) -> int | None:
    """The evidence that a failing block is the same in both; None where it is another."""
    mine, its = (block_of(item.observation.value, name) for item in (one, two))
    if not alike(mine, its, flat=name in one.check.flat):
        return None
    return _bits(mine, block_of(one.wanted, name))


def _bits(value: Value, wanted: Value) -> int:
    if isinstance(value, Blocks) and isinstance(wanted, Blocks):
        target = dict(wanted.items)
        return sum(_bits(item, target[name]) for name, item in value.items if name in target)
    wrong, right = as_array(value), as_array(wanted)
    if wrong is None or right is None or "c" in (wrong.dtype.kind, right.dtype.kind):
        return 0
    with np.errstate(all="ignore"):
        return evidence(wrong.astype(float), right.astype(float), tolerance(wrong))


def tolerance(array: np.ndarray) -> float:
    """What counts as equal to an array of this type, relative to the largest entry."""
    return LOOSE.get(array.dtype.str[1:], DOUBLE)


def alike(one: Value, other: Value, *, flat: bool = False) -> bool:
    """Whether two values are the same up to rounding, nan and infinity at the same places included."""
    first, second = as_array(one), as_array(other)
    if first is not None and second is not None:
        if flat and first.size == second.size:
            first, second = first.ravel(), second.ravel()
        return first.shape == second.shape and _alike(first, second)
    if isinstance(one, Blocks) and isinstance(other, Blocks):
        mine, its = dict(one.items), dict(other.items)
        return mine.keys() == its.keys() and all(alike(value, its[name]) for name, value in mine.items())
    mine_items, its_items = getattr(one, "items", None), getattr(other, "items", None)
    if isinstance(mine_items, tuple) and isinstance(its_items, tuple) and type(one) is type(other):
        pairs = zip(mine_items, its_items, strict=False)
        return len(mine_items) == len(its_items) and all(alike(*pair) for pair in pairs)
    return type(one) is type(other) and not isinstance(one, np.ndarray) and bool(one == other)


def _alike(one: np.ndarray, other: np.ndarray) -> bool:
    with np.errstate(all="ignore"):
        first, second = one.astype(complex), other.astype(complex)
        finite = np.isfinite(first)
        if (finite != np.isfinite(second)).any() or (np.isnan(first) != np.isnan(second)).any():
            return False
        if (first[~finite & ~np.isnan(first)] != second[~finite & ~np.isnan(second)]).any():
            return False
        first, second = first[finite], second[finite]
        scale = float(max(np.max(np.abs(first), initial=0.0), np.max(np.abs(second), initial=0.0)))
        return bool(np.max(np.abs(first - second), initial=0.0) <= max(tolerance(one), tolerance(other)) * scale)
