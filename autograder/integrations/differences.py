"""Where an answer differs from what is wanted: the first entry, how many, and a map of them. Pure arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

Grid = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

MOST_ROWS, MOST_COLUMNS = 24, 48  # of a map


@dataclass(frozen=True, slots=True)
class Difference:
    """One block of an answer, of the right shape, that is not what is wanted.

    `grid` is the map: 0 where an entry is right, else how far off it is in comparison with the worst, above 0 up to
    1. `step` is how many rows and columns of the array one of its squares stands for.
    """

    block: str
    shape: tuple[int, ...]
    first: tuple[int, ...]
    got: str
    wanted: str
    wrong: int
    size: int
    grid: Grid
    step: tuple[int, int] = (1, 1)

    @property
    def sentence(self) -> str:
        """The first difference, and how many there are."""
        what = f"{self.block}: " if self.block else ""
        pair = f"your code gives {self.got}, and {self.wanted} is wanted"
        if not self.shape:
            return f"{what}{pair}."
        count = "all entries differ" if self.wrong == self.size else f"{self.wrong} of {self.size} entries differ"
        return f"{what}{count}{self._together()}. The first is {self._place()}: {pair}."

    def _place(self) -> str:
        if len(self.shape) == 2:
            return f"row {self.first[0]}, column {self.first[1]}"
        return f"at {list(self.first)}" if len(self.shape) > 2 else f"entry {self.first[0]}"

    def _together(self) -> str:
        """What the wrong entries of a matrix have in common."""
        if len(self.shape) != 2 or self.step != (1, 1) or not 1 < self.wrong < self.size:
            return ""
        rows, columns = (np.flatnonzero(self.grid.any(axis=axis)) for axis in (1, 0))
        if len(rows) == 1:
            return f", all of them in row {rows[0]}"
        return f", all of them in column {columns[0]}" if len(columns) == 1 else ""


def differences(checks: Any, check: dict[str, Any], seen: Any) -> Iterator[Difference]:
    """The blocks that can be laid over what is wanted, and differ.

    `checks` is the module that a notebook's first cell carries: it says what is an array, and what fits.
    """
    wanted = check["wanted"]
    blocks = wanted if isinstance(wanted, dict) else {"": wanted}
    if isinstance(wanted, dict):
        seen = {str(name): item for name, item in seen.items()} if checks.is_dictionary(seen) else {}
    for block, value in blocks.items():
        array = checks.as_array(seen.get(block) if isinstance(wanted, dict) else seen)
        target = checks.as_array(value)
        if array is None or target is None or not target.size:
            continue
        fitted = checks.fit(array, target.shape, block in check["flat"])
        if fitted is not None and not checks.close(fitted, target, check["rtol"]):
            yield _difference(checks, block, fitted, target, check["rtol"])


def _difference(checks: Any, block: str, array: Any, target: Any, rtol: float | None) -> Difference:
    with np.errstate(all="ignore"):
        off = np.abs(array.astype(np.complex128) - target.astype(np.complex128))
    off = np.where(np.isfinite(off), off, np.inf)
    wrong = ~(off <= _bound(checks, array, target, rtol))
    first = tuple(int(index) for index in np.argwhere(wrong)[0]) if wrong.ndim else ()
    grid, step = _map(np.where(wrong, _strength(off), 0.0))
    got, want = _shortest(array[first], target[first])
    return Difference(block, target.shape, first, got, want, int(wrong.sum()), int(wrong.size), grid, step)


def _bound(checks: Any, array: Any, target: Any, rtol: float | None) -> float:
    """How far off an entry may be, as the notebook's comparison has it: in proportion to the largest of the block."""
    single = array.dtype.kind == "f" and array.dtype.itemsize <= 4
    exact = checks.DOUBLE if rtol is None else rtol
    share = max(exact, checks.SINGLE if single else checks.MIXED) if exact else 0.0
    return float(share * np.max(np.abs(target)) + checks.ZERO)


def _strength(off: Grid) -> Grid:
    """How far off, from 0.3 to 1, so that the least can be seen."""
    finite = off[np.isfinite(off)]
    worst = float(finite.max(initial=0.0))
    return np.where(np.isfinite(off), 0.3 + 0.7 * off / (worst or 1.0), 1.0)


def _map(strength: Grid) -> tuple[Grid, tuple[int, int]]:
    """At most so many rows and columns; where there are more, a square stands for several and shows the worst."""
    flat = np.atleast_2d(strength)
    flat = flat.reshape(-1, flat.shape[-1])
    step = (-(-flat.shape[0] // MOST_ROWS), -(-flat.shape[1] // MOST_COLUMNS))
    short = [(-length) % size for length, size in zip(flat.shape, step, strict=True)]
    padded = np.pad(flat, [(0, short[0]), (0, short[1])])
    rows, columns = padded.shape[0] // step[0], padded.shape[1] // step[1]
    return padded.reshape(rows, step[0], columns, step[1]).max(axis=(1, 3)), step


def _shortest(got: Any, wanted: Any) -> tuple[str, str]:
    """Two numbers with as many digits as tell them apart, and at least four."""
    for digits in range(4, 18):
        texts = f"{_plain(got):.{digits}g}", f"{_plain(wanted):.{digits}g}"
        if texts[0] != texts[1]:
            break
    return texts


def _plain(value: Any) -> Any:
    number = value.item()
    return float(number) if isinstance(number, bool | int) else number
