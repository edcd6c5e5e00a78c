"""Writes the public checks as Otter's test files: probes, wanted values and the comparison, in source text alone."""

from __future__ import annotations

import ast
import builtins
import dis
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from ..answers import Answers, cached
from ..definition import Check, Question
from ..diagnosis.situation import situation
from ..errors import AssignmentError
from ..probes import MODULES
from ..records import Blocks
from .literals import literal
from .source import source_of

MODULE = "notebook_checks.py"
COMPARISON = Path(__file__).with_name("public_comparison.py")
GRADER = Path(__file__).with_name("public_grader.py")


def write(answers: Answers) -> dict[str, str]:
    """The files that carry the public checks: a module with all of them, and Otter's test file of each question.

    Raises AssignmentError, with the check's name, where a probe or predicate cannot stand alone.
    """
    files = {f"tests/{question.name}.py": _file(question) for question in answers.loaded.questions if _public(question)}
    return files | {MODULE: "\n\n".join([_ours(), _checks(answers)])}


def _ours() -> str:
    """What every assignment's module holds."""
    return "\n\n".join(path.read_text(encoding="utf-8") for path in (COMPARISON, GRADER))


def _public(question: Question) -> list[Check]:
    return [item for item in question.checks if item.public]


def _file(question: Question) -> str:
    points = sum(float(item.points) for item in _public(question))
    head = "from notebook_checks import judge\nfrom otter.test_files import test_case\n\nOK_FORMAT = False\n"
    parts = [f"{head}\nname = {question.name!r}\npoints = {points!r}\n"]
    parts += [
        f"@test_case(name={_displayed(item.title)!r}, points={float(item.points)!r}, hidden=False)\n"
        f"def {item.name}(env):\n    judge({question.name!r}, {item.name!r}, env)\n"
        for item in _public(question)
    ]
    return "\n\n".join(parts)


def _displayed(title: str) -> str:
    """A title as Otter's page may show it: it escapes nothing."""
    return title.replace("<", "‹").rstrip(".")


def _checks(answers: Answers) -> str:
    """The part of the shared text that holds this assignment's probes and what is wanted of them."""
    gathered = _Gathered(reserved=frozenset(_names_of(_ours())))
    entries = []
    for question in answers.loaded.questions:
        checks = "".join(_entry(answers, question, item, gathered) for item in _public(question))
        used = [stub for stub in answers.calls(question) if stub in answers.loaded.reference.stubs]
        entries.append(
            f"STUBS[{question.name!r}] = {tuple(question.stubs or ())!r}\n"
            f"USES[{question.name!r}] = {tuple(used)!r}\n"
            f"CHECKS[{question.name!r}] = {{\n{checks}}}\n"
        )
    blanks = "".join(f"BLANKS[{name!r}] = {code!r}\n" for name, code in _blanks(answers).items())
    blanks += "".join(f"ALIASES[{alias!r}] = {name!r}\n" for alias, name in answers.loaded.bench.aliases.items())
    return "\n\n".join([gathered.text(), *entries, blanks])


def _blanks(answers: Answers) -> dict[str, str]:
    functions = answers.loaded.reference.functions
    return {name: _with_short_docstring(functions[name].blank) for name in answers.loaded.reference.stubs}


def _with_short_docstring(source: str) -> str:
    """The function with another docstring, as long as it had one: that keeps its constants in their places."""
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    lines = source.splitlines(keepends=True)
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        lines[docstring.lineno - 1 : docstring.end_lineno] = [f'{" " * docstring.col_offset}""" """\n']
    return "".join(lines)


def _entry(answers: Answers, question: Question, item: Check, gathered: _Gathered) -> str:
    what = f"{question.name}.{item.name}"
    probe = gathered.add_probe(question, item, what)
    predicate = gathered.add_predicate(item, what) if callable(item.expect) else "None"
    answer = answers.value(question, item)
    wanted = literal(answer, what=what, values=not callable(item.expect), exact=item.rtol == 0)
    before = [] if callable(item.expect) else _before(answers, question, item)
    fields = {
        "probe": probe,
        "wanted": wanted,
        "or": f"[{', '.join(_elsewise(answers, question, item, wanted, what))}]",
        "rtol": repr(item.rtol),
        "flat": repr(item.flat),
        "holds": predicate,
        "seed": repr(answers.probe(question, item).seed),
        "before": f"[{', '.join(literal(array, what=what) for array in before)}]",
        "title": repr(_displayed(item.title)),
        "points": repr(float(item.points)),
        "hint": repr(item.hint),
    }
    lines = "".join(f"        {key!r}: {value},\n" for key, value in fields.items())
    return f"    {item.name!r}: {{\n{lines}    }},\n"


def _elsewise(answers: Answers, question: Question, item: Check, wanted: str, what: str) -> list[str]:
    """What is wanted under the assignment's other conventions, where that is another answer."""
    if callable(item.expect):
        return []
    others = (cached(other, answers.seed).value(question, item) for other in answers.loaded.others)
    found = [literal(answer, what=what, values=True, exact=item.rtol == 0) for answer in others]
    return [text for text in dict.fromkeys(found) if text != wanted]


def _before(answers: Answers, question: Question, item: Check) -> list[np.ndarray]:
    """What the stub is handed or finds in its object, of the shapes that are wanted.

    An answer that is one of these is still what it was.
    """
    answer = answers.value(question, item)
    wanted = [value for _, value in answer.items] if isinstance(answer, Blocks) else [answer]
    arrays = [value for value in wanted if isinstance(value, np.ndarray) and value.size > 1]
    found: list[np.ndarray] = []
    for array in situation(answers, question, item, answers.loaded.reference.load()).before:
        alike = any(array.shape == other.shape and array.ndim for other in arrays)
        if alike and not any(np.array_equal(array, other) for other in [*arrays, *found]):
            found.append(array)
    return found


class _Gathered:
    """The source of all probes and predicates, and once each of the helpers, numbers and modules that they name."""

    def __init__(self, reserved: frozenset[str]) -> None:
        self.reserved = reserved
        self.imports: dict[str, str] = {}
        self.values: dict[str, str] = {}
        self.functions: dict[str, str] = {}

    def text(self) -> str:
        """Everything in an order in which Python can run it."""
        head = [f"import {module} as {alias}" for alias, module in self.imports.items() if alias != "np"]
        head += [f"{name} = {value}" for name, value in self.values.items()]
        return "\n".join(head) + "\n\n\n" + "\n\n".join(self.functions.values())

    def add_probe(self, question: Question, item: Check, what: str) -> str:
        """Take a check's probe; the name that it has in the text is returned."""
        name = f"{question.name}__{item.name}"
        self.functions[name] = source_of(item.probe).renamed(name)
        assert isinstance(item.probe, FunctionType)
        self._follow(item.probe, what)
        return name

    def add_predicate(self, item: Check, what: str) -> str:
        """Take a check's predicate, a function of the module; its name is returned."""
        predicate = item.expect
        if not isinstance(predicate, FunctionType) or predicate.__name__ == "<lambda>":
            raise AssignmentError(f"{what}: a public check's predicate is wanted as a function of its own, with a name")
        self._add_helper(predicate.__name__, predicate, what)
        return predicate.__name__

    def _add_helper(self, name: str, function: FunctionType, what: str) -> None:
        if name in self.reserved:
            raise AssignmentError(
                f"{what}: {name} is a name of the notebook's own comparison; call the function otherwise"
            )
        if name not in self.functions:
            self.functions[name] = source_of(function).text
            self._follow(function, what)

    def _follow(self, function: FunctionType, what: str) -> None:
        if function.__closure__:
            raise AssignmentError(f"{what}: {function.__name__} closes over names of another function; pass them in")
        known = function.__globals__
        for name in _global_names(function.__code__):
            if name not in known:
                if not hasattr(builtins, name):
                    raise AssignmentError(f"{what}: {name} is not defined")
            else:
                self._take(name, known[name], what)

    def _take(self, name: str, value: Any, what: str) -> None:
        if isinstance(value, FunctionType):
            self._add_helper(name, value, what)
        elif isinstance(value, ModuleType) and value.__name__.partition(".")[0] in MODULES:
            self.imports[name] = value.__name__
        elif isinstance(value, bool | int | float | complex | str | tuple) or value is None:
            self.values[name] = repr(value)
        else:
            raise AssignmentError(
                f"{what}: it uses {name}, a {type(value).__name__}; a public check may name modules, plain functions, "
                "numbers and short strings, so make the value inside the function"
            )


def _global_names(code: CodeType) -> Iterator[str]:
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield step.argval
    for item in code.co_consts:
        if isinstance(item, CodeType):
            yield from _global_names(item)


def _names_of(text: str) -> Iterator[str]:
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (item.id for target in targets for item in ast.walk(target) if isinstance(item, ast.Name))
