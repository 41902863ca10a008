"""From chosen days to the whole plan: sessions, what goes with them, and what every plan says."""

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256

import msgspec
from msgspec import Struct

from hairplan.dates.clock import is_skipped
from hairplan.dates.spans import span
from hairplan.errors import InputError
from hairplan.plan import (
    Cost,
    Plan,
    PlannedExpectation,
    PlannedMilestone,
    PlannedRestriction,
    PlannedRoutine,
    PlannedTask,
    Problem,
    Screened,
    Session,
)
from hairplan.planner.brief import Brief
from hairplan.planner.choose import Chosen
from hairplan.planner.layout import Layout
from hairplan.planner.notes import PlanContent, plan_notes
from hairplan.planner.parts import (
    chair_time,
    cost_of,
    expectations_of,
    milestones_of,
    places,
    restrictions_of,
    tasks_of,
)
from hairplan.planner.resolve import Resolved
from hairplan.planner.restrictions import Visit
from hairplan.planner.slot import START, Slot
from hairplan.protocol.figures import fact_ids
from hairplan.protocol.model import Protocol
from hairplan.request import PlanRequest
from hairplan.words import iso_duration


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
    start, template, frame = days[START], brief.template, layout.frame
    lengths = {slot.id: minutes_of(brief.request, slot) for slot in layout.slots}
    chain, sessions = sessions, sorted((*sessions, *beside), key=when) if beside else sessions
    where = places(layout, days)
    shown = _with_conditional(brief, layout, days, sessions)
    visits = _visits(sessions, lengths)
    restrictions = restrictions_of(template, sessions, visits, where, frame.events)
    screening = screening_of(brief, [each.on for each in sessions] or [start])
    tasks = tasks_of(template, sessions, screening, frame.events)
    found = _Dated(
        sessions=shown,
        restrictions=restrictions,
        tasks=tasks,
        routines=_routines(template, where, frame.until),
        milestones=milestones_of(template, where),
        expectations=expectations_of(template, where),
        cost=cost_of(chain, layout, days),
        chair_time=chair_time([lengths[each.id] for each in chain]),
        notes=tuple(
            plan_notes(
                brief, start, sessions, PlanContent(restrictions, tasks, where, layout.unshown)
            )
        ),
    )
    return _plan(brief, start, frame.until, screening, found)


def _visits(sessions: Sequence[Session], lengths: Mapping[str, int | None]) -> list[Visit]:
    """Return appointments as restrictions see them."""
    return [
        Visit(each.id, each.on, each.time, each.zone, lengths.get(each.id) or 0)
        for each in sessions
    ]


def _routines(
    template: Resolved, where: Mapping[str, date], until: date
) -> tuple[PlannedRoutine, ...]:
    if not template.routines:
        return ()
    from hairplan.planner.routines import routines_of

    return routines_of(template, where, until)


def _with_conditional(
    brief: Brief, layout: Layout, days: Mapping[int, date], sessions: Sequence[Session]
) -> tuple[Session, ...]:
    """Return the appointments that take place, and those that are conditional, in date order."""
    if not layout.waiting:
        return tuple(sessions)
    from hairplan.planner.waiting import waiting_sessions

    conditional = (_conditional(brief, *each) for each in waiting_sessions(layout.waiting, days))
    return tuple(sorted((*sessions, *conditional), key=_first_day))


def _first_day(session: Session) -> tuple[date, str]:
    """Sort by the chosen day; what has none by the first that it could have; the unknown last."""
    return session.planned or session.target or session.earliest or date.max, session.id


def without_dates(brief: Brief, start: date, problem: Problem) -> Plan:
    """Return a plan that cannot be, with the reason."""
    screening = screening_of(brief, [start])
    found = _Dated(notes=brief.template.notes, problem=problem)
    return _plan(brief, start, brief.until(start), screening, found)


def screening_of(brief: Brief, days: Sequence[date]) -> tuple[Screened, ...]:
    """Say how each rule stands over the days of a plan."""
    return tuple([each.over(days) for each in brief.template.verdicts])


class _Dated(Struct, frozen=True, kw_only=True):
    """What only a plan with dates has, and why there are none."""

    sessions: tuple[Session, ...] = ()
    restrictions: tuple[PlannedRestriction, ...] = ()
    tasks: tuple[PlannedTask, ...] = ()
    routines: tuple[PlannedRoutine, ...] = ()
    milestones: tuple[PlannedMilestone, ...] = ()
    expectations: tuple[PlannedExpectation, ...] = ()
    cost: Cost | None = None
    chair_time: str | None = None
    notes: tuple[str, ...] = ()
    problem: Problem | None = None


def _plan(
    brief: Brief, start: date, until: date, screening: tuple[Screened, ...], found: _Dated
) -> Plan:
    """Return a plan: what every plan says, and what was found for this one."""
    template, request = brief.template, brief.request
    return Plan(
        id=request.id or _digest(template.protocol, request),
        protocol=template.reading.name,
        ref=request.ref,
        requested_start=request.start,
        start=start,
        until=until,
        # A plan's own: it is the one thing in it that can be changed.
        options=dict(template.options),
        sessions=found.sessions,
        restrictions=found.restrictions,
        tasks=found.tasks,
        routines=found.routines,
        milestones=found.milestones,
        expectations=found.expectations,
        screening=screening,
        cost=found.cost,
        chair_time=found.chair_time,
        place=request.place,
        notes=found.notes,
        problem=found.problem,
        indications=template.indications,
        differences=template.differences,
        figures=template.figures,
        sources=template.sources,
    )


def _digest(protocol: Protocol, request: PlanRequest) -> str:
    """Return an id that is the same for the same request of the same protocol, and opaque."""
    asked = msgspec.json.encode((protocol.id, protocol.version, request), order="deterministic")
    return sha256(asked).hexdigest()[:20]
