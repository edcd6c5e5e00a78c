"""Every recipe on every backward pass at all inputs, counted."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from .passes import BLOCKS, RIGHT, RIGHT_PASS, SIDE_EFFECTS, WRONG, Backward
from .recipes import RECIPES, Case, Recipe
from .regimes import REGIMES

DRAWS = 6
# precision of the backward pass and of the forward pass that the recipes differentiate
PRECISIONS = {
    "float64": ("float64", "float64"),
    "float32": ("float32", "float32"),
    "float32 beside a float64 forward": ("float32", "float64"),
}
# how far a wrong gradient must be off in some block, relative to the block's largest entry, to count as wrong there
TELLING = {"float64": 1e-6, "float32": 1e-3}


@dataclass
class Tally:
    """What one recipe said in one precision. Kinds are counted by regime."""

    right: int = 0
    false_alarms: Counter[str] = field(default_factory=Counter)  # by regime
    wrong: int = 0
    misses: Counter[str] = field(default_factory=Counter)  # by kind
    side_effects: int = 0
    side_effects_missed: int = 0


Tallies = dict[tuple[str, str], Tally]


def cases(precision: str) -> Iterator[tuple[str, Case]]:
    """The inputs of a precision, by regime."""
    own, forward = PRECISIONS[precision]
    for number, (regime, make) in enumerate(REGIMES.items()):
        for draw in range(DRAWS):
            p, upstream = make(np.random.default_rng([number, draw]), draw, own)
            given = {name: value.astype(own) for name, value in p.items()}
            yield regime, Case(given, upstream.astype(own), np.dtype(forward))


def count(recipes: dict[str, Recipe] = RECIPES, precisions: tuple[str, ...] = tuple(PRECISIONS)) -> Tallies:
    """All recipes on all backward passes."""
    tallies: Tallies = {(recipe, precision): Tally() for precision in precisions for recipe in recipes}
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for precision in precisions:
            for regime, case in cases(precision):
                telling = [kind for kind, make in WRONG.items() if is_wrong_at(case, make())]
                for name, recipe in recipes.items():
                    _count_one(tallies[name, precision], recipe, case, regime, telling)
    return tallies


def _count_one(tally: Tally, recipe: Recipe, case: Case, regime: str, telling: list[str]) -> None:
    for make in RIGHT.values():
        tally.right += 1
        tally.false_alarms[regime] += not accepts(recipe, case, make)
    for kind in telling:
        tally.wrong += 1
        tally.misses[kind] += accepts(recipe, case, WRONG[kind])
    for make in SIDE_EFFECTS.values():
        tally.side_effects += 1
        tally.side_effects_missed += accepts(recipe, case, make)


def accepts(recipe: Recipe, case: Case, make: Callable[[], Backward]) -> bool:
    """What the recipe says of a fresh backward pass; one on which it raises is not accepted."""
    try:
        return bool(recipe(case, make()))
    except AssertionError:
        raise
    except Exception:  # noqa: BLE001  the recipe's user would see the traceback and know
        return False


def is_wrong_at(case: Case, backward: Backward) -> bool:
    """Whether a wrong pass is off at these inputs: a sum for a mean is right for a batch of one.

    Calculated in float64 whatever the case's precision, so that rounding is no part of it.
    """
    p = {name: value.astype(np.float64) for name, value in case.p.items()}
    upstream = case.upstream.astype(np.float64)
    right, claimed = RIGHT_PASS(p, upstream), backward(p, upstream)
    telling = TELLING[str(case.upstream.dtype)]
    for name in BLOCKS:
        if np.shape(claimed[name]) != right[name].shape:
            return True
        off = np.max(np.abs(claimed[name] - right[name]))
        if not off <= telling * np.max(np.abs(right[name])):
            return True
    return False
