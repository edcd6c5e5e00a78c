"""A multilayer perceptron for classification: softmax, cross-entropy, and backpropagation written by hand."""

import numpy as np


class MLP:
    """Fully connected layers of the sizes `layer_dims`: softmax on the last, `activation` on the others."""

    def __init__(self, layer_dims=(784, 128, 64, 10), activation="relu", epsilon=1e-6, lr=0.01):
        """Remember the settings and start with fresh parameters."""
        assert activation in ("relu", "sigmoid", "tanh"), "activation is one of relu, sigmoid, tanh"
        self.layer_dims = layer_dims
        self.activation = activation
        self.epsilon = epsilon
        self.lr = lr
        self.forward_cache = []
        self.init_parameters()

    def init_parameters(self):
        """
        Set `self.parameters`: a list with one dictionary {'w': w, 'b': b} per layer, first layer first.

        Layer i has n = self.layer_dims[i] inputs and m = self.layer_dims[i + 1] outputs.
        w has shape (n, m); each entry is drawn from the uniform distribution between -1/sqrt(n) and 1/sqrt(n).
        b has shape (1, m) and is zero. Every call draws anew.
        """
        # BEGIN SOLUTION
        self.parameters = []
        for i in range(len(self.layer_dims) - 1):
            n, m = self.layer_dims[i], self.layer_dims[i + 1]
            bound = 1 / np.sqrt(n)
            w = np.random.uniform(-bound, bound, (n, m))
            self.parameters.append({"w": w, "b": np.zeros((1, m))})
        # END SOLUTION

    def activation_fn(self, x):
        """
        The activation function that `self.activation` names: "relu", "sigmoid" or "tanh", entry by entry.

        For any finite x the result is finite, and NumPy gives no overflow warning.

        :param x: pre-activations, an array of any shape; it is left unchanged
        :return: post-activations, an array of the same shape
        """
        # BEGIN SOLUTION
        x = np.asarray(x)
        if self.activation == "relu":
            return np.maximum(0, x)
        if self.activation == "sigmoid":
            return (1 + np.tanh(x / 2)) / 2  # equals 1 / (1 + exp(-x)) and cannot overflow
        return np.tanh(x)
        # END SOLUTION

    def gradient_activation_fn(self, x):
        """
        The derivative of the activation function, expressed by the function's own result.

        Where relu's result is 0, the derivative is 0.

        :param x: *post*-activations, as `activation_fn` returned them, of any shape; it is left unchanged
        :return: the derivative at the pre-activations that led to x, an array of the same shape
        """
        # BEGIN SOLUTION
        x = np.asarray(x)
        if self.activation == "relu":
            return np.where(x > 0, 1.0, 0.0)
        if self.activation == "sigmoid":
            return x * (1 - x)
        return 1 - x**2
        # END SOLUTION

    def softmax(self, x):
        """
        Softmax along the last axis: scores become probabilities.

        For any finite x the result is finite, and NumPy gives no overflow warning.

        :param x: scores, of shape (N, C), or (C,) for a single sample; it is left unchanged
        :return: probabilities, an array of the same shape
        """
        # BEGIN SOLUTION
        half = np.divide(x, 2)
        half = half - np.max(half, axis=-1, keepdims=True)  # halved first: no difference can overflow
        numerator = np.exp(half) ** 2
        return numerator / np.sum(numerator, axis=-1, keepdims=True)
        # END SOLUTION

    def layer_forward(self, x, layer_number):
        """
        Compute one layer, and append {'o': pre-activations, 'a': output} to the list `self.forward_cache`.

        The output is softmax of the pre-activations in the last layer, `activation_fn` of them in the others.

        :param x: the layer's input, of shape (N, n); it is left unchanged
        :param layer_number: the layer's index in `self.parameters`: 0 is the first
        :return: the layer's output, of shape (N, m)
        """
        # BEGIN SOLUTION
        layer = self.parameters[layer_number]
        o = x @ layer["w"] + layer["b"]  # (N, m)
        is_last = layer_number == len(self.parameters) - 1
        a = self.softmax(o) if is_last else self.activation_fn(o)
        self.forward_cache.append({"o": o, "a": a})
        return a
        # END SOLUTION

    def forward(self, x):
        """
        Run a batch through all layers.

        Each call starts a new `self.forward_cache`: [{'a': x}], to which each layer appends its entry.
        So entry l holds the output of the l-th layer, counted from 1.

        :param x: one sample per row, of shape (N, layer_dims[0]); it is left unchanged
        :return: the probabilities y_hat, of shape (N, layer_dims[-1])
        """
        # BEGIN SOLUTION
        a = np.asarray(x)
        self.forward_cache = [{"a": a}]
        for layer_number in range(len(self.parameters)):
            a = self.layer_forward(a, layer_number)
        return a
        # END SOLUTION

    def cross_entropy_loss(self, y_hat, y):
        """
        The cross-entropy of predictions and labels, averaged over the N samples.

        Probabilities below `self.epsilon` count as `self.epsilon`, those above 1 - `self.epsilon` as that.

        :param y_hat: predicted probabilities, of shape (N, C); it is left unchanged
        :param y: one-hot labels, of shape (N, C); it is left unchanged
        :return: the loss, one number
        """
        # BEGIN SOLUTION
        p = np.clip(y_hat, self.epsilon, 1 - self.epsilon)  # a new array: y_hat is the cache's as well
        return -np.sum(y * np.log(p)) / len(p)
        # END SOLUTION

    def layer_backward(self, gradient, layer_number):
        """
        Compute the gradients of one layer from `self.forward_cache`. Nothing is updated.

        :param gradient: one row per sample, of shape (N, m); it is left unchanged.
                         Output layer: the loss's gradient with respect to the layer's pre-activations (gradient_o).
                         Other layers: with respect to the layer's output (gradient_a).
        :param layer_number: counted as in `self.forward_cache`: 1 is the first layer, so its weights are
                             self.parameters[layer_number - 1], and len(self.parameters) is the output layer
        :return: (gradient with respect to the previous layer's output, of shape (N, n), one row per sample;
                  gradient with respect to w, of shape (n, m), averaged over the N samples;
                  gradient with respect to b, of shape (1, m), averaged over the N samples)
        """
        # BEGIN SOLUTION
        a = self.forward_cache[layer_number]["a"]  # (N, m)
        a_prev = self.forward_cache[layer_number - 1]["a"]  # (N, n)
        w = self.parameters[layer_number - 1]["w"]  # (n, m)
        if layer_number == len(self.parameters):
            gradient_o = np.asarray(gradient)
        else:
            gradient_o = gradient * self.gradient_activation_fn(a)
        gradient_w = a_prev.T @ gradient_o / len(a_prev)
        gradient_b = np.mean(gradient_o, axis=0, keepdims=True)
        gradient_a_prev = gradient_o @ w.T
        return gradient_a_prev, gradient_w, gradient_b
        # END SOLUTION

    def backward(self, y_hat, y):
        """
        One step of gradient descent on every w and b in `self.parameters`, with the learning rate `self.lr`.

        The gradient of softmax and cross-entropy together, with respect to the last pre-activations, is
        y_hat - y; from there it goes through `layer_backward` of every layer, last layer first.

        :param y_hat: what `forward` returned for this batch, of shape (N, C); it is left unchanged
        :param y: one-hot labels, of shape (N, C); it is left unchanged
        """
        # BEGIN SOLUTION
        gradient = np.subtract(y_hat, y)
        for layer_number in range(len(self.parameters), 0, -1):
            gradient, gradient_w, gradient_b = self.layer_backward(gradient, layer_number)
            layer = self.parameters[layer_number - 1]
            layer["w"] = layer["w"] - self.lr * gradient_w
            layer["b"] = layer["b"] - self.lr * gradient_b
        # END SOLUTION

    @staticmethod
    def one_hot_encode(labels, num_classes):
        """
        Turn class numbers into rows of zeros with a single 1.

        A label that is no class, such as -1, gives a row of zeros.

        :param labels: N class numbers between 0 and num_classes - 1, a list or an array of shape (N,);
                       it is left unchanged, and may be empty
        :param num_classes: the number of classes
        :return: an array of shape (N, num_classes)
        """
        # BEGIN SOLUTION
        labels = np.reshape(labels, (-1, 1))  # (N, 1)
        return np.where(labels == np.arange(num_classes), 1.0, 0.0)
        # END SOLUTION

    def train(self, x, y, batch_size=64, num_iterations=None):
        """
        Train on one batch after the other: `forward`, loss and accuracy, `backward`.

        Batches are taken in order and not shuffled; the last one is shorter where the samples do not
        divide evenly. After the last batch the first comes again.
        `self.losses` and `self.accuracies` are new lists with one number per iteration: the loss and the share of
        right predictions on that iteration's batch, before its step.

        :param x: all samples, of shape (N, layer_dims[0]); it is left unchanged
        :param y: their one-hot labels, of shape (N, C); it is left unchanged
        :param batch_size: the number of samples in a batch
        :param num_iterations: how many batches to train on; None means each batch once
        """
        # BEGIN SOLUTION
        self.losses, self.accuracies = [], []
        starts = range(0, len(x), batch_size)
        if num_iterations is None:
            num_iterations = len(starts)
        for i in range(num_iterations):
            start = starts[i % len(starts)]
            x_batch, y_batch = x[start : start + batch_size], y[start : start + batch_size]
            y_hat = self.forward(x_batch)
            self.losses.append(self.cross_entropy_loss(y_hat, y_batch))
            self.accuracies.append(np.mean(np.argmax(y_hat, axis=-1) == np.argmax(y_batch, axis=-1)))
            self.backward(y_hat, y_batch)
        # END SOLUTION
