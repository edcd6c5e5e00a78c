"""Readers under fuzz: whatever is handed in ends in cells or in one sentence, soon, and within bounded memory."""

from __future__ import annotations

import io
import json
import os
import shutil
import socket
import stat
import struct
import tempfile
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.errors import UsageError
from autograder.records import Status, Submission
from autograder.submission import CODE_BYTES, find, read, read_all

SECONDS = 20.0  # of CPU; each takes a small part of one
MEMORY = 700 << 20  # seven times the largest notebook that is read
FUZZ = settings(
    deadline=None,
    max_examples=80,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


def sound(got: Submission) -> None:
    """It is cells, or one sentence that names the file, and nothing of it is out of bounds."""
    assert got.status in (Status.GRADED, Status.UNREADABLE, Status.NO_CODE)
    assert bool(got.cells) is (got.status is Status.GRADED)
    if got.cells:
        assert not got.problem
        assert sum(len(cell.source.encode()) for cell in got.cells) <= CODE_BYTES * 2
        assert all(cell.source.strip() and cell.number > 0 for cell in got.cells)
    else:
        assert got.problem.endswith(".")
        assert got.problem.isprintable()
        assert len(got.problem) < 400
    got.name.encode()
    got.student.encode()


def read_everywhere(path: Path) -> None:
    """By itself, as `grade` finds it, and among others in its folder."""
    sound(read(path))
    for paths in ([path], [path.parent]):
        found = list(read_all(find(paths)))
        assert found
        for got in found:
            sound(got)


@contextmanager
def bounded():
    """Time and memory stay within bounds."""
    started = time.process_time()
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()
    assert time.process_time() - started < SECONDS


# --- notebooks ---------------------------------------------------------------------------------------

TEXTS = st.text(max_size=30) | st.sampled_from(["x = 1\n", "\x00", "\ud800", "\u2028x = 1", "\r", "\ufeff", "def f(:"])
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
SOURCES = TEXTS | st.lists(TEXTS | JUNK, max_size=4) | JUNK
CELLS = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw", "heading", "Code", None, 3]) | JUNK,
        "source": SOURCES,
        "input": SOURCES,
        "id": st.sampled_from(["a", "a", "", 7]) | JUNK,
        "outputs": JUNK,
        "metadata": JUNK,
        "execution_count": st.integers() | JUNK,
    },
)
NOTEBOOKS = st.fixed_dictionaries(
    {},
    optional={
        "cells": st.lists(CELLS | JUNK, max_size=5) | JUNK,
        "worksheets": st.lists(st.fixed_dictionaries({"cells": st.lists(CELLS, max_size=3) | JUNK}) | JUNK, max_size=2),
        "nbformat": st.integers(-1, 6) | JUNK,
        "nbformat_minor": st.integers(0, 9) | JUNK,
        "metadata": JUNK,
    },
)
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252", "utf-7", "cp037"]


@given(NOTEBOOKS, st.sampled_from(ENCODINGS), st.booleans(), st.sampled_from([".ipynb", ".py", ".IPYNB", ".txt"]))
@FUZZ
def test_notebooks_of_any_form_and_encoding(tmp_path_factory, made, encoding, ascii_only, suffix):
    """Invalid formats, cells without source, sources of anything, NaN, repeated ids and wrong encodings are read."""
    folder = tmp_path_factory.mktemp("fuzz")
    text = json.dumps(made, ensure_ascii=ascii_only)
    (folder / f"hw{suffix}").write_bytes(text.encode(encoding, "replace"))
    sound(read(folder / f"hw{suffix}"))


@given(NOTEBOOKS, st.data())
@FUZZ
def test_damaged_notebooks(tmp_path_factory, made, data):
    """Bytes that are cut, set, repeated or put in, NUL and BOM among them, end in cells or a sentence."""
    raw = bytearray(json.dumps(made).encode())
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(raw)))
        match data.draw(st.sampled_from(["cut", "put", "set", "again"])):
            case "cut":
                del raw[at : at + data.draw(st.integers(1, 20))]
            case "put":
                raw[at:at] = data.draw(st.sampled_from([b"\0", b"\xef\xbb\xbf", b"\xff\xfe", b"[" * 90, b'"', b"NaN"]))
            case "set":
                raw[at : at + 1] = bytes([data.draw(st.integers(0, 255))])
            case _:
                raw[at:at] = raw[: data.draw(st.integers(0, 50))]
    folder = tmp_path_factory.mktemp("fuzz")
    for name in ("hw.ipynb", "hw.py"):
        (folder / name).write_bytes(raw)
        sound(read(folder / name))


def _json_cells(source: str) -> str:
    return json.dumps({"cells": [{"cell_type": "code", "source": source}]})


HUGE = {
    "deep_lists": ("ipynb", lambda: b"[" * (8 << 20)),
    "deep_objects": ("ipynb", lambda: b'{"cells":' * (1 << 20)),
    "deep_metadata": ("ipynb", lambda: b'{"metadata":' + b"[" * 900 + b"]" * 900 + b',"cells":[]}'),
    "deep_within_cells": ("ipynb", lambda: b'{"cells":[' + b'{"cells":[' * 100_000),
    "a_long_number": ("ipynb", lambda: b'{"cells":[' + b"9" * (8 << 20) + b"]}"),
    "a_long_fraction": ("ipynb", lambda: b'{"cells":[], "metadata": 0.' + b"9" * (8 << 20) + b"e99999}"),
    "a_long_text": ("ipynb", lambda: _json_cells("x" * (30 << 20)).encode()),
    "an_endless_text": ("ipynb", lambda: b'{"cells": "' + b"x" * (30 << 20)),
    "many_cells": ("ipynb", lambda: b'{"cells":[' + b'{"cell_type":"code","source":""},' * 60_000 + b"0]}"),
    "many_lines": ("ipynb", lambda: _json_cells("\n" * (1 << 20)).encode()),
    "many_escapes": ("ipynb", lambda: b'{"cells":[{"cell_type":"code","source":"' + rb"\u0041" * 500_000 + b'"}]}'),
    "many_keys": ("ipynb", lambda: b"{" + b"".join(b'"%d":0,' % n for n in range(60_000)) + b'"cells":[]}'),
    "one_key_again_and_again": ("ipynb", lambda: b"{" + b'"cells":[],' * 300_000 + b'"cells":[]}'),
    "outputs": (
        "ipynb",
        lambda: b'{"cells":[{"cell_type":"code","source":"x","outputs":["' + b"y" * (40 << 20) + b'"]}]}',
    ),
    "blanks": ("ipynb", lambda: b" " * (40 << 20)),
    "nul_bytes": ("ipynb", lambda: bytes(40 << 20)),
    "utf_16": ("ipynb", lambda: _json_cells("x" * (5 << 20)).encode("utf-16")),
    "marks": ("py", lambda: b"# %%\n" * 40_000),
    "marks_with_titles": ("py", lambda: (b"# %% " + b"[" * 400 + b"\n") * 2000),
    "almost_marks": ("py", lambda: b"# In [" + b"1 " * 500_000),
    "brackets": ("py", lambda: b"(" * (1 << 20)),
    "returns": ("py", lambda: b"\r" * (1 << 20)),
    "not_a_notebook": ("py", lambda: b"{" + b" " * (1 << 19) + b'"cells"'),
}


@pytest.mark.parametrize("name", HUGE)
def test_huge_files_stay_within_bounds(tmp_path, name):
    """Files that are large, deep or long in one place take bounded time and memory."""
    suffix, made = HUGE[name]
    path = tmp_path / f"{name}.{suffix}"
    path.write_bytes(made())
    with bounded():
        sound(read(path))


# --- zips --------------------------------------------------------------------------------------------

NOTEBOOK = _json_cells("x = 1").encode()
NAMES = st.sampled_from(
    [
        *(
            "hw.ipynb",
            "a/hw.ipynb",
            "../hw.ipynb",
            "/hw.ipynb",
            "C:hw.ipynb",
            "a\\..\\b.ipynb",
            "hw.ipynb/",
            "HW.IPYNB",
        ),
        *("hw.py", "hw.zip", "x.txt", "", "__MACOSX/hw.ipynb", ".hw.ipynb", "é.ipynb", "a/" * 200 + "hw.ipynb"),
        *("b" * 250 + ".ipynb", "n\nl.ipynb", "\x1b[31m.ipynb", "\u202egnp.ipynb", "nul\x01.ipynb"),
    ]
)
MEMBERS = st.lists(
    st.tuples(NAMES, st.sampled_from([NOTEBOOK, b"", b"PK\x03\x04", b"junk", b"\0" * 5000]), st.integers(0, 3)),
    max_size=5,
)
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


def packed(members, modes=()) -> bytes:
    """A zip of names, bytes and methods; `modes` are Unix modes for the first of them."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for place, (name, data, method) in enumerate(members):
            info = zipfile.ZipInfo(name or "x")
            info.filename = name
            info.compress_type = METHODS[method]
            if place < len(modes):
                info.external_attr = modes[place] << 16
            archive.writestr(info, data)
    return file.getvalue()


@given(MEMBERS, st.lists(st.sampled_from([stat.S_IFLNK, stat.S_IFIFO, stat.S_IFBLK, stat.S_IFDIR, 0]), max_size=5))
@FUZZ
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_zips_of_any_members(tmp_path_factory, members, modes):
    """Traversal, links, devices, names twice, hidden ones, odd packing and nesting are told member by member."""
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "hw.zip").write_bytes(packed(members, modes))
    read_everywhere(folder / "hw.zip")
    assert sorted(path.name for path in folder.rglob("*")) == ["hw.zip"]


@given(MEMBERS, st.data())
@FUZZ
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_damaged_zips(tmp_path_factory, members, data):
    """Sizes, offsets, flags, methods and counts that are not true end in cells or a sentence, never in a crash."""
    raw = bytearray(packed([*members, ("hw.ipynb", NOTEBOOK, 1)]))
    marks = [n for n in range(len(raw) - 3) if raw[n : n + 4] in (b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06")]
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.sampled_from(marks)) + data.draw(st.integers(4, 45))
        width = data.draw(st.sampled_from([1, 2, 4]))
        value = data.draw(
            st.sampled_from([0, 1, 8, 9, 12, 14, 93, 95, 99, 2**31, 2**32 - 1]) | st.integers(0, 2**32 - 1)
        )
        if at + width <= len(raw):
            raw[at : at + width] = (value % 256**width).to_bytes(width, "little")
    if data.draw(st.booleans()):
        del raw[data.draw(st.integers(0, len(raw))) :]
    folder = tmp_path_factory.mktemp("fuzz")
    for name in ("hw.zip", "hw.ipynb", "hw.py"):
        (folder / name).write_bytes(raw)
    read_everywhere(folder / "hw.zip")


def _quine_like(depth: int) -> bytes:
    inner = NOTEBOOK
    for _ in range(depth):
        inner = packed([("hw.zip" if inner[:2] == b"PK" else "hw.ipynb", inner, 1)])
    return inner


def _overlapping(count: int) -> bytes:
    """Many entries of the directory that all share one member's bytes."""
    data = packed([("000000.ipynb", b" " * (9 << 20), 1)])
    start, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    entry = data[start:end]
    entries = b"".join(entry.replace(b"000000.ipynb", b"%06d.ipynb" % n) for n in range(count))
    return data[:start] + entries + struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, count, count, len(entries), start, 0)


BOMBS = {
    "zeros": lambda: packed([("hw.ipynb", bytes(99 << 20), 1)]),
    "blanks_by_bzip2": lambda: packed([("hw.ipynb", b" " * (30 << 20), 2)]),
    "blanks_by_lzma": lambda: packed([("hw.ipynb", b" " * (30 << 20), 3)]),
    "a_zip_of_zeros": lambda: packed([("hw.zip", packed([("hw.ipynb", bytes(99 << 20), 1)]), 1)]),
    "zips_in_zips": lambda: _quine_like(30),
    "many_files": lambda: packed([(f"{n}.txt", b"", 0) for n in range(20_100)]),
    "many_notebooks": lambda: packed([(f"{n}.ipynb", NOTEBOOK, 0) for n in range(2000)]),
    "overlapping": lambda: _overlapping(400),
    "a_long_comment": lambda: packed([("hw.ipynb", NOTEBOOK, 1)])[:-2] + b"\xff\xff" + b"PK\5\6" * 16383 + b"xxx",
    "much_before_it": lambda: bytes(50 << 20) + packed([("hw.ipynb", NOTEBOOK, 1)]),
    "no_end": lambda: b"PK\x03\x04" * (1 << 20),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_stay_within_bounds(tmp_path, name):
    """Whatever a zip would unpack to, time and memory are bounded, and nothing is written."""
    path = tmp_path / "bomb.zip"
    path.write_bytes(BOMBS[name]())
    with bounded():
        sound(read(path))
        for got in read_all(find([path])):
            sound(got)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", [".ipynb", ".py", ".zip", ".txt", ""])
@pytest.mark.parametrize(
    "data", [packed([("hw.ipynb", NOTEBOOK, 1)]), NOTEBOOK, b"x = 1\n", b"\x89PNG\r\n", b"%PDF-1.7"]
)
def test_wrong_suffixes(tmp_path, suffix, data):
    """What a file holds decides, and a suffix that lies costs nothing but a sentence."""
    path = tmp_path / f"hw{suffix}"
    path.write_bytes(data)
    sound(read(path))


# --- folders -----------------------------------------------------------------------------------------


def test_folders_of_odd_things(tmp_path):
    """Links in circles, pipes, sockets, devices, names of 250 bytes, newlines and no UTF-8: one outcome for each."""
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "good.ipynb").write_bytes(NOTEBOOK)
    (folder / "circle").symlink_to(folder)
    (folder / "self.ipynb").symlink_to("self.ipynb")
    (folder / "dangling.ipynb").symlink_to("nowhere")
    (folder / "out.ipynb").symlink_to("/etc/passwd")
    (folder / "zero.ipynb").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe.ipynb")
    os.mkfifo(folder / "pipe.zip")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(folder)  # a socket's path must be short
        try:
            listening.bind("socket.ipynb")
        finally:
            os.chdir(here)
        (folder / ("n" * 244 + ".ipynb")).write_bytes(NOTEBOOK)
        (folder / "new\nline.ipynb").write_bytes(NOTEBOOK)
        (folder / "\x1b[31mred.ipynb").write_bytes(NOTEBOOK)
        (folder / os.fsdecode(b"\xff\xfe.ipynb")).write_bytes(NOTEBOOK)
        (folder / "dir.zip").mkdir()
        (folder / "dir.ipynb" / "x.ipynb").mkdir(parents=True)
        with bounded():
            found = list(read_all(find([folder])))
            for got in found:
                sound(got)
    graded = {got.name for got in found if got.status is Status.GRADED}
    assert len(graded) == 5
    assert len(found) == 5 + 7 + 2
    assert len({got.name for got in found}) == len(found)


@pytest.mark.skipif(not hasattr(os, "mknod") or os.getuid() != 0, reason="only root makes devices")
def test_devices_are_not_opened(tmp_path):
    """A device with a notebook's name is told, and not read."""
    path = tmp_path / "zero.ipynb"
    try:
        os.mknod(path, 0o600 | stat.S_IFCHR, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("this root may make none")
    for paths in ([path], [tmp_path]):
        (got,) = read_all(find(paths))
        assert "no ordinary file" in got.problem


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/stdin", "/proc/self/mem", "/proc/kmsg"])
def test_what_is_given_by_itself_may_be_odd_too(path):
    """A device or a file of the system that is named on the command line ends in a sentence."""
    if not Path(path).exists():
        pytest.skip("not on this system")
    (got,) = read_all(find([path]))
    assert not got.cells
    assert got.problem.endswith(".")


@pytest.fixture
def ordinary() -> Iterator[Path]:
    """A folder that is searched as an ordinary user, whoever runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="autograder-test-"))
    folder.chmod(0o755)
    root = not os.geteuid()
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        (folder / "b").chmod(0o700)
        shutil.rmtree(folder)


def test_what_may_not_be_read_is_an_error_and_not_the_students_fault(ordinary):
    """A file and a folder without permission are told as such; the others are read."""
    (ordinary / "a.ipynb").write_bytes(NOTEBOOK)
    (ordinary / "a.ipynb").chmod(0o644)
    (ordinary / "shut.ipynb").write_bytes(NOTEBOOK)
    (ordinary / "shut.ipynb").chmod(0)
    (ordinary / "b").mkdir(0)
    if not os.geteuid():
        os.seteuid(65534)
    found = {got.name: got for got in read_all(find([ordinary]))}
    assert found["a.ipynb"].status is Status.GRADED
    assert found["shut.ipynb"].status is Status.ERROR
    assert "Permission denied" in found["shut.ipynb"].problem
    with pytest.raises(UsageError, match="cannot be looked for"):
        find([ordinary / "b" / "x.ipynb"])


PARTS = st.text(max_size=12) | st.sampled_from(
    ["..", ".", "~", "a" * 255, "a" * 4000, "%s", "$(x)", "-rf", "a\0b", "CON"]
)


@given(st.lists(PARTS, min_size=1, max_size=4).map("/".join))
@FUZZ
def test_paths_of_any_form(tmp_path_factory, name):
    """A path that is none is the command's fault, said in a sentence, whatever characters it has."""
    with pytest.raises(UsageError) as found:
        find([tmp_path_factory.getbasetemp() / "nowhere" / name.replace("..", "").lstrip("/")])
    assert str(found.value).isprintable()
