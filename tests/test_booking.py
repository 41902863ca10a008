"""Bookings: as the plan proposes them, or for another day."""

import json
from collections.abc import Callable

import pytest
from conftest import Ran

Run = Callable[[str], Ran]


@pytest.fixture
def kept(hairplan: Run) -> str:
    hairplan(
        "schedule smp --start 2026-12-01 --time 10:00 --zone Europe/Paris --ref X"
        " --save p.plan.json --today 2026-11-01"
    )
    return "p.plan.json"


def booked(hairplan: Run, path: str) -> dict[str, str]:
    """Return the appointments that are booked, each with its day."""
    plan = json.loads(hairplan(f"schedule {path} -f json --today 2026-11-20").out)
    return {
        each["id"]: f"{each['planned']} {each['time']}"
        for each in plan["sessions"]
        if each["booked"]
    }


def test_sessions_are_booked_as_proposed(hairplan: Run, kept: str) -> None:
    ran = hairplan(f"record {kept} --booked 'course-1, course-2' --today 2026-11-20 --full")
    assert ran.code == 0
    assert "course-1: booked: Tue 2026-12-01" in ran.out
    assert booked(hairplan, kept) == {
        "course-1": "2026-12-01 10:00:00",
        "course-2": "2026-12-15 10:00:00",
    }


def test_a_session_is_booked_for_another_day_beside_those_as_proposed(
    hairplan: Run, kept: str
) -> None:
    options = "--booked course-1,course-2 --moved 'course-3=Jan 2, 2027T09:30'"
    assert hairplan(f"record {kept} {options} --today 2026-11-20").code == 0
    assert booked(hairplan, kept) == {
        "course-1": "2026-12-01 10:00:00",
        "course-2": "2026-12-15 10:00:00",
        "course-3": "2027-01-02 09:30:00",
    }


def test_what_has_no_proposal_is_booked_for_a_day_that_is_given(hairplan: Run, kept: str) -> None:
    hairplan(f"record {kept} --skipped course-3 --today 2026-11-20")
    ran = hairplan(f"record {kept} --booked course-3,course-9,course-2 --today 2026-12-16")
    assert (ran.code, ran.err.splitlines()) == (
        2,
        [
            "error: --booked course-3: no day is proposed for it: say course-3=DATE",
            "error: --booked course-2: 2026-12-15 is before today, 2026-12-16; if it took place"
            " then: --done course-2=2026-12-15",
            "error: no session 'course-9' (did you mean 'course-3'?); there are:"
            " course-1..3, touch-up-1",
        ],
    )
