"""The price of an appointment on its target, where nothing is in the way on that day itself.

Days are chosen together: one is moved for the sake of the others. The choice is made once more with
that one on its target, and what comes of it is the reason.
"""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import structs

from hairplan.planner.choose import choose
from hairplan.planner.ground import Chosen, Ground, Stuck
from hairplan.planner.session import ON_ITS_DAY
from hairplan.remarks import WhyMoved
from hairplan.words import format_count


class Forced(NamedTuple):
    """The price of an appointment on its target.

    Attributes:
        session: the appointment that would be the worse for it.
        says: what would come of it, as in "would leave course-4 no date".
    """

    session: str
    says: str


def explain_course(moved: WhyMoved, ground: Ground, at: int) -> WhyMoved:
    """Return why an appointment is not on its target, with what would come of it there.

    Args:
        moved: that it is not, for the sake of the others.
        ground: what was chosen on.
        at: its place.
    """
    forced = _force(_as_before(ground), at)
    says = moved.says.replace(ON_ITS_DAY, forced.says)
    return structs.replace(moved, says=says, would=forced.says, session=forced.session)


def _as_before(ground: Ground) -> Ground:
    """Return the ground without the days that were chosen on it."""
    fixed = {at: slot.fixed for at, slot in enumerate(ground.slots) if slot.fixed}
    known = {which: day for which, day in ground.known.items() if which < 0}
    return structs.replace(ground, known={**known, **fixed} if ground.stages else known)


def _force(ground: Ground, at: int) -> Forced:
    """Choose once more with an appointment on its target, and say what is the worse for it."""
    chosen = choose(ground)
    assert not isinstance(chosen, Stuck), "what was chosen can be chosen again"
    target = chosen[at].target
    slots = list(ground.slots)
    slots[at] = structs.replace(slots[at], fixed=target)
    known = {**ground.known, at: target} if ground.stages else ground.known
    forced = choose(structs.replace(ground, slots=slots, known=known))
    if isinstance(forced, Stuck):
        name = slots[forced.index].id
        return Forced(name, f"would leave {name} no date")
    return _compare(ground, chosen, forced)


def _compare(ground: Ground, chosen: Sequence[Chosen], forced: Sequence[Chosen]) -> Forced:
    """Say which appointment is the worse for it."""
    more = [_off(there) - _off(here) for here, there in zip(chosen, forced, strict=True)]
    which = max(range(len(more)), key=more.__getitem__)
    name, days = ground.slots[which].id, format_count(more[which], "day")
    says = f"would put {name} {days} farther off its own day"
    if sum(more) > 0:
        return Forced(name, says)
    moved = [sum(_off(each) > 0 for each in days) for days in (chosen, forced)]
    if moved[1] > moved[0]:
        return Forced(name, f"{says}, and move {moved[1]} appointments in place of {moved[0]}")
    return Forced(name, f"{says} instead, and the earlier days are taken")


def _off(chosen: Chosen) -> int:
    return abs((chosen.planned - chosen.target).days)
