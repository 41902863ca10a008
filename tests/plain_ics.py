"""The straightforward way to write a calendar with icalendar: what ours equals byte for byte.

Every value goes through `add` of its component, every calendar through `to_ical`; nothing is kept
from one calendar to the next. What is compared is the writing, so ids and constants are ours.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import (
    Alarm,
    Calendar,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vDuration,
    vText,
)

from hairplan.calendar.ics import NAME, PRODID, CalendarShape, Revision, clean_text, uid
from hairplan.calendar.items import Item
from hairplan.calendar.recurrence import Repeat

REFRESH = timedelta(hours=12)
CATEGORIES = {
    "session": "Appointment",
    "restriction": "Care",
    "task": "Preparation",
    "review": "Appointment",
    "routine": "Care",
}


def plain(
    items: Iterable[Item],
    plan_id: str,
    revisions: Revision | Mapping[str, Revision],
    shape: CalendarShape | None = None,
) -> bytes:
    shape = shape or CalendarShape()
    name = clean_text(NAME if shape.name is None else shape.name)
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    # Left to itself, icalendar would not escape a name.
    calendar.add("name", vText(name))
    if shape.feed:
        calendar.add("x-wr-calname", vText(name))
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", vDuration(REFRESH))
    if shape.id:
        calendar.add("x-hairplan-id", shape.id)
    items = list(items)
    for name in dict.fromkeys(item.zone for item in items if item.zone):
        calendar.add_component(_zone(name))
    for item in items:
        revision = revisions if isinstance(revisions, Revision) else revisions[item.id]
        calendar.add_component(_event(item, uid(plan_id, item.id), revision))
    written: bytes = calendar.to_ical()
    return written


def _event(item: Item, unique: str, revision: Revision) -> Event:
    event = Event()
    event.add("uid", unique)
    event.add("dtstamp", revision.stamp)
    event.add("last-modified", revision.stamp)
    event.add("sequence", revision.sequence)
    event.add("dtstart", _there(item.begin, item.zone))
    if item.end is not None:
        event.add("dtend", _there(item.end, item.zone))
    if item.repeats:
        event.add("rrule", _rule(item.repeats))
    if item.also:
        event.add("rdate", list(item.also))
    if item.never:
        event.add("exdate", list(item.never))
    event.add("summary", clean_text(item.title))
    if item.text:
        event.add("description", clean_text(item.text))
    if item.place:
        event.add("location", clean_text(item.place))
    event.add("categories", [CATEGORIES[item.kind]])
    event.add("class", "PRIVATE")
    event.add("status", item.status)
    is_busy = item.kind == "session" and item.status != "CANCELLED" and not item.is_provisional
    event.add("transp", "OPAQUE" if is_busy else "TRANSPARENT")
    for reminder in item.alarms:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", clean_text(reminder.text))
        alarm.add("trigger", timedelta(minutes=-reminder.minutes))
        event.add_component(alarm)
    return event


def _rule(repeat: Repeat) -> dict[str, Any]:
    rule: dict[str, Any] = {"freq": repeat.frequency, "interval": repeat.interval}
    if repeat.weekdays:
        rule["byday"] = list(repeat.weekdays)
    if repeat.monthday:
        rule["bymonthday"] = repeat.monthday
    rule["until"] = repeat.until
    return rule


def _there(at: date, zone: str | None) -> date:
    return at.astimezone(ZoneInfo(zone)) if zone and isinstance(at, datetime) else at


ZONES: dict[str, list[tuple[type, str, dict[str, Any], str, int, int]]] = {
    "Europe/Paris": [
        (TimezoneStandard, "1970-10-25T03:00", {"bymonth": 10, "byday": "-1SU"}, "CET", 120, 60),
        (TimezoneDaylight, "1970-03-29T02:00", {"bymonth": 3, "byday": "-1SU"}, "CEST", 60, 120),
    ],
    "America/New_York": [
        (TimezoneStandard, "1970-11-01T02:00", {"bymonth": 11, "byday": "1SU"}, "EST", -240, -300),
        (TimezoneDaylight, "1970-03-08T02:00", {"bymonth": 3, "byday": "2SU"}, "EDT", -300, -240),
    ],
    "Australia/Lord_Howe": [
        (TimezoneStandard, "1970-04-05T02:00", {"bymonth": 4, "byday": "1SU"}, "+1030", 660, 630),
        (TimezoneDaylight, "1970-10-04T02:00", {"bymonth": 10, "byday": "1SU"}, "+11", 630, 660),
    ],
    "Asia/Kolkata": [(TimezoneStandard, "1970-01-01T00:00", {}, "IST", 330, 330)],
}
"""What holds in a zone: since when, its rule, its name, and the minutes of UTC before and after."""


def _zone(name: str) -> Timezone:
    zone = Timezone()
    zone.add("tzid", name)
    for kind, since, rule, short, before, after in ZONES[name]:
        part = kind()
        part.add("dtstart", datetime.fromisoformat(since))
        if rule:
            part.add("rrule", {"freq": "yearly", **rule})
        part.add("tzname", short)
        part.add("tzoffsetfrom", timedelta(minutes=before))
        part.add("tzoffsetto", timedelta(minutes=after))
        zone.add_component(part)
    return zone
