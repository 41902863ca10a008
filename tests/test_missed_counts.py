"""A missed session that counts: it is gone, and the others keep their days and their numbers."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import OWN, Ran, day, own_protocol
from hypothesis import given
from hypothesis import strategies as st
from test_around_sessions import words
from test_desk import desk
from test_patient_sheet import lines, sheet

from hairplan import CalendarChoice, PlanRequest, make_plan
from hairplan.calendar.items import items_of
from hairplan.history import Added, Cancelled, Done, Entry, Happening, Missed, Moved
from hairplan.plan import Plan
from hairplan.planner.protocol_warnings import warnings_of
from hairplan.show.plain import render_plain
from hairplan.show.protocol import protocol_document

Run = Callable[[str], Ran]

COURSE = """
[[steps]]
id = "course"
name = "session"
count = 5
spacing = { preferred = "1 week", tolerance = "2 days" }
duration = "30 min"
price = "50 EUR"
strength = "clinic"
missed = "counts"
"""
CHECK = """
[[steps]]
id = "check"
name = "check"
kind = "review"
anchor = "course.last"
spacing = { preferred = "4 weeks", tolerance = "3 days" }
strength = "clinic"
"""
CARE = """
[restrictions]
sun = { label = "no sun", after = "3 days", strength = "clinic" }
[tasks]
wash = { label = "wash", lead = "1 day", strength = "clinic" }
[milestones]
look = { label = "look", around = ["each"], after = "2 days", strength = "clinic" }
"""
TEXT = COURSE + CHECK + CARE
START = day("2027-01-04")
WEEK = timedelta(weeks=1)


def entry(on: date, *what: Happening, reason: str | None = None) -> Entry:
    return Entry(at=datetime(2027, 6, 1, tzinfo=UTC), on=on, what=what, reason=reason)


def after(entries: Sequence[Entry], today: date, text: str = TEXT, **asked: Any) -> Plan:
    request = PlanRequest(**{"start": START, "id": "x", **asked})
    return make_plan(own_protocol(text), request, entries, today=today)


def days(found: Plan) -> dict[str, str]:
    return {each.id: str(each.planned)[5:] if each.planned else "-" for each in found.sessions}


SECOND_MISSED = (
    entry(START, Done("course-1", START)),
    entry(day("2027-01-11"), Missed("course-2")),
)
WITHOUT_THE_SECOND = {
    "course-1": "01-04", "course-2": "-", "course-3": "01-18", "course-4": "01-25",
    "course-5": "02-01", "check-1": "03-01",
}  # fmt: skip


# ---- in the plan ----


@pytest.mark.parametrize("today", ["2027-01-11", "2027-01-19", "2027-01-20"])
@pytest.mark.parametrize("anchor", ["rolling", "fixed"])
def test_it_is_gone_and_the_later_ones_keep_their_days(today: str, anchor: str) -> None:
    found = after(SECOND_MISSED, day(today), anchor=anchor)
    assert days(found) == WITHOUT_THE_SECOND
    missed = found.sessions[1]
    assert (missed.status, missed.used_up, missed.number, missed.of) == ("skipped", True, 2, 5)
    assert missed.waits_for == "missed, and counts all the same: the others keep their days"
    assert [(each.number, each.of) for each in found.sessions[2:5]] == [(3, 5), (4, 5), (5, 5)]
    assert found.rules["on_missed.course"] == (
        "counts (clinic): it is not booked again, and the others keep their days"
    )
    assert ("course.missed", "counts", "clinic") in {
        (figure.figure, figure.value, figure.strength) for figure in found.figures
    }


def test_nothing_goes_with_it() -> None:
    found = after(SECOND_MISSED, day("2027-01-11"))
    surrounded = {name for period in found.restrictions[0].ideal for name in period.sessions}
    assert surrounded == {"course-1", "course-3", "course-4", "course-5"}
    assert {task.session for task in found.tasks} == surrounded
    assert day("2027-01-13") not in {milestone.on for milestone in found.milestones}
    assert found.cost is not None
    assert found.cost.course.sessions == 4


def test_without_the_key_it_is_proposed_again() -> None:
    found = after(SECOND_MISSED, day("2027-01-11"), TEXT.replace('missed = "counts"\n', ""))
    assert (found.sessions[1].status, days(found)["course-2"]) == ("missed", "01-12")
    assert "on_missed.course" not in found.rules


def test_one_that_was_called_off_is_proposed_again() -> None:
    history = (SECOND_MISSED[0], entry(day("2027-01-11"), Cancelled("course-2")))
    found = after(history, day("2027-01-11"))
    assert (found.sessions[1].status, days(found)["course-2"]) == ("cancelled", "01-12")


def test_the_first_leaves_the_start_where_it_was() -> None:
    found = after([entry(START, Missed("course-1"))], day("2027-01-05"))
    assert (found.start, days(found)["course-1"], days(found)["course-2"]) == (
        START, "-", "01-11",
    )  # fmt: skip


def test_the_last_is_still_what_the_next_step_counts_from() -> None:
    done = [Done(f"course-{n}", START + (n - 1) * WEEK) for n in (1, 2, 3, 4)]
    history = [entry(day("2027-02-01"), *done, Missed("course-5"))]
    assert days(after(history, day("2027-02-02")))["check-1"] == "03-01"


@pytest.mark.parametrize("late", ["continue", "restart", "extra"])
def test_the_others_count_from_the_day_that_it_was_booked_for(late: str) -> None:
    booked = entry(START, Moved("course-2", day("2027-01-15")))
    missed = entry(day("2027-01-15"), Missed("course-2"))
    history = [SECOND_MISSED[0], booked]
    text = TEXT.replace("missed =", f'late = {{ then = "{late}" }}\nmissed =')
    found = days(after([*history, missed], day("2027-01-15"), text))
    assert found["course-3"] == "01-22"
    # It was booked late; but nothing begins anew with what did not take place.
    assert set(found) == set(days(after(history[:1], day("2027-01-15"), text)))


def test_a_missed_one_that_was_not_recorded_asks_for_it() -> None:
    done = entry(day("2027-01-18"), Done("course-1", START), Done("course-3", day("2027-01-18")))
    found = after([done], day("2027-01-18"))
    missed = next(each for each in found.sessions if each.id == "course-2")
    assert (missed.status, missed.waits_for) == (
        "missed",
        "to be booked again, or given up; recorded as missed, it counts all the same",
    )
    recorded = after([done, entry(day("2027-01-19"), Missed("course-2"))], day("2027-01-19"))
    assert days(recorded) == WITHOUT_THE_SECOND
    assert [each.status for each in recorded.sessions[:3]] == ["done", "skipped", "done"]


def test_what_counts_from_it_keeps_its_day_once_a_later_one_is_done() -> None:
    text = TEXT.replace('"course.last"', '"course-2"')
    done = entry(day("2027-01-18"), Done("course-3", day("2027-01-18")))
    assert days(after([*SECOND_MISSED, done], day("2027-01-19"), text))["check-1"] == "02-08"


def test_what_waits_for_it_asks_for_it_too() -> None:
    text = TEXT.replace("anchor = ", 'anchor = "course-2"\n#')
    done = entry(day("2027-02-10"), Done("check-1", day("2027-02-10")))
    found = {each.id: each for each in after([done], day("2027-02-11"), text).sessions}
    assert found["course-2"].waits_for == (
        "to be booked again, or given up; recorded as missed, it counts all the same"
    )


def test_one_that_was_added_is_booked_again_whatever_the_steps_say() -> None:
    history = [entry(START, Added("extra-1", "x", START)), entry(START, Missed("extra-1"))]
    assert "to be booked again, or given up" in {
        each.waits_for for each in after(history, START).sessions
    }


def test_it_may_be_booked_or_done_after_all() -> None:
    booked = [*SECOND_MISSED, entry(day("2027-01-11"), Moved("course-2", day("2027-01-13")))]
    found = after(booked, day("2027-01-11"))
    assert (found.sessions[1].status, days(found)["course-2"]) == ("planned", "01-13")
    done = [*SECOND_MISSED, entry(day("2027-01-12"), Done("course-2", day("2027-01-11")))]
    assert after(done, day("2027-01-12")).sessions[1].status == "done"


def test_taking_it_back_restores_the_plan() -> None:
    undone = taking_back(2)
    found = after([*SECOND_MISSED, undone], day("2027-01-11"))
    assert found == after(SECOND_MISSED[:1], day("2027-01-11"))


def taking_back(number: int) -> Entry:
    return Entry(at=datetime(2027, 6, 2, tzinfo=UTC), on=day("2027-01-11"), undoes=number)


def test_what_moves_its_place_later_on_puts_nothing_off() -> None:
    """A closed day of before moves the place of what is gone: the recording day is no floor."""
    late = entry(day("2027-01-20"), Done("course-1", day("2027-01-06")))
    history = [entry(day("2027-01-13"), Missed("course-2")), late]
    assert days(after(history, day("2027-01-20"))) == {
        "course-1": "01-06", "course-2": "-", "course-3": "01-20", "course-4": "01-27",
        "course-5": "02-03", "check-1": "03-03",
    }  # fmt: skip


@given(
    st.sets(st.integers(2, 5), min_size=1, max_size=3),
    st.sets(st.sampled_from(["tue", "thu", "sat", "sun"])),
    st.dictionaries(st.integers(2, 5), st.integers(-2, 2), max_size=2),
    st.sampled_from(["rolling", "fixed"]),
)
def test_whatever_is_missed_the_others_keep_their_days(
    missed: set[int], closed: set[str], booked: dict[int, int], anchor: str
) -> None:
    moved = (
        Moved(f"course-{n}", START + (n - 1) * WEEK + timedelta(days=by))
        for n, by in booked.items()
    )
    history = [entry(START, Done("course-1", START), *moved)]
    asked: dict[str, Any] = {"closed": tuple(closed), "anchor": anchor}
    before = days(after(history, START, **asked))
    gone = [f"course-{n}" for n in sorted(missed)]
    history.append(entry(START, *map(Missed, gone)))
    found = after(history, START, **asked)
    assert days(found) == before | dict.fromkeys(gone, "-")
    assert [each.id for each in found.sessions if each.used_up] == gone
    assert not {name for period in found.restrictions[0].ideal for name in period.sessions} & {
        *gone
    }


# ---- what is said of it ----


def test_at_the_desk_it_is_missed_and_counts() -> None:
    found = desk(after(SECOND_MISSED, day("2027-01-12")))
    assert found[:6] == [
        "Our own · 4 sessions Mon 4 Jan to Mon 1 Feb 2027, 1 missed",
        "30 min each · chair time 2 h · 200 EUR",
        "",
        "Session   Date             Window",
        "course-1  Mon  4 Jan 2027                 done",
        "course-2  no date                         missed, counts",
    ]


def test_of_visits_alone_all_are_counted() -> None:
    visits = COURSE.replace('name = "session"', 'name = "visit"\nkind = "visit"')
    assert desk(after(SECOND_MISSED, day("2027-01-12"), visits))[0] == (
        "Our own · 4 appointments Mon 4 Jan to Mon 1 Feb 2027, 1 missed"
    )


def test_the_full_text_says_it() -> None:
    history = (SECOND_MISSED[0], entry(day("2027-01-11"), Missed("course-2"), reason="no call"))
    text = words(after(history, day("2027-01-12")))
    assert "4 sessions from Mon 2027-01-04 to Mon 2027-02-01, 30 min each; 1 missed\n" in text
    assert re.search(r"\ncourse-2 +2/5 +- +missed, counts\n", text)
    assert (
        "course-2: skipped: missed, and counts all the same: the others keep their days (no call)\n"
    ) in text
    assert (
        "a missed session of course: counts (clinic): it is not booked again, and the others keep"
        " their days\n"
    ) in text


def test_the_calendar_and_the_sheet_have_it_no_more_and_keep_the_numbers() -> None:
    found = after(SECOND_MISSED, day("2027-01-12"))
    sessions = items_of(found, CalendarChoice(audience="practice", kinds=frozenset({"session"})))
    assert [item.title.partition(", ")[2] for item in sessions] == [
        "course-1 (1 of 5)", "course-3 (3 of 5)", "course-4 (4 of 5)", "course-5 (5 of 5)",
        "check-1 (1 of 1)",
    ]  # fmt: skip
    rows = [line.partition(",")[0] for line in lines(sheet(found, day("2027-01-12")))]
    assert [row for row in rows if " of " in row] == ["3 of 6", "4 of 6", "5 of 6", "6 of 6"]


def test_a_step_that_is_missed_whole_is_counted_in_the_patients_calendar() -> None:
    first = COURSE.replace('"course"', '"trial"').replace("count = 5", "count = 1")
    text = first + COURSE.replace("price", 'anchor = "trial.first"\nprice')
    found = after([entry(START, Missed("trial-1"))], START, text)
    sessions = items_of(found, CalendarChoice(kinds=frozenset({"session"})))
    assert [item.title.partition(" ")[0] for item in sessions] == [
        "2/6", "3/6", "4/6", "5/6", "6/6",
    ]  # fmt: skip


def test_the_program_tells_it_everywhere(hairplan: Run, keep: Callable[..., None]) -> None:
    Path("own.toml").write_text(OWN + TEXT, "utf-8")
    keep("own.toml --start 2027-01-04 --id x", "--done course-1 --today 2027-01-04")
    ran = hairplan("record p.plan.json --missed course-2 --today 2027-01-11")
    assert ran.out == (
        "course-2 missed, counts all the same: Mon 2027-01-11\n"
        "next: course-3 Mon 2027-01-18: hairplan record p.plan.json --booked course-3\n"
    )
    assert hairplan("status p.plan.json --today 2027-01-12").out.splitlines()[1] == (
        "done  1 of 5, 1 missed: course-1 Mon 2027-01-04"
    )
    assert "\nmissed, and counts all the same: course-2\n" in (
        hairplan("status p.plan.json --today 2027-01-12 --full").out
    )
    out = hairplan("schedule p.plan.json --today 2027-01-12").out
    assert (
        "course    4 sessions  2027-01-04..2027-02-01  30 min each  chair time 2 h  -  1 missed\n"
        in out
    )
    assert hairplan("due p.plan.json --on 2027-01-12").out == (
        "plan x  -  2027-01-17  -  own course-3  task: wash\n"
        "plan x  -  2027-01-18  -  own course-3  NOT BOOKED, to 2027-01-20\n"
    )


def test_it_may_be_made_up_for_behind_a_later_one(hairplan: Run, keep: Callable[..., None]) -> None:
    Path("own.toml").write_text(OWN + TEXT, "utf-8")
    keep(
        "own.toml --start 2027-01-04",
        "--done course-1 --missed course-2 --today 2027-01-11",
        "--done course-3 --today 2027-01-18",
    )
    ran = hairplan("record p.plan.json --booked course-2=2027-01-20 --today 2027-01-18")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "course-2 booked Wed 2027-01-20")


def test_before_anything_was_done_it_is_missed_all_the_same(
    hairplan: Run, keep: Callable[..., None]
) -> None:
    Path("own.toml").write_text(OWN + TEXT, "utf-8")
    keep("own.toml --start 2027-01-04 --id x", "--missed course-1 --today 2027-01-04")
    assert hairplan("status p.plan.json --today 2027-01-05").out.splitlines()[1] == (
        "done  0 of 5, 1 missed"
    )


# ---- in the file ----


def test_show_says_it_with_its_source() -> None:
    text = COURSE.replace('strength = "clinic"', 'figures.missed = { strength = "read" }')
    assert "; one that is missed counts, and is not repeated [read]" in (
        render_plain(protocol_document(own_protocol(text)))
    )


def test_at_home_the_key_has_no_effect() -> None:
    text = COURSE.replace('name = "session"', 'name = "comb"\nkind = "home"')
    assert warnings_of(own_protocol(text)) == [
        "steps[1].missed: has no effect: what is missed at home is given up in any case"
    ]
