"""Run a whole batch: name each row, have it processed, and write it down in the journal."""

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import IO, Final

from msgspec import Struct, structs

from hairplan.batch.calendar_memory import CalendarMemory, course_of
from hairplan.batch.journal import Journal
from hairplan.batch.patient_list import Row
from hairplan.batch.plans_of_rows import PlansOfRows
from hairplan.batch.row_index import RowIndex
from hairplan.batch.row_processor import (
    BatchSpec,
    OutputForms,
    RowOutcome,
    RowTask,
)
from hairplan.batch.workers import FinishedRow, process_rows
from hairplan.calendar.ics import wrapped, zone_components
from hairplan.calendar.ledger import follow
from hairplan.show.csv import render_csv_header

_NAMED_ZONE: Final = re.compile(rb"\nDTSTART;TZID=([^:]+):")
"""The zone of an event: no text has such a line, as it goes on behind a space."""


class Batch(Struct, frozen=True):
    """A batch to run.

    Attributes:
        spec: all that its rows have in common.
        index: the references and names of the rows so far.
        journal: the journal of the folder; null for one output.
        jobs: the number of processes; 0 for one on each core.
        memory: what was written into the one calendar; null for any other output.
        kept: the plan files at hand that were gone on with, by the rows that they are of.
    """

    spec: BatchSpec
    index: RowIndex
    journal: Journal | None = None
    jobs: int = 1
    memory: CalendarMemory | None = None
    kept: PlansOfRows = PlansOfRows()

    def run(
        self, rows: Iterable[Row], should_stop: Callable[[], bool]
    ) -> Generator[FinishedRow, None, None]:
        """Yield each row with its outcome, in the order of the rows.

        Args:
            rows: the rows of the list.
            should_stop: asked before each new row whether the batch is to stop.

        Raises:
            OutputError: the folder takes no more.
        """
        tasks = map(self._task, rows)
        for task, processed in process_rows(tasks, self.spec, self.jobs, should_stop):
            outcome = self._compared(task, processed)
            if self.journal and outcome.written and not self.spec.is_rehearsal:
                self.journal.add(outcome.written)
            if self.memory:
                self._remember(self.memory, task, outcome)
            yield task, outcome

    def _task(self, row: Row) -> RowTask:
        planner = self.spec.planner
        ref, treatment = planner.named_in(row.content)
        if row.faults or not ref:
            return RowTask(row)
        name, earlier = self.index.name(row.number, ref, treatment)
        known = self.journal.known(name) if self.journal is not None else None
        kept = self.kept.of(row.number, name)
        if self.memory is None:
            return RowTask(row, name, known, earlier, kept=kept)
        course = course_of(ref, planner.treatment_id(treatment))
        return RowTask(row, name, known, earlier, course, self.memory.before(course), kept)

    def _remember(self, memory: CalendarMemory, task: RowTask, outcome: RowOutcome) -> None:
        # Of a plan that is over, there may be nothing but what is called off.
        if outcome.kind in {"planned", "unchanged"}:
            memory.add(task.course, outcome.plan_id, outcome.ledger)
        else:
            memory.spare(task.course)

    def called_off(self, memory: CalendarMemory) -> Iterator[bytes]:
        """Yield the events of plans that the one calendar had and no row makes any more."""
        for course, plan_id, ledger in memory.gone():
            following = follow((), frozenset, ledger, plan_id, self.spec.stamp)
            memory.add(course, plan_id, following.ledger)
            yield following.written()

    def _compared(self, task: RowTask, outcome: RowOutcome) -> RowOutcome:
        """Return the outcome of a row in view of the other rows, and of earlier batches."""
        if outcome.kind == "refused" and self._has_files(task):
            remains = "what an earlier batch wrote for it is still there: remove it"
            return structs.replace(outcome, reasons=(*outcome.reasons, remains))
        if self.spec.forms.stream != "ics" or not outcome.piece:
            return outcome
        first = self.index.first_with_plan(outcome.plan_id, task.row.number)
        if first is None:
            return outcome
        why = f"{self._describe_same(task, first)}: a calendar cannot hold it twice"
        return RowOutcome(kind="failed", reasons=(why,))

    def _describe_same(self, task: RowTask, first: int) -> str:  # noqa: ARG002 - of plan files
        return f"the same plan as row {first}"

    def _has_files(self, task: RowTask) -> bool:
        """Return whether files that an earlier batch wrote for a row are still there."""
        if self.journal is None or task.known is None:
            return False
        return any(self.journal.files_of(task.known))


class StreamWriter:
    """Writes the pieces of all plans into one output."""

    def __init__(self, out: IO[bytes], forms: OutputForms) -> None:
        """Write the beginning of the output."""
        self.out = out
        self._end = b""
        self._zones: set[bytes] = set()
        if forms.stream == "ics":
            self._end = b"END:VCALENDAR\r\n"
            out.write(wrapped((), forms.shape).removesuffix(self._end))
        elif forms.stream == "csv":
            out.write(render_csv_header().encode())

    def write(self, piece: bytes) -> None:
        """Write the piece of a row, behind the time zones that it is the first to name."""
        if self._end and (new := {*_NAMED_ZONE.findall(piece)} - self._zones):
            self._zones |= new
            self.out.write(zone_components(sorted(name.decode() for name in new)).encode())
        self.out.write(piece)

    def finish(self) -> None:
        """Write the end of the output."""
        self.out.write(self._end)
        self.out.flush()
