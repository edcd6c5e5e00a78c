"""Otter's plugin: `otter run` gives the autograder's marks, and student code never enters Otter's kernel."""

import pickle
import zipfile

import nbformat
import pytest

from autograder import grade
from autograder.build import build
from autograder.errors import AssignmentError, HarnessError, SandboxError
from autograder.loading import load

from ..conftest import ROOT, SHIPPED
from ..otters import CONFIG, SETTINGS, graded, marks_of, otter_run, otters_results, our_marks, written


@pytest.fixture
def hostile(tmp_path, tiny):
    """A zip with a right relu, a wrong normalize, and what would get everything, or nothing, from Otter alone."""
    cells = [
        tiny.reference.text.replace("axis=1, keepdims=True", "axis=0, keepdims=True"),
        "from otter.check.notebook import Notebook\nNotebook.check = None",
        f"open({str(tmp_path / 'ran')!r}, 'w').write('student code ran in the kernel')",
        "import os\nos._exit(0)",
    ]
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    path = tmp_path / "handed in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mine.ipynb", nbformat.writes(made))
        archive.writestr("numpy.py", "raise SystemExit('shadowed')")
        archive.writestr("otter/__init__.py", "raise SystemExit('shadowed')")
        archive.writestr("ipython_config.py", "raise SystemExit('shadowed')")
        archive.writestr(".OTTER_LOG", b"\x80\x04cos\nsystem\n(S'false'\ntR.")
    return path


def test_otter_run_gives_our_marks_whatever_is_handed_in(hostile, built, tiny, tmp_path):
    """A zip that shadows modules, brings a log and ends its kernel gets the marks that its functions earn."""
    done, results = otter_run(hostile, built.archive, tmp_path / "out")
    assert results is not None, done.stderr
    notebook = tmp_path / "mine.ipynb"
    notebook.write_bytes(zipfile.ZipFile(hostile).read("mine.ipynb"))
    marks = marks_of(results)
    assert marks == our_marks(notebook, tiny)
    assert marks["relu"] == (4.0, 4.0)
    assert marks["normalize"][0] == 0.0
    assert not (tmp_path / "ran").exists()


def test_otter_run_on_a_link_gives_nothing(built, tiny, tmp_path):
    """Otter copies what a link leads to, the reference here; the link is seen all the same, and told."""
    link = tmp_path / "mine.py"
    link.symlink_to(tiny.reference.path)
    done, results = otter_run(link, built.archive, tmp_path / "out")
    assert results is not None, done.stderr
    assert {points for points, _ in marks_of(results).values()} == {0}
    assert "is a symbolic link" in results["output"]


# --- the plugin on its own ---------------------------------------------------------------------------


def test_everything_beside_the_submission_is_removed(plugin_class, laid_out):
    """Logs, modules and folders go before Otter looks; the submission and Otter's tests stay."""
    path = laid_out("mine.ipynb", b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}')
    laid_out(".OTTER_LOG", b"")
    laid_out("numpy.py", b"")
    (path.parent / "otter").mkdir()
    (path.parent / "link").symlink_to(path.parent.parent / "source")
    plugin_class(str(path), {}, SETTINGS).before_grading(CONFIG)
    assert sorted(item.name for item in path.parent.iterdir()) == ["mine.ipynb", "tests"]
    assert (path.parent.parent / "source" / "otter_config.json").exists()


def test_a_python_file_is_emptied_once_it_was_read(plugin_class, laid_out, tiny):
    """A submission called numpy.py cannot shadow NumPy in Otter's kernel."""
    path = laid_out("numpy.py", tiny.reference.path.read_bytes())
    plugin = plugin_class(str(path), {}, SETTINGS)
    plugin.before_grading(CONFIG)
    assert path.read_bytes() == b""
    assert plugin.report.points == plugin.report.possible


@pytest.mark.parametrize(("given", "points"), [("eve/hw/mine.py", 0), ("ann/mine.py", 14)])
def test_a_folder_that_is_a_link(plugin_class, laid_out, tiny, tmp_path, monkeypatch, given, points):
    """Nor does a linked folder lead to another's work, in the folder that Otter was started in."""
    (tmp_path / "ann").mkdir()
    (tmp_path / "ann" / "mine.py").write_bytes(tiny.reference.path.read_bytes())
    (tmp_path / "eve").mkdir()
    (tmp_path / "eve" / "hw").symlink_to("../ann")
    monkeypatch.setenv("PWD", str(tmp_path))
    plugin = plugin_class(str(laid_out("mine.py", tiny.reference.path.read_bytes())), {}, SETTINGS)
    otters = {"__name__": "otter.run"}
    exec("def main(submission, plugin, config):\n    plugin.before_grading(config)", otters)
    otters["main"](given, plugin, CONFIG)
    assert plugin.report.points == points


def test_the_results_are_ours_even_where_the_kernel_brought_none(plugin_class, laid_out, tiny):
    """Points and possible points come from our report, to the last digit."""
    path = laid_out("mine.py", tiny.reference.path.read_bytes())
    results = graded(plugin_class, path)
    assert (results.total, results.possible) == (14.0, 14.0)
    assert {name: results.get_score(name) for name in results.results} == {
        "relu": 4.0,
        "normalize": 2.0,
        "forward": 2.0,
        "loss": 1.0,
        "ends": 1.0,
        "whole": 4.0,
    }


def test_each_check_is_a_case_with_its_message(plugin_class, laid_out, tiny):
    """A failed check says why and gives its hint; a passed one is passed; hidden ones are marked hidden."""
    text = tiny.reference.text.replace("np.maximum(0, z)", "abs(z)")
    results = graded(plugin_class, laid_out("mine.py", text.encode()))
    cases = {item.test_case.name: item for item in results.results["relu"].test_case_results}
    assert not cases["A row of three numbers"].passed
    assert "Compare each entry with zero." in cases["A row of three numbers"].message
    assert cases["A matrix that nobody has seen"].test_case.hidden
    assert "relu: 0 of 4." in results.results["relu"].summary()


def test_a_submission_without_code_is_told_why_it_has_no_points(plugin_class, laid_out):
    """Where nothing could be graded the sentence says so, and every question has 0 points."""
    results = graded(plugin_class, laid_out("mine.py", b"x = 1\n"))
    assert results.total == 0
    assert results.possible == 14.0
    assert "defines none of the functions" in written(results)["output"]


def test_a_fault_of_ours_is_raised_and_is_no_zero(plugin_class, laid_out, monkeypatch):
    """Where the harness fails the plugin raises, and not the error from which Otter makes a zero."""
    from otter.run.run_autograder.utils import OtterRuntimeError

    def broken(*_, **__):
        raise SandboxError("no process could be started")

    monkeypatch.setattr(grade, "grade", broken)
    plugin = plugin_class(str(laid_out("mine.py", b"x = 1\n")), {}, SETTINGS)
    with pytest.raises(HarnessError) as caught:
        plugin.before_grading(CONFIG)
    assert not isinstance(caught.value, OtterRuntimeError)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "does not say assignment"),
        (SETTINGS | {"hiden_checks": "hidden"}, "no setting hiden_checks"),
        (SETTINGS | {"hidden_checks": "later"}, "hidden_checks is one of"),
        (SETTINGS | {"isolation": "perfect"}, "isolation is one of"),
        (SETTINGS | {"seed": "0"}, "seed is a whole number"),
        ({"assignment": "course/assignments/other"}, "there is no course/assignments/other"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(plugin_class, laid_out, settings, told):
    """What the configuration says must be so, or nothing is graded."""
    plugin = plugin_class(str(laid_out("mine.py", b"x = 1\n")), {}, settings)
    with pytest.raises(AssignmentError, match=told):
        plugin.before_grading(CONFIG)


def test_less_isolation_than_is_asked_for_leaves_no_result(plugin_class, laid_out, monkeypatch):
    """No student code is run where it would be held by less than `secrets`, unless the configuration accepts it."""
    monkeypatch.setenv("AUTOGRADER_COLD", "1")
    path = laid_out("mine.py", b"x = 1\n")
    with pytest.raises(SandboxError, match="secrets is asked for"):
        plugin_class(str(path), {}, SETTINGS).before_grading(CONFIG)
    accepted = graded(plugin_class, laid_out("mine.py", b"x = 1\n"), SETTINGS | {"isolation": "accidents"})
    assert "held by the promise accidents" in written(accepted)["output"]


def test_the_promise_that_was_reached_is_told(plugin_class, laid_out, tiny):
    """In the results, and in the report that Otter prints."""
    plugin = plugin_class(str(laid_out("mine.py", tiny.reference.path.read_bytes())), {}, SETTINGS)
    plugin.before_grading(CONFIG)
    results = otters_results()([])
    plugin.after_grading(results)
    assert f"Student code was held by the promise {plugin.report.isolation}." in written(results)["output"]
    assert plugin.generate_report().endswith(f"\nIsolation: {plugin.report.isolation}")


def test_the_course_is_found_where_otters_image_has_it(plugin_class, laid_out, tiny):
    """Beside Otter's files, and not in the folder in which it travels."""
    path = laid_out("mine.py", tiny.reference.path.read_bytes())
    source = path.parent.parent / "source"
    (source / "requirements.d" / "course").rename(source / "course")
    assert graded(plugin_class, path).total == 14.0


def test_pickled_results_are_otters_own(plugin_class, laid_out, tiny):
    """Whoever runs `otter grade` reads them without this package."""
    results = graded(plugin_class, laid_out("mine.py", tiny.reference.path.read_bytes()))
    data = pickle.dumps(results)
    assert b"autograder" not in data
    assert type(pickle.loads(data)) is otters_results()
    assert pickle.loads(data).to_dict() == results.to_dict()


@pytest.mark.slow
def test_a_broken_assignment_leaves_no_result(built, tmp_path):
    """`otter run` with an assignment that cannot be loaded ends in an error and writes no results."""
    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(built.archive) as right, zipfile.ZipFile(broken, "w") as wrong:
        for item in right.namelist():
            if not item.endswith("questions.py"):
                wrong.writestr(item, right.read(item))
    submission = tmp_path / "mine.py"
    submission.write_text("x = 1\n")
    done, results = otter_run(submission, broken, tmp_path / "out")
    assert done.returncode != 0
    assert results is None


# --- the shipped assignments -------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_otter_run_gives_our_marks_for_the_shipped_assignments(name, tmp_path):
    """Solved, blank, with single mistakes, and with one cell that is no Python: Otter's marks are ours."""
    loaded = load(ROOT / "assignments" / name)
    archive = build(loaded, tmp_path / "student_template", tmp_path / "dist").archive
    handed_in = {"solved.py": loaded.reference.text, "broken.py": loaded.reference.text + "\n# %%\ndef broken(:\n"}
    for mistake in loaded.mistakes[3::60]:
        source = loaded.reference.functions[mistake.stub].solution.replace(mistake.right, mistake.wrong)
        handed_in[f"{mistake.name}.py"] = loaded.reference.edited(mistake.stub, source)
    folder = tmp_path / "submissions"
    folder.mkdir()
    paths = [folder / "blank.ipynb", *(folder / item for item in handed_in)]
    paths[0].write_bytes((tmp_path / "student_template" / name / f"{name}.ipynb").read_bytes())
    for path in paths[1:]:
        path.write_text(handed_in[path.name])
    for path in paths:
        done, results = otter_run(path, archive, tmp_path / path.stem)
        assert results is not None, done.stderr
        assert marks_of(results) == our_marks(path, loaded), path.name
