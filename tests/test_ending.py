"""Plans that end, and plans that are taken up again."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from conftest import Ran, day

from hairplan import (
    Added,
    Cancelled,
    Changed,
    Done,
    Ended,
    Entry,
    Missed,
    Moved,
    Plan,
    PlanRequest,
    Resumed,
    load_protocol,
    make_plan,
)
from hairplan.history import Happening

Run = Callable[[str], Ran]


def entry(on: str, *what: Happening, reason: str | None = None) -> Entry:
    at = dt.datetime.combine(day(on), dt.time(9), dt.UTC)
    return Entry(at=at, on=day(on), what=what, reason=reason)


def smp(today: str, *history: Entry, **asked: Any) -> Plan:
    request = PlanRequest(start=day("2026-12-01"), id="p1", **asked)
    return make_plan(load_protocol("smp"), request, history, today=day(today))


def standing(plan: Plan) -> dict[str, tuple[str, str]]:
    """Return how each appointment stands, and its day."""
    return {each.id: (each.status, str(each.planned)) for each in plan.sessions}


@pytest.fixture
def kept(hairplan: Run) -> str:
    hairplan("schedule smp --start 2026-12-01 --ref X --save p.plan.json --today 2026-11-01")
    hairplan("record p.plan.json --done course-1=2026-12-01 --today 2026-12-01")
    return "p.plan.json"


# ---- the end ----


def test_nothing_is_ahead_and_nothing_due_after_an_end(hairplan: Run, kept: str) -> None:
    ran = hairplan(f"record {kept} --ended today --reason 'moved away' --today 2026-12-04 --full")
    assert (ran.code, ran.err.splitlines()) == (
        0,
        ["recorded as entry 2 of p.plan.json", "ended on Fri 2026-12-04: moved away"],
    )
    assert "course-2: cancelled, was Tue 2026-12-15: ended on Fri 2026-12-04: moved" in ran.out
    assert json.loads(hairplan(f"due {kept} --on 2033-12-01 -f json").out) == []
    status = hairplan(f"status {kept} --today 2026-12-04 --full").out.splitlines()
    assert status[1] == "ended on Fri 2026-12-04: moved away"
    assert not any(line.startswith("next") or "Questions" in line for line in status)
    assert "ended on Fri 2026-12-04" in hairplan(f"history {kept}").out


def test_what_to_avoid_after_what_was_done_still_runs(hairplan: Run, kept: str) -> None:
    hairplan(f"record {kept} --ended today --today 2026-12-04")
    status = json.loads(hairplan(f"status {kept} --today 2026-12-04 -f json").out)
    in_force = {name: each["ideal"] for each in status["in_force"] for name in each["ids"]}
    assert in_force["sun"] == "2026-12-06"
    assert status["problem"] == "ended on Fri 2026-12-04"


def test_the_calendar_follows_an_end(hairplan: Run, kept: str) -> None:
    hairplan(f"schedule {kept} --only sessions -o p.ics --today 2026-12-01")
    hairplan(f"record {kept} --ended today --today 2026-12-04")
    hairplan(f"schedule {kept} --only sessions -o q.ics --changes-only --today 2026-12-04")
    with open("q.ics", encoding="utf-8") as file:  # noqa: PTH123 - one line
        lines = file.read().splitlines()
    assert [line for line in lines if line.startswith(("SUMMARY", "STATUS"))] == [
        "SUMMARY:Cancelled: 2/3 Appointment",
        "STATUS:CANCELLED",
        "SUMMARY:Cancelled: 3/3 Appointment",
        "STATUS:CANCELLED",
        "SUMMARY:Cancelled: follow-up",
        "STATUS:CANCELLED",
    ]


ENDED = ("cancelled", "None")


def test_an_end_to_come_leaves_what_is_before_it() -> None:
    ended = entry("2026-12-01", Done("course-1", day("2026-12-01")), Ended(day("2026-12-20")))
    before = smp("2026-12-02", ended)
    assert standing(before) == {
        "course-1": ("done", "2026-12-01"),
        "course-2": ("planned", "2026-12-15"),
        "course-3": ENDED,
        "touch-up-1": ENDED,
    }
    assert before.problem is not None
    assert before.problem.what == "ends on Sun 2026-12-20"
    # By then nobody is to be asked any more of what was not recorded.
    assert standing(smp("2026-12-20", ended))["course-2"] == ENDED


def test_only_what_is_before_an_end_to_come_is_due(hairplan: Run, kept: str) -> None:
    hairplan(f"record {kept} --ended 2026-12-20 --today 2026-12-04")
    due = json.loads(hairplan(f"due {kept} --on 2026-12-10 -f json").out)
    assert {each["session"] for each in due} == {"course-2"}


def test_an_end_calls_off_what_is_to_be_booked_again_and_what_waits() -> None:
    history = (
        entry("2026-12-01", Done("course-1", day("2026-12-01")), Missed("course-2")),
        entry("2026-12-20", Done("course-3", day("2026-12-20"))),
        entry("2026-12-21", Added("extra-1", "extra", day("2027-01-10"))),
        entry("2026-12-21", Added("extra-2", "extra", day("2027-01-11")), Cancelled("extra-2")),
        entry("2027-01-02", Ended(day("2027-01-02"))),
    )
    stands = standing(smp("2027-01-02", *history))
    assert {each for name, each in stands.items() if "done" not in each} == {ENDED}
    assert {name for name, each in stands.items() if "done" in each} == {"course-1", "course-3"}


def test_what_waits_for_a_finding_is_called_off_as_well(hairplan: Run) -> None:
    hairplan("schedule mesopecia --start 2026-12-01 --save m.plan.json --today 2026-11-01")
    before = json.loads(hairplan("schedule m.plan.json -f json --today 2026-11-02").out)
    hairplan("record m.plan.json --ended today --today 2026-11-02")
    after = json.loads(hairplan("schedule m.plan.json -f json --today 2026-11-02").out)
    assert {each["id"] for each in after["sessions"]} == {each["id"] for each in before["sessions"]}
    assert {each["status"] for each in after["sessions"]} == {"cancelled"}
    assert (bool(before["milestones"]), after["milestones"], after["breaks"]) == (True, [], [])


def test_an_end_says_more_than_an_answer_that_stops() -> None:
    history = (
        entry("2026-12-01", Done("course-1", day("2026-12-01"))),
        entry("2026-12-05", Changed(answers={"pregnancy": "yes"})),
        entry("2026-12-06", Ended(day("2026-12-06")), reason="pregnant"),
    )
    plan = smp("2026-12-06", *history)
    assert plan.problem is not None
    assert (plan.problem.kind, plan.problem.what) == ("ended", "ended on Sun 2026-12-06: pregnant")


# ---- taking it up again ----


def test_what_is_left_is_proposed_from_the_day_of_resumption_on() -> None:
    history = [
        entry("2026-12-01", Done("course-1", day("2026-12-01"))),
        entry("2026-12-04", Ended(day("2026-12-04")), reason="travels"),
        entry("2026-12-10", Resumed(day("2026-12-18"))),
    ]
    for today in ("2026-12-10", "2027-06-01"):
        plan = smp(today, *history)
        days = {name: planned for name, (_, planned) in standing(plan).items()}
        assert days["course-2"] == "2026-12-18", today
        assert plan.sessions[1].reason == (
            "Tue 2026-12-15 is not possible: the plan had ended (travels); moved by +3 days,"
            " inside 2026-12-11..2026-12-22"
        )
    # On the day of the end itself nothing has rested; never into the past.
    late = [*history[:2], entry("2026-12-20", Resumed(day("2026-12-04")))]
    assert standing(smp("2026-12-20", *late))["course-2"][1] == "2026-12-20"
    # Without an end there is nothing to take up.
    nothing = entry("2026-12-10", Resumed(day("2026-12-18")))
    assert standing(smp("2026-12-10", history[0], nothing))["course-2"][1] == "2026-12-15"


def test_a_booking_that_the_end_called_off_awaits_a_new_date() -> None:
    history = [
        entry("2026-12-01", Done("course-1", day("2026-12-01"))),
        entry("2026-12-01", Moved("course-2", day("2026-12-20"))),
        entry("2026-12-01", Added("extra-1", "extra", day("2027-02-20"))),
        entry("2026-12-04", Ended(day("2026-12-04"))),
        entry("2026-12-10", Resumed(day("2026-12-10"))),
    ]
    plan = smp("2026-12-10", *history)
    assert (standing(plan)["course-2"], plan.sessions[1].booked) == (
        ("cancelled", "2026-12-15"),
        False,
    )
    assert standing(plan)["extra-1"] == ENDED
    booked = entry("2026-12-10", Moved("extra-1", day("2027-02-20")))
    assert standing(smp("2026-12-10", *history, booked))["extra-1"] == ("planned", "2027-02-20")


def test_a_plan_is_taken_up_and_booked_in_one_step(hairplan: Run, kept: str) -> None:
    hairplan(f"record {kept} --ended today --today 2026-12-04")
    ran = hairplan(f"record {kept} --resumed today --moved course-2=2026-12-18 --today 2026-12-10")
    assert ran.code == 0
    assert "no longer: ended on Fri 2026-12-04" in ran.out
    assert "taken up again from Thu 2026-12-10 on" in hairplan(f"history {kept}").out
    status = json.loads(hairplan(f"status {kept} --today 2026-12-10 -f json").out)
    assert (status["problem"], status["next"]["day"]) == (None, "2026-12-18")


def test_an_end_is_taken_back_as_any_other_step(hairplan: Run, kept: str) -> None:
    before = hairplan(f"schedule {kept} -f json --today 2026-12-05").out
    hairplan(f"record {kept} --ended today --today 2026-12-04")
    assert hairplan(f"undo {kept} 2 --today 2026-12-05").code == 0
    assert hairplan(f"schedule {kept} -f json --today 2026-12-05").out == before


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("--ended today", "--ended: the plan ended on 2026-12-04 already: undo 2 takes that back"),
        ("--ended today --resumed today", "--ended and --resumed: give one of the two"),
        ("--resumed 2026-12-03", "--resumed: 2026-12-03 is before the end, 2026-12-04"),
        (
            "--booked course-2=2026-12-20",
            "--booked course-2: 2026-12-20: the plan ended on 2026-12-04: --resumed takes it up"
            " again",
        ),
        (
            "--add extra=2026-12-20",
            "--add extra: 2026-12-20: the plan ended on 2026-12-04: --resumed takes it up again",
        ),
    ],
)
def test_what_an_ended_plan_cannot_take_is_refused(
    hairplan: Run, kept: str, options: str, says: str
) -> None:
    hairplan(f"record {kept} --ended today --today 2026-12-04")
    ran = hairplan(f"record {kept} {options} --today 2026-12-05")
    assert (ran.code, ran.err) == (2, f"error: {says}\n")
    # What happened before the end may still be told.
    ran = hairplan(f"record {kept} --done course-2=2026-12-03 --today 2026-12-05")
    assert ran.code == 0


def test_until_an_end_to_come_there_may_be_bookings(hairplan: Run, kept: str) -> None:
    ended = "--ended 2026-12-20 --booked course-2=2026-12-20"
    ran = hairplan(f"record {kept} {ended} --today 2026-12-05")
    says = "--booked course-2: 2026-12-20 is not before the end, 2026-12-20"
    assert (ran.code, ran.err) == (2, f"error: {says}\n")
    ended = "--ended 2026-12-20 --booked course-2=2026-12-16"
    assert hairplan(f"record {kept} {ended} --today 2026-12-05").code == 0
    assert hairplan(f"record {kept} --add extra=2026-12-19 --today 2026-12-05 --as visit").code == 0


def test_only_what_ended_is_taken_up_again(hairplan: Run, kept: str) -> None:
    ran = hairplan(f"record {kept} --resumed today --today 2026-12-05")
    assert (ran.code, ran.err) == (2, "error: --resumed: the plan has not ended\n")
