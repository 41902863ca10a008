"""Appointments that were done or booked nearer to another step's than the protocol lets them be."""

from hairplan.dates.spans import shift
from hairplan.plan import Break, Session
from hairplan.planner.ground import Ground
from hairplan.planner.slot import Apart, Slot
from hairplan.protocol.figures import fact_ids, find_basis
from hairplan.words import cite, format_count, format_date


def apart_break(session: Session, slot: Slot, ground: Ground) -> Break | None:
    """Return where an appointment comes too near to another step's; None if it does not.

    Args:
        session: the appointment, as it was done, is booked or is planned.
        slot: the same before it had a date.
        ground: what was chosen on, with all days.
    """
    near = ground.what_is_near(slot, session.on, ground.known)
    if near is None or slot.fixed is None:
        return None
    apart, base = near
    first, last = sorted((ground.known[base], session.on))
    is_done = session.status == "done"
    verb, figure = "done on" if is_done else "booked for", _figure(slot, apart)
    distance = f"{format_count((last - first).days, 'day')} from {ground.name_of(apart, base)}"
    return Break(
        session=session.id,
        what="near",
        days=(shift(first, apart.by) - last).days,
        rule=figure,
        says=f"{verb} {format_date(session.on)}, {distance}: nearer than {figure}",
        nearest=None,
        is_done=is_done,
    )


def _figure(slot: Slot, apart: Apart) -> str:
    """Say which limit is broken, with its source."""
    limits = enumerate(slot.step.limits, 1)
    number = next(number for number, limit in limits if limit.apart and limit.anchor == apart.place)
    key = f"limits.{number}.apart"
    facts = cite(fact_ids(find_basis(slot.step, key).source))
    return f"{slot.step.id}.{key} {apart.by}{facts}"
