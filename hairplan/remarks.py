"""Remarks of a plan beside its dates, as data: no view and no script has to read a sentence.

A code never changes its meaning; codes may be added. A sentence beside it may change.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

from msgspec import Struct

RemarkCode = Literal[
    "start-past", "session-past", "pause-late", "task-late", "outside", "too-few", "no-relief",
    "open-end", "event-ahead", "event-ends", "more", "no-time", "no-zone", "beyond", "to-settle",
    "step", "protocol", "idle-choice", "idle-override", "no-day",
]  # fmt: skip
MovedCode = Literal[
    "taken", "window", "course", "outside", "booked", "again", "recorded", "clinic", "apart"
]


class Remark(Struct, frozen=True):
    """A note of a plan.

    Attributes:
        kind: a warning asks for something to be done or decided; an info is good to know.
        code: the sort of note that it is.
        text: all of it in words.
        session: the appointment that it is about, where it is about one.
    """

    kind: Literal["warning", "info"]
    code: RemarkCode
    text: str
    session: str | None = None


def inform(code: RemarkCode, texts: Iterable[str]) -> Iterator[Remark]:
    """Yield texts as notes that are good to know."""
    return (Remark("info", code, text) for text in texts)


class WhyMoved(Struct, frozen=True, kw_only=True):
    """Why an appointment is not on the day that it would be on.

    Attributes:
        code: `taken`, that day cannot be; out of its `window`; for the sake of the rest of the
            `course`; `outside` its window, no day of which can be; `booked` for another day; to be
            booked `again`; moved by what was `recorded`, or by a change of the `clinic`'s days;
            `apart` from one that really was later.
        says: all of it in words.
        days: by how many days it moved; below 0, to an earlier day.
        instead_of: the day that it would be on.
        because: what is in the way on that day, or why it was booked for another.
        earliest: the first day of its window.
        latest: the last day of its window.
        recorded: the day on which it was recorded, or from which on other days hold.
        session: the appointment that it keeps its distance from, or that would be the worse for it.
        would: what would come of that day for that appointment.
    """

    code: MovedCode
    says: str
    days: int
    instead_of: date
    because: str | None = None
    earliest: date | None = None
    latest: date | None = None
    recorded: date | None = None
    session: str | None = None
    would: str | None = None
