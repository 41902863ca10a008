"""Why there is no plan, and the nearest starts that work: never a start before today."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from itertools import groupby
from typing import Final

from hairplan.dates.spans import shift_days
from hairplan.errors import OutOfRangeError
from hairplan.plan import Problem
from hairplan.planner.availability import Availability
from hairplan.planner.choose import Ground, Stuck, is_feasible
from hairplan.planner.layout import lay_out
from hairplan.planner.resolve import Resolved
from hairplan.planner.screening import RuleStanding, describe_rule, earliest_start, refusals
from hairplan.planner.slot import Slot
from hairplan.planner.start import start_taken
from hairplan.protocol.figures import fact_ids
from hairplan.words import cite, describe_outcome, format_date, format_range

A_YEAR: Final = 366
_MOST_RUNS: Final = 5


def never_open(day: date) -> Problem:
    """Say that no day within a year of the start is open."""
    return Problem(
        kind="no dates",
        what=f"no day from {format_date(day)} on is open for a start within a year",
        why=("closed days, closures and absences leave no day",),
    )


def refused(
    resolved: Resolved, days: Availability, refusing: Sequence[RuleStanding], start: date
) -> Problem:
    """Say which rules refuse, and the first start on which none does any more."""
    stands = resolved.standings
    first = earliest_start(stands, max(start, resolved.today))
    nearest = _first(_from(first), _works(resolved, days)) if first else None
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
    slot = ground.slots[stuck.index]
    works = _works(resolved, days)
    before = _first(_back_from(shift_days(start, -1), resolved.today), works)
    after = _first(_from(max(shift_days(start, 1), resolved.today)), works)
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


def _works(resolved: Resolved, days: Availability) -> Callable[[date], bool]:
    def works(day: date) -> bool:
        if start_taken(resolved, days, day) or refusals(resolved.standings, day):
            return False
        try:
            layout = lay_out(resolved.steps, resolved.frame(day))
        except OutOfRangeError:
            return False
        return is_feasible(Ground.of(layout, days.taken))

    return works


def _first(candidates: Iterable[date], works: Callable[[date], bool]) -> date | None:
    return next((day for day in candidates if works(day)), None)


def _from(first: date) -> Iterator[date]:
    for number in range(min(A_YEAR, (date.max - first).days)):
        yield shift_days(first, number)


def _back_from(last: date, today: date) -> Iterator[date]:
    for number in range(min(A_YEAR, (last - today).days + 1)):
        yield shift_days(last, -number)
