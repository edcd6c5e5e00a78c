"""Statements that are left out and may yet change what the stubs use are told; ordinary notebooks hold none."""

import json
import textwrap
from pathlib import Path

import pytest

from autograder.loading import apply, load
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


REBINDING = """
EPS = 0.0
def relu(x): return x + EPS
def set_eps(e):
    global EPS
    EPS = e
    return True
"""


@pytest.mark.parametrize(
    "lines",
    [
        "x = set_eps(1e-16)",
        "assert set_eps(1e-16)",
        "[set_eps(e) for e in (1e-16,)]",
        "list(map(set_eps, (1e-16,)))",
        "setup = lambda: set_eps(1e-16)\nsetup()",
        "def main():\n    set_eps(1e-16)\nmain()",
        "def main():\n    return inner()\ndef inner():\n    return set_eps(1e-16)\nx = main()",
        "def main():\n    global EPS\n    EPS = 1e-16\nif __name__ == '__main__':\n    raise SystemExit(main())",
        "class App:\n    def setup(self):\n        global EPS\n        EPS = 1e-16\nApp().setup()",
        "class App:\n    def setup(self):\n        set_eps(1e-16)\napp = App()\ngetattr(app, 'setup')()",
        "if True:\n    def late():\n        set_eps(1e-16)\n    late()",
        "def late():\n    globals()['EPS'] = 1e-16\nx = late()",
        "class App:\n    run = lambda self: set_eps(1)\napp = App()\napp.run()",
        "class App:\n    class Inner:\n        def run(self): set_eps(1)\nApp.Inner().run()",
        "import sys\nsetattr(sys.modules[__name__], 'EPS', 1)",
        "import __main__\n__main__.EPS = 1",
        "class Once:\n    def __init__(self):\n        set_eps(1)\nclass Child(Once): pass\nx = Child()",
    ],
)
def test_whoever_has_a_global_rebound_is_told(lines):
    """A number that a stub reads, rebound by a function: called anywhere, by another, by a lambda or by a method."""
    assert told(REBINDING + lines)[-1] in {"EPS", "globals", "sys", "__main__"}


def test_a_function_that_is_put_in_place_of_another_is_told():
    """A global that holds a function is rebound like a number, and a stub's own name too."""
    source = "act = abs\ndef relu(x): return act(x)\ndef use(f):\n    global act\n    act = f\n    return f\n"
    assert told(source + "mode = use(max)") == ["act"]
    assert told("def relu(x): return x\ndef use(f):\n    global relu\n    relu = f\nx = use(max)") == ["relu"]


def test_a_number_that_functions_share_is_told():
    """What one closure sets, another reads."""
    source = """
    def make():
        eps = 0.0
        def put(e):
            nonlocal eps
            eps = e
        return put, lambda: eps
    put, get = make()
    def relu(x): return x + get()
    done = put(1e-16)
    """
    assert told(source) == ["put"]


HOLDER = "class Config:\n    eps = 0.0\n    all = []\ndef relu(x): return x + Config.eps + len(Config.all)\n"


@pytest.mark.parametrize(
    "lines",
    [
        "def configure(e):\n    Config.eps = e\nconfigure(1e-16)",
        "def main():\n    Config.eps = 1e-16\nif __name__ == '__main__':\n    main()",
        "def configure(e):\n    setattr(Config, 'eps', e)\nx = configure(1e-16)",
        "def configure(holder):\n    holder.eps = 1e-16\nx = configure(Config)",
        "[setattr(Config, name, 1) for name in ('eps',)]",
        "c = Config\n_ = setattr(c, 'eps', 1)",
        "_ = Config.all.append(1)",
        "Config.all.append(1)",
    ],
)
def test_what_sets_a_class_s_datum_is_told(lines):
    """A class holds what a stub reads, and something that is left out sets it."""
    assert set(told(HOLDER + lines)) & {"Config", "c"}


@pytest.mark.parametrize(
    "method",
    [
        "@classmethod\n    def put(cls, e): cls.eps = e",
        "@classmethod\n    def put(cls, e): cls.all.append(e)",
        "@classmethod\n    def put(cls, **k):\n        for n, v in k.items(): setattr(cls, n, v)",
        "@staticmethod\n    def put(e): Config.eps = e",
        "def put(self): type(self).eps = 1",
        "def put(self): self.__class__.eps = 1",
        "def put(self): self.all.append(1)",
    ],
)
def test_a_method_that_sets_its_class_is_told(method):
    """By `cls`, by `self` where it reaches the class, or by the class's name."""
    source = HOLDER.replace("    all = []\n", f"    all = []\n    {method}\n")
    assert told(source + "Config().put(1)") == ["Config"]
    assert told(source + "x = [Config]\nx[0].put(1)") == ["Config"]


def test_an_attribute_of_a_stub_that_a_function_sets_is_told():
    """A function is an object too, and may hold what it reads."""
    assert told("def relu(x): return x + relu.eps\ndef late():\n    relu.eps = 1\nlate()") == ["relu"]
    assert told("def relu(x): return x + relu.eps\ndef late():\n    relu.other = 1\nlate()") == []


@pytest.mark.parametrize(
    "lines",
    [
        "class B:\n    def add(self, f):\n        STEPS.append(f)\n        return self\nB().add(abs)",
        "class B:\n    def add(self, f): STEPS.append(f)\nb = B()\nb.add(abs)",
        "class B:\n    def add(self, f): STEPS.append(f)\n    def more(self): self.add(abs)\nb = B()\nb.more()",
        "class Step:\n    @classmethod\n    def register(cls, f): STEPS.append(f)\nStep.register(abs)",
        "class Step:\n    def __init__(self, f): STEPS.append(f)\nStep(abs)",
        "class Step:\n    def __init__(self, f): STEPS.append(f)\nstep = Step(abs)",
        "class Step:\n    def __enter__(self): STEPS.append(abs)\nwith Step() as step:\n    pass",
        "ops = {'add': STEPS.append}\nops['add'](abs)",
        "ops = [STEPS.append]\nfor add in ops:\n    add(abs)",
    ],
)
def test_a_method_that_fills_a_list_is_told(lines):
    """Told by its name alone, or by its class where it runs unnamed."""
    assert set(told(LIST + lines)) & {"STEPS", "ops", "add"}


def test_an_operator_that_fills_a_list_is_told():
    """Where a class of the notebook has an operator that changes its object; NumPy's change nothing."""
    source = "class Pipe(list):\n    def __lshift__(self, f):\n        self.append(f)\n" + LIST.replace("[]", "Pipe()")
    assert told(source + "STEPS << abs") == ["STEPS"]
    assert told(source.replace("self.append(f)", "return Pipe([*self, f])") + "STEPS << abs") == []


def test_the_environment_is_told_where_a_stub_reads_it():
    """A module's table that a stub reads, and no other one; a plot's settings are none."""
    source = "import os\nimport numpy as np\nimport matplotlib.pyplot as plt\n"
    source += "def relu(x):\n    plt.plot(x)\n    return x + float(os.environ.get('EPS', 0)) + np.random.normal()\n"
    assert told(source + "os.environ['EPS'] = '1'") == ["os"]
    assert told(source + "_ = os.environ.update(EPS='1')") == ["os"]
    assert told(source + "def late():\n    os.environ['EPS'] = '1'\nlate()") == ["os"]
    quiet = "plt.rcParams['figure.figsize'] = (8, 4)\nnp.random.seed(0)\nnp.seterr(all='ignore')\n"
    assert told(source + quiet + "def seed():\n    np.random.seed(1)\nseed()\nx = os.environ.get('HOME')") == []


@pytest.mark.parametrize(
    "lines",
    [
        "def main():\n    net = Net()\n    net.fit(1)\n    print(net.losses)\nif __name__ == '__main__':\n    main()",
        "net = Net()\nnet.lr = 0.1\nfor epoch in range(3):\n    net.fit(epoch)\n    net.losses.append(epoch)",
        "counts = {}\ndef count(k):\n    global total\n    total = 1\n    counts[k] = 1\nx = count(1)",
        "def count():\n    Net.made = 1\n    Net.names.append(1)\ncount()",
        "x = net << 2\ny = net + net\nassert net == net",
        "def late():\n    globals()\n    exec('1')\nx = late()",
    ],
)
def test_an_ordinary_class_holds_none(lines):
    """A network keeps what it learns on itself, and globals that no stub reads are nobody's concern."""
    source = "class Net:\n    eps = 0.1\n    def __init__(self): self.losses, self.w = [], {}\n    def fit(self, x):\n"
    source += "        self.w[x], self.eps = relu(x), 1\n        self.losses.append(self.w)\n        return self\n"
    source += "    def __add__(self, other):\n        made = Net()\n        made.w = self.w\n        return made\n"
    assert told("EPS = 1e-8\ndef relu(x): return x + EPS + Net.eps\n" + source + lines) == []


def _filled(loaded, replaced):
    """The code cells of a shipped template, its blank stubs replaced."""
    reference = loaded.reference
    folder = Path(__file__).parents[2] / "student_template" / loaded.name
    cells = json.loads((folder / f"{loaded.name}.ipynb").read_bytes())["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    for stub in reference.stubs:
        indent = "    " if "." in stub else ""
        blank = textwrap.indent(reference.function(stub).blank, indent).strip()
        written = textwrap.indent(replaced.get(stub, reference.function(stub).solution), indent).strip()
        assert sum(blank in source for source in sources) == 1
        sources = [source.replace(blank, written) for source in sources]
    return sources


@pytest.mark.parametrize("name", ["binary_mlp", "dense_layers", "kaiming_mlp", "mlp", "perceptron", "two_layer_mlp"])
def test_a_shipped_notebook_holds_none(name):
    """Its trainings, plots and checks are no doubt, whether all its stubs are right or one of them is wrong."""
    loaded = load(name)
    mistakes = {mistake.stub: mistake for mistake in loaded.mistakes}
    for replaced in [{}, *({stub: apply(loaded.reference, mistake)} for stub, mistake in mistakes.items())]:
        sources = _filled(loaded, replaced)
        reading = Reading(loaded.reference.stubs, Template({}, {}), Notes())
        steps = [step for number, source in enumerate(sources) for step in reading.read(number, number + 1, source)]
        choice = chosen(steps, loaded.reference.stubs)
        assert len(choice.places) < len(steps)  # something is left out
        assert doubtful(steps, choice, loaded.reference.stubs) == {}


def test_thousands_of_functions_that_call_each_other_are_followed():
    """The way from a call to what it changes may be as long as a notebook is."""
    chain = "".join(f"def f{number}(): f{number + 1}()\n" for number in range(3000))
    assert told(f"{REBINDING}{chain}def f3000(): set_eps(1)\nx = f0()") == ["EPS"]


def test_constants_and_generators_are_no_data():
    """Numbers cannot be changed, and drawing from a generator is what every notebook does."""
    source = (
        "import numpy as np\nEPS = 1e-8\nrng = np.random.default_rng(0)\ndef relu(x): return x + EPS + rng.normal()\n"
    )
    assert told(source + "x = rng.normal(size=3)\nshow(EPS)") == []


def test_a_built_in_that_is_bound_at_the_end_is_told():
    """A function above may have been meant to use it; another name of a built-in puts none in doubt."""
    assert told("def relu(x): return max(x, 0)\nmax = 5\nmin = 3") == ["max"]
    assert told("prange = range\ndef relu(x): return [x for _ in prange(3)]\nshow(range(3))") == []
