"""The receipt: what was skipped, replaced or left out, and where."""

MOST_NOTES = 300
LONGEST_NAME = 80

# the kinds, as `autograder.records.NoteKind` has them
FAILED, ABSENT, TIMED_OUT, UNPARSED, SKIPPED = "failed", "absent", "timed out", "unparsed", "skipped"
STAND_IN, KEPT, BLANK, TWICE, UNSURE = "stand-in", "kept", "blank", "twice", "unsure"


class Notes:
    """Notes in the order in which they were made, each once."""

    def __init__(self) -> None:
        self._lines: dict[str, None] = {}

    def add(self, kind: str, cell: int, line: int = 0, name: str = "") -> None:
        """Make a note; a name that is none, or too long, is left out."""
        if not all(part.isidentifier() for part in name.split(".")) or len(name) > LONGEST_NAME:
            name = ""
        if len(self._lines) < MOST_NOTES:
            self._lines[f"{kind}\t{cell}\t{line}\t{name}"] = None

    def take_back(self, kind: str, cell: int, line: int, name: str) -> None:
        """What was noted no longer holds."""
        self._lines.pop(f"{kind}\t{cell}\t{line}\t{name}", None)

    def add_once(self, kind: str, cell: int, line: int, name: str = "") -> None:
        """Make a note, unless there is one of the kind for the cell."""
        if not any(text.startswith(f"{kind}\t{cell}\t") for text in self._lines):
            self.add(kind, cell, line, name)

    @property
    def lines(self) -> list[str]:
        """Kind, cell, line and name of each note, parted by tabs."""
        return list(self._lines)
