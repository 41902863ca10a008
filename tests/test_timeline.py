"""The timeline is read back from its drawing, and has the plan's own dates."""

import re
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
from conftest import day, own_protocol
from hypothesis import given
from hypothesis import strategies as st
from test_replanning import entry

from hairplan import Plan, PlanRequest, load_protocol, make_plan
from hairplan.history import Done, Missed
from hairplan.show.avoid import avoid_groups
from hairplan.show.desk_days import MONTHS
from hairplan.show.segments import Look, render_segments
from hairplan.show.timeline import DAYS_A_MARK, Timeline, draw_timeline, timeline_lines

ONE_DAY = timedelta(days=1)
LABEL = 20
TREATMENTS = {
    name: load_protocol(name) for name in ("smp", "mesopecia", "microneedling", "mesotherapy")
}
LEVELS = " ░█"


class Drawn(NamedTuple):
    """A plan to draw, and the day of today."""

    plan: Plan
    today: date

    def __repr__(self) -> str:
        dated = (f"{session.id} {session.on} {session.status}" for session in self.plan.dated)
        return f"{self.plan.protocol.id} on {self.today}: {', '.join(dated)}"


@st.composite
def plans(draw: st.DrawFn) -> Drawn:
    """Draw a plan of a built-in protocol, which may have begun, and the day of today."""
    start = draw(st.dates(date(2026, 1, 1), date(2028, 12, 31)))
    asked: dict[str, Any] = {"start": start}
    asked["closed"] = frozenset(draw(st.sets(st.sampled_from(["sat", "sun", "mon"]), max_size=2)))
    protocol = TREATMENTS[draw(st.sampled_from(sorted(TREATMENTS)))]
    today = start + draw(st.integers(-60, 90)) * ONE_DAY
    plan = make_plan(protocol, PlanRequest(**asked), today=min(start, today))
    course = [session for session in plan.dated if session.kind == "session"]
    begun = [session for session in course if session.on <= today][: draw(st.integers(0, 3))]
    history = [
        entry(
            Done(session.id, session.on) if draw(st.booleans()) else Missed(session.id),
            on=f"{session.on}",
        )
        for session in begun
    ]
    request = PlanRequest(**asked)
    plan = make_plan(protocol, request, history or None, today=max(today, start))
    return Drawn(plan, today)


def draw(plan: Plan, today: date, width: int) -> Timeline | None:
    groups = avoid_groups(plan)
    labels = [f"bar {at}" for at in range(len(groups))]
    return draw_timeline(plan, groups, labels, today, width)


def rows(timeline: Timeline, *, ascii_only: bool = False) -> dict[str, str]:
    """Read the rows of a drawing by their labels."""
    text = render_segments(timeline_lines(timeline, LABEL), Look(ascii=ascii_only))
    return {line[:LABEL].strip(): line[LABEL:] for line in text.splitlines()}


def level(plan: Plan, at: int, on: date) -> int:
    """Return how strictly the restrictions of a group hold on a day."""
    later = {session.id for session in plan.dated if session.status == "tentative"}
    names = avoid_groups(plan)[at].names
    (restriction, *_) = (each for each in plan.restrictions if each.id in names)
    return max(
        (
            strict
            for strict, periods in ((1, restriction.ideal), (2, restriction.at_least))
            for period in periods
            if period.first <= on <= period.last and not later.issuperset(period.sessions)
        ),
        default=0,
    )


def days_of(timeline: Timeline, at: int) -> list[date]:
    """Return the days of a mark."""
    first = timeline.first + at * timeline.days * ONE_DAY
    return [first + number * ONE_DAY for number in range(timeline.days)]


@given(plans(), st.integers(40, 200))
def test_every_bar_is_as_strict_as_the_strictest_day_of_each_mark(drawn: Drawn, width: int) -> None:
    plan, today = drawn
    timeline = draw(plan, today, width)
    assert timeline is not None
    for ascii_only, glyphs in ((False, LEVELS), (True, ".-#")):
        read = rows(timeline, ascii_only=ascii_only)
        for at, _ in enumerate(avoid_groups(plan)):
            bar = read[f"bar {at}"].ljust(len(timeline.rows[2].cells), glyphs[0])
            for mark, glyph in enumerate(bar):
                strictest = max(level(plan, at, on) for on in days_of(timeline, mark))
                assert glyphs.index(glyph) == strictest, (at, mark)


@given(plans(), st.integers(40, 200))
def test_a_mark_of_two_days_tells_them_apart_where_there_are_colours(
    drawn: Drawn, width: int
) -> None:
    plan, today = drawn
    timeline = draw(plan, today, width)
    assert timeline is not None
    bars = [row for row in timeline.rows if row.label.startswith("bar")]
    for at, row in enumerate(bars):
        for mark, cell in enumerate(row.cells):
            levels = [level(plan, at, on) for on in days_of(timeline, mark)]
            exact = tuple(levels) if timeline.days == 2 else (max(levels),) * 2
            assert cell.halves == exact


@given(plans(), st.integers(40, 200))
def test_every_session_stands_on_its_day_within_its_window(drawn: Drawn, width: int) -> None:
    plan, today = drawn
    timeline = draw(plan, today, width)
    assert timeline is not None
    row = rows(timeline)["sessions"]
    sessions = [session for session in plan.dated if session.status != "tentative"]
    expected: dict[int, str] = {}
    for session in sessions:
        if session.status != "done" and session.earliest and session.latest:
            for at in range(len(timeline.rows[2].cells)):
                days = days_of(timeline, at)
                if days[-1] >= session.earliest and days[0] <= session.latest:
                    expected[at] = "─"
    dots = "•" in row
    for session in sessions:
        at = (session.on - timeline.first).days // timeline.days
        text = "•" if dots else f"{session.number}"
        expected.update({at + number: letter for number, letter in enumerate(text)})
    assert row == "".join(expected.get(at, " ") for at in range(max(expected) + 1))


@given(plans(), st.integers(40, 200))
def test_every_label_of_the_axis_is_true(drawn: Drawn, width: int) -> None:
    plan, today = drawn
    timeline = draw(plan, today, width)
    assert timeline is not None
    read = rows(timeline)
    for found in re.finditer(r"([A-Z][a-z]{2})(?: (\d{4}))?", read[""]):
        days = days_of(timeline, found.start())
        begins = [on for on in days if on.day == 1 or on == timeline.first]
        assert found[1] in {MONTHS[on.month - 1] for on in begins}
        assert found[2] in {None, *(f"{on.year}" for on in begins)}
    axis = read["weeks" if timeline.days >= 7 else "Mondays"]
    for found in re.finditer(r"\d+", axis):
        mondays = [on.day for on in days_of(timeline, found.start()) if on.weekday() == 0]
        assert int(found[0]) in mondays
    for found in re.finditer("▼", axis):
        assert today in days_of(timeline, found.start())


@given(plans(), st.integers(40, 200))
def test_the_scale_is_the_finest_that_fits(drawn: Drawn, width: int) -> None:
    plan, today = drawn
    timeline = draw(plan, today, width)
    assert timeline is not None
    marks = len(timeline.rows[2].cells)
    assert marks <= width
    assert timeline.days in DAYS_A_MARK
    if timeline.days >= 7:
        assert timeline.first.weekday() == 0


WEEKLY = """
[[steps]]
id = "course"
name = "session"
count = 52
spacing.preferred = "1 week"
"""


@pytest.mark.parametrize(
    ("width", "days", "row"),
    [
        (60, 7, "•" * 52),
        (26, 14, "•" * 26),
        (13, 28, "•" * 13),
    ],
)
def test_sessions_that_would_touch_are_dots(width: int, days: int, row: str) -> None:
    request = PlanRequest(start=day("2027-01-04"))
    plan = make_plan(own_protocol(WEEKLY), request, today=day("2026-11-01"))
    timeline = draw(plan, day("2026-11-01"), width)
    assert timeline is not None
    assert timeline.days == days
    assert rows(timeline)["sessions"].strip("─") == row


def test_what_fits_on_no_scale_is_not_drawn() -> None:
    request = PlanRequest(start=day("2027-01-04"))
    plan = make_plan(own_protocol(WEEKLY), request, today=day("2026-11-01"))
    assert draw(plan, day("2026-11-01"), 12) is None
