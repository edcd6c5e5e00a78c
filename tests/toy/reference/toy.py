"""A very small network, to try the harness on: functions, a class, a helper and a constant."""

import numpy as np

SLOPE = 1.0


def stretch(z):
    """What no student writes: `SLOPE * z`."""
    return SLOPE * z


def relu(z):
    """max(0, z), entry by entry; shape as `z`."""
    # BEGIN SOLUTION
    return np.maximum(0, z)
    # END SOLUTION


def softmax(z):
    """Rows of probabilities from rows of logits; shape (N, C)."""
    # BEGIN SOLUTION
    e = np.exp(stretch(z) - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
    # END SOLUTION


class Net:
    """One layer."""

    def __init__(self, w):
        """Keep the weights `w` (D, C)."""
        self.w = np.asarray(w)

    def forward(self, x):
        """softmax(relu(x) @ w); shape (N, C)."""
        # BEGIN SOLUTION
        return softmax(relu(x) @ self.w)
        # END SOLUTION

    def loss(self, x, y):
        """The mean cross-entropy of `forward(x)` against one-hot `y` (N, C); a number."""
        # BEGIN SOLUTION
        return -np.sum(y * np.log(self.forward(x))) / len(x)
        # END SOLUTION

    def grad(self, x, y):
        """The gradient of `loss` with respect to `w`; shape (D, C)."""
        # BEGIN SOLUTION
        return relu(x).T @ (self.forward(x) - y) / len(x)
        # END SOLUTION
