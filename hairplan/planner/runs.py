"""The steps that a plan has or may have, in the order in which they count from one another."""

from collections.abc import Mapping

from msgspec import Struct

from hairplan.dates.seasons import season
from hairplan.dates.spans import Span, position, span
from hairplan.dates.weekdays import WEEKDAYS
from hairplan.errors import InputError
from hairplan.planner.conditions import State, holds, unanswered
from hairplan.planner.layout import Events, PlannedStep
from hairplan.planner.slot import Pace, rhythm
from hairplan.protocol.model import Counts, Length, Protocol, Rate, Step, needed_steps


class CheckedRequest(Struct, frozen=True):
    """A protocol and what a request makes of it, without a fault."""

    protocol: Protocol
    state: State
    steps: list[Step]
    counts: Mapping[str, int]
    spacings: Mapping[str, str]
    events: Events


def present_steps(protocol: Protocol, state: State) -> list[Step]:
    """Return the steps that this plan has or may have; of variants that may be, the first."""
    found: dict[str, Step] = {}
    for wanted in ("yes", "unknown"):
        for step in protocol.steps:
            if holds(step.when, state) == wanted:
                found.setdefault(step.id, step)
    return list(found.values())


def in_order(steps: list[Step]) -> list[Step]:
    """Put each step after those that it counts from; of several, the course's first."""
    waiting = {step.id: needed_steps(step) for step in steps}
    later: dict[str, list[Step]] = {}
    for step in steps:
        for name in waiting[step.id]:
            later.setdefault(name, []).append(step)
    ready = [step for step in steps if not waiting[step.id]]
    ordered: list[Step] = []
    while ready:
        ordered.append(min(ready, key=lambda step: (step.kind != "session", step.id)))
        ready.remove(ordered[-1])
        for step in later.get(ordered[-1].id, ()):
            waiting[step.id].discard(ordered[-1].id)
            if not waiting[step.id]:
                ready.append(step)
    if len(ordered) < len(steps):
        left = (f"{step.id} ({step.anchor})" for step in steps if waiting[step.id])
        names = ", ".join(sorted(left))
        raise InputError(f"steps anchored at steps that these choices leave out: {names}")
    if not ordered:
        raise InputError("these choices leave no step that is anchored at the start or an event")
    return ordered


def plain_step(step: Step, protocol: Protocol) -> PlannedStep:
    """Return a step as a plan has it for which nothing is asked and nothing is known."""
    return planned_step(CheckedRequest(protocol, {}, [step], {}, {}, {}), step)


def planned_step(made: CheckedRequest, step: Step) -> PlannedStep:
    """Return a step as this plan has it, by what was asked for and is known."""
    asked = made.counts.get(step.id)
    preferred = made.spacings.get(step.id)
    count, more = _count(step, asked)
    until = made.events.get(step.until or "", ())
    lasting, longest = lengths_of(step.lasting)
    shortest = span(step.lasting.min) if isinstance(step.lasting, Length) else None
    if isinstance(step.lasting, Length) and step.lasting.preferred and asked is None:
        longest = longest if until else None
    return PlannedStep(
        step=step,
        count=count if not until else None,
        more=more if not until else 0,
        beats=tuple(rhythm(each, preferred) for each in step.spacings),
        inner=tuple(rhythm(each) for each in step.group.spacings) if step.group else (),
        offsets=tuple(position(each, made.protocol.first_day) for each in step.offsets),
        pace=pace_of(step.rate),
        weekdays=frozenset(WEEKDAYS.index(day) for day in step.weekdays),
        seasons=tuple(season(each) for each in step.seasons),
        lasting=lasting,
        shortest=shortest,
        longest=longest,
        until=until[-1] if until else None,
        waits=_waits(step, made),
    )


def _waits(step: Step, made: CheckedRequest) -> str | None:
    """Say which answers a step waits for; None if it waits for none."""
    if holds(step.when, made.state) == "yes":
        return None
    asks = [
        made.protocol.questions[name].ask for name in step.when if name in made.protocol.questions
    ]
    return f"if {unanswered(step.when, made.state)}" + (f" ({' '.join(asks)})" if asks else "")


def _count(step: Step, asked: int | None) -> tuple[int | None, int]:
    """Return how many appointments a step has, and how many more may follow."""
    count = step.count
    if asked is not None:
        return asked, 0
    if isinstance(count, Counts):
        if count.preferred is not None:
            return count.preferred, 0
        return count.min, count.max - count.min
    if isinstance(count, int):
        return count, 0
    if step.offsets and count is None:
        return len(step.offsets), 0
    is_bounded_otherwise = count == "open" or step.lasting or step.total
    return (None if is_bounded_otherwise else 1), 0


def lengths_of(given: str | Length | None) -> tuple[Span | None, Span | None]:
    """Return for how long a step goes on, and for how long at most."""
    if isinstance(given, Length):
        return span(given.preferred or given.min), span(given.max)
    return (span(given), None) if given else (None, None)


def pace_of(rate: Rate | None) -> Pace | None:
    """Read how often; None for nothing."""
    return Pace(fewest(rate.times), span(f"1 {rate.per}")) if rate else None


def fewest(count: int | Counts) -> int:
    """Return how many are planned of a number that may vary."""
    return count if isinstance(count, int) else count.preferred or count.min
