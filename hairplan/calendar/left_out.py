"""Counts of all that a calendar leaves out of a plan, for whoever makes it."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from hairplan.calendar.items import KINDS, CalendarChoice
from hairplan.calendar.recurrence import routines_of
from hairplan.calendar.texts import is_provisional
from hairplan.clinic.templates import ItemKind
from hairplan.plan import Plan
from hairplan.planner.restrictions import alike
from hairplan.words import join_words

Counts = dict[ItemKind, int]
"""How many items of each kind there are."""

NOUNS: Final[dict[ItemKind, str]] = {
    "session": "appointment",
    "restriction": "care period",
    "task": "task",
    "review": "review",
    "routine": "home rhythm",
}


class LeftOut(Struct, frozen=True):
    """Counts of all that calendars leave out.

    Attributes:
        kinds: how many items of kinds that they do not have.
        tentative: how many around appointments that are mere proposals.
        answers: the missing answers on which something hangs that a brief text cannot ask.
    """

    kinds: Counts = {}
    tentative: Counts = {}
    answers: frozenset[str] = frozenset()

    def __add__(self, other: "LeftOut") -> "LeftOut":
        """Return what both leave out."""
        # Few rows of a list leave anything out.
        if other == NOTHING:
            return self
        return LeftOut(
            _sum(self.kinds, other.kinds),
            _sum(self.tentative, other.tentative),
            self.answers | other.answers,
        )

    def describe(self) -> Iterator[str]:
        """Say it, with the options that bring it."""
        if self.kinds:
            words = ",".join(word for word, kind in KINDS.items() if kind in self.kinds)
            yield f"left out: {_counts(self.kinds)}: --with {words}"
        if self.tentative:
            yield (
                "left out, around appointments that nobody has agreed on yet:"
                f" {_counts(self.tentative)}: --with tentative"
            )
        if self.answers:
            yield (
                "left out of brief texts, as answers are missing:"
                f" {', '.join(sorted(self.answers))}: --details full asks"
            )


NOTHING: Final = LeftOut()


def left_out_of(plan: Plan, choice: CalendarChoice) -> LeftOut:
    """Count what a plan's calendar leaves out by default, as far as its reader may miss it."""
    if choice.audience == "patient":
        return LeftOut(answers=_missing(plan) if choice.details == "brief" else frozenset())
    proposed = {session.id for session in plan.dated if is_provisional(session)}
    settled, tentative = _counts_of(plan, choice, proposed)
    content = choice.content
    missed = settled if choice.kinds is None else {}
    waiting = {} if choice.tentative else tentative
    return LeftOut(
        {kind: count for kind, count in missed.items() if count and kind not in content},
        {kind: count for kind, count in waiting.items() if count and kind in content},
    )


def _missing(plan: Plan) -> frozenset[str]:
    """Return the missing answers on which something hangs."""
    conditions = (
        *(restriction.only_if for restriction in plan.restrictions),
        *(task.only_if for task in plan.tasks),
        *(routine.only_if for routine in plan.routines),
        *(instruction.only_if for instruction in plan.instructions),
    )
    return frozenset(condition for condition in conditions if condition)


def _counts_of(plan: Plan, choice: CalendarChoice, proposed: set[str]) -> tuple[Counts, Counts]:
    """Count items by kind: those of appointments with a day, and those of mere proposals."""
    settled: Counts = {"restriction": 0, "task": 0}
    tentative = settled.copy()
    settled |= {"review": len(plan.milestones), "routine": len(routines_of(plan))}
    days = choice.days_of(plan.dated)
    for task in plan.tasks:
        if choice.has_item_for(task, days) and not task.done:
            (tentative if task.session in proposed else settled)["task"] += 1
    for restrictions in alike(plan.restrictions):
        for period in restrictions[0].ideal:
            is_proposed = proposed.issuperset(period.sessions)
            (tentative if is_proposed else settled)["restriction"] += 1
    return settled, tentative


def _sum(one: Counts, other: Counts) -> Counts:
    return {kind: one.get(kind, 0) + other.get(kind, 0) for kind in {**one, **other}}


def _counts(kinds: Counts) -> str:
    """Say how many of which kind, such as "1,050 care periods and 1 review"."""
    return join_words(
        [
            f"{kinds[kind]:,} {noun}{'' if kinds[kind] == 1 else 's'}"
            for kind, noun in NOUNS.items()
            if kind in kinds
        ]
    )
