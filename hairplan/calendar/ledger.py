"""What a calendar that somebody already has needs to follow the plan.

A calendar knows an event by its UID and takes the newer version of it. So the plan keeps a ledger
of what was exported: of each item what was written, and in which version.

Conventions:

* What is written as before is written byte for byte as before, with its old stamp.
* A changed beginning, end or status makes the sequence rise; any other change is a new stamp alone.
* What the plan no longer has is not left out, which would leave it where it is, but called off, and
  stays so in every later file until it comes back.
* A ledger is of one audience's calendar: a title of the practice's must not get into the patient's.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final, cast

from msgspec import Struct, structs

from hairplan.calendar.ics import Revision, clean_text, event
from hairplan.calendar.items import PROVISIONAL, Item, in_date_order
from hairplan.digests import sha256
from hairplan.files.plan_file import LedgerLine

if TYPE_CHECKING:
    from hairplan.clinic.templates import ItemKind

CALLED_OFF: Final = "Cancelled: "

_DIGITS: Final = 20
_NO_VERSION: Final = Revision(datetime(2000, 1, 1, tzinfo=UTC))
"""What is digested is an event without its stamps and sequence: with those of no version."""


class Following(Struct, frozen=True):
    """What to write now.

    Attributes:
        items: all items as they are now, in date order; what was exported before and is gone, as
            cancelled.
        revisions: the version of each, by its id.
        changed: the ids of what is new, changed or called off since the last export.
        ledger: the ledger after this export.
    """

    items: tuple[Item, ...]
    revisions: Mapping[str, Revision]
    changed: frozenset[str]
    ledger: dict[str, LedgerLine]

    def chosen(self, *, changes_only: bool) -> tuple[Item, ...]:
        """Return what goes into a file: all items, or those that changed."""
        if not changes_only:
            return self.items
        return tuple(each for each in self.items if each.id in self.changed)


def follow(
    wanted: Iterable[Item],
    all_ids: Collection[str],
    ledger: Mapping[str, LedgerLine],
    plan_id: str,
    stamp: datetime,
) -> Following:
    """Return what a calendar needs to follow the plan.

    Args:
        wanted: the items that are to be written.
        all_ids: the ids of all items that the plan has, of any kind (`calendar_items.ids_of`): what
            is merely not wanted now is neither written nor called off.
        ledger: what was exported so far for the same audience, by the items' ids.
        plan_id: the id of the plan.
        stamp: the moment of writing, in UTC. A change never gets an older one than was there.
    """
    wanted = tuple(wanted)
    alive = {*all_ids, *(each.id for each in wanted)}
    gone = [_called_off(name, line) for name, line in ledger.items() if name not in alive]
    items = in_date_order((*wanted, *gone))
    lines = {each.id: _line(each, ledger.get(each.id), plan_id, stamp) for each in items}
    return Following(
        items,
        {name: Revision(line.stamp, line.sequence) for name, line in lines.items()},
        frozenset(name for name, line in lines.items() if line is not ledger.get(name)),
        {**ledger, **lines},
    )


def _line(item: Item, before: LedgerLine | None, plan_id: str, stamp: datetime) -> LedgerLine:
    """Return the line of an item as it is now: that of before, if nothing changed."""
    digest = sha256(event(item, plan_id, _NO_VERSION).encode())[:_DIGITS]
    if before is not None and before.digest == digest:
        return before
    line = LedgerLine(
        digest=digest,
        sequence=0,
        stamp=stamp,
        begin=_format_moment(item.begin),
        end=None if item.end is None else _format_moment(item.end),
        title=clean_text(item.title),
        kind=item.kind,
        status=item.status,
    )
    return line if before is None else _after(before, line)


def _after(before: LedgerLine, line: LedgerLine) -> LedgerLine:
    """Return the version that comes after another one."""
    was = before.begin, before.end, before.status
    is_rescheduled = (line.begin, line.end, line.status) != was
    return structs.replace(
        line, sequence=before.sequence + is_rescheduled, stamp=max(line.stamp, before.stamp)
    )


def _called_off(name: str, line: LedgerLine) -> Item:
    """Return what is left of an item that is gone: its day, and that it is called off."""
    title = line.title
    if line.status != "CANCELLED":
        title = f"{CALLED_OFF}{title.removesuffix(PROVISIONAL)}"
    return Item(
        id=name,
        kind=cast("ItemKind", line.kind),
        begin=_read(line.begin),
        end=None if line.end is None else _read(line.end),
        title=title,
        text="",
        status="CANCELLED",
    )


def _format_moment(at: date) -> str:
    """Write a day as 2026-12-01, a moment in UTC as 2026-12-01T13:30:00Z."""
    text = at.isoformat()
    return f"{text[:19]}Z" if isinstance(at, datetime) else text


def _read(text: str) -> date:
    return datetime.fromisoformat(text) if text.endswith("Z") else date.fromisoformat(text)
