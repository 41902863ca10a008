"""Appointments that keep away from those of another step, on both sides."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from msgspec import structs

from hairplan.dates.spans import Span, shift, span
from hairplan.planner.slot import WAITING, Apart, Slot, is_near
from hairplan.protocol.step import Step
from hairplan.protocol.values import step_of_place


def aparts_of(
    step: Step, places: Mapping[str, list[int]], at: Callable[[str], list[int]]
) -> tuple[Apart, ...]:
    """Return what the appointments of a step keep away from.

    Args:
        step: the step.
        places: the appointments of each step.
        at: returns those of a place.
    """
    aparts = []
    for limit in (limit for limit in step.limits if limit.apart):
        is_each = limit.anchor.endswith(".each")
        named = places.get(step_of_place(limit.anchor), []) if is_each else at(limit.anchor)
        bases = tuple(base for base in named if base < WAITING)
        aparts += [Apart(limit.anchor, bases, span(limit.apart))] if bases and limit.apart else []
    return tuple(aparts)


def kept_apart(slots: Sequence[Slot]) -> list[Slot]:
    """Return appointments of which none comes too near to what was done or is booked.

    One step gives way to another; but where a day of it is fixed, the other has to give way. The
    start is where it was asked for.
    """
    giving_way: dict[int, list[Apart]] = {}
    for at, slot in enumerate(slots):
        for apart in slot.apart if slot.fixed else ():
            for base in apart.bases:
                if base >= 0 and not (slots[base].fixed or slots[base].pinned):
                    back = Apart(slot.id, (at,), apart.by)
                    giving_way.setdefault(base, []).append(back)
    return [
        structs.replace(slot, apart=(*slot.apart, *giving_way[at])) if at in giving_way else slot
        for at, slot in enumerate(slots)
    ]


def behind_all(
    aparts: Iterable[Apart], day: date, days: Mapping[int, date]
) -> tuple[int, Span] | None:
    """Return behind which place, and how far, the first day lies that is near to nothing.

    Args:
        aparts: what to keep away from.
        day: the day from which on one is looked for; None is returned if it is one.
        days: the day of each place.
    """
    places = [(base, apart.by) for apart in aparts for base in apart.bases]
    behind = None
    for base, by in sorted(places, key=lambda place: shift(days[place[0]], place[1])):
        if is_near(day, days[base], by):
            behind, day = (base, by), shift(days[base], by)
    return behind
