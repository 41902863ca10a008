"""What costs beside the prices of steps: add-ons that are chosen, and what an answer costs."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import OWN, Ran, day, own_plan, own_protocol
from test_around_sessions import words
from test_desk import desk
from test_protocol_file import HEAD, STEP, faults

from hairplan import Done, Entry, PlanRequest, make_plan
from hairplan.plan_parts import ChargedCost, Cost, CostRange
from hairplan.planner.protocol_warnings import warnings_of
from hairplan.show.plain import render_plain
from hairplan.show.protocol import protocol_document

COURSE = """
[options.led]
label = "LED light"
default = "no"
choices = { no = "without", yes = "with" }
[questions]
long = { ask = "is the hair long?" }
thick = { ask = "is the hair thick?" }
[[steps]]
id = "course"
name = "session"
count = 3
spacing = "2 weeks"
duration = "30 minutes"
price = "100 EUR"
source = "P-1"
[[steps]]
id = "look"
name = "look"
kind = "review"
anchor = "course.last"
spacing = "2 weeks"
"""
LED = '[charges]\nled = { label = "LED light", price = "30 EUR", when = { led = "yes" } }\n'


def cost(charges: str, course: str = COURSE, **asked: Any) -> Cost:
    found = own_plan(course + charges, **asked).cost
    assert found is not None
    return found


def charged(text: str, **asked: Any) -> tuple[int, int]:
    """Return what the appointments of a plan cost with one charge."""
    found = cost(f'[charges.x]\nlabel = "x"\n{text}\n', **asked)
    return found.min - 300, found.max - 300


def test_an_add_on_is_charged_for_each_session_once_it_is_chosen() -> None:
    assert cost(LED) == Cost("EUR", 300, 300, CostRange(3, 300, 300), ("P-1",), 3)
    assert cost(LED, options={"led": "yes"}) == Cost(
        "EUR",
        390,
        390,
        CostRange(3, 390, 390),
        ("P-1",),
        3,
        (ChargedCost("led", "LED light", 3, 90, 90, "yes", None, ()),),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('price = "30 EUR"', (90, 90)),
        ('price = "30..40 EUR"', (90, 120)),
        ('price = "30 EUR"\naround = "course.first"', (30, 30)),
        ('price = "30 EUR"\naround = ["course-2", "look"]', (60, 60)),
        ('price = "30 EUR"\naround = "all"', (120, 120)),
        ('price = "30 EUR"\nbut = ["course.last"]', (60, 60)),
        ('price = "30 EUR"\naround = "all"\nbut = "course"', (30, 30)),
        ('price = { min = 60, max = 60, currency = "EUR", per = "hour" }', (90, 90)),
        ('price = { min = 60, max = 70, currency = "EUR", per = "course" }', (60, 70)),
        ('price = { min = 50, max = 50, currency = "EUR", sessions = 2 }', (100, 100)),
        ('price = { min = 10, max = 10, currency = "EUR", within = "3 weeks",'
         ' later = { min = 5, max = 5 } }', (25, 25)),
    ],
)  # fmt: skip
def test_a_charge_has_what_a_price_has(text: str, expected: tuple[int, int]) -> None:
    assert charged(text) == expected


def test_what_repeats_a_session_is_charged_for_by_the_number_that_it_has() -> None:
    """course-3 repeats course-2, so that the protocol's third session is course-4."""
    what = (Done("course-1", day("2027-01-04")), Done("course-2", day("2027-01-20"), counted=False))
    entry = Entry(at=datetime(2027, 1, 20, 9, tzinfo=UTC), on=day("2027-01-20"), what=what)

    def charged_for(place: str) -> list[int]:
        text = f'{COURSE}[charges.x]\nlabel = "x"\nprice = "30 EUR"\naround = "{place}"\n'
        asked = PlanRequest(start=day("2027-01-04"))
        found = make_plan(own_protocol(text), asked, [entry], today=day("2027-01-20")).cost
        return [charge.appointments for charge in found.charges] if found else []

    places = ("course-2", "course-3", "course.last", "course")
    assert {place: charged_for(place) for place in places} == {
        "course-2": [2],
        "course-3": [1],
        "course.last": [1],
        "course": [4],
    }


BY_ANSWER = """
[charges]
short = { label = "short", price = "20 EUR", when = { long = "no" } }
long = { label = "long", price = "50..60 EUR", when = { long = "yes" } }
"""


@pytest.mark.parametrize(
    ("answers", "expected"),
    [({}, (360, 480)), ({"long": "no"}, (360, 360)), ({"long": "yes"}, (450, 480))],
)
def test_what_an_answer_costs_is_a_range_until_it_is_given(
    answers: dict[str, str], expected: tuple[int, int]
) -> None:
    found = cost(BY_ANSWER, answers=answers)
    assert (found.min, found.max) == expected
    assert (found.course.min, found.course.max) == expected


def test_a_question_that_a_charge_hangs_on_is_asked() -> None:
    found = own_plan(COURSE + BY_ANSWER)
    assert [(each.rule, each.says) for each in found.screening] == [("long", "short, long")]


def test_a_price_may_hang_on_an_answer_altogether() -> None:
    without = COURSE.replace('price = "100 EUR"\n', "")
    found = cost(BY_ANSWER, without)
    assert (found.currency, found.min, found.max, found.priced) == ("EUR", 60, 180, 3)
    assert own_plan(without + LED).cost is None


def test_of_many_open_answers_each_charge_may_hold_or_not() -> None:
    ages = 'price = "10 EUR"\nwhen = { age = "..30" }'
    assert charged(ages) == (0, 30)
    assert charged(ages, age=20) == (30, 30)
    assert charged('price = "10 EUR"\nwhen = { sex = "male", long = "yes" }') == (0, 30)
    many = "".join(
        f'q{n} = {{ label = "x", price = "1 EUR", when = {{ q{n} = "yes" }} }}\n' for n in range(7)
    )
    asks = "".join(f'q{n} = {{ ask = "q{n}?" }}\n' for n in range(7))
    course = COURSE.replace("[questions]\n", f"[questions]\n{asks}")
    found = cost(f"[charges]\n{many}", course)
    assert (found.min, found.max) == (300, 321)


def test_where_nothing_treats_it_is_charged_for_all_or_for_what_is_done_at_home() -> None:
    visits = COURSE.replace('name = "session"\n', 'name = "x"\nkind = "visit"\n')
    found = cost('[charges]\nx = { label = "x", price = "1 EUR" }\n', visits)
    assert (found.min, found.course) == (304, CostRange(0, 0, 0))
    home = COURSE.replace('name = "session"\n', 'name = "x"\nkind = "home"\n')
    assert cost('[charges]\nx = { label = "x", price = "1 EUR" }\n', home).min == 303


# ---- what is said of it ----


def test_it_stands_below_the_price() -> None:
    found = own_plan(COURSE + LED + BY_ANSWER.replace("[charges]\n", ""), options={"led": "yes"})
    assert (
        "4 appointments: 450..570 EUR; the course of 3: 450..570 EUR; 3 of 4 appointments have a"
        " price (P-1)\n"
        "of it LED light: 90 EUR for 3 appointments\n"
        "of it short: 60 EUR for 3 appointments, only if long=no\n"
        "of it long: 150..180 EUR for 3 appointments, only if long=yes\n"
    ) in words(found)
    assert "charges.long.price 50..60 EUR" in words(found)
    assert "450..570 EUR" in desk(found, width=100)[1]


def test_records_have_it(hairplan: Callable[[str], Ran]) -> None:
    Path("own.toml").write_text(OWN + COURSE + LED + BY_ANSWER.replace("[charges]\n", ""), "utf-8")
    out = hairplan("schedule own.toml --start 2027-01-04 --option led=yes").out.splitlines()
    assert [line for line in out if line.startswith("charge")] == [
        "charge    LED light  90 EUR  3 appointments  -",
        "charge    short  60 EUR  3 appointments  if long=no",
        "charge    long  150..180 EUR  3 appointments  if long=yes",
    ]


def test_a_protocol_says_it() -> None:
    text = 'around = "course"\nbut = "course.last"\n'
    shown = render_plain(
        protocol_document(
            own_protocol(COURSE + '[charges.x]\nlabel = "LED"\nprice = "30 EUR"\n' + text)
        )
    )
    assert "x: LED (course only), but not course.last: 30 EUR [clinic]\n" in shown


def test_one_for_a_step_that_never_comes_is_warned_of() -> None:
    text = LED.replace("price", 'around = "look-2", price') + "\n"
    assert "charges.led.around[1]: look-2 is never reached: look has 1 at most" in warnings_of(
        own_protocol(COURSE + text)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('price = "5..3 EUR"', ["charges.x.price.min: 5 is more than max, 3"]),
        ('price = { min = 1, max = 1, currency = "EUR", within = "1 week" }',
         ["charges.x.price: 'within' and 'later' go together"]),
        ('price = { min = 1, max = 1, currency = "EUR", per = "course", sessions = 2 }',
         ["charges.x.price.sessions: stands in place of per, not beside it"]),
        ('price = { min = 1, max = 1, currency = "EUR", per = "hour" }',
         ["charges.x.price.per: an hour of what? no step has a duration"]),
        ('price = "1 EUR"\naround = ["start", "cours"]\nbut = "all"',
         ["charges.x.around: there is no step 'cours' (did you mean 'course'?)",
          "charges.x.but: 'all' leaves none",
          "charges.x.around: 'start' is no appointment: nothing is charged for it"]),
        ('price = "1 EUR"\n[charges.y]\nlabel = "y"\nprice = "1 USD"',
         ["steps: prices in several currencies, EUR, USD: use one"]),
    ],
)  # fmt: skip
def test_a_charge_that_cannot_be_is_refused(text: str, expected: list[str]) -> None:
    assert sorted(faults(f'{HEAD}{STEP}\n[charges.x]\nlabel = "x"\n{text}\n')) == sorted(expected)


def test_a_file_without_steps_has_nothing_to_charge_for() -> None:
    text = '[restrictions]\nsun = { label = "x", after = "1 day" }\n'
    assert faults(f'{HEAD}{text}[charges]\nx = {{ label = "x", price = "1 EUR" }}\n') == [
        "charges.x: a charge is for appointments, and the file has no steps"
    ]


@pytest.mark.parametrize(
    ("charge", "expected"),
    [
        ('but = "course"',
         "charges.x.but: leaves no appointment that it is charged for: name fewer, or more in"
         " around"),
        ('around = ["course.last"]\nbut = ["course.last"]',
         "charges.x.but: leaves no appointment that it is charged for: name fewer, or more in"
         " around"),
        ('around = ["look"]\nbut = ["look-1"]',
         "charges.x.but: leaves no appointment that it is charged for: name fewer, or more in"
         " around"),
        ('around = ["extra", "look"]\nbut = ["look"]\nwhen = { led = "yes" }',
         "charges.x.when: has no effect: where it holds there is no extra; around says what else it"
         " is charged for"),
        ('around = ["extra", "more"]\nwhen = { led = ["yes"], long = "yes" }',
         "charges.x.when: has no effect: where it holds there is no extra or more; around says what"
         " else it is charged for"),
        ('around = ["extra", "course"]\nwhen = { led = "yes" }', None),
        ('around = ["extra"]\nwhen = { led = ["yes", "no"] }', None),
        ('around = ["extra"]\nwhen = { long = "yes" }', None),
        ('around = ["old"]\nwhen = { age = "30..65" }', None),
        ('around = ["all"]\nbut = ["course", "look"]', None),
        ('but = ["course.last"]', None),
        ('around = ["course.last", "course-1"]\nbut = ["course-1"]', None),
        ('around = ["open-9"]\nbut = ["open-1"]', None),
        ('around = ["look"]', None),
    ],
)  # fmt: skip
def test_a_charge_that_no_appointment_gets_is_warned_of(charge: str, expected: str | None) -> None:
    others = "".join(
        f'[[steps]]\nid = "{name}"\nname = "x"\nkind = "visit"\nanchor = "course.last"\n{keys}\n'
        for name, keys in {
            "extra": 'spacing = "5 weeks"\nwhen = { led = "no" }',
            "more": 'spacing = "6 weeks"\nwhen = { led = "no" }',
            "old": 'spacing = "7 weeks"\nwhen = { age = "40.." }',
            "open": 'spacing = "8 weeks"\ncount = "open"',
        }.items()
    )
    text = f'{others}[charges.x]\nlabel = "x"\nprice = "9 EUR"\n{charge}\n'
    found = warnings_of(own_protocol(COURSE + text))
    assert [line for line in found if line.startswith("charges.x.")] == (
        [expected] if expected else []
    )


def test_at_home_a_charge_is_for_what_is_done_there() -> None:
    text = '[[steps]]\nid = "comb"\nname = "comb"\nkind = "home"\n'
    charge = '[charges.x]\nlabel = "x"\nprice = "9 EUR"\nstrength = "clinic"\n'
    assert warnings_of(own_protocol(f'{text}strength = "clinic"\n{charge}')) == []
