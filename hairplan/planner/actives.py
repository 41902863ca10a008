"""What of a protocol holds, or may hold, for a patient beside the steps, its spans read once."""

from collections.abc import Iterator

from msgspec import Struct

from hairplan.conditions import State, holds, unanswered
from hairplan.dates.spans import ClockTime, Span, position, side, span
from hairplan.plan import Applies
from hairplan.planner.runs import lengths_of, pace_of
from hairplan.planner.slots import Pace
from hairplan.protocol import (
    Expectation,
    Lengths,
    Milestone,
    Protocol,
    Restriction,
    Routine,
    Task,
    Traced,
)
from hairplan.restrictions import Sides
from hairplan.traces import fact_ids


class Active(Struct, frozen=True):
    """A table of the protocol that holds, or may hold, for this patient.

    Attributes:
        name: its name in the protocol.
        applies: yes, or unknown where an answer is missing.
        only_if: the answers that it waits for.
        sources: its fact ids.
    """

    name: str
    applies: Applies
    only_if: str | None
    sources: tuple[str, ...]


class ActiveRestriction(Active, frozen=True):
    """A restriction with its two lengths read."""

    restriction: Restriction
    at_least: Sides
    ideal: Sides


class ActiveTask(Active, frozen=True):
    """A task with its spans read."""

    task: Task
    lead: Span | ClockTime | None
    earliest: Span | None
    valid: Span | None


class ActiveRoutine(Active, frozen=True):
    """A routine with its spans read."""

    routine: Routine
    begins: Span | None
    every: Span | None
    pace: Pace | None
    lasting: Span | None


class ActiveMilestone(Active, frozen=True):
    """A milestone with its span read."""

    milestone: Milestone
    after: Span | None


class ActiveExpectation(Active, frozen=True):
    """An expectation with its spans read."""

    expectation: Expectation
    begins: Span | None
    ends: Span | None


def applies(table: Traced, state: State) -> tuple[Applies, str | None] | None:
    """Return whether a table holds, and what it waits for; None if it does not hold."""
    match holds(table.when, state):
        case "yes":
            return "yes", None
        case "unknown":
            return "unknown", unanswered(table.when, state)
        case _:
            return None


def active_restrictions(protocol: Protocol, state: State) -> Iterator[ActiveRestriction]:
    """Yield the restrictions that hold or may hold, by name."""
    for name, table in sorted(protocol.restrictions.items()):
        if found := applies(table, state):
            least, ideal = _sides(table, "at_least"), _sides(table, "ideal")
            yield ActiveRestriction(name, *found, fact_ids(table.source), table, least, ideal)


def _sides(table: Restriction, length: str) -> Sides:
    texts = (
        getattr(end, length) if isinstance(end, Lengths) else end
        for end in (table.before, table.after)
    )
    before, after = (side(text) if text else None for text in texts)
    return Sides(before, after, span(table.begins) if table.begins else None)


def active_tasks(protocol: Protocol, state: State) -> Iterator[ActiveTask]:
    """Yield the tasks that hold or may hold, by name."""
    for name, table in sorted(protocol.tasks.items()):
        if found := applies(table, state):
            lead = side(table.lead) if table.lead else None
            earliest, valid = _spans(table.earliest, table.valid)
            yield ActiveTask(name, *found, fact_ids(table.source), table, lead, earliest, valid)


def _spans(*texts: str | None, first_day: int = 0) -> Iterator[Span | None]:
    return (position(text, first_day) if text else None for text in texts)


def active_routines(protocol: Protocol, state: State) -> Iterator[ActiveRoutine]:
    """Yield the routines that hold or may hold, by name."""
    for name, table in sorted(protocol.routines.items()):
        if found := applies(table, state):
            (begins,) = _spans(table.begins, first_day=protocol.first_day)
            (every,) = _spans(table.every)
            lasting, _ = lengths_of(table.lasting)
            yield ActiveRoutine(
                name, *found, fact_ids(table.source), table, begins, every, pace_of(table.rate),
                lasting,
            )  # fmt: skip


def active_milestones(protocol: Protocol, state: State) -> Iterator[ActiveMilestone]:
    """Yield the milestones that hold or may hold, by name."""
    for name, table in sorted(protocol.milestones.items()):
        if found := applies(table, state):
            (after,) = _spans(table.after, first_day=protocol.first_day)
            yield ActiveMilestone(name, *found, fact_ids(table.source), table, after)


def active_expectations(protocol: Protocol, state: State) -> Iterator[ActiveExpectation]:
    """Yield the expectations that hold or may hold, by name."""
    for name, table in sorted(protocol.expectations.items()):
        if found := applies(table, state):
            begins, ends = _spans(table.begins, table.ends, first_day=protocol.first_day)
            yield ActiveExpectation(name, *found, fact_ids(table.source), table, begins, ends)
