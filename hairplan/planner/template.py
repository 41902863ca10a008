"""What of a plan does not depend on its start: read once for all patients who have it in common.

A batch plans many patients with the same choices and answers. What follows from these alone is
worked out once and kept for the next plan with the same ones.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from heapq import heapify, heappop, heappush

import msgspec
from msgspec import Struct

from hairplan.conditions import State, holds, state_of, unanswered
from hairplan.dates.seasons import season
from hairplan.dates.spans import ClockTime, Period, Span, position, side, span
from hairplan.dates.typed import WEEKDAYS
from hairplan.errors import InputError
from hairplan.plan import Applies, Conflict, Figure, PlanSource
from hairplan.planner.checks import known_part, name_faults, sessions_asked, spacing_asked
from hairplan.planner.figures import (
    figures_of,
    sources_of,
)
from hairplan.planner.layout import Events, Run
from hairplan.planner.slots import Pace, rhythm
from hairplan.planner.step_notes import step_notes
from hairplan.protocol import (
    DEFAULT_HORIZON,
    Counts,
    Expectation,
    Length,
    Lengths,
    Milestone,
    Protocol,
    Rate,
    Restriction,
    Routine,
    Step,
    Task,
    Traced,
    needed_steps,
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


class _Choices(Struct, frozen=True):
    """A protocol and what a request makes of it, without a fault."""

    protocol: Protocol
    state: State
    steps: list[Step]
    counts: Mapping[str, int]
    spacings: Mapping[str, str]
    events: Events


def _choices(protocol: Protocol, request: PlanRequest, today: date) -> _Choices:
    faults = name_faults(protocol, request)
    if request.figures:
        from hairplan.planner.changes import with_figures

        protocol, unchanged = with_figures(protocol, request.figures)
        faults += unchanged
    # What is unknown is left aside, so that the faults of the rest are found as well.
    request = known_part(protocol, request) if faults else request
    state, contradictions = state_of(protocol, request, today)
    steps = _in_order(_present(protocol, state))
    counts, count_faults = sessions_asked(steps, request)
    spacings, spacing_faults = spacing_asked(steps, request)
    if faults := [*faults, *contradictions, *count_faults, *spacing_faults]:
        raise InputError(*faults)
    return _Choices(protocol, state, steps, counts, spacings, request.event_days)


def _make(protocol: Protocol, request: PlanRequest, today: date) -> Template:
    digest = _digest(protocol)
    made = _choices(protocol, request, today)
    protocol, state = made.protocol, made.state
    stands = tuple(standings(protocol, state, made.events, request.overrides))
    used = list(_used(protocol, made.steps, state))
    return Template(
        protocol=protocol,
        digest=digest,
        state=state,
        events=made.events,
        starting=tuple(
            name
            for name, event in protocol.events.items()
            if event.is_start and name not in made.events
        ),
        runs=tuple(_run(made, step) for step in made.steps),
        standings=stands,
        refused=tuple(refused_days(stands)),
        restrictions=tuple(_restrictions(protocol, state)),
        tasks=tuple(_tasks(protocol, state)),
        routines=tuple(_routines(protocol, state)),
        milestones=tuple(_milestones(protocol, state)),
        expectations=tuple(_expectations(protocol, state)),
        indications=tuple(
            each.text for each in protocol.indications if holds(each.when, state) != "no"
        ),
        notes=(
            *step_notes(made.steps, protocol, made.events, made.counts),
            *_notes(protocol, request, state),
            *_idle_overrides(request, stands),
        ),
        differences=tuple(
            Conflict(each.topic, each.says, each.holds)
            for each in protocol.differences
            if holds(each.when, state) != "no"
        ),
        figures=(
            *figures_of(used, _chosen(request, made)),
            *_horizon(protocol, request, made.steps),
        ),
        sources=sources_of(protocol, _cited(used)),
    )


def _horizon(protocol: Protocol, request: PlanRequest, steps: list[Step]) -> Iterator[Figure]:
    """Yield how far what repeats is planned, where neither the file nor the request says it."""
    repeats = any(step.count == "open" for step in steps)
    if repeats and not (protocol.horizon or request.horizon or request.until):
        yield Figure("horizon", DEFAULT_HORIZON, "default", (), "the file does not say")


def _digest(protocol: Protocol) -> str:
    """Return the digest of a protocol's content, the same for the same content."""
    content = msgspec.json.encode(protocol, order="deterministic")
    return hashlib.sha256(content).hexdigest()


# ---- steps ----


def _present(protocol: Protocol, state: State) -> list[Step]:
    """Return the steps that this plan has or may have; of variants that may be, the first."""
    found: dict[str, Step] = {}
    for wanted in ("yes", "unknown"):
        for step in protocol.steps:
            if holds(step.when, state) == wanted:
                found.setdefault(step.id, step)
    return list(found.values())


def _in_order(steps: list[Step]) -> list[Step]:
    """Put each step after those that it counts from; of several, the course's first."""
    waiting = {step.id: needed_steps(step) for step in steps}
    later: dict[str, list[Step]] = {}
    for step in steps:
        for name in waiting[step.id]:
            later.setdefault(name, []).append(step)
    ready = [(step.kind != "session", step.id, step) for step in steps if not waiting[step.id]]
    heapify(ready)
    ordered: list[Step] = []
    while ready:
        ordered.append(heappop(ready)[2])
        for step in later.get(ordered[-1].id, ()):
            waiting[step.id].discard(ordered[-1].id)
            if not waiting[step.id]:
                heappush(ready, (step.kind != "session", step.id, step))
    if len(ordered) < len(steps):
        left = (f"{step.id} ({step.anchor})" for step in steps if waiting[step.id])
        names = ", ".join(sorted(left))
        raise InputError(f"steps anchored at steps that these choices leave out: {names}")
    if not ordered:
        raise InputError("these choices leave no step that is anchored at the start or an event")
    return ordered


def plain_run(step: Step, protocol: Protocol) -> Run:
    """Return a step as a plan has it for which nothing is asked and nothing is known."""
    return _run(_Choices(protocol, {}, [step], {}, {}, {}), step)


def _run(made: _Choices, step: Step) -> Run:
    asked = made.counts.get(step.id)
    preferred = made.spacings.get(step.id)
    count, more = _count(step, asked)
    until = made.events.get(step.until or "", ())
    lasting, longest = _lasting(step.lasting)
    shortest = span(step.lasting.min) if isinstance(step.lasting, Length) else None
    if isinstance(step.lasting, Length) and step.lasting.preferred and asked is None:
        longest = longest if until else None
    return Run(
        step=step,
        count=count if not until else None,
        more=more if not until else 0,
        beats=tuple(rhythm(each, preferred) for each in step.spacings),
        inner=tuple(rhythm(each) for each in step.group.spacings) if step.group else (),
        offsets=tuple(position(each, made.protocol.first_day) for each in step.offsets),
        pace=_pace(step.rate),
        weekdays=frozenset(WEEKDAYS.index(day) for day in step.weekdays),
        seasons=tuple(season(each) for each in step.seasons),
        lasting=lasting,
        shortest=shortest,
        longest=longest,
        until=until[-1] if until else None,
        waits=_waits(step, made),
    )


def _waits(step: Step, made: _Choices) -> str | None:
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


def _lasting(given: str | Length | None) -> tuple[Span | None, Span | None]:
    """Return for how long a step goes on, and for how long at most."""
    if isinstance(given, Length):
        return span(given.preferred or given.min), span(given.max)
    return (span(given), None) if given else (None, None)


def _pace(rate: Rate | None) -> Pace | None:
    return Pace(fewest(rate.times), span(f"1 {rate.per}")) if rate else None


def fewest(count: int | Counts) -> int:
    """Return how many are planned of a number that may vary."""
    return count if isinstance(count, int) else count.preferred or count.min


# ---- what goes with them ----


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
            least, ideal = _sides(table, "at_least"), _sides(table, "ideal")
            yield ActiveRestriction(name, *found, fact_ids(table.source), table, least, ideal)


def _sides(table: Restriction, length: str) -> Sides:
    texts = (
        getattr(end, length) if isinstance(end, Lengths) else end
        for end in (table.before, table.after)
    )
    before, after = (side(text) if text else None for text in texts)
    return Sides(before, after, span(table.begins) if table.begins else None)


def _tasks(protocol: Protocol, state: State) -> Iterator[ActiveTask]:
    for name, table in sorted(protocol.tasks.items()):
        if found := _applies(table, state):
            lead = side(table.lead) if table.lead else None
            earliest, valid = _spans(table.earliest, table.valid)
            yield ActiveTask(name, *found, fact_ids(table.source), table, lead, earliest, valid)


def _spans(*texts: str | None, first_day: int = 0) -> Iterator[Span | None]:
    return (position(text, first_day) if text else None for text in texts)


def _routines(protocol: Protocol, state: State) -> Iterator[ActiveRoutine]:
    for name, table in sorted(protocol.routines.items()):
        if found := _applies(table, state):
            (begins,) = _spans(table.begins, first_day=protocol.first_day)
            (every,) = _spans(table.every)
            lasting, _ = _lasting(table.lasting)
            yield ActiveRoutine(
                name, *found, fact_ids(table.source), table, begins, every, _pace(table.rate),
                lasting,
            )  # fmt: skip


def _milestones(protocol: Protocol, state: State) -> Iterator[ActiveMilestone]:
    for name, table in sorted(protocol.milestones.items()):
        if found := _applies(table, state):
            (after,) = _spans(table.after, first_day=protocol.first_day)
            yield ActiveMilestone(name, *found, fact_ids(table.source), table, after)


def _expectations(protocol: Protocol, state: State) -> Iterator[ActiveExpectation]:
    for name, table in sorted(protocol.expectations.items()):
        if found := _applies(table, state):
            begins, ends = _spans(table.begins, table.ends, first_day=protocol.first_day)
            yield ActiveExpectation(name, *found, fact_ids(table.source), table, begins, ends)


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
