"""An assignment's folder, found by name or path, loaded as a package of its own and held against its reference."""

from __future__ import annotations

import hashlib
import importlib
import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from .definition import Assignment, Convention, Equivalent, Mistake, Question, Variant
from .errors import AssignmentError, UsageError
from .probes import pack
from .records import Bench, Given
from .reference import Reference

SHIPPED = Path(__file__).parent / "_shipped"


@dataclass(frozen=True, eq=False)
class Loaded:
    """An assignment that can be built and graded: its definition, text, reference, mistakes and variants.

    Of an assignment with conventions this is what it is under one of them, `convention`: under the first as it stands
    in the files. `mistakes` and `variants` are those that can be made there. Two are equal only when they are the
    same one, so that it can key a cache.
    """

    name: str
    folder: Path
    definition: Assignment
    reference: Reference
    text: str
    mistakes: tuple[Mistake, ...] = ()
    variants: tuple[Variant, ...] = ()
    equivalents: tuple[Equivalent, ...] = ()
    convention: Convention | None = None
    others: tuple[Loaded, ...] = ()  # the assignment under its other conventions

    @property
    def readings(self) -> tuple[Loaded, ...]:
        """The assignment under each of its conventions; itself alone where there are none."""
        return (self, *self.others)

    @property
    def as_it_stands(self) -> bool:
        """Whether the reference is that of the file, without a convention's edits."""
        return self.convention is None or not self.convention.edits

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions that the engine grades."""
        return tuple(self.definition.questions)

    @cached_property
    def bench(self) -> Bench:
        """What the isolated process has to know of the assignment."""
        functions = self.reference.functions
        return Bench(
            stubs=self.reference.stubs,
            blanks={name: functions[name].blank for name in self.reference.stubs},
            skeletons=dict(self.reference.skeletons),
            support=self.reference.support,
            packages=tuple(self.definition.packages),
            aliases={alias: name for name, aliases in self.definition.aliases.items() for alias in aliases},
        )

    @cached_property
    def packed(self) -> dict[tuple[str, str], bytes]:
        """Each check's probe as bare code, by question and check."""
        return {(q.name, item.name): pack(item) for q in self.questions for item in q.checks}

    def given(self, name: str, recorded: tuple[bytes, ...] | None = None, *, apart: bool = False) -> Given:
        """The reference's function of that name, or recordings of it, ready to stand in; see `Given`."""
        function = self.reference.function(name)
        return Given(name, function.solution if recorded is None else function.blank, recorded, apart)


def load(name: str | Path, *, start: Path | None = None) -> Loaded:
    """Load an assignment.

    `name` is a path to its folder, else a folder in `assignments/` of the nearest directory from `start`
    (the working directory) upwards that has it, else one that comes with the package. Raises UsageError
    where there is none, AssignmentError where it is not as it must be.
    """
    folder = find(name, start=start)
    definition, mistakes, variants, equivalents = _run(folder)
    text = _read(folder / "text.md")
    reference = Reference.read(folder.parent.parent / "reference" / f"{folder.name}.py")
    loaded = Loaded(folder.name, folder, definition, reference, text, mistakes, variants, equivalents)
    _validate(loaded)
    return _under_each(loaded) if definition.conventions else loaded


def _under_each(loaded: Loaded) -> Loaded:
    """The assignment under its first convention, with the others beside it."""
    first, *others = loaded.definition.conventions
    known = [convention.name for convention in loaded.definition.conventions]
    edits: tuple[Mistake | Variant, ...] = (*loaded.mistakes, *loaded.variants)
    for edit in edits:
        if edit.convention and edit.convention not in known:
            raise AssignmentError(
                f"{loaded.folder / 'mistakes.py'}: {edit.name} names the convention {edit.convention}; "
                f"there are {', '.join(known)}"
            )
    return replace(_under(loaded, first), others=tuple(_under(loaded, other) for other in others))


def _under(loaded: Loaded, convention: Convention) -> Loaded:
    reference = loaded.reference
    for edit in convention.edits:
        reference = reference.changed(edit.stub, edit.right, edit.other)
    edited = {edit.stub for edit in convention.edits}
    edits: tuple[Mistake | Variant, ...] = (*loaded.mistakes, *loaded.variants)

    def can_be_made(edit: Mistake | Variant) -> bool:
        if edit.convention or edit.stub not in edited:
            return edit.convention in ("", convention.name)
        return bool(edit.right) and reference.function(edit.stub).solution.count(edit.right) == 1

    for item in edits:
        if item.convention == convention.name:
            apply(reference, item)
    return replace(
        loaded,
        reference=reference,
        convention=convention,
        mistakes=tuple(filter(can_be_made, loaded.mistakes)),
        variants=tuple(filter(can_be_made, loaded.variants)),
    )


def apply(reference: Reference, edit: Mistake | Variant) -> str:
    """The source of the edited stub. Raises AssignmentError unless what is replaced occurs exactly once."""
    if isinstance(edit, Variant) and edit.source:
        return textwrap.dedent(edit.source).strip("\n") + "\n"
    source = reference.function(edit.stub).solution
    count = source.count(edit.right)
    if count != 1:
        raise AssignmentError(
            f"{edit.name}: {edit.right!r} occurs {count} times in {edit.stub} of {reference.path.name}; once is wanted"
        )
    return source.replace(edit.right, edit.other if isinstance(edit, Variant) else edit.wrong)


def find(name: str | Path, *, start: Path | None = None) -> Path:
    """The folder of an assignment; see `load`."""
    direct = Path(name)
    if (direct / "questions.py").is_file():
        return direct.resolve()
    start = (start or Path.cwd()).resolve()
    for base in (*(folder / "assignments" for folder in (start, *start.parents)), SHIPPED / "assignments"):
        if direct.name == str(name) and (base / name / "questions.py").is_file():
            return base / name
    raise UsageError(f"no assignment {name}: neither a folder with questions.py, nor in {_known(start)}")


def _known(start: Path) -> str:
    places = [folder / "assignments" for folder in (start, *start.parents)] + [SHIPPED / "assignments"]
    there = next((place for place in places if place.is_dir()), None)
    names = sorted(path.parent.name for path in there.glob("*/questions.py")) if there else []
    return f"assignments/ ({', '.join(names)})" if names else "an assignments/ folder here or above"


def _run(
    folder: Path,
) -> tuple[Assignment, tuple[Mistake, ...], tuple[Variant, ...], tuple[Equivalent, ...]]:
    with _package(folder) as package:
        questions = _import(package, "questions", folder)
        definition = getattr(questions, "ASSIGNMENT", None)
        if not isinstance(definition, Assignment):
            raise AssignmentError(f"{folder / 'questions.py'}: ASSIGNMENT = Assignment(…) is wanted")
        if not (folder / "mistakes.py").is_file():
            return definition, (), (), ()
        known = _import(package, "mistakes", folder)
    mistakes = _all_of(known, "MISTAKES", Mistake, folder)
    variants = _all_of(known, "VARIANTS", Variant, folder)
    equivalents = _all_of(known, "EQUIVALENTS", Equivalent, folder)
    for what, items in (("MISTAKES", mistakes), ("VARIANTS", variants)):
        _require_different_names(what, [item.name for item in items], folder)
    return definition, mistakes, variants, equivalents


@contextmanager
def _package(folder: Path) -> Iterator[str]:
    """A package whose modules are the folder's files; it leaves no bytecode there, and no name behind."""
    name = f"_assignment_{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.modules[name] = package
    importlib.invalidate_caches()
    try:
        yield name
    finally:
        sys.dont_write_bytecode = before
        for key in [key for key in sys.modules if key == name or key.startswith(name + ".")]:
            del sys.modules[key]


def _import(package: str, module: str, folder: Path) -> ModuleType:
    path = folder / f"{module}.py"
    try:
        return importlib.import_module(f"{package}.{module}")
    except AssignmentError:
        raise
    except Exception as error:
        raise AssignmentError(f"{path}:{_line(error, path)}: {type(error).__name__}: {error}") from error


def _line(error: BaseException, path: Path) -> int:
    if isinstance(error, SyntaxError):
        return error.lineno or 0
    line, trace = 0, error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _all_of(module: ModuleType, name: str, kind: type, folder: Path) -> tuple[Any, ...]:
    items: Sequence[Any] = getattr(module, name, ())
    for item in items:
        if not isinstance(item, kind):
            raise AssignmentError(f"{folder / 'mistakes.py'}: {name} holds {item!r}; {kind.__name__}(…) is wanted")
    return tuple(items)


def _require_different_names(what: str, names: Sequence[str], folder: Path) -> None:
    twice = sorted({one for one in names if names.count(one) > 1})
    if twice:
        raise AssignmentError(f"{folder / 'mistakes.py'}: {what} has two called {twice[0]}")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise AssignmentError(f"{path}: cannot be read ({error.strerror})") from error


def _validate(loaded: Loaded) -> None:
    stubs, where = loaded.reference.stubs, loaded.folder / "questions.py"
    asked = [stub for question in loaded.questions for stub in question.stubs or ()]
    for stub in asked:
        if stub not in stubs:
            raise AssignmentError(
                f"{where}: {stub} is no stub of {loaded.reference.path.name}; mark its solution there"
            )
    for stub in stubs:
        if asked.count(stub) != 1:
            raise AssignmentError(f"{where}: {asked.count(stub)} questions ask for {stub}; exactly one is wanted")
    for question in loaded.questions:
        for name in question.also_given:
            loaded.reference.function(name)
    _require_aliases(loaded)
    edits: tuple[Mistake | Variant, ...] = (*loaded.mistakes, *loaded.variants)
    edited = [(item.name, item.stub) for item in edits]
    edited += [(item.original, item.stub) for item in loaded.equivalents]
    for name, stub in edited:
        if stub not in stubs:
            raise AssignmentError(f"{loaded.folder / 'mistakes.py'}: {name} edits {stub}, which is no stub")
    for item in edits:
        if not item.convention:
            apply(loaded.reference, item)
    loaded.packed  # noqa: B018  refused now, with file and line, and not while a class is graded


def _require_aliases(loaded: Loaded) -> None:
    where, taken = loaded.folder / "questions.py", {*loaded.reference.functions, *loaded.reference.skeletons}
    for name, aliases in loaded.definition.aliases.items():
        if name not in taken or "." in name:
            raise AssignmentError(f"{where}: aliases of {name}, which is no function or class of the reference")
        if isinstance(aliases, str):
            raise AssignmentError(f"{where}: the aliases of {name} are {aliases!r}; a tuple of names is wanted")
        for alias in aliases:
            if not alias.isidentifier() or alias in taken:
                raise AssignmentError(f"{where}: {alias!r} cannot be an alias of {name}; a free name is wanted")
            taken.add(alias)
