"""The kill matrix: right and wrong implementations tried, and which checks took marks from which of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ..answers import Answers, cached
from ..classroom import apply, cells
from ..definition import Mistake, Question, Variant
from ..grade import Attempt, attempt, grade
from ..loading import Loaded
from ..records import Bench, Cell, GradeReport, QuestionReport, State, Submission
from .findings import Kind, Trial
from .mutants import Mutant, mutants_of

SECONDS = 0.5  # of CPU time for a check or a statement of a mutant; right code takes a hundredth of it
SEEDS = (0, 1)

Task = Callable[[], Trial]


def tasks(loaded: Loaded, answers: Answers) -> Iterator[Task]:
    """Everything that is to be tried, each to be called once, in any order and from any thread."""
    for seed in SEEDS:
        yield lambda seed=seed: _reference(loaded, seed)  # type: ignore[misc]
    for variant in loaded.variants:
        yield lambda variant=variant: _known(loaded, variant, Kind.VARIANT)  # type: ignore[misc]
    for mistake in loaded.mistakes:
        yield lambda mistake=mistake: _known(loaded, mistake, Kind.MISTAKE)  # type: ignore[misc]
    bench = hurried(loaded.bench)
    for mutant in mutants_of(loaded.reference):
        yield lambda mutant=mutant: _mutant(answers, mutant, bench)  # type: ignore[misc]
    for other in loaded.others:
        yield from _of_another_convention(loaded, other, cached(other, answers.seed), bench)


def _of_another_convention(loaded: Loaded, other: Loaded, answers: Answers, bench: Bench) -> Iterator[Task]:
    """What is particular to a convention: its reference, its variants and mistakes, mutants of what it edits."""
    assert other.convention is not None
    edited = {edit.stub for edit in other.convention.edits}
    for seed in SEEDS:
        yield lambda seed=seed: _reference(loaded, seed, other)  # type: ignore[misc]
    for variant in other.variants:
        if variant.convention:
            yield lambda variant=variant: _known(loaded, variant, Kind.VARIANT, other)  # type: ignore[misc]
    for mistake in other.mistakes:
        if mistake.convention:
            yield lambda mistake=mistake: _known(loaded, mistake, Kind.MISTAKE, other)  # type: ignore[misc]
    for mutant in mutants_of(other.reference):
        if mutant.stub in edited:
            yield lambda mutant=mutant: _mutant(answers, mutant, bench)  # type: ignore[misc]


def hurried(bench: Bench) -> Bench:
    """The bench with short limits of CPU time, so that endless loops are cheap."""
    limits = replace(bench.limits, check_cpu_seconds=SECONDS, statement_cpu_seconds=SECONDS)
    return replace(bench, limits=limits)


def question_of(loaded: Loaded, stub: str) -> Question:
    """The question that asks for the stub; there is one for each."""
    return next(question for question in loaded.questions if stub in (question.stubs or ()))


def numbered(sources: tuple[str, ...]) -> tuple[Cell, ...]:
    """Sources as the code cells of a submission."""
    return tuple(Cell(source, number) for number, source in enumerate(sources, 1))


def _graded(loaded: Loaded, name: str, sources: tuple[str, ...], seed: int = 0) -> GradeReport:
    return grade(Submission(name, cells=numbered(sources)), loaded, seed=seed)


def _reference(loaded: Loaded, seed: int, under: Loaded | None = None) -> Trial:
    under = under or loaded
    report = _graded(loaded, "reference", cells(under.reference, {}), seed)
    fell_short = tuple(item.name for item in _short(report))
    caught = tuple(f"{item.name}.{check}" for item in _short(report) for check in _caught_by(item))
    name = f"seed {seed}" + (f" by {under.convention.name}" if under.convention else "")
    return Trial(Kind.REFERENCE, name, "", "", caught, elsewhere=fell_short)


def _known(loaded: Loaded, edit: Mistake | Variant, kind: Kind, under: Loaded | None = None) -> Trial:
    reference = (under or loaded).reference
    imports = edit.imports if isinstance(edit, Variant) else ""
    sources = cells(reference, {edit.stub: apply(reference, edit)}, imports=imports)
    report = _graded(loaded, edit.name, sources)
    own = question_of(loaded, edit.stub)
    here = next(item for item in report.questions if item.name == own.name)
    alone = {question.name for question in loaded.questions if question.own_code_only}
    others = [item for item in _short(report) if item.name != own.name]
    return Trial(
        kind,
        edit.name,
        edit.stub,
        own.name,
        # the checks of a question on all stubs together are named with it
        _caught_by(here) + tuple(f"{o.name}.{check}" for o in others if o.name in alone for check in _caught_by(o)),
        float(1 - here.points / here.possible),
        tuple(item.name for item in others if kind is Kind.VARIANT or item.name not in alone),
    )


def _mutant(answers: Answers, mutant: Mutant, bench: Bench) -> Trial:
    loaded = answers.loaded
    question = question_of(loaded, mutant.stub)
    sources = cells(loaded.reference, {mutant.stub: mutant.source})
    found = attempt(numbered(sources), answers, question, bench=bench)
    return Trial(
        Kind.MUTANT,
        mutant.name,
        mutant.stub,
        question.name,
        caught(found),
        float(1 - found.points / question.possible),
        line=mutant.line,
        original=mutant.original,
        mutated=mutant.mutated,
    )


def caught(found: Attempt) -> tuple[str, ...]:
    """The checks that took marks."""
    return tuple(check.name for check in found.checks if check.points < check.possible)


def _caught_by(question: QuestionReport) -> tuple[str, ...]:
    return tuple(check.name for check in question.own_checks if check.points < check.possible)


def _short(report: GradeReport) -> list[QuestionReport]:
    """The questions that are not full."""
    graded = (item for item in report.questions if item.state is not State.MANUAL)
    return [item for item in graded if item.own_points < item.possible and item.points < item.possible]
