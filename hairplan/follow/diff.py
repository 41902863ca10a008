"""What changed between two plans of one treatment, in the words of who has to act on it.

Conventions:

* A difference names an item by its id, says what became of it, and how it stood before and stands
  after, both in words.
* The gravest comes first: a plan that goes no further, then the appointments in date order, then
  those whose window changed and whose day did not, then what goes with them.
* What only follows from that (expectations, prices, figures) is not said again.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Final, Literal, Protocol, TypeVar

from msgspec import Struct, structs

from hairplan.plan import (
    Plan,
    PlannedRestriction,
    PlannedRoutine,
    PlannedTask,
    Problem,
    RestrictedPeriod,
    Screened,
    Session,
)
from hairplan.words import (
    describe_outcome,
    format_date,
    format_duration,
    format_range,
    join_words,
    only_if,
)

ChangedKind = Literal[
    "problem", "session", "restriction", "task", "review", "routine", "rule", "note"
]
HowChanged = Literal[
    "moved", "booked", "done", "missed", "cancelled", "skipped", "overdue", "given back",
    "planned", "tentative", "conditional", "length", "window", "flagged", "longer", "shorter",
    "holds", "no longer holds", "settled", "open", "overridden", "changed", "new", "gone",
]  # fmt: skip

_CLOSED: Final = {"done", "missed", "cancelled", "skipped"}
_OPEN: Final = {"planned", "tentative"}


class _Named(Protocol):
    """What has an id."""

    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_Named)


class Change(Struct, frozen=True, kw_only=True):
    """One thing that is not as it was.

    Attributes:
        item: its id, such as `course-2`.
        kind: what it is: an appointment, a restriction ... a review is a day on which a result is
            looked at, a rule one on the patient's state or on what is late.
        change: what became of it.
        before: its day, its days or its window, in words; null where it had none.
        after: likewise, now.
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


def changes_between(before: Plan, after: Plan) -> tuple[Change, ...]:
    """Return what changed between two plans, in the order in which it is read; empty for nothing.

    Args:
        before: the plan as it was.
        after: the plan as it is, of the same treatment.
    """
    sessions = list(_sessions(before, after))
    return (
        *_problem(before.problem, after.problem),
        *(each for each in sessions if each.change != "window"),
        *(each for each in sessions if each.change == "window"),
        *_restrictions(before, after),
        *_tasks(before, after),
        *_reviews(before, after),
        *_routines(before, after),
        *_rules(before, after),
        *_notes(before, after),
    )


def together(found: Iterable[Change]) -> tuple[Change, ...]:
    """Return differences with those that are alike in one, whose item lists their ids."""
    groups: dict[Change, list[str]] = {}
    for each in found:
        groups.setdefault(structs.replace(each, item=""), []).append(each.item)
    return tuple(structs.replace(each, item=", ".join(ids)) for each, ids in groups.items())


def describe_change(each: Change) -> str:
    """Say a difference, such as "course-3: Tue 2026-12-29 -> Sat 2027-01-09 (+11 days)"."""
    why = f": {each.why}" if each.why else ""
    if each.kind in {"note", "problem"}:
        # Both are whole sentences.
        return f"{each.after}{why}" if each.after else f"no longer: {each.before}"
    change = "" if each.change in {"moved", "changed"} else f": {each.change}"
    return f"{each.item}{change}{_describe_step(each)}{why}"


def _describe_step(each: Change) -> str:
    """Say from what to what, and by how many days."""
    if each.after is None:
        return f", was {each.before}" if each.before else ""
    step = each.after
    if each.before is not None and each.before != each.after:
        step = f"{each.before} -> {each.after}"
    days = "" if each.days is None else f" ({each.days:+d} day{'' if abs(each.days) == 1 else 's'})"
    return f": {step}{days}"


def _pairs(before: Sequence[T], after: Sequence[T]) -> list[tuple[T | None, T | None]]:
    """Pair items by their ids: in the order that they have now, then those that are gone."""
    were: dict[str, T] = {each.id: each for each in before}
    found = [(were.pop(each.id, None), each) for each in after]
    return [*found, *((each, None) for each in were.values())]


# ---- why there is no plan, or why it goes no further ----


def _problem(before: Problem | None, after: Problem | None) -> Iterator[Change]:
    if before == after:
        return
    if after is None:
        assert before is not None, "two that differ are not both missing"
        yield Change(item=before.kind, kind="problem", change="gone", before=before.what)
        return
    was = before.what if before else None
    yield Change(
        item=after.kind,
        kind="problem",
        change="changed" if before else "new",
        before=was,
        after=after.what,
        why="; ".join(after.why) or None,
    )


# ---- appointments ----


def _sessions(before: Plan, after: Plan) -> Iterator[Change]:
    """Yield what changed of the appointments, in date order."""
    pairs = sorted(_pairs(before.sessions, after.sessions), key=_when)
    moved = {now.id for was, now in pairs if now and (was is None or was.planned != now.planned)}
    were, are = _earlier(before), _earlier(after)
    for was, now in pairs:
        if now is None:
            assert was is not None, "a pair has one of the two"
            yield Change(item=was.id, kind="session", change="gone", before=_day(was))
        elif was is None:
            why = now.flag or now.reason or now.waits_for
            said = _day(now) or "no day yet"
            yield Change(item=now.id, kind="session", change="new", after=said, why=why)
        else:
            one, other = were.get(now.id), are.get(now.id)
            follows = other and (other.id in moved or one is None or one.id != other.id)
            yield from _session(was, now, _follows(other) if other and follows else None)


def _earlier(plan: Plan) -> dict[str, Session]:
    """Return what comes before each appointment."""
    chain = [each for each in plan.sessions if each.planned and each.status != "skipped"]
    return {each.id: earlier for earlier, each in pairwise(chain)}


def _follows(earlier: Session) -> str:
    """Say which appointment comes before one that has another day."""
    how = "done on" if earlier.status == "done" else "booked for" if earlier.booked else "on"
    return f"after {earlier.id}, {how} {format_date(earlier.on)}"


def _when(pair: tuple[Session | None, Session | None]) -> tuple[date, str]:
    """Sort by the day that an appointment has now, or had, or could have."""
    known = [each for each in reversed(pair) if each is not None]
    days = [each.planned or each.target or each.earliest for each in known]
    return next((day for day in days if day), date.max), known[0].id


def _session(was: Session, now: Session, follows: str | None) -> Iterator[Change]:
    change = _change(was, now)
    if change == "window":
        yield Change(
            item=now.id,
            kind="session",
            change=change,
            before=describe_window(was),
            after=describe_window(now),
            why=_new_reason(was, now),
        )
    elif change == "flagged":
        yield Change(item=now.id, kind="session", change=change, before=was.flag, after=now.flag)
    elif change:
        timed = was.time != now.time
        has_moved = was.planned != now.planned and change in {"moved", "missed", "overdue"}
        yield Change(
            item=now.id,
            kind="session",
            change=change,
            before=_day(was, timed=timed),
            after=_day(now, timed=timed) or ("no day yet" if change == "conditional" else None),
            days=_days_between(was.planned, now.planned),
            why=_new_reason(was, now) or (follows if has_moved else None),
        )
    if was.duration != now.duration:
        lengths = (each.duration and format_duration(each.duration) for each in (was, now))
        before, after = (each or "no length given" for each in lengths)
        yield Change(item=now.id, kind="session", change="length", before=before, after=after)


def _change(was: Session, now: Session) -> HowChanged | None:
    """Return what became of an appointment, the weightiest of it; None for nothing."""
    is_elsewhere = (was.planned, was.time) != (now.planned, now.time)
    if now.status != was.status and not {was.status, now.status} <= _OPEN:
        return _new_status(was, now)
    if now.booked != was.booked and now.status not in _CLOSED:
        return "booked" if now.booked else "given back"
    if is_elsewhere:
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


def _new_reason(was: Session, now: Session) -> str | None:
    """Return what is said of an appointment now and was not said before."""
    before = {was.flag, was.reason, was.waits_for}
    said = (now.flag, now.reason, now.waits_for)
    found = next((each for each in said if each not in before), None)
    return beside(found, now) if found else None


def beside(why: str, now: Session) -> str | None:
    """Return a reason without what is said in any case: the day booked, that it is given up.

    None if nothing is left.
    """
    day = f"booked for {format_date(now.planned)}" if now.planned else "given up"
    if why != day and not why.startswith(f"{day}: "):
        return why
    return why.removeprefix(day).removeprefix(": ") or None


def _day(session: Session, *, timed: bool = False) -> str | None:
    if session.planned is None:
        return None
    at = f" {session.time:%H:%M}" if timed and session.time else ""
    return format_date(session.planned) + at


def describe_window(session: Session) -> str:
    """Say the days that keep to the protocol, such as "2026-12-11..2026-12-22" or "2027-01-05..".

    The end that the protocol does not give stays open.
    """
    first, last = session.earliest, session.latest
    if first is None and last is None:
        return "no limit given"
    return format_range(first, last) if first and last else f"{first or ''}..{last or ''}"


def _days_between(before: date | None, after: date | None) -> int | None:
    return (after - before).days or None if before and after else None


# ---- restrictions ----

_Groups = tuple[tuple[RestrictedPeriod, ...], tuple[RestrictedPeriod, ...]]


def _restrictions(before: Plan, after: Plan) -> Iterator[Change]:
    for was, now in _pairs(before.restrictions, after.restrictions):
        if was is None or now is None:
            known = was or now
            assert known is not None, "a pair has one of the two"
            said = _lengths(known.ideal, known.at_least)
            yield Change(
                item=known.id,
                kind="restriction",
                change="gone" if now is None else "new",
                before=said if now is None else None,
                after=None if now is None else said,
                why=known.label,
            )
        else:
            yield from _restriction(was, now)


def _restriction(was: PlannedRestriction, now: PlannedRestriction) -> Iterator[Change]:
    if was.only_if != now.only_if:
        yield Change(
            item=now.id, kind="restriction", change="changed",
            before=_condition(was), after=_condition(now),
        )  # fmt: skip
    ideal, least = _matched(was.ideal, now.ideal), _matched(was.at_least, now.at_least)
    none: _Groups = ((), ())
    both = [(ideal.get(each, none), least.get(each, none)) for each in {**ideal, **least}]
    for one, other in sorted(both, key=lambda each: min(map(_begin, each))):
        if _unlike(*one) or _unlike(*other):
            yield _periods(now.id, one, other)


def _begin(groups: _Groups) -> date:
    return min((each.first for each in (*groups[0], *groups[1])), default=date.max)


def _condition(restriction: PlannedRestriction) -> str:
    return f"only if {restriction.only_if}" if restriction.only_if else "in any case"


def _unlike(before: Sequence[RestrictedPeriod], after: Sequence[RestrictedPeriod]) -> bool:
    return [*map(_period, before)] != [*map(_period, after)]


def _matched(
    before: Sequence[RestrictedPeriod], after: Sequence[RestrictedPeriod]
) -> dict[tuple[str, ...], _Groups]:
    """Match periods by the appointments that they surround: those that share one go together."""
    groups: list[tuple[set[str], list[RestrictedPeriod], list[RestrictedPeriod]]] = []
    for period, is_now in [(each, False) for each in before] + [(each, True) for each in after]:
        names = set(period.sessions)
        were, are = ([], [period]) if is_now else ([period], [])
        for group in [each for each in groups if each[0] & names]:
            groups.remove(group)
            names, were, are = names | group[0], group[1] + were, group[2] + are
        groups.append((names, were, are))
    return {tuple(sorted(names)): (_in_order(were), _in_order(are)) for names, were, are in groups}


def _in_order(periods: Iterable[RestrictedPeriod]) -> tuple[RestrictedPeriod, ...]:
    return tuple(sorted(periods, key=lambda each: each.first))


def _periods(item: str, ideal: _Groups, least: _Groups) -> Change:
    """Say what became of the periods around some appointments, in both lengths."""
    before, after = (_lengths(ideal[at], least[at]) or None for at in (0, 1))
    were, are = ideal if _unlike(*ideal) else least
    change, days = _grown(were, are)
    return Change(
        item=item, kind="restriction", change=change, before=before, after=after, days=days
    )


def _grown(
    were: Sequence[RestrictedPeriod], are: Sequence[RestrictedPeriod]
) -> tuple[HowChanged, int | None]:
    if not were or not are:
        return ("new" if are else "gone"), None
    more = sum(map(_count, are)) - sum(map(_count, were))
    if more:
        return ("longer" if more > 0 else "shorter"), more
    return "moved", (are[0].first - were[0].first).days or None


def _count(period: RestrictedPeriod) -> int:
    return (period.last - period.first).days + 1


def _lengths(ideal: Sequence[RestrictedPeriod], least: Sequence[RestrictedPeriod]) -> str:
    """Say the days of both lengths, or once where they are the same."""
    said = [join_words([*map(_period, each)]) for each in (ideal, least)]
    if said[0] == said[1]:
        return said[0]
    words = zip(("ideally", "at least"), said, strict=True)
    return ", ".join(f"{word} {days}" for word, days in words if days)


def _period(period: RestrictedPeriod) -> str:
    days = format_range(period.first, period.last)
    if period.begin_at:
        days = f"{period.first} {period.begin_at:%H:%M}..{period.last}"
    return days + (f" (over at {period.resume_at:%H:%M})" if period.resume_at else "")


# ---- the rest ----


def _tasks(before: Plan, after: Plan) -> Iterator[Change]:
    for was, now in _pairs(before.tasks, after.tasks):
        if now is None:
            assert was is not None, "a pair has one of the two"
            yield Change(item=was.id, kind="task", change="gone", before=_due(was) or was.label)
        elif was is None:
            said = ", ".join(part for part in (now.label, _due(now)) if part)
            yield Change(item=now.id, kind="task", change="new", after=said)
        elif (was.due, was.due_at) != (now.due, now.due_at):
            yield Change(
                item=now.id, kind="task", change="moved", before=_due(was),
                after=_due(now) or "no day given", days=_days_between(was.due, now.due),
            )  # fmt: skip


def _due(task: PlannedTask) -> str | None:
    if task.due_at:
        return f"by {format_date(task.due_at.date())} {task.due_at:%H:%M}"
    return f"by {format_date(task.due)}" if task.due else None


def _reviews(before: Plan, after: Plan) -> Iterator[Change]:
    for was, now in _pairs(before.milestones, after.milestones):
        days = _days_between(was.on if was else None, now.on if now else None)
        if was and now and days is None:
            continue
        yield Change(
            item=(now or was).id,  # type: ignore[union-attr]  # a pair has one of the two
            kind="review",
            change="gone" if now is None else "new" if was is None else "moved",
            before=format_date(was.on) if was else None,
            after=format_date(now.on) if now else None,
            days=days,
        )


def _routines(before: Plan, after: Plan) -> Iterator[Change]:
    for was, now in _pairs(before.routines, after.routines):
        said = [_rhythm(each) if each else None for each in (was, now)]
        if said[0] != said[1]:
            yield Change(
                item=(now or was).id,  # type: ignore[union-attr]  # a pair has one of the two
                kind="routine",
                change="gone" if now is None else "new" if was is None else "changed",
                before=said[0],
                after=said[1],
            )


def _rhythm(routine: PlannedRoutine) -> str:
    until = f" to {format_date(routine.last)}" if routine.last else " on, without an end"
    only = only_if(routine.only_if)
    return f"{routine.rhythm} from {format_date(routine.first)}{until}{only}"


def _rules(before: Plan, after: Plan) -> Iterator[Change]:
    # A plan states its rules from the first thing that happened on: that they appear is no change.
    if before.rules and after.rules:
        yield from _stated(before.rules, after.rules)
    stood = {each.rule: each for each in before.screening}
    for each in after.screening:
        if each.rule in stood:
            yield from _rule(stood[each.rule], each)


def _stated(before: dict[str, str], after: dict[str, str]) -> Iterator[Change]:
    for name in dict.fromkeys((*after, *before)):
        was, now = before.get(name), after.get(name)
        if was != now:
            change: HowChanged = "gone" if now is None else "new" if was is None else "changed"
            yield Change(item=name, kind="rule", change=change, before=was, after=now)


def _rule(was: Screened, now: Screened) -> Iterator[Change]:
    said = f"{describe_outcome(now.outcome)}: {now.says}"
    if was.overridden != now.overridden and now.overridden:
        yield Change(
            item=now.rule, kind="rule", change="overridden", after=said, why=now.overridden
        )
    elif was.applies != now.applies:
        if now.applies == "no":
            change: HowChanged = "no longer holds" if was.applies == "yes" else "settled"
            yield Change(item=now.rule, kind="rule", change=change)
        else:
            change = "holds" if now.applies == "yes" else "open"
            yield Change(item=now.rule, kind="rule", change=change, after=said)


def _notes(before: Plan, after: Plan) -> Iterator[Change]:
    # What is said of an appointment has been said with it.
    known = {*before.notes, *(f"{each.id}: {each.flag}" for each in after.sessions)}
    for number, note in enumerate(after.notes, 1):
        if note not in known:
            yield Change(item=f"note-{number}", kind="note", change="new", after=note)
