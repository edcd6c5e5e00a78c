"""Property checks, tried on the layer_backward of `mlp`: a right one has them all, a wrong one lacks what it breaks."""

from dataclasses import replace
from fractions import Fraction
from types import ModuleType

import numpy as np
import pytest

from autograder import (
    Assignment,
    Question,
    backward_properties,
    check,
    gradient_check,
    own_forward_check,
    relu_network_inputs,
    upstream_gradient,
)
from autograder.answers import Answers, Implementation
from autograder.build.source import source_of
from autograder.errors import AssignmentError
from autograder.expectations import judge
from autograder.grade import grade
from autograder.loading import Loaded, load
from autograder.probes import pack
from autograder.properties import PROPERTIES, consistency
from autograder.records import Cell, Observation, Outcome, Submission, Verdict
from autograder.sandbox import decode, encode
from autograder.sandbox.beside import bundle


def network(student, inputs, activation):
    """A network with these parameters."""
    net = student.MLP(layer_dims=(4, 6, 5, 3), activation=activation)
    net.parameters = [{"w": np.array(inputs[f"w{i}"]), "b": np.array(inputs[f"b{i}"])} for i in range(3)]
    return net


def layer_after_forward(student, rng):
    """layer_backward of the first layer, and what it is called with."""
    inputs = relu_network_inputs(rng)
    net = network(student, inputs, "relu")
    net.forward(inputs["x"])
    return net.layer_backward, upstream_gradient(rng, (7, 6)), 1


def network_inputs(rng):
    """A network, and an upstream gradient of its first layer."""
    return {**relu_network_inputs(rng), "upstream": upstream_gradient(rng, (7, 6))}


def mean_of_first_layer(student, inputs):
    """The mean over the samples of upstream · output of the first layer."""
    net = network(student, inputs, "tanh")
    net.forward(inputs["x"])
    return np.sum(inputs["upstream"] * net.forward_cache[1]["a"]) / len(inputs["x"])


@gradient_check(points=1, inputs=network_inputs, of=mean_of_first_layer, flat=("b0",))
def first_layer(student, inputs):
    """The gradients of the first layer."""
    net = network(student, inputs, "tanh")
    net.forward(inputs["x"])
    dx, dw, db = net.layer_backward(inputs["upstream"], 1)
    return {"x": dx / len(inputs["x"]), "w0": dw, "b0": db}


CHECKS = [
    first_layer,
    *backward_properties(layer_after_forward, points=3, subject="layer_backward"),
    own_forward_check(first_layer, points=1),
]
ALL = {f"layer_after_forward_{name}" for name in PROPERTIES} | {"first_layer_fits_own_forward"}


@pytest.fixture(scope="module")
def answers():
    """The answers of mlp's reference to the checks above."""
    mlp = load("mlp")
    question = Question("MLP.layer_backward", CHECKS)
    return Answers(Loaded("mlp", mlp.folder, Assignment("t", [question]), mlp.reference, mlp.text))


def lacking(answers, *edits):
    """The names of the checks that mlp's reference fails once its source is edited."""
    loaded = answers.loaded
    source = loaded.reference.path.read_text()
    for right, wrong in edits:
        assert source.count(right) == 1
        source = source.replace(right, wrong)
    module = ModuleType("edited")
    exec(source, vars(module))
    (question,) = loaded.questions
    return {item.name for item in question.checks if not _passes(answers, question, item, module)}


def _passes(answers, question, item, module):
    wanted = answers.value(question, item)
    probe = answers.probe(question, item)
    try:
        seen = bundle.load(probe.code)(Implementation(module), np.random.default_rng(probe.seed))
    except Exception:  # noqa: BLE001  it raises, so it has not the property
        return False
    observed = Observation(Outcome.RETURNED, decode(encode(seen)))
    predicate = item.expect if callable(item.expect) else None
    findings = judge(observed, wanted, predicate=predicate, flat=item.flat)
    return all(finding.verdict is Verdict.PASSED for finding in findings)


def test_the_reference_has_them_all(answers):
    """Right code passes each check, and its gradients are proved at inputs that are at no kink."""
    (question,) = answers.loaded.questions
    assert lacking(answers) == set()
    assert answers.disproved_gradients(question, first_layer) == ()
    assert answers.kinked_inputs(question, first_layer) == ()


GRADIENT_O = "gradient_o = gradient * self.gradient_activation_fn(a)"
GRADIENT_W = "gradient_w = a_prev.T @ gradient_o / len(a_prev)"
RETURN = "return gradient_a_prev, gradient_w, gradient_b\n"
WRONG = {
    "adds up": (
        [(GRADIENT_W, GRADIENT_W + " + getattr(self, 'sum', 0); self.sum = gradient_w")],
        {"called_twice"},
    ),
    "writes into the cache": ([(GRADIENT_W, GRADIENT_W + "\n        a *= 0")], {"called_twice"}),
    "writes into upstream": (
        [(GRADIENT_O, "gradient *= self.gradient_activation_fn(a); gradient_o = gradient")],
        {"arguments_unchanged"},
    ),
    "adds weight decay": ([(GRADIENT_W, GRADIENT_W + " + 0.01 * w")], {"zero_upstream", "linear_in_upstream"}),
    "clips": ([(GRADIENT_W, f"gradient_w = np.clip({GRADIENT_W[13:]}, -0.05, 0.05)")], {"linear_in_upstream"}),
    "forgets upstream": (
        [(GRADIENT_O, "gradient_o = self.gradient_activation_fn(a)")],
        {"zero_upstream", "linear_in_upstream"},
    ),
    "transposes": ([(RETURN, "return gradient_a_prev, gradient_w.T, gradient_b\n")], {"shapes"}),
    "returns zeros": (
        [(RETURN, "return gradient_a_prev * 0, gradient_w * 0, gradient_b * 0\n")],
        {"zero_upstream", "linear_in_upstream", "not_all_zeros"},
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_each_property_notices_what_breaks_it(answers, name):
    """A wrong layer_backward fails the properties that it breaks and no other."""
    edits, broken = WRONG[name]
    found = {item.removeprefix("layer_after_forward_") for item in lacking(answers, *edits)}
    assert found & set(PROPERTIES) == broken


def test_harmless_forms_keep_their_properties(answers):
    """A bias gradient of shape (m,), or a list for the tuple, loses no property; nor does float32."""
    edits = [(RETURN, "return [gradient_a_prev.astype(np.float32), gradient_w.astype(np.float32), gradient_b[0]]\n")]
    assert lacking(answers, *edits) == set()


# --- the student's own forward pass ---------------------------------------------------------------------

TANH, SLOPE = "return np.tanh(x)\n", "return 1 - x**2\n"


def test_a_right_backward_of_a_wrong_forward_is_consistent(answers):
    """tanh(x / 2) with its own slope fails the value and keeps the property; with tanh's slope it loses both."""
    wrong_forward, own_slope = (TANH, "return np.tanh(x / 2)\n"), (SLOPE, "return (1 - x**2) / 2\n")
    assert lacking(answers, wrong_forward, own_slope) == {"first_layer"}
    assert lacking(answers, wrong_forward) == {"first_layer", "first_layer_fits_own_forward"}


def test_consistency_notices_a_slight_fault(answers):
    """One per mille in one block is inconsistent."""
    edit = (GRADIENT_W, f"gradient_w = 1.001 * {GRADIENT_W[13:]}")
    assert "first_layer_fits_own_forward" in lacking(answers, edit)


def test_what_differences_cannot_tell_is_not_said():
    """Too large an error, or a gradient of zeros, is no consistency and no inconsistency."""
    assert consistency([1.0, 1.0, 1e-9, 2.0]) is True
    assert consistency([1.0, 1.1, 1e-9, 2.0]) is False
    assert consistency([1.0, 1.1, 0.5, 2.0]) is None
    assert consistency([0.0, 0.0, 0.0, 0.0]) is None
    assert consistency([np.nan, 0.0, 0.0, 0.0]) is None


def test_a_random_forward_earns_nothing(answers):
    """A forward pass that differs at each call cannot be used to make any backward pass consistent."""
    edit = (TANH, "return np.tanh(x) + np.random.normal(size=np.shape(x))\n")
    assert "first_layer_fits_own_forward" in lacking(answers, edit)


# --- what an author writes ---------------------------------------------------------------------------------


def test_points_divide_evenly():
    """The points are shared out exactly, and every check is a property."""
    checks = backward_properties(layer_after_forward, points=1)
    assert sum(item.points for item in checks) == 1
    assert {item.points for item in checks} == {Fraction(1, len(PROPERTIES))}
    assert all(item.property and not item.public for item in checks)


def test_one_property_in_one_line():
    """A single property comes with its sentence and a title that names the subject."""
    (item,) = backward_properties(
        layer_after_forward,
        points="0.5",
        only="arguments_unchanged",
        subject="layer_backward",
        because={"arguments_unchanged": "it is left unchanged"},
    )
    assert item.name == "layer_after_forward_arguments_unchanged"
    assert item.title == "The arrays that layer_backward is handed are the same after the call."
    assert (item.points, item.because) == (Fraction(1, 2), "it is left unchanged")


def np_like(student, rng):
    """A function whose name will be one that the templates use."""


def test_what_cannot_be_is_refused():
    """Unknown properties, no property, no points, a name that is taken and a check without a gradient are refused."""
    with pytest.raises(AssignmentError, match="'linear'; one of called_twice, "):
        backward_properties(layer_after_forward, points=1, only="linear")
    with pytest.raises(AssignmentError, match="names no property"):
        backward_properties(layer_after_forward, points=1, only=())
    with pytest.raises(AssignmentError, match="points=None"):
        backward_properties(layer_after_forward, points=None)
    with pytest.raises(AssignmentError, match="is not an ordinary function"):
        backward_properties(lambda student, rng: None, points=1)
    np_like.__name__ = "np"
    with pytest.raises(AssignmentError, match="call the function np something else"):
        backward_properties(np_like, points=1)
    plain = check(points=1)(layer_after_forward)
    with pytest.raises(AssignmentError, match="is no gradient check"):
        own_forward_check(plain, points=1)


@pytest.mark.parametrize("item", CHECKS, ids=lambda item: item.name)
def test_bare_code_does_what_the_probe_does(answers, item):
    """What travels returns what the probe returns as it stands."""
    reference = Implementation(answers.loaded.reference.load())
    there = bundle.load(pack(item))(reference, np.random.default_rng(3))
    rng = np.random.default_rng(3)
    here = item.probe(reference, item.gradient.inputs(rng) if item.gradient else rng)
    assert encode(there) == encode(here)


def test_only_gradients_are_proved(answers):
    """A check without a gradient has nothing to prove, and one that returns no dictionary proves nothing."""
    (question,) = answers.loaded.questions
    item = question.checks[1]
    assert answers.gradient_proofs(question, item) == answers.kinked_inputs(question, item) == ()
    loaded = answers.loaded
    bare = replace(first_layer, name="bare", probe=_no_dictionary)
    asked = Question("MLP.layer_backward", [bare])
    other = Answers(Loaded("mlp", loaded.folder, Assignment("t", [asked]), loaded.reference, loaded.text))
    assert "dictionary" in other.gradient_proofs(asked, bare)[0].reason


def _no_dictionary(student, inputs):
    return network(student, inputs, "tanh").layer_dims


def test_the_builder_finds_the_source():
    """The builder, which proves that no hidden check's code is in the notebook, finds that of a ready-made one."""
    assert all("_property_" in source_of(item.probe).body for item in CHECKS[1:])


def test_the_isolated_process_sees_the_same(answers):
    """Graded as a submission, the reference gets every point, and a blank layer_backward none."""
    loaded = answers.loaded
    source = loaded.reference.path.read_text()
    right = grade(Submission("s.py", cells=(Cell(source, 1),)), loaded)
    assert right.points == right.possible == 5
    blank = source.replace(RETURN, "return 0 * gradient_a_prev, 0 * gradient_w, 0 * gradient_b\n")
    assert grade(Submission("s.py", cells=(Cell(blank, 1),)), loaded).points == 0
