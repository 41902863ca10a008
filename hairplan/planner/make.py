"""A protocol and a request make a plan: a pure function, the same for one patient as for a million.

The clock is an argument. The dates of a plan never depend on today; notes and offered starts do.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Final

import msgspec
from msgspec import structs

from hairplan.availability import Days
from hairplan.dates.clock import is_skipped
from hairplan.dates.spans import pure_date, shift_days, span
from hairplan.digests import sha256
from hairplan.errors import InputError
from hairplan.plan import Plan, PlannedRoutine, Problem, ProtocolId, Screened, Session
from hairplan.planner.brief import Brief
from hairplan.planner.choice import Chosen, Ground, Stuck, choose
from hairplan.planner.layout import Layout
from hairplan.planner.notes import Shown, plan_notes
from hairplan.planner.parts import (
    chair_time,
    cost_of,
    expectations_of,
    milestones_of,
    places,
    restrictions_of,
    tasks_of,
)
from hairplan.planner.reasons import start_moved, why_moved
from hairplan.planner.slots import START, Slot
from hairplan.planner.starting import is_visited, start_taken
from hairplan.planner.template import Template, template_for
from hairplan.protocol import (
    Protocol,
)
from hairplan.request import PlanRequest
from hairplan.restrictions import Visit
from hairplan.screening import refusals, screened
from hairplan.texts import iso_duration
from hairplan.traces import fact_ids

_A_YEAR: Final = 366


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
    start = _first_free(brief, clinic)
    if start is None:
        from hairplan.planner.problems import never_open

        return _without_dates(brief, request.start, never_open(request.start))
    refusing = refusals(brief.template.standings, start) if is_visited(brief) else ()
    if refusing:
        from hairplan.planner.problems import refused

        return _without_dates(brief, start, refused(brief, clinic, refusing, start))
    days = Days(request, brief.template.refused) if brief.template.refused else clinic
    layout = brief.layout(start)
    ground = Ground(layout.slots, layout.known, days.taken, brief.until(start))
    found = choose(ground)
    if isinstance(found, Stuck):
        from hairplan.planner.problems import no_dates

        return _without_dates(brief, start, no_dates(brief, days, ground, found, start))
    return _with_dates(brief, layout, ground, found, clinic)


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


def _first_free(brief: Brief, days: Days) -> date | None:
    """Return the first day from the one asked for on which the plan can start, within a year."""
    for number in range(_A_YEAR):
        day = shift_days(brief.request.start, number)
        if not start_taken(brief, days, day):
            return day
    return None


def _with_dates(
    brief: Brief, layout: Layout, ground: Ground, found: Sequence[Chosen], clinic: Days
) -> Plan:
    start, asked = ground.start, brief.request.start
    moved = start_moved(asked, start, partial(start_taken, brief, clinic))
    sessions = []
    for slot, chosen in zip(layout.slots, found, strict=True):
        if slot.pinned:
            given = structs.replace(chosen, target=asked, earliest=asked)
            sessions.append(_session(brief, slot, given, start, moved))
        else:
            reason = why_moved(chosen, partial(ground.blocked, slot))
            sessions.append(_session(brief, slot, chosen, start, reason))
    sessions.sort(key=_when)
    _refuse_skipped_times(sessions)
    known = {**layout.known, **{at: chosen.planned for at, chosen in enumerate(found)}}
    return _plan(brief, layout, known, sessions)


def _waiting(brief: Brief, layout: Layout, known: Mapping[int, date]) -> list[Session]:
    """Return what is conditional."""
    if not layout.waiting:
        return []
    from hairplan.planner.waiting import waiting_sessions

    return [_conditional(brief, *each) for each in waiting_sessions(layout.waiting, known)]


def _when(session: Session) -> tuple[date, str]:
    return session.on, session.id


def _session(brief: Brief, slot: Slot, chosen: Chosen, start: date, reason: str | None) -> Session:
    request, step = brief.request, slot.step
    minutes = _minutes(request, slot)
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


def _conditional(
    brief: Brief,
    slot: Slot,
    waits_for: str,
    target: date | None,
    window: tuple[date | None, date | None],
) -> Session:
    """Return an appointment that waits for something, with the window that it would have."""
    minutes = _minutes(brief.request, slot)
    return Session(
        id=slot.id,
        phase=slot.step.id,
        kind=slot.step.kind,
        status="conditional",
        number=slot.number,
        of=slot.of,
        earliest=window[0],
        target=target,
        latest=window[1],
        planned=None,
        time=None,
        zone=None,
        duration=iso_duration(minutes) if minutes else None,
        reason=None,
        sources=fact_ids(slot.step.source),
        name=slot.step.name,
        day=None,
        optional=slot.step.optional,
        waits_for=waits_for,
    )


def _minutes(request: PlanRequest, slot: Slot) -> int | None:
    """Return the length of an appointment: as asked for, else the protocol's."""
    duration = slot.step.duration_of(slot.number)
    return request.duration or (span(duration).minutes if duration else None)


def _refuse_skipped_times(sessions: Sequence[Session]) -> None:
    skipped = [
        f"time: {each.time:%H:%M} does not exist on {each.on} in {each.zone}: summer time"
        f" skips it for {each.id}; choose another time"
        for each in sessions
        if each.time and each.zone and is_skipped(each.on, each.time, each.zone)
    ]
    if skipped:
        raise InputError(*skipped)


def _plan(
    brief: Brief, layout: Layout, days: Mapping[int, date], sessions: Sequence[Session]
) -> Plan:
    start = days[START]
    template, events = brief.template, brief.events(start)
    lengths = {slot.id: _minutes(brief.request, slot) for slot in layout.slots}
    visits = [
        Visit(each.id, each.on, each.time, each.zone, lengths[each.id] or 0) for each in sessions
    ]
    where = places(layout, days)
    anchors = {slot.id: days[slot.anchor] for slot in layout.slots}
    conditional = _waiting(brief, layout, days)
    restrictions = restrictions_of(template, sessions, visits, where, events)
    screening = _screening(brief, [each.on for each in sessions] or [start])
    steps = {run.step.id: run.step for run in template.runs}
    tasks = tasks_of(template, sessions, screening, events)
    shown = Shown(restrictions, tasks, where, layout.unshown)
    return msgspec.structs.replace(
        _frame(brief, start, screening),
        sessions=tuple(sorted((*sessions, *conditional), key=_first_day)),
        restrictions=restrictions,
        tasks=tasks,
        routines=_routines(template, where, brief.until(start)),
        milestones=milestones_of(template, where),
        expectations=expectations_of(template, where),
        cost=cost_of(steps, sessions, anchors),
        chair_time=chair_time(list(lengths.values())),
        notes=tuple(plan_notes(brief, start, sessions, shown)),
    )


def _routines(
    template: Template, where: Mapping[str, date], until: date
) -> tuple[PlannedRoutine, ...]:
    if not template.routines:
        return ()
    from hairplan.planner.routines import routines_of

    return routines_of(template, where, until)


def _first_day(session: Session) -> tuple[date, str]:
    """Sort by the chosen day; what has none by the first that it could have; the unknown last."""
    return session.planned or session.target or session.earliest or date.max, session.id


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
        protocol=ProtocolId(
            protocol.id, protocol.version, protocol.name, protocol.date, template.digest
        ),
        ref=request.ref,
        requested_start=request.start,
        start=start,
        until=brief.until(start),
        options={name: template.state[name] for name in protocol.options},
        sessions=(),
        restrictions=(),
        tasks=(),
        routines=(),
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
    return sha256(asked)[:20]
