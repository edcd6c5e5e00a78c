"""What students may call their files and write in them, through every door: it commands nobody who reads it."""

import json
import os
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import cli
from autograder.grade import grade
from autograder.integrations import cards, gradescope, jupyter
from autograder.plain import shown, visible
from autograder.submission import read

from ..conftest import TOY
from .conftest import WRONG_AXIS

EVIL = {
    "escape": "\x1b[2J\x1b]0;x\x07\x1b[1A",
    "C1": "\x9b2J\x85\x90",
    "bidi": "\u202egnp\u2066\u200f",
    "lines": "a\r::error::b\n::error::c\u2028::error::d\x0b\x0c",
    "command": "::error::x ::set-output name=points::99 ##[error]x##vso[task.complete]",
    "wide": "x" * 75 + "::error::" * 8,
    "bytes": "\udcff\udc9b",
    "formula": "＝cmd",
}
OURS = ("::error file=", "::notice title=")  # the commands that --format github gives
KINDS = ("right", "wrong", "ends", "other", "broken", "raises")


def harmless(text, *, ours=()):
    """Whether a text has lines and visible signs only, and no line of it begins a command but ours."""
    seen = all(char.isprintable() or char == "\n" or unicodedata.category(char) == "Zs" for char in text)
    lines = [line.strip() for line in text.splitlines()]
    return seen and not any(
        "##[" in x or "##vso[" in x or (x.startswith("::") and not x.startswith(ours)) for x in lines
    )


@pytest.fixture(scope="module", params=EVIL)
def evil(request):
    """A text that means harm."""
    return EVIL[request.param]


@pytest.fixture
def write(hand_in, evil):
    """Writes a submission of a kind, which has the text wherever a student may have one."""

    def written(kind):
        loud = f"print({evil!r})\nraise ValueError({evil!r})"
        path = hand_in("hw.ipynb", **({} if kind == "right" else {"softmax": WRONG_AXIS}))
        cells = {
            "right": [],
            "wrong": [loud],
            "ends": ["import os\nimport numpy as np\nos._exit(1)\nrelu = softmax = Net = os._exit(0)"],
            "other": ["x = 1"],
            "raises": [f"def relu(z):\n    {loud.replace(chr(10), chr(10) + '    ')}", "class Net: pass"],
        }
        if kind == "broken":
            path.write_text("{")
        else:
            tree = json.loads(path.read_text())
            form = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
            tree["cells"] += [form | {"source": source} for source in cells[kind]]
            tree["cells"] = tree["cells"][-1:] if kind in ("ends", "other") else tree["cells"]
            path.write_text(json.dumps(tree))
        folder = path.parent / kind / evil
        folder.mkdir(parents=True)
        return path.rename(folder / f"{evil[:60]}.ipynb")

    return written


class TestCommandLine:
    """`autograder grade`."""

    def run(self, capfd, *arguments):
        """The exit code, and whatever was told."""
        code = cli.main(["grade", str(TOY), *map(str, arguments), "--require-isolation", "accidents"])
        return code, "".join(capfd.readouterr())

    def test_a_class(self, write, tmp_path, capfd):
        """The table, progress, gradebook, result files, their names and JUnit's XML."""
        (folder,) = {write(kind).parents[2] for kind in KINDS}
        out = tmp_path / "out"
        code, told = self.run(capfd, folder, "--out", out, "--format", "junit")
        assert code == cli.DONE
        assert harmless(told)
        files = [path for path in out.rglob("*") if path.is_file()]
        assert len(files) == len(KINDS) + 2
        assert all(harmless(path.name) and harmless(path.read_text()) for path in files)
        assert len(ET.parse(out / "junit.xml").findall("testsuite")) == len(KINDS)

    @pytest.mark.parametrize("kind", ["wrong", "ends", "broken"])
    def test_one_submission(self, write, tmp_path, monkeypatch, capfd, kind):
        """What its student reads, GitHub's commands, page and outputs, and Classroom's file."""
        path, page, outputs = write(kind), tmp_path / "page", tmp_path / "outputs"
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
        monkeypatch.setenv("GITHUB_OUTPUT", str(outputs))
        formats = ("--format", "github", "--format", "classroom")
        _, told = self.run(capfd, path, "--out", tmp_path / "one")
        _, commands = self.run(capfd, path, "--out", tmp_path / "two", *formats)
        assert harmless(told)
        assert harmless(commands, ours=OURS)
        assert harmless(page.read_text())
        assert "<" not in page.read_text().splitlines()[0]
        assert {line.partition("=")[0] for line in outputs.read_text().splitlines()} == {"points", "possible", "result"}
        made = json.loads((tmp_path / "two" / "classroom.json").read_text())
        assert all(harmless(test["name"]) and harmless(test["message"]) for test in made["tests"])


def test_a_fault_is_told_harmlessly(write, tmp_path, capfd):
    """A path that does not exist, whatever it is called."""
    path = write("wrong")
    assert cli.main(["grade", str(TOY), str(path.with_name(f"{path.name}.py")), "--out", str(tmp_path)]) == cli.USAGE
    told = "".join(capfd.readouterr())
    assert "does not exist" in told
    assert harmless(told)


@pytest.mark.parametrize("kind", ["raises", "other"])
def test_gradescope(toy, write, kind):
    """What Otter's plugin writes for Gradescope: heading and entries."""
    path = write(kind)
    graded = grade(read(path), toy)
    scores = {question.name: float(question.points) for question in graded.questions}
    tests = gradescope.tests(graded, hidden_checks="visible", scores=scores)
    assert harmless(gradescope.heading(graded))
    assert all(harmless(test["name"]) and harmless(test["output"]) for test in tests)


def test_cards(evil):
    """Jupyter's card says what a check said, and no more."""

    class Checks:
        CHECKS = {"q": {"c": {"title": "A title", "holds": None}}}  # noqa: RUF012
        Wrong = ZeroDivisionError

        @staticmethod
        def judge(*_):
            raise AssertionError(evil)

    card = jupyter.card(Checks, "q", {})
    assert isinstance(card, cards.Card)
    assert all(char.isprintable() or char == "\n" for char in repr(card) + card._repr_html_())


def test_pytest(write, tmp_path):
    """Items' names, headlines and the summary."""
    folder = write("wrong").parents[2]
    write("broken")
    options = ["-p", "autograder.integrations.pytest_plugin", "-p", "no:cacheprovider", "-v", "--rootdir", tmp_path]
    command = [sys.executable, "-m", "pytest", *options, f"--assignment={TOY}", f"--submission={folder}"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "100"}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # where this package is installed its plugin is loaded already
    done = subprocess.run(
        [*map(str, command), "--require-isolation=accidents"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=False,
    )
    assert "In total" in done.stdout
    assert harmless(done.stdout + done.stderr)


@given(st.text(max_size=300), st.integers(10, 100))
def test_a_name_is_harmless_wherever_a_line_is_broken(name, length):
    """No cut and no fold makes a sign invisible or a command."""
    made = shown(name, length)
    assert len(made) <= length
    assert "\n" not in made
    assert made.isprintable()
    assert not any(sign in made for sign in ("::", "##"))
    assert visible(made) == made
    assert made.encode().decode() == made


def test_what_is_honest_stays():
    """Names in any script, slices in a hint, and blanks of every kind as blanks."""
    assert shown("Łukasz 变量 — σ(z).ipynb") == "Łukasz 变量 — σ(z).ipynb"
    assert visible("z[::-1] ## shape\n(3, 4)") == "z[::-1] ## shape\n(3, 4)"
    assert visible("a\u00a0b\u202fc\td") == "a b c d"
