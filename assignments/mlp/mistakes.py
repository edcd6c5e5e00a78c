"""What students are known to write in `mlp`: wrong, each with what they should read; and right, in another way."""

from fractions import Fraction

from autograder import Equivalent, Mistake, Variant

MISTAKES = [
    # --- init_parameters
    Mistake(
        name="first_fan_in_for_every_layer",
        stub="MLP.init_parameters",
        right="1 / np.sqrt(n)",
        wrong="1 / np.sqrt(self.layer_dims[0])",
        sentence="Every layer has its own number of inputs, and the range of its weights follows from that one.",
    ),
    Mistake(
        name="fan_out_for_fan_in",
        stub="MLP.init_parameters",
        right="1 / np.sqrt(n)",
        wrong="1 / np.sqrt(m)",
        sentence="The range of a layer's weights follows from how many inputs it has, not from how many outputs.",
    ),
    Mistake(
        name="normal_weights",
        stub="MLP.init_parameters",
        right="np.random.uniform(-bound, bound, (n, m))",
        wrong="np.random.normal(0, bound, (n, m))",
        sentence="A normal distribution has no bounds; the text asks for the uniform one.",
    ),
    Mistake(
        name="only_positive_weights",
        stub="MLP.init_parameters",
        right="np.random.uniform(-bound, bound, (n, m))",
        wrong="np.random.uniform(0, bound, (n, m))",
        sentence="Weights are drawn from both sides of zero.",
    ),
    Mistake(
        name="weights_transposed",
        stub="MLP.init_parameters",
        right="np.random.uniform(-bound, bound, (n, m))",
        wrong="np.random.uniform(-bound, bound, (m, n))",
        sentence="w has one row for each input and one column for each output, as in x @ w.",
    ),
    Mistake(
        name="random_biases",
        stub="MLP.init_parameters",
        right="np.zeros((1, m))",
        wrong="np.random.uniform(-bound, bound, (1, m))",
        sentence="Only the weights start at random. What do the biases start with?",
    ),
    Mistake(
        name="fixed_seed",
        stub="MLP.init_parameters",
        right="self.parameters = []",
        wrong="self.parameters = []\n    np.random.seed(0)",
        sentence="Every network gets the same weights: is a seed set inside, or are arrays kept?",
    ),
    Mistake(
        name="flat_biases",
        stub="MLP.init_parameters",
        right="np.zeros((1, m))",
        wrong="np.zeros(m)",
        sentence="A bias has one row: its shape is (1, m) and not (m,), or a step in place cannot be taken from it.",
    ),
    Mistake(
        name="layers_pile_up",
        stub="MLP.init_parameters",
        right="self.parameters = []",
        wrong='self.parameters = getattr(self, "parameters", [])',
        sentence="A second call starts afresh: the layers of the first do not stay in the list.",
    ),
    # --- activation_fn
    Mistake(
        name="sigmoid_overflows",
        stub="MLP.activation_fn",
        right="(1 + np.tanh(x / 2)) / 2",
        wrong="1 / (1 + np.exp(-x))",
        sentence="The values are right, but np.exp(-x) overflows for very negative x. Is there a form that never does?",
    ),
    Mistake(
        name="sigmoid_mirrored",
        stub="MLP.activation_fn",
        right="(1 + np.tanh(x / 2)) / 2",
        wrong="(1 - np.tanh(x / 2)) / 2",
        sentence="Sigmoid grows with x. Look at the sign in the exponent.",
    ),
    Mistake(
        name="leaky_relu",
        stub="MLP.activation_fn",
        right="np.maximum(0, x)",
        wrong="np.maximum(0.01 * x, x)",
        sentence="relu is exactly 0 below zero; what leaks through is another function.",
    ),
    Mistake(
        name="relu_in_place",
        stub="MLP.activation_fn",
        right="return np.maximum(0, x)",
        wrong="x[x < 0] = 0\n        return x",
        sentence="The array that was handed in is changed. Write into a copy, or make a new array.",
    ),
    Mistake(
        name="sigmoid_for_tanh",
        stub="MLP.activation_fn",
        right="return np.tanh(x)",
        wrong="return (1 + np.tanh(x / 2)) / 2",
        sentence="tanh goes from -1 to 1, sigmoid from 0 to 1. Which of them is returned for tanh?",
    ),
    # --- gradient_activation_fn
    Mistake(
        name="activation_applied_again",
        stub="MLP.gradient_activation_fn",
        right="return x * (1 - x)\n    return 1 - x**2",
        wrong="return self.activation_fn(x) * (1 - self.activation_fn(x))\n    return 1 - self.activation_fn(x) ** 2",
        sentence="The argument is the post-activation: the activation function has been applied to it already.",
    ),
    Mistake(
        name="slope_one_at_zero",
        stub="MLP.gradient_activation_fn",
        right="np.where(x > 0, 1.0, 0.0)",
        wrong="np.where(x >= 0, 1.0, 0.0)",
        sentence="Where relu's result is 0 the unit was off. What is the slope there?",
    ),
    Mistake(
        name="relu_for_its_slope",
        stub="MLP.gradient_activation_fn",
        right="np.where(x > 0, 1.0, 0.0)",
        wrong="np.maximum(x, 0.0)",
        sentence="This is relu itself. How steep is it above zero?",
    ),
    Mistake(
        name="tanh_without_square",
        stub="MLP.gradient_activation_fn",
        right="1 - x**2",
        wrong="1 - x",
        sentence="The slope of tanh is the same at a and at -a. Is yours?",
    ),
    Mistake(
        name="slope_written_into_x",
        stub="MLP.gradient_activation_fn",
        right="return np.where(x > 0, 1.0, 0.0)",
        wrong="x[x > 0] = 1\n        return x",
        sentence="The array that was handed in is changed, and it is the cache's as well.",
    ),
    # --- softmax
    Mistake(
        name="no_maximum_subtracted",
        stub="MLP.softmax",
        right="half = half - np.max(half, axis=-1, keepdims=True)",
        wrong="half = np.asarray(half)",
        sentence="For large scores the exponential is infinite. Shift each row first: nothing else changes.",
    ),
    Mistake(
        name="one_maximum_for_the_batch",
        stub="MLP.softmax",
        right="np.max(half, axis=-1, keepdims=True)",
        wrong="np.max(half)",
        sentence="A row far below the others becomes 0/0. Each row has a maximum of its own.",
    ),
    Mistake(
        name="sum_over_the_batch",
        stub="MLP.softmax",
        right="np.sum(numerator, axis=-1, keepdims=True)",
        wrong="np.sum(numerator, axis=0, keepdims=True)",
        sentence="Each row is to sum to one. Over which axis do you sum?",
    ),
    Mistake(
        name="sum_over_everything",
        stub="MLP.softmax",
        right="np.sum(numerator, axis=-1, keepdims=True)",
        wrong="np.sum(numerator)",
        sentence="All rows together sum to one; each one should.",
    ),
    Mistake(
        name="rows_only",
        stub="MLP.softmax",
        right="np.sum(numerator, axis=-1, keepdims=True)",
        wrong="np.sum(numerator, axis=1, keepdims=True)",
        sentence="A vector has no axis 1. Is there a name for the last axis, whichever it is?",
    ),
    Mistake(
        name="not_normalised",
        stub="MLP.softmax",
        right="numerator / np.sum(numerator, axis=-1, keepdims=True)",
        wrong="numerator",
        sentence="Probabilities sum to one.",
    ),
    Mistake(
        name="scores_changed",
        stub="MLP.softmax",
        right="half = np.divide(x, 2)",
        wrong="x -= np.max(x, axis=-1, keepdims=True)\n    half = np.divide(x, 2)",
        sentence="-= writes into the array that was handed in.",
    ),
    # --- layer_forward
    Mistake(
        name="bias_forgotten",
        stub="MLP.layer_forward",
        right=' + layer["b"]',
        wrong="",
        sentence="Where does the bias come in?",
    ),
    Mistake(
        name="activation_before_softmax",
        stub="MLP.layer_forward",
        right="a = self.softmax(o) if is_last else self.activation_fn(o)",
        wrong="a = self.softmax(self.activation_fn(o)) if is_last else self.activation_fn(o)",
        sentence="In the last layer softmax takes the place of the activation function.",
    ),
    Mistake(
        name="last_layer_not_recognised",
        stub="MLP.layer_forward",
        right="is_last = layer_number == len(self.parameters) - 1",
        wrong="is_last = layer_number == len(self.parameters)",
        sentence="The first layer is number 0. Which number has the last one?",
    ),
    Mistake(
        name="softmax_in_every_layer",
        stub="MLP.layer_forward",
        right="a = self.softmax(o) if is_last else self.activation_fn(o)",
        wrong="a = self.softmax(o)",
        sentence="Only the last layer ends in softmax.",
    ),
    Mistake(
        name="output_remembered_twice",
        stub="MLP.layer_forward",
        right='append({"o": o, "a": a})',
        wrong='append({"o": a, "a": a})',
        sentence="o is the layer's sum before the activation function.",
    ),
    Mistake(
        name="nothing_remembered",
        stub="MLP.layer_forward",
        right='self.forward_cache.append({"o": o, "a": a})',
        wrong="pass",
        sentence="The way back needs what this layer computed: what is in self.forward_cache afterwards?",
    ),
    Mistake(
        name="input_centred",
        stub="MLP.layer_forward",
        right='o = x @ layer["w"]',
        wrong='x -= x.mean(axis=0)\n    o = x @ layer["w"]',
        sentence="The input is used as it comes, neither shifted nor scaled, and -= changes the caller's array.",
    ),
    # --- forward
    Mistake(
        name="cache_grows",
        stub="MLP.forward",
        right='self.forward_cache = [{"a": a}]',
        wrong='self.forward_cache.append({"a": a})',
        sentence="The cache of the batch before is still there; each call starts a new one.",
    ),
    Mistake(
        name="input_not_in_the_cache",
        stub="MLP.forward",
        right='self.forward_cache = [{"a": a}]',
        wrong="self.forward_cache = []",
        sentence="The first layer's weights learn from the input: it is entry 0 of the cache.",
    ),
    Mistake(
        name="last_layer_left_out",
        stub="MLP.forward",
        right="range(len(self.parameters))",
        wrong="range(len(self.parameters) - 1)",
        sentence="Does the last layer run too?",
    ),
    Mistake(
        name="every_layer_gets_the_input",
        stub="MLP.forward",
        right="self.layer_forward(a, layer_number)",
        wrong="self.layer_forward(np.asarray(x), layer_number)",
        sentence="What a layer returns is the input of the next one.",
    ),
    # --- cross_entropy_loss
    Mistake(
        name="predictions_overwritten",
        stub="MLP.cross_entropy_loss",
        right="p = np.clip(y_hat, self.epsilon, 1 - self.epsilon)",
        wrong=(
            "y_hat[y_hat < self.epsilon] = self.epsilon\n"
            "    y_hat[y_hat > 1 - self.epsilon] = 1 - self.epsilon\n"
            "    p = y_hat"
        ),
        sentence="y_hat is changed, and it is the cache's as well. Raise and lower a copy.",
    ),
    Mistake(
        name="logarithm_of_zero",
        stub="MLP.cross_entropy_loss",
        right="p = np.clip(y_hat, self.epsilon, 1 - self.epsilon)",
        wrong="p = np.asarray(y_hat)",
        sentence="The logarithm of 0 is not finite. What is epsilon for?",
    ),
    Mistake(
        name="epsilon_added",
        stub="MLP.cross_entropy_loss",
        right="p = np.clip(y_hat, self.epsilon, 1 - self.epsilon)",
        wrong="p = np.asarray(y_hat) + self.epsilon",
        sentence="Epsilon is a bound for the probabilities; adding it changes all of them.",
    ),
    Mistake(
        name="epsilon_written_out",
        stub="MLP.cross_entropy_loss",
        right="p = np.clip(y_hat, self.epsilon, 1 - self.epsilon)",
        wrong="p = np.clip(y_hat, 1e-6, 1 - 1e-6)",
        sentence="A network can be made with another epsilon: it is in self.epsilon.",
    ),
    Mistake(
        name="sum_of_losses",
        stub="MLP.cross_entropy_loss",
        right=" / len(p)",
        wrong="",
        sentence="The loss is the mean over the samples, not their sum.",
    ),
    Mistake(
        name="mean_over_all_entries",
        stub="MLP.cross_entropy_loss",
        right="-np.sum(y * np.log(p)) / len(p)",
        wrong="-np.mean(y * np.log(p))",
        sentence="The mean is over the samples, N of them, not over all N times C entries.",
    ),
    Mistake(
        name="loss_without_minus",
        stub="MLP.cross_entropy_loss",
        right="return -np.sum",
        wrong="return np.sum",
        sentence="Logarithms of probabilities are negative; a loss is not.",
    ),
    Mistake(
        name="binary_cross_entropy",
        stub="MLP.cross_entropy_loss",
        right="y * np.log(p)",
        wrong="y * np.log(p) + (1 - np.asarray(y)) * np.log(1 - p)",
        sentence="With one-hot labels only the true class counts; the other term belongs to the two-class formula.",
    ),
    Mistake(
        name="logarithm_to_base_two",
        stub="MLP.cross_entropy_loss",
        right="np.log(p)",
        wrong="np.log2(p)",
        sentence="The logarithm is the natural one.",
    ),
    # --- layer_backward
    Mistake(
        name="output_layer_not_recognised",
        stub="MLP.layer_backward",
        right="if layer_number == len(self.parameters):",
        wrong="if layer_number == len(self.layer_dims):",
        sentence="In the output layer the gradient is that of o already. Is your test for this layer ever true?",
        share=Fraction(1, 8),
    ),
    Mistake(
        name="derivative_applied_twice",
        stub="MLP.layer_backward",
        right="gradient_a_prev = gradient_o @ w.T",
        wrong="gradient_a_prev = gradient_o * self.gradient_activation_fn(a) @ w.T",
        sentence="The derivative of the activation is in gradient_o already; what is passed down needs it no more.",
        share=Fraction(1, 8),
    ),
    Mistake(
        name="derivative_left_out",
        stub="MLP.layer_backward",
        right="gradient_o = gradient * self.gradient_activation_fn(a)",
        wrong="gradient_o = np.asarray(gradient)",
        sentence="A hidden layer is handed the gradient of its output. How do you get to its pre-activation?",
        share=Fraction(1, 4),
    ),
    Mistake(
        name="derivative_at_the_pre_activation",
        stub="MLP.layer_backward",
        right="self.gradient_activation_fn(a)",
        wrong='self.gradient_activation_fn(self.forward_cache[layer_number]["o"])',
        sentence="gradient_activation_fn takes the post-activation. Which entry of the cache did it get?",
        share=Fraction(1, 8),
    ),
    Mistake(
        name="derivative_of_the_layer_before",
        stub="MLP.layer_backward",
        right="gradient_a_prev = gradient_o @ w.T",
        wrong="gradient_a_prev = gradient_o @ w.T * self.gradient_activation_fn(a_prev)",
        sentence="The layer before applies its own derivative. What is returned is the gradient of its output.",
    ),
    Mistake(
        name="incoming_gradient_changed",
        stub="MLP.layer_backward",
        right="gradient_o = gradient * self.gradient_activation_fn(a)",
        wrong="gradient *= self.gradient_activation_fn(a)\n        gradient_o = gradient",
        sentence="*= writes into the gradient that was handed in.",
        share=Fraction(1, 40),
    ),
    Mistake(
        name="updated_on_the_way",
        stub="MLP.layer_backward",
        right="    return gradient_a_prev, gradient_w, gradient_b",
        wrong=(
            '    self.parameters[layer_number - 1]["w"] = w - self.lr * gradient_w\n'
            "    return gradient_a_prev, gradient_w, gradient_b"
        ),
        sentence="layer_backward only computes; backward is the one that moves the parameters.",
        share=Fraction(1, 40),
    ),
    Mistake(
        name="weights_not_averaged",
        stub="MLP.layer_backward",
        right=" / len(a_prev)",
        wrong="",
        sentence="The gradient of w is averaged over the batch.",
    ),
    Mistake(
        name="bias_not_averaged",
        stub="MLP.layer_backward",
        right="np.mean(gradient_o, axis=0, keepdims=True)",
        wrong="np.sum(gradient_o, axis=0, keepdims=True)",
        sentence="The gradient of b is averaged over the batch, like that of w.",
    ),
    Mistake(
        name="bias_over_the_wrong_axis",
        stub="MLP.layer_backward",
        right="np.mean(gradient_o, axis=0, keepdims=True)",
        wrong="np.mean(gradient_o, axis=1, keepdims=True)",
        sentence="Every unit has a bias. Over which axis are the samples?",
    ),
    Mistake(
        name="one_number_for_all_biases",
        stub="MLP.layer_backward",
        right="np.mean(gradient_o, axis=0, keepdims=True)",
        wrong="np.full((1, gradient_o.shape[1]), np.mean(gradient_o))",
        sentence="Every unit's bias has its own gradient; the mean is over the samples only.",
    ),
    Mistake(
        name="passed_down_averaged",
        stub="MLP.layer_backward",
        right="gradient_o @ w.T",
        wrong="gradient_o @ w.T / len(a_prev)",
        sentence="What is passed down has one row per sample and is not averaged; otherwise each layer divides again.",
    ),
    Mistake(
        name="passed_down_without_derivative",
        stub="MLP.layer_backward",
        right="gradient_a_prev = gradient_o @ w.T",
        wrong="gradient_a_prev = np.asarray(gradient) @ w.T",
        sentence="The chain goes through the pre-activation: which gradient is multiplied by the weights?",
    ),
    Mistake(
        name="weights_of_the_next_layer",
        stub="MLP.layer_backward",
        right='w = self.parameters[layer_number - 1]["w"]',
        wrong='w = self.parameters[min(layer_number, len(self.parameters) - 1)]["w"]',
        sentence="Here layers are counted from 1, and self.parameters is not.",
    ),
    Mistake(
        name="output_for_input",
        stub="MLP.layer_backward",
        right='a_prev = self.forward_cache[layer_number - 1]["a"]',
        wrong='a_prev = self.forward_cache[layer_number]["a"]',
        sentence="The weights' gradient is made from the layer's input, which is one entry earlier in the cache.",
    ),
    Mistake(
        name="weights_not_transposed",
        stub="MLP.layer_backward",
        right="gradient_o @ w.T",
        wrong="gradient_o @ w",
        sentence="Compare the shapes: (N, m) is to become (N, n), and w is (n, m).",
    ),
    Mistake(
        name="weight_gradient_transposed",
        stub="MLP.layer_backward",
        right="a_prev.T @ gradient_o / len(a_prev)",
        wrong="gradient_o.T @ a_prev / len(a_prev)",
        sentence="The gradient of w has the shape of w.",
    ),
    # --- backward
    Mistake(
        name="uphill",
        stub="MLP.backward",
        right='layer["w"] - self.lr',
        wrong='layer["w"] + self.lr',
        sentence="The step goes against the gradient.",
    ),
    Mistake(
        name="labels_minus_predictions",
        stub="MLP.backward",
        right="np.subtract(y_hat, y)",
        wrong="np.subtract(y, y_hat)",
        sentence="Look at the sign of the gradient that you start from.",
    ),
    Mistake(
        name="averaged_twice",
        stub="MLP.backward",
        right="np.subtract(y_hat, y)",
        wrong="np.subtract(y_hat, y) / len(y)",
        sentence="layer_backward averages over the batch already.",
    ),
    Mistake(
        name="bias_never_moves",
        stub="MLP.backward",
        right='layer["b"] = layer["b"] - self.lr * gradient_b',
        wrong="pass",
        sentence="The biases learn too.",
    ),
    Mistake(
        name="rate_left_out",
        stub="MLP.backward",
        right="self.lr * gradient_w",
        wrong="gradient_w",
        sentence="How large is the step, and what says so?",
    ),
    Mistake(
        name="first_layer_never_moves",
        stub="MLP.backward",
        right="range(len(self.parameters), 0, -1)",
        wrong="range(len(self.parameters), 1, -1)",
        sentence="Every layer moves. With which number does your loop end?",
    ),
    Mistake(
        name="moved_before_passed_down",
        stub="MLP.backward",
        right=(
            "gradient, gradient_w, gradient_b = self.layer_backward(gradient, layer_number)\n"
            "        layer = self.parameters[layer_number - 1]\n"
            '        layer["w"] = layer["w"] - self.lr * gradient_w\n'
            '        layer["b"] = layer["b"] - self.lr * gradient_b\n'
        ),
        wrong=(
            "_, gradient_w, gradient_b = self.layer_backward(gradient, layer_number)\n"
            "        layer = self.parameters[layer_number - 1]\n"
            '        layer["w"] = layer["w"] - self.lr * gradient_w\n'
            '        layer["b"] = layer["b"] - self.lr * gradient_b\n'
            "        gradient = self.layer_backward(gradient, layer_number)[0]\n"
        ),
        sentence="A layer moved before its gradient was passed down: the layer before learns from the wrong weights.",
    ),
    Mistake(
        name="predictions_changed",
        stub="MLP.backward",
        right="gradient = np.subtract(y_hat, y)",
        wrong="y_hat -= y\n    gradient = y_hat",
        sentence="-= writes into the array that was handed in.",
    ),
    # --- one_hot_encode
    Mistake(
        name="minus_one_is_the_last_class",
        stub="MLP.one_hot_encode",
        right="return np.where(labels == np.arange(num_classes), 1.0, 0.0)",
        wrong="return np.eye(num_classes)[labels[:, 0].astype(int)]",
        sentence="To NumPy the index -1 is the last column. Which row should an unknown label give?",
    ),
    Mistake(
        name="no_columns_without_labels",
        stub="MLP.one_hot_encode",
        right="return np.where(labels == np.arange(num_classes), 1.0, 0.0)",
        wrong="return np.array([1.0 * (np.arange(num_classes) == label) for label in labels])",
        sentence="Without labels there are no rows, but there is still a column for each class.",
    ),
    Mistake(
        name="one_hot_transposed",
        stub="MLP.one_hot_encode",
        right="return np.where(labels == np.arange(num_classes), 1.0, 0.0)",
        wrong="return np.where(labels == np.arange(num_classes), 1.0, 0.0).T",
        sentence="Samples are rows, classes are columns.",
    ),
    Mistake(
        name="classes_counted_from_one",
        stub="MLP.one_hot_encode",
        right="np.arange(num_classes), 1.0",
        wrong="np.arange(1, num_classes + 1), 1.0",
        sentence="The first class is number 0.",
    ),
    Mistake(
        name="as_many_classes_as_labels_have",
        stub="MLP.one_hot_encode",
        right="np.arange(num_classes), 1.0",
        wrong="np.arange(np.max(labels, initial=-1) + 1), 1.0",
        sentence="A class that no sample of this batch has still needs its column.",
    ),
    # --- train
    Mistake(
        name="last_short_batch_dropped",
        stub="MLP.train",
        right="range(0, len(x), batch_size)",
        wrong="range(0, max(len(x) - batch_size, 0) + 1, batch_size)",
        sentence="The samples that are left over make a batch too, a shorter one.",
    ),
    Mistake(
        name="beyond_the_data",
        stub="MLP.train",
        right="starts[i % len(starts)]",
        wrong="i * batch_size",
        sentence="After the last batch comes the first again; a slice beyond the end is empty.",
    ),
    Mistake(
        name="around_the_corner",
        stub="MLP.train",
        right="starts[i % len(starts)]",
        wrong="i * batch_size % len(x)",
        sentence="After a short batch the next one begins with the first sample, not some way into the data.",
    ),
    Mistake(
        name="always_the_first_batch",
        stub="MLP.train",
        right="starts[i % len(starts)]",
        wrong="starts[0]",
        sentence="Every iteration takes the next batch.",
    ),
    Mistake(
        name="measured_after_the_step",
        stub="MLP.train",
        right="self.losses.append(self.cross_entropy_loss(y_hat, y_batch))",
        wrong=(
            "self.backward(y_hat, y_batch)\n"
            "        self.losses.append(self.cross_entropy_loss(self.forward(x_batch), y_batch))\n"
            "        self.accuracies.append(np.mean(np.argmax(y_hat, axis=-1) == np.argmax(y_batch, axis=-1)))\n"
            "        continue"
        ),
        sentence="The loss of an iteration is measured before its step, with the same predictions that the step uses.",
    ),
    Mistake(
        name="accuracy_by_batch_size",
        stub="MLP.train",
        right="np.mean(np.argmax(y_hat, axis=-1) == np.argmax(y_batch, axis=-1))",
        wrong="np.sum(np.argmax(y_hat, axis=-1) == np.argmax(y_batch, axis=-1)) / batch_size",
        sentence="A short batch has fewer samples than batch_size. By how many do you divide?",
    ),
    Mistake(
        name="lists_go_on",
        stub="MLP.train",
        right="self.losses, self.accuracies = [], []",
        wrong='self.losses, self.accuracies = getattr(self, "losses", []), getattr(self, "accuracies", [])',
        sentence="Each call of train starts with empty lists.",
    ),
    Mistake(
        name="no_step",
        stub="MLP.train",
        right="        self.backward(y_hat, y_batch)\n",
        wrong="",
        sentence="Every iteration takes a step. Which method does that?",
    ),
    Mistake(
        name="shuffled",
        stub="MLP.train",
        right="starts = range(0, len(x), batch_size)",
        wrong=(
            "order = np.random.permutation(len(x))\n"
            "    x, y = x[order], y[order]\n"
            "    starts = range(0, len(x), batch_size)"
        ),
        sentence="Shuffling is often good; here the batches are to be taken in order.",
    ),
    Mistake(
        name="data_scaled_in_place",
        stub="MLP.train",
        right="starts = range(0, len(x), batch_size)",
        wrong="x -= np.mean(x, axis=0)\n    starts = range(0, len(x), batch_size)",
        sentence="The samples are used as they come; -= changes the caller's data with every call.",
    ),
    Mistake(
        name="an_iteration_for_each_sample",
        stub="MLP.train",
        right="num_iterations = len(starts)",
        wrong="num_iterations = len(x)",
        sentence="Once through the data is one iteration for each batch, not for each sample.",
    ),
]

VARIANTS = [
    # --- init_parameters
    Variant(
        name="generator_and_comprehension",
        stub="MLP.init_parameters",
        source="""
def init_parameters(self):
    rng = np.random.default_rng()
    pairs = list(zip(self.layer_dims, self.layer_dims[1:]))
    self.parameters = [
        dict(w=(2 * rng.random(pair) - 1) * pair[0] ** -0.5, b=np.zeros(pair[1])[np.newaxis]) for pair in pairs
    ]
""",
    ),
    Variant(
        name="single_precision_parameters",
        stub="MLP.init_parameters",
        source="""
def init_parameters(self):
    self.parameters = []
    previous = self.layer_dims[0]
    for size in self.layer_dims[1:]:
        w = np.random.rand(previous, size).astype(np.float32)
        w = (w - np.float32(0.5)) * np.float32(2 / np.sqrt(previous))
        self.parameters += [{"b": np.zeros((1, size), dtype=np.float32), "w": w, "size": size}]
        previous = size
""",
    ),
    # --- activation_fn
    Variant(
        name="masks",
        stub="MLP.activation_fn",
        source="""
def activation_fn(self, x):
    if self.activation == "relu":
        return x * (x > 0)
    if self.activation == "tanh":
        return np.tanh(x)
    out = np.empty(x.shape)
    positive = x >= 0
    out[positive] = 1 / (1 + np.exp(-x[positive]))
    grown = np.exp(x[~positive])
    out[~positive] = grown / (1 + grown)
    return out
""",
    ),
    Variant(
        name="clipped_exponent",
        stub="MLP.activation_fn",
        source="""
def activation_fn(self, x):
    functions = {
        "relu": lambda z: (z + abs(z)) / 2,
        "sigmoid": lambda z: 1 / (1 + np.exp(-np.clip(z, -500, 500))),
        "tanh": lambda z: 2 / (1 + np.exp(-2 * np.clip(z, -300, 300))) - 1,
    }
    return functions[self.activation](x)
""",
    ),
    Variant(
        name="where_and_absolute_values",
        stub="MLP.activation_fn",
        source="""
def activation_fn(self, x):
    if self.activation == "sigmoid":
        small = np.exp(-np.abs(x))
        return np.where(x >= 0, 1, small) / (1 + small)
    return np.where(x > 0, x, 0) if self.activation == "relu" else np.tanh(x)
""",
    ),
    Variant(
        name="in_place_on_a_copy",
        stub="MLP.activation_fn",
        source="""
def activation_fn(self, x):
    a = x.astype(float)
    if self.activation == "relu":
        a[a < 0] = 0
    elif self.activation == "sigmoid":
        a = np.exp(-np.logaddexp(0, -a))
    else:
        np.tanh(a, out=a)
    return a
""",
    ),
    Variant(
        name="single_precision",
        stub="MLP.activation_fn",
        right="x = np.asarray(x)",
        other="x = np.asarray(x, dtype=np.float32)",
    ),
    # --- gradient_activation_fn
    Variant(
        name="boolean_arithmetic",
        stub="MLP.gradient_activation_fn",
        source="""
def gradient_activation_fn(self, x):
    return {
        "relu": lambda a: (a > 0).astype(int),
        "sigmoid": lambda a: a - a * a,
        "tanh": lambda a: (1 - a) * (1 + a),
    }[self.activation](x)
""",
    ),
    Variant(
        name="entry_by_entry",
        stub="MLP.gradient_activation_fn",
        source="""
def gradient_activation_fn(self, x):
    def slope(a):
        if self.activation == "relu":
            return 1.0 if a > 0 else 0.0
        return float(a * (1 - a)) if self.activation == "sigmoid" else float(1 - a**2)

    return np.array([slope(a) for a in np.ravel(x)]).reshape(np.shape(x))
""",
    ),
    Variant(
        name="written_into_a_copy",
        stub="MLP.gradient_activation_fn",
        source="""
def gradient_activation_fn(self, x):
    slope = x.copy()
    if self.activation == "relu":
        slope[slope > 0] = 1
        slope[slope <= 0] = 0
    elif self.activation == "sigmoid":
        slope *= 1 - slope
    else:
        slope = 1 - np.power(slope, 2)
    return slope
""",
    ),
    Variant(
        name="derivative_in_nested_lists",
        stub="MLP.gradient_activation_fn",
        source="""
def gradient_activation_fn(self, x):
    if np.ndim(x) > 0:
        return [self.gradient_activation_fn(entry) for entry in x]
    if self.activation == "relu":
        return 1.0 if x > 0 else 0.0
    return x * (1 - x) if self.activation == "sigmoid" else 1 - x * x
""",
    ),
    # --- softmax
    Variant(
        name="textbook",
        stub="MLP.softmax",
        source="""
def softmax(self, x):
    z = x - x.max(axis=-1, keepdims=True)
    return np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)
""",
    ),
    Variant(
        name="row_by_row",
        stub="MLP.softmax",
        source="""
def softmax(self, x):
    if np.ndim(x) > 1:
        return np.array([self.softmax(row) for row in x])
    largest = max(x)
    grown = [np.exp(score - largest) for score in x]
    return np.array(grown) / sum(grown)
""",
    ),
    Variant(
        name="logarithm_of_the_sum",
        stub="MLP.softmax",
        source="""
def softmax(self, x):
    top = np.amax(x, axis=-1, keepdims=True)
    return np.exp(x - top - np.log(np.sum(np.exp(x - top), axis=-1, keepdims=True)))
""",
    ),
    Variant(
        name="transposed",
        stub="MLP.softmax",
        source="""
def softmax(self, x):
    columns = x.T.astype(float)
    columns -= columns.max(axis=0)
    np.exp(columns, out=columns)
    columns /= columns.sum(axis=0)
    return columns.T
""",
    ),
    Variant(
        name="softmax_in_single_precision",
        stub="MLP.softmax",
        right="np.divide(x, 2)",
        other="np.divide(x, 2).astype(np.float32)",
    ),
    # --- layer_forward
    Variant(
        name="einsum_and_own_keys",
        stub="MLP.layer_forward",
        source="""
def layer_forward(self, x, layer_number):
    w, b = (self.parameters[layer_number][key] for key in "wb")
    o = np.einsum("ij,jk->ik", x, w) + np.reshape(b, -1)
    last = layer_number + 2 == len(self.layer_dims)
    a = (self.softmax if last else self.activation_fn)(o)
    self.forward_cache += [{"x": x, "w": w, "o": o, "a": a, "is_last": last}]
    return a
""",
    ),
    Variant(
        name="unit_by_unit",
        stub="MLP.layer_forward",
        source="""
def layer_forward(self, x, layer_number):
    layer = self.parameters[layer_number]
    n, m = layer["w"].shape
    o = np.zeros((x.shape[0], m))
    for j in range(m):
        for k in range(n):
            o[:, j] += x[:, k] * layer["w"][k, j]
        o[:, j] += layer["b"][0, j]
    if layer is self.parameters[-1]:
        a = self.softmax(o)
    else:
        a = self.activation_fn(o)
    self.forward_cache.append(dict(o=o, a=a))
    return a
""",
    ),
    # --- forward
    Variant(
        name="recursion",
        stub="MLP.forward",
        source="""
def forward(self, x, layer_number=0):
    if layer_number == 0:
        self.forward_cache = [dict(a=x)]
    if layer_number == len(self.parameters):
        return x
    return self.forward(self.layer_forward(x, layer_number), layer_number + 1)
""",
    ),
    Variant(
        name="without_layer_forward",
        stub="MLP.forward",
        source="""
def forward(self, x):
    self.forward_cache = [{"a": x, "o": None}]
    for i, layer in enumerate(self.parameters):
        o = np.dot(self.forward_cache[-1]["a"], layer["w"]) + layer["b"]
        a = self.activation_fn(o) if i < len(self.parameters) - 1 else self.softmax(o)
        self.forward_cache.append({"a": a, "o": o})
    return self.forward_cache[-1]["a"]
""",
    ),
    Variant(
        name="cache_cleared",
        stub="MLP.forward",
        source="""
def forward(self, x):
    self.forward_cache.clear()
    self.forward_cache.append({"a": np.array(x, dtype=float)})
    numbers = iter(range(len(self.layer_dims) - 1))
    for number in numbers:
        self.layer_forward(self.forward_cache[-1]["a"], number)
    return self.forward_cache[-1]["a"].copy()
""",
    ),
    # --- cross_entropy_loss
    Variant(
        name="probability_of_the_true_class",
        stub="MLP.cross_entropy_loss",
        source="""
def cross_entropy_loss(self, y_hat, y):
    true = y_hat[np.arange(len(y)), np.argmax(y, axis=1)]
    return np.mean(-np.log(np.maximum(np.minimum(true, 1 - self.epsilon), self.epsilon)))
""",
    ),
    Variant(
        name="plain_python",
        stub="MLP.cross_entropy_loss",
        source="""
def cross_entropy_loss(self, y_hat, y):
    total = 0.0
    for predicted, wanted in zip(y_hat.tolist(), y.tolist()):
        for p, t in zip(predicted, wanted):
            total -= t * math.log(min(max(p, self.epsilon), 1 - self.epsilon))
    return total / len(y)
""",
        imports="import math",
    ),
    Variant(
        name="overwritten_copy",
        stub="MLP.cross_entropy_loss",
        source="""
def cross_entropy_loss(self, y_hat, y):
    p = np.array(y_hat, dtype=float)
    p[p < self.epsilon] = self.epsilon
    p[p > 1 - self.epsilon] = 1 - self.epsilon
    return -np.einsum("ij,ij->", y, np.log(p)) / y.shape[0]
""",
    ),
    # --- layer_backward
    Variant(
        name="sample_by_sample",
        stub="MLP.layer_backward",
        source="""
def layer_backward(self, gradient, layer_number):
    here, before = self.forward_cache[layer_number], self.forward_cache[layer_number - 1]
    w = self.parameters[layer_number - 1]["w"]
    n = len(gradient)
    gradient_w, gradient_b, rows = np.zeros_like(w), np.zeros((1, w.shape[1])), []
    for i in range(n):
        delta = gradient[i]
        if layer_number < len(self.parameters):
            delta = delta * self.gradient_activation_fn(here["a"][i])
        gradient_w += np.outer(before["a"][i], delta) / n
        gradient_b += delta / n
        rows.append(w @ delta)
    return np.array(rows), gradient_w, gradient_b
""",
    ),
    Variant(
        name="einsum_everywhere",
        stub="MLP.layer_backward",
        source="""
def layer_backward(self, gradient, layer_number):
    a_prev, a = self.forward_cache[layer_number - 1]["a"], self.forward_cache[layer_number]["a"]
    is_hidden = layer_number != len(self.layer_dims) - 1
    delta = np.multiply(gradient, self.gradient_activation_fn(a)) if is_hidden else gradient
    w = self.parameters[layer_number - 1]["w"]
    return [
        np.einsum("nm,km->nk", delta, w),
        np.einsum("nk,nm->km", a_prev, delta) / delta.shape[0],
        np.einsum("nm->m", delta)[None, :] / delta.shape[0],
    ]
""",
    ),
    Variant(
        name="derivatives_written_out",
        stub="MLP.layer_backward",
        source="""
def layer_backward(self, gradient, layer_number):
    o, a_prev = self.forward_cache[layer_number]["o"], self.forward_cache[layer_number - 1]["a"]
    delta = np.array(gradient, dtype=float)
    if layer_number < len(self.parameters):
        if self.activation == "relu":
            delta[o <= 0] = 0
        elif self.activation == "sigmoid":
            delta /= 2 + np.exp(o) + np.exp(-o)
        else:
            delta /= np.cosh(o) ** 2
    ones = np.ones((1, len(delta))) / len(delta)
    w = self.parameters[layer_number - 1]["w"]
    return np.dot(w, delta.T).T, np.dot(delta.T, a_prev).T / len(delta), ones @ delta
""",
    ),
    Variant(
        name="bias_gradient_as_a_row",
        stub="MLP.layer_backward",
        right="np.mean(gradient_o, axis=0, keepdims=True)",
        other="np.mean(gradient_o, axis=0)",
    ),
    # --- backward
    Variant(
        name="all_gradients_first",
        stub="MLP.backward",
        source="""
def backward(self, y_hat, y):
    gradient, found = y_hat - y, []
    for number in reversed(range(1, len(self.parameters) + 1)):
        gradient, *of_parameters = self.layer_backward(gradient, number)
        found.insert(0, of_parameters)
    self.parameters = [
        {"w": layer["w"] - self.lr * gradient_w, "b": layer["b"] - self.lr * gradient_b}
        for layer, (gradient_w, gradient_b) in zip(self.parameters, found)
    ]
""",
    ),
    Variant(
        name="in_place",
        stub="MLP.backward",
        source="""
def backward(self, y_hat, y):
    number = len(self.parameters)
    gradient = (y_hat - y).copy()
    while number:
        gradient, gradient_w, gradient_b = self.layer_backward(gradient, number)
        number -= 1
        self.parameters[number]["w"] -= self.lr * gradient_w
        self.parameters[number]["b"] -= self.lr * gradient_b
    return gradient
""",
    ),
    Variant(
        name="recursion_through_the_layers",
        stub="MLP.backward",
        source="""
def backward(self, y_hat, y):
    def step(gradient, number):
        if number > 0:
            down, gradient_w, gradient_b = self.layer_backward(gradient, number)
            step(down, number - 1)
            for key, g in (("w", gradient_w), ("b", gradient_b)):
                self.parameters[number - 1][key] = self.parameters[number - 1][key] - self.lr * g

    step(y_hat - y, len(self.layer_dims) - 1)
""",
    ),
    # --- one_hot_encode
    Variant(
        name="row_by_row_with_a_test",
        stub="MLP.one_hot_encode",
        source="""
@staticmethod
def one_hot_encode(labels, num_classes):
    encoded = np.zeros((len(labels), num_classes), dtype=int)
    for i, label in enumerate(labels):
        if 0 <= label < num_classes:
            encoded[i, int(label)] = 1
    return encoded
""",
    ),
    Variant(
        name="identity_with_a_row_of_zeros",
        stub="MLP.one_hot_encode",
        source="""
@staticmethod
def one_hot_encode(labels, num_classes):
    labels = np.array(labels, dtype=int)
    rows = np.vstack([np.eye(num_classes), np.zeros(num_classes)])
    unknown = (labels < 0) | (labels >= num_classes)
    labels[unknown] = num_classes
    return rows[labels]
""",
    ),
    # --- train
    Variant(
        name="batches_in_a_cycle",
        stub="MLP.train",
        source="""
def train(self, x, y, batch_size=64, num_iterations=None):
    batches = [(x[i : i + batch_size], y[i : i + batch_size]) for i in range(0, x.shape[0], batch_size)]
    self.losses = []
    self.accuracies = []
    for x_batch, y_batch in itertools.islice(itertools.cycle(batches), num_iterations or len(batches)):
        y_hat = self.forward(x_batch)
        loss = self.cross_entropy_loss(y_hat, y_batch)
        right = (y_hat.argmax(1) == y_batch.argmax(1)).sum()
        self.losses.append(float(loss))
        self.accuracies.append(float(right / len(x_batch)))
        self.backward(y_hat, y_batch)
""",
        imports="import itertools",
    ),
    Variant(
        name="loop_with_a_position",
        stub="MLP.train",
        source="""
def train(self, x, y, batch_size=64, num_iterations=None):
    losses, accuracies, position = [], [], 0
    if num_iterations is None:
        num_iterations = math.ceil(len(x) / batch_size)
    while len(losses) < num_iterations:
        rows = np.arange(position, min(position + batch_size, len(x)))
        y_hat = self.forward(x[rows])
        losses.append(self.cross_entropy_loss(y_hat.copy(), y[rows]))
        accuracies.append(np.mean([np.argmax(p) == np.argmax(t) for p, t in zip(y_hat, y[rows])]))
        self.backward(y_hat, y[rows])
        position = position + batch_size if position + batch_size < len(x) else 0
    self.losses, self.accuracies = losses, np.array(accuracies)
""",
        imports="import math",
    ),
]

A_ROW_OR_A_VECTOR = "Row biases may come as (m,) for (1, m): added to (N, m) they give the same."
ARRAYS_ONLY = "The text promises arrays, which asarray hands on as they are."
AS_MANY_ROWS = "All of them have one row per sample of the batch."
FRESH = "The array was made in this very function; nobody else holds it."
NO_LAYER_BEYOND = "The last layer is the last: no number beyond it is asked for."
WHOLE_NUMBERS = "Zeros and ones are whole numbers, and those are numbers like any other."
ACCURACY = "self.accuracies.append(np.mean(np.argmax(y_hat, axis=-1) == np.argmax(y_batch, axis=-1)))"
LOSS = "self.losses.append(self.cross_entropy_loss(y_hat, y_batch))"

EQUIVALENTS = [
    # --- init_parameters
    Equivalent(
        "MLP.init_parameters",
        "bound = 1 / np.sqrt(n)",
        "bound = -1 / np.sqrt(n)",
        "The range is symmetric; between bound and -bound is what is between -bound and bound.",
    ),
    Equivalent(
        "MLP.init_parameters",
        "self.parameters.append({'w': w, 'b': np.zeros((1, m))})",
        "self.parameters.append({'w': w, 'b': np.zeros((1, m), dtype=int)})",
        WHOLE_NUMBERS,
    ),
    # --- activation_fn, gradient_activation_fn
    *(
        Equivalent(stub, "x = np.asarray(x)", ("pass", "x = x"), ARRAYS_ONLY)
        for stub in ("MLP.activation_fn", "MLP.gradient_activation_fn")
    ),
    Equivalent(
        "MLP.gradient_activation_fn",
        "return np.where(x > 0, 1.0, 0.0)",
        "return np.asarray(np.where(x > 0, 1.0, 0.0)).astype(int)",
        WHOLE_NUMBERS,
    ),
    # --- softmax
    Equivalent(
        "MLP.softmax",
        "half = half - np.max(half, axis=-1, keepdims=True)",
        "half -= np.max(half, axis=-1, keepdims=True)",
        FRESH,
    ),
    # --- layer_forward, forward
    Equivalent(
        "MLP.layer_forward",
        "is_last = layer_number == len(self.parameters) - 1",
        "is_last = layer_number >= len(self.parameters) - 1",
        NO_LAYER_BEYOND,
    ),
    Equivalent("MLP.forward", "a = np.asarray(x)", "a = x", ARRAYS_ONLY),
    Equivalent("MLP.forward", "self.forward_cache = [{'a': a}]", "self.forward_cache = [{'a': x}]", ARRAYS_ONLY),
    # --- cross_entropy_loss
    Equivalent(
        "MLP.cross_entropy_loss",
        "return -np.sum(y * np.log(p)) / len(p)",
        ("return -np.sum(y * np.log(p)) / len(y_hat)", "return -np.sum(y * np.log(p)) / len(y)"),
        AS_MANY_ROWS,
    ),
    Equivalent(
        "MLP.cross_entropy_loss",
        "return -np.sum(y * np.log(p)) / len(p)",
        "return -np.sum(y * np.log(p), keepdims=True) / len(p)",
        "An array with a single entry counts as one number.",
    ),
    # --- layer_backward
    Equivalent(
        "MLP.layer_backward",
        "if layer_number == len(self.parameters):",
        "if layer_number >= len(self.parameters):",
        NO_LAYER_BEYOND,
    ),
    Equivalent("MLP.layer_backward", "gradient_o = np.asarray(gradient)", "gradient_o = gradient", ARRAYS_ONLY),
    Equivalent(
        "MLP.layer_backward",
        "gradient_w = a_prev.T @ gradient_o / len(a_prev)",
        tuple(f"gradient_w = a_prev.T @ gradient_o / len({name})" for name in ("gradient", "a", "gradient_o")),
        AS_MANY_ROWS,
    ),
    Equivalent(
        "MLP.layer_backward",
        "gradient_b = np.mean(gradient_o, axis=0, keepdims=True)",
        "gradient_b = np.mean(gradient_o, axis=0)",
        A_ROW_OR_A_VECTOR,
    ),
    # --- backward
    Equivalent(
        "MLP.backward",
        "layer['w'] = layer['w'] - self.lr * gradient_w; layer['b'] = layer['b'] - self.lr * gradient_b",
        "layer['b'] = layer['b'] - self.lr * gradient_b; layer['w'] = layer['w'] - self.lr * gradient_w",
        "Neither step uses what the other one changes.",
    ),
    Equivalent(
        "MLP.backward",
        "layer['w'] = layer['w'] - self.lr * gradient_w",
        "layer['w'] -= self.lr * gradient_w",
        "The parameters are the network's own, and the gradient for the layer below has been taken already.",
    ),
    Equivalent(
        "MLP.backward",
        "layer['b'] = layer['b'] - self.lr * gradient_b",
        "layer['b'] -= self.lr * gradient_b",
        "The parameters are the network's own.",
    ),
    # --- one_hot_encode
    Equivalent(
        "MLP.one_hot_encode",
        "return np.where(labels == np.arange(num_classes), 1.0, 0.0)",
        "return np.asarray(np.where(labels == np.arange(num_classes), 1.0, 0.0)).astype(int)",
        WHOLE_NUMBERS,
    ),
    # --- train
    Equivalent(
        "MLP.train",
        "starts = range(0, len(x), batch_size)",
        "starts = range(0, len(y), batch_size)",
        "There is a label for each sample.",
    ),
    Equivalent("MLP.train", f"{LOSS}; {ACCURACY}", f"{ACCURACY}; {LOSS}", "Each is written into a list of its own."),
    Equivalent(
        "MLP.train",
        f"{ACCURACY}; self.backward(y_hat, y_batch)",
        f"self.backward(y_hat, y_batch); {ACCURACY}",
        "The predictions were made before the step, which leaves them alone.",
    ),
    Equivalent(
        "MLP.train",
        ACCURACY,
        (
            ACCURACY.replace("y_hat, axis=-1", "y_hat, axis=1"),
            ACCURACY.replace("y_batch, axis=-1", "y_batch, axis=1"),
        ),
        "Batches have two axes, and 1 is the last of them.",
    ),
]
