"""Known wrong ways to write the perceptron, each with the sentence that helps, and right ways written differently."""

from fractions import Fraction

from autograder import Equivalent, Mistake, Variant

RELU, FIRE, TRAIN = "BinaryPerceptron.relu", "BinaryPerceptron.fire", "BinaryPerceptron.train"

RELU_LINE = "return np.maximum(0, x)"
PRE_ACTIVATION = "o = np.dot(self.w, x) + self.b"
ANSWER = "return 1 if self.relu(o) > 0 else 0"
STEP_OF_W = "self.w = self.w + lr * diff * x  # (input_dim,)"
STEP_OF_B = "self.b = self.b + lr * diff"
LOSS = "return abs(diff)"

MISTAKES = [
    # --- relu ---
    Mistake(
        "relu_is_abs",
        RELU,
        RELU_LINE,
        "return np.abs(x)",
        "Negative entries have to become 0; yours come out with their sign turned.",
        share=Fraction(1, 2),
    ),
    Mistake(
        "relu_is_minimum",
        RELU,
        RELU_LINE,
        "return np.minimum(0, x)",
        "You keep what is below zero; the larger of 0 and x is wanted.",
        share=Fraction(1, 2),
    ),
    Mistake(
        "relu_is_step",
        RELU,
        RELU_LINE,
        "return np.where(x > 0, 1.0, 0.0)",
        "A positive entry stays as it is; yours becomes 1, which is the slope of ReLU and not its value.",
        share=Fraction(1, 2),
    ),
    Mistake(
        "relu_leaks",
        RELU,
        RELU_LINE,
        "return np.where(x > 0, x, 0.01 * x)",
        "Negative entries have to become 0; yours keep a small part of their value.",
        share=Fraction(1, 2),
    ),
    Mistake(
        "relu_picks_the_positive",
        RELU,
        RELU_LINE,
        "return np.asarray(x)[np.asarray(x) > 0]",
        "You return the positive entries alone; the others have to stay in their places, as zeros.",
        share=Fraction(1, 2),
    ),
    Mistake(
        "relu_of_the_largest",
        RELU,
        RELU_LINE,
        "return max(0, np.max(x))",
        "ReLU looks at each entry on its own; you compare one number for the whole array with 0.",
        share=Fraction(1, 2),
    ),
    Mistake(
        "relu_writes_into_x",
        RELU,
        RELU_LINE,
        "x = np.asarray(x)\n    x[x < 0] = 0\n    return x",
        "You set the negative entries of the caller's own array to 0. Make a new array for the result.",
        share=Fraction(2, 15),
    ),
    Mistake(
        "relu_by_index",
        RELU,
        RELU_LINE,
        "result = x.copy()\n    result[result < 0] = 0\n    return result",
        "Yours works for arrays and not for a single number, which is what fire gives it.",
        share=Fraction(2, 15),
    ),
    # --- fire ---
    Mistake(
        "fires_at_zero_activation",
        FIRE,
        ANSWER,
        "return 1 if self.relu(o) >= 0 else 0",
        "The activation is never below zero, so >= is always true. Which comparison leaves zero out?",
        share=Fraction(1, 2),
    ),
    Mistake(
        "fires_on_the_boundary",
        FIRE,
        ANSWER,
        "return 1 if o >= 0 else 0",
        "A pre-activation of exactly zero does not fire.",
        share=Fraction(3, 25),
    ),
    Mistake(
        "fire_without_bias",
        FIRE,
        PRE_ACTIVATION,
        "o = np.dot(self.w, x)",
        "The bias is missing from your pre-activation.",
        share=Fraction(2, 5),
    ),
    Mistake(
        "bias_subtracted",
        FIRE,
        PRE_ACTIVATION,
        "o = np.dot(self.w, x) - self.b",
        "You subtract the bias, as if it were a threshold; it is added.",
        share=Fraction(2, 5),
    ),
    Mistake(
        "fire_returns_the_activation",
        FIRE,
        ANSWER,
        "return self.relu(o)",
        "You return the activation itself; 1 or 0 is wanted, for whether it is above zero.",
        share=Fraction(1, 2),
    ),
    Mistake(
        "fire_is_sign",
        FIRE,
        ANSWER,
        "return 1 if self.relu(o) > 0 else -1",
        "The classes are called 0 and 1 here, not -1 and 1.",
        share=Fraction(1, 2),
    ),
    Mistake(
        "threshold_of_a_half",
        FIRE,
        ANSWER,
        "return 1 if self.relu(o) > 0.5 else 0",
        "The activation is no probability: it is compared with 0, not with one half.",
        share=Fraction(1, 5),
    ),
    Mistake(
        "classes_swapped",
        FIRE,
        ANSWER,
        "return 0 if self.relu(o) > 0 else 1",
        "It is the other way round: 1 where the activation is above zero.",
        share=Fraction(1, 2),
    ),
    Mistake(
        "fire_from_absolute_values",
        FIRE,
        PRE_ACTIVATION,
        "o = np.dot(self.w, np.abs(x)) + self.b",
        "The signs of the features are lost on the way to the pre-activation.",
        share=Fraction(2, 5),
    ),
    # --- train: what the document does ---
    Mistake(
        "bias_becomes_a_vector",
        TRAIN,
        STEP_OF_B,
        "self.b = self.b + lr * diff * np.ones_like(x)",
        "Your bias has become an array with one entry for each feature; its step is a single number.",
        share=Fraction(1, 5),
    ),
    Mistake(
        "features_cut_off_at_zero",
        TRAIN,
        STEP_OF_W,
        "self.w = self.w + lr * diff * np.maximum(0, x)",
        "You cut the features off at zero, so those below zero are never learnt from. The rule takes x as it is.",
        share=Fraction(1, 5),
    ),
    Mistake(
        "gated_by_pre_activation",
        TRAIN,
        STEP_OF_W,
        "self.w = self.w + lr * diff * x * (np.dot(self.w, x) + self.b > 0)",
        "You multiply by the slope of ReLU, so a sample at which it should have fired and did not teaches nothing.",
        share=Fraction(1, 5),
    ),
    # --- train: what students do ---
    Mistake(
        "sign_turned",
        TRAIN,
        "diff = y - y_hat",
        "diff = y_hat - y",
        "Your step goes the wrong way: look at the sign of the difference for a sample of label 1 that did not fire.",
        share=Fraction(2, 5),
    ),
    Mistake(
        "boundary_never_learns",
        TRAIN,
        "y_hat = self.fire(x)",
        "y_hat = 1 if np.dot(self.w, x) + self.b >= 0 else 0",
        "On the boundary, at o = 0, the perceptron does not fire; yours is right there about every sample of label 1.",
        share=Fraction(1, 20),
    ),
    Mistake(
        "bias_never_learns",
        TRAIN,
        STEP_OF_B,
        "self.b = self.b",
        "The weights learn and the bias does not; the rule has two lines.",
        share=Fraction(1, 5),
    ),
    Mistake(
        "bias_goes_the_other_way",
        TRAIN,
        STEP_OF_B,
        "self.b = self.b - lr * diff",
        "The bias steps the wrong way; its sign is that of the weights' step.",
        share=Fraction(1, 5),
    ),
    Mistake(
        "bias_step_times_x",
        TRAIN,
        STEP_OF_B,
        "self.b = self.b + lr * diff * np.sum(x)",
        "There is no x in the step of the bias.",
        share=Fraction(1, 5),
    ),
    Mistake(
        "bias_without_lr",
        TRAIN,
        STEP_OF_B,
        "self.b = self.b + diff",
        "The learning rate is missing from the step of the bias.",
        share=Fraction(1, 5),
    ),
    Mistake(
        "lr_forgotten",
        TRAIN,
        STEP_OF_W,
        "self.w = self.w + diff * x",
        "The learning rate is missing from the step of the weights.",
        share=Fraction(1, 5),
    ),
    Mistake(
        "step_without_x",
        TRAIN,
        STEP_OF_W,
        "self.w = self.w + lr * diff",
        "All weights move by the same amount; each moves by its own feature.",
        share=Fraction(1, 5),
    ),
    Mistake(
        "label_for_difference",
        TRAIN,
        STEP_OF_W,
        "self.w = self.w + lr * y * x",
        "You step by the label y; the rule steps by the difference of label and prediction.",
        share=Fraction(1, 7),
    ),
    Mistake(
        "loss_for_difference",
        TRAIN,
        STEP_OF_W,
        "self.w = self.w + lr * abs(diff) * x",
        "The step needs the sign of y - y_hat; you have taken it away.",
        share=Fraction(1, 10),
    ),
    Mistake(
        "weights_replaced",
        TRAIN,
        STEP_OF_W,
        "self.w = lr * diff * x",
        "The step is added to the weights; yours takes their place.",
        share=Fraction(1, 5),
    ),
    Mistake(
        "difference_of_pre_activation",
        TRAIN,
        "diff = y - y_hat",
        "diff = y - (np.dot(self.w, x) + self.b)",
        "You take the difference from the pre-activation; the rule takes it from the prediction, which is 0 or 1.",
        share=Fraction(1, 2),
    ),
    Mistake(
        "learns_from_one_class",
        TRAIN,
        STEP_OF_W,
        "self.w = self.w + lr * max(diff, 0) * x",
        "Samples of label 0 at which it fires have to push the weights away; yours change nothing there.",
        share=Fraction(1, 10),
    ),
    Mistake(
        "loss_after_the_step",
        TRAIN,
        LOSS,
        "return abs(y - self.fire(x))",
        "Your loss is taken after the step; it is that of the prediction before.",
        share=Fraction(1, 10),
    ),
    Mistake(
        "loss_with_a_sign",
        TRAIN,
        LOSS,
        "return diff",
        "A loss is never below zero: the absolute value is missing.",
        share=Fraction(1, 20),
    ),
    Mistake(
        "loss_not_returned",
        TRAIN,
        LOSS,
        "abs(diff)",
        "train returns the loss; yours ends without a return.",
        share=Fraction(1, 10),
    ),
    Mistake(
        "returns_the_prediction",
        TRAIN,
        LOSS,
        "return y_hat",
        "You return the prediction; the absolute loss is wanted.",
        share=Fraction(1, 20),
    ),
    Mistake(
        "train_writes_into_x",
        TRAIN,
        STEP_OF_W,
        "x *= lr * diff\n    self.w = self.w + x",
        "You write the step into the caller's own sample.",
        share=Fraction(1, 20),
    ),
]

VARIANTS = [
    # --- relu ---
    Variant("relu_where", RELU, RELU_LINE, "return np.where(x > 0, x, 0)"),
    Variant("relu_product", RELU, RELU_LINE, "return x * (x > 0)"),
    Variant("relu_half_sum", RELU, RELU_LINE, "return (x + np.abs(x)) / 2"),
    Variant("relu_clip", RELU, RELU_LINE, "return np.clip(x, 0, None)"),
    Variant("relu_zeros_like", RELU, RELU_LINE, "zeros = np.zeros_like(x)\n    return np.maximum(x, zeros)"),
    Variant(
        "relu_mask_on_a_copy",
        RELU,
        RELU_LINE,
        "result = np.array(x, dtype=float)\n    result[result < 0] = 0\n    return result",
    ),
    Variant("relu_single_precision", RELU, RELU_LINE, "return np.maximum(0, np.asarray(x, dtype=np.float32))"),
    Variant(
        "relu_recursive_lists",
        RELU,
        source="""\
def relu(self, x):
    if np.ndim(x) == 0:
        return x if x > 0 else 0
    return [self.relu(entry) for entry in x]
""",
    ),
    Variant(
        "relu_loop_over_entries",
        RELU,
        source="""\
def relu(self, x):
    x = np.asarray(x)
    result = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        if x[index] > 0:
            result[index] = x[index]
    return result
""",
    ),
    Variant(
        "relu_vectorized_function",
        RELU,
        source="""\
def relu(self, x):
    def one(value):
        return max(value, 0.0)

    return np.vectorize(one, otypes=[float])(x)
""",
    ),
    # --- fire ---
    Variant("fire_matmul", FIRE, PRE_ACTIVATION, "o = self.w @ x + self.b"),
    Variant("fire_sum_of_products", FIRE, PRE_ACTIVATION, "o = (self.w * x).sum() + self.b"),
    Variant("fire_einsum", FIRE, PRE_ACTIVATION, 'o = np.einsum("i,i->", self.w, x) + self.b'),
    Variant("fire_row_times_column", FIRE, PRE_ACTIVATION, "o = (x[None, :] @ self.w[:, None]).item() + self.b"),
    Variant("fire_without_relu", FIRE, ANSWER, "return int(o > 0)"),
    Variant("fire_numpy_bool", FIRE, ANSWER, "return np.bool_(o > 0)"),
    Variant("fire_python_bool", FIRE, ANSWER, "return bool(self.relu(o) > 0)"),
    Variant("fire_zero_dimensional", FIRE, ANSWER, "return np.where(self.relu(o) > 0, 1, 0)"),
    Variant("fire_float", FIRE, ANSWER, "return np.heaviside(self.relu(o), 0.0)"),
    Variant("fire_sign_of_activation", FIRE, ANSWER, "return np.sign(self.relu(o))"),
    Variant(
        "fire_loop",
        FIRE,
        source="""\
def fire(self, x):
    total = self.b
    for weight, feature in zip(self.w, x):
        total += weight * feature
    if self.relu(total) > 0:
        return 1
    return 0
""",
    ),
    Variant(
        "fire_bias_as_a_weight",
        FIRE,
        source="""\
def fire(self, x):
    extended = np.concatenate([x, [1.0]])
    return int(np.dot(np.append(self.w, self.b), extended) > 0)
""",
    ),
    # --- train ---
    Variant(
        "train_in_place",
        TRAIN,
        STEP_OF_W,
        "self.w += lr * diff * x",
    ),
    Variant("train_squared_loss", TRAIN, LOSS, "return diff ** 2"),
    Variant("train_float_loss", TRAIN, LOSS, "return float(np.abs(diff))"),
    Variant("train_sign_of_difference", TRAIN, "diff = y - y_hat", "diff = np.sign(y - y_hat)"),
    Variant(
        "train_by_cases",
        TRAIN,
        source="""\
def train(self, x, y, lr):
    y_hat = self.fire(x)
    if y == y_hat:
        return 0
    if y == 1:
        self.w, self.b = self.w + lr * x, self.b + lr
    else:
        self.w, self.b = self.w - lr * x, self.b - lr
    return 1
""",
    ),
    Variant(
        "train_gradients_first",
        TRAIN,
        source='''\
def train(self, x, y, lr):
    """The gradients of the loss first, and then a step against them."""
    diff = y - self.fire(x)
    grad_w = -np.sign(diff) * x
    grad_b = -np.sign(diff)
    self.w = self.w - lr * grad_w
    self.b = self.b - lr * grad_b
    return np.abs(diff)
''',
    ),
    Variant(
        "train_loop_in_place",
        TRAIN,
        source="""\
def train(self, x, y, lr):
    loss = abs(int(y) - int(self.fire(x)))
    step = lr * (int(y) - int(self.fire(x)))
    for i in range(len(self.w)):
        self.w[i] += step * x[i]
    self.b += step
    return loss
""",
    ),
    Variant(
        "train_weights_as_a_list",
        TRAIN,
        source="""\
def train(self, x, y, lr):
    step = lr * (y - self.fire(x))
    self.w = [weight + step * feature for weight, feature in zip(self.w, x)]
    self.b = self.b + step
    return abs(step) / lr
""",
    ),
    Variant(
        "train_without_fire",
        TRAIN,
        source="""\
def train(self, x, y, lr):
    diff = y - (1.0 if np.sum(self.w * x) + self.b > 0 else 0.0)
    self.w = self.w + lr * diff * x
    self.b = self.b + lr * diff
    return np.array(abs(diff))
""",
    ),
    Variant(
        "train_single_precision",
        TRAIN,
        source="""\
def train(self, x, y, lr):
    diff = y - self.fire(x)
    self.w = (self.w + lr * diff * x).astype(np.float32)
    self.b = np.float32(self.b + lr * diff)
    return abs(diff)
""",
    ),
]

EQUIVALENTS = [
    Equivalent(
        FIRE,
        PRE_ACTIVATION,
        ("o = np.dot(self.w.T, x) + self.b", "o = np.dot(self.w, x.T) + self.b"),
        "w and x have one axis, and a vector is its own transpose.",
    ),
    Equivalent(
        FIRE,
        PRE_ACTIVATION,
        "o = np.dot(x, self.w) + self.b",
        "The inner product of two vectors is the same either way round.",
    ),
    Equivalent(
        TRAIN,
        "self.w = self.w + lr * diff * x",
        "self.w += lr * diff * x",
        "The text allows w to be changed in place.",
    ),
    Equivalent(
        TRAIN,
        STEP_OF_B,
        "self.b += lr * diff",
        "b is a plain number, which += replaces by a new one.",
    ),
    Equivalent(
        TRAIN,
        LOSS,
        "return np.asarray(abs(diff)).astype(int)",
        "Label and prediction are 0 or 1, so their difference is a whole number already.",
    ),
]
