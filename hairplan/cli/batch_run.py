"""A batch while it runs: what is said of each row, how far it is, how it ends, and the counts."""

import math
import os
import signal
import stat
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import IO, TYPE_CHECKING, Final

from msgspec import Struct

from hairplan.batch.batch import REPORT_MARKS, Batch, Stream, report_line, without_content
from hairplan.batch.patient_list import PatientList, Row
from hairplan.batch.work import OutcomeKind, RowOutcome, RowTask, StreamForm, Work
from hairplan.batch.workers import spare_the_collector
from hairplan.calendar.ics import CalendarShape
from hairplan.cli.delivery import STDOUT
from hairplan.cli.terminal import is_terminal, leave_quietly, say
from hairplan.errors import DONE, INTERRUPTED, LOOK_AT_THIS, OutputError
from hairplan.files.store import writing
from hairplan.words import plural

if TYPE_CHECKING:
    from rich.progress import Progress

_MOST_NAMED: Final = 5
_WAIT: Final = 1.0
"""Seconds before a progress bar is worth looking at."""

_PAUSE: Final = 0.1


class Ends(Struct, frozen=True):
    """Where the results of a batch go beside its folder, and what ends it.

    Attributes:
        output: one file for all, or standard output; null for a folder.
        report: the file for the rows that failed.
        refused: the file for the rows that were refused.
        fail_fast: whether it stops at the first row that fails.
        is_quiet: whether only what is wrong is said.
    """

    output: Path | None
    report: Path | None
    refused: Path | None
    fail_fast: bool
    is_quiet: bool


class _Unfinished(Exception):  # noqa: N818 - no error: it ends a file that is not to be kept
    """The batch does not come to its end: one output would be half a one."""


class StopSignal:
    """Whether somebody wants the batch to stop."""

    def __init__(self) -> None:
        self.is_wanted = False
        self.came_before_a_row = False

    def __call__(self) -> bool:
        """Return whether it is to stop before the next row."""
        self.came_before_a_row = self.is_wanted
        return self.is_wanted

    def interrupt(self, _signal: int, _frame: FrameType | None) -> None:
        """Stop after the rows under way; the second time at once."""
        if self.is_wanted:
            raise KeyboardInterrupt
        self.is_wanted = True
        say("stopping after the rows under way; once more stops at once")

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen for Ctrl-C meanwhile."""
        before = signal.signal(signal.SIGINT, self.interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


class _Tally(Struct):
    """What became of the rows so far."""

    kinds: Counter[OutcomeKind]
    last: int = 0

    @property
    def plans(self) -> int:
        return self.kinds["planned"] + self.kinds["unchanged"]

    @property
    def code(self) -> int:
        return LOOK_AT_THIS if self.kinds["failed"] or self.kinds["refused"] else DONE

    def has_result(self, form: StreamForm | None) -> bool:
        """Return whether there is anything to keep: a calendar without events is none."""
        return form != "ics" or self.plans > 0

    def said(self) -> str:
        """Say the counts: rows in are plans, refused and failed."""
        rows = sum(self.kinds.values())
        kept = self.kinds["unchanged"]
        plans = plural(self.plans, "plan") + (f" ({kept} unchanged)" if kept else "")
        counts = f"{plans}, {self.kinds['refused']} refused, {self.kinds['failed']} failed"
        return f"{plural(rows, 'row')}: {counts}"


def run(batch: Batch, listing: PatientList, stream: IO[bytes], ends: Ends) -> int:
    """Run a batch, say what there is to say, and return the exit code.

    Raises:
        OutputError: a result cannot be written.
    """
    spare_the_collector()
    stop, tally = StopSignal(), _Tally(Counter())
    with ExitStack() as stack:
        stack.enter_context(stop.listening())
        bar = stack.enter_context(_Bar.over(stream, is_quiet=ends.is_quiet))
        # A report is kept however the batch ends, one output only if it is whole.
        reports: dict[OutcomeKind, IO[bytes] | None] = {
            "failed": stack.enter_context(_report(ends.report, batch.work)),
            "refused": stack.enter_context(_report(ends.refused, batch.work)),
        }
        try:
            _through(batch, listing, ends, _Watch(stop, tally, bar, reports))
        except OutputError:
            if tally.last:
                say(_describe_rest(tally, batch.work))
            raise
    return _ended(batch, ends, tally, is_stopped=stop.came_before_a_row)


class _Watch(Struct):
    """Looks at each outcome as it comes."""

    stop: StopSignal
    tally: _Tally
    bar: "_Bar"
    reports: "dict[OutcomeKind, IO[bytes] | None]"

    def take(self, task: RowTask, outcome: RowOutcome) -> None:
        self.tally.kinds[outcome.kind] += 1
        self.tally.last = task.row.number
        self.bar.step(task.row.number)
        if task.again is not None:
            case = "" if task.again.is_same else ", but for the case"
            say(f"{_place(task.row)}: the same ref as row {task.again.row}{case}")
        if outcome.kind in {"failed", "refused"}:
            for reason in outcome.reasons:
                said = without_content(reason, task.row.content)
                say(f"{_place(task.row)}: {outcome.kind}: {said}")
        report = self.reports.get(outcome.kind)
        if report is not None:
            report.write(report_line(task.row, outcome.reasons))


def _place(row: Row) -> str:
    return f"row {row.number} (line {row.line})"


def _through(batch: Batch, listing: PatientList, ends: Ends, watch: _Watch) -> None:
    """Go through the rows; one output that does not come to its end is not kept."""
    with suppress(_Unfinished), _sink(batch, ends) as sink:
        with closing(batch.run(listing.rows, watch.stop)) as outcomes:
            for task, outcome in outcomes:
                watch.take(task, outcome)
                if sink is not None:
                    sink.take(outcome)
                if ends.fail_fast and outcome.kind == "failed":
                    watch.stop.came_before_a_row = True
                    break
        if sink is not None:
            sink.end()
        if watch.stop.came_before_a_row or not watch.tally.has_result(batch.work.stream):
            raise _Unfinished


@contextmanager
def _sink(batch: Batch, ends: Ends) -> Iterator[Stream | None]:
    """Open what all plans go into; null for a folder, and for a rehearsal."""
    work = batch.work
    if ends.output is None or work.stream is None or work.is_rehearsal:
        yield None
    elif ends.output == STDOUT:
        yield from _to_stdout(work.stream, work.shape)
    else:
        with writing(ends.output, force=work.force) as file:
            yield Stream(file, work.stream, work.shape)


def _to_stdout(form: StreamForm, shape: CalendarShape) -> Iterator[Stream]:
    try:
        yield Stream(sys.stdout.buffer, form, shape)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        leave_quietly()


@contextmanager
def _report(path: Path | None, work: Work) -> Iterator[IO[bytes] | None]:
    """Open a report; one of an earlier batch is replaced by one that goes on with it."""
    if path is None or work.is_rehearsal:
        yield None
        return
    is_empty = path.is_file() and not path.stat().st_size
    marks = REPORT_MARKS if work.resume else ()
    with writing(path, marks=marks, force=work.force or is_empty) as file:
        yield file


# ---- the end ----


def _ended(batch: Batch, ends: Ends, tally: _Tally, *, is_stopped: bool) -> int:
    """Write down how it ended, say the counts, and return the exit code."""
    if is_stopped:
        say(_describe_rest(tally, batch.work))
    elif batch.journal is not None and not batch.work.is_rehearsal:
        batch.journal.finish()
        if batch.work.resume:
            _say_left_over(list(batch.journal.left_over()), batch)
    if not ends.is_quiet:
        say(_describe_end(batch, ends, tally, is_stopped=is_stopped))
    if tally.kinds["failed"] and ends.report is None and not ends.is_quiet:
        say("the rows that failed can be had in a form to correct and feed in again: --report FILE")
    if is_stopped and not ends.fail_fast:
        return INTERRUPTED
    return tally.code


def _describe_rest(tally: _Tally, work: Work) -> str:
    left = f"row {tally.last + 1} on" if tally.last else "the first row on"
    kept = "--resume goes on" if work.folder is not None else "nothing of it is kept"
    rows = plural(sum(tally.kinds.values()), "row")
    return f"stopped after {rows}; from {left} nothing is done: {kept}"


def _describe_end(batch: Batch, ends: Ends, tally: _Tally, *, is_stopped: bool) -> str:
    folder = batch.work.folder
    where = folder.path if folder else "standard output" if ends.output == STDOUT else ends.output
    if batch.work.is_rehearsal:
        return f"{tally.said()}; nothing is written to {where}: a rehearsal"
    if ends.output not in {None, STDOUT} and (
        is_stopped or not tally.has_result(batch.work.stream)
    ):
        return f"{tally.said()}; nothing is written to {where}"
    return f"{tally.said()}; written to {where}"


def _say_left_over(names: list[str], batch: Batch) -> None:
    folder = batch.work.folder
    if not names or folder is None:
        return
    # References of patients are not for a log.
    shown = "" if batch.index.by_ref else f": {', '.join(names[:_MOST_NAMED])}"
    more = " ..." if shown and len(names) > _MOST_NAMED else ""
    whose = f"{plural(len(names), 'file')} of earlier batches, of rows that this list has not"
    say(f"{folder.path}: {whose}{shown}{more}")


# ---- how far it is ----


class _Bar:
    """A progress bar, on a terminal, once it takes over a second."""

    def __init__(self, stream: IO[bytes], total: int | None, stack: ExitStack) -> None:
        self.stream = stream
        self.total = total
        self.stack = stack
        self.begun = time.monotonic()
        self.next = self.begun + _WAIT
        self.progress: Progress | None = None

    @classmethod
    @contextmanager
    def over(cls, stream: IO[bytes], *, is_quiet: bool) -> Iterator["_Bar"]:
        """Watch how far a list has been read."""
        with ExitStack() as stack:
            bar = cls(stream, _size(stream), stack)
            if is_quiet or not is_terminal(sys.stderr):
                bar.next = math.inf
            yield bar

    def step(self, rows: int) -> None:
        """Show how far it is, if it is time."""
        now = time.monotonic()
        if now < self.next:
            return
        self.next = now + _PAUSE
        progress = self.progress or self._shown()
        read = self.stream.tell() if self.total is not None else None
        rate = f"{rows / (now - self.begun):.0f}"
        progress.update(progress.task_ids[0], completed=read, rows=rows, rate=rate)

    def _shown(self) -> "Progress":
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        said = TextColumn("{task.fields[rows]} rows, {task.fields[rate]}/s")
        columns = (BarColumn(), said, TextColumn("left:"), TimeRemainingColumn(compact=True))
        self.progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self.progress.add_task("", total=self.total, rows=0, rate="0")
        self.stack.enter_context(self.progress)
        return self.progress


def _size(stream: IO[bytes]) -> int | None:
    """Return how long a file is; null for a pipe."""
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None
