"""What an audit found: frozen records, and their form as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What was tried against the checks."""

    REFERENCE = "reference"  # under a seed
    VARIANT = "variant"
    MISTAKE = "mistake"
    MUTANT = "mutant"
    LEECH = "leech"  # blank, with what takes its answers from given functions


@dataclass(frozen=True, slots=True)
class Trial:
    """One implementation that was tried, and which checks took marks from it.

    `lost` is the share of its question's points that it lost, from 0 to 1. `elsewhere` names other questions
    that lost marks as well, `reason` says why a mutant that loses nothing is none.
    """

    kind: Kind
    name: str
    stub: str
    question: str
    caught_by: tuple[str, ...] = ()
    lost: float = 0.0
    elsewhere: tuple[str, ...] = ()
    line: int = 0
    original: str = ""
    mutated: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that has to be put right: where, and in one sentence what to do."""

    kind: str
    question: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Audit:
    """Everything that an audit found. `warnings` may stay as they are; `problems` may not."""

    assignment: str
    trials: tuple[Trial, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """Whether nothing has to be put right."""
        return not self.problems

    def of(self, kind: Kind) -> tuple[Trial, ...]:
        """The trials of one kind."""
        return tuple(trial for trial in self.trials if trial.kind is kind)


def to_json(audit: Audit) -> str:
    """The audit as JSON, with `clean` beside what the records hold."""
    return json.dumps({**asdict(audit), "clean": audit.clean}, indent=1, ensure_ascii=False) + "\n"


def from_json(text: str) -> Audit:
    """The audit that `to_json` wrote. Raises ValueError, KeyError or TypeError for any other text."""
    found = json.loads(text)
    return Audit(
        found["assignment"],
        tuple(_trial(item) for item in found["trials"]),
        tuple(Problem(**item) for item in found["problems"]),
        tuple(Problem(**item) for item in found["warnings"]),
        found["seconds"],
    )


def _trial(item: Mapping[str, Any]) -> Trial:
    lists = {name: tuple(item[name]) for name in ("caught_by", "elsewhere")}
    return Trial(**{**item, **lists, "kind": Kind(item["kind"])})
