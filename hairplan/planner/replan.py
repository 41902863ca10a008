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
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from functools import partial
from typing import Final, Literal

from msgspec import structs

from hairplan.dates.spans import shift_days
from hairplan.history import Added, Record
from hairplan.plan import ADDED, Break, Plan, Problem, Session, Status
from hairplan.planner.assemble import (
    minutes_of,
    plan_of,
    refuse_skipped_times,
    session_of,
    when,
    without_dates,
)
from hairplan.planner.availability import Availability
from hairplan.planner.brief import Brief
from hairplan.planner.choose import Chosen
from hairplan.planner.layout import PlannedStep
from hairplan.planner.past import (
    LastingRefusal,
    Selection,
    days_late,
    first_session_day,
    late_rule,
    more_sessions,
    refuse_unknown,
    refused_by,
    select_days,
    stops_of,
)
from hairplan.planner.problems import describe_standing, never_open, no_dates
from hairplan.planner.reasons import start_moved, why_moved
from hairplan.planner.slot import Slot
from hairplan.planner.start import start_taken
from hairplan.protocol.figures import basis, fact_ids
from hairplan.protocol.model import Counts, Step
from hairplan.request import OnLate
from hairplan.words import cite, format_date, iso_duration, plural

_A_YEAR: Final = 366


def replanned(brief: Brief, record: Record) -> Plan:
    """Return the plan of a treatment with a past.

    Args:
        brief: what is asked for by now.
        record: what has happened.

    Raises:
        InputError: something is recorded of a session that the plan does not have.
        OutOfRangeError: a date leaves the calendar.
    """
    stops = stops_of(brief, record)
    days = Availability(brief.request, refused_by(brief, record, stops))
    start = first_session_day(brief, days, record)
    if start is None:
        return without_dates(brief, brief.request.start, never_open(brief.request.start))
    outcome = select_days(brief, record, start, days, {})
    while (more := more_sessions(brief, outcome)) != outcome.more:
        outcome = select_days(brief, record, start, days, more)
    if outcome.stuck is not None:
        problem = no_dates(brief, days, outcome.ground, outcome.stuck, start)
        return without_dates(brief, start, problem)
    refuse_unknown(outcome, record)
    return _Assembly(brief, outcome, record, stops).plan()


# ---- the plan ----


class _Assembly:
    """Puts a plan with a past together."""

    def __init__(
        self, brief: Brief, outcome: Selection, record: Record, stops: Sequence[LastingRefusal]
    ) -> None:
        self.brief = brief
        self.outcome = outcome
        self.record = record
        self.stops = stops
        self.since = min((each.since for each in stops), default=date.max)
        self.start = outcome.ground.start
        chosen = zip(outcome.layout.slots, outcome.targets, strict=True)
        done = (target for slot, target in chosen if slot.id in record.done)
        self.last_done = max(done, default=date.min)
        self.breaks: list[Break] = []

    def plan(self) -> Plan:
        """Return the plan."""
        chain = [self.session(at) for at in range(len(self.outcome.found))]
        beside = [*self.aside(), *map(self.added, self.record.added)]
        stopped = [each for each in (*chain, *beside) if self.is_stopped(each)]
        live = [each for each in chain if _takes_place(each) and each not in stopped]
        others = [each for each in beside if _takes_place(each) and each not in stopped]
        live.sort(key=when)
        refuse_skipped_times([each for each in (*live, *others) if each.status != "done"])
        found = plan_of(self.brief, self.outcome.layout, self.days(stopped), live, others)
        rest = [each for each in (*chain, *beside) if not _takes_place(each)]
        gone = [*map(self.stopped, stopped), *rest, *self.skipped()]
        sessions = sorted((*found.sessions, *gone), key=_place)
        order = {each.id: at for at, each in enumerate(sessions)}
        flags = (each.flag and f"{each.id}: {each.flag}" for each in sessions)
        found = structs.replace(
            found,
            sessions=tuple(sessions),
            breaks=tuple(sorted(self.breaks, key=lambda each: order[each.session])),
            rules=self.rules(),
            notes=(*(flag for flag in flags if flag), *self.too_few(), *found.notes),
        )
        return self.cut(found) if self.stops else found

    def days(self, stopped: Sequence[Session]) -> dict[int, date]:
        """Return the day of each place that has one."""
        gone = {each.id for each in stopped}
        chosen = zip(self.outcome.layout.slots, self.outcome.found, strict=True)
        days = {at: each.planned for at, (slot, each) in enumerate(chosen) if slot.id not in gone}
        return {**self.outcome.layout.known, **days}

    def too_few(self) -> Iterator[str]:
        """Say which step has fewer appointments than the protocol wants, as some were given up."""
        for run in self.outcome.runs:
            count = run.step.count
            least = count.min if isinstance(count, Counts) else count
            left = None if run.count is None else run.count + len(run.aside)
            if run.skipped and left is not None and isinstance(least, int) and left < least:
                sources = cite(fact_ids(basis(run.step, "count").source))
                yield (
                    f"{run.step.id}: {plural(left, 'session')} left of at least {least}{sources},"
                    " as some were given up"
                )

    # ---- appointments ----

    def session(self, at: int) -> Session:
        """Return an appointment of the chain."""
        slot = self.outcome.layout.slots[at]
        chosen = structs.replace(self.outcome.found[at], target=self.outcome.targets[at])
        first, last = self.outcome.window(at)
        name = slot.id
        is_fixed = name in self.record.fixed
        if slot.pinned and not is_fixed:
            asked = self.brief.request.start
            taken = partial(start_taken, self.brief, Availability(self.brief.request))
            again = self.record.not_before(name)
            reason = None if again else start_moved(asked, chosen.planned, taken)
            if not again:
                chosen, first = structs.replace(chosen, target=asked), asked
        elif is_fixed:
            reason = None if name in self.record.done else self.why_booked(name, chosen)
        else:
            given = structs.replace(chosen, earliest=first, latest=last)
            reason = self.why_again(name, chosen) or self.why_apart(slot, chosen, at)
            reason = reason or why_moved(given, partial(self.outcome.ground.blocked, slot))
        shown = structs.replace(chosen, earliest=first, latest=last)
        session = session_of(self.brief, slot, shown, self.start, reason)
        session = structs.replace(
            session,
            status=self.status(session),
            booked=name in self.record.booked,
            time=self.time(name, session),
            target=session.target if slot.has_target else None,
        )
        return self.flagged(session, at)

    def why_booked(self, name: str, chosen: Chosen) -> str | None:
        """Say why a booked appointment is not on its target; None if it is."""
        if chosen.planned == chosen.target:
            return None
        why = self.record.reasons.get(name)
        return f"booked for {format_date(chosen.planned)}" + (f": {why}" if why else "")

    def why_again(self, name: str, chosen: Chosen) -> str | None:
        """Say that an appointment is proposed again; None if it is not, or for its target."""
        since = self.record.not_before(name)
        if since is None or chosen.planned == chosen.target or since <= chosen.target:
            return None
        what = "missed" if name in self.record.missed else "called off"
        recorded = f"{what}, recorded on {format_date(since)}"
        return f"{recorded}; proposed again for the first day that can be"

    def why_apart(self, slot: Slot, chosen: Chosen, at: int) -> str | None:
        """Say that what counts from a fixed anchor keeps its distance from what really was."""
        before = self.outcome.baseline[at]
        if chosen.planned == before or slot.follows is None:
            return None
        which = self.outcome.layout.slots[slot.follows].id
        days = plural((chosen.planned - before).days, "day")
        return (
            f"{format_date(before)} is too soon after {which} as it really was"
            f" ({_rule_of(slot, 'early')}); moved by +{days}"
        )

    def time(self, name: str, session: Session) -> time | None:
        """Return the time of day of an appointment: as booked, else the plan's."""
        booking = self.record.booked.get(name)
        return booking.time if booking and booking.time else session.time

    def status(self, session: Session) -> Status:
        """Return how an appointment stands today."""
        name, record, today = session.id, self.record, self.brief.today
        recorded: dict[Status, Mapping[str, date]] = {
            "done": record.done,
            "cancelled": record.cancelled,
            "missed": record.missed,
            "skipped": record.skipped,
        }
        for status, named in recorded.items():
            if name in named:
                return status
        # Later in the protocol, not by the day: what was done late overtakes nothing.
        if session.on < today and (session.target or session.on) < self.last_done:
            return "missed"
        if session.latest and session.latest < today and session.on < today:
            return "overdue"
        return "planned" if name in record.booked else session.status

    def aside(self) -> Iterator[Session]:
        """Yield what is to be booked again although what comes after it was done."""
        for run in self.outcome.runs:
            for number in sorted(run.aside):
                yield self.outside(run, number, "missed", "to be booked again, or given up")

    def skipped(self) -> Iterator[Session]:
        """Yield what was given up."""
        for run in self.outcome.runs:
            for number in sorted(run.skipped):
                why = self.record.reasons.get(f"{run.step.id}-{number}")
                yield self.outside(run, number, "skipped", f"given up{f': {why}' if why else ''}")

    def outside(self, run: PlannedStep, number: int, status: Status, waits_for: str) -> Session:
        """Return an appointment of a step that is outside the chain."""
        step, name = run.step, f"{run.step.id}-{number}"
        booking = self.record.booked.get(name)
        slot = Slot(id=name, step=step, number=number, of=None)
        minutes = minutes_of(self.brief.request, slot)
        return Session(
            id=name,
            phase=step.id,
            kind=step.kind,
            status="planned" if booking and booking.day >= self.brief.today else status,
            number=number,
            of=None if run.count is None else run.count + len(run.aside),
            earliest=None,
            target=None,
            latest=None,
            planned=booking.day if booking else None,
            time=(booking.time if booking else None) or self.brief.request.time,
            zone=self.brief.request.zone,
            duration=iso_duration(minutes) if minutes else None,
            reason=None,
            sources=fact_ids(step.source),
            name=step.name,
            day=(booking.day - self.start).days if booking else None,
            optional=step.optional,
            waits_for=None if booking else waits_for,
            booked=booking is not None,
        )

    def added(self, added: Added) -> Session:
        """Return an appointment that the protocol does not have."""
        record, request = self.record, self.brief.request
        day = record.fixed.get(added.session, added.on)
        booking = record.booked.get(added.session)
        session = Session(
            id=added.session,
            phase=ADDED,
            # What to avoid around a treatment is the more cautious reading.
            kind="touch-up",
            status="planned",
            number=1,
            of=None,
            earliest=None,
            target=None,
            latest=None,
            planned=day,
            time=(booking.time if booking else None) or added.time or request.time,
            zone=request.zone,
            duration=iso_duration(request.duration) if request.duration else None,
            reason=f"added: {added.name}",
            sources=(),
            name=added.name,
            day=(day - self.start).days,
            optional=False,
            booked=True,
        )
        session = structs.replace(session, status=self.status(session))
        if session.status in {"done", "planned", "overdue"}:
            return self.where_open(session)
        waits_for = "given up" if session.status == "skipped" else "to be booked again, or given up"
        return structs.replace(session, planned=None, day=None, booked=False, waits_for=waits_for)

    def where_open(self, session: Session) -> Session:
        """Return an appointment beside the protocol, flagged if it is ahead on a closed day."""
        closed = self.outcome.ground.taken(session.on) if session.status == "planned" else None
        if closed is None:
            return session
        says = f"booked for {format_date(session.on)}, which is {closed}"
        self.breaks.append(
            Break(
                session=session.id,
                what="closed",
                days=0,
                rule="an open day",
                says=says,
                nearest=None,
                is_done=False,
            )
        )
        return structs.replace(session, flag=says)

    # ---- what leaves the protocol ----

    def flagged(self, session: Session, at: int) -> Session:
        """Return an appointment with what there is to say where it leaves the protocol."""
        slot, day = self.outcome.layout.slots[at], session.on
        is_done = session.status == "done"
        late = days_late(self.outcome, at)
        early = (session.earliest - day).days if session.earliest else 0
        closed = None if is_done or slot.id not in self.record.booked else self.blocked(slot, day)
        if slot.pinned:
            late = early = 0
        if not (late or early > 0 or closed):
            return session
        what: Literal["early", "late", "closed"] = (
            "closed" if closed else "late" if late else "early"
        )
        found = Break(
            session=session.id,
            what=what,
            days=0 if closed else late or early,
            rule=_rule_of(slot, what),
            says="",
            nearest=session.on if not session.booked else self.nearest(slot, session),
            is_done=is_done,
        )
        found = structs.replace(found, says=self.said(found, session, slot, closed))
        self.breaks.append(found)
        off_by = late or -max(early, 0) or None
        return structs.replace(session, off_by=off_by, flag=found.says)

    def blocked(self, slot: Slot, day: date) -> str | None:
        return self.outcome.ground.blocked(slot, day)

    def said(self, found: Break, session: Session, slot: Slot, closed: str | None) -> str:
        """Say where an appointment leaves the protocol, and what follows."""
        verb = "done" if found.is_done else "booked" if session.booked else ""
        if found.what == "closed":
            return f"booked for {format_date(session.on)}, which is {closed}"
        days = plural(found.days, "day")
        if found.what == "early":
            return f"{verb} {days} before its earliest day, {session.earliest} ({found.rule})"
        if not verb:
            return (
                f"cannot keep to the protocol any more: its latest day was {session.latest}"
                f" ({found.rule}); the nearest day is {format_date(session.on)}, {days} late"
            )
        rule = late_rule(slot.step, self.brief.request)
        latest = f"its latest day, {session.latest} ({found.rule})"
        return f"{verb} {days} after {latest}; {self.said_late(rule)}"

    def nearest(self, slot: Slot, session: Session) -> date | None:
        """Return the free day of the window nearest to a day, or else the first after it."""
        first = session.earliest or session.on
        last = session.latest or shift_days(session.on, _A_YEAR)
        inside = (shift_days(first, number) for number in range((last - first).days + 1))
        since = self.record.not_before(slot.id) or date.min
        free = [day for day in inside if day >= since and not self.blocked(slot, day)]
        if free:
            return min(free, key=lambda day: (abs(day - session.on), day))
        after = (shift_days(max(last, since), number) for number in range(1, _A_YEAR))
        return next((day for day in after if not self.blocked(slot, day)), None)

    def rules(self) -> dict[str, str]:
        """Say what later sessions count from, and what is done when one is late."""
        request = self.brief.request
        found = {
            "anchor": "fixed (asked for): later sessions count from where earlier ones should"
            " have been"
            if request.anchor == "fixed"
            else f"rolling ({'asked for' if request.anchor else 'our default'}): later sessions"
            " count from those really done"
        }
        for run in self.outcome.runs:
            if run.step.kind == "session":
                found[f"on_late.{run.step.id}"] = self.said_rule(run.step)
        return found

    def said_rule(self, step: Step) -> str:
        request = self.brief.request
        origin = "our default"
        if request.on_late:
            origin = "asked for"
        elif step.late:
            strength = basis(step, "late").strength
            origin = f"{strength}{cite(fact_ids(basis(step, 'late').source))}"
        rule = late_rule(step, request)
        says = f": {step.late.says}" if step.late and step.late.says else ""
        return f"{rule} ({origin}): {self.said_late(rule)}{says}"

    def said_late(self, rule: OnLate) -> str:
        """Say what follows when a session is late."""
        if rule == "continue" and self.brief.request.anchor == "fixed":
            return "what follows stays where it was"
        return _SAID[rule]

    # ---- an answer that stops ----

    def is_stopped(self, session: Session) -> bool:
        return (
            session.planned is not None
            and session.status != "done"
            and (session.planned >= self.since)
        )

    def stopped(self, session: Session) -> Session:
        """Return an appointment that does not take place, as the treatment stopped."""
        rules = ", ".join(each.standing.name for each in self.stops)
        return structs.replace(
            session,
            status="cancelled",
            planned=None,
            day=None,
            reason=None,
            booked=False,
            off_by=None,
            flag=None,
            waits_for=f"stopped: {rules}",
        )

    def cut(self, found: Plan) -> Plan:
        """Return a plan that ends where the treatment stopped."""
        problem = Problem(
            kind="stopped",
            what=f"stopped from {format_date(max(self.since, self.start))} on: what is ahead is"
            " cancelled",
            why=tuple(describe_standing(each.standing) for each in self.stops),
            rules=tuple(each.standing.name for each in self.stops),
        )
        eve = shift_days(self.since, -1) if self.since > date.min else date.min
        routines = [
            structs.replace(each, last=min(each.last or eve, eve), count=None)
            for each in found.routines
            if each.first < self.since
        ]
        return structs.replace(
            found,
            problem=problem,
            milestones=tuple(each for each in found.milestones if each.on < self.since),
            routines=tuple(routines),
            breaks=tuple(each for each in found.breaks if each.is_done),
            notes=tuple(note for note in found.notes if ": the first would be after " not in note),
        )


_SAID: Final[Mapping[OnLate, str]] = {
    "continue": "the plan goes on from there",
    "restart": "the step begins again with it",
    "extra": "the step has one session more",
}


def _takes_place(session: Session) -> bool:
    return session.planned is not None and session.status not in {"cancelled", "skipped"}


def _place(session: Session) -> tuple[date, str]:
    return session.planned or session.target or session.earliest or date.max, session.id


def _rule_of(slot: Slot, what: str) -> str:
    """Say which figure an appointment breaks, with its source."""
    step = slot.step
    if what == "closed":
        return "an open day"
    if what == "late" and step.late and step.late.after:
        return f"{step.id}.late.after {step.late.after}{cite(fact_ids(basis(step, 'late').source))}"
    figure = slot.high if what == "late" else slot.low
    key = "spacing.max" if what == "late" else "spacing.min"
    if figure is None:
        figure, key = slot.tolerance, "spacing.tolerance"
    if figure is None:
        return f"{step.id}.limits"
    return f"{step.id}.{key} {figure}{cite(fact_ids(basis(step, key).source))}"
