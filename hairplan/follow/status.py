"""Where a patient is in a plan on a day: the sessions done, the next one, what is in force now.

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
from hairplan.plan import (
    Break,
    Plan,
    PlannedRestriction,
    PlannedTask,
    RestrictedPeriod,
    Screened,
    Session,
    Status,
)
from hairplan.planner.restrictions import alike
from hairplan.words import at_time, describe_window, only_if

_WEEK: Final = timedelta(days=7)
_DAY: Final = timedelta(days=1)
_CLOSED: Final = {"done", "skipped"}


class Visited(Struct, frozen=True):
    """An appointment that took place.

    Attributes:
        session: its id.
        on: the day.
        flag: what there is to say of the day; null for nothing.
    """

    session: str
    on: date
    flag: str | None


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
    """Restrictions that last alike, on a day that is in their ideal or in their least length.

    Attributes:
        ids: their names.
        labels: what to avoid or to stop.
        since: the first day.
        at_least: the last day by the least length; null where the day is not in it.
        ideal: the last day by the ideal length.
        resume_on: the first day after the ideal length.
        resume_at: the moment at which the ideal length is over, where hours are known.
        next_at_least: the day on which the least length begins, where that is still ahead.
        only_if: the answers that it hangs on, where they are unknown.
    """

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    since: date
    at_least: date | None
    ideal: date
    resume_on: date
    resume_at: datetime | None
    next_at_least: date | None
    only_if: str | None


class Beginning(Struct, frozen=True):
    """Something that begins, or is due, within a week.

    Attributes:
        on: the day.
        what: session, restriction, task, routine or review.
        id: its id.
        says: what it is, in words.
    """

    on: date
    what: str
    id: str
    says: str


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
        next: what comes next; null where nothing does.
        overdue: what is past its latest day.
        again: what was missed or called off, and is to be booked again.
        unrecorded: what has a day that is past, of which nothing is recorded.
        waiting: what waits for an answer, an event or an agreement, with what it waits for.
        in_force: what to avoid on the day.
        begins: what begins or is due within 7 days.
        ask: the questions on the patient that are open, by name.
        blocking: what the appointments ahead may not take place without.
        breaks: where it leaves the protocol.
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


def status_of(plan: Plan, plan_file: PlanFile, on: date) -> PatientStatus:
    """Return where a patient is on a day.

    Args:
        plan: the plan, made with that day as today.
        plan_file: what it is made of.
        on: the day.
    """
    open_ones = [_ahead(each, on) for each in plan.sessions if each.status not in _CLOSED]
    return PatientStatus(
        plan=plan_file.id,
        ref=plan.ref,
        treatment=plan.protocol.id,
        on=on,
        made=plan_file.made.date(),
        changed=plan_file.history[-1].on if plan_file.history else None,
        problem=": ".join((plan.problem.what, *plan.problem.why)) if plan.problem else None,
        done=tuple(
            Visited(each.id, each.on, each.flag) for each in plan.sessions if each.status == "done"
        ),
        next=next((each for each in open_ones if each.day and each.day >= on), None),
        overdue=tuple(each for each in open_ones if each.status == "overdue"),
        again=tuple(each for each in open_ones if each.status == "missed" or _is_off(each)),
        unrecorded=tuple(each for each in open_ones if _is_unrecorded(each)),
        waiting=_waiting(plan),
        in_force=tuple(_in_force(plan, on)),
        begins=tuple(sorted(_begins(plan, on), key=lambda each: (each.on, each.what, each.id))),
        ask={_question(each): each.ask or each.says for each in open_questions(plan)},
        blocking=tuple(_blocking(plan)),
        breaks=plan.breaks,
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


def _is_off(each: Ahead) -> bool:
    """Return whether an appointment awaits a new date: one of a stopped treatment does not."""
    return each.status == "cancelled" and each.day is not None


def _is_unrecorded(each: Ahead) -> bool:
    return each.status in {"planned", "tentative"} and each.days is not None and each.days < 0


def _waiting(plan: Plan) -> dict[str, str]:
    return {
        each.id: each.waits_for or "to be agreed"
        for each in plan.sessions
        if each.status == "conditional"
    }


# ---- restrictions ----


def _in_force(plan: Plan, on: date) -> Iterator[InForce]:
    missing = {each.id for each in plan.sessions if _is_missing(each, on)}
    for group in alike(plan.restrictions):
        first = group[0]
        least = _around(first.at_least, on, missing)
        ideal = _around(first.ideal, on, missing) or least
        if ideal is None:
            continue
        coming = (each.first for each in first.at_least if on < each.first <= ideal.last)
        yield InForce(
            ids=tuple(each.id for each in group),
            labels=tuple(each.label for each in group),
            since=ideal.first,
            at_least=least.last if least else None,
            ideal=ideal.last,
            resume_on=ideal.resume_on,
            resume_at=ideal.resume_at,
            next_at_least=next(coming, None),
            only_if=first.only_if,
        )


def _is_missing(session: Session, on: date) -> bool:
    """Return whether an appointment did not take place on the day that it still has."""
    did_not = session.status in {"missed", "overdue", "cancelled"}
    return did_not and session.planned is not None and session.planned < on


def _around(
    periods: Sequence[RestrictedPeriod], on: date, missing: set[str]
) -> RestrictedPeriod | None:
    """Return the period that a day is in; around what did not take place there is none."""
    real = (each for each in periods if not missing >= set(each.sessions))
    return next((each for each in real if each.first <= on <= each.last), None)


# ---- what begins ----


def _begins(plan: Plan, on: date) -> Iterator[Beginning]:
    """Yield what begins, or is due, after a day and within 7 days, and appointments on it."""
    soon = _Soon(on)
    for each in plan.sessions:
        if each.is_ahead and soon.has(each.on, is_today_too=True):
            yield Beginning(each.on, "session", each.id, f"{each.name}{at_time(each.time)}")
    for restriction in plan.restrictions:
        yield from _beginning(restriction, soon)
    for task in plan.tasks:
        if task.due and soon.has(task.due, is_today_too=True):
            yield Beginning(task.due, "task", task.id, f"{task.label}{only_if(task.only_if)}")
    for routine in plan.routines:
        if soon.has(routine.first):
            says = f"{routine.label}, {routine.rhythm}{only_if(routine.only_if)}"
            yield Beginning(routine.first, "routine", routine.id, says)
    for milestone in plan.milestones:
        if soon.has(milestone.on, is_today_too=True):
            yield Beginning(milestone.on, "review", milestone.id, milestone.label)


class _Soon(Struct, frozen=True):
    """The week that follows a day."""

    on: date

    def has(self, day: date, *, is_today_too: bool = False) -> bool:
        first = self.on if is_today_too else self.on + _DAY
        return first <= day <= self.on + _WEEK


def _beginning(restriction: PlannedRestriction, soon: _Soon) -> Iterator[Beginning]:
    """Yield the days on which a restriction begins, by each of its lengths."""
    ideal = [each.first for each in restriction.ideal if soon.has(each.first)]
    least = [each.first for each in restriction.at_least if soon.has(each.first)]
    clause = only_if(restriction.only_if)
    for day in sorted({*ideal, *least}):
        word = (
            "" if day in ideal and day in least else ", ideally" if day in ideal else ", at least"
        )
        yield Beginning(day, "restriction", restriction.id, f"{restriction.label}{word}{clause}")


# ---- what to ask, and what is awaited ----


def open_questions(plan: Plan) -> list[Screened]:
    """Return the rules that are open, while there is an appointment that they could speak to."""
    is_over = plan.problem is not None or all(each.status in _CLOSED for each in plan.sessions)
    if plan.sessions and is_over:
        return []
    return [each for each in plan.screening if each.applies == "unknown" and not each.overridden]


def _question(screened: Screened) -> str:
    return screened.question or screened.rule


def _blocking(plan: Plan) -> Iterator[PlannedTask]:
    closed = {each.id for each in plan.sessions if each.status in _CLOSED}
    for task in plan.tasks:
        if task.blocks and task.session not in closed:
            yield task
