"""Run a batch at the terminal: messages of its rows, reports, progress, and the final counts."""

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

from msgspec import Struct, field

from hairplan.batch.batch import Batch, StreamWriter
from hairplan.batch.calendar_memory import MARKS, CalendarMemory
from hairplan.batch.patient_list import PatientList
from hairplan.batch.report import ReportForm, ReportWriter, report_form
from hairplan.batch.row_processor import BatchSpec, OutcomeKind, RowOutcome, RowTask
from hairplan.batch.untold import UntoldFiles
from hairplan.batch.workers import collect_garbage_less_often
from hairplan.calendar.left_out import LeftOut
from hairplan.cli.batch_faults import RowFaults
from hairplan.cli.batch_options import BatchResultOptions, BatchRunOptions
from hairplan.cli.delivery import STDOUT, describe_mode
from hairplan.cli.terminal import is_terminal, leave_quietly, say
from hairplan.errors import DONE, INTERRUPTED, LOOK_AT_THIS, OutputError
from hairplan.files.feeds import FEED_MODE, mode_of_feed
from hairplan.files.store import open_for_writing
from hairplan.words import NO_PLAN_FILES, format_count

if TYPE_CHECKING:
    from rich.progress import Progress

_MOST_NAMED: Final = 5
_WAIT: Final = 1.0
"""Seconds before a progress bar is worth looking at."""

_PAUSE: Final = 0.1


class _UnfinishedError(Exception):
    """The batch does not come to its end: one output would be incomplete, and is not kept."""


class StopSignal:
    """Tells a batch to stop once somebody presses Ctrl-C."""

    def __init__(self) -> None:
        self.is_wanted = False
        self.came_before_a_row = False

    def __call__(self) -> bool:
        """Return whether the batch is to stop before the next row."""
        self.came_before_a_row = self.is_wanted
        return self.is_wanted

    def interrupt(self, _signal: int, _frame: FrameType | None) -> None:
        """Stop the batch after the rows under way; the second time at once."""
        if self.is_wanted:
            raise KeyboardInterrupt
        self.is_wanted = True
        say("stopping after the rows under way; once more stops at once")

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen for Ctrl-C within a block."""
        before = signal.signal(signal.SIGINT, self.interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


class RowCounts(Struct):
    """The numbers of rows so far, by their outcome, and the number of the last row.

    What treatments do not ask for is counted too, and what calendars leave out.
    """

    kinds: Counter[OutcomeKind] = field(default_factory=Counter)
    unasked: Counter[str] = field(default_factory=Counter)
    last: int = 0
    left_out: LeftOut = LeftOut()

    @property
    def rows(self) -> int:
        """The number of all of them."""
        return self.kinds.total()

    @property
    def plans(self) -> int:
        """The number of those that are plans."""
        return self.kinds["planned"] + self.kinds["unchanged"]

    def describe(self) -> str:
        """Return the counts in words: each row is a plan, over, refused or failed."""
        unchanged = self.kinds["unchanged"]
        plans = format_count(self.plans, "plan") + (
            f" ({unchanged} unchanged)" if unchanged else ""
        )
        over = f", {self.kinds['passed_over']} over" if self.kinds["passed_over"] else ""
        counts = f"{plans}{over}, {self.kinds['refused']} refused, {self.kinds['failed']} failed"
        return f"{format_count(self.rows, 'row')}: {counts}"


class FileCounts(RowCounts):
    """The numbers of plan files so far, by their outcome.

    One table is written as a whole, and nobody knows what of it is new.
    """

    tells_changes: bool = True

    def describe(self) -> str:
        """Return the counts in words, such as "25 plans: 3 changed, 22 as before"."""
        if not self.rows:
            return NO_PLAN_FILES
        kinds: dict[OutcomeKind, str] = {"planned": "changed", "unchanged": "as before"}
        counts = [f"{self.kinds[kind]} {word}" for kind, word in kinds.items()]
        others: dict[OutcomeKind, str] = {
            "passed_over": "with nothing to export", "refused": "refused", "failed": "failed",
        }  # fmt: skip
        rest = [f"{self.kinds[kind]} {word}" for kind, word in others.items() if self.kinds[kind]]
        told = ", ".join([*(counts if self.tells_changes else ()), *rest])
        plans = format_count(self.rows, "plan")
        return f"{plans}: {told}" if told else plans


class _ProgressBar:
    """A progress bar, on a terminal, once a batch takes over a second."""

    def __init__(self, stream: IO[bytes], stack: ExitStack, *, is_quiet: bool) -> None:
        self.stream = stream
        self.stack = stack
        self.size = _size(stream)
        self.begun = time.monotonic()
        is_shown = not is_quiet and is_terminal(sys.stderr)
        self.next = self.begun + _WAIT if is_shown else math.inf
        self.progress: Progress | None = None

    def step(self, rows: int) -> None:
        """Show how far the list has been read, if it is time."""
        now = time.monotonic()
        if now < self.next:
            return
        self.next = now + _PAUSE
        progress = self.progress or self._shown()
        read = self.stream.tell() if self.size is not None else None
        rate = f"{rows / (now - self.begun):.0f}"
        progress.update(progress.task_ids[0], completed=read, rows=rows, rate=rate)

    def _shown(self) -> "Progress":
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        rate = TextColumn("{task.fields[rows]} rows, {task.fields[rate]}/s")
        columns = (BarColumn(), rate, TextColumn("left:"), TimeRemainingColumn(compact=True))
        self.progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self.progress.add_task("", total=self.size, rows=0, rate="0")
        self.stack.enter_context(self.progress)
        return self.progress


def _size(stream: IO[bytes]) -> int | None:
    """Return the length of a file in bytes; null for a pipe."""
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


# ---- the rows ----


class _Reporter(Struct, frozen=True):
    """Counts each outcome as it comes, keeps what is to be said, and writes it into its report."""

    counts: RowCounts
    bar: _ProgressBar
    reports: "dict[OutcomeKind, ReportWriter | None]"
    faults: RowFaults
    untold: UntoldFiles
    is_quiet: bool = False

    def take(self, task: RowTask, outcome: RowOutcome) -> None:
        self.counts.kinds[outcome.kind] += 1
        self.counts.unasked.update(outcome.unasked)
        self.counts.last = task.row.number
        self.untold.add(outcome)
        self.counts.left_out += outcome.left_out
        self.bar.step(task.row.number)
        place = f"row {task.row.number} (line {task.row.line})"
        if task.earlier is not None:
            case = "" if task.earlier.has_same_case else ", but for the case"
            say(f"{place}: the same ref as row {task.earlier.number}{case}")
        if outcome.kind in {"failed", "refused"}:
            self.faults.add(task, outcome)
        elif outcome.note and not self.is_quiet:
            self.faults.note(task, outcome.note)
        report = self.reports.get(outcome.kind)
        if report is not None:
            report.write(task.row, outcome.reasons)


class BatchRun(Struct, frozen=True):
    """A run of a batch at the terminal.

    Attributes:
        batch: the batch.
        result: the files that it writes.
        options: whether it stops at the first row that fails, and whether it is quiet.
    """

    batch: Batch
    result: BatchResultOptions
    options: BatchRunOptions
    stop: StopSignal = field(default_factory=StopSignal)
    counts: RowCounts = field(default_factory=RowCounts)
    faults: RowFaults = field(default_factory=RowFaults)

    def run(self, patients: PatientList, stream: IO[bytes]) -> int:
        """Process a list, with all messages, and return the exit code.

        Args:
            patients: the list.
            stream: its bytes, which tell how far it has been read.

        Raises:
            OutputError: a result cannot be written, or a plan file not be told of it.
        """
        collect_garbage_less_often()
        with closing(UntoldFiles()) as untold:
            self._run(patients, stream, untold)
            code = self._end()
            if self._is_whole():
                untold.tell(self.batch.spec.forms.choice.audience)
        return code

    def _run(self, patients: PatientList, stream: IO[bytes], untold: UntoldFiles) -> None:
        forms = self._report_forms(patients)
        with ExitStack() as stack:
            stack.enter_context(self.stop.listening())
            # A report is kept however the batch ends, one output only if it is whole.
            reports: dict[OutcomeKind, ReportWriter | None] = {
                kind: stack.enter_context(_report(path, form, self.batch.spec))
                for kind, (path, form) in forms.items()
            }
            stack.callback(self.faults.say)
            bar = _ProgressBar(stream, stack, is_quiet=self.options.quiet)
            quiet = self.options.quiet
            reporter = _Reporter(self.counts, bar, reports, self.faults, untold, quiet)
            try:
                self._process(patients, reporter)
            except OutputError:
                self.faults.say()
                if self.counts.last:
                    say(self._describe_rest())
                raise

    def _report_forms(
        self, patients: PatientList
    ) -> "dict[OutcomeKind, tuple[Path | None, ReportForm]]":
        paths: dict[OutcomeKind, Path | None] = {
            "failed": self.result.report, "refused": self.result.refused,
        }  # fmt: skip
        return {
            kind: (path, report_form(path, patients) if path else ReportForm())
            for kind, path in paths.items()
        }

    def _process(self, patients: PatientList, reporter: _Reporter) -> None:
        """Process the rows; one output that does not come to its end is not kept."""
        with suppress(_UnfinishedError), _one_output(self.batch, self.result.output) as output:
            with closing(self.batch.run(patients.rows, self.stop)) as outcomes:
                for task, outcome in outcomes:
                    reporter.take(task, outcome)
                    if output is not None:
                        output.write(outcome.piece)
                    if self.options.fail_fast and outcome.kind == "failed":
                        self.stop.came_before_a_row = True
                        break
            if output is not None:
                if self.batch.memory is not None and self._is_whole():
                    self._call_off(self.batch.memory, output)
                output.finish()
            if not self._is_whole():
                raise _UnfinishedError

    def _call_off(self, memory: CalendarMemory, output: StreamWriter) -> None:
        """Write what is called off in one calendar, and keep what it has now."""
        for piece in self.batch.called_off(memory):
            output.write(piece)
        memory.save()

    def _is_whole(self) -> bool:
        """Return whether one output is to be kept: a calendar has at least one event."""
        has_content = self.batch.spec.forms.stream != "ics" or self.counts.plans > 0
        return has_content and not self.stop.came_before_a_row

    # ---- the end ----

    def _end(self) -> int:
        """Finish the journal, say the counts, and return the exit code."""
        journal, spec = self.batch.journal, self.batch.spec
        is_stopped = self.stop.came_before_a_row
        if is_stopped:
            say(self._describe_rest())
        elif journal is not None and not spec.is_rehearsal:
            journal.finish()
            if spec.resume:
                self._say_left_over(list(journal.left_over()))
        failed = self.counts.kinds["failed"]
        if not self.options.quiet:
            for what, count in self.counts.unasked.items():
                say(f"{what}, {format_count(count, 'row')}")
            say(f"{self.counts.describe()}; {self._describe_destination()}")
            for line in self.counts.left_out.describe():
                say(line)
        may_report = not isinstance(self.counts, FileCounts) and self.result.report is None
        if failed and may_report and not self.options.quiet:
            say(
                "the rows that failed can be had in a form to correct and feed in again:"
                " --report FILE"
            )
        if is_stopped and not self.options.fail_fast:
            return INTERRUPTED
        return LOOK_AT_THIS if failed or self.counts.kinds["refused"] else DONE

    def _describe_rest(self) -> str:
        last = self.counts.last
        rest = f"row {last + 1} on" if last else "the first row on"
        kept = "--resume goes on" if self.batch.spec.folder else "nothing of it is kept"
        rows = format_count(self.counts.rows, "row")
        return f"stopped after {rows}; from {rest} nothing is done: {kept}"

    def _describe_destination(self) -> str:
        output = self.result.output
        where = self.result.out_dir or ("standard output" if output == STDOUT else output)
        if self.batch.spec.is_rehearsal:
            return f"nothing is written to {where}: a rehearsal"
        if output not in {None, STDOUT} and not self._is_whole():
            return f"nothing is written to {where}"
        return f"written to {where}{self._describe_mode()}"

    def _describe_mode(self) -> str:
        """Say who may read feeds, and how that is changed."""
        forms, output = self.batch.spec.forms, self.result.output
        if not forms.shape.feed or output == STDOUT:
            return ""
        if output is not None:
            return describe_mode(output)
        return f", a new calendar with mode {FEED_MODE:o}: chmod changes it, and it stays so"

    def _say_left_over(self, names: list[str]) -> None:
        if not names:
            return
        # References of patients are not for a log.
        shown = "" if self.batch.index.by_ref else f": {', '.join(names[:_MOST_NAMED])}"
        more = " ..." if shown and len(names) > _MOST_NAMED else ""
        files = (
            f"{format_count(len(names), 'file')} of earlier batches, of rows that this list has not"
        )
        say(f"{self.result.out_dir}: {files}{shown}{more}")


# ---- the files ----


@contextmanager
def _one_output(batch: Batch, path: Path | None) -> Iterator[StreamWriter | None]:
    """Open the one output of all plans; null for a folder, and for a rehearsal.

    A calendar whose earlier export is remembered is an own one, and is replaced.
    """
    spec = batch.spec
    marks = MARKS if batch.memory is not None and batch.memory.is_known else ()
    if path is None or spec.is_rehearsal:
        yield None
    elif path == STDOUT:
        try:
            yield StreamWriter(sys.stdout.buffer, spec.forms)
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            leave_quietly()
    else:
        mode = mode_of_feed(path)
        with open_for_writing(path, marks=marks, force=spec.force) as file:
            yield StreamWriter(file, spec.forms)
        if spec.forms.shape.feed and path.is_file():
            path.chmod(mode)


@contextmanager
def _report(path: Path | None, form: ReportForm, spec: BatchSpec) -> Iterator[ReportWriter | None]:
    """Open a report; one of an earlier batch is replaced by a batch that goes on with it."""
    if path is None or spec.is_rehearsal:
        yield None
        return
    is_empty = path.is_file() and not path.stat().st_size
    marks = form.marks if spec.resume else ()
    with open_for_writing(path, marks=marks, force=spec.force or is_empty) as file:
        yield ReportWriter(file, form)
