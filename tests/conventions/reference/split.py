"""Least squares, and where the division by N stands is everybody's own choice."""

import numpy as np


def error(p, y):
    """How far the predictions p (N,) are from y (N,)."""
    # BEGIN SOLUTION
    return p - y
    # END SOLUTION


def gradient(x, e):
    """The gradient of half the mean square with respect to the weights, from x (N, D) and what `error` returned."""
    # BEGIN SOLUTION
    return x.T @ e / len(x)
    # END SOLUTION


def fit(x, y):
    """The weights after three steps of 0.1 from zero."""
    # BEGIN SOLUTION
    w = np.zeros(x.shape[1])
    for _ in range(3):
        w = w - 0.1 * gradient(x, error(x @ w, y))
    return w
    # END SOLUTION


class Base:
    """What both layers have in common."""

    def size(self):
        """How many numbers there are."""
        # BEGIN SOLUTION
        return 1
        # END SOLUTION


class Twin(Base):
    """A layer with a size of its own."""

    def size(self):
        """Twice as many."""
        # BEGIN SOLUTION
        return 2
        # END SOLUTION
