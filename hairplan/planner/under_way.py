"""A plan under way: what a recording moves is never put before the day on which it was recorded.

What lay in the past already and has not moved stays where it was: it is overdue, and somebody has
to say what became of it.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import takewhile
from typing import Final

from msgspec import structs

from hairplan.history import Entry, Record, entries_in_force, given_on, replay_history
from hairplan.plan import Plan
from hairplan.planner.adopted import protocol_in_force
from hairplan.planner.past import call_off_bookings
from hairplan.planner.replan import replan
from hairplan.planner.resolve import resolve
from hairplan.protocol.model import Protocol
from hairplan.request import PlanRequest

_MOST_DAYS: Final = 200
"""Of longer histories, only so many of the last days on which something was recorded are told."""


def plan_under_way(
    protocol: Protocol, request: PlanRequest, history: Sequence[Entry], today: date
) -> Plan:
    """Return the plan of a treatment with a past.

    Args:
        protocol: the treatment, as it was when the plan was made.
        request: what was asked for.
        history: what happened since.
        today: tells past from planned, and what is overdue.

    Raises:
        InputError: the request or the history and the protocol do not fit; every fault.
        OutOfRangeError: a date leaves the calendar.
    """
    entries = list(entries_in_force(history).values())
    return _plan_and_floors(protocol, request, entries, today, _MOST_DAYS)[0]


def _plan_and_floors(
    protocol: Protocol, request: PlanRequest, entries: Sequence[Entry], today: date, days: int
) -> tuple[Plan, Mapping[str, date], Mapping[str, date]]:
    """Return a plan, for what was moved by a recording the day of that, and all proposed days."""
    changed, record = replay_history(request, entries)
    record = structs.replace(record, today=today)
    in_force = protocol_in_force(protocol, entries)
    given = given_on(entries, today, in_force.events)
    resolved = resolve(in_force, changed, today, has_begun=True, given=given)
    record = call_off_bookings(resolved, record)
    plan, days_of = replan(resolved, record)
    recorded = entries[-1].on if entries else date.min
    if not _open_before(days_of, recorded, record) or not days:
        return plan, {}, days_of
    # In the order of recording: each beginning of a history was a plan of its own.
    last_day = sum(1 for _ in takewhile(lambda entry: entry.on == recorded, reversed(entries)))
    earlier = entries[:-last_day]
    _, floors, before = _plan_and_floors(protocol, request, earlier, recorded, days - 1)
    while True:
        plan, days_of = replan(resolved, structs.replace(record, floors=floors))
        moved = {
            name: recorded
            for name, day in _open_before(days_of, recorded, record).items()
            if before.get(name) != day and floors.get(name) != recorded
        }
        if not moved:
            return plan, floors, days_of
        floors = {**floors, **moved}


def _open_before(days_of: Mapping[str, date], day: date, record: Record) -> dict[str, date]:
    """Return what is neither done nor booked and lies before a day, with its day."""
    fixed = record.fixed
    return {name: at for name, at in days_of.items() if at < day and name not in fixed}
