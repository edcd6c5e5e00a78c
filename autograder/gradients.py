"""Exact derivatives of trusted code by complex steps, and the proof that a reference's gradients are right.

For an analytic f and a real direction u, f(p + ihu) = f(p) + ih⟨∇f, u⟩ + O(h²), so Im f(p + ihu)/h is the
directional derivative without the cancellation that limits finite differences (Squire and Trapp, SIAM Review
40, 1998). NumPy orders complex numbers by their real part first, so `maximum`, `where`, `clip` and comparisons
cross no kink under such a step. It holds only for code that keeps complex numbers complex, so it is used on
the reference alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

STEP = 1e-30
DIRECTIONS = 3
RTOL = 1e-9

Scalar = Callable[[Mapping[str, Any]], Any]


def directional(of: Scalar, inputs: Mapping[str, Any], name: str, direction: np.ndarray) -> float:
    """The derivative of `of` at `inputs` when `inputs[name]` moves along `direction` (its shape)."""
    moved = dict(inputs)
    moved[name] = np.asarray(inputs[name], dtype=np.complex128) + 1j * STEP * direction
    with np.errstate(all="ignore"):
        return float(np.imag(np.asarray(of(moved)).reshape(())) / STEP)


def gradient(of: Scalar, inputs: Mapping[str, Any], name: str) -> np.ndarray:
    """The whole gradient with respect to `inputs[name]`, entry by entry; shape as `inputs[name]`."""
    shape = np.shape(inputs[name])
    found = np.zeros(shape)
    for index in np.ndindex(*shape):
        unit = np.zeros(shape)
        unit[index] = 1.0
        found[index] = directional(of, inputs, name, unit)
    return found


def disproved(
    of: Scalar, inputs: Mapping[str, Any], claimed: Mapping[str, Any], rng: np.random.Generator
) -> tuple[str, ...]:
    """The names whose claimed gradient disagrees with complex steps along random directions.

    A gradient of the wrong shape, or of a name that is no input, disagrees. So does any that is zero
    everywhere while `of` does move: a check that zeros pass is no check.
    """
    return tuple(name for name, value in claimed.items() if not _agrees(of, inputs, name, value, rng))


def _agrees(of: Scalar, inputs: Mapping[str, Any], name: str, claimed: Any, rng: np.random.Generator) -> bool:
    if name not in inputs or np.size(claimed) != np.size(inputs[name]):
        return False
    wanted_shape = np.shape(inputs[name])
    value = np.asarray(claimed, dtype=np.float64).reshape(wanted_shape)
    scale = float(np.linalg.norm(value))
    for _ in range(DIRECTIONS):
        direction = rng.normal(size=wanted_shape)
        exact = directional(of, inputs, name, direction)
        if not abs(float(np.sum(value * direction)) - exact) <= RTOL * max(scale, abs(exact)):
            return False
    return True
