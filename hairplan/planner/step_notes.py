"""Notes on the steps of a plan: ranges, open ends, and what happens to a late appointment."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from hairplan.protocol.figures import fact_ids, find_basis
from hairplan.protocol.model import Protocol
from hairplan.protocol.step import Counts, Late, Length, Spacing, Step
from hairplan.remarks import Remark, inform
from hairplan.words import cite

_THEN: Final = {
    "continue": "the course goes on from the day on which it was really done",
    "restart": "the step begins anew",
    "extra": "an extra appointment is added",
}
_THEN_EARLY: Final = {
    "repeat": "it does not count and is to be repeated",
    "ask": "whether it counts is to be said",
}


def step_remarks(
    steps: Sequence[Step],
    protocol: Protocol,
    events: Mapping[str, object],
    asked: Mapping[str, object],
) -> Iterator[Remark]:
    """Yield the notes on the steps of a plan.

    Args:
        steps: the steps that the plan has.
        protocol: the treatment that they are of.
        events: the events whose days are known.
        asked: the steps whose number of appointments was asked for.
    """
    for step in steps:
        yield from inform("step", _ranges(step, events, asked))
        yield from inform("step", _end(step, protocol, events))
        yield from inform("step", _limits(step, events))
        yield from inform("step", _either(step, events))
        yield from inform("step", _late(step))
        yield from inform("step", _early(step))


def _facts(step: Step, figure: str) -> str:
    return cite(fact_ids(find_basis(step, figure).source))


def _ranges(step: Step, events: Mapping[str, object], asked: Mapping[str, object]) -> Iterator[str]:
    """Say where a number may vary and which one is planned."""
    if step.rate and isinstance(step.rate.times, Counts):
        times, per = step.rate.times, step.rate.per
        planned = times.preferred or times.min
        yield (
            f"{step.id}: {planned} a {per} planned, {times.min} to {times.max} possible"
            f"{_facts(step, 'rate')}"
        )
    count = step.count
    is_asked_only = find_basis(step, "count.max").strength == "default"
    is_asked_only = is_asked_only or step.id in asked
    is_open = step.until is None or step.until not in events
    has_range = isinstance(count, Counts) and count.preferred is not None and is_open
    if isinstance(count, Counts) and has_range and not is_asked_only:
        yield (
            f"{step.id}: {count.preferred} planned, {count.min} to {count.max} possible"
            f"{_facts(step, 'count')}"
        )
    if isinstance(step.lasting, Length) and is_open and step.id not in asked:
        length = step.lasting
        planned_length = length.preferred or length.min
        yield (
            f"{step.id}: {planned_length} planned, {length.min} to {length.max} possible"
            f"{_facts(step, 'lasting')}"
        )


def _end(step: Step, protocol: Protocol, events: Mapping[str, object]) -> Iterator[str]:
    """Say until which event a step goes on, while that has no day."""
    if step.until and step.until not in events:
        yield (
            f"{step.id}: goes on until {protocol.events[step.until].label}, whatever is planned"
            f" here; once its day is known: --event {step.until}=DATE{_facts(step, 'until')}"
        )


def _limits(step: Step, events: Mapping[str, object]) -> Iterator[str]:
    for limit in step.limits:
        name = limit.anchor.removeprefix("events.")
        if name != limit.anchor and name not in events:
            yield f"{step.id}: its limit from {limit.anchor} is left aside: no day of it is known"


def _either(step: Step, events: Mapping[str, object]) -> Iterator[str]:
    """Say which of two targets counts."""
    either = step.either
    if not either:
        return
    name = either.anchor.removeprefix("events.")
    if name != either.anchor and name not in events:
        yield f"{step.id}: its target from {either.anchor} is left aside: no day of it is known"
        return
    own, other = describe_distance(step.spacings[0]), describe_distance(either.spacing)
    yield (
        f"{step.id}: {own} after {step.anchor} or {other} after {either.anchor}, whichever is"
        f" {either.whichever}{_facts(step, 'either')}"
    )


def describe_distance(spacing: Spacing) -> str:
    """Say how far a target lies, such as "6 months" or "5 weeks..8 weeks"."""
    return spacing.preferred or f"{spacing.min}..{spacing.max}"


def _early(step: Step) -> Iterator[str]:
    """Say what happens when an appointment took place too early, beside being counted."""
    if step.early and step.early.then in _THEN_EARLY:
        before = f"less than {step.early.before} after the one before"
        when = before if step.early.before else "too early"
        grace = f" by more than {step.early.grace}" if step.early.grace else ""
        said = f": {step.early.says}" if step.early.says else ""
        yield (
            f"{step.id}: if one takes place {when}{grace}, {_THEN_EARLY[step.early.then]}{said}"
            f"{_facts(step, 'early')}"
        )


def _late(step: Step) -> Iterator[str]:
    """Say what happens when an appointment comes too late."""
    for number, late in enumerate(step.lates, 1):
        after = f"more than {late.after} after the one before" if late.after else "late"
        said = f": {late.says}" if late.says else ""
        facts = _facts(step, step.late_key(number))
        yield f"{step.id}: if one comes {after}, {_then(late)}{said}{facts}"


def _then(late: Late) -> str:
    """Say what follows when an appointment comes too late."""
    if isinstance(late.more, Counts):
        return f"{late.more.min} to {late.more.max} extra appointments are added"
    if late.more is not None and late.more > 1:
        return f"{late.more} extra appointments are added"
    return _THEN[late.then]
