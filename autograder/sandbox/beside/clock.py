"""Soft limits of time: an exception raised in the code that runs, which names the stub that was running.

The hard limits are outside (`sandbox/watch.py`); these ones let the process live on.
"""

import signal
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")

try:  # what `signal.signal` calls; around it numbers become enumerations, which takes forty times as long
    from _signal import signal as _set_handler  # type: ignore[import-not-found]
except ImportError:  # it is CPython's own
    from signal import signal as _set_handler

AGAIN_CPU_SECONDS = 0.1  # code that swallows the exception meets it again
AGAIN_WALL_SECONDS = 0.5
LOOKS = 5  # at the stack, once time is up, to tell the function that loops from one that it calls
LOOK_SECONDS = 0.02


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
        self._stack: list[FrameType] = []  # the frames that were there at every look, outermost first
        self._looks = 0
        self.by_wall = False

    def call(self, function: Callable[[], T], cpu_seconds: float, wall_seconds: float) -> T:
        """What the function returns. Raises TimeUp, also where the function swallowed it."""
        self._late, self.by_wall, self._looks = None, False, 0
        _set_handler(signal.SIGPROF, self._on_signal)
        _set_handler(signal.SIGALRM, self._on_signal)
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
            self._look(number, _frames(frame))
            if self._looks < LOOKS:
                return
            self._late = self._running(self._stack[-1] if self._stack else frame)
            self._stack = []
            self.by_wall = number == signal.SIGALRM
            self._tell(self._late, self.by_wall)
        raise TimeUp(self._late)

    def _look(self, number: int, stack: list[FrameType]) -> None:
        """Keep what is common to this look and those before; whoever loops is there each time."""
        self._looks += 1
        timer, again = (
            (signal.ITIMER_REAL, AGAIN_WALL_SECONDS)
            if number == signal.SIGALRM
            else (signal.ITIMER_PROF, AGAIN_CPU_SECONDS)
        )
        if self._looks == 1:
            self._stack = stack
            signal.setitimer(timer, LOOK_SECONDS, LOOK_SECONDS)
        else:
            self._stack = [one for one, other in zip(self._stack, stack, strict=False) if one is other]
        if self._looks == LOOKS:
            signal.setitimer(timer, again, again)


def _frames(frame: FrameType | None) -> list[FrameType]:
    """The stack of a frame, outermost first."""
    found = []
    while frame is not None:
        found.append(frame)
        frame = frame.f_back
    return found[::-1]
