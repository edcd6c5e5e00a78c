"""A small network's forward pass, and its backward pass written right in several ways and wrong in many.

relu, then tanh, then softmax with cross-entropy. `losses` gives each sample's share of the mean loss; a backward
pass takes the inputs and an upstream gradient, one number per sample, and gives the gradient of their product
with respect to each block.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

Arrays = Mapping[str, np.ndarray]
Backward = Callable[[Arrays, np.ndarray], dict[str, Any]]

BLOCKS = ("x", "w0", "b0", "w1", "b1", "w2", "b2")


def losses(p: Arrays) -> np.ndarray:
    """Each sample's cross-entropy divided by the number of samples; (N,)."""
    a0 = np.maximum(p["x"] @ p["w0"] + p["b0"], 0)
    a1 = np.tanh(a0 @ p["w1"] + p["b1"])
    o2 = a1 @ p["w2"] + p["b2"]
    o2 = o2 - np.max(o2, axis=1, keepdims=True)
    found = np.log(np.sum(np.exp(o2), axis=1)) - np.sum(p["y"] * o2, axis=1)
    return np.asarray(found / len(p["x"]))


def softmax(o: np.ndarray) -> np.ndarray:
    """Rows of probabilities; (N, C)."""
    e = np.exp(o - o.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class Pass:
    """A backward pass in parts, so that a wrong one is a right one with a part replaced. n is the batch's size."""

    relu: Callable[[np.ndarray], np.ndarray] = lambda o: np.maximum(o, 0)  # as remembered for w1
    slope0: Callable[[np.ndarray], Any] = lambda o: o > 0
    slope1: Callable[[np.ndarray, np.ndarray], Any] = lambda _, a: 1 - a**2
    scores: Callable[[np.ndarray, np.ndarray], Any] = lambda o, y: softmax(o) - y
    weigh: Callable[[Any, np.ndarray], Any] = lambda g, upstream: g * upstream[:, None]
    weights: Callable[[np.ndarray, np.ndarray, int], Any] = lambda a, g, n: a.T @ g / n
    biases: Callable[[np.ndarray, int], Any] = lambda g, n: g.sum(axis=0, keepdims=True) / n
    through: Callable[[np.ndarray, np.ndarray], Any] = lambda g, w: g @ w.T
    samples: Callable[[np.ndarray, int], Any] = lambda g, n: g / n
    finish: Callable[[dict[str, Any], Arrays], dict[str, Any]] = lambda blocks, _: blocks

    def __call__(self, p: Arrays, upstream: np.ndarray) -> dict[str, Any]:
        """The gradients by block."""
        n = len(p["x"])
        o0 = p["x"] @ p["w0"] + p["b0"]
        a0 = np.maximum(o0, 0)
        o1 = a0 @ p["w1"] + p["b1"]
        a1 = np.tanh(o1)
        g2 = self.weigh(self.scores(a1 @ p["w2"] + p["b2"], p["y"]), upstream)
        g1 = self.through(g2, p["w2"]) * self.slope1(o1, a1)
        g0 = self.through(g1, p["w1"]) * self.slope0(o0)
        blocks = {
            "x": self.samples(self.through(g0, p["w0"]), n),
            "w0": self.weights(p["x"], g0, n),
            "b0": self.biases(g0, n),
            "w1": self.weights(self.relu(o0), g1, n),
            "b1": self.biases(g1, n),
            "w2": self.weights(a1, g2, n),
            "b2": self.biases(g2, n),
        }
        return self.finish(blocks, p)


RIGHT_PASS = Pass()


# --- right, written differently ----------------------------------------------------------------------


def sample_by_sample(p: Arrays, upstream: np.ndarray) -> dict[str, Any]:
    """One sample after the other, outer products added up."""
    found = {name: np.zeros_like(p[name]) for name in BLOCKS}
    n = len(p["x"])
    for i in range(n):
        x, y = p["x"][i], p["y"][i]
        o0 = x @ p["w0"] + p["b0"][0]
        a0 = np.where(o0 > 0, o0, 0)
        a1 = np.tanh(a0 @ p["w1"] + p["b1"][0])
        o2 = a1 @ p["w2"] + p["b2"][0]
        e = np.exp(o2 - o2.max())
        g2 = upstream[i] / n * (e / e.sum() - y)
        g1 = (p["w2"] @ g2) * (1 + a1) * (1 - a1)
        g0 = p["w1"] @ g1
        g0[o0 <= 0] = 0
        for k, (a, g) in enumerate(((x, g0), (a0, g1), (a1, g2))):
            found[f"w{k}"] += np.outer(a, g)
            found[f"b{k}"] += g
        found["x"][i] = p["w0"] @ g0
    return found


def with_einsum(p: Arrays, upstream: np.ndarray) -> dict[str, Any]:
    """Sums over named axes, and the slope of tanh from its argument."""
    n = len(p["x"])
    o0 = np.einsum("ni,ij->nj", p["x"], p["w0"]) + p["b0"]
    a0 = o0 * (o0 > 0)
    o1 = np.einsum("ni,ij->nj", a0, p["w1"]) + p["b1"]
    a1 = np.tanh(o1)
    g2 = np.einsum("nc,n->nc", softmax(np.einsum("ni,ij->nj", a1, p["w2"]) + p["b2"]) - p["y"], upstream / n)
    g1 = np.einsum("nc,jc->nj", g2, p["w2"]) / np.cosh(o1) ** 2
    g0 = np.einsum("nj,ij->ni", g1, p["w1"]) * np.heaviside(o0, 0.5)
    found = {"x": np.einsum("nj,ij->ni", g0, p["w0"])}
    for k, (a, g) in enumerate(((p["x"], g0), (a0, g1), (a1, g2))):
        found[f"w{k}"] = np.einsum("ni,nj->ij", a, g)
        found[f"b{k}"] = np.einsum("nj->j", g)[None, :]
    return found


def samples_in_columns(p: Arrays, upstream: np.ndarray) -> dict[str, Any]:
    """As in textbooks where a sample is a column: everything transposed, and back at the end."""
    n = len(p["x"])
    w0, w1, w2 = (p[name].T for name in ("w0", "w1", "w2"))
    x = p["x"].T
    z0 = w0 @ x + p["b0"].T
    h0 = np.clip(z0, 0, None)
    h1 = np.tanh(w1 @ h0 + p["b1"].T)
    delta2 = (softmax((w2 @ h1 + p["b2"].T).T).T - p["y"].T) * upstream / n
    delta1 = np.multiply(w2.T @ delta2, 1 - np.square(h1))
    delta0 = np.where(z0 < 0, 0, w1.T @ delta1)  # the slope at zero is 1
    blocks = {"x": (w0.T @ delta0).T}
    for k, (h, delta) in enumerate(((x, delta0), (h0, delta1), (h1, delta2))):
        blocks[f"w{k}"] = (delta @ h.T).T
        blocks[f"b{k}"] = delta.sum(axis=1).reshape(1, -1)
    return blocks


def in_place_on_copies(p: Arrays, upstream: np.ndarray) -> dict[str, Any]:
    """Everything is written into arrays of its own, layer after layer, in a loop."""
    n, hidden = len(p["x"]), [p["x"]]
    for k in range(2):
        o = hidden[-1] @ p[f"w{k}"]
        o += p[f"b{k}"]
        if k == 0:
            o[o < 0] = 0
        hidden.append(o if k == 0 else np.tanh(o))
    gradient = softmax(hidden[2] @ p["w2"] + p["b2"])
    gradient -= p["y"]
    gradient *= upstream.reshape(-1, 1)
    blocks = {}
    for k in (2, 1, 0):
        blocks[f"w{k}"] = np.dot(np.transpose(hidden[k]), gradient) / n
        blocks[f"b{k}"] = np.mean(gradient, axis=0, keepdims=True)
        gradient = np.dot(gradient, np.transpose(p[f"w{k}"]))
        if k == 2:
            gradient *= 1 - hidden[2] ** 2
        elif k == 1:
            gradient[hidden[1] == 0] = 0
    return {"x": gradient / n, **blocks}


RIGHT: dict[str, Callable[[], Backward]] = {
    "matrix products": lambda: RIGHT_PASS,
    "sample by sample": lambda: sample_by_sample,
    "einsum, slope 1/2 at zero": lambda: with_einsum,
    "samples in columns, slope 1 at zero": lambda: samples_in_columns,
    "in place on copies": lambda: in_place_on_copies,
}


# --- wrong: what is returned is not the gradient -----------------------------------------------------


def _of(blocks: dict[str, Any], **changes: Callable[[Any], Any]) -> dict[str, Any]:
    return {name: changes[name](value) if name in changes else value for name, value in blocks.items()}


def _true_class_only(o: np.ndarray, y: np.ndarray) -> Any:
    return (softmax(o) - y) * y


def _by_quotient(o: np.ndarray, y: np.ndarray) -> Any:
    """Through the loss's slope -y/(p + 1e-3), as if a small number beside p did no harm."""
    p = softmax(o)
    g = -y / (p + o.dtype.type(1e-3))
    return p * (g - np.sum(g * p, axis=1, keepdims=True))


def _naive_exponential(o: np.ndarray, y: np.ndarray) -> Any:
    with np.errstate(all="ignore"):
        e = np.exp(o)
        return e / e.sum(axis=1, keepdims=True) - y


def _clipped_probabilities(o: np.ndarray, y: np.ndarray) -> Any:
    return np.clip(softmax(o), 0.01, 0.99) - y


def _w2_moved_first(p: Arrays, upstream: np.ndarray) -> dict[str, Any]:
    """w2 has made its step, at a rate of 0.1, before the gradient goes through it."""
    moved = p["w2"] - p["w2"].dtype.type(0.1) * RIGHT_PASS(p, upstream)["w2"]
    return replace(RIGHT_PASS, through=lambda g, w: g @ (moved if w.shape == moved.shape else w).T)(p, upstream)


WRONG_PASSES: dict[str, Backward] = {
    # the batch
    "sum for mean, weights": replace(RIGHT_PASS, weights=lambda a, g, n: a.T @ g),
    "sum for mean, biases": replace(RIGHT_PASS, biases=lambda g, n: g.sum(axis=0, keepdims=True)),
    "sum for mean, x": replace(RIGHT_PASS, samples=lambda g, n: g),
    "divided by n twice": replace(RIGHT_PASS, weights=lambda a, g, n: a.T @ g / n**2),
    "divided by n - 1": replace(RIGHT_PASS, weights=lambda a, g, n: a.T @ g / max(n - 1, 1)),
    "divided by the number of units": replace(RIGHT_PASS, biases=lambda g, n: g.sum(0, keepdims=True) / g.shape[1]),
    "first sample's bias gradient": replace(RIGHT_PASS, biases=lambda g, n: g[:1] / n),
    "last sample left out": replace(RIGHT_PASS, weights=lambda a, g, n: a[:-1].T @ g[:-1] / n),
    "samples in reverse": replace(RIGHT_PASS, weights=lambda a, g, n: a[::-1].T @ g / n),
    "mean over all entries": replace(RIGHT_PASS, biases=lambda g, n: np.full_like(g[:1], g.mean())),
    # the upstream gradient
    "upstream ignored": replace(RIGHT_PASS, weigh=lambda g, u: g),
    "upstream averaged": replace(RIGHT_PASS, weigh=lambda g, u: g * u.mean()),
    "upstream without its sign": replace(RIGHT_PASS, weigh=lambda g, u: g * np.abs(u)[:, None]),
    "upstream squared": replace(RIGHT_PASS, weigh=lambda g, u: g * (u * np.abs(u))[:, None]),
    "upstream of the first sample": replace(RIGHT_PASS, weigh=lambda g, u: g * u[0]),
    # softmax and loss
    "sign": replace(RIGHT_PASS, scores=lambda o, y: y - softmax(o)),
    "labels not subtracted": replace(RIGHT_PASS, scores=lambda o, y: softmax(o)),
    "true class only": replace(RIGHT_PASS, scores=_true_class_only),
    "softmax without its cross terms": replace(RIGHT_PASS, scores=lambda o, y: -y * (1 - softmax(o))),
    "softmax's slope once more": replace(
        RIGHT_PASS, scores=lambda o, y: (softmax(o) - y) * softmax(o) * (1 - softmax(o))
    ),
    "a small number beside p": replace(RIGHT_PASS, scores=_by_quotient),
    "probabilities clipped": replace(RIGHT_PASS, scores=_clipped_probabilities),
    "exponential overflows": replace(RIGHT_PASS, scores=_naive_exponential),
    "factor 2 of a squared loss": replace(RIGHT_PASS, scores=lambda o, y: 2 * (softmax(o) - y)),
    # slopes
    "relu: no mask": replace(RIGHT_PASS, slope0=lambda o: 1),
    "relu: mask the wrong way": replace(RIGHT_PASS, slope0=lambda o: o < 0),
    "relu: threshold 1e-3": replace(RIGHT_PASS, slope0=lambda o: o > 1e-3),
    "relu: threshold -1e-3": replace(RIGHT_PASS, slope0=lambda o: o > -1e-3),
    "relu: leak of 0.01": replace(RIGHT_PASS, slope0=lambda o: np.where(o > 0, 1, 0.01).astype(o.dtype)),
    "relu: itself for its slope": replace(RIGHT_PASS, slope0=lambda o: np.maximum(o, 0)),
    "relu: mask per unit": replace(RIGHT_PASS, slope0=lambda o: (o > 0).any(axis=0)),
    "relu: capped at 1": replace(RIGHT_PASS, slope0=lambda o: (o > 0) & (o < 1)),
    "tanh: no slope": replace(RIGHT_PASS, slope1=lambda o, a: 1),
    "tanh: not squared": replace(RIGHT_PASS, slope1=lambda o, a: 1 - a),
    "tanh: sigmoid's slope": replace(RIGHT_PASS, slope1=lambda o, a: a * (1 - a)),
    "tanh: applied again": replace(RIGHT_PASS, slope1=lambda o, a: 1 - np.tanh(a) ** 2),
    "tanh: slope from the argument": replace(RIGHT_PASS, slope1=lambda o, a: 1 - o**2),
    "tanh: saturated units cut off": replace(
        RIGHT_PASS, slope1=lambda o, a: np.where(np.abs(a) > 0.9, 0, 1 - a**2).astype(a.dtype)
    ),
    # layers
    "pre-activation for activation": replace(RIGHT_PASS, relu=lambda o: o),
    "weights moved before the delta": _w2_moved_first,
    "weights' signs only": replace(RIGHT_PASS, through=lambda g, w: g @ np.sign(w).T),
    "w0 transposed": replace(RIGHT_PASS, finish=lambda b, p: _of(b, w0=np.transpose)),
    "b1 summed over everything": replace(RIGHT_PASS, finish=lambda b, p: _of(b, b1=np.sum)),
    "b1 never filled in": replace(RIGHT_PASS, finish=lambda b, p: _of(b, b1=np.zeros_like)),
    "b0 with the other sign": replace(RIGHT_PASS, finish=lambda b, p: _of(b, b0=np.negative)),
    "w1 twice": replace(RIGHT_PASS, finish=lambda b, p: _of(b, w1=lambda g: 2 * g)),
    "one entry of w1 off by 1 %": replace(
        RIGHT_PASS, finish=lambda b, p: _of(b, w1=lambda g: g * (1 + 0.01 * (g == g.flat[np.argmax(np.abs(g))])))
    ),
    "last column of w0 left out": replace(
        RIGHT_PASS, finish=lambda b, p: _of(b, w0=lambda g: g * (np.arange(g.shape[1]) < g.shape[1] - 1))
    ),
    "weight decay of 0.01 in the gradient": replace(
        RIGHT_PASS, finish=lambda b, p: {**b, "w1": b["w1"] + p["w1"].dtype.type(0.01) * p["w1"]}
    ),
    "clipped": replace(RIGHT_PASS, finish=lambda b, p: {k: np.clip(g, -0.02, 0.02) for k, g in b.items()}),
    "of length one": replace(
        RIGHT_PASS, finish=lambda b, p: {k: g / max(float(np.sqrt((g * g).sum())), 1e-30) for k, g in b.items()}
    ),
    "rounded to two places": replace(RIGHT_PASS, finish=lambda b, p: {k: np.round(g, 2) for k, g in b.items()}),
    "zeros": replace(RIGHT_PASS, finish=lambda b, p: {k: np.zeros_like(g) for k, g in b.items()}),
}


# --- wrong: the numbers are right, and something else happens ----------------------------------------


def adds_up() -> Backward:
    """Gradients are added to those of the calls before."""
    total: dict[str, Any] = {}

    def backward(p: Arrays, upstream: np.ndarray) -> dict[str, Any]:
        for name, value in RIGHT_PASS(p, upstream).items():
            total[name] = total[name] + value if name in total else value
        return dict(total)

    return backward


def remembers() -> Backward:
    """The first call's result is returned ever after."""
    kept: dict[str, Any] = {}

    def backward(p: Arrays, upstream: np.ndarray) -> dict[str, Any]:
        if not kept:
            kept.update(RIGHT_PASS(p, upstream))
        return dict(kept)

    return backward


def scales_upstream() -> Backward:
    """The upstream gradient is divided by n where it stands."""

    def backward(p: Arrays, upstream: np.ndarray) -> dict[str, Any]:
        found = RIGHT_PASS(p, upstream)
        upstream /= len(upstream) + 1
        return found

    return backward


def steps() -> Backward:
    """The last layer's weights are updated where they stand."""

    def backward(p: Arrays, upstream: np.ndarray) -> dict[str, Any]:
        found = RIGHT_PASS(p, upstream)
        p["w2"][...] -= 0.1 * found["w2"]
        return found

    return backward


def writes_into_x() -> Backward:
    """The samples are clipped at zero where they stand, after they were used."""

    def backward(p: Arrays, upstream: np.ndarray) -> dict[str, Any]:
        found = RIGHT_PASS(p, upstream)
        p["x"][p["x"] < 0] = 0
        return found

    return backward


WRONG: dict[str, Callable[[], Backward]] = {
    name: (lambda backward=backward: backward)  # type: ignore[misc]
    for name, backward in WRONG_PASSES.items()
}
SIDE_EFFECTS: dict[str, Callable[[], Backward]] = {
    "adds to the calls before": adds_up,
    "returns the first call's result": remembers,
    "divides upstream in place": scales_upstream,
    "updates w2 in place": steps,
    "writes into x": writes_into_x,
}
