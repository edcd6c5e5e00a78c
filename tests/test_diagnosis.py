"""Diagnosis: known mistakes by their answers, relations from a closed list, and silence where neither is sure."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder import feedback
from autograder.answers import cached
from autograder.classroom import apply
from autograder.definition import Mistake
from autograder.diagnosis import diagnose, relations
from autograder.diagnosis.known import alike, known, observed
from autograder.diagnosis.relations import SENTENCES, Wrong, without_implied
from autograder.loading import load
from autograder.records import Blocks, Diagnosis, Observation, Opaque, Outcome, Sequence, Surely

from .conftest import ROOT, SHIPPED

RNG = np.random.default_rng(7)
WANTED = RNG.normal(size=(5, 4))
LOADED = {name: load(ROOT / "assignments" / name) for name in SHIPPED}


def _said(seen, wanted=WANTED, **around):
    return without_implied(set(relations.relations(Wrong(np.asarray(seen), np.asarray(wanted), **around))))


def _question(loaded, stub):
    return next(question for question in loaded.questions if stub in question.stubs)


def _observations(loaded, stub, source):
    answers, question = cached(loaded, 0), _question(loaded, stub)
    module = loaded.reference.load(loaded.reference.edited(stub, source))
    return answers, question, [observed(answers, question, item, module) for item in question.checks]


def _diagnosed(loaded, stub, source, **options):
    return diagnose(*_observations(loaded, stub, source), **options)


# --- relations ---------------------------------------------------------------------------------------

NUMBERS = {"number of samples": frozenset([5.0]), "number of columns": frozenset([4.0])}
OTHER = RNG.normal(size=(5, 4))
MASKED = WANTED * (OTHER > 0)


@pytest.mark.parametrize(
    ("name", "seen", "wanted"),
    [
        ("all zeros", 0 * WANTED, WANTED),
        ("unchanged", OTHER, WANTED),
        ("transposed", WANTED.T, WANTED),
        ("transposed", WANTED[:4].T, WANTED[:4]),
        ("another shape", WANTED.reshape(2, 10), WANTED),
        ("another shape", WANTED[:, :1], WANTED[:, 0]),
        ("cut short", WANTED[:3], WANTED),
        ("goes on too long", WANTED, WANTED[2:]),
        ("another's value", OTHER + 1, WANTED),
        ("not yet summed", WANTED, WANTED.sum(axis=0)),
        ("not yet averaged", WANTED, WANTED.mean(axis=1)),
        ("summed too far", WANTED.sum(), WANTED),
        ("averaged too far", WANTED.mean(axis=0), WANTED),
        ("factor -1", -WANTED, WANTED),
        ("factor 2", 2 * WANTED, WANTED),
        ("factor 1/2", WANTED / 2, WANTED),
        ("factor number of samples", 5 * WANTED, WANTED),
        ("factor 1/number of columns", WANTED / 4, WANTED),
        ("factor logarithm", WANTED / np.log(2), WANTED),
        ("factor -1", OTHER - WANTED, OTHER + WANTED),
        ("one minus", 1 - WANTED, WANTED),
        ("one place off", WANTED[:, 1:], WANTED[:, :-1]),
        ("one offset", WANTED + 0.3, WANTED),
        ("a row added to every row", WANTED + WANTED[0], WANTED),
        ("a number for every row", WANTED + WANTED[:, :1], WANTED),
        ("a factor for every row", WANTED * WANTED[:, :1], WANTED),
        ("a factor for every column", WANTED * WANTED[0], WANTED),
        ("rows in another order", WANTED[[3, 0, 4, 2, 1]], WANTED),
        ("columns in another order", WANTED[:, [2, 3, 1, 0]], WANTED),
        ("entries in another order", WANTED.ravel()[::-1], WANTED.ravel()),
        ("mask left out", WANTED, MASKED),
        ("switched off", MASKED, WANTED),
        ("sign lost", np.abs(WANTED), WANTED),
        ("decimals lost", np.trunc(10 * WANTED).astype(int), 10 * WANTED),
        ("one number everywhere", np.full((5, 4), WANTED.mean()), WANTED),
        ("squared", WANTED**2, WANTED),
        ("square root", np.sqrt(np.abs(WANTED)), np.abs(WANTED)),
        ("exponential", np.exp(WANTED), WANTED),
        ("logarithm", np.log(np.abs(WANTED)), np.abs(WANTED)),
    ],
)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_relation_is_recognised_alone(name, seen, wanted, dtype):
    """Each relation is found where it holds, in either precision, and no other beside it."""
    seen = np.asarray(seen)
    seen = seen.astype(dtype) if seen.dtype.kind == "f" else seen
    assert _said(seen, wanted, numbers=NUMBERS, before=(OTHER,), others=(OTHER + 1,)) == {name}


@pytest.mark.parametrize(
    "seen",
    [2.01 * WANTED, WANTED + 0.1 * OTHER, WANTED @ WANTED[:4], OTHER[:3, :3], WANTED * np.nan, WANTED + 1j, WANTED[:0]],
)
def test_nothing_is_said_of_what_follows_no_relation(seen):
    """A factor nearly two, noise, a product, nan, complex and empty arrays are none of them."""
    assert _said(seen, numbers=NUMBERS) == set()


def test_every_relation_has_a_sentence_of_its_own():
    """The closed list holds plain sentences, each said of one thing, but for a factor and its inverse."""
    assert all(text.endswith((".", "?")) and len(text) < 140 for text in SENTENCES.values())
    assert len(set(SENTENCES.values())) == len(SENTENCES) - 1


def test_whole_numbers_are_little_evidence():
    """Zeros and ones agree by chance; other numbers do not."""
    assert relations.evidence(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == 2
    assert relations.evidence(WANTED * 2, WANTED) == relations.CAP
    assert relations.evidence(WANTED, WANTED) == 0


arrays = hnp.arrays(
    st.sampled_from([np.float64, np.float32, np.float16, np.int64, np.uint8, np.bool_, np.complex128]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)


@settings(max_examples=200, deadline=None)
@given(arrays, arrays, st.lists(arrays, max_size=2))
def test_relations_never_raise(seen, wanted, around):
    """Whatever the arrays hold, names from the closed list come back."""
    found = relations.relations(Wrong(seen, wanted, tuple(around), NUMBERS, tuple(around)))
    assert found.keys() <= SENTENCES.keys()


# --- values that are alike ---------------------------------------------------------------------------


def test_values_are_alike_up_to_rounding():
    """Rounding, lists for arrays and nan at the same places are no difference; another number or form is."""
    nan = np.array([np.nan, 1.0, np.inf])
    assert alike(WANTED, WANTED * (1 + 1e-12))
    assert alike(Sequence(tuple(WANTED)), WANTED)
    assert alike(nan, nan.copy())
    assert alike(WANTED[0], WANTED[:1], flat=True)
    assert alike(Blocks((("w", WANTED),)), Blocks((("w", WANTED),)))
    assert not alike(nan, np.array([np.nan, 1.0, -np.inf]))
    assert not alike(WANTED, WANTED * (1 + 1e-4))
    assert not alike(WANTED[0], WANTED[:1])
    assert not alike(Blocks((("w", WANTED),)), Blocks((("v", WANTED),)))
    assert not alike(None, WANTED)


values = st.recursive(
    st.one_of(arrays, st.none(), st.text(max_size=3), st.just(Opaque("object"))),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: Sequence(tuple(items))),
        st.dictionaries(st.text(max_size=2), inner, max_size=3).map(lambda d: Blocks(tuple(d.items()))),
    ),
    max_leaves=5,
)


@settings(max_examples=100, deadline=None)
@given(values, values)
def test_whatever_came_back_can_be_diagnosed(one, other):
    """A diagnosis is made or not of any values and any end, and never raises."""
    loaded = LOADED["mlp"]
    answers, question = cached(loaded, 0), _question(loaded, "MLP.softmax")
    seen = [Observation(Outcome.RETURNED, value) for value in (one, other)]
    ended = [Observation(Outcome.RAISED, exception="ValueError"), Observation(Outcome.CRASHED)]
    padded = (seen + ended * len(question.checks))[: len(question.checks)]
    found = diagnose(answers, question, padded)
    assert found is None or found.matched


# --- known mistakes ----------------------------------------------------------------------------------


# they end in exceptions that anything may raise
@pytest.mark.parametrize("name", SHIPPED)
def test_a_known_mistake_is_recognised(name):
    """Every known mistake is diagnosed as itself or not at all, and nearly every one is.

    Silent are those that answer as another one does, and those that only raise what anything may raise.
    """
    loaded = LOADED[name]
    silent = set()
    for mistake in loaded.mistakes:
        found = _diagnosed(loaded, mistake.stub, apply(loaded.reference, mistake))
        if found is None or found.surely is not Surely.CERTAIN:
            silent.add(mistake.name)
        else:
            assert found.sentence == mistake.sentence, mistake.name
    assert len(silent) <= len(loaded.mistakes) // 8


def test_the_same_mistake_in_another_hand_is_recognised():
    """The diagnosis follows what a function answers, not how it is written."""
    source = """
def softmax(self, x):
    e = np.exp(np.array(x, dtype=float) - np.max(x, axis=-1, keepdims=True))
    total = 0.0
    for number in e.ravel():
        total += number
    return e / total
"""
    assert _diagnosed(LOADED["mlp"], "MLP.softmax", source).matched == "mistake sum_over_everything"


def test_right_answers_have_no_diagnosis():
    """Where nothing failed there is nothing to say."""
    loaded = LOADED["mlp"]
    assert _diagnosed(loaded, "MLP.softmax", loaded.reference.function("MLP.softmax").solution) is None


def test_an_unknown_mistake_may_follow_a_relation():
    """A mistake that is not known is named by what it does to every wrong block."""
    loaded = LOADED["mlp"]
    mistake = next(item for item in loaded.mistakes if item.name == "weights_not_averaged")
    found = _diagnosed(loaded, mistake.stub, apply(loaded.reference, mistake), without=frozenset([mistake.name]))
    assert (found.matched, found.surely) == ("relation factor number of samples", Surely.CERTAIN)
    assert found.sentence == SENTENCES["factor number of samples"]


def test_nothing_is_said_where_two_mistakes_meet_in_one_function():
    """Two faults at once are neither one of them nor a relation."""
    loaded = LOADED["mlp"]
    source = loaded.reference.function("MLP.softmax").solution
    source = source.replace("np.sum(numerator, axis=-1, keepdims=True)", "np.sum(numerator)").replace("** 2", "** 3")
    assert _diagnosed(loaded, "MLP.softmax", source) is None


def test_exceptions_alone_are_no_evidence():
    """A ValueError in every check has a hundred causes, so nothing is said of it."""
    source = "def forward(self, x):\n    raise ValueError\n"
    assert _diagnosed(LOADED["mlp"], "MLP.forward", source) is None


def test_mistakes_that_cannot_be_told_apart_are_not_told(toy):
    """Two mistakes with the same answers and different sentences leave the student without a diagnosis."""
    absolute = next(item for item in toy.mistakes if item.name == "absolute")
    twin = replace(absolute, name="folded", wrong="np.sqrt(np.square(z))", sentence="Something else.")
    loaded = replace(toy, mistakes=(*toy.mistakes, twin))
    found = _diagnosed(loaded, "relu", apply(toy.reference, absolute))
    assert (found.sentence, found.surely) == ("", Surely.AMBIGUOUS)
    assert found.matched == "mistake absolute or mistake folded"


@pytest.mark.parametrize("wrong", ["endless(z)", "np.zeros(1 << 45)"])
def test_a_mistake_that_does_not_end_is_left_out(toy, wrong):
    """A known mistake that loops or asks for all memory is not known by its answers, and holds nobody up."""
    text = toy.reference.text + "\n\ndef endless(z):\n    while True:\n        z = z + 1\n"
    loop = Mistake("loop", "relu", right="np.maximum(0, z)", wrong=wrong, sentence="It never ends.")
    loaded = replace(toy, mistakes=(loop,), reference=replace(toy.reference, text=text))
    answers = cached(loaded, 0)
    assert known(answers, _question(loaded, "relu")) == ()


# --- what is told ------------------------------------------------------------------------------------


def _report(toy, tmp_path, source):
    from autograder.classroom import as_file, cells
    from autograder.grade import grade
    from autograder.submission import read

    path = tmp_path / "hw.ipynb"
    path.write_bytes(as_file(cells(toy.reference, {"Net.grad": source, "relu": "def relu(z):\n    return 0 * z"})))
    report = grade(read(path), toy)
    return next(question for question in report.questions if question.name == "grad")


def test_the_attempt_with_right_neighbours_is_diagnosed(toy, tmp_path):
    """A mistake is recognised although another stub is wrong too, as the diagnosis looks where that one is given."""
    source = "def grad(self, x, y):\n    return relu(x).T @ (self.forward(x) - y)\n"
    question = _report(toy, tmp_path, source)
    assert question.given == ()
    assert question.diagnosis.matched == "mistake sum_for_mean"


def test_the_diagnosis_stands_once_above_the_checks(toy, tmp_path):
    """The sentence comes below the headline, and the checks leave their hints out."""
    source = "def grad(self, x, y):\n    return relu(x).T @ (self.forward(x) - y)\n"
    told = feedback.lines(_report(toy, tmp_path, source))
    assert told[1] == "  The loss is a mean over the rows, and so is its gradient."
    assert not any("Is it divided" in line for line in told)


@pytest.mark.parametrize("surely", [Surely.LIKELY, Surely.AMBIGUOUS])
def test_only_what_is_certain_is_told(toy, tmp_path, surely):
    """What is not certain is for the instructor alone."""
    found = Diagnosis("CANARY", "mistake x", surely, 1)
    question = replace(_report(toy, tmp_path, "def grad(self, x, y):\n    return 0\n"), diagnosis=found)
    assert question.points == Fraction(0)
    assert not any("CANARY" in line for line in feedback.lines(question))
