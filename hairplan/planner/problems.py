"""Why there is no plan, and the nearest starts that work: never a start before today."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from itertools import groupby, takewhile
from typing import Final

from hairplan.dates.spans import shift_days
from hairplan.errors import OutOfRangeError
from hairplan.plan import Problem
from hairplan.planner.availability import Availability
from hairplan.planner.choose import end_of_course, is_feasible
from hairplan.planner.free_days import FreeDays
from hairplan.planner.ground import Ground, Stuck
from hairplan.planner.layout import Layout, lay_out
from hairplan.planner.reach import may_start
from hairplan.planner.resolve import Resolved
from hairplan.planner.screening import RuleStanding, describe_rule, earliest_start, refusals
from hairplan.planner.slot import Slot
from hairplan.planner.start import start_taken
from hairplan.protocol.figures import fact_ids
from hairplan.words import cite, describe_outcome, format_date, format_range

A_YEAR: Final = 366
_MOST_RUNS: Final = 5


def never_open(day: date, taken: str | None) -> Problem:
    """Say that no day within a year of the start is open."""
    return Problem(
        kind="no dates",
        what=f"no day from {format_date(day)} on is open for a start within a year",
        why=(f"{format_date(day)} is {taken}",),
    )


def refused(
    resolved: Resolved, days: Availability, refusing: Sequence[RuleStanding], start: date
) -> Problem:
    """Say which rules refuse, and the first start on which none does any more."""
    stands = resolved.standings
    first = earliest_start(stands, max(start, resolved.today))
    nearest = _Starts(resolved, days).nearest(_from(first)) if first else None
    return Problem(
        kind="refused",
        what=f"screening refuses a start on {format_date(start)}",
        why=tuple(map(describe_standing, refusing)),
        rules=tuple(standing.name for standing in refusing),
        earliest_start=first,
        nearest_starts=(nearest,) if nearest else (),
    )


def describe_standing(stand: RuleStanding) -> str:
    """Say what a rule that refuses means, and until when."""
    until = f", until {stand.until}" if stand.until else ""
    outcome = f"{describe_outcome(stand.rule.outcome)}{until}"
    return (
        f"{stand.name}: {outcome}: {describe_rule(stand.rule)}{cite(fact_ids(stand.rule.source))}"
    )


def no_dates(
    resolved: Resolved, days: Availability, ground: Ground, stuck: Stuck, start: date
) -> Problem:
    """Say which appointment finds no day, what fills its window, and the nearest starts."""
    slot, ground = ground.slots[stuck.index], ground.knowing(stuck.known)
    starts = _Starts(resolved, days)
    before = starts.nearest(_back_from(shift_days(start, -1), resolved.today))
    after = starts.nearest(_from(max(shift_days(start, 1), resolved.today)))
    window = f"its window {format_range(stuck.earliest, stuck.latest)} has no free day"
    if stuck.latest < stuck.earliest:
        window = f"it may not be before {stuck.earliest}, nor after {stuck.latest}"
    what = f"no date for {slot.id} keeps to the protocol: {window}"
    return Problem(
        kind="no dates",
        what=what,
        why=tuple(_fillings(ground, slot, stuck)),
        session=slot.id,
        earliest=stuck.earliest,
        latest=stuck.latest,
        nearest_starts=tuple(day for day in (before, after) if day),
    )


def _fillings(ground: Ground, slot: Slot, stuck: Stuck) -> Iterator[str]:
    """Say what takes the days of a window, each reason once with its days."""
    count = (stuck.latest - stuck.earliest).days + 1
    if count < 1:
        yield "the limits leave no day between them"
    every = [shift_days(stuck.earliest, number) for number in range(count)]
    taken_by = partial(ground.blocked, slot)
    runs = [(reason, list(run)) for reason, run in groupby(every, taken_by)]
    for reason in dict.fromkeys(reason for reason, _ in runs if reason):
        taken = [
            format_range(run[0], run[-1])
            for taken_by_reason, run in runs
            if taken_by_reason == reason
        ]
        if len(taken) > _MOST_RUNS:
            last = taken[-1]
            taken[_MOST_RUNS - 1 :] = [f"{len(taken) - _MOST_RUNS} more like it, {last}"]
        yield f"{', '.join(taken)}: {reason}"


class _Starts:
    """The starts of a plan, and whether one works."""

    def __init__(self, resolved: Resolved, days: Availability) -> None:
        self._resolved, self._days = resolved, days
        self._free = FreeDays(days.taken, days.taken_at_home)
        self._counted = {
            planned.step.id for planned in resolved.steps if planned.is_counted or planned.waits
        }

    def nearest(self, candidates: Sequence[date]) -> date | None:
        """Return the first of some starts that works; None for none."""
        open_days = [day for day in candidates if not self._is_taken(day)]
        return self._first(open_days) if open_days else None

    def _first(self, starts: Sequence[date]) -> date | None:
        """Return the first that works, passing over at once what cannot work from any start."""
        if self._works(starts[0]):
            return starts[0]
        rest = starts[1:]
        if not rest or not self._may_work(rest):
            return None
        middle = len(rest) // 2
        parts = (part for part in (rest[:middle], rest[middle:]) if part)
        return next((day for part in parts if (day := self._first(part))), None)

    def _is_taken(self, day: date) -> bool:
        taken = start_taken(self._resolved, self._days, day)
        return bool(taken or refusals(self._resolved.standings, day))

    def _works(self, day: date) -> bool:
        try:
            layout = lay_out(self._resolved.steps, self._resolved.frame(day))
        except OutOfRangeError:
            return False
        return is_feasible(self._ground(layout), self._free)

    def _ground(self, layout: Layout) -> Ground:
        return Ground.of(layout, self._days.taken, self._days.taken_at_home)

    def _may_work(self, starts: Sequence[date]) -> bool:
        try:
            layout = lay_out(self._resolved.steps, self._resolved.frame(starts[0]))
            ground = self._ground(layout)
            # Only the course can refuse a start.
            course = ground.slots[: end_of_course(ground)]
            counted = takewhile(lambda slot: slot.step.id in self._counted, course)
            return may_start(ground, self._free, sum(1 for _ in counted), starts)
        except OutOfRangeError:
            return True


def _from(first: date) -> list[date]:
    return [shift_days(first, number) for number in range(min(A_YEAR, (date.max - first).days))]


def _back_from(last: date, today: date) -> list[date]:
    return [shift_days(last, -number) for number in range(min(A_YEAR, (last - today).days + 1))]
