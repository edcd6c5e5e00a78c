"""Code that does not end, ends the process, or floods the wire: it costs itself, and the others are graded."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.errors import SandboxError
from autograder.records import Bench, Limits, NoteKind, Observation, Outcome
from autograder.sandbox import interpreter, launch, observe, sitting, workers

from .conftest import BRIEF, QUICK, UNWALLED, cells_of, cold, linux, probe, require, without

LOOPS = """
import time, os, ctypes, signal

def loops():
    while True: pass

def swallows():
    while True:
        try:
            while True: pass
        except BaseException: pass

def recovers():
    try:
        while True: pass
    except BaseException:
        return 1

def calls(z, f=loops):
    return f()

def sleeps(): time.sleep(1000)
def uninterruptible(): return 7 ** (7 ** 9)
def fine(): return 1
def ends(): os._exit(0)
def faults(): ctypes.string_at(0)
def stops(): os.kill(os.getpid(), signal.SIGSTOP)
def removes(): os.rmdir(os.getcwd())

class Net:
    def step(self):
        helper()

def helper():
    while True: pass
"""
STUBS = ("loops", "swallows", "recovers", "calls", "sleeps", "uninterruptible", "fine", "ends", "faults", "Net.step")


def ends_of(sitting):
    """Outcome and stub of each observation."""
    return [(item.outcome, item.stub) for item in sitting.observations]


def test_a_looping_stub_is_named_and_not_waited_for_again(sit):
    """The stub that was running is named; later calls of it, also kept ones, run out of time at once."""
    asked = [("student.loops()", "a"), ("student.calls(1)", "b"), ("student.Net().step()", "c")]
    asked += [("student.loops()", "a")] * 6 + [("student.Net().step()", "c"), ("student.fine()", "d")]
    found = sit([LOOPS], asked, stubs=STUBS)
    late = Outcome.TIMED_OUT
    assert ends_of(found) == [
        (late, "loops"),
        (late, "loops"),
        (late, "Net.step"),
        *[(late, "loops")] * 6,
        (late, "Net.step"),
        (Outcome.RETURNED, ""),
    ]
    assert not found.wall_timeout


def test_no_time_is_waited_for_again(sit):
    """Once a stub is known not to end, a call of it uses no CPU time to speak of."""
    cell = "import time\ndef spent(): return time.process_time()\ndef loops():\n    while True: pass"
    asked = ["student.loops()", "student.spent()", *["student.loops()"] * 20, "student.spent()"]
    found = sit([cell], asked, stubs=("loops", "spent"))
    before, after = (found.observations[place].value for place in (1, -1))
    assert after - before < 20 * QUICK.check_cpu_seconds / 2


def test_code_that_swallows_its_time_out_gains_nothing(sit):
    """Swallowing the exception once is a time-out still; for ever, the process is ended and the next check run."""
    asked = ["student.recovers()", "student.swallows()", "student.fine()", "student.swallows()", "student.fine()"]
    found = sit([LOOPS], asked, stubs=STUBS)
    assert ends_of(found) == [
        (Outcome.TIMED_OUT, "recovers"),
        (Outcome.TIMED_OUT, "swallows"),
        (Outcome.RETURNED, ""),
        (Outcome.TIMED_OUT, "swallows"),
        (Outcome.RETURNED, ""),
    ]


def test_sleeping_is_limited_by_wall_time_and_said_so(sit):
    """A stub that sleeps is ended by wall time, which the sitting tells."""
    found = sit([LOOPS], ["student.sleeps()", "student.sleeps()", "student.fine()"], stubs=STUBS, limits=BRIEF)
    assert ends_of(found) == [(Outcome.TIMED_OUT, "sleeps"), (Outcome.TIMED_OUT, "sleeps"), (Outcome.RETURNED, "")]
    assert found.wall_timeout


def test_hard_ends_cost_their_checks(sit):
    """os._exit, a segfault and C code that no signal reaches each cost one check; a fresh process goes on."""
    asked = [("student.ends()", "a"), ("student.faults()", "b"), ("student.uninterruptible()", "c")]
    found = sit([LOOPS], [*asked, ("student.fine()", "d")], stubs=STUBS)
    outcomes = [item.outcome for item in found.observations]
    assert outcomes == [Outcome.CRASHED, Outcome.CRASHED, Outcome.TIMED_OUT, Outcome.RETURNED]


@linux
def test_the_folder_cannot_be_removed(sit):
    """Behind walls the folder that the process is in stays."""
    require("own root", "seccomp")
    removed, fine = sit([LOOPS], ["student.removes()", "student.fine()"], stubs=STUBS).observations
    assert (removed.exception, fine.value) == ("PermissionError", 1)


@pytest.mark.parametrize("few", [lambda: without(*UNWALLED), cold])
def test_a_folder_that_is_removed_costs_nothing(sit, few):
    """Without walls it can go, and the next check is run without it."""
    with few():
        found = sit([LOOPS], ["student.removes()", "student.fine()"], stubs=STUBS)
    assert [item.outcome for item in found.observations] == [Outcome.RETURNED] * 2


def test_a_question_that_keeps_ending_the_process_is_given_up(sit, monkeypatch):
    """After two hard ends in a question its other checks end alike; other questions are still asked."""
    started = []
    launched = launch.launch
    monkeypatch.setattr("autograder.sandbox.watch.launch", lambda *a, **k: started.append(1) or launched(*a, **k))
    asked = [("student.ends()", "a")] * 5 + [("student.fine()", "b")]
    found = sit([LOOPS], asked, stubs=STUBS)
    assert [item.outcome for item in found.observations] == [Outcome.CRASHED] * 5 + [Outcome.RETURNED]
    assert len(started) == 3


def test_a_statement_that_ends_the_process_is_left_out(sit):
    """A needed statement that exits, or loops out of any signal's reach, loses only what it would have defined."""
    cells = ["a = 1", "import os\nb = os._exit(0)", "c = 7 ** (7 ** 9)", "def f(): return a\ndef g(): return b + c"]
    found = sit(cells, ["student.f()", "student.g()"], stubs=("f", "g"))
    assert found.observations[0].value == 1
    assert (found.observations[1].outcome, found.observations[1].exception) == (Outcome.RAISED, "NameError")
    kinds = {(note.kind, note.cell, note.line) for note in found.notes}
    assert {(NoteKind.FAILED, 2, 2), (NoteKind.TIMED_OUT, 3, 1)} <= kinds


def test_cells_that_keep_ending_the_process_are_given_up(sit):
    """A submission of statements that all exit ends crashed, after a few processes."""
    cells = (
        ["import os"] + [f"a{n} = os._exit(0)" for n in range(20)] + [f"def f(): return {[f'a{n}' for n in range(20)]}"]
    )
    cells[-1] = cells[-1].replace("'", "")
    assert sit(cells, ["student.f()"]).observations == (Observation(Outcome.CRASHED),)


LEAVES = """
import os, subprocess, threading, time, atexit
def spin():
    while True: time.sleep(0.01)
def forks():
    child = os.fork()
    if child == 0 and os.fork() == 0:
        spin()
    return child
def thread(): threading.Thread(target=spin).start()
def writes(): open("late", "w")
def late(): atexit.register(writes)
def spawns(): subprocess.Popen(["/bin/sleep", "60"])
def shell(): return os.system("sleep 60 &")
def answers(): return os.fork() and 3
"""
LEAVING = ("forks", "thread", "writes", "late", "spawns", "shell", "answers")


@linux
def test_nothing_can_be_started_or_written(sit):
    """Forks, threads and files are refused where the student's line asks for them; the check is lost, not more."""
    require("seccomp")
    found = sit([LEAVES], [f"student.{name}()" for name in LEAVING], stubs=LEAVING)
    told = dict(zip(LEAVING, found.observations, strict=True))
    assert {name: item.exception for name, item in told.items()} == {
        "forks": "PermissionError",
        "thread": "RuntimeError",
        "writes": "PermissionError",
        "late": "",
        "spawns": "PermissionError",
        "shell": "",
        "answers": "PermissionError",
    }
    assert told["shell"].value != 0
    assert told["thread"].where.function == "thread"


@pytest.mark.parametrize("few", [lambda: without(*UNWALLED), cold])
def test_forks_threads_and_late_writers_are_gone_afterwards(sit, few):
    """Without walls, what student code leaves running is killed before `observe` returns; a copy answers nothing."""
    asked = ["student.late()", "student.thread()", "student.forks()", "student.answers()"]
    with few():
        found = sit([LEAVES], asked, stubs=LEAVING)
    assert [item.outcome for item in found.observations] == [Outcome.RETURNED] * 4
    child = int(found.observations[2].value)
    assert child
    assert not _is_running(child)
    assert found.observations[3].value == 3


@linux
def test_forks_end_with_their_space_of_numbers(sit):
    """Where namespaces stand and the filter does not, a fork in a session of its own is gone as well."""
    cell = "import os, time\ndef f():\n    if os.fork() == 0:\n        os.setsid(); time.sleep(600)\n    return 1"
    with without("own user", "seccomp", "totals"):
        require("namespaces")
        if sit([cell], ["student.f()"]).observations[0].exception:
            pytest.skip("processes are limited by number")
        (worker,) = workers._WAITING[next(iter(workers._WAITING))]
        left = Path(f"/proc/{worker.pids[-1]}/task/{worker.pids[-1]}/children").read_text()
    assert not left


def _is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.parametrize("few", [lambda: without(*UNWALLED), cold])
def test_a_fork_that_outlives_the_process_does_not_hold_us_up(sit, few):
    """When, without walls, the process exits while a fork keeps its socket open, the end is seen at once."""
    cell = """
    import os, time
    def f():
        if os.fork() == 0:
            time.sleep(3600)
        os._exit(0)
    def g(): return 1
    """
    limits = Limits(check_wall_seconds=600)
    with few():
        found = sit([cell], ["student.f()", "student.g()"], stubs=("f", "g"), limits=limits)
    assert [item.outcome for item in found.observations] == [Outcome.CRASHED, Outcome.RETURNED]
    assert not found.wall_timeout


FORGE = """
import os, stat, struct
def is_socket(fd):
    try:
        return stat.S_ISSOCK(os.fstat(fd).st_mode)
    except OSError:
        return False
def sockets():
    return [fd for fd in range(64) if is_socket(fd)]
def write(data):
    for fd in sockets():
        os.write(fd, data)
def noise(): write(b"x" * 100)
def huge(): write(b"agf1" + struct.pack("<IB3xQ", index(), 6, 2**60))
def index():
    import gc
    return next(o._index for o in gc.get_objects() if type(o).__name__ == "Channel")
def wrong(): write(b"agf1" + struct.pack("<IB3xQ", 0, 6, 4) + bytes(4))
def answer(): write(b"agf1" + struct.pack("<IB3xQ", index(), 6, 8) + b"\\xff" * 8)
def closes():
    for fd in sockets(): os.close(fd)
def fine(): return 1
"""


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("noise", Outcome.CRASHED),
        ("wrong", Outcome.CRASHED),
        ("answer", Outcome.CRASHED),
        ("huge", Outcome.TOO_LARGE),
    ],
)
def test_a_violation_of_the_wire_ends_the_attempt(sit, name, outcome):
    """Bytes that are not as they must be end the attempt as the student's failure, never as an error of ours."""
    found = sit([FORGE], ["student.fine()", f"student.{name}()", "student.fine()"], stubs=("fine",))
    assert [item.outcome for item in found.observations] == [Outcome.RETURNED, outcome, Outcome.CRASHED]


def test_sleeping_a_little_everywhere_is_not_waited_for(sit):
    """Checks that each end within their own wall time may not idle away more than the cells may, all together."""
    limits = replace(QUICK, cells_wall_seconds=1.0)
    cell = "import time\ndef f():\n    time.sleep(0.6)\n    return 1"
    found = sit([cell], ["student.f()"] * 5, limits=limits)
    outcomes = [item.outcome for item in found.observations]
    assert outcomes[0] is Outcome.RETURNED
    assert set(outcomes[2:]) == {Outcome.TIMED_OUT}
    assert found.wall_timeout
    assert found.idle_seconds > 1


def test_processes_that_end_one_after_the_other_have_a_total(sit, monkeypatch):
    """Each new process runs the cells anew; what all of them compute together has a limit, past which none is begun."""
    burn = (
        "import os, time\ndef burn():\n    end = time.process_time() + 0.2\n    while time.process_time() < end: pass\n"
    )
    cells = [burn, "TABLE = burn()\ndef f(): return TABLE\ndef ends(): os._exit(f() or 1)\ndef fine(): return f() or 1"]
    probes = ["student.fine()", "student.ends()", "student.fine()", "student.fine()"]
    stubs = ("ends", "fine")
    outcomes = [item.outcome for item in sit(cells, probes, stubs=stubs).observations]
    assert outcomes == [Outcome.RETURNED, Outcome.CRASHED, Outcome.RETURNED, Outcome.RETURNED]
    monkeypatch.setattr(sitting, "MOST_CPU_SECONDS", 0.1)
    found = sit(cells, probes, stubs=stubs)
    outcomes = [item.outcome for item in found.observations]
    assert outcomes == [Outcome.RETURNED, Outcome.CRASHED, Outcome.TIMED_OUT, Outcome.TIMED_OUT]
    assert found.cpu_seconds > 0.1


def test_a_flood_of_steps_ends_the_attempt(sit, monkeypatch):
    """Whoever tells steps for ever is ended by their number, long before any time is up."""
    monkeypatch.setattr(sitting, "_STEPS", 100)
    flood = """
    import sys
    def f():
        frame = sys._getframe()
        while not hasattr(frame.f_locals.get("self"), "tell"):
            frame = frame.f_back
        while True:
            frame.f_locals["self"].tell(0, 0, 1)
    """
    found = sit([flood, "x = f()\ndef fine(): return x"], ["student.fine()"], stubs=("fine",))
    assert [item.outcome for item in found.observations] == [Outcome.CRASHED]
    assert found.cpu_seconds < QUICK.statement_cpu_seconds


def test_a_flood_of_texts_costs_its_check_alone(sit):
    """A list of long texts is too large where it is written, and the process lives on for the next check."""
    cell = "def f(): return ['x' * 4000] * 60000\ndef g(): return 1"
    found = sit([cell], ["student.f()", "student.g()"], stubs=("f", "g"), limits=replace(QUICK, frame_bytes=1 << 20))
    assert [item.outcome for item in found.observations] == [Outcome.TOO_LARGE, Outcome.RETURNED]


def test_an_answer_beyond_its_check_s_own_limit_is_too_large():
    """What one check may return, and another not, is judged outside, and costs that check alone."""
    probes = [replace(probe(asked), most_bytes=most) for asked, most in (("student.f()", 800), ("student.f()", 799))]
    found = observe(cells_of(["import numpy as np\ndef f(): return np.zeros(100)"]), [], probes, Bench(("f",), {}, {}))
    assert [item.outcome for item in found.observations] == [Outcome.RETURNED, Outcome.TOO_LARGE]
    assert found.observations[1].value is None


def test_a_closed_socket_is_a_crash(sit):
    """Student code that closes descriptors ends its own process, and the next check is asked of another."""
    found = sit([FORGE], ["student.closes()", "student.fine()"], stubs=("fine",))
    assert [item.outcome for item in found.observations] == [Outcome.CRASHED, Outcome.RETURNED]


def test_a_process_that_does_not_start_is_a_harness_error(sit, monkeypatch):
    """When what runs beside student code cannot be imported, SandboxError says why."""
    monkeypatch.setattr(interpreter, "_START", "raise SystemExit(3)")
    monkeypatch.setattr(workers, "_WAITING", {})
    for mode in ("", "1"):
        monkeypatch.setenv(workers.COLD, mode)
        with pytest.raises(SandboxError, match="did not start"):
            sit([LOOPS], ["student.fine()"], stubs=STUBS)
    monkeypatch.setattr("sys._base_executable", "/nowhere/python")
    with pytest.raises(SandboxError, match="could not be started"):
        sit([LOOPS], ["student.fine()"], stubs=STUBS)


@linux
def test_a_process_cannot_stop_itself(sit):
    """Behind the filter no signal is sent, not even to oneself."""
    require("seccomp")
    stopped, fine = sit([LOOPS], ["student.stops()", "student.fine()"], stubs=STUBS).observations
    assert (stopped.exception, fine.value) == ("PermissionError", 1)


@pytest.mark.parametrize("few", [lambda: without(*UNWALLED), cold])
def test_a_stopped_process_is_ended(sit, few):
    """Without walls SIGSTOP to itself is ended by wall time."""
    with few():
        found = sit([LOOPS], ["student.stops()", "student.fine()"], stubs=STUBS, limits=BRIEF)
    assert ends_of(found) == [(Outcome.TIMED_OUT, ""), (Outcome.RETURNED, "")]
    assert found.wall_timeout


def test_sittings_may_run_side_by_side(sit):
    """Several threads may observe at once; descriptors and answers do not mix."""
    found = {}

    def one(number):
        found[number] = sit([f"def f(): return {number}"], ["student.f()"]).observations[0].value

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: number for number in range(4)}


def test_nothing_is_left_open_or_behind(sit):
    """After a sitting the trusted process has the descriptors and the temporary folders that it had before."""
    sit(["x = 1"])
    before = _open_files()
    sit([LOOPS], ["student.ends()", "student.fine()"], stubs=STUBS)
    assert _open_files() == before


def _open_files():
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def test_the_limits_outside_are_looser_than_those_inside():
    """The soft limit always comes first."""
    assert sitting._SLACK > 1
    assert sitting._GRACE_SECONDS > 0


def test_the_function_that_loops_is_named_and_not_one_that_it_calls(sit):
    """A loop without an end that calls another stub over and over is the caller's."""
    cells = ["def f(x): return x + 1", "def g(x):\n    while True:\n        f(x)"]
    seen = sit(cells, ["student.g(1)", "student.f(1)"], stubs=("f", "g")).observations
    assert (seen[0].outcome, seen[0].stub) == (Outcome.TIMED_OUT, "g")
    assert seen[1].value == 2
