"""Patients of whom nothing was heard: listed once, in place of all that is due for them."""

import json
from collections.abc import Callable

import pytest
from conftest import Ran

Run = Callable[[str], Ran]


@pytest.fixture
def kept(hairplan: Run) -> str:
    hairplan(
        "schedule smp --start 2026-12-01 --answer minoxidil=no --ref X --save p.plan.json"
        " --today 2026-11-01"
    )
    hairplan("record p.plan.json --done course-1=2026-12-01 --today 2026-12-01")
    return "p.plan.json"


def kinds(hairplan: Run, path: str, day: str, after: str = "6 months") -> list[str]:
    rows = json.loads(hairplan(f"due {path} --on {day} --lost-after '{after}' -f json").out)
    return [row["what"] for row in rows]


def test_a_patient_who_did_not_come_is_listed_once(hairplan: Run, kept: str) -> None:
    ran = hairplan(f"due {kept} --on 2027-07-01 --lost-after '6 months' -f json")
    (row,) = json.loads(ran.out)
    assert (row["what"], row["session"], row["day"], row["days"]) == (
        "lost",
        None,
        "2026-12-01",
        -212,
    )
    assert row["says"] == (
        "nothing was recorded since Tue 2026-12-01, and course-2 did not take place: ask, or end"
        " the plan: hairplan record p.plan.json --ended today"
    )
    assert ran.err == "1 plan: 1 not heard of\n"
    assert (
        "NOTHING HEARD OF"
        in hairplan(f"due {kept} --on 2027-07-01 --lost-after 6months --full").out
    )
    assert "lost" not in hairplan(f"due {kept} --on 2027-07-01 -f json").out


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        # not awaited yet, then not for so long, counted from the latest day of course-2
        ("2026-12-10", ["to book", "to book"]),
        ("2027-06-21", ["overdue"]),
        ("2027-06-22", ["lost"]),
    ],
)
def test_the_time_counts_from_the_day_on_which_the_patient_was_awaited(
    hairplan: Run, kept: str, day: str, expected: list[str]
) -> None:
    assert kinds(hairplan, kept, day) == expected


def test_the_time_counts_from_what_was_heard_last(hairplan: Run, kept: str) -> None:
    hairplan(f"record {kept} --missed course-2 --reason 'will call' --today 2027-03-01")
    assert kinds(hairplan, kept, "2027-08-31") == ["missed"]
    assert kinds(hairplan, kept, "2027-09-01") == ["lost"]
    hairplan(f"record {kept} --ended today --today 2027-09-01")
    assert kinds(hairplan, kept, "2027-09-01") == []


def test_a_span_is_one(hairplan: Run, kept: str) -> None:
    ran = hairplan(f"due {kept} --lost-after never")
    assert ran.code == 2
    assert ran.err.startswith("error: --lost-after: 'never' is not ")
