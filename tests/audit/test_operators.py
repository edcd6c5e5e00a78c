"""Operators: what each makes of a right function."""

import ast

import pytest

from autograder.audit import operators
from autograder.audit.mutants import mutants_of
from autograder.reference import Reference


def changes(tmp_path, body, parameters="x", before=""):
    """Every change of a stub with that body, as (operator, what becomes of the statement)."""
    lines = [f"    {line}" for line in body.splitlines()]
    text = "\n".join(
        [
            "import numpy as np",
            before,
            f"def f({parameters}):",
            "    # BEGIN SOLUTION",
            *lines,
            "    # END SOLUTION",
            "",
        ]
    )
    return {(mutant.operator, mutant.mutated) for mutant in mutants_of(Reference(tmp_path / "f.py", text))}


CASES = [
    ("axis", "return np.sum(x, axis=1)", "return np.sum(x, axis=0)"),
    ("axis", "return np.sum(x, axis=1)", "return np.sum(x)"),
    ("keepdims", "return np.sum(x, axis=1, keepdims=True)", "return np.sum(x, axis=1)"),
    ("keepdims", "return x.sum(axis=1)", "return x.sum(axis=1, keepdims=True)"),
    ("transpose", "return x.T @ x", "return x @ x"),
    ("transpose", "return x.T @ x", "return x.T @ x.T"),
    ("shape", "return np.zeros((1, len(x)))", "return np.zeros((len(x), 1))"),
    ("shape", "return np.zeros((1, len(x)))", "return np.zeros((len(x),))"),
    ("reduction", "return np.sum(x)", "return np.mean(x)"),
    ("reduction", "return np.maximum(x, 3)", "return np.minimum(x, 3)"),
    ("unwrap", "return 2 - np.exp(x)", "return 2 - x"),
    ("order", "return x - 2", "return 2 - x"),
    ("order", "return np.divide(x, 2)", "return np.divide(2, x)"),
    ("arithmetic", "return x * 2", "return x / 2"),
    ("drop", "return x @ x + 2", "return x @ x"),
    ("drop", "return np.clip(x, 0, 1)", "return np.maximum(x, 0)"),
    ("sign", "return -np.tanh(x)", "return np.tanh(x)"),
    ("sign", "return np.tanh(x)", "return -np.tanh(x)"),
    ("constant", "return 1 - x", "return 2 - x"),
    ("constant", "return x[-1]", "return x[0]"),
    ("comparison", "return x > 3", "return x >= 3"),
    ("comparison", "return x == 3", "return x >= 3"),
    ("logic", "return x and 2", "return x or 2"),
    ("logic", "return np.where(x > 3, 1, 2)", "return np.where(x > 3, 2, 1)"),
    ("statement", "x = np.tanh(x)\nreturn x", "pass"),
    ("sequence", "x = np.tanh(x)\ny = x + 1\nreturn y", "y = x + 1; x = np.tanh(x)"),
    ("in_place", "x = x - 1\nreturn x", "x -= 1"),
    ("in_place", "return np.maximum(x, 0)", "return np.maximum(x, 0, out=x)"),
    ("in_place", "return x * 3", "return np.multiply(x, 3, out=x)"),
    ("copy", "return np.array(x)", "return np.asarray(x)"),
    ("integer", "return np.tanh(x)", "return np.asarray(np.tanh(x)).astype(int)"),
    ("integer", "return np.zeros(len(x))", "return np.zeros(len(x), dtype=int)"),
    ("off_by_one", "return [x[i] for i in range(len(x))]", "return [x[i] for i in range(len(x) - 1)]"),
    ("off_by_one", "n = len(x)\nreturn x[:n]", "return x[:n + 1]"),
    ("loop", "for i in range(3):\n    x = x + i\nreturn x", "for i in list(range(3))[1:]:"),
    ("variable", "y = np.tanh(x)\nreturn 1 - y", "return 1 - x"),
    ("returned", "y = np.tanh(x)\nreturn 1 - y", "return y"),
    ("returned", "y = np.tanh(x)\nreturn (x, y)", "return (y, x)"),
    ("key", "z = {'o': x, 'a': 1}\nreturn z['a']", "return z['o']"),
]


@pytest.mark.parametrize(("operator", "body", "wanted"), CASES)
def test_what_it_makes(tmp_path, operator, body, wanted):
    """Each operator makes the mistake that it is named after."""
    assert (operator, wanted) in changes(tmp_path, body)


def test_every_operator_is_shown_here():
    """No operator is without an example."""
    shown = {name for name, _, _ in CASES} | {"attribute"}
    assert {operator.__name__ for operator in operators.OPERATORS} == shown


def test_attributes(tmp_path):
    """Data of `self` is taken for other data, a method for another method."""
    text = (
        "class C:\n    def f(self, x):\n        # BEGIN SOLUTION\n        y = self.g(x) + self.h(x)\n"
        "        return self.w @ y + self.b\n        # END SOLUTION\n\n"
        "    def g(self, x):\n        return x\n\n    def h(self, x):\n        return x\n"
    )
    found = {mutant.mutated for mutant in mutants_of(Reference(tmp_path / "c.py", text))}
    assert {"return self.b @ y + self.b", "y = self.h(x) + self.h(x)"} <= found
    assert "return self.g @ y + self.b" not in found


def test_what_plainly_changes_nothing_is_left_out(tmp_path):
    """Two statements that have nothing to do with each other are not exchanged, a whole number is not cut off."""
    found = changes(tmp_path, "y = x + 1\nz = x + 2\nreturn 1 if len(x) else 0")
    assert not [change for operator, change in found if operator in ("sequence", "integer")]


def test_texts_are_told_apart(tmp_path):
    """A word is compared with another word, and never by its place in the alphabet."""
    found = changes(tmp_path, "if x == 'relu':\n    return 1\nif x == 'tanh':\n    return 2\nreturn 3")
    assert ("key", "if x == 'tanh':") in found
    assert ("comparison", "if x != 'relu':") in found
    assert not any("<" in change for _, change in found)


def test_defaults(tmp_path):
    """A default argument is a constant like any other."""
    found = {change for operator, change in changes(tmp_path, "return x[:n]", "x, n=64") if operator == "constant"}
    assert "def f(x, n=65):" in found


def test_names_of_numpy_stay(tmp_path):
    """Only variables of the function are exchanged."""
    found = changes(tmp_path, "y = np.exp(x)\nreturn y / np.sum(y)")
    assert all(ast.parse(change.partition(";")[0] if change.endswith(":") is False else "pass") for _, change in found)
    assert not any("x.exp" in change or "y.sum" in change for _, change in found)
