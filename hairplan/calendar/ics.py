"""Calendar items as an iCalendar file (RFC 5545) that real clients show right.

Conventions, each for a client that trips over the other way:

* Days, and times in the clinic's zone, whose two yearly rules stand before the events; a zone that
  has not such rules is not named, and its times are in UTC.
* No METHOD, no organizer, no id of the whole calendar.
* `X-WR-CALNAME` only in a feed: Outlook opens a file with one as a calendar of its own.
* An item's UID is a digest of the plan's id and its own: opaque, and the same on every machine.

The lines of an event and their order are icalendar's, and so is how a value is written: the tests
hold every calendar to what icalendar writes, byte for byte. It is not loaded here: that takes a
quarter of a short command's time, and its releases fold lines in different places, so that after an
update every event would look changed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from msgspec import Struct, structs

from hairplan import __version__
from hairplan.calendar.items import Alarm, CalendarChoice, Item, items_of
from hairplan.calendar.recurrence import Repeat
from hairplan.calendar.zones import zone_lines
from hairplan.clinic.templates import Audience, ItemKind
from hairplan.dates.clock import zone
from hairplan.identity import uid as uid  # noqa: PLC0414 - whoever writes events needs their ids
from hairplan.plan import Plan

PRODID: Final = f"-//hairplan//hairplan {__version__}//EN"
NAME: Final = "Appointments"

CATEGORIES: Final[Mapping[ItemKind, str]] = {
    "session": "Appointment",
    "restriction": "Care",
    "task": "Preparation",
    "review": "Appointment",
    "routine": "Care",
}
_REFRESH: Final = "PT12H"
_DAY_MINUTES: Final = 24 * 60
_LINE_END: Final = "\r\n"
_UNSAFE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_BREAK: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_ESCAPED: Final = re.compile(r"\\(.)")
_WIDTH: Final = 74
"""The most bytes of a piece of a line: RFC 5545's 75, less the space before a continued piece."""

_LATER_BYTES: Final = range(0x80, 0xC0)
"""The bytes of a character in UTF-8 after its first one."""


class Revision(Struct, frozen=True):
    """The version of an item that a calendar holds.

    Attributes:
        stamp: when this version was made, in UTC.
        sequence: how often the item was moved or called off.
    """

    stamp: datetime
    sequence: int = 0


class UnversionedEvent(Struct, frozen=True):
    """The lines of a VEVENT but those of its version: most versions differ in these alone.

    Attributes:
        begin: the lines before its stamp.
        uid: its UID.
        middle: the lines before its last change.
        end: the lines after it.
    """

    begin: str
    uid: str
    middle: str
    end: str

    def at(self, revision: Revision) -> str:
        """Return the whole VEVENT in a version."""
        return (
            f"{self.begin}{_moment_line('DTSTAMP', revision.stamp)}\r\nUID:{self.uid}\r\n"
            f"SEQUENCE:{revision.sequence}\r\n"
            f"{self.middle}{_moment_line('LAST-MODIFIED', revision.stamp)}\r\n{self.end}"
        )


class CalendarShape(Struct, frozen=True):
    """The name of a calendar, and whether a web server offers it for subscription.

    Attributes:
        name: its name; null for the one in the patient's language.
        feed: with its name for a subscriber's list and a refresh interval.
        id: of which plan it is and for whom, as `id_of_calendar` has it; null for one of several.
    """

    name: str | None = None
    feed: bool = False
    id: str | None = None


def to_ics(
    plan: Plan,
    stamp: datetime,
    choice: CalendarChoice | None = None,
    shape: CalendarShape | None = None,
) -> bytes:
    """Write a plan as a calendar.

    The same plan, stamp, choice and shape give the same bytes everywhere.

    Args:
        plan: a plan with dates.
        stamp: the moment of writing, in UTC.
        choice: what goes into it; by default all that the patient is told.
        shape: a file by default.

    Raises:
        InputError: an appointment has a time and no zone.
        OutOfRangeError: an item lies outside the years 1 to 9999.
    """
    shape = shape_for(plan, choice or CalendarChoice(), shape)
    return render(items_of(plan, choice), plan.calendar_id, Revision(stamp), shape)


def shape_for(
    plan: Plan, choice: CalendarChoice, shape: CalendarShape | None = None
) -> CalendarShape:
    """Return the shape of a plan's own calendar, which says of which plan it is, and for whom."""
    shape = named(shape or CalendarShape(), choice)
    return structs.replace(shape, id=id_of_calendar(plan.calendar_id, choice.audience))


def named(shape: CalendarShape, choice: CalendarChoice) -> CalendarShape:
    """Return a shape with its own name, or else the one in the patient's language."""
    if shape.name is not None or choice.catalog is None:
        return shape
    return structs.replace(shape, name=choice.catalog.says["appointments"])


def id_of_calendar(plan_id: str, audience: Audience) -> str:
    """Return the id of a plan's calendar for some people: opaque, as those of its events are."""
    return uid(plan_id, f"calendar.{audience}")


def id_line(unique: str) -> str:
    """Write the line of a calendar's head that says of which plan it is, and for whom."""
    return f"X-HAIRPLAN-ID:{unique}"


def render(
    items: Iterable[Item],
    plan_id: str,
    revisions: Revision | Mapping[str, Revision],
    shape: CalendarShape | None = None,
) -> bytes:
    """Write items as one calendar.

    Args:
        items: what is in it.
        plan_id: the id of the plan that they belong to.
        revisions: the version of all of them, or of each by the item's id.
        shape: a file by default.
    """
    items = tuple(items)
    zones = zone_components(zones_of(items))
    return wrapped((zones, *(event(item, plan_id, revisions) for item in items)), shape)


def wrapped(components: Iterable[str], shape: CalendarShape | None = None) -> bytes:
    """Put written zones and events into a calendar."""
    head = _LINE_END.join(_head_lines(shape or CalendarShape()))
    return "".join((head, _LINE_END, *components, "END:VCALENDAR", _LINE_END)).encode("utf-8")


def zones_of(items: Iterable[Item]) -> tuple[str, ...]:
    """Return the zones that are named with items, each once."""
    return tuple(dict.fromkeys(item.zone for item in items if item.zone))


def zone_components(names: Iterable[str]) -> str:
    """Write zones as VTIMEZONEs, which stand before the events that name them."""
    return "".join(f"{line}{_LINE_END}" for name in names for line in zone_lines(name))


def event(item: Item, plan_id: str, revisions: Revision | Mapping[str, Revision]) -> str:
    """Write one item as a VEVENT."""
    revision = revisions if isinstance(revisions, Revision) else revisions[item.id]
    return unversioned(item, plan_id).at(revision)


def unversioned(item: Item, plan_id: str) -> UnversionedEvent:
    """Write one item as a VEVENT that lacks its version."""
    unique = uid(plan_id, item.id)
    return UnversionedEvent(_beginning(item), unique, _middle(item), _ending(item))


def clean_text(text: str) -> str:
    """Make text from outside safe: one kind of line break, no control characters, no loose ends.

    Readers drop spaces at the ends, take a backslash before an N for a line break, and stumble over
    a byte order mark.
    """
    # Most texts have nothing in them that the slow patterns look for.
    if not text.replace("\n", "").isprintable():
        text = _LINE_BREAK.sub("\n", text.replace("\ufeff", ""))
        text = _UNSAFE.sub("\ufffd", text)
    return text.strip().replace("\\N", "\\n")


# ---- lines, in icalendar's order ----


def _head_lines(shape: CalendarShape) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield f"PRODID:{PRODID}"
    yield "CALSCALE:GREGORIAN"
    name = NAME if shape.name is None else shape.name
    yield _text_line("NAME", name)
    if shape.feed:
        yield _text_line("X-WR-CALNAME", name)
        yield f"REFRESH-INTERVAL;VALUE=DURATION:{_REFRESH}"
        yield f"X-PUBLISHED-TTL:{_REFRESH}"
    if shape.id:
        yield id_line(shape.id)


def _beginning(item: Item) -> str:
    title, begin = (
        _frequent_line("SUMMARY", item.title),
        _moment_line("DTSTART", item.begin, item.zone),
    )
    end = f"{_moment_line('DTEND', item.end, item.zone)}\r\n" if item.end else ""
    return f"BEGIN:VEVENT\r\n{title}\r\n{begin}\r\n{end}"


def _middle(item: Item) -> str:
    rhythm = "".join(f"{line}\r\n" for line in _rhythm_lines(item))
    text = f"{_text_line('DESCRIPTION', item.text)}\r\n" if item.text else ""
    return f"{rhythm}CATEGORIES:{CATEGORIES[item.kind]}\r\nCLASS:PRIVATE\r\n{text}"


def _rhythm_lines(item: Item) -> Iterator[str]:
    if item.repeats:
        yield _rule_line(item.repeats)
    if item.also:
        yield _fold(f"RDATE;VALUE=DATE:{','.join(map(_format_digits, item.also))}")
    if item.never:
        yield _fold(f"EXDATE;VALUE=DATE:{','.join(map(_format_digits, item.never))}")


def _ending(item: Item) -> str:
    place = f"{_frequent_line('LOCATION', item.place)}\r\n" if item.place else ""
    busy = "OPAQUE" if item.takes_time else "TRANSPARENT"
    alarms = "".join(map(_alarm, item.alarms))
    return f"{place}STATUS:{item.status}\r\nTRANSP:{busy}\r\n{alarms}END:VEVENT\r\n"


def _alarm(alarm: Alarm) -> str:
    return (
        f"BEGIN:VALARM\r\nACTION:DISPLAY\r\n{_frequent_line('DESCRIPTION', alarm.text)}\r\n"
        f"TRIGGER:{_format_trigger(alarm.minutes)}\r\nEND:VALARM\r\n"
    )


def _rule_line(repeat: Repeat) -> str:
    """Write the rule of a rhythm."""
    days = f";BYDAY={','.join(repeat.weekdays)}" if repeat.weekdays else ""
    day = f";BYMONTHDAY={repeat.monthday}" if repeat.monthday else ""
    return _fold(
        f"RRULE:FREQ={repeat.frequency};UNTIL={_format_digits(repeat.until)};INTERVAL={repeat.interval}"
        f"{days}{day}"
    )


# ---- values ----


@lru_cache(maxsize=16384)
def _moment_line(name: str, at: date, zone_name: str | None = None) -> str:
    """Write a line with a day, or with a moment in UTC or in a zone."""
    if not isinstance(at, datetime):
        return f"{name};VALUE=DATE:{_format_digits(at)}"
    if zone_name is None:
        return f"{name}:{_format_digits(at)}"
    there = at.astimezone(zone(zone_name))
    return f"{name};TZID={zone_name}:{_format_digits(there).removesuffix('Z')}"


def _format_digits(at: date) -> str:
    """Write a day or a moment in UTC in ISO 8601's basic format, such as 20261201T133000Z."""
    digits = at.isoformat()[:19].replace("-", "").replace(":", "")
    return f"{digits}Z" if isinstance(at, datetime) else digits


@lru_cache(maxsize=512)
def _format_trigger(minutes: int) -> str:
    """Write how long before the beginning of its event an alarm rings, such as -P1D or -PT2H30M."""
    days, rest = divmod(abs(minutes), _DAY_MINUTES)
    hours, rest = divmod(rest, 60)
    day = f"{days}D" if days or not (hours or rest) else ""
    clock = (f"{hours}H" if hours else "") + (f"{rest}M" if rest else "")
    sign = "-" if minutes > 0 else ""
    return f"{sign}P{day}" + (f"T{clock}" if clock else "")


def _text_line(name: str, text: str) -> str:
    """Write a line with a text."""
    text = clean_text(text).replace("\\", r"\\").replace(";", r"\;").replace(",", r"\,")
    return _fold(f"{name}:{text}".replace("\n", r"\n"))


def read_text(value: str) -> str:
    """Read a text as a line has it, once the line is in one piece."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], value)


_frequent_line: Final = lru_cache(maxsize=1024)(_text_line)
"""Titles and places stand in the calendars of a whole list again and again; texts have dates."""


def _fold(line: str) -> str:
    """Break a long line: never inside a character or behind a backslash that escapes the next one.

    icalendar takes a circumflex for an escape as well.
    """
    if len(line) <= _WIDTH and line.isascii():
        return line
    data = line.encode("utf-8")
    pieces = []
    while len(data) > _WIDTH:
        end = _WIDTH
        while data[end] in _LATER_BYTES:
            end -= 1
        end -= data[end - 1] in b"\\^"
        pieces.append(data[:end])
        data = data[end:]
    return b"\r\n ".join((*pieces, data)).decode("utf-8")
