"""What the reference answers to each check, and which of its functions each question calls.

The reference runs the very bytes that are sent to the isolated process, and its answers take the same way over
the wire, so that both sides have the same form.
"""

from __future__ import annotations

import hashlib
import random
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache, partial
from types import CodeType, FrameType, ModuleType
from typing import Any

import numpy as np

from . import gradients
from .compare import compare
from .definition import ABSENT, Check, Question
from .errors import AssignmentError
from .expectations import holds, plain
from .loading import Loaded, apply
from .recording import NOTHING, Recordings, Stub, recorded
from .records import CheckReport, Observation, Outcome, Probe, Value, Verdict
from .sandbox import decode, encode, size
from .sandbox.beside import bundle, frames

LITERAL = 1e-6  # a literal is written to about eight digits
_LOCK = threading.Lock()  # seeding and tracing are the whole process's


class Implementation:
    """A namespace as a probe meets it: `student.relu`, `student.MLP`."""

    def __init__(self, module: ModuleType) -> None:
        self.__dict__.update({name: value for name, value in vars(module).items() if not name.startswith("__")})


class Answers:
    """The reference's answers to every check of an assignment under one seed; found when first asked for."""

    def __init__(self, loaded: Loaded, seed: int = 0) -> None:
        self.loaded = loaded
        self.seed = seed
        self._module = loaded.reference.load()
        self._codes = codes(loaded, self._module)
        self._found: dict[tuple[str, str], _Found] = {}
        self._reports: dict[tuple[str, str], CheckReport] = {}
        self._recordings: dict[str, Recordings] = {}

    def probe(self, question: Question, item: Check) -> Probe:
        """The check's probe for the isolated process."""
        seed = seed_of(self.loaded.name, question.name, item.name, self.seed)
        return Probe(question.name, item.name, self.loaded.packed[question.name, item.name], seed)

    def value(self, question: Question, item: Check) -> Value:
        """What is wanted: the reference's answer, to which an author's literal or predicate must agree.

        Raises AssignmentError where the reference raises, or where they do not.
        """
        return self._of(question, item).observation.value

    def known(self, question: Question, item: Check) -> Mapping[bytes, Observation]:
        """The bytes in which the very answer of the reference comes over the wire, and what they say."""
        found = self._of(question, item)
        return {found.body: found.observation}

    def report(
        self, question: Question, item: Check, observation: Observation, judge: Callable[[], CheckReport]
    ) -> CheckReport:
        """What `judge` says of an observation; of the reference's own answer it is asked once, for the whole class."""
        if observation is not self._of(question, item).observation:
            return judge()
        key = (question.name, item.name)
        if key not in self._reports:
            self._reports[key] = judge()
        return self._reports[key]

    def _of(self, question: Question, item: Check) -> _Found:
        key = (question.name, item.name)
        with _LOCK:
            if key not in self._found:
                self._found[key] = self._find(question, item)
            return self._found[key]

    def calls(self, question: Question) -> tuple[str, ...]:
        """The reference's functions that run in this question, without its own stubs, in the file's order."""
        called = {name for calls in self._all_calls(question) for name in calls.anywhere} | set(question.also_given)
        return tuple(name for name in self.loaded.reference.functions if name in called - set(question.stubs or ()))

    def most_bytes(self, question: Question, item: Check) -> int:
        """How much a probe may return: eight times the reference's answer, and a little."""
        return self._of(question, item).most_bytes

    def calls_of_its_own(self, question: Question) -> frozenset[str]:
        """Of those, the ones that run while a stub of the question runs: its callees, and theirs."""
        called = {name for calls in self._all_calls(question) for name in calls.below_stub}
        return frozenset(called | set(question.also_given)) - set(question.stubs or ())

    def only_around(self, question: Question) -> tuple[str, ...]:
        """Of those, the stubs that no stub of the question calls: its checks call them, or what they call does."""
        own = self.calls_of_its_own(question)
        return tuple(name for name in self.calls(question) if name in self.loaded.reference.stubs and name not in own)

    def recordings(self, question: Question) -> Recordings:
        """What `only_around` did in each of the question's checks; those are missing that cannot be recorded.

        It holds nothing that depends on what the question's own stubs answer; see `recording`.
        """
        names = self.only_around(question)
        if question.own_code_only or not names:
            return NOTHING
        with _LOCK:
            if question.name not in self._recordings:
                stubs = [Stub(stub, self._variants(stub)) for stub in question.stubs or ()]
                runs = [partial(_run, self.probe(question, item)) for item in question.checks]
                self._recordings[question.name] = recorded(self.loaded.reference.load, names, stubs, runs)
            return self._recordings[question.name]

    def _variants(self, stub: str) -> tuple[str, ...]:
        """The sources of a stub's right variants."""
        variants = [item for item in self.loaded.variants if item.stub == stub]
        return tuple(f"{item.imports}\n{apply(self.loaded.reference, item)}" for item in variants)

    def _all_calls(self, question: Question) -> list[_Calls]:
        return [self._of(question, item).calls for item in question.checks]

    def disproved_gradients(self, question: Question, item: Check) -> tuple[str, ...]:
        """The blocks of a gradient check whose reference answer is not proved to be the derivative."""
        return tuple(proof.name for proof in self.gradient_proofs(question, item) if not proof.holds)

    def gradient_proofs(self, question: Question, item: Check) -> tuple[gradients.Proof, ...]:
        """What becomes of each block of a gradient check, at the very inputs that students are graded with."""
        if item.gradient is None:
            return ()
        claimed = plain(self.value(question, item))
        if not isinstance(claimed, dict):
            return (gradients.Proof("", "A dictionary of gradients is wanted, with the names of the inputs."),)
        with self._differentiating(question, item) as (of, inputs, rng):
            return gradients.proofs(of, inputs, claimed, rng)

    def kinked_inputs(self, question: Question, item: Check) -> tuple[str, ...]:
        """The inputs of a gradient check that lie at a kink, where no gradient can be held against a student."""
        if item.gradient is None:
            return ()
        with self._differentiating(question, item) as (of, inputs, rng):
            return gradients.kinked(of, inputs, rng)

    @contextmanager
    def _differentiating(
        self, question: Question, item: Check
    ) -> Iterator[tuple[gradients.Scalar, dict[str, Any], np.random.Generator]]:
        """The scalar of a gradient check, on the reference, its inputs, and a generator for directions."""
        assert item.gradient is not None
        of, seed = item.gradient.of, seed_of(self.loaded.name, question.name, item.name, self.seed)
        student = Implementation(self._module)
        with _LOCK, _seeded(seed):
            inputs = dict(item.gradient.inputs(np.random.default_rng(seed)))
            yield lambda at: of(student, at), inputs, np.random.default_rng(seed + 1)

    def _find(self, question: Question, item: Check) -> _Found:
        name = f"{self.loaded.name}: {question.name}.{item.name}"
        probe = self.probe(question, item)
        calls = _Calls(frozenset(question.stubs or ()))
        try:
            call = bundle.load(probe.code)
            with _seeded(probe.seed), _traced(self._codes, calls):
                value = call(Implementation(self._module), np.random.default_rng(probe.seed))
            body = frames.returned(value)
            answer = decode(encode(value))
        except Exception as error:
            raise AssignmentError(f"{name}: the reference raises {type(error).__name__}: {error}") from error
        if value is None:
            raise AssignmentError(
                f"{name}: the probe returns nothing; return what shall be compared, and assert nothing"
            )
        answer = _held_to_expectation(name, item, answer, literally=self.loaded.as_it_stands)
        return _Found(body, Observation(Outcome.RETURNED, value=answer), 8 * size(answer) + (64 << 10), calls)


def returned(probe: Probe, module: ModuleType, watch: Callable[[FrameType, str, Any], None] | None = None) -> Value:
    """What a probe returns on a trusted implementation, such as a known mistake, over the wire.

    `watch` is a profile function and sees every call. What the implementation raises is raised.
    """
    call = bundle.load(probe.code)
    with _LOCK, _seeded(probe.seed), _profiled(watch):
        found = call(Implementation(module), np.random.default_rng(probe.seed))
    return decode(encode(found))


def _run(probe: Probe, module: ModuleType) -> object:
    """Run a probe on a trusted implementation; what it raises is raised."""
    call = bundle.load(probe.code)
    with _seeded(probe.seed):
        return call(Implementation(module), np.random.default_rng(probe.seed))


def seed_of(assignment: str, question: str, item: str, seed: int) -> int:
    """The seed of a check's draws: the first eight bytes of a SHA-256 over all that names it."""
    text = "\0".join((assignment, question, item, str(seed)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


@lru_cache(maxsize=16)
def cached(loaded: Loaded, seed: int) -> Answers:
    """The answers of an assignment, shared by all submissions of a class."""
    return Answers(loaded, seed)


def _held_to_expectation(name: str, item: Check, answer: Value, *, literally: bool) -> Value:
    """The answer, once the author's literal or predicate agrees; students are held to its full precision.

    A literal is one convention's alone, the first's; a predicate holds under each.
    """
    if item.expect is ABSENT:
        return answer
    if callable(item.expect):
        if not holds(item.expect, answer):
            raise AssignmentError(f"{name}: the predicate refuses the reference's own answer")
        return answer
    if not literally:
        return answer
    rtol = LITERAL if item.rtol is None else item.rtol
    found = compare(answer, decode(encode(item.expect)), rtol=rtol, flat=item.flat)
    if any(finding.verdict is not Verdict.PASSED for finding in found):
        raise AssignmentError(f"{name}: the reference's answer is not the literal that expect= gives")
    return answer


def codes(loaded: Loaded, module: ModuleType) -> dict[CodeType, str]:
    """The code of each of the reference's functions in a module made from it, with its name."""
    found: dict[CodeType, str] = {}
    for name in loaded.reference.functions:
        owner, _, last = name.rpartition(".")
        space = vars(getattr(module, owner)) if owner else vars(module)
        function = getattr(space[last], "__func__", space[last])
        code = getattr(function, "__code__", None)
        if isinstance(code, CodeType):
            found[code] = name
    return found


@dataclass(frozen=True, slots=True)
class _Found:
    """What a probe came to on the reference: the bytes on the wire and what they say, the limit, the calls."""

    body: bytes
    observation: Observation
    most_bytes: int
    calls: _Calls


@dataclass(slots=True)
class _Calls:
    """Which of the reference's functions ran in a check: anywhere, and while a stub under test ran."""

    stubs: frozenset[str]
    anywhere: set[str] = field(default_factory=set)
    below_stub: set[str] = field(default_factory=set)
    running: list[str] = field(default_factory=list)

    def enter(self, name: str) -> None:
        self.anywhere.add(name)
        if self.stubs.intersection(self.running):
            self.below_stub.add(name)
        self.running.append(name)


def _traced(of: dict[CodeType, str], calls: _Calls) -> AbstractContextManager[None]:
    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code in of:
            calls.enter(of[frame.f_code])
        elif event == "return" and frame.f_code in of:
            calls.running.pop()

    return _profiled(note)


@contextmanager
def _profiled(watch: Callable[[FrameType, str, Any], None] | None) -> Iterator[None]:
    before: Callable[..., Any] | None = sys.getprofile()
    sys.setprofile(watch or before)
    try:
        yield
    finally:
        sys.setprofile(before)


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """The state that the isolated process has before a probe; what was there before comes back."""
    # students draw from the legacy generator too, so its state is set and brought back
    legacy, plain_state = np.random.get_state(), random.getstate()  # noqa: NPY002
    np.random.seed(seed % 2**32)  # noqa: NPY002
    random.seed(seed)
    try:
        with warnings.catch_warnings(), np.errstate(all="warn"):
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(legacy)  # noqa: NPY002
        random.setstate(plain_state)
