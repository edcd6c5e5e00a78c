"""Leaving something running, registered or written, for the time when nobody looks."""

from __future__ import annotations

import textwrap

from .harming import OTHERS, ends, refused
from .limits import slow
from .suite import Attack

FULL = {"relu": 4.0}


def late(name: str, about: str, *lines: str, first: tuple[str, ...] = ()) -> Attack:
    """A right relu that leaves something for later. Nothing is lost by that: it never comes, or harms nobody."""
    body = textwrap.indent("\n".join(lines), "    ")
    source = (
        f"def relu(z):\n    import atexit, gc, os, signal, sys, threading, weakref\n{body}\n    return z * (z > 0)\n"
    )
    return Attack(name, about, first=first, replaced={"relu": source}, honest=FULL, keeps=("relu", *OTHERS, "whole"))


_FOREVER = "def forever(*a, **k):\n    while True: pass\n"

_PLACES = """\
import dbm, logging, shelve, sqlite3
places = [".", "/tmp", "/var/tmp", "/dev/shm", "/dev", "/proc/self", "/run", "/work", os.path.dirname(np.__file__)]
"""

ATTACKS = [
    refused("forks", "A copy of the process goes on.", "if os.fork() == 0:\n    while True: time.sleep(1)"),
    refused(
        "forks_twice",
        "A copy of a copy leaves the session.",
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        while True: time.sleep(1)",
        "pid, terminal = os.forkpty()",
        "os.setsid()",
    ),
    refused(
        "forks_by_the_library",
        "The C library is asked for a copy.",
        "assert libc.fork() >= 0",
        "assert libc.daemon(1, 1) == 0",
        "stack = ctypes.create_string_buffer(1 << 16)\n"
        "work = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(lambda _: 0)\n"
        "assert libc.clone(work, ctypes.byref(stack, 1 << 15), 17, None) > 0",
    ),
    refused(
        "starts_threads",
        "Threads go on by themselves.",
        "import threading\nthreading.Thread(target=time.sleep, args=(60,)).start()",
        "import threading\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
        "import _thread\n_thread.start_new_thread(time.sleep, (60,))",
    ),
    refused(
        "starts_a_timer",
        "A thread wakes up when the next check is run.",
        "import threading\nthreading.Timer(0.01, lambda: os._exit(0)).start()",
    ),
    refused(
        "starts_threads_by_the_library",
        "The C library is asked for a thread.",
        "work = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)(lambda _: None)\n"
        "made = ctypes.c_ulong()\nassert libc.pthread_create(ctypes.byref(made), None, work, None) == 0",
        "assert libc.thrd_create and libc.thrd_create(ctypes.byref(ctypes.c_ulong()), work, None) == 0",
    ),
    refused(
        "starts_a_pool",
        "Pools, managers and executors of processes and threads.",
        "import multiprocessing\nmultiprocessing.Process(target=time.sleep, args=(60,)).start()",
        "import multiprocessing\nmultiprocessing.Pool(2)",
        "import multiprocessing\nmultiprocessing.Manager()",
        "from concurrent.futures import ThreadPoolExecutor\nThreadPoolExecutor(1).submit(time.sleep, 60)",
        "from concurrent.futures import ProcessPoolExecutor\nProcessPoolExecutor(1).submit(time.sleep, 60)",
    ),
    refused(
        "runs_a_loop_of_events",
        "An event loop, with what it starts.",
        "import asyncio\nasyncio.run(asyncio.sleep(0))",
        "import asyncio\nasyncio.new_event_loop()",
    ),
    refused(
        "starts_a_program",
        "A program in a session of its own goes on.",
        "subprocess.Popen(['/bin/sleep', '60'], start_new_session=True)",
        "subprocess.Popen('nohup sleep 60 &', shell=True)",
        "os.spawnv(os.P_NOWAIT, '/bin/sleep', ['sleep', '60'])",
        "assert os.system('(sleep 60 &)') == 0",
    ),
    refused(
        "leaves_temporary_files",
        "Files and folders for the time being.",
        *(f"import tempfile\ntempfile.{kind}()" for kind in ("TemporaryFile", "NamedTemporaryFile", "mkdtemp")),
        "import tempfile\nspooled = tempfile.SpooledTemporaryFile(1)\nspooled.write(b'xx')",
        "os.close(os.open('/tmp', os.O_TMPFILE | os.O_RDWR))",
    ),
    refused(
        "leaves_files",
        "Files are written wherever that might be, by whatever writes files.",
        *(
            f"for place in places:\n    try:\n        {call}\n        break\n"
            "    except (OSError, sqlite3.Error, *dbm.error): pass\nelse:\n    raise PermissionError"
            for call in (
                "open(place + '/left', 'w').write('x')",
                "np.save(place + '/left', z)",
                "np.lib.format.open_memmap(place + '/left.npy', 'w+', np.float64, (4,))",
                "z.tofile(place + '/left')",
                "sqlite3.connect(place + '/left').execute('create table a (b)')",
                "shelve.open(place + '/left')",
                "logging.FileHandler(place + '/left')",
            )
        ),
        needs=_PLACES,
    ),
    refused(
        "leaves_files_in_memory",
        "Files that have no name, and shared memory.",
        "os.memfd_create('left')",
        "from multiprocessing import shared_memory\nshared_memory.SharedMemory('left', create=True, size=64)",
        "assert libc.shm_open(b'/left', 0o102, 0o600) >= 0",
        "assert libc.syscall(447, 0) >= 0",
    ),
    refused(
        "leaves_links_to_itself",
        "What it has open is linked to a name, or opened again for writing.",
        "os.link('/proc/self/fd/0', '/tmp/left', follow_symlinks=True)",
        "open('/proc/self/fd/3', 'wb')",
        "open('/proc/self/fd/1', 'wb')",
        "open('/proc/self/comm', 'w').write('left')",
    ),
    late(
        "registers_at_exit",
        "Functions without an end are registered for the end.",
        _FOREVER,
        "atexit.register(forever)",
    ),
    late(
        "leaves_finalizers",
        "Finalizers without an end wait for the end.",
        _FOREVER,
        "class Kept:\n    __del__ = forever",
        "if not hasattr(sys, 'kept'):",
        "    sys.kept, vars(np)['kept'] = Kept(), Kept()",
        "    weakref.finalize(sys.kept, forever)",
    ),
    late(
        "replaces_hooks",
        "What is called when something is raised never comes back.",
        _FOREVER,
        "sys.excepthook = sys.unraisablehook = threading.excepthook = sys.displayhook = forever",
    ),
    ends(
        "traces",
        "The next check would be traced, profiled and watched.",
        "def leave(*_): raise KeyboardInterrupt",
        "__import__('threading').settrace(leave)",
        "sys.settrace(leave)",
        "sys.setprofile(leave)",
        verdict="raised",
    ),
    late(
        "leaves_an_alarm",
        "Alarms go off when the next check is run.",
        "def leave(*_): raise KeyboardInterrupt",
        "for number in (signal.SIGALRM, signal.SIGPROF):\n    signal.signal(number, leave)",
        "signal.setitimer(signal.ITIMER_REAL, 0.005)",
        "signal.setitimer(signal.ITIMER_PROF, 0.005)",
    ),
    late(
        "leaves_another_alarm",
        "An alarm that nobody else uses goes off for as long as the process lives.",
        "def leave(*_): raise KeyboardInterrupt",
        "signal.signal(signal.SIGVTALRM, leave)",
        "signal.setitimer(signal.ITIMER_VIRTUAL, 0.002, 0.002)",
    ),
    late(
        "is_called_by_the_collector",
        "Each collection of garbage calls it.",
        "def leave(*_): raise KeyboardInterrupt",
        "gc.callbacks.append(leave)",
        "gc.set_threshold(1)",
    ),
    late(
        "leaves_warnings_and_errors",
        "Warnings and rounding are errors from here on.",
        "import warnings",
        "out = z * (z > 0)",
        "np.seterr(all='raise')",
        "warnings.simplefilter('error')",
        "np.random.seed(0)",
        "os.chdir('/')",
        "sys.setrecursionlimit(40 + len(__import__('traceback').extract_stack()))",
        "return out",
    ),
    slow(
        "leaves_a_generator",
        "A generator that does not end when it is closed is handed back.",
        "def rows():\n    try:\n        yield from x\n    finally:\n        while True: pass",
        "made = rows()",
        "next(made)",
        "return made",
        stub="Net.grad",
    ),
    Attack(
        "listens",
        "A hook that hears of all that Python does, and refuses it, cannot be taken out again.",
        replaced={
            "relu": "def relu(z):\n    import sys\n    def deaf(*_): raise RuntimeError\n"
            "    sys.addaudithook(deaf)\n    return np.abs(z)\n"
        },
        keeps=OTHERS,
    ),
]
