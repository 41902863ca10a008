"""The days on which appointments can be: asked for once each, and kept as one long text of 1 and 0.

Days are ordinals (1 is 1 January of year 1).
"""

from collections.abc import Callable
from datetime import date
from typing import Final

from hairplan.planner.ground import Taken, never_taken
from hairplan.planner.slot import Slot

Near = Callable[[Slot], frozenset[int]]
"""Returns the days that are too near to others for an appointment."""

_FIRST_DAY: Final = date.min.toordinal()
_LAST_DAY: Final = date.max.toordinal()
_FARTHEST: Final = 10 * 366
_A_YEAR: Final = 366
_MORE: Final = 50  # so many days more are asked for at a time, and as many as are known
FREE, _TAKEN = b"10"


class FreeDays:
    """The days that are free for appointments, by the seasons that these keep to."""

    def __init__(
        self, taken: Taken, at_home: Taken = never_taken, near: Near | None = None
    ) -> None:
        """Take what says why a day is not free, for appointments and for what is done at home.

        Args:
            taken: says it of the clinic's days.
            at_home: says it of what the patient does at home.
            near: which days are too near to others for an appointment.
        """
        self.taken, self.at_home, self.near = taken, at_home, near
        self._known: dict[object, tuple[int, bytearray]] = {}

    def is_free(self, slot: Slot, day: int) -> bool:
        """Return whether an appointment can be on a day."""
        return self.flags(slot, day, day) == b"1"

    def flags(self, slot: Slot, first: int, last: int) -> bytearray:
        """Return a 1 or a 0 for each day from one to another, as far as the calendar goes."""
        begins, known = self._known.get(slot.free_key, (first, bytearray()))
        if first < begins or last >= begins + len(known):
            begins, known = self._grown(slot, begins, known, first, last)
            self._known[slot.free_key] = begins, known
        return known[first - begins : last - begins + 1]

    def next(self, slot: Slot, day: int, most: int = _FARTHEST) -> int:
        """Return the first free day from a day on, or one that lies farther than `most` days."""
        last = min(day + most, _LAST_DAY)
        while day <= last:
            ends = min(day + _MORE, last)
            if (place := self.flags(slot, day, ends).find(FREE)) >= 0:
                return day + place
            day = ends + 1
        return day

    def away(self, slot: Slot, target: int, first: int) -> int:
        """Return how far the nearest free day from a day on lies from a target.

        Where none lies within a year of the target, a year: it is at least so far.
        """
        if target <= first:
            return first - target
        if self.is_free(slot, target):
            return 0
        behind = self.next(slot, target) - target
        since = max(first, target - min(behind, _A_YEAR))
        before = self.flags(slot, since, target).rfind(FREE)
        if before >= 0:
            return target - since - before
        return behind if since == first else min(behind, _A_YEAR)

    def days(self, slot: Slot, first: int, last: int) -> int:
        """Return the free days from one to another as a set of bits, the first day the lowest."""
        return int(self.flags(slot, first, last)[::-1], 2)

    def _grown(
        self, slot: Slot, begins: int, known: bytearray, first: int, last: int
    ) -> tuple[int, bytearray]:
        """Return what is known, and more days before and behind it."""
        more = _MORE + len(known)
        since = max(first - more, _FIRST_DAY) if first < begins else begins
        ends = begins + len(known)
        until = min(last + 1 + more, _LAST_DAY + 1) if last >= ends else ends
        near = self.near(slot) if self.near and slot.apart else frozenset()
        before = bytearray(self._flag(slot, day, near) for day in range(since, begins))
        behind = bytearray(self._flag(slot, day, near) for day in range(ends, until))
        return since, before + known + behind

    def _flag(self, slot: Slot, ordinal: int, near: frozenset[int]) -> int:
        day = date.fromordinal(ordinal)
        is_taken = self.at_home(day) if slot.is_at_home else self.taken(day)
        return _TAKEN if is_taken or ordinal in near or slot.out_of_season(day) else FREE
