"""The fourth stage: a day for each appointment, exact, and cheap when nothing is in the way.

Hard: an appointment lies inside its window, after the one before it, on a day that is free. Soft,
in this order: the least sum of days between chosen days and targets, the fewest appointments off
their target, the earlier date in the first appointment that differs. The course is chosen first, so
that no session of it moves for the sake of a touch-up years later; then what follows it is chosen
in the same way.

While every target is free it is chosen, in one pass. At the first obstacle, sets of days show
whether there is a choice at all (`reach`), and a search finds the best one (`search`).
"""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from hairplan.planner.ground import Chosen, ChosenDays, Ground, Stuck, near
from hairplan.planner.slot import Slot

if TYPE_CHECKING:
    from hairplan.planner.free_days import FreeDays

_FARTHEST: Final = 366


def choose(ground: Ground) -> list[Chosen] | Stuck:
    """Choose a day for each appointment, or say which one finds none."""
    if (straight := _straight(ground)) is not None:
        return straight
    # What is never needed while nothing is in the way is not read then.
    from hairplan.planner.free_days import FreeDays
    from hairplan.planner.search import best_choice

    free, end = FreeDays(ground.taken), len(ground.slots)
    split = end_of_course(ground)
    course = best_choice(ground, free, 0, split, {})
    if isinstance(course, Stuck):
        return course
    rest = best_choice(ground, free, split, end, dict(enumerate(course)))
    if isinstance(rest, Stuck):
        return rest
    return _described(ground, [date.fromordinal(day) for day in course + rest])


def end_of_course(ground: Ground) -> int:
    """Return the place behind the last session of the course; without one, behind everything."""
    places = range(len(ground.slots), 0, -1)
    sessions = (at for at in places if ground.slots[at - 1].step.kind == "session")
    return next(sessions, len(ground.slots))


def is_feasible(ground: Ground, free: "FreeDays") -> bool:
    """Return whether there is a choice for the course: what follows it never refuses it."""
    end = end_of_course(ground)
    if walk(ground, 0, end, ground.known) is not None:
        return True
    from hairplan.planner.chain import Chain
    from hairplan.planner.reach import find_stuck

    return find_stuck(Chain(ground, free, 0, end, {})) is None


def _described(ground: Ground, days: Sequence[date]) -> list[Chosen]:
    """Return chosen days with their targets and windows."""
    planned, targets = dict(ground.known), dict(ground.known)
    described = []
    for at, (slot, day) in enumerate(zip(ground.slots, days, strict=True)):
        target = slot.target((targets if slot.on_target else planned)[slot.base])
        window = ground.window(slot, target, planned.__getitem__)
        described.append(Chosen(slot.fixed or target, *window, day))
        planned[at], targets[at] = day, slot.fixed or target
    return described


def _straight(ground: Ground) -> list[Chosen] | None:
    """Choose every target; None if one of them is not free or outside its window."""
    planned = dict(ground.known)
    chosen: list[Chosen] = []
    for index, slot in enumerate(ground.slots):
        # Every chosen day is a target here, so that the two need not be told apart.
        target = slot.target(planned[slot.base])
        earliest, latest = ground.window(slot, target, planned.__getitem__)
        if slot.fixed is not None:
            planned[index] = slot.fixed
            chosen.append(Chosen(slot.fixed, earliest, latest, slot.fixed))
            continue
        too_early = earliest is not None and target < earliest
        too_late = latest is not None and target > latest
        if too_early or too_late or ground.blocked(slot, target):
            return None
        planned[index] = target
        chosen.append(Chosen(target, earliest, latest, target))
    return chosen


def walk(ground: Ground, first: int, end: int, days: ChosenDays) -> int | None:
    """Take the nearest free day each time: a cheap proof that there is a choice.

    Returns:
        How many days the appointments are from their targets; None if one finds no day.
    """
    planned, targets, away = dict(days), dict(days), 0
    for index in range(first, end):
        slot = ground.slots[index]
        if slot.fixed is not None:
            planned[index] = targets[index] = slot.fixed
            continue
        target = slot.target((targets if slot.on_target else planned)[slot.base])
        day = _nearest_free(ground, slot, target, planned)
        if day is None:
            return None
        planned[index], targets[index] = day, target
        away += abs((day - target).days)
    return away


def _nearest_free(ground: Ground, slot: Slot, target: date, days: ChosenDays) -> date | None:
    """Return the free day in a window that is nearest to a target; None for none within a year."""
    earliest, latest = ground.window(slot, target, days.__getitem__)
    # Where the window has moved on, its nearest end takes the place of the target.
    around = max(target, earliest or target)
    around = around if latest is None else min(around, latest)
    for away in range(_FARTHEST):
        for day in near(around, away):
            is_inside = (earliest is None or earliest <= day) and (latest is None or day <= latest)
            if is_inside and not ground.blocked(slot, day):
                return day
    return None
