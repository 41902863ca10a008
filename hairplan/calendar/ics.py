"""Calendar items as an iCalendar file (RFC 5545) that real clients show right.

Conventions, each for a client that trips over the other way:

* UTC times and days, no time zone component; no METHOD, no organizer, no id of the whole calendar.
* `X-WR-CALNAME` only in a feed: Outlook opens a file with one as a calendar of its own.
* An item's UID is a digest of the plan's id and its own: opaque, and the same on every machine.

How a value is written is icalendar's to say: escaping, folding, all of it. But of all texts of one
pattern, with any letters and digits in the same places, it escapes and folds the same places. So
icalendar writes a pattern once, and what a text says is put in piece by piece: dates, references
and names may be another's each time. What is kept from one calendar to the next is bounded.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import Any, Final

from icalendar import Alarm as IcalAlarm
from icalendar import Calendar as IcalCalendar
from icalendar import Event as IcalEvent
from icalendar import vDuration, vText
from msgspec import Struct

from hairplan import __version__
from hairplan.calendar.items import Alarm, CalendarChoice, EventStatus, Item, Repeat, items_of
from hairplan.calendar.titles import ItemKind
from hairplan.plan import Plan

PRODID: Final = f"-//hairplan//hairplan {__version__}//EN"
NAME: Final = "Appointments"
REFRESH: Final = timedelta(hours=12)

_CATEGORIES: Final[Mapping[ItemKind, str]] = {
    "session": "Appointment",
    "restriction": "Care",
    "task": "Preparation",
    "review": "Appointment",
    "routine": "Care",
}
_ANY: Final = "~"
_HARMLESS: Final = bytes(range(0x20, 0x7F)).translate(None, b"\\;,^")
"""What is written as it is, a byte each; of these characters a pattern says only where they are."""
_PATTERN: Final = bytes.maketrans(_HARMLESS, _ANY.encode() * len(_HARMLESS))
_PIECE: Final = re.compile(f"{_ANY}+")
_EVENT: Final = IcalEvent()
_UNSAFE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAK: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")


class Revision(Struct, frozen=True):
    """Which version of an item a calendar holds.

    Attributes:
        stamp: when this version was made, in UTC.
        sequence: how often the item was moved or called off.
    """

    stamp: datetime
    sequence: int = 0


class CalendarShape(Struct, frozen=True):
    """What a calendar is called, and whether a web server offers it for subscription.

    Attributes:
        name: what the calendar is called.
        feed: with its name for a subscriber's list and a refresh interval.
    """

    name: str = NAME
    feed: bool = False


def uid(plan_id: str, item_id: str) -> str:
    """Return the id of an item of a plan in every calendar, in the form of a UUID (version 8)."""
    digest = sha256(f"{plan_id}\n{item_id}".encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"


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
        choice: what goes into it; by default all of it, in brief, for the patient.
        shape: a file by default.

    Raises:
        InputError: an appointment has a time and no zone.
        OutOfRangeError: an item lies outside the years 1 to 9999.
    """
    return render(items_of(plan, choice), plan.id, Revision(stamp), shape)


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
    return wrapped((event(each, plan_id, revisions) for each in items), shape)


def wrapped(events: Iterable[str], shape: CalendarShape | None = None) -> bytes:
    """Put written events into a calendar."""
    shape = shape or CalendarShape()
    head, tail = _around(shape.name, shape.feed)
    return "".join((head, *events, tail)).encode("utf-8")


def event(item: Item, plan_id: str, revisions: Revision | Mapping[str, Revision]) -> str:
    """Write one item as a VEVENT, its lines in icalendar's order."""
    revision = revisions if isinstance(revisions, Revision) else revisions[item.id]
    form = _form(item.kind, item.status, item.takes_time, revision.stamp, revision.sequence)
    return form % (
        _again("summary", item.title),
        _when(item.begin, item.end),
        uid(plan_id, item.id),
        _rhythm(item.repeats, item.also) if item.repeats or item.also else "",
        _text("description", item.text) if item.text else "",
        _again("location", item.place) if item.place else "",
        "".join([_alarm(each) for each in item.alarms]) if item.alarms else "",
    )


def clean(text: str) -> str:
    """Make text from outside safe: one kind of line break, no control characters, no loose ends.

    icalendar passes control characters through, and readers drop spaces at the ends. It writes a
    backslash before an N as a line break, but not one before an n, and drops a byte order mark.
    """
    text = _BREAK.sub("\n", text.replace("\ufeff", ""))
    safe = _UNSAFE.sub("\ufffd", text).strip()
    return safe.replace("\\N", "\\n")


# ---- lines, written by icalendar once ----


@lru_cache
def _form(
    kind: ItemKind,
    status: EventStatus,
    takes_time: bool,  # noqa: FBT001 - a key of the cache
    stamp: datetime,
    sequence: int,
) -> str:
    """Return an event with %s for what is its own: title, time, UID, rhythm, text, place, alarms.

    Its lines are in icalendar's order.
    """
    return (
        "BEGIN:VEVENT\r\n%s%s"
        f"{_moment('dtstamp', stamp)}UID:%s\r\nSEQUENCE:{sequence}\r\n%s"
        f"{_sort(kind)}%s"
        f"{_moment('last-modified', stamp)}%s"
        f"{_standing(status, takes_time)}%s"
        "END:VEVENT\r\n"
    )


@lru_cache
def _sort(kind: ItemKind) -> str:
    return _written("categories", [_CATEGORIES[kind]]) + _written("class", "PRIVATE")


@lru_cache
def _standing(status: EventStatus, takes_time: bool) -> str:  # noqa: FBT001 - a key of the cache
    transparency = "OPAQUE" if takes_time else "TRANSPARENT"
    return _written("status", status) + _written("transp", transparency)


@lru_cache(maxsize=16384)
def _when(begin: date, end: date | None) -> str:
    """Write from when to when something is."""
    return _moment("dtstart", begin) + (_moment("dtend", end) if end is not None else "")


def _moment(name: str, at: date) -> str:
    """Write a day or a moment in UTC, in ISO 8601's basic format."""
    is_timed = isinstance(at, datetime)
    digits = at.isoformat()[:19].replace("-", "").replace(":", "")
    return f"{_before(name, is_timed)}{digits}{'Z' if is_timed else ''}\r\n"


@lru_cache
def _before(name: str, is_timed: bool) -> str:  # noqa: FBT001 - a key of the cache
    """Return what stands before a day or a moment, such as "DTSTART;VALUE=DATE:"."""
    line = _written(name, datetime(2000, 1, 1, tzinfo=UTC) if is_timed else date(2000, 1, 1))
    return line[: line.rindex(":") + 1]


@lru_cache
def _rhythm(repeat: Repeat | None, also: tuple[date, ...]) -> str:
    """Write a rhythm, and the days beside it."""
    days = _written("rdate", list(also)) if also else ""
    if repeat is None:
        return days
    rule: dict[str, Any] = {"freq": repeat.frequency, "interval": repeat.interval}
    rule |= {"byday": repeat.weekdays} if repeat.weekdays else {}
    rule |= {"bymonthday": repeat.monthday} if repeat.monthday else {}
    return _written("rrule", {**rule, "until": repeat.until}) + days


def _written(name: str, value: object) -> str:
    """Have icalendar write the lines of one property."""
    component = IcalEvent()
    component.add(name, value)
    lines: str = component.to_ical().decode("utf-8")
    return lines.removeprefix("BEGIN:VEVENT\r\n").removesuffix("END:VEVENT\r\n")


def _alarm(alarm: Alarm) -> str:
    head, tail = _around_alarm(alarm.minutes)
    return f"{head}{_again('description', alarm.text)}{tail}"


@lru_cache
def _around_alarm(minutes: int) -> tuple[str, str]:
    """Return what stands before and after the text of an alarm."""
    alarm = IcalAlarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _ANY)
    alarm.add("trigger", timedelta(minutes=-minutes))
    head, _, tail = alarm.to_ical().decode("utf-8").partition(f"DESCRIPTION:{_ANY}\r\n")
    return head, tail


# ---- texts ----


def _text(name: str, text: str) -> str:
    """Write a text as icalendar writes its pattern."""
    # A pattern shows all that has to be cleaned but these spaces.
    text = text.strip(" ")
    mould = _mould(name, text.encode("utf-8", "surrogatepass").translate(_PATTERN))
    return mould.form % mould.pieces(text) if mould else _as_it_is(name, text)


_again = lru_cache(maxsize=1024)(_text)
"""Titles and places stand in one calendar again and again."""


class _Mould(Struct, frozen=True):
    """The lines of all texts of one pattern.

    Attributes:
        form: the lines, with %s for each piece of a text between what is escaped or folded.
        pieces: takes these pieces out of a text.
    """

    form: str
    pieces: Callable[[str], object]


@lru_cache(maxsize=4096)
def _mould(name: str, pattern: bytes) -> _Mould | None:
    """Have icalendar write a pattern; None where it hides what matters, or nothing at all."""
    text = pattern.decode("utf-8", "surrogatepass")
    # Behind a backslash not all letters mean the same.
    if _ANY not in text or "\\" in text or clean(text) != text:
        return None
    lines = _as_it_is(name, text)
    places = [place for place, char in enumerate(text) if char == _ANY]
    starts = [0, *accumulate(map(len, _PIECE.findall(lines)))]
    pieces = [slice(places[start], places[end - 1] + 1) for start, end in pairwise(starts)]
    return _Mould(_PIECE.sub("%s", lines.replace("%", "%%")), itemgetter(*pieces))


def _as_it_is(name: str, text: str) -> str:
    """Have icalendar write a text."""
    line: bytes = _EVENT.content_line(name.upper(), vText(clean(text))).to_ical()
    return f"{line.decode('utf-8')}\r\n"


@lru_cache
def _around(name: str, feed: bool) -> tuple[str, str]:  # noqa: FBT001 - a key of the cache
    """Return what stands before and after the events."""
    calendar = IcalCalendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", vText(clean(name)))
    if feed:
        calendar.add("x-wr-calname", vText(clean(name)))
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", vDuration(REFRESH))
    lines: str = calendar.to_ical().decode("utf-8")
    end = "END:VCALENDAR\r\n"
    return lines.removesuffix(end), end
