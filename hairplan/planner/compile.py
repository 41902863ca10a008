"""What a protocol says to every patient: read once, and narrowed down to each by its template.

A table that holds for some patients only is read as if it held; its template leaves it out, or says
which answers it waits for.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct, structs

from hairplan.plan import Conflict, Figure, PlanSource, ProtocolId
from hairplan.planner.actives import (
    ReadyExpectation,
    ReadyMilestone,
    ReadyRestriction,
    ReadyRoutine,
    ReadyTask,
    ready_expectations,
    ready_milestones,
    ready_restrictions,
    ready_routines,
    ready_tasks,
)
from hairplan.planner.conditions import Looked, looked_at
from hairplan.planner.figures import figures_of, sources_of
from hairplan.planner.layout import PlannedStep
from hairplan.planner.runs import plain_step
from hairplan.planner.screening import describe_rule
from hairplan.protocol.figures import fact_ids, shown_path, tables
from hairplan.protocol.model import Condition, Protocol, Traced
from hairplan.words import cite


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
    """All of a template that the protocol alone decides.

    Attributes:
        origin: the treatment as it came.
        protocol: the treatment, with the clinic's own figures.
        name: which one it is, with the digest of it as it came.
        looked: what of a patient its conditions look at.
        entries: its tables, the head first.
        figures: their figures, sorted by their path, each with the place of its table.
        sources: every fact that is cited, in order.
        runs: its steps as a plan has them that asks for nothing, by the step's identity.
        notes: what it has to say, each with its sources.
        said: what each rule means.
    """

    origin: Protocol
    protocol: Protocol
    name: ProtocolId
    looked: Looked
    entries: tuple[CompiledTable, ...]
    figures: tuple[tuple[int, Figure], ...]
    sources: tuple[PlanSource, ...]
    runs: Mapping[int, PlannedStep]
    restrictions: tuple[ReadyRestriction, ...]
    tasks: tuple[ReadyTask, ...]
    routines: tuple[ReadyRoutine, ...]
    milestones: tuple[ReadyMilestone, ...]
    expectations: tuple[ReadyExpectation, ...]
    differences: tuple[Conflict, ...]
    notes: tuple[str, ...]
    said: Mapping[str, str]


def compile_protocol(protocol: Protocol, origin: Protocol, digest: str) -> Compiled:
    """Read a protocol.

    Args:
        protocol: the treatment, with the clinic's own figures.
        origin: the treatment as it came.
        digest: of the treatment as it came.
    """
    paths = list(_paths(protocol))
    entries = tuple(
        CompiledTable(table, getattr(table, "when", {}), frozenset(_cited(table)))
        for _, table in paths
    )
    cited = (name for entry in entries for name in entry.cited)
    return Compiled(
        origin=origin,
        protocol=protocol,
        name=ProtocolId(protocol.id, protocol.version, protocol.name, protocol.date, digest),
        looked=looked_at(protocol),
        entries=entries,
        figures=figures_of(paths),
        sources=sources_of(protocol, cited),
        runs={
            id(step): structs.replace(plain_step(step, protocol), waits=None)
            for step in protocol.steps
        },
        restrictions=ready_restrictions(protocol),
        tasks=tuple(ready_tasks(protocol)),
        routines=tuple(ready_routines(protocol)),
        milestones=tuple(ready_milestones(protocol)),
        expectations=tuple(ready_expectations(protocol)),
        differences=tuple(
            Conflict(each.topic, each.says, each.holds) for each in protocol.differences
        ),
        notes=tuple(f"{each.text}{cite(fact_ids(each.source))}" for each in protocol.notes),
        said={name: describe_rule(rule) for name, rule in protocol.rules.items()},
    )


def _paths(protocol: Protocol) -> Iterator[tuple[str, Traced | Protocol]]:
    """Yield the tables, each with the path that its figures are shown under; the head first."""
    yield "", protocol
    for kind, name, table in tables(protocol):
        yield shown_path(protocol, kind, name, table), table


def _cited(table: Traced | Protocol) -> Iterator[str]:
    yield from fact_ids(table.source)
    for exception in table.figures.values():
        yield from fact_ids(exception.source)
