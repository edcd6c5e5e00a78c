"""A reference's source, one function at a time: what students get, what is right, what a given needs.

The file is read as text and as a tree, and run once in the trusted process. It imports NumPy and the
standard library only. Otter's markers in it say what a student gets: `# BEGIN SOLUTION` to
`# END SOLUTION` becomes `...`, and a `# BEGIN PROMPT` string stands in for it where there is one.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType

from .errors import AssignmentError

_SOLUTION = re.compile(
    r"^(?P<indent>[ \t]*)# BEGIN SOLUTION[^\n]*\n(?P<body>.*?)^[ \t]*# END SOLUTION[^\n]*\n?"
    r"(?:^[ \t]*\"\"\"[ \t;]*# BEGIN PROMPT[^\n]*\n(?P<prompt>.*?)^[ \t]*\"\"\"[ \t;]*# END PROMPT[^\n]*\n?)?",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Function:
    """One function of the reference: `relu`, or a method `MLP.softmax`. `marked` is its undented source."""

    name: str
    marked: str
    line: int

    @property
    def solution(self) -> str:
        """The source with the solution and without markers."""
        return _SOLUTION.sub(lambda m: m["body"], self.marked)

    @property
    def blank(self) -> str:
        """The source as a student gets it."""

        def replacement(match: re.Match[str]) -> str:
            return match["prompt"] if match["prompt"] is not None else f"{match['indent']}...\n"

        return _SOLUTION.sub(replacement, self.marked)

    @property
    def is_stub(self) -> bool:
        """Whether students are to write it."""
        return _SOLUTION.search(self.marked) is not None


@dataclass(frozen=True)
class Reference:
    """The reference of an assignment, by its path and text."""

    path: Path
    text: str

    @classmethod
    def read(cls, path: Path) -> Reference:
        """Read the file. Raises AssignmentError where there is none, or it is not Python."""
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise AssignmentError(f"{path}: the reference cannot be read ({error.strerror})") from error
        reference = cls(path, text)
        reference._tree  # noqa: B018  parsed now, so that a fault is told here
        return reference

    @cached_property
    def _tree(self) -> ast.Module:
        try:
            return ast.parse(self.text)
        except SyntaxError as error:
            raise AssignmentError(f"{self.path}:{error.lineno}: {error.msg}") from error

    @cached_property
    def functions(self) -> Mapping[str, Function]:
        """Every function and method, in the file's order."""
        found: dict[str, Function] = {}
        for node in self._tree.body:
            if isinstance(node, ast.FunctionDef):
                found[node.name] = self._function(node, node.name)
            elif isinstance(node, ast.ClassDef):
                for item in node.body:
                    if isinstance(item, ast.FunctionDef):
                        name = f"{node.name}.{item.name}"
                        found[name] = self._function(item, name)
        return found

    @property
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
            and not (isinstance(node, ast.FunctionDef) and self.functions[node.name].is_stub)
            and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        ]
        return "\n".join(parts) + "\n"

    def load(self, text: str | None = None) -> ModuleType:
        """Run the reference, or an edited text of it, as a module of its own. Trusted code only."""
        module = ModuleType(self.path.stem)
        module.__file__ = str(self.path)
        source = self.text if text is None else text
        exec(compile(source, str(self.path), "exec", dont_inherit=True), module.__dict__)  # noqa: S102
        return module

    def edited(self, stub: str, source: str) -> str:
        """The whole text with `stub`'s function replaced by `source` (undented)."""
        function = self.function(stub)
        node = self._nodes[stub]
        lines = self.text.splitlines(keepends=True)
        start = _first_line(node) - 1
        indent = " " * node.col_offset
        new = textwrap.indent(source.rstrip("\n") + "\n", indent)
        return "".join([*lines[:start], new, *lines[start + function.marked.count("\n") :]])

    def function(self, name: str) -> Function:
        """The function of that name. Raises AssignmentError where the reference has none."""
        if name not in self.functions:
            raise AssignmentError(f"{self.path}: no function {name}; there are {', '.join(self.functions)}")
        return self.functions[name]

    @cached_property
    def _nodes(self) -> Mapping[str, ast.FunctionDef]:
        found: dict[str, ast.FunctionDef] = {}
        for node in self._tree.body:
            if isinstance(node, ast.FunctionDef):
                found[node.name] = node
            elif isinstance(node, ast.ClassDef):
                found |= {f"{node.name}.{i.name}": i for i in node.body if isinstance(i, ast.FunctionDef)}
        return found

    def _function(self, node: ast.FunctionDef, name: str) -> Function:
        for inner in ast.walk(node):
            if (
                isinstance(inner, ast.Call)
                and isinstance(inner.func, ast.Name)
                and inner.func.id == "super"
                and not inner.args
            ):
                raise AssignmentError(
                    f"{self.path}:{inner.lineno}: {name} calls super() without arguments, "
                    "which a given function cannot do; name the class instead"
                )
        return Function(name, textwrap.dedent(self._segment(node)), node.lineno)

    def _skeleton(self, node: ast.ClassDef) -> str:
        lines = self.text.splitlines(keepends=True)
        head = "".join(lines[_first_line(node) - 1 : _first_line(node.body[0]) - 1])
        kept = [
            self._segment(item)
            for item in node.body
            if not (isinstance(item, ast.FunctionDef) and self.functions[f"{node.name}.{item.name}"].is_stub)
        ]
        return head.rstrip() + "\n" + ("\n".join(kept) if kept else "    pass\n")

    def _segment(self, node: ast.stmt) -> str:
        """The node's whole lines, with decorators before it and the indented comments that end it."""
        lines = self.text.splitlines(keepends=True)
        end = node.end_lineno or node.lineno
        for index in range(end, len(lines)):
            text = lines[index].lstrip()
            if text.startswith("#") and len(lines[index]) - len(text) > node.col_offset:
                end = index + 1
            elif text.strip():
                break
        return "".join(lines[_first_line(node) - 1 : end])


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(d.lineno for d in decorators)])
