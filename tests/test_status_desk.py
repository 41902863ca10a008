"""Where a patient is, in a few lines: in a terminal of 80 columns no more than 12."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import OWN, Ran

Run = Callable[[str], Ran]
SMP = "smp --start 2026-12-01 --time 14:30 --zone Europe/Paris --ref A-17 --answer minoxidil=yes"
OWN_COURSE = (
    f'{OWN}[[steps]]\nid = "course"\nname = "session"\ncount = 2\nspacing.min = "5 days"\n'
    'spacing.preferred = "1 week"\n[restrictions]\nwine = { label = "no wine", after = "3 days" }\n'
    'tea = { label = "no tea", after = "4 days" }\nsun = { label = "no sun", after = "5 days" }\n'
    'milk = { label = "no milk", before = "2 days" }\n'
    '[tasks]\ncard = { label = "bring the card", session = "first", lead = "2 days",'
    ' blocks = true }\ncall = { label = "call", session = "first", lead = "3 days" }\n'
    'form = { label = "send the form", session = "first", lead = "4 days" }\n'
)


Keep = Callable[..., None]


def lines(hairplan: Run, today: str, form: str = "table") -> list[str]:
    ran = hairplan(f"status p.plan.json --today {today} -f {form}")
    assert (ran.code, ran.err) == (0, "")
    return ran.out.splitlines()


def test_a_new_plan(hairplan: Run, keep: Keep) -> None:
    keep(SMP)
    assert lines(hairplan, "2026-11-26") == [
        "A-17 · Scalp micropigmentation · Thu 26 Nov 2026",
        "Done       nothing yet",
        "Next       course-1  Tue 1 Dec 2026 14:30, in 5 days, not booked",
        "Then       course-2 Tue 15 Dec · course-3 Tue 29 Dec",
        "Avoid now  minoxidil until Tue 5 Jan (at least Sun 6 Dec), again Wed 6 Jan",
        "This week  Tue 1 Dec: avoid exercise, sun, swimming",
        "First      before course-1: consultation",
        "Ask        11 open questions: hairplan screen p.plan.json --ask",
        "To book    hairplan record p.plan.json --booked course-1",
    ]
    assert lines(hairplan, "2026-11-26", "plain") == [
        "patient  A-17  smp  2026-11-26",
        "done  nothing yet",
        "next  course-1  Tue 2026-12-01 14:30, in 5 days, not booked",
        "then  course-2 Tue 2026-12-15, course-3 Tue 2026-12-29, touch-up-1 Fri 2029-06-29",
        "avoid-now  minoxidil until Tue 2027-01-05 (at least Sun 2026-12-06), again Wed 2027-01-06",
        "this-week  Tue 2026-12-01: avoid exercise, sun, swimming",
        "first  before course-1: consultation",
        "ask  11 open questions: hairplan screen p.plan.json --ask",
        "to-book  hairplan record p.plan.json --booked course-1",
    ]


DONE = "--done course-1 --today 2026-12-01"


@pytest.mark.parametrize(
    ("records", "today", "expected"),
    [
        ([DONE, "--booked course-2 --today 2026-12-02"], "2026-12-14", []),
        ([DONE], "2026-12-24", ["! course-2 is overdue: its latest day was Tue 22 Dec"]),
        ([DONE], "2026-12-16",
         ["! course-2 was proposed for Tue 15 Dec 14:30: done, missed or moved?"]),
        ([DONE, "--booked course-2 --today 2026-12-02"], "2026-12-16",
         ["! course-2 was booked for Tue 15 Dec 14:30: done, missed or moved?"]),
        ([DONE, "--missed course-2 --today 2026-12-15"], "2026-12-16",
         ["! course-2 was missed: book it again, proposed Wed 16 Dec 14:30, at the latest",
          "  Tue 22 Dec"]),
        ([DONE, "--missed course-2 --today 2026-12-30"], "2026-12-30",
         ["! course-2 was missed: book it again, proposed Thu 31 Dec 14:30, 9 days after",
          "  its latest day, Tue 22 Dec"]),
        ([DONE, "--cancelled course-2 --cancelled course-3 --today 2026-12-10"], "2026-12-12",
         ["! course-2 was cancelled: book it again, proposed Tue 15 Dec 14:30, at the",
          "  latest Tue 22 Dec"]),
        ([DONE, "--done course-3=2026-12-29 --force --today 2026-12-29"], "2026-12-30",
         ["! course-2 was missed: book it again"]),
        ([DONE, "--booked course-2=2026-12-26 --today 2026-12-10"], "2026-12-12",
         ["! course-2: booked 4 days after its latest day, 22 Dec 2026 (course.spacing.max",
          "  3 weeks (SMP-2)); the plan goes on from there"]),
    ],
)  # fmt: skip
def test_what_is_not_as_it_should_be_comes_first(
    hairplan: Run, keep: Keep, records: list[str], today: str, expected: list[str]
) -> None:
    keep(SMP, *records)
    found = lines(hairplan, today)
    done = next(place for place, line in enumerate(found) if line.startswith("Done"))
    assert found[1:done] == expected
    assert len(found) <= 12


def test_a_plan_that_stopped_says_why_and_no_more(hairplan: Run, keep: Keep) -> None:
    keep(SMP, DONE, "--answer pregnancy=yes --sex female --today 2026-12-02")
    assert lines(hairplan, "2026-12-30") == [
        "A-17 · Scalp micropigmentation · Wed 30 Dec 2026",
        "! stopped from Wed 2 Dec 2026 on: what is ahead is cancelled; pregnancy:",
        "  contraindicated: not during a pregnancy, as a precaution; to be asked again",
        "  once it has ended (SMP-9)",
        "Done       1 of 3: course-1 Tue 1 Dec",
    ]


def test_what_waits_is_a_run(hairplan: Run, keep: Keep) -> None:
    keep("mesopecia --start 2026-12-01", "--done weekly-1 --today 2026-12-01")
    assert lines(hairplan, "2026-12-20")[2:4] == [
        "Done       1 of 8: weekly-1 Tue 1 Dec",
        "Waits      weekly-3..4, fortnightly-1..4, maintenance-1..9: for weekly-2",
    ]


def test_many_things_are_counted(hairplan: Run, keep: Keep) -> None:
    Path("own.toml").write_text(OWN_COURSE)
    keep("./own.toml --start 2026-12-03 --time 9:00 --zone Europe/Paris")
    found = lines(hairplan, "2026-11-29")
    assert found[0].startswith("plan ")
    assert found[1:] == [
        "Done       nothing yet",
        "Next       course-1  Thu 3 Dec 2026 09:00, in 4 days, not booked",
        "Then       course-2 Thu 10 Dec",
        "This week  Sun 29 Nov: form",
        "           Mon 30 Nov: call",
        "           and 2 more: --full",
        "First      before course-1: card, by Tue 1 Dec",
        "To book    hairplan record p.plan.json --booked course-1",
    ]
    assert "this-week  Tue 2026-12-01: card; avoid milk" in lines(hairplan, "2026-11-29", "plain")
    assert "Avoid now  milk until Thu 3 Dec, the appointment" in lines(hairplan, "2026-12-02")
    assert lines(hairplan, "2026-12-03")[4:7] == [
        "Avoid now  milk until Thu 3 Dec, the appointment",
        "           sun until Tue 8 Dec, again Wed 9 Dec",
        "           and 2 more: --full",
    ]


def test_what_has_no_latest_day_is_booked_again_and_a_newer_protocol_is_named(
    hairplan: Run, keep: Keep
) -> None:
    Path("own.toml").write_text(OWN_COURSE)
    missed = "--missed course-2 --today 2026-12-10"
    keep("./own.toml --start 2026-12-03", "--done course-1 --force --today 2026-12-03", missed)
    Path("own.toml").write_text(OWN_COURSE.replace("4 days", "9 days"))
    found = lines(hairplan, "2026-12-12")
    assert found[1:4] == [
        "! course-2 was missed: book it again, proposed Sat 12 Dec",
        "Protocol   own 3 is there, and this plan follows another 3: hairplan record",
        "           p.plan.json --newest --dry-run shows what it would change",
    ]


def test_how_far_a_session_was_from_its_window_is_said(hairplan: Run, keep: Keep) -> None:
    late = "--done course-2=2026-12-26 --today 2026-12-26"
    early = "--done course-2=2026-12-09 --today 2026-12-26 --force --not-counted"
    keep(SMP, DONE, late)
    assert lines(hairplan, "2026-12-26")[1].endswith("course-2 Sat 26 Dec (4 days late)")
    hairplan("undo p.plan.json --today 2026-12-26")
    hairplan(f"record p.plan.json {early}")
    found = " ".join(lines(hairplan, "2026-12-26"))
    assert "course-2 Wed 9 Dec (2 days early, not counted)" in " ".join(found.split())


@pytest.mark.parametrize(
    ("treatment", "first"),
    [("smp", "course-1"), ("mesopecia", "weekly-1"), ("microneedling", "course-1"),
     ("mesotherapy", "course-1")],
)  # fmt: skip
def test_a_status_has_12_lines_at_most(
    hairplan: Run, keep: Keep, treatment: str, first: str
) -> None:
    keep(f"{treatment} --start 2026-12-01 --ref A-1", f"--done {first} --today 2026-12-01")
    for today in ("2026-11-25", "2026-12-02", "2026-12-07", "2026-12-09", "2026-12-18",
                  "2027-01-20"):  # fmt: skip
        assert 5 <= len(lines(hairplan, today)) <= 12
        assert all(len(line) <= 80 for line in lines(hairplan, today))


def test_what_is_over_at_a_time_of_its_last_day_ends_then(hairplan: Run, keep: Keep) -> None:
    keep("mesopecia --start 2026-12-01 --time 14:30 --zone Europe/Paris")
    assert "Avoid now  hair-dye until Wed 2 Dec 15:00" in lines(hairplan, "2026-12-01")
