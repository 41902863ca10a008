"""Courses at home: counted and chained as sessions are, and no appointments."""

import csv
from collections.abc import Callable
from datetime import date, time, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from conftest import OWN, Ran, day, own_plan
from hypothesis import given
from hypothesis import strategies as st
from test_around_sessions import words
from test_desk import desk
from test_patient_sheet import lines, sheet

from hairplan import CalendarChoice, Plan
from hairplan.calendar.items import items_of
from hairplan.dates.spans import Period
from hairplan.dates.weekdays import weekly_days
from hairplan.errors import InputError
from hairplan.follow.announced import announce
from hairplan.show.csv import render_csv

Run = Callable[[str], Ran]

VISITS = """
[[steps]]
id = "visit"
name = "visit"
kind = "visit"
count = 2
spacing = "4 weeks"
duration = "30 min"
price = "50 EUR"
"""
DAILY = """
[[steps]]
id = "daily"
name = "roller"
kind = "home"
anchor = "visit.first"
count = 4
spacing = "1 day"
duration = { min = "5 min", max = "10 min" }
details = ["0.2 mm", "0.3 mm"]
"""
WEEKLY = """
[[steps]]
id = "weekly"
name = "roller"
kind = "home"
anchor = "daily.last"
count = 3
spacing = { preferred = "1 week", tolerance = "1 day" }
"""
CARE = """
[restrictions]
sun = { label = "no sun", after = "1 day" }
[tasks]
wash = { label = "wash" }
clean = { label = "clean it", around = ["weekly.last"], lead = "1 day" }
"""
BOTH = VISITS + DAILY + WEEKLY + CARE
ALONE = DAILY.replace('anchor = "visit.first"\n', "")


def both(**asked: Any) -> Plan:
    return own_plan(BOTH, **{"id": "x", "time": time(10), "zone": "Europe/Paris", **asked})


def days(found: Plan, phase: str) -> list[str]:
    return [str(each.planned)[5:] for each in found.sessions if each.phase == phase]


# ---- its days ----


def test_it_is_chained_and_has_phases() -> None:
    found = both()
    assert days(found, "daily") == ["01-05", "01-06", "01-07", "01-08"]
    assert days(found, "weekly") == ["01-15", "01-22", "01-29"]
    assert [session.of for session in found.sessions if session.phase == "daily"] == [4, 4, 4, 4]


def test_no_day_of_the_clinic_and_no_absence_moves_it() -> None:
    away = (Period(day("2027-01-06"), day("2027-01-20")),)
    closed = both(closed=("fri", "sat", "sun"), holidays=("FR",), closures=away, away=away)
    found = both()
    for phase in ("daily", "weekly"):
        assert days(closed, phase) == days(found, phase)
    assert all(session.reason is None for session in closed.sessions if session.kind == "home")


@given(st.dates(date(2027, 1, 1), date(2028, 1, 1)), st.sets(st.sampled_from(["mon", "thu"])))
def test_its_days_are_those_of_a_clinic_that_never_closes(start: date, closed: set[str]) -> None:
    found = own_plan(ALONE + WEEKLY, start=start, closed=tuple(closed))
    daily = [start + timedelta(days=number) for number in range(4)]
    weekly = [daily[-1] + timedelta(weeks=number) for number in (1, 2, 3)]
    assert [session.on for session in found.sessions] == [*daily, *weekly]


ILL = """
[questions]
ill = { ask = "ill?" }
[events]
ill = { label = "the illness", begins = "ill" }
[rules.ill]
question = "ill"
event = "ill"
begins = "0 days"
ends = "1 day"
outcome = "postpone"
says = "not while ill"
"""


def test_the_patients_state_moves_it_all_the_same() -> None:
    found = own_plan(ALONE + ILL, events={"ill": day("2027-01-06")})
    assert days(found, "daily") == ["01-04", "01-05", "01-07", "01-08"]
    assert found.sessions[2].reason == (
        "Wed 2027-01-06 is not possible: not while ill (1 day: the clinic's own figure); moved by"
        " +1 day, inside 2027-01-06..2027-01-07"
    )


def test_after_the_start_that_moved_it_counts_from_there() -> None:
    found = own_plan(VISITS + ALONE, closed=("mon",))
    assert (str(found.start), days(found, "daily")[:2]) == ("2027-01-05", ["01-05", "01-06"])
    alone = own_plan(ALONE, closed=("mon",))
    assert str(alone.start) == "2027-01-04"


def test_its_total_counts_what_is_done_at_home_alone() -> None:
    taper = WEEKLY.replace("count = 3", "total = 6")
    assert days(own_plan(VISITS + DAILY + taper), "weekly") == ["01-15", "01-22"]


def test_a_number_that_is_asked_for_is_that_of_the_one_course_at_home() -> None:
    assert len(own_plan(VISITS + DAILY.replace("= 4", "= { min = 1, max = 9 }"), sessions=6)
               .at_home) == 6  # fmt: skip


# ---- what is said of it ----


def test_it_takes_no_time_of_the_chair_and_has_no_time_of_day() -> None:
    found = both(duration=45)
    roller = next(session for session in found.sessions if session.id == "daily-1")
    assert (roller.time, roller.zone, roller.shortest, roller.duration) == (
        None, None, "PT5M", "PT10M",
    )  # fmt: skip
    assert (found.chair_time, found.least_chair_time) == ("PT1H30M", None)


def test_the_full_text_counts_it_apart() -> None:
    text = words(both())
    assert text.startswith(
        "Our own (own 3)\n"
        "2 appointments from Mon 2027-01-04 to Mon 2027-02-01, at 10:00 Europe/Paris, 30 min each;"
        " 7 at home\n"
        "2 appointments, 7 at home: 100 EUR; 2 of 9 have a price, chair time 1 h\n"
    )
    assert "daily-1   1/4  Tue 2027-01-05  1    2027-01-05..2027-01-06  at home\n" in text
    assert "each session: wash\n" in text


def test_a_plan_of_nothing_else_is_one_of_home_sessions() -> None:
    assert words(own_plan(ALONE)).splitlines()[1] == (
        "4 home sessions from Mon 2027-01-04 to Thu 2027-01-07, 10 min each".replace(
            "10 min each", "5 min..10 min each"
        )
    )


def test_at_the_desk_it_has_a_row_of_its_own_below_the_appointments() -> None:
    assert desk(both(), width=80)[:20] == [
        "Our own · 2 appointments Mon 4 Jan to Mon 1 Feb 2027, 7 at home",
        "30 min each · chair time 1 h",
        "",
        "Session   Date             Time   Window",
        "visit-1   Mon  4 Jan 2027  10:00  as asked",
        "daily-1   Tue  5 Jan 2027         5..6 Jan       at home, 0.2 mm",
        "daily-2   Wed  6 Jan 2027         6..7 Jan       at home, 0.3 mm",
        "daily-3   Thu  7 Jan 2027         7..8 Jan       at home, 0.3 mm",
        "daily-4   Fri  8 Jan 2027         8..9 Jan       at home, 0.3 mm",
        "weekly-1  Fri 15 Jan 2027         14..16 Jan     at home",
        "weekly-2  Fri 22 Jan 2027         21..23 Jan     at home",
        "weekly-3  Fri 29 Jan 2027         28..30 Jan     at home",
        "visit-2   Mon  1 Feb 2027  10:00  25 Jan..8 Feb",
        "",
        "                Jan 2027                    Feb",
        "Mondays         4      11     18     25     1      8",
        "sessions        v                    ───────v───────",
        "at home          ••••      •      •      •",
        "sun              █████     ██     ██     ██",
        "█ least ░ ideal from        until       again from",
    ]


def test_a_long_one_is_a_run_with_the_days_of_its_weeks() -> None:
    text = ALONE.replace('spacing = "1 day"', 'rate = { times = 2, per = "week" }')
    text = text.replace("count = 4", "count = 20").partition("duration")[0]
    assert "daily-7..20  Mon 25 Jan to Thu 11 Mar 2027, on Mon and Thu, at home" in desk(
        own_plan(text), width=80
    )


def test_csv_has_it_without_a_place(hairplan: Run) -> None:
    rows = list(csv.DictReader(StringIO(render_csv(both(place="Room 2")))))
    assert [(row["kind"], row["place"]) for row in rows if row["item"] == "session"][:2] == [
        ("visit", "Room 2"),
        ("home", ""),
    ]
    Path("own.toml").write_text(OWN + BOTH, "utf-8")
    lines = hairplan("schedule own.toml --start 2027-01-04").out.splitlines()
    assert lines[2].split("  ")[2:] == [
        *("2 appointments", "2027-01-04..2027-02-01", "30 min each", "chair time 1 h"),
        *("-", "7 at home"),
    ]
    assert [line.rpartition("  ")[2] for line in lines[3:5]] == ["-", "at home"]


def test_restrictions_and_tasks_go_with_it_where_nothing_else_treats() -> None:
    found = both()
    assert [str(period.first)[5:] for period in found.restrictions[0].ideal] == [
        "01-05", "01-15", "01-22", "01-29",
    ]  # fmt: skip
    assert {task.session for task in found.tasks if task.label == "wash"} == {
        session.id for session in found.at_home
    }
    treated = own_plan(BOTH.replace('kind = "visit"\n', ""))
    assert {task.session for task in treated.tasks if task.label == "wash"} == {
        "visit-1", "visit-2",
    }  # fmt: skip


def test_what_waits_for_it_says_so() -> None:
    text = ALONE + 'when = { ill = "no" }\n[questions]\nill = { ask = "ill?" }\n' + CARE
    found = own_plan(text.replace("weekly.last", "daily.last"))
    assert [(each.id, each.waits_for) for each in found.undated][:1] == [
        ("sun", "daily-1 has a day")
    ]


# ---- calendars ----


def titles(found: Plan, **choice: Any) -> list[str]:
    return [item.title for item in items_of(found, CalendarChoice(**choice))]


def test_the_patients_calendar_has_it_and_the_practices_has_not() -> None:
    found = both()
    kinds = frozenset({"session", "routine"})
    assert titles(found, kinds=kinds)[:3] == [
        "1/2 Appointment", "1/7 Home care", "2/7 Home care",
    ]  # fmt: skip
    assert titles(found, kinds=frozenset({"session"})) == [
        "1/2 Appointment", "2/2 Appointment",
    ]  # fmt: skip
    assert titles(found, audience="practice", kinds=kinds) == [
        "plan x: Our own, visit-1 (1 of 2)",
        "plan x: Our own, visit-2 (2 of 2)",
    ]
    roller = items_of(found, CalendarChoice(details="brief"))[2]
    assert (roller.takes_time, roller.alarms, roller.place, roller.text) == (
        False, (), None, "",
    )  # fmt: skip


def test_in_full_it_says_what_it_is_and_what_goes_with_it() -> None:
    items = {item.id: item for item in items_of(both(), CalendarChoice())}
    assert items["routine.daily-1"].text == (
        "Roller: 0.2 mm\nBefore: wash\n"
        "Until Saturday 9 January: no sun. Allowed again from Sunday 10 January."
    )
    assert items["routine.weekly-3"].text == (
        "Roller\nBefore: wash\n"
        "Until Saturday 30 January: no sun. Allowed again from Sunday 31 January."
    )
    assert items["task.clean.weekly-3"].title == "Home care"
    assert items["task.clean.weekly-3"].text == "By Thursday 28 January 2027: clean it"


# ---- on the sheet ----


def test_the_sheet_tells_it_beside_the_appointments() -> None:
    found = lines(sheet(both()))
    assert found[0] == "1 of 2, To be confirmed: Monday 4 January 2027, 10:00"
    assert found[-3:] == [
        "At home",
        "  Roller: on 5 Jan, 6 Jan, 7 Jan and 8 Jan",
        "  Roller: on 15 Jan, 22 Jan and 29 Jan",
    ]


@pytest.mark.parametrize(
    ("rhythm", "expected"),
    [
        ('spacing = "1 day"', "every day, from Monday 4 January 2027 to Saturday 23 January 2027"),
        ('spacing = "3 days"', "every 3 days, from Monday 4 January 2027 to Tuesday 2 March 2027"),
        ('weekdays = ["mon", "thu"]',
         "every Monday and Thursday, from Monday 4 January 2027 to Thursday 11 March 2027"),
        ('rate = { times = 10, per = "month" }',
         "20 times, from Monday 4 January 2027 to Wednesday 3 March 2027"),
    ],
)  # fmt: skip
def test_a_long_one_is_told_by_its_rhythm(rhythm: str, expected: str) -> None:
    text = ALONE.replace('spacing = "1 day"', rhythm).replace("count = 4", "count = 20")
    assert lines(sheet(own_plan(text.partition("duration")[0])))[-1] == f"  Roller: {expected}"


def test_there_is_no_sheet_once_all_of_it_is_over() -> None:
    with pytest.raises(InputError, match="no appointment has a day from 2027-02-01 on"):
        sheet(own_plan(ALONE), on=day("2027-02-01"))


def test_days_come_back_each_week_or_they_do_not() -> None:
    monday = day("2027-01-04")
    fortnight = [monday + timedelta(days=number) for number in (0, 3, 7, 10)]
    assert weekly_days(fortnight) == [0, 3]
    assert weekly_days(fortnight[:2]) == []
    assert weekly_days([*fortnight[:3], fortnight[3] + timedelta(days=1)]) == []


# ---- under way ----

KEPT = "own.toml --start 2027-01-04 --time 10:00 --zone Europe/Paris"


@pytest.fixture
def kept(keep: Callable[..., None]) -> Callable[..., None]:
    """Keep a plan of the visits and the two courses at home."""

    def kept(*records: str) -> None:
        Path("own.toml").write_text(OWN + BOTH, "utf-8")
        keep(KEPT, "--done visit-1 --today 2027-01-04", *records)

    return kept


def rows(hairplan: Run, today: str) -> list[list[str]]:
    out = hairplan(f"schedule p.plan.json --today {today}").out
    fields = [line.split()[1:] for line in out.splitlines() if line.startswith("session")]
    return [[row[0], row[1][5:] if row[1] != "-" else "-", row[5]] for row in fields]


def test_nobody_books_it_and_nobody_asks_what_became_of_it(
    hairplan: Run, kept: Callable[..., None]
) -> None:
    kept()
    assert hairplan("due p.plan.json --today 2027-01-29").out == (
        "plan PLAN  -  2027-02-01  10:00  own visit-2  NOT BOOKED, to 2027-02-08\n"
    ).replace("PLAN", hairplan("status p.plan.json --today 2027-01-20").out.split()[2])
    assert hairplan("status p.plan.json --today 2027-01-20").out.splitlines()[1:] == [
        "done  1 of 2: visit-1 Mon 2027-01-04",
        "next  visit-2  Mon 2027-02-01 10:00, in 12 days, not booked; window to Mon 2027-02-08",
        "at-home  daily 4 of 4 by now",
        "at-home  weekly 1 of 3 by now, next Fri 2027-01-22",
        "this-week  Fri 2027-01-22: wash; avoid sun",
        "to-book  hairplan record p.plan.json --booked visit-2",
    ]
    full = hairplan("status p.plan.json --today 2027-01-20 --full").out
    assert "at home: weekly, 1 of 3 by now, next on Fri 2027-01-22\n" in full


def test_nobody_tells_what_goes_with_it() -> None:
    found = both()
    days_asked = Period(day("2027-01-01"), day("2027-02-10"))
    assert [each.about for each in announce(found, days_asked)] == []
    visits = own_plan(BOTH.replace('"weekly.last"', '"visit.last"'))
    assert [each.about for each in announce(visits, days_asked)] == [("clean",)]


def test_what_was_missed_is_given_up_and_the_rest_keeps_its_days(
    hairplan: Run, kept: Callable[..., None]
) -> None:
    kept("--missed daily-2 --today 2027-01-20", "--cancelled weekly-2 --today 2027-01-21")
    assert rows(hairplan, "2027-01-21") == [
        ["visit-1", "01-04", "done"],
        ["daily-1", "01-05", "planned"],
        ["daily-2", "-", "skipped"],
        ["daily-3", "01-07", "planned"],
        ["daily-4", "01-08", "planned"],
        ["weekly-1", "01-15", "planned"],
        ["weekly-2", "-", "skipped"],
        ["weekly-3", "01-29", "planned"],
        ["visit-2", "02-01", "planned"],
    ]
    full = hairplan("schedule p.plan.json --today 2027-01-21 --full").out
    assert "daily-2: skipped: missed at home: the others keep their days\n" in full
    assert "weekly-2: skipped: called off at home: the others keep their days\n" in full
    assert "2 appointments, 5 at home: " in full


def test_once_a_later_one_was_done_the_earlier_ones_were_as_planned(
    hairplan: Run, kept: Callable[..., None]
) -> None:
    kept("--done daily-4 --today 2027-01-08", "--done weekly-1=2027-01-16 --today 2027-01-16")
    found = rows(hairplan, "2027-01-17")
    assert found[1:6] == [
        ["daily-1", "01-05", "planned"],
        ["daily-2", "01-06", "planned"],
        ["daily-3", "01-07", "planned"],
        ["daily-4", "01-08", "done"],
        ["weekly-1", "01-16", "done"],
    ]
    assert found[6] == ["weekly-2", "01-23", "planned"]


def test_what_is_recorded_shows_the_next_appointment(
    hairplan: Run, kept: Callable[..., None]
) -> None:
    kept()
    ran = hairplan("record p.plan.json --done daily-1 --today 2027-01-05")
    assert ran.out.splitlines()[-1] == (
        "next: visit-2 Mon 2027-02-01 10:00: hairplan record p.plan.json --booked visit-2"
    )
    assert "daily-1 done Tue 2027-01-05\n" in ran.out


def test_none_can_be_added_to_it(hairplan: Run, kept: Callable[..., None]) -> None:
    kept()
    ran = hairplan("record p.plan.json --add x=2027-01-09 --as home --today 2027-01-05")
    assert ran.err == (
        "error: --as: 'home' is not touch-up, maintenance, consultation, review or visit\n"
    )
