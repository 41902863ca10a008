"""The fifth stage: from chosen days to the whole plan, with all that goes with its sessions."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct, structs

from hairplan.dates.spans import shift
from hairplan.plan import (
    Plan,
    PlannedExpectation,
    PlannedMilestone,
    PlannedRestriction,
    PlannedRoutine,
    Problem,
    Session,
)
from hairplan.plan_parts import Cost
from hairplan.planner.instructions import instructions_of
from hairplan.planner.layout import Layout
from hairplan.planner.milestones import milestones_after_each
from hairplan.planner.places import Places, places_of
from hairplan.planner.plan_notes import PlanContent, plan_notes
from hairplan.planner.planned_restrictions import restrictions_of
from hairplan.planner.prices import PriceList
from hairplan.planner.resolve import Resolved
from hairplan.planner.restrictions import Visit
from hairplan.planner.session import (
    first_day_order,
    least_minutes,
    minutes_of,
    session_of,
    session_order,
)
from hairplan.planner.slot import START, WAITING, Slot
from hairplan.planner.tasks import tasks_of
from hairplan.planner.undated import undated_of
from hairplan.protocol.figures import find_basis
from hairplan.protocol.model import Protocol
from hairplan.remarks import Remark
from hairplan.request import PlanRequest
from hairplan.words import format_iso_duration


class Others(Struct, frozen=True):
    """The appointments beside those of the chain that have a day.

    Attributes:
        beside: what takes place outside the chain.
        awaited: the ids of those of the chain that are to have a day again: they count for cost
            and length.
        is_over: nothing is to have a day again.
    """

    beside: tuple[Session, ...] = ()
    awaited: tuple[str, ...] = ()
    is_over: bool = False

    def among(self, sessions: Sequence[Session]) -> Sequence[Session]:
        """Return the appointments that take place, with those of the chain, in date order."""
        return sorted((*sessions, *self.beside), key=session_order) if self.beside else sessions


_NO_OTHERS: Final = Others()


class _Lengths(Struct, frozen=True):
    """How long appointments are in minutes, by their ids; None where nobody says it.

    Attributes:
        most: the length, or the longest where it varies.
        least: the shortest, where it varies.
    """

    most: Mapping[str, int | None]
    least: Mapping[str, int | None]

    @classmethod
    def of(cls, slots: Mapping[str, Slot], request: PlanRequest) -> "_Lengths":
        """Return the lengths of some appointments, by their ids."""
        most = {name: minutes_of(request, slot) for name, slot in slots.items()}
        return cls(most, {name: least_minutes(request, slot) for name, slot in slots.items()})

    def chair_time(self, names: Collection[str]) -> str | None:
        """Return the length of some appointments together."""
        return _chair_time([self.most[name] for name in names])

    def least_chair_time(self, names: Collection[str]) -> str | None:
        """Return the least that some appointments take together; None where no length varies."""
        if not any(self.least[name] for name in names):
            return None
        return _chair_time([self.least[name] or self.most[name] for name in names])

    def prices(self, resolved: Resolved) -> PriceList:
        """Return the prices of the steps, for these lengths."""
        steps = {planned.step.id: planned.step for planned in resolved.steps}
        return PriceList(steps, self.most, self.least)


def assemble(
    resolved: Resolved,
    layout: Layout,
    days: Mapping[int, date],
    sessions: Sequence[Session],
    others: Others = _NO_OTHERS,
) -> Plan:
    """Return the whole plan.

    Args:
        resolved: what it is made from.
        layout: the chain of appointments, without dates.
        days: the day of each place in the chain.
        sessions: the appointments of the chain that take place, in date order.
        others: the other appointments.
    """
    start, frame = days[START], layout.frame
    slots = _slots(layout)
    lengths = _Lengths.of(slots, resolved.request)
    taking_place = others.among(sessions)
    where = places_of(layout, days, is_over=others.is_over)
    visits = _visits(taking_place, lengths.most)
    restrictions = restrictions_of(resolved, taking_place, visits, where, frame.events)
    plan = _bare_plan(resolved, start, [session.on for session in taking_place] or [start])
    tasks = tasks_of(resolved, taking_place, plan.screening, frame, where.awaited)
    laid = {slot.step.id for slot in slots.values()}
    content = PlanContent(restrictions, tasks, where, layout.unshown, laid)
    plan = structs.replace(
        with_remarks(plan, tuple(plan_notes(resolved, start, taking_place, content))),
        sessions=_with_conditional(resolved, layout, days, taking_place),
        restrictions=restrictions,
        instructions=instructions_of(resolved, taking_place, visits, where, frame.events),
        tasks=tasks,
        routines=_routines(resolved, where, frame.until, restrictions),
        milestones=_milestones(resolved, where, taking_place),
        expectations=_expectations(resolved, where),
    )
    on_days = {**{session.id: session.on for session in sessions}, **dict.fromkeys(others.awaited)}
    counted = [(slots[name], day) for name, day in on_days.items()]
    undated = undated_of(resolved, layout, plan)
    return structs.replace(_with_cost(plan, resolved, counted, days, lengths), undated=undated)


def _slots(layout: Layout) -> dict[str, Slot]:
    """Return the appointments of the chain, and those that wait for one of it, by their ids."""
    waiting = (slot for slot, _ in layout.waiting if slot.after)
    return {slot.id: slot for slot in (*layout.slots, *waiting)}


def _with_cost(
    plan: Plan,
    resolved: Resolved,
    counted: Sequence[tuple[Slot, date | None]],
    days: Mapping[int, date],
    lengths: _Lengths,
) -> Plan:
    """Return a plan with what its appointments cost, and how long they take.

    Args:
        plan: the plan.
        resolved: what it is made from.
        counted: the appointments that count, each with its day, if it has one.
        days: the day of each place in the chain.
        lengths: how long they are.
    """
    in_chair = [slot.id for slot, _ in counted if not slot.is_at_home]
    return structs.replace(
        plan,
        cost=_cost(resolved, counted, days, lengths.prices(resolved)),
        chair_time=lengths.chair_time(in_chair),
        least_chair_time=lengths.least_chair_time(in_chair),
    )


def _cost(
    resolved: Resolved,
    counted: Sequence[tuple[Slot, date | None]],
    days: Mapping[int, date],
    prices: PriceList,
) -> Cost | None:
    """Return what the appointments cost; None where the protocol has no prices."""
    if not resolved.protocol.charges and not any(prices.of(slot.step) for slot, _ in counted):
        return None
    from hairplan.planner.costs import cost_of

    return cost_of(resolved, counted, days, prices)


def with_remarks(plan: Plan, remarks: tuple[Remark, ...]) -> Plan:
    """Return a plan with these notes, as data and in words."""
    return structs.replace(plan, notes=tuple([remark.text for remark in remarks]), remarks=remarks)


def plan_without_dates(resolved: Resolved, start: date, problem: Problem) -> Plan:
    """Return a plan that cannot be, with the reason."""
    return structs.replace(_bare_plan(resolved, start, [start]), problem=problem)


def _bare_plan(resolved: Resolved, start: date, days: Sequence[date]) -> Plan:
    """Return a plan without anything that has a date.

    Args:
        resolved: the protocol, narrowed down to the patient.
        start: day 0.
        days: the days of the appointments, which screening looks at.
    """
    request, protocol = resolved.request, resolved.protocol
    plan_id = request.id or _digest(protocol, request)
    return Plan(
        id=plan_id,
        protocol=resolved.compiled.name,
        ref=request.ref,
        requested_start=request.start,
        start=start,
        until=resolved.until(start),
        # A plan's own: it is the one thing in it that can be changed.
        options=dict(resolved.options),
        sessions=(),
        restrictions=(),
        tasks=(),
        routines=(),
        milestones=(),
        expectations=(),
        screening=(*[each.over(days) for each in resolved.verdicts], *resolved.open_points),
        cost=None,
        chair_time=None,
        place=request.place,
        notes=tuple([remark.text for remark in resolved.remarks]),
        remarks=resolved.remarks,
        problem=None,
        indications=resolved.indications,
        differences=resolved.differences,
        figures=resolved.figures,
        sources=resolved.sources,
        calendar_id=calendar_id_of(protocol, request),
    )


def calendar_id_of(protocol: Protocol, request: PlanRequest) -> str:
    """Return the id that the plan of a request has in calendars."""
    plan_id = request.id or _digest(protocol, request)
    # No id that is given has a slash.
    return f"{plan_id}/{protocol.id}" if request.is_id_shared else plan_id


def _digest(protocol: Protocol, request: PlanRequest) -> str:
    """Return an opaque id that stays as long as a plan is the same course of the same patient.

    With a patient's reference it is of that, the treatment and the start that was asked for:
    another time, answer or closure makes no other plan. Else it is of the whole request.
    """
    # A patient who reads another language has the same plan.
    if request.language:
        request = structs.replace(request, language=None)
    course = (request.ref, protocol.id, request.start)
    whole = (protocol.id, protocol.version, request)
    asked = msgspec.json.encode(course if request.ref else whole, order="deterministic")
    return sha256(asked).hexdigest()[:20]


def _visits(sessions: Sequence[Session], lengths: Mapping[str, int | None]) -> list[Visit]:
    """Return appointments as restrictions see them."""
    return [
        Visit(session.id, session.on, session.time, session.zone, lengths.get(session.id) or 0)
        for session in sessions
    ]


def _routines(
    resolved: Resolved,
    where: Places,
    until: date,
    restrictions: Sequence[PlannedRestriction],
) -> tuple[PlannedRoutine, ...]:
    if not resolved.routines:
        return ()
    from hairplan.planner.routines import routines_of

    return routines_of(resolved, where, until, restrictions)


def _with_conditional(
    resolved: Resolved, layout: Layout, days: Mapping[int, date], sessions: Sequence[Session]
) -> tuple[Session, ...]:
    """Return the appointments that take place, and those that are conditional, in date order."""
    if not layout.waiting:
        return tuple(sessions)
    conditional = _conditional_sessions(resolved, layout.waiting, days)
    return tuple(sorted((*sessions, *conditional), key=first_day_order))


# ---- appointments that wait ----


def _conditional_sessions(
    resolved: Resolved, waiting: Sequence[tuple[Slot, str]], known: Mapping[int, date]
) -> Iterator[Session]:
    """Yield the appointments that wait for something, with the window that each would have.

    Args:
        resolved: the protocol, narrowed down to the patient.
        waiting: the appointments, with the reason why each waits.
        known: the chosen days, and those that are known beforehand.
    """
    days = dict(known)
    for place, (slot, reason) in enumerate(waiting):
        if slot.after:
            yield structs.replace(
                session_of(resolved, slot, "conditional"), waits_for=reason, after=slot.after
            )
            continue
        target = _target(slot, days)
        if target is not None:
            days[WAITING + place] = target
        earliest, latest = _window(slot, target, days)
        # What can no longer be inside its limits cannot follow either.
        if earliest is None or latest is None or earliest <= latest:
            yield structs.replace(
                session_of(resolved, slot, "conditional"),
                earliest=earliest,
                target=target,
                latest=latest,
                time=None,
                zone=None,
                waits_for=reason,
            )


def _target(slot: Slot, days: Mapping[int, date]) -> date | None:
    if not slot.has_target or slot.base not in days:
        return None
    return slot.target(days[slot.base])


def _window(
    slot: Slot, target: date | None, days: Mapping[int, date]
) -> tuple[date | None, date | None]:
    """Return the window; nothing of it is known where it counts from a day that nobody knows."""
    if any(place not in days for place in slot.references):
        return None, None
    if target is None:
        return slot.window(date.min, days.__getitem__)
    return slot.window(target, days.__getitem__)


# ---- what goes with the appointments ----


def _milestones(
    resolved: Resolved, where: Places, sessions: Sequence[Session]
) -> tuple[PlannedMilestone, ...]:
    """Return the days on which results are looked at, but for places that the plan lacks."""
    planned = list(milestones_after_each(resolved, sessions, where.awaited))
    for ready in resolved.milestones:
        milestone = ready.milestone
        if milestone.at in where.days and not milestone.around:
            place = where.days[milestone.at]
            day = shift(place, ready.after) if ready.after else place
            strength = find_basis(milestone, "label").strength or "clinic"
            planned.append(
                PlannedMilestone(ready.name, milestone.label, day, ready.sources, strength)
            )
    return tuple(sorted(planned, key=lambda milestone: (milestone.on, milestone.id)))


def _expectations(resolved: Resolved, where: Places) -> tuple[PlannedExpectation, ...]:
    """Return what normally happens, in date order; expectations without dates come last."""
    planned = []
    for ready in resolved.expectations:
        expectation = ready.expectation
        day = where.days.get(expectation.at) if expectation.at else None
        planned.append(
            PlannedExpectation(
                ready.name,
                expectation.label,
                shift(day, ready.begins) if day and ready.begins else None,
                shift(day, ready.ends) if day and ready.ends else None,
                ready.applies,
                ready.only_if,
                ready.sources,
            )
        )
    return tuple(
        sorted(planned, key=lambda expectation: (expectation.first or date.max, expectation.id))
    )


def _chair_time(minutes: Sequence[int | None]) -> str | None:
    """Return the length of all appointments in ISO 8601; None if one has no length, or for none."""
    known = [length for length in minutes if length is not None]
    return format_iso_duration(sum(known)) if known and len(known) == len(minutes) else None
