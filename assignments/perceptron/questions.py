"""The questions of `perceptron`: ReLU, whether it fires, one step of learning, and the three together."""

import numpy as np

from autograder import Assignment, Manual, Question, check


def perceptron(student, w, b):
    """A perceptron with these weights and this bias, whatever it drew at first."""
    made = student.BinaryPerceptron(len(w))
    made.w = np.array(w, dtype=float)  # (input_dim,)
    made.b = float(b)
    return made


def after_training(student, w, b, x, y, lr):
    """What one call of train leaves behind, and what it returns."""
    made = perceptron(student, w, b)
    loss = made.train(np.array(x, dtype=float), y, lr)
    return {"w": made.w, "b": made.b, "loss": loss}


# --- relu --------------------------------------------------------------------------------------------


@check(points=4, public=True, hint="Positive entries stay as they are; all others become 0.")
def a_row(student):
    """What is positive stays, the rest becomes 0"""
    return perceptron(student, [1.0, 1.0], 0).relu(np.array([3.0, -2.0, 0.0, 0.5]))


@check(
    points=3,
    public=True,
    hint="The pre-activation in fire is a single number. A number has no entries that could be picked out.",
    because="The argument may be a single number, a row or a matrix; the result has its shape.",
)
def a_single_number(student):
    """A single number comes in, a single number comes out"""
    made = perceptron(student, [1.0, 1.0], 0)
    return {"negative": made.relu(-1.5), "positive": made.relu(2.5)}


@check(points=6, hint="Compare each entry with 0 on its own, and return the entry itself where it is larger.")
def random_entries(student, rng):
    """Random entries, small and large"""
    small, large = 1e-3 * rng.normal(size=9), 1e3 * rng.normal(size=8)
    made = perceptron(student, [1.0, 1.0], 0)
    return {"small": made.relu(small), "large": made.relu(large)}


@check(
    points=4,
    hint="The result has one entry for each entry of the argument, in the same places.",
    because="The argument may be a single number, a row or a matrix; the result has its shape.",
)
def a_matrix(student, rng):
    """A matrix, and one that is negative throughout"""
    x = rng.normal(size=(4, 3))
    made = perceptron(student, [1.0, 1.0], 0)
    return {"matrix": made.relu(x.copy()), "negative": made.relu(-1 - abs(x))}


@check(
    points=3,
    property=True,
    hint="Look for a line that writes into x. Make a new array for the result.",
    because="`relu` must not write into its argument.",
)
def argument_unchanged(student, rng):
    """The argument is as before"""
    x = rng.normal(size=(3, 4))
    perceptron(student, [1.0, 1.0], 0).relu(x)
    return x


# --- fire --------------------------------------------------------------------------------------------


@check(points=6, public=True, hint="Write down o, a and f(x) for these samples by hand, and print yours beside them.")
def by_hand(student):
    """The example of the text: w = (2, -1), b = -0.5"""
    made = perceptron(student, [2.0, -1.0], -0.5)
    return [made.fire(np.array([1.0, 1.0])), made.fire(np.array([-1.0, 1.0]))]


@check(
    points=3,
    public=True,
    hint="What does your comparison say of an activation that is exactly zero?",
    because="Exactly on the boundary, at $o = 0$, the perceptron does not fire.",
)
def on_the_boundary(student):
    """On the boundary it does not fire, just beyond it does"""
    made = perceptron(student, [2.0, -1.0], -0.5)
    return [made.fire(np.array([0.5, 0.5])), made.fire(np.array([0.5, 0.499])), made.fire(np.array([1.5, 2.5]))]


@check(points=5, hint="With all weights at zero the bias alone decides. Is it added, and with the right sign?")
def bias_alone(student, rng):
    """The bias decides where the weights are zero"""
    x = rng.normal(size=3)
    biases = [0.25, -0.25, 3.0, -3.0, 0.0]
    return [perceptron(student, [0.0, 0.0, 0.0], b).fire(x.copy()) for b in biases]


@check(points=9, hint="The pre-activation is the sum of all inputs, each times its weight, and of the bias.")
def random_samples(student, rng):
    """Random samples with five features"""
    w, b, samples = rng.normal(size=5), rng.choice([-1.5, 1.5]), rng.normal(size=(40, 5))
    made = perceptron(student, w, b)
    return [made.fire(x) for x in samples]


@check(
    points=2,
    property=True,
    hint="fire only looks. Look for a line that writes into x, self.w or self.b.",
    because="`fire` changes neither the sample nor the weights nor the bias.",
)
def nothing_changed(student, rng):
    """Sample, weights and bias are as before"""
    w, b, x = rng.normal(size=4), rng.normal(), rng.normal(size=4)
    made = perceptron(student, w, b)
    made.fire(x)
    return {"w": made.w, "b": made.b, "x": x}


# --- train -------------------------------------------------------------------------------------------


@check(points=6, public=True, hint="Write down y_hat, y - y_hat and the step by hand, and print yours beside them.")
def one_step_by_hand(student):
    """The example of the text: the label is 1 and it did not fire"""
    return after_training(student, [-0.5, 1.0], 0.0, [2.0, -1.0], 1, 0.5)


@check(
    points=2,
    public=True,
    property=True,
    hint="Where the prediction is right, the difference is 0, and so is the step.",
    because="A sample that is classified rightly changes neither the weights nor the bias.",
)
def right_already(student):
    """A sample that is classified rightly changes nothing"""
    made = perceptron(student, [1.0, 0.5], -0.25)
    made.train(np.array([2.0, 1.0]), 1, 0.5)
    made.train(np.array([-2.0, 1.0]), 0, 0.5)
    return {"w": made.w, "b": made.b}


@check(points=6, hint="The label is 0 and it fired: which sign has y - y_hat, and which way do w and b go?")
def fired_wrongly(student, rng):
    """The label is 0 and it fired"""
    x, factors, lr = rng.normal(size=5), rng.uniform(0.5, 1.5, size=5), rng.uniform(0.1, 0.4)
    return after_training(student, x * factors, 0.25, x, 0, lr)


@check(
    points=6,
    hint="The label is 1 and it did not fire, at o = 0 either: both w and b move towards the sample.",
    because="Exactly on the boundary, at $o = 0$, the perceptron does not fire.",
)
def stayed_silent(student, rng):
    """The label is 1 and it did not fire, below the boundary and on it"""
    x, factors, lr = rng.normal(size=4), rng.uniform(0.5, 1.5, size=4), rng.uniform(0.1, 0.4)
    below, on = after_training(student, -x * factors, -0.25, x, 1, lr), after_training(student, 0 * x, 0.0, x, 1, lr)
    return {**below, **{f"{name}, from zero": value for name, value in on.items()}}


@check(
    points=5,
    hint="Is anything cut off at zero on the way from x to the step of w?",
    because="features below zero count like all others",
)
def negative_features(student, rng):
    """Features below zero are learnt from"""
    x, lr = -rng.uniform(0.5, 2.0, size=3), rng.uniform(0.1, 0.4)
    return after_training(student, [1.0, 0.5, 0.75], 0.0, x, 1, lr)


@check(
    points=4,
    hint="Is the loss of the prediction from before the step, and without a sign?",
    because="The loss is that of the prediction before the step.",
)
def loss_of_before(student, rng):
    """The loss is from before the step"""
    x, lr = rng.normal(size=3), rng.uniform(2.0, 3.0)
    silent = after_training(student, -x, 0.0, x, 1, lr)  # so long a step that the prediction turns
    fired = after_training(student, x, 0.0, x, 0, lr)
    right = after_training(student, x, 0.0, x, 1, lr)
    return [silent["loss"], fired["loss"], right["loss"]]


@check(
    points=4,
    property=True,
    hint="The step of the bias is a single number: there is no x in it.",
    because="the bias stays a single number, however many steps are taken",
)
def bias_stays_a_number(student, rng):
    """The bias is a single number after many steps"""
    samples, labels = rng.normal(size=(6, 3)), [1, 0, 1, 0, 1, 0]
    made = perceptron(student, [0.0, 0.0, 0.0], 0.5)
    for x, y in zip(samples, labels, strict=True):
        made.train(x, y, 0.25)
    return np.size(made.b)


@check(points=5, hint="Does each step start from where the last one ended, for w and for b?")
def many_steps(student, rng):
    """Thirty samples in a row"""
    w, samples = rng.normal(size=4), rng.normal(size=(30, 4))
    labels = rng.integers(0, 2, size=30).astype(float)
    made = perceptron(student, w, 0.5)
    losses = [made.train(x, y, 0.3) for x, y in zip(samples, labels, strict=True)]
    return {"w": made.w, "b": made.b, "losses": losses}


@check(
    points=2,
    property=True,
    hint="Look for a line that writes into x.",
    because="`train` leaves `x` as it was.",
)
def sample_unchanged(student, rng):
    """The sample is as before"""
    x = rng.normal(size=4)
    perceptron(student, -x, 0.0).train(x, 1, 0.5)
    return x


# --- the three together ------------------------------------------------------------------------------


def two_classes():
    """Twelve samples in two classes that a line separates, and their labels; no product is rounded."""
    left = [[-2, 1], [-1, 2], [-3, -1], [-2.5, 3], [-1, 0.5], [-2, -2]]  # class 0
    right = [[1, 0], [2, 3], [0.5, 1.5], [3, -1], [1.5, -2], [2, 1]]  # class 1
    samples = [sample for pair in zip(left, right, strict=True) for sample in pair]
    return np.array(samples, dtype=float), np.array([0, 1] * 6)  # (12, 2), (12,)


def train_on_two_classes(student):
    """Eight epochs from weights that point the wrong way; the perceptron, and the mistakes of each epoch."""
    samples, labels = two_classes()
    made = perceptron(student, [-2.0, 1.5], 1.0)
    mistakes = [sum(made.train(x, y, 0.25) for x, y in zip(samples, labels, strict=True)) for _ in range(8)]
    return made, mistakes


def separates(returned):
    """Whether the returned weights and bias put every sample on its side."""
    samples, labels = two_classes()
    *w, b = np.asarray(returned, dtype=float)
    return bool(np.all((samples @ np.array(w) + b > 0) == (labels == 1)))


@check(
    points=5,
    public=True,
    expect=separates,
    hint="Do relu, fire and train each pass their own checks? Print the losses: they must come to rest at 0.",
)
def separates_two_classes(student):
    """After eight epochs the perceptron separates twelve points"""
    made, _ = train_on_two_classes(student)
    return np.append(made.w, made.b)


@check(points=10, hint="Do relu, fire and train each pass their own checks?")
def mistakes_of_each_epoch(student):
    """Each epoch makes as many mistakes as it must"""
    made, mistakes = train_on_two_classes(student)
    return {"mistakes": mistakes, "line": np.append(made.w, made.b)}


ASSIGNMENT = Assignment(
    title="A perceptron",
    questions=[
        Question(
            "BinaryPerceptron.relu",
            checks=[a_row, a_single_number, random_entries, a_matrix, argument_unchanged],
        ),
        Question(
            "BinaryPerceptron.fire",
            checks=[by_hand, on_the_boundary, bias_alone, random_samples, nothing_changed],
        ),
        Question(
            "BinaryPerceptron.train",
            checks=[
                one_step_by_hand,
                right_already,
                fired_wrongly,
                stayed_silent,
                negative_features,
                loss_of_before,
                bias_stays_a_number,
                many_steps,
                sample_unchanged,
            ],
        ),
        Question("whole", own_code_only=True, checks=[separates_two_classes, mistakes_of_each_epoch]),
    ],
    manual=[Manual("no_line", points=10)],
)
