"""Statements that are left out and may yet change what the stubs use are told; ordinary notebooks hold none."""

import textwrap

import pytest

from autograder.sandbox.beside.choice import chosen
from autograder.sandbox.beside.doubt import doubtful
from autograder.sandbox.beside.notes import Notes
from autograder.sandbox.beside.steps import Reading
from autograder.sandbox.beside.template import Template

LIST = "STEPS = []\ndef relu(x):\n    for f in STEPS:\n        x = f(x)\n    return x\n"
ARRAY = "import numpy as np\nT = np.ones(3)\ndef relu(x): return np.maximum(x, T)\n"
SETUP = "def setup(k=1):\n    STEPS.append(k)\n    return True\n"


def told(source, stubs=("relu",)):
    """The lines and data of the statements that are told."""
    steps = Reading(tuple(stubs), Template({}, {}), Notes()).read(0, 1, textwrap.dedent(source).strip("\n"))
    places = doubtful(steps, chosen(steps, stubs), stubs)
    return [places[step.place] for step in steps if step.place in places]


@pytest.mark.parametrize(
    "line",
    [
        "[STEPS.append(g) for g in (1, 2)]",
        "_ = STEPS.append(1)",
        "list(map(STEPS.append, [1]))",
        "first = STEPS.pop(0)",
        "del STEPS[0]",
        "while len(STEPS) > 1:\n    print(STEPS.pop(0))",
        "if len(STEPS) > 1:\n    del STEPS[0]",
        "import operator\noperator.setitem(STEPS, 0, 1)",
        "list.append(STEPS, 1)",
        "add = STEPS.append\nadd(1)",
        "steps = STEPS\nsteps.append(1)",
        "steps = STEPS\nsteps += [1]",
        "print(STEPS.append(1))",
        "STEPS.append(1), STEPS.append(2)",
        SETUP + "done = setup()",
        SETUP + "assert setup()",
        SETUP + "for k in (1, 2):\n    n = setup(k)",
        SETUP + "def more():\n    return setup()\nn = more()",
        "def quiet():\n    _ = STEPS.append(1)\nquiet()",
        "def fill(to):\n    to.append(1)\n    return to\nn = fill(STEPS)",
        "list(map(lambda g: STEPS.append(g), [1]))",
    ],
)
def test_what_may_change_a_list_is_told(line):
    """However a list that a stub reads is changed, if the statement is not run, it is told."""
    found = told(LIST + line)
    assert found
    assert set(found) <= {"STEPS", "steps", "add"}


@pytest.mark.parametrize(
    "line",
    [
        "_ = np.multiply(T, 0, out=T)",
        "np.multiply(T, 0, out=T)",
        "np.multiply(T, 0, T)",
        "T.reshape(1, 3).fill(0)",
        "np.reshape(T, 3).fill(0)",
        "v = T.reshape(3)\nv[:] = 0",
        "for row in T:\n    row *= 0",
        "np.add.at(T, 0, 1)",
        "z, T[...] = 0, 1",
    ],
)
def test_what_may_change_an_array_is_told_or_run(line):
    """In place, through a view, or by where a result goes."""
    source = ARRAY + line
    steps = Reading(("relu",), Template({}, {}), Notes()).read(0, 1, source)
    choice = chosen(steps, ("relu",))
    last = [step.place for step in steps][-1]
    assert last in choice.places or last in doubtful(steps, choice, ("relu",))


@pytest.mark.parametrize("line", ["exec('STEPS.append(1)')", "eval('STEPS.append(1)')", "globals()['STEPS'].append(1)"])
def test_what_may_do_anything_is_told(line):
    """Text that is run, and the namespace as a dictionary."""
    assert told(LIST + line) == [line.partition("(")[0]]


@pytest.mark.parametrize(
    "line",
    [
        "print(relu(3))",
        "y = relu(np.linspace(-1, 1))",
        "plt.plot(T, relu(T))\nplt.show()",
        "fig, ax = plt.subplots()\nax.plot(T)",
        "print(T, T.shape, len(T), T[0], T[0] + 1, f'{T} {T.mean():.2f}')",
        "print(np.mean(T), np.dot(T, T + 1), T.sum())",
        "T",
        "T.shape",
        "for t in T:\n    print(t, relu(t))",
        "assert np.allclose(relu(T), T)",
        "def train(x, epochs):\n    losses = []\n    losses.append(relu(x))\n    return losses\nlosses = train(T, 3)",
        "LOG = []\ndef train(x):\n    LOG.append(relu(x))\n    return 1\nloss = train(3)\nprint(LOG)",
        "class Net:\n    def fit(self, x): return relu(x)\nnet = Net()\nnet.fit(T)\nloss = net.fit(T)",
        "x = 2 * T\nx += 1",
        "x = T.copy()\nx[0] = 1",
        "model.eval()",
        "np.random.seed(0)",
        "del T",
        "%matplotlib inline",
    ],
)
def test_an_ordinary_notebook_holds_none(line):
    """Looking at a datum, plots, calls of functions, and training change nothing."""
    assert told("import matplotlib.pyplot as plt\n" + ARRAY + line) == []


def test_constants_and_generators_are_no_data():
    """Numbers cannot be changed, and drawing from a generator is what every notebook does."""
    source = (
        "import numpy as np\nEPS = 1e-8\nrng = np.random.default_rng(0)\ndef relu(x): return x + EPS + rng.normal()\n"
    )
    assert told(source + "x = rng.normal(size=3)\nshow(EPS)") == []
