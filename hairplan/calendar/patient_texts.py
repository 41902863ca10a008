"""The texts of a patient's calendar: neutral titles, and below them what to do and to avoid.

Conventions:

* A title says nothing of the treatment; what matters most comes first, as a month cuts the rest.
* What is not the patient's to do is not told. What hangs on an open answer is told as a question.
* Brief texts name neither treatment nor product: what they leave out, the clinic's own instructions
  say.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from hairplan.calendar.care_words import CareSentences
from hairplan.calendar.changes import CareEntry, Stretch, VisitCare
from hairplan.calendar.patient_words import PatientWords, unbound
from hairplan.calendar.task_words import TaskSentences
from hairplan.calendar.texts import (
    Count,
    ItemTexts,
    Wording,
    Words,
    describe_window,
    is_settled,
)
from hairplan.plan import Plan, PlannedMilestone, PlannedRoutine, PlannedTask, Session
from hairplan.sheet.appointments import first_proposed_again
from hairplan.sheet.rhythms import rhythm_of
from hairplan.sheet.words import continued, opened

_NO_CARE: Final = VisitCare()
_FIELD: Final = re.compile(r"\{\w+\}")


class PatientTexts(ItemTexts):
    """Says what the items of a plan say to the patient."""

    def __init__(self, plan: Plan, wording: Wording, words: PatientWords, *, in_full: bool) -> None:
        """Take the plan, the templates, the language, and whether texts say what to do."""
        super().__init__(plan, wording)
        self.words = words
        self.in_full = in_full
        again = first_proposed_again(plan.sessions)
        self.care = CareSentences(words, self.questions, again)
        self.tasks = TaskSentences(plan, words)
        self._optional = {session.id for session in plan.sessions if session.optional}
        self._at_home = {session.id for session in plan.sessions if session.kind == "home"}
        self._has_number = {"{count}", "{nth}"} & {*_FIELD.findall(wording.titles["routine"])}

    def concerns(self, label: str) -> bool:
        """Return whether a label is for patients."""
        return self.words.catalog.patient_words(label) != ""

    # ---- appointments ----

    def describe_session(
        self, session: Session, tasks: Sequence[PlannedTask], care: VisitCare = _NO_CARE
    ) -> Words:
        """Say how an appointment stands, what to do for it, and what to avoid from then on."""
        kind = self.words.say(f"kind_{session.kind}")
        count = self.counts.get(session.id)
        prefix = self._prefix(session.id, is_sure=True)

        def fields() -> Mapping[str, str]:
            return {
                "kind": kind if prefix else opened(kind),
                "count": self._of_how_many(count),
                "nth": self._nth(count),
                "day": self.words.day(session.on, year=True),
                "window": describe_window(session),
                "label": session.name,
                "session": session.id,
            }

        lines = [*self._standing(session)]
        if self.in_full:
            lines += map(self._before, tasks)
            lines += self.care.with_visit(care, session.on)
            lines += self._instructions(session)
        else:
            lines += self.care.in_brief(care)
        return self._prefixed(prefix, self.fill("session", fields, "\n".join(lines)))

    def _nth(self, count: Count | None) -> str:
        if count is None or count.total is None:
            return ""
        return self.words.say("nth", number=f"{count.number}", total=f"{count.total}")

    def _of_how_many(self, count: Count | None) -> str:
        if count is None:
            return ""
        if count.total is None:
            return f"{count.number}"
        return self.words.say("count", number=f"{count.number}", total=f"{count.total}")

    def _standing(self, session: Session) -> Iterator[str]:
        """Say that a day is not settled, and why."""
        if is_settled(session):
            return
        if session.status == "planned":
            yield self.words.say("unbooked")
        elif session.status == "tentative":
            yield self._to_settle(session)
        else:
            yield self.words.say(session.status)

    def _to_settle(self, session: Session) -> str:
        # A window that the day has left would only puzzle who reads it.
        first, last = (None, None) if session.off_by else (session.earliest, session.latest)
        days = {
            name: self.words.day(day, year=True)
            for name, day in (("first", first), ("last", last))
            if day
        }
        name = "tentative" + ("_between" if first and last else "_from" if first else "_to")
        return self.words.say(name if days else "tentative", **days)

    def _instructions(self, session: Session) -> Iterator[str]:
        """Yield what to avoid around an appointment, as long as the clinic says."""
        patient_words = self.words.catalog.patient_words
        for one, day in self.instructions(session):
            what, length = patient_words(one.label), patient_words(one.how_long)
            text = self.words.say("instruction", day=self.words.day(day), what=what, length=length)
            yield self._asked(one.only_if, text)

    # ---- tasks ----

    def describe_task(self, task: PlannedTask) -> Words:
        """Say what to do for an appointment, and by when."""
        own = "aftercare" if task.lag else "preparation"
        kind = self.words.say("home" if task.session in self._at_home else own)
        prefix = self._prefix(task.session, is_sure=task.only_if is None)

        def fields() -> Mapping[str, str]:
            return {
                "kind": kind if prefix else opened(kind),
                "label": task.label,
                "session": task.session,
                "day": self.words.day(task.due, year=True) if task.due else "",
            }

        text = self._asked(task.only_if, self.tasks.sentence(task)) if self.in_full else ""
        return self._prefixed(prefix, self.fill("task", fields, text))

    def _before(self, task: PlannedTask) -> str:
        """Say a task in the text of its appointment."""
        text = self.tasks.sentence(task)
        if not self.tasks.has_day(task):
            text = self.words.say("beforehand", what=continued(text))
        return self._asked(task.only_if, text)

    # ---- care ----

    def describe_care(self, entry: CareEntry) -> Words:
        """Say on a day of its own that care begins or is over."""
        lines = self.care.between(entry) if self.in_full else self.care.between_in_brief(entry)
        stretch = (*entry.begins, *entry.over)[0]
        kind = self.words.say(entry.turn)
        prefix = self._prefix(entry.session, is_sure=entry.is_sure)
        fields = self._care_fields(kind if prefix else opened(kind), stretch, entry.day)
        return self._prefixed(prefix, self.fill("restriction", lambda: fields, "\n".join(lines)))

    def describe_period(self, stretch: Stretch) -> Words:
        """Say what to avoid in a period, and up to when."""
        lines = self.care.of_period(stretch, in_full=self.in_full)
        kind = self.words.say("period")
        prefix = self._prefix(stretch.begins_with, is_sure=stretch.is_sure)
        fields = self._care_fields(kind if prefix else opened(kind), stretch, stretch.first)
        return self._prefixed(prefix, self.fill("restriction", lambda: fields, "\n".join(lines)))

    def _care_fields(self, kind: str, stretch: Stretch, day: date) -> Mapping[str, str]:
        return {
            "kind": kind,
            "label": stretch.care.labels,
            "session": ", ".join(stretch.period.ideal.sessions),
            "day": self.words.day(day, year=True),
            "resume": self.words.day(stretch.free, year=True) if stretch.free else "",
        }

    # ---- reviews and home rhythms ----

    def describe_milestone(self, milestone: PlannedMilestone) -> Words:
        """Say what there is to see on a day of the course."""
        label = opened(self.words.catalog.patient_words(milestone.label))
        fields = {
            "kind": opened(self.words.say("result")),
            "label": milestone.label,
            "day": self.words.day(milestone.on, year=True),
        }
        return self.fill("review", lambda: fields, label if self.in_full else "")

    def describe_at_home(
        self, session: Session, tasks: Sequence[PlannedTask], care: VisitCare
    ) -> Words:
        """Say which of how many it is that the patient has at home, and what."""
        count = self.counts[session.id]
        fields = {
            "kind": opened(self.words.say("home")),
            "count": self._of_how_many(count),
            "nth": self._nth(count),
            "day": self.words.day(session.on, year=True),
            "label": session.name,
            "session": session.id,
        }
        lines = self._done_at_home(session, tasks, care) if self.in_full else ()
        title, text = self.fill("routine", lambda: fields, "\n".join(lines))
        return Words(title if self._has_number else f"{fields['nth']} {title}".strip(), text)

    def _done_at_home(
        self, session: Session, tasks: Sequence[PlannedTask], care: VisitCare
    ) -> Iterator[str]:
        what = opened(self.words.catalog.patient_words(session.name))
        yield f"{what}: {session.details}" if session.details else what
        yield from map(self._before, tasks)
        yield from self.care.with_visit(care, session.on)
        yield from self._instructions(session)

    def describe_routine(self, routine: PlannedRoutine) -> Words:
        """Say what to do at home, how often and from when to when."""
        kind = self.words.say("home")
        prefix = "perhaps" if routine.only_if else None
        fields = {
            "kind": kind if prefix else opened(kind),
            "label": routine.label,
            "day": self.words.day(routine.first, year=True),
        }
        text = "\n".join(self._rhythm(routine))
        return self._prefixed(prefix, self.fill("routine", lambda: fields, text))

    def _rhythm(self, routine: PlannedRoutine) -> Iterator[str]:
        what = opened(self.words.catalog.patient_words(routine.label))
        rhythm = rhythm_of(routine, self.words.catalog)
        rhythm = rhythm if self.in_full else opened(rhythm)
        days = {"first": self.words.day(routine.first, year=True)}
        if routine.last:
            days["last"] = self.words.day(routine.last, year=True)
        name = ("" if self.in_full else "brief_") + ("routine_to" if routine.last else "routine")
        text = self.words.say(name, what=what, rhythm=rhythm, **days)
        yield self._asked(routine.only_if, text + self._pauses(routine))
        if routine.times > 1:
            yield self.words.say("times", count=f"{routine.times}")
        if routine.last is None:
            yield self.words.say("goes_to", last=self.words.day(self.plan.until, year=True))

    def _pauses(self, routine: PlannedRoutine) -> str:
        if not routine.pauses:
            return ""
        catalog = self.words.catalog
        days = [catalog.from_to(pause.first, pause.last) for pause in routine.pauses]
        return self.words.say("pauses", periods=unbound(catalog.join(days)))

    # ---- words ----

    def _asked(self, only_if: str | None, text: str) -> str:
        return self.words.ask(only_if, text, self.questions)

    def _prefix(self, session: str, *, is_sure: bool) -> str | None:
        """Return the name of what stands before a title: a proposal, or of doubtful concern."""
        if session in self.provisional:
            return "perhaps" if session in self._optional else "provisional"
        return None if is_sure else "perhaps"

    def _prefixed(self, prefix: str | None, words: Words) -> Words:
        if prefix is None:
            return words
        return Words(self.words.say(prefix, title=words.title), words.text)
