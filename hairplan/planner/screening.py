"""Screening: the rules on the patient's state, and whether they refuse, day by day.

A rule that counts from an event holds on some days only: it is asked of each day of the plan, not
of today. Contraindicated, postponed and not effective refuse; everything else is a task or a note.
Unknown is never no: it stays in the list as a question to settle.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, get_args

from msgspec import Struct, structs

from hairplan.dates.spans import Period, shift, shift_days, span
from hairplan.planner.conditions import State, holds, unanswered
from hairplan.protocol.figures import fact_ids, find_basis
from hairplan.protocol.model import Protocol, Rule
from hairplan.protocol.values import REFUSING, RuleOutcome
from hairplan.request import Answer
from hairplan.standing import Screened
from hairplan.words import cite

_RANK: Final = get_args(RuleOutcome)


_OURS: Final = {"default": "our default", "clinic": "the clinic's own figure"}


class RuleStanding(Struct, frozen=True):
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

    def covers(self, day: date) -> bool:
        """Return whether a day is one of those that the answer is for."""
        return (not self.first or day >= self.first) and (not self.until or day < self.until)

    @property
    def refuses(self) -> bool:
        """Whether it holds, on its days, against a session, and nobody overrode it."""
        return self.answer == "yes" and self.rule.outcome in REFUSING and self.overridden is None


def describe_rule(rule: Rule) -> str:
    """Say what a rule means, with its figures where these are no source's."""
    given = [(key, text) for key in ("begins", "ends") if (text := getattr(rule, key))]
    figures = {
        text: _OURS[strength]
        for key, text in given
        # "From that day on" is no figure.
        if not text.startswith("0 ") and (strength := str(find_basis(rule, key).strength)) in _OURS
    }
    said = "; ".join(f"{figure}: {whose}" for figure, whose in figures.items())
    return f"{rule.says} ({said})" if said else rule.says


def standings(
    protocol: Protocol,
    state: State,
    events: Mapping[str, Sequence[date]],
    overrides: Mapping[str, str],
) -> list[RuleStanding]:
    """Return how each rule that concerns a patient stands, the gravest first.

    Args:
        protocol: the treatment, with its rules.
        state: choices and answers.
        events: the days that are known of events.
        overrides: the practitioner's reasons, by the rule that each overrides.

    Raises:
        OutOfRangeError: an event's dates leave the calendar.
    """
    stands = [
        RuleStanding(name, rule, *_standing(rule, protocol, state, day), overrides.get(name))
        for name, rule in protocol.rules.items()
        if not rule.question or holds(protocol.questions[rule.question].only, state) != "no"
        for day in events.get(rule.event or "", (None,))
    ]
    return sorted(stands, key=_gravity)


def _gravity(stand: RuleStanding) -> tuple[int, str]:
    """Sort the gravest first."""
    return _RANK.index(stand.rule.outcome), stand.name


def _standing(
    rule: Rule, protocol: Protocol, state: State, day: date | None
) -> tuple[Answer, date | None, date | None]:
    """Return whether a rule holds, and from when until when, seen from a day of its event.

    Where no day of its event is known, it has no days.
    """
    fits = holds(rule.when, state)
    if day is not None:
        first = shift(day, span(rule.begins)) if rule.begins else None
        until = shift(day, span(rule.ends)) if rule.ends else None
        return fits, first, until
    asked: Answer = _asked(rule, protocol, state)
    answer: Answer = "no" if "no" in {fits, asked} else fits if asked == "yes" else asked
    return answer, None, None


def _asked(rule: Rule, protocol: Protocol, state: State) -> Answer:
    """Return the answer to the question of a rule whose event has no date."""
    if rule.question is None:
        return "yes"
    answer = state[rule.question]
    dated = rule.begins or rule.ends
    if answer == "yes" and rule.event and dated:
        begins = protocol.events[rule.event].begins == rule.question
        return "unknown" if begins else "yes"
    return "yes" if answer == "yes" else "no" if answer == "no" else "unknown"


def idle_overrides(overrides: Mapping[str, str], stands: Iterable[RuleStanding]) -> Iterator[str]:
    """Yield that a rule is overridden that does not hold."""
    if not overrides:
        return
    holding = {standing.name for standing in stands if standing.answer != "no"}
    for name in sorted(set(overrides) - holding):
        yield f"the override of {name} is not needed: the rule does not hold"


def refused_days(stands: Iterable[RuleStanding]) -> list[Period]:
    """Return the days on which a rule refuses, with the reason; only rules that have dates."""
    return [
        Period(
            standing.first or date.min,
            shift_days(standing.until, -1) if standing.until else date.max,
            describe_rule(standing.rule) + cite(fact_ids(standing.rule.source)),
        )
        for standing in stands
        if standing.refuses and (standing.first or standing.until) and standing.until != date.min
    ]


def refusals(stands: Iterable[RuleStanding], day: date) -> list[RuleStanding]:
    """Return the rules that refuse a session on a day."""
    return [standing for standing in stands if standing.refuses and standing.covers(day)]


def earliest_start(stands: Sequence[RuleStanding], day: date) -> date | None:
    """Return the first day from `day` on that no rule refuses; None if one refuses for good."""
    while refusing := refusals(stands, day):
        if any(standing.until is None for standing in refusing):
            return None
        day = max(standing.until for standing in refusing if standing.until)
    return day


class Verdict(Struct, frozen=True):
    """A rule that stands, as a plan shows it.

    Attributes:
        standing: how the rule stands.
        holding: what is shown where one of its days is a day of the plan.
        idle: what is shown where none is; the same where it has no days of its own.
    """

    standing: RuleStanding
    holding: Screened
    idle: Screened

    def over(self, days: Iterable[date]) -> Screened:
        """Return the rule as a plan with such days shows it."""
        is_constant = self.holding is self.idle
        return self.holding if is_constant or any(map(self.standing.covers, days)) else self.idle


def verdicts(
    stands: Iterable[RuleStanding], protocol: Protocol, state: State, meanings: Mapping[str, str]
) -> tuple[Verdict, ...]:
    """Return each rule as plans show it.

    Args:
        stands: how the rules stand.
        protocol: the treatment.
        state: choices and answers.
        meanings: what each rule means, by its name.
    """
    return tuple(
        _verdict(standing, protocol, state, meanings[standing.name]) for standing in stands
    )


def _verdict(stand: RuleStanding, protocol: Protocol, state: State, meaning: str) -> Verdict:
    rule = stand.rule
    question = protocol.questions[rule.question] if rule.question else None
    answer = state[rule.question] if rule.question else stand.answer
    holding = Screened(
        rule=stand.name,
        question=rule.question,
        outcome=rule.outcome,
        answer="yes" if answer == "yes" else "no" if answer == "no" else "unknown",
        since=stand.first,
        until=stand.until,
        overridden=stand.overridden if rule.outcome in REFUSING else None,
        sources=fact_ids(rule.source),
        applies=stand.answer,
        says=meaning,
        strength=rule.strength or "clinic",
        why=rule.why,
        ask=question.ask if question else None,
        only_if=None if question else unanswered(rule.when, state) or None,
    )
    is_dated = stand.first is not None or stand.until is not None
    return Verdict(stand, holding, structs.replace(holding, applies="no") if is_dated else holding)
