"""How long one submission takes: ours, beside `otter run` with the same zip and the same notebook.

    python benchmarks/one_submission.py [NAME] [--runs N] [--otter]

Prints medians of wall time. Both are timed in one run, in turn, because machines drift. `--otter` needs the
extra `build`, and dist/NAME/autograder.zip from `autograder build NAME`.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder import classroom, grade, loading, submission


def main() -> None:
    """Time both and print the medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="?", default="mlp")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--otter", action="store_true", help="time `otter run` too")
    options = parser.parse_args()
    loaded = loading.load(options.name)
    bundle = Path("dist") / loaded.name / "autograder.zip"
    with tempfile.TemporaryDirectory() as folder:
        notebook = Path(folder) / f"{loaded.name}.ipynb"
        notebook.write_bytes(classroom.as_file(classroom.cells(loaded.reference, {})))
        ours, otters = [], []
        _graded(notebook, loaded)  # the reference's answers are found once per class, not per submission
        for _ in range(options.runs):
            ours.append(_graded(notebook, loaded))
            if options.otter:
                otters.append(_otter(notebook, bundle, Path(folder)))
    print(f"autograder grade, one right submission of {loaded.name}: median {statistics.median(ours):.3f} s")
    if otters:
        median = statistics.median(otters)
        print(f"otter run, the same: median {median:.3f} s ({median / statistics.median(ours):.1f} times)")


def _graded(notebook: Path, loaded: loading.Loaded) -> float:
    begin = time.perf_counter()
    report = grade.grade(submission.read(notebook), loaded)
    taken = time.perf_counter() - begin
    if report.points != report.possible:
        sys.exit(f"the reference got {report.points} of {report.possible}")
    return taken


def _otter(notebook: Path, bundle: Path, folder: Path) -> float:
    begin = time.perf_counter()
    command = [sys.executable, "-m", "otter", "run", str(notebook), "-a", str(bundle.resolve()), "-o", str(folder)]
    subprocess.run(command, check=True, cwd=folder, capture_output=True)
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
