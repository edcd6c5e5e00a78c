"""What may travel with a probe, what is refused, and that no text of the trusted side goes along."""

import math
import random
import types

import numpy as np
import pytest

from autograder import check, gradient_check
from autograder.errors import AssignmentError
from autograder.probes import pack
from autograder.sandbox.beside import bundle

RATE = 0.25
TABLE = {"secret": 41.5}


def _scaled(x, by=2.0):
    """A helper with a docstring that mentions CANARY-HELPER."""
    return by * RATE * x


class Counter:
    """CANARY-CLASS."""

    start = 3

    def __init__(self):
        self.count = Counter.start

    def up(self):
        """CANARY-METHOD."""
        self.count += 1
        return self.count


@check(points=1, hint="CANARY-HINT", expect=lambda value: value == "CANARY-EXPECT")
def good(student, rng):
    """CANARY-TITLE."""

    def inner(x):
        """CANARY-INNER."""
        return x + math.floor(1.5)

    return inner(_scaled(student.f(2.0))) + Counter().up() + 0 * rng.normal()


def test_a_probe_runs_as_written():
    """The packed probe gives what the function gives, helpers, classes and constants included."""
    student = types.SimpleNamespace(f=lambda x: 10 * x)
    run = bundle.load(pack(good))
    assert run(student, np.random.default_rng(0)) == good.probe(student, np.random.default_rng(0)) == 15.0


def test_no_text_of_ours_travels():
    """Titles, docstrings, hints, expectations and file names stay behind, in nested code too."""
    payload = pack(good)
    assert b"CANARY" not in payload
    assert b"test_probes" not in payload


def test_the_scalar_of_a_gradient_check_stays_behind():
    """Only `inputs` and the probe travel; what is differentiated does not."""

    def canary_of(reference, inputs):
        return 12345.678

    @gradient_check(points=1, inputs=_inputs, of=canary_of)
    def probe(student, inputs):
        """A gradient."""
        return {"x": student.f(inputs["x"])}

    payload = pack(probe)
    assert b"canary_of" not in payload
    run = bundle.load(payload)
    assert run(types.SimpleNamespace(f=lambda x: x + 1), None)["x"].tolist() == [1.0, 1.0]


def _inputs(rng):
    return {"x": np.zeros(2)}


def uses_a_table(student):
    """A table."""
    return TABLE["secret"]


def uses_random(student):
    """A module that is not allowed."""
    return random.random()


def uses_nothing_known(student):
    """A name that is nowhere."""
    return nowhere(student)  # noqa: F821


def _decorated(x):
    return x


_decorated.note = 41.5


def uses_attributes(student):
    """A helper with attributes."""
    return _decorated(1)


def uses_a_check(student):
    """Another check."""
    return good.points


def _array_default(x, y=np.ones(2)):  # noqa: B008
    return x


def uses_an_array_default(student):
    """A helper whose default is an array."""
    return _array_default(1)


@pytest.mark.parametrize(
    ("probe", "said"),
    [
        (uses_a_table, "TABLE, a dict"),
        (uses_random, "the module random"),
        (uses_nothing_known, "nowhere is not defined"),
        (uses_attributes, "has attributes"),
        (uses_a_check, "good, a Check"),
        (uses_an_array_default, "a default of _array_default"),
    ],
)
def test_all_else_is_refused(probe, said):
    """What the allow-list does not have is refused with file and line."""
    with pytest.raises(AssignmentError, match=said) as caught:
        pack(check(points=1)(probe))
    assert "test_probes.py:" in str(caught.value)


def test_a_closure_is_refused():
    """A probe that closes over a value is refused, because the value would travel."""
    secret = 41.5

    def probe(student):
        """It closes over a value."""
        return secret

    with pytest.raises(AssignmentError, match="closes over secret"):
        pack(check(points=1)(probe))


def test_a_docstring_that_is_also_used_stays_usable():
    """Where the code itself uses its first constant, taking it away does not change what the code does."""

    def probe(student):
        """Same."""
        return "Same."

    assert bundle.load(pack(check(points=1)(probe)))(None, None) == "Same."
