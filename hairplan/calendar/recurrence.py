"""A home rhythm as the recurrence of one calendar item.

Not every client knows every part of a recurrence rule: these do without the hard ones, and list
the days that no simple rule can say beside it.
"""

from collections.abc import Iterator
from datetime import date
from itertools import count, takewhile
from typing import Final, Literal

from msgspec import Struct

from hairplan.dates.spans import Span, shift, span
from hairplan.plan import Plan, PlannedRoutine
from hairplan.planner.paused import never_done

_YEAR_MONTHS: Final = 12
_LONGEST_MONTH: Final = 31
_BYDAY: Final = {
    "mon": "MO", "tue": "TU", "wed": "WE", "thu": "TH", "fri": "FR", "sat": "SA", "sun": "SU",
}  # fmt: skip


class Repeat(Struct, frozen=True):
    """A rhythm, in the terms of RFC 5545's recurrence rules.

    Attributes:
        frequency: daily, weekly or monthly.
        interval: every how many days, weeks or months.
        weekdays: on which days of the week, as MO or TU.
        monthday: on which day of the month, -1 for the last; on the first day's, if null.
        until: the last day on which it may be.
    """

    frequency: Literal["DAILY", "WEEKLY", "MONTHLY"]
    interval: int
    weekdays: tuple[str, ...]
    monthday: int | None
    until: date


def routines_of(plan: Plan) -> tuple[PlannedRoutine, ...]:
    """Return the home rhythms of a plan but those whose days pauses take one and all."""
    return tuple(each for each in plan.routines if not never_done(each, plan.until))


def find_recurrence(routine: PlannedRoutine, horizon: date) -> tuple[Repeat, tuple[date, ...]]:
    """Return the rhythm of a routine, and the days that its rule cannot say.

    Args:
        routine: a home rhythm.
        horizon: the last day of one without an end.
    """
    until = max(routine.last or horizon, routine.first)
    if routine.days or not (routine.weekdays or routine.every):
        # Where no source gives a rhythm, its first day says how often.
        return Repeat("DAILY", 1, (), None, routine.first), routine.days[1:]
    if routine.weekdays:
        return Repeat("WEEKLY", 1, tuple(_BYDAY[day] for day in routine.weekdays), None, until), ()
    every = span(routine.every or "1 day")
    if not every.months:
        return Repeat("DAILY", every.days, (), None, until), ()
    days = takewhile(lambda day: day <= until, _days_after(routine.first, every))
    if every.days:
        return Repeat("DAILY", 1, (), None, routine.first), tuple(days)
    if _is_on_last_days(routine.first, every):
        return Repeat("MONTHLY", every.months, (), -1, until), ()
    # A month without this day has it on its last one, as everywhere in a plan.
    short = tuple(day for day in days if day.day != routine.first.day)
    return Repeat("MONTHLY", every.months, (), None, until), short


def _is_on_last_days(first: date, every: Span) -> bool:
    is_leap_day = (first.month, first.day) == (2, 29) and every.months % _YEAR_MONTHS == 0
    return first.day == _LONGEST_MONTH or is_leap_day


def _days_after(first: date, every: Span) -> Iterator[date]:
    return (shift(first, every, number) for number in count(1))
