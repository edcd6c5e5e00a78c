"""Cells as students hand them in, run in the isolated process: each odd thing costs only itself."""

import numpy as np
import pytest

from autograder.records import Note, NoteKind, Outcome

SKELETON = "class MLP:\n    def __init__(self, n=2):\n        self.n = n\n"
BLANK = "def softmax(self, x):\n    ...\n"

# one notebook of many oddities; each stub, f_…, has its own
NOTEBOOK = [
    "import matplotlib.pyplot as plt, seaborn as sns\nfrom IPython.display import display, clear_output\n"
    "from google.colab import drive, files\nimport otter\ngrader = otter.Notebook('hw.ipynb')\nsns.set()\n"
    "drive.mount('/content')\n%matplotlib inline",
    "import numpy as np\nimport tensorflow as tf, math\nfrom tensorflow.keras.datasets import mnist\n"
    "from math import no_such_name, sqrt",
    "(x_train, y_train), (x_test, y_test) = mnist.load_data()",
    "def f_after_missing(z): return math.sqrt(z) + sqrt(z)",
    "rng = np.random.default_rng(0)\nEPS = np.finfo(float).eps\ndef f_rng(z): return rng.normal() + EPS",
    "def half(a, b=1): return a / 2 + b\nimport functools\nf_partial = functools.partial(half, b=3)",
    "f_vectorized = np.vectorize(lambda z: z if z > 0 else 0)",
    "%%time\ndef f_timed(z):\n    !ls\n    return z + 1",
    "def f_twice(z): return 1\ndef f_twice(z): return 2",
    "def f_overwritten(z): return z\nf_overwritten = f_overwritten(3.0)",
    "f_kept = abs\nf_kept = max(3, 4)",
    "raise ValueError('early')\ndef f_same_cell(z): return z",
    "print 'Python 2'\ndef f_python2(z): return z * 2",
    "if __name__ == '__main__':\n    scale = 3\n    def f_main(z): return scale * z\n    while True: pass",
    "import sys\nlimit = sys.exit(3)\nother = 1 / 0\ndef f_exit(z): return z, limit",
    "from tqdm import tqdm, trange\nimport tqdm.notebook as bars\n"
    "def f_tqdm(z): return sum(tqdm(z, desc='x')) + sum(trange(3)) + sum(bars.tqdm(z))\n"
    "def f_tqdm2(z):\n    with tqdm(total=3) as bar:\n        bar.update(1)\n    return z",
    "def f_plots(z):\n    fig, (a, b) = plt.subplots(1, 2)\n    for axis in [a, b]: axis.plot(z, color='r')\n"
    "    n, bins, _ = plt.hist(z)\n    with plt.style.context('x'): plt.show()\n    display(z)\n"
    "    get_ipython().run_line_magic('time', '')\n    return z",
    "history = []\nfor i in range(10**12):\n    history.append(i)",
    "def relu(z): return np.maximum(z, 0)\ndef f_default(z, a=relu): return a(z)",
    "open = 3\nsum_ = sum\ndef f_name(z): return sum_(z)",
    "import nowhere.at.all\nfrom .relative import thing\nfrom numpy.linalg import *\ndef f_star(z): return det([[z]])",
    "def f_blank(z):\n    '''To do.'''\n    ...",
    "def f_blank_again(z): return z\ndef f_blank_again(z): pass",
    "slow = [i for i in iter(int, 1)]\ndef f_slow(z):\n    try:\n        return slow\n"
    "    except NameError:\n        return -z",
    "import numpy as np\ndef f_help(z): return np.sum(z)\nnp.sum?\nf_help??",
]
VALUES = {
    "f_after_missing": ("4.0", 4.0),
    "f_partial": ("4", 5.0),
    "f_vectorized": ("[-1, 2]", [0, 2]),
    "f_timed": ("1", 2),
    "f_twice": ("1", 2),
    "f_overwritten": ("5", 5),
    "f_kept": ("-2", 2),
    "f_same_cell": ("5", 5),
    "f_python2": ("5", 10),
    "f_main": ("5", 15),
    "f_tqdm": ("[1, 2]", 9),
    "f_tqdm2": ("1", 1),
    "f_plots": ("[1, 2]", [1, 2]),
    "f_default": ("-3", 0),
    "f_name": ("[1, 2]", 3),
    "f_star": ("3.0", 3.0),
    "f_blank_again": ("5", 5),
    "f_slow": ("5", -5),
    "f_help": ("[1, 2]", 3),
}
OTHERS = {"f_rng": "1.0", "f_exit": "1", "f_blank": "1", "f_never": "1"}


@pytest.fixture(scope="module")
def notebook(sit):
    """The notebook's sitting, and what each stub gave."""
    arguments = {name: argument for name, (argument, _) in VALUES.items()} | OTHERS
    sitting = sit(NOTEBOOK, [f"student.{name}({text})" for name, text in arguments.items()], stubs=arguments)
    return sitting, dict(zip(arguments, sitting.observations, strict=True))


def noted(sitting, kind):
    """Cell, line and name of the notes of a kind."""
    return {(note.cell, note.line, note.name) for note in sitting.notes if note.kind is kind}


@pytest.mark.parametrize("name", VALUES)
def test_a_stub_is_found_whatever_stands_around_it(notebook, name):
    """Missing packages, magics, exceptions, plots, overwriting and endless loops beside it cost it nothing."""
    seen = notebook[1][name]
    assert seen.outcome is Outcome.RETURNED, seen
    np.testing.assert_allclose(seen.value, VALUES[name][1])


def test_a_generator_at_the_top_level_is_there(notebook):
    """`rng = np.random.default_rng(0)` is run for the stub that draws from it."""
    expected = np.random.default_rng(0).normal() + np.finfo(float).eps
    assert notebook[1]["f_rng"].value == expected


def test_a_name_whose_statement_ended_is_not_defined(notebook):
    """`sys.exit()` in a cell loses the name that it would have bound; using it raises NameError where it is used."""
    seen = notebook[1]["f_exit"]
    assert (seen.outcome, seen.exception) == (Outcome.RAISED, "NameError")
    assert (seen.where.cell, seen.where.line, seen.where.function) == (15, 4, "f_exit")


def test_blank_and_absent_stubs_are_missing(notebook):
    """A blank stub defines nothing, and neither does one that is not there."""
    sitting, seen = notebook
    for name in ("f_blank", "f_never"):
        assert (seen[name].outcome, seen[name].stub) == (Outcome.MISSING, name)
    assert sitting.defined == {*VALUES, "f_rng", "f_exit"}


def test_the_receipt_says_what_was_skipped_and_replaced(notebook):
    """Each kind of note has its cell, line and name."""
    sitting, _ = notebook
    assert {(2, 2, "tensorflow"), (2, 3, "tensorflow.keras.datasets")} < noted(sitting, NoteKind.ABSENT)
    assert (2, 4, "math") in noted(sitting, NoteKind.FAILED)
    assert (15, 2, "limit") in noted(sitting, NoteKind.FAILED)
    assert (13, 1, "") in noted(sitting, NoteKind.UNPARSED)
    assert (24, 1, "slow") in noted(sitting, NoteKind.TIMED_OUT)
    assert (1, 1, "matplotlib.pyplot") in noted(sitting, NoteKind.STAND_IN)
    assert {(10, 2, "f_overwritten"), (11, 2, "f_kept")} == noted(sitting, NoteKind.KEPT)
    assert {(9, 2, "f_twice")} == noted(sitting, NoteKind.TWICE)
    assert {(22, 1, "f_blank")} == noted(sitting, NoteKind.BLANK)
    assert {cell for cell, _, _ in noted(sitting, NoteKind.SKIPPED)} >= {3, 18}


def test_a_training_cell_costs_no_time(notebook):
    """What no stub needs is not run at all, and so cannot time out."""
    assert not any(note.cell in (14, 18) for note in notebook[0].notes if note.kind is NoteKind.TIMED_OUT)


CLASSES = [
    "import numpy as np\n\nclass MLP:\n    def __init__(self, n=2):\n        self.n = n\n",
    "class MLP(MLP):\n    def softmax(self, x):\n        ...\n",
    "class MLP(MLP):\n    def forward(self, x):\n        return x * self.n\n",
    "class MLP(MLP):\n    def broken(self, x)\n        return x\n",
    "class MLP(MLP):\n    @staticmethod\n    def one_hot(y):\n        return y + 1\n",
    "def loss(self, y): return y - 1\nMLP.loss = loss",
    "class MLP(MLP):\n    def forward(self, x):\n        return super().forward(x) + 1\n",
    "MLP = MLP(3)\nmlp = MLP\n",
    "MLP.one_hot = 3",
]
METHODS = [f"MLP.{name}" for name in ("softmax", "forward", "broken", "one_hot", "loss")]


def test_a_class_may_be_spread_over_cells(sit):
    """One method a cell, set from outside, with super(); a syntax error or a blank costs one stub, an instance none."""
    sitting = sit(
        CLASSES,
        [
            "student.MLP(5).forward(2)",
            "student.MLP.one_hot(2)",
            "student.MLP().loss(2)",
            "student.MLP().softmax(2)",
            "student.MLP.broken(1, 2)",
            "student.MLP().nothing(2)",
        ],
        stubs=METHODS,
        skeletons={"MLP": SKELETON},
    )
    seen = sitting.observations
    assert [item.value for item in seen[:3]] == [11, 3, 1]
    assert [(item.outcome, item.stub) for item in seen[3:5]] == [
        (Outcome.MISSING, "MLP.softmax"),
        (Outcome.MISSING, "MLP.broken"),
    ]
    assert (seen[5].outcome, seen[5].exception) == (Outcome.RAISED, "AttributeError")
    assert sitting.defined == {"MLP.forward", "MLP.one_hot", "MLP.loss"}
    assert noted(sitting, NoteKind.KEPT) == {(8, 1, "MLP"), (9, 1, "MLP.one_hot")}
    assert noted(sitting, NoteKind.TWICE) == {(7, 1, "MLP.forward")}


@pytest.mark.parametrize("first", ["x = 1", "class MLP:\n    size = nowhere", "class MLP\n    pass"])
def test_a_lost_first_cell_of_a_class_costs_only_itself(sit, first):
    """Where the cell that begins the class was deleted or fails, the cells that extend it still define their stubs."""
    extending = "class MLP(MLP):\n    def forward(self, x):\n        return x + 1\n"
    sitting = sit([first, extending], ["student.MLP().forward(1)"], stubs=METHODS, skeletons={"MLP": SKELETON})
    assert sitting.observations[0].value == 2
    assert sitting.defined == {"MLP.forward"}


def test_a_whole_class_above_blank_stubs_counts(sit):
    """The template's own cells below a pasted class, its __init__ and blank stubs, take nothing away."""
    pasted = """
    class MLP:
        def __init__(self, width):
            self.width = width
        def softmax(self, x):
            return x / self.width
        def forward(self, x):
            return self.softmax(x)
    """
    cells = [pasted, SKELETON, f"class MLP(MLP):\n    {BLANK}".replace("\n    ...", "\n        ...")]
    cells += ["class MLP(MLP):\n    def forward(self, x):\n        pass"]
    stubs = ["MLP.softmax", "MLP.forward"]
    sitting = sit(cells, ["student.MLP(4).forward(2)"], stubs=stubs, skeletons={"MLP": SKELETON})
    assert sitting.observations[0].value == 0.5
    assert sitting.defined == set(stubs)


INHERITS = [
    "class Parts:\n    def softmax(self, x): return x / 2\n    def forward(self, x): return self.softmax(x) + 1",
    """class Made(type):
    def __new__(kind, name, bases, space, **more):
        space |= {"softmax": Parts.softmax, "forward": Parts.forward}
        return super().__new__(kind, name, bases, space)
""",
    "def filled(kind):\n    kind.softmax, kind.forward = Parts.softmax, Parts.forward\n    return kind",
]


@pytest.mark.parametrize(
    "header",
    [
        "class MLP(Parts): pass",
        'class MLP(Parts, MLP):\n    "All parts together."',
        "class MLP(MLP, metaclass=Made): ...",
        "@filled\nclass MLP(MLP): pass",
    ],
)
def test_a_class_without_a_body_may_say_much(sit, header):
    """What it inherits, and what makes it, defines its stubs, though the template's cell has begun it already."""
    cells, stubs = [SKELETON, *INHERITS, header], ["MLP.softmax", "MLP.forward"]
    sitting = sit(cells, ["student.MLP().forward(2)"], stubs=stubs, skeletons={"MLP": SKELETON})
    assert sitting.observations[0].value == 2
    assert sitting.defined == set(stubs)


@pytest.mark.parametrize("header", ["class MLP: pass", "class MLP(object):\n    ...", "class MLP(MLP): pass"])
def test_a_class_begun_again_says_nothing(sit, header):
    """A class with nothing in it and nothing behind it takes nothing away from the one that is there."""
    whole = "class MLP:\n    def softmax(self, x): return x / 2\n    def forward(self, x): return self.softmax(x) + 1"
    sitting = sit([whole, header], ["student.MLP().forward(2)"], stubs=METHODS, skeletons={"MLP": SKELETON})
    assert sitting.observations[0].value == 2


def test_a_later_class_keeps_the_methods_of_the_one_before(sit):
    """The last definition of each stub wins, also where the class is begun anew in between."""
    cells = [
        "class MLP:\n    def softmax(self, x): return 1\n    def forward(self, x): return 1",
        "class MLP:\n    def __init__(self): self.edited = True\n    def forward(self, x): return 2",
    ]
    asked = ["student.MLP().softmax(0)", "student.MLP().forward(0)", "student.MLP().edited"]
    sitting = sit(cells, asked, stubs=["MLP.softmax", "MLP.forward"], skeletons={"MLP": SKELETON})
    assert [item.value for item in sitting.observations] == [1, 2, True]


OUT_OF_ORDER = [
    "import numpy as np\nsigmoid = np.vectorize(slow_sigmoid)",
    "def forward(x, activation=relu): return activation(x) + BIAS",
    "class Dense(Layer):\n    def backward(self): return self.size",
    "BIAS = offset(2)",
    "sigmoid_of = sigmoid_twice",
    "def never(x=nowhere): return x",
    "def slow_sigmoid(x): return 1 / (1 + np.exp(-x))",
    "def offset(n): return n * ONE",
    "def relu(x): return max(x, 0)",
    "class Layer:\n    size = 3",
    "ONE = 1",
    "def sigmoid_of(x): return 5",
    "def sigmoid_twice(x): return 6",
]


def test_what_needs_a_name_from_further_down_is_tried_again(sit):
    """Definitions that lacked a name are run once more; what was bound further down stays, and the rest is told."""
    asked = ["student.sigmoid(0.0)", "student.forward(-1)", "student.Dense().backward()", "student.sigmoid_of(1)"]
    stubs = ["sigmoid", "forward", "Dense.backward", "sigmoid_of", "never"]
    sitting = sit(OUT_OF_ORDER, [*asked, "student.never()"], stubs=stubs)
    assert [item.value for item in sitting.observations[:4]] == [0.5, 2, 3, 5]
    assert sitting.observations[4].outcome is Outcome.MISSING
    assert noted(sitting, NoteKind.FAILED) == {(5, 1, "sigmoid_of"), (6, 1, "never")}


@pytest.mark.parametrize("given", [{}, {"MLP.loss": "def loss(self, x):\n    return 9\n"}], ids=["own", "given"])
def test_a_class_may_begin_below_what_extends_it(sit, given):
    """Methods and helpers above the class are kept, super() finds the class, and its own methods are the last word."""
    cells = [
        "class MLP(MLP):\n    def softmax(self, x): return self.more(x)\n    def more(self, x): return x + self.made",
        "class MLP(MLP):\n    def forward(self, x): return super().forward(x) + 1\n    def loss(self, x): return 1",
        "class MLP:\n    def __init__(self, made=2): self.made = made\n    def loss(self, x): return 2",
        "class MLP(MLP):\n    def one_hot(self): return 4",
    ]
    asked = ["student.MLP().softmax(1)", "student.MLP().loss(1)", "student.MLP().one_hot()", "student.MLP().forward(1)"]
    sitting = sit(cells, asked, stubs=METHODS, skeletons={"MLP": SKELETON}, given=given)
    assert [item.value for item in sitting.observations[:3]] == [3, 9 if given else 2, 4]
    assert sitting.observations[3].exception == "AttributeError"
    assert sitting.defined >= {"MLP.softmax", "MLP.loss", "MLP.one_hot", "MLP.forward"}


def test_running_all_runs_everything(sit):
    """With `run_all` prints, loops and training are run, under their limits, and stubs' names are kept."""
    cells = [
        "def f(z): return globals()['hidden'] + z",
        "import numpy as np\nnp.random.seed(3)",
        "exec('hidden = 40')",
        "for i in range(2):\n    f = f(1)",
        "while True: pass",
        "drawn = np.random.normal()",
    ]
    usual = sit(cells, ["student.f(2)"])
    assert (usual.observations[0].outcome, usual.observations[0].exception) == (Outcome.RAISED, "KeyError")
    everything = sit(cells, ["student.f(2)", "student.drawn"], run_all=True)
    assert everything.observations[0].value == 42
    np.random.seed(3)
    assert everything.observations[1].value == np.random.normal()
    assert not noted(everything, NoteKind.SKIPPED)
    assert (5, 1, "") in noted(everything, NoteKind.TIMED_OUT)


def test_sittings_repeat_to_the_last_note(sit):
    """The same cells give the same observations and notes, unseeded draws included."""
    cells = [
        "import numpy as np, random\nstart = np.random.default_rng().normal() + np.random.rand() + random.random()",
        "def f(): return start, np.random.default_rng().normal(), np.random.rand(), random.random(), hash('a')",
        "x = y",
    ]
    first, second = (sit(cells, ["student.f()", "student.f()"]) for _ in range(2))
    assert [encoded(item) for item in first.observations] == [encoded(item) for item in second.observations]
    assert first.notes == second.notes
    assert encoded(first.observations[0]) == encoded(first.observations[1])


def encoded(observation):
    """The bytes of what was returned."""
    return [np.asarray(item).tobytes() for item in np.atleast_1d(observation.value)]


def test_code_beyond_a_megabyte_is_not_run(sit):
    """What would take gigabytes to parse is noted, and the other cells count."""
    sitting = sit(["def f(): return 1", "x=1\n" * 300_000], ["student.f()"])
    assert sitting.observations[0].value == 1
    assert Note(NoteKind.UNPARSED, 2) in sitting.notes


def test_no_cells_and_no_probes_are_nothing(sit):
    """An empty submission defines nothing and is no fault."""
    assert sit([], []).defined == frozenset()
    assert sit([""], ["student.f()"]).observations[0].outcome is Outcome.MISSING
