"""The gallery of `perceptron`."""

from __future__ import annotations

from autograder.loading import Loaded

from .composing import Case, known


def cases(loaded: Loaded) -> list[Case]:
    """The known mistakes and variants, among them a `fire` that returns `np.True_`."""
    return list(known(loaded))
