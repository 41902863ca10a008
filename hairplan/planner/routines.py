"""Home routines: each in one line with its rhythm, on closed days as well."""

from collections.abc import Sequence
from datetime import date
from itertools import count, takewhile
from typing import Final

from hairplan.dates.spans import Span, shift, shift_days, span
from hairplan.dates.weekdays import WEEKDAYS
from hairplan.plan import PlannedRestriction, PlannedRoutine
from hairplan.planner.compile import ReadyRoutine
from hairplan.planner.paused import paused
from hairplan.planner.places import Places
from hairplan.planner.resolve import Resolved
from hairplan.planner.slot import next_weekday
from hairplan.planner.steps import Pace, fewest
from hairplan.protocol.model import Routine
from hairplan.protocol.step import Counts, Length, Step
from hairplan.protocol.values import in_english, is_place_of_step, step_of_place
from hairplan.words import join_words

_WEEK: Final = 7
_A_DAY: Final = span("1 day")


def routines_of(
    resolved: Resolved,
    where: Places,
    until: date,
    restrictions: Sequence[PlannedRestriction],
) -> tuple[PlannedRoutine, ...]:
    """Return the home routines, in date order, but for those at a place that the plan lacks.

    Args:
        resolved: what does not depend on the start.
        where: the day of each place in the course.
        until: how far the plan goes.
        restrictions: the plan's, which may pause them.
    """
    steps = resolved.protocol.steps
    routines = (
        paused(_routine(active, where, steps, until), active.routine.paused_by, restrictions, until)
        for active in resolved.routines
        if active.routine.anchor in where.days
    )
    # One whose end is a place that comes before its beginning has no day.
    lasting = (
        routine for routine in routines if routine.last is None or routine.last >= routine.first
    )
    return tuple(sorted(lasting, key=lambda routine: (routine.first, routine.id)))


def _routine(
    active: ReadyRoutine, where: Places, steps: Sequence[Step], until: date
) -> PlannedRoutine:
    anchor = where.days[active.routine.anchor]
    first = shift(anchor, active.begins) if active.begins else anchor
    last = _last(active, first, where, steps)
    is_vague = active.routine.how_often is not None
    weekdays, every, times = ((), None, 1) if is_vague else _rhythm(active, first)
    if weekdays:
        first = next_weekday(first, frozenset(weekdays))
    is_uneven = not weekdays and every is None
    pace = None if is_vague else active.pace
    return PlannedRoutine(
        id=active.name,
        label=active.routine.label,
        rhythm=_describe_rhythm(active, every),
        first=first,
        last=last,
        weekdays=tuple(WEEKDAYS[day] for day in weekdays),
        every=str(every) if every else None,
        times=times,
        count=None
        if last is None or is_vague
        else _count(active.pace, first, last, weekdays, every) * times,
        applies=active.applies,
        only_if=active.only_if,
        sources=active.sources,
        days=_days(active.pace, first, last or until) if active.pace and is_uneven else (),
        at_most=_most(active.routine),
        last_at_most=_longest(active.routine, first, last),
        often=pace.times if pace else None,
        per=pace.per.unit if pace else None,
        spread=active.routine.rate.days if pace and active.routine.rate else None,
    )


def _most(routine: Routine) -> int | None:
    """Return how often it is done at most, where that is more than what is planned."""
    times = routine.rate.times if routine.rate else None
    return times.max if isinstance(times, Counts) and times.max > fewest(times) else None


def _longest(routine: Routine, first: date, last: date | None) -> date | None:
    """Return the last day at most, where its length may vary."""
    if not isinstance(routine.lasting, Length):
        return None
    longest = shift_days(shift(first, span(routine.lasting.max)), -1)
    return longest if longest != last else None


def _days(pace: Pace, first: date, last: date) -> tuple[date, ...]:
    """Return the days of a pace, each once."""
    days = takewhile(lambda day: day <= last, (pace.day(first, number) for number in count()))
    return tuple(dict.fromkeys(days))


def _last(active: ReadyRoutine, first: date, where: Places, steps: Sequence[Step]) -> date | None:
    """Return the last day; None where the plan has no end for it."""
    if active.lasting:
        return shift_days(shift(first, active.lasting), -1)
    place = active.routine.until
    if place in where.awaited:
        return None
    while place and place not in where.days and is_place_of_step(place):
        # What the plan has not ends with what it would have counted from.
        name = step_of_place(place)
        place = next((step.anchor for step in steps if step.id == name), None)
    return where.days.get(place or "")


def _rhythm(active: ReadyRoutine, first: date) -> tuple[tuple[int, ...], Span | None, int]:
    """Return on which weekdays it is done, or how far apart, and how often on such a day."""
    if active.routine.weekdays:
        return tuple(sorted(WEEKDAYS.index(day) for day in active.routine.weekdays)), None, 1
    pace = active.pace
    if pace is None:
        return (), active.every or _A_DAY, 1
    if pace.per == _A_DAY:
        return (), _A_DAY, pace.times
    if pace.per.days == _WEEK and pace.times <= _WEEK:
        gap, divisor = (1, 1) if pace.is_in_runs else (_WEEK, pace.times)
        offsets = (number * gap // divisor for number in range(pace.times))
        return tuple(sorted((first.weekday() + offset) % _WEEK for offset in offsets)), None, 1
    if pace.per.days == _WEEK:
        # More than once on a day: the words say how often.
        return (), _A_DAY, 1
    by, times, _ = pace.place(1)
    return (), by if times else None, 1


def _count(
    pace: Pace | None, first: date, last: date, weekdays: tuple[int, ...], every: Span | None
) -> int:
    """Return how often it is done, each day counted once."""
    days = (last - first).days
    if pace and not weekdays and pace.per != _A_DAY:
        return next(number for number in count() if pace.day(first, number) > last)
    if every is None:
        return sum(
            max(0, 1 + (days - (day - first.weekday()) % _WEEK) // _WEEK) for day in weekdays
        )
    if not every.months:
        return days // every.days + 1
    return next(number for number in count() if shift(first, every, number) > last)


def _describe_rhythm(active: ReadyRoutine, every: Span | None) -> str:
    """Say how often, such as "3 times a week", "every 2 days" or "on Mon, Wed and Fri"."""
    if active.routine.weekdays:
        return f"on {join_words([day.title() for day in active.routine.weekdays])}"
    if active.routine.how_often:
        return in_english(active.routine.how_often)
    if active.pace:
        said = {1: "once", 2: "twice"}.get(active.pace.times, f"{active.pace.times} times")
        most = _most(active.routine)
        rate = active.routine.rate
        days = f", on {rate.days} days" if rate and rate.days else ""
        return f"{said} a {active.pace.per.unit}{f' ({most} at most)' if most else ''}{days}"
    gap = str(every)
    return f"every {gap if '+' in gap else gap.removeprefix('1 ')}"
