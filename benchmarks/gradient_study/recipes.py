"""Recipes of others for checking a gradient, written anew from their sources, and ours.

A recipe is given a case, the inputs with a right forward pass, and a backward pass, and says whether it accepts
it. Each has the defaults of its source; what is said of a threshold stands beside it. A recipe that raises on
what a backward pass returns does not accept it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from autograder import Check, backward_properties
from autograder.expectations import judge
from autograder.gradients import disproved, kinked
from autograder.records import Observation, Outcome, Value, Verdict
from autograder.sandbox import decode, encode

from .passes import BLOCKS, RIGHT_PASS, Arrays, Backward, losses

Blocks = dict[str, Any]
Recipe = Callable[["Case", Backward], bool]


@dataclass(frozen=True)
class Case:
    """Inputs, an upstream gradient, and the precision in which the forward pass is calculated for the recipes.

    What does not depend on the backward pass is calculated once.
    """

    p: dict[str, np.ndarray]
    upstream: np.ndarray
    forward_dtype: np.dtype

    def __hash__(self) -> int:
        return id(self)

    def forward(self, p: Arrays) -> np.ndarray:
        """Each sample's share of the loss; (N,)."""
        return losses({name: np.asarray(value, dtype=self.forward_dtype) for name, value in p.items()})

    def claimed(self, backward: Backward, upstream: np.ndarray | None = None) -> Blocks:
        """What the backward pass returns for copies of the inputs."""
        given = {name: value.copy() for name, value in self.p.items()}
        return backward(given, np.array(self.upstream if upstream is None else upstream))

    @lru_cache(maxsize=8)  # noqa: B019  a case lives as long as its turn in the study
    def columns(self, h: float) -> dict[str, np.ndarray]:
        """f(p + h e) - f(p - h e) over 2h for each entry e of each block; block -> (size, N)."""
        found = {}
        for name in BLOCKS:
            rows = []
            for index in np.ndindex(*self.p[name].shape):
                above, below = self._moved(name, index, h), self._moved(name, index, -h)
                rows.append((above - below) / (2 * h))
            found[name] = np.array(rows)
        return found

    @lru_cache(maxsize=8)  # noqa: B019
    def forward_differences(self, h: float) -> dict[str, np.ndarray]:
        """One-sided differences of the scalar upstream · f, each block flat."""
        base = self.upstream @ self.forward(self.p)
        return {
            name: np.array(
                [(self.upstream @ self._moved(name, i, h) - base) / h for i in np.ndindex(*self.p[name].shape)]
            )
            for name in BLOCKS
        }

    def _moved(self, name: str, index: tuple[int, ...], h: float) -> np.ndarray:
        value = self.p[name].astype(self.forward_dtype)
        value[index] += h
        return self.forward({**self.p, name: value})

    @cached_property
    def wanted(self) -> Value:
        """The reference's gradients in float64, over the wire, once they are proved at these very inputs."""
        p = {name: value.astype(np.float64) for name, value in self.p.items()}
        upstream = self.upstream.astype(np.float64)
        blocks = RIGHT_PASS(p, upstream)

        def of(at: Arrays) -> Any:
            return np.sum(upstream * losses(at))

        unproved = disproved(of, p, blocks, np.random.default_rng(0))
        at_kink = kinked(of, p, np.random.default_rng(1))
        if unproved or at_kink:
            raise AssertionError(f"not proved: {unproved}; at a kink: {at_kink}")
        return decode(encode(blocks))


# --- ours --------------------------------------------------------------------------------------------


def backward_pass(student: Any, rng: Any) -> Any:
    """What the property checks call: the backward pass as a function of arrays, the upstream gradient first."""
    names = student.names

    def function(upstream: Any, *arrays: Any) -> Any:
        return student.backward(dict(zip(names, arrays, strict=True)), upstream)

    return (function, student.upstream.copy(), *[student.p[name].copy() for name in names])


PROPERTIES: tuple[Check, ...] = backward_properties(backward_pass, points=6)


def ours(case: Case, backward: Backward) -> bool:
    """The reference's gradient, proved at these inputs by complex steps, block by block; and all properties."""
    observed = decode(encode(case.claimed(backward)))
    return _passed(observed, case.wanted) and all(_holds(case, backward, check) for check in PROPERTIES)


def _holds(case: Case, backward: Backward, check: Check) -> bool:
    wanted = _of_reference(case, check.name)
    predicate = check.expect if callable(check.expect) else None
    return _passed(_seen(case, backward, check), wanted, predicate)


@lru_cache(maxsize=64)
def _of_reference(case: Case, name: str) -> Value:
    return _seen(case, RIGHT_PASS, next(check for check in PROPERTIES if check.name == name))


def _seen(case: Case, backward: Backward, check: Check) -> Value:
    student = SimpleNamespace(backward=backward, p=case.p, upstream=case.upstream, names=tuple(case.p))
    return decode(encode(check.probe(student, np.random.default_rng(0))))


def _passed(observed: Value, wanted: Value, predicate: Callable[[Any], bool] | None = None) -> bool:
    findings = judge(Observation(Outcome.RETURNED, observed), wanted, predicate=predicate)
    return all(finding.verdict is Verdict.PASSED for finding in findings)


# --- PyTorch: torch/autograd/gradcheck.py, gradcheck(eps=1e-6, atol=1e-5, rtol=1e-3, nondet_tol=0.0), slow mode -----


def pytorch(case: Case, backward: Backward) -> bool:
    """The whole Jacobian by central differences, rows by unit upstream gradients; twice the same; zero for zero.

    Its documentation asks for double precision and warns of any other.
    """
    n, numerical = len(case.upstream), case.columns(1e-6)
    rows = [[case.claimed(backward, unit) for unit in np.eye(n, dtype=case.upstream.dtype)] for _ in range(2)]
    nothing = case.claimed(backward, np.zeros_like(case.upstream))
    for name in BLOCKS:
        shape, dtype = case.p[name].shape, case.p[name].dtype
        for row in (*rows[0], nothing):
            if np.shape(row[name]) != shape or np.asarray(row[name]).dtype != dtype:
                return False
        once, again = (np.array([np.ravel(row[name]) for row in turn]).T for turn in rows)  # (size, N)
        if not np.array_equal(once, again) or np.any(nothing[name] != 0):
            return False
        if not np.all(np.abs(once - numerical[name]) <= 1e-5 + 1e-3 * np.abs(numerical[name])):
            return False
    return True


# --- JAX: jax/_src/public_test_util.py, check_grads(f, args, order=1, modes=["rev"]) ---------------------

JAX_TOLERANCE = {"float64": 1e-5, "float32": 2e-3}  # absolute and relative alike


def jax(case: Case, backward: Backward) -> bool:
    """One random direction in all arguments together, one random upstream gradient, central differences at 1e-4."""
    rng = np.random.default_rng(0)
    tangent = {name: rng.normal(size=case.p[name].shape) for name in BLOCKS}
    cotangent = rng.normal(size=case.upstream.shape).astype(case.upstream.dtype)
    claimed = case.claimed(backward, cotangent)
    along = sum(float(np.dot(np.ravel(tangent[name]), np.ravel(claimed[name]))) for name in BLOCKS)
    expected = float(cotangent @ _along(case, tangent, 1e-4))
    tolerance = max(JAX_TOLERANCE[str(case.upstream.dtype)], JAX_TOLERANCE[str(case.forward_dtype)])
    return abs(along - expected) <= tolerance + tolerance * abs(expected)


def _along(case: Case, tangent: Blocks, h: float) -> np.ndarray:
    above, below = (
        case.forward({**case.p, **{name: case.p[name] + sign * h * move for name, move in tangent.items()}})
        for sign in (1, -1)
    )
    return (above - below) / (2 * h)


# --- HIPS autograd: autograd/test_util.py, check_grads(f, modes=["rev"], order=1), TOL = RTOL = EPS = 1e-6 ------


def hips(case: Case, backward: Backward) -> bool:
    """For each argument a random direction and a random upstream gradient; absolute or relative error below 1e-6."""
    rng = np.random.default_rng(0)
    for name in BLOCKS:
        tangent = {name: rng.normal(size=case.p[name].shape)}
        cotangent = rng.normal(size=case.upstream.shape).astype(case.upstream.dtype)
        claimed = case.claimed(backward, cotangent)[name]
        if np.shape(claimed) != case.p[name].shape:
            return False
        exact = float(np.sum(tangent[name] * claimed))
        numeric = float(cotangent @ _along(case, tangent, 0.5e-6))
        if not (abs(exact - numeric) < 1e-6 or abs(exact - numeric) / abs(exact + numeric) < 1e-6):
            return False
    return True


# --- SciPy: scipy/optimize/_optimize.py, check_grad(func, grad, x0, epsilon=sqrt of the machine's) ----------------


def scipy_distance(case: Case, backward: Backward, name: str) -> float:
    """Its number: the length of the difference between the gradient and one-sided differences."""
    claimed = np.ravel(case.claimed(backward)[name])
    return float(np.sqrt(np.sum((claimed - case.forward_differences(1.4901161193847656e-08)[name]) ** 2)))


def scipy(case: Case, backward: Backward) -> bool:
    """Its number below 1.5e-7, as its own test asks: it names no threshold."""
    return all(scipy_distance(case, backward, name) < 1.5e-7 for name in BLOCKS)


def scipy_loose(case: Case, backward: Backward) -> bool:
    """The same below 1e-5, a threshold that users choose."""
    return all(scipy_distance(case, backward, name) < 1e-5 for name in BLOCKS)


# --- CS231n: the notes on gradient checks, and eval_numerical_gradient_array and rel_error of its assignments -----


def cs231n(case: Case, backward: Backward) -> bool:
    """Largest relative error of an entry below 1e-4: "usually okay for objectives with kinks"."""
    return _relative_errors_below(1e-4, case, backward)


def cs231n_happy(case: Case, backward: Backward) -> bool:
    """The same below 1e-7: "you should be happy"."""
    return _relative_errors_below(1e-7, case, backward)


def _relative_errors_below(threshold: float, case: Case, backward: Backward) -> bool:
    claimed, columns = case.claimed(backward), case.columns(1e-5)
    for name in BLOCKS:
        numeric = (columns[name] @ case.upstream).reshape(case.p[name].shape)
        analytic = claimed[name]
        size = np.maximum(1e-8, np.abs(analytic) + np.abs(numeric))
        if not np.max(np.abs(analytic - numeric) / size) < threshold:
            return False
    return True


RECIPES: dict[str, Recipe] = {
    "ours": ours,
    "PyTorch gradcheck": pytorch,
    "JAX check_grads": jax,
    "HIPS autograd check_grads": hips,
    "SciPy check_grad < 1.5e-7": scipy,
    "SciPy check_grad < 1e-5": scipy_loose,
    "CS231n < 1e-4": cs231n,
    "CS231n < 1e-7": cs231n_happy,
}
