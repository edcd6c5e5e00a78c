"""What the audit says of stubs that are given as recordings: what can be had from them, and what is lost by them."""

from pathlib import Path

import pytest

from autograder import check
from autograder.answers import Answers
from autograder.audit import leeches, matrix, rules
from autograder.definition import Assignment, Question
from autograder.loading import Loaded, load

WAVES = Path(__file__).parents[1] / "hostile" / "course" / "assignments" / "waves"


@check(points=1)
def value(student, rng):
    """A few numbers."""
    return student.curl(rng.normal(size=3))


@check(points=1)
def few(student, rng):
    """The slope at a few points where curl was called before."""
    z = rng.normal(size=4)
    student.curl(z)
    return student.slope(z)


@check(points=1)
def many(student, rng):
    """The slope at many points where curl was called before."""
    z = rng.normal(size=40)
    student.curl(z)
    return student.slope(z)


@check(points=1)
def onwards(student, rng):
    """Curl where the slope leads."""
    z = rng.normal(size=4)
    return student.curl(z - student.slope(z))


def slope_by(*checks, reference=None) -> tuple[Answers, Question]:
    """The answers of a course that asks for the slope by these checks, and that question."""
    waves, asked = load(WAVES), Question("slope", list(checks))
    definition = Assignment(title="Waves", questions=[Question("curl", [value]), asked])
    return Answers(Loaded("waves", waves.folder, definition, reference or waves.reference, waves.text)), asked


@pytest.mark.parametrize(("checks", "lost"), [((few,), 1.0), ((few, few), 1.0), ((many,), 0.0)])
def test_a_curve_through_many_points_is_found_out(checks, lost):
    """Where a check calls a given at many points, a leech has the derivative from what is recorded of them."""
    named = [check(points=1)(item.probe) for item in checks]
    if len(named) > 1:
        object.__setattr__(named[1], "name", "again")
    answers, asked = slope_by(*named)
    bench = matrix.hurried(answers.loaded.bench)
    tried = {leech.name: leech for leech in leeches.leeches(answers, asked)}
    assert leeches.try_out(answers, asked, tried["slope:interpolate:curl"], bench).lost == lost


def test_a_check_that_hands_answers_on_is_told():
    """A right slope loses marks there when curl is given, and the check is named."""
    answers, asked = slope_by(few, onwards)
    (told,) = rules.unfollowed(answers, asked, answers.loaded.bench)
    assert told.sentence.startswith("slope.onwards takes marks from a right answer")
    assert "curl" in told.sentence


def test_what_cannot_be_recorded_is_told():
    """Curl makes an iterator here, which no recording holds, and so it is not given."""
    odd = load(WAVES).reference.changed("curl", "return z * np.sin(z)", "return iter(z * np.sin(z))")
    answers, asked = slope_by(few, reference=odd)
    (told,) = rules.unrecorded(answers, asked)
    assert told.sentence.startswith("slope: curl, which only its checks call, is never given")
    assert list(rules.unrecorded(*slope_by(few))) == []
