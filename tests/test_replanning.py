"""What follows from what happened: done, moved, missed, called off, given up, added, stopped."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from conftest import day, own_protocol
from hypothesis import given
from hypothesis import strategies as st

from hairplan import InputError, Plan, PlanRequest, load_protocol, make_plan
from hairplan.dates.spans import Period
from hairplan.history import (
    Added,
    Cancelled,
    Changed,
    Done,
    Entry,
    Happening,
    Missed,
    Moved,
    Skipped,
    last_entry_in_force,
)
from hairplan.show.plain import render_plain
from hairplan.show.plan import plan_document

AT = datetime(2026, 12, 1, 9, tzinfo=UTC)
SMP = load_protocol("smp")
START: dict[str, Any] = {"start": date(2026, 12, 1)}


def entry(*what: Happening, on: str = "2026-12-01", **more: Any) -> Entry:
    return Entry(at=AT, on=day(on), what=what, **more)


def smp(*what: Happening | Entry, today: str = "2026-12-05", **asked: Any) -> Plan:
    """Plan a course of SMP from Tuesday 2026-12-01 with this history."""
    history = [each if isinstance(each, Entry) else entry(each, on=today) for each in what]
    return make_plan(SMP, PlanRequest(**{**START, **asked}), history, today=day(today))


def done(number: int, on: str, step: str = "course") -> Done:
    return Done(f"{step}-{number}", day(on))


def told(found: Plan) -> list[str]:
    """Return the sessions as `id status day off`."""
    return [
        " ".join(
            filter(
                None,
                (
                    each.id,
                    each.status,
                    str(each.planned) if each.planned else None,
                    f"{each.off_by:+d}" if each.off_by else None,
                ),
            )
        )
        for each in found.sessions
    ]


PLAIN = told(make_plan(SMP, PlanRequest(**START)))


# ---- what happened ----


@pytest.mark.parametrize(
    ("what", "today", "expected"),
    [
        (
            [done(1, "2026-12-01"), done(2, "2026-12-15")],
            "2026-12-16",
            ["course-1 done 2026-12-01", "course-2 done 2026-12-15", "course-3 planned 2026-12-29"],
        ),
        # What follows counts from the day really done.
        (
            [done(1, "2026-12-03")],
            "2026-12-04",
            [
                "course-1 done 2026-12-03",
                "course-2 planned 2026-12-17",
                "course-3 planned 2026-12-31",
                "touch-up-1 tentative 2029-06-30",
            ],
        ),
        (
            [done(1, "2026-12-01"), done(2, "2026-12-28")],
            "2026-12-28",
            ["course-1 done 2026-12-01", "course-2 done 2026-12-28 +6", "course-3 planned 2027-01-11"],
        ),
        (
            [done(1, "2026-12-01"), done(2, "2026-12-06")],
            "2026-12-06",
            ["course-1 done 2026-12-01", "course-2 done 2026-12-06 -5", "course-3 planned 2026-12-20"],
        ),
        (
            [Moved("course-2", day("2026-12-18"))],
            "2026-11-05",
            ["course-1 planned 2026-12-01", "course-2 planned 2026-12-18", "course-3 planned 2027-01-01"],
        ),
        (
            [Moved("course-1", day("2026-12-08"))],
            "2026-11-05",
            ["course-1 planned 2026-12-08", "course-2 planned 2026-12-22", "course-3 planned 2027-01-05"],
        ),
        (
            [done(1, "2026-12-01"), Missed("course-2")],
            "2026-12-17",
            ["course-1 done 2026-12-01", "course-2 missed 2026-12-18", "course-3 conditional"],
        ),
        (
            [done(1, "2026-12-01"), Missed("course-2")],
            "2027-01-16",
            [
                "course-1 done 2026-12-01",
                "course-2 missed 2027-01-17 +26",
                "course-3 conditional",
            ],
        ),
        (
            [Missed("course-1")],
            "2026-12-02",
            ["course-1 missed 2026-12-03", "course-2 conditional", "course-3 conditional"],
        ),
        (
            [Cancelled("course-3")],
            "2026-11-05",
            ["course-1 planned 2026-12-01", "course-2 planned 2026-12-15", "course-3 cancelled 2026-12-29"],
        ),
        (
            [Cancelled("course-3"), Moved("course-3", day("2026-12-30"))],
            "2026-11-05",
            ["course-1 planned 2026-12-01", "course-2 planned 2026-12-15", "course-3 planned 2026-12-30"],
        ),
        # The count falls.
        (
            [Skipped("course-2")],
            "2026-11-05",
            [
                "course-1 planned 2026-12-01",
                "course-3 planned 2026-12-15",
                "touch-up-1 tentative 2029-06-15",
                "course-2 skipped",
            ],
        ),
        # What comes after it was done: it stands outside the chain.
        (
            [done(1, "2026-12-01"), done(3, "2026-12-15")],
            "2026-12-15",
            [
                "course-1 done 2026-12-01",
                "course-3 done 2026-12-15",
                "touch-up-1 tentative 2029-06-15",
                "course-2 missed",
            ],
        ),
        (
            [done(1, "2026-12-01"), done(3, "2026-12-15"), Moved("course-2", day("2026-12-30"))],
            "2026-12-15",
            ["course-1 done 2026-12-01", "course-3 done 2026-12-15", "course-2 planned 2026-12-30"],
        ),
        # What repeats goes on from the last one.
        (
            [done(1, "2029-06-01", "touch-up")],
            "2029-07-01",
            [
                "touch-up-1 done 2029-06-01",
                "touch-up-2 tentative 2031-12-01",
                "course-1 missed",
                "course-2 missed",
                "course-3 missed",
            ],
        ),
        (
            [Added("extra-1", "Extra", day("2026-12-08"), time(9))],
            "2026-11-05",
            ["course-1 planned 2026-12-01", "extra-1 planned 2026-12-08", "course-2 planned 2026-12-15"],
        ),
        (
            [Added("extra-1", "Extra", day("2026-12-08")), Skipped("extra-1")],
            "2026-11-05",
            [*PLAIN, "extra-1 skipped"],
        ),
        # Of several things said of one session the last holds.
        (
            [Missed("course-1"), done(1, "2026-12-01"), Skipped("course-2"), Missed("course-2")],
            "2026-12-01",
            ["course-1 done 2026-12-01", "course-2 missed 2026-12-15", "course-3 conditional"],
        ),
    ],
)  # fmt: skip
def test_the_plan_follows(what: list[Happening], today: str, expected: list[str]) -> None:
    found = smp(*what, today=today)
    assert told(found)[: len(expected)] == expected


@pytest.mark.parametrize(
    ("today", "what", "expected"),
    [
        ("2026-12-15", [], "planned"),
        ("2026-12-22", [], "planned"),
        ("2026-12-23", [], "overdue"),
        ("2026-12-23", [Moved("course-2", day("2026-12-24"))], "planned"),
        ("2026-12-25", [Moved("course-2", day("2026-12-24"))], "overdue"),
        ("2026-12-23", [done(1, "2029-06-01", "touch-up")], "missed"),
        ("2026-12-23", [Missed("course-2")], "missed"),
    ],
)
def test_missed_is_not_overdue(today: str, what: list[Happening], expected: str) -> None:
    found = smp(done(1, "2026-12-01"), *what, today=today)
    assert next(each.status for each in found.sessions if each.id == "course-2") == expected


def test_a_booked_session_has_its_own_time_and_reason() -> None:
    moved = entry(Moved("course-2", day("2026-12-18"), time(9)), reason="flu")
    second = smp(moved, time=time(14, 30), zone="Europe/Paris").sessions[1]
    assert (second.time, second.booked, second.reason) == (
        time(9),
        True,
        "booked for Fri 2026-12-18: flu",
    )
    on_its_target = smp(Moved("course-2", day("2026-12-15")))
    assert on_its_target.sessions[1].reason is None
    assert "2026-12-11..2026-12-22  booked\n" in render_plain(plan_document(on_its_target))


def test_what_is_called_off_has_nothing_to_avoid_around_it() -> None:
    found = smp(Cancelled("course-3"))
    sun = next(each for each in found.restrictions if each.id == "sun")
    # Nor around the touch-up, which waits for it.
    assert [each.sessions for each in sun.ideal] == [("course-1",), ("course-2",)]
    assert [each.id for each in found.dated] == ["course-1", "course-2"]
    assert (found.sessions[-1].id, found.sessions[-1].after) == ("touch-up-1", "course-3")
    # It is to take place all the same.
    assert (found.cost, found.chair_time) == (smp().cost, smp().chair_time)


@pytest.mark.parametrize(
    ("what", "expected"),
    [(Missed("extra-1"), "extra-1 missed"), (Cancelled("extra-1"), "extra-1 cancelled")],
)
def test_what_was_added_and_did_not_take_place_awaits_a_day(what: Happening, expected: str) -> None:
    found = smp(Added("extra-1", "Extra", day("2027-02-01")), what)
    assert told(found)[-1] == expected
    assert found.sessions[-1].waits_for == "to be booked again, or given up"
    assert found.restrictions == smp().restrictions


def test_what_is_added_is_a_treatment_as_to_what_to_avoid() -> None:
    found = smp(Added("extra-1", "Extra", day("2027-02-01")), duration=30)
    sun = next(each for each in found.restrictions if each.id == "sun")
    assert ("extra-1",) in [each.sessions for each in sun.ideal]
    extra = next(each for each in found.sessions if each.id == "extra-1")
    assert (extra.name, extra.reason, extra.duration) == ("Extra", "added: Extra", "PT30M")
    assert smp(Added("extra-1", "E", day("2027-02-01"))).cost == smp().cost


def test_fewer_than_the_protocol_wants_is_said() -> None:
    mesotherapy = load_protocol("mesotherapy")
    request = PlanRequest(start=day("2027-01-04"))
    two = make_plan(mesotherapy, request, [entry(Skipped("course-2"), Skipped("course-3"))])
    assert two.notes[0] == "course: 2 sessions left of at least 3 (ME-1), as some were given up"
    assert not [note for note in smp(Skipped("course-2")).notes if "given up" in note]
    open_ended = make_plan(mesotherapy, request, [entry(Skipped("maintenance-1"))])
    assert not [note for note in open_ended.notes if "given up" in note]


# ---- the rules ----


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("continue", ["course-3 planned 2027-01-11", "touch-up-1 tentative 2029-07-11"]),
        ("extra", ["course-3 planned 2027-01-11", "course-4 planned 2027-01-25"]),
        ("restart", ["course-3 planned 2027-01-11", "course-4 planned 2027-01-25"]),
    ],
)
def test_a_late_session_is_answered_by_the_rule(rule: Any, expected: list[str]) -> None:
    late = [done(1, "2026-12-01"), done(2, "2026-12-28")]
    found = smp(*late, today="2026-12-28", on_late=rule)
    assert told(found)[2:4] == expected
    assert found.rules["on_late.course"].startswith(f"{rule} (asked for): ")
    assert smp(*late, today="2026-12-28").rules["on_late.course"] == (
        "continue (our default): the plan goes on from there"
    )


def test_a_restart_makes_the_late_session_the_first() -> None:
    late = [done(1, "2026-12-01"), done(2, "2026-12-15"), done(3, "2027-01-30")]
    found = smp(*late, today="2027-01-30", on_late="restart")
    assert [each.id for each in found.sessions if each.phase == "course"] == [
        f"course-{number}" for number in range(1, 6)
    ]


def test_a_protocol_says_its_own_rule() -> None:
    text = (
        '[[steps]]\nid = "course"\nname = "x"\ncount = 3\n'
        'spacing = { min = "5 days", preferred = "1 week" }\n'
        'late = { then = "extra", after = "10 days", says = "one more, says the source" }\n'
    )
    history = [entry(Done("course-1", day("2027-01-04")), Done("course-2", day("2027-01-16")))]
    request = PlanRequest(start=day("2027-01-04"))
    found = make_plan(own_protocol(text), request, history, today=day("2027-01-16"))
    assert told(found) == [
        "course-1 done 2027-01-04",
        "course-2 done 2027-01-16 +2",
        "course-3 planned 2027-01-23",
        "course-4 planned 2027-01-30",
    ]
    assert found.rules["on_late.course"] == (
        "extra (clinic): the step has one session more: one more, says the source"
    )
    assert found.breaks[0].rule == "course.late.after 10 days"


def test_a_fixed_anchor_lets_the_past_change_nothing_but_itself() -> None:
    found = smp(done(1, "2026-12-01"), done(2, "2026-12-18"), today="2026-12-18", anchor="fixed")
    assert told(found) == [
        "course-1 done 2026-12-01",
        "course-2 done 2026-12-18",
        "course-3 planned 2026-12-29",
        "touch-up-1 tentative 2029-06-29",
    ]
    assert found.rules["anchor"].startswith("fixed (asked for)")
    assert smp(Missed("course-2"), anchor="rolling").rules["anchor"].startswith("rolling (asked")


def test_a_fixed_anchor_keeps_the_least_distance_from_what_really_was() -> None:
    found = smp(
        done(1, "2026-12-01"),
        done(2, "2026-12-26"),
        today="2026-12-26",
        anchor="fixed",
        closures=(Period(day("2027-01-05"), day("2027-01-05")),),
    )
    assert told(found)[1:3] == ["course-2 done 2026-12-26 +4", "course-3 planned 2027-01-06 +1"]
    assert found.sessions[2].reason == (
        "Tue 2026-12-29 is too soon after course-2 as it really was (course.spacing.min 10 days"
        " (SMP-2)); moved by +8 days"
    )
    assert found.breaks[0].says.endswith("; what follows stays where it was")


def test_a_fixed_anchor_proposes_again_what_was_missed() -> None:
    found = smp(done(1, "2026-12-01"), Missed("course-2"), today="2026-12-17", anchor="fixed")
    assert told(found)[1:3] == ["course-2 missed 2026-12-18", "course-3 planned 2026-12-29"]
    early = smp(Missed("course-3"), today="2026-11-05", anchor="fixed")
    assert [each.split()[1] for each in told(early)[:3]] == ["planned", "planned", "missed"]


# ---- what leaves the protocol ----


@pytest.mark.parametrize(
    ("what", "asked", "says", "nearest"),
    [
        (
            Moved("course-2", day("2026-12-06")),
            {},
            "booked 5 days before its earliest day, 2026-12-11 (course.spacing.min 10 days (SMP-2))",
            "2026-12-11",
        ),
        (
            Moved("course-2", day("2026-12-23")),
            {},
            "booked 1 day after its latest day, 2026-12-22 (course.spacing.max 3 weeks (SMP-2));"
            " the plan goes on from there",
            "2026-12-22",
        ),
        (
            Moved("course-2", day("2026-12-13")),
            {"closed": ("sun",)},
            "booked for Sun 2026-12-13, which is closed: Sunday",
            "2026-12-12",
        ),
        (
            Moved("course-2", day("2026-12-15")),
            {"closures": (Period(day("2026-12-08"), day("2027-01-03")),)},
            "booked for Tue 2026-12-15, which is closed: closure 2026-12-08..2027-01-03",
            "2027-01-04",
        ),
        (
            Changed(away=(Period(day("2026-12-08"), day("2026-12-30")),)),
            {},
            "cannot keep to the protocol any more: its latest day was 2026-12-22"
            " (course.spacing.max 3 weeks (SMP-2)); the nearest day is Thu 2026-12-31, 9 days late",
            "2026-12-31",
        ),
    ],
)
def test_it_is_said_by_how_much_and_by_which_figure(
    what: Happening, asked: dict[str, Any], says: str, nearest: str
) -> None:
    found = smp(done(1, "2026-12-01"), what, **asked)
    (broken,) = found.breaks
    assert (broken.session, broken.says, str(broken.nearest)) == ("course-2", says, nearest)
    assert found.sessions[1].flag == says
    assert found.notes[0] == f"course-2: {says}"


@pytest.mark.parametrize(
    ("step", "on", "rule"),
    [
        ('tolerance = "1 day", preferred = "1 week"', "2027-01-15", "course.spacing.tolerance 1 day"),
        ('preferred = "1 week" }\nlimits = [{ anchor = "start", max = "8 days" }]\nwhen = {',
         "2027-01-15", "course.limits"),
    ],
)  # fmt: skip
def test_each_figure_can_be_left(step: str, on: str, rule: str) -> None:
    text = f'[[steps]]\nid = "course"\nname = "x"\ncount = 2\nspacing = {{ {step} }}\n'
    history = [entry(Done("course-1", day("2027-01-04")), Done("course-2", day(on)))]
    request = PlanRequest(start=day("2027-01-04"))
    found = make_plan(own_protocol(text), request, history, today=day(on))
    assert found.breaks[0].rule == rule


def test_a_plan_that_no_day_can_keep_says_so() -> None:
    closed = (Period(day("2026-12-05"), day("2040-01-01"), "gone"),)
    found = smp(done(1, "2026-12-01"), Changed(closures=closed))
    assert found.problem is not None
    assert found.problem.kind == "no dates"
    start = smp(
        Changed(closures=(Period(day("2026-11-01"), day("2040-01-01")),)), today="2026-11-02"
    )
    assert start.problem is not None
    assert start.problem.what.startswith("no day from Tue 2026-12-01 on is open")


def test_a_start_that_moved_keeps_its_reason() -> None:
    found = smp(Moved("course-2", day("2026-12-18")), closed=("tue",))
    assert found.sessions[0].reason == (
        "Tue 2026-12-01 is closed: Tuesday; the start moved by +1 day"
    )


def test_a_session_that_the_plan_does_not_have_is_refused() -> None:
    with pytest.raises(InputError) as error:
        smp(done(9, "2026-12-01"), Missed("nothing-1"))
    assert error.value.faults == (
        "history: no session course-9; there are: course-1..8, touch-up-1",
        "history: no session nothing-1; there are: course-1..8, touch-up-1",
    )


# ---- an answer that stops ----

PREGNANT = Changed(answers={"pregnancy": "yes"}, sex="female")


def test_an_answer_stops_the_plan_from_its_day_on() -> None:
    found = smp(done(1, "2026-12-01"), PREGNANT, today="2026-12-10")
    assert told(found) == [
        "course-1 done 2026-12-01",
        "course-2 cancelled",
        "course-3 cancelled",
        "touch-up-1 cancelled",
    ]
    assert found.problem is not None
    assert (found.problem.kind, found.problem.what, found.problem.rules) == (
        "stopped",
        "stopped from Thu 2026-12-10 on: what is ahead is cancelled",
        ("pregnancy",),
    )
    assert found.sessions[1].waits_for == "stopped: pregnancy"
    assert not [note for note in found.notes if "touch-up" in note]


def test_it_can_be_taken_back_later() -> None:
    back = Changed(answers={"pregnancy": "no"})
    found = smp(
        entry(done(1, "2026-12-01")),
        entry(PREGNANT, on="2026-12-10"),
        entry(back, on="2027-09-10"),
        today="2027-09-10",
    )
    assert found.problem is None
    assert told(found)[1:3] == ["course-2 planned 2027-09-10 +262", "course-3 planned 2027-09-24"]
    same_day = smp(
        entry(PREGNANT, on="2026-11-05"), entry(back, on="2026-11-05"), today="2026-11-05"
    )
    assert told(same_day) == PLAIN


def test_what_was_given_at_the_beginning_stops_from_the_beginning() -> None:
    asked: dict[str, Any] = {"answers": {"pregnancy": "yes"}, "overrides": {"pregnancy": "born"}}
    found = smp(entry(Changed(answers={"pregnancy": "yes"})), **asked)
    assert found.problem is None
    stopped = smp(entry(Changed(place="Room 2")), answers={"pregnancy": "yes"})
    assert stopped.problem is not None
    assert {each.status for each in stopped.sessions} == {"cancelled"}
    assert [*stopped.routines] == []


def test_home_rhythms_and_reviews_end_where_the_treatment_stops() -> None:
    text = (
        '[[steps]]\nid = "course"\nname = "x"\ncount = 3\nspacing.preferred = "1 week"\n'
        '[questions.ill]\nask = "ill?"\n'
        '[rules.ill]\noutcome = "contraindicated"\nquestion = "ill"\nsays = "not now"\n'
        '[routines.foam]\nlabel = "foam"\nevery = "1 day"\nuntil = "course.last"\n'
        '[routines.later]\nlabel = "later"\nevery = "1 day"\nanchor = "course-2"\n'
        '[milestones.look]\nlabel = "look"\nat = "course-1"\nafter = "10 days"\n'
    )
    history = [entry(Changed(answers={"ill": "yes"}), on="2027-01-08")]
    request = PlanRequest(start=day("2027-01-04"))
    found = make_plan(own_protocol(text), request, history, today=day("2027-01-08"))
    assert [(each.id, str(each.last)) for each in found.routines] == [("foam", "2027-01-04")]
    assert found.milestones == ()
    assert told(found)[1:] == ["course-2 cancelled", "course-3 cancelled"]


# ---- other steps ----


def test_offsets_stay_where_they_are() -> None:
    text = (
        '[[steps]]\nid = "course"\nname = "x"\n'
        'offsets = ["0 weeks", "4 weeks", "8 weeks", "24 weeks"]\n'
    )
    request = PlanRequest(start=day("2027-01-04"))
    history = [entry(Skipped("course-2"))]
    found = make_plan(own_protocol(text), request, history, today=day("2027-01-04"))
    assert told(found) == [
        "course-1 planned 2027-01-04",
        "course-3 planned 2027-03-01",
        "course-4 planned 2027-06-21",
        "course-2 skipped",
    ]


GROUPED = """
[[steps]]
id = "course"
name = "x"
[[steps]]
id = "again"
name = "y"
kind = "maintenance"
anchor = "course.last"
count = "open"
"""
EVEN = 'group = { size = 3, spacing = { min = "5 days", preferred = "1 week", max = "9 days" } }\n'
UNEVEN = 'group = { size = 3, spacing = [{ preferred = "2 days" }, { preferred = "1 week", max = "9 days" }] }\n'
MONTHLY = 'spacing.preferred = "2 months"\n'
SEASONS = 'seasons = ["04-01..05-31", "09-01..10-31"]\n'


@pytest.mark.parametrize("rhythm", [MONTHLY, f'{MONTHLY}since = "previous"\n', SEASONS])
@pytest.mark.parametrize("group", [EVEN, UNEVEN])
@pytest.mark.parametrize(
    ("gone", "first"),
    [
        (["2"], ""),
        (["3"], ""),
        (["5", "6"], ""),
        (["4", "5", "6"], ""),
        (["1", "2", "3"], ""),
        (["4"], "again-5"),
    ],
)
def test_one_of_a_group_that_is_given_up_is_gone(
    rhythm: str, group: str, gone: list[str], first: str
) -> None:
    protocol = own_protocol(GROUPED + rhythm + group)
    request = PlanRequest(start=day("2027-01-04"), horizon="2 years")
    names = [f"again-{number}" for number in gone]
    history = [entry(*map(Skipped, names))]

    def targets(*entries: Entry) -> dict[str, object]:
        plan = make_plan(protocol, request, entries, today=day("2027-01-04"))
        return {each.id: each.target for each in plan.dated}

    before, after = targets(), targets(*history)
    # The first of those left takes the place of the first of its group, and the next its distance.
    moved = {first, "again-6"} if first else set()
    assert after.keys() - {*list(after)[-3:]} <= before.keys() - {*names}
    assert all(after[name] == before[name] for name in before.keys() - {*names} - moved)
    assert not first or after[first] == before["again-4"]


def test_one_of_a_group_that_is_booked_again_does_not_lengthen_its_group() -> None:
    protocol = own_protocol(GROUPED + MONTHLY + EVEN)
    request = PlanRequest(start=day("2027-01-04"), horizon="1 year")
    days = [("course-1", "2027-01-04"), ("again-1", "2027-03-04"), ("again-3", "2027-03-18")]
    history = [entry(*(Done(name, day(on)) for name, on in days), Missed("again-2"))]
    found = make_plan(protocol, request, history, today=day("2027-03-19"))
    assert told(found)[1:5] == [
        "again-1 done 2027-03-04",
        "again-3 done 2027-03-18",
        "again-4 tentative 2027-05-04",
        "again-5 tentative 2027-05-11",
    ]


def test_a_group_may_be_gone_on_with_though_none_before_was_done() -> None:
    protocol = own_protocol(GROUPED + SEASONS + EVEN)
    request = PlanRequest(start=day("2027-01-04"), horizon="2 years")
    history = [entry(Done("again-4", day("2027-09-20")))]
    found = make_plan(protocol, request, history, today=day("2027-09-21"))
    assert told(found)[:3] == [
        "again-4 done 2027-09-20",
        "again-5 tentative 2027-09-27",
        "again-6 tentative 2027-10-04",
    ]


def test_a_group_in_a_later_season_is_followed_in_the_seasons_after_it() -> None:
    request = PlanRequest(start=day("2027-01-04"), horizon="3 years")
    group = 'group = { size = 2, spacing = { preferred = "1 week" } }\n'
    protocol = own_protocol(GROUPED + SEASONS + group)
    done = [Done("course-1", day("2027-01-04")), Done("again-1", day("2027-09-20"))]

    def ahead(*more: Done) -> list[str]:
        history = [entry(*done, *more)]
        return told(make_plan(protocol, request, history, today=day("2027-09-28")))[2:5]

    assert ahead(Done("again-2", day("2027-09-27"))) == [
        "again-2 done 2027-09-27",
        "again-3 tentative 2028-04-27",
        "again-4 tentative 2028-05-04",
    ]


@pytest.mark.parametrize("earlier", ["2026-12-02", "2027-01-06"])
def test_of_two_on_the_start_each_keeps_the_day_on_which_it_was_done(earlier: str) -> None:
    protocol = load_protocol(
        Path(__file__).parent.parent / "examples/protocols/laser-comb-home.toml"
    )
    request = PlanRequest(start=day("2026-12-18"))
    history = [entry(Done("comb-1", day(earlier)), on="2027-01-07")]
    found = make_plan(protocol, request, history, today=day("2027-01-07"))
    days = {each.id: str(each.planned) for each in found.sessions}
    # The visit is where it was asked for, although the course at home began on another day.
    assert (days["comb-1"], days["baseline-1"]) == (earlier, "2026-12-18")


def test_the_window_after_one_of_a_group_that_is_given_up_is_that_of_both_gaps() -> None:
    request = PlanRequest(start=day("2027-01-04"))
    history = [entry(Skipped("again-2"))]
    windows = []
    for group in (EVEN, UNEVEN):
        protocol = own_protocol(GROUPED + MONTHLY + group)
        found = make_plan(protocol, request, history, today=day("2027-01-04"))
        (third,) = [each for each in found.sessions if each.id == "again-3"]
        windows.append((str(third.earliest), str(third.target), str(third.latest)))
    assert windows == [
        ("2027-03-14", "2027-03-18", "2027-03-22"),
        ("2027-03-05", "2027-03-13", "2027-03-16"),
    ]


def test_a_session_that_was_conditional_can_take_place() -> None:
    text = (
        '[[steps]]\nid = "course"\nname = "x"\ncount = { min = 2, max = 4 }\n'
        'spacing.preferred = "1 week"\n'
        '[[steps]]\nid = "look"\nname = "x"\nkind = "review"\nanchor = "course-2"\n'
        'spacing.preferred = "1 month"\n'
    )
    request = PlanRequest(start=day("2027-01-04"))
    days = [("course-1", "2027-01-04"), ("course-2", "2027-01-11"), ("course-3", "2027-01-18")]
    history = [entry(*(Done(name, day(on)) for name, on in days))]
    found = make_plan(own_protocol(text), request, history, today=day("2027-01-18"))
    assert told(found) == [
        "course-1 done 2027-01-04",
        "course-2 done 2027-01-11",
        "course-3 done 2027-01-18",
        "course-4 conditional",
        "look-1 planned 2027-02-11",
    ]


AGREED = """
[[steps]]
id = "course"
name = "x"
[[steps]]
id = "later"
name = "y"
kind = "touch-up"
anchor = "course-1"
spacing = { min = "1 month" }
"""


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (Moved("later-1", day("2027-03-01")), "later-1 planned 2027-03-01"),
        (Done("later-1", day("2027-01-20")), "later-1 done 2027-01-20 -15"),
        (Skipped("later-1"), "later-1 skipped"),
    ],
)
@pytest.mark.parametrize("anchor", ["rolling", "fixed"])
def test_what_was_to_be_agreed_can_be_booked(what: Happening, expected: str, anchor: Any) -> None:
    request = PlanRequest(start=day("2027-01-04"), anchor=anchor)
    found = make_plan(own_protocol(AGREED), request, [entry(what)], today=day("2027-01-04"))
    assert told(found)[1:] == [expected]
    assert found.sessions[1].target is None


def test_what_has_no_day_yet_cannot_be_missed() -> None:
    request = PlanRequest(start=day("2027-01-04"))
    with pytest.raises(InputError) as error:
        make_plan(own_protocol(AGREED), request, [entry(Missed("later-1"))])
    assert error.value.faults == (
        "history: later-1 has no day yet: it can be booked, done or given up",
    )


def test_an_answer_is_not_waited_for_once_it_took_place() -> None:
    text = (
        '[[steps]]\nid = "course"\nname = "x"\n'
        '[[steps]]\nid = "ill"\nname = "y"\nanchor = "course-1"\ncount = 2\n'
        'spacing.preferred = "1 week"\nwhen = { ill = "yes" }\n[questions.ill]\nask = "ill?"\n'
    )
    request = PlanRequest(start=day("2027-01-04"))
    found = make_plan(own_protocol(text), request, [entry(Done("ill-1", day("2027-01-11")))])
    assert told(found)[1:] == ["ill-1 done 2027-01-11", "ill-2 planned 2027-01-18"]


def test_a_season_is_counted_from_the_start() -> None:
    text = (
        '[[steps]]\nid = "course"\nname = "x"\ncount = 2\nseasons = ["03-01..05-31"]\n'
        'anchor = "events.surgery"\n[events.surgery]\nlabel = "surgery"\n'
    )
    request = PlanRequest(start=day("2027-01-04"), events={"surgery": day("2027-01-04")})
    first = make_plan(own_protocol(text), request, today=day("2027-01-04")).sessions[0]
    history = [entry(Done(first.id, day("2027-03-02")))]
    found = make_plan(own_protocol(text), request, history, today=day("2027-03-02"))
    assert [each.planned.year for each in found.sessions if each.planned] == [2027, 2028]


# ---- the history itself ----


def test_what_is_taken_back_is_as_if_it_had_not_been() -> None:
    history = [
        entry(Skipped("course-2")),
        entry(Moved("course-3", day("2027-01-02"))),
        entry(undoes=2),
    ]
    assert last_entry_in_force(history) == 1
    assert told(smp(*history)) == told(smp(history[0]))
    assert last_entry_in_force([*history, entry(undoes=1)]) is None
    assert told(smp(*history, entry(undoes=1), today="2026-11-05")) == PLAIN


@pytest.mark.parametrize(
    ("asked", "field", "expected"),
    [
        (Changed(options={"a": "1"}), "options", {"a": "1"}),
        (Changed(sessions=4), "sessions", 4),
        (Changed(sessions={"course": 4}), "sessions", {"course": 4}),
        (Changed(until=day("2028-01-01")), "horizon", None),
        (Changed(closed=()), "closed", ()),
        (Changed(place="Room 2"), "place", "Room 2"),
    ],
)
def test_what_is_asked_for_comes_on_top(asked: Changed, field: str, expected: object) -> None:
    from hairplan.history import apply_changes

    request = PlanRequest(start=day("2026-12-01"), closed=("sun",), horizon="2 years")
    assert getattr(apply_changes(request, asked), field) == expected


def test_numbers_of_sessions_by_step_add_up() -> None:
    from hairplan.history import apply_changes

    request = PlanRequest(start=day("2026-12-01"), sessions={"a": 1})
    assert apply_changes(request, Changed(sessions={"b": 2})).sessions == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("on_late", "x", "on_late: 'x' is not continue, restart or extra"),
        ("anchor", "y", "anchor: 'y' is not rolling or fixed"),
    ],
)
def test_a_rule_that_there_is_not_is_refused(field: str, value: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        PlanRequest(start=day("2026-12-01"), **{field: value})  # type: ignore[arg-type]
    assert error.value.faults == (message,)


# ---- laws ----

STARTS = st.dates(date(2026, 1, 1), date(2029, 12, 31))
OFFS = st.lists(st.integers(-9, 30), min_size=3, max_size=3)


def as_done(plan: Plan, offs: Sequence[int]) -> list[Entry]:
    course = [each for each in plan.sessions if each.phase == "course"]
    return [
        entry(Done(each.id, date.fromordinal(max(1, each.on.toordinal() + off))))
        for each, off in zip(course, offs, strict=True)
    ]


@given(STARTS, OFFS, st.sampled_from(["rolling", "fixed"]), st.sampled_from([None, "extra"]))
def test_the_order_in_which_it_is_recorded_does_not_matter(
    start: date, offs: list[int], anchor: Any, on_late: Any
) -> None:
    request = PlanRequest(start=start, anchor=anchor, on_late=on_late)
    entries = as_done(make_plan(SMP, request), offs)
    plans = {repr(make_plan(SMP, request, order)) for order in permutations(entries)}
    assert len(plans) == 1


@given(STARTS, OFFS, st.integers(1, 3))
def test_what_was_done_never_moves(start: date, offs: list[int], first: int) -> None:
    request = PlanRequest(start=start, closed=("sun",))
    entries = as_done(make_plan(SMP, request), offs)
    days = {each.what[0].session: each.what[0].on for each in entries[:first]}  # type: ignore[union-attr]
    for length in range(first, len(entries) + 1):
        found = make_plan(SMP, request, entries[:length])
        for each in found.sessions:
            if each.id in days:
                assert (each.status, each.planned) == ("done", days[each.id])


@given(STARTS, st.sampled_from([("sun",), ()]))
def test_no_history_is_the_plain_plan(start: date, closed: Any) -> None:
    request = PlanRequest(start=start, closed=closed)
    plain = make_plan(SMP, request)
    empty = make_plan(SMP, request, [entry(Skipped("course-2")), entry(undoes=1)])
    assert empty.sessions == plain.sessions
    assert empty.restrictions == plain.restrictions
    assert empty.notes == plain.notes
    assert make_plan(SMP, request, []) == empty
