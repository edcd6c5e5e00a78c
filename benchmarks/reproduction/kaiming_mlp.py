"""`kaiming_mlp`: MNIST and Fashion-MNIST with two hidden layers of 128, sigmoid outputs and squared error."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import numpy as np

from .data import Images
from .table import Row, percent

EPOCHS = 200
BATCH = 64
RATE = 0.2


def rows(reference: ModuleType, name: str, images: Images, claimed: str) -> Iterator[Row]:
    """One data set: at the rate as the document states it, and at that rate for the mean over a batch."""
    summed = _accuracies(reference, images, RATE, epochs=3)
    what = (
        f"{name}, rate {RATE} on gradients summed over {BATCH} samples, as the document's code has it, 3 epochs: test"
    )
    yield Row("kaiming_mlp", what, claimed, percent(summed[-1]))
    mean = _accuracies(reference, images, RATE / BATCH, EPOCHS)
    found = f"{percent(mean[-1])}; at best {percent(max(mean))}, in epoch {int(np.argmax(mean)) + 1}"
    what = f"{name}, rate {RATE} on their mean, {EPOCHS} epochs: test accuracy"
    yield Row("kaiming_mlp", what, claimed, found)


def _accuracies(reference: ModuleType, images: Images, eta: float, epochs: int) -> list[float]:
    """The test accuracy after each epoch; a tenth of the training images is held back, as in the document."""
    np.random.seed(0)  # noqa: NPY002  what the reference draws from
    net = reference.MLP((784, 128, 128, 10))
    kept = np.random.permutation(len(images.x_train))[len(images.x_train) // 10 :]  # noqa: NPY002
    x, y = reference.normalization(images.x_train[kept]), np.eye(10)[images.y_train[kept]]
    x_test = reference.normalization(images.x_test)
    accuracies = []
    for _ in range(epochs):
        order = np.random.permutation(len(x))  # noqa: NPY002
        for start in range(0, len(x) - BATCH + 1, BATCH):
            batch = order[start : start + BATCH]
            net.feedforward(x[batch])
            net.backprop_gradient_descent(y[batch], eta)
        net.feedforward(x_test)
        accuracies.append(float(np.mean(np.argmax(net.a[-1], axis=1) == images.y_test)))
    return accuracies
