"""Notes of a plan beside its dates: pauses that should have begun, days without relief."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct

from hairplan.dates.spans import ClockTime, shift, shift_days
from hairplan.plan import PlannedRestriction, PlannedTask, Session
from hairplan.planner.compile import ReadyRestriction
from hairplan.planner.places import Places
from hairplan.planner.resolve import Resolved
from hairplan.planner.restrictions import Sides
from hairplan.protocol.step import Counts
from hairplan.protocol.values import REFUSING
from hairplan.remarks import Remark, inform
from hairplan.words import format_date


class PlanContent(Struct, frozen=True):
    """The restrictions, tasks and places that a plan shows beside its appointments.

    Attributes:
        restrictions: what to avoid.
        tasks: what to do.
        where: the day of each place in the course.
        unshown: how many more conditional appointments there may be, by step.
        laid: the steps that have an appointment, with a day or waiting for one.
    """

    restrictions: Sequence[PlannedRestriction]
    tasks: Sequence[PlannedTask]
    where: Places
    unshown: Mapping[str, int]
    laid: Collection[str]


def plan_notes(
    resolved: Resolved, start: date, sessions: Sequence[Session], shown: PlanContent
) -> Iterator[Remark]:
    """Yield the notes of a plan, the most pressing first.

    Args:
        resolved: what the plan is made from.
        start: day 0.
        sessions: the appointments that have a day, in date order.
        shown: what else the plan shows.
    """
    for text in _undated_waits(resolved):
        yield Remark("warning", "no-day", text)
    if start < resolved.today and not resolved.has_begun:
        text = f"the start, {format_date(start)}, is before today, {format_date(resolved.today)}"
        yield Remark("warning", "start-past", text)
    first = date.min if resolved.has_begun else min(start, resolved.today)
    for session in [session for session in sessions if session.on < first]:
        day = format_date(session.on)
        text = f"{session.id}, {day}, is before today, {format_date(resolved.today)}"
        yield Remark("warning", "session-past", text, session.id)
    if not any(session.status == "done" for session in sessions):
        for text in _late_pauses(resolved, shown, start):
            yield Remark("warning", "pause-late", text)
        for text in _late_tasks(resolved, shown.tasks, start):
            yield Remark("warning", "task-late", text)
    through = {ready.name for ready in resolved.restrictions if ready.restriction.until}
    for restriction in shown.restrictions:
        # One that names its own end runs through the course by what it says.
        if restriction.id not in through:
            yield from inform("no-relief", _without_relief(restriction))
    yield from inform("open-end", _open_ends(resolved, shown))
    yield from inform("event-ahead", _events_ahead(resolved, start, sessions))
    for name, more in shown.unshown.items():
        yield Remark("info", "more", f"{name}: {more} more may follow those shown")
    yield from _hours(resolved, shown)
    yield from inform("event-ends", _ended(resolved, sessions))
    yield from inform("beyond", _beyond(resolved, start, shown.laid))
    yield from resolved.remarks


def _undated_waits(resolved: Resolved) -> Iterator[str]:
    """Say which events took place on a day that is not given, though a wait counts from it."""
    waits: dict[str, str] = {}
    for verdict in resolved.verdicts:
        rule, told = verdict.standing.rule, verdict.holding
        is_open = told.answer == "yes" and told.applies == "unknown"
        if rule.event and is_open and rule.outcome in REFUSING:
            waits.setdefault(rule.event, rule.says)
    for event, says in waits.items():
        label = resolved.protocol.events[event].label
        yield (
            f"{label}: no day is given, so the plan is not settled: {says};"
            f" --event {event}=DAY settles it"
        )


def _hours(resolved: Resolved, shown: PlanContent) -> Iterator[Remark]:
    """Say what is missing for hours to be exact."""
    if any(restriction.hours for restriction in shown.restrictions):
        text = "no time is given: what lasts hours covers whole days; --time 10:00 makes it exact"
        yield Remark("info", "no-time", text)
    is_local = resolved.request.time and not resolved.request.zone
    if is_local and any(map(_in_hours, shown.restrictions)):
        text = "no time zone is given: hours are counted without a change of summer time"
        yield Remark("info", "no-zone", text)


def _open_ends(resolved: Resolved, shown: PlanContent) -> Iterator[str]:
    """Say which restrictions last until something that has no day yet."""
    ids = {restriction.id for restriction in shown.restrictions}
    for active in resolved.restrictions:
        until = active.restriction.until
        if active.name in ids and until not in {None, "next"} and until not in shown.where.days:
            yield f"{active.restriction.label}: goes on until {until}, which has no day yet"


def _late_pauses(resolved: Resolved, shown: PlanContent, start: date) -> Iterator[str]:
    """Say which pauses before a start that is still ahead should have begun already."""
    for planned in shown.restrictions:
        ideal = planned.ideal[0]
        if not ideal.first < resolved.today <= start:
            continue
        # Only what surrounds the start itself is kept by a later start.
        if shown.where.days.get(ideal.sessions[0]) == start:
            ready = next(
                restriction
                for restriction in resolved.restrictions
                if restriction.name == planned.id
            )
            # The least length may be over before the restriction begins.
            least = (planned.at_least or planned.ideal)[0].first
            yield _describe_late(resolved, ready, ideal.first, least)


def _describe_late(
    resolved: Resolved, restriction: ReadyRestriction, ideal: date, least: date
) -> str:
    who = f" (if {restriction.only_if})" if restriction.only_if else ""
    label = restriction.restriction.label
    should = f"{label}{who}: should have begun on {format_date(ideal)}"
    reach = restriction.reach
    first_ideal = _first_start(resolved.today, reach.ideal)
    if reach.at_least == reach.ideal:
        return f"{should}; the first start that keeps it is {format_date(first_ideal)}"
    if least >= resolved.today:
        return f"{should}, ideally; a start on {format_date(first_ideal)} or later keeps it whole"
    first_least = _first_start(resolved.today, reach.at_least)
    return (
        f"{should} (at the latest on {format_date(least)}); the first start that keeps it is"
        f" {format_date(first_least)}, ideally {format_date(first_ideal)}"
    )


def _first_start(today: date, sides: Sides) -> date:
    """Return the first start for which a pause that begins today begins early enough."""
    if isinstance(sides.before, ClockTime):
        return shift_days(today, sides.before.days)
    return shift(today, sides.before) if sides.before else today


def _late_tasks(resolved: Resolved, tasks: Sequence[PlannedTask], start: date) -> Iterator[str]:
    """Say which tasks before the first session were due already."""
    for task in tasks:
        is_once = "." not in task.id
        if is_once and task.due and not task.done and task.due < resolved.today <= start:
            who = f" (if {task.only_if})" if task.only_if else ""
            yield f"{task.label}{who}: was due on {format_date(task.due)}"


def _without_relief(restriction: PlannedRestriction) -> Iterator[str]:
    """Say where appointments leave no free day between their restrictions."""
    lengths = [("at least ", restriction.at_least), ("ideally ", restriction.ideal)]
    if restriction.at_least == restriction.ideal:
        lengths = [("", restriction.ideal)]
    for length, periods in lengths:
        for period in periods:
            if len(period.sessions) > 1:
                who = f" (if {restriction.only_if})" if restriction.only_if else ""
                yield (
                    f"{restriction.label}{who}: {length}without a free day"
                    f" from {period.first} to {period.last},"
                    f" through {period.sessions[0]}..{period.sessions[-1]}"
                )


def _in_hours(restriction: PlannedRestriction) -> bool:
    return any(period.resume_at for period in restriction.ideal)


def _events_ahead(resolved: Resolved, start: date, sessions: Sequence[Session]) -> Iterator[str]:
    """Say which appointment is the last before an event that has rules for later days only."""
    if not resolved.events:
        return
    protocol = resolved.protocol
    end = resolved.until(start)
    days = [(name, dates[-1]) for name, dates in sorted(resolved.events.items())]
    for name, day in days:
        before = [session for session in sessions if session.on < day]
        begins = [rule.begins for rule in protocol.rules.values() if rule.event == name]
        # A rule that begins before its event says by itself how long before it one may be.
        covered = not all(begins) or any(text.startswith("-") for text in begins if text)
        if protocol.events[name].begins and before and not covered and day <= end:
            yield (
                f"{protocol.events[name].label} planned for {format_date(day)}: {before[-1].id} on"
                f" {format_date(before[-1].on)} is the last appointment before it,"
                " and the protocol does not say how long before it one may be"
            )


def _ended(resolved: Resolved, sessions: Sequence[Session]) -> Iterator[str]:
    """Say where the event that ends a step came too late or too soon for its number."""
    for planned in resolved.steps:
        count = planned.step.count
        if not planned.until or not isinstance(count, Counts):
            continue
        number = sum(session.phase == planned.step.id for session in sessions)
        event = resolved.protocol.events[planned.step.until or ""].label
        ended = f"{event} is on {format_date(planned.until)}"
        if number >= count.max:
            yield f"{planned.step.id}: {count.max} planned, the most there may be; {ended}"
        elif number < count.min:
            yield f"{planned.step.id}: {number} planned, fewer than {count.min}, as {ended}"


def _beyond(resolved: Resolved, start: date, laid: Collection[str]) -> Iterator[str]:
    """Say which maintenance begins beyond the horizon that was asked for."""
    for planned in resolved.steps:
        if planned.step.id not in laid and planned.is_open and not planned.waits:
            end = format_date(resolved.until(start))
            yield f"{planned.step.name}: the first would be after {end}, the end of what is planned"
