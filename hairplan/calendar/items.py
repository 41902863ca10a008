"""A plan as the items of a calendar: appointments, care, tasks, reviews, home rhythms.

Conventions:

* An item is known by an id that says what it is, such as `course-2`, never when: it keeps it when
  it moves.
* Periods are closed on both ends everywhere else; here an item ends where the next thing may begin,
  as calendars have it: a day ends on the next day.
* Moments are in UTC; an item names the zone in which they are to be read.
* A patient's titles are neutral. What to do and to avoid stands in the text.
* A course at home is in the patient's calendar alone: the practice has no time to keep for it.
* What is called off or given up is no item, nor is a task that was done. An appointment that was
  done is one still, and rings no more.
* Only what is booked or done is confirmed. A day that is a mere proposal is provisional, with all
  around it: it takes no time, rings not, and brings its care and its tasks only if asked to.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Final, Literal

from msgspec import Struct, structs

from hairplan.calendar.moments import is_on_its_day, minutes_before
from hairplan.calendar.recurrence import Repeat
from hairplan.calendar.texts import Wording
from hairplan.clinic.templates import Audience, CareMode, Details, ItemKind
from hairplan.errors import OutOfRangeError
from hairplan.plan import Plan, PlannedTask, Session
from hairplan.sheet.words import Catalog

EventStatus = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]

KINDS: Final[dict[str, ItemKind]] = {
    "sessions": "session",
    "restrictions": "restriction",
    "tasks": "task",
    "reviews": "review",
    "routines": "routine",
}
"""The kinds of items, by the word for several of them."""

CONTENT: Final[dict[Audience, frozenset[ItemKind]]] = {
    "patient": frozenset(KINDS.values()),
    "practice": frozenset({"session", "task"}),
}
"""The kinds of items that a calendar has by default."""

_DAY_MINUTES: Final = 24 * 60


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
        is_provisional: it is a proposal, and takes no time.
        zone: the IANA zone in which its moments are to be read; null for UTC.
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
    is_provisional: bool = False
    zone: str | None = None

    @property
    def takes_time(self) -> bool:
        """Whether the patient is busy while it lasts."""
        return self.kind == "session" and self.status != "CANCELLED" and not self.is_provisional


_OF_VISITS: Final[frozenset[ItemKind]] = frozenset({"session", "routine"})
"""The kinds of items that appointments are, at the clinic and at home."""


class CalendarChoice(Struct, frozen=True):
    """The part of a plan that goes into a calendar, and how it is worded.

    Attributes:
        audience: whose calendar it is.
        details: full, or brief for a patient's texts without what to do and to avoid.
        kinds: the kinds of items; null for those that the audience has by default.
        alarm: how many minutes before an appointment an alarm rings; null for no alarm at all.
        wording: the templates of titles and texts; by default ours for the audience.
        care: a patient's care by its changes, as bars from first to last day, or not at all.
        tentative: with the care and the tasks around appointments that are mere proposals.
        catalog: the words of the patient's language; null for English ones.
        utc: with all moments in UTC, for programs that know no time zones.
    """

    audience: Audience = "patient"
    details: Details = "full"
    kinds: frozenset[ItemKind] | None = None
    alarm: int | None = _DAY_MINUTES
    wording: Wording | None = None
    care: CareMode = "changes"
    tentative: bool = False
    catalog: Catalog | None = None
    utc: bool = False

    @property
    def content(self) -> frozenset[ItemKind]:
        """The kinds of items that it has."""
        return CONTENT[self.audience] if self.kinds is None else self.kinds

    @property
    def tells_tasks(self) -> bool:
        """Whether the text of an appointment has its tasks: a clinic's own may leave them out."""
        if self.audience == "patient" and self.details == "brief":
            return False
        return self.wording is None or all(
            "{details}" in self.wording.texts[kind] for kind in _OF_VISITS
        )

    def has_item_for(self, task: PlannedTask, days: Mapping[str, date]) -> bool:
        """Return whether a task is an item of its own: nothing else of its day tells of it.

        Args:
            task: the task.
            days: the days of the appointments that are items, by their ids.
        """
        is_told = self.tells_tasks and not task.lag and task.due == days.get(task.session)
        if not is_on_its_day(task) or is_told:
            return False
        has_alarms = self.alarm is not None and "session" in self.content
        return not (has_alarms and minutes_before(task))

    def days_of(self, sessions: Iterable[Session]) -> dict[str, date]:
        """Return the days of the appointments that are items, by their ids."""
        return {
            session.id: session.on
            for session in sessions
            if ("routine" if session.kind == "home" else "session") in self.content
        }


def items_of(plan: Plan, choice: CalendarChoice | None = None) -> tuple[Item, ...]:
    """Return the items of a plan's calendar, in date order.

    What has no day yet is not in it.

    Args:
        plan: a plan with dates.
        choice: what goes into it; by default what a patient's calendar has.

    Raises:
        InputError: an appointment has a time and no zone.
        OutOfRangeError: an item ends after the year 9999, or begins before the year 1.
    """
    # Builders know what an item is.
    from hairplan.calendar.builders import BUILDERS

    choice = choice or CalendarChoice()
    content = choice.content
    try:
        builder = BUILDERS[choice.audience](plan, choice)
        items: list[Item] = []
        if "session" in content:
            items += builder.sessions()
        if "restriction" in content:
            items += builder.restrictions()
        if "task" in content:
            items += builder.tasks()
        if "review" in content:
            items += builder.milestones()
        if "routine" in content:
            items += builder.routines()
    except OverflowError:
        raise OutOfRangeError("a calendar has no day after the year 9999") from None
    return in_date_order(items)


def ids_of(plan: Plan, choice: CalendarChoice | None = None) -> frozenset[str]:
    """Return the ids of everything that a plan's calendar can hold, whichever kinds are chosen.

    Raises:
        InputError: an appointment has a time and no zone.
        OutOfRangeError: an item ends after the year 9999, or begins before the year 1.
    """
    choice = choice or CalendarChoice()
    every = frozenset(KINDS.values())
    items = items_of(plan, structs.replace(choice, kinds=every))
    if left_out := _OF_VISITS - choice.content:
        # Without appointments their alarms, and what they tell, stand for themselves.
        items += items_of(plan, structs.replace(choice, kinds=every - left_out))
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
