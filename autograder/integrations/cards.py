"""A question's public checks as a card: HTML with an SVG map for Jupyter, and the same in plain text.

It takes its colours from the page and adds translucent ones, so that it reads in light and in dark; whatever a colour
says, a word or a sign says too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from .differences import Difference

_CELL = 14  # pixels of a map's square
# No <table>: JupyterLab, VS Code and Colab each have rules of their own for tables, which win over a card's.
_STYLE = """\
<style>
.autograder-card { font-family: inherit; line-height: 1.45; max-width: 52em; color: inherit; text-align: left; }
.autograder-card .row { display: grid; grid-template-columns: 6.5em 1fr; padding: 0.35em 0;
  border-top: 1px solid rgba(128, 128, 128, 0.35); }
.autograder-card .row:first-of-type { margin-top: 0.3em; }
.autograder-card .good { color: #2c9a58; }
.autograder-card .bad { color: #d9622b; }
.autograder-card .said { margin: 0.3em 0; white-space: pre-wrap; }
.autograder-card pre { margin: 0.3em 0; padding: 0; border: 0; white-space: pre-wrap; background: none;
  color: inherit; }
.autograder-card summary { cursor: pointer; opacity: 0.75; }
.autograder-card svg { display: block; margin: 0.5em 0; }
.autograder-card .legend { opacity: 0.75; font-size: 0.9em; }
</style>"""


@dataclass(frozen=True, slots=True)
class Line:
    """A check: its title, whether it holds, and otherwise what is said and where the answer differs.

    `full` are the arrays as text; empty where there are none.
    """

    title: str
    passed: bool
    said: str = ""
    full: str = ""
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """A question and its public checks. Jupyter asks it for the one form or the other."""

    question: str
    lines: tuple[Line, ...]

    @property
    def headline(self) -> str:
        """How many hold."""
        passed = sum(line.passed for line in self.lines)
        if not self.lines:
            return f"{self.question} has no public checks."
        if passed == len(self.lines):
            return f"{self.question}: all public checks pass."
        return f"{self.question}: {passed} of {len(self.lines)} public checks pass."

    def _repr_html_(self) -> str:
        rows = "".join(_row(line) for line in self.lines)
        table = f'<div role="table">{rows}</div>' if rows else ""
        return f'{_STYLE}\n<div class="autograder-card"><strong>{escape(self.headline)}</strong>{table}</div>'

    def __repr__(self) -> str:
        return "\n".join([self.headline, *(text for line in self.lines for text in _text(line))])


# --- HTML --------------------------------------------------------------------------------------------


def _row(line: Line) -> str:
    sign, mark = ("good", "✓ passed") if line.passed else ("bad", "✗ not yet")
    parts = [f"<div>{escape(line.title)}</div>"]
    if line.said:
        parts.append(f'<div class="said">{escape(line.said)}</div>')
    for item in line.differences:
        parts.append(f"<div>{escape(_sentence(item))}</div>")
        if item.shape:
            parts.append(_svg(item))
    if line.full:
        parts.append(f"<details><summary>The arrays</summary><pre>{escape(line.full)}</pre></details>")
    cells = f'<div role="cell" class="{sign}">{mark}</div><div role="cell">{"".join(parts)}</div>'
    return f'<div role="row" class="row">{cells}</div>'


def _svg(item: Difference) -> str:
    """The map: an outline for a right entry, a filled square for a wrong one, the fuller the further off."""
    rows, columns = item.grid.shape
    squares = []
    for (row, column), strength in _entries(item):
        fill = f"rgba(217, 98, 43, {strength:.2f})" if strength else "none"
        told = "wrong" if strength else "right"
        squares.append(
            f'<rect x="{column * _CELL + 1}" y="{row * _CELL + 1}" width="{_CELL - 2}" height="{_CELL - 2}" rx="2" '
            f'fill="{fill}" stroke="currentColor" stroke-opacity="0.35"><title>{_where(item, row, column)}: {told}'
            "</title></rect>"
        )
    width, height = columns * _CELL, rows * _CELL
    label = escape(_sentence(item), quote=True)
    legend = "outlined: right; filled: wrong, the fuller the further off" + _scale(item)
    return (
        f'<svg role="img" aria-label="{label}" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'{"".join(squares)}</svg><div class="legend">{legend}</div>'
    )


def _entries(item: Difference) -> Sequence[tuple[tuple[int, int], float]]:
    rows, columns = item.grid.shape
    return [((row, column), float(item.grid[row, column])) for row in range(rows) for column in range(columns)]


def _where(item: Difference, row: int, column: int) -> str:
    first = (row * item.step[0], column * item.step[1])
    return f"{column}" if len(item.shape) == 1 and item.step == (1, 1) else f"row {first[0]}, column {first[1]}"


def _scale(item: Difference) -> str:
    return "" if item.step == (1, 1) else f"; a square stands for {item.step[0]} × {item.step[1]} entries"


def _sentence(item: Difference) -> str:
    """The first letter as a sentence has it, unless it is a name."""
    return item.sentence if item.block else item.sentence[:1].upper() + item.sentence[1:]


# --- text --------------------------------------------------------------------------------------------


def _text(line: Line) -> list[str]:
    text = [f"  {'✓' if line.passed else '✗'} {line.title}"]
    text += [f"      {part}" for part in line.said.splitlines()]
    for item in line.differences:
        text.append(f"      {_sentence(item)}")
        if item.shape:
            signs = ("".join("#" if strength else "·" for strength in row) for row in item.grid)
            text += [f"        {row}" for row in signs]
            text.append(f"        (·: right, #: wrong{_scale(item)})")
    return text
