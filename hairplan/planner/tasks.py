"""The tasks of a plan: each for its appointments, with the day by which it is due."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final

from hairplan.dates.clock import minutes_from, on_the_wall
from hairplan.dates.spans import ClockTime, Span, shift, shift_days
from hairplan.plan import PlannedTask, Screened, Session
from hairplan.planner.compile import ReadyTask
from hairplan.planner.conditions import holds_on
from hairplan.planner.layout import Events
from hairplan.planner.planned_restrictions import surrounded_ids
from hairplan.planner.resolve import Resolved
from hairplan.protocol.model import TASKS, TREATING

_DAY_MINUTES: Final = 24 * 60


def tasks_of(
    resolved: Resolved,
    sessions: Sequence[Session],
    screening: Sequence[Screened],
    events: Events,
) -> tuple[PlannedTask, ...]:
    """Return the tasks for the appointments: those without a date first, then in date order."""
    if not sessions:
        return ()
    treats = any(step.kind in TREATING for step in resolved.protocol.steps)
    treating = [session for session in sessions if session.kind in TREATING or not treats]
    tasks = [*_rule_tasks(resolved, (treating or sessions)[0], screening)]
    for ready in resolved.tasks:
        once = ready.task.session == "first" and not ready.task.around
        concerned = _concerned_sessions(ready, treating, sessions, events)
        tasks += [_task(ready, session, once=once) for session in concerned]
    return tuple(sorted(tasks, key=lambda task: (task.due or date.min, task.id)))


def _concerned_sessions(
    ready: ReadyTask, treating: Sequence[Session], sessions: Sequence[Session], events: Events
) -> list[Session]:
    """Return the appointments that a task is for."""
    task = ready.task
    named = task.around or (task.session,)
    if named == ("first",):
        concerned = list(treating[:1])
    elif named == ("each",):
        concerned = list(treating)
    else:
        ids = surrounded_ids(named, sessions)
        concerned = [session for session in sessions if session.id in ids]
    if ready.since:
        concerned = [session for session in concerned if holds_on(ready.since, events, session.on)]
    return list(_due_again(ready, concerned, events)) if ready.valid else concerned


def _due_again(ready: ReadyTask, sessions: Sequence[Session], events: Events) -> Iterator[Session]:
    """Yield the appointments for which a task is due, as what was done before has run out."""
    assert ready.valid is not None
    first = sessions[0].on if sessions else date.min
    past = [day for day in events.get(ready.task.event or "", ()) if day <= first]
    last = past[-1] if past else None
    for session in sessions:
        if last is None or session.on > shift(last, ready.valid):
            yield session
            last = _due(ready.lead, session, once=False)[0] or session.on
        if ready.task.renewed:
            last = session.on


def _rule_tasks(
    resolved: Resolved, first: Session, screening: Sequence[Screened]
) -> Iterator[PlannedTask]:
    for screened in screening:
        if screened.outcome in TASKS and screened.applies == "yes":
            yield PlannedTask(
                id=screened.rule,
                label=resolved.protocol.rules[screened.rule].task or screened.says,
                session=first.id,
                due=None,
                blocks=True,
                sources=screened.sources,
            )


def _task(ready: ReadyTask, session: Session, *, once: bool) -> PlannedTask:
    task, lead = ready.task, ready.lead
    due, due_at = _due(lead, session, once=once)
    return PlannedTask(
        id=ready.name if once else f"{ready.name}.{session.id}",
        label=task.label,
        session=session.id,
        due=due,
        not_before=shift(session.on, ready.earliest, -1) if ready.earliest else None,
        due_at=due_at,
        lead=str(lead) if lead else None,
        blocks=task.blocks,
        optional=task.optional,
        applies=ready.applies,
        only_if=ready.only_if,
        sources=ready.sources,
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
