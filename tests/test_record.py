"""The life of a plan on the command line: kept, recorded, taken back, shown, exported."""

import io
import json
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import OWN, Ran
from test_calendar_cli import lines
from test_cli import errors

from hairplan.cli import record

Run = Callable[[str], Ran]
KEEP = "schedule smp --start 2026-12-01 --ref A-17 --save anna.plan.json"
TIMED = f"{KEEP} --time 14:30 --zone Europe/Paris"


@pytest.fixture(autouse=True)
def _one_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAIRPLAN_BY", "Zoé")


def kept(hairplan: Run, command: str = KEEP) -> Path:
    assert hairplan(command).code == 0
    return Path("anna.plan.json")


# ---- keeping a plan ----


def test_a_plan_is_kept_for_its_owner_alone_under_a_random_id(hairplan: Run) -> None:
    ran = hairplan(KEEP)
    assert ran.err == (
        "kept the plan in anna.plan.json; hairplan record anna.plan.json goes on with it\n"
    )
    path = Path("anna.plan.json")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    file = json.loads(path.read_bytes())
    assert f"plan      {file['id']}\n" in ran.out
    assert len(file["id"]) == 20
    assert file["protocol"]["text"].startswith("#:schema ")
    assert hairplan(KEEP.replace("anna", "bob")).code == 0
    assert json.loads(Path("bob.plan.json").read_bytes())["id"] != file["id"]
    assert hairplan(f"{KEEP.replace('anna', 'eve')} --id mine").code == 0
    assert json.loads(Path("eve.plan.json").read_bytes())["id"] == "mine"


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        (
            f"{KEEP} --force",
            "anna.plan.json: exists already, and a plan is never overwritten: choose another name,"
            " or change it with hairplan record anna.plan.json",
        ),
        (KEEP.replace("anna.plan.json", "x.txt"), "--save: 'x.txt' does not end in .plan.json,"
         " such as anna.plan.json"),
        (KEEP.replace("anna", "folder"), "folder.plan.json: is a folder: name a file in it"),
    ],
)  # fmt: skip
def test_a_plan_is_never_overwritten(hairplan: Run, command: str, fault: str) -> None:
    before = kept(hairplan).read_bytes()
    Path("folder.plan.json").mkdir()
    ran = hairplan(command)
    assert (ran.code, errors(ran)) == (2, [fault])
    assert Path("anna.plan.json").read_bytes() == before


def test_a_rehearsal_keeps_nothing(hairplan: Run) -> None:
    assert hairplan(f"{KEEP} --dry-run").code == 0
    assert hairplan(f"{KEEP} --event transplant=2026-09-01").code == 3
    assert not list(Path().iterdir())


def test_the_zone_of_a_time_is_kept(hairplan: Run, machine_zone: Callable[[str], None]) -> None:
    machine_zone("Asia/Tokyo")
    assert hairplan(f"{KEEP} --time 9:00").err.startswith("zone: Asia/Tokyo, which is this")
    assert json.loads(Path("anna.plan.json").read_bytes())["request"]["zone"] == "Asia/Tokyo"


def test_an_own_protocol_is_kept_with_its_text(hairplan: Run) -> None:
    text = (Path(__file__).parent.parent / "examples/protocols/prp-monthly.toml").read_text("utf-8")
    Path("prp.toml").write_text(text, "utf-8")
    assert hairplan("schedule ./prp.toml --start 2026-12-01 --ref A --save a.plan.json").code == 0
    Path("prp.toml").unlink()
    assert hairplan("status a.plan.json").code == 0


# ---- recording ----


def test_what_happened_is_recorded_and_what_follows_is_shown(hairplan: Run) -> None:
    path = kept(hairplan)
    options = "--done course-1=2026-12-03 --today 2026-12-03 --reason late --full"
    ran = hairplan(f"record {path} {options}")
    assert ran.code == 0
    assert ran.err.endswith("(--answer autoimmune=?)\nrecorded as entry 1 of anna.plan.json\n")
    assert "course-2: Tue 2026-12-15 -> Thu 2026-12-17 (+2 days)" in ran.out
    (entry,) = json.loads(path.read_bytes())["history"]
    assert (entry["by"], entry["reason"], entry["on"]) == ("Zoé", "late", "2026-12-03")
    assert entry["what"] == [{"what": "done", "session": "course-1", "on": "2026-12-03"}]


def test_several_things_at_once_are_one_step(hairplan: Run) -> None:
    path = kept(hairplan, TIMED)
    command = (
        f"record {path} --done course-1=2026-12-01 --moved course-2=2026-12-18T09:00 --today"
        " 2026-12-02 --add extra=2027-02-01T10:00 --add Extra=2027-03-02 --cancelled course-3"
        " --skipped touch-up-1 --answer minoxidil=yes --away 2027-01-01..2027-01-02=travel"
        " --closure 2026-12-24 --closed sun --holidays FR --place 'Room 2' --time 15:00"
        " --zone Europe/Paris --duration 45m --on-late extra --anchor rolling --by Max"
    )
    assert hairplan(command).code == 0
    assert len(json.loads(path.read_bytes())["history"]) == 1
    said = hairplan(f"history {path}").out
    for part in (
        "course-1 done on Tue 2026-12-01", "course-2 booked for Fri 2026-12-18 09:00",
        "course-3 called off", "touch-up-1 given up", "extra-1 added: extra on Mon 2027-02-01",
        "extra-2 added: Extra on Tue 2027-03-02", "answers minoxidil=yes", "closed sun",
        "away 2027-01-01..2027-01-02=travel", "closures 2026-12-24..2026-12-24", "place Room 2",
        "on_late extra", "Max",
    ):  # fmt: skip
        assert part in " ".join(said.split()), part
    back = hairplan(f"undo {path} --today 2026-12-03 --reason 'the wrong patient'")
    assert (back.code, back.err) == (0, "recorded as entry 2 of anna.plan.json\n")
    assert hairplan(f"undo {path}").err == (
        "error: anna.plan.json: nothing is recorded that could be taken back\n"
    )
    shown = hairplan(f"history {path}").out
    assert "(taken back by 2)" in shown
    assert "entry 1 taken back" in shown
    assert [each.get("undoes") for each in json.loads(hairplan(f"history {path} -f json").out)] == [
        None,
        1,
    ]


def test_a_missed_session_is_booked_again(hairplan: Run) -> None:
    path = kept(hairplan)
    hairplan(f"record {path} --done course-1 --today 2026-12-01")
    ran = hairplan(f"record {path} --missed course-2 --today 2026-12-29")
    assert ran.code == 1
    assert "course-2: cannot keep to the protocol any more: its latest day was" in ran.err
    assert "course-2 missed" in hairplan(f"history {path}").out


def test_a_finding_is_an_answer_or_an_event(hairplan: Run) -> None:
    path = kept(hairplan)
    assert hairplan(f"record {path} --finding minoxidil=yes").code == 0
    assert hairplan(f"record {path} --finding transplant=2025-01-01").code == 0
    said = " ".join(hairplan(f"history {path}").out.split())
    assert "answers minoxidil=yes" in said
    assert "events transplant=2025-01-01" in said


def test_history_of_nothing_says_so(hairplan: Run) -> None:
    path = kept(hairplan)
    assert "nothing is recorded yet" in hairplan(f"history {path}").out


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ("--away 2027-01-01..2027-01-03", 0, "feasible: what is ahead keeps to the protocol"),
        ("--away 2026-12-05..2026-12-30", 1, "not feasible: course-2: cannot keep to the protocol"),
        (
            "--moved course-2=2026-12-05",
            4,
            "error: course-2: booked 6 days before its earliest day, 2026-12-11"
            " (course.spacing.min 10 days (SMP-2))\n"
            "the nearest day that can be: --booked course-2=2026-12-11\n"
            "nothing is recorded; --force records it all the same\n",
        ),
        ("--closure 2026-11-02..2040-01-01", 4, "nothing is recorded\n"),
    ],
)
def test_what_if_shows_and_records_nothing(
    hairplan: Run, options: str, code: int, said: str
) -> None:
    path = kept(hairplan)
    before = path.read_bytes()
    ran = hairplan(f"record {path} {options} --dry-run")
    assert ran.code == code
    assert said in ran.err
    assert path.read_bytes() == before
    assert hairplan(f"undo {path} --dry-run").code == 2


def test_who_insists_is_obeyed(hairplan: Run) -> None:
    path = kept(hairplan)
    assert hairplan(f"record {path} --moved course-2=2026-12-05").code == 4
    assert json.loads(path.read_bytes())["history"] == []
    assert hairplan(f"record {path} --moved course-2=2026-12-05 --force").code == 1
    assert len(json.loads(path.read_bytes())["history"]) == 1


def test_a_day_that_nothing_is_near_to_is_refused_without_one(hairplan: Run) -> None:
    Path("own.toml").write_text(
        f'{OWN}[[steps]]\nid = "course"\nname = "x"\ncount = 2\nspacing.preferred = "1 week"\n'
    )
    hairplan("schedule ./own.toml --start 2027-01-04 --ref A --save a.plan.json")
    closed = "--closure 2027-01-05..2040-01-01"
    ran = hairplan(f"record a.plan.json --moved course-2=2027-01-11 {closed} --dry-run")
    assert (ran.code, "the nearest day" in ran.err) == (4, False)


def test_what_was_done_is_not_undone_by_a_slip(hairplan: Run) -> None:
    path = kept(hairplan)
    hairplan(f"record {path} --done course-1 --today 2026-12-01")
    ran = hairplan(f"record {path} --moved course-1=2026-12-30 --today 2026-12-02")
    assert errors(ran) == [
        "course-1 was done on 2026-12-01: hairplan undo takes a step back, or --force records"
        " this all the same"
    ]
    assert hairplan(f"record {path} --skipped course-1 --force --today 2026-12-02").code == 0


def test_an_extra_appointment_on_a_closed_day_is_refused(hairplan: Run) -> None:
    path = kept(hairplan, f"{KEEP} --closed sun")
    ran = hairplan(f"record {path} --add extra=2026-12-20")
    assert (ran.code, errors(ran)) == (
        4,
        ["extra-1: booked for Sun 2026-12-20, which is closed: Sunday"],
    )
    late = hairplan(f"record {path} --moved course-3=2027-02-14")
    assert errors(late) == ["course-3: booked for Sun 2027-02-14, which is closed: Sunday"]


def test_a_rehearsed_stop_is_not_feasible(hairplan: Run) -> None:
    path = kept(hairplan)
    ran = hairplan(f"record {path} --answer pregnancy=yes --dry-run")
    assert "feasible" not in ran.err
    assert "stopped from Tue 2026-12-01 on" in ran.out


def test_an_answer_that_stops_is_said(hairplan: Run) -> None:
    path = kept(hairplan)
    ran = hairplan(f"record {path} --answer pregnancy=yes --sex female --today 2026-12-10")
    assert ran.out.startswith("! stopped from Thu 2026-12-10 on: what is ahead is cancelled; ")
    assert (ran.code, ran.err) == (0, f"recorded as entry 1 of {path}\n")  # not said twice
    assert hairplan(f"schedule {path} --today 2026-12-10").err == ""
    shown = hairplan(f"schedule {path} --full --today 2026-12-10")
    assert shown.code == 0
    assert "course-2, course-3, touch-up-1: cancelled: stopped: pregnancy" in shown.out
    assert shown.err == "stopped from Thu 2026-12-10 on: what is ahead is cancelled\n"


@pytest.mark.parametrize("form", ["json", "table", "markdown", "plain"])
def test_what_changes_has_several_forms(hairplan: Run, form: str) -> None:
    path = kept(hairplan)
    ran = hairplan(
        f"record {path} --done course-1=2026-12-02 --today 2026-12-02 -f {form} --dry-run"
    )
    assert "course-2" in ran.out
    if form == "json":
        assert {"item", "kind", "change"} <= set(json.loads(ran.out)[0])
    assert hairplan(f"status {path} -f {form}").code == 0


def test_every_fault_of_what_is_recorded_is_said(hairplan: Run) -> None:
    path = kept(hairplan)
    ran = hairplan(
        f"record {path} --done course-1=2027-01-01 --done course-1 --moved course-2=2026-10-01"
        " --moved = --moved course-3=soon --missed coarse-2 --missed course-2"
        " --finding minoxidl=yes --on-late never --anchor sliding --answer x --away y"
    )
    assert errors(ran)[:2] == [
        "--done: course-1 is given twice",
        "--booked: '=' is not of the form SESSION=DATE",
    ]
    assert errors(ran)[2].startswith("--booked course-3: 'soon' is not")
    assert errors(ran)[3:7] == [
        "--done course-1: 2027-01-01 is after today, 2026-11-01",
        "--booked course-2: 2026-10-01 is before today, 2026-11-01; if it took place then: --done"
        " course-2=2026-10-01",
        "course-2: two things are said of it at once",
        "no session 'coarse-2' (did you mean 'course-2'?); there are: course-1..3, touch-up-1",
    ]
    assert errors(ran)[7].startswith(
        "--finding: 'minoxidl=yes' is not NAME=DATE of an event or NAME=yes|no of a question (did"
        " you mean 'minoxidil'?); there are: "
    )
    assert errors(ran)[8:10] == [
        "--on-late: 'never' is not continue, restart or extra",
        "--anchor: 'sliding' is not rolling or fixed",
    ]
    assert len(errors(ran)) == 12
    assert errors(hairplan(f"record {path}")) == [
        "nothing to record: say what happened, such as --done course-2 or"
        " --booked course-3=2027-01-09"
    ]


def test_whoever_records_has_a_name_or_none(hairplan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    path = kept(hairplan)
    monkeypatch.delenv("HAIRPLAN_BY")

    def nobody() -> str:
        raise OSError

    monkeypatch.setattr("getpass.getuser", lambda: "root")
    hairplan(f"record {path} --answer minoxidil=yes")
    monkeypatch.setattr("getpass.getuser", nobody)
    hairplan(f"record {path} --answer minoxidil=no")
    entries = json.loads(path.read_bytes())["history"]
    assert [each.get("by") for each in entries] == ["root", None]
    assert record.FORMATS


# ---- the plan file, and what comes of it ----


def test_a_plan_file_is_scheduled_in_any_form(hairplan: Run) -> None:
    path = kept(hairplan)
    assert hairplan(f"schedule {path} --full").out.startswith("Scalp micropigmentation (smp 1.0)\n")
    assert json.loads(hairplan(f"schedule {path} -f json").out)["ref"] == "A-17"
    assert hairplan(f"schedule {path} -o plan.csv").said == "wrote 4 appointments to plan.csv\n"


def test_a_plan_file_says_what_is_asked_for(hairplan: Run) -> None:
    path = kept(hairplan)
    ran = hairplan(f"schedule {path} --start 2026-12-02 --spacing '2 weeks' --save x.json")
    assert errors(ran) == [
        f"--spacing: {path} holds what was asked for; hairplan record changes it",
        f"--start: {path} holds what was asked for",
        f"--save: {path} is a plan file already",
    ]


@pytest.mark.parametrize("command", ["record", "undo", "history", "status", "schedule"])
def test_a_file_that_is_no_plan_is_refused(hairplan: Run, command: str) -> None:
    Path("x.json").write_text("{")
    ran = hairplan(f"{command} x.json")
    assert ran.code == 2
    assert errors(ran)[0].startswith("x.json: ")
    assert errors(hairplan(f"{command} nothing.json"))[0].startswith("nothing.json: ")
    assert {each.name for each in Path().iterdir()} <= {"x.json", ".x.json.lock"}


# ---- the calendar follows ----


def test_the_calendar_follows_the_plan(hairplan: Run) -> None:
    path = kept(hairplan, f"{TIMED} -o anna.ics")
    first = Path("anna.ics").read_bytes()
    assert hairplan(f"schedule {path} -o anna.ics --today 2026-11-02").code == 0
    assert Path("anna.ics").read_bytes() == first
    hairplan(f"record {path} --moved course-3=2026-12-30 --cancelled touch-up-1")
    assert hairplan(f"schedule {path} -o anna.ics --today 2026-11-03").code == 0
    second = Path("anna.ics").read_bytes().decode()
    assert set(lines(second, "UID")) >= set(lines(first.decode(), "UID"))
    assert "STATUS:CANCELLED" in second
    assert "SUMMARY:Cancelled: follow-up\r\n" in second
    assert set(lines(second, "DTSTAMP")) == {"20261101T000000Z", "20261103T000000Z"}


def test_a_title_that_tells_too_much_is_warned_of_at_each_export(hairplan: Run) -> None:
    path = kept(hairplan)
    Path("c.toml").write_text('[calendar.patient.titles]\nsession = "{ref}"\n')
    ran = hairplan(f"schedule {path} -o anna.ics --config c.toml")
    assert ran.err.startswith("warning: c.toml: calendar.patient.titles.session: {ref} may tell")
    practice = hairplan(f"schedule {path} -o practice.ics --config c.toml --audience practice")
    assert "warning" not in practice.err


def test_only_changes_can_be_exported(hairplan: Run) -> None:
    path = kept(hairplan, f"{TIMED} -o anna.ics --only sessions")
    assert hairplan(f"schedule {path} --changes-only --only sessions -o x.ics").err == (
        "nothing has changed since the last export: no calendar is written\n"
    )
    hairplan(f"record {path} --moved course-3=2026-12-30")
    ran = hairplan(f"schedule {path} --changes-only --only sessions -o x.ics --dry-run")
    assert ran.out.startswith("would write 2 appointments to x.ics, ")
    ran = hairplan(f"schedule {path} --changes-only --only sessions --split changes")
    assert ran.said == "wrote 2 appointments, a file each, to changes\n"


def test_changes_are_of_a_plan_file(hairplan: Run) -> None:
    ran = hairplan("schedule smp --start 2026-12-01 --ref A -f ics --changes-only")
    assert errors(ran) == [
        "--changes-only: of a plan file: hairplan schedule PLAN; keep one with --save"
    ]


def test_an_empty_export_leaves_the_ledger_alone(hairplan: Run) -> None:
    path = kept(hairplan)
    before = path.read_bytes()
    assert hairplan(f"schedule {path} -o x.ics --only reviews").code == 1
    assert path.read_bytes() == before


# ---- as people type it ----


def test_several_sessions_are_named_by_commas_or_as_a_row(hairplan: Run) -> None:
    kept = "schedule mesopecia --start 2026-11-02 --save p.plan.json --today 2026-10-20"
    assert hairplan(kept).code == 0
    ran = hairplan("record p.plan.json --done weekly-1..2,weekly-3 --force --today 2026-11-20")
    assert ran.code == 0
    assert all(f"weekly-{number}: done on" in ran.err for number in (1, 2, 3))


@pytest.mark.parametrize("at", ["T14h30", "T14:30", " 14h30", " 14:30", "T2:30 pm"])
def test_a_booking_has_its_time_however_that_is_written(hairplan: Run, at: str) -> None:
    hairplan("schedule smp --start 2026-12-01 --save p.plan.json --zone Europe/Paris")
    ran = hairplan(f"record p.plan.json --booked 'course-2=2026-12-17{at}'")
    assert (ran.code, ran.out.splitlines()[0]) == (
        0,
        "course-2 booked Thu 2026-12-17 14:30, was Tue 2026-12-15 (+2 d)",
    )


def test_what_stands_already_is_not_recorded_again(hairplan: Run) -> None:
    hairplan("schedule smp --start 2026-12-01 --save p.plan.json")
    done = "record p.plan.json --done course-1=2026-12-01 --force --today 2026-12-02"
    assert hairplan(done).code == 0
    before = Path("p.plan.json").read_bytes()
    again = hairplan(done)
    assert (again.code, again.err) == (0, "nothing changes: nothing is recorded\n")
    assert Path("p.plan.json").read_bytes() == before
    assert hairplan(f"{done} --reason 'she says so too'").code == 0


def test_a_session_put_off_to_today_is_said_to_be_done_today(hairplan: Run) -> None:
    kept = "schedule microneedling --start 2026-11-02 --save p.plan.json --today 2026-10-20"
    assert hairplan(kept).code == 0
    hairplan("record p.plan.json --done course-1,course-2 --force --today 2026-11-27")
    ran = hairplan("record p.plan.json --done course-3 --force --today 2026-11-27")
    says = "course-3: done on Fri 2026-11-27, today; on another day: --done course-3=DATE"
    assert says in ran.err.splitlines()


def test_who_closes_the_pipe_of_messages_loses_no_record(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Closed(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    hairplan("schedule smp --start 2026-12-01 --save p.plan.json")
    with monkeypatch.context() as closed:
        closed.setattr(sys, "stderr", Closed())
        hairplan("record p.plan.json --done course-1=2026-12-01 --force --today 2026-12-02")
    assert '"course-1"' in Path("p.plan.json").read_text("utf-8").partition('"history"')[2]


def test_what_is_still_ahead_was_not_missed(hairplan: Run) -> None:
    hairplan("schedule smp --start 2026-12-01 --save p.plan.json")
    missed = "record p.plan.json --missed course-2 --today 2026-12-02"
    ran = hairplan(missed)
    assert (ran.code, errors(ran)) == (
        2,
        [
            "course-2 is still ahead, on 2026-12-15: --cancelled course-2 calls it off; --force"
            " records it as missed all the same"
        ],
    )
    assert hairplan(f"{missed} --force").code == 0
