"""A request beside the protocol that it is of: checked, with the steps that it asks for."""

from collections.abc import Collection, Mapping

from msgspec import Struct, structs

from hairplan.errors import InputError
from hairplan.planner.compile import Compiled, compile_protocol
from hairplan.planner.conditions import Present, State, given_today, holds, state_of, unanswered
from hairplan.planner.default_windows import spacing_with
from hairplan.planner.extensions import extend_restrictions
from hairplan.planner.layout import Events
from hairplan.planner.request_checks import known_part, name_faults, sessions_asked, spacing_asked
from hairplan.planner.steps import (
    PlannedStep,
    in_order,
    present_steps,
    read_lengths,
    read_rhythm,
)
from hairplan.protocol.step import Counts, Step
from hairplan.request import PlanRequest


class CheckedRequest(Struct, frozen=True):
    """A request without a fault, beside the protocol that it is of.

    Attributes:
        compiled: the protocol, with the clinic's own figures.
        state: choices and answers.
        steps: the steps that this plan has or may have, in the order of their anchors.
        counts: how many appointments are asked for, by step.
        spacings: the preferred intervals asked for, by step.
        events: the days that are known of events.
        to_settle: the contradictions that time has brought, in words.
    """

    compiled: Compiled
    state: State
    steps: list[Step]
    counts: Mapping[str, int]
    spacings: Mapping[str, str]
    events: Events
    to_settle: list[str]


def check_request(
    compiled: Compiled, request: PlanRequest, present: Present, given: Collection[str] | None
) -> CheckedRequest:
    """Return a request if it fits a protocol.

    Raises:
        InputError: every fault.
    """
    faults = name_faults(compiled.protocol, request)
    compiled, figure_faults = _with_own(compiled, request)
    faults += figure_faults
    # What is unknown is left aside, so that the faults of the rest are found as well.
    request = known_part(compiled.protocol, request) if faults else request
    state, found = state_of(compiled.protocol, request, present)
    contradictions, to_settle = given_today(found, given)
    steps = in_order(present_steps(compiled.protocol, state), compiled.protocol)
    counts, count_faults = sessions_asked(steps, request)
    spacings, spacing_faults = spacing_asked(steps, request)
    if faults := [*faults, *contradictions, *count_faults, *spacing_faults]:
        raise InputError(*faults)
    events = request.event_days
    return CheckedRequest(compiled, state, steps, counts, spacings, events, to_settle)


def _with_own(compiled: Compiled, request: PlanRequest) -> tuple[Compiled, list[str]]:
    """Return a protocol with the clinic's and the patient's own figures, and the faults in them."""
    if not (request.figures or request.extend):
        return compiled, []
    changed, faults = compiled.protocol, list[str]()
    if request.figures:
        from hairplan.planner.own_figures import with_figures

        changed, faults = with_figures(changed, request.figures)
    changed, more = extend_restrictions(changed, request.extend)
    if faults := [*faults, *more]:
        return structs.replace(compiled, protocol=changed), faults
    return compile_protocol(changed, compiled.origin), []


def planned_step(asked: CheckedRequest, step: Step) -> PlannedStep:
    """Return a step as this plan has it, by what is asked for and known."""
    count = asked.counts.get(step.id)
    preferred = asked.spacings.get(step.id)
    end = asked.events.get(step.until or "")
    changes: dict[str, object] = {}
    if count is not None or end:
        changes["longest"] = read_lengths(step.lasting)[1]
        changes |= {"count": None if end else count, "more": 0, "until": end[-1] if end else None}
        changes["most"] = step.count.max if isinstance(step.count, Counts) else None
    if preferred is not None:
        changes["beats"] = (read_rhythm(spacing_with(step, preferred)),)
    if waits := _waits(step, asked):
        changes["waits"] = waits
    planned = asked.compiled.steps[id(step)]
    return structs.replace(planned, **changes) if changes else planned


def _waits(step: Step, asked: CheckedRequest) -> str | None:
    """Say which answers a step waits for; None if it waits for none."""
    protocol = asked.compiled.protocol
    if holds(step.when, asked.state) == "yes":
        return None
    asks = [protocol.questions[name].ask for name in step.when if name in protocol.questions]
    return f"if {unanswered(step.when, asked.state)}" + (f" ({' '.join(asks)})" if asks else "")
