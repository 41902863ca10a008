"""Why an appointment is not on its target: every moved date has its reason, in words."""

from datetime import date

from hairplan.planner.choose import Chosen, Taken
from hairplan.words import format_date, format_range, plural


def start_moved(asked: date, start: date, taken: Taken) -> str | None:
    """Say why the start is not on the day that was asked for; None if it is."""
    if start == asked:
        return None
    days = plural((start - asked).days, "day")
    return f"{format_date(asked)} is {taken(asked)}; the start moved by +{days}"


def why_moved(chosen: Chosen, taken: Taken) -> str | None:
    """Say why an appointment is not on its target; None if it is."""
    if chosen.planned == chosen.target:
        return None
    away = (chosen.planned - chosen.target).days
    moved = (
        f"moved by {'+' if away > 0 else '-'}{plural(abs(away), 'day')}, {describe_inside(chosen)}"
    )
    target = format_date(chosen.target)
    if _is_outside(chosen):
        return f"{target} is outside its window; {moved}"
    if reason := taken(chosen.target):
        return f"{target} is {reason}; {moved}"
    return f"{target} would leave no date for a later one; {moved}"


def _is_outside(chosen: Chosen) -> bool:
    too_early = chosen.earliest is not None and chosen.target < chosen.earliest
    return too_early or (chosen.latest is not None and chosen.target > chosen.latest)


def describe_inside(chosen: Chosen) -> str:
    """Say the window, such as "inside 2026-12-11..2026-12-22"."""
    if chosen.earliest and chosen.latest:
        return f"inside {format_range(chosen.earliest, chosen.latest)}"
    if chosen.earliest:
        return f"not before {chosen.earliest}, no latest day given"
    return f"not after {chosen.latest}" if chosen.latest else "no limit given"
