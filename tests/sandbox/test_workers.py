"""Warm workers: they change nothing that is observed, share nothing with their children, and end when they must."""

import ast
import dataclasses
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from autograder.records import Outcome, Promise
from autograder.sandbox import plan, workers
from autograder.sandbox.beside import frames
from autograder.sandbox.room import room
from autograder.sandbox.wire import decode

from ..conftest import ROOT
from .conftest import BRIEF, UNWALLED, cold, require, without

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers fork on Linux alone")

STATE = """
import random, sys, warnings, os, gc, signal
import numpy as np
first = [random.random(), np.random.rand(), np.random.default_rng().random()]
def drawn(): return first
def again(): return [random.random(), np.random.rand(), np.random.default_rng().random(), *np.random.get_state()[1]]
def words(): return list({"a", "b", "c", "d", "e", "f"})
def depth(n=0):
    try:
        return depth(n + 1)
    except RecursionError:
        return n
def modules(): return sorted(sys.modules)
def filters(): return str(warnings.filters) + str(np.geterr())
def collector(): return [gc.isenabled(), *gc.get_threshold(), gc.get_freeze_count() > 0]
def signals(): return [str(signal.getsignal(n)).partition(" at ")[0] for n in sorted(signal.valid_signals())]
def folder(): return len(os.listdir("."))
def frames():
    frame, names = sys._getframe(), []
    while frame:
        names += [frame.f_code.co_name, *sorted(frame.f_locals)]
        frame = frame.f_back
    return names
"""
ASKED = [
    f"student.{name}()" for name in "drawn again words depth modules filters collector signals folder frames".split()
]
ODD = """
import os, sys
def ends(): os._exit(3)
def raises(): return {}["k"]
def loops():
    while True: pass
def large(): return np.zeros(2**24 + 1)
def nests(): return {"a": [1, (2.0, None)], "b": {"c": np.eye(2, dtype=np.float32)}}
b = undefined
os._exit(1)
needed = os._exit(1)
import numpy as np
def late(): return needed
"""
ENDS = [f"student.{name}()" for name in "nests ends raises loops loops large late nests gone".split()]


def flat(value):
    """Everything in an observation or sitting, as things that can be compared to the last bit."""
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape, value.tobytes())
    if isinstance(value, tuple):
        return tuple(flat(item) for item in value)
    if dataclasses.is_dataclass(value):
        return (type(value).__name__, *(flat(getattr(value, item.name)) for item in dataclasses.fields(value)))
    return value


@pytest.mark.parametrize(
    ("cell", "asked"), [(STATE, ASKED), (ODD, ENDS)], ids=["the state that is found", "how things end"]
)
def test_forked_and_fresh_processes_give_the_same_sitting(sit, cell, asked):
    """What is observed is the same to the last bit, forked behind walls, forked without, and in a fresh interpreter."""
    stubs = [name.removeprefix("student.").removesuffix("()") for name in asked]
    found = []
    for mode in (without, without, lambda: without(*UNWALLED), cold):
        with mode():
            found.append(compared(sit([cell], asked, stubs=stubs)))
    assert found[0] == found[1] == found[2] == found[3]


def compared(sitting):
    """A sitting but for the promise that it was held under and for how long it waited, which are not the same."""
    assert sitting.observations[0].outcome is Outcome.RETURNED
    return flat(dataclasses.replace(sitting, isolation=Promise.ACCIDENTS, idle_seconds=0.0, cpu_seconds=0.0))


# what a rehearsal could leave: its names, its folder, handlers, hooks, a generator that has been drawn from
TRACES = textwrap.dedent(
    """
    import gc, os, random, signal, sys, warnings
    import numpy as np
    handlers = [str(signal.getsignal(n)) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)]
    named = {name for name in vars(sys.modules["__main__"]) if not name.startswith("__")}
    def left():
        found = [type(o).__name__ for o in gc.get_objects() if type(o).__name__ == "Net"]
        modules = sorted(m for m in sys.modules if "plot" in m or "rehears" in m and "beside" not in m)
        drawn = [random.random(), float(np.random.rand()), float(np.random.default_rng().random())]
        return [*found, *modules, *map(str, drawn), *handlers, *sorted(named), str(len(os.listdir("."))),
                str(sys.getrecursionlimit()), str(warnings.filters), str(np.geterr())]
    """
)


def test_a_rehearsal_leaves_nothing_behind(sit):
    """Student code finds in a worker's child, where our own submission was run before, what it finds without."""
    found = []
    for mode in (without, cold):
        with mode():
            found.append(compared(sit([TRACES], ["student.left()"], stubs=["left"])))
    assert found[0] == found[1]


REHEARSED = """
import sys; sys.path.append(sys.argv[1])
import beside.fresh
from beside import rehearsal
from beside.worker import prepare
heard = []
exec(sys.argv[2])
prepare([], rehearsal.rehearse)
print(heard)
"""


def rehearsed(change):
    """A rehearsal in an interpreter of its own, after a change to its module."""
    command = [sys.executable, "-P", "-s", "-S", "-B", "-c", REHEARSED, str(room()), change]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_rehearsal_gets_as_far_as_a_submission():
    """Its cells define every stub, and its probes return but for the one of a stub that is not written."""
    done = rehearsed("rehearsal._unless_fault = lambda what, body: heard.append((what, body))")
    heard = [(what, decode(body)) for what, body in ast.literal_eval(done.stdout)]
    defined = [dict(value.items)["defined"].items for what, value in heard if what == frames.CELLS]
    outcomes = [dict(value.items)["outcome"] for what, value in heard if what == frames.ANSWER]
    assert outcomes == 3 * ["returned", "returned", "returned", "missing"]
    assert defined == 3 * [("step", "Net.forward", "train")]


def test_a_rehearsal_that_cannot_begin_is_told():
    """No worker serves without a word after a rehearsal that has taught it nothing."""
    done = rehearsed("rehearsal._packed = lambda probe: b'no probe'")
    assert done.returncode == 1
    assert "RuntimeError: the rehearsal cannot begin" in done.stderr


def test_a_package_is_imported_before_and_changes_nothing(sit):
    """A listed package that is imported by the worker leaves the same state as one that is imported anew."""
    found = []
    for mode in (without, cold):
        with mode():
            found.append(compared(sit([STATE], ASKED, stubs=["drawn"], packages=("markdown_it",))))
    assert found[0] == found[1]


@pytest.mark.parametrize("walls", [(), UNWALLED])
def test_one_worker_serves_one_sitting_after_another(sit, walls):
    """It outlives the thread that started it, and waits for the next."""
    cell = ["import os\ndef f(): return os.getppid()"]
    parents, waiting = [], []
    with without(*walls):
        for _ in range(3):
            thread = threading.Thread(
                target=lambda: parents.append(int(sit(cell, ["student.f()"]).observations[0].value))
            )
            thread.start()
            thread.join()
            waiting.append(worker())
        assert len(set(waiting)) == len(set(parents)) == 1
        assert parents[0] == (1 if not worker().walls["namespaces"] else worker().pids[0])
        assert os.getpid() not in worker().pids


def test_sittings_at_the_same_time_have_workers_of_their_own(sit):
    """Nobody's child has a neighbour; both workers wait afterwards."""
    barrier = threading.Barrier(2)
    ask = workers.Worker.ask

    def met(worker, what, *rest):
        if what == "fork":
            barrier.wait(60)
        return ask(worker, what, *rest)

    with without(), pytest.MonkeyPatch.context() as patch:
        first, second = workers.Worker(()), workers.Worker(())
        patch.setattr(workers.Worker, "ask", met)
        first.release()
        second.release()
        threads = [threading.Thread(target=sit, args=(["x = 1"],)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {*workers._WAITING[workers._place(())]} == {first, second}


def test_a_worker_has_one_thread_one_socket_and_no_secrets(sit):
    """Between sittings a worker has nothing open but its control socket, and no word of a submission in its memory.

    Its other process, which waits for the end of the namespaces, has not even that.
    """
    word = "a_word_that_is_nowhere_else"
    found = sit([f"def f(): return '{word}'"], [f"[student.f(), '{word}']"], given={"g": f"def g(): return '{word}'"})
    assert found.observations[0].outcome is Outcome.RETURNED
    pids = worker().pids
    assert len(pids) == 1 + (not worker().walls["namespaces"])
    for pid in pids:
        its = Path(f"/proc/{pid}")
        assert len(list((its / "task").iterdir())) == 1
        if os.geteuid() == 0:  # nobody else may look
            opened = {int(entry.name): str(entry.readlink()).partition(":")[0] for entry in (its / "fd").iterdir()}
            control = {3: "socket"} if pid == pids[-1] else {}
            assert opened == {0: "/dev/null", 1: "/dev/null", 2: "/dev/null", **control}
            memory = memory_of(its)
            assert b"PYTHONHASHSEED" in memory
            assert word.encode() not in memory


def memory_of(process):
    """What a process may write to, as one run of bytes."""
    found = []
    with (process / "mem").open("rb") as memory:
        for line in (process / "maps").read_text().splitlines():
            span, mode = line.split()[:2]
            if mode.startswith("rw"):
                start, end = (int(part, 16) for part in span.split("-"))
                memory.seek(start)
                found.append(memory.read(end - start))
    return b"".join(found)


def worker():
    """The worker of this process without packages that waits for the next sitting."""
    return workers._WAITING[workers._place(())][-1]


def test_children_share_no_open_file(sit):
    """What a child sets on its standard streams, which open files keep, a later child does not find.

    Behind the filter it cannot be set; the files are not shared all the same.
    """
    cell = """
    import fcntl, os
    def sets():
        for fd in range(3): fcntl.fcntl(fd, fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND)
    def gets(): return [fcntl.fcntl(fd, fcntl.F_GETFL) for fd in range(3)]
    """
    before = sit([cell], ["student.gets()"]).observations[0].value
    refused = sit([cell], ["student.sets()"]).observations[0]
    assert refused.exception == ("" if worker().walls["seccomp"] else "PermissionError")
    for walls in (("seccomp",), UNWALLED):
        with without(*walls):
            assert sit([cell], ["student.sets()"]).observations[0].outcome is Outcome.RETURNED
            np.testing.assert_array_equal(sit([cell], ["student.gets()"]).observations[0].value, before)


KILLS = "import os, time\ndef f():\n    os.kill(os.getppid(), {})\n    time.sleep(60)\ndef g(): return 1"
SIGNALS = [signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP]


@pytest.mark.parametrize("number", SIGNALS)
def test_no_code_ends_its_worker(sit, number):
    """Behind the filter no signal is sent, and the worker takes the next sitting."""
    sit(["x = 1"])
    require("seccomp")
    before = worker()
    refused, fine = sit([KILLS.format(int(number))], ["student.f()", "student.g()"], stubs=("f", "g")).observations
    assert (refused.exception, fine.value) == ("PermissionError", 1)
    assert worker() is before


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_of_its_namespace_ignores_its_children(sit, number):
    """Without the filter a signal goes out, but the kernel gives it to no first process that has not asked for it."""
    cell = "import os\ndef f(): return os.kill(os.getppid(), {}), 2"
    with without("seccomp"):
        require("namespaces")
        for _ in range(2):
            assert sit([cell.format(int(number))], ["student.f()[1]"]).observations[0].value == 2
        assert len(workers._WAITING[workers._place(())]) == 1


@pytest.mark.parametrize("number", SIGNALS)
def test_code_that_ends_its_worker_costs_itself_alone(sit, monkeypatch, number):
    """Without walls it can. The check that did it gains nothing; a sitting at the same time loses nothing."""
    monkeypatch.setattr(workers, "_ANSWER_SECONDS", 1.0)
    started, seen = threading.Event(), []
    slow = ["import time\ndef f(): time.sleep(1.5); return 7"]

    def bystander():
        started.set()
        seen.append(sit(slow, ["student.f()", "student.f()"]))

    with without(*UNWALLED):
        thread = threading.Thread(target=bystander)
        thread.start()
        started.wait()
        time.sleep(0.5)
        found = sit([KILLS.format(int(number))], ["student.f()", "student.g()"], stubs=("f", "g"), limits=BRIEF)
        thread.join()
    assert [item.value for item in seen[0].observations] == [7, 7]
    assert found.observations[0].outcome in (Outcome.CRASHED, Outcome.TIMED_OUT)
    assert found.observations[1].value == 1


@pytest.mark.parametrize("which", [0, -1], ids=["the one that waits", "the one that forks"])
@pytest.mark.parametrize("walls", [(), UNWALLED])
def test_a_worker_that_has_ended_is_replaced(sit, walls, which):
    """A worker that was killed from elsewhere costs nothing."""
    cell = ["def f(): return 1"]
    with without(*walls):
        sit(cell)
        before = worker()
        os.kill(before.pids[which], signal.SIGKILL)
        assert all(gone(pid) for pid in before.pids)
        assert sit(cell, ["student.f()"]).observations[0].outcome is Outcome.RETURNED
        assert worker() is not before


def test_packages_that_start_threads_are_not_forked(sit, tmp_path, monkeypatch):
    """A fork beside threads may hang for ever, so such an assignment gets fresh interpreters."""
    (tmp_path / "threaded.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(9,)).start()"
    )
    info = tmp_path / "threaded-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: threaded\nVersion: 1\n")
    (info / "RECORD").write_text("threaded.py,,\n")
    monkeypatch.syspath_prepend(tmp_path)
    cell = ["import os\ndef f(): return os.getppid()"]
    for _ in range(2):
        found = sit(cell, ["student.f()"], packages=("threaded",), limits=BRIEF)
        assert found.observations[0].value == os.getpid()


SCRIPT = """
import multiprocessing, os, sys, time
from autograder.records import Bench, Cell, Probe
from autograder.sandbox import observe, workers
cells = [Cell("import os, time\\nwait = {}\\ndef f(): return wait", 1)]
def parent(_=0):
    observe(cells, [], [], Bench(("f",), {{}}, {{}}))
    return next(waiting[0].pids[-1] for (owner, *_), waiting in workers._WAITING.items() if owner == os.getpid())
if __name__ == "__main__":
    {}
"""
POOL = """
    mine = parent()
    with multiprocessing.get_context("fork").Pool(1) as pool:
        theirs = pool.apply(parent)
        pool.close(); pool.join()
    print(mine, theirs, parent(), flush=True)
"""
WAIT = """
    observe([Cell("x = 1", 1)], [], [], Bench(("x",), {}, {}))
    print(*next(iter(workers._WAITING.values()))[0].pids, flush=True)
    parent()
"""


def script(body, wait="0", walls=()):
    """A trusted process of its own; without some walls."""
    path = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", plan.WITHOUT: ",".join(walls)}
    command = [sys.executable, "-c", SCRIPT.format(wait, body.strip())]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=path)


def test_a_forked_trusted_process_has_a_worker_of_its_own():
    """A pool that forks does not share its parent's worker; each ends with the process that started it."""
    with script(POOL) as process:
        mine, theirs, later = (int(word) for word in process.stdout.read().split())
    assert process.returncode == 0
    assert mine == later
    assert mine != theirs
    assert not alive(mine)
    assert not alive(theirs)


@pytest.mark.parametrize(
    ("walls", "wait", "children"),
    [((), "time.sleep(600)", 1), (UNWALLED, "os.fork() * 0 + time.sleep(600)", 2)],
    ids=["walls", "no walls"],
)
def test_nothing_outlives_a_trusted_process_that_is_killed(walls, wait, children):
    """When it is killed amid a sitting, its worker ends, and with it the child and what the child forked."""
    with script(WAIT, wait, walls) as process:
        pids = [int(word) for word in process.stdout.readline().split()]
        below = []
        while len(below) < children:
            time.sleep(0.02)
            below = descendants(pids[-1])
        process.kill()
    for one in (*pids, *below):
        assert gone(one)


def descendants(pid):
    """The processes that a process has started, and theirs."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [found for child in map(int, children) for found in (child, *descendants(child))]


def alive(pid):
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def gone(pid):
    """Whether a process is gone, soon."""
    for _ in range(1000):
        if not alive(pid):
            return True
        time.sleep(0.02)
    return False
