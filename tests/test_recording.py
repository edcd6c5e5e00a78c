"""Recordings: what is kept of a call of the reference's, and how it is played back."""

import marshal
from collections.abc import Mapping
from types import ModuleType

import numpy as np
import pytest

from autograder import recording
from autograder.recording import Stub, recorded
from autograder.sandbox.beside.recorded import Recordings, Unrecorded, distance
from autograder.sandbox.beside.recorded import recorded as played

REFERENCE = """
import numpy as np

def wave(z, scale=1.0):
    return scale * np.sin(z)

def slope(z):
    return np.cos(z)

def draw(n):
    return np.random.normal(size=n)

def pair(a, b):
    return {"sum": a + b, "both": (a, [b, None, "text"])}

def same(x):
    return x

def double(x):
    x *= 2

def push(items, by_name, item):
    items.append(item)
    by_name["last"] = item
    by_name.pop("first", None)

def inner(z):
    return z + 1

def outer(z, f=inner):
    return f(z) * 2

def through(z, f=wave):
    return f(z)

def batches(x):
    yield x

def loop(z):
    while np.any(z != 5.5):
        z = slope(z)

class Net:
    rate = 0.5

    def __init__(self, sizes):
        self.sizes = sizes
        self.fresh()

    def fresh(self):
        self.w = [np.ones((n, m)) for n, m in zip(self.sizes, self.sizes[1:])]

    def forward(self, x):
        self.cache = [x]
        for w in self.w:
            self.cache.append(self.cache[-1] @ w)
        return self.cache[-1]

    def note(self, x):
        self.cache.append(x)
        return self.rate

    def made(self):
        return Net((1, 2))

    @staticmethod
    def plain(z):
        return z / 2
"""


def load() -> ModuleType:
    """The reference above as a module."""
    module = ModuleType("reference")
    module.__file__ = "reference.py"
    exec(compile(REFERENCE, "reference.py", "exec"), module.__dict__)
    return module


def made(names, probe, stub="slope", variants=()) -> Mapping[str, tuple[bytes, ...]]:
    """The recordings of these functions in a probe, a function of the module."""
    return recorded(load, names, [Stub(stub, tuple(variants))], [probe]).of


def calls(checks) -> list:
    """The calls that were recorded in the only check."""
    return marshal.loads(checks[0])


def player(name, probe, header=None, **how):
    """The given of that name as the isolated process has it, while the check of this probe runs."""
    recordings = Recordings()
    recordings.hold(name, made([name], probe, **how)[name])
    recordings.begin(0)
    owner, _, last = name.rpartition(".")
    function = vars(vars(load())[owner])[last] if owner else vars(load())[last]
    return played(header or function, name, recordings)


# --- looking a call up -----------------------------------------------------------------------------------


Z = np.array([[0.5, -1.0], [2.0, 0.0]])


@pytest.mark.parametrize(
    "argument",
    [Z, Z.copy(order="F"), Z.tolist(), Z + 1e-7, Z.astype(np.float32), Z.view(np.matrix), tuple(map(tuple, Z))],
)
def test_the_same_argument_is_found_whatever_its_form(argument):
    """Lists, tuples, single precision and rounding make no other argument of it."""
    wave = player("wave", lambda module: module.wave(Z))
    assert np.array_equal(wave(argument), np.sin(Z))
    assert np.array_equal(wave(z=argument, scale=1), np.sin(Z))


@pytest.mark.parametrize(
    "argument",
    [Z + 1e-5, Z + 1e-30j, Z.astype(complex), Z.ravel(), Z[:1], Z[0, 0], None, "z", Z.astype(object), object(), [Z, Z]],
)
def test_any_other_argument_is_refused(argument):
    """What is moved by more than rounding, complex, of another shape or no array at all was never asked for."""
    wave = player("wave", lambda module: module.wave(Z))
    with pytest.raises(Unrecorded):
        wave(argument)
    with pytest.raises(Unrecorded):
        wave(Z, 2.0)


def test_whole_numbers_are_numbers():
    """A recorded float is asked for by an int, a truth value or NumPy's numbers, and the other way round."""
    wave = player("wave", lambda module: module.wave(1.0))
    for one in (1, 1.0, True, np.float32(1), np.int8(1), np.array(1)):
        assert wave(one) == np.sin(1.0)


def test_nan_and_infinity_are_compared():
    """One nan is another at the same place, and infinities have a sign."""
    z = np.array([np.nan, np.inf, -np.inf, 1.0])
    assert distance(z, z.copy()) == 0
    assert distance(z, np.array([np.nan, np.inf, np.inf, 1.0])) is None
    assert distance(z, np.array([1.0, np.inf, -np.inf, 1.0])) is None
    assert distance(np.zeros(3), np.full(3, 1e-300)) is None
    assert distance(np.array([1.0]), np.array([1.0 + 1e-5], dtype=np.float32)) < 2e-5


def test_of_two_calls_the_nearer_one_is_answered():
    """Arguments that are told apart by less than is forgiven are told apart still."""
    wave = player("wave", lambda module: (module.wave(1.0), module.wave(1.0 + 4e-7)))
    assert wave(1.0) == np.sin(1.0)
    assert wave(1.0 + 4e-7) == wave(1.0 + 3e-7) == np.sin(1.0 + 4e-7)


def test_draws_come_in_their_order():
    """Calls alike that drew other numbers are answered one after the other, and none draws anything."""
    draw = player("draw", lambda module: (np.random.seed(3), module.draw(2), module.draw(2)))
    np.random.seed(3)
    expected = np.random.normal(size=(2, 2))
    following = np.random.get_state()[2]
    assert np.array_equal(np.array([draw(2), draw(2)]), expected)
    assert np.random.get_state()[2] == following


def test_while_cells_run_nothing_is_answered():
    """Before the first check there is no recording, and in a check none of another's."""
    both = recorded(load, ["wave"], [], [lambda module: module.wave(1.0), lambda module: module.wave(2.0)]).of
    recordings = Recordings()
    recordings.hold("wave", both["wave"])
    wave = played(load().wave, "wave", recordings)
    with pytest.raises(Unrecorded):
        wave(1.0)
    recordings.begin(1)
    assert wave(2.0) == np.sin(2.0)
    with pytest.raises(Unrecorded):
        wave(1.0)


def test_a_signature_is_the_templates():
    """Names, defaults and what is too much are as in the function that is blank."""
    wave = player("wave", lambda module: module.wave(1.0, scale=2.0))
    assert wave(scale=2.0, z=1.0) == 2 * np.sin(1.0)
    with pytest.raises(TypeError):
        wave(1.0, 2.0, 3.0)
    assert wave.__name__ == "wave"


# --- what is given back -----------------------------------------------------------------------------------


def test_each_answer_is_a_copy():
    """What is written into one answer is not in the next."""
    pair = player("pair", lambda module: module.pair(Z, 2.0))
    first = pair(Z, 2.0)
    first["sum"][:] = 0
    first["both"][1].append("more")
    again = pair(Z, 2.0)
    assert np.array_equal(again["sum"], Z + 2)
    assert again["both"][1] == [2.0, None, "text"]
    assert type(again["both"]) is tuple


def test_what_was_handed_back_is_the_callers_own():
    """An argument that the reference returns is the very object that the caller handed over."""
    mine = Z.copy()
    assert player("same", lambda module: module.same(Z))(mine) is mine


def test_arguments_change_in_place():
    """Arrays, lists and dictionaries that the reference changes are changed, and stay what they are."""
    mine = Z.copy()
    assert player("double", lambda module: module.double(Z.copy()))(mine) is None
    assert np.array_equal(mine, 2 * Z)
    items, by_name, item = [1.0, Z], {"first": 1, "kept": 2}, np.ones(2)
    push = player("push", lambda module: module.push([1.0, Z], {"first": 1, "kept": 2}, np.ones(2)))
    push(items, by_name, item)
    assert items[1] is Z
    assert items[2] is by_name["last"] is item
    assert by_name.keys() == {"kept", "last"}
    with pytest.raises(Unrecorded):
        push((1.0, Z), {"first": 1, "kept": 2}, np.ones(2))


# --- objects ----------------------------------------------------------------------------------------------


class Mine:
    """A student's class, with more in it than the reference reads."""

    def __init__(self, **state):
        vars(self).update(state)


def forward(module):
    """A probe that sets the weights of a network and calls it."""
    """A probe that sets the weights of a network and calls it."""
    net = module.Net((2, 3))
    net.w = [np.full((2, 3), 0.5)]
    return net.forward(Z)


def test_a_method_finds_its_state_and_sets_what_the_reference_sets():
    """What was read must be there and agree; what is beside it does not matter."""
    call = player("Net.forward", forward)
    mine = Mine(w=[np.full((2, 3), 0.5)], own="anything", cache="left over")
    found = call(mine, Z)
    assert np.array_equal(found, Z @ np.full((2, 3), 0.5))
    assert mine.cache[-1] is found
    assert mine.cache[0] is Z
    assert vars(mine).keys() == {"w", "own", "cache"}


@pytest.mark.parametrize("state", [{}, {"w": [np.full((2, 3), 0.6)]}, {"w": []}, {"w": None}])
def test_another_state_is_refused(state):
    """Where what the reference read is not there or is another, nothing was recorded."""
    with pytest.raises(Unrecorded):
        player("Net.forward", forward)(Mine(**state), Z)
    with pytest.raises(Unrecorded):
        player("Net.forward", forward)(np.ones(3), Z)


def test_what_a_call_sets_before_it_reads_it_is_not_state():
    """`forward` reads the cache that it has just begun, and so nothing that was there before."""
    ((takes, before, changes, *_),) = calls(made(["Net.forward"], forward)["Net.forward"])
    assert [name for name, _ in takes] == ["self", "x"]
    assert [name for name, _ in before[dict(takes)["self"]][1]] == ["w"]
    assert [name for name, _ in changes[0][1][1]] == ["cache"]


def test_a_list_of_an_objects_grows_in_place():
    """State that is changed in place is changed in the student's object in place; a class's number is state too."""

    def probe(module):
        net = module.Net((2, 3))
        net.cache = [Z]
        net.note(Z + 1)

    mine = Mine(cache=[Z.copy()], rate=0.5)
    kept, cache = mine.cache[0], mine.cache
    assert player("Net.note", probe)(mine, Z + 1) == 0.5
    assert mine.cache is cache
    assert cache[0] is kept
    assert np.array_equal(cache[1], Z + 1)
    with pytest.raises(Unrecorded):
        player("Net.note", probe)(Mine(cache=[Z], rate=0.25), Z + 1)


def test_an_initialiser_reads_nothing_and_sets_all():
    """`__init__` is recorded with the attributes that it sets, itself and through others."""
    mine = Mine()
    player("Net.__init__", lambda module: module.Net((2, 1)))(mine, (2, 1))
    assert mine.sizes == (2, 1)
    assert np.array_equal(mine.w[0], np.ones((2, 1)))


def test_a_static_method_stays_one():
    """It is called without an object."""
    plain = player("Net.plain", lambda module: module.Net.plain(3.0))
    assert isinstance(plain, staticmethod)
    assert plain.__func__(3.0) == 1.5


# --- what is recorded -------------------------------------------------------------------------------------


def test_calls_inside_of_calls_are_recorded_and_not_needed():
    """`outer` answers without `inner`, which has a recording of its own, also where it was a default."""
    found = made(["inner"], lambda module: module.outer(1.0))
    assert [call[0] for call in calls(found["inner"])] == [(("z", ("value", 1.0)),)]
    assert player("Net.forward", forward)(Mine(w=[np.full((2, 3), 0.5)]), Z).shape == (2, 3)


@pytest.mark.parametrize(
    ("name", "probe"),
    [
        ("through", lambda module: module.through(1.0)),  # takes a function
        ("Net.made", lambda module: module.Net((1, 2)).made()),  # makes an object
        ("batches", lambda module: list(module.batches(Z))),
        ("same", lambda module: module.same(np.random.default_rng(0))),
    ],
)
def test_what_cannot_be_held_is_left_out(name, probe):
    """Functions, objects that are made, generators: such a given has no recording at all."""
    assert made([name, "wave"], probe).keys() == {"wave"}


def test_a_recording_that_is_too_large_is_left_out(monkeypatch):
    """There is a limit to what a request carries."""
    monkeypatch.setattr(recording, "MOST_BYTES", 100)
    assert made(["wave", "inner"], lambda module: module.wave(np.ones(50))).keys() == {"inner"}


def test_nothing_depends_on_the_stubs_answer():
    """Calls with what the stub under test returned or set are not recorded; those that do not ask for it are."""

    def probe(module):
        module.wave(1.0)
        found = module.slope(Z)
        module.wave(found)
        module.wave(Z + 1e-3 * found)
        module.wave(float(found[0, 0]) > 0)
        module.wave(found.shape[0])
        module.wave(2.0)

    found = calls(made(["wave"], probe)["wave"])
    assert [call[0][0][1] for call in found] == [("value", number) for number in (1.0, 2, 2.0)]


def test_state_that_the_stub_set_is_no_state_to_record():
    """A call that reads what the stub under test has set on an object is not recorded."""

    def probe(module):
        net = module.Net((2, 2))
        net.forward(Z)
        net.fresh()
        return net.forward(Z)

    def other(module):
        net = module.Net((2, 2))
        net.w = [np.eye(2)]
        return net.forward(Z)

    found = recorded(load, ["Net.forward"], [Stub("Net.fresh")], [probe, other]).of["Net.forward"]
    assert [len(marshal.loads(check)) for check in found] == [0, 1]


def test_what_the_stub_changes_in_place_is_left_as_it_was():
    """A stub that answers by writing into its argument writes nothing while the reference is recorded."""

    def probe(module):
        z = Z.copy()
        module.double(z)
        module.wave(z)

    (call,) = calls(made(["wave"], probe, stub="double")["wave"])
    assert np.frombuffer(call[1][0][3]).tolist() == Z.ravel().tolist()


def test_a_stub_that_takes_a_function_ends_what_is_recorded():
    """What it calls the function with is its own doing, and the function may tell the check."""
    told = []

    def probe(module):
        module.wave(1.0)
        module.through(2.0, lambda z: told.append(z) or z)
        module.wave(told[-1])

    assert len(calls(made(["wave"], probe, stub="through")["wave"])) == 1
    assert not told


def test_the_stub_draws_what_it_draws():
    """What is drawn after the stub is what the reference draws there, so that the answers fit."""

    def probe(module):
        np.random.seed(5)
        module.draw(3)
        module.Net((1, 1)).forward(np.random.normal(size=(1, 1)))

    (call,) = calls(made(["Net.forward"], probe, stub="draw")["Net.forward"])
    np.random.seed(5)
    np.random.normal(size=3)
    assert np.random.normal(size=(1, 1)).tobytes() in [node[3] for node in call[1] if node[0] == "array"]


def test_a_probe_that_raises_without_the_answer_is_recorded_until_there():
    """What came before is kept."""

    def probe(module):
        module.wave(1.0)
        module.slope(Z).nothing()
        module.wave(2.0)

    assert len(calls(made(["wave"], probe)["wave"])) == 1


def test_a_probe_that_does_not_end_without_the_answer_is_ended(monkeypatch):
    """It waits for numbers that zeros never become."""
    monkeypatch.setattr(recording, "MOST_LINES", 2000)

    def probe(module):
        module.wave(1.0)
        exec(compile("while True: f(1.0)", "", "exec"), {"f": module.slope})

    assert len(calls(made(["wave"], probe)["wave"])) == 1


# --- what right variants ask for --------------------------------------------------------------------------

BY_WAVE = "def slope(z):\n    return np.sqrt(1 - wave(z) ** 2) + 0 * helper(z)\n\ndef helper(z): return z"


def test_a_variants_calls_with_what_it_was_handed_are_recorded():
    """A right answer may call a given where the check does not."""
    wave = player("wave", lambda module: module.slope(Z), variants=[BY_WAVE])
    assert np.array_equal(wave(Z), np.sin(Z))


@pytest.mark.parametrize(
    "body",
    ["wave(z + 1e-5) - wave(z - 1e-5)", "wave(np.cos(z))", "wave(np.cos(z[0, 0]))", "wave(float(np.cos(z[0, 0])))"],
)
def test_a_variants_calls_with_what_it_computed_are_not(body):
    """What a variant has computed is on the way to the answer, or is the answer."""
    found = made(["wave"], lambda module: module.slope(Z), variants=[f"def slope(z):\n    return {body}"])
    assert not calls(found["wave"])


@pytest.mark.parametrize("z", [Z, 0.5])
def test_a_variants_calls_with_the_negative_are_recorded(z):
    """sigma(z) * sigma(-z) is a right slope as well."""
    wave = player("wave", lambda module: module.slope(z), variants=["def slope(z):\n    return wave(-z)"])
    assert np.array_equal(wave(-np.asarray(z)), np.sin(-np.asarray(z)))


def test_a_variant_is_not_handed_the_stubs_answer():
    """Where the check hands one answer on to the next call, a variant's calls are not recorded there."""
    found = made(["wave"], lambda module: module.slope(module.slope(Z)), variants=[BY_WAVE])
    assert len(calls(found["wave"])) == 1
    assert np.frombuffer(calls(found["wave"])[0][1][0][3]).tolist() == Z.ravel().tolist()


def test_a_variant_harms_nothing():
    """It works on copies, what it draws is drawn by nobody else, and it may raise or not end."""
    variants = [
        "def slope(z):\n    z *= 0\n    np.random.normal()\n    raise ValueError",
        "def slope(z):\n    while z is z:\n        z = z",
    ]

    def probe(module):
        np.random.seed(1)
        z = Z.copy()
        module.slope(z)
        module.wave(z)
        module.wave(np.random.normal())

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(recording, "MOST_LINES", 2000)
        assert made(["wave"], probe, variants=variants) == made(["wave"], probe)


@pytest.mark.parametrize(
    ("probe", "stub", "apart"),
    [
        (lambda module: (module.wave(Z), module.slope(Z)), "slope", True),
        (lambda module: (module.wave(1.0), module.slope(Z)), "slope", False),
        (lambda module: (module.wave(Z), module.slope(1.0)), "slope", False),
        (lambda module: (module.wave(Z), module.pair(Z, Z)), "pair", False),
    ],
)
def test_points_of_a_curve_are_kept_apart_from_a_stub_that_is_one(probe, stub, apart):
    """Where entry by entry is recorded and entry by entry is asked for, checks are not to be put together."""
    assert recorded(load, ["wave"], [Stub(stub)], [probe]).apart is apart


def test_the_same_recordings_are_made_each_time():
    """They are the same bytes, so that a class is not observed more often than need be."""
    assert made(["Net.forward"], forward) == made(["Net.forward"], forward)
