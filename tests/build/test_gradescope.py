"""Gradescope's results.json: the documented form, sums to the last digit, who sees what, limits of submissions."""

import datetime as dt
import json
import os
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest

from autograder.build import build
from autograder.build.master import otter_config
from autograder.definition import Otter
from autograder.errors import AssignmentError
from autograder.integrations import gradescope
from autograder.records import CheckReport, GradeReport, QuestionReport, State, Status, Verdict

from ..conftest import ROOT
from ..otters import SETTINGS, graded, marks_of, written

SCHEMA = json.loads((Path(__file__).parent / "gradescope.schema.json").read_text())
WANTED = {"name", "number", "status", "visibility", "output", "output_format", "tags"}
LIMIT = {"otter.plugins.builtin.RateLimiting": {"allowed_submissions": 2, "hours": 1}}


def documented(made):
    """What is written, once it has been held to the documented format."""
    jsonschema.validate(made, SCHEMA)
    assert "leaderboard" not in made
    return made


@pytest.fixture
def submissions(tiny):
    """Right, wrong in a function that others call, blank, and no code at all."""
    right = tiny.reference.text
    return {
        "right.py": right,
        "wrong.py": right.replace("np.maximum(0, z)", "abs(z)"),
        "blank.py": "import numpy as np\n\n\ndef relu(z):\n    ...\n",
        "empty.py": "",
        "other.py": "x = 1\n",
    }


def test_every_kind_of_submission_is_written_as_documented(plugin_class, laid_out, submissions):
    """Name, number, score, visibility, output and tags for each check, in Gradescope's own words."""
    for name, text in submissions.items():
        made = documented(written(graded(plugin_class, laid_out(name, text.encode()))))
        assert all(set(item) >= WANTED for item in made["tests"])
        assert sum(item.get("max_score", 0) for item in made["tests"]) == 14
        assert len({item["number"] for item in made["tests"]}) == len(made["tests"])


def test_the_scores_of_checks_add_up_to_the_marks(plugin_class, laid_out, submissions):
    """Whatever stood in, Gradescope's sums by question are the marks in Otter's own table."""
    for name, text in submissions.items():
        results = graded(plugin_class, laid_out(name, text.encode()))
        marks = {key: (file.score, file.possible) for key, file in results.results.items()}
        assert marks_of(written(results)) == marks


def test_hidden_checks_are_shown_when_the_instructor_says(plugin_class, laid_out, submissions):
    """Public checks always; hidden ones, and questions with one, as `hidden_checks` says, else as `show_hidden`."""
    path = laid_out("wrong.py", submissions["wrong.py"].encode())
    hidden = {"relu", "A matrix that nobody has seen", "whole", "The whole of it, unseen"}
    for settings, config, wanted in [
        ({}, {}, "hidden"),
        ({}, {"show_hidden": True}, "after_published"),
        ({"hidden_checks": "after_due_date"}, {}, "after_due_date"),
        ({"hidden_checks": "visible"}, {"show_hidden": True}, "visible"),
    ]:
        path.write_text(submissions["wrong.py"])
        made = written(graded(plugin_class, path, SETTINGS | settings, **config), **config)
        found = {item["name"]: item["visibility"] for item in made["tests"]}
        assert {found.pop(name) for name in hidden} == {wanted}
        assert set(found.values()) == {"visible"}
        assert "nobody has seen" not in made["output"]


def test_each_failed_check_says_why(plugin_class, laid_out, submissions):
    """With the hint, and where given functions earned the points, with that."""
    made = written(graded(plugin_class, laid_out("wrong.py", submissions["wrong.py"].encode())))
    told = {item["name"]: item for item in made["tests"]}
    assert told["A row of three numbers"]["status"] == "failed"
    assert "Compare each entry with zero." in told["A row of three numbers"]["output"]
    assert told["A matrix that nobody has seen"]["tags"] == ["relu", "hidden"]


def test_text_reads_the_same_in_markdown():
    """Signs that mean something there are escaped; what stands between backticks is code and stays."""
    assert gradescope.markdown("x * y of <b>, `__init__` and a_b") == "x \\* y of \\<b\\>, `__init__` and a\\_b"
    assert gradescope.markdown("a ` alone_") == "a ` alone\\_"


def report(points, possible, **settings):
    """A report of one question whose checks earned these points."""
    checks = tuple(
        CheckReport(f"c{number}", f"Check {number}", True, Verdict.PASSED, Fraction(worth), Fraction(worth))
        for number, worth in enumerate(points)
    )
    total = round(sum(points, Fraction(0)), 4)
    question = QuestionReport("q", "q", State.GRADED, total, Fraction(possible), total, checks, checks, **settings)
    return GradeReport("a", "s.py", "", "", Status.GRADED, (question,))


def test_thirds_add_up():
    """Points that no decimal can say are rounded so that their sum is the question's mark."""
    made = gradescope.tests(report([Fraction(1, 3)] * 3, 1), hidden_checks="hidden", scores={"q": 1.0})
    scores = [(item["score"], item["max_score"]) for item in made if "score" in item]
    assert scores == [(0.3333, 0.3333), (0.3334, 0.3334), (0.3333, 0.3333)]


def test_bonus_points_are_earned_and_not_attainable():
    """A bonus question's checks have a score and a largest score of 0."""
    made = gradescope.tests(report([2], 2, bonus=True), hidden_checks="hidden", scores={"q": 2.0})
    assert [(item["score"], item["max_score"]) for item in made if "score" in item] == [(2.0, 0.0)]
    assert made[1]["tags"] == ["q", "bonus", "public"]


def test_a_mark_that_another_plugin_set_stands_with_the_question():
    """Where the checks do not add up to it, they have no score of their own."""
    made = gradescope.tests(report([2, 3], 5), hidden_checks="hidden", scores={"q": 4.5})
    assert [item.get("score") for item in made] == [4.5, None, None]


# --- as Gradescope runs it ---------------------------------------------------------------------------


def run(tmp_path, laid_out, submission, *, earlier=0, plugins=()):
    """What is written in a folder laid out as Gradescope's, for whoever handed in so often before in this hour."""
    laid_out("homework.py", submission.encode())
    folder = tmp_path / "autograder"
    (folder / "results").mkdir()
    now = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    before = [now - dt.timedelta(minutes=minutes) for minutes in range(1, earlier + 1)]
    metadata = {
        "id": 1,
        "created_at": _time(now),
        "users": [{"email": "ada@example.org", "id": 2, "name": "Ada"}],
        "previous_submissions": [{"submission_time": _time(time), "score": 0.0, "results": {}} for time in before],
    }
    (folder / "submission_metadata.json").write_text(json.dumps(metadata))
    settings = folder / "source" / "otter_config.json"
    config = json.loads(settings.read_text())
    settings.write_text(json.dumps(config | {"plugins": [*config["plugins"], *plugins]}))
    done = subprocess.run(
        [sys.executable, "-c", f"from otter.run.run_autograder import main; main({str(folder)!r})"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1", "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return documented(json.loads((folder / "results" / "results.json").read_text()))


def _time(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f%z")


def test_a_limit_of_submissions_hides_everything_but_itself(tmp_path, laid_out, submissions):
    """Otter's own plugin counts; past its limit the student sees its sentence, and the instructor the marks."""
    made = run(tmp_path, laid_out, submissions["wrong.py"], earlier=2, plugins=[LIMIT])
    assert "exceeded the rate limit" in made["output"]
    assert {item["visibility"] for item in made["tests"]} == {"hidden"}
    assert "promise" not in made["output"]
    assert marks_of(made)["normalize"] == (2.0, 2.0)


@pytest.mark.slow
def test_within_a_limit_of_submissions_both_are_told(tmp_path, laid_out, submissions):
    """How many there may be, and everything that is told without it."""
    made = run(tmp_path, laid_out, submissions["right.py"], earlier=1, plugins=[LIMIT])
    assert "You have 1 submissions in that period" in made["output"]
    assert "held by the promise" in made["output"]
    assert any(item["visibility"] == "visible" for item in made["tests"])


# --- what an assignment says of it -------------------------------------------------------------------


def with_otter(loaded, **settings):
    """The assignment with its own settings for Otter."""
    return replace(loaded, definition=replace(loaded.definition, otter=Otter(**settings)))


def test_an_assignments_settings_reach_otters_configuration(tiny):
    """When hidden checks are shown, the least isolation, and entries of Otter's own, its plugins after ours."""
    settings = {"hidden_checks": "after_due_date", "isolation": "host"}
    made = otter_config(with_otter(tiny, **settings, config={"plugins": [LIMIT], "show_stdout": True}))
    engine, limit = made["plugins"]
    assert next(iter(engine.values())) == {"assignment": "course/assignments/tiny", "seed": 0, **settings}
    assert limit == LIMIT
    assert made["show_stdout"] is True


@pytest.mark.parametrize(("settings", "told"), [({"hidden_checks": "soon"}, "soon"), ({"isolation": "none"}, "none")])
def test_a_setting_that_cannot_be_is_refused_where_it_is_written(settings, told):
    """The words are Gradescope's, and the promises' own."""
    with pytest.raises(AssignmentError, match=told):
        Otter(**settings)


def test_a_setting_that_otter_does_not_have_is_refused(tiny, tmp_path):
    """A slip of the pen shows nobody hidden checks by accident, nor hides them."""
    with pytest.raises(AssignmentError, match="show_hiden"):
        build(with_otter(tiny, config={"show_hiden": True}), tmp_path, tmp_path)
