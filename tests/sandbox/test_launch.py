"""The process itself: what it inherits, what it may import, what it is denied; and the room that it imports from."""

import importlib.util
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

from autograder.errors import SandboxError
from autograder.records import Limits, Outcome
from autograder.sandbox import isolation, launch
from autograder.sandbox.room import room

from .conftest import BRIEF, UNWALLED, cold, linux, without

LOOK = """
import os, sys, resource, stat, threading

def environment(): return dict(os.environ)
def path(): return list(sys.path)
def argv(): return list(sys.argv)
def limit(name): return resource.getrlimit(getattr(resource, name))
def descriptors():
    found = []
    for fd in range(64):
        try:
            mode = os.fstat(fd).st_mode
        except OSError:
            continue
        standard = "terminal" if os.isatty(fd) else "null"
        found.append("socket" if stat.S_ISSOCK(mode) else "other" if fd > 2 else standard)
    return found
def session(): return [os.getpid(), os.getsid(0), os.getpgid(0)]
def folder(): return [os.getcwd(), *os.listdir(".")]
def imports(name):
    try:
        __import__(name)
    except ImportError:
        return False
    return True
def process_control(option, *rest):
    import ctypes
    return ctypes.CDLL(None).prctl(option, *rest, *[0] * (4 - len(rest)))
def death_signal():
    import ctypes
    number = ctypes.c_int()
    return [process_control(2, ctypes.byref(number)), number.value]
def files(): return [getattr(m, "__file__", "") or "" for n, m in sys.modules.items() if "beside" in n]
def flags(): return [sys.flags.safe_path, sys.flags.no_site, sys.flags.no_user_site, sys.flags.dont_write_bytecode]
def hashed(): return hash("a string")
def stand_ins():
    import matplotlib.pyplot
    return type(matplotlib.pyplot).__name__
"""
ASKED = {
    "environment": "student.environment()",
    "path": "student.path()",
    "argv": "student.argv()",
    "files limit": "student.limit('RLIMIT_NOFILE')",
    "file size": "student.limit('RLIMIT_FSIZE')",
    "core": "student.limit('RLIMIT_CORE')",
    "memory": "student.limit('RLIMIT_AS')",
    "cpu": "student.limit('RLIMIT_CPU')",
    "descriptors": "student.descriptors()",
    "folder": "student.folder()",
    "autograder": "student.imports('autograder')",
    "pytest": "student.imports('pytest')",
    "numpy.linalg": "student.imports('numpy.linalg')",
    "files": "student.files()",
    "flags": "student.flags()",
    "hash": "student.hashed()",
    "stand-ins": "student.stand_ins()",
}
MODES = {"walls": nullcontext, "no walls": lambda: without(*UNWALLED), "fresh": cold}


@pytest.fixture(scope="module", params=MODES)
def mode(request):
    """Forked behind all walls that the machine allows, forked without, and in a fresh interpreter."""
    return request.param


@pytest.fixture(scope="module")
def seen(sit, mode):
    """What student code sees of the process, by what was asked."""
    with MODES[mode]():
        sitting = sit([LOOK], list(ASKED.values()), limits=Limits(memory_bytes=1 << 30))
        assert sitting.isolation == isolation().promise
    assert mode == "walls" or sitting.isolation == "accidents"
    for name, item in zip(ASKED, sitting.observations, strict=True):
        assert item.outcome is Outcome.RETURNED, (name, item)
    return {name: item.value for name, item in zip(ASKED, sitting.observations, strict=True)}


def test_the_environment_is_built_from_nothing(seen, monkeypatch):
    """Only the settings that make runs repeat are there: no PATH, no HOME, nothing of ours."""
    names = {name for name, _ in seen["environment"].items}
    assert names <= {
        "LANG",
        "LC_CTYPE",
        "PYTHONHASHSEED",
        "PYTHONUTF8",
        "OPENBLAS_NUM_THREADS",
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
    }
    assert dict(seen["environment"].items)["OPENBLAS_NUM_THREADS"] == "1"


def test_only_the_standard_library_and_the_room_can_be_imported(seen):
    """No path of the child's leads to the harness or to the packages beside it."""
    assert not seen["autograder"]
    assert not seen["pytest"]
    assert seen["numpy.linalg"]
    paths = [*seen["path"].items, *seen["files"].items]
    harness = str(Path(importlib.util.find_spec("autograder").origin).parents[1])
    assert not any(harness in path or "site-packages" in path for path in paths)
    assert seen["path"].items[-1] == str(room())


def test_arguments_and_flags(seen):
    """The child's arguments say nothing, and it runs with -P -s -S -B."""
    assert seen["argv"].items == ("-c",)
    np.testing.assert_array_equal(seen["flags"], [1, 1, 1, 1])


def test_resources_are_limited(seen):
    """Open files, file sizes, core dumps, address space and CPU time have hard limits."""
    assert list(seen["files limit"]) == [64, 64]
    assert list(seen["file size"]) == [0, 0]
    assert list(seen["core"]) == [0, 0]
    assert list(seen["memory"]) == [1 << 30, 1 << 30]
    assert 0 < seen["cpu"][0] < 1000


def test_one_socket_is_all_that_is_open(seen):
    """Standard streams are null; of all descriptors of the trusted process one socket was inherited."""
    assert list(seen["descriptors"].items) == ["null", "null", "null", "socket"]


def test_its_folder_is_empty(seen, mode):
    """The process is in an empty folder, which is gone afterwards: one of the host's, or of a root of its own."""
    folder, *rest = seen["folder"].items
    assert rest == []
    if mode == "walls" and not isolation().walls.get("own root", "none"):
        assert folder == "/work"
    else:
        assert not Path(folder).exists()


@linux
def test_privileges_are_given_up(sit, mode):
    """No new privileges, no dumps, and it dies with its parent; behind a filter it cannot even ask."""
    asked = ["student.process_control(39)", "student.process_control(3)", "student.death_signal()", "student.session()"]
    with MODES[mode]():
        privileges, dumpable, death, session = sit([LOOK], asked, stubs=("death_signal",)).observations
        filtered = not isolation().walls["seccomp"]
    if filtered:
        assert [privileges.value, dumpable.value, *death.value] == [-1, -1, -1, 0]
        assert session.exception == "PermissionError"
    else:
        assert [privileges.value, dumpable.value, *death.value] == [1, 0, 0, 9]
        assert len(set(session.value)) == 1


@linux
def test_a_process_is_as_it_must_be_seen_from_outside(sit, mode, monkeypatch):
    """Its own session, one thread even with BLAS, no new privileges, and behind walls no rights and a filter."""
    facts = {}
    end = launch.Launched.end

    def look(launched):
        facts.update(_facts(launched.process.pid))
        return end(launched)

    cell = "import numpy as np, time\ndef f(): return np.ones((300, 300)) @ np.ones((300, 300)), time.sleep(60)"
    with MODES[mode]():
        monkeypatch.setattr(launch.Launched, "end", look)
        sit([cell], ["student.f()[0][0, 0]"], limits=BRIEF)
        walls = isolation().walls
    assert facts["leads"]
    assert (facts["Threads"], facts["NoNewPrivs"]) == ("1", "1")
    assert facts["Seccomp"] == ("0" if walls["seccomp"] else "2")
    if mode == "walls":
        assert int(facts["CapEff"], 16) == int(facts["CapPrm"], 16) == 0
    if not walls["own user"]:
        assert facts["Uid"] != str(os.getuid())


def _facts(pid):
    """What the system says of a process: its status, and whether it leads its session and group."""
    lines = (line.partition(":") for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return {
        **{name: value.split()[0] if value.split() else "" for name, _, value in lines},
        "leads": os.getsid(pid) == os.getpgid(pid) == pid,
    }


def test_hashes_repeat(seen, sit):
    """String hashes, and so the order of sets, are the same in every process."""
    assert sit([LOOK], ["student.hashed()"]).observations[0].value == seen["hash"]


def test_plots_are_stand_ins_even_where_they_are_installed(seen):
    """Matplotlib is inert whether or not it could be imported."""
    assert seen["stand-ins"] == "_InertModule"


def test_the_room_is_made_once_and_holds_copies():
    """Its own code is copied and compiled, NumPy is linked, and nothing else is there."""
    folder = room()
    assert room() == folder
    assert {path.name for path in folder.iterdir()} <= {"numpy", "numpy.libs", "beside", "root"}
    assert not list((folder / "root").iterdir())
    assert (folder / "numpy").is_symlink()
    assert not (folder / "beside").is_symlink()
    assert (folder / "beside" / "__pycache__").is_dir()


def test_a_room_is_removed_when_its_process_ends():
    """Nothing is left in the temporary folder by a trusted process that has ended."""
    script = "from autograder.sandbox.room import room; print(room())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=_with_path())
    assert not Path(done.stdout.strip()).exists()


def _with_path():
    return {**os.environ, "PYTHONPATH": str(Path(importlib.util.find_spec("autograder").origin).parents[1])}


def test_listed_packages_can_be_imported_with_what_they_need(sit):
    """A package of the assignment's is linked with its needs; one that is not listed is not there."""
    cell = "import markdown_it, mdurl\ndef f(): return markdown_it.__name__\ndef g(): return 1"
    listed = sit([cell], ["student.f()"], packages=("markdown_it",))
    assert listed.observations[0].value == "markdown_it"
    assert sit([cell], ["student.f()"]).observations[0].outcome is Outcome.RAISED


def test_a_package_that_is_not_installed_is_a_harness_error(sit):
    """An assignment that lists what is not there cannot be graded, and says which package."""
    with pytest.raises(SandboxError, match="no_such_package"):
        sit([LOOK], [], packages=("no_such_package",))
