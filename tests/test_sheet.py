"""Sheets: what to do and to avoid after a day, without any appointment."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import OWN, Ran, day, own_plan, own_protocol
from test_around_sessions import COURSE, words
from test_protocol_file import HEAD, faults

from hairplan.calendar.items import items_of
from hairplan.planner.protocol_warnings import warnings_of

SHEET = """
[restrictions]
sun = { label = "no sun", after = "4 weeks", strength = "clinic" }
swim = { label = "no swimming", after = "2 weeks", around = ["start"], source = "A-1" }
heat = { label = "no heat", how_long = "as the clinic tells you", strength = "clinic" }
[milestones]
result = { label = "look at the result", after = "12 months", strength = "clinic" }
[routines]
wash = { label = "wash gently", every = "1 day", begins = "3 days", lasting = "1 week", strength = "clinic" }
[expectations]
shed = { label = "hair falls out", at = "start", begins = "2 weeks", ends = "8 weeks", strength = "clinic" }
[facts]
A-1 = "no swimming for 2 weeks"
"""  # noqa: E501 - as a file has it


def test_a_sheet_counts_from_its_start_and_has_no_appointment() -> None:
    found = own_plan(SHEET, id="x", closed=("mon",))
    assert (found.sessions, found.problem, str(found.start)) == ((), None, "2027-01-04")
    assert words(found).partition("\nWHERE THE FIG")[0] == (
        "Our own (own 3)\n"
        "from Mon 2027-01-04, without appointments\n"
        "plan x\n"
        "\n"
        "WHAT TO AVOID, AND WHEN TO RESUME\n"
        "What  How long  From..to                Resume on\n"
        "sun             2027-01-04..2027-02-01  Tue 2027-02-02\n"
        "swim            2027-01-04..2027-01-18  Tue 2027-01-19\n"
        "sun: no sun\n"
        "swim: no swimming (A-1)\n"
        "heat: no heat, as the clinic tells you, from Mon 2027-01-04 (start) on\n"
        "\n"
        "TO DO\n"
        "at home, every day from Thu 2027-01-07 to Wed 2027-01-13, 7 times in all: wash gently\n"
        "\n"
        "RESULTS, AND WHAT TO EXPECT\n"
        "2027-01-18..2027-03-01: hair falls out\n"
        "Tue 2028-01-04: look at the result\n"
    )
    assert [item.id for item in items_of(found)] == [
        "restriction.begins.start",
        "routine.wash",
        "restriction.over.start",
        "review.result",
    ]


def test_a_sheet_is_valid() -> None:
    assert warnings_of(own_protocol(SHEET)) == []


def test_a_sheet_is_followed_as_a_plan_is(hairplan: Callable[[str], Ran]) -> None:
    Path("sheet.toml").write_text(OWN + SHEET, "utf-8")
    ran = hairplan("schedule ./sheet.toml --start 2026-12-01 --save a.plan.json --id a -o a.txt")
    assert (ran.code, ran.err.splitlines()[-1]) == (0, "wrote a sheet to a.txt")
    ran = hairplan("status a.plan.json --today 2026-12-03")
    assert ran.code == 0
    assert "sun" in ran.out
    assert hairplan("due a.plan.json --today 2026-12-03").code == 0


def test_a_restriction_may_lie_around_the_start_and_sessions() -> None:
    sun = (
        "[restrictions]\n"
        "sun = { label = 'no sun', before = '9 days', around = ['start', 'look'] }\n"
    )
    found = own_plan(COURSE + sun)
    assert [period.sessions for period in found.restrictions[0].ideal] == [("start",), ("look-1",)]


def test_a_pause_that_begins_before_an_event_is_still_one_of_sessions(
    hairplan: Callable[[str], Ran],
) -> None:
    sun = "[restrictions]\nsun = { label = 'no sun', before = '9 days',"
    event = " around = ['events.op', 'course'] }\n[events]\nop = { label = 'operation' }\n"
    Path("own.toml").write_text(f"{OWN}{COURSE}{sun}{event}", "utf-8")
    hairplan(
        "schedule ./own.toml --start 2026-12-01 -e op=2026-11-28 --save a.plan.json --id a -o a.txt"
    )
    ran = hairplan("due a.plan.json --today 2026-11-25")
    assert "own course-1  NOT BOOKED; sun stopped 2026-11-19?" in ran.out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["steps: missing: nothing to plan; or give one of restrictions, routines, milestones,"
              " expectations"]),
        ("[restrictions.a]\nlabel = 'x'\nafter = '1 day'\n[tasks.b]\nlabel = 'x'\n",
         ["tasks.b: a task is for appointments, and the file has no steps"]),
    ],
)  # fmt: skip
def test_a_sheet_has_something_to_say(text: str, expected: list[str]) -> None:
    assert faults(HEAD + text) == expected


def test_the_start_is_no_appointment() -> None:
    text = "[tasks.b]\nlabel = 'x'\naround = ['start']\n"
    text += "[milestones.c]\nlabel = 'x'\naround = ['start']"
    assert faults(HEAD + COURSE + text) == [
        "milestones.c.around: 'start' is no appointment: at = \"start\" counts from it",
        "tasks.b: a task is for appointments, and 'start' is none",
    ]


def test_a_start_is_the_day_asked_for_even_where_the_clinic_is_closed() -> None:
    assert own_plan(SHEET, start=day("2027-01-03"), closed=("sun",)).start == day("2027-01-03")
