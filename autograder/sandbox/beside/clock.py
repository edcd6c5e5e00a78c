"""Soft limits of time: an exception raised in the code that runs, which names the stub that was running.

The hard limits are outside (`sandbox/watch.py`); these ones let the process live on.
"""

import signal
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")

AGAIN_CPU_SECONDS = 0.1  # code that swallows the exception meets it again
AGAIN_WALL_SECONDS = 0.5


class TimeUp(BaseException):
    """Time ran out. No `except Exception` of a student's catches it."""

    def __init__(self, stub: str = "") -> None:
        super().__init__(stub)
        self.stub = stub


class Clock:
    """Calls something under limits of CPU and wall time."""

    def __init__(self, running: Callable[[FrameType | None], str], tell: Callable[[str, bool], None]) -> None:
        self._running = running  # the stub that a frame belongs to
        self._tell = tell  # called once, as soon as time is up
        self._armed = False
        self._late: str | None = None
        self.by_wall = False

    def call(self, function: Callable[[], T], cpu_seconds: float, wall_seconds: float) -> T:
        """What the function returns. Raises TimeUp, also where the function swallowed it."""
        self._late, self.by_wall = None, False
        signal.signal(signal.SIGPROF, self._on_signal)
        signal.signal(signal.SIGALRM, self._on_signal)
        try:
            try:
                self._armed = True
                signal.setitimer(signal.ITIMER_PROF, cpu_seconds, AGAIN_CPU_SECONDS)
                signal.setitimer(signal.ITIMER_REAL, wall_seconds, AGAIN_WALL_SECONDS)
                result = function()
            finally:
                self._disarm()
        except TimeUp:
            self._disarm()  # it may have been raised before the line above was done
            raise
        if self._late is not None:
            raise TimeUp(self._late)
        return result

    def give_up(self, stub: str) -> None:
        """Time is up for a stub that is known not to end."""
        if self._late is None:
            self._late = stub
        raise TimeUp(stub)

    def _disarm(self) -> None:
        self._armed = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _on_signal(self, number: int, frame: FrameType | None) -> Any:
        if not self._armed:
            return
        if self._late is None:
            self._late = self._running(frame)
            self.by_wall = number == signal.SIGALRM
            self._tell(self._late, self.by_wall)
        raise TimeUp(self._late)
