"""A protocol and a request make a plan: a pure function, the same for one patient as for a million.

The clock is an argument. The dates of a plan never depend on today; notes and offered starts do.
"""

import hashlib
from collections.abc import Sequence
from datetime import date

import msgspec

from hairplan.availability import Days
from hairplan.dates.clock import is_skipped
from hairplan.dates.spans import pure_date, shift_days, span
from hairplan.errors import InputError
from hairplan.plan import Plan, Problem, ProtocolId, Screened, Session
from hairplan.planner.brief import Brief
from hairplan.planner.choice import Chosen, Ground, Stuck, choose
from hairplan.planner.notes import plan_notes
from hairplan.planner.parts import (
    chair_time,
    cost_of,
    expectations_of,
    milestones_of,
    places,
    restrictions_of,
    tasks_of,
)
from hairplan.planner.problems import A_YEAR, never_open, no_dates, refused
from hairplan.planner.reasons import start_moved, why_moved
from hairplan.planner.slots import Slot, lay_out
from hairplan.planner.template import template_for
from hairplan.protocol import (
    Protocol,
    Step,
)
from hairplan.request import PlanRequest
from hairplan.restrictions import Visit
from hairplan.screening import refusals, screened
from hairplan.texts import iso_duration
from hairplan.traces import fact_ids


def make_plan(protocol: Protocol, request: PlanRequest, *, today: date | None = None) -> Plan:
    """Make the plan of one patient's treatment.

    Where screening refuses, or no dates keep to the protocol, the plan has a `problem` and no
    sessions.

    Args:
        protocol: the treatment, from `load_protocol`.
        request: what is asked for.
        today: the day it is made, by default the start asked for; only notes, offered starts and
            whether an event is past depend on it.

    Raises:
        InputError: the request and the protocol do not fit, every fault; a region without known
            holidays; a time that summer time skips.
        OutOfRangeError: a date leaves the calendar.
    """
    today = request.start if today is None else pure_date(today, "today")
    brief = Brief(template_for(protocol, request, today), request, today)
    clinic = Days(request)
    start = _first_free(clinic, request.start)
    if start is None:
        return _without_dates(brief, request.start, never_open(request.start))
    if refusing := refusals(brief.template.standings, start):
        return _without_dates(brief, start, refused(brief, clinic, refusing, start))
    days = Days(request, brief.template.refused) if brief.template.refused else clinic
    until = brief.until(start)
    slots = lay_out(brief.template.runs, start, until, at_least_one=not brief.is_bounded)
    found = choose(Ground(slots, start, days.taken, until))
    if isinstance(found, Stuck):
        return _without_dates(brief, start, no_dates(brief, days, slots, found, start))
    return _with_dates(brief, slots, found, days)


def screen_patient(
    protocol: Protocol, request: PlanRequest, *, today: date | None = None
) -> tuple[Screened, ...]:
    """Say how each rule on the patient's state stands on the day of the start, the gravest first.

    Args:
        protocol: the treatment.
        request: the patient's state, and the start that it is asked for.
        today: tells past events from planned ones; by default the start asked for.

    Raises:
        InputError: the request and the protocol do not fit; every fault.
    """
    today = request.start if today is None else pure_date(today, "today")
    template = template_for(protocol, request, today)
    return screened(template.standings, template.protocol, template.state, [request.start])


def _first_free(days: Days, asked: date) -> date | None:
    """Return the first free day from the one that was asked for, within a year."""
    for number in range(A_YEAR):
        day = shift_days(asked, number)
        if not days.taken(day):
            return day
    return None


def _with_dates(brief: Brief, slots: Sequence[Slot], found: Sequence[Chosen], days: Days) -> Plan:
    asked, start = brief.request.start, found[0].planned
    moved = start_moved(asked, start, days.taken)
    sessions = [_session(brief, slots[0], Chosen(asked, asked, start, start), start, moved)]
    sessions += [
        _session(brief, slot, chosen, start, why_moved(chosen, days.taken))
        for slot, chosen in zip(slots[1:], found[1:], strict=True)
    ]
    sessions.sort(key=_planned)
    _refuse_skipped_times(sessions)
    lengths = {slot.id: _minutes(brief.request, slot.step) for slot in slots}
    return _plan(brief, slots, sessions, lengths)


def _planned(session: Session) -> tuple[date, str]:
    return session.planned, session.id


def _session(brief: Brief, slot: Slot, chosen: Chosen, start: date, reason: str | None) -> Session:
    request, step = brief.request, slot.step
    minutes = _minutes(request, step)
    return Session(
        id=slot.id,
        phase=step.id,
        kind=step.kind,
        status="tentative" if step.kind in {"touch-up", "maintenance"} else "planned",
        number=slot.number,
        of=slot.of,
        earliest=chosen.earliest,
        target=chosen.target,
        latest=chosen.latest,
        planned=chosen.planned,
        time=request.time,
        zone=request.zone,
        duration=iso_duration(minutes) if minutes else None,
        reason=reason,
        sources=fact_ids(step.source),
        name=step.name,
        day=(chosen.planned - start).days,
        optional=step.optional,
    )


def _minutes(request: PlanRequest, step: Step) -> int | None:
    """Return the length of a step's appointments: as asked for, else the protocol's."""
    return request.duration or (span(step.duration).minutes if step.duration else None)


def _refuse_skipped_times(sessions: Sequence[Session]) -> None:
    skipped = [
        f"time: {each.time:%H:%M} does not exist on {each.planned} in {each.zone}: summer time"
        f" skips it for {each.id}; choose another time"
        for each in sessions
        if each.time and each.zone and is_skipped(each.planned, each.time, each.zone)
    ]
    if skipped:
        raise InputError(*skipped)


def _plan(
    brief: Brief,
    slots: Sequence[Slot],
    sessions: Sequence[Session],
    lengths: dict[str, int | None],
) -> Plan:
    template = brief.template
    visits = [
        Visit(each.id, each.planned, each.time, each.zone, lengths[each.id] or 0)
        for each in sessions
    ]
    restrictions = restrictions_of(template, visits, {each.id: each.phase for each in sessions})
    where = places(sessions)
    screening = _screening(brief, [each.planned for each in sessions])
    return msgspec.structs.replace(
        _frame(brief, sessions[0].planned, screening),
        sessions=tuple(sessions),
        restrictions=restrictions,
        tasks=tasks_of(template, sessions, screening),
        milestones=milestones_of(template, where),
        expectations=expectations_of(template, where),
        cost=cost_of(slots),
        chair_time=chair_time(list(lengths.values())),
        notes=tuple(plan_notes(brief, sessions, restrictions)),
    )


def _without_dates(brief: Brief, start: date, problem: Problem) -> Plan:
    frame = _frame(brief, start, _screening(brief, [start]))
    return msgspec.structs.replace(frame, problem=problem, notes=brief.template.notes)


def _screening(brief: Brief, days: Sequence[date]) -> tuple[Screened, ...]:
    template = brief.template
    return screened(template.standings, template.protocol, template.state, days)


def _frame(brief: Brief, start: date, screening: tuple[Screened, ...]) -> Plan:
    """Return what every plan says, with dates or without."""
    template, request = brief.template, brief.request
    protocol = template.protocol
    return Plan(
        id=request.id or _digest(protocol, request),
        protocol=ProtocolId(protocol.id, protocol.version, protocol.name),
        ref=request.ref,
        requested_start=request.start,
        start=start,
        until=brief.until(start),
        options={name: template.state[name] for name in protocol.options},
        sessions=(),
        restrictions=(),
        tasks=(),
        milestones=(),
        expectations=(),
        screening=screening,
        cost=None,
        chair_time=None,
        place=request.place,
        notes=(),
        problem=None,
        indications=template.indications,
        differences=template.differences,
        figures=template.figures,
        sources=template.sources,
    )


def _digest(protocol: Protocol, request: PlanRequest) -> str:
    """Return an id that is the same for the same request of the same protocol, and opaque."""
    asked = msgspec.json.encode((protocol.id, protocol.version, request), order="deterministic")
    return hashlib.sha256(asked).hexdigest()[:20]
