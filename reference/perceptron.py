"""A perceptron: one neuron that fires or does not, trained by the perceptron's rule."""

import numpy as np


class BinaryPerceptron:
    """One neuron with weights `w` and a bias `b`, which tells class 1 (it fires) from class 0."""

    def __init__(self, input_dim):
        """Start with random weights and no bias."""
        self.w = np.random.randn(input_dim)  # (input_dim,)
        self.b = 0.0

    def relu(self, x):
        """
        ReLU, entry by entry: what is positive stays, everything else becomes 0.

        :param x: an array of any shape, or a number; it is left unchanged
        :return: the result, of the same shape as x
        """
        # BEGIN SOLUTION
        return np.maximum(0, x)
        # END SOLUTION

    def fire(self, x):
        """
        Tell whether the perceptron fires at x. Nothing is changed.

        :param x: one sample, an array of shape (input_dim,)
        :return: 1 if it fires, otherwise 0
        """
        # BEGIN SOLUTION
        o = np.dot(self.w, x) + self.b
        return 1 if self.relu(o) > 0 else 0
        # END SOLUTION

    def train(self, x, y, lr):
        """
        Learn from one sample: take one step of the perceptron's rule on `self.w` and `self.b`.

        Afterwards `self.w` still has shape (input_dim,) and `self.b` is still a single number.

        :param x: one sample, an array of shape (input_dim,); it is left unchanged
        :param y: its label, 0 or 1
        :param lr: the learning rate, a positive number
        :return: the absolute loss |y - y_hat| of the prediction made before the step
        """
        # BEGIN SOLUTION
        y_hat = self.fire(x)
        diff = y - y_hat
        self.w = self.w + lr * diff * x  # (input_dim,)
        self.b = self.b + lr * diff
        return abs(diff)
        # END SOLUTION
