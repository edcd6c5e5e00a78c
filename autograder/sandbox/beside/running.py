"""Runs a submission's steps one by one: whatever a step does, it costs only what it would have defined."""

import ast
import builtins
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType, ModuleType

from . import fresh, standins
from . import notes as receipt
from .aliases import one_thing, under_own_names
from .bindings import Bindings
from .choice import chosen
from .clock import Clock, TimeUp
from .doubt import doubtful
from .later import Later, extends_itself
from .notes import Notes
from .steps import Reading, Step, cell_of
from .template import Template

WHOLE_CELL = -1  # in place of a step's number: the cell was being read
LEAST_CPU_SECONDS = 0.25  # for each step, once the cells have used up their time


@dataclass(slots=True)
class Cells:
    """A submission's cells and how they are to be run."""

    sources: list[tuple[int, str]]  # number, source
    aliases: dict[str, str]  # other names of stubs and their classes -> the stub's own
    run_all: bool
    left_out: frozenset[tuple[int, int]]  # steps that ended an earlier process
    statement_cpu_seconds: float
    statement_wall_seconds: float
    cells_cpu_seconds: float


class Runner:
    """Reads, chooses and runs."""

    def __init__(
        self, bindings: Bindings, template: Template, notes: Notes, clock: Clock, tell: Callable[[int, int, int], None]
    ) -> None:
        self.bindings = bindings
        self.template = template
        self.notes = notes
        self.clock = clock
        self.tell = tell  # which step comes next: cell and step from 0, line

    def run(self, cells: Cells) -> None:
        """Run what the stubs need, or everything."""
        module = ModuleType("__main__")
        module.__dict__.update(self.bindings.space)
        module.__dict__["__builtins__"] = builtins
        sys.modules["__main__"] = module
        self.bindings.space = module.__dict__
        reading = Reading(self.bindings.stubs, self.template, self.notes)
        steps = self._read(cells, reading)
        aliases = one_thing(steps, cells.aliases)
        steps = under_own_names(steps, aliases, reading)
        self.bindings.pair(aliases)
        choice = chosen(steps, self.bindings.stubs)
        wanted = {step.place for step in steps} if cells.run_all else choice.places
        doubts = {} if cells.run_all else doubtful(steps, choice, self.bindings.stubs)
        steps = [step for step in steps if step.place not in cells.left_out]
        later = Later([step for step in steps if step.place in wanted], self.bindings)
        fresh.reset(0)
        started = time.process_time()
        for step in steps:
            if step.place not in wanted:
                self._skip(step, doubts.get(step.place, ""))
            elif later.is_early(step):
                later.waiting.append(step)
            else:
                self._run(step, later, cells, started)
        self._run_again(later, cells, started)
        fresh.keep({name for step in steps for uses in step.names.all for name in uses.sets})
        for stub, (cell, line) in reading.blank.items():
            if stub not in self.bindings.own:
                self.notes.add(receipt.BLANK, cell, line, stub)

    def _read(self, cells: Cells, reading: Reading) -> list[Step]:
        steps: list[Step] = []
        for position, (number, source) in enumerate(cells.sources):
            if (position, WHOLE_CELL) in cells.left_out:
                continue
            self.tell(position, WHOLE_CELL, 0)
            try:
                steps += self.clock.call(
                    lambda at=position, n=number, text=source: reading.read(at, n, text),  # type: ignore[misc]
                    cells.statement_cpu_seconds,
                    cells.statement_wall_seconds,
                )
            except TimeUp:
                self.notes.add(receipt.TIMED_OUT, number)
            except Exception:  # deep nesting, or no memory for it: the parser itself gave up
                self.notes.add(receipt.UNPARSED, number)
        return steps

    def _run_again(self, later: Later, cells: Cells, started: float) -> None:
        """Try once more what lacked a name; the receipt tells only of what fails still."""
        for tried, last in later.rounds():
            for step in tried:
                if not last and later.is_early(step):
                    later.waiting.append(step)
                    continue
                self.notes.take_back(receipt.FAILED, step.cell, step.line, _name(step))
                self._run(step, later, cells, started)

    def _run(self, step: Step, later: Later, cells: Cells, started: float) -> None:
        if step.restated is not None and self.bindings.restates(str(getattr(step.node, "name", "")), step.restated):
            return
        if standins.stands_in(step.imported):
            self.notes.add(receipt.STAND_IN, step.cell, step.line, step.imported)
        self.tell(*step.place, step.line)
        space = self.bindings.space
        self._supply_base(step)
        left = cells.cells_cpu_seconds - (time.process_time() - started)
        cpu_seconds = min(cells.statement_cpu_seconds, max(left, LEAST_CPU_SECONDS))
        try:
            self.clock.call(lambda: exec(step.code, space), cpu_seconds, cells.statement_wall_seconds)
        except TimeUp:
            self.notes.add(receipt.TIMED_OUT, step.cell, step.line, _name(step))
        except BaseException as error:  # sys.exit() and KeyboardInterrupt too
            absent = step.absent(error)
            self.notes.add(receipt.ABSENT if absent else receipt.FAILED, step.cell, step.line, absent or _name(step))
            later.failed(step, error)
        else:
            self.bindings.meet()
            later.ran(step)
            later.give_way(step)
        self.bindings.after(step.cell, step.line)

    def _supply_base(self, step: Step) -> None:
        """An empty class for `class MLP(MLP)` to extend where the cell that begins the class was lost."""
        node, space = step.node, self.bindings.space
        if not isinstance(node, ast.ClassDef) or node.name in space or not self.bindings.owns_stubs(node.name):
            return
        if extends_itself(node):
            space[node.name] = type(node.name, (), {})
            self.bindings.spread()

    def _skip(self, step: Step, doubt: str) -> None:
        if does_nothing(step.node):
            return
        stubs = {stub.partition(".")[0] for stub in self.bindings.stubs}
        taken = [] if isinstance(step.node, ast.Delete) else sorted(step.names.binds & stubs)
        if taken:
            self.notes.add(receipt.KEPT, step.cell, step.line, taken[0])
        if doubt:
            self.notes.add_once(receipt.UNSURE, step.cell, step.line, doubt)
        elif not taken:
            self.notes.add_once(receipt.SKIPPED, step.cell, step.line)


def does_nothing(node: ast.stmt) -> bool:
    """Whether leaving a statement out is not worth a word: a text, or `grader.check("q1")`."""
    value = node.value if isinstance(node, ast.Expr) else None
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        return isinstance(value.func.value, ast.Name) and value.func.value.id == "grader"
    return isinstance(node, ast.Pass) or isinstance(value, ast.Constant)


def stub_running(frame: FrameType | None, bindings: Bindings) -> str:
    """The student's stub that a frame belongs to, or the innermost one that led to it."""
    while frame is not None:
        code = frame.f_code
        if code in bindings.codes:
            return bindings.codes[code]
        name = bindings.own_name(code.co_qualname)
        if name in bindings.stubs and cell_of(code.co_filename):
            return name
        frame = frame.f_back
    return ""


def _name(step: Step) -> str:
    if step.imported:
        return step.imported
    return min(step.names.binds, default="")
