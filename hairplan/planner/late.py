"""Late sessions: which rule holds, by how many days one is late, and what follows from it."""

from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from hairplan.dates.spans import shift, span
from hairplan.planner.default_windows import has_default_window
from hairplan.planner.early import describe_early_rule
from hairplan.planner.gone import describe_missed_rule
from hairplan.planner.past import Selection
from hairplan.planner.slot import Slot
from hairplan.planner.steps import PlannedStep
from hairplan.protocol.figures import fact_ids, find_basis
from hairplan.protocol.step import Counts, Late, Step
from hairplan.request import OnLate, PlanRequest
from hairplan.words import cite, format_count

_CONSEQUENCES: Final[Mapping[OnLate, str]] = {
    "continue": "the plan goes on from there",
    "restart": "the step begins again with it",
    "extra": "the step has one session more",
}
_NO_RULE: Final = (Late("continue"),)


class Grade(NamedTuple):
    """A rule on late sessions with the last day on which it does not hold yet.

    Attributes:
        number: its place among those of the step, from 1.
        rule: the rule.
        last: that day; None where it is the latest day of the window.
    """

    number: int
    rule: Late
    last: date | None


def describe_consequence(rule: Late, request: PlanRequest) -> str:
    """Say what follows when a session is late."""
    if rule.then == "continue" and request.anchor == "fixed":
        return "what follows stays where it was"
    return _describe_more(rule) or _CONSEQUENCES[rule.then]


def _describe_more(rule: Late) -> str | None:
    """Say how many sessions more a step has, where that is not simply one."""
    if isinstance(rule.more, Counts):
        return f"the step has {rule.more.min} to {rule.more.max} sessions more"
    return f"the step has {format_count(rule.more, 'session')} more" if rule.more else None


def consequence_of(selection: Selection, at: int, request: PlanRequest) -> str:
    """Say what follows as a session is late."""
    return describe_consequence(rule_on(selection, at, request), request)


def days_late(selection: Selection, at: int) -> int:
    """Return by how many days an appointment is too late; 0 if it is not."""
    by_rule = (_days_after(selection, at, grade.last) for grade in _grades(selection, at))
    return _days_after(selection, at, selection.window(at)[1]) or next(filter(None, by_rule), 0)


def _days_after(selection: Selection, at: int, last: date | None) -> int:
    return max(0, (selection.chosen[at].planned - last).days) if last else 0


def _grades(selection: Selection, at: int) -> Iterator[Grade]:
    """Yield the rules on late ones of an appointment's step; without any, that it goes on.

    The last day of a rule may lie after the latest day of the window: one that comes between the
    two is late, and nothing but that follows from it.
    """
    slot = selection.layout.slots[at]
    for number, rule in enumerate(slot.step.lates or _NO_RULE, 1):
        yield Grade(number, rule, _last_day(selection, slot, rule))


def _last_day(selection: Selection, slot: Slot, rule: Late) -> date | None:
    """Return the last day on which a rule with a gap of its own does not hold; None without one."""
    if not rule.after or slot.follows is None:
        return None
    return shift(selection.baseline[slot.follows], span(rule.after))


def grade_on(selection: Selection, at: int) -> Grade | None:
    """Return the rule with a gap of its own that holds: that of the longest; None for none."""
    holding = [grade for grade in _grades(selection, at) if _days_after(selection, at, grade.last)]
    return holding[-1] if holding else None


def rule_on(selection: Selection, at: int, request: PlanRequest) -> Late:
    """Return what is done as a session is late: go on, unless a rule on late ones holds."""
    step, (first, *_) = selection.layout.slots[at].step, _grades(selection, at)
    grade = grade_on(selection, at)
    if first.last is None and grade is None and days_late(selection, at):
        # What is late by our default window alone costs nobody a course.
        is_ours = has_default_window(step) and not request.on_late
        grade = None if is_ours and step.late else first
    if grade is None:
        return Late("continue")
    return _asked(step, request) or grade.rule


def _asked(step: Step, request: PlanRequest) -> Late | None:
    """Return the rule that is asked for in place of those of a step; None for none."""
    return Late(request.on_late) if request.on_late and step.kind == "session" else None


class More(NamedTuple):
    """How many sessions more each step has, and how many more are conditional."""

    sure: Mapping[str, int]
    perhaps: Mapping[str, int]


def more_sessions(selection: Selection, request: PlanRequest, lost: Container[str]) -> More:
    """Return how many sessions more each step has, as some of it were done too late.

    Args:
        selection: the chosen days.
        request: what is asked for by now.
        lost: what is gone without having been done.
    """
    sure: dict[str, int] = {}
    perhaps: dict[str, int] = {}
    for at, slot in enumerate(selection.layout.slots[: len(selection.chosen)]):
        rule, step = rule_on(selection, at, request), slot.step.id
        # What does not count is repeated in any case.
        is_real = slot.fixed is not None and slot.counted and slot.id not in lost
        if rule.then == "continue" or not is_real:
            continue
        if rule.then == "extra":
            least, most = _how_many(rule)
            sure[step] = sure.get(step, 0) + least
            perhaps[step] = perhaps.get(step, 0) + most - least
        else:
            # A session that begins a step again is the first of as many as the step has.
            sure[step], perhaps[step] = slot.number - 1, 0
    return More(sure, perhaps)


def _how_many(rule: Late) -> tuple[int, int]:
    """Return how many sessions a rule adds, and how many at most."""
    more = rule.more or 1
    if isinstance(more, int):
        return more, more
    return (more.preferred, more.preferred) if more.preferred else (more.min, more.max)


def describe_rules(steps: Sequence[PlannedStep], request: PlanRequest) -> dict[str, str]:
    """Say what later sessions count from, and what is done when one of a step is late."""
    if request.anchor == "fixed":
        anchor = "fixed (asked for): later sessions count from where earlier ones should have been"
    else:
        origin = "asked for" if request.anchor else "our default"
        anchor = f"rolling ({origin}): later sessions count from those really done"
    rules = {"anchor": anchor}
    for planned in steps:
        if planned.step.kind == "session" or planned.step.lates:
            rules[f"on_late.{planned.step.id}"] = _describe_rule(planned.step, request)
        if early := describe_early_rule(planned.step):
            rules[f"on_early.{planned.step.id}"] = early
        if missed := describe_missed_rule(planned.step):
            rules[f"on_missed.{planned.step.id}"] = missed
    return rules


def _describe_rule(step: Step, request: PlanRequest) -> str:
    if asked := _asked(step, request):
        return f"{asked.then} (asked for): {describe_consequence(asked, request)}"
    if not step.lates:
        return f"continue (our default): {describe_consequence(_NO_RULE[0], request)}"
    grades = enumerate(step.lates, 1)
    return "; ".join(_describe_grade(step, number, rule, request) for number, rule in grades)


def _describe_grade(step: Step, number: int, rule: Late, request: PlanRequest) -> str:
    rests_on = find_basis(step, step.late_key(number))
    origin = f"{rests_on.strength}{cite(fact_ids(rests_on.source))}"
    says = f": {rule.says}" if rule.says else ""
    gap = f"after {rule.after or 'its latest day'}: " if isinstance(step.late, tuple) else ""
    return f"{gap}{rule.then} ({origin}): {describe_consequence(rule, request)}{says}"
