"""Gradient checkers on the same right and wrong backward passes: false alarms and misses of each, as Markdown.

    python benchmarks/gradient_checks.py [--kinds]

It takes about a minute of one core. Nothing is random but by fixed seeds. What each recipe is given, and how to
read the tables, stands in docs/gradient_checks.md, which holds them. `--kinds` adds a list of the wrong kinds
with who misses them.
"""

from __future__ import annotations

import argparse

from gradient_study.count import DRAWS, PRECISIONS, Tallies, count
from gradient_study.passes import RIGHT, SIDE_EFFECTS, WRONG
from gradient_study.recipes import RECIPES
from gradient_study.regimes import REGIMES


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", action="store_true", help="who misses which wrong kind")
    options = parser.parse_args()
    tallies = count()
    print(
        f"{len(RIGHT)} right backward passes, {len(WRONG)} wrong kinds, {len(SIDE_EFFECTS)} with side effects; "
        f"{len(REGIMES)} regimes of {DRAWS} draws.\n"
    )
    for precision in PRECISIONS:
        print(f"### {precision}\n\n{overview(tallies, precision)}\n")
    print(f"### False alarms by regime, float64\n\n{by_regime(tallies)}\n")
    if options.kinds:
        print(f"### Misses by kind, float64\n\n{by_kind(tallies)}")


def overview(tallies: Tallies, precision: str) -> str:
    """False alarms and misses of each recipe in one precision."""
    rows = []
    for name in RECIPES:
        tally = tallies[name, precision]
        rows.append(
            [
                name,
                f"{tally.false_alarms.total()} of {tally.right}",
                f"{tally.misses.total()} of {tally.wrong}",
                f"{tally.side_effects_missed} of {tally.side_effects}",
            ]
        )
    return table(["recipe", "false alarms", "wrong gradients missed", "side effects missed"], rows)


def by_regime(tallies: Tallies) -> str:
    """In which inputs the false alarms of float64 arise."""
    rows = [[name, *(str(tallies[name, "float64"].false_alarms[regime]) for regime in REGIMES)] for name in RECIPES]
    return table(["recipe", *REGIMES], rows)


def by_kind(tallies: Tallies) -> str:
    """Who misses which wrong kind in float64, and how often."""
    rows = []
    for kind in WRONG:
        missed = [f"{name} ({n})" for name in RECIPES if (n := tallies[name, "float64"].misses[kind])]
        rows.append([kind, ", ".join(missed) or "nobody"])
    return table(["wrong kind", "missed by"], rows)


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table, numbers to the right."""
    marks = ["---"] + ["--:" if rows[0][1][:1].isdigit() else "---"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, marks, *rows])


if __name__ == "__main__":
    main()
