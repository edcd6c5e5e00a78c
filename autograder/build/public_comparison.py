"""Judges a notebook's public checks as the autograder judges them, and shows the values.

The build copies this text into the notebook, with the checks after it. It needs NumPy and nothing else.
"""

import contextlib
import io
import random
import re
import traceback
from collections import deque
from collections.abc import ItemsView, Iterator, KeysView, ValuesView
from types import CodeType
from typing import Any

import numpy as np

# The autograder's own tolerances, relative to the largest entry of what is wanted.
DOUBLE, SINGLE, MIXED, ZERO = 1e-9, 1e-4, 2e-6, 1e-12

# What holds items in an order, and is as good as a list.
LISTS = (list, tuple, deque, range, KeysView, ValuesView, ItemsView)

UNCHANGED = "This is still what it was before the call. Is the new value put where it belongs, or returned?"

CHECKS: dict[str, dict[str, dict[str, Any]]] = {}  # by question, by name
STUBS: dict[str, tuple[str, ...]] = {}  # what each question asks for
USES: dict[str, tuple[str, ...]] = {}  # the other stubs that run in it
BLANKS: dict[str, str] = {}  # each stub as it stood in the notebook at first
ALIASES: dict[str, str] = {}  # other names that a stub or its class may have


class NotWritten(AssertionError):
    """There is nothing to check yet."""


class First(AssertionError):
    """Another function has to be mended first."""


class Failed(AssertionError):
    """The student's code raised an exception."""


class Wrong(AssertionError):
    """The answer is not what is wanted."""


class Missing(Exception):
    """A name that the notebook does not define."""


class Notebook:
    """What a check sees: the notebook's names as attributes."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.__names = names

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self.__names:
            raise Missing(name)
        return self.__names[name]


def judge(question: str, name: str, names: dict[str, Any]) -> None:
    """Say what is wrong by an exception, where the check does not hold in the notebook with these names."""
    names = under_own_names(names)
    fault = fault_of(question, name, names)
    if fault is None:
        return
    if not isinstance(fault, NotWritten):
        blamed = unready(question, names)
        if blamed:
            raise First(blamed)
    raise fault


def under_own_names(names: dict[str, Any]) -> dict[str, Any]:
    """The notebook's names, and for a stub that is there under another accepted name, its own."""
    found = names
    for alias, name in ALIASES.items():
        stubs = [stub for stub in BLANKS if stub.partition(".")[0] == name]
        if alias in names and (name not in names or all(absent(stub, names) for stub in stubs)):
            found = {**found, name: names[alias]}
    return found


def fault_of(question: str, name: str, names: dict[str, Any]) -> Exception | None:
    """What is wrong, or None."""
    for stub in STUBS[question]:
        if absent(stub, names):
            return NotWritten(absent(stub, names))
    check = CHECKS[question][name]
    try:
        seen = run(check["probe"], check["seed"], names)
    except Missing as missing:
        return NotWritten(f"{missing} is not defined yet. Run the cells of this notebook from the top.")
    except (Exception, SystemExit) as error:
        return Failed(harmless(describe(error, names) + hint_of(check)))
    fault = find_fault(seen, check["wanted"], check["rtol"], check["flat"], check["holds"] is None)
    if any(not find_fault(seen, other, check["rtol"], check["flat"]) for other in check["or"]):
        fault = ""
    if fault and unchanged(seen, check):
        fault = f"{UNCHANGED}\n{fault}"
    if not fault and check["holds"] is not None and not holds(check["holds"], seen):
        fault = f"The shape is right, but this does not hold: {check['title']}.\n{shown('Your code gives', seen)}"
    return Wrong(harmless(fault + hint_of(check))) if fault else None


def unready(question: str, names: dict[str, Any]) -> str:
    """Which of the functions that a question uses is to be mended first; "" where all are in order."""
    owner = {stub: other for other, stubs in STUBS.items() for stub in stubs}
    wrong = {}
    for stub in USES[question]:
        other = owner[stub]
        if absent(stub, names):
            wrong[stub] = f"First write {last(stub)}: this check uses it. {absent(stub, names)}"
        elif not passes(other, names):
            wrong[stub] = f"First mend {last(stub)}: this check uses it, and it does not pass its own check yet."
    # the deepest: one that itself uses none of the others
    for stub, sentence in wrong.items():
        if not any(used in wrong for used in USES[owner[stub]]):
            return sentence
    return next(iter(wrong.values()), "")


def passes(question: str, names: dict[str, Any]) -> bool:
    """Whether a question's checks hold. What its functions print belongs to its own cell, and is not shown here."""
    with contextlib.redirect_stdout(io.StringIO()):
        return not any(fault_of(question, name, names) for name in CHECKS[question])


def run(probe: Any, seed: int, names: dict[str, Any]) -> Any:
    """What the probe returns, with seeded generators, which are put back as they were."""
    numpy_state, python_state = np.random.get_state(), random.getstate()
    np.random.seed(seed % 2**32)
    random.seed(seed)
    try:
        return probe(Notebook(names))
    finally:
        np.random.set_state(numpy_state)
        random.setstate(python_state)


def absent(stub: str, names: dict[str, Any]) -> str:
    """Why a stub cannot be checked yet, in words; "" where it can."""
    owner, _, method = stub.rpartition(".")
    if (owner or method) not in names:
        return f"{owner or method} is not defined yet. Run the cells of this notebook from the top."
    function = getattr(names[owner], method, None) if owner else names[method]
    if function is None or (owner and inherited(names[owner], owner, method)):
        return outside(stub, names) or f"{stub} is not defined yet. Run its cell, and look for an error below it."
    if not callable(function):
        return f"{stub} is no longer a function: a cell gave its name to something else. Run its cell again."
    code = getattr(function, "__code__", None)
    if code is not None and outline(code) == outline(blank_code(stub)):
        return outside(stub, names) or f"{stub} is still blank. Write it, run its cell, and then this one."
    return ""


def inherited(made: Any, owner: str, method: str) -> bool:
    """Whether a class has a stub only from another class, of which it is a stub too."""
    holders = [base.__name__ for base in getattr(made, "__mro__", ()) if method in vars(base)]
    return bool(holders) and holders[0] != owner and f"{holders[0]}.{method}" in BLANKS


def outside(stub: str, names: dict[str, Any]) -> str:
    """What to do where a method was written as a function of the notebook; "" where it was not."""
    owner, _, method = stub.rpartition(".")
    if not owner or getattr(names.get(method), "__globals__", None) is not names:
        return ""
    return f"{method} stands outside the class: keep the line `class {owner}({owner}):` above it, and indent it."


def blank_code(stub: str) -> CodeType:
    """The code of a stub as it stood in the notebook at first."""
    module = compile(BLANKS[stub], "blank", "exec")
    return next(item for item in module.co_consts if isinstance(item, CodeType))


def outline(code: CodeType) -> tuple[Any, ...]:
    """A function without its docstring and its place."""
    numbers = tuple(item for item in code.co_consts if not isinstance(item, str | CodeType))
    return code.co_code, code.co_names, code.co_varnames, numbers


def find_fault(seen: Any, wanted: Any, rtol: float | None, flat: tuple[str, ...], values: bool = True) -> str:
    """What is wrong with an answer, in words, or "" where nothing is. `values=False`: all but the values."""
    if not isinstance(wanted, dict):
        return fault_of_block(seen, wanted, "", rtol, "" in flat, values)
    if not is_dictionary(seen):
        return f"{kind(seen)} came back; a dictionary is wanted."
    seen = {str(name): item for name, item in seen.items()}
    for block, value in wanted.items():
        if block not in seen:
            return f"{block} is missing from what came back."
        fault = fault_of_block(seen[block], value, block, rtol, block in flat, values)
        if fault:
            return fault
    return ""


def unchanged(seen: Any, check: dict[str, Any]) -> bool:
    """Whether each wrong block is an array that the function was handed, or found in its object."""
    blocks = check["wanted"] if isinstance(check["wanted"], dict) else {"": check["wanted"]}
    got = seen if isinstance(check["wanted"], dict) else {"": seen}
    wrong = [name for name in blocks if find_fault(got.get(name), blocks[name], check["rtol"], ())]
    arrays = [as_array(got.get(name)) for name in wrong]
    return bool(arrays) and all(
        array is not None
        and array.size > 1
        and np.ptp(array)
        and any(array.shape == before.shape and close(array, before, None) for before in check["before"])
        for array in arrays
    )


def fault_of_block(seen: Any, wanted: Any, block: str, rtol: float | None, flat: bool, values: bool) -> str:
    """What is wrong with one block of an answer."""
    what = block or "The result"
    if isinstance(wanted, dict):
        return find_fault(seen, wanted, rtol, (), values)
    if isinstance(wanted, list):
        return fault_of_items(seen, wanted, what, rtol, values)
    if wanted is None or isinstance(wanted, str):
        return fault_of_text(seen, wanted, what, values)
    target = np.asarray(wanted)
    array = as_array(seen)
    if array is None and holds_nothing(seen):
        return (
            f"{what}: nothing came back (None) where {kind(target)} is wanted. Does the function end without a return?"
        )
    if array is None:
        return f"{what}: {kind(seen)} came back; {kind(target)} is wanted."
    return fault_of_array(array, target, what, rtol, flat, values)


def fault_of_text(seen: Any, wanted: str | None, what: str, values: bool) -> str:
    """What is wrong where a text, or nothing, is wanted."""
    alike = isinstance(seen, type(wanted)) and (seen == wanted or not values)
    return "" if alike else f"{what}: {kind(seen)} came back; {wanted!r} is wanted."


def fault_of_array(seen: Any, wanted: Any, what: str, rtol: float | None, flat: bool, values: bool) -> str:
    """What is wrong with an array: its shape, its kind, its finiteness, its values, in that order."""
    fitted = fit(seen, wanted.shape, flat)
    if fitted is None:
        size = f"{wanted.shape}" if wanted.ndim else "a single number"
        return f"{what} has shape {seen.shape}; {size} is wanted{difference(seen.shape, wanted.shape)}."
    if fitted.dtype.kind == "c" and wanted.dtype.kind != "c":
        return f"{what} has complex entries; real ones are wanted."
    if not np.isfinite(fitted).all():
        return f"{what} has entries that are {'nan' if np.isnan(fitted).any() else 'infinite'}."
    if not values or close(fitted, wanted, rtol):
        return ""
    return f"{what} has wrong values.\n{shown('Your code gives', fitted)}\n{shown('This is wanted', wanted)}"


def difference(seen: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    """What two shapes alone say."""
    if not seen or not wanted:
        return ""
    if len(seen) == len(wanted) == 2 and seen == wanted[::-1]:
        return ": rows and columns are swapped"
    more = len(seen) - len(wanted)
    count = {1: "one dimension", 2: "two dimensions"}.get(abs(more), f"{abs(more)} dimensions")
    return f": {count} too {'many' if more > 0 else 'few'}" if more else ""


def fault_of_items(seen: Any, wanted: list[Any], what: str, rtol: float | None, values: bool) -> str:
    """What is wrong with a list of items that are not one array."""
    items = list(seen) if isinstance(seen, LISTS) or (isinstance(seen, np.ndarray) and seen.ndim) else None
    if items is None:
        return f"{what}: {kind(seen)} came back; {len(wanted)} items are wanted."
    if len(items) != len(wanted):
        return f"{what} has {len(items)} items; {len(wanted)} are wanted."
    faults = (
        fault_of_block(one, other, f"item {index} of {what}", rtol, flat=False, values=values)
        for index, (one, other) in enumerate(zip(items, wanted, strict=True))
    )
    return next(filter(None, faults), "")


def close(seen: Any, wanted: Any, rtol: float | None) -> bool:
    """Whether values agree, at the precision that the answer's type can have."""
    with np.errstate(all="ignore"):
        target = wanted.astype(np.complex128 if wanted.dtype.kind == "c" else np.float64)
        error = float(np.max(np.abs(seen.astype(target.dtype) - target), initial=0.0))
        scale = float(np.max(np.abs(target), initial=0.0))
    loose = SINGLE if seen.dtype.kind == "f" and seen.dtype.itemsize <= 4 else MIXED
    exact = DOUBLE if rtol is None else rtol
    return scale < np.inf and error <= (max(exact, loose) if exact else 0) * scale + ZERO


def fit(seen: Any, shape: tuple[int, ...], flat: bool) -> Any:
    """The array in the wanted shape where the difference does no harm, else None."""
    if seen.shape == shape:
        return seen
    if shape == () and seen.size == 1:
        return seen.reshape(())
    if flat and re.sub(r"^(1,)*", "", commas(seen.shape)) == re.sub(r"^(1,)*", "", commas(shape)):
        return seen.reshape(shape)
    return None


def commas(shape: tuple[int, ...]) -> str:
    """A shape as text: `2,3,`."""
    return "".join(f"{length}," for length in shape)


def as_array(seen: Any) -> Any:
    """An array of numbers, or a list of equal ones as one array; None for anything else."""
    if isinstance(seen, bool | int | float | complex | np.generic | np.ndarray):
        array = np.asarray(seen)
        if array.dtype.kind == "O" and array.ndim:
            return as_array(array.tolist())
        return array if array.dtype.kind in "biufc" else None
    if isinstance(seen, LISTS) and len(seen):
        parts = [as_array(item) for item in seen]
        if all(part is not None and part.shape == parts[0].shape for part in parts):
            return np.stack(parts)
    return None


def holds(predicate: Any, seen: Any) -> bool:
    """Whether a promise is kept by what came back; an exception is no."""
    try:
        with np.errstate(all="ignore"):
            return bool(predicate(plain(seen)))
    except Exception:
        return False


def plain(seen: Any) -> Any:
    """What came back, with arrays for numbers."""
    if is_dictionary(seen):
        return {str(name): plain(item) for name, item in seen.items()}
    if isinstance(seen, LISTS):
        array = as_array(seen)
        return [plain(item) for item in seen] if array is None else array
    array = as_array(seen)
    return seen if array is None else array


def describe(error: BaseException, names: dict[str, Any]) -> str:
    """An exception in words: what, where in the notebook, and the line that it happened in."""
    frames = [
        (frame.f_code.co_name, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_globals is names
    ]
    text = f"{type(error).__name__} was raised"
    if frames:
        text += f" in {frames[-1][0]}, line {frames[-1][1]} of its cell"
    said = str(error).strip()
    return f"{text}:\n    {said[:300]}" if said else f"{text}."


def hint_of(check: dict[str, Any]) -> str:
    """The hint, on a line of its own."""
    return f"\nHint: {check['hint']}" if check["hint"] else ""


def shown(title: str, value: Any) -> str:
    """A value below its title."""
    array = as_array(value)
    text = repr(value) if array is None else np.array2string(array, precision=6, threshold=60, floatmode="maxprec")
    return f"{title}:\n" + "\n".join(f"    {line}" for line in text[:2000].splitlines())


def holds_nothing(value: Any) -> bool:
    """Whether it is None, or a list with a None in it."""
    return value is None or (isinstance(value, LISTS) and any(map(holds_nothing, value)))


def is_dictionary(value: Any) -> bool:
    """Whether it is a dictionary whose keys are texts or whole numbers."""
    return isinstance(value, dict) and all(isinstance(key, str | int | np.integer) for key in value)


def kind(value: Any) -> str:
    """What sort of thing it is, in words."""
    if value is None:
        return "nothing (None)"
    if isinstance(value, str):
        return "a text"
    if is_dictionary(value):
        return "a dictionary"
    array = as_array(value)
    if array is not None:
        return f"an array of shape {array.shape}" if array.ndim else "a number"
    if isinstance(value, LISTS):
        return f"a list of {len(value)} items"
    kinds = (Iterator, "a generator, which gives its items only once"), (set | frozenset, "a set, which has no order")
    return next((words for each, words in kinds if isinstance(value, each)), "something that is no array")


def last(stub: str) -> str:
    """A stub's name without its class."""
    return stub.rpartition(".")[2]


def harmless(text: str) -> str:
    """The text, without what a browser would take for a tag."""
    return re.sub(r"<(?=[A-Za-z/!])", "‹", text)
