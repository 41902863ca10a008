"""Restrictions and home treatments without a length or a rhythm: as the clinic says."""

import csv
from io import StringIO
from typing import Any

import pytest
from conftest import TODAY, day, own_plan, own_protocol
from msgspec import structs
from test_around_sessions import COURSE, words
from test_protocol_file import HEAD, STEP, faults

from hairplan import CalendarChoice
from hairplan.calendar.items import items_of
from hairplan.calendar.recurrence import find_recurrence
from hairplan.follow.status import _beginnings
from hairplan.show.csv import render_csv
from hairplan.show.plain import render_plain
from hairplan.show.protocol import protocol_document

TOLD = (
    COURSE
    + """
[restrictions]
heat = { label = "no heat", how_long = "as the clinic tells you", but = ["course-2"] }
dye = { label = "no dye", before = "2 days", how_long = "until it has healed", around = ["look"] }
wig = { label = "no wig", begins = "1 day", how_long = "for a while", when = { ill = "yes" } }
never = { label = "x", how_long = "x", around = ["later"] }
[routines]
cream = { label = "use the cream", how_often = "as the clinic tells you", lasting = "1 week" }
[[steps]]
id = "later"
name = "later"
anchor = "course.last"
spacing = { preferred = "1 week" }
when = { ill = "yes" }
[questions]
ill = { ask = "ill?" }
"""
)


def told(**asked: Any) -> Any:
    return own_plan(TOLD, **{"id": "x", **asked})


def test_a_restriction_without_a_length_has_a_beginning_alone() -> None:
    found = told()
    assert found.restrictions == ()
    assert [
        (one.id, [str(begins)[5:] for begins in one.begins], one.sessions)
        for one in found.instructions
    ] == [
        ("heat", ["01-04", "01-18"], ("course-1", "course-3")),
        ("wig", ["01-05", "01-12", "01-19"], ("course-1", "course-2", "course-3")),
        ("dye", ["01-23"], ("look-1",)),
    ]


def test_it_is_said_in_a_line_that_names_no_day_on_which_it_is_over() -> None:
    assert words(told()).partition("WHEN TO RESUME\n")[2].splitlines()[:3] == [
        "heat: no heat, as the clinic tells you, from Mon 2027-01-04 (course-1),"
        " Mon 2027-01-18 (course-3) on",
        "wig: no wig, for a while, from Tue 2027-01-05 (course-1), Tue 2027-01-12 (course-2),"
        " Tue 2027-01-19 (course-3) on, only if ill=yes",
        "dye: no dye, until it has healed, from Sat 2027-01-23 (look-1) on",
    ]


def test_it_stands_in_csv_in_full_calendars_and_in_what_begins() -> None:
    found = told()
    rows = [row for row in csv.DictReader(StringIO(render_csv(found))) if row["id"] == "heat"]
    assert [(row["date"], row["length"], row["session"], row["resume_on"]) for row in rows] == [
        ("2027-01-04", "as the clinic tells you", "course-1", ""),
        ("2027-01-18", "as the clinic tells you", "course-3", ""),
    ]
    choice = CalendarChoice(details="full", kinds=frozenset({"session"}))
    assert items_of(found, choice)[0].text == (
        "To be confirmed: please ring us to settle this day.\n"
        "From Monday 4 January on: no heat, as the clinic tells you.\n"
        "If this is true of you (ill?), from Tuesday 5 January on: no wig, for a while."
    )
    second = items_of(found, structs.replace(choice, audience="practice"))[1]
    assert "From Tue 2027-01-12 on, for a while: no wig" in second.text
    assert "no heat" not in second.text
    begun = [one for one in _beginnings(found, day("2027-01-03")) if one.what == "restriction"]
    assert [(str(one.on), one.says) for one in begun] == [
        ("2027-01-04", "no heat, as the clinic tells you"),
        ("2027-01-05", "no wig, for a while, only if ill=yes"),
    ]


def test_home_treatment_without_a_rhythm_is_counted_by_nobody() -> None:
    found = told()
    (cream,) = found.routines
    assert (cream.rhythm, cream.every, cream.count) == ("as the clinic tells you", None, None)
    assert (
        "at home, as the clinic tells you from Mon 2027-01-04 to Sun 2027-01-10: use the cream\n"
    ) in words(found)
    repeat, also = find_recurrence(cream, TODAY)
    assert (repeat.until, also) == (cream.first, ())


def test_a_protocol_says_them() -> None:
    shown = render_plain(protocol_document(own_protocol(TOLD)))
    assert "heat: no heat, but not course-2: as the clinic tells you [clinic]\n" in shown
    assert "cream: use the cream, as the clinic tells you [clinic] from start for 1 week" in shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[restrictions.x]\nhow_long = 'x'\nafter = '1 day'\ncontinuous = true",
         ["restrictions.x.how_long: stands in place of after, not beside it",
          "restrictions.x.how_long: stands in place of continuous, not beside it"]),
        ("[routines.x]\nhow_often = 'x'\nevery = '1 day'",
         ["routines.x.how_often: stands in place of every, not beside it"]),
        ("[routines.x]", ["routines.x: needs 'every', 'rate', 'weekdays' or 'how_often'"]),
        ("[restrictions.x]",
         ["restrictions.x: needs 'before', 'after' or 'until'; or 'how_long', in words"]),
    ],
)  # fmt: skip
def test_they_stand_in_place_of_figures(text: str, expected: list[str]) -> None:
    assert faults(f"{HEAD}{STEP}\n{text}\nlabel = 'x'\n") == expected
