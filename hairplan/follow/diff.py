"""Find what changed between two plans of one treatment, for those who have to act on it.

Conventions:

* A change names an item by its id, says what became of it, and how it stood before and stands
  after, both in words.
* The gravest comes first: a plan that goes no further, then the appointments in date order, then
  those whose window changed and whose day did not, then what goes with them.
* What only follows from that (expectations, prices, figures) is left out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, time
from itertools import pairwise
from typing import Final, Literal, TypeVar

from msgspec import Struct, structs

from hairplan.follow.task_words import describe_task, format_due
from hairplan.plan import Plan, PlannedRestriction, PlannedTask, Problem, Session
from hairplan.plan_parts import RestrictedPeriod
from hairplan.planner.paused import describe_pauses
from hairplan.standing import Screened
from hairplan.words import (
    describe_outcome,
    describe_rhythm,
    describe_window,
    format_date,
    format_duration,
    format_moment,
    format_range,
    join_words,
    only_if,
)

ChangedKind = Literal[
    "problem", "session", "restriction", "task", "review", "routine", "rule", "note", "protocol"
]
HowChanged = Literal[
    "moved", "booked", "done", "missed", "cancelled", "skipped", "overdue", "given back",
    "planned", "tentative", "conditional", "length", "window", "flagged", "longer", "shorter",
    "holds", "no longer holds", "settled", "open", "overridden", "changed", "new", "gone",
]  # fmt: skip

_CLOSED: Final = {"done", "missed", "cancelled", "skipped"}
_OPEN: Final = {"planned", "tentative"}


T = TypeVar("T", Session, PlannedRestriction, PlannedTask)


class Change(Struct, frozen=True):
    """One thing that is not as it was.

    Attributes:
        item: its id, such as `course-2`.
        kind: what it is: an appointment, a restriction ... a review is a day on which a result is
            looked at, a rule one on the patient's state or on what is late.
        change: what became of it.
        before: its day, its days or its window, in words; null where it had none.
        after: the same, as it is now.
        days: by how many days it moved, below 0 for earlier, or became longer; null for none.
        why: the reason, where there is one to say.
    """

    item: str
    kind: ChangedKind
    change: HowChanged
    before: str | None = None
    after: str | None = None
    days: int | None = None
    why: str | None = None


def find_changes(before: Plan, after: Plan) -> tuple[Change, ...]:
    """Return what changed between two plans, in the order in which it is read; empty for nothing.

    Args:
        before: the plan as it was.
        after: the plan as it is, of the same treatment.
    """
    return (
        *_compare_problems(before.problem, after.problem),
        *_compare_sessions(before, after),
        *_compare_restrictions(before, after),
        *_compare_tasks(before, after),
        *_compare_reviews(before, after),
        *_compare_routines(before, after),
        *_compare_rules(before, after),
        *_compare_notes(before, after),
    )


# ---- two ways to compare ----


def _compare(
    kind: ChangedKind,
    before: Iterable[T],
    after: Iterable[T],
    describe: Callable[[T, HowChanged], tuple[str | None, str | None]],
    compare_two: Callable[[T, T], Iterable[Change]],
) -> Iterator[Change]:
    """Compare items by their ids, in the order that they have now, then those that are gone.

    `describe` says of one that is new or gone how it stands and why; `compare_two` yields what
    became of one that is in both plans.
    """
    old = {item.id: item for item in before}
    for item in after:
        if item.id in old:
            yield from compare_two(old.pop(item.id), item)
        else:
            words, why = describe(item, "new")
            yield Change(item.id, kind, "new", after=words, why=why)
    for item in old.values():
        words, why = describe(item, "gone")
        yield Change(item.id, kind, "gone", before=words, why=why)


def _compare_words(
    kind: ChangedKind, before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[Change]:
    """Yield, by name, what is new, gone or described in other words than before."""
    for name in {**after, **before}:
        was, now = before.get(name), after.get(name)
        if was != now:
            change: HowChanged = "gone" if now is None else "new" if was is None else "changed"
            yield Change(name, kind, change, was, now)


def _days_between(before: date | None, after: date | None) -> int | None:
    return (after - before).days or None if before and after else None


# ---- why there is no plan, or why it goes no further ----


def _compare_problems(before: Problem | None, after: Problem | None) -> Iterator[Change]:
    if after is not None and after != before:
        change: HowChanged = "changed" if before else "new"
        was, why = before.what if before else None, "; ".join(after.why) or None
        yield Change(after.kind, "problem", change, was, after.what, why=why)
    elif after is None and before is not None:
        yield Change(before.kind, "problem", "gone", before=before.what)


# ---- appointments ----


def _compare_sessions(before: Plan, after: Plan) -> list[Change]:
    predecessors = _new_predecessors(before, after)
    days = _likely_days(before) | _likely_days(after)

    def compare_two(was: Session, now: Session) -> Iterator[Change]:
        return _compare_session(was, now, predecessors.get(now.id))

    def order(change: Change) -> tuple[bool, date, str]:
        return change.change == "window", days.get(change.item, date.max), change.item

    changes = _compare("session", before.sessions, after.sessions, _describe_session, compare_two)
    return sorted(changes, key=order)


def _likely_days(plan: Plan) -> dict[str, date]:
    """Return the day of each appointment, or one on which it could be, if there is one."""
    return {
        session.id: day
        for session in plan.sessions
        if (day := session.planned or session.target or session.earliest)
    }


def _new_predecessors(before: Plan, after: Plan) -> dict[str, str]:
    """Say what an appointment comes after, where that is another one or has another day."""
    were, are = _predecessors(before), _predecessors(after)
    return {
        name: _describe_predecessor(earlier)
        for name, earlier in are.items()
        if name not in were or (were[name].id, were[name].planned) != (earlier.id, earlier.planned)
    }


def _predecessors(plan: Plan) -> dict[str, Session]:
    chain = (one for one in plan.sessions if one.planned and one.status != "skipped")
    return {session.id: earlier for earlier, session in pairwise(chain)}


def _describe_predecessor(earlier: Session) -> str:
    how = "done on" if earlier.status == "done" else "booked for" if earlier.booked else "on"
    return f"after {earlier.id}, {how} {format_date(earlier.on)}"


def _describe_session(session: Session, change: HowChanged) -> tuple[str | None, str | None]:
    if change == "gone":
        return _day(session), None
    return _day(session) or "no day yet", session.flag or session.reason or session.waits_for


def _compare_session(was: Session, now: Session, predecessor: str | None) -> Iterator[Change]:
    change = _weightiest_change(was, now)
    if change:
        before, after = _describe_both(change, was, now)
        days = _days_between(was.planned, now.planned)
        why = None if change == "flagged" else _new_reason(was, now)
        if was.planned != now.planned and change in {"moved", "missed", "overdue"}:
            why = why or predecessor
        yield Change(now.id, "session", change, before, after, days, why)
    if was.duration != now.duration:
        yield Change(now.id, "session", "length", _length(was), _length(now))


def _weightiest_change(was: Session, now: Session) -> HowChanged | None:
    """Return what became of an appointment, the weightiest of it; None for nothing."""
    if now.status != was.status and not {was.status, now.status} <= _OPEN:
        return _new_status(was, now)
    if now.booked != was.booked and now.status not in _CLOSED:
        return "booked" if now.booked else "given back"
    if (was.planned, was.time) != (now.planned, now.time):
        return "moved"
    if now.status != was.status:
        return now.status
    if (was.earliest, was.latest) != (now.earliest, now.latest):
        return "window"
    return "flagged" if now.flag != was.flag else None


def _new_status(was: Session, now: Session) -> HowChanged:
    if now.status in _CLOSED:
        return now.status
    if now.booked and not was.booked:
        return "booked"
    return "given back" if was.status in _CLOSED else now.status


def _describe_both(change: HowChanged, was: Session, now: Session) -> tuple[str | None, str | None]:
    """Say how an appointment stood before and stands now, in what changed of it."""
    if change == "window":
        return _window(was), _window(now)
    if change == "flagged":
        return was.flag, now.flag
    times = (was.time, now.time) if was.time != now.time else (None, None)
    none = "no day yet" if change == "conditional" else None
    return _day(was, times[0]), _day(now, times[1]) or none


def _day(session: Session, at: time | None = None) -> str | None:
    return format_moment(session.planned, at) if session.planned else None


def _window(session: Session) -> str:
    return describe_window(session.earliest, session.latest)


def _length(session: Session) -> str:
    return format_duration(session.duration) if session.duration else "no length given"


def _new_reason(was: Session, now: Session) -> str | None:
    """Return what is said of an appointment now and was not said before."""
    before = {was.flag, was.reason, was.waits_for}
    reasons = (now.flag, now.reason, now.waits_for)
    new = next((reason for reason in reasons if reason not in before), None)
    return trim_reason(new, now) if new else None


def trim_reason(reason: str, session: Session) -> str | None:
    """Return a reason without what is said in any case: the day booked, that it is given up.

    None if nothing is left.
    """
    day = f"booked for {format_date(session.planned)}" if session.planned else "given up"
    if reason != day and not reason.startswith(f"{day}: "):
        return reason
    return reason.removeprefix(day).removeprefix(": ") or None


# ---- restrictions ----

_Periods = Sequence[RestrictedPeriod]
_BeforeAndAfter = tuple[_Periods, _Periods]


def _compare_restrictions(before: Plan, after: Plan) -> Iterator[Change]:
    return _compare(
        "restriction",
        before.restrictions,
        after.restrictions,
        lambda item, _: (_describe_lengths(item.ideal, item.at_least), item.label),
        _compare_restriction,
    )


def _compare_restriction(was: PlannedRestriction, now: PlannedRestriction) -> Iterator[Change]:
    if was.only_if != now.only_if:
        yield Change(now.id, "restriction", "changed", _condition(was), _condition(now))
    ideal, least = _matched(was.ideal, now.ideal), _matched(was.at_least, now.at_least)
    none: _BeforeAndAfter = ((), ())
    both = [(ideal.get(group, none), least.get(group, none)) for group in ideal | least]
    for ideal_ones, least_ones in sorted(both, key=lambda lengths: min(map(_begin, lengths))):
        if _differ(*ideal_ones) or _differ(*least_ones):
            yield _compare_periods(now.id, ideal_ones, least_ones)


def _condition(restriction: PlannedRestriction) -> str:
    return only_if(restriction.only_if).removeprefix(", ") or "in any case"


def _begin(periods: _BeforeAndAfter) -> date:
    return min((period.first for period in (*periods[0], *periods[1])), default=date.max)


def _differ(before: _Periods, after: _Periods) -> bool:
    return _describe_periods(before) != _describe_periods(after)


def _matched(before: _Periods, after: _Periods) -> dict[frozenset[str], _BeforeAndAfter]:
    """Match periods by the appointments that they surround: those that share one go together."""
    groups: list[frozenset[str]] = []
    for period in (*before, *after):
        sharing = [group for group in groups if not group.isdisjoint(period.sessions)]
        joined = frozenset(period.sessions).union(*sharing)
        groups = [*(group for group in groups if group not in sharing), joined]
    return {group: (_around(group, before), _around(group, after)) for group in groups}


def _around(sessions: frozenset[str], periods: _Periods) -> _Periods:
    return [period for period in periods if sessions.issuperset(period.sessions)]


def _compare_periods(item: str, ideal: _BeforeAndAfter, least: _BeforeAndAfter) -> Change:
    """Say what became of the periods around some appointments, in both lengths."""
    before, after = (_describe_lengths(ideal[at], least[at]) or None for at in (0, 1))
    change, days = _growth(*(ideal if _differ(*ideal) else least))
    return Change(item, "restriction", change, before, after, days)


def _growth(were: _Periods, are: _Periods) -> tuple[HowChanged, int | None]:
    """Return what became of periods, and by how many days they grew, or else moved."""
    if not were or not are:
        return ("new" if are else "gone"), None
    more = _count_days(are) - _count_days(were)
    if more:
        return ("longer" if more > 0 else "shorter"), more
    return "moved", _days_between(were[0].first, are[0].first)


def _count_days(periods: _Periods) -> int:
    return sum((period.last - period.first).days + 1 for period in periods)


def _describe_lengths(ideal: _Periods, least: _Periods) -> str:
    """Say the days of both lengths, or once where they are the same."""
    ideally, at_least = _describe_periods(ideal), _describe_periods(least)
    if ideally == at_least:
        return ideally
    lengths = {"ideally": ideally, "at least": at_least}
    return ", ".join(f"{word} {days}" for word, days in lengths.items() if days)


def _describe_periods(periods: _Periods) -> str:
    return join_words([*map(_describe_period, periods)])


def _describe_period(period: RestrictedPeriod) -> str:
    over = f" (over at {period.resume_at:%H:%M})" if period.resume_at else ""
    last = "" if period.goes_on else period.last
    return format_range(period.first, last, period.begin_at) + over


# ---- the rest ----


def _compare_tasks(before: Plan, after: Plan) -> Iterator[Change]:
    return _compare("task", before.tasks, after.tasks, _describe_task, _compare_task)


def _describe_task(task: PlannedTask, change: HowChanged) -> tuple[str, None]:
    return (format_due(task) or task.label) if change == "gone" else describe_task(task), None


def _compare_task(was: PlannedTask, now: PlannedTask) -> Iterator[Change]:
    if was.done != now.done:
        before, after = (format_date(task.done) if task.done else None for task in (was, now))
        yield Change(now.id, "task", "done" if now.done else "given back", before, after)
    elif not now.done and (was.due, was.due_at) != (now.due, now.due_at):
        after, days = format_due(now) or "no day given", _days_between(was.due, now.due)
        yield Change(now.id, "task", "moved", format_due(was), after, days)


def _compare_reviews(before: Plan, after: Plan) -> Iterator[Change]:
    were, are = _review_days(before), _review_days(after)
    words = ({name: format_date(on) for name, on in days.items()} for days in (were, are))
    for change in _compare_words("review", *words):
        days = _days_between(were.get(change.item), are.get(change.item))
        yield structs.replace(change, change="moved", days=days) if days else change


def _review_days(plan: Plan) -> dict[str, date]:
    return {milestone.id: milestone.on for milestone in plan.milestones}


def _compare_routines(before: Plan, after: Plan) -> Iterator[Change]:
    return _compare_words("routine", _rhythms(before), _rhythms(after))


def _rhythms(plan: Plan) -> dict[str, str]:
    return {
        routine.id: describe_rhythm(routine.rhythm, routine.first, routine.last)
        + describe_pauses(routine.pauses)
        + only_if(routine.only_if)
        for routine in plan.routines
    }


def _compare_rules(before: Plan, after: Plan) -> Iterator[Change]:
    # A plan states its rules from the first thing that happened on: that they appear is no change.
    if before.rules and after.rules:
        yield from _compare_words("rule", before.rules, after.rules)
    stood = {rule.rule: rule for rule in before.screening}
    for screened in after.screening:
        if screened.rule in stood:
            yield from _compare_screened(stood[screened.rule], screened)


def _compare_screened(was: Screened, now: Screened) -> Iterator[Change]:
    meaning = f"{describe_outcome(now.outcome)}: {now.says}"
    if was.overridden != now.overridden and now.overridden:
        yield Change(now.rule, "rule", "overridden", after=meaning, why=now.overridden)
    elif was.applies != now.applies and now.applies == "no":
        change: HowChanged = "no longer holds" if was.applies == "yes" else "settled"
        yield Change(now.rule, "rule", change)
    elif was.applies != now.applies:
        change = "holds" if now.applies == "yes" else "open"
        yield Change(now.rule, "rule", change, after=meaning)


def _compare_notes(before: Plan, after: Plan) -> Iterator[Change]:
    # A flag of an appointment has been said with it.
    known = {*before.notes, *(f"{session.id}: {session.flag}" for session in after.sessions)}
    for number, note in enumerate(after.notes, 1):
        if note not in known:
            yield Change(f"note-{number}", "note", "new", after=note)
