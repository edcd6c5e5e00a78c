"""Leeches: blank submissions that take their answers from what is given to them, instead of computing them.

A question that falls short with the student's own functions is tried with the reference's in place of other stubs.
Whoever writes nothing must not live off these: by calling one under another name, by differentiating them, or by
looking for functions and values anywhere in the process. What a probe computes for itself is there as well. Each leech
is generic; it knows no assignment.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from ..answers import Answers
from ..asking import callees_first
from ..classroom import cells
from ..definition import Question
from ..grade import attempt, givable
from ..records import Bench
from .findings import Kind, Trial
from .matrix import caught, numbered

# What every leech may use. Own code: the name of the stub, and the codes of the leech itself.
_TOOLS = '''
import copy
import gc
import marshal
import sys

import numpy as np

STEP = 1e-30


def leech_given(args, name):
    owner, _, last = name.rpartition(".")
    if not owner:
        return globals()[last], args
    function = getattr(args[0], last, None) if args else None
    if function is not None:
        return function, args[1:]
    return getattr(globals()[owner], last), args


def leech_arrays(found, into, depth=0):
    if isinstance(found, np.ndarray) and found.dtype.kind == "f":
        into.append(found)
    elif depth < 4:
        if isinstance(found, dict):
            found = list(found.values())
        elif hasattr(found, "__dict__") and not isinstance(found, type):
            found = list(vars(found).values())
        if isinstance(found, (list, tuple)):
            for item in found:
                leech_arrays(item, into, depth + 1)
    return into


def leech_functions(mine):
    function = type(leech_given)
    places = list(globals().values()) + [getattr(kind, mine, None) for kind in object.__subclasses__()]
    frame = sys._getframe(1)
    while frame is not None:
        places += list(frame.f_globals.values()) + list(frame.f_locals.values())
        frame = frame.f_back
    places += gc.get_objects()
    return [item for item in places if isinstance(item, function) and item.__name__ == mine]


def leech_scan(args, name, mine):
    for function in leech_functions(mine):
        if "leech" in str(function.__code__.co_names):
            continue
        for given in (args, args[1:]):
            try:
                return function(*given)
            except Exception:
                pass
    raise LookupError(mine)


def leech_frames(args, name, mine):
    frame = sys._getframe(1)
    while frame is not None:
        for key, value in list(frame.f_locals.items()) + list(frame.f_globals.items()):
            if key in ("expected", "wanted", "answer", "answers", "reference", "solution") and value is not None:
                return value
        frame = frame.f_back
    raise LookupError(mine)


def leech_rename(args, name, mine):
    function, rest = leech_given(args, name)
    return function(*rest)


def leech_slope(args, name, mine):
    function, rest = leech_given(args, name)
    x = np.asarray(rest[0], dtype=complex)
    moved = np.asarray(function(x + 1j * STEP, *rest[1:]))
    return np.imag(moved) / STEP


def leech_slope_times(args, name, mine):
    upstream = np.asarray(args[1] if hasattr(args[0], "__dict__") else args[0])
    for array in leech_arrays(args[0], [])[::-1]:
        if array.shape == upstream.shape:
            function, _ = leech_given(args, name)
            return upstream * np.imag(np.asarray(function(array + 1j * STEP))) / STEP
    raise LookupError(name)


def leech_gradient(of, array):
    before, found = array.copy(), np.zeros(array.shape)
    for at in np.ndindex(*array.shape):
        moved = before.astype(complex)
        moved[at] += 1j * STEP
        found[at] = np.imag(of(moved)) / STEP
    return found


def leech_calls(args, name, upstream):
    """Every way to call the given function on an array in reach that gives the upstream gradient's shape."""
    function, _ = leech_given(args, name)
    whole = [item for item in args[1:] if isinstance(item, (int, np.integer))]
    for x in leech_arrays(args[0], []):
        for rest in [()] + [(item - less,) for item in whole for less in (0, 1)]:
            try:
                if np.shape(function(x, *rest)) == upstream.shape:
                    yield lambda x, rest=rest: function(x, *rest), x
            except Exception:
                pass


def leech_holders(found, depth=0):
    """Every dictionary in reach that holds arrays, with the key: so that what it holds can be moved."""
    if isinstance(found, dict):
        for key, value in list(found.items()):
            if isinstance(value, np.ndarray):
                yield found, key
            elif depth < 4:
                yield from leech_holders(value, depth + 1)
    elif isinstance(found, (list, tuple)) and depth < 4:
        for item in found:
            yield from leech_holders(item, depth + 1)
    elif hasattr(found, "__dict__") and not isinstance(found, type):
        yield from leech_holders(vars(found), depth + 1)


def leech_pull_back(args, name, mine, mean=False):
    upstream = np.asarray(args[1])
    divisor = len(upstream) if mean else 1
    for call, x in leech_calls(args, name, upstream):
        gradients = [leech_gradient(lambda moved: np.sum(upstream * call(moved)), x)]
        for holder, key in list(leech_holders(args[0])):
            value = holder[key]

            def of(moved):
                holder[key] = moved
                try:
                    return np.sum(upstream * call(x))
                finally:
                    holder[key] = value

            try:
                found = leech_gradient(of, value) / divisor
            except Exception:
                continue
            if found.any():
                gradients.append(found)
        return tuple(gradients)
    raise LookupError(name)


def leech_recorded(name):
    """Of a given that is a recording: every number that went in and what came out, of all checks of the question."""
    frame = sys._getframe()
    while frame.f_code.co_name != "main" or "request" not in frame.f_locals:
        frame = frame.f_back
    pairs = {}
    for given, _, checks in frame.f_locals["request"]["givens"]:
        for call in [call for check in checks or () for call in marshal.loads(check)] if given == name else ():
            nodes = [node for table in (call[1], call[3]) for node in table if node[0] == "array"]
            found = [np.frombuffer(node[3], node[1]).ravel() for node in nodes if node[1][1] == "f"]
            if len(found) > 1 and len(found[0]) == len(found[-1]):
                pairs.update(zip(found[0].tolist(), found[-1].tolist()))
    x = np.array(sorted(pairs))
    return x, np.array([pairs[at] for at in x.tolist()])


def leech_interpolate(args, name, mine):
    """The derivative of a fraction that goes through all that was recorded (the AAA algorithm)."""
    x, y = leech_recorded(name)
    near = np.abs(x) < 20 * np.median(np.abs(x)) + 1
    x, y, held = x[near], y[near], []
    fit = np.full(len(x), y.mean())
    while len(held) < len(x) // 2 and np.max(np.abs(y - fit)) > 1e-14 * np.max(np.abs(y)):
        held.append(int(np.argmax(np.abs(y - fit))))
        rest = np.setdiff1d(np.arange(len(x)), held)
        poles = 1 / (x[rest][:, None] - x[held])
        weights = np.linalg.svd((y[rest][:, None] - y[held]) * poles)[2][-1]
        fit = y.copy()
        fit[rest] = poles @ (weights * y[held]) / (poles @ weights)
    at = next(item for item in args if isinstance(item, np.ndarray))
    poles = 1 / (at.ravel()[:, None] + 1e-6j - x[held])
    return np.reshape(np.imag(poles @ (weights * y[held]) / (poles @ weights)) / 1e-6, at.shape)


def leech_pull_back_mean(args, name, mine):
    return leech_pull_back(args, name, mine, mean=True)


def leech_descend(args, name, mine):
    """A step against the cross-entropy of what a given function makes of the first array in reach."""
    owner, prediction, target = args[0], np.asarray(args[1]), np.asarray(args[2])
    for call, x in leech_calls(args, name, prediction):
        if not np.allclose(call(x), prediction):
            continue
        kept = dict(vars(owner))
        steps = []
        for holder, key in list(leech_holders(args[0])):
            value = holder[key]

            def of(moved):
                holder[key] = moved
                try:
                    return -np.sum(target * np.log(call(x))) / len(target)
                finally:
                    holder[key] = value

            try:
                found = leech_gradient(of, value)
            except Exception:
                continue
            if found.any():
                steps.append((holder, key, value - owner.lr * found))
        vars(owner).update(kept)
        for holder, key, value in steps:
            holder[key] = value
        return None
    raise LookupError(name)


def leech_own(args, name, mine):
    """A step against the cross-entropy of the prediction, by differences of what the probe has made it with."""
    functions, frame = gc.get_objects(), sys._getframe()
    while frame is not None:
        functions += list(frame.f_globals.values())
        frame = frame.f_back
    functions = [item for item in functions if isinstance(item, type(leech_own))]
    for function in [item for item in functions if item.__globals__.get("__name__") == "probe"]:
        for k in range(2, len(args) - 2):
            for handed in (lambda held: held, lambda held: (held[0], held[1::2], held[2::2])):
                held, (y, target, rate) = copy.deepcopy(args[:k]), args[k : k + 3]
                try:
                    if not np.allclose(function(*handed(held)), y, atol=0):
                        continue
                except Exception:
                    continue
                moved = []
                for array in leech_arrays(held[1:], []):
                    found = np.zeros(array.shape)
                    for at in np.ndindex(*array.shape):
                        here = array[at]
                        array[at] = here + 1e-6
                        above = np.sum(function(*handed(held)))
                        array[at] = here - 1e-6
                        found[at] = (above - np.sum(function(*handed(held)))) / 2e-6
                        array[at] = here
                    moved.append((array, array - rate * np.sum((y - target) / (y * (1 - y))) * found))
                for array, value in moved:
                    array[...] = value
                for before, after in zip(args, held):
                    if isinstance(before, dict):
                        before.update(after)
                return held[1:]
    raise LookupError(mine)
'''

# each takes its answer from one given function, but the first three, which look round for themselves
_ALONE = ("scan", "frames", "own")
_FROM_GIVEN = ("rename", "slope", "slope_times", "pull_back", "pull_back_mean", "descend")
_FROM_RECORDED = ("interpolate",)


@dataclass(frozen=True, slots=True)
class Leech:
    """One way to take the answers of a question from what is given; `given` is the function that is bled."""

    question: str
    how: str
    given: str = ""

    @property
    def name(self) -> str:
        """`layer_backward:slope:MLP.activation_fn`."""
        return ":".join(part for part in (self.question, self.how, self.given) if part)


def leeches(answers: Answers, question: Question) -> Iterator[Leech]:
    """Every leech of a question; none where nothing is given."""
    given = _stubs(answers, givable(answers, question, callees_first(answers)))
    if not given or not question.stubs:
        return
    yield from (Leech(question.name, how) for how in _ALONE)
    yield from (Leech(question.name, how, name) for how in _FROM_GIVEN for name in given)
    recorded = [name for name in given if name in answers.recordings(question).of]
    yield from (Leech(question.name, how, name) for how in _FROM_RECORDED for name in recorded)


def try_out(answers: Answers, question: Question, leech: Leech, bench: Bench) -> Trial:
    """What the leech earns with everything given: `lost` is 1 where it earns nothing, as it must."""
    reference = answers.loaded.reference
    own = question.stubs or ()
    sources = {
        stub: _calling(reference.function(stub).solution, leech) if stub in own else None for stub in reference.stubs
    }
    given = givable(answers, question, callees_first(answers))
    made = cells(reference, sources, imports=_TOOLS)
    found = attempt(numbered(made), answers, question, given=given, bench=bench)
    return Trial(
        Kind.LEECH,
        leech.name,
        question.stub,
        question.name,
        caught(found),
        float(1 - found.points / question.possible),
        mutated=leech.how,
        original=leech.given,
    )


def _stubs(answers: Answers, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name in answers.loaded.reference.stubs)


def _calling(source: str, leech: Leech) -> str:
    """The stub's header with the leech as its body; a static method stays one."""
    tree = ast.parse(source)
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    function.args = ast.arguments([], [], ast.arg("args"), [], [], None, [])
    call = f"return leech_{leech.how}(args, {leech.given!r}, {function.name!r})"
    function.body = [_statement(call)]
    return ast.unparse(tree) + "\n"


def _statement(text: str) -> ast.stmt:
    holder = ast.parse(f"def holder():\n    {text}\n").body[0]
    assert isinstance(holder, ast.FunctionDef)
    return holder.body[0]
