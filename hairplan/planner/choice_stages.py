"""Choosing in stages: what keeps away from others is chosen after them, and gives way.

The course is chosen before what follows it. Within it, and behind it, an appointment that may lie
on either side of others has no window that one of them sets, and one that has two targets counts
from two days. So what comes before it in the chain is chosen first, by itself, and then it is
chosen by the days that these have: each stage is the best that there is after the one before.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from msgspec import structs

from hairplan.planner.choose import best_days, end_of_course
from hairplan.planner.ground import Chosen, Ground, Stuck
from hairplan.planner.layout import Layout


def choose_in_stages(ground: Ground, end: int) -> list[date] | Stuck:
    """Choose the days of the first appointments, or say which one finds none.

    Args:
        ground: what is chosen on.
        end: the place behind the last one.
    """
    days: list[date] = []
    for first, behind in pairwise(_cuts(ground, end)):
        chosen = dict(enumerate(days))
        stage = _settled(ground.knowing(chosen), first, behind)
        found = best_days(stage, first, behind, stage.known)
        if isinstance(found, Stuck):
            return structs.replace(found, known=chosen)
        days += found
    return days


def _settled(ground: Ground, first: int, end: int) -> Ground:
    """Return the ground of a stage: of two targets, each appointment has the one that counts."""
    slots = [
        slot.settled(ground.known.__getitem__) if first <= at < end else slot
        for at, slot in enumerate(ground.slots)
    ]
    return structs.replace(ground, slots=slots)


def settle(layout: Layout, ground: Ground, choice: Sequence[Chosen]) -> tuple[Layout, Ground]:
    """Return what was chosen on with the chosen days, and of two targets the one that counts."""
    known = {**ground.known, **{at: chosen.planned for at, chosen in enumerate(choice)}}
    slots = [slot.settled(known.__getitem__) for slot in layout.slots]
    layout = structs.replace(layout, slots=slots)
    return layout, structs.replace(ground, slots=slots, known=known)


def _cuts(ground: Ground, end: int) -> Iterator[int]:
    """Yield the places at which stages begin, and that behind the last."""
    cuts = {*ground.stages, end_of_course(ground)}
    yield from sorted(cut for cut in {0, *cuts, end} if cut <= end)
