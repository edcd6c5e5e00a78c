"""Assignments are found, held against their reference, and refused with a sentence."""

import shutil

import pytest

from autograder.errors import AssignmentError, UsageError
from autograder.loading import load

from .conftest import TOY


@pytest.fixture
def copy(tmp_path):
    """A copy of the toy that a test may spoil."""
    shutil.copytree(TOY.parent.parent, tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "course"


def _spoil(path, old, new):
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def test_it_is_found_by_name_from_below(copy):
    """A name is looked for in `assignments/` of the nearest directory upwards."""
    below = copy / "class" / "a"
    below.mkdir(parents=True)
    assert load("toy", start=below).folder == copy / "assignments" / "toy"


def test_it_is_found_by_path(copy):
    """A path to the folder is taken as it is."""
    assert load(str(copy / "assignments" / "toy")).name == "toy"


def test_an_unknown_name_says_what_there_is(copy):
    """A name that is nowhere is answered with the names that are."""
    with pytest.raises(UsageError, match=r"no assignment toi: .*\(toy\)"):
        load("toi", start=copy)


def test_it_leaves_no_bytecode(copy):
    """Loading writes nothing into the assignment's folder."""
    load(copy / "assignments" / "toy")
    assert sorted(path.name for path in (copy / "assignments" / "toy").iterdir()) == [
        "mistakes.py",
        "questions.py",
        "text.md",
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("questions.py", 'Question("relu"', 'Question("rulu"', "rulu is no stub of toy.py"),
        ("questions.py", 'Question("softmax", [rows]),', "", "0 questions ask for softmax"),
        ("questions.py", "ASSIGNMENT = ", "ASSIGMENT = ", r"ASSIGNMENT = Assignment\(…\) is wanted"),
        ("questions.py", "import numpy as np", "import numpy as np\nprint(nowhere)", r"questions\.py:4: NameError"),
        ("questions.py", "import numpy as np", "import numpy as np\n)", r"questions\.py:4: SyntaxError"),
        ("mistakes.py", '"Net.grad"', '"Net.gard"', "sum_for_mean edits Net.gard"),
        ("mistakes.py", '"absolute"', '"sum_for_mean"', "MISTAKES has two called sum_for_mean"),
        (
            "mistakes.py",
            'right="np.maximum(0, z)", w',
            'right="np.minimum(0, z)", w',
            "absolute: .* occurs 0 times",
        ),
    ],
)
def test_what_is_wrong_is_said(copy, file, old, new, said):
    """A fault of the assignment is one sentence with the file and what is wanted."""
    _spoil(copy / "assignments" / "toy" / file, old, new)
    with pytest.raises(AssignmentError, match=said):
        load(copy / "assignments" / "toy")
