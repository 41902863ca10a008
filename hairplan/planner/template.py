"""What of a plan does not depend on its start: read once for all patients who have it in common.

A batch plans many patients with the same choices and answers. What follows from these alone is
worked out once and kept for the next plan with the same ones.
"""

from collections.abc import Iterable, Iterator
from datetime import date

import msgspec
from msgspec import Struct

from hairplan.conditions import State, holds, state_of
from hairplan.dates.spans import Period
from hairplan.digests import sha256
from hairplan.errors import InputError
from hairplan.plan import Conflict, Figure, PlanSource
from hairplan.planner.actives import (
    ActiveExpectation,
    ActiveMilestone,
    ActiveRestriction,
    ActiveRoutine,
    ActiveTask,
    active_expectations,
    active_milestones,
    active_restrictions,
    active_routines,
    active_tasks,
    applies,
)
from hairplan.planner.checks import known_part, name_faults, sessions_asked, spacing_asked
from hairplan.planner.figures import (
    figures_of,
    sources_of,
)
from hairplan.planner.layout import Events, Run
from hairplan.planner.runs import Choices, in_order, planned_run, present_steps
from hairplan.planner.step_notes import step_notes
from hairplan.protocol import (
    DEFAULT_HORIZON,
    Protocol,
    Step,
    Traced,
)
from hairplan.request import PlanRequest
from hairplan.screening import Standing, refused_days, standings
from hairplan.texts import said_minutes, sourced
from hairplan.traces import fact_ids, shown_path, step_path, tables


class Template(Struct, frozen=True, kw_only=True):
    """All of a plan that does not depend on its start.

    Attributes:
        protocol: the treatment.
        digest: of the protocol as it came, before any figure of it was changed.
        state: choices and answers.
        events: the days that are known of events.
        starting: the events that are on the start, as nothing else is known of them.
        runs: the steps in the order of their anchors.
        standings: how each screening rule stands.
        refused: the days on which a rule refuses.
        notes: what the protocol has to say, and options without effect.
    """

    protocol: Protocol
    digest: str
    state: State
    events: Events
    starting: tuple[str, ...]
    runs: tuple[Run, ...]
    standings: tuple[Standing, ...]
    refused: tuple[Period, ...]
    restrictions: tuple[ActiveRestriction, ...]
    tasks: tuple[ActiveTask, ...]
    routines: tuple[ActiveRoutine, ...]
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
        tuple(
            (name, days, tuple(day <= today for day in days))
            for name, days in sorted(request.event_days.items())
        ),
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


def _choices(protocol: Protocol, request: PlanRequest, today: date) -> Choices:
    faults = name_faults(protocol, request)
    if request.figures:
        from hairplan.planner.changes import with_figures

        protocol, unchanged = with_figures(protocol, request.figures)
        faults += unchanged
    # What is unknown is left aside, so that the faults of the rest are found as well.
    request = known_part(protocol, request) if faults else request
    state, contradictions = state_of(protocol, request, today)
    steps = in_order(present_steps(protocol, state))
    counts, count_faults = sessions_asked(steps, request)
    spacings, spacing_faults = spacing_asked(steps, request)
    if faults := [*faults, *contradictions, *count_faults, *spacing_faults]:
        raise InputError(*faults)
    return Choices(protocol, state, steps, counts, spacings, request.event_days)


def _make(protocol: Protocol, request: PlanRequest, today: date) -> Template:
    digest = digest_of(protocol)
    made = _choices(protocol, request, today)
    protocol, state = made.protocol, made.state
    stands = tuple(standings(protocol, state, made.events, request.overrides))
    used = list(_used(protocol, made.steps, state))
    return Template(
        protocol=protocol,
        digest=digest,
        state=state,
        events=made.events,
        starting=tuple(_starting(made)),
        runs=tuple(planned_run(made, step) for step in made.steps),
        standings=stands,
        refused=tuple(refused_days(stands)),
        restrictions=tuple(active_restrictions(protocol, state)),
        tasks=tuple(active_tasks(protocol, state)),
        routines=tuple(active_routines(protocol, state)),
        milestones=tuple(active_milestones(protocol, state)),
        expectations=tuple(active_expectations(protocol, state)),
        indications=tuple(
            each.text for each in protocol.indications if holds(each.when, state) != "no"
        ),
        notes=(
            *step_notes(made.steps, protocol, made.events, made.counts),
            *_notes(protocol, request, state),
            *_idle_overrides(request, stands),
        ),
        differences=tuple(_differences(protocol, state)),
        figures=(
            *figures_of(used, _chosen(request, made)),
            *_horizon(protocol, request, made.steps),
        ),
        sources=sources_of(protocol, _cited(used)),
    )


def _starting(made: Choices) -> Iterator[str]:
    """Yield the events that are on the start, as no other day of them is known."""
    for name, event in made.protocol.events.items():
        if event.is_start and name not in made.events:
            yield name


def _differences(protocol: Protocol, state: State) -> Iterator[Conflict]:
    for each in protocol.differences:
        if holds(each.when, state) != "no":
            yield Conflict(each.topic, each.says, each.holds)


def _horizon(protocol: Protocol, request: PlanRequest, steps: list[Step]) -> Iterator[Figure]:
    """Yield how far what repeats is planned, where neither the file nor the request says it."""
    repeats = any(step.count == "open" for step in steps)
    if repeats and not (protocol.horizon or request.horizon or request.until):
        yield Figure("horizon", DEFAULT_HORIZON, "default", (), "the file does not say")


def digest_of(protocol: Protocol) -> str:
    """Return the digest of a protocol's content, the same for the same content."""
    content = msgspec.json.encode(protocol, order="deterministic")
    return sha256(content)


def _notes(protocol: Protocol, request: PlanRequest, state: State) -> Iterator[str]:
    for note in protocol.notes:
        if found := applies(note, state):
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
    present = {id(step) for step in steps}
    for kind, name, table in tables(protocol):
        is_step = isinstance(table, Step)
        if id(table) in present if is_step else holds(table.when, state) != "no":
            yield shown_path(protocol, kind, name, table), table


def _cited(used: list[tuple[str, Traced | Protocol]]) -> Iterator[str]:
    for _, table in used:
        yield from fact_ids(table.source)
        for exception in table.figures.values():
            yield from fact_ids(exception.source)


def _chosen(request: PlanRequest, made: Choices) -> dict[str, str]:
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
