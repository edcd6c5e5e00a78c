"""What an author writes is refused where it is written, with a sentence that says what is wanted."""

from fractions import Fraction

import pytest

from autograder import Assignment, Question, Variant, check, gradient_check
from autograder.errors import AssignmentError


@check(points="0.1")
def fine(student, rng):
    """A title.

    And a longer story.
    """
    return 1


def test_the_first_line_is_the_title():
    """A check's title is the first line of its docstring, its name the function's."""
    assert (fine.title, fine.name) == ("A title.", "fine")


def test_points_are_exact():
    """Points given as text or float are the decimal that was written."""
    assert fine.points == Fraction(1, 10)
    assert check(points=0.1)(fine.probe).points == Fraction(1, 10)


def test_a_probe_without_a_title_is_refused():
    """A probe without a docstring names its file and line."""

    def untitled(student):
        return 1

    with pytest.raises(AssignmentError, match=r"test_definition\.py:\d+: the check untitled has no docstring"):
        check(points=1)(untitled)


@pytest.mark.parametrize("points", [-1, True, None])
def test_points_must_be_a_number(points):
    """Points below zero, or no number at all, are refused."""
    with pytest.raises(AssignmentError, match="points="):
        check(points=points)(fine.probe)


def test_a_public_probe_takes_the_student_alone():
    """A public probe with a generator is refused: what students see is the same each time."""
    with pytest.raises(AssignmentError, match=r"takes \(student\)"):
        check(points=1, public=True)(fine.probe)


def test_defaults_are_refused():
    """A default could carry an expected value along."""

    def probe(student, rng=1):
        """A title."""

    with pytest.raises(AssignmentError, match="without defaults"):
        check(points=1)(probe)


def test_a_gradient_check_takes_inputs():
    """A gradient check's probe takes the student and the inputs."""

    def probe(student):
        """A title."""

    with pytest.raises(AssignmentError, match=r"takes \(student, inputs\)"):
        gradient_check(points=1, inputs=dict, of=max)(probe)


def test_a_question_is_named_like_its_stub():
    """The column is the stub's last part unless it is named."""
    assert Question("MLP.forward", [fine]).name == "forward"
    assert Question("MLP.forward", [fine], name="first").stubs == ("MLP.forward",)


def test_a_question_needs_a_value_check():
    """A question of properties alone could be earned by doing nothing."""
    with pytest.raises(AssignmentError, match="at least one value check"):
        Question("relu", [check(points=1, property=True)(fine.probe)])


def test_two_questions_of_one_name_are_refused():
    """Two stubs whose last part is the same need names."""
    with pytest.raises(AssignmentError, match="two questions are called forward"):
        Assignment("t", [Question("Dense.forward", [fine]), Question("Net.forward", [fine])])


def test_a_variant_is_an_edit_or_a_source():
    """A variant that is both, or neither, is refused."""
    with pytest.raises(AssignmentError, match="either source= or right="):
        Variant("v", "relu")
