"""Cells to statements: what is Python is left alone, what is not costs as little as can be."""

import ast
import textwrap

import pytest

from autograder.sandbox.beside.notes import Notes
from autograder.sandbox.beside.parsing import parse_cell
from autograder.sandbox.beside.steps import Reading
from autograder.sandbox.beside.template import Template


def parsed(source):
    """A cell, parsed."""
    return parse_cell(textwrap.dedent(source).strip("\n"), "<cell 1>")


def texts(source):
    """Its statements as text."""
    return [ast.unparse(node) for node in parsed(source).statements]


def methods(node):
    """The names of a class's methods."""
    return [item.name for item in node.body if isinstance(item, ast.FunctionDef)]


def steps_of(source, stubs=(), blanks=None, skeletons=None):
    """The steps of a cell, the notes made, and the reading."""
    notes = Notes()
    reading = Reading(tuple(stubs), Template(blanks or {}, skeletons or {}), notes)
    return reading.read(0, 1, textwrap.dedent(source).strip("\n")), notes, reading


def test_a_cell_that_parses_is_left_as_it_is():
    """A line that begins with a percent sign inside brackets or a string is Python and stays."""
    assert texts("x = (7\n% 4)\ns = '''\n!ls\n%time\n'''") == ["x = 7 % 4", "s = '\\n!ls\\n%time\\n'"]


@pytest.mark.parametrize(
    "line",
    [
        "%matplotlib inline",
        "!pip install numpy",
        "?relu",
        "relu?",
        "np.dot??",
        "files = !ls",
        "t = %time f()",
        "%cd /x",
    ],
)
def test_magics_and_shell_lines_are_dropped(line):
    """A magic, shell or help line costs itself; lines keep their numbers."""
    found = parsed(f"a = 1\n{line}\nb = 2")
    bound = {node.targets[0].id: node.lineno for node in found.statements if isinstance(node, ast.Assign)}
    assert bound == {"a": 1, "b": 3}
    assert found.left_out == [(2, "")]


def test_a_magic_may_go_on_over_lines_and_stand_in_a_block():
    """A continued shell line is dropped whole; one inside a loop leaves the loop."""
    assert texts("!pip install \\\n    numpy\nx = 1") == ["pass", "x = 1"]
    assert texts("for i in y:\n    %time f(i)\nx = 1")[-1] == "x = 1"


def test_a_magic_inside_a_string_stays_when_another_is_dropped():
    """In a cell with magics, text that only looks like one is kept."""
    assert texts('%time\ns = """\n%keep\n"""\nt = (1\n % 2)') == ["pass", "s = '\\n%keep\\n'", "t = 1 % 2"]


@pytest.mark.parametrize("magic", ["%%time", "%%timeit -n 1", "%%capture out", "\n%%time\n%%capture"])
def test_a_cell_that_is_watched_loses_its_first_line_only(magic):
    """`%%time` and its like leave what the cell defines."""
    assert texts(f"{magic}\ndef f():\n    return 1") == ["def f():\n    return 1"]


@pytest.mark.parametrize("magic", ["%%bash", "%%html", "%%javascript", "%%writefile a.py", "%%latex", "%%R"])
def test_a_cell_in_another_language_is_dropped(magic):
    """`%%bash` and its like drop the whole cell, even one that would be Python."""
    found = parsed(f"{magic}\nx = 1")
    assert found.statements == []
    assert found.left_out == [(1, "")]


def test_indented_cells_and_foreign_line_ends_are_read():
    """A cell pasted with indentation, with CRLF or with a byte order mark is read as IPython reads it."""
    assert texts("  x = 1\n  y = 2") == ["x = 1", "y = 2"]
    assert [ast.unparse(n) for n in parse_cell("\ufeffx = 1\r\ny = 2\rz = 3", "<cell 1>").statements] == [
        "x = 1",
        "y = 2",
        "z = 3",
    ]
    assert [ast.unparse(n) for n in parse_cell("   x = 1\n   y = 2", "<cell 1>").statements] == ["x = 1", "y = 2"]


def test_a_cell_that_does_not_parse_is_recovered_statement_by_statement():
    """A Python 2 print costs its own line."""
    found = parsed(
        """
        def relu(z):
            return z
        print "hello"
        x = relu(
            1)
        """
    )
    assert [type(node).__name__ for node in found.statements] == ["FunctionDef", "Assign"]
    assert found.left_out == [(3, "")]
    assert found.statements[1].lineno == 4


@pytest.mark.parametrize(
    "broken",
    [
        "def g(z)\n    return z",
        "y = foo(1, 2",
        "s = '''never closed",
        "x = = 3",
        "if x\n    y = 1",
        "]",
        "a = [1, 2\nb = 3",
    ],
)
def test_a_broken_statement_costs_itself(broken):
    """Whatever is left open, the definitions before and behind it are there."""
    names = [
        n.name
        for n in parsed(f"def f():\n    return 1\n{broken}\ndef h():\n    return 2").statements
        if hasattr(n, "name")
    ]
    assert names == ["f", "h"]


def test_what_was_lost_is_named():
    """A function that does not parse is named in what was left out."""
    assert parsed("def relu(z)\n    return z\nx = 1").left_out == [(1, "relu")]


def test_a_class_is_recovered_method_by_method():
    """A syntax error in one method costs that method; bases, docstring, decorators and later methods stay."""
    found = parsed(
        '''
        @wrapped
        class MLP(Base):  # mine
            """All of it."""
            lr = 0.1

            def a(self):
                return 1

            def b(self):
                return (1

            @staticmethod
            def c(x):
                """Still here."""
                return x

            def d(self)
                return 2
        x = 1
        '''
    )
    cls, assignment = found.statements
    assert methods(cls) == ["a", "c"]
    assert ast.unparse(cls.bases[0]) == "Base"
    assert ast.unparse(cls.decorator_list[0]) == "wrapped"
    assert ast.get_docstring(cls) == "All of it."
    assert ast.unparse(cls.body[-1].decorator_list[0]) == "staticmethod"
    assert found.left_out == [(9, "b"), (17, "d")]
    assert ast.unparse(assignment) == "x = 1"
    assert [item.lineno for item in cls.body if isinstance(item, ast.FunctionDef)] == [6, 13]


def test_a_method_with_an_open_docstring_costs_itself():
    """An unclosed docstring does not swallow the methods behind it."""
    found = parsed(
        'class MLP:\n    def a(self):\n        """Open.\n        return 1\n\n    def b(self):\n        return 2\n'
    )
    assert methods(found.statements[0]) == ["b"]


def test_a_class_of_broken_methods_is_empty():
    """When no method parses the class is still there, for the cells that extend it."""
    found = parsed("class MLP:\n    def a(self)\n        return 1\n")
    assert isinstance(found.statements[0], ast.ClassDef)
    assert methods(found.statements[0]) == []


def test_code_under_main_is_at_top_level():
    """The body below `if __name__ == "__main__":` is opened up, also where it does not parse as a whole."""
    assert texts('if __name__ == "__main__":\n    x = 1\n    if "__main__" == __name__:\n        y = 2') == [
        "x = 1",
        "y = 2",
    ]
    assert texts("if __name__ == '__main__':\n    x = 1\n    print 'a'\n    y = 2") == ["x = 1", "y = 2"]
    assert texts("if __name__ == '__other__':\n    x = 1")[0].startswith("if ")


@pytest.mark.parametrize(
    "source", ["\0", "x = 1\0", "(" * 100_000, "-" * 50_000 + "1", "\ud800 = 1", "\u2028x", "9" * 5000]
)
def test_nothing_makes_the_reader_raise(source):
    """Null bytes, deep nesting and lone surrogates cost their cell."""
    assert isinstance(parse_cell(source, "<cell 1>").statements, list)


def test_each_import_is_a_step_of_its_own():
    """`import a, b` and `from m import c, d` are two statements each, so one may fail alone."""
    steps, _, _ = steps_of("import os, nowhere\nfrom math import sin, nothing")
    assert [ast.unparse(step.node) for step in steps] == [
        "import os",
        "import nowhere",
        "from math import sin",
        "from math import nothing",
    ]


def test_what_the_compiler_refuses_costs_itself():
    """`return` outside a function, or a parameter named twice, costs one statement or one method."""
    steps, notes, _ = steps_of(
        "return 1\nx = 1\nclass A:\n    def a(self, x, x):\n        pass\n    def b(self):\n        pass"
    )
    assert [type(step.node).__name__ for step in steps] == ["Assign", "ClassDef"]
    assert methods(steps[1].node) == ["b"]
    assert notes.lines == ["unparsed\t1\t1\t", "unparsed\t1\t4\ta"]


def test_future_imports_hold_from_there_on():
    """`from __future__ import annotations` reaches the statements behind it."""
    steps, _, _ = steps_of("from __future__ import annotations\ndef f(x: nowhere): return x")
    space = {}
    exec(steps[0].code, space)
    assert space["f"](3) == 3


BLANKS = {"relu": 'def relu(z):\n    """Doc."""\n    a = ...\n    return a\n', "MLP.f": "def f(self, x):\n    ...\n"}


@pytest.mark.parametrize(
    "body",
    ["...", "pass", "'''Other words.'''\n    ...", "raise NotImplementedError", "raise NotImplementedError('later')"],
)
def test_a_stub_with_nothing_to_run_defines_nothing(body):
    """A docstring, `...`, `pass` and `raise NotImplementedError` are no attempt."""
    for source, stub in ((f"def relu(z):\n    {body}", "relu"), (f"class MLP:\n  def f(self):\n    {body}", "MLP.f")):
        steps, _, reading = steps_of(source, stubs=BLANKS, blanks=BLANKS)
        assert set(reading.blank) == {stub}
        assert not any(isinstance(step.node, ast.FunctionDef) for step in steps)


def test_a_stub_that_equals_the_template_is_blank():
    """Comments, spacing and docstring do not make the template's own body an attempt; anything else does."""
    steps, _, reading = steps_of("def relu(z):\n    # nothing yet\n    a  = ...\n    return a", BLANKS, BLANKS)
    assert steps == []
    assert reading.blank == {"relu": (1, 1)}
    assert len(steps_of("def relu(z):\n    a = z\n    return a", BLANKS, BLANKS)[0]) == 1


def test_what_is_no_stub_may_be_empty():
    """Blank bodies count only for stubs."""
    steps, _, reading = steps_of("def mine(): ...\nclass MLP:\n    def helper(self): ...", BLANKS, BLANKS)
    assert len(steps) == 2
    assert methods(steps[1].node) == ["helper"]
    assert reading.blank == {}


def test_a_form_feed_begins_its_line_anew():
    """Before a class, as editors put it, it is no indentation; within a line it is a blank."""
    steps, _, _ = steps_of("x = 1\n\fclass MLP:\n    y =\f2\n  \fz = 3")
    assert [type(step.node) for step in steps] == [ast.Assign, ast.ClassDef, ast.Assign]
