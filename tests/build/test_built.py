"""What is built: the notebook in real Jupyter machinery, the folder, the zip, and the same bytes each time."""

import io
import json
import shutil
import subprocess
import sys
import zipfile

import nbformat
import numpy as np
import pytest

from autograder.build import archive, build, first_cell, notebook, proof, student_files
from autograder.errors import AssignmentError, BuildError
from autograder.loading import load

from ..conftest import ROOT, SHIPPED

EXECUTE = """
import sys, warnings
warnings.simplefilter("ignore")
import nbformat
from nbclient import NotebookClient

path, folder = sys.argv[1:]
made = nbformat.read(path, as_version=4)
NotebookClient(made, timeout=120, allow_errors=True, resources={"metadata": {"path": folder}}).execute()
nbformat.write(made, path)
"""


def executed(path, folder):
    """Run a notebook's cells in a kernel that works in `folder`; what each code cell said, by its source."""
    done = subprocess.run(
        [sys.executable, "-c", EXECUTE, path, folder], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    said = {}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            said[cell.source] = "".join(
                item.get("text", "") or item.get("data", {}).get("text/plain", "") or item.get("evalue", "")
                for item in cell.outputs
            )
    return said


def read(built):
    """The student's notebook."""
    return nbformat.read(built.template / "tiny.ipynb", as_version=4)


def with_cells(built, **edits):
    """The student's notebook with stubs written: the cell that has a line gets its `...` replaced."""
    made = read(built)
    for name, body in edits.items():
        cell = next(cell for cell in made.cells if cell.cell_type == "code" and f"def {name}(" in cell.source)
        cell.source = cell.source.replace("...", body, 1)
    return made


# --- in Jupyter --------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def conversation(built, tmp_path_factory):
    """What a renamed notebook says that was executed in an empty folder, right, wrong and blank stubs in it."""
    folder = tmp_path_factory.mktemp("elsewhere")
    path = tmp_path_factory.mktemp("renamed") / "homework (Ada) 3.ipynb"
    body = "return halve(relu(x @ self.w)) / 0.5"
    nbformat.write(with_cells(built, relu="return np.maximum(0, z)", forward=body), path)
    return executed(path, folder)


def test_a_check_passes_in_a_renamed_notebook_in_an_empty_folder(conversation):
    """The checks are found though no notebook lies beside the working directory, as in Colab."""
    assert conversation['grader.check("relu")'] == "relu results: All test cases passed!"


def test_a_failing_check_reads_like_a_sentence(conversation):
    """What a student reads: the title, what is to be done first, and nothing of test files."""
    said = conversation['grader.check("forward")']
    assert "Two samples through the network" in said
    assert "❌ First write normalize: this check uses it. normalize is still blank." in said
    assert "Error at line" not in said


def test_a_blank_stub_is_asked_for(conversation):
    """A blank stub is called blank."""
    assert "normalize is still blank. Write it, run its cell" in conversation['grader.check("normalize")']


def test_exporting_without_a_file_is_explained(conversation):
    """Where the notebook's file is not found, as in Colab, a sentence says what to hand in."""
    assert "Hand in the notebook itself" in conversation[notebook.EXPORT]


def test_a_question_without_public_checks_has_no_check_cell(built):
    """Only questions with public checks get a cell that checks."""
    assert 'grader.check("whole")' not in notebook.code(read(built))


def test_without_otter_the_first_cell_says_what_to_install(built, tmp_path):
    """Where otter-grader is missing one sentence says so, and the cells below raise nothing."""
    program = "import sys; sys.modules['otter'] = None\n" + notebook.code(read(built))[0]
    program = program.replace(
        "sys.modules['otter'] = None", "sys.meta_path.insert(0, type('No', (), {'find_spec': staticmethod(gone)}))"
    )
    gone = "def gone(name, *_):\n    if name == 'otter':\n        raise ModuleNotFoundError(name)\n\n"
    program = gone + program + "\ngrader.check('relu')\ngrader.export(pdf=False)\n"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("%pip install otter-grader") == 3


def said_by(program, folder, **environment):
    """What a program prints that runs outside of any notebook, in `folder`."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=folder,
        env={"PATH": "", "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("before", "environment"),
    [
        ("", {"JPY_SESSION_NAME": "/somewhere/else/mine.ipynb"}),
        ("__vsc_ipynb_file__ = '/somewhere/else/mine.ipynb'\n", {}),
    ],
    ids=["Jupyter", "VS Code"],
)
def test_the_notebook_exports_itself_where_its_file_is_known(built, tmp_path, before, environment):
    """Of several notebooks in a folder the one that Jupyter or VS Code names is packed."""
    shutil.copy(built.template / "tiny.ipynb", tmp_path / "mine.ipynb")
    shutil.copy(built.template / "tiny.ipynb", tmp_path / "other.ipynb")
    said_by(before + notebook.code(read(built))[0] + "\ngrader.export(pdf=False)\n", tmp_path, **environment)
    made = list(tmp_path.glob("mine_*.zip"))
    assert len(made) == 1
    assert "mine.ipynb" in zipfile.ZipFile(made[0]).namelist()


def test_in_colab_checks_run_and_the_export_says_what_to_hand_in(built, tmp_path):
    """In Colab, where Otter forbids it, the export says what to hand in; the checks run."""
    colab = "import otter.check.utils as utils\nutils.get_ipython = lambda: '<google.colab._shell.Shell>'\n"
    relu = "\nimport numpy as np\ndef relu(z):\n    return np.maximum(0, z)\n"
    checked = "print(grader.interpreter.name, grader.check('relu'))\ngrader.export(pdf=False)\n"
    said = said_by(colab + notebook.code(read(built))[0] + relu + checked, tmp_path)
    assert "COLAB relu results: All test cases passed!" in said
    assert "in Colab: File > Download" in said


def names_below(folder):
    """The paths of all files below a folder, without what a run of them leaves behind."""
    paths = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return [path.relative_to(folder).as_posix() for path in paths]


# --- the files ---------------------------------------------------------------------------------------


def test_the_folder_holds_what_is_needed_and_nothing_else(built):
    """Notebook, data, README, requirements, and what runs the public checks by pytest, on GitHub and on GitLab."""
    assert sorted(names_below(built.template)) == [
        ".github/workflows/autograding.yml",
        ".github/workflows/grading.yml",
        ".gitlab-ci.yml",
        "README.md",
        "numbers.npz",
        "requirements.txt",
        "test_tiny.py",
        "tiny.ipynb",
    ]


def test_the_notebook_is_of_format_4_4_without_ids_and_outputs(built):
    """No random id, no output, no version of anything is in the file."""
    made = json.loads((built.template / "tiny.ipynb").read_text())
    assert (made["nbformat"], made["nbformat_minor"]) == (4, 4)
    assert not any("id" in cell or cell.get("outputs") for cell in made["cells"])
    assert "version" not in made["metadata"]["language_info"]


def test_data_files_are_read_by_numpy(built):
    """An `.npz` that the build wrote has its arrays, in their types."""
    with np.load(built.template / "numbers.npz") as numbers:
        assert numbers["x"].tolist() == [[0, 1], [2, 3], [4, 5]]
        assert numbers["y"].dtype == np.uint8


def test_building_twice_gives_the_same_bytes(built, tiny, tmp_path):
    """Two builds in two places are the same to the byte, zip and all."""
    again = build(tiny, tmp_path / "student_template", tmp_path / "dist")
    assert again.archive.read_bytes() == built.archive.read_bytes()
    for name in names_below(built.template):
        assert (again.template / name).read_bytes() == (built.template / name).read_bytes()


def test_files_of_an_earlier_build_are_removed(tmp_path, built):
    """A file that is no longer built does not stay beside the notebook; what an instructor keeps there below does."""
    from autograder.build import template

    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "old.npz").write_bytes(b"")
    workflows = tmp_path / "tiny" / ".github" / "workflows"
    workflows.mkdir(parents=True)
    (workflows / "old.yml").touch()
    repository = tmp_path / "tiny" / ".git"
    repository.mkdir()
    (repository / "config").touch()
    template.write({"tiny.ipynb": b"{}"}, tmp_path / "tiny")
    assert sorted(names_below(tmp_path / "tiny")) == [".git/config", "tiny.ipynb"]


def test_a_zip_is_the_same_whatever_the_order(tmp_path):
    """Order and times do not matter, nothing is deflated, and the mode of what is run is kept."""
    one = archive.zipped({"b": b"2" * 1000, "run_autograder": b"1"})
    assert one == archive.zipped({"run_autograder": b"1", "b": b"2" * 1000})
    entries = zipfile.ZipFile(io.BytesIO(one)).infolist()
    assert [entry.compress_type for entry in entries] == [zipfile.ZIP_STORED] * 2
    assert [entry.external_attr >> 16 for entry in entries] == [0o644, 0o755]


def test_the_zip_keeps_the_course_apart(built):
    """Assignment, reference and wheel lie in course/; nothing is to be copied beside a submission."""
    names = zipfile.ZipFile(built.archive).namelist()
    assert "requirements.d/course/reference/tiny.py" in names
    assert "requirements.d/course/assignments/tiny/questions.py" in names
    assert sum(name.startswith("requirements.d/course/") and name.endswith(".whl") for name in names) == 1
    assert {"run_autograder", "run_otter.py", "setup.sh", "environment.yml", "otter_config.json"} <= set(names)
    assert not any(name.startswith("files/") for name in names)


def test_the_zip_has_a_test_file_for_each_question_without_any_check(built):
    """Otter wants a file for each question; what is asked stays in course/."""
    files = zipfile.ZipFile(built.archive)
    tests = {name: files.read(name).decode() for name in files.namelist() if name.startswith("tests/")}
    assert sorted(tests) == [f"tests/{name}.py" for name in ("ends", "forward", "loss", "normalize", "relu", "whole")]
    assert not any("concealed" in text for text in tests.values())


def test_the_environment_installs_the_wheel_from_the_zip(built):
    """Gradescope's and Otter's image find our wheel where the zip is unpacked."""
    text = zipfile.ZipFile(built.archive).read("environment.yml").decode()
    assert "/autograder/source/course/backprop_grader-" in text


# --- the check of itself -----------------------------------------------------------------------------


def spoiled_build(course, name, old, new):
    """What is built of the made-up assignment with one edit of one of its files."""
    path = course / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return student_files(load(course / "assignments" / "tiny"))


@pytest.fixture
def prove(tiny, built):
    """The proof of a notebook into which something was put."""

    def run(source, *, carried=None):
        made = read(built)
        made.cells.append(nbformat.v4.new_code_cell(source))
        if carried:
            files = first_cell.unpack(made.cells[0].source)
            made.cells[0].source = first_cell.compose(files | carried)
        proof.prove(tiny, made, made)

    return run


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def broken(:", "code cell 18, line 1"),
        ("activations   =  halve(relu(x @ self.w))", "a line of the solution is in the student's notebook"),
        ("# A negative entry is on its way to somewhere else.", "the hint of the hidden check relu.concealed_matrix"),
        ("'''A matrix that nobody\nhas seen'''", "the title of the hidden check relu.concealed_matrix"),
        ("def seen(): return student.relu(rng.normal(size=(4, 3)))", "code of the hidden check relu.concealed_matrix"),
    ],
)
def test_what_must_not_be_in_the_notebook_is_found(prove, source, said):
    """A cell that is not Python, a line of a solution, and a hidden check's words or code fail the build."""
    with pytest.raises(BuildError) as caught:
        prove(source)
    assert said in str(caught.value)


def test_what_is_packed_in_the_first_cell_is_searched_too(prove):
    """A hidden check's name in the long lines fails the build."""
    with pytest.raises(BuildError, match=r"hidden check relu\.concealed_matrix"):
        prove("", carried={"tests/relu.py": "concealed_matrix = 1"})


def test_no_line_of_the_first_cell_is_too_long_for_an_editor():
    """VS Code and Colab fold what has lines of 10,000 characters; what is packed comes back all the same."""
    files = {"notebook_checks.py": "x = 1\n" * 20_000, "tests/relu.py": "σ"}
    source = first_cell.compose(files)
    assert first_cell.unpack(source) == files
    assert max(map(len, source.splitlines())) < 9_000
    assert len(source.splitlines()) > 20


def test_a_blank_notebook_must_earn_nothing(tiny, built, monkeypatch):
    """A template that earns points is no template."""
    made = read(built)
    made.cells.append(nbformat.v4.new_code_cell("import numpy as np\ndef relu(z):\n    return (z > 0) * z"))
    solved = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(tiny.reference.text)])
    with pytest.raises(BuildError, match="the blank notebook earns 4 points"):
        proof.prove(tiny, made, solved)


def test_a_solution_that_the_text_breaks_fails_the_build(tiny, built):
    """A notebook that, solved, does not earn everything fails the build, by the question's name."""
    solved = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(tiny.reference.text + "\nrelu = abs")])
    with pytest.raises(BuildError, match=r"the solved notebook earns .* in relu"):
        proof.prove(tiny, read(built), solved)


def test_a_data_file_needs_a_plain_name(course):
    """A data file beside the notebook is an .npz in the same folder."""
    with pytest.raises(AssignmentError, match=r"a plain name that ends in \.npz is wanted"):
        spoiled_build(course, "assignments/tiny/questions.py", '"numbers.npz"', '"../numbers.npz"')


# --- the shipped assignments -------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_the_committed_template_is_up_to_date(name):
    """What lies in student_template/ is what a build makes now, byte for byte."""
    folder = ROOT / "student_template" / name
    files = student_files(load(ROOT / "assignments" / name))
    assert sorted(names_below(folder)) == sorted(files)
    changed = [item for item, content in files.items() if (folder / item).read_bytes() != content]
    assert not changed, f"run `make build` and commit student_template/{name}"
