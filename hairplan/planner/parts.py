"""What goes with the appointments once they have dates: tasks, milestones, expectations, cost."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from hairplan.dates.clock import minutes_from
from hairplan.dates.spans import Span, shift, shift_days, span
from hairplan.plan import (
    Cost,
    CostRange,
    PlannedExpectation,
    PlannedMilestone,
    PlannedRestriction,
    PlannedTask,
    RestrictedPeriod,
    Screened,
    Session,
)
from hairplan.planner.slots import Slot
from hairplan.planner.template import ActiveTask, Template
from hairplan.protocol import (
    TASKS,
)
from hairplan.restrictions import Sides, Visit, periods
from hairplan.texts import iso_duration
from hairplan.traces import basis, fact_ids

_FAR = date.max
_DAY_MINUTES = 24 * 60


def restrictions_of(
    template: Template, visits: Sequence[Visit], phases: Mapping[str, str]
) -> tuple[PlannedRestriction, ...]:
    """Return what to avoid around the appointments, in the order in which it begins.

    Args:
        template: the restrictions that hold or may hold.
        visits: the appointments, in date order.
        phases: the step of each appointment.
    """
    known: dict[tuple[Sides, frozenset[str] | None], tuple[RestrictedPeriod, ...]] = {}

    def lasting(sides: Sides, steps: frozenset[str] | None) -> tuple[RestrictedPeriod, ...]:
        # Restrictions with the same lengths are common: their periods are worked out once.
        if (sides, steps) not in known:
            concerned = [each for each in visits if not steps or phases[each.id] in steps]
            known[sides, steps] = periods(sides, concerned)
        return known[sides, steps]

    found = [
        PlannedRestriction(
            each.name,
            each.label,
            lasting(each.at_least, each.steps),
            lasting(each.ideal, each.steps),
            each.applies,
            each.sources,
            each.only_if,
        )
        for each in template.restrictions
    ]
    return tuple(sorted((each for each in found if each.ideal), key=_begin))


def _begin(restriction: PlannedRestriction) -> tuple[date, str]:
    return restriction.ideal[0].first, restriction.id


def tasks_of(
    template: Template, sessions: Sequence[Session], screening: Sequence[Screened]
) -> tuple[PlannedTask, ...]:
    """Return what to do for the appointments: without a date first, then in date order."""
    found = [*_rule_tasks(template, sessions[0], screening)]
    for active in template.tasks:
        concerned = sessions[:1] if active.task.session == "first" else sessions
        found += [_task(active, session) for session in concerned]
    return tuple(sorted(found, key=lambda task: (task.due or date.min, task.id)))


def _rule_tasks(
    template: Template, first: Session, screening: Sequence[Screened]
) -> Iterator[PlannedTask]:
    for screened in screening:
        if screened.outcome in TASKS and screened.applies == "yes":
            yield PlannedTask(
                id=screened.rule,
                label=template.protocol.rules[screened.rule].task or screened.says,
                session=first.id,
                due=None,
                blocks=True,
                sources=screened.sources,
            )


def _task(active: ActiveTask, session: Session) -> PlannedTask:
    task, lead = active.task, active.lead
    once = task.session == "first"
    due, due_at = _due(lead, session, once=once)
    return PlannedTask(
        id=active.name if once else f"{active.name}.{session.id}",
        label=task.label,
        session=session.id,
        due=due,
        not_before=shift(session.planned, active.earliest, -1) if active.earliest else None,
        due_at=due_at,
        lead=str(lead) if lead else None,
        blocks=task.blocks,
        optional=task.optional,
        applies=active.applies,
        only_if=active.only_if,
        sources=active.sources,
    )


def _due(lead: Span | None, session: Session, *, once: bool) -> tuple[date | None, datetime | None]:
    if lead is None:
        return (None if once else session.planned), None
    if not lead.minutes:
        return shift(session.planned, lead, -1), None
    if session.time is None:
        # Without a time, what is less than a day before is said on the day itself.
        return shift_days(session.planned, -(lead.minutes // _DAY_MINUTES)), None
    due_at = minutes_from(session.planned, session.time, -lead.minutes, session.zone)
    return due_at.date(), due_at


def places(sessions: Sequence[Session]) -> dict[str, date]:
    """Return the day of each place in the course that a milestone or expectation can name."""
    found = {"start": sessions[0].planned}
    for session in sessions:
        found[session.id] = session.planned
        found.setdefault(f"{session.phase}.first", session.planned)
        found[f"{session.phase}.last"] = session.planned
    return found


def milestones_of(template: Template, where: Mapping[str, date]) -> tuple[PlannedMilestone, ...]:
    """Return the dates at which results are looked at; none at a place that the plan has not."""
    found = []
    for active in template.milestones:
        each = active.milestone
        if each.at in where:
            day = shift(where[each.at], span(each.after)) if each.after else where[each.at]
            strength = basis(each, "label").strength or each.strength
            found.append(PlannedMilestone(active.name, each.label, day, active.sources, strength))
    return tuple(sorted(found, key=lambda milestone: (milestone.on, milestone.id)))


def expectations_of(
    template: Template, where: Mapping[str, date]
) -> tuple[PlannedExpectation, ...]:
    """Return what normally happens: in date order, what has no dates last."""
    found = []
    for active in template.expectations:
        each = active.expectation
        day = where.get(each.at) if each.at else None
        first, last = (
            shift(day, span(text)) if day and text else None for text in (each.begins, each.ends)
        )
        found.append(
            PlannedExpectation(
                active.name, each.label, first, last, active.applies, active.only_if, active.sources
            )
        )
    return tuple(sorted(found, key=lambda each: (each.first or _FAR, each.id)))


def cost_of(slots: Sequence[Slot]) -> Cost | None:
    """Return the price range of all appointments that have a price; None if none has."""
    priced = [(slot, slot.step.price) for slot in slots if slot.step.price]
    if not priced:
        return None
    course = [price for slot, price in priced if slot.step.kind == "session"]
    sources = dict.fromkeys(
        name for slot, _ in priced for name in fact_ids(basis(slot.step, "price").source)
    )
    return Cost(
        priced[0][1].currency,
        sum(price.min for _, price in priced),
        sum(price.max for _, price in priced),
        CostRange(
            len(course), sum(price.min for price in course), sum(price.max for price in course)
        ),
        tuple(sources),
    )


def chair_time(minutes: Sequence[int | None]) -> str | None:
    """Return the length of all appointments in ISO 8601; None if one has no length."""
    known = [each for each in minutes if each is not None]
    return iso_duration(sum(known)) if len(known) == len(minutes) else None
