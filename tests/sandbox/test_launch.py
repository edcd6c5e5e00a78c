"""The process itself: what it inherits, what it may import, what it is denied; and the room that it imports from."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autograder.errors import SandboxError
from autograder.records import Limits, Outcome
from autograder.sandbox.room import room

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
def leads_session(): return os.getsid(0) == os.getpid() == os.getpgid(0)
def folder(): return [os.getcwd(), *os.listdir(".")]
def imports(name):
    try:
        __import__(name)
    except ImportError:
        return False
    return True
def status(name):
    with open("/proc/self/status") as file:
        return next((line.split()[1] for line in file if line.startswith(name)), "")
def dumpable():
    import ctypes
    return ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)
def death_signal():
    import ctypes
    number = ctypes.c_int()
    ctypes.CDLL(None).prctl(2, ctypes.byref(number), 0, 0, 0)
    return number.value
def threads():
    import numpy as np
    np.ones((300, 300)) @ np.ones((300, 300))
    return len(os.listdir("/proc/self/task")) if os.access("/proc/self/task", os.R_OK) else 1
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
    "session": "student.leads_session()",
    "folder": "student.folder()",
    "autograder": "student.imports('autograder')",
    "pytest": "student.imports('pytest')",
    "numpy.linalg": "student.imports('numpy.linalg')",
    "new privileges": "student.status('NoNewPrivs')",
    "dumpable": "student.dumpable()",
    "death": "student.death_signal()",
    "threads": "student.threads()",
    "files": "student.files()",
    "flags": "student.flags()",
    "hash": "student.hashed()",
    "stand-ins": "student.stand_ins()",
}
linux = pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")


@pytest.fixture(scope="module")
def seen(sit):
    """What student code sees of the process, by what was asked."""
    sitting = sit([LOOK], list(ASKED.values()), limits=Limits(memory_bytes=1 << 30))
    assert sitting.isolation == "accidents"
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


def test_it_leads_a_session_in_an_empty_folder(seen):
    """The process has its own session, and its folder is empty and gone afterwards."""
    assert seen["session"]
    folder, *rest = seen["folder"].items
    assert rest == []
    assert not Path(folder).exists()


@linux
def test_privileges_are_given_up(seen):
    """No new privileges, no dumps, and it dies with its parent; BLAS has one thread."""
    assert seen["new privileges"] == "1"
    assert seen["dumpable"] == 0
    assert seen["death"] == 9
    assert seen["threads"] == 1


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
    assert {path.name for path in folder.iterdir()} <= {"numpy", "numpy.libs", "beside"}
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
