"""What calendar items say: their titles and texts, by our templates or a clinic's own.

The practice reads everything, with sources and conditions. A patient reads the dates, and what to
do and to avoid only in full: what a brief text has not, the clinic's own instructions have.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Final

from msgspec import Struct

from hairplan.clinic.templates import Audience, ItemKind
from hairplan.plan import (
    Plan,
    PlannedMilestone,
    PlannedRestriction,
    PlannedRoutine,
    PlannedTask,
    RestrictedPeriod,
    Session,
    Status,
)
from hairplan.words import cite, format_date, format_range, join_words, plural

KIND_WORDS: Final = {
    "session": "Appointment",
    "touch-up": "Follow-up appointment",
    "maintenance": "Follow-up appointment",
    "consultation": "Consultation",
    "review": "Check-up",
    "visit": "Appointment",
}
"""Neutral words for the kinds of appointments."""

_PROPOSALS: Final[dict[Status, str]] = {
    "tentative": "To be settled nearer the time",
    "missed": "Missed: to be booked again",
    "overdue": "Overdue: to be booked again",
}
_TITLES: Final[dict[Audience, dict[ItemKind, str]]] = {
    "patient": {
        "session": "{kind} {count}",
        "restriction": "Care period",
        "task": "Preparation for an appointment",
        "review": "Look at the result",
        "routine": "Home care",
    },
    "practice": {
        "session": "{ref}: {treatment}, {session} ({count})",
        "restriction": "{ref}: {label}",
        "task": "{ref}: {label}",
        "review": "{ref}: {label}",
        "routine": "{ref}: {label}",
    },
}
_NO_VALUES: Final = {
    "kind": "Appointment",
    **dict.fromkeys(("count", "day", "window", "resume", "label", "session"), ""),
}
_ANSWERED: Final = re.compile(r"[\w-]+(?==)")
"""The name of a question in a condition such as "minoxidil=yes and sex=female"."""


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
    return Wording(
        {**ours, **(titles or {})}, {**dict.fromkeys(ours, "{details}"), **(texts or {})}
    )


def fill_template(template: str, fields: Mapping[str, str]) -> str:
    """Put the values of fields into a template."""
    return template.format_map(fields) if "{" in template else template


def fill_title(template: str, fields: Mapping[str, str]) -> str:
    """Put the values of fields into the template of a title, on one line."""
    # An appointment without a number leaves its brackets empty.
    return " ".join(fill_template(template, fields).split()).replace(" ()", "")


class Texts(Struct, frozen=True):
    """Writes the texts of a plan's items.

    Attributes:
        plan: the plan.
        for_practice: whether the practice reads them, or the patient.
        in_full: whether they say what to do and to avoid.
    """

    plan: Plan
    for_practice: bool
    in_full: bool

    def describe_session(self, session: Session, count: str, tasks: Sequence[PlannedTask]) -> str:
        """Say what is known of an appointment, and what to do for it.

        Args:
            session: the appointment.
            count: which of how many it is, such as "2 of 3"; empty if it is not counted.
            tasks: what is to be done for it.
        """
        lines: list[str] = []
        if self.for_practice:
            lines += self._practice_lines(session, count)
        elif proposal := describe_proposal(session):
            # A window that is over tells nobody anything.
            window = _window(session) if session.status == "tentative" else ""
            lines.append(f"{proposal}{f': {window}' if window else ''}.")
        if self.in_full:
            lines += [self.describe_task(task) for task in tasks]
        return "\n".join(lines)

    def _practice_lines(self, session: Session, count: str) -> list[str]:
        protocol, window = self.plan.protocol, _window(session)
        target = f", preferred {format_date(session.target)}" if session.target else ""
        proposal = describe_proposal(session)
        why = "Not on its preferred day" if session.target else "Reason"
        lines = [
            f"{protocol.name} ({protocol.id} {protocol.version}): {count or session.name}",
            f"Window {window}{target}{cite(session.sources)}" if window else "",
            f"{proposal}." if proposal else "",
            f"Note: {session.flag}" if session.flag else "",
            f"{why}: {session.reason}" if session.reason else "",
            *(
                f"Overridden: {rule.rule} ({rule.says}): {rule.overridden}"
                for rule in self.plan.screening
                if rule.overridden is not None
            ),
            f"Plan {self.plan.id}, {session.id}",
        ]
        return [line for line in lines if line]

    def describe_task(self, task: PlannedTask) -> str:
        """Say what to do for an appointment, and by when."""
        since = f", not before {format_date(task.not_before)}" if task.not_before else ""
        blocks = ", which cannot take place without it" if task.blocks else ""
        optional = " (optional)" if task.optional else ""
        for_whom = f" {task.session}" if self.for_practice else " the appointment"
        return (
            f"{_deadline(task)}{for_whom}{since}{blocks}: {task.label}{optional}"
            f"{self._condition(task.only_if)}{self._sources(task.sources)}"
        )

    def describe_restriction(
        self, restrictions: Sequence[PlannedRestriction], period: RestrictedPeriod
    ) -> str:
        """Say what is restricted in a period, if it hangs on an answer, and how long it lasts.

        Args:
            restrictions: those that share the period: they last alike and hang on one answer.
            period: the period.
        """
        first = restrictions[0]
        lines = ["What to avoid: see the instructions that you were given."]
        only_if = "Only if it applies to you."
        if self.in_full:
            lines = [f"- {one.label}{self._sources(one.sources)}" for one in restrictions]
            only_if = f"Only{self._condition(first.only_if).removeprefix(', only')}"
        if first.only_if:
            lines.append(only_if)
        return "\n".join((*lines, _describe_lengths(first, period)))

    def describe_milestone(self, milestone: PlannedMilestone) -> str:
        """Say what there is to see on a day of the course; nothing in brief."""
        return f"{milestone.label}{self._sources(milestone.sources)}" if self.in_full else ""

    def describe_routine(self, routine: PlannedRoutine) -> str:
        """Say what to do at home, how often and from when to when."""
        often = f"{routine.rhythm[:1].upper()}{routine.rhythm[1:]}"
        until = f" to {format_date(routine.last)}" if routine.last else ", without an end"
        text = f"{often} from {format_date(routine.first)}{until}."
        if routine.times > 1:
            text += f" {plural(routine.times, 'time')} on such a day."
        if self.in_full:
            only_if = self._condition(routine.only_if)
            text = f"{routine.label}{only_if}{self._sources(routine.sources)}\n{text}"
        if routine.last is None:
            text += f" In this calendar up to {format_date(self.plan.until)}."
        return text

    def _sources(self, sources: Sequence[str]) -> str:
        return cite(sources) if self.for_practice else ""

    def _condition(self, only_if: str | None) -> str:
        """Say which missing answer something hangs on, with the question."""
        if only_if is None:
            return ""
        names = set(_ANSWERED.findall(only_if))
        asks = {
            rule.question: rule.ask
            for rule in self.plan.screening
            if rule.question in names and rule.ask
        }
        questions = dict.fromkeys(asks.values())
        return f", only if {only_if}" + (f" ({' '.join(questions)})" if questions else "")


def describe_proposal(session: Session) -> str | None:
    """Say why the day of an appointment is not agreed on; None if it is."""
    return None if session.booked else _PROPOSALS.get(session.status)


def plan_fields(plan: Plan) -> dict[str, str]:
    """Return what the templates of all items are filled with, unless an item says it itself."""
    return {
        **_NO_VALUES,
        "place": plan.place or "",
        "treatment": plan.protocol.name,
        "ref": plan.ref or f"plan {plan.id[:8]}",
    }


def session_fields(session: Session, count: str) -> dict[str, str]:
    """Return what an appointment's templates are filled with."""
    return {
        "kind": KIND_WORDS[session.kind],
        "count": count,
        "day": format_date(session.on),
        "window": _window(session),
        "label": session.name,
        "session": session.id,
    }


def restriction_fields(
    restrictions: Sequence[PlannedRestriction], period: RestrictedPeriod
) -> dict[str, str]:
    """Return what the templates of a restricted period are filled with."""
    return {
        "label": "; ".join(restriction.label for restriction in restrictions),
        "session": ", ".join(period.sessions),
        "day": format_range(period.first, period.last),
        "resume": _resumption(period),
    }


def task_fields(task: PlannedTask) -> dict[str, str]:
    """Return what a task's templates are filled with."""
    day = format_date(task.due) if task.due else ""
    return {"label": task.label, "session": task.session, "day": day}


def count_appointments(plan: Plan) -> dict[str, str]:
    """Say of each appointment which of how many it is, counted through steps with one word.

    One that is called off is counted, so that the others keep their numbers. One that no step
    plans is not.
    """
    sessions = [
        session
        for session in plan.sessions
        if (session.planned is not None or session.status == "cancelled")
        and session.id.startswith(f"{session.phase}-")
    ]
    sizes: dict[str, dict[str, int | None]] = {}
    for session in sessions:
        sizes.setdefault(KIND_WORDS[session.kind], {})[session.phase] = session.of
    starts = {word: _count_through(phases) for word, phases in sizes.items()}
    counts = {}
    for session in sessions:
        before, of = starts[KIND_WORDS[session.kind]][session.phase]
        counts[session.id] = f"{before + session.number}{of}"
    return counts


def _count_through(sizes: Mapping[str, int | None]) -> dict[str, tuple[int, str]]:
    """Return for each step how many appointments come before it, and " of" how many there are.

    Args:
        sizes: how many appointments each step has, in order; None for one without an end.
    """
    known = [size or 0 for size in sizes.values()]
    of = "" if None in sizes.values() or not sum(known) else f" of {sum(known)}"
    return {
        step: (before, of) for step, before in zip(sizes, accumulate((0, *known)), strict=False)
    }


def _deadline(task: PlannedTask) -> str:
    """Say by when a task is to be done, up to the name of its appointment."""
    if task.lead is None:
        return "Before"
    if task.due_at:
        return f"By {format_date(task.due_at.date())} {task.due_at:%H:%M}, {task.lead} before"
    if task.due:
        return f"By {format_date(task.due)}, {task.lead} before"
    return f"{task.lead} before"


def _window(session: Session) -> str:
    first, last = session.earliest, session.latest
    if first and last:
        return format_range(first, last)
    return f"from {first}" if first else f"to {last}" if last else ""


def _resumption(period: RestrictedPeriod) -> str:
    at = f" {period.resume_at:%H:%M}" if period.resume_at else ""
    return format_date(period.resume_on) + at


def _describe_lengths(restriction: PlannedRestriction, period: RestrictedPeriod) -> str:
    """Say both lengths of a period, and the day on which it is over."""
    first, last = period.first, period.last
    since = f" {period.begin_at:%H:%M}" if period.begin_at else ""
    days = f"{format_date(first)}{since} to {format_date(last)}"
    over = f"Over on {_resumption(period)}."
    least = [part for part in restriction.at_least if part.first <= last and first <= part.last]
    if least == [period]:
        return f"From {days}. {over}"
    spans = [f"from {format_date(part.first)} to {format_date(part.last)}" for part in least]
    at_least = f"; at least {join_words(spans)}" if spans else ""
    return f"Ideally from {days}{at_least}. {over}"
