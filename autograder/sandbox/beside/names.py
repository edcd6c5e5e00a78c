"""What a statement binds, changes and needs, read from its compiled code, so that locals do not count."""

import ast
import dis
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType

_EXTENDED = dis.opmap["EXTENDED_ARG"]
_ATTRIBUTE_SHIFT = 1 if sys.version_info >= (3, 12) else 0
# opcode -> what it does with a name, and how far its argument is shifted to make room for flags
_NAMED = {
    "LOAD_NAME": ("loads", 0),
    "LOAD_GLOBAL": ("loads", 1),
    "LOAD_FROM_DICT_OR_GLOBALS": ("loads", 0),
    "STORE_NAME": ("stores", 0),
    "STORE_GLOBAL": ("stores_global", 0),
    "STORE_ATTR": ("sets", 0),
    "LOAD_ATTR": ("attributes", _ATTRIBUTE_SHIFT),
    "LOAD_METHOD": ("attributes", 0),
    "LOAD_SUPER_ATTR": ("attributes", 2),
}
_OPCODES = {dis.opmap[name]: action for name, action in _NAMED.items() if name in dis.opmap}
_WANTED = re.compile(b"[%s]" % re.escape(bytes([_EXTENDED, *_OPCODES])))
_SETTERS = {"setattr", "delattr"}
_FILLERS = {"shuffle", "copyto", "put", "place", "putmask", "fill_diagonal"}  # they change an argument


@dataclass(slots=True)
class Uses:
    """The names that code uses: globals that it reads and writes, and attributes, strings that may be such too.

    `sets` are the attributes that it sets, of whatever object.
    """

    loads: set[str] = field(default_factory=set)
    stores: set[str] = field(default_factory=set)
    stores_global: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    sets: set[str] = field(default_factory=set)

    def add(self, other: "Uses") -> None:
        """Take in what other code uses."""
        self.loads |= other.loads
        self.stores |= other.stores
        self.stores_global |= other.stores_global
        self.attributes |= other.attributes
        self.sets |= other.sets


@dataclass(slots=True)
class Changes:
    """What a statement may change without binding it: `a` of `a.b = 1`, `a` of `a.add()`, what `f` of `f(x)` writes.

    `calls` are those of functions by their names, with what they are handed.
    """

    targets: set[str] = field(default_factory=set)
    receivers: set[str] = field(default_factory=set)
    calls: list[ast.Call] = field(default_factory=list)

    @property
    def written(self) -> set[str]:
        """The names at the roots of what is changed: items, attributes, the receivers of calls."""
        return self.targets | self.receivers

    @property
    def callees(self) -> set[str]:
        """The names of the functions that are called."""
        return {call.func.id for call in self.calls if isinstance(call.func, ast.Name)}


@dataclass(slots=True)
class Names:
    """What one statement has to do with the names of the notebook.

    `now` is used when the statement runs; `later` when a function that it defines is called; `methods` when
    one of its class's methods is.
    """

    binds: set[str]
    changes: Changes
    now: Uses
    later: Uses
    methods: dict[str, Uses]

    @property
    def all(self) -> Iterator[Uses]:
        """When it runs, and in functions and methods, whether they are needed or not."""
        yield from (self.now, self.later, *self.methods.values())


def names_of(node: ast.stmt, code: CodeType) -> Names:
    """The names of a statement and its compiled code."""
    now, later = uses(code), Uses()
    methods: dict[str, Uses] = {}
    is_def = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    for inner in _nested(code):
        if isinstance(node, ast.ClassDef) and inner.co_name == node.name:
            now.add(_class_body(inner, methods))
        elif is_def or not inner.co_name.startswith("<"):
            later.add(all_uses(inner))
        else:
            now.add(all_uses(inner))
    binds = {node.name} if isinstance(node, ast.ClassDef) else now.stores | now.stores_global
    return Names(binds, _changes(node), now, later, methods)


def uses(code: CodeType) -> Uses:
    """The names that one code object uses itself."""
    found = Uses()
    raw, above, behind = code.co_code, 0, -1
    opcodes, arguments, names = raw[::2], raw[1::2], code.co_names
    for match in _WANTED.finditer(opcodes):
        place = match.start()
        argument = arguments[place] | (above if place == behind else 0)
        action = _OPCODES.get(opcodes[place])
        if action:
            getattr(found, action[0]).add(names[argument >> action[1]])
        else:
            above, behind = argument << 8, place + 1  # for the next one's argument
    found.attributes |= {item for item in code.co_consts if type(item) is str and item.isidentifier()}
    return found


def all_uses(code: CodeType) -> Uses:
    """The names that a code object and all code inside it use."""
    found = uses(code)
    for inner in _nested(code):
        found.add(all_uses(inner))
    return found


def _nested(code: CodeType) -> Iterator[CodeType]:
    return (item for item in code.co_consts if isinstance(item, CodeType))


def _class_body(code: CodeType, methods: dict[str, Uses]) -> Uses:
    """What runs when the class is made; its methods are put into `methods`."""
    now = uses(code)
    for inner in _nested(code):
        if inner.co_name.startswith("<"):
            now.add(all_uses(inner))
        else:
            methods.setdefault(inner.co_name, Uses()).add(all_uses(inner))
    return now


def _changes(node: ast.stmt) -> Changes:
    found = Changes()
    for item in _outside_functions(node):
        if isinstance(item, ast.Attribute | ast.Subscript) and isinstance(item.ctx, ast.Store):
            found.targets |= _root(item)
        elif isinstance(item, ast.Expr) and isinstance(item.value, ast.Call):
            _changes_of_call(item.value, found)
    return found


def _changes_of_call(call: ast.Call, found: Changes) -> None:
    called, first = call.func, call.args[:1]
    if isinstance(called, ast.Attribute):
        found.receivers |= _root(called.value)
        if called.attr in _FILLERS and first:
            found.targets |= _root(first[0])
    elif isinstance(called, ast.Name):
        found.calls.append(call)
        if called.id in _SETTERS and first:
            found.targets |= _root(first[0])


def handed(call: ast.Call, parameters: list[str]) -> Iterator[tuple[str, set[str]]]:
    """Each parameter of a call that is filled, with the name at the root of what it is handed."""
    plain = [item for item in call.args if not isinstance(item, ast.Starred)]
    if len(plain) == len(call.args):
        yield from ((name, _root(item)) for name, item in zip(parameters, plain, strict=False))
    yield from ((item.arg, _root(item.value)) for item in call.keywords if item.arg)


def walk(node: ast.AST) -> list[ast.AST]:
    """The node and all in it, as `ast.walk` has them, but as a list and without the contexts of names."""
    found = [node]
    for item in found:  # which grows meanwhile
        for name in item._fields:
            value = getattr(item, name, None)
            if value.__class__ is list:
                found += [part for part in value if isinstance(part, ast.AST)]
            elif isinstance(value, ast.AST) and value._fields:
                found.append(value)
    return found


def changes_within(node: ast.AST) -> Changes:
    """What a function's body changes, its locals included."""
    found = Changes()
    for item in walk(node):
        if isinstance(item, ast.Attribute | ast.Subscript) and isinstance(item.ctx, ast.Store):
            found.targets |= _root(item)
        elif isinstance(item, ast.Expr) and isinstance(item.value, ast.Call):
            _changes_of_call(item.value, found)
    return found


def _root(node: ast.expr) -> set[str]:
    """The name at the root of `a.b[c].d`."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all in it, bodies of functions and classes left out."""
    waiting = [node]
    while waiting:
        item = waiting.pop()
        yield item
        if not isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(item))
