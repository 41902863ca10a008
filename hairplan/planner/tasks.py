"""The tasks of a plan: each for its appointments, with the day by which it is due.

A task that was done stays in the plan. One that holds good for a time is open again for the first
appointment after that, and one that was done too soon before its appointment is open still.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from hairplan.dates.clock import minutes_from, on_the_wall
from hairplan.dates.spans import ClockTime, Span, shift, shift_days
from hairplan.plan import PlannedTask, Session
from hairplan.planner.compile import ReadyTask
from hairplan.planner.conditions import holds_on
from hairplan.planner.layout import Events, Frame
from hairplan.planner.places import Awaited
from hairplan.planner.planned_restrictions import surrounded_ids
from hairplan.planner.resolve import Resolved
from hairplan.protocol.values import TASKS, treating_kinds
from hairplan.standing import Screened
from hairplan.words import duration_minutes

Ticked = Mapping[str, tuple[date, ...]]
"""The days on which tasks were done, in the order of recording."""

_DAY_MINUTES: Final = 24 * 60


def tasks_of(
    resolved: Resolved,
    sessions: Sequence[Session],
    screening: Sequence[Screened],
    frame: Frame,
    awaited: Awaited,
) -> tuple[PlannedTask, ...]:
    """Return the tasks for the appointments: those without a date first, then in date order."""
    if not sessions:
        return ()
    events, ticked = frame.events, frame.record.ticked if frame.record else {}
    kinds = treating_kinds(step.kind for step in resolved.protocol.steps)
    treating = [session for session in sessions if session.kind in kinds or not kinds]
    tasks = [*_rule_tasks(resolved, (treating or sessions)[0], screening, ticked)]
    for ready in resolved.tasks:
        once = ready.task.session == "first" and not ready.task.around
        concerned = _concerned_sessions(ready, treating, sessions, events, awaited)
        if ready.valid:
            due = _due_again(ready, concerned, events, _days_of(ready.name, ticked))
            tasks += [_task(ready, session, done, once=once) for session, done in due]
        else:
            tasks += [_task(ready, session, ticked, once=once) for session in concerned]
    return tuple(sorted(tasks, key=lambda task: (task.due or date.min, task.id)))


def _concerned_sessions(
    ready: ReadyTask,
    treating: Sequence[Session],
    sessions: Sequence[Session],
    events: Events,
    awaited: Awaited,
) -> list[Session]:
    """Return the appointments that a task is for."""
    task = ready.task
    named = task.around or (task.session,)
    if named == ("first",):
        concerned = list(treating[:1])
    elif named == ("each",):
        concerned = list(treating)
    else:
        ids = surrounded_ids(named, sessions, awaited)
        concerned = [session for session in sessions if session.id in ids]
    if task.but:
        left_out = surrounded_ids(task.but, sessions, awaited)
        concerned = [session for session in concerned if session.id not in left_out]
    if ready.since:
        concerned = [session for session in concerned if holds_on(ready.since, events, session.on)]
    return concerned


def _days_of(name: str, ticked: Ticked) -> list[date]:
    """Return the days on which a task was done, for whichever appointment, in order."""
    named = (days for task, days in ticked.items() if task.partition(".")[0] == name)
    return sorted(day for days in named for day in days)


def _due_again(
    ready: ReadyTask, sessions: Sequence[Session], events: Events, done: Sequence[date]
) -> Iterator[tuple[Session, Ticked]]:
    """Yield the appointments for which a task is due, as what was done before has run out.

    Beside each stands the day on which the task was done for it, and for those after it.
    """
    assert ready.valid is not None
    first = sessions[0].on if sessions else date.min
    past = [day for day in events.get(ready.task.event or "", ()) if day <= first]
    last, shown = past[-1] if past else None, None
    for session in sessions:
        task = f"{ready.name}.{session.id}"
        day = max((day for day in done if day <= session.on), default=None)
        if day and session.on <= shift(day, ready.valid):
            if day != shown:
                yield session, dict.fromkeys((ready.name, task), (day,))
            last = shown = day
        elif last is None or session.on > shift(last, ready.valid):
            yield session, {}
            last = _due_before(ready.lead, session, once=False)[0] or session.on
        if ready.task.renewed:
            last = session.on


def _rule_tasks(
    resolved: Resolved, first: Session, screening: Sequence[Screened], ticked: Ticked
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
                done=ticked.get(screened.rule, (None,))[-1],
            )


def _task(ready: ReadyTask, session: Session, ticked: Ticked, *, once: bool) -> PlannedTask:
    task, lead = ready.task, ready.lead
    due, due_at = _due(ready, session, once=once)
    name = ready.name if once else f"{ready.name}.{session.id}"
    not_before, not_before_at = _due_before(ready.earliest, session, once=True)
    done = [day for day in ticked.get(name, ()) if not_before is None or day >= not_before]
    return PlannedTask(
        id=name,
        label=task.label,
        session=session.id,
        due=due,
        not_before=not_before,
        due_at=due_at,
        lead=str(lead) if lead else None,
        blocks=task.blocks,
        optional=task.optional,
        applies=ready.applies,
        only_if=ready.only_if,
        sources=ready.sources,
        done=done[-1] if done else None,
        not_before_at=not_before_at,
        lag=str(ready.lag) if ready.lag else None,
    )


def _due(ready: ReadyTask, session: Session, *, once: bool) -> tuple[date | None, datetime | None]:
    """Return the day by which a task is due, and the moment where that is known."""
    if ready.lag:
        return _due_after(ready.lag, session)
    return _due_before(ready.lead, session, once=once)


def _due_after(lag: Span, session: Session) -> tuple[date, datetime | None]:
    """Return the day and the moment, so long after the end of the appointment."""
    if not lag.minutes:
        return shift(session.on, lag), None
    if session.time is None:
        return shift_days(session.on, lag.minutes // _DAY_MINUTES), None
    length = duration_minutes(session.duration) if session.duration else 0
    due_at = minutes_from(session.on, session.time, length + lag.minutes, session.zone)
    return due_at.date(), due_at


def _due_before(
    lead: Span | ClockTime | None, session: Session, *, once: bool
) -> tuple[date | None, datetime | None]:
    """Return the day so far before an appointment, and the moment where that is known."""
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
