"""A multilayer perceptron for two classes: relu in the hidden layers, one sigmoid, trained sample by sample."""

# the functions' parameters are those of the students' notebook, and many
# ruff: noqa: PLR0913, PLR0917

import numpy as np


def sig(z):
    """
    The sigmoid 1 / (1 + exp(-z)), entry by entry.

    For z of any size, such as 1000 or -1000, the result is a number from 0 to 1, never nan.

    :param z: an array of any shape, or a number; it is left unchanged
    :return: an array of the same shape
    """
    # BEGIN SOLUTION
    return (1 + np.tanh(np.divide(z, 2))) / 2  # the same function, and it cannot overflow
    # END SOLUTION


def dsig_dz(z):
    """
    The derivative of the sigmoid at z, entry by entry.

    For z of any size, such as 1000 or -1000, the result is a number, never nan.

    :param z: what goes into the sigmoid (not what comes out): an array of any shape, or a number; left unchanged
    :return: an array of the same shape
    """
    # BEGIN SOLUTION
    e = np.exp(-np.abs(z))  # the slope is the same at z and -z
    return e / (1 + e) ** 2
    # END SOLUTION


def J(y, yhat):
    """
    The cross-entropy of each prediction, entry by entry, with eps = 1e-8 added to what the logarithms are taken of.

    Mind the names: y is the PREDICTION and yhat is the TARGET.

    :param y: predictions from 0 to 1, an array of any shape, or a number; left unchanged
    :param yhat: targets, 0 or 1, of the same shape; left unchanged
    :return: an array of the same shape: one cost for each prediction
    """
    # BEGIN SOLUTION
    eps = 1e-8
    return -(yhat * np.log(y + eps) + (1 - yhat) * np.log(1 - y + eps))
    # END SOLUTION


def dJ_dy(y, yhat):
    """
    The derivative of J with respect to y, entry by entry, with the same eps = 1e-8, now in the denominators.

    Mind the names: y is the PREDICTION and yhat is the TARGET.

    :param y: predictions from 0 to 1, an array of any shape, or a number; left unchanged
    :param yhat: targets, 0 or 1, of the same shape; left unchanged
    :return: an array of the same shape
    """
    # BEGIN SOLUTION
    eps = 1e-8
    return (1 - yhat) / (1 - y + eps) - yhat / (y + eps)
    # END SOLUTION


def relu(z):
    """
    ReLU, entry by entry: what is above 0 stays, everything else becomes 0.

    :param z: an array of any shape, or a number; it is left unchanged
    :return: an array of the same shape
    """
    # BEGIN SOLUTION
    return np.maximum(0, z)
    # END SOLUTION


def drelu_dz(z):
    """
    The derivative of ReLU at z, entry by entry. At 0, where there is none, any of 0, 1/2 and 1 will do.

    :param z: what goes into ReLU: an array of any shape, or a number; it is left unchanged
    :return: an array of the same shape
    """
    # BEGIN SOLUTION
    return np.where(np.greater(z, 0), 1.0, 0.0)
    # END SOLUTION


def forward1(x0, w1, b1, w2, b2):
    """
    The prediction y of a network with one hidden layer: relu there, sig at the output. Nothing is changed.

    :param x0: one sample, of shape (n_input,), or a batch with one sample per row, of shape (N, n_input)
    :param w1: weights of shape (n_input, n_hidden); b1: biases, a column of shape (n_hidden, 1)
    :param w2: weights of shape (n_hidden, 1); b2: bias, of shape (1, 1)
    :return: y, of shape (1, 1) for one sample and (N, 1) for a batch
    """
    # BEGIN SOLUTION
    x1 = relu(x0 @ w1 + b1.T)  # (N, n_hidden)
    return sig(x1 @ w2 + b2.T)  # (N, 1)
    # END SOLUTION


def backward1(x0, w1, b1, w2, b2, y, yhat, alpha):
    """
    One step of gradient descent on J for one sample.

    The arrays that are handed in are left unchanged; the new weights and biases are new arrays.

    :param x0: one sample, of shape (n_input,)
    :param w1, b1, w2, b2: the network as it is, with the shapes of `forward1`
    :param y: the PREDICTION for x0, of shape (1, 1), as `forward1` gives it with these weights
    :param yhat: the TARGET, 0 or 1: a number, or an array with a single entry
    :param alpha: the learning rate
    :return: w1, b1, w2, b2 after the step, with the shapes that they had
    """
    # BEGIN SOLUTION
    z1 = x0 @ w1 + b1.T  # (1, n_hidden)
    x1 = relu(z1)
    z2 = x1 @ w2 + b2.T  # (1, 1)

    delta2 = dJ_dy(y, yhat) * dsig_dz(z2)  # (1, 1)
    delta1 = w2 @ delta2 * drelu_dz(z1).T  # (n_hidden, 1)

    w1 = w1 - alpha * np.outer(x0, delta1)
    b1 = b1 - alpha * delta1
    w2 = w2 - alpha * np.outer(x1, delta2)
    b2 = b2 - alpha * delta2
    return w1, b1, w2, b2
    # END SOLUTION


def train1(X, yhat, n_hidden, alpha, n_epoch):
    """
    Train a fresh network with one hidden layer, one sample at a time.

    Every entry of its weights and biases is drawn from the normal distribution with mean 0 and standard deviation 1.
    Each epoch takes one step for every sample, each sample once, in an order that is drawn anew for every epoch.

    :param X: the samples, one per row, of shape (N, n_input); left unchanged
    :param yhat: their TARGETS, 0 or 1, of shape (N, 1); left unchanged
    :param n_hidden: the number of hidden units
    :param alpha: the learning rate; with 0 the network stays as it was drawn
    :param n_epoch: the number of epochs
    :return: w1, b1, w2, b2, costs; costs, of shape (n_epoch, 1), has the mean of J over all samples after each epoch
    """
    # BEGIN SOLUTION
    n_samples, n_input = X.shape
    w1 = np.random.normal(0, 1, (n_input, n_hidden))
    b1 = np.random.normal(0, 1, (n_hidden, 1))
    w2 = np.random.normal(0, 1, (n_hidden, 1))
    b2 = np.random.normal(0, 1, (1, 1))
    costs = np.zeros((n_epoch, 1))
    for epoch in range(n_epoch):
        for i in np.random.permutation(n_samples):
            y = forward1(X[i], w1, b1, w2, b2)
            w1, b1, w2, b2 = backward1(X[i], w1, b1, w2, b2, y, yhat[i], alpha)
        costs[epoch] = np.mean(J(forward1(X, w1, b1, w2, b2), yhat))
    return w1, b1, w2, b2, costs
    # END SOLUTION


def init_model(shape):
    """
    Draw a network of any depth: every weight and every bias from the normal distribution with mean 0 and
    standard deviation 0.1. Every call draws anew.

    :param shape: how many units each layer has, from the input to the output: (2, 5, 3, 1)
    :return: w, b: dictionaries with a key for each layer from 1 to len(shape) - 1 (the input has no weights);
             w[l] has shape (shape[l-1], shape[l]), and b[l] is a column of shape (shape[l], 1)
    """
    # BEGIN SOLUTION
    w, b = {}, {}
    for layer in range(1, len(shape)):
        w[layer] = np.random.normal(0, 0.1, (shape[layer - 1], shape[layer]))
        b[layer] = np.random.normal(0, 0.1, (shape[layer], 1))
    return w, b
    # END SOLUTION


def forwardn(x0, w, b):
    """
    The prediction y of a network of any depth: relu in every layer but the last, sig in the last. Nothing is changed.

    :param x0: one sample, of shape (n_input,), or a batch with one sample per row, of shape (N, n_input)
    :param w, b: weights and biases as `init_model` makes them; one layer alone is a network too
    :return: y, of shape (1, 1) for one sample and (N, 1) for a batch
    """
    # BEGIN SOLUTION
    n_layers = len(w)
    x = x0
    for layer in range(1, n_layers):
        x = relu(x @ w[layer] + b[layer].T)  # (N, units of the layer)
    return sig(x @ w[n_layers] + b[n_layers].T)  # (N, 1)
    # END SOLUTION


def backwardn(x0, w, b, y, yhat, alpha):
    """
    One step of gradient descent on J for one sample, in a network of any depth.

    Every layer's step is that of the gradient at the weights before the step. Afterwards the dictionaries w and b
    that were handed in hold the new weights and biases. x0, y and yhat are left unchanged.

    :param x0: one sample, of shape (n_input,)
    :param w, b: weights and biases as `init_model` makes them; one layer alone is a network too
    :param y: the PREDICTION for x0, of shape (1, 1), as `forwardn` gives it with these weights
    :param yhat: the TARGET, 0 or 1: a number, or an array with a single entry
    :param alpha: the learning rate
    :return: w, b
    """
    # BEGIN SOLUTION
    n_layers = len(w)
    z, x = {}, {0: x0}
    for layer in range(1, n_layers + 1):
        z[layer] = x[layer - 1] @ w[layer] + b[layer].T  # (1, units of the layer)
        x[layer] = relu(z[layer])

    delta = {n_layers: dJ_dy(y, yhat) * dsig_dz(z[n_layers])}  # (1, 1)
    for layer in range(n_layers - 1, 0, -1):
        delta[layer] = w[layer + 1] @ delta[layer + 1] * drelu_dz(z[layer]).T  # (units of the layer, 1)

    for layer in range(1, n_layers + 1):  # only now, when every delta is known
        w[layer] = w[layer] - alpha * np.outer(x[layer - 1], delta[layer])
        b[layer] = b[layer] - alpha * delta[layer]
    return w, b
    # END SOLUTION


def trainn(X, yhat, shape, alpha, n_epoch):
    """
    Train a fresh network of any depth, one sample at a time. It is drawn by `init_model`.

    Each epoch takes one step for every sample, each sample once, in an order that is drawn anew for every epoch.

    :param X: the samples, one per row, of shape (N, shape[0]); left unchanged
    :param yhat: their TARGETS, 0 or 1, of shape (N, 1); left unchanged
    :param shape: how many units each layer has, from the input to the output: (2, 5, 3, 1)
    :param alpha: the learning rate; with 0 the network stays as it was drawn
    :param n_epoch: the number of epochs
    :return: w, b, costs; costs, of shape (n_epoch, 1), has the mean of J over all samples after each epoch
    """
    # BEGIN SOLUTION
    w, b = init_model(shape)
    costs = np.zeros((n_epoch, 1))
    for epoch in range(n_epoch):
        for i in np.random.permutation(len(X)):
            y = forwardn(X[i], w, b)
            w, b = backwardn(X[i], w, b, y, yhat[i], alpha)
        costs[epoch] = np.mean(J(forwardn(X, w, b), yhat))
    return w, b, costs
    # END SOLUTION
