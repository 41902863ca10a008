"""The restrictions of a plan: each around its appointments, with its periods."""

from collections.abc import Sequence
from datetime import date

from msgspec import structs

from hairplan.plan import PlannedRestriction, Session
from hairplan.planner.compile import ReadyRestriction
from hairplan.planner.conditions import holds_on
from hairplan.planner.layout import Events, Places
from hairplan.planner.resolve import Resolved
from hairplan.planner.restrictions import Visit, periods
from hairplan.protocol.model import TREATING


def restrictions_of(
    resolved: Resolved,
    sessions: Sequence[Session],
    visits: Sequence[Visit],
    where: Places,
    events: Events,
) -> tuple[PlannedRestriction, ...]:
    """Return what to avoid around the appointments, in the order in which it begins.

    Args:
        resolved: the restrictions that hold or may hold.
        sessions: the appointments that have a day, in date order.
        visits: the same, as restrictions see them.
        where: the day of each place in the course.
        events: the days that are known of events.
    """
    planned = []
    for ready in resolved.restrictions:
        surrounded = _surrounded_visits(ready, sessions, visits, where, events)
        least, ideal = periods(ready.at_least, surrounded), periods(ready.ideal, surrounded)
        if ideal:
            planned.append(
                PlannedRestriction(
                    ready.name,
                    ready.restriction.label,
                    least,
                    ideal,
                    ready.applies,
                    ready.sources,
                    ready.only_if,
                )
            )
    return tuple(sorted(planned, key=_begin))


def _surrounded_visits(
    ready: ReadyRestriction,
    sessions: Sequence[Session],
    visits: Sequence[Visit],
    where: Places,
    events: Events,
) -> tuple[Visit, ...]:
    """Return the appointments that a restriction surrounds."""
    table = ready.restriction
    ids = surrounded(table.around, sessions)
    found = [
        visit
        for visit in _with_events(visits, table.around, events)
        if visit.id in ids and (not ready.since or holds_on(ready.since, events, visit.day))
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
