"""The work that is due over many plans, as a person reads it or as a spreadsheet takes it."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, get_args

from msgspec import structs

from hairplan.follow.due_rows import Due, DueKind, Unread
from hairplan.show.document import Document, Line, Mark, Section, TableRow, build_document
from hairplan.words import NO_PLAN_FILES, describe_days_away, format_count, format_date

_TITLES: Final[dict[DueKind, str]] = {
    "stopped": "Stopped, or without dates",
    "impossible": "Cannot take place as it should",
    "overdue": "Overdue",
    "missed": "Missed: to be booked again",
    "cancelled": "Cancelled: to be booked again",
    "unrecorded": "Past, and nothing recorded",
    "check": "Check that the pause began",
    "to book": "To book",
    "this week": "Within a week",
    "document": "Awaited before a session",
    "lost": "Nothing heard of for long",
    "protocol": "Another version of the protocol",
    "tell": "To tell: a pause begins",
    "task": "To do",
    "review": "To look at",
}
_MARKS: Final[dict[DueKind, Mark]] = {
    "stopped": "refused",
    "impossible": "refused",
    "overdue": "refused",
    "missed": "moved",
    "cancelled": "moved",
    "unrecorded": "moved",
    "check": "open",
    "to book": "tentative",
    "document": "open",
    "lost": "open",
    "protocol": "open",
}
_WORDS: Final = {
    "unread": "not read",
    "check": "to check",
    "document": "awaiting something",
    "lost": "not heard of",
    "protocol": "with another version of the protocol",
    "tell": "to tell",
    "task": "to do",
    "review": "to look at",
}
COLUMNS: Final = Due.__struct_fields__


def worklist_document(rows: Sequence[Due | Unread], on: date) -> Document:
    """Lay out what is due on a day, a part for each kind of work.

    Args:
        rows: what is due, in order.
        on: the day.
    """
    unread = (row for row in rows if isinstance(row, Unread))
    faults = tuple(Line(fault, "refused") for row in unread for fault in row.faults)
    due = [row for row in rows if isinstance(row, Due)]
    sections = [Section("Not read", lines=faults), *(_section(what, due) for what in _TITLES)]
    lines = () if rows else (Line("nothing is due", "good"),)
    return build_document(f"What is due on {format_date(on)}", lines, sections)


def _section(what: DueKind, due: Iterable[Due]) -> Section:
    columns = ("Patient", "Session", "Day", "", "What to know")
    mark = _MARKS.get(what, "plain")
    rows = (TableRow(_cells(row), mark) for row in due if row.what == what)
    return Section(_TITLES[what], columns, tuple(rows))


def _cells(row: Due) -> tuple[str, ...]:
    return (
        row.ref or f"plan {row.plan[:8]}",
        f"{row.treatment} {row.session or ''}".strip(),
        format_date(row.day) if row.day else "",
        "" if row.days is None else describe_days_away(row.days),
        f"{row.says} ({row.path})",
    )


def summarise(rows: Sequence[Due | Unread], plans: int) -> str:
    """Say how much there is to do, such as "12 plans: 3 overdue, 2 to book"."""
    if not plans:
        return NO_PLAN_FILES
    kinds = [row.what for row in rows]
    known = ("unread", *get_args(DueKind))
    counted = [f"{kinds.count(kind)} {_WORDS.get(kind, kind)}" for kind in known if kind in kinds]
    return f"{format_count(plans, 'plan')}: {', '.join(counted) or 'nothing is due'}"


def render_due_csv(rows: Iterable[Due | Unread]) -> str:
    """Render what is due as CSV with a header, its cells as safe as those of a plan."""
    from hairplan.show.csv import write_rows

    header = f"{','.join(COLUMNS)}\r\n"
    return header + write_rows(COLUMNS, map(_columns, rows))


def _columns(row: Due | Unread) -> dict[str, object]:
    if isinstance(row, Unread):
        return {"path": row.path, "urgency": 0, "what": row.what, "says": "; ".join(row.faults)}
    return structs.asdict(row)
