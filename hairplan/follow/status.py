"""Find where a patient is in a plan on a day: what is done, what is next, what is in force.

Conventions:

* What is in force has both lengths: until when at least, and until when ideally.
* Days are counted from the day that it is asked for: fewer than 0 is past.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from msgspec import Struct

from hairplan.files.plan_file import PlanFile
from hairplan.follow.diff import trim_reason
from hairplan.plan import Break, Plan, PlannedRestriction, PlannedTask, Session, Status
from hairplan.plan_parts import RestrictedPeriod
from hairplan.planner.restrictions import alike
from hairplan.planner.stages import label_on
from hairplan.standing import Screened
from hairplan.words import at_time, describe_window, only_if

_WEEK: Final = timedelta(days=7)
_CLOSED: Final = {"done", "skipped"}


class Visited(Struct, frozen=True):
    """An appointment that took place.

    Attributes:
        session: its id.
        on: the day.
        flag: what there is to say of the day; null for nothing.
        counted: whether it counts; else it is to be repeated.
    """

    session: str
    on: date
    flag: str | None
    counted: bool


class Ahead(Struct, frozen=True, kw_only=True):
    """An appointment that did not take place yet.

    Attributes:
        session: its id.
        status: how it stands.
        day: the day on which it is booked or proposed; null for none yet.
        time: the time of day, where one is given.
        booked: its day was agreed on.
        days: how many days it is until then; below 0 for days since.
        window: the days that keep to the protocol, in words.
        open_days: for how many days more its window is open, 0 on its last day; null where it has
            no end, below 0 where it is over.
        says: what else there is to say of its day; null for nothing.
    """

    session: str
    status: Status
    day: date | None
    time: time | None
    booked: bool
    days: int | None
    window: str
    open_days: int | None
    says: str | None


class InForce(Struct, frozen=True, kw_only=True):
    """Restrictions with the same periods, on a day in their ideal or in their least length.

    Attributes:
        ids: their names.
        labels: what to avoid or to stop, or what is allowed of it by now.
        since: the first day.
        at_least: the last day by the least length; null where the day is not in it.
        ideal: the last day by the ideal length.
        resume_on: the first day after the ideal length; null where it ends with an appointment.
        resume_at: the moment at which the ideal length is over, where hours are known.
        next_at_least: the day on which the least length begins, where that is still ahead.
        only_if: the answers that it hangs on, where they are unknown.
        sessions: the appointments that it surrounds, or the start or an event.
        goes_on: it lasts until something that has no day yet.
    """

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    since: date
    at_least: date | None
    ideal: date
    resume_on: date | None
    resume_at: datetime | None
    next_at_least: date | None
    only_if: str | None
    sessions: tuple[str, ...] = ()
    goes_on: bool = False


class Beginning(Struct, frozen=True):
    """Something that begins, or is due, within a week.

    Attributes:
        on: the day.
        what: session, restriction, stage, task, routine or review.
        id: its id.
        says: what it is, in words.
    """

    on: date
    what: str
    id: str
    says: str


class AtHome(Struct, frozen=True):
    """A course at home: how far it should be, as nobody records each of it.

    Attributes:
        step: its step.
        name: what one of it is called.
        past: how many have their day behind them, or were recorded as done.
        of: how many there are with a day.
        next: the day of the next one; null where there is none.
    """

    step: str
    name: str
    past: int
    of: int
    next: date | None


class PatientStatus(Struct, frozen=True, kw_only=True):
    """Where a patient is in a plan.

    Attributes:
        plan: the plan's id.
        ref: the clinic's own reference of the patient.
        treatment: the protocol's id.
        on: the day that it is said for.
        made: the day on which the plan was first saved.
        changed: the day of the last entry of its history; null for none.
        problem: why there are no dates, or why it goes no further; null where it goes on.
        done: what took place, in date order.
        next: the next appointment; null where there is none.
        overdue: what is past its latest day.
        again: what was missed or called off, and is to be booked again.
        unrecorded: what has a day that is past, of which nothing is recorded.
        waiting: what waits for an answer, an event or an agreement, with what it waits for.
        in_force: what to avoid on the day.
        begins: what begins or is due within 7 days.
        ask: the questions on the patient that are open, by name.
        blocking: what the appointments ahead may not take place without.
        breaks: where it leaves the protocol.
        newer: that another version of its protocol is there; null if none is.
        at_home: how far each course at home is.
        used_up: what was missed and counts all the same.
    """

    plan: str
    ref: str | None
    treatment: str
    on: date
    made: date
    changed: date | None
    problem: str | None
    done: tuple[Visited, ...]
    next: Ahead | None
    overdue: tuple[Ahead, ...]
    again: tuple[Ahead, ...]
    unrecorded: tuple[Ahead, ...]
    waiting: dict[str, str]
    in_force: tuple[InForce, ...]
    begins: tuple[Beginning, ...]
    ask: dict[str, str]
    blocking: tuple[PlannedTask, ...]
    breaks: tuple[Break, ...]
    newer: str | None = None
    at_home: tuple[AtHome, ...] = ()
    used_up: tuple[str, ...] = ()


def find_status(
    plan: Plan, plan_file: PlanFile, on: date, newer: str | None = None
) -> PatientStatus:
    """Return where a patient is on a day.

    Args:
        plan: the plan, made with that day as today.
        plan_file: what it is made of.
        on: the day.
        newer: the other version of its protocol that is there, in words; None for none.
    """
    ahead = [
        _ahead(session, on)
        for session in plan.sessions
        if session.status not in _CLOSED and session.kind != "home"
    ]
    return PatientStatus(
        plan=plan_file.id,
        ref=plan.ref,
        treatment=plan.protocol.id,
        on=on,
        made=plan_file.made.date(),
        changed=plan_file.history[-1].on if plan_file.history else None,
        problem=": ".join((plan.problem.what, *plan.problem.why)) if plan.problem else None,
        done=tuple(
            Visited(session.id, session.on, session.flag, session.counted)
            for session in plan.sessions
            if session.status == "done"
        ),
        next=next((session for session in ahead if session.day and session.day >= on), None),
        overdue=tuple(session for session in ahead if session.status == "overdue"),
        again=tuple(
            session for session in ahead if session.status == "missed" or _is_called_off(session)
        ),
        unrecorded=tuple(session for session in ahead if _is_unrecorded(session)),
        waiting=_waiting(plan),
        in_force=tuple(_in_force(plan, on)),
        begins=tuple(sorted(_beginnings(plan, on), key=lambda item: (item.on, item.what, item.id))),
        ask={rule.question or rule.rule: rule.ask or rule.says for rule in open_questions(plan)},
        blocking=tuple(_blocking(plan)),
        breaks=plan.breaks,
        newer=newer,
        at_home=tuple(courses_at_home(plan, on)),
        used_up=tuple(session.id for session in plan.sessions if session.used_up),
    )


# ---- appointments ----


def _ahead(session: Session, on: date) -> Ahead:
    day, last = session.planned, session.latest
    return Ahead(
        session=session.id,
        status=session.status,
        day=day,
        time=session.time if day else None,
        booked=session.booked,
        days=(day - on).days if day else None,
        window=describe_window(session.earliest, session.latest),
        open_days=(last - on).days if last else None,
        says=session.flag or trim_reason(session.reason or "", session),
    )


def courses_at_home(plan: Plan, on: date) -> Iterator[AtHome]:
    """Yield each course at home of a plan, as it should stand on a day."""
    steps: dict[str, list[Session]] = {}
    for session in plan.at_home:
        steps.setdefault(session.phase, []).append(session)
    for step, sessions in steps.items():
        ahead = [each.on for each in sessions if each.status != "done" and each.on >= on]
        following = min(ahead, default=None)
        past = len(sessions) - len(ahead)
        yield AtHome(step, sessions[0].name, past, len(sessions), following)


def _is_called_off(ahead: Ahead) -> bool:
    """Return whether an appointment awaits a new date: one of a stopped treatment does not."""
    return ahead.status == "cancelled" and ahead.day is not None


def _is_unrecorded(ahead: Ahead) -> bool:
    return ahead.status in {"planned", "tentative"} and ahead.days is not None and ahead.days < 0


def _waiting(plan: Plan) -> dict[str, str]:
    return {
        session.id: session.waits_for or "to be agreed"
        for session in plan.sessions
        if session.status == "conditional"
    }


# ---- restrictions ----


def _in_force(plan: Plan, on: date) -> Iterator[InForce]:
    missing = {session.id for session in plan.sessions if _is_missing(session, on)}
    for group in alike(plan.restrictions):
        first = group[0]
        least = _around(first.at_least, on, missing)
        ideal = _around(first.ideal, on, missing) or least
        if ideal is None:
            continue
        coming = (period.first for period in first.at_least if on < period.first <= ideal.last)
        yield InForce(
            ids=tuple(restriction.id for restriction in group),
            labels=tuple(label_on(restriction, on) for restriction in group),
            since=ideal.first,
            at_least=least.last if least else None,
            ideal=ideal.last,
            resume_on=ideal.resume_on,
            resume_at=ideal.resume_at,
            next_at_least=next(coming, None),
            only_if=first.only_if,
            sessions=ideal.sessions,
            goes_on=ideal.goes_on,
        )


def _is_missing(session: Session, on: date) -> bool:
    """Return whether an appointment did not take place on the day that it still has."""
    did_not = session.status in {"missed", "overdue", "cancelled"}
    return did_not and session.planned is not None and session.planned < on


def _around(
    periods: Sequence[RestrictedPeriod], on: date, missing: set[str]
) -> RestrictedPeriod | None:
    """Return the period that a day is in; appointments that did not take place have none."""
    real = (period for period in periods if not missing >= set(period.sessions))
    return next((period for period in real if period.covers(on)), None)


# ---- what begins ----


def _beginnings(plan: Plan, on: date) -> Iterator[Beginning]:
    """Yield what begins after a day and within 7 days, and what takes place or is due by then."""
    for session in plan.sessions:
        if session.is_ahead and on <= session.on <= on + _WEEK:
            says = f"{session.name}{at_time(session.time)}"
            yield Beginning(session.on, "session", session.id, says)
    for restriction in plan.restrictions:
        yield from _beginnings_of(restriction, on)
    yield from _instructions_beginning(plan, on)
    for task in plan.tasks:
        if task.due and not task.done and on <= task.due <= on + _WEEK:
            yield Beginning(task.due, "task", task.id, f"{task.label}{only_if(task.only_if)}")
    for routine in plan.routines:
        if on < routine.first <= on + _WEEK:
            says = f"{routine.label}, {routine.rhythm}{only_if(routine.only_if)}"
            yield Beginning(routine.first, "routine", routine.id, says)
    for milestone in plan.milestones:
        if on <= milestone.on <= on + _WEEK:
            yield Beginning(milestone.on, "review", milestone.id, milestone.label)


def _instructions_beginning(plan: Plan, on: date) -> Iterator[Beginning]:
    """Yield the days on which a restriction without a length begins."""
    for instruction in plan.instructions:
        says = f"{instruction.label}, {instruction.how_long}{only_if(instruction.only_if)}"
        days = (day for day in instruction.begins if on < day <= on + _WEEK)
        yield from (Beginning(day, "restriction", instruction.id, says) for day in days)


def _beginnings_of(restriction: PlannedRestriction, on: date) -> Iterator[Beginning]:
    """Yield the days on which a restriction begins, by each of its lengths."""
    ideal, least = (
        {period.first for period in periods if on < period.first <= on + _WEEK}
        for periods in (restriction.ideal, restriction.at_least)
    )
    clause = only_if(restriction.only_if)
    for stage in restriction.stages:
        days = {period.first for period in stage.ideal if on < period.first <= on + _WEEK}
        yield from (Beginning(day, "stage", restriction.id, stage.label + clause) for day in days)
    for day in sorted(ideal | least):
        word = "" if day in ideal & least else ", ideally" if day in ideal else ", at least"
        yield Beginning(day, "restriction", restriction.id, f"{restriction.label}{word}{clause}")


# ---- what to ask, and what is awaited ----


def open_questions(plan: Plan) -> list[Screened]:
    """Return the rules that are open, while there is an appointment that they could speak to."""
    is_over = plan.problem is not None or all(
        session.status in _CLOSED for session in plan.sessions
    )
    if plan.sessions and is_over:
        return []
    return [rule for rule in plan.screening if rule.applies == "unknown" and not rule.overridden]


def _blocking(plan: Plan) -> Iterator[PlannedTask]:
    closed = {session.id for session in plan.sessions if session.status in _CLOSED}
    blocking = (task for task in plan.tasks if task.blocks and not task.done)
    return (task for task in blocking if task.session not in closed)
