"""What is handed in: a right and a wrong submission, and those that want marks, or cost some, in another way.

Two of the three systems run these with all rights of whoever starts them. So none ends, stops or traces a process
other than its own, starts one, deletes anything, opens a socket, fills memory or disk, or reads or writes outside
of the temporary folder of the benchmark, but for Python's own modules.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from . import assignment
from .assignment import FUNCTIONS


@dataclass(frozen=True)
class Submission:
    """Its functions' sources, and cells before and after them; COURSE in a cell is the folder of the course."""

    name: str
    about: str
    honest: int  # the marks that its functions deserve
    functions: dict[str, str] = field(default_factory=assignment.wrong)
    first: str = ""
    last: str = ""


def _answering(expression: str) -> dict[str, str]:
    """Each function with this in place of its answer: `name` is its own, `answer` a wrong one, ARGUMENTS its own."""
    made = {}
    for name, item in FUNCTIONS.items():
        wrong = f"name, answer = {name!r}, {item.wrong.removeprefix('return ')}"
        arguments = item.head.partition("(")[2].partition(")")[0]
        made[name] = item.source(wrong, f"return {expression.replace('ARGUMENTS', arguments)}")
    return made


RIGHT = Submission("right", "control: everything is right", assignment.POSSIBLE, assignment.right())
WRONG = Submission("wrong", "control: everything is wrong, and nothing is tried", 0)

_SOLUTIONS = """
def sources(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return [text]
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
"""

ATTACKS = (
    Submission(
        "comparison",
        "replaces `np.allclose` and its like by what says yes",
        0,
        first="""
def prepared():
    np.allclose = np.isclose = np.array_equal = np.testing.assert_allclose = lambda *a, **k: True
    return True
DONE = prepared()
""",
        functions=_answering("answer if DONE else None"),
    ),
    Submission(
        "subclass",
        "returns arrays of a class that answers NumPy's functions itself",
        0,
        first="class Agreeing(np.ndarray):\n    def __array_function__(self, *a, **k): return True",
        functions=_answering("np.asarray(answer).view(Agreeing) if np.ndim(answer) else answer"),
    ),
    Submission(
        "equal",
        "returns numbers that equal everything",
        0,
        first="class Equal(float):\n    def __eq__(self, other): return True\n    __hash__ = None",
        functions=_answering("answer if np.ndim(answer) else Equal(answer)"),
    ),
    Submission(
        "namespace",
        "looks for `expected` in the frames that call it",
        0,
        first="""
import sys
def overheard(answer):
    frame = sys._getframe(1)
    while frame:
        for space in (frame.f_locals, frame.f_globals):
            if "expected" in space and np.shape(space["expected"]) == np.shape(answer):
                return space["expected"]
        frame = frame.f_back
    return answer
""",
        functions=_answering("overheard(answer)"),
    ),
    Submission(
        "tests",
        "reads hidden tests from files in its working folder",
        0,
        first=f"""
import json, re
from pathlib import Path
{_SOLUTIONS}
EXPECTED = re.compile(r"expected = (.+)\\n\\W*assert (?:np\\.allclose\\()?(\\w+)\\(")
def prepared():
    texts = [text for path in Path(".").glob("*.ipynb") for text in sources(path)]
    for path in Path("tests").glob("*.py"):
        space = {{}}
        exec(path.read_text(), space)
        texts += [case["code"] for suite in space["test"]["suites"] for case in suite["cases"]]
    return [(name, eval(value)) for text in texts for value, name in EXPECTED.findall(text)]
KNOWN = prepared()
def read_up(name, answer):
    fitting = [value for other, value in KNOWN if other == name and np.shape(value) == np.shape(answer)]
    return fitting[0] if fitting else answer
""",
        functions=_answering("read_up(name, answer)"),
    ),
    Submission(
        "reference",
        "knows the course's folder, and takes the functions from the solution there",
        0,
        first=f"""
import json
from pathlib import Path
{_SOLUTIONS}
def prepared():
    taken = {{"np": np}}
    for path in sorted(Path(COURSE).rglob("*")):
        if path.suffix in (".py", ".ipynb") and not {{"submissions", "submitted", "autograded"}} & set(path.parts):
            for text in sources(path):
                if "BEGIN SOLUTION" in text and "def " in text:
                    exec(text, taken)
    return taken
TAKEN = prepared()
""",
        functions=_answering("TAKEN[name](ARGUMENTS) if name in TAKEN else answer"),
    ),
    Submission(
        "neighbour",
        "knows the course's folder, and takes the functions from another's submission there",
        0,
        first=f"""
import json
from pathlib import Path
{_SOLUTIONS}
def prepared():
    taken = {{"np": np}}
    for path in sorted(Path(COURSE).glob("subm*/right/**/*.ipynb")):
        for text in sources(path):
            if text.startswith("def "):
                exec(text, taken)
    return taken
TAKEN = prepared()
""",
        functions=_answering("TAKEN[name](ARGUMENTS) if name in TAKEN else answer"),
    ),
    Submission(
        "runner",
        "replaces what runs tests: `doctest`, IPython's treatment of `assert`, the harness's modules",
        0,
        first="""
import ast, doctest, sys
class Lenient(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
def prepared():
    doctest.DocTestRunner.run = lambda *a, **k: doctest.TestResults(0, 1)
    if "IPython" in sys.modules:
        sys.modules["IPython"].get_ipython().ast_transformers.append(Lenient())
    for module in [item for name, item in sys.modules.items() if name.startswith(("beside", "autograder"))]:
        for name in ("encode", "compare", "judge", "grade"):
            if hasattr(module, name):
                setattr(module, name, lambda *a, **k: True)
    return True
DONE = prepared()
""",
        functions=_answering("answer if DONE else None"),
    ),
    Submission(
        "display",
        "displays a word as the result of the cell in which it is tested",
        0,
        first="import sys",
        functions=_answering("sys.displayhook('passed') or answer"),
    ),
    Submission(
        "record",
        "changes marks where they are written: Otter's pickled results, nbgrader's database, result files",
        0,
        first="""
import json, pickle, sqlite3
from pathlib import Path
dump = pickle.dump
def kind(results, file, *rest, **more):
    for test in getattr(results, "results", {}).values():
        for case in test.test_case_results:
            case.passed = True
    return dump(results, file, *rest, **more)
def prepared():
    pickle.dump = kind
    for path in Path(COURSE).rglob("gradebook.db"):
        with sqlite3.connect(path, timeout=5) as book:
            book.execute(
                "UPDATE grade SET extra_credit = 2 WHERE notebook_id IN (SELECT submitted_notebook.id FROM "
                "submitted_notebook JOIN submitted_assignment AS whole ON whole.id = submitted_notebook.assignment_id "
                "WHERE student_id = 'record')"
            )
    own = Path(COURSE, "out", "record", "results")
    own.mkdir(parents=True, exist_ok=True)
    for path in (own / "record.json", own.parent / "grades.csv", own.parent / "results.json"):
        path.write_text(json.dumps({"score": 10, "points": 10, "tests": []}))
    return True
DONE = prepared()
""",
        functions=_answering("answer if DONE else None"),
    ),
    Submission(
        "public",
        "answers the public test from a table; its mark is had anywhere",
        1,
        functions=assignment.wrong()
        | {
            "sigmoid": FUNCTIONS["sigmoid"].source(
                "if np.array_equal(z, [0.0, 2.0, -2.0]):",
                "    return np.array([0.5, 0.8807970779778823, 0.11920292202211755])",
                FUNCTIONS["sigmoid"].wrong,
            )
        },
    ),
    Submission(
        "exit",
        "calls `sys.exit(0)` in each function",
        0,
        first="import sys",
        functions=_answering("sys.exit(0)"),
    ),
    Submission(
        "loop",
        "right, but `sigmoid` (3 marks) does not end",
        7,
        functions=assignment.right() | {"sigmoid": FUNCTIONS["sigmoid"].source("while True: pass")},
    ),
    Submission(
        "end",
        "right, and ends its process in the last cell, by `os._exit(0)`",
        assignment.POSSIBLE,
        functions=assignment.right(),
        last="import os\nos._exit(0)",
    ),
    Submission(
        "name",
        "right, and has a variable named `open`",
        assignment.POSSIBLE,
        functions=assignment.right(),
        last="open = 5",
    ),
)
SUBMISSIONS = (RIGHT, WRONG, *ATTACKS)
