"""The fourth stage: a day for each appointment, exact, and cheap when nothing is in the way.

Hard: an appointment lies inside its window, after the one before it, on a day that is free. Soft,
in this order: the least sum of days between chosen days and targets, the fewest appointments off
their target, the earlier date in the first appointment that differs. The course is chosen first, so
that no session of it moves for the sake of a touch-up years later; it only has to leave the rest a
choice, which is then made in the same way.

While every target is free it is chosen, in one pass. At the first obstacle a dynamic programme
takes over. Its states are the chosen days that later appointments still refer to. It looks at days
up to `band` days from a target, and widens the band until no better choice can lie outside it:

* no choice costs less than each appointment's distance to its nearest free day, as far as its
  target is fixed beforehand; call the sum of these the floor;
* so, with a choice of a given cost in hand, an appointment of a choice as good lies at most its
  own part of the floor, plus cost - floor, from its target.

The choice is therefore exact for chains of any length. A window without an end is looked at up to
the end of what is planned, or a month past its first free day.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from msgspec import Struct

from hairplan.planner.layout import Layout
from hairplan.planner.slot import START, Slot

Taken = Callable[[date], str | None]
"""Says why no appointment can be on a day; None if one can."""

_DAY: Final = timedelta(days=1)
_FARTHEST: Final = 366
_SLACK: Final = 31  # what follows may want a day behind the first free one

ChosenDays = Mapping[int, date]
"""Days by their appointment's place in the chain; below 0, days that are known beforehand."""


class Chosen(Struct, frozen=True):
    """An appointment's target, the window around it, and the day chosen.

    Attributes:
        target: the day that the protocol prefers.
        earliest: the first day of the window; None where there is no limit.
        latest: the last day of the window; None where there is no limit.
        planned: the day that was chosen.
    """

    target: date
    earliest: date | None
    latest: date | None
    planned: date


class Stuck(Struct, frozen=True):
    """The appointment that finds no free day, whatever is chosen before it.

    Attributes:
        index: its place in the chain.
        earliest: the first day that any choice before it leaves open.
        latest: the last such day.
    """

    index: int
    earliest: date
    latest: date


class Ground(Struct, frozen=True):
    """The appointments, and the days that a choice has to go by.

    Attributes:
        slots: the appointments, each after those that it refers to.
        known: the days that are known beforehand, by their number below 0; the start is one.
        taken: says why a day is not free.
        last: where a window has no end, the last day to look at.
    """

    slots: Sequence[Slot]
    known: ChosenDays
    taken: Taken
    last: date

    @classmethod
    def of(cls, layout: Layout, taken: Taken) -> "Ground":
        """Return the ground of a layout, for days that may be taken."""
        return cls(layout.slots, layout.known, taken, layout.frame.until)

    @property
    def start(self) -> date:
        """Day 0."""
        return self.known[START]

    def window(
        self, slot: Slot, target: date, day: Callable[[int], date]
    ) -> tuple[date | None, date | None]:
        """Return the first and the last day that keep to the protocol; None for no limit.

        A window that reaches back before the start begins with it; one that is over by then, as of
        what counts from an event long past, is left as it is.
        """
        earliest, latest = slot.window(target, day)
        is_over = latest is not None and latest < self.start
        if earliest is not None and earliest < self.start and not is_over:
            earliest = self.start
        if slot.not_before:
            return _again(slot, earliest, latest)
        return earliest, latest

    def blocked(self, slot: Slot, day: date) -> str | None:
        """Say why an appointment cannot be on a day; None if it can."""
        return self.taken(day) or (slot.out_of_season(day) if slot.seasons else None)


def _again(
    slot: Slot, earliest: date | None, latest: date | None
) -> tuple[date | None, date | None]:
    """Return the window of an appointment that is to be booked again, however late that is."""
    assert slot.not_before is not None, f"{slot.id} is not to be booked again"
    earliest = slot.not_before if earliest is None else max(earliest, slot.not_before)
    return earliest, None if latest is not None and latest < earliest else latest


SearchState = tuple[date, ...]
"""The chosen days that later appointments refer to, in the order of the chain."""


def choose(ground: Ground) -> list[Chosen] | Stuck:
    """Choose a day for each appointment, or say which one finds none."""
    if (straight := _straight(ground)) is not None:
        return straight
    if stuck := _find_stuck(ground):
        return stuck
    end = len(ground.slots)
    course_ends = (at for at in range(end, 0, -1) if ground.slots[at - 1].step.kind == "session")
    split = next(course_ends, 0)
    course = _Stretch(ground, 0, split, {}).best()
    days = {index: chosen.planned for index, chosen in enumerate(course)}
    return course + _Stretch(ground, split, end, days).best()


def is_feasible(ground: Ground) -> bool:
    """Return whether there is any choice at all."""
    return _find_stuck(ground) is None


def _find_stuck(ground: Ground) -> Stuck | None:
    """Return what finds no day; None if all do, which shows sooner than which choice is best."""
    if _walks(ground, 0, ground.known):
        return None
    return _Stretch(ground, 0, len(ground.slots), {}).stuck()


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


def _walks(ground: Ground, first: int, days: ChosenDays) -> bool:
    """Return whether taking the nearest free day each time gets to the end: a cheap proof."""
    planned = dict(days)
    for index in range(first, len(ground.slots)):
        slot = ground.slots[index]
        if slot.fixed is not None:
            planned[index] = slot.fixed
            continue
        target = slot.target(planned[slot.base])
        earliest, latest = ground.window(slot, target, planned.__getitem__)
        near = (day for away in range(_FARTHEST) for day in _near(target, away))
        day = next((day for day in near if not ground.blocked(slot, day)), None)
        if day is None or (earliest and day < earliest) or (latest and day > latest):
            return False
        planned[index] = day
    return True


class _Node(Struct):
    """A reachable state, and the best that can be made of the rest of the stretch from it."""

    edges: list[tuple[Chosen, SearchState]]
    cost: int = 0
    moved: int = 0


class _Stretch:
    """The dynamic programme over a stretch of the chain; the days before it are chosen already."""

    def __init__(self, ground: Ground, first: int, end: int, days: ChosenDays) -> None:
        self.ground = ground
        self.slots = ground.slots
        self.first = first
        self.end = end
        pinned = {at: ground.start for at, slot in enumerate(ground.slots) if slot.pinned}
        fixed = {at: slot.fixed for at, slot in enumerate(ground.slots) if slot.fixed}
        self.days = {**ground.known, **pinned, **fixed, **days}
        self.fixed = self._fixed_targets()
        self.cut = False
        self.kept: list[tuple[int, ...]] = []
        self._viable: dict[SearchState, bool] = {}
        self._ends_beyond: dict[tuple[str, date], date] = {}

    def best(self) -> list[Chosen]:
        """Return the best choice, of appointments that find days."""
        own = range(self.first, self.end)
        floors = [self._floor(index) for index in own] or [0]
        self.kept = self._references(lambda index: index not in self.fixed)
        band = max(floors) + 1
        while (layers := self._reach(band)) is None:
            assert self.cut, "a chain that finds days has a best choice of them"
            band *= 2
        _value(layers)
        proof = max(floors) + next(iter(layers[0].values())).cost - sum(floors)
        if proof > band and self.cut:
            layers = self._reach(proof) or layers
            _value(layers)
        return _pick(layers)

    def stuck(self) -> Stuck | None:
        """Return the first appointment that no choice reaches, looking at every day; else None."""
        # Where a window hangs on the target's base, that day matters; no other target does.
        self.kept = self._references(
            lambda index: index not in self.fixed and self.slots[index].hangs_on_base
        )
        states: set[SearchState] = {()}
        for index in range(self.first, self.end):
            limits = [(state, *self._limits(index, state)) for state in states]
            states = self._reachable(index, limits)
            if not states:
                firsts = min(first for _, first, _ in limits)
                return Stuck(index, firsts, max(last for _, _, last in limits))
        return None

    def _reachable(
        self, index: int, limits: list[tuple[SearchState, date, date]]
    ) -> set[SearchState]:
        """Return the states after an appointment, looking at each day once for all windows."""
        if self.slots[index].fixed:
            return {self._after(index, state, date.max) for state, _, _ in limits}
        windows: dict[SearchState, list[tuple[date, date]]] = {}
        for state, first, last in limits:
            # A placeholder stands for the day that is still to be chosen, where it is kept.
            windows.setdefault(self._after(index, state, date.max), []).append((first, last))
        keeps_day = index in self.kept[index - self.first + 1]
        return {
            (*state[:-1], day) if keeps_day else state
            for state, spans in windows.items()
            for day in _union(spans)
            if not self.ground.blocked(self.slots[index], day)
        }

    def _fixed_targets(self) -> dict[int, date]:
        """Return the targets that do not hang on any choice still to be made."""
        fixed: dict[int, date] = {}
        for index, slot in enumerate(self.slots[: self.end]):
            base = fixed.get(slot.base) if slot.on_target else None
            base = base or self.days.get(slot.base)
            if base is not None:
                fixed[index] = slot.target(base)
        return fixed

    def _floor(self, index: int) -> int:
        """Return the distance from a fixed target to the nearest free day, at most a year."""
        target, slot = self.fixed.get(index), self.slots[index]
        if target is None or slot.fixed:
            return 0
        for away in range(_FARTHEST):
            if not all(self.ground.blocked(slot, day) for day in _near(target, away)):
                return away
        return _FARTHEST

    def _references(self, hangs_on_base: Callable[[int], bool]) -> list[tuple[int, ...]]:
        """Return, before each slot and at the end, those of the stretch still referred to."""
        last_use: dict[int, int] = {}
        for index in range(self.first, len(self.slots)):
            slot = self.slots[index]
            for which in (*slot.references, *((slot.base,) if hangs_on_base(index) else ())):
                if which not in self.days:
                    last_use[which] = index
        kept: list[tuple[int, ...]] = []
        live: list[int] = []
        for index in range(self.first, self.end + 1):
            live = [which for which in live if last_use[which] >= index]
            kept.append(tuple(live))
            if index in last_use:
                live.append(index)
        return kept

    def _reach(self, band: int) -> list[dict[SearchState, _Node]] | None:
        """Return the states before each appointment, with the choices in the band from each."""
        self.cut = False
        layers: list[dict[SearchState, _Node]] = [{(): _Node([])}]
        for index in range(self.first, self.end):
            following: dict[SearchState, _Node] = {}
            for state, node in layers[-1].items():
                for chosen in self._choices(index, state, band):
                    after = self._after(index, state, chosen.planned)
                    if index + 1 < self.end or self._leaves_a_choice(after):
                        node.edges.append((chosen, after))
                        following.setdefault(after, _Node([]))
            if not following:
                return None
            layers.append(following)
        return layers

    def _leaves_a_choice(self, state: SearchState) -> bool:
        """Return whether the appointments after the stretch still find days."""
        if self.end == len(self.slots):
            return True
        if state not in self._viable:
            days = {**self.days, **dict(zip(self.kept[-1], state, strict=True))}
            rest = _Stretch(self.ground, self.end, len(self.slots), days)
            self._viable[state] = _walks(self.ground, self.end, days) or rest.stuck() is None
        return self._viable[state]

    def _day(self, index: int, state: SearchState, which: int) -> date:
        if which in self.days:
            return self.days[which]
        return state[self.kept[index - self.first].index(which)]

    def _target(self, index: int, state: SearchState) -> date:
        slot = self.slots[index]
        return self.fixed.get(index) or slot.target(self._day(index, state, slot.base))

    def _window(
        self, index: int, state: SearchState, target: date
    ) -> tuple[date | None, date | None]:
        slot = self.slots[index]
        return self.ground.window(slot, target, lambda which: self._day(index, state, which))

    def _limits(self, index: int, state: SearchState) -> tuple[date, date]:
        """Return the window's bounds, or how far to look where there is no limit."""
        slot = self.slots[index]
        target = self._target(index, state) if slot.hangs_on_base else self.ground.start
        return self._ends(slot, target, *self._window(index, state, target))

    def _ends(
        self, slot: Slot, target: date, earliest: date | None, latest: date | None
    ) -> tuple[date, date]:
        """Return the first and the last day to look at."""
        # Only what comes after nothing has no earliest day: it may lie before the start.
        first = earliest or _near(target, _FARTHEST)[0]
        return first, latest or max(self.ground.last, self._beyond(slot, max(first, target)))

    def _beyond(self, slot: Slot, day: date) -> date:
        """Return up to when to look in a window without an end: well behind its first free day."""
        if (slot.id, day) not in self._ends_beyond:
            days = (_near(day, away)[1] for away in range(_FARTHEST))
            free = next((free for free in days if not self.ground.blocked(slot, free)), day)
            self._ends_beyond[slot.id, day] = _near(free, _SLACK)[1]
        return self._ends_beyond[slot.id, day]

    def _choices(self, index: int, state: SearchState, band: int) -> list[Chosen]:
        slot = self.slots[index]
        target = self._target(index, state)
        earliest, latest = self._window(index, state, target)
        if slot.fixed is not None:
            # Where it lies is nobody's choice: it costs nothing.
            return [Chosen(slot.fixed, earliest, latest, slot.fixed)]
        first, last = self._ends(slot, target, earliest, latest)
        near_first, near_last = _near(target, band)
        self.cut = self.cut or near_first > first or near_last < last
        return [
            Chosen(target, earliest, latest, day)
            for day in _days(max(first, near_first), min(last, near_last))
            if not self.ground.blocked(slot, day)
        ]

    def _after(self, index: int, state: SearchState, planned: date) -> SearchState:
        known = self.kept[index - self.first]
        return tuple(
            [
                planned if which == index else state[known.index(which)]
                for which in self.kept[index - self.first + 1]
            ]
        )


def _value(layers: list[dict[SearchState, _Node]]) -> None:
    """Fill in, from the end, what the rest of the stretch costs at best; drop dead ends."""
    for layer, following in zip(layers[-2::-1], layers[:0:-1], strict=True):
        for state, node in list(layer.items()):
            node.edges = [edge for edge in node.edges if edge[1] in following]
            if not node.edges:
                del layer[state]
                continue
            node.cost, node.moved = min(_total(edge, following) for edge in node.edges)


def _pick(layers: list[dict[SearchState, _Node]]) -> list[Chosen]:
    """Follow the best choices; of equally good ones the earliest day."""
    state: SearchState = ()
    picked = []
    for layer, following in pairwise(layers):
        node = layer[state]
        best = (node.cost, node.moved)
        equal = [edge for edge in node.edges if _total(edge, following) == best]
        chosen, state = min(equal, key=lambda edge: edge[0].planned)
        picked.append(chosen)
    return picked


def _total(
    edge: tuple[Chosen, SearchState], following: dict[SearchState, _Node]
) -> tuple[int, int]:
    chosen, after = edge
    away = abs((chosen.planned - chosen.target).days)
    rest = following[after]
    return rest.cost + away, rest.moved + (away > 0)


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + number * _DAY


def _union(windows: list[tuple[date, date]]) -> Iterator[date]:
    """Yield each day that lies in any of the windows once."""
    reached = date.min
    for first, last in sorted(windows):
        yield from _days(max(first, reached), last)
        reached = max(reached, last + _DAY) if last < date.max else date.max


def _near(target: date, away: int) -> tuple[date, date]:
    """Return the two days that lie so far from a target; they stop at the calendar's ends."""
    reach = away * _DAY
    return (
        target - reach if target - date.min > reach else date.min,
        target + reach if date.max - target > reach else date.max,
    )
