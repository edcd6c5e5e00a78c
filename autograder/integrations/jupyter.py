"""Jupyter's extension: after `%load_ext autograder` a notebook's own checks show where an answer differs.

`grader.check("q")` stays Otter's; what it returns is shown as a card. `%check q` gives the same card without Otter, and
`%check` those of all questions. The checks are those that the notebook's first cell carries, and nothing else: no
hidden check and no reference is needed or looked for.
"""

from __future__ import annotations

import contextlib
import io
import sys
import warnings
from typing import Any

from ..plain import visible
from .cards import Card, Line
from .differences import differences

_CARRIED = "notebook_checks"  # the module that the first cell unpacks
_FIRST = "Run the first cell of the notebook first: it carries the checks."


def load(shell: Any) -> None:
    """Make `%check` known, and show Otter's results as cards."""
    shell.register_magic_function(lambda line: _check(shell, line), "line", "check")
    for name in ("text/html", "text/plain"):
        shell.display_formatter.formatters[name].for_type_by_name(
            "otter.test_files.abstract_test", "TestFile", _shown_as_html(shell) if "html" in name else _shown(shell)
        )


def _check(shell: Any, line: str) -> None:
    """The cards of the questions that are named, or of all."""
    from IPython.display import display  # noqa: PLC0415  loaded only where it is already there

    checks = sys.modules.get(_CARRIED)
    if checks is None:
        print(_FIRST)  # noqa: T201  a notebook's own output
        return
    known = [name for name, each in checks.CHECKS.items() if each]
    for question in line.split() or known:
        if question in known:
            display(card(checks, question, shell.user_ns))  # type: ignore[no-untyped-call]
        else:
            print(f"There is no question {question} with public checks; there are {', '.join(known)}.")  # noqa: T201


def _shown_as_html(shell: Any) -> Any:
    def shown(result: Any) -> Any:
        checks = sys.modules.get(_CARRIED)
        if checks is None or result.name not in checks.CHECKS:
            return result._repr_html_()
        return card(checks, result.name, shell.user_ns)._repr_html_()

    return shown


def _shown(shell: Any) -> Any:
    def shown(result: Any, printer: Any, _cycle: bool) -> None:
        checks = sys.modules.get(_CARRIED)
        known = checks is not None and result.name in checks.CHECKS
        printer.text(repr(card(checks, result.name, shell.user_ns) if known else result))

    return shown


def card(checks: Any, question: str, names: dict[str, Any]) -> Card:
    """The card of a question in a notebook with these names.

    What its functions print, and what they are warned of, was shown when the check was run, and is not shown again.
    """
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lines = tuple(_line(checks, question, name, names) for name in checks.CHECKS[question])
    return Card(question, lines)


def _line(checks: Any, question: str, name: str, names: dict[str, Any]) -> Line:
    check = checks.CHECKS[question][name]
    try:
        checks.judge(question, name, names)
    except AssertionError as fault:
        return _failed(checks, check, fault, names)
    return Line(check["title"], passed=True)


def _failed(checks: Any, check: dict[str, Any], fault: AssertionError, names: dict[str, Any]) -> Line:
    """What the check says, with the arrays below a fold, and where they differ in their place."""
    text = visible(str(fault))
    if not isinstance(fault, checks.Wrong):
        return Line(check["title"], passed=False, said=text)
    said, _, rest = text.partition("\nYour code gives:")
    arrays, _, hint = rest.rpartition("\nHint: ") if "\nHint: " in rest else (rest, "", "")
    found = () if check["holds"] else tuple(_differences(checks, check, names))
    if not found:
        return Line(check["title"], passed=False, said=text)
    said = f"{said}\nHint: {hint}" if hint else said
    return Line(check["title"], passed=False, said=said, full=f"Your code gives:{arrays}", differences=found)


def _differences(checks: Any, check: dict[str, Any], names: dict[str, Any]) -> Any:
    try:
        seen = checks.run(check["probe"], check["seed"], checks.under_own_names(names))
        return [*differences(checks, check, seen)]
    except Exception:  # noqa: BLE001  the check itself has told what there is to tell
        return []
