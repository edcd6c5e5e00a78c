"""Functions whose checks need one another around them, and that do not call one another."""

import numpy as np


def curl(z):
    """The product of z and sin(z), entry by entry; shape as `z`."""
    # BEGIN SOLUTION
    return z * np.sin(z)
    # END SOLUTION


def slope(z):
    """The derivative of `curl`, entry by entry; shape as `z`."""
    # BEGIN SOLUTION
    return np.sin(z) + z * np.cos(z)
    # END SOLUTION


def halves(z):
    """The upper and the lower rows of `z` (N, C), as a list of two; the lower are one more where N is odd."""
    # BEGIN SOLUTION
    return [z[: len(z) // 2], z[len(z) // 2 :]]
    # END SOLUTION


class Wave:
    """One layer."""

    def __init__(self, w):
        """Keep the weights `w` (D, C)."""
        self.w = np.asarray(w)

    def forward(self, x):
        """sin(x @ w); shape (N, C). Keeps `x`."""
        # BEGIN SOLUTION
        self.x = x
        return np.sin(x @ self.w)
        # END SOLUTION

    def backward(self, d):
        """The gradient of `sum(d * forward(x))` with respect to `w`; shape (D, C)."""
        # BEGIN SOLUTION
        return self.x.T @ (d * np.cos(self.x @ self.w))
        # END SOLUTION
