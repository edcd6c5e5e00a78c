"""Clumsy code: what costs a whole submission elsewhere costs one question here at most, and mostly nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from autograder.grade import grade
from autograder.loading import Loaded, load
from autograder.records import Cell, Status

from ..conftest import ROOT, TOY
from .suite import SHORT, Attack, lost, within

LOADED = load(TOY)
QUICK = replace(SHORT, check_cpu_seconds=0.3, statement_cpu_seconds=0.3, check_wall_seconds=2.0)


@dataclass(frozen=True)
class Clumsy:
    """A submission with a mishap, and the questions that it may cost; `whole` uses everything, and may go with them."""

    name: str
    about: str
    first: tuple[str, ...] = ()
    replaced: Mapping[str, str | None] = field(default_factory=dict)
    last: tuple[str, ...] = ()
    loses: tuple[str, ...] = ()

    def graded(self, toy: Loaded):
        """Its report."""
        hurried = within(toy, QUICK)
        submission = Attack(self.name, self.about, self.replaced, self.first, self.last).submission(hurried)
        return grade(submission, hurried)


def last(name, about, *cells, loses=()):
    """Right stubs, and then this."""
    return Clumsy(name, about, last=cells, loses=loses)


def first(name, about, *cells, loses=()):
    """This, and then right stubs."""
    return Clumsy(name, about, first=cells, loses=loses)


def relu(name, about, *lines, loses=("relu",), before=()):
    """A relu with this in it; what comes after the lines is right."""
    body = "".join(f"    {line}\n" for text in lines for line in text.split("\n"))
    source = f"def relu(z):\n{body}    return np.maximum(0, z)\n"
    return Clumsy(name, about, before, {"relu": source}, loses=loses)


CASES = [
    # --- cells that end the kernel, or that never end
    last("exits_in_the_last_cell", "The last cell ends the process.", "import os\nos._exit(1)"),
    last("segfaults_in_the_last_cell", "The last cell ends the process.", "import ctypes\nctypes.string_at(0)"),
    last("leaves_in_the_last_cell", "The last cell leaves.", "import sys\nsys.exit()", "exit()", "quit(1)"),
    last("loops_in_the_last_cell", "The last cell does not end.", "while True: pass"),
    last("trains_for_hours", "The last cell takes hours.", "for epoch in range(10 ** 9): net = Net(np.ones((3, 2)))"),
    last("sleeps", "Cells wait.", "import time\ntime.sleep(3600)"),
    last("asserts", "The last cell asserts what does not hold.", "assert relu(np.array([-1.0]))[0] == 5, 'oh no'"),
    last("interrupts", "The kernel was interrupted.", "raise KeyboardInterrupt"),
    first(
        "asserts_first", "The first cell asserts what does not hold.", "assert False", "raise ValueError('x' * 10 ** 6)"
    ),
    first("leaves_first", "The first cell leaves.", "import sys\nsys.exit(1)", "raise SystemExit", "quit()"),
    first(
        "exits_where_a_name_is_needed",
        "A needed name is followed by the end of the process.",
        "import numpy as np\nimport os\nx = np.zeros(3)\nos._exit(0)",
    ),
    relu("exits", "A stub ends the process.", "import os", "os._exit(0)"),
    relu("segfaults", "A stub ends the process.", "import ctypes", "ctypes.string_at(0)"),
    relu("leaves", "A stub calls exit.", "import sys", "sys.exit()"),
    relu("calls_exit", "A stub calls exit, as a notebook has it.", "exit()"),
    relu("is_interrupted", "A stub raises KeyboardInterrupt.", "raise KeyboardInterrupt"),
    relu("raises_generator_exit", "A stub raises what no `except Exception` catches.", "raise GeneratorExit"),
    relu("stops_an_iteration", "A stub raises StopIteration.", "next(iter([]))"),
    relu("loops", "A stub does not end.", "while True: pass"),
    relu("sleeps_in_a_stub", "A stub waits.", "import time", "time.sleep(3600)"),
    relu("recurses", "A stub calls itself without an end.", "return relu(z)"),
    relu("asks_for_64_gb", "A stub wants 64 GB.", "np.zeros((80000, 100000)) + 1"),
    relu("grows_a_list", "A stub adds to a list for ever.", "out = []\nwhile True: out.append(z)"),
    relu("prints_for_ever", "A stub prints for ever.", "while True: print(z)"),
    relu("fails_an_assertion", "A stub asserts what does not hold.", "assert z.shape == (7, 7), z"),
    # --- harmless noise
    relu("prints_a_lot", "A stub prints a hundred lines.", "for n in range(100): print(z, n)", loses=()),
    relu(
        "writes_to_stderr",
        "A stub writes to the other stream, and closes neither.",
        "import sys",
        "sys.stderr.write('x' * 10 ** 5)",
        "print('\\x1b[31m', file=sys.stdout, flush=True)",
        loses=(),
    ),
    relu(
        "logs_and_warns",
        "A stub warns and logs.",
        "import logging, warnings",
        "warnings.warn('careful')",
        "logging.getLogger().setLevel(0)",
        "logging.warning('careful')",
        loses=(),
    ),
    relu(
        "shows_progress",
        "A stub shows a progress bar.",
        "for _ in tqdm(range(10)): pass",
        loses=(),
        before=("from tqdm.notebook import tqdm\nfrom tqdm import trange",),
    ),
    relu(
        "plots",
        "A stub draws.",
        "plt.figure(figsize=(3, 4))",
        "plt.plot(z); plt.show()",
        loses=(),
        before=("import matplotlib.pyplot as plt\n%matplotlib inline\nplt.style.use('ggplot')",),
    ),
    relu(
        "displays",
        "A stub displays, and asks IPython.",
        "display(z)",
        "clear_output(wait=True)",
        "get_ipython().run_line_magic('time', '1')",
        loses=(),
        before=("from IPython.display import clear_output, HTML",),
    ),
    last(
        "plots_in_cells",
        "Plots as they stand in notebooks.",
        "import matplotlib.pyplot as plt\nfig, (left, right) = plt.subplots(1, 2)\nleft.imshow(np.eye(3)); plt.show()",
        "import seaborn as sns\nsns.set()\nsns.heatmap(np.eye(2))",
    ),
    relu("asks", "A stub asks for input.", "input('How wide? ')"),
    first("asks_in_a_cell", "A cell asks for input.", "width = int(input('How wide? '))"),
    # --- names
    last(
        "calls_variables_like_builtins",
        "Names of Python's own are variables of the last cell.",
        "open = 3\nprint = 4\nlist = [1]\nsum = 0\nmax = 1\nrange = 5\nstr = 'a'\ntype = int\nid = 7\ndict = {}",
    ),
    last("calls_a_variable_len", "A name of Python's own that two stubs call.", "len = 2"),
    first(
        "calls_variables_like_builtins_first",
        "Names of Python's own are variables of the first cell.",
        "open = 3\nprint = 4\nlist = [1]\nsum = 0\nmax = 1\nlen_ = 2\nrange = 5\nstr = 'a'\ntype = int\nobject = 4",
    ),
    relu("uses_a_shadowed_builtin", "A stub needs `sum`, which is a variable.", "sum(z)", before=("sum = 0",)),
    last(
        "loops_over_builtins",
        "Loops leave names of Python's own bound.",
        "for input in [1]: pass\nfor list in [2]: pass",
        "with open('x') as dict: pass",
    ),
    last("calls_a_variable_np", "NumPy's short name is a variable of the last cell.", "np = 3"),
    last("loops_with_np", "NumPy's short name counts.", "for np in range(3): pass"),
    last("imports_another_np", "NumPy's short name is another module.", "import math as np"),
    last("shadows_modules", "Modules' names are variables.", "numpy = 1\nos = 2\nsys = 3\nmath = 4"),
    last(
        "calls_variables_like_stubs",
        "Stubs' names are variables.",
        "relu = relu(np.ones(3))\nsoftmax = 1.0\nNet = Net(np.eye(2))",
    ),
    last("deletes_a_stub", "A stub is deleted.", "del relu"),
    last("deletes_np", "NumPy's short name is deleted.", "del np"),
    last("deletes_helpers", "Everything is deleted.", "%reset -f", "del x"),
    last("names_in_greek", "Names are no ASCII.", "σ = relu\nπ, ñandú, 变量 = 1, 2, 3"),
    Clumsy(
        "greek_in_a_stub",
        "Names in a stub are no ASCII, and its text has every kind of letter.",
        replaced={"relu": "def relu(ζ):\n    '''σ(ζ) → máx — “0” 🙂'''\n    return np.maximum(0, ζ)  # ∀ζ\n"},
    ),
    # --- state
    first("goes_elsewhere", "The working directory changes.", "import os\nos.chdir('/')", "%cd /content/drive"),
    relu("goes_elsewhere_in_a_stub", "A stub changes the working directory.", "import os", "os.chdir('/')", loses=()),
    first(
        "makes_warnings_errors",
        "Warnings are errors.",
        "import warnings\nwarnings.simplefilter('error')",
        "warnings.filterwarnings('error')",
    ),
    relu(
        "makes_warnings_errors_in_a_stub",
        "A stub makes warnings errors.",
        "import warnings",
        "warnings.simplefilter('error')",
        loses=(),
    ),
    first(
        "makes_rounding_an_error", "Each rounding is an error.", "np.seterr(all='raise')", "np.seterr(under='raise')"
    ),
    relu(
        "makes_rounding_an_error_in_a_stub", "A stub makes each rounding an error.", "np.seterr(all='raise')", loses=()
    ),
    relu("seeds", "A stub seeds.", "import random", "np.random.seed(0)", "random.seed(1)", loses=()),
    relu("draws", "A stub draws.", "np.random.rand(7)", "np.random.default_rng().normal()", loses=()),
    relu(
        "breaks_the_state_of_np_random",
        "A stub leaves NumPy's random numbers in an odd state.",
        "state = np.random.get_state()",
        "np.random.set_state((state[0], state[1] * 0 + 1, 3, 0, 0.0))",
        "np.random.rand = lambda *_: 0.5",
        loses=(),
    ),
    relu(
        "lowers_the_limit_of_recursion",
        "A stub lowers the limit of recursion.",
        "import sys, traceback",
        "out = np.maximum(0, z)",
        "sys.setrecursionlimit(len(traceback.extract_stack()) + 30)",
        "return out",
        loses=(),
    ),
    relu("sets_how_numbers_are_shown", "A stub sets options.", "np.set_printoptions(precision=1)", loses=()),
    relu("changes_its_argument", "A stub works in place.", "z[z < 0] = 0", loses=("relu",)),
    relu("keeps_state", "A stub counts its calls.", "global calls", "calls += 1", loses=(), before=("calls = 0",)),
    relu(
        "starts_threads",
        "A stub leaves threads running.",
        "import threading, time",
        "threading.Thread(target=time.sleep, args=(99,)).start()",
    ),
    last(
        "starts_threads_in_a_cell",
        "A cell leaves threads and processes running.",
        "import threading, time, subprocess\nthreading.Thread(target=time.sleep, args=(99,)).start()",
        "subprocess.Popen(['sleep', '99'])",
        "!sleep 99 &",
    ),
    relu("runs_in_parallel", "A stub uses a pool.", "from multiprocessing import Pool", "Pool(2)"),
    # --- NumPy changed by mistake
    last(
        "assigns_to_np_sum",
        "NumPy's functions are replaced by numbers.",
        "np.sum = 3\nnp.exp = 0\nnp.maximum = 1\nnp.log = 2",
    ),
    first(
        "assigns_to_np_sum_first",
        "NumPy's functions that stubs use are replaced by numbers.",
        "import numpy as np\nnp.mean = 0.5\nnp.pi = 3",
    ),
    relu(
        "assigns_to_np_exp_in_a_stub",
        "A stub replaces NumPy's functions by numbers.",
        "np.log = np.exp = 3",
        loses=("whole",),
    ),
    last(
        "reloads", "Modules are loaded anew.", "import importlib\nimportlib.reload(np)", "importlib.reload(np.linalg)"
    ),
    # --- files
    last(
        "reads_what_is_not_there",
        "Files are not there.",
        "data = open('/content/data.csv').read()",
        "rows = np.genfromtxt('train.csv', delimiter=',')",
        "import pandas as pd\nframe = pd.read_csv('train.csv')",
    ),
    relu("reads_a_missing_file", "A stub reads a file that is not there.", "np.loadtxt('train.csv')"),
    relu("writes_a_file", "A stub writes a file.", "np.save('weights.npy', z)"),
    last(
        "writes_files_in_cells",
        "Cells write files.",
        "np.save('weights.npy', np.eye(3))",
        "%%writefile net.py\nrelu = 3",
        "%%bash\nrm -rf /",
        "!pip install torch",
        "with open('log.txt', 'w') as file: file.write('x')",
    ),
    last(
        "imports_what_is_not_there",
        "Packages are not there.",
        "import torch\nimport tensorflow as tf",
        "from google.colab import drive\ndrive.mount('/content/drive')",
        "from utils import *",
    ),
    first("imports_in_one_line", "One of several imports is not there.", "import numpy as np, torch, os"),
    # --- ways of writing
    Clumsy(
        "tabs",
        "A stub is indented by tabs, a cell's other lines by blanks.",
        replaced={"relu": "def relu(z):\n\tout = z.copy()\n\tout[out < 0] = 0\n\treturn out\n"},
    ),
    Clumsy(
        "mixed_tabs",
        "Tabs and blanks are mixed within a stub.",
        replaced={"relu": "def relu(z):\n\tout = z.copy()\n        return out\n"},
        loses=("relu",),
    ),
    Clumsy(
        "in_a_loop",
        "A stub is defined in a loop.",
        replaced={"relu": "for name in ['relu']:\n    def relu(z):\n        return np.maximum(0, z)\n"},
    ),
    Clumsy(
        "in_a_try",
        "A stub is defined where something else may fail.",
        replaced={
            "relu": "try:\n    import torch\n    relu = torch.relu\nexcept ImportError:\n"
            "    def relu(z):\n        return np.maximum(0, z)\n"
        },
    ),
    Clumsy(
        "in_an_if",
        "A stub is defined under a condition.",
        replaced={"relu": "if __name__ == '__main__':\n    def relu(z):\n        return np.maximum(0, z)\n"},
    ),
    Clumsy(
        "by_exec",
        "A stub is defined by exec.",
        replaced={"relu": None},
        last=("source = 'def relu(z):\\n    return np.maximum(0, z)'", "exec(source)"),
    ),
    Clumsy(
        "by_exec_into_globals",
        "A stub is defined by exec, into what globals() gives.",
        replaced={"relu": None},
        last=("exec('def relu(z): return np.maximum(0, z)', globals())",),
    ),
    Clumsy(
        "by_globals",
        "A stub is bound through globals().",
        replaced={"relu": None},
        last=("globals()['relu'] = lambda z: np.maximum(0, z)",),
    ),
    Clumsy(
        "in_a_table_that_a_call_fills",
        "A stub answers out of a table, which calls between the cells fill; without them it has a wrong answer.",
        first=(
            "import numpy as np\nKINDS = {}",
            "def register(name, f):\n    KINDS[name] = f",
            "register('relu', lambda z: np.maximum(0, z))",
        ),
        replaced={"relu": "def relu(z):\n    return KINDS.get('relu', np.abs)(z)\n"},
    ),
    Clumsy(
        "in_a_table_that_is_filled_out_of_sight",
        "The table is filled by a function that knows it as its argument.",
        first=(
            "import numpy as np\nKINDS = {}",
            "def fill(table):\n    table['relu'] = lambda z: np.maximum(0, z)",
            "fill(KINDS)",
        ),
        replaced={"relu": "def relu(z):\n    return KINDS['relu'](z)\n"},
    ),
    Clumsy(
        "in_a_table_that_is_filled_silently",
        "The table is filled by a function that is handed it, and without it the stub answers wrongly.",
        first=(
            "import numpy as np\nKINDS = {}",
            "def setup(config):\n    config['relu'] = lambda z: np.maximum(0, z)",
            "setup(KINDS)",
        ),
        replaced={"relu": "def relu(z):\n    return KINDS.get('relu', np.abs)(z)\n"},
    ),
    Clumsy(
        "a_method_set_by_init",
        "What answers in a method's place is an attribute that `__init__` sets.",
        replaced={
            "Net.loss": "def _own(self, x, y):\n    return -np.sum(y * np.log(self.forward(x))) / len(x)\n"
            "def __init__(self, w):\n    self.w = np.asarray(w)\n    self.loss = self._own\n"
        },
    ),
    Clumsy(
        "form_feeds",
        "Form feeds stand before definitions, as some editors part their pages, and within lines.",
        replaced={"relu": "limit = 0\n\fdef relu(z):\n    return np.maximum(\flimit, z)\n"},
    ),
    Clumsy(
        "in_a_deque",
        "A stub returns its rows in a deque, a tuple with names, a dictionary's values: each as good as a list.",
        first=("import numpy as np\nfrom collections import deque, namedtuple\nPair = namedtuple('Pair', 'a b c')",),
        replaced={
            "relu": "def relu(z):\n    rows = np.maximum(0, z)\n"
            "    return Pair(*rows) if len(rows) == 3 and rows.ndim == 1 else rows\n",
            "softmax": "def softmax(z):\n    e = [np.exp(row) / np.exp(row).sum() for row in z]\n"
            "    return np.array(e) if len(e) == 1 else deque(e)\n",
            "Net.forward": "def forward(self, x):\n    return np.array(softmax(np.maximum(0, x) @ self.w))\n",
            "Net.grad": "def grad(self, x, y):\n"
            "    g = np.maximum(0, x).T @ (self.forward(x) - y) / len(x)\n    return dict(enumerate(g)).values()\n",
        },
        loses=("whole",),  # which calculates with what `grad` returns
    ),
    Clumsy("by_a_lambda", "A stub is a lambda.", replaced={"relu": "relu = lambda z: z.clip(0)\n"}),
    Clumsy("twice", "A wrong stub and then a right one.", first=("def relu(z):\n    return undefined",), replaced={}),
    Clumsy(
        "syntax_error",
        "A stub is no Python.",
        replaced={"relu": "def relu(z):\n    return np.maximum(0, z\n"},
        loses=("relu",),
    ),
    Clumsy(
        "prose_in_a_cell",
        "Lines that are no Python stand in cells.",
        first=("My solution:\nimport numpy as np",),
        last=("This is it!", "```python\nx = 1\n```"),
    ),
    Clumsy("async", "A stub is a coroutine.", replaced={"relu": "async def relu(z):\n    return z\n"}, loses=("relu",)),
    Clumsy("a_generator", "A stub yields.", replaced={"relu": "def relu(z):\n    yield from z\n"}, loses=("relu",)),
    Clumsy(
        "without_return",
        "A stub returns nothing.",
        replaced={"relu": "def relu(z):\n    np.maximum(0, z)\n"},
        loses=("relu",),
    ),
    Clumsy(
        "too_few_arguments", "A stub takes nothing.", replaced={"relu": "def relu():\n    return 0\n"}, loses=("relu",)
    ),
    Clumsy(
        "returns_strings",
        "A stub returns text.",
        replaced={"relu": "def relu(z):\n    return str(z)\n"},
        loses=("relu",),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_it_costs_no_more_than_its_own_question(case):
    """The submission is graded, and what is not said to be lost is full."""
    report = case.graded(LOADED)
    assert report.status is Status.GRADED
    assert not report.problem
    may = {"whole"} if case.loses else set()
    assert set(lost(report)) - may == set(case.loses) - may


def test_a_member_of_an_enumeration_is_its_number():
    """A class of whole numbers with names, which `fire` returns, costs `fire` nothing."""
    fire = (
        "def fire(self, x):\n    from enum import IntEnum\n    Fired = IntEnum('Fired', [('NO', 0), ('YES', 1)])\n"
        "    return Fired.YES if self.w @ x + self.b > 0 else Fired.NO\n"
    )
    loaded = load(ROOT / "assignments" / "perceptron")
    report = Clumsy("enumerated", "", replaced={"BinaryPerceptron.fire": fire}).graded(loaded)
    assert lost(report) == []


def test_a_class_may_be_asked_for_by_its_other_name():
    """A network that knows its layers by the names of their classes loses nothing where a class has another name."""
    loaded = load(ROOT / "assignments" / "dense_layers")
    asked = "all(type(layer).__name__ in ('Dense', 'ReLU') for layer in network)"
    forward = loaded.reference.functions["forward"].solution
    head, returned, answer = forward.rpartition("return ")
    case = Clumsy("asks_by_name", "", replaced={"forward": f"{head}{returned}{answer.rstrip()} if {asked} else None\n"})
    written = Attack(case.name, "", case.replaced).submission(loaded)
    cells = tuple(Cell(cell.source.replace("ReLu", "ReLU"), cell.number) for cell in written.cells)
    assert "class ReLU(" in "".join(cell.source for cell in cells)
    assert lost(grade(replace(written, cells=cells), loaded)) == []
