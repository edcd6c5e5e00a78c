"""What students composed, names of files above all, as any output can carry it: the one place that makes it harmless.

An instructor reads reports in terminals, logs of pipelines, browsers and spreadsheets. No sign may move a cursor there,
turn the direction of writing, or begin a command to the machine that runs the pipeline.
"""

from __future__ import annotations

import re
import unicodedata

_UNSEEN = "\N{REPLACEMENT CHARACTER}"
# runners are commanded by `::error` at a line's start and by `##[error]` anywhere; a line may be folded anywhere
COMMANDS = re.compile(r"(?<=:):|(?<=#)#")


def visible(text: str) -> str:
    r"""The text with a sign in place of all that is not seen: control characters of every kind, lone surrogates.

    Lines stay lines, as `\n` ends them, and every kind of blank is a blank.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char == "\n" else _stand_in(char) for char in text)


def shown(name: str, length: int = 80) -> str:
    """A name as a sentence can carry it: visible, on one line, no command to a runner, cut in the middle."""
    line = obeyed_by_none(visible(name).replace("\n", _UNSEEN))
    return line if len(line) <= length else f"{line[: length // 2 - 1]}…{line[-(length // 2) :]}"


def obeyed_by_none(text: str) -> str:
    """The text without what begins a command: there is a blank between its two signs."""
    return COMMANDS.sub(r" \g<0>", text)


def _stand_in(char: str) -> str:
    return " " if char == "\t" or unicodedata.category(char) == "Zs" else _UNSEEN
