"""Findings to points: exact fractions, rounded once per question to four places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

import numpy as np

from .records import Blocks, CheckReport, Finding, Sequence, Value, Verdict

PLACES = 4


def points_of(findings: tuple[Finding, ...], possible: Fraction, blocks: int) -> Fraction:
    """What a check earns: its points divide evenly over its `blocks`, one for each finding that passed.

    A single finding on the whole of an answer with several blocks stands for all of them.
    """
    passed = sum(finding.verdict is Verdict.PASSED for finding in findings)
    return possible * passed / (blocks if len(findings) == blocks else len(findings))


def worst(findings: tuple[Finding, ...]) -> Verdict:
    """The verdict on the whole check: the first that is not a pass, else passed."""
    return next((f.verdict for f in findings if f.verdict is not Verdict.PASSED), Verdict.PASSED)


def tells(findings: tuple[Finding, ...], answer: Value) -> bool:
    """Whether a block passed that is not zero all over: zeros are right for many an input that others are not for."""
    parts = [item for _, item in answer.items] if isinstance(answer, Blocks) else [answer]
    if len(findings) != len(parts):  # one finding on the whole
        parts = [answer]
    return any(
        finding.verdict is Verdict.PASSED and not _is_zero(part) for finding, part in zip(findings, parts, strict=False)
    )


def _is_zero(value: Value) -> bool:
    if isinstance(value, Blocks):
        return all(_is_zero(item) for _, item in value.items)
    if isinstance(value, Sequence):
        return all(map(_is_zero, value.items))
    return value is None or (isinstance(value, np.ndarray) and not value.any())


def withhold_properties(checks: Iterable[tuple[CheckReport, bool]]) -> tuple[CheckReport, ...]:
    """Take back the points of properties where no value check of the question passes, of the hidden ones if it has any.

    Each report comes with whether its check is a property. A stub that returns its argument leaves its
    input alone, keeps its shape and its dtype, and has done nothing; a table has the public answers. Where only zeros
    are right, nothing was shown either (`tells`).
    """
    pairs = tuple(checks)
    values = [report for report, is_property in pairs if not is_property]
    hidden = [report for report in values if not report.public]
    if any(report.points > 0 and report.tells for report in hidden or values):
        return tuple(report for report, _ in pairs)
    return tuple(_withheld(report) if is_property and report.points else report for report, is_property in pairs)


def _withheld(report: CheckReport) -> CheckReport:
    return replace(
        report,
        verdict=Verdict.UNEARNED,
        points=Fraction(0),
        findings=(Finding(Verdict.UNEARNED, "It holds; its points come with the right values."),),
    )


def total(checks: Iterable[CheckReport]) -> Fraction:
    """The question's points, rounded half to even to four places."""
    return round(sum((report.points for report in checks), Fraction(0)), PLACES)


def shared(own: Fraction, best: Fraction, share: Fraction) -> Fraction:
    """Points where what given functions added counts by a share."""
    return round(own + (best - own) * share, PLACES)
