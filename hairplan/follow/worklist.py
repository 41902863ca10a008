"""Find what needs a hand over many plans on one day; each is read, made anew and let go again.

Conventions:

* A plan whose work is done has no row. What cannot be read is said, never passed over.
* An appointment has one row, of the most urgent kind that fits it, and one more for what has to be
  stopped before it.
* The kinds of work are in the order of what needs a hand first; so are the rows.
* Days are counted from the day that the list is for: 0 is that day, fewer than 0 is past.
* Whether a patient keeps a pause is for the practice to ask. Nobody can have kept one where the
  appointment's day was recorded only after the pause had to begin.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, structs

from hairplan.dates.spans import Period, Span, shift
from hairplan.errors import HairplanError
from hairplan.files.kept_plan import make_kept_plan
from hairplan.files.plan_file import PlanFile, decode
from hairplan.files.store import read_bytes
from hairplan.follow.announced import announce, stem_of
from hairplan.follow.due_rows import URGENCY, Due, DueKind, Unread, list_within
from hairplan.follow.newer_protocol import PresentProtocols
from hairplan.history import entries_in_force
from hairplan.plan import Plan, PlannedRestriction, PlannedTask, Session
from hairplan.plan_parts import RestrictedPeriod
from hairplan.planner.under_way import last_clinic_days
from hairplan.protocol.values import TREATING
from hairplan.request import ALWAYS_OPEN, ClinicDays
from hairplan.words import (
    at_time,
    by_date,
    describe_window,
    format_count,
    format_date,
    join_words,
    only_if,
)

_WEEK: Final = timedelta(days=7)
_NEAR: Final = timedelta(weeks=4)
_PROPOSED: Final = {"planned", "tentative"}
_AWAITED: Final = {"overdue", "missed", "cancelled", "unrecorded"}
_CLOSED: Final = {"done", "skipped"}


def read_due(
    path: Path,
    on: date | Period,
    protocols: PresentProtocols | None = None,
    clinic: ClinicDays = ALWAYS_OPEN,
    lost_after: Span | None = None,
) -> tuple[Due | Unread, ...]:
    """Return what is due on a day for the plan in a file; what is wrong if it cannot be read.

    Args:
        path: the file.
        on: the day, or the days: as it stands on the first, with what lies on all of them.
        protocols: the protocols that the clinic has now; None if it is not to be told of them.
        clinic: the clinic's days as they are by now.
        lost_after: how long nothing may be heard of a patient who is awaited; None for ever.
    """
    first = on.first if isinstance(on, Period) else on
    try:
        plan_file = decode(read_bytes(path), str(path))
        plan = make_kept_plan(plan_file, plan_file.history, first, clinic)
        newer = protocols.describe_newer(plan, plan_file, path) if protocols else None
        rows = find_due(path, plan_file, plan, on, newer)
        return rows if lost_after is None else _lost(rows, plan_file, lost_after, first) or rows
    except HairplanError as error:
        # A fault of the plan itself does not name the file.
        faults = (f"{path}: {fault.removeprefix(f'{path}: ')}" for fault in error.faults)
        return (Unread(path=str(path), faults=tuple(faults)),)


def find_due(
    path: Path, plan_file: PlanFile, plan: Plan, on: date | Period, newer: str | None = None
) -> tuple[Due, ...]:
    """Return what is due for one plan, the most urgent first; nothing if its work is done.

    Args:
        path: its file.
        plan_file: what the plan is made of.
        plan: the plan, made with that day as today.
        on: the day, or the days.
        newer: the other version of its protocol that is there, in words; None for none.
    """
    days = on if isinstance(on, Period) else Period(on, on)
    finder = _DueFinder(path, plan_file, plan, days)
    goes_on = plan.problem is None or plan.problem.kind == "ended"
    rows = [*(finder.all() if goes_on else finder.until_the_stop())]
    if isinstance(on, Period):
        rows = [*list_within(rows, on), *(finder.announced(on) if goes_on else ())]
    rows += [finder.due("protocol", newer)] if newer else []
    return tuple(sorted(rows, key=lambda row: (row.urgency, row.day or date.min)))


def _lost(
    rows: Sequence[Due], plan_file: PlanFile, after: Span, on: date
) -> tuple[Due, ...] | None:
    """Return one row in place of all of a patient who is awaited, and of whom nothing was heard.

    None for any other patient.
    """
    heard = max([plan_file.made.date(), *(entry.on for entry in plan_file.history)])
    awaited = [row for row in rows if row.what in _AWAITED]
    first = min((row.day for row in awaited if row.day and row.day < on), default=heard)
    if not awaited or shift(max(heard, first), after) > on:
        return None
    waits_for = join_words(list(dict.fromkeys(row.session for row in awaited if row.session)))
    says = (
        f"nothing was recorded since {format_date(heard)}, and {waits_for} did not take place: ask,"
        f" or end the plan: hairplan record {awaited[0].path} --ended today"
    )
    lost = structs.replace(
        awaited[0],
        urgency=URGENCY["lost"],
        what="lost",
        session=None,
        day=heard,
        days=(heard - on).days,
        says=says,
    )
    return (lost,)


class _Pause(Struct, frozen=True):
    """Something to stop before an appointment.

    Attributes:
        restriction: what.
        begins: the day on which it begins for this appointment, by the least length.
        since: the day on which the whole period began; the same, or earlier for another one.
        lead: from its beginning to the appointment.
    """

    restriction: PlannedRestriction
    begins: date
    since: date
    lead: timedelta


class _DueFinder:
    """Finds what is due for one plan on a day."""

    def __init__(self, path: Path, plan_file: PlanFile, plan: Plan, on: Period) -> None:
        self.path = str(path)
        self.plan_file = plan_file
        self.plan = plan
        self.on = on.first
        self.last = on.last
        self.days = {session.id: session.planned for session in plan.sessions if session.planned}

    def due(
        self,
        what: DueKind,
        says: str,
        session: str | None = None,
        day: date | None = None,
        **details: Any,  # noqa: ANN401 - the fields of a row that not every kind has
    ) -> Due:
        return Due(
            path=self.path,
            ref=self.plan.ref,
            plan=self.plan_file.id,
            treatment=self.plan.protocol.id,
            urgency=URGENCY[what],
            what=what,
            session=session,
            day=day,
            days=(day - self.on).days if day else None,
            says=says,
            **details,
        )

    def all(self) -> Iterator[Due]:
        yield from self.out_of_order()
        yield from self.overdue()
        yield from self.appointments()
        yield from self.documents()

    def until_the_stop(self) -> Iterator[Due]:
        """Yield why a plan goes no further, and what of it takes place before that."""
        yield from self.stopped()
        yield from self.appointments()

    def appointments(self) -> Iterator[Due]:
        for session in self.plan.sessions:
            # What is done at home is nobody's to book, and nobody's to ask for.
            if session.kind == "home":
                continue
            if session.planned is not None or self.awaits_a_date(session):
                yield from self.appointment(session)
            if session.status in _PROPOSED:
                yield from self.pause_checks(session)

    def awaits_a_date(self, session: Session) -> bool:
        """Return whether an appointment is to be booked again: none that an end called off is."""
        return self.plan.problem is None and session.status in {"missed", "cancelled"}

    def stopped(self) -> Iterator[Due]:
        """Yield why a plan goes no further, while there is something that it keeps from."""
        problem, sessions = self.plan.problem, self.plan.sessions
        assert problem is not None, "asked for a plan with a problem alone"
        if not sessions or any(session.status not in _CLOSED for session in sessions):
            says = ": ".join((problem.what, *problem.why))
            yield self.due("stopped", says, problem.session, about=problem.rules)

    # ---- appointments ----

    def out_of_order(self) -> Iterator[Due]:
        """Yield what was done before an earlier one was, while nobody said why."""
        for broken in self.plan.breaks:
            if broken.what == "order" and broken.is_done:
                says = f"{broken.says}: record the right day, or the reason"
                yield self.due("impossible", says, broken.session, self.days[broken.session])

    def overdue(self) -> Iterator[Due]:
        """Yield the first appointment of each step that is overdue: those after it wait."""
        waited_for = {session.after for session in self.plan.sessions}
        phases: set[str] = set()
        for session in self.plan.sessions:
            if session.status == "overdue" and session.phase not in phases:
                phases.add(session.phase)
                says = self.describe_overdue(session.latest or session.on)
                rest = "; what comes after it waits" if session.id in waited_for else ""
                yield self.due("overdue", says + rest, session.id, session.latest)

    def appointment(self, session: Session) -> Iterator[Due]:
        """Yield the most urgent thing to do for an appointment."""
        name, day = session.id, session.planned
        window = describe_window(session.earliest, session.latest)
        details = {"time": session.time, "latest": session.latest}
        if session.status in {"missed", "cancelled"}:
            what: DueKind = "missed" if session.status == "missed" else "cancelled"
            says = f"to be booked again{self.describe_proposal(session)}"
            after = (session.after,) if day is None and session.after else ()
            yield self.due(what, says, name, day, about=after, **details)
        elif session.status not in _PROPOSED or day is None:
            return
        elif day < self.on:
            says = f"done, missed or moved? window {window}"
            yield self.due("unrecorded", says, name, day, **details)
        elif session.booked and session.flag:
            says = f"{session.flag}: settle it, or move it"
            yield self.due("impossible", says, name, day, **details)
        elif not session.booked and session.latest and session.latest < self.on:
            # It was put off to today or later as its window went by.
            yield self.due("overdue", self.describe_overdue(session.latest), name, session.latest)
        elif not session.booked and self.is_near(session, day):
            says = f"proposed: {session.flag or f'window {window}'}"
            yield self.due("to book", says, name, day, **details)
        elif day <= max(self.on + _WEEK, self.last):
            says = f"booked{at_time(session.time)}"
            yield self.due("this week", says, name, day, **details)

    def describe_overdue(self, latest: date) -> str:
        """Say how long ago an appointment's latest day was."""
        over = format_count((self.on - latest).days, "day")
        return f"{over} past its latest day: to be booked, or given up"

    def describe_proposal(self, session: Session) -> str:
        """Say for when an appointment is proposed again."""
        if session.planned is None:
            return f", after {session.after}" if session.after else ""
        proposed = f": proposed for {format_date(session.planned)}"
        return f"{proposed}, window {describe_window(session.earliest, session.latest)}"

    def is_near(self, session: Session, day: date) -> bool:
        """Return whether the first day on which an appointment may be is within 4 weeks.

        Of the last day asked for, so that no later week looks empty.
        """
        return (session.earliest or day) - _NEAR <= self.last

    # ---- what has to be stopped before an appointment ----

    def pause_checks(self, session: Session) -> Iterator[Due]:
        """Yield what should be in force by now for an appointment within 7 days."""
        if not self.on <= session.on <= self.on + _WEEK:
            return
        begun = [pause for pause in self.pauses_before(session) if pause.begins <= self.on]
        late = [pause for pause in begun if self.is_too_late(pause)]
        kept = [pause for pause in begun if pause not in late]
        if late:
            says = "; ".join(map(self.describe_late, late))
            yield self.due("impossible", says, session.id, session.planned, **_about(session, late))
        if kept:
            says = f"check that it began: {'; '.join(map(_describe_pause, kept))}"
            yield self.due("check", says, session.id, session.planned, **_about(session, kept))

    def pauses_before(self, session: Session) -> Iterator[_Pause]:
        """Yield the pauses of an appointment, whether they have begun or not."""
        for restriction in self.plan.restrictions:
            for period in restriction.at_least:
                if session.id in period.sessions:
                    lead = self.lead(restriction, period, session)
                    if lead:
                        yield _Pause(restriction, session.on - lead, period.first, lead)

    def lead(
        self, restriction: PlannedRestriction, period: RestrictedPeriod, session: Session
    ) -> timedelta:
        """Return how long before an appointment a restriction begins; nothing if it does not.

        Where a period is that of several, its beginning tells of the first alone: the longest that
        the restriction has anywhere is taken for the others.
        """
        around = [period] if period.sessions[0] == session.id else restriction.at_least
        days = self.days
        leads = [days[item.sessions[0]] - item.first for item in around if item.sessions[0] in days]
        # What begins around an event, or the start, says no lead: it is on since it began.
        longest = max(leads, default=session.on - period.first)
        return min(max(longest, timedelta()), session.on - period.first)

    def is_too_late(self, pause: _Pause) -> bool:
        """Return whether nobody could know of a pause on the day on which it should begin."""
        file, begins = self.plan_file, pause.begins
        if pause.restriction.applies == "unknown":
            return False
        if file.made.date() > begins:
            return True
        known = [entry for entry in file.history if entry.on <= begins]
        return len(known) < len(file.history) and not self.was_known(pause, len(known))

    def was_known(self, pause: _Pause, entries: int) -> bool:
        """Return whether the plan as it was on the day of its beginning had a pause on that day."""
        file, begins = self.plan_file, pause.begins
        history = file.history[:entries]
        in_force = list(entries_in_force(history).values())
        clinic = last_clinic_days(in_force, file.clinic_at_first)
        then = make_kept_plan(file, history, begins, clinic)
        return any(
            restriction.id == pause.restriction.id and period.covers(begins)
            for restriction in then.restrictions
            for period in restriction.at_least
        )

    def describe_late(self, pause: _Pause) -> str:
        begun = format_date(self.on + pause.lead)
        return (
            f"{pause.restriction.label}: had to begin on {format_date(pause.begins)},"
            f" before this day was known; begun today, it is kept for {begun}"
        )

    def announced(self, days: Period) -> Iterator[Due]:
        """Yield what is to be told, done or looked at on the days asked for."""
        for item in announce(self.plan, days):
            details = {"about": item.about, "length": item.length, "only_if": item.only_if}
            yield self.due(item.what, item.says, item.session, item.day, **details)

    # ---- documents and assessments ----

    def documents(self) -> Iterator[Due]:
        """Yield what the next appointments may not take place without."""
        sessions = {session.id: session for session in self.plan.sessions}
        begun = any(
            session.status == "done" and session.kind in TREATING for session in sessions.values()
        )
        tasks: dict[str, list[PlannedTask]] = {}
        for task in self.plan.tasks:
            if task.blocks and not task.done and task.session in sessions:
                tasks.setdefault(task.session, []).append(task)
        still_open = [name for name in tasks if sessions[name].status not in _CLOSED]
        for place, name in enumerate(still_open):
            day = sessions[name].planned
            is_first = not place and not begun
            if is_first or (day and day - _NEAR <= self.on):
                says = "; ".join(map(_describe_task, tasks[name]))
                about = tuple(stem_of(task.id) for task in tasks[name])
                yield self.due("document", says, name, day, about=about)


def _about(session: Session, pauses: Sequence[_Pause]) -> dict[str, Any]:
    """Return the details of a row on pauses."""
    return {
        "time": session.time,
        "about": tuple(pause.restriction.id for pause in pauses),
        "since": max(pause.begins for pause in pauses),
        "only_if": pauses[0].restriction.only_if,
    }


def _describe_pause(pause: _Pause) -> str:
    restriction = pause.restriction
    only = only_if(restriction.only_if)
    return f"{restriction.label}, since {format_date(pause.since)}{only}"


def _describe_task(task: PlannedTask) -> str:
    return f"{task.label}{by_date(task.due)}{only_if(task.only_if)}"
