from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path

import pytest
from conftest import OWN, Ran, day, own_plan, plan

from hairplan import CalendarChoice
from hairplan.calendar.items import items_of
from hairplan.dates.spans import span
from hairplan.planner.restrictions import Sides, Visit, periods
from hairplan.show.plain import render_plain
from hairplan.show.plan import plan_document

DAILY = ("2027-01-04", "2027-01-05", "2027-01-06")


def around(
    days: tuple[str, ...],
    before: str | None,
    after: str | None,
    at: time | None = None,
    zone: str | None = None,
) -> list[str]:
    sides = Sides(span(before) if before else None, span(after) if after else None)
    visits = [Visit(each, day(each), at, zone, 30) for each in days]
    return [
        f"{each.first}..{each.last} -> {each.resume_at or each.resume_on}"
        for each in periods(sides, visits)
    ]


@pytest.mark.parametrize(
    ("days", "before", "after", "expected"),
    [
        (("2027-01-04",), None, "3 days", ["2027-01-04..2027-01-07 -> 2027-01-08"]),
        (("2027-01-04",), "3 days", None, ["2027-01-01..2027-01-04 -> None"]),
        (("2027-01-31",), None, "1 month", ["2027-01-31..2027-02-28 -> 2027-03-01"]),
        # seven days on both sides join at a spacing of 15 days, not of 16
        (
            ("2027-01-04", "2027-01-19"),
            "7 days",
            "7 days",
            ["2026-12-28..2027-01-26 -> 2027-01-27"],
        ),
        (
            ("2027-01-04", "2027-01-20"),
            "7 days",
            "7 days",
            [
                "2026-12-28..2027-01-11 -> 2027-01-12",
                "2027-01-13..2027-01-27 -> 2027-01-28",
            ],
        ),
        # five days on both sides join at a spacing of 11 days
        (
            ("2027-01-04", "2027-01-15"),
            "5 days",
            "5 days",
            ["2026-12-30..2027-01-20 -> 2027-01-21"],
        ),
        (
            ("2027-01-04", "2027-01-16"),
            "5 days",
            "5 days",
            [
                "2026-12-30..2027-01-09 -> 2027-01-10",
                "2027-01-11..2027-01-21 -> 2027-01-22",
            ],
        ),
        # hours without a time cover the days that they could touch
        (("2027-01-04",), None, "24 hours", ["2027-01-04..2027-01-05 -> 2027-01-06"]),
        (("2027-01-04",), None, "6 hours", ["2027-01-04..2027-01-05 -> 2027-01-06"]),
        (("2027-01-04",), "12 hours", "36 hours", ["2027-01-03..2027-01-06 -> 2027-01-07"]),
    ],
)
def test_days_around_an_appointment(
    days: tuple[str, ...], before: str | None, after: str | None, expected: list[str]
) -> None:
    assert around(days, before, after) == expected


@pytest.mark.parametrize(
    ("days", "before", "after", "at", "expected"),
    [
        # counted from the appointment's end, half an hour after it begins
        (
            ("2027-01-04",),
            None,
            "24 hours",
            time(14, 30),
            ["2027-01-04..2027-01-05 -> 2027-01-05 15:00:00"],
        ),
        (
            ("2027-01-04",),
            None,
            "9 hours",
            time(14, 30),
            ["2027-01-04..2027-01-04 -> 2027-01-05 00:00:00"],
        ),
        (("2027-01-04",), "2 hours", None, time(14, 30), ["2027-01-04..2027-01-04 -> None"]),
        (("2027-01-04",), "15 hours", None, time(14, 30), ["2027-01-03..2027-01-04 -> None"]),
        # the night to 28 March 2027 is an hour short
        (
            ("2027-03-27",),
            None,
            "24 hours",
            time(14, 30),
            ["2027-03-27..2027-03-28 -> 2027-03-28 16:00:00"],
        ),
        # what ends within a day joins with what begins on that day, and not on the next
        (DAILY, None, "24 hours", time(9), ["2027-01-04..2027-01-07 -> 2027-01-07 09:30:00"]),
        (
            ("2027-01-04", "2027-01-05"),
            None,
            "9 hours",
            time(14, 30),
            ["2027-01-04..2027-01-05 -> 2027-01-06 00:00:00"],
        ),
        (
            ("2027-01-04", "2027-01-06"),
            None,
            "24 hours",
            time(9),
            [
                "2027-01-04..2027-01-05 -> 2027-01-05 09:30:00",
                "2027-01-06..2027-01-07 -> 2027-01-07 09:30:00",
            ],
        ),
    ],
)
def test_hours_around_an_appointment(
    days: tuple[str, ...], before: str | None, after: str | None, at: time, expected: list[str]
) -> None:
    assert around(days, before, after, at, "Europe/Paris") == expected


def test_growth_factors_stay_on_for_a_day() -> None:
    found = plan(
        "microneedling",
        "2027-01-04",
        options={"growth-factors": "yes"},
        time=time(14, 30),
        zone="Europe/Paris",
    )
    shampoo = next(each for each in found.restrictions if each.id == "shampoo")
    assert shampoo.ideal[0].resume_at == datetime(2027, 1, 5, 14, 50)  # noqa: DTZ001
    assert shampoo.at_least == shampoo.ideal
    without = plan("microneedling", "2027-01-04")
    assert "shampoo" not in {each.id for each in without.restrictions}


def test_hours_without_a_zone_say_what_they_leave_out() -> None:
    note = "no time zone is given: hours are counted without a change of summer time"
    options = {"growth-factors": "yes"}
    for zone, expected in ((None, True), ("Europe/Paris", False)):
        found = plan("microneedling", "2027-01-04", options=options, time=time(9), zone=zone)
        assert (note in found.notes) is expected
    assert note not in plan("microneedling", "2027-01-04", time=time(9)).notes


def test_tasks_before_each_session() -> None:
    found = plan("mesopecia", "2027-01-04", time=time(14, 30), until=day("2027-03-01"))
    tasks = {each.id: each for each in found.tasks}
    wash, cream = tasks["wash.weekly-2"], tasks["anaesthetic-cream.weekly-2"]
    assert (wash.not_before, wash.due) == (day("2027-01-10"), day("2027-01-11"))
    assert cream.due_at == datetime(2027, 1, 11, 13, 30)  # noqa: DTZ001
    assert cream.optional
    assert len([each for each in tasks if each.startswith("comb.")]) == len(found.sessions)


def test_a_task_at_midnight_is_due_the_day_before() -> None:
    found = plan("microneedling", "2027-01-04", time=time(0, 10))
    cream = next(each for each in found.tasks if each.id == "anaesthetic-cream.course-1")
    assert (cream.due, cream.due_at) == (day("2027-01-03"), datetime(2027, 1, 3, 23, 40))  # noqa: DTZ001


# ---- what no source says ----

HOURS = """
[[steps]]
id = "course"
name = "c"
count = 2
spacing = { preferred = "2 days" }
[restrictions]
alcohol = { label = "no alcohol", before = "72 hours" }
lying = { label = "do not lie down", after = "4 hours" }
"""


def test_what_reaches_before_appointments_alone_ends_with_them() -> None:
    plan = own_plan(HOURS, start=day("2027-01-04"))
    (period,) = plan.restrictions[0].ideal
    assert (period.resume_on, period.last) == (None, day("2027-01-06"))
    text = render_plain(plan_document(plan))
    assert "alcohol  72 hours before  2027-01-01..2027-01-06  until the appointment\n" in text
    bars = CalendarChoice(audience="practice", kinds=frozenset({"restriction"}))
    items = items_of(plan, bars)
    (item,) = [each for each in items if each.id == "restriction.alcohol.course-1"]
    assert "It ends with the appointment." in item.text


def test_a_status_gives_no_resume_date_that_no_source_gives(
    hairplan: Callable[[str], Ran],
) -> None:
    Path("own.toml").write_text(OWN + HOURS, "utf-8")
    assert hairplan("schedule ./own.toml --start 2027-01-04 --save p.plan.json").code == 0
    desk = hairplan("status p.plan.json --today 2027-01-02 -f plain").out
    assert "avoid-now  alcohol until Wed 2027-01-06, the appointment\n" in desk
    full = hairplan("status p.plan.json --today 2027-01-02 --full").out
    assert (
        "no alcohol: since Fri 2027-01-01, until Wed 2027-01-06; it ends with the appointment\n"
    ) in full
    moved = hairplan("record p.plan.json --moved course-2=2027-01-07 --today 2027-01-02").out
    assert "alcohol Fri 2027-01-01 to Thu 2027-01-07, the appointment\n" in moved


def test_hours_say_that_a_time_would_make_them_exact() -> None:
    plan = own_plan(HOURS)
    assert [each.hours for each in plan.restrictions] == ["72 hours before", "4 hours after"]
    assert "no time is given: what lasts hours covers whole days; --time 10:00 makes it exact" in (
        plan.notes
    )
    timed = own_plan(HOURS, time=time(10), zone="Europe/Paris")
    assert [each.hours for each in timed.restrictions] == [None, None]
    begins = [str(each.ideal[0].begin_at) for each in timed.restrictions]
    assert begins == ["2027-01-01 10:00:00", "None"]
