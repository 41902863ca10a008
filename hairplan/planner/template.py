"""What of a plan does not depend on its start: read once for all patients who have it in common.

A batch plans many patients with the same choices and answers. What follows from these alone is
worked out once and kept for the next plan with the same ones.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from msgspec import Struct

from hairplan.conditions import State, holds, state_of, unanswered
from hairplan.dates.spans import Period, Span, span
from hairplan.errors import InputError
from hairplan.plan import Applies, Conflict, Figure, PlanSource
from hairplan.planner.checks import known_part, name_faults, sessions_asked, spacing_asked
from hairplan.planner.figures import (
    figures_of,
    sources_of,
)
from hairplan.planner.slots import Run, planned_count, rhythm
from hairplan.protocol import (
    Expectation,
    Lengths,
    Milestone,
    Protocol,
    Restriction,
    Step,
    Task,
    Traced,
)
from hairplan.request import PlanRequest
from hairplan.restrictions import Sides
from hairplan.screening import Standing, refused_days, standings
from hairplan.texts import said_minutes, sourced
from hairplan.traces import fact_ids, shown_path, step_path, tables


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
    """A restriction with its two lengths, and the steps that it belongs to (None for all)."""

    label: str
    at_least: Sides
    ideal: Sides
    steps: frozenset[str] | None


class ActiveTask(Active, frozen=True):
    """A task with its spans read."""

    task: Task
    lead: Span | None
    earliest: Span | None


class ActiveMilestone(Active, frozen=True):
    """A milestone."""

    milestone: Milestone


class ActiveExpectation(Active, frozen=True):
    """An expectation."""

    expectation: Expectation


class Template(Struct, frozen=True, kw_only=True):
    """All of a plan that does not depend on its start.

    Attributes:
        protocol: the treatment.
        state: choices and answers.
        runs: the steps in the order of their anchors.
        standings: how each screening rule stands.
        refused: the days on which a rule refuses.
        notes: what the protocol has to say, and options without effect.
    """

    protocol: Protocol
    state: State
    runs: tuple[Run, ...]
    standings: tuple[Standing, ...]
    refused: tuple[Period, ...]
    restrictions: tuple[ActiveRestriction, ...]
    tasks: tuple[ActiveTask, ...]
    milestones: tuple[ActiveMilestone, ...]
    expectations: tuple[ActiveExpectation, ...]
    indications: tuple[str, ...]
    notes: tuple[str, ...]
    differences: tuple[Conflict, ...]
    figures: tuple[Figure, ...]
    sources: tuple[PlanSource, ...]


_kept: dict[object, tuple[Protocol, Template]] = {}
_MOST_KEPT = 256


def template_for(protocol: Protocol, request: PlanRequest, today: date) -> Template:
    """Return the template of a request, made anew or kept from an earlier one like it.

    Raises:
        InputError: the protocol does not have what the request names, or the request contradicts
            itself; every fault.
    """
    key = (
        id(protocol),
        _key(request.sessions),
        _key(request.spacing),
        _key(request.options),
        _key(request.figures),
        _key(request.answers),
        _key(request.overrides),
        tuple((name, day, day <= today) for name, day in sorted(request.events.items())),
        request.sex,
        request.age,
        request.duration,
        request.horizon,
        request.until,
    )
    _, template = _kept.get(key, (None, None))
    if template is None:
        template = _make(protocol, request, today)
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        # The protocol is kept too, so that the id in the key stays its own.
        _kept[key] = protocol, template
    return template


def _key(value: object) -> object:
    return tuple(sorted(value.items())) if isinstance(value, dict) else value


class _Choices(Struct, frozen=True):
    """A protocol and what a request makes of it, without a fault."""

    protocol: Protocol
    state: State
    steps: list[Step]
    counts: Mapping[str, int]
    spacings: Mapping[str, str]


def _choices(protocol: Protocol, request: PlanRequest, today: date) -> _Choices:
    faults = name_faults(protocol, request)
    if request.figures:
        from hairplan.planner.changes import with_figures

        protocol, unchanged = with_figures(protocol, request.figures)
        faults += unchanged
    # What is unknown is left aside, so that the faults of the rest are found as well.
    request = known_part(protocol, request) if faults else request
    state, contradictions = state_of(protocol, request, today)
    steps = _in_order([step for step in protocol.steps if holds(step.when, state) == "yes"])
    counts, count_faults = sessions_asked(steps, request)
    spacings, spacing_faults = spacing_asked(steps, request)
    if faults := [*faults, *contradictions, *count_faults, *spacing_faults]:
        raise InputError(*faults)
    return _Choices(protocol, state, steps, counts, spacings)


def _make(protocol: Protocol, request: PlanRequest, today: date) -> Template:
    made = _choices(protocol, request, today)
    protocol, state = made.protocol, made.state
    stands = tuple(standings(protocol, state, request.events, request.overrides))
    used = list(_used(protocol, made.steps, state))
    return Template(
        protocol=protocol,
        state=state,
        runs=tuple(_run(made, step) for step in made.steps),
        standings=stands,
        refused=tuple(refused_days(stands)),
        restrictions=tuple(_restrictions(protocol, state)),
        tasks=tuple(_tasks(protocol, state)),
        milestones=tuple(_milestones(protocol, state)),
        expectations=tuple(_expectations(protocol, state)),
        indications=tuple(
            each.text for each in protocol.indications if holds(each.when, state) != "no"
        ),
        notes=(*_notes(protocol, request, state), *_idle_overrides(request, stands)),
        differences=tuple(
            Conflict(each.topic, each.says, each.holds)
            for each in protocol.differences
            if holds(each.when, state) != "no"
        ),
        figures=figures_of(used, _chosen(request, made)),
        sources=sources_of(protocol, _cited(used)),
    )


def _in_order(steps: list[Step]) -> list[Step]:
    """Put each step after the one that it is anchored at; of several, the course's first."""
    ordered: list[Step] = []
    waiting = sorted(steps, key=lambda step: (step.kind != "session", step.id))
    while waiting:
        known = {step.id for step in ordered}
        ready = next(
            (
                step
                for step in waiting
                if step.anchor == "start" or step.anchor.rpartition(".")[0] in known
            ),
            None,
        )
        if ready is None:
            names = ", ".join(f"{step.id} ({step.anchor})" for step in waiting)
            raise InputError(f"steps anchored at steps that these choices leave out: {names}")
        ordered.append(ready)
        waiting.remove(ready)
    if [step.anchor for step in ordered].count("start") != 1:
        raise InputError("these choices leave not exactly one step that is anchored at the start")
    return ordered


def _run(made: _Choices, step: Step) -> Run:
    count = planned_count(step, made.counts.get(step.id))
    inner = rhythm(step.group.spacing) if step.group else None
    return Run(step, count, rhythm(step.spacing, made.spacings.get(step.id)), inner)


def _applies(table: Traced, state: State) -> tuple[Applies, str | None] | None:
    """Return whether a table holds, and what it waits for; None if it does not hold."""
    match holds(table.when, state):
        case "yes":
            return "yes", None
        case "unknown":
            return "unknown", unanswered(table.when, state)
        case _:
            return None


def _restrictions(protocol: Protocol, state: State) -> Iterator[ActiveRestriction]:
    for name, table in sorted(protocol.restrictions.items()):
        if found := _applies(table, state):
            sources, steps = fact_ids(table.source), frozenset(table.steps) or None
            least, ideal = _sides(table, "at_least"), _sides(table, "ideal")
            yield ActiveRestriction(name, *found, sources, table.label, least, ideal, steps)


def _sides(table: Restriction, length: str) -> Sides:
    texts = (
        getattr(side, length) if isinstance(side, Lengths) else side
        for side in (table.before, table.after)
    )
    before, after = (span(text) if text else None for text in texts)
    return Sides(before, after)


def _tasks(protocol: Protocol, state: State) -> Iterator[ActiveTask]:
    for name, table in sorted(protocol.tasks.items()):
        if found := _applies(table, state):
            lead, earliest = (span(each) if each else None for each in (table.lead, table.earliest))
            yield ActiveTask(name, *found, fact_ids(table.source), table, lead, earliest)


def _milestones(protocol: Protocol, state: State) -> Iterator[ActiveMilestone]:
    for name, table in sorted(protocol.milestones.items()):
        if found := _applies(table, state):
            yield ActiveMilestone(name, *found, fact_ids(table.source), table)


def _expectations(protocol: Protocol, state: State) -> Iterator[ActiveExpectation]:
    for name, table in sorted(protocol.expectations.items()):
        if found := _applies(table, state):
            yield ActiveExpectation(name, *found, fact_ids(table.source), table)


def _notes(protocol: Protocol, request: PlanRequest, state: State) -> Iterator[str]:
    for note in protocol.notes:
        if found := _applies(note, state):
            doubt = f"if {found[1]}: " if found[1] else ""
            yield f"{doubt}{note.text}{sourced(fact_ids(note.source))}"
    for name in sorted(request.options):
        if not _has_effect(protocol, name, state):
            choice = f"{name}={request.options[name]}"
            yield f"the choice {choice} changes nothing beside the others made"


def _idle_overrides(request: PlanRequest, stands: Iterable[Standing]) -> Iterator[str]:
    holding = {each.name for each in stands if each.answer != "no"}
    for name in sorted(set(request.overrides) - holding):
        yield f"the override of {name} is not needed: the rule does not hold"


def _has_effect(protocol: Protocol, option: str, state: State) -> bool:
    """Return whether another choice would make another plan, all other choices being equal."""
    conditional = [table for _, _, table in tables(protocol)]
    variants = [
        [
            holds(table.when, state | {option: choice})
            for table in conditional
            if option in table.when
        ]
        for choice in protocol.options[option].choices
    ]
    return any(variant != variants[0] for variant in variants)


def _used(
    protocol: Protocol, steps: list[Step], state: State
) -> Iterator[tuple[str, Traced | Protocol]]:
    """Yield the tables that hold or may hold, each with its path."""
    yield "", protocol
    for kind, name, table in tables(protocol):
        active = table in steps if isinstance(table, Step) else holds(table.when, state) != "no"
        if active:
            yield shown_path(protocol, kind, name, table), table


def _cited(used: list[tuple[str, Traced | Protocol]]) -> Iterator[str]:
    for _, table in used:
        yield from fact_ids(table.source)
        for exception in table.figures.values():
            yield from fact_ids(exception.source)


def _chosen(request: PlanRequest, made: _Choices) -> dict[str, str]:
    """Return what the request put in the place of figures, by their path."""
    paths = {step.id: step_path(made.protocol, step) for step in made.steps}
    chosen = {f"{paths[name]}.count.preferred": str(count) for name, count in made.counts.items()}
    chosen |= {f"{paths[name]}.spacing.preferred": text for name, text in made.spacings.items()}
    chosen |= {f"options.{name}.default": choice for name, choice in request.options.items()}
    if request.duration:
        length = said_minutes(request.duration)
        chosen |= {f"{path}.duration": length for path in paths.values()}
    if request.horizon or request.until:
        chosen["horizon"] = request.horizon or f"until {request.until}"
    return chosen
