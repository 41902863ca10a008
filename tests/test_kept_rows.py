"""Lists beside plan files that were gone on with: what was recorded holds, and not the list."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ran
from test_calendar_fridays import by_uid

from hairplan.batch import untold
from hairplan.errors import OutputError
from hairplan.protocol.catalog import read_protocol_text

Run = Callable[[str], Ran]
BATCH = "batch p.csv --zone Europe/Paris"
UNDER_WAY = "row 1 (line 2): under way: from its plan file"
OTHER_START = (
    "row 1 (line 2): failed: start: plans/A-1.plan.json is under way since another start, [...]:"
    " change the list, or the plan with hairplan record"
)


def said(ran: Ran) -> list[str]:
    """Return what was said but for how the list was read."""
    return ran.err.splitlines()[1:]


def listed(*rows: str) -> None:
    Path("p.csv").write_text("\n".join(["ref,treatment,start,time", *rows, ""]))


def keep(hairplan: Run, folder: str = "plans") -> None:
    """Keep the plans of a list of two, and move a session of the first."""
    listed("A-1,smp,2026-12-01,10:00", "A-2,microneedling,2026-12-02,10:00")
    assert hairplan(f"{BATCH} --out-dir {folder} -f plan --name ref").code == 0
    assert hairplan(f"record {folder}/A-1.plan.json --moved course-2=2026-12-17").code == 0


def alive(*files: str) -> dict[str, str]:
    """Return the days of the events that a calendar has after all files, by their UIDs."""
    events = by_uid(list(map(Path, files)))
    return {uid: event["start"][:10] for uid, event in events.items()
            if event["status"] != "CANCELLED"}  # fmt: skip


@pytest.mark.parametrize("form", ["ics", "csv", "jsonl"])
def test_one_output_is_made_from_the_plan_file(hairplan: Run, form: str) -> None:
    keep(hairplan)
    ran = hairplan(f"{BATCH} -o all.{form}")
    assert (ran.code, said(ran)[:2]) == (
        0,
        [UNDER_WAY, f"2 rows: 2 plans, 0 refused, 0 failed; written to all.{form}"],
    )
    assert "20261217" in Path(f"all.{form}").read_text().replace("-", "")
    written = Path(f"all.{form}").read_bytes().decode()
    assert hairplan(f"{BATCH} -o - -f {form} -q").out == written


def test_plan_files_are_where_references_are_looked_up(hairplan: Run) -> None:
    keep(hairplan, "far/away/plans")
    assert UNDER_WAY not in said(hairplan(f"{BATCH} -o one.csv"))
    Path("clinic.toml").write_text('plans = "far"\n')
    assert UNDER_WAY in said(hairplan(f"{BATCH} -o two.csv --config clinic.toml"))
    Path("clinic.toml").write_text('plans = "not there"\n')
    ran = hairplan(f"{BATCH} -o three.csv --config clinic.toml")
    assert (ran.code, said(ran)) == (
        2,
        ["error: clinic.toml: plans: not there is not there: make it, or name the one that has the"
         " plans"],
    )  # fmt: skip
    assert not Path("three.csv").exists()
    # The batch that makes it.
    for rest in ("--dry-run", "-q"):
        made = hairplan(f'{BATCH} --out-dir "not there" -f plan --config clinic.toml {rest}')
        assert made.code == 0
    assert hairplan(f"{BATCH} -o three.csv --config clinic.toml").code == 0


def test_the_practice_s_calendar_follows_a_plan_from_the_list_into_its_file(hairplan: Run) -> None:
    keep(hairplan)
    shutil.move("plans", "../plans")
    assert hairplan(f"{BATCH} -o practice.ics").code == 0
    shutil.copy("practice.ics", "0.ics")
    shutil.move("../plans", "plans")
    # Half an hour later in the list: the plan file holds.
    listed("A-1,smp,2026-12-01,10:30", "A-2,microneedling,2026-12-02,10:00")
    assert UNDER_WAY in said(hairplan(f"{BATCH} -o practice.ics --today 2026-11-08"))
    shutil.copy("practice.ics", "1.ics")
    days = alive("0.ics", "1.ics")
    assert alive("1.ics") == days
    assert days.keys() == alive("0.ics").keys()
    assert "2026-12-17" in days.values()
    ran = hairplan(f"{BATCH} -o practice.ics --today 2026-11-15")
    assert said(ran)[1].startswith("2 rows: 2 plans (1 unchanged), ")
    assert Path("practice.ics").read_bytes() == Path("1.ics").read_bytes()
    # An export of the plan files goes on from there, and the list's from that.
    hairplan("record A-1 --moved course-2=2026-12-18")
    hairplan("export plans -o 2.ics")
    hairplan("record A-1 --moved course-2=2026-12-19")
    hairplan(f"{BATCH} -o practice.ics")
    shutil.copy("practice.ics", "3.ics")
    assert "2026-12-19" in alive("0.ics", "1.ics", "2.ics", "3.ics").values()
    hairplan("record A-1 --ended today --today 2026-11-20")
    hairplan(f"{BATCH} -o practice.ics --today 2026-11-20")
    shutil.copy("practice.ics", "4.ics")
    left = alive(*(f"{number}.ics" for number in range(5)))
    assert left == {uid: day for uid, day in days.items() if uid in left}
    assert 0 < len(left) < len(days)


def test_a_plan_that_was_saved_takes_the_place_of_the_list_s(hairplan: Run) -> None:
    listed("A-1,smp,2026-12-01,10:00")
    hairplan(f"{BATCH} -o practice.ics")
    shutil.copy("practice.ics", "0.ics")
    saved = "schedule smp --start 2026-12-01 --time 10:00 --zone Europe/Paris --ref a-1"
    assert hairplan(f"{saved} --save a.plan.json").code == 0
    assert hairplan("record a.plan.json --moved course-2=2026-12-17").code == 0
    assert UNDER_WAY in said(hairplan(f"{BATCH} -o practice.ics --today 2026-11-08"))
    days = alive("0.ics", "practice.ics")
    assert len(days) == len(alive("0.ics"))
    assert "2026-12-17" in days.values()


def test_a_patient_s_calendar_follows_its_earlier_export(hairplan: Run) -> None:
    listed("A-1,smp,2026-12-01,10:00", "A-2,microneedling,2026-12-02,10:00")
    calendars = f"{BATCH} --out-dir calendars --name ref --resume"
    assert hairplan(calendars).code == 0
    shutil.copy("calendars/A-1.ics", "0.ics")
    keep(hairplan)
    ran = hairplan(f"{calendars} --today 2026-11-08")
    assert said(ran) == [
        UNDER_WAY, "2 rows: 2 plans (1 unchanged), 0 refused, 0 failed; written to calendars",
    ]  # fmt: skip
    assert "SEQUENCE:1" in Path("calendars/A-1.ics").read_text()
    days = alive("0.ics", "calendars/A-1.ics")
    assert days == alive("calendars/A-1.ics")
    assert "2026-12-17" in days.values()


def test_a_rehearsal_tells_no_plan_file(hairplan: Run) -> None:
    keep(hairplan)
    before = Path("plans/A-1.plan.json").read_bytes()
    assert UNDER_WAY in said(hairplan(f"{BATCH} -o practice.ics --dry-run"))
    assert Path("plans/A-1.plan.json").read_bytes() == before


def test_a_rehearsal_needs_no_folder_of_its_own(hairplan: Run) -> None:
    keep(hairplan)
    listed("A-3,smp,2026-12-01,10:00")
    ran = hairplan(f"{BATCH} --out-dir calendars --dry-run")
    assert said(ran) == [
        "1 row: 1 plan, 0 refused, 0 failed; nothing is written to calendars: a rehearsal"
    ]


def test_a_row_with_another_start_is_reported(hairplan: Run) -> None:
    keep(hairplan)
    listed("A-1,smp,2026-12-08,10:00", "A-2,microneedling,2026-12-02,10:00")
    ran = hairplan(f"{BATCH} -o practice.ics --report bad.jsonl")
    assert (ran.code, said(ran)[0]) == (1, OTHER_START)
    [line] = Path("bad.jsonl").read_text().splitlines()
    assert "2026-12-01" in json.loads(line)["reason"][0]
    # Where an earlier row is of that plan, or the plan is over, the row is of a new one.
    listed("A-1,smp,2026-12-01,10:00", "A-1,smp,2027-12-01,10:00")
    ran = hairplan(f"{BATCH} -o all.csv")
    assert (ran.code, UNDER_WAY in said(ran)) == (0, True)
    listed("A-1,smp,2027-12-01,10:00")
    assert OTHER_START in said(hairplan(f"{BATCH} -o none.csv"))
    hairplan("record A-1 --ended today --today 2026-11-20")
    ran = hairplan(f"{BATCH} -o new.csv --today 2026-11-20")
    assert said(ran) == ["1 row: 1 plan, 0 refused, 0 failed; written to new.csv"]
    listed("A-1,smp,2026-12-01,10:00")
    ran = hairplan(f"{BATCH} -o over.csv --today 2026-11-20")
    assert said(ran)[0] == "row 1 (line 2): over by its plan file: nothing to export"


def test_of_several_plan_files_none_is_taken(hairplan: Run) -> None:
    keep(hairplan)
    shutil.copytree("plans", "copies")
    ran = hairplan(f"{BATCH} -o practice.ics")
    assert said(ran)[0] == (
        "row 1 (line 2): failed: ref: has 2 plans under way: copies/[...].plan.json and"
        " plans/[...].plan.json"
    )


def test_a_plan_file_that_cannot_be_read_is_said(hairplan: Run) -> None:
    keep(hairplan)
    path = Path("plans/A-1.plan.json")
    path.write_text(path.read_text().replace("2026-12-17", "2026-12-18"))
    ran = hairplan(f"{BATCH} -o practice.ics")
    assert said(ran)[0].startswith("row 1 (line 2): failed: plans/[...].plan.json: history[1] was")
    path.write_text(path.read_text()[:500])
    ran = hairplan(f"{BATCH} -o practice.ics")
    assert said(ran)[:2] == [
        "plans/A-1.plan.json: cannot be read: its patient's row is planned from the list alone",
        "2 rows: 2 plans, 0 refused, 0 failed; written to practice.ics",
    ]


def save(hairplan: Run, ref: str = "A-1") -> None:
    """Save the plan of a patient, and move a session of it: it has an id that no list gives."""
    saved = "schedule smp --start 2026-12-01 --time 10:00 --zone Europe/Paris"
    assert hairplan(f"{saved} --ref {ref} --save a.plan.json").code == 0
    assert hairplan("record a.plan.json --moved course-2=2026-12-17").code == 0


def test_a_plan_that_was_saved_and_ended_is_called_off(hairplan: Run) -> None:
    listed("A-1,smp,2026-12-01,10:00")
    folder = f"{BATCH} --out-dir calendars --name ref --resume"
    for command in (f"{BATCH} -o practice.ics", folder):
        assert hairplan(command).code == 0
    shutil.copy("practice.ics", "0.ics")
    shutil.copy("calendars/A-1.ics", "A-1.ics")
    save(hairplan)
    hairplan("record a.plan.json --ended today --today 2026-11-20")
    for output, counts in (("-o practice.ics", "1 plan"), ("-o practice.ics", "1 plan (1 unch")):
        rehearsed = hairplan(f"{BATCH} {output} --today 2026-11-20 --dry-run")
        ran = hairplan(f"{BATCH} {output} --today 2026-11-20")
        assert said(ran)[0] == said(rehearsed)[0] == "row 1 (line 2): over by its plan file"
        assert all(said(each)[1].startswith(f"1 row: {counts}") for each in (ran, rehearsed))
        assert alive("0.ics", "practice.ics") == {}
        assert by_uid([Path("practice.ics")]).keys() == by_uid([Path("0.ics")]).keys()
    ran = hairplan(f"{folder} --today 2026-11-20")
    assert said(ran)[0] == "row 1 (line 2): over by its plan file"
    assert alive("A-1.ics", "calendars/A-1.ics") == {}
    # Of one that no calendar had, there is nothing to say.
    ran = hairplan(f"{BATCH} -o new.ics --today 2026-11-20")
    assert said(ran) == [
        "row 1 (line 2): over by its plan file: nothing to export",
        "1 row: 0 plans, 1 over, 0 refused, 0 failed; nothing is written to new.ics",
    ]


def test_what_was_done_of_a_plan_that_was_saved_and_ended_stays(hairplan: Run) -> None:
    listed("A-1,smp,2026-12-01,10:00")
    hairplan(f"{BATCH} -o practice.ics")
    shutil.copy("practice.ics", "0.ics")
    save(hairplan)
    hairplan("record a.plan.json --done course-1=2026-12-01 --today 2026-12-01")
    hairplan("record a.plan.json --ended today --today 2026-12-02")
    assert hairplan(f"{BATCH} -o practice.ics --today 2026-12-02").code == 0
    left = alive("0.ics", "practice.ics")
    assert left == alive("practice.ics")
    assert sorted(left.values()) == ["2026-11-24", "2026-12-01"]


def test_a_patient_s_calendar_has_a_plan_once_that_was_saved(hairplan: Run) -> None:
    listed("A-1,smp,2026-12-01,10:00")
    calendars = f"{BATCH} --out-dir calendars --name ref --resume"
    assert hairplan(calendars).code == 0
    shutil.copy("calendars/A-1.ics", "0.ics")
    save(hairplan)
    for number in (1, 2):
        assert said(hairplan(f"{calendars} --today 2026-11-08"))[0] == UNDER_WAY
        shutil.copy("calendars/A-1.ics", f"{number}.ics")
        days = alive("0.ics", f"{number}.ics")
        assert days == alive(f"{number}.ics")
        assert "2026-12-17" in days.values()


def test_the_practice_s_titles_are_never_among_the_patient_s(hairplan: Run) -> None:
    listed("A-1,smp,2026-12-01,10:00")
    calendars = f"{BATCH} --out-dir calendars --name ref --resume"
    assert hairplan(f"{calendars} --audience practice").code == 0
    save(hairplan)
    assert said(hairplan(calendars))[0] == UNDER_WAY
    assert "CANCELLED" not in Path("calendars/A-1.ics").read_text()


def test_two_patients_may_differ_in_case_alone(hairplan: Run) -> None:
    save(hairplan, "A1")
    rows = ("a1,smp,2026-12-01,10:00", "A1,smp,2026-12-01,10:00")
    for order in (rows, rows[::-1]):
        listed(*order)
        ran = hairplan(f"{BATCH} -o all.jsonl --force")
        assert said(ran)[-1] == "2 rows: 2 plans, 0 refused, 0 failed; written to all.jsonl"
        assert [each for each in said(ran) if "under way" in each] == [
            f"row {number} (line {number + 1}): under way: from its plan file"
            for number in (order.index(rows[1]) + 1,)
        ]
        plans = Path("all.jsonl").read_text().splitlines()
        assert [json.loads(plan)["ref"] for plan in plans if "2026-12-17" in plan] == ["A1"]
    # Nor is a file one of a row that has a file of its own.
    hairplan("schedule smp --start 2026-12-01 --ref a1 --save b.plan.json")
    hairplan("record b.plan.json --moved course-2=2026-12-18")
    listed(rows[0])
    assert UNDER_WAY in said(hairplan(f"{BATCH} -o all.csv --force"))
    assert "2026-12-18" in Path("all.csv").read_text()


def test_a_plan_file_is_of_the_row_that_begins_with_it(hairplan: Run) -> None:
    save(hairplan)
    listed("A-1,smp,2024-12-03,10:00", "A-1,smp,2026-12-01,10:00", "A-1,smp,,10:00")
    ran = hairplan(f"{BATCH} -o all.csv")
    assert said(ran)[2:4] == [
        "row 2 (line 3): under way: from its plan file",
        "row 3 (line 4): failed: start: is empty: the day of the first session",
    ]
    assert "3 rows: 2 plans, 0 refused, 1 failed" in ran.err


def test_a_treatment_may_be_named_by_its_file(hairplan: Run) -> None:
    Path("my.toml").write_text(read_protocol_text("smp"))
    save(hairplan)
    Path("p.csv").write_text("ref,start\nA-1,2026-12-01\n")
    assert UNDER_WAY in said(hairplan("batch p.csv -t ./my.toml -o all.csv"))
    assert "2026-12-17" in Path("all.csv").read_text()


def test_a_new_course_begins_in_the_folder_of_one_that_is_over(hairplan: Run) -> None:
    listed("A-1,smp,2026-12-01,10:00")
    calendars = f"{BATCH} --out-dir plans --name ref --resume"
    hairplan(f"{calendars} -f ics,plan")
    hairplan("record A-1 --ended today --today 2026-11-20")
    listed("A-1,smp,2027-12-01,10:00")
    ran = hairplan(f"{calendars} --today 2026-11-20")
    assert said(ran)[-1] == "1 row: 1 plan, 0 refused, 0 failed; written to plans"
    assert "20271201" in Path("plans/A-1.ics").read_text()


def test_blanks_around_a_reference_are_none_of_it(hairplan: Run) -> None:
    save(hairplan, '" A-1 "')
    assert json.loads(Path("a.plan.json").read_text())["request"]["ref"] == "A-1"


def test_a_batch_that_stops_tells_no_plan_file(hairplan: Run) -> None:
    save(hairplan)
    listed("A-1,smp,2026-12-01,10:00", "A-2,nosuch,2026-12-01,10:00")
    before = Path("a.plan.json").read_bytes()
    ran = hairplan(f"{BATCH} -o practice.ics --fail-fast")
    assert "nothing of it is kept" in ran.err
    assert Path("a.plan.json").read_bytes() == before
    changes = "schedule a.plan.json -f ics --audience practice --changes-only --dry-run"
    nothing = "nothing has changed since the last export"
    assert nothing not in hairplan(f"{changes} -o changes.ics").err
    # One that comes to its end tells it, also where it goes to a program.
    for output in ("practice.ics", "- -f ics --audience practice"):
        Path("a.plan.json").write_bytes(before)
        hairplan(f"{BATCH} -o {output}")
        assert nothing in hairplan(f"{changes} -o changes.ics").err


def test_a_file_that_is_not_ours_tells_no_plan_file(hairplan: Run) -> None:
    save(hairplan)
    listed("A-1,smp,2026-12-01,10:00")
    Path("calendars").mkdir()
    Path("calendars/A-1.ics").write_text("mine")
    before = Path("a.plan.json").read_bytes()
    ran = hairplan(f"{BATCH} --out-dir calendars --name ref --resume")
    assert "exists already, and no batch wrote it so" in ran.err
    assert Path("a.plan.json").read_bytes() == before


def test_plan_files_that_cannot_be_told_in_the_end_are_said(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(hairplan)
    assert hairplan("record A-2 --moved course-1=2026-12-03").code == 0

    def fail(path: Path, _: bytes) -> None:
        raise OutputError(f"{path}: cannot be written: no room")

    monkeypatch.setattr(untold, "replace_file", fail)
    ran = hairplan(f"{BATCH} -o practice.ics")
    told = [f"error: plans/{ref}.plan.json: cannot be written: no room" for ref in ("A-1", "A-2")]
    written = "2 rows: 2 plans, 0 refused, 0 failed; written to practice.ics"
    assert (ran.code, [said(ran)[1], *said(ran)[3:]]) == (2, [written, *told])
    assert "20261217" in Path("practice.ics").read_text()
