"""Conditions on the choices made and on the patient's state: whether something holds for her.

Truth has three values. What hangs on an answer that nobody gave is `unknown`, never `no`; one part
that is `no` settles a condition, whatever else is unknown.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from hairplan.dates.spans import shift
from hairplan.dates.typed_spans import since_range
from hairplan.protocol.model import Protocol
from hairplan.protocol.values import Condition, accepted_values, parse_age_range
from hairplan.request import Answer, PlanRequest

EVENTS: Final = "events."
"""Begins the name of a condition on the time since an event."""

State = dict[str, str]
"""Choices and answers by name, with `sex` and `age` where they are known."""


class Present(Struct, frozen=True):
    """The days that tell past events from planned ones.

    Attributes:
        today: what contradicts itself does so today.
        recorded: what holds for the plan has come by the start, or by the last day on which
            something was recorded: its dates are the same on any day that one looks at it.
    """

    today: date
    recorded: date


def state_of(
    protocol: Protocol, request: PlanRequest, present: Present
) -> tuple[State, list[tuple[str, str]]]:
    """Return what is known of choices and patient, and what in it contradicts itself.

    An event that has come, or is planned, settles its question, whatever was answered.

    Args:
        protocol: which options, questions and events there are; the request names no others.
        request: the choices, answers and events given.
        present: tells past events from planned ones.

    Returns:
        The state; and each contradiction, after the question that it is about or nothing.
    """
    told = _told(protocol, request)
    state, faults = _settled(protocol, request, told, present.today)
    if request.events and present.recorded != present.today:
        state, _ = _settled(protocol, request, told, present.recorded)
    return state, faults


def _told(protocol: Protocol, request: PlanRequest) -> State:
    """Return the choices and answers that were given."""
    state: State = {name: option.default for name, option in protocol.options.items()}
    state |= request.options
    if request.sex is not None:
        state["sex"] = request.sex
    if request.age is not None:
        state["age"] = str(request.age)
    state |= dict.fromkeys(protocol.questions, "unknown")
    state |= request.answers
    for name, days in request.event_days.items():
        state[f"{EVENTS}{name}"] = f"{days[-1]}"
    return state


def _settled(
    protocol: Protocol, request: PlanRequest, told: State, day: date
) -> tuple[State, list[tuple[str, str]]]:
    """Return what is known on a day, and what in it contradicts itself."""
    state = dict(told)
    faults = [*_apply_events(protocol, request, state, day), *_apply_only(protocol, state)]
    faults += [
        ("", contradiction.says)
        for contradiction in protocol.contradictions
        if holds(contradiction.when, state) == "yes"
    ]
    return state, faults


def given_today(
    found: Sequence[tuple[str, str]], given: Collection[str] | None
) -> tuple[list[str], list[str]]:
    """Part contradictions into those that somebody gave today, and those that time has brought.

    Args:
        found: each contradiction, after the question that it is about.
        given: the questions that were answered today; None for all.
    """
    if given is None:
        return [says for _, says in found], []
    today = [says for about, says in found if about in given]
    over_time = (says for _, says in found if says not in today)
    return today, [
        f"to settle: {says}: answer it anew, or say the event's day" for says in over_time
    ]


def _apply_events(
    protocol: Protocol, request: PlanRequest, state: State, today: date
) -> Iterable[tuple[str, str]]:
    """Answer the questions that past and planned events settle."""
    known = request.event_days
    for name, day in ((name, day) for name, days in known.items() for day in days):
        event = protocol.events[name]
        if day <= today:
            yield from _settle(state, event.begins, "yes", f"{event.label} on {day}")
            yield from _settle(state, event.ends, "no", f"{event.label} on {day}")
        else:
            yield from _settle(state, event.ends, "yes", f"{event.label} planned for {day}")


def _settle(
    state: State, question: str | None, answer: str, because: str
) -> Iterable[tuple[str, str]]:
    if question is None:
        return
    if state[question] not in {answer, "unknown"}:
        yield question, f"answers.{question}: {state[question]} contradicts the {because}"
    state[question] = answer


def _apply_only(protocol: Protocol, state: State) -> Iterable[tuple[str, str]]:
    """Answer no to the questions that this patient is not asked."""
    for name, question in protocol.questions.items():
        if question.only and holds(question.only, state) == "no":
            if state[name] == "yes":
                known = ", ".join(f"{key}={state[key]}" for key in question.only)
                yield name, f"answers.{name}: yes contradicts {known}"
            state[name] = "no"


def holds(when: Condition, state: State) -> Answer:
    """Return whether a condition is true of a state: yes, no or unknown.

    The time since an event is another on each day: here it only has to be known (see `holds_on`).
    """
    result: Answer = "yes"
    if not when:
        return result
    for name, value in when.items():
        accepted = accepted_values(value)
        known = state.get(name, "unknown")
        if name.startswith(EVENTS) and known != "unknown":
            continue
        if known in accepted or (name == "age" and _in_ages(known, accepted)):
            continue
        if known != "unknown":
            return "no"
        result = "unknown"
    return result


def holds_on(when: Condition, events: Mapping[str, Sequence[date]], day: date) -> bool:
    """Return whether the time since events is in the ranges of a condition on a day.

    What is not known of an event is not asked here: it makes the condition unknown as a whole.
    """
    return all(
        any(
            _is_since(events[name.removeprefix(EVENTS)], text, day)
            for text in accepted_values(value)
        )
        for name, value in when.items()
        if name.startswith(EVENTS) and name.removeprefix(EVENTS) in events
    )


def _is_since(days: Sequence[date], text: str, day: date) -> bool:
    """Return whether the last of some days up to a day lies so long before it."""
    past = [known for known in days if known <= day]
    if not past:
        return False
    low, high = since_range(text)
    return (not low or shift(past[-1], low) <= day) and (not high or day <= shift(past[-1], high))


def _in_ages(known: str, ranges: Iterable[str]) -> bool:
    if known == "unknown":
        return False
    return any(low <= int(known) <= high for low, high in map(parse_age_range, ranges))


def unanswered(when: Condition, state: State) -> str:
    """Say which answers a condition waits for, such as "minoxidil=yes" or "age=31..50"."""
    return " and ".join(
        f"{name}={'|'.join(accepted_values(value))}"
        for name, value in when.items()
        if state.get(name, "unknown") == "unknown"
    )
