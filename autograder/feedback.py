"""What a student may be told: the one place that decides.

Of a hidden check its title, its verdict, its hint, and once per question where in their own code an exception
rose. Of an attempt with given functions its points alone: what such code prints, raises or returns may hold the
reference. A diagnosis is a sentence that was written before anybody handed in, so it may be told of either (see
`diagnosis`). Never inputs, expected values or captured output.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from .plain import shown
from .records import CheckReport, GradeReport, Note, NoteKind, QuestionReport, State, Status, Surely, Verdict

# what a hint on values cannot help with
_WITHOUT_HINT = (
    Verdict.MISSING,
    Verdict.UNEARNED,
    Verdict.WRONG_TYPE,
    Verdict.TIMED_OUT,
    Verdict.OUT_OF_MEMORY,
    Verdict.CRASHED,
    Verdict.TOO_LARGE,
)

# what is told once for all checks of a question that ended so
_ALIKE = (*_WITHOUT_HINT, Verdict.RAISED)

# what is true of every exception of a kind that rose in the student's own line
_KINDS = {
    "NameError": "A name is used there that is not defined.{self}",
    "UnboundLocalError": "A variable is used there before it has a value. Is it set on every way to that line?",
    "AttributeError": (
        "Something there lacks the attribute that is asked of it. Is it of the kind you take it for (a list has no "
        "`.shape`), and is the name spelled as where it is set?"
    ),
    "TypeError": (
        "Either a value there is of another kind than the line needs (None, say, or a list), or a function is called "
        "with too few or too many arguments (`self`, `@staticmethod`), or a value is stored under a function's name."
    ),
    "ModuleNotFoundError": (
        "A module is imported there that is not there when your work is graded. NumPy and Python's own are."
    ),
    "PermissionError": "No file can be written, and nothing outside be reached, while your work is graded.",
    "FileNotFoundError": "A file is looked for there that is not there when your work is graded.",
    "KeyError": "A key is asked for there that the dictionary does not have.",
    "IndexError": "An index there lies beyond the end.",
    "RecursionError": "Functions call one another there without end. Does one call itself?",
    "NotImplementedError": "What stands there is still to be written.",
}

# and where it rose in no line of theirs: as the function was called, or in what came back
_AT_THE_CHECK = {
    "TypeError": (
        "It rose outside the function's own lines. Does it take the arguments that the text names (`self`, "
        "`@staticmethod`), does it return what is asked for, and is no value stored under its name?"
    ),
    "AttributeError": (
        "It rose outside the function's own lines: an attribute is not there, or is not what the text asks for "
        "(None, say)."
    ),
}

_MANY = 3  # questions for which the same is said once
_COUNTS = {3: "Three", 4: "Four", 5: "Five", 6: "Six", 7: "Seven", 8: "Eight", 9: "Nine", 10: "Ten"}

_NOTES = {
    NoteKind.FAILED: "raised an error and was passed over",
    NoteKind.ABSENT: "imports {name}, which is not there when your work is graded; what uses it cannot run",
    NoteKind.TIMED_OUT: "did not end in time and was passed over",
    NoteKind.UNPARSED: "has lines that are not Python; they were left out",
    NoteKind.SKIPPED: "is needed by no function that is graded, and was not run",
    NoteKind.STAND_IN: "imports {name}, for which an inert stand-in was used",
    NoteKind.KEPT: "binds {name} to something that cannot be called; the function was kept",
    NoteKind.BLANK: "has {name} as the template gives it: not written yet",
    NoteKind.UNSURE: (
        "may change what a graded function uses ({name}); it was left out at first, and run where that gained marks"
    ),
    NoteKind.TWICE: "defines {name} again; the last definition counts",
}


def number(value: Fraction) -> str:
    """Points as files hold them: at most four places, no zeros at the end."""
    return _rounded(value, 4)


def marks(value: Fraction) -> str:
    """Points as people read them: at most two places."""
    return _rounded(value, 2)


def headline(question: QuestionReport, *, told: bool = False) -> str:
    """The question's result in one sentence; a short one where what stood in has been `told` for all."""
    result = f"{marks(question.points)} of {marks(question.possible)}"
    if question.state is State.MANUAL:
        return f"{question.name}: {marks(question.possible)} points, marked by hand, on top of these."
    if question.state is State.NOT_ATTEMPTED:
        return f"{question.name}: {result}. Not attempted yet."
    if question.points == question.own_points:
        return f"{question.name}: {result}."
    if told:
        return f"{question.name}: {result} ({marks(question.own_points)} with your own code alone)."
    return f"{question.name}: {result}. {follow_through(question)}"


def follow_through(question: QuestionReport) -> str:
    """What given functions earned, beside the student's own; empty where they added nothing."""
    if question.points == question.own_points:
        return ""
    right = "is right" if question.points == question.possible else "is better"
    result = f"{marks(question.points)} of {marks(question.possible)}"
    if not question.given:
        return (
            f"Your {question.name} {right} with {_templates(question)}: {result}. Yours was changed or lost; "
            f"with it this gets {marks(question.own_points)}."
        )
    theirs = "yours" if len(question.given) == 1 else "your own"
    return (
        f"Your {question.name} {right}: {result} with our {_names(question.given, question.stub)}; "
        f"with {theirs} it gets {marks(question.own_points)}."
    )


def stand_ins(questions: Iterable[QuestionReport]) -> dict[tuple[str, ...], str]:
    """What is said once for all questions in which the same code stood in, by that code, where they are many."""
    followed: dict[tuple[str, ...], list[QuestionReport]] = {}
    for question in questions:
        if question.points != question.own_points:
            followed.setdefault(question.given, []).append(question)
    return {
        given: _for_all(given, some[0], _COUNTS.get(len(some), str(len(some))))
        for given, some in followed.items()
        if len(some) >= _MANY
    }


def _for_all(given: tuple[str, ...], question: QuestionReport, count: str) -> str:
    if given:
        return (
            f"{count} questions below were judged with our {_names(given, question.stub)} as well as with yours, "
            "and the better result counts."
        )
    return (
        f"{count} questions below need {_templates(question)}, and yours was changed or lost: they were judged with "
        "the template's as well, and the better result counts. Put it back as the template has it."
    )


def _templates(question: QuestionReport) -> str:
    return "the template's own code" + (" (its `__init__`, say)" if "." in question.stub else "")


def diagnosed(question: QuestionReport) -> str:
    """The sentence on the likely cause; empty where none is certain."""
    found = question.diagnosis
    return found.sentence if found and found.surely is Surely.CERTAIN else ""


def look(question: QuestionReport, first: Iterable[str] = ()) -> str:
    """Where to look, said once in place of the checks' hints; empty where nothing is certain. `first`: see `lines`."""
    waiting = _and(first) if question.own_code_only else ""
    said = f"This uses your own functions throughout; first see to {waiting}." if waiting else diagnosed(question)
    return f"What remains: {said}" if said and question.points > question.own_points else said


def lines(question: QuestionReport, *, first: Iterable[str] = (), told: bool = False) -> list[str]:
    """The question for its student: a headline, what to look at, then each check that their own functions failed.

    The likely cause stands there once, in place of the checks' hints; without one each hint is told once. A
    question that uses the student's own code throughout names those to be mended `first`, where there are any.
    `told`: what stood in has been said above, for several questions.
    """
    text = [headline(question, told=told)]
    if question.state is not State.GRADED or question.points == question.possible:
        return text
    where_to_look = look(question, first)
    text += [f"  {where_to_look}"] if where_to_look else []
    said: set[str] = set()
    placed = False
    for group in _alike(question.own_checks):
        item = next((one for one in group if one.where is not None), group[0])
        reason, *hints = _told(item, placed=placed, shared=len(group) > 1)
        hint = [] if where_to_look else [one for one in hints if one not in said]
        text += _titled(group, question.own_checks, reason)
        text += [f"    {one}" for one in hint]
        said |= {reason, *hints}
        placed = placed or item.where is not None
    return text


def of_check(item: CheckReport, *, placed: bool = False) -> list[str]:
    """What went wrong in a check, then its hint; `placed` where an exception's place was told before."""
    return _told(item, placed=placed, shared=False)


def _told(item: CheckReport, *, placed: bool, shared: bool) -> list[str]:
    """The reason, and what helps: words on the kind of exception, else the check's own hint."""
    kind = _of_exception(item) if item.verdict is Verdict.RAISED else ""
    if item.verdict is Verdict.MISSING and item.exception != "SyntaxError":
        kind = "Was its cell run without an error, and does its `def` stand where the template has it?"
    own = "" if shared or item.verdict in _WITHOUT_HINT else item.hint
    return [_reason(item, placed=placed), *([kind or own] if kind or own else [])]


def _of_exception(item: CheckReport) -> str:
    """What is true of every exception of this kind. Its own text may hold hidden inputs, and is not told."""
    if item.where is None:
        return _AT_THE_CHECK.get(item.exception, "")
    return _KINDS.get(item.exception, "").format(self=" Is `self.` missing?" if "." in item.where.function else "")


def _alike(checks: Iterable[CheckReport]) -> list[list[CheckReport]]:
    """The failed checks, those together that ended in the same way."""
    groups: dict[tuple[str, ...], list[CheckReport]] = {}
    for item in checks:
        if item.verdict is Verdict.PASSED:
            continue
        key: tuple[str, ...] = (item.verdict, item.exception or _reason(item, placed=False))
        if item.verdict not in _ALIKE:
            key = (*key, item.name)
        groups.setdefault(key, []).append(item)
    return [*groups.values()]


def _titled(group: list[CheckReport], checks: tuple[CheckReport, ...], reason: str) -> list[str]:
    """The titles of some checks above what they have in common; no titles where it is all of them."""
    if len(group) == len(checks) > 1:
        return [f"  - In all {len(group)} checks: {reason}"]
    return [*(f"  - {_sentence(item.title)}" for item in group), f"    {reason}"]


def receipt(notes: Iterable[Note]) -> list[str]:
    """What was skipped or replaced when the cells were run, a line each."""
    return [
        f"code cell {note.cell}{f', line {note.line}' if note.line else ''} {_NOTES[note.kind].format(name=note.name)}"
        for note in notes
    ]


def report(graded: GradeReport) -> list[str]:
    """A whole submission for its student."""
    if graded.status is not Status.GRADED:
        return [graded.problem]
    total = f"{shown(graded.submission)}: {marks(graded.points)} of {marks(graded.possible)}"
    short = to_mend(graded)
    shared = stand_ins(graded.questions)
    body = [*([graded.problem] if graded.problem else []), *shared.values()]
    if graded.convention:
        body = [f"Graded by this convention: {graded.convention}", *body]
    for question in graded.questions:
        body += lines(question, first=short, told=question.given in shared)
    notes = receipt(note for note in graded.notes if note.kind is not NoteKind.SKIPPED)
    return [total, *body, *(["", "When your cells were run:", *(f"  {line}" for line in notes)] if notes else [])]


def to_mend(graded: GradeReport) -> list[str]:
    """What falls short, to be mended before a question that uses the student's own code throughout."""
    short = [question.name for question in graded.questions if _falls_short(question)]
    lost = any(question.points > question.own_points and not question.given for question in graded.questions)
    return ["the template's own code", *short] if lost else short


def _reason(item: CheckReport, *, placed: bool) -> str:
    failed = next((f for f in item.findings if f.verdict is not Verdict.PASSED), None)
    if failed is None:
        return ""
    if item.verdict is Verdict.RAISED and placed:
        return f"{item.exception or 'An exception'} was raised."
    return failed.message


def _rounded(value: Fraction, places: int) -> str:
    text = f"{float(value):.{places}f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def _names(stubs: Iterable[str], beside: str) -> str:
    """Stubs as a list in a sentence; those of the class that `beside` is a method of without it, if they are all so."""
    named = [*stubs]
    own_class = {stub.rpartition(".")[0] for stub in named} == {beside.rpartition(".")[0]}
    return _and(stub.rpartition(".")[2] if own_class else stub for stub in named)


def _falls_short(question: QuestionReport) -> bool:
    return question.state is not State.MANUAL and not question.own_code_only and question.points < question.possible


def _sentence(title: str) -> str:
    return title if title.endswith(("?", "!", "…")) else f"{title.rstrip('.')}."


def _and(names: Iterable[str]) -> str:
    *most, last = [*names] or [""]
    return f"{', '.join(most)} and {last}" if most else last
