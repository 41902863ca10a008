"""A whole batch: rows get their names, are made, and are written down, one after the other."""

import json
import re
from collections.abc import Callable, Generator, Iterable, Mapping
from typing import IO, Any, Final

from msgspec import Struct, structs

from hairplan.batch.columns import IN_REPORTS, SEPARATOR, TREATMENT, column_of
from hairplan.batch.index import Index
from hairplan.batch.journal import Journal, JournalEntry
from hairplan.batch.patient_list import MOST_CHARACTERS, Row
from hairplan.batch.work import RowOutcome, RowTask, StreamForm, Work
from hairplan.batch.workers import FinishedRow, run
from hairplan.calendar.ics import CalendarShape, wrapped
from hairplan.show.csv import csv_header

HIDDEN: Final = "[...]"
"""What stands for what a row holds."""

_FLUSH_EVERY: Final = 64


class Batch(Struct, frozen=True):
    """A batch that is to be run.

    Attributes:
        work: what is made of each row.
        index: the references and names that there were before.
        journal: of the folder that is written into; null for a stream.
        jobs: how many processes; 0 for one on each core.
    """

    work: Work
    index: Index
    journal: Journal | None = None
    jobs: int = 1

    def run(
        self, rows: Iterable[Row], stops: Callable[[], bool]
    ) -> Generator[FinishedRow, None, None]:
        """Yield each row with what became of it, in the order of the rows.

        Args:
            rows: the rows.
            stops: asked before each new row whether it is to stop.

        Raises:
            OutputError: the folder takes no more.
        """
        made = run(map(self._task, rows), self.work, self.jobs, stops)
        for number, (task, outcome) in enumerate(made, 1):
            found = self._checked(task, outcome)
            if self.journal is not None and self._is_to_keep(found):
                self.journal.add(JournalEntry(found.name, found.made_from, found.files))
                if number % _FLUSH_EVERY == 0:
                    self.journal.flush()
            yield task, found

    def _is_to_keep(self, found: RowOutcome) -> bool:
        """Return whether a row need not be made again: a refusal is to be said each time."""
        return found.kind in {"planned", "unchanged"} and not self.work.is_rehearsal

    def _task(self, row: Row) -> RowTask:
        ref = _plain(row.content.get("ref"))
        if row.faults or not ref:
            return RowTask(row)
        treatment = _plain(row.content.get(TREATMENT)) or self.work.planner.treatment or ""
        name, again = self.index.name(row.number, ref, treatment)
        known = self.journal.known(name) if self.journal is not None else None
        return RowTask(row, name, known, again)

    def _has_files(self, task: RowTask) -> bool:
        """Return whether what an earlier batch wrote for a row is still there."""
        if self.journal is None or task.known is None:
            return False
        return any(self.journal.files_of(task.known))

    def _checked(self, task: RowTask, outcome: RowOutcome) -> RowOutcome:
        """Return the outcome with what only all rows together know."""
        if outcome.kind == "refused" and self._has_files(task):
            still = "what an earlier batch wrote for it is still there: remove it"
            return structs.replace(outcome, reasons=(*outcome.reasons, still))
        if self.work.stream != "ics" or outcome.kind != "planned":
            return outcome
        first = self.index.plan(task.row.number, outcome.plan)
        if first is None:
            return outcome
        why = f"the same plan as row {first}: a calendar cannot hold it twice"
        return RowOutcome(kind="failed", reasons=(why,))


def _plain(value: Any) -> str:  # noqa: ANN401 - what JSON has
    """Return the text of a cell as far as it can be written; the row's faults come later."""
    text = str(value)[:MOST_CHARACTERS].strip() if isinstance(value, str | int) else ""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


# ---- a stream ----


class Stream:
    """Pieces of plans, put together."""

    def __init__(self, out: IO[bytes], form: StreamForm, shape: CalendarShape) -> None:
        """Begin with what stands before the first."""
        self.out = out
        self.head, self.tail = _around(form, shape)
        self.out.write(self.head)

    def take(self, outcome: RowOutcome) -> None:
        """Add what a row made."""
        self.out.write(outcome.piece)

    def end(self) -> None:
        """Add what stands behind the last."""
        self.out.write(self.tail)
        self.out.flush()


def _around(form: StreamForm, shape: CalendarShape) -> tuple[bytes, bytes]:
    if form == "ics":
        end = b"END:VCALENDAR\r\n"
        return wrapped((), shape).removesuffix(end), end
    return (csv_header().encode() if form == "csv" else b""), b""


# ---- what failed ----


def report_line(row: Row, reasons: Iterable[str]) -> bytes:
    """Return a failed row as a report has it: it can be corrected, and fed in again."""
    content = {name: value for name, value in row.content.items() if name not in IN_REPORTS}
    found = {"row": row.number, "reason": list(reasons), **content}
    try:
        return f"{json.dumps(found, ensure_ascii=False)}\n".encode()
    except UnicodeEncodeError:
        # Bytes that are no UTF-8 come out as they went in.
        return f"{json.dumps(found)}\n".encode()


REPORT_MARKS: Final = ('{"row": ', '"reason": [')


_EXAMPLES: Final = re.compile(r"\b(?:such as|are written|there are:|known:) ")
"""Behind these a message says what would be right, in our own words."""

_QUOTED: Final = re.compile(r"(?<!did you mean )'[^']*'")
_DERIVED: Final = re.compile(r"\d{4}-\d{2}-\d{2}( \(\d+ [A-Z][a-z]+\))?")
"""What follows from a row's cells: a day, with its month in words beside it."""

_APART: Final = re.compile(rf"[\s,{re.escape(SEPARATOR)}=]+|\.\.")
_SHORT: Final = 4
_LONG: Final = 1000


def without_content(reason: str, content: Mapping[str, Any]) -> str:
    """Return a reason without what the row holds: a log is no place for patients' data.

    The column stays, and what would be right. A report has the whole of it.
    """
    column, colon, rest = reason.partition(": ")
    if not colon or isinstance(column_of(column.replace(" ", ".", 1)), str):
        column, colon, rest = "", "", reason
    found = _EXAMPLES.search(rest)
    said, example = (rest[: found.start()], rest[found.start() :]) if found else (rest, "")
    said = _QUOTED.sub(f"'{HIDDEN}'", said)
    for text in sorted(_pieces(content), key=len, reverse=True):
        said = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", HIDDEN, said)
    return f"{column}{colon}{_DERIVED.sub(HIDDEN, said)}{example}"


def _pieces(content: Mapping[str, Any]) -> set[str]:
    """Return what of a row a message may show: its cells and the words in them, if they tell."""
    found: set[str] = set()
    for name, value in content.items():
        if isinstance(value, dict):
            found |= _pieces(value)
        elif name not in IN_REPORTS:
            for each in value if isinstance(value, list) else [value]:
                text = str(each)[:_LONG].strip()
                found |= {text, *_APART.split(text)}
    # Short words without a figure are in every message, and tell nothing.
    return {text for text in found if len(text) >= _SHORT or re.search(r"\d", text)}
