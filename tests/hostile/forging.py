"""Forging: marks without an answer, by replacing what judges, what compares, or what is handed back."""

from __future__ import annotations

import textwrap
from dataclasses import replace

from .suite import SHORT, Attack

OTHERS = ("softmax", "Net.forward", "Net.loss", "Net.grad")  # what a wrong relu does not touch
PUBLIC = 1.0  # a public check's point, which whoever knows the input can have, and of no property beside it

# the harness's own objects, found in the frames below
_OWN = """
    frame = sys._getframe()
    own = {}
    while "channel" not in own:
        own |= frame.f_locals
        frame = frame.f_back
    channel, prober, bindings = own["channel"], own["prober"], own["bindings"]
    beside = lambda name: sys.modules["beside." + name]
    frames = beside("frames")
"""


def once(name: str, about: str, body: str, verdict: str = "wrong value") -> Attack:
    """Something that relu does when it is first called, until it has done it, before it answers wrongly."""
    head = "import gc, os, struct, sys\nvalue = np.abs(z)\nif DONE: return value\n"
    lines = f"{head}{textwrap.dedent(_OWN)}{body.strip()}\nDONE.append(1)\nreturn value\n"
    replaced = {"relu": "def relu(z):\n" + textwrap.indent(lines, "    ")}
    return Attack(name, about, first=("DONE = []",), replaced=replaced, verdicts={"relu": verdict}, runs=True)


def returned(name: str, about: str, value: str, verdict: str = "wrong type", made: str = "pass") -> Attack:
    """Something that relu returns; `made` stands in a cell before it, and is of no other use."""
    made = textwrap.indent(made.strip("\n"), "    ")
    cells = (f"class Made:\n{made}",) if made.strip() != "pass" else ()
    replaced = {"relu": f"def relu(z):\n    return {value}\n"}
    first = ("import numpy as np", *cells)
    return Attack(name, about, first=first, replaced=replaced, verdicts={"relu": verdict}, keeps=OTHERS, runs=True)


def before(name: str, about: str, body: str, verdict: str = "wrong value", keeps: tuple[str, ...] = OTHERS) -> Attack:
    """Something that is done in a cell, before all others; then relu answers wrongly."""
    imports = "import builtins, gc, math, sys, types\nimport numpy as np\n"
    first = "class Before:\n" + textwrap.indent(imports + body, "    ")
    wrong = "def relu(z):\n    assert Before\n    return np.absolute(z)\n"
    return Attack(
        name, about, first=(first,), replaced={"relu": wrong}, verdicts={"relu": verdict}, keeps=keeps, runs=True
    )


WRITTEN = [
    once(
        "an_earlier_index",
        "A frame with an index that has been.",
        "os.write(3, frames.frame(0, frames.ANSWER, frames.encode({'outcome': 'returned', 'value': [0.0, 0.5, 2.0]})))",
        "crashed",
    ),
    once(
        "answers_of_others",
        "This check's answer and all later ones are written ahead, as if each were the public one's.",
        "for _ in range(9): channel.send(frames.ANSWER, frames.encode({'outcome': 'returned', 'value': value}))",
    ),
    once(
        "another_frame_first",
        "An answer is written before its turn, so that the next check has this one's.",
        "channel.send(frames.ANSWER, frames.encode({'outcome': 'returned', 'value': value}))",
    ),
    once("garbage", "Bytes that are no frame.", "os.write(3, bytes(range(256)) * 16)", "crashed"),
    once(
        "truncated",
        "A frame that ends before its end.",
        "os.write(3, frames.frame(99, 6, b'x' * 64)[:40]); os._exit(0)",
        "crashed",
    ),
    once(
        "half_a_header",
        "A frame's first bytes, and then the end.",
        "os.write(3, frames.frame(channel._index, 6, b'')[:7]); os._exit(0)",
        "crashed",
    ),
    once(
        "a_huge_length",
        "A frame that says that more bytes follow than there is memory.",
        "os.write(3, frames.FRAME.pack(frames.MAGIC, channel._index, frames.ANSWER, 2**63))",
        "too large",
    ),
    once(
        "more_entries_than_bytes",
        "An answer that declares four billion entries.",
        "channel.send(frames.ANSWER, struct.pack('<I', 2**32 - 1))",
        "crashed",
    ),
    once(
        "a_huge_array",
        "An array of a size that no memory holds, in an answer without its bytes.",
        """
entries = [frames.ENTRY.pack(4, 1, 2, 0, 0, 0, 0, 0, 0)]
entries += [frames.ENTRY.pack(1, 0, *(0,) * 6, n) for n in (7, 8, 5)]
entries.append(frames.ENTRY.pack(frames.FIRST_ARRAY + 11, 6, *(2**31,) * 6, 8))
channel.send(frames.ANSWER, frames.COUNT.pack(5) + b''.join(entries) + b'outcome' + b'returned' + b'value')
""",
        "crashed",
    ),
    Attack(
        "rows_of_nothing",
        "Where a list of two is wanted, an array of millions of rows with nothing in them: no bytes, and many objects.",
        replaced={
            "halves": "def halves(z):\n    import os, sys\n"
            + _OWN
            + """
    entries = [frames.ENTRY.pack(4, 1, 2, 0, 0, 0, 0, 0, 0)]
    entries += [frames.ENTRY.pack(1, 0, *(0,) * 6, n) for n in (7, 8, 5)]
    entries.append(frames.ENTRY.pack(frames.FIRST_ARRAY + 1, 2, 1 << 22, 0, 0, 0, 0, 0, 0))
    channel.send(frames.ANSWER, frames.COUNT.pack(5) + b"".join(entries) + b"outcome" + b"returned" + b"value")
    os._exit(0)
"""
        },
        verdicts={"halves": "wrong shape"},
        keeps=("curl", "slope", "forward", "backward"),
        assignment="waves",
    ),
    once(
        "passed",
        "An outcome that there is not: passed, with points.",
        "channel.send(frames.ANSWER, frames.encode({'outcome': 'passed', 'points': 4, 'value': value}))",
        "crashed",
    ),
    once(
        "claims_a_fault",
        "The harness is said to be at fault, so that there be no mark.",
        "channel.send(frames.FAULT, frames.encode('the assignment cannot be loaded'))",
        "crashed",
    ),
    once(
        "ready_again",
        "It says that it is ready, once more.",
        "channel.send(frames.READY, frames.encode(None))",
        "crashed",
    ),
    once(
        "defines_everything",
        "It says once more what its cells define.",
        "channel.send(frames.CELLS, frames.encode({'defined': list(bindings.stubs), 'notes': []}))",
        "crashed",
    ),
    once(
        "claims_time",
        "It says again and again that time is up, and goes on.",
        "for _ in range(3): channel.send(frames.LATE, frames.encode('1 relu'))",
        "crashed",
    ),
    once("a_kind_that_there_is_not", "A frame of an unknown kind.", "channel.send(77, frames.encode(None))", "crashed"),
    once(
        "other_notes",
        "A reason of its own making for the student to read.",
        "channel.send(frames.ANSWER, frames.encode({'outcome': 'raised', 'exception': 'YouPassed', 'cell': 1,"
        " 'line': 1, 'function': 'full_marks'}))",
    ),
    once(
        "a_place_that_there_is_not",
        "An exception in line -1 of a cell that nobody wrote.",
        "channel.send(frames.ANSWER, frames.encode({'outcome': 'raised', 'cell': 99, 'line': -1, 'function': 'x'}))",
        "crashed",
    ),
]

PATCHED = [
    before(
        "allclose_says_yes",
        "NumPy's comparisons are replaced by ones that always agree.",
        "np.allclose = np.array_equal = np.isclose = np.testing.assert_allclose = lambda *a, **k: True\n"
        "np.testing.assert_array_equal = np.testing.assert_equal = np.testing.assert_almost_equal = np.allclose",
    ),
    before(
        "tests_say_yes",
        "Python's and pytest's ways to test are replaced by ones that find nothing.",
        "import unittest\n"
        "for name in dir(unittest.TestCase):\n"
        "    if name.startswith('assert'): setattr(unittest.TestCase, name, lambda *a, **k: None)\n"
        "sys.modules['pytest'] = types.ModuleType('pytest')\n"
        "sys.modules['pytest'].approx = lambda *a, **k: type('Any', (), {'__eq__': lambda s, o: True})()",
    ),
    before(
        "builtins_say_yes",
        "Python's own functions agree with everything.",
        "builtins.all = builtins.any = builtins.callable = lambda *a: True\n"
        "builtins.abs = builtins.max = lambda *a, **k: 0\nmath.isclose = lambda *a, **k: True",
    ),
    before(
        "maths_are_wrong",
        "What NumPy computes for the probe's inputs is replaced, so that any answer would be right.",
        "np.maximum = lambda *a: a[1]\nnp.exp = np.sum = np.log = np.eye = lambda *a, **k: 1.0",
        keeps=(),
    ),
    before(
        "the_grader_is_ours",
        "Modules of the names that a grader might import are ours.",
        "for name in ('autograder', 'autograder.compare', 'autograder.expectations', 'autograder.grade', 'otter'):\n"
        "    sys.modules[name] = module = types.ModuleType(name)\n"
        "    module.judge = module.compare = module.grade = lambda *a, **k: True",
    ),
    before(
        "encode_is_ours",
        "What writes answers says that all was passed.",
        "forged = sys.modules['beside.frames'].encode({'outcome': 'passed', 'value': 1.0})\n"
        "for name in ('frames', 'probing', 'main'):\n"
        "    sys.modules['beside.' + name].encode = lambda *a, forged=forged: forged",
        "crashed",
        keeps=(),
    ),
    replace(
        before(
            "encode_gives_the_public_answer",
            "Whatever is asked, the answer is the one that the public check wants.",
            "encode = sys.modules['beside.frames'].encode\n"
            "fixed = encode({'outcome': 'returned', 'value': np.array([0, 0.5, 2])})\n"
            "sys.modules['beside.probing'].returned = lambda *a, fixed=fixed: fixed",
            verdict="wrong shape",
            keeps=(),
        ),
        honest={"relu": 1.0},
    ),
    before(
        "the_prober_is_ours",
        "Checks are not run; the first argument of each comes back.",
        "probing = sys.modules['beside.probing']\n"
        "answer = probing.encode({'outcome': 'returned', 'value': np.ones((4, 3))})\n"
        "probing.Prober.observe = lambda *a, answer=answer: answer",
        keeps=(),
    ),
    before(
        "the_clock_is_ours",
        "Time never is up, and what the check returned is thrown away.",
        "clock, probing = sys.modules['beside.clock'], sys.modules['beside.probing']\n"
        "answer = probing.encode({'outcome': 'returned', 'value': None})\n"
        "clock.Clock.call = lambda s, f, *a, answer=answer: answer if 'probe' in str(f.__code__.co_freevars) else f()",
        "wrong type",
        keeps=(),
    ),
    before(
        "draws_repeat",
        "The generator that checks draw from gives the public inputs, whatever the seed.",
        "class Same:\n"
        "    def normal(self, *a, size=(), **k):\n"
        "        import numpy as np\n"
        "        return np.zeros(size)\n"
        "    integers = lambda s, *a, size=(), **k: s.normal(size=size).astype(int)\n"
        "fresh = sys.modules['beside.fresh']\n"
        "fresh.generator = fresh._default_rng = np.random.default_rng = lambda *a, Same=Same: Same()",
        keeps=(),
    ),
    before(
        "seeds_repeat",
        "Every check finds the random numbers of the first.",
        "fresh = sys.modules['beside.fresh']\n"
        "first = fresh._default_rng\n"
        "fresh.reset = lambda seed: None\nfresh.generator = lambda seed, first=first: first(0)",
        keeps=(),
    ),
    before(
        "arrays_are_ours",
        "The methods of NumPy's own arrays are replaced in the dictionary of their type.",
        "space = gc.get_referents(np.ndarray.__dict__)[0]\n"
        "kept = space['tobytes'], space['astype']\n"
        "space['tobytes'] = lambda self, *a: b'\\0' * self.nbytes\n"
        "space['astype'] = lambda self, *a, **k: self",
        keeps=(),
    ),
    before(
        "given_to_itself",
        "A class of its own stands for the student that the checks meet.",
        "probing = sys.modules['beside.probing']\n"
        "probing.Student.__getattr__ = lambda self, name: lambda *a, **k: a[0] if a else 0.0",
        keeps=(),
    ),
    once(
        "checks_are_changed",
        "The checks that come next are found in memory, and made to return what this one does.",
        """
probe = sys._getframe(1).f_code
changed = [f for f in gc.get_objects() if type(f) is type(relu) and f.__code__.co_filename == "" != f.__module__]
for function in changed:
    function.__code__ = (lambda student, rng=None: [0.0, 0.5, 2.0]).__code__
assert len(changed) > 3
""",
    ),
    once(
        "limits_are_lifted",
        "What the harness knows of stubs and sizes is found in its frames and taken away.",
        "bindings.codes.clear(); prober.limits.frame_bytes = 2**40",
    ),
    once(
        "stubs_are_rebound",
        "From within, its stubs' places are taken by something that agrees with everything.",
        """
class Yes:
    __eq__ = __le__ = __lt__ = lambda s, o: True
    __call__ = lambda s, *a, **k: s
    __getattr__ = lambda s, n: s
for name in ("relu", "softmax", "Net"): bindings.space[name] = Yes()
""",
    ),
]

HANDED_BACK = [
    returned(
        "equal_to_everything",
        "It claims to equal whatever it is held against.",
        "Made.Yes()",
        made="class Yes:\n    __eq__ = __le__ = __ge__ = lambda s, o: True\n"
        "    __ne__ = lambda s, o: False\n    __hash__ = None",
    ),
    returned(
        "gives_itself_as_an_array",
        "It becomes the wanted array when asked.",
        "Made.Array()",
        made="class Array:\n    __array_priority__ = 1e9\n    shape, dtype, ndim = (3,), 'f8', 1\n"
        "    def __array__(self, *a, **k):\n        import numpy as np\n        return np.array([0.0, 0.5, 2.0])",
    ),
    returned(
        "answers_for_numpy",
        "It answers NumPy's functions in their place.",
        "Made.Func()",
        made="class Func:\n    __array_function__ = lambda s, *a, **k: True\n"
        "    __array_ufunc__ = lambda s, *a, **k: 0.0\n    __abs__ = __sub__ = __rsub__ = lambda s, *a: 0.0",
    ),
    returned(
        "shares_memory",
        "It says by an interface where its numbers would be: nowhere.",
        "Made.Memory()",
        made="class Memory:\n"
        "    __array_interface__ = {'shape': (3,), 'typestr': '<f8', 'data': (8, True), 'version': 3}\n"
        "    __array_struct__ = 5",
    ),
    returned(
        "reduces_to_a_call",
        "Pickled, it would be a call of exit; so would its copy.",
        "Made.Call()",
        made="class Call:\n    __reduce__ = __reduce_ex__ = lambda s, *a: (exit, ())\n"
        "    __copy__ = __deepcopy__ = lambda s, *a: exit()",
    ),
    replace(
        returned(
            "long_without_an_end",
            "It says that it is as long as can be, and never ends.",
            "Made.Long()",
            made="class Long:\n    __len__ = lambda s: 2**62\n    __getitem__ = lambda s, n: n\n"
            "    def __iter__(self):\n        while True: yield 0.0",
        ),
        limits=replace(SHORT, check_cpu_seconds=0.2),
    ),
    returned("generates_for_ever", "A generator without an end.", "iter(int, 1)"),
    returned(
        "generates", "A generator of right numbers is no answer: nobody draws from it.", "(max(0.0, x) for x in z.flat)"
    ),
    returned(
        "a_list_of_its_own",
        "A list that shows others what it does not hold.",
        "Made.Liar(z.ravel().tolist())",
        "wrong value",
        made="class Liar(list):\n    __iter__ = lambda s: iter([0.0, 0.5, 2.0])\n"
        "    __len__ = lambda s: 3\n    __eq__ = lambda s, o: True",
    ),
    returned(
        "a_dictionary_of_its_own",
        "A dictionary that makes up what is asked of it.",
        "Made.Any(a=1)",
        made="class Any(dict):\n    items = lambda s: [('', 1.0)]\n    __getitem__ = get = lambda s, *a: 0.0",
    ),
    returned(
        "keys_of_their_own",
        "Names that equal every other name.",
        "{Made.Name('w'): z, Made.Name('x'): z}",
        made="class Name(str):\n    __eq__ = lambda s, o: True\n    __hash__ = lambda s: 0",
    ),
    returned(
        "numbers_of_their_own",
        "Numbers that are others when they are read.",
        "[Made.Number(x) for x in z.ravel()]",
        "wrong value",
        made="class Number(float):\n    __float__ = __abs__ = lambda s: 0.0\n    __eq__ = lambda s, o: True",
    ),
    returned(
        "a_dictionary_that_changes",
        "A dictionary that loses what it holds while it is read.",
        "Made.changing()",
        made="class Key:\n    __hash__ = lambda s: 7\n"
        "    def __eq__(self, o):\n        Made.held.clear()\n        return False\n"
        "held = {}\ndef changing():\n    Made.held.update({Made.Key(): 1.0, 'w': 2.0, 'x': 3.0})\n    return Made.held",
    ),
    returned(
        "a_list_in_itself",
        "A list that holds itself.",
        "Made.circle()",
        "too large",
        made="def circle():\n    found = [0.0]\n    found.append(found)\n    return found",
    ),
    returned("masked", "What is wrong is masked.", "np.ma.array(np.abs(z), mask=z < 0)", "wrong value"),
    returned(
        "fills_with_the_answer",
        "Masked, and filled with what is wanted by whoever asks for it.",
        "np.ma.array(z, mask=z < 0, fill_value=0.0)",
        "wrong value",
    ),
    returned("a_matrix", "A matrix whose products and powers are others.", "np.asmatrix(np.abs(z))", "wrong value"),
    returned(
        "an_array_of_its_own",
        "An array whose methods show others what it does not hold.",
        "np.abs(z).view(Made.Own)",
        "wrong value",
        made="import numpy as np\nclass Own(np.ndarray):\n    tobytes = lambda s, *a: bytes(s.nbytes)\n"
        "    view = astype = copy = newbyteorder = lambda s, *a, **k: s\n    __eq__ = lambda s, o: True\n"
        "    __array_ufunc__ = lambda s, *a, **k: 0.0\n    __array_finalize__ = lambda s, o: None\n"
        "    shape = property(lambda s: (3,))\n    dtype = property(lambda s: 'f8')",
    ),
    returned(
        "objects",
        "An array of objects that equal everything.",
        "np.full(z.shape, Made.Yes(), dtype=object)",
        made="class Yes:\n    __eq__ = lambda s, o: True",
    ),
    returned(
        "a_record",
        "An array with fields of its own names.",
        "np.zeros(z.shape, dtype=[('value', 'f8'), ('points', 'i8')])",
    ),
    returned("times_and_texts", "Dates in the place of numbers.", "np.zeros(z.shape, dtype='M8[s]')"),
    returned("texts_of_numbers", "Numbers as texts.", "np.maximum(0, z).astype(str)", "wrong type"),
    returned(
        "a_file_as_an_array",
        "An array that is a file of the harness's own.",
        "np.memmap(sys.modules['beside.frames'].__file__, mode='r')[: z.size].reshape(z.shape)",
        "wrong value",
        made="import sys\nglobal sys",
    ),
    returned(
        "one_number_many_times",
        "One number in memory, with strides of zero.",
        "np.broadcast_to(0.5, z.shape)",
        "wrong value",
    ),
    returned(
        "one_number_for_ever",
        "One number that would fill a thousand times the memory.",
        "np.broadcast_to(0.5, (1 << 24, 1 << 20))",
        "too large",
    ),
    returned(
        "beside_its_memory",
        "An array that reaches over what lies beside it.",
        "np.lib.stride_tricks.as_strided(np.abs(z), z.shape)",
        "wrong value",
    ),
    returned("negative_strides", "The same memory, read backwards.", "z[..., ::-1]", "wrong value"),
    returned("many_dimensions", "An array of thirty dimensions.", "np.zeros((1,) * 30)", "too large"),
    returned(
        "nothing_of_much",
        "An array without a single number, and with a huge shape.",
        "np.zeros((0, 1 << 40))",
        "too large",
    ),
    returned("infinite", "Infinity, which no tolerance is less than.", "np.full_like(z, np.inf)", "not finite"),
    returned(
        "not_a_number",
        "No number, which is never unequal in the wrong direction.",
        "np.full_like(z, np.nan)",
        "not finite",
    ),
    returned(
        "stretches_the_tolerance",
        "One number so large that all others are near.",
        "np.where(np.arange(z.size).reshape(z.shape) == 0, 1e300, 0.0)",
        "wrong value",
    ),
    returned("imaginary", "Right in its real part alone.", "np.maximum(0, z) + 1j"),
    returned(
        "a_chain_of_lists",
        "Lists in lists, deeper than anyone reads.",
        "Made.deep(5000)",
        "too large",
        made="def deep(n):\n    found = 0.0\n    for _ in range(n): found = [found]\n    return found",
    ),
    Attack(
        "recognises_public_inputs",
        "The public check's numbers are answered from a table, and nothing is computed.",
        replaced={"relu": "def relu(z):\n    return {6: np.array([0.0, 0.5, 2.0])}.get(int(4 * z.sum()), z)\n"},
        honest={"relu": PUBLIC},
        verdicts={"relu": "wrong value"},
        keeps=OTHERS,
        runs=True,
    ),
    Attack(
        "counts_the_checks",
        "What it answers depends on how often it was asked.",
        first=("ASKED = []",),
        replaced={
            "relu": "def relu(z):\n    ASKED.append(z.copy())\n"
            "    return np.array([0.0, 0.5, 2.0]) if len(ASKED) == 1 else ASKED[0]\n"
        },
        honest={"relu": PUBLIC},
        verdicts={"relu": "wrong shape"},
        keeps=OTHERS,
        runs=True,
    ),
    Attack(
        "changes_its_argument",
        "The argument becomes what it returns, so that a check that looks at both sees no difference.",
        replaced={"relu": "def relu(z):\n    z[...] = np.abs(z)\n    return z\n"},
        verdicts={"relu": "wrong value"},
        keeps=OTHERS,
        runs=True,
    ),
]

RAISED = [
    Attack(
        "raises_what_the_harness_raises",
        "It says in the harness's own words that another stub is missing.",
        first=("import sys",),
        replaced={"relu": "def relu(z):\n    raise sys.modules['beside.probing'].MissingStub('softmax')\n"},
        verdicts={"relu": "missing"},
        keeps=OTHERS,
        runs=True,
    ),
    Attack(
        "says_that_another_loops",
        "It says in the harness's own words that time is up for another stub.",
        first=("import sys",),
        replaced={"relu": "def relu(z):\n    raise sys.modules['beside.clock'].TimeUp('whole')\n"},
        verdicts={"relu": "crashed"},
        runs=True,
    ),
    Attack(
        "raises_with_another_name",
        "An exception that is named like an outcome, and whose text is one.",
        replaced={
            "relu": "def relu(z):\n    space = {'__str__': lambda s: 'returned', 'stub': 'softmax'}\n"
            "    kind = type('passed', (Exception,), space)\n"
            "    kind.__module__ = 'beside.probing'\n    kind.__qualname__ = 'MissingStub'\n    raise kind\n"
        },
        verdicts={"relu": "raised"},
        keeps=OTHERS,
        runs=True,
    ),
    Attack(
        "a_class_of_exceptions_of_its_own",
        "An exception whose class answers for itself.",
        first=(
            "class Meta(type):\n    __instancecheck__ = __subclasscheck__ = lambda c, o: True\n"
            "    __name__ = property(lambda c: 1 / 0)\n    __mro_entries__ = None",
        ),
        replaced={
            "relu": "def relu(z):\n    class Odd(Exception, metaclass=Meta):\n"
            "        __class__ = property(lambda s: ValueError)\n        __traceback__ = name = obj = args = 7\n"
            "    raise Odd\n"
        },
        verdicts={"relu": "raised"},
        keeps=OTHERS,
        runs=True,
    ),
]

ATTACKS = WRITTEN + PATCHED + HANDED_BACK + RAISED
