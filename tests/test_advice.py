"""The advice on a plan that goes into a file: what a careful colleague would say of it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import OWN, Ran, day, own_protocol

from hairplan import Plan, PlanRequest, make_plan
from hairplan.show.advice import advice_lines
from hairplan.show.errands import Commands

Run = Callable[[str], Ran]
TODAY = "2026-11-01"
QUESTIONS = "! 12 questions open, 10 could refuse it: hairplan screen smp --ask"
FIRST = (
    "! first, before course-1: hold the initial consultation: it assesses the case and helps to"
    " decide the approach"
)
PROPOSALS = "  4 of 4 appointments are proposals, not booked"


def advice(plan: Plan, today: str = TODAY) -> list[str]:
    return list(advice_lines(plan, day(today), Commands("own")))


def own(text: str, today: str = TODAY, **asked: object) -> Plan:
    request = PlanRequest(**{"start": day("2027-01-04"), **asked})  # type: ignore[arg-type]
    return make_plan(own_protocol(text), request, today=day(today))


COURSE = """
[[steps]]
id = "course"
name = "session"
count = 2
spacing = "1 week"
"""
ILL = """
[questions]
ill = { ask = "Ill?" }
[rules]
ill = { question = "ill", outcome = "%s", says = "so be it" }
"""


# ---- what is said ----


def test_a_new_plan_is_a_proposal_with_questions(hairplan: Run) -> None:
    ran = hairplan("schedule smp --start 2026-12-01 --ref z9 -o z9.ics")
    assert ran.err.splitlines() == [
        "wrote 9 events (4 appointments, 4 care days and 1 task) to z9.ics",
        QUESTIONS, FIRST, PROPOSALS,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("start", "line"),
    [
        ("2025-12-02", "! it starts on Tue 2025-12-02, 334 days before today: is the year right?"),
        ("2026-05-05", "! it starts on Tue 2026-05-05, 180 days before today: is the year right?"),
        ("2026-05-06", "! it starts on Wed 2026-05-06, 179 days before today: is the day right?"),
        ("2026-10-31", "! it starts on Sat 2026-10-31, 1 day before today: is the day right?"),
    ],
)
def test_a_start_in_the_past_is_asked_about(hairplan: Run, start: str, line: str) -> None:
    ran = hairplan(f"schedule smp --start {start} --ref z9 -o plan.csv -a minoxidil=yes")
    lines = ran.err.splitlines()
    assert (ran.code, lines[1], len(lines)) == (0, line, 5)


def test_the_gravest_warning_is_said_and_the_others_counted(hairplan: Run) -> None:
    ran = hairplan("schedule smp --start 2026-11-02 -a minoxidil=yes --ref z9 -o plan.csv")
    assert ran.err.splitlines()[1] == (
        "! pause topical minoxidil: should have begun on Mon 2026-10-26 (at the latest on Wed"
        " 2026-10-28); the first start that keeps it is Fri 2026-11-06, ideally Sun 2026-11-08;"
        " and 1 more warning"
    )


def test_what_is_done_and_booked_is_no_proposal(hairplan: Run, keep: Callable[..., None]) -> None:
    keep(
        "smp --start 2026-12-01",
        "--booked course-1,course-2",
        "--done course-1=2026-12-01 --today 2026-12-02",
        "--missed course-2 --today 2026-12-16",
    )
    ran = hairplan("schedule p.plan.json --today 2026-12-17 -o m204.ics")
    assert ran.err.splitlines()[2:] == [
        "! course-2 was missed: book it again, proposed Thu 2026-12-17, at the latest Tue"
        " 2026-12-22",
        "! 12 questions open, 10 could refuse it: hairplan screen p.plan.json --ask",
        "  1 of 2 appointments is a proposal, not booked",
    ]


def test_a_new_plan_that_is_kept_is_gone_on_with_by_its_file(hairplan: Run) -> None:
    for name in ("a.ics", "a.csv"):
        save = f"--save {name[-3:]}.plan.json"
        ran = hairplan(f"schedule smp --start 2026-12-01 --ref z9 {save} -o {name}")
        asks = f"hairplan screen {name[-3:]}.plan.json --ask"
        assert ran.err.splitlines()[2] == f"! 12 questions open, 10 could refuse it: {asks}"


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        ("contraindicated", "! 1 question open, 1 could refuse it: hairplan screen own --ask"),
        ("caution", "  1 question open: hairplan screen own --ask"),
    ],
)
def test_the_questions_that_could_refuse_are_counted(outcome: str, line: str) -> None:
    said = advice(own(COURSE + ILL % outcome))
    assert said == [line, "  2 of 2 appointments are proposals, not booked"]


def test_all_that_blocks_the_next_session_is_named() -> None:
    tasks = """
[tasks.letter]
label = "a letter"
session = "first"
blocks = true
[tasks.photo]
label = "a photo"
session = "first"
blocks = true
when = { ill = "yes" }
[tasks.test]
label = "a test"
session = "course.last"
blocks = true
"""
    said = advice(own(COURSE + tasks + "[questions]\nill = { ask = 'Ill?' }\n"))
    assert said[1] == "! first, before course-1: a letter; if ill=yes: a photo"


def test_one_appointment_is_a_proposal() -> None:
    one = COURSE.replace("count = 2", "").replace('spacing = "1 week"', "")
    assert advice(own(one)) == ["  1 of 1 appointment is a proposal, not booked"]


# ---- where nothing is said ----


def test_of_a_plan_in_order_nothing_is_said(hairplan: Run, keep: Callable[..., None]) -> None:
    Path("own.toml").write_text(OWN + COURSE, "utf-8")
    keep("./own.toml --start 2026-12-01", "--booked course-1,course-2")
    assert hairplan("schedule p.plan.json -o a.csv").err == "wrote 2 appointments to a.csv\n"


@pytest.mark.parametrize(
    "command", ["-o -", "-f json", "-f ics", "-o plan.ics --dry-run", "--split x --dry-run"]
)
def test_of_what_is_seen_or_not_written_nothing_is_said(hairplan: Run, command: str) -> None:
    form = "" if "ics" in command or "json" in command or "split" in command else " -f csv"
    assert hairplan(f"schedule smp --start 2026-12-01 --ref z9 {command}{form}").err == ""


def test_of_a_plan_without_dates_nothing_more_is_said(hairplan: Run) -> None:
    ran = hairplan("schedule smp --start 2026-12-01 -a autoimmune=yes -f json -o none.json")
    assert ran.code == 3
    assert "! " not in ran.err
    assert "not booked" not in ran.err


def test_of_a_calendar_without_changes_nothing_is_said(
    hairplan: Run, keep: Callable[..., None]
) -> None:
    keep("smp --start 2026-12-01 --ref z9")
    export = "schedule p.plan.json --changes-only -o changes.ics"
    assert "! 12 questions open" in hairplan(export).err
    again = "nothing has changed since the last export: no calendar is written\n"
    assert hairplan(export).err == again
