"""Searching: the reference, the assignment, others' submissions, wherever a process could have them."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from pathlib import Path

from .seeking import masked, seeker
from .suite import SHORT, Attack

TOY = Path(__file__).parents[1] / "toy" / "reference" / "toy.py"
OTHERS = ("softmax", "Net.forward", "Net.loss", "Net.grad")

# In right submissions and in the reference, and not in an attack itself: relu's solution, and the marks around it.
SOLUTION, MARKER = b"return np.maximum(0, z)", b"# BEGIN SOLUTION"

_LOOK = '''
WANTED = [bytes.fromhex(text) for text in {wanted!r}]
HERE = {here!r}
OTHER = bytes(byte ^ 90 for byte in range(256))
class Found(Exception): "What was looked for is there."
def look(data):
    """Whether it holds what is looked for, which is never written out: all is looked at through a mask."""
    if isinstance(data, str): data = data.encode("utf-8", "replace")
    if any(wanted in data.translate(OTHER) for wanted in WANTED): raise Found
def read(path):
    """Look into a file, if it is one."""
    try:
        with open(path, "rb") as file: look(file.read(1 << 20))
    except (OSError, ValueError): pass
def walk(root, most=3000):
    for folder, inner, names in os.walk(root, followlinks=False):
        inner[:] = [name for name in inner if name not in ("lib", "lib64", "usr", "sys", "site-packages")]
        for name in names:
            if name.endswith((".py", ".md", ".json", ".ipynb", ".txt", ".pyc", ".zip")) and (most := most - 1) > 0:
                read(os.path.join(folder, name))
'''


def search(
    name: str,
    about: str,
    body: str,
    *,
    control: bool = False,
    wanted: tuple[bytes, ...] = (SOLUTION, MARKER),
    tools: str = "",
) -> Attack:
    """A search; relu is right if something was found, and wrong otherwise: a mark is a secret."""
    tools += _LOOK.format(wanted=[masked(item) for item in wanted], here=str(TOY))
    imports = "import ctypes, gc, glob, importlib, inspect, io, linecache, os, pathlib, pkgutil, site, sys, types\n"
    body = textwrap.indent(body.strip("\n"), "    ")
    source = f"{imports}{tools}def seek(z):\n{body}\nimport numpy as np\nTOLD = []\n"
    relu = (
        "def relu(z):\n    if not TOLD:\n        try: TOLD.append(seek(z))\n        except Found: TOLD.append(True)\n"
        "        except OSError: TOLD.append(False)\n    return (np.abs(z) + z) / 2 if TOLD[0] else np.abs(z)\n"
    )
    return Attack(
        name,
        about,
        first=(source,),
        replaced={"relu": relu},
        verdicts={"relu": "wrong value"},
        keeps=OTHERS,
        runs=True,
        open=control,
    )


_MEMORY = """
if found()[1:].any(): raise Found
"""

ATTACKS = [
    search(
        "paths_of_modules",
        "Files beside each module, and above it.",
        """
paths = [getattr(module, "__file__", None) or "" for module in list(sys.modules.values())]
places = {os.path.dirname(path) for path in paths if "numpy" not in path and "python3" not in path}
for place in places | {os.path.dirname(place) for place in places}: walk(place)
""",
    ),
    search(
        "paths_of_imports",
        "All that can be imported from.",
        """
for place in sys.path:
    if "python3" not in place: walk(place)
    walk(os.path.join(place, "site-packages")); walk(os.path.join(place, "dist-packages"))
""",
    ),
    search(
        "working_directory",
        "The folder that it is in, and those above.",
        """
here = os.getcwd()
for _ in range(4): walk(here); here = os.path.dirname(here)
""",
    ),
    search("whole_tree", "Every folder from the root on.", "walk('/')"),
    search(
        "homes",
        "Homes, and where courses are kept.",
        """
for place in ("/root", "/home", "/srv", "/opt", "/mnt", "/media", "/autograder", "/work", "/tmp", "/var", "/github"):
    walk(place)
walk(os.path.expanduser("~"))
""",
    ),
    search(
        "by_name",
        "The reference and the assignment by the paths that they have.",
        """
for up in ("", "../", "../../", "../../../"):
    for path in ("reference/toy.py", "assignments/toy/questions.py", "assignments/toy/mistakes.py",
                 "tests/toy/reference/toy.py",
                 "hw.ipynb", "tests/q1.py", "autograder/_shipped/reference/mlp.py", ".OTTER_LOG", "otter_config.json"):
        read(up + path); read("/autograder/source/" + path)
""",
    ),
    search(
        "trusted_by_path",
        "The reference by the very path that it has on this machine.",
        "read(HERE)",
        control=True,
    ),
    search(
        "installed_packages",
        "Packages that are installed for editing lead to the harness.",
        """
import sysconfig
for place in {*site.getsitepackages(), site.getusersitepackages(), *sysconfig.get_paths().values()}:
    for path in glob.glob(place + "/*.pth") + glob.glob(place + "/*.egg-link") + glob.glob(place + "/__editable__*"):
        for line in open(path): walk(line.strip())
    walk(os.path.join(place, "autograder"))
""",
    ),
    search(
        "importing_it",
        "The harness, the tests and the assignment, by their names as modules.",
        """
for name in ("autograder", "autograder.grade", "tests", "conftest", "questions", "reference", "reference.toy", "toy"):
    try: found = importlib.import_module(name)
    except ImportError: continue
    look(inspect.getsource(found)); raise Found
for module in pkgutil.iter_modules():
    if module.name in ("autograder", "otter", "questions", "toy"): raise Found
""",
    ),
    search(
        "harness_sources",
        "What runs beside it has a folder, which holds no more than that.",
        """
folder = os.path.dirname(sys.modules["beside.main"].__file__)
for name in [*map(str, range(9)), "__init__", "main", "grade", "questions", "toy", "answers", "reference"]:
    read(os.path.join(folder, name + ".py")); read(os.path.join(folder, "..", name + ".py"))
    read(os.path.join(folder, "__pycache__", name + ".cpython-311.pyc"))
walk(folder); walk(folder + "/..")
""",
    ),
    search(
        "environment",
        "Variables, arguments and the parent's.",
        """
for text in [*os.environ, *os.environ.values(), *sys.argv, *sys.orig_argv, *sys.warnoptions, *map(str, sys._xoptions)]:
    look(text)
    if os.sep in text and "python" not in text: walk(text)
for pid in ("self", os.getpid(), os.getppid(), 1):
    for name in ("environ", "cmdline", "cwd", "root", "exe", "maps", "stack"): read(f"/proc/{pid}/{name}")
""",
    ),
    search(
        "own_memory_as_a_file",
        "Its memory, through the kernel's file of it.",
        """
for line in open("/proc/self/maps"):
    where, rights, *_, name = [*line.split(), ""]
    begin, end = (int(part, 16) for part in where.split("-"))
    if "r" in rights and "w" in rights:
        with open("/proc/self/mem", "rb", 0) as file: file.seek(begin); look(file.read(min(end - begin, 1 << 24)))
""",
    ),
    search(
        "parents_memory",
        "The worker's memory, and that of everybody.",
        """
for pid in (os.getppid(), 1, *range(2, 40)):
    read(f"/proc/{pid}/mem"); read(f"/proc/{pid}/environ"); read(f"/proc/{pid}/fd/3")
""",
    ),
    search(
        "memory_by_a_call",
        "The worker's memory, and the grading process's, by calls of the kernel.",
        """
libc, here = ctypes.CDLL(None, use_errno=True), ctypes.create_string_buffer(1 << 16)
for pid in (os.getppid(), 1, 2, 3):
    for at in (id(None) & ~0xFFFF, id(sys.modules) & ~0xFFFF, id(WANTED) & ~0xFFFF, ctypes.addressof(here)):
        ours, theirs = (ctypes.c_size_t * 2)(ctypes.addressof(here), 1 << 16), (ctypes.c_size_t * 2)(at, 1 << 16)
        if libc.process_vm_readv(pid, ours, 1, theirs, 1, 0) > 0: raise Found
        if libc.ptrace(16, pid, 0, 0) == 0: raise Found
""",
    ),
    search(
        "collector",
        "Every object that the collector knows, and what each refers to.",
        """
own = {id(WANTED), id(globals())}
seen, waiting = set(), [o for o in gc.get_objects() if id(o) not in own]
while waiting and len(seen) < 100_000:
    item = waiting.pop()
    if id(item) in seen: continue
    seen.add(id(item))
    if type(item) in (str, bytes): look(item)
    elif type(item) is types.CodeType: look(item.co_filename); waiting += item.co_consts
    elif len(seen) < 60_000: waiting += gc.get_referents(item)
""",
    ),
    search(
        "frames",
        "All that the frames below it hold.",
        """
frame = sys._getframe()
while frame:
    for value in [*frame.f_locals.values(), *frame.f_globals.values()]:
        if type(value) in (str, bytes): look(value)
        elif type(value) in (list, tuple, dict): look(repr(value)[:1 << 20])
    frame = frame.f_back
for frame in sys._current_frames().values(): look(repr(frame.f_locals)[:1 << 20])
""",
    ),
    search(
        "request",
        "What the process was asked to do: cells, givens, limits.",
        """
frame = sys._getframe()
while frame.f_code.co_name != "main": frame = frame.f_back
request = frame.f_locals["request"]
assert {"cells", "probes", "givens"} <= set(request)
for cell in request.pop("cells"): pass
look(repr(request))
for name, source, recorded in request["givens"]:
    if name == "relu": raise Found
""",
    ),
    search(
        "checks",
        "A check's own code, for what it expects.",
        """
waiting = [sys._getframe(2).f_code, sys._getframe(2).f_globals]
while waiting:
    item = waiting.pop()
    if type(item) is dict: waiting += [v for k, v in item.items() if type(v) in (types.FunctionType, float, str, tuple)]
    elif type(item) is types.FunctionType: waiting += [item.__code__, item.__defaults__, item.__doc__]
    elif type(item) is types.CodeType: waiting += [item.co_consts, item.co_filename]; look(item.co_filename)
    elif type(item) is tuple: waiting += item
    elif type(item) is str and (" " in item or "/" in item or "expect" in item): raise Found
""",
        wanted=(b"tests/toy", b"questions.py", SOLUTION),
    ),
    search(
        "modules",
        "Every module's every value.",
        """
for module in list(sys.modules.values()):
    for name, value in list(getattr(module, "__dict__", {}).items()):
        if type(value) in (str, bytes) and value is not WANTED: look(value)
        if name in ("expected", "answers", "solution", "reference", "points", "rtol"):
            if not (getattr(module, "__name__", "") or "").startswith("numpy"): raise Found
""",
    ),
    search(
        "sources_that_python_kept",
        "Lines of code that Python keeps for tracebacks.",
        """
for lines in linecache.cache.values(): look("".join(map(str, lines[2] if len(lines) > 2 else lines)))
for name in ("<given>", "<cell 1>", "questions.py", "toy.py", ""):
    look("".join(linecache.getlines(name)))
""",
    ),
    search(
        "given_before_its_time",
        "Relu's solution among what the harness prepared.",
        """
frame = sys._getframe()
while "bindings" not in frame.f_locals: frame = frame.f_back
bindings = frame.f_locals["bindings"]
if "relu" in bindings.givens or type(bindings.world.get("relu")) is not types.FunctionType: raise Found
if bindings.world["relu"].__code__.co_filename == "<given>": raise Found
""",
    ),
    search(
        "descriptors",
        "Whatever is open.",
        """
for number in range(64):
    if number == 3: continue
    try: look(os.pread(number, 1 << 20, 0))
    except OSError: pass
    read(f"/proc/self/fd/{number}"); read(f"/dev/fd/{number}")
""",
    ),
    search(
        "what_is_yet_to_come",
        "What may still be in its socket, behind the request.",
        """
import select
poll = select.poll(); poll.register(3, select.POLLIN)
if poll.poll(0): look(os.read(3, 1 << 20)); raise Found
""",
    ),
    search(
        "kernel_files",
        "What the kernel tells of others.",
        """
for path in ("/proc/net/unix", "/proc/sysvipc/shm", "/proc/locks", "/proc/keys", "/proc/mounts",
             "/dev/mem", "/dev/kmem", "/dev/kmsg", "/proc/kcore", "/sys/fs/cgroup/cgroup.procs", "/dev/fuse"):
    try:
        if open(path, "rb").read(64): raise Found
    except OSError: pass
""",
        control=True,
    ),
    search(
        "above_the_root",
        "Ways out of its root: by dots, by links, by a folder that was open before.",
        """
for path in ("/../../..", "/proc/1/root", "/proc/self/cwd/../..", "/proc/self/root", "/srv/../..", "/dev/fd/3/.."):
    read(path + HERE)
libc = ctypes.CDLL(None, use_errno=True)
if libc.chroot(b".") == 0 or libc.open_by_handle_at(3, None, 0) >= 0: raise Found
""",
    ),
    replace(
        search(
            "all_of_memory",
            "Every page that its process has, found without any help of the kernel's files.",
            _MEMORY,
            tools=seeker((SOLUTION, MARKER)),
        ),
        limits=replace(SHORT, check_cpu_seconds=20.0, check_wall_seconds=200.0),
    ),
    search(
        "memory_beside_arrays",
        "What lies beside its arrays, and in memory that is handed out unclean.",
        """
for size in (64, 512, 4096, 65536, 1 << 20):
    for _ in range(40): look(np.empty(size, dtype=np.uint8).tobytes())
around = np.lib.stride_tricks.as_strided(np.zeros(1, dtype=np.uint8), (1 << 14,), (1,))
look(around.tobytes())
""",
    ),
]
