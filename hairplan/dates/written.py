"""Dates as they are written out: in figures, or with the month by name, in five languages.

Conventions:

* What stands in four figures is the year. After the year comes the month; before it, or without
  one in four figures, the order of the parts is the writer's, and may leave several readings. A
  year of two figures comes first in 26-12-31 alone, unless the writer's order says so.
* A year of two figures is the one that lies at most ten years ahead.
* Months and days of the week may be shortened to what tells them apart; accents do not matter.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Final, Literal, NamedTuple
from unicodedata import combining, normalize

from hairplan.errors import InputError

DateOrder = Literal["dmy", "mdy", "ymd"]
"""The order in which day, month and year are written."""

ORDER_NAMES: Final[dict[DateOrder, str]] = {
    "dmy": "day/month/year", "mdy": "month/day/year", "ymd": "year/month/day",
}  # fmt: skip

EARLIEST: Final = 1900
YEARS_AHEAD: Final = 10
"""A patient's day before that year, or over so many years from today, is asked about."""

_MONTHS: Final = (
    "january janvier januar janner enero gennaio", "february fevrier februar febrero febbraio",
    "march mars marz maerz mrz marzo", "april avril abril aprile", "may mai mayo maggio",
    "june juin juni junio giugno", "july juillet juli julio luglio", "august aout agosto",
    "september septembre septiembre settembre", "october octobre oktober octubre ottobre",
    "november novembre noviembre", "december decembre dezember diciembre dicembre",
)  # fmt: skip
_WEEKDAYS: Final = (
    "monday tuesday wednesday thursday friday saturday sunday",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag",
    "lunes martes miercoles jueves viernes sabado domingo",
    "lunedi martedi mercoledi giovedi venerdi sabato domenica",
)
_BETWEEN: Final = "st nd rd th er re o the of on de del den der le el il am"
_SHORTEST_MONTH: Final = 3
_SHORTEST_WEEKDAY: Final = 2

# A command with ISO dates does not wait for these to be compiled.
_FIGURES: Final = (
    r"\s*(\d{1,4})\s*([-/. ])\s*(\d{1,2})\s*\2\s*(\d{1,4})\.?(?:[ T]0?0:00(?::00(?:\.0+)?)?)?\s*"
)
_RUN: Final = r"\s*(\d{4})(\d\d)(\d\d)\s*"
_WORDS: Final = r"[^\W\d_]+|\d+"
_YEAR: Final = 4
_PART: Final = 2


def read_written_date(text: str, today: date, order: DateOrder | None = None) -> set[date]:
    """Return every day that a text can be; none, if it is no date.

    Args:
        text: the date.
        today: what years of two figures are seen from.
        order: the order of the parts, if it is known; null for any that makes a day.
    """
    if figures := figures_of(text):
        orders: tuple[DateOrder, ...] = (order,) if order else figures.orders
        days = (day_in_figures(figures, order, today) for order in orders)
        return {day for day in days if day}
    if run := re.fullmatch(_RUN, text):
        return set(_days(*map(int, run.groups())))
    return set(_by_month_name(text, today))


class Figures(NamedTuple):
    """A date in figures: its parts in the order in which they stand, and what is between them."""

    first: str
    second: str
    third: str
    separator: str

    @property
    def orders(self) -> tuple[DateOrder, ...]:
        """The orders in which the parts could be meant, by their looks alone."""
        if len(self.first) == _YEAR:
            return ("ymd",)
        is_like_iso = self.separator == "-" and len(self.third) <= _PART
        return ("dmy", "mdy", "ymd") if is_like_iso else ("dmy", "mdy")


def figures_of(text: str) -> Figures | None:
    """Return the parts of a date in figures; null for any other text."""
    match = re.fullmatch(_FIGURES, text)
    return Figures(match[1], match[3], match[4], match[2]) if match else None


def day_in_figures(figures: Figures, order: DateOrder, today: date) -> date | None:
    """Return the day that a date in figures is in an order; null if there is no such day.

    A date that begins with a year of four figures is the same in any order.
    """
    order = "ymd" if len(figures.first) == _YEAR else order
    named = dict(zip(order, figures[:3], strict=True))
    if len(named["d"]) > _PART or len(named["y"]) not in {_PART, _YEAR}:
        return None
    year = _full_year(named["y"], today)
    return next(_days(year, int(named["m"]), int(named["d"])), None)


def _full_year(figures: str, today: date) -> int:
    year = int(figures)
    if len(figures) == _YEAR:
        return year
    latest = today.year + YEARS_AHEAD
    return latest - (latest - year) % 100


def _days(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return


def _by_month_name(text: str, today: date) -> Iterator[date]:
    """Yield the day of a text such as "mardi 1er d\u00e9cembre 2026" or "Dec 1, 2026"."""
    words = [word for word in re.findall(_WORDS, fold(text)) if word not in _BETWEEN.split()]
    figures = [word for word in words if word.isdecimal()]
    names = [word for word in words if not word.isdecimal()]
    months = [month for name in names if (month := _month_of(name))]
    # "mar." is March, or the Tuesday before another month.
    months = months[-1:] if all(map(_is_weekday, names[:-1])) else months
    is_clear = len(months) == 1 and all(_month_of(name) or _is_weekday(name) for name in names)
    if not is_clear or len(figures) != _PART:
        return
    day, year = sorted(figures, key=len) if len(figures[0]) == _YEAR else figures
    if len(day) <= _PART and len(year) in {_PART, _YEAR}:
        yield from _days(_full_year(year, today), months[0], int(day))


@lru_cache(maxsize=256)
def _month_of(name: str) -> int | None:
    """Return the month of a name that may be shortened; null for any other word."""
    found = {
        number
        for number, names in enumerate(_MONTHS, 1)
        if any(full.startswith(name) for full in names.split())
    }
    return found.pop() if len(name) >= _SHORTEST_MONTH and len(found) == 1 else None


@lru_cache(maxsize=256)
def _is_weekday(name: str) -> bool:
    return len(name) >= _SHORTEST_WEEKDAY and any(
        full.startswith(name) for names in _WEEKDAYS for full in names.split()
    )


def check_year(day: date, today: date) -> None:
    """Check that nobody has to be asked whether the year of a patient's day is meant.

    Raises:
        InputError: it is long ago or far ahead.
    """
    if day.year < EARLIEST:
        raise InputError(f"{day} is before {EARLIEST}: which year is meant?")
    if (day.year - YEARS_AHEAD, day.month, day.day) > (today.year, today.month, today.day):
        raise InputError(
            f"{day} is over {YEARS_AHEAD} years from today, {today}: which year is meant?"
        )


def fold(text: str) -> str:
    """Return a text in lower case and without accents, as names are compared."""
    if text.isascii():
        return text.lower()
    return "".join(char for char in normalize("NFKD", text.casefold()) if not combining(char))
