"""One submission's cells run and probed: `observe`, and the new start after a process that ended too early."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import SandboxError
from ..records import Bench, Cell, Given, Note, NoteKind, Observation, Outcome, Probe, Promise, Sitting, least
from .beside import frames
from .interpreter import why_not
from .messages import CellsRun, Messages
from .watch import Budget, Ending, Frame, Watched, ran_out_of_cpu, was_killed
from .wire import Violation, decode, size
from .workers import WorkerLost

MOST_STARTS_FOR_CELLS = 4  # so many statements may each end a process before the cells are given up
MOST_HARD_ENDS = 2  # of one question; its other probes then end the same way
MOST_WALL_ENDS = 3  # of one sitting; the other probes then end the same way, and are not waited for
MOST_CPU_SECONDS = 240.0  # of all processes of one sitting; the other probes then end as if out of time
MOST_CODE_BYTES = 1_000_000  # of a submission's source; what is beyond is not run

# outside, limits are looser than the soft ones inside, which let the process live on
_SLACK = 1.5
_GRACE_SECONDS = 1.0
_BELIEVED = 0.8  # of the wall time that a process says has run out must have passed by our clock
_STEPS, _STEPS_EACH = 10_000, 4  # that may be told: in all, and for each character, which is a statement at most
_NOT_RUN = CellsRun(frozenset(), ())
_AFTER_LATE = Budget(cpu_seconds=1.0, wall_seconds=5.0)  # for code that swallows its own time-out
_START = Budget(cpu_seconds=30.0, wall_seconds=120.0)


def observe(
    cells: Sequence[Cell],
    given: Sequence[Given],
    probes: Sequence[Probe],
    bench: Bench,
    *,
    known: Sequence[Mapping[bytes, Observation]] = (),
    run_all: bool = False,
) -> Sitting:
    """Run a submission's cells in an isolated process, then the probes, in order.

    `known` has for each probe what some answers say that are likely to come, by their bytes: an answer that comes in
    the same bytes is not read again. It stays here.

    Whatever student code does is in the observations. Raises SandboxError where the process cannot be
    started, or ends before any student code was run.
    """
    return _Observing(cells, given, probes, bench, run_all, known).run()


def request(
    cells: Sequence[Cell], given: Sequence[Given], probes: Sequence[Probe], bench: Bench, *, run_all: bool = False
) -> dict[str, object]:
    """What the first process of `observe` is asked; benchmarks ask it of a process that is not isolated."""
    return _Observing(cells, given, probes, bench, run_all).request()


@dataclass(frozen=True, slots=True)
class _End:
    """How a process ended too early, and where: in a step of the cells, or in a probe (`step` is None)."""

    outcome: Outcome
    step: tuple[int, int, int] | None = None
    stub: str = ""
    final: bool = False  # no further process is to be started


class _Observing:
    """The state of one call of `observe`, over several processes if need be."""

    def __init__(
        self,
        cells: Sequence[Cell],
        given: Sequence[Given],
        probes: Sequence[Probe],
        bench: Bench,
        run_all: bool,
        known: Sequence[Mapping[bytes, Observation]] = (),
    ) -> None:
        self.known = known
        self.given, self.probes, self.bench, self.run_all = given, probes, bench, run_all
        self.limits = bench.limits
        self.apart = any(item.apart for item in given)
        self.cells, self.notes = _within_size(cells)
        self.messages = Messages(self.cells, given, bench)
        # each statement is told when it is run, and again when it had to wait for another
        self.most_steps = _STEPS + _STEPS_EACH * sum(len(cell.source) for cell in self.cells)
        self.observations: list[Observation] = []
        self.left_out: list[tuple[int, int]] = []
        self.spent: list[str] = []
        self.hard_ends: Counter[str] = Counter()
        self.ran = _NOT_RUN
        self.wall_timeout = False
        self.wall_ends = 0
        self.idle = 0.0  # seconds of wall time in which nothing was computed
        self.cpu = 0.0  # seconds that its processes have used
        self.private = False  # once a worker is lost
        self.promise = Promise.HOST  # the least that any of the processes was behind

    def run(self) -> Sitting:
        """Start processes until each probe has an observation."""
        while True:
            end = self._one_process()
            if end is not None:
                self._after(end)
                self._fill_unwaited()
                self._fill_hopeless()
            if self.cpu > MOST_CPU_SECONDS:  # each process runs the cells anew, however many checks end one
                self._fill(Outcome.TIMED_OUT, len(self.probes))
                break
            if len(self.observations) >= len(self.probes) and (end is None or end.step is None):
                break
            if end is not None and len(self.left_out) >= MOST_STARTS_FOR_CELLS:
                self._fill(end.outcome, len(self.probes))
                break
        return Sitting(
            observations=tuple(self.observations),
            defined=self.ran.defined,
            notes=tuple(dict.fromkeys((*self.notes, *self.ran.notes))),
            ran=self.ran is not _NOT_RUN,
            isolation=self.promise,
            wall_timeout=self.wall_timeout,
            idle_seconds=self.idle,
            cpu_seconds=self.cpu,
        )

    def _one_process(self) -> _End | None:
        """Run one process to its end; None when every probe that it was sent has been answered.

        A process that was lost with its worker is forgotten and run again, in a worker of its own: it may have been
        another submission's doing. What happens to that one is this submission's.
        """
        answered, spent = len(self.observations), list(self.spent)
        wall_timeout, wall_ends, idle = self.wall_timeout, self.wall_ends, self.idle
        try:
            return self._in_one_process()
        except WorkerLost:
            if self.private:
                raise
        self.private = True
        del self.observations[answered:]
        self.spent, self.wall_timeout, self.wall_ends, self.idle = spent, wall_timeout, wall_ends, idle
        return self._in_one_process()

    def _in_one_process(self) -> _End | None:
        watched = Watched(self.request(), self.bench.packages, self.limits.frame_bytes, private=self.private)
        self.promise = least(self.promise, watched.promise)
        try:
            self._expect_ready(watched)
            return self._through_cells(watched) or self._through_probes(watched)
        finally:
            self.idle += watched.idle_seconds()
            watched.end()
            self.cpu += watched.used_seconds

    def request(self) -> dict[str, object]:
        """What the next process is asked."""
        limits = self.limits
        done, end = len(self.observations), self._end_of_process()
        left = end - done
        total = limits.cells_cpu_seconds * _SLACK + left * (limits.check_cpu_seconds * _SLACK + _GRACE_SECONDS) + 30
        return {
            "cells": [(cell.number, cell.source) for cell in self.cells],
            "stubs": list(self.bench.stubs),
            "blanks": dict(self.bench.blanks),
            "skeletons": dict(self.bench.skeletons),
            "aliases": dict(self.bench.aliases),
            "support": self.bench.support,
            "givens": [(item.stub, item.source, item.recorded and item.recorded[done:end]) for item in self.given],
            "grafted": any(item.grafted for item in self.given),
            "probes": [(probe.code, probe.seed) for probe in self.probes[done:end]],
            "run_all": self.run_all,
            "left_out": self.left_out,
            "spent": self.spent,
            "limits": {
                "memory_bytes": limits.memory_bytes,
                "total_cpu_seconds": int(total) + 1,
                "check_cpu_seconds": limits.check_cpu_seconds,
                "check_wall_seconds": limits.check_wall_seconds,
                "statement_cpu_seconds": limits.statement_cpu_seconds,
                "cells_cpu_seconds": limits.cells_cpu_seconds,
                "frame_bytes": limits.frame_bytes,
            },
        }

    def _end_of_process(self) -> int:
        """How many probes have been answered when the next process is done."""
        return min(len(self.observations) + 1, len(self.probes)) if self.apart else len(self.probes)

    def _expect_ready(self, watched: Watched) -> None:
        found = watched.next(_START)
        if isinstance(found, Frame) and found.what == frames.READY:
            return
        if isinstance(found, Frame) and found.what == frames.FAULT:
            raise SandboxError(f"a probe or a given of the assignment cannot be loaded: {decode(found.body)}")
        how = found.value if isinstance(found, Ending) else "answered out of turn"
        status = watched.end()
        if watched.lost:
            raise WorkerLost(f"the isolated process did not start: its worker ended ({how})")
        reason = why_not(self.bench.packages)
        raise SandboxError(f"the isolated process did not start ({how}, status {status}){reason and ': ' + reason}")

    def _through_cells(self, watched: Watched) -> _End | None:
        limits = self.limits
        statement = Budget(limits.statement_cpu_seconds * _SLACK + _GRACE_SECONDS, limits.check_wall_seconds * _SLACK)
        most = limits.cells_cpu_seconds * _SLACK + limits.statement_cpu_seconds
        started, wall_started = watched.cpu_seconds(), time.monotonic()
        step, steps = b"", 0  # the last one; it is read only where the process ends in it
        try:
            while True:
                found = watched.next(statement)
                if isinstance(found, Ending):
                    return self._end(found, watched, step=self._step(step))
                if found.what == frames.CELLS:
                    self.ran = self.messages.cells(found.body)
                    return None
                if found.what == frames.STEP and steps < self.most_steps:
                    step, steps = found.body, steps + 1
                elif found.what == frames.LATE:
                    self.messages.late(found.body)
                else:
                    return _End(Outcome.CRASHED, final=True)
                if watched.cpu_seconds() - started > most:
                    return _End(Outcome.TIMED_OUT, step=self._step(step))
                if time.monotonic() - wall_started > limits.cells_wall_seconds:
                    self.wall_timeout = True
                    return _End(Outcome.TIMED_OUT, step=self._step(step))
        except Violation:
            return _End(Outcome.CRASHED, final=True)

    def _step(self, body: bytes) -> tuple[int, int, int]:
        return self.messages.step(body) if body else (0, 0, 0)

    def _through_probes(self, watched: Watched) -> _End | None:
        limits = self.limits
        budget = Budget(limits.check_cpu_seconds * _SLACK + _GRACE_SECONDS, limits.check_wall_seconds * _SLACK)
        late: tuple[bool, str] | None = None
        end = self._end_of_process()
        try:
            while len(self.observations) < end:
                found = watched.next(_AFTER_LATE if late else budget)
                if isinstance(found, Ending):
                    return self._end(found, watched, late=late)
                if found.what == frames.LATE and late is None:
                    late = self.messages.late(found.body)
                    by_wall = late[0] and watched.waited > limits.check_wall_seconds * _BELIEVED
                    late = (by_wall, late[1])
                elif found.what == frames.ANSWER:
                    self._take(self._answer(found.body), by_wall=late is not None and late[0])
                    late = None
                    self._notice_idleness(watched)
                    self._fill_unwaited()
                else:
                    return _End(Outcome.CRASHED, final=True)
        except Violation:
            return _End(Outcome.CRASHED, final=True)
        return None

    def _answer(self, body: bytes) -> Observation:
        """What the next probe saw. The process is told no probe's own limit, which would say how large an answer is."""
        place = len(self.observations)
        observation = self.known[place].get(body) if self.known else None
        if observation:
            return observation
        observation = self.messages.answer(body)
        if size(observation.value) > self.probes[place].most_bytes:
            return Observation(Outcome.TOO_LARGE)
        return observation

    def _take(self, observation: Observation, *, by_wall: bool) -> None:
        self.observations.append(observation)
        self.wall_timeout |= by_wall
        self.wall_ends += by_wall
        if observation.outcome is Outcome.TIMED_OUT and observation.stub and observation.stub not in self.spent:
            self.spent.append(observation.stub)

    def _end(
        self,
        ending: Ending,
        watched: Watched,
        *,
        step: tuple[int, int, int] | None = None,
        late: tuple[bool, str] | None = None,
    ) -> _End:
        status = watched.end()
        if watched.lost and not self.private:
            raise WorkerLost("the worker ended during a sitting")
        by_wall, stub = late or (False, "")
        out_of_wall = ending is Ending.WALL or (by_wall and ending is not Ending.CPU)
        self.wall_ends += out_of_wall
        # another submission's process may have sent the signal, as long as all have one uid
        self.wall_timeout |= out_of_wall or (ending is Ending.GONE and was_killed(status))
        if ending is Ending.TOO_LARGE:
            return _End(Outcome.TOO_LARGE, final=True)
        if ending is Ending.VIOLATION:
            return _End(Outcome.CRASHED, final=True)
        timed_out = ending in (Ending.CPU, Ending.WALL) or ran_out_of_cpu(status) or late is not None
        return _End(Outcome.TIMED_OUT if timed_out else Outcome.CRASHED, step, stub)

    def _after(self, end: _End) -> None:
        """Note down what ended a process, and leave it out of the next."""
        if end.step is not None:
            position, ordinal, line = end.step
            kind = NoteKind.TIMED_OUT if end.outcome is Outcome.TIMED_OUT else NoteKind.FAILED
            cell = self.cells[position].number if self.cells else 0
            self.notes.append(Note(kind, cell, max(0, line)))
            self.left_out.append((position, ordinal))
            return
        if len(self.observations) < len(self.probes):
            self.hard_ends[self.probes[len(self.observations)].question] += 1
            self.observations.append(Observation(end.outcome, stub=end.stub))
        if end.stub and end.stub not in self.spent:
            self.spent.append(end.stub)
        if end.final:
            self._fill(Outcome.CRASHED, len(self.probes))

    def _notice_idleness(self, watched: Watched) -> None:
        """Code that sleeps a little in each check is not waited for, either."""
        most = self.limits.cells_wall_seconds - self.idle
        if watched.wall_seconds() > most and watched.idle_seconds() > most:
            self.wall_timeout = True
            self.wall_ends = MOST_WALL_ENDS

    def _fill_unwaited(self) -> None:
        """Code that sleeps wherever it is asked is not waited for again and again."""
        if self.wall_ends >= MOST_WALL_ENDS:
            self._fill(Outcome.TIMED_OUT, len(self.probes))

    def _fill_hopeless(self) -> None:
        """A question that has ended several processes is not tried again; its probes end as the last one did."""
        while self.observations and len(self.observations) < len(self.probes):
            probe = self.probes[len(self.observations)]
            last = self.observations[-1]
            if self.hard_ends[probe.question] < MOST_HARD_ENDS or last.outcome not in _HARD:
                return
            self._fill(last.outcome, len(self.observations) + 1, last.stub)

    def _fill(self, outcome: Outcome, count: int, stub: str = "") -> None:
        while len(self.observations) < count:
            self.observations.append(Observation(outcome, stub=stub))


_HARD = (Outcome.TIMED_OUT, Outcome.CRASHED, Outcome.TOO_LARGE)


def _within_size(cells: Sequence[Cell]) -> tuple[list[Cell], list[Note]]:
    """The cells whose source is within the limit together, and a note of each that is not."""
    kept: list[Cell] = []
    notes: list[Note] = []
    size = 0
    for cell in cells:
        size += len(cell.source.encode("utf-8", "replace"))
        if size <= MOST_CODE_BYTES:
            kept.append(cell)
        else:
            notes.append(Note(NoteKind.UNPARSED, cell.number))
    return kept, notes
