"""Many submissions: order, faults that stay where they are, and what is graded again alone."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction

import pytest

from autograder import batch
from autograder.batch import grade_all
from autograder.errors import AssignmentError, SandboxError
from autograder.records import GradeReport, Status, Submission


def _report(submission, **changes):
    report = GradeReport("toy", submission.name, submission.student, "", Status.GRADED, possible=Fraction(20))
    return replace(report, **changes)


def _class(*names):
    return [Submission(name, name) for name in names]


@pytest.fixture
def grading(monkeypatch):
    """Puts a function in the place of `grade`, so that the batch is tried without student code."""

    def use(function):
        monkeypatch.setattr(batch, "grade", lambda submission, loaded, *, seed, alone: function(submission, seed))

    return use


def test_order(toy, grading):
    """Reports come in the order of the submissions, also when the first is graded last."""
    others_done = threading.Event()

    def grade(submission, seed):
        if submission.name == "a":
            assert others_done.wait(20)
        if submission.name == "c":
            others_done.set()
        return _report(submission)

    grading(grade)
    done = []
    reports = grade_all(toy, _class("a", "b", "c"), jobs=2, on_done=lambda report: done.append(report.submission))
    assert [report.submission for report in reports] == ["a", "b", "c"]
    assert done[-1] == "a"


def test_a_harness_error_costs_its_submission_alone(toy, grading):
    """A harness error and a fault that nobody foresaw leave no mark, with a sentence; the others are graded."""

    def grade(submission, seed):
        if submission.name == "b":
            raise SandboxError("no process could be started")
        if submission.name == "c":
            raise ZeroDivisionError("division\nby zero")
        return _report(submission)

    grading(grade)
    a, b, c = grade_all(toy, _class("a", "b", "c"))
    assert (a.status, b.status, c.status) == (Status.GRADED, Status.ERROR, Status.ERROR)
    assert b.problem == "no process could be started"
    assert "ZeroDivisionError: division by zero (test_batch.py:" in c.problem


def test_wall_timeouts_are_graded_again_alone(toy, grading):
    """What ran out of wall time is graded again when nothing else runs, and that result alone counts and is told."""
    running, most, seen = set(), [], []

    def grade(submission, seed):
        running.add(submission.name)
        most.append(set(running))
        first = submission.name not in seen
        seen.append(submission.name)
        time.sleep(0.01)
        running.discard(submission.name)
        return _report(submission, wall_timeout=first and submission.name != "b", seed=len(seen))

    grading(grade)
    done = []
    reports = grade_all(toy, _class("a", "b", "c"), jobs=3, on_done=done.append)
    assert not any(report.wall_timeout for report in reports)
    assert seen[3:] == ["a", "c"]
    assert most[3:] == [{"a"}, {"c"}]
    assert sorted(report.submission for report in done) == ["a", "b", "c"]
    assert all(report in reports for report in done)


def test_any_executor(toy, grading):
    """An executor of another kind is used as it is, and left open; its workers load the assignment themselves."""
    loaded_as = []
    grading(lambda submission, seed: _report(submission, seed=seed))
    with ThreadPoolExecutor(1) as executor:
        reports = grade_all(toy, _class("a", "b"), executor=executor, seed=7)
        loaded_as.append(executor.submit(lambda: 1).result())
    assert [(report.submission, report.seed) for report in reports] == [("a", 7), ("b", 7)]
    assert loaded_as == [1]


def test_nothing_waiting_is_begun_after_an_interrupt(toy, grading):
    """An interrupt ends the batch: what has begun ends, what waits is never begun."""
    begun = []

    def grade(submission, seed):
        begun.append(submission.name)
        time.sleep(0.05)
        return _report(submission)

    def interrupt(report):
        raise KeyboardInterrupt

    grading(grade)
    with pytest.raises(KeyboardInterrupt):
        grade_all(toy, _class(*"abcdefgh"), jobs=1, on_done=interrupt)
    assert len(begun) < 4


def test_a_fault_of_the_assignment_is_told_first(toy, grading, monkeypatch):
    """Where the reference cannot be run nobody is graded, and the fault is told once."""

    class Broken:
        def calls(self, question):
            raise AssignmentError("toy: the reference raises")

    monkeypatch.setattr(batch, "cached", lambda loaded, seed: Broken())
    grading(lambda submission, seed: pytest.fail("graded"))
    with pytest.raises(AssignmentError, match="the reference raises"):
        grade_all(toy, _class("a"))


def test_cores_without_affinity(monkeypatch):
    """Where the system knows no affinity, the machine's cores are used."""
    monkeypatch.delattr("os.sched_getaffinity", raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: None)
    assert batch.cores() == 1


def test_no_submissions(toy):
    """An empty class is graded to an empty list."""
    assert grade_all(toy, []) == []
