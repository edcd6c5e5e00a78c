"""The isolated process: takes one request, runs the cells, runs the probes, and ends."""

import marshal
import os
import struct
import traceback
from collections.abc import Callable
from typing import Any

from . import bundle, confine, fresh, trial
from .bindings import Bindings
from .clock import Clock
from .frames import ANSWER, CELLS, FAULT, LATE, READY, STEP, encode, frame
from .notes import Notes
from .probing import ProbeLimits, Prober
from .running import Cells, Runner, stub_running
from .template import Template
from .worker import Begun

LENGTH = struct.Struct("<Q")


class Channel:
    """The process's own end of the socket pair."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._index = 0
        self._process = os.getpid()

    def request(self) -> dict[str, Any]:
        """The one message that comes in."""
        (length,) = LENGTH.unpack(self._read(LENGTH.size))
        request: dict[str, Any] = marshal.loads(self._read(length))  # noqa: S302  it comes from the trusted process
        return request

    def send(self, what: int, body: bytes) -> None:
        """Send one frame. A copy of this process, forked by student code, ends here instead."""
        if os.getpid() != self._process:
            os._exit(0)
        data = memoryview(frame(self._index, what, body))
        self._index += 1
        while data:
            data = data[os.write(self._descriptor, data) :]

    def _read(self, length: int) -> bytes:
        parts = []
        while length:
            part = os.read(self._descriptor, min(length, 1 << 20))
            if not part:
                os._exit(0)
            parts.append(part)
            length -= len(part)
        return b"".join(parts)


def main(begun: Begun) -> None:
    """Answer the request that comes in on a socket."""
    fresh.settle()
    channel = Channel(begun.descriptor)
    request = channel.request()
    if "exceed" in request:
        processes, size = request["exceed"]
        trial.exceed(processes, size, lambda n: channel.send(ANSWER, encode(str(n))))
        os._exit(0)
    limits = request["limits"]
    confine.confine(limits["memory_bytes"], limits["total_cpu_seconds"], begun.parent or request["parent"])
    confine.filter_calls(begun.filter)
    if "trial" in request:
        channel.send(ANSWER, encode("\n".join(trial.attempts(request["trial"]))))
        os._exit(0)
    answer(request, channel.send)
    os._exit(0)


def answer(request: dict[str, Any], send: Callable[[int, bytes], None]) -> None:
    """Run the cells, then the probes, and send what is seen of each."""
    notes = Notes()
    bindings = Bindings(request["stubs"], notes)
    clock = Clock(lambda at: stub_running(at, bindings), lambda stub, wall: send(LATE, encode(f"{int(wall)} {stub}")))
    try:
        probes = [(bundle.load(code), seed) for code, seed in request["probes"]]
        bindings.prepare(request["support"], request["skeletons"], request["givens"], grafted=request["grafted"])
    except Exception:  # no student code has run: the fault is the assignment's or ours
        send(FAULT, encode(traceback.format_exc()[-2000:]))
        return
    send(READY, encode(None))
    runner = Runner(
        bindings,
        Template(request["blanks"], request["skeletons"]),
        notes,
        clock,
        lambda cell, step, line: send(STEP, encode(f"{cell} {step} {line}")),
    )
    runner.run(_cells(request))
    send(CELLS, encode({"defined": bindings.defined, "notes": notes.lines}))
    prober = Prober(bindings, clock, _probe_limits(request["limits"]))
    for stub in request["spent"]:
        prober.disable(stub)
    for place, (probe, seed) in enumerate(probes):
        bindings.recordings.begin(place)
        send(ANSWER, prober.observe(probe, seed))


def _cells(request: dict[str, Any]) -> Cells:
    limits = request["limits"]
    return Cells(
        sources=request["cells"],
        aliases=request["aliases"],
        run_all=request["run_all"],
        left_out=frozenset(tuple(place) for place in request["left_out"]),
        statement_cpu_seconds=limits["statement_cpu_seconds"],
        statement_wall_seconds=limits["check_wall_seconds"],
        cells_cpu_seconds=limits["cells_cpu_seconds"],
    )


def _probe_limits(limits: dict[str, Any]) -> ProbeLimits:
    return ProbeLimits(limits["check_cpu_seconds"], limits["check_wall_seconds"], limits["frame_bytes"])
