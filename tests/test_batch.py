"""Plans for a whole list of patients, from the command line."""

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, Self

import pytest
from conftest import OWN, Ran, plan, strict_faults
from icalendar import Calendar
from test_cli import errors

from hairplan.batch import batch, row_processor, workers
from hairplan.batch.journal import NAME, UNDER_WAY
from hairplan.batch.row_processor import BatchSpec, OutputForms, RowOutcome, RowProcessor, RowTask
from hairplan.cli import batch_list, batch_run
from hairplan.errors import InputError, OutputError
from hairplan.files import store
from hairplan.files.plan_file import PLAN_FILE_SUFFIX, decode
from hairplan.show.csv import COLUMNS, render_csv
from hairplan.show.json import render_json

Run = Callable[[str], Ran]

HEAD = "ref,treatment,start,time,answer.pregnancy\n"
GOOD = [
    "A-1,smp,2026-12-01,14:30,no",
    "A-2,microneedling,2026-12-03,,",
    "A-3,mesotherapy,2026-12-04,9:00,no",
]
REFUSED = "R-1,smp,2026-12-01,,yes"
BAD = "B-1,smp,03/04/2026,,no"
ZONED = "--zone Europe/Paris"


def listed(*rows: str, name: str = "p.csv") -> None:
    Path(name).write_text(HEAD + "\n".join(rows) + "\n", "utf-8")


def said(ran: Ran) -> list[str]:
    return ran.err.splitlines()


def visible(folder: str) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir() if not path.name.startswith("."))


def contents(folder: str | Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def mode(path: Path | str) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


# ---- what comes out ----


def test_a_folder_gets_a_file_for_each_patient(hairplan: Run) -> None:
    listed(*GOOD)
    ran = hairplan(f"batch p.csv --out-dir plans {ZONED}")
    assert (ran.code, ran.out) == (0, "")
    assert said(ran) == [
        "p.csv: CSV, separated by commas",
        "3 rows: 3 plans, 0 refused, 0 failed; written to plans",
    ]
    names = visible("plans")
    assert [name[20:] for name in names] == [".ics"] * 3
    assert {mode(Path("plans") / name) for name in names} == {0o600}
    assert mode("plans") == 0o700


def test_several_formats_are_several_files(hairplan: Run) -> None:
    listed(GOOD[0])
    ran = hairplan(f"batch p.csv --out-dir plans -f ics,json -f csv,markdown -f plan {ZONED}")
    assert ran.code == 0
    [stem] = {name.partition(".")[0] for name in visible("plans")}
    files = {name.removeprefix(stem): data for name, data in contents("plans").items()}
    hidden = {NAME, ".hairplan-batch.lock"}
    assert set(files) - hidden == {".ics", ".json", ".csv", ".md", PLAN_FILE_SUFFIX}
    same = plan(
        "smp", "2026-12-01", ref="A-1", answers={"pregnancy": "no"}, **_at("14:30", "Europe/Paris")
    )
    assert files[".json"].decode() == render_json(same)
    assert files[".csv"].decode() == render_csv(same)
    assert files[".md"].decode().startswith("# Scalp micropigmentation")
    assert decode(files[PLAN_FILE_SUFFIX], "x").id == same.id


def _at(time: str, zone: str) -> dict[str, Any]:
    import datetime as dt

    return {"time": dt.time.fromisoformat(time), "zone": zone}


def test_a_plan_file_knows_what_the_calendar_beside_it_holds(hairplan: Run) -> None:
    listed(GOOD[0])
    hairplan(f"batch p.csv --out-dir plans --name ref -f ics,plan {ZONED}")
    first = Path("plans/A-1.ics").read_bytes()
    assert hairplan("schedule plans/A-1.plan.json -o again.ics").code == 0
    assert Path("again.ics").read_bytes() == first
    ran = hairplan("schedule plans/A-1.plan.json --changes-only -o changes.ics")
    assert said(ran) == ["nothing has changed since the last export: no calendar is written"]
    listed(GOOD[1])
    hairplan(f"batch p.csv --out-dir more --name ref -f plan {ZONED}")
    assert decode(Path("more/A-2.plan.json").read_bytes(), "x").exports == {}
    assert hairplan("due plans more --on 2026-12-01").code == 0


def test_files_can_have_the_reference_as_their_name(hairplan: Run) -> None:
    rows = ["A-1", "a-1", "A-1", "../../etc/passwd", "=cmd|' /C calc'!A0", "x" * 300]
    listed(*(f"{ref},smp,2026-12-0{day},," for day, ref in enumerate(rows, 1)))
    ran = hairplan("batch p.csv --out-dir plans --name ref")
    assert ran.code == 0
    assert [line for line in said(ran) if line.startswith("row")] == [
        "row 2 (line 3): the same ref as row 1, but for the case",
        "row 3 (line 4): the same ref as row 1",
    ]
    names = visible("plans")
    assert names[:3] == ["A-1-3.ics", "A-1.ics", "a-1-2.ics"]
    assert names[3].startswith("cmd_C_calc_A0-")
    assert names[4].startswith("etc_passwd-")
    assert names[5].startswith("x" * 60 + "-")


def test_one_output_has_a_plan_a_line(hairplan: Run) -> None:
    listed(*GOOD, REFUSED)
    ran = hairplan("batch p.csv -o -")
    assert ran.code == 1
    plans = [json.loads(line) for line in ran.out.splitlines()]
    assert [plan["ref"] for plan in plans] == ["A-1", "A-2", "A-3", "R-1"]
    assert [bool(plan["problem"]) for plan in plans] == [False, False, False, True]
    assert said(ran)[1:] == [
        "row 4 (line 5): refused: screening refuses a start on Tue [...]",
        "row 4 (line 5): refused: pregnancy: contraindicated: not during a pregnancy, as a"
        " precaution; to be asked again once it has ended (SMP-9)",
        "4 rows: 3 plans, 1 refused, 0 failed; written to standard output",
    ]
    ran = hairplan("batch p.csv -o plans.jsonl")
    assert Path("plans.jsonl").read_text() == hairplan("batch p.csv -o -").out
    assert mode("plans.jsonl") == 0o600


def test_one_table_has_all_plans(hairplan: Run) -> None:
    listed(*GOOD[:2], REFUSED)
    assert hairplan("batch p.csv -o plans.csv").code == 1
    text = Path("plans.csv").read_bytes().decode()
    head, _, rest = text.partition("\r\n")
    assert head == ",".join(COLUMNS)
    assert {line.split(",")[1] for line in rest.splitlines()} == {"A-1", "A-2"}
    assert hairplan("batch p.csv -o - -f csv").out.replace("\r\n", "\n") == text.replace(
        "\r\n", "\n"
    )


def test_one_calendar_is_the_practice_s(hairplan: Run) -> None:
    listed(*GOOD, REFUSED, GOOD[0])
    ran = hairplan(f"batch p.csv -o practice.ics {ZONED}")
    assert ran.code == 1
    assert said(ran)[-4:] == [
        "row 5 (line 6): failed: the same plan as row 1: a calendar cannot hold it twice",
        "5 rows: 3 plans, 1 refused, 1 failed; written to practice.ics",
        "left out: 9 care periods and 1 review: --with restrictions,reviews",
        "the rows that failed can be had in a form to correct and feed in again: --report FILE",
    ]
    data = Path("practice.ics").read_bytes()
    assert strict_faults(data) == []
    titles = [str(event["summary"]) for event in Calendar.from_ical(data).walk("VEVENT")]
    assert {title[:3] for title in titles} == {"A-1", "A-2", "A-3", "Pro"}
    hairplan(f"batch p.csv -o patients.ics --audience patient --feed {ZONED}")
    data = Path("patients.ics").read_bytes()
    assert b"A-1" not in data
    assert b"X-WR-CALNAME" in data


def test_one_calendar_has_each_zone_once_before_its_events(hairplan: Run) -> None:
    Path("p.csv").write_text(
        "ref,start,time,zone\nA,2026-12-01,9:00,Europe/Paris\nB,2026-12-02,9:00,Europe/Paris\n"
        "C,2026-12-03,9:00,Asia/Tokyo\n"
    )
    assert hairplan("batch p.csv -t smp -o practice.ics --jobs 2").code == 0
    text = Path("practice.ics").read_text("utf-8")
    assert text.count("BEGIN:VTIMEZONE") == 2
    for zone in ("Europe/Paris", "Asia/Tokyo"):
        assert text.index(f"TZID:{zone}\n") < text.index(f"DTSTART;TZID={zone}:")


def test_a_calendar_without_events_is_not_written(hairplan: Run) -> None:
    listed(REFUSED)
    ran = hairplan("batch p.csv -o practice.ics")
    assert (
        said(ran)[-1] == "1 row: 0 plans, 1 refused, 0 failed; nothing is written to practice.ics"
    )
    assert not Path("practice.ics").exists()


@pytest.mark.parametrize("where", ["-o practice.ics", "--out-dir plans"])
def test_a_plan_with_nothing_for_its_calendar_is_said(hairplan: Run, where: str) -> None:
    listed(GOOD[0], GOOD[2])
    ran = hairplan(f"batch p.csv {where} --only reviews {ZONED}")
    assert ran.code == 1
    why = "no calendar: the plan has nothing with a day that was asked for"
    assert f"rows 1, 2 (lines 2, 3): failed: {why}" in said(ran)


def test_a_refusal_is_said_each_time(hairplan: Run) -> None:
    listed(GOOD[0], REFUSED)
    run = "batch p.csv --out-dir plans -f json --resume"
    first, again = hairplan(run), hairplan(run)
    assert (first.code, again.code) == (1, 1)
    assert said(first)[:-1] == said(again)[:-1]
    assert said(again)[-1] == "2 rows: 1 plan (1 unchanged), 1 refused, 0 failed; written to plans"


def test_a_refused_plan_is_a_file_of_json_alone(hairplan: Run) -> None:
    listed(REFUSED)
    assert hairplan("batch p.csv --out-dir plans -f ics,json,plan --name ref").code == 1
    assert visible("plans") == ["R-1.json"]


def test_n_rows_are_n_single_plans(hairplan: Run) -> None:
    listed(*GOOD)
    hairplan(f"batch p.csv --out-dir plans -f json --name ref {ZONED}")
    for number, row in enumerate(GOOD, 1):
        _, treatment, start, time, answer = row.split(",")
        asked = f"schedule {treatment} --start {start} --ref A-{number} -f json {ZONED}"
        asked += f" --time {time}" if time else ""
        asked += f" --answer pregnancy={answer}" if answer else ""
        assert Path(f"plans/A-{number}.json").read_text() == hairplan(asked).out


def test_the_options_hold_for_rows_that_do_not_say_it_themselves(hairplan: Run) -> None:
    Path("p.csv").write_text("ref,start,sessions\nA,,\nB,2026-12-02,4\n")
    ran = hairplan(
        "batch p.csv -t smp --start 2026-12-01 -n 2 --answer minoxidil=no --closed sun -o -"
    )
    plans = [json.loads(line) for line in ran.out.splitlines()]
    assert [plan["start"] for plan in plans] == ["2026-12-01", "2026-12-02"]
    counts = [sum(session["phase"] == "course" for session in plan["sessions"]) for plan in plans]
    assert counts == [2, 4]


def test_the_clinic_s_settings_hold_for_all_rows(hairplan: Run) -> None:
    listed(*GOOD)
    Path("clinic.toml").write_text(
        'zone = "Europe/Paris"\ntime = "8:00"\n[calendar]\naudience = "practice"\nname = "Us"\n'
    )
    ran = hairplan("batch p.csv --config clinic.toml -o x.ics --feed")
    assert ran.code == 0
    text = Path("x.ics").read_text()
    assert "X-WR-CALNAME:Us" in text
    assert "A-2" in text
    Path("clinic.toml").write_text('[calendar]\naudience = "patient"\n')
    hairplan("batch p.csv --config clinic.toml -o y.ics --zone UTC")
    assert "A-2" not in Path("y.ics").read_text()


def test_a_protocol_of_ones_own_is_a_treatment(hairplan: Run) -> None:
    assert hairplan("new own").code == 0
    Path("p.csv").write_text("ref,treatment,start\nA,./own.toml,2026-12-01\nB,smp,2026-12-01\n")
    assert hairplan("batch p.csv --out-dir plans -f plan --name ref").code == 0
    kept = decode(Path("plans/A.plan.json").read_bytes(), "x")
    assert kept.protocol.id == "own"
    Path("own.toml").rename("smp.toml")
    Path("smp.toml").write_text(Path("smp.toml").read_text().replace('id = "own"', 'id = "smp"'))
    Path("mine").mkdir()
    Path("smp.toml").rename("mine/smp.toml")
    Path("p.csv").write_text("ref,start\nB,2026-12-01\n")
    ran = hairplan("batch p.csv -t smp --protocols mine -o -")
    assert "smp: the clinic's own, mine/smp.toml, in place of the built-in one" in said(ran)


def test_a_machine_s_zone_is_said(hairplan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_list, "zone_here", lambda: "Asia/Tokyo")
    listed(*GOOD)
    ran = hairplan("batch p.csv -o x.ics")
    where = "which is this machine's, where none is given: --zone chooses another"
    assert f"zone: Asia/Tokyo, {where}" in said(ran)
    assert "Tokyo" not in hairplan("batch p.csv -o z.ics --quiet").err
    Path("p.csv").write_text("ref,start\nA,2026-12-01\n")
    assert "Tokyo" not in hairplan("batch p.csv -t smp -o y.ics").err


def test_a_machine_without_a_zone_needs_one_of_the_list(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> str:
        raise InputError("--zone: a time in a calendar needs its time zone, such as Europe/Paris")

    monkeypatch.setattr(batch_list, "zone_here", none)
    listed(*GOOD)
    needs = "a time in a calendar needs its time zone, such as Europe/Paris"
    assert errors(hairplan("batch p.csv -o x.ics")) == [f"--zone: {needs}"]
    Path("p.csv").write_text(
        "ref,start,time,zone\nA,2026-12-01,9:00,UTC\nB,2026-12-01,9:00,\nC,2026-12-01,,\n"
    )
    ran = hairplan("batch p.csv -t smp -o x.ics")
    assert said(ran)[-3] == "3 rows: 2 plans, 0 refused, 1 failed; written to x.ics"
    assert said(ran)[1].startswith("row 2 (line 3): failed: ")


def test_a_template_is_printed(hairplan: Run) -> None:
    ran = hairplan("batch --template")
    Path("p.csv").write_text(ran.out)
    assert hairplan("batch p.csv -o plans.jsonl").code == 0
    assert "A-17,smp," in hairplan("batch --template -t smp").out
    assert errors(hairplan("batch --template -t smpp"))[0].startswith("treatment: no 'smpp'")


def test_quiet_says_only_what_is_wrong(hairplan: Run) -> None:
    listed(*GOOD, BAD)
    ran = hairplan("batch p.csv -o plans.jsonl --quiet")
    [line] = said(ran)
    assert line.startswith("row 4 (line 5): failed: start: ")


def test_a_rehearsal_writes_nothing(hairplan: Run) -> None:
    listed(*GOOD, BAD)
    end = "4 rows: 3 plans, 0 refused, 1 failed; nothing is written to"
    ran = hairplan(f"batch p.csv --out-dir plans --report bad.jsonl --dry-run {ZONED}")
    assert said(ran)[-1] == f"{end} plans: a rehearsal"
    ran = hairplan("batch p.csv -o x.jsonl --report bad.jsonl --dry-run")
    assert said(ran)[-1] == f"{end} x.jsonl: a rehearsal"
    assert visible(".") == ["p.csv"]
    listed(*GOOD)
    hairplan(f"batch p.csv --out-dir plans {ZONED}")
    before = contents("plans")
    ran = hairplan(f"batch p.csv --out-dir plans -f ics,json --dry-run {ZONED}")
    assert ran.code == 0
    assert contents("plans") == before


def test_standard_input_is_a_list(hairplan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = open(os.devnull, "rb")  # noqa: PTH123, SIM115 - closed below

    Path("p.jsonl").write_text('{"ref": "A", "treatment": "smp", "start": "2026-12-01"}\n')
    Input.buffer.close()
    with Path("p.jsonl").open("rb") as Input.buffer:
        monkeypatch.setattr(sys, "stdin", Input)
        ran = hairplan("batch - -o -")
    assert said(ran)[0] == "standard input: JSON Lines"
    assert json.loads(ran.out)["ref"] == "A"


# ---- rows that fail ----


def test_a_bad_row_stops_no_other_and_is_in_the_report(hairplan: Run) -> None:
    listed(GOOD[0], BAD, GOOD[1], REFUSED, "x", GOOD[2])
    ran = hairplan("batch p.csv -o plans.jsonl --report bad.jsonl")
    assert ran.code == 1
    assert said(ran)[1:] == [
        "p.csv: 'start': day or month first? --dates dmy or --dates mdy says which",
        "row 2 (line 3): failed: start: '[...]' could be [...] or [...]: write the one that is"
        " meant",
        "row 4 (line 5): refused: screening refuses a start on Tue [...]",
        "row 4 (line 5): refused: pregnancy: contraindicated: not during a pregnancy, as a"
        " precaution; to be asked again once it has ended (SMP-9)",
        "row 5 (line 6): failed: 1 cell under a header of 5: a cell with the delimiter in it stands"
        " in quotation marks",
        "6 rows: 3 plans, 1 refused, 2 failed; written to plans.jsonl",
    ]
    report = [json.loads(line) for line in Path("bad.jsonl").read_text().splitlines()]
    assert report == [
        {
            "row": 2,
            "reason": [
                "start: '03/04/2026' could be 2026-03-04 (4 March) or 2026-04-03 (3 April):"
                " write the one that is meant"
            ],
            "ref": "B-1", "treatment": "smp", "start": "03/04/2026", "time": "",
            "answer.pregnancy": "no",
        },
        {
            "row": 5,
            "reason": [
                "1 cell under a header of 5: a cell with the delimiter in it stands in quotation"
                " marks"
            ],
            "line": "x",
        },
    ]  # fmt: skip
    assert mode("bad.jsonl") == 0o600


def test_a_report_can_be_corrected_and_fed_in_again(hairplan: Run) -> None:
    listed(GOOD[0], BAD)
    hairplan("batch p.csv -o plans.jsonl --report bad.jsonl")
    Path("again.jsonl").write_text(
        Path("bad.jsonl").read_text().replace("03/04/2026", "2026-04-03")
    )
    ran = hairplan("batch again.jsonl -o more.jsonl --report bad.jsonl --force")
    assert (ran.code, said(ran)[-1]) == (
        0,
        "1 row: 1 plan, 0 refused, 0 failed; written to more.jsonl",
    )
    assert json.loads(Path("more.jsonl").read_text())["start"] == "2026-04-03"
    assert Path("bad.jsonl").read_bytes() == b""
    ran = hairplan("batch p.csv -o plans.jsonl --force --report bad.jsonl")
    assert ran.code == 1
    uncorrected = hairplan("batch bad.jsonl -o x.jsonl")
    assert uncorrected.code == 1


def test_a_report_overwrites_nothing_else(hairplan: Run) -> None:
    listed(BAD)
    Path("bad.jsonl").write_text("mine\n")
    ran = hairplan("batch p.csv -o plans.jsonl --report bad.jsonl")
    assert errors(ran) == ["bad.jsonl: exists already: choose another name, or --force"]
    assert Path("bad.jsonl").read_text() == "mine\n"
    assert hairplan("batch p.csv -o plans.jsonl --report bad.jsonl --force").code == 1


def test_the_rows_that_are_refused_can_be_had_likewise(hairplan: Run) -> None:
    listed(GOOD[0], REFUSED, BAD)
    run = "batch p.csv -o plans.csv --report bad.jsonl --refused no.jsonl"
    assert hairplan(run).code == 1
    [line] = Path("no.jsonl").read_text().splitlines()
    assert json.loads(line)["ref"] == "R-1"
    assert json.loads(line)["reason"][0] == "screening refuses a start on Tue 2026-12-01"
    assert len(Path("bad.jsonl").read_text().splitlines()) == 1
    ran = hairplan(f"{run} --force".replace("p.csv", "no.jsonl", 1))
    assert errors(ran) == ["--refused: no.jsonl is the list itself"]


def test_a_report_of_an_earlier_batch_is_replaced_only_by_one_that_goes_on(hairplan: Run) -> None:
    listed(BAD)
    run = "batch p.csv --out-dir plans --report bad.jsonl"
    hairplan(run)
    before = Path("bad.jsonl").read_bytes()
    listed(GOOD[1])
    ran = hairplan(run)
    assert errors(ran) == ["bad.jsonl: exists already: choose another name, or --force"]
    assert Path("bad.jsonl").read_bytes() == before
    assert hairplan(f"{run} --resume").code == 0
    assert Path("bad.jsonl").read_bytes() == b""


def test_it_stops_at_the_first_row_that_fails_if_asked_to(hairplan: Run) -> None:
    listed(GOOD[0], BAD, GOOD[1], BAD)
    ran = hairplan("batch p.csv -o plans.jsonl --fail-fast")
    assert ran.code == 1
    assert said(ran)[3:] == [
        "stopped after 2 rows; from row 3 on nothing is done: nothing of it is kept",
        "2 rows: 1 plan, 0 refused, 1 failed; nothing is written to plans.jsonl",
        "the rows that failed can be had in a form to correct and feed in again: --report FILE",
    ]
    assert not Path("plans.jsonl").exists()
    ran = hairplan(
        "batch p.csv --out-dir plans --fail-fast --name ref --report bad.jsonl --zone UTC"
    )
    assert visible("plans") == ["A-1.ics"]
    assert len(Path("bad.jsonl").read_text().splitlines()) == 1


# ---- what is refused before anything is written ----


@pytest.mark.parametrize(
    ("options", "faults"),
    [
        ("", ["LIST: name a list of patients, or - for standard input; --template prints one to"
              " start from",
              "--out-dir or --output: say where the plans go: a folder, or one file"]),
        ("p.csv", ["--out-dir or --output: say where the plans go: a folder, or one file"]),
        ("p.csv -o x.jsonl --out-dir y", [
            "--out-dir or --output: say where the plans go: a folder, or one file"]),
        ("p.csv -o x.jsonl --resume --name id", [
            "--resume: of a folder (--out-dir) alone", "--name: of a folder (--out-dir) alone"]),
        ("p.csv --out-dir y --name x", ["--name: 'x' is not id or ref"]),
        ("p.csv --out-dir y -f ics,jsonl", [
            "--format: of a folder: no 'jsonl' (did you mean 'json'?); there are: ics, json, csv,"
            " markdown, plan, sheet, pdf"]),
        ("p.csv -o x.jsonl -f jsonl,csv", [
            "--format: one output has one; a folder (--out-dir) may have several"]),
        ("p.csv -o - -f markdown", [
            "--format: of one output: no 'markdown'; there are: jsonl, csv, ics"]),
        ("p.csv -o x.json", [
            "--output: 'x.json' does not end in .jsonl, .csv or .ics: choose one, or --format;"
            " or --out-dir, for a folder"]),
        ("p.csv -o x.jsonl --report x.jsonl", [
            "--output, --report and --refused: each needs a file of its own"]),
        ("p.csv -o ./p.csv --report p.csv --force", [
            "--output: p.csv is the list itself", "--report: p.csv is the list itself",
            "--output, --report and --refused: each needs a file of its own"]),
        ("bare.csv -o x.jsonl -t smp", [
            "bare.csv: the first line names no column that there is: --template prints a header,"
            " and --guess proposes what yours means"]),
        ("p.csv -o x.jsonl --feed --alarm 2h", [
            "--alarm: of a calendar alone (--format ics)",
            "--feed: of a calendar alone (--format ics)"]),
        ("p.csv -o x.ics --alarm x --start 03/04/2026", [
            "--alarm: 'x' is not a time such as 1d, 2h or 30m, or none",
            "--start: '03/04/2026' could be 2026-03-04 (4 March) or 2026-04-03 (3 April): write the"
            " one that is meant"]),
        ("p.csv -o x.jsonl -t smpp", [
            "treatment: no 'smpp' (did you mean 'smp'?); there are: mesopecia, mesotherapy,"
            " microneedling, smp; a file is named with its path, such as ./own.toml"]),
        ("nothing.csv -o x.jsonl", ["nothing.csv: there is no such file"]),
        (". -o x.jsonl", [
            ".: is a folder: name a list, CSV, JSON Lines or a spreadsheet"]),
        ("p.csv/x -o x.jsonl", ["p.csv/x: cannot be read: Not a directory"]),
        ("empty.csv -o x.jsonl", [
            "empty.csv: is empty: a list has a header and a row for each plan"]),
        ("head.csv -o x.jsonl", ["head.csv: has a header and no rows"]),
        ("one.csv -o x.jsonl", [
            "one.csv: column 'treatment' is missing: or give --treatment for all rows",
            "one.csv: column 'start' is missing: or give --start for all rows",
            "one.csv: one column: commas, semicolons or tabs separate the columns of a list"]),
        ("p.csv --out-dir p.csv", ["p.csv: is a file: name a folder"]),
        ("p.csv --out-dir p.csv/x", ["p.csv/x: cannot be written: Not a directory"]),
        ("p.csv -o no/x.jsonl", ["no/x.jsonl: cannot be written: No such file or directory"]),
        ("p.csv -o x.jsonl --report no/x", ["no/x: cannot be written: No such file or directory"]),
        ("p.csv -o there.jsonl", ["there.jsonl: exists already: choose another name, or --force"]),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_before_anything_is_written(
    hairplan: Run, options: str, faults: list[str]
) -> None:
    listed(*GOOD)
    Path("empty.csv").write_text("")
    Path("head.csv").write_text(HEAD)
    Path("one.csv").write_text("ref\nA\n")
    Path("bare.csv").write_text("Anna Smith;2026-12-01\nBea Black;2026-12-02\n")
    Path("there.jsonl").write_text("mine")
    before = visible(".")
    ran = hairplan(f"batch {options}")
    assert (ran.code, errors(ran), ran.out) == (2, faults, "")
    assert visible(".") == before


def test_columns_can_be_ignored(hairplan: Run) -> None:
    Path("p.csv").write_text("ref,name,Phone,start\nA,Anna,0123,2026-12-01\nB,Bea,45,x\n")
    ran = hairplan("batch p.csv -t smp -o x.jsonl")
    name, *others = errors(ran)
    # Which there are is said once.
    assert name == "p.csv: column 'name': no such column"
    assert [fault.partition("; there are: ref, treatment, start, ")[0] for fault in others] == [
        "p.csv: column 'phone': no such column (did you mean 'zone'?)",
        "p.csv: --map NAME=COLUMN says what a column means, --guess proposes it, and"
        " --ignore-others passes over the rest",
    ]
    ran = hairplan("batch p.csv -t smp -o x.jsonl --ignore name,phone --report bad.jsonl")
    assert ran.code == 1
    assert json.loads(Path("bad.jsonl").read_text())["name"] == "Bea"
    assert "Bea" not in ran.err


def test_a_faulty_protocol_of_the_clinic_s_is_no_concern_of_others(hairplan: Run) -> None:
    Path("mine").mkdir()
    Path("mine/own.toml").write_text("x")
    listed(GOOD[0], "B,own,2026-12-01,,")
    ran = hairplan("batch p.csv --protocols mine -o x.jsonl")
    assert ran.code == 1
    assert "row 2 (line 3): failed: mine/own.toml: not valid TOML" in ran.err
    assert len(Path("x.jsonl").read_text().splitlines()) == 1


# ---- what is there already ----


def test_what_is_there_is_not_written_over(hairplan: Run) -> None:
    listed(GOOD[0])
    run = f"batch p.csv --out-dir plans -f ics,json,csv,markdown,plan --name ref {ZONED}"
    assert hairplan(run).code == 0
    before = contents("plans")
    # An earlier export of the same plan may be replaced, and a plan file that is the same stays.
    assert hairplan(f"{run} --details brief").code == 1
    assert hairplan(run).code == 0
    assert contents("plans") == before
    listed("A-1,smp,2026-12-02,14:30,no")
    ran = hairplan(run)
    there = "exists already: --resume goes on with a batch's own, --force replaces it"
    kept = "exists already, and a plan is never overwritten: change it with hairplan record"
    names = {".ics": there, ".json": there, ".csv": there, ".md": there, ".plan.json": kept}
    assert said(ran)[1:-2] == [
        f"row 1 (line 2): failed: plans/[...]{suffix}: {why}" for suffix, why in names.items()
    ]
    assert {name: data for name, data in contents("plans").items() if name != NAME} == {
        name: data for name, data in before.items() if name != NAME
    }
    ran = hairplan(run.replace(",plan", "") + " --force")
    assert ran.code == 0
    assert contents("plans")["A-1.ics"] != before["A-1.ics"]
    assert contents("plans")["A-1.plan.json"] == before["A-1.plan.json"]


def test_what_cannot_be_read_is_not_written_over(hairplan: Run) -> None:
    listed(GOOD[0])
    Path("plans/A-1.ics").mkdir(parents=True)
    ran = hairplan(f"batch p.csv --out-dir plans --name ref {ZONED}")
    assert errors(ran) == ["plans/A-1.ics: cannot be read: Is a directory"]
    Path("plans/A-1.ics").rmdir()


# ---- going on ----


def test_the_same_command_again_makes_only_what_is_missing_or_changed(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = f"batch p.csv --out-dir plans -f ics,plan --name ref --resume {ZONED}"
    listed(*GOOD)
    assert hairplan(run).code == 0
    before = contents("plans")
    made: list[str] = []
    write = store.Folder.write

    def noted(self: store.Folder, name: str, data: bytes) -> None:
        made.append(name)
        write(self, name, data)

    monkeypatch.setattr(store.Folder, "write", noted)
    ran = hairplan(run)
    assert said(ran)[-1] == "3 rows: 3 plans (3 unchanged), 0 refused, 0 failed; written to plans"
    assert (made, contents("plans")) == ([], before)
    # One is missing, one was changed by hand, one row was changed, one is new.
    Path("plans/A-1.ics").unlink()
    Path("plans/A-2.ics").write_bytes(b"x")
    listed(GOOD[0], GOOD[1], GOOD[2].replace("12-04", "12-07"), "A-4,smp,2026-12-08,,no")
    ran = hairplan(run)
    assert made == ["A-1.ics", "A-3.ics", "A-3.plan.json", "A-4.ics", "A-4.plan.json"]
    assert ran.code == 1
    assert "row 2 (line 3): failed: plans/[...].ics: exists already" in ran.err
    assert contents("plans")["A-1.ics"] == before["A-1.ics"]


def test_a_plan_that_was_gone_on_with_is_exported_from_its_plan_file(hairplan: Run) -> None:
    run = f"batch p.csv --out-dir plans -f ics,plan --name ref --resume {ZONED}"
    listed(GOOD[0], GOOD[1])
    hairplan(run)
    before = contents("plans")
    hairplan("record plans/A-1.plan.json --moved course-2=2026-12-17")
    ran = hairplan(run)
    assert said(ran)[1:] == [
        "row 1 (line 2): under way: from its plan file",
        "2 rows: 2 plans (1 unchanged), 0 refused, 0 failed; written to plans",
    ]
    after = contents("plans")
    assert b"SEQUENCE:1" in after["A-1.ics"]
    assert b"20261217T" in after["A-1.ics"]
    assert after["A-2.ics"] == before["A-2.ics"]
    # What the list says of it otherwise does not count; it is as before then.
    listed(GOOD[0].replace("14:30", "16:00"), GOOD[1])
    ran = hairplan(run)
    assert said(ran)[-1].startswith("2 rows: 2 plans (2 unchanged)")
    assert contents("plans")["A-1.ics"] == after["A-1.ics"]
    assert hairplan(f"{run} --quiet").err == ""
    ran = hairplan(run.replace("ics,plan", "plan"))
    assert said(ran)[1] == "row 1 (line 2): under way: from its plan file"


@pytest.mark.parametrize(
    ("row", "faults"),
    [
        (
            "A-1,smp,2026-12-02,14:30,no",
            ["start: plans/A-1.plan.json is under way since another start, 2026-12-01: change the"
             " list, or the plan with hairplan record"],
        ),
        (
            "A-1,mesotherapy,2026-12-01,14:30,no",
            ["treatment: plans/A-1.plan.json is of another treatment, smp"],
        ),
        ("b-1,smp,2026-12-01,14:30,no", ["ref: plans/A-1.plan.json is of another patient"]),
    ],
)  # fmt: skip
def test_where_list_and_plan_file_disagree_the_row_is_reported(
    hairplan: Run, row: str, faults: list[str]
) -> None:
    run = f"batch p.csv --out-dir plans -f ics,plan --name ref --resume {ZONED}"
    listed(GOOD[0])
    hairplan(run)
    hairplan("record plans/A-1.plan.json --done course-1=2026-12-01 --today 2026-12-01")
    kept = {name: contents("plans")[name] for name in ("A-1.plan.json", "A-1.ics")}
    if row.startswith("b-1"):
        Path("plans/A-1.plan.json").rename("plans/b-1.plan.json")
    listed(row)
    ran = hairplan(f"{run} --force --report bad.jsonl")
    assert ran.code == 1
    [line] = Path("bad.jsonl").read_text().splitlines()
    assert json.loads(line)["reason"] == [fault.replace("A-1", row[:3]) for fault in faults]
    for name, data in kept.items():
        path = Path("plans", name if name.endswith(".ics") else f"{row[:3]}.plan.json")
        assert path.read_bytes() == data


def test_files_of_rows_that_are_gone_are_said(hairplan: Run) -> None:
    run = f"batch p.csv --out-dir plans --name ref --resume {ZONED}"
    listed(*(f"P-{number},smp,2026-12-01,," for number in range(8)))
    hairplan(run)
    listed("P-7,smp,2026-12-01,,", "P-6,smp,2026-12-01,,yes")
    ran = hairplan(run)
    # References are not for a log; names that tell nothing are.
    gone = "files of earlier batches, of rows that this list has not"
    assert f"plans: 6 {gone}" in said(ran)
    still = "what an earlier batch wrote for it is still there: remove it"
    assert f"row 2 (line 3): refused: {still}" in said(ran)
    for number in range(7):
        Path(f"plans/P-{number}.ics").unlink()
    again = hairplan(run).err
    assert gone not in again
    assert still not in again
    listed(*(f"P-{number},smp,2026-12-01,," for number in range(8)))
    hairplan("batch p.csv --out-dir named --resume")
    listed("P-7,smp,2026-12-01,,")
    [line] = [
        line for line in said(hairplan("batch p.csv --out-dir named --resume")) if gone in line
    ]
    names = line.removeprefix(f"named: 7 {gone}: ").removesuffix(" ...").split(", ")
    assert len(names) == 5
    assert set(names) < set(visible("named"))


def test_a_batch_that_was_stopped_goes_on_with_its_own_day(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed(*GOOD)
    run = f"batch p.csv --out-dir plans --name ref {ZONED}"
    hairplan(f"{run} --today 2026-11-05")
    whole = contents("plans")
    Path("plans", NAME).rename(Path("plans", UNDER_WAY))
    journal = Path("plans", UNDER_WAY).read_bytes().replace(b"true", b"false").splitlines(True)  # noqa: FBT003
    Path("plans", UNDER_WAY).write_bytes(b"".join(journal[:2]) + journal[2][:10])
    Path("plans/A-3.ics").unlink()
    Path("plans/.hairplan-part-1").write_bytes(b"half")
    monkeypatch.delenv("HAIRPLAN_TODAY")
    ran = hairplan(f"{run} --resume")
    assert "goes on with the batch of 2026-11-05" in said(ran)
    assert contents("plans") == whole
    # One that came to its end does not hold the next one to its day.
    assert "goes on" not in hairplan(f"{run} --resume").err


# The journal of a batch of an earlier release that was killed: A-1 is still made from the same.
LEFT_BEHIND = (
    '{"today":"2026-11-05","stamp":"2026-11-05T00:00:00Z","is_complete":false}\n'
    '{"name":"A-1","made_from":'
    '"3d712ac813d3f806f50912fd6bee13bb8cd5228cd1341589339c7688241594a6"'
    ',"files":{".plan.json":"0"}}\n'
)


def test_a_folder_of_an_earlier_release_is_gone_on_with(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_processor, "__version__", "1")
    monkeypatch.delenv("HAIRPLAN_TODAY")
    step = (
        '[[steps]]\nid = "course"\nname = "Visit"\ncount = 2\nspacing = { preferred = "1 week" }\n'
    )
    Path("own.toml").write_text(f"{OWN}{step}")
    Path("p.csv").write_text("ref,start,time\nA-1,2026-12-01,14:30\nA-2,2026-12-01,14:30\n")
    Path("plans").mkdir()
    Path("plans/A-1.plan.json").write_text("gone on with since")
    Path("plans", UNDER_WAY).write_text(LEFT_BEHIND)
    run = "batch p.csv -t own.toml --out-dir plans --name ref -f plan --closed sun --resume"
    ran = hairplan(f"{run} {ZONED}")
    assert "goes on with the batch of 2026-11-05" in said(ran)
    assert said(ran)[-1] == "2 rows: 2 plans (1 unchanged), 0 refused, 0 failed; written to plans"
    assert Path("plans/A-1.plan.json").read_text() == "gone on with since"


def test_files_that_a_power_cut_left_empty_are_made_again(hairplan: Run) -> None:
    listed(*GOOD)
    run = f"batch p.csv --out-dir plans --name ref -f ics,plan --resume {ZONED}"
    hairplan(run)
    before = contents("plans")
    for name in before:
        Path("plans", name).write_bytes(b"")
    assert hairplan(run).code == 0
    assert contents("plans") == before


def test_a_journal_that_is_damaged_is_no_harm(hairplan: Run) -> None:
    listed(*GOOD)
    run = f"batch p.csv --out-dir plans --name ref --resume {ZONED}"
    hairplan(run)
    before = contents("plans")
    Path("plans", NAME).write_bytes(b"\xff\n{}\n\n[")
    assert hairplan(run).code == 0
    assert contents("plans") == before


def test_one_folder_is_for_one_batch_at_a_time(hairplan: Run) -> None:
    listed(*GOOD)
    Path("plans").mkdir()
    with store.locked(Path("plans/hairplan-batch")):
        ran = hairplan("batch p.csv --out-dir plans")
    assert errors(ran) == ["plans/hairplan-batch: another hairplan is changing it: try again"]


# ---- the disk ----


def test_a_full_disk_stops_the_batch_in_words(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed(*GOOD)
    write = store.Folder.write

    def full(self: store.Folder, name: str, data: bytes) -> None:
        if name.startswith("A-3"):
            raise OutputError(f"{name}: cannot be written: No space left on device")
        write(self, name, data)

    monkeypatch.setattr(store.Folder, "write", full)
    run = f"batch p.csv --out-dir plans --name ref --resume {ZONED}"
    ran = hairplan(run)
    assert ran.code == 2
    assert said(ran)[1:] == [
        "stopped after 2 rows; from row 3 on nothing is done: --resume goes on",
        "error: A-3.ics: cannot be written: No space left on device",
    ]
    monkeypatch.setattr(store.Folder, "write", write)
    ran = hairplan(run)
    assert said(ran)[-1] == "3 rows: 3 plans (2 unchanged), 0 refused, 0 failed; written to plans"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_device_that_is_full_is_said(hairplan: Run) -> None:
    listed(*GOOD)
    ran = hairplan("batch p.csv -o /dev/full -f jsonl")
    assert (ran.code, errors(ran)) == (2, ["/dev/full: cannot be written: No space left on device"])


def test_the_null_device_takes_everything(hairplan: Run) -> None:
    listed(*GOOD)
    assert hairplan("batch p.csv -o /dev/null -f jsonl").code == 0


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_said(hairplan: Run) -> None:
    listed(*GOOD)
    Path("plans").mkdir(mode=0o500)
    assert hairplan("batch p.csv --out-dir plans").code == 2


# ---- several processes ----


@pytest.mark.parametrize(
    "form", ["-o out.jsonl", "-o out.csv", "-o out.ics", "--out-dir out -f ics,plan"]
)
def test_the_result_does_not_depend_on_how_many_share_the_work(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(workers, "_CHUNK_ROWS", 8)
    rows = [
        f"P-{number},{'smp' if number % 3 else 'mesotherapy'},2026-12-{number % 28 + 1:02},,"
        f"{'yes' if number % 11 == 5 else ''}"
        for number in range(150)
    ]
    rows[17] = rows[140] = "P-1,smp,2026-12-02,,"
    rows[33] = "x"
    listed(*rows)
    one = hairplan(f"batch p.csv {form} --report bad.jsonl --refused no.jsonl")
    result = contents("out") if Path("out").is_dir() else contents(".")
    for path in Path().glob("out*"):
        path.rename(f"one{path.suffix}")
    several = hairplan(f"batch p.csv {form} --report bad.jsonl --refused no.jsonl --jobs 2 --force")
    assert (several.code, several.err) == (one.code, one.err)
    again = contents("out") if Path("out").is_dir() else contents(".")
    assert {name: again[name] for name in result if name in again} == {
        name: data for name, data in result.items() if name in again
    }
    assert len(result) > 2


def test_few_rows_are_not_worth_a_process(hairplan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        workers, "_process_in_parallel", lambda *_: pytest.fail("a process was started")
    )
    listed(*GOOD)
    assert hairplan("batch p.csv -o x.jsonl --jobs 0").code == 0


def test_there_is_at_least_one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    assert workers.count_cores() >= 1
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert workers.count_cores() == 1


def test_a_process_that_is_ended_from_outside_is_said(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def result(self) -> None:
            raise BrokenProcessPool

    class Pool:
        def __init__(self, *_: object) -> None:
            pass

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def submit(self, *_: object) -> Broken:
            return Broken()

        def shutdown(self, **_: bool) -> None:
            pass

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", Pool)
    monkeypatch.delattr(signal, "pthread_sigmask", raising=False)
    monkeypatch.setattr(workers, "_CHUNK_ROWS", 8)
    listed(*(f"P-{number},smp,2026-12-01,," for number in range(40)))
    ran = hairplan("batch p.csv -o x.jsonl --jobs 2")
    assert errors(ran) == [
        "row 1: a process of the batch was ended from outside, for want of memory perhaps: fewer"
        " --jobs need less"
    ]


def test_a_process_of_a_batch_ends_with_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []

    class Parent:
        def join(self) -> None:
            pass

    monkeypatch.setattr(os, "_exit", ended.append)
    monkeypatch.setattr("multiprocessing.parent_process", Parent)
    workers._end_with_parent()  # noqa: SLF001
    monkeypatch.setattr("multiprocessing.parent_process", lambda: None)
    workers._end_with_parent()  # noqa: SLF001
    assert ended == [70]


def test_a_process_is_begun_once_and_makes_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    import datetime as dt

    from hairplan import RowPlanner
    from hairplan.batch.patient_list import Row

    monkeypatch.setattr(workers, "_end_with_parent", lambda: None)
    before = signal.getsignal(signal.SIGINT)
    planner = RowPlanner(today=dt.date(2026, 11, 1), treatment="smp")
    stamp = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    forms = OutputForms(stream="jsonl")
    workers.begin_process(BatchSpec(planner=planner, forms=forms, stamp=stamp))
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    signal.signal(signal.SIGINT, before)
    [outcome] = workers.process_chunk([RowTask(Row(1, 2, {"ref": "A", "start": "2026-12-01"}))])
    assert (outcome.kind, json.loads(outcome.piece)["ref"]) == ("planned", "A")


# ---- interrupted ----


def test_ctrl_c_stops_after_the_rows_under_way(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed(*GOOD)
    process = RowProcessor.process
    last = 2

    def interrupted(self: RowProcessor, task: RowTask) -> RowOutcome:
        if task.row.number == last:
            signal.raise_signal(signal.SIGINT)
        return process(self, task)

    monkeypatch.setattr(RowProcessor, "process", interrupted)
    before = signal.getsignal(signal.SIGINT)
    run = f"batch p.csv --out-dir plans --name ref --report bad.jsonl {ZONED}"
    ran = hairplan(run)
    assert ran.code == 130
    assert said(ran)[1:] == [
        "stopping after the rows under way; once more stops at once",
        "stopped after 2 rows; from row 3 on nothing is done: --resume goes on",
        "2 rows: 2 plans, 0 refused, 0 failed; written to plans",
    ]
    assert signal.getsignal(signal.SIGINT) is before
    assert visible("plans") == ["A-1.ics", "A-2.ics"]
    ran = hairplan("batch p.csv -o x.jsonl")
    assert ran.code == 130
    assert not Path("x.jsonl").exists()
    # Nothing is left to stop.
    last = 3
    assert hairplan("batch p.csv -o x.jsonl").code == 0
    monkeypatch.setattr(RowProcessor, "process", process)
    ran = hairplan(f"{run} --resume")
    assert said(ran)[-1] == "3 rows: 3 plans (2 unchanged), 0 refused, 0 failed; written to plans"


def test_ctrl_c_twice_stops_at_once(hairplan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    listed(*GOOD)

    def interrupted(_self: object, _task: object) -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(RowProcessor, "process", interrupted)
    ran = hairplan("batch p.csv -o x.jsonl --report bad.jsonl")
    assert (ran.code, said(ran)[-1]) == (130, "interrupted")
    assert visible(".") == ["p.csv"]


def test_it_can_be_stopped_before_the_first_row(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed(*GOOD)

    def at_once(self: batch_run.StopSignal) -> bool:
        self.came_before_a_row = True
        return True

    monkeypatch.setattr(batch_run.StopSignal, "__call__", at_once)
    ran = hairplan(f"batch p.csv --out-dir plans {ZONED}")
    assert said(ran)[1] == (
        "stopped after 0 rows; from the first row on nothing is done: --resume goes on"
    )


def test_a_reader_that_has_gone_is_no_fault(hairplan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_stream: object, _outcome: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(batch.StreamWriter, "write", gone)
    monkeypatch.setattr(batch_run, "leave_quietly", lambda: sys.exit(141))
    listed(*GOOD)
    ran = hairplan("batch p.csv -o -")
    assert (ran.code, len(said(ran))) == (141, 1)


def test_a_reader_that_has_gone_ends_the_batch_quietly(tmp_path: Path) -> None:
    listed(*(f"P-{number},smp,2026-12-01,," for number in range(400)))
    command = [sys.executable, "-m", "hairplan", "batch", "p.csv", "-o", "-", "--quiet"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as ran:
        assert ran.stdout is not None
        assert ran.stderr is not None
        ran.stdout.read(10)
        ran.stdout.close()
        assert ran.stderr.read() == b""
    assert ran.returncode == 141


# ---- how far it is ----


def test_a_terminal_shows_how_far_it_is(hairplan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_run, "is_terminal", lambda _: True)
    monkeypatch.setattr(batch_run, "_WAIT", 0.0)
    monkeypatch.setattr(batch_run, "_PAUSE", 0.0)
    monkeypatch.setenv("FORCE_COLOR", "1")
    listed(*GOOD, BAD)
    ran = hairplan("batch p.csv -o x.jsonl")
    assert "4 rows, " in ran.err
    assert "row 4 (line 5): failed" in ran.err
    assert "rows, " not in hairplan("batch p.csv -o y.jsonl --quiet").err
    monkeypatch.setattr(batch_run, "_size", lambda _: None)
    assert "4 rows, " in hairplan("batch p.csv -o z.jsonl").err


def test_the_length_of_a_pipe_is_not_known(tmp_path: Path) -> None:
    import io

    assert batch_run._size(io.BytesIO()) is None  # noqa: SLF001
    with open(os.devnull, "rb") as device:  # noqa: PTH123
        assert batch_run._size(device) is None  # noqa: SLF001
    (tmp_path / "x").write_bytes(b"abc")
    with (tmp_path / "x").open("rb") as file:
        assert batch_run._size(file) == 3  # noqa: SLF001


@pytest.mark.parametrize("names", ["", "--name ref"])
def test_a_start_put_off_calls_off_what_the_patient_has(hairplan: Run, names: str) -> None:
    wanted = f"batch p.csv --out-dir out --zone Europe/Paris {names}"
    listed("A,smp,2026-12-08,14:30,", "B,smp,2026-12-09,10:00,")
    assert hairplan(wanted).code == 0
    for start, gone in (("2026-12-16", 1), ("2026-12-17", 2), ("2026-12-09", 2)):
        listed("A,smp,2026-12-08,14:30,", f"B,smp,{start},10:00,")
        assert hairplan(f"{wanted} --resume").code == 0
        (text,) = (
            text
            for path in Path("out").glob("*.ics")
            if "CANCELLED" in (text := path.read_bytes().decode().replace("\r\n ", ""))
        )
        visits = [event for event in text.split("BEGIN:VEVENT") if "1/3 Appointment" in event]
        alive = [event for event in visits if "STATUS:CANCELLED" not in event]
        assert (len(visits), len(alive)) == (gone + 1, 1)
        assert f"DTSTART;TZID=Europe/Paris:{start.replace('-', '')}T100000" in alive[0]


def test_another_treatment_of_a_patient_calls_nothing_off(hairplan: Run) -> None:
    wanted = "batch p.csv --out-dir out --zone Europe/Paris --name ref --resume"
    listed("A,smp,2026-12-08,14:30,")
    assert hairplan(wanted).code == 0
    listed("A,mesotherapy,2026-12-08,14:30,")
    hairplan(wanted)
    assert "CANCELLED" not in Path("out/A.ics").read_text("utf-8")
