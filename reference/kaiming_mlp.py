"""A multilayer perceptron: Kaiming's weights, relu inside, sigmoid at the end, squared error, gradient descent."""
# ruff: noqa: E741  the textbooks' letter for a layer

import numpy as np


def kaiming(network_config, l):
    """
    Draw the weights of layer l: each entry from the normal distribution with mean 0 and variance 2/n.

    n is the number of the layer's inputs. Every call draws anew.

    :param network_config: the sizes of a network; layer l has n = network_config[l] inputs
                           and m = network_config[l + 1] outputs
    :param l: the layer, counted from 0
    :return: the weights, of shape (m, n): a row for each output
    """
    # BEGIN SOLUTION
    n, m = network_config[l], network_config[l + 1]
    return np.random.normal(0, np.sqrt(2 / n), (m, n))
    # END SOLUTION


def relu(z):
    """
    ReLU, entry by entry: what is positive stays, everything else becomes 0.

    :param z: pre-activations, an array of any shape; it is left unchanged
    :return: an array of the same shape
    """
    # BEGIN SOLUTION
    return np.maximum(0, z)
    # END SOLUTION


def relu_prime(z):
    """
    The slope of ReLU, entry by entry: 1 where z is positive, 0 where z is negative.

    At 0 the result may be any number from 0 to 1.

    :param z: pre-activations, an array of any shape; it is left unchanged
    :return: an array of the same shape
    """
    # BEGIN SOLUTION
    return np.where(z > 0, 1.0, 0.0)
    # END SOLUTION


def sigma(z):
    """
    The sigmoid function 1 / (1 + exp(-z)), entry by entry.

    For any finite z the result is finite, and NumPy gives no overflow warning.

    :param z: pre-activations, an array of any shape; it is left unchanged
    :return: an array of the same shape
    """
    # BEGIN SOLUTION
    return (1 + np.tanh(z / 2)) / 2  # the same function, and it cannot overflow
    # END SOLUTION


def sigma_prime(z):
    """
    The slope of the sigmoid function, entry by entry.

    For any finite z the result is finite.

    :param z: *pre*-activations, an array of any shape; it is left unchanged
    :return: an array of the same shape
    """
    # BEGIN SOLUTION
    return (1 - np.tanh(z / 2) ** 2) / 4  # sigma(z) * (1 - sigma(z))
    # END SOLUTION


def normalization(I):
    """
    Map gray values from 0 ... 255 to -1 ... 1: 0 becomes -1, and 255 becomes 1, whatever else the images hold.

    Whole numbers, such as the bytes (uint8) of an image, give what the same numbers give as floats.

    :param I: gray values, an array of any shape; it is left unchanged
    :return: an array of the same shape
    """
    # BEGIN SOLUTION
    return 2 * (I / 255) - 1
    # END SOLUTION


class MLP:
    """Fully connected layers of the sizes `network_config`: sigmoid in the last layer, ReLU in the others."""

    def __init__(self, network_config):
        """Draw the weights, and make room for what is computed on the way forward and on the way back."""
        self.network_config = network_config
        self.network_depth = len(network_config)
        layers = range(self.network_depth - 1)
        self.W = [kaiming(network_config, l) for l in layers]
        self.b = [np.zeros((network_config[l + 1], 1)) for l in layers]
        self.a = [None] * self.network_depth
        self.z = [None] * (self.network_depth - 1)
        self.dW = [np.zeros((network_config[l + 1], network_config[l])) for l in layers]
        self.db = [np.zeros((network_config[l + 1], 1)) for l in layers]

    def feedforward(self, X):
        """
        Send a batch through all layers, and keep what is computed on the way.

        Afterwards `self.a[0]` is X, and for each layer l `self.z[l]` are its pre-activations and `self.a[l + 1]` its
        output, both of shape (N, n), where n is network_config[l + 1]. `self.a` has as many entries as
        `network_config`, `self.z` one less. Nothing need be returned.

        :param X: one sample per row, of shape (N, network_config[0]); it is left unchanged
        """
        # BEGIN SOLUTION
        self.a[0] = X
        for l in range(self.network_depth - 1):
            self.z[l] = self.a[l] @ self.W[l].T + self.b[l].T  # (N, n)
            is_last = l == self.network_depth - 2
            self.a[l + 1] = sigma(self.z[l]) if is_last else relu(self.z[l])
        # END SOLUTION

    def loss(self, Y):
        """
        Half the squared distance between the output `self.a[-1]` that `feedforward` left, and the targets.

        It is summed over the outputs and over the samples.

        :param Y: the targets, of shape (N, network_config[-1]); it is left unchanged, and so is `self.a[-1]`
        :return: the loss, one number
        """
        # BEGIN SOLUTION
        return np.sum((self.a[-1] - Y) ** 2) / 2
        # END SOLUTION

    def backprop_gradient_descent(self, Y, eta):
        """
        Take one step of gradient descent for the batch that `feedforward` was called with last.

        The gradients of `loss` with respect to every `self.W[l]` and `self.b[l]` are computed, all of them from
        the weights as they are before the step, and added to `self.dW[l]` and `self.db[l]`. Then the weights and
        biases move, against their gradients and `eta` times as far. Last, every `self.dW[l]` and `self.db[l]`
        is zero again. What `feedforward` left in `self.a` and `self.z` is only read.

        :param Y: the targets of the batch, of shape (N, network_config[-1]); it is left unchanged
        :param eta: the learning rate, a positive number
        """
        # BEGIN SOLUTION
        last = self.network_depth - 2
        delta = (self.a[-1] - Y) * sigma_prime(self.z[-1])  # (N, n), the loss's gradient with respect to z[l]
        for l in range(last, -1, -1):
            if l < last:
                delta = delta @ self.W[l + 1] * relu_prime(self.z[l])
            self.dW[l] += delta.T @ self.a[l]
            self.db[l] += np.sum(delta, axis=0, keepdims=True).T

        for l in range(last + 1):
            self.W[l] = self.W[l] - eta * self.dW[l]
            self.b[l] = self.b[l] - eta * self.db[l]
            self.dW[l] = np.zeros_like(self.W[l])
            self.db[l] = np.zeros_like(self.b[l])
        # END SOLUTION
