"""Derivatives of trusted code, how far each can be relied on, and the proof that a reference's gradients are right.

Complex steps. For an analytic f and a real direction u, f(p + ihu) = f(p) + ih⟨∇f, u⟩ + O(h²), so Im f(p + ihu)/h
is the directional derivative without the cancellation that limits finite differences (Squire and Trapp, SIAM
Review 40, 1998): exact to the last digits. NumPy orders complex numbers by their real part first, so `maximum`,
`where`, `clip` and comparisons cross no kink under such a step. It holds only for code that keeps complex
numbers complex. Some of the other code fails aloud, by a TypeError or a ComplexWarning; some does not: `abs`
forgets the imaginary part, and `(z + abs(z)) / 2` gets half of relu's slope everywhere.

Differences. Central differences at steps that shrink by four, extrapolated twice (Richardson), with an estimate
of the error: good to 8 to 11 digits of smooth float64 code, and able to say so when it is not. It needs nothing
of the code but values, and it sees a kink inside its steps, because there the slopes to both sides do not
approach each other.

The guard. `derivative` believes a complex step only where the differences are sharp enough to notice a fault and
agree with it; else it gives the differences and their error. It cannot tell two things apart that agree within
that error, and it can say nothing of a point at a kink; `kinked` finds these.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

STEP = 1e-30
DIRECTIONS = 3
RTOL = 1e-9
PROVED = 1e-5  # where complex steps do not work, differences must be at least this sharp to prove anything
RADIUS = 1e-7  # a kink nearer than this is at the inputs: far above rounding, far below the 1e-4 of `placement`
JUMP = 1e-9  # of a slope, relative to it: what complex steps see from one side of a kink to the other
ROUGH_JUMP = 1e-4  # the same for differences

FIRST_STEP = 0.05
STEPS = 16  # the last is 5e-11
RESOLVED = 1e-5  # of a value: float32 shows a quarter of such a change, so what then shows none has none
UNSHARP = 10.0  # how far a value may lie from the truth, in its own estimates of the error

Scalar = Callable[[Mapping[str, Any]], Any]
Method = Literal["complex step", "differences"]


@dataclass(frozen=True, slots=True)
class Derivative:
    """A directional derivative, an estimate of its error, and how both were found."""

    value: float
    error: float
    by: Method


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether the claimed gradient of one block stood; `reason` is one sentence, or "" where it did."""

    name: str
    reason: str = ""
    by: Method | None = None

    @property
    def holds(self) -> bool:
        """Whether the gradient is proved."""
        return not self.reason


def directional(of: Scalar, inputs: Mapping[str, Any], name: str, direction: np.ndarray) -> float:
    """The complex step: the derivative of `of` at `inputs` when `inputs[name]` moves along `direction` (its shape).

    Unguarded; for code that is known to keep complex numbers complex.
    """
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


def richardson(line: Callable[[float], Any]) -> tuple[float, float]:
    """The derivative of `line` at 0, and an estimate of its error, from 33 values.

    Each three neighbouring steps h, h/4, h/16 give an extrapolated value; the one with the least error is
    taken. The error has three parts: what the last extrapolation changed; how the difference of the slopes
    to both sides fails to shrink with h, which is a kink; and rounding, to float32 where the values show it.
    `line` is called with floats. This function also runs beside student code, so it is plain NumPy.
    """
    steps = FIRST_STEP / 4.0 ** np.arange(STEPS)
    middle = float(line(0.0))
    above = np.array([float(line(float(h))) for h in steps])
    below = np.array([float(line(-float(h))) for h in steps])
    slopes = (above - below) / (2 * steps)
    bends = ((above - middle) - (middle - below)) / steps

    level = max(abs(middle), abs(above[-1]), abs(below[-1]))
    quantum = 1e-15 * level
    changes = np.abs(np.concatenate([above - below, above - middle, below - middle]))
    least = np.min(changes[changes > 0], initial=np.inf)
    if above[-1] == below[-1] and least <= RESOLVED * level:
        quantum = max(quantum, 2 * least)  # the last steps change nothing, and what changed last was small

    once = slopes[1:] + (slopes[1:] - slopes[:-1]) / 15
    twice = once[1:] + (once[1:] - once[:-1]) / 255
    kinks = np.abs(4 * bends[1:] - bends[:-1])
    errors = np.abs(twice - once[1:]) + np.maximum(kinks[:-1], kinks[1:]) + quantum / steps[2:]
    errors = np.where(np.isfinite(errors), errors, np.inf)
    best = int(np.argmin(errors))
    return float(twice[best]), float(errors[best])


def derivative(of: Scalar, inputs: Mapping[str, Any], name: str, direction: np.ndarray) -> Derivative:
    """The directional derivative of code that need not keep complex numbers complex.

    By complex step where that works and agrees with the differences, else by the differences. Where these are
    too unsharp to notice a fault of the complex step, they are what is returned, with their large error.
    """
    base = np.asarray(inputs[name], dtype=np.float64)

    def line(t: float) -> Any:
        return np.asarray(of({**inputs, name: base + t * direction})).real.reshape(())

    with np.errstate(all="ignore"):
        value, error = richardson(line)
        level = abs(float(line(0.0)))
    exact = _complex_step(of, inputs, name, direction)
    sharp = error * UNSHARP <= max(1e-3 * abs(value), 1e-6 * level)
    if exact is not None and sharp and abs(exact - value) <= UNSHARP * error + 1e-7 * abs(exact):
        return Derivative(exact, RTOL * abs(exact), "complex step")
    return Derivative(value, error, "differences")


def proofs(
    of: Scalar, inputs: Mapping[str, Any], claimed: Mapping[str, Any], rng: np.random.Generator
) -> tuple[Proof, ...]:
    """What becomes of each claimed gradient along random directions, the first of which is also cross-checked.

    A gradient of the wrong shape, of a name that is no input, with an entry that is not finite, or for which
    neither method is sharp enough, does not hold. Nor does one that is zero everywhere while `of` does move.
    """
    return tuple(_proof(of, inputs, name, value, rng) for name, value in claimed.items())


def disproved(
    of: Scalar, inputs: Mapping[str, Any], claimed: Mapping[str, Any], rng: np.random.Generator
) -> tuple[str, ...]:
    """The names whose claimed gradient does not hold."""
    return tuple(proof.name for proof in proofs(of, inputs, claimed, rng) if not proof.holds)


def kinked(of: Scalar, inputs: Mapping[str, Any], rng: np.random.Generator, radius: float = RADIUS) -> tuple[str, ...]:
    """The inputs at a kink: `of` has another slope just before the point than just behind it, along a random line.

    There the derivative is a matter of policy (0, ½ and 1 are all said of relu at 0), and within rounding of it
    a sum in another order takes the other side, so a gradient check has no business there. Ties that `of` does
    not feel, such as two equal scores under softmax, are none.
    """
    moving = [name for name, value in inputs.items() if np.asarray(value).dtype.kind == "f"]
    directions = {name: rng.normal(size=np.shape(inputs[name])) for name in moving}
    return tuple(name for name in moving if _kinked_along(of, inputs, name, directions[name], radius))


def located(seen: np.ndarray, wanted: np.ndarray, rtol: float = RTOL) -> str:
    """Which entries of a block are off, in words: "every entry", "columns 0 and 3", "row 6", "12 of 30 entries".

    It is "" where none is, or where the shapes differ. Off is judged as in `compare`: relative to the largest
    entry that is wanted.
    """
    if np.shape(seen) != np.shape(wanted):
        return ""
    with np.errstate(all="ignore"):
        off = ~(np.abs(np.subtract(seen, wanted)) <= rtol * np.max(np.abs(wanted), initial=0.0) + 1e-12)
    if not off.any():
        return ""
    if off.all():
        return "every entry"
    if off.ndim == 2:
        for word, axis in (("column", 0), ("row", 1)):
            lines = np.flatnonzero(off.any(axis=axis))
            if len(lines) <= off.shape[1 - axis] // 2:
                numbers = " and ".join(filter(None, (", ".join(map(str, lines[:-1])), str(lines[-1]))))
                return f"{word}{'s' if len(lines) > 1 else ''} {numbers}"
    return f"{off.sum()} of {off.size} entries"


def _complex_step(of: Scalar, inputs: Mapping[str, Any], name: str, direction: np.ndarray) -> float | None:
    """The complex step, or None where the code says that it is not made for it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            found = directional(of, inputs, name, direction)
    except Exception:  # noqa: BLE001  whatever it is, the differences remain
        return None
    return found if np.isfinite(found) else None


def _proof(of: Scalar, inputs: Mapping[str, Any], name: str, claimed: Any, rng: np.random.Generator) -> Proof:
    if name not in inputs:
        return Proof(name, f"{name} is no input of the check.")
    shape = np.shape(inputs[name])
    if np.size(claimed) != np.size(inputs[name]):
        return Proof(name, f"{name} has shape {shape} and its gradient {np.shape(claimed)}.")
    value = np.asarray(claimed, dtype=np.float64).reshape(shape)
    if not np.isfinite(value).all():
        return Proof(name, f"The gradient of {name} has entries that are not finite.")
    scale = float(np.linalg.norm(value))
    by: Method = "complex step"
    for turn in range(DIRECTIONS):
        direction = rng.normal(size=shape)
        if turn and by == "complex step":
            found = Derivative(directional(of, inputs, name, direction), 0.0, by)
        else:
            found = derivative(of, inputs, name, direction)
        by, size = found.by, max(scale, abs(found.value))
        if by == "differences" and not UNSHARP * found.error <= PROVED * size:
            return Proof(name, f"Neither complex steps nor differences can prove {name} at these inputs.", by)
        tolerance = RTOL * size + (UNSHARP * found.error if by == "differences" else 0.0)
        if not abs(float(np.sum(value * direction)) - found.value) <= tolerance:
            return Proof(name, f"The gradient of {name} is not the derivative.", by)
    return Proof(name, "", by)


def _kinked_along(of: Scalar, inputs: Mapping[str, Any], name: str, direction: np.ndarray, radius: float) -> bool:
    base = np.asarray(inputs[name], dtype=np.float64)

    def at(t: float) -> dict[str, Any]:
        return {**inputs, name: base + t * direction}

    def value(t: float) -> float:
        return float(np.asarray(of(at(t))).real.reshape(()))

    def turn(h: float) -> float:
        """By how much the slope changes from -h to h: in proportion to h, but for a kink between."""
        before, behind = (_complex_step(of, at(t), name, direction) for t in (-h, h))
        return np.nan if before is None or behind is None else behind - before

    def bend(h: float) -> float:
        """The same from values alone."""
        return ((value(h) - value(0.0)) - (value(0.0) - value(-h))) / h

    # at a kink the differences confirm nothing, so whether complex steps work is also seen a little aside
    here, aside = (derivative(of, at(t), name, direction) for t in (0.0, 3 * radius))
    steep = max(abs(here.value), abs(aside.value))
    with np.errstate(all="ignore"):
        if "complex step" in (here.by, aside.by):
            return not abs(turn(radius) - 4 * turn(radius / 4)) <= JUMP * steep
        rounding = 1e-13 / radius * abs(value(0.0))
        return not abs(bend(radius) - 4 * bend(radius / 4)) <= ROUGH_JUMP * steep + rounding
