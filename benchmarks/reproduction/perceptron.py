"""`perceptron`: two Gaussian clouds, three epochs; from what share of initialisations every sample is learned."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import numpy as np

from .table import Row

STARTS = 200


def rows(reference: ModuleType) -> Iterator[Row]:
    """The document's clouds at its rate, and the notebook's clouds at the document's rate and at the notebook's."""
    settings = (
        ("clouds around (−5, 5) and (5, 5), rate 0.001, as the document's code has them", (-5, 5), 0.001),
        ("clouds around (−5, −5) and (5, 5), rate 0.001, as its comment has them", (-5, -5), 0.001),
        ("the same clouds, rate 0.03, as in the notebook", (-5, -5), 0.03),
    )
    for what, centre, rate in settings:
        x, y = clouds(centre)
        learned = sum(last_epoch(reference, x, y, rate, seed) == 1 for seed in range(STARTS))
        found = f"from {learned} of {STARTS} initialisations"
        yield Row("perceptron", f"3 epochs, {what}: accuracy 100 %", "100 %, one run", found)


def clouds(centre: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """A hundred samples of each class, (200, 2), and their labels, shuffled.

    As in the document, the two clouds have the same noise.
    """
    noise = np.random.RandomState(42).normal(size=(100, 2))
    order = np.random.RandomState(42).permutation(200)
    x = np.vstack([noise + np.array(centre), noise + 5])
    return x[order], np.repeat([0, 1], 100)[order]


def last_epoch(reference: ModuleType, x: np.ndarray, y: np.ndarray, rate: float, seed: int) -> float:
    """The share of samples that were right when they came, in the third epoch."""
    np.random.seed(seed)  # noqa: NPY002  what the reference draws from
    perceptron = reference.BinaryPerceptron(2)
    losses: list[float] = []
    for _ in range(3):
        losses = [perceptron.train(sample, label, rate) for sample, label in zip(x, y, strict=True)]
    return float(np.mean(np.array(losses) == 0))
