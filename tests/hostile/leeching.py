"""Leeching: nothing is written, and the answer is taken from what is given for other questions' sake.

On a course of its own, in which checks call `curl` and `forward` before `slope` and `backward`, which do not call
them. Who has written nothing is given those, and must not get the derivatives out of them.
"""

from __future__ import annotations

import textwrap

from .suite import Attack

_TOOLS = """
import ctypes, functools, gc, inspect, operator, sys, types
import numpy as np
def imaginary(f, z): return np.imag(f(np.asarray(z) + 1e-30j)) / 1e-30
def near(f, z, h=1e-5): return (f(z + h) - f(z - h)) / (2 * h)
def is_raw(f): return isinstance(f, types.FunctionType) and f.__code__.co_filename == "<given>" and f.__name__ == "curl"
class Refused(Exception): "It does not work so."
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
]
