"""The work of some days in one screen: what is late, a line for a patient's day, counts."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ran, day
from msgspec import structs

from hairplan.cli.asked_days import asked_days
from hairplan.dates.spans import Period
from hairplan.errors import InputError
from hairplan.follow.due_rows import URGENCY, Due, DueKind, list_within
from hairplan.show.due_desk import DueView, due_desk
from hairplan.show.plain import render_plain

Run = Callable[[str], Ran]
MONDAY = day("2026-12-14")
WEEK = Period(MONDAY, day("2026-12-20"))
SAVED = "schedule smp --time 9:00 --zone Europe/Paris"


def due(what: DueKind, session: str | None = "course-1", **fields: object) -> Due:
    row = Due(
        path="a.plan.json", ref="A-1", plan="0123456789", treatment="smp", urgency=URGENCY[what],
        what=what, session=session, day=MONDAY, days=0, says="all of it in words",
    )  # fmt: skip
    return structs.replace(row, **fields)


def desk(*rows: Due, days: Period = WEEK, plain: bool = False, paths: bool = False) -> list[str]:
    view = DueView(days=days, plans=1, plain=plain, paths=paths)
    return render_plain(due_desk(rows, view)).splitlines()[0 if plain else 1 :]


# ---- the days asked for ----


@pytest.mark.parametrize(
    ("on", "within", "first", "last"),
    [
        (None, None, "2026-12-16", "2026-12-22"),
        ("2026-12-14", None, "2026-12-14", "2026-12-20"),
        ("today", "1d", "2026-12-16", "2026-12-16"),
        ("tomorrow", "2w", "2026-12-17", "2026-12-30"),
        (None, "30 days", "2026-12-16", "2027-01-14"),
        ("2026-12-14..2026-12-18", None, "2026-12-14", "2026-12-18"),
        ("This  week", None, "2026-12-16", "2026-12-20"),
        ("next week", None, "2026-12-21", "2026-12-27"),
    ],
)
def test_the_days_asked_for(on: str | None, within: str | None, first: str, last: str) -> None:
    assert asked_days(on, within, day("2026-12-16")) == Period(day(first), day(last))


@pytest.mark.parametrize(
    ("on", "within", "fault"),
    [
        ("x", None, "--on: 'x' is not a date such as 2026-12-01, today, tomorrow, +2w or next"
         " tuesday"),
        ("2026-12-18..2026-12-14", None,
         "--on: '2026-12-18..2026-12-14' runs backwards: 2026-12-18 is after 2026-12-14"),
        ("this week", "7d",
         "--within: --on this week has a last day already: leave one of them out"),
        (None, "3h", "--within: '3h' is not so many days or weeks, such as 7d or 2w"),
        (None, "0d", "--within: '0d' is not so many days or weeks, such as 7d or 2w"),
    ],
)  # fmt: skip
def test_days_that_cannot_be(on: str | None, within: str | None, fault: str) -> None:
    with pytest.raises(InputError) as error:
        asked_days(on, within, MONDAY)
    assert error.value.faults == (fault,)


# ---- words ----


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (due("stopped", None, day=None, about=("pregnancy",)), "smp STOPPED: pregnancy"),
        (due("stopped", None, day=None), "smp NO DATES"),
        (due("impossible", about=("minoxidil",), since=MONDAY),
         "smp course-1 minoxidil: had to stop by Mon 14 Dec"),
        (due("impossible"), "smp course-1 all of it in words"),
        (due("overdue"), "smp course-1 OVERDUE since Mon 14 Dec: book or give up"),
        (due("missed", latest=day("2026-12-22")),
         "smp course-1 missed: book again by Tue 22 Dec"),
        (due("cancelled"), "smp course-1 cancelled: book again"),
        (due("missed", about=("course-0",)), "smp course-1 missed: book again after course-0"),
        (due("unrecorded"), "smp course-1 Mon 14 Dec: done, missed or moved?"),
        (due("lost", None), "smp nothing recorded since Mon 14 Dec: ask, or end the plan"),
    ],
)  # fmt: skip
def test_what_is_late_in_few_words(row: Due, says: str) -> None:
    assert desk(row) == ["late: to be settled today", f"A-1 {says}"]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (due("this week"), "booked"),
        (due("to book", latest=MONDAY), "NOT BOOKED"),
        (due("to book", latest=day("2027-01-05")), "NOT BOOKED, to 5 Jan"),
        (due("check", about=("minoxidil",), since=day("2026-12-12")), "minoxidil stopped 12 Dec?"),
        (due("check", about=("minoxidil",), since=MONDAY, only_if="minoxidil=yes"), "minoxidil?"),
        (due("tell", about=("minoxidil", "retinoids")), "tell: stop minoxidil, retinoids"),
        (due("tell", about=("sun",), length="ideal"), "tell: stop sun (best)"),
        (due("tell", about=("sun",), length="at_least", only_if="x=yes"),
         "tell: stop sun (last day)?"),
        (due("task", about=("patch-test",)), "task: patch-test"),
        (due("review", about=("day-28",)), "review: day-28"),
    ],
)  # fmt: skip
def test_what_there_is_to_do_in_few_words(row: Due, says: str) -> None:
    assert desk(row) == ["by day", f"A-1 Mon 14 smp course-1 {says}"]


def test_a_patients_day_is_a_line() -> None:
    rows = [
        due("tell", "course-2", about=("minoxidil",)),
        due("document", about=("consultation",)),
        due("this week", time=dt.time(9)),
    ]
    assert desk(*rows) == [
        "by day",
        "A-1 Mon 14 09:00 smp course-1 booked; consultation first; tell: stop minoxidil for"
        " course-2",
    ]


def test_a_longer_list_says_the_months() -> None:
    rows = [due("this week", ref=None), due("this week", day=day("2027-01-05"), time=dt.time(9))]
    assert desk(*rows, days=Period(MONDAY, day("2027-01-12")), paths=True) == [
        "by day",
        "plan 01234567 Mon 14 Dec       smp course-1 booked (a.plan.json)",
        "A-1           Tue  5 Jan 09:00 smp course-1 booked (a.plan.json)",
    ]


def test_what_has_no_line_is_counted() -> None:
    rows = [
        due("to book", "course-2", listed=False),
        *(due("document", about=("consultation",), ref=f"B-{number}") for number in range(1, 11)),
        due("protocol", None, day=None),
    ]
    rest = [
        "consultation before course-1: B-1, B-2, B-3, B-4, B-5, B-6, B-7, B-8 and 2 more",
        "another version of the protocol: A-1",
    ]
    assert desk(*rows) == ["1 more to book, later or after these: --within 30d", *rest]
    month = Period(MONDAY, day("2027-01-12"))
    assert desk(*rows, days=month) == ["1 more to book, later or after these", *rest]


def test_a_pipe_gets_a_line_for_each_row() -> None:
    rows = [
        due("stopped", None, day=None, about=("pregnancy",)),
        due("to book", latest=day("2026-12-22"), time=dt.time(9)),
    ]
    assert desk(*rows, plain=True) == [
        "A-1  late  -           -      smp           STOPPED: pregnancy",
        "A-1  -     2026-12-14  09:00  smp course-1  NOT BOOKED, to 2026-12-22",
    ]
    assert desk(rows[0], plain=True, paths=True) == [
        "A-1  late  -  -  smp  STOPPED: pregnancy  a.plan.json"
    ]
    assert desk(plain=True) == []
    alone = [due("document", about=("consultation",)), due("protocol", None, day=None)]
    assert desk(*alone, plain=True) == [
        "A-1  -  2026-12-14  -  smp course-1  consultation first",
        "A-1  -  -           -  smp           another version of the protocol",
    ]


def test_of_what_is_to_be_booked_the_next_is_listed() -> None:
    later, after = due("to book", "course-2", day=day("2026-12-16")), day("2026-12-21")
    rows = [due("to book"), later, due("this week", day=after), due("check", day=after)]
    assert [row.listed for row in list_within(rows, WEEK)] == [True, False, False, True]


# ---- the command ----


@pytest.fixture
def plans(hairplan: Run) -> None:
    ends = "--today 2026-11-01"
    assert hairplan(f"{SAVED} --start 2026-12-16 --ref A-1 --save a.plan.json {ends}").code == 0
    assert hairplan(f"{SAVED} --start 2026-12-22 --ref B-2 --save b.plan.json {ends}").code == 0
    assert hairplan("record a.plan.json --booked course-1 --answer minoxidil=yes").code == 0
    mesopecia = "schedule mesopecia --start 2026-11-20 --ref C-3 --save c.plan.json"
    assert hairplan(f"{mesopecia} {ends}").code == 0


@pytest.mark.usefixtures("plans")
def test_a_week_in_one_screen(hairplan: Run) -> None:
    ran = hairplan("due --on 2026-12-14 -f table")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "Mon 14 Dec to Sun 20 Dec 2026 · 3 plans · 1 late · 3 to see to",
        "late: to be settled today",
        "C-3 mesopecia weekly-1 OVERDUE since Fri 20 Nov: book or give up",
        "by day",
        "B-2 Tue 15       smp course-1 tell: stop minoxidil (best)?",
        "A-1 Wed 16 09:00 smp course-1 booked; consultation first; minoxidil stopped",
        "                              11 Dec?",
        "C-3 Fri 18       mesopecia    review: day-28",
        "5 more to book, later or after these: --within 30d",
        "consultation before course-1: B-2",
    ]


@pytest.mark.usefixtures("plans")
def test_a_pause_is_told_of_before_it_begins(hairplan: Run) -> None:
    def told(on: str) -> list[object]:
        rows = json.loads(hairplan(f"due b.plan.json --on {on} -f json").out)
        return [(row["day"], row["length"], row["only_if"]) for row in rows
                if row["what"] == "tell"]  # fmt: skip

    assert told("2026-12-10..2026-12-14") == []
    assert told("2026-12-10..2026-12-15") == [("2026-12-15", "ideal", "minoxidil=yes")]
    assert told("2026-12-16..2026-12-18") == [("2026-12-17", "at_least", "minoxidil=yes")]


@pytest.mark.usefixtures("plans")
def test_a_task_is_listed_on_its_day(hairplan: Run) -> None:
    hairplan("record b.plan.json --answer psoriasis-eczema-localized=yes")
    listed = hairplan("due b.plan.json --on 2026-12-14 --within 2d")
    assert "task: patch-test" in listed.out
    hairplan("record b.plan.json --done patch-test=2026-12-10 --today 2026-12-10")
    done = hairplan("due b.plan.json --on 2026-12-14 --within 2d")
    assert "patch-test" not in done.out


def test_a_task_of_the_sessions_own_day_goes_with_it(hairplan: Run) -> None:
    hairplan("schedule microneedling --start 2026-12-16 --ref D-4 --save d.plan.json")
    ran = hairplan("due --on 2026-12-16 --within 1d --today 2026-12-01")
    assert ran.out == "D-4  -  2026-12-16  -  microneedling course-1  NOT BOOKED\n"


def test_one_day_and_no_work(hairplan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("none").mkdir()
    monkeypatch.setenv("TERM", "dumb")
    ran = hairplan("due none --on 2026-12-31..2027-01-02 -f table")
    assert ran.out.splitlines() == [
        "Thu 31 Dec 2026 to Sat 2 Jan 2027 - 0 plans - 0 late - 0 to see to",
        "no plan files (*.plan.json) there",
    ]
    assert hairplan("due none --within 1d --today 2026-12-14 -f table").out.startswith(
        "Mon 14 Dec 2026 - 0 plans"
    )


FIRST = {
    "smp": "course-1", "mesopecia": "weekly-1", "microneedling": "course-1",
    "mesotherapy": "course-1",
}  # fmt: skip


def keep_25_plans(hairplan: Run) -> None:
    for number in range(25):
        treatment = [*FIRST][number % 4]
        start = day("2026-12-09") + dt.timedelta(days=2 * number)
        path = f"p{number}.plan.json"
        made = f"schedule {treatment} --start {start} --ref P{100 + number} --save {path}"
        assert hairplan(f"{made} --today 2026-11-01").code == 0
        if start < MONDAY:
            done = f"--done {FIRST[treatment]} --today {start} --force"
            assert hairplan(f"record {path} {done}").code == 0


def test_a_week_of_25_plans_is_one_screen_and_30_days_are_two(hairplan: Run) -> None:
    keep_25_plans(hairplan)
    week = hairplan("due --on 2026-12-14 -f table").out.splitlines()
    month = hairplan("due --on 2026-12-14 --within 30d -f table").out.splitlines()
    assert (len(week) <= 20, len(month) <= 40) == (True, True), "\n".join([*week, *month])
    assert week[0] == "Mon 14 Dec to Sun 20 Dec 2026 · 25 plans · 0 late · 7 to see to"


def test_in_a_narrow_terminal_no_name_is_broken(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = "schedule microneedling --start 2026-12-01 --ref R-microneedling --time 14:30"
    assert hairplan(f"{saved} --zone UTC --save a.plan.json").code == 0
    monkeypatch.setenv("COLUMNS", "60")
    shown = hairplan("due . --on 2026-12-02 --today 2026-12-02 -f table").out
    assert shown.splitlines()[1:-1] == [
        "late: to be settled today",
        "R-microneedling microneedling course-1",
        "    OVERDUE since Tue 1 Dec: book or give up",
        "by day",
        "R-microneedling Tue  8 14:30 microneedling course-2",
        "    NOT BOOKED, to 10 Dec",
    ]
