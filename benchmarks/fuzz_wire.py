"""A coverage-guided fuzzer of what the trusted process reads: no bytes may crash it, hold it up or make it swell.

    python benchmarks/fuzz_wire.py [--seconds 60] [--seed 0] [--corpus DIR] [--atheris]

An input's first byte says what is read from the rest: a value, one of the messages, or the stream of frames. All that
may come of it is a record or a Violation, in a tenth of a second, with no more memory than a few times the bytes that
came. What reaches a new branch of the reading code is kept and changed further. With `--atheris` libFuzzer does the
same, where the package atheris is installed (it is no dependency). Ends with 1 at the first input that breaks a rule,
which is printed.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import numpy as np

from autograder.records import Bench, Blocks, Cell, Given, Limits, Opaque, Sequence, Value
from autograder.sandbox import messages, watch, wire
from autograder.sandbox.beside import frames

MOST_INPUT = 4096
SECONDS = 0.1  # for one input
_BENCH = Bench(("f", "Net.g"), {}, {}, limits=Limits(frame_bytes=2048))
_MESSAGES = messages.Messages(
    [Cell("def f(): pass\nx = 1", 1), Cell("y = 2", 7)], [Given("h", "def h(): pass")], _BENCH
)


class BrokenRuleError(AssertionError):
    """An input did what no input may."""


# --- what is fuzzed ----------------------------------------------------------------------------------


def one_input(data: bytes) -> None:
    """Read it in one of the ways. Raises BrokenRuleError, or whatever the reading code must not raise."""
    kind, body = data[0] if data else 0, data[1:]
    readers: list[Callable[[bytes], Any]] = [
        wire.decode,
        _MESSAGES.answer,
        _MESSAGES.cells,
        _MESSAGES.late,
        _MESSAGES.step,
        _stream,
    ]
    started = time.process_time()
    try:
        found = readers[kind % len(readers)](body)
    except wire.Violation:
        found = None
    if time.process_time() - started > SECONDS:
        raise BrokenRuleError(f"{time.process_time() - started:.2f} s for {len(data)} bytes")
    if kind % len(readers) == 0 and found is not None:
        carried = sum(_bytes_of(found))
        if carried > len(body):
            raise BrokenRuleError(f"{carried} bytes of arrays and text from {len(body)}")


def _stream(data: bytes) -> list[watch.Frame | watch.Ending]:
    """The bytes as they would come from a socket: frames, until one is not as it must be."""
    watched = watch.Watched.__new__(watch.Watched)
    watched._frame_bytes, watched._buffer, watched._index = 2048, bytearray(data), 0  # noqa: SLF001
    found: list[watch.Frame | watch.Ending] = []
    while (parsed := watched._parsed()) is not None:  # noqa: SLF001
        found.append(parsed)
        if isinstance(parsed, watch.Ending):
            break
        try:
            wire.decode(parsed.body)
        except wire.Violation:
            break
    return found


def _bytes_of(value: Value) -> Iterator[int]:
    match value:
        case np.ndarray():
            legal = value.dtype.str in frames.KINDS and value.ndim <= frames.MOST_DIMS and value.flags.c_contiguous
            if not legal or (value.dtype == bool and value.view(np.uint8).max(initial=0) > 1):
                raise BrokenRuleError(f"an array of {value.dtype}, shape {value.shape}")
            yield value.nbytes
        case str():
            yield len(value.encode())
        case Sequence():
            for item in value.items:
                yield from _bytes_of(item)
        case Blocks():
            for name, item in value.items:
                yield len(name.encode())
                yield from _bytes_of(item)
        case None | Opaque():
            yield 0
        case _:
            raise BrokenRuleError(f"a value of type {type(value).__name__}")


def seeds() -> list[bytes]:
    """Inputs that are as they should be, of every kind and message."""
    values = [np.zeros((2,) * n, dtype) for n in range(7) for dtype in frames.DTYPES]
    values += [
        None,
        "text",
        "σ",
        object(),
        [None, "a", [np.ones(3), {"w": 1.5, "b": [1, 2]}]],
        {"a": {}},
        [],
        {},
        (1, "x"),
    ]
    found = [b"\0" + frames.encode(value) for value in values]
    place = {"cell": 1, "line": 2, "function": "f"}
    answers = [
        {"outcome": "returned", "value": {"w": np.ones((2, 3)), "b": 1}},
        {"outcome": "raised", "exception": "ValueError", **place},
        {"outcome": "timed out", "stub": "Net.g"},
        {"outcome": "missing", "stub": "f", **place},
        {"outcome": "too large"},
    ]
    found += [b"\1" + frames.encode(answer) for answer in answers]
    found.append(b"\2" + frames.encode({"defined": ["f", "Net.g"], "notes": ["failed\t1\t2\tf", "kept\t7\t1\tNet.g"]}))
    found.append(b"\2" + frames.encode({"defined": [], "notes": []}))
    found += [b"\3" + frames.encode("1 Net.g"), b"\4" + frames.encode("1 -1 7"), b"\4" + frames.encode("0 2 1")]
    stream = [frames.frame(n, frames.STEP, frames.encode(f"0 {n} 1")) for n in range(3)]
    found.append(b"\5" + b"".join([*stream, frames.frame(3, frames.ANSWER, frames.encode(answers[0]))]))
    return found


# --- what fuzzes it ----------------------------------------------------------------------------------


class Coverage:
    """The steps from line to line that the reading code takes, seen by tracing it alone."""

    def __init__(self, *modules: object) -> None:
        self._files = {str(getattr(module, "__file__", "")) for module in modules}
        self._wanted: dict[CodeType, bool] = {}
        self._steps: set[tuple[CodeType, int, int]] = set()
        self.seen: set[tuple[CodeType, int, int]] = set()

    def is_new(self, call: Callable[[], None]) -> bool:
        """Whether the call takes a step that none has taken."""
        self._steps = set()
        before = sys.gettrace()
        sys.settrace(self._entered)
        try:
            call()
        finally:
            sys.settrace(before)
        new = not self.seen.issuperset(self._steps)
        self.seen |= self._steps
        return new

    def _entered(self, frame: FrameType, _event: str, _: Any) -> Any:
        code = frame.f_code
        if not self._wanted.setdefault(code, code.co_filename in self._files):
            return None
        last = 0

        def stepped(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal last
            if event == "line":
                self._steps.add((code, last, frame.f_lineno))
                last = frame.f_lineno
            elif event == "exception":
                self._steps.add((code, last, -1))
            return stepped

        return stepped


class Fuzzer:
    """Changes inputs that reached something new."""

    def __init__(self, target: Callable[[bytes], None], coverage: Coverage, corpus: list[bytes], seed: int = 0) -> None:
        self._target, self._coverage = target, coverage
        self._rng = random.Random(seed)  # noqa: S311  inputs, no secrets
        self.corpus: list[bytes] = []
        self.inputs = 0
        for data in corpus:
            self._try(data)
        self.corpus = self.corpus or [b""]

    def run(self, seconds: float) -> bytes | None:
        """Fuzz for so long; the first input that breaks a rule, if one does. What it raised goes on."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for _ in range(100):
                data = self._changed(self._rng.choice(self.corpus))
                try:
                    self._try(data)
                except Exception as error:  # noqa: BLE001  anything is a find
                    print(f"{type(error).__name__}: {error}\n{data!r}")
                    return data
        return None

    def _try(self, data: bytes) -> None:
        self.inputs += 1
        if self._coverage.is_new(lambda: self._target(data)):
            self.corpus.append(data)

    def _changed(self, data: bytes) -> bytes:
        rng, made = self._rng, bytearray(data)
        for _ in range(1 << rng.randrange(4)):
            at = rng.randrange(len(made) + 1)
            match rng.randrange(7):
                case 0:
                    made[at : at + 1] = bytes([rng.randrange(256)])
                case 1:
                    width = rng.choice((1, 2, 4, 8))
                    made[at : at + width] = (rng.choice(_NUMBERS) % 256**width).to_bytes(width, "little")
                case 2:
                    del made[at : at + rng.choice((1, 4, 8, frames.ENTRY.size))]
                case 3:
                    made[at:at] = made[at : at + rng.choice((1, 4, 8, frames.ENTRY.size))]
                case 4:
                    other = rng.choice(self.corpus)
                    start = rng.randrange(len(other) + 1)
                    made[at : at + rng.randrange(40)] = other[start : start + rng.randrange(80)]
                case 5:
                    made[:1] = bytes([rng.randrange(6)])
                case _:
                    if at < len(made):
                        made[at] ^= 1 << rng.randrange(8)
        return bytes(made[:MOST_INPUT])


_NUMBERS = (
    0,
    1,
    2,
    3,
    4,
    6,
    7,
    16,
    17,
    27,
    29,
    30,
    127,
    128,
    255,
    2**16,
    2**24,
    2**31,
    2**32 - 1,
    2**40,
    2**63,
    2**64 - 1,
)


def _by_atheris(seconds: int, seed: int, corpus: Path | None) -> None:
    """Hand over to libFuzzer; it ends the process."""
    import atheris  # noqa: PLC0415  # type: ignore[import-not-found]

    for module in (wire, messages, watch):
        for value in vars(module).values():
            if getattr(value, "__module__", "") == module.__name__:
                _instrument(atheris, value)
    if corpus:
        corpus.mkdir(parents=True, exist_ok=True)
        for data in seeds():
            (corpus / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    options = [f"-max_total_time={seconds}", f"-seed={seed + 1}", f"-max_len={MOST_INPUT}", "-rss_limit_mb=1024"]
    atheris.Setup([sys.argv[0], *options, *([str(corpus)] if corpus else [])], one_input)
    atheris.Fuzz()


def _instrument(atheris: Any, value: Any) -> None:
    if isinstance(value, type):
        for name, item in vars(value).items():
            if callable(item) and hasattr(item, "__code__"):
                setattr(value, name, atheris.instrument_func(item))
    elif hasattr(value, "__code__"):
        atheris.instrument_func(value)


def main() -> int:
    """Fuzz, and tell how many inputs there were."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--corpus", type=Path, help="where libFuzzer keeps its inputs")
    parser.add_argument("--atheris", action="store_true", help="libFuzzer in place of the fuzzer below")
    asked = parser.parse_args()
    if asked.atheris:
        _by_atheris(asked.seconds, asked.seed, asked.corpus)
    fuzzer = Fuzzer(one_input, Coverage(wire, messages, watch), seeds(), asked.seed)
    broken = fuzzer.run(asked.seconds)
    steps = len(fuzzer._coverage.seen)  # noqa: SLF001
    print(f"{fuzzer.inputs:,} inputs, {len(fuzzer.corpus)} kept, {steps} steps of the reading code reached")
    print(f"at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB in memory, NumPy included")
    return broken is not None


if __name__ == "__main__":
    sys.exit(main())
