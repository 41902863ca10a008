"""Builds the items of a calendar: what its reader is told, from what the plan has."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from msgspec import structs

from hairplan.calendar.changes import CareEntry, VisitCare, changes_of, stretches_of
from hairplan.calendar.items import Alarm, CalendarChoice, EventStatus, Item
from hairplan.calendar.moments import is_past, minutes_before, moments_of
from hairplan.calendar.patient_texts import PatientTexts
from hairplan.calendar.patient_words import patient_words
from hairplan.calendar.practice_texts import PracticeTexts
from hairplan.calendar.recurrence import find_recurrence, routines_of
from hairplan.calendar.texts import Words, default_wording, is_provisional, is_settled
from hairplan.calendar.zones import zone_named_with
from hairplan.clinic.templates import Audience, ItemKind
from hairplan.dates.spans import shift_days
from hairplan.plan import Plan, PlannedMilestone, PlannedRoutine, PlannedTask, Session
from hairplan.plan_parts import is_mere_day
from hairplan.planner.paused import days_in_pauses
from hairplan.planner.restrictions import alike
from hairplan.sheet.care import care_of
from hairplan.sheet.catalogs import default_catalog

_DAY_MINUTES: Final = 24 * 60
_MORNING: Final = 15 * 60
"""An alarm a day before an all-day item rings at 9:00, these minutes before it begins."""


class _ItemBuilder:
    """Builds the items of one plan, as a choice wants them."""

    texts: PatientTexts | PracticeTexts

    def __init__(self, plan: Plan, choice: CalendarChoice) -> None:
        self.plan = plan
        self.dated = plan.dated
        self.days = choice.days_of(plan.dated)
        self.choice = choice
        self.content = choice.content
        self.wording = choice.wording or default_wording(choice.audience)
        self.settled = {session.id for session in self.dated if is_settled(session)}
        # The appointments that bring their care and their tasks.
        self.agreed = {
            session.id: session.on
            for session in self.dated
            if choice.tentative or not is_provisional(session)
        }
        given = self.given_days()
        self.settled |= given.keys()
        self.agreed |= given

    def given_days(self) -> dict[str, date]:
        """Return the days that bring care without an appointment: events, and the start.

        Where a plan has appointments, its start is agreed on as soon as one of that day is.
        """
        has_start = not self.plan.sessions or self.plan.start in self.agreed.values()
        return {
            name: period.first
            for restriction in self.plan.restrictions
            for period in restriction.ideal
            for name in period.sessions
            if is_mere_day(name) and (has_start or name != "start")
        }

    def prepare(self) -> None:
        """Sort the open tasks by their appointments: of what is done nobody is reminded."""
        self.open_tasks = [
            task for task in self.plan.tasks if not task.done and self.concerns(task)
        ]
        self.tasks_by_session: dict[str, list[PlannedTask]] = {}
        for task in self.open_tasks:
            self.tasks_by_session.setdefault(task.session, []).append(task)

    def concerns(self, task: PlannedTask) -> bool:
        """Return whether a task is told to this reader."""
        return task.session in self.agreed

    def status(self, session: str) -> EventStatus:
        return "CONFIRMED" if session in self.settled else "TENTATIVE"

    # ---- appointments ----

    def sessions(self) -> Iterator[Item]:
        return (self.session(each) for each in self.dated if each.kind != "home")

    def session(self, session: Session) -> Item:
        begin, end = moments_of(session)
        tasks = self.tasks_by_session.get(session.id, [])
        title, text = self.describe_session(session, tasks)
        return Item(
            id=session.id,
            kind="session",
            begin=begin,
            end=end,
            title=title,
            text=text,
            place=self.plan.place,
            status=self.status(session.id),
            alarms=self.alarms(session, title, tasks),
            is_provisional=is_provisional(session),
            zone=None if self.choice.utc else zone_named_with(session.zone, begin, end),
        )

    def describe_session(self, session: Session, tasks: Sequence[PlannedTask]) -> Words:
        return self.texts.describe_session(session, tasks)

    def alarms(
        self, session: Session, title: str, tasks: Sequence[PlannedTask]
    ) -> tuple[Alarm, ...]:
        """Return the reminder of an appointment, and what is to be done minutes before it."""
        minutes = self.choice.alarm
        # What is past would ring as soon as it is imported.
        if minutes is None or is_provisional(session) or is_past(session):
            return ()
        if session.time is None and minutes and minutes % _DAY_MINUTES == 0:
            # Counted from midnight, a whole day would ring in the middle of the night.
            minutes += _MORNING - _DAY_MINUTES
        leads = ((minutes_before(task), task) for task in tasks)
        task_alarms = (
            Alarm(lead, self.texts.describe_task(task).title) for lead, task in leads if lead
        )
        return (Alarm(minutes, title), *task_alarms)

    # ---- tasks ----

    def tasks(self) -> Iterator[Item]:
        """Yield an item for each task that has a day and is no alarm of its appointment."""
        for task in self.open_tasks:
            if task.due and self.choice.has_item_for(task, self.days):
                words = self.texts.describe_task(task)
                status = self.status(task.session)
                yield _all_day("task", task.id, (task.due, task.due), words, status)

    # ---- reviews and home rhythms ----

    def milestones(self) -> Iterator[Item]:
        return map(self.milestone, self.plan.milestones)

    def milestone(self, milestone: PlannedMilestone) -> Item:
        words = self.texts.describe_milestone(milestone)
        # It moves with the appointments up to it.
        course = {session.id for session in self.dated if session.on <= milestone.on}
        status: EventStatus = "CONFIRMED" if course <= self.settled else "TENTATIVE"
        return _all_day("review", milestone.id, (milestone.on, milestone.on), words, status)

    def routines(self) -> Iterator[Item]:
        return map(self.routine, self.routines_told())

    def routines_told(self) -> Iterator[PlannedRoutine]:
        return iter(routines_of(self.plan))

    def routine(self, routine: PlannedRoutine) -> Item:
        words = self.texts.describe_routine(routine)
        repeats, also = find_recurrence(routine, self.plan.until)
        item = _all_day("routine", routine.id, (routine.first, routine.first), words, "CONFIRMED")
        never = days_in_pauses(routine, self.plan.until)
        return structs.replace(item, repeats=repeats, also=also, never=never)


class _PracticeItems(_ItemBuilder):
    """Builds the items of the practice's calendar."""

    def __init__(self, plan: Plan, choice: CalendarChoice) -> None:
        super().__init__(plan, choice)
        self.texts: PracticeTexts = PracticeTexts(plan, self.wording)
        self.prepare()

    def restrictions(self) -> Iterator[Item]:
        """Yield an item for each period; restrictions that last alike share theirs."""
        for restrictions in alike(self.plan.restrictions):
            for period in restrictions[0].ideal:
                agreed = [session for session in period.sessions if session in self.agreed]
                if agreed:
                    name = f"{restrictions[0].id}.{period.sessions[0]}"
                    words = self.texts.describe_restrictions(restrictions, period)
                    status = self.status(agreed[0])
                    yield _all_day("restriction", name, (period.first, period.last), words, status)


class _PatientItems(_ItemBuilder):
    """Builds the items of a patient's calendar."""

    def __init__(self, plan: Plan, choice: CalendarChoice) -> None:
        super().__init__(plan, choice)
        words = patient_words(choice.catalog or default_catalog(plan))
        self.is_full = choice.details == "full"
        self.texts: PatientTexts = PatientTexts(plan, self.wording, words, in_full=self.is_full)
        self.prepare()
        unseen = {session.id for session in plan.sessions} - self.agreed.keys()
        care = (
            ()
            if choice.care == "none"
            else care_of(plan.restrictions, self.agreed, unseen, date.min, words.catalog)
        )
        told = [each for each in care if self.tells(each.only_if)]
        self.stretches = list(stretches_of(told, self.agreed))
        visits = {name: day for name, day in self.days.items() if name in self.agreed}
        self.changes = changes_of(self.stretches, visits)

    def tells(self, only_if: str | None) -> bool:
        """Return whether something is told that may hang on missing answers: not in brief."""
        return only_if is None or self.is_full

    def concerns(self, task: PlannedTask) -> bool:
        is_told = super().concerns(task) and self.tells(task.only_if)
        return is_told and self.texts.tasks.concern(task)

    def describe_session(self, session: Session, tasks: Sequence[PlannedTask]) -> Words:
        return self.texts.describe_session(session, self.told(tasks), self.told_with(session))

    def told(self, tasks: Sequence[PlannedTask]) -> list[PlannedTask]:
        """Return the tasks that an appointment tells: not those that have an entry of their own."""
        has_items = "task" in self.content
        return [
            task for task in tasks if not (has_items and self.choice.has_item_for(task, self.days))
        ]

    def told_with(self, session: Session) -> VisitCare:
        """Return the care that an appointment tells; as bars, care has items of its own."""
        if self.choice.care == "bars":
            return VisitCare()
        return self.changes.with_visits.get(session.id, VisitCare())

    def restrictions(self) -> Iterator[Item]:
        """Yield an item for each change on a day of its own, or else for each period."""
        if self.choice.care == "changes":
            yield from map(self.change, self.changes.entries)
            return
        for stretch in self.stretches:
            ideal = stretch.period.ideal
            name = f"{stretch.care.id}.{ideal.sessions[0]}"
            words = self.texts.describe_period(stretch)
            status = self.status(stretch.begins_with)
            yield _all_day("restriction", name, (ideal.first, ideal.last), words, status)

    def change(self, entry: CareEntry) -> Item:
        turn = "over" if entry.turn == "over" else "begins"
        words = self.texts.describe_care(entry)
        name, status = f"{turn}.{entry.session}", self.status(entry.session)
        return _all_day("restriction", name, (entry.day, entry.day), words, status)

    def milestones(self) -> Iterator[Item]:
        return (
            self.milestone(each) for each in self.plan.milestones if self.texts.concerns(each.label)
        )

    def routines(self) -> Iterator[Item]:
        """Yield an item for each day of a course at home, and for each rhythm."""
        yield from map(self.at_home, self.plan.at_home)
        yield from super().routines()

    def routines_told(self) -> Iterator[PlannedRoutine]:
        return (
            each
            for each in super().routines_told()
            if self.texts.concerns(each.label) and self.tells(each.only_if)
        )

    def at_home(self, session: Session) -> Item:
        """Return an item for one of a course at home, which takes no time of the patient's."""
        tasks = self.told(self.tasks_by_session.get(session.id, []))
        words = self.texts.describe_at_home(session, tasks, self.told_with(session))
        return _all_day("routine", session.id, (session.on, session.on), words, "CONFIRMED")


BUILDERS: Final[dict[Audience, type[_PatientItems] | type[_PracticeItems]]] = {
    "patient": _PatientItems,
    "practice": _PracticeItems,
}


def _all_day(
    kind: ItemKind, name: str, days: tuple[date, date], words: Words, status: EventStatus
) -> Item:
    """Return an item from its first to its last day, from its name within its kind."""
    first, last = days
    return Item(
        id=f"{kind}.{name}",
        kind=kind,
        begin=first,
        end=shift_days(last, 1),
        title=words.title,
        text=words.text,
        status=status,
    )
