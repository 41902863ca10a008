import pytest
from conftest import TODAY, day

from hairplan import PlanRequest, load_protocol
from hairplan.planner.conditions import Present, holds, state_of, unanswered
from hairplan.protocol.values import Condition

STATE = {"pace": "weekly", "ill": "unknown", "pregnant": "no", "sex": "female", "age": "40"}


@pytest.mark.parametrize(
    ("when", "expected", "open_"),
    [
        ({}, "yes", ""),
        ({"pace": "weekly"}, "yes", ""),
        ({"pace": ("weekly", "monthly")}, "yes", ""),
        ({"pace": "monthly"}, "no", ""),
        ({"ill": "yes"}, "unknown", "ill=yes"),
        ({"ill": "unknown"}, "yes", "ill=unknown"),
        ({"ill": ("yes", "unknown")}, "yes", "ill=yes|unknown"),
        # one part that is not true settles it, whatever stands before it
        ({"ill": "yes", "pregnant": "yes"}, "no", "ill=yes"),
        ({"ill": "yes", "pace": "weekly"}, "unknown", "ill=yes"),
        ({"age": "31..50"}, "yes", ""),
        ({"age": ("..39", "41..")}, "no", ""),
        ({"age": "40"}, "yes", ""),
        ({"nothing": "yes", "sex": "female"}, "unknown", "nothing=yes"),
    ],
)
def test_a_condition_has_three_truths(when: Condition, expected: str, open_: str) -> None:
    assert holds(when, STATE) == expected
    assert unanswered(when, STATE) == open_


def test_an_age_that_is_not_known_is_in_no_range_and_out_of_none() -> None:
    assert holds({"age": "31..50"}, {}) == "unknown"
    assert unanswered({"age": "31..50"}, {}) == "age=31..50"


@pytest.mark.parametrize(
    ("event", "past", "under_way"),
    [
        ("2026-10-31", "yes", "no"),
        ("2026-11-01", "yes", "no"),
        ("2026-11-02", "unknown", "yes"),
    ],
)
def test_what_happened_today_has_happened(event: str, past: str, under_way: str) -> None:
    request = PlanRequest(start=TODAY, events={"chemotherapy-end": day(event)})
    state, faults = state_of(load_protocol("smp"), request, Present(TODAY, request.start))
    assert (state["past-chemotherapy"], state["chemotherapy"]) == (past, under_way)
    assert faults == []
