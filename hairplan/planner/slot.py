"""The appointments of a plan before they have dates: what each counts from, and how far.

A step of the course is one rhythm: its targets run on, whatever days were chosen, so that a step
moved by one holiday falls back to its weekday. From one step to the next, and in all that follows
the course, targets count from the day that was really chosen. Windows always count from such days.

An appointment refers to others by their place in the chain; a number below 0 stands for a day that
is known beforehand, the start or an event's. What is conditional lies beside the chain: it refers
to it and to itself, and nothing in the chain refers to it.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from msgspec import Struct, structs

from hairplan.dates.seasons import Season, middle, nth_season
from hairplan.dates.spans import Span, shift, span
from hairplan.protocol.step import Step
from hairplan.words import join_words

START: Final = -1
WAITING: Final = 1_000_000
"""From this number on a reference is to a conditional appointment."""

_DAY: Final = timedelta(days=1)
_WEEK: Final = 7


class Bound(Struct, frozen=True):
    """A limit that counts from something else than the appointment before.

    Attributes:
        base: what it counts from.
        low: not sooner than so long after that; before it, if negative.
        high: not later than so long after that.
    """

    base: int
    low: Span | None
    high: Span | None


class Apart(Struct, frozen=True):
    """A place that an appointment keeps away from, on both sides.

    Attributes:
        place: the place, as the file has it.
        bases: the appointments or days that it names.
        by: no nearer than so long.
    """

    place: str
    bases: tuple[int, ...]
    by: Span


class Other(Struct, frozen=True):
    """A second target of an appointment.

    Attributes:
        base: what it counts from.
        by: how far it lies from that.
        middle: in place of `by`, the bounds of a window whose middle it is.
        low: the least distance from that.
        high: the most distance from that.
        tolerance: how far from it the appointment may lie.
        is_later: it counts where it is the later one; else where it is the earlier.
    """

    base: int
    by: Span | None
    middle: tuple[Span, Span] | None
    low: Span | None
    high: Span | None
    tolerance: Span | None
    is_later: bool


class Slot(Struct, frozen=True, kw_only=True):
    """An appointment that has no date yet.

    Attributes:
        id: the appointment's id.
        step: the step that it belongs to.
        number: its number in the step, from 1.
        of: how many the step has; None where it repeats without end.
        anchor: what its step counts from.
        pinned: it is on the start itself.
        base: the appointment that its target counts from.
        by: how far its target lies from that one.
        times: how many times so far, in one step.
        plus: and so many days more.
        middle: in place of `by`, the bounds of a window whose middle is the target.
        weekdays: in place of `by`, the target is the next of these weekdays.
        season: in place of `by`, the target is in the middle of the n-th season after its base.
        room: the intervals that have to fit into the season after it.
        on_target: counts from the base's target, not from its chosen day.
        follows: the appointment that it comes after; None for none.
        low: the least distance from that one.
        high: the most distance from that one.
        tolerance: how far from its target it may lie.
        bounds: further limits.
        seasons: the parts of the year in which it may lie; anywhere, if none.
        has_target: the protocol says which day it prefers.
        fixed: the day on which it took place, or for which it is booked: nothing is chosen.
        not_before: the first day on which it can be booked again.
        after: the appointment before it that did not take place, so that nothing counts from it.
        counted: it counts as one of its step; else it took place and is to be repeated.
        role: the id by which the protocol means it, where that is another.
        apart: what it keeps away from, before and after.
        other: its second target, until it is settled which of the two counts.
    """

    id: str
    step: Step
    number: int
    of: int | None
    anchor: int = START
    pinned: bool = False
    base: int = START
    by: Span | None = None
    times: int = 1
    plus: int = 0
    middle: tuple[Span, Span] | None = None
    weekdays: frozenset[int] = frozenset()
    season: int = 0
    room: tuple[Span, ...] = ()
    on_target: bool = False
    follows: int | None = None
    low: Span | None = None
    high: Span | None = None
    tolerance: Span | None = None
    bounds: tuple[Bound, ...] = ()
    seasons: tuple[Season, ...] = ()
    has_target: bool = True
    fixed: date | None = None
    not_before: date | None = None
    after: str | None = None
    counted: bool = True
    role: str = ""
    apart: tuple[Apart, ...] = ()
    other: Other | None = None

    def settled(self, day: Callable[[int], date]) -> "Slot":
        """Return the appointment with that of two targets which counts.

        Args:
            day: the day of what the two count from.
        """
        other = self.other
        if other is None:
            return self
        own = structs.replace(self, other=None)
        parts = {name: getattr(other, name) for name in ("by", "middle", "low", "high")}
        instead = structs.replace(
            own, base=other.base, follows=other.base, tolerance=other.tolerance, on_target=False,
            **parts,
        )  # fmt: skip
        days = instead.preferred(day(other.base)), own.preferred(day(own.base))
        is_other = days[0] > days[1] if other.is_later else days[0] < days[1]
        counts, left = (instead, own) if is_other else (own, instead)
        return structs.replace(counts, bounds=(*counts.bounds, *left.bound_beside(other)))

    def bound_beside(self, other: Other) -> tuple[Bound, ...]:
        """Return the limit that the target sets which does not count."""
        assert self.follows is not None, "a target counts from something"
        if other.is_later:
            return (Bound(self.follows, self.low or span("1 day"), None),)
        return (Bound(self.follows, None, self.high),) if self.high else ()

    def target(self, base_day: date) -> date:
        """Return the day that is aimed at: the preferred one, or the first that can be again."""
        day = self.preferred(base_day)
        return day if self.not_before is None else max(day, self.not_before)

    def preferred(self, base_day: date) -> date:
        """Return the day that the protocol prefers, from the day that it counts from."""
        if self.by is not None:
            day = shift(base_day, self.by, self.times)
            return day + self.plus * _DAY if self.plus else day
        if self.middle is not None:
            return middle(*(shift(base_day, by) for by in self.middle))
        if self.weekdays:
            return next_weekday(base_day + _DAY, self.weekdays)
        if self.season:
            return self._in_season(*nth_season(self.seasons, base_day, self.season))
        return base_day

    def _in_season(self, first: date, last: date) -> date:
        """Return the middle of the days after which all that follows still fits in."""
        end = first
        for by in self.room:
            end = shift(end, by)
        return middle(first, max(first, last - (end - first)))

    def window(self, target: date, day: Callable[[int], date]) -> tuple[date | None, date | None]:
        """Return the first and the last day that keep to the protocol; None for no limit.

        Args:
            target: its target.
            day: the day of what it refers to.
        """
        if self.pinned:
            return target, target
        earliest = latest = None
        if self.follows is not None:
            before = day(self.follows)
            earliest = before + _DAY
            if self.low:
                earliest = max(earliest, shift(before, self.low))
            if self.high:
                latest = shift(before, self.high)
        if self.tolerance:
            earliest = _later(earliest, shift(target, self.tolerance, -1))
            latest = _sooner(latest, shift(target, self.tolerance))
        if self.season:
            first, last = nth_season(self.seasons, day(self.base), self.season)
            earliest, latest = _later(earliest, first), _sooner(latest, last)
        for bound in self.bounds:
            base = day(bound.base)
            if bound.low:
                earliest = _later(earliest, shift(base, bound.low))
            if bound.high:
                latest = _sooner(latest, shift(base, bound.high))
        return earliest, latest

    @property
    def is_at_home(self) -> bool:
        """Whether the patient does it at home, so that it is no appointment."""
        return self.step.kind == "home"

    @property
    def references(self) -> tuple[int, ...]:
        """The places that its window counts from, beside its target."""
        bounds = tuple(bound.base for bound in self.bounds)
        if self.other:
            bounds = (*bounds, self.other.base)
        return bounds if self.follows is None else (self.follows, *bounds)

    @property
    def hangs_on_base(self) -> bool:
        """Whether its window counts from the same day as its target."""
        return self.tolerance is not None or self.season > 0 or self.follows is None

    @property
    def free_key(self) -> object:
        """A key that appointments with the same free days share."""
        return self.is_at_home, self.seasons, self.apart

    def out_of_season(self, day: date) -> str | None:
        """Say why it cannot be on a day of the year; None if it can."""
        if not self.seasons or any(day in season for season in self.seasons):
            return None
        return f"outside the season {join_words([str(season) for season in self.seasons], 'or')}"


def _later(one: date | None, other: date) -> date:
    return other if one is None else max(one, other)


def _sooner(one: date | None, other: date) -> date:
    return other if one is None else min(one, other)


def is_near(day: date, other: date, by: Span) -> bool:
    """Return whether two days lie less than so far apart."""
    return shift(other, by, -1) < day < shift(other, by)


def next_weekday(day: date, weekdays: frozenset[int]) -> date:
    """Return the first day from a day on that falls on one of some weekdays (Monday is 0)."""
    return day + min((weekday - day.weekday()) % _WEEK for weekday in weekdays) * _DAY
