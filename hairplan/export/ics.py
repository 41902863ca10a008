"""Calendar items as an iCalendar file (RFC 5545) that real clients show right.

Conventions, each for a client that trips over the other way:

* UTC times and days, no time zone component; no METHOD, no organizer, no id of the whole calendar.
* `X-WR-CALNAME` only in a feed: Outlook opens a file with one as a calendar of its own.
* An item's UID is a digest of the plan's id and its own: opaque, and the same on every machine.

How a value is written is icalendar's to say: escaping, folding, all of it. As most texts of a
calendar differ from those of the next patient's by a date of fixed width alone, icalendar writes
each of them once, and the dates are put in where they stood.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from icalendar import Alarm as IcalAlarm
from icalendar import Calendar as IcalCalendar
from icalendar import Event as IcalEvent
from icalendar import vDuration, vText
from msgspec import Struct

from hairplan import __version__
from hairplan.digests import sha256
from hairplan.export.calendar_items import Choice, Item, Repeat, Standing, items_of
from hairplan.export.wording import Kind
from hairplan.plan import Plan

PRODID: Final = f"-//hairplan//hairplan {__version__}//EN"
NAME: Final = "Appointments"
REFRESH: Final = timedelta(hours=12)

_CATEGORIES: Final[Mapping[Kind, str]] = {
    "session": "Appointment",
    "restriction": "Care",
    "task": "Preparation",
    "review": "Appointment",
    "routine": "Care",
}
_DAY: Final = "[0-9FMSTW][0-9a-z]{2}(?: [0-9]{4}|[0-9])-[0-9]{2}-[0-9]{2}"
_DATE: Final = re.compile(f"({_DAY})")
_DATE_OR_PLAN: Final = re.compile(rf"({_DAY}|\b[0-9a-f]{{20}}\b)")
_DATE_OR_REF: Final = re.compile(rf"(\A[A-Za-z0-9.-]+(?=: )|{_DAY})")
"""What differs from one patient to the next: a date, a plan's id, the reference before a title."""
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


class Shape(Struct, frozen=True):
    """What a calendar is called, and whether a web server offers it for subscription.

    Attributes:
        name: what the calendar is called.
        feed: with its name for a subscriber's list and a refresh interval.
    """

    name: str = NAME
    feed: bool = False


def uid(plan_id: str, item_id: str) -> str:
    """Return the id of an item of a plan in every calendar, in the form of a UUID (version 8)."""
    digest = sha256(f"{plan_id}\n{item_id}".encode())
    return f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"


def to_ics(
    plan: Plan, stamp: datetime, choice: Choice | None = None, shape: Shape | None = None
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
    shape: Shape | None = None,
) -> bytes:
    """Write items as one calendar.

    Args:
        items: what is in it.
        plan_id: the id of the plan that they belong to.
        revisions: the version of all of them, or of each by the item's id.
        shape: a file by default.
    """
    return wrapped((event(each, plan_id, revisions) for each in items), shape)


def wrapped(events: Iterable[str], shape: Shape | None = None) -> bytes:
    """Put written events into a calendar."""
    shape = shape or Shape()
    head, tail = _around(shape.name, shape.feed)
    return "".join((head, *events, tail)).encode("utf-8")


def event(item: Item, plan_id: str, revisions: Revision | Mapping[str, Revision]) -> str:
    """Write one item as a VEVENT, its lines in icalendar's order."""
    revision = revisions if isinstance(revisions, Revision) else revisions[item.id]
    stamp = _basic(revision.stamp)
    own = _DATE_OR_PLAN if plan_id in item.text else _DATE
    parts = [
        "BEGIN:VEVENT\r\n",
        _text("summary", item.title, _DATE_OR_REF),
        _moment("dtstart", item.begin),
        _moment("dtend", item.end) if item.end is not None else "",
        f"DTSTAMP:{stamp}\r\nUID:{uid(plan_id, item.id)}\r\nSEQUENCE:{revision.sequence}\r\n",
        _rule(item.repeats) if item.repeats else "",
        _written("rdate", list(item.also)) if item.also else "",
        _sort(item.kind),
        _text("description", item.text, own) if item.text else "",
        f"LAST-MODIFIED:{stamp}\r\n",
        _with_text("location", 0, item.place) if item.place else "",
        _standing(item.status, item.takes_time),
    ]
    parts += [_text("alarm", each.text, _DATE_OR_REF, each.minutes) for each in item.alarms]
    parts.append("END:VEVENT\r\n")
    return "".join(parts)


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
def _basic(at: date) -> str:
    """Write a day or a moment in UTC in ISO 8601's basic format."""
    digits = at.isoformat()[:19].replace("-", "").replace(":", "")
    return f"{digits}Z" if isinstance(at, datetime) else digits


@lru_cache(maxsize=4096)
def _moment(name: str, at: date) -> str:
    return f"{_before(name, isinstance(at, datetime))}{_basic(at)}\r\n"


@lru_cache
def _before(name: str, is_timed: bool) -> str:  # noqa: FBT001 - a key of the cache
    """Return what stands before a day or a moment, such as "DTSTART;VALUE=DATE:"."""
    line = _written(name, datetime(2000, 1, 1, tzinfo=UTC) if is_timed else date(2000, 1, 1))
    return line[: line.rindex(":") + 1]


@lru_cache
def _sort(kind: Kind) -> str:
    return _written("categories", [_CATEGORIES[kind]]) + _written("class", "PRIVATE")


@lru_cache
def _standing(status: Standing, takes_time: bool) -> str:  # noqa: FBT001 - a key of the cache
    transparency = "OPAQUE" if takes_time else "TRANSPARENT"
    return _written("status", status) + _written("transp", transparency)


@lru_cache
def _rule(repeat: Repeat) -> str:
    rule: dict[str, Any] = {"freq": repeat.frequency, "interval": repeat.interval}
    rule |= {"byday": repeat.weekdays} if repeat.weekdays else {}
    rule |= {"bymonthday": repeat.monthday} if repeat.monthday else {}
    return _written("rrule", {**rule, "until": repeat.until})


def _written(name: str, value: object) -> str:
    """Have icalendar write the lines of one property."""
    component = IcalEvent()
    component.add(name, value)
    lines: str = component.to_ical().decode("utf-8")
    return lines.removeprefix("BEGIN:VEVENT\r\n").removesuffix("END:VEVENT\r\n")


def _text(name: str, text: str, varying: re.Pattern[str], minutes: int = 0) -> str:
    """Write a text, which may have something in it that differs from one patient to the next."""
    parts = varying.split(text)
    if len(parts) == 1:
        return _with_text(name, minutes, text)
    mould = _mould(name, minutes, tuple(parts[::2]), tuple(map(len, parts[1::2])))
    return mould.filled(parts[1::2])


class _Mould(Struct, frozen=True):
    """Lines of text with gaps where the dates stand.

    Attributes:
        form: the lines, with %s for each gap.
        gaps: of each gap, which date stands there, and from where to where of it: a date that a
            folded line cuts in two has two gaps.
    """

    form: str
    gaps: tuple[tuple[int, slice], ...]

    def filled(self, dates: Sequence[str]) -> str:
        """Return the lines with dates in the gaps."""
        return self.form % tuple([dates[which][part] for which, part in self.gaps])


@lru_cache(maxsize=2048)
def _mould(name: str, minutes: int, texts: tuple[str, ...], widths: tuple[int, ...]) -> _Mould:
    """Have icalendar write a text, with two fillings that differ in every place of every date."""
    ones, twos = (
        _with_text(name, minutes, _interleaved(texts, [digit * width for width in widths]))
        for digit in "12"
    )
    form: list[str] = []
    gaps: list[tuple[int, slice]] = []
    places = [(which, at) for which, width in enumerate(widths) for at in range(width)]
    taken = 0
    for one, two in zip(ones, twos, strict=True):
        if one == two:
            form.append("%%" if one == "%" else one)
            continue
        which, at = places[taken]
        taken += 1
        if form[-1] == "%s" and gaps and gaps[-1][0] == which:
            gaps[-1] = (which, slice(gaps[-1][1].start, at + 1))
        else:
            form.append("%s")
            gaps.append((which, slice(at, at + 1)))
    return _Mould("".join(form), tuple(gaps))


def _interleaved(texts: Sequence[str], dates: Sequence[str]) -> str:
    rest = [f"{one}{text}" for one, text in zip(dates, texts[1:], strict=True)]
    return "".join((texts[0], *rest))


@lru_cache(maxsize=2048)
def _with_text(name: str, minutes: int, text: str) -> str:
    if name != "alarm":
        return _written(name, clean(text))
    alarm = IcalAlarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", clean(text))
    alarm.add("trigger", timedelta(minutes=-minutes))
    lines: str = alarm.to_ical().decode("utf-8")
    return lines


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
