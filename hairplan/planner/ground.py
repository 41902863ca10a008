"""The ground of a choice: the appointments, what is known beforehand, and what takes days away."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from msgspec import Struct, structs

from hairplan.dates.spans import shift
from hairplan.planner.layout import Layout
from hairplan.planner.slot import START, Apart, Slot, is_near
from hairplan.words import format_date

Taken = Callable[[date], str | None]
"""Says why no appointment can be on a day; None if one can."""

_DAY: Final = timedelta(days=1)


def never_taken(_day: date) -> None:
    """Say of any day that nothing takes it."""


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
        known: the days that were chosen before, by themselves.
    """

    index: int
    earliest: date
    latest: date
    known: ChosenDays = {}


class Ground(Struct, frozen=True):
    """The appointments, and the days that a choice has to go by.

    Attributes:
        slots: the appointments, each after those that it refers to.
        known: the days that are known beforehand, by their number below 0; the start is one.
        taken: says why a day is not free.
        last: the last day of what is planned.
        at_home: says the same for what the patient does at home.
        stages: the places before which all that comes earlier is chosen first, by itself.
    """

    slots: Sequence[Slot]
    known: ChosenDays
    taken: Taken
    last: date
    at_home: Taken = never_taken
    stages: tuple[int, ...] = ()

    @classmethod
    def of(cls, layout: Layout, taken: Taken, at_home: Taken = never_taken) -> "Ground":
        """Return the ground of a layout, for days that may be taken."""
        if not layout.stages:
            return cls(layout.slots, layout.known, taken, layout.frame.until, at_home)
        # What keeps away from others keeps away from what was done or is booked.
        fixed = {at: slot.fixed for at, slot in enumerate(layout.slots) if slot.fixed}
        known = {**layout.known, **fixed}
        return cls(layout.slots, known, taken, layout.frame.until, at_home, layout.stages)

    def knowing(self, days: ChosenDays) -> "Ground":
        """Return the ground with days that are chosen by now."""
        return structs.replace(self, known={**self.known, **days})

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
        return self.closed(slot, day) or self.too_near(slot, day, self.known)

    def closed(self, slot: Slot, day: date) -> str | None:
        """Say why an appointment cannot be on a day, whatever else the plan has; None if it can."""
        # Asked for each appointment of each plan: without the property in between.
        taken = self.at_home(day) if slot.step.kind == "home" else self.taken(day)
        return taken or slot.out_of_season(day)

    def days_near(self, slot: Slot) -> frozenset[int]:
        """Return the days that are too near for an appointment, as far as others are known."""
        near: set[int] = set()
        for apart in slot.apart:
            for other in (self.known[base] for base in apart.bases if base in self.known):
                first, last = shift(other, apart.by, -1), shift(other, apart.by)
                near.update(range(first.toordinal() + 1, last.toordinal()))
        return frozenset(near)

    def too_near(self, slot: Slot, day: date, days: ChosenDays) -> str | None:
        """Say what a day is too near to for an appointment, of some days; None for nothing."""
        near = self.what_is_near(slot, day, days)
        if near is None:
            return None
        apart, base = near
        return f"less than {apart.by} from {self.name_of(*near)} on {format_date(days[base])}"

    def what_is_near(self, slot: Slot, day: date, days: ChosenDays) -> tuple[Apart, int] | None:
        """Return what a day is too near to for an appointment, with its place; None for nothing."""
        for apart in slot.apart:
            for base in apart.bases:
                if base in days and is_near(day, days[base], apart.by):
                    return apart, base
        return None

    def name_of(self, apart: Apart, base: int) -> str:
        """Return the name of an appointment or a day that another keeps away from."""
        return self.slots[base].id if base >= 0 else apart.place


def _again(
    slot: Slot, earliest: date | None, latest: date | None
) -> tuple[date | None, date | None]:
    """Return the window of an appointment that is to be booked again, however late that is."""
    assert slot.not_before is not None, f"{slot.id} is not to be booked again"
    earliest = slot.not_before if earliest is None else max(earliest, slot.not_before)
    return earliest, None if latest is not None and latest < earliest else latest


def near(target: date, away: int) -> tuple[date, date]:
    """Return the two days that lie so far from a target; they stop at the calendar's ends."""
    reach = away * _DAY
    return (
        target - reach if target - date.min > reach else date.min,
        target + reach if date.max - target > reach else date.max,
    )
