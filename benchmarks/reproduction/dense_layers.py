"""`dense_layers`: the document's network on MNIST, its images flattened."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import numpy as np

from .data import Images
from .table import Row, percent

EPOCHS = 5  # the document means 25, and its run ended with the first batch


def rows(reference: ModuleType, mnist: Images) -> Iterator[Row]:
    """What its input as it stands leads to, and five epochs with the images flattened."""
    network = _network(reference, 28)
    images = mnist.x_train[:8].reshape(8, 28, 28) / 255
    try:
        reference.train(network, images, mnist.y_train[:8])
        raised = "no error"
    except ValueError as error:
        raised = f"ValueError: {str(error).strip()}"
    yield Row("dense_layers", "images not flattened, 28 inputs for 784: one batch", "ValueError", raised)
    np.random.seed(0)  # noqa: NPY002  what the reference draws from
    network = _network(reference, 784)
    x, x_test = mnist.x_train / 255, mnist.x_test / 255
    accuracies = []
    for _ in range(EPOCHS):
        for x_batch, y_batch in reference.iterate_minibatches(x, mnist.y_train, 8, shuffle=True):
            reference.train(network, x_batch, y_batch)
        accuracies.append(np.mean(reference.predict(network, x_test) == mnist.y_test))
    past = next((str(epoch) for epoch, share in enumerate(accuracies, 1) if share > 0.97), "none")
    found = f"past 97 % from epoch {past} on; {percent(accuracies[-1])} after {EPOCHS}"
    yield Row("dense_layers", f"784-100-200-10 flattened, {EPOCHS} epochs: test accuracy", "", found)


def _network(reference: ModuleType, inputs: int) -> list[object]:
    dense, relu = reference.Dense, reference.ReLu
    return [dense(inputs, 100), relu(), dense(100, 200), relu(), dense(200, 10)]
