"""Calendars as they are asked for on the command line: shapes, words, and what is refused."""

import json
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import tzlocal
from conftest import OWN, Ran
from msgspec import structs
from test_cli import errors

from hairplan.cli import clock
from hairplan.files.plan_file import decode, encode
from hairplan.identity import uid

Run = Callable[[str], Ran]
SMP = "schedule smp --start 2026-12-01"
TIMED = f"{SMP} --time 14:30 --zone Europe/Paris --ref A-17"
NAMELESS = (
    "no --ref and no --id: another patient with the same request would have the same event ids\n"
)


def lines(text: str, name: str) -> list[str]:
    """Return the values of a property."""
    unfolded = text.replace("\r\n ", "")
    return [line[len(name) + 1 :] for line in unfolded.splitlines() if line.startswith(f"{name}:")]


# ---- shapes ----


def test_a_calendar_is_written_to_a_file_and_replaced_by_the_same_plan_alone(hairplan: Run) -> None:
    ran = hairplan(f"{TIMED} -o plan.ics")
    assert (ran.code, ran.out, ran.said) == (
        0,
        "",
        "wrote 9 events (4 appointments, 4 care days and 1 task) to plan.ics\n",
    )
    first = Path("plan.ics").read_bytes()
    assert stat.S_IMODE(Path("plan.ics").stat().st_mode) == 0o600
    assert hairplan(f"{TIMED} -o plan.ics").code == 0
    assert Path("plan.ics").read_bytes() == first
    assert hairplan(f"{TIMED} -o plan.ics --only tasks").code == 0
    other = hairplan(f"{TIMED} --ref A-18 -o plan.ics")
    assert errors(other) == ["plan.ics: exists already: choose another name, or --force"]
    assert hairplan(f"{TIMED} --ref A-18 -o plan.ics --force").code == 0


def test_a_calendar_on_stdout_has_its_own_line_ends(hairplan: Run) -> None:
    ran = hairplan(f"{TIMED} -f ics")
    assert ran.out.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert ran.out.endswith("END:VCALENDAR\r\n")
    assert hairplan(f"{TIMED} -f ics -o -").out == ran.out


def test_a_folder_holds_a_file_an_event(hairplan: Run) -> None:
    ran = hairplan(f"{TIMED} --split anna --only sessions")
    assert ran.said == "wrote 4 appointments, a file each, to anna\n"
    files = sorted(Path("anna").iterdir())
    assert [each.name[:14] for each in files] == [
        "appointment-1-",
        "appointment-1-",
        "appointment-2-",
        "appointment-3-",
    ]
    assert all(each.read_text().count("BEGIN:VEVENT") == 1 for each in files)
    assert stat.S_IMODE(Path("anna").stat().st_mode) == 0o700
    assert hairplan(f"{TIMED} --split anna --details full").code == 0
    assert len(list(Path("anna").iterdir())) == 9


def test_a_folder_is_written_whole_or_not_at_all(hairplan: Run) -> None:
    hairplan(f"{TIMED} --split anna")
    names = sorted(each.name for each in Path("anna").iterdir())
    for each in Path("anna").iterdir():
        each.unlink()
    (Path("anna") / names[1]).write_text("mine")
    (Path("anna") / names[4]).write_text("mine")
    ran = hairplan(f"{TIMED} --split anna")
    assert errors(ran) == [
        f"anna/{names[at]}: exists already: choose another name, or --force" for at in (4, 1)
    ] or errors(ran) == [
        f"anna/{names[at]}: exists already: choose another name, or --force" for at in (1, 4)
    ]
    assert len(list(Path("anna").iterdir())) == 2
    assert hairplan(f"{TIMED} --split anna --force").code == 0


def test_a_folder_that_is_a_file_is_refused(hairplan: Run) -> None:
    Path("anna").write_text("x")
    assert errors(hairplan(f"{TIMED} --split anna")) == ["anna: is a file: name a folder"]


def test_a_folder_that_cannot_be_made_is_said(hairplan: Run) -> None:
    assert errors(hairplan(f"{TIMED} --split /dev/null/x")) == [
        "/dev/null/x: cannot be written: Not a directory"
    ]


def test_a_feed_has_a_name_and_a_refresh_interval_and_keeps_its_readers(hairplan: Run) -> None:
    assert "X-WR-CALNAME" not in hairplan(f"{TIMED} -f ics").out
    hairplan(f"{TIMED} --feed -o feed.ics")
    text = Path("feed.ics").read_bytes().decode()
    assert lines(text, "X-WR-CALNAME") == lines(text, "NAME") == ["Appointments"]
    assert lines(text, "REFRESH-INTERVAL;VALUE=DURATION") == ["PT12H"]
    assert stat.S_IMODE(Path("feed.ics").stat().st_mode) == 0o644
    Path("feed.ics").chmod(0o640)
    ran = hairplan(f"{TIMED} --feed -o feed.ics")
    assert ran.said == (
        "wrote 9 events (4 appointments, 4 care days and 1 task) to feed.ics, mode 640:"
        " chmod changes it, and it stays so\n"
    )
    assert stat.S_IMODE(Path("feed.ics").stat().st_mode) == 0o640
    hairplan(f"{TIMED} -o feed.ics")
    assert stat.S_IMODE(Path("feed.ics").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (f"{TIMED} -o plan.ics", "would write 9 events (4 appointments, 4 care days and 1"),
        (f"{TIMED} -f ics", " 1 task) to standard output, "),
        (f"{TIMED} -o plan.json", "would write 4 appointments to plan.json, "),
        (f"{TIMED} --split anna --id x", "\nappointment-2-95835059.ics  Tue 2026-12-15  2/3 App"),
        (f"{SMP} --ref A --split anna", "  Tue 2026-12-15  2/3 Appointment\n"),
    ],
)
def test_a_rehearsal_says_what_would_be_written_and_writes_nothing(
    hairplan: Run, command: str, said: str
) -> None:
    ran = hairplan(f"{command} --dry-run")
    assert (ran.code, ran.err) == (0, "")
    assert said in ran.out
    assert not list(Path().iterdir())


def test_a_rehearsal_meets_the_same_refusal(hairplan: Run) -> None:
    Path("plan.ics").write_text("mine")
    assert errors(hairplan(f"{TIMED} -o plan.ics --dry-run")) == [
        "plan.ics: exists already: choose another name, or --force"
    ]


# ---- what is in it ----


@pytest.mark.parametrize(
    ("options", "titles"),
    [
        ("--only sessions", 4),
        ("--only sessions,tasks", 5),
        ("--only sessions --only tasks", 5),
        ("--without restrictions", 5),
        ("--care none", 5),
        ("--care bars", 9),
        ("--with tentative", 11),
        ("--audience practice", 5),
        ("--audience practice --with restrictions", 9),
        ("--audience practice --with restrictions,tentative", 11),
        ("--audience practice --only restrictions", 4),
        ("--audience practice --with restrictions --without tasks", 8),
        ("--only sessions,tasks --without tasks", 4),
        ("", 9),
    ],
)
def test_kinds_are_chosen(hairplan: Run, options: str, titles: int) -> None:
    assert len(lines(hairplan(f"{TIMED} -f ics {options}").out, "SUMMARY")) == titles


@pytest.mark.parametrize(
    ("options", "trigger"),
    [
        ("", ["-P1D"]),
        ("--alarm 2h", ["-PT2H"]),
        ("--alarm 30m", ["-PT30M"]),
        ("--alarm '1 week'", ["-P7D"]),
        ("--alarm none", []),
    ],
)
def test_an_alarm_is_chosen(hairplan: Run, options: str, trigger: list[str]) -> None:
    ran = hairplan(f"{TIMED} -f ics --only sessions {options}")
    assert lines(ran.out, "TRIGGER") == trigger * 3


def test_the_practices_calendar_has_the_reference(hairplan: Run) -> None:
    text = hairplan(f"{TIMED} -f ics --audience practice --only sessions").out
    assert lines(text, "SUMMARY")[0] == "A-17: Scalp micropigmentation\\, course-1 (1 of 3)"
    assert set(lines(text, "CLASS")) == {"PRIVATE"}


def test_what_is_left_out_is_said_at_the_end(hairplan: Run) -> None:
    ran = hairplan(f"{TIMED} -o p.ics --audience practice")
    assert ran.said.splitlines() == [
        "wrote 5 events (4 appointments and 1 task) to p.ics",
        "left out: 4 care periods: --with restrictions",
    ]
    brief = hairplan(f"{TIMED} -f ics --details brief")
    assert brief.err == (
        "left out of brief texts, as answers are missing: minoxidil=yes,"
        " psoriasis-eczema-localized=yes: --details full asks\n"
    )


def test_what_has_no_day_yet_is_said(hairplan: Run) -> None:
    Path("own.toml").write_text(
        f'{OWN}[[steps]]\nid = "course"\nname = "x"\ncount = {{ min = 1, max = 2 }}\n'
        'spacing.preferred = "1 week"\nsource = "x"\n'
    )
    ran = hairplan("schedule ./own.toml --start 2027-01-04 --ref A -f ics")
    assert ran.err == "not in the calendar, as no day is known yet: course-2\n"
    assert hairplan(f"{TIMED} -f ics --only tasks").err == ""


def test_a_calendar_of_nothing_is_not_written(hairplan: Run) -> None:
    ran = hairplan(f"{TIMED} -o plan.ics --only reviews")
    assert ran == Ran(
        1, "", "no calendar is written: the plan has nothing with a day that was asked for\n"
    )
    assert not Path("plan.ics").exists()


def test_a_plan_that_cannot_be_is_no_calendar(hairplan: Run) -> None:
    ran = hairplan(f"{SMP} --ref A --event transplant=2026-09-01 -o plan.ics")
    assert (ran.code, Path("plan.ics").exists()) == (3, False)


# ---- identity and time ----


def test_two_patients_with_the_same_request_are_warned_of(hairplan: Run) -> None:
    assert hairplan(f"{SMP} -f ics").err == NAMELESS
    assert hairplan(f"{SMP} -f ics --id x").err == ""
    assert hairplan(SMP).err == ""


def test_ids_are_the_plans_and_the_items_alone(hairplan: Run) -> None:
    only = "-f ics --only sessions,tasks"
    first = lines(hairplan(f"{TIMED} {only} --id x").out, "UID")
    later = hairplan(f"schedule smp --start 2027-03-01 --id x {only} --audience practice")
    assert len(set(first)) == len(first)
    assert set(first) == set(lines(later.out, "UID"))


TREATMENTS = ("smp", "mesopecia", "microneedling", "mesotherapy")


def test_treatments_with_the_same_id_share_no_events(hairplan: Run) -> None:
    """Neither in a calendar of their own, nor kept in a plan file, nor in the practice's."""
    plain, kept = [], []
    for name in TREATMENTS:
        asked = f"schedule {name} --start 2026-12-01 --id anna"
        plain += lines(hairplan(f"{asked} -f ics --only sessions").out, "UID")
        hairplan(f"{asked} --save {name}.plan.json -o {name}.txt")
        kept += lines(hairplan(f"schedule {name}.plan.json -f ics --only sessions").out, "UID")
        assert json.loads(hairplan(f"{asked} -f json").out)["id"] == "anna"
    rows = "".join(f"A-1,{name},2026-12-01,anna\n" for name in TREATMENTS)
    Path("p.csv").write_text("ref,treatment,start,id\n" + rows)
    assert hairplan("batch p.csv -o all.ics --only sessions").code == 0
    assert lines(Path("all.ics").read_text(), "UID") == kept == plain
    assert len(set(plain)) == len(plain)


def test_a_plan_file_of_an_earlier_release_keeps_the_ids_of_its_events(hairplan: Run) -> None:
    hairplan(f"{SMP} --id anna --save anna.plan.json -o anna.txt")
    path = Path("anna.plan.json")
    kept = decode(path.read_bytes(), "anna")
    assert kept.request.is_id_shared
    request = structs.replace(kept.request, is_id_shared=False)
    path.write_bytes(encode(structs.replace(kept, request=request)))
    assert b"is_id_shared" not in path.read_bytes()
    found = lines(hairplan("schedule anna.plan.json -f ics --only sessions").out, "UID")
    assert found == [uid("anna", f"course-{number}") for number in (1, 2, 3)] + [
        uid("anna", "touch-up-1")
    ]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_the_machines_zone_does_not_matter(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    expected = hairplan(f"{TIMED} -f ics").out
    monkeypatch.setenv("TZ", zone)
    assert hairplan(f"{TIMED} -f ics").out == expected


def test_a_time_without_a_zone_is_this_machines(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch, machine_zone: Callable[[str], None]
) -> None:
    machine_zone("Asia/Tokyo")
    ran = hairplan(f"{SMP} --ref A --time 14:30 -f ics")
    assert ran.err == "zone: Asia/Tokyo, which is this machine's: --zone chooses another\n"
    assert "DTSTART;TZID=Asia/Tokyo:20261201T143000" in ran.out
    assert "DTSTART:20261201T053000Z" in hairplan(f"{SMP} --ref A --time 14:30 -f ics --utc").out
    assert hairplan(f"{SMP} --ref A --time 14:30").err == ""
    monkeypatch.setattr(tzlocal, "get_localzone_name", lambda: None)
    assert errors(hairplan(f"{SMP} --ref A --time 14:30 -f ics")) == [
        "--zone: a time in a calendar needs its time zone, such as Europe/Paris"
    ]


@pytest.mark.parametrize("rule", ["EST5EDT,M3.2.0,M11.1.0", "CET-1CEST,M3.5.0,M10.5.0/3"])
def test_a_rule_without_a_name_is_no_zone(
    hairplan: Run, machine_zone: Callable[[str], None], rule: str
) -> None:
    machine_zone(rule)
    assert errors(hairplan(f"{SMP} --ref A --time 14:30 -f ics")) == [
        "--zone: a time in a calendar needs its time zone, such as Europe/Paris"
    ]


def test_the_stamp_is_an_argument(hairplan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def stamps(options: str = "") -> set[str]:
        text = hairplan(f"{TIMED} -f ics {options}").out
        assert lines(text, "LAST-MODIFIED") == lines(text, "DTSTAMP")
        return set(lines(text, "DTSTAMP"))

    assert stamps() == {"20261101T000000Z"}
    assert stamps("--today 2026-11-05") == {"20261105T000000Z"}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1798761600")
    assert stamps("--today 2026-11-05") == {"20270101T000000Z"}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    assert errors(hairplan(f"{TIMED} -f ics")) == [
        "SOURCE_DATE_EPOCH: 'soon' is not a number of seconds since 1970"
    ]
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    monkeypatch.delenv("HAIRPLAN_TODAY")
    before = datetime.now(UTC).replace(microsecond=0)
    assert before <= clock.stamp_from(None) <= datetime.now(UTC)


# ---- settings ----

CONFIG = """
[calendar]
audience = "practice"
alarm = "2h"
name = "Clinic"
[calendar.patient.titles]
session = "{label} {count}"
restriction = "{ref} of {treatment}"
task = "To do"
[calendar.practice.texts]
session = "call {ref}"
"""


def test_a_clinic_states_how_it_wants_its_calendars(hairplan: Run) -> None:
    Path("config.toml").write_text(CONFIG)
    ran = hairplan(f"{TIMED} -f ics --config config.toml --feed --only sessions")
    assert lines(ran.out, "X-WR-CALNAME") == ["Clinic"]
    assert set(lines(ran.out, "DESCRIPTION")) > {"call A-17"}
    assert set(lines(ran.out, "TRIGGER")) == {"-PT2H"}
    assert ran.err == ""
    shown = hairplan("config --config config.toml").out
    assert "audience" in shown
    assert "config.toml, calendar" in shown
    assert "calendar.patient.titles.session" in shown


def test_the_environment_comes_before_the_file(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("config.toml").write_text(CONFIG)
    monkeypatch.setenv("HAIRPLAN_AUDIENCE", "patient")
    monkeypatch.setenv("HAIRPLAN_ALARM", "x")
    ran = hairplan(f"{TIMED} -f ics --config config.toml --alarm none")
    assert "A-17 of Scalp micropigmentation" in ran.out
    assert errors(hairplan(f"{TIMED} -f ics --config config.toml")) == [
        "HAIRPLAN_ALARM: 'x' is not a time such as 1d, 2h or 30m, or none"
    ]


def test_a_title_that_tells_too_much_is_warned_of(hairplan: Run) -> None:
    Path("config.toml").write_text(CONFIG)
    ran = hairplan(f"{TIMED} -o plan.ics --config config.toml --audience patient")
    assert (ran.code, ran.err.splitlines()[:2]) == (
        0,
        [
            "warning: config.toml: calendar.patient.titles.session: {label} may tell on a locked"
            " phone who is treated, or for what",
            "warning: config.toml: calendar.patient.titles.restriction: {treatment} and {ref} may"
            " tell on a locked phone who is treated, or for what",
        ],
    )


def test_every_fault_of_a_template_is_said(hairplan: Run) -> None:
    Path("config.toml").write_text(
        '[calendar.patient.titles]\nsession = "{name} {cont}"\ntask = "{count"\n'
        '[calendar.practice.texts]\nreview = "{}"\n'
    )
    there = (
        "there are: {kind}, {count}, {nth}, {day}, {window}, {resume}, {place}, {label}, {session},"
        " {treatment}, {ref}, {details}"
    )
    assert errors(hairplan(f"{SMP} --config config.toml")) == [
        f"config.toml: calendar.patient.titles.session: no field {{name}}; {there}",
        "config.toml: calendar.patient.titles.session: no field {cont} (did you mean 'count'?);"
        f" {there}",
        "config.toml: calendar.patient.titles.task: '{count': a field is a name in braces, such as"
        " {count}",
        f"config.toml: calendar.practice.texts.review: no field {{}}; {there}",
    ]


def test_a_kind_that_there_is_not_is_answered_with_the_one_that_is_meant(hairplan: Run) -> None:
    Path("config.toml").write_text('[calendar.patient.titles]\nsessions = "x"\n')
    assert errors(hairplan(f"{SMP} --config config.toml")) == [
        "config.toml: calendar.patient.titles.sessions: no such key (did you mean 'session'?)"
    ]


# ---- what is refused ----


@pytest.mark.parametrize(
    ("options", "faults"),
    [
        (
            "-f ics --audience patints --details all --alarm 2x --only sesions,x --without y",
            [
                "--audience: 'patints' is not patient or practice (did you mean 'patient'?)",
                "--details: 'all' is not brief or full",
                "--alarm: '2x' is not a time such as 1d, 2h or 30m, or none",
                "--only: 'sesions' is not sessions, restrictions, tasks, reviews or routines"
                " (did you mean 'sessions'?)",
                "--only: 'x' is not sessions, restrictions, tasks, reviews or routines",
                "--without: 'y' is not sessions, restrictions, tasks, reviews or routines",
            ],
        ),
        (
            "-f ics --audience practice --care bars --with tentativ",
            [
                "--with: 'tentativ' is not sessions, restrictions, tasks, reviews, routines or"
                " tentative (did you mean 'tentative'?)",
                "--care: of a patient's calendar alone; the practice's has care periods --with"
                " restrictions",
            ],
        ),
        (
            "-f json --audience practice --feed --alarm 1d --with tentative --care bars",
            [
                "--audience: for a calendar alone: -o plan.ics or --format ics",
                "--care: for a calendar alone: -o plan.ics or --format ics",
                "--with: for a calendar alone: -o plan.ics or --format ics",
                "--alarm: for a calendar alone: -o plan.ics or --format ics",
                "--feed: for a calendar alone: -o plan.ics or --format ics",
            ],
        ),
        (
            "--split anna --feed -o plan.ics -f json",
            [
                "--split and --feed: a feed is one file",
                "--split and --output: give a folder or a file",
                "--split and --format json: a folder is of .ics files",
            ],
        ),
        (
            "-f ics --alarm '2 months'",
            ["--alarm: '2 months' is not a time such as 1d, 2h or 30m, or none"],
        ),
        ("-f ics --alarm 500d", ["--alarm: '500d' is not a time such as 1d, 2h or 30m, or none"]),
        (
            "-f ics --alarm x --sex z",
            [
                "--alarm: 'x' is not a time such as 1d, 2h or 30m, or none",
                "--sex: 'z' is not female or male",
            ],
        ),
    ],
)
def test_all_faults_are_said_at_once(hairplan: Run, options: str, faults: list[str]) -> None:
    ran = hairplan(f"{SMP} {options}")
    assert (ran.code, ran.out, errors(ran)) == (2, "", faults)
    assert not list(Path().iterdir())
