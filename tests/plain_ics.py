"""The straightforward way to write a calendar with icalendar: what ours equals byte for byte.

Every value goes through `add` of its component, every calendar through `to_ical`; nothing is kept
from one calendar to the next. What is compared is the writing, so ids and constants are ours.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from icalendar import Alarm, Calendar, Event, vDuration, vText

from hairplan.calendar.ics import PRODID, CalendarShape, Revision, clean_text, uid
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
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    # Left to itself, icalendar would not escape a name.
    calendar.add("name", vText(clean_text(shape.name)))
    if shape.feed:
        calendar.add("x-wr-calname", vText(clean_text(shape.name)))
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", vDuration(REFRESH))
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
    event.add("dtstart", item.begin)
    if item.end is not None:
        event.add("dtend", item.end)
    if item.repeats:
        event.add("rrule", _rule(item.repeats))
    if item.also:
        event.add("rdate", list(item.also))
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
