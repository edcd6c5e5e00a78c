"""Composed submissions: edits that must match, cells as a student's notebook has them, a class that repeats."""

import io
import json
import zipfile

import pytest

from autograder import Mistake, Variant
from autograder.classroom import apply, as_file, cells, notebook, synthetic_class
from autograder.errors import AssignmentError
from autograder.records import Status
from autograder.submission import find, read, read_all


def _stub(toy, number=0):
    return toy.reference.stubs[number]


def test_cells_make_the_reference(toy):
    """With nothing replaced the cells, run in order, are the reference: each stub in a cell of its own."""
    made = cells(toy.reference, {})
    space = {}
    for source in made:
        exec(source, space)
    assert {name for name in vars(space["Net"]) if not name.startswith("__")} == {"grad"}
    assert all(any(f"def {stub.rpartition('.')[2]}(" in source for source in made) for stub in toy.reference.stubs)
    assert sum(source.startswith("class Net(Net):") for source in made) == sum("." in s for s in toy.reference.stubs)


def test_cells_replace_and_leave_out(toy):
    """A replaced stub has its new source, methods indented in their class; one replaced by None has no cell."""
    made = cells(
        toy.reference,
        {"relu": "def relu(z):\n    return 0\n", "softmax": None, "Net.loss": "def loss(self):\n    pass\n"},
    )
    assert "def relu(z):\n    return 0\n" in made
    assert "class Net(Net):\n    def loss(self):\n        pass\n" in made
    assert not any("def softmax" in source for source in made)


def test_cells_bring_imports(toy):
    """Imports that a variant needs stand before everything else."""
    assert cells(toy.reference, {}, imports="import math")[0].startswith("import math\nimport numpy")


def test_cells_of_no_stub(toy):
    """A name that is no stub is a fault of whoever composes, and the sentence lists the stubs."""
    with pytest.raises(AssignmentError, match="no stub; there are relu"):
        cells(toy.reference, {"rule": ""})


def test_every_edit_of_the_toy_applies(toy):
    """Each mistake and variant gives a source that parses and is not the solution."""
    for edit in (*toy.mistakes, *toy.variants):
        source = apply(toy.reference, edit)
        compile(source, edit.name, "exec")
        assert source != toy.reference.function(edit.stub).solution


@pytest.mark.parametrize("right", ["no such text", "z"])
def test_an_edit_must_match_once(toy, right):
    """An edit that matches never, or more than once, is told with how often it does."""
    for edit in (Mistake("m", "relu", right, "x", "A sentence."), Variant("v", "relu", right=right, other="x")):
        with pytest.raises(AssignmentError, match=r"occurs \d+ times in relu of toy.py; once is wanted"):
            apply(toy.reference, edit)


def test_a_variant_may_be_whole(toy):
    """A variant with a source of its own is that source, undented."""
    assert apply(toy.reference, Variant("v", "relu", source="\n    def relu(z):\n        return z\n")) == (
        "def relu(z):\n    return z\n"
    )


def test_notebook_has_no_ids():
    """A composed notebook is of format 4.4, has no ids, and is the same every time."""
    made = notebook(["a = 1", "b = 2"])
    assert (made.nbformat, made.nbformat_minor) == (4, 4)
    assert as_file(["a = 1", "b = 2"]) == as_file(["a = 1", "b = 2"])
    tree = json.loads(as_file(["a = 1", "b = 2"]))
    assert [cell["source"] for cell in tree["cells"]] == [["a = 1"], ["b = 2"]]
    assert not any("id" in cell for cell in tree["cells"])


def test_a_class_repeats(toy):
    """The same seed gives the same class, another seed another; every student has a name of their own."""
    one, again, other = (synthetic_class(toy, 60, seed) for seed in (0, 0, 1))
    assert one == again
    assert one != other
    assert len(one) == 60
    assert len({item.name.partition(".")[0] for item in one}) == 60


def test_a_class_has_everything(toy):
    """A class of sixty has right, mistaken, unfinished and every kind of broken submissions."""
    stories = [item.story for item in synthetic_class(toy)]
    for beginning in (
        *("right", "mistaken: ", "unfinished: ", "syntax error in ", "endless loop in ", "sys.exit() in ", "blank"),
        *("an early cell", "a training cell", "magics", "the upload was cut", "an empty", "another assignment"),
        *("a Python file", "a zip"),
    ):
        assert any(story.startswith(beginning) for story in stories), beginning
    assert sum(story == "right" for story in stories) > 10


def test_a_class_can_be_read(toy, tmp_path):
    """All but the cut off and the empty files are read, the zip by its notebook."""
    handed_in = synthetic_class(toy, 60)
    for item in handed_in:
        (tmp_path / item.name).write_bytes(item.data)
    got = {one.name: one for one in read_all(find([tmp_path]))}
    for item in handed_in:
        broken = item.story in ("the upload was cut off", "an empty file")
        assert got[item.name].status is (Status.UNREADABLE if broken else Status.GRADED), item.story
    zipped = next(item for item in handed_in if item.name.endswith(".zip"))
    assert zipfile.ZipFile(io.BytesIO(zipped.data)).namelist() == ["toy.ipynb"]


def test_large_and_small_classes(toy, monkeypatch):
    """A class may be larger than there are invented names, and as small as one."""
    monkeypatch.setattr("autograder.classroom._FIRST", ["Ada"])
    assert len({item.name for item in synthetic_class(toy, 70)}) == 70
    assert len(synthetic_class(toy, 1)) == 1


def test_a_looping_stub_loops_first(toy, tmp_path):
    """The endless loop stands before all else in its function, after the docstring."""
    item = next(item for item in synthetic_class(toy) if item.story.startswith("endless loop"))
    (tmp_path / item.name).write_bytes(item.data)
    stub = item.story.split()[-1].rpartition(".")[2]
    source = next(cell.source for cell in read(tmp_path / item.name).cells if "while True: pass" in cell.source)
    compile(source, "cell", "exec")
    assert f"def {stub}(" in source
