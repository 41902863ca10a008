"""Spans of time and how they move a date: the month rule lives here and nowhere else.

Conventions:

* A date is a calendar date; a `datetime` is refused at the door.
* Days and weeks are counted. Months and years are calendar units, added from the anchor in one
  step and clamped to the month's last day: 31 January + 1 month is 28 February, and 31 January
  + 2 months is 31 March. A month is never 30 days.
* Hours and minutes belong to an appointment's time of day (see `clock`). Where no time is known
  they count as the whole calendar days that they could touch, never less.
* A span may have several parts, "7 months + 4 weeks - 1 day": years and months are added first,
  then weeks and days, whatever the order in which they are written.
* A period is closed on both ends: its first and its last day both belong to it.
"""

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Final

from msgspec import Struct

from hairplan.errors import InputError, OutOfRangeError

END: Final = r"(?!\n)$"
"""The very end of a text: a lone $ also stands before a newline that ends it."""

_N: Final = "[1-9][0-9]{0,3}"
_ZERO: Final = "0 (minute|hour|day|week|month|year)s?"
_ONE: Final = rf"{_N} (minute|hour|day|week|month|year)s?"
# What is taken away is less than a week, so that something of any week or month is left.
_MORE: Final = rf"( \+ {_N} (month|week|day)s?){{1,3}}( - [1-6] days?)?| - [1-6] days?"
_LESS: Final = rf"( - {_N} (month|week|day)s?){{1,3}}( \+ [1-6] days?)?| \+ [1-6] days?"
_SPAN: Final = rf"({_ONE}|{_N} hours? {_N} minutes?|{_N} (week|month|year)s?({_MORE}))"
_BEFORE: Final = rf"-({_N} (day|week|month|year)s?|{_N} (week|month|year)s?({_LESS}))"
_AFTER: Final = rf"(0|{_N}) (day|week|month|year)s?|{_N} (week|month|year)s?({_MORE})"
_CLOCK: Final = "(0|[1-9][0-9]{0,3}) days? at ([01][0-9]|2[0-3]):[0-5][0-9]"
SPAN_PATTERN: Final = rf"^{_SPAN}{END}"
ZERO_PATTERN: Final = rf"^({_ZERO}|{_SPAN}){END}"
SIGNED_PATTERN: Final = rf"^({_AFTER}|{_BEFORE}){END}"
CLOCK_PATTERN: Final = rf"^{_CLOCK}{END}"
SIDE_PATTERN: Final = rf"^({_ZERO}|{_SPAN}|{_CLOCK}){END}"
_PART: Final = re.compile(r"(?:^|([+-]) | )(-?)([0-9]+) ([a-z]+?)s?(?= |$)")

_MINUTES: Final = {"minute": 1, "hour": 60}
_DAYS: Final = {"day": 1, "week": 7}
_MONTHS: Final = {"month": 1, "year": 12}
_DAY_MINUTES: Final = 24 * 60
_SHORTEST: Final = 28


class Span(Struct, frozen=True):
    """A length of time; `span` and `typed_span` make one.

    Attributes:
        count: how many of the unit; fewer than 0 for a time before.
        unit: minute, hour, day, week, month or year.
        months: the calendar months in it, 0 for a span of days or hours.
        days: the whole calendar days it takes up, beside its months. 24 hours are 1 day, and
            30 minutes as well: without a time of day they could reach into that many days more.
        minutes: the minutes in it, 0 for a span of days or months.
        others: the counts and units of its further parts, such as "4 weeks" in "7 months +
            4 weeks"; the first part outweighs them.
    """

    count: int
    unit: str
    months: int
    days: int
    minutes: int
    others: tuple[tuple[int, str], ...] = ()

    def __str__(self) -> str:
        return _part(self.count, self.unit) + "".join(_joined(*part) for part in self.others)

    def times(self, number: int) -> "Span":
        """Return the span so many times as long."""
        parts = ((self.count, self.unit), *self.others)
        return _span(*((count * number, unit) for count, unit in parts))

    def plus(self, other: "Span") -> "Span":
        """Return the span as long as both together."""
        counts: dict[str, int] = {}
        for count, unit in (
            (self.count, self.unit),
            *self.others,
            (other.count, other.unit),
            *other.others,
        ):
            counts[unit] = counts.get(unit, 0) + count
        order = ("year", "month", "week", "day", "hour", "minute")
        return _span(*((counts[unit], unit) for unit in order if unit in counts))


def _part(count: int, unit: str) -> str:
    return f"{count} {unit}" + ("" if abs(count) == 1 else "s")


def _joined(count: int, unit: str) -> str:
    """Return a further part of a span with what joins it to the part before."""
    sign = "" if unit == "minute" else "- " if count < 0 else "+ "
    return f" {sign}{_part(abs(count), unit)}"


def _span(*parts: tuple[int, str]) -> Span:
    """Return the span of some parts, the longest unit first."""
    minutes = sum(count * _MINUTES.get(unit, 0) for count, unit in parts)
    days = -(-minutes // _DAY_MINUTES) or sum(count * _DAYS.get(unit, 0) for count, unit in parts)
    months = sum(count * _MONTHS.get(unit, 0) for count, unit in parts)
    return Span(*parts[0], months, days, minutes, parts[1:])


class Period(Struct, frozen=True):
    """Days from first to last, both included.

    Attributes:
        first: the first day in it.
        last: the last day in it, not before `first`.
        reason: what the days are taken by, in the user's words.
    """

    first: date
    last: date
    reason: str = ""

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@lru_cache(maxsize=512)
def span(text: str) -> Span:
    """Read a span as a protocol file writes it, such as "5 weeks".

    Raises:
        InputError: the text is not a count and a unit.
    """
    if not re.match(ZERO_PATTERN, text) and not re.match(SIGNED_PATTERN, text):
        raise InputError(f"'{text}' is not a span such as '5 weeks'")
    parts = _PART.findall(text)
    return _span(*(_count_and_unit(*part) for part in parts))


def _count_and_unit(joint: str, sign: str, count: str, unit: str) -> tuple[int, str]:
    return (-int(count) if "-" in {joint, sign} else int(count)), unit


def position(text: str, first_day: int) -> Span:
    """Read where something lies, from a source that gives its first day the number 0 or 1.

    With 1, "1 day" is the first day itself and "5 weeks" lies four weeks after it.
    """
    length = span(text)
    if not first_day or length.count < 1:
        return length
    *before, (count, unit) = ((length.count, length.unit), *length.others)
    return _span(*before, *([(count - 1, unit)] if count != 1 or not before else []))


def whole_days(text: str) -> Span:
    """Read the most that may lie between appointments: of hours, the whole days in them.

    Appointments lie on different days, at the same time: 60 hours are no more than 2 days apart.
    """
    length = span(text)
    return span(f"{length.minutes // (_DAY_MINUTES)} days") if length.minutes else length


class ClockTime(Struct, frozen=True):
    """A time of day, so many days before or after an appointment.

    Attributes:
        days: how many days.
        at: the time of day.
    """

    days: int
    at: time

    def __str__(self) -> str:
        return f"{self.days} day{'' if self.days == 1 else 's'} at {self.at:%H:%M}"


@lru_cache(maxsize=512)
def side(text: str) -> Span | ClockTime:
    """Read how far a restriction or a task reaches: a span, or a time such as "1 day at 21:00".

    Raises:
        InputError: the text is neither.
    """
    if not re.match(CLOCK_PATTERN, text):
        return span(text)
    days, _, at = text.partition(" at ")
    return ClockTime(int(days.partition(" ")[0]), time.fromisoformat(at))


def _add_months(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return in_month(year, month + 1, day.day)


def in_month(year: int, month: int, day: int) -> date:
    """Return a day of a month, or its last day where the month is shorter.

    Raises:
        ValueError: the year is outside the calendar.
    """
    # Every month has so many days: asking for its length is what takes the time.
    return date(year, month, day if day <= _SHORTEST else min(day, monthrange(year, month)[1]))


# The plans of a list have the same few thousand days.
@lru_cache(maxsize=16384)
def shift(day: date, by: Span, times: int = 1) -> date:
    """Return the day that lies `times` spans from `day`, in one step; backwards if negative.

    Raises:
        OutOfRangeError: the result is before year 1 or after year 9999.
    """
    try:
        if not by.months:
            return day + timedelta(days=by.days * times)
        moved = _add_months(day, by.months * times)
        return moved + timedelta(days=by.days * times) if by.days else moved
    except (OverflowError, ValueError):
        raise _out_of_range(day, by.times(times)) from None


def shift_days(day: date, days: int) -> date:
    """Return the day that lies so many days from `day`.

    Raises:
        OutOfRangeError: the result is before year 1 or after year 9999.
    """
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise _out_of_range(day, _span((days, "day"))) from None


def _out_of_range(day: date, by: Span) -> OutOfRangeError:
    side = f"{by.times(-1)} before" if by.count < 0 else f"{by} after"
    return OutOfRangeError(f"{side} {day} lies outside the calendar, the years 1 to 9999")


@cache
def _references() -> tuple[date, ...]:
    """Return every start and end of a month over four years, 29 February included."""
    months = [(year, month) for year in range(2027, 2031) for month in range(1, 13)]
    return tuple(in_month(*month, day) for month in months for day in (1, 31))


def never_longer(shorter: Span, longer: Span) -> bool:
    """Return whether the one never ends after the other, from any start or end of a month.

    30 days and 1 month cross each other: neither is never longer than the other.
    """
    if shorter.unit == longer.unit and not (shorter.others or longer.others):
        return shorter.count <= longer.count
    if not shorter.months and not longer.months:
        return _in_minutes(shorter) <= _in_minutes(longer)
    return all(shift(day, shorter) <= shift(day, longer) for day in _references())


def always_near(length: Span, around: Span, tolerance: Span) -> bool:
    """Return whether a span ends so near another, from any start or end of a month."""
    return all(
        shift(shift(day, around), tolerance, -1)
        <= shift(day, length)
        <= shift(shift(day, around), tolerance)
        for day in _references()
    )


def shortest(length: Span) -> int:
    """Return the fewest days that a span takes, from any start or end of a month."""
    return min((shift(day, length) - day).days for day in _references())


def _in_minutes(length: Span) -> int:
    return length.minutes or length.days * _DAY_MINUTES


def pure_date(value: object, name: str) -> date:
    """Return the value if it is a calendar date.

    Raises:
        InputError: it is a `datetime` (whose day depends on a zone) or no date at all.
    """
    if isinstance(value, datetime) or not isinstance(value, date):
        raise InputError(f"{name}: {value!r} is not a calendar date (datetime.date)")
    return value
