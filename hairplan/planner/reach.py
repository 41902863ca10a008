"""Whether there is any choice of days at all, shown by sets of days before any cost is looked at.

For each appointment, the days that some choice of those before it leaves open are one set of bits.
Where nothing but the appointment before sets the window, the whole set moves on at once. A window
without an end is looked at for years behind the last target: what takes days away later than that
takes them for good.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from msgspec import structs

from hairplan.dates.seasons import Season, nth_season
from hairplan.planner.chain import Chain, State, distance
from hairplan.planner.free_days import FreeDays
from hairplan.planner.ground import Ground, Stuck, near
from hairplan.planner.slot import START, Slot

_FARTHEST: Final = 366
_YEARS_BEHIND: Final = 4 * 366
_FIRST_DAY: Final = date.min.toordinal()
_LAST_DAY: Final = date.max.toordinal()

_Sets = dict[State, int]
"""The reachable days of the appointment before, by the other days that are still referred to."""


def find_stuck(chain: Chain) -> Stuck | None:
    """Return the first appointment of a stretch that no choice reaches; None if all find days."""
    return _Reach(chain).stuck()


def may_start(ground: Ground, free: FreeDays, counted: int, starts: Sequence[date]) -> bool:
    """Return whether the first appointments find days from any of some starts, all tried at once.

    Args:
        ground: what is chosen on, laid out from any start.
        free: the days that are free.
        counted: how many appointments there are from whatever start.
        starts: the starts, at least one.
    """
    slots = ground.slots[:counted]
    # What one stage leaves to the next hangs on the start: each start is tried by itself.
    if ground.stages or sum(slot.pinned for slot in slots) != 1 or not slots[0].pinned:
        return True
    known = {**ground.known, START: min(starts)}
    first, *others = slots
    freed = [structs.replace(first, pinned=False), *map(_from_first, others)]
    several = structs.replace(ground, slots=freed, known=known)
    days = {day.toordinal() for day in starts}
    return _Reach(Chain(several, free, 0, counted, {}), days).stuck() is None


def _from_first(slot: Slot) -> Slot:
    """Let an appointment count from the first one, in place of the start that it is on."""
    changed: dict[str, object] = {}
    if slot.base in {START, 0}:
        changed |= {"base": 0, "on_target": False}
    if slot.follows == START:
        changed["follows"] = 0
    if any(bound.base == START for bound in slot.bounds):
        bounds = [
            structs.replace(bound, base=0) if bound.base == START else bound
            for bound in slot.bounds
        ]
        changed["bounds"] = tuple(bounds)
    return structs.replace(slot, **changed)


class _Reach:
    """The sets of days that can be reached, one appointment after the other."""

    def __init__(self, chain: Chain, starts: Iterable[int] = ()) -> None:
        """Take the appointments.

        Args:
            chain: the appointments.
            starts: the days of the first one; without any, those of its window.
        """
        self.chain = chain
        self.kept = chain.kept(self._needs)
        self.origin = max(_FIRST_DAY, min(chain.known.values()) - 2 * _FARTHEST)
        self.far = self._far()
        self._free: dict[object, int] = {}
        self._starts = sum(1 << day - self.origin for day in starts)
        self._last_exact, self._seasons = self._read_seasons()
        self._reached = _LAST_DAY, _FIRST_DAY

    def stuck(self) -> Stuck | None:
        states: _Sets = {(): 1}
        for at in range(self.chain.first, self.chain.end):
            self._reached = _LAST_DAY, _FIRST_DAY
            if self._starts and not at:
                states = {}
                self._add(states, (), at, self._starts)
            elif self.chain.slots[at].fixed is None:
                states = self._after(at, states)
            else:
                states = self._after_fixed(at, states)
            if not states:
                earliest, latest = map(date.fromordinal, self._reached)
                return Stuck(at, earliest, latest)
        return None

    def _needs(self, at: int) -> tuple[int, ...]:
        """Return what the window of an appointment hangs on; its target matters only through it."""
        slot = self.chain.slots[at]
        if slot.fixed is not None:
            return ()
        return (*slot.references, *((self.chain.origins[at],) if slot.hangs_on_base else ()))

    def _read_seasons(self) -> tuple[dict[int, int], dict[int, set[tuple[Season, ...]]]]:
        """Return what uses each day as it is last, and what only asks for the season after it."""
        exact: dict[int, int] = {}
        seasons: dict[int, set[tuple[Season, ...]]] = {}
        for at in range(self.chain.first, self.chain.end):
            slot = self.chain.slots[at]
            origin = self.chain.origins[at]
            for which in self._needs(at):
                if slot.season and which == origin and which not in slot.references:
                    seasons.setdefault(which, set()).add(slot.seasons)
                else:
                    exact[which] = at
        return exact, seasons

    def _standing_for(self, which: int, day: int, at: int) -> int:
        """Return one day for all that later appointments cannot tell from it."""
        seasons = self._seasons.get(which, set())
        if at < self._last_exact.get(which, -1) or len(seasons) != 1:
            return day
        return nth_season(next(iter(seasons)), date.fromordinal(day), 1)[0].toordinal() - 1

    def _far(self) -> int:
        """Return the last day to look at: years behind where all would end if nothing was taken."""
        chain = self.chain
        days = dict(chain.known)
        for at in range(chain.first, chain.end):
            if at not in days:
                days[at] = chain.target(at, days[chain.origins[at]])
        last = max(self.chain.ground.last.toordinal(), *days.values())
        return min(last + _YEARS_BEHIND, _LAST_DAY)

    def _after(self, at: int, states: _Sets) -> _Sets:
        """Return what can be reached with an appointment, from what can be before it."""
        newest, place = at - 1, at - self.chain.first
        before, behind = self.kept[place], self.kept[place + 1]
        others = tuple(which for which in before if which != newest)
        stays = tuple(which for which in behind if which not in {at, newest})
        following: _Sets = {}
        for key, days in states.items():
            known = dict(zip(others, key, strict=True))
            rest = tuple(self._standing_for(which, known[which], at) for which in stays)
            if newest not in before:
                self._add(following, rest, at, self._open(at, known))
            elif newest not in behind and self._moves_whole(at, days):
                self._add(following, rest, at, self._moved(at, days, known))
            else:
                for day in self._days(days):
                    longer = rest
                    if newest in behind:
                        longer = (*rest, self._standing_for(newest, day, at))
                    self._add(following, longer, at, self._open(at, {**known, newest: day}))
        return following

    def _after_fixed(self, at: int, states: _Sets) -> _Sets:
        """Return the same as before an appointment whose day is known."""
        newest, place = at - 1, at - self.chain.first
        others = tuple(which for which in self.kept[place] if which != newest)
        behind = self.kept[place + 1]
        following: _Sets = {}
        for key, days in states.items():
            rest = tuple(day for which, day in zip(others, key, strict=True) if which in behind)
            newests = [(day,) for day in self._days(days)] if newest in behind else [()]
            following.update(dict.fromkeys(((*rest, *day) for day in newests), 1))
        return following

    def _add(self, following: _Sets, key: State, at: int, days: int) -> None:
        if days := days & self._free_days(at):
            is_needed = at in self.kept[at - self.chain.first + 1]
            following[key] = following.get(key, 0) | (days if is_needed else 1)

    def _moves_whole(self, at: int, days: int) -> bool:
        """Return whether nothing but a distance hangs on the appointment before."""
        slot, newest = self.chain.slots[at], at - 1
        hangs_on_target = slot.hangs_on_base and self.chain.origins[at] == newest
        is_bound = any(bound.base == newest for bound in slot.bounds)
        is_alone = slot.follows != newest or hangs_on_target or is_bound or slot.not_before
        return not is_alone and next(self._days(days)) >= self.chain.known[START]

    def _moved(self, at: int, days: int, known: dict[int, int]) -> int:
        """Return the days of a window that lies at a distance from any of some days."""
        slot = self.chain.slots[at]
        alone = structs.replace(slot, follows=None, low=None, high=None)
        earliest, latest = self._limits(at, alone, known)
        first = max(earliest, distance(slot.low, next(self._days(days)), 1))
        if slot.high is None:
            self._note(first, latest)
            return self._between(first, latest)
        last = min(latest, distance(slot.high, self.origin + days.bit_length() - 1))
        self._note(first, last)
        return self._spread(slot, days) & self._between(first, last)

    def _spread(self, slot: Slot, days: int) -> int:
        """Return the days that lie no nearer and no farther from one of some days than allowed."""
        low, high = slot.low, slot.high
        assert high is not None, "a window without an end is no spread"
        if high.months or (low and low.months):
            spread = 0
            for day in self._days(days):
                spread |= self._between(distance(low, day, 1), distance(high, day))
            return spread
        nearest = max(1, low.days if low else 1)
        wanted, grown = high.days - nearest + 1, 1
        spread = days << nearest if wanted > 0 else 0
        while grown < wanted:
            step = min(grown, wanted - grown)
            spread |= spread << step
            grown += step
        return spread

    def _open(self, at: int, days: dict[int, int]) -> int:
        """Return the days of a window, when all that it hangs on is known."""
        first, last = self._limits(at, self.chain.slots[at], days)
        self._note(first, last)
        return self._between(first, last)

    def _note(self, first: int, last: int) -> None:
        """Widen what any choice leaves open to an appointment."""
        low, high = self._reached
        self._reached = min(low, first), max(high, last)

    def _limits(self, at: int, slot: Slot, days: dict[int, int]) -> tuple[int, int]:
        """Return the first and the last day of a window, or how far to look without a limit."""
        known = self.chain.known

        def day(which: int) -> int:
            return known[which] if which in known else days[which]

        target = known[START]
        if self.chain.slots[at].hangs_on_base:
            target = self.chain.target(at, day(self.chain.origins[at]))
        earliest, latest = self.chain.window(slot, target, day)
        first = near(date.fromordinal(target), _FARTHEST)[0].toordinal()
        return earliest or first, latest or max(self.far, target)

    def _free_days(self, at: int) -> int:
        """Return the set of days on which an appointment can be."""
        slot = self.chain.slots[at]
        key = slot.free_key
        if key not in self._free:
            self._free[key] = self.chain.free.days(slot, self.origin, self.far)
        return self._free[key]

    def _between(self, first: int, last: int) -> int:
        """Return the set of the days from one to another, as far as they are looked at."""
        first, last = max(first, self.origin), min(last, self.far)
        return ((1 << last - first + 1) - 1) << first - self.origin if first <= last else 0

    def _days(self, days: int) -> Iterator[int]:
        """Yield the days of a set, in order."""
        bits = f"{days:b}"[::-1]
        return (found.start() + self.origin for found in re.finditer("1", bits))
