"""Restrictions that last as long as the clinic says: they have a first day, and no last one."""

from collections.abc import Sequence

from hairplan.plan import Session
from hairplan.plan_parts import Instruction
from hairplan.planner.layout import Events
from hairplan.planner.places import Places
from hairplan.planner.planned_restrictions import surrounded_visits
from hairplan.planner.resolve import Resolved
from hairplan.planner.restrictions import Visit, beginning
from hairplan.protocol.values import in_english


def instructions_of(
    resolved: Resolved,
    sessions: Sequence[Session],
    visits: Sequence[Visit],
    where: Places,
    events: Events,
) -> tuple[Instruction, ...]:
    """Return the restrictions without a length, in the order in which they begin.

    Args:
        resolved: the restrictions that hold or may hold.
        sessions: the appointments that have a day, in date order.
        visits: the same, as restrictions see them.
        where: the day of each place in the course.
        events: the days that are known of events.
    """
    planned = []
    for ready in resolved.restrictions:
        how_long = ready.restriction.how_long
        if how_long is None:
            continue
        surrounded = surrounded_visits(ready.reach, sessions, visits, where, events)
        if surrounded:
            planned.append(
                Instruction(
                    ready.name,
                    ready.restriction.label,
                    in_english(how_long),
                    tuple(beginning(ready.reach.ideal, visit)[0] for visit in surrounded),
                    tuple(visit.id for visit in surrounded),
                    ready.applies,
                    ready.only_if,
                    ready.sources,
                )
            )
    return tuple(sorted(planned, key=lambda instruction: (instruction.begins, instruction.id)))
