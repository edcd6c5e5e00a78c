"""What the rooms hand one another: frozen records, and the closed lists they draw from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

# --- a submission, as read -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """One code cell: its source, and its place among the file's code cells, from 1."""

    source: str
    number: int


class Status(StrEnum):
    """What became of a submission as a whole."""

    GRADED = "graded"
    UNREADABLE = "unreadable"  # no notebook could be read from the file
    NO_CODE = "no code"  # it was read, and holds no code
    OTHER_ASSIGNMENT = "other assignment"  # code, and not one of the assignment's stubs in it
    ERROR = "error"  # a harness error: no mark was found, and none is given


@dataclass(frozen=True, slots=True)
class Submission:
    """A handed-in file as cells. Nothing in it has been parsed or run.

    `name` is the path below the one that was given, suffix included. `status` is GRADED where cells were
    read, else UNREADABLE or NO_CODE with `problem` saying in one sentence what, where and what is wanted.
    """

    name: str
    student: str = ""
    attempt: str = ""
    cells: tuple[Cell, ...] = ()
    status: Status = Status.GRADED
    problem: str = ""


# --- what the isolated process is asked for, and what it saw ----------------------------------------


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the isolated process. CPU time decides; wall time is the loose second."""

    check_cpu_seconds: float = 2.0
    check_wall_seconds: float = 20.0
    statement_cpu_seconds: float = 3.0
    cells_cpu_seconds: float = 20.0
    cells_wall_seconds: float = 60.0
    memory_bytes: int = 2 << 30
    frame_bytes: int = 64 << 20  # of one observation


@dataclass(frozen=True, slots=True)
class Given:
    """One of the reference's functions, put in place of the student's: `MLP.softmax`, `relu`.

    `source` is the undented `def` with its decorators. It runs in globals of its own: the bench's
    `support` and, by name, what the student's cells define. Where `recorded` is there, a recording for each probe in
    their order, `source` is the template's blank one and only gives the signature: what stands in answers what was
    recorded (see `sandbox/beside/recorded.py`), and no code of the reference's is there to be differentiated. With
    `apart` each probe is run in a process of its own: its recording and the others' would tell too much together.
    With `grafted` what only the student's own function leaves behind stands too (see `sandbox/beside/grafting.py`).
    """

    stub: str
    source: str
    recorded: tuple[bytes, ...] | None = None
    apart: bool = False
    grafted: bool = False


@dataclass(frozen=True, slots=True)
class Bench:
    """What every attempt on an assignment has in common, for the isolated process."""

    stubs: tuple[str, ...]  # "relu", "MLP.softmax": whose definitions are looked for
    blanks: Mapping[str, str]  # stub -> the undented source that the template gives for it
    skeletons: Mapping[str, str]  # class name -> the template's source of it without stubs
    support: str = ""  # the reference's imports, constants and helpers that givens use
    packages: tuple[str, ...] = ()  # importable beside NumPy
    limits: Limits = Limits()
    aliases: Mapping[str, str] = field(default_factory=dict)  # another name of a function or class -> the stub's own


@dataclass(frozen=True, slots=True)
class Probe:
    """One check's experiment as bare code, made by `probes.pack`, with the seed of its draws."""

    question: str
    check: str
    code: bytes
    seed: int
    most_bytes: int = 64 << 20  # that the answer may have; more are not looked at


@dataclass(frozen=True, slots=True)
class Opaque:
    """A returned object that is no data: only the name of its type came back."""

    type_name: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list or tuple whose items are not one array."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Blocks:
    """A dictionary with string keys, in order."""

    items: tuple[tuple[str, Value], ...]


# ndarray | str | None | Opaque | Sequence | Blocks; numbers arrive as 0-d arrays
Value: TypeAlias = object


class Promise(StrEnum):
    """What student code cannot do, as far as trying showed; each holds all that stands before it."""

    ACCIDENTS = "accidents"  # clumsy code costs only itself: an interpreter of its own, limits
    SECRETS = "secrets"  # no answer, file, process, socket or other submission is reached or altered, nothing written
    HOST = "host"  # private namespaces, totals that the kernel enforces, two walls for each promise


def least(*promises: Promise) -> Promise:
    """The smallest of several promises."""
    return min(promises, key=list(Promise).index)


class Outcome(StrEnum):
    """How a probe ended, seen from outside."""

    RETURNED = "returned"
    RAISED = "raised"
    MISSING = "missing"  # it asked for a stub that the submission does not define
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    CRASHED = "crashed"  # the process ended: os._exit, a segfault
    TOO_LARGE = "too large"  # what it returned is beyond the limit


@dataclass(frozen=True, slots=True)
class Where:
    """A line in the student's code: the code cell, the line in that cell, the function."""

    cell: int
    line: int
    function: str


@dataclass(frozen=True, slots=True)
class Observation:
    """What one probe saw: a value, or how it failed."""

    outcome: Outcome
    value: Value = None
    exception: str = ""  # a built-in or NumPy exception's name; "" for any other
    where: Where | None = None  # the innermost line of student code
    stub: str = ""  # the stub that was missing, or that was running when time ran out


class NoteKind(StrEnum):
    """What a student's receipt may say of a cell."""

    FAILED = "failed"  # a statement raised
    ABSENT = "absent"  # a module that was imported is not there
    TIMED_OUT = "timed out"  # a statement ran out of time
    UNPARSED = "unparsed"  # lines that are not Python were left out
    SKIPPED = "skipped"  # not needed by any stub, not run
    STAND_IN = "stand-in"  # an import was replaced by an inert object
    KEPT = "kept"  # a stub's name was bound to something that cannot be called; the function stays
    BLANK = "blank"  # a stub is still the template's
    TWICE = "twice"  # a stub was defined more than once; the last one counts
    UNSURE = "unsure"  # not run at first, and may yet change what a stub uses: run for a second attempt


@dataclass(frozen=True, slots=True)
class Note:
    """One line of the receipt: what was skipped or replaced, and where."""

    kind: NoteKind
    cell: int
    line: int = 0
    name: str = ""  # a name of the student's, an identifier of at most 80 characters


@dataclass(frozen=True, slots=True)
class Sitting:
    """What one call of `observe` brought back: an observation for each probe, in order."""

    observations: tuple[Observation, ...]
    defined: frozenset[str] = frozenset()  # the stubs that the cells define
    notes: tuple[Note, ...] = ()
    ran: bool = True  # the cells were run to their end
    isolation: Promise = Promise.ACCIDENTS
    # a limit of wall time, not of CPU time, ended a check, or a signal that we had not sent: perhaps not its doing
    wall_timeout: bool = False
    idle_seconds: float = field(default=0.0, compare=False)  # of wall time in which nothing was computed
    cpu_seconds: float = field(default=0.0, compare=False)  # of all its processes; 0 where the system does not say


# --- what was found ----------------------------------------------------------------------------------


class Verdict(StrEnum):
    """What was found of one check, or of one of its blocks."""

    PASSED = "passed"
    WRONG_VALUE = "wrong value"
    NOT_FINITE = "not finite"
    WRONG_SHAPE = "wrong shape"
    WRONG_TYPE = "wrong type"
    RAISED = "raised"
    MISSING = "missing"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    CRASHED = "crashed"
    TOO_LARGE = "too large"
    UNEARNED = "unearned"  # a property holds, and no value check of the question passes


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on one block of what a check returned; `block` is "" where there is but one."""

    verdict: Verdict
    message: str = ""  # one sentence; no value that was seen or wanted
    block: str = ""


class State(StrEnum):
    """What became of a question."""

    GRADED = "graded"
    NOT_ATTEMPTED = "not attempted"
    MANUAL = "manual"  # marked by a person; no points until merged


@dataclass(frozen=True, slots=True)
class CheckReport:
    """One check in the attempt that counts."""

    name: str
    title: str
    public: bool
    verdict: Verdict
    points: Fraction
    possible: Fraction
    hint: str = ""
    findings: tuple[Finding, ...] = ()
    where: Where | None = None
    exception: str = ""
    stub: str = ""
    tells: bool = True  # something passed that is not zero all over, as the answer of a stub that does nothing


class Surely(StrEnum):
    """How surely a diagnosis is right. Only what is certain is shown to a student."""

    CERTAIN = "certain"  # it explains every wrong value, and values do not agree so by chance
    LIKELY = "likely"  # nothing contradicts it, and there was little to go by
    AMBIGUOUS = "ambiguous"  # several would do, and they say different things


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The likely cause of a question's failed checks.

    `sentence` is for the student and comes from a closed list: where to look, never the answer, nothing that was
    observed. `matched` names the mistake or relation, for the instructor; `checks` is how many it explains.
    """

    sentence: str
    matched: str
    surely: Surely
    checks: int = 0


@dataclass(frozen=True, slots=True)
class QuestionReport:
    """One question: the attempt that counts, and what the student's own functions earned.

    `checks` are those of the attempt that counts, `own_checks` those with the student's own functions: the
    same where no reference stood in.
    """

    name: str
    stub: str
    state: State
    points: Fraction
    possible: Fraction
    own_points: Fraction
    checks: tuple[CheckReport, ...] = ()
    own_checks: tuple[CheckReport, ...] = ()
    given: tuple[str, ...] = ()  # whose reference stood in, in the attempt that counts
    bonus: bool = False
    diagnosis: Diagnosis | None = None
    own_code_only: bool = False


@dataclass(frozen=True, slots=True)
class GradeReport:
    """Everything that is known of a submission's marks."""

    assignment: str
    submission: str
    student: str
    attempt: str
    status: Status
    questions: tuple[QuestionReport, ...] = ()
    problem: str = ""
    notes: tuple[Note, ...] = ()
    isolation: str = ""
    seed: int = 0
    wall_timeout: bool = False
    possible: Fraction = field(default=Fraction(0))
    convention: str = ""  # the sentence of the convention that it was graded under, where there are several

    @property
    def points(self) -> Fraction:
        """The sum of the questions' points."""
        return sum((question.points for question in self.questions), Fraction(0))
