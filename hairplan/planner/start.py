"""The start: a day on which every step that begins on the start itself can begin."""

from datetime import date
from typing import Final

from hairplan.dates.spans import shift_days
from hairplan.dates.weekdays import WEEKDAY_NAMES
from hairplan.planner.availability import Availability
from hairplan.planner.resolve import Resolved
from hairplan.planner.steps import PlannedStep
from hairplan.words import join_words

_A_YEAR: Final = 366


def is_visited(resolved: Resolved) -> bool:
    """Return whether an appointment is on the start; else others only count from it."""
    return bool(resolved.pinned)


def start_taken(resolved: Resolved, days: Availability, day: date) -> str | None:
    """Say why a plan cannot start on a day, as in "Friday is ..."; None if it can."""
    pinned = resolved.pinned
    if not pinned:
        return None
    reasons = (days.taken(day), *(_unfit(planned, day) for planned in pinned))
    return next((reason for reason in reasons if reason), None)


def _unfit(planned: PlannedStep, day: date) -> str | None:
    """Say why a step does not begin on such a day."""
    if planned.weekdays and day.weekday() not in planned.weekdays:
        weekdays = join_words([WEEKDAY_NAMES[day] for day in sorted(planned.weekdays)])
        return f"not one of {planned.step.id}'s days ({weekdays})"
    if planned.seasons and not any(day in season for season in planned.seasons):
        seasons = join_words([str(season) for season in planned.seasons], "or")
        return f"outside the season of {planned.step.id} ({seasons})"
    return None


def first_free(resolved: Resolved, days: Availability, since: date) -> date | None:
    """Return the first day, within a year of a day, on which the plan can start."""
    for number in range(_A_YEAR):
        day = shift_days(since, number)
        if not start_taken(resolved, days, day):
            return day
    return None
