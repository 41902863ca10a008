"""Patients who ask the same share what is resolved, and no one gets another patient's plan."""

from datetime import UTC, date, datetime, time
from typing import Any, Final

import pytest
from conftest import TODAY, day, own_protocol

from hairplan import Plan, PlanRequest, make_plan
from hairplan.dates.seasons import YearlyPeriod
from hairplan.dates.spans import Period
from hairplan.history import Changed, Entry
from hairplan.planner import compile as compiling
from hairplan.planner import resolve
from hairplan.request import ClinicDays

ENTRY: Final = Entry(
    at=datetime(2027, 3, 2, tzinfo=UTC), on=date(2027, 3, 2), what=(Changed(place="2"),)
)
TEXT: Final = """
[[steps]]
id = "course"
name = "session"
count = { min = 2, preferred = 3, max = 4 }
spacing = { min = "5 days", preferred = "1 week", max = "2 weeks" }
figures.spacing = { strength = "default" }

[[steps]]
id = "upkeep"
name = "upkeep"
kind = "maintenance"
count = "open"
anchor = "course.last"
spacing = { preferred = "1 month" }

[options.pace]
label = "x"
default = "a"
choices = { a = "A", b = "B" }

[questions.ill]
ask = "ill?"

[questions.operated]
ask = "operated?"

[events.surgery]
label = "surgery"

[rules.ill]
question = "ill"
outcome = "postpone"
says = "x"

[rules.surgery]
question = "operated"
event = "surgery"
begins = "0 days"
ends = "1 week"
outcome = "postpone"
says = "x"

[restrictions.sun]
label = "x"
after = "3 days"

[tasks.care]
label = "x"
when = { age = "31..50", sex = "female", pace = "b" }
"""
VALUES: Final[dict[str, tuple[Any, Any]]] = {
    "start": (day("2027-01-05"), day("2027-02-02")),
    "sessions": (3, 4),
    "spacing": ("6 days", "1 week"),
    "options": ({"pace": "a"}, {"pace": "b"}),
    "figures": ({}, {"course.spacing.min": "6 days"}),
    "until": (day("2027-03-01"), day("2027-06-01")),
    "horizon": ("2 months", "3 months"),
    "closed": ((), ("mon",)),
    "holidays": ((), ("FR",)),
    "closures": ((), (Period(day("2027-01-12"), day("2027-01-12")),)),
    "away": ((), (Period(day("2027-01-19"), day("2027-01-19")),)),
    "answers": ({"ill": "no"}, {"ill": "yes"}),
    "events": ({"surgery": day("2026-12-01")}, {"surgery": day("2027-01-04")}),
    "sex": ("female", "male"),
    "age": (30, 31),
    "overrides": ({}, {"ill": "tested"}),
    "time": (time(9), time(10)),
    "zone": ("Europe/Paris", "Asia/Tokyo"),
    "duration": (30, 45),
    "place": ("here", "there"),
    "on_late": ("continue", "extra"),
    "anchor": ("rolling", "fixed"),
    "ref": ("A", "B"),
    "id": ("one", "two"),
    "extend": ({}, {"sun": "5 days"}),
    "yearly_closures": ((), (YearlyPeriod("01-12", "01-12"),)),
    "open": ((), (Period(day("2027-01-12"), day("2027-01-12")),)),
    "patient_days": ((), ("tue", "thu")),
    "without": ((), ("closed",)),
    "language": ("en", "fr"),
    "is_id_shared": (False, True),
}


def forget() -> None:
    resolve._KEPT.clear()  # noqa: SLF001 - as in a new process
    compiling._KEPT.clear()  # noqa: SLF001


def test_every_field_of_a_request_is_tried_here() -> None:
    assert list(VALUES) == list(PlanRequest.__struct_fields__)
    assert set(VALUES) > resolve.NOT_RESOLVED


@pytest.mark.parametrize("field", VALUES)
def test_a_plan_is_the_same_whatever_was_planned_before_it(field: str) -> None:
    protocol = own_protocol(TEXT)

    def plan(value: object, today: date = TODAY) -> Plan:
        asked: dict[str, Any] = {"start": day("2027-01-05"), "answers": {"ill": "no"}, field: value}
        clinic = ClinicDays(closed=("sat",))
        return make_plan(protocol, PlanRequest(**asked), today=today, clinic=clinic)

    alone = []
    for value in VALUES[field]:
        forget()
        alone.append(plan(value))
    forget()
    assert [plan(value) for value in VALUES[field]] == alone
    assert len(resolve._KEPT) == (1 if field in resolve.NOT_RESOLVED else 2)  # noqa: SLF001
    assert [plan(value) for value in VALUES[field]] == alone
    # The language says how a plan is told, not what is in it.
    assert (alone[0] == alone[1]) == (field == "language")


def test_an_event_that_was_ahead_is_past_once_something_is_recorded_after_it() -> None:
    protocol = own_protocol(
        TEXT.replace('label = "surgery"', 'label = "surgery"\nbegins = "operated"')
    )
    request = PlanRequest(start=day("2027-01-05"), events={"surgery": day("2027-03-01")})
    answers = [
        next(rule.answer for rule in plan.screening if rule.rule == "surgery")
        for plan in (
            make_plan(protocol, request, history, today=day("2027-03-02"))
            for history in (None, [ENTRY])
        )
    ]
    assert answers == ["unknown", "yes"]


def test_a_long_list_of_unlike_patients_is_forgotten_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resolve, "_MOST_KEPT", 2)
    monkeypatch.setattr(compiling, "_MOST_KEPT", 1)
    forget()
    for protocol in (own_protocol(TEXT), own_protocol(TEXT)):
        for minutes in (10, 20, 30):
            request = PlanRequest(start=day("2027-01-05"), duration=minutes)
            assert make_plan(protocol, request, today=TODAY).chair_time
            assert len(resolve._KEPT) <= 2  # noqa: SLF001
            assert len(compiling._KEPT) == 1  # noqa: SLF001
