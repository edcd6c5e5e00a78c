"""Real containers: a class under `otter grade`, the zip as Gradescope runs it, and what holds student code there.

They need `docker` with an engine and buildx; AUTOGRADER_DOCKER_IMAGE names the image to build upon (Otter's own default
if not), and DOCKER_HOST and its like mean what they always do. Containers are given no network.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import uuid

import jsonschema
import pytest

from autograder.batch import grade_all
from autograder.classroom import as_file, cells
from autograder.submission import find, read_all

from .conftest import ROOT
from .hostile import forging
from .otters import archive, marks_of, otter

pytestmark = pytest.mark.docker

IMAGE = os.environ.get("AUTOGRADER_DOCKER_IMAGE", "ubuntu:22.04")
MINUTES = 60
FORGERIES = ("answers_of_others", "garbage")


def docker(*arguments, check=True):
    """What a command of docker's prints."""
    done = subprocess.run(
        ["docker", *map(str, arguments)], capture_output=True, text=True, timeout=30 * MINUTES, check=False
    )
    assert not check or done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def engine():
    """An engine that can build; a test that needs it is skipped where it is missing, and says what is."""
    if shutil.which("docker") is None:
        pytest.skip("there is no docker here")
    for words, lacking in [(["info"], "docker has no engine"), (["buildx", "version"], "docker has no buildx")]:
        done = subprocess.run(["docker", *words], capture_output=True, text=True, timeout=MINUTES, check=False)
        if done.returncode or "Cannot connect" in done.stderr + done.stdout:
            pytest.skip(f"{lacking}: {(done.stderr.strip().splitlines() or ['it does not answer'])[-1]}")
    if not docker("image", "ls", "-q", IMAGE):
        done = subprocess.run(["docker", "pull", IMAGE], capture_output=True, text=True, timeout=600, check=False)
        if done.returncode:
            pytest.skip(f"the image {IMAGE} is not here and cannot be had; AUTOGRADER_DOCKER_IMAGE names another")


@pytest.fixture(scope="module")
def zipped(toy, tmp_path_factory):
    """The toy assignment's zip."""
    return archive(toy, tmp_path_factory.mktemp("zip") / "autograder.zip")


@pytest.fixture(scope="module")
def handed_in(toy, tmp_path_factory):
    """Twelve submissions: right, wrong, blank, looping, crashing, forging, each in a file of its own."""
    wrong = {"relu": "def relu(z):\n    return np.abs(z)\n"}
    blank = {name: toy.reference.functions[name].blank for name in toy.reference.stubs}
    looping = {"relu": "def relu(z):\n    while True: pass\n"}
    ending = {"softmax": "def softmax(z):\n    import os\n    os._exit(0)\n"}
    made = {
        "right": cells(toy.reference, {}),
        "in one cell": (toy.reference.text,),
        "wrong": cells(toy.reference, wrong),
        "wrong twice": cells(toy.reference, wrong | {"softmax": "def softmax(z):\n    return z\n"}),
        "blank": cells(toy.reference, blank),
        "loops": cells(toy.reference, looping),
        "loops in a cell": (*cells(toy.reference, {}), "while True: pass"),
        "crashes": cells(toy.reference, ending),
        "crashes at the end": (*cells(toy.reference, {}), "import os\nos._exit(0)"),
        "forges Otter's marks": (FORGING_OTTER, *cells(toy.reference, wrong)),
    }
    attacks = {item.name: item for item in forging.ATTACKS}
    made |= {name: [cell.source for cell in attacks[name].submission(toy).cells] for name in FORGERIES}
    folder = tmp_path_factory.mktemp("handed in")
    for name, sources in made.items():
        (folder / f"{name}.ipynb").write_bytes(as_file(sources))
    return folder


# what earns everything where student code shares a process with Otter
FORGING_OTTER = """
import numpy as np
np.allclose = np.array_equal = lambda *a, **k: True
from otter.test_files import abstract_test
abstract_test.TestFile.score = property(lambda self: 1000)
abstract_test.TestFile.passed_all = property(lambda self: True)
from otter.check.notebook import Notebook
Notebook.check = Notebook.check_all = lambda *a, **k: None
import glob, os, pickle
for path in glob.glob("/autograder/results/*") + glob.glob("/tmp/*.pkl"):
    open(path, "wb").write(pickle.dumps(None))
"""


@pytest.fixture(scope="module")
def ours(toy, handed_in):
    """The reports of `autograder grade`, by file name."""
    submissions = list(read_all(find([handed_in])))
    return {report.submission.rpartition("/")[2]: report for report in grade_all(toy, submissions, jobs=2)}


@pytest.fixture(scope="module")
def graded(engine, zipped, handed_in, tmp_path_factory):
    """What `otter grade` writes of the class, and the tag of the image that it made."""
    out, tag = tmp_path_factory.mktemp("graded"), f"backprop-{uuid.uuid4().hex[:8]}"
    wanted = ["-n", tag, "-a", zipped, "--image", IMAGE, "--no-network", "--containers", 2, "-o", out, handed_in]
    done = otter("grade", *wanted, cwd=out, seconds=30 * MINUTES)
    assert (out / "final_grades.csv").exists(), done.stderr[-4000:]
    yield list(csv.DictReader((out / "final_grades.csv").read_text().splitlines())), f"otter-grade:{tag}"
    docker("image", "rm", "-f", f"otter-grade:{tag}", check=False)


def test_otter_grade_gives_our_marks(graded, ours):
    """For twelve submissions every number of final_grades.csv is ours, to the last digit, and each was completed."""
    (possible, *rows), _ = graded
    assert len(rows) == len(ours) == 12
    for row in rows:
        report = ours[row["file"]]
        marks = {question.name: float(question.points) for question in report.questions}
        assert {name: float(row[name]) for name in marks} == marks, row["file"]
        assert float(row["total_points_earned"]) == float(report.points)
        assert row["grading_status"] == "Completed"
        assert {name: float(possible[name]) for name in marks} == {
            question.name: float(question.possible) for question in report.questions
        }


def test_the_class_is_as_it_was_meant(graded, toy):
    """Right ones have everything, a loop and a crash cost one question and `whole`, who forges gains nothing."""
    (_, *rows), _ = graded
    points = {row["file"].removesuffix(".ipynb"): row for row in rows}
    for name in ("right", "in one cell", "loops in a cell", "crashes at the end"):
        assert float(points[name]["total_points_earned"]) == float(toy.definition.possible), name
    for name, lost in {"wrong": "relu", "loops": "relu", "crashes": "softmax", "forges Otter's marks": "relu"}.items():
        assert float(points[name][lost]) == 0
        assert float(points[name]["grad"]) == 4
    assert float(points["blank"]["total_points_earned"]) == 0


# --- what holds student code there -------------------------------------------------------------------


def doctor(image, *options):
    """The promise that `autograder doctor` finds in a container of the image, with docker's own settings."""
    command = (
        '[ -d /root/miniforge3 ] && PATH=/root/miniforge3/bin:$PATH && eval "$(mamba shell hook --shell bash)" '
        "&& mamba activate otter-env; exec python3 -m autograder doctor"
    )
    told = docker("run", "--rm", "--network", "none", *options, image, "bash", "-c", command)
    return re.search(r"^Promise: (\w+)\.", told, re.MULTILINE)[1], told


@pytest.mark.parametrize("without", ["", "landlock"])
def test_docker_as_it_comes_keeps_secrets(graded, without):
    """As root in a container without further options; and so where the kernel has no Landlock."""
    _, image = graded
    promise, told = doctor(image, "-e", f"AUTOGRADER_WITHOUT={without}")
    assert promise == "secrets", told


# --- as Gradescope runs it ---------------------------------------------------------------------------

GRADESCOPE = """\
ARG BASE
FROM $BASE
RUN mkdir -p /autograder/source /autograder/submission /autograder/results
COPY source /autograder/source
RUN cp /autograder/source/run_autograder /autograder/ && chmod +x /autograder/run_autograder \\
    && cd /autograder/source && bash setup.sh
WORKDIR /autograder
"""


@pytest.fixture(scope="module")
def on_gradescope(engine, zipped, tmp_path_factory):
    """An image as Gradescope makes it of the zip."""
    folder, tag = tmp_path_factory.mktemp("gradescope"), f"backprop-gradescope-{uuid.uuid4().hex[:8]}"
    shutil.unpack_archive(zipped, folder / "source")
    (folder / "Dockerfile").write_text(GRADESCOPE)
    docker("build", "-q", "-t", tag, "--build-arg", f"BASE={IMAGE}", folder)
    yield tag
    docker("image", "rm", "-f", tag, check=False)


METADATA = {
    "id": 123456,
    "created_at": "2026-03-01T12:00:00.000000-08:00",
    "assignment": {"due_date": "2026-03-02T12:00:00.000000-08:00", "group_size": 1, "id": 25828, "total_points": "20"},
    "submission_method": "upload",
    "users": [{"email": "ada@example.org", "id": 1234, "name": "Ada"}],
    "previous_submissions": [],
}


@pytest.mark.parametrize("name", ["right", "wrong", "forges Otter's marks"])
def test_gradescope_gets_our_marks_in_its_own_form(on_gradescope, handed_in, ours, tmp_path, name):
    """In folders like theirs the zip writes a results.json of the documented form, with our marks."""
    (tmp_path / "metadata.json").write_text(json.dumps(METADATA))
    shutil.copy(handed_in / f"{name}.ipynb", tmp_path / "hw.ipynb")
    container = docker("create", "--network", "none", on_gradescope, "/autograder/run_autograder").strip()
    try:
        docker("cp", tmp_path / "hw.ipynb", f"{container}:/autograder/submission/hw.ipynb")
        docker("cp", tmp_path / "metadata.json", f"{container}:/autograder/submission_metadata.json")
        said = docker("start", "-a", container)
        docker("cp", f"{container}:/autograder/results/results.json", tmp_path / "results.json")
    finally:
        docker("rm", "-f", container)
    made = json.loads((tmp_path / "results.json").read_text())
    jsonschema.validate(made, json.loads((ROOT / "tests" / "build" / "gradescope.schema.json").read_text()))
    report = ours[f"{name}.ipynb"]
    assert marks_of(made) == {item.name: (float(item.points), float(item.possible)) for item in report.questions}
    assert "held by the promise secrets" in made["output"], said
