"""The questions: each derivative is asked for after its function was called, at few points: many tell a curve."""

from autograder import Assignment, Question, check


@check(points=1)
def value(student, rng):
    """A matrix of random numbers."""
    return student.curl(rng.normal(size=(4, 3)))


@check(points=4)
def derivative(student, rng):
    """The slope where the function was called before."""
    z = rng.normal(size=(2, 3))
    student.curl(z)
    return student.slope(z)


@check(points=2)
def below(student, rng):
    """The value where a step down the slope leads."""
    z = rng.normal(size=(2, 3))
    student.curl(z)
    return student.curl(z - 0.1 * student.slope(z))


@check(points=1)
def odd(student, rng):
    """Five rows, which are no two equal halves."""
    return student.halves(rng.normal(size=(5, 3)))


@check(points=1)
def batch(student, rng):
    """A random batch."""
    return student.Wave(rng.normal(size=(3, 2))).forward(rng.normal(size=(5, 3)))


@check(points=4)
def gradient(student, rng):
    """The gradient after a forward pass."""
    wave, x, d = student.Wave(rng.normal(size=(3, 2))), rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    wave.forward(x)
    return wave.backward(d)


@check(points=2)
def descended(student, rng):
    """The output after a step against the gradient."""
    wave, x, d = student.Wave(rng.normal(size=(3, 2))), rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    wave.forward(x)
    wave.w = wave.w - 0.1 * wave.backward(d)
    return wave.forward(x)


ASSIGNMENT = Assignment(
    title="Waves",
    questions=[
        Question("curl", [value]),
        Question("slope", [derivative, below]),
        Question("halves", [odd]),
        Question("Wave.forward", [batch]),
        Question("Wave.backward", [gradient, descended]),
    ],
)
