"""A recording and its consequences in a few lines; then the next thing to do.

Conventions:

* First why a plan goes no further, then what was recorded, with before and after; then what moved,
  what waits, what to avoid anew; then the next session.
* Of each kind a few are named, and the others counted: `--full` has them all.
"""

import shlex
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from msgspec import Struct

from hairplan.follow.diff import Change
from hairplan.plan import Break, Plan, Session
from hairplan.plan_parts import RestrictedPeriod
from hairplan.planner.restrictions import alike
from hairplan.show.desk_days import reword_days, say_day, say_year
from hairplan.show.diff import describe_change
from hairplan.show.document import Document, Line, Mark
from hairplan.words import GOES_ON, format_count, format_date, name_by_step

_FOLLOWS: Final = {
    "moved": "so moved", "conditional": "so waiting", "overdue": "so overdue",
    "planned": "so planned", "tentative": "so planned", "new": "so new", "gone": "so gone",
}  # fmt: skip
"""How a line begins on sessions of which nothing was recorded."""
_QUIET: Final = {"window", "flagged", "length"}
_VERBS: Final = {"cancelled": "called off", "skipped": "given up", "new": "added"}
_IN_WORDS: Final = {"protocol", "rule"}
_TICKED: Final = {"done", "given back"}
_CANNOT_BE: Final = {"early", "closed", "order"}
_MOST: Final = 3
_FEW: Final = 2
_FAR: Final = timedelta(days=180)
_SOON: Final = timedelta(days=4)


class DiffView(Struct, frozen=True, kw_only=True):
    """A step of a plan's history, and for whom it is said.

    Attributes:
        before: the plan as it was.
        after: the plan as it is.
        changes: what changed between them.
        recorded: the sessions of which something was recorded; none where a step is taken back.
        today: the day of recording.
        path: the plan's file.
        exported: a calendar was exported of it.
        plain: it goes to a pipe.
    """

    before: Plan
    after: Plan
    changes: Sequence[Change]
    recorded: frozenset[str]
    today: date
    path: Path
    exported: bool = False
    plain: bool = False

    @property
    def say(self) -> Callable[[date], str]:
        """How a day is said, with its year."""
        return format_date if self.plain else say_year

    @property
    def reword(self) -> Callable[[str], str]:
        """How a sentence with days is said."""
        return str if self.plain else reword_days

    @property
    def brief(self) -> Callable[[date], str]:
        """How a day is said, with its year where it is far off."""
        if self.plain:
            return format_date
        return lambda day: (say_year if abs(day - self.today) > _FAR else say_day)(day)


def broken_bookings(before: Plan, after: Plan) -> list[Break]:
    """Return what is booked on a day that cannot be any longer."""
    known = {broken.says for broken in before.breaks}
    return [broken for broken in _to_move(after) if broken.says not in known]


def _to_move(plan: Plan) -> list[Break]:
    booked = {session.id for session in plan.sessions if session.is_ahead and session.booked}
    return [each for each in plan.breaks if each.session in booked and each.what in _CANNOT_BE]


def diff_desk(view: DiffView) -> Document:
    """Lay out what changes, in 2 to 8 lines."""
    sessions = [change for change in view.changes if change.kind == "session"]
    loud = [
        change
        for change in sessions
        if change.change not in _QUIET or (change.change == "flagged" and _is_main(change, view))
    ]
    ours = [change for change in loud if _is_main(change, view)]
    lines: list[Line] = [
        *_problem(view),
        *_capped(_broken(view), _FEW),
        *_capped([_main_line(view, change) for change in ours], _FEW),
        *_following(view, [change for change in loud if change not in ours]),
        *([] if view.after.problem else [*_avoid(view), *_others(view)]),
    ]
    return Document("", (*(lines or [_nothing(view)]), *_next(view)), ())


def _nothing(view: DiffView) -> Line:
    if not view.changes:
        return Line("nothing changes")
    return Line(f"{format_count(len(view.changes), 'change')} in details: --full")


def _is_main(change: Change, view: DiffView) -> bool:
    if view.recorded:
        return change.item in view.recorded
    return change.change not in {*_FOLLOWS, *_QUIET} and view.after.problem is None


def _capped(lines: Sequence[Line], most: int) -> list[Line]:
    more = len(lines) - most
    return [*lines[:most], *([Line(f"and {more} more: --full", "least")] if more > 0 else [])]


# ---- what was recorded ----


def _problem(view: DiffView) -> Iterator[Line]:
    was, now = view.before.problem, view.after.problem
    if now and now != was:
        yield Line(view.reword("; ".join((now.what, *now.why[:1]))), "refused", "! ")
    elif was and not now:
        yield Line(view.reword(f"no longer: {was.what}"), "good")


def _broken(view: DiffView) -> list[Line]:
    return [
        Line(view.reword(f"{broken.session}: {broken.says}"), "refused", "! ")
        for broken in broken_bookings(view.before, view.after)
    ]


def _main_line(view: DiffView, change: Change) -> Line:
    if change.change == "flagged":
        return Line(view.reword(describe_change(change)), "moved")
    was, now = _session(view.before, change.item), _session(view.after, change.item)
    verb = _VERBS.get(change.change, change.change)
    verb = "missed, counts all the same:" if now and now.used_up else verb
    mark: Mark = "good" if change.change == "done" else "moved"
    return Line(f"{verb}{_describe_days(view, change, was, now)}", mark, f"{change.item} ")


def _describe_days(view: DiffView, change: Change, was: Session | None, now: Session | None) -> str:
    """Say the day of a session as it is now, and as it was if that is another one."""
    before = _moment(was, view.say) if was and was.planned else ""
    after = _moment(now, view.say) if now and now.planned else ""
    if change.change in {"missed", "cancelled"}:
        again = f"; proposed again: {after}" if after else ""
        latest = _describe_latest(view, now) if again and now else ""
        return f" {before}{again}{latest}".rstrip()
    if not after or before == after:
        return f" {after or before}".rstrip()
    days = f" ({change.days:+d} d)" if change.days else ""
    return f" {after}" + (f", was {before}{days}" if before else "")


def _describe_latest(view: DiffView, session: Session) -> str:
    """Say until when an appointment can be, or by how much it comes too late."""
    if session.latest is None:
        return ""
    late = (session.on - session.latest).days
    if late > 0:
        return f", {format_count(late, 'day')} after its latest day, {view.brief(session.latest)}"
    return f", at the latest {view.brief(session.latest)}"


def _moment(session: Session, say: Callable[[date], str]) -> str:
    return say(session.on) + (f" {session.time:%H:%M}" if session.time else "")


def _session(plan: Plan, name: str) -> Session | None:
    return next((session for session in plan.sessions if session.id == name), None)


# ---- what follows ----


def _following(view: DiffView, changes: Sequence[Change]) -> Iterator[Line]:
    """Yield what became of the other sessions, a line for each way."""
    by_word: dict[str, list[Change]] = {}
    for change in changes:
        word = _FOLLOWS.get(change.change, _VERBS.get(change.change, change.change))
        by_word.setdefault(word, []).append(change)
    for word, group in by_word.items():
        yield Line(_describe_group(view, group), "moved", f"{word}: ")


def _describe_group(view: DiffView, group: Sequence[Change]) -> str:
    sessions = [_session(view.after, change.item) for change in group]
    if not all(session and session.is_ahead for session in sessions):
        return ", ".join(name_by_step(change.item for change in group))
    named = [
        f"{session.id} {view.brief(session.on)}" + (f" ({change.days:+d} d)" if change.days else "")
        for session, change in zip(sessions, group, strict=True)
        if session
    ]
    more = f", and {len(named) - _MOST} more" if len(named) > _MOST else ""
    return ", ".join(named[:_MOST]) + more


def _avoid(view: DiffView) -> Iterator[Line]:
    """Yield the next period of each thing of which the days are others than they were."""
    known = {
        (restriction.id, period.first, period.last, period.goes_on)
        for restriction in view.before.restrictions
        for period in (*restriction.ideal, *restriction.at_least)
    }
    texts = []
    for group in alike(view.after.restrictions):
        names = ", ".join(restriction.id for restriction in group)
        news = [
            (length, period)
            for length, periods in (("", group[0].ideal), ("at least ", group[0].at_least))
            for period in periods
            if (period.goes_on or period.last >= view.today)
            and (group[0].id, period.first, period.last, period.goes_on) not in known
        ]
        if news:
            texts.append(f"{names} {_describe_first(view, news)}")
    for text in texts[:_FEW]:
        yield Line(text, head="avoid: ")
    if len(texts) > _FEW:
        yield Line(f"and {len(texts) - _FEW} more to avoid: --full", "least")


def _describe_first(view: DiffView, news: Sequence[tuple[str, RestrictedPeriod]]) -> str:
    """Say the first of some periods, and the next where it soon follows.

    Who hears that something is allowed again is to hear that it is to be stopped again.
    """
    (length, first), *others = news
    following = (each for kind, each in others if kind == length)
    soon = [each for each in following if each.first <= first.last + _SOON]
    again = f", then {_describe_period(view, soon[0])}" if soon else ""
    return f"{length}{_describe_period(view, first)}{again}"


def _describe_period(view: DiffView, period: RestrictedPeriod) -> str:
    if period.goes_on:
        return f"from {view.brief(period.first)}, {GOES_ON}"
    days = f"{view.brief(period.first)} to {view.brief(period.last)}"
    if period.resume_on is None:
        return f"{days}, {period.ends_with}"
    at = f" {period.resume_at:%H:%M}" if period.resume_at else ""
    if period.resume_on == period.last:
        return f"{days}{at}"
    return f"{days}, again {view.brief(period.resume_on)}{at}"


def _others(view: DiffView) -> Iterator[Line]:
    """Yield what changed beside sessions, of the protocol, of answers and of tasks."""
    answered: dict[str, list[str]] = {}
    lines = []
    for change in view.changes:
        if change.kind == "rule" and change.change != "holds":
            answered.setdefault(change.change, []).append(change.item)
        elif change.kind in _IN_WORDS or (change.kind == "task" and change.change in _TICKED):
            lines.append(Line(view.reword(describe_change(change))))
    lines += [Line(_describe_answered(word, names)) for word, names in answered.items()]
    yield from _capped(lines, 1)


def _describe_answered(word: str, names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"{names[0]}: {word}"
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return f"{word}: {', '.join(names[:_MOST])}{more}"


# ---- what to do next ----


def _next(view: DiffView) -> Iterator[Line]:
    path = shlex.quote(str(view.path))
    ahead = [each for each in view.after.sessions if each.is_ahead and each.kind != "home"]
    following = next((session for session in ahead if session.on >= view.today), None)
    overdue = next((each.id for each in view.after.sessions if each.status == "overdue"), None)
    if overdue and view.after.problem is None:
        yield Line(f"{overdue} is overdue: done, missed, or booked again?", head="next: ")
    elif following and view.after.problem is None:
        yield Line(_describe_next(view, following, path), head="next: ")
    if view.exported and view.changes:
        command = f"hairplan schedule {path} --changes-only -o changes.ics"
        yield Line(command, "least", "calendar: ")


def _describe_next(view: DiffView, session: Session, path: str) -> str:
    """Say the next appointment, and the command that books it, or moves it where it has to be."""
    moment = f"{session.id} {_moment(session, view.say)}"
    record = f"hairplan record {path}"
    broken = next((each for each in _to_move(view.after) if each.session == session.id), None)
    if not session.booked:
        return f"{moment}: {record} --booked {session.id}"
    if broken is None:
        return f"{moment}, booked"
    return f"{moment}, to be moved: {record} --moved {session.id}={broken.nearest or 'DATE'}"
