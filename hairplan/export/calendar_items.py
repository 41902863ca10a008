"""A plan as the items of a calendar: appointments, care periods, tasks, reviews, home rhythms.

Conventions:

* An item is known by an id that says what it is, such as `course-2`, never when: it keeps it when
  it moves.
* Periods are closed on both ends everywhere else; here an item ends where the next thing may begin,
  as calendars have it: a day ends on the next day.
* Times are in UTC, so that no reader needs to know the rules of a time zone.
* A patient's titles are neutral. What to do and to avoid stands in the text, and only if asked for.
* What is called off or given up is no item. What was done is one still, and rings no more; a day
  that is proposed and not agreed on is provisional.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import count, takewhile
from typing import Final, Literal

from msgspec import Struct, structs

from hairplan.dates.clock import in_utc
from hairplan.dates.spans import shift, shift_days, span
from hairplan.errors import InputError, OutOfRangeError
from hairplan.export.alike import alike
from hairplan.export.wording import Audience, Details, Kind, Wording, filled, wording
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
from hairplan.texts import listed, plural, said_date, said_range, sourced

Standing = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]

KINDS: Final[dict[str, Kind]] = {
    "sessions": "session",
    "restrictions": "restriction",
    "tasks": "task",
    "reviews": "review",
    "routines": "routine",
}
"""The kinds of items, by the word for several of them."""

_DAY_MINUTES: Final = 24 * 60
_YEAR_MONTHS: Final = 12
_LONGEST_MONTH: Final = 31
_MORNING: Final = 15 * 60
"""An alarm a day before an all-day item rings at 9:00, these minutes before it begins."""

_WORDS: Final = {
    "session": "Appointment",
    "touch-up": "Follow-up appointment",
    "maintenance": "Follow-up appointment",
    "consultation": "Consultation",
    "review": "Check-up",
    "visit": "Appointment",
}
PROVISIONAL: Final = " (provisional)"
"""What stands behind the title of an appointment whose day is not agreed on."""

_PROPOSED: Final[dict[Status, str]] = {
    "tentative": "To be settled nearer the time",
    "missed": "Missed: to be booked again",
    "overdue": "Overdue: to be booked again",
}
_BYDAY: Final = {
    "mon": "MO", "tue": "TU", "wed": "WE", "thu": "TH", "fri": "FR", "sat": "SA", "sun": "SU",
}  # fmt: skip


_NAME: Final = re.compile(r"[\w-]+(?==)")


class Alarm(Struct, frozen=True):
    """Something said so many minutes before an item begins."""

    minutes: int
    text: str


class Repeat(Struct, frozen=True):
    """A rhythm, in the terms of RFC 5545's recurrence rules.

    Attributes:
        frequency: daily, weekly or monthly.
        interval: every how many days, weeks or months.
        weekdays: on which days of the week, as MO or TU.
        monthday: on which day of the month, -1 for the last; on the first day's, if null.
        until: the last day on which it may be.
    """

    frequency: Literal["DAILY", "WEEKLY", "MONTHLY"]
    interval: int
    weekdays: tuple[str, ...]
    monthday: int | None
    until: date


class Item(Struct, frozen=True, kw_only=True):
    """One entry of a calendar.

    Attributes:
        id: what it is, such as `course-2` or `restriction.sun.course-1`.
        kind: session, restriction, task, review or routine.
        begin: its first day, or its moment in UTC.
        end: the day after its last, or the moment in UTC; null where its length is not known.
        title: what a calendar shows, also on a locked screen.
        text: what stands in it.
        place: where it is.
        status: whether it is settled.
        alarms: what is said before it.
        repeats: the rhythm in which it comes again ...
        also: ... and days beside, in order.
    """

    id: str
    kind: Kind
    begin: date
    end: date | None
    title: str
    text: str
    place: str | None = None
    status: Standing = "CONFIRMED"
    alarms: tuple[Alarm, ...] = ()
    repeats: Repeat | None = None
    also: tuple[date, ...] = ()

    @property
    def is_timed(self) -> bool:
        """Whether it has a time of day, or takes whole days."""
        return isinstance(self.begin, datetime)

    @property
    def takes_time(self) -> bool:
        """Whether the patient is busy while it lasts."""
        return self.kind == "session" and self.status != "CANCELLED"


class Choice(Struct, frozen=True):
    """What of a plan goes into a calendar, and how it is said.

    Attributes:
        audience: whose calendar it is.
        details: brief, or full for what to do and to avoid.
        kinds: the kinds of items.
        alarm: how many minutes before an appointment it is said; null for no alarm at all.
        wording: the templates of titles and texts; by default ours for the audience.
    """

    audience: Audience = "patient"
    details: Details = "brief"
    kinds: frozenset[Kind] = frozenset(KINDS.values())
    alarm: int | None = _DAY_MINUTES
    wording: Wording | None = None

    @property
    def is_full(self) -> bool:
        """Whether instructions are said: always to the practice."""
        return self.details == "full" or self.audience == "practice"


def items_of(plan: Plan, choice: Choice | None = None) -> tuple[Item, ...]:
    """Return the items of a plan's calendar, in date order.

    What has no day yet is not in it.

    Args:
        plan: a plan with dates.
        choice: what goes into it; by default all of it, in brief, for the patient.

    Raises:
        InputError: an appointment has a time and no zone.
        OutOfRangeError: an item ends after the year 9999, or begins before the year 1.
    """
    choice = choice or Choice()
    items = _Items(plan, choice, choice.wording or wording(choice.audience))
    found: list[Item] = []
    if "session" in choice.kinds:
        found += [items.session(each) for each in plan.dated]
    if "restriction" in choice.kinds:
        found += items.restrictions()
    if "task" in choice.kinds:
        found += [items.task(each) for each in plan.tasks if items.has_a_day_of_its_own(each)]
    if "review" in choice.kinds:
        found += [items.milestone(each) for each in plan.milestones]
    if "routine" in choice.kinds:
        found += [items.routine(each) for each in plan.routines]
    return in_date_order(found)


def ids_of(plan: Plan, choice: Choice | None = None) -> frozenset[str]:
    """Return the ids of everything that a plan's calendar can hold, whichever kinds are chosen.

    Raises:
        InputError: an appointment has a time and no zone.
        OutOfRangeError: an item ends after the year 9999, or begins before the year 1.
    """
    choice = choice or Choice()
    # Without appointments their alarms stand for themselves.
    every = frozenset(KINDS.values()) - ({"session"} - choice.kinds)
    found = items_of(plan, structs.replace(choice, kinds=every))
    return frozenset({each.id for each in found} | {each.id for each in plan.dated})


def in_date_order(items: Iterable[Item]) -> tuple[Item, ...]:
    """Return items by when they begin, and by their ids."""
    return tuple(sorted(items, key=_order))


def _order(item: Item) -> tuple[str, str]:
    # ISO texts sort days and moments alike.
    return item.begin.isoformat(), item.id


def _is_past(session: Session) -> bool:
    """Return whether a day is known to be over: what was missed may have a new one."""
    return session.status in {"done", "overdue"} or (session.status == "missed" and session.booked)


def _proposed(session: Session) -> str | None:
    """Say why the day of an appointment is not agreed on; None if it is."""
    return None if session.booked else _PROPOSED.get(session.status)


class _Items:
    """Makes items of one plan, as a choice wants them."""

    def __init__(self, plan: Plan, choice: Choice, words: Wording) -> None:
        self.plan = plan
        self.choice = choice
        self.words = words
        self.is_practice = choice.audience == "practice"
        self.fields = {
            **dict.fromkeys(("count", "day", "window", "resume", "label", "session"), ""),
            "kind": "Appointment",
            "place": plan.place or "",
            "treatment": plan.protocol.name,
            "ref": plan.ref or f"plan {plan.id[:8]}",
        }
        self.asked = {
            rule.question: rule.ask for rule in plan.screening if rule.question and rule.ask
        }
        self.counts = _counts(plan)
        self.tasks: dict[str, list[PlannedTask]] = {}
        for task in plan.tasks:
            self.tasks.setdefault(task.session, []).append(task)

    # ---- appointments ----

    def session(self, session: Session) -> Item:
        begin, end = _moments(session)
        count, window = self.counts.get(session.id, ""), _window(session)
        fields = {
            "kind": _WORDS[session.kind],
            "count": count,
            "day": said_date(session.on),
            "window": window,
            "label": session.name,
            "session": session.id,
        }
        is_proposed = _proposed(session) is not None
        title, text = self.said(
            "session",
            fields,
            "\n".join(self.session_lines(session, count, window)),
            PROVISIONAL if is_proposed else "",
        )
        return Item(
            id=session.id,
            kind="session",
            begin=begin,
            end=end,
            title=title,
            text=text,
            place=self.plan.place,
            status="TENTATIVE" if is_proposed else "CONFIRMED",
            alarms=self.alarms(session, title),
        )

    def session_lines(self, session: Session, count: str, window: str) -> Iterator[str]:
        """Yield what is said of an appointment, a line each."""
        if self.is_practice:
            yield from self.practice_lines(session, count, window)
        elif proposed := _proposed(session):
            # A window that is over tells nobody anything.
            is_open = session.status == "tentative" and window
            yield f"{proposed}{f': {window}' if is_open else ''}."
        if self.choice.is_full:
            yield from (self.task_line(task) for task in self.tasks.get(session.id, ()))

    def practice_lines(self, session: Session, count: str, window: str) -> Iterator[str]:
        plan = self.plan
        which = count or session.name
        yield f"{plan.protocol.name} ({plan.protocol.id} {plan.protocol.version}): {which}"
        if window:
            target = f", preferred {said_date(session.target)}" if session.target else ""
            yield f"Window {window}{target}{sourced(session.sources)}"
        if proposed := _proposed(session):
            yield f"{proposed}."
        if session.flag:
            yield f"Note: {session.flag}"
        if session.reason:
            said = "Not on its preferred day" if session.target else "Reason"
            yield f"{said}: {session.reason}"
        for rule in plan.screening:
            if rule.overridden is not None:
                yield f"Overridden: {rule.rule} ({rule.says}): {rule.overridden}"
        yield f"Plan {plan.id}, {session.id}"

    def alarms(self, session: Session, title: str) -> tuple[Alarm, ...]:
        """Return the reminder of an appointment, and what is to be done minutes before it."""
        minutes = self.choice.alarm
        # What is past would ring as soon as it is imported.
        if minutes is None or _is_past(session):
            return ()
        if session.time is None and minutes and minutes % _DAY_MINUTES == 0:
            # Counted from midnight, a whole day would ring in the middle of the night.
            minutes += _MORNING - _DAY_MINUTES
        tasks = self.tasks.get(session.id, ())
        leads = ((task, _minutes_before(task)) for task in tasks)
        return (
            Alarm(minutes, title),
            *(Alarm(lead, self.task_title(task)) for task, lead in leads if lead),
        )

    # ---- tasks ----

    def has_a_day_of_its_own(self, task: PlannedTask) -> bool:
        """Return whether a task is an item: it has a day, and is no alarm of its appointment."""
        if task.due is None or task.lead is None:
            return False
        is_alarm = self.choice.alarm is not None and "session" in self.choice.kinds
        return not (is_alarm and _minutes_before(task))

    def task(self, task: PlannedTask) -> Item:
        assert task.due is not None, f"{task.id} has no day"
        details = self.task_line(task) if self.choice.is_full else ""
        title, text = self.said("task", self.task_fields(task), details, _doubt(task.only_if))
        return Item(
            id=f"task.{task.id}",
            kind="task",
            begin=task.due,
            end=shift_days(task.due, 1),
            title=title,
            text=text,
        )

    def task_title(self, task: PlannedTask) -> str:
        return self.said("task", self.task_fields(task), "", _doubt(task.only_if))[0]

    def task_fields(self, task: PlannedTask) -> dict[str, str]:
        day = said_date(task.due) if task.due else ""
        return {"label": task.label, "session": task.session, "day": day}

    def task_line(self, task: PlannedTask) -> str:
        """Say what to do for an appointment, and by when."""
        when = f"{task.lead} before" if task.lead else "Before"
        if task.lead and task.due:
            when = f"By {said_date(task.due)}, {when}"
        if task.due_at:
            when = f"By {said_date(task.due_at.date())} {task.due_at:%H:%M}, {task.lead} before"
        since = f", not before {said_date(task.not_before)}" if task.not_before else ""
        blocks = ", which cannot take place without it" if task.blocks else ""
        optional = " (optional)" if task.optional else ""
        for_whom = f" {task.session}" if self.is_practice else " the appointment"
        return (
            f"{when}{for_whom}{since}{blocks}: {task.label}{optional}"
            f"{self.condition(task.only_if)}{self.facts(task.sources)}"
        )

    # ---- restrictions ----

    def restrictions(self) -> Iterator[Item]:
        """Yield an item for each period; restrictions that last alike share theirs."""
        for group in alike(self.plan.restrictions):
            label = "; ".join(each.label for each in group)
            what = self.restricted(group)
            for period in group[0].ideal:
                yield self.restriction(group[0], period, label, what)

    def restriction(
        self, first: PlannedRestriction, period: RestrictedPeriod, label: str, what: str
    ) -> Item:
        resume = _resume(period)
        fields = {
            "label": label,
            "session": ", ".join(period.sessions),
            "day": said_range(period.first, period.last),
            "resume": resume,
        }
        details = f"{what}\n{_lengths(first, period, resume)}"
        title, text = self.said("restriction", fields, details, _doubt(first.only_if))
        return Item(
            id=f"restriction.{first.id}.{period.sessions[0]}",
            kind="restriction",
            begin=period.first,
            end=shift_days(period.last, 1),
            title=title,
            text=text,
        )

    def restricted(self, group: Sequence[PlannedRestriction]) -> str:
        """Say what is restricted, and on which missing answer it hangs."""
        lines = (
            [f"- {each.label}{self.facts(each.sources)}" for each in group]
            if self.choice.is_full
            else ["What to avoid: see the instructions that you were given."]
        )
        if group[0].only_if and not self.choice.is_full:
            lines.append("Only if it applies to you.")
        elif group[0].only_if:
            lines.append(f"Only{self.condition(group[0].only_if).removeprefix(', only')}")
        return "\n".join(lines)

    # ---- reviews and home rhythms ----

    def milestone(self, milestone: PlannedMilestone) -> Item:
        fields = {"label": milestone.label, "day": said_date(milestone.on)}
        details = f"{milestone.label}{self.facts(milestone.sources)}" if self.choice.is_full else ""
        title, text = self.said("review", fields, details)
        return Item(
            id=f"review.{milestone.id}",
            kind="review",
            begin=milestone.on,
            end=shift_days(milestone.on, 1),
            title=title,
            text=text,
        )

    def routine(self, routine: PlannedRoutine) -> Item:
        fields = {"label": routine.label, "day": said_date(routine.first)}
        last = routine.last or self.plan.until
        often = f"{routine.rhythm[:1].upper()}{routine.rhythm[1:]}"
        until = f" to {said_date(routine.last)}" if routine.last else ", without an end"
        details = f"{often} from {said_date(routine.first)}{until}."
        if routine.times > 1:
            details += f" {plural(routine.times, 'time')} on such a day."
        if self.choice.is_full:
            only = self.condition(routine.only_if)
            details = f"{routine.label}{only}{self.facts(routine.sources)}\n{details}"
        if routine.last is None:
            details += f" In this calendar up to {said_date(last)}."
        title, text = self.said("routine", fields, details, _doubt(routine.only_if))
        repeats, also = _repeat(routine, max(last, routine.first))
        return Item(
            id=f"routine.{routine.id}",
            kind="routine",
            begin=routine.first,
            end=shift_days(routine.first, 1),
            title=title,
            text=text,
            repeats=repeats,
            also=also,
        )

    # ---- words ----

    def said(
        self, kind: Kind, fields: Mapping[str, str], details: str, suffix: str = ""
    ) -> tuple[str, str]:
        """Return the title and the text of an item."""
        title, text = self.words.titles[kind], self.words.texts[kind]
        values: Mapping[str, str] = {"details": details}
        # Most items need no more than our own words.
        if "{" in title or text != "{details}":
            values = {**self.fields, **fields, **values}
        title, text = filled(title, values), filled(text, values)
        # What has no number leaves its brackets empty.
        title = " ".join(title.split()).replace(" ()", "")
        return f"{title}{suffix}", text.strip()

    def facts(self, sources: Sequence[str]) -> str:
        """Say what something rests on, to the practice."""
        return sourced(sources) if self.is_practice else ""

    def condition(self, only_if: str | None) -> str:
        """Say which missing answer something hangs on, with the question."""
        if only_if is None:
            return ""
        names = _names(only_if)
        asked = dict.fromkeys(ask for name, ask in self.asked.items() if name in names)
        question = f" ({' '.join(asked)})" if asked else ""
        return f", only if {only_if}{question}"


# ---- when ----


def _moments(session: Session) -> tuple[date, date | None]:
    """Return the beginning and the end of an appointment: days, or moments in UTC."""
    if session.time is None:
        return session.on, shift_days(session.on, 1)
    if session.zone is None:
        raise InputError(f"zone: {session.id} has a time, and a calendar needs its time zone")
    begin = in_utc(session.on, session.time, session.zone)
    minutes = _minutes(session.duration)
    try:
        return begin, begin + timedelta(minutes=minutes) if minutes else None
    except OverflowError:
        raise OutOfRangeError(f"{session.id} ends after the year 9999") from None


@lru_cache(maxsize=64)
def _minutes(iso: str | None) -> int:
    """Return the minutes of a length such as "PT1H30M"; 0 for one that is not known."""
    hours, _, minutes = (iso or "").removeprefix("PT").rpartition("H")
    return int(hours or 0) * 60 + int(minutes.removesuffix("M") or 0)


def _minutes_before(task: PlannedTask) -> int:
    """Return how long before its appointment a task is due; 0 where that is no time of the day."""
    if task.due_at is None or task.lead is None or " at " in task.lead:
        return 0
    return span(task.lead).minutes


def _repeat(routine: PlannedRoutine, until: date) -> tuple[Repeat, tuple[date, ...]]:
    """Return the rhythm of a routine, and the days that no rule can say.

    Not every client knows every part of a rule: these do without the hard ones.
    """
    if routine.days:
        return Repeat("DAILY", 1, (), None, routine.first), routine.days[1:]
    if routine.weekdays:
        return Repeat("WEEKLY", 1, tuple(_BYDAY[day] for day in routine.weekdays), None, until), ()
    every = span(routine.every or "1 day")
    if not every.months:
        return Repeat("DAILY", every.days, (), None, until), ()
    first = routine.first
    is_leap_day = (first.month, first.day) == (2, 29) and every.months % _YEAR_MONTHS == 0
    if first.day == _LONGEST_MONTH or is_leap_day:
        return Repeat("MONTHLY", every.months, (), -1, until), ()
    days = takewhile(lambda day: day <= until, (shift(first, every, number) for number in count(1)))
    # A month without this day has it on its last one, as everywhere in a plan.
    short = tuple(day for day in days if day.day != first.day)
    return Repeat("MONTHLY", every.months, (), None, until), short


# ---- in words ----


def _counts(plan: Plan) -> dict[str, str]:
    """Say of each appointment which of how many it is, counted through steps with one word.

    What is called off is counted: the others keep their numbers. What no step has is not.
    """
    sessions = [
        each
        for each in plan.sessions
        if (each.planned is not None or each.status == "cancelled")
        and each.id.startswith(f"{each.phase}-")
    ]
    phases: dict[str, dict[str, int | None]] = {}
    for each in sessions:
        phases.setdefault(_WORDS[each.kind], {})[each.phase] = each.of
    found = {}
    for each in sessions:
        sizes = phases[_WORDS[each.kind]]
        total = None if None in sizes.values() else sum(size or 0 for size in sizes.values())
        before = list(sizes.values())[: list(sizes).index(each.phase)]
        number = each.number + sum(size or 0 for size in before)
        found[each.id] = f"{number} of {total}" if total else f"{number}"
    return found


def _window(session: Session) -> str:
    first, last = session.earliest, session.latest
    if first and last:
        return said_range(first, last)
    return f"from {first}" if first else f"to {last}" if last else ""


def _resume(period: RestrictedPeriod) -> str:
    at = f" {period.resume_at:%H:%M}" if period.resume_at else ""
    return said_date(period.resume_on) + at


def _lengths(restriction: PlannedRestriction, period: RestrictedPeriod, resume: str) -> str:
    """Say both lengths of a period, and the day on which it is over."""
    over = f"Over on {resume}."
    since = f" {period.begin_at:%H:%M}" if period.begin_at else ""
    days = f"from {said_date(period.first)}{since} to {said_date(period.last)}"
    least = [
        each
        for each in restriction.at_least
        if each.first <= period.last and period.first <= each.last
    ]
    if least == [period]:
        return f"{days[:1].upper()}{days[1:]}. {over}"
    at_least = listed([f"from {said_date(each.first)} to {said_date(each.last)}" for each in least])
    return f"Ideally {days}; at least {at_least}. {over}" if least else f"Ideally {days}. {over}"


@lru_cache(maxsize=256)
def _names(only_if: str) -> frozenset[str]:
    """Return the names in a text such as "minoxidil=yes and sex=female"."""
    return frozenset(_NAME.findall(only_if))


def _doubt(only_if: str | None) -> str:
    """Say in a title that something may not concern the patient."""
    return ", if it applies" if only_if else ""
