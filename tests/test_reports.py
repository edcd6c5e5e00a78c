"""Reports: the same bytes for the same marks, nothing that misleads a spreadsheet, a table that fits 80 columns."""

import csv
import io
import json
import unicodedata
from dataclasses import replace
from fractions import Fraction

import pytest

from autograder import Manual
from autograder.errors import AssignmentError, UsageError
from autograder.records import (
    CheckReport,
    Finding,
    GradeReport,
    Note,
    NoteKind,
    QuestionReport,
    State,
    Status,
    Verdict,
    Where,
)
from autograder.reports import gradebook
from autograder.reports.table import class_table, submission_text

CHECK = CheckReport(
    name="rows",
    title="Rows of random logits.",
    public=False,
    verdict=Verdict.RAISED,
    points=Fraction(1, 3),
    possible=Fraction(3),
    hint="Along which axis?",
    findings=(Finding(Verdict.PASSED, block="a"), Finding(Verdict.RAISED, "TypeError was raised.", "b")),
    where=Where(4, 2, "softmax"),
    exception="TypeError",
)


def _question(name, points, possible, own=None, **changes):
    own = points if own is None else own
    state = changes.pop("state", State.GRADED)
    return QuestionReport(name, name, state, Fraction(points), Fraction(possible), Fraction(own), **changes)


def _report(name="ann.ipynb", student="ann", status=Status.GRADED, **changes):
    questions = (
        _question("relu", 4, 4),
        _question("softmax", "1/3", 3, checks=(CHECK,), own_checks=(CHECK,)),
        _question("forward", "4", 4, 0, given=("softmax",), checks=(CHECK,)),
        _question("loss", 0, 2, state=State.NOT_ATTEMPTED),
        _question("grad", 4, 4, bonus=True),
        _question("whole", "2.5", 3),
        _question("reflection", 0, 5, state=State.MANUAL),
    )
    made = GradeReport("toy", name, student, "", status, questions, possible=Fraction(20), isolation="secrets", seed=3)
    return replace(made, **changes)


ERROR = _report("dan.ipynb", "dan", Status.ERROR, questions=(), problem="no process could be started")
CUT = _report("eve.ipynb", "eve", Status.UNREADABLE, problem="eve.ipynb was cut off.")


@pytest.fixture(scope="session")
def definition(toy):
    """The toy with a written question of its own."""
    return replace(toy.definition, manual=(Manual("reflection", points=5),))


@pytest.fixture
def rows(definition):
    """Reads what `as_csv` writes, as dictionaries."""

    def read(*reports):
        return list(csv.DictReader(io.StringIO(gradebook.as_csv(definition, reports).decode(), newline="")))

    return read


class TestCsv:
    """grades.csv."""

    def test_columns_and_marks(self, rows):
        """A row has its names, points as plain decimals, totals, and an empty cell where a person marks."""
        (row,) = rows(_report())
        assert list(row) == [
            *("submission", "student", "attempt"),
            *("relu", "softmax", "forward", "loss", "grad", "whole", "reflection"),
            *("total", "possible", "follow_through", "status"),
        ]
        assert list(row.values()) == [
            *("ann.ipynb", "ann", ""),
            *("4", "0.3333", "4", "0", "4", "2.5", ""),
            *("14.8333", "20", "4", "graded"),
        ]

    def test_error_is_no_zero(self, rows):
        """A harness error leaves every mark empty; an unreadable file has zeros."""
        error, cut = rows(ERROR, replace(CUT, questions=(_question("relu", 0, 4),)))
        assert {value for key, value in error.items() if key not in ("submission", "student", "status")} == {""}
        assert error["status"] == "error"
        assert (cut["relu"], cut["total"], cut["status"]) == ("0", "0", "unreadable")

    @pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", '=cmd|"/c calc"!A1'])
    def test_formulas(self, rows, name):
        """A name that a spreadsheet would run as a formula is made text."""
        (row,) = rows(_report(name, name))
        assert row["submission"] == row["student"] == f"'{name}"

    def test_odd_names(self, rows):
        """Commas, quotes and 4,000 characters survive; line ends, escapes and the like are written out."""
        names = ['a,"b".ipynb', "x" * 4000, "a\nb.ipynb", "bad\udcff", "\r=1\0", "\x1b[31mred", "\u202egnp", "\t=1"]
        got = [row["submission"] for row in rows(*map(_report, names))]
        assert got == [*names[:2], "a\\nb.ipynb", "bad\\udcff", "\\r=1\\x00", "\\x1b[31mred", "\\u202egnp", "\\t=1"]

    def test_column_of_ours(self, definition):
        """A question called like one of our columns is the assignment's fault."""
        clash = replace(definition, manual=(Manual("total", points=5),))
        with pytest.raises(AssignmentError, match="called total"):
            gradebook.columns(clash)


def _write(folder, definition, reports):
    book = gradebook.Gradebook(folder, [report.submission for report in reports])
    for report in reports:
        book.take(report)
    book.finish(definition, reports)


class TestJson:
    """results/SUBMISSION.json."""

    def test_every_mark_is_explained(self):
        """Points, attempts, checks with verdicts, findings, hints and places are there, and what the student reads."""
        tree = json.loads(gradebook.as_json(_report(notes=(Note(NoteKind.TWICE, 3, 1, "relu"),))))
        softmax, forward, loss = tree["questions"][1:4]
        assert (tree["points"], tree["possible"], tree["follow_through"]) == (14.8333, 20, 4)
        assert (tree["isolation"], tree["seed"], tree["status"]) == ("secrets", 3, "graded")
        assert (softmax["points"], softmax["possible"], softmax["given"]) == (0.3333, 3, [])
        assert softmax["checks"][0] == {
            "name": "rows",
            "title": "Rows of random logits.",
            "public": False,
            "verdict": "raised",
            "points": 0.3333,
            "possible": 3,
            "hint": "Along which axis?",
            "findings": [
                {"block": "a", "verdict": "passed", "message": ""},
                {"block": "b", "verdict": "raised", "message": "TypeError was raised."},
            ],
            "where": {"cell": 4, "line": 2, "function": "softmax"},
            "exception": "TypeError",
            "stub": "",
        }
        assert (forward["own_points"], forward["given"], forward["own_checks"]) == (0, ["softmax"], [])
        assert "softmax" in forward["follow_through"]
        assert loss["state"] == "not attempted"
        assert tree["questions"][-1]["points"] is None
        assert tree["notes"] == [{"kind": "twice", "cell": 3, "line": 1, "name": "relu"}]
        assert any("relu: 4 of 4" in line for line in tree["feedback"])

    def test_error(self):
        """A harness error has no points and says why."""
        tree = json.loads(gradebook.as_json(ERROR))
        assert (tree["points"], tree["problem"], tree["questions"]) == (None, "no process could be started", [])

    def test_file_names(self):
        """File names are safe, short and different, and plain wherever a name allows it."""
        names = [
            "a/b.ipynb",
            "a__b.ipynb",
            "A__B.ipynb",
            "x" * 4000,
            "x" * 4001,
            "a\nb",
            "..",
            "é" * 200,
            "z\0",
            "a\\b",
            "\u00e9.ipynb",
            "e\u0301.ipynb",
        ]
        made = gradebook.file_names(names)
        assert made[0] == "a__b.ipynb.json"
        assert made[6] == "...json"
        assert len({unicodedata.normalize("NFC", name).casefold() for name in made}) == len(names)
        assert all(len(name.encode()) < 250 and name.isprintable() and not set(name) & set("/\\\0") for name in made)

    def test_write(self, tmp_path, definition):
        """Writing twice gives the same bytes, whole files only, and one for each submission."""
        reports = [_report(), ERROR, _report("d/../\n" * 700, "odd")]
        out = tmp_path / "new" / "out"
        _write(out, definition, reports)
        first = {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
        _write(out, definition, reports)
        assert first == {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
        assert len(first) == 4
        assert all(path.suffix in (".json", ".csv") for path in first)

    def test_what_is_taken_is_there(self, tmp_path):
        """A submission's file is whole as soon as it is taken, before anything is written of the class."""
        gradebook.Gradebook(tmp_path, ["ann.ipynb", "bob.ipynb"]).take(_report("ann.ipynb", "ann"))
        assert json.loads((tmp_path / "results" / "ann.ipynb.json").read_bytes())["student"] == "ann"
        assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["ann.ipynb.json"]

    def test_no_folder(self, tmp_path, definition):
        """Where the folder cannot be made, the command is told which and why."""
        (tmp_path / "file").touch()
        with pytest.raises(UsageError, match="cannot be written"):
            _write(tmp_path / "file", definition, [_report()])


class TestTable:
    """The class in a terminal."""

    def test_cells(self):
        """A row shows points rounded down, what was not attempted, and where given functions earned them."""
        text = class_table([_report()])
        row = next(line for line in text.splitlines() if line.startswith("ann"))
        assert row.split() == ["ann", "4", "0.3", "4+", "·", "4", "2.5", "14.8"]

    def test_summary(self):
        """Below stand the mean of each question and the share of full marks, of what was graded."""
        lines = class_table([_report(), ERROR])
        mean = next(line for line in lines.splitlines() if line.startswith("mean"))
        full = next(line for line in lines.splitlines() if line.startswith("% with full"))
        assert mean.split() == ["mean", "4", "0.3", "4", "0", "4", "2.5", "14.8"]
        assert full.split()[-6:] == ["100", "0", "100", "0", "100", "0"]
        assert "1 of 2 graded, 14.83 of 20 points on average; 1 error." in lines

    def test_problems(self):
        """What could not be graded is told with its sentence, and an error shows no total."""
        text = class_table([_report(), ERROR, CUT])
        assert "error: dan.ipynb: no process could be started" in text
        assert "unreadable: eve.ipynb was cut off." in text
        assert next(line for line in text.splitlines() if line.startswith("dan")).split()[1:] == ["-"] * 7

    @pytest.mark.parametrize("color", [False, True])
    def test_fits(self, color):
        """Thirteen questions fit 80 columns with room between them; more, and longer marks, go to a second table."""
        for count, mark, tables in ((13, "99", 1), (11, "99.75", 2), (13, "2.5", 2), (30, "99", 3)):
            many = tuple(_question(f"a_question_with_a_name_{n}", mark, 100, 0) for n in range(30))
            reports = [_report(f"s{n}", f"a_long_name_of_a_student_{n}", questions=many[:count]) for n in range(3)]
            text = class_table(reports, color=color)
            assert text.count("possible") == tables
            assert ("\x1b[" in text) is color
            if not color:
                assert max(map(len, text.splitlines())) <= 80
                shown = {"99": "99+", "99.75": "99.7+", "2.5": "2.5+"}[mark]
                assert f" {shown} {shown} {shown} " in " ".join(text.split())

    def test_short_names_leave_room(self):
        """Where names are short, twelve questions with fractions and signs stand side by side."""
        questions = tuple(_question(f"question_{n}", "2.5", 100, 0) for n in range(12))
        text = class_table([_report("s", "ann", questions=questions)])
        assert text.count("possible") == 1
        assert "ann          2.5+ 2.5+ 2.5+" in text

    def test_two_tables_share(self):
        """What does not fit into one is spread, so that no table has a single question left over."""
        questions = tuple(_question(f"question_{n}", "99.75", 100, 0) for n in range(11))
        heads = [line.split() for line in class_table([_report(questions=questions)]).splitlines() if "total" in line]
        assert [len(head) - 1 for head in heads] == [6, 5]

    def test_names(self):
        """Students who share a name are told apart by file, and a name cannot command the terminal."""
        reports = [_report("a/hw.ipynb", "hw"), _report("b/hw.ipynb", "hw"), _report("c", "\x1b[red]x[/red]")]
        text = class_table(reports)
        assert "a/hw.ipynb" in text
        assert "b/hw.ipynb" in text
        assert "[red]x[/red]" in text
        assert "\x1b" not in text

    def test_large_class(self):
        """A class of a thousand shows its first rows and counts the others in the summary."""
        text = class_table([_report(f"s{n}", f"s{n}") for n in range(1000)])
        assert "800 more are in grades.csv." in text
        assert "1000 of 1000 graded" in text

    def test_nobody(self):
        """A class in which nothing was graded has a table all the same."""
        assert "0 of 1 graded; 1 error." in class_table([ERROR])

    def test_one_submission(self):
        """A single submission is told as its student may read it, folded to the width."""
        text = submission_text(_report(), width=60)
        assert text.startswith("ann.ipynb: 14.83 of 20\n")
        assert max(map(len, text.splitlines())) <= 60
        assert "Not attempted yet" in text
