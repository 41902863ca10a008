"""From chosen days to the whole plan: sessions, what goes with them, and what every plan says."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from hairplan.dates.clock import is_skipped
from hairplan.dates.spans import span
from hairplan.digests import sha256
from hairplan.errors import InputError
from hairplan.plan import Plan, PlannedRoutine, Problem, ProtocolId, Screened, Session
from hairplan.planner.brief import Brief
from hairplan.planner.choice import Chosen
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
from hairplan.planner.slots import START, Slot
from hairplan.planner.template import Template
from hairplan.protocol import (
    Protocol,
)
from hairplan.request import PlanRequest
from hairplan.restrictions import Visit
from hairplan.screening import screened
from hairplan.texts import iso_duration
from hairplan.traces import fact_ids


def _waiting(brief: Brief, layout: Layout, known: Mapping[int, date]) -> list[Session]:
    """Return what is conditional."""
    if not layout.waiting:
        return []
    from hairplan.planner.waiting import waiting_sessions

    return [_conditional(brief, *each) for each in waiting_sessions(layout.waiting, known)]


def when(session: Session) -> tuple[date, str]:
    """Sort appointments by their day."""
    return session.on, session.id


def session_of(
    brief: Brief, slot: Slot, chosen: Chosen, start: date, reason: str | None
) -> Session:
    """Return an appointment on its chosen day."""
    request, step = brief.request, slot.step
    minutes = minutes_of(request, slot)
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
    minutes = minutes_of(brief.request, slot)
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


def minutes_of(request: PlanRequest, slot: Slot) -> int | None:
    """Return the length of an appointment: as asked for, else the protocol's."""
    duration = slot.step.duration_of(slot.number)
    return request.duration or (span(duration).minutes if duration else None)


def refuse_skipped_times(sessions: Sequence[Session]) -> None:
    """Refuse a time that summer time skips.

    Raises:
        InputError: every appointment that it skips.
    """
    skipped = [
        f"time: {each.time:%H:%M} does not exist on {each.on} in {each.zone}: summer time"
        f" skips it for {each.id}; choose another time"
        for each in sessions
        if each.time and each.zone and is_skipped(each.on, each.time, each.zone)
    ]
    if skipped:
        raise InputError(*skipped)


def plan_of(
    brief: Brief,
    layout: Layout,
    days: Mapping[int, date],
    sessions: Sequence[Session],
    beside: Sequence[Session] = (),
) -> Plan:
    """Return the whole plan.

    Args:
        brief: what it is made from.
        layout: the chain of appointments, without dates.
        days: the day of each place in the chain.
        sessions: the appointments of the chain that take place, in date order.
        beside: others that take place, outside the chain.
    """
    start = days[START]
    template, events = brief.template, brief.events(start)
    lengths = {slot.id: minutes_of(brief.request, slot) for slot in layout.slots}
    chain, sessions = sessions, sorted((*sessions, *beside), key=when)
    visits = [
        Visit(each.id, each.on, each.time, each.zone, lengths.get(each.id) or 0)
        for each in sessions
    ]
    where = places(layout, days)
    anchors = {slot.id: days[slot.anchor] for slot in layout.slots if slot.anchor in days}
    conditional = _waiting(brief, layout, days)
    restrictions = restrictions_of(template, sessions, visits, where, events)
    screening = screening_of(brief, [each.on for each in sessions] or [start])
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
        cost=cost_of(steps, chain, anchors),
        chair_time=chair_time([lengths[each.id] for each in chain]),
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


def without_dates(brief: Brief, start: date, problem: Problem) -> Plan:
    """Return a plan that cannot be, with the reason."""
    frame = _frame(brief, start, screening_of(brief, [start]))
    return msgspec.structs.replace(frame, problem=problem, notes=brief.template.notes)


def screening_of(brief: Brief, days: Sequence[date]) -> tuple[Screened, ...]:
    """Say how each rule stands over the days of a plan."""
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
