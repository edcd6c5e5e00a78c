"""`mlp`: one epoch of MNIST by batch size, learning rate and activation, loss and accuracy drawn batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .data import Images
from .table import Row, percent

FAMILIES: dict[str, list[dict[str, Any]]] = {
    "batch size": [{"batch_size": size} for size in (16, 32, 64, 128)],
    "learning rate": [{"lr": rate} for rate in (0.1, 0.01, 0.001, 0.0001)],
    "activation": [{"activation": name} for name in ("relu", "sigmoid", "tanh")],
}
LAST = 100  # batches that the final loss and accuracy are taken over


def rows(reference: ModuleType, mnist: Images, pictures: Path | None) -> Iterator[Row]:
    """Each network of the document's, with the pixels as they are and scaled to 1; curves as pictures."""
    for scale, pixels in ((255, "pixels scaled to 1"), (1, "pixels from 0 to 255, as in the document")):
        for family, settings in FAMILIES.items():
            nets = [_trained(reference, mnist, scale, setting) for setting in settings]
            labels = [str(next(iter(setting.values()))) for setting in settings]
            if pictures is not None:
                _draw(nets, labels, f"{family}, {pixels}", pictures / f"mlp_{family.replace(' ', '_')}_{scale}.png")
            for label, net in zip(labels, nets, strict=True):
                yield Row("mlp", f"one epoch, {family} {label}, {pixels}", "a curve", _found(net, mnist, scale))


def _trained(reference: ModuleType, mnist: Images, scale: int, setting: dict[str, Any]) -> Any:
    settings = dict(setting)
    batch_size = settings.pop("batch_size", 64)
    np.random.seed(0)  # noqa: NPY002  what the reference draws from
    net = reference.MLP(**settings)
    with np.errstate(all="ignore"):
        net.train(mnist.x_train / scale, reference.MLP.one_hot_encode(mnist.y_train, 10), batch_size=batch_size)
    return net


def _found(net: Any, mnist: Images, scale: int) -> str:
    with np.errstate(all="ignore"):
        right = np.mean(np.argmax(net.forward(mnist.x_test / scale), axis=1) == mnist.y_test)
    loss, accuracy = np.mean(net.losses[-LAST:]), np.mean(net.accuracies[-LAST:])
    return f"loss {loss:.3f}, accuracy {percent(accuracy, 1)} over the last {LAST} batches; test {percent(right, 1)}"


def _draw(nets: list[Any], labels: list[str], title: str, path: Path) -> None:
    fig = Figure(figsize=(11, 3.5))
    left, right = fig.subplots(1, 2)
    for net, label in zip(nets, labels, strict=True):
        left.plot(np.arange(len(net.losses)) + 1, net.losses, label=label, linewidth=0.8)
        right.plot(np.arange(len(net.losses)) + 1, net.accuracies, label=label, linewidth=0.8)
    left.set(xlabel="iteration", ylabel="cross-entropy loss", title=f"Loss by {title}")
    right.set(xlabel="iteration", ylabel="accuracy on the batch", ylim=(0, 1.05))
    left.legend()
    fig.savefig(path, dpi=120, bbox_inches="tight")
