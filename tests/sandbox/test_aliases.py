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


@pytest.mark.parametrize(
    ("asked", "of_it", "of_another"),
    [
        ("type(layer).__name__ == 'ReLU'", True, False),
        ("type(layer).__name__ in ('ReLU', 'Dense')", True, False),
        ("isinstance(layer, globals()['ReLU'])", True, False),
        ("{'ReLU': 1, 'Layer': 2}[type(layer).__name__]", 1, 2),
        ("type(layer).__name__ in ('ReLU', 'ReLu')", True, False),
    ],
)
def test_the_other_name_as_a_text_stands_for_the_stub(sit, asked, of_it, of_another):
    """Code that asks for a class by its name finds the one that it defines, also where a given one stands in."""
    relu = "class ReLU(Layer):\n    def forward(self, x): return max(x, 0)"
    uses = f"class Layer(Layer):\n    def forward(self, layer): return {asked}"
    probes = ["student.Layer().forward(student.ReLu())", "student.Layer().forward(student.Layer())"]
    assert values(sit([LAYER, relu, uses], probes, **CLASSES)) == [of_it, of_another]
    given = {"ReLu.forward": "def forward(self, x):\n    return 0\n"}
    assert values(sit([LAYER, relu, uses], probes, given=given, **CLASSES)) == [of_it, of_another]
