"""What the patient's state means for the treatment, day by day.

A rule that counts from an event holds on some days only: it is asked of each day of the plan, not
of today. Contraindicated, postponed and not effective refuse; everything else is a task or a note.
Unknown is never no: it stays in the list as a question to settle.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, get_args

from msgspec import Struct, structs

from hairplan.conditions import State, holds
from hairplan.dates.spans import Period, shift, shift_days, span
from hairplan.plan import Screened
from hairplan.protocol import (
    REFUSING,
    Outcome,
    Protocol,
    Rule,
)
from hairplan.request import Answer
from hairplan.texts import sourced
from hairplan.traces import basis, fact_ids

_RANK: Final = get_args(Outcome)


_OURS: Final = {"default": "our default", "clinic": "the clinic's own figure"}


class Standing(Struct, frozen=True):
    """A rule, whether it holds, and on which days.

    Attributes:
        name: the rule's name.
        rule: the rule.
        answer: whether it holds on the days from `first` to the eve of `until`.
        first: the first of these days; None for ever before.
        until: the first day after them; None for ever after.
        overridden: the practitioner's reason to go on all the same.
    """

    name: str
    rule: Rule
    answer: Answer
    first: date | None
    until: date | None
    overridden: str | None = None

    def on(self, day: date) -> Answer:
        """Return whether the rule holds on a day."""
        if (self.first and day < self.first) or (self.until and day >= self.until):
            return "no"
        return self.answer

    @property
    def refuses(self) -> bool:
        """Whether it holds, on its days, against a session, and nobody overrode it."""
        return self.answer == "yes" and self.rule.outcome in REFUSING and self.overridden is None


def said_rule(rule: Rule) -> str:
    """Say what a rule means, with its figures where these are no source's."""
    given = [(key, text) for key in ("begins", "ends") if (text := getattr(rule, key))]
    figures = {
        text: _OURS[strength]
        for key, text in given
        # "From that day on" is no figure.
        if not text.startswith("0 ") and (strength := str(basis(rule, key).strength)) in _OURS
    }
    said = "; ".join(f"{figure}: {whose}" for figure, whose in figures.items())
    return f"{rule.says} ({said})" if said else rule.says


def standings(
    protocol: Protocol,
    state: State,
    events: Mapping[str, Sequence[date]],
    overrides: Mapping[str, str],
) -> list[Standing]:
    """Return how each rule that concerns a patient stands, the gravest first.

    Raises:
        OutOfRangeError: an event's dates leave the calendar.
    """
    found = [
        structs.replace(_standing(name, rule, protocol, state, day), overridden=overrides.get(name))
        for name, rule in protocol.rules.items()
        if not rule.question or holds(protocol.questions[rule.question].only, state) != "no"
        for day in events.get(rule.event or "", (None,))
    ]
    return sorted(found, key=lambda each: (_RANK.index(each.rule.outcome), each.name))


def _standing(
    name: str, rule: Rule, protocol: Protocol, state: State, day: date | None
) -> Standing:
    """Return how a rule stands, seen from one day of its event; None where none is known."""
    fits = holds(rule.when, state)
    if day is not None:
        first = shift(day, span(rule.begins)) if rule.begins else None
        until = shift(day, span(rule.ends)) if rule.ends else None
        return Standing(name, rule, fits, first, until)
    asked: Answer = _asked(rule, protocol, state)
    answer: Answer = "no" if "no" in {fits, asked} else fits if asked == "yes" else asked
    return Standing(name, rule, answer, None, None)


def _asked(rule: Rule, protocol: Protocol, state: State) -> Answer:
    """Return what the question of a rule says where its event has no date."""
    if rule.question is None:
        return "yes"
    answer = state[rule.question]
    dated = rule.begins or rule.ends
    if answer == "yes" and rule.event and dated:
        begins = protocol.events[rule.event].begins == rule.question
        return "unknown" if begins else "yes"
    return "yes" if answer == "yes" else "no" if answer == "no" else "unknown"


def refused_days(stands: Iterable[Standing]) -> list[Period]:
    """Return the days on which a rule refuses, with the reason; only rules that have dates."""
    return [
        Period(
            each.first or date.min,
            shift_days(each.until, -1) if each.until else date.max,
            said_rule(each.rule) + sourced(fact_ids(each.rule.source)),
        )
        for each in stands
        if each.refuses and (each.first or each.until) and each.until != date.min
    ]


def refusals(stands: Iterable[Standing], day: date) -> list[Standing]:
    """Return the rules that refuse a session on a day."""
    return [each for each in stands if each.refuses and each.on(day) == "yes"]


def earliest_start(stands: Sequence[Standing], day: date) -> date | None:
    """Return the first day from `day` on that no rule refuses; None if one refuses for good."""
    while refusing := refusals(stands, day):
        if any(each.until is None for each in refusing):
            return None
        day = max(each.until for each in refusing if each.until)
    return day


def screened(
    stands: Iterable[Standing], protocol: Protocol, state: State, days: Sequence[date]
) -> tuple[Screened, ...]:
    """Say how each rule stands over the days of a plan."""
    return tuple(_screened(each, protocol, state, days) for each in stands)


def _screened(stand: Standing, protocol: Protocol, state: State, days: Sequence[date]) -> Screened:
    rule = stand.rule
    found = {stand.on(day) for day in days}
    applies: Answer = "yes" if "yes" in found else "unknown" if "unknown" in found else "no"
    question = protocol.questions[rule.question] if rule.question else None
    answer = state[rule.question] if rule.question else stand.answer
    return Screened(
        rule=stand.name,
        question=rule.question,
        outcome=rule.outcome,
        answer="yes" if answer == "yes" else "no" if answer == "no" else "unknown",
        since=stand.first,
        until=stand.until,
        overridden=stand.overridden if rule.outcome in REFUSING else None,
        sources=fact_ids(rule.source),
        applies=applies,
        says=said_rule(rule),
        strength=rule.strength or "clinic",
        why=rule.why,
        ask=question.ask if question else None,
    )
