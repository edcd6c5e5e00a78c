"""Running into limits: time, memory, depth and size, in every place where student code is called."""

from __future__ import annotations

import textwrap
from dataclasses import replace

from autograder.records import Limits

from .harming import OTHERS, ends
from .suite import SHORT, Attack

HURRIED = Limits(
    check_cpu_seconds=0.2,
    check_wall_seconds=5.0,
    statement_cpu_seconds=0.2,
    cells_cpu_seconds=2.0,
    cells_wall_seconds=20.0,
)
IMPATIENT = replace(HURRIED, check_wall_seconds=1.0)
DROWSY = replace(HURRIED, cells_wall_seconds=1.5)  # in which nothing is computed, all checks together
BRISK = replace(HURRIED, statement_cpu_seconds=0.05)


def slow(
    name: str, about: str, *lines: str, stub: str = "relu", verdict: str = "timed out", limits: Limits = HURRIED
) -> Attack:
    """A stub that takes too much of something; what comes after the lines would be right."""
    return ends(name, about, *lines, verdict=verdict, limits=limits, stub=stub)


def before(name: str, about: str, *cells: str, verdict: str = "raised", uses: str = "NEEDED") -> Attack:
    """A statement that relu needs and that takes too much: it is given up, and relu lacks what it defines."""
    source = f"def relu(z):\n    {uses}\n    return np.maximum(0, z)\n"
    return Attack(
        name, about, first=cells, replaced={"relu": source}, verdicts={"relu": verdict}, keeps=OTHERS, limits=BRISK
    )


def returns(name: str, about: str, *lines: str, verdict: str, limits: Limits = SHORT) -> Attack:
    """A relu that hands back what is too much; `out` is that."""
    body = textwrap.indent("\n".join((*lines, "return out")), "    ")
    source = f"def relu(z):\n    import itertools, sys\n{body}\n"
    return Attack(name, about, replaced={"relu": source}, verdicts={"relu": verdict}, keeps=OTHERS, limits=limits)


ATTACKS = [
    slow("loops", "It does not end.", "while True: pass"),
    slow("loops_in_c", "It does not end, and no Python code runs meanwhile.", "7 ** (7 ** 9)"),
    slow(
        "swallows_its_time_out",
        "What would end it is caught for ever.",
        "while True:\n    try:\n        while True: sum(range(1000))\n    except BaseException: pass",
        stub="Net.grad",
    ),
    slow(
        "stops_the_clocks",
        "Its time-outs' timers are stopped, their signals ignored and blocked, and the clock that sets them disarmed.",
        "for number in set(range(1, 32)) - {9, 19}: signal.signal(number, signal.SIG_IGN)",
        "for timer in (0, 1, 2): signal.setitimer(timer, 0)",
        "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))",
        "for item in gc.get_objects():\n    if type(item).__name__ == 'Clock': item._armed = False",
        "while True: pass",
        stub="Net.grad",
    ),
    slow("sleeps", "It waits.", "while True: time.sleep(1000)", limits=IMPATIENT),
    slow(
        "sleeps_a_little_in_every_check",
        "It waits for less than a check may, wherever it is asked.",
        "time.sleep(0.8)",
        "raise ValueError",
        limits=DROWSY,
    ),
    slow(
        "waits_for_input",
        "It waits for a line that nobody types, without an end.",
        "while True:\n    try: input()\n    except EOFError: pass",
    ),
    slow(
        "loops_in_a_comparison",
        "A sort compares for ever.",
        "class Key:\n    def __init__(self, *_): pass\n    def __lt__(self, other):\n        while True: pass",
        "sorted([1, 2], key=Key)",
    ),
    slow("matches_for_ever", "A pattern goes back and forth.", "import re\nre.match(r'(a+)+$', 'a' * 60 + 'b')"),
    slow("multiplies_for_ever", "A number with a hundred million digits is made and written.", "str(10 ** (10 ** 8))"),
    slow("yields_for_ever", "A sum over a generator without an end.", "sum(1 for _ in iter(int, 1))"),
    slow("writes_for_ever", "The standard streams are written to without an end.", "while True: print('x' * 10000)"),
    slow(
        "writes_everywhere_for_ever",
        "Every descriptor of a stream is written to without an end.",
        "while True:\n    for stream in (1, 2): os.write(stream, bytes(1 << 16))\n    sys.stderr.write('x' * 999)",
    ),
    before("loops_in_a_cell", "A needed statement does not end.", "NEEDED = sum(1 for _ in iter(int, 1))"),
    before("loops_in_a_class", "A needed class's body does not end.", "class NEEDED:\n    while True: pass"),
    before(
        "loops_in_a_decorator",
        "A decorator of the stub itself does not end.",
        "def forever(function):\n    while True: pass",
        "@forever\ndef NEEDED(): pass",
    ),
    before(
        "loops_in_an_import",
        "An import is answered by a finder that does not end.",
        "import sys",
        "class Finder:\n    def find_spec(*_):\n        while True: pass",
        "NEEDED = sys.meta_path.insert(0, Finder()) or __import__('nowhere')",
    ),
    before(
        "loops_in_a_metaclass",
        "A class is made by one that does not end.",
        "class Kind(type):\n    def __new__(*_):\n        while True: pass",
        "class NEEDED(metaclass=Kind): pass",
    ),
    before(
        "ends_the_process_in_cells",
        "Needed statements each end the process.",
        "import os",
        *(f"NEEDED{n} = os._exit(0)" for n in range(3)),
        uses="NEEDED0, NEEDED1, NEEDED2",
    ),
    before("nests_parentheses", "A cell that no parser likes.", f"NEEDED = {'(' * 5000}1{')' * 5000}"),
    before("adds_up", "An expression as deep as it is long.", f"NEEDED = {'-' * 30000}1"),
    before("folds_constants", "A constant that the compiler would have to make.", "NEEDED = (1 << 62) ** 9 ** 9"),
    slow(
        "loops_when_it_is_freed",
        "What is handed back does not end when it is freed.",
        "class Last(np.ndarray):\n    def __del__(self):\n        while True: pass",
        "return x.view(Last)",
        stub="Net.grad",
    ),
    Attack(
        "loops_when_it_is_looked_at",
        "The stub is an object whose every attribute and call never comes.",
        last=(
            "class Slow:\n    def __getattribute__(self, name):\n        while True: pass\n"
            "    def __call__(self, z):\n        while True: pass\nrelu = Slow()",
        ),
        replaced={"relu": None},
        keeps=OTHERS,
        limits=HURRIED,
    ),
    slow(
        "recurses", "It calls itself without an end.", "def again(n): return again(n + 1)", "again(0)", verdict="raised"
    ),
    slow(
        "recurses_deeper",
        "It calls itself without an end, with Python's own limit out of the way.",
        "sys.setrecursionlimit(2 ** 31 - 1)",
        "class Deep:\n    def __repr__(self): return repr(self)",
        "repr(Deep())",
        verdict="crashed",
    ),
    slow("asks_for_64_gb", "An array of 64 GB.", "np.zeros(8 * 10 ** 9).fill(1)", verdict="out of memory"),
    slow(
        "grows_an_array_of_bytes",
        "Bytes are added without an end.",
        "out = bytearray()",
        "while True: out.extend(bytes(1 << 16))",
    ),
    slow(
        "maps_memory",
        "Memory is mapped without an end, beside Python's own.",
        "import mmap",
        "out = []",
        "while True: out.append(mmap.mmap(-1, 1 << 30))",
        verdict="raised",
    ),
    slow(
        "keeps_what_it_catches",
        "Running out of memory is caught and tried again, for ever.",
        "out = []",
        "while True:\n    try: out.append(np.empty(1 << 28, np.uint8))\n    except MemoryError: pass",
    ),
    slow("raises_a_flood", "An exception of ten megabytes.", "raise ValueError('x' * 10 ** 7)", verdict="raised"),
    slow(
        "raises_what_hangs",
        "An exception that does not end when it is shown, compared or looked at.",
        "def forever(*_):\n    while True: pass",
        "class Last(Exception):\n    __str__ = __repr__ = __eq__ = __hash__ = __getattr__ = forever\n"
        "    name = args = property(forever)",
        "raise Last",
        verdict="raised",
    ),
    slow(
        "raises_a_chain",
        "An exception with ten thousand causes, in a circle.",
        "error = ValueError()",
        "for _ in range(10000):\n    other = KeyError()\n    other.__cause__ = error\n    error = other",
        "raise error",
        verdict="raised",
    ),
    slow("segfaults", "The address nothing is read.", "ctypes.string_at(0)", verdict="crashed"),
    slow("aborts", "The C library is asked to end it.", "os.abort()", verdict="crashed"),
    slow("exits", "It ends as if all were well.", "os._exit(0)", verdict="crashed"),
    slow(
        "divides_in_c",
        "An instruction that there is not.",
        "import mmap",
        "page = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7)",
        "page.write(bytes([15, 11] * 8))",
        "ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()",
        verdict="crashed",
    ),
    returns(
        "returns_a_broadcast",
        "A huge array that takes no memory.",
        "out = np.broadcast_to(0.0, (1 << 20, 1 << 10))",
        verdict="too large",
    ),
    returns("returns_gigabytes", "An array of half a gigabyte.", "out = np.zeros(1 << 26)", verdict="too large"),
    returns(
        "returns_a_long_list", "A list of two million numbers.", "out = [0.0] * (2 * 10 ** 6)", verdict="too large"
    ),
    returns(
        "returns_a_deep_list",
        "A list a hundred thousand deep.",
        "out = []\nfor _ in range(10 ** 5): out = [out]",
        verdict="too large",
    ),
    returns("returns_itself", "A list that holds itself.", "out = []\nout.append(out)", verdict="too large"),
    returns(
        "returns_a_wide_tree",
        "A list of one list a million times, in layers.",
        "out = [z]\nfor _ in range(14): out = [out] * 20",
        verdict="too large",
    ),
    returns("returns_a_flood_of_text", "A text of ten megabytes.", "out = 'x' * 10 ** 7", verdict="too large"),
    returns("returns_a_huge_number", "A number of a million digits.", "out = 1 << 10 ** 7", verdict="wrong type"),
    returns("returns_what_never_ends", "An iterator without an end.", "out = itertools.count()", verdict="wrong type"),
    returns(
        "returns_a_huge_dictionary",
        "A dictionary of a hundred thousand names.",
        "out = {str(n): z for n in range(10 ** 5)}",
        verdict="too large",
    ),
    returns(
        "returns_as_much_as_the_wire_carries",
        "An array that any check's answer could be as large as, and this one's is not.",
        "out = np.zeros(1 << 21)",
        verdict="too large",
    ),
    returns(
        "returns_a_crowd",
        "A list of as many things as the wire carries, each of a few bytes.",
        "out = [None] * 65000",
        verdict="wrong type",
    ),
    Attack(
        "raises_below_a_million_lines",
        "An exception in a function of so many lines that looking for its name takes the grader a minute.",
        replaced={"relu": "def relu(z):\n" + "\n" * 900_000 + "    raise ValueError\n"},
        verdicts={"relu": "raised"},
        keeps=OTHERS,
    ),
]
