"""Definitions that stand above what they need, as in a notebook saved out of order: run once more after all cells.

What a later statement has bound by then is left as it is: a notebook that is run from top to bottom would have it so.
"""

import ast
from collections.abc import Iterator
from contextlib import suppress
from types import FunctionType
from typing import Any

from .bindings import ABSENT, Bindings, attribute
from .steps import Step

_METHODS = (FunctionType, staticmethod, classmethod, property)


class Later:
    """The steps that wait for a name, and what the others have bound."""

    def __init__(self, steps: list[Step], bindings: Bindings) -> None:
        self.bindings = bindings
        self.waiting: list[Step] = []
        self._classes = [step for step in steps if isinstance(step.node, ast.ClassDef)]
        self._bound: dict[str, tuple[int, int]] = {}  # name -> the last step that bound it
        self._settled: dict[str, Any] = {}  # the classes as they were when all cells had run

    def ran(self, step: Step) -> None:
        """A step was run to its end."""
        for name in step.names.binds:
            self._bound[name] = max(step.place, self._bound.get(name, step.place))

    def failed(self, step: Step, error: BaseException) -> None:
        """A step raised; it waits where a name was missing and it only defines something."""
        if issubclass(type(error), NameError) and (
            step.is_definition or isinstance(step.node, ast.Assign | ast.AnnAssign)
        ):
            self.waiting.append(step)

    def is_early(self, step: Step) -> bool:
        """Whether it is a `class MLP(MLP)` and the class itself begins further down, or waits."""
        if not extends_itself(step.node) or self.bindings.begun(_name(step)):
            return False
        return any(
            _name(other) == _name(step)
            and not extends_itself(other.node)
            and (other.place > step.place or other in self.waiting)
            for other in self._classes
        )

    def rounds(self) -> Iterator[tuple[list[Step], bool]]:
        """The steps to try once more, until none of them comes any further; and whether it is the last attempt."""
        for name in {_name(step) for step in self.waiting}:
            if self.bindings.begun(name):
                self._settled[name] = self.bindings.space[name]
        last = False
        while self.waiting:
            tried = [step for step in self.waiting if not self._is_settled(step)]
            self.waiting = []
            yield tried, last
            if len(self.waiting) == len(tried):
                if last:
                    return
                last = True

    def give_way(self, step: Step) -> None:
        """Take out of a class that was extended too early the methods that it had got further down."""
        made, settled = self.bindings.space.get(_name(step)), self._settled.get(_name(step))
        if settled is None or not extends_itself(step.node) or not isinstance(made, type):
            return
        for name, value in list(type.__dict__["__dict__"].__get__(made).items()):
            if type(value) in _METHODS and attribute(settled, name) is not ABSENT:
                with suppress(TypeError, AttributeError):  # a class that is no ordinary one keeps what it has
                    type.__delattr__(made, name)

    def _is_settled(self, step: Step) -> bool:
        """Whether what it would bind has been bound further down."""
        if extends_itself(step.node):
            return False
        if any(self._bound.get(name, step.place) > step.place for name in step.names.binds):
            return True
        targets = step.node.targets if isinstance(step.node, ast.Assign) else []
        return any(ast.unparse(target) in self.bindings.own for target in targets if isinstance(target, ast.Attribute))


def extends_itself(node: ast.stmt) -> bool:
    """Whether it is a `class MLP(MLP)`."""
    if not isinstance(node, ast.ClassDef):
        return False
    return any(isinstance(base, ast.Name) and base.id == node.name for base in node.bases)


def _name(step: Step) -> str:
    return str(getattr(step.node, "name", ""))
