"""A file without appointments is whole: at the desk, under way, on the sheet and in calendars."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conftest import OWN, Ran, day, own_plan
from test_around_sessions import words
from test_patient_sheet import lines, panel_lines, sheet

from hairplan import CalendarChoice
from hairplan.calendar.items import items_of
from hairplan.dates.spans import Period
from hairplan.follow.announced import announce

Run = Callable[[str], Ran]

CARE = """
[restrictions]
washing = { label = "do not wash", after = "3 days" }
coffee = { label = "no coffee", before = "2 days" }
"""
ASKED = """
[restrictions.sun]
label = "no sun"
after = "1 week"
when = { dry = "yes" }
[questions]
dry = { ask = "is the scalp dry?" }
"""
EVENT = """
[restrictions.aspirin]
label = "no aspirin"
before = "1 week"
around = ["events.surgery"]
[events]
surgery = { label = "the surgery" }
"""


def test_what_reaches_before_the_start_alone_ends_with_that_day() -> None:
    found = own_plan(CARE, id="x")
    assert re.search(r"coffee +2027-01-02..2027-01-04 +until that day\n", words(found))
    assert lines(sheet(found))[0] == (
        "begin: From Saturday 2 January 2027: no coffee, up to Monday 4 January."
    )
    late = lines(sheet(found, on=day("2027-01-03")))
    assert late[0] == "begin: Now, up to Monday 4 January: no coffee."


BARS: dict[str, Any] = {"kinds": frozenset({"restriction"}), "care": "bars", "details": "full"}


def test_calendars_have_what_surrounds_the_start_or_an_event() -> None:
    found = own_plan(CARE + EVENT, id="x", events={"surgery": day("2027-01-20")})
    patient = items_of(found, CalendarChoice(**BARS))
    assert [(str(each.begin), each.status, each.text) for each in patient] == [
        ("2027-01-02", "CONFIRMED",
         "From Saturday 2 January 2027: no coffee, up to Monday 4 January."),
        ("2027-01-04", "CONFIRMED",
         "From Monday 4 January 2027: do not wash, right through to Thursday 7 January.\n"
         "Allowed again from Friday 8 January 2027: washing."),
        ("2027-01-13", "CONFIRMED",
         "From Wednesday 13 January 2027: no aspirin, up to Wednesday 20 January."),
    ]  # fmt: skip
    practice = items_of(found, CalendarChoice(**BARS, audience="practice"))
    assert (
        practice[0].text
        == "- no coffee\nFrom Sat 2027-01-02 to Mon 2027-01-04. It ends with that day."
    )
    assert len(practice) == 3


def test_care_from_the_start_on_waits_until_its_appointment_is_agreed_on(
    hairplan: Run, keep: Callable[..., None]
) -> None:
    step = '[[steps]]\nid = "a"\nname = "a"\nkind = "touch-up"\n'
    text = f'{OWN}{step}[restrictions.x]\nlabel = "no sun"\n'
    Path("own.toml").write_text(f'{text}after = "2 days"\naround = "start"\n', "utf-8")
    calendar = "schedule p.plan.json --today 2026-12-01 --only restrictions --details full -f ics"
    keep("own.toml --start 2027-01-04")
    assert "no sun" not in hairplan(calendar).out
    hairplan("record p.plan.json --booked a-1 --today 2026-12-01")
    assert "no sun" in hairplan(calendar).out


def test_it_is_told_of_before_a_start_or_an_event_that_bring_nobody_to_the_practice() -> None:
    found = own_plan(CARE + EVENT, id="x",
                     events={"surgery": day("2027-01-20")})  # fmt: skip
    told = announce(found, Period(day("2027-01-01"), day("2027-01-14")))
    assert [(each.session, str(each.day), each.says) for each in told] == [
        (None, "2027-01-02", "begins on Sat 2027-01-02: no coffee"),
        (None, "2027-01-04", "begins on Mon 2027-01-04: do not wash"),
        (None, "2027-01-13", "begins on Wed 2027-01-13: no aspirin"),
    ]


def test_on_the_day_of_a_session_the_practice_tells_it_itself() -> None:
    course = '[[steps]]\nid = "a"\nname = "a"\n'
    around = CARE.replace(" }", ', around = ["start"] }')
    found = own_plan(course + around)
    told = announce(found, Period(day("2027-01-01"), day("2027-01-14")))
    assert [each.about for each in told] == [("coffee",)]


def test_the_day_before_it_is_on_the_list_of_the_week(
    hairplan: Run, keep: Callable[..., None]
) -> None:
    Path("own.toml").write_text(OWN + CARE, "utf-8")
    keep("own.toml --start 2027-01-04 --ref A-1")
    ran = hairplan("due p.plan.json --on 2027-01-01..2027-01-03 --today 2026-12-31")
    assert ran.out == "A-1  -  2027-01-02  -  own  tell: stop coffee\n"
    assert hairplan("due p.plan.json --on 2027-01-05..2027-01-20 --today 2026-12-31").out == ""


def test_the_status_says_what_it_ends_with(hairplan: Run, keep: Callable[..., None]) -> None:
    Path("own.toml").write_text(OWN + CARE, "utf-8")
    keep("own.toml --start 2027-01-04")
    short = hairplan("status p.plan.json --today 2027-01-03").out
    assert "avoid-now  coffee until Mon 2027-01-04, that day\n" in short
    full = hairplan("status p.plan.json --today 2027-01-03 --full").out
    assert "no coffee: since Sat 2027-01-02, until Mon 2027-01-04; it ends with that day\n" in full


def test_the_sheet_asks_and_draws_without_an_appointment() -> None:
    made = sheet(own_plan(CARE + ASKED))
    assert panel_lines(made.questions)[0].startswith("Tell us if any of this is true of you:")
    assert made.picture is not None
    assert "What to avoid, week by week" in made.picture.wide
    assert "appointments" not in made.picture.wide
