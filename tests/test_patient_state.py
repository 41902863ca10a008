"""What the patient's state means: rules, events, overrides, and what waits for an answer."""

from datetime import date
from typing import Any

import pytest
from conftest import TODAY, day, plan

from hairplan import InputError, Plan, PlanRequest, load_protocol, screen_patient
from hairplan.show.csv import render_csv
from hairplan.show.screening import screening_lines
from hairplan.standing import Screened


def standing(found: Plan | tuple[Screened, ...], rule: str) -> Screened:
    screening = found.screening if isinstance(found, Plan) else found
    return next(each for each in screening if each.rule == rule)


@pytest.mark.parametrize(
    ("name", "asked", "rules", "earliest"),
    [
        ("smp", {"answers": {"pregnancy": "yes"}}, ("pregnancy",), None),
        (
            "smp",
            {"answers": {"psoriasis-eczema-active": "yes"}},
            ("psoriasis-eczema-active",),
            None,
        ),
        ("smp", {"answers": {"chemotherapy": "yes"}}, ("chemotherapy",), None),
        (
            "smp",
            {"events": {"chemotherapy-end": day("2026-10-15")}},
            ("chemotherapy-wait",),
            "2027-01-15",
        ),
        (
            "smp",
            {"events": {"chemotherapy-end": day("2026-12-20")}},
            ("chemotherapy",),
            "2027-03-20",
        ),
        (
            "smp",
            {
                "events": {"chemotherapy-end": day("2026-10-15"), "transplant": day("2026-10-01")},
            },
            ("chemotherapy-wait", "transplant-healing"),
            "2027-04-01",
        ),
        (
            "smp",
            {"events": {"transplant": day("2026-10-01")}, "answers": {"breastfeeding": "yes"}},
            ("breastfeeding", "transplant-healing"),
            None,
        ),
        ("microneedling", {"answers": {"traction-alopecia": "yes"}}, ("traction-alopecia",), None),
        ("microneedling", {"answers": {"skin-disease": "yes"}}, ("skin-disease",), None),
        ("mesopecia", {"answers": {"infection": "yes"}}, ("infection",), None),
    ],
)
def test_a_refusal_names_its_rules_and_the_earliest_start(
    name: str, asked: dict[str, Any], rules: tuple[str, ...], earliest: str | None
) -> None:
    problem = plan(name, "2026-12-01", **asked).problem
    assert problem is not None
    assert (problem.kind, problem.rules) == ("refused", rules)
    assert problem.earliest_start == (day(earliest) if earliest else None)
    assert problem.nearest_starts == ((day(earliest),) if earliest else ())


def test_the_offered_start_is_an_open_day() -> None:
    problem = plan(
        "smp", "2026-12-01", events={"transplant": day("2026-09-06")}, closed=("sat", "sun")
    ).problem
    assert problem is not None
    assert (str(problem.earliest_start), str(problem.nearest_starts[0])) == (
        "2027-03-06",
        "2027-03-08",
    )


def test_the_months_end_decides_where_the_wait_ends() -> None:
    for event, end in [
        ("2026-11-30", "2027-02-28"),
        ("2027-11-29", "2028-02-29"),
        ("2027-11-30", "2028-02-29"),
        ("2028-02-29", "2028-05-29"),
    ]:
        problem = plan("smp", event, events={"chemotherapy-end": day(event)}).problem
        assert problem is not None
        assert str(problem.earliest_start) == end


def test_an_override_lets_the_plan_go_on_and_stays_in_it() -> None:
    found = plan(
        "smp",
        "2026-12-01",
        answers={"pregnancy": "yes"},
        overrides={"pregnancy": "gave birth in between"},
    )
    assert found.problem is None
    screened = standing(found, "pregnancy")
    assert (screened.applies, screened.overridden) == ("yes", "gave birth in between")
    assert not screened.refuses


def test_an_override_of_a_wait_frees_its_days() -> None:
    found = plan(
        "smp",
        "2026-12-01",
        events={"transplant": day("2026-10-01")},
        overrides={"transplant-healing": "healed early, see photo"},
    )
    assert found.problem is None


def test_a_transplant_in_the_middle_of_the_course_leaves_no_dates() -> None:
    problem = plan("smp", "2026-12-01", events={"transplant": day("2026-12-10")}).problem
    assert problem is not None
    assert (problem.kind, problem.session) == ("no dates", "course-2")
    assert problem.why == (
        "2026-12-11..2026-12-22: not possible: full healing of the transplant is recommended"
        " first (SMP-6)",
    )
    assert [str(each) for each in problem.nearest_starts] == ["2026-11-19", "2027-06-10"]


def test_a_planned_transplant_moves_a_touch_up_out_of_its_way() -> None:
    found = plan("smp", "2026-12-01", events={"transplant": day("2029-06-01")})
    touch_up = found.sessions[-1]
    assert str(touch_up.planned) == "2029-05-31"
    assert touch_up.reason == (
        "Fri 2029-06-29 is not possible: full healing of the transplant is recommended first"
        " (SMP-6); moved by -29 days, inside 2028-12-29..2029-12-29"
    )


def test_unknown_is_never_no() -> None:
    found = plan("smp", "2026-12-01")
    assert {each.applies for each in found.screening} == {"unknown"}
    assert found.problem is None
    by_id = {each.id: each for each in found.restrictions}
    assert (by_id["minoxidil"].applies, by_id["minoxidil"].only_if) == (
        "unknown",
        "minoxidil=yes",
    )
    assert by_id["sun"].applies == "yes"


def test_a_no_takes_away_what_hangs_on_it() -> None:
    found = plan("smp", "2026-12-01", answers={"minoxidil": "no"})
    assert "minoxidil" not in {each.id for each in found.restrictions}
    assert not any("minoxidil" in note for note in found.notes)


def test_a_transplant_without_a_date_is_an_open_question() -> None:
    found = plan("smp", "2026-12-01", answers={"transplant": "yes"})
    screened = standing(found, "transplant-healing")
    assert (screened.answer, screened.applies) == ("yes", "unknown")


def test_a_wait_without_its_date_is_not_settled_and_asks_for_the_day_first() -> None:
    found = plan("smp", "2026-12-01", answers={"past-chemotherapy": "yes", "transplant": "yes"})
    assert [each.text for each in found.remarks if each.code == "no-day"] == [
        "end of the chemotherapy: no day is given, so the plan is not settled: several months"
        " after the end of a chemotherapy are to pass first; --event chemotherapy-end=DAY settles"
        " it",
        "hair transplant: no day is given, so the plan is not settled: full healing of the"
        " transplant is recommended first; --event transplant=DAY settles it",
    ]
    assert [each.code for each in found.remarks][:2] == ["no-day", "no-day"]
    settled = plan("smp", "2027-06-01", events={"transplant": day("2025-09-01")})
    assert "no-day" not in [each.code for each in settled.remarks]


def test_a_past_event_answers_its_question() -> None:
    found = plan("smp", "2027-06-01", events={"chemotherapy-end": day("2026-09-01")})
    assert standing(found, "chemotherapy-clearance").answer == "yes"
    assert standing(found, "chemotherapy").applies == "no"
    tasks = {each.id: each for each in found.tasks if each.blocks}
    assert set(tasks) == {"chemotherapy-clearance", "chemotherapy-stable", "consultation"}
    assert tasks["chemotherapy-clearance"].label == "clearance letter of the oncologist"
    assert all(task.due is None for task in tasks.values())


def test_a_planned_event_is_no_answer_yet() -> None:
    found = plan("smp", "2026-12-01", events={"transplant": day("2029-06-01")})
    assert standing(found, "transplant-healing").answer == "unknown"


def test_a_localized_psoriasis_needs_an_assessment_and_a_patch_test() -> None:
    found = plan("smp", "2026-12-01", answers={"psoriasis-eczema-localized": "yes"})
    tasks = {each.id: each for each in found.tasks}
    assert tasks["psoriasis-eczema-localized"].blocks
    assert (tasks["patch-test"].due, tasks["patch-test"].applies) == (day("2026-11-24"), "yes")


def test_a_task_that_was_due_before_today_is_said() -> None:
    answers: dict[str, Any] = {"psoriasis-eczema-localized": "yes", "minoxidil": "no"}
    found = plan("smp", "2026-11-05", answers=answers)
    assert found.notes[0] == (
        "patch test of a small area, to see how the skin reacts: was due on Thu 2026-10-29"
    )


def test_a_start_before_today_is_said() -> None:
    found = plan("smp", "2026-10-20", answers={"minoxidil": "yes"})
    assert found.notes[0] == "the start, Tue 2026-10-20, is before today, Sun 2026-11-01"
    assert not any("should have begun" in note for note in found.notes)


@pytest.mark.parametrize(
    ("sex", "men", "women"), [(None, True, True), ("male", True, False), ("female", False, True)]
)
def test_what_is_asked_of_men_or_women_only(sex: Any, *, men: bool, women: bool) -> None:
    found = plan("mesopecia", "2026-12-01", sex=sex)
    rules = {each.rule for each in found.screening}
    assert ("beyond-stage-4" in rules) is men
    assert ("beyond-stage-2" in rules) is women
    assert ("pregnancy" in rules) is women


def test_after_a_pregnancy_the_stage_does_not_matter_but_breastfeeding_does() -> None:
    found = plan("mesopecia", "2026-12-01", sex="female", options={"form": "postpartum"})
    assert standing(found, "beyond-stage-2").applies == "no"
    assert standing(found, "breastfeeding").applies == "unknown"


ANY_AGE = "what it says of any age holds (3 to 4 sessions, three months) (MP-7)"


@pytest.mark.parametrize(
    ("age", "expected", "note"),
    [
        (30, ["age-under-31"], None),
        (31, ["age-31-to-50"], None),
        (50, ["age-31-to-50"], None),
        (51, [], f"the source gives no course of results for the age of 51; {ANY_AGE}"),
        (52, ["age-52-to-64"], None),
        (64, ["age-52-to-64"], None),
        (65, [], f"the source gives no course of results for those over 64; {ANY_AGE}"),
    ],
)
def test_results_by_age(age: int, expected: list[str], note: str | None) -> None:
    found = plan("mesopecia", "2026-12-01", age=age)
    assert [each.id for each in found.expectations if each.id.startswith("age-")] == expected
    assert [each for each in found.notes if ANY_AGE in each] == ([note] if note else [])


def test_without_an_age_every_group_is_shown_with_its_condition() -> None:
    found = plan("mesopecia", "2026-12-01")
    assert [each.only_if for each in found.expectations if each.id.startswith("age-")] == [
        "age=31..50",
        "age=..30",
        "age=52..64",
    ]


@pytest.mark.parametrize(
    ("age", "days"),
    [(30, [28, 90]), (31, [60]), (50, [60]), (51, []), (52, [28, 60, 90]), (65, [])],
)
def test_the_result_is_looked_at_on_the_days_of_the_age(age: int, days: list[int]) -> None:
    found = plan("mesopecia", "2026-12-01", age=age)
    looks = [each for each in found.milestones if each.id != "baseline"]
    assert [(each.on - found.start).days for each in looks] == days
    general = {each.id for each in found.expectations if each.applies == "yes"}
    assert {"slower-loss", "quality"} <= general


def test_a_choice_without_effect_is_said() -> None:
    options = {"form": "postpartum", "maintenance": "clusters"}
    found = plan("mesopecia", "2026-12-01", options=options)
    assert found.notes[-1] == (
        "the choice maintenance=clusters changes nothing beside the others made"
    )


def test_screening_is_graver_first_and_stands_on_the_day_asked_for() -> None:
    smp = load_protocol("smp")
    request = PlanRequest(
        start=day("2027-05-01"), events={"transplant": day("2026-12-01")}, sex="male"
    )
    found = screen_patient(smp, request, today=TODAY)
    assert standing(found, "transplant-healing").refuses
    assert standing(found, "transplant-healing").until == date(2027, 6, 1)
    assert standing(found, "transplant-caution").applies == "no"
    assert [each.outcome for each in found][:7] == ["contraindicated"] * 5 + ["postpone"] * 2


def test_an_override_of_what_is_not_answered_yet_is_kept_and_shown() -> None:
    found = plan("smp", "2026-12-01", overrides={"pigment-allergy": "tested in October"})
    screened = standing(found, "pigment-allergy")
    assert (screened.applies, screened.overridden) == ("unknown", "tested in October")
    (line,) = [
        each.text
        for each in screening_lines(found.screening)
        if each.text.startswith("to settle: pigment-allergy")
    ]
    assert line.endswith(
        "contraindicated (SMP-9); overridden by the practitioner: tested in October"
    )
    assert "overridden: tested in October" in render_csv(found)


def test_an_override_of_what_does_not_hold_is_said_to_be_idle() -> None:
    answers: dict[str, Any] = {"pregnancy": "no"}
    found = plan("smp", "2026-12-01", answers=answers, overrides={"pregnancy": "x"})
    assert found.notes[-1] == "the override of pregnancy is not needed: the rule does not hold"


def test_an_event_between_appointments_is_named_with_its_days() -> None:
    found = plan("smp", "2026-12-01", events={"transplant": day("2029-06-01")})
    lines = [each.text for each in screening_lines(found.screening)]
    assert (
        "transplant-healing: on no day of an appointment: postpone from 2029-06-01 until"
        " 2029-12-01 (SMP-6)" in lines
    )
    assert (
        "hair transplant planned for Fri 2029-06-01: touch-up-1 on Thu 2029-05-31 is the last"
        " appointment before it, and the protocol does not say how long before it one may be"
        in found.notes
    )


def test_a_caution_years_ahead_says_from_when() -> None:
    events = {"transplant": day("2028-10-01")}
    found = plan("smp", "2026-12-01", events=events, until=day("2031-12-31"))
    caution = standing(found, "transplant-caution")
    assert (str(caution.since), str(caution.until)) == ("2029-04-01", "2029-10-01")


@pytest.mark.parametrize("event", ["2030-06-01", "2026-01-01"])
def test_an_event_outside_the_plan_needs_no_such_note(event: str) -> None:
    found = plan("smp", "2026-12-01", events={"transplant": day(event)})
    assert not any("is the last appointment before it" in note for note in found.notes)


@pytest.mark.parametrize(
    ("name", "figure", "value", "shown"),
    [
        ("smp", "rules.chemotherapy-wait.ends", "6 months", "6 months"),
        ("smp", "course.count.max", "8", "8"),
        ("smp", "tasks.patch-test.lead", "10 days", "10 days"),
        ("smp", "horizon", "5 years", "5 years"),
        ("microneedling", "course[cadence=weekly].spacing.min", "6 days", "6 days"),
        ("microneedling", "course[cadence=weekly].spacing.max", "10 days", "10 days"),
        ("mesopecia", "maintenance[maintenance=monthly].spacing.tolerance", "3 days", "3 days"),
    ],
)
def test_a_default_of_ours_can_be_changed(name: str, figure: str, value: str, shown: str) -> None:
    found = plan(name, "2027-01-04", figures={figure: value})
    figures = {each.figure: each for each in found.figures}
    assert (figures[figure].value, figures[figure].strength) == (shown, "clinic")


def test_a_changed_wait_moves_the_earliest_start() -> None:
    asked: dict[str, Any] = {"events": {"chemotherapy-end": day("2026-08-01")}}
    figures = {"rules.chemotherapy-wait.ends": "6 months"}
    assert plan("smp", "2026-12-01", **asked).problem is None
    problem = plan("smp", "2026-12-01", figures=figures, **asked).problem
    assert problem is not None
    assert str(problem.earliest_start) == "2027-02-01"


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        (
            {"course.spacing.min": "9 days"},
            "figures.course.spacing.min: only our defaults can be changed, and this rests on"
            " SMP-2, sourced",
        ),
        (
            {"horizn": "9 years"},
            "figures.horizn: no such figure (did you mean 'horizon'?); defaults:"
            " course.count.max, course.count.min, course.duration, course.spacing.preferred,"
            " horizon, rules.chemotherapy-wait.ends, tasks.patch-test.lead, touch-up.duration,"
            " touch-up.spacing.preferred",
        ),
        (
            {"horizon": "long"},
            "figures.horizon: 'long' is not of the form of the default, 3 years",
        ),
        (
            {"course.count.max": "many"},
            "figures.course.count.max: 'many' is not of the form of the default, 6",
        ),
        (
            {"course.count.max": "2"},
            "figures: steps[1].count: 1, 3, 2 are not in the order min, preferred, max",
        ),
    ],
)
def test_what_a_source_says_stays(figures: dict[str, str], expected: str) -> None:
    with pytest.raises(InputError) as error:
        plan("smp", "2026-12-01", figures=figures)
    assert error.value.faults == (expected,)


def test_a_figure_of_one_variant_leaves_the_others_alone() -> None:
    figures = {"course[cadence=weekly].spacing.max": "13 days"}
    weekly = plan("microneedling", "2027-01-04", figures=figures).sessions[1]
    assert str(weekly.latest) == "2027-01-17"
    options = {"cadence": "fortnightly"}
    other = plan("microneedling", "2027-01-04", figures=figures, options=options).sessions[1]
    assert (str(other.earliest), str(other.latest)) == ("2027-01-15", "2027-01-21")
    with pytest.raises(InputError) as error:
        plan("microneedling", "2027-01-04", figures={"course.spacing.max": "13 days"})
    assert error.value.faults[0].startswith("figures.course.spacing.max: no such figure")


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({}, "3 months: our default"),
        ({"rules.chemotherapy-wait.ends": "6 months"}, "6 months: the clinic's own figure"),
    ],
)
def test_a_wait_says_whose_figure_it_is(figures: dict[str, str], said: str) -> None:
    events = {"chemotherapy-end": day("2026-10-15")}
    problem = plan("smp", "2026-11-10", events=events, figures=figures).problem
    assert problem is not None
    assert f"are to pass first ({said}) (SMP-8)" in problem.why[0]


def test_a_rule_that_is_read_says_how() -> None:
    found = plan("mesopecia", "2026-12-01", answers={"past-cancer": "yes"})
    screened = standing(found, "past-cancer")
    assert (screened.strength, screened.why is not None) == ("read", True)
    (line,) = [
        each.text for each in screening_lines(found.screening) if "past-cancer:" in each.text
    ]
    assert line.endswith(
        "(MN-10) [read: asked here as on microneedling; a past cancer is read as a matter for an"
        " assessment]"
    )


def test_aftercare_is_the_clinics_whoever_uses_minoxidil() -> None:
    found = plan("smp", "2026-12-01", answers={"minoxidil": "no"})
    assert "the clinic's own sheet on aftercare prevails over these dates (SMP-4)" in found.notes


def test_after_a_pregnancy_both_sides_are_shown() -> None:
    found = plan("mesopecia", "2026-12-01", options={"form": "postpartum"})
    topics = [each.topic for each in found.differences]
    assert "treatment after a pregnancy" in topics
    assert "treatment after a pregnancy" not in [
        each.topic for each in plan("mesopecia", "2026-12-01").differences
    ]
    rules = {each.rule: each.applies for each in found.screening}
    assert (rules["beyond-stage-4"], rules["beyond-stage-2"]) == ("no", "no")


def test_looking_at_a_result_is_a_default_of_ours() -> None:
    found = plan("mesopecia", "2026-12-01")
    assert [(each.id, each.strength) for each in found.milestones] == [
        ("baseline", "default"),
        ("day-28", "default"),
        ("day-60", "default"),
        ("day-90", "default"),
    ]
    assert [each.strength for each in plan("microneedling", "2026-12-01").milestones] == ["sourced"]
