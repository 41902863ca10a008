"""The bound of the search: the least that the rest of a chain costs, from any day on.

Every window is taken to hang on nothing but the appointment before it and on days that are chosen
already; what else it hangs on is left out. Then the best of the rest is a sum of tables, one for
each appointment with a line for each day, made from the last one backwards. A choice that costs no
more than the limit lies within so many days of its targets, and no table is longer than that. Where
nothing had to be left out, the bound is what the rest really costs.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from operator import add
from typing import Final

from msgspec import structs

from hairplan.planner.chain import Chain, distance, ordinals
from hairplan.planner.free_days import FREE
from hairplan.planner.least import (
    A_DAY,
    NEVER,
    Least,
    Nearest,
    Table,
    least_in_steady_windows,
    stretch,
)
from hairplan.planner.slot import Bound, Slot

LAST_DAY: Final = date.max.toordinal()

Known = Callable[[int], int | None]
"""Returns the day of what is referred to by its place; None while it is not chosen."""


class Remainder:
    """The tables of a stretch, for choices up to a limit.

    Attributes:
        limit: the most that a choice may cost.
    """

    def __init__(self, chain: Chain, floors: Sequence[int], slack: int) -> None:
        """Take a stretch.

        Args:
            chain: the stretch.
            floors: the distance of each known target from its nearest free day.
            slack: how many days more than these a choice may cost.
        """
        self.chain = chain
        self.limit = (sum(floors) + slack + 1) * A_DAY - 1
        self._floors, self._slack = floors, slack
        self._open = [at for at in range(chain.first, chain.end) if at not in chain.known]
        self._parents = {at: self._parent(at) for at in self._open}
        self._children: dict[int, list[int]] = {at: [] for at in self._open}
        for at, parent in self._parents.items():
            if parent is not None:
                self._children[parent].append(at)
        self._uses = self._all_uses()
        self._counting = self._all_counting()
        self._ranges: dict[int, tuple[int, int]] = {}
        for at in self._open:
            self._ranges[at] = self._widest(at)
        self._tables: dict[tuple[int, tuple[int | None, ...]], Table] = {}
        self._roots: dict[tuple[int | None, ...], int] = {}
        self._away: list[int] = []
        self._beside = self._all_beside()

    def reach(self, at: int) -> int:
        """Return how far from its target an appointment may lie."""
        return self._floors[at - self.chain.first] + self._slack

    def beside(self, at: int, known: Known) -> int:
        """Return what is still to come costs that does not come after this appointment."""
        always, others = self._beside[at - self.chain.first]
        return always + sum(self._root(other, known) for other in others)

    def table(self, at: int, known: Known) -> Table:
        """Return what all costs that comes after an appointment, for each day of it."""
        todo = [at]
        for each in todo:
            todo += [
                child
                for child in self._children[each]
                if self._key(child, known) not in self._tables
            ]
        for each in reversed(todo):
            key = self._key(each, known)
            if key not in self._tables:
                self._tables[key] = self._sum(each, known)
        return self._tables[self._key(at, known)]

    def _parent(self, at: int) -> int | None:
        """Return the appointment still to be chosen that another comes after; None for none."""
        follows = self.chain.slots[at].follows
        return None if follows is None or follows in self.chain.known else follows

    def _own(self, at: int) -> set[int]:
        """Return what an appointment hangs on, beside the one before it, that is not known yet."""
        bases = (bound.base for bound in self.chain.slots[at].bounds)
        return {self.chain.origins[at], *bases} - self.chain.known.keys()

    def _all_uses(self) -> dict[int, tuple[int, ...]]:
        """Return what each table hangs on, of what comes before its appointment and its parent."""
        uses: dict[int, set[int]] = {at: set() for at in self._open}
        for at in reversed(self._open):
            parent = self._parents[at]
            uses[at] |= self._own(at) - {parent}
            if parent is not None:
                uses[parent] |= {which for which in uses[at] if which < parent}
        return {at: tuple(sorted(used)) for at, used in uses.items()}

    def _key(self, at: int, known: Known) -> tuple[int, tuple[int | None, ...]]:
        return at, tuple([known(which) for which in self._uses[at]])

    def _all_beside(self) -> list[tuple[int, list[int]]]:
        """Return, for each appointment, what comes later but not after it: its cost, or its places.

        What hangs on no choice at all costs the same for all.
        """
        beside: list[tuple[int, list[int]]] = []
        always = 0
        for at in range(self.chain.end - 1, self.chain.first - 1, -1):
            beside.append((always, []))
            if at in self._parents and self._parents[at] is None and not self._hangs(at):
                always += self._root(at, self.chain.known.get)
        beside.reverse()
        for at, parent in self._parents.items():
            if parent is not None or self._hangs(at):
                first = self.chain.first if parent is None else parent + 1
                for earlier in range(first, at):
                    beside[earlier - self.chain.first][1].append(at)
        return beside

    def _hangs(self, at: int) -> bool:
        return bool(self._uses[at])

    def _widest(self, at: int) -> tuple[int, int]:
        """Return the days on which an appointment can be, whatever is chosen before it."""
        chain, slot = self.chain, self.chain.slots[at]
        origin = chain.origins[at]
        first, last = self._days_of(origin)
        first = chain.target(at, first) - self.reach(at)
        last = chain.target(at, last) + self.reach(at)
        if slot.follows is not None:
            before = self._days_of(slot.follows)
            first = max(first, chain.after(at, before[0]))
            if slot.high and not slot.not_before:
                last = min(last, distance(slot.high, before[1]))
        return first, max(last, first - 1)

    def _days_of(self, which: int) -> tuple[int, int]:
        known = self.chain.known
        return (known[which], known[which]) if which in known else self._ranges[which]

    def _target(self, at: int, known: Known) -> int | None:
        """Return a target; None while it is not known."""
        if at in self.chain.targets:
            return self.chain.targets[at]
        origin = known(self.chain.origins[at])
        return None if origin is None else self.chain.target(at, origin)

    def _range(self, at: int, known: Known) -> tuple[int, int]:
        """Return the days on which an appointment can be, after what is chosen."""
        first, last = self._ranges[at]
        target, slot = self._target(at, known), self.chain.slots[at]
        if target is not None:
            first, last = max(first, target - self.reach(at)), min(last, target + self.reach(at))
        if slot.not_before:
            # Its window may be over and is then open: only its beginning is sure.
            first = max(first, slot.not_before.toordinal())
        elif slot.tolerance or slot.season or slot.bounds:
            bounds = tuple(bound for bound in slot.bounds if known(bound.base) is not None)
            part = _part(slot, bounds, hangs_on_target=target is not None)
            earliest, latest = _window(part, target or first, known)
            first, last = max(first, earliest or first), min(last, latest or last)
        return first, max(last, first - 1)

    def _sum(self, at: int, known: Known) -> Table:
        """Return the table of an appointment from those of what comes after it."""
        parent = self._parents[at]
        first, last = self._range(at, lambda which: None if which == parent else known(which))
        sums = [0] * (last - first + 1)
        for child in self._children[at]:
            sums = list(map(add, sums, self._edge(child, range(first, last + 1), known)))
        if self._counting[at]:
            least = (self._least_of_counting(at, day) for day in range(first, last + 1))
            sums = list(map(max, sums, least))
        return first, sums

    def _all_counting(self) -> dict[int, list[int]]:
        """Return, for each appointment that others count from later on, all that come after it."""
        counting: dict[int, list[int]] = {at: [] for at in self._open}
        for at in self._open:
            origin = self.chain.origins[at]
            if origin in counting and origin != self._parents[at] and not counting[origin]:
                counting[origin] = self._all_after(origin)
        return counting

    def _all_after(self, at: int) -> list[int]:
        after = [at]
        for each in after:
            after += self._children[each]
        return after[1:]

    def _least_of_counting(self, at: int, day: int) -> int:
        """Return what those cost at least that count from an appointment, when it is on a day.

        The tables cannot know this: it hangs on a day long before. Each costs its distance from the
        nearest free day that the least distances leave it.
        """
        chain, free = self.chain, self.chain.free
        earliest = {at: day}
        least = 0
        for each in self._counting[at]:
            slot, parent = chain.slots[each], self._parents[each]
            assert parent is not None, "what comes after an appointment has one before it"
            first = free.next(slot, chain.after(each, earliest[parent]))
            earliest[each] = first
            if chain.origins[each] == at:
                away = free.away(slot, chain.target(each, day), first)
                least += away * A_DAY + (away > 0)
        return least

    def _edge(self, at: int, days: range, known: Known) -> list[int]:
        """Return what an appointment and all after it cost, for each day of the one before it."""
        first, costs = self._costs(at, known)
        moves = self.chain.origins[at] == self._parents[at]
        if (steady := self._steady(at, moves=moves)) is not None:
            return least_in_steady_windows((first, costs), days, *steady)
        windows = self._windows(at, days, moves=moves)
        if not moves:
            least = Least(first, costs)
            return [least.between(*window) for window in windows]
        nearest = Nearest(first, costs)
        targets = (self.chain.target(at, day) for day in days)
        return [
            nearest.between(*window, target)
            for window, target in zip(windows, targets, strict=True)
        ]

    def _steady(self, at: int, *, moves: bool) -> tuple[int, int | None, int | None] | None:
        """Return how many days later a window begins, ends and has its target; None if it varies.

        The end is None for a window without one, the target where it does not move.
        """
        slot = self.chain.slots[at]
        is_bound = any(bound.base == self._parents[at] for bound in slot.bounds)
        if is_bound or slot.not_before or (moves and (slot.tolerance or slot.season)):
            return None
        spans = [each for each in (slot.low, slot.high, slot.by if moves else None) if each]
        if any(each.months for each in spans) or (moves and (not slot.by or slot.on_target)):
            return None
        low = max(1, slot.low.days if slot.low else 1)
        high = slot.high.days if slot.high else None
        if not moves:
            return low, high, None
        assert slot.by is not None, "a target that moves steadily lies at a distance"
        return low, high, slot.by.days * slot.times + slot.plus

    def _windows(self, at: int, days: range, *, moves: bool) -> Iterator[tuple[int, int]]:
        """Yield the window of an appointment for each day of the one before it."""
        slot, parent = self.chain.slots[at], self._parents[at]
        assert parent is not None, "a window that moves does so with the appointment before"
        high = None if slot.not_before else slot.high
        bounds = tuple(bound for bound in slot.bounds if bound.base == parent)
        hangs = (bounds or (moves and (slot.tolerance or slot.season))) and not slot.not_before
        part = _part(slot, bounds, hangs_on_target=moves)
        for day in days:
            first = distance(slot.low, day, 1)
            last = LAST_DAY if high is None else distance(high, day)
            if hangs:
                target = self.chain.target(at, day) if moves else day
                earliest, latest = _window(part, target, {parent: day}.get)
                first, last = max(first, earliest or first), min(last, latest or last)
            yield first, last

    def _costs(self, at: int, known: Known) -> Table:
        """Return what an appointment and all after it cost on each day, as far as that is known."""
        first, rest = self.table(at, known)
        target = self._target(at, known)
        flags = self.chain.free.flags(self.chain.slots[at], first, first + len(rest) - 1)
        if target is None:
            costs = [
                after if flag == FREE else NEVER for flag, after in zip(flags, rest, strict=True)
            ]
            return first, costs
        own = self.own(at, target, first, len(rest))
        return first, [
            after + here if flag == FREE else NEVER
            for flag, after, here in zip(flags, rest, own, strict=True)
        ]

    def own(self, at: int, target: int, first: int, size: int) -> list[int]:
        """Return what an appointment costs by itself on so many days from one on."""
        reach = self.reach(at)
        if len(self._away) <= 2 * reach:
            self._away = [abs(day) * A_DAY + (day != 0) for day in range(-reach, reach + 1)]
        place = first - target + len(self._away) // 2
        return stretch(self._away, place, size, ahead=NEVER)

    def _root(self, at: int, known: Known) -> int:
        """Return what an appointment and all after it cost, when the one before it is chosen."""
        slot = self.chain.slots[at]
        before = None if slot.follows is None else known(slot.follows)
        key = (at, before, *map(known, self._uses[at]))
        if key not in self._roots:
            first, costs = self._costs(at, known)
            earliest = first if before is None else distance(slot.low, before, 1)
            latest = first + len(costs)
            if before is not None and slot.high and not slot.not_before:
                latest = distance(slot.high, before)
            self._roots[key] = Least(first, costs).between(earliest, latest)
        return self._roots[key]


def _part(slot: Slot, bounds: tuple[Bound, ...], *, hangs_on_target: bool) -> Slot:
    """Return an appointment with some of its limits alone."""
    return structs.replace(
        slot,
        follows=None,
        bounds=bounds,
        tolerance=slot.tolerance if hangs_on_target else None,
        season=slot.season if hangs_on_target else 0,
    )


def _window(part: Slot, target: int, known: Known) -> tuple[int | None, int | None]:
    """Return the first and the last day that part of the limits leave; None for no limit."""

    def day(which: int) -> date:
        found = known(which)
        assert found is not None, "these limits hang on what is known"
        return date.fromordinal(found)

    return ordinals(*part.window(date.fromordinal(target), day))
