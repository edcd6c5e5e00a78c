"""The mutants of a reference: all of them, once each, always the same."""

import ast

from autograder.audit.mutants import mutants_of
from autograder.classroom import cells


def test_they_are_the_same_every_time(toy):
    """Names, order and code do not change from run to run."""
    assert mutants_of(toy.reference) == mutants_of(toy.reference)


def test_each_is_new(toy):
    """No two read alike, and none like the original."""
    sources = [(mutant.stub, mutant.source) for mutant in mutants_of(toy.reference)]
    originals = {
        (stub, ast.unparse(ast.parse(toy.reference.function(stub).solution)) + "\n") for stub in toy.reference.stubs
    }
    assert len(set(sources)) == len(sources)
    assert not originals & set(sources)


def test_each_has_a_name_of_its_own(toy):
    """A name says which stub, which operator, and which of its mutants."""
    names = [mutant.name for mutant in mutants_of(toy.reference)]
    assert len(set(names)) == len(names)
    assert "relu:reduction:1" in names


def test_each_can_be_handed_in(toy):
    """A mutant is a whole function that takes the stub's place in a submission."""
    for mutant in mutants_of(toy.reference):
        made = cells(toy.reference, {mutant.stub: mutant.source})
        assert compile("\n".join(made), "cells", "exec")


def test_the_line_is_that_of_the_file(toy):
    """The line of a mutant is where its statement stands in the reference."""
    lines = toy.reference.text.splitlines()
    for mutant in mutants_of(toy.reference):
        first = mutant.original.partition(";")[0]
        assert ast.unparse(ast.parse(lines[mutant.line - 1].strip())) == first


def test_every_stub_has_some(toy):
    """All that students write is mutated, and nothing else."""
    assert {mutant.stub for mutant in mutants_of(toy.reference)} == set(toy.reference.stubs)
