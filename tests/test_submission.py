"""Files to cells: every form that students hand in, and every broken one with its sentence."""

from __future__ import annotations

import io
import json
import os
import stat
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import submission
from autograder.errors import UsageError
from autograder.records import Status
from autograder.submission import find, percent_cells, read, read_all


def notebook(*sources, **top):
    """A notebook of format 4 with these code cells, as text."""
    cells = [{"cell_type": "code", "source": source, "metadata": {}, "outputs": []} for source in sources]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells} | top)


def sources(read_submission):
    """The text of each cell."""
    return [cell.source for cell in read_submission.cells]


def zipped(path, members, *, method=zipfile.ZIP_DEFLATED):
    """A zip at `path` with these members."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@pytest.fixture
def write(tmp_path):
    """Writes a file below the temporary folder and returns its path."""

    def write_file(name, data):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return write_file


class TestForms:
    """What is read."""

    def test_notebook_4(self, write):
        """A notebook's code cells are read in order and counted from 1; blank ones and prose are left out."""
        cells = [
            {"cell_type": "markdown", "source": "# Hello"},
            {"cell_type": "code", "source": ["a = 1\n", "b = 2"]},
            {"cell_type": "code", "source": "  \n"},
            {"cell_type": "code", "source": "c = 3"},
        ]
        got = read(write("alice.ipynb", json.dumps({"cells": cells})))
        assert [(cell.number, cell.source) for cell in got.cells] == [(1, "a = 1\nb = 2"), (3, "c = 3")]
        assert (got.name, got.student, got.status, got.problem) == ("alice.ipynb", "alice", Status.GRADED, "")

    def test_notebook_3(self, write):
        """A notebook of format 3 keeps its cells in worksheets and their text in `input`."""
        old = {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1"]}]}]}
        assert sources(read(write("old.ipynb", json.dumps(old)))) == ["x = 1"]

    @pytest.mark.parametrize(
        "text",
        [
            notebook("x = 1", metadata=None),
            notebook("x = 1", metadata={"kernelspec": {"name": "xeus-cling", "language": 7}}),
            '{"cells": [{"cell_type": "code", "id": "a", "source": "x = 1"}, {"cell_type": "code", "id": "a"}, 3]}',
            '{"cells": [{"cell_type": "code", "source": ["x = ", 3, "1"]}, {"cell_type": "code", "source": {"a": 1}}]}',
        ],
    )
    def test_tolerant(self, write, text):
        """Missing metadata, an unknown kernel, repeated ids and cells of odd types cost nothing."""
        assert sources(read(write("odd.ipynb", text))) == ["x = 1"]

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1", "utf-16"])
    def test_encodings(self, write, encoding):
        """A notebook is read whatever encoding an editor has left it in."""
        text = json.dumps({"cells": [{"cell_type": "code", "source": "s = 'é'"}]}, ensure_ascii=False)
        assert sources(read(write("coded.ipynb", text.encode(encoding)))) == ["s = 'é'"]

    def test_line_ends_and_surrogates(self, write):
        """Line ends become Python's, and a lone surrogate cannot reach the wire."""
        (got,) = sources(read(write("w.ipynb", notebook("a = 1\r\nb = '\ud800'"))))
        assert got == "a = 1\nb = '?'"

    def test_percent_file(self, write):
        """A percent file is cut at its marks; markdown cells are prose."""
        text = "import math\n# %%\na = 1\n# %% [markdown]\n# # Title\n#%% second\nb = 2\n# %%time\n"
        assert sources(read(write("p.py", text))) == ["import math\n", "a = 1\n", "b = 2\n# %%time\n"]

    def test_exported_file(self, write):
        """A file that nbconvert exported is cut where its cells were."""
        assert sources(read(write("e.py", "# In[1]:\n\na = 1\n\n# In[ ]:\n\nb = 2\n"))) == ["\na = 1\n\n", "\nb = 2\n"]

    def test_plain_file(self, write):
        """A Python file without marks is one cell, so that its lines are the file's."""
        assert sources(read(write("plain.py", b"a = 1\r\nb = 2\r\n"))) == ["a = 1\nb = 2\n"]

    def test_wrong_suffix(self, write):
        """What the file holds decides: a notebook named .py or .txt and a zip named .ipynb are read."""
        assert sources(read(write("n.py", notebook("a = 1")))) == ["a = 1"]
        assert sources(read(write("n.ipynb.txt", notebook("a = 1")))) == ["a = 1"]
        buffer = io.BytesIO()
        zipped(buffer, {"hw.ipynb": notebook("b = 2")})
        assert sources(read(write("z.ipynb", buffer.getvalue()))) == ["b = 2"]

    def test_otter_export(self, tmp_path):
        """An Otter export is a zip with one notebook; whatever else lies in it is left alone."""
        members = {
            "mlp.ipynb": notebook("a = 1"),
            ".OTTER_LOG": b"\x80\x04",
            "digits.npz": b"x",
            "helpers.py": "b = 2",
            "__MACOSX/._mlp.ipynb": b"\0",
            ".ipynb_checkpoints/mlp-checkpoint.ipynb": notebook("old"),
        }
        path = zipped(tmp_path / "alice_2026.zip", members)
        (source,) = find([path])
        assert sources(read(path)) == ["a = 1"]
        assert (source.name, source.student) == ("alice_2026.zip", "alice_2026")

    def test_a_crowd_of_values_is_not_made(self, write):
        """A small file of millions of nothings would be gigabytes of objects: it is refused before any is made."""
        got = read(write("a.ipynb", '{"cells": [], "metadata": [' + "{}," * 5_000_001 + "1]}"))
        assert got.status is Status.UNREADABLE
        assert "clear its outputs" in got.problem

    def test_a_crowd_of_cells_is_refused(self, write):
        """Ten thousand cells are read, and one more is told to be too many; empty ones are none."""
        assert read(write("a.ipynb", notebook(*["1"] * 10_000, ""))).status is Status.GRADED
        got = read(write("b.ipynb", notebook(*["1"] * 10_001)))
        assert (got.status, got.problem) == (
            Status.UNREADABLE,
            "b.ipynb holds 10,001 code cells; at most 10,000 are read.",
        )

    def test_the_lines_of_many_cells(self):
        """Each cell of a Python file has its first line; those before it are counted once, and not for every cell."""

        class Counted(str):  # noqa: SLOT000  a test's own
            looked = 0

            def count(self, sign, start=0, end=None):
                Counted.looked += end - start
                return super().count(sign, start, end)

            def replace(self, *_):
                return self

        text = Counted("x = 1\n" + "# %%\ny = 1\n# %% [markdown]\n# A title\n" * 500)
        assert [line for line, _ in percent_cells(text)] == [1, *range(3, 2003, 4)]
        assert Counted.looked <= len(text)

    def test_not_executed(self, write):
        """Code that does not parse is read like any other; nothing here parses it."""
        assert sources(read(write("bad.ipynb", notebook("def f(:\n  pass", "print 'x'")))) == [
            "def f(:\n  pass",
            "print 'x'",
        ]


class TestBroken:
    """What is refused, each with one sentence."""

    @pytest.mark.parametrize(
        ("name", "data", "words"),
        [
            ("a.ipynb", b"", "is empty"),
            ("a.py", b"", "is empty"),
            ("a.ipynb", b" \n ", "is empty"),
            ("a.ipynb", notebook("x = 1")[:-20].encode(), "was cut off"),
            ("a.ipynb", b'{"cells": [{"cell_type": "co', "was cut off"),
            ("a.ipynb", b"hello", "is not a notebook"),
            ("a.ipynb", b"[1, 2]", "no list of cells"),
            ("a.ipynb", b'{"cells": 3}', "no list of cells"),
            ("a.ipynb", b'{"worksheets": [3]}', "holds no code"),
            ("a.ipynb", b"<!DOCTYPE html><html>", "is a web page"),
            ("a.ipynb", b'{"cells":' + b"[" * 200_000, "is not a notebook"),
            ("a.ipynb", b'{"cells": [' + b"9" * 5000 + b"]}", "is not a notebook"),
            ("a.ipynb", notebook().encode(), "holds no code"),
            ("a.ipynb", notebook("", "\n").encode(), "holds no code"),
            ("a.ipynb", notebook("x = 1\n" * 200_000).encode(), "1.1 MB of code"),
            ("a.py", b"x = 1\n" * 200_000, "at most 1 MB"),
            ("a.zip", b"not a zip", "no zip that can be opened"),
            ("a.zip", b"PK\x03\x04 cut", "no zip that can be opened"),
            ("a.pdf", b"%PDF-1.7", "is no submission"),
        ],
    )
    def test_sentence(self, write, name, data, words):
        """A broken file is a submission without cells, and its sentence names the file and what is wanted."""
        got = read(write(name, data))
        assert got.status is (Status.NO_CODE if "no code" in words else Status.UNREADABLE)
        assert got.cells == ()
        assert got.problem.startswith(name)
        assert words in got.problem
        assert got.problem.endswith(".")

    def test_huge_file_is_not_opened(self, tmp_path, monkeypatch):
        """A file of 200 MB is refused by its size; it is never opened."""
        path = tmp_path / "huge.ipynb"
        with path.open("wb") as file:
            file.truncate(200 << 20)
        monkeypatch.setattr("pathlib.Path.open", lambda *_, **__: pytest.fail("opened"))
        assert "is 200 MB" in read(path).problem

    def test_system_will_not_read(self, write, monkeypatch):
        """A file that the system will not read is no student's fault: an error, and not unreadable."""
        path = write("a.ipynb", notebook("x = 1"))

        def refuse(*_, **__):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("pathlib.Path.open", refuse)
        got = read(path)
        assert got.status is Status.ERROR
        assert "Permission denied" in got.problem

    def test_missing_path(self, tmp_path):
        """A path that does not exist is the command's fault, and not a submission."""
        with pytest.raises(UsageError, match="does not exist"):
            find([tmp_path / "nobody.ipynb"])

    @settings(deadline=None, max_examples=60)
    @given(
        st.binary(max_size=200)
        | st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(["cells", "source", "cell_type", "worksheets", "input"]), inner, max_size=4
                )
            ),
        ).map(lambda value: json.dumps(value).encode())
    )
    def test_anything(self, tmp_path_factory, data):
        """Whatever bytes a notebook holds, reading ends in cells or in a sentence."""
        path = tmp_path_factory.mktemp("any") / "any.ipynb"
        path.write_bytes(data)
        got = read(path)
        assert bool(got.cells) is (got.status is Status.GRADED)
        assert bool(got.problem) is (got.status is not Status.GRADED)


class TestZips:
    """Zips stay within bounds and inside themselves."""

    def test_bomb_by_ratio(self, tmp_path):
        """A member that unpacks to hundreds of times its size is not unpacked."""
        path = zipped(tmp_path / "bomb.zip", {"hw.ipynb": b" " * (50 << 20)})
        assert "times its size" in read(path).problem

    def test_bomb_by_size(self, tmp_path):
        """A member above the limit of a notebook is not unpacked."""
        path = zipped(tmp_path / "big.zip", {"hw.ipynb": b" " * (101 << 20)})
        assert "at most 100 MB" in read(path).problem

    def test_false_size(self, tmp_path):
        """A member that states a small size and unpacks to a large one is damaged, and never read whole."""
        data = zlib.compress(b" " * (120 << 20))[2:-4]
        path = zipped(tmp_path / "liar.zip", {"hw.ipynb": data}, method=zipfile.ZIP_STORED)
        raw = bytearray(path.read_bytes())
        for mark, method_at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
            place = raw.index(mark)
            raw[place + method_at : place + method_at + 2] = b"\x08\x00"
        path.write_bytes(raw)
        assert read(path).status is Status.UNREADABLE

    def test_bomb_by_total(self, tmp_path, monkeypatch):
        """A zip of many that would unpack to more than the bound is refused as a whole."""
        monkeypatch.setattr(submission, "ZIP_TOTAL_BYTES", 1000)
        path = zipped(tmp_path / "many.zip", {f"{n}.ipynb": b" " * 300 for n in range(5)})
        (got,) = read_all(find([path]))
        assert "would unpack to" in got.problem

    def test_bomb_by_count(self, tmp_path, monkeypatch):
        """A zip of more files than the bound is refused, by its directory's size before that is read."""
        path = zipped(tmp_path / "many.zip", {f"{n}.txt": b"" for n in range(30)} | {"hw.ipynb": notebook("x = 1")})
        monkeypatch.setattr(submission, "ZIP_ENTRIES", 20)
        assert "31 files" in read(path).problem
        monkeypatch.setattr(submission, "_ZIP_DIRECTORY_BYTES", 100)
        assert "too many files" in read(path).problem

    @pytest.mark.parametrize("name", ["../hw.ipynb", "/etc/hw.ipynb", "a/../../hw.ipynb", "C:hw.ipynb", "..\\hw.ipynb"])
    def test_traversal(self, tmp_path, name):
        """A member whose path leads out of the zip is refused."""
        path = zipped(tmp_path / "slip.zip", {name: notebook("x = 1")})
        assert "leads out of the zip" in read(path).problem

    def test_symlink(self, tmp_path):
        """A symbolic link in a zip is refused."""
        info = zipfile.ZipInfo("hw.ipynb")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
            archive.writestr(info, "/etc/passwd")
        assert "symbolic link" in read(tmp_path / "link.zip").problem

    def test_encrypted(self, tmp_path):
        """An encrypted zip is refused with what is wanted instead."""
        path = zipped(tmp_path / "secret.zip", {"hw.ipynb": notebook("x = 1")})
        raw = bytearray(path.read_bytes())
        for mark, flags_at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            raw[raw.index(mark) + flags_at] |= 1
        path.write_bytes(raw)
        assert "without a password" in read(path).problem

    def test_damaged(self, tmp_path):
        """A member whose bytes were changed is refused."""
        path = zipped(tmp_path / "bad.zip", {"hw.ipynb": notebook("x = 1")}, method=zipfile.ZIP_STORED)
        path.write_bytes(path.read_bytes().replace(b"x = 1", b"x = 2"))
        assert "is damaged" in read(path).problem

    def test_nesting(self, tmp_path):
        """A zip in a zip is read; one level more is refused."""
        inner = zipped(tmp_path / "1.zip", {"hw.ipynb": notebook("x = 1")})
        outer = zipped(tmp_path / "2.zip", {"1.zip": inner.read_bytes()})
        third = zipped(tmp_path / "3.zip", {"2.zip": outer.read_bytes()})
        assert sources(read(outer)) == ["x = 1"]
        assert "zip in a zip in a zip" in read(third).problem

    def test_empty(self, tmp_path):
        """A zip without a submission says so."""
        (got,) = read_all(find([zipped(tmp_path / "a.zip", {"notes.txt": b"hi"})]))
        assert "holds no submission" in got.problem


class TestFinding:
    """Files, folders and zips to submissions, each with a name and a student."""

    def test_folder(self, write, tmp_path):
        """A folder is searched in order of name; checkpoints, hidden files and other suffixes are left out."""
        for name in ("b.ipynb", "a.py", ".hidden.ipynb", ".ipynb_checkpoints/a.ipynb", "__MACOSX/a.ipynb", "notes.txt"):
            write(name, notebook("x = 1"))
        write("deep/er/c.ipynb", notebook("x = 1"))
        found = find([tmp_path])
        assert [source.name for source in found] == ["a.py", "b.ipynb", "deep/er/c.ipynb"]
        assert [source.student for source in found] == ["a", "b", "c"]

    def test_empty_folder(self, tmp_path):
        """A folder without a submission is told, also where its name is that of a notebook."""
        (tmp_path / "hw.ipynb").mkdir()
        (got,) = read_all(find([tmp_path / "hw.ipynb"]))
        assert got.problem.startswith("hw.ipynb holds no submission")
        (got,) = read_all(find([tmp_path]))
        assert got.problem.startswith("hw.ipynb is a folder without a submission")

    def test_folder_per_student(self, write, tmp_path):
        """Where each student's folder holds the same name, the folder names the student; an empty one is told."""
        write("ann/hw.ipynb", notebook("x = 1"))
        write("bob/hw.ipynb", notebook("x = 1"))
        write("cyd/essay.pdf", b"%PDF")
        got = list(read_all(find([tmp_path])))
        assert [(one.name, one.student, one.status) for one in got] == [
            ("ann/hw.ipynb", "ann", Status.GRADED),
            ("bob/hw.ipynb", "bob", Status.GRADED),
            ("cyd", "cyd", Status.UNREADABLE),
        ]

    def test_bulk_names(self, write, tmp_path):
        """Bulk downloads of Canvas, Moodle and Gradescope carry the student in their names."""
        write("doejane_LATE_123_456_hw.ipynb", notebook("x = 1"))
        write("John Roe_77_assignsubmission_file_/hw.ipynb", notebook("x = 1"))
        write("submission_9/hw.ipynb", notebook("x = 1"))
        assert [source.student for source in find([tmp_path])] == ["John Roe", "doejane", "submission_9"]

    def test_links_and_pipes(self, write, tmp_path):
        """Symbolic links and pipes in a folder are refused, and never followed or waited for."""
        target = write("real/a.ipynb", notebook("x = 1"))
        folder = tmp_path / "class"
        folder.mkdir()
        (folder / "link.ipynb").symlink_to(target)
        (folder / "loop").symlink_to(folder)
        os.mkfifo(folder / "pipe.ipynb")
        got = {one.name: one.problem for one in read_all(find([folder]))}
        assert set(got) == {"link.ipynb", "pipe.ipynb"}
        assert "symbolic link" in got["link.ipynb"]
        assert "no ordinary file" in got["pipe.ipynb"]

    def test_what_lies_behind_a_link(self, write, tmp_path, monkeypatch):
        """A folder that is a link leads nowhere, neither in a class nor in a path that was given, and is told."""
        for student in ("ann", "bob"):
            write(f"class/{student}/hw/hw.ipynb", notebook("x = 1"))
        (tmp_path / "class" / "eve").symlink_to("ann")
        (tmp_path / "class" / "fay").mkdir()
        (tmp_path / "class" / "fay" / "hw").symlink_to("../ann/hw")
        got = {one.name: one.problem for one in read_all(find([tmp_path / "class"]))}
        assert {name: bool(problem) for name, problem in got.items()} == {
            "ann/hw/hw.ipynb": False,
            "bob/hw/hw.ipynb": False,
            "eve": True,
            "fay": True,
        }
        assert "symbolic link" in got["eve"]
        monkeypatch.chdir(tmp_path / "class")
        for place in ("eve", "fay/hw", "fay/hw/hw.ipynb", tmp_path / "class" / "fay" / "hw" / "hw.ipynb"):
            assert ["symbolic link" in one.problem for one in read_all(find([place]))] == [True]
        assert "symbolic link" in read("fay/hw/hw.ipynb").problem

    def test_links_on_the_way_to_the_working_directory(self, write, tmp_path, monkeypatch):
        """A link that the working directory lies behind is nobody's but the instructor's."""
        write("disk/class/ann/hw.ipynb", notebook("x = 1"))
        (tmp_path / "home").symlink_to("disk")
        monkeypatch.chdir(tmp_path / "home" / "class")
        for place in ("ann", "ann/hw.ipynb", tmp_path / "home" / "class" / "ann" / "hw.ipynb"):
            assert [one.problem for one in read_all(find([place]))] == [""]

    def test_class_zip(self, tmp_path):
        """A zip of many is read like a folder; below other submissions its own name stays."""
        members = {"ann.ipynb": notebook("a = 1"), "x/bob.ipynb": notebook("b = 1"), "../cyd.ipynb": notebook("c = 1")}
        path = zipped(tmp_path / "class.zip", members)
        got = {one.name: one for one in read_all(find([path]))}
        assert set(got) == {"ann.ipynb", "x/bob.ipynb", "../cyd.ipynb"}
        assert sources(got["x/bob.ipynb"]) == ["b = 1"]
        assert "leads out" in got["../cyd.ipynb"].problem
        assert "class.zip/ann.ipynb" in {source.name for source in find([tmp_path])}

    def test_class_zip_of_exports(self, tmp_path):
        """A zip of Otter exports is read, one submission per export, also between other sources."""
        inner = zipped(tmp_path / "inner.zip", {"hw.ipynb": notebook("x = 1")}).read_bytes()
        path = zipped(tmp_path / "class.zip", {"ann.zip": inner, "bob.zip": b"junk"})
        got = list(read_all([*find([path]), *find([tmp_path / "inner.zip"]), *find([path])]))
        assert [one.status for one in got] == [
            Status.GRADED,
            Status.UNREADABLE,
            Status.GRADED,
            Status.GRADED,
            Status.UNREADABLE,
        ]

    def test_vanished_zip(self, tmp_path):
        """A zip that vanishes between finding and reading is an error for its members, and for no other."""
        path = zipped(tmp_path / "class.zip", {"a.ipynb": notebook("x = 1"), "b.ipynb": notebook("x = 1")})
        found = find([path])
        path.unlink()
        assert {one.status for one in read_all(found)} == {Status.ERROR}

    def test_names_are_unique(self, write, tmp_path):
        """Two paths with the same name below them get the path's name before it; the same path twice a number."""
        write("one/a.ipynb", notebook("x = 1"))
        write("two/a.ipynb", notebook("x = 1"))
        assert [source.name for source in find([tmp_path / "one", tmp_path / "two"])] == ["one/a.ipynb", "two/a.ipynb"]
        assert [source.name for source in find([tmp_path / "one"] * 2)] == ["one/a.ipynb", "one/a.ipynb (2)"]

    def test_odd_names(self, tmp_path):
        """Names that are no UTF-8 or hold newlines can be written again and shown on one line."""
        folder = tmp_path / os.fsdecode(b"caf\xe9")
        folder.mkdir()
        (folder / "a\nb.ipynb").touch()
        (got,) = read_all(find([tmp_path]))
        assert got.name.encode() == b"caf\\xe9/a\nb.ipynb"
        assert "\n" not in got.problem

    def test_deep_folders(self, tmp_path):
        """Folders nested beyond any use end the search there, without a crash."""
        deep = tmp_path.joinpath(*["d"] * 60)
        deep.mkdir(parents=True)
        (deep / "a.ipynb").write_text(notebook("x = 1"))
        (got,) = read_all(find([tmp_path]))
        assert "holds no submission" in got.problem


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_member_is_unreadable_however_it_is_packed(tmp_path, method):
    """Bytes that do not unpack are the file's fault, not the machine's, and cost no other submission anything."""
    path = tmp_path / "hw.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("hw.py", "x = 1\n" * 500)
    data = bytearray(path.read_bytes())
    start = 30 + len("hw.py")
    data[start : start + 12] = b"\xff" * 12
    path.write_bytes(data)
    found = list(read_all(find([path])))
    assert [item.status for item in found] == [Status.UNREADABLE]
    assert "damaged" in found[0].problem
