"""The master notebook: every stub, given and question has one place in the text, and every promise stands there."""

import pytest

from autograder.build import master
from autograder.errors import AssignmentError
from autograder.loading import load


def spoiled(course, name, old, new):
    """The made-up assignment with one edit of one of its files, loaded."""
    path = course / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return load(course / "assignments" / "tiny")


def sources(notebook, kind="code"):
    """The sources of a notebook's cells of one kind."""
    return [cell.source for cell in notebook.cells if cell.cell_type == kind]


def test_each_stub_has_its_cell_with_the_solution_marked(tiny):
    """A function stands as it is, a method in a class statement of its own."""
    cells = sources(master.compose(tiny))
    assert any(cell.startswith("def relu(z):") and "# BEGIN SOLUTION" in cell for cell in cells)
    assert any(cell.startswith("class Net(Net):\n    def forward(self, x):") for cell in cells)


def test_a_class_is_given_without_its_stubs(tiny):
    """The given class has its docstring and __init__, and none of the stubs."""
    given = next(cell for cell in sources(master.compose(tiny)) if cell.startswith("class Net:"))
    assert "def __init__" in given
    assert "def forward" not in given


def test_a_heading_begins_a_cell(tiny):
    """The text is cut at its headings, and no marker is left in it."""
    cells = sources(master.compose(tiny), "markdown")
    assert any(cell.startswith("## normalize") for cell in cells)
    assert not any("<!--" in cell for cell in cells)


def test_a_question_with_two_stubs_is_checked_below_the_last(tiny):
    """The check of two stubs stands in the block of the second."""
    cells = master.compose(tiny).cells
    first = next(i for i, cell in enumerate(cells) if "def first(" in cell.source)
    begins = next(i for i, cell in enumerate(cells) if '"name": "ends"' in cell.source)
    last = next(i for i, cell in enumerate(cells) if "def last(" in cell.source)
    assert first < begins < last


def test_a_written_question_holds_its_prompt(tiny):
    """The words below the marker of a manual question are its prompt, and an answer cell follows."""
    cells = [cell.source for cell in master.compose(tiny).cells]
    begins = next(i for i, cell in enumerate(cells) if '"manual": true' in cell)
    assert cells[begins + 1].startswith("Why does a network")
    assert master.ANSWER in cells[begins + 2 : begins + 5]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<!-- stub: relu -->", "", "nowhere does it say <!-- stub: relu -->"),
        ("<!-- stub: relu -->", "<!-- stub: relu -->\n<!-- stub: relu -->", "stub: relu --> was already given a place"),
        ("<!-- stub: relu -->", "<!-- stub: rellu -->", "stub: rellu --> is asked for by no question"),
        ("<!-- stub: whole -->", "", "nowhere does it say <!-- stub: whole -->"),
        ("<!-- given: halve -->", "", "nowhere does it say <!-- given: halve -->"),
        ("<!-- given: halve -->", "<!-- given: relu -->", "given: relu --> names no function that the template has"),
        ("<!-- given: halve -->", "<!-- given: Net -->", "given: Net --> was already given a place"),
        ("<!-- given: Net.__init__ -->", "", "stub: Net.forward --> comes before <!-- given: Net -->"),
        ("<!-- manual: why -->", "", "nowhere does it say <!-- manual: why -->"),
        ("<!-- manual: why -->", "<!-- manual: how -->", "manual: how --> is no question of the assignment"),
        ("flat, with shape", "flat with shape", "ends.two_ends rests on a sentence that is not there"),
    ],
)
def test_a_text_that_does_not_fit_is_refused_in_one_sentence(course, old, new, said):
    """What is missing, doubled, misspelt or promised nowhere is named, with the file."""
    with pytest.raises(AssignmentError) as caught:
        master.compose(spoiled(course, "assignments/tiny/text.md", old, new))
    assert said in str(caught.value)
    assert "text.md" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_promise_may_be_broken_over_lines_or_stand_in_a_docstring(tiny):
    """White space is folded, and what a stub's docstring says counts as text."""
    quoted = [item.because for question in tiny.questions for item in question.checks if item.because]
    assert "Rows that sum to one" in quoted  # a docstring's
    assert "A row may also come back flat, with shape `(C,)`." in quoted  # broken over two lines
    master.compose(tiny)
