"""What a patient is told while a visit of hers has been missed, or is not recorded yet."""

from datetime import UTC, datetime

import pytest
from conftest import day
from test_patient_sheet import lines, sheet

from hairplan import Plan, PlanRequest, load_protocol, make_plan
from hairplan.calendar.items import CalendarChoice, items_of
from hairplan.history import Done, Entry, Happening, Missed, Moved


def lived(name: str, today: str, *happened: Happening) -> Plan:
    entry = Entry(at=datetime(2026, 12, 14, tzinfo=UTC), on=day("2026-12-14"), what=happened)
    request = PlanRequest(start=day("2026-12-07"))
    return make_plan(load_protocol(name), request, [entry] if happened else [], today=day(today))


MISSED = Done("course-1", day("2026-12-07")), Missed("course-2")
UNLESS = "(unless you have an appointment before then)"


def test_a_proposal_may_begin_again_what_would_be_over_behind_it() -> None:
    missed = lived("microneedling", "2026-12-16", *MISSED)
    (over,) = (
        line for line in lines(sheet(missed, day("2026-12-16"))) if "allowed again: sun" in line
    )
    assert UNLESS in over
    calendar = " ".join(item.text for item in items_of(missed, CalendarChoice("patient")))
    assert f"sun {UNLESS}" in calendar
    booked = lived("microneedling", "2026-12-16", *MISSED, Moved("course-2", day("2026-12-18")))
    assert UNLESS not in " ".join(lines(sheet(booked, day("2026-12-16"))))
    # By the 24th the sun is allowed, and a later proposal is none of its matter.
    assert UNLESS not in " ".join(
        lines(sheet(lived("microneedling", "2026-12-24", *MISSED), day("2026-12-24")))
    )


@pytest.mark.parametrize(
    ("happened", "shown"),
    [
        ((), True),  # the first day holds until something else is recorded
        ((Moved("course-1", day("2026-12-08")),), True),
        ((Missed("course-1"),), False),
    ],
)
def test_the_care_of_a_visit_that_nobody_recorded_is_on_the_sheet(
    happened: tuple[Happening, ...], *, shown: bool
) -> None:
    told = " ".join(lines(sheet(lived("smp", "2026-12-16", *happened), day("2026-12-10"))))
    assert ("Now, right through to" in told) is shown
    assert ("more appointment needs a day" in told) is False


@pytest.mark.parametrize(
    ("name", "step", "titles"),
    [
        ("mesopecia", "weekly", ["1/8 Appointment", "Provisional: 2/8 appointment"]),
        ("microneedling", "course", ["1/12 Appointment", "Provisional: 2/12 appointment"]),
    ],
)
def test_what_waits_is_counted_in_the_calendar_as_on_the_sheet(
    name: str, step: str, titles: list[str]
) -> None:
    happened = Done(f"{step}-1", day("2026-12-07")), Missed(f"{step}-2")
    items = items_of(lived(name, "2026-12-16", *happened), CalendarChoice("patient"))
    assert [item.title for item in items if item.kind == "session"] == titles
