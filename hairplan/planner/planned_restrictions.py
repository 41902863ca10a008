"""The restrictions of a plan: each around its appointments, with its periods."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from msgspec import structs

from hairplan.plan import PlannedRestriction, Session
from hairplan.plan_parts import PlannedStage, RestrictedPeriod
from hairplan.planner.compile import Reach, ReadyRestriction, ReadyStage
from hairplan.planner.conditions import holds_on
from hairplan.planner.layout import Events
from hairplan.planner.places import Awaited, Places
from hairplan.planner.resolve import Resolved
from hairplan.planner.restrictions import Visit, hours_of, periods
from hairplan.protocol.values import TREATING

Periods = tuple[RestrictedPeriod, ...]


class _Dated(NamedTuple):
    """The appointments that a restriction surrounds, and its periods by the two lengths."""

    visits: Sequence[Visit]
    at_least: Periods
    ideal: Periods


def restrictions_of(
    resolved: Resolved,
    sessions: Sequence[Session],
    visits: Sequence[Visit],
    where: Places,
    events: Events,
) -> tuple[PlannedRestriction, ...]:
    """Return the restrictions around the appointments, in the order in which they begin.

    Args:
        resolved: the restrictions that hold or may hold.
        sessions: the appointments that have a day, in date order.
        visits: the same, as restrictions see them.
        where: the day of each place in the course.
        events: the days that are known of events.
    """
    dated: dict[int, _Dated] = {}
    is_timed = any(visit.at for visit in visits)
    planned = []
    for ready in resolved.restrictions:
        if ready.restriction.how_long:
            continue
        reach = ready.reach
        if id(reach) not in dated:
            around = surrounded_visits(reach, sessions, visits, where, events)
            least, ideal = periods(reach.at_least, around), periods(reach.ideal, around)
            dated[id(reach)] = _Dated(around, least, ideal)
        if dated[id(reach)].ideal:
            hours = None if is_timed else hours_of(reach.ideal)
            planned.append(_planned(ready, dated[id(reach)], hours))
    return tuple(sorted(planned, key=_begin))


def _planned(ready: ReadyRestriction, dated: _Dated, hours: str | None) -> PlannedRestriction:
    return PlannedRestriction(
        ready.name,
        ready.restriction.label,
        dated.at_least,
        dated.ideal,
        ready.applies,
        ready.sources,
        ready.only_if,
        hours,
        _stages(ready.stages, dated.visits) if ready.stages else (),
    )


def _stages(stages: Sequence[ReadyStage], visits: Sequence[Visit]) -> tuple[PlannedStage, ...]:
    # Few restrictions have stages.
    from hairplan.planner.stages import planned_stages

    return planned_stages(stages, visits)


def surrounded_visits(
    reach: Reach,
    sessions: Sequence[Session],
    visits: Sequence[Visit],
    where: Places,
    events: Events,
) -> tuple[Visit, ...]:
    """Return the appointments that a restriction surrounds."""
    ids = surrounded_ids(reach.around, sessions, where.awaited, but=reach.but)
    surrounded = [
        visit
        for visit in _with_days(visits, reach.around, events, where.days["start"])
        if visit.id in ids and (not reach.since or holds_on(reach.since, events, visit.day))
    ]
    if reach.until == "next":
        ends = [*(visit.day for visit in surrounded[1:]), None]
        return tuple(
            structs.replace(visit, until=end) for visit, end in zip(surrounded, ends, strict=False)
        )
    if reach.until in where.awaited:
        last = max((visit.day for visit in surrounded), default=None)
        return tuple(structs.replace(visit, until=last, is_open=True) for visit in surrounded)
    end = where.days.get(reach.until) if reach.until else None
    if end is None:
        return tuple(surrounded)
    return tuple(
        structs.replace(visit, until=end) if end >= visit.day else visit for visit in surrounded
    )


def _with_days(
    visits: Sequence[Visit], around: Sequence[str], events: Events, start: date
) -> Sequence[Visit]:
    """Return the appointments and the other days that a restriction surrounds, in order."""
    days = [
        Visit(place, day, None, None, 0)
        for place in around
        if place.startswith("events.")
        for day in events.get(place.removeprefix("events."), ())
    ]
    days += [Visit("start", start, None, None, 0)] if "start" in around else []
    return sorted([*visits, *days], key=lambda visit: visit.day) if days else visits


def surrounded_ids(
    around: Sequence[str],
    sessions: Sequence[Session],
    awaited: Awaited,
    *,
    but: Sequence[str] = (),
) -> frozenset[str]:
    """Return the ids of appointments by their step, their own id, or the end of a step.

    Args:
        around: such as "course", "course-2" or "course.last"; nothing for all that treat.
        sessions: the appointments in date order.
        awaited: the places of those that are to have a day again, each with its id.
        but: which of them to leave out.
    """
    if but:
        return surrounded_ids(around, sessions, awaited) - surrounded_ids(but, sessions, awaited)
    if not around:
        return frozenset([session.id for session in sessions if session.kind in TREATING])
    roles = _roles(sessions)
    events = {name for name in around if name == "start" or name.startswith("events.")}
    named = (
        Named(session.id, session.phase, roles.get(session.id, session.id)) for session in sessions
    )
    with_day = {session.id for session in sessions}
    # An end that waits is not that of the appointments that have a day.
    places = [place for place in around if awaited.get(place, "") in {"", *with_day}]
    return ids_at(places, list(named)) | events


class Named(NamedTuple):
    """The names of an appointment: its id, its step, and the id by which the protocol means it."""

    id: str
    step: str
    role: str


def ids_at(places: Sequence[str], appointments: Sequence[Named]) -> frozenset[str]:
    """Return the ids of appointments at places such as "course", "course-2", "course.last", "all".

    Args:
        places: the places.
        appointments: the appointments, in order.
    """
    ends: dict[str, str] = {}
    for name, step, _ in appointments:
        ends.setdefault(f"{step}.first", name)
        ends[f"{step}.last"] = name
    places_named = {*places}
    at_ends = {ends[place] for place in places if place in ends}
    return frozenset(
        [
            name
            for name, step, role in appointments
            if name in at_ends or {"all", role, step} & places_named
        ]
    )


def _roles(sessions: Sequence[Session]) -> dict[str, str]:
    """Return the ids by which the protocol means appointments, where some are to be repeated.

    What does not count and what repeats it are both meant by the id of the one.
    """
    repeated = [session for session in sessions if not session.counted]
    roles = {}
    for session in sessions if repeated else ():
        number = _number(session)
        earlier = (one for one in repeated if one.phase == session.phase and _number(one) < number)
        roles[session.id] = f"{session.phase}-{number - sum(1 for _ in earlier)}"
    return roles


def _number(session: Session) -> int:
    """Return the number in an id."""
    return int(session.id.rpartition("-")[2])


def _begin(restriction: PlannedRestriction) -> tuple[date, str]:
    return restriction.ideal[0].first, restriction.id
