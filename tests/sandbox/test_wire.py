"""Plain data to bytes and back; nothing a student defines is called, and no bytes hurt the reader."""

import struct
from collections import OrderedDict, defaultdict, deque
from contextlib import suppress
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.records import Bench, Blocks, Cell, Limits, Opaque, Sequence, Where
from autograder.sandbox import decode, encode, size
from autograder.sandbox.beside import frames
from autograder.sandbox.beside.frames import TooLarge, returned
from autograder.sandbox.messages import Messages
from autograder.sandbox.wire import Violation


def back(value):
    """A value sent and read."""
    return decode(encode(value))


@pytest.mark.parametrize("dtype", frames.DTYPES)
def test_arrays_come_back_as_they_were(dtype):
    """Each kind of array keeps dtype, shape and entries, in C order, contiguous and writable."""
    array = np.arange(12).reshape(3, 4).astype(dtype)
    for form in (array, array.T, array[::2, 1:], array[:0], array[1, 1]):
        found = back(form)
        assert found.dtype == array.dtype
        np.testing.assert_array_equal(found, form)
        assert found.shape == np.shape(form)
        assert found.flags.c_contiguous
        assert found.flags.writeable


@pytest.mark.parametrize("value", [True, 3, -(2**63), 2**64 - 1, 1.5, 1j, np.float32(2), np.bool_(True), np.int8(-3)])
def test_numbers_come_back_as_arrays_without_dimensions(value):
    """A number becomes a 0-d array of its kind."""
    found = back(value)
    assert isinstance(found, np.ndarray)
    assert found.shape == ()
    assert found == value
    assert found.dtype == np.asarray(value).dtype


def test_other_byte_orders_and_long_doubles_become_plain():
    """Big-endian and extended precision arrive as ordinary little-endian arrays."""
    assert back(np.arange(3, dtype=">f4")).dtype == np.dtype("<f4")
    np.testing.assert_array_equal(back(np.arange(3, dtype=">i2")), [0, 1, 2])
    assert back(np.arange(3, dtype=np.longdouble)).dtype == np.float64


def test_nested_lists_of_numbers_are_one_array():
    """Lists and tuples of plain numbers, nested alike, become one array."""
    np.testing.assert_array_equal(back([[1, 2], (3, np.float64(4.0))]), [[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(back([np.array(1.5), 2]), [1.5, 2.0])
    assert back([]).shape == (0,)
    assert back([[], []]).shape == (2, 0)


def test_lists_that_hold_more_than_numbers_are_sequences():
    """Arrays with dimensions, dictionaries, texts and ragged rows stay apart."""
    found = back((0.5, np.zeros((2, 3))))
    assert isinstance(found, Sequence)
    assert [item.shape for item in found.items] == [(), (2, 3)]
    assert isinstance(back([{"w": 1}]), Sequence)
    assert back(["a", None]) == Sequence(("a", None))
    assert [item.shape for item in back([[1, 2], [3]]).items] == [(2,), (1,)]
    assert isinstance(back([1, 2**70]).items[1], Opaque)


def test_dictionaries_become_blocks_in_order():
    """String and whole-number keys name blocks; other keys, and two of one name, make it opaque."""
    found = back({"dW": np.ones(2), 1: {"b": None}})
    assert isinstance(found, Blocks)
    assert [name for name, _ in found.items] == ["dW", "1"]
    assert found.items[1][1] == Blocks((("b", None),))
    assert isinstance(back(OrderedDict(a=1)), Blocks)
    assert isinstance(back(defaultdict(list, a=1)), Blocks)
    assert back({(1, 2): 3}) == Opaque("dict")
    assert back({1: 2, "1": 3}) == Opaque("dict")


def test_subclasses_of_arrays_are_read_as_plain_arrays():
    """Masked arrays, matrices, memory maps, zero strides and a student's own class give their entries."""

    class Mine(np.ndarray):
        def __array_finalize__(self, other):
            pass

        def __array_function__(self, *_):
            raise AssertionError

        def tobytes(self):
            raise AssertionError

    for array in (
        np.ma.masked_array([1.0, 2.0], mask=[0, 1]),
        np.ones((1, 2)).view(np.matrix),
        np.array([1.0, 2.0]).view(Mine),
        np.broadcast_to(np.float64(3), (4, 5)),
    ):
        found = back(array)
        assert type(found) is np.ndarray
        assert found.shape == array.shape
    assert back(np.broadcast_to(np.float64(3), (4, 5))).sum() == 60


def test_object_arrays_are_walked_like_lists():
    """An object array of numbers is an array of numbers; of arrays, a sequence; of text, texts."""
    assert back(np.array([1, 2.5], dtype=object)).dtype == np.float64
    ragged = np.empty(2, dtype=object)
    ragged[:] = [np.zeros(2), np.zeros((3, 4))]
    assert [item.shape for item in back(ragged).items] == [(2,), (3, 4)]
    assert back(np.array(["a", "b"])) == Sequence(("a", "b"))
    assert back(np.array(None, dtype=object)) is None


def test_a_whole_number_of_a_class_of_its_own_is_its_number():
    """An IntEnum's member is a number, the one that it was made with, whatever its class says; so is any other."""

    class Fired(IntEnum):
        NO = 0
        YES = 1

    def lie(*_):
        raise AssertionError

    names = "__add__ __int__ __index__ __radd__ __float__ __pos__ __complex__ __abs__ __str__ __eq__"
    for kind, made in ((int, 5), (float, 0.5), (complex, 1j)):
        liar = type("Liar", (kind,), dict.fromkeys(names.split(), lie))
        assert back(liar(made)) == made
    assert back(type("Liar", (str,), {"__str__": lie, "encode": lie})("relu")) == "relu"
    assert back(Fired.YES) == 1
    assert [int(item) for item in back([Fired.NO, Fired.YES]).items] == [0, 1]


def test_items_in_an_order_are_a_list_whatever_holds_them():
    """Named tuples, deques, ranges, a dictionary's views and classes of lists are read as what was put into them."""

    class Point(NamedTuple):
        x: int
        y: int

    class Liar(list):
        def __iter__(self):
            raise AssertionError

        __len__ = __getitem__ = __iter__

    class Told(dict):
        def items(self):
            raise AssertionError

        __iter__ = keys = __getitem__ = items

    w, b = np.zeros((2, 3)), np.ones(3)
    pair = {"w": w, "b": b}
    for value in (Point(1, 2), deque([1, 2]), range(1, 3), {1: 0, 2: 0}.keys(), {0: 1, 1: 2}.values(), Liar([1, 2])):
        assert list(back(value)) == [1, 2]
    for value in (Point(w, b), deque([w, b]), pair.values(), Liar([w, b]), Told(pair).values()):
        assert [item.shape for item in back(value).items] == [(2, 3), (3,)]
    assert [name for name, _ in back(Told(pair)).items] == ["w", "b"]
    for value in (range(10**30), range(0, -(10**30), -1), range(2**20 + 1)):
        with pytest.raises(TooLarge):
            encode(value)


def test_what_is_no_data_is_opaque():
    """Of any other object the name of its type comes back, if it is a plain name."""

    class Fake:
        __class__ = list

        def __iter__(self):
            raise AssertionError

        def __array__(self, *_):
            raise AssertionError

    for value, name in [
        (Fake(), "Fake"),
        ({1}, "set"),
        ((x for x in ()), "generator"),
        (type("a b\x1b[0m", (), {})(), "object"),
        (np.datetime64("2020"), "datetime64"),
        (np.zeros(2, dtype=[("a", "f8")]), "ndarray"),
        (2**70, "int"),
    ]:
        assert back(value) == Opaque(name)


@pytest.mark.parametrize(
    "value", [None, 1.5, [1, 2], {"a": np.ones((2, 3)), "b": "x"}, np.array([1, 2], ">i2"), [np.ones(2), "y"], object()]
)
def test_what_a_probe_returned_is_an_ordinary_message(value):
    """The part that is always the same is written once; the bytes are those of the whole."""
    assert returned(value) == encode({"outcome": "returned", "value": value})


def test_text_travels_up_to_four_kilobytes():
    """Text is UTF-8; lone surrogates are replaced, more than 4 KB is too large."""
    assert back("σ(z)\n") == "σ(z)\n"
    assert back("\ud800") == "?"
    assert back(np.str_("relu")) == "relu"
    with pytest.raises(TooLarge):
        encode("x" * 4097)


def _nested(depth):
    value = "x"
    for _ in range(depth):
        value = [value]
    return value


def _circle():
    value = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    "value",
    [
        np.broadcast_to(np.float64(0), (2**13, 2**12)),
        np.broadcast_to(np.float64(0), (0, 2**25)),
        np.zeros((1,) * 7),
        [[0] * 2**10] * 2**11,
        ["x"] * 2**17,
        _nested(30),
        _circle(),
        {"x" * 5000: 1},
    ],
    ids=["elements", "empty", "dimensions", "items", "entries", "depth", "circle", "key"],
)
def test_what_is_beyond_the_limits_is_too_large(value):
    """Elements, dimensions, items, entries and depth are bounded before anything is copied."""
    with pytest.raises(TooLarge):
        encode(value)


def test_a_limit_of_bytes_holds_for_the_sum():
    """Many arrays that fit one by one are too large together."""
    with pytest.raises(TooLarge):
        encode([np.zeros(1000), np.zeros(1001)], limit=16_000)


def test_texts_count_towards_the_limit():
    """Many texts that fit one by one are too large together, and cost their check alone."""
    with pytest.raises(TooLarge):
        encode(["x" * 4000] * 5, limit=16_000)


def test_more_bytes_than_the_limit_are_a_violation():
    """What reads has the limit of what writes: to the byte, table left out."""
    data = encode([np.zeros(1000), np.zeros(1000)], limit=16_000)
    assert decode(data, 16_000).items[1].shape == (1000,)
    with pytest.raises(Violation, match="15999"):
        decode(data, 15_999)


def test_an_answer_has_the_limit_of_its_assignment():
    """An answer that is larger than a probe may return is a violation, however it was made."""
    bench = Bench(("f",), {}, {}, limits=Limits(frame_bytes=1000))
    messages = Messages([Cell("x = 1", 1)], [], bench)
    assert messages.answer(encode({"outcome": "returned", "value": np.zeros(100)})).value.shape == (100,)
    with pytest.raises(Violation, match="1000"):
        messages.answer(encode({"outcome": "returned", "value": np.zeros(125)}))


NESTED = """class Net(Net):
    def grad(self, x):
        def inner(y):
            return 1 / y
        return [inner(z)
            for z in x]

f = lambda z: z / 0
"""


@pytest.mark.parametrize(
    ("line", "said", "told"),
    [
        (4, "Net.grad.inner", "Net.grad.inner"),
        (5, "Net.grad", "Net.grad"),
        (3, "Net.grad.inner", "Net.grad.inner"),
        (8, "", ""),
        (4, "x3fe0000000000000", ""),
        (4, "Net.grad", ""),
        (8, "Net.grad", ""),
        (4, "inner", ""),
    ],
)
def test_a_function_is_told_if_its_line_stands_in_it(line, said, told):
    """A name that student code makes up as it runs, out of hidden inputs say, is not told."""
    messages = Messages([Cell(NESTED, 1)], [], Bench(("f",), {}, {}))
    place = {"cell": 1, "line": line, "function": said}
    seen = messages.answer(encode({"outcome": "raised", "exception": "ValueError", **place}))
    assert seen.where == Where(1, line, told)


def test_a_function_is_not_looked_for_without_end():
    """A head that is thousands of lines above is not told, and neither is what stands above a line without one."""
    far = "def f():\n" + "\n" * 6000 + "    raise ValueError"
    for source, line, said in ((far, 6002, "f"), ("def f(): pass\nx = 1", 2, "f")):
        messages = Messages([Cell(source, 1)], [], Bench(("f",), {}, {}))
        place = {"cell": 1, "line": line, "function": said}
        seen = messages.answer(encode({"outcome": "raised", "exception": "ValueError", **place}))
        assert seen.where == Where(1, line, "")


VALUES = st.recursive(
    st.none()
    | st.text(max_size=20)
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | hnp.arrays(
        st.sampled_from([np.float64, np.float32, np.int16, np.bool_, np.complex128]),
        hnp.array_shapes(min_dims=0, min_side=0, max_side=3),
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
@settings(max_examples=150, deadline=None)
def test_whatever_can_be_encoded_can_be_decoded(value):
    """What comes back and is written again is the same, to the byte."""
    data = encode(value)
    assert encode(_plain(decode(data))) == data


def _plain(value):
    if isinstance(value, Sequence):
        return [_plain(item) for item in value.items]
    return {name: _plain(item) for name, item in value.items} if isinstance(value, Blocks) else value


@given(VALUES, st.data())
@settings(max_examples=300, deadline=None)
def test_damaged_frames_are_violations_and_nothing_else(value, data):
    """Bytes changed, cut or added give a value or a Violation, never another exception."""
    damaged = bytearray(encode(value))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1)) if damaged else 0
        change = data.draw(st.sampled_from(["set", "cut", "add", "big"]))
        if change == "set" and damaged:
            damaged[place] = data.draw(st.integers(0, 255))
        elif change == "cut":
            del damaged[place:]
        elif change == "add":
            damaged += data.draw(st.binary(max_size=50))
        else:
            damaged[place : place + 8] = b"\xff" * 8
    assert _taken(bytes(damaged)) <= len(damaged)


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_violations_and_nothing_else(data):
    """Bytes from nowhere, alone and behind a plausible count, never raise anything but Violation."""
    for frame in (data, struct.pack("<I", min(3, len(data) // frames.ENTRY.size)) + data):
        assert _taken(frame) <= len(frame)


PARTS = ["outcome", "value", "exception", "cell", "line", "function", "stub", "wall", "defined", "notes"]
TEXTS = st.sampled_from(
    ["returned", "raised", "timed out", "ValueError", "f", "g", "f.<locals>", "failed\t1\t1\tf", "1 f"]
)


@given(st.dictionaries(st.sampled_from(PARTS), VALUES | TEXTS | st.lists(TEXTS, max_size=2) | st.integers(-1, 3)))
@settings(max_examples=200, deadline=None)
def test_messages_of_any_content_are_violations_and_nothing_else(parts):
    """Well-formed frames with any parts give a record or a Violation."""
    for data in map(encode, (parts, *parts.values())):
        assert _taken(data) <= len(data)


def _taken(data):
    """The bytes of the value that a frame is read as, 0 if it is refused; all that read messages read or refuse it."""
    messages = Messages([Cell("x = 1", 1)], [], Bench(("f",), {}, {}))
    for read in (messages.answer, messages.cells, messages.late, messages.step):
        with suppress(Violation):
            read(data)
    with suppress(Violation):
        return size(decode(data))
    return 0


def _entry(kind, ndim=0, dims=(), length=0):
    return frames.ENTRY.pack(kind, ndim, *dims, *(0,) * (6 - len(dims)), length)


@pytest.mark.parametrize(
    "data",
    [
        struct.pack("<I", 2**32 - 1),
        struct.pack("<I", 1) + _entry(27, 2, (2**31, 2**31), 8),
        struct.pack("<I", 1) + _entry(27, 2, (0, 2**31), 0),
        struct.pack("<I", 1) + _entry(27, 7, (), 8) + b"x" * 8,
        struct.pack("<I", 1) + _entry(27, 1, (2,), 2**40) + b"x" * 16,
        struct.pack("<I", 1) + _entry(16, 1, (2,), 2) + b"\x01\x02",
        struct.pack("<I", 1) + _entry(1, 0, (), 2) + b"\xff\xfe",
        struct.pack("<I", 1) + _entry(3, 1, (2**31,)),
        struct.pack("<I", 1) + _entry(2, 0, (), 3) + b"a b",
        struct.pack("<I", 3) + _entry(3, 1, (1,)) + _entry(0) + _entry(0),
        struct.pack("<I", 1) + _entry(0) + b"more",
        struct.pack("<I", 3) + _entry(4, 1, (1,)) + _entry(0) + _entry(0),
        struct.pack("<I", 1) + _entry(99),
        struct.pack("<I", 30) + _entry(3, 1, (1,)) * 30,
    ],
)
def test_each_rule_of_the_wire_is_held(data):
    """Counts, sizes, shapes, truth values, UTF-8, names, rests and depth are checked before they are used."""
    with pytest.raises(Violation):
        decode(data)
