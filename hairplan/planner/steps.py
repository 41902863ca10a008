"""The steps of a plan: which it has, in which order, how many appointments, in what rhythm."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import count as count_from
from itertools import islice
from typing import Final

from msgspec import Struct, structs

from hairplan.dates.seasons import Season
from hairplan.dates.spans import Span, shift, span, whole_days
from hairplan.errors import InputError
from hairplan.planner.conditions import State, holds
from hairplan.planner.offsets import Offset
from hairplan.protocol.model import Protocol
from hairplan.protocol.step import (
    Counts,
    Length,
    Rate,
    Spacing,
    Step,
    heeded_steps,
    needed_steps,
    steps_kept_from,
)
from hairplan.protocol.values import OF_COURSE, is_place_of_step, step_of_place

_DAY: Final = timedelta(days=1)
_DAYS_IN: Final = {"week": 7, "month": 30, "year": 365}
_YEAR_MONTHS: Final = 12


class Rhythm(Struct, frozen=True):
    """The spacing of a step, its texts read once."""

    low: Span | None
    preferred: Span | None
    high: Span | None
    tolerance: Span | None

    @property
    def middle(self) -> tuple[Span, Span] | None:
        """The window whose middle is the target, where no value is preferred."""
        if self.preferred or not self.low or not self.high:
            return None
        return self.low, self.high


def read_rhythms(step: Step) -> tuple[Rhythm, ...]:
    """Read the spacing of each gap of a step in turn."""
    rhythms = tuple(read_rhythm(spacing) for spacing in step.spacings)
    if step.rate and step.rate.days == "non-consecutive":
        return tuple(structs.replace(rhythm, low=span("2 days")) for rhythm in rhythms)
    return rhythms


def read_rhythm(spacing: Spacing, preferred: str | None = None) -> Rhythm:
    """Read a spacing; `preferred` takes the place of its own preferred value."""
    texts = (spacing.min, preferred or spacing.preferred, None, spacing.tolerance)
    low, wanted, _, tolerance = (span(text) if text else None for text in texts)
    return Rhythm(low, wanted, whole_days(spacing.max) if spacing.max else None, tolerance)


class Pace(Struct, frozen=True):
    """So many times a week, month or year.

    Attributes:
        times: how many times.
        per: the week, the month or the year.
        is_in_runs: on consecutive days; else evenly spread.
    """

    times: int
    per: Span
    is_in_runs: bool = False

    def day(self, first: date, number: int) -> date:
        """Return the day that lies so many intervals after the first."""
        by, times, plus = self.place(number)
        return shift(first, by, times) + plus * _DAY

    def place(self, number: int) -> tuple[Span, int, int]:
        """Return where the n-th interval ends: a span, how many times it, and days more."""
        if self.is_in_runs:
            return self.between(0, number)
        if self.per.months == _YEAR_MONTHS and _YEAR_MONTHS % self.times == 0:
            return span(f"{_YEAR_MONTHS // self.times} months"), number, 0
        whole, rest = divmod(number, self.times)
        return self.per, whole, rest * _DAYS_IN[self.per.unit] // self.times

    def between(self, first: int, last: int) -> tuple[Span, int, int]:
        """Return how far one appointment lies from another, by their places in the runs, from 0."""
        (runs, day), (later_runs, later_day) = (divmod(at, self.times) for at in (first, last))
        return self.per, later_runs - runs, later_day - day


class PlannedStep(Struct, frozen=True, kw_only=True, eq=False):
    """A step as this plan has it: how many appointments, how far apart.

    Attributes:
        step: the step.
        count: how many; None where something else bounds it.
        more: how many more are conditional.
        beats: its spacing, for each gap in turn.
        inner: the spacing inside a group.
        offsets: how far each lies from the anchor.
        pace: so many times a week, month or year.
        weekdays: on these days of the week, Monday being 0.
        seasons: the parts of the year in which it may lie.
        lasting: for how long.
        shortest: for how long at least, where that is a range.
        longest: for how long at most, conditionally.
        until: the last day for a target, where an event ends it.
        most: how many at most, whenever that event comes.
        waits: why it is conditional as a whole; None if it is not.
        skipped: the numbers of what was given up.
        aside: the numbers of what is to be booked again, outside the chain: what comes after it
            took place already.
        begins_later: its first appointment lies a spacing after the start, on which another is.
        recorded: the highest number of which anything is known.
        uncounted: the numbers of what took place and is to be repeated.
        keeps_away: it gives way to another step of this plan, on both sides.
        other: the spacing of its second target.
    """

    step: Step
    count: int | None
    more: int = 0
    beats: tuple[Rhythm, ...]
    inner: tuple[Rhythm, ...] = ()
    offsets: tuple[Offset, ...] = ()
    pace: Pace | None = None
    weekdays: frozenset[int] = frozenset()
    seasons: tuple[Season, ...] = ()
    lasting: Span | None = None
    shortest: Span | None = None
    longest: Span | None = None
    until: date | None = None
    most: int | None = None
    waits: str | None = None
    skipped: frozenset[int] = frozenset()
    aside: frozenset[int] = frozenset()
    recorded: int = 0
    begins_later: bool = False
    uncounted: frozenset[int] = frozenset()
    keeps_away: bool = False
    other: Rhythm | None = None

    @property
    def is_open(self) -> bool:
        """Whether it repeats up to the horizon."""
        return self.count is None and not (self.lasting or self.step.total or self.until)

    @property
    def is_counted(self) -> bool:
        """Whether a number ends it, and no date."""
        return not self.until and (self.count is not None or self.step.total is not None)

    @property
    def of_all(self) -> int:
        """How many count, with those that are conditional; 0 where no number bounds it."""
        if self.count is None:
            return self.more
        return self.count + self.more - len(self.uncounted)

    @property
    def size(self) -> int:
        """How many appointments make one beat of its rhythm."""
        return self.step.group.size if self.step.group else 1

    def name_of(self, place: int) -> tuple[str, int]:
        """Return the id of the appointment at a place in the chain, and its number, from 1.

        What repeats one that does not count has an id of its own, and its number.
        """
        if not (self.gone or self.uncounted):
            return f"{self.step.id}-{place}", place
        number = self.number_at(place)
        passed = self.skipped | self.uncounted
        return f"{self.step.id}-{number}", number - sum(earlier < number for earlier in passed)

    def role_at(self, place: int) -> str:
        """Return the id by which the protocol means the appointment at a place in the chain."""
        number = self.number_at(place)
        return f"{self.step.id}-{number - sum(earlier < number for earlier in self.uncounted)}"

    def rank_at(self, place: int) -> int:
        """Return how many of the step come before the one at a place, also of what is given up.

        What does not count has the rank of what repeats it; nothing, at place 0, that of the first.
        """
        number = self.number_at(place)
        return max(number - 1, 0) - sum(earlier < number for earlier in self.uncounted)

    def repeats_among(self, places: range) -> int:
        """Return how many of the appointments at some places in the chain are to be repeated."""
        return sum(map(self.repeats_at, places)) if self.uncounted else 0

    def repeats_at(self, place: int) -> bool:
        """Return whether the appointment at a place in the chain is to be repeated."""
        return bool(self.uncounted) and self.number_at(place) in self.uncounted

    def number_at(self, place: int) -> int:
        """Return the number of the appointment at a place in the chain, in its id; 0 for none."""
        numbers = (number for number in count_from(1) if number not in self.gone)
        return next(islice(numbers, place - 1, None)) if place else 0

    @property
    def gone(self) -> frozenset[int]:
        """The numbers that the chain does not have."""
        return self.skipped | self.aside

    @property
    def goes_by_season(self) -> bool:
        """Whether the seasons alone give its targets."""
        by_gaps = any(beat.preferred or beat.middle for beat in self.beats)
        others = self.pace or self.weekdays or self.offsets or self.step.window_of_anchor
        return bool(self.seasons) and not (by_gaps or others)

    @property
    def begins_on_anchor(self) -> bool:
        """Whether its first appointment is on the start that it counts from."""
        step = self.step
        begins_off = step.lies_before_anchor or self.begins_later or step.either
        return step.anchor == "start" and not begins_off

    @property
    def is_limited(self) -> bool:
        """Whether a limit of another step may keep its first appointment from the start."""
        places = (limit.anchor for limit in self.step.limits if limit.min)
        return self.keeps_away or any(
            is_place_of_step(place) and step_of_place(place) != self.step.id for place in places
        )

    @property
    def is_pinned(self) -> bool:
        """Whether its first appointment is on the start itself."""
        starts_now = not self.offsets or self.offsets[0].is_on_anchor
        return self.begins_on_anchor and starts_now and not self.waits and not self.is_limited


def with_later_beginnings(steps: Iterable[PlannedStep]) -> Iterator[PlannedStep]:
    """Yield the steps; those of one appointment alone count its spacing from the start.

    But for such as have the start for themselves: day 0 is the day of the first appointment. What
    keeps away from another step does so only where that is there as well.
    """
    planned = list(steps)
    ids = {each.step.id for each in planned}
    planned = [
        structs.replace(each, keeps_away=True) if steps_kept_from(each.step) & ids else each
        for each in planned
    ]
    on_start = [each for each in planned if each.is_pinned and not each.step.is_single]
    for each in planned:
        is_later = each.is_pinned and each.step.is_single and on_start
        yield structs.replace(each, begins_later=True) if is_later else each


def present_steps(protocol: Protocol, state: State) -> list[Step]:
    """Return the steps that this plan has or may have; of variants that may be, the first."""
    present: dict[str, Step] = {}
    for wanted in ("yes", "unknown"):
        for step in protocol.steps:
            if holds(step.when, state) == wanted:
                present.setdefault(step.id, step)
    return list(present.values())


def in_order(steps: list[Step], protocol: Protocol) -> list[Step]:
    """Put each step after those that it counts from; of several, the course's first."""
    ids = {step.id for step in steps}
    waiting = {step.id: needed_steps(step) | heeded_steps(step) & ids for step in steps}
    later: dict[str, list[Step]] = {}
    for step in steps:
        for name in waiting[step.id]:
            later.setdefault(name, []).append(step)
    ready = [step for step in steps if not waiting[step.id]]
    ordered: list[Step] = []
    while ready:
        ordered.append(min(ready, key=lambda step: (step.kind not in OF_COURSE, step.id)))
        ready.remove(ordered[-1])
        for step in later.get(ordered[-1].id, ()):
            waiting[step.id].discard(ordered[-1].id)
            if not waiting[step.id]:
                ready.append(step)
    if len(ordered) < len(steps):
        left = (f"{step.id} ({step.anchor})" for step in steps if waiting[step.id])
        names = ", ".join(sorted(left))
        raise InputError(f"steps anchored at steps that these choices leave out: {names}")
    if protocol.steps and not ordered:
        raise InputError("these choices leave no step that is anchored at the start or an event")
    return ordered


def read_lengths(given: str | Length | None) -> tuple[Span | None, Span | None]:
    """Return for how long a step goes on, and for how long at most."""
    if isinstance(given, Length):
        return span(given.preferred or given.min), span(given.max)
    return (span(given), None) if given else (None, None)


def read_pace(rate: Rate | None) -> Pace | None:
    """Read how often; None for nothing."""
    if rate is None:
        return None
    return Pace(fewest(rate.times), span(f"1 {rate.per}"), rate.days == "consecutive")


def fewest(count: int | Counts) -> int:
    """Return how many are planned of a number that may vary."""
    return count if isinstance(count, int) else count.preferred or count.min
