"""Time zones as calendars name them: two yearly rules, or one time all year.

A zone's own file ends with the rule that holds from now on, in the form of POSIX's TZ; it becomes
the component that programs read. Where a moment does not keep to that rule (a law changed since, or
is to change), the zone is not named with it: in UTC it is right whatever a program knows.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from msgspec import Struct

_NAME: Final = r"(?:<([^>]+)>|([A-Za-z]{3,}))"
_CLOCK: Final = r"([+-]?\d{1,3}(?::\d\d){0,2})"
_RULE: Final = rf"(?a){_NAME}{_CLOCK}(?:{_NAME}{_CLOCK}?,([^,]+),([^,]+))?"
_DAY_OF_YEAR: Final = rf"(?a)M(\d+)\.(\d)\.(\d)(?:/{_CLOCK})?"
_WEEKDAYS: Final = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
_LAST: Final = 5
_FIRST_YEAR: Final = 1970
_MIDNIGHT: Final = time()
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)


class YearlyChange(Struct, frozen=True):
    """A day of every year on which the clock changes, and when, by the clock until then.

    Attributes:
        month: its month.
        week: which of the weekday in the month, -1 for the last.
        weekday: the day of the week, 0 for Sunday.
        at: how long after midnight.
    """

    month: int
    week: int
    weekday: int
    at: timedelta

    def on_the_wall(self, year: int) -> datetime:
        """Return when it is in a year."""
        days = [
            day
            for number in range(monthrange(year, self.month)[1])
            if (day := date(year, self.month, number + 1)).isoweekday() % 7 == self.weekday
        ]
        place = self.week if self.week < 0 else self.week - 1
        return datetime.combine(days[place], _MIDNIGHT) + self.at

    @property
    def rule(self) -> str:
        """The recurrence rule of it."""
        day = f"{self.week}{_WEEKDAYS[self.weekday]}"
        return f"RRULE:FREQ=YEARLY;BYDAY={day};BYMONTH={self.month}"


class ZoneTime(Struct, frozen=True):
    """A time that a zone has, all year or from a yearly change on.

    Attributes:
        name: its name, such as CET.
        offset: how far it is ahead of UTC.
        begins: the change with which it begins; null where it is there all year.
    """

    name: str
    offset: timedelta
    begins: YearlyChange | None = None


class ZoneRules(Struct, frozen=True):
    """The times of a zone: its standard time, and its summer time where it has one."""

    standard: ZoneTime
    summer: ZoneTime | None = None

    def changes_in(self, year: int) -> list[tuple[datetime, timedelta]]:
        """Return when the clock changes in a year, in UTC and in order, and the offsets then."""
        if self.summer is None:
            return [(datetime(year, 1, 1, tzinfo=UTC), self.standard.offset)]
        pairs = ((self.standard, self.summer), (self.summer, self.standard))
        return sorted(
            (to.begins.on_the_wall(year).replace(tzinfo=UTC) - before.offset, to.offset)
            for to, before in pairs
            if to.begins
        )


@lru_cache
def zone_lines(name: str) -> tuple[str, ...]:
    """Return the lines of a zone's component, for a zone that has rules."""
    rules = _rules_of(name)
    assert rules is not None, f"{name} has no rules that a calendar could say"
    return (
        "BEGIN:VTIMEZONE",
        f"TZID:{name}",
        *_time_lines("STANDARD", rules.standard, rules.summer),
        *(_time_lines("DAYLIGHT", rules.summer, rules.standard) if rules.summer else ()),
        "END:VTIMEZONE",
    )


def zone_named_with(name: str | None, *moments: date | None) -> str | None:
    """Return a zone as it is named with moments in UTC; None for days, and where it is not."""
    known = [moment for moment in moments if isinstance(moment, datetime)]
    if name is None or not known:
        return None
    return name if all(is_named_with(name, moment) for moment in known) else None


@lru_cache(maxsize=16384)
def is_named_with(name: str, moment: datetime) -> bool:
    """Return whether a zone can be named with a moment in UTC, so that all programs read it right.

    UTC itself needs no zone. Of a time that comes twice, programs take the first.
    """
    from hairplan.dates.clock import zone

    return _holds_in(name, moment.year) and not moment.astimezone(zone(name)).fold


@lru_cache(maxsize=1024)
def _holds_in(name: str, year: int) -> bool:
    """Return whether a zone keeps to its rules throughout a year."""
    from hairplan.dates.clock import zone

    rules = _rules_of(name)
    if rules is None or not _FIRST_YEAR < year < MAXYEAR:
        return False
    there = zone(name)
    return all(
        moment.astimezone(there).utcoffset() == offset
        for moment, offset in _moments_of(rules.changes_in(year), year)
    )


def _moments_of(
    changes: Sequence[tuple[datetime, timedelta]], year: int
) -> Iterator[tuple[datetime, timedelta]]:
    """Yield a moment of each day of a year, and both sides of its changes, with the offsets."""
    offset = changes[-1][1]
    moment = datetime(year, 1, 1, tzinfo=UTC)
    for change, after in (*changes, (datetime(year + 1, 1, 1, tzinfo=UTC), offset)):
        while moment < change:
            yield moment, offset
            moment += _DAY
        yield change - _SECOND, offset
        yield change, after
        offset = after


def _time_lines(kind: str, own: ZoneTime, other: ZoneTime | None) -> Iterator[str]:
    before = other.offset if other else own.offset
    begins = own.begins.on_the_wall(_FIRST_YEAR) if own.begins else datetime(_FIRST_YEAR, 1, 1)  # noqa: DTZ001 - by the wall
    yield f"BEGIN:{kind}"
    yield f"DTSTART:{begins:%Y%m%dT%H%M%S}"
    if own.begins:
        yield own.begins.rule
    yield f"TZNAME:{own.name}"
    yield f"TZOFFSETFROM:{_format_offset(before)}"
    yield f"TZOFFSETTO:{_format_offset(own.offset)}"
    yield f"END:{kind}"


def _format_offset(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"


# ---- the zone's own file ----


@lru_cache
def _rules_of(name: str) -> ZoneRules | None:
    """Return the rules of a zone; None where two yearly changes cannot say them, and for UTC."""
    match = re.fullmatch(_RULE, _footer(name))
    if match is None:
        return None
    standard = ZoneTime(match[1] or match[2], -_length(match[3]))
    if standard.name == "UTC":
        return None
    if match[7] is None:
        return ZoneRules(standard)
    offset = -_length(match[6]) if match[6] else standard.offset + _HOUR
    begin, end = _change(match[7]), _change(match[8])
    if begin is None or end is None:
        return None
    summer = ZoneTime(match[4] or match[5], offset, begin)
    return ZoneRules(ZoneTime(standard.name, standard.offset, end), summer)


def _change(text: str) -> YearlyChange | None:
    """Read a change such as "M3.5.0/3"; None where it is not on a day of its own."""
    match = re.fullmatch(_DAY_OF_YEAR, text)
    at = _length(match[4]) if match and match[4] else timedelta(hours=2)
    if match is None or not timedelta(0) <= at < _DAY:
        return None
    week = int(match[2])
    return YearlyChange(int(match[1]), -1 if week == _LAST else week, int(match[3]), at)


def _length(text: str) -> timedelta:
    """Read hours, minutes and seconds, such as "-5:30"."""
    hours, minutes, seconds = (*map(int, text.lstrip("+-").split(":")), 0, 0)[:3]
    length = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -length if text.startswith("-") else length


def _footer(name: str) -> str:
    """Return the last line of a zone's file, from where zones are found; empty if it has none."""
    from zoneinfo import TZPATH

    for folder in TZPATH:
        path = Path(folder, name)
        if path.is_file():
            return _last_line(path.read_bytes())
    from importlib import resources

    packed = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    return _last_line(packed.read_bytes())


def _last_line(data: bytes) -> str:
    return data.rstrip(b"\n").rsplit(b"\n", 1)[-1].decode("ascii", "replace")
