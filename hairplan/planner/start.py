"""The start: a day on which whatever begins on the start itself can be."""

from datetime import date
from typing import Final

from hairplan.dates.spans import shift_days
from hairplan.dates.weekdays import WEEKDAY_NAMES
from hairplan.planner.availability import Availability
from hairplan.planner.brief import Brief
from hairplan.planner.layout import PlannedStep
from hairplan.words import join_words

_A_YEAR: Final = 366


def is_visited(brief: Brief) -> bool:
    """Return whether an appointment is on the start; else others only count from it."""
    return bool(brief.template.pinned)


def start_taken(brief: Brief, days: Availability, day: date) -> str | None:
    """Say why a plan cannot start on a day, as in "Friday is ..."; None if it can."""
    pinned = brief.template.pinned
    if not pinned:
        return None
    found = (days.taken(day), *(_unfit(run, day) for run in pinned))
    return next((reason for reason in found if reason), None)


def _unfit(run: PlannedStep, day: date) -> str | None:
    """Say why a step does not begin on such a day."""
    if run.weekdays and day.weekday() not in run.weekdays:
        weekdays = join_words([WEEKDAY_NAMES[each] for each in sorted(run.weekdays)])
        return f"not one of {run.step.id}'s days ({weekdays})"
    if run.seasons and not any(day in season for season in run.seasons):
        seasons = join_words([str(each) for each in run.seasons], "or")
        return f"outside the season of {run.step.id} ({seasons})"
    return None


def first_free(brief: Brief, days: Availability, since: date) -> date | None:
    """Return the first day from a day on on which the plan can start, within a year."""
    for number in range(_A_YEAR):
        day = shift_days(since, number)
        if not start_taken(brief, days, day):
            return day
    return None
