"""Restrictions around appointments: from when until when something is avoided or stopped.

Conventions:

* "For N days after" means the session's day and the N days after it; the first free day is
  session + N + 1. "N days before" means from session - N on.
* A restriction in hours runs from the appointment's end (or back from its beginning). Without a
  time of day it covers every calendar day that it could touch. A time of day, such as 21:00 on the
  day before, is the one on the wall, also where summer time changes in between.
* A restriction that begins later, so long after an appointment, covers its first day as well.
* What reaches before an appointment alone ends with it, and nothing says when to resume.
* Periods that overlap or touch are one: a free night between two of them is no free day.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from msgspec import Struct

from hairplan.dates.clock import minutes_from, on_the_wall
from hairplan.dates.spans import ClockTime, Span, shift, shift_days
from hairplan.plan import PlannedRestriction
from hairplan.plan_parts import RestrictedPeriod

_MIDNIGHT = time(0, 0)
_EVENING = time(18, 0)
_NO_DAY = timedelta(0)
_DAY = timedelta(days=1)


class Sides(Struct, frozen=True):
    """One length of a restriction: how far before, and how far after an appointment.

    Attributes:
        before: how long before it begins, or at what time; with the appointment's day, if None.
        after: how long after it lasts, or up to what time.
        begins: in place of `before`, how long after it begins.
        days: how many days before and after that is, wherever it is only a number of days.
        in_hours: it is one only where no time of day is known.
    """

    before: Span | ClockTime | None
    after: Span | ClockTime | None
    begins: Span | None = None
    days: tuple[timedelta, timedelta] | None = None
    in_hours: bool = False


def sides(
    before: Span | ClockTime | None, after: Span | ClockTime | None, begins: Span | None
) -> Sides:
    """Return a length of a restriction, with the days in it worked out."""
    ends = [end for end in (before, after, begins) if end is not None]
    spans = [end for end in ends if isinstance(end, Span) and not end.months]
    if begins or len(spans) < len(ends):
        return Sides(before, after, begins)
    days = tuple(
        timedelta(end.days) if isinstance(end, Span) else _NO_DAY for end in (before, after)
    )
    return Sides(before, after, None, (days[0], days[1]), any(length.minutes for length in spans))


def hours_of(length: Sides) -> str | None:
    """Return a length that is in hours, in words; None for one of days or clock times."""
    given = {"before": length.before, "after": length.after}
    parts = [
        f"{end} {side}" for side, end in given.items() if isinstance(end, Span) and end.minutes
    ]
    return ", ".join(parts) or None


class Visit(Struct, frozen=True):
    """An appointment as restrictions see it.

    Attributes:
        id: the appointment's id.
        day: its day.
        at: its time of day, where known.
        zone: the zone of the time, where known.
        minutes: its length in minutes.
        until: the day up to which the restriction lasts in any case, where it names one.
        is_open: it goes on from there, until something that has no day yet.
    """

    id: str
    day: date
    at: time | None
    zone: str | None
    minutes: int
    until: date | None = None
    is_open: bool = False


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
        if period is None:
            continue
        if merged and period.first <= _next_free(merged[-1]):
            merged[-1] = _joined(merged[-1], period)
        else:
            merged.append(period)
    return tuple(merged)


def _next_free(period: RestrictedPeriod) -> date:
    """Return the first day that is free by daylight, if no other period begins on it."""
    is_evening = period.resume_at is not None and period.resume_at.time() >= _EVENING
    return _over(period) + _DAY if is_evening else _over(period)


def _over(period: RestrictedPeriod) -> date:
    """Return the first day on which nothing is restricted any more, as far as days go."""
    return period.last + _DAY if period.resume_on is None else period.resume_on


def _around(sides: Sides, visit: Visit) -> RestrictedPeriod | None:
    """Return the period of one appointment; None if it is over before it begins."""
    if sides.days is None or visit.until is not None or (sides.in_hours and visit.at):
        return _by_spans(sides, visit)
    before, after = sides.days
    try:
        last = visit.day + after
        resume_on = last + _DAY if sides.after else None
        return RestrictedPeriod(visit.day - before, last, resume_on, None, (visit.id,))
    except OverflowError:
        # This says which date leaves the calendar.
        return _by_spans(sides, visit)


def _by_spans(sides: Sides, visit: Visit) -> RestrictedPeriod | None:
    first, begin_at = beginning(sides, visit)
    resume_at = None
    resume_on = shift_days(visit.day, 1)
    has_no_end = visit.is_open or (sides.after is None and visit.until is None)
    if sides.after:
        resume_on, resume_at = _end(sides.after, visit)
    if visit.until is not None and visit.until >= resume_on:
        resume_on, resume_at = shift_days(visit.until, 1), None
    last = _last_day(resume_at) if resume_at else resume_on - _DAY
    if last < first:
        return None
    return RestrictedPeriod(
        first,
        last,
        None if has_no_end else resume_on,
        None if visit.is_open else resume_at,
        (visit.id,),
        begin_at,
        visit.is_open,
    )


def beginning(sides: Sides, visit: Visit) -> tuple[date, datetime | None]:
    """Return the first day, and the moment where it is known to begin within that day."""
    if sides.begins:
        if sides.begins.minutes and visit.at is not None:
            at = minutes_from(visit.day, visit.at, visit.minutes + sides.begins.minutes, visit.zone)
            return at.date(), at
        if sides.begins.minutes:
            # Without a time it may begin on any day that the hours could touch: the first of them.
            return shift_days(visit.day, sides.begins.minutes // (24 * 60)), None
        return shift(visit.day, sides.begins), None
    if isinstance(sides.before, ClockTime):
        at = on_the_wall(shift_days(visit.day, -sides.before.days), sides.before.at, visit.zone)
        return at.date(), at
    if sides.before and sides.before.minutes and visit.at is not None:
        at = minutes_from(visit.day, visit.at, -sides.before.minutes, visit.zone)
        return at.date(), at
    return (shift(visit.day, sides.before, -1) if sides.before else visit.day), None


def _end(after: Span | ClockTime, visit: Visit) -> tuple[date, datetime | None]:
    """Return the day on which it is over, and the moment where that is within the day."""
    if isinstance(after, ClockTime):
        at = on_the_wall(shift_days(visit.day, after.days), after.at, visit.zone)
        return at.date(), at
    if after.minutes and visit.at is not None:
        at = minutes_from(visit.day, visit.at, visit.minutes + after.minutes, visit.zone)
        return at.date(), at
    return shift_days(shift(visit.day, after), 1), None


def _last_day(resume_at: datetime) -> date:
    """Return the last day that is restricted, if only in part."""
    return resume_at.date() - _DAY if resume_at.time() == _MIDNIGHT else resume_at.date()


def _joined(earlier: RestrictedPeriod, later: RestrictedPeriod) -> RestrictedPeriod:
    end = later if _over(later) >= _over(earlier) else earlier
    begin = later if later.first < earlier.first else earlier
    return RestrictedPeriod(
        begin.first,
        end.last,
        end.resume_on,
        end.resume_at,
        earlier.sessions + later.sessions,
        begin.begin_at,
        end.goes_on,
    )


_SHARED: Final = ("only_if", "hours", "at_least", "ideal", "stages")
"""The fields in which restrictions that are alike agree."""


def alike(restrictions: Sequence[PlannedRestriction]) -> list[list[PlannedRestriction]]:
    """Group restrictions that have the same periods and hang on the same answers, in order."""
    groups: list[list[PlannedRestriction]] = []
    for restriction in restrictions:
        # There are few, and most differ at once: digests of all their days take longer.
        group = next((group for group in groups if _are_alike(group[0], restriction)), None)
        if group is None:
            groups.append([restriction])
        else:
            group.append(restriction)
    return groups


def _are_alike(one: PlannedRestriction, other: PlannedRestriction) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _SHARED)
