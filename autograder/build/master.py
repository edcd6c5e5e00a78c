"""Puts an assignment's text and its reference's marked source together as an Otter master notebook."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Sequence
from typing import Any

import jupytext
import nbformat

from ..definition import Question
from ..errors import AssignmentError
from ..loading import Loaded

MARKER = re.compile(r"^<!--\s*(given|stub|manual)\s*:\s*(\S+?)\s*-->[ \t]*\n?", re.MULTILINE)
HEADING = re.compile(r"^(?=#{1,6} )", re.MULTILINE)
PLUGIN = "autograder.integrations.otter.Engine"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
ANSWER = "_Type your answer here, replacing this text._"


def compose(loaded: Loaded, requirements: Sequence[str] = ()) -> nbformat.NotebookNode:
    """The master notebook, solutions and all, in nbformat 4.4.

    Raises AssignmentError where a stub, a given or a question has no place in the text, or more than one,
    and where a check rests on a sentence that the text does not have.
    """
    _require_sentences(loaded)
    cells = [_raw("# ASSIGNMENT CONFIG\n" + json.dumps(_config(loaded, requirements), indent=2))]
    places = _Places(loaded)
    for cell in jupytext.reads(loaded.text, fmt="md").cells:
        if cell.cell_type == "markdown":
            cells += places.cells(cell.source)
        else:
            cells.append(nbformat.v4.new_code_cell(cell.source))
    places.require_all()
    for cell in cells:
        cell.pop("id", None)  # nbformat 4.4 has none, and Otter then makes none up
    return nbformat.from_dict({"cells": cells, "metadata": {"kernelspec": KERNEL}, "nbformat": 4, "nbformat_minor": 4})


def _config(loaded: Loaded, requirements: Sequence[str]) -> dict[str, Any]:
    """Otter's settings; JSON is YAML."""
    return {
        "run_tests": False,
        "tests": {"files": True, "ok_format": False},
        "export_cell": {"pdf": False, "run_tests": False},
        "requirements": list(requirements),
        "generate": otter_config(loaded),
    }


def otter_config(loaded: Loaded) -> dict[str, Any]:
    """Otter's configuration: ours, and what the assignment adds.

    Our plugin comes first, so that those which change marks or say something of them find them there.
    """
    otter = loaded.definition.otter
    settings = {"assignment": f"course/assignments/{loaded.name}", "isolation": otter.isolation, "seed": 0}
    if otter.hidden_checks is not None:
        settings["hidden_checks"] = otter.hidden_checks
    added = dict(otter.config)
    others = added.pop("plugins", [])
    return {"plugins": [{PLUGIN: settings}, *others], "pdf": False, **added}


def cell_of(stub: str, source: str) -> str:
    """A stub's cell: a function as it is, a method in a class statement of its own, which adds to the class so far."""
    owner = stub.rpartition(".")[0]
    cell = f"class {owner}({owner}):\n{textwrap.indent(source, '    ')}" if owner else source
    return cell.strip("\n")


class _Places:
    """Turns the text's markers into cells, in the text's order, and remembers what was placed."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.reference = loaded.reference
        self.placed: set[tuple[str, str]] = set()
        self.questions = {
            stub: question for question in loaded.questions for stub in question.stubs or (question.stub,)
        }
        self.manual = {item.name: item for item in loaded.definition.manual}

    def cells(self, source: str) -> list[nbformat.NotebookNode]:
        """The cells of one Markdown cell of the text."""
        text, *marked = MARKER.split(source)
        made = _markdown(text)
        for kind, name, rest in zip(marked[::3], marked[1::3], marked[2::3], strict=True):
            if kind == "manual":
                made += self._manual(name, rest)
            else:
                made += self._given(name) if kind == "given" else self._stub(name)
                made += _markdown(rest)
        return made

    def require_all(self) -> None:
        """Raise AssignmentError for what the text gives no place."""
        wanted = [("stub", name) for name in self.questions]
        wanted += [("given", name) for name in self.reference.functions if name not in self.reference.stubs]
        wanted += [("given", name) for name in self.reference.skeletons]
        wanted += [("manual", name) for name in self.manual]
        for kind, name in wanted:
            if (kind, name) not in self.placed:
                raise AssignmentError(f"{self._where}: nowhere does it say <!-- {kind}: {name} -->")

    @property
    def _where(self) -> str:
        return str(self.loaded.folder / "text.md")

    def _place(self, kind: str, name: str) -> None:
        if (kind, name) in self.placed:
            raise AssignmentError(f"{self._where}: <!-- {kind}: {name} --> was already given a place above")
        self.placed.add((kind, name))

    def _given(self, name: str) -> list[nbformat.NotebookNode]:
        """A function of the template, or its class as it is without stubs, whichever of its methods is named."""
        functions, skeletons = self.reference.functions, self.reference.skeletons
        owner = name if name in skeletons else name.rpartition(".")[0]
        if owner in skeletons:
            kept = [key for key in functions if key.startswith(f"{owner}.") and key not in self.reference.stubs]
            if name != owner and name not in kept:
                raise AssignmentError(f"{self._where}: <!-- given: {name} --> names no function that the template has")
            for key in (owner, *kept):
                self._place("given", key)
            return [_code(skeletons[owner])]
        if name not in functions or name in self.reference.stubs:
            raise AssignmentError(f"{self._where}: <!-- given: {name} --> names no function that the template has")
        self._place("given", name)
        return [_code(functions[name].marked)]

    def _stub(self, name: str) -> list[nbformat.NotebookNode]:
        """A question's block: the stub to be written, then its check where it is the question's last stub."""
        self._place("stub", name)
        if name not in self.questions:
            raise AssignmentError(f"{self._where}: <!-- stub: {name} --> is asked for by no question")
        question, owner = self.questions[name], name.rpartition(".")[0]
        if owner in self.reference.skeletons and ("given", owner) not in self.placed:
            raise AssignmentError(f"{self._where}: <!-- stub: {name} --> comes before <!-- given: {owner} -->")
        cells = [_raw("# BEGIN SOLUTION"), _code(self._marked(name)), _raw("# END SOLUTION")] if question.stubs else []
        if all(("stub", stub) in self.placed for stub in question.stubs or ()):
            return _block(question.name, float(question.possible), [*cells, *_tests(question)])
        return [_code(self._marked(name), tags=["otter_assign_solution_cell"])]

    def _marked(self, name: str) -> str:
        return cell_of(name, self.reference.functions[name].marked)

    def _manual(self, name: str, prompt: str) -> list[nbformat.NotebookNode]:
        if name not in self.manual:
            raise AssignmentError(f"{self._where}: <!-- manual: {name} --> is no question of the assignment")
        self._place("manual", name)
        answer = [_raw("# BEGIN PROMPT"), nbformat.v4.new_markdown_cell(ANSWER), _raw("# END PROMPT")]
        points = float(self.manual[name].possible)
        return _block(name, points, [*_markdown(prompt), *answer], manual=True)


def _block(
    name: str, points: float, cells: list[nbformat.NotebookNode], *, manual: bool = False
) -> list[nbformat.NotebookNode]:
    settings = {"name": name, "points": points, "manual": manual}
    return [_raw("# BEGIN QUESTION\n" + json.dumps(settings)), *cells, _raw("# END QUESTION")]


def _tests(question: Question) -> list[nbformat.NotebookNode]:
    """What makes Otter add the cell that checks; the test files themselves are the builder's own."""
    public = [item for item in question.checks if item.public]
    tests = [_code(f"def {item.name}():\n    pass") for item in public]
    return [_raw("# BEGIN TESTS"), *tests, _raw("# END TESTS")] if tests else []


def _markdown(text: str) -> list[nbformat.NotebookNode]:
    """Text as cells, a new one at each heading."""
    pieces = HEADING.split(text)
    return [nbformat.v4.new_markdown_cell(piece.strip("\n")) for piece in pieces if piece.strip()]


def _code(source: str, tags: list[str] | None = None) -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell(source.strip("\n"), metadata={"tags": tags} if tags else {})


def _raw(source: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_raw_cell(source)


def _require_sentences(loaded: Loaded) -> None:
    """Every mark can be defended: what `because=` quotes stands in the text, or in what students get of the code."""
    functions = loaded.reference.functions.values()
    told = _folded(" ".join([loaded.text, *loaded.reference.skeletons.values(), *(item.blank for item in functions)]))
    for question in loaded.questions:
        for item in question.checks:
            if item.because is not None and _folded(item.because) not in told:
                raise AssignmentError(
                    f"{loaded.folder / 'text.md'}: the check {question.name}.{item.name} rests on a sentence "
                    f"that is not there: {item.because!r}"
                )


def _folded(text: str) -> str:
    return " ".join(text.split())
