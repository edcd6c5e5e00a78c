"""What an attack is, how one is let loose beside a bystander, and what must not have come of it."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Self

from autograder.classroom import cells
from autograder.grade import grade
from autograder.loading import Loaded
from autograder.records import Cell, GradeReport, Limits, NoteKind, State, Submission
from autograder.sandbox import workers
from autograder.sandbox.room import room

# short for those that run into them; CPU time decides, however busy the machine is
SHORT = Limits(
    check_cpu_seconds=1.0,
    check_wall_seconds=5.0,
    statement_cpu_seconds=1.0,
    cells_cpu_seconds=4.0,
    cells_wall_seconds=20.0,
)
_PATIENCE_SECONDS = 3.0  # for processes that have been killed already
MOST_CALLS = 3_000_000  # in the grading process, for all gradings of an attack
MOST_GROWN_BYTES = 100 << 20  # of its memory


@dataclass(frozen=True)
class Attack:
    """A submission that means harm, on the tests' toy assignment if it names no other, and what must become of it.

    `replaced` are the stubs that it has in place of right ones (None: not there at all); `first` and `last` are cells
    before and after all others. A question whose stub is replaced may earn no more than `honest` says of it, nothing
    if it says nothing; the others no more than full marks. `verdicts` says of a question one verdict that must be
    among those of its checks. `keeps` names the questions that must be full in spite of it all. With `runs`, none of
    its cells may fail: what was to be tried was tried. It is graded `times` times, one after the other, and with
    `twin` a second copy of it is graded at the same time: whatever one leaves, the others look for. Where nothing
    holds it, in a fresh interpreter without walls, it earns marks if it is `open`: the control of what it does.
    """

    name: str
    about: str
    replaced: Mapping[str, str | None] = field(default_factory=dict)
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    honest: Mapping[str, float] = field(default_factory=dict)
    verdicts: Mapping[str, str] = field(default_factory=dict)
    keeps: tuple[str, ...] = ()
    limits: Limits = SHORT
    runs: bool = False
    times: int = 1
    twin: bool = False
    open: bool = False
    assignment: str = "toy"

    def submission(self, toy: Loaded) -> Submission:
        """It, as it is read."""
        sources = (*self.first, *cells(toy.reference, self.replaced), *self.last)
        return Submission(f"{self.name}.ipynb", cells=tuple(Cell(text, n) for n, text in enumerate(sources, 1)))


RIGHT = Attack("bystander", "A right submission.")


@dataclass(frozen=True)
class Aftermath:
    """What became of an attack and of a right submission that was graded at the same time, and what was left."""

    reports: tuple[GradeReport, ...]  # of the attack, one each time
    bystander: GradeReport
    processes: frozenset[str]  # that were not there before, and are no worker
    files: frozenset[str]
    calls: int = 0  # of functions, in the thread that graded it
    grown_bytes: int = 0  # by how much the grading process was ever larger than before

    @property
    def report(self) -> GradeReport:
        """Of the first time."""
        return self.reports[0]

    @property
    def points(self) -> dict[str, float]:
        """Of each question, the most that it ever earned."""
        return {
            item.name: max(float(report.questions[place].points) for report in self.reports)
            for place, item in enumerate(self.report.questions)
        }


# --- letting one loose -------------------------------------------------------------------------------


def warm(toy: Loaded) -> None:
    """Start what is there all the time, two workers and the room, so that nothing of it counts as left behind."""
    both = threading.Barrier(2, timeout=120)

    def borrow() -> None:
        worker = workers._borrowed(toy.bench.packages)
        both.wait()
        worker.release()

    threads = [threading.Thread(target=borrow) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    grade(RIGHT.submission(toy), toy)


def let_loose(attack: Attack, toy: Loaded, temporary: Path) -> Aftermath:
    """Grade an attack with a right submission beside it. `temporary` is where temporary files go."""
    warm(toy)
    processes, files = frozenset(running()), frozenset(left(temporary))
    with _Beside(RIGHT.submission(toy), toy) as bystander, _metered() as meter:
        reports = graded(attack, toy)
    kept = frozenset(left(temporary)) - files
    return Aftermath(reports, bystander.worst, _gone(processes), kept, meter.calls, meter.grown_bytes)


@dataclass
class _Meter:
    """What the grading process had to do: work as calls, which no busy machine makes more of, and memory."""

    calls: int = 0
    grown_bytes: int = 0

    def count(self, _frame: FrameType, event: str, _argument: object) -> None:
        """Called by Python with whatever is called in this thread."""
        self.calls += event in ("call", "c_call")


@contextmanager
def _metered() -> Iterator[_Meter]:
    meter, before = _Meter(), _memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the most is counted anew
    sys.setprofile(meter.count)
    try:
        yield meter
    finally:
        sys.setprofile(None)
        meter.grown_bytes = _memory("VmHWM") - before


def _memory(what: str) -> int:
    """A figure of this process's memory, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith(f"{what}:"))


def graded(attack: Attack, toy: Loaded) -> tuple[GradeReport, ...]:
    """The reports of an attack, as often as it is graded, its twins' among them."""
    submission, hurried = attack.submission(toy), within(toy, attack.limits)
    reports: list[GradeReport] = []
    for _ in range(attack.times):
        if attack.twin:
            with _Beside(submission, hurried) as twin:
                reports.append(grade(submission, hurried))
            reports.append(twin.best)
        else:
            reports.append(grade(submission, hurried))
    return tuple(reports)


class _Beside:
    """A submission that is graded again and again while the block runs, at least once."""

    def __init__(self, submission: Submission, toy: Loaded) -> None:
        self._submission, self._toy = submission, toy
        self._reports: list[GradeReport] = []
        self._errors: list[BaseException] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    @property
    def worst(self) -> GradeReport:
        """The report with the fewest points."""
        return min(self._reports, key=lambda report: report.points)

    @property
    def best(self) -> GradeReport:
        """The report with the most."""
        return max(self._reports, key=lambda report: report.points)

    def _run(self) -> None:
        try:
            while not self._stop.is_set() or not self._reports:
                self._reports.append(grade(self._submission, self._toy))
                self._stop.wait(0.02)  # the machine is not for it alone
        except BaseException as error:  # noqa: BLE001  it is raised again where the block ends
            self._errors.append(error)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        if self._errors:
            raise self._errors[0]


@cache
def within(toy: Loaded, limits: Limits) -> Loaded:
    """The assignment under other limits."""
    made = replace(toy)
    made.__dict__["bench"] = replace(toy.bench, limits=limits)
    return made


# --- what must not have come of it -------------------------------------------------------------------


def faults(attack: Attack, found: Aftermath, toy: Loaded) -> list[str]:
    """Everything that is not as it must be, in words."""
    asked = {stub: question.name for question in toy.questions for stub in question.stubs or ()}
    told = [
        f"{question} earned {found.points[question]:g}"
        for question in (asked[stub] for stub in attack.replaced)
        if found.points[question] > attack.honest.get(question, 0)
    ]
    told += [f"{name} is not full" for report in found.reports for name in lost(report) if name in attack.keeps]
    for name, verdict in attack.verdicts.items():
        checks = next(item.own_checks for item in found.report.questions if item.name == name)
        seen = {check.verdict.value for check in checks}
        if verdict not in seen:
            told.append(f"{name} was judged {', '.join(sorted(seen))}, and not {verdict}")
    if attack.runs:
        failed = (NoteKind.FAILED, NoteKind.UNPARSED, NoteKind.TIMED_OUT)
        told += [
            f"cell {note.cell} failed in line {note.line}"
            for report in found.reports
            for note in report.notes
            if note.kind in failed
        ]
    told += [f"the bystander lost {name}" for name in lost(found.bystander)]
    told += [f"the grader made {found.calls:,} calls"] if found.calls > MOST_CALLS else []
    told += [f"the grader grew by {found.grown_bytes >> 20} MB"] if found.grown_bytes > MOST_GROWN_BYTES else []
    told += [f"still running: {process}" for process in sorted(found.processes)]
    return told + [f"left behind: {path}" for path in sorted(found.files)]


def lost(report: GradeReport) -> list[str]:
    """The questions that are not full."""
    graded = (item for item in report.questions if item.state is not State.MANUAL)
    return [item.name for item in graded if item.points < item.possible]


def left(temporary: Path) -> Iterator[str]:
    """The files below the folder for temporary ones and in the room, and in common folders those of a worker's user."""
    for place in (temporary, room()):
        yield from (str(path) for path in place.rglob("*"))
    for place in (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm")):
        for path in place.iterdir() if place.is_dir() else ():
            try:
                user = path.lstat().st_uid
            except OSError:
                continue
            if user in range(61184, 65520):  # see `plan`
                yield str(path)


def running() -> Iterator[str]:
    """The processes that were started below this one or by a worker of its, workers left out: number and command."""
    me, place = os.getpid(), str(room()).encode()
    ours = {pid for worker in list(workers._ALL) if not worker._lost for pid in worker.pids}
    parents: dict[int, int] = {}
    commands: dict[int, bytes] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                text = (folder / "stat").read_text()
                commands[int(folder.name)] = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            state, parent = text.rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(folder.name)] = int(parent)
    for pid in parents.keys() - ours - {me}:
        above, seen = parents[pid], {pid}
        while above in parents and above not in (me, *ours) and above not in seen:
            seen.add(above)
            above = parents[above]
        if above in (me, *ours) or place in commands[pid]:  # the latter once its parent is gone
            yield f"{pid} {commands[pid][:80].replace(bytes(1), b' ').decode(errors='replace')}"


def _gone(before: frozenset[str]) -> frozenset[str]:
    """What runs still and did not before, once what has been killed has had time to end."""
    patience = time.monotonic() + _PATIENCE_SECONDS
    while True:
        more = frozenset(running()) - before
        if not more or time.monotonic() > patience:
            return more
        time.sleep(0.02)
