"""Exports of all plan files of a folder: calendars, sheets, a table."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from conftest import Ran, strict_faults
from icalendar import Calendar
from test_batch_reliability import OVER_AND_OVER, ROUNDS, kill_at, run
from test_cli import errors

from hairplan.batch import kept_plans, workers
from hairplan.batch.row_processor import RowTask
from hairplan.files.plan_file import decode
from hairplan.files.store import locked

Run = Callable[[str], Ran]


def said(ran: Ran) -> list[str]:
    return ran.err.splitlines()


def keep_plans(hairplan: Run, count: int = 3, folder: str = "plans") -> None:
    treatments = ("smp", "mesotherapy", "microneedling")
    rows = "".join(
        f"A-{n},{treatments[n % 3]},2026-12-{n % 28 + 1:02},10:00\n" for n in range(count)
    )
    Path("p.csv").write_text(f"ref,treatment,start,time\n{rows}")
    ran = hairplan(f"batch p.csv --zone Europe/Paris --out-dir {folder} -f plan --name ref")
    assert ran.code == 0


def visible(folder: str) -> dict[str, bytes]:
    paths = (path for path in Path(folder).iterdir() if not path.name.startswith("."))
    return {path.name: path.read_bytes() for path in paths}


def test_each_plan_has_a_calendar_and_only_what_changed_is_written(hairplan: Run) -> None:
    keep_plans(hairplan)
    ran = hairplan("export plans --out-dir cal")
    assert (ran.code, said(ran)) == (0, ["3 plans: 3 changed, 0 as before; written to cal"])
    before = visible("cal")
    assert sorted(before) == ["A-0.ics", "A-1.ics", "A-2.ics"]
    ran = hairplan("export plans --out-dir cal")
    assert said(ran) == ["3 plans: 0 changed, 3 as before; written to cal"]
    assert visible("cal") == before
    hairplan("record plans/A-0.plan.json --moved course-2=2026-12-17")
    ran = hairplan("export plans --out-dir cal")
    assert said(ran) == ["3 plans: 1 changed, 2 as before; written to cal"]
    after = visible("cal")
    assert {name for name in after if after[name] != before[name]} == {"A-0.ics"}
    assert b"SEQUENCE:1" in after["A-0.ics"]
    # It is what `schedule` exports of the plan file.
    assert hairplan("schedule plans/A-0.plan.json -o one.ics").code == 0
    assert Path("one.ics").read_bytes() == after["A-0.ics"]


def test_what_is_missing_is_made_again(hairplan: Run) -> None:
    keep_plans(hairplan)
    hairplan("export plans --out-dir cal")
    whole = visible("cal")
    Path("cal/A-1.ics").unlink()
    ran = hairplan("export plans --out-dir cal --quiet")
    assert (ran.err, visible("cal")) == ("", whole)


def test_every_form_can_be_had(hairplan: Run) -> None:
    keep_plans(hairplan, 1)
    forms = "ics,sheet,json,csv,markdown"
    assert hairplan(f"export plans --out-dir cal -f {forms}").code == 0
    names = ["A-0.csv", "A-0.html", "A-0.ics", "A-0.json", "A-0.md"]
    before = visible("cal")
    assert sorted(before) == names
    # The day on a sheet is no change.
    ran = hairplan(f"export plans --out-dir cal -f {forms} --today 2026-11-02")
    assert said(ran) == ["1 plan: 0 changed, 1 as before; written to cal"]
    assert visible("cal") == before
    hairplan("export plans --out-dir sheets -f sheet")
    assert decode(Path("plans/A-0.plan.json").read_bytes(), "x").exports.keys() == {"patient"}


def test_the_practice_has_one_calendar(hairplan: Run) -> None:
    keep_plans(hairplan)
    ran = hairplan("export plans -o practice.ics")
    assert said(ran)[0] == "3 plans: 3 changed, 0 as before; written to practice.ics"
    first = Path("practice.ics").read_bytes()
    assert strict_faults(first) == []
    ran = hairplan("export plans -o practice.ics")
    assert said(ran)[0] == "3 plans: 0 changed, 3 as before; written to practice.ics"
    assert Path("practice.ics").read_bytes() == first
    hairplan("record plans/A-0.plan.json --cancelled course-2")
    ran = hairplan("export plans -o practice.ics")
    assert said(ran)[0] == "3 plans: 1 changed, 2 as before; written to practice.ics"
    events = Calendar.from_ical(Path("practice.ics").read_bytes()).walk("VEVENT")
    assert "CANCELLED" in {str(event["status"]) for event in events}
    Path("other.ics").write_bytes(first)
    assert errors(hairplan("export plans -o other.ics")) == [
        "other.ics: exists already: choose another name, or --force"
    ]


def test_one_calendar_holds_a_plan_once_however_many_copies_its_file_has(hairplan: Run) -> None:
    keep_plans(hairplan, 1)
    shutil.copytree("plans", "copies")
    for changed in ("1 changed, 0", "0 changed, 1"):
        ran = hairplan("export copies plans -o practice.ics")
        assert (ran.code, said(ran)[:2]) == (
            1,
            [
                "failed: plans/A-0.plan.json: the same plan as an earlier file: a calendar cannot"
                " hold it twice",
                f"2 plans: {changed} as before, 1 failed; written to practice.ics",
            ],
        )
        text = Path("practice.ics").read_text()
        assert text.count("UID:") == len(set(re.findall("UID:.*", text)))


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_one_table_has_all_plans(hairplan: Run, form: str) -> None:
    keep_plans(hairplan)
    ran = hairplan(f"export plans -o all.{form}")
    assert said(ran) == [f"3 plans; written to all.{form}"]
    text = Path(f"all.{form}").read_text()
    assert all(f"A-{number}" in text for number in range(3))
    assert hairplan(f"export plans -o - -f {form}").out.splitlines() == text.splitlines()


def test_a_plan_file_that_cannot_be_read_stops_no_other(hairplan: Run) -> None:
    keep_plans(hairplan)
    Path("plans/A-1.plan.json").write_text("x")
    with locked(Path("plans/A-2.plan.json")):
        ran = hairplan("export plans --out-dir cal")
    assert (ran.code, said(ran)) == (
        1,
        [
            "failed: plans/A-1.plan.json: not valid JSON: line 1, column 1: expecting value",
            "failed: plans/A-2.plan.json: another hairplan is changing it: try again",
            "3 plans: 1 changed, 0 as before, 2 failed; written to cal",
        ],
    )
    assert sorted(visible("cal")) == ["A-0.ics"]


def test_a_plan_without_dates_is_said(hairplan: Run) -> None:
    keep_plans(hairplan, 1)
    Path("clinic.toml").write_text('closures = ["2026-11-02..2028-01-01"]\n')
    ran = hairplan("export plans --out-dir cal --config clinic.toml")
    assert ran.code == 1
    assert said(ran)[0].startswith("refused: plans/A-0.plan.json: ")
    assert said(ran)[-1] == "1 plan: 0 changed, 0 as before, 1 refused; written to cal"


def test_names_of_plans_in_several_folders_stay_apart(hairplan: Run) -> None:
    keep_plans(hairplan, 1, "one")
    keep_plans(hairplan, 2, "two")
    ran = hairplan("export one two --out-dir cal")
    assert said(ran) == ["3 plans: 3 changed, 0 as before; written to cal"]
    assert sorted(visible("cal")) == ["A-0-2.ics", "A-0.ics", "A-1.ics"]


def test_calendars_may_lie_beside_their_plan_files(hairplan: Run) -> None:
    keep_plans(hairplan)
    assert hairplan("export plans --out-dir plans").code == 0
    assert sorted(visible("plans"))[:2] == ["A-0.ics", "A-0.plan.json"]
    # The batch that made the plans goes on as before.
    again = "batch p.csv --zone Europe/Paris --out-dir plans -f plan --name ref --resume"
    assert said(hairplan(again))[-1].startswith("3 rows: 3 plans (3 unchanged)")


def test_a_rehearsal_changes_nothing(hairplan: Run) -> None:
    keep_plans(hairplan)
    before = visible("plans")
    ran = hairplan("export plans --out-dir cal --dry-run")
    assert said(ran) == ["3 plans: 3 changed, 0 as before; nothing is written to cal: a rehearsal"]
    assert hairplan("export plans -o practice.ics --dry-run").code == 0
    assert visible("plans") == before
    assert not Path("cal").exists()
    assert not Path("practice.ics").exists()


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ("plans", "--out-dir or --output: say where the plans go: a folder, or one file"),
        ("plans --out-dir x -f plan", "--format: plan: they are plan files already"),
        ("nothing --out-dir x", "nothing: is not there: name a folder or a plan file"),
    ],
)
def test_what_cannot_be_done_is_said(hairplan: Run, options: str, fault: str) -> None:
    keep_plans(hairplan)
    assert errors(hairplan(f"export {options}")) == [fault]


def test_several_processes_write_the_same(hairplan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_plans(hairplan, 20)
    shutil.copytree("plans", "again")
    hairplan("export plans --out-dir one")
    monkeypatch.setattr(workers, "_CHUNK_ROWS", 4)
    assert hairplan("export again --out-dir two --jobs 2").code == 0
    assert visible("one") == visible("two")
    assert visible("plans") == visible("again")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_an_export_that_is_killed_and_goes_on_ends_in_the_same_bytes(
    hairplan: Run, tmp_path: Path
) -> None:
    keep_plans(hairplan, 24)
    shutil.copytree("plans", "fresh")
    moments = random.Random(1)  # noqa: S311 - nothing secret
    command = [sys.executable, "-c", OVER_AND_OVER, "export", "plans", "--out-dir", "cal"]
    pipe = subprocess.PIPE
    halves = 0
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as maker:
        run(maker)
        whole, told = visible("cal"), visible("plans")
        for number in range(ROUNDS):
            for folder in ("cal", "plans"):
                shutil.rmtree(folder)
            shutil.copytree("fresh", "plans")
            Path("cal").mkdir()
            files, delay = moments.randint(1, len(whole) + 2), moments.uniform(0, 0.005)
            run(maker, partial(kill_at, files, tmp_path / "cal", delay))
            halves += 2 < len(visible("cal")) < len(whole)
            run(maker)
            assert (visible("cal"), visible("plans")) == (whole, told), number
        maker.communicate(timeout=60)
    assert halves > ROUNDS / 4, "it was killed in the middle"


def test_an_export_that_is_interrupted_goes_on(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_plans(hairplan)
    process = kept_plans.KeptProcessor.process

    def interrupted(self: kept_plans.KeptProcessor, task: RowTask) -> object:
        if task.row.number == 2:
            signal.raise_signal(signal.SIGINT)
        return process(self, task)

    monkeypatch.setattr(kept_plans.KeptProcessor, "process", interrupted)
    ran = hairplan("export plans --out-dir cal")
    assert (ran.code, said(ran)[-1]) == (130, "2 plans: 2 changed, 0 as before; written to cal")
    monkeypatch.setattr(kept_plans.KeptProcessor, "process", process)
    ran = hairplan("export plans --out-dir cal")
    assert said(ran) == ["3 plans: 1 changed, 2 as before; written to cal"]


def test_the_days_of_the_clinic_hold_as_they_are_by_now(hairplan: Run) -> None:
    keep_plans(hairplan, 1)
    hairplan("export plans -o all.jsonl")
    Path("clinic.toml").write_text('closures = ["2026-12-15"]\n')
    ran = hairplan("export plans -o closed.jsonl --config clinic.toml")
    assert ran.code == 0
    days = [
        [session["planned"] for session in json.loads(Path(name).read_text())["sessions"]]
        for name in ("all.jsonl", "closed.jsonl")
    ]
    assert "2026-12-15" in days[0]
    assert "2026-12-15" not in days[1]


def test_a_folder_without_plans_is_told(hairplan: Run) -> None:
    Path("calendars").mkdir()
    ran = hairplan("export calendars --out-dir out")
    assert (ran.code, ran.err) == (0, "no plan files (*.plan.json) there; written to out\n")


# ---- plans that are over ----


OVER = ("--ended today", "--answer pregnancy=yes --sex female")


@pytest.mark.parametrize("record", OVER)
def test_the_calendar_of_a_plan_that_is_over_calls_off_what_was_ahead(
    hairplan: Run, record: str
) -> None:
    keep_plans(hairplan, 1)
    hairplan("export plans --out-dir cal")
    hairplan(f"record plans/A-0.plan.json {record} --today 2026-11-20")
    ran = hairplan("export plans --out-dir cal --today 2026-11-20")
    assert (ran.code, said(ran)) == (0, ["1 plan: 1 changed, 0 as before; written to cal"])
    events = Calendar.from_ical(visible("cal")["A-0.ics"]).walk("VEVENT")
    ahead = [event for event in events if "Appointment" in str(event["SUMMARY"])]
    assert [event["STATUS"] for event in ahead] == ["CANCELLED"] * 3
    ran = hairplan("export plans --out-dir cal --today 2026-11-27")
    assert (ran.code, said(ran)) == (0, ["1 plan: 0 changed, 1 as before; written to cal"])


@pytest.mark.parametrize("record", OVER)
def test_the_practice_is_told_as_well(hairplan: Run, record: str) -> None:
    keep_plans(hairplan, 2)
    hairplan("export plans -o practice.ics")
    hairplan(f"record plans/A-0.plan.json {record} --today 2026-11-20")
    assert hairplan("export plans -o practice.ics --today 2026-11-20").code == 0
    text = Path("practice.ics").read_text("utf-8")
    assert text.count("STATUS:CANCELLED") >= 3


@pytest.mark.parametrize("record", OVER)
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("--out-dir cal", "2 plans: 1 changed, 0 as before, 1 with nothing to export"),
        ("--out-dir cal -f sheet,csv", "2 plans: 1 changed, 0 as before, 1 with nothing to export"),
        ("-o all.ics", "2 plans: 1 changed, 0 as before, 1 with nothing to export"),
        ("-o all.csv", "2 plans: 1 with nothing to export"),
        ("-o all.jsonl", "2 plans"),
        ("--out-dir cal -f ics,json", "2 plans: 2 changed, 0 as before"),
    ],
)
def test_a_plan_that_was_over_before_any_export_is_passed_over(
    hairplan: Run, record: str, options: str, expected: str
) -> None:
    keep_plans(hairplan, 2)
    hairplan(f"record plans/A-0.plan.json {record} --today 2026-11-20")
    ran = hairplan(f"export plans {options} --today 2026-11-20")
    assert (ran.code, said(ran)[0].partition(";")[0]) == (0, expected)
    # Only JSON has a word for it.
    written = {path.name for path in Path("cal").glob("A-0*")}
    assert written == ({"A-0.json"} if "json" in options and Path("cal").exists() else set())


def test_where_all_plans_are_over_there_is_no_calendar(hairplan: Run) -> None:
    keep_plans(hairplan, 1)
    hairplan("record plans/A-0.plan.json --ended today --today 2026-11-20")
    ran = hairplan("export plans -o all.ics --today 2026-11-20")
    summary = "1 plan: 0 changed, 0 as before, 1 with nothing to export"
    assert (ran.code, said(ran)) == (0, [f"{summary}; nothing is written to all.ics"])
    assert not Path("all.ics").exists()


def test_the_calendar_beside_a_sheet_calls_off_what_was_ahead(hairplan: Run) -> None:
    keep_plans(hairplan, 1)
    export = "export plans --out-dir cal -f ics,sheet --today"
    hairplan(f"{export} 2026-11-19")
    sheet = visible("cal")["A-0.html"]
    hairplan("record plans/A-0.plan.json --ended today --today 2026-11-20")
    ran = hairplan(f"{export} 2026-11-20")
    assert (ran.code, said(ran)) == (0, ["1 plan: 1 changed, 0 as before; written to cal"])
    assert b"STATUS:CONFIRMED" not in visible("cal")["A-0.ics"]
    assert visible("cal")["A-0.html"] == sheet
    ran = hairplan(f"{export} 2026-11-27")
    assert (ran.code, said(ran)) == (0, ["1 plan: 0 changed, 1 as before; written to cal"])


def test_a_row_whose_plan_is_over_has_no_files_and_is_no_fault(hairplan: Run) -> None:
    keep_plans(hairplan, 1)
    hairplan("record plans/A-0.plan.json --ended today --today 2026-11-20")
    ran = hairplan(
        "batch p.csv --zone Europe/Paris --out-dir plans -f plan,ics --name ref --resume"
        " --today 2026-11-20"
    )
    assert (ran.code, said(ran)[-2:]) == (
        0,
        [
            "row 1 (line 2): over by its plan file: nothing to export",
            "1 row: 0 plans, 1 over, 0 refused, 0 failed; written to plans",
        ],
    )


def test_called_off_care_leaves_no_trace_in_a_feed(hairplan: Run) -> None:
    plan = "schedule smp --start 2026-12-01 --answer minoxidil=yes --ref A-17 --save a.plan.json"
    assert hairplan(f"{plan} --today 2026-11-01").code == 0
    assert hairplan("export a.plan.json --out-dir out --feed --today 2026-11-01").code == 0
    ended = "record a.plan.json --ended 2026-11-02 --reason moved-away --today 2026-11-02"
    assert hairplan(ended).code == 0
    assert hairplan("export a.plan.json --out-dir out --feed --today 2026-11-02").code == 0
    (calendar,) = Path("out").glob("*.ics")
    text = calendar.read_text("utf-8")
    assert (text.count("CATEGORIES:Care"), text.count("STATUS:CANCELLED")) == (0, 4)


def test_a_new_feed_is_readable_and_one_that_is_there_stays_as_it_is(hairplan: Run) -> None:
    Path("p.csv").write_text("ref,treatment,start\nA-17,smp,2026-12-01\n")
    ran = hairplan("batch p.csv --out-dir out --name ref --format ics,plan --feed --only sessions")
    assert ran.err.splitlines()[-1] == (
        "1 row: 1 plan, 0 refused, 0 failed; written to out, a new calendar with mode 644:"
        " chmod changes it, and it stays so"
    )
    modes = {path.name: path.stat().st_mode & 0o777 for path in Path("out").glob("A*")}
    assert modes == {"A-17.ics": 0o644, "A-17.plan.json": 0o600}
    Path("out/A-17.ics").chmod(0o640)
    hairplan("export out --out-dir out --feed --only sessions --alarm 2h")
    assert b"TRIGGER:-PT2H" in Path("out/A-17.ics").read_bytes()
    assert Path("out/A-17.ics").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("command", ["batch p.csv", "export out"])
def test_the_practice_s_feed_is_readable(hairplan: Run, command: str) -> None:
    Path("p.csv").write_text("ref,treatment,start\nA-17,smp,2026-12-01\n")
    hairplan("batch p.csv --out-dir out --format plan")
    ran = hairplan(f"{command} -o all.ics --feed")
    assert "written to all.ics, mode 644: chmod changes it, and it stays so" in ran.err
    assert Path("all.ics").stat().st_mode & 0o777 == 0o644
    Path("all.ics").chmod(0o640)
    assert ", mode 640: chmod" in hairplan(f"{command} -o all.ics --feed --force").err
    assert "; written to standard output\n" in hairplan(f"{command} -o - -f ics --feed").err
    hairplan(f"{command} -o /dev/null -f ics --feed")
