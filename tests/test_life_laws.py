"""Laws of a plan's life, whatever is recorded, in whatever order, on whatever day.

Random lives of the built-in protocols and the examples are lived as `hairplan record` and `undo`
would; after each entry, and on later days on which nothing is recorded, each law is checked.
`HAIRPLAN_LIVES=100000` lives more than 100, `HAIRPLAN_FIRST_LIFE=N` others. A law that is broken is
told with the smallest life that breaks it, as commands.
"""

import csv
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import compress
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from lives import ALWAYS_OPENS, NO_BUG, Life, Look, Moment, grow, live, shrink
from msgspec import structs

from hairplan import Plan, make_plan
from hairplan.calendar.ics import uid
from hairplan.calendar.items import CalendarChoice, Item, items_of
from hairplan.files.plan_file import PlanFile, append_entry
from hairplan.follow.diff import find_changes
from hairplan.follow.status import PatientStatus, find_status
from hairplan.follow.worklist import find_due
from hairplan.history import Changed, Entry, Moved, Skipped, entries_in_force, replay_history
from hairplan.plan import Session
from hairplan.protocol.model import Protocol
from hairplan.protocol.step import needed_steps, steps_kept_from
from hairplan.protocol.values import OF_COURSE
from hairplan.show.csv import render_csv
from hairplan.show.due import worklist_document
from hairplan.show.plain import render_plain
from hairplan.show.plan import plan_document
from hairplan.show.status import status_document

LIVES = int(os.environ.get("HAIRPLAN_LIVES", "100"))
FIRST = int(os.environ.get("HAIRPLAN_FIRST_LIFE", "0"))
PATH = Path("p.plan.json")
UNSETTLED = {"missed", "cancelled", "overdue"}


class Views:
    """A plan on a day, in every form in which somebody looks at it."""

    def __init__(self, seen: Moment | Look) -> None:
        self.moment = seen if isinstance(seen, Moment) else seen.moment
        self.plan = seen.after if isinstance(seen, Moment) else seen.plan
        self.on = self.moment.today if isinstance(seen, Moment) else seen.on
        self.is_recording = isinstance(seen, Moment)
        self.protocol: Protocol = self.moment.protocol
        self.file: PlanFile = self.moment.file
        self.status: PatientStatus = find_status(self.plan, self.file, self.on)
        self.due = find_due(PATH, self.file, self.plan, self.on)
        self.items: tuple[Item, ...] = items_of(self.plan, CalendarChoice("practice"))
        request, _ = replay_history(self.file.request, self.file.history)
        # What follows counts from where a session should have been, whatever became of it.
        self.is_fixed = request.anchor == "fixed"
        self.sessions = {session.id: session for session in self.plan.sessions}

    @cached_property
    def text(self) -> str:
        """The plan as plain text."""
        return render_plain(plan_document(self.plan))


Law = Callable[[Views], Iterator[str]]


# ---- never into the past ----


def nothing_new_is_put_before_the_day_of_recording(views: Views) -> Iterator[str]:
    """What is not done or booked, and has another day than before, is not before today."""
    # Taking back puts everything where it was.
    if not views.is_recording or views.moment.entry.undoes:
        return
    before = days_of(views.moment.before)
    for session in proposed(views.plan):
        was = before.get(session.id)
        # What was recorded today may be taken back by what is recorded today.
        if session.on < views.on and session.on not in {was, this_morning(views, session.id)}:
            yield f"{session.id}: {was} -> {session.on}, before {views.on}"


def this_morning(views: Views, name: str) -> date | None:
    """Return the day of a session by what was recorded before today."""
    history = list(views.moment.earlier.history)
    while history and history[-1].on == views.on:
        history.pop()
    file = structs.replace(views.file, history=tuple(history))
    return days_of(plan_of(views, file)).get(name)


def what_awaits_a_new_date_is_proposed_from_today_on(views: Views) -> Iterator[str]:
    for session in views.plan.sessions:
        awaits = session.status in {"missed", "cancelled"} and not session.booked
        if awaits and session.planned and session.planned < views.on:
            yield f"{session.id}: {session.status}, proposed for {session.planned} on {views.on}"


def no_other_day_depends_on_today(views: Views) -> Iterator[str]:
    before = {session.id: session for session in views.moment.after.sessions}
    if any(session.day == 0 and session.status in UNSETTLED for session in views.plan.sessions):
        return  # day 0 itself is proposed again
    if any(each.on > views.moment.today for each in entries_in_force(views.file.history).values()):
        return  # what was recorded ahead of the clock takes its place as time goes by
    again = [
        session.id for session in views.plan.sessions if session.status in {"missed", "cancelled"}
    ]
    for session in views.plan.sessions:
        was = before.get(session.id)
        # One that is proposed again is chosen together with those before it, and what keeps away
        # from it gives way.
        if any(
            comes_before(session.id, name, views.protocol)
            or step_of(name) in steps_heeded(session.phase, views.protocol)
            for name in again
        ):
            continue
        days = (was and was.planned, session.planned)
        awaits = {session.status, was and was.status} & {"missed", "cancelled"}
        if all(days) and days[0] != days[1] and not awaits:
            yield f"{session.id}: {days[0]} seen on {views.moment.today}, {days[1]} on {views.on}"


def comes_before(name: str, other: str, protocol: Protocol) -> bool:
    """Return whether an appointment is an earlier one of the step of another, or of one before."""
    step, _, number = name.rpartition("-")
    other_step, _, other_number = other.rpartition("-")
    if step == other_step:
        return int(number) < int(other_number)
    return step in steps_before(other_step, protocol)


def step_of(name: str) -> str:
    return name.rpartition("-")[0]


def steps_heeded(name: str, protocol: Protocol) -> set[str]:
    """Return the steps that a step keeps away from, as do those that it counts from."""
    names = {name, *steps_before(name, protocol)}
    return set[str]().union(*(steps_kept_from(each) for each in protocol.steps if each.id in names))


def steps_before(name: str, protocol: Protocol) -> set[str]:
    """Return the steps that a step counts from, and those that these count from."""
    own = set[str]().union(*(needed_steps(step) for step in protocol.steps if step.id == name))
    return own.union(*(steps_before(step, protocol) for step in own - {name}))


# ---- what was done stays ----


def what_was_done_stays_with_its_time(views: Views) -> Iterator[str]:
    if views.moment.entry.undoes and any(isinstance(each, Changed) for each in views.moment.what):
        return  # a time that was never asked for was none of what was done
    for session in views.moment.before.sessions:
        if session.status != "done" or session.id in views.moment.named:
            continue
        now = views.sessions.get(session.id)
        was, stands = when(session), now and when(now)
        if now is None or was != stands or now.status != "done":
            yield f"{session.id}: done {was}, then {stands} {now and now.status}"


def a_day_alone_keeps_the_booked_time(views: Views) -> Iterator[str]:
    before = {session.id: session for session in views.moment.before.sessions}
    changed = replay_history(views.file.request, views.file.history)[0]
    if any(isinstance(each, Changed) and each.time for each in views.moment.entry.what):
        return  # the time that is asked for at once is the booking's
    for happening in views.moment.entry.what:
        if isinstance(happening, Moved) and not happening.time:
            was, now = before[happening.session], views.sessions[happening.session]
            if was.booked and was.time and was.time not in {now.time, changed.time}:
                yield f"{was.id}: {was.time} -> {now.time}"


# ---- what did not happen carries nothing ----


def what_comes_after_an_unsettled_session_waits(views: Views) -> Iterator[str]:
    if views.is_fixed:
        return
    for session in unsettled(views.plan):
        for later in after(views.plan, session):
            waits = later.status in UNSETTLED or (later.waits_for or "").startswith("after ")
            if later.planned is not None or not waits:
                yield f"{later.id}: {later.planned} although {session.id} is {session.status}"


def what_waits_is_neither_next_nor_to_book_nor_in_force(views: Views) -> Iterator[str]:
    if views.is_fixed:
        return
    waiting = {
        later.id for session in unsettled(views.plan) for later in after(views.plan, session)
    }
    if views.status.next and views.status.next.session in waiting:
        yield f"next is {views.status.next.session}"
    for row in views.due:
        if row.session in waiting and row.what in {"to book", "this week", "check"}:
            yield f"{row.what}: {row.session}"
    carried = waiting | {session.id for session in unsettled(views.plan)}
    for restriction in views.plan.restrictions:
        around = [
            period
            for period in (*restriction.at_least, *restriction.ideal)
            if period.covers(views.on)
        ]
        nothing_real = all(carried >= set(period.sessions) for period in around)
        said = any(restriction.id in group.ids for group in views.status.in_force)
        if said and nothing_real:
            yield f"{restriction.id} of {[period.sessions for period in around]} is in force"


def nothing_counts_from_an_end_that_waits(views: Views) -> Iterator[str]:
    """What is anchored at the last of a step has no day, and what lasts until then goes on."""
    if views.is_fixed or views.plan.problem:
        return
    ends = {f"{session.phase}.last" for session in unsettled(views.plan)}
    protocol = views.protocol
    anchored = {
        **{name: each.at for name, each in protocol.milestones.items()},
        **{name: each.at for name, each in protocol.expectations.items()},
        **{name: each.anchor for name, each in protocol.routines.items()},
    }
    dated = {each.id: each.on for each in views.plan.milestones}
    dated |= {each.id: each.first for each in views.plan.routines}
    dated |= {each.id: each.first for each in views.plan.expectations if each.first}
    for name, day in dated.items():
        if anchored.get(name) in ends:
            yield f"{name}: {day}, although {anchored[name]} waits"
    for each in views.plan.restrictions:
        until, period = protocol.restrictions[each.id].until, each.ideal[-1]
        if until in ends and not period.goes_on:
            yield f"{each.id}: to {period.last}, although {until} waits"


def a_skipped_repeat_is_gone(views: Views) -> Iterator[str]:
    what = views.moment.entry.what
    if not views.is_recording or len(what) != 1 or not isinstance(what[0], Skipped):
        return
    before = {session.id: session for session in views.moment.before.sessions}
    gone = before[what[0].session]
    if gone.kind in OF_COURSE or gone.planned is None or gone.phase == "(added)":
        return
    for session in views.plan.sessions:
        was = before.get(session.id)
        if session.phase == gone.phase and session.number > gone.number and session.target:
            is_later = was and was.target and abs((was.target - session.target).days) > 31
            if is_later and session.status in {"planned", "tentative"} and session.on > views.on:
                yield f"{session.id}: {was and was.target} -> {session.target}"


# ---- ids ----


def ids_and_uids_are_unique(views: Views) -> Iterator[str]:
    ids = Counter(session.id for session in views.plan.sessions)
    uids = Counter(uid(views.plan.id, item.id) for item in views.items)
    items = Counter(item.id for item in views.items)
    for counted in (ids, uids, items):
        yield from (f"{name} {times} times" for name, times in counted.items() if times > 1)


# ---- undo ----


def undo_restores_the_same_document(views: Views) -> Iterator[str]:
    if not views.is_recording:
        return
    moment, history = views.moment, views.file.history
    if moment.entry.undoes is None:
        undo = Entry(at=moment.entry.at, on=views.on, undoes=len(history))
        again = plan_of(views, append_entry(views.file, undo))
        if again != moment.before:
            yield f"entry {len(history)} of {views.on}: {differing(moment.before, again)}"
    elif plan_of(views, without(views.file, moment.entry.undoes)) != views.plan:
        yield f"entry {moment.entry.undoes}"


def without(file: PlanFile, number: int) -> PlanFile:
    """Return a file in which an entry was never made, nor taken back."""
    kept = [at for at, entry in enumerate(file.history, 1) if number not in {at, entry.undoes}]
    places = {at: place for place, at in enumerate(kept, 1)}
    history = tuple(
        structs.replace(entry, undoes=entry.undoes and places[entry.undoes])
        for at, entry in enumerate(file.history, 1)
        if at in places
    )
    return structs.replace(file, history=history)


# ---- a flag reaches everybody ----


def a_flag_reaches_everybody(views: Views) -> Iterator[str]:
    status = " ".join(render_plain(status_document(views.plan, views.status)).split())
    due = " ".join(row.says for row in views.due)
    for session in views.plan.sessions:
        if session.flag and session.booked and session.is_ahead and session.on >= views.on:
            places = {"table": views.text, "status": status}
            # Nobody is to book what is done at home.
            places |= {"due": due} if session.kind != "home" else {}
            missing = [name for name, text in places.items() if session.flag not in text]
            if missing:
                yield f"{session.id}: {session.flag}: not in {', '.join(missing)}"


# ---- a stop ----


def lifting_a_stop_revives_no_booking(views: Views) -> Iterator[str]:
    """Neither an answer that no longer refuses nor taking an ended plan up again does."""
    moment, before = views.moment, views.moment.before
    # Taking back puts everything where it was.
    if not views.is_recording or moment.entry.undoes or before.problem is None:
        return
    _, record = replay_history(moment.earlier.request, moment.earlier.history)
    called_off = {session.id for session in before.sessions if session.status == "cancelled"}
    for name in sorted(called_off & set(record.booked) - moment.named):
        now = views.sessions[name]
        if now.status != "cancelled" or now.booked:
            yield f"{name}: {now.status} on {now.planned}"


# ---- reasons ----


def a_reason_is_true(views: Views) -> Iterator[str]:
    for session in views.plan.sessions:
        reason, day = session.reason or "", session.planned
        inside = re.search(r"inside (\S+)\.\.(\S+?)(?:$|[;,])", reason)
        if inside and day and not inside[1] <= str(day) <= inside[2]:
            yield f"{session.id} on {day}: {reason}"
        if "a later one" in reason and is_last(views, session):
            yield f"{session.id} is the last: {reason}"
        moved = re.search(r"moved by ([+-]\d+) days?, ", reason)
        if moved and day and session.target and int(moved[1]) != (day - session.target).days:
            yield f"{session.id} on {day}, target {session.target}: {reason}"


def is_last(views: Views, session: Session) -> bool:
    """Return whether nothing in the plan comes after a session by what it counts from."""
    steps = [step for step in views.protocol.steps if session.phase in needed_steps(step)]
    phases = {step.id for step in steps if step.id != session.phase}
    others = views.plan.sessions
    return not any(comes_after(each, session) or each.phase in phases for each in others)


# ---- agreement ----


def every_form_names_the_same_sessions_days_and_times(views: Views) -> Iterator[str]:
    if not views.is_recording:
        return
    expected = {
        (each.id, str(each.planned or ""), f"{each.time:%H:%M}" if each.time else "")
        for each in views.plan.sessions
    }
    days = {(name, day) for name, day, _ in expected}
    rows = csv.DictReader(render_csv(views.plan).splitlines())
    cells = {(row["id"], row["date"], row["time"][:5]) for row in rows if row["item"] == "session"}
    if cells != expected:
        yield f"CSV: {sorted(cells ^ expected)}"
    dated = {(each.id, str(each.planned)) for each in views.plan.sessions if each.planned}
    shown = set(shown_days(views.plan))
    if {(name, day) for name, day in shown if day} != dated or len(shown) != len(days):
        yield f"table: {sorted(dated ^ {pair for pair in shown if pair[1]})}"
    events = {item.id: item.begin for item in views.items if item.kind == "session"}
    # What is done at home is in no appointment book.
    booked = (each for each in views.plan.dated if each.kind != "home")
    if events != {each.id: begin_of(each) for each in booked}:
        yield f"calendar: {events}"


def a_time_of_its_own_is_in_the_table(views: Views) -> Iterator[str]:
    request, _ = replay_history(views.file.request, views.file.history)
    for session in views.plan.dated:
        if session.time not in {None, request.time} and f"{session.time:%H:%M}" not in views.text:
            yield f"{session.id} at {session.time}"


def shown_days(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield the sessions of the table, each with its day."""
    (sessions,) = (s for s in plan_document(plan).sections if s.title == "Sessions")
    for row in sessions.rows:
        day = re.fullmatch(r"\w{3} (\d{4}-\d\d-\d\d)( \d\d:\d\d)?", row.cells[2])
        yield row.cells[0], day[1] if day else ""


def begin_of(session: Session) -> date:
    """Return when a session begins, as a calendar says it."""
    if session.time is None:
        return session.on
    zone = ZoneInfo(session.zone or "")
    return datetime.combine(session.on, session.time, zone).astimezone(UTC)


def next_is_the_first_that_is_ahead(views: Views) -> Iterator[str]:
    closed = {"done", "skipped"}
    still = [each for each in views.plan.sessions if each.status not in closed]
    visits = [each for each in still if each.kind != "home"]
    ahead = [each for each in visits if each.planned and each.planned >= views.on]
    first = min(ahead, key=lambda session: (session.on, session.id), default=None)
    said = views.status.next
    if (said and said.session) != (first and first.id):
        yield f"next is {said and said.session}, the first ahead {first and first.id}"


def what_is_due_is_in_the_plan(views: Views) -> Iterator[str]:
    worklist_document(views.due, views.on)
    for row in views.due:
        if row.session is not None and row.session not in views.sessions:
            yield f"{row.what}: {row.session}"


# ---- what laws have in common ----


def days_of(plan: Plan) -> dict[str, date | None]:
    return {session.id: session.planned for session in plan.sessions}


def proposed(plan: Plan) -> Iterator[Session]:
    """Yield what has a day, and is neither done nor booked nor awaits a new date."""
    for session in plan.sessions:
        is_open = session.status in {"planned", "tentative", "overdue"} and not session.booked
        # What is done at home is nothing to be placed: it goes on by itself.
        is_open = is_open and session.kind != "home"
        if is_open and session.planned is not None:
            yield session


def unsettled(plan: Plan) -> Iterator[Session]:
    """Yield what did not happen, with nothing after it in its step that did."""
    for session in plan.sessions:
        # Until it is recorded, the first day holds as it was asked for.
        is_first = session.status == "overdue" and session.day == 0
        is_open = session.status in UNSETTLED and not (session.booked or is_first)
        # One that was missed and counts is used up, as if it had been done.
        stands = (each.status == "done" or each.booked or each.used_up for each in plan.sessions)
        done = compress(plan.sessions, stands)
        if (
            is_open
            and not is_stopped(plan)
            and not any(comes_after(each, session) for each in done)
        ):
            yield session


def after(plan: Plan, session: Session) -> list[Session]:
    """Return what comes after a session in its step and is still open."""
    closed = {"done", "skipped", "conditional"}
    return [
        later
        for later in plan.sessions
        if comes_after(later, session) and later.status not in closed and not later.booked
    ]


def comes_after(later: Session, session: Session) -> bool:
    numbers = [int(each.id.rpartition("-")[2]) for each in (later, session)]
    is_own = later.phase == session.phase != "(added)"
    return is_own and numbers[0] > numbers[1]


def is_stopped(plan: Plan) -> bool:
    return plan.problem is not None


def when(session: Session) -> tuple[object, ...]:
    return session.planned, session.time


def plan_of(views: Views, file: PlanFile) -> Plan:
    return make_plan(views.protocol, file.request, file.history, today=views.on)


def differing(one: Plan, other: Plan) -> list[str]:
    return [name for name in one.__struct_fields__ if getattr(one, name) != getattr(other, name)]


# ---- the lives ----

LAWS: tuple[Law, ...] = (
    nothing_new_is_put_before_the_day_of_recording,
    what_awaits_a_new_date_is_proposed_from_today_on,
    no_other_day_depends_on_today,
    what_was_done_stays_with_its_time,
    a_day_alone_keeps_the_booked_time,
    what_comes_after_an_unsettled_session_waits,
    what_waits_is_neither_next_nor_to_book_nor_in_force,
    nothing_counts_from_an_end_that_waits,
    a_skipped_repeat_is_gone,
    ids_and_uids_are_unique,
    undo_restores_the_same_document,
    a_flag_reaches_everybody,
    lifting_a_stop_revives_no_booking,
    a_reason_is_true,
    every_form_names_the_same_sessions_days_and_times,
    a_time_of_its_own_is_in_the_table,
    next_is_the_first_that_is_ahead,
    what_is_due_is_in_the_plan,
)
NAMES = {law: law.__name__.replace("_", " ") for law in LAWS}


def broken(seen: Moment | Look) -> Iterator[tuple[str, str]]:
    """Yield the laws that a plan breaks, each with how."""
    views = Views(seen)
    if isinstance(seen, Moment):
        find_changes(seen.before, seen.after)
    for law in LAWS:
        yield from ((NAMES[law], how) for how in law(views))


def told(life: Life, law: str) -> str:
    """Tell the smallest life that breaks a law, as commands, and how."""
    smallest = shrink(life, law, broken)
    hows = dict.fromkeys(how for name, how in live(smallest, broken) if name == law)
    return "\n".join((f"{law}:", str(smallest), *hows))


@pytest.fixture(scope="module")
def faulty() -> dict[str, Life]:
    """The first life that breaks each law."""
    lives: dict[str, Life] = {}
    for seed in range(FIRST, FIRST + LIVES):
        life, faults = grow(seed, broken)
        for law, _ in faults:
            lives.setdefault(law, life)
    return lives


@pytest.mark.parametrize("law", [ALWAYS_OPENS, NO_BUG, *NAMES.values()])
def test_a_law_holds_in_every_life(law: str, faulty: dict[str, Life]) -> None:
    assert law not in faulty, told(faulty[law], law)
