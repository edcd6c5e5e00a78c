"""What was seen beside what is wanted: type, shape, kind, finiteness, value, in that order. It never raises.

Tolerances are data. A block is judged relative to its largest wanted entry, because the entries of one block
come out of the same sums, and rounding is relative to the terms of a sum and not to their difference.
"""

from __future__ import annotations

import math

import numpy as np

from .records import Blocks, Finding, Opaque, Sequence, Value, Verdict

MOST_DIMS = 32  # of any NumPy

# relative to the largest entry of a block
DOUBLE = 1e-9  # results of float64 arithmetic agree to about 1e-13; sums in another order to 1e-11
SINGLE = 1e-4  # an answer in float32; float16 is held to it too, or the student's dtype would choose the tolerance
MIXED = 2e-6  # float64 outside, rounded to float32 once inside: 2**-24 of each term, with room for a sum of some
ZERO = 1e-12  # absolute, so that a wanted block of zeros may come out as rounding error

SINGLE_NOTE = "Right to single precision: judged as float32."
UNSIGNED_NOTE = "Right, in whole numbers without a sign: a difference below zero would wrap around."
_NUMBERS = "biufc"
_NO_KIND = "neither a number nor an array"
# a closed list: the name of a type may come from hostile code
_OTHER_KINDS = {
    **dict.fromkeys(("generator", "map", "zip", "filter", "enumerate"), "a generator, which gives its items only once"),
    **dict.fromkeys(("set", "frozenset"), "a set, which has no order"),
    **dict.fromkeys(("function", "method", "builtin_function_or_method"), "a function (is it to be called?)"),
    "type": "a class",
    "ellipsis": "the three dots of a blank",
}


def compare(
    seen: Value,
    wanted: Value,
    *,
    rtol: float | None = None,
    flat: tuple[str, ...] = (),
    values: bool = True,
) -> tuple[Finding, ...]:
    """One finding for each block of `wanted`, or one with `block` "" where it is no dictionary.

    `flat` names blocks of which leading axes of length one may be missing: `(n,)` for `(1, n)`. With
    `values=False` everything is compared but the values. An `rtol` of 0 is meant: no precision is excused then.
    """
    try:
        with np.errstate(all="ignore"):
            return _compare(seen, wanted, rtol, flat, values=values)
    except RecursionError:
        return (Finding(Verdict.WRONG_TYPE, "What came back is nested too deeply to be compared."),)


def as_array(seen: Value) -> np.ndarray | None:
    """An array of numbers, or a list of equal ones as one array; None for anything else."""
    if isinstance(seen, np.ndarray):
        return np.asarray(seen) if seen.dtype.kind in _NUMBERS else None
    if isinstance(seen, Sequence):
        parts = [part for part in map(as_array, seen.items) if part is not None]
        if not seen.items:
            return np.zeros(0)
        if len(parts) == len(seen.items) and len({part.shape for part in parts}) == 1 and parts[0].ndim < MOST_DIMS:
            return np.stack(parts)
    return None


def _compare(
    seen: Value, wanted: Value, rtol: float | None, flat: tuple[str, ...], *, values: bool
) -> tuple[Finding, ...]:
    if not isinstance(wanted, Blocks):
        return (_compare_one(seen, wanted, "", rtol, flat="" in flat, values=values),)
    if not isinstance(seen, Blocks):
        nothing = _nothing_message("", "a dictionary")
        other = f"A dictionary is wanted; what came back is {_kind(seen)}."
        return (Finding(Verdict.WRONG_TYPE, nothing if seen is None else other),)
    if not wanted.items:
        return (Finding(Verdict.PASSED),)
    found = dict(seen.items)
    return tuple(
        _compare_one(found[name], value, name, rtol, flat=name in flat, values=values)
        if name in found
        else Finding(Verdict.WRONG_TYPE, f"{_what(name)} is missing from what came back.", name)
        for name, value in wanted.items
    )


def _compare_one(seen: Value, wanted: Value, block: str, rtol: float | None, *, flat: bool, values: bool) -> Finding:
    if isinstance(wanted, Blocks):
        inner = _compare(seen, wanted, rtol, (), values=values)
        failed = (Finding(f.verdict, f.message, block) for f in inner if f.verdict is not Verdict.PASSED)
        return next(failed, Finding(Verdict.PASSED, "", block))
    if isinstance(wanted, Sequence):
        return _compare_sequence(seen, wanted, block, rtol, values)
    target = as_array(wanted)
    if target is None:
        return _compare_plain(seen, wanted, block, values)
    array = as_array(seen)
    if array is None:
        return Finding(Verdict.WRONG_TYPE, _array_message(block, seen, target), block)
    return _compare_arrays(array, target, block, rtol, flat, values)


def _compare_arrays(
    seen: np.ndarray, wanted: np.ndarray, block: str, rtol: float | None, flat: bool, values: bool
) -> Finding:
    what = _what(block)
    fitted = _fit(seen, wanted.shape, flat)
    if fitted is None:
        return Finding(Verdict.WRONG_SHAPE, _shape_message(what, seen.shape, wanted.shape), block)
    if fitted.dtype.kind == "c" and wanted.dtype.kind != "c":
        return Finding(Verdict.WRONG_TYPE, f"{what} is made of complex numbers; real ones are wanted.", block)
    note = _note_of_right_values(fitted, wanted, rtol) if values else None
    if note is not None:
        return Finding(Verdict.PASSED, note, block)
    if not np.isfinite(fitted).all():
        kind = "nan, which is no number" if np.isnan(fitted).any() else "infinite"
        which = "is" if fitted.ndim == 0 else "has entries that are"
        return Finding(Verdict.NOT_FINITE, f"{what} {which} {kind}.", block)
    if not values:
        return Finding(Verdict.PASSED, "", block)
    said = "is not the number that is wanted" if fitted.ndim == 0 else "has the right shape, but not the right values"
    return Finding(Verdict.WRONG_VALUE, f"{what} {said}.", block)


def _note_of_right_values(seen: np.ndarray, wanted: np.ndarray, rtol: float | None) -> str | None:
    """What is said of values that are close enough, mostly nothing; None where they are not, or are not finite."""
    dtype = np.complex128 if wanted.dtype.kind == "c" else np.float64
    target = wanted.astype(dtype, copy=False)
    error = float(np.abs(seen.astype(dtype, copy=False) - target).max(initial=0.0))
    scale = float(np.abs(target).max(initial=0.0))
    exact, loose = _tolerances(seen.dtype, rtol)
    # written so that a NaN in error or scale fails; an infinite scale would let everything pass
    if not math.isfinite(scale):
        return None
    if error <= exact * scale + ZERO:
        return UNSIGNED_NOTE if seen.dtype.kind == "u" else ""
    return SINGLE_NOTE if error <= loose * scale + ZERO else None


def _tolerances(dtype: np.dtype, rtol: float | None) -> tuple[float, float]:
    """Up to the first all is well; up to the second it is, for a lower precision."""
    exact = DOUBLE if rtol is None else rtol
    if exact == 0:
        return 0.0, 0.0
    loose = SINGLE if dtype.kind == "f" and dtype.itemsize <= 4 else MIXED
    return exact, max(exact, loose)


def _fit(seen: np.ndarray, shape: tuple[int, ...], flat: bool) -> np.ndarray | None:
    """`seen` in the wanted shape where the difference can do no harm later, else None."""
    if seen.shape == shape:
        return seen
    if shape == () and seen.size == 1:
        return seen.reshape(())
    if flat and _without_leading_ones(seen.shape) == _without_leading_ones(shape):
        return seen.reshape(shape)
    return None


def _without_leading_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    while shape and shape[0] == 1:
        shape = shape[1:]
    return shape


def _compare_sequence(seen: Value, wanted: Sequence, block: str, rtol: float | None, values: bool) -> Finding:
    found, count = _item_count(seen), _counted(len(wanted.items))
    if found is None:
        return Finding(Verdict.WRONG_TYPE, _type_message(block, seen, f"a list of {count}"), block)
    if found != len(wanted.items):  # before any are made: an array of nothing can have millions
        verb = "is" if len(wanted.items) == 1 else "are"
        return Finding(
            Verdict.WRONG_SHAPE, f"{_what(block)} has {_counted(found)}; {len(wanted.items)} {verb} wanted.", block
        )
    for index, (one, other) in enumerate(zip(_items(seen), wanted.items, strict=True)):
        within = f"item {index} of {block or 'the result'}"
        finding = _compare_one(one, other, within, rtol, flat=False, values=values)
        if finding.verdict is not Verdict.PASSED:
            return Finding(finding.verdict, finding.message, block)
    return Finding(Verdict.PASSED, "", block)


def _compare_plain(seen: Value, wanted: Value, block: str, values: bool) -> Finding:
    if isinstance(wanted, str):
        if not isinstance(seen, str):
            return Finding(Verdict.WRONG_TYPE, _type_message(block, seen, "a text"), block)
        if values and seen != wanted:
            return Finding(Verdict.WRONG_VALUE, f"{_what(block)} is another text than the one that is wanted.", block)
        return Finding(Verdict.PASSED, "", block)
    if wanted is None:
        if seen is None:
            return Finding(Verdict.PASSED, "", block)
        return Finding(Verdict.WRONG_TYPE, _type_message(block, seen, "None"), block)
    return Finding(Verdict.WRONG_TYPE, f"{_what(block)} cannot be compared with what is wanted.", block)


def _item_count(seen: Value) -> int | None:
    """How many items it has; None for what has none."""
    if isinstance(seen, Sequence):
        return len(seen.items)
    return len(seen) if isinstance(seen, np.ndarray) and seen.ndim else None


def _items(seen: Value) -> tuple[Value, ...]:
    if isinstance(seen, Sequence):
        return seen.items
    return tuple(np.asarray(row) for row in seen) if isinstance(seen, np.ndarray) else ()


# --- words -------------------------------------------------------------------------------------------


def _what(block: str) -> str:
    """The subject of a sentence: the block's name, in quotation marks where it is more than one word."""
    if not block:
        return "The result"
    if block.startswith("item "):
        return f"I{block[1:]}"
    return block if block.isidentifier() else f"“{block}”"


def _type_message(block: str, seen: Value, wanted: str) -> str:
    if seen is None:
        return _nothing_message(block, wanted)
    return f"{_what(block)} is {_kind(seen)}; {wanted} is wanted."


def _nothing_message(block: str, wanted: str) -> str:
    what = f"{_what(block)}: nothing" if block else "Nothing"
    return f"{what} came back (None) where {wanted} is wanted. Does the function end without a return?"


def _array_message(block: str, seen: Value, target: np.ndarray) -> str:
    """What is said where no array came back. A list that holds None is often the check's own, with an item a call."""
    depth = _depth_of_none(seen, target.ndim)
    if depth is None:
        return _type_message(block, seen, _array_kind(target))
    return _nothing_message(block, "a number" if depth == target.ndim else "an array")


def _depth_of_none(seen: Value, most: int) -> int | None:
    """How deep in lists a None stands; None where there is none."""
    if seen is None:
        return 0
    if not isinstance(seen, Sequence) or most == 0:
        return None
    depths = (_depth_of_none(item, most - 1) for item in seen.items)
    return next((depth + 1 for depth in depths if depth is not None), None)


def _shape_message(what: str, seen: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    if wanted == ():
        return f"{what} has shape {seen}; a single number is wanted."
    if seen == ():
        return f"{what} is a single number; shape {wanted} is wanted."
    return f"{what} has shape {seen}; {wanted} is wanted{_shape_difference(seen, wanted)}."


def _shape_difference(seen: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    """What the two shapes alone say, and no guess at its cause."""
    if len(seen) == len(wanted) == 2 and seen == wanted[::-1]:
        return ": rows and columns are swapped"
    more = len(seen) - len(wanted)
    if not more:
        return ""
    count = {1: "one dimension", 2: "two dimensions"}.get(abs(more), f"{abs(more)} dimensions")
    return f": {count} too {'many' if more > 0 else 'few'}"


def _counted(count: int) -> str:
    return f"{count} item{'' if count == 1 else 's'}"


def _kind(value: Value) -> str:
    if value is None:
        return "None"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, Blocks):
        return "a dictionary"
    if isinstance(value, Sequence):
        return f"a list of {_counted(len(value.items))}"
    if isinstance(value, np.ndarray) and value.dtype.kind in _NUMBERS:
        return _array_kind(value)
    return _OTHER_KINDS.get(value.type_name, _NO_KIND) if isinstance(value, Opaque) else _NO_KIND


def _array_kind(value: np.ndarray) -> str:
    return "a number" if value.ndim == 0 else f"an array of shape {value.shape}"
