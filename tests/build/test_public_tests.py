"""`pytest` alone in a student's folder: the notebook's own checks, with NumPy and pytest and nothing else."""

import json
import os
import shutil
import subprocess
import sys

import nbformat
import pytest

# what a student's machine may not have
ONLY_NUMPY = """
import sys


class Missing:
    @staticmethod
    def find_spec(name, *_):
        if name.partition(".")[0] in ("otter", "autograder", "nbformat", "IPython", "matplotlib"):
            raise ModuleNotFoundError(name)


sys.meta_path.insert(0, Missing())
"""
RIGHT = {
    "relu": "return np.maximum(0, z)",
    "normalize": "return x / x.sum(axis=1, keepdims=True)",
    "forward": "return normalize(halve(relu(x @ self.w)))",
    "loss": "return ((self.forward(x) - y) ** 2).mean()",
    "first": "return np.asarray(x)[:1]",
    "last": "return np.asarray(x)[-1:]",
}


@pytest.fixture
def student(built, tmp_path):
    """A copy of the students' folder; a function that writes stubs and cells into its notebook and runs pytest."""
    folder = tmp_path / "mine"
    shutil.copytree(built.template, folder)
    (tmp_path / "only_numpy.py").write_text(ONLY_NUMPY)

    def run(*arguments, cells=(), environment=(), **bodies):
        made = nbformat.read(folder / "tiny.ipynb", as_version=4)
        for name, body in bodies.items():
            cell = next(cell for cell in made.cells if cell.cell_type == "code" and f"def {name}(" in cell.source)
            begins = cell.source.rindex("total = ..." if name == "normalize" else "...")
            cell.source = cell.source[:begins] + body
        made.cells += [nbformat.v4.new_code_cell(source) for source in cells]
        for cell in made.cells:
            cell.pop("id", None)
        nbformat.write(made, folder / "tiny.ipynb")
        return start(*arguments, environment=environment)

    def start(*arguments, environment=()):
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "GITHUB"))}
        mine = {"PYTHONPATH": str(tmp_path), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "only_numpy", "-p", "no:cacheprovider", *arguments],
            cwd=folder,
            env=clean | mine | dict(environment),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    run.again = start
    run.folder = folder
    return run


def test_right_functions_pass(student):
    """The checks of a solved notebook pass, each an item named by question and check."""
    done = student("-v", **RIGHT)
    assert done.returncode == 0, done.stdout
    assert "test_tiny.py::test_public[relu::a_row] PASSED" in done.stdout


def test_a_blank_notebook_is_told_what_to_write(student):
    """A blank stub is called blank, with no traceback; nothing passes."""
    done = student()
    assert done.returncode == 1
    assert "relu is still blank. Write it, run its cell" in done.stdout
    assert "passed" not in done.stdout
    assert "Traceback" not in done.stdout
    assert "test_tiny.py:" not in done.stdout.replace("test_tiny.py::", "")


def test_a_wrong_function_is_told_what_the_notebook_tells(student):
    """A wrong answer is shown beside the wanted one, under the check's title."""
    done = student("-k", "relu", **RIGHT | {"relu": "return abs(z)"})
    assert "A row of three numbers" in done.stdout
    assert "This is wanted:" in done.stdout
    assert done.returncode == 1


@pytest.mark.parametrize(
    "cell",
    [
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])",
        "history = train(1000)\nwhile True:\n    pass",
        "raise SystemExit",
        "def broken(:",
        "!pip install numpy\nplt.show()",
        "relu = np.vectorize(relu)",
        "import os\nNet.forward = Net.forward",
    ],
)
def test_other_cells_cost_nothing(student, cell):
    """Training, plots, broken cells and what Jupyter alone understands are no matter; wrapped functions count."""
    done = student(cells=[cell], **RIGHT)
    assert done.returncode == 0, done.stdout


def test_a_constant_that_functions_use_is_there(student):
    """A value that a function needs is computed, in its order, also through others."""
    body = "return np.maximum(ZERO, z)"
    done = student(cells=["BASE = 0\nZERO = BASE * 1.0"], **RIGHT | {"relu": body})
    assert done.returncode == 0, done.stdout


def test_a_syntax_error_is_told_with_its_cell(student):
    """Where a stub's cell is not Python, the failure names the cell."""
    done = student("-k", "relu", **RIGHT | {"relu": "return np.maximum(0, z"})
    assert "is not Python yet: look at line" in done.stdout


def test_a_loop_without_end_is_stopped(student):
    """A function that loops fails its check, by name, and the others are tried."""
    path = student.folder / "test_tiny.py"
    path.write_text(path.read_text().replace("SECONDS = 60", "SECONDS = 1"))
    done = student(**RIGHT | {"first": "while True:\n            pass"})
    assert "not done after 1 seconds" in done.stdout
    assert "1 failed, 4 passed" in done.stdout


def test_a_loop_that_others_call_is_stopped_in_each(student):
    """A function that does not end ends no run: those that use it are told so, and soon, and the others pass."""
    path = student.folder / "test_tiny.py"
    path.write_text(
        path.read_text().replace("SECONDS = 60", "SECONDS = 1").replace("SECONDS_LATER = 5", "SECONDS_LATER = 1")
    )
    done = student(**RIGHT | {"normalize": "while True:\n        pass"})
    assert "Does a loop never end?" in done.stdout
    assert done.stdout.count("\nFirst mend normalize") >= 2
    assert "3 failed, 2 passed" in done.stdout


def test_the_only_notebook_may_have_another_name(student):
    """A renamed notebook is found where it is the only one."""
    student(**RIGHT)
    (student.folder / "tiny.ipynb").rename(student.folder / "mine.ipynb")
    assert student.again().returncode == 0


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda text: text[:400], "tiny.ipynb is not a notebook"),
        (lambda text: text.replace("ready(", "steady("), "The first cell is not as it was"),
        (None, "is not beside this file"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(student, spoil, words):
    """A notebook that is cut off, without its first cell, or gone is told in a sentence, and is no success."""
    path = student.folder / "tiny.ipynb"
    path.unlink() if spoil is None else path.write_text(spoil(path.read_text()))
    again = student.again()
    assert words in again.stdout
    assert "Traceback" not in again.stdout
    assert again.returncode not in (0, 5)


def test_on_github_it_annotates_and_sums_up(student, tmp_path):
    """On a runner: an annotation at the function's line, a table for the run's page, points as Classroom reads them."""
    runner = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}
    done = student(environment=runner | {"GITHUB_WORKSPACE": str(tmp_path)}, **RIGHT | {"relu": "return abs(z)"})
    (annotation,) = (line for line in done.stdout.splitlines() if line.startswith("::error ") and "three" in line)
    lines = (student.folder / "tiny.ipynb").read_text().splitlines()
    number = next(number for number, line in enumerate(lines, 1) if "def relu(" in line)
    assert annotation.startswith(f"::error file=mine/tiny.ipynb,line={number},title=A row of three numbers::")
    assert "\n::notice title=Autograding complete::Points 6/7\n" in done.stdout
    totals = next(line for line in done.stdout.splitlines() if "Autograding report" in line)
    assert json.loads(totals.partition("report::")[2]) == {"totalPoints": 6, "maxPoints": 7}
    assert "| relu | 0 of 1 | 0 of 1 |" in (tmp_path / "summary").read_text()
