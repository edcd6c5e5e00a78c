"""Findings on disk: found while nothing has changed, and never otherwise."""

import shutil

import pytest

from autograder.audit import audit, matrix, shelf
from autograder.audit.findings import Audit, Kind, Trial
from autograder.loading import load

from ..conftest import TOY


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """A place of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "kept"))
    return tmp_path / "kept"


@pytest.fixture
def copied(tmp_path):
    """A copy of the toy that may be changed."""
    shutil.copytree(TOY.parents[1], tmp_path / "course")
    return load(tmp_path / "course" / "assignments" / "toy")


def test_what_is_kept_is_found(copied):
    """The same key gives the same findings back."""
    found = Audit("toy", (Trial(Kind.MUTANT, "relu:drop:1", "relu", "relu", ("small",), 1.0),))
    shelf.keep("toy", "abc", found)
    assert shelf.find("toy", "abc") == found
    assert shelf.find("toy", "abd") is None


def test_what_cannot_be_read_is_not_there(kept):
    """A broken file is none."""
    shelf.keep("toy", "abc", Audit("toy"))
    (path,) = kept.rglob("*.json")
    path.write_text("{", encoding="utf-8")
    assert shelf.find("toy", "abc") is None


def test_only_the_last_is_kept(kept):
    """The place does not fill up."""
    for key in ("one", "two"):
        shelf.keep("toy", key, Audit("toy"))
    assert [path.name for path in kept.rglob("*.json")] == ["toy-two.json"]


@pytest.mark.parametrize("changed", ["assignments/toy/questions.py", "assignments/toy/mistakes.py", "reference/toy.py"])
def test_a_changed_file_has_another_key(copied, changed):
    """Whatever the findings depend on is in the key."""
    before = shelf.key_of(copied)
    path = copied.folder.parents[1] / changed
    path.write_text(path.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert shelf.key_of(load(copied.folder)) != before


@pytest.fixture
def tried(monkeypatch):
    """A list that grows with each trial; there is one, a mutant that is caught, and nothing else is looked at."""
    trials = []
    trial = Trial(Kind.MUTANT, "relu:drop:1", "relu", "relu", ("small",), 1.0)
    monkeypatch.setattr(matrix, "tasks", lambda *_: [lambda: trials.append(1) or trial])
    monkeypatch.setattr("autograder.audit._leeches", lambda *_: [])
    monkeypatch.setattr("autograder.audit.rules.hollow", lambda *_: [])
    monkeypatch.setattr("autograder.audit.rules.problems", lambda *_: [])
    return trials


def test_a_second_audit_runs_nothing(copied, tried, monkeypatch):
    """Nothing is tried where all is known to be well, unless it is asked for."""
    monkeypatch.setattr("autograder.audit.problems_of", lambda *_: [])
    first = audit(copied)
    assert (audit(copied), len(tried)) == (first, 1)
    audit(copied, fresh=True)
    assert len(tried) == 2


def test_what_has_to_be_put_right_is_looked_at_again(copied, tried):
    """The toy has questions without mistakes, so its findings are not kept."""
    assert not audit(copied).clean
    audit(copied)
    assert len(tried) == 2
