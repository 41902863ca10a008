"""What a plan says is true: reasons, prices, figures, sources and what an answer means."""

from datetime import UTC, datetime

import pytest
from conftest import day, own_plan, own_protocol
from test_nothing_is_lost import words

from hairplan import load_protocol, make_plan
from hairplan.history import Done, Entry
from hairplan.request import PlanRequest
from hairplan.show.plain import render_plain
from hairplan.show.protocol import protocol_document

COURSE = """
[[steps]]
id = "course"
name = "c"
count = 3
spacing = { preferred = "2 weeks" }
"""
LATE = """
[[steps]]
id = "course"
name = "session"
count = 3
spacing = { preferred = "6 weeks", max = "9 weeks" }
late = { then = "extra", after = "4 months" }
"""


@pytest.mark.parametrize(
    ("protocol", "done", "flag"),
    [
        (
            LATE,
            "2027-05-14",
            "done 67 days after its latest day, 2027-03-08 (course.spacing.max 9 weeks), and"
            " 10 days after 2027-05-04 (course.late.after 4 months); the step has one session"
            " more",
        ),
        (
            LATE,
            "2027-03-09",
            "done 1 day after its latest day, 2027-03-08 (course.spacing.max 9 weeks); the plan"
            " goes on from there",
        ),
        (
            LATE.replace(', max = "9 weeks"', ""),
            "2027-05-05",
            "done 69 days after its latest day, 2027-02-25 (course.spacing.max 52 days, our"
            " default), and 1 day after 2027-05-04 (course.late.after 4 months); the step has one"
            " session more",
        ),
        (
            LATE.replace('"4 months"', '"7 weeks"'),
            "2027-02-23",
            "done 1 day after 2027-02-22 (course.late.after 7 weeks); the step has one session"
            " more",
        ),
    ],
)
def test_a_late_session_is_measured_against_each_day_by_itself(
    protocol: str, done: str, flag: str
) -> None:
    history = [
        Entry(at=datetime(2027, 1, 4, tzinfo=UTC), on=day(on), what=(Done(name, day(on)),))
        for name, on in (("course-1", "2027-01-04"), ("course-2", done))
    ]
    request = PlanRequest(start=day("2027-01-04"))
    found = make_plan(own_protocol(protocol), request, history, today=day(done))
    assert found.sessions[1].flag == flag


def test_a_cost_says_how_many_appointments_have_a_price() -> None:
    price = "price = { min = 300, max = 500, currency = 'USD' }\n"
    look = "[[steps]]\nid = 'look'\nname = 'l'\nanchor = 'course.last'\n"
    look += "spacing = { preferred = '1 year' }\n"
    assert "4 appointments: 300..500 USD; 1 of 4 appointments has a price" in words(
        own_plan(COURSE + look.replace("name", f"{price}kind = 'touch-up'\nname"))
    )
    text = COURSE + price + look
    assert "3 of 4 appointments have a price" in "".join(words(own_plan(text)))
    assert "have a price" not in "".join(words(own_plan(COURSE + price)))


def test_where_the_sources_stand_is_said_by_what_the_program_knows() -> None:
    facts = "[facts]\nX-1 = 'a'\n[documents]\nX = 'b'\n"
    course = COURSE + "source = 'X-1'\n"
    assert words(own_plan(course + facts))[-1] == (
        "what each of them says: hairplan show with the protocol's file"
    )
    built_in = make_plan(load_protocol("smp"), PlanRequest(start=day("2027-01-04")))
    assert words(built_in)[-1] == "what each of them says: hairplan show smp"


def test_a_rule_that_holds_where_the_answer_is_no_says_so() -> None:
    text = COURSE + (
        "[questions]\naga = { ask = 'pattern hair loss?' }\n"
        "[rules.other]\nwhen = { aga = 'no' }\noutcome = 'contraindicated'\n"
        "says = 'for pattern hair loss only'\n"
    )
    settle = [line for line in words(own_plan(text)) if line.startswith("to settle")]
    assert settle == [
        "to settle: other: if aga=no: contraindicated: for pattern hair loss only",
        "to settle: aga: pattern hair loss? it decides on: other",
    ]


def test_variants_for_several_choices_are_called_by_them() -> None:
    text = (
        "[options.pace]\nlabel = 'x'\ndefault = 'a'\nchoices = { a = 'a', b = 'b', c = 'c' }\n"
        + COURSE.replace("name", "when = { pace = ['a', 'b'] }\nname")
        + COURSE.replace("name", "when = { pace = 'c' }\nname")
    )
    assert own_plan(text).figures[0].figure == "course[pace=a|b].count"


def test_a_protocol_says_the_ends_that_an_expectation_has() -> None:
    text = COURSE + (
        "[expectations]\na = { label = 'A', at = 'start', begins = '1 week' }\n"
        "b = { label = 'B', at = 'start', ends = '1 week' }\nc = { label = 'C' }\n"
        "d = { label = 'D', at = 'start', begins = '1 week', ends = '2 weeks' }\n"
    )
    lines = render_plain(protocol_document(own_protocol(text))).splitlines()
    first = lines.index("WHAT TO EXPECT") + 1
    assert [line.partition(" [")[0] for line in lines[first : first + 4]] == [
        "a: A, from 1 week after start on",
        "b: B, until 1 week after start",
        "c: C",
        "d: D, 1 week..2 weeks after start",
    ]
