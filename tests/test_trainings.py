"""Trainings that were never done, and show nothing where they are followed: the predicates are not satisfied."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from autograder.answers import Implementation
from autograder.expectations import holds
from autograder.loading import load

from .conftest import ROOT


def is_taken_for_right(assignment, name, student=None):
    """Whether a check's predicate is satisfied by what a student's functions return; the reference's, if no others."""
    loaded = load(ROOT / "assignments" / assignment)
    student = student or Implementation(loaded.reference.load())
    (item,) = [item for question in loaded.questions for item in question.checks if item.name == name]
    arguments = (student, np.random.default_rng(0)) if item.probe.__code__.co_argcount == 2 else (student,)
    return holds(item.expect, item.probe(*arguments))


@pytest.mark.parametrize(
    ("assignment", "name"),
    [
        ("binary_mlp", "each_step_is_one_of_backward1"),
        ("binary_mlp", "longer_trainings_are_followed"),
        ("binary_mlp", "each_step_is_one_of_backwardn"),
        ("binary_mlp", "deep_longer_trainings_are_followed"),
        ("two_layer_mlp", "each_step_moves_all_four"),
        ("two_layer_mlp", "longer_trainings_are_followed"),
    ],
)
def test_a_right_training(assignment, name):
    """The control: the reference's is taken for right."""
    np.random.seed(0)  # what the reference draws from
    assert is_taken_for_right(assignment, name)


def logistic(z):
    """The sigmoid."""
    return 1 / (1 + np.exp(-z))


def mean_cost(z, yhat):
    """The mean binary cross-entropy of one sum z for all samples."""
    return np.mean(np.logaddexp(0, z) - yhat * z)


def bias_alone(X, yhat, alpha, epochs):
    """Where z, a bias and nothing else, comes to from 0.3 by the right steps, and the costs on the way."""
    z, costs = 0.3, []
    for _ in range(epochs):
        for target in yhat.reshape(-1):
            z -= alpha * (logistic(z) - target)
        costs.append([mean_cost(z, yhat)])
    return z, np.array(costs)


def zeros_deep(shape):
    """The layers of zeros: weights and biases by layer."""
    sizes = list(enumerate(pairwise(shape), 1))
    return {layer: np.zeros(size) for layer, size in sizes}, {layer: np.zeros((size[1], 1)) for layer, size in sizes}


def zeros_shallow(X, yhat, n_hidden, alpha, n_epoch):
    """Weights of zeros, hidden units that are dead, and a bias that takes the right steps."""
    z, costs = bias_alone(X, yhat, alpha, n_epoch)
    return np.zeros((X.shape[1], n_hidden)), np.full((n_hidden, 1), -1.0), np.zeros((n_hidden, 1)), [[z]], costs


def flat_shallow(X, yhat, n_hidden, alpha, n_epoch):
    """Drawn weights, and a bias where the sigmoid is flat and right: nothing moves, and no cost changes."""
    rng = np.random.default_rng()
    w1, w2 = rng.normal(size=(X.shape[1], n_hidden)), rng.normal(size=(n_hidden, 1))
    b2 = 60 * (2 * yhat[0, 0] - 1)
    z = np.maximum(X @ w1, 0) @ w2 + b2
    return w1, np.zeros((n_hidden, 1)), w2, [[b2]], np.full((n_epoch, 1), mean_cost(z, yhat))


def zeros_of_many_layers(X, yhat, shape, alpha, n_epoch):
    """As `zeros_shallow`, in layers."""
    z, costs = bias_alone(X, yhat, alpha, n_epoch)
    w, b = zeros_deep(shape)
    b[len(b)][:] = z
    return w, b, costs


@pytest.mark.parametrize(
    ("name", "train"),
    [
        ("each_step_is_one_of_backward1", zeros_shallow),
        ("each_step_is_one_of_backward1", flat_shallow),
        ("longer_trainings_are_followed", zeros_shallow),
    ],
)
def test_a_shallow_network_that_was_not_trained(name, train):
    """Zeros whose last bias is stepped rightly, and weights at the flat end of the sigmoid, are no training."""
    assert not is_taken_for_right("binary_mlp", name, SimpleNamespace(train1=train))


@pytest.mark.parametrize("name", ["each_step_is_one_of_backwardn", "deep_longer_trainings_are_followed"])
def test_a_deep_network_that_was_not_trained(name):
    """The same in layers."""
    assert not is_taken_for_right("binary_mlp", name, SimpleNamespace(trainn=zeros_of_many_layers))


def last_bias_alone(X, y, hidden_size, output_size, epochs, rate, *more):
    """Weights of zeros, and the last biases that take the right steps; batches of equal samples, or of all."""
    batch_size, interval, decay = more
    b2 = np.zeros((1, output_size))
    for epoch in range(epochs):
        for start in range(0, len(X), batch_size):
            labels = y[start : start + batch_size]
            shares = np.exp(b2) / np.sum(np.exp(b2))
            b2 = b2 - max(rate - decay * (epoch // interval), 0) * np.mean(shares - labels, axis=0, keepdims=True)
    return np.zeros((X.shape[1], hidden_size)), np.zeros((1, hidden_size)), np.zeros((hidden_size, output_size)), b2


@pytest.mark.parametrize("name", ["each_step_moves_all_four", "longer_trainings_are_followed"])
def test_a_softmax_network_that_was_not_trained(name):
    """Zeros whose last biases are stepped rightly are no training."""
    assert not is_taken_for_right("two_layer_mlp", name, SimpleNamespace(train=last_bias_alone))
