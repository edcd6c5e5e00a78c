"""The questions: two conventions, and two names for a class and a function."""

import numpy as np

from autograder import Assignment, Convention, Edit, Question, check


@check(points=1, public=True, expect=[1.0, -2.0])
def error_by_hand(student):
    """Two samples."""
    return student.error(np.array([1.0, 0.0]), np.array([0.0, 2.0]))


@check(points=2)
def gradient_by_hand(student, rng):
    """Four samples, and what error makes of them."""
    x, e = rng.normal(size=(4, 3)), rng.normal(size=4)
    return student.gradient(x, e)


@check(points=3)
def three_steps(student, rng):
    """The weights after three steps."""
    x, y = rng.normal(size=(5, 2)), rng.normal(size=5)
    return student.fit(x, y)


@check(points=1)
def one(student):
    """The base's."""
    return student.Base().size()


@check(points=1, public=True)
def two(student):
    """The twin's own."""
    return student.Twin().size()


ASSIGNMENT = Assignment(
    "Two ways",
    [
        Question("error", [error_by_hand]),
        Question("gradient", [gradient_by_hand]),
        Question("fit", [three_steps]),
        Question("Base.size", [one], name="base"),
        Question("Twin.size", [two], name="twin"),
    ],
    aliases={"Twin": ("TWIN",), "fit": ("fitt",)},
    conventions=(
        Convention("averaging", "gradient divides by N."),
        Convention(
            "summing",
            "error divides by N.",
            edits=(Edit("error", "p - y", "(p - y) / len(p)"), Edit("gradient", "x.T @ e / len(x)", "x.T @ e")),
        ),
    ),
)
