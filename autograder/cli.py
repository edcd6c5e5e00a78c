"""The command line: arguments, progress, exit codes; the only room that prints.

Data goes to stdout, progress and faults to stderr. Exit codes: 0 done, 1 below what --require asks
or something to be put right in an audit, 2 usage, 3 harness error, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from importlib import metadata
from pathlib import Path

from . import feedback
from .errors import AutograderError, UsageError
from .loading import SHIPPED, Loaded, load
from .plain import shown, visible
from .records import GradeReport, Promise, Status
from .submission import Source, find, read_all

DONE, BELOW, USAGE, HARNESS, INTERRUPTED = 0, 1, 2, 3, 130
DEMO = "mlp"
SHOWN_BELOW = 5  # names in one sentence

_PROMISES = {
    Promise.ACCIDENTS: "Promise: accidents. Clumsy code costs only itself; grade what you would run yourself.",
    Promise.SECRETS: "Promise: secrets. No answer, file, process, socket or other submission is reached or altered.",
    Promise.HOST: "Promise: host. Secrets, and namespaces and totals of memory and processes that the kernel enforces.",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a name that the terminal cannot show ends no command
    code = _run(arguments)
    _print("", end="")
    return code


def _run(arguments: Sequence[str] | None) -> int:
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as leaving:  # argparse has told why
        return leaving.code if isinstance(leaving.code, int) else USAGE
    try:
        code: int = options.command(options)
    except UsageError as error:
        return _fault(error, USAGE)
    except AutograderError as error:
        return _fault(error, HARNESS)
    except KeyboardInterrupt:
        return _fault("interrupted; nothing more was written", INTERRUPTED)
    except Exception:  # noqa: BLE001  a fault of ours has its own exit code, and shows where it is
        print(visible(traceback.format_exc()), file=sys.stderr, end="")
        return _fault("this is a fault of autograder itself; please report it with the lines above", HARNESS)
    return code


def _fault(what: object, code: int) -> int:
    print(visible(f"autograder: {what}"), file=sys.stderr)
    return code


# --- arguments ---------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="autograder", description="Grades neural networks written in NumPy.")
    parser.add_argument("--version", action="version", version=_version())
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    build = commands.add_parser("build", help="make the student's notebook and the zip for Otter")
    build.add_argument("names", metavar="NAME", nargs="*", help="an assignment; all of assignments/ if none is named")
    build.add_argument("--out", metavar="DIR", type=Path, help="where student_template/ and dist/ go")
    build.add_argument("--without-audit", action="store_true", help="do not try the mistakes and mutants afterwards")
    build.set_defaults(command=_build)

    grade = commands.add_parser("grade", help="grade files, folders and zips")
    grade.add_argument("name", metavar="NAME", help="an assignment: its folder, or its name")
    grade.add_argument("paths", metavar="PATH", nargs="+", help="a notebook, a .py, a .zip, or a folder of them")
    grade.add_argument("--out", metavar="DIR", type=Path, required=True, help="gets grades.csv and results/")
    grade.add_argument("--require", metavar="POINTS", type=_points, help="exit 1 where a submission has fewer")
    grade.add_argument(
        "--nbgrader",
        metavar="COURSE",
        type=Path,
        help="also write the marks into COURSE/gradebook.db and COURSE/autograded/, for nbgrader's formgrader",
    )
    grade.add_argument(
        "--format",
        dest="formats",
        metavar="FORMAT",
        action="append",
        choices=["junit", "classroom", "github"],
        default=[],
        help="also junit (DIR/junit.xml), classroom (DIR/classroom.json), github (what a run there shows); repeatable",
    )
    _grading_options(grade)
    grade.set_defaults(command=_grade)

    audit = commands.add_parser("audit", help="try right and wrong code of every kind on an assignment's checks")
    audit.add_argument("names", metavar="NAME", nargs="*", help="an assignment; all of assignments/ if none is named")
    audit.add_argument("--json", metavar="FILE", type=Path, help="the findings, trial by trial; of one assignment")
    audit.add_argument("--jobs", metavar="N", type=_count, help="how many at once; default: one per core")
    audit.add_argument("--fresh", action="store_true", help="run all, even if nothing has changed since the last time")
    audit.set_defaults(command=_audit)

    doctor = commands.add_parser("doctor", help="try how well student code is held on this machine")
    doctor.set_defaults(command=_doctor)

    demo = commands.add_parser("demo", help=f"grade an invented class on {DEMO}")
    demo.add_argument("--out", metavar="DIR", type=Path, default=Path("demo"), help="default: demo")
    demo.add_argument("--size", metavar="N", type=_count, default=60, help="how many submissions; default: 60")
    _grading_options(demo)
    demo.set_defaults(command=_demo)
    return parser


def _grading_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--jobs", metavar="N", type=_count, help="how many at once; default: one per core")
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="for the draws of hidden checks; default: 0")
    parser.add_argument(
        "--require-isolation",
        dest="isolation",
        choices=[promise.value for promise in Promise],
        default=Promise.SECRETS.value,
        help="what student code must be held by; less is refused. Default: secrets",
    )


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is given; a whole number from 1 on is wanted")
    return int(text)


def _points(text: str) -> Fraction:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise argparse.ArgumentTypeError(f"{text!r} is given; a number of points is wanted") from None


def _version() -> str:
    try:
        return f"backprop-grader {metadata.version('backprop-grader')}"
    except metadata.PackageNotFoundError:
        return "backprop-grader, not installed"


# --- commands ----------------------------------------------------------------------------------------


def _build(options: argparse.Namespace) -> int:
    from .build import build

    outcome = DONE
    for name in options.names or _all_here():
        loaded = load(name)
        base = options.out or _beside(loaded)
        _say(f"Building {loaded.name} …")
        built = build(loaded, base / "student_template", base / "dist")
        _print(built.template)
        _print(built.archive)
        clean = options.without_audit or _audited(loaded)
        outcome = outcome if clean else BELOW
    return outcome


def _audited(loaded: Loaded) -> bool:
    """Whether the grader passes its own audit; what has to be put right is told."""
    from .audit import audit

    with _counting(f"auditing {loaded.name}") as advance:
        found = audit(loaded, on_done=advance)
    for problem in found.problems:
        _say(problem.sentence)
    return found.clean


def _grade(options: argparse.Namespace) -> int:
    loaded = load(options.name)
    sources = find(options.paths, loaded.name)
    if "classroom" in options.formats and len(sources) != 1:
        raise UsageError(f"--format classroom takes one submission; {len(sources)} are graded")
    if options.nbgrader is not None:
        from .integrations import nbgrader

        nbgrader.require(options.nbgrader, loaded.definition, loaded.name)
    reports = _graded(loaded, sources, options)
    if "github" in options.formats:
        _tell_github(sources, reports)
    else:
        _show(reports)
        _print(f"\n{options.out / 'grades.csv'}\n{options.out / 'results'}{os.sep}")
    _write_formats(reports, options)
    if options.nbgrader is not None:
        from .integrations import nbgrader

        nbgrader.write(options.nbgrader, loaded.definition, loaded.name, list(zip(sources, reports, strict=True)))
    if any(report.status is Status.ERROR for report in reports):
        return HARNESS
    below = [report for report in reports if options.require is not None and report.points < options.require]
    if below:
        _say(_too_few(below, options.require))
    return BELOW if below else DONE


def _too_few(below: Sequence[GradeReport], wanted: Fraction) -> str:
    """Who has fewer points than are asked for, which is why the command fails."""
    names = [f"{shown(report.submission)} ({feedback.number(report.points)})" for report in below[:SHOWN_BELOW]]
    more = f" and {len(below) - SHOWN_BELOW} more" if len(below) > SHOWN_BELOW else ""
    return f"Fewer than {feedback.number(wanted)} points: {', '.join(names)}{more}."


def _write_formats(reports: Sequence[GradeReport], options: argparse.Namespace) -> None:
    """The files that other systems read, beside the gradebook."""
    from .reports import classroom, junit

    if "junit" in options.formats:
        _write(options.out / junit.NAME, junit.as_xml(reports).decode())
    if "classroom" in options.formats:
        _write(options.out / classroom.NAME, classroom.as_json(reports[0]).decode())


def _tell_github(sources: Sequence[Source], reports: Sequence[GradeReport]) -> None:
    """Annotations on stdout, where the runner looks for them; the page and the outputs in the files that it names."""
    from .places import places
    from .reports import classroom, github
    from .submission import read_all

    for source, submission, report in zip(sources, read_all(sources), reports, strict=True):
        found = places(source, submission.cells, report.questions)
        for line in github.commands(report, _below_root(source.path), found):
            _print(line)
    if page := os.environ.get("GITHUB_STEP_SUMMARY"):
        _append(Path(page), github.summary(reports))
    if (told := os.environ.get("GITHUB_OUTPUT")) and len(reports) == 1:
        result = github.outputs(reports[0], classroom.as_json(reports[0]))
        _append(Path(told), "".join(f"{name}={value}\n" for name, value in result.items()))


def _below_root(path: Path) -> str:
    """A file's path in the repository that it lies in, as annotations name it."""
    full = path.absolute()
    there = (folder for folder in full.parents if (folder / ".git").exists())
    root = next(there, Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()))
    return full.relative_to(root).as_posix() if full.is_relative_to(root) else full.name


def _demo(options: argparse.Namespace) -> int:
    from .classroom import synthetic_class
    from .reports.table import submission_text

    loaded = load(DEMO)
    folder = options.out / "submissions"
    handed_in = synthetic_class(loaded, options.size, options.seed)
    _writable(folder)
    for item in handed_in:
        (folder / item.name).write_bytes(item.data)
    reports = _graded(loaded, find(folder / item.name for item in handed_in), options)
    _show(reports)
    example = max(reports, key=_followed)
    if _followed(example):
        _print(f"\nWhat {example.student} reads:\n\n{submission_text(example)}")
    _print(f"The submissions:  {folder}{os.sep}")
    _print(f"The gradebook:    {options.out / 'grades.csv'}")
    _print(f"Every mark:       {options.out / 'results'}{os.sep}")
    return HARNESS if any(report.status is Status.ERROR for report in reports) else DONE


def _audit(options: argparse.Namespace) -> int:
    from .audit import audit, to_json
    from .audit.text import audit_text

    names = options.names or _all_here()
    if options.json is not None and len(names) > 1:
        raise UsageError(f"--json takes the findings of one assignment; {len(names)} are audited")
    clean = True
    for name in names:
        loaded = load(name)
        with _counting(f"auditing {loaded.name}") as advance:
            found = audit(loaded, jobs=options.jobs, fresh=options.fresh, on_done=advance)
        if options.json is not None:
            _write(options.json, to_json(found))
        _print(audit_text(found, loaded, width=_width(100), color=_in_color()), end="")
        clean = clean and found.clean
    return DONE if clean else BELOW


def _doctor(_: argparse.Namespace) -> int:
    import platform

    from .sandbox import isolation

    found = isolation()
    _print(f"{_version()}, Python {platform.python_version()}, {platform.system()} {platform.release()}\n")
    for wall, why in found.walls.items():
        _print(f"{wall + ':':<12} {why or 'stands'}")
    could = ", ".join(found.possible) or "nothing of what was tried"
    _print(f"\nA trial could: {could}.\n{_PROMISES[found.promise]}")
    return DONE


def _graded(loaded: Loaded, sources: Sequence[Source], options: argparse.Namespace) -> list[GradeReport]:
    """Grade every source and write the gradebook as it goes; a folder that cannot be written is told before."""
    from .batch import grade_all
    from .reports import gradebook

    gradebook.columns(loaded.definition)
    _writable(options.out)
    book = gradebook.Gradebook(options.out, [source.name for source in sources])
    with _progress(len(sources)) as advance:

        def done(report: GradeReport) -> None:
            book.take(report)
            advance(report)

        submissions = read_all(sources)
        reports = grade_all(
            loaded,
            submissions,
            jobs=options.jobs,
            seed=options.seed,
            on_done=done,
            require=Promise(options.isolation),
        )
    book.finish(loaded.definition, reports)
    return reports


def _show(reports: Sequence[GradeReport]) -> None:
    from .reports.table import class_table, submission_text

    if len(reports) == 1:
        _print(submission_text(reports[0]), end="")
        return
    _print(class_table(reports, width=_width(80), color=_in_color()), end="")


def _followed(report: GradeReport) -> Fraction:
    return sum((question.points - question.own_points for question in report.questions), Fraction(0))


def _all_here() -> list[Path]:
    """Every assignment of the nearest assignments/ from the working directory upwards."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        found = sorted(path.parent for path in (folder / "assignments").glob("*/questions.py"))
        if found:
            return found
    raise UsageError("no assignments/ folder with an assignment lies here or above; name one")


def _beside(loaded: Loaded) -> Path:
    """Where an assignment is built to: the folder that holds assignments/, or here for one that was shipped."""
    return Path.cwd() if loaded.folder.is_relative_to(SHIPPED) else loaded.folder.parent.parent


def _writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made ({error.strerror}); --out names a folder") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(f"{folder} cannot be written into; --out names a folder of yours")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror})") from error


def _append(path: Path, text: str) -> None:
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror})") from error


# --- speaking ----------------------------------------------------------------------------------------


def _print(text: object, end: str = "\n") -> None:
    """Data for whoever reads stdout; where they have gone, as `head` does, the command goes on to its exit code."""
    try:
        print(text, end=end, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _width(otherwise: int) -> int:
    return shutil.get_terminal_size((otherwise, 24)).columns if sys.stdout.isatty() else otherwise


def _in_color() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[GradeReport], None]]:
    """Shows how many are graded and how long the rest will take: a bar in a terminal, else a line per tenth."""
    began = time.monotonic()
    done = 0
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("Grading"), BarColumn(), MofNCompleteColumn(), TextColumn("about"), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=total)
            yield lambda _: bar.advance(task)
    else:

        def advance(_: GradeReport) -> None:
            nonlocal done
            done += 1
            if done * 10 // total > (done - 1) * 10 // total and done < total:
                left = (time.monotonic() - began) / done * (total - done)
                _say(f"graded {done} of {total}, about {left:.0f} s left")

        yield advance
    _say(f"graded {total} in {time.monotonic() - began:.1f} s")


@contextmanager
def _counting(what: str) -> Iterator[Callable[[int, int], None]]:
    """Says how much is done, about every tenth."""
    began = time.monotonic()

    def advance(done: int, total: int) -> None:
        if done * 10 // total > (done - 1) * 10 // total and done < total:
            left = (time.monotonic() - began) / done * (total - done)
            _say(f"{what}: {done} of {total}, about {left:.0f} s left")

    yield advance
