"""Secrecy, proved: planted values that no submission may know, searched for by submissions, and not found."""

import random
import string
import struct
import sys
import textwrap
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from autograder import grade as grading
from autograder import recording
from autograder.answers import cached
from autograder.classroom import cells
from autograder.loading import Loaded, load
from autograder.records import Blocks, Cell, Limits, Submission

from .seeking import MASK, masked, seeker
from .suite import lost

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what holds them is Linux's")

STUBS = ("alpha", "beta", "gamma", "delta")
PATIENT = Limits(check_cpu_seconds=60.0, check_wall_seconds=400.0, statement_cpu_seconds=60.0, cells_cpu_seconds=60.0)

REFERENCE = '''
"""{module}"""

import numpy as np

# {comment}


def alpha(z):
    """The first."""
    # BEGIN SOLUTION
    # {alpha_comment}
    word = "{alpha}"
    return z * {alpha_number!r} if word else z
    # END SOLUTION


def beta(z):
    """The second."""
    # BEGIN SOLUTION
    word = "{beta}"
    return alpha(z) - {beta_number!r} if word else z
    # END SOLUTION


def gamma(z):
    """The third."""
    # BEGIN SOLUTION
    word = "{gamma}"
    return beta(z) / {gamma_number!r} if word else z
    # END SOLUTION


def delta(z):
    """The fourth, which calls none of them."""
    # BEGIN SOLUTION
    word = "{delta}"
    return z + {delta_number!r} if word else z
    # END SOLUTION
'''

QUESTIONS = '''
"""{questions}"""

import numpy as np

from autograder import Assignment, Question, check


@check(points=1, public=True, expect=np.float64(2 * {alpha_number!r}), hint="{hint}")
def shown(student):
    """{title}"""
    return student.alpha(np.float64(2))


@check(points="{points}", rtol={rtol!r}, hint="{hint_of_alpha}")
def first(student, rng):
    """{title_of_alpha}"""
    return {{"one": student.alpha(rng.normal(size=(2, 3)))}}


def predicate(returned):
    """{predicate}"""
    return np.shape(returned) == () and str(returned) != "{inside}"


@check(points=2, hint="{hint_of_beta}")
def second(student, rng):
    """{title_of_beta}"""
    return student.beta(rng.normal(size=(2, 3)))


@check(points=1, expect=predicate)
def judged(student):
    """The predicate's own."""
    return student.gamma(3.0)


@check(points=2)
def third(student, rng):
    """{title_of_gamma}"""
    return student.gamma(rng.normal(size=(2, 3)))


@check(points=2)
def followed(student, rng):
    """{title_of_delta}"""
    z = rng.normal(size=(2, 3))
    student.alpha(z)
    return student.alpha(student.delta(z))


@check(points=2)
def fourth(student, rng):
    """What comes of it."""
    z = rng.normal(size=(2, 3))
    student.alpha(z)
    return student.delta(z)


ASSIGNMENT = Assignment(
    title="{assignment}",
    questions=[
        Question("alpha", [shown, first]),
        Question("beta", [second]),
        Question("gamma", [judged, third]),
        Question("delta", [followed, fourth]),
    ],
)
'''

MISTAKES = '''
"""{mistakes}"""

from autograder import Mistake, Variant

MISTAKES = [Mistake("{mistake}", "alpha", right="z * ", wrong="z + ", sentence="{sentence}")]
VARIANTS = [Variant("{variant}", "alpha", right="z * ", other="z * 1.0 * ")]
'''

TEXT = """
# {assignment}

```python
import numpy as np
```

<!-- stub: alpha -->
<!-- stub: beta -->
<!-- stub: gamma -->
<!-- stub: delta -->
"""
NUMBERS = ("alpha_number", "beta_number", "gamma_number", "delta_number", "rtol")


@dataclass(frozen=True)
class Course:
    """An assignment with values in it that occur nowhere else, and those values as bytes."""

    loaded: Loaded
    patterns: dict[str, bytes]


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    """An assignment whose every part has a word or a number of its own."""
    rng = random.Random(20)
    values: dict[str, object] = {}
    for source in (REFERENCE, QUESTIONS, MISTAKES, TEXT):
        for part in _fields(source):
            values.setdefault(part, "w" + "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=15)))
    values |= {name: 1 + rng.random() for name in NUMBERS}
    values["rtol"] = 1e-7 * (1 + rng.random())
    values["points"] = str(3 + rng.randrange(10**15) / 10**15)
    folder = tmp_path_factory.mktemp("course")
    _write(folder / "reference" / "planted.py", REFERENCE, values)
    for name, source in (("questions.py", QUESTIONS), ("mistakes.py", MISTAKES), ("text.md", TEXT)):
        _write(folder / "assignments" / "planted" / name, source, values)
    loaded = load(folder / "assignments" / "planted")
    loaded.__dict__["bench"] = replace(loaded.bench, limits=PATIENT)
    patterns = {name: str(value).encode() for name, value in values.items() if isinstance(value, str)}
    for name in NUMBERS:
        patterns |= {name: struct.pack("<d", values[name]), f"{name} as text": repr(values[name]).encode()}
    points = Fraction(str(values["points"]))
    patterns |= {"points as a float": struct.pack("<d", float(points)), "points as digits": _digits(points.numerator)}
    return Course(loaded, patterns | _answers(loaded))


def _fields(source: str) -> list[str]:
    """The names of what is to be filled in."""
    return sorted({name for _, name, _, _ in string.Formatter().parse(source) if name})


def _write(path: Path, source: str, values: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(source).lstrip("\n").format(**values))


def _digits(number: int) -> bytes:
    """A whole number as Python has it in memory: 30 bits of it in every four bytes."""
    return b"".join(struct.pack("<I", number >> place & (1 << 30) - 1) for place in range(0, number.bit_length(), 30))


def _answers(loaded: Loaded) -> dict[str, bytes]:
    """The bits of what is expected of each check."""
    found = {}
    for question in loaded.questions:
        for item in question.checks:
            value = cached(loaded, 0).value(question, item)
            for part in value.items if isinstance(value, Blocks) else [("", value)]:
                numbers = np.ravel(part[1])
                found |= {
                    f"answer of {item.name} {n}": struct.pack("<d", number) for n, number in enumerate(numbers[:2])
                }
    return found | _handed_on(loaded)


def _handed_on(loaded: Loaded) -> dict[str, bytes]:
    """The bits of what `followed` hands to alpha: the answers of delta, the stub under test."""
    question = next(item for item in loaded.questions if item.name == "delta")
    probe = cached(loaded, 0).probe(question, question.checks[0])
    answers = loaded.reference.load().delta(np.random.default_rng(probe.seed).normal(size=(2, 3)))
    return {f"handed on {n}": struct.pack("<d", number) for n, number in enumerate(answers.ravel()[:2])}


def searched(course: Course, monkeypatch, *sources: str) -> list[tuple[tuple[str, ...], dict[str, float]]]:
    """Grade a submission of these cells; for each of its sittings what was given, and what its search met.

    Before it, in the same worker, a right submission is graded that has a word of its own.
    """
    observe, seen = grading.observe, []

    def watched(cells, givens, probes, bench, **how):
        sitting = observe(cells, givens, probes, bench, **how)
        values = [
            item.items[0][1] if isinstance(item, Blocks) else item
            for item in (observation.value for observation in sitting.observations)
        ]
        how_given = [", recorded" * (item.recorded is not None) + ", grafted" * item.grafted for item in givens]
        seen.append((tuple(f"{item.stub}{how}" for item, how in zip(givens, how_given, strict=True)), values))
        return sitting

    before = (*cells(course.loaded.reference, {}), f"WORD = '{BEFORE.decode()}'\nclass Word: word = WORD")
    assert not lost(grading.grade(handed_in("before", before), course.loaded))
    monkeypatch.setattr(grading, "observe", watched)
    assert grading.grade(handed_in("seeker", sources), course.loaded).points == 0
    labels = ("megabytes", "its own", "of the one before", *course.patterns)
    return [(given, dict(zip(labels, values[-1].tolist(), strict=True))) for given, values in seen]


def handed_in(name: str, sources) -> Submission:
    """A submission of these cells."""
    return Submission(f"{name}.ipynb", cells=tuple(Cell(text, n) for n, text in enumerate(sources, 1)))


OWN, BEFORE = b"planted in its own memory", b"planted by the one before"
SEARCHING = "".join(f"def {stub}(z):\n    return found() if PLANTED else 0\n" for stub in STUBS)
PLANTED = f"PLANTED = bytes(byte ^ MASK for byte in bytes.fromhex('{masked(OWN)}'))\n".replace("MASK", str(MASK))


def test_a_submission_finds_no_secret(course, monkeypatch):
    """Of nothing that was planted is there a trace with a student's own functions; of givens, their own source alone.

    The same search finds a value of its own, and the source of what is given where it is allowed to be. Of what is
    given as a recording there is none, and none of what the check does with the stub's answer.
    """
    sittings = searched(course, monkeypatch, seeker([OWN, BEFORE, *course.patterns.values()]), PLANTED, SEARCHING)
    recorded = [("alpha, recorded",), ("alpha, recorded, grafted",)]
    assert [given for given, _ in sittings] == [(), ("alpha",), ("alpha", "beta"), *recorded]
    for given, met in sittings:
        assert met.pop("megabytes") > 20
        assert met.pop("its own")
        allowed = {label for label in met if label.split()[0].split("_")[0] in given}
        assert {label for label, count in met.items() if count} <= allowed
        assert all(met[stub] for stub in given if given not in recorded)


def test_what_follows_the_stub_would_be_found(course, monkeypatch):
    """The control: recorded with the stub's answers in place, the check's second call of alpha gives them away."""
    monkeypatch.setattr(recording._Recorder, "_standing_in", lambda self, variants, name, function: function)
    anew = replace(course.loaded)  # with recordings of its own
    anew.__dict__["bench"] = course.loaded.bench
    search = seeker([OWN, BEFORE, *course.patterns.values()])
    given, met = searched(Course(anew, course.patterns), monkeypatch, search, PLANTED, SEARCHING)[-1]
    assert given == ("alpha, recorded, grafted",)
    assert met["handed on 0"]
    assert met["answer of followed 0"]


def test_what_was_planted_is_what_it_says(course):
    """Every pattern is in a file of the assignment or is an answer's, and they are many, and no two the same."""
    folder = course.loaded.folder.parent.parent
    text = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix in (".py", ".md"))
    words = [pattern for pattern in course.patterns.values() if pattern.isascii() and pattern.decode().isprintable()]
    assert sum(pattern in text for pattern in words) > 25
    assert len(set(course.patterns.values())) == len(course.patterns) >= 40
