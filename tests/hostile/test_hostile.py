"""The attacks, each let loose: no mark gained, nobody else harmed, nothing left behind."""

import importlib
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from autograder import grade as grading
from autograder import recording
from autograder.loading import load
from autograder.records import Note, NoteKind
from autograder.sandbox.room import room

from ..conftest import TOY
from . import leeching, suite
from .suite import Aftermath, Attack, faults, graded, left, let_loose, running, warm

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what holds them is Linux's")

FAMILIES = sorted(
    path.stem
    for path in Path(__file__).parent.glob("*.py")
    if path.stem not in ("suite", "seeking", "__init__") and not path.stem.startswith("test_")
)
ATTACKS = {
    f"{family}-{attack.name}": attack
    for family in FAMILIES
    for attack in importlib.import_module(f".{family}", __package__).ATTACKS
}
COURSE = Path(__file__).parent / "course" / "assignments"
LOADED = load(TOY)
ASSIGNMENTS = {"toy": LOADED, "waves": load(COURSE / "waves")}
WRONG = Attack("wrong", "A wrong submission.", replaced={"relu": "def relu(z):\n    return np.abs(z)\n"})


@pytest.mark.parametrize("name", ATTACKS)
def test_it_gains_and_harms_nothing(name, tmp_path, monkeypatch):
    """No more marks than are honest, the verdict that it must get, a bystander in full, no process, no file."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    attack, loaded = ATTACKS[name], ASSIGNMENTS[ATTACKS[name].assignment]
    assert not faults(attack, let_loose(attack, loaded, tmp_path), loaded)


@pytest.mark.parametrize("name", leeching.AFTERWARDS)
def test_with_what_follows_the_stub_recorded_it_would_have_gained(name, monkeypatch):
    """The control: the answer is in what the check does with it, were it not for the stub that is left out."""
    monkeypatch.setattr(recording._Recorder, "_standing_in", lambda self, variants, name, function: function)
    attack = ATTACKS[f"leeching-{name}"]
    loaded = load(COURSE / "waves")
    asked = {question.name for question in loaded.questions if set(question.stubs or ()) & set(attack.replaced)}
    assert sum(item.points for item in graded(attack, loaded)[0].questions if item.name in asked) == 2


def test_what_is_right_on_the_leeches_course():
    """The course that leeches live on gives full marks to a right submission, so that there is something to gain."""
    waves = ASSIGNMENTS["waves"]
    assert not suite.lost(graded(replace(suite.RIGHT, assignment="waves"), waves)[0])


@pytest.mark.parametrize("name", [name for name, attack in ATTACKS.items() if attack.open])
def test_without_walls_it_would_have_gained(name, monkeypatch):
    """The control: the same code reaches what it looks for where nothing holds it."""
    monkeypatch.setenv("AUTOGRADER_COLD", "1")
    attack = ATTACKS[name]
    asked = {question.name for question in LOADED.questions if set(question.stubs or ()) & set(attack.replaced)}
    assert any(item.points for report in graded(attack, LOADED) for item in report.questions if item.name in asked)


def test_nobody_is_graded_anew_once_a_given_was_there(monkeypatch):
    """Who waits wherever a given stands in is not graded a second time: what was seen of it may be known there."""
    monkeypatch.setattr(grading, "MOST_IDLE_SECONDS", 0.2)
    waits = "import time\ndef wait():\n    if relu.__code__.co_filename == '<given>': time.sleep(0.3)"
    right = LOADED.reference.functions["Net.forward"].solution
    forward = right.replace("return", "wait()\n    return")
    attack = Attack("waits", "", {"relu": "def relu(z):\n    return z\n", "Net.forward": forward}, first=(waits,))
    report = grading.grade(attack.submission(LOADED), LOADED, alone=False)
    assert not report.wall_timeout
    points = {question.name: question.points for question in report.questions}
    assert (points["forward"], points["loss"]) == (4, 0)  # it waited in the one, and was not asked for the other


def test_who_computes_in_every_check_is_not_tried_again_without_end(monkeypatch):
    """Code that uses its time up everywhere keeps what it earned by itself, gets no further sitting, and is told."""
    slow = "import time\ndef burn():\n    end = time.process_time() + 0.05\n    while time.process_time() < end: pass"
    forward = LOADED.reference.functions["Net.forward"].solution.replace("return", "burn()\n    return")
    attack = Attack("burns", "", {"relu": "def relu(z):\n    return z\n", "Net.forward": forward}, first=(slow,))
    patient = grading.grade(attack.submission(LOADED), LOADED)
    monkeypatch.setattr(grading, "MOST_CPU_SECONDS", 0.05)
    report = grading.grade(attack.submission(LOADED), LOADED)
    own = {question.name: question.own_points for question in patient.questions}
    assert {question.name: question.points for question in report.questions} == own
    assert sum(question.points for question in patient.questions) > sum(own.values())
    assert not patient.problem
    assert "no question was tried again" in report.problem


def test_who_has_everything_right_may_take_their_time(monkeypatch):
    """Nothing is said of time where no further sitting was wanted."""
    monkeypatch.setattr(grading, "MOST_CPU_SECONDS", 0.0)
    report = grading.grade(suite.RIGHT.submission(LOADED), LOADED)
    assert not suite.lost(report)
    assert not report.problem


def test_the_suite_is_as_large_as_it_says():
    """At least 120 attacks, in at least seven families."""
    assert len(ATTACKS) >= 120
    assert len(FAMILIES) >= 7


# --- the suite can fail ------------------------------------------------------------------------------


def test_what_is_left_behind_is_seen(tmp_path, monkeypatch):
    """A process below this one, one whose parent is gone, and a file are all found, and are no worker's."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    orphan = f"import os, sys, time; os.fork() and os._exit(0); time.sleep(600) or '{room()}'"
    grade, started = suite.grade, []

    def leaves(submission, loaded):
        if submission.name == "wrong.ipynb":
            (tmp_path / "left").write_text("x")
            started.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]))
            subprocess.run([sys.executable, "-c", orphan], check=True)
        return grade(submission, loaded)

    monkeypatch.setattr(suite, "grade", leaves)
    monkeypatch.setattr(suite, "_PATIENCE_SECONDS", 0.1)
    found = let_loose(WRONG, LOADED, tmp_path)
    pids = [int(line.split()[0]) for line in found.processes]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    assert len(pids) == 2
    assert started[0].wait() == -signal.SIGKILL
    assert found.files == {str(tmp_path / "left")}
    assert len(faults(WRONG, found, LOADED)) == 3


def test_workers_are_nothing_left_behind():
    """Once the workers have been started there is no process to be told, however often one is borrowed."""
    warm(LOADED)
    before = set(running())
    warm(LOADED)
    assert set(running()) == before


def test_a_file_in_the_room_is_seen(tmp_path):
    """What would be written where workers import from is found."""
    planted = room() / "planted.py"
    before = set(left(tmp_path))
    planted.write_text("")
    try:
        assert set(left(tmp_path)) - before == {str(planted)}
    finally:
        planted.unlink()


@pytest.fixture(scope="module")
def harmless(tmp_path_factory) -> Aftermath:
    """What became of a right submission, let loose like an attack."""
    return let_loose(suite.RIGHT, LOADED, tmp_path_factory.mktemp("temporary"))


def worse(report, name, points):
    """The report with other points in one question."""
    questions = [replace(item, points=Fraction(points)) if item.name == name else item for item in report.questions]
    return replace(report, questions=tuple(questions))


def test_a_right_submission_has_no_faults(harmless):
    """Neither in itself, nor for the bystander, nor in what it leaves."""
    assert not faults(replace(suite.RIGHT, keeps=("relu", "whole"), runs=True), harmless, LOADED)


@pytest.mark.parametrize(
    ("attack", "change", "told"),
    [
        (replace(suite.RIGHT, replaced={"relu": None}), {}, "relu earned 4"),
        (replace(suite.RIGHT, replaced={"relu": None}, honest={"relu": 3}), {}, "relu earned 4"),
        (replace(suite.RIGHT, keeps=("softmax",)), "softmax", "softmax is not full"),
        (replace(suite.RIGHT, verdicts={"relu": "crashed"}), {}, "relu was judged passed, and not crashed"),
        (replace(suite.RIGHT, runs=True), "note", "cell 1 failed in line 2"),
        (suite.RIGHT, "bystander", "the bystander lost whole"),
        (suite.RIGHT, {"calls": 10**7}, "the grader made 10,000,000 calls"),
        (suite.RIGHT, {"grown_bytes": 1 << 30}, "the grader grew by 1024 MB"),
        (suite.RIGHT, {"processes": frozenset({"7 x"})}, "still running: 7 x"),
        (suite.RIGHT, {"files": frozenset({"/tmp/x"})}, "left behind: /tmp/x"),
    ],
)
def test_each_fault_is_told(harmless, attack, change, told):
    """A mark gained or lost, a wrong verdict, a failed cell, a bystander harmed, a process, a file, work, memory."""
    report = harmless.report
    changes = {
        "softmax": {"reports": (report, worse(report, "softmax", 1))},
        "note": {"reports": (replace(report, notes=(Note(NoteKind.FAILED, 1, 2),)),)},
        "bystander": {"bystander": worse(harmless.bystander, "whole", 0)},
    }
    found = replace(harmless, **(changes[change] if isinstance(change, str) else change))
    assert faults(attack, found, LOADED) == [told]
