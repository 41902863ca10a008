"""The texts of the practice's calendar: all there is, with sources and conditions, in English."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from hairplan.calendar.texts import (
    Count,
    ItemTexts,
    Wording,
    Words,
    describe_window,
    is_settled,
    neutral_word,
)
from hairplan.plan import (
    Plan,
    PlannedMilestone,
    PlannedRestriction,
    PlannedRoutine,
    PlannedTask,
    Session,
    Status,
)
from hairplan.plan_parts import RestrictedPeriod
from hairplan.planner.paused import describe_pauses
from hairplan.planner.stages import describe_stages
from hairplan.words import (
    GOES_ON,
    cite,
    format_count,
    format_date,
    format_moment,
    format_range,
    join_words,
)

PROVISIONAL: Final = "Provisional: "
"""Stands before a title whose day is a mere proposal."""

_STANDS: Final[dict[Status, str]] = {
    "planned": "Not booked yet.",
    "tentative": "To be settled nearer the time.",
    "missed": "Missed: to be booked again.",
    "overdue": "Overdue: to be booked again.",
}
_ANSWERED: Final = re.compile(r"[\w-]+(?==)")
"""The name of a question in a condition such as "minoxidil=yes and sex=female"."""


_CHOICE: Final = re.compile(r"\[[^\]]*\]")
"""The choice that a figure's name holds, such as `course[cadence=weekly].spacing.max`."""

_OURS: Final = " (our default)"


class PracticeTexts(ItemTexts):
    """Says what the items of a plan say to the practice.

    A figure of ours never stands under the id of a source.
    """

    def __init__(self, plan: Plan, wording: Wording) -> None:
        """Take the plan and the templates."""
        super().__init__(plan, wording)
        self._defaults = {
            _plain_name(figure.figure) for figure in plan.figures if figure.strength == "default"
        }
        protocol = plan.protocol
        self._treatment = f"{protocol.name} ({protocol.id} {protocol.version})"
        self._overridden = [
            f"Overridden: {rule.rule} ({rule.says}): {rule.overridden}"
            for rule in plan.screening
            if rule.overridden is not None
        ]

    # ---- appointments ----

    def describe_session(self, session: Session, tasks: Sequence[PlannedTask]) -> Words:
        """Say what is known of an appointment, and what to do for it."""
        count = _of_how_many(self.counts.get(session.id))

        def fields() -> Mapping[str, str]:
            return {
                "kind": neutral_word(session),
                "count": count,
                "nth": count.replace(" of ", "/") if " of " in count else "",
                "day": format_date(session.on),
                "window": describe_window(session),
                "label": session.name,
                "session": session.id,
            }

        lines = [
            *self._known_of(session, count),
            *([session.details] if session.details else []),
            *map(self._task_line, tasks),
            *self._instructions(session),
        ]
        return self._proposed(self.fill("session", fields, "\n".join(lines)), session.id)

    def _known_of(self, session: Session, count: str) -> Iterator[str]:
        yield f"{self._treatment}: {count or session.name}"
        if window := describe_window(session):
            yield self._describe_days(session, window)
        if not is_settled(session):
            yield _STANDS[session.status]
        if session.flag:
            yield f"Note: {session.flag}"
        if session.reason:
            why = "Not on its preferred day" if session.target else "Reason"
            yield f"{why}: {session.reason}"
        yield from self._overridden
        yield f"Plan {self.plan.id}, {session.id}"

    def _describe_days(self, session: Session, window: str) -> str:
        """Say the window and the preferred day, each with where it is from."""
        cited = cite(session.sources)
        text = f"Window {window}"
        limits = self._ours(f"{session.phase}.spacing", "min", "max", "tolerance")
        if session.target is None:
            return f"{text}{limits or cited}"
        target = f", preferred {format_date(session.target)}"
        preferred = self._ours(f"{session.phase}.spacing", "preferred")
        if session.target == self.plan.start:
            # Its day was asked for: no figure gives it.
            return f"{text}{target}{cited}"
        if limits == preferred:
            return f"{text}{target}{limits or cited}"
        return f"{text}{limits or cited}{target}{preferred or cited}"

    def _ours(self, place: str, *keys: str) -> str:
        """Say that a figure is our default, if one of these is."""
        for key in keys:
            if f"{place}.{key}" in self._defaults:
                return _OURS
        return ""

    def _instructions(self, session: Session) -> Iterator[str]:
        """Yield what to avoid around an appointment, as long as the clinic says."""
        for one, day in self.instructions(session):
            condition = f"{self._condition(one.only_if)}{cite(one.sources)}"
            yield f"From {format_date(day)} on, {one.how_long}: {one.label}{condition}"

    # ---- tasks ----

    def describe_task(self, task: PlannedTask) -> Words:
        """Say what to do for an appointment, and by when."""

        def fields() -> Mapping[str, str]:
            day = format_date(task.due) if task.due else ""
            return {"label": task.label, "session": task.session, "day": day}

        words = _doubted(self.fill("task", fields, self._task_line(task)), task.only_if)
        return self._proposed(words, task.session)

    def _task_line(self, task: PlannedTask) -> str:
        since = f", not before {format_date(task.not_before)}" if task.not_before else ""
        blocks = ", which cannot take place without it" if task.blocks else ""
        optional = " (optional)" if task.optional else ""
        ours = self._ours(f"tasks.{task.id.partition('.')[0]}", "lead", "lag", "earliest")
        return (
            f"{_deadline(task)} {task.session}{ours}{since}{blocks}: {task.label}{optional}"
            f"{self._condition(task.only_if)}{cite(task.sources)}"
        )

    # ---- all else ----

    def describe_restrictions(
        self, restrictions: Sequence[PlannedRestriction], period: RestrictedPeriod
    ) -> Words:
        """Say what is restricted in a period, by restrictions that last alike."""
        only_if = restrictions[0].only_if

        def fields() -> Mapping[str, str]:
            return {
                "label": "; ".join(restriction.label for restriction in restrictions),
                "session": ", ".join(period.sessions),
                "day": format_range(period.first, period.last),
                "resume": _resumption(period),
            }

        lines = [f"- {one.label}{cite(one.sources)}" for one in restrictions]
        lines += [f"- {text}" for text in describe_stages(restrictions[0].stages, period)]
        if only_if:
            lines.append(f"Only{self._condition(only_if).removeprefix(', only')}")
        lengths = _describe_lengths(restrictions[0], period)
        details = "\n".join((*lines, f"{lengths}{self._our_lengths(restrictions)}"))
        words = _doubted(self.fill("restriction", fields, details), only_if)
        return self._proposed(words, *period.sessions)

    def _our_lengths(self, restrictions: Sequence[PlannedRestriction]) -> str:
        places = tuple(f"restrictions.{restriction.id}." for restriction in restrictions)
        is_ours = any(name.startswith(places) for name in self._defaults)
        return _OURS if is_ours else ""

    def describe_milestone(self, milestone: PlannedMilestone) -> Words:
        """Say what there is to see on a day of the course."""
        fields = {"label": milestone.label, "day": format_date(milestone.on)}
        return self.fill("review", lambda: fields, f"{milestone.label}{cite(milestone.sources)}")

    def describe_routine(self, routine: PlannedRoutine) -> Words:
        """Say what to do at home, how often and from when to when."""
        first = format_date(routine.first)
        often = f"{routine.rhythm[:1].upper()}{routine.rhythm[1:]}"
        until = f" to {format_date(routine.last)}" if routine.last else ", without an end"
        condition = self._condition(routine.only_if)
        details = f"{routine.label}{condition}{cite(routine.sources)}\n{often} from {first}{until}"
        details += f"{describe_pauses(routine.pauses)}."
        if routine.times > 1:
            details += f" {format_count(routine.times, 'time')} on such a day."
        if routine.last is None:
            details += f" In this calendar up to {format_date(self.plan.until)}."
        fields = {"label": routine.label, "day": first}
        return _doubted(self.fill("routine", lambda: fields, details), routine.only_if)

    def _proposed(self, words: Words, *sessions: str) -> Words:
        """Say in a title that all appointments that something is for are mere proposals."""
        if self.provisional.issuperset(sessions):
            return Words(f"{PROVISIONAL}{words.title}", words.text)
        return words

    def _condition(self, only_if: str | None) -> str:
        """Say which missing answer something hangs on, with the question."""
        if only_if is None:
            return ""
        names = _ANSWERED.findall(only_if)
        questions = dict.fromkeys(
            question for name, question in self.questions.items() if name in names
        )
        return f", only if {only_if}" + (f" ({' '.join(questions)})" if questions else "")


@lru_cache(maxsize=1024)
def _plain_name(figure: str) -> str:
    return _CHOICE.sub("", figure)


def _of_how_many(count: Count | None) -> str:
    if count is None:
        return ""
    return f"{count.number} of {count.total}" if count.total else f"{count.number}"


def _doubted(words: Words, only_if: str | None) -> Words:
    """Say in a title that something may not concern the patient."""
    return Words(f"{words.title}, if it applies", words.text) if only_if else words


def _deadline(task: PlannedTask) -> str:
    """Say by when a task is to be done, up to the name of its appointment."""
    if (task.lead is None and task.lag is None) or task.due is None:
        return "Before"
    moment = format_moment(task.due, task.due_at)
    if task.lag:
        return f"By {moment}, {task.lag} after"
    return f"By {moment}, {task.lead} before"


def _resumption(period: RestrictedPeriod) -> str:
    if period.resume_on is None:
        return ""
    return format_moment(period.resume_on, period.resume_at)


def _describe_lengths(restriction: PlannedRestriction, period: RestrictedPeriod) -> str:
    """Say both lengths of a period, and the day on which it is over."""
    first, last = period.first, period.last
    if period.goes_on:
        return f"From {format_date(first)} on, {GOES_ON}."
    since = f" {period.begin_at:%H:%M}" if period.begin_at else ""
    days = f"{format_date(first)}{since} to {format_date(last)}"
    resume = _resumption(period)
    over = f"Over on {resume}." if resume else f"It ends with {period.ends_with}."
    least = [part for part in restriction.at_least if part.first <= last and first <= part.last]
    if least == [period]:
        return f"From {days}. {over}"
    spans = [f"from {format_date(part.first)} to {format_date(part.last)}" for part in least]
    at_least = f"; at least {join_words(spans)}" if spans else ""
    return f"Ideally from {days}{at_least}. {over}"
