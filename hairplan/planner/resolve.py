"""What of a plan does not depend on its start: read once for all patients who have it in common.

A batch plans many patients with the same choices and answers. What follows from these alone is
worked out once and kept for the next plan with the same ones. What no condition of the protocol
tells apart, such as two ages of one range, is the same; the days of events and the reasons of
overrides are put in afterwards.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from hashlib import sha256

import msgspec
from msgspec import Struct, structs

from hairplan.dates.spans import Period
from hairplan.errors import InputError
from hairplan.plan import Conflict, Figure, PlanSource
from hairplan.planner.actives import (
    ReadyExpectation,
    ReadyMilestone,
    ReadyRestriction,
    ReadyRoutine,
    ReadyTask,
    applies,
    held,
)
from hairplan.planner.compile import Compiled, compile_protocol
from hairplan.planner.conditions import State, holds, state_of
from hairplan.planner.layout import Chain, Events, PlannedStep
from hairplan.planner.recent import Recent
from hairplan.planner.request_checks import known_part, name_faults, sessions_asked, spacing_asked
from hairplan.planner.runs import CheckedRequest, in_order, planned_step, present_steps
from hairplan.planner.screening import (
    RuleStanding,
    Verdict,
    gravity,
    refused_days,
    standings,
    verdicts,
)
from hairplan.planner.step_notes import step_notes
from hairplan.protocol.figures import step_path
from hairplan.protocol.model import DEFAULT_HORIZON, Protocol, Step
from hairplan.request import PlanRequest
from hairplan.words import format_minutes


class Resolved(Struct, frozen=True, kw_only=True):
    """All of a plan that does not depend on its start.

    Attributes:
        reading: what the protocol says to every patient.
        state: choices and answers.
        options: the choices alone.
        horizon: how far from the start maintenance is planned, where no day is asked for.
        events: the days that are known of events.
        starting: the events that are on the start, as nothing else is known of them.
        runs: the steps in the order of their anchors.
        pinned: those that begin on the start itself.
        chain: lays them out.
        standings: how each screening rule stands.
        verdicts: how a plan shows each of them.
        refused: the days on which a rule refuses.
        notes: what the protocol has to say, and options without effect.
    """

    reading: Compiled
    state: State
    options: Mapping[str, str]
    horizon: str
    events: Events
    starting: tuple[str, ...]
    runs: tuple[PlannedStep, ...]
    pinned: tuple[PlannedStep, ...]
    chain: Chain
    standings: tuple[RuleStanding, ...]
    verdicts: tuple[Verdict, ...]
    refused: tuple[Period, ...]
    restrictions: tuple[ReadyRestriction, ...]
    tasks: tuple[ReadyTask, ...]
    routines: tuple[ReadyRoutine, ...]
    milestones: tuple[ReadyMilestone, ...]
    expectations: tuple[ReadyExpectation, ...]
    indications: tuple[str, ...]
    notes: tuple[str, ...]
    differences: tuple[Conflict, ...]
    figures: tuple[Figure, ...]
    sources: tuple[PlanSource, ...]

    @property
    def protocol(self) -> Protocol:
        """The treatment, with the clinic's own figures."""
        return self.reading.protocol


_READINGS: Recent[Compiled] = Recent(32)
"""Readings by the protocol's identity, which each keeps, and the clinic's own figures."""

_TEMPLATES: Recent[Resolved] = Recent(2048)
"""Templates by all that they depend on."""

_DIGESTS: Recent[tuple[Protocol, str]] = Recent(32)
"""The digest of a protocol, by its identity."""

_CHAINS: Recent[Chain] = Recent(256)
"""What lays steps out, by the identity of the steps, which it keeps."""


def resolve(protocol: Protocol, request: PlanRequest, today: date) -> Resolved:
    """Return the template of a request, made anew or kept from an earlier one like it.

    Raises:
        InputError: the protocol does not have what the request names, or the request contradicts
            itself; every fault.
        OutOfRangeError: an event's dates leave the calendar.
    """
    reading = _reading(protocol)
    key = _key(reading, request, today)
    template = _TEMPLATES.get(key)
    if template is None:
        template = _make(reading, request, today)
        _TEMPLATES.put(key, template)
        return template
    return _with_days(template, request) if request.events or request.overrides else template


def _reading(protocol: Protocol) -> Compiled:
    """Return what a protocol says to every patient."""
    key = id(protocol), ()
    reading = _READINGS.get(key)
    if reading is None:
        reading = compile_protocol(protocol, protocol, digest_of(protocol))
        _READINGS.put(key, reading)
    return reading


def _key(reading: Compiled, request: PlanRequest, today: date) -> tuple[object, ...]:
    """Return all that a template depends on, beside the days of events and reasons of overrides."""
    # The template keeps the protocol, so that the id stays its own.
    return (
        id(reading.origin),
        _hashable(request.sessions),
        _hashable(request.spacing),
        _hashable(request.options),
        _hashable(request.figures),
        _hashable(request.answers),
        frozenset(request.overrides),
        _events_key(reading, request, today) if request.events else (),
        reading.looked.of(request),
        request.duration,
        request.horizon,
        request.until,
    )


def _hashable(value: object) -> object:
    return tuple(sorted(value.items())) if isinstance(value, dict) else value


def _events_key(reading: Compiled, request: PlanRequest, today: date) -> tuple[object, ...]:
    """Return what of events a template depends on: which are past, and when a step ends by one."""
    ends = {step.until for step in reading.protocol.steps}
    return tuple(
        (name, days if name in ends else None, tuple(day <= today for day in days))
        for name, days in sorted(request.event_days.items())
    )


def _with_days(template: Resolved, request: PlanRequest) -> Resolved:
    """Return a template with the days of a request's events, and the reasons of its overrides."""
    protocol, events = template.protocol, request.event_days
    rules = {
        name: rule
        for name, rule in protocol.rules.items()
        if rule.event in events or name in request.overrides
    }
    stands = standings(rules, protocol, template.state, events, request.overrides)
    found = verdicts(stands, protocol, template.state, template.reading.said)
    others = (each for each in template.verdicts if each.standing.name not in rules)
    found = tuple(sorted((*others, *found), key=lambda each: gravity(each.standing)))
    return structs.replace(
        template,
        events=events,
        standings=tuple(each.standing for each in found),
        verdicts=found,
        refused=tuple(refused_days(each.standing for each in found)),
    )


def _with_figures(reading: Compiled, request: PlanRequest) -> tuple[Compiled, list[str]]:
    """Return a reading with the clinic's own figures, and what cannot be put there."""
    if not request.figures:
        return reading, []
    key = id(reading.origin), _hashable(request.figures)
    kept = _READINGS.get(key)
    if kept is not None:
        return kept, []
    from hairplan.planner.changes import with_figures

    protocol, unchanged = with_figures(reading.origin, request.figures)
    if unchanged:
        return structs.replace(reading, protocol=protocol), unchanged
    changed = compile_protocol(protocol, reading.origin, reading.name.digest)
    _READINGS.put(key, changed)
    return changed, []


def _choices(
    reading: Compiled, request: PlanRequest, today: date
) -> tuple[Compiled, CheckedRequest]:
    """Return what a request makes of a protocol.

    Raises:
        InputError: every fault.
    """
    faults = name_faults(reading.protocol, request)
    reading, unchanged = _with_figures(reading, request)
    protocol = reading.protocol
    faults += unchanged
    # What is unknown is left aside, so that the faults of the rest are found as well.
    request = known_part(protocol, request) if faults else request
    state, contradictions = state_of(protocol, request, today)
    steps = in_order(present_steps(protocol, state))
    counts, count_faults = sessions_asked(steps, request)
    spacings, spacing_faults = spacing_asked(steps, request)
    if faults := [*faults, *contradictions, *count_faults, *spacing_faults]:
        raise InputError(*faults)
    return reading, CheckedRequest(protocol, state, steps, counts, spacings, request.event_days)


def _make(reading: Compiled, request: PlanRequest, today: date) -> Resolved:
    reading, made = _choices(reading, request, today)
    protocol, state = made.protocol, made.state
    stands = tuple(standings(protocol.rules, protocol, state, made.events, request.overrides))
    runs = tuple(_run(reading, made, step) for step in made.steps)
    used = _used(reading, made.steps, state)
    return Resolved(
        reading=reading,
        state=state,
        options={name: state[name] for name in protocol.options},
        horizon=request.horizon or protocol.horizon or DEFAULT_HORIZON,
        events=made.events,
        starting=tuple(_starting(made)),
        runs=runs,
        pinned=tuple(run for run in runs if run.is_pinned),
        chain=_chain(runs),
        standings=stands,
        verdicts=verdicts(stands, protocol, state, reading.said),
        refused=tuple(refused_days(stands)),
        restrictions=tuple(held(reading.restrictions, state)),
        tasks=tuple(held(reading.tasks, state)),
        routines=tuple(held(reading.routines, state)),
        milestones=tuple(held(reading.milestones, state)),
        expectations=tuple(held(reading.expectations, state)),
        indications=tuple(_indications(protocol, state)),
        notes=(
            *step_notes(made.steps, protocol, made.events, made.counts),
            *_notes(reading, request, state),
            *_idle_overrides(request, stands),
        ),
        differences=tuple(_differences(reading, state)),
        figures=(
            *_figures(reading, used, _chosen(request, made)),
            *_horizon(protocol, request, made.steps),
        ),
        sources=_sources(reading, used),
    )


def _run(reading: Compiled, made: CheckedRequest, step: Step) -> PlannedStep:
    """Return a step as this plan has it: the very one that other plans have, if it can be."""
    is_asked = step.id in made.counts or step.id in made.spacings or step.until in made.events
    if is_asked or holds(step.when, made.state) != "yes":
        return planned_step(made, step)
    return reading.runs[id(step)]


def _chain(runs: tuple[PlannedStep, ...]) -> Chain:
    """Return what lays steps out, the same for the very same steps."""
    key = tuple(map(id, runs))
    kept = _CHAINS.get(key)
    if kept is None:
        kept = Chain(runs)
        _CHAINS.put(key, kept)
    return kept


def _starting(made: CheckedRequest) -> Iterator[str]:
    """Yield the events that are on the start, as no other day of them is known."""
    for name, event in made.protocol.events.items():
        if event.is_start and name not in made.events:
            yield name


def _indications(protocol: Protocol, state: State) -> Iterator[str]:
    for each in protocol.indications:
        if holds(each.when, state) != "no":
            yield each.text


def _differences(reading: Compiled, state: State) -> Iterator[Conflict]:
    for each, said in zip(reading.protocol.differences, reading.differences, strict=True):
        if holds(each.when, state) != "no":
            yield said


def _horizon(protocol: Protocol, request: PlanRequest, steps: list[Step]) -> Iterator[Figure]:
    """Yield how far what repeats is planned, where neither the file nor the request says it."""
    repeats = any(step.count == "open" for step in steps)
    if repeats and not (protocol.horizon or request.horizon or request.until):
        yield Figure("horizon", DEFAULT_HORIZON, "default", (), "the file does not say")


def digest_of(protocol: Protocol) -> str:
    """Return the digest of a protocol's content, the same for the same content."""
    kept = _DIGESTS.get(id(protocol))
    if kept is None:
        # The protocol is kept too, so that its id stays its own.
        kept = protocol, sha256(msgspec.json.encode(protocol, order="deterministic")).hexdigest()
        _DIGESTS.put(id(protocol), kept)
    return kept[1]


def _notes(reading: Compiled, request: PlanRequest, state: State) -> Iterator[str]:
    for note, said in zip(reading.protocol.notes, reading.notes, strict=True):
        if found := applies(note.when, state):
            yield f"if {found[1]}: {said}" if found[1] else said
    for name in sorted(request.options):
        if not _has_effect(reading, name, state):
            choice = f"{name}={request.options[name]}"
            yield f"the choice {choice} changes nothing beside the others made"


def _idle_overrides(request: PlanRequest, stands: Iterable[RuleStanding]) -> Iterator[str]:
    if not request.overrides:
        return
    holding = {each.name for each in stands if each.answer != "no"}
    for name in sorted(set(request.overrides) - holding):
        yield f"the override of {name} is not needed: the rule does not hold"


def _has_effect(reading: Compiled, option: str, state: State) -> bool:
    """Return whether another choice would make another plan, all other choices being equal."""
    conditions = [entry.when for entry in reading.entries if option in entry.when]
    variants = [
        [holds(when, state | {option: choice}) for when in conditions]
        for choice in reading.protocol.options[option].choices
    ]
    return any(variant != variants[0] for variant in variants)


def _used(reading: Compiled, steps: list[Step], state: State) -> list[bool]:
    """Say of each table whether it holds or may hold."""
    present = {id(step) for step in steps}
    return [
        id(each.table) in present
        if isinstance(each.table, Step)
        else not each.when or holds(each.when, state) != "no"
        for each in reading.entries
    ]


def _figures(reading: Compiled, used: list[bool], chosen: Mapping[str, str]) -> Iterator[Figure]:
    """Yield the figures of the tables in use, with what was chosen in their place."""
    for place, figure in reading.figures:
        if used[place]:
            name = figure.figure
            yield Figure(name, chosen[name], "chosen", (), None) if name in chosen else figure


def _sources(reading: Compiled, used: list[bool]) -> tuple[PlanSource, ...]:
    """Return the facts that the tables in use cite."""
    tables = (entry.cited for entry, is_used in zip(reading.entries, used, strict=True) if is_used)
    cited = frozenset().union(*tables)
    return tuple(source for source in reading.sources if source.id in cited)


def _chosen(request: PlanRequest, made: CheckedRequest) -> dict[str, str]:
    """Return what the request put in the place of figures, by their path."""
    paths = {step.id: step_path(made.protocol, step) for step in made.steps}
    chosen = {f"{paths[name]}.count.preferred": str(count) for name, count in made.counts.items()}
    chosen |= {f"{paths[name]}.spacing.preferred": text for name, text in made.spacings.items()}
    chosen |= {f"options.{name}.default": choice for name, choice in request.options.items()}
    if request.duration:
        length = format_minutes(request.duration)
        chosen |= {f"{path}.duration": length for path in paths.values()}
    if request.horizon or request.until:
        chosen["horizon"] = request.horizon or f"until {request.until}"
    return chosen
