"""What an instructor writes: assignments, questions, checks, mistakes and variants, validated where written.

A check is a probe, an ordinary function that uses an implementation and returns what shall be compared,
and an expectation. Titles are docstrings; points are said once; nothing is registered anywhere.
"""

from __future__ import annotations

import builtins
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from numbers import Rational
from typing import Any, Literal

from .errors import AssignmentError
from .records import Promise

__all__ = [
    "ABSENT",
    "Assignment",
    "Check",
    "Convention",
    "Edit",
    "Equivalent",
    "Gradient",
    "Manual",
    "Mistake",
    "Otter",
    "Question",
    "Variant",
    "check",
    "gradient_check",
]


class _Absent:
    """No expectation was written: the reference's answer is wanted."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()
VISIBILITIES = ("hidden", "after_due_date", "after_published", "visible")  # of a test, in Gradescope's words
Points = int | float | str | Fraction


@dataclass(frozen=True, slots=True)
class Gradient:
    """What a gradient check differentiates: `of(reference, inputs)`, a scalar, at `inputs(rng)`.

    Only `inputs` ever reaches the process of student code; `of` is for the reference alone.
    """

    inputs: Callable[[Any], Mapping[str, Any]]
    of: Callable[[Any, Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Check:
    """One experiment on a question, worth points.

    `expect` is ABSENT (the reference's answer), a literal, or a predicate `(returned) -> bool` over the
    decoded value, which runs in the trusted process. `flat` names blocks (or "" for the whole answer) of
    which leading axes of length one may be missing. `because` quotes the sentence of the text that
    promises what is tested. `rtol` is relative to the largest entry of a block; None means the default.
    """

    name: str
    title: str
    points: Fraction
    probe: Callable[..., Any]
    hint: str = ""
    public: bool = False
    property: bool = False
    expect: Any = ABSENT
    because: str | None = None
    rtol: float | None = None
    flat: tuple[str, ...] = ()
    gradient: Gradient | None = None

    @builtins.property  # `property` is a field here
    def takes_rng(self) -> bool:
        """Whether the probe is handed a generator of its own (hidden checks may be; gradient checks are not)."""
        return self.gradient is None and len(inspect.signature(self.probe).parameters) == 2


def check(  # noqa: PLR0913  each is a keyword that an author may leave out
    *,
    points: Points,
    hint: str = "",
    public: bool = False,
    property: bool = False,  # noqa: A002  the word an author reads
    expect: Any = ABSENT,
    because: str | None = None,
    rtol: float | None = None,
    flat: tuple[str, ...] = (),
) -> Callable[[Callable[..., Any]], Check]:
    """Turn a probe into a check. Its docstring's first line is the title.

    A public probe takes `(student)`; a hidden one `(student)` or `(student, rng)`, `rng` being a
    `numpy.random.Generator`, with every draw before the first call of the student's code.

    Raises AssignmentError, naming file and line, where the probe or a value is not as it must be.
    """

    def wrap(probe: Callable[..., Any]) -> Check:
        most = 1 if public else 2
        _require_probe(probe, at_least=1, at_most=most)
        return _make(
            probe,
            points,
            hint=hint,
            public=public,
            property=property,
            expect=expect,
            because=because,
            rtol=rtol,
            flat=flat,
        )

    return wrap


def gradient_check(
    *,
    points: Points,
    inputs: Callable[[Any], Mapping[str, Any]],
    of: Callable[[Any, Mapping[str, Any]], Any],
    hint: str = "",
    because: str | None = None,
    rtol: float | None = None,
    flat: tuple[str, ...] = (),
) -> Callable[[Callable[..., Any]], Check]:
    """Turn a probe `(student, inputs)` into a gradient check.

    `inputs(rng)` returns a dictionary of float64 arrays; `of(reference, inputs)` the scalar that is
    differentiated, by complex steps, for the reference alone. The keys of what the probe returns say with
    respect to which inputs: `{"w0": dw0, "b0": db0}`.
    """

    def wrap(probe: Callable[..., Any]) -> Check:
        _require_probe(probe, at_least=2, at_most=2)
        return _make(probe, points, hint=hint, because=because, rtol=rtol, flat=flat, gradient=Gradient(inputs, of))

    return wrap


@dataclass(frozen=True, slots=True)
class Question:
    """One stub, or a few that belong together, and the checks that decide about it.

    `stub` is a function's name, a method's as `Class.method`, or for a question of its own (`whole`) any
    name with `stubs=()`. The column is named `name`, by default the stub's last part. `also_given` adds
    stubs to those that the reference calls. With `own_code_only` no reference ever stands in.
    """

    stub: str
    checks: tuple[Check, ...] | list[Check]
    name: str = ""
    stubs: tuple[str, ...] | None = None
    also_given: tuple[str, ...] = ()
    own_code_only: bool = False
    bonus: bool = False
    possible: Fraction = field(init=False)  # the points of all checks

    def __post_init__(self) -> None:
        object.__setattr__(self, "checks", tuple(self.checks))
        if not self.name:
            object.__setattr__(self, "name", self.stub.rpartition(".")[2])
        if self.stubs is None:
            object.__setattr__(self, "stubs", () if self.own_code_only else (self.stub,))
        if not self.name.isidentifier():
            raise AssignmentError(f"question {self.name!r}: a name that can be a column and a variable is wanted")
        for item in self.checks:
            if not isinstance(item, Check):
                raise AssignmentError(f"question {self.name}: {item!r} is no check; decorate it with @check(points=…)")
        names = [item.name for item in self.checks]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise AssignmentError(f"question {self.name}: two checks are called {twice[0]}")
        if not any(not item.property and item.points for item in self.checks):
            raise AssignmentError(f"question {self.name}: at least one value check with points is wanted")
        object.__setattr__(self, "possible", sum((item.points for item in self.checks), Fraction(0)))


@dataclass(frozen=True, slots=True)
class Manual:
    """A written question: the prompt stands in the text under `<!-- manual: NAME -->`; a person marks it."""

    name: str
    points: Points

    @property
    def possible(self) -> Fraction:
        """What it is worth."""
        return Fraction(str(self.points))


@dataclass(frozen=True, slots=True)
class Mistake:
    """A known wrong implementation: in `stub`'s source `right` is replaced by `wrong`.

    `right` must occur exactly once in the stub's source. `sentence` is what a student who made the
    mistake should read, at most two sentences. `share` is the least part of the question's points that it costs.
    With `convention` it is a mistake of those who follow that one, and edits the reference as it is under it.
    """

    name: str
    stub: str
    right: str
    wrong: str
    sentence: str
    share: Fraction = Fraction(1, 20)
    convention: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """A right implementation written differently: an edit of `stub`, or its whole undented `source`.

    `imports` are lines that the source needs beside the reference's own. `convention` is like a mistake's.
    """

    name: str
    stub: str
    right: str = ""
    other: str = ""
    source: str = ""
    imports: str = ""
    convention: str = ""

    def __post_init__(self) -> None:
        if bool(self.source) == bool(self.right):
            raise AssignmentError(f"variant {self.name}: either source= or right= and other= is wanted")


@dataclass(frozen=True, slots=True)
class Equivalent:
    """Machine-made changes of a stub that change nothing a check could see, and why that is so.

    `original` is the statement as the audit prints it, of a compound one its first line; `mutated` what becomes of
    it, one or several.
    """

    stub: str
    original: str
    mutated: str | tuple[str, ...]
    reason: str

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise AssignmentError(
                f"the equivalent of {self.original!r} in {self.stub} has no reason; say why it is one"
            )

    @property
    def changes(self) -> tuple[str, ...]:
        """What becomes of the statement, one by one."""
        return (self.mutated,) if isinstance(self.mutated, str) else tuple(self.mutated)


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of the reference: in `stub`'s source, `right`, which must occur exactly once, becomes `other`."""

    stub: str
    right: str
    other: str


@dataclass(frozen=True, slots=True)
class Convention:
    """One of several right ways to split a computation over stubs, as edits of the reference.

    `sentence` tells student and instructor which one a submission was graded under. An assignment's first convention
    is the reference as it stands and has no edits.
    """

    name: str
    sentence: str
    edits: tuple[Edit, ...] | list[Edit] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "edits", tuple(self.edits))
        if not self.name.isidentifier():
            raise AssignmentError(f"convention {self.name!r}: a name that can be a word of a file is wanted")
        if not self.sentence.strip():
            raise AssignmentError(f"convention {self.name}: a sentence is wanted that says what is done where")


@dataclass(frozen=True, slots=True)
class Otter:
    """How Otter and Gradescope are to treat an assignment.

    `hidden_checks` says when Gradescope shows students the hidden ones; left out, Otter's own `show_hidden` decides.
    `isolation` is the least that student code must be held by. `config` has further entries of `otter_config.json`,
    other plugins among them, which run after ours: a limit of submissions, say.
    """

    hidden_checks: Literal["hidden", "after_due_date", "after_published", "visible"] | None = None
    isolation: Literal["accidents", "secrets", "host"] = "secrets"
    config: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.hidden_checks not in (None, *VISIBILITIES):
            raise AssignmentError(
                f"hidden_checks is {self.hidden_checks!r}; one of {', '.join(VISIBILITIES)} is wanted, or None"
            )
        if self.isolation not in tuple(Promise):
            raise AssignmentError(f"isolation is {self.isolation!r}; one of {', '.join(Promise)} is wanted")


@dataclass(frozen=True, slots=True)
class Assignment:
    """A set of questions. `packages` may be imported by students beside NumPy.

    `aliases` are other names that students may use, `{"ReLu": ("ReLU",)}`, for functions and for classes of stubs.
    `conventions` are the right ways among which a submission may choose, once for the whole assignment: it is graded
    under the one that gives it most, the first of them where several do.

    `follow_through`: "full" (points earned with given functions count in full), "share" (they count by
    `follow_through_share`) or "off". `data` maps file names, `digits.npz`, to functions without arguments that
    return the arrays to put in them; the build writes them beside the notebook. `otter` is for Otter and Gradescope.
    """

    title: str
    questions: tuple[Question, ...] | list[Question]
    manual: tuple[Manual, ...] | list[Manual] = ()
    packages: tuple[str, ...] = ()
    follow_through: Literal["full", "share", "off"] = "full"
    follow_through_share: Fraction = Fraction(1, 2)
    data: Mapping[str, Callable[[], Mapping[str, Any]]] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    conventions: tuple[Convention, ...] | list[Convention] = ()
    otter: Otter = field(default_factory=Otter)

    def __post_init__(self) -> None:
        object.__setattr__(self, "questions", tuple(self.questions))
        object.__setattr__(self, "manual", tuple(self.manual))
        object.__setattr__(self, "conventions", tuple(self.conventions))
        names = [item.name for item in (*self.questions, *self.manual)]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise AssignmentError(f"two questions are called {twice[0]}; give one of them another name=")
        self._require_conventions()
        if self.follow_through not in ("full", "share", "off"):
            raise AssignmentError(f"follow_through is {self.follow_through!r}; full, share or off is wanted")

    def _require_conventions(self) -> None:
        names = [item.name for item in self.conventions]
        if len(names) == 1 or len(set(names)) != len(names):
            raise AssignmentError(f"the conventions {names}: none, or several with different names are wanted")
        for number, item in enumerate(self.conventions):
            if bool(item.edits) != bool(number):
                raise AssignmentError(
                    f"convention {item.name}: the first is the reference as it stands and has no edits, the others have"
                )

    @property
    def possible(self) -> Fraction:
        """The points of every question that the engine grades, without bonus questions."""
        return sum((q.possible for q in self.questions if not q.bonus), Fraction(0))


def _make(probe: Callable[..., Any], points: Points, **settings: Any) -> Check:
    where = _place(probe)
    title = (inspect.getdoc(probe) or "").partition("\n")[0].strip()
    if not title:
        raise AssignmentError(f"{where}: the check {probe.__name__} has no docstring; its first line is the title")
    if isinstance(points, bool) or not isinstance(points, int | float | str | Rational):
        raise AssignmentError(f"{where}: points={points!r}; a number is wanted")
    worth = Fraction(str(points)) if isinstance(points, float | str) else Fraction(points)
    if worth < 0:
        raise AssignmentError(f"{where}: points={points!r}; no less than 0 is wanted")
    because = settings.get("because")
    if because is not None and not because.strip():
        raise AssignmentError(f"{where}: because= is empty; a sentence of the assignment's text is wanted")
    return Check(name=probe.__name__, title=title, points=worth, probe=probe, **settings)


def _require_probe(probe: Callable[..., Any], *, at_least: int, at_most: int) -> None:
    where = _place(probe)
    if not inspect.isfunction(probe):
        raise AssignmentError(f"{probe!r} is not a function; a probe is an ordinary function")
    parameters = inspect.signature(probe).parameters.values()
    plain = all(p.kind is p.POSITIONAL_OR_KEYWORD and p.default is p.empty for p in parameters)
    if not plain or not at_least <= len(parameters) <= at_most:
        wanted = {1: "(student)", 2: "(student, rng)"}
        forms = "(student, inputs)" if at_least == 2 else " or ".join(wanted[n] for n in range(1, at_most + 1))
        raise AssignmentError(
            f"{where}: the probe {probe.__name__}{inspect.signature(probe)} takes {forms}, without defaults"
        )


def _place(probe: Callable[..., Any]) -> str:
    code = getattr(probe, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else repr(probe)
