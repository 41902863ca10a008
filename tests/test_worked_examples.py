"""The plans that must come out exactly, on 2026-11-01."""

from typing import TYPE_CHECKING

import pytest
from conftest import day, plan, planned

from hairplan import Plan
from hairplan.dates.spans import Period
from hairplan.plan import Session

if TYPE_CHECKING:
    from hairplan.plan_parts import RestrictedPeriod


def windows(found: Plan) -> list[str]:
    return [f"{each.earliest}..{each.latest}" for each in found.sessions]


def session(found: Plan, name: str) -> Session:
    return next(each for each in found.sessions if each.id == name)


def periods(found: Plan, name: str, length: str) -> list[str]:
    restriction = next(each for each in found.restrictions if each.id == name)
    listed: tuple[RestrictedPeriod, ...] = getattr(restriction, length)
    return [f"{each.first}..{each.last} -> {each.resume_on}" for each in listed]


def test_smp() -> None:
    found = plan("smp", "2026-12-01")
    assert planned(found) == ["2026-12-01", "2026-12-15", "2026-12-29", "2029-06-29"]
    assert windows(found)[1:] == [
        "2026-12-11..2026-12-22",
        "2026-12-25..2027-01-05",
        "2028-12-29..2029-12-29",
    ]
    assert periods(found, "sun", "at_least")[0] == "2026-12-01..2026-12-04 -> 2026-12-05"
    assert periods(found, "sun", "ideal")[0] == "2026-12-01..2026-12-06 -> 2026-12-07"
    assert [each.status for each in found.sessions] == ["planned"] * 3 + ["tentative"]
    assert found.problem is None
    assert found.chair_time == "PT8H"
    assert found.cost is None


def test_smp_for_a_user_of_minoxidil() -> None:
    found = plan("smp", "2026-12-01", answers={"minoxidil": "yes"})
    assert periods(found, "minoxidil", "at_least") == [
        "2026-11-26..2026-12-06 -> 2026-12-07",
        "2026-12-10..2026-12-20 -> 2026-12-21",
        "2026-12-24..2027-01-03 -> 2027-01-04",
        "2029-06-24..2029-07-04 -> 2029-07-05",
    ]
    assert periods(found, "minoxidil", "ideal") == [
        "2026-11-24..2027-01-05 -> 2027-01-06",
        "2029-06-22..2029-07-06 -> 2029-07-07",
    ]
    assert (
        "pause topical minoxidil: ideally without a free day from 2026-11-24 to 2027-01-05,"
        " through course-1..course-3" in found.notes
    )


def test_smp_today_for_a_user_of_minoxidil() -> None:
    found = plan("smp", "2026-11-01", answers={"minoxidil": "yes"})
    assert found.notes[0] == (
        "pause topical minoxidil: should have begun on Sun 2026-10-25 (at the latest on"
        " Tue 2026-10-27); the first start that keeps it is Fri 2026-11-06,"
        " ideally Sun 2026-11-08"
    )


@pytest.mark.parametrize(
    ("start", "begins"),
    [
        ("2026-11-05", "Thu 2026-10-29 (at the latest on Sat 2026-10-31); the first start"),
        ("2026-11-06", "Fri 2026-10-30, ideally; a start on Sun 2026-11-08 or later"),
    ],
)
def test_a_pause_that_should_have_begun_is_said(start: str, begins: str) -> None:
    note = plan("smp", start).notes[0]
    expected = f"pause topical minoxidil (if minoxidil=yes): should have begun on {begins}"
    assert note.startswith(expected)


def test_a_pause_that_can_still_begin_is_not() -> None:
    assert not any("should have begun" in note for note in plan("smp", "2026-11-08").notes)


def test_smp_over_christmas() -> None:
    found = plan("smp", "2026-12-11", closed=("sun",), holidays=("FR",))
    assert planned(found)[:3] == ["2026-12-11", "2026-12-24", "2027-01-08"]
    assert session(found, "course-2").reason == (
        "Fri 2026-12-25 is closed: Christmas Day (FR); moved by -1 day,"
        " inside 2026-12-21..2027-01-01"
    )
    assert session(found, "course-3").reason is None


def test_smp_before_a_long_closure() -> None:
    closure = Period(day("2026-12-08"), day("2027-01-05"))
    problem = plan("smp", "2026-12-01", closures=(closure,)).problem
    assert problem is not None
    assert problem.kind == "no dates"
    assert problem.session == "course-2"
    assert (str(problem.earliest), str(problem.latest)) == ("2026-12-11", "2026-12-22")
    assert problem.why == ("2026-12-11..2026-12-22: closed: closure 2026-12-08..2027-01-05",)
    assert [str(each) for each in problem.nearest_starts] == ["2026-11-17", "2027-01-06"]


def test_no_start_before_today_is_offered() -> None:
    closure = Period(day("2026-11-14"), day("2026-12-20"))
    problem = plan("smp", "2026-11-10", closures=(closure,)).problem
    assert problem is not None
    assert [str(each) for each in problem.nearest_starts] == ["2026-12-21"]


def test_yesterday_is_before_today() -> None:
    closure = Period(day("2026-11-11"), day("2026-12-25"))
    problem = plan("smp", "2026-11-05", sessions=2, closures=(closure,)).problem
    assert problem is not None
    assert [str(each) for each in problem.nearest_starts] == ["2026-12-26"]


def test_smp_too_soon_after_a_transplant() -> None:
    problem = plan("smp", "2026-12-01", events={"transplant": day("2026-09-01")}).problem
    assert problem is not None
    assert problem.kind == "refused"
    assert problem.rules == ("transplant-healing",)
    assert str(problem.earliest_start) == "2027-03-01"


def test_smp_long_enough_after_a_transplant_with_a_caution() -> None:
    found = plan("smp", "2027-04-01", events={"transplant": day("2026-09-01")})
    assert found.problem is None
    holding = [(each.rule, str(each.until)) for each in found.screening if each.applies == "yes"]
    assert holding == [("transplant-caution", "2027-09-01")]


def test_a_wait_after_a_transplant_clamps_to_the_end_of_the_month() -> None:
    events = {"transplant": day("2026-08-31")}
    problem = plan("smp", "2027-01-31", events=events).problem
    assert problem is not None
    assert str(problem.earliest_start) == "2027-02-28"
    assert plan("smp", "2027-02-28", events=events).problem is None


def test_microneedling_weekly() -> None:
    found = plan("microneedling", "2027-01-04")
    assert len(planned(found, "course")) == 12
    assert planned(found, "course")[-1] == "2027-03-22"
    assert [(each.id, str(each.on)) for each in found.milestones] == [
        ("first-effects", "2027-01-25")
    ]
    first = session(found, "maintenance-1")
    assert str(first.planned) == "2027-09-22"
    assert (str(first.earliest), str(first.latest)) == ("2027-08-22", "2027-10-22")
    assert periods(found, "sun", "ideal")[0] == "2027-01-04..2027-04-06 -> 2027-04-07"
    assert found.cost is not None
    assert (found.cost.course.min, found.cost.course.max) == (1800, 3600)


def test_microneedling_fortnightly_and_once_a_year() -> None:
    options = {"cadence": "fortnightly", "maintenance": "once"}
    found = plan("microneedling", "2027-01-04", options=options)
    assert len(planned(found, "course")) == 6
    assert planned(found, "course")[-1] == "2027-03-15"
    assert planned(found, "maintenance") == ["2028-03-15"]


@pytest.mark.parametrize(("closed", "third"), [((), "2027-01-17"), (("sun",), "2027-01-19")])
def test_microneedling_falls_back_to_its_weekday(closed: tuple[str, ...], third: str) -> None:
    closure = Period(day("2027-01-18"), day("2027-01-18"))
    found = plan("microneedling", "2027-01-04", closures=(closure,), closed=closed)
    assert planned(found)[2:4] == [third, "2027-01-25"]


def test_mesopecia_monthly() -> None:
    found = plan("mesopecia", "2027-01-04")
    assert planned(found, "weekly") == ["2027-01-04", "2027-01-11", "2027-01-18", "2027-01-25"]
    assert planned(found, "fortnightly") == [
        "2027-02-08",
        "2027-02-22",
        "2027-03-08",
        "2027-03-22",
    ]
    assert planned(found, "maintenance")[:2] == ["2027-04-22", "2027-05-22"]
    assert [(each.id, str(each.on)) for each in found.milestones] == [
        ("baseline", "2027-01-04"),
        ("day-28", "2027-02-01"),
        ("day-60", "2027-03-05"),
        ("day-90", "2027-04-04"),
    ]


def test_mesopecia_counts_its_next_series_from_where_the_last_one_really_ended() -> None:
    found = plan(
        "mesopecia", "2027-01-04", closures=(Period(day("2027-01-25"), day("2027-01-25")),)
    )
    assert planned(found)[3:6] == ["2027-01-24", "2027-02-07", "2027-02-21"]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (
            "3",
            ["2027-09-22", "2027-09-29", "2027-10-06", "2028-03-22", "2028-03-29", "2028-04-05"],
        ),
        (
            "4",
            [
                *["2027-09-22", "2027-09-29", "2027-10-06", "2027-10-13"],
                *["2028-03-22", "2028-03-29", "2028-04-05", "2028-04-12"],
            ],
        ),
    ],
)
def test_mesopecia_in_clusters(size: str, expected: list[str]) -> None:
    options = {"maintenance": "clusters", "cluster-size": size}
    found = plan("mesopecia", "2027-01-04", options=options, until=day("2028-06-01"))
    assert planned(found, "maintenance") == expected


def test_a_group_that_begins_inside_the_horizon_is_whole() -> None:
    options = {"maintenance": "clusters"}
    found = plan("mesopecia", "2027-01-04", options=options, until=day("2027-09-25"))
    assert planned(found, "maintenance") == ["2027-09-22", "2027-09-29", "2027-10-06"]


@pytest.mark.parametrize(
    ("form", "note"),
    [
        (
            "postpartum",
            "no maintenance is planned: after a pregnancy the treatment need not be prolonged"
            " (MP-3)",
        ),
        (
            "other",
            "no maintenance is planned: the source gives one only for male, hormonal and genetic"
            " forms (MP-2)",
        ),
    ],
)
def test_mesopecia_without_maintenance_says_so(form: str, note: str) -> None:
    found = plan("mesopecia", "2027-01-04", options={"form": form})
    assert planned(found, "maintenance") == []
    assert note in found.notes


def test_mesotherapy() -> None:
    found = plan("mesotherapy", "2027-01-04")
    assert planned(found, "course") == ["2027-01-04", "2027-01-25", "2027-02-15", "2027-03-08"]
    assert windows(found)[1] == "2027-01-19..2027-02-04"
    first = session(found, "maintenance-1")
    assert str(first.planned) == "2027-07-08"
    assert (str(first.earliest), str(first.latest)) == ("2027-06-08", "2027-09-08")


def test_mesotherapy_at_fifteen_days_is_one_sun_protection() -> None:
    found = plan("mesotherapy", "2027-01-04", spacing="15 days")
    assert planned(found, "course")[-1] == "2027-02-18"
    assert periods(found, "sun", "ideal")[0] == "2027-01-04..2027-03-05 -> 2027-03-06"
    assert len(periods(found, "sun", "at_least")) == len(found.sessions)
