"""Spans of time and how they move a date: the month rule lives here and nowhere else.

Conventions:

* A date is a calendar date; a `datetime` is refused at the door.
* Days and weeks are counted. Months and years are calendar units, added from the anchor in one
  step and clamped to the month's last day: 31 January + 1 month is 28 February, and 31 January
  + 2 months is 31 March. A month is never 30 days.
* Hours and minutes belong to an appointment's time of day (see `clock`). Where no time is known
  they count as the whole calendar days that they could touch, never less.
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

_UNIT: Final = "(minute|hour|day|week|month|year)s?"
_CLOCK: Final = "(0|[1-9][0-9]{0,3}) days? at ([01][0-9]|2[0-3]):[0-5][0-9]"
SPAN_PATTERN: Final = rf"^[1-9][0-9]{{0,3}} {_UNIT}{END}"
ZERO_PATTERN: Final = rf"^(0|[1-9][0-9]{{0,3}}) {_UNIT}{END}"
SIGNED_PATTERN: Final = rf"^(0|-?[1-9][0-9]{{0,3}}) (day|week|month|year)s?{END}"
CLOCK_PATTERN: Final = rf"^{_CLOCK}{END}"
SIDE_PATTERN: Final = rf"^([1-9][0-9]{{0,3}} {_UNIT}|{_CLOCK}){END}"

_MINUTES: Final = {"minute": 1, "hour": 60}
_DAYS: Final = {"day": 1, "week": 7}
_MONTHS: Final = {"month": 1, "year": 12}
_DAY_MINUTES: Final = 24 * 60
_SHORTEST: Final = 28


class Span(Struct, frozen=True):
    """A length of time in one unit of the calendar; `span` and `typed_span` make one.

    Attributes:
        count: how many of the unit; fewer than 0 for a time before.
        unit: minute, hour, day, week, month or year.
        months: the calendar months in it, 0 for a span of days or hours.
        days: the whole calendar days it takes up, 0 for a span of months. 24 hours are 1 day, and
            30 minutes as well: without a time of day they could reach into that many days more.
        minutes: the minutes in it, 0 for a span of days or months.
    """

    count: int
    unit: str
    months: int
    days: int
    minutes: int

    def __str__(self) -> str:
        return f"{self.count} {self.unit}" + ("" if abs(self.count) == 1 else "s")


def _span(count: int, unit: str) -> Span:
    minutes = count * _MINUTES.get(unit, 0)
    days = -(-minutes // _DAY_MINUTES) or count * _DAYS.get(unit, 0)
    return Span(count, unit, count * _MONTHS.get(unit, 0), days, minutes)


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
    count, unit = text.split(" ")
    return _span(int(count), unit.removesuffix("s"))


def position(text: str, first_day: int) -> Span:
    """Read where something lies, from a source that gives its first day the number 0 or 1.

    With 1, "1 day" is the first day itself and "5 weeks" lies four weeks after it.
    """
    length = span(text)
    if not first_day or length.count < 1:
        return length
    return span(f"{length.count - 1} {length.unit}s")


def whole_days(text: str) -> Span:
    """Read the most that may lie between appointments: of hours, the whole days in them.

    Appointments lie on different days, at the same time: 60 hours are no more than 2 days apart.
    """
    length = span(text)
    return span(f"{length.minutes // (_DAY_MINUTES)} days") if length.minutes else length


def since_range(text: str) -> tuple[Span | None, Span | None]:
    """Read a range of spans such as "6 months..", "..6 months" or "3 weeks..6 months".

    Raises:
        InputError: it is none of these.
    """
    low, dots, high = text.partition("..")
    if not dots or not (low or high):
        raise InputError(f"'{text}' is not a range of spans such as '6 months..' or '..6 months'")
    return span(low) if low else None, span(high) if high else None


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


_SHORT: Final = {
    "d": "day", "w": "week", "y": "year", "h": "hour", "min": "minute", "mo": "month",
}  # fmt: skip


def typed_span(text: str) -> Span:
    """Read a span as a person types it: "5 weeks", "5weeks", "2w", "45 min", "10d".

    A lone "m" is refused, as it could be minutes or months.

    Raises:
        InputError: the text is not a count and a unit.
    """
    match = re.fullmatch(r"\s*(\d{1,4})\s*([a-z]+?)s?\s*", text.lower())
    unit = _SHORT.get(match[2], match[2]) if match else ""
    if not match or unit not in {*_MINUTES, *_DAYS, *_MONTHS}:
        hint = "; 'm' could be minutes or months: say 'min' or 'months'" if unit == "m" else ""
        raise InputError(f"'{text}' is not a span such as '10 days', '3 weeks' or '2 h'{hint}")
    return _span(int(match[1]), unit)


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


def shift(day: date, by: Span, times: int = 1) -> date:
    """Return the day that lies `times` spans from `day`, in one step; backwards if negative.

    Raises:
        OutOfRangeError: the result is before year 1 or after year 9999.
    """
    try:
        if by.months:
            return _add_months(day, by.months * times)
        return day + timedelta(days=by.days * times)
    except (OverflowError, ValueError):
        raise _out_of_range(day, times * by.count, by.unit) from None


def shift_days(day: date, days: int) -> date:
    """Return the day that lies so many days from `day`.

    Raises:
        OutOfRangeError: the result is before year 1 or after year 9999.
    """
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise _out_of_range(day, days, "day") from None


def _out_of_range(day: date, count: int, unit: str) -> OutOfRangeError:
    plural = "" if abs(count) == 1 else "s"
    side = f"{abs(count)} {unit}{plural} {'before' if count < 0 else 'after'} {day}"
    return OutOfRangeError(f"{side} lies outside the calendar, the years 1 to 9999")


@cache
def _references() -> tuple[date, ...]:
    """Return every start and end of a month over four years, 29 February included."""
    months = [(year, month) for year in range(2027, 2031) for month in range(1, 13)]
    return tuple(in_month(*month, day) for month in months for day in (1, 31))


def never_longer(shorter: Span, longer: Span) -> bool:
    """Return whether the one never ends after the other, from any start or end of a month.

    30 days and 1 month cross each other: neither is never longer than the other.
    """
    if shorter.unit == longer.unit:
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
