"""Lengths that vary, and prices by the hour, for several together or as a share of another."""

import csv
from io import StringIO
from typing import Any

import pytest
from conftest import own_plan, own_protocol
from test_around_sessions import words
from test_protocol_file import HEAD, STEP, faults

from hairplan import CalendarChoice
from hairplan.calendar.items import items_of
from hairplan.show.csv import render_csv
from hairplan.show.plain import render_plain
from hairplan.show.protocol import protocol_document

COURSE = """
[[steps]]
id = "course"
name = "session"
count = 4
spacing = { preferred = "1 week" }
source = "A-1"
"""
TOUCH_UP = """
[[steps]]
id = "touch-up"
name = "touch-up"
kind = "touch-up"
anchor = "course.last"
spacing = { preferred = "1 month" }
"""
HOUR = 'price = { min = 90, max = 90, currency = "EUR", per = "hour" }\n'


def test_a_length_may_be_a_range_and_the_longest_is_kept_free() -> None:
    found = own_plan(COURSE + 'duration = { min = "45 minutes", max = "1 hour" }\n')
    session = found.sessions[0]
    assert (session.shortest, session.duration) == ("PT45M", "PT1H")
    assert (found.least_chair_time, found.chair_time) == ("PT3H", "PT4H")
    text = words(found)
    assert "to Mon 2027-01-25, 45 min..1 h each\n4 appointments: chair time 3 h..4 h\n" in text
    assert "course.duration 45 minutes..1 hour" in text


def test_a_length_that_is_asked_for_is_no_range() -> None:
    text = COURSE + 'duration = { min = "45 minutes", max = "1 hour" }\n'
    found = own_plan(text, duration=50)
    assert (found.sessions[0].shortest, found.sessions[0].duration) == (None, "PT50M")
    assert (found.least_chair_time, found.chair_time) == (None, "PT3H20M")
    assert [(figure.figure, figure.value, figure.strength) for figure in found.figures][1:2] == [
        ("course.duration", "50 min", "chosen")
    ]


def test_lengths_in_turn_may_be_ranges() -> None:
    found = own_plan(COURSE + 'durations = ["2 hours", { min = "30 minutes", max = "1 hour" }]\n')
    assert [(session.shortest, session.duration) for session in found.sessions[:2]] == [
        (None, "PT2H"),
        ("PT30M", "PT1H"),
    ]
    assert (found.least_chair_time, found.chair_time) == ("PT3H30M", "PT5H")
    assert "course.durations.2 30 minutes..1 hour" in words(found)


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ('price = { min = 90, max = 110, currency = "EUR" }', {}, (360, 440)),
        # by the hour
        (HOUR + 'duration = "40 minutes"', {}, (240, 240)),
        (HOUR + 'duration = { min = "45 minutes", max = "1 hour" }', {}, (268, 360)),
        (HOUR + 'duration = { min = "45 minutes", max = "1 hour" }', {"duration": 120}, (720, 720)),
        (HOUR + 'durations = ["1 hour", "30 minutes"]', {}, (225, 225)),
        # for all of them, and for so many together
        ('price = { min = 900, max = 900, currency = "EUR", per = "course" }', {}, (900, 900)),
        ('price = { min = 600, max = 600, currency = "EUR", sessions = 2 }', {}, (1200, 1200)),
        # fewer at the end cost as much
        ('price = { min = 600, max = 650, currency = "EUR", sessions = 3 }', {}, (1200, 1300)),
    ],
)  # fmt: skip
def test_what_a_course_costs(text: str, asked: Any, expected: tuple[int, int]) -> None:
    cost = own_plan(COURSE + text, **asked).cost
    assert cost is not None
    assert (cost.min, cost.max, cost.course.sessions) == (*expected, 4)


def test_a_price_may_be_a_share_of_that_of_another_step() -> None:
    price = (
        'price = { min = 101, max = 201, currency = "EUR", within = "1 year",'
        " later = { min = 301, max = 401 } }\n"
    )
    share = 'price_share = { percent = 50, of = "course" }\nsource = "A-2"\n'
    found = own_plan(COURSE + price + TOUCH_UP + share)
    assert found.cost is not None
    assert (found.cost.min, found.cost.max) == (4 * 101 + 50, 4 * 201 + 101)
    assert found.cost.sources == ("A-1", "A-2")
    assert "touch-up.price_share.percent 50 (A-2)" in words(found)
    protocol = own_protocol(COURSE + price + TOUCH_UP + share)
    assert "50 % of the price of course [A-2, sourced]" in render_plain(protocol_document(protocol))


def test_a_share_of_a_step_that_is_not_in_the_plan_is_no_price() -> None:
    price = (
        'when = { ill = "yes" }\nprice = { min = 100, max = 100, currency = "EUR" }\n'
        '[[steps]]\nid = "look"\nname = "look"\n'
    )
    share = 'price_share = { percent = 50, of = "course" }\n[questions]\nill = { ask = "ill?" }\n'
    assert own_plan(COURSE + price + share, answers={"ill": "no"}).cost is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('price = { min = 90, max = 90, currency = "EUR", per = "hour" }\nduration = "1 hour"',
         "90 EUR an hour [A-1, sourced]"),
        ('price = { min = 9, max = 90, currency = "EUR", per = "course" }',
         "9..90 EUR for all of them [A-1, sourced]"),
        ('price = [{ min = 9, max = 9, currency = "EUR" }, { min = 8, max = 8, currency = "EUR" }]',
         "9 EUR, 8 EUR in turn [A-1, sourced]"),
        ('price = { min = 600, max = 600, currency = "EUR", sessions = 3 }',
         "600 EUR for 3 [A-1, sourced]"),
        ('duration = { min = "1 hour", max = "2 hours" }', "1 hour..2 hours each [A-1, sourced]"),
        ('durations = ["2 hours", { min = "1 hour", max = "2 hours" }]',
         "2 hours, 1 hour..2 hours in turn [A-1, sourced]"),
    ],
)  # fmt: skip
def test_a_protocol_says_its_lengths_and_prices(text: str, expected: str) -> None:
    shown = render_plain(protocol_document(own_protocol(COURSE + text)))
    assert shown.partition("STEPS\n")[2].splitlines()[0].endswith(expected)


DOSES = COURSE + 'details = ["10 mg", "20 mg"]\n'


def test_each_session_has_its_own_details() -> None:
    found = own_plan(DOSES, id="x")
    assert [session.details for session in found.sessions] == ["10 mg", *["20 mg"] * 3]
    text = words(found)
    assert "course-1: 10 mg\ncourse-2, course-3, course-4: 20 mg\n" in text
    assert "course.details 10 mg, 20 mg (A-1)" in text
    labels = [row["label"] for row in csv.DictReader(StringIO(render_csv(found)))]
    assert labels[:2] == ["session: 10 mg", "session: 20 mg"]


def test_details_of_sessions_stand_in_the_calendar_of_the_practice_alone() -> None:
    found = own_plan(DOSES, id="x")
    (practice, *_), (patient, *_) = (
        items_of(found, CalendarChoice(audience=audience)) for audience in ("practice", "patient")
    )
    assert ("10 mg" in practice.text, "10 mg" in patient.text) == (True, False)


def test_a_protocol_says_the_details_of_sessions() -> None:
    shown = render_plain(protocol_document(own_protocol(DOSES)))
    assert "10 mg, 20 mg in turn [A-1, sourced]" in shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("details = ['a', 'b', 'c', 'd']",
         ["steps[1].details: 4 of them, and the step has 3"]),
        ("duration = { min = '2 hours', max = '1 hour' }\nprice_share = { percent = 5, of = 'x' }",
         ["steps[1].duration.min: 2 hours is longer than max, 1 hour",
          "steps[1].price_share.of: there is no step 'x'"]),
        ("duration = { min = '1 hour', max = '2 days' }\ndurations = ['1 week']",
         ["steps[1].duration: 2 days: an appointment lasts minutes or hours",
          "steps[1].durations: stands in place of duration, not beside it",
          "steps[1].durations[1]: 1 week: an appointment lasts minutes or hours"]),
        ("durations = ['1 hour', { min = '2 hours', max = '1 hour' }]",
         ["steps[1].durations[2].min: 2 hours is longer than max, 1 hour"]),
        ("price = { min = 1, max = 1, currency = 'EUR', per = 'hour', sessions = 2 }",
         ["steps[1].price.per: an hour of what? give duration too",
          "steps[1].price.sessions: stands in place of per, not beside it"]),
        ("price = [{ min = 1, max = 1, currency = 'EUR', per = 'course' },"
         " { min = 1, max = 1, currency = 'EUR', sessions = 2 }]",
         ["steps[1].price[1].per: a price of several together: not in a list",
          "steps[1].price[2].sessions: a price of several together: not in a list"]),
        ("price = { min = 1, max = 1, currency = 'EUR' }\n"
         "price_share = { percent = 50, of = 'course' }",
         ["steps[1].price_share: stands in place of price, not beside it"]),
        ("duration = '1 hour'\nprice = { min = 1, max = 1, currency = 'EUR', per = 'hour' }\n"
         "[[steps]]\nid = 'x'\nname = 'x'\nprice_share = { percent = 50, of = 'course' }",
         ["steps[2].price_share.of: 'course' is priced by the hour: give duration too"]),
        ("price_share = { percent = 50, of = 'course' }",
         ["steps[1].price_share.of: 'course' has no price of its own"]),
    ],
)  # fmt: skip
def test_lengths_and_prices_have_their_faults(text: str, expected: list[str]) -> None:
    assert faults(HEAD + STEP + text) == expected
