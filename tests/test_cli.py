"""The command line: what is printed where, exit codes, and no traceback for what a person did."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import batch, cli
from autograder.classroom import as_file, cells
from autograder.errors import AssignmentError, SandboxError
from autograder.grade import grade

TOY = str(Path(__file__).parent / "toy" / "assignments" / "toy")
BROKEN = "def relu(z):\n    return abs(z)\n"


@pytest.fixture
def hand_in(toy, tmp_path):
    """Writes a submission with replaced stubs below `class/`, and returns that folder."""

    def write(name, **replaced):
        folder = tmp_path / "class"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(as_file(cells(toy.reference, replaced)))
        return str(folder)

    return write


@pytest.fixture
def out(tmp_path):
    """Where the gradebook goes."""
    return tmp_path / "out"


def run(*arguments):
    """The exit code of a command in this process."""
    return cli.main([str(argument) for argument in arguments])


def test_grade(hand_in, out, capsys):
    """A class is graded: gradebook on disk, table on stdout, progress on stderr, exit 0."""
    hand_in("ann.ipynb")
    folder = hand_in("bob.ipynb", relu=BROKEN)
    assert run("grade", TOY, folder, "--out", out, "--jobs", 2, "--seed", 5) == 0
    printed = capsys.readouterr()
    with (out / "grades.csv").open(newline="") as file:
        ann, bob = csv.DictReader(file)
    assert (ann["total"], ann["possible"], ann["status"], bob["relu"]) == ("20", "20", "graded", "0")
    assert json.loads((out / "results" / "bob.ipynb.json").read_bytes())["seed"] == 5
    assert "ann" in printed.out
    assert str(out / "grades.csv") in printed.out
    assert "graded 2 in" in printed.err
    assert "graded 2 in" not in printed.out


def test_one_submission_is_told_in_full(hand_in, out, capsys):
    """A single submission is printed as its student may read it."""
    folder = hand_in("bob.ipynb", relu=BROKEN)
    assert run("grade", TOY, folder, "--out", out) == 0
    assert "What becomes of a negative number?" in capsys.readouterr().out


@pytest.mark.parametrize(("points", "code"), [("20", 1), ("13", 0), ("27/2", 1)])
def test_require(hand_in, out, capsys, points, code):
    """--require makes the exit code 1 where a submission has fewer points, and says whose."""
    hand_in("ann.ipynb")
    folder = hand_in("bob.ipynb", **{"Net.grad": "def grad(self, x, y):\n    return self.w\n"})
    assert run("grade", TOY, folder, "--out", out, "--require", points) == code
    assert ("points: bob.ipynb (13)." in capsys.readouterr().err) == bool(code)


def test_formats(hand_in, out, capsys):
    """--format writes what other systems read beside the gradebook; Classroom's file is of one submission."""
    folder = hand_in("bob.ipynb", relu=BROKEN)
    assert run("grade", TOY, folder, "--out", out, "--format", "junit", "--format", "classroom") == 0
    assert b'<testcase classname="relu"' in (out / "junit.xml").read_bytes()
    assert json.loads((out / "classroom.json").read_bytes())["max_score"] == 20
    hand_in("ann.ipynb")
    assert run("grade", TOY, folder, "--out", out, "--format", "classroom") == 2
    assert "takes one submission" in capsys.readouterr().err


def test_broken_input_costs_nobody_else(hand_in, out, capsys):
    """A cut off file has its sentence and status; the others are graded and the command succeeds."""
    folder = Path(hand_in("ann.ipynb"))
    (folder / "cut.ipynb").write_bytes((folder / "ann.ipynb").read_bytes()[:300])
    (folder / "dir.ipynb").mkdir()
    assert run("grade", TOY, folder, "--out", out) == 0
    assert "cut.ipynb was cut off" in capsys.readouterr().out
    with (out / "grades.csv").open(newline="") as file:
        assert [row["status"] for row in csv.DictReader(file)] == ["graded", "unreadable", "unreadable"]


def test_a_harness_error_is_exit_3(hand_in, out, monkeypatch, capsys):
    """Where a submission is left without a mark by our fault, the exit code is 3, and its cells are empty."""

    def fail(submission, loaded, *, seed, alone):
        raise SandboxError("no process could be started")

    monkeypatch.setattr(batch, "grade", fail)
    hand_in("bob.ipynb")
    assert run("grade", TOY, hand_in("ann.ipynb"), "--out", out) == 3
    assert "no process could be started" in capsys.readouterr().out
    assert (out / "grades.csv").read_text().splitlines()[1] == "ann.ipynb,ann,,,,,,,,,,,error"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["grade", TOY, "nobody.ipynb", "--out", "o"], "nobody.ipynb does not exist"),
        (["grade", "no_such_assignment", ".", "--out", "o"], "no assignment no_such_assignment"),
        (["grade", TOY, "."], "--out"),
        (["grade", TOY, ".", "--out", "o", "--jobs", "0"], "whole number from 1 on"),
        (["grade", TOY, ".", "--out", "o", "--require", "most"], "number of points"),
        (["grade", TOY, ".", "--out", "file"], "cannot be made"),
        (["build"], "no assignments/ folder"),
        (["mark"], "invalid choice"),
        ([], "required"),
    ],
)
def test_usage(arguments, words, tmp_path, monkeypatch, capsys):
    """What a person asked for and cannot be is told in a sentence on stderr, with exit code 2 and no traceback."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    assert run(*arguments) == 2
    printed = capsys.readouterr()
    assert words in printed.err
    assert "Traceback" not in printed.err
    assert printed.out == ""


def test_folder_of_someone_else(tmp_path, monkeypatch, capsys):
    """A folder that may not be written into is told before anybody is graded."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert run("grade", TOY, tmp_path, "--out", tmp_path) == 2
    assert "cannot be written into" in capsys.readouterr().err


def test_faults(tmp_path, monkeypatch, capsys):
    """An assignment's fault is a sentence and exit 3; our own shows where it is; an interrupt is neither."""
    for error, code, traceback in (
        (AssignmentError("questions.py:3: a title is wanted"), 3, False),
        (ZeroDivisionError("x"), 3, True),
        (KeyboardInterrupt(), 130, False),
    ):

        def fail(name, error=error):
            raise error

        monkeypatch.setattr(cli, "load", fail)
        assert run("grade", "mlp", tmp_path, "--out", tmp_path) == code
        printed = capsys.readouterr().err
        assert ("Traceback" in printed) is traceback
        assert printed.splitlines()[-1].startswith("autograder: ")


def test_what_is_graded_is_kept(toy, hand_in, out, monkeypatch, capsys):
    """Whoever is graded before the command is interrupted has their file; the class has none."""
    monkeypatch.setattr(cli, "load", lambda name: toy)
    folder = hand_in("ann.ipynb")
    hand_in("bob.ipynb")

    def interrupted(loaded, submissions, *, on_done, **options):
        on_done(grade(next(iter(submissions)), loaded))
        raise KeyboardInterrupt

    monkeypatch.setattr("autograder.batch.grade_all", interrupted)
    assert run("grade", TOY, folder, "--out", out) == 130
    assert [path.name for path in out.rglob("*") if path.is_file()] == ["ann.ipynb.json"]
    assert "nothing more was written" in capsys.readouterr().err


def test_demo(toy, out, monkeypatch, capsys):
    """The demo writes an invented class, grades it, and says where everything lies."""
    monkeypatch.setattr(cli, "load", lambda name: toy)
    monkeypatch.setattr("autograder.classroom._ODDITIES", ())
    assert run("demo", "--out", out, "--size", "5") == 0
    printed = capsys.readouterr().out
    assert "5 of 5 graded" in printed
    assert str(out / "grades.csv") in printed
    assert len(list((out / "submissions").iterdir())) == len(list((out / "results").iterdir())) == 5


def test_build(tmp_path, monkeypatch, capsys):
    """Without a name every assignment here is built, beside its assignments/ unless --out says otherwise."""
    build = pytest.importorskip("autograder.build")
    asked = []

    def built(loaded, template, dist):
        asked.append((loaded.name, template, dist))
        return build.Built(loaded.name, template / loaded.name, dist / loaded.name / "autograder.zip")

    monkeypatch.setattr(build, "build", built)
    base = Path(TOY).parents[1]
    monkeypatch.chdir(Path(TOY))
    assert run("build", "--without-audit") == 0
    assert run("build", "toy", "--out", tmp_path, "--without-audit") == 0
    assert asked == [
        ("toy", base / "student_template", base / "dist"),
        ("toy", tmp_path / "student_template", tmp_path / "dist"),
    ]
    assert str(tmp_path / "dist" / "toy" / "autograder.zip") in capsys.readouterr().out


def test_a_build_with_a_survivor_fails(tmp_path, monkeypatch, capsys):
    """What is built is audited; what has to be put right is told, and the exit code is 1."""
    from autograder.audit import Audit, Problem

    build = pytest.importorskip("autograder.build")
    monkeypatch.setattr(build, "build", lambda loaded, template, dist: build.Built(loaded.name, template, dist))
    problem = Problem("survivor", "relu", "relu: nothing catches this; add a check.")
    for problems, code in (((problem,), 1), ((), 0)):
        found = Audit("toy", (), problems)
        monkeypatch.setattr("autograder.audit.audit", lambda _, found=found, **options: found)
        assert run("build", TOY, "--out", tmp_path) == code
        assert ("nothing catches this" in capsys.readouterr().err) is bool(problems)


def test_progress_in_a_terminal(monkeypatch, capsys):
    """In a terminal a bar with the time left is shown and cleared; the sentence at the end stays."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with cli._progress(2) as advance:
        advance(None)
        advance(None)
    assert "graded 2 in" in capsys.readouterr().err


def test_progress_in_a_log(capsys):
    """In a log a line appears at every tenth, with the time left."""
    with cli._progress(40) as advance:
        for _ in range(40):
            advance(None)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 10
    assert lines[0].startswith("graded 4 of 40, about ")


class TestProcess:
    """The command as a process of its own."""

    def command(self, *arguments, **options):
        """Runs `python -m autograder`."""
        return subprocess.run(
            [sys.executable, "-m", "autograder", *arguments], capture_output=True, timeout=120, check=False, **options
        )

    def test_version_and_help(self):
        """--version and --help go to stdout and succeed."""
        assert self.command("--version").stdout.startswith(b"backprop-grader")
        done = self.command("--help")
        assert (done.returncode, done.stderr) == (0, b"")
        assert all(name in done.stdout for name in (b"build", b"grade", b"demo"))

    def test_a_reader_that_leaves(self, hand_in, out):
        """Where the reader of stdout has gone, the command goes on quietly to its exit code."""
        hand_in("ann.ipynb")
        folder = hand_in("bob.ipynb", relu=BROKEN)
        reading, writing = os.pipe()
        os.close(reading)
        command = [sys.executable, "-m", "autograder", "grade", TOY, folder, "--out", str(out), "--require", "20"]
        done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, timeout=120, check=False)
        os.close(writing)
        assert done.returncode == 1
        assert b"Error" not in done.stderr

    def test_a_terminal_of_ascii(self, hand_in, out):
        """A terminal that cannot show a character gets an escape in its place."""
        folder = hand_in("zoë.ipynb", relu="def relu(z):\n    ...\n")
        hand_in("ann.ipynb")
        env = os.environ | {"PYTHONIOENCODING": "ascii"}
        done = self.command("grade", TOY, folder, "--out", str(out), env=env)
        assert (done.returncode, b"zo\\xeb" in done.stdout) == (0, True)

    def test_heavy_imports_wait(self):
        """Starting the command imports neither rich nor nbformat nor Otter."""
        code = "import sys, autograder.cli; print(sorted({'rich', 'nbformat', 'otter', 'jupytext'} & set(sys.modules)))"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=True)
        assert done.stdout.strip() == b"[]"
