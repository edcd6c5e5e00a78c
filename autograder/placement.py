"""Inputs placed by the checker: what a gradient check's `inputs=` is made of, so that nothing wrong hides.

Random inputs alone let much through: a transpose where two sizes are equal, a sum for a mean where all samples
weigh the same, a threshold or a leak in relu's slope where no pre-activation is near zero. And an input exactly
at relu's kink makes a right answer look wrong. These functions draw inputs without ties, with samples just
beside kinks on both sides, with dead and with always active units, of sizes that pairwise differ, and with
another upstream gradient for each sample. They travel with a probe as bare code, so they use NumPy, one
another and literals only.
"""

from __future__ import annotations

import numpy as np


def relu_network_inputs(
    rng: np.random.Generator, samples: int = 7, sizes: tuple[int, ...] = (4, 6, 5, 3)
) -> dict[str, np.ndarray]:
    """Samples, parameters of fully connected relu layers, labels and an upstream gradient.

    "x" (samples, sizes[0]), "w0" (sizes[0], sizes[1]), "b0" (1, sizes[1]), "w1" …; "y", one-hot labels, and
    "upstream", both (samples, sizes[-1]). Every hidden layer has its kinks placed by `biases_beside_kinks`.
    `samples` may be 1, a batch of one. Raises ValueError where two sizes are equal.
    """
    require_different(samples, *sizes)
    inputs = {"x": rng.normal(size=(samples, sizes[0]))}
    a = inputs["x"]
    last = len(sizes) - 2
    for i in range(last + 1):
        w = rng.normal(size=(sizes[i], sizes[i + 1])) / np.sqrt(sizes[i])
        o = a @ w
        b = rng.normal(size=(1, sizes[i + 1])) / 2 if i == last else biases_beside_kinks(o)
        a = np.maximum(o + b, 0)
        inputs[f"w{i}"], inputs[f"b{i}"] = w, b
    inputs["y"] = one_hot_labels(rng, samples, sizes[-1])
    inputs["upstream"] = upstream_gradient(rng, (samples, sizes[-1]))
    return inputs


def biases_beside_kinks(o: np.ndarray, distance: float = 1e-4) -> np.ndarray:
    """Biases (1, m) for the pre-activations o (N, m) that lack them, so that relu's kinks lie where they tell.

    Of three units or more the first is dead, for every sample below zero, and the second active for every
    sample. Each other unit has one sample `distance` beside zero, in turn below and above it, and no other
    sample as near. The default leaves room for float32, which errs by some 1e-6 here.
    """
    n, m = o.shape
    b = np.zeros((1, m))
    for j in range(m):
        column = o[:, j]
        if m >= 3 and j == 0:
            b[0, j] = -column.max() - 0.5
        elif m >= 3 and j == 1:
            b[0, j] = -column.min() + 0.5
        else:
            # the sample is another one for each unit, unless a neighbour would come too near as well
            gaps = [np.min(np.abs(np.delete(column, k) - column[k]), initial=np.inf) for k in range(n)]
            far = [k for k in range(j, j + n) if gaps[k % n] > 10 * distance]
            k = far[0] % n if far else int(np.argmax(gaps))
            above = j % 2 == 1 or m == 1  # a single unit below zero would let nothing through
            b[0, j] = -column[k] + (distance if above else -distance)
    return b


def values_beside_kink(
    rng: np.random.Generator, shape: tuple[int, ...], kink: float = 0.0, distance: float = 1e-4
) -> np.ndarray:
    """Normal draws around a kink, none of them nearer than `distance` and a quarter of them at it, on both sides.

    For a function of one array, such as the slope of an activation.
    """
    z = rng.normal(size=shape)
    z = np.where(z < 0, np.minimum(z, -3 * distance), np.maximum(z, 3 * distance)).reshape(-1)
    near = rng.permutation(z.size)[: max(z.size // 4, min(z.size, 2))]
    z[near] = np.where(np.arange(near.size) % 2, distance, -distance)
    return kink + z.reshape(shape)


def upstream_gradient(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """An upstream gradient of which every sample, a row, has its own direction and size, and no entry is near zero."""
    g = rng.uniform(0.5, 1.5, size=shape) * rng.choice([-1.0, 1.0], size=shape)
    weights = rng.permutation(np.linspace(0.5, 2.0, shape[0]))
    return np.asarray(g * weights.reshape((-1,) + (1,) * (len(shape) - 1)))


def one_hot_labels(rng: np.random.Generator, samples: int, classes: int) -> np.ndarray:
    """One-hot labels (samples, classes) in which the classes' counts differ by one at most."""
    labels = rng.permutation(np.arange(samples) + rng.integers(classes)) % classes
    return np.asarray(np.eye(classes)[labels])


def large_logits(rng: np.random.Generator, samples: int, classes: int, size: float = 50.0) -> np.ndarray:
    """Scores (samples, classes) around ±size, in every row of both signs, for what overflows and what saturates."""
    signs = np.where((np.arange(samples)[:, None] + np.arange(classes)) % 2, -1.0, 1.0)
    return np.asarray(rng.permuted(signs, axis=1) * size + rng.normal(size=(samples, classes)))


def require_different(*sizes: int) -> None:
    """Raise ValueError where two sizes above one are equal: a transposed array would pass unnoticed."""
    above = [size for size in sizes if size > 1]
    if len(set(above)) != len(above):
        raise ValueError(f"sizes {sizes}: pairwise different ones are wanted, so that nothing transposed fits")
