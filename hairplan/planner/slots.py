"""The appointments of a plan before they have dates: what each counts from, and how far.

The course is one rhythm: the targets of its steps run on from day 0, step after step, whatever day
was chosen, so that a course moved by one holiday falls back to its weekday. Everything after the
course counts from the day that was really chosen for the appointment it names. Windows always
count from chosen days.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from hairplan.dates.spans import Span, shift, span
from hairplan.errors import InputError
from hairplan.protocol import (
    Counts,
    Spacing,
    Step,
)

MOST_SLOTS: Final = 10_000


class Slot(Struct, frozen=True, kw_only=True):
    """An appointment that has no date yet.

    Attributes:
        id: the appointment's id.
        step: the step that it belongs to.
        number: its number in the step, from 1.
        of: how many the step has; None where it repeats without end.
        base: the appointment that its target counts from; -1 for the start.
        by: how far its target lies from that one.
        times: how many times so far, in one step.
        middle: in place of `by`, the bounds of a window whose middle is the target.
        on_target: counts from the base's target, not from its chosen day.
        before: the appointment that it has to follow; -1 for none.
        low: the least distance from that one.
        high: the most distance from that one.
        tolerance: in place of both, how far from its target it may lie.
    """

    id: str
    step: Step
    number: int
    of: int | None
    base: int = -1
    by: Span | None = None
    times: int = 1
    middle: tuple[Span, Span] | None = None
    on_target: bool = False
    before: int = -1
    low: Span | None = None
    high: Span | None = None
    tolerance: Span | None = None

    def target(self, base_day: date) -> date:
        """Return the day that the protocol prefers, from the day that it counts from."""
        if self.by is not None:
            return shift(base_day, self.by, self.times)
        if self.middle is None:
            return base_day
        first, last = (shift(base_day, by) for by in self.middle)
        return first + (last - first) // 2


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


def rhythm(spacing: Spacing, preferred: str | None = None) -> Rhythm:
    """Read a spacing; `preferred` takes the place of its own preferred value."""
    texts = (spacing.min, preferred or spacing.preferred, spacing.max, spacing.tolerance)
    low, wanted, high, tolerance = (span(text) if text else None for text in texts)
    return Rhythm(low, wanted, high, tolerance)


class Run(Struct, frozen=True):
    """A step as this plan has it: how many appointments, how far apart.

    Attributes:
        step: the step.
        count: how many; None where it repeats up to the horizon.
        rhythm: its spacing.
        inner: the spacing inside a group.
    """

    step: Step
    count: int | None
    rhythm: Rhythm
    inner: Rhythm | None


def planned_count(step: Step, asked: int | None) -> int | None:
    """Return how many appointments a step has; None if it repeats up to the horizon."""
    if step.count == "open":
        return None
    if asked is not None:
        return asked
    return step.count.preferred if isinstance(step.count, Counts) else step.count


def lay_out(runs: Sequence[Run], start: date, until: date, *, at_least_one: bool) -> list[Slot]:
    """Lay the appointments of a chain of steps one after another.

    How far a repeating step goes is counted on the protocol's own dates, before any is moved: an
    appointment, or a group by its first, is in if its target lies up to `until`.

    Args:
        runs: the steps, each after the one that it is anchored at.
        start: day 0.
        until: the last day for a target of a repeating step.
        at_least_one: a repeating step has its first appointment (or group) in any case.

    Raises:
        InputError: more than 10,000 appointments.
        OutOfRangeError: a date leaves the calendar.
    """
    slots: list[Slot] = []
    targets: list[date] = []
    ends: dict[str, tuple[int, int]] = {}
    for run in runs:
        first = len(slots)
        for slot in _run_slots(run, first, ends):
            base = start if slot.base < 0 else targets[slot.base]
            target = slot.target(base)
            is_first = at_least_one and slot.number == 1
            if run.count is None and target > until and _opens(run, slot) and not is_first:
                break
            slots.append(slot)
            targets.append(target)
            if len(slots) > MOST_SLOTS:
                raise InputError(f"more than {MOST_SLOTS} appointments: choose a nearer horizon")
        if len(slots) > first:
            ends[run.step.id] = (first, len(slots) - 1)
    return slots


def _opens(run: Run, slot: Slot) -> bool:
    return (slot.number - 1) % _size(run) == 0


def _size(run: Run) -> int:
    return run.step.group.size if run.step.group else 1


def _run_slots(run: Run, first: int, ends: dict[str, tuple[int, int]]) -> Iterator[Slot]:
    """Yield the slots of one step, without end if it has no count."""
    anchor = -1
    if run.step.anchor != "start":
        name, _, end = run.step.anchor.rpartition(".")
        anchor = ends[name][end == "last"]
    cycle = 1
    while run.count is None or cycle <= run.count:
        yield from _cycle(run, first, anchor, cycle)
        cycle += 1


def _cycle(run: Run, first: int, anchor: int, cycle: int) -> Iterator[Slot]:
    """Yield one beat of a step's rhythm: an appointment, or a group of them."""
    size = _size(run)
    number = (cycle - 1) * size + 1
    opening = first + number - 1
    before = anchor if cycle == 1 else opening - size
    base, times = before, 1
    if run.rhythm.preferred and run.step.since == "anchor":
        base, times = (anchor, cycle) if anchor >= 0 else (first, cycle - 1)
    on_target = run.step.kind == "session" and run.step.since == "anchor"
    yield _slot(run, run.rhythm, number, before, (base, times), on_target=on_target)
    if run.inner:
        for place in range(1, size):
            before = opening + place - 1
            yield _slot(run, run.inner, number + place, before, (opening, place), on_target=False)


def _slot(  # noqa: PLR0913 - what a slot refers to
    run: Run, beat: Rhythm, number: int, before: int, counted: tuple[int, int], *, on_target: bool
) -> Slot:
    name = f"{run.step.id}-{number}"
    if before < 0:
        return Slot(id=name, step=run.step, number=number, of=run.count)
    return Slot(
        id=name,
        step=run.step,
        number=number,
        of=run.count,
        before=before,
        base=counted[0],
        by=beat.preferred,
        times=counted[1],
        middle=beat.middle,
        on_target=on_target,
        low=beat.low,
        high=beat.high,
        tolerance=beat.tolerance,
    )
