"""Which names mean the module's globals: as Python's own symbol tables have it."""

import argparse
import ast
import collections
import dataclasses
import enum
import inspect
import symtable
import textwrap
import typing

import pytest

from autograder.sandbox.beside.scopes import places

ODD = """
def f(a, *b, c=a, **d):
    global g
    g = [a for a in b if (h := a)]
    def inner(): nonlocal h; h = g; return i
    class K(a): a = a; g = g; m = [a for _ in a]
    try: pass
    except E as e: return lambda e=e: (e, o)
    match a:
        case {"k": p, **q}: return p, q, r
        case [s, *t]: return s, t
        case M(u) as v: return u, v
    with w as (x, y): del x
    import n.o, n.p as z
    return n, z, {j: k for j, k in l}, k
class C:
    x = x
    global y
    y = 1
    def m(self, q: x = x) -> y: return x, y, self
    z = [w for w in x if x]
[(walrus := v) for v in outer]
for i in range(3): async_ = i
"""


def as_python_has_it(statement):
    """The names that some scope of a statement takes from the module, or gives to it."""
    waiting, found = [symtable.symtable(statement, "x", "exec")], set()
    while waiting:
        table = waiting.pop()
        top = table.get_type() == "module"
        found |= {s.get_name() for s in table.get_symbols() if top or s.is_global()}
        waiting += table.get_children()
    return found


class Everything:
    """Holds every name."""

    def __contains__(self, name):
        return True


@pytest.mark.parametrize(
    "source",
    [ODD, *(inspect.getsource(module) for module in (argparse, ast, collections, dataclasses, enum, textwrap, typing))],
    ids=["odd", "argparse", "ast", "collections", "dataclasses", "enum", "textwrap", "typing"],
)
def test_globals_are_those_of_the_symbol_table(source):
    """Statement by statement the names that are found are those that Python's compiler finds."""
    for node in ast.parse(source).body:
        statement = ast.unparse(node)
        found = {place.name for place in places(ast.parse(statement).body[0], Everything()) if place.name != "*"}
        wanted = {name for name in as_python_has_it(statement) if not name.startswith(".")}
        assert {name.partition(".")[0] for name in found} == wanted, statement


def test_every_mention_is_found_and_written():
    """A name is put in place of another wherever it means the global, and put back."""
    source = "def f(b=a):\n    global a\n    a = a.a(a=b)\n    def g(): return a\n    return lambda a: a"
    node = ast.parse(source).body[0]
    found = places(node, {"a"})
    for place in found:
        place.write("new")
    assert ast.unparse(node) == (
        "def f(b=new):\n    global new\n    new = new.a(a=b)\n\n"
        "    def g():\n        return new\n    return lambda a: a"
    )
    for place in found:
        place.write(place.name)
    assert ast.unparse(node) == ast.unparse(ast.parse(source))
