"""The folder that students get: the notebook, its data, and what is needed to run it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import AssignmentError
from ..loading import Loaded
from .archive import arrays
from .notebook import written

if TYPE_CHECKING:
    import nbformat

TESTS = Path(__file__).with_name("public_tests.py")
PIPELINES = {
    ".github/workflows/autograding.yml": "github_public.yml",
    ".github/workflows/grading.yml": "github_graded.yml",
    ".gitlab-ci.yml": "gitlab.yml",
}
REQUIREMENTS = ("jupyterlab", "matplotlib", "numpy", "otter-grader>=7,<8")

README = """\
# {title}

Everything is in `{name}.ipynb`. To open it on your own machine, with Python 3.11 or newer:

    python -m pip install -r requirements.txt
    jupyter lab {name}.ipynb

It also runs in VS Code, and in Google Colab after `%pip install otter-grader`.{data}

Run the first cell first. Then work from the top: read, replace each `...` by your code, run the cell, run the check
below it. When you are done, hand in the notebook, or the zip file that the last cell writes.

Who likes to can run all checks at once, without opening the notebook:

    python -m pip install {packages} pytest
    pytest

In a repository on GitHub or GitLab that holds these files the same happens at every push.
"""


def files(loaded: Loaded, notebook: nbformat.NotebookNode) -> dict[str, bytes]:
    """The files of the folder by name. Raises AssignmentError where a data file has no name that it can have."""
    made = {f"{loaded.name}.ipynb": written(notebook)}
    for name, produce in loaded.definition.data.items():
        if not name.endswith(".npz") or Path(name).name != name:
            raise AssignmentError(f"{loaded.name}: data file {name!r}; a plain name that ends in .npz is wanted")
        made[name] = arrays(produce())
    beside = ", ".join(f"`{name}`" for name in loaded.definition.data)
    data = f" It reads {beside}, which must lie beside it." if beside else ""
    packages = " ".join(sorted({"numpy", *loaded.definition.packages}))
    readme = README.format(title=loaded.definition.title, name=loaded.name, data=data, packages=packages)
    made["README.md"] = readme.encode()
    made[f"test_{loaded.name}.py"] = TESTS.read_bytes()
    for name, source in PIPELINES.items():
        text = Path(__file__).with_name("pipelines").joinpath(source).read_text(encoding="utf-8")
        made[name] = text.replace("NAME", loaded.name).replace("PACKAGES", packages).encode()
    needed = sorted({*REQUIREMENTS, *loaded.definition.packages})
    made["requirements.txt"] = ("\n".join(needed) + "\n").encode()
    return made


def write(made: dict[str, bytes], folder: Path) -> None:
    """Write the files, and remove what an earlier build left beside them."""
    for path in [*folder.glob("*"), *folder.glob(".github/workflows/*")]:
        if path.is_file() and path.relative_to(folder).as_posix() not in made:
            path.unlink()
    for name, content in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
