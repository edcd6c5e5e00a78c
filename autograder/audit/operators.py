"""Operators that make a wrong implementation of a right one: each takes a node of a function's tree and yields edits.

They know what goes wrong in NumPy: axes, `keepdims`, transposes, sum for mean, broadcasting, views and writing in
place, whole numbers where floats are meant; beside the classics of mutation testing: constants, comparisons,
dropped terms and statements, another variable. An edit that raises costs nothing, so operators do not ask whether
shapes fit.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeGuard

Edit = Mapping[Any, ast.AST]  # the nodes that are replaced, and what takes their place
Operator = Callable[[ast.AST, "Scope"], Iterator[Edit]]

_SWAPPED: Mapping[str, tuple[str, ...]] = {
    "sum": ("mean",),
    "mean": ("sum",),
    "max": ("min",),
    "min": ("max",),
    "maximum": ("minimum",),
    "minimum": ("maximum",),
    "argmax": ("argmin",),
    "argmin": ("argmax",),
    "any": ("all",),
    "all": ("any",),
    "zeros": ("ones",),
    "ones": ("zeros",),
    "zeros_like": ("ones_like",),
    "ones_like": ("zeros_like",),
    "log": ("log1p", "log2"),
    "exp": ("expm1",),
    "floor": ("ceil",),
    "ceil": ("floor",),
    "std": ("var",),
    "var": ("std",),
}
_UNWRAPPED = frozenset(
    "exp log log2 log1p expm1 sqrt square abs absolute sign tanh sin cos floor ceil round float int list "
    "array asarray copy reshape ravel atleast_1d atleast_2d clip sum mean max min".split()
)
_REDUCTIONS = frozenset("sum mean max min prod any all std var argmax argmin".split())
_IN_PLACE_CALLS = frozenset("maximum minimum exp log sqrt tanh abs square clip add subtract multiply divide".split())
_TWO_SIDED = frozenset("subtract divide dot matmul power".split())
_ONE_OF_TWO = frozenset("maximum minimum subtract divide add multiply dot matmul power".split())
_PURE = frozenset("range len abs float int list tuple zip enumerate max min sum".split())
_IN_PLACE: Mapping[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
}
_ARITHMETIC: Mapping[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
}
_COMPARISONS: Mapping[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq, ast.LtE, ast.GtE),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}


@dataclass(frozen=True)
class Scope:
    """The function around a node: what its names are, and which keys and attributes its neighbours use."""

    function: ast.FunctionDef
    keys: frozenset[str] = frozenset()  # strings that the reference uses to index
    methods: frozenset[str] = frozenset()  # the class's methods, which are called and hold no data
    parents: Mapping[ast.AST, ast.AST] = field(default_factory=dict)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The function's parameters without `self`."""
        names = [argument.arg for argument in (*self.function.args.args, *self.function.args.kwonlyargs)]
        return tuple(name for name in names if name not in ("self", "cls"))

    @cached_property
    def bound(self) -> Mapping[str, int]:
        """Each parameter and local variable with the line that first binds it."""
        lines = dict.fromkeys(self.parameters, 0)
        for node in ast.walk(self.function):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                lines[node.id] = min(lines.get(node.id, node.lineno), node.lineno)
        return lines

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        """The data that the function keeps in `self` or reads from it."""
        found = (node.attr for node in ast.walk(self.function) if _is_own(node) and node.attr not in self.methods)
        return tuple(dict.fromkeys(found))

    @cached_property
    def called(self) -> tuple[str, ...]:
        """The methods of `self` that the function calls."""
        found = (node.attr for node in ast.walk(self.function) if _is_own(node) and node.attr in self.methods)
        return tuple(dict.fromkeys(found))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The strings in the function's code, without those that are keys."""
        found = (node.value for node in ast.walk(self.function) if isinstance(node, ast.Constant))
        return tuple(dict.fromkeys(text for text in found if isinstance(text, str) and text not in self.keys))

    def within(self, node: ast.AST, kind: type[ast.AST] | tuple[type[ast.AST], ...]) -> ast.AST | None:
        """The nearest node of that kind around this one."""
        at = self.parents.get(node)
        while at is not None and not isinstance(at, kind):
            at = self.parents.get(at)
        return at


# --- shapes ------------------------------------------------------------------------------------------


def axis(node: ast.AST, _: Scope) -> Iterator[Edit]:
    """Another axis, or none."""
    if isinstance(node, ast.Call) and (given := _keyword(node, "axis")):
        for other in (0, 1, -1):
            yield {given: ast.keyword("axis", ast.Constant(other))}
        yield {node: _without(node, "axis")}


def keepdims(node: ast.AST, _: Scope) -> Iterator[Edit]:
    """Axes of length one dropped where they are kept, and kept where they are dropped."""
    if not isinstance(node, ast.Call):
        return
    if _keyword(node, "keepdims"):
        yield {node: _without(node, "keepdims")}
    elif _function(node) in _REDUCTIONS and isinstance(node.func, ast.Attribute):
        yield {node: _with(node, "keepdims", ast.Constant(value=True))}


def transpose(node: ast.AST, _: Scope) -> Iterator[Edit]:
    """A transpose dropped, or one too many."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield {node: node.value}
    operands: tuple[ast.expr, ...] = ()
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        operands = (node.left, node.right)
    elif isinstance(node, ast.Call) and _function(node) in ("dot", "matmul"):
        operands = tuple(node.args)
    for operand in operands:
        if not (isinstance(operand, ast.Attribute) and operand.attr == "T"):
            yield {operand: ast.Attribute(operand, "T", ast.Load())}


def shape(node: ast.AST, scope: Scope) -> Iterator[Edit]:
    """A shape turned round, or with an axis missing; what broadcasts to something else."""
    if isinstance(node, ast.Tuple) and len(node.elts) == 2 and isinstance(scope.parents.get(node), ast.Call):
        one, other = node.elts
        yield {node: _tuple(other, one)}
        yield {node: _tuple(one)}
        yield {node: _tuple(other)}


# --- numbers -----------------------------------------------------------------------------------------


def constant(node: ast.AST, scope: Scope) -> Iterator[Edit]:
    """Another number, truth value or default; a negative number is one."""
    around = scope.parents.get(node)
    if isinstance(around, ast.UnaryOp) or (isinstance(around, ast.keyword) and around.arg in ("axis", "keepdims")):
        return
    value = _value(node)
    if isinstance(value, bool):
        yield {node: ast.Constant(not value)}
    elif value is not None:
        others: tuple[float, ...] = (value + 1, value - 1, -value, 0, 2 * value)
        if value < 0 and isinstance(around, ast.Tuple):
            others = (0, -value)  # in a shape every negative number stands for what is left
        yield from ({node: _number(other)} for other in others if other != value)
    elif isinstance(node, ast.Constant) and node.value is None and isinstance(around, ast.arguments):
        yield {node: ast.Constant(1)}


def sign(node: ast.AST, scope: Scope) -> Iterator[Edit]:
    """A sign lost, or one too many."""
    in_keyword = isinstance(scope.parents.get(node), ast.keyword)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and not in_keyword:
        yield {node: node.operand}
    if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Tuple):
        yield {node.value: ast.UnaryOp(ast.USub(), node.value)}
    if isinstance(node, ast.AugAssign) and type(node.op) in (ast.Add, ast.Sub):
        turned = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        yield {node: ast.AugAssign(node.target, turned, node.value)}


def arithmetic(node: ast.AST, _: Scope) -> Iterator[Edit]:
    """Another operation."""
    if isinstance(node, ast.BinOp):
        for other in _ARITHMETIC.get(type(node.op), ()):
            yield {node: ast.BinOp(node.left, other(), node.right)}


def order(node: ast.AST, _: Scope) -> Iterator[Edit]:
    """Operands the wrong way round."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.Div | ast.MatMult | ast.Pow | ast.Mod):
        yield {node: ast.BinOp(node.right, node.op, node.left)}
    elif isinstance(node, ast.Call) and _function(node) in _TWO_SIDED and len(node.args) == 2:
        yield {node: ast.Call(node.func, node.args[::-1], node.keywords)}


def drop(node: ast.AST, _: Scope) -> Iterator[Edit]:
    """A term or a factor left out."""
    if isinstance(node, ast.BinOp):
        yield {node: node.left}
        yield {node: node.right}
    elif isinstance(node, ast.Call) and _function(node) in _ONE_OF_TWO and len(node.args) == 2:
        yield from ({node: argument} for argument in node.args)
    elif isinstance(node, ast.Call) and _function(node) == "clip" and len(node.args) == 3:
        x, low, high = node.args
        yield {node: ast.Call(_numpy("maximum"), [x, low], [])}
        yield {node: ast.Call(_numpy("minimum"), [x, high], [])}


def reduction(node: ast.AST, _: Scope) -> Iterator[Edit]:
    """Sum for mean, minimum for maximum, and their like."""
    if isinstance(node, ast.Call) and (name := _function(node)) in _SWAPPED:
        for other in _SWAPPED[name]:
            yield {node: ast.Call(_renamed(node.func, other), node.args, node.keywords)}


def unwrap(node: ast.AST, _: Scope) -> Iterator[Edit]:
    """A function left out: its argument goes on as it is."""
    if not isinstance(node, ast.Call) or _function(node) not in _UNWRAPPED:
        return
    if isinstance(node.func, ast.Attribute) and not _is_numpy(node.func):
        yield {node: node.func.value}
    elif node.args:
        yield {node: node.args[0]}


def integer(node: ast.AST, _: Scope) -> Iterator[Edit]:
    """Cut off to whole numbers."""
    makers = ("asarray", "array", "zeros", "ones", "empty")
    if isinstance(node, ast.Call) and _function(node) in makers and not _keyword(node, "dtype"):
        yield {node: _with(node, "dtype", ast.Name("int", ast.Load()))}
    values: list[ast.expr] = []
    if isinstance(node, ast.Return) and node.value is not None:
        values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript | ast.Attribute):
        values = [node.value]
    for value in values:
        if not _is_whole(value):
            array = ast.Call(_numpy("asarray"), [value], [])
            yield {value: ast.Call(ast.Attribute(array, "astype", ast.Load()), [ast.Name("int", ast.Load())], [])}


# --- conditions and places ---------------------------------------------------------------------------


def comparison(node: ast.AST, _: Scope) -> Iterator[Edit]:
    """Another comparison."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        if _is_text(node.comparators[0]):
            yield {node: ast.Compare(node.left, [ast.NotEq()], node.comparators)}
            return
        for other in _COMPARISONS.get(type(node.ops[0]), ()):
            yield {node: ast.Compare(node.left, [other()], node.comparators)}


def logic(node: ast.AST, _: Scope) -> Iterator[Edit]:
    """`and` for `or`, a condition always or never true, branches changed over."""
    if isinstance(node, ast.BoolOp):
        yield {node: ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)}
        yield from ({node: value} for value in node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield {node: node.operand}
    elif isinstance(node, ast.If | ast.While | ast.IfExp):
        yield {node.test: ast.Constant(value=True)}
        yield {node.test: ast.Constant(value=False)}
    elif isinstance(node, ast.Call) and _function(node) == "where" and len(node.args) == 3:
        condition, one, other = node.args
        yield {node: ast.Call(node.func, [condition, other, one], node.keywords)}
    if isinstance(node, ast.IfExp):
        yield {node: ast.IfExp(node.test, node.orelse, node.body)}


def off_by_one(node: ast.AST, _: Scope) -> Iterator[Edit]:
    """One further, or one less far: in ranges, indices and slices. Constants are changed elsewhere."""
    places: list[ast.expr] = []
    if isinstance(node, ast.Call) and _function(node) in ("range", "arange"):
        places = list(node.args)
        if len(node.args) == 1:
            yield {node: ast.Call(node.func, [ast.Constant(1), node.args[0]], node.keywords)}
    elif isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice | ast.Tuple):
        places = [node.slice]
    elif isinstance(node, ast.Slice):
        places = [bound for bound in (node.lower, node.upper) if bound is not None]
        for bound in places:
            lower, upper = (None if end is bound else end for end in (node.lower, node.upper))
            yield {node: ast.Slice(lower, upper, node.step)}
    for place in places:
        if not _is_literal(place):
            yield {place: ast.BinOp(place, ast.Add(), ast.Constant(1))}
            yield {place: ast.BinOp(place, ast.Sub(), ast.Constant(1))}


def loop(node: ast.AST, _: Scope) -> Iterator[Edit]:
    """A loop that leaves out its first or last turn, takes but one, or goes backwards."""
    if isinstance(node, ast.For):
        for lower, upper, step in ((1, None, None), (None, -1, None), (None, 1, None), (None, None, -1)):
            ends = [None if end is None else _number(end) for end in (lower, upper, step)]
            turns = ast.Call(ast.Name("list", ast.Load()), [node.iter], [])
            yield {node.iter: ast.Subscript(turns, ast.Slice(*ends), ast.Load())}


# --- statements and names ----------------------------------------------------------------------------


def statement(node: ast.AST, _: Scope) -> Iterator[Edit]:
    """A statement left out."""
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Return) or (
        isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)
    ):
        yield {node: ast.Pass()}


def sequence(node: ast.AST, _: Scope) -> Iterator[Edit]:
    """Two statements in the wrong order."""
    simple = ast.Assign | ast.AugAssign | ast.Expr
    body = getattr(node, "body", None)
    if isinstance(body, list):
        for one, other in pairwise(body):
            if isinstance(one, simple) and isinstance(other, simple) and not _are_independent(one, other):
                yield {one: other, other: one}


def in_place(node: ast.AST, scope: Scope) -> Iterator[Edit]:
    """A result written into one of its operands, which somebody else may still hold."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and len(node.targets) == 1:
        target, value = node.targets[0], node.value
        same = ast.unparse(target) == ast.unparse(value.left)
        if same and isinstance(target, ast.Name | ast.Attribute | ast.Subscript):
            yield {node: ast.AugAssign(target, value.op, value.right)}
    if isinstance(node, ast.BinOp) and type(node.op) in _IN_PLACE:
        call = ast.Call(_numpy(_IN_PLACE[type(node.op)]), [node.left, node.right], [])
        yield from ({node: _with(call, "out", operand)} for operand in _handed_in((node.left, node.right), scope))
    elif isinstance(node, ast.Call) and _can_write(node):
        yield from ({node: _with(node, "out", operand)} for operand in _handed_in(node.args, scope))


def copy(node: ast.AST, _: Scope) -> Iterator[Edit]:
    """A view where there was a copy."""
    if isinstance(node, ast.Call) and _function(node) == "array" and isinstance(node.func, ast.Attribute):
        yield {node: ast.Call(_renamed(node.func, "asarray"), node.args, node.keywords)}


def variable(node: ast.AST, scope: Scope) -> Iterator[Edit]:
    """Another variable that has a value by then."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in scope.bound:
        for name, line in scope.bound.items():
            if name != node.id and line < node.lineno:
                yield {node: ast.Name(name, ast.Load())}


def attribute(node: ast.AST, scope: Scope) -> Iterator[Edit]:
    """Another attribute, or another method, of `self`."""
    if _is_own(node):
        names = scope.called if node.attr in scope.methods else scope.attributes
        for name in names:
            if name != node.attr:
                yield {node: ast.Attribute(node.value, name, node.ctx)}


def key(node: ast.AST, scope: Scope) -> Iterator[Edit]:
    """Another entry of a dictionary, such as what went in for what came out; another word."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if isinstance(scope.parents.get(node), ast.Expr):
            return
        others: Iterable[str] = sorted(scope.keys) if node.value in scope.keys else scope.texts
        yield from ({node: ast.Constant(other)} for other in others if other != node.value)


def returned(node: ast.AST, scope: Scope) -> Iterator[Edit]:
    """Another value returned: a parameter, a local variable, two in the wrong order."""
    if not isinstance(node, ast.Return) or node.value is None:
        return
    if isinstance(node.value, ast.Tuple):
        elements = node.value.elts
        for at in range(len(elements) - 1):
            swapped = [*elements[:at], elements[at + 1], elements[at], *elements[at + 2 :]]
            yield {node.value: ast.Tuple(swapped, ast.Load())}
    elif not isinstance(node.value, ast.Name):
        for name, line in scope.bound.items():
            if line < node.lineno:
                yield {node.value: ast.Name(name, ast.Load())}


OPERATORS: tuple[Operator, ...] = (
    axis,
    keepdims,
    transpose,
    shape,
    constant,
    sign,
    arithmetic,
    order,
    drop,
    reduction,
    unwrap,
    integer,
    comparison,
    logic,
    off_by_one,
    loop,
    statement,
    sequence,
    in_place,
    copy,
    variable,
    attribute,
    key,
    returned,
)


# --- nodes -------------------------------------------------------------------------------------------


def _function(call: ast.Call) -> str:
    """The last part of the called function's name."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _is_numpy(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "np"


def _numpy(name: str) -> ast.Attribute:
    return ast.Attribute(ast.Name("np", ast.Load()), name, ast.Load())


def _renamed(function: ast.expr, name: str) -> ast.expr:
    if isinstance(function, ast.Attribute):
        return ast.Attribute(function.value, name, ast.Load())
    return ast.Name(name, ast.Load())


def _keyword(call: ast.Call, name: str) -> ast.keyword | None:
    return next((item for item in call.keywords if item.arg == name), None)


def _without(call: ast.Call, name: str) -> ast.Call:
    return ast.Call(call.func, call.args, [item for item in call.keywords if item.arg != name])


def _with(call: ast.Call, name: str, value: ast.expr) -> ast.Call:
    return ast.Call(call.func, call.args, [*call.keywords, ast.keyword(name, value)])


def _can_write(call: ast.Call) -> bool:
    return _function(call) in _IN_PLACE_CALLS and _is_numpy(call.func) and not _keyword(call, "out")


def _handed_in(operands: Iterable[ast.expr], scope: Scope) -> Iterator[ast.Name]:
    for operand in operands:
        if isinstance(operand, ast.Name) and operand.id in scope.parameters:
            yield operand


def _is_own(node: ast.AST) -> TypeGuard[ast.Attribute]:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"


def _value(node: ast.AST) -> bool | float | None:
    """The number that is written there, with its sign, or None."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        value = _value(node.operand)
        return None if value is None else -value
    if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float):
        return node.value
    return None


def _is_literal(node: ast.expr) -> bool:
    return isinstance(node.operand if isinstance(node, ast.UnaryOp) else node, ast.Constant)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_whole(node: ast.expr) -> bool:
    """Whether it is a whole number, whatever branch is taken."""
    if isinstance(node, ast.IfExp):
        return _is_whole(node.body) and _is_whole(node.orelse)
    return isinstance(node, ast.Constant) and not isinstance(node.value, float)


def _are_independent(one: ast.stmt, other: ast.stmt) -> bool:
    """Whether two statements plainly do the same in either order: neither binds what the other names."""
    if _calls_out(one) and _calls_out(other):
        return False
    return not (_meet(_bound(one), _named(other)) or _meet(_bound(other), _named(one)))


def _calls_out(statement: ast.stmt) -> bool:
    """Whether it calls what may have effects: anything but NumPy and Python's own functions."""
    calls = (node for node in ast.walk(statement) if isinstance(node, ast.Call))
    return any(not _is_numpy(call.func) and _function(call) not in _PURE for call in calls)


def _bound(statement: ast.stmt) -> set[str]:
    places = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return {ast.unparse(part) for place in places if place is not None for part in _parts(place)}


def _parts(place: ast.expr) -> list[ast.expr]:
    return place.elts if isinstance(place, ast.Tuple) else [place]


def _named(statement: ast.stmt) -> set[str]:
    kinds = ast.Name | ast.Attribute | ast.Subscript
    return {ast.unparse(node) for node in ast.walk(statement) if isinstance(node, kinds)} - {"self", "np"}


def _meet(bound: set[str], named: set[str]) -> bool:
    return any(_reaches(one, other) or _reaches(other, one) for one in bound for other in named)


def _reaches(one: str, other: str) -> bool:
    """Whether the second place is the first or within it: `layer['w']` is within `layer`."""
    return one == other or other.startswith((f"{one}[", f"{one}."))


def _number(value: float) -> ast.expr:
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))


def _tuple(*elements: ast.expr) -> ast.Tuple:
    return ast.Tuple(list(elements), ast.Load())
