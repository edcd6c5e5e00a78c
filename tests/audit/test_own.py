"""A leech on what a probe computes for itself: it earns where that is a forward pass, not in binary_mlp."""

import marshal
from pathlib import Path

import numpy as np
import pytest

from autograder import check
from autograder.answers import Answers
from autograder.audit import leeches, matrix
from autograder.definition import Assignment, Question
from autograder.loading import Loaded, load

BINARY = load(Path(__file__).parents[2] / "assignments" / "binary_mlp")
JUDGING = {"outputs", "mean_cost", "a_step_earlier", "lead_back"}  # what only judges, apart from student code


def forward_pass(x0, w, b):
    """The prediction (1, 1), as a probe should not find it."""
    x = np.maximum(x0 @ w[1] + b[1].T, 0)
    return 1 / (1 + np.exp(-(x @ w[2] + b[2].T)))


def drawn(rng):
    """A sample, and a network of 3, 5 and 1 units."""
    w, b = {1: rng.normal(size=(3, 5)), 2: rng.normal(size=(5, 1))}, {1: rng.normal(size=(5, 1)), 2: np.ones((1, 1))}
    return rng.normal(size=3), w, b


@check(points=1, rtol=1e-5)
def deep(student, rng):
    """A step in two dictionaries, from a prediction of the probe's own."""
    x0, w, b = drawn(rng)
    w, b = student.backwardn(x0, w, b, forward_pass(x0, w, b), 0.0, 0.5)
    return [w[1], b[1], w[2], b[2]]


@check(points=1, rtol=1e-5)
def in_lists(student, rng):
    """A step in four arrays, from a prediction that takes lists of arrays."""
    x0, w, b = drawn(rng)
    return student.backward1(x0, w[1], b[1], w[2], b[2], of_lists(x0, [w[1], w[2]], [b[1], b[2]]), 1.0, 0.5)


def of_lists(x0, weights, biases):
    """The same from lists."""
    return forward_pass(x0, dict(enumerate(weights, start=1)), dict(enumerate(biases, start=1)))


@pytest.mark.parametrize(("stub", "probe"), [("backward1", in_lists), ("backwardn", deep)])
def test_a_forward_pass_in_a_probe_is_found_out(stub, probe):
    """Where a probe finds the prediction by a function, a leech has the whole step as a difference of it."""
    asked = Question(stub, [probe])
    definition = Assignment(title="Steps", questions=[asked])
    loaded = Loaded("binary_mlp", BINARY.folder, definition, BINARY.reference, BINARY.text)
    assert lost(loaded, asked) == 0.0


@pytest.mark.parametrize("stub", ["backward1", "backwardn"])
def test_a_step_cannot_be_had_from_the_probes_of_binary_mlp(stub):
    """The networks there are placed backwards, and what placed them says nothing of a step."""
    assert lost(BINARY, next(item for item in BINARY.questions if item.name == stub)) == 1.0


def test_what_judges_does_not_travel():
    """No probe of `binary_mlp` has the forward pass, the cost or the steps that are for its predicates."""
    travelling = {name for code in BINARY.packed.values() for name in marshal.loads(code)["functions"]}
    assert {"placed", "draw_network"} <= travelling
    assert not travelling & JUDGING
    assert set(BINARY.questions[0].checks[0].probe.__globals__) >= JUDGING


def lost(loaded, asked) -> float:
    """What the leech leaves of the question's points."""
    bench = matrix.hurried(loaded.bench)
    return leeches.try_out(Answers(loaded), asked, leeches.Leech(asked.name, "own"), bench).lost
