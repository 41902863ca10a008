"""Appointments without a day in their window: each is put on the first free day behind it.

What follows counts from that day, so that nothing is crowded together to catch up.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from hairplan.dates.spans import shift_days
from hairplan.planner.availability import Availability
from hairplan.planner.choice_stages import settle
from hairplan.planner.choose import choose
from hairplan.planner.free_days import FreeDays
from hairplan.planner.ground import Chosen, Ground, Stuck
from hairplan.planner.layout import Layout
from hairplan.planner.slot import Slot

_TEN_YEARS: Final = 10 * 366


class Laid(Struct, frozen=True):
    """Appointments with the days chosen for them.

    Attributes:
        layout: the appointments.
        ground: what was chosen on.
        choice: the chosen days, or what finds none.
    """

    layout: Layout
    ground: Ground
    choice: Sequence[Chosen] | Stuck


def lay_and_choose(
    lay: Callable[[Mapping[str, date]], Layout],
    days: Availability,
    may_leave: Callable[[Slot], bool],
) -> Laid:
    """Lay out appointments and choose their days; what may leave its window does if it has to.

    Args:
        lay: lays them out, with the first days of those that are outside their windows, by id.
        days: the days that are not free.
        may_leave: says whether an appointment may be outside its window.
    """
    late: dict[str, date] = {}
    free = FreeDays(days.taken, days.taken_at_home)
    while True:
        layout = lay(late)
        ground = Ground.of(layout, days.taken, days.taken_at_home)
        choice = choose(ground)
        if not isinstance(choice, Stuck):
            if ground.stages:
                layout, ground = settle(layout, ground, choice)
            return Laid(layout, ground, choice)
        slot = layout.slots[choice.index]
        if slot.id in late or slot.pinned or not may_leave(slot):
            return Laid(layout, ground, choice)
        behind = shift_days(max(choice.latest, choice.earliest), 1).toordinal()
        day = free.next(slot, behind, _TEN_YEARS)
        if day > behind + _TEN_YEARS:
            return Laid(layout, ground, choice)
        late[slot.id] = date.fromordinal(day)
