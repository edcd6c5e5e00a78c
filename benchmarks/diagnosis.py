"""How often a diagnosis is right, wrong, or not made: on known mistakes, on mutants, and on whole submissions.

    python benchmarks/diagnosis.py [NAME…] [--seed N] [--submissions N] [--list]

A line for each kind of wrong code, with how many stubs were wrong and what was said of them:

- `known`: each known mistake, alone.
- `left out`: each known mistake, with itself taken from the catalogue. Right is a relation, or another mistake,
  that DESCRIBES says is a fair description of it; all else is wrong.
- `mutants`: each mutant of the reference that fails its question, as `autograder audit` makes them. Right is what is
  said again under three other seeds, so on inputs that the first diagnosis did not see.
- `in other words`: known mistakes made in functions that are written quite differently (OTHERWISE).
- `two mistakes`: whole submissions with two known mistakes in different questions, all other stubs known variants,
  through the isolated process, with given functions where it takes them. Each of the two counts.

Only what is certain, and so shown to the student, counts as said.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator

from autograder import classroom
from autograder.answers import Answers, cached
from autograder.audit.mutants import mutants_of
from autograder.definition import Mistake
from autograder.diagnosis import diagnose
from autograder.diagnosis.known import observed, seen
from autograder.grade import grade
from autograder.loading import Loaded, load
from autograder.records import Cell, Diagnosis, Observation, State, Submission, Surely

SEEDS = (101, 102, 103)

# what may fairly be said of a mistake that nobody foresaw
DESCRIBES = {
    "sigmoid_mirrored": {"relation one minus"},
    "relu_in_place": {"relation input changed"},
    "sigmoid_for_tanh": {"relation another's value"},
    "slope_written_into_x": {"relation input changed"},
    "sum_over_everything": {"relation a factor for every row"},
    "scores_changed": {"relation input changed"},
    "output_remembered_twice": {"relation another's value"},
    "sum_of_losses": {"relation factor number of samples"},
    "mean_over_all_entries": {"relation factor 1/number of columns"},
    "loss_without_minus": {"relation factor -1"},
    "logarithm_to_base_two": {"relation factor logarithm"},
    "weights_not_averaged": {"relation factor number of samples"},
    "bias_not_averaged": {"relation factor number of samples"},
    "passed_down_averaged": {"relation factor 1/number of samples"},
    "weight_gradient_transposed": {"relation transposed"},
    "uphill": {"relation factor -1"},
    "labels_minus_predictions": {"relation factor -1"},
    "averaged_twice": {"relation factor 1/number of samples"},
    "bias_never_moves": {"relation unchanged"},
    "rate_left_out": {"relation factor 1/learning rate"},
    "first_layer_never_moves": {"relation unchanged"},
    "classes_counted_from_one": {"relation one place off"},
    "lists_go_on": {"relation goes on too long"},
    "relu_writes_into_x": {"relation input changed"},
    "classes_swapped": {"relation one minus"},
    "train_writes_into_x": {"relation input changed"},
}

# a known mistake, made by somebody who writes otherwise: assignment, mistake, the whole function
OTHERWISE = (
    (
        "mlp",
        "sigmoid_mirrored",
        """
def activation_fn(self, x):
    z = np.array(x, dtype=float)
    if self.activation == "sigmoid":
        return np.exp(-np.logaddexp(0, z))
    return np.where(z > 0, z, 0) if self.activation == "relu" else np.tanh(z)
""",
    ),
    (
        "mlp",
        "leaky_relu",
        """
def activation_fn(self, x):
    if self.activation == "relu":
        return np.where(np.asarray(x) > 0, x, 0.01 * np.asarray(x))
    if self.activation == "tanh":
        return np.tanh(x)
    small = np.exp(-np.abs(x))
    return np.where(np.asarray(x) >= 0, 1, small) / (1 + small)
""",
    ),
    (
        "mlp",
        "activation_applied_again",
        """
def gradient_activation_fn(self, x):
    a = self.activation_fn(x)
    if self.activation == "relu":
        return 1.0 * (np.asarray(x) > 0)
    return a - a * a if self.activation == "sigmoid" else (1 - a) * (1 + a)
""",
    ),
    (
        "mlp",
        "slope_one_at_zero",
        """
def gradient_activation_fn(self, x):
    d = np.ones(np.shape(x))
    if self.activation == "relu":
        d[np.asarray(x) < 0] = 0
        return d
    return x * (1 - x) if self.activation == "sigmoid" else d - np.square(x)
""",
    ),
    (
        "mlp",
        "sum_over_the_batch",
        """
def softmax(self, x):
    x = np.array(x, dtype=float)
    x = x - x.max(axis=-1, keepdims=True)
    e = np.exp(x)
    return e / e.sum(0)
""",
    ),
    (
        "mlp",
        "sum_over_everything",
        """
def softmax(self, x):
    e = np.exp(np.array(x, dtype=float) - np.max(x, axis=-1, keepdims=True))
    total = 0.0
    for number in e.ravel():
        total += number
    return e / total
""",
    ),
    (
        "mlp",
        "no_maximum_subtracted",
        """
def softmax(self, x):
    e = np.exp(x)
    return (e.T / np.sum(e, axis=-1)).T
""",
    ),
    (
        "mlp",
        "bias_forgotten",
        """
def layer_forward(self, x, layer_number):
    o = np.einsum("ni,ij->nj", x, self.parameters[layer_number]["w"])
    last = layer_number + 1 == len(self.parameters)
    out = self.softmax(o) if last else self.activation_fn(o)
    self.forward_cache += [dict(o=o, a=out)]
    return out
""",
    ),
    (
        "mlp",
        "softmax_in_every_layer",
        """
def layer_forward(self, x, layer_number):
    w, b = self.parameters[layer_number]["w"], self.parameters[layer_number]["b"]
    o = np.array([row @ w for row in x]) + b
    self.forward_cache.append({"o": o, "a": self.softmax(o)})
    return self.forward_cache[-1]["a"]
""",
    ),
    (
        "mlp",
        "cache_grows",
        """
def forward(self, x):
    out = np.asarray(x)
    self.forward_cache += [{"a": out}]
    for number, _ in enumerate(self.parameters):
        out = self.layer_forward(out, number)
    return out
""",
    ),
    (
        "mlp",
        "sum_of_losses",
        """
def cross_entropy_loss(self, y_hat, y):
    total = 0.0
    for p, t in zip(np.asarray(y_hat), np.asarray(y)):
        total -= np.log(np.clip(p, self.epsilon, 1 - self.epsilon)) @ t
    return total
""",
    ),
    (
        "mlp",
        "mean_over_all_entries",
        """
def cross_entropy_loss(self, y_hat, y):
    p = np.minimum(np.maximum(y_hat, self.epsilon), 1 - self.epsilon)
    return np.average(-np.asarray(y) * np.log(p))
""",
    ),
    (
        "mlp",
        "output_layer_not_recognised",
        """
def layer_backward(self, gradient, layer_number):
    out, before = self.forward_cache[layer_number]["a"], self.forward_cache[layer_number - 1]["a"]
    delta = self.gradient_activation_fn(out) * gradient
    n = before.shape[0]
    dw = sum(np.outer(a, d) for a, d in zip(before, delta)) / n
    return delta.dot(self.parameters[layer_number - 1]["w"].T), dw, delta.sum(axis=0, keepdims=True) / n
""",
    ),
    (
        "mlp",
        "weights_not_averaged",
        """
def layer_backward(self, gradient, layer_number):
    out, before = self.forward_cache[layer_number]["a"], self.forward_cache[layer_number - 1]["a"]
    delta = np.array(gradient)
    if layer_number < len(self.parameters):
        delta = delta * self.gradient_activation_fn(out)
    dw = np.tensordot(before, delta, axes=(0, 0))
    return np.dot(delta, self.parameters[layer_number - 1]["w"].T), dw, delta.mean(axis=0)[np.newaxis]
""",
    ),
    (
        "mlp",
        "derivative_of_the_layer_before",
        """
def layer_backward(self, gradient, layer_number):
    cache, n = self.forward_cache, len(gradient)
    delta = np.array(gradient)
    if layer_number != len(self.parameters):
        delta *= self.gradient_activation_fn(cache[layer_number]["a"])
    dw = cache[layer_number - 1]["a"].T.dot(delta) / n
    db = np.full((1, n), 1 / n) @ delta
    down = delta @ self.parameters[layer_number - 1]["w"].T
    return down * self.gradient_activation_fn(cache[layer_number - 1]["a"]), dw, db
""",
    ),
    (
        "mlp",
        "averaged_twice",
        """
def backward(self, y_hat, y):
    g = (np.asarray(y_hat) - np.asarray(y)) / np.shape(y)[0]
    for number, layer in reversed(list(enumerate(self.parameters, start=1))):
        g, dw, db = self.layer_backward(g, number)
        layer.update(w=layer["w"] - self.lr * dw, b=layer["b"] - self.lr * db)
""",
    ),
    (
        "mlp",
        "moved_before_passed_down",
        """
def backward(self, y_hat, y):
    g, number = np.subtract(y_hat, y), len(self.parameters)
    while number:
        layer = self.parameters[number - 1]
        _, dw, db = self.layer_backward(g, number)
        layer["w"], layer["b"] = layer["w"] - dw * self.lr, layer["b"] - db * self.lr
        g, _, _ = self.layer_backward(g, number)
        number -= 1
""",
    ),
    (
        "mlp",
        "minus_one_is_the_last_class",
        """
@staticmethod
def one_hot_encode(labels, num_classes):
    out = np.zeros((len(labels), num_classes))
    for row, label in enumerate(labels):
        out[row, int(label)] = 1
    return out
""",
    ),
    (
        "mlp",
        "last_short_batch_dropped",
        """
def train(self, x, y, batch_size=64, num_iterations=None):
    self.losses, self.accuracies = [], []
    batches = [(x[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(x), batch_size)]
    batches = [pair for pair in batches if len(pair[0]) == batch_size] or batches
    for i in range(num_iterations or len(batches)):
        xb, yb = batches[i % len(batches)]
        out = self.forward(xb)
        self.losses += [self.cross_entropy_loss(out, yb)]
        self.accuracies += [np.mean(out.argmax(axis=1) == yb.argmax(axis=1))]
        self.backward(out, yb)
""",
    ),
    (
        "perceptron",
        "relu_is_abs",
        """
def relu(self, x):
    return (x**2) ** 0.5
""",
    ),
    (
        "perceptron",
        "sign_turned",
        """
def train(self, x, y, lr=0.1):
    predicted = self.fire(x)
    if predicted != y:
        step = lr if predicted > y else -lr
        self.w = self.w + step * np.asarray(x)
        self.b = self.b + step
    return abs(y - predicted)
""",
    ),
)


def main() -> None:
    """Print the table of each assignment."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=["perceptron", "mlp"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--submissions", type=int, default=30, help="how many with two mistakes; each takes a second")
    parser.add_argument("--list", action="store_true", help="say of each stub that is not right what was said")
    options = parser.parse_args()
    print(f"{'':31}{'stubs':>7}{'right':>7}{'wrong':>7}{'none':>7}")
    for name in options.names:
        study = _Study(load(name), options.seed)
        kinds = {
            "known": study.known(),
            "left out": study.left_out(),
            "mutants": study.mutants(),
            "in other words": study.otherwise(),
            "two mistakes": study.submissions(options.submissions),
        }
        for kind, found in kinds.items():
            judged = list(found)
            count = Counter(verdict for verdict, _ in judged)
            row = "".join(f"{number:>7}" for number in (len(judged), count["right"], count["wrong"], count["none"]))
            print(f"{name:12}{kind:19}{row}", flush=True)
            if options.list:
                for verdict, what in judged:
                    if verdict != "right":
                        print(f"    {verdict}: {what}")


Judged = tuple[str, str]


class _Study:
    """The wrong code of one assignment, and what is said of it."""

    def __init__(self, loaded: Loaded, seed: int) -> None:
        self.loaded = loaded
        self.seed = seed
        self.answers = cached(loaded, seed)
        self.question = {stub: question for question in loaded.questions for stub in question.stubs or ()}

    def known(self) -> Iterator[Judged]:
        """Each known mistake alone."""
        for mistake in self.loaded.mistakes:
            yield self._judged(mistake, self._of_source(mistake.stub, self._source(mistake)))

    def left_out(self) -> Iterator[Judged]:
        """Each known mistake, when it is not known."""
        for mistake in self.loaded.mistakes:
            found = self._of_source(mistake.stub, self._source(mistake), frozenset([mistake.name]))
            fair = DESCRIBES.get(mistake.name, set())
            said = _certain(found)
            yield ("none" if said is None else "right" if said.matched in fair else "wrong"), _told(mistake.name, found)

    def mutants(self) -> Iterator[Judged]:
        """Each mutant that fails its question, and whether other inputs lead to the same."""
        for mutant in mutants_of(self.loaded.reference):
            observations = self._observations(self.answers, mutant.stub, mutant.source)
            if observations is None or not self._fails(mutant.stub, observations):
                continue
            said = _certain(diagnose(self.answers, self.question[mutant.stub], observations))
            what = f"{mutant.stub}: {mutant.mutated}"
            if said is None:
                yield "none", what
                continue
            again = {self._again(seed, mutant.stub, mutant.source) for seed in SEEDS}
            yield ("right" if again == {said.matched} else "wrong"), f"{what}: {said.matched}; again {again}"

    def otherwise(self) -> Iterator[Judged]:
        """Known mistakes in functions that are written differently."""
        mistakes = {mistake.name: mistake for mistake in self.loaded.mistakes}
        for assignment, name, source in OTHERWISE:
            if assignment == self.loaded.name:
                yield self._judged(mistakes[name], self._of_source(mistakes[name].stub, source.strip("\n") + "\n"))

    def submissions(self, count: int) -> Iterator[Judged]:
        """Two mistakes in different questions of a submission whose other stubs are variants."""
        rng = random.Random(self.seed)  # noqa: S311  to repeat, not to be secret
        for _ in range(count):
            one = rng.choice(self.loaded.mistakes)
            other = rng.choice([item for item in self.loaded.mistakes if item.stub != one.stub])
            report = grade(self._composed(rng, one, other), self.loaded, seed=self.seed)
            questions = {question.name: question for question in report.questions}
            for mistake in (one, other):
                question = questions[self.question[mistake.stub].name]
                assert question.state is State.GRADED
                yield self._judged(mistake, question.diagnosis)

    def _composed(self, rng: random.Random, *mistakes: Mistake) -> Submission:
        chosen: dict[str, str | None] = {}
        imports = []
        for stub in self.loaded.reference.stubs:
            variant = rng.choice([None, *(item for item in self.loaded.variants if item.stub == stub)])
            if variant:
                chosen[stub] = classroom.apply(self.loaded.reference, variant)
                imports.append(variant.imports)
        chosen |= {mistake.stub: self._source(mistake) for mistake in mistakes}
        sources = classroom.cells(self.loaded.reference, chosen, imports="\n".join(filter(None, imports)))
        return Submission("two.ipynb", cells=tuple(Cell(source, number) for number, source in enumerate(sources, 1)))

    def _source(self, mistake: Mistake) -> str:
        return classroom.apply(self.loaded.reference, mistake)

    def _of_source(self, stub: str, source: str, without: frozenset[str] = frozenset()) -> Diagnosis | None:
        observations = self._observations(self.answers, stub, source)
        assert observations is not None
        return diagnose(self.answers, self.question[stub], observations, without=without)

    def _observations(self, answers: Answers, stub: str, source: str) -> list[Observation] | None:
        """What the checks see of wrong code of ours; None where it cannot be loaded or does not end."""
        reference, question = self.loaded.reference, self.question[stub]
        module = reference.load(reference.edited(stub, source))
        kept = [found for item in question.checks if (found := observed(answers, question, item, module))]
        return kept if len(kept) == len(question.checks) else None

    def _again(self, seed: int, stub: str, source: str) -> str:
        answers = cached(self.loaded, seed)
        observations = self._observations(answers, stub, source)
        found = diagnose(answers, self.question[stub], observations) if observations else None
        return found.matched if found else ""

    def _fails(self, stub: str, observations: list[Observation]) -> bool:
        return any(item.failed for item in seen(self.answers, self.question[stub], observations))

    def _judged(self, mistake: Mistake, found: Diagnosis | None) -> Judged:
        said = _certain(found)
        right = said is not None and said.sentence == mistake.sentence
        return ("none" if said is None else "right" if right else "wrong"), _told(mistake.name, found)


def _certain(found: Diagnosis | None) -> Diagnosis | None:
    return found if found and found.surely is Surely.CERTAIN else None


def _told(name: str, found: Diagnosis | None) -> str:
    return f"{name}: {found.surely}, {found.matched}" if found else f"{name}: nothing"


if __name__ == "__main__":
    main()
