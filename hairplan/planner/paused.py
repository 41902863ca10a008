"""Routines that restrictions pause: the days of their rhythm on which they are not done.

The ideal length of a restriction counts, as everywhere where one length alone is asked for.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import count, takewhile
from typing import Final

from msgspec import structs

from hairplan.dates.spans import shift, span
from hairplan.dates.weekdays import WEEKDAYS
from hairplan.plan import PlannedRestriction, PlannedRoutine
from hairplan.plan_parts import Pause
from hairplan.words import format_date, join_words, only_if

_DAY: Final = timedelta(days=1)


def paused(
    routine: PlannedRoutine,
    paused_by: Sequence[str],
    restrictions: Iterable[PlannedRestriction],
    until: date,
) -> PlannedRoutine:
    """Return a routine with its pauses, as far as a plan goes; it begins after one, not in one."""
    last = routine.last or until
    pauses = _merged(
        [
            Pause(
                max(period.first, routine.first),
                last if period.goes_on else min(period.last, last),
                _doubt(routine, each),
            )
            for each in restrictions
            if each.id in paused_by
            for period in each.ideal
            if period.first <= last and (period.goes_on or period.last >= routine.first)
        ]
    )
    every = [*_days(routine, last)]
    # None of its days may be there to pause: its end may come before it begins.
    if not (pauses and every):
        return routine
    done = [day for day in every if not _is_in(day, pauses)]
    first = done[0] if done else routine.first
    # No month is as long as the next: the days that are left tell which they are.
    by_months = routine.every is not None and span(routine.every).months > 0
    # Where none is left, the rhythm stays as it is, and the pauses say that it is never done.
    is_listed = bool(done) and (bool(routine.days) or by_months)
    return structs.replace(
        routine,
        first=first,
        days=tuple(done) if is_listed else routine.days,
        count=None if routine.count is None else len(done) * routine.count // len(every),
        pauses=tuple(pause for pause in pauses if not done or pause.last > first),
    )


def days_in_pauses(routine: PlannedRoutine, until: date) -> tuple[date, ...]:
    """Return the days of a routine's rhythm that its pauses take, as far as a plan goes."""
    if not routine.pauses or routine.days:
        return ()
    days = _days(routine, routine.last or until)
    return tuple(day for day in days if _is_in(day, routine.pauses))


def never_done(routine: PlannedRoutine, until: date) -> bool:
    """Return whether pauses take all the days of a routine."""
    days = _days(routine, routine.last or until) if routine.pauses else ()
    return bool(routine.pauses) and all(_is_in(day, routine.pauses) for day in days)


def describe_pauses(pauses: Sequence[Pause], most: int | None = None) -> str:
    """Say on which days something is not done, such as ", but not from Tue ... to Sun ...".

    Args:
        pauses: the pauses.
        most: how many to name; all, if None.
    """
    named = [
        f"from {format_date(pause.first)} to {format_date(pause.last)}{only_if(pause.only_if)}"
        for pause in pauses[:most]
    ]
    more = [f"{len(pauses) - len(named)} times more"] if len(pauses) > len(named) else []
    return f", but not {join_words([*named, *more])}" if named else ""


def _doubt(routine: PlannedRoutine, restriction: PlannedRestriction) -> str | None:
    """Return the answers that a pause hangs on, beside those that the routine does."""
    return None if restriction.only_if == routine.only_if else restriction.only_if


def _merged(pauses: list[Pause]) -> list[Pause]:
    """Return pauses in order, those that overlap or touch as one."""
    merged: list[Pause] = []
    for pause in sorted(pauses, key=lambda pause: (pause.first, pause.last)):
        before = merged[-1] if merged else None
        if before and pause.only_if == before.only_if and pause.first <= before.last + _DAY:
            merged[-1] = structs.replace(before, last=max(before.last, pause.last))
        else:
            merged.append(pause)
    return merged


def _days(routine: PlannedRoutine, last: date) -> Iterator[date]:
    """Yield the days of a routine's rhythm, pauses or not."""
    if routine.days:
        return takewhile(lambda day: day <= last, routine.days)
    days = (
        (routine.first + number * _DAY for number in range((last - routine.first).days + 1))
        if routine.weekdays
        else (shift(routine.first, span(routine.every or "1 day"), number) for number in count())
    )
    weekdays = {WEEKDAYS.index(day) for day in routine.weekdays} or range(7)
    return (day for day in takewhile(lambda day: day <= last, days) if day.weekday() in weekdays)


def _is_in(day: date, pauses: Iterable[Pause]) -> bool:
    return any(pause.first <= day <= pause.last for pause in pauses)
