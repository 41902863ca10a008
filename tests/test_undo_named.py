"""An entry of a history that is taken back by its number, while the rest stands."""

import json
from collections.abc import Callable

import pytest
from conftest import Ran

Run = Callable[[str], Ran]


@pytest.fixture
def kept(hairplan: Run) -> str:
    ran = hairplan("schedule smp --start 2026-12-01 --ref X --save p.plan.json --today 2026-11-01")
    assert ran.code == 0
    return "p.plan.json"


def days(hairplan: Run, path: str) -> dict[str, str]:
    """Return the day of each session of the course, as the plan stands."""
    plan = json.loads(hairplan(f"schedule {path} --today 2026-12-02 -f json").out)
    course = [each for each in plan["sessions"] if each["phase"] == "course"]
    return {each["id"]: each["planned"] for each in course}


def test_an_absence_is_withdrawn_and_what_was_done_since_stays(hairplan: Run, kept: str) -> None:
    hairplan(f"record {kept} --away 2026-12-14..2026-12-19=trip --today 2026-11-20")
    hairplan(f"record {kept} --done course-1=2026-12-01 --today 2026-12-01")
    ran = hairplan(f"undo {kept} 1 --reason 'the trip is off' --today 2026-12-02 --full")
    assert ran.code == 0
    assert "course-2: Sun 2026-12-13 -> Tue 2026-12-15 (+2 days)" in ran.out
    assert ran.err == "recorded as entry 3 of p.plan.json\n"
    shown = hairplan(f"history {kept}").out
    assert "(taken back by 3)" in shown
    assert "entry 1 taken back" in shown
    assert (
        "done: course-1 on Tue 2026-12-01"
        in hairplan(f"status {kept} --today 2026-12-02 --full").out
    )


def test_the_last_entry_that_is_left_is_taken_back_where_none_is_named(
    hairplan: Run, kept: str
) -> None:
    hairplan(f"record {kept} --away 2026-12-14..2026-12-19 --today 2026-11-20")
    hairplan(f"record {kept} --closure 2026-12-01 --today 2026-11-21")
    assert hairplan(f"undo {kept} 2 --today 2026-11-22").code == 0
    assert hairplan(f"undo {kept} --today 2026-11-22").code == 0
    assert days(hairplan, kept) == {
        "course-1": "2026-12-01",
        "course-2": "2026-12-15",
        "course-3": "2026-12-29",
    }


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("9", "no entry 9; there are: 2, 4"),
        ("0", "no entry 0; there are: 2, 4"),
        ("1", "entry 1 is taken back already, by entry 3; there are: 2, 4"),
        ("3", "entry 3 takes entry 1 back, which can only be recorded anew; there are: 2, 4"),
    ],
)
def test_an_entry_that_is_not_in_force_cannot_be_taken_back(
    hairplan: Run, kept: str, entry: str, says: str
) -> None:
    hairplan(f"record {kept} --away 2026-12-14..2026-12-19 --today 2026-11-20")
    hairplan(f"record {kept} --answer minoxidil=no --today 2026-11-20")
    hairplan(f"undo {kept} 1 --today 2026-11-21")
    hairplan(f"record {kept} --done course-1=2026-12-01 --today 2026-12-01")
    ran = hairplan(f"undo {kept} {entry} --today 2026-12-02")
    assert (ran.code, ran.err) == (2, f"error: p.plan.json: {says}\n")


def test_what_later_entries_rest_on_stays(hairplan: Run, kept: str) -> None:
    hairplan(f"record {kept} --sessions 4 --today 2026-11-20")
    hairplan(f"record {kept} --moved course-4=2027-01-14 --today 2026-11-21")
    ran = hairplan(f"undo {kept} 1 --today 2026-11-22")
    assert (ran.code, ran.err.splitlines()) == (
        2,
        [
            "error: entry 1 cannot be taken back: without it the rest does not stand",
            "error: history: no session course-4; there are: course-1..3, touch-up-1",
        ],
    )
    assert hairplan(f"history {kept}").out.count("taken back") == 0
    assert hairplan(f"undo {kept} 2 --today 2026-11-22").code == 0
    assert hairplan(f"undo {kept} 1 --today 2026-11-22").code == 0
