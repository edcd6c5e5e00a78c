"""What is refused in checks, whoever passes them: draws that nobody sees, answers that are nothing, false gradients."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import FrameType
from typing import Any

import numpy as np

from ..answers import Answers, returned
from ..asking import callees_first
from ..classroom import cells
from ..definition import Check, Question
from ..expectations import plain
from ..grade import attempt, givable
from ..loading import Loaded, apply
from ..records import Bench, Blocks, Sequence, Value
from ..sandbox import encode
from .findings import Problem, Trial
from .matrix import numbered


def problems(first: Answers, second: Answers, trials: tuple[Trial, ...]) -> Iterator[Problem]:
    """The checks that are refused; `first` and `second` are the reference's answers under two seeds."""
    loaded = first.loaded
    told = _folded(_told(loaded))
    effective = {(trial.question, name) for trial in trials for name in trial.caught_by}
    for question in loaded.questions:
        for item in question.checks:
            one, other = first.value(question, item), second.value(question, item)
            catches = (question.name, item.name) in effective or question.own_code_only
            same = encode(plain(one)) == encode(plain(other))
            reasons = (
                _of_zeros(item, one),
                _of_gradients(first, question, item),
                _of_promise(item, told),
                _of_draws(first, second, question, item, same, catches),
            )
            reason = next(filter(None, reasons), "")
            if reason:
                yield Problem("refused check", question.name, f"{question.name}.{item.name} {reason}")


def _of_draws(first: Answers, second: Answers, question: Question, item: Check, same: bool, catches: bool) -> str:
    """A check draws so that its answer cannot be written down in advance.

    An answer that is the same under both seeds is right in two cases: what was drawn does reach the code under
    test, which must answer alike whatever is drawn (the bias alone decides, a property holds), and the check is
    known to take marks from something wrong.
    """
    if item.public:
        if not callable(item.expect) and not same:
            return "is public and wants something else for each seed; write its numbers down."
        return ""
    if not same or not (item.takes_rng or item.gradient):
        return ""
    if _arguments(first, question, item) == _arguments(second, question, item):
        return "takes rng, and nothing that it draws reaches a function; leave rng away, or use it."
    if not catches:
        return "takes rng, wants the same for every seed, and catches nothing; return what depends on the draw."
    return ""


def _of_zeros(item: Check, answer: Value) -> str:
    if item.property or callable(item.expect):
        return ""
    parts = list(_arrays(answer))
    if parts and not any(np.any(part) for part in parts):
        return "wants zeros only, which an empty answer has as well; choose inputs with another answer."
    return ""


def _of_gradients(answers: Answers, question: Question, item: Check) -> str:
    wrong = answers.disproved_gradients(question, item)
    if wrong:
        return f"compares {', '.join(wrong)} with a backward that complex steps contradict; mend the reference, or of=."
    at_kink = answers.kinked_inputs(question, item)
    if at_kink:
        return f"has {', '.join(at_kink)} at a kink, where no slope is wrong; choose inputs beside it."
    return ""


def _of_promise(item: Check, told: str) -> str:
    if item.because is not None and _folded(item.because) not in told:
        return f"rests on a sentence that the text does not hold: {item.because!r}"
    return ""


def hollow(answers: Answers, question: Question, bench: Bench) -> Iterator[Problem]:
    """The checks that give points to the template left blank, or to stubs that do nothing."""
    functions = answers.loaded.reference.functions
    stubs = answers.loaded.reference.stubs
    for what, sources in (
        ("the blank template", {stub: functions[stub].blank for stub in stubs}),
        ("stubs that do nothing", {stub: _doing_nothing(functions[stub].solution) for stub in stubs}),
    ):
        found = attempt(numbered(cells(answers.loaded.reference, sources)), answers, question, bench=bench)
        for check in found.checks:
            if check.points:
                yield Problem(
                    "refused check",
                    question.name,
                    f"{question.name}.{check.name} gives points to {what}; compare something that has to be computed.",
                )


def unfollowed(answers: Answers, question: Question, bench: Bench) -> Iterator[Problem]:
    """The checks that take marks from right stubs among given functions, so that a mistake elsewhere costs marks here.

    A stub that only the checks call is given as a recording, which answers nothing that depends on what the stub
    under test has answered.
    """
    reference, own = answers.loaded.reference, question.stubs or ()
    if question.own_code_only or not answers.only_around(question):
        return
    given = givable(answers, question, callees_first(answers))
    known = [item for item in answers.loaded.variants if item.stub in own]
    right = [cells(reference, {}), *(cells(reference, {v.stub: apply(reference, v)}, imports=v.imports) for v in known)]
    found = [attempt(numbered(sources), answers, question, given=given, bench=bench) for sources in right]
    for place, item in enumerate(question.checks):
        if any(one.checks[place].points < item.points for one in found):
            yield Problem(
                "no follow-through",
                question.name,
                f"{question.name}.{item.name} takes marks from a right answer among given functions: it hands one of "
                f"{', '.join(answers.only_around(question))} what follows from that answer; let it hand in its own.",
            )


def unrecorded(answers: Answers, question: Question) -> Iterator[Problem]:
    """The stubs that are not given in a question because their calls are no plain data."""
    if not question.own_code_only:
        for name in answers.only_around(question):
            if name not in answers.recordings(question).of:
                yield Problem(
                    "no recording",
                    question.name,
                    f"{question.name}: {name}, which only its checks call, is never given: it takes, makes or returns "
                    "objects or functions, which no recording holds. Whoever has it wrong loses marks here too.",
                )


def _doing_nothing(source: str) -> str:
    tree = ast.parse(source)
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    function.body = [ast.Return(ast.Constant(None))]
    return ast.unparse(tree) + "\n"


# --- what the code under test was handed ---------------------------------------------------------------


def _arguments(answers: Answers, question: Question, item: Check) -> bytes:
    """The arguments of every call of a reference function in the check, in order."""
    loaded = answers.loaded
    module = loaded.reference.load()
    path = str(loaded.reference.path)
    seen: list[bytes] = []

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_filename == path:
            names = frame.f_code.co_varnames[: frame.f_code.co_argcount]
            seen.append(b"".join(_digest(frame.f_locals[name]) for name in names if name != "self"))

    returned(answers.probe(question, item), module, watch=note)
    return b"\0".join(seen)


def _digest(value: Any) -> bytes:
    if isinstance(value, np.ndarray):
        return value.tobytes()
    if isinstance(value, list | tuple):
        return b"".join(map(_digest, value))
    return repr(value).encode() if isinstance(value, int | float | str | None) else b"?"


def _arrays(value: Value) -> Iterator[np.ndarray]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, Sequence):
        for item in value.items:
            yield from _arrays(item)
    elif isinstance(value, Blocks):
        for _, item in value.items:
            yield from _arrays(item)


def _told(loaded: Loaded) -> str:
    """All that students are told: the text, and what they get of the code."""
    functions = loaded.reference.functions.values()
    return " ".join([loaded.text, *loaded.reference.skeletons.values(), *(item.blank for item in functions)])


def _folded(text: str) -> str:
    return " ".join(text.split())
