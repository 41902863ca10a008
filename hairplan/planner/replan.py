"""A plan that has a past: what was done stays, what is ahead is chosen anew.

Conventions:

* What was done or is booked is fixed, wherever it lies; a window that it leaves is said, by how
  many days and by which figure.
* Rolling, the default: what follows counts from the day really done or booked. Fixed: it counts
  from where that should have been, and the past changes nothing but itself.
* What was missed or called off is proposed again, not before the day on which that was recorded;
  where its window is over by then, on the nearest day after it, as late.
* What is not done while something after it in its step is, stands outside the chain until it is
  booked again or given up.
* With a late session the step goes on, begins again (its late session is the first of as many as
  it has) or has one more, as the protocol, the clinic or the request says.
* An answer that refuses stops the plan from the day on which it was given: nothing after that day
  has a date, until it is taken back.
* An end calls off what is left; taken up again, it is proposed anew, from that day on.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Final

from msgspec import structs

from hairplan.history import Added, Record
from hairplan.plan import ADDED, Break, Plan, Problem, Session, Status
from hairplan.planner.assemble import Others, assemble, plan_without_dates, with_remarks
from hairplan.planner.availability import Availability
from hairplan.planner.breaks import BreakFinder
from hairplan.planner.early import NOT_COUNTED, uncounted_sessions
from hairplan.planner.ending import call_off_session, cut_off, describe_end, end_plan, is_called_off
from hairplan.planner.forced import explain_course
from hairplan.planner.gone import AGAIN, advise_again, give_up
from hairplan.planner.ground import Chosen
from hairplan.planner.late import describe_rules, more_sessions
from hairplan.planner.moved import why_again, why_apart, why_booked
from hairplan.planner.past import (
    LastingRefusal,
    Repeats,
    Selection,
    first_session_day,
    refuse_unknown,
    refused_by,
    select_days,
    stops_of,
)
from hairplan.planner.problems import describe_standing, never_open, no_dates
from hairplan.planner.resolve import Resolved
from hairplan.planner.session import (
    first_day_order,
    flag_remarks,
    has_skipped_time,
    refuse_skipped_times,
    session_of,
    session_order,
    why_moved,
    why_start_moved,
)
from hairplan.planner.slot import Slot
from hairplan.planner.start import start_taken
from hairplan.planner.steps import PlannedStep
from hairplan.protocol.figures import fact_ids, find_basis
from hairplan.protocol.step import Counts, Step
from hairplan.protocol.values import TREATING
from hairplan.remarks import Remark, WhyMoved
from hairplan.words import cite, format_count, format_date


def replan(resolved: Resolved, record: Record) -> tuple[Plan, Mapping[str, date]]:
    """Return the plan of a treatment with a past, and the day of each appointment that has one.

    Args:
        resolved: what is asked for by now.
        record: what has happened.

    Raises:
        InputError: something is recorded of a session that the plan does not have.
        OutOfRangeError: a date leaves the calendar.
    """
    stops = stops_of(resolved, record)
    days = Availability(resolved.request, refused_by(resolved, record, stops))
    start = first_session_day(resolved, days, record)
    if start is None:
        asked = resolved.request.start
        return plan_without_dates(
            resolved, asked, never_open(asked, start_taken(resolved, days, asked))
        ), {}
    selection = _select_days(resolved, record, start, days)
    if selection.stuck is not None:
        problem = no_dates(resolved, days, selection.ground, selection.stuck, start)
        return plan_without_dates(resolved, start, problem), {}
    refuse_unknown(selection, record)
    plan = _Assembly(resolved, selection, record, stops).plan()
    if record.ended is None:
        return plan, selection.proposed
    # What an end called off is proposed anew when the plan is taken up again.
    off = {session.id for session in plan.sessions if session.planned is None}
    return plan, {name: day for name, day in selection.proposed.items() if name not in off}


def _select_days(resolved: Resolved, record: Record, start: date, days: Availability) -> Selection:
    """Choose days for as many sessions as there are, with those that late and early ones bring."""
    repeats = Repeats(uncounted=record.uncounted)
    selection = select_days(resolved, record, start, days, repeats)
    tried = [repeats]
    # With one session more none may be late any more, which asks for none: each is tried once.
    while selection.stuck is None:
        # What waits has no window: who is late or early shows before anything does.
        told = selection.at_first or selection
        more = more_sessions(told, resolved.request, record.lost)
        repeats = Repeats(more.sure, more.perhaps, uncounted_sessions(told, record))
        if repeats in tried:
            break
        tried.append(repeats)
        selection = select_days(resolved, record, start, days, repeats)
    return selection


# ---- the plan ----

_OF_A_DAY: Final = ("planned", "day", "reason", "moved")


class _Assembly:
    """Puts a plan with a past together."""

    def __init__(
        self,
        resolved: Resolved,
        selection: Selection,
        record: Record,
        stops: Sequence[LastingRefusal],
    ) -> None:
        self.resolved = resolved
        self.selection = selection
        self.record = record
        self.stops = stops
        self.since = min((stop.since for stop in stops), default=date.max)
        self.start = selection.ground.start
        self.ranks = {
            planned.step.id: f"{place:05}" for place, planned in enumerate(selection.steps)
        }
        self.finder = BreakFinder(resolved.request, selection, record)
        self.breaks: list[Break] = []
        self.treatments: list[Session] = []

    def plan(self) -> Plan:
        """Return the plan."""
        chain = [self.session(at) for at in range(len(self.selection.chosen))]
        self.treatments = [*filter(self.is_treatment, chain)]
        beside = [*self.aside(), *map(self.added, self.record.added)]
        stopped = [session for session in (*chain, *beside) if self.is_stopped(session)]
        live = [session for session in chain if _takes_place(session) and session not in stopped]
        others = [session for session in beside if _takes_place(session) and session not in stopped]
        live.sort(key=session_order)
        refuse_skipped_times([session for session in (*live, *others) if session.status != "done"])
        rest = [
            session
            for session in (*chain, *beside)
            if not _takes_place(session) and session not in stopped
        ]
        plan = assemble(
            self.resolved,
            self.selection.layout,
            self.days(stopped),
            live,
            Others(tuple(others), self.awaited(rest), self.is_over),
        )
        gone = [*map(self.stopped, stopped), *rest, *self.skipped()]
        sessions = sorted((*map(self.waiting, plan.sessions), *gone), key=self.place)
        order = {session.id: at for at, session in enumerate(sessions)}
        remarks = (*flag_remarks(sessions), *self.too_few(), *plan.remarks)
        plan = structs.replace(
            with_remarks(plan, remarks),
            sessions=tuple(sessions),
            breaks=tuple(sorted(self.breaks, key=lambda broken: order[broken.session])),
            rules=describe_rules(self.selection.steps, self.resolved.request),
        )
        plan = self.cut(plan) if self.stops else plan
        ending = self.record.ended
        return plan if ending is None else end_plan(plan, ending, self.resolved.today)

    def place(self, session: Session) -> tuple[date, str]:
        """Sort appointments by their first day; those without any in the order of the course."""
        first, name = first_day_order(session)
        return first, name or f"{self.ranks.get(session.phase, '')}{session.number:05}"

    def awaited(self, rest: Sequence[Session]) -> tuple[str, ...]:
        """Return what is to have a day again, and what waits for that, unless all is stopped."""
        if self.is_over:
            return ()
        layout = self.selection.layout
        again = {session.id for session in rest if session.status != "skipped"}
        chain = (slot.id for slot in layout.slots if slot.id in again)
        return (*chain, *(slot.id for slot, _ in layout.waiting if slot.after))

    @property
    def is_over(self) -> bool:
        """Whether nothing is to have a day again, as it is: all is stopped, or has ended."""
        return bool(self.stops) or self.record.ended is not None

    def days(self, stopped: Sequence[Session]) -> dict[int, date]:
        """Return the day of each place that has one."""
        gone = {session.id for session in stopped}
        chosen = zip(self.selection.layout.slots, self.selection.chosen, strict=True)
        # Nothing counts from the day of what did not take place.
        gone |= self.selection.layout.frame.unsettled
        days = {at: day.planned for at, (slot, day) in enumerate(chosen) if slot.id not in gone}
        return {**self.selection.layout.known, **days}

    def too_few(self) -> Iterator[Remark]:
        """Say which step has fewer appointments than the protocol wants, as some were given up."""
        for planned in self.selection.steps:
            count = planned.step.count
            least = count.min if isinstance(count, Counts) else count
            left = self.numbered(planned)
            if planned.skipped and left is not None and isinstance(least, int) and left < least:
                sources = cite(fact_ids(find_basis(planned.step, "count").source))
                left_over = f"{format_count(left, 'session')} left of at least {least}"
                text = f"{planned.step.id}: {left_over}{sources}, as some were given up"
                yield Remark("warning", "too-few", text)

    def numbered(self, planned: PlannedStep) -> int | None:
        """Return how many appointments of a step count, with those to be booked again."""
        if planned.count is None:
            return None
        return planned.count + len(planned.aside) - len(planned.uncounted)

    # ---- appointments ----

    def session(self, at: int) -> Session:
        """Return an appointment of the chain."""
        slot, moved = self.selection.layout.slots[at], self.reason(at)
        name = slot.id
        session = session_of(self.resolved, slot, None, self.shown(at), self.start)
        session = structs.replace(
            session,
            reason=moved and moved.says,
            moved=moved,
            booked=name in self.record.booked,
            time=None if slot.is_at_home else self.record.time(name, session.time),
            target=session.target if slot.has_target else None,
            after=slot.after if name in self.record.fixed else None,
            counted=slot.counted,
        )
        is_told = self.resolved.today <= self.record.last or name in self.record.fixed
        if not is_told and has_skipped_time(session):
            # What comes to a day by itself, as time goes by, locks no plan.
            session = structs.replace(session, time=None)
        session = structs.replace(session, status=self.status(session))
        if name in self.record.lost:
            return give_up(session, slot, self.record)
        if name in self.selection.overtaken and not session.booked:
            return self.overtaken(session)
        return self.flagged(session, at)

    def shown(self, at: int) -> Chosen:
        """Return the target, the window and the day of an appointment, as they are shown."""
        first, last = self.selection.window(at)
        target, planned = self.selection.targets[at], self.selection.chosen[at].planned
        if self.is_on_start(at):
            target = first = self.resolved.request.start
        return Chosen(target, first, last, planned)

    def is_on_start(self, at: int) -> bool:
        """Return whether an appointment is on the start, as nothing is recorded of it yet."""
        slot, record = self.selection.layout.slots[at], self.record
        return slot.pinned and slot.id not in record.fixed and not record.not_before(slot.id)

    def reason(self, at: int) -> WhyMoved | None:
        """Return why an appointment is not on its target; None if it is, or was done."""
        slot, record, selection = self.selection.layout.slots[at], self.record, self.selection
        chosen = structs.replace(selection.chosen[at], target=selection.targets[at])
        if slot.id in record.fixed:
            return None if slot.id in record.done else why_booked(record, slot.id, chosen)
        if self.is_on_start(at):
            taken = partial(start_taken, self.resolved, Availability(self.resolved.request))
            return why_start_moved(self.resolved.request.start, chosen.planned, taken)
        if slot.pinned:
            return None
        moved = why_again(record, slot.id, chosen) or why_apart(selection, slot, chosen, at)
        # What is past keeps the day that it had, when more came after it than does by now.
        taken = partial(selection.ground.blocked, slot)
        if slot.id not in selection.layout.frame.kept or taken(chosen.target):
            moved = moved or why_moved(self.shown(at), taken)
        if moved and moved.code == "course":
            return explain_course(moved, selection.ground, at)
        return moved

    def overtaken(self, session: Session) -> Session:
        """Return an appointment that was not done while a later one was: it has no day."""
        nothing = dict.fromkeys((*_OF_A_DAY, "earliest", "target", "latest", "after"))
        steps = (planned.step for planned in self.selection.steps)
        again = next(advise_again(step) for step in steps if step.id == session.phase)
        return structs.replace(session, status="missed", waits_for=again, **nothing)

    def waiting(self, session: Session) -> Session:
        """Return an appointment that waits for one before it, with what is recorded of it."""
        if session.after is None or session.planned:
            return session
        if self.stops:
            return self.stopped(session)
        if session.id in self.selection.overtaken:
            return self.overtaken(session)
        return structs.replace(session, status=self.recorded(session.id) or session.status)

    def status(self, session: Session) -> Status:
        """Return how an appointment stands today."""
        today = self.resolved.today
        if status := self.recorded(session.id):
            return status
        if session.kind != "home" and session.latest and max(session.latest, session.on) < today:
            return "overdue"
        return "planned" if session.booked else session.status

    def recorded(self, name: str) -> Status | None:
        """Return what is recorded of an appointment, beside that it is booked."""
        record = self.record
        recorded: dict[Status, Mapping[str, date]] = {
            "done": record.done,
            "cancelled": record.cancelled,
            "missed": record.missed,
            "skipped": record.skipped,
        }
        return next((status for status, named in recorded.items() if name in named), None)

    def aside(self) -> Iterator[Session]:
        """Yield the appointments to be booked again although later ones were done."""
        for planned in self.selection.steps:
            for number in sorted(planned.aside):
                yield self.outside(planned, number, "missed", advise_again(planned.step))

    def skipped(self) -> Iterator[Session]:
        """Yield the appointments that were given up."""
        for planned in self.selection.steps:
            for number in sorted(planned.skipped):
                why = self.record.reasons.get(f"{planned.step.id}-{number}")
                session = self.outside(
                    planned, number, "skipped", f"given up{f': {why}' if why else ''}"
                )
                yield structs.replace(session, of=None)

    def outside(self, planned: PlannedStep, number: int, status: Status, waits_for: str) -> Session:
        """Return an appointment of a step that is outside the chain."""
        name = f"{planned.step.id}-{number}"
        slot = Slot(id=name, step=planned.step, number=number, of=self.numbered(planned))
        session = session_of(self.resolved, slot, status)
        booking = self.record.booked.get(name)
        if booking is None:
            return structs.replace(session, waits_for=waits_for)
        session = structs.replace(
            session,
            status="planned" if booking.day >= self.resolved.today else status,
            planned=booking.day,
            day=(booking.day - self.start).days,
            time=self.record.time(name, session.time),
            booked=True,
        )
        return self.noted(session, self.finder.outside_chain(session, slot))

    def added(self, added: Added) -> Session:
        """Return an appointment that the protocol does not have."""
        record = self.record
        day = record.fixed.get(added.session, added.on)
        step = Step(id=ADDED, name=added.name, kind=added.kind)
        slot = Slot(id=added.session, step=step, number=1, of=None)
        session = session_of(self.resolved, slot, "planned")
        session = structs.replace(
            session,
            planned=day,
            day=(day - self.start).days,
            time=record.time(added.session, added.time or session.time),
            reason=f"added: {added.name}",
            booked=True,
        )
        session = structs.replace(session, status=self.status(session))
        if session.status in {"done", "planned", "overdue"}:
            broken = self.finder.outside_chain(session, slot)
            if self.is_treatment(session):
                broken = broken or self.finder.too_near(session, self.treatments)
                self.treatments.append(session)
            return self.noted(session, broken)
        waits_for = "given up" if session.status == "skipped" else AGAIN
        return structs.replace(session, planned=None, day=None, booked=False, waits_for=waits_for)

    def is_treatment(self, session: Session) -> bool:
        """Return whether an appointment treats, and took place or is to take place."""
        takes_place = session.status in {"done", "planned", "tentative"}
        return takes_place and session.kind in TREATING and not self.is_stopped(session)

    # ---- what leaves the protocol ----

    def flagged(self, session: Session, at: int) -> Session:
        """Return an appointment with what there is to say where it leaves the protocol."""
        session = structs.replace(session, off_by=self.finder.days_off(at) or None)
        broken = self.finder.of_chain(session, at)
        if broken or session.counted:
            return self.noted(session, broken)
        why = self.record.reasons.get(session.id)
        return structs.replace(session, flag=f"{NOT_COUNTED}: {why}" if why else NOT_COUNTED)

    def noted(self, session: Session, broken: Break | None) -> Session:
        """Return an appointment flagged where it leaves the protocol, and keep where it does."""
        if broken is None:
            return session
        self.breaks.append(broken)
        return structs.replace(session, flag=broken.says)

    # ---- an answer that stops, and an end ----

    def is_stopped(self, session: Session) -> bool:
        ending = self.record.ended
        if ending is not None and is_called_off(session, ending, self.resolved.today):
            return True
        return (
            session.planned is not None
            and session.status != "done"
            and (session.planned >= self.since)
        )

    def stopped(self, session: Session) -> Session:
        """Return an appointment that does not take place, as the treatment stopped or ended."""
        if self.record.ended is not None:
            return call_off_session(session, describe_end(self.record.ended, self.resolved.today))
        rules = ", ".join(stop.standing.name for stop in self.stops)
        return call_off_session(session, f"stopped: {rules}")

    def cut(self, plan: Plan) -> Plan:
        """Return a plan that ends where the treatment stopped."""
        problem = Problem(
            kind="stopped",
            what=f"stopped from {format_date(max(self.since, self.start))} on: what is ahead is"
            " cancelled",
            why=tuple(describe_standing(stop.standing) for stop in self.stops),
            rules=tuple(stop.standing.name for stop in self.stops),
        )
        return structs.replace(
            cut_off(plan, self.since),
            problem=problem,
            breaks=tuple(broken for broken in plan.breaks if broken.is_done),
        )


def _takes_place(session: Session) -> bool:
    """Return whether an appointment has a day that others count from."""
    has_day = session.planned is not None
    return has_day and session.status not in {"cancelled", "missed", "skipped"}
