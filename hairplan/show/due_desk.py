"""The work of some days in one screen: what is late, then a line for a patient's day.

Conventions:

* What is late comes first and is red, whatever the days asked for. The rest is by day and hour.
* The parts of a line are in one order: the appointment, what comes before it, what to tell.
* A pipe gets the same rows without headings, the days as ISO has them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, time
from itertools import groupby
from typing import Final

from msgspec import Struct

from hairplan.dates.spans import Period
from hairplan.follow.due_rows import Due, DueKind, Unread
from hairplan.show.desk_days import GAP, reword_days, say_day, say_days, say_from_to
from hairplan.show.document import Document, Line
from hairplan.words import NO_PLAN_FILES, format_count, format_date

_LATE: Final[tuple[DueKind, ...]] = (
    "stopped", "impossible", "overdue", "missed", "cancelled", "unrecorded", "lost",
)  # fmt: skip
_ORDER: Final[tuple[DueKind, ...]] = (
    "this week", "to book", "document", "tell", "check", "task", "review", "protocol",
)  # fmt: skip
_ALONE: Final = {"document", "protocol"}
"""Kinds that go with an appointment, or into one line for all; a pipe has a row for each."""
_LENGTHS: Final = {"ideal": " (best)", "at_least": " (last day)", None: ""}
_MONTH: Final = 30
_WEEK: Final = 7
_NAMED: Final = 8


class DueView(Struct, frozen=True, kw_only=True):
    """The list that is asked for.

    Attributes:
        days: the days.
        plans: how many plans were looked at.
        plain: it goes to a pipe.
        paths: the plans' files are named.
    """

    days: Period
    plans: int
    plain: bool = False
    paths: bool = False

    @property
    def say(self) -> Callable[[date], str]:
        """How a day is said in a sentence."""
        return format_date if self.plain else say_day

    @property
    def brief(self) -> Callable[[date], str]:
        """How a day is said that is only a limit."""
        return date.isoformat if self.plain else _of_month


class _DeskRow(Struct, frozen=True, kw_only=True):
    """A line of the list.

    Attributes:
        ref: the patient.
        late: it is late.
        day: the day.
        at: the time of day.
        item: the treatment and the appointment.
        says: what to do, in words.
        path: the plan's file.
    """

    ref: str
    late: bool
    day: date | None
    at: time | None
    item: str
    says: str
    path: str


def due_desk(rows: Sequence[Due | Unread], view: DueView) -> Document:
    """Lay out what is due on some days.

    Args:
        rows: what is due, in order of urgency.
        view: the list that is asked for.
    """
    due = [row for row in rows if isinstance(row, Due)]
    unread = [Line(fault, "refused") for row in rows if isinstance(row, Unread)
              for fault in row.faults]  # fmt: skip
    late = [_late_row(row, view) for row in due if row.what in _LATE]
    by_day = [*_day_rows(due, view)]
    if view.plain:
        return Document("", (*unread, *_plain_lines([*late, *by_day], view)), ())
    lines = [*unread, *_block("late: to be settled today", _late_lines(late, view))]
    lines += [*_block("by day", _day_lines(by_day, view)), *_rest(due, view)]
    counts = [format_count(view.plans, "plan"), f"{len(late)} late", f"{len(by_day)} to see to"]
    head = " · ".join([say_from_to(view.days.first, view.days.last), *counts])
    return Document(head, tuple(lines or [_nothing(view)]), ())


def _nothing(view: DueView) -> Line:
    return Line("nothing is due", "good") if view.plans else Line(NO_PLAN_FILES, "moved")


def _of_month(day: date) -> str:
    return say_days(day, day)


# ---- rows ----


def _late_row(row: Due, view: DueView) -> _DeskRow:
    says = _describe_late(row, view.say)
    return _row([row], says if view.plain else reword_days(says), late=True)


def _row(rows: Sequence[Due], says: str, *, late: bool = False) -> _DeskRow:
    first = rows[0]
    return _DeskRow(
        ref=name_of(first),
        late=late,
        day=first.day,
        at=first.time,
        item=f"{first.treatment} {first.session or ''}".strip(),
        says=says,
        path=first.path,
    )


def name_of(row: Due) -> str:
    """Return by what a practice knows a patient, or else the plan."""
    return row.ref or f"plan {row.plan[:8]}"


def _day_rows(due: Iterable[Due], view: DueView) -> list[_DeskRow]:
    """Return the rows of the days, each with all that there is for a patient on one."""
    rows = [row for row in due if row.listed and row.what in _ORDER]
    rows.sort(key=lambda row: (row.path, row.day or date.max, _ORDER.index(row.what)))
    lines = []
    for _, group in groupby(rows, key=lambda row: (row.path, row.day)):
        parts = [*group]
        if view.plain or any(part.what not in _ALONE for part in parts):
            lines.append(_row(parts, "; ".join(_parts(parts, view.brief))))
    return sorted(lines, key=lambda row: (row.day or date.max, row.at or time(), row.ref))


def _parts(rows: Sequence[Due], brief: Callable[[date], str]) -> Iterator[str]:
    for row in rows:
        other = row.session not in {None, rows[0].session}
        yield _describe_part(row, brief) + (f" for {row.session}" if other else "")


# ---- words ----


def _describe_late(row: Due, say: Callable[[date], str]) -> str:
    """Say in few words what is late."""
    about, day = ", ".join(row.about), say(row.day) if row.day else ""
    match row.what:
        case "stopped":
            words = f"STOPPED: {about}" if about else "NO DATES"
        case "overdue":
            words = f"OVERDUE since {day}: book or give up"
        case "missed" | "cancelled":
            until = f" after {about}" if about else f" by {say(row.latest)}" if row.latest else ""
            words = f"{row.what}: book again{until}"
        case "unrecorded":
            words = f"{day}: done, missed or moved?"
        case "lost":
            words = f"nothing recorded since {day}: ask, or end the plan"
        case _:
            words = f"{about}: had to stop by {say(row.since)}" if row.since else row.says
    return words


def _describe_part(row: Due, brief: Callable[[date], str]) -> str:
    """Say in few words what there is to do on a day."""
    about, doubt = ", ".join(row.about), "?" if row.only_if else ""
    match row.what:
        case "this week":
            words = "booked"
        case "to book":
            to = f", to {brief(row.latest)}" if row.latest and row.latest != row.day else ""
            words = f"NOT BOOKED{to}"
        case "document":
            words = f"{about} first"
        case "check":
            stopped = f" stopped {brief(row.since)}" if row.since and not doubt else ""
            words = f"{about}{stopped}?"
        case "tell":
            words = f"tell: stop {about}{_LENGTHS[row.length]}{doubt}"
        case "protocol":
            words = "another version of the protocol"
        case _:
            words = f"{row.what}: {about}{doubt}"
    return words


# ---- lines ----


def _block(title: str, lines: Sequence[Line]) -> list[Line]:
    return [Line(title, "least"), *lines] if lines else []


def _late_lines(rows: Sequence[_DeskRow], view: DueView) -> list[Line]:
    heads = _columns([(row.ref, row.item) for row in rows])
    return [
        Line(_with_path(row, view), "refused", head) for row, head in zip(rows, heads, strict=True)
    ]


def _day_lines(rows: Sequence[_DeskRow], view: DueView) -> list[Line]:
    is_short = (view.days.last - view.days.first).days < _WEEK
    heads = _columns([(row.ref, _moment(row, is_short=is_short), row.item) for row in rows])
    return [
        Line(_with_path(row, view), "tentative" if "NOT BOOKED" in row.says else "plain", head)
        for row, head in zip(rows, heads, strict=True)
    ]


def _with_path(row: _DeskRow, view: DueView) -> str:
    return f"{row.says} ({row.path})" if view.paths else row.says


def _moment(row: _DeskRow, *, is_short: bool) -> str:
    assert row.day is not None, "what is not late has a day"
    day = say_day(row.day, padded=True)
    day = day.rpartition(GAP)[0] if is_short else day
    return f"{day}{GAP}{row.at:%H:%M}" if row.at else day


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return the cells of each row side by side, with a blank after the last."""
    if not rows:
        return []
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        " ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " "
        for row in rows
    ]


def _plain_lines(rows: Sequence[_DeskRow], view: DueView) -> list[Line]:
    cells = [
        (
            row.ref,
            "late" if row.late else "-",
            row.day.isoformat() if row.day else "-",
            f"{row.at:%H:%M}" if row.at else "-",
            row.item,
            row.says,
            *([row.path] if view.paths else []),
        )
        for row in rows
    ]
    if not cells:
        return []
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    padded = ((cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)
    return [Line("  ".join(row).rstrip()) for row in padded]


# ---- what has no line ----


def _rest(due: Iterable[Due], view: DueView) -> Iterator[Line]:
    """Yield the counts of what has no line of its own."""
    rows = [*due]
    more = sum(row.what == "to book" and not row.listed for row in rows)
    if more:
        is_short = (view.days.last - view.days.first).days < _MONTH - 1
        hint = f": --within {_MONTH}d" if is_short else ""
        yield Line(f"{more} more to book, later or after these{hint}", "least")
    shown = {(row.path, row.session) for row in rows if row.listed and row.what in _OF_SESSIONS}
    waiting = [row for row in rows if row.what == "document"
               and (row.path, row.session) not in shown]  # fmt: skip
    by_what: dict[str, list[str]] = {}
    for row in waiting:
        by_what.setdefault(f"{', '.join(row.about)} before {row.session}", []).append(name_of(row))
    newer = [name_of(row) for row in rows if row.what == "protocol"]
    by_what |= {"another version of the protocol": newer} if newer else {}
    for what, names in by_what.items():
        yield Line(f"{what}: {_some(names)}")


_OF_SESSIONS: Final = {"this week", "to book"}


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
