"""The notebook's first cell: it carries the public checks and makes `grader` ready, wherever the notebook is opened."""

from __future__ import annotations

import ast
import base64
import json
from collections.abc import Mapping

# Written for the student's eye. It works in a renamed notebook, alone in an empty folder, in Colab and in VS Code,
# because the checks lie in this cell and not beside it.
SOURCE = """\
# Run this cell first. It makes the checks ready: the cells below that say grader.check(...).
# There is nothing to change here. The long lines hold the checks; they are unpacked to a temporary folder.
def ready(checks):
    import base64, json, pathlib, sys, tempfile

    folder = pathlib.Path(tempfile.mkdtemp(prefix="checks-"))
    (folder / "tests").mkdir()
    for name, text in json.loads(base64.b64decode(checks)).items():
        (folder / name).write_text(text, encoding="utf-8")
    sys.path.insert(0, str(folder))
    from notebook_checks import make_grader

    return make_grader(str(folder / "tests"), globals())


grader = ready(
{payload}
)
"""
_LINE = 8000  # VS Code and Colab fold a cell that has lines of 10,000 characters, and it fills many screens


def compose(files: Mapping[str, str]) -> str:
    """The cell's source. The files are not deflated: what that gives depends on the machine's zlib."""
    packed = json.dumps(dict(files), ensure_ascii=True, sort_keys=True)
    text = base64.b64encode(packed.encode()).decode()
    lines = [f'    "{text[start : start + _LINE]}"' for start in range(0, len(text), _LINE)]
    return SOURCE.rstrip("\n").replace("{payload}", "\n".join(lines))


def unpack(source: str) -> dict[str, str]:
    """The files that a first cell carries, by name."""
    payload = ast.literal_eval("(" + source.rpartition("ready(")[2])  # the call's own end closes it
    files: dict[str, str] = json.loads(base64.b64decode(payload))
    return files
