"""Dates as they are read at a desk: with the month's name, so that nobody takes 12-06 for June.

Pipes and programs get ISO dates; see `hairplan.words`.
"""

from datetime import date

from hairplan.dates.weekdays import WEEKDAY_NAMES
from hairplan.show.desk_days import MONTHS


def desk_day(day: date) -> str:
    """Say a day, such as "Tue 15 Dec 2026"."""
    return f"{desk_short(day)} {day.year}"


def desk_short(day: date) -> str:
    """Say a day where the year is in sight, such as "Tue 15 Dec"."""
    return f"{WEEKDAY_NAMES[day.weekday()][:3]} {_of_month(day)}"


def desk_range(first: date, last: date) -> str:
    """Say days from first to last, such as "11..22 Dec" or "25 Dec..5 Jan"."""
    if first == last:
        return _of_month(first)
    same_month = (first.year, first.month) == (last.year, last.month)
    return f"{first.day if same_month else _of_month(first)}..{_of_month(last)}"


def _of_month(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"
