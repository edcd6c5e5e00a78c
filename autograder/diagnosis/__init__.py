"""What a student most likely did wrong in a question: a known mistake, or a simple relation to what is wanted.

A wrong diagnosis is worse than none. A mistake is named only where its answers are the student's in every check
of the question; a relation only where one explains every wrong block; and neither where two would do that say
different things.

**What may be shown.** A sentence is the author's, written beside the mistake, or comes from the closed list in
`relations`; it is chosen by what was observed, and holds nothing of it. So it may also be told of an attempt in
which reference functions stood in. Code that looks at those functions there can steer which of the sentences
comes back, one of some dozens per question and submission: it learns no more by that than by the question's
points, which such an attempt shows anyway, and no word of the reference is among them.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from ..answers import Answers
from ..compare import as_array
from ..definition import Check, Question
from ..records import Diagnosis, Finding, Observation, Outcome, Surely, Verdict
from . import relations
from .known import Agreement, Known, Seen, agreement, block_of, known, others, seen
from .situation import Situation, situation

CHANGED = "input changed"
ENOUGH = 20  # bits of evidence, so that no few whole numbers agree by chance


def diagnose(
    answers: Answers, question: Question, observations: Sequence[Observation], *, without: frozenset[str] = frozenset()
) -> Diagnosis | None:
    """The likely cause of a question's failed checks, from the observations of one attempt.

    The attempt should be one in which the other stubs are right. `without` names mistakes that are not to be
    known, to measure what is said of those that nobody foresaw.
    """
    checks = seen(answers, question, observations)
    if not any(item.failed for item in checks):
        return None
    desk = _desk(answers)
    return _mistake(desk.known(question), checks, without) or _relation(desk, question, checks)


class _Desk:
    """What is known of an assignment under one seed, found when first asked for."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self._lock = threading.Lock()
        self._known: dict[str, tuple[Known, ...]] = {}
        self._situations: dict[tuple[str, str], Situation] = {}
        self._reference = answers.loaded.reference.load()

    def known(self, question: Question) -> tuple[Known, ...]:
        with self._lock:
            if question.name not in self._known:
                self._known[question.name] = known(self.answers, question)
            return self._known[question.name]

    def situation(self, question: Question, item: Check) -> Situation:
        key = (question.name, item.name)
        with self._lock:
            if key not in self._situations:
                self._situations[key] = situation(self.answers, question, item, self._reference)
            return self._situations[key]


@lru_cache(maxsize=16)
def _desk(answers: Answers) -> _Desk:
    return _Desk(answers)


# --- a known mistake ---------------------------------------------------------------------------------


def _mistake(catalogue: Sequence[Known], checks: Sequence[Seen], without: frozenset[str]) -> Diagnosis | None:
    agreed = {
        item.mistake: found
        for item in catalogue
        if item.mistake.name not in without
        and (found := agreement(checks, item.checks)) is not None
        and (found.bits or not found.raised)
    }
    if not agreed:
        return None
    fewest = min(found.drawn for found in agreed.values())
    best = {mistake: found for mistake, found in agreed.items() if found.drawn == fewest}
    sentences = {mistake.sentence for mistake in best}
    names = " or ".join(f"mistake {mistake.name}" for mistake in best)
    failed = sum(item.failed for item in checks)
    if len(sentences) > 1:
        return Diagnosis("", names, Surely.AMBIGUOUS, failed)
    surely = Surely.CERTAIN if all(map(_certain, best.values())) else Surely.LIKELY
    return Diagnosis(sentences.pop(), names, surely, failed)


def _certain(found: Agreement) -> bool:
    """Whether every wrong value is explained, or at least so many that the exceptions beside them are as well."""
    return not found.drawn and (found.bits >= ENOUGH or not found.raised)


# --- a relation --------------------------------------------------------------------------------------


def _relation(desk: _Desk, question: Question, checks: Sequence[Seen]) -> Diagnosis | None:
    common: set[str] | None = None
    bits = blocks = 0
    for item in checks:
        for finding in item.findings:
            if finding.verdict is Verdict.PASSED or (item.predicate and finding.verdict is Verdict.WRONG_VALUE):
                continue
            found = _explained(desk, question, item, finding)
            common = set(found) if common is None else common & set(found)
            if not common:
                return None
            bits, blocks = bits + max(found.values()), blocks + 1
    if common is None or bits < ENOUGH:
        return None
    failed = sum(item.failed for item in checks)
    left = relations.without_implied(common)
    sentences = {relations.SENTENCES[name] for name in left}
    names = " or ".join(f"relation {name}" for name in sorted(left))
    if len(sentences) > 1:
        return Diagnosis("", names, Surely.AMBIGUOUS, failed)
    surely = Surely.CERTAIN if blocks > 1 or left == {CHANGED} else Surely.LIKELY
    return Diagnosis(sentences.pop(), names, surely, failed)


def _explained(desk: _Desk, question: Question, item: Seen, finding: Finding) -> dict[str, int]:
    """The relations that hold for one failing block, with their evidence."""
    if item.observation.outcome is not Outcome.RETURNED:
        return {}
    wrong, wanted = (as_array(block_of(value, finding.block)) for value in (item.observation.value, item.wanted))
    if wrong is None or wanted is None:
        return {}
    around = desk.situation(question, item.check)
    if item.check.property and any(np.array_equal(wanted, array) for array in around.before):
        return {CHANGED: ENOUGH}  # the check hands an array in and asks for it back
    return relations.relations(
        relations.Wrong(wrong, wanted, tuple(around.before), around.numbers, others(item, finding.block))
    )
