"""A plan drawn day by day: its sessions with their windows, and what to avoid as bars.

Conventions:

* A mark stands for one day or, where that does not fit, for 2, 3, 7, 14 or 28 days. Of a mark with
  several days the strictest holds, so that no bar is ever too short; a mark of two days has its
  first and its second half where colours can be shown.
* From a week a mark on, a mark begins on a Monday.
* Far-off appointments, which are tentative, are not drawn: their days are not told yet.
* A label that would touch another is left out, never shifted.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from hairplan.plan import Plan, Session
from hairplan.show.avoid import AvoidGroup, drawn_sessions
from hairplan.show.desk_days import MONTHS, month_starts
from hairplan.show.document import Mark
from hairplan.show.segments import FREE, IDEAL, LEAST, DeskLine, Level, Segment, pad

if TYPE_CHECKING:
    from hairplan.plan_parts import RestrictedPeriod

DAYS_A_MARK: Final = (1, 2, 3, 7, 14, 28)
WEEK: Final = 7

_DAY: Final = timedelta(days=1)
_MOST_MARKS: Final = 160
_BLANK: Final = Segment(" ")
_WINDOW: Final = Segment("─")
_DOT: Final = Segment("•", strong=True)
_TODAY: Final = Segment("▼", "good")


class TimelineRow(Struct, frozen=True):
    """A row: its label, and a segment for each mark."""

    label: str
    cells: DeskLine


class Timeline(Struct, frozen=True):
    """A drawn plan.

    Attributes:
        first: the first day.
        days: how many days a mark stands for.
        rows: the months, the Mondays, the sessions and the bars, in this order.
    """

    first: date
    days: int
    rows: tuple[TimelineRow, ...]


def draw_timeline(
    plan: Plan, groups: Sequence[AvoidGroup], labels: Sequence[str], today: date, width: int
) -> Timeline | None:
    """Draw a plan; None where there is nothing to draw, or no room for it.

    Args:
        plan: the plan.
        groups: what to avoid.
        labels: the label of each of these.
        today: the day to mark.
        width: how many marks there is room for.
    """
    sessions = drawn_sessions(plan)
    visits = [session for session in sessions if session.kind != "home"]
    at_home = [session.on for session in sessions if session.kind == "home"]
    days = [*at_home, *(day for session in visits for day in _days_of(session))]
    periods = (period for group in groups for period in (*group.ideal, *group.least))
    days += [end for period in periods for end in (period.first, period.last)]
    scale = _scale(min(days), max(days), min(width, _MOST_MARKS)) if days else None
    if scale is None:
        return None
    bars = zip(labels, map(scale.bar, groups), strict=True)
    rows = (
        TimelineRow("", scale.labels(_month_labels(scale))),
        TimelineRow("weeks" if scale.days >= WEEK else "Mondays", scale.mondays(today)),
        *([TimelineRow("sessions", scale.sessions(visits))] if visits else []),
        *([TimelineRow("at home", scale.dots(at_home))] if at_home else []),
        *(TimelineRow(label, cells) for label, cells in bars),
    )
    return Timeline(scale.first, scale.days, rows)


def timeline_lines(timeline: Timeline, width: int) -> list[DeskLine]:
    """Write a timeline as lines, its labels in a column so wide."""
    lines: list[DeskLine] = []
    for at, row in enumerate(timeline.rows):
        # The axis is no thing to be looked up: its label stays plain.
        lines.append((Segment(pad(row.label, width), strong=at > 1), *row.cells))
    if timeline.days >= WEEK:
        weeks = timeline.days // WEEK
        scale = "a mark a week" if weeks == 1 else f"a mark is {weeks} weeks"
        lines.append((Segment(" " * width + scale, "least"),))
    return lines


def _days_of(session: Session) -> Iterator[date]:
    yield session.on
    if _has_window(session):
        yield from (day for day in (session.earliest, session.latest) if day)


def _has_window(session: Session) -> bool:
    """Return whether the window of a session is drawn: it still matters, and has both ends."""
    return session.status != "done" and None not in {session.earliest, session.latest}


class _Label(Struct, frozen=True):
    """A text that begins at a mark."""

    at: int
    text: str
    mark: Mark = "plain"


class _Scale(Struct, frozen=True):
    """The days of a timeline, and the marks that they fall on."""

    first: date
    days: int
    marks: int
    room: int

    @property
    def last(self) -> date:
        """The last day."""
        return self.first + (self.marks * self.days - 1) * _DAY

    def at(self, day: date) -> int:
        """Return the mark that a day falls on."""
        return (day - self.first).days // self.days

    def labels(self, labels: Iterable[_Label]) -> DeskLine:
        """Write labels into a row, each if it touches no other and fits; it may end beyond."""
        cells = [_BLANK] * self.room
        free = 0
        for label in labels:
            end = label.at + len(label.text)
            if label.at >= free and end <= self.room:
                cells[label.at : end] = [Segment(letter, label.mark) for letter in label.text]
                free = end + 1
        return tuple(cells)

    def mondays(self, today: date) -> DeskLine:
        """Write the day number of each Monday that there is room for, and today between them."""
        monday = self.first + (-self.first.weekday() % WEEK) * _DAY
        days = range((self.last - monday).days // WEEK + 1)
        mondays = (monday + WEEK * number * _DAY for number in days)
        cells = [*self.labels(_Label(self.at(day), f"{day.day}") for day in mondays)]
        at = self.at(today)
        if 0 <= at < self.marks and cells[at] == _BLANK:
            cells[at] = _TODAY
        return tuple(cells)

    def bar(self, group: AvoidGroup) -> DeskLine:
        """Draw what to avoid, as strict as the strictest day of each half of a mark."""
        levels: list[Level] = [FREE] * (self.marks * self.days)
        lengths: tuple[tuple[Level, Sequence[RestrictedPeriod]], ...] = (
            (IDEAL, group.ideal),
            (LEAST, group.least),
        )
        for level, periods in lengths:
            for period in periods:
                start, end = ((day - self.first).days for day in (period.first, period.last))
                end = len(levels) - 1 if period.goes_on else end
                levels[start : end + 1] = [level] * (end + 1 - start)
        marks = (levels[at : at + self.days] for at in range(0, len(levels), self.days))
        return tuple(Segment(halves=self._halves(mark)) for mark in marks)

    def _halves(self, levels: Sequence[Level]) -> tuple[Level, Level]:
        if self.days == DAYS_A_MARK[1]:
            return levels[0], levels[1]
        return max(levels), max(levels)

    def sessions(self, sessions: Sequence[Session]) -> DeskLine:
        """Draw sessions by their numbers within their windows, or as dots where these touch."""
        cells = [_BLANK] * self.marks
        for session in filter(_has_window, sessions):
            first, last = (self.at(day or session.on) for day in (session.earliest, session.latest))
            cells[first : last + 1] = [_WINDOW] * (last + 1 - first)
        labels = sorted(
            (_Label(self.at(session.on), _number(session), _mark(session)) for session in sessions),
            key=lambda label: label.at,
        )
        if self._touch(labels):
            labels = [_Label(label.at, "•", label.mark) for label in labels]
        for label in labels:
            cells[label.at : label.at + len(label.text)] = [
                Segment(letter, label.mark, strong=True) for letter in label.text
            ]
        return tuple(cells)

    def dots(self, days: Iterable[date]) -> DeskLine:
        """Draw days without windows, each as a dot."""
        marks = {self.at(day) for day in days}
        return tuple(_DOT if mark in marks else _BLANK for mark in range(self.marks))

    def _touch(self, labels: Sequence[_Label]) -> bool:
        """Return whether numbers would read as one, or not fit."""
        starts = [*(label.at for label in labels[1:]), self.marks + 1]
        ends = (label.at + len(label.text) for label in labels)
        return any(start <= end for end, start in zip(ends, starts, strict=True))


def _scale(first: date, last: date, width: int) -> _Scale | None:
    """Return the finest scale on which days fit; None if none does."""
    for days in DAYS_A_MARK:
        start = first - first.weekday() * _DAY if days >= WEEK else first
        marks = (last - start).days // days + 1
        if marks <= width:
            return _Scale(start, days, marks, width)
    return None


def _month_labels(scale: _Scale) -> Iterator[_Label]:
    """Yield the months, each with its year where that is told first and there is room."""
    months = [scale.first, *month_starts(scale.first, scale.last)]
    told: int | None = None
    ends = [*(scale.at(day) for day in months[1:]), scale.room + 1]
    for day, end in zip(months, ends, strict=True):
        name, at = MONTHS[day.month - 1], scale.at(day)
        with_year = f"{name} {day.year:04}"
        if day.year != told and at + len(with_year) < end:
            told = day.year
            yield _Label(at, with_year)
        elif at + len(name) < end:
            yield _Label(at, name)


def _number(session: Session) -> str:
    """Return what stands for a session: its number; other appointments have a letter."""
    return f"{session.number}" if session.kind == "session" else session.kind[0]


def _mark(session: Session) -> Mark:
    if session.status == "done":
        return "good"
    if session.status in {"missed", "overdue", "cancelled"} or session.flag:
        return "refused"
    return "moved" if session.moved else "plain"
