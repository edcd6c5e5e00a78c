"""What IPython adds to Python: lines and cells that begin with `%`, `!` or `?`, taken out of a cell."""

import re

from .scanner import Scanner

# these time or watch a cell and leave what it defines; all others are not Python, or run elsewhere
_WATCHING = {"time", "timeit", "capture", "prun", "memit", "mprun", "lprun", "debug", "profile", "notify"}
_LINE = re.compile(r"\s*(?:[%!]|\?{1,2}\s*[\w%])")
_HELP = re.compile(r"\s*[\w.%]+\s*\?{1,2}\s*$")
_ASSIGNED = re.compile(r"\s*[\w.,\s\[\]\"']+=\s*[%!]\s*[\w./\"'$]")


def without_magics(lines: list[str]) -> tuple[list[str], int]:
    """The lines with magics emptied or made `pass`, and the number of the first one that was, or 0.

    Numbers of lines stay. A cell that belongs to another language altogether is left without a line of code.
    """
    lines = list(lines)
    first = 0
    for place, line in enumerate(lines):
        if not line.strip():
            continue
        if not line.startswith("%%"):
            break
        first = first or place + 1
        if re.match(r"%%\s*(\w*)", line)[1] not in _WATCHING:  # type: ignore[index]  # it always matches
            return [""] * len(lines), first
        lines[place] = ""
    scanner, going_on = Scanner(), False
    for place, line in enumerate(lines):
        if going_on:
            lines[place], going_on = "", line.endswith("\\")
        elif scanner.begins(line) and _is_magic(line):
            going_on = line.endswith("\\")
            first = first or place + 1
            lines[place] = line[: len(line) - len(line.lstrip())] + "pass"
        else:
            scanner.take(line)
    return lines, first


def _is_magic(line: str) -> bool:
    return bool(_LINE.match(line) or _HELP.match(line) or _ASSIGNED.match(line))
