"""Times of day, zones and hours: what belongs to an appointment, not to a date.

A number of hours after an appointment is counted on the world's clock from the appointment's end,
so that a change of summer time in between is right; it is then said in the appointment's zone.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from hairplan.errors import InputError, OutOfRangeError, nearest

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

TIME_PATTERN: Final = r"^ *[0-9]{1,2}([:.hH]|[0-5][0-9]| ?[aApPuU])[0-9:. aApPmMhHuUrR]*$"
"""The look of a time of day to an editor; the reader says more exactly what is none."""

_TIME: Final = (
    r"(?i)(?P<hour>\d{1,2})"
    r"(?:[:.](?=\d\d)|\s?(?:h|uhr)\s?)?(?P<minutes>[0-5]\d)?(?::00)?"
    r"(?:\s?(?P<half>[ap])\.?m\.?|\suhr)?"
)
_HOURS: Final = 24
_HALF_DAY: Final = 12


@lru_cache(maxsize=1440)
def time_of_day(text: str) -> time:
    """Read a time such as "14:30", "14h30", "9h", "14.30", "1430" or "2:30 pm".

    Raises:
        InputError: it is not hours and minutes of one day.
    """
    match = re.fullmatch(_TIME, text.strip())
    hour, minute = _hour_of(match) if match else -1, match and match["minutes"]
    if not 0 <= hour < _HOURS:
        raise InputError(f"'{text}' is not a time of day such as '14:30'")
    return time(hour, int(minute or 0))


def _hour_of(match: re.Match[str]) -> int:
    """Return the hour of a time, in a day of 24; -1 if there is none."""
    hour, half = int(match["hour"]), (match["half"] or "").lower()
    if not half:
        # "14" alone says nothing of hours.
        return -1 if match[0].isdecimal() and len(match[0]) <= len("14") else hour
    return hour % _HALF_DAY + _HALF_DAY * (half == "p") if 1 <= hour <= _HALF_DAY else -1


@lru_cache(maxsize=256)
def zone(name: str) -> "ZoneInfo":
    """Return the time zone of an IANA name such as "Europe/Paris".

    Raises:
        InputError: there is no such zone.
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        from zoneinfo import available_timezones

        hint = nearest(name, sorted(available_timezones()))
        raise InputError(f"'{name}' is not a time zone such as 'Europe/Paris'{hint}") from None


@lru_cache(maxsize=16384)
def in_utc(day: date, at: time, zone_name: str) -> datetime:
    """Return the moment of a time on a day in a zone, in UTC.

    Of a time that comes twice, where summer time ends, it is the first; one that summer time skips
    is the moment after the change.

    Raises:
        OutOfRangeError: it is before year 1 or after year 9999 there.
    """
    try:
        return datetime.combine(day, at, zone(zone_name)).astimezone(UTC)
    except OverflowError:
        raise OutOfRangeError(
            f"{day} {at:%H:%M} in {zone_name} lies outside the calendar, the years 1 to 9999"
        ) from None


@lru_cache(maxsize=16384)
def is_skipped(day: date, at: time, zone_name: str) -> bool:
    """Return whether summer time skips this time on this day in the zone."""
    return on_the_wall(day, at, zone_name).time() != at


def minutes_from(day: date, at: time, minutes: int, zone_name: str | None) -> datetime:
    """Return the wall-clock time, without a zone in it, so many minutes later or (if < 0) earlier.

    Without a zone every day has 24 hours.

    Raises:
        OutOfRangeError: the result is before year 1 or after year 9999.
    """
    try:
        if zone_name is None:
            return datetime.combine(day, at) + timedelta(minutes=minutes)
        later = in_utc(day, at, zone_name) + timedelta(minutes=minutes)
        return later.astimezone(zone(zone_name)).replace(tzinfo=None)
    except OverflowError:
        raise OutOfRangeError(
            f"{minutes} minutes from {day} {at:%H:%M} lie outside the calendar, the years 1 to 9999"
        ) from None


def on_the_wall(day: date, at: time, zone_name: str | None) -> datetime:
    """Return a time of day on a day as the clock on the wall shows it, without a zone in it.

    A time that summer time skips is the moment after the change.
    """
    if zone_name is None:
        return datetime.combine(day, at)
    return in_utc(day, at, zone_name).astimezone(zone(zone_name)).replace(tzinfo=None)
