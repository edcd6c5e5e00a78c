"""pytest's door: checks as items, points in the summary, no tracebacks, and nothing handed in is imported."""

import os
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET

import pytest

from ..conftest import ROOT, TOY
from .conftest import WRONG_AXIS

PLUGIN = "autograder.integrations.pytest_plugin"


@pytest.fixture
def run(tmp_path):
    """Runs pytest with our plugin in an empty folder, as somebody who has the package installed."""
    folder = tmp_path / "desk"
    folder.mkdir()
    environment = {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}

    def start(*arguments):
        command = [sys.executable, "-m", "pytest", "-p", PLUGIN, "-p", "no:cacheprovider", *map(str, arguments)]
        return subprocess.run(
            command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, timeout=300, check=False
        )

    return start


@pytest.fixture
def grade(run):
    """Runs pytest on a submission of the toy."""
    return lambda path, *arguments: run("--assignment", TOY, "--submission", path, *arguments)


def test_the_plugin_is_an_entry_point_that_imports_nothing_heavy():
    """Whoever has the package installed has the plugin, and waits neither for NumPy nor for the engine."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"autograder": PLUGIN}
    program = (
        f"import sys, {PLUGIN}; print([name for name in sys.modules if 'numpy' in name or name.endswith('grade')])"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert said.stdout.strip() == "[]"


def test_without_an_assignment_nothing_changes(run, tmp_path):
    """A test module is collected as ever, and no option or header of ours is in the way."""
    (tmp_path / "desk" / "test_mine.py").write_text("def test_one():\n    assert 1 + 1 == 2\n")
    done = run()
    assert done.returncode == 0
    assert "1 passed" in done.stdout
    assert "assignment: " not in done.stdout


def test_each_check_is_an_item_with_its_title(grade, hand_in):
    """Items are called question::check; a failure is headed by question and title, and is our feedback alone."""
    done = grade(hand_in(softmax=WRONG_AXIS), "-v")
    assert "hw.ipynb::relu::small PASSED" in done.stdout
    assert "hw.ipynb::softmax::rows FAILED" in done.stdout
    assert "_ softmax: Rows of random logits _" in done.stdout
    assert "Along which axis do the rows run?" in done.stdout
    assert "Traceback" not in done.stdout
    assert "pytest_items.py" not in done.stdout
    assert done.returncode == 1


def test_the_points_are_in_the_summary(grade, hand_in):
    """The summary has every question's points, what given functions earned, and the total of `autograder grade`."""
    said = grade(hand_in(softmax=WRONG_AXIS)).stdout
    assert "points of hw.ipynb" in said
    assert "forward: 4 of 4. Your forward is right: 4 of 4 with our softmax; with yours it gets 0." in said
    assert "In total: 14 of 20." in said


def test_a_right_submission_passes(grade, hand_in):
    """Full marks are exit code 0."""
    done = grade(hand_in())
    assert "In total: 20 of 20." in done.stdout
    assert done.returncode == 0


def test_junit_has_titles_and_points(grade, hand_in, tmp_path):
    """--junitxml has a case for each check, its title and points as properties, and the feedback as failure."""
    grade(hand_in(softmax=WRONG_AXIS), "--junitxml", tmp_path / "report.xml")
    cases = {case.get("name"): case for case in ET.parse(tmp_path / "report.xml").iter("testcase")}
    properties = {item.get("name"): item.get("value") for item in cases["rows"].iter("property")}
    assert properties == {"title": "Rows of random logits", "points": "0", "possible": "3"}
    assert cases["rows"].find("failure").text.endswith("Along which axis do the rows run?")
    assert len(cases) == 8


def test_k_and_x(grade, hand_in):
    """-k selects by question and check, -x stops at the first check that fails."""
    path = hand_in(softmax=WRONG_AXIS)
    assert "3 passed, 5 deselected" in grade(path, "-k", "relu").stdout
    assert "1 failed, 3 passed" in grade(path, "-x").stdout


def test_xdist_grades_once_for_all_workers(grade, hand_in):
    """The controlling process grades, and two workers report the same as one process does."""
    done = grade(hand_in(softmax=WRONG_AXIS), "-p", "xdist.plugin", "-n", "2")
    assert "2 failed, 6 passed" in done.stdout
    assert done.stdout.count("In total: 14 of 20.") == 1
    assert "Along which axis do the rows run?" in done.stdout
    assert done.returncode == 1


def test_nothing_handed_in_is_imported(grade, hand_in, tmp_path):
    """A conftest.py, a package, a test module and the submission itself are not run in pytest's own process."""
    trap = f"open({str(tmp_path / 'sprung')!r}, 'a').write(__file__ + chr(10))\n"
    path = hand_in("test_hw.py", softmax=WRONG_AXIS)
    path.write_text(trap + path.read_text())
    for name in ("conftest.py", "__init__.py", "test_other.py"):
        (path.parent / name).write_text(trap)
    done = grade(path)
    assert "In total: 14 of 20." in done.stdout
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("given", ["desk/class", "desk/class/eve", "desk/class/eve/hw/hw.ipynb", "class"])
def test_what_lies_behind_a_link_is_refused(run, hand_in, tmp_path, given):
    """A folder that is a link to another's earns nothing, in a class, alone, and below a class that lies elsewhere."""
    folder = tmp_path / given.partition("/eve")[0]
    for name in ("ann", "eve"):
        (folder / name).mkdir(parents=True)
    hand_in().rename(folder / "ann" / "hw.ipynb")
    (folder / "eve" / "hw").symlink_to("../ann")
    done = run(
        "--assignment", TOY, "--submission", given.removeprefix("desk/") if "desk" in given else tmp_path / given
    )
    assert "8 failed" in done.stdout
    assert "symbolic link" in done.stdout
    assert ("8 passed" in done.stdout) == ("eve" not in given)


def test_an_unreadable_file_fails_every_check(grade, hand_in):
    """A file that was cut off has its sentence in every check, and no item passes."""
    path = hand_in()
    path.write_bytes(path.read_bytes()[:200])
    done = grade(path)
    assert "8 failed" in done.stdout
    assert "hw.ipynb was cut off" in done.stdout
    assert done.returncode == 1


def test_a_harness_error_is_an_error(grade, hand_in, tmp_path):
    """Where our fault leaves no mark, every check is an error, which is neither a pass nor a failure."""
    (tmp_path / "desk" / "broken.py").write_text(
        "from autograder import batch\nfrom autograder.errors import SandboxError\n\n"
        "def grade(*_, **__):\n    raise SandboxError('no process could be started')\n\n"
        "batch.grade = grade\n"
    )
    done = grade(hand_in(), "-p", "broken")
    assert "8 errors" in done.stdout
    assert "no process could be started" in done.stdout
    assert "passed" not in done.stdout
    assert "failed" not in done.stdout
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--assignment", "no_such_assignment", "--submission", "hw.ipynb"], "no assignment no_such_assignment"),
        (["--assignment", TOY], "without --submission PATH"),
        (["--submission", "hw.ipynb"], "without --assignment NAME"),
        (["--assignment", TOY, "--submission", "nobody.ipynb"], "nobody.ipynb"),
        (["--assignment", TOY, "--submission", "hw [1].ipynb"], "another name"),
    ],
)
def test_usage(run, arguments, words):
    """What cannot be is told in a sentence, with pytest's exit code for usage."""
    done = run(*arguments)
    assert words in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert done.returncode == 4
