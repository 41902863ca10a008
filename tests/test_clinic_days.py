"""The days of a clinic hold for plans as they stand today; what was given with one is its own."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conftest import Ran, day
from hypothesis import given
from hypothesis import strategies as st

from hairplan import (
    Changed,
    ClinicDays,
    Done,
    Entry,
    InputError,
    Period,
    PlanRequest,
    YearlyPeriod,
    load_protocol,
    make_plan,
)
from hairplan.files.kept_plan import make_kept_plan, with_clinic_days
from hairplan.files.plan_file import PlanFile, create_plan_file, decode, encode
from hairplan.history import Happening
from hairplan.planner.availability import Availability
from hairplan.protocol.catalog import read_protocol_text

Run = Callable[[str], Ran]

MADE = dt.datetime(2026, 11, 1, 9, 30, tzinfo=dt.UTC)
NEVER_CLOSED = ClinicDays()
PIPE = "2026-12-14..2026-12-16=burst pipe"


@pytest.fixture
def clinic(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Write the clinic's settings."""
    monkeypatch.setenv("HAIRPLAN_CONFIG", "clinic.toml")

    def write(text: str) -> None:
        Path("clinic.toml").write_text(text)

    write("")
    return write


def keep(hairplan: Run, options: str = "") -> None:
    command = f"schedule smp --start 2026-12-01 --ref X --save p.plan.json {options}"
    assert hairplan(command).code == 0


def days_of(hairplan: Run, command: str = "schedule p.plan.json") -> list[str]:
    ran = hairplan(f"{command} -f json")
    return [session["planned"] for session in json.loads(ran.out)["sessions"]]


def request_kept() -> Any:
    return json.loads(Path("p.plan.json").read_text())["request"]


def period(first: str, last: str, reason: str = "") -> Period:
    return Period(day(first), day(last), reason)


# ---- the clinic's days are as of now ----


def test_a_plan_file_keeps_only_what_was_given_with_the_plan(
    hairplan: Run, clinic: Callable[[str], None]
) -> None:
    clinic(f'closed = ["tue"]\nholidays = ["FR"]\nclosures = ["{PIPE}", "08-01..08-15"]\n')
    keep(hairplan)
    assert request_kept().keys() == {"start", "ref", "id"}
    kept = json.loads(Path("p.plan.json").read_text())
    assert kept["clinic_days"] == {
        "closed": ["tue"],
        "holidays": ["FR"],
        "closures": [{"first": "2026-12-14", "last": "2026-12-16", "reason": "burst pipe"}],
        "yearly_closures": [{"first": "08-01", "last": "08-15", "reason": ""}],
    }


def test_a_plan_has_the_same_days_when_it_is_opened_as_when_it_was_kept(
    hairplan: Run, clinic: Callable[[str], None]
) -> None:
    clinic('closed = ["tue", "wed"]\nclosures = ["12-14..12-18=training"]\n')
    saved = days_of(hairplan, "schedule smp --start 2026-12-01 --ref X --save p.plan.json")
    assert saved[:2] == ["2026-12-03", "2026-12-19"]
    assert days_of(hairplan) == saved
    clinic("")
    assert days_of(hairplan)[:2] == ["2026-12-01", "2026-12-15"]


def test_what_was_given_stands_in_place_of_the_clinics_days(
    hairplan: Run, clinic: Callable[[str], None]
) -> None:
    clinic('closed = ["tue"]\nholidays = ["FR"]\n')
    keep(hairplan, "--closed none --holidays none")
    assert request_kept()["without"] == ["closed", "holidays"]
    assert days_of(hairplan)[0] == "2026-12-01"
    assert hairplan("record p.plan.json --closed sun").code == 0
    clinic('closed = ["mon"]\n')
    assert days_of(hairplan)[0] == "2026-12-01"
    assert hairplan("record p.plan.json --closed none --patient-days all").code == 0
    assert "closed none; patient_days all" in hairplan("history p.plan.json").out


def test_a_batch_keeps_plans_by_the_same_rule(hairplan: Run, clinic: Callable[[str], None]) -> None:
    clinic('closed = ["tue"]\n')
    Path("p.csv").write_text("ref,start,patient-days\nX,2026-12-01,\nY,2026-12-01,wed|fri\n")
    command = "batch p.csv -t smp --out-dir plans --name ref -f plan,json"
    assert hairplan(command).code == 0
    kept = decode(Path("plans/X.plan.json").read_bytes(), "X")
    assert (kept.request.closed, kept.clinic_days) == ((), ClinicDays(closed=("tue",)))
    other = decode(Path("plans/Y.plan.json").read_bytes(), "Y")
    assert other.request.patient_days == ("wed", "fri")
    planned = json.loads(Path("plans/X.json").read_text())["sessions"]
    assert days_of(hairplan, "schedule plans/X.plan.json") == [each["planned"] for each in planned]
    # The settings are a part of what a row's files are made from.
    again = f"{command} --resume"
    assert "(2 unchanged)" in hairplan(again).err
    clinic('closed = ["wed"]\n')
    assert "unchanged" not in hairplan(again).err


# ---- a closure that comes later ----


def test_a_closure_over_a_booked_day_is_flagged_everywhere(
    hairplan: Run, clinic: Callable[[str], None]
) -> None:
    keep(hairplan)
    hairplan("record p.plan.json --done course-1=2026-12-01 --today 2026-12-02")
    hairplan("record p.plan.json --moved course-2=2026-12-15 --today 2026-12-02")
    clinic(f'closures = ["{PIPE}"]\n')
    closed = (
        "booked for Tue 2026-12-15, which is closed: closure 2026-12-14..2026-12-16 (burst pipe)"
    )
    today = "--today 2026-12-10 -f plain"
    assert f"course-2: {closed}" in hairplan(f"schedule p.plan.json {today}").out
    assert closed in hairplan(f"status p.plan.json {today}").out
    due = json.loads(hairplan("due p.plan.json --today 2026-12-10 -f json").out)
    first = next(row for row in due if row["session"] == "course-2")
    assert (first["what"], first["says"]) == ("impossible", f"{closed}: settle it, or move it")


def test_a_booking_on_a_day_that_the_settings_close_is_refused(
    hairplan: Run, clinic: Callable[[str], None]
) -> None:
    keep(hairplan)
    clinic('closures = ["2026-12-15=training"]\n')
    ran = hairplan("record p.plan.json --moved course-2=2026-12-15 --today 2026-12-01")
    assert ran.code == 4
    assert ran.err.splitlines() == [
        "error: course-2: booked for Tue 2026-12-15, which is closed: closure 2026-12-15"
        " (training)",
        "the nearest day that can be: --booked course-2=2026-12-14",
        "nothing is recorded; --force records it all the same",
    ]


@pytest.mark.parametrize(
    ("today", "course_2"),
    [
        ("2026-12-05", "2026-12-13"),
        ("2026-12-13", "2026-12-13"),
        # The day that is nearest is past by now; nobody had it as the day of the appointment.
        ("2026-12-14", "2026-12-17"),
        ("2026-12-16", "2026-12-17"),
        # From here on the plan stays as it is: it has gone by unrecorded.
        ("2026-12-18", "2026-12-17"),
        ("2027-03-01", "2026-12-17"),
    ],
)
def test_what_a_closure_moves_is_not_put_into_the_past(
    hairplan: Run, clinic: Callable[[str], None], today: str, course_2: str
) -> None:
    keep(hairplan)
    hairplan("record p.plan.json --done course-1=2026-12-01 --today 2026-12-01")
    clinic(f'closures = ["{PIPE}"]\n')
    before = days_of(hairplan, f"schedule p.plan.json --today {today}")
    assert before[1] == course_2
    # Whatever is recorded on the day, the plan knows of the closure from then on.
    ran = hairplan(f"record p.plan.json --answer pregnancy=no --today {today}")
    assert (ran.code, "SESSIONS" in ran.out) == (0, False)
    assert "; the clinic's days had changed" in hairplan("history p.plan.json").out
    assert days_of(hairplan, "schedule p.plan.json --today 2027-06-01")[1] == course_2
    hairplan(f"undo p.plan.json --today {today}")
    assert days_of(hairplan, f"schedule p.plan.json --today {today}") == before


def test_what_was_overdue_before_a_closure_stays_where_it_was(
    hairplan: Run, clinic: Callable[[str], None]
) -> None:
    keep(hairplan)
    clinic('closures = ["2027-02-01..2027-02-05"]\n')
    assert days_of(hairplan, "schedule p.plan.json --today 2027-01-20")[1] == "2026-12-15"


def entry(on: str, *what: Happening, clinic: ClinicDays | None = None) -> Entry:
    at = dt.datetime.combine(day(on), dt.time(8), dt.UTC)
    return Entry(at=at, on=day(on), what=what, clinic_days=clinic)


def kept(request: PlanRequest, clinic: ClinicDays) -> PlanFile:
    protocol, text = load_protocol("smp"), read_protocol_text("smp", None)
    return with_clinic_days(create_plan_file(protocol, text, request, id="k", made=MADE), clinic)


def test_a_day_that_opens_again_and_one_that_closes() -> None:
    request = PlanRequest(start=day("2026-12-01"))
    file = kept(request, ClinicDays(closures=(period("2026-12-11", "2026-12-15"),)))
    history = [entry("2026-12-01", Done("course-1", day("2026-12-01")))]
    now = ClinicDays(closures=(period("2026-12-16", "2026-12-16"),))
    plan = make_kept_plan(file, history, day("2026-12-16"), now)
    course_2 = plan.sessions[1]
    assert (str(course_2.planned), course_2.reason) == (
        "2026-12-17",
        "moved by a change of the clinic's days; proposed for the first day from Wed 2026-12-16 on"
        " that can be",
    )


def test_an_old_plan_file_keeps_the_days_that_were_the_clinics() -> None:
    request = PlanRequest(
        start=day("2026-12-01"), closed=("tue",), closures=(period("2026-12-02", "2026-12-02"),)
    )
    file = kept(request, NEVER_CLOSED)
    assert "clinic_days" not in json.loads(encode(file))
    now = ClinicDays(closed=("thu",), closures=(period("2026-12-03", "2026-12-03"),))
    plan = make_kept_plan(file, (), day("2026-11-01"), now)
    assert str(plan.sessions[0].planned) == "2026-12-04"


def test_the_clinics_days_of_a_plan_file_are_sealed() -> None:
    file = kept(PlanRequest(start=day("2026-12-01")), ClinicDays(closed=("tue",)))
    data = encode(file)
    assert decode(data, "x") == file
    with pytest.raises(InputError) as error:
        decode(data.replace(b'"tue"', b'"wed"'), "x")
    assert error.value.faults == (
        "x: id, made, protocol or request was changed by hand: their seal does not fit",
    )


# ---- laws ----

DAYS = st.dates(day("2026-11-20"), day("2027-03-01"))
PERIODS = st.tuples(DAYS, st.integers(0, 9)).map(
    lambda each: Period(each[0], each[0] + dt.timedelta(days=each[1]))
)
CLINICS = st.builds(
    ClinicDays,
    closed=st.sets(st.sampled_from(["mon", "tue", "sat", "sun"]), max_size=3).map(tuple),
    closures=st.lists(PERIODS, max_size=2).map(tuple),
    yearly_closures=st.lists(
        st.tuples(DAYS, DAYS).map(
            lambda each: YearlyPeriod(f"{min(each):%m-%d}", f"{min(each) + dt.timedelta(4):%m-%d}")
        ),
        max_size=1,
    ).map(tuple),
    open=st.lists(PERIODS, max_size=1).map(tuple),
)
REQUESTS = st.builds(
    PlanRequest,
    start=DAYS,
    closed=st.sampled_from([(), ("wed",)]),
    closures=st.lists(PERIODS, max_size=1).map(tuple),
    without=st.sampled_from([(), ("closed",)]),
    patient_days=st.sampled_from([(), ("mon", "tue", "wed", "fri")]),
)
SMP = load_protocol("smp")
TODAY = day("2026-11-01")


def planned(plan: Any) -> dict[str, dt.date]:
    """Return the days of a plan; what waits for something that is overdue has none."""
    return {session.id: session.planned for session in plan.sessions if session.planned}


@given(REQUESTS, CLINICS)
def test_a_plan_kept_under_settings_is_the_same_when_it_is_opened_under_them(
    request: PlanRequest, clinic: ClinicDays
) -> None:
    first = make_plan(SMP, request, today=TODAY, clinic=clinic)
    file = decode(encode(kept(request, clinic)), "x")
    if first.problem is None:
        assert planned(make_kept_plan(file, (), TODAY, clinic)) == planned(first)


@given(REQUESTS, CLINICS, PERIODS, st.dates(day("2026-11-01"), day("2027-03-01")))
def test_a_closure_over_days_that_no_appointment_has_changes_nothing(
    request: PlanRequest, clinic: ClinicDays, closure: Period, today: dt.date
) -> None:
    file = kept(request, clinic)
    today = min(today, request.start)
    before = planned(make_kept_plan(file, (), today, clinic))
    if any(on in closure for on in before.values()):
        return
    closed = ClinicDays(
        **{name: getattr(clinic, name) for name in ("closed", "yearly_closures", "open")},
        closures=(*clinic.closures, closure),
    )
    assert planned(make_kept_plan(file, (), today, closed)) == before


@given(
    first=CLINICS,
    now=CLINICS,
    later=st.integers(0, 40),
    more=st.lists(st.integers(0, 30), max_size=2),
    is_told=st.booleans(),
)
def test_nothing_that_was_ahead_is_put_before_today(
    *, first: ClinicDays, now: ClinicDays, later: int, more: list[int], is_told: bool
) -> None:
    start = make_plan(SMP, PlanRequest(start=day("2026-12-01")), today=TODAY, clinic=first)
    if start.problem is not None:
        return
    request = PlanRequest(start=start.sessions[0].on)
    file = kept(request, first)
    done = entry(str(request.start), Done("course-1", request.start))
    today = request.start + dt.timedelta(days=later)
    before = planned(make_kept_plan(file, [done], today, first))
    told = [done, entry(str(today), Changed(answers={"pregnancy": "no"}), clinic=now)]
    after = planned(make_kept_plan(file, told if is_told else [done], today, now))
    for name in before.keys() & after.keys():
        assert after[name] >= min(today, before[name])
    if is_told:
        # Once it is told, what has a day keeps it on any later day.
        for days in more:
            later_on = planned(make_kept_plan(file, told, today + dt.timedelta(days=days), now))
            assert later_on.items() <= after.items()


# ---- closures of every year, opened days ----


@pytest.mark.parametrize(
    ("first", "last", "on", "expected"),
    [
        ("08-01", "08-15", "2029-08-15", "closed: closure 08-01..08-15 every year (x)"),
        ("08-01", "08-15", "2029-08-16", None),
        ("12-24", "01-02", "2027-01-02", "closed: closure 12-24..01-02 every year (x)"),
        ("12-24", "01-02", "2027-12-31", "closed: closure 12-24..01-02 every year (x)"),
        ("12-24", "01-02", "2027-01-03", None),
        ("02-29", "02-29", "2027-02-28", "closed: closure 02-29 every year (x)"),
        ("02-29", "02-29", "2028-02-28", None),
    ],
)
def test_a_closure_comes_every_year(first: str, last: str, on: str, expected: str | None) -> None:
    request = PlanRequest(
        start=day("2026-01-01"), yearly_closures=(YearlyPeriod(first, last, "x"),)
    )
    assert Availability(request).taken(day(on)) == expected


def test_a_day_that_is_opened_is_not_closed() -> None:
    request = PlanRequest(
        start=day("2026-12-01"),
        closed=("sat", "sun"),
        holidays=("FR",),
        closures=(period("2026-12-20", "2026-12-31"),),
        open=(period("2026-12-25", "2026-12-27"),),
        away=(period("2026-12-27", "2026-12-28", "travel"),),
    )
    days = Availability(request)
    assert [days.taken(day(f"2026-12-{number}")) for number in (24, 25, 26, 27, 28)] == [
        "closed: closure 2026-12-20..2026-12-31",
        None,
        None,
        "not possible: the patient is away 2026-12-27..2026-12-28 (travel)",
        "closed: closure 2026-12-20..2026-12-31",
    ]


def test_the_command_line_and_the_settings_add_up(
    hairplan: Run, clinic: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic('closures = ["12-15=audit", "12-16..12-31"]\nopen = ["2026-12-15"]\n')
    assert days_of(hairplan, "schedule smp -s 2026-12-01")[1] == "2026-12-15"
    assert days_of(hairplan, "schedule smp -s 2026-12-01 --closure 12-01")[0] == "2026-12-02"
    assert days_of(hairplan, "schedule smp -s 2026-12-16 --open 2026-12-17")[0] == "2026-12-17"
    monkeypatch.setenv("HAIRPLAN_OPEN", "2026-12-18|2026-12-20..2026-12-21")
    assert days_of(hairplan, "schedule smp -s 2026-12-16")[0] == "2026-12-18"
    rows = [line.split() for line in hairplan("config -f plain").out.splitlines()]
    assert [row for row in rows if row[:1] in (["closure"], ["open"])] == [
        ["closure", "12-15=audit|12-16..12-31", "clinic.toml"],
        ["open", "2026-12-18|2026-12-20..2026-12-21", "HAIRPLAN_OPEN"],
        ["open", "2026-12-15", "clinic.toml"],
    ]


@pytest.mark.parametrize(
    ("options", "faults"),
    [
        ("--closure 02-30", ["--closure: '02-30' is no day of a year such as 08-01"]),
        (
            "--closure 08-01..13-01=x --closure 08-01..2027",
            [
                "--closure: '13-01' is no day of a year such as 08-01",
                "--closure: '2027' is no day of a year such as 08-01",
            ],
        ),
        (
            "--patient-days 'mon,noday'",
            [
                "--patient-days: 'noday' is not a weekday; several are separated by commas:"
                " mon,tue,wed,thu,fri,sat,sun"
            ],
        ),
        (
            "--patient-days 'not mon,tue,wed,thu,fri,sat,sun'",
            ["--patient-days: 'not mon,tue,wed,thu,fri,sat,sun' leaves no day of the week"],
        ),
    ],
)
def test_what_is_no_day(hairplan: Run, options: str, faults: list[str]) -> None:
    ran = hairplan(f"schedule smp -s 2026-12-01 {options}")
    assert (ran.code, ran.err.splitlines()) == (2, [f"error: {fault}" for fault in faults])


def test_faults_of_the_settings_are_named_where_they_are(
    hairplan: Run, clinic: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(hairplan)
    clinic('closed = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]\n')
    assert hairplan("status p.plan.json").err.splitlines() == [
        "error: closed: all seven days of the week: the clinic has to be open on one"
    ]
    clinic('closures = ["02-30"]\nholidays = ["XX"]\n')
    ran = hairplan("due p.plan.json")
    assert (ran.code, [line.partition(" is no ")[0] for line in ran.err.splitlines()]) == (
        2,
        ["error: clinic.toml: closure: '02-30'", "error: clinic.toml: holidays: 'XX'"],
    )
    clinic('[treatments.gone]\ntime = "9:00"\n')
    assert hairplan("status p.plan.json").code == 0
    clinic("")
    monkeypatch.setenv("HAIRPLAN_ZONE", "Mars")
    monkeypatch.delenv("HAIRPLAN_TODAY")
    mars = "HAIRPLAN_ZONE: 'Mars' is not a time zone such as 'Europe/Paris'"
    assert hairplan("due p.plan.json").err.splitlines() == [f"error: {mars}"]
    assert hairplan("schedule smp --sex x").err.splitlines() == [
        "error: --sex: 'x' is not female or male",
        f"error: {mars}",
    ]


# ---- the patient's days of the week ----


@pytest.mark.parametrize(
    ("options", "days"),
    [
        ("mon,wed,friday", ("mon", "wed", "fri")),
        ("'not sun' --patient-days sat", ("mon", "tue", "wed", "thu", "fri")),
        ("all", None),
        ("sun,mon,tue,wed,thu,fri,sat", None),
    ],
)
def test_the_patients_days_can_be_named_or_left_out(
    hairplan: Run, options: str, days: tuple[str, ...] | None
) -> None:
    keep(hairplan, f"--patient-days {options}")
    assert request_kept().get("patient_days") == (list(days) if days else None)


def test_a_day_on_which_the_patient_does_not_come_says_so(hairplan: Run) -> None:
    Path("anna.toml").write_text('days = ["mon", "wed"]\n')
    command = "schedule smp -s 2026-12-01 --open 2026-12-15 -f json"
    start, course_2, *_ = json.loads(hairplan(f"{command} --patient anna.toml").out)["sessions"]
    assert (start["planned"], start["reason"]) == (
        "2026-12-02",
        "Tue 2026-12-01 is not possible: the patient comes on Monday and Wednesday; the start"
        " moved by +1 day",
    )
    assert course_2["planned"] == "2026-12-16"
    never = json.loads(hairplan(f"{command} --patient-days 'not tue'").out)["sessions"][0]
    assert never["reason"] == (
        "Tue 2026-12-01 is not possible: the patient does not come on Tuesday; the start moved by"
        " +1 day"
    )
    assert days_of(hairplan, f"{command} --patient anna.toml --patient-days tue")[0] == "2026-12-01"


def test_the_patients_days_can_change_on_the_way(hairplan: Run) -> None:
    keep(hairplan)
    hairplan("record p.plan.json --patient-days wed --closure 12-30 --today 2026-11-02")
    assert days_of(hairplan)[:3] == ["2026-12-02", "2026-12-16", "2027-01-06"]
    history = hairplan("history p.plan.json -f plain").out
    assert "yearly_closures 12-30..12-30; patient_days wed" in history
    hairplan("record p.plan.json --patient-days all --today 2026-11-02")
    assert days_of(hairplan)[:2] == ["2026-12-01", "2026-12-15"]


# ---- today is the day in the plan's zone ----

EAST, WEST = "Pacific/Kiritimati", "Etc/GMT+12"
"""Two zones that never have the same date."""


def today_in(zone: str) -> str:
    return dt.datetime.now(ZoneInfo(zone)).date().isoformat()


def today_of(hairplan: Run, command: str, zone: str) -> bool:
    """Return whether a command says today's date in a zone, also around midnight."""
    before, ran = today_in(zone), hairplan(command)
    text = ran.out + ran.err
    return before in text or today_in(zone) in text


def test_today_is_the_day_in_the_plans_zone(
    hairplan: Run, clinic: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HAIRPLAN_TODAY")
    clinic(f'zone = "{WEST}"\n')
    assert today_of(hairplan, "schedule smp -f json", WEST)
    assert today_of(hairplan, "due . --full", WEST)
    assert today_of(hairplan, f"schedule smp --zone {EAST} --time 9:00 --save p.plan.json", EAST)
    assert today_of(hairplan, "status p.plan.json", EAST)
    assert today_of(hairplan, "record p.plan.json --done course-1", EAST)
    clinic("")
    assert today_of(hairplan, f"schedule smp --zone {WEST} -f json", WEST)
    # A plan without a zone goes by the clinic's, or else by the machine's.
    hairplan("schedule smp --save q.plan.json")
    clinic(f'zone = "{EAST}"\n')
    assert today_of(hairplan, "status q.plan.json", EAST)


def test_the_machines_day_is_today_where_no_zone_is_known(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HAIRPLAN_TODAY")
    before, ran = dt.datetime.now().date(), hairplan("schedule smp -f json")  # noqa: DTZ005
    days = {before.isoformat(), dt.datetime.now().date().isoformat()}  # noqa: DTZ005
    assert json.loads(ran.out)["sessions"][0]["planned"] in days
