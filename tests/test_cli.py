"""The program as it is typed: results, words, exit codes, and what is left behind."""

import errno
import io
import json
import os
import runpy
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Ran

from hairplan.cli import delivery, terminal
from hairplan.clinic import settings
from hairplan.errors import OutputError

Run = Callable[[str], Ran]
SMP = "schedule smp --start 2026-12-01"


def errors(ran: Ran) -> list[str]:
    lines = ran.err.splitlines()
    return [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]


# ---- results ----


def test_a_plan_goes_to_stdout_and_words_to_stderr(hairplan: Run) -> None:
    ran = hairplan(SMP)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("treatment Scalp micropigmentation  (smp 1.0)\nplan      94cf51c9")


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("", "start: today is Sun 2026-11-01"),
        ("--start tomorrow", "start: tomorrow is Mon 2026-11-02"),
        ("-s 'next tuesday'", "start: next tuesday is Tue 2026-11-03"),
        ("-s +2w", "start: +2w is Sun 2026-11-15"),
        ("-s 2026-11-15", ""),
    ],
)
def test_a_start_that_is_no_plain_date_is_said(hairplan: Run, start: str, said: str) -> None:
    ran = hairplan(f"schedule smp {start}")
    assert (ran.code, ran.err.strip()) == (0, said)


def test_today_can_be_replaced(hairplan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "2027-02-01  Mon" in hairplan("schedule smp --today 2027-02-01").out
    monkeypatch.setenv("HAIRPLAN_TODAY", "2027-03-01")
    assert "2027-03-01  Mon" in hairplan("schedule smp").out
    for command in ("list", "show smp", "screen smp", "config"):
        assert hairplan(f"{command} --today 2027-02-01").code == 0
        assert hairplan(f"{command} --today x").code == 2
    monkeypatch.delenv("HAIRPLAN_TODAY")
    assert hairplan("schedule smp").code == 0
    assert errors(hairplan("schedule smp --today tomorrow")) == [
        "--today: 'tomorrow' is not a date such as 2026-12-01"
    ]


def test_a_start_on_a_closed_day_moves_and_says_so(hairplan: Run) -> None:
    ran = hairplan("schedule smp --start 2026-12-06 --closed sun,sat --away 2026-12-07=ski -f json")
    plan = json.loads(ran.out)
    assert (plan["requested_start"], plan["start"]) == ("2026-12-06", "2026-12-08")
    first = plan["sessions"][0]
    assert (first["earliest"], first["target"], first["latest"]) == (
        "2026-12-06",
        "2026-12-06",
        "2026-12-08",
    )
    assert first["reason"] == "Sun 2026-12-06 is closed: Sunday; the start moved by +2 days"
    assert plan["sessions"][1]["planned"] == "2026-12-22"


def test_the_json_document_keeps_its_names(hairplan: Run) -> None:
    plan = json.loads(hairplan(f"{SMP} -f json -a minoxidil=yes").out)
    assert plan["format"] == 1
    assert set(plan["protocol"]) == {"id", "version", "name", "date", "digest"}
    assert {
        *("id", "phase", "kind", "status", "number", "of", "earliest", "target", "latest"),
        *("planned", "time", "zone", "duration", "reason", "sources"),
    } <= set(plan["sessions"][0])
    assert {"id", "label", "at_least", "ideal", "applies", "sources"} <= set(
        plan["restrictions"][0]
    )
    assert {"first", "last", "resume_on", "resume_at"} <= set(plan["restrictions"][0]["ideal"][0])
    assert {"id", "label", "session", "due"} <= set(plan["tasks"][0])
    assert {"rule", "question", "outcome", "answer", "until", "overridden", "sources"} <= set(
        plan["screening"][0]
    )
    assert plan["cost"] is None
    assert plan["problem"] is None
    priced = json.loads(hairplan("schedule microneedling --start 2027-01-04 -f json").out)
    assert {"currency", "min", "max"} <= set(priced["cost"])
    assert {"id", "label", "on"} <= set(priced["milestones"][0])
    assert priced["expectations"]
    assert priced["notes"]


def test_a_plan_that_cannot_be_is_a_document_with_a_problem(hairplan: Run) -> None:
    ran = hairplan(f"{SMP} --closure 2026-12-08..2027-01-05 -f json")
    plan = json.loads(ran.out)
    assert ran.code == 4
    assert plan["sessions"] == []
    assert plan["problem"]["nearest_starts"] == ["2026-11-17", "2027-01-06"]


# ---- refused, no dates ----


def test_no_dates_says_what_fills_the_window_and_which_starts_work(hairplan: Run) -> None:
    ran = hairplan(f"{SMP} --closure 2026-12-08..2027-01-05=works")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.splitlines() == [
        "error: no date for course-2 keeps to the protocol: its window 2026-12-11..2026-12-22 has"
        " no free day",
        "error: 2026-12-11..2026-12-22: closed: closure 2026-12-08..2027-01-05 (works)",
        "nearest workable start: Tue 2026-11-17 or Wed 2027-01-06",
    ]


def test_a_refusal_says_the_rule_the_earliest_start_and_the_way_on(hairplan: Run) -> None:
    ran = hairplan(f"{SMP} --event transplant=2026-09-06 --closed sat,sun")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.splitlines() == [
        "error: screening refuses a start on Tue 2026-12-01",
        "error: transplant-healing: postpone, until 2027-03-06: full healing of the transplant is"
        " recommended first (SMP-6)",
        "earliest start that screening allows: Sat 2027-03-06",
        "nearest workable start: Mon 2027-03-08",
        'a practitioner may go on all the same: --override transplant-healing="the reason"',
    ]


def test_a_refusal_for_good_says_so(hairplan: Run) -> None:
    ran = hairplan(f"{SMP} -a pregnancy=yes")
    assert ran.code == 3
    assert "no earliest start: it refuses until the answer changes" in ran.err


@pytest.mark.parametrize(
    ("closures", "what"),
    [
        (
            "--closure 2026-01-01..2029-01-01",
            "no day from Tue 2026-12-01 on is open for a start within a year",
        ),
        (
            "--closure 2026-12-11..2029-01-01 --closure 2026-11-01..2026-11-30",
            "no date for course-2 keeps to the protocol: its window 2026-12-11..2026-12-22 has"
            " no free day",
        ),
    ],
)
def test_where_no_start_works_within_a_year_that_is_said(
    hairplan: Run, closures: str, what: str
) -> None:
    ran = hairplan(f"{SMP} {closures}")
    assert ran.code == 4
    assert errors(ran)[0] == what
    assert "no workable start was found within a year, from today on" in ran.err


def test_maintenance_beyond_the_horizon_is_said(hairplan: Run) -> None:
    plan = json.loads(hairplan(f"{SMP} --horizon '1 year' -f json").out)
    assert [each["phase"] for each in plan["sessions"]] == ["course"] * 3
    assert (
        "touch-up: the first would be after Wed 2027-12-01, the end of what is planned"
        in plan["notes"]
    )


# ---- bad input ----


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (
            "schedule smpp",
            "treatment: no 'smpp' (did you mean 'smp'?); there are: mesopecia, mesotherapy,"
            " microneedling, smp; a file is named with its path, such as ./own.toml",
        ),
        ("schedule smp --option x", "--option: 'x' is not of the form NAME=VALUE"),
        ("schedule smp -a =yes", "--answer: '=yes' is not of the form QUESTION=yes|no|unknown"),
        ("schedule smp -a minoxidil=yes -a minoxidil=no", "--answer: minoxidil is given twice"),
        ("schedule smp --sessions x", "--sessions: 'x' is not a whole number of 0 or more, such as"
         " 3"),
        ("schedule smp --age -3", "--age: '-3' is not a whole number of 0 or more, such as 3"),
        ("schedule smp --age 131", "--age: 131 is not between 0 and 130"),
        ("schedule smp --sex x", "--sex: 'x' is not female or male"),
        ("schedule smp --closed Tuesday,sunny", "--closed: 'sunny' is not a weekday; several are"
         " separated by commas: mon,tue,wed,thu,fri,sat,sun"),
        ("schedule smp --holidays 'FR,FR-Zone A,XX'", "--holidays: 'XX' is no country whose public"
         " holidays are known; use a code such as FR, FR-57 or US-CA"),
        ("schedule smp --start 2026-12-01 --id a/b", "id: 'a/b' is not made of letters, digits,"
         " dots and hyphens"),
        ("schedule smp --override pregnancy=", "--override pregnancy: an override needs a reason"),
        ("schedule smp --duration 5days", "--duration: '5days' is not a length of an appointment"
         " such as 45m or 2h"),
        ("schedule smp --duration 1.5", "--duration: '1.5' is not a length of an appointment such"
         " as 45m or 2h"),
        ("schedule smp --zone Mars/X", "--zone: 'Mars/X' is not a time zone such as"
         " 'Europe/Paris'"),
        ("schedule smp -f ical", "--format: no 'ical'; there are: table, plain, json, csv,"
         " markdown, ics, sheet, pdf"),
        ("schedule smp -f jsn", "--format: no 'jsn' (did you mean 'json'?); there are: table,"
         " plain, json, csv, markdown, ics, sheet, pdf"),
        ("schedule smp -o x.doc", "--output: 'x.doc' does not end in .json, .csv, .md, .txt,"
         " .ics, .html, .pdf: choose one, or say --format"),
        ("list -o x.csv", "--output: 'x.csv' does not end in .json, .md, .txt: choose one, or say"
         " --format"),
        ("schedule smp --patient nobody.toml", "nobody.toml: cannot be read: No such file or"
         " directory"),
        ("schedule smp --config nothing.toml", "nothing.toml: cannot be read: No such file or"
         " directory"),
        ("screen smp --ask", "--ask: needs a terminal; else give --answer QUESTION=yes|no|unknown"),
    ],
)  # fmt: skip
def test_one_clear_message_and_exit_code_two(hairplan: Run, command: str, expected: str) -> None:
    ran = hairplan(command)
    assert (ran.code, ran.out, errors(ran)) == (2, "", [expected])


def test_faults_of_every_kind_come_at_once(hairplan: Run) -> None:
    ran = hairplan("schedule smp -a minoxidil=maybe -a foo=yes --sessions 9 --time 25:00")
    assert [fault.split(":")[0] for fault in errors(ran)] == [
        "--answer minoxidil",
        "--time",
        "answers.foo",
        "sessions.course",
    ]


def test_a_command_that_does_not_exist(hairplan: Run) -> None:
    ran = hairplan("schedul smp")
    assert ran.code == 2
    assert "Did you mean 'schedule'" in ran.err


# ---- files ----


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("plan.json", "{"),
        ("plan.csv", "plan,ref,"),
        ("plan.md", "# Scalp"),
        ("plan.TXT", "treatment Scalp micro"),
    ],
)
def test_the_suffix_of_a_file_chooses_the_form(hairplan: Run, name: str, begins: str) -> None:
    ran = hairplan(f"{SMP} -o {name}")
    assert (ran.code, ran.out, ran.said) == (0, "", f"wrote 4 appointments to {name}\n")
    assert Path(name).read_text("utf-8").startswith(begins)
    assert stat.S_IMODE(Path(name).stat().st_mode) == 0o600


def test_a_file_that_exists_is_kept_unless_it_is_the_same_plan(hairplan: Run) -> None:
    assert hairplan(f"{SMP} -o plan.txt").code == 0
    assert hairplan(f"{SMP} -o plan.txt").code == 0
    before = Path("plan.txt").read_bytes()
    ran = hairplan("schedule smp --start 2026-12-02 -o plan.txt")
    assert (ran.code, errors(ran)) == (
        2,
        ["plan.txt: exists already: choose another name, or --force"],
    )
    assert Path("plan.txt").read_bytes() == before
    assert hairplan("schedule smp --start 2026-12-02 -o plan.txt --force").code == 0
    assert Path("plan.txt").read_bytes() != before


@pytest.mark.parametrize("name", ["a.json", "a.csv", "a.txt", "a.md", "a.ics", "a.html"])
def test_a_file_of_another_treatment_with_the_same_id_is_not_overwritten(
    hairplan: Run, name: str
) -> None:
    assert hairplan(f"{SMP} --id anna -o {name}").code == 0
    ran = hairplan(f"schedule microneedling --start 2026-12-01 --id anna -o {name}")
    assert errors(ran) == [f"{name}: exists already: choose another name, or --force"]
    assert hairplan(f"{SMP} --id anna -o {name}").code == 0


def test_why_there_is_no_plan_is_kept_like_any_other_file(hairplan: Run) -> None:
    ran = hairplan(f"{SMP} -a pregnancy=yes -o p.json")
    assert (ran.code, ran.err.splitlines()[0]) == (3, "wrote why there is none to p.json")
    assert hairplan(f"{SMP} -a pregnancy=yes -o p.json").code == 3
    assert errors(hairplan(f"{SMP} -o p.json")) == [
        "p.json: exists already: choose another name, or --force"
    ]


@pytest.mark.parametrize("name", ["p.json", "p.csv", "p.txt", "p.md"])
def test_a_short_id_is_no_licence_to_overwrite(hairplan: Run, name: str) -> None:
    Path(name).write_text("my notes of 1 December on smp, plan 11\n")
    assert hairplan(f"{SMP} --id 1 -o {name}").code == 2
    assert hairplan(f"{SMP} --id 1 -o {name} --force").code == 0
    assert hairplan(f"schedule smp --start 2026-12-02 --id 1 -o {name}").code == 0


def test_a_dash_is_stdout(hairplan: Run) -> None:
    assert hairplan(f"{SMP} -o -").out == hairplan(SMP).out


def test_a_plan_without_dates_writes_no_file(hairplan: Run) -> None:
    assert hairplan(f"{SMP} -a pregnancy=yes -o plan.txt").code == 3
    assert not Path("plan.txt").exists()


@pytest.mark.parametrize(
    "reference", ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\x1b[31mred", "a\nb", "\u202ename"]
)
def test_text_from_outside_is_only_text(hairplan: Run, reference: str) -> None:
    quoted = reference.replace('"', '\\"')
    for form in ("plain", "table", "csv", "markdown"):
        out = hairplan(f'{SMP} -f {form} --ref "{quoted}" --place "{quoted}"').out
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert not any(cell.startswith(("=", "+", "@")) for cell in out.split(","))
    assert json.loads(hairplan(f'{SMP} -f json --ref "{quoted}"').out)["ref"] == reference


# ---- the patient's file ----


def test_a_patients_file_is_the_patients_part(hairplan: Run) -> None:
    Path("anna.toml").write_text(
        'ref = "A-17"\nsex = "female"\nage = 34\ntime = "9:30"\naway = ["2026-12-15=exam"]\n'
        '[answers]\nminoxidil = "yes"\nanticoagulants = "no"\n[events]\ntransplant = 2025-01-01\n'
        '[overrides]\npregnancy = "test was negative"\n[options]\ncadence = "weekly"\n'
    )
    ran = hairplan(f"{SMP} --patient anna.toml -f json -a minoxidil=no")
    plan = json.loads(ran.out)
    assert plan["ref"] == "A-17"
    assert plan["sessions"][1]["planned"] == "2026-12-14"
    assert plan["sessions"][1]["time"] == "09:30:00"
    assert "minoxidil" not in [each["id"] for each in plan["restrictions"]]
    assert ran.err.splitlines() == [
        "anna.toml: smp does not ask for answers anticoagulants: left out",
        "anna.toml: smp does not ask for options cadence: left out",
    ]


def test_a_misspelt_answer_in_a_patients_file_is_no_other_treatments(hairplan: Run) -> None:
    Path("anna.toml").write_text('[answers]\npregnency = "yes"\n')
    (fault,) = errors(hairplan(f"{SMP} --patient anna.toml"))
    assert fault.startswith("answers.pregnency: no such question (did you mean 'pregnancy'?)")


def test_every_fault_of_a_patients_file_has_its_path(hairplan: Run) -> None:
    Path("bad.toml").write_text(
        'ref = 3\nsx = "female"\nage = 340\naway = ["2027-02-30..x"]\n[answers]\nminoxidil = "z"\n'
    )
    assert errors(hairplan(f"{SMP} --patient bad.toml")) == [
        "bad.toml: age: 340 is more than 130",
        "bad.toml: answers.minoxidil: 'z' is not one of no, unknown, yes",
        "bad.toml: away[1]: '2027-02-30..x' is not days such as '2026-12-24..2027-01-02=holiday'",
        "bad.toml: ref: 3 is not a text",
        "bad.toml: sx: no such key (did you mean 'sex'?)",
    ]
    Path("bad.toml").write_text('away = ["2027-02-30"]\n')
    assert errors(hairplan(f"{SMP} --patient bad.toml")) == [
        "bad.toml: away: '2027-02-30' is no day of the calendar: day is out of range for month"
    ]


# ---- the clinic's settings ----

CONFIG = """\
closed = ["sun"]
holidays = ["FR"]
closures = ["2026-12-24..2027-01-02=holiday", "2027-05-01"]
zone = "Europe/Paris"
place = "Room 2"
duration = "90 minutes"
[treatments.smp]
time = "14:30"
sessions = 2
spacing = "12 days"
horizon = "2 years"
[treatments.microneedling.options]
cadence = "fortnightly"
"""


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("clinic.toml").write_text(CONFIG)
    monkeypatch.setenv("HAIRPLAN_CONFIG", "clinic.toml")


@pytest.mark.usefixtures("configured")
def test_a_clinic_states_its_part_once(hairplan: Run) -> None:
    plan = json.loads(hairplan(f"{SMP} -f json").out)
    assert plan["place"] == "Room 2"
    assert plan["until"] == "2028-12-01"
    session = plan["sessions"][1]
    assert (session["planned"], session["time"], session["zone"], session["duration"]) == (
        "2026-12-12",
        "14:30:00",
        "Europe/Paris",
        "PT1H30M",
    )
    other = json.loads(hairplan("schedule microneedling --start 2027-01-04 -f json").out)
    assert other["options"]["cadence"] == "fortnightly"


@pytest.mark.usefixtures("configured")
def test_an_option_comes_before_the_environment_before_the_file(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def times(options: str) -> Any:
        return json.loads(hairplan(f"{SMP} -f json {options}").out)["sessions"][0]["time"]

    assert times("") == "14:30:00"
    monkeypatch.setenv("HAIRPLAN_TIME", "10:00")
    assert times("") == "10:00:00"
    assert times("--time 11:00") == "11:00:00"
    monkeypatch.setenv("HAIRPLAN_TIME", "10")
    assert errors(hairplan(SMP)) == ["HAIRPLAN_TIME: '10' is not a time of day such as '14:30'"]


@pytest.mark.usefixtures("configured")
def test_closed_days_are_replaced_and_closures_add_up(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def second(options: str) -> Any:
        command = "schedule smp -s 2026-12-10 -n 3 --spacing '2 weeks' -f json"
        return json.loads(hairplan(f"{command} {options}").out)["sessions"][1]["planned"]

    assert second("") == "2026-12-23"
    assert second("--closure 2026-12-23") == "2026-12-22"
    assert second("--closed wed,tue") == "2026-12-21"
    assert second("--closed none --holidays none") == "2026-12-23"
    monkeypatch.setenv("HAIRPLAN_CLOSURE", "2026-12-23|2026-12-22=training")
    assert second("") == "2026-12-21"
    monkeypatch.setenv("HAIRPLAN_CLOSED", "mon")
    assert second("") == "2026-12-20"


@pytest.mark.usefixtures("configured")
def test_a_table_of_settings_names_their_file_once(hairplan: Run) -> None:
    rows = hairplan("config -f table").out.splitlines()
    assert [row.split() for row in rows if "closed" in row] == [["closed", "sun", "the", "file"]]
    assert [row for row in rows if "clinic.toml" in row] == ["configuration file: clinic.toml"]


@pytest.mark.usefixtures("configured")
def test_each_setting_is_shown_with_where_it_is_from(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAIRPLAN_ZONE", "Europe/London")
    rows = [line.split("  ") for line in hairplan("config").out.splitlines()]
    assert [[cell.strip() for cell in row if cell.strip()] for row in rows] == [
        ["Settings"],
        ["configuration file: clinic.toml"],
        ["Setting", "Value", "From"],
        ["closed", "sun", "clinic.toml"],
        ["holidays", "FR", "clinic.toml"],
        ["closure", "2026-12-24..2027-01-02=holiday|2027-05-01", "clinic.toml"],
        ["open", "-", "default"],
        ["zone", "Europe/London", "HAIRPLAN_ZONE"],
        ["place", "Room 2", "clinic.toml"],
        ["time", "-", "default"],
        ["duration", "90 minutes", "clinic.toml"],
        ["audience", "patient", "default"],
        ["details", "full", "default"],
        ["alarm", "1d", "default"],
        ["care", "changes", "default"],
        ["view", "desk", "default"],
        ["dates", "-", "default"],
        ["language", "en", "default"],
        ["protocols", "protocols (there is none yet)", "beside the file"],
        ["microneedling.options", "cadence=fortnightly", "clinic.toml"],
        ["smp.time", "14:30", "clinic.toml"],
        ["smp.spacing", "12 days", "clinic.toml"],
        ["smp.sessions", "2", "clinic.toml"],
        ["smp.horizon", "2 years", "clinic.toml"],
    ]


def test_without_a_file_everything_is_default(hairplan: Run, tmp_path: Path) -> None:
    found = json.loads(hairplan("config -f json").out)
    assert {each["origin"] for each in found[:-1]} == {"default"}
    assert found[-1]["value"] == f"{tmp_path}/xdg/hairplan/protocols (there is none yet)"
    assert f"{tmp_path}/xdg/hairplan/config.toml (there is none yet)" in hairplan("config").out


def test_the_file_in_the_configuration_folder_is_found(hairplan: Run, tmp_path: Path) -> None:
    folder = tmp_path / "xdg" / "hairplan"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('place = "Room 3"')
    assert json.loads(hairplan(f"{SMP} -f json").out)["place"] == "Room 3"


def test_other_systems_have_other_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_system", lambda: "darwin")
    path, is_named = settings.config_path(None)
    assert path.parts[-2:] == ("hairplan", "config.toml")
    assert not is_named


def test_every_fault_of_a_configuration_has_its_path(hairplan: Run) -> None:
    Path("bad.toml").write_text(
        'closed = ["sunday"]\nclosures = "x"\ntime = "noon"\n[treatments.smp]\ntme = "9:00"\n'
    )
    assert errors(hairplan(f"{SMP} --config bad.toml")) == [
        "bad.toml: closed[1]: 'sunday' is not one of fri, mon, sat, sun, thu, tue, wed"
        " (did you mean 'sun'?)",
        "bad.toml: closures[1]: 'x' is not days such as '2026-12-24..2027-01-02=holiday', or every"
        " year '08-01..08-15=summer'",
        "bad.toml: time: 'noon' is not a time such as '14:30'",
        "bad.toml: treatments.smp.tme: no such key (did you mean 'time'?)",
    ]


def test_a_fault_that_the_clinic_states_names_the_file(hairplan: Run) -> None:
    Path("clinic.toml").write_text(
        '[treatments.smp]\nspacing = "5 weeks"\noptions = { x = "y" }\n'
        'figures = { horizon = "4 years" }\n'
    )
    assert errors(hairplan(f"{SMP} --config clinic.toml")) == [
        "options.x: no such option; there are none",
        "spacing.course: 5 weeks is not always within 10 days..3 weeks (SMP-2, sourced)",
        "clinic.toml: treatments.smp states spacing = 5 weeks, options.x = y,"
        " figures.horizon = 4 years",
    ]
    Path("clinic.toml").write_text("[treatments.smpp]\nsessions = 2\n")
    assert errors(hairplan("config --config clinic.toml")) == [
        "clinic.toml: treatments.smpp: no such treatment (did you mean 'smp'?); there are:"
        " mesopecia, mesotherapy, microneedling, smp"
    ]


def test_a_clinic_can_change_our_defaults(hairplan: Run) -> None:
    Path("clinic.toml").write_text('[treatments.smp.figures]\n"course.count.max" = "8"\n')
    command = f"{SMP} --config clinic.toml -f json --sessions 8"
    assert len(json.loads(hairplan(command).out)["sessions"]) == 9
    assert hairplan(f"{command} --figure course.count.max=7").code == 2
    figure = "'course[cadence=weekly].spacing.max=13 days'"
    ran = hairplan(f"schedule microneedling -s 2027-01-04 -f json --figure {figure}")
    assert json.loads(ran.out)["sessions"][1]["latest"] == "2027-01-17"


def test_a_setting_that_has_the_right_form_and_no_sense_names_its_place(hairplan: Run) -> None:
    Path("clinic.toml").write_text('zone = "Mars"\nclosures = ["2027-02-30"]\n')
    assert errors(hairplan(f"{SMP} --config clinic.toml")) == [
        "clinic.toml: closure: '2027-02-30' is no day of the calendar: day is out of range for"
        " month",
        "clinic.toml: zone: 'Mars' is not a time zone such as 'Europe/Paris'",
    ]


# ---- list, show, screen ----


def test_the_treatments_a_line_each(hairplan: Run) -> None:
    lines = hairplan("list").out.splitlines()
    assert [line.split()[0] for line in lines if line] == [
        "Treatment",
        "mesopecia",
        "mesotherapy",
        "microneedling",
        "smp",
    ]
    assert [each["id"] for each in json.loads(hairplan("list -f json").out)][-1] == "smp"


def test_a_protocol_as_json_and_as_its_file(hairplan: Run) -> None:
    assert json.loads(hairplan("show smp -f json").out)["id"] == "smp"
    assert hairplan("show smp --toml").out.startswith(
        "#:schema ./hairplan.schema.json\n# Scalp micropigmentation."
    )
    assert hairplan("show smp --toml -o smp.toml").err == "wrote smp to smp.toml\n"
    assert Path("smp.toml").read_text("utf-8") == hairplan("show smp --toml").out


@pytest.mark.parametrize(
    ("options", "code", "verdict"),
    [
        ("-a pregnancy=yes", 3, "refused: pregnancy"),
        ("-a pregnancy=yes --override pregnancy=ok --sex female", 0, "11 questions to settle"),
        ("--sex male", 0, "10 questions to settle"),
    ],
)
def test_screening_ends_in_a_verdict(hairplan: Run, options: str, code: int, verdict: str) -> None:
    ran = hairplan(f"screen smp {options}")
    assert (ran.code, ran.out.splitlines()[1]) == (code, verdict)


def test_screening_with_every_answer_has_nothing_to_say(hairplan: Run) -> None:
    found = json.loads(hairplan("screen smp -f json").out)
    answers = " ".join(f"-a {name}=no" for name in {each["question"] for each in found})
    assert "nothing speaks against it" in hairplan(f"screen smp {answers}").out
    assert "nothing speaks against it in: " in hairplan(f"{SMP} {answers} --full").out


# ---- the terminal ----


def test_the_version_and_help(hairplan: Run) -> None:
    assert hairplan("--version").out == "hairplan 0.1.0\n"
    assert hairplan("-h").out == hairplan("--help").out
    assert "Plan a treatment" in hairplan("schedule -h").out
    assert hairplan("").code == 2


def test_the_program_runs_as_a_module(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["hairplan", "--version"])
    monkeypatch.delitem(sys.modules, "hairplan.__main__")
    with pytest.raises(SystemExit):
        runpy.run_module("hairplan", run_name="__main__")
    assert capsys.readouterr().out == "hairplan 0.1.0\n"


@pytest.mark.parametrize(
    ("is_tty", "environment", "expected"),
    [
        (True, {"TERM": "xterm"}, True),
        (True, {"TERM": "dumb"}, False),
        (True, {"TERM": "xterm", "NO_COLOR": "1"}, False),
        (False, {"TERM": "xterm"}, False),
        (False, {"FORCE_COLOR": "1"}, True),
        (False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colours_are_for_terminals_that_want_them(
    monkeypatch: pytest.MonkeyPatch, *, is_tty: bool, environment: dict[str, str], expected: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: is_tty, raising=False)
    assert terminal.shows_color(stream) is expected


def test_in_a_terminal_a_plan_is_a_table(hairplan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "is_terminal", lambda _: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    out = hairplan(f"{SMP} --closure 2026-12-15").out
    assert "\x1b[33m" in out
    assert "───" in out
    assert hairplan(f"{SMP} -f table -o plan.txt").code == 0
    assert "\x1b" not in Path("plan.txt").read_text("utf-8")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in hairplan(SMP).out


@pytest.mark.parametrize("width", [80, 120])
def test_a_table_fits_its_terminal(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for name in ("smp", "microneedling", "mesopecia", "mesotherapy"):
        lines = hairplan(f"schedule {name} -s 2027-01-04 --closed sun -f table").out.splitlines()
        assert max(map(len, lines)) <= width


class FullStream(io.StringIO):
    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def write(self, _: str) -> int:
        raise self.error

    def fileno(self) -> int:
        return os.open(os.devnull, os.O_WRONLY)


def test_a_full_disk_behind_stdout_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", FullStream(OSError(errno.ENOSPC, "No space left")))
    with pytest.raises(OutputError) as error:
        terminal.put("x")
    assert error.value.faults == ("standard output: cannot be written: No space left",)


@pytest.mark.parametrize("command", ["--version", "-h", SMP, "list"])
def test_a_full_disk_is_no_bug_of_ours(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(sys, "stdout", FullStream(OSError(errno.ENOSPC, "No space left")))
    ran = hairplan(command)
    assert (ran.code, len(errors(ran))) == (2, 1)
    assert errors(ran)[0].endswith(": No space left")


def test_a_reader_that_has_gone_ends_it_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", FullStream(BrokenPipeError()))
    with pytest.raises(SystemExit) as end:
        terminal.put("x")
    assert end.value.code == 141


def test_an_interruption_has_its_exit_code(hairplan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("hairplan.planner.make_plan", interrupted)
    ran = hairplan(SMP)
    assert (ran.code, ran.err) == (130, "interrupted\n")


def test_a_bug_of_ours_shows_no_patients_data(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("hairplan.planner.make_plan", broken)
    ran = hairplan(f"{SMP} --ref SECRET")
    assert ran.code == 70
    assert "ZeroDivisionError" in ran.err
    assert "please report it, without patients' data" in ran.err
    assert "SECRET" not in ran.err
