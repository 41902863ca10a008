"""Appointments as a plan shows them: the one place that builds a `Session`."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from hairplan.dates.clock import is_skipped
from hairplan.dates.spans import span
from hairplan.errors import InputError
from hairplan.plan import Session, Status
from hairplan.planner.ground import Chosen, Taken
from hairplan.planner.resolve import Resolved
from hairplan.planner.slot import Slot
from hairplan.protocol.figures import fact_ids
from hairplan.protocol.step import Duration
from hairplan.remarks import MovedCode, Remark, WhyMoved
from hairplan.request import PlanRequest
from hairplan.words import (
    describe_window,
    format_count,
    format_date,
    format_iso_duration,
    format_shift,
)

ON_ITS_DAY: Final = "would be worse for another"
_FAR_OFF: Final = frozenset({"touch-up", "maintenance"})


def session_order(session: Session) -> tuple[date, str]:
    """Sort appointments by their day, and by their id on one day."""
    return session.on, session.id


def first_day_order(session: Session) -> tuple[date, str]:
    """Sort appointments by the first day that is known of them; those without any come last."""
    day = session.planned or session.target or session.earliest
    # Those that wait stay in the order of the course: "course-10" comes after "course-9".
    return (day, session.id) if day else (date.max, "")


def minutes_of(request: PlanRequest, slot: Slot) -> int | None:
    """Return the length of an appointment, at most: as asked for, else the protocol's."""
    duration = slot.step.duration_of(slot.number)
    longest = duration.max if isinstance(duration, Duration) else duration
    if request.duration and not slot.is_at_home:
        return request.duration
    return span(longest).minutes if longest else None


def least_minutes(request: PlanRequest, slot: Slot) -> int | None:
    """Return the length of an appointment at least, where the protocol gives a range."""
    duration = slot.step.duration_of(slot.number)
    is_asked = request.duration and not slot.is_at_home
    if is_asked or not isinstance(duration, Duration):
        return None
    return span(duration.min).minutes


def session_of(
    resolved: Resolved,
    slot: Slot,
    status: Status | None = None,
    chosen: Chosen | None = None,
    start: date = date.min,
) -> Session:
    """Return an appointment as the plan shows it.

    Args:
        resolved: the protocol, narrowed down to the patient.
        slot: the appointment.
        status: how it stands; by default planned, or tentative where it is far off.
        chosen: its window and its day; null where it has none.
        start: day 0, which the number of its day counts from.
    """
    step, request = slot.step, resolved.request
    minutes, least = minutes_of(request, slot), least_minutes(request, slot)
    return Session(
        id=slot.id,
        phase=step.id,
        kind=step.kind,
        status=status or ("tentative" if step.kind in _FAR_OFF else "planned"),
        number=slot.number,
        of=slot.of,
        earliest=chosen.earliest if chosen else None,
        target=chosen.target if chosen else None,
        latest=chosen.latest if chosen else None,
        planned=chosen.planned if chosen else None,
        time=request.time if step.kind != "home" else None,
        zone=request.zone if step.kind != "home" else None,
        duration=format_iso_duration(minutes) if minutes else None,
        reason=None,
        sources=fact_ids(step.source),
        name=step.name,
        day=(chosen.planned - start).days if chosen else None,
        optional=step.optional,
        shortest=format_iso_duration(least) if least else None,
        details=step.details_of(slot.number),
    )


def has_skipped_time(session: Session) -> bool:
    """Return whether summer time skips the time of an appointment."""
    if session.planned is None or session.time is None or session.zone is None:
        return False
    return is_skipped(session.planned, session.time, session.zone)


def refuse_skipped_times(sessions: Sequence[Session]) -> None:
    """Refuse a time that summer time skips.

    Raises:
        InputError: every appointment that it skips.
    """
    skipped = [
        f"time: {session.time:%H:%M} does not exist on {session.on} in {session.zone}: summer time"
        f" skips it for {session.id}; choose another time"
        for session in sessions
        if has_skipped_time(session)
    ]
    if skipped:
        raise InputError(*skipped)


# ---- why an appointment is not on its target ----


def why_start_moved(asked: date, start: date, taken: Taken) -> WhyMoved | None:
    """Say why the start is not on the day that was asked for; None if it is."""
    if start == asked:
        return None
    days, because = (start - asked).days, taken(asked)
    says = f"{format_date(asked)} is {because}; the start moved by {format_shift(days)}"
    return WhyMoved(code="taken", says=says, days=days, instead_of=asked, because=because)


def why_moved(chosen: Chosen, taken: Taken) -> WhyMoved | None:
    """Say why an appointment is not on its target, or not in its window; None if it is.

    What would come of one on its target, where that is free, `forced` says.
    """
    off = days_outside(chosen)
    if chosen.planned == chosen.target and not off:
        return None
    target, because = format_date(chosen.target), taken(chosen.target)
    if off:
        first = f"{target} is {because}; " if because else ""
        return moved_from(chosen, "outside", first + describe_outside(chosen, off), because)
    days = f"moved by {format_shift((chosen.planned - chosen.target).days)}, {_inside(chosen)}"
    if _is_outside(chosen):
        return moved_from(chosen, "window", f"{target} is outside its window; {days}", because)
    if because:
        return moved_from(chosen, "taken", f"{target} is {because}; {days}", because)
    return moved_from(chosen, "course", f"{target} {ON_ITS_DAY}; {days}")


def moved_from(chosen: Chosen, code: MovedCode, says: str, because: str | None = None) -> WhyMoved:
    """Return why an appointment is not on its target, with its window."""
    return WhyMoved(
        code=code,
        says=says,
        days=(chosen.planned - chosen.target).days,
        instead_of=chosen.target,
        because=because,
        earliest=chosen.earliest,
        latest=chosen.latest,
    )


def flag_remarks(sessions: Iterable[Session]) -> list[Remark]:
    """Return what there is to say of appointments that are where they should not be."""
    return [
        Remark("warning", "outside", f"{session.id}: {session.flag}", session.id)
        for session in sessions
        if session.flag
    ]


def days_outside(chosen: Chosen) -> int:
    """Return how many days behind its window an appointment had to be put; 0 if it is inside."""
    return max(0, (chosen.planned - chosen.latest).days) if chosen.latest else 0


def describe_outside(chosen: Chosen, days: int) -> str:
    """Say that no day of a window is free, and where the next one lies."""
    window = f"its window ({describe_window(chosen.earliest, chosen.latest)})"
    if chosen.earliest and chosen.latest and chosen.latest < chosen.earliest:
        window = f"a window from {chosen.earliest} on that ends on {chosen.latest}"
    after = f"{format_count(days, 'day')} after it"
    return f"no day of {window} is free; the nearest is {after}: to be arranged"


def _is_outside(chosen: Chosen) -> bool:
    too_early = chosen.earliest is not None and chosen.target < chosen.earliest
    return too_early or (chosen.latest is not None and chosen.target > chosen.latest)


def _inside(chosen: Chosen) -> str:
    """Say the window, such as "inside 2026-12-11..2026-12-22"."""
    inside = "inside " if chosen.earliest and chosen.latest else ""
    window = describe_window(
        chosen.earliest,
        chosen.latest,
        since="not before {}, no latest day given",
        until="not after {}",
    )
    return inside + window
