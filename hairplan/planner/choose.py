"""The fourth stage: a day for each appointment, exact, and cheap when nothing is in the way.

Hard: an appointment lies inside its window, after the one before it, on a day that is free. Soft,
in this order: the least sum of days between chosen days and targets, the fewest appointments off
their target, the earlier date in the first appointment that differs. The course is chosen first, so
that no session of it moves for the sake of a touch-up years later; then what follows it is chosen
in the same way.

While every target is free it is chosen, in one pass; where the nearest free day each time cannot be
bettered, that is. Else sets of days show whether there is a choice at all (`reach`), and a search
finds the best one (`search`).
"""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from hairplan.planner.ground import Chosen, ChosenDays, Ground, Stuck, near
from hairplan.planner.slot import Slot
from hairplan.protocol.values import OF_COURSE

if TYPE_CHECKING:
    from hairplan.planner.free_days import FreeDays

_FARTHEST: Final = 366


def choose(ground: Ground) -> list[Chosen] | Stuck:
    """Choose a day for each appointment, or say which one finds none."""
    if (straight := _straight(ground)) is not None:
        return straight
    if ground.stages:
        from hairplan.planner.choice_stages import choose_in_stages

        staged = choose_in_stages(ground, len(ground.slots))
        return staged if isinstance(staged, Stuck) else _described(ground, staged)
    split = end_of_course(ground)
    course = best_days(ground, 0, split, ground.known)
    if isinstance(course, Stuck):
        return course
    rest = best_days(ground, split, len(ground.slots), {**ground.known, **dict(enumerate(course))})
    return rest if isinstance(rest, Stuck) else _described(ground, [*course, *rest])


def best_days(ground: Ground, first: int, end: int, days: ChosenDays) -> Sequence[date] | Stuck:
    """Return the best days of a stretch, after the days before it, or what finds no day."""
    walked = walk(ground, first, end, days)
    if walked and walked.is_best:
        return walked.days
    # What is only needed where much is in the way is not read before.
    from hairplan.planner.chain import Chain
    from hairplan.planner.free_days import FreeDays
    from hairplan.planner.search import best_choice

    chosen = {which: day.toordinal() for which, day in days.items() if which >= 0}
    chain = Chain(
        ground, FreeDays(ground.taken, ground.at_home, ground.days_near), first, end, chosen
    )
    found = best_choice(chain, walked.away if walked else None)
    return found if isinstance(found, Stuck) else [date.fromordinal(day) for day in found]


def end_of_course(ground: Ground) -> int:
    """Return the place behind the last session of the course; without one, behind everything."""
    places = range(len(ground.slots), 0, -1)
    sessions = (at for at in places if ground.slots[at - 1].step.kind in OF_COURSE)
    return next(sessions, len(ground.slots))


def is_feasible(ground: Ground, free: "FreeDays") -> bool:
    """Return whether there is a choice for the course: what follows it never refuses it."""
    end = end_of_course(ground)
    if ground.stages:
        from hairplan.planner.choice_stages import choose_in_stages

        return not isinstance(choose_in_stages(ground, end), Stuck)
    if walk(ground, 0, end, ground.known) is not None:
        return True
    from hairplan.planner.chain import Chain
    from hairplan.planner.reach import find_stuck

    return find_stuck(Chain(ground, free, 0, end, {})) is None


def _described(ground: Ground, days: Sequence[date]) -> list[Chosen]:
    """Return chosen days with their targets and windows."""
    planned, targets = dict(ground.known), dict(ground.known)
    described = []
    for at, (open_slot, day) in enumerate(zip(ground.slots, days, strict=True)):
        slot = open_slot.settled(planned.__getitem__)
        target = slot.target((targets if slot.on_target else planned)[slot.base])
        window = ground.window(slot, target, planned.__getitem__)
        described.append(Chosen(slot.fixed or target, *window, day))
        planned[at], targets[at] = day, slot.fixed or target
    return described


def _straight(ground: Ground) -> list[Chosen] | None:
    """Choose every target; None if one of them is not free or outside its window."""
    planned = dict(ground.known)
    chosen: list[Chosen] = []
    for index, open_slot in enumerate(ground.slots):
        slot = open_slot.settled(planned.__getitem__)
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
        if slot.apart and ground.too_near(slot, target, planned):
            return None
        planned[index] = target
        chosen.append(Chosen(target, earliest, latest, target))
    return chosen


class Walk(Struct, frozen=True):
    """The days that are found by taking the nearest free one each time.

    Attributes:
        days: the days.
        away: how many days they are from their targets, taken together.
        is_best: no choice can be better.
    """

    days: list[date]
    away: int
    is_best: bool


def walk(ground: Ground, first: int, end: int, days: ChosenDays) -> Walk | None:
    """Take the nearest free day each time; None if one finds no day, which proves nothing.

    The days are the best choice if each is as near to its target as any free day: where the target
    hangs on no choice that is the least it can cost, and elsewhere it is on its target. Of two days
    as near the earlier is taken, where it is in the window.
    """
    planned, targets, away = dict(days), dict(days), 0
    # The days that are no choice, and the appointments whose targets hang on none.
    given, sure, is_best = set(days), set(days), True
    for at in range(first, end):
        slot = ground.slots[at]
        if slot.pinned or slot.fixed is not None:
            planned[at] = targets[at] = slot.fixed or ground.start
            given.add(at)
            sure.add(at)
            continue
        target = slot.target((targets if slot.on_target else planned)[slot.base])
        found = _nearest_free(ground, slot, target, planned)
        if found is None:
            return None
        day, is_nearest = found
        if slot.base in (sure if slot.on_target else given):
            sure.add(at)
        is_best = is_best and (day == target or (is_nearest and at in sure))
        planned[at], targets[at] = day, target
        away += abs((day - target).days)
    return Walk([planned[at] for at in range(first, end)], away, is_best)


def _nearest_free(
    ground: Ground, slot: Slot, target: date, days: ChosenDays
) -> tuple[date, bool] | None:
    """Return the free day in a window that is nearest to a target, and whether none is nearer.

    Returns:
        None if there is none within a year.
    """
    earliest, latest = ground.window(slot, target, days.__getitem__)
    # Where the window has moved on, its nearest end takes the place of the target.
    around = max(target, earliest or target)
    around = around if latest is None else min(around, latest)
    is_nearest = around == target
    for away in range(_FARTHEST):
        for day in near(around, away):
            if ground.blocked(slot, day):
                continue
            if (earliest is None or earliest <= day) and (latest is None or day <= latest):
                return day, is_nearest
            # One as near as the next that is taken would cost the same.
            is_nearest = False
    return None
