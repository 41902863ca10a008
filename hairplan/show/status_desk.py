"""Where a patient is in a plan, in a few lines: warnings, done, next, what to avoid, what to do.

A terminal gets days with the names of their months, a pipe has them as ISO does, and a key word in
front of each line.
"""

import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Final

from msgspec import Struct

from hairplan.follow.announced import stem_of
from hairplan.follow.status import Ahead, InForce, PatientStatus, Visited
from hairplan.plan import Plan, Session
from hairplan.plan_parts import ends_with
from hairplan.show.desk_days import reword_days, say_day, say_year
from hairplan.show.document import Document, Line, Mark
from hairplan.words import GOES_ON, describe_days_away, format_count, format_date, name_by_step

_LABEL: Final = 11
_MOST: Final = 2
_FAR: Final = timedelta(days=180)


class StatusView(Struct, frozen=True, kw_only=True):
    """A status, and for whom it is said.

    Attributes:
        plan: the plan, made with the day of the status as today.
        status: where the patient is in it.
        path: the plan's file.
        plain: it goes to a pipe.
    """

    plan: Plan
    status: PatientStatus
    path: Path
    plain: bool = False

    def say(self, day: date) -> str:
        """Say a day, with the year where it is far off."""
        if self.plain:
            return format_date(day)
        return say_year(day) if abs(day - self.status.on) > _FAR else say_day(day)

    def moment(self, session: Session | Ahead, say: Callable[[date], str] | None = None) -> str:
        """Say the day and the time of an appointment that has a day."""
        day = session.planned if isinstance(session, Session) else session.day
        assert day is not None, "asked for what has a day"
        at = f" {session.time:%H:%M}" if session.time else ""
        return f"{(say or self.say)(day)}{at}"

    def line(self, label: str, text: str, mark: Mark = "plain") -> Line:
        """Return a line behind its label."""
        if self.plain:
            return Line(text, mark, f"{label.lower().replace(' ', '-')}  ")
        return Line(text, mark, label.ljust(_LABEL))

    def block(self, label: str, texts: Sequence[str]) -> Iterator[Line]:
        """Yield the first lines behind one label, and how many more there are."""
        shown = [*texts] if self.plain else [*texts[:_MOST]]
        if len(texts) > len(shown):
            shown.append(f"and {len(texts) - len(shown)} more: --full")
        for place, text in enumerate(shown):
            yield self.line(label if self.plain or not place else "", text)

    def session(self, name: str) -> Session:
        """Return an appointment of the plan."""
        return next(session for session in self.plan.sessions if session.id == name)


def status_desk(view: StatusView) -> Document:
    """Lay out where a patient is, in 5 to 12 lines."""
    status = view.status
    who = status.ref or f"plan {status.plan[:8]}"
    lines = [
        *_first_of([*_warnings(view)], 3, Line("  and more: --full", "refused")),
        *_done(view),
        *_next(view),
        *_at_home(view),
        *_waits(view),
        *_avoid(view),
        *_week(view),
        *_first(view),
        *_ask(view),
        *_book(view),
    ]
    if view.plain:
        head = view.line("patient", f"{who}  {status.treatment}  {status.on}")
        return Document("", (head, *lines), ())
    return Document(f"{who} · {view.plan.protocol.name} · {say_year(status.on)}", tuple(lines), ())


def _first_of(lines: Sequence[Line], most: int, more: Line) -> list[Line]:
    return [*lines[:most], *([more] if len(lines) > most else [])]


# ---- what is not as it should be ----


def _warnings(view: StatusView) -> Iterator[Line]:
    for text in _warning_texts(view):
        if view.plain:
            yield view.line("warning", text, "refused")
        else:
            yield Line(reword_days(text), "refused", "! ")
    if view.status.newer:
        yield view.line("Protocol", view.status.newer, "open")


def _warning_texts(view: StatusView) -> Iterator[str]:
    plan, status = view.plan, view.status
    if plan.problem:
        yield "; ".join((plan.problem.what, *plan.problem.why))
        return
    for late in status.overdue:
        latest = view.session(late.session).latest
        yield f"{late.session} is overdue" + (
            f": its latest day was {view.say(latest)}" if latest else ""
        )
    yield from (_describe_again(view, again) for again in status.again)
    for past in status.unrecorded:
        how = "booked" if past.booked else "proposed"
        yield f"{past.session} was {how} for {view.moment(past)}: done, missed or moved?"
    said = {each.session for each in (*status.overdue, *status.again)}
    for broken in plan.breaks:
        is_open = broken.what == "order" or not broken.is_done
        if is_open and broken.session not in said:
            yield f"{broken.session}: {broken.says}"


def _describe_again(view: StatusView, again: Ahead) -> str:
    latest = view.session(again.session).latest
    says = f"{again.session} was {again.status}: book it again"
    if again.day is None:
        return says
    says += f", proposed {view.moment(again)}"
    if latest is None:
        return says
    if again.day > latest:
        late = format_count((again.day - latest).days, "day")
        return f"{says}, {late} after its latest day, {view.say(latest)}"
    return f"{says}, at the latest {view.say(latest)}"


# ---- the course ----


def _done(view: StatusView) -> Iterator[Line]:
    visits = [each for each in view.plan.sessions if each.kind != "home"]
    ids = {each.id for each in visits}
    done = [visit for visit in view.status.done if visit.session in ids]
    course = [each for each in visits if each.kind == "session"] or visits
    counted = sum(each.status == "done" and each.counted for each in course)
    number = sum((each.status != "skipped" or each.used_up) and each.counted for each in course)
    missed = sum(each.used_up for each in course)
    of = f"{counted} of {number}" + (f", {missed} missed" if missed else "")
    last = ", ".join(_describe_visit(view, visit) for visit in done[-_MOST:])
    earlier = "..., " if len(done) > _MOST else ""
    text = ": ".join(filter(None, (of, earlier + last))) if done or missed else "nothing yet"
    yield view.line("Done", text, "good" if done else "plain")


def _describe_visit(view: StatusView, visit: Visited) -> str:
    """Say when an appointment took place, and how far that was from its window."""
    off_by = view.session(visit.session).off_by or 0
    how = "late" if off_by > 0 else "early"
    notes = [f"{format_count(abs(off_by), 'day')} {how}"] if off_by else []
    notes += [] if visit.counted else ["not counted"]
    return f"{visit.session} {view.say(visit.on)}" + (f" ({', '.join(notes)})" if notes else "")


def _next(view: StatusView) -> Iterator[Line]:
    following = view.status.next
    if following is None or following.day is None:
        return
    latest = view.session(following.session).latest
    booked = "booked" if following.booked else "not booked"
    until = f"; window to {view.say(latest)}" if latest and latest != following.day else ""
    moment = view.moment(following, format_date if view.plain else say_year)
    away = describe_days_away(following.days or 0)
    yield view.line("Next", f"{following.session}  {moment}, {away}, {booked}{until}")
    later = [
        f"{each.id} {view.say(each.on)}"
        for each in view.plan.sessions
        if each.is_ahead and each.on > following.day and each.kind != "home"
    ]
    if later:
        yield view.line("Then", " · ".join(later[:_MOST]) if not view.plain else ", ".join(later))


def _at_home(view: StatusView) -> Iterator[Line]:
    """Yield how far each course at home should be."""
    texts = []
    for course in view.status.at_home:
        following = f", next {view.say(course.next)}" if course.next else ""
        texts.append(f"{course.step} {course.past} of {course.of} by now{following}")
    yield from view.block("At home", texts)


def _waits(view: StatusView) -> Iterator[Line]:
    """Yield what waits for an appointment before it, or for something else."""
    reasons: dict[str, list[str]] = {}
    for name, reason in view.status.waiting.items():
        after = view.session(name).after
        reasons.setdefault(f"for {after}" if after else reason, []).append(name)
    texts = (f"{', '.join(name_by_step(names))}: {reason}" for reason, names in reasons.items())
    yield from view.block("Waits", [*texts])


# ---- what to avoid, and what to do ----


def _avoid(view: StatusView) -> Iterator[Line]:
    groups = view.status.in_force
    yield from view.block("Avoid now", [_describe_force(view, group) for group in groups])


def _describe_force(view: StatusView, group: InForce) -> str:
    least = ""
    if group.at_least and group.at_least != group.ideal:
        least = f" (at least {view.say(group.at_least)})"
    names = ", ".join(group.ids) + ("?" if group.only_if else "")
    if group.goes_on:
        return f"{names}, {GOES_ON}"
    until = f"{names} until {view.say(group.ideal)}"
    if group.resume_on is None:
        return f"{until}{least}, {ends_with(group.sessions)}"
    at = f" {group.resume_at:%H:%M}" if group.resume_at else ""
    if group.resume_on == group.ideal:
        return f"{until}{at}{least}"
    return f"{until}{least}, again {view.say(group.resume_on)}{at}"


def _week(view: StatusView) -> Iterator[Line]:
    """Yield what begins or is due within a week, a line a day, each thing once."""
    seen: set[str] = set()
    texts = []
    for on, group in groupby(view.status.begins, key=lambda item: item.on):
        begins = [item for item in group if item.what != "session" and item.id not in seen]
        seen |= {item.id for item in begins}
        avoid = [item.id for item in begins if item.what == "restriction"]
        others = [
            item.says if item.what == "stage" else stem_of(item.id)
            for item in begins
            if item.what != "restriction"
        ]
        parts = [f"avoid {', '.join(avoid)}"] if avoid else []
        if others:
            parts.insert(0, ", ".join(others))
        if parts:
            texts.append(f"{view.say(on)}: {'; '.join(parts)}")
    yield from view.block("This week", texts)


def _first(view: StatusView) -> Iterator[Line]:
    tasks = view.status.blocking
    if tasks:
        ours = [stem_of(task.id) for task in tasks if task.session == tasks[0].session]
        due = f", by {view.say(tasks[0].due)}" if tasks[0].due else ""
        yield view.line("First", f"before {tasks[0].session}: {_joined(ours)}{due}")


def _joined(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _ask(view: StatusView) -> Iterator[Line]:
    if view.status.ask:
        count = format_count(len(view.status.ask), "open question")
        yield view.line("Ask", f"{count}: hairplan screen {_quoted(view.path)} --ask")


def _book(view: StatusView) -> Iterator[Line]:
    """Yield the command that settles what is overdue, or books what is to be booked next."""
    if view.status.overdue and view.plan.problem is None:
        name = view.status.overdue[0].session
        command = f"hairplan record {_quoted(view.path)} --done {name}=DAY"
        yield view.line("To settle", f"{command}, or --missed {name}")
    status = view.status
    proposed = [one for one in (*status.again, *([status.next] if status.next else []))
                if one.days is not None and one.days >= 0 and not one.booked]  # fmt: skip
    if proposed:
        command = f"hairplan record {_quoted(view.path)} --booked {proposed[0].session}"
        yield view.line("To book", command)


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
