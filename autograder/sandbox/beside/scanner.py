"""Where a line of source begins something new, found without a parser, for cells that do not parse."""

import re

_TOKEN = re.compile(r"""(?P<triple>\"{3}|'{3})|(?P<quote>["'])|(?P<comment>\#)|(?P<open>[(\[{])|(?P<close>[)\]}])""")
_STRING = {quote: re.compile(rf"(?:\\.|[^\\{quote}])*{quote}") for quote in "'\""}
_LONG_STRING = {mark: re.compile(rf"(?:\\.|[^\\])*?{mark}", re.DOTALL) for mark in ('"""', "'''")}
_FRESH = re.compile(r"(?:def|class|async def|import|from|@)\b|@")


class Scanner:
    """Follows strings and brackets from line to line; `at_rest` says whether the next line begins something new."""

    def __init__(self) -> None:
        self.depth = 0
        self.mark = ""  # the quotes that end the string which we are in
        self.continued = False

    def begins(self, line: str) -> bool:
        """Whether the line begins something new; a `def` at the margin does, whatever bracket was left open."""
        if not self.mark and self.depth and _FRESH.match(line):
            self.depth = 0
            self.continued = False
        return not self.mark and not self.depth and not self.continued

    def take(self, line: str) -> None:
        """Go past the line."""
        position, comment = 0, False
        while not comment:
            if self.mark:
                end = _LONG_STRING[self.mark].match(line, position)
                if not end:
                    return
                position, self.mark = end.end(), ""
            token = _TOKEN.search(line, position)
            if not token:
                break
            position = token.end()
            comment = self._enter(token, line)
            if token["quote"]:
                closed = _STRING[token["quote"]].match(line, position)
                position = closed.end() if closed else len(line)
        self.continued = not comment and line.endswith("\\")

    def _enter(self, token: re.Match[str], line: str) -> bool:
        if token["triple"]:
            self.mark = token["triple"]
        elif token["open"]:
            self.depth += 1
        elif token["close"]:
            self.depth = max(0, self.depth - 1)
        return bool(token["comment"]) and bool(line)


def indentation(line: str) -> int:
    """The width of the white space before the line, a tab counting to the next multiple of eight."""
    expanded = line.expandtabs(8)
    return len(expanded) - len(expanded.lstrip())


def is_code(line: str) -> bool:
    """Whether the line is neither empty nor a comment alone."""
    text = line.strip()
    return bool(text) and not text.startswith("#")
