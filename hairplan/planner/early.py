"""Early sessions, and those that do not count: which rule holds, and what follows from it.

What does not count took place: it keeps its id, its day and all that surrounds it. It is repeated
under the next id, as the same number of its step, and what comes after counts from its day.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final, Literal

from hairplan.dates.spans import shift, span
from hairplan.history import Record
from hairplan.planner.past import Selection
from hairplan.protocol.figures import fact_ids, find_basis
from hairplan.protocol.step import Step
from hairplan.words import cite

EarlyRule = Literal["count", "repeat", "ask"]

NOT_COUNTED: Final = "not counted: to be repeated"

_MEANINGS: Final[Mapping[EarlyRule, str]] = {
    "count": "it counts",
    "repeat": "it does not count and is to be repeated",
    "ask": "whether it counts is to be said",
}


def early_rule(step: Step) -> EarlyRule:
    """Return what is done when a session of a step took place too early."""
    return step.early.then if step.early else "count"


def days_early(selection: Selection, at: int) -> int:
    """Return by how many days an appointment is too early; 0 if it is not, or if that is let go."""
    slot, day = selection.layout.slots[at], selection.chosen[at].planned
    first = _first_day(selection, at)
    if slot.pinned or first is None or day >= first:
        return 0
    early = slot.step.early
    if early and early.grace and day >= shift(first, span(early.grace), -1):
        return 0
    return (first - day).days


def _first_day(selection: Selection, at: int) -> date | None:
    slot = selection.layout.slots[at]
    if slot.step.early and slot.step.early.before and slot.follows is not None:
        return shift(selection.baseline[slot.follows], span(slot.step.early.before))
    return selection.window(at)[0]


def uncounted_sessions(selection: Selection, record: Record) -> frozenset[str]:
    """Return the ids of what took place and does not count: as it was said, or by its day."""
    by_rule = (
        slot.id
        for at, slot in enumerate(selection.layout.slots[: len(selection.chosen)])
        if early_rule(slot.step) == "repeat"
        and slot.id in record.done
        and slot.id not in record.counted
        and days_early(selection, at)
    )
    return record.uncounted.union(by_rule)


def describe_early(rule: EarlyRule, *, said: bool | None, counted: bool) -> str:
    """Say what follows when a session took place too early; nothing where it merely counts.

    Args:
        rule: what the protocol says.
        said: whether it counts, where that was said.
        counted: whether it counts in the end.
    """
    if not counted:
        return f"; {NOT_COUNTED}"
    if rule == "count":
        return ""
    return "; counted all the same" if said else f"; {_MEANINGS['ask']}"


def describe_early_rule(step: Step) -> str | None:
    """Say what is done when a session of a step took place too early; None where no file says."""
    if step.early is None:
        return None
    rests_on = find_basis(step, "early")
    rule = early_rule(step)
    origin = f"{rests_on.strength}{cite(fact_ids(rests_on.source))}"
    grace = f"; up to {step.early.grace} are let go" if step.early.grace else ""
    says = f": {step.early.says}" if step.early.says else ""
    return f"{rule} ({origin}): {_MEANINGS[rule]}{grace}{says}"
