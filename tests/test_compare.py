"""The comparison: order of findings, tolerances as data, and that nothing makes it raise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.compare import compare
from autograder.records import Blocks, Opaque, Sequence, Verdict

WANTED = np.arange(12.0).reshape(3, 4) + 0.5


def _verdict(seen, wanted=WANTED, **options):
    return compare(seen, wanted, **options)[0].verdict


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (WANTED.copy(), Verdict.PASSED),
        (WANTED.astype(np.float32), Verdict.PASSED),
        (Sequence(tuple(WANTED)), Verdict.PASSED),
        (WANTED.T, Verdict.WRONG_SHAPE),
        (WANTED[0], Verdict.WRONG_SHAPE),
        (WANTED + 0j, Verdict.WRONG_TYPE),
        (WANTED * np.nan, Verdict.NOT_FINITE),
        (np.full_like(WANTED, np.inf), Verdict.NOT_FINITE),
        (WANTED * (1 + 1e-5), Verdict.WRONG_VALUE),
        (WANTED * 2.001, Verdict.WRONG_VALUE),
        (np.zeros_like(WANTED), Verdict.WRONG_VALUE),
        (None, Verdict.WRONG_TYPE),
        ("text", Verdict.WRONG_TYPE),
        (Opaque("function"), Verdict.WRONG_TYPE),
        (Blocks(()), Verdict.WRONG_TYPE),
    ],
)
def test_order_of_findings(seen, expected):
    """Type comes before shape, shape before finiteness, finiteness before value."""
    assert _verdict(seen) is expected


def test_one_wrong_entry_is_seen():
    """A single entry off by a ten-millionth of the largest is below the line, by a hundred-thousandth above it."""
    seen = WANTED.copy()
    seen[0, 0] += 1e-7 * WANTED.max()
    assert _verdict(seen) is Verdict.PASSED
    seen[0, 0] += 1e-5 * WANTED.max()
    assert _verdict(seen) is Verdict.WRONG_VALUE


def test_float32_is_named():
    """An answer that is right to single precision passes, and the finding says so."""
    finding = compare(WANTED.astype(np.float32) * np.float32(1.00001), WANTED)[0]
    assert finding.verdict is Verdict.PASSED
    assert "single precision" in finding.message


def test_nan_wanted_never_passes():
    """Where a NaN is wanted nothing passes, not even a NaN."""
    assert _verdict(np.array([np.nan]), np.array([np.nan])) is not Verdict.PASSED
    assert _verdict(np.array([1.0]), np.array([np.nan])) is not Verdict.PASSED


@pytest.mark.parametrize("seen", [np.array([2.5]), np.array([[2.5]]), np.array(2.5, dtype=np.float32)])
def test_a_number_may_come_in_a_small_array(seen):
    """A number is accepted as a 0-d array or as the one entry of an array."""
    assert _verdict(seen, np.array(2.5)) is Verdict.PASSED


def test_true_is_one():
    """A boolean counts as the number that it is."""
    assert _verdict(np.array([True]), np.array([1])) is Verdict.PASSED


def test_a_column_is_not_a_row():
    """(n, 1) for (n,) is refused: a later difference would be (n, n)."""
    assert _verdict(np.ones((4, 1)), np.ones(4)) is Verdict.WRONG_SHAPE


def test_leading_ones_may_be_missing_where_the_check_says_so():
    """`flat` accepts (n,) for (1, n), and (n, 1) for neither."""
    assert _verdict(np.ones(4), np.ones((1, 4)), flat=("",)) is Verdict.PASSED
    assert _verdict(np.ones(4), np.ones((1, 4))) is Verdict.WRONG_SHAPE
    assert _verdict(np.ones((4, 1)), np.ones((1, 4)), flat=("",)) is Verdict.WRONG_SHAPE


def test_blocks_are_judged_apart():
    """One wrong block leaves the others their verdicts, and a missing one is named."""
    wanted = Blocks((("dW", WANTED), ("db", np.ones(3)), ("dx", np.ones(2))))
    seen = Blocks((("dW", WANTED * 2), ("db", np.ones(3))))
    findings = compare(seen, wanted)
    assert [f.verdict for f in findings] == [Verdict.WRONG_VALUE, Verdict.PASSED, Verdict.WRONG_TYPE]
    assert "dx is missing" in findings[2].message


def test_a_sequence_item_is_named():
    """The item of a sequence that is wrong is named by its index."""
    wanted = Sequence((np.ones(2), np.ones(3)))
    assert _verdict(wanted, wanted) is Verdict.PASSED
    assert "Item 1" in compare(Sequence((np.ones(2), np.ones(4))), wanted)[0].message
    assert _verdict(Sequence((np.ones(2),)), wanted) is Verdict.WRONG_SHAPE


@pytest.mark.parametrize(
    ("seen", "wanted"),
    [
        (np.array([5.0, 1.0]), np.array([np.inf, 1.0])),
        (np.array([1e308]), np.array([-1e308])),
        (np.array([1e308 + 1e308j]), np.array([1e308 - 1e308j])),
        (np.array([np.inf]), np.array([np.inf])),
        (np.array([2**64 - 1], dtype=np.uint64), np.array([-1])),
    ],
)
def test_huge_values_let_nothing_pass(seen, wanted):
    """Neither an infinite entry that is wanted, nor a difference beyond all floats, nor a wrap-around is a pass."""
    assert _verdict(seen, wanted) is not Verdict.PASSED


@pytest.mark.parametrize(
    ("seen", "wanted", "expected"),
    [
        (np.array(True), np.array(1.0), Verdict.PASSED),
        (np.array([0, 1], dtype=np.uint8), np.array([0.0, 1.0]), Verdict.PASSED),
        (np.array([1.0, 0.0]), np.array([True, False]), Verdict.PASSED),
        (np.zeros((0, 4)), np.zeros((0, 4)), Verdict.PASSED),
        (np.zeros(0), np.zeros((0, 4)), Verdict.WRONG_SHAPE),
        (Sequence(()), np.zeros(0), Verdict.PASSED),
        (Sequence((np.array(1.0), np.array(2.0))), np.array([1.0, 2.0]), Verdict.PASSED),
        (Sequence((np.array([1.0]), np.array([2.0]))), np.array([1.0, 2.0]), Verdict.WRONG_SHAPE),
        (np.array([1.0, 2.0]), Sequence((np.array(1.0), np.array(2.0))), Verdict.PASSED),
        (np.array([1 + 0j]), np.array([1.0]), Verdict.WRONG_TYPE),
        (np.array([1.0]), np.array([1 + 0j]), Verdict.PASSED),
        (np.array([1.0], dtype=object), np.array([1.0]), Verdict.WRONG_TYPE),
        (np.array(["1.0"]), np.array([1.0]), Verdict.WRONG_TYPE),
        (np.array([1.0]), np.array(["1.0"]), Verdict.WRONG_TYPE),
        (Opaque("object"), Opaque("object"), Verdict.WRONG_TYPE),
        (np.array(2.0), np.array([2.0]), Verdict.WRONG_SHAPE),
        (Blocks(()), Blocks(()), Verdict.PASSED),
    ],
)
def test_forms(seen, wanted, expected):
    """Truth values, whole numbers, empty arrays and lists count as what they hold; other shapes and kinds do not."""
    assert _verdict(seen, wanted) is expected


def test_float16_buys_no_tolerance():
    """An answer in float16 is held to what float32 is held to: three thousandths are too much in any dtype."""
    assert _verdict(WANTED.astype(np.float16)) is Verdict.PASSED
    assert _verdict((WANTED * 1.003).astype(np.float16)) is Verdict.WRONG_VALUE


def test_a_tolerance_of_nothing_is_meant():
    """rtol=0 asks for the very numbers; no precision is excused."""
    assert _verdict(WANTED.copy(), rtol=0) is Verdict.PASSED
    assert _verdict(WANTED * (1 + 1e-7), rtol=0) is Verdict.WRONG_VALUE
    assert _verdict((WANTED / 3).astype(np.float32), WANTED / 3, rtol=0) is Verdict.WRONG_VALUE


def test_whole_numbers_without_a_sign_are_named():
    """They pass, and the finding says what they would do in a difference."""
    finding = compare(np.array([1, 0], dtype=np.uint8), np.array([1.0, 0.0]))[0]
    assert finding.verdict is Verdict.PASSED
    assert "without a sign" in finding.message


@pytest.mark.parametrize(
    ("seen", "wanted", "said"),
    [
        (WANTED, np.array(1.0), "The result has shape (3, 4); a single number is wanted."),
        (np.array(1.0), WANTED, "The result is a single number; shape (3, 4) is wanted."),
        (WANTED.T, WANTED, "The result has shape (4, 3); (3, 4) is wanted: rows and columns are swapped."),
        (np.ones((4, 1)), np.ones(4), "The result has shape (4, 1); (4,) is wanted: one dimension too many."),
        (np.ones((1, 4)), np.ones((4, 2)), "The result has shape (1, 4); (4, 2) is wanted."),
        (np.ones(4), WANTED, "(4,); (3, 4) is wanted: one dimension too few."),
        (np.ones((2, 1, 4)), np.ones(4), "(4,) is wanted: two dimensions too many."),
        (
            None,
            WANTED,
            "Nothing came back (None) where an array is wanted. Does the function end without a return?",
        ),
        (Sequence((None, None)), np.ones(2), "Nothing came back (None) where a number is wanted."),
        (Sequence((None, None)), WANTED, "Nothing came back (None) where an array is wanted."),
        (None, Blocks((("w", WANTED),)), "Nothing came back (None) where a dictionary is wanted."),
        (Blocks((("w", None),)), Blocks((("w", WANTED),)), "w: nothing came back (None) where an array"),
        (Opaque("generator"), WANTED, "The result is a generator, which gives its items only once; an array of shape"),
        (Opaque("map"), Sequence((None, WANTED)), "gives its items only once; a list of 2 items is wanted."),
        (Opaque("set"), WANTED, "The result is a set, which has no order; an array"),
        (Opaque("function"), WANTED, "The result is a function (is it to be called?); an array"),
        (Opaque("Whatever"), WANTED, "The result is neither a number nor an array; an array"),
        (Sequence(("a",)), WANTED, "The result is a list of 1 item; an array of shape (3, 4) is wanted."),
        (np.array(np.nan), np.array(1.0), "The result is nan, which is no number."),
        (np.array(2.0), np.array(1.0), "The result is not the number that is wanted."),
        (2 * WANTED, WANTED, "The result has the right shape, but not the right values."),
        (Blocks((("w of layer 0", 2 * WANTED),)), Blocks((("w of layer 0", WANTED),)), "“w of layer 0” has the right"),
        (Blocks((("dW", 2 * WANTED),)), Blocks((("dW", WANTED),)), "dW has the right shape"),
    ],
)
def test_sentences(seen, wanted, said):
    """A message is a sentence: what was got, what is wanted, what to look at."""
    assert said in compare(seen, wanted)[0].message


def test_nesting_without_end_is_no_failure_of_ours():
    """A value nested beyond all depth is of the wrong type, and nothing is raised."""
    deep = np.ones(1)
    for _ in range(5000):
        deep = Sequence((deep, "x"))
    assert _verdict(deep) is Verdict.WRONG_TYPE


def test_values_may_be_left_out():
    """Without values only type, shape and finiteness are compared."""
    assert _verdict(WANTED * 7, values=False) is Verdict.PASSED
    assert _verdict(WANTED * np.nan, values=False) is Verdict.NOT_FINITE


def test_messages_hold_no_values():
    """No message tells a value that was seen or wanted."""
    for seen in (WANTED * 2, WANTED.T, WANTED * np.nan):
        assert "0.5" not in compare(seen, WANTED)[0].message


numbers = hnp.arrays(
    st.sampled_from([np.float64, np.float32, np.float16, np.int64, np.uint8, np.bool_, np.complex128]),
    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3),
)
trees = st.recursive(
    st.one_of(numbers, st.none(), st.text(max_size=5), st.just(Opaque("object"))),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: Sequence(tuple(items))),
        st.dictionaries(st.text(max_size=3), inner, max_size=3).map(lambda d: Blocks(tuple(d.items()))),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(trees, trees)
def test_it_never_raises(seen, wanted):
    """Whatever is compared with whatever, findings come back, and each has a verdict."""
    findings = compare(seen, wanted)
    assert all(isinstance(finding.verdict, Verdict) for finding in findings)


def test_rows_of_nothing_are_counted_and_not_made():
    """An array with millions of empty rows has the wrong number of items, and no row of it becomes an object."""

    class Untouched(np.ndarray):
        def __iter__(self):
            raise AssertionError

    rows = np.zeros((1 << 24, 0), np.int8).view(Untouched)
    (found,) = compare(rows, Sequence((np.zeros(2), np.zeros(3))))
    assert (found.verdict, found.message) == (Verdict.WRONG_SHAPE, "The result has 16777216 items; 2 are wanted.")
