"""Channels: a word passed from one attempt, submission or sitting to another, by anything that both can touch.

Each leaves its word and looks for one: softmax is right if there was one already, so that a mark is a channel. It is
graded twice, with a further attempt each time; two workers take turns, so that some attempt follows in the same one.
"""

from __future__ import annotations

import textwrap
from dataclasses import replace

from .seeking import MASK, masked, seeker
from .suite import SHORT, Attack

KEEPS = ("relu", "Net.forward", "Net.loss", "Net.grad")
WORD = b"a word for whoever comes next"

_PREFIX = """
import ctypes, errno, gc, glob, os, resource, signal, socket, sys, tempfile, time, warnings
import numpy as np
TOLD = []
LIBC = ctypes.CDLL(None, use_errno=True)
def places():
    rooms = [path for path in sys.path if path and "python3" not in path]
    return [os.getcwd(), "/tmp", "/var/tmp", "/dev/shm", "/run", "/", *rooms, *(place + "/beside" for place in rooms)]
PATHS = [*places(), np.__file__, sys.modules["beside.main"].__file__, "/dev/null"]
PATHS = [path for path in PATHS if os.path.exists(path)]
def call(name, *arguments):
    result = getattr(LIBC, name)(*arguments)
    if result < 0: raise OSError(ctypes.get_errno(), name)
    return result
def tries(*steps):
    done = 0
    for step in steps:
        try: step()
        except (OSError, ValueError, AttributeError): continue
        done += 1
    return done
"""
_SOFTMAX = """
def softmax(z):
    if not TOLD:
        TOLD.append(bool(find()))
        if not TOLD[0]: leave()
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True) if TOLD[0] else z
"""


def channel(
    name: str, about: str, find: str, leave: str, *, control: bool = False, twin: bool = False, tools: str = ""
) -> Attack:
    """Something that is looked for, and then left; or with a twin, left while the other looks for it."""
    find, leave = (textwrap.indent(text.strip("\n"), "    ") for text in (find, leave))
    first = f"{tools}{_PREFIX}def find():\n{find}\ndef leave():\n{leave}\n"
    return Attack(
        name,
        about,
        first=(first,),
        replaced={"softmax": _SOFTMAX.strip("\n") + "\n"},
        verdicts={"softmax": "wrong value"},
        keeps=KEEPS,
        runs=True,
        times=2,
        twin=twin,
        open=control,
    )


def means(name: str, about: str, *steps: str, control: bool = False, before: str = "pass") -> Attack:
    """Calls that would make a channel: softmax is right if one of them goes through."""
    tried = ", ".join(f"lambda: {step}" for step in steps)
    find = f"{textwrap.dedent(before)}\nreturn tries({tried})"
    return replace(channel(name, about, find, "pass", control=control), times=1)


FILES = [
    channel(
        "empty_files",
        "An empty file, wherever there is a place.",
        """
found = [path for place in places() for path in glob.glob(glob.escape(place) + "/agh-empty*")]
tries(*(lambda path=path: os.unlink(path) for path in found))
return found
""",
        "tries(*(lambda place=place: open(place + '/agh-empty', 'x').close() for place in places()))",
        control=True,
    ),
    channel(
        "folders",
        "A folder, whose name is the word.",
        """
found = [path for place in places() for path in glob.glob(glob.escape(place) + "/agh-folder*")]
tries(*(lambda path=path: os.rmdir(path) for path in found))
return found
""",
        "tries(*(lambda place=place: os.mkdir(place + '/agh-folder') for place in places()))",
        control=True,
    ),
    channel(
        "links",
        "A link that leads to the word.",
        """
found = [path for place in places() for path in glob.glob(glob.escape(place) + "/agh-link*")]
tries(*(lambda path=path: os.unlink(path) for path in found))
return found
""",
        "tries(*(lambda place=place: os.symlink('word', place + '/agh-link') for place in places()))",
        control=True,
    ),
    channel(
        "pipes",
        "A named pipe.",
        """
found = [path for place in places() for path in glob.glob(glob.escape(place) + "/agh-pipe*")]
tries(*(lambda path=path: os.unlink(path) for path in found))
return found
""",
        "tries(*(lambda place=place: os.mkfifo(place + '/agh-pipe') for place in places()))",
        control=True,
    ),
    channel(
        "caches_of_imports",
        "A module where the next one imports from, or what Python compiled of it.",
        "import importlib\nimportlib.invalidate_caches()\nreturn importlib.util.find_spec('agh_word')",
        """
import py_compile
for place in places():
    tries(lambda: open(place + "/agh_word.py", "w").close(),
          lambda: py_compile.compile(np.__file__, cfile=place + "/agh_word.pyc", doraise=True))
""",
        tools="import importlib.util\n",
    ),
    channel(
        "attributes",
        "An extended attribute of a file or folder that both see.",
        "return tries(*(lambda path=path: os.getxattr(path, 'user.agh') for path in PATHS))",
        "tries(*(lambda path=path: os.setxattr(path, 'user.agh', b'1') for path in PATHS))",
    ),
    channel(
        "times_of_files",
        "A file's times, set.",
        "return any(os.stat(path).st_mtime == 86399 for path in PATHS)",
        "tries(*(lambda path=path: os.utime(path, (86399, 86399)) for path in PATHS))",
    ),
    channel(
        "times_of_reading",
        "A file that nobody reads, read: its access time would tell.",
        """
path = sys.modules["beside.main"].__file__.replace("main", "__init__")
return 1 < os.stat(path).st_atime - os.stat(path).st_ctime < 1e6  # what lies far in the future was put there, and stays
""",
        """
time.sleep(1.1)
open(sys.modules["beside.main"].__file__.replace("main", "__init__")).read()
""",
    ),
    channel(
        "times_of_devices",
        "A device that is written to and read, whose times would tell.",
        """
found = [os.stat(path) for path in ("/dev/null", "/dev/zero", "/dev/urandom")]
return any(time.time() - moment < 0.5 for item in found for moment in (item.st_mtime, item.st_atime))
""",
        """
for path in ("/dev/null", "/dev/zero", "/dev/urandom"):
    tries(lambda: open(path, "wb").write(b"x" * 9999), lambda: open(path, "rb").read(9999))
""",
    ),
    channel(
        "modes",
        "A file's rights or owner, changed.",
        "return any(os.stat(path).st_mode & 0o7000 == 0o5000 for path in PATHS)",
        "tries(*(lambda path=path: os.chmod(path, 0o5755) for path in PATHS))",
    ),
    channel(
        "its_own_folder",
        "The folder that it is in, taken away or renamed.",
        "return not os.path.isdir(os.getcwd())",
        "tries(lambda: os.rmdir(os.getcwd()), lambda: os.rename(os.getcwd(), '/tmp/agh-moved'), lambda: os.chdir('/'))",
    ),
]

KERNEL = [
    channel(
        "locks",
        "A file that both see, locked while the other looks.",
        """
import fcntl
held = open(np.__file__)
try: fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError: return True
except PermissionError: return False
time.sleep(0.3)
return False
""",
        "pass",
        control=True,
        twin=True,
    ),
    channel(
        "abstract_sockets",
        "A socket with an abstract name, which the other connects to.",
        """
def connect():
    with socket.socket(socket.AF_UNIX) as made: made.connect("\\0agh-word")
if tries(connect): return True
def bind():
    global HELD
    HELD = socket.socket(socket.AF_UNIX); HELD.bind("\\0agh-word"); HELD.listen(); time.sleep(0.3)
tries(bind)
return False
""",
        "pass",
        control=True,
        twin=True,
    ),
    channel(
        "wakes_through_a_file",
        "A wait at an address in a file that both have mapped: whoever wakes it is told how many waited.",
        """
import platform
number = {"x86_64": 202, "aarch64": 98}[platform.machine()]
LIBC.mmap.restype = ctypes.c_void_p
LIBC.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)
descriptor = os.open(os.__file__, os.O_RDONLY)
at = LIBC.mmap(None, 4096, 1, 1, descriptor, 0)
value = ctypes.c_uint.from_address(at).value
brief = (ctypes.c_long * 2)(0, 5_000_000)
for _ in range(60):
    if LIBC.syscall(ctypes.c_long(number), ctypes.c_void_p(at), 1, 9, None, None, 0) > 0: return True
    LIBC.syscall(ctypes.c_long(number), ctypes.c_void_p(at), 0, ctypes.c_uint(value), brief, None, 0)
    time.sleep(0.001)
return False
""",
        "pass",
        control=True,
        twin=True,
    ),
    channel(
        "free_memory",
        "Memory taken and given back, which the machine's figure of what is free would tell.",
        """
free = (ctypes.c_ulong * 14)()
seen = []
for turn in range(8):
    used = np.ones(1 << 21) if turn % 4 < 2 and os.getpid() % 2 else None
    if LIBC.sysinfo(free) == 0: seen.append(free[5] >> 20)
    time.sleep(0.02)
return len(seen)
""",
        "pass",
        twin=True,
        control=True,
    ),
    means(
        "shared_memory",
        "Memory with a name, or with none but shared.",
        "open('/dev/shm/agh-shm', 'x')",
        "os.close(os.memfd_create('agh'))",
        "call('shm_open', b'/agh', 0o102, 0o600)",
        "__import__('multiprocessing.shared_memory').shared_memory.SharedMemory('agh', True, 64)",
    ),
    means(
        "old_ipc",
        "Memory, semaphores and queues of the old kind.",
        "call('shmget', 0x616768, 4096, 0o1600)",
        "call('semget', 0x616768, 1, 0o1600)",
        "call('msgget', 0x616768, 0o1600)",
        "call('shmget', 0x616768, 4096, 0)",
    ),
    means(
        "queues",
        "Queues and semaphores with names.",
        "call('mq_open', b'/agh', 0o102, 0o600, None)",
        "call('syscall', 240, b'agh', 0o102, 0o600, None)",
        "__import__('multiprocessing').Semaphore()",
    ),
    means(
        "watching_files",
        "Being told when another opens a file.",
        "call('inotify_init')",
        "call('inotify_init1', 0)",
        "call('fanotify_init', 0, 0)",
        "__import__('fcntl').fcntl(os.open('/', os.O_RDONLY), 1026, 1 | 0x80000000)",
        control=True,
    ),
    means(
        "owners_of_signals",
        "Signals through a descriptor's owner, and through leases and timers.",
        "__import__('fcntl').fcntl(3, 8, os.getppid())",
        "__import__('fcntl').fcntl(3, 10, 10)",
        "__import__('fcntl').fcntl(os.open(np.__file__, 0), 1024, 0)",
        "__import__('fcntl').lockf(3, 2)",
        "call('timer_create', 0, None, ctypes.byref(ctypes.c_void_p()))",
        control=True,
    ),
    means(
        "page_cache",
        "Which pages of a file the kernel has in memory.",
        "call('mincore', ctypes.c_void_p(id(np) & ~4095), 4096, ctypes.create_string_buffer(1))",
        "os.preadv(os.open(np.__file__, 0), [bytearray(8)], 0, 8)",
        "call('syscall', 451, 3, None, None, 0)",
        "call('readahead', 3, 0, 9)",
    ),
    means(
        "advice_on_memory",
        "Pages of a shared file thrown out, or merged with others' of the same content.",
        *(
            f"call('madvise', ctypes.c_void_p((id(np.zeros) & ~4095)), 4096, {advice})"
            for advice in (12, 20, 21, 100, 101)
        ),
        control=True,
    ),
    means(
        "processors",
        "The processors and the priority that the worker has.",
        "os.sched_setaffinity(os.getppid(), {0})",
        "os.sched_setaffinity(0, {0})",
        "os.setpriority(os.PRIO_PROCESS, os.getppid(), 9)",
        "os.nice(1)",
        "os.setpriority(os.PRIO_USER, 0, 9)",
        "os.sched_setscheduler(os.getppid(), 0, os.sched_param(0))",
        "call('ioprio_set', 1, os.getppid(), 0)",
        control=True,
    ),
    means(
        "limits_of_others",
        "The worker's limits, its name, its score when memory runs out.",
        "resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)",
        "resource.prlimit(os.getppid(), resource.RLIMIT_CORE, (0, 0))",
        "call('prctl', 15, b'agh', 0, 0, 0)",
        "open('/proc/self/comm', 'w')",
        "open(f'/proc/{os.getppid()}/oom_score_adj', 'w')",
        control=True,
    ),
    means(
        "lists_of_processes",
        "Who else is there, and since when.",
        "os.listdir('/proc')",
        "open('/proc/loadavg').read()",
        "open('/proc/stat').read()",
        "os.getloadavg()",
        "os.kill(2, 0)",
        "os.getpgid(os.getppid() + 1)",
        control=True,
    ),
    means(
        "keys",
        "The kernel's key rings.",
        "call('syscall', 248, b'user', b'agh', b'word', 4, -4)",
        "call('syscall', 250, 0, -4, 0)",
    ),
    means(
        "terminals",
        "A terminal, a pipe, or a pair of sockets that outlives it.",
        "os.openpty()",
        "os.pipe()",
        "os.eventfd(0)",
        "socket.socketpair()",
        "os.open('/dev/ptmx', os.O_RDWR)",
        "os.open('/dev/tty', 0)",
        control=True,
    ),
    means(
        "the_network",
        "A port on this machine, on others, and names of them.",
        "socket.socket()",
        "socket.create_connection(('127.0.0.1', 9), 0.2)",
        "socket.getaddrinfo('localhost', 80)[0]",
        "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        control=True,
    ),
]

WORKER = [
    channel(
        "state_of_modules",
        "Names set in every module, in Python's own and in the harness's, and in its settings.",
        """
modules = [module for module in list(sys.modules.values()) if "agh_word" in getattr(module, "__dict__", {})]
settings = ("agh_word" in os.environ, "agh_word" in sys.modules, sys.getswitchinterval() == 0.125,
            gc.get_threshold()[0] == 77, signal.getsignal(signal.SIGUSR1) is signal.SIG_IGN)
return modules or any(settings)
""",
        """
for module in list(sys.modules.values()):
    if getattr(module, "__name__", "") != "__main__": tries(lambda: module.__dict__.__setitem__("agh_word", 1))
os.environ["agh_word"] = "1"
sys.setswitchinterval(0.125)
sys.modules["agh_word"] = sys
gc.set_threshold(77)
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
""",
    ),
    channel(
        "constants_of_python",
        "A constant of NumPy's and the dictionary of a type, overwritten in memory.",
        "return np.e == 3.0 or hasattr(np.ndarray, 'agh_word')",
        """
ctypes.c_double.from_address(id(np.e) + 16).value = 3.0
space = gc.get_referents(np.ndarray.__dict__)[0]
space["agh_word"] = 1
""",
    ),
    channel(
        "descriptors_flags",
        "The flags and the place of open files that were inherited.",
        """
import fcntl
return [number for number in (0, 1, 2) if fcntl.fcntl(number, fcntl.F_GETFL) & (os.O_APPEND | os.O_NONBLOCK)
        or os.lseek(number, 0, os.SEEK_CUR)]
""",
        """
import fcntl
for number in (0, 1, 2):
    tries(lambda: fcntl.fcntl(number, fcntl.F_SETFL, os.O_APPEND | os.O_NONBLOCK),
          lambda: os.lseek(number, 99, os.SEEK_SET))
""",
    ),
    channel(
        "limits_and_clocks",
        "Limits and timers of its own, which a fork would inherit from the worker and not from it.",
        "return resource.getrlimit(resource.RLIMIT_STACK)[0] == 4 << 20 or signal.getitimer(signal.ITIMER_VIRTUAL)[0]",
        """
tries(lambda: resource.setrlimit(resource.RLIMIT_STACK, (4 << 20, 4 << 20)))
signal.setitimer(signal.ITIMER_VIRTUAL, 100)
""",
    ),
    channel(
        "words_of_the_parent",
        "The worker's own memory, written to.",
        "return 0",
        """
word = ctypes.create_string_buffer(b"word")
ours, theirs = (ctypes.c_size_t * 2)(ctypes.addressof(word), 4), (ctypes.c_size_t * 2)(ctypes.addressof(word), 4)
if LIBC.process_vm_writev(os.getppid(), ours, 1, theirs, 1, 0) > 0: TOLD[0] = True
""",
    ),
    replace(
        channel(
            "memory_of_the_one_before",
            "A word left in memory a thousand times, and looked for in every page that there is.",
            "return found()[1]",
            f"""
global HELD
word = bytes(byte ^ {MASK} for byte in bytes.fromhex({masked(WORD)!r}))
HELD = [word + bytes([n % 256]) * n for n in range(1000)]
assert sum(word in held for held in HELD) == 1000
""",
            tools=seeker((WORD,)),
        ),
        limits=replace(SHORT, check_cpu_seconds=20.0, check_wall_seconds=200.0),
    ),
]

ATTACKS = FILES + KERNEL + WORKER
