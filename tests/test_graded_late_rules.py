"""Rules on late sessions by how long the gap was: from going on to beginning anew."""

from datetime import UTC, datetime

import pytest
from conftest import day, own_plan, own_protocol, planned

from hairplan import InputError, PlanRequest, make_plan
from hairplan.history import Done, Entry
from hairplan.plan import Plan
from hairplan.planner.protocol_warnings import warnings_of
from hairplan.show.plain import render_plain
from hairplan.show.plan import plan_document
from hairplan.show.protocol import protocol_document

COURSE = """
[[steps]]
id = "course"
name = "session"
count = 4
spacing = { min = "2 weeks", preferred = "3 weeks", max = "4 weeks" }
"""
GRADES = """late = [
  { after = "6 weeks", then = "extra", says = "one more" },
  { after = "3 months", then = "restart" },
]
"""


def after_gap(rules: str, second: str, **asked: str) -> Plan:
    """Plan a course whose second session was done on a day."""
    what = (Done("course-1", day("2027-01-04")), Done("course-2", day(second)))
    entry = Entry(at=datetime(2027, 6, 1, tzinfo=UTC), on=day(second), what=what)
    request = PlanRequest(start=day("2027-01-04"), **asked)  # type: ignore[arg-type]
    return make_plan(own_protocol(COURSE + rules), request, [entry], today=day(second))


@pytest.mark.parametrize(
    ("second", "sessions", "flag"),
    [
        ("2027-01-25", 4, None),
        (
            "2027-02-15",
            4,
            "done 14 days after its latest day, 2027-02-01 (course.spacing.max 4 weeks); the plan"
            " goes on from there",
        ),
        (
            "2027-02-16",
            5,
            "done 15 days after its latest day, 2027-02-01 (course.spacing.max 4 weeks), and"
            " 1 day after 2027-02-15 (course.late.1.after 6 weeks); the step has one session more",
        ),
        (
            "2027-04-05",
            5,
            "done 63 days after its latest day, 2027-02-01 (course.spacing.max 4 weeks), and"
            " 1 day after 2027-04-04 (course.late.2.after 3 months); the step begins again with it",
        ),
    ],
)
def test_the_longest_gap_that_was_passed_says_what_follows(
    second: str, sessions: int, flag: str | None
) -> None:
    found = after_gap(GRADES, second)
    assert [each.id for each in found.sessions] == [
        f"course-{number}" for number in range(1, sessions + 1)
    ]
    assert [each.says for each in found.breaks] == ([flag] if flag else [])


def test_a_first_rule_without_a_gap_holds_from_the_latest_day_on() -> None:
    grades = 'late = [{ then = "extra" }, { after = "3 months", then = "restart" }]\n'
    found = after_gap(grades, "2027-02-02")
    assert len(found.sessions) == 5
    assert found.breaks[0].says == (
        "done 1 day after its latest day, 2027-02-01 (course.spacing.max 4 weeks); the step has"
        " one session more"
    )
    assert len(after_gap(grades, "2027-02-01").sessions) == 4
    assert found.rules["on_late.course"] == (
        "after its latest day: extra (clinic): the step has one session more;"
        " after 3 months: restart (clinic): the step begins again with it"
    )


def test_a_rule_that_is_asked_for_holds_from_the_first_gap_on() -> None:
    found = after_gap(GRADES, "2027-02-16", on_late="continue")
    assert len(found.sessions) == 4
    assert found.rules["on_late.course"] == "continue (asked for): the plan goes on from there"


# ---- one or two more ----


def test_a_gap_may_add_several_sessions() -> None:
    found = after_gap('late = { after = "6 weeks", then = "extra", more = 2 }\n', "2027-03-01")
    assert planned(found)[2:] == ["2027-03-22", "2027-04-12", "2027-05-03", "2027-05-24"]
    assert found.breaks[0].says.endswith("; the step has 2 sessions more")


@pytest.mark.parametrize(
    ("more", "sure", "perhaps"),
    [
        ("{ min = 1, max = 2 }", 5, ["course-6"]),
        ("{ min = 0, max = 2 }", 4, ["course-5", "course-6"]),
        ("{ min = 1, preferred = 2, max = 3 }", 6, []),
    ],
)
def test_one_or_two_more_are_one_and_a_conditional_one(
    more: str, sure: int, perhaps: list[str]
) -> None:
    rules = f'late = {{ after = "6 weeks", then = "extra", more = {more} }}\n'
    found = after_gap(rules, "2027-03-01")
    assert len(found.dated) == sure
    waiting = [each for each in found.sessions if each.planned is None]
    assert [each.id for each in waiting] == perhaps
    assert {each.waits_for for each in waiting} <= {"an extra that may follow"}
    least = more[8]
    most = more[-3]
    assert found.breaks[0].says.endswith(f"; the step has {least} to {most} sessions more")


# ---- in words, and in the file ----


def test_each_rule_is_in_the_plan_and_in_the_protocol() -> None:
    rules = GRADES.replace('"extra", ', '"extra", more = { min = 1, max = 2 }, ')
    notes = [note for note in own_plan(COURSE + rules).notes if note.startswith("course: if")]
    assert notes == [
        "course: if one comes more than 6 weeks after the one before, 1 to 2 extra appointments are"
        " added: one more",
        "course: if one comes more than 3 months after the one before, the step begins anew",
    ]
    twice = COURSE + 'late = { then = "extra", more = 2 }\n'
    assert "course: if one comes late, 2 extra appointments are added" in own_plan(twice).notes
    text = render_plain(protocol_document(own_protocol(COURSE + rules)))
    assert (
        "if one comes more than 6 weeks after the one before: extra, 1..2 more, one more [clinic];"
        " if one comes more than 3 months after the one before: restart [clinic]"
    ) in " ".join(text.split())
    assert "if one comes too late: extra, 2 more [clinic]" in " ".join(
        render_plain(protocol_document(own_protocol(twice))).split()
    )
    assert {figure.figure for figure in own_plan(COURSE + rules).figures} >= {
        "course.late.1.after",
        "course.late.1.more.min",
        "course.late.1.more.max",
        "course.late.2.after",
    }


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        ("[]", ["steps[1].late: an empty list: give a rule for each gap"]),
        (
            '[{ after = "3 months", then = "extra" }, { after = "90 days", then = "restart" }]',
            ["steps[1].late[2].after: 90 days is not always longer than the one before, 3 months"],
        ),
        (
            '[{ after = "3 months", then = "extra" }, { then = "restart", more = 2 }]',
            [
                "steps[1].late[2].after: missing: only the first rule may go without",
                'steps[1].late[2].more: belongs to then = "extra", and not to "restart"',
            ],
        ),
        (
            '{ then = "extra", more = { min = 2, max = 1 } }',
            ["steps[1].late.more: 2, 1 are not in the order min, max"],
        ),
    ],
)
def test_rules_that_make_no_sense_are_refused(late: str, expected: list[str]) -> None:
    with pytest.raises(InputError) as error:
        own_protocol(f"{COURSE}late = {late}\n")
    assert [fault.removeprefix("own.toml: ") for fault in error.value.faults] == expected


def test_a_list_of_rules_none_of_which_can_fire_is_warned_of() -> None:
    text = COURSE.replace(', max = "4 weeks"', "") + 'late = [{ then = "extra" }]\n'
    assert (
        "steps[1].late: has no effect: nothing says from when on one is late; late.after or"
        " spacing.max does"
    ) in warnings_of(own_protocol(text))


@pytest.mark.parametrize("kind", ["touch-up", "maintenance", "review", "visit", "home"])
def test_the_rule_of_any_step_is_said(kind: str) -> None:
    other = COURSE.replace('"course"', '"other"').replace("name =", f'kind = "{kind}"\nname =')
    rule = 'late = { then = "extra", says = "one more" }\nstrength = "clinic"\n'
    entry = Entry(at=datetime(2027, 6, 1, tzinfo=UTC), on=day("2027-01-04"))
    request = PlanRequest(start=day("2027-01-04"))
    found, plain = (
        make_plan(own_protocol(text), request, [entry], today=entry.on)
        for text in (COURSE + other + rule, COURSE + other)
    )
    assert found.rules["on_late.other"] == (
        "extra (clinic): the step has one session more: one more"
    )
    assert (
        "a late session of course: continue (our default): the plan goes on from there\n"
        "a late one of other: extra (clinic): the step has one session more: one more\n"
    ) in render_plain(plan_document(found))
    assert "on_late.other" not in plain.rules
