"""What was seen beside what is wanted: type, shape, kind, finiteness, value, in that order. It never raises.

Tolerances are data. A block is judged relative to its largest wanted entry, because the entries of one block
come out of the same sums, and rounding is relative to the terms of a sum and not to their difference.
"""

from __future__ import annotations

from typing import TypeGuard

import numpy as np

from .records import Blocks, Finding, Opaque, Sequence, Value, Verdict

# relative to the largest entry of a block
DOUBLE = 1e-9  # results of float64 arithmetic agree to about 1e-13; sums in another order to 1e-11
SINGLE = 1e-4  # an answer in float32
MIXED = 2e-6  # float64 outside, rounded to float32 once inside: 2**-24 of each term, with room for a sum of some
HALF = 2e-2  # an answer in float16
ZERO = 1e-12  # absolute, so that a wanted block of zeros may come out as rounding error

_SINGLE_NOTE = "Right to single precision: judged as float32."
_NUMBERS = "biuf"


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
    `values=False` everything is compared but the values.
    """
    if not isinstance(wanted, Blocks):
        return (_compare_one(seen, wanted, "", rtol, flat="" in flat, values=values),)
    if not isinstance(seen, Blocks):
        return (Finding(Verdict.WRONG_TYPE, f"{_kind(seen)} came back; a dictionary is wanted."),)
    found = dict(seen.items)
    return tuple(
        _compare_one(found[name], value, name, rtol, flat=name in flat, values=values)
        if name in found
        else Finding(Verdict.WRONG_TYPE, f"{name} is missing from what came back.", name)
        for name, value in wanted.items
    )


def _compare_one(seen: Value, wanted: Value, block: str, rtol: float | None, *, flat: bool, values: bool) -> Finding:
    what = block or "the result"
    if isinstance(wanted, Blocks):
        inner = compare(seen, wanted, rtol=rtol, values=values)
        return next(
            (_within(f, block) for f in inner if f.verdict is not Verdict.PASSED), Finding(Verdict.PASSED, "", block)
        )
    if isinstance(wanted, Sequence):
        return _compare_sequence(seen, wanted, block, rtol, values)
    if not isinstance(wanted, np.ndarray):
        return _compare_plain(seen, wanted, block, values)
    array = _as_array(seen)
    if array is None:
        return Finding(Verdict.WRONG_TYPE, f"{what}: {_kind(seen)} came back; {_array_kind(wanted)} is wanted.", block)
    return _compare_arrays(array, wanted, block, rtol, flat, values)


def _compare_arrays(
    seen: np.ndarray, wanted: np.ndarray, block: str, rtol: float | None, flat: bool, values: bool
) -> Finding:
    what = block or "the result"
    fitted = _fit(seen, wanted.shape, flat)
    if fitted is None:
        return Finding(Verdict.WRONG_SHAPE, _shape_message(what, seen.shape, wanted.shape), block)
    if fitted.dtype.kind == "c" and wanted.dtype.kind != "c":
        return Finding(Verdict.WRONG_TYPE, f"{what} has complex entries; real ones are wanted.", block)
    if not np.isfinite(fitted).all():
        if np.isnan(fitted).any():
            return Finding(Verdict.NOT_FINITE, f"{what} has entries that are nan.", block)
        return Finding(Verdict.NOT_FINITE, f"{what} has infinite entries.", block)
    return _compare_values(fitted, wanted, block, rtol) if values else Finding(Verdict.PASSED, "", block)


def _compare_values(seen: np.ndarray, wanted: np.ndarray, block: str, rtol: float | None) -> Finding:
    what = block or "the result"
    with np.errstate(all="ignore"):
        target = wanted.astype(np.complex128 if wanted.dtype.kind == "c" else np.float64)
        error = float(np.max(np.abs(seen.astype(target.dtype) - target), initial=0.0))
        scale = float(np.max(np.abs(target), initial=0.0))
    exact, loose = _tolerances(seen.dtype, rtol)
    # written so that a NaN in error or scale fails
    if error <= exact * scale + ZERO:
        return Finding(Verdict.PASSED, "", block)
    if error <= loose * scale + ZERO:
        return Finding(Verdict.PASSED, _SINGLE_NOTE, block)
    return Finding(Verdict.WRONG_VALUE, f"{what} has the right shape and wrong values.", block)


def _tolerances(dtype: np.dtype, rtol: float | None) -> tuple[float, float]:
    """Up to the first all is well; up to the second it is, for a lower precision."""
    exact = DOUBLE if rtol is None else rtol
    loose = {2: HALF, 4: SINGLE}.get(dtype.itemsize, MIXED) if dtype.kind == "f" else MIXED
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


def _shape_message(what: str, seen: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    if wanted == ():
        return f"{what} has shape {seen}; a single number is wanted."
    hint = " Is it transposed?" if seen == wanted[::-1] else ""
    return f"{what} has shape {seen}; {wanted} is wanted.{hint}"


def _compare_sequence(seen: Value, wanted: Sequence, block: str, rtol: float | None, values: bool) -> Finding:
    what = block or "the result"
    items = _as_items(seen)
    if items is None:
        return Finding(
            Verdict.WRONG_TYPE, f"{what}: {_kind(seen)} came back; {len(wanted.items)} items are wanted.", block
        )
    if len(items) != len(wanted.items):
        return Finding(Verdict.WRONG_SHAPE, f"{what} has {len(items)} items; {len(wanted.items)} are wanted.", block)
    for index, (one, other) in enumerate(zip(items, wanted.items, strict=True)):
        finding = _compare_one(one, other, f"item {index} of {what}", rtol, flat=False, values=values)
        if finding.verdict is not Verdict.PASSED:
            return Finding(finding.verdict, finding.message, block)
    return Finding(Verdict.PASSED, "", block)


def _compare_plain(seen: Value, wanted: Value, block: str, values: bool) -> Finding:
    what = block or "the result"
    if isinstance(wanted, str):
        if not isinstance(seen, str):
            return Finding(Verdict.WRONG_TYPE, f"{what}: {_kind(seen)} came back; a text is wanted.", block)
        if values and seen != wanted:
            return Finding(Verdict.WRONG_VALUE, f"{what} is another text than the one wanted.", block)
        return Finding(Verdict.PASSED, "", block)
    if wanted is None and seen is None:
        return Finding(Verdict.PASSED, "", block)
    return Finding(Verdict.WRONG_TYPE, f"{what}: {_kind(seen)} came back; None is wanted.", block)


def _as_array(seen: Value) -> np.ndarray | None:
    """An array of numbers, or a list of equal ones as one array; None for anything else."""
    if _is_numeric(seen):
        return seen
    if isinstance(seen, Sequence) and seen.items:
        parts = [part for part in map(_as_array, seen.items) if part is not None]
        if len(parts) == len(seen.items) and len({part.shape for part in parts}) == 1:
            return np.stack(parts)
    return None


def _as_items(seen: Value) -> tuple[Value, ...] | None:
    if isinstance(seen, Sequence):
        return seen.items
    if isinstance(seen, np.ndarray) and seen.ndim:
        return tuple(np.asarray(row) for row in seen)
    return None


def _is_numeric(value: Value) -> TypeGuard[np.ndarray]:
    return isinstance(value, np.ndarray) and value.dtype.kind in _NUMBERS + "c"


def _within(finding: Finding, block: str) -> Finding:
    return Finding(finding.verdict, finding.message, block)


def _kind(value: Value) -> str:
    if value is None:
        return "nothing (None)"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, Blocks):
        return "a dictionary"
    if isinstance(value, Sequence):
        return f"a list of {len(value.items)} items"
    if isinstance(value, Opaque):
        return "something that is no array"
    return _array_kind(value) if isinstance(value, np.ndarray) else "something that is no array"


def _array_kind(value: np.ndarray) -> str:
    return "a number" if value.ndim == 0 else f"an array of shape {value.shape}"
