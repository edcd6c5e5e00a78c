"""A network as a list of layers, each with a forward and a backward pass of its own, trained on minibatches."""

# ruff: noqa: A002, ARG002  a layer's input is called `input`, and not every layer needs it

import numpy as np


class Layer:
    """What every layer can do: turn an input into an output, and a gradient of the output into one of the input."""

    def forward(self, input):
        """
        The layer's output. A plain `Layer` gives back what came in.

        :param input: one sample per row, of shape (N, input_units); it is left unchanged
        :return: the output, of shape (N, output_units), here the same as the input
        """
        # BEGIN SOLUTION
        return input
        # END SOLUTION

    def backward(self, input, grad_output):
        """
        The loss's gradient with respect to the input, by the chain rule, from that with respect to the output.

        A layer with parameters takes its step of gradient descent here as well; a plain `Layer` has none.

        :param input: what the layer was given on the way forward, of shape (N, input_units); it is left unchanged
        :param grad_output: the gradient with respect to the output, of shape (N, output_units); it is left unchanged
        :return: the gradient with respect to the input, of shape (N, input_units)
        """
        # BEGIN SOLUTION
        return grad_output
        # END SOLUTION


class ReLu(Layer):
    """The bend between two dense layers: max(0, x), entry by entry."""

    def forward(self, input):
        """
        max(0, x) for each entry x.

        :param input: of shape (N, units); it is left unchanged
        :return: the output, of the same shape
        """
        # BEGIN SOLUTION
        return np.maximum(0, input)
        # END SOLUTION

    def backward(self, input, grad_output):
        """
        The gradient with respect to the input: `grad_output` where the input is above zero, 0 where it is below.

        :param input: what `forward` was given, of shape (N, units); it is left unchanged
        :param grad_output: the gradient with respect to the output, of shape (N, units); it is left unchanged
        :return: the gradient with respect to the input, of the same shape
        """
        # BEGIN SOLUTION
        return grad_output * (input > 0)
        # END SOLUTION


class Dense(Layer):
    """A fully connected layer, x W + b, which learns while the gradient passes through it."""

    def __init__(self, input_units, output_units, learning_rate=0.1):
        """
        Set `self.weights`, `self.biases` and `self.learning_rate`.

        `self.weights` has shape (input_units, output_units). Its entries are random numbers around 0, drawn anew for
        every layer, with a standard deviation of 0.01; anything between 0.001 and 0.1 is accepted.
        `self.biases` has shape (output_units,) and is zero.
        """
        # BEGIN SOLUTION
        self.learning_rate = learning_rate
        self.weights = np.random.normal(0, 0.01, (input_units, output_units))
        self.biases = np.zeros(output_units)
        # END SOLUTION

    def forward(self, input):
        """
        x W + b for each row x of the input.

        :param input: of shape (N, input_units); it is left unchanged
        :return: the output, of shape (N, output_units)
        """
        # BEGIN SOLUTION
        return input @ self.weights + self.biases
        # END SOLUTION

    def backward(self, input, grad_output):
        """
        Return the gradient with respect to the input, and take one step of gradient descent.

        What is returned follows from the weights as they are before the step. The step changes `self.weights` and
        `self.biases` by minus `self.learning_rate` times their gradients, which are averaged over the batch, or
        summed over it where the loss's gradient is divided by N already. Both keep their shapes.

        :param input: what `forward` was given, of shape (N, input_units); it is left unchanged
        :param grad_output: the gradient with respect to the output, of shape (N, output_units); it is left unchanged
        :return: the gradient with respect to the input, of shape (N, input_units)
        """
        # BEGIN SOLUTION
        grad_input = grad_output @ self.weights.T  # (N, input_units)
        grad_weights = input.T @ grad_output / len(input)  # (input_units, output_units)
        grad_biases = np.mean(grad_output, axis=0)  # (output_units,)
        self.weights = self.weights - self.learning_rate * grad_weights
        self.biases = self.biases - self.learning_rate * grad_biases
        return grad_input
        # END SOLUTION


def softmax_crossentropy_with_logits(logits, reference_answer):
    """
    The cross-entropy of each sample: minus the logarithm of the probability that softmax gives to its class.

    For logits of ±1000, too, the result is finite.

    :param logits: the scores, of shape (N, C); left unchanged
    :param reference_answer: the right classes, N numbers between 0 and C - 1, of shape (N,); left unchanged
    :return: the losses, one for each sample, of shape (N,)
    """
    # BEGIN SOLUTION
    shifted = logits - np.max(logits, axis=-1, keepdims=True)  # the same loss, and nothing overflows
    of_answers = shifted[np.arange(len(shifted)), reference_answer]  # (N,)
    return np.log(np.sum(np.exp(shifted), axis=-1)) - of_answers
    # END SOLUTION


def eval_numerical_gradient(f, x, h=1e-5):
    """
    The gradient of a function by central differences: (f(x + h) - f(x - h)) / (2 h), one entry of x at a time.

    :param f: a function that takes an array of x's shape and returns a number
    :param x: where the gradient is wanted, an array of floats of any shape; when it is done, x is as it was
    :param h: how far each entry is moved to either side
    :return: the gradient, of x's shape
    """
    # BEGIN SOLUTION
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        gradient[index] = (f(above) - f(below)) / (2 * h)
    return gradient
    # END SOLUTION


def grad_softmax_crossentropy_with_logits(logits, reference_answer):
    """
    The gradient of the cross-entropy with respect to the logits.

    It is the gradient of the sum of the losses; or that of their mean, where `Dense.backward` sums over the batch.
    For logits of ±1000, too, the result is finite.

    :param logits: the scores, of shape (N, C); left unchanged
    :param reference_answer: the right classes, N numbers between 0 and C - 1, of shape (N,); left unchanged
    :return: the gradient, of shape (N, C)
    """
    # BEGIN SOLUTION
    grown = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    softmax = grown / np.sum(grown, axis=-1, keepdims=True)
    ones_for_answers = np.reshape(reference_answer, (-1, 1)) == np.arange(softmax.shape[-1])  # (N, C)
    return softmax - ones_for_answers
    # END SOLUTION


def forward(network, X):
    """
    Send a batch through all layers.

    :param network: a list of layers, first layer first
    :param X: the batch, of shape (N, input_units of the first layer); it is left unchanged
    :return: a list with the output of every layer, first layer first
    """
    # BEGIN SOLUTION
    activations = []
    for layer in network:
        X = layer.forward(X)
        activations.append(X)
    return activations
    # END SOLUTION


def predict(network, X):
    """
    The class with the largest logit, for each sample.

    :param network: a list of layers; the last one's outputs are the logits, of shape (N, C)
    :param X: the batch, of shape (N, input_units of the first layer); it is left unchanged
    :return: N class numbers between 0 and C - 1, of shape (N,)
    """
    # BEGIN SOLUTION
    logits = forward(network, X)[-1]
    return np.argmax(logits, axis=-1)
    # END SOLUTION


def train(network, X, y):
    """
    One step of gradient descent on one batch: forward through all layers, and backward from the last to the first.

    Each layer's `backward` gets the input that the layer had on the way forward.

    :param network: a list of layers; the last one's outputs are the logits, of shape (N, C)
    :param X: the batch, of shape (N, input_units of the first layer); it is left unchanged
    :param y: the right classes, of shape (N,); left unchanged
    :return: the mean of the samples' losses before the step, one number
    """
    # BEGIN SOLUTION
    activations = forward(network, X)
    inputs = [X, *activations[:-1]]
    logits = activations[-1]
    loss = np.mean(softmax_crossentropy_with_logits(logits, y))
    gradient = grad_softmax_crossentropy_with_logits(logits, y)
    for i in range(len(network) - 1, -1, -1):
        gradient = network[i].backward(inputs[i], gradient)
    return loss
    # END SOLUTION


def iterate_minibatches(inputs, targets, batchsize, shuffle=False):
    """
    Yield the data in batches, as pairs (inputs of the batch, targets of the batch).

    Every batch is full; samples that are left over are left out in this pass. Without `shuffle` the samples come in
    their order, with it in a new random order in each pass, inputs and targets in step.

    :param inputs: all samples, of shape (N, …); left unchanged
    :param targets: what belongs to each of them, of shape (N, …); left unchanged
    :param batchsize: the number of samples in a batch
    :param shuffle: whether the order is random
    """
    # BEGIN SOLUTION
    order = np.random.permutation(len(inputs)) if shuffle else np.arange(len(inputs))
    for start in range(0, len(inputs) - batchsize + 1, batchsize):
        rows = order[start : start + batchsize]
        yield inputs[rows], targets[rows]
    # END SOLUTION
