"""A plan under way: what a recording moves is never put before the day on which it was recorded.

What lay in the past already and has not moved stays where it was: it is overdue, and somebody has
to say what became of it.

The clinic's days hold as they are by now. A change of them that an entry knows of is part of what
was recorded on that day. On which day any other change was made, nobody knows: an appointment that
it moves back is not put before today, nor, once the day that it had is past, before that day. So
what was ahead is never put into the past, and what is past by now keeps its day. Until an entry
knows of the change, this is where a plan's dates may depend on today.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import takewhile
from typing import Final

from msgspec import Struct, structs

from hairplan.history import (
    Changed,
    Entry,
    Record,
    entries_in_force,
    replay_history,
)
from hairplan.plan import Plan
from hairplan.planner.adopted import protocol_in_force
from hairplan.planner.gone import lose_missed
from hairplan.planner.past import call_off_bookings
from hairplan.planner.replan import replan
from hairplan.planner.resolve import Resolved, resolve
from hairplan.protocol.model import Event, Protocol
from hairplan.request import ClinicDays, PlanRequest, lay_over

_MOST_DAYS: Final = 200
"""Of longer histories, only so many of the last days on which something was recorded are told."""

Days = Mapping[str, date]
"""Days of appointments, by their ids."""


class Outset(Struct, frozen=True):
    """The beginning of a plan under way.

    Attributes:
        protocol: the treatment, as it was when the plan was made.
        request: what was asked for.
        clinic: the clinic's days at that time.
    """

    protocol: Protocol
    request: PlanRequest
    clinic: ClinicDays

    def as_of(
        self, entries: Sequence[Entry], clinic: ClinicDays, today: date
    ) -> tuple[Resolved, Record]:
        """Return what is asked for after these entries, and the record of what has happened."""
        changed, record = replay_history(lay_over(self.request, clinic), entries)
        record = structs.replace(record, today=today)
        in_force = protocol_in_force(self.protocol, entries)
        given = _given_on(entries, today, in_force.events)
        recorded = entries[-1].on if entries else date.min
        resolved = resolve(in_force, changed, today, recorded=recorded, given=given)
        return resolved, lose_missed(resolved.steps, call_off_bookings(resolved, record))


def plan_under_way(
    outset: Outset, history: Sequence[Entry], today: date, clinic: ClinicDays
) -> Plan:
    """Return the plan of a treatment with a past.

    Args:
        outset: what it began with.
        history: what happened since.
        today: tells past from planned, and what is overdue.
        clinic: the clinic's days as they are by now.

    Raises:
        InputError: the request or the history and the protocol do not fit; every fault.
        OutOfRangeError: a date leaves the calendar.
    """
    entries = list(entries_in_force(history).values())
    return _plan_and_floors(outset, entries, today, clinic, _MOST_DAYS)[0]


def last_clinic_days(entries: Sequence[Entry], at_first: ClinicDays) -> ClinicDays:
    """Return the clinic's days as the last of the entries in force knew them, else those at first.

    Args:
        entries: the entries in force.
        at_first: the clinic's days when the plan was made.
    """
    told = (entry.clinic_days for entry in reversed(entries))
    return next((days for days in told if days is not None), at_first)


def _plan_and_floors(
    outset: Outset, entries: Sequence[Entry], today: date, clinic: ClinicDays, days: int
) -> tuple[Plan, Days, Days]:
    """Return a plan, for what was moved the first day on which it can be, and all proposed days."""
    resolved, record = outset.as_of(entries, clinic, today)
    plan, days_of = replan(resolved, record)
    known = last_clinic_days(entries, outset.clinic)
    is_untold = clinic != known
    since = today if is_untold else entries[-1].on if entries else date.min
    if not _open_before(days_of, since, record) or not days:
        return plan, {}, days_of
    if is_untold:
        _, floors, before = _plan_and_floors(outset, entries, today, known, days)
    else:
        # In the order of recording: each beginning of a history was a plan of its own.
        of_the_day = sum(1 for _ in takewhile(lambda entry: entry.on == since, reversed(entries)))
        earlier = entries[:-of_the_day]
        _, floors, before = _plan_and_floors(outset, earlier, since, clinic, days - 1)
    record = structs.replace(record, floors=floors)
    return _moved_on(resolved, record, _Change(since, before, is_untold))


class _Change(Struct, frozen=True):
    """A change of what a plan is made from.

    Attributes:
        since: the day from which it holds.
        before: the days of the plan without it.
        is_untold: it is one of the clinic's days alone, and of no known day.
    """

    since: date
    before: Days
    is_untold: bool

    def floor(self, name: str) -> date:
        """Return the day before which the change puts nothing."""
        before = self.before.get(name, self.since)
        return min(self.since, before) if self.is_untold else self.since


def _moved_on(resolved: Resolved, record: Record, change: _Change) -> tuple[Plan, Days, Days]:
    """Return the plan after a change, which puts nothing before its day; its floors and days.

    What is gone has only the place from which others count, and may be anywhere.
    """
    while True:
        plan, days_of = replan(resolved, record)
        moved = {
            name: change.floor(name)
            for name, day in _open_before(days_of, change.since, record).items()
            if name not in record.lost
            and change.before.get(name) != day
            and day < change.floor(name)
            and record.floors.get(name) != change.floor(name)
        }
        if not moved:
            return plan, record.floors, days_of
        displaced = {**record.displaced, **moved} if change.is_untold else {}
        floors = {**record.floors, **moved}
        record = structs.replace(record, floors=floors, displaced=displaced)


def _open_before(days_of: Mapping[str, date], day: date, record: Record) -> dict[str, date]:
    """Return what is neither done nor booked and lies before a day, with its day."""
    fixed = record.fixed
    return {name: at for name, at in days_of.items() if at < day and name not in fixed}


def _given_on(entries: Sequence[Entry], day: date, events: Mapping[str, Event]) -> tuple[str, ...]:
    """Return the questions that were answered on a day, or that an event told on it settles."""
    told = [
        happening
        for entry in entries
        if entry.on == day
        for happening in entry.what
        if isinstance(happening, Changed)
    ]
    answered = {name for changed in told for name in changed.answers}
    known = [events[name] for changed in told for name in changed.events if name in events]
    settled = {question for event in known for question in (event.begins, event.ends) if question}
    return tuple(sorted(answered | settled))
