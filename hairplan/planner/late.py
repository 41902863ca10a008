"""Late sessions: which rule holds, by how many days one is late, and what follows from it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from hairplan.dates.spans import shift, span
from hairplan.planner.default_windows import has_default_window
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
    last = selection.window(at)[1]
    return _days_after(selection, at, last) or _days_after(
        selection, at, last_by_rule(selection, at)
    )


def _days_after(selection: Selection, at: int, last: date | None) -> int:
    return max(0, (selection.chosen[at].planned - last).days) if last else 0


def last_by_rule(selection: Selection, at: int) -> date | None:
    """Return the last day on which the step's own rule on late ones does not hold, if it has one.

    It may lie after the latest day of the window: one that comes between the two is late, and
    nothing but that follows from it.
    """
    slot = selection.layout.slots[at]
    if not slot.step.late or not slot.step.late.after or slot.follows is None:
        return None
    return shift(selection.baseline[slot.follows], span(slot.step.late.after))


def rule_on(selection: Selection, at: int, request: PlanRequest) -> OnLate:
    """Return what is done as a session is late: go on, unless the rule on late ones holds."""
    last = last_by_rule(selection, at)
    step = selection.layout.slots[at].step
    holds = days_late(selection, at) if last is None else _days_after(selection, at, last)
    # What is late by our default window alone costs nobody a course.
    if last is None and step.late and not request.on_late and has_default_window(step):
        return "continue"
    return late_rule(step, request) if holds else "continue"


def more_sessions(selection: Selection, request: PlanRequest) -> dict[str, int]:
    """Return how many sessions more each step has, as some of it were done too late."""
    more: dict[str, int] = {}
    for at, slot in enumerate(selection.layout.slots[: len(selection.chosen)]):
        rule = rule_on(selection, at, request)
        if rule == "continue" or slot.fixed is None:
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
