"""GitHub's action and workflows, GitLab's jobs: every shell step is run as the runner would run it.

What is not the runner's is played: an environment made by venv, and pip, which notes what it was asked for.
"""

import re
import shutil
import stat
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml

from autograder.classroom import as_file, cells

from ..conftest import ROOT

ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
WRONG = {"normalize": "def normalize(x):\n    return x / x.sum()\n"}

PYTHON = """\
#!/bin/sh
case "$*" in
  "-I -m venv grader")
    mkdir -p grader/bin
    cp "$0" grader/bin/python
    printf '#!/bin/sh\\nPYTHONPATH={root} exec {python} -m autograder "$@"\\n' > grader/bin/autograder
    chmod +x grader/bin/autograder ;;
  *"-m pip install"*) echo "$*" >> "$PIP_LOG" ;;
  *) exec {python} "$@" ;;
esac
"""
CURL = """\
#!/bin/sh
cat > "$CURL_LOG"
while [ $# -gt 1 ]; do
  if [ "$1" = --output ]; then cp "$SERVED" "$2"; fi
  shift
done
echo "$1" >> "$CURL_LOG"
"""


class Runner:
    """A machine that runs steps: a workspace, a folder of its own, and what the steps before said."""

    def __init__(self, base):
        self.base, self.workspace, self.temp = base, base / "workspace", base / "temp"
        for folder in (self.workspace, self.temp, base / "bin"):
            folder.mkdir()
        self.tool("python", PYTHON.replace("{root}", str(ROOT)).replace("{python}", sys.executable))
        self.tool("curl", CURL)
        self.said, self.outputs = "", {}
        self.page = base / "page"
        self.environment = {
            "PATH": f"{base / 'bin'}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(base),
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_STEP_SUMMARY": str(self.page),
            "PIP_LOG": str(base / "pip.log"),
            "CURL_LOG": str(base / "curl.log"),
            "OPENBLAS_NUM_THREADS": "1",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        }

    def tool(self, name, text):
        """A program of that name, found first."""
        path = self.base / "bin" / name
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def action(self, *, here=ROOT, **given):
        """The action's steps with these inputs; the exit code of the last that was run."""
        inputs = {name: about.get("default", "") for name, about in ACTION["inputs"].items()} | given
        context = {f"inputs.{name}": value for name, value in inputs.items()}
        context |= {"runner.temp": str(self.temp), "github.action_path": str(here)}
        return self.steps(ACTION["runs"]["steps"], context, ["bash", "--noprofile", "--norc", "-eo", "pipefail"])

    def steps(self, steps, context, shell=("bash", "-e")):
        """Run those steps that have a script, until one fails."""
        for step in steps:
            if "run" not in step:
                continue
            told = self.base / "told"
            told.write_text("")
            environment = {name: filled(value, context) for name, value in step.get("env", {}).items()}
            script = self.base / "script.sh"
            script.write_text(filled(step["run"], context))
            code = self.shell([*shell, script], step.get("working-directory"), context, environment, told)
            found = dict(line.partition("=")[::2] for line in told.read_text().splitlines())
            self.outputs |= found
            context |= {f"steps.{step.get('id')}.outputs.{name}": value for name, value in found.items()}
            if code:
                return code
        return 0

    def shell(self, command, folder, context, environment, told):
        """Run a script; its exit code."""
        done = subprocess.run(
            command,
            cwd=filled(folder, context) if folder else self.workspace,
            env=self.environment | {"GITHUB_OUTPUT": str(told)} | environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        self.said += done.stdout + done.stderr
        return done.returncode


def filled(text, context):
    """A text with its `${{ … }}` filled in; what is not known is empty, as on a runner."""
    return re.sub(r"\$\{\{\s*(.*?)\s*\}\}", lambda match: context.get(match[1], ""), str(text))


@pytest.fixture
def runner(tmp_path):
    """A runner with an empty workspace."""
    return Runner(tmp_path)


@pytest.fixture
def course(runner, built):
    """A runner whose workspace has the instructor's zip, and a function that hands in a notebook of the tiny course."""
    shutil.copy(built.archive, runner.workspace / "autograder.zip")
    return runner


def hand_in(runner, tiny, **replaced):
    """A repository with a notebook in the runner's workspace."""
    folder = runner.workspace / "submission"
    (folder / ".git").mkdir(parents=True)
    (folder / "tiny.ipynb").write_bytes(as_file(cells(tiny.reference, replaced)))
    return folder


def grade(runner, **more):
    """The action on that notebook by the zip."""
    return runner.action(assignment="tiny", submission="submission/tiny.ipynb", bundle="autograder.zip", **more)


# --- the action --------------------------------------------------------------------------------------


def test_the_action_grades_by_the_bundle(course, tiny):
    """The bundle's wheel is installed, its checks grade, and the run has page, annotations, outputs and JUnit."""
    hand_in(course, tiny, **WRONG)
    assert grade(course) == 0, course.said
    assert re.search(
        r"pip install .*/bundle/requirements\.d/course/backprop_grader-\S+\.whl", (course.base / "pip.log").read_text()
    )
    assert re.search(
        r"::error file=tiny\.ipynb,line=\d+,title=normalize%3A 0 of \d \(code cell 3%2C line 1\)::", course.said
    )
    assert f"::notice title=Autograding complete::Points {course.outputs['points']}/" in course.said
    assert "| normalize | 0 |" in course.page.read_text()
    suites = ET.parse(course.outputs["junit"]).getroot()
    assert int(suites.get("failures")) > 0
    assert course.outputs["result"]


def test_hidden_checks_are_graded_and_not_told(course, tiny):
    """Points of hidden checks count; their code, inputs and names of known mistakes are nowhere on the run."""
    hand_in(course, tiny, relu="def relu(z):\n    return abs(z)\n")
    grade(course)
    everything = course.said + course.page.read_text() + Path(course.outputs["junit"]).read_text()
    assert "A matrix that nobody has seen" in everything.replace("\n", " ")
    assert "rng.normal" not in everything
    assert "matched" not in everything


def test_without_a_bundle_the_repository_of_the_action_grades(runner, toy, tmp_path):
    """In the instructor's own repository the assignment is taken from there, and that package is installed."""
    folder = runner.workspace / "submission"
    folder.mkdir()
    (folder / "hw.ipynb").write_bytes(as_file(cells(toy.reference, {})))
    repository = shutil.copytree(ROOT / "tests" / "toy", tmp_path / "repository")
    assert runner.action(here=repository, assignment="toy", submission="submission/hw.ipynb", require="20") == 0
    assert runner.outputs["points"] == "20"
    assert (runner.base / "pip.log").read_text().split()[-1] == str(repository)


def test_a_bundle_from_an_address_is_fetched_with_the_token(course, tiny):
    """The token goes to curl over its input, where no list of processes shows it."""
    hand_in(course, tiny)
    course.environment["SERVED"] = str(course.workspace / "autograder.zip")
    code = course.action(
        assignment="tiny", submission="submission/tiny.ipynb", bundle="https://example.org/a.zip", token="s3cret"
    )
    assert code == 0, course.said
    *header, address = (course.base / "curl.log").read_text().splitlines()
    assert 'header = "Authorization: Bearer s3cret"' in header
    assert address == "https://example.org/a.zip"
    assert "s3cret" not in course.said


def test_require_decides_about_the_exit_code(course, tiny):
    """Below what is required the step fails, and the report is there all the same."""
    hand_in(course, tiny, **WRONG)
    assert grade(course, require="100") == 1
    assert Path(course.outputs["junit"]).is_file()


def test_an_unreadable_submission_is_annotated(course, tiny):
    """A file that was cut off has a sentence where a student looks, and no success where points are required."""
    path = hand_in(course, tiny) / "tiny.ipynb"
    path.write_bytes(path.read_bytes()[:100])
    assert grade(course, require="1") == 1
    assert "::error file=tiny.ipynb,line=1,title=unreadable::tiny.ipynb was cut off" in course.said


def test_a_harness_error_has_no_points(course, tiny):
    """Where isolation cannot be had the step fails, and says no points at all."""
    hand_in(course, tiny)
    assert grade(course, **{"require-isolation": "nonsense"}) == 2
    assert "points" not in course.outputs


# --- what a student may try --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "../../temp/autograder/bundle/requirements.d/course/reference/tiny.py",
        "/proc/self/cwd/bundle/requirements.d/course/reference/tiny.py",
    ],
)
def test_a_link_to_the_reference_is_no_submission(course, tiny, target):
    """What is handed in as a link that leads to the reference is refused; nothing is earned."""
    folder = hand_in(course, tiny)
    (folder / "tiny.ipynb").unlink()
    (folder / "tiny.ipynb").symlink_to(target)
    assert grade(course) == 1
    assert "points" not in course.outputs
    assert "symbolic link" in course.said


def test_a_folder_that_is_a_link_is_refused_too(course, tiny):
    """A linked folder on the way to the submission leads nowhere."""
    folder = hand_in(course, tiny)
    (folder / "week").symlink_to("../../temp/autograder/bundle/requirements.d/course/reference")
    code = course.action(assignment="tiny", submission="submission/week/tiny.py", bundle="autograder.zip")
    assert code == 1
    assert "points" not in course.outputs


def test_edits_of_tests_and_workflows_gain_nothing(course, tiny):
    """Modules that shadow ours, and tests and settings of a student's own, change nothing of the instructor's run."""
    folder = hand_in(course, tiny, **WRONG)
    grade(course)
    honest, said = dict(course.outputs), course.said
    trap = f"open({str(course.base / 'sprung')!r}, 'a').write(__name__)\n"
    for place in (folder, course.workspace):
        for name in ("numpy.py", "autograder.py", "sitecustomize.py", "conftest.py", "venv.py", "pip.py", "zipfile.py"):
            (place / name).write_text(trap)
        (place / "pytest.ini").write_text("[pytest]\naddopts = --co\n")
        (place / "assignments" / "tiny").mkdir(parents=True)
        (place / "assignments" / "tiny" / "questions.py").write_text(trap)
    course.said = ""
    assert grade(course) == 0
    assert course.outputs == honest
    assert re.findall("^::.*$", course.said, re.MULTILINE) == re.findall("^::.*$", said, re.MULTILINE)
    assert not (course.base / "sprung").exists()


def test_a_name_cannot_speak_to_the_runner(course, tiny):
    """A submission whose file is called like a command to the runner says nothing to it."""
    folder = hand_in(course, tiny, **WRONG)
    name = "x\n::set-output name=points::99\n.ipynb"
    (folder / "tiny.ipynb").rename(folder / name)
    course.action(assignment="tiny", submission=f"submission/{name}", bundle="autograder.zip")
    assert not re.search("^::set-output", course.said, re.MULTILINE)


# --- the workflows -----------------------------------------------------------------------------------


def workflow(built, name):
    """A workflow of the students' folder. YAML reads its key `on` as true."""
    return yaml.safe_load((built.template / ".github" / "workflows" / name).read_text())


def test_the_public_workflow_runs_the_notebooks_checks(built, runner):
    """At every push the notebook's checks are run; blank stubs fail it, with a page, annotations and JUnit."""
    made = workflow(built, "autograding.yml")
    shutil.copytree(built.template, runner.workspace, dirs_exist_ok=True)
    (job,) = made["jobs"].values()
    assert runner.steps(job["steps"], {}) == 1
    assert "numpy pytest" in (runner.base / "pip.log").read_text()
    assert "::error file=tiny.ipynb,line=" in runner.said
    assert "| relu | 0 of 1 |" in runner.page.read_text()
    kept = next(step["with"]["path"] for step in job["steps"] if "upload-artifact" in step.get("uses", ""))
    assert ET.parse(runner.workspace / kept).getroot().find("testsuite").get("failures") == "5"


def test_classroom_finds_what_it_looks_for(built):
    """GitHub Classroom reads points from a workflow of this name with one job of this name."""
    made = workflow(built, "autograding.yml")
    assert made["name"] == "Autograding Tests"
    assert [*made["jobs"]] == ["run-autograding-tests"]


def test_the_grading_workflow_asks_for_what_the_action_has(built):
    """Every input is one of the action's, and all that it needs are given; its file lies where it is looked for."""
    job = workflow(built, "grading.yml")["jobs"]["grading"]
    given = next(step for step in job["steps"] if step.get("uses") == "./course")["with"]
    needed = {name for name, about in ACTION["inputs"].items() if about.get("required")}
    assert needed <= set(given) <= set(ACTION["inputs"])
    assert (given["assignment"], given["submission"]) == ("tiny", "submission/tiny.ipynb")
    places = [step["with"]["path"] for step in job["steps"] if "checkout" in step["uses"]]
    assert places == ["submission", "course"]


def test_workflows_hold_no_door_open(built):
    """They may read and no more, keep no credentials beside what was handed in, and put no expression into a script."""
    for name in ("autograding.yml", "grading.yml"):
        made = workflow(built, name)
        assert made["permissions"] == {"contents": "read"}
        for job in made["jobs"].values():
            assert not any("${{" in step.get("run", "") for step in job["steps"])
            assert "timeout-minutes" in job
    for step in workflow(built, "grading.yml")["jobs"]["grading"]["steps"]:
        if "checkout" in step["uses"]:
            assert step["with"]["persist-credentials"] is False
    assert not any("${{" in step.get("run", "") for step in ACTION["runs"]["steps"])


def test_only_pull_requests_to_the_course_see_a_secret(built):
    """Secrets are named in the workflow that runs as the course's repository has it, and nowhere else."""
    text = (built.template / ".github" / "workflows" / "autograding.yml").read_text()
    assert "secrets." not in text
    events = workflow(built, "grading.yml")[True]
    assert set(events) == {"pull_request_target", "workflow_dispatch"}


# --- GitLab ------------------------------------------------------------------------------------------


@pytest.fixture
def gitlab(runner, built):
    """Runs a job of the students' folder as GitLab's shell would, after a checkout of it; gives the exit code."""
    shutil.copytree(built.template, runner.workspace, dirs_exist_ok=True)
    jobs = yaml.safe_load((built.template / ".gitlab-ci.yml").read_text())

    def run(name, **variables):
        job = jobs[name]
        environment = {"CI_PROJECT_DIR": str(runner.workspace), **job.get("variables", {}), **variables}
        script = runner.base / "job.sh"
        script.write_text("\n".join(job["script"]) + "\n")
        code = runner.shell(["bash", "-eo", "pipefail", script], None, {}, environment, runner.base / "told")
        return code, runner.workspace / job["artifacts"]["reports"]["junit"]

    return run


def test_gitlab_runs_the_public_checks(gitlab):
    """The public job fails for a blank notebook, and has its JUnit report."""
    code, report = gitlab("public")
    assert code == 1
    assert ET.parse(report).getroot().find("testsuite").get("failures") == "5"


def test_gitlab_grades_by_the_bundle(gitlab, runner, built, tiny):
    """The graded job fetches the bundle with its token, grades, keeps JUnit, and fails below what is required."""
    (runner.workspace / "tiny.ipynb").write_bytes(as_file(cells(tiny.reference, WRONG)))
    (runner.workspace / "graded").symlink_to("/")
    there = {
        "AUTOGRADER_BUNDLE": "https://example.org/a.zip",
        "AUTOGRADER_TOKEN": "s3cret",
        "SERVED": str(built.archive),
    }
    code, report = gitlab("graded", **there)
    assert code == 0, runner.said
    assert 'header = "PRIVATE-TOKEN: s3cret"' in (runner.base / "curl.log").read_text()
    assert ET.parse(report).getroot().get("errors") == "0"
    assert gitlab("graded", AUTOGRADER_REQUIRE="100", **there)[0] == 1
    assert report.is_file()


def test_gitlabs_graded_job_is_for_instructors(built):
    """It runs only where a bundle is named, and of what it wrote the JUnit report alone is kept."""
    job = yaml.safe_load((built.template / ".gitlab-ci.yml").read_text())["graded"]
    assert job["rules"] == [{"if": "$AUTOGRADER_BUNDLE"}]
    assert job["artifacts"] == {"when": "always", "reports": {"junit": "graded/junit.xml"}}
