"""A reference's answer as source text: it comes back as it was, to ten digits, the same on every machine."""

import numpy as np
import pytest

from autograder.build.literals import literal
from autograder.errors import AssignmentError
from autograder.records import Opaque
from autograder.sandbox import decode, encode


def text_of(value, **settings):
    """The source that is written for a value."""
    return literal(decode(encode(value)), what="softmax.rows", **settings)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"),
        (3, "3"),
        (True, "True"),
        (None, "None"),
        ("relu", "'relu'"),
        ([1, 2], "np.array([1, 2])"),
        (np.array([[0.5, -0.0]]), "np.array([[0.5, 0.0]])"),
        ({"w": 1.0, "b": [1.0]}, "{'w': 1.0, 'b': np.array([1.0])}"),
        ([np.ones(2), 1.0], "[np.array([1.0, 1.0]), 1.0]"),
        (1 + 2j, "complex(1.0, 2.0)"),
        (np.zeros((0, 3)), "np.zeros((0, 3), dtype='float64')"),
        (np.zeros((3, 3)), "np.zeros((3, 3), dtype='float64')"),
    ],
)
def test_it_is_short_source(value, text):
    """Each kind of answer has its source."""
    assert text_of(value) == text


def test_rounding_hides_the_last_digits():
    """Two answers that differ as BLAS kernels differ give the same source."""
    one = np.array([[1 / 3, 2e5 / 7], [1e-18, 0.1]])
    assert text_of(one) == text_of(one * (1 + 3e-16)) == "np.array([[0.33333, 28571.42857], [0.0, 0.1]])"


def test_a_rounded_answer_is_within_tolerance():
    """Ten digits of the largest entry stay within the comparison's tolerance."""
    value = np.random.default_rng(0).normal(size=(20, 3)) * 1e7
    again = eval(text_of(value), {"np": np})
    assert np.max(np.abs(again - value)) <= 1e-9 * np.max(np.abs(value))


def test_without_values_only_type_and_shape_are_kept():
    """What a predicate judges is written as zeros."""
    assert text_of({"w": np.full((4, 5), 0.25)}, values=False) == "{'w': np.zeros((4, 5), dtype='float64')}"


def test_an_exact_answer_keeps_every_digit():
    """Where a check allows no tolerance nothing is rounded."""
    assert text_of(np.array([1 / 3, 1e-18]), exact=True) == "np.array([0.3333333333333333, 1e-18])"


def test_what_is_no_data_is_refused():
    """An answer that is no array, number, text or dictionary is refused, by the check's name."""
    with pytest.raises(AssignmentError, match=r"softmax\.rows: the reference's answer is no array"):
        literal(Opaque("Net"), what="softmax.rows")
