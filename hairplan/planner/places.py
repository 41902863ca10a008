"""The places in a course that restrictions, routines and results count from: which day each has."""

from collections.abc import Iterator, Mapping
from datetime import date

from msgspec import Struct

from hairplan.history import EMPTY_RECORD
from hairplan.planner.layout import Layout
from hairplan.planner.slot import WAITING

Awaited = Mapping[str, str]
"""The places of appointments that did not take place and are to have a day again, and of those that
wait for them, each with the id of the appointment."""


class Places(Struct, frozen=True):
    """The days of places such as "course.last", "course-4" or "events.transplant".

    Attributes:
        days: the day of each place that has one; of an event, its first.
        awaited: the places that have none yet, as something did not take place.
    """

    days: Mapping[str, date]
    awaited: Awaited


def places_of(layout: Layout, days: Mapping[int, date], *, is_over: bool) -> Places:
    """Return the places of a plan.

    A step without appointments has the place of what it counts from, as in the planning; what is
    conditional has none.

    Args:
        layout: the appointments and the places of the steps.
        days: the chosen days, and those that are known beforehand.
        is_over: nothing is to have a day again.
    """
    # Of what was repeated, the repetition is meant.
    waiting = {} if is_over else dict(_waiting(layout))
    chain = enumerate(layout.slots)
    with_day = ((at, slot) for at, slot in chain if at in days and at not in waiting)
    where = {slot.role or slot.id: days[at] for at, slot in with_day}
    awaited = {name: name for name in waiting.values()}
    for name, at in layout.places.items():
        known = [days[number] for number in at if number in days]
        if known and (name == "start" or name.startswith("events.")):
            where[name] = known[0]
            continue
        for end, number in (("first", 0), ("last", -1)):
            if at and at[number] in waiting:
                awaited[f"{name}.{end}"] = waiting[at[number]]
            elif known:
                where[f"{name}.{end}"] = known[number]
    return Places(where, awaited)


def _waiting(layout: Layout) -> Iterator[tuple[int, str]]:
    """Yield what did not take place, and what waits for it: the place of each, and its name."""
    record = layout.frame.record or EMPTY_RECORD
    for at, slot in enumerate(layout.slots):
        # With a fixed anchor too, what was missed is not past, though others count from its place.
        if slot.id in layout.frame.unsettled or record.again(slot.id):
            yield at, slot.role or slot.id
    for at, (slot, _) in enumerate(layout.waiting, WAITING):
        if slot.after:
            yield at, slot.role or slot.id
