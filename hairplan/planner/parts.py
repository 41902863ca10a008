"""What goes with the appointments once they have dates: restrictions, tasks, milestones, cost."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from msgspec import structs

from hairplan.dates.clock import minutes_from, on_the_wall
from hairplan.dates.spans import ClockTime, Span, shift, shift_days, span
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
from hairplan.planner.actives import ReadyRestriction, ReadyTask
from hairplan.planner.conditions import holds_on
from hairplan.planner.layout import Events, Layout
from hairplan.planner.resolve import Resolved
from hairplan.planner.restrictions import Visit, periods
from hairplan.protocol.figures import basis, fact_ids
from hairplan.protocol.model import TASKS, TREATING, Price
from hairplan.words import iso_duration

_FAR: Final = date.max
_DAY_MINUTES: Final = 24 * 60

Places = Mapping[str, date]
"""The day of each place in the course."""


def restrictions_of(
    template: Resolved,
    sessions: Sequence[Session],
    visits: Sequence[Visit],
    where: Places,
    events: Events,
) -> tuple[PlannedRestriction, ...]:
    """Return what to avoid around the appointments, in the order in which it begins.

    Args:
        template: the restrictions that hold or may hold.
        sessions: the appointments that have a day, in date order.
        visits: the same, as restrictions see them.
        where: the day of each place in the course.
        events: the days that are known of events.
    """
    # Those around the same appointments, and of the same lengths, are common: each is worked out
    # once, and goes by the number that they share.
    rings: dict[int, tuple[Visit, ...]] = {}
    known: dict[int, tuple[RestrictedPeriod, ...]] = {}
    found = []
    for each in template.restrictions:
        if each.ring not in rings:
            rings[each.ring] = _concerned(each, sessions, visits, where, events)
        if each.least_periods not in known:
            known[each.least_periods] = periods(each.at_least, rings[each.ring])
        if each.ideal_periods not in known:
            known[each.ideal_periods] = periods(each.ideal, rings[each.ring])
        least, ideal = known[each.least_periods], known[each.ideal_periods]
        if ideal:
            label = each.restriction.label
            found.append(
                PlannedRestriction(
                    each.name, label, least, ideal, each.applies, each.sources, each.only_if
                )
            )
    return tuple(sorted(found, key=_begin))


def _concerned(
    active: ReadyRestriction,
    sessions: Sequence[Session],
    visits: Sequence[Visit],
    where: Places,
    events: Events,
) -> tuple[Visit, ...]:
    """Return the appointments that a restriction surrounds."""
    table = active.restriction
    ids = surrounded(table.around, sessions)
    found = [
        visit
        for visit in _with_events(visits, table.around, events)
        if visit.id in ids and (not active.since or holds_on(active.since, events, visit.day))
    ]
    if table.until == "next":
        following = [each.day for each in found[1:]]
        ends = [*following, None]
        found = [structs.replace(visit, until=end) for visit, end in zip(found, ends, strict=False)]
    elif table.until:
        end = where.get(table.until)
        found = [
            structs.replace(visit, until=end) if end and end >= visit.day else visit
            for visit in found
        ]
    return tuple(found)


def _with_events(visits: Sequence[Visit], around: Sequence[str], events: Events) -> Sequence[Visit]:
    """Return the appointments and the days of the events that a restriction surrounds, in order."""
    days = [
        Visit(place, day, None, None, 0)
        for place in around
        if place.startswith("events.")
        for day in events.get(place.removeprefix("events."), ())
    ]
    return sorted([*visits, *days], key=lambda visit: visit.day) if days else visits


def surrounded(around: Sequence[str], sessions: Sequence[Session]) -> frozenset[str]:
    """Return the ids of appointments by their step, their own id, or the end of a step.

    Args:
        around: such as "course", "course-2" or "course.last"; nothing for all that treat.
        sessions: the appointments in date order.
    """
    if not around:
        return frozenset(each.id for each in sessions if each.kind in TREATING)
    ends: dict[str, str] = {}
    for each in sessions:
        ends.setdefault(f"{each.phase}.first", each.id)
        ends[f"{each.phase}.last"] = each.id
    named = {ends.get(name, name) for name in around}
    events = {name for name in around if name.startswith("events.")}
    found = (each.id for each in sessions if "all" in named or {each.id, each.phase} & named)
    return frozenset(found) | events


def _begin(restriction: PlannedRestriction) -> tuple[date, str]:
    return restriction.ideal[0].first, restriction.id


def tasks_of(
    template: Resolved,
    sessions: Sequence[Session],
    screening: Sequence[Screened],
    events: Events,
) -> tuple[PlannedTask, ...]:
    """Return what to do for the appointments: without a date first, then in date order."""
    if not sessions:
        return ()
    treats = any(step.kind in TREATING for step in template.protocol.steps)
    treating = [each for each in sessions if each.kind in TREATING or not treats]
    found = [*_rule_tasks(template, (treating or sessions)[0], screening)]
    for active in template.tasks:
        once = active.task.session == "first" and not active.task.around
        concerned = _concerned_by(active, treating, sessions, events)
        found += [_task(active, session, once=once) for session in concerned]
    return tuple(sorted(found, key=lambda task: (task.due or date.min, task.id)))


def _concerned_by(
    active: ReadyTask, treating: Sequence[Session], sessions: Sequence[Session], events: Events
) -> list[Session]:
    """Return the appointments that a task is for."""
    task = active.task
    named = task.around or (task.session,)
    if named == ("first",):
        found = list(treating[:1])
    elif named == ("each",):
        found = list(treating)
    else:
        ids = surrounded(named, sessions)
        found = [each for each in sessions if each.id in ids]
    if active.since:
        found = [each for each in found if holds_on(active.since, events, each.on)]
    return list(_due_again(active, found, events)) if active.valid else found


def _due_again(active: ReadyTask, sessions: Sequence[Session], events: Events) -> Iterator[Session]:
    """Yield the appointments for which a task is due, as what was done before has run out."""
    assert active.valid is not None
    first = sessions[0].on if sessions else date.min
    past = [day for day in events.get(active.task.event or "", ()) if day <= first]
    last = past[-1] if past else None
    for session in sessions:
        if last is None or session.on > shift(last, active.valid):
            yield session
            last = _due(active.lead, session, once=False)[0] or session.on
        if active.task.renewed:
            last = session.on


def _rule_tasks(
    template: Resolved, first: Session, screening: Sequence[Screened]
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


def _task(active: ReadyTask, session: Session, *, once: bool) -> PlannedTask:
    task, lead = active.task, active.lead
    due, due_at = _due(lead, session, once=once)
    return PlannedTask(
        id=active.name if once else f"{active.name}.{session.id}",
        label=task.label,
        session=session.id,
        due=due,
        not_before=shift(session.on, active.earliest, -1) if active.earliest else None,
        due_at=due_at,
        lead=str(lead) if lead else None,
        blocks=task.blocks,
        optional=task.optional,
        applies=active.applies,
        only_if=active.only_if,
        sources=active.sources,
    )


def _due(
    lead: Span | ClockTime | None, session: Session, *, once: bool
) -> tuple[date | None, datetime | None]:
    """Return the day by which a task is due, and the moment where that is known."""
    if lead is None:
        return (None if once else session.on), None
    if isinstance(lead, ClockTime):
        at = on_the_wall(shift_days(session.on, -lead.days), lead.at, session.zone)
        return at.date(), at
    if not lead.minutes:
        return shift(session.on, lead, -1), None
    if session.time is None:
        # Without a time, what is less than a day before is said on the day itself.
        return shift_days(session.on, -(lead.minutes // _DAY_MINUTES)), None
    due_at = minutes_from(session.on, session.time, -lead.minutes, session.zone)
    return due_at.date(), due_at


def places(layout: Layout, days: Mapping[int, date]) -> dict[str, date]:
    """Return the day of each place that a restriction, milestone or expectation can name.

    A step without appointments has the place of what it counts from, as in the planning; what is
    conditional has none.

    Args:
        layout: the appointments and the places of the steps.
        days: the chosen days, and those that are known beforehand; of an event's the first counts.
    """
    found = {slot.id: days[at] for at, slot in enumerate(layout.slots) if at in days}
    for name, at in layout.places.items():
        known = [days[each] for each in at if each in days]
        if known and (name == "start" or name.startswith("events.")):
            found[name] = known[0]
        elif known:
            found |= {f"{name}.first": known[0], f"{name}.last": known[-1]}
    return found


def milestones_of(template: Resolved, where: Places) -> tuple[PlannedMilestone, ...]:
    """Return the dates at which results are looked at; none at a place that the plan has not."""
    found = []
    for active in template.milestones:
        each = active.milestone
        if each.at in where:
            day = shift(where[each.at], active.after) if active.after else where[each.at]
            strength = basis(each, "label").strength or "clinic"
            found.append(PlannedMilestone(active.name, each.label, day, active.sources, strength))
    return tuple(sorted(found, key=lambda milestone: (milestone.on, milestone.id)))


def expectations_of(template: Resolved, where: Places) -> tuple[PlannedExpectation, ...]:
    """Return what normally happens: in date order, what has no dates last."""
    found = []
    for active in template.expectations:
        each = active.expectation
        day = where.get(each.at) if each.at else None
        first, last = (
            shift(day, by) if day and by else None for by in (active.begins, active.ends)
        )
        found.append(
            PlannedExpectation(
                active.name, each.label, first, last, active.applies, active.only_if, active.sources
            )
        )
    return tuple(sorted(found, key=lambda each: (each.first or _FAR, each.id)))


def cost_of(sessions: Sequence[Session], layout: Layout, days: Mapping[int, date]) -> Cost | None:
    """Return the price range of all appointments that have a price; None if none has.

    Args:
        sessions: the appointments of the chain that have a day.
        layout: the chain.
        days: the day of each place in the chain.
    """
    slots = {slot.id: slot for slot in layout.slots if slot.step.price}
    priced = [(each, slots[each.id]) for each in sessions if each.id in slots]
    if not priced:
        return None
    prices = [_price(slot.step.prices, each, days[slot.anchor]) for each, slot in priced]
    course = [
        price for price, (each, _) in zip(prices, priced, strict=True) if each.kind == "session"
    ]
    sources = dict.fromkeys(
        name for _, slot in priced for name in fact_ids(basis(slot.step, "price").source)
    )
    return Cost(
        priced[0][1].step.prices[0].currency,
        sum(low for low, _ in prices),
        sum(high for _, high in prices),
        CostRange(len(course), sum(low for low, _ in course), sum(high for _, high in course)),
        tuple(sources),
    )


def _price(prices: Sequence[Price], session: Session, anchor: date) -> tuple[int, int]:
    """Return what one appointment costs, by its number and by how long after its anchor it is."""
    price = prices[min(session.number, len(prices)) - 1]
    if price.within and price.later and session.on > shift(anchor, span(price.within)):
        return price.later.min, price.later.max
    return price.min, price.max


def chair_time(minutes: Sequence[int | None]) -> str | None:
    """Return the length of all appointments in ISO 8601; None if one has no length, or for none."""
    known = [each for each in minutes if each is not None]
    return iso_duration(sum(known)) if known and len(known) == len(minutes) else None
