"""Days as they are said at the desk: "Tue 15 Dec 2026", never one that reads as another abroad.

Conventions:

* The parts of a day are joined by spaces that no line may be broken at.
* The year is left out only where another day with its year is in sight.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from hairplan.dates.weekdays import WEEKDAY_NAMES

MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
GAP: Final = "\N{NO-BREAK SPACE}"
_NEAR: Final = 180
_ISO: Final = re.compile(r"(?:\b([A-Z][a-z]{2}) )?\b(\d{4}-\d{2}-\d{2})\b")


def say_day(day: date, *, weekday: bool = True, year: bool = False, padded: bool = False) -> str:
    """Say a day, such as "Tue 1 Dec"; padded, it is as wide as any other in a column."""
    number = f"{day.day:>2}".replace(" ", GAP) if padded else f"{day.day}"
    parts = [WEEKDAY_NAMES[day.weekday()][:3]] if weekday else []
    parts += [number, MONTHS[day.month - 1]]
    return GAP.join([*parts, f"{day.year:04}"] if year else parts)


def say_year(day: date) -> str:
    """Say a day with its year, such as "Tue 1 Dec 2026"."""
    return say_day(day, year=True)


def say_days(first: date, last: date, *, year: bool = False) -> str:
    """Say the days from first to last, such as "11..22 Dec", "25 Dec..5 Jan" or the one."""
    end = say_day(last, weekday=False, year=year)
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}..{end}"
    return f"{say_day(first, weekday=False, year=year and first.year != last.year)}..{end}"


def say_months(first: date, last: date) -> str:
    """Say long periods by their months, such as "Dec 2028..Dec 2029"."""
    return "..".join(f"{MONTHS[day.month - 1]}{GAP}{day.year:04}" for day in (first, last))


def is_near(first: date, last: date, day: date | None) -> bool:
    """Return whether a day with its year tells the years of a period as well."""
    if day is None or max(abs((end - day).days) for end in (first, last)) >= _NEAR:
        return False
    return first <= day <= last or day.year == first.year == last.year


def say_from_to(first: date, last: date) -> str:
    """Say from when to when something goes on, such as "Tue 1 Dec to Tue 29 Dec 2026"."""
    end = say_day(last, year=True)
    if first == last:
        return end
    return f"{say_day(first, year=first.year != last.year)} to {end}"


def reword_days(text: str) -> str:
    """Say the ISO days in a sentence as the desk does."""
    return _ISO.sub(_reworded, text)


def _reworded(found: re.Match[str]) -> str:
    try:
        day = date.fromisoformat(found[2])
    except ValueError:
        return found[0]
    before = f"{found[1]} " if found[1] else ""
    is_weekday = found[1] == WEEKDAY_NAMES[day.weekday()][:3]
    return f"{'' if is_weekday else before}{say_day(day, weekday=is_weekday, year=True)}"


def month_starts(first: date, last: date) -> Iterator[date]:
    """Yield the first days of the months that begin after a day, up to another."""
    year, month = first.year, first.month
    while True:
        year, month = (year + 1, 1) if month == len(MONTHS) else (year, month + 1)
        if (year, month) > (last.year, last.month):
            return
        yield date(year, month, 1)
