"""The formats of CI: JUnit, GitHub Classroom, GitHub's commands, and where a line stands in what was handed in."""

import base64
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from fractions import Fraction

import pytest

from autograder.grade import grade, ungraded
from autograder.places import places
from autograder.reports import classroom, github, junit
from autograder.submission import find, read
from autograder.testcases import Outcome, cases

from .conftest import WRONG_AXIS

RAISES = "def softmax(z):\n    shifted = z - 1\n    return shifted.nothing\n"


@pytest.fixture(scope="session")
def graded(toy):
    """Grades a submission of the toy once for all tests."""
    known = {}

    def of(path):
        key = path.read_bytes()
        if key not in known:
            known[key] = grade(read(path), toy)
        return known[key]

    return of


@pytest.fixture
def wrong(graded, hand_in):
    """The report of a submission with a wrong softmax."""
    return graded(hand_in(softmax=WRONG_AXIS))


@pytest.fixture
def error(toy, hand_in):
    """The report of a submission that our fault left without a mark."""
    return ungraded(read(hand_in()), toy, "no process could be started")


class TestCases:
    """What every report with cases draws on."""

    def test_full_marks_are_passes(self, wrong):
        """A question that is full with given functions has passed, and says what stood in."""
        by_name = {case.name: case for case in cases(wrong)}
        assert by_name["random_batch"].outcome is Outcome.PASSED
        assert by_name["random_batch"].points == 4
        assert "with our softmax" in by_name["random_batch"].text[0]
        assert by_name["rows"].outcome is Outcome.FAILED

    def test_an_error_is_neither(self, error):
        """A harness error is one case, an error."""
        assert [(case.outcome, case.text) for case in cases(error)] == [
            (Outcome.ERROR, ("no process could be started",))
        ]

    def test_not_attempted_fails(self, graded, hand_in):
        """A stub that is not there fails, without words on how."""
        report = graded(hand_in(softmax=None))
        (case,) = (case for case in cases(report) if case.question == "softmax")
        assert (case.outcome, case.text) == (Outcome.FAILED, ("Not attempted yet.",))

    def test_partial_follow_through_shows_own_failures(self, wrong):
        """Where given functions earned a part, cases are judged with the student's own: no check of theirs is told."""
        question = next(item for item in wrong.questions if item.name == "forward")
        part = replace(question, points=Fraction(1))
        report = replace(wrong, questions=(part,))
        assert [case.outcome for case in cases(report)] == [Outcome.FAILED]


class TestJunit:
    """JUnit's XML."""

    def test_counts_and_points(self, wrong):
        """Counts add up, and the suite's points are the submission's."""
        root = ET.fromstring(junit.as_xml([wrong, wrong]))
        assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("16", "4", "0")
        values = {item.get("name"): item.get("value") for item in root.find("testsuite/properties")}
        assert (values["points"], values["possible"]) == ("14", "20")

    def test_an_error_is_an_error(self, error):
        """A harness error is an `error`, and its suite says no points."""
        root = ET.fromstring(junit.as_xml([error]))
        assert root.get("errors") == "1"
        assert root.find(".//error").text == "no process could be started"
        assert not root.findall(".//property[@name='points']")

    def test_any_name_is_xml(self, wrong):
        """A file's name with signs that XML cannot hold leaves it well-formed."""
        name = "a\x00\x1b[31m<b>&\ud800\uffff.ipynb"
        root = ET.fromstring(junit.as_xml([replace(wrong, submission=name)]))
        assert "<b>&" in root.find("testsuite").get("name")

    def test_the_same_bytes(self, wrong):
        """The same marks are the same bytes."""
        assert junit.as_xml([wrong]) == junit.as_xml([wrong])


class TestClassroom:
    """GitHub Classroom's result."""

    def test_scores_add_up_to_the_points(self, wrong):
        """A test for each question; the reporter's sum of scores is the submission's points."""
        made = json.loads(classroom.as_json(wrong))
        assert (made["version"], made["status"], made["max_score"]) == (1, "fail", 20)
        assert sum(test["score"] for test in made["tests"]) == wrong.points
        assert {test["name"]: test["status"] for test in made["tests"]}["forward"] == "pass"

    def test_full_marks_pass(self, graded, hand_in):
        """Full marks are a pass."""
        assert json.loads(classroom.as_json(graded(hand_in())))["status"] == "pass"

    def test_an_error_is_no_zero(self, error):
        """A harness error has no maximum, so that the reporter makes no points of it."""
        made = json.loads(classroom.as_json(error))
        assert (made["status"], made["max_score"]) == ("error", 0)


class TestGitHub:
    """Commands to the runner, the run's page, and outputs."""

    def test_an_annotation_for_each_question_that_fell_short(self, wrong):
        """Titles say the points; messages are the student's feedback; what is full has none."""
        made = github.commands(wrong, "hw.ipynb", {})
        assert [line.partition("%3A")[0] for line in made if line.startswith("::error")] == [
            "::error file=hw.ipynb,line=1,title=softmax",
            "::error file=hw.ipynb,line=1,title=whole",
        ]
        assert "Along which axis do the rows run?" in made[0]
        assert made[-2] == "::notice title=Autograding complete::Points 14/20"

    def test_a_name_stays_a_name(self, wrong):
        """A file's name can end neither a property nor a command, and is no Markdown."""
        name = "a,line=1::x%\n::error::y|<img src=x>`.ipynb"
        report = replace(wrong, submission=name)
        assert all("\n" not in line and ",line=1::" not in line for line in github.commands(report, name, {}))
        heading = github.summary([report]).splitlines()[0]
        assert not set("<|`\n") & set(heading)

    def test_an_error_has_no_points(self, error):
        """A harness error is annotated with its sentence, and neither page nor outputs have points."""
        assert github.commands(error, "hw.ipynb", {}) == [
            "::error file=hw.ipynb,line=1,title=error::no process could be started"
        ]
        assert github.outputs(error, b"{}")["points"] == ""
        assert " points" not in github.summary([error])

    def test_outputs(self, wrong):
        """Points, possible, and the result in base64."""
        made = github.outputs(wrong, classroom.as_json(wrong))
        assert (made["points"], made["possible"]) == ("14", "20")
        assert json.loads(base64.b64decode(made["result"]))["max_score"] == 20


class TestPlaces:
    """Lines of files."""

    def place(self, graded, path, question):
        """The place of a question, and the text that stands in that line of the file."""
        (source,) = find([path])
        found = places(source, read(path).cells, graded(path).questions)[question]
        return found, path.read_text().splitlines()[found.file_line - 1]

    def test_the_line_that_raised(self, graded, hand_in):
        """In a notebook it is the line of the JSON that holds the line of the cell."""
        place, line = self.place(graded, hand_in(softmax=RAISES), "softmax")
        assert "return shifted.nothing" in line
        assert (place.cell, place.line) == (3, 3)

    def test_where_a_stub_is_defined(self, graded, hand_in):
        """A wrong answer stands where its function begins; of a method, in its class."""
        _, line = self.place(graded, hand_in(softmax=WRONG_AXIS), "softmax")
        assert line.strip().startswith('"def softmax(')
        place, line = self.place(graded, hand_in(**{"Net.grad": "def grad(self, x, y):\n    return self.w\n"}), "grad")
        assert line.strip().startswith('"    def grad(')
        assert place.line == 2

    def test_a_notebook_on_one_line_or_with_whole_sources(self, graded, hand_in):
        """However the JSON is laid out a line is found, and no exception is raised."""
        path = hand_in(softmax=RAISES)
        tree = json.loads(path.read_text())
        for cell in tree["cells"]:
            cell["source"] = "".join(cell["source"])
        for indent in (None, 2):
            path.write_text(json.dumps(tree, indent=indent))
            _, line = self.place(graded, path, "softmax")
            assert "shifted.nothing" in line

    @pytest.mark.parametrize("mark", ["", "# %%\n", "# In[3]:\n"])
    def test_a_python_file(self, graded, hand_in, mark):
        """In a .py, with or without cells, it is the file's own line."""
        path = hand_in("hw.py", softmax=RAISES)
        path.write_text("# %% [markdown]\n# words\n" * bool(mark) + mark + path.read_text())
        _, line = self.place(graded, path, "softmax")
        assert line.strip() == "return shifted.nothing"

    def test_a_broken_file_has_none(self, wrong, hand_in):
        """In a file that was cut off no line is found, and the first stands for it."""
        path = hand_in()
        path.write_bytes(path.read_bytes()[:99])
        (source,) = find([path])
        assert places(source, (), wrong.questions) == {}
        assert places(source, read(hand_in("other.ipynb")).cells, wrong.questions)["softmax"].file_line == 1

    @pytest.mark.parametrize(
        "odd", ["x", 5, None, [1], {"cell_type": "markdown"}, {"cell_type": "raw", "source": 1}, {"cells": []}]
    )
    def test_what_is_no_cell_is_passed_over(self, graded, hand_in, odd):
        """A notebook that can be graded can be pointed into, whatever else is in it."""
        path = hand_in(softmax=RAISES)
        tree = json.loads(path.read_text())
        for cell in tree["cells"]:
            cell["source"] = [part for line in cell["source"] for part in (line, 7, None)]
        tree["cells"].insert(0, odd)
        for cells in (tree["cells"], []):  # the last of two is what counts, and is not looked for
            path.write_text(json.dumps(tree, indent=1).replace("{", f'{{"cells": {json.dumps(cells)},', 1))
            (source,) = find([path])
            found = places(source, read(path).cells, graded(path).questions)["softmax"]
            assert (found.cell, found.line) == (3, 3)
