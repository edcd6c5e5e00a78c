"""Where a statement of a module says a name and means the module's global: no local, no parameter, no member."""

import ast
from collections.abc import Container, Iterator
from dataclasses import dataclass

_COMPREHENSION = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SCOPE = (*_FUNCTION, *_COMPREHENSION, ast.ClassDef)


@dataclass(slots=True)
class Place:
    """One mention of a name: an attribute of a node, or an item of the list that a `global` holds."""

    node: ast.AST
    field: str
    name: str
    item: int = -1

    def write(self, name: str) -> None:
        """Put another name there. What is imported by one name is bound to another."""
        if self.item >= 0:
            getattr(self.node, self.field)[self.item] = name
        elif isinstance(self.node, ast.alias):
            self.node.asname = None if name == self.node.name else name
        else:
            setattr(self.node, self.field, name)


def places(node: ast.stmt, names: Container[str]) -> list[Place]:
    """Where these names stand for the module's globals, in a statement of the module."""
    found: list[Place] = []
    waiting: list[tuple[ast.AST, frozenset[str], frozenset[str]]] = [(node, frozenset(), frozenset())]
    while waiting:
        item, local, member = waiting.pop()
        hidden = local | member
        declared = isinstance(item, ast.Global)  # here it is the global, whatever a function around has
        found += [place for place in _mentions(item) if place.name in names and (declared or place.name not in hidden)]
        if isinstance(item, _SCOPE):
            outer, inner = _parts(item)
            waiting += [(child, local, member) for child in outer]
            own, declared_global = _bound(item, inner)
            if isinstance(item, ast.ClassDef):
                waiting += [(child, local - declared_global, own - declared_global) for child in inner]
            else:
                waiting += [(child, (local | own) - declared_global, frozenset()) for child in inner]
        else:
            waiting += [(child, local, member) for child in ast.iter_child_nodes(item)]
    return found


def _mentions(node: ast.AST) -> Iterator[Place]:
    """The names that a node itself says, in the scope that it stands in."""
    match node:
        case ast.Name():
            yield Place(node, "id", node.id)
        case ast.Global():
            yield from (Place(node, "names", name, item) for item, name in enumerate(node.names))
        case ast.alias():
            yield Place(node, "asname", node.asname or node.name)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield Place(node, "name", node.name)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield Place(node, "name", name)
        case ast.MatchMapping(rest=str(name)):
            yield Place(node, "rest", name)


def _parts(node: ast.AST) -> tuple[list[ast.AST], list[ast.AST]]:
    """What of a scope belongs to the scope around it, and what to itself."""
    if isinstance(node, _COMPREHENSION):
        first = node.generators[0]
        inner: list[ast.AST] = [child for child in ast.iter_child_nodes(node) if child is not first]
        return [first.iter], [*inner, first.target, *first.ifs]
    inner = node.body if isinstance(node.body, list) else [node.body]  # type: ignore[attr-defined]
    inner = [*inner, *getattr(node, "type_params", [])]
    within = {id(child) for child in inner}
    return [child for child in ast.iter_child_nodes(node) if id(child) not in within], inner


def _bound(scope: ast.AST, inner: list[ast.AST]) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a scope binds for itself, and those that it declares to be global."""
    found: set[str] = set()
    declared: set[str] = set()
    elsewhere: set[str] = set()
    if isinstance(scope, _FUNCTION):
        found |= {item.arg for item in ast.walk(scope.args) if isinstance(item, ast.arg)}
    waiting = list(inner)
    while waiting:
        item = waiting.pop()
        match item:
            case ast.Global():
                declared |= set(item.names)
                continue
            case ast.Nonlocal():
                elsewhere |= set(item.names)
            case ast.NamedExpr() if isinstance(scope, _COMPREHENSION):
                waiting.append(item.value)  # the name is that of the scope around
                continue
            case ast.Name(ctx=ast.Load()):
                continue
            case ast.alias():
                found.add((item.asname or item.name).partition(".")[0])
            case _ if type(item).__name__ in {"TypeVar", "ParamSpec", "TypeVarTuple"}:  # of 3.12
                found.add(item.name)  # type: ignore[attr-defined]
        found |= {place.name for place in _mentions(item)}
        if not isinstance(item, _SCOPE):
            waiting += ast.iter_child_nodes(item)
            continue
        waiting += _parts(item)[0]
        if isinstance(item, _COMPREHENSION) and not isinstance(scope, _COMPREHENSION):
            named = (one.target.id for one in ast.walk(item) if isinstance(one, ast.NamedExpr))
            found |= set(named)
    return frozenset(found - elsewhere), frozenset(declared)
