"""What of a protocol holds, or may hold, for a patient beside the steps, its spans read once."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from msgspec import Struct, structs

from hairplan.dates.spans import ClockTime, Span, position, side, span
from hairplan.plan import Applies
from hairplan.planner.conditions import EVENTS, State, holds, unanswered
from hairplan.planner.restrictions import Sides, sides
from hairplan.planner.runs import lengths_of, pace_of
from hairplan.planner.slot import Pace
from hairplan.protocol.figures import fact_ids
from hairplan.protocol.model import (
    Condition,
    Expectation,
    Lengths,
    Milestone,
    Protocol,
    Restriction,
    Routine,
    Task,
    Traced,
)


class Ready(Struct, frozen=True):
    """A table of the protocol that holds, or may hold, for a patient.

    Attributes:
        name: its name in the protocol.
        when: whom it holds for.
        since: what of that is on the time since an event, and has to hold on the day itself.
        applies: yes, or unknown where an answer is missing.
        only_if: the answers that it waits for.
        sources: its fact ids.
    """

    name: str
    when: Condition
    since: Condition
    applies: Applies
    only_if: str | None
    sources: tuple[str, ...]


A = TypeVar("A", bound=Ready)


class ReadyRestriction(Ready, frozen=True):
    """A restriction with its two lengths read.

    Attributes:
        restriction: the table.
        at_least: the least length.
        ideal: the ideal length.
        ring: a number that it shares with those around the same appointments.
        least_periods: one that it shares with those that have the same periods, at least.
        ideal_periods: one that it shares with those that have the same periods, ideally.
    """

    restriction: Restriction
    at_least: Sides
    ideal: Sides
    ring: int
    least_periods: int
    ideal_periods: int


class ReadyTask(Ready, frozen=True):
    """A task with its spans read."""

    task: Task
    lead: Span | ClockTime | None
    earliest: Span | None
    valid: Span | None


class ReadyRoutine(Ready, frozen=True):
    """A routine with its spans read."""

    routine: Routine
    begins: Span | None
    every: Span | None
    pace: Pace | None
    lasting: Span | None


class ReadyMilestone(Ready, frozen=True):
    """A milestone with its span read."""

    milestone: Milestone
    after: Span | None


class ReadyExpectation(Ready, frozen=True):
    """An expectation with its spans read."""

    expectation: Expectation
    begins: Span | None
    ends: Span | None


def applies(when: Condition, state: State) -> tuple[Applies, str | None] | None:
    """Return whether a condition holds, and what it waits for; None if it does not hold."""
    match holds(when, state):
        case "yes":
            return "yes", None
        case "unknown":
            return "unknown", unanswered(when, state)
        case _:
            return None


def held(actives: Iterable[A], state: State) -> Iterator[A]:
    """Yield what holds for a patient, or may hold, of the tables that could hold for one."""
    for each in actives:
        if not each.when:
            yield each
        elif found := applies(each.when, state):
            doubt, only_if = found
            is_sure = doubt == "yes"
            yield each if is_sure else structs.replace(each, applies=doubt, only_if=only_if)


def ready_restrictions(protocol: Protocol) -> tuple[ReadyRestriction, ...]:
    """Return the restrictions, by name."""
    rings: dict[object, int] = {}
    lengths: dict[object, int] = {}
    found = []
    for name, table in sorted(protocol.restrictions.items()):
        least, ideal = _sides(table, "at_least"), _sides(table, "ideal")
        read = _read(table)
        since = tuple(read[1].items())
        ring = rings.setdefault((table.around, table.until, since), len(rings))
        shared = (lengths.setdefault((ring, each), len(lengths)) for each in (least, ideal))
        found.append(ReadyRestriction(name, *read, table, least, ideal, ring, *shared))
    return tuple(found)


def _read(table: Traced) -> tuple[Condition, Condition, Applies, None, tuple[str, ...]]:
    """Return what is read of every table, as if it held."""
    since = {name: value for name, value in table.when.items() if name.startswith(EVENTS)}
    return table.when, since, "yes", None, fact_ids(table.source)


def _sides(table: Restriction, length: str) -> Sides:
    texts = (
        getattr(end, length) if isinstance(end, Lengths) else end
        for end in (table.before, table.after)
    )
    before, after = (side(text) if text else None for text in texts)
    return sides(before, after, span(table.begins) if table.begins else None)


def ready_tasks(protocol: Protocol) -> Iterator[ReadyTask]:
    """Yield the tasks, by name."""
    for name, table in sorted(protocol.tasks.items()):
        lead = side(table.lead) if table.lead else None
        earliest, valid = _spans(table.earliest, table.valid)
        yield ReadyTask(name, *_read(table), table, lead, earliest, valid)


def _spans(*texts: str | None, first_day: int = 0) -> Iterator[Span | None]:
    return (position(text, first_day) if text else None for text in texts)


def ready_routines(protocol: Protocol) -> Iterator[ReadyRoutine]:
    """Yield the routines, by name."""
    for name, table in sorted(protocol.routines.items()):
        (begins,) = _spans(table.begins, first_day=protocol.first_day)
        (every,) = _spans(table.every)
        lasting, _ = lengths_of(table.lasting)
        yield ReadyRoutine(
            name, *_read(table), table, begins, every, pace_of(table.rate),
            lasting,
        )  # fmt: skip


def ready_milestones(protocol: Protocol) -> Iterator[ReadyMilestone]:
    """Yield the milestones, by name."""
    for name, table in sorted(protocol.milestones.items()):
        (after,) = _spans(table.after, first_day=protocol.first_day)
        yield ReadyMilestone(name, *_read(table), table, after)


def ready_expectations(protocol: Protocol) -> Iterator[ReadyExpectation]:
    """Yield the expectations, by name."""
    for name, table in sorted(protocol.expectations.items()):
        begins, ends = _spans(table.begins, table.ends, first_day=protocol.first_day)
        yield ReadyExpectation(name, *_read(table), table, begins, ends)
