"""Who handed in what, told by names of files and folders, and never by one that somebody else may have chosen.

A student names what is in their own file, folder or zip. So the layout is what most of a class have in common, and
where two would have one name, each has the path that they handed in.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

SUFFIXES = (".ipynb", ".py", ".zip")
# the name that a bulk download has for a student, and with it the number of their own
_BULK = (
    re.compile(r"(?P<student>.+?)(?P<number>_\d+)_assignsubmission_"),  # Moodle
    re.compile(r"(?P<student>[^_/]+)(?:_LATE)?(?P<number>_\d+)_\d+_"),  # Canvas
    re.compile(r"(?P<student>submission_\d+)(?P<number>)$"),  # Gradescope
)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A name, and what is known to be one student's: all that has the same owner."""

    student: str
    owner: str


def students(paths: Sequence[str]) -> list[str]:
    """A student for each path, which is as much of it as students have not chosen for one another."""
    split = [PurePosixPath(path).parts or (path,) for path in paths]
    above = _shared(split)
    depth = _depth_of_bulk_names(split, above)
    have_folders = _students_have_folders([parts[above:] for parts in split if len(parts) > above + 1])
    claims = [_of_bulk(parts, depth) or _of_layout(parts[above:], have_folders=have_folders) for parts in split]
    owners = [claim.owner for claim in claims]
    named = _unless_shared([claim.student for claim in claims], owners, owners)
    return _unless_shared(named, owners, list(paths))


def stem(name: str) -> str:
    """A file's name without its folder, and without the suffix if it is a submission's."""
    last = name.rpartition("/")[2]
    return last[: -len(suffix)] if (suffix := next((s for s in SUFFIXES if last.lower().endswith(s)), "")) else last


def _unless_shared(names: Sequence[str], owners: Sequence[str], instead: Sequence[str]) -> list[str]:
    """The names, and something else in place of one that several owners would have."""
    having = defaultdict(set)
    for name, owner in zip(names, owners, strict=True):
        having[name].add(owner)
    return [name if len(having[name]) == 1 else other for name, other in zip(names, instead, strict=True)]


def _shared(split: Sequence[tuple[str, ...]]) -> int:
    """How many folders all have above them."""
    levels = list(zip(*(parts[:-1] for parts in split), strict=False))
    return next((depth for depth, level in enumerate(levels) if len(set(level)) > 1), len(levels))


def _of_bulk(parts: tuple[str, ...], depth: int | None) -> _Claim | None:
    match = _bulk(parts[depth]) if depth is not None and depth < len(parts) else None
    return match and _Claim(match["student"], match["student"] + match["number"])


def _of_layout(parts: tuple[str, ...], *, have_folders: bool) -> _Claim:
    if have_folders and len(parts) > 1:
        return _Claim(stem(parts[0]), parts[0])
    return _Claim(stem(parts[-1]), "/".join((*parts[:-1], stem(parts[-1]))))


def _bulk(part: str) -> re.Match[str] | None:
    return next((match for form in _BULK if (match := form.match(part))), None)


def _depth_of_bulk_names(split: Sequence[tuple[str, ...]], above: int) -> int | None:
    """The depth at which the names of a bulk download stand; None where most have none there.

    Whatever lies side by side has one vote, however many files are in it.
    """
    votes: dict[str, Counter[int | None]] = defaultdict(Counter)
    for parts in split:
        votes[parts[above]][next((depth for depth, part in enumerate(parts) if _bulk(part)), None)] += 1
    depths = Counter(vote.most_common(1)[0][0] for vote in votes.values())
    depth, count = max(depths.items(), key=lambda item: item[1], default=(None, 0))
    return depth if 2 * count > len(votes) else None


def _students_have_folders(deep: Sequence[tuple[str, ...]]) -> bool:
    """Whether most folders hold one submission, or for the most part names that are in other folders, too.

    A folder has one vote, however many files its owner has put there.
    """
    folders = Counter(parts[0] for parts in deep)
    where = defaultdict(set)
    for parts in deep:
        where[stem(parts[-1])].add(parts[0])
    repeated = Counter(parts[0] for parts in deep if len(where[stem(parts[-1])]) > 1)
    votes = sum(count == 1 or 2 * repeated[folder] > count for folder, count in folders.items())
    return len(folders) > 1 and 2 * votes > len(folders)
