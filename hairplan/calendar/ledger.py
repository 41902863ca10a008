"""The calendar ledger stores what was exported, so that a calendar somebody has follows its plan.

A calendar knows an event by its UID and takes the newer version of it. So the plan file keeps a
line for each item: a digest of the event that was written, and its version.

Conventions:

* An item that did not change is written byte for byte as before, with its old stamp.
* A changed beginning, end or status raises the sequence; any other change renews the stamp alone.
* An item that the plan no longer has is called off, in every later file until it comes back: left
  out, it would stay in the calendar. A feed is read anew as a whole: there only an appointment that
  is gone is said to be so.
* A ledger belongs to one audience's calendar: the practice's titles must not reach a patient.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final, cast

from msgspec import Struct, structs

from hairplan.calendar.calling_off import CallingOff
from hairplan.calendar.ics import Revision, UnversionedEvent, clean_text, unversioned
from hairplan.calendar.items import Item, in_date_order
from hairplan.calendar.zones import zone_named_with
from hairplan.files.plan_file import LedgerLine

if TYPE_CHECKING:
    from hairplan.clinic.templates import ItemKind

Ledger = dict[str, LedgerLine]
"""The lines of a plan's items, by their ids."""

_DIGITS: Final = 20
NO_VERSION: Final = Revision(datetime(2000, 1, 1, tzinfo=UTC))
"""The version of every event that is digested, so that a digest is of what the event says."""


class CalendarUpdate(Struct, frozen=True):
    """An export that brings a calendar up to date.

    Attributes:
        items: all items as they are now, in date order; one that was exported before and is gone,
            as cancelled.
        revisions: the version of each, by its id.
        changed: the ids of items that are new, changed or called off since the last export.
        ledger: the ledger after this export.
        events: the event of each, by its id, written but for its version.
    """

    items: tuple[Item, ...]
    revisions: Mapping[str, Revision]
    changed: frozenset[str]
    ledger: Ledger
    events: Mapping[str, UnversionedEvent]

    def written(self) -> bytes:
        """Return all items as VEVENTs."""
        events = (self.events[item.id].at(self.revisions[item.id]) for item in self.items)
        return "".join(events).encode("utf-8")

    def chosen(self, *, changes_only: bool, feed: bool = False) -> tuple[Item, ...]:
        """Return the items that go into a file: all, or those that changed.

        Args:
            changes_only: only what changed since the last export.
            feed: whoever reads the file forgets what is no longer in it.
        """
        return tuple(
            item
            for item in self.items
            if (item.id in self.changed or not changes_only)
            and not (feed and item.status == "CANCELLED" and item.kind != "session")
        )


def follow(  # noqa: PLR0913 - all that an export follows from
    wanted: Iterable[Item],
    all_ids: Callable[[], Collection[str]],
    ledger: Mapping[str, LedgerLine],
    plan_id: str,
    stamp: datetime,
    *,
    calling_off: CallingOff | None = None,
) -> CalendarUpdate:
    """Return the export that makes a calendar follow its plan.

    Args:
        wanted: the items that are to be written.
        all_ids: returns the ids of all items that the plan has, of any kind: one that is merely not
            wanted now is neither written nor called off. It is called where that is the question.
        ledger: what was exported so far for the same audience, by the items' ids.
        plan_id: the id of the plan.
        stamp: the moment of writing, in UTC. A change never gets an older one than was there.
        calling_off: how it is said that something is called off; for the practice by default.
    """
    wanted = tuple(wanted)
    words = calling_off or CallingOff()
    missing = ledger.keys() - {item.id for item in wanted}
    gone = missing.difference(all_ids()) if missing else missing
    items = in_date_order((*wanted, *(_call_off(each, ledger[each], words) for each in gone)))
    events = {item.id: unversioned(item, plan_id) for item in items}
    lines = {item.id: _line(item, events[item.id], ledger.get(item.id), stamp) for item in items}
    return CalendarUpdate(
        items,
        {item_id: Revision(line.stamp, line.sequence) for item_id, line in lines.items()},
        frozenset(item_id for item_id, line in lines.items() if line is not ledger.get(item_id)),
        {**ledger, **lines},
        events,
    )


def newest_lines(one: Ledger, other: Ledger) -> Ledger:
    """Return what calendars have that two ledgers of a plan know of: of each item the newer."""
    newer = {
        item_id: line
        for item_id, line in other.items()
        if item_id not in one or _version(line) > _version(one[item_id])
    }
    return {**one, **newer}


def _version(line: LedgerLine) -> tuple[int, datetime]:
    return line.sequence, line.stamp


def _line(
    item: Item, event: UnversionedEvent, before: LedgerLine | None, stamp: datetime
) -> LedgerLine:
    """Return the ledger's line of an item as it is now: the one before, if nothing changed."""
    digest = digest_of_event(event.at(NO_VERSION))
    if before is not None and before.digest == digest:
        return before
    line = LedgerLine(
        digest=digest,
        sequence=0,
        stamp=stamp,
        begin=format_moment(item.begin),
        end=None if item.end is None else format_moment(item.end),
        title=clean_text(item.title),
        kind=item.kind,
        status=item.status,
        zone=item.zone,
    )
    return line if before is None else _next_version(before, line)


def _next_version(before: LedgerLine, line: LedgerLine) -> LedgerLine:
    was = before.begin, before.end, before.status
    is_rescheduled = (line.begin, line.end, line.status) != was
    return structs.replace(
        line, sequence=before.sequence + is_rescheduled, stamp=max(line.stamp, before.stamp)
    )


def _call_off(item_id: str, line: LedgerLine, words: CallingOff) -> Item:
    """Return an item that is gone: its title and day, cancelled."""
    title = line.title
    begin, end = _read_moment(line.begin), None if line.end is None else _read_moment(line.end)
    if line.status != "CANCELLED":
        # Earlier versions had it behind the title.
        said = title.removesuffix(" (provisional)")
        for beginning in words.proposed:
            said = said.removeprefix(beginning)
        title = words.title.replace("{title}", said)
    return Item(
        id=item_id,
        kind=cast("ItemKind", line.kind),
        begin=begin,
        end=end,
        title=title,
        text=words.new_date if item_id in words.awaited else "",
        status="CANCELLED",
        zone=zone_named_with(line.zone, begin, end),
    )


def digest_of_event(written: str) -> str:
    """Return the digest of an event that was written as `NO_VERSION`."""
    return sha256(written.encode()).hexdigest()[:_DIGITS]


@lru_cache(maxsize=16384)
def format_moment(at: date) -> str:
    """Write a day as 2026-12-01, a moment in UTC as 2026-12-01T13:30:00Z."""
    text = at.isoformat()
    return f"{text[:19]}Z" if isinstance(at, datetime) else text


def _read_moment(text: str) -> date:
    return datetime.fromisoformat(text) if text.endswith("Z") else date.fromisoformat(text)
