"""An audit for a terminal: each question's checks with what they catch, then what has to be put right."""

from __future__ import annotations

import io
import textwrap
from collections import Counter
from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..loading import Loaded
from .findings import Audit, Kind, Problem, Trial

_COLUMNS = (Kind.MISTAKE, Kind.MUTANT, Kind.VARIANT, Kind.LEECH)


def audit_text(audit: Audit, loaded: Loaded, *, width: int = 100, color: bool = False) -> str:
    """Everything that a person should read of an audit; the matrix itself, trial by trial, is in the JSON."""
    parts: list[RenderableType] = [_questions(audit, loaded), Text(), _checks(audit, loaded)]
    equivalent = [trial for trial in audit.of(Kind.MUTANT) if trial.reason]
    if equivalent:
        parts += [Text(), Text("Mutants that change nothing", style="bold"), *_reasons(equivalent, width)]
    for title, problems in (("May stay, and should be looked at", audit.warnings), ("To be put right", audit.problems)):
        if problems:
            parts += [Text(), Text(title, style="bold"), *_sentences(problems, width)]
    parts += [Text(), Text(_verdict(audit))]
    return _rendered(Group(*parts), width, color=color)


def _questions(audit: Audit, loaded: Loaded) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("question")
    for title in ("mistakes caught", "mutants caught", "equivalent", "variants right", "leeches empty"):
        table.add_column(title, justify="right")
    for question in loaded.questions:
        trials = [trial for trial in audit.trials if trial.question == question.name]
        if not trials:
            continue
        done = {kind: [_is_well(trial) for trial in trials if trial.kind is kind] for kind in _COLUMNS}
        shown = {kind: f"{sum(well)} of {len(well)}" if well else "–" for kind, well in done.items()}
        excused = sum(bool(trial.reason) for trial in trials)
        table.add_row(
            question.name,
            shown[Kind.MISTAKE],
            shown[Kind.MUTANT],
            str(excused or "–"),
            shown[Kind.VARIANT],
            shown[Kind.LEECH],
        )
    return table


def _is_well(trial: Trial) -> bool:
    match trial.kind:
        case Kind.VARIANT:
            return not trial.lost and not trial.elsewhere
        case Kind.LEECH:
            return trial.lost >= 1
        case _:
            return trial.lost > 0


def _checks(audit: Audit, loaded: Loaded) -> Table:
    """Who is caught by which check, counted; `alone` are those that no other check of the question catches."""
    catches: Counter[tuple[str, Kind]] = Counter()
    alone: Counter[str] = Counter()
    for trial in audit.trials:
        if trial.kind in (Kind.MISTAKE, Kind.MUTANT):
            names = [name if "." in name else f"{trial.question}.{name}" for name in trial.caught_by]
            catches.update((name, trial.kind) for name in names)
            if len(names) == 1:
                alone[names[0]] += 1
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("check")
    for title in ("mistakes", "mutants", "alone"):
        table.add_column(title, justify="right")
    for question in loaded.questions:
        for item in question.checks:
            name = f"{question.name}.{item.name}"
            table.add_row(
                name, str(catches[name, Kind.MISTAKE]), str(catches[name, Kind.MUTANT]), str(alone[name] or "–")
            )
    return table


def _reasons(trials: list[Trial], width: int) -> Iterator[Text]:
    for trial in trials:
        what = f"{trial.question}, line {trial.line}: `{trial.original}` → `{trial.mutated}`"
        yield Text(f"{_folded(what, width)}\n{_folded(trial.reason, width, '    ')}")


def _sentences(problems: tuple[Problem, ...], width: int) -> Iterator[Text]:
    return (Text(_folded(problem.sentence, width)) for problem in problems)


def _verdict(audit: Audit) -> str:
    mutants, excused = audit.of(Kind.MUTANT), sum(bool(trial.reason) for trial in audit.of(Kind.MUTANT))
    survivors = sum(not trial.lost and not trial.reason for trial in mutants)
    told = (
        f"{audit.assignment}: {len(audit.of(Kind.MISTAKE))} mistakes, {len(mutants)} mutants ({excused} equivalent, "
        f"{survivors} unexplained), {len(audit.of(Kind.VARIANT))} variants, {len(audit.of(Kind.LEECH))} leeches "
        f"in {audit.seconds:.0f} s."
    )
    if audit.clean:
        return f"{told} Nothing has to be put right."
    return f"{told} To be put right: {len(audit.problems)}."


def _folded(text: str, width: int, indent: str = "  ") -> str:
    return textwrap.fill(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _rendered(what: RenderableType, width: int, *, color: bool) -> str:
    file = io.StringIO()
    Console(file=file, width=width, force_terminal=color, color_system="standard" if color else None).print(what)
    return "".join(f"{line.rstrip()}\n" for line in file.getvalue().splitlines())
