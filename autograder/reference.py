"""A reference's source, one function at a time: what students get, what is right, what a given needs.

The file is read as text and as a tree, and run in the trusted process alone. Otter's markers in it say what a
student gets, by Otter's own rules: `# BEGIN SOLUTION` to `# END SOLUTION` becomes `...`; after
`# BEGIN SOLUTION NO PROMPT` it becomes nothing, and a string from `\"\"\" # BEGIN PROMPT` to `\"\"\" # END PROMPT`
below it gives what stands there instead.
"""

from __future__ import annotations

import ast
import re
import textwrap
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType

from .errors import AssignmentError

_BEGIN = re.compile(r"(\s*)# BEGIN SOLUTION( NO PROMPT)?\s*$")
_OTHER_MARKER = re.compile(r"#\s*(SOLUTION|BEGIN IGNORE|END IGNORE|IGNORE|SEED)\b")  # Otter's, and not followed here
_PRIVATE = re.compile(r"__\w*[^_\W]_?$")  # a name that is mangled in a class and nowhere else


@dataclass(frozen=True)
class Function:
    """One function of the reference: `relu`, or a method `MLP.softmax`. `marked` is its undented source."""

    name: str
    marked: str
    line: int

    @property
    def solution(self) -> str:
        """The source with the solution, without markers and prompts."""
        return "".join(line for line, place in _places(self.marked) if place in ("shared", "solution"))

    @property
    def blank(self) -> str:
        """The source as a student gets it."""
        return "".join(line for line, place in _places(self.marked) if place in ("shared", "prompt"))

    @property
    def is_stub(self) -> bool:
        """Whether students are to write it."""
        return any(place == "solution" for _, place in _places(self.marked))


@dataclass(frozen=True)
class Reference:
    """The reference of an assignment, by its path and text."""

    path: Path
    text: str

    @classmethod
    def read(cls, path: Path) -> Reference:
        """Read the file. Raises AssignmentError where there is none, or it is not as a reference must be."""
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise AssignmentError(f"{path}: the reference cannot be read ({error.strerror})") from error
        except UnicodeDecodeError as error:
            raise AssignmentError(f"{path}: the reference is not UTF-8 text") from error
        reference = cls(path, text)
        reference._validate()
        return reference

    @cached_property
    def functions(self) -> Mapping[str, Function]:
        """Every function and method, in the file's order."""
        return {
            name: Function(name, _dedented(self._segment(node), node.col_offset), node.lineno)
            for name, node in self._nodes.items()
        }

    @cached_property
    def stubs(self) -> tuple[str, ...]:
        """The functions that students write, in the file's order."""
        return tuple(name for name, function in self.functions.items() if function.is_stub)

    @cached_property
    def skeletons(self) -> Mapping[str, str]:
        """Each class as the template gives it: header, docstring and what is no stub."""
        return {node.name: self._skeleton(node) for node in self._tree.body if isinstance(node, ast.ClassDef)}

    @cached_property
    def support(self) -> str:
        """What stands at the top level and is neither class nor stub: imports, constants, helpers."""
        parts = [
            self._segment(node)
            for node in self._tree.body
            if not isinstance(node, ast.ClassDef)
            and not (isinstance(node, ast.FunctionDef) and node.name in self.stubs)
            and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
            and not _is_main(node)
        ]
        return "".join(parts)

    def load(self, text: str | None = None) -> ModuleType:
        """Run the reference, or an edited text of it, as a module of its own. Trusted code only.

        Raises AssignmentError where it cannot be run to its end.
        """
        module = ModuleType(self.path.stem)
        module.__file__ = str(self.path)
        source = self.text if text is None else text
        try:
            exec(compile(source, str(self.path), "exec", dont_inherit=True), module.__dict__)  # noqa: S102  trusted
        except Exception as error:
            raise AssignmentError(
                f"{self.path}:{_line_of(error, self.path)}: {type(error).__name__}: {error}"
            ) from error
        return module

    def edited(self, stub: str, source: str) -> str:
        """The whole text with `stub`'s function replaced by `source` (undented)."""
        self.function(stub)
        node = self._nodes[stub]
        new = textwrap.indent(source.rstrip("\n") + "\n", " " * node.col_offset)
        return "".join([*self._lines[: _first_line(node) - 1], new, *self._lines[self._last_line(node) :]])

    def changed(self, stub: str, right: str, other: str) -> Reference:
        """The reference with `other` in place of `right` in one of its functions, markers and all.

        Raises AssignmentError unless `right` occurs exactly once there.
        """
        marked = self.function(stub).marked
        if marked.count(right) != 1:
            raise AssignmentError(
                f"{right!r} occurs {marked.count(right)} times in {stub} of {self.path.name}; once is wanted"
            )
        changed = Reference(self.path, self.edited(stub, marked.replace(right, other)))
        changed._validate()
        return changed

    def function(self, name: str) -> Function:
        """The function of that name. Raises AssignmentError where the reference has none."""
        if name not in self.functions:
            raise AssignmentError(f"{self.path}: no function {name}; there are {', '.join(self.functions)}")
        return self.functions[name]

    @cached_property
    def _tree(self) -> ast.Module:
        try:
            return ast.parse(self.text)
        except SyntaxError as error:
            raise AssignmentError(f"{self.path}:{error.lineno}: {error.msg}") from error
        except ValueError as error:
            raise AssignmentError(f"{self.path}: {error}") from error

    @cached_property
    def _lines(self) -> tuple[str, ...]:
        return tuple(_split(self.text))

    @cached_property
    def _nodes(self) -> Mapping[str, ast.FunctionDef]:
        found: dict[str, ast.FunctionDef] = {}
        for prefix, node in self._definitions():
            name = prefix + node.name
            if name in found:
                raise AssignmentError(f"{self.path}:{node.lineno}: {name} is defined twice")
            found[name] = node
        return found

    def _definitions(self) -> Iterator[tuple[str, ast.FunctionDef]]:
        for node in self._tree.body:
            if isinstance(node, ast.FunctionDef):
                yield "", node
            elif isinstance(node, ast.ClassDef):
                yield from ((f"{node.name}.", item) for item in node.body if isinstance(item, ast.FunctionDef))

    def _validate(self) -> None:
        """Tell every fault now, and not when a class is graded."""
        for number, line in enumerate(self._lines, start=1):
            if other := _OTHER_MARKER.search(line):
                raise AssignmentError(
                    f"{self.path}:{number}: {other[0]} is not followed here; use # BEGIN SOLUTION and # END SOLUTION"
                )
        for name, node in self._nodes.items():
            _require_free_standing(node, f"{self.path}:{{line}}: {name}", method="." in name)
        marked = 0
        for name, function in self.functions.items():
            where = f"{self.path}:{function.line}: {name}"
            _require_balanced(function.marked, where)
            try:
                ast.parse(function.blank)
            except SyntaxError as error:
                raise AssignmentError(f"{where}: what students get is not Python ({error.msg})") from error
            marked += function.marked.count("# BEGIN SOLUTION")
        if marked != self.text.count("# BEGIN SOLUTION"):
            raise AssignmentError(f"{self.path}: a solution is marked outside of any function or method")
        self.skeletons  # noqa: B018  each class is laid out as it must be

    def _skeleton(self, node: ast.ClassDef) -> str:
        first = _first_line(node.body[0])
        if first == node.lineno:
            raise AssignmentError(f"{self.path}:{first}: the body of class {node.name} begins on a line of its own")
        head = "".join(self._lines[_first_line(node) - 1 : first - 1])
        kept = [
            self._segment(item)
            for item in node.body
            if not (isinstance(item, ast.FunctionDef) and f"{node.name}.{item.name}" in self.stubs)
        ]
        return head.rstrip() + "\n" + ("\n".join(kept) if kept else "    pass\n")

    def _segment(self, node: ast.stmt) -> str:
        """The node's whole lines, with decorators before it and the comments that end it."""
        return "".join(self._lines[_first_line(node) - 1 : self._last_line(node)])

    def _last_line(self, node: ast.stmt) -> int:
        """The number of its last line; comments below it that stand further in still belong to it."""
        end = node.end_lineno or node.lineno
        for number, line in enumerate(self._lines[end:], start=end + 1):
            text = line.lstrip()
            if text.startswith("#") and len(line) - len(text) > node.col_offset:
                end = number
            elif text:
                break
        return end


def _split(text: str) -> list[str]:
    """The lines as the parser counts them; str.splitlines knows more ends of line than it."""
    return [line + "\n" for line in text.removesuffix("\n").split("\n")]


def _places(marked: str) -> Iterator[tuple[str, str]]:
    """Each line with its place: "shared", "solution" or "prompt", line by line as Otter goes."""
    place = "shared"
    for line in _split(marked):
        text = line.rstrip()
        if text.endswith(("# END SOLUTION", "# END PROMPT")):
            place = "shared"
        elif place == "shared" and text.endswith("# BEGIN PROMPT"):
            place = "prompt"
        elif place == "shared" and (begin := _BEGIN.match(line)):
            place = "solution"
            if not begin[2]:
                yield f"{begin[1]}...\n", "prompt"
        else:
            yield line, place


def _require_balanced(marked: str, where: str) -> None:
    """Raise AssignmentError where a marker has no partner, or stands where Otter would not see it."""
    lines = [line.rstrip() for line in _split(marked)]
    seen = [line for line in lines if re.search(r"# (BEGIN|END) (SOLUTION|PROMPT)", line)]
    for begin, end in zip(seen[::2], [*seen[1::2], ""], strict=False):
        solution = _BEGIN.match(begin) and end.endswith("# END SOLUTION")
        prompt = begin.endswith("# BEGIN PROMPT") and end.endswith("# END PROMPT")
        if not solution and not prompt:
            raise AssignmentError(f"{where}: the marker {begin.strip()!r} and the one below it do not fit together")


def _require_free_standing(node: ast.FunctionDef, where: str, *, method: bool) -> None:
    """Raise AssignmentError for what a function cannot do once it is taken out of its class."""
    for inner in ast.walk(node):
        line = getattr(inner, "lineno", node.lineno)
        match inner:
            case ast.Call(func=ast.Name(id="super"), args=[]) | ast.Name(id="__class__"):
                raise AssignmentError(
                    f"{where.format(line=line)} calls super() without arguments, which a given function cannot do; "
                    "name the class instead"
                )
            case ast.Attribute(attr=name) if method and _PRIVATE.match(name):
                raise AssignmentError(
                    f"{where.format(line=line)} uses the private name {name}, which is another one outside of its class"
                )


def _dedented(source: str, columns: int) -> str:
    """The source moved to the left; lines of a string that stand further out stay as they are."""
    indent = " " * columns
    return "".join(line.removeprefix(indent) for line in _split(source))


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(item.lineno for item in decorators)])


def _line_of(error: Exception, path: Path) -> int:
    """The innermost line of the reference at which the error rose."""
    if isinstance(error, SyntaxError):
        return error.lineno or 0
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return (lines[-1] if lines else 0) or 0


def _is_main(node: ast.stmt) -> bool:
    """Whether it is `if __name__ == "__main__":`."""
    return isinstance(node, ast.If) and "__name__" in {n.id for n in ast.walk(node.test) if isinstance(n, ast.Name)}
