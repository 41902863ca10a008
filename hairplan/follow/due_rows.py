"""The rows of a list of work: what there is to do for one plan, and which of it a list shows.

The kinds of work are in the order of what needs a hand first; the last three came later, and the
numbers of the others stay as they were.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal, get_args

from msgspec import Struct, structs

from hairplan.dates.spans import Period

DueKind = Literal[
    "stopped", "impossible", "overdue", "missed", "cancelled", "unrecorded", "check", "to book",
    "this week", "document", "lost", "protocol", "tell", "task", "review",
]  # fmt: skip
"""Kinds of work, the most urgent first.

stopped: the plan goes no further, or has no dates. impossible: something had to be stopped before
it could be known, or a booking is on a closed day or outside its window. overdue: past its latest
day. missed, cancelled: to be booked again. unrecorded: its day has passed, and nothing is recorded.
check: whether a pause has begun. to book: proposed and near. this week: planned or booked within 7
days. document: without it a session may not take place. lost: nothing was heard of
the patient for long. protocol: another version of it is there. tell: a pause that begins on
a day asked for. task, review: what is to be done, or looked at, on one.
"""

URGENCY: Final = {what: number for number, what in enumerate(get_args(DueKind), 1)}
_OF_A_DAY: Final = {"to book", "this week"}
"""Kinds that a list shows on the days asked for alone."""


class Due(Struct, frozen=True, kw_only=True):
    """Something to do for one plan.

    Attributes:
        path: the plan's file.
        ref: the clinic's own reference of the patient.
        plan: the plan's id.
        treatment: the protocol's id.
        urgency: the place of `what` among the kinds of work, from 1, the most urgent.
        what: what there is to do.
        session: the appointment's id; null where it is the whole plan.
        day: the day that it is about: the latest day of what is overdue, else the appointment's.
        days: how many days it is until then; below 0 for days since.
        says: what to know or to do, in words.
        time: the time of day of an appointment, where one is given.
        latest: the last day that keeps to the protocol; null where there is none.
        about: the rules, restrictions, tasks or results that it is about, by name.
        since: the first day of the pause.
        length: of a pause that begins, the one of two lengths: ideal, or at_least.
        only_if: the answers that it hangs on, where they are unknown.
        listed: a list of the days asked for has it; else it is one to count.
    """

    path: str
    ref: str | None
    plan: str
    treatment: str
    urgency: int
    what: DueKind
    session: str | None
    day: dt.date | None
    days: int | None
    says: str
    time: dt.time | None = None
    latest: dt.date | None = None
    about: tuple[str, ...] = ()
    since: dt.date | None = None
    length: Literal["ideal", "at_least"] | None = None
    only_if: str | None = None
    listed: bool = True


class Unread(Struct, frozen=True, kw_only=True):
    """A plan that could not be read, or not be made.

    Attributes:
        path: its file.
        faults: what is wrong with it, each in words.
        what: tells it from what is due.
    """

    path: str
    faults: tuple[str, ...]
    what: Literal["unread"] = "unread"


def sort_by_urgency(rows: Iterable[Due | Unread]) -> list[Due | Unread]:
    """Return rows by what is most urgent, then by day; what could not be read comes first."""
    return sorted(rows, key=_place)


def _place(row: Due | Unread) -> tuple[int, dt.date, str, str]:
    if isinstance(row, Unread):
        return 0, dt.date.min, row.path, ""
    return row.urgency, row.day or dt.date.min, row.path, row.session or ""


def list_within(rows: Sequence[Due], days: Period) -> Iterator[Due]:
    """Yield rows of one plan, those of appointments listed where the day is one asked for.

    Of those to be booked the next alone is listed: the days of the others hang on it.
    """
    to_book = [row.day for row in rows if row.what == "to book" and row.day]
    for row in rows:
        is_later = row.what == "to book" and row.day != min(to_book)
        if row.what in _OF_A_DAY and (is_later or row.day is None or row.day not in days):
            yield structs.replace(row, listed=False)
        else:
            yield row
