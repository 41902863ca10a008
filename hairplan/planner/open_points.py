"""The points still to be settled beside the rules: answers and days that tables hang on."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from hairplan.planner.conditions import EVENTS, State, holds
from hairplan.planner.undated import counting_tables, never_was
from hairplan.protocol.values import Condition
from hairplan.standing import Screened

if TYPE_CHECKING:
    from hairplan.planner.resolve import Resolved


_HANGING: Final = (
    *("restrictions", "tasks", "routines", "milestones", "expectations", "rules", "charges"),
)


def open_points(resolved: "Resolved") -> tuple[Screened, ...]:
    """Return the questions that no rule asks, and the events without a day, that things hang on.

    A question that only a `when` uses decides on what may hold for the patient: it is asked as
    those of the rules are.
    """
    questions, events = _waiting_for(resolved), _awaited_events(resolved)
    if not questions and not events:
        return ()
    asked = {
        verdict.standing.rule.question
        for verdict in resolved.verdicts
        if verdict.standing.answer == "unknown"
    }
    protocol = resolved.protocol
    asks = {name: protocol.questions[name].ask for name in questions if name not in asked}
    labels = {name: f"on which day: {protocol.events[name].label}?" for name in events}
    return (
        *(_open_point(name, name, asks[name], questions[name]) for name in asks),
        *(_open_point(name, None, labels[name], events[name]) for name in events),
    )


def _open_point(name: str, question: str | None, ask: str, decides: Sequence[str]) -> Screened:
    return Screened(
        rule=name,
        question=question,
        outcome="decides",
        answer="unknown",
        since=None,
        until=None,
        overridden=None,
        sources=(),
        applies="unknown",
        says=", ".join(dict.fromkeys(decides)),
        ask=ask,
        strength="clinic",
        why=None,
    )


def _conditions(resolved: "Resolved") -> Iterator[tuple[str, Condition]]:
    """Yield the conditions that may come true, each with the name of what hangs on it."""
    protocol = resolved.protocol
    for step in protocol.steps:
        yield step.id, step.when
    for kind in _HANGING:
        for name, table in getattr(protocol, kind).items():
            yield name, table.when


def _waiting_for(resolved: "Resolved") -> Mapping[str, list[str]]:
    """Return the questions without an answer that something hangs on, with what does."""
    waiting: dict[str, list[str]] = {}
    for name, when in _conditions(resolved):
        if when and holds(when, resolved.state) == "unknown":
            for key in _unanswered(when, resolved.state):
                waiting.setdefault(key, []).append(name)
    known = resolved.protocol.questions
    return {key: names for key, names in waiting.items() if key in known}


def _unanswered(when: Condition, state: State) -> Iterator[str]:
    return (key for key in when if state.get(key, "unknown") == "unknown")


def _awaited_events(resolved: "Resolved") -> Mapping[str, list[str]]:
    """Return the events without a day that something counts from, with what does."""
    awaited: dict[str, list[str]] = {}
    for name, place in _counted_places(resolved):
        event = place.removeprefix(EVENTS)
        is_known = event == place or event in resolved.events or event in resolved.starting
        if not is_known and not never_was(resolved, event):
            awaited.setdefault(event, []).append(name)
    return awaited


def _counted_places(resolved: "Resolved") -> Iterator[tuple[str, str]]:
    for planned in resolved.steps:
        yield planned.step.id, planned.step.anchor
    for table in counting_tables(resolved):
        yield from ((table.ready.name, place) for place in table.places)
        yield from ((table.ready.name, name) for name in table.ready.since)
