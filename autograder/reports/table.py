"""The class as a table for a terminal, from 80 columns on, with or without colour."""

from __future__ import annotations

import io
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from .. import feedback
from ..plain import shown, visible
from ..records import GradeReport, QuestionReport, State, Status

MOST_ROWS = 200
_LEAST_NAME, _MOST_NAME = 12, 16  # with air; the first is what the lines of the class need
_LEAST_CELL, _MOST_CELL = 4, 7  # two digits of points, a mark, and air
_TOTAL = 7
_NOT_ATTEMPTED, _NO_MARK, _FOLLOWED = "·", "-", "+"


def class_table(reports: Sequence[GradeReport], *, width: int = 80, color: bool = False) -> str:
    """Points per submission and question, how each question went, and what could not be graded."""
    graded = [report for report in reports if report.status is Status.GRADED]
    pattern = next((report.questions for report in reports if report.questions), ())
    questions = [question for question in pattern if question.state is not State.MANUAL]
    labels = _labels(reports[:MOST_ROWS])
    name = min(_MOST_NAME, max(_LEAST_NAME, *(len(label) + 1 for label in labels), 0))
    room = max(width, 40) - name - _TOTAL - 1
    tables = ceil(len(questions) / max(1, room // _least_cell(graded))) or 1
    per_table = max(1, ceil(len(questions) / tables))  # as many in each
    parts: list[RenderableType] = []
    for start in range(0, max(1, len(questions)), per_table):
        some = dict(enumerate(questions[start : start + per_table], start + 1))
        cell = min(_MOST_CELL, room // max(1, len(some)))
        parts += [_table(reports, graded, some, (name, cell)), Text()]
    if len(reports) > MOST_ROWS:
        parts.append(Text(f"{len(reports) - MOST_ROWS:,} more are in grades.csv."))
    parts += [_legend(questions, width), Text(), *_problems(reports), _sentence(reports, graded)]
    return _rendered(Group(*parts), width, color=color)


def submission_text(report: GradeReport, *, width: int = 100) -> str:
    """One submission as its student may read it, in lines of at most `width` characters."""
    return "".join(f"{_folded(_line(line), width)}\n" for line in feedback.report(report))


def _table(
    reports: Sequence[GradeReport],
    graded: Sequence[GradeReport],
    questions: Mapping[int, QuestionReport],
    widths: tuple[int, int],
) -> Table:
    """Some of the questions, by their numbers, in columns as wide as said: of the names, and of each question."""
    column, cell = widths
    table = Table(box=None, padding=0, pad_edge=False, header_style="bold")
    table.add_column("", width=column, no_wrap=True, overflow="ellipsis")
    for number in questions:
        table.add_column(f"{number:>{cell - 1}}", width=cell, no_wrap=True)
    table.add_column("total", width=_TOTAL, justify="right", no_wrap=True)

    def row(label: str, cells: Iterable[Text], total: str, style: str) -> None:
        padded = (Text(f"{text.plain:>{cell}}", style=text.style) for text in cells)
        table.add_row(Text(label), *padded, Text(total, style=style))

    possible = next((report.possible for report in reports), Fraction(0))
    names = [question.name for question in questions.values()]
    digits = cell - 2
    row("possible", (_points(q.possible, digits) for q in questions.values()), _short(possible, 4), "dim")
    for label, report in zip(_labels(reports[:MOST_ROWS]), reports[:MOST_ROWS], strict=True):
        by_name = {question.name: question for question in report.questions}
        total = _NO_MARK if report.status is Status.ERROR else _short(report.points, 4)
        row(label, (_cell(report, by_name.get(name), digits) for name in names), total, "bold")
    if graded:
        marks = {name: [_of(report, name) for report in graded] for name in names}
        means = (_points(_mean([question.points for question in marks[name]]), digits, "bold") for name in names)
        row("mean", means, _short(_mean([report.points for report in graded]), 4), "bold")
        full = (_mean([Fraction(_is_full(question)) for question in marks[name]]) for name in names)
        row("% with full", (_points(Fraction(floor(100 * share)), digits) for share in full), "", "dim")
    return table


def _least_cell(graded: Sequence[GradeReport]) -> int:
    """How wide a column must be: for the longest mark, as 18.5 is, and for air where a sign takes the place of it."""
    questions = [question for report in graded for question in report.questions]
    possible = max((len(_short(item.possible, 3)) for item in questions), default=0)
    points = max((len(_short(item.points, 3)) for item in questions), default=0)
    signs = any(item.points != item.own_points for item in questions)
    return max(_LEAST_CELL, possible + 1, points + 1 + signs)


def _points(value: Fraction, digits: int, style: str = "dim") -> Text:
    return Text(f"{_short(value, digits)} ", style=style)


def _cell(report: GradeReport, question: QuestionReport | None, digits: int) -> Text:
    if question is None or report.status is not Status.GRADED:
        return Text(f"{_NO_MARK} ", style="dim")
    if question.state is State.NOT_ATTEMPTED:
        return Text(f"{_NOT_ATTEMPTED} ", style="dim")
    mark = _FOLLOWED if question.points != question.own_points else " "
    style = "green" if _is_full(question) else "red" if not question.points else "yellow"
    return Text(_short(question.points, digits) + mark, style=style)


def _is_full(question: QuestionReport) -> bool:
    return question.points >= question.possible


def _of(report: GradeReport, name: str) -> QuestionReport:
    return next(question for question in report.questions if question.name == name)


def _short(value: Fraction, room: int) -> str:
    """Points with one place where `room` digits leave it; rounded down, so that only full marks look full."""
    if value.denominator == 1 or value >= 10 ** (room - 1):
        return str(floor(value))
    return f"{float(Fraction(floor(value * 10), 10)):.1f}"


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _labels(reports: Sequence[GradeReport]) -> list[str]:
    """Students' names where each has one of their own, else the submissions'."""
    counts = Counter(report.student for report in reports)
    names = [r.student if r.student and counts[r.student] == 1 else r.submission for r in reports]
    return [shown(name, _MOST_NAME - 1) for name in names]


def _legend(questions: Sequence[QuestionReport], width: int) -> Text:
    lines = [""]
    for number, question in enumerate(questions, 1):
        entry = f"{number} {question.name}"
        lines += [""] if lines[-1] and len(lines[-1]) + len(entry) + 3 > width else []
        lines[-1] += f"   {entry}" if lines[-1] else entry
    lines.append(
        f"{_NOT_ATTEMPTED} not attempted   {_NO_MARK} not graded   "
        f"{_FOLLOWED} with given functions in place of other stubs"
    )
    return Text("\n".join(lines), style="dim")


def _problems(reports: Sequence[GradeReport]) -> list[RenderableType]:
    troubled = [report for report in reports if report.status is not Status.GRADED]
    lines: list[RenderableType] = []
    for report in troubled[:MOST_ROWS]:
        name, problem = shown(report.submission), _line(report.problem)
        named = problem if problem.startswith(name) else f"{name}: {problem}"
        style = "bold" if report.status is Status.ERROR else ""
        lines.append(Text(f"{report.status.value}: {named}", style=style))
    return [*lines, Text()] if lines else []


def _sentence(reports: Sequence[GradeReport], graded: Sequence[GradeReport]) -> Text:
    counts = Counter(report.status for report in reports)
    text = f"{len(graded)} of {len(reports)} graded"
    others = [f"{counts[status]} {status.value}" for status in Status if status is not Status.GRADED and counts[status]]
    if graded:
        mean = feedback.number(round(_mean([report.points for report in graded]), 2))
        text += f", {mean} of {feedback.number(graded[0].possible)} points on average"
    return Text("; ".join([text, *others]) + ".")


def _folded(line: str, width: int) -> str:
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    return textwrap.fill(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _line(text: str) -> str:
    return visible(text.replace("\n", " "))


def _rendered(content: RenderableType, width: int, *, color: bool) -> str:
    text = io.StringIO()
    console = Console(
        file=text,
        width=width,
        force_terminal=color,
        no_color=not color,
        color_system="standard" if color else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(content)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"
