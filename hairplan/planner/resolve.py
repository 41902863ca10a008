"""The second stage: a protocol narrowed down to one patient, as nothing but the start is open.

A batch plans many patients with the same choices and answers: what follows from these alone is
resolved once and kept for the next request that asks the same.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Final, TypeVar

from msgspec import Struct, structs

from hairplan.dates.spans import Period, shift, span
from hairplan.errors import InputError
from hairplan.plan import Applies, Conflict, Figure, PlanSource
from hairplan.planner.checked_request import CheckedRequest, check_request, planned_step
from hairplan.planner.compile import (
    Compiled,
    Ready,
    ReadyExpectation,
    ReadyMilestone,
    ReadyRestriction,
    ReadyRoutine,
    ReadyTask,
    compile_once,
)
from hairplan.planner.conditions import Present, State, holds, unanswered
from hairplan.planner.default_windows import window_figures
from hairplan.planner.extensions import extended_figures
from hairplan.planner.figures import assumed_horizon
from hairplan.planner.in_use import figures_in_use, sources_in_use, tables_in_use
from hairplan.planner.layout import Events, Frame
from hairplan.planner.open_points import open_points
from hairplan.planner.screening import (
    RuleStanding,
    Verdict,
    idle_overrides,
    refused_days,
    standings,
    verdicts,
)
from hairplan.planner.step_notes import step_remarks
from hairplan.planner.steps import PlannedStep, with_later_beginnings
from hairplan.protocol.figures import step_path
from hairplan.protocol.model import Protocol
from hairplan.protocol.values import DEFAULT_HORIZON, Condition
from hairplan.remarks import Remark, inform
from hairplan.request import PlanRequest
from hairplan.standing import Screened
from hairplan.words import format_minutes

FARTHEST_YEARS: Final = 50

R = TypeVar("R", bound=Ready)


class Resolved(Struct, frozen=True, kw_only=True):
    """A protocol narrowed down to one patient's request; the start alone is still open.

    Attributes:
        compiled: what the protocol says to every patient.
        request: what is asked for.
        today: the day on which the plan is made.
        has_begun: the plan has a past.
        state: choices and answers.
        options: the choices alone.
        horizon: how far from the start maintenance is planned, where no day is asked for.
        events: the days that are known of events.
        starting: the events that are on the start, as nothing else is known of them.
        steps: the steps in the order of their anchors.
        pinned: those that begin on the start itself.
        standings: how each screening rule stands.
        verdicts: how a plan shows each of them.
        refused: the days on which a rule refuses.
        remarks: what the protocol has to say, and options without effect.
        open_points: what is to be settled beside the rules.
    """

    compiled: Compiled
    request: PlanRequest
    today: date
    has_begun: bool
    state: State
    options: Mapping[str, str]
    horizon: str
    events: Events
    starting: tuple[str, ...]
    steps: tuple[PlannedStep, ...]
    pinned: tuple[PlannedStep, ...]
    standings: tuple[RuleStanding, ...]
    verdicts: tuple[Verdict, ...]
    refused: tuple[Period, ...]
    restrictions: tuple[ReadyRestriction, ...]
    tasks: tuple[ReadyTask, ...]
    routines: tuple[ReadyRoutine, ...]
    milestones: tuple[ReadyMilestone, ...]
    expectations: tuple[ReadyExpectation, ...]
    indications: tuple[str, ...]
    remarks: tuple[Remark, ...]
    differences: tuple[Conflict, ...]
    figures: tuple[Figure, ...]
    sources: tuple[PlanSource, ...]
    open_points: tuple[Screened, ...] = ()

    @property
    def protocol(self) -> Protocol:
        """The treatment, with the clinic's own figures."""
        return self.compiled.protocol

    def frame(self, start: date) -> Frame:
        """Return the frame that appointments are laid into, from a start.

        Raises:
            InputError: the end of what is planned lies before the start, or too far from it.
            OutOfRangeError: it leaves the calendar.
        """
        events = {**dict.fromkeys(self.starting, (start,)), **self.events}
        is_bounded = self.request.until is not None or self.request.horizon is not None
        return Frame(start, self.until(start), events, not is_bounded)

    def until(self, start: date) -> date:
        """Return up to when maintenance is planned, for a start.

        Raises:
            InputError: it lies before the start, or more than 50 years after it.
            OutOfRangeError: it leaves the calendar.
        """
        until = self.request.until
        if until is None:
            end = shift(start, span(self.horizon))
            return _within_reason(end, start, f"horizon: {self.horizon}")
        # A start that was missed moves on with today: what was accepted stays accepted.
        first = min(start, self.request.start) if self.has_begun else start
        if until < first:
            raise InputError(f"until: {until} is before the start, {first}")
        return _within_reason(max(until, start), start, f"until: {until}")


def _within_reason(until: date, start: date, given: str) -> date:
    if until.year - start.year > FARTHEST_YEARS:
        raise InputError(f"{given} is more than {FARTHEST_YEARS} years after the start, {start}")
    return until


# ---- once for all requests that ask the same ----

NOT_RESOLVED: Final = frozenset({
    "start", "closed", "holidays", "closures", "away", "time", "zone", "place", "on_late", "anchor",
    "ref", "id", "yearly_closures", "open", "patient_days", "without", "language",
    "is_id_shared",
})  # fmt: skip
"""The fields of a request that nothing here depends on: requests that differ in these alone share
what is resolved. What is not named here tells them apart."""

_told_apart: Final = attrgetter(
    *(name for name in PlanRequest.__struct_fields__ if name not in NOT_RESOLVED)
)
_MOST_KEPT: Final = 2048
_KEPT: Final[dict[tuple[object, ...], Resolved]] = {}


def resolve(
    protocol: Protocol,
    request: PlanRequest,
    today: date,
    *,
    recorded: date | None = None,
    given: Collection[str] | None = None,
) -> Resolved:
    """Narrow a protocol down to a request.

    Args:
        protocol: the treatment.
        request: what is asked for.
        today: tells past events from planned ones.
        recorded: the last day on which something was recorded; None for a plan without a past.
        given: the questions that were answered today; by default all. What time has brought into
            contradiction is no fault but a question to settle.

    Raises:
        InputError: the protocol does not have what the request names, or the request contradicts
            itself; every fault.
        OutOfRangeError: an event's dates leave the calendar.
    """
    compiled = compile_once(protocol)
    present = Present(today, max(request.start, recorded or request.start))
    key = (*_key(compiled, request, present), given and tuple(given))
    kept = _KEPT.get(key)
    if kept is None:
        if len(_KEPT) >= _MOST_KEPT:
            _KEPT.clear()
        kept = _KEPT[key] = _resolved(compiled, request, present, given)
    return structs.replace(kept, request=request, today=today, has_begun=recorded is not None)


def _key(compiled: Compiled, request: PlanRequest, present: Present) -> tuple[object, ...]:
    told_apart = map(_hashable, _told_apart(request))
    days = [day for days in request.event_days.values() for day in days] if request.events else ()
    past = tuple([(day <= present.today, day <= present.recorded) for day in days])
    # What is kept holds the protocol, so that no other one takes its id.
    return id(compiled.origin), past, *told_apart


def _hashable(value: object) -> object:
    if isinstance(value, dict):
        return tuple(sorted(value.items())) if value else ()
    return value


# ---- the patient's part of a protocol ----


def _resolved(
    compiled: Compiled, request: PlanRequest, present: Present, given: Collection[str] | None
) -> Resolved:
    asked = check_request(compiled, request, present, given)
    compiled, state = asked.compiled, asked.state
    rules = standings(compiled.protocol, state, asked.events, request.overrides)
    steps = tuple(with_later_beginnings(planned_step(asked, step) for step in asked.steps))
    used = tables_in_use(compiled, asked.steps, state)
    resolved = Resolved(
        compiled=compiled,
        request=request,
        today=present.today,
        has_begun=False,
        state=state,
        options={name: state[name] for name in compiled.protocol.options},
        horizon=request.horizon or compiled.protocol.horizon or DEFAULT_HORIZON,
        events=asked.events,
        starting=tuple(_starting(asked)),
        steps=steps,
        pinned=tuple(step for step in steps if step.is_pinned),
        standings=tuple(rules),
        verdicts=verdicts(rules, compiled.protocol, state, compiled.meanings),
        refused=tuple(refused_days(rules)),
        restrictions=tuple(_holding(compiled.restrictions, state)),
        tasks=tuple(_holding(compiled.tasks, state)),
        routines=tuple(_holding(compiled.routines, state)),
        milestones=tuple(_holding(compiled.milestones, state)),
        expectations=tuple(_holding(compiled.expectations, state)),
        indications=tuple(_indications(compiled.protocol, state)),
        remarks=tuple(_remarks(asked, compiled, request, rules)),
        differences=tuple(_differences(compiled, state)),
        figures=(
            *figures_in_use(compiled, used, _chosen(request, asked)),
            *assumed_horizon(compiled.protocol, request, asked.steps),
        ),
        sources=sources_in_use(compiled, used),
    )
    return structs.replace(resolved, open_points=open_points(resolved))


def _applies(when: Condition, state: State) -> tuple[Applies, str | None] | None:
    """Return whether a condition holds, and what it waits for; None if it does not hold."""
    match holds(when, state):
        case "yes":
            return "yes", None
        case "unknown":
            return "unknown", unanswered(when, state)
        case _:
            return None


def _holding(tables: Iterable[R], state: State) -> Iterator[R]:
    """Yield the tables that hold for a patient, or may hold."""
    for table in tables:
        if not table.when:
            yield table
        elif holding := _applies(table.when, state):
            certainty, only_if = holding
            is_sure = certainty == "yes"
            yield table if is_sure else structs.replace(table, applies=certainty, only_if=only_if)


def _starting(asked: CheckedRequest) -> Iterator[str]:
    """Yield the events that are on the start, as no other day of them is known."""
    for name, event in asked.compiled.protocol.events.items():
        if event.is_start and name not in asked.events:
            yield name


def _indications(protocol: Protocol, state: State) -> Iterator[str]:
    for indication in protocol.indications:
        if holds(indication.when, state) != "no":
            yield indication.text


def _differences(compiled: Compiled, state: State) -> Iterator[Conflict]:
    for difference, conflict in zip(
        compiled.protocol.differences, compiled.differences, strict=True
    ):
        if holds(difference.when, state) != "no":
            yield conflict


def _remarks(
    asked: CheckedRequest, compiled: Compiled, request: PlanRequest, rules: Sequence[RuleStanding]
) -> Iterator[Remark]:
    yield from inform("to-settle", asked.to_settle)
    yield from step_remarks(asked.steps, compiled.protocol, asked.events, asked.counts)
    yield from _protocol_remarks(compiled, request, asked.state)
    yield from inform("idle-override", idle_overrides(request.overrides, rules))


def _protocol_remarks(compiled: Compiled, request: PlanRequest, state: State) -> Iterator[Remark]:
    for note, text in zip(compiled.protocol.notes, compiled.notes, strict=True):
        if holding := _applies(note.when, state):
            only = f"if {holding[1]}: " if holding[1] else ""
            yield Remark("info", "protocol", only + text)
    for name in sorted(request.options):
        if not _has_effect(compiled, name, state):
            choice = f"the choice {name}={request.options[name]}"
            text = f"{choice} changes nothing beside the others made"
            yield Remark("info", "idle-choice", text)


def _has_effect(compiled: Compiled, option: str, state: State) -> bool:
    """Return whether another choice would make another plan, all other choices being equal."""
    conditions = [entry.when for entry in compiled.tables if option in entry.when]
    variants = [
        [holds(when, state | {option: choice}) for when in conditions]
        for choice in compiled.protocol.options[option].choices
    ]
    return any(variant != variants[0] for variant in variants)


def _chosen(request: PlanRequest, asked: CheckedRequest) -> dict[str, str]:
    """Return the values that the request put in the place of figures, by their path."""
    paths = {step.id: step_path(asked.compiled.protocol, step) for step in asked.steps}
    chosen = {f"{paths[name]}.count.preferred": str(count) for name, count in asked.counts.items()}
    chosen |= {f"{paths[name]}.spacing.preferred": text for name, text in asked.spacings.items()}
    present = {step.id: step for step in asked.steps}
    for name, text in asked.spacings.items():
        window = window_figures(present[name], text)
        chosen |= {f"{paths[name]}.{key}": value for key, value in window.items()}
    chosen |= {f"options.{name}.default": choice for name, choice in request.options.items()}
    if request.duration:
        length = format_minutes(request.duration)
        chosen |= {f"{path}.duration": length for path in paths.values()}
    chosen |= extended_figures(asked.compiled.protocol, request.extend)
    if request.horizon or request.until:
        chosen["horizon"] = request.horizon or f"until {request.until}"
    return chosen
