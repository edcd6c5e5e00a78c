"""The notebook's first cell: it carries the public checks and makes `grader` ready, wherever the notebook is opened."""

from __future__ import annotations

import base64
import json

from .public_checks import PublicChecks

# Written for the student's eye. It works in a renamed notebook, alone in an empty folder, in Colab and in VS Code:
# the checks lie in this cell, not beside it; and Otter is told the notebook's name where an editor makes it known.
SOURCE = '''\
# Run this cell first. It makes the checks ready: the cells below that say grader.check(...).
# There is nothing to change here. The long line at the end holds the checks.
def ready(checks):
    import base64, json, os, pathlib, sys, tempfile, types

    try:
        import otter
    except ModuleNotFoundError:
        def explain(*_, **__):
            print("The checks need the package otter-grader. Run  %pip install otter-grader  in a cell of its own,")
            print("and then the first cell again. Everything else in this notebook works without it.")
        explain()
        return types.SimpleNamespace(check=explain, check_all=explain, export=explain)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="checks-"))
    packed = json.loads(base64.b64decode(checks))
    for name, text in packed["files"].items():
        (folder / f"{name}.py").write_text(text + packed["shared"], encoding="utf-8")
    here = os.path.basename(os.environ.get("JPY_SESSION_NAME") or globals().get("__vsc_ipynb_file__", ""))
    grader = otter.Notebook(here if os.path.isfile(here) else None, tests_dir=str(folder))
    if "google.colab" in sys.modules:
        grader.export = lambda *_, **__: print("In Colab: File > Download > Download .ipynb; hand in that file.")
    return grader


grader = ready("{payload}")
'''


def compose(checks: PublicChecks) -> str:
    """The cell's source. The checks are not deflated: what that gives depends on the machine's zlib."""
    packed = json.dumps({"files": checks.files, "shared": checks.shared}, ensure_ascii=True, sort_keys=True)
    return SOURCE.rstrip("\n").replace("{payload}", base64.b64encode(packed.encode()).decode())


def unpack(source: str) -> PublicChecks:
    """The checks that a first cell carries."""
    payload = source.rpartition('ready("')[2].rpartition('")')[0]
    packed = json.loads(base64.b64decode(payload))
    return PublicChecks(packed["files"], packed["shared"])
