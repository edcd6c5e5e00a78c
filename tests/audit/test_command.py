"""`autograder audit`: what it prints, what it writes, how it ends."""

import json

import pytest

from autograder import cli
from autograder.audit.findings import Audit, Kind, Problem, Trial

from ..conftest import TOY

SURVIVOR = Problem("survivor", "relu", "relu, line 21: nothing catches `return a` → `return b`; add a check.")
TRIALS = (Trial(Kind.MUTANT, "relu:drop:1", "relu", "relu", ("small",), 1.0),)


@pytest.fixture
def found(monkeypatch):
    """Sets what the audit finds, and returns the options that it was asked with."""
    asked = {}

    def finds(audit):
        monkeypatch.setattr("autograder.audit.audit", lambda _, **options: asked.update(options) or audit)
        return asked

    return finds


def test_a_clean_audit_ends_with_0(found, capsys):
    """Nothing to be put right is success."""
    found(Audit("toy", TRIALS))
    assert cli.main(["audit", str(TOY)]) == 0
    assert "1 of 1" in capsys.readouterr().out


def test_a_survivor_ends_with_1(found, capsys):
    """Something to be put right is told and is no success."""
    found(Audit("toy", TRIALS, (SURVIVOR,)))
    assert cli.main(["audit", str(TOY)]) == 1
    assert SURVIVOR.sentence in " ".join(capsys.readouterr().out.split())


def test_a_warning_is_no_failure(found, capsys):
    """What may stay is told, and that is all."""
    found(Audit("toy", TRIALS, (), (Problem("useless check", "relu", "relu.many catches nothing."),)))
    assert cli.main(["audit", str(TOY)]) == 0
    assert "relu.many catches nothing." in capsys.readouterr().out


def test_json(found, tmp_path):
    """Machines get every trial, and whether all is well."""
    found(Audit("toy", TRIALS, (SURVIVOR,)))
    cli.main(["audit", str(TOY), "--json", str(tmp_path / "audit.json")])
    told = json.loads((tmp_path / "audit.json").read_text(encoding="utf-8"))
    assert told["clean"] is False
    assert told["trials"][0]["caught_by"] == ["small"]


def test_json_is_of_one_assignment(found, tmp_path, capsys):
    """Two assignments do not fit into one file."""
    found(Audit("toy"))
    assert cli.main(["audit", str(TOY), str(TOY), "--json", str(tmp_path / "audit.json")]) == 2
    assert "--json takes the findings of one assignment" in capsys.readouterr().err


def test_options_are_handed_on(found):
    """How many at once, and whether to run anew, is the caller's choice."""
    asked = found(Audit("toy"))
    cli.main(["audit", str(TOY), "--jobs", "3", "--fresh"])
    assert (asked["jobs"], asked["fresh"]) == (3, True)
