"""The way of one submission: the only place where the student's observations and the reference's answers meet.

A question is graded with the student's own functions first. Where that falls short, it is graded again with
given reference versions in place of the other stubs that it calls, each attempt in a process of its own, and
the best attempt of the whole question counts. Questions go callees before callers, so that a stub's mark is
final before its reference enters any process.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from . import scoring
from .answers import Answers
from .asking import asking
from .definition import Check, Question
from .diagnosis import diagnose
from .errors import SandboxError
from .expectations import judge
from .loading import Loaded
from .plain import shown
from .records import (
    Bench,
    Blocks,
    Cell,
    CheckReport,
    Diagnosis,
    Finding,
    Given,
    GradeReport,
    Note,
    NoteKind,
    Observation,
    Outcome,
    QuestionReport,
    Sitting,
    State,
    Status,
    Submission,
    Value,
    Verdict,
)
from .sandbox import observe

MOST_SLOW_SITTINGS = 4  # whose wall time ran out; no further attempt is then made
MOST_IDLE_SECONDS = 120.0  # of wall time in which nothing was computed, of all sittings together; likewise
MOST_CPU_SECONDS = 240.0  # of all sittings together; likewise. Half of it would be slow for honest code in loops
_OF_WHAT_IS_NOT_THERE = ("NameError", "UnboundLocalError", "KeyError", "IndexError", "AttributeError")


@dataclass(frozen=True, slots=True)
class Attempt:
    """A question graded once: its checks' reports, their points, what was given, and what was observed."""

    checks: tuple[CheckReport, ...]
    points: Fraction
    given: tuple[str, ...] = ()
    observations: tuple[Observation, ...] = ()


def grade(submission: Submission, loaded: Loaded, *, seed: int = 0, alone: bool = True) -> GradeReport:
    """Grade one submission. Raises HarnessError where no mark can be found; student code never raises here.

    With `alone=False` others are graded beside it: where wall time runs out with the student's own functions, which
    may be the others' doing, the report says so and goes no further. It must be graded again from the start, and
    that is allowed only as long as no reference was in any process of it.
    """
    blank = _ungraded(submission, loaded, seed)
    if submission.status is not Status.GRADED:
        return blank
    grading = _Grading(submission, loaded, seed)
    own = grading.with_own_functions()
    if grading.wall_timeout and not alone:
        return replace(blank, notes=own.notes, isolation=own.isolation, wall_timeout=True)
    name = shown(submission.name)
    if own.ran and not own.defined and not _holds_template(own):
        names = ", ".join(loaded.reference.stubs[:3])
        problem = f"{name} defines none of the functions of {loaded.name} ({names}, …); is it the right file?"
        return replace(blank, status=Status.OTHER_ASSIGNMENT, problem=problem, notes=own.notes, isolation=own.isolation)
    best = grading.after_further_attempts(own)
    questions = tuple(
        best.report(question, defined=grading.defines(question, own), lost=_lost(question, own))
        for question in loaded.questions
    )
    return replace(
        blank,
        questions=questions + _manual(loaded),
        problem=grading.problem(name, own),
        notes=own.notes,
        isolation=own.isolation,
        wall_timeout=grading.wall_timeout,
        convention=best.loaded.convention.sentence if best.loaded.convention else "",
    )


class _Grading:
    """The attempts on one submission, in their order, judged under each of the assignment's conventions."""

    def __init__(self, submission: Submission, loaded: Loaded, seed: int) -> None:
        self.cells = submission.cells
        self.loaded = loaded
        self.asking = asking(loaded, seed)
        self.readings = [_Reading(answers, self.asking.order) for answers in self.asking.readings]
        self.run_all: set[str] = set()  # the questions that need a cell which no stub seemed to need
        self.wall_timeout = False
        self.slow_sittings = 0
        self.idle_seconds = 0.0
        self.cpu_seconds = 0.0
        self.cut_short = False  # a sitting was wanted, and there was no time left for it

    def with_own_functions(self) -> Sitting:
        """All questions in one process; once more, with every cell run, those that may lack a statement's doing.

        They miss a name or, where a statement was left out that may change what stubs use, they fall short.
        """
        questions = self.loaded.questions
        sitting = self._observe(questions, ())
        for reading in self.readings:
            reading.own = reading.judged(questions, sitting.observations)
        missed = [question for question in questions if self._may_lack_a_statement(question, sitting)]
        if missed and self._has_cpu_time():
            observations = self._observe(missed, (), run_all=True).observations
            again = [reading.judged(missed, observations) for reading in self.readings]
            self.run_all = {
                question.name
                for question in missed
                if any(
                    attempts[question.name].points > reading.own[question.name].points
                    for attempts, reading in zip(again, self.readings, strict=True)
                )
            }
            for attempts, reading in zip(again, self.readings, strict=True):
                reading.own |= {name: attempts[name] for name in self.run_all}
        for reading in self.readings:
            reading.best = dict(reading.own)
        return sitting

    def _may_lack_a_statement(self, question: Question, sitting: Sitting) -> bool:
        attempts = [reading.own[question.name] for reading in self.readings]
        if _misses_a_name(attempts[0]):
            return True
        unsure = any(note.kind is NoteKind.UNSURE for note in sitting.notes)
        return unsure and all(attempt.points < question.possible for attempt in attempts)

    def after_further_attempts(self, own: Sitting) -> _Reading:
        """The convention that gives most, once every question that needs further attempts has had them.

        A question is done with under every convention before the next is begun, so that its marks are final before
        its reference enters any process.
        """
        full = next((reading for reading in self.readings if reading.is_full), None)
        if full is not None:
            return full
        if self.loaded.definition.follow_through != "off":
            for question in self.asking.order:
                if self.defines(question, own):
                    self._follow_through(question)
        return max(self.readings, key=lambda reading: reading.points)

    def defines(self, question: Question, own: Sitting) -> bool:
        """Whether the submission has something for the question: its stubs, or what answers in their place."""
        if own.defined & set(question.stubs or own.defined):
            return True
        return any(_answers(reading.own[question.name]) for reading in self.readings)

    def _follow_through(self, question: Question) -> None:
        if question.own_code_only:
            return
        seen: dict[tuple[Given, ...], Sequence[Observation]] = {}
        for reading in self.readings:
            for names, grafted in reading.given_sets(question):
                if reading.full_in(question) or (grafted and not reading.raised(question)):
                    break
                givens = tuple(replace(given, grafted=grafted) for given in _givens(reading.answers, question, names))
                if givens not in seen:
                    if not self._has_cpu_time() or self._has_waited_enough():
                        return  # and no second grading for it, as this submission must not begin anew after a given
                    seen[givens] = self._observe([question], givens, run_all=question.name in self.run_all).observations
                reading.take(question, names, seen[givens])

    def problem(self, name: str, own: Sitting) -> str:
        """What is to be said of the whole file, or nothing."""
        if not own.ran:
            return f"{name}: its cells end the Python process; nothing could be tried."
        if self.cut_short:
            minutes = f"{MOST_CPU_SECONDS / 60:.0f} minutes"
            return f"{name}: its code computed for more than {minutes}; from then on no question was tried again."
        return ""

    def _has_cpu_time(self) -> bool:
        """Whether one more sitting may be had, which is wanted: code that uses up each of its limits is ended here."""
        self.cut_short |= self.cpu_seconds > MOST_CPU_SECONDS
        return not self.cut_short

    def _has_waited_enough(self) -> bool:
        return self.slow_sittings >= MOST_SLOW_SITTINGS or self.idle_seconds > MOST_IDLE_SECONDS

    def _observe(self, questions: Sequence[Question], givens: Sequence[Given], *, run_all: bool = False) -> Sitting:
        probes, known = self.asking.probes(questions), self.asking.known(questions)
        sitting = observe(self.cells, givens, probes, self.asking.bench, known=known, run_all=run_all)
        if givens and sitting.wall_timeout:  # on the spot, as this submission must not begin anew after a given
            self.cpu_seconds += sitting.cpu_seconds
            sitting = observe(self.cells, givens, probes, self.asking.bench, known=known, run_all=run_all)
        if len(sitting.observations) != len(probes):
            raise SandboxError(f"{len(probes)} probes were sent and {len(sitting.observations)} observations came back")
        self.wall_timeout |= sitting.wall_timeout and not givens
        self.slow_sittings += sitting.wall_timeout
        self.idle_seconds += sitting.idle_seconds
        self.cpu_seconds += sitting.cpu_seconds
        return sitting


class _Reading:
    """A submission's attempts as one of the conventions judges them."""

    def __init__(self, answers: Answers, order: Sequence[Question]) -> None:
        self.answers = answers
        self.loaded = answers.loaded
        self.order = order  # of the questions, the same for all conventions
        self.own: dict[str, Attempt] = {}
        self.best: dict[str, Attempt] = {}
        self.further: dict[str, list[Attempt]] = {}  # with given functions, in their order

    @property
    def points(self) -> Fraction:
        """What the submission earns so far, bonus questions and all."""
        return sum((self._worth(question) for question in self.loaded.questions), Fraction(0))

    @property
    def is_full(self) -> bool:
        """Whether nothing is left to earn."""
        return all(self.full_in(question) for question in self.loaded.questions)

    def full_in(self, question: Question) -> bool:
        """Whether nothing is left to earn in the question."""
        return self.best[question.name].points == question.possible

    def judged(
        self, questions: Sequence[Question], observations: Sequence[Observation], given: tuple[str, ...] = ()
    ) -> dict[str, Attempt]:
        """What was observed of each question, judged."""
        seen = iter(observations)
        return {
            question.name: judged(self.answers, question, [next(seen) for _ in question.checks], given)
            for question in questions
        }

    def take(self, question: Question, given: tuple[str, ...], observations: Sequence[Observation]) -> None:
        """A further attempt on a question."""
        attempt = self.judged([question], observations, given)[question.name]
        self.further.setdefault(question.name, []).append(attempt)
        self.best[question.name] = _better(self.best[question.name], attempt)

    def given_sets(self, question: Question) -> list[tuple[tuple[str, ...], bool]]:
        """What to give, least first, and whether what the student's own functions leave behind stays beside it.

        The stubs that are not full, so that the student's other pieces and their own `__init__` stay; the
        template's code beside them; then all that is called. Last the first again, for a function that looks for what
        another of theirs keeps beyond what the text asks for.
        """
        template = set(self.loaded.reference.functions) - set(self.loaded.reference.stubs)
        usable = givable(self.answers, question, self.order)
        broken = self._broken(question)
        weak = tuple(name for name in usable if name in broken)
        restored = tuple(name for name in usable if name in broken | template)
        bare = [(given, False) for given in dict.fromkeys((weak, restored, usable)) if given]
        return [*bare, (weak, True)] if weak else bare

    def raised(self, question: Question) -> bool:
        """Whether the stub has raised something in each further attempt, as one does that misses what it keeps."""
        return all(
            any(seen.outcome is Outcome.RAISED for seen in attempt.observations)
            for attempt in self.further.get(question.name, ())
        )

    def report(self, question: Question, *, defined: bool, lost: Note | None) -> QuestionReport:
        """What is to be said of a question."""
        own, best = self.own[question.name], self.best[question.name]
        attempted = defined or lost is not None
        if lost is not None and not defined:
            own = best = replace(own, checks=tuple(_unreadable(report, question, lost) for report in own.checks))
        return QuestionReport(
            name=question.name,
            stub=question.stub,
            state=State.GRADED if attempted else State.NOT_ATTEMPTED,
            points=self._worth(question) if attempted else Fraction(0),
            possible=question.possible,
            own_points=own.points if attempted else Fraction(0),
            checks=best.checks,
            own_checks=own.checks,
            given=tuple(name for name in best.given if name in self.loaded.reference.stubs),
            bonus=question.bonus,
            diagnosis=self._diagnosis(question) if attempted else None,
            own_code_only=question.own_code_only,
        )

    def _worth(self, question: Question) -> Fraction:
        own, best = self.own[question.name], self.best[question.name]
        if self.loaded.definition.follow_through == "share":
            return scoring.shared(own.points, best.points, self.loaded.definition.follow_through_share)
        return best.points

    def _broken(self, question: Question) -> set[str]:
        """The stubs that the question calls and whose own question is not full."""
        final = {stub: asked for asked in _before(question, self.order) for stub in asked.stubs or ()}
        usable = givable(self.answers, question, self.order)
        return {name for name in usable if name in final and not self.full_in(final[name])}

    def _diagnosis(self, question: Question) -> Diagnosis | None:
        """The likely cause of what is lost, from the best attempt in which the other stubs are right."""
        if question.own_code_only or self.full_in(question):
            return None
        right = self.further.get(question.name, [])
        if not self._broken(question):
            right = [self.own[question.name], *right]
        if not right:
            return None
        return diagnose(self.answers, question, max(right, key=lambda attempt: attempt.points).observations)


def attempt(
    cells: Sequence[Cell], answers: Answers, question: Question, *, given: tuple[str, ...] = (), bench: Bench
) -> Attempt:
    """One question alone, once, on these cells with those functions given; `audit` tries wrong code so."""
    probes = [answers.probe(question, item) for item in question.checks]
    givens = _givens(answers, question, given)
    return judged(answers, question, observe(cells, givens, probes, bench).observations, given)


def _givens(answers: Answers, question: Question, names: Iterable[str]) -> list[Given]:
    """The reference's functions for an attempt on one question.

    What only the checks need, and not the stub, is given as a recording of these very checks: else whoever writes no
    derivative could take it from a given forward pass.
    """
    around, recordings = answers.only_around(question), answers.recordings(question)
    return [
        answers.loaded.given(name, recordings.of[name], apart=recordings.apart)
        if name in around
        else answers.loaded.given(name)
        for name in names
    ]


def judged(
    answers: Answers, question: Question, observations: Sequence[Observation], given: tuple[str, ...] = ()
) -> Attempt:
    """A question's observations beside the reference's answers, an observation for each check, in order."""
    reports = [
        (_check_report(answers, question, item, observation), item.property)
        for item, observation in zip(question.checks, observations, strict=True)
    ]
    checks = scoring.withhold_properties(reports)
    return Attempt(checks, scoring.total(checks), given, tuple(observations))


def givable(answers: Answers, question: Question, order: Sequence[Question]) -> tuple[str, ...]:
    """What may be given at most: what the question calls, template code and stubs whose own marks are final.

    A stub that only the checks call is given as a recording or, where there can be none, not at all. `order` is that
    of `callees_first`.
    """
    reference = answers.loaded.reference
    final = {stub for asked in _before(question, order) for stub in asked.stubs or ()}
    final -= set(answers.only_around(question)) - set(answers.recordings(question).of)
    return tuple(name for name in answers.calls(question) if name in final or name not in reference.stubs)


def _before(question: Question, order: Sequence[Question]) -> Sequence[Question]:
    """The questions whose marks are final before this one's."""
    return order[: order.index(question)]


def _check_report(answers: Answers, question: Question, item: Check, observation: Observation) -> CheckReport:
    judge = partial(_judged_check, item, observation, answers.value(question, item))
    return answers.report(question, item, observation, judge)


def _judged_check(item: Check, observation: Observation, answer: Value) -> CheckReport:
    predicate = item.expect if callable(item.expect) else None
    findings = judge(observation, answer, predicate=predicate, rtol=item.rtol, flat=item.flat)
    blocks = len(answer.items) if isinstance(answer, Blocks) and predicate is None else 1
    verdict = scoring.worst(findings)
    return CheckReport(
        name=item.name,
        title=item.title,
        public=item.public,
        verdict=verdict,
        points=scoring.points_of(findings, item.points, blocks),
        possible=item.points,
        hint=item.hint,
        findings=findings,
        where=observation.where,
        exception=observation.exception if observation.outcome is Outcome.RAISED else "",
        stub=observation.stub,
        tells=scoring.tells(findings, answer),
    )


def _better(one: Attempt, other: Attempt) -> Attempt:
    return other if other.points > one.points else one


def _misses_a_name(attempt: Attempt) -> bool:
    """Whether an exception rose that a statement which was not run may be the reason for."""
    return any(report.exception in _OF_WHAT_IS_NOT_THERE for report in attempt.checks)


def _answers(attempt: Attempt) -> bool:
    """Whether something stands where the checks look for a stub: an attribute that `__init__` sets, say."""
    return attempt.points > 0 and all(report.verdict is not Verdict.MISSING for report in attempt.checks)


def _lost(question: Question, sitting: Sitting) -> Note | None:
    """Where a stub of the question was written in lines that are not Python: wrong, and not unattempted."""
    names = {stub.rpartition(".")[2] for stub in question.stubs or ()}
    notes = (note for note in sitting.notes if note.kind is NoteKind.UNPARSED)
    return next((note for note in notes if note.name.rpartition(".")[2] in names), None)


def _unreadable(report: CheckReport, question: Question, lost: Note) -> CheckReport:
    told = f"{question.stub} is not Python yet: look at code cell {lost.cell}, from line {lost.line} on."
    return replace(report, findings=(Finding(Verdict.MISSING, told),), exception="SyntaxError")


def _holds_template(sitting: Sitting) -> bool:
    """Whether a stub is there as the template gives it: the right file, handed in blank."""
    return any(note.kind is NoteKind.BLANK for note in sitting.notes)


def _manual(loaded: Loaded) -> tuple[QuestionReport, ...]:
    return tuple(
        QuestionReport(item.name, item.name, State.MANUAL, Fraction(0), item.possible, Fraction(0))
        for item in loaded.definition.manual
    )


def _ungraded(submission: Submission, loaded: Loaded, seed: int) -> GradeReport:
    """A report with every question at zero, not attempted."""
    return GradeReport(
        assignment=loaded.name,
        submission=submission.name,
        student=submission.student,
        attempt=submission.attempt,
        status=submission.status,
        questions=tuple(
            QuestionReport(q.name, q.stub, State.NOT_ATTEMPTED, Fraction(0), q.possible, Fraction(0), bonus=q.bonus)
            for q in loaded.questions
        )
        + _manual(loaded),
        problem=submission.problem,
        seed=seed,
        possible=loaded.definition.possible,
    )


def ungraded(submission: Submission, loaded: Loaded, problem: str, *, seed: int = 0) -> GradeReport:
    """The report of a submission for which a harness error left no mark; `problem` says what went wrong."""
    report = _ungraded(submission, loaded, seed)
    return replace(report, status=Status.ERROR, problem=shown(problem, 2000), questions=())
