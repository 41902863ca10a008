"""A record of what batches wrote into one calendar, so that its next export follows the plans.

Conventions:

* It is a hidden file beside the calendar: a line says for whom the calendar is, then each plan has
  a line of JSON with its ledger. It is written just before the calendar, whole or not at all.
* A plan that a row made before and makes no more, as it starts on another day now, is called off. A
  plan of a row that fails or is refused this time, or that the list has not, stays as it was.
* Without the calendar it says nothing: that was removed to begin anew.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from hairplan.calendar.ledger import Ledger
from hairplan.files.store import open_for_writing

MARKS: Final = ("BEGIN:VCALENDAR", "PRODID:-//hairplan//")
"""Tell a calendar that hairplan wrote from any other file."""

_FORMAT: Final = 1
_MARK: Final = '{"calendar":'


class _Header(Struct, frozen=True):
    """The first line: the format, and for whom the calendar is."""

    calendar: int
    audience: str


class _KeptPlan(Struct, frozen=True):
    """The line of a plan.

    Attributes:
        course: a digest of the patient's reference and the treatment.
        plan: the id of the plan.
        ledger: its lines.
    """

    course: str
    plan: str
    ledger: Ledger


_LINES: Final = msgspec.json.Decoder(_KeptPlan)
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


class CalendarMemory:
    """The plans that a calendar has from earlier batches, and those of this one."""

    def __init__(self, calendar: Path, audience: str) -> None:
        """Read what earlier batches wrote, if the calendar is there and was for the same people.

        Args:
            calendar: the calendar.
            audience: for whom it is.
        """
        self.calendar = calendar
        self.audience = audience
        self.path = calendar.with_name(f".{calendar.name}.hairplan.jsonl")
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.executescript(
            "pragma journal_mode = off; pragma synchronous = off; begin;"
            "create table plans (course, id, line, is_made, primary key (course, id))"
            " without rowid;"
            "create table spared (course text primary key) without rowid;"
        )
        self.is_known = calendar.is_file() and self._read()

    def _read(self) -> bool:
        """Read the file; return whether it was there, and for the same people."""
        with suppress(FileNotFoundError, msgspec.MsgspecError), self.path.open("rb") as file:
            header = msgspec.json.decode(file.readline(), type=_Header)
            if header == _Header(_FORMAT, self.audience):
                for line in file:
                    self._keep(_LINES.decode(line), is_made=False)
                return True
        return False

    def _keep(self, plan: _KeptPlan, *, is_made: bool) -> None:
        insert = "insert or replace into plans values (?, ?, ?, ?)"
        self._base.execute(insert, (plan.course, plan.plan, _ENCODER.encode(plan), is_made))

    def before(self, course: str) -> dict[str, Ledger]:
        """Return what was written of the plans of a course, by their ids."""
        if not self.is_known:
            return {}
        select = "select line from plans where course = ?"
        plans = (_LINES.decode(line) for (line,) in self._base.execute(select, (course,)))
        return {plan.plan: plan.ledger for plan in plans}

    def add(self, course: str, plan_id: str, ledger: Ledger) -> None:
        """Keep what was written of a plan of this batch."""
        self._keep(_KeptPlan(course, plan_id, ledger), is_made=True)

    def spare(self, course: str) -> None:
        """Call off nothing of a course: a row of it made no plan this time."""
        self._base.execute("insert or ignore into spared values (?)", (course,))

    def gone(self) -> Iterator[tuple[str, str, Ledger]]:
        """Yield each plan that is to be called off: its course, its id and its ledger."""
        select = (
            "select line from plans where not is_made"
            " and course in (select course from plans where is_made)"
            " and course not in (select course from spared) order by id"
        )
        for (line,) in self._base.execute(select).fetchall():
            plan = _LINES.decode(line)
            yield plan.course, plan.plan, plan.ledger

    def save(self) -> None:
        """Write the file anew.

        Raises:
            OutputError: it cannot be written.
        """
        with open_for_writing(self.path, marks=(_MARK,), force=True) as file:
            file.write(_ENCODER.encode(_Header(_FORMAT, self.audience)) + b"\n")
            for (line,) in self._base.execute("select line from plans order by id"):
                file.write(line + b"\n")

    def close(self) -> None:
        """Close the database."""
        self._base.close()


def course_of(ref: str, treatment: str) -> str:
    """Return the digest of a patient's reference and a treatment."""
    return sha256(f"{ref.casefold()}\n{treatment}".encode()).hexdigest()[:20]


def remembers(output: Path) -> bool:
    """Return whether an output is a file, beside which another one can lie."""
    return not output.exists() or output.is_file()
