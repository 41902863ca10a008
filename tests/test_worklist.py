"""What needs a hand over many plans, where one plan stands, and the command that lists it."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest
from conftest import OWN, Ran, day, own_protocol
from msgspec import structs

from hairplan import Plan, PlanRequest, load_protocol, make_plan
from hairplan.dates.spans import Period
from hairplan.errors import InputError
from hairplan.files.plan_file import PlanFile, create_plan_file, encode, load_kept_protocol
from hairplan.files.plan_folder import find_plan_files
from hairplan.follow.due_rows import Due, Unread, sort_by_urgency
from hairplan.follow.status import find_status
from hairplan.follow.worklist import find_due, read_due
from hairplan.history import Cancelled, Changed, Done, Entry, Happening, Missed, Moved, Skipped
from hairplan.protocol.catalog import read_protocol_text
from hairplan.show.due import worklist_document
from hairplan.show.json import render_json
from hairplan.show.plain import render_plain
from hairplan.show.status import status_document
from hairplan.words import describe_days_away

Run = Callable[[str], Ran]

MADE = datetime(2026, 11, 1, 8, tzinfo=UTC)
START = day("2026-12-01")


def entry(on: str, *what: Happening) -> Entry:
    return Entry(at=datetime.combine(day(on), time(9), UTC), on=day(on), what=what)


DONE = entry("2026-12-01", Done("course-1", START))


def smp(*history: Entry, made: datetime = MADE, **asked: Any) -> PlanFile:
    request = PlanRequest(**{"start": START, "ref": "P-1", "answers": {"minoxidil": "no"}, **asked})
    kept = create_plan_file(
        load_protocol("smp"), read_protocol_text("smp"), request, id="a1", made=made
    )
    return structs.replace(kept, history=history)


def own(text: str, *history: Entry, **asked: Any) -> PlanFile:
    request = PlanRequest(**{"start": START, **asked})
    kept = create_plan_file(own_protocol(text), OWN + text, request, id="b2", made=MADE)
    return structs.replace(kept, history=history)


def planned(file: PlanFile, on: str) -> Plan:
    return make_plan(load_kept_protocol(file), file.request, file.history, today=day(on))


def rows(file: PlanFile, on: str) -> tuple[Due, ...]:
    return find_due(Path("anna.plan.json"), file, planned(file, on), day(on))


def said(file: PlanFile, on: str) -> list[str]:
    return [
        f"{each.what} {each.session or '-'} {each.day or '-'}"
        f"{'' if each.days is None else f' {each.days:+d}'}: {each.says}"
        for each in rows(file, on)
    ]


CONSULTATION = (
    "hold the initial consultation: it assesses the case and helps to decide the approach"
)
PAUSE: dict[str, Any] = {"answers": {"minoxidil": "yes"}}
LABEL = "pause topical minoxidil"


# ---- the rows of a plan ----


@pytest.mark.parametrize(
    ("file", "on", "expected"),
    [
        pytest.param(
            smp(),
            "2026-11-01",
            [f"document course-1 2026-12-01 +30: {CONSULTATION}"],
            id="long before",
        ),
        pytest.param(
            smp(),
            "2026-11-13",
            [
                "to book course-1 2026-12-01 +18: proposed: window 2026-12-01",
                "to book course-2 2026-12-15 +32: proposed: window 2026-12-11..2026-12-22",
                f"document course-1 2026-12-01 +18: {CONSULTATION}",
            ],
            id="four weeks before the window",
        ),
        pytest.param(
            smp(
                entry("2026-11-01", Moved("course-1", START, time(14, 30))),
                entry("2026-11-01", Moved("course-2", day("2026-12-15"))),
                entry("2026-11-01", Moved("course-3", day("2026-12-29"))),
            ),
            "2026-11-30",
            [
                "this week course-1 2026-12-01 +1: booked at 14:30",
                f"document course-1 2026-12-01 +1: {CONSULTATION}",
            ],
            id="booked",
        ),
        pytest.param(
            smp(DONE, sessions=2),
            "2026-12-16",
            [
                "unrecorded course-2 2026-12-15 -1:"
                " done, missed or moved? window 2026-12-11..2026-12-22"
            ],
            id="nothing recorded",
        ),
        pytest.param(
            smp(DONE, sessions=2),
            "2026-12-24",
            [
                "overdue course-2 2026-12-22 -2:"
                " 2 days past its latest day: to be booked, or given up; what comes after it waits"
            ],
            id="overdue",
        ),
        pytest.param(
            smp(DONE),
            "2027-02-01",
            [
                "overdue course-2 2026-12-22 -41: 41 days past its latest day: to be booked, or"
                " given up; what comes after it waits"
            ],
            id="overdue, and what follows",
        ),
        pytest.param(
            smp(DONE, entry("2026-12-10", Missed("course-2")), sessions=2),
            "2026-12-12",
            [
                "missed course-2 2026-12-15 +3: to be booked again: proposed for Tue 2026-12-15,"
                " window 2026-12-11..2026-12-22"
            ],
            id="missed",
        ),
        pytest.param(
            smp(DONE, entry("2026-12-10", Cancelled("course-2")), sessions=2),
            "2026-12-16",
            [
                "cancelled course-2 2026-12-16 +0: to be booked again: proposed for Wed 2026-12-16,"
                " window 2026-12-11..2026-12-22"
            ],
            id="cancelled, and never proposed for a day that is past",
        ),
        pytest.param(
            smp(DONE, entry("2026-12-29", Done("course-3", day("2026-12-29")))),
            "2026-12-30",
            ["missed course-2 -: to be booked again"],
            id="missed, as a later one was done",
        ),
        pytest.param(
            smp(DONE, entry("2026-12-02", Skipped("course-2"), Skipped("course-3"))),
            "2026-12-03",
            [],
            id="given up",
        ),
        pytest.param(
            smp(DONE, entry("2026-12-02", Changed(answers={"pregnancy": "yes"}))),
            "2026-12-03",
            [
                "stopped - -: stopped from Wed 2026-12-02 on: what is ahead is cancelled:"
                " pregnancy: contraindicated: not during a pregnancy, as a precaution; to be asked"
                " again once it has ended (SMP-9)"
            ],
            id="stopped",
        ),
    ],
)
def test_the_work_of_one_plan_on_a_day(file: PlanFile, on: str, expected: list[str]) -> None:
    assert said(file, on) == expected


def test_a_row_names_the_plan_and_the_patient() -> None:
    assert rows(smp(DONE, sessions=2), "2026-12-24") == (
        Due(
            path="anna.plan.json",
            ref="P-1",
            plan="a1",
            treatment="smp",
            urgency=3,
            what="overdue",
            session="course-2",
            day=day("2026-12-22"),
            days=-2,
            says="2 days past its latest day: to be booked, or given up; what comes after it waits",
        ),
    )


def test_a_plan_without_dates_is_listed_until_it_has_some() -> None:
    refused = smp(answers={"pregnancy": "yes"})
    assert [each.what for each in rows(refused, "2026-11-01")] == ["stopped"]


@pytest.mark.parametrize("within", [False, True])
def test_what_takes_place_before_a_stop_is_due_beside_it(*, within: bool) -> None:
    ill = entry("2026-12-20", Changed(answers={"chemotherapy": "yes"}))
    # Recorded on an earlier day: the stop is still ahead.
    file = smp(DONE, ill, entry("2026-12-14", Moved("course-2", day("2026-12-16"))))
    plan = planned(file, "2026-12-14")
    assert plan.problem
    on = Period(day("2026-12-14"), day("2026-12-20")) if within else day("2026-12-14")
    found = find_due(Path("a"), file, plan, on)
    assert [(each.what, each.session) for each in found] == [
        ("stopped", None), ("this week", "course-2"),
    ]  # fmt: skip


def test_a_plan_that_stopped_when_its_work_was_done_has_no_row() -> None:
    file, on = smp(DONE, sessions=1), "2026-12-03"
    plan = planned(file, on)
    done = tuple(structs.replace(each, status="done") for each in plan.sessions)
    problem = planned(smp(answers={"pregnancy": "yes"}), on).problem
    over = structs.replace(plan, sessions=done, problem=problem)
    assert find_due(Path("a"), file, over, day(on)) == ()
    assert find_due(Path("a"), file, structs.replace(over, problem=None), day(on)) == ()


def test_an_overdue_session_without_a_latest_day_counts_from_its_own() -> None:
    file, on = smp(DONE, sessions=2), "2026-12-24"
    plan = planned(file, on)
    sessions = tuple(
        structs.replace(each, latest=None) if each.status == "overdue" else each
        for each in plan.sessions
    )
    (row,) = find_due(Path("a"), file, structs.replace(plan, sessions=sessions), day(on))
    assert row.says.startswith("9 days past its latest day")


# ---- what has to be stopped before ----


@pytest.mark.parametrize(
    ("file", "on", "expected"),
    [
        pytest.param(smp(sessions=1, **PAUSE), "2026-11-25", [], id="not begun yet"),
        pytest.param(
            smp(sessions=1, **PAUSE),
            "2026-11-26",
            [f"check course-1: check that it began: {LABEL}, since Thu 2026-11-26"],
            id="begins today",
        ),
        pytest.param(
            smp(sessions=1, answers={}),
            "2026-11-26",
            [
                f"check course-1: check that it began: {LABEL}, since Thu 2026-11-26,"
                " only if minoxidil=yes"
            ],
            id="for some patients",
        ),
        pytest.param(
            smp(sessions=1, made=datetime(2026, 11, 28, tzinfo=UTC), **PAUSE),
            "2026-11-30",
            [
                f"impossible course-1: {LABEL}: had to begin on Thu 2026-11-26, before this day"
                " was known; begun today, it is kept for Sat 2026-12-05"
            ],
            id="planned too late",
        ),
        pytest.param(
            smp(DONE, entry("2026-12-14", Moved("course-2", day("2026-12-17"))), **PAUSE),
            "2026-12-15",
            [f"check course-2: check that it began: {LABEL}, since Sat 2026-12-12"],
            id="moved on, within the pause there was",
        ),
        pytest.param(
            smp(DONE, entry("2026-12-13", Moved("course-2", day("2026-12-14"))), **PAUSE),
            "2026-12-13",
            [
                f"impossible course-2: {LABEL}: had to begin on Wed 2026-12-09, before this day"
                " was known; begun today, it is kept for Fri 2026-12-18"
            ],
            id="moved up",
        ),
        pytest.param(
            smp(DONE, entry("2026-12-12", Changed(place="room 2")), **PAUSE),
            "2026-12-12",
            [f"check course-2: check that it began: {LABEL}, since Thu 2026-12-10"],
            id="something else recorded since",
        ),
        pytest.param(
            smp(
                DONE,
                entry("2026-12-02", Moved("course-2", day("2026-12-11"))),
                **PAUSE,
            ),
            "2026-12-08",
            [f"check course-2: check that it began: {LABEL}, since Thu 2026-11-26"],
            id="one pause for two sessions",
        ),
    ],
)
def test_what_has_to_be_stopped_before_a_session(
    file: PlanFile, on: str, expected: list[str]
) -> None:
    found = [each for each in rows(file, on) if each.what in {"check", "impossible"}]
    assert [f"{each.what} {each.session}: {each.says}" for each in found] == expected


def test_what_follows_a_session_is_nothing_to_stop_before_the_next() -> None:
    file = own(
        '[[steps]]\nid = "course"\nname = "session"\ncount = 2\n'
        'spacing = { preferred = "1 week" }\n'
        '[restrictions]\nsun = { label = "avoid sun", after = "10 days" }\n',
        DONE,
    )
    assert [each.what for each in rows(file, "2026-12-07")] == ["to book"]


# ---- documents ----

TESTS = """
[[steps]]
id = "course"
name = "session"
count = 3
spacing = { preferred = "6 weeks" }
[tasks]
allergy = { label = "allergy test", session = "each", lead = "2 days", blocks = true }
"""


@pytest.mark.parametrize(
    ("file", "on", "expected"),
    [
        pytest.param(
            own(TESTS), "2026-10-01", ["course-1: allergy test, by Sun 2026-11-29"], id="first"
        ),
        pytest.param(
            own(TESTS),
            "2026-12-01",
            ["course-1: allergy test, by Sun 2026-11-29"],
            id="the second is far off",
        ),
        pytest.param(own(TESTS, DONE), "2026-12-02", [], id="the first is done"),
        pytest.param(
            own(TESTS, DONE),
            "2026-12-20",
            ["course-2: allergy test, by Sun 2027-01-10"],
            id="the second is near",
        ),
        pytest.param(
            smp(answers={"past-chemotherapy": "unknown"}),
            "2026-11-01",
            [f"course-1: {CONSULTATION}"],
            id="only what is known to be needed",
        ),
    ],
)
def test_what_the_next_session_may_not_take_place_without(
    file: PlanFile, on: str, expected: list[str]
) -> None:
    found = [each for each in rows(file, on) if each.what == "document"]
    assert [f"{each.session}: {each.says}" for each in found] == expected


def test_a_document_may_hang_on_an_answer() -> None:
    file = smp(sessions=1)
    plan = planned(file, "2026-11-01")
    (task, *rest) = [each for each in plan.tasks if each.blocks]
    assert not rest
    tasks = (
        structs.replace(task, only_if="chemotherapy=yes"),
        structs.replace(task, id="other", session="not-there"),
    )
    found = find_due(Path("a"), file, structs.replace(plan, tasks=tasks), day("2026-11-01"))
    assert [each.says for each in found] == [f"{CONSULTATION}, only if chemotherapy=yes"]


# ---- many plans ----


@pytest.fixture
def practice(tmp_path: Path) -> Path:
    """Make a folder of plans, and stand in it."""
    files = {
        "a.plan.json": smp(DONE, sessions=2),
        "late/b.plan.json": smp(DONE, sessions=2, ref="=1+1"),
        "done.plan.json": smp(DONE, sessions=1, ref=None),
        "new.plan.json": smp(start=day("2027-01-04"), ref=None),
        ".hidden.plan.json": smp(),
        ".old/c.plan.json": smp(),
        "notes.json": smp(),
    }
    for name, file in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(encode(file))
    return tmp_path


def test_plan_files_are_found_in_folders_sorted_and_once(practice: Path) -> None:
    found = [str(each.relative_to(practice)) for each in find_plan_files([practice])]
    assert found == ["a.plan.json", "done.plan.json", "new.plan.json", "late/b.plan.json"]
    named = [practice / "late", practice / "notes.json", practice, practice / "a.plan.json"]
    assert [each.name for each in find_plan_files(named)] == [
        "b.plan.json",
        "notes.json",
        "a.plan.json",
        "done.plan.json",
        "new.plan.json",
    ]


def test_a_folder_that_cannot_be_read_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def walk(folder: Path, onerror: Callable[[OSError], None]) -> Iterator[Any]:
        onerror(PermissionError(13, "Permission denied", f"{folder}/closed"))
        return iter(())

    (tmp_path / "closed").mkdir()
    monkeypatch.setattr("os.walk", walk)
    [path] = find_plan_files([tmp_path])
    (found,) = read_due(path, START)
    assert found == Unread(
        path=str(tmp_path / "closed"),
        faults=(f"{tmp_path / 'closed'}: is a folder: name a file in it",),
    )


def test_all_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        find_plan_files([tmp_path / "a", tmp_path, tmp_path / "b"])
    assert error.value.faults == (
        f"{tmp_path / 'a'}: is not there: name a folder or a plan file",
        f"{tmp_path / 'b'}: is not there: name a folder or a plan file",
    )


def test_a_plan_that_cannot_be_made_names_its_file(tmp_path: Path) -> None:
    path = tmp_path / "x.plan.json"
    path.write_bytes(encode(smp(entry("2026-12-01", Skipped("nothing-1")))))
    (found,) = read_due(path, START)
    assert isinstance(found, Unread)
    assert found.faults[0].startswith(f"{path}: history: no session nothing-1; there are: ")


def test_rows_are_sorted_by_urgency_then_day() -> None:
    found = [*rows(smp(), "2026-11-20"), *rows(smp(DONE), "2026-12-24")]
    unread = Unread(path="x", faults=("x: bad",))
    assert [
        each if isinstance(each, Unread) else (each.what, each.session)
        for each in sort_by_urgency([*found, unread])
    ] == [
        unread,
        ("overdue", "course-2"),
        ("to book", "course-1"),
        ("to book", "course-2"),
        ("document", "course-1"),
    ]


# ---- the command ----


def test_the_work_list_is_printed_by_urgency(hairplan: Run, practice: Path) -> None:
    assert practice.is_dir()
    ran = hairplan("due --on 2026-12-24 -f plain --full")
    assert (ran.code, ran.err) == (0, "4 plans: 2 overdue, 2 to book, 1 awaiting something\n")
    assert ran.out.splitlines()[:5] == [
        "What is due on Thu 2026-12-24",
        "",
        "OVERDUE",
        "Patient  Session       Day                         What to know",
        "P-1      smp course-2  Tue 2026-12-22  2 days ago  2 days past its latest day:"
        " to be booked, or given up; what comes after it waits (a.plan.json)",
    ]
    assert "plan a1  smp course-1  Mon 2027-01-04  in 11 days  proposed" in ran.out


def test_nothing_is_due(hairplan: Run, tmp_path: Path) -> None:
    assert tmp_path.is_dir()
    ran = hairplan("due --full")
    assert (ran.code, ran.err) == (0, "no plan files (*.plan.json) there\n")
    assert ran.out == "What is due on Sun 2026-11-01\nnothing is due\n"


def test_what_cannot_be_read_is_listed_and_told_by_the_exit_code(
    hairplan: Run, practice: Path
) -> None:
    (practice / "bad.plan.json").write_text("{")
    ran = hairplan(f"due {practice / 'bad.plan.json'} late --on 2026-12-24 --full")
    assert (ran.code, ran.err) == (1, "2 plans: 1 not read, 1 overdue\n")
    assert ran.out.splitlines()[2:4] == [
        "NOT READ",
        f"{practice / 'bad.plan.json'}: not valid JSON: line 1, column 2: expecting property name"
        " enclosed in double quotes",
    ]
    found = json.loads(hairplan("due --on 2026-12-24 -f json").out)
    assert [each["what"] for each in found] == [
        *("unread", "overdue", "overdue", "to book", "to book", "document")
    ]


def test_cells_of_a_spreadsheet_are_no_formulas(hairplan: Run, practice: Path) -> None:
    (practice / "bad.plan.json").write_text("{")
    ran = hairplan("due --on 2026-12-24 -f csv")
    found = list(csv.DictReader(io.StringIO(ran.out)))
    assert list(found[0].values())[:6] == ["bad.plan.json", "", "", "", "0", "unread"]
    assert [found[2][name] for name in ("path", "ref", "urgency", "day", "days")] == [
        "late/b.plan.json",
        "'=1+1",
        "3",
        "2026-12-22",
        "-2",
    ]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("due nowhere", "error: nowhere: is not there: name a folder or a plan file"),
        (
            "due --on soon",
            "error: --on: 'soon' is not a date such as 2026-12-01, today, tomorrow, +2w or next"
            " tuesday",
        ),
        (
            "due -f ics",
            "error: --format: no 'ics' (did you mean 'csv'?);"
            " there are: table, plain, json, csv, markdown",
        ),
    ],
)
def test_a_command_that_cannot_be(hairplan: Run, command: str, expected: str) -> None:
    ran = hairplan(command)
    assert (ran.code, ran.out, ran.err.strip()) == (2, "", expected)


def test_a_list_is_written_to_a_file(hairplan: Run, practice: Path) -> None:
    ran = hairplan("due late --on 2026-12-24 -o due.md")
    assert ran.err == "wrote what is due to due.md\n1 plan: 1 overdue\n"
    assert (practice / "due.md").read_text().startswith("# What is due on Thu 2026-12-24\n")


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "today"), (1, "in 1 day"), (3, "in 3 days"), (-1, "1 day ago"), (-5, "5 days ago")],
)
def test_how_far_off_a_day_is(days: int, expected: str) -> None:
    assert describe_days_away(days) == expected


def test_a_row_may_have_no_day() -> None:
    row = structs.replace(rows(smp(), "2026-11-01")[0], day=None, days=None, session=None)
    (section,) = worklist_document([row], START).sections
    assert section.rows[0].cells[1:4] == ("smp", "", "")


# ---- where one plan stands ----


def status(file: PlanFile, on: str, **fields: Any) -> list[str]:
    """Return the lines of a plan's status without its head's title and foot, and its questions."""
    plan = structs.replace(planned(file, on), **fields)
    text = render_plain(status_document(plan, find_status(plan, file, day(on))))
    found = [line for line in text.splitlines() if line and not line.startswith("to settle: ")]
    return [line for line in found[1:] if not line.startswith("plan ")]


@pytest.mark.parametrize(
    ("file", "on", "expected"),
    [
        pytest.param(
            smp(ref=None, sessions=1),
            "2026-11-01",
            [
                "done: nothing yet",
                "next: course-1, proposed for Tue 2026-12-01, in 30 days; window 2026-12-01,"
                " open for 30 days more",
                "AWAITED BEFORE A SESSION",
                f"course-1: {CONSULTATION}",
                "QUESTIONS TO SETTLE",
            ],
            id="before the start",
        ),
        pytest.param(
            smp(
                DONE,
                entry("2026-12-02", Moved("course-2", day("2026-12-17"), time(14, 30))),
                sessions=2,
                **PAUSE,
            ),
            "2026-12-11",
            [
                "patient P-1",
                "done: course-1 on Tue 2026-12-01",
                "next: course-2, booked for Thu 2026-12-17 at 14:30, in 6 days; window"
                " 2026-12-11..2026-12-22, open for 11 days more",
                "IN FORCE",
                f"{LABEL}: since Thu 2026-12-10, at least from Sat 2026-12-12, ideally until"
                " Thu 2026-12-24; resume on Fri 2026-12-25",
                "WITHIN A WEEK",
                f"Sat 2026-12-12: begins: {LABEL}, at least",
                "Thu 2026-12-17: begins: avoid intense exercise (sweating); avoid sun on the scalp;"
                " avoid swimming in a pool or the sea",
                "Thu 2026-12-17: course-2: session at 14:30",
                "QUESTIONS TO SETTLE",
            ],
            id="a pause has begun, ideally",
        ),
        pytest.param(
            smp(DONE, sessions=1),
            "2026-12-02",
            [
                "patient P-1",
                "done: course-1 on Tue 2026-12-01",
                "next: touch-up-1, proposed for Fri 2029-06-01, in 912 days; window"
                " 2028-12-01..2029-12-01, open for 1095 days more",
                "IN FORCE",
                "avoid intense exercise (sweating); avoid sun on the scalp; avoid swimming in a"
                " pool or the sea: since Tue 2026-12-01, at least until Fri 2026-12-04, ideally"
                " until Sun 2026-12-06; resume on Mon 2026-12-07",
                "QUESTIONS TO SETTLE",
            ],
            id="a day after",
        ),
        pytest.param(
            smp(DONE, sessions=1),
            "2026-12-05",
            [
                "patient P-1",
                "done: course-1 on Tue 2026-12-01",
                "next: touch-up-1, proposed for Fri 2029-06-01, in 909 days; window"
                " 2028-12-01..2029-12-01, open for 1092 days more",
                "IN FORCE",
                "avoid intense exercise (sweating); avoid sun on the scalp; avoid swimming in a"
                " pool or the sea: since Tue 2026-12-01, ideally until Sun 2026-12-06, its least"
                " length is over; resume on Mon 2026-12-07",
                "QUESTIONS TO SETTLE",
            ],
            id="the least length is over",
        ),
    ],
)
def test_where_a_patient_is(file: PlanFile, on: str, expected: list[str]) -> None:
    assert status(file, on) == expected


@pytest.mark.parametrize(
    ("file", "on", "expected"),
    [
        pytest.param(
            smp(DONE),
            "2027-01-01",
            ["course-2: overdue for 10 days: window 2026-12-11..2026-12-22"],
            id="overdue",
        ),
        pytest.param(
            smp(DONE, entry("2026-12-10", Missed("course-2"))),
            "2026-12-12",
            ["course-2: missed: to be booked again, proposed for Tue 2026-12-15"],
            id="missed",
        ),
        pytest.param(
            smp(DONE, entry("2026-12-10", Cancelled("course-2"))),
            "2026-12-16",
            ["course-2: cancelled: to be booked again, proposed for Wed 2026-12-16"],
            id="cancelled",
        ),
        pytest.param(
            smp(DONE),
            "2026-12-16",
            [
                "course-2: was proposed for Tue 2026-12-15: done, missed or moved?"
                " window 2026-12-11..2026-12-22, open for 6 days more"
            ],
            id="not recorded",
        ),
        pytest.param(
            smp(DONE, entry("2026-12-02", Moved("course-2", day("2026-12-14")))),
            "2026-12-16",
            [
                "course-2: was booked for Mon 2026-12-14: done, missed or moved?"
                " window 2026-12-11..2026-12-22, open for 6 days more"
            ],
            id="booked, and not recorded",
        ),
    ],
)
def test_what_needs_a_hand(file: PlanFile, on: str, expected: list[str]) -> None:
    found = status(file, on)
    place = found.index("NEEDS A HAND") + 1
    # Of what is overdue, what follows is overdue as well in time.
    assert [each for each in found[place:] if each.startswith("course-2")] == expected


def test_nothing_is_in_force_around_what_did_not_take_place() -> None:
    missed = smp(DONE, entry("2026-12-15", Missed("course-2")))
    assert find_status(planned(missed, "2026-12-16"), missed, day("2026-12-16")).in_force == ()


def test_a_plan_that_stopped_has_no_next() -> None:
    file = smp(DONE, entry("2026-12-10", Changed(answers={"pregnancy": "yes"})))
    assert status(file, "2026-12-11") == [
        "stopped from Thu 2026-12-10 on: what is ahead is cancelled: pregnancy: contraindicated:"
        " not during a pregnancy, as a precaution; to be asked again once it has ended (SMP-9)",
        "patient P-1",
        "done: course-1 on Tue 2026-12-01",
    ]


def test_a_plan_that_is_done_has_no_questions() -> None:
    text = """
[[steps]]
id = "course"
name = "session"
count = 1
[questions]
flu = { ask = "has the patient the flu?" }
[rules]
flu = { question = "flu", outcome = "caution", says = "look twice" }
"""
    assert status(own(text, DONE), "2026-12-05") == [
        "done: course-1 on Tue 2026-12-01",
        "next: nothing that has a day",
    ]
    open_one = find_status(planned(own(text), "2026-11-01"), own(text), day("2026-11-01"))
    assert open_one.ask == {"flu": "has the patient the flu?"}


COURSE = """
[[steps]]
id = "course"
name = "session"
count = 1
[[steps]]
id = "extra"
name = "extra"
count = { min = 0, max = 2 }
anchor = "course.last"
spacing = { preferred = "1 month" }
[restrictions]
wine = { label = "no wine", before = "24 hours", after = "36 hours" }
[tasks]
card = { label = "bring the card", session = "first", lead = "2 days", blocks = true }
[routines]
wash = { label = "wash", every = "2 days", lasting = "2 weeks" }
[milestones]
photo = { label = "compare the photographs", at = "start", after = "2 days" }
"""


def test_what_waits_and_what_begins() -> None:
    file = own(COURSE, time=time(9), zone="Europe/Paris")
    assert status(file, "2026-11-29") == [
        "done: nothing yet",
        "next: course-1, proposed for Tue 2026-12-01 at 09:00, in 2 days; window 2026-12-01,"
        " open for 2 days more",
        "WITHIN A WEEK",
        "Sun 2026-11-29: due: bring the card",
        "Mon 2026-11-30: begins: no wine",
        "Tue 2026-12-01: begins: wash, every 2 days",
        "Tue 2026-12-01: course-1: session at 09:00",
        "Thu 2026-12-03: due: compare the photographs",
        "AWAITED BEFORE A SESSION",
        "course-1: bring the card, by Sun 2026-11-29",
        "WAITING",
        "extra-1, extra-2: an extra that may follow",
    ]
    assert status(file, "2026-12-01")[3] == (
        "no wine: since Mon 2026-11-30, until Wed 2026-12-02; resume on Wed 2026-12-02 at 21:00"
    )
    assert "WITHIN A WEEK" not in status(file, "2026-12-05")


def test_what_hangs_on_an_answer_says_so() -> None:
    file = own(COURSE)
    plan = planned(file, "2026-11-29")
    doubtful = {
        kind: tuple(structs.replace(each, only_if="flu=no") for each in getattr(plan, kind))
        for kind in ("restrictions", "tasks", "routines")
    }
    found = status(file, "2026-11-29", **doubtful)
    assert [each for each in found if "only if flu=no" in each] == [
        "Sun 2026-11-29: due: bring the card, only if flu=no",
        "Mon 2026-11-30: begins: no wine, only if flu=no",
        "Tue 2026-12-01: begins: wash, every 2 days, only if flu=no",
        "course-1: bring the card, by Sun 2026-11-29, only if flu=no",
    ]


def test_a_restriction_may_have_a_least_length_alone() -> None:
    file = own(COURSE)
    plan = planned(file, "2026-12-01")
    restrictions = tuple(structs.replace(each, ideal=()) for each in plan.restrictions)
    found = find_status(structs.replace(plan, restrictions=restrictions), file, day("2026-12-01"))
    (wine,) = found.in_force
    assert (wine.since, wine.at_least) == (day("2026-11-30"), wine.ideal)


def test_where_it_leaves_the_protocol_is_said() -> None:
    late = smp(DONE, entry("2026-12-02", Moved("course-2", day("2026-12-26"))), sessions=2)
    plan = planned(late, "2026-12-10")
    (found,) = plan.breaks
    assert found.nearest
    lines = status(late, "2026-12-10")
    assert lines[-1].startswith(f"course-2: {found.says}; the nearest day is ")
    alone = structs.replace(found, nearest=None)
    assert status(late, "2026-12-10", breaks=(alone,))[-1] == f"course-2: {found.says}"
    over = status(late, "2026-12-24")[2]
    assert over.startswith(
        "next: course-2, booked for Sat 2026-12-26, in 2 days; window 2026-12-11..2026-12-22,"
        " over since 2 days; booked 4 days after its latest day"
    )


def test_a_window_may_have_no_end() -> None:
    file = smp(DONE, sessions=1)
    plan = planned(file, "2026-12-10")
    sessions = tuple(structs.replace(each, latest=None) for each in plan.sessions)
    assert status(file, "2026-12-10", sessions=sessions)[2] == (
        "next: touch-up-1, proposed for Fri 2029-06-01, in 904 days; window 2028-12-01.."
    )


def test_an_overdue_session_may_have_no_latest_day() -> None:
    file = smp(DONE, sessions=1)
    plan = planned(file, "2026-12-10")
    sessions = tuple(
        structs.replace(each, latest=None, status="overdue") if each.phase == "touch-up" else each
        for each in plan.sessions
    )
    found = status(file, "2026-12-10", sessions=sessions)
    assert "touch-up-1: overdue for 0 days: window 2028-12-01.." in found


def test_the_status_is_an_object_for_a_program() -> None:
    file = smp(DONE, sessions=2)
    found = json.loads(
        render_json(find_status(planned(file, "2026-12-02"), file, day("2026-12-02")))
    )
    assert {
        name: found[name] for name in ("plan", "ref", "treatment", "on", "made", "changed")
    } == {
        "plan": "a1",
        "ref": "P-1",
        "treatment": "smp",
        "on": "2026-12-02",
        "made": "2026-11-01",
        "changed": "2026-12-01",
    }
    assert found["done"] == [
        {"session": "course-1", "on": "2026-12-01", "flag": None, "counted": True}
    ]
    assert (found["next"]["session"], found["next"]["days"], found["next"]["open_days"]) == (
        *("course-2", 13, 20),
    )


def test_what_was_put_off_past_its_latest_day_is_overdue() -> None:
    both = Done("course-1", day("2026-12-01")), Done("course-2", day("2026-12-15"))
    file = smp(entry("2027-01-10", *both), sessions=3)
    (row,) = (each for each in rows(file, "2027-01-10") if each.session)
    assert (row.what, row.session, row.day) == ("overdue", "course-3", day("2027-01-05"))
    assert row.says == "5 days past its latest day: to be booked, or given up"
