"""What every submission to an assignment is asked, made once for a class: probes, in which order, with which limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from .answers import Answers, cached
from .definition import Check, Question
from .loading import Loaded
from .records import Observation, Probe


class Asking:
    """An assignment's questions under one seed, with the reference's answers under each of its conventions."""

    def __init__(self, loaded: Loaded, seed: int) -> None:
        self.readings = tuple(cached(reading, seed) for reading in loaded.readings)
        self.order = tuple(callees_first(self.readings[0]))
        checks = [(question, item) for question in loaded.questions for item in question.checks]
        self._probes = {(question.name, item.name): self._probe(question, item) for question, item in checks}
        self._known = {(question.name, item.name): self._merged(question, item) for question, item in checks}
        most_bytes = max(probe.most_bytes for probe in self._probes.values())
        self.bench = replace(loaded.bench, limits=replace(loaded.bench.limits, frame_bytes=most_bytes))

    def probes(self, questions: Sequence[Question]) -> list[Probe]:
        """The probes of some questions, in order; an answer has room under every convention."""
        return [self._probes[question.name, item.name] for question in questions for item in question.checks]

    def known(self, questions: Sequence[Question]) -> list[Mapping[bytes, Observation]]:
        """For each of those probes the reference's own answers, one for each convention, by their bytes."""
        return [self._known[question.name, item.name] for question in questions for item in question.checks]

    def _probe(self, question: Question, item: Check) -> Probe:
        most_bytes = max(answers.most_bytes(question, item) for answers in self.readings)
        return replace(self.readings[0].probe(question, item), most_bytes=most_bytes)

    def _merged(self, question: Question, item: Check) -> Mapping[bytes, Observation]:
        """The first convention's where two give the same bytes: `Answers.report` knows its own again, as one object."""
        found: dict[bytes, Observation] = {}
        for answers in reversed(self.readings):
            found |= answers.known(question, item)
        return found


@lru_cache(maxsize=16)
def asking(loaded: Loaded, seed: int) -> Asking:
    """What all submissions of a class are asked. Raises AssignmentError where the reference has no answer."""
    return Asking(loaded, seed)


def callees_first(answers: Answers) -> list[Question]:
    """The questions in an order in which what a question calls comes before it; a circle keeps the file's order."""
    questions = answers.loaded.questions
    asked = {stub: question for question in questions for stub in question.stubs or ()}
    order: list[Question] = []
    entered: set[str] = set()

    def visit(question: Question) -> None:
        if question.name in entered:
            return
        entered.add(question.name)
        for name in answers.calls(question):
            if name in asked:
                visit(asked[name])
        order.append(question)

    for question in questions:
        visit(question)
    return order
