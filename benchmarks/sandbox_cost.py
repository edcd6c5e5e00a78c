"""What isolation costs: one sitting of a right submission, forked by a warm worker and in a fresh interpreter.

    python -m benchmarks.sandbox_cost [NAME] [--runs N] [--walls]

Beside them, in turn, because machines drift: the same work in this process, without any isolation, where all is warm
from the last time, which is the floor: the cells read and run, the probes run, their answers encoded; of these, the
probes alone; the same work in a bare fork, which is what any process of its own costs here; and a child of a worker
that is asked nothing. Prints medians of wall time and of CPU time (this process, the isolated one and its worker
together), and what they are beyond the floor. With `--walls` it is a sitting with all walls, without each of them, and
without any.
"""

from __future__ import annotations

import argparse
import marshal
import os
import random
import statistics
from collections.abc import Callable

import numpy as np

from autograder import classroom, loading
from autograder.answers import Implementation
from autograder.asking import asking
from autograder.records import Cell
from autograder.sandbox import launch, observe, sitting, workers
from autograder.sandbox.beside import bundle, standins
from autograder.sandbox.beside.main import answer
from autograder.sandbox.plan import TOTALS, WALLS, WITHOUT

from . import plain_fork
from .metering import Meter

FLOOR = "the same work, not isolated"


def main() -> None:
    """Time all in turn and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="?", default="mlp")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--walls", action="store_true", help="what each wall costs")
    options = parser.parse_args()
    loaded = loading.load(options.name)
    meter = Meter()
    calls = kinds(loaded, meter, walls=options.walls)
    for call in calls.values():
        call()  # rooms are made and workers started once per class, not per submission
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    for _ in range(options.runs):
        for name, call in calls.items():
            times[name].append(meter.of(call))
    medians = {name: [statistics.median(column) for column in zip(*rows, strict=True)] for name, rows in times.items()}
    floor = medians[FLOOR][1]
    print(f"{loaded.name}, medians of {options.runs}, in milliseconds; load {os.getloadavg()[0]:.1f}")
    print(f"{'':30}{'wall':>9}{'CPU':>9}{'CPU beyond the floor':>24}{'of the floor':>14}")
    for name, (wall, cpu) in medians.items():
        print(f"{name:30}{wall:9.1f}{cpu:9.1f}{cpu - floor:24.1f}{cpu / floor:14.2f}")


def kinds(loaded: loading.Loaded, meter: Meter, *, walls: bool) -> dict[str, Callable[[], object]]:
    """What is timed, by name."""
    asked = asking(loaded, 0)
    probes, known = asked.probes(loaded.questions), asked.known(loaded.questions)
    cells = [Cell(source, number) for number, source in enumerate(classroom.cells(loaded.reference, {}), 1)]
    loaded_probes = [(bundle.load(probe.code), probe.seed) for probe in probes]
    student = Implementation(loaded.reference.load())
    request = marshal.dumps(sitting.request(cells, [], probes, asked.bench))
    standins.install()

    def alone() -> None:
        for probe, seed in loaded_probes:
            np.random.seed(seed % 2**32)  # noqa: NPY002  what students draw from
            random.seed(seed)
            probe(student, np.random.default_rng(seed))

    def plain() -> None:
        answer(marshal.loads(request), lambda what, body: None)  # noqa: S302  our own

    def warm() -> None:
        os.environ.pop(workers.COLD, None)
        observe(cells, [], probes, asked.bench, known=known)

    def cold() -> None:
        os.environ[workers.COLD] = "1"
        observe(cells, [], probes, asked.bench, known=known)
        del os.environ[workers.COLD]

    def child() -> None:
        launch.launch(loaded.bench.packages).end()

    def without(*left_out: str) -> Callable[[], object]:
        def call() -> None:
            os.environ[WITHOUT] = ",".join(left_out)
            warm()
            del os.environ[WITHOUT]

        return call

    if walls:
        return {
            FLOOR: plain,
            "a sitting, every wall": warm,
            **{f"without {wall}": without(wall) for wall in (*WALLS, TOTALS)},
            "without any": without(*WALLS, TOTALS),
        }
    forked = plain_fork.forking(request, loaded.definition.packages)

    def fork() -> None:
        meter.elsewhere += forked()

    return {
        FLOOR: plain,
        "the probes alone": alone,
        "the same work in a bare fork": fork,
        "a child that is asked nothing": child,
        "a sitting, warm": warm,
        "a sitting, cold": cold,
    }


if __name__ == "__main__":
    main()
