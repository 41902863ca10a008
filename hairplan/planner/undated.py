"""Tables without a day in a plan, yet or ever: none of a protocol vanishes from it.

A table that may hold for a patient is in her plan as certain, as open (what it counts from has no
day yet) or as not for her (what it counts from is no part of her plan).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from hairplan.plan import Plan
from hairplan.planner.compile import Ready
from hairplan.planner.layout import Layout
from hairplan.planner.slot import Slot
from hairplan.protocol.values import is_place_of_step, treating_kinds
from hairplan.standing import Undated, UndatedKind
from hairplan.words import join_words

if TYPE_CHECKING:
    from hairplan.planner.resolve import Resolved

_EVENT: Final = "events."
_TREATING_PLACES: Final = ("each", "first")


class CountingTable(Struct, frozen=True):
    """A table that counts from places.

    Attributes:
        kind: what it is.
        ready: the table, narrowed down to the patient.
        label: what it says.
        places: what it counts from, of which one is enough.
    """

    kind: UndatedKind
    ready: Ready
    label: str
    places: tuple[str, ...]


def counting_tables(resolved: "Resolved") -> Iterator[CountingTable]:
    """Yield the tables that count from places, by their kind and name."""
    for limit in resolved.restrictions:
        around = limit.reach.around or ("each",)
        yield CountingTable("restriction", limit, limit.restriction.label, around)
    for task in resolved.tasks:
        around = task.task.around or (task.task.session,)
        yield CountingTable("task", task, task.task.label, around)
    for routine in resolved.routines:
        yield CountingTable("routine", routine, routine.routine.label, (routine.routine.anchor,))
    for look in resolved.milestones:
        places = look.milestone.around or (look.milestone.at,)
        yield CountingTable("milestone", look, look.milestone.label, places)
    for expected in resolved.expectations:
        if expected.expectation.at:
            place = expected.expectation.at
            yield CountingTable("expectation", expected, expected.expectation.label, (place,))


def undated_of(resolved: "Resolved", layout: Layout, plan: Plan) -> tuple[Undated, ...]:
    """Return what has no day yet, or never.

    Args:
        resolved: the tables that hold or may hold.
        layout: the appointments, and the events whose days are known.
        plan: all that has a day.
    """
    dated = _dated_names(resolved, plan)
    with_day = {session.id for session in plan.dated}
    slots = [*layout.slots, *(slot for slot, _ in layout.waiting)]
    open_slots = [slot for slot in slots if slot.id not in with_day]
    finder = _Finder(resolved, layout.frame.events, open_slots)
    found = (
        finder.undated(table, has_day=table.ready.name in dated[table.kind])
        for table in counting_tables(resolved)
    )
    return tuple(each for each in found if each is not None)


def _dated_names(resolved: "Resolved", plan: Plan) -> Mapping[UndatedKind, Collection[str]]:
    """Return the names of the tables of which a plan has a day, by their kind."""
    no_dates = {
        ready.name
        for ready in resolved.expectations
        if not (ready.expectation.begins or ready.expectation.ends)
    }
    expected = {each.id for each in plan.expectations if each.first or each.last}
    return {
        "restriction": {restriction.id for restriction in plan.restrictions}
        | {instruction.id for instruction in plan.instructions},
        "task": {task.id.partition(".")[0] for task in plan.tasks},
        "routine": {routine.id for routine in plan.routines},
        "milestone": {milestone.id.partition(".")[0] for milestone in plan.milestones},
        "expectation": expected | no_dates,
    }


class _Finder(Struct, frozen=True):
    """Finds why a table has no day.

    Attributes:
        resolved: what the plan is made from.
        events: the events whose days are known.
        open_slots: the appointments that have no day.
    """

    resolved: "Resolved"
    events: Collection[str]
    open_slots: Sequence[Slot]

    def undated(self, table: CountingTable, *, has_day: bool) -> Undated | None:
        """Return a table without a day; None for one that has all its days."""
        unknown = [self.awaited_event(place) for place in table.places]
        awaited = [reason for reason in unknown if reason]
        if has_day and not awaited:
            return None
        if not has_day:
            slots = [self.awaited_slot(place) for place in table.places]
            awaited += [reason for reason in slots if reason]
        ready = table.ready
        return Undated(
            kind=table.kind,
            id=ready.name,
            label=table.label,
            waits_for=join_words(list(dict.fromkeys(awaited))) if awaited else None,
            why_not=None if awaited else self.why_not(table),
            applies="unknown" if awaited else "no",
            only_if=ready.only_if,
            sources=ready.sources,
        )

    def awaited_event(self, place: str) -> str | None:
        """Say which event has to have a day; None for none, or for one that never was."""
        name = place.removeprefix(_EVENT)
        if name == place or name in self.events or never_was(self.resolved, name):
            return None
        label = self.resolved.protocol.events[name].label
        return f"the day of the {label.removeprefix('the ')} is known"

    def awaited_slot(self, place: str) -> str | None:
        """Say which appointment has to have a day; None for none."""
        kinds = treating_kinds(step.kind for step in self.resolved.protocol.steps)
        named = [slot.id for slot in self.open_slots if _is_at(slot, place, kinds)]
        if not named:
            return None
        return f"{named[-1] if place.endswith('.last') else named[0]} has a day"

    def why_not(self, table: CountingTable) -> str:
        """Say why a table is not for this patient."""
        if table.ready.since:
            since = " and ".join(f"{name}={span}" for name, span in table.ready.since.items())
            return f"on no day of an appointment: {since}"
        if table.kind == "task" and table.places == ("each",):
            return "what was done before holds good"
        return f"nothing in this plan that it counts from: {join_words(table.places, 'or')}"


def _is_at(slot: Slot, place: str, treating: frozenset[str]) -> bool:
    """Return whether an appointment can be the one that a place names."""
    if place in _TREATING_PLACES:
        return slot.step.kind in treating
    if not is_place_of_step(place):
        return False
    step, dot, _ = place.partition(".")
    return place in {"all", slot.id} or slot.step.id == (step if dot else place)


def never_was(resolved: "Resolved", event: str) -> bool:
    """Return whether an event is answered by no: it has no day, and none is waited for."""
    begins = resolved.protocol.events[event].begins
    return begins is not None and resolved.state.get(begins) == "no"
