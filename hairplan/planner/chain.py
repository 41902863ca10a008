"""A stretch of the appointments as the search sees it: what each counts from, and what is known.

Days are ordinals here (1 is 1 January of year 1), as the search adds and compares them by the
million.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from msgspec import structs

from hairplan.dates.spans import Span, shift
from hairplan.planner.free_days import FreeDays
from hairplan.planner.ground import Ground
from hairplan.planner.slot import START, Slot

DayOf = Callable[[int], int]
"""Returns the day of what is referred to by its place."""

State = tuple[int, ...]
"""The chosen days that later appointments refer to, in the order of the chain."""


class Chain:
    """The appointments from `first` to `end`; days before them are chosen already.

    Attributes:
        ground: what is chosen on.
        free: the days that are free.
        slots: all appointments, each hanging on as few others as can be.
        first: the place of the first of the stretch.
        end: the place behind the last one.
        known: the days that no choice is made of, by their place.
        origins: for each appointment, what the day that its target counts from is the day of.
        targets: the targets that hang on no choice still to be made, by their place.
    """

    def __init__(
        self, ground: Ground, free: FreeDays, first: int, end: int, chosen: Mapping[int, int]
    ) -> None:
        """Take a stretch.

        Args:
            ground: what is chosen on.
            free: the days that are free.
            first: the place of the first appointment.
            end: the place behind the last one.
            chosen: the days of those before.
        """
        self.ground, self.free, self.first, self.end = ground, free, first, end
        self.slots = [_straightened(ground.slots, slot) for slot in ground.slots]
        start = ground.start.toordinal()
        self.known = {which: day.toordinal() for which, day in ground.known.items()}
        for at, slot in enumerate(self.slots):
            # Of several on the start, each may have taken place on a day of its own.
            if slot.fixed is not None:
                self.known[at] = slot.fixed.toordinal()
            elif slot.pinned:
                self.known[at] = start
        self.known.update(chosen)
        self.origins = self._origins()
        self._targets: dict[tuple[int, int], int] = {}
        self.targets = {
            at: self.target(at, self.known[origin])
            for at, origin in enumerate(self.origins[:end])
            if origin in self.known
        }

    def _origins(self) -> list[int]:
        """Follow targets that count from targets to the chosen day that they all count from."""
        origins: list[int] = []
        for at, slot in enumerate(self.slots):
            base = self._target_before(at)
            origins.append(slot.base if base is None else origins[base])
        return origins

    def _target_before(self, at: int) -> int | None:
        """Return the appointment from whose target this one's counts; None if from a chosen day."""
        base = self.slots[at].base
        # Where something was, or is booked, is a fact, wherever it should have been.
        is_target = self.slots[at].on_target and base >= 0 and self.slots[base].fixed is None
        return base if is_target else None

    def target(self, at: int, origin: int) -> int:
        """Return the target of an appointment, by the day of its origin."""
        targets = self._targets
        if (at, origin) not in targets:
            base = self._target_before(at)
            # Targets are asked for in the order of the chain: this goes one step back, if at all.
            day = origin if base is None else self.target(base, origin)
            targets[at, origin] = self.slots[at].target(date.fromordinal(day)).toordinal()
        return targets[at, origin]

    def window(self, slot: Slot, target: int, day: DayOf) -> tuple[int | None, int | None]:
        """Return the first and the last day that keep to the protocol; None for no limit."""
        earliest, latest = self.ground.window(
            slot, date.fromordinal(target), lambda which: date.fromordinal(day(which))
        )
        return ordinals(earliest, latest)

    def after(self, at: int, before: int) -> int:
        """Return the first day that an appointment can be on, from the day of the one before it."""
        slot = self.slots[at]
        day = distance(slot.low, before, 1)
        is_ended = slot.high or slot.tolerance or slot.season or slot.bounds
        # A window that may be over by the start is left where it is.
        return day if is_ended else max(day, self.known[START])

    def kept(self, needs: Callable[[int], Iterable[int]]) -> list[tuple[int, ...]]:
        """Return, before each of the stretch and behind it, the chosen ones still needed.

        Args:
            needs: says which places an appointment refers to.
        """
        last_use: dict[int, int] = {}
        for at in range(self.first, self.end):
            for which in needs(at):
                if which not in self.known:
                    last_use[which] = at
        kept: list[tuple[int, ...]] = []
        live: list[int] = []
        for at in range(self.first, self.end + 1):
            live = [which for which in live if last_use[which] >= at]
            kept.append(tuple(live))
            if at in last_use:
                live.append(at)
        return kept


def _straightened(slots: Sequence[Slot], slot: Slot) -> Slot:
    """Let an appointment come after the last of a group alone, where it comes after all of it."""
    if not slot.bounds or slot.follows is None or slot.low or slot.high:
        return slot
    bound = slot.bounds[0]
    here: int | None = bound.base
    while here is not None and here > slot.follows:
        here = slots[here].follows
    if here != slot.follows or bound.base == here or bound.high or bound.low is None:
        return slot
    return structs.replace(slot, follows=bound.base, low=bound.low, bounds=slot.bounds[1:])


def ordinals(earliest: date | None, latest: date | None) -> tuple[int | None, int | None]:
    """Return the ends of a window as ordinals; None for no limit."""
    return earliest.toordinal() if earliest else None, latest.toordinal() if latest else None


def distance(by: Span | None, day: int, least: int = 0) -> int:
    """Return the day so far from another, at least so many days."""
    if by is None:
        return day + least
    if not by.months:
        return day + max(by.days, least)
    return max(_in_months(by, day), day + least)


@lru_cache(maxsize=65_536)
def _in_months(by: Span, day: int) -> int:
    return shift(date.fromordinal(day), by).toordinal()
