"""Ready-made property checks of a backward pass, one line each for an author.

    def layer_after_forward(student, rng):
        net = student.MLP(layer_dims=(4, 6, 3))
        x, upstream = rng.normal(size=(7, 4)), upstream_gradient(rng, (7, 6))
        net.forward(x)
        return net.layer_backward, upstream, 1

    Question("MLP.layer_backward", [..., *backward_properties(layer_after_forward, points=3)])

The author's function returns what to call and its arguments, the upstream gradient first. What the checks look
at comes back as numbers, and the rule is applied to them in the trusted process. Results are flattened, so that
`(m,)` for `(1, m)` is not held against a student here as well. A function of zeros has none of these
properties but that it leaves its arguments alone, and no property earns a point unless a value check does.

The checks are ordinary ones. Their probes are templates whose placeholders are exchanged for the author's
functions by name, because a probe travels as bare code, without closures and without defaults.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from .definition import ABSENT, Check, Points, check
from .errors import AssignmentError
from .gradients import UNSHARP, richardson

EXACT = 1e-12  # relative; the same calculation twice, or times zero
LINEAR = 1e-5  # relative; wide enough for float32 anywhere inside, and nothing is non-linear by so little
CONSISTENT = 1e-5  # relative to the gradient's length; wide enough for a backward pass in float32
TOO_ROUGH = 1e-2  # differences that err by more say nothing

# --- what travels: names with this prefix, so that no helper of an author's has one ----------------------


def _property_prepare(student: Any, rng: Any) -> Any:
    """Placeholder: the author's function."""


def _property_inputs(rng: Any) -> Any:
    """Placeholder: the author's inputs of a gradient check."""


def _property_backward(student: Any, inputs: Any) -> Any:
    """Placeholder: the author's probe of a gradient check."""


def _property_forward(student: Any, inputs: Any) -> Any:
    """Placeholder: the scalar of a gradient check."""


def _property_copies(arguments: Any) -> Any:
    return [np.array(item) if isinstance(item, np.ndarray) else item for item in arguments]


def _property_blocks(result: Any) -> Any:
    """The blocks of what came back: a dictionary's values, the items of a tuple or of a list of arrays, or all."""
    if isinstance(result, dict):
        return [np.asarray(result[key]) for key in sorted(result)]
    if isinstance(result, tuple) or (isinstance(result, list) and any(isinstance(item, np.ndarray) for item in result)):
        return [np.asarray(item) for item in result]
    return [np.asarray(result)]


def _property_flat(result: Any) -> Any:
    return np.concatenate([block.reshape(-1) for block in _property_blocks(result)])


def _called_twice(student: Any, rng: Any) -> Any:
    function, *arguments = _property_prepare(student, rng)
    first = np.array(_property_flat(function(*_property_copies(arguments))))
    return {"first": first, "second": _property_flat(function(*_property_copies(arguments)))}


def _arguments_unchanged(student: Any, rng: Any) -> Any:
    function, *arguments = _property_prepare(student, rng)
    before = [np.array(item).reshape(-1) for item in arguments if isinstance(item, np.ndarray)]
    function(*arguments)
    after = [np.asarray(item).reshape(-1) for item in arguments if isinstance(item, np.ndarray)]
    return {"before": np.concatenate(before), "after": np.concatenate(after)}


def _zero_upstream(student: Any, rng: Any) -> Any:
    state, found = rng.bit_generator.state, {}
    for name, factor in (("some", 1.0), ("zero", 0.0)):
        rng.bit_generator.state = state  # prepared afresh: what one call leaves behind is another property's matter
        function, upstream, *rest = _property_prepare(student, rng)
        found[name] = np.array(_property_flat(function(factor * np.asarray(upstream), *rest)))
    return found


def _linear_in_upstream(student: Any, rng: Any) -> Any:
    state, found = rng.bit_generator.state, {}
    for name, one, other in (("one", 1.0, 0.0), ("other", 0.0, 1.0), ("2 one - 3 other", 2.0, -3.0)):
        rng.bit_generator.state = state
        function, upstream, *rest = _property_prepare(student, rng)
        second = np.cos(1.0 + np.arange(np.size(upstream))).reshape(np.shape(upstream))
        found[name] = np.array(_property_flat(function(one * np.asarray(upstream) + other * second, *rest)))
    return found


def _not_all_zeros(student: Any, rng: Any) -> Any:
    function, *arguments = _property_prepare(student, rng)
    return _property_flat(function(*arguments))


def _shapes(student: Any, rng: Any) -> Any:
    function, *arguments = _property_prepare(student, rng)
    found = {}
    for i, block in enumerate(_property_blocks(function(*arguments))):
        shape = block.shape
        while shape and shape[0] == 1:
            shape = shape[1:]
        found[f"shape of block {i}"] = np.array([len(shape), *shape])
    return found


def _fits_own_forward(student: Any, rng: Any) -> Any:
    inputs = _property_inputs(rng)
    directions = {name: rng.normal(size=np.shape(value)) for name, value in inputs.items()}
    forward, found = _property_forward, {}
    claimed = _property_backward(student, {name: np.array(value) for name, value in inputs.items()})
    for name in claimed:
        direction, gradient = directions[name], np.asarray(claimed[name])

        def line(t: float, name: str = name, direction: np.ndarray = direction) -> Any:
            moved = {key: np.array(value) for key, value in inputs.items()}
            moved[name] = moved[name] + t * direction
            return np.asarray(forward(student, moved)).reshape(())

        slope, error = richardson(line)
        along = np.sum(gradient.reshape(direction.shape) * direction)
        found[name] = np.array([along, slope, error, np.sqrt(np.sum(gradient * gradient))])
    return found


# --- what judges, in the trusted process -------------------------------------------------------------


def _same_twice(found: Mapping[str, Any]) -> bool:
    return _near(found["first"], found["second"], EXACT)


def _unchanged(found: Mapping[str, Any]) -> bool:
    return _near(found["before"], found["after"], EXACT)


def _zero_for_zero(found: Mapping[str, Any]) -> bool:
    return bool(np.any(found["some"] != 0)) and _largest(found["zero"]) <= EXACT * _largest(found["some"])


def _linear(found: Mapping[str, Any]) -> bool:
    one, other, both = (np.asarray(found[name], np.float64) for name in ("one", "other", "2 one - 3 other"))
    scale = 2 * _largest(one) + 3 * _largest(other)
    return scale > 0 and _largest(both - (2 * one - 3 * other)) <= LINEAR * scale


def _something(found: Any) -> bool:
    # of a single block zeros may be right: behind dead units, for a batch of one
    return bool(np.any(found != 0))


def _consistent(found: Mapping[str, Any]) -> bool:
    return all(consistency(numbers) is True for numbers in found.values())


def consistency(numbers: Any) -> bool | None:
    """Whether a backward pass is that of the student's own forward pass; None where the differences cannot tell.

    `numbers` are those of one block, from `own_forward_check`: the claimed slope along a direction, the slope
    by differences, the estimate of its error, and the length of the claimed gradient. They were made beside
    student code, so they are worth feedback and a property's points, and prove nothing.
    """
    along, slope, error, length = (float(number) for number in np.asarray(numbers).reshape(4))
    scale = max(length, abs(slope))
    if not scale > 0 or not UNSHARP * error <= TOO_ROUGH * scale:
        return None
    return abs(along - slope) <= CONSISTENT * scale + UNSHARP * error


def _near(one: Any, other: Any, rtol: float) -> bool:
    return _largest(np.subtract(one, other)) <= rtol * max(_largest(one), _largest(other))


def _largest(values: Any) -> float:
    return float(np.max(np.abs(values), initial=0.0))


# --- what an author writes ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Kind:
    """A property: its probe's template, the rule for what it brings (None: the reference's), title and hint."""

    template: Callable[..., Any]
    rule: Callable[[Any], bool] | None
    title: str
    hint: str


_KINDS = {
    "called_twice": _Kind(
        _called_twice,
        _same_twice,
        "Called twice, {subject} gives the same.",
        "What does the first call leave behind that the second one finds?",
    ),
    "arguments_unchanged": _Kind(
        _arguments_unchanged,
        _unchanged,
        "The arrays that {subject} is handed are the same after the call.",
        "Is something written into an argument, by an index, *= or -=?",
    ),
    "zero_upstream": _Kind(
        _zero_upstream,
        _zero_for_zero,
        "Where nothing comes in from upstream, {subject} gives zero.",
        "By the chain rule everything that is returned is multiplied by the gradient that comes in.",
    ),
    "linear_in_upstream": _Kind(
        _linear_in_upstream,
        _linear,
        "What {subject} returns is linear in the gradient that comes in.",
        "The gradient that comes in is only ever multiplied and summed. What else is done to it?",
    ),
    "not_all_zeros": _Kind(
        _not_all_zeros,
        _something,
        "What {subject} returns is not zero everywhere.",
        "Is what was calculated also what is returned?",
    ),
    "shapes": _Kind(
        _shapes,
        None,
        "What {subject} returns has the shapes of what the gradients are of.",
        "A gradient has the shape of what it is the gradient of.",
    ),
}
PROPERTIES = tuple(_KINDS)


def backward_properties(
    prepare: Callable[[Any, Any], Any],
    *,
    points: Points,
    only: str | Iterable[str] = PROPERTIES,
    subject: str = "the backward pass",
    because: Mapping[str, str] | None = None,
) -> tuple[Check, ...]:
    """The property checks of a backward pass; `points` divide evenly over them.

    `prepare(student, rng)` returns `(function, upstream, *other arguments)` after whatever the function needs
    has run. `only` names one property, or some, of PROPERTIES: called_twice, arguments_unchanged,
    zero_upstream, linear_in_upstream, not_all_zeros, shapes. `because` gives, by property, the sentence of
    the text that promises it. The checks are named PREPARE_PROPERTY after the function.

    Raises AssignmentError for a property that is none of these, and where a check refuses what it is given.
    """
    wanted = (only,) if isinstance(only, str) else tuple(only)
    told = dict(because or {})
    for name in (*wanted, *told):
        if name not in _KINDS:
            raise AssignmentError(f"backward_properties: {name!r}; one of {', '.join(PROPERTIES)} is wanted")
    if not wanted:
        raise AssignmentError("backward_properties: only= names no property")
    each = _fraction(points) / len(wanted)
    return tuple(_made(name, prepare, each, subject, told.get(name)) for name in wanted)


def own_forward_check(
    backward: Check,
    *,
    points: Points,
    subject: str = "the backward pass",
    hint: str = "The forward pass that it is measured by is your own. Take its derivative line by line.",
    because: str | None = None,
) -> Check:
    """A property check: the student's backward pass is the derivative of the student's own forward pass.

    `backward` is a gradient check; its probe, `inputs` and `of` are used, with the student's functions in
    place of the reference's. The derivative is found by differences with an estimate of their error, and where
    that is too large to tell, the property does not hold. It holds for a backward pass that is right for a
    wrong forward pass, which is worth saying to a student, and worth no more points than are given here.
    """
    if backward.gradient is None:
        raise AssignmentError(f"own_forward_check: {backward.name} is no gradient check")
    name = f"{backward.name}_fits_own_forward"
    probe = _bound(
        _fits_own_forward,
        name,
        f"What {subject} returns is the derivative of your own forward pass.",
        {
            "_property_inputs": backward.gradient.inputs,
            "_property_backward": backward.probe,
            "_property_forward": backward.gradient.of,
        },
    )
    made = check(points=points, hint=hint, property=True, expect=_consistent, because=because)(probe)
    return replace(made, name=name)


def _made(name: str, prepare: Callable[..., Any], points: Fraction, subject: str, because: str | None) -> Check:
    kind = _KINDS[name]
    called = f"{getattr(prepare, '__name__', 'prepare')}_{name}"
    probe = _bound(kind.template, called, kind.title.format(subject=subject), {"_property_prepare": prepare})
    expect = ABSENT if kind.rule is None else kind.rule
    made = check(points=points, hint=kind.hint, property=True, because=because, expect=expect)(probe)
    return replace(made, name=called)


def _bound(template: Any, name: str, title: str, functions: Mapping[str, Callable[..., Any]]) -> FunctionType:
    """The template as a probe of its own, in which the author's functions stand for the placeholders, by name.

    It keeps its file, line and name, by which the builder finds its source.
    """
    for function in functions.values():
        if not isinstance(function, FunctionType) or not function.__name__.isidentifier():
            raise AssignmentError(f"{name}: {function!r} is not an ordinary function with a name")
    names = {placeholder: function.__name__ for placeholder, function in functions.items()}
    code: CodeType = template.__code__
    taken = {template.__name__} | (set(code.co_names) & set(template.__globals__)) - set(names)
    for given in names.values():
        if given in taken:
            raise AssignmentError(f"{name}: call the function {given} something else; the check uses that name itself")
    code = code.replace(co_names=tuple(names.get(item, item) for item in code.co_names))
    space = {**template.__globals__, **{function.__name__: function for function in functions.values()}}
    probe = FunctionType(code, space, template.__name__)
    probe.__doc__ = title
    return probe


def _fraction(points: Points) -> Fraction:
    if isinstance(points, bool) or not isinstance(points, int | float | str | Fraction):
        raise AssignmentError(f"backward_properties: points={points!r}; a number is wanted")
    return Fraction(str(points)) if isinstance(points, float) else Fraction(points)
