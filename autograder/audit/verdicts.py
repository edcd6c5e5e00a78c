"""What the trials mean: what survives, what is unfair, which checks are of no use, which reasons are stale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..definition import Equivalent
from ..loading import Loaded
from .findings import Kind, Problem, Trial

_DRY = Trial(Kind.LEECH, "", "", "", lost=1.0)
_HOW = {
    "scan": "a function that it finds in the process",
    "frames": "a value that it finds in the process",
    "rename": "the answer",
    "slope": "the derivative",
    "slope_times": "the derivative, times the upstream gradient,",
    "pull_back": "numerical differentiation",
    "pull_back_mean": "numerical differentiation",
    "descend": "numerical differentiation",
    "interpolate": "a curve through the recordings",
}


def with_reasons(loaded: Loaded, trials: tuple[Trial, ...]) -> tuple[tuple[Trial, ...], tuple[Problem, ...]]:
    """The trials, those that the assignment calls equivalent with the reason; and the reasons that are stale."""
    reasons = {
        (item.stub, item.original, change): item.reason for item in loaded.equivalents for change in item.changes
    }
    done = tuple(
        replace(trial, reason=reasons.get(_edit(trial), "")) if _is_mutant(trial) else trial for trial in trials
    )
    found: dict[tuple[str, str, str], list[Trial]] = {}
    for trial in filter(_is_mutant, trials):
        found.setdefault(_edit(trial), []).append(trial)
    stale = []
    for item in loaded.equivalents:
        for change in item.changes:
            there = found.get((item.stub, item.original, change), [])
            if all(trial.lost for trial in there):
                stale.append(_stale(item, change, there))
    return done, tuple(stale)


def problems_of(loaded: Loaded, trials: tuple[Trial, ...]) -> Iterator[Problem]:
    """What has to be put right about the checks, or about the mistakes and variants, in the order of the trials."""
    shares = {mistake.name: mistake.share for reading in loaded.readings for mistake in reading.mistakes}
    for trial in trials:
        match trial.kind:
            case Kind.REFERENCE:
                yield from _of_reference(trial)
            case Kind.VARIANT:
                yield from _of_variant(trial)
            case Kind.MISTAKE:
                yield from _of_mistake(trial, float(shares[trial.name]))
            case Kind.MUTANT:
                yield from _of_mutant(trial)
            case Kind.LEECH:
                pass  # told by `bled`
    mistaken = {mistake.stub for mistake in loaded.mistakes}
    for question in loaded.questions:
        if question.stubs and not mistaken & set(question.stubs):
            yield Problem(
                "no mistakes",
                question.name,
                f"{question.name} has no mistakes; add to mistakes.py what students get wrong, a sentence for each.",
            )


def useless(loaded: Loaded, trials: tuple[Trial, ...]) -> tuple[Problem, ...]:
    """The checks that take marks from nothing wrong that was tried."""
    effective: set[str] = set()
    for trial in trials:
        if trial.kind in (Kind.MISTAKE, Kind.MUTANT):
            effective |= {name if "." in name else f"{trial.question}.{name}" for name in trial.caught_by}
    return tuple(
        Problem(
            "useless check",
            question.name,
            f"{question.name}.{item.name} catches no mistake and no mutant; is there a mistake that it is for?",
        )
        for question in loaded.questions
        for item in question.checks
        if f"{question.name}.{item.name}" not in effective
    )


def bled(trials: tuple[Trial, ...]) -> Iterator[Problem]:
    """The leeches that earn something, the one that earns most for each question."""
    by_question: dict[str, Trial] = {}
    for trial in trials:
        if trial.kind is Kind.LEECH and trial.lost < by_question.get(trial.question, _DRY).lost:
            by_question[trial.question] = trial
    for trial in by_question.values():
        whose = f" of the given {trial.original}" if trial.original else ""
        earned = f"{1 - trial.lost:.0%} by {_HOW[trial.mutated]}{whose}"
        yield Problem("leech", trial.question, f"{trial.question}: a stub with nothing of its own earns {earned}.")


def _of_reference(trial: Trial) -> Iterator[Problem]:
    for question in trial.elsewhere:
        checks = ", ".join(name for name in trial.caught_by if name.startswith(f"{question}."))
        yield Problem(
            "reference",
            question,
            f"{question}: the reference itself loses marks under {trial.name}, in {checks}; a draw decides.",
        )


def _of_variant(trial: Trial) -> Iterator[Problem]:
    if trial.lost or trial.elsewhere:
        lost = ", ".join(dict.fromkeys([*([trial.question] if trial.lost else []), *trial.elsewhere]))
        checks = ", ".join(trial.caught_by) or "elsewhere"
        yield Problem(
            "unfair check",
            trial.question,
            f"{trial.question}: the right variant {trial.name} loses marks in {lost} ({checks}); "
            "loosen the check, or take the variant out and say in the text why it is wrong.",
        )


def _of_mistake(trial: Trial, share: float) -> Iterator[Problem]:
    if trial.lost < share:
        yield Problem(
            "mistake",
            trial.question,
            f"{trial.question}: the mistake {trial.name} loses {trial.lost:.1%} of the points where its share says "
            f"{share:.1%}; give the checks that catch it more points, or state a smaller share.",
        )
    if trial.elsewhere:
        yield Problem(
            "unfair mistake",
            trial.question,
            f"{trial.question}: the mistake {trial.name} loses marks in {', '.join(trial.elsewhere)} as well; "
            "let the probes there depend less on this stub, or give it to them (also_given=).",
        )


def _of_mutant(trial: Trial) -> Iterator[Problem]:
    if not trial.lost and not trial.reason:
        yield Problem(
            "survivor",
            trial.question,
            f"{trial.question}, line {trial.line}: nothing catches `{trial.original}` → `{trial.mutated}`; "
            "add a check, or an Equivalent with its reason.",
        )


def _stale(item: Equivalent, change: str, there: list[Trial]) -> Problem:
    why = f"it is caught by {there[0].caught_by[0]}" if there else "there is no such mutant"
    return Problem(
        "stale equivalent",
        item.stub,
        f"{item.stub}: the Equivalent `{item.original}` → `{change}` is stale, {why}; take it out.",
    )


def _is_mutant(trial: Trial) -> bool:
    return trial.kind is Kind.MUTANT


def _edit(trial: Trial) -> tuple[str, str, str]:
    return trial.stub, trial.original, trial.mutated
