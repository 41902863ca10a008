"""Days in the life of a plan: it stays true whatever happens, and whenever one looks."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ran

Run = Callable[[str], Ran]


def keep(hairplan: Run, plan: str) -> None:
    assert hairplan(f"schedule {plan} --ref X --save p.plan.json --today 2026-11-01").code == 0


# ---- a plan file always opens ----


@pytest.mark.parametrize(
    ("plan", "comes", "says"),
    [
        (
            "smp --start 2027-06-01 --answer chemotherapy=yes --event chemotherapy-end=2026-12-15",
            "2026-12-15",
            "answers.chemotherapy: yes contradicts the end of the chemotherapy on 2026-12-15",
        ),
        (
            "smp --start 2026-12-01 --answer transplant=no --event transplant=2027-03-01",
            "2027-03-01",
            "answers.transplant: no contradicts the hair transplant on 2027-03-01",
        ),
    ],
)
def test_an_event_that_comes_is_to_be_settled_and_locks_no_plan(
    hairplan: Run, plan: str, comes: str, says: str
) -> None:
    keep(hairplan, plan)
    assert says not in hairplan("schedule p.plan.json --full --today 2026-11-02").out
    ran = hairplan(f"schedule p.plan.json --full --today {comes}")
    assert ran.code == 0
    assert f"to settle: {says}" in ran.out
    question, _, answer = says.removeprefix("answers.").partition(" contradicts")[0].partition(": ")
    other = "no" if answer == "yes" else "yes"
    # What one says today has to fit what is known today.
    ran = hairplan(f"record p.plan.json --answer {question}={answer} --today {comes}")
    assert (ran.code, says in ran.err) == (2, True)
    assert hairplan(f"record p.plan.json --answer minoxidil=no --today {comes}").code == 0
    assert hairplan(f"record p.plan.json --answer {question}={other} --today {comes}").code == 0
    assert "to settle: answers" not in hairplan(f"schedule p.plan.json --full --today {comes}").out


def test_an_event_told_today_has_to_fit_the_answer_of_before(hairplan: Run) -> None:
    keep(hairplan, "smp --start 2027-06-01 --answer chemotherapy=no")
    ran = hairplan("record p.plan.json --event chemotherapy-end=2027-01-15 --today 2026-12-01")
    assert ran.code == 2
    assert "no contradicts the end of the chemotherapy planned for 2027-01-15" in ran.err


def test_an_end_of_the_plan_locks_it_neither_when_a_missed_start_moves_on(hairplan: Run) -> None:
    keep(hairplan, "smp --start 2026-12-01")
    hairplan("record p.plan.json --missed course-1 --today 2026-12-02")
    ran = hairplan("record p.plan.json --until 2026-11-30 --today 2026-12-03")
    says = "error: until: 2026-11-30 is before the start, 2026-12-01"
    assert (ran.code, ran.err.splitlines()) == (2, [says])
    assert hairplan("record p.plan.json --until 2027-01-31 --today 2026-12-03").code == 0
    plan = json.loads(hairplan("schedule p.plan.json -f json --today 2029-12-03").out)
    course_1 = plan["sessions"][0]
    assert (course_1["planned"], plan["until"]) == ("2029-12-03", "2029-12-03")


# ---- never into the past ----


@pytest.mark.parametrize(
    ("what", "day", "course_3"),
    [
        # an absence that begins today
        ("--away 2026-12-14..2026-12-16", "2026-12-14", None),
        # the next one takes the place of one that was given up, but not on its day long past
        ("--skipped course-2", "2026-12-20", "2026-12-20"),
        ("--closure 2026-12-15..2026-12-18", "2026-12-16", None),
        ("--spacing '12 days'", "2026-12-18", None),
    ],
)
def test_nothing_that_is_ahead_is_put_before_the_day_of_recording(
    hairplan: Run, what: str, day: str, course_3: str | None
) -> None:
    keep(hairplan, "smp --start 2026-12-01")
    assert hairplan("record p.plan.json --done course-1=2026-12-01 --today 2026-12-01").code == 0
    assert hairplan(f"record p.plan.json {what} --today {day}").code == 0
    # The dates are the same on any later day.
    for today in (day, "2027-03-01"):
        plan = json.loads(hairplan(f"schedule p.plan.json -f json --today {today}").out)
        days = {each["id"]: each["planned"] for each in plan["sessions"]}
        ahead = [days[name] for name in ("course-2", "course-3") if days.get(name)]
        assert all(each >= day for each in ahead), days
        assert course_3 is None or days["course-3"] == course_3


def test_what_is_recorded_late_for_an_earlier_day_locks_no_plan(hairplan: Run) -> None:
    """Somebody records with an earlier day as today: the order of recording is what counts."""
    keep(hairplan, "smp --start 2026-12-01")
    hairplan("record p.plan.json --add extra=2026-12-05 --today 2026-12-10")
    ran = hairplan("record p.plan.json --done extra-1=2026-12-05 --today 2026-12-06")
    assert ran.code == 0
    hairplan("record p.plan.json --skipped course-2 --today 2026-12-20")
    assert hairplan("schedule p.plan.json --today 2026-12-21").code == 0


def test_what_was_missed_is_not_moved_into_the_past_later_on(hairplan: Run) -> None:
    keep(hairplan, "smp --start 2026-12-01")
    hairplan("record p.plan.json --done course-1=2026-12-01 --today 2026-12-01")
    hairplan("record p.plan.json --missed course-3 --today 2026-12-08")
    hairplan("record p.plan.json --skipped course-2 --today 2026-12-20")
    plan = json.loads(hairplan("schedule p.plan.json -f json --today 2026-12-20").out)
    (course_3,) = [each for each in plan["sessions"] if each["id"] == "course-3"]
    assert course_3["planned"] == "2026-12-20"


def test_what_is_overdue_and_did_not_move_stays_where_it_was(hairplan: Run) -> None:
    keep(hairplan, "smp --start 2026-12-01")
    assert hairplan("record p.plan.json --done course-1=2026-12-01 --today 2026-12-01").code == 0
    assert hairplan("record p.plan.json --answer minoxidil=no --today 2026-12-30").code == 0
    plan = json.loads(hairplan("schedule p.plan.json -f json --today 2026-12-30").out)
    course_2 = plan["sessions"][1]
    assert (course_2["planned"], course_2["status"]) == ("2026-12-15", "overdue")
    # It stays there when something else is moved later on, and taking that back changes nothing.
    assert hairplan("record p.plan.json --away 2027-01-12..2027-01-20 --today 2027-01-05").code == 0
    away = json.loads(hairplan("schedule p.plan.json -f json --today 2027-01-05").out)
    assert away["sessions"][1]["planned"] == "2026-12-15"
    assert hairplan("undo p.plan.json --today 2027-01-05").code == 0
    again = json.loads(hairplan("schedule p.plan.json -f json --today 2026-12-30").out)
    assert again["sessions"] == plan["sessions"]


# ---- what did not happen ----


def test_a_repeat_that_is_given_up_is_gone_and_the_rhythm_goes_on_without_it(hairplan: Run) -> None:
    keep(hairplan, "microneedling --option cadence=fortnightly --start 2026-12-01")
    done = " ".join(
        f"--done course-{number}={day}"
        for number, day in enumerate(
            ["2026-12-01", "2026-12-15", "2026-12-29", "2027-01-12", "2027-01-26", "2027-02-09"], 1
        )
    )
    assert hairplan(f"record p.plan.json {done} --today 2027-02-10").code == 0

    def repeats() -> dict[str, str]:
        plan = json.loads(hairplan("schedule p.plan.json -f json --today 2027-08-02").out)
        ahead = [each for each in plan["sessions"] if each["phase"] == "maintenance"]
        return {each["id"]: each["planned"] for each in ahead if each["planned"]}

    before = repeats()
    assert hairplan("record p.plan.json --skipped maintenance-1 --today 2027-08-02").code == 0
    del before["maintenance-1"]
    assert repeats() == before
    assert hairplan("record p.plan.json --skipped maintenance-3 --today 2027-08-02").code == 0
    assert repeats() == {"maintenance-2": "2028-02-09", "maintenance-4": "2029-02-09"}
    # What is booked stays inside its window.
    assert (
        hairplan("record p.plan.json --moved maintenance-2=2028-02-09 --today 2027-08-03").code == 0
    )


def test_what_counts_from_the_one_before_goes_on_a_full_interval_later(hairplan: Run) -> None:
    keep(hairplan, "smp --start 2026-12-01 --horizon '9 years'")
    for what in ("touch-up-1", "touch-up-2"):
        assert hairplan(f"record p.plan.json --skipped {what} --today 2026-12-02").code == 0
    plan = json.loads(hairplan("schedule p.plan.json -f json --today 2026-12-02").out)
    (third,) = [each for each in plan["sessions"] if each["id"] == "touch-up-3"]
    # 30 months three times after the course, inside 24 to 36 months three times.
    assert (third["target"], third["earliest"], third["latest"]) == (
        "2034-06-29",
        "2032-12-29",
        "2035-12-29",
    )


# ---- what was done stays, with its time ----


def test_what_was_done_keeps_the_time_that_was_booked_or_is_given(hairplan: Run) -> None:
    keep(hairplan, "smp --start 2026-12-01 --time 10:00 --zone Europe/Paris")

    def times() -> list[str]:
        plan = json.loads(hairplan("schedule p.plan.json -f json --today 2027-01-30").out)
        return [each["time"] for each in plan["sessions"][:3]]

    hairplan("record p.plan.json --done course-1=2026-12-01 --today 2026-12-01")
    hairplan("record p.plan.json --moved course-2=2026-12-16T18:00 --today 2026-12-02")
    assert times() == ["10:00:00", "18:00:00", "10:00:00"]
    # A day alone keeps the time that was booked.
    hairplan("record p.plan.json --moved course-2=2026-12-17 --today 2026-12-03")
    assert times()[1] == "18:00:00"
    hairplan("record p.plan.json --done course-2=2026-12-17 --today 2026-12-17")
    assert times()[1] == "18:00:00"
    ran = hairplan("record p.plan.json --done course-3=2026-12-31T09:15 --today 2026-12-31")
    assert ran.code == 0
    assert times() == ["10:00:00", "18:00:00", "09:15:00"]
    assert "course-3 done on Thu 2026-12-31 09:15" in hairplan("history p.plan.json").out


def test_another_time_of_day_changes_nothing_that_was_done(hairplan: Run) -> None:
    keep(hairplan, "smp --start 2026-12-01 --time 10:00 --zone Europe/Paris")
    hairplan("record p.plan.json --add check=2026-12-03T08:15 --today 2026-12-01")
    done = "--done course-1=2026-12-01 --done check-1=2026-12-03"
    hairplan(f"record p.plan.json {done} --time 16:00 --today 2026-12-03")
    plan = json.loads(hairplan("schedule p.plan.json -f json --today 2026-12-04").out)
    times = {each["id"]: each["time"] for each in plan["sessions"]}
    assert (times["course-1"], times["check-1"], times["course-2"]) == (
        "10:00:00", "08:15:00", "16:00:00",
    )  # fmt: skip


# ---- ids ----


def test_an_added_appointment_takes_no_number_of_a_step(hairplan: Run) -> None:
    keep(hairplan, "smp --start 2026-12-01")
    hairplan("record p.plan.json --add touch-up=2027-06-01 --today 2026-12-02")
    hairplan("record p.plan.json --done extra-touch-up-1=2027-06-01 --today 2027-06-01")
    plan = json.loads(hairplan("schedule p.plan.json -f json --today 2027-06-02").out)
    names = [each["id"] for each in plan["sessions"]]
    assert names.count("extra-touch-up-1") == 1
    assert "touch-up-1" in names
    assert len(set(names)) == len(names)


# ---- a time has a zone, and a flag reaches everybody ----


def test_a_first_time_of_day_is_booked_in_the_clinics_zone(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(hairplan, "smp --start 2026-12-01")
    monkeypatch.setenv("HAIRPLAN_ZONE", "Europe/Paris")
    ran = hairplan("record p.plan.json --moved course-2=2026-12-15T10:00 --today 2026-11-20")
    assert (ran.code, "zone: Europe/Paris, from HAIRPLAN_ZONE" in ran.err) == (0, True)
    assert hairplan("schedule p.plan.json --today 2026-11-20 -o a.ics").code == 0
    # It is said once, and the plan's own zone stays.
    monkeypatch.setenv("HAIRPLAN_ZONE", "Asia/Tokyo")
    ran = hairplan("record p.plan.json --moved course-3=2026-12-29T10:00 --today 2026-11-20")
    assert (ran.code, "zone" in ran.err) == (0, False)
    plan = json.loads(hairplan("schedule p.plan.json -f json --today 2026-11-20").out)
    assert {each["zone"] for each in plan["sessions"]} == {"Europe/Paris"}


def test_without_settings_a_time_is_booked_in_the_machines_zone(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(hairplan, "smp --start 2026-12-01")
    monkeypatch.setattr("hairplan.cli.record.zone_here", lambda: "America/New_York")
    ran = hairplan("record p.plan.json --moved course-2=2026-12-15T10:00 --today 2026-11-20")
    assert (ran.code, "zone: America/New_York, from this machine" in ran.err) == (0, True)


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("--closure 2026-12-14..2026-12-16=burst-pipe", "which is closed: closure 2026-12-14"),
        ("--away 2026-12-14..2026-12-16=trip", "which is not possible: the patient is away"),
        ("--done course-1=2026-12-08", "before its earliest day, 2026-12-18"),
    ],
)
def test_a_booking_that_cannot_stand_is_on_top_of_the_work_list(
    hairplan: Run, what: str, says: str
) -> None:
    keep(hairplan, "smp --start 2026-12-01")
    hairplan("record p.plan.json --done course-1=2026-12-01 --today 2026-12-01")
    hairplan("record p.plan.json --moved course-2=2026-12-15 --today 2026-12-02")
    assert hairplan(f"record p.plan.json {what} --force --today 2026-12-08").code == 1
    due = json.loads(hairplan("due p.plan.json -f json --today 2026-12-09").out)
    first = due[0] if isinstance(due, list) else due["due"][0]
    assert (first["what"], first["session"]) == ("impossible", "course-2")
    assert says in first["says"]


def test_a_calendar_names_no_window_that_the_day_has_left(hairplan: Run) -> None:
    away = "--away 2028-03-02..2028-06-30"
    hairplan(f"schedule mesopecia --start 2027-08-05 {away} --ref X -o m.ics --today 2026-11-26")
    text = Path("m.ics").read_text(encoding="utf-8").replace("\r\n ", "")
    begins = "DTSTART;VALUE=DATE:20280701"
    events = text.split("BEGIN:VEVENT")
    (event,) = [
        each for each in events if "SUMMARY:Provisional: follow-up" in each and begins in each
    ]
    assert "To be settled nearer the time." in event
    assert "2028-03-14" not in event


# ---- what did not happen carries nothing ----


def sessions(hairplan: Run, today: str) -> dict[str, dict[str, object]]:
    """Return the sessions of the plan as they are on a day, by their ids."""
    plan = json.loads(hairplan(f"schedule p.plan.json -f json --today {today}").out)
    return {each["id"]: each for each in plan["sessions"]}


@pytest.mark.parametrize(
    ("what", "today", "status", "proposed"),
    [
        (None, "2026-12-28", "overdue", "2026-12-15"),
        ("--missed course-2 --today 2026-12-16", "2026-12-28", "missed", "2026-12-28"),
        ("--cancelled course-2 --today 2026-12-10", "2026-12-10", "cancelled", "2026-12-15"),
        # not on the very day on which it was missed
        ("--missed course-2 --today 2026-12-16", "2026-12-16", "missed", "2026-12-17"),
    ],
)
def test_what_comes_after_it_waits(
    hairplan: Run, what: str | None, today: str, status: str, proposed: str
) -> None:
    keep(hairplan, "smp --start 2026-12-01")
    hairplan("record p.plan.json --done course-1=2026-12-01 --today 2026-12-01")
    assert what is None or hairplan(f"record p.plan.json {what}").code == 0
    found = sessions(hairplan, today)
    assert (found["course-2"]["status"], found["course-2"]["planned"]) == (status, proposed)
    assert (
        "the first would be after"
        not in hairplan(f"schedule p.plan.json --full --today {today}").out
    )
    for name in ("course-3", "touch-up-1"):
        waits = {key: found[name][key] for key in ("status", "planned", "target", "after")}
        assert waits == {
            "status": "conditional", "planned": None, "target": None, "after": "course-2",
        }  # fmt: skip
    # Nothing is in force around it, nor to book after it; the course costs as much as before.
    assert "course-3" not in hairplan(f"due . --today {today} --full").out
    assert "next: course-3" not in hairplan(f"status p.plan.json --today {today} --full").out
    assert (
        "4 appointments: chair time 8 h"
        in hairplan(f"schedule p.plan.json --full --today {today}").out
    )
    # Once it is settled, the rest follows from where it really was.
    hairplan(f"record p.plan.json --done course-2={today} --today {today}")
    assert all(each["planned"] for each in sessions(hairplan, today).values())


def test_what_comes_after_it_is_not_booked_unasked(hairplan: Run) -> None:
    keep(hairplan, "smp --start 2026-12-01")
    hairplan("record p.plan.json --done course-1=2026-12-01 --today 2026-12-01")
    ran = hairplan("record p.plan.json --moved course-3=2026-12-29 --today 2026-12-28")
    says = (
        "booked for Tue 2026-12-29, but course-2 before it did not take place, and has no new day"
    )
    assert (ran.code, ran.err.splitlines()) == (
        4,
        [
            f"error: course-3: {says}",
            "if course-2 takes place today, course-3 can be from Thu 2027-01-07 on",
            "nothing is recorded; --force records it all the same",
        ],
    )
    ran = hairplan("record p.plan.json --moved course-3=2026-12-29 --today 2026-12-28 --force")
    assert ran.code == 1
    assert says in hairplan("schedule p.plan.json --full --today 2026-12-28").out
    assert says in hairplan("status p.plan.json --today 2026-12-28").out
    due = hairplan("due . --today 2026-12-28 --full").out
    assert due.index("CANNOT TAKE PLACE AS IT SHOULD") < due.index(says) < due.index("OVERDUE")
    # The touch-up counts from the day that was booked.
    assert sessions(hairplan, "2026-12-28")["touch-up-1"]["planned"] == "2029-06-29"


def test_a_booking_over_a_gap_is_refused_also_where_the_plan_ends_before_it_once_that_is_filled(
    hairplan: Run,
) -> None:
    keep(hairplan, "mesotherapy --start 2026-12-11 --horizon '6 months'")
    hairplan("record p.plan.json --done course-2=2026-12-12 --today 2026-12-12")
    ran = hairplan("record p.plan.json --moved maintenance-1=2027-07-14 --today 2027-06-30")
    assert (ran.code, ran.err.splitlines()) == (
        4,
        [
            "error: maintenance-1: booked for Wed 2027-07-14, but course-3 before it did not take"
            " place, and has no new day",
            "nothing is recorded; --force records it all the same",
        ],
    )


def test_both_can_be_settled_at_once(hairplan: Run) -> None:
    keep(hairplan, "smp --start 2026-12-01")
    hairplan("record p.plan.json --done course-1=2026-12-01 --today 2026-12-01")
    what = "--done course-2=2026-12-15 --moved course-3=2026-12-29"
    assert hairplan(f"record p.plan.json {what} --today 2026-12-28").code == 0


def test_several_that_are_to_be_booked_again_wait_for_one_another(hairplan: Run) -> None:
    keep(hairplan, "smp --start 2026-12-01")
    hairplan("record p.plan.json --done course-1=2026-12-01 --today 2026-12-01")
    hairplan("record p.plan.json --cancelled course-2 --cancelled course-3 --today 2026-12-10")
    found = sessions(hairplan, "2026-12-11")
    assert (found["course-2"]["status"], found["course-2"]["planned"]) == (
        "cancelled",
        "2026-12-15",
    )
    assert (found["course-3"]["status"], found["course-3"]["waits_for"]) == (
        "cancelled",
        "after course-2",
    )
    due = hairplan("due . --today 2026-12-11 --full").out
    assert "to be booked again, after course-2 (p.plan.json)" in due


def test_what_waited_is_not_put_into_the_past_once_it_is_free(hairplan: Run) -> None:
    """The practice catches up on its records: what comes after is proposed from that day on."""
    keep(hairplan, "smp --start 2026-12-01")
    hairplan("record p.plan.json --done course-1=2026-12-01 --today 2026-12-01")
    hairplan("record p.plan.json --done course-2=2026-12-15 --today 2027-01-20")
    course_3 = sessions(hairplan, "2027-01-20")["course-3"]
    assert (course_3["planned"], course_3["status"]) == ("2027-01-20", "planned")
    assert "cannot keep to the protocol any more" in str(course_3["flag"])


def test_what_is_proposed_again_moves_nothing_that_counts_from_a_fixed_anchor(
    hairplan: Run,
) -> None:
    keep(hairplan, "smp --start 2026-12-01 --anchor fixed")
    hairplan("record p.plan.json --done course-1=2026-12-01 --today 2026-12-01")
    hairplan("record p.plan.json --missed course-2 --today 2026-12-16")
    for today in ("2026-12-16", "2026-12-27"):
        assert sessions(hairplan, today)["course-3"]["planned"] == "2026-12-29"


def test_what_was_done_although_what_it_counts_from_waits_stays(hairplan: Run) -> None:
    Path("p.toml").write_text(
        'format = 1\nid = "p"\nversion = "1"\ndate = 2026-11-01\nname = "p"\nsummary = "p"\n'
        '[[steps]]\nid = "course"\nname = "s"\ncount = 2\nspacing = "2 weeks"\n'
        '[[steps]]\nid = "extra"\nname = "e"\nkind = "touch-up"\nanchor = "course.last"\n'
        'spacing = { min = "1 month" }\n'
    )
    keep(hairplan, "./p.toml --start 2026-12-01")
    what = "--done extra-1=2026-12-25 --missed course-1"
    assert hairplan(f"record p.plan.json {what} --today 2026-12-25").code == 0
    assert sessions(hairplan, "2026-12-25")["extra-1"]["planned"] == "2026-12-25"


def test_those_that_wait_stand_in_the_order_of_the_course(hairplan: Run) -> None:
    keep(hairplan, "smp --start 2026-12-01 --sessions 3")
    hairplan("record p.plan.json --missed course-1 --today 2026-12-01")
    assert list(sessions(hairplan, "2026-12-02")) == [
        "course-1", "course-2", "course-3", "touch-up-1",
    ]  # fmt: skip


def test_what_follows_keeps_its_day_when_the_day_before_it_has_passed(hairplan: Run) -> None:
    taper = Path(__file__).parent.parent / "examples/protocols/laser-clinic-taper.toml"
    keep(hairplan, f"{taper} --start 2026-11-07")
    hairplan("record p.plan.json --done taper-25=2027-06-15 --today 2027-07-15")
    # Moved to the day of the recording, and not recorded since.
    for today in ("2027-07-15", "2027-07-16", "2027-07-17"):
        found = sessions(hairplan, today)
        days = [found[name]["planned"] for name in ("taper-26", "taper-27")]
        assert days == ["2027-07-15", "2027-07-22"]


def test_a_late_booking_brings_its_session_more_whatever_is_overdue(hairplan: Run) -> None:
    keep(hairplan, "microneedling --start 2026-12-30 --on-late extra")
    hairplan("record p.plan.json --done course-2=2027-01-15 --today 2027-01-16")
    hairplan("record p.plan.json --booked course-4=2027-02-28 --today 2027-01-19")
    # course-3 is overdue by then.
    for today in ("2027-01-19", "2027-02-18"):
        found = sessions(hairplan, today)
        assert found["maintenance-1"]["planned"] == "2027-11-02"


# ---- slips of the pen ----


@pytest.mark.parametrize(
    ("what", "says"),
    [
        (
            "--done course-2=2026-12-20",
            "course-2: 2026-12-20 is not after course-1, 2026-12-20: is the day right?",
        ),
        (
            "--done course-2=2026-12-18",
            "course-2: 2026-12-18 is not after course-1, 2026-12-20: is the day right?",
        ),
        (
            "--done course-2=2026-12-21 --done course-3=2026-12-21",
            "course-3: 2026-12-21 is not after course-2, 2026-12-21: is the day right?",
        ),
        (
            "--moved course-2=2027-12-31",
            "course-2: 2027-12-31 is 355 days after its latest day, 2027-01-10: is the year right?",
        ),
        (
            "--moved course-3=2027-01-05 --moved course-2=2027-01-06",
            "course-3: 2027-01-05 is not after course-2, 2027-01-06: is the day right?",
        ),
    ],
)
def test_a_slip_is_asked_about(hairplan: Run, what: str, says: str) -> None:
    keep(hairplan, "smp --start 2026-12-01")
    hairplan("record p.plan.json --done course-1=2026-12-20 --today 2026-12-20")
    ran = hairplan(f"record p.plan.json {what} --today 2026-12-21")
    assert (ran.code, ran.err) == (2, f"error: {says} --force records it all the same\n")
    assert hairplan(f"record p.plan.json {what} --today 2026-12-21 --force").code in {0, 1}


def test_what_was_done_out_of_order_is_flagged_until_somebody_says_why(hairplan: Run) -> None:
    keep(hairplan, "smp --start 2027-01-04")
    hairplan("record p.plan.json --done course-1=2027-01-20 --today 2027-01-28")
    hairplan("record p.plan.json --done course-2=2027-01-11 --today 2027-01-28 --force")
    says = "done on Mon 2027-01-11, not after course-1, done on Wed 2027-01-20"
    assert f"course-2: {says}" in hairplan("schedule p.plan.json --full --today 2027-01-29").out
    assert says in hairplan("status p.plan.json --today 2027-01-29 --full").out
    due = hairplan("due . --today 2027-01-29 --full").out
    assert f"{says}: record the right day, or the reason (p.plan.json)" in due
    assert sessions(hairplan, "2027-01-28")["course-3"]["status"] == "planned"
    hairplan(
        "record p.plan.json --done course-2=2027-01-11 --reason 'two areas' --force"
        " --today 2027-01-29"
    )
    assert says not in hairplan("due . --today 2027-01-29 --full").out


# ---- a stop that is lifted ----


@pytest.mark.parametrize("lift", ["--answer pregnancy=no", "--override pregnancy='my decision'"])
def test_lifting_a_stop_revives_no_booking(hairplan: Run, lift: str) -> None:
    keep(hairplan, "smp --start 2026-12-01 --sex female")
    hairplan("record p.plan.json --done course-1=2026-12-01 --moved course-2=2026-12-16"
             " --moved course-3=2026-12-30 --today 2026-12-01")  # fmt: skip
    hairplan("record p.plan.json --answer pregnancy=yes --today 2026-12-10")
    ran = hairplan("record p.plan.json --moved course-2=2026-12-17 --today 2026-12-11")
    assert (ran.code, ran.err.splitlines()[0], ran.err.splitlines()[-1]) == (
        3,
        "error: course-2: nothing can be booked while the treatment is stopped:",
        "nothing is recorded; an answer or an override lifts the stop",
    )
    assert hairplan(f"record p.plan.json {lift} --today 2026-12-12").code == 0
    found = sessions(hairplan, "2026-12-12")
    assert [(name, found[name]["status"], found[name]["booked"]) for name in found] == [
        ("course-1", "done", False),
        ("course-2", "cancelled", False),
        ("course-3", "cancelled", False),
        ("touch-up-1", "conditional", False),
    ]
    assert found["course-2"]["planned"] == "2026-12-15"
    assert hairplan("record p.plan.json --moved course-2=2026-12-16 --today 2026-12-13").code == 0
    assert sessions(hairplan, "2026-12-13")["course-2"]["booked"]


def test_a_stop_leaves_what_was_booked_before_its_day(hairplan: Run) -> None:
    keep(hairplan, "smp --start 2026-12-01 --sex female")
    hairplan("record p.plan.json --moved course-1=2026-12-01 --today 2026-11-20")
    for answer, day in (("yes", "2026-12-10"), ("no", "2026-12-12")):
        hairplan(f"record p.plan.json --answer pregnancy={answer} --today {day}")
    assert sessions(hairplan, "2026-12-12")["course-1"]["booked"]


def test_an_answer_that_stops_nothing_calls_nothing_off(hairplan: Run) -> None:
    keep(hairplan, "smp --start 2026-12-01")
    hairplan("record p.plan.json --moved course-2=2026-12-16 --today 2026-11-20")
    for answer, day in (("yes", "2026-11-21"), ("no", "2026-11-22")):
        hairplan(f"record p.plan.json --answer minoxidil={answer} --today {day}")
    assert sessions(hairplan, "2026-11-22")["course-2"]["booked"]


def test_two_that_were_called_off_leave_no_day_to_say(hairplan: Run) -> None:
    keep(hairplan, "smp --start 2026-12-01")
    hairplan("record p.plan.json --missed course-1 --cancelled course-2 --today 2026-12-01")
    ran = hairplan("record p.plan.json --moved course-3=2026-12-29 --today 2026-12-02")
    assert (ran.code, len(ran.err.splitlines())) == (4, 2)


def test_done_without_a_day_was_done_as_planned(hairplan: Run) -> None:
    keep(hairplan, "smp --start 2026-12-01")
    ran = hairplan("record p.plan.json --done course-1 --today 2026-12-04")
    says = "course-1: done on Tue 2026-12-01, as planned; on another day: --done course-1=DATE"
    assert says in ran.err.splitlines()
    assert sessions(hairplan, "2026-12-04")["course-1"]["planned"] == "2026-12-01"
    hairplan("record p.plan.json --booked course-2=2026-12-17 --today 2026-12-04")
    ran = hairplan("record p.plan.json --done course-2 --today 2026-12-18")
    assert "course-2: done on Thu 2026-12-17, as planned" in ran.err
    # On the day itself, or before it, it was today.
    ran = hairplan("record p.plan.json --done course-3 --today 2026-12-29")
    assert "as planned" not in ran.err


@pytest.mark.parametrize("rule", ["fixed", "rolling"])
def test_what_a_stop_held_back_for_years_is_proposed_again(hairplan: Run, rule: str) -> None:
    keep(hairplan, f"microneedling --start 2026-11-06 --anchor {rule}")
    assert hairplan("record p.plan.json --answer cancer=yes --today 2026-11-20").code == 0
    ran = hairplan("record p.plan.json --answer cancer=no --today 2028-11-29")
    assert ran.err.startswith("recorded as entry 2 of p.plan.json\n")
    days = [str(each["planned"]) for each in sessions(hairplan, "2028-11-29").values()]
    assert not [day for day in days if "2026-11-20" <= day < "2028-11-29"]


@pytest.mark.parametrize("rule", ["fixed", "rolling"])
def test_days_that_cannot_be_kept_are_said_whatever_later_sessions_count_from(
    hairplan: Run, rule: str
) -> None:
    keep(hairplan, f"microneedling --start 2026-11-06 --anchor {rule}")
    ran = hairplan("record p.plan.json --away 2026-11-21..2040-11-29 --today 2026-11-20")
    assert (ran.code, ran.err) == (
        4,
        "error: no date for course-4 keeps to the protocol: its window 2026-11-21..2026-11-29"
        " has no free day\n"
        "error: 2026-11-21..2026-11-29: not possible: the patient is away 2026-11-21..2040-11-29\n"
        "nothing is recorded\n",
    )
