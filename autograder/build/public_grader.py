"""Makes `grader` in a student's notebook: Otter's, with the checks that the notebook carries, and plain messages.

The build copies this text into the notebook. It needs otter-grader, and says so where that is missing.
"""

import os
import re
from types import SimpleNamespace
from typing import Any

NO_OTTER = (
    "The checks need the package otter-grader: run  %pip install otter-grader  in a cell of its own, and then the "
    "first cell again. Everything else in this notebook works without it."
)
NO_FILE = "No zip file can be written here. Hand in the notebook itself (in Colab: File > Download > Download .ipynb)."


def make_grader(tests: str, names: dict[str, Any]) -> Any:
    """The notebook's grader. `names` are the notebook's own names; `tests` is the folder of the test files."""
    try:
        import otter
    except ModuleNotFoundError:
        print(NO_OTTER)
        return SimpleNamespace(**dict.fromkeys(("check", "check_all", "export"), lambda *_, **__: print(NO_OTTER)))

    class Grader(otter.Notebook):  # type: ignore[misc]
        def check(self, question: str, global_env: Any = None) -> Any:
            result = super().check(question, names if global_env is None else global_env)
            for outcome in result.test_case_results:
                outcome.message = plainly(outcome.message)
            return result

        def export(self, *positional: Any, **named: Any) -> Any:
            try:
                return super().export(*positional, **named)
            except (RuntimeError, ValueError):  # Colab, or a folder in which the notebook's file is not found
                print(NO_FILE)

    # Jupyter and VS Code say which file this is; elsewhere Otter looks for it
    here = os.path.basename(os.environ.get("JPY_SESSION_NAME") or names.get("__vsc_ipynb_file__") or "")
    return Grader(here if os.path.isfile(here) else None, tests_dir=tests)


def plainly(message: str) -> str:
    """Otter's message without the place in the test file, which says nothing to a student."""
    failed = r"^❌ Test case failed\nError at line \d+ in test \w+:\n.*\n\w+: "
    return re.sub(failed, "❌ ", message).replace("✅ Test case passed", "✅ passed")
