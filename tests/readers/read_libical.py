"""What libical, the parser of Evolution, KDE and Cyrus, understands of .ics files.

It is had through GObject introspection: on Debian, libical3, gir1.2-ical-3.0 and python3-gi, and
the system's own Python.

/usr/bin/python3 read_libical.py FILE... prints one JSON object for each file, a line each.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gi

gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib as Ical  # noqa: E402 - after its version

MOST = 5000
Is = Ical.PropertyKind


def properties(component: Any, kind: Any) -> Iterator[Any]:
    found = component.get_first_property(kind)
    while found is not None:
        yield found
        found = component.get_next_property(kind)


def components(component: Any, kind: Any = Ical.ComponentKind.ANY_COMPONENT) -> Iterator[Any]:
    found = component.get_first_component(kind)
    while found is not None:
        yield found
        found = component.get_next_component(kind)


def faults(component: Any) -> Iterator[str]:
    yield from (each.get_xlicerror() for each in properties(component, Is.XLICERROR_PROPERTY))
    # The iterator of libical is a state of the component: all of it before going down.
    for each in list(components(component)):
        yield from faults(each)


def moment(time: Any) -> str:
    if not time.is_date() and time.get_timezone() is not None:
        time = time.convert_to_zone(Ical.Timezone.get_utc_timezone())
    day = f"{time.get_year():04}-{time.get_month():02}-{time.get_day():02}"
    if time.is_date():
        return day
    at = f"{time.get_hour():02}:{time.get_minute():02}:{time.get_second():02}"
    return f"{day}T{at}{'Z' if time.is_utc() else ''}"


def alarm(component: Any) -> list[Any]:
    (trigger,) = properties(component, Is.TRIGGER_PROPERTY)
    return [trigger.get_trigger().get_duration().as_int(), value(component, "DESCRIPTION")]


def value(component: Any, name: str, missing: str | None = "") -> str | None:
    found = list(properties(component, getattr(Is, f"{name}_PROPERTY")))
    if not found:
        return missing
    held = found[0].get_value()
    is_text = held.isa() == Ical.ValueKind.TEXT_VALUE
    return str(held.get_text() if is_text else found[0].get_value_as_string())


def days(component: Any) -> list[str] | None:
    rules = list(properties(component, Is.RRULE_PROPERTY))
    others = [each.get_rdate().get_time() for each in properties(component, Is.RDATE_PROPERTY)]
    if not rules and not others:
        return None
    found = [moment(each) for each in (component.get_dtstart(), *others)]
    for rule in rules:
        iterator = Ical.RecurIterator.new(rule.get_rrule(), component.get_dtstart())
        time = iterator.next()
        while time is not None and not time.is_null_time() and len(found) < MOST:
            found.append(moment(time))
            time = iterator.next()
    return sorted(set(found))


def event(component: Any) -> dict[str, Any]:
    start = component.get_dtstart()
    ends = list(properties(component, Is.DTEND_PROPERTY))
    return {
        "uid": component.get_uid(),
        "summary": value(component, "SUMMARY"),
        "description": value(component, "DESCRIPTION"),
        "location": value(component, "LOCATION"),
        "start": moment(start),
        "end": moment(component.get_dtend() if ends else start),
        "allday": start.is_date(),
        "sequence": component.get_sequence(),
        "status": value(component, "STATUS"),
        "class": value(component, "CLASS"),
        "transp": value(component, "TRANSP"),
        "categories": [
            each.get_categories() for each in properties(component, Is.CATEGORIES_PROPERTY)
        ],
        "alarms": [
            alarm(each) for each in components(component, Ical.ComponentKind.VALARM_COMPONENT)
        ],
        "days": days(component),
    }


def read(text: str) -> list[dict[str, Any]]:
    calendar = Ical.Component.new_from_string(text)
    if calendar is None or calendar.isa() != Ical.ComponentKind.VCALENDAR_COMPONENT:
        raise ValueError("no calendar")
    is_right = Ical.restriction_check(calendar)
    found = list(faults(calendar))
    if found or not is_right:
        raise ValueError("; ".join(found) or "breaks RFC 5546")
    return [event(each) for each in components(calendar, Ical.ComponentKind.VEVENT_COMPONENT)]


def main(files: list[str]) -> None:
    for file in files:
        found: dict[str, Any] = {"file": file, "fault": None, "events": []}
        try:
            found["events"] = read(Path(file).read_bytes().decode("utf-8"))
        except Exception as error:  # noqa: BLE001 - whatever it is, the file is at fault
            found["fault"] = f"{type(error).__name__}: {error}"
        print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
