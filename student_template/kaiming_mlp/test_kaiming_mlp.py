"""The notebook's own checks as tests: run  pytest  in this folder. It needs numpy and pytest, and nothing else.

What your functions need is run (imports, definitions, constants), and nothing else: no training, no plots. There is
nothing to change here; the checks are those that the first cell of the notebook carries.
"""

import ast
import base64
import contextlib
import dis
import json
import os
import pathlib
import re
import signal
import types
from collections.abc import Iterator
from typing import Any

import pytest

HERE = pathlib.Path(__file__).parent
SECONDS = 60  # for each statement, and for each check
SECONDS_LATER = 5  # once something did not end: much else may call it

os.environ.setdefault("MPLBACKEND", "Agg")  # a plot opens no window


def notebook() -> pathlib.Path:
    """The notebook beside this file: the one of its name, else the only one."""
    named = HERE / f"{pathlib.Path(__file__).stem.removeprefix('test_')}.ipynb"
    there = [named] if named.is_file() else sorted(HERE.glob("*.ipynb"))
    if len(there) != 1:
        pytest.fail(f"{named.name} is not beside this file, nor is it the only notebook here.", pytrace=False)
    return there[0]


def code_cells(path: pathlib.Path) -> list[str]:
    """The code cells of a notebook."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (KeyError, TypeError, ValueError):
        return pytest.fail(f"{path.name} is not a notebook; save it again.", pytrace=False)


def carried(cells: list[str]) -> Any:
    """The checks that the first cell carries."""
    packed = next(filter(None, (re.search(r'ready\(\s*"([\w+/="\s]+)"\s*\)', cell) for cell in cells)), None)
    if packed is None:
        pytest.fail("The first cell is not as it was: it carries the checks. Take it from the template.", pytrace=False)
    made = types.ModuleType("notebook_checks")
    text = json.loads(base64.b64decode(packed[1]))["notebook_checks.py"]  # quotes and line ends are passed over
    exec(compile(text, "notebook_checks.py", "exec"), vars(made))  # noqa: S102  the checks, as the notebook runs them
    return made


# --- what is run -------------------------------------------------------------------------------------


def statements(cells: list[str], problems: list[str]) -> Iterator[tuple[int, ast.stmt]]:
    """The statements of each cell, with its number. What Jupyter alone understands is left out."""
    for number, cell in enumerate(cells, 1):
        source = re.sub(r"^[ \t]*[%!].*$", "", cell, flags=re.MULTILINE)
        try:
            found = ast.parse(source, f"code cell {number}").body
        except SyntaxError as error:
            problems.append(f"Code cell {number} is not Python yet: look at line {error.lineno}.")
            continue
        for statement in found:
            yield number, statement


def needed(found: list[tuple[int, ast.stmt]]) -> list[tuple[int, types.CodeType]]:
    """The imports, the definitions, and what gives a value to a name that these use."""
    codes = [compile(ast.Module([item], []), f"code cell {number}", "exec") for number, item in found]
    define = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
    chosen = {place for place, (_, item) in enumerate(found) if isinstance(item, define)}
    while True:
        used = {name for place in chosen for name in names_in(codes[place], "LOAD_GLOBAL", "LOAD_NAME")}
        used |= {item.name for place in chosen if isinstance(item := found[place][1], ast.ClassDef | ast.FunctionDef)}
        more = {place for place, code in enumerate(codes) if used & changed(found[place][1], code)} - chosen
        if not more:
            return [(found[place][0], codes[place]) for place in sorted(chosen)]
        chosen |= more


def changed(statement: ast.stmt, code: types.CodeType) -> set[str]:
    """The names that a statement gives a value to, or an attribute: `MLP.relu = relu`, `setattr(MLP, …)`."""
    if isinstance(statement, ast.Expr):
        call = statement.value
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "setattr"):
            return set()
        return {item.id for item in call.args[:1] if isinstance(item, ast.Name)}
    if isinstance(statement, ast.For | ast.While):
        return set()
    owners = {
        item.value.id
        for item in ast.walk(statement)
        if isinstance(item, ast.Attribute) and isinstance(item.ctx, ast.Store) and isinstance(item.value, ast.Name)
    }
    return owners | set(names_in(code, "STORE_NAME"))


def names_in(code: types.CodeType, *steps: str) -> Iterator[str]:
    """The names that some steps of a code object, and of those within it, name."""
    yield from (step.argval for step in dis.get_instructions(code) if step.opname in steps)
    for item in code.co_consts:
        if isinstance(item, types.CodeType):
            yield from names_in(item, *steps)


def run(cells: list[str], problems: list[str]) -> dict[str, Any]:
    """The notebook's names, once what the functions need was run. A statement that fails costs what it defines."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, code in needed(list(statements(cells, problems))):
        try:
            with in_time(), contextlib.chdir(HERE):
                exec(code, names)  # noqa: S102  the student's own code, on the student's own machine
        except (Exception, SystemExit) as error:
            if not isinstance(error, ImportError):
                problems.append(f"Code cell {number} raised {type(error).__name__}: {error}")
    return names


@contextlib.contextmanager
def in_time() -> Iterator[None]:
    """Raises TimeoutError in code that does not end, where the system has alarms.

    It does so every second from then on: a check that failed tries those of the functions that it uses.
    """

    def ring(*_: object) -> None:
        global SECONDS
        told, SECONDS = SECONDS, min(SECONDS, SECONDS_LATER)
        raise TimeoutError(f"not done after {told} seconds. Does a loop never end?")

    if not hasattr(signal, "SIGALRM"):
        yield
        return
    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, SECONDS, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


PROBLEMS: list[str] = []
NOTEBOOK = notebook()
CHECKED = carried(code_cells(NOTEBOOK))
NAMES = run(code_cells(NOTEBOOK), PROBLEMS)
EACH = [(question, name) for question, checks in CHECKED.CHECKS.items() for name in checks]


# --- the tests ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("question", "name"), EACH, ids=[f"{question}::{name}" for question, name in EACH])
def test_public(question: str, name: str, report: dict[tuple[str, str], str]) -> None:
    """One of the notebook's checks, with what it says there."""
    said = ""
    try:
        with in_time():
            CHECKED.judge(question, name, NAMES)
    except TimeoutError as fault:
        said = f"Your code was {fault}"
    except AssertionError as fault:
        said = str(fault)
        if isinstance(fault, CHECKED.NotWritten):
            said = "\n".join([said, *PROBLEMS])
    report[question, name] = said
    if said:
        pytest.fail(f"{CHECKED.CHECKS[question][name]['title']}\n{said}", pytrace=False)


@pytest.fixture(scope="session")
def report(request: pytest.FixtureRequest) -> Iterator[dict[tuple[str, str], str]]:
    """What was said of each check; on GitHub it is shown beside the code as well."""
    said: dict[tuple[str, str], str] = {}
    yield said
    if os.environ.get("GITHUB_ACTIONS") == "true":
        with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
            tell_github(said)


# --- on GitHub ---------------------------------------------------------------------------------------


def tell_github(said: dict[tuple[str, str], str]) -> None:
    """Annotations at the functions, a table for the run's page, and the points as GitHub Classroom reads them."""
    lines = [""]
    for (question, name), fault in said.items():
        if fault:
            check = CHECKED.CHECKS[question][name]
            properties = f"file={escaped(place())},line={line_of(question)},title={escaped(check['title'], ':,')}"
            lines.append(f"::error {properties}::{escaped(fault)}")
    table = ["| question | public checks | points |", "| --- | --: | --: |"]
    points = possible = 0.0
    for question, checks in CHECKED.CHECKS.items():
        of_question = {name: said.get((question, name), "not run") for name in checks}
        right = [name for name, fault in of_question.items() if not fault]
        earned, most = (sum(checks[name]["points"] for name in some) for some in (right, checks))
        points, possible = points + earned, possible + most
        if checks:
            table.append(f"| {question} | {len(right)} of {len(checks)} | {earned:g} of {most:g} |")
    table += ["", f"In total: {points:g} of {possible:g} points for public checks."]
    lines.append(f"::notice title=Autograding complete::Points {points:g}/{possible:g}")
    totals = json.dumps({"totalPoints": points, "maxPoints": possible})
    lines.append(f"::notice title=Autograding report::{totals}")
    print("\n".join(lines))
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with open(summary, "a", encoding="utf-8") as file:
            file.write("\n".join(table) + "\n\n")


def place() -> str:
    """The notebook's path as the runner names it."""
    return os.path.relpath(NOTEBOOK, os.environ.get("GITHUB_WORKSPACE") or HERE)


def line_of(question: str) -> int:
    """The line of the notebook's file in which a question's function begins."""
    stub = next(iter(CHECKED.STUBS[question]), "")
    indent = r"\s+" if "." in stub else ""
    head = re.compile(rf'^\s*"{indent}def {re.escape(stub.rpartition(".")[2])}\(')
    lines = NOTEBOOK.read_text(encoding="utf-8").splitlines()
    return max((number for number, line in enumerate(lines, 1) if head.search(line)), default=1)


def escaped(text: str, more: str = "") -> str:
    """A text as it may stand in a command to the runner."""
    for sign in f"%\r\n{more}":
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text
