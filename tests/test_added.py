"""Appointments that the protocol does not have: what goes with them, and how near they may come."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from conftest import OWN, Ran

Run = Callable[[str], Ran]


@pytest.fixture
def kept(hairplan: Run) -> str:
    hairplan(
        "schedule smp --start 2026-12-01 --answer minoxidil=yes --ref X --save p.plan.json"
        " --today 2026-11-01"
    )
    hairplan("record p.plan.json --done course-1=2026-12-01 --today 2026-12-01")
    return "p.plan.json"


def planned(hairplan: Run, path: str) -> dict[str, Any]:
    plan: dict[str, Any] = json.loads(hairplan(f"schedule {path} -f json --today 2026-12-02").out)
    return plan


def surrounded(plan: dict[str, Any]) -> set[str]:
    periods = (period for each in plan["restrictions"] for period in each["ideal"])
    return {session for period in periods for session in period["sessions"]}


@pytest.mark.parametrize("kind", ["review", "consultation", "visit"])
def test_nothing_is_to_be_avoided_around_what_is_no_treatment(
    hairplan: Run, kept: str, kind: str
) -> None:
    before = planned(hairplan, kept)
    options = f"--add check-up=2026-12-18T09:00 --as {kind} --zone Europe/Paris"
    ran = hairplan(f"record {kept} {options} --today 2026-12-02 --full")
    assert (ran.code, "check-up-1: new: Fri 2026-12-18" in ran.out) == (0, True)
    after = planned(hairplan, kept)
    assert after["restrictions"] == before["restrictions"]
    (added,) = [each for each in after["sessions"] if each["id"] == "check-up-1"]
    assert (added["kind"], added["planned"], added["flag"]) == (kind, "2026-12-18", None)
    said = " ".join(hairplan(f"history {kept}").out.split())
    assert f"check-up-1 added: check-up on Fri 2026-12-18 09:00, as {kind}" in said


@pytest.mark.parametrize("kind", ["", "--as touch-up", "--as maintenance"])
def test_what_is_to_be_avoided_around_a_treatment_is_around_an_added_one(
    hairplan: Run, kept: str, kind: str
) -> None:
    ran = hairplan(f"record {kept} --add extra=2027-02-01 {kind} --today 2026-12-02")
    assert ran.code == 0
    assert "extra-1" in surrounded(planned(hairplan, kept))


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("2026-12-05", "booked for Sat 2026-12-05, 4 days from course-1"),
        ("2026-12-12", "booked for Sat 2026-12-12, 3 days from course-2"),
        ("2027-01-07", "booked for Thu 2027-01-07, 9 days from course-3"),
        ("2027-01-08", None),
    ],
)
def test_a_treatment_that_is_too_near_to_another_is_flagged(
    hairplan: Run, kept: str, day: str, says: str | None
) -> None:
    ran = hairplan(f"record {kept} --add extra={day} --today 2026-12-02")
    flag = says and f"{says}: nearer than course.spacing.min 10 days (SMP-2)"
    expected = ["recorded as entry 2 of p.plan.json", *([f"extra-1: {flag}"] if flag else [])]
    assert (ran.code, ran.err.splitlines()) == (bool(flag), expected)
    (added,) = [each for each in planned(hairplan, kept)["sessions"] if each["id"] == "extra-1"]
    assert added["flag"] == flag


def test_one_that_took_place_too_near_says_so(hairplan: Run, kept: str) -> None:
    hairplan(f"record {kept} --add extra=2026-12-03 --today 2026-12-02")
    hairplan(f"record {kept} --add another=2026-12-04 --today 2026-12-02")
    ran = hairplan(f"record {kept} --done extra-1=2026-12-03 --today 2026-12-03")
    assert ran.code == 0
    says = {each["session"]: each["says"] for each in planned(hairplan, kept)["breaks"]}
    near = "nearer than course.spacing.min 10 days (SMP-2)"
    assert says == {
        "extra-1": f"done on Thu 2026-12-03, 2 days from course-1: {near}",
        "another-1": f"booked for Fri 2026-12-04, 3 days from course-1: {near}",
    }


def test_two_that_were_added_keep_apart_as_well(hairplan: Run, kept: str) -> None:
    hairplan(f"record {kept} --add extra=2027-02-01 --add another=2027-02-05 --today 2026-12-02")
    (broken,) = planned(hairplan, kept)["breaks"]
    assert (broken["session"], broken["what"], broken["days"]) == ("another-1", "near", 6)


def test_what_an_end_calls_off_is_not_near(hairplan: Run, kept: str) -> None:
    hairplan(f"record {kept} --add extra=2026-12-12 --ended 2026-12-14 --today 2026-12-02")
    assert planned(hairplan, kept)["breaks"] == []


def test_a_course_without_a_least_distance_has_none_to_keep(hairplan: Run) -> None:
    with open("own.toml", "w", encoding="utf-8") as file:  # noqa: PTH123 - one text
        file.write(f'{OWN}[[steps]]\nid = "course"\nname = "x"\ncount = 1\n')
    hairplan("schedule ./own.toml --start 2026-12-01 --save p.plan.json --today 2026-11-01")
    assert hairplan("record p.plan.json --add extra=2026-12-02 --today 2026-12-01").code == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("--done course-1=2026-12-01 --as review", "--as: says what is added: give it with --add"),
        (
            "--add x=2026-12-20 --as session",
            "--as: 'session' is not touch-up, maintenance, consultation, review or visit",
        ),
    ],
)
def test_a_kind_is_one_of_what_can_be_added(
    hairplan: Run, kept: str, options: str, says: str
) -> None:
    ran = hairplan(f"record {kept} {options} --today 2026-12-02")
    assert (ran.code, ran.err) == (2, f"error: {says}\n")
