"""Milestones that several appointments have: a day after each of them."""

from collections.abc import Iterator, Sequence

from hairplan.dates.spans import shift
from hairplan.plan import PlannedMilestone, Session
from hairplan.planner.places import Awaited
from hairplan.planner.planned_restrictions import surrounded_ids
from hairplan.planner.resolve import Resolved
from hairplan.protocol.figures import find_basis


def milestones_after_each(
    resolved: Resolved, sessions: Sequence[Session], awaited: Awaited
) -> Iterator[PlannedMilestone]:
    """Yield the days on which results are looked at after each of some appointments.

    Args:
        resolved: the milestones that hold.
        sessions: the appointments that have a day, in date order.
        awaited: the places of those that are to have one again, each with its id.
    """
    for ready in resolved.milestones:
        milestone = ready.milestone
        if not milestone.around:
            continue
        named = () if "each" in milestone.around else milestone.around
        ids = surrounded_ids(named, sessions, awaited, but=milestone.but)
        strength = find_basis(milestone, "label").strength or "clinic"
        for session in sessions:
            if session.id in ids:
                day = shift(session.on, ready.after) if ready.after else session.on
                name = f"{ready.name}.{session.id}"
                yield PlannedMilestone(name, milestone.label, day, ready.sources, strength)
