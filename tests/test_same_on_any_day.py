"""The dates of a plan are the same on any day that one looks at it; what is said may change."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from conftest import day, own_protocol
from hypothesis import given, settings
from hypothesis import strategies as st
from test_any_protocol import written
from test_nothing_is_lost import PROTOCOLS

from hairplan import HairplanError, Plan, PlanRequest, make_plan
from hairplan.history import Added, Changed, Done, Entry, Missed
from hairplan.protocol.model import Protocol

OWN_EVENTS = {
    "questions": {"ill": {"ask": "ill?"}, "well": {"ask": "well?"}},
    "events": {
        "surgery": {"label": "surgery", "begins": "ill"},
        "growth": {"label": "growth", "ends": "ill"},
    },
    "rules": {"wait": {"question": "well", "event": "surgery", "begins": "0 days",
                       "ends": "2 weeks", "outcome": "postpone", "says": "wait"}},
}  # fmt: skip
DAYS = st.dates(date(2026, 10, 1), date(2027, 6, 1))
REQUESTS = st.fixed_dictionaries(
    {},
    optional={
        "events": st.dictionaries(st.sampled_from(["surgery", "growth"]), DAYS, min_size=1),
        "sex": st.just("female"),
    },
)

RESPONSE = """
[[steps]]
id = "course"
name = "session"
count = 2
spacing = { preferred = "4 weeks" }
[[steps]]
id = "more"
name = "more"
anchor = "course.last"
count = 2
spacing = { preferred = "4 weeks" }
when = { response = "yes" }
[restrictions]
sun = { label = "no sun", after = "3 days", when = { response = "yes" } }
[questions]
response = { ask = "is there a response?" }
[events]
response = { label = "the response was seen", begins = "response" }
"""


def dates(plan: Plan) -> tuple[object, ...]:
    sessions = [
        (each.id, each.planned, each.earliest, each.target, each.latest, each.waits_for)
        for each in plan.sessions
    ]
    others = (plan.restrictions, plan.tasks, plan.routines, plan.milestones, plan.expectations)
    return plan.id, sessions, others, plan.undated


def on_day(protocol: Protocol, asked: dict[str, Any], today: date) -> Plan | None:
    try:
        return make_plan(protocol, PlanRequest(start=day("2027-01-04"), **asked), today=today)
    except HairplanError:
        # What time brings into contradiction is said on that day.
        return None


@settings(max_examples=150)
@given(PROTOCOLS, REQUESTS, DAYS, DAYS)
def test_a_plan_has_the_same_dates_on_any_day(
    tables: dict[str, Any], asked: dict[str, Any], one: date, other: date
) -> None:
    whole = tables | OWN_EVENTS
    protocol = own_protocol("".join(f"{key} = {written(each)}\n" for key, each in whole.items()))
    first, second = (on_day(protocol, asked, today) for today in (one, other))
    if first is None or second is None or first.problem or second.problem:
        return
    assert dates(first) == dates(second)


def test_an_event_after_the_start_settles_its_question_once_something_is_recorded() -> None:
    protocol = own_protocol(RESPONSE)
    request = PlanRequest(start=day("2027-01-04"), events={"response": day("2027-01-12")})
    on = [day("2026-11-01"), day("2027-02-01")]
    plans = [make_plan(protocol, request, today=today) for today in on]
    assert dates(plans[0]) == dates(plans[1])
    assert [each.status for each in plans[0].sessions] == [*["planned"] * 2, *["conditional"] * 2]
    entry = Entry(
        at=datetime(2027, 1, 12, tzinfo=UTC), on=day("2027-01-12"), what=(Changed(place="2"),)
    )
    begun = make_plan(protocol, request, [entry], today=day("2027-01-12"))
    assert [each.id for each in begun.dated] == ["course-1", "course-2", "more-1", "more-2"]


def test_an_event_before_the_start_has_settled_its_question() -> None:
    request = PlanRequest(start=day("2027-01-04"), events={"response": day("2026-12-12")})
    for today in ("2026-11-01", "2027-02-01"):
        found = make_plan(own_protocol(RESPONSE), request, today=day(today))
        assert [each.applies for each in found.restrictions] == ["yes"]


VISITED = """
[[steps]]
id = "course"
name = "session"
count = 2
spacing = "4 weeks"
[[steps]]
id = "visit"
name = "visit"
kind = "visit"
offsets = [{ min = "5 weeks", preferred = "6 weeks", max = "7 weeks" }]
"""


@pytest.mark.parametrize(
    ("seen", "visit", "at"),
    [
        ("2027-02-13", "2027-03-27", time(2, 30)),
        # It counts from a start that moves from day to day, to the night that has no 02:30.
        ("2027-02-14", "2027-03-28", None),
        ("2027-02-15", "2027-03-29", time(2, 30)),
    ],
)
def test_a_time_that_summer_time_skips_locks_no_plan(
    seen: str, visit: str, at: time | None
) -> None:
    off = Entry(
        at=datetime(2027, 1, 5, tzinfo=UTC), on=day("2027-01-05"), what=(Missed("course-1"),)
    )
    request = PlanRequest(start=day("2027-01-04"), time=time(2, 30), zone="Europe/Paris")
    plan = make_plan(own_protocol(VISITED), request, [off], today=day(seen))
    found = next(each for each in plan.sessions if each.id == "visit-1")
    assert (found.on, found.time) == (day(visit), at)


def test_what_was_recorded_of_a_later_day_is_seen_as_on_the_day_of_the_last_entry() -> None:
    ahead = Entry(
        at=datetime(2027, 3, 1, tzinfo=UTC),
        on=day("2027-03-01"),
        what=(Done("course-2", day("2027-03-01")),),
    )
    back = Entry(
        at=datetime(2027, 3, 1, tzinfo=UTC),
        on=day("2027-01-04"),
        what=(Added("check-up", "check-up", day("2027-02-01")),),
    )
    request = PlanRequest(start=day("2027-01-04"))
    plans = [
        make_plan(own_protocol(VISITED), request, [ahead, back], today=day(seen))
        for seen in ("2027-01-05", "2027-02-28")
    ]
    assert dates(plans[0]) == dates(plans[1])
