"""The toy's questions."""

import numpy as np

from autograder import Assignment, Question, check, gradient_check


@check(points=1, public=True, hint="Compare each entry with zero.")
def small(student):
    """Three numbers."""
    return student.relu(np.array([-1.0, 0.5, 2.0]))


@check(points=2, hint="Compare each entry with zero.")
def many(student, rng):
    """A matrix of random numbers."""
    return student.relu(rng.normal(size=(4, 3)))


@check(points=1, property=True, because="It leaves its argument alone.")
def leaves_its_argument(student, rng):
    """The argument is as it was."""
    z = rng.normal(size=(4, 3))
    student.relu(z)
    return z


@check(points=3, hint="Along which axis do the rows run?")
def rows(student, rng):
    """Rows of random logits."""
    return student.softmax(rng.normal(size=(5, 3)))


def _network(student, rng):
    return student.Net(rng.normal(size=(3, 2)))


@check(points=4)
def random_batch(student, rng):
    """A random batch."""
    return _network(student, rng).forward(rng.normal(size=(5, 3)))


@check(points=2)
def mean_loss(student, rng):
    """The loss of a random batch."""
    net, x = _network(student, rng), rng.normal(size=(5, 3))
    return net.loss(x, np.eye(2)[rng.integers(0, 2, size=5)])


def _batch(rng):
    return {"w": rng.normal(size=(3, 2)), "x": rng.normal(size=(5, 3)), "y": np.eye(2)[rng.integers(0, 2, size=5)]}


def _loss_of(reference, inputs):
    return reference.Net(inputs["w"]).loss(inputs["x"], inputs["y"])


@gradient_check(points=4, inputs=_batch, of=_loss_of, hint="Is it divided by the number of rows?")
def weights(student, inputs):
    """The gradient of the weights."""
    return {"w": student.Net(inputs["w"]).grad(inputs["x"], inputs["y"])}


@check(points=3)
def in_one_go(student, rng):
    """A step of descent lowers the loss."""
    net, x, y = _network(student, rng), rng.normal(size=(5, 3)), np.eye(2)[rng.integers(0, 2, size=5)]
    net.w = net.w - 0.5 * net.grad(x, y)
    return net.loss(x, y)


ASSIGNMENT = Assignment(
    title="A toy",
    questions=[
        Question("relu", [small, many, leaves_its_argument]),
        Question("softmax", [rows]),
        Question("Net.forward", [random_batch]),
        Question("Net.loss", [mean_loss]),
        Question("Net.grad", [weights]),
        Question("whole", [in_one_go], own_code_only=True),
    ],
)
