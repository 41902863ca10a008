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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import count, takewhile
from typing import Final, Literal

from msgspec import Struct, structs

from hairplan.calendar.titles import Audience, Details, ItemKind, Wording, filled, wording
from hairplan.dates.clock import in_utc
from hairplan.dates.spans import shift, shift_days, span
from hairplan.errors import InputError, OutOfRangeError
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
from hairplan.planner.restrictions import alike
from hairplan.words import cite, format_date, format_range, join_words, plural

EventStatus = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]

KINDS: Final[dict[str, ItemKind]] = {
    "sessions": "session",
    "restrictions": "restriction",
    "tasks": "task",
    "reviews": "review",
    "routines": "routine",
}
"""The kinds of items, by the word for several of them."""

_DAY: Final = timedelta(days=1)
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


_NO_VALUES: Final = {
    "kind": "Appointment",
    **dict.fromkeys(("count", "day", "window", "resume", "label", "session"), ""),
}
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

    @property
    def is_timed(self) -> bool:
        """Whether it has a time of day, or takes whole days."""
        return isinstance(self.begin, datetime)

    @property
    def takes_time(self) -> bool:
        """Whether the patient is busy while it lasts."""
        return self.kind == "session" and self.status != "CANCELLED"


class CalendarChoice(Struct, frozen=True):
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


def ids_of(plan: Plan, choice: CalendarChoice | None = None) -> frozenset[str]:
    """Return the ids of everything that a plan's calendar can hold, whichever kinds are chosen.

    Raises:
        InputError: an appointment has a time and no zone.
        OutOfRangeError: an item ends after the year 9999, or begins before the year 1.
    """
    choice = choice or CalendarChoice()
    # Without appointments their alarms stand for themselves.
    every = frozenset(KINDS.values()) - ({"session"} - choice.kinds)
    found = items_of(plan, structs.replace(choice, kinds=every))
    return frozenset({each.id for each in found} | {each.id for each in plan.dated})


def in_date_order(items: Iterable[Item]) -> tuple[Item, ...]:
    """Return items by when they begin, and by their ids."""
    return tuple(sorted(items, key=_order))


def _order(item: Item) -> tuple[int, bool, time, str]:
    # A day comes before the moments in it.
    begin = item.begin
    if isinstance(begin, datetime):
        return begin.toordinal(), True, begin.time(), item.id
    return begin.toordinal(), False, time.min, item.id


def _is_past(session: Session) -> bool:
    """Return whether a day is known to be over: what was missed may have a new one."""
    return session.status in {"done", "overdue"} or (session.status == "missed" and session.booked)


def _proposed(session: Session) -> str | None:
    """Say why the day of an appointment is not agreed on; None if it is."""
    return None if session.booked else _PROPOSED.get(session.status)


class _Items:
    """Makes items of one plan, as a choice wants them."""

    def __init__(self, plan: Plan, choice: CalendarChoice, words: Wording) -> None:
        self.plan = plan
        self.choice = choice
        self.words = words
        self.is_practice = choice.audience == "practice"
        self.is_full = choice.is_full
        self.fields = {
            **_NO_VALUES,
            "place": plan.place or "",
            "treatment": plan.protocol.name,
            "ref": plan.ref or f"plan {plan.id[:8]}",
        }
        self.overridden = [
            f"Overridden: {rule.rule} ({rule.says}): {rule.overridden}"
            for rule in plan.screening
            if rule.overridden is not None
        ]
        self.counts = _counts(plan)
        self.tasks: dict[str, list[PlannedTask]] = {}
        for task in plan.tasks:
            self.tasks.setdefault(task.session, []).append(task)

    # ---- appointments ----

    def session(self, session: Session) -> Item:
        begin, end = _moments(session)
        count, proposed = self.counts.get(session.id, ""), _proposed(session)
        title, text = self.said(
            "session",
            lambda: {
                "kind": _WORDS[session.kind],
                "count": count,
                "day": format_date(session.on),
                "window": _window(session),
                "label": session.name,
                "session": session.id,
            },
            "\n".join(self.session_lines(session, count, proposed)),
            PROVISIONAL if proposed else "",
        )
        return Item(
            id=session.id,
            kind="session",
            begin=begin,
            end=end,
            title=title,
            text=text,
            place=self.plan.place,
            status="TENTATIVE" if proposed else "CONFIRMED",
            alarms=self.alarms(session, title),
        )

    def session_lines(self, session: Session, count: str, proposed: str | None) -> list[str]:
        """Return what is said of an appointment, a line each."""
        lines: list[str] = []
        if self.is_practice:
            lines += self.practice_lines(session, count, proposed)
        elif proposed:
            # A window that is over tells nobody anything.
            window = _window(session) if session.status == "tentative" else ""
            lines.append(f"{proposed}{f': {window}' if window else ''}.")
        if self.is_full and session.id in self.tasks:
            lines += [self.task_line(task) for task in self.tasks[session.id]]
        return lines

    def practice_lines(self, session: Session, count: str, proposed: str | None) -> Iterator[str]:
        plan = self.plan
        which = count or session.name
        yield f"{plan.protocol.name} ({plan.protocol.id} {plan.protocol.version}): {which}"
        if window := _window(session):
            target = f", preferred {format_date(session.target)}" if session.target else ""
            yield f"Window {window}{target}{cite(session.sources)}"
        if proposed:
            yield f"{proposed}."
        if session.flag:
            yield f"Note: {session.flag}"
        if session.reason:
            said = "Not on its preferred day" if session.target else "Reason"
            yield f"{said}: {session.reason}"
        yield from self.overridden
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
        if session.id not in self.tasks:
            return (Alarm(minutes, title),)
        tasks = self.tasks[session.id]
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
        details = self.task_line(task) if self.is_full else ""
        title, text = self.said("task", lambda: _task_fields(task), details, _doubt(task.only_if))
        return Item(
            id=f"task.{task.id}",
            kind="task",
            begin=task.due,
            end=_day_after(task.due),
            title=title,
            text=text,
        )

    def task_title(self, task: PlannedTask) -> str:
        return self.said("task", lambda: _task_fields(task), "", _doubt(task.only_if))[0]

    def task_line(self, task: PlannedTask) -> str:
        """Say what to do for an appointment, and by when."""
        when = f"{task.lead} before" if task.lead else "Before"
        if task.lead and task.due:
            when = f"By {format_date(task.due)}, {when}"
        if task.due_at:
            when = f"By {format_date(task.due_at.date())} {task.due_at:%H:%M}, {task.lead} before"
        since = f", not before {format_date(task.not_before)}" if task.not_before else ""
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
        title, text = self.said(
            "restriction",
            lambda: {
                "label": label,
                "session": ", ".join(period.sessions),
                "day": format_range(period.first, period.last),
                "resume": resume,
            },
            f"{what}\n{_lengths(first, period, resume)}",
            _doubt(first.only_if),
        )
        return Item(
            id=f"restriction.{first.id}.{period.sessions[0]}",
            kind="restriction",
            begin=period.first,
            end=_day_after(period.last),
            title=title,
            text=text,
        )

    def restricted(self, group: Sequence[PlannedRestriction]) -> str:
        """Say what is restricted, and on which missing answer it hangs."""
        lines = (
            [f"- {each.label}{self.facts(each.sources)}" for each in group]
            if self.is_full
            else ["What to avoid: see the instructions that you were given."]
        )
        if group[0].only_if and not self.is_full:
            lines.append("Only if it applies to you.")
        elif group[0].only_if:
            lines.append(f"Only{self.condition(group[0].only_if).removeprefix(', only')}")
        return "\n".join(lines)

    # ---- reviews and home rhythms ----

    def milestone(self, milestone: PlannedMilestone) -> Item:
        details = f"{milestone.label}{self.facts(milestone.sources)}" if self.is_full else ""
        title, text = self.said(
            "review",
            lambda: {"label": milestone.label, "day": format_date(milestone.on)},
            details,
        )
        return Item(
            id=f"review.{milestone.id}",
            kind="review",
            begin=milestone.on,
            end=_day_after(milestone.on),
            title=title,
            text=text,
        )

    def routine(self, routine: PlannedRoutine) -> Item:
        last = routine.last or self.plan.until
        often = f"{routine.rhythm[:1].upper()}{routine.rhythm[1:]}"
        until = f" to {format_date(routine.last)}" if routine.last else ", without an end"
        details = f"{often} from {format_date(routine.first)}{until}."
        if routine.times > 1:
            details += f" {plural(routine.times, 'time')} on such a day."
        if self.is_full:
            only = self.condition(routine.only_if)
            details = f"{routine.label}{only}{self.facts(routine.sources)}\n{details}"
        if routine.last is None:
            details += f" In this calendar up to {format_date(last)}."
        title, text = self.said(
            "routine",
            lambda: {"label": routine.label, "day": format_date(routine.first)},
            details,
            _doubt(routine.only_if),
        )
        repeats, also = _repeat(routine, max(last, routine.first))
        return Item(
            id=f"routine.{routine.id}",
            kind="routine",
            begin=routine.first,
            end=_day_after(routine.first),
            title=title,
            text=text,
            repeats=repeats,
            also=also,
        )

    # ---- words ----

    def said(
        self,
        kind: ItemKind,
        fields: Callable[[], Mapping[str, str]],
        details: str,
        suffix: str = "",
    ) -> tuple[str, str]:
        """Return the title and the text of an item; its fields are asked for where one is used."""
        title, text = self.words.titles[kind], self.words.texts[kind]
        if "{" in title or text != "{details}":
            values = {**self.fields, **fields(), "details": details}
            title, text = filled(title, values), filled(text, values)
        else:
            text = details
        return f"{_tidy(title)}{suffix}", text.strip()

    def facts(self, sources: Sequence[str]) -> str:
        """Say what something rests on, to the practice."""
        return cite(sources) if self.is_practice else ""

    def condition(self, only_if: str | None) -> str:
        """Say which missing answer something hangs on, with the question."""
        if only_if is None:
            return ""
        names = _names(only_if)
        asks = {
            rule.question: rule.ask
            for rule in self.plan.screening
            if rule.question in names and rule.ask
        }
        asked = dict.fromkeys(asks.values())
        question = f" ({' '.join(asked)})" if asked else ""
        return f", only if {only_if}{question}"


@lru_cache(maxsize=1024)
def _tidy(title: str) -> str:
    """Return a title without what stood around a field that has no value."""
    # What has no number leaves its brackets empty.
    return " ".join(title.split()).replace(" ()", "")


# ---- when ----


def _day_after(day: date) -> date:
    # To make a length anew takes longer than to add it.
    return day + _DAY if day < date.max else shift_days(day, 1)


def _moments(session: Session) -> tuple[date, date | None]:
    """Return the beginning and the end of an appointment: days, or moments in UTC."""
    if session.time is None:
        return session.on, _day_after(session.on)
    if session.zone is None:
        raise InputError(f"zone: {session.id} has a time, and a calendar needs its time zone")
    try:
        return _timed(session.on, session.time, session.zone, session.duration)
    except OverflowError:
        raise OutOfRangeError(f"{session.id} ends after the year 9999") from None


@lru_cache(maxsize=16384)
def _timed(
    day: date, at: time, zone: str, duration: str | None
) -> tuple[datetime, datetime | None]:
    begin, length = in_utc(day, at, zone), _length(duration)
    return begin, begin + length if length else None


@lru_cache(maxsize=64)
def _length(iso: str | None) -> timedelta:
    """Return a length such as "PT1H30M"; none at all for one that is not known."""
    hours, _, minutes = (iso or "").removeprefix("PT").rpartition("H")
    return timedelta(hours=int(hours or 0), minutes=int(minutes.removesuffix("M") or 0))


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
    sizes: dict[str, dict[str, int | None]] = {}
    for each in sessions:
        sizes.setdefault(_WORDS[each.kind], {})[each.phase] = each.of
    said: dict[tuple[str, str], tuple[int, str]] = {}
    for word, phases in sizes.items():
        total = None if None in phases.values() else sum(size or 0 for size in phases.values())
        before = 0
        for phase, size in phases.items():
            said[word, phase] = before, f" of {total}" if total else ""
            before += size or 0
    found = {}
    for each in sessions:
        before, of = said[_WORDS[each.kind], each.phase]
        found[each.id] = f"{before + each.number}{of}"
    return found


def _task_fields(task: PlannedTask) -> dict[str, str]:
    day = format_date(task.due) if task.due else ""
    return {"label": task.label, "session": task.session, "day": day}


def _window(session: Session) -> str:
    first, last = session.earliest, session.latest
    if first and last:
        return format_range(first, last)
    return f"from {first}" if first else f"to {last}" if last else ""


def _resume(period: RestrictedPeriod) -> str:
    at = f" {period.resume_at:%H:%M}" if period.resume_at else ""
    return format_date(period.resume_on) + at


def _lengths(restriction: PlannedRestriction, period: RestrictedPeriod, resume: str) -> str:
    """Say both lengths of a period, and the day on which it is over."""
    first, last = period.first, period.last
    since = f" {period.begin_at:%H:%M}" if period.begin_at else ""
    days = f"{format_date(first)}{since} to {format_date(last)}"
    least = [each for each in restriction.at_least if each.first <= last and first <= each.last]
    if least == [period]:
        return f"From {days}. Over on {resume}."
    spans = [f"from {format_date(each.first)} to {format_date(each.last)}" for each in least]
    at_least = f"; at least {join_words(spans)}" if spans else ""
    return f"Ideally from {days}{at_least}. Over on {resume}."


@lru_cache(maxsize=256)
def _names(only_if: str) -> frozenset[str]:
    """Return the names in a text such as "minoxidil=yes and sex=female"."""
    return frozenset(_NAME.findall(only_if))


def _doubt(only_if: str | None) -> str:
    """Say in a title that something may not concern the patient."""
    return ", if it applies" if only_if else ""
