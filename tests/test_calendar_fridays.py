"""A practice's calendar over several Fridays: each export of a list follows the one before it.

Radicale holds the calendar where it is there, as `test_calendar_readers` finds it; else the events
are kept by their UIDs, as every calendar program does.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Ran
from icalendar import Calendar
from test_calendar_follows import held
from test_calendar_readers import FOLDER, MUST
from test_cli import errors

from hairplan.calendar.ics import uid

Run = Callable[[str], Ran]
HEAD = "Dossier;Soin;Date;Heure\n"
SETTINGS = """
dates = "dmy"
zone = "Europe/Paris"
[columns]
dossier = "ref"
soin = "treatment"
date = "start"
heure = "time"
"""
RUN = "batch p.csv --config clinic.toml -o practice.ics --only sessions"


def row(number: int, *, date: str = "01/12/2026", time: str = "10h") -> str:
    treatment = ("smp", "microneedling", "mesotherapy")[number % 3]
    return f"P-{number};{treatment};{date};{time}\n"


def friday(hairplan: Run, week: int, rows: dict[int, str], options: str = "") -> Ran:
    """Export a list, and keep a copy of the calendar and of its plans."""
    Path("clinic.toml").write_text(SETTINGS)
    Path("p.csv").write_bytes((HEAD + "".join(rows.values())).encode("cp1252"))
    today = f"--today 2026-11-{6 + 7 * week:02}"
    ran = hairplan(f"{RUN} {today} {options}")
    Path(f"{week}.ics").write_bytes(Path("practice.ics").read_bytes())
    listed = f"batch p.csv --config clinic.toml -o {week}.jsonl -q {today} {options}"
    hairplan(listed)
    return ran


def sessions(week: int) -> dict[str, dict[str, str]]:
    """Return the day of each session by its UID, by the patient's reference."""
    plans = map(json.loads, Path(f"{week}.jsonl").read_text().splitlines())
    return {
        plan["ref"]: {
            uid(plan["id"], session["id"]): session["planned"]
            for session in plan["sessions"]
            if session["planned"] and session["kind"] != "review"
        }
        for plan in plans
    }


def by_uid(files: list[Path]) -> dict[str, dict[str, Any]]:
    """Return what somebody has who puts each file into one calendar."""
    events: dict[str, dict[str, Any]] = {}
    for file in files:
        calendar: Any = Calendar.from_ical(file.read_bytes())
        for event in calendar.walk("VEVENT"):
            before = events.get(str(event["uid"]), {"sequence": 0})
            assert event["sequence"] >= before["sequence"]
            events[str(event["uid"])] = {
                "start": event["dtstart"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "status": str(event["status"]),
                "sequence": event["sequence"],
            }
    return events


def calendar_after(files: list[Path]) -> dict[str, dict[str, Any]]:
    """Return the events after all files, held by Radicale if it is there."""
    if "radicale" in MUST or (FOLDER / "bin" / "radicale").exists():
        return held("radicale", "items", *map(str, files))[-1]
    return by_uid(files)


def test_four_fridays_leave_each_appointment_once_on_its_day(hairplan: Run) -> None:
    rows = {number: row(number) for number in range(25)}
    assert friday(hairplan, 0, rows).code == 0
    # Another time, and days on which the practice is closed.
    rows[1] = row(1, time="10h30")
    assert friday(hairplan, 1, rows, "--closure 2026-12-14..2026-12-16").code == 0
    # A start that was put off, a length of one's own, and a new patient.
    rows[2] = row(2, date="07/12/2026")
    rows[25] = row(25)
    assert friday(hairplan, 2, rows, "--closure 2026-12-14..2026-12-16 --duration 90").code == 0
    # A row that is gone, one that fails, and the closure is taken back.
    del rows[3]
    rows[4] = row(4, date="bientôt")
    assert friday(hairplan, 3, rows, "--duration 90").code == 1

    expected = {**sessions(3), "P-3": sessions(2)["P-3"], "P-4": sessions(2)["P-4"]}
    meant = {uid: day for days in expected.values() for uid, day in days.items()}
    found = calendar_after([Path(f"{week}.ics") for week in range(4)])
    alive = {uid: event["start"][:10] for uid, event in found.items()
             if event["status"] != "CANCELLED"}  # fmt: skip
    assert alive == meant
    put_off = sessions(1)["P-2"].keys()
    assert {found[uid]["status"] for uid in put_off} == {"CANCELLED"}
    assert sessions(0)["P-1"].keys() == sessions(3)["P-1"].keys()
    # Half past ten there, whatever zone a reader says it in.
    assert {found[uid]["start"][13:16] for uid in sessions(3)["P-1"]} == {":30"}
    assert len(found) == len(meant) + len(put_off)
    moved = [uid for uid, day in sessions(0)["P-6"].items() if sessions(1)["P-6"][uid] != day]
    assert moved
    assert {found[uid]["sequence"] for uid in moved} == {3}


def test_what_did_not_change_is_written_as_before(hairplan: Run) -> None:
    rows = {number: row(number) for number in range(4)}
    friday(hairplan, 0, rows)
    first = Path("practice.ics").read_bytes()
    assert friday(hairplan, 1, rows).code == 0
    assert Path("practice.ics").read_bytes() == first


def test_a_patient_s_second_plan_is_not_called_off(hairplan: Run) -> None:
    later = row(0, date="01/06/2027")
    friday(hairplan, 0, {0: row(0), 1: later})
    # The other way round they are the same two plans.
    friday(hairplan, 1, {0: later, 1: row(0)})
    assert b"CANCELLED" not in Path("practice.ics").read_bytes()
    # While one of the two cannot be read, nothing is called off.
    friday(hairplan, 2, {0: row(0), 1: row(0, date="bientôt")})
    assert b"CANCELLED" not in Path("practice.ics").read_bytes()
    friday(hairplan, 3, {0: row(0)})
    found = by_uid([Path(f"{week}.ics") for week in range(4)])
    alive = {uid for uid, event in found.items() if event["status"] != "CANCELLED"}
    assert alive == set(sessions(3)["P-0"])


def test_what_is_called_off_is_so_in_every_later_file(hairplan: Run) -> None:
    friday(hairplan, 0, {0: row(0)})
    friday(hairplan, 1, {0: row(0, date="08/12/2026")})
    friday(hairplan, 2, {0: row(0, date="08/12/2026")})
    files = [Path(f"{week}.ics").read_bytes() for week in range(3)]
    assert files[1] == files[2]
    assert files[1].count(b"STATUS:CANCELLED") == len(sessions(0)["P-0"])


@pytest.mark.parametrize("change", ["no memory", "damaged memory", "another audience"])
def test_a_calendar_that_is_not_remembered_is_not_overwritten(hairplan: Run, change: str) -> None:
    friday(hairplan, 0, {0: row(0)})
    memory = Path(".practice.ics.hairplan.jsonl")
    options = ""
    if change == "no memory":
        memory.unlink()
    elif change == "damaged memory":
        memory.write_text("{")
    else:
        options = "--audience patient"
    ran = hairplan(f"{RUN} {options}")
    assert errors(ran) == ["practice.ics: exists already: choose another name, or --force"]
    assert hairplan(f"{RUN} {options} --force").code == 0
    assert hairplan(f"{RUN} {options}").code == 0


def test_without_the_calendar_its_memory_says_nothing(hairplan: Run) -> None:
    friday(hairplan, 0, {0: row(0)})
    Path("practice.ics").unlink()
    friday(hairplan, 1, {0: row(0, time="11h")})
    assert b"SEQUENCE:1" not in Path("practice.ics").read_bytes()


def test_a_file_of_somebody_else_is_not_overwritten(hairplan: Run) -> None:
    friday(hairplan, 0, {0: row(0)})
    Path("practice.ics").write_text("mine")
    ran = hairplan(RUN)
    assert errors(ran) == ["practice.ics: exists already: choose another name, or --force"]


def test_a_rehearsal_and_a_device_remember_nothing(hairplan: Run) -> None:
    Path("clinic.toml").write_text(SETTINGS)
    Path("p.csv").write_text(HEAD + row(0))
    assert hairplan(f"{RUN} --dry-run").code == 0
    assert hairplan(f"{RUN} --force -o /dev/null -f ics").code == 0
    assert sorted(path.name for path in Path().iterdir()) == ["clinic.toml", "p.csv"]
