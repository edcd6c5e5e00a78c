"""The walls around student code: which stand, what each refuses, by trying; and what can still be done behind them."""

import importlib.util
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from autograder.records import Limits, NoteKind, Outcome, Promise
from autograder.sandbox import isolation, plan
from autograder.sandbox.beside import copies, trial, walls
from autograder.sandbox.room import room

from ..conftest import ROOT
from .conftest import UNWALLED, cold, linux, require, without

pytestmark = linux

ALL = (*plan.WALLS, plan.TOTALS)
LONG = Limits(check_cpu_seconds=60.0, check_wall_seconds=120.0, memory_bytes=2 << 30)

# what a submission might try; `outside` is a folder that anybody may read and write, `seen` a file within sight
ATTEMPTS = """
import ctypes, fcntl, os, resource, shutil, signal, socket, subprocess, sys, threading

def call(name, *arguments):
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)

def reads(path): return open(path).read()
def lists(path): return os.listdir(path)
def opens(path, flags): os.close(os.open(path, flags))
def connects(family, address):
    with socket.socket(family) as made: made.connect(address)
def locks(path):
    with open(path) as file: fcntl.flock(file, fcntl.LOCK_SH)
def owns():
    fcntl.fcntl(3, fcntl.F_SETOWN, os.getppid())
def leases(path):
    with open(path) as file: fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
def dupes(): return os.dup(3)
def fork():
    child = os.fork()
    if not child: os._exit(0)
    os.waitpid(child, 0)
def thread():
    made = threading.Thread(target=print)
    made.start()
    made.join()
def raises_limit(name, value):
    resource.setrlimit(getattr(resource, name), (value, value))
def limits(pid): return resource.prlimit(pid, resource.RLIMIT_NOFILE)[0]
def run(*what): subprocess.run(what, check=True)
def none(what): what; return 1
"""
OPEN = {
    "read a file outside": "student.reads('{outside}/secret')",
    "list a folder outside": "student.lists('{outside}')",
    "make a file outside": "student.opens('{outside}/made', 0o101)",
    "write to a file outside": "student.opens('{outside}/secret', 1)",
    "truncate a file outside": "student.opens('{outside}/spare', 0o1001)",
    "truncate a file opened for reading": "student.opens('{outside}/spare', 0o1000)",
    "open a nameless file": "student.opens('{outside}', 0o20200002)",
    "make a folder outside": "student.os.mkdir('{outside}/folder')",
    "make a link outside": "student.os.symlink('/', '{outside}/link')",
    "make a pipe outside": "student.os.mkfifo('{outside}/pipe')",
    "rename a file outside": "student.os.rename('{outside}/one', '{outside}/two')",
    "remove a file outside": "student.os.unlink('{outside}/three')",
    "change a file's mode": "student.os.chmod('{outside}/spare', 0o600)",
    "change a file's times": "student.os.utime('{outside}/spare')",
    "lock a file": "student.locks('{outside}/spare')",
    "list processes": "student.lists('/proc')",
    "read its own memory as a file": "student.os.close(student.os.open('/proc/self/mem', 0))",
    "signal itself": "student.os.kill(student.os.getpid(), 0)",
    "signal the worker": "student.os.kill(student.os.getppid(), 0)",
    "signal the trusted process": "student.os.kill({pid}, 0)",
    "signal everybody": "student.os.kill(-1, 0)",
    "limits of the worker": "student.limits(student.os.getppid())",
    "limits of the trusted process": "student.limits({pid})",
    "start a thread": "student.thread()",
    "own a descriptor's signals": "student.owns()",
    "make a socket": "student.socket.socket().close()",
    "make a pair of sockets": "student.socket.socketpair()[0].close()",
    "connect to a port": "student.connects(student.socket.AF_INET, ('127.0.0.1', {port}))",
    "connect to an abstract socket": "student.connects(student.socket.AF_UNIX, {abstract!r})",
    "make a file in memory": "student.os.close(student.os.memfd_create('x'))",
    "make a pipe": "student.os.pipe()[0] and None",
}
SHUT = {
    "read the passwords": "student.reads('/etc/shadow')",
    "list homes": "student.lists('/home')",
    "read the trusted process": "student.reads('/proc/{pid}/environ')",
    "write here": "student.opens('written', 0o101)",
    "write into /": "student.opens('/written', 0o101)",
    "write into /tmp": "student.opens('/tmp/written', 0o101)",
    "write into /dev/shm": "student.opens('/dev/shm/written', 0o101)",
    "write where it imports from": "student.opens('{room}/written', 0o101)",
    "write to a file in sight": "student.opens('{seen}', 1)",
    "read and write a file in sight": "student.opens('{seen}', 2)",
    "truncate a file in sight": "student.opens('{seen}', 0o1000)",
    "change the mode of a file in sight": "student.os.chmod('{seen}', 0o777)",
    "change the times of a file in sight": "student.os.utime('{seen}', (1, 1))",
    "rename a file in sight": "student.os.rename('{seen}', '{seen}x')",
    "remove a file in sight": "student.os.unlink('{seen}')",
    "lock a file in sight": "student.locks('{seen}')",
    "lease a file in sight": "student.leases('{seen}')",
    "make a folder here": "student.os.mkdir('folder')",
    "remove its folder": "student.os.rmdir(student.os.getcwd())",
    "fork": "student.fork()",
    "run a program": "student.run('/bin/true')",
    "replace itself by a program": "student.os.execv('/bin/true', ['true'])",
    "trace the worker": "student.call('ptrace', 16, student.os.getppid(), 0, 0)",
    "mount": "student.call('mount', b'none', b'/', b'tmpfs', 0, None)",
    "unmount": "student.call('umount2', b'/', 2)",
    "enter namespaces": "student.call('unshare', 0x10000000)",
    "change root": "student.os.chroot('/')",
    "become root": "student.os.setuid(0)",
    "join a group": "student.os.setgroups([0])",
    "raise the limit of files' sizes": "student.raises_limit('RLIMIT_FSIZE', 1 << 20)",
    "raise the limit of memory": "student.raises_limit('RLIMIT_AS', 1 << 44)",
    "raise the limit of files": "student.raises_limit('RLIMIT_NOFILE', 1 << 12)",
    "be nice": "student.os.nice(1)",
}
REFUSALS = {"PermissionError", "FileNotFoundError", "OSError", "ProcessLookupError", "RuntimeError", "ValueError"}


@pytest.fixture
def targets():
    """Places and addresses outside, that the trusted process could reach."""
    folder = Path(tempfile.mkdtemp(prefix="outside-"))
    folder.chmod(0o777)
    for name in ("secret", "spare", "one", "three"):
        (folder / name).write_text("secret")
        (folder / name).chmod(0o666)
    abstract = b"\0outside-%d" % os.getpid()
    with socket.create_server(("127.0.0.1", 0)) as port, socket.socket(socket.AF_UNIX) as named:
        named.bind(abstract)
        named.listen()
        yield {
            "outside": folder,
            "pid": os.getpid(),
            "port": port.getsockname()[1],
            "abstract": abstract,
            "room": room(),
            "seen": room() / "beside" / "main.py",
        }
    shutil.rmtree(folder)


def tried(sit, attempts, targets):
    """How each attempt ended: the exception's name, or nothing."""
    asked = [f"student.none({text.format(**targets)})" for text in attempts.values()]
    found = sit([ATTEMPTS], asked, stubs=("none",)).observations
    for name, item in zip(attempts, found, strict=True):
        assert item.outcome in (Outcome.RETURNED, Outcome.RAISED), (name, item)
    return {name: item.exception for name, item in zip(attempts, found, strict=True)}


def test_each_wall_stands_or_says_why():
    """Every wall is told of; a reason is one line, and none says that it was left out."""
    told = isolation().walls
    assert set(told) == set(ALL)
    for wall, why in told.items():
        assert "\n" not in why
        assert why != "not asked for", wall
    if not any(told.values()):
        assert (isolation().promise, isolation().possible) == (Promise.HOST, ())


def test_nothing_forbidden_is_possible(sit, targets):
    """Files, processes, sockets, threads, locks, rights: behind all walls each attempt is refused."""
    require("own root", "landlock", "seccomp")
    ended = tried(sit, OPEN | SHUT, targets)
    assert {name for name, exception in ended.items() if exception not in REFUSALS} == set()
    assert sorted(path.name for path in targets["outside"].iterdir()) == ["one", "secret", "spare", "three"]


def test_the_filter_alone_lets_nothing_be_changed(sit, targets):
    """With no other wall, files outside can be read, and nothing is written, signalled, started or spoken to."""
    reading = {"read a file outside", "list a folder outside", "list processes", "read its own memory as a file"}
    with without("namespaces", "own root", "landlock"):
        require("seccomp")
        ended = tried(sit, OPEN, targets)
    assert {name for name, exception in ended.items() if not exception} <= reading
    assert {ended[name] for name in ended.keys() - reading} == {"PermissionError", "RuntimeError"}


def test_what_is_tried_would_work_without_walls(sit, targets):
    """The attempts are no straw men: where there are no walls, they go through."""
    with without(*UNWALLED):
        ended = tried(sit, OPEN, targets)
    assert {name: exception for name, exception in ended.items() if exception} == {}


@pytest.mark.skipif(platform.machine() != "x86_64", reason="numbers of another kind of processor")
def test_only_listed_system_calls_are_made(sit):
    """Rarely used calls, among them ways around `open`, are refused by number, whatever their arguments."""
    require("seccomp")
    numbers = {
        "preadv2": 327, "openat2": 437, "open_by_handle_at": 304, "creat": 85, "io_uring_setup": 425, "io_setup": 206,
        "bpf": 321, "userfaultfd": 323, "perf_event_open": 298, "keyctl": 250, "add_key": 248, "kcmp": 312,
        "pidfd_open": 434, "pidfd_getfd": 438, "process_vm_readv": 310, "process_vm_writev": 311, "shmget": 29,
        "semget": 64, "msgget": 68, "mq_open": 240, "timer_create": 222, "personality": 135, "inotify_init1": 294,
        "eventfd2": 290, "signalfd4": 289, "fanotify_init": 300, "splice": 275, "sendfile": 40, "flock": 73,
        "sched_setaffinity": 203, "setpriority": 141, "ioprio_set": 251, "mlock": 149, "vfork": 58, "clone": 56,
        "execveat": 322, "prctl": 157, "seccomp": 317, "setns": 308, "fallocate": 285, "memfd_secret": 447,
        "tgkill": 234, "rt_sigqueueinfo": 129, "setpgid": 109, "setsid": 112, "getxattr": 191, "setxattr": 188,
    }  # fmt: skip
    cell = """
    import ctypes
    def f(number):
        library = ctypes.CDLL(None, use_errno=True)
        return library.syscall(number, 0, 0, 0, 0, 0, 0) < 0 and ctypes.get_errno()
    """
    listed = ", ".join(map(str, numbers.values()))
    errors = sit([cell], [f"[student.f(number) for number in [{listed}]]"]).observations[0].value
    assert {name: int(error) for name, error in zip(numbers, errors, strict=True) if error != 1} == {}


@pytest.mark.skipif(platform.machine() != "x86_64", reason="numbers of another kind of processor")
def test_the_filter_is_not_passed_by_another_kind_of_call(sit):
    """x32's numbers are those of the same calls, and get through no more than they do."""
    require("seccomp")
    cell = "import ctypes\ndef f(): return ctypes.CDLL(None).syscall(0x40000000 + 57)"
    found = sit([cell], ["student.f()"]).observations[0]
    assert found.outcome is Outcome.CRASHED or found.value == -1


@pytest.mark.parametrize("wall", ALL)
def test_leaving_out_a_wall_is_told_and_still_starts(sit, wall):
    """One wall the less: sittings go on, and are held by what the trial found, no more."""
    with without(wall):
        found = isolation()
        sitting = sit(["def f(): return 1"], ["student.f()"])
    assert found.walls[wall] == "not asked for"
    assert sitting.observations[0].value == 1
    assert found.promise is (Promise.ACCIDENTS if found.possible else Promise.SECRETS)
    assert sitting.isolation is found.promise


@pytest.mark.parametrize("wall", [*ALL, "two of them"])
def test_what_is_secret_is_behind_two_walls(wall):
    """Where all stand, any one can fall, and no file, process or service outside is reached."""
    require(*plan.WALLS)
    with without(*(["namespaces", "seccomp"] if wall == "two of them" else [wall])):
        possible = set(isolation().possible)
    assert not possible & {
        "read a file", "list a folder", "write into a folder", "write into the working directory", "write into /tmp",
        "write into /dev/shm", "write where it imports from", "read the grading process", "read the worker",
        "read the worker's memory by a call", "trace the worker", "signal the grading process", "connect to a port",
        "connect to an abstract socket", "raise a limit",
    }  # fmt: skip


def test_without_walls_the_trial_says_so(sit):
    """The promise is found by trying: without walls it is the least, and names what was possible."""
    with without(*plan.WALLS):
        found = isolation()
    assert found.promise is Promise.ACCIDENTS
    assert {"read a file", "list a folder", "write into a folder", "open a socket", "signal the worker"} <= {
        *found.possible
    }


def test_a_trial_disturbs_nobody():
    """Trying whether everybody can be signalled sends no signal: a stopped bystander stays stopped."""
    with subprocess.Popen(["/bin/sleep", "60"]) as bystander:
        try:
            bystander.send_signal(signal.SIGSTOP)
            os.waitpid(bystander.pid, os.WUNTRACED)
            with without(*plan.WALLS):
                isolation()
            assert Path(f"/proc/{bystander.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
        finally:
            bystander.kill()


def test_a_trial_of_memory_reads_memory():
    """It succeeds with a process that may be read; a worker hides its own, whatever else stands."""
    trial._read_memory(os.getpid())
    with without("seccomp", "landlock"):
        assert "read the worker's memory by a call" not in isolation().possible


def test_what_fails_in_a_trial_of_namespaces_stays_there():
    """A step is tried in a process of its own, and only whether it would succeed comes back."""
    here = os.getpid()

    def step():
        raise OSError(1, "no")

    assert not walls._can(step)
    assert walls._can(lambda: None)
    assert os.getpid() == here


SCRIPT = """
import json
from autograder.records import Bench, Cell, Probe
from autograder.definition import check
from autograder.probes import pack
from autograder.sandbox import isolation, observe
def asked(student, rng):
    "A probe."
    return student.f()
cell = '''
import os, sys
def f():
    import numpy.polynomial, decimal, sqlite3, inspect
    return [float(sum(numpy.polynomial.Polynomial([1, 2]).coef)), len(inspect.getsource(numpy.polynomial)) > 9]
'''
found = observe([Cell(cell, 1)], [], [Probe("q", "a", pack(check(points=1)(asked)), 1)], Bench(("f",), {}, {}))
seen = found.observations[0]
value = [] if seen.value is None else [float(item) for item in seen.value]
print(json.dumps([dict(isolation().walls), isolation().possible, seen.outcome, value]))
"""
AS_NOBODY = {"user": 65534, "group": 65534, "extra_groups": []} if hasattr(os, "geteuid") and not os.geteuid() else {}


def script(python, *before, **settings):
    """Walls, what was possible, outcome and value, in a trusted process of its own."""
    filters = importlib.util.find_spec("pyseccomp")
    places = [ROOT, Path(np.__file__).parents[1], *([Path(filters.origin).parent] if filters else [])]
    path = os.pathsep.join(map(str, dict.fromkeys(places)))
    environment = {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.defpath}
    command = [*before, python, "-c", SCRIPT]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd="/", check=False, **settings)


def python_for_others():
    """A Python that another user may run, with NumPy and this package; skips where there is none."""
    for python in dict.fromkeys([sys.executable, "/usr/local/bin/python3", "/usr/bin/python3"]):
        try:
            done = script(python, **AS_NOBODY)
        except OSError:
            continue
        if done.returncode == 0:
            return done
        if "SandboxError" in done.stderr:
            pytest.fail(done.stderr)
    return pytest.skip("no Python of version 3.11 or later with NumPy that other users may run")


def test_an_ordinary_user_has_walls_too():
    """Without root: namespaces, a root, Landlock and the filter, where the system hands them to users."""
    told, possible, outcome, value = json.loads(python_for_others().stdout)
    assert (outcome, value) == ("returned", [3.0, 1.0])
    assert "root" in told["own user"]
    assert all(told[wall] == isolation().walls[wall] for wall in ("landlock", "seccomp"))
    unshare = shutil.which("unshare") or "/bin/false"
    if subprocess.run([unshare, "-rn", "/bin/true"], check=False, capture_output=True, **AS_NOBODY).returncode == 0:
        assert (told["namespaces"], told["own root"]) == ("", "")
    if not any(told[wall] for wall in ("namespaces", "own root", "landlock", "seccomp")):
        assert possible == []


def test_a_strict_umask_hides_nothing_from_the_worker():
    """What the trusted process makes for its workers can be read by them, whatever its umask is."""
    done = script(sys.executable, umask=0o077)
    told, possible, outcome, value = json.loads(done.stdout)
    assert (outcome, value) == ("returned", [3.0, 1.0])
    assert (told, possible) == (dict(isolation().walls), list(isolation().possible))


def test_root_in_a_container_that_has_no_other_users():
    """Root of a user namespace with one user cannot give the worker another; the other walls stand."""
    unshare = shutil.which("unshare")
    if not unshare or subprocess.run([unshare, "-Ur", "/bin/true"], check=False, capture_output=True).returncode:
        pytest.skip("no user namespace can be made here")
    done = script(sys.executable, unshare, "-Ur")
    told, possible, outcome, value = json.loads(done.stdout)
    assert (outcome, value, possible) == ("returned", [3.0, 1.0], list(isolation().possible))
    assert told["own user"]
    assert not told["namespaces"]


@pytest.fixture(params=["mounts", "copies"])
def rooted(request):
    """A root of its own: by mounts, or where there are neither these nor Landlock, as in some containers, by copies."""
    with without(*(["namespaces", "landlock"] if request.param == "copies" else [])):
        require("own root", "own user", "seccomp")
        yield


def test_without_namespaces_and_landlock_secrets_are_kept(sit):
    """Where root may mount nothing and the kernel has no Landlock: another root by copies, another user."""
    with without("namespaces", "landlock"):
        require("own root")
        found = isolation()
        sitting = sit(["def f(x): return x.sum()"], ["student.f(np.ones(3))"])
    assert (found.promise, found.possible, sitting.isolation) == (Promise.SECRETS, (), Promise.SECRETS)
    assert found.walls["own user"] == ""
    assert sitting.observations[0].value == 3


def test_copies_are_made_once_and_go_with_the_room(sit):
    """Workers of a room share them, nobody else has them, and other users cannot write there."""
    with without("namespaces", "landlock"):
        require("own root")
        (made,) = (room() / "root").iterdir()
        made = made.stat()
        isolation()
        sit(["def f(): return 1"], ["student.f()"])
    assert [path.stat() for path in (room() / "root").iterdir()] == [made]
    assert made.st_mode & 0o777 == 0o755


def test_reading_a_copy_leaves_no_time(sit):
    """What one sitting has read, another does not see by the time at which it was read last."""
    with without("namespaces", "landlock"):
        require("own root")
        cells = ["import os\ndef times(path):\n    open(path).read()\n    return os.stat(path).st_atime"]
        path = next(path for path in (room() / "beside").glob("*.py"))
        seen = [sit(cells, [f"student.times({str(path)!r})"]).observations[0].value for _ in range(2)]
    assert seen == [4e9, 4e9]


def test_what_cannot_be_copied_is_told_and_leaves_nothing(monkeypatch, tmp_path):
    """No devices may be made, say: the wall does not stand, and the folder is empty again."""

    def refused(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "mknod", refused)
    with pytest.raises(PermissionError):
        copies.enter(str(tmp_path), [], [], "/work")
    assert list(tmp_path.iterdir()) == []


def test_links_on_the_way_to_a_copy_lead_where_they_led(tmp_path):
    """A folder is copied to where it is, with the links that lead there beside it; modes hide nothing."""
    real, link = tmp_path / "real", tmp_path / "link"
    (real / "inner").mkdir(parents=True, mode=0o700)
    (real / "inner" / "file").write_text("x")
    (real / "inner" / "file").chmod(0o600)
    (real / "inner" / "tests").mkdir()
    link.symlink_to(real)
    root = tmp_path / "root"
    copies._make(str(root), [str(link / "inner"), str(real / "inner" / "file")], "/work", leave_out="")
    at = Path(f"{root}{link}")
    assert at.readlink() == real
    inner = Path(f"{root}{real}") / "inner"
    assert [path.name for path in inner.iterdir()] == ["file"]
    assert (inner.stat().st_mode & 0o777, (inner / "file").stat().st_mode & 0o777) == (0o755, 0o644)


SIGHT = """
import os
def packages():
    return [f"{base}/{name}" for base, folders, files in os.walk("/") for name in folders + files
            if base.endswith(("site-packages", "dist-packages"))]
def named(*words):
    return [f"{base}/{name}" for base, folders, files in os.walk("/") for name in folders + files
            if any(word in name for word in words)]
def there(*paths): return [path for path in paths if os.path.lexists(path)]
"""


def test_nothing_of_the_harness_is_in_sight(sit, rooted):
    """Behind a root of its own: NumPy alone of what is installed, no assignment, no reference, no grader."""
    places = [
        ROOT / "README.md",
        ROOT / "autograder",
        ROOT / "tests",
        ROOT / "assignments",
        ROOT / "reference",
        Path.home() / ".ssh",
        "/etc/passwd",
        "/proc/1",
        "/sys/fs",
    ]
    asked = [
        "student.packages()",
        "student.named('autograder', 'assignment', 'expectation', 'gradebook')",
        f"student.there(*{[str(place) for place in places]!r})",
    ]
    installed, ours, there = (texts(item) for item in sit([SIGHT], asked, limits=LONG).observations)
    assert {Path(path).name for path in installed} <= {"numpy", "numpy.libs"}
    assert {path for path in ours if not path.startswith(str(room()))} == set()
    assert there == ()


def texts(observation):
    """The texts of a list; an empty one comes back as an array."""
    assert observation.outcome is Outcome.RETURNED, observation
    return () if isinstance(observation.value, np.ndarray) and not observation.value.size else observation.value.items


def test_seen_paths_are_few():
    """The plan shows the standard library without what is installed into it, the room, and libraries."""
    seen = [Path(path) for path in plan.plan(())["seen"]]
    links = {link.resolve() for link in room().iterdir() if link.is_symlink()}
    assert all(path.is_absolute() for path in seen)
    for path in seen:
        assert path in links or path == room() or not {"site-packages", "dist-packages"} & {*path.parts}
        assert not ROOT.is_relative_to(path)
        assert not Path(importlib.util.find_spec("autograder").origin).is_relative_to(path)
    assert {Path("/"), Path("/usr"), Path("/etc"), Path("/tmp"), Path("/lib"), Path.home()}.isdisjoint(seen)


IMPORTS = """
import importlib, sys
def lost(names):
    found = []
    for name in names:
        try:
            importlib.import_module(name)
        except BaseException:
            found.append(name)
    return found
def standard():
    left_out = {"antigravity", "this"}
    return lost(name for name in sorted(sys.stdlib_module_names - left_out) if not name.startswith("_test"))
"""
# other programs' windows, tests and installers, which are kept out of sight
_UNWANTED = {"ensurepip", "idlelib", "lib2to3", "test", "tkinter", "turtle", "turtledemo", "_tkinter"}
_OF_NUMPY = """
numpy.char numpy.ctypeslib numpy.dtypes numpy.exceptions numpy.f2py numpy.fft numpy.lib.format
numpy.lib.mixins numpy.lib.recfunctions numpy.lib.scimath numpy.lib.stride_tricks numpy.linalg numpy.ma numpy.ma.extras
numpy.ma.mrecords numpy.matlib numpy.polynomial numpy.polynomial.chebyshev numpy.random numpy.rec numpy.strings
numpy.testing numpy.typing
""".split()


def test_the_standard_library_can_be_imported(sit, rooted):
    """Whatever a fresh interpreter imports, a child behind all walls does, but for a few that nobody needs here."""
    walled = texts(sit([IMPORTS], ["student.standard()"], limits=LONG).observations[0])
    with cold():
        fresh = texts(sit([IMPORTS], ["student.standard()"], limits=LONG).observations[0])
    assert {*walled} - {*fresh} <= _UNWANTED


def test_parts_of_numpy_can_be_imported_late(sit, rooted):
    """What NumPy loads when it is first asked for is still to be found behind the walls."""
    asked = [f"student.lost({_OF_NUMPY!r})", "np.testing.assert_allclose(1.0, 1.0) is None", "np.fft.fft(np.ones(2))"]
    lost, compared, transformed = sit([IMPORTS], asked, limits=LONG).observations
    assert texts(lost) == ()
    assert compared.value
    np.testing.assert_array_equal(transformed.value, [2, 0])


def test_what_is_refused_at_the_top_level_costs_its_statement_alone(sit):
    """A file, a thread, a program or a socket in a cell is noted as failed; all that follows is run."""
    require("seccomp")
    cells = [
        "import threading, subprocess, os, multiprocessing, socket",
        "log = open('log.txt', 'w')",
        "worker = threading.Thread(target=print); worker.start()",
        "subprocess.run(['ls'])",
        "pool = multiprocessing.Pool(2)",
        "server = socket.socket()",
        "done = os.system('pip install torch')",
        "def f(): return done != 0",
    ]
    found = sit(cells, ["student.f()"], run_all=True)
    assert found.observations[0].value == True  # noqa: E712  an array without dimensions
    assert [note.cell for note in found.notes if note.kind is NoteKind.FAILED] == [2, 3, 4, 5, 6]
