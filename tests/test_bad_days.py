"""Days on which much goes wrong at once: nothing is lost, nothing hangs, nothing is unsaid."""

import json
import os
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ran, day, own_plan

from hairplan.dates.spans import Period
from hairplan.errors import OutputError
from hairplan.files.marks import is_plan_file
from hairplan.files.store import check_writable, write_file, write_new_file

Run = Callable[[str], Ran]

KEEP = "schedule smp --start 2026-12-01 --id a17 --save anna.plan.json"


def life(hairplan: Run, keep: str, *records: str) -> list[Ran]:
    """Keep a plan as x.plan.json and record in it; return what each recording left behind."""
    assert hairplan(f"schedule {keep} --save x.plan.json").code == 0
    return [hairplan(f"record x.plan.json {record}") for record in records]


# ---- a plan file is written by nothing but `record` ----


@pytest.mark.parametrize(
    "command",
    [
        "schedule anna.plan.json -o anna.plan.json",
        "schedule anna.plan.json -f json -o anna.plan.json --force",
        "schedule smp --start 2026-12-01 --id a17 -o anna.plan.json",
        "schedule smp --start 2026-12-01 --id a17 -f ics -o anna.plan.json --force",
        "status anna.plan.json -f json -o anna.plan.json --force",
        "history anna.plan.json -f json -o anna.plan.json --force",
        "show smp -f json -o anna.plan.json --force",
        "schema -o anna.plan.json --force",
        "batch list.csv -f jsonl -o anna.plan.json --force",
        "batch list.csv --out-dir . --report anna.plan.json --force",
    ],
)
@pytest.mark.parametrize("laid_out", [2, None])
def test_nothing_replaces_a_plan_file(hairplan: Run, command: str, laid_out: int | None) -> None:
    assert hairplan(KEEP).code == 0
    path = Path("anna.plan.json")
    if laid_out is None:
        kept = json.loads(path.read_bytes())
        path.write_text(json.dumps({key: kept[key] for key in sorted(kept, reverse=True)}))
    Path("list.csv").write_text("ref,treatment,start\nA-1,smp,nonsense\n")
    before = path.read_bytes()
    ran = hairplan(command)
    assert ran.code == 2
    assert "anna.plan.json: is a plan file, which holds what was recorded" in ran.err
    assert path.read_bytes() == before


def test_a_damaged_plan_file_is_one_still() -> None:
    assert is_plan_file(b'{\n  "format": 1,\n  "id": "a17",\n  "made": "2026-')
    assert not is_plan_file(b'{\n  "format": 1,\n  "id": "a17",\n  "protocol": {')


def test_of_two_that_keep_a_plan_under_one_name_one_is_told(tmp_path: Path) -> None:
    path, kept = tmp_path / "anna.plan.json", []
    barrier = threading.Barrier(8)

    def keep(number: int) -> None:
        barrier.wait()
        if write_new_file(path, b"%d" % number):
            kept.append(b"%d" % number)

    threads = [threading.Thread(target=keep, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept == [path.read_bytes()]
    assert [found.name for found in tmp_path.iterdir()] == ["anna.plan.json"]


def test_without_links_a_new_file_is_claimed_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "anna.plan.json"
    assert [write_new_file(path, data) for data in (b"1", b"2")] == [True, False]
    assert path.read_bytes() == b"1"
    assert path.stat().st_mode & 0o777 == 0o600


def test_another_program_may_be_quicker(hairplan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hairplan.cli.plan_files.write_new_file", lambda *_: False)
    ran = hairplan(KEEP)
    assert ran.code == 2
    assert ran.err.startswith("error: anna.plan.json: exists already, and a plan is never overwr")


def test_a_reference_does_not_make_the_name_of_a_plan_file(hairplan: Run) -> None:
    Path("list.csv").write_text(
        "ref,treatment,start\nanna,smp,2026-12-01\nanna.PLAN,smp,2026-12-02\n"
    )
    command = "batch list.csv --out-dir out --name ref --format json,plan --force"
    ran = hairplan(command)
    assert ran.code == 0
    names = sorted(path.name for path in Path("out").glob("anna*"))
    assert names[:2] == ["anna.json", "anna.plan.json"]
    assert len(names) == 4
    assert json.loads(Path("out/anna.plan.json").read_bytes())["request"]["ref"] == "anna"


def test_a_batch_leaves_a_plan_file_alone_whatever_its_name(hairplan: Run) -> None:
    assert hairplan(KEEP).code == 0
    Path("out").mkdir()
    Path("anna.plan.json").rename("out/anna.json")
    before = Path("out/anna.json").read_bytes()
    Path("list.csv").write_text("ref,treatment,start\nanna,smp,2026-12-01\n")
    ran = hairplan("batch list.csv --out-dir out --name ref --format json --force")
    assert ran.code == 1
    assert "a plan is never overwritten" in ran.err
    assert Path("out/anna.json").read_bytes() == before


def test_forcing_replaces_any_other_file(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("mine")
    with pytest.raises(OutputError, match="exists already"):
        check_writable(path)
    write_file(path, b"new", force=True)
    assert path.read_bytes() == b"new"


# ---- what a life brings ----


@pytest.mark.parametrize("order", [1, -1])
def test_what_a_stop_cancels_is_in_the_plan_once(hairplan: Run, order: int) -> None:
    records = ["--answer pregnancy=yes", "--cancelled course-2"][::order]
    life(hairplan, "smp --start 2026-12-16", *(f"{each} --today 2026-12-17" for each in records))
    plan = json.loads(hairplan("schedule x.plan.json -f json --today 2026-12-18").out)
    named = Counter(session["id"] for session in plan["sessions"])
    assert set(named.values()) == {1}
    second = next(session for session in plan["sessions"] if session["id"] == "course-2")
    assert (second["status"], second["planned"]) == ("cancelled", None)
    assert "course-2" not in hairplan("status x.plan.json --today 2026-12-18").out


@pytest.mark.parametrize("anchor", ["rolling", "fixed"])
def test_what_is_booked_late_on_a_closed_day_is_refused(hairplan: Run, anchor: str) -> None:
    _, refused, forced = life(
        hairplan,
        f"smp --start 2026-12-16 --closed sat,sun --anchor {anchor}",
        "--done course-1=2026-12-16 --done course-3=2027-01-13 --today 2027-01-13",
        "--moved course-2=2027-01-16 --today 2027-01-13",
        "--moved course-2=2027-01-16 --today 2027-01-13 --force",
    )
    assert refused.code == 4
    assert "course-2: booked for Sat 2027-01-16, which is closed: Saturday" in refused.err
    assert forced.code == 1
    assert "which is closed: Saturday" in hairplan("schedule x.plan.json --today 2027-01-13").out


def test_one_session_more_is_asked_for_once(hairplan: Run) -> None:
    _, _, late = life(
        hairplan,
        "smp --start 2028-06-04 --on-late restart",
        "--done course-2=2028-12-09 --today 2028-12-09",
        "--moved course-3=2031-04-05 --event transplant=2031-06-15 --today 2031-04-05 --force",
        "--event chemotherapy-end=2031-04-20 --today 2031-04-12",
    )[-3:]
    assert "recorded as entry 3" in late.err


def test_a_session_more_finds_a_day_beyond_the_horizon(hairplan: Run) -> None:
    *_, late = life(
        hairplan,
        "smp --start 2026-12-01 --closed sat,sun --on-late extra",
        "--done course-1=2026-12-01 --done course-2=2026-12-15"
        " --closure 2030-02-09..2030-02-24=holiday --today 2026-12-15",
        "--done course-3=2030-02-01 --today 2030-02-01",
    )
    assert "the nearest day is Mon 2030-02-25, 3 days late" in late.err


@pytest.mark.parametrize("order", [1, -1])
def test_a_contraindication_is_recorded_whatever_was_done(hairplan: Run, order: int) -> None:
    records = [
        "--done maintenance-2=2027-01-11 --today 2027-01-11",
        "--answer pregnancy=yes --today 2027-02-10",
    ][::order]
    assert [ran.code for ran in life(hairplan, "microneedling --start 2026-12-15", *records)] == [
        0, 0,
    ]  # fmt: skip
    plan = json.loads(hairplan("schedule x.plan.json -f json --today 2027-02-11").out)
    assert plan["problem"]["kind"] == "stopped"


def test_what_hangs_on_a_day_that_does_not_take_place_has_either_price(hairplan: Run) -> None:
    Path("p.toml").write_text(
        'format = 1\nid = "p"\nversion = "1"\ndate = 2026-11-01\nname = "p"\nsummary = "p"\n'
        '[[steps]]\nid = "course"\nname = "s"\ncount = 2\n'
        'spacing = { min = "1 month", preferred = "1 month" }\n'
        '[[steps]]\nid = "look"\nname = "l"\ncount = 1\nkind = "touch-up"\nanchor = "course.last"\n'
        'spacing = { min = "1 month", preferred = "1 month" }\n'
        'price = { min = 10, max = 20, currency = "EUR", within = "2 months",'
        " later = { min = 30, max = 50 } }\n"
        '[questions]\nill = { ask = "Ill?" }\n'
        '[rules]\nstop = { outcome = "contraindicated", says = "not when ill",'
        ' question = "ill" }\n'
    )
    *_, stopped = life(
        hairplan,
        "./p.toml --start 2026-12-01",
        "--done look-1=2026-12-20 --today 2026-12-20 --force",
        "--answer ill=yes --today 2026-12-21",
    )
    assert stopped.code == 0, stopped.err
    plan = json.loads(hairplan("schedule x.plan.json -f json --today 2026-12-21").out)
    assert (plan["cost"]["min"], plan["cost"]["max"]) == (10, 50)


# ---- the horizon bounds what repeats, never a session of the course ----


@pytest.mark.parametrize(
    ("start", "closed", "count", "spacing", "expected"),
    [
        ("2026-12-07", ("fri",), 2, "13 months", ["2026-12-07", "2028-01-08"]),
        (
            "2027-03-29", ("mon", "tue", "wed", "thu"), 4, "4 months",
            ["2027-04-02", "2027-08-06", "2027-12-10", "2028-04-14"],
        ),
        (
            "2027-11-19", ("tue", "thu", "sat", "sun"), 4, "6 months",
            ["2027-11-19", "2028-05-19", "2028-11-20", "2029-05-21"],
        ),
    ],
)  # fmt: skip
def test_a_session_beyond_the_horizon_has_a_choice_of_days(
    start: str, closed: tuple[str, ...], count: int, spacing: str, expected: list[str]
) -> None:
    text = (
        f'[[steps]]\nid = "course"\nname = "s"\ncount = {count}\n'
        f'spacing = {{ min = "{spacing}", preferred = "{spacing}" }}\n'
    )
    found = own_plan(text, start=day(start), closed=closed)
    assert [str(session.planned) for session in found.sessions] == expected


def test_what_fills_a_window_is_said_shortly() -> None:
    text = (
        '[[steps]]\nid = "course"\nname = "s"\ncount = 2\n'
        'spacing = { min = "1 day", preferred = "1 month", max = "60 days" }\n'
    )
    weekdays = ("mon", "tue", "wed", "thu", "fri", "sat")
    closed = Period(day("2027-01-04"), day("2027-03-10"), "works")
    found = own_plan(text, start=day("2027-01-03"), closed=weekdays, closures=(closed,))
    assert found.problem is not None
    assert found.problem.what.endswith("its window 2027-01-04..2027-03-04 has no free day")
    assert found.problem.why[0] == (
        "2027-01-04, 2027-01-11, 2027-01-18, 2027-01-25, 4 more like it, 2027-03-01: closed: Monday"
    )
    assert len(found.problem.why) == 7


# ---- hours, and files that cannot be written ----


def test_hours_that_leave_only_a_night_between_sessions_are_one_period() -> None:
    """The evening after the one and the morning before the next leave no free day."""
    found = own_plan(
        '[[steps]]\nid = "course"\nname = "session"\ncount = 3\n'
        'spacing = { min = "5 days", preferred = "5 days" }\n'
        '[restrictions]\nwash = { label = "no washing", before = "48 hours",'
        ' after = "2 days at 21:00" }\n'
    )
    (washing,) = found.restrictions
    assert [(str(each.first), str(each.last)) for each in washing.ideal] == [
        ("2027-01-02", "2027-01-16")
    ]
    assert any("no washing: without a free day" in note for note in found.notes)


def test_no_calendar_goes_out_that_the_plan_file_cannot_be_told_of(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    hairplan("schedule smp --start 2026-12-01 --zone UTC --save anna.plan.json")

    def full(*_: object) -> None:
        raise OutputError("anna.plan.json: cannot be written: No space left on device")

    monkeypatch.setattr("hairplan.cli.plan_files.replace_file", full)
    ran = hairplan("schedule anna.plan.json -o anna.ics")
    assert ran.code == 2
    assert "No space left on device" in ran.err
    assert not Path("anna.ics").exists()
