"""The days at a glance: appointments as circles, what to avoid as bars, week by week.

It is drawn twice, wide for paper and narrow for a phone: one that is scaled down has letters that
nobody can read. All that it shows is said in its description as well.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from textwrap import wrap
from typing import Final, get_args

from msgspec import Struct, structs

from hairplan.plan import Session
from hairplan.plan_parts import RestrictedPeriod
from hairplan.sheet.appointments import Forthcoming
from hairplan.sheet.care import Care, free_from
from hairplan.sheet.drawing import Drawing, Letters, Stroke
from hairplan.sheet.model import Mark, Picture
from hairplan.sheet.words import Catalog, opened

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_LONGEST_MONTH = timedelta(days=31)

_AXIS: Final = Stroke()
_GRID: Final = Stroke("#c9c9c9", 0.8)
_EDGE: Final = Stroke("#4a4a4a", 1.3)
_RING: Final = Stroke("#111", 2)
_DARK: Final = "#4a4a4a"
_LIGHT: Final = "#e4e4e4"

_HEADING: Final = Letters(14, bold=True)
_WEEKS: Final = Letters(12.5, color="#3d3d3d")
_DATE: Final = Letters(13.5, bold=True, anchor="middle")
_FREE: Final = Letters(13, bold=True)
_SMALL: Final = Letters(13)
_LETTER: Final = 8.0
"""The width of a bold letter, on the safe side."""
_SMALL_LETTER: Final = 7.4

_BAR: Final = 19.0
_LINE_HEIGHT: Final = 16.0
_NEAREST_LINES: Final = 7.0
_ROOM_OF_DATE: Final = 56.0
_ROOM_OF_NUMBER: Final = 9.0
_TOP: Final = 46.0


class _Frame(Struct, frozen=True):
    """The room of a picture.

    Attributes:
        left: where its axis begins.
        right: where its axis ends.
        width: its width.
        radius: of an appointment's circle.
        letters: how many letters of a label stand in a line.
        is_narrow: whether labels stand above what they name.
    """

    left: float
    right: float
    width: float
    radius: float
    letters: int
    is_narrow: bool


_WIDE: Final = _Frame(176, 616, 744, 12, 21, is_narrow=False)
_NARROW: Final = _Frame(11, 339, 350, 10, 40, is_narrow=True)


class _Shown(Struct, frozen=True):
    """The appointments and what to avoid that a picture shows, from the first day to the last."""

    appointments: Forthcoming
    care: Sequence[Care]
    first: date
    last: date


def picture_of(
    appointments: Forthcoming, care: Sequence[Care], catalog: Catalog, today: date
) -> Picture:
    """Draw the appointments ahead and what to avoid around them."""
    periods = [period for each in care for period in each.periods]
    visits = [session.on for session in appointments.ahead]
    first = min([*visits, *(max(period.ideal.first, today) for period in periods)])
    last = max([*visits, *(period.end for period in periods)])
    shown = _Shown(appointments, care, first - _DAY, last + _DAY)
    painter = _Painter(_WIDE, shown, catalog)
    wide, narrow = painter.paint("wide"), _Painter(_NARROW, shown, catalog).paint("narrow")
    return Picture(wide, narrow, tuple(mark for mark in get_args(Mark) if mark in painter.marks))


class _Painter:
    """Draws one picture."""

    def __init__(self, frame: _Frame, shown: _Shown, catalog: Catalog) -> None:
        self.frame = frame
        self.shown = shown
        self.appointments = shown.appointments
        self.catalog = catalog
        self.days = (shown.last - shown.first).days + 1
        self.drawing = Drawing()
        self.marks: set[Mark] = set()

    def paint(self, name: str) -> str:
        self._months()
        bottom = self._visits(_TOP) if self.appointments.ahead else _TOP
        for care in self.shown.care:
            bottom = self._bars(care, bottom)
        self._weeks(bottom)
        if self.appointments.later and not self.frame.is_narrow:
            self._later()
            bottom = max(bottom, _TOP + 80)
        size = self.frame.width, bottom + 2
        title = self.catalog.says["picture" if self.appointments.ahead else "picture_care"]
        return self.drawing.svg(name, title, self._describe(), size)

    def x(self, day: date, hour: int = 0) -> float:
        """Return where a day begins on the axis, or an hour of it."""
        share = ((day - self.shown.first).days + hour / 24) / self.days
        inside = min(max(share, 0.0), 1.0)
        return self.frame.left + inside * (self.frame.right - self.frame.left)

    # ---- the axis ----

    def _months(self) -> None:
        right = self.frame.right
        self.drawing.line((self.frame.left, 20), (right, 20))
        starts = [self.x(start) for start in self._month_starts()]
        ends = [*starts[1:], right]
        for start, begin, end in zip(self._month_starts(), starts, ends, strict=True):
            self.drawing.line((begin, 2), (begin, 40))
            month = start.month - 1
            for name in self.catalog.months[month], self.catalog.short_months[month]:
                if len(name) * _LETTER + 4 <= end - begin:
                    self.drawing.text((begin + 4, 14), name, _HEADING)
                    break

    def _month_starts(self) -> Iterator[date]:
        start = self.shown.first
        while start <= self.shown.last:
            yield start
            start = (start.replace(day=1) + _LONGEST_MONTH).replace(day=1)

    def _weeks(self, bottom: float) -> None:
        """Draw a line for each Monday, behind what stands there, and its number where it fits."""
        first = self.shown.first
        step = self.x(first + _WEEK) - self.x(first)
        taken = [(self.x(start) - 20, self.x(start)) for start in self._month_starts()][1:]
        monday = first + (-first.weekday() % 7) * _DAY
        free = self.frame.left
        while monday <= self.shown.last:
            x = self.x(monday)
            if step >= _NEAREST_LINES:
                self.drawing.line_behind((x, 40), (x, bottom), _GRID)
            fits = free <= x <= self.frame.right - 18
            if fits and not any(begin < x < end for begin, end in taken):
                self.drawing.text((x + 4, 35), f"{monday.day}", _WEEKS)
                free = x + 24
            monday += _WEEK

    # ---- appointments ----

    def _visits(self, top: float) -> float:
        """Draw the appointments below a height; return where they end."""
        ahead = self.appointments.ahead
        places = [self.x(session.on, 12) for session in ahead]
        gaps = [later - earlier for earlier, later in pairwise(places)]
        radius = max(2.5, min([self.frame.radius, *(gap / 2 - 0.7 for gap in gaps)]))
        has_dates = min([_ROOM_OF_DATE, *gaps]) >= _ROOM_OF_DATE
        label = self.catalog.says["appointments"]
        if self.frame.is_narrow:
            top += self._label(label, top)
        middle = top + radius + (15 if has_dates else 2)
        if not self.frame.is_narrow:
            self._label(label, middle - 9)
        for session, x in zip(ahead, places, strict=True):
            self._visit(session, x, middle, radius)
            if has_dates:
                self._date(session.on, x, top + 11)
        return middle + radius + 8

    def _visit(self, session: Session, x: float, middle: float, radius: float) -> None:
        inside, around = ("#fff", "#111") if session.booked else ("#111", "#fff")
        self.drawing.circle((x, middle), radius, around, _RING)
        if radius >= _ROOM_OF_NUMBER:
            letters = structs.replace(_DATE, color=inside)
            number = f"{self.appointments.numbers[session.id]}"
            self.drawing.text((x, middle + 4.8), number, letters)

    def _date(self, day: date, x: float, y: float) -> None:
        """Write the day of an appointment above it, on white and inside the picture."""
        text = self.catalog.short(day)
        half = len(text) * _LETTER / 2
        middle = min(max(x, half), self.frame.width - half)
        self.drawing.bar((middle - half, y - 12), (2 * half, 16), "#fff")
        self.drawing.text((middle, y), text, _DATE)

    def _later(self) -> None:
        """Draw that there is more to be arranged, behind a break of the axis."""
        right = self.frame.right
        self.drawing.line((right + 12, 20), (self.frame.width, 20), Stroke(dashed=True))
        self.drawing.line((right, 26), (right + 5, 14))
        self.drawing.line((right + 6, 26), (right + 11, 14))
        self.drawing.circle((right + 60, 74), 11, "#fff", structs.replace(_RING, dashed=True))
        self.drawing.text((right + 60, 78.5), "?", _DATE)
        month = self.catalog.month(self.appointments.later[0].on)
        for row, line in enumerate(wrap(self.catalog.tell("around", month=month), 12)):
            self.drawing.text((right + 46, 104 + _LINE_HEIGHT * row), line, _SMALL)

    # ---- what to avoid ----

    def _bars(self, care: Care, top: float) -> float:
        """Draw what to avoid below a height; return where it ends."""
        label = self._label(opened(care.names), top)
        begin = top + label if self.frame.is_narrow else top
        for period in care.periods:
            whole = self._extent(period.ideal)
            # What has passed lies left of the axis.
            least = [
                self._extent(each)
                for each in period.least
                if each.goes_on or each.last >= self.shown.first
            ]
            self._bar(whole, begin, _LIGHT, _EDGE)
            for piece in least:
                self._bar(piece, begin, _DARK)
            self.marks |= {"must"} if least else set()
            self.marks |= {"better"} if least != [whole] else set()
        if not self.frame.is_narrow:
            self._ends(care, begin)
        return max(begin + _BAR, top + label) + 8

    @property
    def _end(self) -> float:
        """The right end of what is drawn of care."""
        return self.frame.right + 42 if self.appointments.later else self.frame.width

    def _extent(self, period: RestrictedPeriod) -> tuple[float, float]:
        """Return where a period begins on the axis, and where it ends."""
        begin = self.x(period.first, _hour(period.begin_at))
        if period.goes_on:
            return begin, self._end
        at = period.resume_at
        return begin, self.x(at.date(), at.hour) if at else self.x(period.last + _DAY)

    def _bar(
        self, extent: tuple[float, float], top: float, color: str, edge: Stroke | None = None
    ) -> None:
        begin, end = extent
        self.drawing.bar((begin, top), (max(end - begin, 2.5), _BAR), color, edge)

    def _ends(self, care: Care, top: float) -> None:
        """Mark from when on it is allowed again, where there is room for that."""
        limits = [*(self.x(period.ideal.first) for period in care.periods[1:]), self._end]
        for period, limit in zip(care.periods, limits, strict=True):
            if period.ideal.resume_on is None:
                continue
            day, at = free_from(period.ideal)
            x = self.x(day, _hour(at)) + 5
            text = self.catalog.short(day)
            if x + 17 + len(text) * _SMALL_LETTER <= limit:
                self.marks.add("allowed")
                self.drawing.tick((x, top + 11))
                self.drawing.text((x + 16, top + 15), text, _FREE)

    # ---- words ----

    def _label(self, text: str, top: float) -> float:
        """Write a label below a height; return its own height."""
        lines = wrap(text, self.frame.letters)
        for row, line in enumerate(lines):
            self.drawing.text((0, top + 14 + _LINE_HEIGHT * row), line, _HEADING)
        return _LINE_HEIGHT * len(lines) + 3

    def _describe(self) -> str:
        """Say all dates that the picture shows."""
        appointments = [
            f"{self.appointments.numbers[session.id]}{self.catalog.dates['comma']}"
            f"{self.catalog.day(session.on, year=True)[0].text}"
            for session in self.appointments.ahead
        ]
        semicolon = self.catalog.dates["semicolon"]
        days = semicolon.join(appointments)
        told = [self.catalog.tell("picture_appointments", days=days)] if appointments else []
        return " ".join([*told, *map(self._describe_bar, self.shown.care)])

    def _describe_bar(self, care: Care) -> str:
        periods = self.catalog.dates["semicolon"].join(
            self.catalog.from_to(period.ideal.first, period.ideal.last) for period in care.periods
        )
        return self.catalog.tell("picture_bar", names=opened(care.names), periods=periods)


def _hour(at: datetime | None) -> int:
    return at.hour if at else 0
