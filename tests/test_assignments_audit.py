"""Every assignment that is shipped passes its audit: no mistake and no mutant keeps its marks, no variant loses any.

The findings are kept in the user's cache, so this takes time only where an assignment or the harness has changed.
"""

import pytest

from autograder.audit import audit
from autograder.loading import load

from .conftest import ROOT, SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_it_passes(name):
    """What has to be put right is nothing; otherwise each sentence says what to add."""
    found = audit(load(ROOT / "assignments" / name))
    told = "\n".join(f"  {problem.sentence}" for problem in found.problems)
    assert found.clean, f"autograder audit {name}:\n{told}"
