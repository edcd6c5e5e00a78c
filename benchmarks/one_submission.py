"""What one right submission takes: ours, beside `otter run` with the same zip and the same notebook.

    python -m benchmarks.one_submission [NAME …] [--runs N] [--otter]

Prints medians of wall time and of CPU time, all processes counted in: CPU time is what a core has to give. Both are
timed in one run, in turn, because machines drift. The reference's answers are found and a worker is started before,
as it is once for a class. `--otter` needs the extra `build`, and dist/NAME/autograder.zip from `autograder build NAME`.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from autograder import classroom, grade, loading, submission

from .metering import Meter


def main() -> None:
    """Time all and print the medians and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=["mlp"])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--otter", action="store_true", help="time `otter run` too")
    options = parser.parse_args()
    meter = Meter()
    print(f"medians of {options.runs}, in milliseconds")
    print(f"{'':16}{'wall':>9}{'CPU':>9}", f"{'otter: wall':>14}{'CPU':>9}{'times wall':>13}{'CPU':>7}" * options.otter)
    for name in options.names:
        loaded = loading.load(name)
        with tempfile.TemporaryDirectory() as folder:
            notebook = Path(folder) / f"{loaded.name}.ipynb"
            notebook.write_bytes(classroom.as_file(classroom.cells(loaded.reference, {})))
            calls = {"ours": _ours(notebook, loaded)}
            if options.otter:
                calls["otter"] = _otter(notebook, Path("dist") / loaded.name / "autograder.zip")
            medians = _medians(calls, meter, options.runs)
        wall, cpu = medians["ours"]
        line = f"{loaded.name:16}{wall:9.1f}{cpu:9.1f}"
        if options.otter:
            theirs = medians["otter"]
            line += f"{theirs[0]:15.0f}{theirs[1]:9.0f}{theirs[0] / wall:13.0f}{theirs[1] / cpu:7.0f}"
        print(line, flush=True)


def _medians(calls: dict[str, Callable[[], object]], meter: Meter, runs: int) -> dict[str, list[float]]:
    """Wall and CPU time by name; all in turn."""
    calls["ours"]()
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    for _ in range(runs):
        for name, call in calls.items():
            times[name].append(meter.of(call))
    return {name: [statistics.median(column) for column in zip(*rows, strict=True)] for name, rows in times.items()}


def _ours(notebook: Path, loaded: loading.Loaded) -> Callable[[], object]:
    def call() -> None:
        report = grade.grade(submission.read(notebook), loaded)
        if report.points != report.possible:
            sys.exit(f"the reference got {report.points} of {report.possible}")

    return call


def _otter(notebook: Path, bundle: Path) -> Callable[[], object]:
    command = [sys.executable, "-m", "otter", "run", str(notebook), "-a", str(bundle.resolve()), "-o"]

    def call() -> None:
        subprocess.run([*command, str(notebook.parent)], check=True, cwd=notebook.parent, capture_output=True)

    return call


if __name__ == "__main__":
    main()
