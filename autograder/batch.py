"""Many submissions: in what order they come back, who grades them, and which are graded again alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from functools import lru_cache, partial
from pathlib import Path

from . import loading, memory
from .answers import cached
from .errors import HarnessError, SandboxError
from .grade import grade, ungraded
from .loading import Loaded
from .records import GradeReport, Promise, Submission, least
from .sandbox import isolation

Done = Callable[[GradeReport], object]


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def grade_all(
    loaded: Loaded,
    submissions: Iterable[Submission],
    *,
    jobs: int | None = None,
    executor: Executor | None = None,
    seed: int = 0,
    on_done: Done = lambda _: None,
    require: Promise = Promise.SECRETS,
) -> list[GradeReport]:
    """Grade every submission; the reports come in the order of the submissions, however many are graded at once.

    Threads do it, `jobs` at a time, as student code has a process of its own anyway: as many as there are cores, and
    as memory has room for, since a limit that moved with the machine would move marks; `executor` may be any
    other, whose workers see the assignment's folder at the same path. `on_done` is called in this thread with each
    report that counts. A submission that ran out of wall time may only have had busy neighbours, so it is graded
    again alone. A harness error leaves its submission without a mark, and no other. Raises AssignmentError where the
    reference cannot be run, SandboxError where student code would be held by less than `require` says.
    """
    _require_isolation(loaded, require)
    for reading in loaded.readings:
        answers = cached(reading, seed)
        for question in loaded.questions:
            answers.calls(question)  # a fault of the assignment is told once, and before anybody is graded
    if executor is not None:
        task = partial(_grade_at, str(loaded.folder), seed)
        reports = _spread(executor, task, submissions, on_done)
    else:
        task = partial(_grade_one, loaded, seed, alone=False)
        jobs = jobs or min(cores(), memory.room_for(loaded.bench.limits.memory_bytes))
        with ThreadPoolExecutor(jobs, thread_name_prefix="grade") as threads:
            reports = _spread(threads, task, submissions, on_done)
    return [_counting(loaded, seed, submission, report, on_done) for submission, report in reports]


def _require_isolation(loaded: Loaded, require: Promise) -> None:
    """Refuse, before any student code is run, a machine that holds it by less than was asked for."""
    if require is Promise.ACCIDENTS:
        return
    reached = isolation(tuple(loaded.definition.packages))
    if least(reached.promise, require) is not require:
        could = f" (student code could: {', '.join(reached.possible)})" if reached.possible else ""
        raise SandboxError(
            f"the isolation that this machine reaches is {reached.promise}, and {require} is asked for{could}; "
            "`autograder doctor` says why, and --require-isolation accidents grades all the same"
        )


def _spread(
    executor: Executor, task: Callable[[Submission], GradeReport], submissions: Iterable[Submission], on_done: Done
) -> list[tuple[Submission, GradeReport]]:
    """Every submission with its first report; `on_done` hears of those that need no second."""
    futures: dict[Future[GradeReport], Submission] = {}
    try:
        for submission in submissions:
            futures[executor.submit(task, submission)] = submission
        for future in as_completed(futures):
            report = future.result()
            if not report.wall_timeout:
                on_done(report)
    except BaseException:
        for future in futures:
            future.cancel()  # what runs ends by its own limits; what waits is never begun
        raise
    return [(submission, future.result()) for future, submission in futures.items()]


def _counting(loaded: Loaded, seed: int, submission: Submission, report: GradeReport, on_done: Done) -> GradeReport:
    if not report.wall_timeout:
        return report
    again = _grade_one(loaded, seed, submission)
    on_done(again)
    return again


def _grade_one(loaded: Loaded, seed: int, submission: Submission, *, alone: bool = True) -> GradeReport:
    try:
        return grade(submission, loaded, seed=seed, alone=alone)
    except HarnessError as error:
        return ungraded(submission, loaded, str(error), seed=seed)
    except Exception as error:  # noqa: BLE001  one submission's surprise must not cost the class its marks
        return ungraded(submission, loaded, f"a fault of the grader: {_told(error)}", seed=seed)


def _told(error: Exception) -> str:
    """The type, the text and the innermost place of an exception that nobody foresaw, on one line."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f" ({Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno})" if trace else ""
    return " ".join(f"{type(error).__name__}: {error}".split()) + place


def _grade_at(folder: str, seed: int, submission: Submission) -> GradeReport:
    """Grade in a worker that shares nothing but files with this process."""
    return _grade_one(_load(folder), seed, submission, alone=False)


@lru_cache(maxsize=8)
def _load(folder: str) -> Loaded:
    return loading.load(folder)
