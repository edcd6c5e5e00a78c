"""Files to cells: notebooks, Python files, zips and folders, read as text within bounds and never executed.

A file that cannot be read is an outcome, a `Submission` with a sentence, and no exception. Nothing here
parses code, and nothing is unpacked to disk.
"""

from __future__ import annotations

import io
import json
import os
import re
import stat
import struct
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from .errors import UsageError
from .plain import shown
from .records import Cell, Status, Submission
from .students import SUFFIXES, students

NOTEBOOK_BYTES = 100 << 20
NOTEBOOK_SIGNS = 10_000_000  # of those that begin a value: each may be an object of some 70 bytes
CODE_BYTES = 1 << 20
MOST_CELLS = 10_000  # each is a message between processes, or several
ZIP_ENTRIES = 20_000
ZIP_TOTAL_BYTES = 4 << 30
_ZIP_DIRECTORY_BYTES = 4 << 20
_ZIP_RATIO = 200
_ZIP_RATIO_FROM = 10 << 20  # a small notebook full of zeros compresses as well as a bomb
_DEPTH = 32

_WANTED = "a .ipynb, a .py or a .zip is wanted"
_LINKED = "is a symbolic link, or lies behind one; the file itself is wanted"
_CELL_MARK = re.compile(r"^#[ \t]?(?:%%(?=\s|$)(?P<title>.*)|In ?\[[\d ]*\]:.*)$", re.MULTILINE)
_PROSE = re.compile(r"\[(markdown|md|raw)\]")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a submission lies: a file, or a `member` of a zip; `problem` says why it will not be read."""

    name: str
    path: Path
    member: str = ""
    student: str = ""
    problem: str = ""


class _Refused(Exception):  # noqa: N818  not an error: an outcome on its way up
    """The file is refused; the text goes on after its name."""

    def __init__(self, reason: str, status: Status = Status.UNREADABLE) -> None:
        super().__init__(reason)
        self.status = status


# --- finding -----------------------------------------------------------------------------------------


def find(paths: Iterable[str | Path], assignment: str = "") -> list[Source]:
    """Every submission in these files, folders and zips, in order of name below each path.

    Of nbgrader's `submitted/STUDENT/ASSIGNMENT/`, or of the course's folder around it, those of the assignment.
    Names are unique: where two paths hold the same name, that of the path is put before it. What is reached by a
    symbolic link has that as its problem. Raises UsageError where a path does not exist.
    """
    groups = [(Path(path), _nbgraders(Path(path), assignment) or list(_below(Path(path)))) for path in paths]
    counts = Counter(source.name for _, group in groups for source in group)
    found: list[Source] = []
    taken: set[str] = set()
    for path, group in groups:
        for source in _with_students(group):
            name = source.name if counts[source.name] == 1 else f"{path.absolute().name}/{source.name}"
            unique, number = name, 2
            while unique in taken:
                unique, number = f"{name} ({number})", number + 1
            taken.add(unique)
            found.append(replace(source, name=unique))
    return found


def _below(path: Path) -> Iterator[Source]:
    try:
        there = path.exists()
    except OSError as error:  # a name that is too long, a folder that may not be entered
        raise UsageError(f"{shown(str(path))} cannot be looked for ({error.strerror})") from None
    if not there:
        raise UsageError(f"{shown(str(path))} does not exist; a notebook, a folder or a zip is wanted")
    name = _text(path.absolute().name) or "."
    if is_linked(path):
        yield Source(name, path, problem=_LINKED)
        return
    if not path.is_dir():
        yield from _of_file(path, name, alone=True)
        return
    found = list(_of_folder(path, "", _DEPTH))
    yield from found or [Source(name, path, problem=f"holds no submission; {_WANTED} in it")]


def _nbgraders(path: Path, assignment: str) -> list[Source]:
    """The submissions of an assignment in nbgrader's tree, each under its student's name; none where it is no such."""
    if not assignment or is_linked(path):
        return []
    is_course = any((path / name).is_file() for name in ("gradebook.db", "nbgrader_config.py"))
    root = path if path.absolute().name == "submitted" else path / "submitted"
    if not root.is_dir() or not (is_course or root == path):
        return []
    found: list[Source] = []
    for folder in sorted(root.glob(f"*/{assignment}")):
        student = folder.parent.name
        linked = folder.is_symlink() or folder.parent.is_symlink()
        if folder.is_dir() and not linked and not _left_out(student):
            prefix = f"{_text(student)}/{assignment}/"
            below = list(_of_folder(folder, prefix, _DEPTH))
            chosen = [source for source in below if source.name == f"{prefix}{assignment}.ipynb"] or below
            nothing = Source(prefix.rstrip("/"), folder, problem=f"is a folder without a submission; {_WANTED}")
            found += [replace(source, student=_text(student)) for source in chosen or [nothing]]
    return found


def _of_folder(folder: Path, prefix: str, depth: int) -> Iterator[Source]:
    """The submissions of a folder, by name. Where students have folders, one without a submission is told."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Source(prefix.rstrip("/") or folder.name, folder, problem=f"cannot be listed ({error.strerror})")
        return
    entries = [entry for entry in entries if not _left_out(entry.name)]
    below = {
        entry.name: list(_of_folder(Path(entry), f"{prefix}{_text(entry.name)}/", depth - 1))
        for entry in entries
        if entry.is_dir(follow_symlinks=False) and depth
    }
    students_have_folders = sum(bool(sources) for sources in below.values()) > 1
    for entry in entries:
        name = prefix + _text(entry.name)
        looks_right = entry.name.lower().endswith(SUFFIXES)
        if below.get(entry.name):
            yield from below[entry.name]
        elif entry.is_dir(follow_symlinks=False):
            if looks_right or (students_have_folders and not prefix):
                yield Source(name, Path(entry), problem=f"is a folder without a submission; {_WANTED}")
        elif entry.is_symlink() and os.path.isdir(entry) and students_have_folders and not prefix:  # noqa: PTH112  never raises
            yield Source(name, Path(entry), problem=_LINKED)
        elif looks_right:
            yield from _of_entry(entry, name)


def _of_entry(entry: os.DirEntry[str], name: str) -> Iterator[Source]:
    if entry.is_symlink():
        yield Source(name, Path(entry), problem=_LINKED)
    elif not entry.is_file(follow_symlinks=False):
        yield Source(name, Path(entry), problem="is no ordinary file; a notebook is wanted")
    else:
        yield from _of_file(Path(entry), name, alone=False)


def _of_file(path: Path, name: str, *, alone: bool) -> Iterator[Source]:
    """One submission, or those of a zip with several; below a zip that was given `alone` its own name is left out."""
    if path.suffix.lower() != ".zip":
        yield Source(name, path)
        return
    try:
        with path.open("rb") as file, _archive(file) as archive:
            if _single(archive) is not None:
                yield Source(name, path)
                return
            members = _candidates(archive)
    except (_Refused, OSError):
        yield Source(name, path)  # reading it will say why
        return
    if not members:
        yield Source(name, path, problem=f"holds no submission; {_WANTED} in it")
    prefix = "" if alone else f"{name}/"
    for member in members:
        yield Source(prefix + _text(member), path, member, problem=_bad_path(member))


def _left_out(name: str) -> bool:
    return name.startswith(".") or name in ("__MACOSX", "__pycache__")


def _with_students(group: list[Source]) -> list[Source]:
    """Who handed in each: known already, else what names say. What is in a zip beside others is the zip's student's."""
    is_one_zip = len({source.path for source in group}) == 1
    told = students([source.name if is_one_zip else _outside(source) for source in group])
    return [replace(source, student=source.student or name) for source, name in zip(group, told, strict=True)]


def _outside(source: Source) -> str:
    """The name as far as it was not chosen by whoever packed the zip."""
    return source.name.removesuffix("/" + _text(source.member)) if source.member else source.name


# --- reading -----------------------------------------------------------------------------------------


def read(path: str | Path, name: str | None = None, above: Path | None = None) -> Submission:
    """Read one file: a notebook, a Python file, or a zip that holds one of them; `above` as in `is_linked`."""
    path = Path(path)
    name = _text(path.name) if name is None else name
    problem = _LINKED if is_linked(path, above) else ""
    return _read(Source(name, path, student=students([name])[0], problem=problem))


def is_linked(path: Path, above: Path | None = None) -> bool:
    """Whether a path is a symbolic link, or reached by one that lies below the folder `above` it.

    Such a link may have been handed in, in a clone say, and lead to another's work or to the reference. Without `above`
    it is the working directory that what was handed in lies below; links on the way to that are nobody's but ours.
    """
    full, top = path.absolute(), (above or Path.cwd()).absolute()
    if top == Path(top.anchor) or not full.is_relative_to(top):
        return full.is_symlink()
    steps = full.relative_to(top).parts
    return any(top.joinpath(*steps[: count + 1]).is_symlink() for count in range(len(steps)))


def handed_in_text(source: Source) -> str:
    """The text of a notebook or Python file, whose lines can be counted; "" for one in a zip or one that is refused."""
    if source.problem or source.member:
        return ""
    try:
        data = _contents(source.path, source.path.suffix.lower())
    except (_Refused, OSError):
        return ""
    return "" if data[:2] == b"PK" else _decoded(data)


def read_all(sources: Iterable[Source]) -> Iterator[Submission]:
    """Read each source when it is asked for; a zip with many of them is opened once for neighbours."""
    file: io.BufferedReader | None = None
    archive: zipfile.ZipFile | None = None
    opened: Path | None = None
    try:
        for source in sources:
            if not source.member or source.problem:
                yield _read(source)
                continue
            try:
                if opened != source.path:
                    if file:
                        file.close()
                    file, opened = source.path.open("rb"), None
                    archive, opened = _archive(file), source.path
            except (_Refused, OSError) as error:
                yield _failed(source, error)
                continue
            yield _read(source, archive)
    finally:
        if file:
            file.close()


def _read(source: Source, archive: zipfile.ZipFile | None = None) -> Submission:
    if source.problem:
        return _failed(source, _Refused(source.problem))
    try:
        suffix = PurePosixPath(source.member or source.path.name).suffix.lower()
        data = _member(archive, source.member) if archive else _contents(source.path, suffix)
        cells = _cells(data, suffix, within_zip=archive is not None)
    except (_Refused, OSError) as error:
        return _failed(source, error)
    return Submission(source.name, source.student, cells=cells)


def _failed(source: Source, error: _Refused | OSError) -> Submission:
    """What is told of a file that is no submission; one that the system will not read is not the student's fault."""
    if isinstance(error, _Refused):
        status, reason = error.status, str(error)
    else:
        status, reason = Status.ERROR, f"cannot be read ({error.strerror or error}); nothing was graded"
    return Submission(source.name, source.student, status=status, problem=f"{shown(source.name)} {reason}.")


def _contents(path: Path, suffix: str) -> bytes:
    facts = path.lstat()
    if stat.S_ISLNK(facts.st_mode):  # in a handed-in repository it may lead to the reference
        raise _Refused(_LINKED)
    if stat.S_ISDIR(facts.st_mode):
        raise _Refused("is a folder; a notebook is wanted")
    if not stat.S_ISREG(facts.st_mode):
        raise _Refused("is no ordinary file; a notebook is wanted")
    _require_size(facts.st_size, CODE_BYTES if suffix == ".py" else NOTEBOOK_BYTES)
    with path.open("rb") as file:
        return file.read(NOTEBOOK_BYTES)


def _require_size(size: int, limit: int) -> None:
    if size > limit:
        advice = "clear its outputs and save it again" if limit == NOTEBOOK_BYTES else "hand in the code alone"
        raise _Refused(f"is {_megabytes(size)}, and at most {_megabytes(limit)} are read; {advice}")
    if not size:
        raise _Refused("is empty; the saved notebook is wanted")


def _cells(data: bytes, suffix: str, *, within_zip: bool = False) -> tuple[Cell, ...]:
    """The code cells of a file, by what it holds rather than by its suffix. A zip may hold one zip, and no deeper."""
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06") or suffix == ".zip":
        return _zipped_cells(data, within_zip=within_zip)
    text = _decoded(data)
    beginning = text[:500].lstrip()
    if not beginning and not text.strip():
        raise _Refused("is empty; the saved notebook is wanted")
    if beginning.startswith("<"):
        raise _Refused("is a web page, not a notebook; the .ipynb file itself is wanted")
    if suffix == ".py" and not re.match(r'\{\s*"(cells|metadata|nbformat|worksheets)"', beginning):
        sources = [source for _, source in percent_cells(text)]
    elif suffix in (".py", ".ipynb") or beginning.startswith("{"):
        sources = list(_notebook_cells(text))
    else:
        raise _Refused(f"is no submission; {_WANTED}")
    return _bounded(sources)


def _bounded(sources: list[str]) -> tuple[Cell, ...]:
    size = sum(len(source.encode("utf-8", "replace")) for source in sources)
    if size > CODE_BYTES:
        raise _Refused(f"holds {_megabytes(size)} of code; at most {_megabytes(CODE_BYTES)} are read")
    cells = tuple(Cell(_clean(source), number) for number, source in enumerate(sources, 1) if source.strip())
    if len(cells) > MOST_CELLS:
        raise _Refused(f"holds {len(cells):,} code cells; at most {MOST_CELLS:,} are read")
    if not cells:
        raise _Refused("holds no code; the notebook with your functions is wanted", Status.NO_CODE)
    return cells


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _notebook_cells(text: str) -> Iterator[str]:
    """The sources of the code cells of a notebook, of format 4 or 3."""
    if sum(map(text.count, '[{",')) > NOTEBOOK_SIGNS:
        raise _Refused("holds more than a notebook of that size does; clear its outputs and save it again")
    try:
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated")
        what = "was cut off" if cut else "is not a notebook: its JSON breaks"
        raise _Refused(f"{what} in line {error.lineno}; save the notebook and hand it in again") from None
    except (RecursionError, ValueError):
        raise _Refused("is not a notebook (its JSON is out of bounds); save it and hand it in again") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if cells is None and isinstance(notebook, dict) and isinstance(notebook.get("worksheets"), list):
        sheets = [sheet for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets if isinstance(sheet.get("cells"), list) for cell in sheet["cells"]]
    if not isinstance(cells, list):
        raise _Refused("is not a notebook (it has no list of cells); the saved .ipynb is wanted")
    for cell in cells:
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            yield _source(cell.get("source", cell.get("input", "")))


def _source(source: object) -> str:
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def percent_cells(text: str) -> Iterator[tuple[int, str]]:
    """The cells of a Python file, each with its first line: between `# %%` or `# In[1]:` lines, else the whole file."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    marks = list(_CELL_MARK.finditer(text))
    if not marks:
        yield 1, text
        return
    if text[: marks[0].start()].strip():
        yield 1, text[: marks[0].start()]
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    line, counted = 1, 0
    for mark, end in zip(marks, ends, strict=True):
        line, counted = line + text.count("\n", counted, mark.end() + 1), mark.end() + 1
        if not _PROSE.search(mark["title"] or ""):
            yield line, text[mark.end() + 1 : end]


def _clean(source: str) -> str:
    """Line ends as Python has them, and no lone surrogate, which no wire can carry."""
    return source.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")


# --- zips --------------------------------------------------------------------------------------------


def _zipped_cells(data: bytes, *, within_zip: bool) -> tuple[Cell, ...]:
    with _archive(io.BytesIO(data)) as archive:
        member = _single(archive)
        if member is None:
            count = len(_candidates(archive))
            raise _Refused(f"holds {count or 'no'} submissions; one notebook is wanted in it")
        if _bad_path(member):
            raise _Refused(_bad_path(member))
        inner = _member(archive, member)
        if member.lower().endswith(".zip") and within_zip:
            raise _Refused("is a zip in a zip in a zip; a notebook is wanted")
        return _cells(inner, PurePosixPath(member).suffix.lower(), within_zip=True)


def _archive(file: io.BufferedIOBase | io.BufferedReader) -> zipfile.ZipFile:
    """Open a zip whose directory is within bounds. Closing it leaves `file` open."""
    if _directory_bytes(file) > _ZIP_DIRECTORY_BYTES:
        raise _Refused(f"is a zip with too many files; at most {ZIP_ENTRIES:,} are read")
    try:
        archive = zipfile.ZipFile(file)
        infos = archive.infolist()
    except Exception:  # noqa: BLE001  as below
        raise _Refused("is no zip that can be opened; pack it again, or hand in the notebook itself") from None
    if len(infos) > ZIP_ENTRIES:
        raise _Refused(f"is a zip with {len(infos):,} files; at most {ZIP_ENTRIES:,} are read")
    candidates = set(_candidates(archive))
    total = sum(info.file_size for info in infos if info.filename in candidates)
    if total > ZIP_TOTAL_BYTES:
        raise _Refused(f"would unpack to {_megabytes(total)}; at most {_megabytes(ZIP_TOTAL_BYTES)} are read")
    return archive


def _directory_bytes(file: io.BufferedIOBase | io.BufferedReader) -> int:
    """The size of a zip's directory as its end states it, read before zipfile makes an object of every entry."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - (1 << 16) - 128))
    tail = file.read()
    sizes = [0]
    for mark, form, at in ((b"PK\x05\x06", "<L", 12), (b"PK\x06\x06", "<Q", 40)):
        place = tail.rfind(mark)
        if place >= 0 and len(tail) >= place + at + struct.calcsize(form):
            value = struct.unpack_from(form, tail, place + at)[0]
            sizes.append(0 if value == 0xFFFFFFFF and form == "<L" else value)
    return max(sizes)


def _candidates(archive: zipfile.ZipFile) -> list[str]:
    """The members that may be submissions, by name, each once."""
    names = {info.filename for info in archive.infolist() if info.filename and not info.is_dir()}
    return sorted(
        name
        for name in names
        if name.lower().endswith(SUFFIXES)
        and not any(_left_out(part) and part not in (".", "..") for part in re.split(r"[/\\]", name))
    )


def _single(archive: zipfile.ZipFile) -> str | None:
    """The one member that the zip was handed in for: its only notebook, else its only candidate."""
    candidates = _candidates(archive)
    notebooks = [name for name in candidates if name.lower().endswith(".ipynb")]
    for names in (notebooks, candidates):
        if names:
            return names[0] if len(names) == 1 else None
    return None


def _bad_path(member: str) -> str:
    if member.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", member) or re.match(r"[A-Za-z]:", member):
        return f"holds the path {shown(member)}, which leads out of the zip; plain names are wanted"
    return ""


def _member(archive: zipfile.ZipFile, member: str) -> bytes:
    """A member's bytes, never more than the limit, whatever its entry states."""
    info = archive.getinfo(member)
    if stat.S_ISLNK(info.external_attr >> 16):
        raise _Refused("is a symbolic link in a zip; the file itself is wanted")
    if info.flag_bits & 0x1:
        raise _Refused("is encrypted; a zip without a password is wanted")
    limit = CODE_BYTES if member.lower().endswith(".py") else NOTEBOOK_BYTES
    _require_size(info.file_size, limit)
    if info.file_size > _ZIP_RATIO_FROM and info.file_size > _ZIP_RATIO * max(info.compress_size, 1):
        raise _Refused(f"unpacks to {info.file_size // max(info.compress_size, 1)} times its size; it was not read")
    try:
        with archive.open(info) as file:
            data = file.read(limit + 1)
    except Exception:  # noqa: BLE001  each way of packing fails in its own way, and the file is at fault each time
        raise _Refused("is damaged in its zip; pack it again, or hand in the notebook itself") from None
    _require_size(len(data), limit)
    return data


# --- names -------------------------------------------------------------------------------------------


def _text(name: str) -> str:
    """A file's name as text that can be written again, also where its bytes are no UTF-8."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _megabytes(size: int) -> str:
    return f"{size / (1 << 20):.0f} MB" if size >= 10 << 20 else f"{size / (1 << 20):.1f} MB".replace(".0 ", " ")
