"""What was recorded and what follows, in 2 to 8 lines of a terminal of 80 columns."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ran
from test_status_desk import OWN_COURSE

Run = Callable[[str], Ran]
SMP = "smp --start 2026-12-01 --time 14:30 --zone Europe/Paris --ref A-17 --answer minoxidil=no"
DONE = "--done course-1 --today 2026-12-01"
BOOKED = "--booked course-2 --today 2026-12-02"


Keep = Callable[..., None]


def said(hairplan: Run, command: str, form: str = "table") -> list[str]:
    ran = hairplan(f"{command} -f {form}")
    assert ran.code in {0, 1}
    found = ran.out.splitlines()
    assert len(found) <= 8
    return found


@pytest.mark.parametrize(
    ("records", "record", "expected"),
    [
        ([], "--done course-1=2026-12-03 --today 2026-12-03", [
            "course-1 done Thu 3 Dec 2026 14:30, was Tue 1 Dec 2026 14:30 (+2 d)",
            "so moved: course-2 Thu 17 Dec (+2 d), course-3 Thu 31 Dec (+2 d), touch-up-1",
            "          Sat 30 Jun 2029 (+1 d)",
            "avoid: exercise, sun, swimming Thu 3 Dec to Tue 8 Dec, again Wed 9 Dec",
            "next: course-2 Thu 17 Dec 2026 14:30: hairplan record p.plan.json --booked",
            "      course-2",
        ]),
        ([DONE], BOOKED, [
            "course-2 booked Tue 15 Dec 2026 14:30",
            "next: course-2 Tue 15 Dec 2026 14:30, booked",
        ]),
        ([DONE, BOOKED], "--missed course-2 --today 2026-12-16", [
            "course-2 missed Tue 15 Dec 2026 14:30; proposed again: Thu 17 Dec 2026 14:30, at",
            "         the latest Tue 22 Dec",
            "so waiting: course-3, touch-up-1",
            "next: course-2 Thu 17 Dec 2026 14:30: hairplan record p.plan.json --booked",
            "      course-2",
        ]),
        ([DONE, BOOKED], "--missed course-2 --today 2026-12-30", [
            "course-2 missed Tue 15 Dec 2026 14:30; proposed again: Thu 31 Dec 2026 14:30, 9",
            "         days after its latest day, Tue 22 Dec",
            "next: course-2 Thu 31 Dec 2026 14:30: hairplan record p.plan.json --booked",
            "      course-2",
        ]),
        ([DONE], "--skipped course-2 --today 2026-12-02", [
            "course-2 given up Tue 15 Dec 2026 14:30",
            "so moved: course-3 Tue 15 Dec (-14 d), touch-up-1 Fri 15 Jun 2029 (-14 d)",
            "avoid: exercise, sun, swimming Fri 15 Jun 2029 to Wed 20 Jun 2029, again",
            "       Thu 21 Jun 2029",
            "next: course-3 Tue 15 Dec 2026 14:30: hairplan record p.plan.json --booked",
            "      course-3",
        ]),
        ([DONE], "--add extra=2027-02-01 --today 2026-12-02", [
            "extra-1 added Mon 1 Feb 2027 14:30",
            "avoid: exercise, sun, swimming Mon 1 Feb to Sat 6 Feb, again Sun 7 Feb",
            "next: course-2 Tue 15 Dec 2026 14:30: hairplan record p.plan.json --booked",
            "      course-2",
        ]),
        ([DONE], "--answer autoimmune=no --today 2026-12-24", [
            "autoimmune: settled",
            "next: course-2 is overdue: done, missed, or booked again?",
        ]),
        ([DONE], "--place 'Room 2' --today 2026-12-02", [
            "nothing changes",
            "next: course-2 Tue 15 Dec 2026 14:30: hairplan record p.plan.json --booked",
            "      course-2",
        ]),
        ([DONE], "--answer pregnancy=yes --sex female --today 2026-12-10", [
            "! stopped from Thu 10 Dec 2026 on: what is ahead is cancelled; pregnancy:",
            "  contraindicated: not during a pregnancy, as a precaution; to be asked again",
            "  once it has ended (SMP-9)",
            "called off: course-2..3, touch-up-1",
        ]),
    ],
)  # fmt: skip
def test_what_was_recorded_and_what_follows(
    hairplan: Run, keep: Keep, records: list[str], record: str, expected: list[str]
) -> None:
    keep(SMP, *records)
    assert said(hairplan, f"record p.plan.json {record}") == expected


TRIP = "--away 2026-12-14..2026-12-16=trip --today 2026-12-03"


def test_a_booking_that_cannot_stand_is_said_first_and_how_to_move_it(
    hairplan: Run, keep: Keep
) -> None:
    keep(SMP, DONE, BOOKED)
    assert said(hairplan, f"record p.plan.json --dry-run {TRIP}") == [
        "! course-2: booked for Tue 15 Dec 2026, which is not possible: the patient is",
        "  away 14 Dec 2026..16 Dec 2026 (trip)",
        "next: course-2 Tue 15 Dec 2026 14:30, to be moved: hairplan record p.plan.json",
        "      --moved course-2=2026-12-13",
    ]
    assert hairplan(f"record p.plan.json {TRIP}").err == "recorded as entry 3 of p.plan.json\n"


def test_a_file_does_not_keep_from_the_terminal_that_a_booking_cannot_stand(
    hairplan: Run, keep: Keep
) -> None:
    keep(SMP, DONE, BOOKED)
    assert hairplan(f"record p.plan.json -o changes.txt {TRIP}").err == (
        "wrote what changes to changes.txt\n"
        "recorded as entry 3 of p.plan.json\n"
        "course-2: booked for Tue 2026-12-15, which is not possible: the patient is away"
        " 2026-12-14..2026-12-16 (trip)\n"
    )


def test_a_pipe_gets_days_as_iso_has_them(hairplan: Run, keep: Keep) -> None:
    keep(SMP)
    command = "record p.plan.json --done course-1=2026-12-03 --today 2026-12-03"
    assert said(hairplan, command, "plain")[1] == (
        "so moved: course-2 Thu 2026-12-17 (+2 d), course-3 Thu 2026-12-31 (+2 d), touch-up-1"
        " Sat 2029-06-30 (+1 d)"
    )


def test_what_is_taken_back_is_said(hairplan: Run, keep: Keep) -> None:
    keep(SMP, DONE, "--answer pregnancy=yes --sex female --today 2026-12-10")
    assert said(hairplan, "undo p.plan.json --today 2026-12-11") == [
        "no longer: stopped from Thu 10 Dec 2026 on: what is ahead is cancelled",
        "course-2 given back Tue 15 Dec 2026 14:30",
        "course-3 given back Tue 29 Dec 2026 14:30",
        "and 1 more: --full",
        "avoid: exercise, sun, swimming Tue 15 Dec to Sun 20 Dec, again Mon 21 Dec",
        "pregnancy: open",
        "next: course-2 Tue 15 Dec 2026 14:30: hairplan record p.plan.json --booked",
        "      course-2",
    ]


def test_many_are_counted_and_a_calendar_follows(hairplan: Run, keep: Keep) -> None:
    keep("microneedling --start 2026-12-01 --ref A-1")
    hairplan("schedule p.plan.json -o p.ics --today 2026-12-01")
    found = said(hairplan, "record p.plan.json --done course-1=2026-12-03 --today 2026-12-03")
    assert found == [
        "course-1 done Thu 3 Dec 2026, was Tue 1 Dec 2026 (+2 d)",
        "so moved: course-2 Thu 10 Dec (+2 d), course-3 Thu 17 Dec (+2 d), course-4",
        "          Thu 24 Dec (+2 d), and 11 more",
        "avoid: sun Thu 3 Dec to Fri 5 Mar, again Sat 6 Mar",
        "next: course-2 Thu 10 Dec 2026: hairplan record p.plan.json --booked course-2",
        "calendar: hairplan schedule p.plan.json --changes-only -o changes.ics",
    ]


def test_a_change_that_is_not_shown_is_counted(hairplan: Run, keep: Keep) -> None:
    keep(SMP, DONE)
    longer = said(hairplan, "record p.plan.json --extend sun=4d --today 2026-12-03")
    assert longer[0] == "avoid: sun at least Tue 1 Dec to Sat 5 Dec, again Sun 6 Dec"
    length = said(hairplan, "record p.plan.json --duration 3h --today 2026-12-03")
    assert length[0] == "4 changes in details: --full"


def test_what_does_not_count_is_said(hairplan: Run, keep: Keep) -> None:
    keep(SMP, DONE)
    uncounted = "--done course-1=2026-12-01 --not-counted --force --today 2026-12-02"
    assert said(hairplan, f"record p.plan.json {uncounted}")[0] == (
        "course-1: flagged: not counted: to be repeated"
    )


def test_answers_tasks_and_things_to_avoid_are_few(hairplan: Run, keep: Keep) -> None:
    keep(SMP.replace("=no", "=yes"))
    assert said(hairplan, "record p.plan.json --done consultation --today 2026-11-20") == [
        "consultation: done: Fri 20 Nov 2026",
        "next: course-1 Tue 1 Dec 2026 14:30: hairplan record p.plan.json --booked",
        "      course-1",
    ]
    Path("own.toml").write_text(OWN_COURSE)
    Path("p.plan.json").unlink()
    keep("./own.toml --start 2026-12-03 --ref A")
    moved = "--done course-1=2026-12-04 --force --today 2026-12-04"
    assert said(hairplan, f"record p.plan.json {moved}")[2:] == [
        "avoid: milk Wed 2 Dec to Fri 4 Dec, the appointment",
        "avoid: sun Fri 4 Dec to Wed 9 Dec, again Thu 10 Dec, then Fri 11 Dec to",
        "       Wed 16 Dec, again Thu 17 Dec",
        "and 2 more to avoid: --full",
        "next: course-2 Fri 11 Dec 2026: hairplan record p.plan.json --booked course-2",
    ]


def test_all_that_changes_is_in_full(hairplan: Run, keep: Keep) -> None:
    keep(SMP)
    found = hairplan(f"record p.plan.json {DONE.replace('12-01', '12-03')} --full").out
    assert found.splitlines()[:3] == ["What changes", "", "SESSIONS"]


def test_what_has_no_latest_day_is_proposed_again_without_one(hairplan: Run, keep: Keep) -> None:
    Path("own.toml").write_text(
        'format = 1\nid = "own"\nversion = "1"\ndate = 2026-01-01\nname = "Own"\nsummary = "ours"\n'
        '[[steps]]\nid = "course"\nname = "session"\ncount = 2\n'
        'spacing = { min = "2 weeks", preferred = "3 weeks" }\n'
    )
    keep("./own.toml --start 2026-12-01", DONE)
    record = "record p.plan.json --missed course-2 --today 2026-12-22"
    assert said(hairplan, record)[0] == (
        "course-2 missed Tue 22 Dec 2026; proposed again: Wed 23 Dec 2026"
    )


def test_what_is_over_at_a_time_of_its_last_day_ends_then(hairplan: Run, keep: Keep) -> None:
    keep("mesopecia --start 2026-12-01 --time 14:30 --zone Europe/Paris")
    found = said(hairplan, "record p.plan.json --done weekly-1=2026-12-02 --today 2026-12-02")
    assert "avoid: hair-dye Wed 2 Dec to Thu 3 Dec 15:00" in found


def test_a_stop_that_soon_follows_is_told_with_what_is_allowed_again(hairplan: Run) -> None:
    kept = "schedule smp --start 2026-12-01 --save p.plan.json --answer minoxidil=yes"
    assert hairplan(f"{kept} --today 2026-11-20").code == 0
    moved = hairplan("record p.plan.json --booked course-2=2026-12-17 --today 2026-11-20")
    assert (
        "avoid: minoxidil Tue 2026-11-24 to Tue 2026-12-08, again Wed 2026-12-09, then"
        " Thu 2026-12-10 to Thu 2027-01-07, again Fri 2027-01-08"
    ) in moved.out.splitlines()
