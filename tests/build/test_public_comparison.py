"""The comparison that travels in the notebook accepts exactly what the autograder's own accepts."""

import math
from collections import deque
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder import compare as native
from autograder.build import public_comparison as public
from autograder.build.literals import literal
from autograder.records import Verdict
from autograder.sandbox import decode, encode

EYE = np.eye(2)


class Pair(NamedTuple):
    """Two parts of an answer, each with a name."""

    w: object
    b: object


Layers, Named, Number = (type(base.__name__, (base,), {}) for base in (list, dict, float))
Kind = StrEnum("Kind", [("RELU", "relu")])
CASES = [
    # what came back, what is wanted, blocks that may come flat
    (EYE, EYE, ()),
    ([[1, 0], [0, 1]], EYE, ()),
    ([[1.0, 0.0], [0.0, 1.0 + 1e-6]], EYE, ()),
    ([[1.0, 0.0], [0.0, 1.0 + 1e-5]], EYE, ()),
    (EYE.astype(np.float32) * np.float32(1.00005), EYE, ()),
    (EYE.astype(np.float32) * np.float32(1.001), EYE, ()),
    (EYE.astype(np.float16) * np.float16(1.01), EYE, ()),
    (EYE.astype(int), EYE, ()),
    (EYE.astype(bool), EYE, ()),
    (EYE.astype(complex), EYE, ()),
    (EYE.astype(object), EYE, ()),
    (np.array([1 + 2j]), np.array([1 + 2j]), ()),
    (np.array([1.0]), np.array([1 + 0j]), ()),
    (np.full((2, 2), np.nan), EYE, ()),
    (np.full((2, 2), np.inf), EYE, ()),
    (EYE[:1], EYE, ()),
    (np.ones((2, 3)), np.ones((3, 2)), ()),
    (np.True_, 1, ()),
    (True, 1, ()),
    (1.0, 1, ()),
    (np.array([[1.0]]), 1.0, ()),
    ([1.0], 1.0, ()),
    (None, 1.0, ()),
    (None, None, ()),
    ("relu", "relu", ()),
    ("tanh", "relu", ()),
    (3, "relu", ()),
    ("3", 3, ()),
    (object(), EYE, ()),
    ({1, 2}, EYE, ()),
    (10**30, EYE, ()),
    (math.nan, 1.0, ()),
    (np.ones(3), np.ones((1, 3)), ("",)),
    (np.ones(3), np.ones((1, 3)), ()),
    (np.ones((1, 3)), np.ones(3), ("",)),
    (np.ones((3, 1)), np.ones((1, 3)), ("",)),
    (np.zeros((0, 3)), np.zeros((0, 3)), ()),
    ([], np.zeros((0, 3)), ()),
    ({"w": EYE, "b": np.ones(2)}, {"w": EYE, "b": np.ones((1, 2))}, ("b",)),
    ({"w": EYE, "b": np.ones(2)}, {"w": EYE, "b": np.ones((1, 2))}, ("w",)),
    ({"w": EYE}, {"w": EYE, "b": np.ones((1, 2))}, ()),
    ({"w": EYE, "more": 1}, {"w": EYE}, ()),
    ({1: EYE}, {"1": EYE}, ()),
    ([1, 2], {"w": EYE}, ()),
    ([EYE, np.ones(3)], [EYE, np.ones(3)], ()),
    ((EYE, [1, 1, 1]), [EYE, np.ones(3)], ()),
    ([EYE], [EYE, np.ones(3)], ()),
    ([EYE, np.ones(3) + 1], [EYE, np.ones(3)], ()),
    ([{"w": EYE}, {"w": EYE[:1]}], [{"w": EYE}, {"w": EYE[:1]}], ()),
    ([{"w": EYE}, {"w": EYE}], [{"w": EYE}, {"w": EYE[:1]}], ()),
    ({"deep": {"w": EYE}}, {"deep": {"w": EYE}}, ()),
    ({"deep": {"w": EYE + 1}}, {"deep": {"w": EYE}}, ()),
    (EYE + 1e-13, EYE * 0 + 1e-13, ()),
    (Pair(EYE, np.ones(3)), [EYE, np.ones(3)], ()),
    (Pair(1.0, 0.0), np.array([1.0, 0.0]), ()),
    (Pair(1.0, 0.5), np.array([1.0, 0.0]), ()),
    (deque([EYE, np.ones(3)]), [EYE, np.ones(3)], ()),
    (deque([1.0, 0.0]), np.array([1.0, 0.0]), ()),
    (deque(), np.zeros((0, 3)), ()),
    (range(3), np.arange(3), ()),
    (range(3), np.arange(3).reshape(1, 3), ()),
    ({"w": EYE, "b": np.ones(3)}.values(), [EYE, np.ones(3)], ()),
    ({"b": 1, "w": 2}.keys(), ["b", "w"], ()),
    ({"b": 1, "w": 2}.items(), [("b", 1), ("w", 2)], ()),
    ((row for row in EYE), EYE, ()),
    (map(float, [1, 2]), np.array([1.0, 2.0]), ()),
    ({"w"}, ["w"], ()),
    (Layers([EYE, np.ones(3)]), [EYE, np.ones(3)], ()),
    (Named(w=EYE), {"w": EYE}, ()),
    (Kind.RELU, "relu", ()),
    (Kind.RELU, "tanh", ()),
    (Number(0.5), 0.5, ()),
    ([Number(0.5), Number(1)], np.array([0.5, 1.0]), ()),
]


def accepted_by_ours(seen, wanted, flat, *, rtol=None, values=True):
    """Whether the autograder's own comparison accepts it."""
    found = native.compare(decode(encode(seen)), decode(encode(wanted)), rtol=rtol, flat=flat, values=values)
    return all(finding.verdict is Verdict.PASSED for finding in found)


def as_built(wanted):
    """What is wanted, as the build writes it and the notebook reads it."""
    return eval(literal(decode(encode(wanted)), what="it"), {"np": np})


@pytest.mark.parametrize("values", [True, False])
@pytest.mark.parametrize(("seen", "wanted", "flat"), CASES)
def test_it_says_the_same_as_the_autograder(seen, wanted, flat, values):
    """Every case is accepted in the notebook exactly where the autograder accepts it, with and without values."""
    fault = public.find_fault(seen, as_built(wanted), None, flat, values)
    assert (fault == "") == accepted_by_ours(seen, wanted, flat, values=values), fault


ARRAYS = hnp.arrays(
    st.sampled_from([np.float64, np.float32, np.int64, np.bool_]),
    hnp.array_shapes(min_dims=0, max_dims=2, max_side=3),
)


@settings(max_examples=200, deadline=None)
@given(seen=ARRAYS, wanted=ARRAYS, rtol=st.sampled_from([None, 0, 1e-5]))
def test_it_says_the_same_of_any_two_arrays(seen, wanted, rtol):
    """Of any two arrays, at any tolerance, the notebook's comparison says what the autograder's says."""
    wanted = np.where(np.isfinite(wanted), wanted, 1).astype(wanted.dtype)
    fault = public.find_fault(seen, wanted, rtol, ())
    assert (fault == "") == accepted_by_ours(seen, wanted, (), rtol=rtol)


def test_its_tolerances_are_the_autograders():
    """The tolerances are the same numbers."""
    ours = (native.DOUBLE, native.SINGLE, native.MIXED, native.ZERO)
    assert ours == (public.DOUBLE, public.SINGLE, public.MIXED, public.ZERO)


@pytest.mark.parametrize(
    ("seen", "wanted", "said"),
    [
        (
            np.ones((2, 3)),
            np.ones((3, 2)),
            "The result has shape (2, 3); (3, 2) is wanted: rows and columns are swapped.",
        ),
        (None, np.ones(2), "nothing came back (None) where an array of shape (2,) is wanted. Does the function end"),
        ([1.0, 3.0], np.array([1.0, 2.0]), "Your code gives:\n    [1. 3.]\nThis is wanted:\n    [1. 2.]"),
        (np.array([np.nan]), np.array([1.0]), "The result has entries that are nan."),
        ([None, None], np.ones(2), "nothing came back (None) where an array of shape (2,) is wanted."),
        (np.ones((2, 1)), np.ones(2), "The result has shape (2, 1); (2,) is wanted: one dimension too many."),
        ({"b": 1}, {"w": 1}, "w is missing from what came back."),
        (np.ones(3), 1.0, "The result has shape (3,); a single number is wanted."),
        ([1, 2], {"w": 1}, "an array of shape (2,) came back; a dictionary is wanted."),
    ],
)
def test_it_says_what_came_back_and_what_is_wanted(seen, wanted, said):
    """A fault names what came back and what is wanted."""
    assert said in public.find_fault(seen, wanted, None, ())


def test_a_large_array_is_shown_in_part():
    """An array of many entries is shown by its corners, in a few lines."""
    fault = public.find_fault(np.zeros((100, 100)), np.ones((100, 100)), None, ())
    assert "..." in fault
    assert len(fault.splitlines()) < 30


def test_nothing_that_a_browser_takes_for_a_tag_is_said():
    """Otter's page escapes nothing, so the sign that opens a tag is replaced."""
    assert public.harmless("<class 'float'> and 1 < 2") == "‹class 'float'> and 1 < 2"
