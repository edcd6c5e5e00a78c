"""What the public checks say in a student's notebook: of blank stubs, wrong answers, exceptions, and of other stubs."""

import numpy as np
import pytest

from autograder.answers import Answers
from autograder.build import public_checks
from autograder.errors import AssignmentError
from autograder.loading import load


@pytest.fixture(scope="session")
def checks(tiny):
    """The module that the notebook carries, run."""
    names = {"__name__": "notebook_checks"}
    exec(public_checks.write(Answers(tiny))["notebook_checks.py"], names)
    return names


@pytest.fixture
def notebook(tiny):
    """A notebook's names, with every stub written."""
    return vars(tiny.reference.load())


def redefine(names, source):
    """Run a cell of the notebook."""
    exec(source, names)


def said(checks, question, name, notebook):
    """What a check says, with the kind of exception; "" where it passes."""
    try:
        checks["judge"](question, name, notebook)
    except AssertionError as error:
        return f"{type(error).__name__}: {error}"
    return ""


def blank(tiny, notebook, stub):
    """Put a stub back as the notebook gave it."""
    source = tiny.reference.functions[stub].blank
    owner = stub.rpartition(".")[0]
    redefine(
        notebook,
        source
        if not owner
        else f"class {owner}({owner}):\n" + "".join(f"    {line}\n" for line in source.splitlines()),
    )


def test_every_check_passes_for_the_reference(checks, notebook):
    """Where every stub is right nothing is said."""
    assert [said(checks, q, n, notebook) for q in checks["CHECKS"] for n in checks["CHECKS"][q]] == [""] * 5


@pytest.mark.parametrize(
    ("stub", "question", "name"),
    [
        ("relu", "relu", "a_row"),
        ("normalize", "normalize", "rows_of_one"),
        ("Net.forward", "forward", "two_samples"),
        ("Net.last", "ends", "two_ends"),
    ],
)
def test_a_blank_stub_is_called_blank(checks, notebook, tiny, stub, question, name):
    """A stub as the notebook gave it, with or without a prompt, in or out of a class, is called blank."""
    blank(tiny, notebook, stub)
    assert said(checks, question, name, notebook) == (
        f"NotWritten: {stub} is still blank. Write it, run its cell, and then this one."
    )


def test_a_stub_that_is_not_there_is_asked_for(checks, notebook):
    """A name that no cell has defined is named, and what to do about it."""
    del notebook["relu"]
    assert "relu is not defined yet. Run the cells" in said(checks, "relu", "a_row", notebook)
    del notebook["Net"]
    assert "Net is not defined yet." in said(checks, "forward", "two_samples", notebook)


def test_a_method_outside_its_class_is_found(checks, notebook, tiny):
    """A method that was written without the line of its class is told where it belongs, blank or lost inside."""
    blank(tiny, notebook, "Net.forward")
    redefine(notebook, "def forward(self, x):\n    return x")
    assert "forward stands outside the class: keep the line `class Net(Net):`" in said(
        checks, "forward", "two_samples", notebook
    )
    redefine(notebook, "class Net:\n    pass")
    assert "forward stands outside the class" in said(checks, "forward", "two_samples", notebook)
    del notebook["forward"]
    assert "Net.forward is not defined yet. Run its cell, and look for an error below it." in said(
        checks, "forward", "two_samples", notebook
    )


def test_other_questions_print_nothing(checks, notebook, capsys):
    """While the functions that a check uses are looked at, what they print is not shown."""
    redefine(notebook, "def relu(z):\n    return abs(z) + 1")
    redefine(notebook, "def normalize(x):\n    print('noise')\n    return x")
    assert "First mend" in said(checks, "loss", "a_distance", notebook)
    told = capsys.readouterr().out.count("noise")
    checks["passes"]("normalize", notebook)
    assert capsys.readouterr().out == ""
    assert told <= 1


def test_what_has_not_changed_is_named(checks, notebook):
    """An answer that is what the function was handed is called unchanged."""
    redefine(notebook, "def relu(z):\n    return z")
    assert "This is still what it was before the call." in said(checks, "relu", "a_row", notebook)


def test_a_name_that_was_overwritten_is_told(checks, notebook):
    """A stub's name that holds a number is no function any more."""
    redefine(notebook, "relu = 3.0")
    assert "relu is no longer a function" in said(checks, "relu", "a_row", notebook)


def test_a_wrong_answer_is_shown_beside_the_wanted_one_with_the_hint(checks, notebook):
    """What came back, what is wanted, and the hint."""
    redefine(notebook, "def relu(z):\n    return abs(z)")
    assert said(checks, "relu", "a_row", notebook) == (
        "Wrong: The result has wrong values.\nYour code gives:\n    [1.  0.5 2. ]\n"
        "This is wanted:\n    [0.  0.5 2. ]\nHint: Compare each entry with zero."
    )


def test_a_broken_promise_is_named(checks, notebook):
    """Where a predicate decides, the check's title says what does not hold."""
    redefine(notebook, "def normalize(x):\n    return x * 1.0")
    message = said(checks, "normalize", "rows_of_one", notebook)
    assert "The shape is right, but this does not hold: Every row sums to one." in message
    assert "Hint: Add up along each row." in message


def test_an_exception_is_placed_in_the_students_cell(checks, notebook):
    """The exception, the function and the line in its cell, and what it said."""
    redefine(notebook, "def relu(z):\n    z = z + 0\n    return z @ np.ones((7, 7))")
    message = said(checks, "relu", "a_row", notebook)
    assert message.startswith("Failed: ValueError was raised in relu, line 3 of its cell:\n    matmul")


def test_sys_exit_in_a_stub_is_an_exception_like_others(checks, notebook):
    """A stub that ends the process is told so, and the kernel goes on."""
    redefine(notebook, "def relu(z):\n    raise SystemExit")
    assert "SystemExit was raised in relu, line 2" in said(checks, "relu", "a_row", notebook)


def test_a_stub_whose_own_check_fails_is_to_be_mended_first(checks, notebook):
    """A failing check that uses a wrong stub says so instead of showing numbers."""
    redefine(notebook, "def relu(z):\n    return abs(z) + 1")
    message = said(checks, "forward", "two_samples", notebook)
    assert message == "First: First mend relu: this check uses it, and it does not pass its own check yet."


def test_the_deepest_is_to_be_mended_first(checks, notebook, tiny):
    """Where forward is wrong because normalize is blank, loss asks for normalize."""
    blank(tiny, notebook, "normalize")
    assert "First write normalize: this check uses it. normalize is still blank" in said(
        checks, "loss", "a_distance", notebook
    )


def test_a_passing_check_asks_for_nothing(checks, notebook):
    """A wrong stub that does no harm to a check is not mentioned by it."""
    redefine(notebook, "def relu(z):\n    return abs(z)")
    assert said(checks, "forward", "two_samples", notebook) == ""


def test_the_generators_are_left_as_they_were(checks, notebook):
    """A check draws from seeded generators and puts the notebook's own back."""
    np.random.seed(5)
    before = np.random.get_state()[1].copy()
    redefine(notebook, "def relu(z):\n    np.random.normal()\n    return np.maximum(z, 0)")
    checks["judge"]("relu", "a_row", notebook)
    assert np.array_equal(np.random.get_state()[1], before)


def test_hidden_checks_do_not_travel(tiny):
    """Neither name, title, hint nor code of a hidden check is in the files."""
    text = "".join(public_checks.write(Answers(tiny)).values())
    for secret in ("concealed_matrix", "nobody has seen", "on its way", "rng.uniform", "nothing_but_hidden"):
        assert secret not in text


@pytest.mark.parametrize(
    ("old", "new", "said_of_it"),
    [
        ("expect=sums_to_one", "expect=lambda returned: True", "normalize.rows_of_one: a public check's predicate"),
        ("def sums_to_one(", "def judge(returned):\n    return True\n\n\ndef sums_to_one(", ""),
        ("small_net(student)\n    return {", "judge(student)\n    return {", "judge is a name of the notebook's own"),
    ],
)
def test_what_cannot_stand_alone_is_refused(course, old, new, said_of_it):
    """A predicate without a name, and a helper that bears a name of the comparison, are refused by the check's name."""
    path = course / "assignments" / "tiny" / "questions.py"
    text = path.read_text().replace(
        "def small_net(", "def judge(student):\n    return small_net(student)\n\n\ndef small_net("
    )
    path.write_text((text if "judge" in said_of_it else path.read_text()).replace(old, new))
    answers = Answers(load(course / "assignments" / "tiny"))
    if not said_of_it:
        assert "def judge(returned)" not in public_checks.write(answers)["notebook_checks.py"]
        return
    with pytest.raises(AssignmentError) as caught:
        public_checks.write(answers)
    assert said_of_it in str(caught.value)
