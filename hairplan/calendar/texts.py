"""The titles and texts of calendar items, by our templates or a clinic's own.

The practice reads everything, with sources and conditions. A patient reads the dates, and what to
do and to avoid only in full: what a brief text has not, the clinic's own instructions have.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from hairplan.planner.paused import describe_pauses
from hairplan.planner.stages import describe_stages
from hairplan.words import cite, format_count, format_date, format_moment, format_range, join_words

_KIND_WORDS: Final = {
    "session": "Appointment",
    "touch-up": "Follow-up appointment",
    "maintenance": "Follow-up appointment",
    "consultation": "Consultation",
    "review": "Check-up",
    "visit": "Appointment",
    "home": "At home",
}
"""Neutral words for the kinds of appointments."""

PROVISIONAL: Final = " (provisional)"
"""Stands behind the title of an appointment whose day is not agreed on."""

_PROPOSALS: Final[dict[Status, str]] = {
    "tentative": "To be settled nearer the time",
    "missed": "Missed: to be booked again",
    "overdue": "Overdue: to be booked again",
}
_PREPARATION: Final = "Preparation for an appointment"
_AFTER: Final = "After an appointment"
_CARE: Final = "Home care"
_TITLES: Final[dict[Audience, dict[ItemKind, str]]] = {
    "patient": {
        "session": "{kind} {count}",
        "restriction": "Care period",
        "task": _PREPARATION,
        "review": "Look at the result",
        "routine": _CARE,
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
_DETAILS: Final = "{details}"
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
    return Wording({**ours, **(titles or {})}, {**dict.fromkeys(ours, _DETAILS), **(texts or {})})


class ItemTexts:
    """Says what the items of a plan say: the title and the text of each."""

    def __init__(self, plan: Plan, wording: Wording, *, for_practice: bool, in_full: bool) -> None:
        """Take the plan, the templates, who reads them, and whether they say what to do."""
        self._plan = plan
        self._wording = wording
        self._for_practice = for_practice
        self._in_full = in_full
        self._counts = _count_appointments(plan)
        self._at_home = {session.id for session in plan.sessions if session.kind == "home"}
        self._questions = {rule.question: rule.ask for rule in plan.screening if rule.ask}
        self._fields = {
            **_NO_VALUES,
            "place": plan.place or "",
            "treatment": plan.protocol.name,
            "ref": plan.ref or f"plan {plan.id[:8]}",
        }

    def describe_session(self, session: Session, tasks: Sequence[PlannedTask]) -> tuple[str, str]:
        """Say what is known of an appointment, and what to do for it."""
        count = self._counts.get(session.id, "")

        def fields() -> Mapping[str, str]:
            return {
                "kind": _KIND_WORDS[session.kind],
                "count": count,
                "day": format_date(session.on),
                "window": _window(session),
                "label": session.name,
                "session": session.id,
            }

        lines: list[str] = []
        if self._for_practice:
            lines += self._practice_lines(session, count)
        elif proposal := describe_proposal(session):
            # A window that is over tells nobody anything.
            # A window that the day has left would only puzzle who reads it.
            is_inside = session.status == "tentative" and not session.off_by
            window = _window(session) if is_inside else ""
            lines.append(f"{proposal}: {window}." if window else f"{proposal}.")
        if self._in_full:
            lines += [session.details] if session.details else []
            lines += [self._task_line(task) for task in tasks]
            lines += self._instructions(session)
        suffix = PROVISIONAL if describe_proposal(session) else ""
        return self._fill("session", fields, "\n".join(lines), suffix)

    def _instructions(self, session: Session) -> Iterator[str]:
        """Yield what to avoid around an appointment, as long as the clinic says."""
        for one in self._plan.instructions:
            for day, name in zip(one.begins, one.sessions, strict=True):
                if name == session.id:
                    condition = f"{self._condition(one.only_if)}{self._sources(one.sources)}"
                    yield f"From {format_date(day)} on, {one.how_long}: {one.label}{condition}"

    def _practice_lines(self, session: Session, count: str) -> list[str]:
        protocol, window = self._plan.protocol, _window(session)
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
                for rule in self._plan.screening
                if rule.overridden is not None
            ),
            f"Plan {self._plan.id}, {session.id}",
        ]
        return [line for line in lines if line]

    def describe_task(self, task: PlannedTask) -> tuple[str, str]:
        """Say what to do for an appointment, and by when."""
        return self._fill_task(task, self._task_line(task) if self._in_full else "")

    def title_task(self, task: PlannedTask) -> str:
        """Return the title of a task alone, as an alarm says it."""
        return self._fill_task(task, "")[0]

    def _fill_task(self, task: PlannedTask, details: str) -> tuple[str, str]:
        def fields() -> Mapping[str, str]:
            day = format_date(task.due) if task.due else ""
            return {"label": task.label, "session": task.session, "day": day}

        title, text = self._fill("task", fields, details, _doubt(task.only_if))
        own = _CARE if task.session in self._at_home else _AFTER if task.lag else _PREPARATION
        return title.replace(_PREPARATION, own, 1), text

    def _task_line(self, task: PlannedTask) -> str:
        since = f", not before {format_date(task.not_before)}" if task.not_before else ""
        blocks = ", which cannot take place without it" if task.blocks else ""
        optional = " (optional)" if task.optional else ""
        patient = " it" if task.session in self._at_home else " the appointment"
        for_whom = f" {task.session}" if self._for_practice else patient
        return (
            f"{_deadline(task)}{for_whom}{since}{blocks}: {task.label}{optional}"
            f"{self._condition(task.only_if)}{self._sources(task.sources)}"
        )

    def describe_restrictions(
        self, restrictions: Sequence[PlannedRestriction], period: RestrictedPeriod
    ) -> tuple[str, str]:
        """Say what is restricted in a period, by restrictions that last alike."""
        only_if = restrictions[0].only_if

        def fields() -> Mapping[str, str]:
            return {
                "label": "; ".join(restriction.label for restriction in restrictions),
                "session": ", ".join(period.sessions),
                "day": format_range(period.first, period.last),
                "resume": _resumption(period),
            }

        lines = ["What to avoid: see the instructions that you were given."]
        condition = "Only if it applies to you."
        if self._in_full:
            lines = [f"- {one.label}{self._sources(one.sources)}" for one in restrictions]
            lines += [f"- {text}" for text in describe_stages(restrictions[0].stages, period)]
            condition = f"Only{self._condition(only_if).removeprefix(', only')}"
        if only_if:
            lines.append(condition)
        details = "\n".join((*lines, _describe_lengths(restrictions[0], period)))
        return self._fill("restriction", fields, details, _doubt(only_if))

    def describe_milestone(self, milestone: PlannedMilestone) -> tuple[str, str]:
        """Say what there is to see on a day of the course."""
        details = f"{milestone.label}{self._sources(milestone.sources)}" if self._in_full else ""
        fields = {"label": milestone.label, "day": format_date(milestone.on)}
        return self._fill("review", lambda: fields, details)

    def describe_at_home(self, session: Session, tasks: Sequence[PlannedTask]) -> tuple[str, str]:
        """Say which of how many it is that the patient has at home, and what."""
        count = self._counts[session.id]
        what = f"{session.name}: {session.details}" if session.details else session.name
        lines = [f"{what}, {count}" if self._in_full else count]
        if self._in_full:
            lines += [self._task_line(task) for task in tasks]
            lines += self._instructions(session)
        fields = {"label": session.name, "day": format_date(session.on), "session": session.id}
        fields["count"] = count
        suffix = "" if "{count}" in self._wording.titles["routine"] else f" {count}"
        return self._fill("routine", lambda: fields, "\n".join(lines), suffix)

    def describe_routine(self, routine: PlannedRoutine) -> tuple[str, str]:
        """Say what to do at home, how often and from when to when."""
        first = format_date(routine.first)
        often = f"{routine.rhythm[:1].upper()}{routine.rhythm[1:]}"
        until = f" to {format_date(routine.last)}" if routine.last else ", without an end"
        details = f"{often} from {first}{until}{describe_pauses(routine.pauses)}."
        if routine.times > 1:
            details += f" {format_count(routine.times, 'time')} on such a day."
        if self._in_full:
            condition = self._condition(routine.only_if)
            details = f"{routine.label}{condition}{self._sources(routine.sources)}\n{details}"
        if routine.last is None:
            details += f" In this calendar up to {format_date(self._plan.until)}."
        fields = {"label": routine.label, "day": first}
        return self._fill("routine", lambda: fields, details, _doubt(routine.only_if))

    def _fill(
        self,
        kind: ItemKind,
        fields: Callable[[], Mapping[str, str]],
        details: str,
        suffix: str = "",
    ) -> tuple[str, str]:
        """Fill the templates of a kind of items, and put a suffix behind the title."""
        title, text = self._wording.titles[kind], self._wording.texts[kind]
        if "{" in title or text != _DETAILS:
            values = {**self._fields, **fields(), "details": details}
            title, text = _fill_template(title, values), _fill_template(text, values)
        else:
            # Most of ours for a patient name nothing.
            text = details
        # An appointment without a number leaves its brackets empty.
        return " ".join(title.split()).replace(" ()", "") + suffix, text.strip()

    def _sources(self, sources: Sequence[str]) -> str:
        return cite(sources) if self._for_practice else ""

    def _condition(self, only_if: str | None) -> str:
        """Say which missing answer something hangs on, with the question."""
        if only_if is None:
            return ""
        names = _ANSWERED.findall(only_if)
        questions = dict.fromkeys(
            question for name, question in self._questions.items() if name in names
        )
        return f", only if {only_if}" + (f" ({' '.join(questions)})" if questions else "")


def describe_proposal(session: Session) -> str | None:
    """Say why the day of an appointment is not agreed on; None if it is."""
    return None if session.booked else _PROPOSALS.get(session.status)


def _fill_template(template: str, values: Mapping[str, str]) -> str:
    return template.format_map(values) if "{" in template else template


def _doubt(only_if: str | None) -> str:
    """Say in a title that something may not concern the patient."""
    return ", if it applies" if only_if else ""


def _count_appointments(plan: Plan) -> dict[str, str]:
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
        sizes.setdefault(_KIND_WORDS[session.kind], {})[session.phase] = session.of
    starts = {word: _count_through(phases) for word, phases in sizes.items()}
    counts = {}
    for session in sessions:
        before, of = starts[_KIND_WORDS[session.kind]][session.phase]
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
    if (task.lead is None and task.lag is None) or task.due is None:
        return "Before"
    moment = format_moment(task.due, task.due_at)
    if task.lag:
        return f"By {moment}, {task.lag} after"
    return f"By {moment}, {task.lead} before"


def _window(session: Session) -> str:
    first, last = session.earliest, session.latest
    if first and last:
        return format_range(first, last)
    return f"from {first}" if first else f"to {last}" if last else ""


def _resumption(period: RestrictedPeriod) -> str:
    if period.resume_on is None:
        return ""
    return format_moment(period.resume_on, period.resume_at)


def _describe_lengths(restriction: PlannedRestriction, period: RestrictedPeriod) -> str:
    """Say both lengths of a period, and the day on which it is over."""
    first, last = period.first, period.last
    since = f" {period.begin_at:%H:%M}" if period.begin_at else ""
    days = f"{format_date(first)}{since} to {format_date(last)}"
    resume = _resumption(period)
    over = f"Over on {resume}." if resume else "It ends with the appointment."
    least = [part for part in restriction.at_least if part.first <= last and first <= part.last]
    if least == [period]:
        return f"From {days}. {over}"
    spans = [f"from {format_date(part.first)} to {format_date(part.last)}" for part in least]
    at_least = f"; at least {join_words(spans)}" if spans else ""
    return f"Ideally from {days}{at_least}. {over}"
