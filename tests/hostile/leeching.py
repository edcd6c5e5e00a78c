"""Leeching: nothing is written, and the answer is taken from what is given for other questions' sake.

On a course of its own, in which checks call `curl` and `forward` before `slope` and `backward`, which do not call
them. Who has written nothing is given those, and must not get the derivatives out of them.
"""

from __future__ import annotations

import textwrap

from .suite import Attack

_TOOLS = """
import ctypes, functools, gc, inspect, marshal, operator, sys, types
import numpy as np
def imaginary(f, z): return np.imag(f(np.asarray(z) + 1e-30j)) / 1e-30
def near(f, z, h=1e-5): return (f(z + h) - f(z - h)) / (2 * h)
def is_raw(f): return isinstance(f, types.FunctionType) and f.__code__.co_filename == "<given>" and f.__name__ == "curl"
class Refused(Exception): "It does not work so."
def request():
    frame = sys._getframe()
    while frame.f_code.co_name != "main": frame = frame.f_back
    return frame.f_locals["request"]
def calls(name):
    "Every recorded call of a given, of all checks."
    every = [checks or () for given, source, checks in request()["givens"] if given == name]
    return [call for checks in every for check in checks for call in marshal.loads(check)]
def arrays(call):
    "Every array of a recorded call, what it met first and what it made last."
    nodes = [node for table in (call[1], call[3]) for node in table if node[0] == "array"]
    return [np.frombuffer(node[3], node[1]).reshape(node[2]) for node in nodes]
def points(name):
    "The numbers that went into a given and those that came out, in order."
    pairs = [(found[0].ravel(), found[-1].ravel()) for found in map(arrays, calls(name)) if len(found) == 2]
    x, y = (np.concatenate(side) for side in zip(*pairs))
    return np.sort(x), y[np.argsort(x)]
def other(name, mine):
    "The recorded array that is nearest to this one, and is another."
    every = [array for call in calls(name) for array in arrays(call) if array.shape == mine.shape]
    every = [array for array in every if not np.array_equal(array, mine)]
    return min(every, key=lambda array: abs(array - mine).sum())
"""


def leech(name: str, about: str, body: str, *, first: str = "pass", last: str = "") -> Attack:
    """A slope of this body, which writes no derivative of anything; curl is not there."""
    source = f"def slope(z):\n{textwrap.indent(body.strip(), '    ')}\n"
    cell = f"{_TOOLS}class Before:\n{textwrap.indent(first.strip(), '    ')}"
    return Attack(
        name,
        about,
        first=(cell,),
        last=(last,) if last else (),
        replaced={"curl": None, "slope": source},
        keeps=("forward", "backward"),
        assignment="waves",
    )


def layer(name: str, about: str, body: str) -> Attack:
    """A backward pass of this body, beside a forward pass that is not there."""
    source = f"def backward(self, d):\n{textwrap.indent(body.strip(), '    ')}\n"
    return Attack(
        name,
        about,
        first=(_TOOLS,),
        replaced={"Wave.forward": None, "Wave.backward": source},
        keeps=("curl", "slope"),
        assignment="waves",
    )


ATTACKS = [
    leech("renames", "The given itself is returned.", "return curl(z)"),
    leech("steps_into_the_complex", "A complex step through the given.", "return imaginary(curl, z)"),
    leech(
        "one_entry_in_the_complex",
        "One entry at a time.",
        """
found = np.zeros(z.shape)
for at in np.ndindex(*z.shape): found[at] = imaginary(curl, z[at])
return found
""",
    ),
    leech(
        "differences",
        "Differences of each entry.",
        """
found = np.zeros(z.shape)
for at in np.ndindex(*z.shape): found[at] = near(curl, z[at])
return found
""",
    ),
    leech(
        "another_name",
        "It has another name, from when the cells were run.",
        "return imaginary(OTHER, z)",
        first="global OTHER\nOTHER = curl",
    ),
    leech(
        "kept_in_a_default",
        "It is the default of an argument.",
        "return imaginary(helper, z)",
        first="global helper\ndef helper(z, f=curl): return f(z)",
    ),
    leech(
        "partial",
        "It is called by a partial, by a vectoriser, by `map`.",
        """
for f in (functools.partial(curl), np.vectorize(curl, otypes=[complex]), operator.methodcaller("__call__", z + 1e-30j)):
    try: return imaginary(f, z) if f is not operator else f(curl)
    except ValueError: pass
raise Refused
""",
    ),
    leech(
        "a_generator",
        "It is called in a generator, and in a comprehension.",
        "return np.array([next(imaginary(curl, x) for _ in range(1)) for x in z.ravel()]).reshape(z.shape)",
    ),
    leech(
        "numbers_of_its_own",
        "Numbers that carry their derivative with them, and are no complex ones.",
        """
class Dual(float):
    def __new__(cls, a, b): made = float.__new__(cls, a); made.b = b; return made
    def __mul__(s, o): return Dual(float(s) * float(o), getattr(s, "b", 0) * float(o) + float(s) * getattr(o, "b", 0))
return np.array([curl(Dual(x, 1.0)).b for x in z.ravel()]).reshape(z.shape)
""",
    ),
    leech(
        "an_exception_passed_over",
        "It goes on where it is refused.",
        """
found = np.zeros(z.shape)
for at in np.ndindex(*z.shape):
    try: found[at] = near(curl, z[at])
    except BaseException: pass
return found
""",
    ),
    leech(
        "object_arrays",
        "Complex numbers in an array of objects.",
        "return np.array([x.imag / 1e-30 for x in curl((z + 1e-30j).astype(object)).ravel()]).reshape(z.shape)",
    ),
    leech(
        "single_precision",
        "Complex numbers hidden in a view of pairs.",
        "return curl((z + 1e-30j).view(np.float64)).view(complex).imag / 1e-30",
    ),
    layer(
        "forward_in_the_complex",
        "Weights with an imaginary part.",
        """
found, w = np.zeros(self.w.shape), self.w
for at in np.ndindex(*w.shape):
    self.w = w.astype(complex); self.w[at] += 1e-30j
    found[at] = np.sum(d * np.imag(self.forward(self.x))) / 1e-30
self.w = w
return found
""",
    ),
    layer(
        "differences_of_forward",
        "Weights that are moved a little.",
        """
found, w = np.zeros(self.w.shape), self.w
for at in np.ndindex(*w.shape):
    step = np.zeros(w.shape); step[at] = 1e-5
    self.w = w + step; up = np.sum(d * self.forward(self.x))
    self.w = w - step; found[at] = (up - np.sum(d * self.forward(self.x))) / 2e-5
self.w = w
return found
""",
    ),
    layer(
        "a_class_between",
        "Forward is called by a class that inherits it.",
        """
class Other(type(self)): pass
other, found = Other(self.w), np.zeros(self.w.shape)
for at in np.ndindex(*found.shape):
    other.w = self.w.astype(complex); other.w[at] += 1e-30j
    found[at] = np.sum(d * np.imag(Other.forward(other, self.x))) / 1e-30
return found
""",
    ),
    layer(
        "from_the_dictionary",
        "Forward as its class's dictionary holds it.",
        """
f, found = type.__dict__["__dict__"].__get__(Wave)["forward"], np.zeros(self.w.shape)
for at in np.ndindex(*found.shape):
    other = types.SimpleNamespace(w=self.w.astype(complex)); other.w[at] += 1e-30j
    found[at] = np.sum(d * np.imag(f(other, self.x))) / 1e-30
return found
""",
    ),
    leech(
        "recursion",
        "It calls itself, a few calls of the given at a time.",
        """
z = np.asarray(z)
if z.size > 1: return np.array([slope(part) for part in z.reshape(len(z), -1)]).reshape(z.shape)
return near(curl, z)
""",
    ),
    leech("two_calls", "Two calls are enough where each entry is on its own.", "return near(curl, z)"),
    leech(
        "as_if_given",
        "Its code says that it comes from a file of the givens'.",
        """
space = {"curl": curl, "np": np}
exec(compile("def inner(z): return np.imag(curl(z + 1e-30j)) / 1e-30", "<given>", "exec"), space)
return space["inner"](z)
""",
    ),
    leech(
        "while_cells_run",
        "A table of the function is made before anything is asked.",
        "return np.interp(z, *TABLE)",
        first="global TABLE\nx = np.linspace(-6, 6, 400_001)\nTABLE = (x, np.imag(curl(x + 1e-30j)) / 1e-30)",
    ),
    leech(
        "no_function",
        "The stub is an object that can be called.",
        "return imaginary(curl, z)",
        last="class Slope:\n    def __call__(self, z): return imaginary(curl, z)\nslope = Slope()",
    ),
    leech(
        "other_code",
        "The stub has other code than when it was bound.",
        "return z",
        last="class After: slope.__code__ = (lambda z: imaginary(curl, z)).__code__",
    ),
    leech(
        "limits_of_the_harness",
        "What compares the arguments is told that all are the same.",
        """
own = sys.modules["beside.recorded"]
own.SAME = own.SAME_IN_SINGLE_PRECISION = 1e300
own.distance = lambda *a: 0.0
return near(curl, z) + imaginary(curl, z)
""",
    ),
    leech(
        "closures",
        "Functions that the given's wrapper closes over.",
        """
for cell in curl.__closure__:
    if isinstance(cell.cell_contents, types.FunctionType): return imaginary(cell.cell_contents, z)
raise Refused
""",
    ),
    leech(
        "collector",
        "Functions that the collector knows.",
        """
for f in gc.get_objects():
    if is_raw(f): return imaginary(f, z)
raise Refused
""",
    ),
    leech(
        "copied_code",
        "The code of the given in a function of its own.",
        """
codes = [f.__code__ for f in gc.get_objects() if is_raw(f)]
return imaginary(types.FunctionType(codes[0], {"np": np}), z)
""",
    ),
    leech(
        "seen_from_its_argument",
        "Its argument looks at who works with it.",
        """
class Looks(np.ndarray):
    def __array_ufunc__(self, *a, **k):
        frame = sys._getframe(1)
        while frame.f_code.co_filename != "<given>": frame = frame.f_back
        CODES.append(frame.f_code)
        return 0.0
global CODES
CODES = []
curl(z.view(Looks))
return imaginary(types.FunctionType(CODES[0], {"np": np}), z)
""",
    ),
    leech(
        "the_source_in_the_request",
        "What the process was handed holds the given's source.",
        """
frame = sys._getframe()
while frame.f_code.co_name != "main": frame = frame.f_back
space = {"np": np}
for name, source, recorded in frame.f_locals["request"]["givens"]:
    if name == "curl": exec(source, space)
return imaginary(space["curl"], z)
""",
    ),
    leech(
        "interpolated_recordings",
        "Slopes between the points that were recorded.",
        """
x, y = points("curl")
return np.interp(z, (x[1:] + x[:-1]) / 2, np.diff(y) / np.diff(x))
""",
    ),
    leech(
        "a_polynomial_through_recordings",
        "All that was recorded on one curve, and its derivative.",
        """
from numpy.polynomial import Polynomial
x, y = points("curl")
return Polynomial.fit(x, y, len(x) - 1).deriv()(z)
""",
    ),
    leech(
        "a_fraction_through_recordings",
        "All that was recorded on one curve, of which some are poles of a fraction, and its derivative.",
        """
x, y = points("curl")
at, F, held = np.full(len(x), y.mean()), y.copy(), []
while len(held) < len(x) // 2:
    held.append(int(np.argmax(abs(F - at))))
    rest = [i for i in range(len(x)) if i not in held]
    C = 1 / (x[rest][:, None] - x[held])
    weights = np.linalg.svd((F[rest][:, None] - F[held]) * C)[2][-1]
    at = F.copy(); at[rest] = C @ (weights * F[held]) / (C @ weights)
C = 1 / (z.ravel()[:, None] + 1e-6j - x[held])
return (np.imag(C @ (weights * y[held]) / (C @ weights)) / 1e-6).reshape(z.shape)
""",
    ),
    leech(
        "within_what_is_forgiven",
        "Differences that are too small to be refused.",
        "return near(curl, z, 2e-7)",
    ),
    leech(
        "each_within_what_is_forgiven",
        "Every entry moved alone, by less than is refused.",
        """
found = np.zeros(z.shape)
for at in np.ndindex(*z.shape):
    step = np.zeros(z.shape); step[at] = 1e-7
    found[at] = ((curl(z + step) - curl(z - step)) / 2e-7)[at]
return found
""",
    ),
    leech(
        "recordings_of_other_checks",
        "The recordings of all checks are put into the one that is running.",
        """
held = next(cell.cell_contents for cell in curl.__closure__ if hasattr(cell.cell_contents, "answer"))
kind = type(held._calls["curl"][0])
held._calls["curl"] = [kind(*call) for call in calls("curl")]
return near(curl, z) + imaginary(curl, z)
""",
    ),
    leech(
        "recordings_by_the_collector",
        "What the collector knows of recordings, and whatever can be called in there.",
        """
kinds = {type(o) for o in gc.get_objects() if type(o).__name__ in ("Recordings", "_Call", "_Met", "_Again")}
for held in [o for o in gc.get_objects() if type(o) in kinds]:
    for item in gc.get_referents(held, *gc.get_referents(held)):
        if callable(item):
            try: return imaginary(item, z)
            except Exception: pass
raise Refused
""",
    ),
    leech(
        "a_recording_of_its_own",
        "The calls are replaced by some that are answered by the stub's own code, which has nothing to say.",
        """
held = next(cell.cell_contents for cell in curl.__closure__ if hasattr(cell.cell_contents, "answer"))
class Held:
    def answer(self, name, arguments): return held.answer(name, {"z": np.real(arguments["z"])}) * (1 + 1e-30j)
curl.__closure__[[hasattr(c.cell_contents, "answer") for c in curl.__closure__].index(True)].cell_contents = Held()
return imaginary(curl, z)
""",
    ),
    leech(
        "the_answer_in_a_later_argument",
        "What the check hands to the given after the stub holds what the stub should have answered.",
        "return (z - other('curl', z)) / 0.1",
    ),
    layer(
        "the_answer_in_a_later_state",
        "What the given reads of the object after the stub holds what the stub should have answered.",
        "return (self.w - other('Wave.forward', self.w)) / 0.1",
    ),
]

# Of these the same code earns marks where what follows the stub is recorded too.
AFTERWARDS = ("the_answer_in_a_later_argument", "the_answer_in_a_later_state")
