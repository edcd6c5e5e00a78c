"""What students get wrong in `kaiming_mlp`, each with what they should read; and what they get right in another way."""

from autograder import Equivalent, Mistake, Variant

DRAWN = "np.random.normal(0, np.sqrt(2 / n), (m, n))"
RELU = "return np.maximum(0, z)"
RELU_PRIME = "return np.where(z > 0, 1.0, 0.0)"
SIGMA = "return (1 + np.tanh(z / 2)) / 2"
SIGMA_PRIME = "return (1 - np.tanh(z / 2) ** 2) / 4"
NORMALIZATION = "return 2 * (I / 255) - 1"
PRE_ACTIVATION = "self.z[l] = self.a[l] @ self.W[l].T + self.b[l].T"
OUTPUT = "self.a[l + 1] = sigma(self.z[l]) if is_last else relu(self.z[l])"
LOSS = "return np.sum((self.a[-1] - Y) ** 2) / 2"
FIRST_DELTA = "delta = (self.a[-1] - Y) * sigma_prime(self.z[-1])"
NEXT_DELTA = "delta = delta @ self.W[l + 1] * relu_prime(self.z[l])"
DW = "self.dW[l] += delta.T @ self.a[l]"
DB = "self.db[l] += np.sum(delta, axis=0, keepdims=True).T"
STEP_W = "self.W[l] = self.W[l] - eta * self.dW[l]"
STEP_B = "self.b[l] = self.b[l] - eta * self.db[l]"
RESET_W = "self.dW[l] = np.zeros_like(self.W[l])"
RESET_B = "self.db[l] = np.zeros_like(self.b[l])"

FORWARD = "MLP.feedforward"
BACKPROP = "MLP.backprop_gradient_descent"

MISTAKES = [
    # --- kaiming
    Mistake(
        name="fan_out_for_fan_in",
        stub="kaiming",
        right="np.sqrt(2 / n)",
        wrong="np.sqrt(2 / m)",
        sentence="The spread follows from how many inputs the layer has, not from how many outputs.",
    ),
    Mistake(
        name="first_fan_in_for_every_layer",
        stub="kaiming",
        right="np.sqrt(2 / n)",
        wrong="np.sqrt(2 / network_config[0])",
        sentence="Each layer has its own number of inputs; only the first one has as many as the network.",
    ),
    Mistake(
        name="variance_for_deviation",
        stub="kaiming",
        right="np.sqrt(2 / n)",
        wrong="2 / n",
        sentence="2/n is the variance. Which of the two does your way of drawing ask for?",
    ),
    Mistake(
        name="xavier",
        stub="kaiming",
        right="np.sqrt(2 / n)",
        wrong="np.sqrt(2 / (n + m))",
        sentence="This is Xavier Glorot's spread, made for other bends than ReLU.",
    ),
    Mistake(
        name="factor_two_forgotten",
        stub="kaiming",
        right="np.sqrt(2 / n)",
        wrong="np.sqrt(1 / n)",
        sentence="ReLU throws away half of each signal; what makes up for that?",
    ),
    Mistake(
        name="spread_left_out",
        stub="kaiming",
        right="np.random.normal(0, np.sqrt(2 / n), (m, n))",
        wrong="np.random.normal(0, 1, (m, n))",
        sentence="These numbers spread alike in every layer. Where does the number of inputs come in?",
    ),
    Mistake(
        name="uniform_weights",
        stub="kaiming",
        right=DRAWN,
        wrong="np.random.uniform(-np.sqrt(6 / n), np.sqrt(6 / n), (m, n))",
        sentence="The spread is right, but the distribution is the uniform one; the text asks for the normal one.",
    ),
    Mistake(
        name="weights_transposed",
        stub="kaiming",
        right="(m, n))",
        wrong="(n, m))",
        sentence="The weights have a row for each output of the layer and a column for each input.",
    ),
    Mistake(
        name="fixed_seed",
        stub="kaiming",
        right=f"return {DRAWN}",
        wrong=f"np.random.seed(0)\n    return {DRAWN}",
        sentence="Every call gives the same weights: is a seed set inside, or are arrays kept?",
    ),
    Mistake(
        name="layers_counted_from_one",
        stub="kaiming",
        right="network_config[l], network_config[l + 1]",
        wrong="network_config[l - 1], network_config[l]",
        sentence="Layer 0 is the first one: it takes the network's input.",
    ),
    Mistake(
        name="only_positive_weights",
        stub="kaiming",
        right=DRAWN,
        wrong=f"np.abs({DRAWN})",
        sentence="The normal distribution with mean 0 has as many numbers below zero as above.",
    ),
    # --- relu
    Mistake(
        name="negative_entries",
        stub="relu",
        right=RELU,
        wrong="return z[z < 0]",
        sentence="This picks the entries that are to vanish, and drops all the others. What has the shape of z?",
    ),
    Mistake(
        name="positive_entries",
        stub="relu",
        right=RELU,
        wrong="return z[z > 0]",
        sentence="An index with a condition gives a list of those entries alone; the others lose their places.",
    ),
    Mistake(
        name="relu_in_place",
        stub="relu",
        right=RELU,
        wrong="z[z < 0] = 0\n    return z",
        sentence="The array that was handed in is changed. Write into a copy, or make a new array.",
    ),
    Mistake(
        name="largest_of_a_column",
        stub="relu",
        right=RELU,
        wrong="return np.max(z, 0)",
        sentence="np.max takes an axis as its second argument. There is another function that compares two arrays.",
    ),
    Mistake(
        name="leaky_relu",
        stub="relu",
        right=RELU,
        wrong="return np.maximum(0.01 * z, z)",
        sentence="relu is exactly 0 below zero; what leaks through is another function.",
    ),
    Mistake(
        name="absolute_value",
        stub="relu",
        right=RELU,
        wrong="return np.abs(z)",
        sentence="Below zero nothing passes; here the sign alone is lost.",
    ),
    Mistake(
        name="bounded_relu",
        stub="relu",
        right=RELU,
        wrong="return np.clip(z, 0, 6)",
        sentence="relu has no upper end: large numbers pass as they are.",
    ),
    # --- relu_prime
    Mistake(
        name="corner_divided_by_zero",
        stub="relu_prime",
        right=RELU_PRIME,
        wrong="return (z / np.abs(z) + 1) / 2",
        sentence="At z = 0 this is 0/0, which is no number. The rest is right.",
    ),
    Mistake(
        name="type_of_something_else",
        stub="relu_prime",
        right=RELU_PRIME,
        wrong="return (z > 0).astype(x.dtype)",
        sentence="What is x in this function?",
    ),
    Mistake(
        name="sign_for_slope",
        stub="relu_prime",
        right=RELU_PRIME,
        wrong="return np.sign(z)",
        sentence="Below zero the curve is flat; it does not fall.",
    ),
    Mistake(
        name="slope_of_the_other_side",
        stub="relu_prime",
        right="z > 0",
        wrong="z < 0",
        sentence="On which side of zero does relu rise?",
    ),
    Mistake(
        name="relu_for_its_slope",
        stub="relu_prime",
        right=RELU_PRIME,
        wrong="return np.maximum(0, z)",
        sentence="This is relu itself. How steep is it above zero?",
    ),
    Mistake(
        name="slope_above_one",
        stub="relu_prime",
        right="z > 0",
        wrong="z > 1",
        sentence="relu begins to rise at 0.",
    ),
    Mistake(
        name="slope_written_into_z",
        stub="relu_prime",
        right=RELU_PRIME,
        wrong="z[z > 0] = 1\n    z[z <= 0] = 0\n    return z",
        sentence="The array that was handed in is changed, and it is one of those that feedforward has kept.",
    ),
    # --- sigma
    Mistake(
        name="sigma_overflows",
        stub="sigma",
        right=SIGMA,
        wrong="return 1 / (1 + np.exp(-z))",
        sentence="The values are right, but np.exp(-z) overflows for very negative z. Is there a form that never does?",
    ),
    Mistake(
        name="infinity_by_infinity",
        stub="sigma",
        right=SIGMA,
        wrong="return np.exp(z) / (1 + np.exp(z))",
        sentence="For large z this divides infinity by infinity, and that is no number.",
    ),
    Mistake(
        name="sigma_mirrored",
        stub="sigma",
        right="1 + np.tanh",
        wrong="1 - np.tanh",
        sentence="sigma grows with z. Look at the sign in the exponent.",
    ),
    Mistake(
        name="parentheses_forgotten",
        stub="sigma",
        right=SIGMA,
        wrong="return 1 / 1 + np.exp(-np.clip(z, -500, 500))",
        sentence="What is divided, and by how much of the formula?",
    ),
    Mistake(
        name="tanh_for_sigma",
        stub="sigma",
        right=SIGMA,
        wrong="return np.tanh(z)",
        sentence="tanh goes from -1 to 1, sigma from 0 to 1.",
    ),
    Mistake(
        name="softmax_for_sigma",
        stub="sigma",
        right=SIGMA,
        wrong="e = np.exp(z - np.max(z, axis=-1, keepdims=True))\n    return e / np.sum(e, axis=-1, keepdims=True)",
        sentence="This is softmax, in which the entries of a row depend on one another; sigma takes each on its own.",
    ),
    Mistake(
        name="sigma_in_place",
        stub="sigma",
        right=SIGMA,
        wrong="z /= 2\n    return (1 + np.tanh(z)) / 2",
        sentence="/= writes into the array that was handed in, and whole numbers it cannot divide at all.",
    ),
    # --- sigma_prime
    Mistake(
        name="argument_taken_for_the_result",
        stub="sigma_prime",
        right=SIGMA_PRIME,
        wrong="return z * (1 - z)",
        sentence="The formula is right for sigma(z). What is handed in is z.",
    ),
    Mistake(
        name="sigma_applied_twice",
        stub="sigma_prime",
        right=SIGMA_PRIME,
        wrong="a = sigma(sigma(z))\n    return a * (1 - a)",
        sentence="sigma is applied once on the way to its slope.",
    ),
    Mistake(
        name="slope_of_tanh",
        stub="sigma_prime",
        right=SIGMA_PRIME,
        wrong="return 1 - sigma(z) ** 2",
        sentence="This is how tanh's slope follows from its value; sigma has another formula.",
    ),
    Mistake(
        name="slope_with_plus",
        stub="sigma_prime",
        right=SIGMA_PRIME,
        wrong="return sigma(z) * (1 + sigma(z))",
        sentence="Far out the curve is flat. Is your slope small there?",
    ),
    Mistake(
        name="one_factor_of_z",
        stub="sigma_prime",
        right=SIGMA_PRIME,
        wrong="return sigma(z) * (1 - z)",
        sentence="Both factors are made of sigma(z).",
    ),
    Mistake(
        name="slope_from_the_exponential",
        stub="sigma_prime",
        right=SIGMA_PRIME,
        wrong="return np.exp(-z) / (1 + np.exp(-z)) ** 2",
        sentence="For very negative z this divides infinity by infinity. sigma is at hand and stays finite.",
    ),
    Mistake(
        name="sigma_for_its_slope",
        stub="sigma_prime",
        right=SIGMA_PRIME,
        wrong="return sigma(z)",
        sentence="This is sigma itself. How steep is it far out?",
    ),
    Mistake(
        name="product_written_into_z",
        stub="sigma_prime",
        right=SIGMA_PRIME,
        wrong="z[...] = sigma(z)\n    return z * (1 - z)",
        sentence="The array that was handed in is changed, and it is one of those that feedforward has kept.",
    ),
    # --- normalization
    Mistake(
        name="bytes_overflow",
        stub="normalization",
        right=NORMALIZATION,
        wrong="return 2 * I / 255 - 1",
        sentence="Twice 200 is no byte: the product wraps around before it is divided. Floats hide it.",
    ),
    Mistake(
        name="bytes_below_zero",
        stub="normalization",
        right=NORMALIZATION,
        wrong="return (2 * (I - np.array(127).astype(I.dtype)) - 1) / 255",
        sentence="A byte has no sign: what is taken from a smaller one wraps around. Divide first.",
    ),
    Mistake(
        name="own_range_of_the_images",
        stub="normalization",
        right=NORMALIZATION,
        wrong="return 2 * ((I - np.min(I)) / (np.max(I) - np.min(I))) - 1",
        sentence="The ends are 0 and 255 for every image, not the smallest and largest value that happen to occur.",
    ),
    Mistake(
        name="from_zero_to_one",
        stub="normalization",
        right=NORMALIZATION,
        wrong="return I / 255",
        sentence="These numbers go from 0 to 1. What stretches and shifts them?",
    ),
    Mistake(
        name="not_stretched",
        stub="normalization",
        right=NORMALIZATION,
        wrong="return I / 255 - 0.5",
        sentence="These numbers go from -1/2 to 1/2.",
    ),
    Mistake(
        name="divided_by_256",
        stub="normalization",
        right="I / 255",
        wrong="I / 256",
        sentence="The largest gray value is 255, and it becomes exactly 1.",
    ),
    Mistake(
        name="whole_quotients",
        stub="normalization",
        right="I / 255",
        wrong="I // 255",
        sentence="// drops all that lies between black and white.",
    ),
    Mistake(
        name="standardized",
        stub="normalization",
        right=NORMALIZATION,
        wrong="return (I - np.mean(I)) / np.std(I)",
        sentence="This makes mean 0 and deviation 1 of whatever comes; the text maps 0 to -1 and 255 to 1.",
    ),
    Mistake(
        name="images_overwritten",
        stub="normalization",
        right=NORMALIZATION,
        wrong=(
            "if I.dtype.kind == 'f':\n"
            "        I /= 255\n"
            "    else:\n"
            "        I = I / 255\n"
            "    I *= 2\n"
            "    I -= 1\n"
            "    return I"
        ),
        sentence="/=, *= and -= write into the array that was handed in, where its type allows it.",
    ),
    # --- feedforward
    Mistake(
        name="bias_forgotten",
        stub=FORWARD,
        right=" + self.b[l].T",
        wrong="",
        sentence="Where do the biases come in? They start at zero, but they do not stay there.",
    ),
    Mistake(
        name="relu_at_the_end",
        stub=FORWARD,
        right=OUTPUT,
        wrong="self.a[l + 1] = relu(self.z[l])",
        sentence="The last layer ends with another function than the others.",
    ),
    Mistake(
        name="sigma_everywhere",
        stub=FORWARD,
        right=OUTPUT,
        wrong="self.a[l + 1] = sigma(self.z[l])",
        sentence="sigma is for the last layer alone.",
    ),
    Mistake(
        name="sigma_after_relu",
        stub=FORWARD,
        right=OUTPUT,
        wrong="self.a[l + 1] = sigma(relu(self.z[l])) if is_last else relu(self.z[l])",
        sentence="In the last layer sigma takes the place of relu; it does not come on top.",
    ),
    Mistake(
        name="last_layer_not_recognised",
        stub=FORWARD,
        right="self.network_depth - 2",
        wrong="self.network_depth - 1",
        sentence="The first layer is number 0. Which number has the last one?",
    ),
    Mistake(
        name="first_layer_not_the_last",
        stub=FORWARD,
        right="is_last = l == self.network_depth - 2",
        wrong="is_last = l > 0 and l == self.network_depth - 2",
        sentence="In a network of two sizes the first layer is the last one too.",
    ),
    Mistake(
        name="every_layer_gets_the_input",
        stub=FORWARD,
        right="self.a[l] @",
        wrong="X[:, : self.W[l].shape[1]] @",
        sentence="The input of a layer is the output of the one before.",
    ),
    Mistake(
        name="weights_not_transposed",
        stub=FORWARD,
        right="self.W[l].T",
        wrong="self.W[l]",
        sentence="Compare the shapes: (N, n) is to become (N, m), and W is (m, n).",
    ),
    Mistake(
        name="bias_as_a_column",
        stub=FORWARD,
        right="self.b[l].T",
        wrong="self.b[l]",
        sentence="The biases are a column of m numbers, and the samples are rows of m numbers.",
    ),
    Mistake(
        name="after_the_bend_in_z",
        stub=FORWARD,
        right=OUTPUT,
        wrong=f"{OUTPUT}\n        self.z[l] = self.a[l + 1]",
        sentence="self.z holds what comes before the bend; the way back needs it.",
    ),
    Mistake(
        name="before_the_bend_in_a",
        stub=FORWARD,
        right=OUTPUT,
        wrong="self.a[l + 1] = sigma(self.z[l]) if is_last else self.z[l]",
        sentence="What a hidden layer hands on has gone through relu.",
    ),
    Mistake(
        name="input_not_kept",
        stub=FORWARD,
        right="self.a[0] = X\n    for l in range(self.network_depth - 1):\n        self.z[l] = self.a[l] @",
        wrong=(
            "for l in range(self.network_depth - 1):\n"
            "        before = X if l == 0 else self.a[l]\n"
            "        self.z[l] = before @"
        ),
        sentence="The first layer's weights learn from the input: it is self.a[0].",
    ),
    Mistake(
        name="lists_grow",
        stub=FORWARD,
        right="self.a[0] = X",
        wrong=("if self.a[0] is not None:\n        self.a, self.z = [X] + self.a, [None] + self.z\n    self.a[0] = X"),
        sentence="The batch before is still there: after every call self.a has network_depth entries, self.z one less.",
    ),
    Mistake(
        name="input_centred",
        stub=FORWARD,
        right="self.a[0] = X",
        wrong="X -= X.mean(axis=0)\n    self.a[0] = X",
        sentence="The input is used as it comes, neither shifted nor scaled, and -= changes the caller's array.",
    ),
    Mistake(
        name="last_layer_left_out",
        stub=FORWARD,
        right="range(self.network_depth - 1)",
        wrong="range(self.network_depth - 2)",
        sentence="Does the last layer run too?",
    ),
    # --- loss
    Mistake(
        name="half_forgotten",
        stub="MLP.loss",
        right=" / 2",
        wrong="",
        sentence="The loss has a factor in front of the sum, and its gradient counts on it.",
    ),
    Mistake(
        name="mean_over_all_entries",
        stub="MLP.loss",
        right="np.sum",
        wrong="np.mean",
        sentence="The squares are summed over outputs and samples, and not averaged.",
    ),
    Mistake(
        name="mean_over_the_samples",
        stub="MLP.loss",
        right=" / 2",
        wrong=" / 2 / len(Y)",
        sentence="The loss of a batch is the sum of its samples' losses; nothing is divided by their number.",
    ),
    Mistake(
        name="not_squared",
        stub="MLP.loss",
        right="np.sum((self.a[-1] - Y) ** 2)",
        wrong="np.sum(np.abs(self.a[-1] - Y))",
        sentence="A distance of 1/2 counts 1/4 here. Is anything squared?",
    ),
    Mistake(
        name="square_of_the_sum",
        stub="MLP.loss",
        right="np.sum((self.a[-1] - Y) ** 2)",
        wrong="np.sum(self.a[-1] - Y) ** 2",
        sentence="Each difference is squared before they are added; otherwise they cancel.",
    ),
    Mistake(
        name="root_of_the_sum",
        stub="MLP.loss",
        right="np.sum((self.a[-1] - Y) ** 2) / 2",
        wrong="np.linalg.norm(self.a[-1] - Y) / 2",
        sentence="The loss is made of the squared distance; no root is taken.",
    ),
    Mistake(
        name="a_loss_per_sample",
        stub="MLP.loss",
        right="** 2)",
        wrong="** 2, axis=1)",
        sentence="One number is wanted for the whole batch, summed over the outputs and over the samples.",
    ),
    Mistake(
        name="difference_written_into_a",
        stub="MLP.loss",
        right=LOSS,
        wrong="difference = self.a[-1]\n    difference -= Y\n    return np.sum(difference**2) / 2",
        sentence="-= writes into the network's output, which the way back still needs.",
    ),
    Mistake(
        name="sigma_once_more",
        stub="MLP.loss",
        right="self.a[-1] - Y",
        wrong="sigma(self.a[-1]) - Y",
        sentence="The last entry of self.a has been through sigma already.",
    ),
    Mistake(
        name="cross_entropy",
        stub="MLP.loss",
        right=LOSS,
        wrong="return -np.sum(Y * np.log(np.clip(self.a[-1], 1e-12, 1)))",
        sentence="This is the cross-entropy. The text asks for half the squared distance.",
    ),
    Mistake(
        name="loss_in_place_of_the_method",
        stub="MLP.loss",
        right=LOSS,
        wrong="self.loss = np.sum((self.a[-1] - Y) ** 2) / 2\n    return self.loss",
        sentence="After the first call self.loss is a number, and no method any more. Give the number another name.",
    ),
    # --- backprop_gradient_descent
    Mistake(
        name="uphill",
        stub=BACKPROP,
        right=STEP_W,
        wrong="self.W[l] = self.W[l] + eta * self.dW[l]",
        sentence="The step goes against the gradient.",
    ),
    Mistake(
        name="targets_minus_output",
        stub=BACKPROP,
        right="(self.a[-1] - Y)",
        wrong="(Y - self.a[-1])",
        sentence="Look at the sign of the gradient that you start from.",
    ),
    Mistake(
        name="twice_the_difference",
        stub=BACKPROP,
        right="(self.a[-1] - Y)",
        wrong="2 * (self.a[-1] - Y)",
        sentence="The derivative of half a square: what becomes of the 2?",
    ),
    Mistake(
        name="averaged_over_the_batch",
        stub=BACKPROP,
        right="(self.a[-1] - Y)",
        wrong="(self.a[-1] - Y) / len(Y)",
        sentence="The loss is a sum over the samples, and so is its gradient.",
    ),
    Mistake(
        name="slope_of_sigma_left_out",
        stub=BACKPROP,
        right=" * sigma_prime(self.z[-1])",
        wrong="",
        sentence="The chain goes through sigma: with the squared distance its slope does not cancel.",
    ),
    Mistake(
        name="slope_of_sigma_at_the_output",
        stub=BACKPROP,
        right="sigma_prime(self.z[-1])",
        wrong="sigma_prime(self.a[-1])",
        sentence="sigma_prime takes the pre-activation. Which array did it get?",
    ),
    Mistake(
        name="slope_of_relu_at_the_output",
        stub=BACKPROP,
        right="sigma_prime(self.z[-1])",
        wrong="relu_prime(self.z[-1])",
        sentence="The last layer ends with sigma. Whose slope belongs there?",
    ),
    Mistake(
        name="slope_of_relu_left_out",
        stub=BACKPROP,
        right=" * relu_prime(self.z[l])",
        wrong="",
        sentence="Nothing comes back through a hidden unit that was off. Which factor takes care of that?",
    ),
    Mistake(
        name="slope_of_sigma_in_every_layer",
        stub=BACKPROP,
        right="relu_prime(self.z[l])",
        wrong="sigma_prime(self.z[l])",
        sentence="The hidden layers bend with relu.",
    ),
    Mistake(
        name="weights_of_the_layer_itself",
        stub=BACKPROP,
        right=NEXT_DELTA,
        wrong="delta = (delta @ self.W[l + 1]) @ self.W[l] @ self.W[l].T * relu_prime(self.z[l])",
        sentence="Between two deltas lie the weights of one layer, the upper one.",
    ),
    Mistake(
        name="moved_before_passed_down",
        stub=BACKPROP,
        right=(
            f"if l < last:\n            {NEXT_DELTA}\n        {DW}\n        {DB}\n\n"
            f"    for l in range(last + 1):\n        {STEP_W}\n        {STEP_B}\n"
        ),
        wrong=(
            f"if l < last:\n            {NEXT_DELTA}\n        {DW}\n        {DB}\n"
            f"        {STEP_W}\n        {STEP_B}\n\n"
            "    for l in range(last + 1):\n"
        ),
        sentence="A layer moved before its gradient was passed down: the layer before learns from the wrong weights.",
    ),
    Mistake(
        name="output_for_input",
        stub=BACKPROP,
        right=DW,
        wrong="self.dW[l] += delta.T @ self.a[min(l + 1, last)][:, : self.W[l].shape[1]]",
        sentence="The weights' gradient is made from what went into the layer, self.a[l].",
    ),
    Mistake(
        name="weight_gradient_transposed",
        stub=BACKPROP,
        right="delta.T @ self.a[l]",
        wrong="self.a[l].T @ delta",
        sentence="The gradient of W has the shape of W.",
    ),
    Mistake(
        name="bias_gradient_averaged",
        stub=BACKPROP,
        right="np.sum(delta, axis=0, keepdims=True).T",
        wrong="np.mean(delta, axis=0, keepdims=True).T",
        sentence="The gradient of b is a sum over the samples, like that of W.",
    ),
    Mistake(
        name="one_number_for_all_biases",
        stub=BACKPROP,
        right="np.sum(delta, axis=0, keepdims=True).T",
        wrong="np.sum(delta)",
        sentence="Every unit's bias has its own gradient; the sum is over the samples only.",
    ),
    Mistake(
        name="bias_over_the_units",
        stub=BACKPROP,
        right="np.sum(delta, axis=0, keepdims=True).T",
        wrong="np.sum(delta, axis=1, keepdims=True)",
        sentence="In delta each row is a sample. Over which axis are the samples?",
    ),
    Mistake(
        name="biases_never_move",
        stub=BACKPROP,
        right=STEP_B,
        wrong="pass",
        sentence="The biases learn too.",
    ),
    Mistake(
        name="only_the_last_layer_moves",
        stub=BACKPROP,
        right="range(last, -1, -1)",
        wrong="range(last, last - 1, -1)",
        sentence="The gradient is passed down to the layers below, and they move too.",
    ),
    Mistake(
        name="first_layer_never_moves",
        stub=BACKPROP,
        right="range(last, -1, -1)",
        wrong="range(last, 0, -1)",
        sentence="Every layer moves. With which number does your loop end?",
    ),
    Mistake(
        name="rate_left_out",
        stub=BACKPROP,
        right="eta * self.dW[l]",
        wrong="self.dW[l]",
        sentence="How large is the step, and what says so?",
    ),
    Mistake(
        name="rate_divided_by_the_batch",
        stub=BACKPROP,
        right="    for l in range(last + 1):\n",
        wrong="    eta = eta / len(Y)\n    for l in range(last + 1):\n",
        sentence="eta is used as it comes; whoever wants it divided by the number of samples divides it outside.",
    ),
    Mistake(
        name="never_reset",
        stub=BACKPROP,
        right=f"        {RESET_W}\n        {RESET_B}\n",
        wrong="",
        sentence="The next batch finds the gradients of this one. What becomes of self.dW and self.db at the end?",
    ),
    Mistake(
        name="reset_in_names_of_its_own",
        stub=BACKPROP,
        right=f"        {RESET_W}\n        {RESET_B}\n",
        wrong="    dW = [np.zeros_like(W) for W in self.W]\n    db = [np.zeros_like(b) for b in self.b]\n",
        sentence="dW without self is a variable of this function; the network's gradients are still there.",
    ),
    Mistake(
        name="gradients_of_biases_never_reset",
        stub=BACKPROP,
        right=f"        {RESET_B}\n",
        wrong="",
        sentence="self.dW is zero again at the end. What about self.db?",
    ),
    Mistake(
        name="difference_written_into_the_output",
        stub=BACKPROP,
        right=FIRST_DELTA,
        wrong="delta = self.a[-1]\n    delta -= Y\n    delta = delta * sigma_prime(self.z[-1])",
        sentence="-= writes into the output that feedforward has kept. Make a new array.",
    ),
    Mistake(
        name="difference_written_into_the_targets",
        stub=BACKPROP,
        right=FIRST_DELTA,
        wrong="Y -= self.a[-1]\n    delta = -Y * sigma_prime(self.z[-1])",
        sentence="-= writes into the targets that were handed in.",
    ),
]

VARIANTS = [
    # --- kaiming
    Variant(
        name="generator_scaled",
        stub="kaiming",
        source="""
def kaiming(network_config, l):
    rng = np.random.default_rng()
    shape = network_config[l + 1], network_config[l]
    return rng.standard_normal(shape) * (2.0 / shape[1]) ** 0.5
""",
    ),
    Variant(
        name="one_row_at_a_time",
        stub="kaiming",
        source="""
def kaiming(network_config, l):
    n = network_config[l]
    rows = [[random.gauss(0, math.sqrt(2 / n)) for _ in range(n)] for _ in range(network_config[l + 1])]
    return np.array(rows)
""",
        imports="import math\nimport random",
    ),
    Variant(
        name="weights_in_single_precision",
        stub="kaiming",
        source="""
def kaiming(network_config, l):
    weights = np.random.randn(*network_config[l : l + 2]).T.astype(np.float32)
    weights *= np.float32(np.sqrt(2 / network_config[l]))
    return weights
""",
    ),
    # --- relu
    Variant(name="relu_by_a_mask", stub="relu", right="np.maximum(0, z)", other="z * (z > 0)"),
    Variant(name="relu_by_the_absolute_value", stub="relu", right="np.maximum(0, z)", other="(np.abs(z) + z) / 2"),
    Variant(
        name="relu_on_a_copy",
        stub="relu",
        source="""
def relu(z):
    a = z.copy()
    a[a < 0] = 0
    return a
""",
    ),
    Variant(
        name="relu_entry_by_entry",
        stub="relu",
        source="""
def relu(z):
    return np.array([value if value > 0 else 0 for value in z.flat]).reshape(z.shape)
""",
    ),
    # --- relu_prime
    Variant(name="truth_values", stub="relu_prime", right="np.where(z > 0, 1.0, 0.0)", other="z > 0"),
    Variant(
        name="slope_of_the_type_of_z",
        stub="relu_prime",
        right="np.where(z > 0, 1.0, 0.0)",
        other="(z > 0).astype(z.dtype)",
    ),
    Variant(name="heaviside", stub="relu_prime", right="np.where(z > 0, 1.0, 0.0)", other="np.heaviside(z, 0.5)"),
    Variant(
        name="one_at_the_corner",
        stub="relu_prime",
        source="""
def relu_prime(z):
    slope = np.ones(z.shape)
    slope[z < 0] = 0
    return slope
""",
    ),
    Variant(
        name="slope_in_nested_lists",
        stub="relu_prime",
        source="""
def relu_prime(z):
    if np.ndim(z) == 0:
        return 1.0 if z > 0 else 0.0
    return [relu_prime(entry) for entry in z]
""",
    ),
    # --- sigma
    Variant(
        name="two_halves",
        stub="sigma",
        source="""
def sigma(z):
    a = np.empty(z.shape)
    positive = z >= 0
    a[positive] = 1 / (1 + np.exp(-z[positive]))
    grown = np.exp(z[~positive])
    a[~positive] = grown / (1 + grown)
    return a
""",
    ),
    Variant(
        name="small_exponentials",
        stub="sigma",
        source="""
def sigma(z):
    small = np.exp(-np.abs(z))
    return np.where(z < 0, small, 1) / (1 + small)
""",
    ),
    Variant(
        name="clipped", stub="sigma", right="(1 + np.tanh(z / 2)) / 2", other="1 / (1 + np.exp(-np.clip(z, -500, 500)))"
    ),
    Variant(name="logaddexp", stub="sigma", right="(1 + np.tanh(z / 2)) / 2", other="np.exp(-np.logaddexp(0, -z))"),
    Variant(
        name="sigma_in_single_precision",
        stub="sigma",
        source="""
def sigma(z):
    half = np.asarray(z, dtype=np.float32) / np.float32(2)
    return np.float32(0.5) * np.tanh(half) + np.float32(0.5)
""",
    ),
    # --- sigma_prime
    Variant(
        name="textbook_product",
        stub="sigma_prime",
        right=SIGMA_PRIME,
        other="return sigma(z) * (1 - sigma(z))",
    ),
    Variant(
        name="value_minus_its_square",
        stub="sigma_prime",
        source="""
def sigma_prime(z):
    u = sigma(z)
    return u - u * u
""",
    ),
    Variant(
        name="both_sides",
        stub="sigma_prime",
        source="""
def sigma_prime(z):
    return sigma(z) * sigma(-z)
""",
    ),
    Variant(
        name="without_sigma",
        stub="sigma_prime",
        source="""
def sigma_prime(z):
    small = np.exp(-np.abs(z))
    return small / (1 + small) ** 2
""",
    ),
    Variant(
        name="sigma_s_slope_in_nested_lists",
        stub="sigma_prime",
        right=SIGMA_PRIME,
        other="return ((1 - np.tanh(np.asarray(z) / 2) ** 2) / 4).tolist()",
    ),
    # --- normalization
    Variant(name="from_the_middle", stub="normalization", right="2 * (I / 255) - 1", other="(I - 127.5) / 127.5"),
    Variant(name="half_subtracted", stub="normalization", right="2 * (I / 255) - 1", other="2 * (I / 255.0 - 0.5)"),
    Variant(
        name="converted_first",
        stub="normalization",
        source="""
def normalization(I):
    I = I.astype(np.float32)
    I *= 2
    I /= 255
    I -= 1
    return I
""",
    ),
    Variant(
        name="interpolated", stub="normalization", right="2 * (I / 255) - 1", other="np.interp(I, (0, 255), (-1, 1))"
    ),
    Variant(
        name="looked_up",
        stub="normalization",
        source="""
def normalization(I):
    if I.dtype.kind == "f":
        return I * (2 / 255) - 1
    return np.linspace(-1, 1, 256)[I]
""",
    ),
    Variant(
        name="images_in_nested_lists",
        stub="normalization",
        source="""
def normalization(I):
    if np.ndim(I) == 0:
        return 2 * (float(I) / 255) - 1
    return [normalization(entry) for entry in I]
""",
    ),
    # --- feedforward
    Variant(
        name="lists_made_anew",
        stub=FORWARD,
        source="""
def feedforward(self, X):
    self.a, self.z = [X], []
    for W, b in zip(self.W[:-1], self.b[:-1]):
        self.z.append(np.dot(self.a[-1], W.T) + b.ravel())
        self.a.append(relu(self.z[-1]))
    self.z.append(np.dot(self.a[-1], self.W[-1].T) + self.b[-1][:, 0])
    self.a.append(sigma(self.z[-1]))
    return self.a[-1]
""",
    ),
    Variant(
        name="einsum_forward",
        stub=FORWARD,
        source="""
def feedforward(self, X):
    self.a[0] = np.array(X, dtype=float)
    for l in range(len(self.W)):
        self.z[l] = np.einsum("ij,kj->ik", self.a[l], self.W[l]) + self.b[l][:, 0]
        bend = relu if l + 1 < len(self.W) else sigma
        self.a[l + 1] = bend(self.z[l])
""",
    ),
    Variant(
        name="samples_as_columns",
        stub=FORWARD,
        source="""
def feedforward(self, X):
    self.a[0], columns = X, X.T
    last = self.network_depth - 2
    for l in range(last + 1):
        columns = self.W[l] @ columns + self.b[l]
        self.z[l] = columns.T.copy()
        columns = sigma(columns) if l == last else relu(columns)
        self.a[l + 1] = columns.T
""",
    ),
    Variant(
        name="sample_by_sample_and_recursion",
        stub=FORWARD,
        source="""
def feedforward(self, X, l=0):
    if l == 0:
        self.a[0] = X
    if l == self.network_depth - 1:
        return X
    self.z[l] = np.array([[np.sum(x * w) + b[0] for w, b in zip(self.W[l], self.b[l])] for x in X])
    self.a[l + 1] = (relu if l < self.network_depth - 2 else sigma)(self.z[l])
    return self.feedforward(self.a[l + 1], l + 1)
""",
    ),
    Variant(
        name="forward_in_single_precision",
        stub=FORWARD,
        source="""
def feedforward(self, X):
    self.a[0] = X.astype(np.float32)
    for l in range(self.network_depth - 1):
        self.z[l] = self.a[l] @ self.W[l].T.astype(np.float32) + self.b[l].T.astype(np.float32)
        self.a[l + 1] = relu(self.z[l])
    self.a[-1] = sigma(self.z[-1])
""",
    ),
    # --- loss
    Variant(
        name="loss_by_a_loop",
        stub="MLP.loss",
        source="""
def loss(self, Y):
    total = 0.0
    for output, target in zip(self.a[-1], Y):
        for a, y in zip(output, target):
            total += 0.5 * (a - y) ** 2
    return total
""",
    ),
    Variant(
        name="inner_product",
        stub="MLP.loss",
        source="""
def loss(self, Y):
    difference = np.ravel(self.a[self.network_depth - 1] - Y)
    return 0.5 * difference @ difference
""",
    ),
    Variant(
        name="squared_norm",
        stub="MLP.loss",
        source="""
def loss(self, Y):
    return np.linalg.norm(Y - self.a[-1]) ** 2 / 2
""",
    ),
    Variant(
        name="per_sample_first",
        stub="MLP.loss",
        source="""
def loss(self, Y):
    losses = np.square(np.subtract(self.a[-1], Y, dtype=np.float64)).sum(axis=1) / 2
    return float(losses.mean() * len(Y))
""",
    ),
    # --- backprop_gradient_descent
    Variant(
        name="gradients_in_lists_of_its_own",
        stub=BACKPROP,
        source="""
def backprop_gradient_descent(self, Y, eta):
    delta = (self.a[-1] - Y) * sigma_prime(self.z[-1])
    steps = [(delta.T @ self.a[-2], delta.T.sum(axis=1, keepdims=True))]
    for l in range(self.network_depth - 3, -1, -1):
        delta = (delta @ self.W[l + 1]) * relu_prime(self.z[l])
        steps.insert(0, (delta.T @ self.a[l], delta.T.sum(axis=1, keepdims=True)))
    self.W = [W - eta * dW for W, (dW, _) in zip(self.W, steps)]
    self.b = [b - eta * db for b, (_, db) in zip(self.b, steps)]
""",
    ),
    Variant(
        name="in_place_and_lists_reset",
        stub=BACKPROP,
        source="""
def backprop_gradient_descent(self, Y, eta):
    depth = self.network_depth
    delta = (self.a[-1] - Y) * sigma_prime(self.z[depth - 2])
    self.dW[depth - 2] += delta.T.dot(self.a[depth - 2])
    self.db[depth - 2] += np.sum(delta.T, axis=1, keepdims=True)
    for l in reversed(range(depth - 2)):
        delta = delta.dot(self.W[l + 1]) * relu_prime(self.z[l])
        self.dW[l] += self.a[l].T.dot(delta).T
        self.db[l] += np.sum(delta.T, axis=1, keepdims=True)
    for W, b, dW, db in zip(self.W, self.b, self.dW, self.db):
        W -= eta * dW
        b -= eta * db
    self.dW = [np.zeros_like(dW) for dW in self.dW]
    self.db = [np.zeros_like(db) for db in self.db]
    return self.W, self.b
""",
    ),
    Variant(
        name="sample_by_sample",
        stub=BACKPROP,
        source="""
def backprop_gradient_descent(self, Y, eta):
    for i in range(len(Y)):
        delta = (self.a[-1][i] - Y[i]) * sigma_prime(self.z[-1][i])
        for l in reversed(range(len(self.W))):
            self.dW[l] += np.outer(delta, self.a[l][i])
            self.db[l][:, 0] += delta
            if l > 0:
                delta = self.W[l].T @ delta * relu_prime(self.z[l - 1][i])
    for l in range(len(self.W)):
        self.W[l] -= eta * self.dW[l]
        self.b[l] -= eta * self.db[l]
        self.dW[l][...] = 0
        self.db[l].fill(0)
""",
    ),
    Variant(
        name="moved_once_passed_down",
        stub=BACKPROP,
        source="""
def backprop_gradient_descent(self, Y, eta):
    delta = np.einsum("nc,nc->nc", self.a[-1] - Y, sigma_prime(self.z[-1]))
    for l in range(self.network_depth - 2, -1, -1):
        below = np.einsum("nm,mk->nk", delta, self.W[l])
        self.dW[l] = np.einsum("nm,nk->mk", delta, self.a[l])
        self.db[l] = np.einsum("nm->m", delta)[:, None]
        self.W[l] = self.W[l] - eta * self.dW[l]
        self.b[l] = self.b[l] - eta * self.db[l]
        self.dW[l] = 0 * self.dW[l]
        self.db[l] = 0 * self.db[l]
        if l > 0:
            delta = below * relu_prime(self.z[l - 1])
""",
    ),
    Variant(
        name="recursion_with_columns",
        stub=BACKPROP,
        source="""
def backprop_gradient_descent(self, Y, eta):
    def pass_down(delta, l):
        if l > 0:
            pass_down(self.W[l].T @ delta * (self.z[l - 1].T > 0), l - 1)
        self.W[l] = self.W[l] - eta * delta @ self.a[l]
        self.b[l] = self.b[l] - eta * delta.sum(axis=1)[:, np.newaxis]

    slope = self.a[-1] * (1 - self.a[-1])
    pass_down(((self.a[-1] - Y) * slope).T, len(self.W) - 1)
""",
    ),
    Variant(
        name="backprop_in_single_precision",
        stub=BACKPROP,
        right=FIRST_DELTA,
        other="delta = ((self.a[-1] - Y) * sigma_prime(self.z[-1])).astype(np.float32)",
    ),
]

FRESH = "The arrays are the network's own, and nothing that is computed later uses the old ones."
SAME_SHAPE = "A gradient has the shape of what it is the gradient of."
WHOLE_NUMBERS = "Zeros and ones are whole numbers, and those are numbers like any other."

EQUIVALENTS = [
    Equivalent(
        "kaiming",
        f"return {DRAWN}",
        f"return -{DRAWN}",
        "The normal distribution with mean 0 is symmetric.",
    ),
    Equivalent(
        "relu_prime",
        RELU_PRIME,
        "return np.asarray(np.where(z > 0, 1.0, 0.0)).astype(int)",
        WHOLE_NUMBERS,
    ),
    Equivalent(
        "relu_prime",
        RELU_PRIME,
        "return np.where(z >= 0, 1.0, 0.0)",
        "At the corner the text allows any number from 0 to 1.",
    ),
    Equivalent(
        "sigma_prime",
        SIGMA_PRIME,
        "return (1 - np.tanh(z / -2) ** 2) / 4",
        "The slope is the same on both sides of 0.",
    ),
    Equivalent(
        FORWARD,
        "is_last = l == self.network_depth - 2",
        "is_last = l >= self.network_depth - 2",
        "There is no layer beyond the last.",
    ),
    Equivalent(
        "MLP.loss",
        LOSS,
        "return np.sum((self.a[-1] - Y) ** 2, keepdims=True) / 2",
        "An array with a single entry counts as one number.",
    ),
    Equivalent("MLP.loss", LOSS, "return np.sum((Y - self.a[-1]) ** 2) / 2", "A square forgets the sign."),
    Equivalent(
        BACKPROP,
        "for l in range(last + 1):",
        "for l in list(range(last + 1))[::-1]:",
        "All gradients are known before the first layer moves, so the order does not matter.",
    ),
    Equivalent(BACKPROP, STEP_W, "self.W[l] -= eta * self.dW[l]", FRESH),
    Equivalent(BACKPROP, STEP_B, "self.b[l] -= eta * self.db[l]", FRESH),
    Equivalent(BACKPROP, RESET_W, "self.dW[l] = np.zeros_like(self.dW[l])", SAME_SHAPE),
    Equivalent(BACKPROP, RESET_B, "self.db[l] = np.zeros_like(self.db[l])", SAME_SHAPE),
]
