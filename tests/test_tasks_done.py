"""Tasks that were done: the plan shows them, asks no more for them, and says what was open."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Ran

Run = Callable[[str], Ran]

OWN = """
format = 1
id = "own"
version = "1.0"
date = 2026-11-01
name = "Own"
summary = "own"
[[steps]]
id = "course"
name = "session"
count = 3
spacing = { preferred = "4 weeks" }
[tasks]
allergy = { label = "allergy test", lead = "2 days", valid = "6 weeks", blocks = true }
photo = { label = "take a photo", session = "first" }
wash = { label = "wash the hair", earliest = "1 day" }
[tasks.letter]
label = "letter"
session = "first"
lead = "1 day"
blocks = true
when = { ill = "yes" }
[questions]
ill = { ask = "is the patient ill?" }
[rules]
ill = { question = "ill", outcome = "postpone", says = "not while ill" }
"""


@pytest.fixture
def own(hairplan: Run) -> str:
    """Keep a plan of a protocol with tasks of all kinds."""
    Path("own.toml").write_text(OWN, "utf-8")
    assert hairplan("schedule ./own.toml --start 2026-12-01 --ref A --save o.plan.json").code == 0
    return "o.plan.json"


def keep_smp(hairplan: Run, asked: str = "") -> None:
    assert hairplan(f"schedule smp --start 2026-12-01 --ref A --save p.plan.json {asked}").code == 0


def tasks(hairplan: Run, plan: str, today: str = "2026-12-01") -> dict[str, Any]:
    found = json.loads(hairplan(f"schedule {plan} -f json --today {today}").out)
    return {each["id"]: each["done"] for each in found["tasks"]}


def test_a_consultation_is_ticked_and_nothing_asks_for_it_any_more(hairplan: Run) -> None:
    keep_smp(hairplan)
    said = "hold the initial consultation"
    assert said in hairplan("due . --on 2026-11-20 --full").out
    ran = hairplan("record p.plan.json --done consultation --today 2026-11-20 --full")
    assert (ran.code, ran.err) == (0, "recorded as entry 1 of p.plan.json\n")
    assert ran.out == "What changes\n\nTO DO\nconsultation: done: Fri 2026-11-20\n"
    assert tasks(hairplan, "p.plan.json")["consultation"] == "2026-11-20"
    assert said not in hairplan("due . --on 2026-11-20 --full").out
    assert said not in hairplan("status p.plan.json --today 2026-11-20 --full").out
    assert (
        "done on Fri 2026-11-20, for course-1: hold the initial consultation: it assesses the case"
        " and helps to decide the approach (SMP-11)\n"
        in hairplan("schedule p.plan.json --full").out
    )
    (row,) = [
        line
        for line in hairplan("schedule p.plan.json -f csv").out.splitlines()
        if ",consultation," in line
    ]
    assert ",blocking,done," in row
    assert ",done on Fri 2026-11-20," in row
    assert "consultation done on Fri 2026-11-20" in hairplan("history p.plan.json").out


def test_a_tick_is_taken_back(hairplan: Run) -> None:
    keep_smp(hairplan)
    hairplan("record p.plan.json --done consultation --today 2026-11-20")
    ran = hairplan("undo p.plan.json --today 2026-11-21 --full")
    assert ran.out == "What changes\n\nTO DO\nconsultation: given back, was Fri 2026-11-20\n"
    assert tasks(hairplan, "p.plan.json")["consultation"] is None


def test_a_document_that_an_answer_asks_for_is_ticked_by_its_rule(hairplan: Run) -> None:
    keep_smp(hairplan, "--answer psoriasis-eczema-localized=yes")
    done = "--done psoriasis-eczema-localized=2026-11-22 --done patch-test=2026-11-23"
    assert hairplan(f"record p.plan.json {done} --today 2026-11-23").code == 0
    found = tasks(hairplan, "p.plan.json")
    assert (found["psoriasis-eczema-localized"], found["patch-test"]) == (
        "2026-11-22",
        "2026-11-23",
    )
    # It was done, however late: that it was due is no news any more.
    assert "was due on" not in hairplan("schedule p.plan.json --full --today 2026-11-30").out
    assert "patch test" not in hairplan("status p.plan.json --today 2026-11-23 --full").out


def test_a_calendar_reminds_nobody_of_what_is_done(hairplan: Run) -> None:
    keep_smp(hairplan, "--answer psoriasis-eczema-localized=yes")
    assert hairplan("schedule p.plan.json -o a.ics").code == 0
    before = Path("a.ics").read_text("utf-8").replace("\n ", "")
    assert before.count("SUMMARY:Preparation\n") == 1
    assert "a test on a small area of skin" in before
    hairplan("record p.plan.json --done patch-test=2026-11-23 --today 2026-11-23")
    assert hairplan("schedule p.plan.json -o b.ics --today 2026-11-23").code == 0
    after = Path("b.ics").read_text("utf-8").replace("\n ", "")
    assert "SUMMARY:Cancelled: Preparation\n" in after
    assert "small area" not in after


# ---- what can be ticked ----


@pytest.mark.parametrize(
    ("done", "fault"),
    [
        ("consultation=2026-12-02", "--done consultation: 2026-12-02 is after today, 2026-12-01"),
        (
            "consultation=2026-11-20T10:00",
            "--done consultation: 10:00: a task is done on a day: leave the time out",
        ),
        (
            "consulation",
            "no session or task 'consulation' (did you mean 'consultation'?);"
            " sessions: course-1..3, touch-up-1; tasks: consultation, patch-test",
        ),
        (
            "consultation=1980-01-01",
            "consultation: 1980-01-01 lies outside the years 1990 to 2100: --force records it all"
            " the same",
        ),
    ],
)
def test_a_tick_that_cannot_be_is_refused(hairplan: Run, done: str, fault: str) -> None:
    keep_smp(hairplan)
    ran = hairplan(f"record p.plan.json --done {done} --today 2026-12-01")
    assert (ran.code, ran.err) == (2, f"error: {fault}\n")


def test_a_task_is_neither_moved_nor_missed(hairplan: Run) -> None:
    keep_smp(hairplan)
    ran = hairplan("record p.plan.json --missed consultation")
    assert (ran.code, ran.err) == (
        2,
        "error: no session 'consultation'; there are: course-1..3, touch-up-1\n",
    )


def test_a_plan_without_tasks_names_none(hairplan: Run) -> None:
    Path("own.toml").write_text(OWN.partition("[tasks]")[0], "utf-8")
    hairplan("schedule ./own.toml --start 2026-12-01 --ref A --save o.plan.json")
    ran = hairplan("record o.plan.json --done x")
    assert ran.err == "error: no session 'x'; there are: course-1..3\n"


def test_tasks_of_each_session_are_named_once(hairplan: Run) -> None:
    hairplan("schedule mesopecia --start 2026-12-01 --ref A --save m.plan.json")
    assert hairplan("record m.plan.json --done course-1").err == (
        "error: no session or task 'course-1'; sessions: weekly-1..4, fortnightly-1..4,"
        " maintenance-1..9; tasks: anaesthetic-cream, comb, led, wash, of one session:"
        " anaesthetic-cream.weekly-1\n"
    )


# ---- for how long it holds ----


def test_a_task_that_holds_good_for_a_time_is_open_again_after_it(hairplan: Run, own: str) -> None:
    # Until it is done, it is thought to be done when it is due.
    assert [name for name in tasks(hairplan, own) if "allergy" in name] == [
        "allergy.course-1",
        "allergy.course-3",
    ]
    hairplan(f"record {own} --done allergy=2026-11-15 --today 2026-11-15")
    found = tasks(hairplan, own)
    assert {name: done for name, done in found.items() if "allergy" in name} == {
        "allergy.course-1": "2026-11-15",
        "allergy.course-2": None,
    }
    hairplan(f"record {own} --done allergy.course-2=2026-12-20 --today 2026-12-20")
    found = tasks(hairplan, own)
    assert {name: done for name, done in found.items() if "allergy" in name} == {
        "allergy.course-1": "2026-11-15",
        "allergy.course-2": "2026-12-20",
    }
    due = hairplan("due . --on 2026-12-21 --full").out
    assert "allergy test" not in due


def test_a_task_done_after_its_session_holds_for_the_next(hairplan: Run, own: str) -> None:
    hairplan(f"record {own} --done course-1=2026-12-01 --force --today 2026-12-01")
    ran = hairplan(f"record {own} --done allergy=2026-12-02 --today 2026-12-02 --full")
    assert "allergy.course-2: new: allergy test, done on Wed 2026-12-02\n" in ran.out
    found = tasks(hairplan, own)
    assert (found["allergy.course-1"], found["allergy.course-2"]) == (None, "2026-12-02")


def test_a_test_with_an_event_counts_like_its_day_and_each_session_renews_it(
    hairplan: Run,
) -> None:
    text = OWN.replace(
        'valid = "6 weeks"', 'valid = "6 weeks", renewed = true, event = "last-test"'
    )
    Path("own.toml").write_text(f'{text}[events]\nlast-test = {{ label = "last test" }}\n', "utf-8")
    hairplan("schedule ./own.toml --start 2026-12-01 --ref A --save o.plan.json")
    hairplan("record o.plan.json --done allergy=2026-11-15 --today 2026-11-15")
    found = tasks(hairplan, "o.plan.json")
    assert {name: done for name, done in found.items() if "allergy" in name} == {
        "allergy.course-1": "2026-11-15"
    }
    hairplan("undo o.plan.json --today 2026-11-16")
    hairplan("record o.plan.json --event last-test=2026-11-15 --today 2026-11-16")
    assert not [name for name in tasks(hairplan, "o.plan.json") if "allergy" in name]


def test_a_task_done_too_soon_before_its_session_is_open_still(hairplan: Run, own: str) -> None:
    hairplan(f"record {own} --done wash.course-1=2026-11-28 --today 2026-11-28")
    assert tasks(hairplan, own)["wash.course-1"] is None
    hairplan(f"record {own} --done wash.course-1=2026-11-30 --today 2026-11-30")
    assert tasks(hairplan, own)["wash.course-1"] == "2026-11-30"
    text = hairplan(f"schedule {own} --full").out
    assert "done on Mon 2026-11-30, for course-1: wash the hair\n" in text
    days = "from Mon 2026-12-28, Mon 2027-01-25 on"
    assert f"before course-2, course-3, {days}: wash the hair\n" in text


# ---- sessions without what they should have waited for ----


def test_the_first_session_of_a_newcomer_is_recorded_and_says_what_is_open(hairplan: Run) -> None:
    keep_smp(hairplan)
    ran = hairplan("record p.plan.json --done course-1 --today 2026-12-01")
    assert ran.code == 0
    assert ran.err == (
        "course-1: not done: hold the initial consultation: it assesses the case and helps to"
        " decide the approach (--done consultation=DAY says that it was)\n"
        "course-1: not answered, and a yes may speak against it: autoimmune, breastfeeding,"
        " chemotherapy, inflammatory-skin and 6 more (--answer autoimmune=?)\n"
        "recorded as entry 1 of p.plan.json\n"
    )


def test_a_session_without_a_task_that_has_its_day_is_asked_about(hairplan: Run, own: str) -> None:
    record = f"record {own} --done course-1 --today 2026-12-01"
    ran = hairplan(record)
    assert (ran.code, ran.err) == (
        2,
        "error: course-1: may not take place without this, and it is not done: allergy test, by Sun"
        " 2026-11-29 (--done allergy.course-1=DAY says that it was), or --force records the session"
        " all the same\n",
    )
    ran = hairplan(f"{record} --dry-run --done allergy=2026-11-29")
    # A letter that only a sick patient needs is said, and not asked about.
    assert ran.code == 0
    assert ran.err == (
        "course-1: not done: letter, by Mon 2026-11-30, only if ill=yes"
        " (--done letter=DAY says that it was)\n"
        "course-1: not answered, and a yes may speak against it: ill (--answer ill=?)\n"
        "feasible: what is ahead keeps to the protocol; nothing is recorded\n"
    )
    assert hairplan(f"{record} --force").code == 0
    assert hairplan(f"record {own} --answer ill=no --today 2026-12-02").err == (
        "recorded as entry 2 of o.plan.json\n"
    )


def test_a_session_without_the_document_of_an_answer_is_asked_about(hairplan: Run) -> None:
    keep_smp(hairplan, "--answer psoriasis-eczema-localized=yes")
    ran = hairplan("record p.plan.json --done consultation --done course-1 --today 2026-12-01")
    assert (ran.code, ran.err) == (
        2,
        "error: course-1: may not take place without this, and it is not done: medical or"
        " dermatological assessment of the psoriasis or eczema (--done"
        " psoriasis-eczema-localized=DAY says that it was), or --force records the session all the"
        " same\n",
    )
