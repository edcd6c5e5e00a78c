"""The inputs of the study: six regimes, each a function of a generator, a draw's number and a precision."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograder import biases_beside_kinks, one_hot_labels, upstream_gradient

Inputs = tuple[dict[str, np.ndarray], np.ndarray]

SIZES = (4, 6, 5, 3)
SAMPLES = 7
# of the samples beside kinks, by draw; in float32 nothing nearer can be told from zero
DISTANCES = {"float64": (1e-4, 1e-5, 1e-6), "float32": (1e-4, 3e-4, 1e-3)}


def ordinary(rng: np.random.Generator, _: int, __: str) -> Inputs:
    """What most tests use: normal draws, nothing placed."""
    return _plain(rng, SAMPLES), rng.normal(size=SAMPLES)


def kinks(rng: np.random.Generator, draw: int, precision: str) -> Inputs:
    """Most relu units have one sample just beside their kink, below it or above it."""
    distance = DISTANCES[precision][draw % 3]
    p = _plain(rng, SAMPLES)
    p["b0"] = biases_beside_kinks(p["x"] @ p["w0"], distance)
    return p, upstream_gradient(rng, (SAMPLES,))


def dead(rng: np.random.Generator, _: int, __: str) -> Inputs:
    """Three relu units are dead for every sample, two active for every sample."""
    p = _plain(rng, SAMPLES)
    o = p["x"] @ p["w0"]
    p["b0"][0, :3] = -o.max(axis=0)[:3] - 0.5
    p["b0"][0, 3:5] = -o.min(axis=0)[3:5] + 0.5
    return p, upstream_gradient(rng, (SAMPLES,))


def large(rng: np.random.Generator, draw: int, _: str) -> Inputs:
    """Scores around ±50 or ±1000: every other sample has the label that its softmax all but rules out."""
    p = _plain(rng, SAMPLES)
    p["w2"] *= (50.0, 1000.0)[draw % 2]
    scores = np.tanh(np.maximum(p["x"] @ p["w0"] + p["b0"], 0) @ p["w1"] + p["b1"]) @ p["w2"] + p["b2"]
    labels = np.where(np.arange(SAMPLES) % 2, scores.argmax(axis=1), scores.argmin(axis=1))
    p["y"] = np.eye(SIZES[-1])[labels]
    return p, upstream_gradient(rng, (SAMPLES,))


def one_sample(rng: np.random.Generator, _: int, __: str) -> Inputs:
    """A batch of one."""
    return _plain(rng, 1), upstream_gradient(rng, (1,))


def tiny(rng: np.random.Generator, _: int, __: str) -> Inputs:
    """An upstream gradient of some 1e-6, as deep below many layers or averaged over many samples."""
    return _plain(rng, SAMPLES), 1e-6 * upstream_gradient(rng, (SAMPLES,))


REGIMES: dict[str, Callable[[np.random.Generator, int, str], Inputs]] = {
    "ordinary": ordinary,
    "beside kinks": kinks,
    "dead units": dead,
    "large scores": large,
    "batch of one": one_sample,
    "tiny gradients": tiny,
}


def _plain(rng: np.random.Generator, samples: int) -> dict[str, np.ndarray]:
    p = {"x": rng.normal(size=(samples, SIZES[0]))}
    for i in range(len(SIZES) - 1):
        p[f"w{i}"] = rng.normal(size=(SIZES[i], SIZES[i + 1])) / np.sqrt(SIZES[i])
        p[f"b{i}"] = rng.normal(size=(1, SIZES[i + 1])) / 2
    p["y"] = one_hot_labels(rng, samples, SIZES[-1])
    return p
