"""The start: a day on which every step that begins on the start itself can begin."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from hairplan.dates.spans import shift, shift_days, span
from hairplan.dates.weekdays import WEEKDAY_NAMES
from hairplan.planner.availability import Availability
from hairplan.planner.resolve import Resolved
from hairplan.planner.slot import is_near
from hairplan.planner.steps import PlannedStep
from hairplan.protocol.step import Limit
from hairplan.protocol.values import is_place_of_step
from hairplan.words import join_words

_A_YEAR: Final = 366


def is_visited(resolved: Resolved) -> bool:
    """Return whether an appointment is on the start; else others only count from it."""
    return bool(resolved.pinned)


def limited_events(resolved: Resolved, planned: PlannedStep) -> Iterator[tuple[Limit, date]]:
    """Yield the limits of a step that count from an event, each with the day that it has.

    What is to be kept away from counts on each day that the event has.
    """
    for limit in planned.step.limits:
        days = resolved.events.get(limit.anchor.removeprefix("events."), ())
        if not is_place_of_step(limit.anchor):
            yield from ((limit, day) for day in (days if limit.apart else days[:1]))


def start_taken(resolved: Resolved, days: Availability, day: date) -> str | None:
    """Say why a plan cannot start on a day, as in "Friday is ..."; None if it can."""
    pinned = resolved.pinned
    if not pinned:
        return None
    at_home = all(planned.step.kind == "home" for planned in pinned)
    taken = days.taken_at_home(day) if at_home else days.taken(day)
    reasons = (taken, *(_unfit(resolved, planned, day) for planned in pinned))
    return next((reason for reason in reasons if reason), None)


def _unfit(resolved: Resolved, planned: PlannedStep, day: date) -> str | None:
    """Say why a step does not begin on such a day."""
    if planned.weekdays and day.weekday() not in planned.weekdays:
        weekdays = join_words([WEEKDAY_NAMES[day] for day in sorted(planned.weekdays)])
        return f"not one of {planned.step.id}'s days ({weekdays})"
    if planned.seasons and not any(day in season for season in planned.seasons):
        seasons = join_words([str(season) for season in planned.seasons], "or")
        return f"outside the season of {planned.step.id} ({seasons})"
    for limit, event in limited_events(resolved, planned):
        counted = f"{limit.anchor} on {event} ({planned.step.id}.limits)"
        if limit.min and day < shift(event, span(limit.min)):
            return f"sooner than {limit.min} after {counted}"
        if limit.max and day > shift(event, span(limit.max)):
            return f"later than {limit.max} after {counted}"
        if limit.apart and is_near(day, event, span(limit.apart)):
            return f"less than {limit.apart} from {counted}"
    return None


def first_free(resolved: Resolved, days: Availability, since: date) -> date | None:
    """Return the first day, within a year of a day, on which the plan can start."""
    for number in range(_A_YEAR):
        day = shift_days(since, number)
        if not start_taken(resolved, days, day):
            return day
    return None
