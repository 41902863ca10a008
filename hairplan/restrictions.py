"""When something has to be avoided or stopped around appointments, and when it is over.

Conventions:

* "For N days after" means the session's day and the N days after it; the first free day is
  session + N + 1. "N days before" means from session - N on.
* A restriction in hours runs from the appointment's end (or back from its beginning). Without a
  time of day it covers every calendar day that it could touch.
* Periods that overlap or touch are one: a free night between two of them is no free day.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from msgspec import Struct

from hairplan.dates.clock import minutes_from
from hairplan.dates.spans import Span, shift, shift_days
from hairplan.plan import RestrictedPeriod

_MIDNIGHT = time(0, 0)
_DAY = timedelta(days=1)


class Sides(Struct, frozen=True):
    """One length of a restriction: how long before, and how long after an appointment."""

    before: Span | None
    after: Span | None


class Visit(Struct, frozen=True):
    """What of an appointment a restriction needs to know.

    Attributes:
        id: the appointment's id.
        day: its day.
        at: its time of day, where known.
        zone: the zone of the time, where known.
        minutes: its length in minutes.
    """

    id: str
    day: date
    at: time | None
    zone: str | None
    minutes: int


def periods(sides: Sides, visits: Sequence[Visit]) -> tuple[RestrictedPeriod, ...]:
    """Return the restricted periods around appointments, merged.

    Args:
        sides: how long before and after.
        visits: the appointments, in date order.

    Raises:
        OutOfRangeError: a period leaves the calendar.
    """
    merged: list[RestrictedPeriod] = []
    for visit in visits:
        period = _around(sides, visit)
        # Where one ends within a day, or on the eve of the next, no free day lies between them.
        if merged and period.first <= merged[-1].resume_on:
            merged[-1] = _joined(merged[-1], period)
        else:
            merged.append(period)
    return tuple(merged)


def _around(sides: Sides, visit: Visit) -> RestrictedPeriod:
    first = visit.day
    if sides.before:
        first = _begin(sides.before, visit)
    last, resume_at = visit.day, None
    if sides.after:
        if sides.after.minutes and visit.at is not None:
            resume_at = minutes_from(
                visit.day, visit.at, visit.minutes + sides.after.minutes, visit.zone
            )
            last = _last_day(resume_at)
        else:
            last = shift(visit.day, sides.after)
    resume_on = resume_at.date() if resume_at else shift_days(last, 1)
    return RestrictedPeriod(first, last, resume_on, resume_at, (visit.id,))


def _begin(before: Span, visit: Visit) -> date:
    if before.minutes and visit.at is not None:
        return minutes_from(visit.day, visit.at, -before.minutes, visit.zone).date()
    return shift(visit.day, before, -1)


def _last_day(resume_at: datetime) -> date:
    """Return the last day that is restricted, if only in part."""
    return resume_at.date() - _DAY if resume_at.time() == _MIDNIGHT else resume_at.date()


def _joined(earlier: RestrictedPeriod, later: RestrictedPeriod) -> RestrictedPeriod:
    end = later if later.resume_on >= earlier.resume_on else earlier
    return RestrictedPeriod(
        min(earlier.first, later.first),
        end.last,
        end.resume_on,
        end.resume_at,
        earlier.sessions + later.sessions,
    )
