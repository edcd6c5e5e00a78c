"""How to compose submissions from a reference, its mistakes and its variants: single ones, and an invented class."""

from __future__ import annotations

import ast
import io
import random
import textwrap
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import nbformat

from .definition import Mistake
from .errors import AssignmentError
from .loading import Loaded, apply
from .reference import Reference

__all__ = ["HandedIn", "apply", "as_file", "cells", "notebook", "synthetic_class"]

_FIRST = (
    "Ada Amir Anna Ben Binta Bo Carla Chidi Clara Dana Deepa Dmitri Elif Emil Farid Fatou Felix Gita Grace Hana "
    "Hugo Ida Ines Ivan Jana Jonas Jun Kaan Kemi Lara Leo Lin Maja Marco Mei Milo Nadia Nils Nora Olga Omar Paul Priya "
    "Rania Rosa Sam Sara Sven Tara Theo Uma Vera Wei Yara Yusuf Zoe"
).split()
_LAST = (
    "Abebe Adler Ahmed Bauer Becker Berg Brandt Castro Chen Costa Cruz Diallo Dubois Farkas Fischer Flores Fuchs "
    "Garcia Gupta Haas Hoang Ito Jansen Kaya Keller Khan Kim Klein Kovac Kruger Lang Lee Lopez Mensah Moreau Nagy "
    "Novak Okafor Olsen Park Patel Popov Reyes Rossi Sato Silva Singh Tanaka Torres Weber Wolf Yilmaz Zhang"
).split()


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A file of an invented student: its name, its bytes, and in a few words what was done to it."""

    name: str
    data: bytes
    story: str


# --- one submission ----------------------------------------------------------------------------------


def cells(reference: Reference, replaced: Mapping[str, str | None], *, imports: str = "") -> tuple[str, ...]:
    """The code cells of a submission: what the reference's stubs need, then each stub in a cell of its own.

    A stub in `replaced` has that source (undented) in place of the solution, or with None no cell at all. A class
    comes as the template's skeleton, a method as `class X(X):` with that one method. Raises AssignmentError where
    `replaced` names no stub.
    """
    for name in replaced:
        if name not in reference.stubs:
            raise AssignmentError(f"{reference.path}: {name} is no stub; there are {', '.join(reference.stubs)}")
    made = [f"{imports}\n{reference.support}".lstrip("\n")]
    waiting = dict(reference.skeletons)
    for name, function in reference.functions.items():
        owner, _, _ = name.rpartition(".")
        while owner in waiting:
            made.append(waiting.pop(next(iter(waiting))))
        source = replaced.get(name, function.solution)
        if function.is_stub and source is not None:
            made.append(f"class {owner}({owner}):\n{textwrap.indent(source, '    ')}" if owner else source)
    return (*made, *waiting.values())


def notebook(sources: Sequence[str]) -> nbformat.NotebookNode:
    """A notebook of format 4.4, which has no random ids, with these code cells."""
    made = nbformat.v4.new_notebook()
    made.nbformat_minor = 4
    made.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    for source in sources:
        cell = nbformat.v4.new_code_cell(source)
        cell.pop("id", None)
        made.cells.append(cell)
    return made


def as_file(sources: Sequence[str]) -> bytes:
    """The bytes of a notebook with these code cells."""
    text: str = nbformat.writes(notebook(sources), version=nbformat.NO_CONVERT)
    return f"{text}\n".encode()


# --- a class -----------------------------------------------------------------------------------------


def synthetic_class(loaded: Loaded, size: int = 60, seed: int = 0) -> tuple[HandedIn, ...]:
    """An invented class, the same for the same seed: most is right or has a few known mistakes, some is broken."""
    rng = random.Random(seed)  # noqa: S311  a class is to repeat, not to be secret
    pairs = [f"{first}_{last}" for first in _FIRST for last in _LAST]
    names = rng.sample(pairs, size) if size <= len(pairs) else [f"student_{number:05d}" for number in range(size)]
    makers: list[Callable[[_Desk], HandedIn]] = rng.sample(_ODDITIES, min(size // 5, len(_ODDITIES)))
    makers += rng.choices((_right, _mistaken, _unfinished), weights=(14, 12, 5), k=size - len(makers))
    rng.shuffle(makers)
    made = [maker(_Desk(loaded, rng, name.lower())) for maker, name in zip(makers, names, strict=True)]
    return tuple(sorted(made, key=lambda item: item.name))


@dataclass
class _Desk:
    """What an invented student has before them."""

    loaded: Loaded
    rng: random.Random
    name: str

    def hand_in(self, story: str, sources: Sequence[str]) -> HandedIn:
        return HandedIn(f"{self.name}.ipynb", as_file(sources), story)

    def right(self) -> tuple[dict[str, str | None], str]:
        """A right implementation of each stub, of the known variants or the reference, and the imports they need."""
        chosen: dict[str, str | None] = {}
        imports: list[str] = []
        for stub in self.loaded.reference.stubs:
            variants = [variant for variant in self.loaded.variants if variant.stub == stub]
            variant = self.rng.choice([None, *variants])
            if variant:
                chosen[stub] = apply(self.loaded.reference, variant)
                imports.append(variant.imports)
        return chosen, "\n".join(line for line in imports if line)

    def cells(self, changed: Mapping[str, str | None] | None = None) -> tuple[str, ...]:
        chosen, imports = self.right()
        return cells(self.loaded.reference, {**chosen, **(changed or {})}, imports=imports)

    def any_stub(self) -> str:
        return self.rng.choice(self.loaded.reference.stubs)

    def solution(self, stub: str) -> str:
        return self.loaded.reference.function(stub).solution

    def mistakes(self) -> dict[str, Mistake]:
        """One to three known mistakes, in different stubs."""
        wanted = self.rng.choice((1, 1, 2, 3))
        known = self.rng.sample(self.loaded.mistakes, len(self.loaded.mistakes))
        by_stub = {mistake.stub: mistake for mistake in known}
        return dict(list(by_stub.items())[:wanted])


def _right(desk: _Desk) -> HandedIn:
    return desk.hand_in("right", desk.cells())


def _mistaken(desk: _Desk) -> HandedIn:
    made = desk.mistakes()
    story = "mistaken: " + ", ".join(mistake.name for mistake in made.values())
    return desk.hand_in(story, desk.cells({stub: apply(desk.loaded.reference, m) for stub, m in made.items()}))


def _unfinished(desk: _Desk) -> HandedIn:
    stubs = desk.loaded.reference.stubs
    done = desk.rng.randrange(len(stubs))
    blank: dict[str, str | None] = {stub: desk.loaded.reference.function(stub).blank for stub in stubs[done:]}
    wrong = {stub: apply(desk.loaded.reference, mistake) for stub, mistake in desk.mistakes().items()}
    return desk.hand_in(f"unfinished: {done} of {len(stubs)} stubs", desk.cells({**wrong, **blank}))


def _syntax_error(desk: _Desk) -> HandedIn:
    stub = desk.any_stub()
    broken = desk.solution(stub).rstrip("\n") + "\n    return (\n"
    return desk.hand_in(f"syntax error in {stub}", desk.cells({stub: broken}))


def _looping(desk: _Desk) -> HandedIn:
    stub = desk.any_stub()
    return desk.hand_in(
        f"endless loop in {stub}", desk.cells({stub: _beginning_with(desk.solution(stub), "while True: pass")})
    )


def _exiting(desk: _Desk) -> HandedIn:
    stub = desk.any_stub()
    left = _beginning_with(desk.solution(stub), "import sys; sys.exit()")
    return desk.hand_in(f"sys.exit() in {stub}", desk.cells({stub: left}))


def _raising_early(desk: _Desk) -> HandedIn:
    first, *rest = desk.cells()
    return desk.hand_in("an early cell raises", [first, "scores = [1, 2, 3]\nprint(scores[3])\n", *rest])


def _training_last(desk: _Desk) -> HandedIn:
    long = "import time\nfor epoch in range(500):\n    time.sleep(1)\n    print('epoch', epoch)\n"
    return desk.hand_in("a training cell of minutes", [*desk.cells(), long])


def _decorated(desk: _Desk) -> HandedIn:
    extras = "%matplotlib inline\n!pip install tqdm\nimport seaborn as sns\nfrom tqdm import tqdm\nsns.set_theme()\n"
    return desk.hand_in("magics and missing packages", [extras, *desk.cells()])


def _untouched(desk: _Desk) -> HandedIn:
    reference = desk.loaded.reference
    return desk.hand_in("blank", cells(reference, {stub: reference.function(stub).blank for stub in reference.stubs}))


def _truncated(desk: _Desk) -> HandedIn:
    data = as_file(desk.cells())
    return HandedIn(f"{desk.name}.ipynb", data[: len(data) * 2 // 3], "the upload was cut off")


def _empty(desk: _Desk) -> HandedIn:
    return HandedIn(f"{desk.name}.ipynb", b"", "an empty file")


def _other_homework(desk: _Desk) -> HandedIn:
    return desk.hand_in(
        "another assignment", ["def fibonacci(n):\n    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)\n"]
    )


def _plain_python(desk: _Desk) -> HandedIn:
    text = "\n".join(f"# %%\n{source}" for source in desk.cells())
    return HandedIn(f"{desk.name}.py", text.encode(), "a Python file")


def _zipped(desk: _Desk) -> HandedIn:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(zipfile.ZipInfo(f"{desk.loaded.name}.ipynb"), as_file(desk.cells()))
    return HandedIn(f"{desk.name}.zip", data.getvalue(), "a zip, as Otter exports it")


_ODDITIES: tuple[Callable[[_Desk], HandedIn], ...] = (
    _syntax_error,
    _looping,
    _exiting,
    _raising_early,
    _training_last,
    _decorated,
    _untouched,
    _truncated,
    _empty,
    _other_homework,
    _plain_python,
    _zipped,
)


def _beginning_with(source: str, statement: str) -> str:
    """A function's source with a statement before all others of its body."""
    function = ast.parse(source).body[0]
    if not isinstance(function, ast.FunctionDef):
        raise AssignmentError(f"{source[:40]!r}: a function is wanted")
    first = function.body[0]
    lines = source.splitlines(keepends=True)
    at = (first.end_lineno or first.lineno) if ast.get_docstring(function) else first.lineno - 1
    lines.insert(at, f"{' ' * first.col_offset}{statement}\n")
    return "".join(lines)
