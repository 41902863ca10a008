"""Read an earlier calendar of a plan, so that the next one follows it without a plan file.

Conventions:

* A calendar says in its head of which plan it is and for whom, by a digest: no other is followed,
  and the practice's titles do not reach a patient.
* An event is known by its UID. One that the plan has no more is called off as it stands there.
* What an export leaves out is not remembered. An event that was made unreadable by hand is passed
  over.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Final

from msgspec import Struct

from hairplan.calendar.calling_off import calling_off_of
from hairplan.calendar.ics import CATEGORIES, id_line, id_of_calendar, read_text
from hairplan.calendar.items import CalendarChoice, Item, ids_of
from hairplan.calendar.ledger import (
    NO_VERSION,
    CalendarUpdate,
    Ledger,
    digest_of_event,
    follow,
    format_moment,
)
from hairplan.clinic.templates import ItemKind
from hairplan.dates.clock import zone
from hairplan.errors import InputError
from hairplan.files.plan_file import LedgerLine
from hairplan.identity import known_by_uid, uid
from hairplan.plan import Plan

_EVENT: Final = re.compile(r"BEGIN:VEVENT\r\n.*?\r\nEND:VEVENT\r\n", re.DOTALL)
_PROPERTY: Final = re.compile(r"^([A-Z-]+)(?:;([^:\r\n]*))?:(.*?)\r$", re.MULTILINE)
_VERSION: Final = re.compile(r"^(DTSTAMP|SEQUENCE|LAST-MODIFIED):[^\r]*", re.MULTILINE)
_FOLD: Final = "\r\n "
_NO_STAMP: Final = f"{NO_VERSION.stamp:%Y%m%dT%H%M%SZ}"
_KINDS: Final[dict[str, ItemKind]] = {
    category: kind for kind, category in reversed(list(CATEGORIES.items()))
}
"""The first kind of a category: a cancelled event tells no more than that."""


class EarlierFile(Struct, frozen=True):
    """A calendar in the place of one that is to be written.

    Attributes:
        content: what is in it; empty if there is none.
        instead_of: the id in calendars of the plan whose place this one takes, as it was begun on
            another day; empty for none.
    """

    content: bytes
    instead_of: str = ""


def follow_export(
    earlier: EarlierFile, plan: Plan, items: Iterable[Item], choice: CalendarChoice, stamp: datetime
) -> CalendarUpdate | None:
    """Return the export that makes an earlier calendar follow its plan.

    Args:
        earlier: the earlier file.
        plan: the plan.
        items: the items that are to be written.
        choice: how they were chosen.
        stamp: the moment of writing, in UTC.

    Returns:
        Nothing, if the earlier file is none of the same plan or of one whose place it takes, for
        the same people.
    """
    ledger = exported_lines(earlier.content, plan, choice)
    if not ledger and earlier.instead_of:
        # Put off and back again, a plan finds events of its own among those called off.
        ledger = exported_lines(earlier.content, plan, choice, earlier.instead_of)
    return follow_plan(plan, items, choice, ledger, stamp) if ledger else None


def follow_plan(
    plan: Plan, items: Iterable[Item], choice: CalendarChoice, ledger: Ledger, stamp: datetime
) -> CalendarUpdate:
    """Return the export that makes calendars follow a plan.

    Args:
        plan: the plan.
        items: the items that are to be written.
        choice: how they were chosen.
        ledger: what the calendars have of it.
        stamp: the moment of writing, in UTC.
    """
    words = calling_off_of(plan, choice.audience, choice.catalog)
    return follow(
        items, lambda: ids_of(plan, choice), ledger, plan.calendar_id, stamp, calling_off=words
    )


def exported_lines(
    earlier: bytes, plan: Plan, choice: CalendarChoice, of: str | None = None
) -> Ledger:
    """Return what an earlier calendar has, by a plan's items; nothing, if it is of any other plan.

    Args:
        earlier: the content of the earlier file.
        plan: the plan.
        choice: for whom it has to be.
        of: the id in calendars of the plan that it has to be of; null for the plan's own.
    """
    head_line = id_line(id_of_calendar(of or plan.calendar_id, choice.audience))
    lines = list(_lines(earlier, head_line))
    if not lines:
        return {}
    ids = {uid(plan.calendar_id, item_id): item_id for item_id in ids_of(plan, choice)}
    return {ids.get(unique, known_by_uid(unique)): line for unique, line in lines}


def _lines(content: bytes, head_line: str) -> Iterator[tuple[str, LedgerLine]]:
    """Yield the UID and the ledger's line of each event, if a calendar has a line in its head."""
    head, _, events = content.decode("utf-8", "replace").partition("BEGIN:VEVENT")
    if f"\r\n{head_line}\r\n" not in head:
        return
    for event in _EVENT.findall(f"BEGIN:VEVENT{events}"):
        with suppress(KeyError, ValueError, InputError):
            yield _line(event)


def _line(event: str) -> tuple[str, LedgerLine]:
    """Return the UID and the ledger's line of an event.

    Raises:
        KeyError: it lacks a property, or has a value that hairplan does not write.
        ValueError: it has a value that cannot be read.
        InputError: it names a zone that there is not.
    """
    own, _, _ = event.replace(_FOLD, "").partition("BEGIN:VALARM")
    properties = {name: (parameters, value) for name, parameters, value in _PROPERTY.findall(own)}
    begin, zone_name = _moment(*properties["DTSTART"])
    end, _ = _moment(*properties["DTEND"]) if "DTEND" in properties else (None, None)
    line = LedgerLine(
        digest=digest_of_event(_VERSION.sub(_without_version, event)),
        sequence=int(properties["SEQUENCE"][1]),
        stamp=datetime.fromisoformat(properties["DTSTAMP"][1]),
        begin=format_moment(begin),
        end=None if end is None else format_moment(end),
        title=read_text(properties["SUMMARY"][1]),
        kind=_KINDS[properties["CATEGORIES"][1]],
        status=properties["STATUS"][1],
        zone=zone_name,
    )
    return properties["UID"][1], line


def _without_version(found: re.Match[str]) -> str:
    return f"{found[1]}:{'0' if found[1] == 'SEQUENCE' else _NO_STAMP}"


def _moment(parameters: str, value: str) -> tuple[date, str | None]:
    """Return a day, or a moment in UTC and the zone that it is named with."""
    if parameters == "VALUE=DATE":
        return date.fromisoformat(value), None
    at = datetime.fromisoformat(value)
    if not parameters:
        return at, None
    name = parameters.removeprefix("TZID=")
    return at.replace(tzinfo=zone(name)).astimezone(UTC), name
