"""Two treatments that keep away from each other, whichever comes first."""

from datetime import UTC, datetime
from typing import Any

import pytest
from conftest import day, own_plan, own_protocol, planned

from hairplan import InputError, PlanRequest, make_plan
from hairplan.history import Done, Entry, Happening, Missed, Moved
from hairplan.plan import Plan
from hairplan.show.plain import render_plain
from hairplan.show.protocol import protocol_document

PEEL = """
[[steps]]
id = "peel"
name = "peel"
count = 4
spacing = { min = "3 weeks", preferred = "4 weeks", max = "5 weeks" }
"""
LASER = """
[[steps]]
id = "laser"
name = "laser"
count = 3
anchor = "peel.first"
spacing = { min = "2 weeks", preferred = "3 weeks", max = "5 weeks" }
limits = [{ anchor = "peel.each", apart = "10 days" }]
"""


def after(
    text: str, today: str, *happened: Happening, seen: str | None = None, **asked: Any
) -> Plan:
    history = [Entry(at=datetime(2027, 5, 1, tzinfo=UTC), on=day(today), what=happened)]
    request = PlanRequest(**{"start": day("2027-01-04"), **asked})
    return make_plan(own_protocol(text), request, history, today=day(seen or today))


def test_sessions_of_one_step_keep_away_from_those_of_another_before_and_after() -> None:
    found = own_plan(PEEL + LASER)
    assert planned(found, "peel") == ["2027-01-04", "2027-02-01", "2027-03-01", "2027-03-29"]
    assert planned(found, "laser") == ["2027-01-22", "2027-02-15", "2027-03-11"]
    assert [each.reason for each in found.sessions if each.phase == "laser"] == [
        "Mon 2027-01-25 is less than 10 days from peel-2 on Mon 2027-02-01; moved by -3 days,"
        " inside 2027-01-18..2027-02-08",
        None,
        "Mon 2027-03-08 is less than 10 days from peel-3 on Mon 2027-03-01; moved by +3 days,"
        " inside 2027-03-01..2027-03-22",
    ]


def test_the_first_of_two_that_begin_on_the_start_keeps_it() -> None:
    found = own_plan(PEEL + LASER.replace('anchor = "peel.first"\n', ""))
    assert (planned(found, "peel")[0], planned(found, "laser")) == (
        "2027-01-04",
        ["2027-01-21", "2027-02-11", "2027-03-11"],
    )


def test_a_step_alone_keeps_away_from_nothing() -> None:
    text = (
        PEEL + 'when = { with = "peel" }\n' + LASER.replace('anchor = "peel.first"\n', "")
        + '[options.with]\nlabel = "x"\ndefault = "peel"\nchoices = { peel = "x", none = "x" }\n'
    )  # fmt: skip
    alone = own_plan(text, options={"with": "none"}, closed=("mon",))
    assert planned(alone) == ["2027-01-05", "2027-01-26", "2027-02-16"]
    assert alone.start == day("2027-01-05")
    assert len(planned(own_plan(text), "peel")) == 4


def test_what_is_done_is_kept_away_from_by_the_other_step_too() -> None:
    laser = [Done("peel-1", day("2027-01-04")), Done("laser-1", day("2027-01-29"))]
    found = after(PEEL + LASER, "2027-01-29", *laser)
    assert planned(found, "peel")[1] == "2027-02-08"
    peel = next(each for each in found.sessions if each.id == "peel-2")
    assert peel.reason == (
        "Mon 2027-02-01 is less than 10 days from laser-1 on Fri 2027-01-29; moved by +7 days,"
        " inside 2027-01-25..2027-02-08"
    )
    assert found.breaks == ()


@pytest.mark.parametrize(
    ("happened", "says"),
    [
        (Done("laser-1", day("2027-01-25")), "done on Mon 2027-01-25"),
        (Moved("laser-1", day("2027-01-25")), "booked for Mon 2027-01-25"),
    ],
)
def test_what_comes_too_near_is_said_with_its_limit(happened: Happening, says: str) -> None:
    first, second = Done("peel-1", day("2027-01-04")), Moved("peel-2", day("2027-02-01"))
    found = after(PEEL + LASER, "2027-01-25", first, second, happened)
    (broken,) = found.breaks
    assert (broken.session, broken.what, broken.days, broken.rule) == (
        "laser-1", "near", 3, "laser.limits.1.apart 10 days",
    )  # fmt: skip
    assert broken.says == f"{says}, 7 days from peel-2: nearer than laser.limits.1.apart 10 days"


def test_what_was_missed_is_proposed_again_away_from_the_other_step() -> None:
    missed = Missed("laser-1")
    found = after(PEEL + LASER, "2027-01-24", Done("peel-1", day("2027-01-04")), missed)
    # Up to the 10th of February each day is too near to peel-2, on the 1st.
    assert (planned(found, "peel")[1], planned(found, "laser")[0]) == ("2027-02-01", "2027-02-11")


@pytest.mark.parametrize(
    ("seen", "days"),
    [
        ("2027-02-01", ("2027-02-02", "2027-02-12")),
        ("2027-02-05", ("2027-02-05", "2027-02-15")),
        # laser-2 was on the 12th of February: overdue once its window is over, it moves no more.
        ("2027-02-13", ("2027-02-22", "2027-02-12")),
        ("2027-03-30", ("2027-03-30", "2027-02-12")),
    ],
)
def test_what_keeps_away_gives_way_to_what_is_proposed_again(
    seen: str, days: tuple[str, str]
) -> None:
    done = (Done("peel-1", day("2027-01-04")), Done("laser-1", day("2027-01-22")))
    found = after(PEEL + LASER, "2027-02-01", *done, Missed("peel-2"), seen=seen)
    assert (planned(found, "peel")[1], planned(found, "laser")[1]) == days


@pytest.mark.parametrize(
    ("seen", "days"),
    [
        ("2027-02-08", ["2027-01-22", "2027-02-15", "2027-03-11"]),
        # laser-1 is passed: nothing counts from it, and what is of the other step stays.
        ("2027-02-09", ["2027-01-22", "None", "None"]),
        ("2027-03-10", ["2027-01-22", "None", "None"]),
    ],
)
def test_what_is_overdue_holds_up_its_own_step_from_the_day_on_which_it_is(
    seen: str, days: list[str]
) -> None:
    booked = Moved("peel-2", day("2027-02-01"))
    found = after(PEEL + LASER, "2027-01-04", Done("peel-1", day("2027-01-04")), booked, seen=seen)
    assert planned(found, "laser") == days


def test_what_keeps_away_from_what_waits_by_now_keeps_its_days() -> None:
    done = (Done("peel-1", day("2027-01-04")), Done("laser-1", day("2027-01-22")))
    before, behind = (
        after(PEEL + LASER, "2027-01-22", *done, seen=seen) for seen in ("2027-02-08", "2027-02-09")
    )
    assert planned(before, "peel") == ["2027-01-04", "2027-02-01", "2027-03-01", "2027-03-29"]
    assert planned(behind, "peel") == ["2027-01-04", "2027-02-01", "None", "None"]
    # Nothing but peel-3 keeps laser-3 from being sooner.
    days = ["2027-01-22", "2027-02-12", "2027-03-11"]
    assert planned(before, "laser") == planned(behind, "laser") == days


def test_where_nothing_is_far_enough_it_is_said_of_which_and_from_what() -> None:
    text = PEEL + LASER.replace('"10 days"', '"16 days"')
    found = own_plan(text)
    assert found.problem
    assert found.problem.what == (
        "no date for laser-1 keeps to the protocol: its window 2027-01-18..2027-02-08 has no free"
        " day"
    )
    assert found.problem.why == (
        "2027-01-18..2027-01-19: less than 16 days from peel-1 on Mon 2027-01-04",
        "2027-01-20..2027-02-08: less than 16 days from peel-2 on Mon 2027-02-01",
    )


# ---- an event ----

INFUSED = """
[[steps]]
id = "course"
name = "x"
count = 2
spacing = "2 weeks"
limits = [{ anchor = "events.infusion", apart = "1 week" }]
[events]
infusion = { label = "infusion" }
"""


def test_each_day_of_an_event_is_kept_away_from_by_the_start_too() -> None:
    days = (day("2026-12-30"), day("2027-01-08"), day("2027-01-31"))
    found = own_plan(INFUSED, events={"infusion": days})
    assert planned(found) == ["2027-01-15", "2027-02-07"]
    assert found.sessions[0].reason == (
        "Mon 2027-01-04 is less than 1 week from events.infusion on 2026-12-30 (course.limits);"
        " the start moved by +11 days"
    )
    assert planned(own_plan(INFUSED)) == ["2027-01-04", "2027-01-18"]


# ---- in the file ----


def test_the_distance_is_in_the_text_and_among_the_figures() -> None:
    text = " ".join(render_plain(protocol_document(own_protocol(PEEL + LASER))).split())
    assert "no nearer than 10 days to peel.each, before or after [clinic]" in text
    figures = {each.figure: each.value for each in own_plan(PEEL + LASER).figures}
    assert figures["laser.limits.1.apart"] == "10 days"


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ('anchor = "peel.each"', "limits[1]: needs min, max or apart"),
        (
            'anchor = "peel.each", min = "1 week"',
            "limits[1].anchor: 'peel.each' goes with apart: min and max count from one place",
        ),
        (
            'anchor = "peel.first", min = "1 week", apart = "1 week"',
            "limits[1].apart: has both sides: min and max are a limit of their own",
        ),
        (
            'anchor = "laser.each", apart = "1 week"',
            "limits[1].apart: of its own step, spacing.min says it",
        ),
        ('anchor = "pel.each", apart = "1 week"',
         "limits[1].anchor: there is no step 'pel' (did you mean 'peel'?)"),
    ],
)  # fmt: skip
def test_a_distance_that_makes_no_sense_is_refused(limit: str, expected: str) -> None:
    text = LASER.replace('anchor = "peel.each", apart = "10 days"', limit)
    with pytest.raises(InputError) as error:
        own_protocol(PEEL + text)
    assert error.value.faults == (f"own.toml: steps[2].{expected}",)


def test_of_two_steps_one_gives_way() -> None:
    text = PEEL + 'limits = [{ anchor = "laser.each", apart = "10 days" }]\n' + LASER
    with pytest.raises(InputError) as error:
        own_protocol(text.replace('anchor = "peel.first"\n', ""))
    assert error.value.faults == (
        "own.toml: steps[1].anchor: goes round in a circle: peel -> laser -> peel",
    )
