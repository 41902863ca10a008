"""Where a file gives a preferred interval alone, a quarter of it either way is the window."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from conftest import day, own_plan, own_protocol, planned
from hypothesis import given, settings
from hypothesis import strategies as st

from hairplan import HairplanError, PlanRequest, make_plan
from hairplan.dates.spans import Period
from hairplan.history import Cancelled, Done, Entry, Happening, Missed
from hairplan.planner.default_windows import window_around

WEEKLY = """
[[steps]]
id = "course"
name = "session"
count = 4
spacing = { preferred = "1 week" }
strength = "clinic"
"""


@pytest.mark.parametrize(
    ("preferred", "window"),
    [
        ("1 day", ("1 day", "2 days")),
        ("36 hours", ("1 day", "3 days")),
        ("3 days", ("2 days", "4 days")),
        ("1 week", ("6 days", "8 days")),
        ("10 days", ("8 days", "12 days")),
        ("4 weeks", ("3 weeks", "5 weeks")),
        ("1 month", ("3 weeks", "1 month + 1 week")),
        ("3 months", ("2 months + 1 week", "3 months + 3 weeks")),
        ("1 year", ("9 months", "15 months")),
        ("1 month + 4 days", ("24 days", "43 days")),
    ],
)
def test_the_window_is_a_quarter_either_way_and_at_least_a_day(
    preferred: str, window: tuple[str, str]
) -> None:
    assert window_around(preferred) == window


def figures(**asked: object) -> list[tuple[str, str, str]]:
    found = own_plan(WEEKLY, **asked)
    return [
        (each.figure.removeprefix("course.spacing."), each.value, each.strength)
        for each in found.figures
        if "spacing" in each.figure
    ]


def test_the_window_is_shown_as_our_default_and_can_be_changed() -> None:
    assert figures() == [
        ("max", "8 days", "default"),
        ("min", "6 days", "default"),
        ("preferred", "1 week", "clinic"),
    ]
    assert figures(figures={"course.spacing.min": "5 days"})[1] == ("min", "5 days", "clinic")
    with pytest.raises(HairplanError, match=r"preferred: .*can be longer than max"):
        own_plan(WEEKLY, figures={"course.spacing.max": "3 days"})


def test_the_window_goes_with_the_interval_that_is_asked_for() -> None:
    assert figures(spacing="2 weeks") == [
        ("max", "17 days", "default"),
        ("min", "11 days", "default"),
        ("preferred", "2 weeks", "chosen"),
    ]
    assert figures(spacing="2 weeks", figures={"course.spacing.max": "3 weeks"}) == [
        ("max", "3 weeks", "clinic"),
        ("min", "6 days", "default"),
        ("preferred", "2 weeks", "chosen"),
    ]


def test_lists_and_groups_have_a_window_for_each_interval() -> None:
    found = own_plan(
        WEEKLY.replace('{ preferred = "1 week" }', '[{ preferred = "1 week" }, { min = "2 weeks",'
                       ' preferred = "3 weeks" }]')
        + '[[steps]]\nid = "more"\nname = "m"\ncount = "open"\nanchor = "course.last"\n'
        'spacing = { preferred = "6 months", tolerance = "2 weeks" }\n'
        'group = { size = 2, spacing = { preferred = "1 week" } }\n'
    )  # fmt: skip
    ours = [each.figure for each in found.figures if each.value in {"6 days", "8 days"}]
    assert ours == [
        "course.spacing.1.max",
        "course.spacing.1.min",
        "more.group.spacing.max",
        "more.group.spacing.min",
    ]


def test_seasons_and_limits_around_the_anchor_say_themselves_how_far_one_may_lie() -> None:
    look = '[[steps]]\nid = "look"\nname = "l"\nanchor = "course.last"\n'
    for keys in (
        'spacing = { preferred = "1 month" }\nseasons = ["09-01..10-31"]\n',
        'spacing = { preferred = "1 month" }\n'
        'limits = [{ anchor = "course.last", max = "1 year" }]\n',
    ):
        found = own_plan(WEEKLY + look + keys)
        assert not any(each.figure.startswith("look.spacing.m") for each in found.figures)


def test_a_closure_longer_than_the_window_refuses_nobody() -> None:
    closure = Period(day("2027-01-10"), day("2027-01-29"))
    found = own_plan(WEEKLY, closures=(closure,))
    assert planned(found) == ["2027-01-04", "2027-01-30", "2027-02-06", "2027-02-13"]
    second = found.sessions[1]
    assert (second.earliest, second.latest, second.flag) == (day("2027-01-10"), None, None)
    # A limit of the file is none of ours.
    limited = WEEKLY + 'limits = [{ anchor = "course.first", max = "3 weeks" }]\n'
    assert own_plan(limited, closures=(closure,)).problem is not None


def test_a_visit_whose_day_is_long_past_stays_there_and_is_squeezed_nowhere() -> None:
    visits = """
[[steps]]
id = "check"
name = "check"
kind = "visit"
anchor = "events.surgery"
count = 3
spacing = { preferred = "1 month" }
[events]
surgery = { label = "surgery", is_start = true }
"""
    found = own_plan(visits, events={"surgery": day("2026-08-15")})
    assert planned(found) == ["2026-09-15", "2026-10-15", "2026-11-15"]


def test_what_is_late_by_our_window_alone_restarts_nothing() -> None:
    text = WEEKLY + 'late = { then = "restart" }\n'
    history = [
        Entry(at=datetime(2027, 1, 4, tzinfo=UTC), on=day(on), what=(Done(name, day(on)),))
        for name, on in (("course-1", "2027-01-04"), ("course-2", "2027-01-20"))
    ]
    request = PlanRequest(start=day("2027-01-04"))
    found = make_plan(own_protocol(text), request, history, today=day("2027-01-20"))
    assert [each.id for each in found.sessions][-1] == "course-4"
    assert found.sessions[1].flag == (
        "done 8 days after its latest day, 2027-01-12 (course.spacing.max 8 days, our default);"
        " the plan goes on from there"
    )


WHATS = st.lists(
    st.tuples(
        st.sampled_from(["done", "missed", "cancelled"]), st.integers(1, 5), st.integers(0, 20)
    ),
    max_size=5,
)


@settings(max_examples=100)
@given(
    st.sampled_from([("4 weeks", 21), ("1 week", 6), ("1 month", 21)]),
    WHATS,
    st.sampled_from([None, "rolling", "fixed"]),
    st.lists(st.dates(date(2027, 1, 5), date(2027, 6, 1)), max_size=3),
)
def test_no_plan_and_no_replan_proposes_two_sessions_nearer_than_the_window(
    interval: tuple[str, int],
    whats: list[tuple[str, int, int]],
    anchor: str | None,
    closed: list[date],
) -> None:
    preferred, least = interval
    protocol = own_protocol(WEEKLY.replace("1 week", preferred).replace("count = 4", "count = 5"))
    closures = tuple(Period(on, on + timedelta(days=9)) for on in closed)
    request = PlanRequest(start=day("2027-01-04"), anchor=anchor, closures=closures)  # type: ignore[arg-type]
    history: list[Entry] = []
    on = day("2027-01-04")
    for what, number, later in whats:
        name = f"course-{number}"
        on += timedelta(days=later)
        happened: dict[str, Happening] = {
            "done": Done(name, on),
            "missed": Missed(name),
            "cancelled": Cancelled(name),
        }
        entry = Entry(at=datetime(2027, 1, 4, tzinfo=UTC), on=on, what=(happened[what],))
        try:
            make_plan(protocol, request, [*history, entry], today=on)
        except HairplanError:
            continue
        history.append(entry)
    found = make_plan(protocol, request, history, today=on)
    if any(broken.what == "order" for broken in found.breaks):
        return
    days = sorted(
        (each.on, each.status) for each in found.dated if each.status in {"done", "planned"}
    )
    for (one, was), (other, then) in pairwise(days):
        if "planned" in {was, then}:
            assert (other - one).days >= least, days
