"""The questions of `tiny`: public and hidden checks of every form that the builder has to carry."""

import numpy as np

from autograder import Assignment, Manual, Question, check

SIZE = 2


def small_net(student):
    return student.Net(np.arange(1.0, 7.0).reshape(3, SIZE))


def sums_to_one(returned):
    return bool(np.allclose(np.sum(returned, axis=1), 1))


@check(points=1, public=True, hint="Compare each entry with zero.")
def a_row(student):
    """A row of three numbers"""
    return student.relu(np.array([-1.0, 0.5, 2.0]))


@check(points=3, hint="A negative entry is on its way to somewhere else.")
def concealed_matrix(student, rng):
    """A matrix that nobody has seen"""
    return student.relu(rng.normal(size=(4, 3)))


@check(points=2, public=True, expect=sums_to_one, hint="Add up along each row.", because="Rows that sum to one")
def rows_of_one(student):
    """Every row sums to one"""
    return student.normalize(np.array([[1.0, 3.0], [2.0, 2.0]]))


@check(points=2, public=True, hint="Which functions are called, and in which order?")
def two_samples(student):
    """Two samples through the network"""
    net = small_net(student)
    return {"y": net.forward(np.array([[1.0, 2.0, 3.0], [0.5, 0.5, 0.5]])), "w": net.w}


@check(points=1, public=True, expect=0.125, hint="It is a mean.")
def a_distance(student):
    """The distance of one sample"""
    return student.Net([[1.0, 0.0], [0.0, 1.0]]).loss(np.array([[1.0, 3.0]]), np.array([[0.75, 0.25]])) / 2


@check(points=1, public=True, flat=("first", "last"), because="A row may also come back flat, with shape `(C,)`.")
def two_ends(student):
    """The first and the last row"""
    x = [[1, 2], [3, 4], [5, 6]]
    return {"first": student.Net.first(x), "last": student.Net.last(x)}


@check(points=4, hint="Everything else comes first.")
def nothing_but_hidden(student, rng):
    """The whole of it, unseen"""
    return small_net(student).loss(rng.uniform(1, 2, size=(5, 3)), np.eye(5, SIZE))


def numbers():
    return {"x": np.arange(6.0).reshape(3, 2), "y": np.array([0, 1, 1], dtype=np.uint8)}


ASSIGNMENT = Assignment(
    title="A tiny network",
    questions=[
        Question("relu", [a_row, concealed_matrix]),
        Question("normalize", [rows_of_one]),
        Question("Net.forward", [two_samples]),
        Question("Net.loss", [a_distance]),
        Question("Net.first", [two_ends], name="ends", stubs=("Net.first", "Net.last")),
        Question("whole", [nothing_but_hidden], own_code_only=True),
    ],
    manual=[Manual("why", points=3)],
    data={"numbers.npz": numbers},
)
