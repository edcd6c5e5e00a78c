"""`binary_mlp`: the two crossed clouds, one sample at a time."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import numpy as np

from .table import Row, percent

SEEDS = 5
EPOCHS = 200
ALPHA = 0.001


def rows(reference: ModuleType) -> Iterator[Row]:
    """Both networks at the document's rate and for its number of epochs, the samples shuffled in each epoch."""
    runs = (("2-2-1", "98.9 %", _one_hidden_layer), ("2-5-3-1", "99.7 %", _two_hidden_layers))
    for shape, claimed, run in runs:
        shares = [run(reference, seed) for seed in range(SEEDS)]
        found = ", ".join(percent(share, 1) for share in shares) + f" from {SEEDS} seeds"
        yield Row("binary_mlp", f"{shape}, {EPOCHS} epochs, rate {ALPHA}: training accuracy", claimed, found)
    shares = [_unshuffled(reference, seed) for seed in range(SEEDS)]
    found = ", ".join(percent(share, 1) for share in shares) + f" from {SEEDS} seeds"
    what = f"2-5-3-1, {EPOCHS} epochs, rate {ALPHA}, classes in order and never shuffled, as in the document"
    yield Row("binary_mlp", what, "99.7 %", found)


def clouds(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A lying cloud of 500 samples, and 250 above and 250 below it, (1000, 2), with targets (1000, 1), in order."""
    rng = np.random.default_rng(seed)
    parts = [((0, 0), (2, 0.5), 500), ((0, 3.5), (0.5, 1), 250), ((0, -3.5), (0.5, 1), 250)]
    x = np.vstack([rng.normal(centre, spread, (n, 2)) for centre, spread, n in parts])
    return x, np.repeat([0.0, 1.0], 500)[:, None]


def _one_hidden_layer(reference: ModuleType, seed: int) -> float:
    x, yhat = clouds(seed)
    np.random.seed(seed)  # noqa: NPY002  what the reference draws from
    *parameters, _ = reference.train1(x, yhat, 2, ALPHA, EPOCHS)
    return float(np.mean(np.round(reference.forward1(x, *parameters)) == yhat))


def _two_hidden_layers(reference: ModuleType, seed: int) -> float:
    x, yhat = clouds(seed)
    np.random.seed(seed)  # noqa: NPY002
    w, b, _ = reference.trainn(x, yhat, (2, 5, 3, 1), ALPHA, EPOCHS)
    return float(np.mean(np.round(reference.forwardn(x, w, b)) == yhat))


def _unshuffled(reference: ModuleType, seed: int) -> float:
    x, yhat = clouds(seed)
    np.random.seed(seed)  # noqa: NPY002
    w, b = reference.init_model((2, 5, 3, 1))
    for _ in range(EPOCHS):
        for sample, target in zip(x, yhat, strict=True):
            w, b = reference.backwardn(sample, w, b, reference.forwardn(sample, w, b), target, ALPHA)
    return float(np.mean(np.round(reference.forwardn(x, w, b)) == yhat))
