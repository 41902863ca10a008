"""The one place that reads the clock and the machine's zone, and what may stand for them."""

import datetime as dt
import os
from collections.abc import Callable
from contextlib import suppress

from hairplan.dates.clock import zone as zone_named
from hairplan.dates.typed import iso_date
from hairplan.errors import InputError


def _no_zone() -> None:
    """Name no zone: the machine's holds."""


def today_from(option: str | None, zone: Callable[[], str | None] = _no_zone) -> dt.date:
    """Return today: the option's, the environment's, else the clock's.

    Args:
        option: the --today option.
        zone: names the zone in which it is today, if the clock is read; None for the machine's.

    Raises:
        InputError: the day given is no ISO date.
    """
    for name, text in (("--today", option), ("HAIRPLAN_TODAY", os.environ.get("HAIRPLAN_TODAY"))):
        if text:
            try:
                return iso_date(text)
            except InputError as error:
                raise InputError(*(f"{name}: {fault}" for fault in error.faults)) from None
    zone_name = zone()
    if zone_name is None:
        return dt.date.today()  # noqa: DTZ011 - a person's today is the day on the wall
    return dt.datetime.now(zone_named(zone_name)).date()


def stamp_from(option: str | None) -> dt.datetime:
    """Return the moment that a calendar is stamped with, in UTC.

    That of SOURCE_DATE_EPOCH, else the beginning of the day that stands for today, else now.

    Raises:
        InputError: SOURCE_DATE_EPOCH is no number of seconds that a calendar can hold.
    """
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    if seconds:
        try:
            return dt.datetime.fromtimestamp(int(seconds), dt.UTC)
        except (ValueError, OverflowError, OSError):
            raise InputError(
                f"SOURCE_DATE_EPOCH: '{seconds}' is not a number of seconds since 1970"
            ) from None
    if option or os.environ.get("HAIRPLAN_TODAY"):
        return dt.datetime.combine(today_from(option), dt.time(), dt.UTC)
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def zone_here() -> str:
    """Return the time zone of this machine, by its IANA name.

    Raises:
        InputError: the machine does not name one.
    """
    from zoneinfo import ZoneInfoNotFoundError

    from tzlocal import get_localzone_name

    with suppress(ZoneInfoNotFoundError, ValueError, OSError):
        # Where TZ holds a rule such as EST5EDT, the name is another zone's.
        if (name := get_localzone_name()) and _is_zone_here(name):
            return name
    raise InputError("--zone: a time in a calendar needs its time zone, such as Europe/Paris")


def _is_zone_here(name: str) -> bool:
    """Return whether this machine's clock goes by a zone, in winter and in summer."""
    from zoneinfo import ZoneInfo

    year = dt.datetime.now(dt.UTC).year
    moments = [dt.datetime(year, month, 15, 12, tzinfo=dt.UTC) for month in (1, 7)]
    return all(
        moment.astimezone().utcoffset() == moment.astimezone(ZoneInfo(name)).utcoffset()
        for moment in moments
    )
