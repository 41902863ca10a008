"""What changed between two plans, in words: the whole line is compared."""

import json
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import pytest
from conftest import day, own_plan
from msgspec import structs

from hairplan import Plan, PlanRequest, load_protocol, make_plan
from hairplan.follow.diff import find_changes
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
)
from hairplan.plan_parts import RestrictedPeriod
from hairplan.show.diff import describe_change, diff_document, merge_alike
from hairplan.show.json import render_json
from hairplan.show.plain import render_plain

if TYPE_CHECKING:
    from hairplan.standing import Screened

TODAY = date(2026, 12, 16)
DONE = Done("course-1", day("2026-12-01"))


def entry(*what: Happening, reason: str | None = None, undoes: int | None = None) -> Entry:
    at = datetime(2026, 12, 16, 9, tzinfo=UTC)
    return Entry(at=at, on=TODAY, what=what, reason=reason, undoes=undoes)


def smp(*history: Entry, today: date = TODAY, **asked: Any) -> Plan:
    request = PlanRequest(**{"start": day("2026-12-01"), **asked})
    return make_plan(load_protocol("smp"), request, history, today=today)


def said(before: Plan, after: Plan, *kinds: str) -> list[str]:
    found = merge_alike(find_changes(before, after))
    return [describe_change(each) for each in found if each.kind in (kinds or {each.kind})]


def changed(plan: Plan, kind: str, name: str, **fields: Any) -> Plan:
    """Return a plan with one item as it is not."""
    items = tuple(
        structs.replace(each, **fields) if each.id == name else each for each in getattr(plan, kind)
    )
    return structs.replace(plan, **{kind: items})


PLANNED = smp(entry(DONE))

# ---- appointments ----


def test_a_plan_does_not_differ_from_itself() -> None:
    assert find_changes(PLANNED, PLANNED) == ()
    assert render_plain(diff_document(())) == "nothing changes\n"


@pytest.mark.parametrize(
    ("what", "reason", "expected"),
    [
        (Done("course-2", day("2026-12-15")), None, ["course-2: done: Tue 2026-12-15"]),
        (
            Done("course-2", day("2026-12-16")),
            None,
            [
                "course-2: done: Tue 2026-12-15 -> Wed 2026-12-16 (+1 day)",
                "course-3: Tue 2026-12-29 -> Wed 2026-12-30 (+1 day):"
                " after course-2, done on Wed 2026-12-16",
                "touch-up-1: Fri 2029-06-29 -> Sat 2029-06-30 (+1 day):"
                " after course-3, on Wed 2026-12-30",
            ],
        ),
        (
            Moved("course-3", day("2027-01-02")),
            "travel",
            [
                "course-3: booked: Tue 2026-12-29 -> Sat 2027-01-02 (+4 days): travel",
                "touch-up-1: Fri 2029-06-29 -> Mon 2029-07-02 (+3 days):"
                " after course-3, booked for Sat 2027-01-02",
            ],
        ),
        (
            Moved("course-3", day("2026-12-28"), time(14, 30)),
            None,
            [
                "course-3: booked: Tue 2026-12-29 -> Mon 2026-12-28 14:30 (-1 day)",
                "touch-up-1: Fri 2029-06-29 -> Thu 2029-06-28 (-1 day):"
                " after course-3, booked for Mon 2026-12-28",
            ],
        ),
        (Moved("course-3", day("2026-12-29")), None, ["course-3: booked: Tue 2026-12-29"]),
        (
            Skipped("course-3"),
            "it is enough",
            [
                "course-3: skipped, was Tue 2026-12-29: it is enough",
                "touch-up-1: Fri 2029-06-29 -> Fri 2029-06-15 (-14 days):"
                " after course-2, on Tue 2026-12-15",
            ],
        ),
        (
            Skipped("touch-up-1"),
            None,
            ["touch-up-1: skipped, was Fri 2029-06-29", "touch-up-2: new: Mon 2031-12-29"],
        ),
        (
            Added("extra-1", "look at the skin", day("2026-12-20"), kind="review"),
            None,
            ["extra-1: new: Sun 2026-12-20: added: look at the skin"],
        ),
        (
            Changed(sessions=4),
            None,
            [
                "course-4: new: Tue 2027-01-12",
                "touch-up-1: Fri 2029-06-29 -> Thu 2029-07-12 (+13 days):"
                " after course-4, on Tue 2027-01-12",
            ],
        ),
        (
            Changed(sessions=2),
            None,
            [
                "course-3: gone, was Tue 2026-12-29",
                "touch-up-1: Fri 2029-06-29 -> Fri 2029-06-15 (-14 days):"
                " after course-2, on Tue 2026-12-15",
            ],
        ),
        (
            Changed(time=time(9), zone="Europe/Paris"),
            None,
            [
                "course-2: Tue 2026-12-15 -> Tue 2026-12-15 09:00",
                "course-3: Tue 2026-12-29 -> Tue 2026-12-29 09:00",
                "touch-up-1: Fri 2029-06-29 -> Fri 2029-06-29 09:00",
            ],
        ),
        (
            Changed(duration=90),
            None,
            ["course-1, course-2, course-3, touch-up-1: length: 2 h -> 1 h 30 min"],
        ),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, Happening) else "",
)
def test_appointments_are_said_in_date_order(
    what: Happening, reason: str | None, expected: list[str]
) -> None:
    after = smp(entry(DONE), entry(what, reason=reason))
    assert said(PLANNED, after, "session") == expected


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (Missed("course-2"), "course-2: missed: Tue 2026-12-15 -> Thu 2026-12-17 (+2 days)"),
        (Cancelled("course-2"), "course-2: cancelled: Tue 2026-12-15 -> Thu 2026-12-17 (+2 days)"),
    ],
)
def test_what_is_to_be_booked_again_has_a_new_day(what: Happening, expected: str) -> None:
    before, after = PLANNED, smp(entry(DONE), entry(what))
    found = said(before, after, "session")
    assert found[0].startswith(expected)
    assert found[1:] == [
        "course-3: waits: Tue 2026-12-29 -> no day yet: after course-2",
        "touch-up-1: waits: Fri 2029-06-29 -> no day yet: after course-2",
    ]


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        (
            [entry(undoes=2)],
            [
                "course-3: given back: Tue 2026-12-29",
                "touch-up-1: Fri 2029-06-15 -> Fri 2029-06-29 (+14 days):"
                " after course-3, on Tue 2026-12-29",
            ],
        ),
        (
            [entry(Moved("course-3", day("2026-12-29")))],
            [
                "course-3: booked: Tue 2026-12-29",
                "touch-up-1: Fri 2029-06-15 -> Fri 2029-06-29 (+14 days):"
                " after course-3, booked for Tue 2026-12-29",
            ],
        ),
    ],
)
def test_what_was_given_up_comes_back(then: list[Entry], expected: list[str]) -> None:
    skipped = [entry(DONE), entry(Skipped("course-3"))]
    assert said(smp(*skipped), smp(*skipped, *then), "session") == expected


def test_a_booking_is_taken_back() -> None:
    booked = [entry(DONE), entry(Moved("course-3", day("2026-12-30")))]
    assert said(smp(*booked), smp(*booked, entry(undoes=2)), "session") == [
        "course-3: given back: Wed 2026-12-30 -> Tue 2026-12-29 (-1 day)",
        "touch-up-1: Sat 2029-06-30 -> Fri 2029-06-29 (-1 day): after course-3, on Tue 2026-12-29",
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            {},
            {"earliest": day("2026-12-24"), "latest": None},
            ["course-3: window: 2026-12-25..2027-01-05 -> 2026-12-24.."],
        ),
        (
            {"earliest": None},
            {"earliest": None, "latest": None, "reason": "why not"},
            ["course-3: window: ..2027-01-05 -> no limit given: why not"],
        ),
        ({}, {"flag": "late"}, ["course-3: flagged: late"]),
        ({"flag": "late"}, {}, ["course-3: flagged, was late"]),
        ({}, {"status": "overdue"}, ["course-3: overdue: Tue 2026-12-29"]),
        ({}, {"status": "tentative"}, ["course-3: tentative: Tue 2026-12-29"]),
        (
            {},
            {"status": "conditional", "planned": None, "waits_for": "an answer"},
            ["course-3: waits: Tue 2026-12-29 -> no day yet: an answer"],
        ),
        (
            {"status": "conditional", "planned": None},
            {},
            ["course-3: planned: Tue 2026-12-29"],
        ),
        (
            {},
            {"status": "missed", "planned": None, "waits_for": "to be booked again"},
            ["course-3: missed, was Tue 2026-12-29: to be booked again"],
        ),
        ({"duration": None}, {}, ["course-3: length: no length given -> 2 h"]),
        (
            {},
            {"duration": None, "status": "done", "planned": day("2026-12-28"), "flag": "early"},
            [
                "course-3: done: Tue 2026-12-29 -> Mon 2026-12-28 (-1 day): early",
                "course-3: length: 2 h -> no length given",
            ],
        ),
    ],
)
def test_what_else_becomes_of_an_appointment(
    before: dict[str, Any], after: dict[str, Any], expected: list[str]
) -> None:
    was, now = (changed(PLANNED, "sessions", "course-3", **each) for each in (before, after))
    found = [each for each in said(was, now, "session") if each.startswith("course-3")]
    assert found == expected


def test_windows_come_after_days() -> None:
    after = changed(PLANNED, "sessions", "course-2", latest=day("2026-12-23"))
    after = changed(after, "sessions", "course-3", planned=day("2026-12-30"))
    assert said(PLANNED, after, "session") == [
        "course-3: Tue 2026-12-29 -> Wed 2026-12-30 (+1 day)",
        "course-2: window: 2026-12-11..2026-12-22 -> 2026-12-11..2026-12-23",
    ]


def test_a_new_appointment_may_have_no_day_yet() -> None:
    new = structs.replace(
        PLANNED.sessions[-1], id="check-1", planned=None, target=None, earliest=None,
        status="conditional", waits_for="the result",
    )  # fmt: skip
    after = structs.replace(PLANNED, sessions=(*PLANNED.sessions, new))
    assert said(PLANNED, after) == ["check-1: new: no day yet: the result"]
    assert said(after, PLANNED) == ["check-1: gone"]


# ---- a plan that goes no further ----


def test_a_plan_that_stops_says_so_first() -> None:
    stopped = smp(entry(DONE), entry(Changed(answers={"pregnancy": "yes"})))
    assert stopped.problem
    found = said(PLANNED, stopped)
    assert found[0] == ": ".join((stopped.problem.what, *stopped.problem.why))
    assert found[1:3] == [
        "course-3: cancelled, was Tue 2026-12-29: stopped: pregnancy",
        "touch-up-1: cancelled, was Fri 2029-06-29: stopped: pregnancy",
    ]
    back = said(stopped, PLANNED)
    assert back[:3] == [
        f"no longer: {stopped.problem.what}",
        "course-3: given back: Tue 2026-12-29",
        "touch-up-1: given back: Fri 2029-06-29",
    ]
    worse = structs.replace(
        stopped, problem=structs.replace(stopped.problem, what="stopped", why=())
    )
    assert said(stopped, worse) == ["stopped"]


# ---- what goes with the appointments ----


def test_restrictions_that_last_alike_are_said_merge_alike() -> None:
    after = smp(entry(DONE), entry(Moved("course-3", day("2027-01-02"))))
    assert said(PLANNED, after, "restriction")[:3] == [
        "minoxidil: longer: ideally 2026-11-24..2027-01-05 -> ideally 2026-11-24..2026-12-22 and"
        " 2026-12-26..2027-01-09 (+1 day)",
        "minoxidil: at least 2026-12-24..2027-01-03 -> at least 2026-12-28..2027-01-07 (+4 days)",
        "minoxidil: ideally 2029-06-22..2029-07-06, at least 2029-06-24..2029-07-04 ->"
        " ideally 2029-06-25..2029-07-09, at least 2029-06-27..2029-07-07 (+3 days)",
    ]
    assert said(PLANNED, after, "restriction")[3:] == [
        "exercise, sun, swimming: ideally 2026-12-29..2027-01-03, at least 2026-12-29..2027-01-01"
        " -> ideally 2027-01-02..2027-01-07, at least 2027-01-02..2027-01-05 (+4 days)",
        "exercise, sun, swimming: ideally 2029-06-29..2029-07-04, at least 2029-06-29..2029-07-02"
        " -> ideally 2029-07-02..2029-07-07, at least 2029-07-02..2029-07-05 (+3 days)",
    ]


def test_periods_of_a_session_that_is_given_up_are_gone() -> None:
    one = smp(entry(DONE), sessions=2)
    two = smp(entry(DONE), entry(Skipped("course-2")), sessions=2)
    assert said(one, two, "restriction")[0] == (
        "minoxidil: shorter: ideally 2026-11-24..2026-12-22 -> ideally 2026-11-24..2026-12-08"
        " (-14 days)"
    )
    assert "minoxidil: gone, was at least 2026-12-10..2026-12-20" in said(one, two, "restriction")
    assert "minoxidil: new: at least 2026-12-10..2026-12-20" in said(two, one, "restriction")


def test_a_restriction_hangs_on_an_answer() -> None:
    before, yes, no = (
        smp(sessions=1, horizon="1 year", answers={"minoxidil": answer})
        for answer in ("unknown", "yes", "no")
    )
    assert said(before, yes, "restriction") == ["minoxidil: only if minoxidil=yes -> in any case"]
    assert said(yes, no, "restriction") == [
        "minoxidil: gone, was ideally 2026-11-24..2026-12-08, at least 2026-11-26..2026-12-06:"
        " pause topical minoxidil"
    ]
    assert said(no, yes, "restriction") == [
        "minoxidil: new: ideally 2026-11-24..2026-12-08, at least 2026-11-26..2026-12-06:"
        " pause topical minoxidil"
    ]


def test_periods_of_hours_say_their_times() -> None:
    at = datetime(2026, 12, 2, 14, tzinfo=UTC)
    period = RestrictedPeriod(
        day("2026-12-01"), day("2026-12-02"), day("2026-12-03"), None, ("course-1",)
    )
    hours = structs.replace(period, begin_at=at, resume_at=at)
    before, after = (
        changed(PLANNED, "restrictions", "sun", ideal=(each,), at_least=(each,))
        for each in (period, hours)
    )
    assert said(before, after, "restriction") == [
        "sun: 2026-12-01..2026-12-02 -> 2026-12-01 14:00..2026-12-02 (over at 14:00)"
    ]


COURSE = """
[[steps]]
id = "course"
name = "session"
count = 2
spacing = { preferred = "2 weeks" }
"""
AROUND = """
[tasks]
shave = { label = "shave", session = "course.last", lead = "2 days" }
cream = { label = "cream", session = "course.last", lead = "30 minutes" }
papers = { label = "bring the papers", session = "first" }
[milestones]
photo = { label = "compare the photographs", at = "course.last", after = "1 month" }
[routines]
wash = { label = "wash", every = "2 days", lasting = "2 weeks" }
zinc = { label = "apply the drops", every = "1 day", until = "events.op" }
[events]
op = { label = "operation" }
"""
NINE = {"time": time(9), "zone": "Europe/Paris"}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            AROUND,
            AROUND,
            [
                "shave.course-2: by Sat 2027-01-16 -> by Sun 2027-01-17 (+1 day)",
                "cream.course-2: by Mon 2027-01-18 08:30 -> by Tue 2027-01-19 08:30 (+1 day)",
                "photo: Thu 2027-02-18 -> Fri 2027-02-19 (+1 day)",
                "wash: every 2 days from Mon 2027-01-04 to Sun 2027-01-17 ->"
                " every 2 days from Tue 2027-01-05 to Mon 2027-01-18",
                "zinc: every day from Mon 2027-01-04 on, without an end ->"
                " every day from Tue 2027-01-05 on, without an end",
            ],
        ),
        (
            AROUND,
            "",
            [
                "papers: gone, was bring the papers",
                "shave.course-2: gone, was by Sat 2027-01-16",
                "cream.course-2: gone, was by Mon 2027-01-18 08:30",
                "photo: gone, was Thu 2027-02-18",
                "wash: gone, was every 2 days from Mon 2027-01-04 to Sun 2027-01-17",
                "zinc: gone, was every day from Mon 2027-01-04 on, without an end",
            ],
        ),
        (
            "",
            AROUND,
            [
                "papers: new: bring the papers",
                "shave.course-2: new: shave, by Sun 2027-01-17",
                "cream.course-2: new: cream, by Tue 2027-01-19 08:30",
                "photo: new: Fri 2027-02-19",
                "wash: new: every 2 days from Tue 2027-01-05 to Mon 2027-01-18",
                "zinc: new: every day from Tue 2027-01-05 on, without an end",
            ],
        ),
    ],
    ids=["moved", "gone", "new"],
)
def test_tasks_reviews_and_home_rhythms(before: str, after: str, expected: list[str]) -> None:
    plans = (
        own_plan(COURSE + before, start=day("2027-01-04"), **NINE),
        own_plan(COURSE + after, start=day("2027-01-05"), **NINE),
    )
    assert said(*plans, "task", "review", "routine") == expected


def test_a_task_may_lose_its_day() -> None:
    before = own_plan(COURSE + AROUND)
    after = changed(before, "tasks", "shave.course-2", due=None, applies="unknown")
    assert said(before, after) == ["shave.course-2: by Sat 2027-01-16 -> no day given"]


def test_a_rhythm_may_come_to_hang_on_an_answer() -> None:
    before = own_plan(COURSE + AROUND)
    after = changed(before, "routines", "wash", only_if="oily=yes")
    assert said(before, after) == [
        "wash: every 2 days from Mon 2027-01-04 to Sun 2027-01-17 ->"
        " every 2 days from Mon 2027-01-04 to Sun 2027-01-17, only if oily=yes"
    ]


# ---- rules and notes ----


def screened(plan: Plan, **fields: Any) -> Plan:
    """Return a plan in which the rule on pregnancy stands otherwise."""
    rules: tuple[Screened, ...] = tuple(
        structs.replace(each, **fields) if each.rule == "pregnancy" else each
        for each in plan.screening
    )
    return structs.replace(plan, screening=rules)


MEANS = (
    "contraindicated: not during a pregnancy, as a precaution; to be asked again once it has ended"
)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {"applies": "no"}, ["pregnancy: settled"]),
        ({"applies": "yes"}, {"applies": "no"}, ["pregnancy: no longer holds"]),
        ({}, {"applies": "yes"}, [f"pregnancy: {MEANS}"]),
        ({"applies": "no"}, {}, [f"pregnancy, open again: {MEANS}"]),
        ({}, {"overridden": "it is early"}, [f"pregnancy, overridden: {MEANS}: it is early"]),
        ({"overridden": "it is early"}, {}, []),
    ],
)
def test_rules_on_the_patients_state(
    before: dict[str, Any], after: dict[str, Any], expected: list[str]
) -> None:
    assert said(screened(PLANNED, **before), screened(PLANNED, **after)) == expected


def test_a_rule_that_only_one_plan_has_is_no_change() -> None:
    assert find_changes(structs.replace(PLANNED, screening=()), PLANNED) == ()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {"anchor": "rolling"}, []),
        (
            {"anchor": "rolling", "on_late": "continue"},
            {"anchor": "fixed", "late": "extra"},
            ["anchor: rolling -> fixed", "late: new: extra", "on_late: gone, was continue"],
        ),
    ],
)
def test_rules_on_what_is_late(
    before: dict[str, str], after: dict[str, str], expected: list[str]
) -> None:
    was, now = (structs.replace(PLANNED, rules=each) for each in (before, after))
    assert said(was, now) == expected


def test_new_notes_are_said_unless_they_were_said_of_an_appointment() -> None:
    flagged = changed(PLANNED, "sessions", "course-3", flag="too late")
    after = structs.replace(flagged, notes=("course-3: too late", "a note", *PLANNED.notes))
    assert said(PLANNED, after) == ["course-3: flagged: too late", "a note"]


# ---- the whole ----


def test_differences_are_printed_by_kind() -> None:
    after = structs.replace(
        smp(entry(DONE), entry(Done("course-2", day("2026-12-15")))), notes=(*PLANNED.notes, "new")
    )
    assert render_plain(diff_document(find_changes(PLANNED, after))) == (
        "What changes\n\nSESSIONS\ncourse-2: done: Tue 2026-12-15\n\nTO NOTE\nnew\n"
    )


def test_differences_are_a_list_for_a_program() -> None:
    after = smp(entry(DONE), entry(Moved("touch-up-1", day("2029-06-30")), reason="on a Saturday"))
    found = json.loads(render_json(find_changes(PLANNED, after)))
    assert found[0] == {
        "item": "touch-up-1",
        "kind": "session",
        "change": "booked",
        "before": "Fri 2029-06-29",
        "after": "Sat 2029-06-30",
        "days": 1,
        "why": "on a Saturday",
    }
    assert {each["item"] for each in found[1:]} == {
        *("touch-up-2", "exercise", "sun", "swimming", "minoxidil")
    }


def test_a_stopped_plan_is_printed() -> None:
    stopped = smp(entry(DONE), entry(Changed(answers={"pregnancy": "yes"})))
    text = render_plain(diff_document(find_changes(PLANNED, stopped)))
    assert text.startswith("What changes\n\nNO FURTHER\nstopped from ")
