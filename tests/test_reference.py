"""A reference's source: solutions, blanks, skeletons, support, edits, and what is refused."""

from pathlib import Path

import pytest

from autograder.errors import AssignmentError
from autograder.reference import Reference

from .conftest import SHIPPED

TEXT = '''\
"""A small reference."""

import functools

import numpy as np

SLOPE = 0.1


def helper(x):
    """No stub."""
    return SLOPE * x


def relu(x):
    """What is positive."""
    # BEGIN SOLUTION
    return np.maximum(0, x)
    # END SOLUTION


@functools.cache
def counted(n):
    """Two parts, the second with a prompt."""
    # BEGIN SOLUTION
    half = n // 2
    # END SOLUTION
    assert half >= 0
    # BEGIN SOLUTION NO PROMPT
    return half + 1
    # END SOLUTION
    """ # BEGIN PROMPT
    result = ...
    return result
    """ # END PROMPT


class Net:
    """A network."""

    depth = 2

    def __init__(self, w):
        self.w = w

    @staticmethod
    def encode(labels):
        """
        Rows of zeros and a one.

          Indented further.
        """
        # BEGIN SOLUTION
        rows = np.eye(3)
        return rows[labels]
        # END SOLUTION
        # the end of encode

    # about forward
    def forward(self, x):
        """x @ w"""
        # BEGIN SOLUTION
        return x @ self.w
        # END SOLUTION


if __name__ == "__main__":
    print(relu(1))
'''


def write(folder: Path, text: str) -> Path:
    """The text as a reference's file."""
    path = folder / "small.py"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def small(tmp_path) -> Reference:
    """The reference above, read."""
    return Reference.read(write(tmp_path, TEXT))


def refused(folder: Path, text: str) -> str:
    """What is said of a reference that is refused."""
    with pytest.raises(AssignmentError) as caught:
        Reference.read(write(folder, text))
    return str(caught.value)


def stub(body: str) -> str:
    """A function with that body."""
    return f"def f(x):\n{body}"


def test_functions_come_in_the_order_of_the_file(small):
    """Functions and methods are named as an instructor names them, in the file's order."""
    assert list(small.functions) == ["helper", "relu", "counted", "Net.__init__", "Net.encode", "Net.forward"]


def test_a_stub_is_what_has_a_marked_solution(small):
    """Stubs are the functions with a solution between markers."""
    assert small.stubs == ("relu", "counted", "Net.encode", "Net.forward")


def test_solution_has_no_markers_and_no_prompt(small):
    """The solution is the source without markers and prompts, with its decorators."""
    assert small.function("counted").solution == (
        "@functools.cache\n"
        "def counted(n):\n"
        '    """Two parts, the second with a prompt."""\n'
        "    half = n // 2\n"
        "    assert half >= 0\n"
        "    return half + 1\n"
    )


def test_blank_has_dots_or_the_prompt(small):
    """The blank has `...` for a solution, and its prompt where there is one."""
    assert small.function("counted").blank == (
        "@functools.cache\n"
        "def counted(n):\n"
        '    """Two parts, the second with a prompt."""\n'
        "    ...\n"
        "    assert half >= 0\n"
        "    result = ...\n"
        "    return result\n"
    )


def test_a_method_is_undented_with_its_decorator_and_last_comment(small):
    """A method's source begins at its decorator, ends with its last comment, and stands at the left."""
    source = small.function("Net.encode").solution
    assert source.startswith("@staticmethod\ndef encode(labels):\n")
    assert source.endswith("    return rows[labels]\n    # the end of encode\n")


def test_a_comment_before_the_next_method_is_not_this_ones(small):
    """A comment at the methods' own indentation belongs to what follows."""
    assert "about forward" not in small.function("Net.encode").marked


@pytest.mark.parametrize("name", ["relu", "counted", "Net.encode", "Net.forward"])
def test_blank_is_what_otter_makes(small, name):
    """For every stub the blank is what `otter assign` makes of the marked source."""
    solutions = pytest.importorskip("otter.assign.solutions")
    function = small.function(name)
    assert solutions.replace_solutions(function.marked.splitlines(), "python") == function.blank.splitlines()


@pytest.mark.parametrize("name", SHIPPED)
def test_blanks_of_the_shipped_references_are_what_otter_makes(name):
    """For every stub of the shipped references the blank is what `otter assign` makes."""
    solutions = pytest.importorskip("otter.assign.solutions")
    reference = Reference.read(Path(__file__).parents[1] / "reference" / f"{name}.py")
    for function in reference.functions.values():
        assert solutions.replace_solutions(function.marked.splitlines(), "python") == function.blank.splitlines()


def test_skeleton_is_the_class_without_its_stubs(small):
    """A skeleton keeps header, docstring, attributes and template methods."""
    assert small.skeletons["Net"] == (
        'class Net:\n    """A network."""\n\n    depth = 2\n\n    def __init__(self, w):\n        self.w = w\n'
    )


def test_skeleton_of_stubs_alone_passes(tmp_path):
    """A class that has nothing but stubs becomes an empty class that is still Python."""
    text = "class Net:\n    def f(self):\n        # BEGIN SOLUTION\n        return 1\n        # END SOLUTION\n"
    assert Reference.read(write(tmp_path, text)).skeletons["Net"] == "class Net:\n    pass\n"


def test_support_is_imports_constants_and_helpers(small):
    """Support is what a given needs around it: no class, no stub, no docstring, no main block."""
    assert small.support == (
        'import functools\nimport numpy as np\nSLOPE = 0.1\ndef helper(x):\n    """No stub."""\n    return SLOPE * x\n'
    )


def test_load_runs_the_reference(small):
    """The loaded reference is a module with its functions."""
    assert small.load().relu(-1) == 0


def test_load_tells_where_a_reference_fails(tmp_path):
    """A reference that raises while it is loaded is told with file, line and exception."""
    reference = Reference.read(write(tmp_path, "x = 1\ny = x / 0\n"))
    with pytest.raises(AssignmentError, match=r"small\.py:2: ZeroDivisionError"):
        reference.load()


def test_edited_replaces_one_function_and_nothing_else(small):
    """An edited text has the new function in place of the old one; all other lines are the same."""
    new = small.edited("Net.encode", "def encode(labels):\n    return labels\n")
    before, after = TEXT.index("    @staticmethod"), TEXT.index("\n    # about forward")
    assert new == TEXT[:before] + "    def encode(labels):\n        return labels\n" + TEXT[after:]


def test_edited_replaces_the_last_line_of_a_file_without_a_newline(tmp_path):
    """A file that does not end in a newline is edited like any other."""
    text = stub("    # BEGIN SOLUTION\n    return x\n    # END SOLUTION")
    assert Reference.read(write(tmp_path, text)).edited("f", "def f(x):\n    return 2\n") == "def f(x):\n    return 2\n"


def test_an_unknown_function_is_refused(small):
    """A function that the reference does not have is told with those that it has."""
    with pytest.raises(AssignmentError, match=r"no function Net\.backward; there are helper, relu"):
        small.function("Net.backward")


def test_a_form_feed_does_not_shift_lines(tmp_path):
    """Lines are counted as the parser counts them: a form feed or a line separator is no new line."""
    text = 'MARK = "a\x0cb\u2028c"\n\n\ndef f(x):\n    # BEGIN SOLUTION\n    return x\n    # END SOLUTION\n'
    assert Reference.read(write(tmp_path, text)).function("f").solution == "def f(x):\n    return x\n"


def test_text_that_stands_further_out_than_its_method_survives(tmp_path):
    """A line of a docstring at the left margin does not keep the method from being undented."""
    text = (
        "class A:\n    x = 1\n\n    def f(self):\n"
        '        """One.\n\nTwo.\n"""\n        # BEGIN SOLUTION\n        return 1\n        # END SOLUTION\n'
    )
    assert (
        Reference.read(write(tmp_path, text)).function("A.f").solution.startswith('def f(self):\n    """One.\n\nTwo.')
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("def f(:\n", "small.py:1: "),
        ("x = '\0'\n", "null"),
        (stub("    return x  # SOLUTION\n"), "small.py:2: # SOLUTION is not followed here"),
        (stub("    y = 1  # SEED\n    return y\n"), "# SEED is not followed here"),
        (stub("    # BEGIN SOLUTION\n    return x\n"), "do not fit together"),
        (stub("    # BEGIN SOLUTION\n    return x\n    # END PROMPT\n"), "do not fit together"),
        (stub("    return x\n    # END SOLUTION\n"), "do not fit together"),
        (
            stub("    if x:\n        # BEGIN SOLUTION NO PROMPT\n        x = 1\n        # END SOLUTION\n"),
            "is not Python",
        ),
        ("# BEGIN SOLUTION\nx = 1\n# END SOLUTION\n", "outside of any function"),
        ("def f(x):\n    return x\n\n\ndef f(x):\n    return 2 * x\n", "f is defined twice"),
        ("class A:\n    def f(self):\n        return super().f()\n", "small.py:3: A.f calls super() without arguments"),
        ("class A:\n    def f(self):\n        return __class__\n", "small.py:3: A.f calls super() without arguments"),
        ("class A:\n    def f(self):\n        self.__memory = 1\n", "small.py:3: A.f uses the private name __memory"),
        ("class A: x = 1\n", "begins on a line of its own"),
    ],
)
def test_what_a_reference_may_not_be_is_refused(tmp_path, text, problem):
    """A fault of the reference is told when it is read, with its place."""
    assert problem in refused(tmp_path, text)


def test_a_missing_file_is_refused(tmp_path):
    """A reference that is not there is told by its path."""
    with pytest.raises(AssignmentError, match="the reference cannot be read"):
        Reference.read(tmp_path / "none.py")


def test_a_file_that_is_no_text_is_refused(tmp_path):
    """A reference that is not UTF-8 is told."""
    path = tmp_path / "small.py"
    path.write_bytes(b"x = '\xff'\n")
    with pytest.raises(AssignmentError, match="is not UTF-8 text"):
        Reference.read(path)
