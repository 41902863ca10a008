"""How things of a plan stand that are no dates: the patient's state, and what has no day.

The conventions of `plan` hold here as well.
"""

import datetime as dt
from typing import Literal

from msgspec import Struct

from hairplan.protocol.values import REFUSING, RuleOutcome, Strength
from hairplan.request import Answer

UndatedKind = Literal["restriction", "task", "routine", "milestone", "expectation"]


class Undated(Struct, frozen=True, kw_only=True):
    """Something of the protocol that has no day in the plan, or not all of its days.

    Attributes:
        kind: what it is.
        id: its name in the protocol.
        label: what it says.
        waits_for: what has to come about first; null for what is not for this patient.
        why_not: why it is not for this patient; null for what is open.
        applies: unknown for what is open, no for what is not for this patient.
    """

    kind: UndatedKind
    id: str
    label: str
    waits_for: str | None
    why_not: str | None
    applies: Literal["unknown", "no"]
    only_if: str | None
    sources: tuple[str, ...]


class Screened(Struct, frozen=True, kw_only=True):
    """A rule on the patient's state, and how it stands; or a question that other things hang on.

    Attributes:
        rule: the rule's name, which an override names; of a question or an event that no rule asks
            for, its name.
        question: the question that it hangs on.
        outcome: what it means where it holds; decides, where no rule but something else of the
            plan hangs on it: then `says` names that.
        answer: the answer to the question; unknown is never no.
        since: the first day on which it holds, where an event gives one.
        until: the day from which it no longer holds, where an event gives one.
        overridden: the practitioner's reason for going on all the same.
        applies: whether it holds on a day of the plan.
        says: what it means, in words.
        ask: the question, in words.
        strength: how the rule follows from its source.
        why: how a vague source is read.
        only_if: the answers that it waits for, where it has no question of its own.
    """

    rule: str
    question: str | None
    outcome: RuleOutcome | Literal["decides"]
    answer: Answer
    since: dt.date | None
    until: dt.date | None
    overridden: str | None
    sources: tuple[str, ...]
    applies: Answer
    says: str
    ask: str | None
    strength: Strength
    why: str | None
    only_if: str | None = None

    @property
    def refuses(self) -> bool:
        """Whether it speaks against the treatment, and nobody overrode it."""
        return self.applies == "yes" and self.outcome in REFUSING and self.overridden is None
