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

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final, Literal, get_args

from msgspec import Struct, structs

from hairplan.dates.spans import Span, shift
from hairplan.errors import HairplanError, InputError
from hairplan.files.kept_plan import make_kept_plan
from hairplan.files.plan_file import PLAN_FILE_SUFFIX, PlanFile, decode
from hairplan.files.store import read_bytes
from hairplan.follow.newer_protocol import PresentProtocols
from hairplan.history import entries_in_force
from hairplan.plan import Plan, PlannedRestriction, PlannedTask, RestrictedPeriod, Session
from hairplan.planner.under_way import last_clinic_days
from hairplan.protocol.model import TREATING
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

DueKind = Literal[
    "stopped", "impossible", "overdue", "missed", "cancelled", "unrecorded", "check", "to book",
    "this week", "document", "lost", "protocol",
]  # fmt: skip
"""Kinds of work, the most urgent first.

stopped: the plan goes no further, or has no dates. impossible: something had to be stopped before
it could be known, or a booking is on a closed day or outside its window. overdue: past its latest
day. missed, cancelled: to be booked again. unrecorded: its day has passed, and nothing is recorded.
check: whether a pause has begun. to book: proposed and near. this week: planned or booked within 7
days. document: without it a session may not take place. lost: nothing was heard of
the patient for long. protocol: another version of it is there.
"""

_WEEK: Final = timedelta(days=7)
_NEAR: Final = timedelta(weeks=4)
_URGENCY: Final = {what: number for number, what in enumerate(get_args(DueKind), 1)}
_PROPOSED: Final = {"planned", "tentative"}
_AWAITED: Final = {"overdue", "missed", "cancelled", "unrecorded"}
_CLOSED: Final = {"done", "skipped"}


class Due(Struct, frozen=True, kw_only=True):
    """Something to do for one plan.

    Attributes:
        path: the plan's file.
        ref: the clinic's own reference of the patient.
        plan: the plan's id.
        treatment: the protocol's id.
        urgency: the place of `what` among the kinds of work, from 1, the most urgent.
        what: what there is to do.
        session: the appointment's id; null where it is the whole plan.
        day: the day that it is about: the latest day of what is overdue, else the appointment's.
        days: how many days it is until then; below 0 for days since.
        says: what to know or to do, in words.
    """

    path: str
    ref: str | None
    plan: str
    treatment: str
    urgency: int
    what: DueKind
    session: str | None
    day: date | None
    days: int | None
    says: str


class Unread(Struct, frozen=True, kw_only=True):
    """A plan that could not be read, or not be made.

    Attributes:
        path: its file.
        faults: what is wrong with it, each in words.
        what: tells it from what is due.
    """

    path: str
    faults: tuple[str, ...]
    what: Literal["unread"] = "unread"


def sort_by_urgency(rows: Iterable[Due | Unread]) -> list[Due | Unread]:
    """Return rows by what is most urgent, then by day; what could not be read comes first."""
    return sorted(rows, key=_place)


def _place(row: Due | Unread) -> tuple[int, date, str, str]:
    if isinstance(row, Unread):
        return 0, date.min, row.path, ""
    return row.urgency, row.day or date.min, row.path, row.session or ""


def find_plan_files(named: Sequence[Path]) -> Iterator[Path]:
    """Return the plan files among those named and in folders, sorted; each once.

    Hidden files and folders are left out; a folder that cannot be read stands for what is in it.

    Raises:
        InputError: one of those named is not there; all of them.
    """
    missing = [f"{path}: is not there: name a folder or a plan file" for path in named
               if not path.exists()]  # fmt: skip
    if missing:
        raise InputError(*missing)
    return _paths(named)


def _paths(named: Iterable[Path]) -> Iterator[Path]:
    seen: set[str] = set()
    for name in named:
        for path in _inside(name) if name.is_dir() else (name,):
            place = os.path.abspath(path)  # noqa: PTH100 - a text, ten times as fast for thousands
            if place not in seen:
                seen.add(place)
                yield path


def _inside(folder: Path) -> Iterator[Path]:
    """Yield the plan files in a folder, then those in its folders."""
    unread: list[OSError] = []
    for place, folders, files in os.walk(folder, onerror=unread.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        names = (
            name for name in files if name.endswith(PLAN_FILE_SUFFIX) and not name.startswith(".")
        )
        paths = (Path(place, name) for name in sorted(names))
        # A pipe of that name would be waited for, for ever.
        yield from (path for path in paths if not path.is_fifo())
    yield from (Path(error.filename) for error in unread)


def read_due(
    path: Path,
    on: date,
    protocols: PresentProtocols | None = None,
    clinic: ClinicDays = ALWAYS_OPEN,
    lost_after: Span | None = None,
) -> tuple[Due | Unread, ...]:
    """Return what is due on a day for the plan in a file; what is wrong if it cannot be read.

    Args:
        path: the file.
        on: the day.
        protocols: the protocols that the clinic has now; None if it is not to be told of them.
        clinic: the clinic's days as they are by now.
        lost_after: how long nothing may be heard of a patient who is awaited; None for ever.
    """
    try:
        plan_file = decode(read_bytes(path), str(path))
        plan = make_kept_plan(plan_file, plan_file.history, on, clinic)
        newer = protocols.describe_newer(plan, plan_file, path) if protocols else None
        rows = find_due(path, plan_file, plan, on, newer)
        return rows if lost_after is None else _lost(rows, plan_file, lost_after, on) or rows
    except HairplanError as error:
        # A fault of the plan itself does not name the file.
        faults = (f"{path}: {fault.removeprefix(f'{path}: ')}" for fault in error.faults)
        return (Unread(path=str(path), faults=tuple(faults)),)


def find_due(
    path: Path, plan_file: PlanFile, plan: Plan, on: date, newer: str | None = None
) -> tuple[Due, ...]:
    """Return what is due for one plan, the most urgent first; nothing if its work is done.

    Args:
        path: its file.
        plan_file: what the plan is made of.
        plan: the plan, made with that day as today.
        on: the day.
        newer: the other version of its protocol that is there, in words; None for none.
    """
    finder = _DueFinder(path, plan_file, plan, on)
    goes_on = plan.problem is None or plan.problem.kind == "ended"
    rows = [*(finder.all() if goes_on else finder.stopped())]
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
        urgency=_URGENCY["lost"],
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

    def __init__(self, path: Path, plan_file: PlanFile, plan: Plan, on: date) -> None:
        self.path = str(path)
        self.plan_file = plan_file
        self.plan = plan
        self.on = on
        self.days = {session.id: session.planned for session in plan.sessions if session.planned}

    def due(
        self, what: DueKind, says: str, session: str | None = None, day: date | None = None
    ) -> Due:
        return Due(
            path=self.path,
            ref=self.plan.ref,
            plan=self.plan_file.id,
            treatment=self.plan.protocol.id,
            urgency=_URGENCY[what],
            what=what,
            session=session,
            day=day,
            days=(day - self.on).days if day else None,
            says=says,
        )

    def all(self) -> Iterator[Due]:
        yield from self.out_of_order()
        yield from self.overdue()
        for session in self.plan.sessions:
            if session.planned is not None or self.awaits_a_date(session):
                yield from self.appointment(session)
            if session.status in _PROPOSED:
                yield from self.pause_checks(session)
        yield from self.documents()

    def awaits_a_date(self, session: Session) -> bool:
        """Return whether an appointment is to be booked again: none that an end called off is."""
        return self.plan.problem is None and session.status in {"missed", "cancelled"}

    def stopped(self) -> Iterator[Due]:
        """Yield why a plan goes no further, while there is something that it keeps from."""
        problem, sessions = self.plan.problem, self.plan.sessions
        assert problem is not None, "asked for a plan with a problem alone"
        if not sessions or any(session.status not in _CLOSED for session in sessions):
            yield self.due("stopped", ": ".join((problem.what, *problem.why)), problem.session)

    # ---- appointments ----

    def out_of_order(self) -> Iterator[Due]:
        """Yield what was done before an earlier one was, while nobody said why."""
        for broken in self.plan.breaks:
            if broken.what == "order" and broken.is_done:
                says = f"{broken.says}: record the right day, or the reason"
                yield self.due("impossible", says, broken.session, self.days[broken.session])

    def overdue(self) -> Iterator[Due]:
        """Yield the appointments that are overdue: those after them wait."""
        waited_for = {session.after for session in self.plan.sessions}
        for session in self.plan.sessions:
            if session.status == "overdue":
                over = format_count((self.on - (session.latest or session.on)).days, "day")
                says = f"{over} past its latest day: to be booked, or given up"
                rest = "; what comes after it waits" if session.id in waited_for else ""
                yield self.due("overdue", says + rest, session.id, session.latest)

    def appointment(self, session: Session) -> Iterator[Due]:
        """Yield the most urgent thing to do for an appointment."""
        name, day = session.id, session.planned
        window = describe_window(session.earliest, session.latest)
        if session.status in {"missed", "cancelled"}:
            what: DueKind = "missed" if session.status == "missed" else "cancelled"
            yield self.due(what, f"to be booked again{self.describe_proposal(session)}", name, day)
        elif session.status not in _PROPOSED or day is None:
            return
        elif day < self.on:
            yield self.due("unrecorded", f"done, missed or moved? window {window}", name, day)
        elif session.booked and session.flag:
            yield self.due("impossible", f"{session.flag}: settle it, or move it", name, day)
        elif not session.booked and self.is_near(session, day):
            yield self.due("to book", f"proposed: {session.flag or f'window {window}'}", name, day)
        elif day <= self.on + _WEEK:
            yield self.due("this week", f"booked{at_time(session.time)}", name, day)

    def describe_proposal(self, session: Session) -> str:
        """Say for when an appointment is proposed again."""
        if session.planned is None:
            return f", after {session.after}" if session.after else ""
        proposed = f": proposed for {format_date(session.planned)}"
        return f"{proposed}, window {describe_window(session.earliest, session.latest)}"

    def is_near(self, session: Session, day: date) -> bool:
        """Return whether the first day on which an appointment may be is within 4 weeks."""
        return (session.earliest or day) - _NEAR <= self.on

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
            yield self.due("impossible", says, session.id, session.planned)
        if kept:
            says = f"check that it began: {'; '.join(map(_describe_pause, kept))}"
            yield self.due("check", says, session.id, session.planned)

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
        leads = [self.days[item.sessions[0]] - item.first for item in around]
        return min(max(*leads, timedelta()), session.on - period.first)

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
            restriction.id == pause.restriction.id and period.first <= begins <= period.last
            for restriction in then.restrictions
            for period in restriction.at_least
        )

    def describe_late(self, pause: _Pause) -> str:
        begun = format_date(self.on + pause.lead)
        return (
            f"{pause.restriction.label}: had to begin on {format_date(pause.begins)},"
            f" before this day was known; begun today, it is kept for {begun}"
        )

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
                yield self.due("document", says, name, day)


def _describe_pause(pause: _Pause) -> str:
    restriction = pause.restriction
    only = only_if(restriction.only_if)
    return f"{restriction.label}, since {format_date(pause.since)}{only}"


def _describe_task(task: PlannedTask) -> str:
    return f"{task.label}{by_date(task.due)}{only_if(task.only_if)}"
