"""The gallery of `mlp`: what can happen to a notebook, to its cells, to a method and to its class."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator

from autograder.classroom import cells
from autograder.loading import Loaded

from .composing import NOT_ATTEMPTED, Case, beginning_with, blanks, known, method

WRONG_SOFTMAX = """\
def softmax(self, x):
    return np.exp(x) / np.sum(np.exp(x))
"""

TRAINING = """\
import time
net = MLP(layer_dims=(64, 32, 10))
x, y = np.random.rand(2000, 64), MLP.one_hot_encode(np.random.randint(0, 10, 2000), 10)
for epoch in range(1000):
    net.train(x, y, num_iterations=100)
    time.sleep(1)
    print(epoch, net.losses[-1])
"""


class _MlpGallery:
    """Composes the cases of `mlp`; each method yields those of one kind."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.reference = loaded.reference

    def __iter__(self) -> Iterator[Case]:
        yield from known(self.loaded)
        yield from self.whole_notebooks()
        yield from self.cells_that_fail()
        yield from self.functions_that_fail()
        yield from self.definitions()
        yield from self.bindings()
        yield from self.extras()
        yield from self.template_code()

    def solution(self, stub: str) -> str:
        return self.reference.function(f"MLP.{stub}").solution

    def with_stubs(self, **replaced: str | None) -> tuple[str, ...]:
        return cells(self.reference, {f"MLP.{stub}": source for stub, source in replaced.items()})

    def right(self, name: str, about: str, *sources: str, file: str = "mlp.ipynb", kernel: str = "python3") -> Case:
        return Case(name, "mlp", about, sources, file=file, kernel=kernel)

    def broken(self, name: str, about: str, sources: tuple[str, ...], **loses: str | None) -> Case:
        return Case(name, "mlp", about, sources, loses=loses, whole_exempt=True)

    def whole_notebooks(self) -> Iterator[Case]:
        sources = self.with_stubs()
        yield self.right("renamed", "The notebook has another name.", *sources, file="hw 1 - final (2) ü.ipynb")
        yield self.right("unknown_kernel", "The kernel is not installed here.", *sources, kernel="conda-env-deep-py")
        yield self.right("long_training", "A training cell takes minutes; it costs no time.", *sources, TRAINING)
        yield self.right(
            "under_main",
            "The training stands under __main__.",
            *sources,
            'if __name__ == "__main__":\n' + textwrap.indent(TRAINING, "    "),
        )
        head, *methods = sources[1:]
        yield self.right(
            "defined_under_main",
            "Methods are defined under __main__.",
            sources[0],
            head,
            'if __name__ == "__main__":\n' + textwrap.indent("\n".join(methods), "    "),
        )

    def cells_that_fail(self) -> Iterator[Case]:
        first, *rest = self.with_stubs()
        yield self.right("raises_early", "A cell near the top raises.", first, "scores = [1, 2]\nscores[2]", *rest)
        yield self.right("exits_early", "A cell near the top ends Python.", first, "import sys\nsys.exit()", *rest)
        yield self.right(
            "python_2_print", "A cell ends in a print of Python 2.", *self.ending("softmax", 'print "softmax is done"')
        )
        yield self.broken(
            "syntax_error_in_a_cell",
            "The cell of one method does not parse.",
            self.with_stubs(softmax=self.solution("softmax") + "    return (\n"),
            softmax="missing",
        )
        yield self.broken(
            "python_2_print_in_a_method",
            "One method prints as in Python 2.",
            self.with_stubs(softmax=beginning_with(self.solution("softmax"), 'print "softmax of", x')),
            softmax="missing",
        )
        whole = self.reference.edited("MLP.softmax", beginning_with(self.solution("softmax"), "if x = 0: pass"))
        yield self.broken(
            "syntax_error_inside_a_class", "The class stands in one cell; one method does not parse.", (whole,),
            softmax="missing",
        )  # fmt: skip

    def functions_that_fail(self) -> Iterator[Case]:
        damage = [
            ("exits", "sys.exit()", "import sys; sys.exit()", "raised"),
            ("ends_the_process", "os._exit(0)", "import os; os._exit(0)", "crashed"),
            ("loops", "an endless loop", "while True: pass", "timed out"),
            ("raises", "an exception", "x.no_such_name", "raised"),
            ("fills_memory", "a request for more memory than there is", "np.ones(1 << 40)", "out of memory"),
            ("returns_nothing", "a bare return", "return None", "wrong type"),
            ("returns_one_column", "the wrong shape", "return np.ones(np.shape(x))[..., :1]", "wrong shape"),
            ("returns_nan", "nan", "return x * np.nan", "not finite"),
            ("returns_an_object", "an object of its own", "return object()", "wrong type"),
        ]
        for name, what, statement, verdict in damage:
            source = beginning_with(self.solution("softmax"), statement)
            yield self.broken(
                f"softmax_{name}", f"softmax meets {what}.", self.with_stubs(softmax=source), softmax=verdict
            )

    def definitions(self) -> Iterator[Case]:
        wrong, right = method("MLP", WRONG_SOFTMAX), method("MLP", self.solution("softmax"))
        sources = self.with_stubs(softmax=None)
        yield self.right("twice_right_last", "A method is defined twice, the right one last.", *sources, wrong, right)
        yield self.broken(
            "twice_wrong_last", "A method is defined twice, the wrong one last.", (*sources, right, wrong), softmax=None
        )
        yield self.broken("missing_stub", "One method is not there at all.", sources, softmax="missing")
        yield self.broken(
            "blank_stub",
            "One method is still the template's.",
            self.with_stubs(softmax=self.reference.function("MLP.softmax").blank),
            softmax=NOT_ATTEMPTED,
        )
        renamed = self.reference.text.replace("def softmax", "def soft_max").replace("self.softmax", "self.soft_max")
        yield self.broken("renamed_stub", "One method has another name, everywhere.", (renamed,), softmax="missing")
        skeleton, *stubs = cells(self.reference, blanks(self.reference))[1:]
        full = ast.unparse(next(node for node in ast.parse(self.reference.text).body if isinstance(node, ast.ClassDef)))
        yield self.right(
            "class_above_blank_stubs",
            "The whole class was pasted above the blank stubs.",
            "import numpy as np",
            skeleton,
            full,
            *stubs,
        )
        yield self.right(
            "class_above_everything",
            "The whole class was pasted above the template's own cells.",
            self.reference.text,
            skeleton,
            *stubs,
        )
        yield self.right(
            "blank_copies_below", "The blank stubs were copied below the filled ones.", *self.with_stubs(), *stubs
        )
        yield self.right("split_in_two", "The class is written in two halves.", *self.halves())

    def halves(self) -> tuple[str, ...]:
        names = list(self.reference.stubs)
        first, second = names[: len(names) // 2], names[len(names) // 2 :]
        support, skeleton = self.with_stubs()[:2]
        bodies = [
            "\n".join(textwrap.indent(self.reference.function(name).solution, "    ") for name in half)
            for half in (first, second)
        ]
        return (support, skeleton.rstrip() + "\n\n" + bodies[0], "class MLP(MLP):\n" + bodies[1])

    def bindings(self) -> Iterator[Case]:
        sources, soft = self.with_stubs(), self.with_stubs(softmax=None)
        yield self.right(
            "class_overwritten", "The class's name is bound to a network.", *sources, "MLP = MLP(layer_dims=(4, 3, 2))"
        )
        yield self.right(
            "method_overwritten",
            "A method's name is bound to a result.",
            *sources,
            "net = MLP(layer_dims=(4, 3, 2))\nMLP.softmax = net.softmax(np.zeros((2, 3)))",
        )
        yield self.right(
            "function_put_into_class",
            "A function is written outside and put into the class.",
            *soft,
            f"{self.solution('softmax')}\nMLP.softmax = softmax",
        )
        yield self.right(
            "partial",
            "A method is a functools.partial in the class.",
            *self.with_stubs(one_hot_encode=None),
            "import functools\n\n"
            "def encode(labels, num_classes, hot):\n"
            "    labels = np.array(labels, dtype=int).reshape(-1, 1)\n"
            "    return hot * (labels == np.arange(num_classes))\n\n"
            "MLP.one_hot_encode = staticmethod(functools.partial(encode, hot=1.0))",
        )
        yield self.right(
            "vectorize",
            "A method rests on a np.vectorize of its own.",
            *self.with_stubs(gradient_activation_fn=None),
            "positive = np.vectorize(lambda v: 1.0 if v > 0 else 0.0, otypes=[float])\n"
            "slopes = {'relu': positive, 'sigmoid': lambda a: a * (1 - a), 'tanh': lambda a: 1 - a * a}\n\n"
            "def gradient_activation_fn(self, x):\n"
            "    return slopes[self.activation](np.array(x, dtype=float))\n\n"
            "MLP.gradient_activation_fn = gradient_activation_fn",
        )
        draws = self.solution("init_parameters").replace("np.random.uniform", "rng.uniform")
        yield self.right(
            "default_rng",
            "The weights are drawn from a generator at the top level.",
            "import numpy as np\nrng = np.random.default_rng(0)",
            *self.with_stubs(init_parameters=draws),
        )
        captured = self.solution("layer_forward").replace("layer_number):", "layer_number, last=MLP.softmax):")
        yield self.broken(
            "captured_default",
            "A wrong softmax is captured as a default while the cells run.",
            self.with_stubs(
                softmax=WRONG_SOFTMAX, layer_forward=captured.replace("self.softmax(o)", "last(self, o)")
            ),
            softmax=None,
        )  # fmt: skip
        yield self.right("out_of_order", "What a method uses is defined below it.", *self.out_of_order())
        yield self.right(
            "method_above_the_class", "Methods and a helper stand above the class.", *self.above_the_class()
        )

    def above_the_class(self) -> tuple[str, ...]:
        helped = self.solution("softmax").replace(
            "def softmax(self, x):", "def softmax(self, x):\n    x = self.same(x)"
        )
        assert "self.same" in helped
        support, skeleton, *stubs = self.with_stubs(softmax=helped + "\ndef same(self, x):\n    return x\n")
        skeleton = skeleton.replace("self.forward_cache = []", "self.forward_cache = []\n        self.made = True")
        assert "self.made" in skeleton
        return (stubs[0], *stubs[3:6], skeleton, *stubs[1:3], *stubs[6:], support)

    def out_of_order(self) -> tuple[str, ...]:
        uses = (
            "def one_hot_encode(labels, num_classes):\n"
            "    labels = np.array(labels, dtype=int).reshape(-1, 1)\n"
            "    return HOT * equal(labels, np.arange(num_classes))\n"
        )
        sources = self.with_stubs(one_hot_encode="@staticmethod\n" + uses)
        return (*sources, "def equal(a, b):\n    return (a == b) + COLD", "HOT, COLD = 1.0, 0.0")

    def extras(self) -> Iterator[Case]:
        support, skeleton, *stubs = self.with_stubs(
            train=self.solution("train").replace("in range(num_iterations)", "in tqdm(range(num_iterations))")
        )
        missing = (
            "from tqdm import tqdm\nimport seaborn as sns\nimport tensorflow as tf, torch\n"
            "from tensorflow.keras.datasets import mnist\nsns.set()\n"
            "(x_train, y_train), (x_test, y_test) = mnist.load_data()\n"
        )
        yield self.right("missing_packages", "Imports that are not installed.", missing, support, skeleton, *stubs)
        support, skeleton, *stubs = self.with_stubs()
        yield self.right(
            "magics",
            "Magics, shell lines and questions, also in the cells of methods.",
            "%matplotlib inline\n%load_ext autoreload\n%autoreload 2\n!pip install -q numpy\n?np.dot\n" + support,
            skeleton,
            "files = !ls\n%cd ..\n",
            *(f"%pdb off\n{source}" for source in stubs),
        )
        yield self.right(
            "timed_cells",
            "Every definition stands under %%time or its like.",
            f"%%capture output\n{support}",
            f"%%time\n{skeleton}",
            *(f"%%time\n{source}" for source in stubs),
        )

    def ending(self, stub: str, line: str) -> tuple[str, ...]:
        cell = method("MLP", self.solution(stub))
        return tuple(f"{source}\n{line}\n" if source == cell else source for source in self.with_stubs())

    def template_code(self) -> Iterator[Case]:
        support, skeleton, *stubs = self.with_stubs()
        start = "        self.forward_cache = []\n"
        assert start in skeleton
        yield self.right(
            "edited_init",
            "__init__ has an attribute more, and a method uses it.",
            support,
            skeleton.replace(start, start + "        self.calls = 0\n"),
            *(
                source.replace("self.forward_cache = [{", "self.calls += 1\n        self.forward_cache = [{")
                for source in stubs
            ),
        )
        yield self.broken(
            "broken_init",
            "__init__ no longer keeps the learning rate; the methods are right.",
            (support, skeleton.replace("self.lr = lr", "self.lr = 0"), *stubs),
        )
        yield self.broken(
            "own_cache", "A cache with keys of its own, beside a wrong softmax.", self.own_cache(), softmax=None
        )

    def own_cache(self) -> tuple[str, ...]:
        forward = self.solution("layer_forward").replace('"a": a}', '"a": a, "x": x, "layer": layer_number}')
        backward = self.solution("layer_backward").replace(
            'self.forward_cache[layer_number - 1]["a"]', 'self.forward_cache[layer_number]["x"]'
        )
        assert '"x": x' in forward
        assert '["x"]' in backward
        return self.with_stubs(softmax=WRONG_SOFTMAX, layer_forward=forward, layer_backward=backward)


def cases(loaded: Loaded) -> list[Case]:
    """Every case of `mlp`."""
    return list(_MlpGallery(loaded))
