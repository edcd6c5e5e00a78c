"""Aliases: a stub under another accepted name, whoever uses which, and inherited stubs that are not written yet."""

import pytest

from autograder.records import NoteKind, Outcome

FUNCTIONS = {"aliases": {"loopp": "loop"}, "stubs": ["loop", "use"]}
SKELETONS = {"Layer": "class Layer:\n    pass\n", "ReLu": 'class ReLu(Layer):\n    "Bends."\n'}
CLASSES = {
    "aliases": {"ReLU": "ReLu"},
    "stubs": ["Layer.forward", "ReLu.forward", "ReLu.backward"],
    "skeletons": SKELETONS,
    "blanks": {"ReLu.forward": "def forward(self, x):\n    ...\n"},
}
LAYER = "class Layer:\n    def forward(self, x): return x"
BLANK = "class ReLu(ReLu):\n    def forward(self, x):\n        ..."


def values(sitting):
    """What each probe returned, or how it ended."""
    return [item.value if item.outcome is Outcome.RETURNED else item.outcome for item in sitting.observations]


@pytest.mark.parametrize(
    "cells",
    [
        ["def loopp(x): return x + 1"],
        ["loopp = lambda x: x + 1"],
        ["def loop(x): ...", "def loopp(x): return x + 1"],
        ["def more(x, loopp=1): return x + loopp", "def loopp(x): return more(x, loopp=1)"],
        ["def loop(x): return x + 1", "again = loopp"],
        ["def make():\n    global loopp\n    loopp = lambda x: x + 1\nmake()"],
    ],
    ids=["defined", "assigned", "blank under its own name", "an argument", "only used", "global"],
)
def test_a_function_may_have_either_name(sit, cells):
    """Defined or used under another accepted name, it is the stub."""
    sitting = sit(cells, ["student.loop(1)"], **FUNCTIONS)
    assert values(sitting) == [2]
    assert sitting.defined == {"loop"}


def test_a_given_takes_the_place_of_both_names(sit):
    """Code that calls a stub by its other name gets the given one."""
    cells = ["def loopp(x): return -1", "def use(x): return loopp(x)"]
    assert values(sit(cells, ["student.use(1)"], given={"loop": "def loop(x): return 7"}, **FUNCTIONS)) == [7]


def test_two_names_for_two_things_stay_two(sit):
    """Where the cells define both, each keeps its meaning."""
    cells = [LAYER, "def ReLU(x): return max(x, 0)", "class ReLu(Layer):\n    def forward(self, x): return ReLU(x)"]
    assert values(sit(cells, ["student.ReLu().forward(-1)", "student.ReLu().forward(2)"], **CLASSES)) == [0, 2]


def test_a_local_variable_may_be_called_like_the_other_name(sit):
    """An instance kept under the other name in a function, or in a parameter, is not the class."""
    relu = "class ReLu(Layer):\n    def forward(self, x): return max(x, 0)"
    uses = "class ReLu(ReLu):\n    def backward(self, x):\n        ReLU = ReLu()\n        return ReLU.forward(x)"
    cells = [LAYER, relu, uses]
    assert values(sit(cells, ["student.ReLu().backward(-1)", "student.ReLu().backward(2)"], **CLASSES)) == [0, 2]


@pytest.mark.parametrize(
    "cells",
    [
        ["class ReLU(Layer):\n    def forward(self, x): return abs(x)"],
        [SKELETONS["ReLu"], "class ReLU(Layer):\n    def forward(self, x): return abs(x)"],
        [SKELETONS["ReLu"], "class ReLU(Layer):\n    def forward(self, x): return abs(x)", BLANK],
        [SKELETONS["ReLu"], "class ReLU(ReLU):\n    def forward(self, x): return abs(x)"],
        [SKELETONS["ReLu"], "class ReLu(ReLu):\n    def forward(self, x): return abs(x)", "net = [ReLU()]"],
    ],
    ids=["alone", "beside the skeleton", "above the blank", "method by method", "only used"],
)
def test_a_class_may_have_either_name(sit, cells):
    """A whole class, or a method added to it, under the other name."""
    sitting = sit([LAYER, *cells], ["student.ReLu().forward(-3)"], **CLASSES)
    assert values(sitting) == [3]
    assert "ReLu.forward" in sitting.defined


def test_an_inherited_stub_is_not_written(sit):
    """A layer that begins with its base's forward has not been attempted, and is not taken for its base's."""
    sitting = sit([LAYER, SKELETONS["ReLu"], BLANK], ["student.ReLu().forward(-3)"], **CLASSES)
    assert sitting.defined == {"Layer.forward"}
    assert NoteKind.BLANK in {note.kind for note in sitting.notes}
    given = sit(
        [LAYER, SKELETONS["ReLu"]],
        ["student.ReLu().forward(-3)", "student.Layer().forward(-3)"],
        given={"ReLu.forward": "def forward(self, x): return 0"},
        **CLASSES,
    )
    assert values(given) == [0, -3]


def test_a_given_of_the_base_stays_with_the_base(sit):
    """The base's given forward is not taken for one that the layer's student wrote."""
    cells = [LAYER, SKELETONS["ReLu"], "class ReLu(ReLu):\n    def backward(self, x): return self.forward(x)"]
    sitting = sit(
        cells, ["student.ReLu().backward(1)"], given={"Layer.forward": "def forward(self, x): return 5"}, **CLASSES
    )
    assert values(sitting) == [5]
    assert sitting.defined == {"Layer.forward", "ReLu.backward"}


RELU = "class ReLU(Layer):\n    def forward(self, x): return max(x, 0)"
FROM_TEMPLATE = RELU.replace("ReLU", "ReLu")


@pytest.mark.parametrize(
    ("asked", "of_it", "of_another"),
    [
        ("type(layer).__name__ == 'ReLU'", True, False),
        ("type(layer).__name__ in ('ReLU', 'Dense')", True, False),
        ("isinstance(layer, globals()['ReLU'])", True, False),
        ("isinstance(layer, eval('ReLU'))", True, False),
        ("{'ReLU': 1, 'Layer': 2}[type(layer).__name__]", 1, 2),
        ("type(layer).__name__ in ('ReLU', 'ReLu')", True, False),
        ("type(layer).__name__ in 'ReLU,Dense'.split(',')", True, False),
        ("type(layer).__name__.endswith('LU')", True, False),
        ("type(layer).__qualname__ == 'ReLU'", True, False),
        ("type(layer).forward.__qualname__ == 'ReLU.forward'", True, False),
        ("bool(__import__('re').match('(ReLU|Dense)$', type(layer).__name__))", True, False),
        ("hasattr(layer, '_ReLU__own')", True, False),
        ("layer._ReLU__own if hasattr(layer, '_ReLU__own') else 0", 4, 0),
    ],
)
def test_a_class_is_called_what_its_student_calls_it(sit, asked, of_it, of_another):
    """Code that asks for a class by its name finds the one that it defines, also where a given one stands in."""
    uses = f"class Layer(Layer):\n    def forward(self, layer): return {asked}"
    probes = ["student.Layer().forward(student.ReLu())", "student.Layer().forward(student.Layer())"]
    cells = [LAYER, RELU + "\n    __own = 4", uses]
    assert values(sit(cells, probes, **CLASSES)) == [of_it, of_another]
    if "qualname__ == 'ReLU.forward'" not in asked:  # the given one has its own
        given = {"ReLu.forward": "def forward(self, x):\n    return 0\n"}
        assert values(sit(cells, probes, given=given, **CLASSES)) == [of_it, of_another]


@pytest.mark.parametrize(
    ("cells", "asked"),
    [
        (["from enum import Enum", "class Kind(Enum):\n    ReLU = 1\n    Dense = 2"], "Kind.ReLU.name == 'ReLU'"),
        (
            ["from enum import Enum", "class Kind(Enum):\n    ReLU = 1"],
            "Kind[type(layer).__name__] is Kind.ReLU and 'ReLu' not in Kind.__members__",
        ),
        (["class L: ReLU = ReLU"], "isinstance(layer, L.ReLU)"),
        (["from types import SimpleNamespace", "names = SimpleNamespace(ReLU=ReLU)"], "isinstance(layer, names.ReLU)"),
        (
            [
                "from collections import namedtuple",
                "Ls = namedtuple('Ls', 'ReLU Layer')",
                "ls = Ls(ReLU=ReLU, Layer=1)",
            ],
            "isinstance(layer, ls.ReLU)",
        ),
        (
            ["class Names: pass", "for c in (Layer, ReLU):\n    setattr(Names, c.__name__, c)"],
            "isinstance(layer, Names.ReLU)",
        ),
        (
            ["class Visitor:\n    def back_ReLU(self): return True"],
            "getattr(Visitor(), f'back_{type(layer).__name__}')()",
        ),
        (["def kind(ReLU=1): return ReLU", "def ask(layer): return kind(ReLU=True)"], "ask(layer)"),
        (["def ask(layer):\n    return any(ReLU for ReLU in (0, 1))"], "ask(layer) is True"),
        (
            ["def ask(layer):\n    match {'k': 1}:\n        case {'k': ReLU, **ReLu}: return (ReLU, ReLu)"],
            "ask(layer) == (1, {})",
        ),
        (
            [
                "def ask(layer):\n    def inner():\n        nonlocal ReLU\n        ReLU += 1\n"
                "    ReLU = 1\n    inner()\n    return ReLU"
            ],
            "ask(layer) == 2",
        ),
        (["class Names:\n    ReLU = 5\n    def ask(self): return ReLU"], "isinstance(layer, Names().ask())"),
        (["def ask(ReLu): return isinstance(ReLu, ReLU)"], "ask(layer)"),
        (["def ask(layer):\n    return (lambda c=ReLU: isinstance(layer, c))()"], "ask(layer)"),
    ],
    ids=[
        "member",
        "member by name",
        "class attribute",
        "namespace",
        "named tuple",
        "setattr",
        "visitor",
        "parameter",
        "comprehension",
        "match",
        "nonlocal",
        "class scope",
        "the stub's own name for a parameter",
        "default",
    ],
)
def test_what_is_no_global_keeps_its_name(sit, cells, asked):
    """Members, fields, keywords and locals are the student's own affair."""
    uses = f"class Layer(Layer):\n    def forward(self, layer): return {asked}"
    probes = ["student.Layer().forward(student.ReLu())", "student.ReLu().forward(3)"]
    assert values(sit([LAYER, RELU, *cells, uses], probes, **CLASSES)) == [True, 3]


@pytest.mark.parametrize(
    ("cells", "asked"),
    [
        (["from enum import Enum", "class Kind(Enum):\n    ReLU = 1"], "Kind.ReLU is Kind['ReLU']"),
        (
            ["from dataclasses import dataclass", "@dataclass\nclass Config:\n    ReLU: bool = True"],
            "Config().ReLU and Config(ReLU=True).ReLU",
        ),
        (["from types import SimpleNamespace", "names = SimpleNamespace(ReLU=True)"], "names.ReLU"),
        (["LABELS = {'ReLU': True}"], "LABELS.get(type(layer).__name__.replace('u', 'U'))"),
        (["ReLU = True"], "ReLU"),
    ],
)
def test_who_uses_the_stubs_own_name_may_use_the_other_for_anything(sit, cells, asked):
    """Beside a class under the template's name the other one is a member, a field or a flag."""
    uses = f"class Layer(Layer):\n    def forward(self, layer): return {asked}"
    probes = ["student.Layer().forward(student.ReLu())", "type(student.ReLu()).__name__"]
    assert values(sit([LAYER, FROM_TEMPLATE, *cells, uses], probes, **CLASSES)) == [True, "ReLu"]


@pytest.mark.parametrize(
    "cell",
    [
        f"BOOK = {{}}\ndef enter(made):\n    BOOK[made.__name__] = made\n    return made\n@enter\n{RELU}",
        "BOOK = {}\nclass Base:\n    def __init_subclass__(cls): BOOK[cls.__name__] = cls\n"
        + RELU.replace("Layer", "Base"),
    ],
    ids=["decorator", "base"],
)
def test_a_class_is_entered_under_its_name_as_it_is_made(sit, cell):
    """A decorator or a base that keeps a book of classes meets the name that the student wrote."""
    uses = "class Layer(Layer):\n    def forward(self, x): return BOOK['ReLU']().forward(x)"
    assert values(sit([LAYER, cell, uses], ["student.Layer().forward(3)"], **CLASSES)) == [3]


def test_a_stub_that_is_missing_is_missed_under_either_name(sit):
    """Code that calls by the other name what nobody wrote misses the stub."""
    (found,) = sit(["def use(x): return loopp(x)"], ["student.use(1)"], **FUNCTIONS).observations
    assert (found.outcome, found.stub) == (Outcome.MISSING, "loop")


def test_a_layer_that_extends_the_other_name_has_not_been_written(sit):
    """What a stub's class inherits from a stub's class under its other name is not its own."""
    bench = {**CLASSES, "stubs": [*CLASSES["stubs"], "Leaky.forward"]}
    sitting = sit([LAYER, RELU, "class Leaky(ReLU): pass"], [], **bench)
    assert sitting.defined == {"Layer.forward", "ReLu.forward"}


def test_a_stub_that_loops_is_told_under_its_own_name(sit):
    """Time that runs out in a method of a class under the other name is that stub's."""
    relu = "class ReLU(Layer):\n    def forward(self, x):\n        while True: pass"
    (found,) = sit([LAYER, relu], ["student.ReLu().forward(1)"], **CLASSES).observations
    assert (found.outcome, found.stub) == (Outcome.TIMED_OUT, "ReLu.forward")
