"""Inert stand-ins for what draws, displays or talks to the notebook: nothing happens, and nothing fails."""

import builtins
import dis
import importlib.machinery
import sys
from collections.abc import Iterator, Sequence
from types import FunctionType, ModuleType
from typing import Any, Self

INERT = ("matplotlib", "mpl_toolkits", "pylab", "seaborn", "IPython", "ipywidgets", "google.colab", "otter")
_PARENTS = {"google"}  # packages of which only a part has a stand-in
_PASSING = "tqdm"
_UNPACKS = {dis.opmap["UNPACK_SEQUENCE"], dis.opmap["UNPACK_EX"]}


class Inert:
    """Takes part in anything and does nothing: `fig, ax = plt.subplots()`, `ax[0].plot(x)`, `with ax: ...`."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Inert()

    def __call__(self, *args: Any, **settings: Any) -> Any:
        """Nothing; as a decorator it leaves the function as it is."""
        if len(args) == 1 and not settings and isinstance(args[0], FunctionType | type):
            return args[0]
        return Inert()

    def __getitem__(self, key: Any) -> Any:
        return Inert()

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        """As many items as are unpacked, `fig, ax = …`; none for a loop."""
        caller = sys._getframe(1)  # noqa: SLF001  only the caller knows how many it unpacks
        code, place = caller.f_code.co_code, caller.f_lasti
        wanted = code[place + 1] if code[place] in _UNPACKS else 0
        return iter([Inert() for _ in range(wanted)])

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return ()

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True

    def __float__(self) -> float:
        return 0.0

    def __int__(self) -> int:
        return 0

    def __index__(self) -> int:
        return 0

    def _itself(self, *_: object) -> Any:
        return Inert()

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _itself
    __neg__ = __abs__ = _itself

    def _never(self, _: object) -> bool:
        return False

    __lt__ = __le__ = __gt__ = __ge__ = _never


class Passing:
    """tqdm's progress bar without the bar."""

    def __init__(self, iterable: Any = None, *_: Any, **__: Any) -> None:
        self.iterable = iterable

    def __iter__(self) -> Iterator[Any]:
        return iter(() if self.iterable is None else self.iterable)

    def __len__(self) -> int:
        return len(self.iterable)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def _nothing(self, *_: Any, **__: Any) -> None:
        pass

    update = close = refresh = reset = clear = display = unpause = _nothing
    set_description = set_description_str = set_postfix = set_postfix_str = _nothing
    write = pandas = staticmethod(lambda *_, **__: None)  # they are called on the class


def trange(*args: Any, **_: Any) -> Passing:
    """`tqdm(range(…))`."""
    return Passing(range(*args))


class _InertModule(ModuleType):
    """A module, any attribute of which is inert."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Inert()


class StandIns:
    """Finds and loads a stand-in for each module that has one, installed there or not.

    The abstract bases of `importlib.abc` would cost a third of NumPy's own import, and are not needed.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A specification of the stand-in, or None."""
        del path, target  # a stand-in is known by its name
        if not stands_in(fullname) and fullname not in _PARENTS:
            return None
        loader: Any = self
        return importlib.machinery.ModuleSpec(fullname, loader, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """An empty module of the right kind."""
        if spec.name in _PARENTS or spec.name.partition(".")[0] == _PASSING:
            return ModuleType(spec.name)
        return _InertModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Put tqdm's names in."""
        if module.__name__.partition(".")[0] == _PASSING:
            for name in ("tqdm", "tqdm_notebook", "auto_tqdm"):
                setattr(module, name, Passing)
            for name in ("trange", "tnrange"):
                setattr(module, name, trange)
        module.__all__ = []  # type: ignore[attr-defined]


def stands_in(module: str) -> bool:
    """Whether the module has a stand-in."""
    return any(module == name or module.startswith(name + ".") for name in (*INERT, _PASSING))


def install() -> None:
    """Before anything else is looked for, stand-ins are; and names that a notebook has without an import."""
    sys.meta_path.insert(0, StandIns())
    for name in ("display", "get_ipython", "help"):
        setattr(builtins, name, Inert())
    for name in ("exit", "quit"):
        setattr(builtins, name, sys.exit)
