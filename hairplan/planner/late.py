"""Late sessions: which rule holds, by how many days one is late, and what follows from it."""

from collections.abc import Mapping, Sequence
from typing import Final

from hairplan.dates.spans import shift, span
from hairplan.planner.early import describe_early_rule
from hairplan.planner.past import Selection
from hairplan.planner.steps import PlannedStep
from hairplan.protocol.figures import fact_ids, find_basis
from hairplan.protocol.model import Step
from hairplan.request import OnLate, PlanRequest
from hairplan.words import cite

_CONSEQUENCES: Final[Mapping[OnLate, str]] = {
    "continue": "the plan goes on from there",
    "restart": "the step begins again with it",
    "extra": "the step has one session more",
}


def late_rule(step: Step, request: PlanRequest) -> OnLate:
    """Return what is done when a session of a step is late."""
    if request.on_late and step.kind == "session":
        return request.on_late
    return step.late.then if step.late else "continue"


def describe_consequence(rule: OnLate, request: PlanRequest) -> str:
    """Say what follows when a session is late."""
    if rule == "continue" and request.anchor == "fixed":
        return "what follows stays where it was"
    return _CONSEQUENCES[rule]


def days_late(selection: Selection, at: int) -> int:
    """Return by how many days an appointment is too late; 0 if it is not."""
    slot, day = selection.layout.slots[at], selection.chosen[at].planned
    last = selection.window(at)[1]
    if slot.step.late and slot.step.late.after and slot.follows is not None:
        last = shift(selection.baseline[slot.follows], span(slot.step.late.after))
    return max(0, (day - last).days) if last else 0


def more_sessions(selection: Selection, request: PlanRequest) -> dict[str, int]:
    """Return how many sessions more each step has, as some of it were done too late."""
    more: dict[str, int] = {}
    for at, slot in enumerate(selection.layout.slots[: len(selection.chosen)]):
        rule = late_rule(slot.step, request)
        if rule == "continue" or slot.fixed is None or not days_late(selection, at):
            continue
        if not slot.counted:
            # It is repeated in any case.
            continue
        if rule == "extra":
            more[slot.step.id] = more.get(slot.step.id, 0) + 1
        else:
            # A session that begins a step again is the first of as many as the step has.
            more[slot.step.id] = slot.number - 1
    return more


def describe_rules(steps: Sequence[PlannedStep], request: PlanRequest) -> dict[str, str]:
    """Say what later sessions count from, and what is done when one of a step is late."""
    if request.anchor == "fixed":
        anchor = "fixed (asked for): later sessions count from where earlier ones should have been"
    else:
        origin = "asked for" if request.anchor else "our default"
        anchor = f"rolling ({origin}): later sessions count from those really done"
    rules = {"anchor": anchor}
    for planned in steps:
        if planned.step.kind == "session":
            rules[f"on_late.{planned.step.id}"] = _describe_rule(planned.step, request)
        if early := describe_early_rule(planned.step):
            rules[f"on_early.{planned.step.id}"] = early
    return rules


def _describe_rule(step: Step, request: PlanRequest) -> str:
    origin = "our default"
    if request.on_late:
        origin = "asked for"
    elif step.late:
        rests_on = find_basis(step, "late")
        origin = f"{rests_on.strength}{cite(fact_ids(rests_on.source))}"
    rule = late_rule(step, request)
    says = f": {step.late.says}" if step.late and step.late.says else ""
    return f"{rule} ({origin}): {describe_consequence(rule, request)}{says}"
