"""Statements that are not run and may yet change what the stubs use: `_ = STEPS.append(f)`, `exec(text)`.

Statements are chosen by their form, and there are more ways to change a list than forms. What is found here is told;
that costs a second attempt where marks are missing, and nothing else. So it may be wrong, but not about what notebooks
are full of: printing, plotting, calling the functions that they define, training.
"""

import ast
from collections.abc import Iterable, Iterator

from .choice import BUILT_IN, Chosen, filled_by
from .names import Uses, walk
from .steps import Step
from .template import Function
from .writers import Held, Routine, writers

_ANYTHING = {"exec", "eval", "globals", "locals"}
_LOOKING = {"print", "display", "len", "repr", "str", "type", "isinstance", "sorted", "sum", "min", "max", "abs", "id"}
_LOOKING |= {"range", "zip", "enumerate", "list", "tuple", "set", "dict", "float", "int", "bool", "all", "any", "round"}
_DRAWING = {"plt", "sns", "fig", "pyplot", "pd"}
_UNCHANGING = {"default_rng", "RandomState", "Random", "vectorize", "partial", "frompyfunc", "frozenset", "str"}
_UNCHANGING |= {"int", "float", "bool", "len", "range", "sum", "min", "max", "abs", "round", "float32", "float64"}
_NEW = {"sum", "mean", "std", "var", "min", "max", "argmax", "argmin", "argsort", "copy", "astype", "tolist", "item"}
_NEW |= {"dot", "round", "any", "all", "keys", "index", "count", "nonzero", "cumsum", "prod", "norm", "describe"}
_SAME = {"items", "values", "get", "setdefault", "reshape", "ravel", "view", "transpose", "squeeze", "asarray", "diag"}
_SAME |= {"atleast_1d", "atleast_2d", "broadcast_to", "swapaxes", "expand_dims", "flat", "head", "tail", "nditer"}
_FILLING = {"shuffle", "copyto", "put", "place", "putmask", "fill_diagonal", "at", "put_along_axis", "resize"}
_OPERATION = (ast.BinOp, ast.Compare, ast.UnaryOp, ast.FormattedValue)


def doubtful(steps: list[Step], choice: Chosen, stubs: Iterable[str]) -> dict[tuple[int, int], str]:
    """The places of those that are left out and may change a datum that the stubs use; and which datum."""
    owners = {stub.partition(".")[0] for stub in stubs}
    left_out = [
        step for step in steps if step.place not in choice.places and not step.is_import and not step.is_definition
    ]
    if not left_out:
        return {}
    parts = {step.place: walk(step.node) for step in steps if not step.is_definition and not step.is_import}
    pairs = [pair for items in parts.values() for pair in _other_names(items)]
    data = _data(steps, choice, owners, pairs)
    looking, held = _Looking(steps, choice), Held(steps, choice, pairs)

    def changed(routine: Routine) -> str:
        name = looking.changed(routine.node, data & routine.uses.loads)
        return name or held.written(walk(routine.node), routine.uses, routine)

    made = writers(steps, stubs, choice.needed, changed)
    looking.operators = made.operators
    found: dict[tuple[int, int], str] = {}
    for step in left_out:
        uses = Uses()
        for part in step.names.all:
            uses.add(part)
        name = min(step.names.now.loads & _ANYTHING, default="")
        name = name or looking.changed(step.node, data & (uses.loads | step.names.binds))
        name = name or min(uses.stores_global & choice.needed, default="")
        name = name or min(step.names.binds & choice.needed & BUILT_IN, default="")
        name = name or made.mentioned(uses) or held.written(parts[step.place], uses)
        if name:
            found[step.place] = name
    return found


def _data(steps: list[Step], choice: Chosen, owners: set[str], pairs: list[tuple[str, str]]) -> set[str]:
    """The names of what the stubs use that is no function, class or module, and of its parts and other names."""
    defined = {name for step in steps if step.is_import or step.is_definition for name in step.names.binds}
    imported = {name for step in steps if step.is_import for name in step.names.binds}
    setting = [step for step in steps if step.place in choice.places and not step.is_import and not step.is_definition]
    setting = [step for step in setting if not _stays(step.node)]
    if not setting:
        return set()
    closures = {name for step in steps if _has_nonlocal(step.node) for name in step.names.binds}
    built_in = BUILT_IN - {name for step in steps for name in step.names.binds}
    found: set[str] = set()
    for step in setting:
        shared = step.names.now.loads & closures  # `set_eps, get_eps = make()`: one changes what the other reads
        found |= step.names.binds & (step.names.binds if shared else choice.needed) - owners - defined
    while True:
        size = len(found)
        for name, root in pairs:
            if {name, root} & found:
                found |= {name, root} - owners - imported - built_in
        if size == len(found):
            return found


def _has_nonlocal(node: ast.stmt) -> bool:
    return isinstance(node, Function) and any(isinstance(item, ast.Nonlocal) for item in walk(node))


def _stays(node: ast.stmt) -> bool:
    """Whether a statement binds its name to what nothing changes: a number, a text, a function."""
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    if isinstance(value, ast.Call):
        return getattr(value.func, "attr", getattr(value.func, "id", "")) in _UNCHANGING
    return isinstance(value, ast.Lambda) or (value is not None and _is_number(value))


def _is_number(value: ast.expr) -> bool:
    allowed = (ast.Constant, ast.Tuple, ast.UnaryOp, ast.BinOp, ast.unaryop, ast.operator, ast.expr_context)
    return all(isinstance(item, allowed) for item in walk(value))


def _other_names(items: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """`a` and `b` of each `a = b`, `a = b.c`, `a = b[0]`, `for a in b`, and of `a = {"add": b.append}`."""
    for item in items:
        if isinstance(item, ast.Assign):
            pairs = [(target, item.value) for target in item.targets]
        elif isinstance(item, ast.AnnAssign | ast.NamedExpr) and item.value is not None:
            pairs = [(item.target, item.value)]
        elif isinstance(item, ast.For | ast.comprehension):
            pairs = [(item.target, item.iter)]
        else:
            continue
        for target, value in pairs:
            methods = value.values if isinstance(value, ast.Dict) else getattr(value, "elts", [])
            held = [_root(part) for part in methods if isinstance(part, ast.Attribute)]
            roots = [root for root in (_root(value), *held) if root]
            for part in target.elts if isinstance(target, ast.Tuple) else [target]:
                if isinstance(part, ast.Name):
                    yield from ((part.id, root) for root in roots)


def _root(node: ast.expr) -> str:
    """`a` of `a.b[c].d` and `a.items()`, or nothing."""
    while isinstance(node, ast.Attribute | ast.Subscript) or _is_the_same(node):
        node = node.func.value if isinstance(node, ast.Call) else node.value  # type: ignore[attr-defined]
    return node.id if isinstance(node, ast.Name) else ""


def _is_the_same(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _SAME


class _Looking:
    """Tells looking at a datum from what may change it."""

    def __init__(self, steps: list[Step], choice: Chosen) -> None:
        self.fillers = choice.fillers
        self.classes = {step.node.name for step in steps if isinstance(step.node, ast.ClassDef)}
        self.numpy = {name for step in steps if step.imported == "numpy" for name in step.names.binds}
        self.methods = {name for step in steps for name in step.names.methods}
        self.operators = False  # whether `a << b` may change something

    def changed(self, node: ast.stmt, data: set[str]) -> str:
        """A datum that a statement may change, or nothing."""
        if not data:
            return ""
        waiting: list[tuple[ast.AST, bool]] = [(node, True)]  # and whether it is only looked at where it stands
        while waiting:
            item, looked_at = waiting.pop()
            match item:
                case ast.Name(id=name, ctx=ast.Load()) if name in data and not looked_at:
                    return name
                case ast.AugAssign(target=ast.Name(id=name)) if name in data:
                    return name
                case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
                    waiting.append((item.value, False))
                    waiting += [(item.slice, True)] if isinstance(item, ast.Subscript) else []
                case ast.Call():
                    waiting += self._of_call(item, looked_at)
                case ast.Attribute() | ast.Starred():
                    waiting.append((item.value, looked_at))
                case ast.Subscript():
                    waiting += [(item.value, looked_at), (item.slice, True)]
                case ast.keyword(value=value):
                    waiting.append((value, looked_at))
                case ast.BinOp() | ast.Compare() | ast.UnaryOp() if self.operators:
                    waiting += [(child, False) for child in ast.iter_child_nodes(item)]
                case ast.expr() if not isinstance(item, _OPERATION):  # a list of data, say, for what is done with it
                    waiting += [(child, looked_at) for child in ast.iter_child_nodes(item)]
                case _:
                    waiting += [(child, True) for child in ast.iter_child_nodes(item)]
        return ""

    def _of_call(self, call: ast.Call, looked_at: bool) -> Iterator[tuple[ast.AST, bool]]:
        called = call.func
        looks = False
        if isinstance(called, ast.Attribute):
            root, fills = _root(called), any(item.arg == "out" for item in call.keywords)
            kept = not fills and (called.attr in _NEW or (called.attr in _SAME and looked_at))
            yield called.value, kept
            looks = kept or root in _DRAWING or root.startswith("ax") or called.attr in self.methods
            if root in self.numpy and not looks and called.attr not in _SAME:
                handed = [ast.dump(item) for item in call.args if _root(item)]
                looks = not fills and called.attr not in _FILLING and len(handed) == len(set(handed))
        elif isinstance(called, ast.Name):
            yield called, False  # `add` of `add = STEPS.append`
            looks = called.id in _LOOKING | self.classes or called.id in self.fillers
            yield from ((ast.Name(name, ast.Load()), False) for name in filled_by(call, self.fillers))
        else:
            yield called, False
        yield from ((item, looks) for item in (*call.args, *call.keywords))
