"""What the experiments hand back: rows of a table, and how it is printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: which document and what was trained, what the document says, what came out here."""

    assignment: str
    what: str
    claimed: str  # empty where the document has a curve, or nothing
    found: str


def markdown(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| assignment | trained | document | here |", "| --- | --- | --- | --- |"]
    lines += [f"| `{row.assignment}` | {row.what} | {row.claimed or '–'} | {row.found} |" for row in rows]
    return "\n".join(lines) + "\n"


def percent(share: float, places: int = 2) -> str:
    """A share between 0 and 1 as people read it."""
    return f"{100 * share:.{places}f} %"
