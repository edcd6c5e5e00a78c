"""The build's check of itself: solved it earns everything, blank nothing, and nothing secret is in it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import BuildError
from ..grade import grade
from ..loading import Loaded
from ..records import GradeReport, State, Status
from ..reference import Reference
from ..submission import read
from .first_cell import unpack
from .notebook import code, written
from .public_checks import MODULE
from .source import source_of

if TYPE_CHECKING:
    import nbformat

TELLING = 20  # characters without blanks: shorter lines of code are everybody's


def prove(loaded: Loaded, student: nbformat.NotebookNode, solved: nbformat.NotebookNode) -> None:
    """Raise BuildError where what was built does not hold what it promises."""
    carried = unpack(code(student)[0])
    _compiles(loaded, student)
    _keeps_secrets(loaded, student, carried)
    _public_checks_judge_rightly(loaded, carried)
    _earns_everything(loaded, _graded(loaded, f"{loaded.name}.ipynb", written(solved)), "the solved notebook")
    reference = loaded.reference.path.read_bytes()
    _earns_everything(loaded, _graded(loaded, loaded.reference.path.name, reference), "the reference")
    blank = _graded(loaded, f"{loaded.name}.ipynb", written(student))
    if blank.status is not Status.GRADED or blank.points:
        raise BuildError(f"{loaded.name}: the blank notebook earns {blank.points} points ({blank.status}); 0 is wanted")


def _graded(loaded: Loaded, name: str, content: bytes) -> GradeReport:
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / name
        path.write_bytes(content)
        return grade(read(path, name=name), loaded)


def _earns_everything(loaded: Loaded, report: GradeReport, what: str) -> None:
    if report.status is not Status.GRADED:
        raise BuildError(f"{loaded.name}: {what} is not graded: {report.problem}")
    for question in report.questions:
        if question.state is not State.MANUAL and question.own_points != question.possible:
            raise BuildError(
                f"{loaded.name}: {what} earns {question.own_points} of {question.possible} in {question.name}"
            )


def _compiles(loaded: Loaded, student: nbformat.NotebookNode) -> None:
    for number, source in enumerate(code(student), 1):
        try:
            compile(source, f"cell {number}", "exec")
        except SyntaxError as error:
            raise BuildError(f"{loaded.name}: code cell {number}, line {error.lineno}: {error.msg}") from error


# --- nothing secret ---------------------------------------------------------------------------------


def _keeps_secrets(loaded: Loaded, student: nbformat.NotebookNode, carried: dict[str, str]) -> None:
    """No line of a solution, and of a hidden check neither name nor title, hint or code, is in the notebook."""
    cells = "\n".join(cell.source for cell in student.cells)
    packed = "\n".join(carried.values())
    everything = _squeezed(cells.replace(code(student)[0], "") + packed + repr(student.metadata))
    for line in _solution_lines(loaded):
        if _squeezed(line) in everything:
            raise BuildError(f"{loaded.name}: a line of the solution is in the student's notebook: {line.strip()}")
    told = _squeezed(loaded.text) + _squeezed(_public_words(loaded))
    for what, secret in _hidden(loaded):
        if _squeezed(secret) in everything and _squeezed(secret) not in told:
            raise BuildError(f"{loaded.name}: {what} is in the student's notebook: {secret.strip()}")
    words = set(re.findall(r"\w+", packed)) - set(re.findall(r"\w+", loaded.text + _public_words(loaded)))
    for question in loaded.questions:
        for item in question.checks:
            if not item.public and item.name in words:
                raise BuildError(f"{loaded.name}: the hidden check {question.name}.{item.name} is in the notebook")


def _solution_lines(loaded: Loaded) -> Iterator[str]:
    shown = {_squeezed(line) for line in _template(loaded).splitlines()}
    for name in loaded.reference.stubs:
        for line in loaded.reference.functions[name].solution.splitlines():
            bare = line.partition("  #")[0]
            if len(_squeezed(bare)) >= TELLING and _squeezed(bare) not in shown:
                yield bare


def _hidden(loaded: Loaded) -> Iterator[tuple[str, str]]:
    for question in loaded.questions:
        for item in question.checks:
            if item.public:
                continue
            yield f"the title of the hidden check {question.name}.{item.name}", item.title
            if item.hint:
                yield f"the hint of the hidden check {question.name}.{item.name}", item.hint
            for line in source_of(item.probe).body.splitlines():
                if len(_squeezed(line)) >= TELLING:
                    yield f"code of the hidden check {question.name}.{item.name}", line


def _public_words(loaded: Loaded) -> str:
    """What an author made public: the public checks' own words and code, and the template's code."""
    public = [item for question in loaded.questions for item in question.checks if item.public]
    parts = [_template(loaded)]
    for item in public:
        parts += [item.name, item.title, item.hint, *_with_helpers(item.probe)]
        if callable(item.expect):
            parts += _with_helpers(item.expect)
    return "\n".join(parts)


def _template(loaded: Loaded) -> str:
    functions = loaded.reference.functions.values()
    return "\n".join([*loaded.reference.skeletons.values(), *(item.blank for item in functions)])


def _with_helpers(function: Any) -> Iterator[str]:
    """The source of a function, and of those of its module that it names, and that these name."""
    seen: set[str] = set()
    left = [function]
    while left:
        one = left.pop()
        yield source_of(one).text
        for name in set(one.__code__.co_names) - seen:
            other = one.__globals__.get(name)
            if hasattr(other, "__code__"):
                seen.add(name)
                left.append(other)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


# --- the public checks ------------------------------------------------------------------------------


def _public_checks_judge_rightly(loaded: Loaded, carried: dict[str, str]) -> None:
    """Each holds for the reference, and not for the blank template, of which it says that it is blank."""
    checks: dict[str, Any] = {"__name__": "public_checks"}
    exec(compile(carried[MODULE], MODULE, "exec"), checks)  # noqa: S102  what we just wrote
    right, blank = vars(loaded.reference.load()), vars(loaded.reference.load(_blanked(loaded.reference)))
    for question in loaded.questions:
        for name in checks["CHECKS"][question.name]:
            fault = checks["fault_of"](question.name, name, right)
            if fault is not None:
                raise BuildError(
                    f"{loaded.name}: the public check {question.name}.{name} refuses the reference: {fault}"
                )
            fault = checks["fault_of"](question.name, name, blank)
            if fault is None or (question.stubs and not isinstance(fault, checks["NotWritten"])):
                raise BuildError(
                    f"{loaded.name}: the public check {question.name}.{name} says of a blank stub: {fault}"
                )


def _blanked(reference: Reference) -> str:
    for stub in reference.stubs:
        reference = Reference(reference.path, reference.edited(stub, reference.functions[stub].blank))
    return reference.text
