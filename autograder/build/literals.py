"""A value as Python source, rounded so far that every machine writes the same."""

from __future__ import annotations

import math

import numpy as np

from ..errors import AssignmentError
from ..records import Blocks, Sequence, Value

DIGITS = 10  # of a block's largest entry: BLAS kernels differ in the last of sixteen
SHORT = 8  # zeros up to here are written out


def literal(value: Value, *, what: str, values: bool = True, exact: bool = False) -> str:
    """Source that makes the value again, with NumPy as `np`.

    Numbers keep ten digits, counted from the block's largest entry, so that rounding errors beside it become 0.
    With `values=False` only type and shape are kept, with `exact=True` every digit. Raises AssignmentError,
    naming `what`, for what is no data.
    """
    if isinstance(value, Blocks):
        items = (f"{name!r}: {literal(item, what=what, values=values, exact=exact)}" for name, item in value.items)
        return "{" + ", ".join(items) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(literal(item, what=what, values=values, exact=exact) for item in value.items) + "]"
    if value is None or isinstance(value, str):
        return repr(value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        return _array(value if values else np.zeros_like(value), exact=exact)
    raise AssignmentError(f"{what}: the reference's answer is no array, number, text or dictionary of these")


def _array(array: np.ndarray, *, exact: bool) -> str:
    if array.size == 0 or (array.size > SHORT and not array.any()):
        return f"np.zeros({array.shape!r}, dtype={array.dtype.name!r})"
    if array.dtype.kind in "fc" and not exact:
        scale = float(np.max(np.abs(array[np.isfinite(array)]), initial=0.0))
        places = DIGITS - 1 - math.floor(math.log10(scale)) if scale else 0
        text = _nested(array.tolist(), places)
    else:
        text = repr(array.tolist())
    return f"np.array({text})" if array.ndim else text


def _nested(item: object, places: int) -> str:
    if isinstance(item, list):
        return "[" + ", ".join(_nested(one, places) for one in item) + "]"
    if isinstance(item, complex):
        return f"complex({_number(item.real, places)}, {_number(item.imag, places)})"
    return _number(float(item), places)  # type: ignore[arg-type]


def _number(number: float, places: int) -> str:
    if not math.isfinite(number):
        return f"float({str(number)!r})"
    return repr(round(number, places) + 0.0)  # + 0.0 makes -0.0 a 0.0
