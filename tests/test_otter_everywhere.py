"""The gallery and the hostile suite under `otter run`: the marks of `autograder grade`, to the last digit.

A sample is run, as each takes seconds of Otter's own; AUTOGRADER_OTTER=all runs every one, for hours.
"""

import importlib
import os
from pathlib import Path

import pytest

from autograder.classroom import as_file
from autograder.loading import load

from .conftest import ROOT, TOY
from .gallery import composing
from .hostile.suite import Attack
from .otters import archive, marks_of, otter_run, our_marks

pytestmark = pytest.mark.slow

EVERY = os.environ.get("AUTOGRADER_OTTER") == "all"
HERE = Path(__file__).parent
GALLERY = sorted(path.stem for path in (HERE / "gallery").glob("*.py") if path.stem != "composing")
FAMILIES = "channels forging harming leaving leeching limits searching".split()
LOADED = {name: load(TOY if name == "toy" else ROOT / "assignments" / name) for name in GALLERY}
LOADED["waves"] = load(HERE / "hostile" / "course" / "assignments" / "waves")


def _sample(cases, share):
    return cases if EVERY else cases[share // 2 :: share]


CASES = _sample(
    [case for name in GALLERY for case in importlib.import_module(f".gallery.{name}", __package__).cases(LOADED[name])],
    60,
)
ATTACKS = _sample(
    [attack for name in FAMILIES for attack in importlib.import_module(f".hostile.{name}", __package__).ATTACKS], 20
)


@pytest.fixture(scope="session")
def zipped(tmp_path_factory):
    """The zip of an assignment, made when it is first asked for."""
    made = {}

    def of(name):
        if name not in made:
            made[name] = archive(LOADED[name], tmp_path_factory.mktemp(name) / "autograder.zip")
        return made[name]

    return of


def otters_results(path, name, zipped, out):
    """What Otter writes of a submission; there is something, and each entry says something."""
    done, results = otter_run(path, zipped(name), out)
    assert results is not None, done.stderr
    assert all(item["output"] for item in results["tests"])
    return results


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.assignment}-{case.name}")
def test_a_submission_of_the_gallery_gets_our_marks(case, zipped, tmp_path):
    """Right, wrong, broken, blank and written in every way: Otter's marks are ours."""
    path = composing.write(case, tmp_path)
    results = otters_results(path, case.assignment, zipped, tmp_path / "out")
    assert marks_of(results) == our_marks(path, LOADED[case.assignment])


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_a_hostile_submission_gets_our_marks(attack: Attack, zipped, tmp_path):
    """Whatever it is after, it gets what its functions earn, and Otter ends in order."""
    path = tmp_path / f"{attack.name}.ipynb"
    path.write_bytes(as_file([cell.source for cell in attack.submission(LOADED[attack.assignment]).cells]))
    results = otters_results(path, attack.assignment, zipped, tmp_path / "out")
    assert marks_of(results) == our_marks(path, LOADED[attack.assignment])
