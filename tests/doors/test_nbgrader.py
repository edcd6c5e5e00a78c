"""nbgrader's door: its tree is read, and what formgrader is served has our marks."""

import json
import shutil
import subprocess
import sys
import zipfile

import pytest

from autograder import cli
from autograder.classroom import as_file, cells
from autograder.integrations import nbgrader
from autograder.submission import find, read_all

from ..conftest import ROOT, TOY
from .conftest import WRONG_AXIS

STAMP = "2026-03-01 10:00:00 UTC\n"
HUGE = b"99999 10:999999999999999999999999999999999999999999Jan"


@pytest.fixture
def course(toy, tmp_path):
    """A course of nbgrader's with two students who handed in the toy, and one of them another assignment too."""
    folder = tmp_path / "course"
    for student, replaced in (("ann", {}), ("bob", {"softmax": WRONG_AXIS})):
        place = folder / "submitted" / student / "toy"
        place.mkdir(parents=True)
        (place / "toy.ipynb").write_bytes(as_file(cells(toy.reference, replaced)))
        (place / "timestamp.txt").write_text(STAMP)
    other = folder / "submitted" / "ann" / "other"
    other.mkdir()
    (other / "other.ipynb").write_bytes(as_file(["x = 1"]))
    (folder / "nbgrader_config.py").touch()
    return folder


def run(*arguments):
    """The exit code of a command in this process."""
    return cli.main([str(argument) for argument in arguments])


class TestTree:
    """`submitted/STUDENT/ASSIGNMENT/`."""

    @pytest.mark.parametrize("below", ["", "submitted"])
    def test_the_assignments_submissions_are_found(self, course, below):
        """Of the tree, or of the course around it, those of the assignment are taken, each by its student's name."""
        found = find([course / below], "toy")
        assert [(source.name, source.student) for source in found] == [
            ("ann/toy/toy.ipynb", "ann"),
            ("bob/toy/toy.ipynb", "bob"),
        ]

    def test_one_student_alone(self, course):
        """Also where there is one student, who is not called like the file."""
        (source,) = find([course / "submitted"], "other")
        assert source.student == "ann"

    def test_a_folder_without_a_notebook_is_told(self, course):
        """A student whose folder is empty is told of, and the others are found."""
        (course / "submitted" / "cid" / "toy").mkdir(parents=True)
        found = find([course / "submitted"], "toy")
        assert [submission.problem for submission in read_all(found)][-1].startswith("cid/toy is a folder without")

    def test_links_are_left_alone(self, course):
        """A student's folder that is a link leads nowhere."""
        (course / "submitted" / "eve").symlink_to(course / "submitted" / "ann")
        assert len(find([course / "submitted"], "toy")) == 2

    def test_another_folder_is_what_it_was(self, course):
        """A folder that is not nbgrader's, or an assignment that it does not have, is read as any folder."""
        assert len(find([course / "submitted"], "absent")) == 3
        (course / "nbgrader_config.py").unlink()
        assert len(find([course], "toy")) == 3


def test_without_nbgrader_a_sentence_says_what_to_install(course, tmp_path, monkeypatch, capsys):
    """The extra is asked for by name, before anybody is graded."""
    monkeypatch.setitem(__import__("sys").modules, "nbgrader.api", None)
    assert run("grade", TOY, course, "--out", tmp_path / "out", "--nbgrader", course) == 2
    assert "backprop-grader[nbgrader]" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.fixture
def gradebook(course):
    """The course's gradebook, in a function that asks as formgrader asks."""
    pytest.importorskip("nbgrader", reason="nbgrader is not installed: pip install 'backprop-grader[nbgrader]'")
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory

    return lambda: NbGraderAPI(CourseDirectory(root=str(course)))


@pytest.mark.slow  # each opening of the gradebook sets up its database
@pytest.mark.nbgrader
@pytest.mark.filterwarnings("ignore")
class TestGradebook:
    """`gradebook.db`, read by nbgrader's own code."""

    def test_formgrader_shows_the_marks(self, course, gradebook, tmp_path):
        """Each student's score and maximum are those of `grades.csv`, and the submission counts as graded."""
        assert run("grade", TOY, course, "--out", tmp_path / "out", "--nbgrader", course) == 0
        ann, bob = gradebook().get_submissions("toy")
        assert (ann["student"], ann["score"], ann["max_score"], ann["autograded"]) == ("ann", 20, 20, True)
        assert (bob["student"], bob["score"], bob["needs_manual_grade"]) == ("bob", 14, False)
        assert bob["timestamp"].startswith("2026-03-01T10:00:00")
        (shown,) = [item for item in gradebook().get_notebook_submissions("toy", "toy") if item["student"] == "bob"]
        assert shown["score"] == 14

    @pytest.mark.parametrize("stamp", [b"yesterday", b"", b"\xff\xfe", b"99999-01-01 10:00:00 UTC", HUGE])
    @pytest.mark.usefixtures("gradebook")
    def test_a_time_that_is_none_costs_nobody_a_mark(self, course, tmp_path, stamp):
        """What came with a submission may say anything where the time should stand; the database has the marks."""
        from nbgrader.api import Gradebook

        (course / "submitted" / "ann" / "toy" / "timestamp.txt").write_bytes(stamp)
        assert run("grade", TOY, course, "--out", tmp_path / "out", "--nbgrader", course) == 0
        with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
            assert [book.find_submission("toy", student).score for student in ("ann", "bob")] == [20, 14]
            assert book.find_submission("toy", "ann").timestamp is None

    def test_the_notebook_has_a_cell_for_each_question(self, course, gradebook, tmp_path):
        """The notebook that formgrader shows has what was handed in, and what the student may read of each question."""
        run("grade", TOY, course, "--out", tmp_path / "out", "--nbgrader", course)
        made = json.loads((course / "autograded" / "bob" / "toy" / "toy.ipynb").read_text())
        graded = {cell["metadata"]["nbgrader"]["grade_id"]: cell for cell in made["cells"] if cell["metadata"]}
        assert "Along which axis do the rows run?" in "".join(graded["softmax"]["outputs"][0]["text"])
        assert graded["softmax"]["metadata"]["nbgrader"]["points"] == 3
        assert any("def softmax" in "".join(cell["source"]) for cell in made["cells"])

    def test_nbgrader_takes_the_notebook_for_a_valid_one(self, course, gradebook, tmp_path):
        """The check of cells that nbgrader makes finds nothing to complain of, and its feedback can be generated."""
        run("grade", TOY, course, "--out", tmp_path / "out", "--nbgrader", course)
        done = gradebook().generate_feedback("toy", "bob")
        assert done["success"], done["log"]
        page = (course / "feedback" / "bob" / "toy" / "toy.html").read_text()
        assert "Along which axis do the rows run?" in page

    def test_a_written_question_takes_a_mark_and_a_comment(self, course, gradebook, tmp_path):
        """It waits to be marked by hand, nbgrader's feedback can be generated, and a person's comment stands in it."""
        shutil.copytree(TOY.parents[1], tmp_path / "own")
        questions = tmp_path / "own" / "assignments" / "toy" / "questions.py"
        more = 'Assignment("A toy", ASSIGNMENT.questions, manual=[Manual("why", 2)])'
        questions.write_text(f"{questions.read_text()}\nfrom autograder import Manual\n\nASSIGNMENT = {more}\n")
        command = ("grade", questions.parent, course, "--out", tmp_path / "out", "--nbgrader", course)
        assert run(*command) == 0
        assert [item["needs_manual_grade"] for item in gradebook().get_submissions("toy")] == [True, True]
        with nbgrader._gradebook(course) as book:
            book.find_comment("why", "toy", "toy", "bob").manual_comment = "Well told, bob."
            book.db.commit()
        assert run(*command) == 0
        done = gradebook().generate_feedback("toy", "bob")
        assert done["success"], done["log"]
        assert "Well told, bob." in (course / "feedback" / "bob" / "toy" / "toy.html").read_text()

    def test_nothing_is_said_that_is_not_for_its_reader(self, course, gradebook, tmp_path):
        """What SQLAlchemy warns of in nbgrader's own code is not printed."""
        command = [sys.executable, "-m", "autograder", "grade", TOY, course, "--out", tmp_path / "out"]
        command += ["--nbgrader", course]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=200, check=False)
        assert done.returncode == 0
        assert "Warning" not in done.stderr

    def test_who_handed_in_twice_keeps_nobody_else_waiting(self, course, gradebook, tmp_path, capsys):
        """A gradebook has one submission of a student: theirs are named and left out, the others are written."""
        folder = course / "submitted" / "ann" / "toy"
        shutil.copy(folder / "toy.ipynb", folder / "b.ipynb")
        (folder / "toy.ipynb").rename(folder / "a.ipynb")
        assert run("grade", TOY, course, "--out", tmp_path / "out", "--nbgrader", course) == 2
        assert "not in nbgrader's gradebook: ann (handed in more than once);" in capsys.readouterr().err
        with nbgrader._gradebook(course) as book:
            assert [(item.student_id, item.score) for item in book.assignment_submissions("toy")] == [("bob", 14)]

    def test_a_name_that_reads_like_anothers_takes_no_place(self, course, gradebook, tmp_path, capsys):
        """Whose folder would be another's, as no folder ends with a dot, is left out, and the other is not."""
        shutil.copytree(course / "submitted" / "bob", course / "submitted" / "ann.")
        assert run("grade", TOY, course, "--out", tmp_path / "out", "--nbgrader", course) == 2
        assert "gradebook: ann. (their folder would be that of ann);" in capsys.readouterr().err
        with nbgrader._gradebook(course) as book:
            found = {item.student_id: item.score for item in book.assignment_submissions("toy")}
        assert found["bob"] == 14
        assert found.keys() == {"ann", "bob"}
        assert found["ann"] > 14

    def test_grading_again_keeps_what_a_person_gave(self, course, gradebook, toy, tmp_path):
        """A mark that was given by hand stays; ours is renewed, and nothing is there twice."""
        run("grade", TOY, course, "--out", tmp_path / "out", "--nbgrader", course)
        with nbgrader._gradebook(course) as book:
            book.find_grade("softmax", "toy", "toy", "bob").manual_score = 2.5
            book.db.commit()
        (course / "submitted" / "ann" / "toy" / "toy.ipynb").write_bytes(
            as_file(cells(toy.reference, {"relu": "def relu(z):\n    return abs(z)\n"}))
        )
        run("grade", TOY, course, "--out", tmp_path / "out", "--nbgrader", course)
        ann, bob = gradebook().get_submissions("toy")
        assert bob["score"] == 16.5
        assert ann["score"] < 20
        assert ann["max_score"] == 20

    def test_grade_cells_of_another_making_are_refused(self, course, gradebook, tmp_path, capsys):
        """Where nbgrader's assignment has grade cells of its own the points would count twice: nothing is written."""
        with nbgrader._gradebook(course) as book:
            book.add_assignment("toy")
            book.add_notebook("toy", "toy")
            book.add_grade_cell("theirs", "toy", "toy", max_score=5, cell_type="code")
        assert run("grade", TOY, course, "--out", tmp_path / "out", "--nbgrader", course) == 2
        assert "grade cells of its own (theirs)" in capsys.readouterr().err
        assert not (course / "autograded").exists()

    def test_a_harness_error_writes_nothing(self, course, gradebook, tmp_path, monkeypatch):
        """A submission that our fault left without a mark has no entry; the exit code says so."""
        from autograder import batch
        from autograder.errors import SandboxError

        real = batch.grade

        def fail_for_bob(submission, loaded, **more):
            if submission.student == "bob":
                raise SandboxError("no process could be started")
            return real(submission, loaded, **more)

        monkeypatch.setattr(batch, "grade", fail_for_bob)
        assert run("grade", TOY, course, "--out", tmp_path / "out", "--nbgrader", course) == 3
        scores = {item["student"]: item["autograded"] for item in gradebook().get_submissions("toy")}
        assert scores == {"ann": True, "bob": False}

    def test_a_name_that_no_file_can_have_keeps_nobody_else_waiting(self, course, gradebook, toy, tmp_path, capsys):
        """It is named and left out, whatever comes before and after it in the class."""
        names = ["ann", "b" + 200 * "é", "zoe"]
        with zipfile.ZipFile(tmp_path / "class.zip", "w") as bulk:
            for name in names:
                bulk.writestr(f"{name}.ipynb", as_file(cells(toy.reference, {})))
        with_zip = ["grade", TOY, tmp_path / "class.zip", "--out", tmp_path / "out", "--nbgrader", course]
        assert run(*with_zip) == 2
        assert "éé (the notebook cannot be written, file name too long)" in capsys.readouterr().err
        marked = {item["student"] for item in gradebook().get_submissions("toy") if item["autograded"]}
        assert marked == {"ann", "zoe"}

    def test_a_name_stays_as_it_is_written(self, course, gradebook, toy, tmp_path):
        """Two students are two, though one's name has a sign that the other's lacks."""
        for name in ("O'Brien", "O_Brien"):
            folder = course / "submitted" / name / "toy"
            folder.mkdir(parents=True)
            (folder / "toy.ipynb").write_bytes(as_file(cells(toy.reference, {})))
        assert run("grade", TOY, course, "--out", tmp_path / "out", "--nbgrader", course) == 0
        assert {item["student"] for item in gradebook().get_submissions("toy")} == {"ann", "bob", "O'Brien", "O_Brien"}

    def test_a_name_leads_nowhere(self, course, gradebook, toy, tmp_path):
        """A file with the name of a path is written inside `autograded/`."""
        bulk = tmp_path / "bulk"
        bulk.mkdir()
        (bulk / ".._1_assignsubmission_file.ipynb").write_bytes(as_file(cells(toy.reference, {})))
        (bulk / "x..y_2_assignsubmission_file.ipynb").write_bytes(as_file(cells(toy.reference, {})))
        run("grade", TOY, bulk, "--out", tmp_path / "out", "--nbgrader", course)
        written = [path.relative_to(course).parts[0] for path in course.rglob("*.ipynb")]
        assert set(written) <= {"submitted", "autograded"}
