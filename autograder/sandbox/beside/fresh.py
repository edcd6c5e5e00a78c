"""The state that each check finds: random numbers, warnings, floating-point errors, NumPy, as if none had run before.

Imported first, because NumPy takes `secrets.randbits` when `numpy.random` is imported: what it takes is ours,
so a `default_rng()` without a seed draws the same numbers whenever a submission is graded.
"""

import os
import random
import secrets
import sys
import warnings
from contextlib import suppress

_ENTROPY = random.Random(0)  # noqa: S311  it must repeat

_true_randbits = secrets.randbits
secrets.randbits = _ENTROPY.getrandbits  # type: ignore[assignment]  # its parameter has another name
import numpy as np  # noqa: E402
import numpy.random  # noqa: E402

secrets.randbits = _true_randbits

RECURSION_LIMIT = 3000  # a Jupyter kernel's

# taken now: what a student puts in their place is not used
_seed_numpy, _seed_python, _seed_entropy = np.random.seed, random.seed, _ENTROPY.seed
_resetwarnings, _simplefilter = warnings.resetwarnings, warnings.simplefilter
_setrecursionlimit, _settrace, _setprofile = sys.setrecursionlimit, sys.settrace, sys.setprofile
_seterr, _chdir, _default_rng = np.seterr, os.chdir, np.random.default_rng
_home = "/"
_SHARED = (np, np.linalg, np.random)
_kept: list[tuple[dict[str, object], str, object]] = []


def settle() -> None:
    """The folder that the process is in is where each check begins."""
    global _home  # noqa: PLW0603  a worker imports this module before there is a folder
    _home = os.getcwd()  # noqa: PTH109


def keep(names: set[str]) -> None:
    """What the cells have made of these names of NumPy's is what each check finds, whatever a stub makes of them."""
    _kept[:] = [(vars(module), name, vars(module)[name]) for module in _SHARED for name in names & vars(module).keys()]


def reset(seed: int) -> None:
    """Put everything back."""
    for space, name, value in _kept:
        space[name] = value
    _seed_numpy(seed % 2**32)
    _seed_python(seed)
    _seed_entropy(seed)
    _seterr(divide="warn", over="warn", under="ignore", invalid="warn")
    _resetwarnings()
    _simplefilter("ignore")
    _setrecursionlimit(RECURSION_LIMIT)
    _settrace(None)
    _setprofile(None)
    with suppress(OSError):  # it is empty, and a student's may have removed it
        _chdir(_home)


def generator(seed: int) -> np.random.Generator:
    """The generator that a probe draws from."""
    return _default_rng(seed)
