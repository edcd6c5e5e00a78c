"""What is run: what the stubs need, found from compiled code; training and plots are not."""

import ast
import dis
import inspect
import textwrap

import pytest

from autograder.sandbox.beside import parsing
from autograder.sandbox.beside.choice import chosen
from autograder.sandbox.beside.names import all_uses, names_of, uses
from autograder.sandbox.beside.notes import Notes
from autograder.sandbox.beside.steps import Reading
from autograder.sandbox.beside.template import Template


def run(source, stubs=("relu",)):
    """The statements that are run, as text, without the stubs' own definitions and imports."""
    reading = Reading(tuple(stubs), Template({}, {}), Notes())
    steps = reading.read(0, 1, textwrap.dedent(source).strip("\n"))
    wanted = chosen(steps, stubs).places
    return [ast.unparse(s.node) for s in steps if s.place in wanted and not s.is_import and not s.is_definition]


def test_names_agree_with_the_disassembler():
    """The names that are read from bytecode are those that `dis` finds, in a module with every kind of statement."""
    code = compile(inspect.getsource(parsing) + inspect.getsource(textwrap), "x", "exec", dont_inherit=True)

    def wanted(code, prefix):
        own = {i.argval for i in dis.get_instructions(code) if i.opname in prefix}
        return own.union(*(wanted(item, prefix) for item in code.co_consts if inspect.iscode(item)))

    found = all_uses(code)
    assert found.loads == wanted(code, ("LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS"))
    assert found.stores == wanted(code, ("STORE_NAME",))
    assert found.attributes >= wanted(code, ("LOAD_ATTR", "LOAD_METHOD"))


def test_names_beyond_the_first_256_are_read_too():
    """An argument that does not fit into a byte is put together from several."""
    many = [f"name_{number}" for number in range(700)]
    code = compile("\n".join(f"out_{name} = {name}.of_{name}" for name in many), "x", "exec")
    found = uses(code)
    assert found.loads == set(many)
    assert found.stores == {f"out_{name}" for name in many}
    assert found.attributes == {f"of_{name}" for name in many}


def test_locals_and_attributes_are_no_names():
    """A parameter, a local or an attribute of the name of a global does not need it."""
    code = compile("def f(data, self):\n    x = data\n    return self.losses + x", "x", "exec")
    inner = next(item for item in code.co_consts if inspect.iscode(item))
    assert uses(inner).loads == set()


def test_a_statement_is_split_into_now_and_later():
    """Defaults, decorators and class bodies are needed at once, function bodies when called."""
    node = ast.parse("@d\ndef f(x=D):\n    return G").body[0]
    names = names_of(node, compile(ast.Module([node], []), "x", "exec"))
    assert names.now.loads == {"d", "D"}
    assert names.later.loads == {"G"}
    node = ast.parse("class A(B):\n    c = C\n    def m(self):\n        return G").body[0]
    names = names_of(node, compile(ast.Module([node], []), "x", "exec"))
    assert {"B", "C"} <= names.now.loads
    assert names.methods["m"].loads == {"G"}


@pytest.mark.parametrize(
    ("needed", "uses_it"),
    [
        ("rng = np.random.default_rng(0)", "rng.normal()"),
        ("EPS = np.finfo(float).eps", "EPS"),
        ("a, b = (1, 2)", "b"),
        ("table: dict = {}", "table"),
        ("total += 1", "total"),
        ("for name in 'ab':\n    table[name] = 1", "table"),
        ("table.update(a=1)", "table"),
        ("np.random.shuffle(order)", "order"),
        ("try:\n    import fast\nexcept ImportError:\n    fast = None", "fast"),
        ("if True:\n    EPS = 1", "EPS"),
        ("with open('x') as file:\n    EPS = 1", "EPS"),
        ("setting.depth = 3", "setting"),
        ("(y := 3)", "y"),
    ],
)
def test_what_a_stub_needs_is_run(needed, uses_it):
    """Statements that bind or change a global name of a stub are run."""
    bound = "\n".join(f"{name} = []" for name in ("total", "table", "order", "setting"))
    assert needed in run(f"{bound}\n{needed}\ndef relu(z):\n    return {uses_it}")


def test_needs_are_followed_to_their_end():
    """What a helper, a default or a value needs is needed too."""
    source = """
    A = 1
    B = A + 1
    def helper(): return B
    C = helper()
    def relu(z, c=C): return z
    D = 5
    """
    assert run(source) == ["A = 1", "B = A + 1", "C = helper()"]


@pytest.mark.parametrize(
    "useless",
    [
        "for i in range(10**9):\n    history.append(i)",
        "losses = train()",
        "plt.plot(losses)",
        "plt.rcParams['figure.figsize'] = (8, 4)",
        "np.random.seed(0)",
        "print(relu(1))",
        "assert relu(1) == 1",
        "grader.check('q1')",
        "loss = relu(3)",
        "relu(3)",
        "del relu",
        "model.fit()",
    ],
)
def test_what_no_stub_needs_is_not_run(useless):
    """Training loops, plots, prints and checks cost no time."""
    source = """
    import numpy as np
    import matplotlib.pyplot as plt
    model = object()
    history = []
    def train(): return history
    def relu(z): return np.maximum(z, 0)
    """
    assert run(textwrap.dedent(source) + useless) == []


@pytest.mark.parametrize(
    "overwriting",
    ["relu = relu(3)", "relu = net.relu(3)", "relu, acc = f()", "for i in range(9):\n    relu = relu(i)", "relu += 1"],
)
def test_a_result_that_takes_a_stubs_name_is_not_computed(overwriting):
    """`loss = loss(y, p)` and the loop that does so are not needed by the stub."""
    assert run(f"def relu(z):\n    return z\n{overwriting}") == []


@pytest.mark.parametrize("binding", ["relu = np.vectorize(f)", "relu = functools.partial(f, 2)", "relu = lambda z: z"])
def test_a_stub_may_be_bound_by_assignment(binding):
    """A stub made by a call or a lambda is run, beside a def as well as alone."""
    assert len(run(f"def f(z, a=1): return z\n{binding}")) == 1
    assert len(run(f"def relu(z): return z\ndef f(z, a=1): return z\n{binding}")) == 1


def test_changes_of_a_class_are_run():
    """`MLP.relu = relu` and `setattr(MLP, …)` are run; a call of one of its methods is not."""
    source = """
    class MLP: pass
    def relu(self, z): return z
    MLP.relu = relu
    setattr(MLP, "softmax", relu)
    MLP.train(1)
    """
    assert run(source, ["MLP.relu"]) == ["MLP.relu = relu", "setattr(MLP, 'softmax', relu)"]


def test_a_function_that_writes_globals_is_called():
    """`init()` is run where it writes what a stub needs."""
    source = """
    def init():
        global W
        W = 1
    def other(): pass
    init()
    other()
    def relu(z): return W * z
    """
    assert run(source) == ["init()"]


def test_methods_that_nothing_uses_need_nothing():
    """A method for plots that reads the training data does not have it loaded; one that a stub calls does."""
    source = """
    X = load()
    Y = load()
    class MLP:
        def forward(self, x): return self.scaled(x)
        def scaled(self, x): return x / X
        def plot(self): return Y
    """
    assert run(source, ["MLP.forward"]) == ["X = load()"]


def test_defs_and_imports_are_always_run():
    """Every import, def and class is run, needed or not."""
    reading = Reading(("relu",), Template({}, {}), Notes())
    steps = reading.read(0, 1, "import os\ndef f(): pass\nclass A: pass\nx = 1")
    assert len(chosen(steps, ["relu"]).places) == 3


@pytest.mark.parametrize(
    "mishap",
    ["np = 3", "np = np.zeros(3)", "for np in range(3): pass", "import math as np", "with open('x') as np: pass"],
)
def test_the_name_of_a_module_stays_the_modules(mishap):
    """`np` is NumPy for the stubs, whatever a cell further down counts or keeps with that name."""
    source = f"import numpy as np\ndef relu(z): return np.maximum(0, z)\n{mishap}"
    reading = Reading(("relu",), Template({}, {}), Notes())
    steps = reading.read(0, 1, source)
    assert chosen(steps, ["relu"]).places == {(0, 0), (0, 1)}


@pytest.mark.parametrize(
    "other",
    ["np = numpy", "np = importlib.import_module('numpy')", "np = __import__('numpy')", "import autograd.numpy as np"],
)
def test_the_name_of_a_module_may_become_another_modules(other):
    """Where the right hand side may be a module, it is run."""
    source = f"import numpy as np\ndef relu(z): return np.maximum(0, z)\n{other}"
    reading = Reading(("relu",), Template({}, {}), Notes())
    steps = reading.read(0, 1, source)
    assert chosen(steps, ["relu"]).places == {(0, 0), (0, 1), (0, 2)}


@pytest.mark.parametrize(
    "mishap", ["sum = 0", "for sum in range(3): pass", "sum = 0\nfor v in [1]: sum += v\nprint(sum)"]
)
def test_a_built_in_stays_what_it_is_for_functions_above(mishap):
    """What a cell at the end counts with the name of a built-in is nothing that a function further up was to have."""
    assert run(f"def relu(z): return [sum(row) for row in z]\n{mishap}") == []


@pytest.mark.parametrize(
    "reader",
    ["def relu(z): return z + sum", "relu = lambda z: z + sum", "class relu:\n    def __call__(self): return sum"],
)
def test_a_built_in_s_name_may_be_anothers_further_down(reader):
    """Where a function below reads the name, it has what the student bound it to."""
    assert run(f"sum = 3\n{reader}")[0] == "sum = 3"


@pytest.mark.parametrize("binding", ["exec(source)", "globals()['relu'] = f", "vars()['relu'] = f"])
def test_what_may_bind_anything_is_run_where_a_stub_is_not_found(binding):
    """`exec(source)` and the text that it needs are run, unless every stub has a definition that can be read."""
    source = f"source = 'def relu(z): return z'\ndef f(z): return z\nx = 1\n{binding}\n"
    needed = run(source)
    assert binding in needed
    assert ("source = 'def relu(z): return z'" in needed) is (binding == "exec(source)")
    assert "x = 1" not in needed
    assert run(source + "def relu(z): return z") == []


@pytest.mark.parametrize(
    "written", ["TABLE[name] = f", "TABLE.update({name: f})", "TABLE['all'].part = f", "TABLE.append((name, f))"]
)
def test_a_call_that_fills_what_the_stubs_read_is_run(written):
    """`register("half", f)` changes the table that a stub looks into; what fills another table is not needed."""
    source = (
        f"TABLE = dict()\nOTHER = dict()\ndef register(name, f):\n    {written}\n"
        "def note(name):\n    OTHER[name] = 1\n    np.random.seed(0)\n"
        "import numpy as np\ndef relu(z): return np.abs(TABLE[z])\nregister('half', 0.5)\nnote('half')"
    )
    needed = run(source)
    assert "register('half', 0.5)" in needed
    assert "note('half')" not in needed


@pytest.mark.parametrize(
    ("definition", "call"),
    [
        ("def setup(config): config['slope'] = 2", "setup(CONFIG)"),
        ("def setup(name, config): config.update(slope=2)", "setup('slope', CONFIG)"),
        ("def setup(name, *, config): config.slope = 2", "setup('slope', config=CONFIG)"),
        ("def setup(config): fill(config)\ndef fill(table): table['slope'] = 2", "setup(CONFIG['more'])"),
    ],
)
def test_a_call_that_fills_what_it_is_handed_is_run(definition, call):
    """`setup(CONFIG)` changes what a stub looks into, though nothing there says so; what is only read stays."""
    source = (
        f"CONFIG = dict()\n{definition}\ndef show(config, out): out.append(config['slope'])\nOUT = []\n"
        f"def relu(z): return CONFIG.get('slope', 1) * z\n{call}\nshow(CONFIG, OUT)\nsetup(OUT)"
    )
    assert run(source) == ["CONFIG = dict()", call]
