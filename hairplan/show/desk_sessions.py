"""The appointments of a plan as the desk shows them: one a row, long runs of them in one row."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Final

from msgspec import Struct

from hairplan.dates.weekdays import WEEKDAY_NAMES, weekly_days
from hairplan.plan import ADDED, Plan, Session
from hairplan.show.desk_days import (
    is_near,
    reword_days,
    say_day,
    say_days,
    say_from_to,
    say_months,
)
from hairplan.show.document import Mark
from hairplan.words import describe_window, format_count, join_words, name_run

MOST_ROWS: Final = 12
"""A longer course has its middle and its end in one row."""
_NEXT: Final = 6
_FEW: Final = 2
_WEEK: Final = 7
_MONTH: Final = 28
_SHORTER: Final = 3
_YEAR: Final = 12


class SessionRow(Struct, frozen=True, kw_only=True):
    """A row: an appointment, or a run of them.

    Attributes:
        id: the appointment's id; of a run the first and the last.
        day: its day; of a run all there is to say.
        time: its time of day.
        window: the days that keep to the protocol.
        state: what is particular about it, in a word or two.
        why: why it is not where it would be.
        mark: what its state means.
        is_run: it stands for several.
    """

    id: str
    day: str
    time: str = ""
    window: str = ""
    state: str = ""
    why: str = ""
    mark: Mark = "plain"
    is_run: bool = False


def session_rows(plan: Plan, *, is_narrow: bool) -> list[SessionRow]:
    """Return the rows of a plan's appointments, in its order."""
    runs: dict[object, list[Session]] = {}
    for session, key in zip(plan.sessions, _run_keys(plan.sessions), strict=True):
        runs.setdefault(key or session.id, []).append(session)
    rows = []
    for sessions in runs.values():
        if len(sessions) > _FEW:
            rows.append(_run(sessions))
        else:
            rows += [_row(session, is_narrow=is_narrow) for session in sessions]
    return rows


def _run_keys(sessions: Sequence[Session]) -> Iterator[tuple[str, ...] | None]:
    """Yield what the sessions of a run have in common; None for a row of its own."""
    keys = list(map(_far_key, sessions))
    is_long = keys.count(None) > MOST_ROWS
    ahead = 0
    for session, key in zip(sessions, keys, strict=True):
        is_plain = is_long and not session.flag and key is None
        if is_plain and session.status == "planned":
            ahead += 1
            yield ("ahead", session.phase) if ahead > _NEXT else None
        elif is_plain and session.status == "done":
            yield ("done", session.phase)
        else:
            yield key


def _far_key(session: Session) -> tuple[str, ...] | None:
    """Return what an appointment has in common with others that are far off, or have no day."""
    if session.flag or session.booked:
        return None
    if session.status == "tentative":
        return ("tentative", session.phase)
    if session.status == "conditional" or (session.status == "cancelled" and not session.planned):
        return (session.status, session.phase, session.waits_for or "")
    return None


# ---- a run ----


def _run(sessions: Sequence[Session]) -> SessionRow:
    """Return the row of a run."""
    first, last = sessions[0], sessions[-1]
    run = name_run([session.id for session in sessions])
    if first.planned is None or last.planned is None:
        why = _describe_why(first)
        state = f"{_describe_state(first)}{f': {why}' if why else ''}"
        return SessionRow(id=run, day=state, mark=_mark(first), is_run=True)
    parts = [say_from_to(first.planned, last.planned)]
    if rhythm := describe_spacing([session.target or session.on for session in sessions]):
        parts.append(rhythm)
    state = first.status.replace("planned", "at home" if first.kind == "home" else "")
    return SessionRow(id=run, day=", ".join(parts), state=state, mark=_mark(first), is_run=True)


def describe_spacing(days: Sequence[date]) -> str | None:
    """Say the rhythm of days: "weekly", "every 6 months", "on Mon and Thu"; None without one."""
    gaps = {(later - earlier).days for earlier, later in pairwise(days)}
    if len(gaps) == 1:
        gap = gaps.pop()
        return _every(gap, "day") if gap % _WEEK else _every(gap // _WEEK, "week")
    if weekdays := weekly_days(days):
        return f"on {join_words([WEEKDAY_NAMES[day][:3] for day in weekdays])}"
    months = {
        (later.year - earlier.year) * _YEAR + later.month - earlier.month
        for earlier, later in pairwise(days)
    }
    # A day of the month is the same in each, or the last of a shorter one.
    is_monthly = len(months) == 1 and max(gaps) - min(gaps) <= _SHORTER
    return _every(months.pop(), "month") if is_monthly and min(gaps) >= _MONTH else None


def _every(count: int, unit: str) -> str | None:
    if count > 1:
        return f"every {format_count(count, unit)}"
    return {"day": "daily", "week": "weekly", "month": "monthly"}[unit] if count else None


# ---- a row ----


def _row(session: Session, *, is_narrow: bool) -> SessionRow:
    return SessionRow(
        id=session.id,
        day=_describe_day(session),
        time=f"{session.time:%H:%M}" if session.time and session.status != "conditional" else "",
        window=_describe_window(session, is_narrow=is_narrow),
        state=_describe_state(session),
        why=_describe_why(session),
        mark=_mark(session),
    )


def _describe_day(session: Session) -> str:
    if session.planned:
        return say_day(session.planned, year=True, padded=True)
    if session.status == "conditional":
        return f"~ {say_day(session.target, year=True)}" if session.target else "no date yet"
    return "no date"


def _describe_window(session: Session, *, is_narrow: bool) -> str:
    first, last = session.earliest, session.latest
    if session.status in {"done", "skipped"} or session.phase == ADDED or session.after:
        return ""
    if session.day == 0 and first == last == session.planned:
        return "as asked"
    if first and last:
        return _describe_days(first, last, session.planned, is_narrow=is_narrow)
    return describe_window(
        first and say_day(first, weekday=False, year=True),
        last and say_day(last, weekday=False, year=True),
        since="from {}",
        until="to {}",
        unlimited="no limit given" if session.planned else "",
    )


def _describe_days(first: date, last: date, day: date | None, *, is_narrow: bool) -> str:
    """Say the days of a window, with its years where its own day does not tell them."""
    if is_near(first, last, day):
        return say_days(first, last)
    return say_months(first, last) if is_narrow else say_days(first, last, year=True)


def _describe_state(session: Session) -> str:
    """Say what is particular about an appointment."""
    away = ""
    if session.off_by:
        side = "late" if session.off_by > 0 else "early"
        away = f"{format_count(abs(session.off_by), 'day')} {side}"
    match session.status:
        case "planned":
            moved = f"moved {session.moved.days:+d}" if session.moved else ""
            state = "booked" if session.booked else moved
        case "tentative":
            state = f"tentative, moved {session.moved.days:+d}" if session.moved else "tentative"
        case "missed":
            state = "missed" if away else "missed: book again"
        case "cancelled":
            state = "called off: book again" if session.planned else "cancelled"
        case "conditional":
            state = f"waits for {session.after}" if session.after else "waits"
        case "skipped":
            state = "missed, counts" if session.used_up else "given up"
        case _:
            state = session.status
    parts = [state, away, "" if session.counted else "not counted"]
    parts += ["at home"] * (session.kind == "home" and session.status == "planned")
    parts += ["optional"] * (session.optional and session.status in {"planned", "tentative"})
    return ", ".join(filter(None, (*parts, session.details)))


def _describe_why(session: Session) -> str:
    """Say why an appointment is not where it would be, from the parts of the reason."""
    if session.status == "conditional":
        return "" if session.after else session.waits_for or ""
    if session.phase == ADDED:
        return session.name
    moved = session.moved
    if moved is None or session.status == "done":
        return ""
    if moved.code == "booked":
        return moved.because or ""
    says = {
        "window": "is outside its window",
        "course": moved.would,
        "apart": f"is too soon after {moved.session}",
    }
    because = f"is {reword_days(moved.because)}" if moved.because else ""
    why = says.get(moved.code, because)
    asked = moved.instead_of
    day = say_day(asked, year=not is_near(asked, asked, session.planned))
    return f"{day} {why}" if why else ""


def _mark(session: Session) -> Mark:
    if session.status == "done":
        return "good"
    if session.status in {"missed", "overdue", "cancelled"} or session.flag:
        return "refused"
    if session.status == "conditional":
        return "open"
    if session.status == "tentative":
        return "tentative"
    return "moved" if session.moved else "plain"
