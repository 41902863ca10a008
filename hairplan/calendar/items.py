"""A plan as the items of a calendar: appointments, care periods, tasks, reviews, home rhythms.

Conventions:

* An item is known by an id that says what it is, such as `course-2`, never when: it keeps it when
  it moves.
* Periods are closed on both ends everywhere else; here an item ends where the next thing may begin,
  as calendars have it: a day ends on the next day.
* Times are in UTC, so that no reader needs to know the rules of a time zone.
* A patient's titles are neutral. What to do and to avoid stands in the text, and only if asked for.
* A course at home is in the patient's calendar alone: the practice has no time to keep for it.
* What is called off or given up is no item, nor is a task that was done. An appointment that was
  done is one still, and rings no more; a day that is proposed and not agreed on is provisional.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, Literal

from msgspec import Struct, structs

from hairplan.calendar.recurrence import Repeat, find_recurrence
from hairplan.calendar.texts import ItemTexts, Wording, choose_wording, describe_proposal
from hairplan.clinic.templates import Audience, Details, ItemKind
from hairplan.dates.clock import in_utc
from hairplan.dates.spans import shift_days, span
from hairplan.errors import InputError, OutOfRangeError
from hairplan.plan import (
    Plan,
    PlannedMilestone,
    PlannedRoutine,
    PlannedTask,
    Session,
)
from hairplan.planner.paused import days_in_pauses, never_done
from hairplan.planner.restrictions import alike

EventStatus = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]

KINDS: Final[dict[str, ItemKind]] = {
    "sessions": "session",
    "restrictions": "restriction",
    "tasks": "task",
    "reviews": "review",
    "routines": "routine",
}
"""The kinds of items, by the word for several of them."""

_DAY_MINUTES: Final = 24 * 60
_MORNING: Final = 15 * 60
"""An alarm a day before an all-day item rings at 9:00, these minutes before it begins."""


class Alarm(Struct, frozen=True):
    """A reminder that rings so many minutes before an item begins."""

    minutes: int
    text: str


class Item(Struct, frozen=True, kw_only=True):
    """One entry of a calendar.

    Attributes:
        id: what it is, such as `course-2` or `restriction.sun.course-1`.
        kind: session, restriction, task, review or routine.
        begin: its first day, or its moment in UTC.
        end: the day after its last, or the moment in UTC; null where its length is not known.
        title: what a calendar shows, also on a locked screen.
        text: what it says below its title.
        place: where it is.
        status: whether it is settled.
        alarms: the reminders before it.
        repeats: the rhythm in which it comes again.
        also: further days on which it comes again, in order.
        never: days of its rhythm on which it does not come, in order.
    """

    id: str
    kind: ItemKind
    begin: date
    end: date | None
    title: str
    text: str
    place: str | None = None
    status: EventStatus = "CONFIRMED"
    alarms: tuple[Alarm, ...] = ()
    repeats: Repeat | None = None
    also: tuple[date, ...] = ()
    never: tuple[date, ...] = ()

    @property
    def takes_time(self) -> bool:
        """Whether the patient is busy while it lasts."""
        return self.kind == "session" and self.status != "CANCELLED"


class CalendarChoice(Struct, frozen=True):
    """The part of a plan that goes into a calendar, and how it is worded.

    Attributes:
        audience: whose calendar it is.
        details: brief, or full for what to do and to avoid.
        kinds: the kinds of items.
        alarm: how many minutes before an appointment an alarm rings; null for no alarm at all.
        wording: the templates of titles and texts; by default ours for the audience.
    """

    audience: Audience = "patient"
    details: Details = "brief"
    kinds: frozenset[ItemKind] = frozenset(KINDS.values())
    alarm: int | None = _DAY_MINUTES
    wording: Wording | None = None

    @property
    def is_full(self) -> bool:
        """Whether instructions are said: always to the practice."""
        return self.details == "full" or self.audience == "practice"


def items_of(plan: Plan, choice: CalendarChoice | None = None) -> tuple[Item, ...]:
    """Return the items of a plan's calendar, in date order.

    What has no day yet is not in it.

    Args:
        plan: a plan with dates.
        choice: what goes into it; by default all of it, in brief, for the patient.

    Raises:
        InputError: an appointment has a time and no zone.
        OutOfRangeError: an item ends after the year 9999, or begins before the year 1.
    """
    choice = choice or CalendarChoice()
    builder = _ItemBuilder(plan, choice)
    items: list[Item] = []
    if "session" in choice.kinds:
        items += (builder.session(each) for each in plan.dated if each.kind != "home")
    if "routine" in choice.kinds and choice.audience == "patient":
        items += map(builder.at_home, plan.at_home)
    if "restriction" in choice.kinds:
        items += builder.restrictions()
    if "task" in choice.kinds:
        items += builder.tasks()
    if "review" in choice.kinds:
        items += map(builder.milestone, plan.milestones)
    if "routine" in choice.kinds:
        routines = (each for each in plan.routines if not never_done(each, plan.until))
        items += map(builder.routine, routines)
    return in_date_order(items)


def ids_of(plan: Plan, choice: CalendarChoice | None = None) -> frozenset[str]:
    """Return the ids of everything that a plan's calendar can hold, whichever kinds are chosen.

    Raises:
        InputError: an appointment has a time and no zone.
        OutOfRangeError: an item ends after the year 9999, or begins before the year 1.
    """
    choice = choice or CalendarChoice()
    # Without appointments their alarms stand for themselves.
    kinds = frozenset(KINDS.values()) - ({"session"} - choice.kinds)
    items = items_of(plan, structs.replace(choice, kinds=kinds))
    return frozenset({item.id for item in items} | {session.id for session in plan.dated})


def in_date_order(items: Iterable[Item]) -> tuple[Item, ...]:
    """Return items by when they begin, and by their ids."""
    return tuple(sorted(items, key=_order))


def _order(item: Item) -> tuple[int, bool, time, str]:
    # A day comes before the moments in it.
    begin = item.begin
    if isinstance(begin, datetime):
        return begin.toordinal(), True, begin.time(), item.id
    return begin.toordinal(), False, time.min, item.id


class _ItemBuilder:
    """Builds the items of one plan, as a choice wants them."""

    def __init__(self, plan: Plan, choice: CalendarChoice) -> None:
        self.plan = plan
        self.choice = choice
        self.texts = ItemTexts(
            plan,
            choice.wording or choose_wording(choice.audience),
            for_practice=choice.audience == "practice",
            in_full=choice.is_full,
        )
        self.tasks_by_session: dict[str, list[PlannedTask]] = {}
        for task in self.open_tasks():
            self.tasks_by_session.setdefault(task.session, []).append(task)

    # ---- appointments ----

    def session(self, session: Session) -> Item:
        begin, end = _moments(session)
        tasks = self.tasks_by_session.get(session.id, [])
        title, text = self.texts.describe_session(session, tasks)
        return Item(
            id=session.id,
            kind="session",
            begin=begin,
            end=end,
            title=title,
            text=text,
            place=self.plan.place,
            status="TENTATIVE" if describe_proposal(session) else "CONFIRMED",
            alarms=self.alarms(session, title, tasks),
        )

    def alarms(
        self, session: Session, title: str, tasks: Sequence[PlannedTask]
    ) -> tuple[Alarm, ...]:
        """Return the reminder of an appointment, and what is to be done minutes before it."""
        minutes = self.choice.alarm
        # What is past would ring as soon as it is imported.
        if minutes is None or _is_past(session):
            return ()
        if session.time is None and minutes and minutes % _DAY_MINUTES == 0:
            # Counted from midnight, a whole day would ring in the middle of the night.
            minutes += _MORNING - _DAY_MINUTES
        leads = ((_minutes_before(task), task) for task in tasks)
        task_alarms = (Alarm(lead, self.texts.title_task(task)) for lead, task in leads if lead)
        return (Alarm(minutes, title), *task_alarms)

    def at_home(self, session: Session) -> Item:
        """Return an item for one of a course at home, which takes no time of the patient's."""
        tasks = self.tasks_by_session.get(session.id, [])
        words = self.texts.describe_at_home(session, tasks)
        return _all_day("routine", session.id, session.on, session.on, words)

    # ---- tasks ----

    def open_tasks(self) -> Iterator[PlannedTask]:
        """Return the tasks that are not done: of what is done nobody is reminded."""
        return (task for task in self.plan.tasks if not task.done)

    def tasks(self) -> Iterator[Item]:
        """Yield an item for each task that has a day and is no alarm of its appointment."""
        has_alarms = self.choice.alarm is not None and "session" in self.choice.kinds
        for task in self.open_tasks():
            if task.due and (task.lead or task.lag) and not (has_alarms and _minutes_before(task)):
                words = self.texts.describe_task(task)
                yield _all_day("task", task.id, task.due, task.due, words)

    # ---- restrictions ----

    def restrictions(self) -> Iterator[Item]:
        """Yield an item for each period; restrictions that last alike share theirs."""
        for restrictions in alike(self.plan.restrictions):
            for period in restrictions[0].ideal:
                name = f"{restrictions[0].id}.{period.sessions[0]}"
                words = self.texts.describe_restrictions(restrictions, period)
                yield _all_day("restriction", name, period.first, period.last, words)

    # ---- reviews and home rhythms ----

    def milestone(self, milestone: PlannedMilestone) -> Item:
        words = self.texts.describe_milestone(milestone)
        return _all_day("review", milestone.id, milestone.on, milestone.on, words)

    def routine(self, routine: PlannedRoutine) -> Item:
        words = self.texts.describe_routine(routine)
        repeats, also = find_recurrence(routine, self.plan.until)
        item = _all_day("routine", routine.id, routine.first, routine.first, words)
        never = days_in_pauses(routine, self.plan.until)
        return structs.replace(item, repeats=repeats, also=also, never=never)


def _all_day(kind: ItemKind, name: str, first: date, last: date, words: tuple[str, str]) -> Item:
    """Return an item of whole days, from its name within its kind and its title and text."""
    title, text = words
    return Item(
        id=f"{kind}.{name}", kind=kind, begin=first, end=shift_days(last, 1), title=title, text=text
    )


def _is_past(session: Session) -> bool:
    """Return whether a day is known to be over: what was missed may have a new one."""
    return session.status in {"done", "overdue"} or (session.status == "missed" and session.booked)


# ---- when ----


def _moments(session: Session) -> tuple[date, date | None]:
    """Return the beginning and the end of an appointment: days, or moments in UTC."""
    if session.time is None:
        return session.on, shift_days(session.on, 1)
    if session.zone is None:
        raise InputError(
            f"zone: {session.id} has a time, and a calendar needs its time zone:"
            " --zone gives it, of a plan file hairplan record --zone"
        )
    begin, length = in_utc(session.on, session.time, session.zone), _length(session.duration)
    try:
        return begin, begin + length if length else None
    except OverflowError:
        raise OutOfRangeError(f"{session.id} ends after the year 9999") from None


@lru_cache
def _length(iso: str | None) -> timedelta:
    """Return a length such as "PT1H30M"; none at all for one that is not known."""
    hours, _, minutes = (iso or "").removeprefix("PT").rpartition("H")
    return timedelta(hours=int(hours or 0), minutes=int(minutes.removesuffix("M") or 0))


def _minutes_before(task: PlannedTask) -> int:
    """Return how long before its appointment a task is due; 0 where that is no time of the day."""
    if task.due_at is None or task.lead is None or " at " in task.lead:
        return 0
    return span(task.lead).minutes
