"""The templates of a calendar's titles and texts, ours or a clinic's own, and what fills them.

What a reader is told beyond that is in `patient_texts` and `practice_texts`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

from msgspec import Struct

from hairplan.clinic.templates import Audience, ItemKind
from hairplan.plan import Plan, Session
from hairplan.plan_parts import Instruction
from hairplan.words import describe_window as describe_days

_COUNTED_AS: Final = {
    "session": "Appointment",
    "touch-up": "Follow-up appointment",
    "maintenance": "Follow-up appointment",
    "consultation": "Consultation",
    "review": "Check-up",
    "visit": "Appointment",
    "home": "At home",
}
"""Neutral words for the kinds of appointments; those with one word are counted through."""

_PROVISIONAL: Final = frozenset({"tentative", "missed", "overdue"})
_TITLES: Final[dict[Audience, dict[ItemKind, str]]] = {
    "patient": {
        "session": "{nth} {kind}",
        **dict.fromkeys(("restriction", "task", "review", "routine"), "{kind}"),
    },
    "practice": {
        "session": "{ref}: {treatment}, {session} ({count})",
        **dict.fromkeys(("restriction", "task", "review", "routine"), "{ref}: {label}"),
    },
}
_NO_VALUES: Final = dict.fromkeys(
    ("kind", "count", "nth", "day", "window", "resume", "label", "session"), ""
)
_DETAILS: Final = "{details}"


class Wording(Struct, frozen=True):
    """The templates of all kinds of items: titles, and texts."""

    titles: Mapping[ItemKind, str]
    texts: Mapping[ItemKind, str]


def choose_wording(
    audience: Audience,
    titles: Mapping[ItemKind, str] | None = None,
    texts: Mapping[ItemKind, str] | None = None,
) -> Wording:
    """Return the templates for an audience: a clinic's own before ours."""
    ours = _TITLES[audience]
    return Wording({**ours, **(titles or {})}, {**dict.fromkeys(ours, _DETAILS), **(texts or {})})


@lru_cache
def default_wording(audience: Audience) -> Wording:
    """Return our templates for an audience."""
    return choose_wording(audience)


class Words(NamedTuple):
    """The title and the text of an item."""

    title: str
    text: str


class Count(NamedTuple):
    """Which appointment it is, of how many; null where nobody knows how many."""

    number: int
    total: int | None


class ItemTexts:
    """Fills the templates for the items of one plan."""

    def __init__(self, plan: Plan, wording: Wording) -> None:
        """Take the plan and the templates."""
        self.plan = plan
        self.counts = _count_appointments(plan)
        self.questions = {
            rule.question: rule.ask for rule in plan.screening if rule.question and rule.ask
        }
        self.provisional = {session.id for session in plan.dated if is_provisional(session)}
        self._wording = wording
        self._fields = {
            **_NO_VALUES,
            "place": plan.place or "",
            "treatment": plan.protocol.name,
            "ref": plan.ref or f"plan {plan.id[:8]}",
        }

    def instructions(self, session: Session) -> Iterator[tuple[Instruction, date]]:
        """Yield what to avoid around an appointment as long as the clinic says, and from when."""
        for one in self.plan.instructions:
            for day, name in zip(one.begins, one.sessions, strict=True):
                if name == session.id:
                    yield one, day

    def fill(self, kind: ItemKind, fields: Callable[[], Mapping[str, str]], details: str) -> Words:
        """Fill the templates of a kind of items."""
        title, text = self._wording.titles[kind], self._wording.texts[kind]
        if "{" in title or text != _DETAILS:
            values = {**self._fields, **fields(), "details": details}
            title = _fill_template(title, values)
            text = details if text == _DETAILS else _fill_template(text, values)
        else:
            text = details
        # An appointment without a number leaves its brackets empty.
        return Words(" ".join(title.split()).replace(" ()", ""), text.strip())


def is_provisional(session: Session) -> bool:
    """Return whether the day of an appointment is a proposal that nobody has agreed on."""
    return not session.booked and session.status in _PROVISIONAL


def is_settled(session: Session) -> bool:
    """Return whether an appointment is booked, or took place; at home nobody has to book."""
    return session.booked or session.status == "done" or session.kind == "home"


def neutral_word(session: Session) -> str:
    """Return a neutral English word for an appointment."""
    return _COUNTED_AS[session.kind]


def describe_window(session: Session) -> str:
    """Say the days that keep to the protocol, as far as there are limits."""
    first, last = session.earliest, session.latest
    return describe_days(first, last, since="from {}", until="to {}", unlimited="")


def _fill_template(template: str, values: Mapping[str, str]) -> str:
    return template.format_map(values) if "{" in template else template


def _count_appointments(plan: Plan) -> dict[str, Count]:
    """Say of each appointment which of how many it is, counted through steps with one word.

    One that is called off is counted, so that the others keep their numbers, and so is one that was
    missed and counts, and one that waits. One that no step plans is not.
    """
    sessions = [
        session
        for session in plan.sessions
        if (session.planned is not None or session.status == "cancelled" or _is_counted(session))
        and session.id.startswith(f"{session.phase}-")
    ]
    sizes: dict[str, dict[str, int | None]] = {}
    for session in sessions:
        sizes.setdefault(neutral_word(session), {})[session.phase] = session.of
    starts = {word: _count_through(phases) for word, phases in sizes.items()}
    counts = {}
    for session in sessions:
        before, total = starts[neutral_word(session)][session.phase]
        counts[session.id] = Count(before + session.number, total)
    return counts


def _is_counted(session: Session) -> bool:
    """Return whether one without a day counts: it is used up, or waits for one before it."""
    return session.used_up or (session.after is not None and session.of is not None)


def _count_through(sizes: Mapping[str, int | None]) -> dict[str, Count]:
    """Return for each step how many appointments come before it, and how many there are.

    Args:
        sizes: how many appointments each step has, in order; None for one without an end.
    """
    known: Sequence[int] = [size or 0 for size in sizes.values()]
    total = None if None in sizes.values() else sum(known) or None
    befores = accumulate((0, *known))
    return {step: Count(before, total) for step, before in zip(sizes, befores, strict=False)}
