"""A calendar that is written over an earlier export of the same plan follows it, without a file."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from conftest import TODAY, Ran, day
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from hairplan import PlanRequest, make_plan
from hairplan.calendar.calling_off import calling_off_of
from hairplan.calendar.earlier_export import EarlierFile, follow_export
from hairplan.calendar.ics import Revision, event, render, shape_for
from hairplan.calendar.items import CalendarChoice, Item, ids_of, items_of
from hairplan.calendar.ledger import CalendarUpdate, Ledger, follow
from hairplan.dates.spans import Period
from hairplan.files.plan_file import decode
from hairplan.plan import Plan
from hairplan.protocol.catalog import load_protocol

Run = Callable[[str], Ran]
SMP = "schedule smp --start 2026-12-01 --time 14:30 --zone Europe/Paris --ref A-17 -o x.ics"
STAMP = datetime(2026, 11, 1, tzinfo=UTC)


def held(path: str = "x.ics") -> dict[str, tuple[int, str]]:
    """Return the sequence and the status of each event by its title."""
    calendar: Any = Calendar.from_ical(Path(path).read_bytes())
    return {
        str(event["summary"]): (int(event["sequence"]), str(event["status"]))
        for event in calendar.walk("VEVENT")
    }


def test_the_calendar_of_a_practice_is_none_of_one_patient(hairplan: Run) -> None:
    Path("list.csv").write_text("ref,treatment,start\nA-17,smp,2026-12-01\nB-2,smp,2026-12-08\n")
    assert hairplan("batch list.csv -o practice.ics").code == 0
    before = Path("practice.ics").read_bytes()
    for audience in ("patient", "practice"):
        again = f"schedule smp --start 2026-12-01 --ref A-17 --audience {audience} -o practice.ics"
        ran = hairplan(again)
        assert "practice.ics: exists already: choose another name, or --force" in ran.err
    assert Path("practice.ics").read_bytes() == before


def test_what_did_not_change_is_as_it_was(hairplan: Run) -> None:
    hairplan(f"{SMP} --today 2026-11-01")
    first = Path("x.ics").read_bytes()
    assert hairplan(f"{SMP} --today 2026-11-08").code == 0
    assert Path("x.ics").read_bytes() == first


def test_what_moved_has_a_higher_sequence_and_what_went_is_cancelled(hairplan: Run) -> None:
    hairplan(f"{SMP} --only sessions")
    assert set(held().values()) == {(0, "TENTATIVE")}
    hairplan(f"{SMP} --only sessions --sessions 2 --away 2026-12-15")
    shorter = {
        "1/2 Appointment": (0, "TENTATIVE"),
        "2/2 Appointment": (1, "TENTATIVE"),
        "Cancelled: 3/3 Appointment": (1, "CANCELLED"),
        "Provisional: follow-up": (1, "TENTATIVE"),
    }
    assert held() == shorter
    hairplan(f"{SMP} --only sessions --sessions 2 --away 2026-12-15")
    assert held() == shorter
    hairplan(f"{SMP} --only sessions")
    assert held() == {
        "1/3 Appointment": (0, "TENTATIVE"),
        "2/3 Appointment": (2, "TENTATIVE"),
        "3/3 Appointment": (2, "TENTATIVE"),
        "Provisional: follow-up": (2, "TENTATIVE"),
    }


def test_a_rehearsal_counts_what_would_be_written(hairplan: Run) -> None:
    hairplan(f"{SMP} --only sessions")
    ran = hairplan(f"{SMP} --only sessions --sessions 2 --dry-run")
    assert ran.out.startswith("would write 4 appointments to x.ics, ")


def test_a_feed_says_of_appointments_alone_that_they_are_gone(hairplan: Run) -> None:
    hairplan(f"{SMP} --feed")
    hairplan(f"{SMP} --feed --sessions 2")
    gone = [title for title in held() if title.startswith("Cancelled")]
    assert gone == ["Cancelled: 3/3 Appointment"]


def test_the_practice_s_titles_do_not_reach_a_patient(hairplan: Run) -> None:
    hairplan(f"{SMP} --audience practice")
    assert hairplan(f"{SMP} --sessions 2").code == 0
    assert b"A-17" not in Path("x.ics").read_bytes()
    assert not [title for title in held() if title.startswith("Cancelled")]


def test_an_event_that_cannot_be_read_is_passed_over(hairplan: Run) -> None:
    hairplan(f"{SMP} --only sessions")
    text = Path("x.ics").read_bytes()
    first, second, third, fourth = re.findall(rb"\nSEQUENCE:0\r", text)
    assert first == second == third == fourth
    text = text.replace(b"\nSEQUENCE:0\r", b"\nSEQUENCE:none\r", 1)
    text = text.replace(b"\nSEQUENCE:0\r", b"\nNOTE:0\r", 1)
    text = text.replace(b"\nSEQUENCE:0\r", b"\nSEQUENCE:7\r", 1)
    Path("x.ics").write_bytes(text[::-1].replace(b"siraP", b"amoR", 1)[::-1])
    hairplan(f"{SMP} --only sessions --away 2026-12-15 --away 2026-12-28..2026-12-29")
    assert [sequence for sequence, _ in held().values()] == [0, 0, 8, 0]


def test_a_file_of_several_plans_is_not_followed(hairplan: Run) -> None:
    Path("p.csv").write_text("ref,treatment,start\nA-17,smp,2026-12-01\nA-18,smp,2026-12-01\n")
    hairplan("batch p.csv -o x.ics --only sessions --audience patient")
    hairplan("schedule smp --start 2026-12-01 --ref A-17 -o x.ics --only sessions")
    assert {status for _, status in held().values()} == {"TENTATIVE"}


# ---- lists ----

LIST = "batch p.csv --out-dir out --name ref --zone Europe/Paris --only sessions"


@pytest.mark.parametrize("resume", ["", "--resume"])
def test_the_calendars_of_a_list_follow(hairplan: Run, resume: str) -> None:
    Path("p.csv").write_text("ref,treatment,start,time\nA-17,smp,2026-12-01,10h\n")
    hairplan(f"{LIST} --today 2026-11-01")
    first = Path("out/A-17.ics").read_bytes()
    hairplan(f"{LIST} --today 2026-11-08 {resume}")
    assert Path("out/A-17.ics").read_bytes() == first
    hairplan(f"{LIST} {resume} --closure 2026-12-15 --sessions 2")
    assert held("out/A-17.ics") == {
        "1/2 Appointment": (0, "TENTATIVE"),
        "2/2 Appointment": (1, "TENTATIVE"),
        "Cancelled: 3/3 Appointment": (1, "CANCELLED"),
        "Provisional: follow-up": (1, "TENTATIVE"),
    }


def test_a_plan_file_beside_a_calendar_that_followed_knows_it(hairplan: Run) -> None:
    Path("p.csv").write_text("ref,treatment,start\nA-17,smp,2026-12-01\n")
    hairplan(LIST)
    hairplan(f"{LIST} --resume --format ics,plan --sessions 2")
    held_then = held("out/A-17.ics")
    assert held_then["Cancelled: 3/3 Appointment"] == (1, "CANCELLED")
    ledger = decode(Path("out/A-17.plan.json").read_bytes(), "A-17").exports["patient"]
    assert len(ledger) == len(held_then)
    hairplan("schedule out/A-17.plan.json -o y.ics --only sessions")
    assert held("y.ics") == held_then


# ---- laws ----

PROTOCOL = load_protocol("smp", None)
REQUESTS = st.fixed_dictionaries(
    {},
    optional={
        "time": st.sampled_from([time(9), time(14, 30)]),
        "zone": st.sampled_from(["Europe/Paris", "Africa/Casablanca", "UTC"]),
        "sessions": st.integers(1, 5),
        "away": st.sampled_from([(Period(day("2026-12-08"), day("2026-12-20")),)]),
        "place": st.text("a,;\\\n:é🙂 \"'N", max_size=90),
        "answers": st.sampled_from([{"minoxidil": "no"}, {"minoxidil": "yes"}]),
    },
)
CHOICES = st.builds(
    CalendarChoice,
    audience=st.sampled_from(["patient", "practice"]),
    utc=st.booleans(),
    tentative=st.booleans(),
    care=st.sampled_from(["changes", "bars"]),
)


def asked(options: dict[str, Any]) -> Plan:
    options = {"zone": "Europe/Paris", **options}
    request = PlanRequest(start=day("2026-12-01"), ref="A-17", **options)
    return make_plan(PROTOCOL, request, today=TODAY)


def written(plan: Plan, update: CalendarUpdate) -> set[str]:
    return {event(item, plan.calendar_id, update.revisions) for item in update.items}


@given(st.lists(REQUESTS, min_size=2, max_size=4), CHOICES)
def test_a_file_tells_what_a_ledger_would(
    requests: list[dict[str, Any]], choice: CalendarChoice
) -> None:
    earlier = b""
    ledger: Ledger = {}
    for number, options in enumerate(requests):
        plan, stamp = asked(options), STAMP + timedelta(days=number)
        items: tuple[Item, ...] = items_of(plan, choice)
        words = calling_off_of(plan, choice.audience)
        by_ledger = follow(
            items,
            partial(ids_of, plan, choice),
            ledger,
            plan.calendar_id,
            stamp,
            calling_off=words,
        )
        by_file = follow_export(EarlierFile(earlier), plan, items, choice, stamp)
        if by_file is None:
            assert not number
            by_file = by_ledger
        assert written(plan, by_file) == written(plan, by_ledger)
        ledger = by_ledger.ledger
        shape = shape_for(plan, choice)
        earlier = render(by_file.items, plan.calendar_id, by_file.revisions, shape)


def test_a_first_export_is_written_as_if_nothing_was_there() -> None:
    plan, choice = asked({}), CalendarChoice()
    items = items_of(plan, choice)
    assert follow_export(EarlierFile(b""), plan, items, choice, STAMP) is None
    plain = render(items, plan.calendar_id, Revision(STAMP))
    assert follow_export(EarlierFile(plain), plan, items, choice, STAMP) is None
