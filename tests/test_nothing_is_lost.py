"""Whatever a protocol says of a patient is in her plan, and whatever a plan has is in its text."""

import json
import re
from collections.abc import Iterator
from datetime import time
from typing import Any

import pytest
from conftest import TODAY, day, own_plan, own_protocol
from hypothesis import given, settings
from hypothesis import strategies as st
from test_any_protocol import NAMES, REST, written

from hairplan import HairplanError, Plan, PlanRequest, make_plan, screen_patient
from hairplan.planner.conditions import Present, holds, state_of
from hairplan.protocol.model import Protocol
from hairplan.show.json import render_json
from hairplan.show.plain import render_plain
from hairplan.show.plan import plan_document
from hairplan.show.screening import screening_document

KINDS = ("restrictions", "tasks", "routines", "milestones", "expectations")
SPANS = st.sampled_from(["1 day", "2 weeks", "1 month", "36 hours", "30 minutes"])
WHENS = st.sampled_from([{}, {}, {"ill": "yes"}, {"ill": "no"}, {"sex": "female"}])
PLACES = st.sampled_from(
    ["start", "course.first", "course-2", "later.last", "look-1", "events.surgery", "events.growth"]
)
AROUND = st.lists(
    st.sampled_from(["course", "later", "look-1", "later.last", "all", "events.surgery"]),
    max_size=2,
)
FIRST = {"id": "course", "name": "course", "count": 3, "spacing": {"preferred": "1 week"}}
LATER = {"id": "later", "name": "later", "anchor": "course.last", "spacing": {"preferred": "1 day"}}
LOOK = {"id": "look", "name": "look", "kind": "review", "anchor": "events.surgery", "count": 2,
        "spacing": {"preferred": "1 month"}}  # fmt: skip


def several(required: dict[str, Any], optional: dict[str, Any]) -> Any:
    one = st.fixed_dictionaries({"label": NAMES} | required, optional={"when": WHENS} | optional)
    return st.dictionaries(NAMES, one, max_size=2)


PROTOCOLS = st.fixed_dictionaries(
    {
        "steps": WHENS.map(lambda when: [FIRST, {**LATER, "when": when}, LOOK]),
        "restrictions": several({"after": SPANS}, {"around": AROUND, "before": SPANS}),
        "tasks": several(
            {},
            {
                "session": st.sampled_from(["first", "each", "later.last", "look"]),
                "lead": st.sampled_from(["3 days", "30 minutes", "1 day at 21:00"]),
                "earliest": st.sampled_from(["1 week", "45 minutes"]),
                "valid": SPANS,
            },
        ).map(
            lambda tasks: {
                name: task | ({"event": "surgery"} if "valid" in task else {})
                for name, task in tasks.items()
            }
        ),
        "routines": several(
            {"anchor": PLACES},
            {
                "rate": st.just({"times": {"min": 1, "max": 3}, "per": "week"}),
                "lasting": st.sampled_from(["2 weeks", {"min": "2 weeks", "max": "1 month"}]),
            },
        ).map(
            lambda routines: {
                name: {"every": "1 day"} | routine if "rate" not in routine else routine
                for name, routine in routines.items()
            }
        ),
        "milestones": several({}, {"at": PLACES, "after": st.sampled_from(["0 days", "1 month"])}),
        "expectations": several(
            {"at": PLACES},
            {
                "begins": st.sampled_from(["0 days", "2 weeks"]),
                "ends": st.sampled_from(["1 month", "1 year"]),
            },
        ),
    }
)
REQUESTS = st.fixed_dictionaries(
    {},
    optional={
        "answers": st.just({"ill": "yes"}),
        "sex": st.just("female"),
        "events": st.sampled_from([{"surgery": day("2027-01-20")}, {"growth": day("2027-02-01")}]),
        "time": st.just(time(10, 0)),
    },
)


def random_plan(tables: dict[str, Any], asked: dict[str, Any]) -> tuple[Protocol, Plan] | None:
    text = "".join(f"{key} = {written(each)}\n" for key, each in (tables | REST).items())
    try:
        protocol = own_protocol(text)
        found = make_plan(protocol, PlanRequest(start=day("2027-01-04"), **asked), today=TODAY)
    except HairplanError:
        return None
    return None if found.problem else (protocol, found)


@settings(max_examples=150)
@given(PROTOCOLS, REQUESTS)
def test_every_table_that_may_hold_is_in_the_plan(
    tables: dict[str, Any], asked: dict[str, Any]
) -> None:
    found = random_plan(tables, asked)
    if found is None:
        return
    protocol, plan = found
    state = state_of(protocol, PlanRequest(start=plan.start, **asked), Present(TODAY, plan.start))[
        0
    ]
    text = render_plain(plan_document(plan))
    for kind in KINDS:
        may_hold = {
            name for name, table in getattr(protocol, kind).items()
            if holds(table.when, state) != "no"
        }  # fmt: skip
        shown = {each.id.partition(".")[0] for each in getattr(plan, kind)}
        undated = {each.id for each in plan.undated if f"{each.kind}s" == kind}
        assert may_hold <= shown | undated, kind
        assert all(getattr(protocol, kind)[name].label in text for name in may_hold)


@settings(max_examples=150)
@given(PROTOCOLS, REQUESTS)
def test_every_date_of_the_data_is_in_the_text(
    tables: dict[str, Any], asked: dict[str, Any]
) -> None:
    found = random_plan(tables, asked)
    if found is None:
        return
    plan = found[1]
    text = render_plain(plan_document(plan))
    data = json.loads(render_json(plan))
    for kind in ("restrictions", "tasks", "milestones", "expectations", "sessions", "screening"):
        missing = {each for each in dates(data[kind]) if each not in text}
        assert not missing, (kind, text)
    for routine in data["routines"]:
        ends = (routine["first"], routine["last"], routine["last_at_most"])
        assert all(each in text for each in ends if each), routine
    for figure in data["figures"]:
        assert f"{figure['figure']} {figure['value']}" in text


def dates(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (each for inner in value.values() for each in dates(inner))
    elif isinstance(value, list):
        yield from (each for inner in value for each in dates(inner))
    elif isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}", value):
        yield value[:10]


# ---- what hangs on an event whose day is not known ----

OPEN = """
[[steps]]
id = "course"
name = "session"
[restrictions]
dye = { label = "no dye", after = "3 months", around = ["events.last"] }
[routines]
oil = { label = "oil the scalp", anchor = "events.last", every = "1 day", lasting = "1 week" }
[milestones]
look = { label = "look at the result", at = "events.last", after = "3 months" }
[expectations]
grow = { label = "it grows", at = "events.last", begins = "3 months", ends = "4 months" }
[events]
last = { label = "last infusion" }
"""
ONCE = "once the day of the last infusion is known"


def words(plan: Plan) -> list[str]:
    return render_plain(plan_document(plan)).splitlines()


def test_what_hangs_on_an_unknown_day_is_shown_as_open() -> None:
    lines = words(own_plan(OPEN))
    assert {
        f"dye?: no dye, {ONCE}",
        f"oil?: oil the scalp, {ONCE}",
        f"look?: look at the result, {ONCE}",
        f"grow?: it grows, {ONCE}",
        "to settle: last: on which day: last infusion? it decides on: dye, oil, look, grow",
    } <= set(lines)


def test_what_has_a_day_is_open_no_more() -> None:
    plan = own_plan(OPEN, events={"last": day("2027-02-01")})
    assert (plan.undated, plan.screening) == ((), ())
    assert "Sat 2027-05-01: look at the result" in words(plan)


def test_what_counts_from_an_event_that_never_was_is_not_for_this_patient() -> None:
    text = OPEN.replace('label = "last infusion"', 'label = "last infusion", begins = "infused"')
    text += '[questions]\ninfused = { ask = "infused?" }\n'
    lines = words(own_plan(text, answers={"infused": "no"}))
    why = "nothing in this plan that it counts from: events.last"
    assert f"dye: not in this plan: no dye: {why}" in lines
    assert not any(line.startswith("to settle") for line in lines)


COURSE = '[[steps]]\nid = "course"\nname = "c"\ncount = 2\nspacing = { preferred = "1 week" }\n'
BOOSTER = '[[steps]]\nid = "booster"\nname = "b"\nanchor = "course.last"\nwhen = { ill = "yes" }\n'
ILL = '[questions]\nill = { ask = "ill?" }\n'


@pytest.mark.parametrize(
    ("table", "line"),
    [
        (
            '[restrictions]\nsun = { label = "no sun", after = "1 day", around = ["booster"] }\n',
            "sun?: no sun, once booster-1 has a day",
        ),
        (
            '[tasks]\nwash = { label = "wash", session = "booster.last" }\n',
            "wash?: wash, once booster-1 has a day",
        ),
        (
            '[milestones]\nlook = { label = "look", at = "course-9" }\n',
            "look: not in this plan: look: nothing in this plan that it counts from: course-9",
        ),
        (
            '[tasks]\ntest = { label = "test", valid = "1 year", event = "test" }\n'
            '[events]\ntest = { label = "test" }\n',
            "test: not in this plan: test: what was done before holds good",
        ),
        (
            '[tasks]\ntest = { label = "test", when = { "events.test" = "..1 day" } }\n'
            '[events]\ntest = { label = "test" }\n',
            "test: not in this plan: test: on no day of an appointment: events.test=..1 day",
        ),
    ],
)
def test_what_has_no_day_says_what_it_waits_for_or_why_it_is_not_for_her(
    table: str, line: str
) -> None:
    asked: dict[str, Any] = {}
    if "[events]" in table:
        asked = {"events": {"test": day("2026-12-01")}, "answers": {"ill": "no"}}
    assert line in words(own_plan(COURSE + BOOSTER + ILL + table, **asked))


# ---- questions that only a condition uses ----


def test_a_question_that_only_a_condition_uses_is_asked() -> None:
    text = COURSE + BOOSTER + ILL
    line = "to settle: ill: ill? it decides on: booster"
    assert line in words(own_plan(text))
    protocol = own_protocol(text)
    screened = screen_patient(protocol, PlanRequest(start=day("2027-01-04")), today=TODAY)
    shown = render_plain(screening_document(protocol, TODAY, screened)).splitlines()
    assert shown[1:4] == [
        "1 question to settle",
        "Rule  Answer   What it means",
        "ill   unknown  decides on: booster",
    ]
    assert line in shown
    answered = own_plan(text, answers={"ill": "no"})
    assert answered.screening == ()


def test_a_question_that_a_rule_asks_is_asked_once() -> None:
    rule = '[rules.ill]\nquestion = "ill"\noutcome = "caution"\nsays = "take care"\n'
    settle = [
        line for line in words(own_plan(COURSE + BOOSTER + ILL + rule)) if "to settle" in line
    ]
    assert settle == ["to settle: ill: ill? yes: caution"]


# ---- ends, ranges and zeros ----


def test_dates_with_one_end_stand_in_the_text_in_the_order_of_their_dates() -> None:
    text = COURSE + (
        "[expectations]\n"
        'swell = { label = "swelling", at = "course.first", ends = "1 week" }\n'
        'grow = { label = "it grows", at = "course.first", begins = "3 weeks" }\n'
        '[milestones]\nlook = { label = "look", at = "course.first", after = "2 weeks" }\n'
    )
    lines = words(own_plan(text))
    first = lines.index("RESULTS, AND WHAT TO EXPECT") + 1
    assert lines[first : first + 3] == [
        "until 2027-01-11: swelling",
        "Mon 2027-01-18: look",
        "from 2027-01-25 on: it grows",
    ]


def test_the_upper_figures_of_a_routine_are_said() -> None:
    text = COURSE + (
        '[routines]\nroll = { label = "roll", rate = { times = { min = 1, max = 3 },'
        ' per = "week" }, lasting = { min = "2 weeks", max = "4 weeks" } }\n'
        'oil = { label = "oil", every = "1 day", lasting = { min = "1 week", max = "7 days" } }\n'
    )
    plan = own_plan(text)
    assert (
        "at home, once a week (3 at most) from Mon 2027-01-04 to Sun 2027-01-17"
        " (Sun 2027-01-31 at most), 2 times in all: roll"
    ) in words(plan)
    assert [each.last_at_most for each in plan.routines] == [None, day("2027-01-31")]


def test_figures_that_begin_with_a_zero_are_shown() -> None:
    text = COURSE + (
        'price = { min = 0, max = 0, currency = "EUR", within = "12 weeks",'
        " later = { min = 150, max = 150 } }\n"
    )
    (figures,) = [line for line in words(own_plan(text)) if line.startswith("the clinic's own")]
    assert "course.price 0 EUR within 12 weeks, then 150" in figures


# ---- tasks ----

TASK = COURSE + '[tasks]\ncream = { label = "cream", KEYS }\n'


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ('lead = "2 days"', "each session, 2 days before (Sat 2027-01-02, Sat 2027-01-09): cream"),
        ('lead = "30 minutes"', "each session, 30 minutes before (09:30): cream"),
        (
            'earliest = "60 minutes", lead = "30 minutes"',
            "each session, 30 minutes before (09:30), from 09:00 on: cream",
        ),
        (
            'earliest = "2 days", session = "course.last"',
            "before course-2, from Sat 2027-01-09 on: cream",
        ),
        (
            'earliest = "1 week", lead = "2 days", session = "first"',
            "by Sat 2027-01-02, 2 days before course-1, from Mon 2026-12-28 on: cream",
        ),
        (
            'lead = "1 day at 21:00", session = "course-2"',
            "by Sun 2027-01-10 21:00, 1 day at 21:00 before course-2: cream",
        ),
    ],
)
def test_tasks_say_their_days_and_moments(keys: str, line: str) -> None:
    assert line in words(own_plan(TASK.replace("KEYS", keys), time=time(10, 0)))


def test_minutes_without_a_time_are_on_the_day_itself() -> None:
    (task, _) = own_plan(TASK.replace("KEYS", 'earliest = "60 minutes"')).tasks
    assert (task.not_before, task.not_before_at) == (day("2027-01-04"), None)
