"""Submissions as lists of cells, probes as expressions, and one call that puts them to the isolated process."""

import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from autograder.definition import check
from autograder.probes import pack
from autograder.records import Bench, Cell, Given, Limits, Probe, Sitting
from autograder.sandbox import isolation, observe, plan, workers

# CPU time decides, however busy the machine is; wall time is short only where a test waits for it
QUICK = Limits(check_cpu_seconds=0.4, check_wall_seconds=30.0, statement_cpu_seconds=0.4, cells_cpu_seconds=6.0)
BRIEF = replace(QUICK, check_wall_seconds=1.5)

# what walls shut out, student code does where there are none: on other systems, and in interpreters of their own
UNWALLED = ("namespaces", "own root", "landlock", "seccomp")

linux = pytest.mark.skipif(sys.platform != "linux", reason="walls are raised on Linux alone")


@contextmanager
def without(*walls: str) -> Iterator[None]:
    """Sittings in workers that lack some walls, and that end with the block."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(plan.WITHOUT, ",".join(walls))
        patch.setattr(workers, "_WAITING", {})
        try:
            yield
        finally:
            for waiting in workers._WAITING.values():
                for worker in waiting:
                    worker.end()


@contextmanager
def cold() -> Iterator[None]:
    """Sittings in fresh interpreters, which have no walls."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(workers.COLD, "1")
        yield


def require(*walls: str) -> None:
    """Skip a test of walls that this machine does not have."""
    told = isolation().walls
    missing = {wall: told[wall] for wall in walls if told[wall]}
    if missing:
        pytest.skip(f"without {missing}")


def probe(expression: str, question: str = "q", seed: int = 7) -> Probe:
    """A probe `(student, rng)` that returns the value of an expression."""
    space = {"np": np}
    exec(f'def asked(student, rng):\n    "A probe."\n    return {expression}\n', space)
    return Probe(question, expression, pack(check(points=1)(space["asked"])), seed)


def cells_of(sources: Sequence[str]) -> list[Cell]:
    """Code cells, numbered from 1."""
    return [Cell(textwrap.dedent(source).strip("\n"), number) for number, source in enumerate(sources, 1)]


@pytest.fixture(scope="session")
def sit() -> Callable[..., Sitting]:
    """Run cells and ask for expressions; each may come with the name of its question."""

    def call(
        sources: Sequence[str],
        asked: Sequence[str | tuple[str, str]] = (),
        *,
        stubs: Sequence[str] = ("f",),
        given: Mapping[str, str] | None = None,
        grafted: bool = False,
        run_all: bool = False,
        limits: Limits = QUICK,
        blanks: Mapping[str, str] | None = None,
        skeletons: Mapping[str, str] | None = None,
        support: str = "import numpy as np\n",
        packages: tuple[str, ...] = (),
        aliases: Mapping[str, str] | None = None,
    ) -> Sitting:
        bench = Bench(tuple(stubs), blanks or {}, skeletons or {}, support, packages, limits, aliases or {})
        givens = [
            Given(name, textwrap.dedent(source).strip("\n"), grafted=grafted) for name, source in (given or {}).items()
        ]
        probes = [probe(item) if isinstance(item, str) else probe(*item) for item in asked]
        return observe(cells_of(sources), givens, probes, bench, run_all=run_all)

    return call
