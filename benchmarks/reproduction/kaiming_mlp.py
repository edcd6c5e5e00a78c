"""`kaiming_mlp`: MNIST and Fashion-MNIST with two hidden layers of 128, sigmoid outputs and squared error.

And MNIST with what reaches the document's figure, which its own settings do not: wider layers and longer steps, on
pixels from 0 to 1, since with pixels from -1 to 1 steps of that length end all learning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType

import numpy as np

from .data import Images
from .table import Row, percent

LAYERS = (784, 128, 128, 10)
EPOCHS = 200
BATCH = 64
RATE = 0.2

WIDER = (784, 1024, 512, 10)
WIDER_EPOCHS = 20
LONGER = 0.8


def rows(reference: ModuleType, name: str, images: Images, claimed: str) -> Iterator[Row]:
    """One data set: at the rate as the document states it, and at that rate for the mean over a batch."""
    shown = _Shown(images, reference.normalization)
    summed = _accuracies(reference, shown, LAYERS, RATE, epochs=3)
    what = (
        f"{name}, rate {RATE} on gradients summed over {BATCH} samples, as the document's code has it, 3 epochs: test"
    )
    yield Row("kaiming_mlp", what, claimed, percent(summed[-1]))
    mean = _accuracies(reference, shown, LAYERS, RATE / BATCH, EPOCHS)
    what = f"{name}, rate {RATE} on their mean, {EPOCHS} epochs: test accuracy"
    yield Row("kaiming_mlp", what, claimed, _last_and_best(mean))


def wider(reference: ModuleType, images: Images, claimed: str) -> Iterator[Row]:
    """MNIST with more units and a higher rate."""
    shown = _Shown(images, lambda pixels: pixels / 255)
    accuracies = _accuracies(reference, shown, WIDER, LONGER / BATCH, WIDER_EPOCHS)
    layers = "-".join(map(str, WIDER))
    what = f"MNIST, {layers}, pixels from 0 to 1, rate {LONGER} on the mean, {WIDER_EPOCHS} epochs: test accuracy"
    yield Row("kaiming_mlp", what, claimed, _last_and_best(accuracies))


def _last_and_best(accuracies: list[float]) -> str:
    best = int(np.argmax(accuracies))
    return f"{percent(accuracies[-1])}; at best {percent(accuracies[best])}, in epoch {best + 1}"


class _Shown:
    """Images as the network is to see them."""

    def __init__(self, images: Images, scaled: Callable[[np.ndarray], np.ndarray]) -> None:
        self.x_train, self.x_test = scaled(images.x_train), scaled(images.x_test)
        self.y_train, self.y_test = images.y_train, images.y_test


def _accuracies(reference: ModuleType, shown: _Shown, layers: tuple[int, ...], eta: float, epochs: int) -> list[float]:
    """The test accuracy after each epoch; a tenth of the training images is held back, as in the document."""
    np.random.seed(0)  # noqa: NPY002  what the reference draws from
    net = reference.MLP(layers)
    kept = np.random.permutation(len(shown.x_train))[len(shown.x_train) // 10 :]  # noqa: NPY002
    x, y = shown.x_train[kept], np.eye(10)[shown.y_train[kept]]
    accuracies = []
    for _ in range(epochs):
        order = np.random.permutation(len(x))  # noqa: NPY002
        for start in range(0, len(x) - BATCH + 1, BATCH):
            batch = order[start : start + BATCH]
            net.feedforward(x[batch])
            net.backprop_gradient_descent(y[batch], eta)
        net.feedforward(shown.x_test)
        accuracies.append(float(np.mean(np.argmax(net.a[-1], axis=1) == shown.y_test)))
    return accuracies
