"""The grader graded: right and wrong code of every known and machine-made kind is tried against an assignment's checks.

`audit` runs everything and says what has to be put right: wrong code that keeps its marks, right code that loses
some, checks that cannot be meant, blank submissions that live off what is given to them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from ..answers import Answers, cached
from ..batch import cores
from ..loading import Loaded
from . import leeches, matrix, rules, shelf
from .findings import Audit, Kind, Problem, Trial, from_json, to_json
from .verdicts import bled, problems_of, useless, with_reasons

__all__ = ["Audit", "Kind", "Problem", "Trial", "audit", "from_json", "to_json"]

Heard = Callable[[int, int], object]


def audit(
    loaded: Loaded, *, jobs: int | None = None, fresh: bool = False, on_done: Heard = lambda _done, _total: None
) -> Audit:
    """Audit an assignment; `jobs` trials at a time (all cores). A second run takes a clean one's findings.

    The findings are kept by what they depend on: the assignment's files, the harness, Python and NumPy. `fresh` runs
    all the same. `on_done` is called with how many of how many trials are done. Raises AssignmentError where the
    reference cannot be run.
    """
    key = shelf.key_of(loaded)
    kept = None if fresh else shelf.find(loaded.name, key)
    if kept is None:
        kept = _run(loaded, jobs or cores(), on_done)
        if kept.clean:  # what has to be put right is looked at again, every time
            shelf.keep(loaded.name, key, kept)
    return kept


def _run(loaded: Loaded, jobs: int, on_done: Heard) -> Audit:
    began = time.monotonic()
    answers = [cached(loaded, seed) for seed in matrix.SEEDS]
    for question in loaded.questions:
        for one in answers:
            one.calls(question)  # a fault of the assignment is told before anything is tried
    tried = _spread([*matrix.tasks(loaded, answers[0]), *_leeches(loaded, answers[0])], jobs, on_done)
    trials, stale = with_reasons(loaded, tried)
    bench = matrix.hurried(loaded.bench)
    hollow = [problem for question in loaded.questions for problem in rules.hollow(answers[0], question, bench)]
    readings = [cached(reading, answers[0].seed) for reading in loaded.readings]
    followed = [
        found for one in readings for asked in one.loaded.questions for found in rules.unfollowed(one, asked, bench)
    ]
    left_out = [found for asked in loaded.questions for found in rules.unrecorded(answers[0], asked)]
    refused = rules.problems(answers[0], answers[1], trials)
    return Audit(
        loaded.name,
        trials,
        (*problems_of(loaded, trials), *bled(trials), *stale, *refused, *hollow, *dict.fromkeys(followed)),
        (*useless(loaded, trials), *left_out),
        time.monotonic() - began,
    )


def _leeches(loaded: Loaded, answers: Answers) -> list[matrix.Task]:
    bench = matrix.hurried(loaded.bench)
    pairs = [(question, leech) for question in loaded.questions for leech in leeches.leeches(answers, question)]
    return [
        lambda question=question, leech=leech: leeches.try_out(answers, question, leech, bench)  # type: ignore[misc]
        for question, leech in pairs
    ]


def _spread(tasks: Sequence[matrix.Task], jobs: int, on_done: Heard) -> tuple[Trial, ...]:
    """Each task's trial, in the order of the tasks."""
    with ThreadPoolExecutor(jobs, thread_name_prefix="audit") as threads:
        futures = [threads.submit(task) for task in tasks]
        try:
            for done, future in enumerate(as_completed(futures), 1):
                future.result()
                on_done(done, len(futures))
        except BaseException:
            for future in futures:
                future.cancel()
            raise
        return tuple(future.result() for future in futures)
