"""Who gains what: the same submissions under `autograder grade`, plain `otter run` and nbgrader's `autograde`.

    python -m benchmarks.forgeries [--otter PYTHON] [--nbgrader PYTHON] [--only NAME] [--seconds N]

Prints a Markdown table. All three have the same functions to be written and the same tests, public and hidden, in
their own form. PYTHON is an interpreter that has otter-grader[grading] (this one, unless told otherwise), or
nbgrader, which this project does not need: without it its column says so. Otter and nbgrader run student code with
all rights of whoever starts them; what is handed in here is harmless then, and `forging/submissions.py` says how.
Each has a temporary folder of its own, and N seconds for each submission, 120 unless told otherwise.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .forging.assignment import POSSIBLE
from .forging.submissions import RIGHT, SUBMISSIONS, WRONG, Submission
from .forging.systems import Nbgrader, Otter, Ours, SetUpError, System, marks


def main() -> int:
    """Have everything marked and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--otter", metavar="PYTHON", default=sys.executable)
    parser.add_argument("--nbgrader", metavar="PYTHON")
    parser.add_argument("--only", metavar="NAME", action="append", help="this one alone, beside the controls")
    parser.add_argument("--seconds", type=float, default=120.0)
    options = parser.parse_args()
    chosen = [item for item in SUBMISSIONS if not options.only or item.name in options.only or item in (RIGHT, WRONG)]
    with tempfile.TemporaryDirectory() as folder:
        systems, missing = _systems(Path(folder).resolve(), options)
        columns = {system.title: dict(_column(system, chosen)) for system in systems}
    columns |= {title: dict.fromkeys((item.name for item in chosen), "not run") for title in missing}
    print(_table(chosen, columns))
    for title, reason in missing.items():
        print(f"\n{title} was not run: {reason}.")
    return _controlled({title: column for title, column in columns.items() if title not in missing})


def _systems(folder: Path, options: argparse.Namespace) -> tuple[list[System], dict[str, str]]:
    """The systems that can be run, set up, and why the others cannot."""
    systems: list[System] = [Ours(folder / "ours", options.seconds)]
    missing: dict[str, str] = {}
    for kind, module, python in ((Otter, "otter", options.otter), (Nbgrader, "nbgrader", options.nbgrader)):
        if python is None:
            missing[kind.title] = f"no interpreter that has {module} was named"
        elif shutil.which(python) is None:
            missing[kind.title] = f"there is no {python}"
        elif subprocess.run([python, "-c", f"import {module}"], check=False, capture_output=True).returncode:
            missing[kind.title] = f"{python} has no {module}"
        else:
            systems.append(kind(folder / module, options.seconds, str(Path(python).absolute())))
    return systems, missing


def _column(system: System, chosen: list[Submission]) -> Iterator[tuple[str, str]]:
    """What became of each submission under one system; all are handed in before the first is marked."""
    system.prepare()
    for item in chosen:
        system.hand_in(item)
    for item in chosen:
        became = system.mark(item.name)
        print(f"{system.title}, {item.name}: {became}", file=sys.stderr)
        yield item.name, became


def _table(chosen: list[Submission], columns: dict[str, dict[str, str]]) -> str:
    rows = [["submission", "what it does", "deserves", *columns], ["---"] * 3 + ["--:"] * len(columns)]
    rows += [
        [item.name, item.about, str(item.honest), *(column[item.name].replace("|", "/") for column in columns.values())]
        for item in chosen
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _controlled(columns: dict[str, dict[str, str]]) -> int:
    """0 where each system tells right from wrong, else 1: a comparison of what is set up badly says nothing."""
    wanted = {RIGHT.name: marks(POSSIBLE), WRONG.name: marks(0)}
    odd = [title for title, column in columns.items() if any(column[name] != mark for name, mark in wanted.items())]
    for title in odd:
        print(f"{title} does not tell the controls apart; its column means nothing", file=sys.stderr)
    return bool(odd)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SetUpError as error:
        sys.exit(str(error))
