from datetime import datetime, time
from typing import Any

import pytest
from conftest import TODAY, day, own_plan, plan

from hairplan import InputError, PlanRequest, load_protocol, make_plan, screen_patient
from hairplan.dates.spans import Period


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"start": "2026-12-01"}, ["start: '2026-12-01' is not a calendar date (datetime.date)"]),
        (
            {"until": datetime(2027, 1, 1)},  # noqa: DTZ001
            ["until: datetime.datetime(2027, 1, 1, 0, 0) is not a calendar date (datetime.date)"],
        ),
        ({"closures": (Period(day("2027-01-02"), day("2027-01-01")),)},
         ["closures: 2027-01-02..2027-01-01 runs backwards"]),
        ({"away": (Period(day("2027-01-02"), day("2027-01-01")),)},
         ["away: 2027-01-02..2027-01-01 runs backwards"]),
        ({"until": day("2027-01-01"), "horizon": "1 year"},
         ["until and horizon: give one of the two"]),
        ({"answers": {"pregnancy": "maybe"}},
         ["answers.pregnancy: 'maybe' is not one of yes, no, unknown"]),
        ({"closed": ("sunday",)},
         ["closed: 'sunday' is not one of mon, tue, wed, thu, fri, sat, sun"]),
        ({"closed": ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
         ["closed: all seven days of the week: the clinic has to be open on one"]),
        ({"overrides": {"pregnancy": " "}}, ["overrides.pregnancy: an override needs a reason"]),
        ({"holidays": ("F R",)},
         ["holidays: 'F R' is not a country or region such as FR, FR-57 or US-CA"]),
        ({"zone": "Mars"}, ["zone: 'Mars' is not a time zone such as 'Europe/Paris'"]),
        ({"spacing": "5weeks"}, ["spacing: '5weeks' is not a span such as '5 weeks'"]),
        ({"spacing": {"course": "x"}}, ["spacing.course: 'x' is not a span such as '5 weeks'"]),
        ({"horizon": "long"}, ["horizon: 'long' is not a span such as '5 weeks'"]),
        ({"sex": "f"}, ["sex: 'f' is not female or male"]),
        ({"age": 200}, ["age: 200 is not between 0 and 130"]),
        ({"duration": 0}, ["duration: 0 is not between 1 minute and 24 hours"]),
        (
            {"start": None, "age": -1, "zone": "Mars"},
            [
                "start: None is not a calendar date (datetime.date)",
                "zone: 'Mars' is not a time zone such as 'Europe/Paris'",
                "age: -1 is not between 0 and 130",
            ],
        ),
    ],
)  # fmt: skip
def test_a_request_is_refused_with_every_fault(asked: dict[str, Any], expected: list[str]) -> None:
    with pytest.raises(InputError) as error:
        PlanRequest(**{"start": day("2026-12-01"), **asked})
    assert list(error.value.faults) == expected


QUESTIONS = (
    "minoxidil, pregnancy, breastfeeding, autoimmune, inflammatory-skin, psoriasis-eczema-active,"
    " psoriasis-eczema-localized, chemotherapy, past-chemotherapy, intensive-treatment,"
    " pigment-allergy, transplant"
)


@pytest.mark.parametrize(
    ("name", "asked", "expected"),
    [
        (
            "smp",
            {"answers": {"pregnant": "yes"}},
            ["answers.pregnant: no such question (did you mean 'pregnancy'?);"
             f" there are: {QUESTIONS}"],
        ),
        (
            "smp",
            {"options": {"cadence": "weekly"}},
            ["options.cadence: no such option; there are none"],
        ),
        (
            "microneedling",
            {"options": {"cadence": "weakly"}},
            ["options.cadence: no choice 'weakly' (did you mean 'weekly'?);"
             " there are: weekly, fortnightly"],
        ),
        (
            "microneedling",
            {"answers": {"growth-factors": "yes"}, "options": {"cancer": "no"}},
            ["options.cancer: no such option (did you mean 'cadence'?); there are: cadence,"
                " maintenance, growth-factors",
             "answers.growth-factors: no such question; there are: pregnancy, breastfeeding,"
             " skin-disease, circulation, cancer, past-cancer, infection, herpes, anticoagulants,"
             " allergies, bald-scalp, traction-alopecia",
             "answers.growth-factors: this is a choice, not a question: --option"
             " growth-factors=...",
             "options.cancer: this is a question, not a choice: --answer cancer=..."],
        ),
        (
            "smp",
            {"events": {"transplan": day("2026-01-01")}},
            ["events.transplan: no such event (did you mean 'transplant'?);"
             " there are: transplant, chemotherapy-end"],
        ),
        (
            "smp",
            {"overrides": {"transplant-caution": "x"}},
            ["overrides.transplant-caution: nothing to override: the rule never refuses (caution)"],
        ),
        ("smp", {"sessions": 0}, ["sessions.course: 0 is not allowed: 1..6 (default)"]),
        ("smp", {"sessions": 10000}, ["sessions.course: 10000 is not allowed: 1..6 (default)"]),
        (
            "mesotherapy",
            {"sessions": 6},
            ["sessions.course: 6 is not allowed: 3..5 (ME-1, sourced)"],
        ),
        (
            "mesopecia",
            {"sessions": 3},
            ["sessions: the course has several steps, weekly and fortnightly:"
             " say which one, as in weekly=3"],
        ),
        (
            "mesopecia",
            {"spacing": "6 days"},
            ['spacing: the course has several steps, weekly and fortnightly:'
             ' say which one, as in weekly="6 days"'],
        ),
        (
            "mesopecia",
            {"sessions": {"weekly": 5, "maintenance": 3, "x": 1}},
            ["sessions.x: no such step; there are: weekly, fortnightly, maintenance",
             "sessions.weekly: 5 is not allowed: exactly 4 (MP-1, sourced)",
             "sessions.maintenance: repeats up to the horizon: say until when instead"],
        ),
        (
            "mesopecia",
            {"spacing": {"maintenance": "3 weeks"}},
            ["spacing.maintenance: 3 weeks is not always within 1 month ± 1 week (default)"],
        ),
        (
            "smp",
            {"spacing": "9 days"},
            ["spacing.course: 9 days is not always within 10 days..3 weeks (SMP-2, sourced)"],
        ),
        (
            "smp",
            {"spacing": "0 days"},
            ["spacing.course: 0 days is not always within 10 days..3 weeks (SMP-2, sourced)"],
        ),
        (
            "mesotherapy",
            {"spacing": "30 days"},
            ["spacing.course: 30 days is not always within 15 days..1 month (ME-1, read);"
             " 1 month can have 28 days only"],
        ),
        (
            "smp",
            {"sex": "male", "answers": {"pregnancy": "yes"}},
            ["answers.pregnancy: yes contradicts sex=male"],
        ),
        (
            "smp",
            {"answers": {"transplant": "no"}, "events": {"transplant": day("2026-10-01")}},
            ["answers.transplant: no contradicts the hair transplant on 2026-10-01"],
        ),
        (
            "smp",
            {"answers": {"chemotherapy": "yes"}, "events": {"chemotherapy-end": day("2026-10-01")}},
            ["answers.chemotherapy: yes contradicts the end of the chemotherapy on 2026-10-01"],
        ),
        (
            "smp",
            {"answers": {"chemotherapy": "no"}, "events": {"chemotherapy-end": day("2027-10-01")}},
            ["answers.chemotherapy: no contradicts the end of the chemotherapy planned for"
             " 2027-10-01"],
        ),
        (
            "mesopecia",
            {"sex": "male", "options": {"form": "postpartum"}},
            ["the form after a pregnancy does not go with a male patient"],
        ),
        ("smp", {"horizon": "900 years"},
         ["horizon: 900 years is more than 50 years after the start, 2026-12-01"]),
        ("smp", {"until": day("2080-01-01")},
         ["until: 2080-01-01 is more than 50 years after the start, 2026-12-01"]),
        ("smp", {"until": day("2026-11-01")},
         ["until: 2026-11-01 is before the start, 2026-12-01"]),
        ("smp", {"holidays": ("XX",)},
         ["'XX' is no country whose public holidays are known; use a code such as FR, FR-57 or"
          " US-CA"]),
        ("smp", {"holidays": ("US-CX",)}, None),
        (
            "smp",
            {"answers": {"foo": "yes"}, "sessions": 9, "options": {"x": "y"}},
            ["options.x: no such option; there are none",
             f"answers.foo: no such question; there are: {QUESTIONS}",
             "sessions.course: 9 is not allowed: 1..6 (default)"],
        ),
    ],
)  # fmt: skip
def test_what_the_protocol_does_not_have_is_refused(
    name: str, asked: dict[str, Any], expected: list[str] | None
) -> None:
    with pytest.raises(InputError) as error:
        plan(name, "2026-12-01", **asked)
    if expected is None:
        assert error.value.faults[0].startswith("'US-CX': US has no such region; it has: AK, AL, ")
    else:
        assert list(error.value.faults) == expected


@pytest.mark.parametrize(
    ("name", "asked", "expected"),
    [
        ("smp", {"sessions": 1}, ["2026-12-01", "2029-06-01"]),
        ("smp", {"sessions": {"course": 2}, "spacing": "3 weeks"}, ["2026-12-01", "2026-12-22"]),
        ("mesotherapy", {"spacing": "1 month"}, ["2026-12-01", "2027-01-01", "2027-02-01"]),
        ("mesotherapy", {"spacing": "4 weeks"}, ["2026-12-01", "2026-12-29", "2027-01-26"]),
        ("smp", {"spacing": {"touch-up": "2 years"}},
         ["2026-12-01", "2026-12-15", "2026-12-29", "2028-12-29"]),
        ("mesopecia", {"spacing": {"weekly": "6 days"}},
         ["2026-12-01", "2026-12-07", "2026-12-13", "2026-12-19", "2027-01-02"]),
    ],
)  # fmt: skip
def test_what_the_protocol_allows_may_be_asked_for(
    name: str, asked: dict[str, Any], expected: list[str]
) -> None:
    found = [str(each.planned) for each in plan(name, "2026-12-01", **asked).sessions]
    assert found[: len(expected)] == expected


def test_a_limit_of_a_month_counts_from_the_day_before_it() -> None:
    found = plan("mesotherapy", "2027-01-31", spacing="1 month")
    assert [str(each.planned) for each in found.sessions][:4] == [
        "2027-01-31",
        "2027-02-28",
        "2027-03-28",
        "2027-04-28",
    ]


def test_a_target_after_its_window_says_so() -> None:
    found = plan("mesotherapy", "2027-01-31", spacing="1 month")
    assert found.sessions[2].reason == (
        "Wed 2027-03-31 is outside its window; moved by -3 days, inside 2027-03-15..2027-03-28"
    )


def test_without_a_today_the_start_is_today() -> None:
    smp, request = load_protocol("smp"), PlanRequest(start=TODAY, answers={"minoxidil": "yes"})
    assert make_plan(smp, request) == make_plan(smp, request, today=TODAY)
    assert screen_patient(smp, request) == screen_patient(smp, request, today=TODAY)


def test_today_is_a_date_too() -> None:
    request = PlanRequest(start=TODAY)
    for function in (make_plan, screen_patient):
        with pytest.raises(InputError) as error:
            function(load_protocol("smp"), request, today=datetime(2026, 11, 1))  # noqa: DTZ001
        assert error.value.faults == (
            "today: datetime.datetime(2026, 11, 1, 0, 0) is not a calendar date (datetime.date)",
        )


def test_a_time_that_summer_time_skips() -> None:
    with pytest.raises(InputError) as error:
        plan("smp", "2027-03-28", time=time(2, 30), zone="Europe/Paris")
    assert error.value.faults == (
        "time: 02:30 does not exist on 2027-03-28 in Europe/Paris: summer time skips it for"
        " course-1; choose another time",
    )


def test_what_is_said_of_the_course_is_said_of_a_step_where_there_is_none() -> None:
    visit = (
        '[[steps]]\nid = "visit"\nname = "x"\nkind = "visit"\nspacing = { preferred = "1 week" }\n'
    )
    with pytest.raises(InputError) as error:
        own_plan(f"{visit}count = 2", sessions=3, spacing="10 days")
    none = "no step is the course, there are: visit: say which one, as in"
    assert error.value.faults == (f"sessions: {none} visit=3", f'spacing: {none} visit="10 days"')


def test_a_text_in_place_of_something_else_is_named() -> None:
    asked: dict[str, Any] = {"time": "10:30", "closed": "sun"}
    with pytest.raises(InputError) as error:
        PlanRequest(start=day("2026-12-01"), **asked)
    assert error.value.faults == (
        "time: '10:30' is not a time of day (datetime.time)",
        "closed: 'sun' is one text: a tuple of texts is needed, such as ('sun',)",
    )
