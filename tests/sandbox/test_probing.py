"""How probes end: a value, an exception and its place, a missing stub; and what each of them finds."""

import numpy as np
import pytest

from autograder.errors import SandboxError
from autograder.records import Bench, Limits, Opaque, Outcome, Probe, Where
from autograder.sandbox import observe

from .conftest import UNWALLED, cold, linux, require, without

CELL = """
import numpy as np, warnings, sys, os, random

class Own(ValueError):
    pass

class Loud(Exception):
    __traceback__ = property(lambda self: 1 / 0)
    def __str__(self):
        while True: pass

def raises(kind, *args):
    raise kind(*args)

def exits(): sys.exit(1)
def interrupts(): raise KeyboardInterrupt
def ends(): raise GeneratorExit
def own(): raise Own("mine")
def loud(): raise Loud("mine")
def shape(): return np.ones(2) @ np.ones(3)
def linear(): return np.linalg.inv(np.zeros((2, 2)))
def axis(): return np.sum(np.ones(2), axis=5)
def ufunc(): return np.exp("a")
def deep(n=0): return deep(n + 1)
def unknown(): return nowhere
def calls_blank(): return blank(1)
def hungry(): return np.ones(10**11)
def hungry_list(): return [0] * 10**11
def asks(): return input()
def writes():
    with open("out.txt", "w") as file: file.write("x" * 10)
def prints():
    print("x" * 10**6)
    print("y", file=sys.stderr)
    return 1

def messes():
    np.seterr(all="raise"); warnings.filterwarnings("error"); sys.setrecursionlimit(60)
    os.chdir("/"); np.random.seed(1); random.seed(1); sys.settrace(lambda *_: None)
    return 1

def finds():
    np.divide(1.0, 0.0); warnings.warn("so"); np.int8(100) + np.int8(100)
    return [np.random.rand(), random.random(), np.random.default_rng().random(), sys.getrecursionlimit() > 900]

def where_am_i(): return os.getcwd() != "/"

def big(): return np.zeros((3000, 3000))
def wide(): return np.broadcast_to(0.0, (10**5, 10**5))
def names(): return [np.__name__, __name__]

def blank(x):
    ...

class Net:
    def __init__(self):
        self.setup()
    def there(self):
        return 1
"""
STUBS = ("raises", "blank", "Net.setup", "Net.step", "Gone.step", "deep")
ASKED = {
    "value error": "student.raises(ValueError, 'secret')",
    "exit": "student.exits()",
    "interrupt": "student.interrupts()",
    "generator exit": "student.ends()",
    "own": "student.own()",
    "loud": "student.loud()",
    "shape": "student.shape()",
    "linear": "student.linear()",
    "axis": "student.axis()",
    "ufunc": "student.ufunc()",
    "deep": "student.deep()",
    "unknown": "student.unknown()",
    "memory": "student.hungry()",
    "memory of lists": "student.hungry_list()",
    "input": "student.asks()",
    "prints": "student.prints()",
    "probe's own": "{}['dW']",
    "no such name": "student.nothing",
    "missing": "student.blank(1)",
    "missing inside": "student.calls_blank()",
    "missing method": "student.Net()",
    "missing class method": "student.Net.step",
    "missing class": "student.Gone()",
    "messes": "student.messes()",
    "finds": "student.finds()",
    "finds again": "student.finds()",
    "where": "student.where_am_i()",
    "big": "student.big()",
    "wide": "student.wide()",
    "function": "student.deep",
    "names": "student.names()",
    "draws": "rng.normal(size=2)",
}


@pytest.fixture(scope="module")
def seen(sit):
    """One submission's observations, by what was asked."""
    limits = Limits(check_cpu_seconds=2.0, memory_bytes=1 << 30, frame_bytes=1 << 20)
    sitting = sit([CELL], list(ASKED.values()), stubs=STUBS, limits=limits)
    assert not sitting.wall_timeout
    return dict(zip(ASKED, sitting.observations, strict=True))


@pytest.mark.parametrize(
    ("asked", "exception"),
    [
        ("value error", "ValueError"),
        ("exit", "SystemExit"),
        ("interrupt", "KeyboardInterrupt"),
        ("generator exit", "GeneratorExit"),
        ("shape", "ValueError"),
        ("linear", "LinAlgError"),
        ("axis", "AxisError"),
        ("ufunc", "TypeError"),
        ("deep", "RecursionError"),
        ("unknown", "NameError"),
        ("input", "EOFError"),
        ("probe's own", "KeyError"),
        ("no such name", "AttributeError"),
        ("own", ""),
        ("loud", ""),
    ],
)
def test_an_exception_is_named_if_it_is_pythons_or_numpys(seen, asked, exception):
    """Built-in and NumPy exceptions are named, a student's own are not; no text of theirs is asked for."""
    assert (seen[asked].outcome, seen[asked].exception) == (Outcome.RAISED, exception)


@linux
@pytest.mark.parametrize(("walls", "exception"), [((), "PermissionError"), (("landlock", "seccomp"), "OSError")])
def test_no_file_is_opened_for_writing(sit, walls, exception):
    """Refused by the filter of system calls, and behind a root of its own there is nothing to write to."""
    with without(*walls):
        require("own root", *({"seccomp"} - {*walls}))
        found = sit([CELL], ["student.writes()"], stubs=("writes",)).observations[0]
    assert (found.outcome, found.exception) == (Outcome.RAISED, exception)


@pytest.mark.parametrize("few", [lambda: without(*UNWALLED), cold])
def test_without_walls_a_file_can_hold_nothing(sit, few):
    """Where files can be made, their size is limited to nothing."""
    with few():
        found = sit([CELL], ["student.writes()"], stubs=("writes",)).observations[0]
    assert (found.outcome, found.exception) == (Outcome.RAISED, "OSError")


def test_an_exception_is_placed_at_the_students_innermost_line(seen):
    """Cell, line and function are of the student's code; an exception of the probe's own has no place."""
    line = next(n for n, text in enumerate(CELL.strip("\n").split("\n"), 1) if "raise kind" in text)
    assert seen["value error"].where == Where(1, line, "raises")
    assert seen["shape"].where.function == "shape"
    assert seen["loud"].where.function == "loud"
    assert seen["probe's own"].where is None
    assert seen["no such name"].where is None


@pytest.mark.parametrize(
    ("asked", "stub"),
    [
        ("missing", "blank"),
        ("missing inside", "blank"),
        ("missing method", "Net.setup"),
        ("missing class method", "Net.step"),
        ("missing class", "Gone"),
    ],
)
def test_a_stub_that_is_not_there_is_missing(seen, asked, stub):
    """Asked for by the probe or by the student's own code, a stub without a definition is named."""
    assert (seen[asked].outcome, seen[asked].stub) == (Outcome.MISSING, stub)


def test_memory_is_limited(seen):
    """An allocation beyond the limit is out of memory, and the process goes on."""
    assert seen["memory"].outcome is Outcome.OUT_OF_MEMORY
    assert seen["memory of lists"].outcome is Outcome.OUT_OF_MEMORY


def test_what_is_returned_is_limited(seen):
    """An array beyond the frame's bytes or the wire's elements is too large."""
    assert seen["big"].outcome is Outcome.TOO_LARGE
    assert seen["wide"].outcome is Outcome.TOO_LARGE


def test_output_goes_nowhere(seen):
    """Printing is no output of the grader's, and no error."""
    assert seen["prints"].value == 1


def test_what_is_no_data_comes_back_as_its_types_name(seen):
    """A function that is returned is opaque."""
    assert seen["function"].value == Opaque("function")


def test_each_probe_finds_a_fresh_state(seen):
    """Error states, warnings, recursion limit, directory and seeds that a check changed are put back for the next."""
    assert seen["messes"].value == 1
    np.testing.assert_array_equal(seen["finds"].value, seen["finds again"].value)
    np.random.seed(7)
    assert seen["finds"].value[0] == np.random.rand()
    assert seen["finds"].value[3] == 1
    assert seen["where"].value == True  # noqa: E712  an array without dimensions


def test_the_probes_generator_is_seeded_by_the_probe(seen):
    """`rng` is NumPy's default generator from the probe's own seed."""
    np.testing.assert_array_equal(seen["draws"].value, np.random.default_rng(7).normal(size=2))


def test_names_are_as_in_a_notebook(seen):
    """`__name__` is `__main__`."""
    assert seen["names"].value.items == ("numpy", "__main__")


def test_a_swapped_numpy_function_is_not_what_seeds(sit):
    """Replacing `np.random.seed`, `default_rng` or `os.chdir` does not disturb the next probe."""
    cell = """
    import numpy as np, os, warnings
    def f():
        np.random.seed = np.random.default_rng = os.chdir = np.seterr = warnings.simplefilter = None
        return 1
    """
    sitting = sit([cell], ["student.f()", "rng.normal()"])
    assert [item.outcome for item in sitting.observations] == [Outcome.RETURNED] * 2


def test_numpy_is_what_the_cells_have_made_of_it(sit):
    """What a stub does to NumPy's functions is undone for the next probe; what a cell does stays."""
    cell = """
    import numpy as np
    np.float = float
    np.random.mine = lambda: 3
    def f():
        np.sum = np.linalg.norm = np.random.rand = np.float = 7
        return 1
    def g():
        return [np.sum(np.ones(3)), np.linalg.norm(np.ones(1)), np.random.rand() < 1, np.float(2), np.random.mine()]
    needed = np.float, np.random.mine
    """
    found = sit([cell], ["student.f()", "student.g()"], stubs=("f", "g"), run_all=True).observations
    assert found[1].outcome is Outcome.RETURNED
    np.testing.assert_allclose(found[1].value, [3, 1, 1, 2, 3])


@pytest.mark.parametrize(
    ("probe", "support"), [(Probe("q", "broken", b"no marshal", 1), ""), (None, "1 / 0"), (None, "def f(:")]
)
def test_a_fault_of_the_assignment_is_a_harness_error(probe, support):
    """A probe or support that cannot be loaded raises SandboxError; no student code had been run."""
    with pytest.raises(SandboxError, match="cannot be loaded"):
        observe([], [], [probe] if probe else [], Bench(("f",), {}, {}, support=support))
