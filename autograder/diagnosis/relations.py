"""Simple relations between a wrong answer and the right one: arrays in, names from a closed list out.

Each relation says that the whole of a block follows from what is wanted: as a multiple, in another order, with
something left out. Agreement is asked for at the precision of rounding, and wrong entries that agree are
counted as evidence, so that no few numbers look alike by chance. Nothing here raises on arrays of numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import log

import numpy as np

DOUBLE, SINGLE, HALF = 2e-6, 1e-4, 5e-3  # relative to the largest entry, by the precision of the answer
APART = 1e-3  # what is to count as different differs by this; between the two lies nothing that decides
MOST_ENTRIES = 20_000
MOST_ROWS = 200  # that are put in order by trying

STRONG, WEAK = 20, 1  # bits that a wrong entry is worth which agrees: any number, a whole number
CAP = 60

SENTENCES: Mapping[str, str] = {
    "input changed": (
        "Something that should stay as it is gets changed. Does a line write into an array that was handed in?"
    ),
    "all zeros": "Only zeros come back. Is the array ever filled in, and can its type hold decimals?",
    "unchanged": "This is still what it was before the call. Is the new value put where it belongs, or returned?",
    "transposed": "The numbers are right, with rows and columns swapped.",
    "another shape": "The numbers are right; only their shape is not the one that is asked for.",
    "cut short": "What is there is right, and the last part is missing. Where does the loop, or the slice, end?",
    "goes on too long": "What is asked for is there, and more with it. Where does it begin, and where does it end?",
    "another's value": "A right number stands in the wrong place. Are two results mixed up, or two names?",
    "not yet summed": "The parts are right, and are still to be added up.",
    "not yet averaged": "The parts are right, and are still to be averaged.",
    "summed too far": "Right numbers were added up that should stay apart. Over which axis is the sum?",
    "averaged too far": "Right numbers were averaged that should stay apart. Over which axis is the mean?",
    "factor -1": "What is wrong has the right size and the wrong sign, as a step in the opposite direction has.",
    "factor 2": "What is wrong is twice as large as it should be. Where does a factor 2 come in?",
    "factor 1/2": "What is wrong is half as large as it should be. Where does a factor ½ come in?",
    "factor number of samples": "What is wrong grows with the number of samples. What is to be averaged over them?",
    "factor 1/number of samples": (
        "What is wrong shrinks as the number of samples grows. Is it divided by that number once too often?"
    ),
    "factor number of columns": "What is wrong is too large by the number of columns. Over what is the mean taken?",
    "factor 1/number of columns": "What is wrong is too small by the number of columns. Over what is the mean taken?",
    "factor learning rate": "What is wrong is off by the learning rate. How often is it used, and where?",
    "factor 1/learning rate": "What is wrong is off by the learning rate. How often is it used, and where?",
    "factor logarithm": "What is wrong is off by the factor between two logarithms. Which base has yours?",
    "one minus": "What comes back is 1 minus what is wanted. Is something taken for its opposite?",
    "one place off": "The right numbers are there, one place off. Where does the counting begin?",
    "one offset": "Every number that is wrong is off by the same amount. What is added, or left out?",
    "a row added to every row": "Every row is off by one and the same row. What is added to each, or left out?",
    "a number for every row": "In each row, all entries are off by the same amount. What is added, or left out?",
    "a factor for every row": "In each row, all entries are off by the same factor. By what is a row divided?",
    "a factor for every column": "In each column, all entries are off by the same factor. By what is a column divided?",
    "rows in another order": "The right rows are there, in another order.",
    "columns in another order": "The right columns are there, in another order.",
    "entries in another order": "The right numbers are there, in another order.",
    "mask left out": "What should be zero is not, and all else is right. What switches these entries off?",
    "switched off": "Some entries are zero that should not be, and all others are right. What switches them off?",
    "sign lost": "The sizes are right, and every sign has become a plus.",
    "decimals lost": "The decimals are lost. Is something written into an array of whole numbers?",
    "one number everywhere": "The same number stands everywhere. What is taken of everything at once?",
    "squared": "What comes back is the square of what is wanted. Where is a square too many, or a root left out?",
    "square root": "What comes back is the root of what is wanted. Where is a root too many, or a square left out?",
    "exponential": "This is the exponential of what is wanted. Is a logarithm left out?",
    "logarithm": "This is the logarithm of what is wanted. Is there one too many?",
}  # fmt: skip

# a relation that holds because another does says nothing new
IMPLIED: Mapping[str, tuple[str, ...]] = {
    "all zeros": ("switched off", "one number everywhere", "unchanged", "another's value", "decimals lost"),
    "transposed": ("another shape", "not yet summed", "not yet averaged"),
    "unchanged": ("mask left out", "another's value", "a row added to every row", "a number for every row"),
    "factor -1": ("sign lost",),
    "rows in another order": ("transposed", "another shape"),
    "one place off": ("rows in another order", "columns in another order", "entries in another order"),
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """A block with wrong values: what was seen, what is wanted, and what is known around it on the trusted side.

    `before` are the arrays that the stub was handed or found in its object; `numbers` the named quantities, each
    with the values that it has in this check; `others` what is wanted in the check's other blocks.
    """

    seen: np.ndarray
    wanted: np.ndarray
    before: tuple[np.ndarray, ...] = ()
    numbers: Mapping[str, frozenset[float]] = field(default_factory=dict)
    others: tuple[np.ndarray, ...] = ()

    @property
    def precision(self) -> float:
        """What counts as equal, relative to the largest entry."""
        return {2: HALF, 4: SINGLE}.get(self.seen.dtype.itemsize, DOUBLE) if self.seen.dtype.kind == "f" else DOUBLE


def relations(wrong: Wrong) -> dict[str, int]:
    """The names of the relations that hold, each with its evidence in bits; none where nothing can be said."""
    if wrong.seen.size > MOST_ENTRIES or wrong.wanted.size > MOST_ENTRIES or not wrong.seen.size:
        return {}
    if not (_usable(wrong.seen) and _usable(wrong.wanted)):
        return {}
    one = Wrong(wrong.seen.astype(float), wrong.wanted.astype(float), wrong.before, wrong.numbers, wrong.others)
    pair = _Pair(one, wrong.precision)
    with np.errstate(all="ignore"):
        holding = [*_of_shape(pair)] if one.seen.shape != one.wanted.shape else [*_of_values(pair)]
        return dict.fromkeys(holding, evidence(one.seen, one.wanted, wrong.precision))


def without_implied(names: set[str]) -> set[str]:
    """The relations that are left when those go that hold because of another."""
    return names - {implied for name in names for implied in IMPLIED.get(name, ())}


def evidence(seen: np.ndarray, wanted: np.ndarray, precision: float = DOUBLE) -> int:
    """How much it says that these wrong values are explained, in bits.

    Any number that is wrong counts for much, once for each that differs from the others; a whole number for one
    bit, as 0 and 1 agree half the time.
    """
    wrong = seen.ravel()
    if seen.shape == wanted.shape:
        scale = float(np.max(np.abs(wanted), initial=0.0))
        wrong = seen[np.abs(seen - wanted) > precision * scale]
    wrong = wrong[np.isfinite(wrong)]
    whole = np.abs(wrong - np.round(wrong)) <= precision * np.abs(wrong)
    return min(CAP, STRONG * len(np.unique(wrong[~whole])) + WEAK * int(np.sum(whole)))


def _usable(array: np.ndarray) -> bool:
    return array.dtype.kind in "biuf" and bool(np.isfinite(array).all())


class _Pair:
    """A wrong block, and what it means for two arrays to be equal in it."""

    def __init__(self, wrong: Wrong, precision: float) -> None:
        self.seen, self.wanted = wrong.seen, wrong.wanted
        self.before = [np.asarray(item, dtype=float) for item in wrong.before if _usable(item)]
        self.numbers = wrong.numbers
        self.others = [np.asarray(item, dtype=float) for item in wrong.others if _usable(item)]
        self.precision = precision

    def same(self, one: np.ndarray, other: np.ndarray) -> bool:
        """Whether the arrays are equal, up to rounding."""
        if one.shape != other.shape or not np.isfinite(one).all() or not np.isfinite(other).all():
            return False
        scale = float(max(np.max(np.abs(one), initial=0.0), np.max(np.abs(other), initial=0.0)))
        return bool(np.max(np.abs(one - other), initial=0.0) <= self.precision * scale)

    def varied(self, array: np.ndarray) -> bool:
        """Whether its entries are not all one number."""
        scale = float(np.max(np.abs(array), initial=0.0))
        return bool(np.ptp(array) > APART * scale) if array.size else False

    def named(self, factor: float, slack: float) -> Iterator[str]:
        """What a factor may be called."""
        for name, value in (("-1", -1.0), ("2", 2.0), ("1/2", 0.5)):
            if abs(factor - value) <= slack * abs(value):
                yield name
        for name, values in self.numbers.items():
            for value in values:
                if value > 0 and abs(value - 1) > APART:
                    if abs(factor - value) <= slack * value:
                        yield name
                    if abs(factor - 1 / value) <= slack / value:
                        yield f"1/{name}"


# --- another shape -----------------------------------------------------------------------------------


def _of_shape(pair: _Pair) -> Iterator[str]:
    seen, wanted = pair.seen, pair.wanted
    if seen.ndim == wanted.ndim == 2 and pair.same(seen.T, wanted):
        yield "transposed"
    if seen.size == wanted.size and seen.size > 1 and pair.same(seen.ravel(), wanted.ravel()):
        yield "another shape"
    if seen.ndim and seen.ndim == wanted.ndim and seen.shape[1:] == wanted.shape[1:]:
        yield from _of_length(pair)
    if seen.size > wanted.size and _reduces(pair, seen, wanted, np.sum):
        yield "not yet summed"
    if seen.size > wanted.size and _reduces(pair, seen, wanted, np.mean):
        yield "not yet averaged"
    if seen.size < wanted.size and _reduces(pair, wanted, seen, np.sum):
        yield "summed too far"
    if seen.size < wanted.size and _reduces(pair, wanted, seen, np.mean):
        yield "averaged too far"


def _of_length(pair: _Pair) -> Iterator[str]:
    seen, wanted = pair.seen, pair.wanted
    if 0 < len(seen) < len(wanted) and pair.same(seen, wanted[: len(seen)]):
        yield "cut short"
    if len(seen) > len(wanted) > 0 and (
        pair.same(seen[: len(wanted)], wanted) or pair.same(seen[-len(wanted) :], wanted)
    ):
        yield "goes on too long"


def _reduces(pair: _Pair, larger: np.ndarray, smaller: np.ndarray, reduce: Callable[..., np.ndarray]) -> bool:
    axes: list[int | None] = [None, *range(larger.ndim)]
    return larger.size > smaller.size > 0 and any(
        pair.same(np.asarray(reduce(larger, axis=axis)).ravel(), smaller.ravel()) for axis in axes
    )


# --- other values ------------------------------------------------------------------------------------


def _of_values(pair: _Pair) -> Iterator[str]:
    yield from _copies(pair)
    yield from _factors(pair)
    yield from _offsets(pair)
    yield from _orders(pair)
    yield from _masks(pair)
    yield from _functions(pair)


def _copies(pair: _Pair) -> Iterator[str]:
    seen, wanted = pair.seen, pair.wanted
    if not seen.any():
        yield from ("all zeros", "unchanged")  # what has not moved, seen through a difference
    if seen.size >= 3 and not pair.varied(seen) and pair.varied(wanted):
        yield "one number everywhere"
    if seen.size >= 2 and pair.varied(seen):
        if any(pair.same(seen, item) for item in pair.before):
            yield "unchanged"
        if any(pair.same(seen, item) for item in pair.others):
            yield "another's value"
    if seen.ndim == 2 and min(seen.shape) > 1 and pair.same(seen.T, wanted):
        yield "transposed"


def _factors(pair: _Pair) -> Iterator[str]:
    seen, wanted = pair.seen, pair.wanted
    for name in _factor(pair, seen, wanted, pair.precision):
        yield f"factor {name}"
    factor = _ratio(seen, wanted)
    if any(abs(factor - base) <= pair.precision * 10 for base in (1 / log(2), 1 / log(10), log(2), log(10))):
        yield from ["factor logarithm"] if pair.same(seen, factor * wanted) else []
    for before in pair.before:
        if before.shape == seen.shape:
            scale, step = np.max(np.abs(seen)), np.max(np.abs(wanted - before))
            slack = pair.precision * scale / step if step else np.inf
            if slack < APART:
                for name in _factor(pair, seen - before, wanted - before, slack):
                    yield f"factor {name}"


def _ratio(seen: np.ndarray, wanted: np.ndarray) -> float:
    """The multiple of what is wanted that comes nearest."""
    square = float(np.sum(wanted * wanted))
    return float(np.sum(seen * wanted)) / square if square else 0.0


def _factor(pair: _Pair, seen: np.ndarray, wanted: np.ndarray, slack: float) -> Iterator[str]:
    factor = _ratio(seen, wanted)
    scale = np.max(np.abs(seen), initial=0.0)
    if abs(factor) > 0 and np.max(np.abs(seen - factor * wanted), initial=0.0) <= 10 * slack * scale:
        yield from pair.named(factor, 10 * slack)


def _offsets(pair: _Pair) -> Iterator[str]:
    seen, wanted = pair.seen, pair.wanted
    off = seen - wanted
    if seen.size >= 3 and pair.varied(wanted) and _constant(pair, off):
        yield "one offset"
    if seen.ndim != 2 or min(seen.shape) < 2 or seen.size < 6:
        return
    if pair.varied(off[0]) and _constant(pair, off, axis=0):
        yield "a row added to every row"
    if pair.varied(off[:, 0]) and _constant(pair, off, axis=1):
        yield "a number for every row"
    if _scaled(pair, axis=1):
        yield "a factor for every row"
    if _scaled(pair, axis=0):
        yield "a factor for every column"


def _constant(pair: _Pair, off: np.ndarray, axis: int | None = None) -> bool:
    """Whether the differences are the same along the axis, and are no rounding."""
    scale = max(np.max(np.abs(pair.seen)), np.max(np.abs(pair.wanted)))
    return bool(np.max(np.ptp(off, axis=axis)) <= 4 * pair.precision * scale and np.max(np.abs(off)) > APART * scale)


def _scaled(pair: _Pair, axis: int) -> bool:
    """Whether what lies along the axis is wanted times a number, which is not everywhere the same."""
    if (np.count_nonzero(pair.wanted, axis=axis) < 2).any():
        return False  # a single number is any other times a factor
    factors = np.sum(pair.seen * pair.wanted, axis=axis, keepdims=True)
    factors = factors / np.sum(np.square(pair.wanted), axis=axis, keepdims=True)
    return bool(np.isfinite(factors).all()) and pair.varied(factors) and pair.same(pair.seen, factors * pair.wanted)


def _orders(pair: _Pair) -> Iterator[str]:
    seen, wanted = pair.seen, pair.wanted
    for axis in range(seen.ndim):
        one, other = np.moveaxis(seen, axis, 0), np.moveaxis(wanted, axis, 0)
        if len(one) >= 3 and any(pair.varied(a) and pair.same(a, b) for a, b in _overlaps(one, other)):
            yield "one place off"
    if evidence(seen, wanted, pair.precision) < STRONG:
        return  # zeros and ones come in few orders
    if seen.ndim == 2 and _permuted(pair, seen, wanted):
        yield "rows in another order"
    if seen.ndim == 2 and _permuted(pair, seen.T, wanted.T):
        yield "columns in another order"
    if seen.ndim == 1 and seen.size >= 4 and _permuted(pair, seen[:, None], wanted[:, None]):
        yield "entries in another order"


def _overlaps(one: np.ndarray, other: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """What two arrays have in common when one is moved by one place, either way."""
    yield one[1:], other[:-1]
    yield one[:-1], other[1:]


def _permuted(pair: _Pair, seen: np.ndarray, wanted: np.ndarray) -> bool:
    if not 3 <= len(seen) <= MOST_ROWS or seen.size < 4:
        return False
    scale = max(np.max(np.abs(seen)), np.max(np.abs(wanted)))
    distances = np.max(np.abs(seen[:, None, :] - wanted[None, :, :]), axis=2)
    near = distances <= pair.precision * scale
    return bool((near.sum(axis=0) == 1).all() and (near.sum(axis=1) == 1).all())


def _masks(pair: _Pair) -> Iterator[str]:
    seen, wanted = pair.seen, pair.wanted
    close = np.abs(seen - wanted) <= pair.precision * max(np.max(np.abs(seen)), np.max(np.abs(wanted)))
    off, lost = wanted == 0, seen == 0
    if (close | off).all() and np.sum(off & ~close) >= 2 and np.sum(close & ~off) >= 3:
        yield "mask left out"
    if (close | lost).all() and np.sum(lost & ~close) >= 2 and np.sum(close & ~lost) >= 3:
        yield "switched off"


def _functions(pair: _Pair) -> Iterator[str]:
    seen, wanted = pair.seen, pair.wanted
    if seen.size >= 2 and pair.same(seen, 1 - wanted):
        yield "one minus"
    if pair.same(seen, np.abs(wanted)):
        yield "sign lost"
    if pair.varied(wanted) and any(pair.same(seen, cut(wanted)) for cut in (np.trunc, np.round, np.floor)):
        yield "decimals lost"
    if seen.size < 2 or not pair.varied(wanted):
        return
    shapes = (("squared", np.square), ("square root", np.sqrt), ("exponential", np.exp), ("logarithm", np.log))
    for name, function in shapes:
        if pair.same(seen, function(wanted)):
            yield name
