"""Wall and CPU time of calls, the processes that they start counted in."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

from autograder.sandbox import launch, workers


class Meter:
    """Milliseconds of wall and of CPU time. There is one of it in a process, because it listens to how sittings end."""

    def __init__(self) -> None:
        self.elsewhere = 0.0
        end = launch.Launched.end

        def reading_first(launched: launch.Launched) -> int:
            forked = isinstance(launched.process, workers.Child)  # any other is a child of this process
            if forked and launched.status is None:  # the last moment at which its clock can be read
                self.elsewhere += launched.cpu_seconds() or 0.0
            return end(launched)

        launch.Launched.end = reading_first  # type: ignore[method-assign]

    def of(self, call: Callable[[], object]) -> tuple[float, float]:
        """Milliseconds of wall and of CPU time."""
        self.elsewhere = 0.0
        wall, cpu = time.perf_counter(), _cpu_seconds()
        call()
        wall, cpu = time.perf_counter() - wall, _cpu_seconds() - cpu
        return wall * 1e3, (cpu + self.elsewhere) * 1e3


def _cpu_seconds() -> float:
    """What this process, the children that it has waited for, and its workers have used so far."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    waiting = [worker for some in workers._WAITING.values() for worker in some]  # noqa: SLF001
    of_workers = sum(time.clock_gettime(~pid << 3 | 2) for worker in waiting for pid in worker.pids)
    return time.process_time() + children.ru_utime + children.ru_stime + of_workers
