"""Why an appointment of a plan with a past is not on its target, by what was recorded."""

from datetime import date

from msgspec import structs

from hairplan.history import Record
from hairplan.planner.breaks import describe_figure
from hairplan.planner.ground import Chosen
from hairplan.planner.past import Selection
from hairplan.planner.session import moved_from
from hairplan.planner.slot import Slot
from hairplan.remarks import MovedCode, WhyMoved
from hairplan.words import format_count, format_date


def why_booked(record: Record, name: str, chosen: Chosen) -> WhyMoved | None:
    """Say why a booked appointment is not on its target; None if it is."""
    if chosen.planned == chosen.target:
        return None
    why = record.reasons.get(name)
    says = f"booked for {format_date(chosen.planned)}" + (f": {why}" if why else "")
    return moved_from(chosen, "booked", says, why)


def why_again(record: Record, name: str, chosen: Chosen) -> WhyMoved | None:
    """Say that an appointment is proposed again; None if it is not, or for its target."""
    since = record.not_before(name)
    if since is None or chosen.planned == chosen.target or since <= chosen.target:
        return None
    if name in record.displaced:
        since_then = f"proposed for the first day from {format_date(since)} on that can be"
        moved = moved_from(
            chosen, "clinic", f"moved by a change of the clinic's days; {since_then}"
        )
        return structs.replace(moved, recorded=since)
    again = record.again(name)
    if again is None:
        return _at("recorded", since, chosen, f"moved by what was recorded on {format_date(since)}")
    what = "missed" if name in record.missed else "called off"
    return _at("again", again, chosen, f"{what}, recorded on {format_date(again)}", " again")


def _at(code: MovedCode, recorded: date, chosen: Chosen, what: str, again: str = "") -> WhyMoved:
    until = "the first day that can be" if again else "the first day from then on that can be"
    moved = moved_from(chosen, code, f"{what}; proposed{again} for {until}")
    return structs.replace(moved, recorded=recorded)


def why_apart(selection: Selection, slot: Slot, chosen: Chosen, at: int) -> WhyMoved | None:
    """Say that what counts from a fixed anchor keeps its distance from what really was."""
    before = selection.baseline[at]
    if chosen.planned == before or slot.follows is None:
        return None
    which = selection.layout.slots[slot.follows].id
    days = format_count((chosen.planned - before).days, "day")
    says = (
        f"{format_date(before)} is too soon after {which} as it really was"
        f" ({describe_figure(slot, 'early')}); moved by +{days}"
    )
    moved = moved_from(structs.replace(chosen, target=before), "apart", says)
    return structs.replace(moved, session=which)
