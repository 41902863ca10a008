"""Parts of the year, such as "09-01..10-31": the same days every year, also across new year.

29 February stands for the last day of February.
"""

import re
from calendar import isleap
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import count, islice
from typing import Final

from msgspec import Struct

from hairplan.dates.spans import in_month
from hairplan.errors import InputError, OutOfRangeError

_LEAP_DAY: Final = (2, 29)
_LAST_OF_FEBRUARY: Final = (2, 28)
_A_LEAP_YEAR: Final = 2000


class Season(Struct, frozen=True):
    """A part of the year, both ends included.

    Attributes:
        first: month and day of its first day.
        last: month and day of its last day, in the next year if before `first`.
    """

    first: tuple[int, int]
    last: tuple[int, int]

    def __str__(self) -> str:
        return "..".join(f"{month:02}-{day:02}" for month, day in (self.first, self.last))

    def __contains__(self, day: date) -> bool:
        at = (day.month, day.day)
        first = (
            _LAST_OF_FEBRUARY if self.first == _LEAP_DAY and not isleap(day.year) else self.first
        )
        if self.first <= self.last:
            return first <= at <= self.last
        return at >= first or at <= self.last


class YearlyPeriod(Struct, frozen=True):
    """Days that come every year, from first to last, both included; also across new year.

    Attributes:
        first: month and day of the first, such as "08-01".
        last: month and day of the last, such as "08-15".
        reason: what the days are taken by, in the user's words.

    Raises:
        InputError: an end is no day of a year, on construction.
    """

    first: str
    last: str
    reason: str = ""

    def __post_init__(self) -> None:
        ends = dict.fromkeys((self.first, self.last))
        if faults := [f"'{end}' is no day of a year such as 08-01" for end in ends
                      if not _is_day(end)]:  # fmt: skip
            raise InputError(*faults)

    def __contains__(self, day: date) -> bool:
        return day in season(f"{self.first}..{self.last}")


def _is_day(text: str) -> bool:
    if not re.fullmatch(r"[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        date.fromisoformat(f"{_A_LEAP_YEAR}-{text}")
    except ValueError:
        return False
    return True


@lru_cache(maxsize=256)
def season(text: str) -> Season:
    """Read a season of the form "09-01..10-31"."""
    (first, last) = (
        (int(month), int(day)) for month, _, day in (end.partition("-") for end in text.split(".."))
    )
    return Season(first, last)


def nth_season(seasons: Sequence[Season], after: date, number: int) -> tuple[date, date]:
    """Return the first and the last day of the n-th season that begins after a day, from 1.

    Raises:
        OutOfRangeError: the calendar ends before it.
    """
    try:
        return next(islice(_later(seasons, after), number - 1, None))
    except ValueError:
        raise OutOfRangeError(
            f"season {number} after {after} lies outside the calendar, the years 1 to 9999"
        ) from None


def _later(seasons: Sequence[Season], after: date) -> Iterator[tuple[date, date]]:
    years = (sorted(_in_year(season, year) for season in seasons) for year in count(after.year))
    return ((first, last) for year in years for first, last in year if first > after)


def _in_year(season: Season, year: int) -> tuple[date, date]:
    ends_in = year + (season.last < season.first)
    return in_month(year, *season.first), in_month(ends_in, *season.last)


def middle(first: date, last: date) -> date:
    """Return the day in the middle, the earlier of two."""
    return first + timedelta(days=(last - first).days // 2)
