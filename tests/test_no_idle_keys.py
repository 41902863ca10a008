"""A key of a protocol file has an effect where it stands, or `validate` says that it has none."""

from datetime import date
from typing import Any

import pytest
from conftest import day, own_plan, own_protocol, planned
from hypothesis import given, settings
from hypothesis import strategies as st
from test_any_protocol import written

from hairplan.plan import Plan
from hairplan.planner.protocol_warnings import warnings_of

COURSE = '[[steps]]\nid = "course"\nname = "c"\ncount = 3\nspacing = { preferred = "1 week" }\n'


# ---- the first appointment ----


def test_a_single_appointment_counts_its_spacing_from_the_start_on_which_another_is() -> None:
    booster = '[[steps]]\nid = "booster"\nname = "b"\nspacing = { preferred = "6 months" }\n'
    found = own_plan(COURSE + booster)
    assert planned(found, "booster") == ["2027-07-04"]
    assert planned(own_plan(booster)) == ["2027-01-04"]
    assert "steps[1].spacing: has no effect: its one appointment is on the start itself" in (
        warnings_of(own_protocol(booster))
    )


@pytest.mark.parametrize("anchor", ["start", "a.first"])
def test_a_limit_holds_for_the_first_appointment_too(anchor: str) -> None:
    text = COURSE.replace("course", "a") + (
        '[[steps]]\nid = "b"\nname = "b"\ncount = 2\nspacing = { preferred = "1 week" }\n'
        f'anchor = "{anchor}"\nlimits = [{{ anchor = "a.last", min = "1 day" }}]\n'
    )
    found = own_plan(text)
    # The ones before are not hurried, so that it comes nearer to a day that it cannot be on.
    assert planned(found, "a") == ["2027-01-04", "2027-01-11", "2027-01-18"]
    assert planned(found, "b") == ["2027-01-19", "2027-01-26"]
    assert [each.reason for each in found.sessions] == [None] * 5


def after_transplant(limit: str, transplant: str) -> Plan:
    text = (
        f'[[steps]]\nid = "course"\nname = "c"\nlimits = [{{ anchor = "events.graft", {limit} }}]\n'
    )
    text += '[events]\ngraft = { label = "transplant" }\n'
    return own_plan(text, events={"graft": day(transplant)})


def test_a_start_too_near_to_an_event_is_moved_and_says_which_limit_moved_it() -> None:
    found = after_transplant('min = "6 months"', "2026-12-01")
    assert (found.start, found.sessions[0].reason) == (
        day("2027-06-01"),
        "Mon 2027-01-04 is sooner than 6 months after events.graft on 2026-12-01 (course.limits);"
        " the start moved by +148 days",
    )


def test_a_start_that_an_event_leaves_no_more_is_refused_by_the_limit() -> None:
    found = after_transplant('max = "1 month"', "2026-10-01")
    assert found.problem is not None
    assert found.problem.why == (
        "Mon 2027-01-04 is later than 1 month after events.graft on 2026-10-01 (course.limits)",
    )
    assert after_transplant('max = "1 month"', "2026-12-20").problem is None


# ---- an event that ends a step ----

LASER = """
[[steps]]
id = "laser"
name = "laser"
count = { min = 3, preferred = 4, max = 5 }
spacing = { preferred = "1 week" }
until = "response"
[events]
response = { label = "response" }
"""


@pytest.mark.parametrize(
    ("response", "number", "note"),
    [
        ("2027-12-31", 5, "laser: 5 planned, the most there may be; response is on Fri 2027-12-31"),
        ("2027-01-12", 2, "laser: 2 planned, fewer than 3, as response is on Tue 2027-01-12"),
        ("2027-01-26", 4, None),
    ],
)
def test_the_most_holds_whenever_the_event_that_ends_a_step_comes(
    response: str, number: int, note: str | None
) -> None:
    found = own_plan(LASER, events={"response": day(response)})
    assert len(found.sessions) == number
    assert found.notes == ((note,) if note else ())


def test_a_step_that_an_event_ends_has_no_most_unless_the_file_gives_one() -> None:
    text = LASER.replace("{ min = 3, preferred = 4, max = 5 }", "4")
    assert len(own_plan(text, events={"response": day("2027-03-31")}).sessions) == 13


# ---- what is said of what has no effect ----

STEP = '[[steps]]\nid = "course"\nname = "c"\ncount = 3\nstrength = "clinic"\n'


@pytest.mark.parametrize(
    ("keys", "warning"),
    [
        (
            'late = { then = "restart" }',
            "steps[1].late: has no effect: nothing says from when on one is late; late.after or"
            " spacing.max does",
        ),
        (
            'since = "previous"\nrate = { times = 1, per = "week" }',
            "steps[1].since: has no effect beside rate, which counts from the anchor",
        ),
        (
            'kind = "visit"\nsince = "previous"\n'
            'spacing = [{ preferred = "1 week" }, { preferred = "2 weeks" }]',
            "steps[1].since: has no effect beside a list of spacings, each of which counts from the"
            " one before; a single spacing can count from either",
        ),
    ],
)
def test_validate_says_what_has_no_effect(keys: str, warning: str) -> None:
    spacing = "" if "spacing" in keys or "rate" in keys else 'spacing = { preferred = "1 week" }\n'
    assert warnings_of(own_protocol(STEP + spacing + keys)) == [warning]


@pytest.mark.parametrize(
    "keys",
    [
        'spacing = { preferred = "1 week", max = "9 days" }\nlate = { then = "restart" }',
        'spacing = { preferred = "1 week" }\nlate = { then = "restart", after = "2 weeks" }',
        'spacing = { preferred = "1 week" }\nsince = "previous"',
    ],
)
def test_validate_says_nothing_of_what_has_one(keys: str) -> None:
    assert warnings_of(own_protocol(STEP + keys)) == []


SPACINGS = st.sampled_from([{"preferred": "1 week"}, {"preferred": "1 month"}, {"min": "1 week"}])
LIMITS = st.fixed_dictionaries(
    {"anchor": st.sampled_from(["events.graft", "one.last", "one-1"])},
    optional={"min": st.sampled_from(["1 day", "5 weeks"])},
).map(lambda limit: limit | ({} if "min" in limit else {"max": "1 year"}))
SECOND = st.fixed_dictionaries(
    {"id": st.just("second"), "name": st.just("s"), "spacing": SPACINGS},
    optional={
        "anchor": st.sampled_from(["start", "one.first", "one.last"]),
        "limits": st.lists(LIMITS, min_size=1, max_size=2),
    },
)
FIRST = {"id": "one", "name": "f", "count": 2, "spacing": {"preferred": "3 weeks"}}
EVENTS = {"graft": {"label": "graft"}}


@settings(max_examples=100)
@given(SECOND, st.dates(date(2026, 6, 1), date(2027, 1, 4)))
def test_a_limit_and_a_first_spacing_are_never_left_aside(
    step: dict[str, Any], graft: date
) -> None:
    text = f"steps = {written([FIRST, step])}\nevents = {written(EVENTS)}\n"
    found = own_plan(text, events={"graft": graft})
    first, last, *others = [each for each in found.sessions if each.phase == "one"]
    (second,) = [each for each in found.sessions if each.phase == "second"]
    if second.planned is None:
        return
    for limit in step.get("limits", ()):
        base = {"events.graft": graft, "one.last": last.on, "one-1": first.on}[limit["anchor"]]
        days = {"1 day": 1, "5 weeks": 35}.get(limit.get("min", ""), -999)
        assert (second.on - base).days >= days
    if step["spacing"].get("preferred") and "limits" not in step:
        assert second.target != found.start
    assert not others
