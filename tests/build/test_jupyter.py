"""`%load_ext autograder`: cards in a notebook, where answers differ, the same in plain text, nothing heavy before."""

import subprocess
import sys
import types
import xml.etree.ElementTree as ET

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from autograder.build import first_cell, notebook
from autograder.classroom import cells
from autograder.integrations.cards import Card, Line
from autograder.integrations.differences import MOST_COLUMNS, MOST_ROWS, differences
from autograder.integrations.jupyter import card

from ..conftest import ROOT


@pytest.fixture(scope="session")
def checks(built):
    """The module that the made-up notebook's first cell carries."""
    opening = notebook.code(nbformat.read(built.template / "tiny.ipynb", as_version=4))[0]
    made = types.ModuleType("notebook_checks")
    exec(first_cell.unpack(opening)["notebook_checks.py"], vars(made))
    return made


@pytest.fixture
def names(tiny):
    """The names of a solved notebook, some stubs replaced."""

    def made(**replaced):
        found = {"__name__": "__main__"}
        for source in cells(tiny.reference, replaced):
            exec(source, found)
        return found

    return made


@pytest.fixture
def differ(checks):
    """The one difference of an answer from what is wanted."""

    def of(seen, wanted, rtol=None):
        (found,) = differences(checks, {"wanted": wanted, "flat": (), "rtol": rtol}, seen)
        return found

    return of


class TestDifferences:
    """Where an answer differs."""

    def test_the_first_entry_and_how_many(self, differ):
        """A matrix is told by row and column, its map is 0 where it is right and 1 at the worst."""
        found = differ(np.array([[1.0, 2.0], [4.0, 9.0]]), np.array([[1.0, 2.0], [3.0, 4.0]]))
        assert found.sentence == (
            "2 of 4 entries differ, all of them in row 1. The first is row 1, column 0: your code gives 4, "
            "and 3 is wanted."
        )
        assert found.grid.tolist()[0] == [0, 0]
        assert found.grid[1, 1] == 1
        assert 0.3 < found.grid[1, 0] < 1

    def test_a_column(self, differ):
        """What the wrong entries have in common is said."""
        found = differ(np.array([[1.0, 9.0], [1.0, 9.0], [1.0, 9.0]]), np.ones((3, 2)))
        assert "all of them in column 1" in found.sentence

    def test_a_number(self, differ):
        """A single number has no map to be told of, and as many digits as tell the two apart."""
        assert differ(np.array(0.123451), np.array(0.123461)).sentence == (
            "your code gives 0.12345, and 0.12346 is wanted."
        )

    def test_a_block_has_its_name(self, differ):
        """Of a dictionary the block that differs is named."""
        wanted = {"w": np.ones(2), "b": np.zeros(2)}
        assert differ({"w": np.ones(2), "b": np.array([0.0, 5.0])}, wanted).sentence.startswith("b: 1 of 2 entries")

    def test_nan_and_infinity_are_wrong(self, differ):
        """What is not finite is off by the most."""
        found = differ(np.array([np.nan, np.inf, 1.0]), np.ones(3))
        assert found.grid.tolist() == [[1, 1, 0]]

    def test_complex_and_whole_numbers(self, differ):
        """Numbers of any kind can be told."""
        assert "your code gives 2, and 1 is wanted" in differ(np.array([2, 1]), np.array([1, 1])).sentence
        assert differ(np.array([1 + 2j]), np.array([1 + 0j])).wrong == 1

    def test_what_is_within_tolerance_is_right(self, differ):
        """An entry that the check would let pass is not marked, and float32 is judged as such."""
        found = differ(np.array([1 + 1e-12, 2.0, 5.0]), np.array([1.0, 2.0, 3.0]))
        assert found.grid.tolist() == [[0, 0, 1]]
        assert differ(np.array([1.00001, 9], dtype=np.float32), np.array([1.0, 2.0])).wrong == 1

    @pytest.mark.parametrize("shape", [(500, 784), (1, 10_000), (3, 4, 5), (0, 3)])
    def test_large_arrays_have_small_maps(self, checks, shape):
        """However large the array, its map is small, shows the worst of each square, and loses no wrong entry."""
        seen = np.zeros(shape)
        if seen.size:
            seen.flat[-1] = 1.0
        for found in differences(checks, {"wanted": np.zeros(shape), "flat": (), "rtol": None}, seen):
            assert found.grid.shape[0] <= MOST_ROWS
            assert found.grid.shape[1] <= MOST_COLUMNS
            assert found.grid[-1, -1] == found.grid.max() == 1

    @pytest.mark.parametrize("seen", [None, "text", np.zeros((2, 2)), [1, "a"], {"w": 1}, object()])
    def test_what_cannot_be_laid_over_it_is_not_mapped(self, checks, seen):
        """Other shapes and kinds have a sentence of the check, and no map."""
        assert [*differences(checks, {"wanted": np.zeros(3), "flat": (), "rtol": None}, seen)] == []


class TestCards:
    """The card of a question."""

    def test_a_wrong_answer_has_its_place(self, checks, names):
        """Text and HTML say the same: title, hint, first difference; the arrays are there to be unfolded."""
        made = card(checks, "relu", names(relu="def relu(z):\n    return abs(z)\n"))
        html, text = made._repr_html_(), repr(made)
        for form in (html, text):
            assert "relu: 0 of 1 public checks pass." in form
            assert "A row of three numbers" in form
            assert "entries differ. The first is" in form
        assert "#" in text
        assert "<svg" in html
        assert "<details>" in html

    def test_the_html_is_whole(self, checks, names):
        """Every tag is closed, and nothing is loaded or run."""
        html = card(checks, "relu", names(relu="def relu(z):\n    return abs(z)\n"))._repr_html_()
        assert ET.fromstring(f"<all>{html}</all>") is not None
        assert not any(word in html for word in ("<script", "http", "url(", "onclick"))

    def test_right_answers_pass(self, checks, names):
        """All pass, without a map."""
        made = card(checks, "relu", names())
        assert made.headline == "relu: all public checks pass."
        assert "<svg" not in made._repr_html_()

    def test_what_a_student_raises_is_escaped(self, checks, names):
        """An exception's text is text, and no HTML."""
        source = "def relu(z):\n    raise ValueError('<script>alert(1)</script> & <b>')\n"
        html = card(checks, "relu", names(relu=source))._repr_html_()
        assert "<script" not in html
        assert "<b>" not in html

    def test_nothing_is_printed_again(self, checks, names, capsys):
        """What a function prints is not shown once more."""
        card(checks, "relu", names(relu="def relu(z):\n    print('here')\n    return abs(z)\n"))
        assert capsys.readouterr().out == ""

    def test_titles_are_escaped(self):
        """A title with a sign of HTML is a title."""
        assert "a &lt; b" in Card("q", (Line("a < b", passed=True),))._repr_html_()


def test_in_a_notebook(built, tiny):
    """After %load_ext `grader.check` shows a card, %check another; without the first cell it says what to do."""
    made = nbformat.read(built.template / "tiny.ipynb", as_version=4)
    before = ["%load_ext autograder", "%check"]
    solved = cells(tiny.reference, {"relu": "def relu(z):\n    return abs(z)\n"})
    after = ['grader.check("relu")', "%check ends nobody", "%check"]
    sources = [*before, notebook.code(made)[0], *solved, *after]
    run = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in sources], metadata=made.metadata
    )
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r})"
    run.cells.insert(0, nbformat.v4.new_code_cell(program))
    NotebookClient(run, timeout=120, allow_errors=True).execute()
    said = {cell.source: cell.outputs for cell in run.cells}
    shown = {source: [output.get("data", {}) for output in outputs] for source, outputs in said.items()}
    assert "relu: 0 of 1 public checks pass." in shown['grader.check("relu")'][0]["text/html"]
    assert "entries differ" in shown['grader.check("relu")'][0]["text/plain"]
    assert "ends: all public checks pass." in shown["%check ends nobody"][0]["text/plain"]
    assert "no question nobody" in str(said["%check ends nobody"])
    assert len(said["%check"]) == 5
    assert "Run the first cell" in str(run.cells[2].outputs)


def test_the_package_stays_light():
    """`import autograder` brings neither NumPy nor IPython, and still has the names of its front."""
    program = (
        "import sys, autograder\n"
        "print([name for name in ('numpy', 'IPython', 'rich', 'nbformat') if name in sys.modules])\n"
        "print(all(getattr(autograder, name) is not None for name in autograder.__all__), len(dir(autograder)) > 20)\n"
        "try:\n    autograder.nothing\nexcept AttributeError as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines() == ["[]", "True True", "module 'autograder' has no attribute 'nothing'"]
