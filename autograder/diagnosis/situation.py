"""What stands around a check on the trusted side: the arrays that its stub was handed, and what numbers are called.

The reference runs the check once more, and each call of the question's own stubs is looked at as it begins. All
of it is drawn by the probe, so it is known before any student code is run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import FrameType, ModuleType
from typing import Any

import numpy as np

from ..answers import Answers, codes, returned
from ..definition import Check, Question

MOST_CALLS = 32
MOST_ARRAYS = 200
MOST_ENTRIES = 20_000
MOST_DEPTH = 4
RATES = ("lr", "rate", "learning_rate", "alpha", "eta")


@dataclass(slots=True)
class Situation:
    """Arrays as they were when the stub was called, and the named quantities with their values."""

    before: list[np.ndarray] = field(default_factory=list)
    values: defaultdict[str, set[float]] = field(default_factory=lambda: defaultdict(set))

    @property
    def numbers(self) -> Mapping[str, frozenset[float]]:
        """What a factor may be named after."""
        return {name: frozenset(values) for name, values in self.values.items()}


def situation(answers: Answers, question: Question, item: Check, module: ModuleType) -> Situation:
    """What the reference's stub meets in this check; `module` is the reference, loaded."""
    found = Situation()
    stubs = {code for code, name in codes(answers.loaded, module).items() if name in (question.stubs or ())}
    calls = 0

    def look(frame: FrameType, event: str, _: Any) -> None:
        nonlocal calls
        if event == "call" and frame.f_code in stubs and calls < MOST_CALLS:
            calls += 1
            _note(found, dict(frame.f_locals))

    returned(answers.probe(question, item), module, look)
    return found


def _note(found: Situation, handed: Mapping[str, Any]) -> None:
    for name, value in handed.items():
        for inner, item in _leaves(name, value, 0):
            _note_one(found, inner, item, is_argument=inner == name)


def _note_one(found: Situation, name: str, item: Any, *, is_argument: bool) -> None:
    if isinstance(item, np.ndarray) and item.dtype.kind in "biuf":
        if item.size <= MOST_ENTRIES and len(found.before) < MOST_ARRAYS:
            found.before.append(item.copy())
        if is_argument and item.ndim:
            found.values["number of samples"].add(float(item.shape[0]))
        if is_argument and item.ndim == 2:
            found.values["number of columns"].add(float(item.shape[1]))
    elif isinstance(item, float) and name in RATES:
        found.values["learning rate"].add(item)


def _leaves(name: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    """Arrays and numbers in lists, dictionaries and objects, each under the innermost name."""
    if isinstance(value, np.ndarray | int | float | str) or depth > MOST_DEPTH:
        yield name, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(f".{key}", item, depth + 1)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(f".{name}", item, depth + 1)
    elif hasattr(value, "__dict__") and not isinstance(value, type):
        for key, item in vars(value).items():
            yield from _leaves(key if isinstance(item, float) else f".{key}", item, depth + 1)
