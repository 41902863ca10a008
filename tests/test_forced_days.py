"""An appointment moved for the sake of another says for which, and what would come of it."""

from datetime import UTC, datetime

import pytest
from conftest import day, own_plan, own_protocol

from hairplan import PlanRequest, make_plan
from hairplan.dates.spans import Period
from hairplan.history import Done, Entry

THREE = """
[[steps]]
id = "one"
name = "one"
[[steps]]
id = "two"
name = "two"
anchor = "one.last"
spacing = { min = "4 weeks", preferred = "8 weeks", max = "12 weeks" }
[[steps]]
id = "three"
name = "three"
anchor = "two.last"
spacing = { min = "2 months", preferred = "4 months", max = "6 months" }
"""
TWO_TRACKS = """
[[steps]]
id = "a"
name = "a"
count = 3
spacing = { min = "5 days", preferred = "1 week", max = "11 days" }
[[steps]]
id = "b"
name = "b"
anchor = "a-2"
spacing = { min = "5 days", preferred = "1 week", max = "12 days" }
"""


@pytest.mark.parametrize(
    ("away", "session", "reason"),
    [
        (
            ("2026-08-20", "2026-09-05"),
            "two-1",
            "Mon 2026-04-27 would put three-1 8 days farther off its own day instead, and the"
            " earlier days are taken; moved by -8 days, inside 2026-03-30..2026-05-25",
        ),
        (
            ("2026-06-01", "2026-10-20"),
            "two-1",
            "Mon 2026-04-27 would put three-1 5 days farther off its own day; moved by +4 days,"
            " inside 2026-03-30..2026-05-25",
        ),
        (
            ("2026-06-01", "2026-11-10"),
            "two-1",
            "Mon 2026-04-27 would leave three-1 no date; moved by +14 days, inside"
            " 2026-03-30..2026-05-25",
        ),
    ],
)
def test_what_would_come_of_a_day_is_the_reason_for_another(
    away: tuple[str, str], session: str, reason: str
) -> None:
    found = own_plan(THREE, start=day("2026-03-02"), closures=(Period(day(away[0]), day(away[1])),))
    moved = next(each for each in found.sessions if each.id == session)
    assert moved.reason == reason
    assert moved.moved
    assert moved.moved.session == "three-1"
    assert moved.moved.would
    assert moved.moved.would in reason


def test_of_choices_as_far_from_their_days_that_which_moves_fewer_is_the_reason() -> None:
    head, step, body = TWO_TRACKS.rpartition('[[steps]]\nid = "b"')
    third = head + step + body + step.replace("b", "c") + body
    closed = (day("2027-01-10"), day("2027-01-18"), day("2027-01-19"), day("2027-01-24"))
    found = own_plan(
        third, closures=tuple(Period(each, each) for each in (*closed, day("2027-01-30")))
    )
    assert found.sessions[1].reason == (
        "Mon 2027-01-11 would put b-1 1 day farther off its own day, and move 3 appointments in"
        " place of 2; moved by -2 days, inside 2027-01-09..2027-01-15"
    )


def test_a_plan_under_way_says_it_as_well() -> None:
    entry = Entry(at=datetime(2026, 3, 2, tzinfo=UTC), on=day("2026-03-02"), what=(
        Done("one-1", day("2026-03-02")),
    ))  # fmt: skip
    away = (Period(day("2026-06-01"), day("2026-10-20")),)
    request = PlanRequest(start=day("2026-03-02"), closures=away)
    found = make_plan(own_protocol(THREE), request, [entry], today=day("2026-03-02"))
    assert found.sessions[1].reason == (
        "Mon 2026-04-27 would put three-1 5 days farther off its own day; moved by +4 days,"
        " inside 2026-03-30..2026-05-25"
    )
