"""The best choice of days, found by looking at as few choices as can be.

A state is the days chosen for what later appointments still refer to. Of all ways on from a state,
the search opens the one that may cost least: what the choice costs so far and what the rest costs
at least (`remainder`). That bound never says too much, and never less for a longer choice; so the
first choice to be complete costs the least (A*). What may cost more than that is never opened.

Of choices that cost the same, the earliest is found by going through them in the order of their
days, past none that can still cost so little.

How far from its target an appointment is looked for is widened until the best choice lies inside:

* no choice costs less than each known target's distance to its nearest free day; call the sum of
  these the floor;
* so in a choice that costs no more than floor + slack, an appointment lies at most its own part of
  the floor, plus slack, from its target.

The choice is therefore exact, for chains of any length and windows without an end.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from heapq import heappop, heappush
from operator import itemgetter
from typing import Final

from hairplan.planner.chain import Chain, State
from hairplan.planner.free_days import FREE
from hairplan.planner.ground import Stuck
from hairplan.planner.least import NEVER
from hairplan.planner.reach import find_stuck
from hairplan.planner.remainder import Remainder

_SLACK: Final = 7
_WIDER: Final = 4
_A_YEAR: Final = 366
_FIRST_DAY: Final = date.min.toordinal()
_LAST_DAY: Final = date.max.toordinal()

_Option = tuple[int, int, int]
"""The least that an appointment and the rest cost on a day, the day, and its own cost."""


def best_choice(chain: Chain, most: int | None) -> list[int] | Stuck:
    """Return the days of the best choice, as ordinals, or what finds no day.

    Args:
        chain: the stretch.
        most: how many days from the targets a choice is known to be; None if none is known.
    """
    if most is None and (stuck := find_stuck(chain)):
        return stuck
    floors = _floors(chain)
    slack, widest = _SLACK, (_LAST_DAY if most is None else most - sum(floors))
    while (days := _Search(chain, Remainder(chain, floors, slack)).best()) is None:
        assert slack < widest, "appointments that find days have a best choice of them"
        slack = min(slack * _WIDER, widest)
    return days


def _floors(chain: Chain) -> list[int]:
    """Return the distance of each known target from the nearest free day; 0 for others.

    A day before the earliest that all the least distances leave is none.
    """
    floors = []
    earliest = dict(chain.known)
    # As far back as is looked for any day at all.
    farthest = max(_FIRST_DAY, min(chain.known.values()) - 2 * _A_YEAR)
    for at in range(chain.first, chain.end):
        slot = chain.slots[at]
        if at in chain.known:
            floors.append(0)
            continue
        first = farthest
        if slot.follows is not None:
            first = chain.free.next(slot, chain.after(at, earliest[slot.follows]))
        earliest[at] = first
        target = chain.targets.get(at)
        floors.append(0 if target is None else chain.free.away(slot, target, first))
    return floors


class _Search:
    """The search among the choices that cost no more than a limit."""

    def __init__(self, chain: Chain, rest: Remainder) -> None:
        self.chain, self.rest = chain, rest
        self.kept = chain.kept(self._needs)
        self._places = [{which: place for place, which in enumerate(kept)} for kept in self.kept]
        self._options: dict[tuple[int, State], list[_Option]] = {}

    def best(self) -> list[int] | None:
        """Return the days of the best choice; None if all cost more than the limit."""
        options = self._from(self.chain.first, ())
        if not options:
            return None
        cost = self._least()
        return None if cost is None else self._earliest(cost)

    def _needs(self, at: int) -> tuple[int, ...]:
        slot = self.chain.slots[at]
        if slot.fixed is not None:
            return ()
        return (*slot.references, self.chain.origins[at])

    def _from(self, at: int, state: State) -> list[_Option]:
        """Return the days that an appointment can be on, the cheapest first."""
        if (at, state) not in self._options:
            self._options[at, state] = sorted(self._find_options(at, state))
        return self._options[at, state]

    def _find_options(self, at: int, state: State) -> Iterator[_Option]:
        chain, slot = self.chain, self.chain.slots[at]
        places = self._places[at - chain.first]
        fixed = chain.known

        def known(which: int) -> int | None:
            if which in places:
                return state[places[which]]
            return fixed.get(which)

        beside = self.rest.beside(at, known)
        if at in fixed:
            if beside < NEVER:
                yield beside, fixed[at], 0
            return

        def day(which: int) -> int:
            return state[places[which]] if which in places else fixed[which]

        target = chain.target(at, day(chain.origins[at]))
        earliest, latest = chain.window(slot, target, day)
        first, after = self.rest.table(at, known)
        reach = self.rest.reach(at)
        low = max(first, target - reach, earliest or first)
        high = min(first + len(after) - 1, target + reach, latest or _LAST_DAY)
        high = max(high, low - 1)
        size, limit = high - low + 1, self.rest.limit - beside
        flags = chain.free.flags(slot, low, high)
        owns = self.rest.own(at, target, low, size)
        rest = after[low - first : high - first + 1]
        for each, (flag, own, later) in enumerate(zip(flags, owns, rest, strict=True), low):
            if flag == FREE and own + later <= limit:
                yield own + later + beside, each, own

    def _after(self, at: int, state: State, day: int) -> State:
        places = self._places[at - self.chain.first]
        return tuple(
            [
                day if which == at else state[places[which]]
                for which in self.kept[at - self.chain.first + 1]
            ]
        )

    def _least(self) -> int | None:
        """Return what the best choice costs; None if it is more than the limit."""
        first = self.chain.first
        options = self._from(first, ())
        # What it costs at least, how near the end it is, its place in the options; then the way.
        queue: list[tuple[int, int, int, State, int]] = [(options[0][0], -first, 0, (), 0)]
        seen: set[tuple[int, State]] = set()
        while queue:
            least, nearness, place, state, so_far = heappop(queue)
            if least > self.rest.limit:
                # Days farther from their targets may do better: they were not looked at.
                return None
            at = -nearness
            if not place:
                if (at, state) in seen:
                    continue
                seen.add((at, state))
            options = self._from(at, state)
            if place + 1 < len(options):
                total = so_far + options[place + 1][0]
                heappush(queue, (total, nearness, place + 1, state, so_far))
            _, day, own = options[place]
            after = self._after(at, state, day)
            if at + 1 == self.chain.end:
                self._learn(seen)
                return so_far + options[place][0]
            following = self._from(at + 1, after)
            if following:
                total = so_far + own + following[0][0]
                heappush(queue, (total, nearness - 1, 0, after, so_far + own))
        return None

    def _learn(self, seen: Iterable[tuple[int, State]]) -> None:
        """Put what the rest was found to cost in the place of what it costs at least."""
        for at, state in sorted(seen, key=itemgetter(0), reverse=True):
            self._options[at, state] = sorted(
                (max(total, own + self._rest(at + 1, self._after(at, state, day))), day, own)
                for total, day, own in self._options[at, state]
            )

    def _rest(self, at: int, state: State) -> int:
        """Return what the rest from a state on costs at least, as far as it was looked at."""
        options = self._options.get((at, state))
        if options is None:
            return 0
        return options[0][0] if options else NEVER

    def _earliest(self, cost: int) -> list[int]:
        """Return the earliest choice that costs so little: there is one."""
        first, end = self.chain.first, self.chain.end
        failed: dict[tuple[int, State], int] = {}
        days: list[int] = []
        ways: list[tuple[int, State, int, Iterator[tuple[int, int]]]] = [
            (first, (), 0, self._within(first, (), cost))
        ]
        while len(days) < end - first:
            at, state, so_far, options = ways[-1]
            following = next(options, None)
            del days[at - first :]
            if following is None:
                failed[at, state] = so_far
                ways.pop()
                continue
            day, own = following
            after = self._after(at, state, day)
            days.append(day)
            spent = so_far + own
            if at + 1 < end and spent < failed.get((at + 1, after), NEVER):
                ways.append((at + 1, after, spent, self._within(at + 1, after, cost - spent)))
        return days

    def _within(self, at: int, state: State, cost: int) -> Iterator[tuple[int, int]]:
        """Return the days, in order, on which an appointment and the rest may cost so little."""
        options = self._from(at, state)
        return iter(sorted((day, own) for total, day, own in options if total <= cost))
