"""A network of two layers for classification: relu, softmax, cross-entropy, and gradient descent in small batches."""

# the functions' names and parameters are those of the students' notebook, used or not, and many
# ruff: noqa: ARG001, PLR0913, PLR0917

import numpy as np


def relu(x):
    """
    The larger of 0 and x, entry by entry.

    :param x: an array of any shape; it is left unchanged
    :return: an array of the same shape
    """
    # BEGIN SOLUTION
    return np.maximum(0, x)
    # END SOLUTION


def der_relu(x):
    """
    The derivative of `relu` at x, entry by entry: 1 above zero, 0 below, and at zero itself any number from 0 to 1.

    :param x: an array of any shape; it is left unchanged
    :return: an array of numbers, of the same shape
    """
    # BEGIN SOLUTION
    return np.where(x > 0, 1.0, 0.0)
    # END SOLUTION


def softmax(x):
    """
    Softmax of each row: scores become probabilities.

    Scores of 1000 or -1000 give probabilities too, and no overflow warning.

    :param x: scores, of shape (N, C), one sample per row; it is left unchanged
    :return: probabilities, of shape (N, C); each row sums to one
    """
    # BEGIN SOLUTION
    exp_x = np.exp(x - np.max(x, axis=1, keepdims=True))
    return exp_x / np.sum(exp_x, axis=1, keepdims=True)
    # END SOLUTION


def forward(X, W1, b1, W2, b2):
    """
    Run a batch through both layers: relu follows the first, softmax the second.

    :param X: one sample per row, of shape (N, D)
    :param W1, b1: the first layer's weights, of shape (D, H), and biases, of shape (1, H)
    :param W2, b2: the second layer's weights, of shape (H, C), and biases, of shape (1, C)
    :return: (h2, store): the probabilities h2, of shape (N, C), and the tuple store = (f0, h1, f1, h2) with
             f0 and h1, of shape (N, H), before and after relu; f1 and h2, of shape (N, C), before and after softmax
    """
    # BEGIN SOLUTION
    f0 = X @ W1 + b1  # (N, H)
    h1 = relu(f0)
    f1 = h1 @ W2 + b2  # (N, C)
    h2 = softmax(f1)
    return h2, (f0, h1, f1, h2)
    # END SOLUTION


def backward_1(X, y, forward_output, W2):
    """
    The gradients of each sample's own loss with respect to its pre-activations. Nothing is averaged.

    :param X: the batch, of shape (N, D)
    :param y: one-hot labels, of shape (N, C)
    :param forward_output: the tuple (f0, h1, f1, h2) that `forward` stored for this batch
    :param W2: the second layer's weights, of shape (H, C)
    :return: (df0, df1), of shapes (N, H) and (N, C), one row per sample
    """
    # BEGIN SOLUTION
    f0, _, _, h2 = forward_output
    df1 = h2 - y  # softmax and cross-entropy together
    df0 = df1 @ W2.T * der_relu(f0)
    return df0, df1
    # END SOLUTION


def backward_2(X, y, forward_output, W2, df0, df1):
    """
    The gradients of the mean loss with respect to the parameters, made from any df0 and df1.

    :param X: the batch, of shape (N, D)
    :param y: one-hot labels, of shape (N, C)
    :param forward_output: the tuple (f0, h1, f1, h2) that `forward` stored for this batch
    :param W2: the second layer's weights, of shape (H, C)
    :param df0, df1: the gradients per sample, of shapes (N, H) and (N, C), as `backward_1` returns them
    :return: (dW1, db1, dW2, db2), of shapes (D, H), (1, H), (H, C), (1, C), each averaged over the N samples
    """
    # BEGIN SOLUTION
    h1 = forward_output[1]
    dW1 = X.T @ df0 / len(X)
    db1 = np.mean(df0, axis=0, keepdims=True)
    dW2 = h1.T @ df1 / len(X)
    db2 = np.mean(df1, axis=0, keepdims=True)
    return dW1, db1, dW2, db2
    # END SOLUTION


def backward(X, y, forward_output, W2):
    """
    Both steps of the way back, one after the other.

    :param X: the batch, of shape (N, D)
    :param y: one-hot labels, of shape (N, C)
    :param forward_output: the tuple (f0, h1, f1, h2) that `forward` stored for this batch
    :param W2: the second layer's weights, of shape (H, C)
    :return: (dW1, db1, dW2, db2), the gradients of the mean loss, as `backward_2` returns them
    """
    # BEGIN SOLUTION
    df0, df1 = backward_1(X, y, forward_output, W2)
    return backward_2(X, y, forward_output, W2, df0, df1)
    # END SOLUTION


def init(input_size, hidden_size, output_size):
    """
    Fresh parameters for D = input_size inputs, H = hidden_size hidden units and C = output_size classes.

    Every weight is drawn from the normal distribution with mean 0 and standard deviation 0.01; biases are zero.
    Every call draws anew.

    :return: (W1, b1, W2, b2), of shapes (D, H), (1, H), (H, C), (1, C)
    """
    # BEGIN SOLUTION
    W1 = np.random.normal(0, 0.01, (input_size, hidden_size))
    b1 = np.zeros((1, hidden_size))
    W2 = np.random.normal(0, 0.01, (hidden_size, output_size))
    b2 = np.zeros((1, output_size))
    return W1, b1, W2, b2
    # END SOLUTION


def loss(y_true, y_pred):
    """
    The cross-entropy of a batch, summed and averaged. 1e-16 is added to each probability inside the logarithm.

    :param y_true: one-hot labels, of shape (N, C); it is left unchanged
    :param y_pred: predicted probabilities, of shape (N, C); it is left unchanged
    :return: (global_loss, mean_loss): the sum over the samples and the mean over the samples, one number each
    """
    # BEGIN SOLUTION
    global_loss = -np.sum(y_true * np.log(y_pred + 1e-16))
    return global_loss, global_loss / len(y_true)
    # END SOLUTION


def update_parameters(W1, b1, W2, b2, dW1, db1, dW2, db2, learning_rate):
    """
    One step of gradient descent. The arrays that are handed in are left unchanged.

    :param W1, b1, W2, b2: the parameters
    :param dW1, db1, dW2, db2: their gradients, of the same shapes
    :param learning_rate: how far the step goes, one number
    :return: (W1, b1, W2, b2), new arrays of the same shapes
    """
    # BEGIN SOLUTION
    W1 = W1 - learning_rate * dW1
    b1 = b1 - learning_rate * db1
    W2 = W2 - learning_rate * dW2
    b2 = b2 - learning_rate * db2
    return W1, b1, W2, b2
    # END SOLUTION


def train(X, y, hidden_size, output_size, epochs, learning_rate, batch_size, epoch_decay_interval, decay_factor=0.05):
    """
    Train fresh parameters by gradient descent in small batches. X and y are left unchanged.

    Each epoch shuffles the samples anew, with their labels, and takes one step for each batch; the last batch is
    shorter where the samples do not divide evenly. The learning rate of epoch e, counted from 0, is
    learning_rate - decay_factor * (e // epoch_decay_interval), but never less than zero.

    :param X: all samples, of shape (N, D)
    :param y: their one-hot labels, of shape (N, C)
    :param hidden_size: the number of hidden units, H
    :param output_size: the number of classes, C
    :param epochs: how many times all samples are gone through; 0 returns what `init` gave
    :param learning_rate: the rate of the first epoch
    :param batch_size: the number of samples in a batch; it may be larger than N
    :param epoch_decay_interval: the number of epochs that share a rate
    :param decay_factor: by how much the rate falls after each interval
    :return: (W1, b1, W2, b2)
    """
    # BEGIN SOLUTION
    W1, b1, W2, b2 = init(X.shape[1], hidden_size, output_size)
    for epoch in range(epochs):
        rate = max(learning_rate - decay_factor * (epoch // epoch_decay_interval), 0)
        order = np.random.permutation(len(X))
        for start in range(0, len(X), batch_size):
            rows = order[start : start + batch_size]
            X_batch, y_batch = X[rows], y[rows]
            _, store = forward(X_batch, W1, b1, W2, b2)
            gradients = backward(X_batch, y_batch, store, W2)
            W1, b1, W2, b2 = update_parameters(W1, b1, W2, b2, *gradients, rate)
    return W1, b1, W2, b2
    # END SOLUTION


def predict(X, W1, b1, W2, b2):
    """
    The most probable class of each sample.

    :param X: one sample per row, of shape (N, D)
    :param W1, b1, W2, b2: the parameters, as `train` returns them
    :return: class numbers from 0 to C - 1, an array of shape (N,)
    """
    # BEGIN SOLUTION
    probabilities, _ = forward(X, W1, b1, W2, b2)
    return np.argmax(probabilities, axis=1)
    # END SOLUTION
