"""The first stage: all that a protocol says to every patient, read once.

A table that holds for some patients only is compiled as if it held: resolving leaves it out, or
says which answers it waits for.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct, structs

from hairplan.dates.seasons import season
from hairplan.dates.spans import ClockTime, Span, position, side, span
from hairplan.dates.weekdays import WEEKDAYS
from hairplan.plan import Applies, Conflict, Figure, PlanSource, ProtocolId
from hairplan.planner.conditions import EVENTS
from hairplan.planner.default_windows import with_default_windows
from hairplan.planner.figures import figures_of, sources_of
from hairplan.planner.offsets import read_offset
from hairplan.planner.restrictions import Sides, sides
from hairplan.planner.screening import describe_rule
from hairplan.planner.steps import (
    Pace,
    PlannedStep,
    read_lengths,
    read_pace,
    read_rhythm,
    read_rhythms,
)
from hairplan.protocol.figures import cover_by_head, display_path, fact_ids, traced_tables
from hairplan.protocol.model import (
    Expectation,
    Lengths,
    Milestone,
    Protocol,
    Restriction,
    Routine,
    Task,
)
from hairplan.protocol.patient_texts import in_one_language
from hairplan.protocol.step import Counts, Length, Step
from hairplan.protocol.values import Condition, Traced, treating_kinds
from hairplan.words import cite

_MOST_KEPT: Final = 32


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


class Reach(Struct, frozen=True):
    """The appointments that a restriction surrounds, and how far: several may have the same reach.

    Attributes:
        around: the appointments, or the steps or events; nothing for all that treat.
        until: the place that it lasts until; null where its lengths say when it ends.
        since: the time since events that has to hold on an appointment's day.
        at_least: the least length.
        ideal: the ideal length.
        but: which of the appointments it does not surround.
    """

    around: tuple[str, ...]
    until: str | None
    since: Condition
    at_least: Sides
    ideal: Sides
    but: tuple[str, ...] = ()


class ReadyStage(Struct, frozen=True):
    """A stage of a restriction, with what comes before it, and what it ends with.

    Attributes:
        label: what is allowed.
        before: the least and the ideal length of all that comes before it.
        until: the same with the stage; null where it has no end.
    """

    label: str
    before: tuple[Sides, Sides]
    until: tuple[Sides, Sides] | None


class ReadyRestriction(Ready, frozen=True):
    """A restriction with its reach read.

    Attributes:
        restriction: the table.
        reach: the very one that restrictions share whose periods are the same.
        stages: what is allowed in turn before the end of these.
    """

    restriction: Restriction
    reach: Reach
    stages: tuple[ReadyStage, ...] = ()


class ReadyTask(Ready, frozen=True):
    """A task with its spans read."""

    task: Task
    lead: Span | ClockTime | None
    earliest: Span | None
    valid: Span | None
    lag: Span | None


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


class CompiledTable(Struct, frozen=True):
    """A table of the protocol, or its head, with what it rests on.

    Attributes:
        table: the table.
        when: whom it holds for.
        cited: the ids of the facts that it cites.
    """

    table: Traced | Protocol
    when: Condition
    cited: frozenset[str]


class Compiled(Struct, frozen=True, kw_only=True):
    """A protocol as it is for every patient.

    Attributes:
        origin: the treatment as it came.
        protocol: the treatment, with the clinic's own figures.
        name: which one it is, with the digest of it as it came.
        tables: its tables, the head first.
        figures: their figures, sorted by their path, each with the place of its table.
        sources: every fact that is cited, in order.
        steps: its steps as a plan has them that asks for nothing, by the identity of each.
        notes: what it has to say, each with its sources.
        meanings: what each screening rule means, by its name.
    """

    origin: Protocol
    protocol: Protocol
    name: ProtocolId
    tables: tuple[CompiledTable, ...]
    figures: tuple[tuple[int, Figure], ...]
    sources: tuple[PlanSource, ...]
    steps: Mapping[int, PlannedStep]
    restrictions: tuple[ReadyRestriction, ...]
    tasks: tuple[ReadyTask, ...]
    routines: tuple[ReadyRoutine, ...]
    milestones: tuple[ReadyMilestone, ...]
    expectations: tuple[ReadyExpectation, ...]
    differences: tuple[Conflict, ...]
    notes: tuple[str, ...]
    meanings: Mapping[str, str]


_KEPT: Final[dict[int, Compiled]] = {}
"""Compiled protocols by the identity of each: a batch has a few, for many patients."""


def compile_once(protocol: Protocol) -> Compiled:
    """Return a protocol compiled, once for all its patients."""
    kept = _KEPT.get(id(protocol))
    if kept is None:
        if len(_KEPT) >= _MOST_KEPT:
            _KEPT.clear()
        # It holds the protocol, so that no other one takes its id.
        kept = _KEPT[id(protocol)] = compile_protocol(with_default_windows(protocol), protocol)
    return kept


def digest_of(protocol: Protocol) -> str:
    """Return the digest of a protocol's content, the same for the same content."""
    return compile_once(protocol).name.digest


def compile_protocol(protocol: Protocol, origin: Protocol) -> Compiled:
    """Read all of a protocol that no patient changes.

    Args:
        protocol: the treatment, with the clinic's own figures.
        origin: the treatment as it came, which the digest is of.
    """
    protocol = cover_by_head(protocol)
    paths = list(_paths(protocol))
    entries = tuple(
        CompiledTable(table, getattr(table, "when", {}), frozenset(_cited(table)))
        for _, table in paths
    )
    digest = sha256(msgspec.json.encode(in_one_language(origin), order="deterministic")).hexdigest()
    return Compiled(
        origin=origin,
        protocol=protocol,
        name=ProtocolId(protocol.id, protocol.version, protocol.name, protocol.date, digest),
        tables=entries,
        figures=figures_of(paths),
        sources=sources_of(protocol, (name for entry in entries for name in entry.cited)),
        steps={id(step): plain_step(step, protocol.first_day) for step in protocol.steps},
        restrictions=tuple(_ready_restrictions(protocol)),
        tasks=tuple(_ready_tasks(protocol)),
        routines=tuple(_ready_routines(protocol)),
        milestones=tuple(_ready_milestones(protocol)),
        expectations=tuple(_ready_expectations(protocol)),
        differences=tuple(
            Conflict(difference.topic, difference.says, difference.holds)
            for difference in protocol.differences
        ),
        notes=tuple(f"{note.text}{cite(fact_ids(note.source))}" for note in protocol.notes),
        meanings={name: describe_rule(rule) for name, rule in protocol.rules.items()},
    )


def _paths(protocol: Protocol) -> Iterator[tuple[str, Traced | Protocol]]:
    """Yield the tables, each with the path that its figures are shown under; the head first."""
    yield "", protocol
    for kind, name, table in traced_tables(protocol):
        yield display_path(protocol, kind, name, table), table


def _cited(table: Traced | Protocol) -> Iterator[str]:
    yield from fact_ids(table.source)
    for exception in table.figures.values():
        yield from fact_ids(exception.source)


def plain_step(step: Step, first_day: int) -> PlannedStep:
    """Return a step as a plan has it for which nothing is asked and nothing is known."""
    count, more = _count(step)
    lasting, longest = read_lengths(step.lasting)
    return PlannedStep(
        step=step,
        count=count,
        more=more,
        beats=read_rhythms(step),
        inner=tuple(read_rhythm(spacing) for spacing in step.group.spacings) if step.group else (),
        other=read_rhythm(step.either.spacing) if step.either else None,
        offsets=tuple(read_offset(offset, first_day) for offset in step.offsets),
        pace=read_pace(step.rate),
        weekdays=frozenset(WEEKDAYS.index(day) for day in step.weekdays),
        seasons=tuple(season(text) for text in step.seasons),
        lasting=lasting,
        shortest=span(step.lasting.min) if isinstance(step.lasting, Length) else None,
        longest=None if isinstance(step.lasting, Length) and step.lasting.preferred else longest,
    )


def _count(step: Step) -> tuple[int | None, int]:
    """Return how many appointments a step has, and how many more may follow."""
    count = step.count
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


def _ready_restrictions(protocol: Protocol) -> Iterator[ReadyRestriction]:
    reaches: list[Reach] = []
    kinds = treating_kinds(step.kind for step in protocol.steps)
    at_home = tuple(dict.fromkeys(step.id for step in protocol.steps if {step.kind} == kinds))
    by_default = at_home if protocol.steps else ("start",)
    for name, table in sorted(protocol.restrictions.items()):
        stages = _ready_stages(table)
        least, ideal = _lengths(table)
        if stages:
            least, ideal = stages[-1].until or stages[-1].before
        read = _read(table)
        reach = Reach(table.around or by_default, table.until, read[1], least, ideal, table.but)
        if reach not in reaches:
            reaches.append(reach)
        yield ReadyRestriction(name, *read, table, reaches[reaches.index(reach)], stages)


def _ready_stages(table: Restriction) -> tuple[ReadyStage, ...]:
    stages: list[ReadyStage] = []
    before = _lengths(table)
    for stage in table.stages:
        until = _lengths(structs.replace(table, after=stage.after)) if stage.after else None
        stages.append(ReadyStage(stage.label, before, until))
        before = until or before
    return tuple(stages)


def _lengths(table: Restriction) -> tuple[Sides, Sides]:
    """Return the least and the ideal length of a restriction."""
    return _sides(table, "at_least"), _sides(table, "ideal")


def _read(table: Traced) -> tuple[Condition, Condition, Applies, None, tuple[str, ...]]:
    """Return the condition, certainty and sources of a table, as if it held."""
    since = {name: value for name, value in table.when.items() if name.startswith(EVENTS)}
    return table.when, since, "yes", None, fact_ids(table.source)


def _sides(table: Restriction, length: str) -> Sides:
    texts = (
        getattr(end, length) if isinstance(end, Lengths) else end
        for end in (table.before, table.after)
    )
    before, after = (side(text) if text else None for text in texts)
    return sides(before, after, span(table.begins) if table.begins else None)


def _ready_tasks(protocol: Protocol) -> Iterator[ReadyTask]:
    for name, table in sorted(protocol.tasks.items()):
        lead = side(table.lead) if table.lead else None
        earliest, valid, lag = _spans(table.earliest, table.valid, table.lag)
        yield ReadyTask(name, *_read(table), table, lead, earliest, valid, lag)


def _spans(*texts: str | None, first_day: int = 0) -> Iterator[Span | None]:
    return (position(text, first_day) if text else None for text in texts)


def _ready_routines(protocol: Protocol) -> Iterator[ReadyRoutine]:
    for name, table in sorted(protocol.routines.items()):
        (begins,) = _spans(table.begins, first_day=protocol.first_day)
        (every,) = _spans(table.every)
        lasting, _ = read_lengths(table.lasting)
        pace = read_pace(table.rate)
        yield ReadyRoutine(name, *_read(table), table, begins, every, pace, lasting)


def _ready_milestones(protocol: Protocol) -> Iterator[ReadyMilestone]:
    for name, table in sorted(protocol.milestones.items()):
        (after,) = _spans(table.after, first_day=protocol.first_day)
        yield ReadyMilestone(name, *_read(table), table, after)


def _ready_expectations(protocol: Protocol) -> Iterator[ReadyExpectation]:
    for name, table in sorted(protocol.expectations.items()):
        begins, ends = _spans(table.begins, table.ends, first_day=protocol.first_day)
        yield ReadyExpectation(name, *_read(table), table, begins, ends)
