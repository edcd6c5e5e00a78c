"""A reference with one of each kind: functions, a class, a given helper, a prompt, a static method."""

import numpy as np


def halve(x):
    """Half of x."""
    return x / 2


def relu(z):
    """What is positive stays, the rest becomes 0; shape as `z`."""
    # BEGIN SOLUTION
    return np.maximum(0, z)
    # END SOLUTION


def normalize(x):
    """Rows that sum to one; shape (N, C)."""
    # BEGIN SOLUTION NO PROMPT
    total = x.sum(axis=1, keepdims=True)
    return x / total
    # END SOLUTION
    """ # BEGIN PROMPT
    total = ...  # (N, 1)
    return ...
    """  # END PROMPT


class Net:
    """One layer of weights `w`."""

    def __init__(self, w):
        """Keep the weights."""
        self.w = np.asarray(w, dtype=float)

    def forward(self, x):
        """The rows of relu(x @ w) / 2, normalized; shape (N, C)."""
        # BEGIN SOLUTION
        activations = halve(relu(x @ self.w))
        return normalize(activations)
        # END SOLUTION

    def loss(self, x, y):
        """The mean squared distance of `forward(x)` from `y`, a number."""
        # BEGIN SOLUTION
        distance = self.forward(x) - y
        return np.mean(distance**2)
        # END SOLUTION

    @staticmethod
    def first(x):
        """The first row of x, as a row of shape (1, C)."""
        # BEGIN SOLUTION
        return np.asarray(x)[:1, :]
        # END SOLUTION

    @staticmethod
    def last(x):
        """The last row of x, as a row of shape (1, C)."""
        # BEGIN SOLUTION
        return np.asarray(x)[-1:, :]
        # END SOLUTION
