"""When an appointment begins and ends on the world's clock, and what is due minutes before it."""

from datetime import date, timedelta

from hairplan.dates.clock import in_utc
from hairplan.dates.spans import shift_days, span
from hairplan.errors import InputError, OutOfRangeError
from hairplan.plan import PlannedTask, Session
from hairplan.words import duration_minutes


def is_past(session: Session) -> bool:
    """Return whether a day is known to be over: what was missed may have a new one."""
    return session.status in {"done", "overdue"} or (session.status == "missed" and session.booked)


def moments_of(session: Session) -> tuple[date, date | None]:
    """Return the beginning and the end of an appointment: days, or moments in UTC."""
    if session.time is None:
        return session.on, shift_days(session.on, 1)
    if session.zone is None:
        raise InputError(
            f"zone: {session.id} has a time, and a calendar needs its time zone:"
            " --zone gives it, of a plan file hairplan record --zone"
        )
    begin = in_utc(session.on, session.time, session.zone)
    length = timedelta(minutes=duration_minutes(session.duration or ""))
    try:
        return begin, begin + length if length else None
    except OverflowError:
        raise OutOfRangeError(f"{session.id} ends after the year 9999") from None


def is_on_its_day(task: PlannedTask) -> bool:
    """Return whether a task has a day that is its own."""
    return task.due is not None and bool(task.lead or task.lag)


def minutes_before(task: PlannedTask) -> int:
    """Return how long before its appointment a task is due; 0 where that is no time of the day."""
    if task.due_at is None or task.lead is None or " at " in task.lead:
        return 0
    return span(task.lead).minutes
