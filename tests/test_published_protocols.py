"""Protocols as clinics and papers published them, or as a clinic has them: files and plans."""

from datetime import date, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import day

from hairplan import InputError, Plan, PlanRequest, make_plan
from hairplan.dates.spans import Period
from hairplan.plan import Session
from hairplan.planner.protocol_warnings import warnings_of
from hairplan.protocol.figures import fact_ids, traced_tables
from hairplan.protocol.load import parse_protocol
from hairplan.protocol.model import Protocol

if TYPE_CHECKING:
    from hairplan.protocol.values import Basis, Traced

FOLDER = Path(__file__).parent.parent / "examples" / "protocols"
START = date(2026, 3, 2)
TODAY = date(2026, 3, 1)

_THREE_TIMES_A_WEEK = [7 * week + day for week in range(26) for day in (0, 2, 4)]

# The days up to a date, or all of them, with nothing in the way.
DAYS: dict[str, tuple[str, str]] = {
    "prp-monthly": ("2026-12-31", "2026-03-02 2026-04-02 2026-05-02 2026-11-02"),
    "prp-until-regrowth": ("2026-12-31", "2026-03-02 2026-04-02 2026-05-02 2026-06-02"),
    "prp-preparation": ("", "2026-03-02"),
    "mesotherapy-seasons": (
        "2026-06-30",
        "2026-03-02 2026-03-09 2026-03-16 2026-03-23 2026-03-28 2026-04-02 2026-04-07 2026-04-12",
    ),
    "laser-comb-home": (
        "",
        " ".join(
            sorted(
                [
                    *("2026-03-02", "2026-06-22", "2026-08-31"),
                    *(str(START + timedelta(days=day)) for day in _THREE_TIMES_A_WEEK),
                ]
            )
        ),
    ),
    "laser-clinic-taper": (
        "2026-03-31",
        "2026-03-02 2026-03-04 2026-03-06 2026-03-08 2026-03-10 2026-03-12 2026-03-14"
        " 2026-03-21 2026-03-28 2026-04-04 2026-04-11 2026-04-18 2026-04-25 2026-05-02"
        " 2026-05-09 2026-05-16 2026-05-23 2026-05-30 2026-06-06 2026-06-13 2026-06-20"
        " 2026-06-27 2026-07-04 2026-07-11 2026-07-18 2026-07-25 2026-08-01 2026-08-08"
        " 2026-08-15 2026-08-22 2026-08-29 2026-09-05 2026-09-12 2026-09-19"
        " 2026-10-03 2026-10-17 2026-10-31 2026-11-14 2026-11-28 2026-12-12 2026-12-26",
    ),
    "smp-two-gaps": ("", "2026-03-02 2026-03-16 2026-04-13"),
    "smp-staged-aftercare": ("", "2026-03-02"),
    "smp-minoxidil-pause": ("", "2026-03-02"),
    "smp-two-touch-ups": ("", "2026-03-02 2026-04-01"),
    "smp-waits": ("", "2026-03-02"),
    "transplant-follow-up": ("", "2026-03-10 2026-04-01 2026-12-02 2027-06-02"),
    "colour-allergy-test": ("", "2026-03-02"),
    # A clinic's own: no source has said any of it.
    "peel-and-laser": (
        "",
        "2026-03-02 2026-03-16 2026-03-30 2026-04-13 2026-04-13 2026-04-27 2026-05-11 2026-05-25"
        " 2026-05-25 2026-08-17 2026-11-25",
    ),
    "evaluate-and-repeat": ("", "2026-03-02 2026-03-16 2026-03-30"),
    "needling-programme": ("", "2026-03-02 2026-03-30 2026-04-27 2026-05-25"),
}


def protocol(name: str) -> Protocol:
    path = FOLDER / f"{name}.toml"
    return parse_protocol(path.read_text(encoding="utf-8"), path.name)


def published(name: str, **asked: Any) -> Plan:
    return make_plan(protocol(name), PlanRequest(**{"start": START, **asked}), today=TODAY)


def session(found: Plan, name: str) -> Session:
    return next(each for each in found.sessions if each.id == name)


def days(found: Plan, phase: str) -> list[str]:
    return [str(each.planned) for each in found.dated if each.phase == phase]


def window(each: Session) -> str:
    return f"{each.earliest}..{each.latest}"


def waiting(found: Plan) -> dict[str, tuple[str, str | None, str | None]]:
    """Return the window, the target and the reason of what is conditional."""
    return {
        each.id: (window(each), str(each.target) if each.target else None, each.waits_for)
        for each in found.sessions
        if (each.status, each.planned) == ("conditional", None)
    }


def periods(found: Plan, name: str, length: str = "ideal") -> list[str]:
    restriction = next(each for each in found.restrictions if each.id == name)
    return [f"{each.first}..{each.last}" for each in getattr(restriction, length)]


# ---- all of them ----


@pytest.mark.parametrize("name", DAYS)
def test_the_days_are_those_of_the_published_protocol(name: str) -> None:
    until, expected = DAYS[name]
    found = published(name, until=day(until) if until else None)
    assert found.problem is None
    assert [str(each.planned) for each in found.dated] == expected.split()
    assert [each.target for each in found.dated] == [each.planned for each in found.dated]


def test_every_file_is_in_the_table() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.toml")) == sorted(DAYS)


@pytest.mark.parametrize("name", DAYS)
def test_a_file_is_complete_in_itself(name: str) -> None:
    text = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    assert text.startswith("#:schema ./hairplan.schema.json\n# ")
    found = protocol(name)
    assert (found.id, warnings_of(found)) == (name, [])
    documents = {fact.rpartition("-")[0] for fact in found.facts}
    assert documents == set(found.documents)
    assert all("https://" in title or "http://" in title for title in found.documents.values())


@pytest.mark.parametrize("name", DAYS)
def test_every_fact_is_used_and_every_reading_is_explained(name: str) -> None:
    found = protocol(name)
    each = [table for _, _, table in traced_tables(found)]
    bases: list[Traced | Basis] = [*each]
    bases += [basis for table in each for basis in table.figures.values()]
    assert {fact for basis in bases for fact in fact_ids(basis.source)} == set(found.facts)
    assert [basis for basis in bases if basis.strength == "read" and not basis.why] == []


@pytest.mark.parametrize(
    ("name", "topic", "facts"),
    [
        ("prp-preparation", "minoxidil before a session", ["PREP-2", "PREPOLD-1"]),
        ("mesotherapy-seasons", "gap between the last four sessions", ["SEAS-2", "SEAS-3"]),
        ("smp-two-gaps", "gap before the second session", ["GAPS-1", "GAPS-2"]),
        ("transplant-follow-up", "when the sutures come out", ["SURG-1", "SURGB-1"]),
        ("colour-allergy-test", "when a test is needed again", ["ALGY-1", "ALGYB-1", "ALGYC-1"]),
    ],
)
def test_a_source_that_disagrees_is_recorded_with_what_holds(
    name: str, topic: str, facts: list[str]
) -> None:
    assert [(each.topic, list(each.says)) for each in published(name).differences] == [
        (topic, facts)
    ]


# ---- courses ----


def test_a_daily_routine_without_an_end_runs_beside_monthly_sessions() -> None:
    found = published("prp-monthly")
    assert [(each.rhythm, str(each.first), each.last, each.times) for each in found.routines] == [
        ("twice a day", "2026-03-02", None, 2)
    ]
    assert [(str(each.first), str(each.last)) for each in found.expectations] == [
        ("2026-05-02", "2026-06-02")
    ]
    assert days(found, "maintenance") == ["2026-11-02", "2027-05-02", "2027-11-02"]


def test_extra_sessions_wait_until_they_are_asked_for_and_then_move_the_maintenance() -> None:
    found = published("prp-until-regrowth")
    assert waiting(found) == {
        "extras-1": ("2026-06-25..2026-07-09", "2026-07-02", "an extra that may follow"),
        "extras-2": ("2026-07-26..2026-08-09", "2026-08-02", "an extra that may follow"),
    }
    first = session(found, "maintenance-1")
    assert (window(first), str(first.planned)) == ("2026-12-02..2027-06-02", "2027-03-03")

    asked = published("prp-until-regrowth", sessions={"extras": 2})
    assert (days(asked, "extras"), waiting(asked)) == (["2026-07-02", "2026-08-02"], {})
    first = session(asked, "maintenance-1")
    assert (window(first), str(first.planned)) == ("2027-02-02..2027-08-02", "2027-05-03")


@pytest.mark.parametrize(
    ("seen", "expected", "maintenance"),
    [
        ("2026-04-20", ["2026-03-02", "2026-04-02"], "2026-10-02..2027-04-02"),
        (
            "2026-07-10",
            ["2026-03-02", "2026-04-02", "2026-05-02", "2026-06-02", "2026-07-02"],
            "2027-01-02..2027-07-02",
        ),
    ],
)
def test_the_course_ends_with_the_finding_and_not_with_a_number(
    seen: str, expected: list[str], maintenance: str
) -> None:
    found = published("prp-until-regrowth", events={"regrowth": day(seen)})
    assert days(found, "course") == expected
    assert window(session(found, "maintenance-1")) == maintenance


def test_until_the_finding_is_known_the_plan_says_what_it_waits_for() -> None:
    assert published("prp-until-regrowth").notes == (
        "course: goes on until new growth is seen, whatever is planned here; once its day is"
        " known: --event regrowth=DATE (PRPR-1)",
    )


def test_longest_gaps_without_shortest_ones() -> None:
    found = published("mesotherapy-seasons")
    assert [str(each.latest) for each in found.dated[1:8]] == [
        "2026-03-13",
        "2026-03-20",
        "2026-03-27",
        "2026-04-14",
        "2026-04-19",
        "2026-04-24",
        "2026-04-29",
    ]


@pytest.mark.parametrize(
    ("closed", "autumn", "spring"),
    [
        ((), "2026-09-10..2026-10-21", "2027-04-10..2027-05-21"),
        (("sat", "sun"), "2026-09-10..2026-10-19", "2027-04-09..2027-05-19"),
    ],
)
def test_the_course_is_given_again_whole_inside_each_season(
    closed: tuple[str, ...], autumn: str, spring: str
) -> None:
    found = days(published("mesotherapy-seasons", closed=closed), "repeat")
    assert len(found) == 16
    assert f"{found[0]}..{found[7]}" == autumn
    assert f"{found[8]}..{found[15]}" == spring


def test_a_season_may_have_a_single_session() -> None:
    found = published("mesotherapy-seasons", options={"repeat": "single"})
    assert [(str(each.planned), window(each)) for each in found.dated[8:]] == [
        ("2026-10-01", "2026-09-01..2026-10-31"),
        ("2027-05-01", "2027-04-01..2027-05-31"),
    ]


def test_home_use_is_a_course_of_78_and_moved_by_no_closed_day() -> None:
    found = published("laser-comb-home", closed=("mon", "wed", "sat"))
    comb = days(found, "comb")
    assert (comb[:4], comb[-1], len(comb)) == (
        ["2026-03-03", "2026-03-05", "2026-03-07", "2026-03-10"],
        "2026-08-29",
        78,
    )
    assert [(each.id, str(each.planned)) for each in found.dated if each.kind != "home"] == [
        ("baseline-1", "2026-03-03"),
        ("review-1", "2026-06-23"),
        ("review-2", "2026-09-01"),
    ]


def test_four_rhythms_follow_each_other() -> None:
    found = published("laser-clinic-taper")
    phases = {each.phase: days(found, each.phase) for each in found.dated}
    assert {phase: (len(each), each[0], each[-1]) for phase, each in phases.items()} == {
        "loading": (7, "2026-03-02", "2026-03-14"),
        "taper": (27, "2026-03-21", "2026-09-19"),
        "fortnightly": (7, "2026-10-03", "2026-12-26"),
        "monthly": (14, "2027-01-26", "2028-02-26"),
    }


def test_the_longer_end_of_a_range_waits_and_is_counted() -> None:
    found = published("laser-clinic-taper")
    assert list(waiting(found)) == [
        *(f"loading-{number}" for number in range(8, 14)),
        *(f"taper-{number}" for number in range(28, 34)),
    ]
    assert {note for note in found.notes if note.startswith(("loading", "taper"))} == {
        "loading: 1 more may follow those shown",
        "taper: 20 more may follow those shown",
        "loading: 2 weeks planned, 2 weeks to 4 weeks possible (TAPR-1)",
        "taper: 6 months planned, 6 months to 12 months possible (TAPR-2)",
        "taper: 1 a week planned, 1 to 2 possible (TAPR-2)",
    }


def test_a_longer_loading_moves_all_that_follows() -> None:
    found = published("laser-clinic-taper", sessions={"loading": 14})
    ends = {each.phase: days(found, each.phase)[0] for each in found.dated}
    assert ends == {
        "loading": "2026-03-02",
        "taper": "2026-04-04",
        "fortnightly": "2026-10-17",
        "monthly": "2027-02-09",
    }
    with pytest.raises(InputError, match="15 is not allowed: they go on for 4 weeks at most"):
        published("laser-clinic-taper", sessions={"loading": 15})


def test_where_the_source_gives_no_switch_the_clinic_may_give_its_own() -> None:
    found = published("laser-clinic-taper", figures={"fortnightly.lasting": "1 month"})
    assert days(found, "fortnightly") == ["2026-10-03", "2026-10-17", "2026-10-31"]
    assert days(found, "monthly")[0] == "2026-11-30"


def test_each_gap_has_its_own_window() -> None:
    found = published("smp-two-gaps")
    assert [window(each) for each in found.dated[1:]] == [
        "2026-03-12..2026-03-16",
        "2026-04-10..2026-04-16",
    ]
    assert found.notes == (
        "course: if one comes late, the course goes on from the day on which it was really done:"
        " the source allows a little leniency and gives no figure (GAPS-5)",
    )


def test_touch_ups_count_from_the_procedure() -> None:
    found = published("smp-two-touch-ups")
    assert [window(each) for each in found.dated] == [
        "2026-03-02..2026-03-02",
        "2026-03-23..None",
    ]
    agreed = "to be agreed: no day of its window is preferred"
    assert waiting(found) == {
        "extra-touch-up-1": ("2026-04-02..None", None, agreed),
        "second-touch-up-1": ("2026-04-02..2026-05-31", None, agreed),
    }


def test_a_touch_up_is_never_sooner_than_its_least_distance() -> None:
    found = published("smp-two-touch-ups", closed=("wed", "thu", "fri"))
    assert days(found, "first-touch-up") == ["2026-03-31"]
    assert window(session(found, "second-touch-up-1")) == "2026-04-01..2026-05-31"


def test_a_price_that_changes_with_time_is_among_the_figures() -> None:
    found = published("smp-two-touch-ups")
    assert [each.value for each in found.figures if each.figure == "extra-touch-up.price"] == [
        "150 USD within 1 year, then 250"
    ]
    assert found.cost is None


# ---- visits after a surgery ----


def test_the_start_is_the_day_of_the_surgery() -> None:
    found = published("transplant-follow-up")
    assert [(each.id, window(each)) for each in found.dated] == [
        ("sutures-1", "2026-03-09..2026-03-12"),
        ("inspection-1", "2026-03-29..2026-04-04"),
        ("results-1", "2026-11-18..2026-12-16"),
        ("final-1", "2027-05-19..2027-06-16"),
    ]


def test_a_surgery_on_another_day_is_what_the_visits_count_from() -> None:
    found = published("transplant-follow-up", events={"surgery": day("2026-02-23")})
    assert [str(each.planned) for each in found.dated] == [
        "2026-03-03",
        "2026-03-25",
        "2026-11-23",
        "2027-05-23",
    ]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (
            {},
            {
                "second-procedure-1": (
                    "2026-12-03..None",
                    None,
                    "if second-procedure=yes (is a second procedure decided on, at the review of"
                    " the results?)",
                )
            },
        ),
        (
            {"second-procedure": "yes"},
            {
                "second-procedure-1": (
                    "2026-12-03..None",
                    None,
                    "to be agreed: no day of its window is preferred",
                )
            },
        ),
        ({"second-procedure": "no"}, {}),
    ],
)
def test_a_second_procedure_hangs_on_the_review(
    answers: dict[str, str], expected: dict[str, tuple[str, str | None, str]]
) -> None:
    assert waiting(published("transplant-follow-up", answers=answers)) == expected


# ---- rules around sessions ----


def test_what_to_stop_before_a_session_begins_earlier_by_kind() -> None:
    found = published("prp-preparation", start=day("2026-04-01"), sessions=2)
    assert [(each.id, periods(found, each.id, "at_least")) for each in found.restrictions] == [
        ("anti-inflammatories", ["2026-03-27..2026-04-01", "2026-04-24..2026-04-29"]),
        ("fatty-food", ["2026-03-29..2026-04-01", "2026-04-26..2026-04-29"]),
        ("colouring", ["2026-03-30..2026-04-01", "2026-04-27..2026-04-29"]),
        ("topical-treatments", ["2026-03-30..2026-04-01", "2026-04-27..2026-04-29"]),
    ]
    assert periods(found, "anti-inflammatories")[0] == "2026-03-25..2026-04-01"


def test_water_is_due_by_the_clock() -> None:
    found = published("prp-preparation", time=time(9))
    assert [(each.id, str(each.due_at)) for each in found.tasks if each.due_at] == [
        ("water.course-1", "2026-03-02 07:00:00")
    ]


def test_aftercare_comes_in_stages_and_some_of_it_lasts_until_the_last_session() -> None:
    found = published("smp-staged-aftercare", sessions=3)
    assert {each.id: periods(found, each.id) for each in found.restrictions} == {
        "first-days": [
            "2026-03-02..2026-03-05",
            "2026-03-16..2026-03-19",
            "2026-03-30..2026-04-02",
        ],
        "sweat": [
            "2026-03-02..2026-03-08",
            "2026-03-16..2026-03-22",
            "2026-03-30..2026-04-05",
        ],
        "pools": ["2026-03-02..2026-03-30"],
        "hair-dye": ["2026-03-30..2026-04-27"],
    }
    assert periods(found, "hair-dye", "at_least") == ["2026-03-30..2026-04-20"]
    (weights,) = next(each for each in found.restrictions if each.id == "sweat").stages
    assert [f"{each.first}..{each.last}" for each in weights.ideal] == [
        "2026-03-06..2026-03-08",
        "2026-03-20..2026-03-22",
        "2026-04-03..2026-04-05",
    ]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["2026-02-23..2026-03-09"]),
        ({"sessions": 3}, ["2026-02-23..2026-04-06"]),
        (
            {"sessions": 3, "spacing": "3 weeks"},
            ["2026-02-23..2026-03-09", "2026-03-16..2026-03-30", "2026-04-06..2026-04-20"],
        ),
    ],
)
def test_pauses_on_both_sides_of_sessions_join_where_they_touch(
    asked: dict[str, Any], expected: list[str]
) -> None:
    found = published("smp-minoxidil-pause", answers={"minoxidil": "yes"}, **asked)
    assert periods(found, "minoxidil") == expected
    assert published("smp-minoxidil-pause", answers={"minoxidil": "no"}, **asked).restrictions == ()


@pytest.mark.parametrize(("look", "expected"), [("shaved", ["2026-03-01"]), ("other", [])])
def test_the_scalp_is_shaved_the_day_before_for_a_shaved_look(
    look: str, expected: list[str]
) -> None:
    found = published("smp-minoxidil-pause", options={"look": look})
    assert [str(each.due) for each in found.tasks if each.id.startswith("shave")] == expected


@pytest.mark.parametrize("disease", ["dermatitis", "folliculitis", "psoriasis", "ulcer"])
def test_a_disease_of_the_skin_refuses_without_an_end(disease: str) -> None:
    problem = published("smp-minoxidil-pause", answers={disease: "yes"}).problem
    assert problem is not None
    assert (problem.kind, problem.rules, problem.earliest_start) == ("refused", (disease,), None)


@pytest.mark.parametrize(
    ("events", "rule", "earliest"),
    [
        ({"chemotherapy": "2026-03-23"}, "chemotherapy", "2027-03-23"),
        ({"chemotherapy": "2026-03-30"}, "chemotherapy", "2027-03-30"),
        ({"chemotherapy": "2025-03-03"}, "chemotherapy", "2026-03-03"),
        ({"laser-removal": "2025-12-03"}, "laser-removal", "2026-03-03"),
        ({"transplant": "2025-09-03"}, "transplant-healing", "2026-03-03"),
    ],
)
def test_a_wait_refuses_before_and_after_its_event(
    events: dict[str, str], rule: str, earliest: str
) -> None:
    problem = published("smp-waits", events={name: day(at) for name, at in events.items()}).problem
    assert problem is not None
    assert (problem.kind, problem.rules) == ("refused", (rule,))
    assert str(problem.earliest_start) == earliest


@pytest.mark.parametrize(
    "events",
    [
        {"chemotherapy": "2026-03-31"},
        {"chemotherapy": "2025-03-02"},
        {"laser-removal": "2025-12-02"},
        {"transplant": "2025-09-02"},
    ],
)
def test_a_wait_that_is_over_or_not_yet_begun_does_not_refuse(events: dict[str, str]) -> None:
    found = published("smp-waits", events={name: day(at) for name, at in events.items()})
    assert (found.problem, days(found, "course")) == (None, ["2026-03-02"])


def test_a_course_is_over_before_the_wait_for_a_planned_chemotherapy_begins() -> None:
    found = published(
        "smp-waits", sessions=3, spacing="4 weeks", events={"chemotherapy": day("2026-04-20")}
    )
    assert days(found, "course") == ["2026-03-02", "2026-03-15", "2026-03-22"]


def test_a_soft_contraindication_is_assessed_first() -> None:
    found = published("smp-waits", answers={"vitiligo": "yes"})
    assert [(each.id, each.blocks) for each in found.tasks] == [("vitiligo", True)]


@pytest.mark.parametrize(
    ("asked", "tested"),
    [
        ({}, ["2026-02-28"]),
        ({"events": {"last-colour": day("2025-08-02")}}, ["2026-02-28"]),
        ({"events": {"last-colour": day("2025-09-01")}}, ["2026-02-28"]),
        ({"events": {"last-colour": day("2025-09-02")}}, []),
        ({"events": {"last-colour": day("2026-01-02")}}, []),
        ({"sessions": 3}, ["2026-02-28"]),
        ({"sessions": 3, "spacing": "7 months"}, ["2026-02-28", "2026-09-30", "2027-04-30"]),
        (
            {"options": {"again": "twelve-weeks"}, "events": {"last-colour": day("2025-12-07")}},
            ["2026-02-28"],
        ),
        ({"options": {"again": "every-time"}, "sessions": 2}, ["2026-02-28", "2026-04-11"]),
    ],
)
def test_an_allergy_test_is_needed_again_once_the_last_colour_is_too_long_ago(
    asked: dict[str, Any], tested: list[str]
) -> None:
    tasks = published("colour-allergy-test", answers={"new-product": "no"}, **asked).tasks
    assert [(str(each.due), each.blocks, each.lead) for each in tasks] == [
        (due, True, "48 hours") for due in tested
    ]


def test_another_product_is_tested_before_its_first_use() -> None:
    found = published(
        "colour-allergy-test",
        sessions=2,
        options={"again": "twelve-weeks"},
        answers={"new-product": "yes"},
        events={"last-colour": day("2026-01-02")},
    )
    assert [(each.id, str(each.due)) for each in found.tasks] == [
        ("allergy-test-new-product", "2026-02-28")
    ]


# ---- a clinic's own ----


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("yes", ["2026-04-30", "2026-05-30"]),
        ("no", ["2026-04-06", "2026-04-13", "2026-04-20", "2026-04-27"]),
    ],
)
def test_a_finding_in_mid_course_decides_how_it_goes_on(answer: str, expected: list[str]) -> None:
    found = published("evaluate-and-repeat", answers={"responds": answer})
    assert days(found, "gentle" if answer == "yes" else "intense") == expected
    open_still = {each.phase for each in found.sessions if each.status == "conditional"}
    assert open_still == {"again", "look-again"}


def test_each_relapse_brings_a_course_and_a_look_of_its_own() -> None:
    relapses = day("2026-07-01"), day("2027-01-11")
    found = published(
        "evaluate-and-repeat", answers={"responds": "yes"}, events={"relapse": relapses}
    )
    assert days(found, "again") == [
        "2026-07-08", "2026-07-22", "2026-08-05", "2027-01-18", "2027-02-01", "2027-02-15",
    ]  # fmt: skip
    assert days(found, "look-again") == ["2026-10-01", "2027-04-11"]


# ---- a clinic's own: two treatments in turn ----


def test_peels_and_laser_sessions_keep_apart_whatever_is_closed() -> None:
    found = published("peel-and-laser", away=(Period(day("2026-04-07"), day("2026-04-15")),))
    peels, lasers = ([each.on for each in found.dated if each.phase == phase]
                     for phase in ("peel", "laser"))  # fmt: skip
    assert min(abs((peel - laser).days) for peel in peels for laser in lasers) >= 10
    assert [window(each) for each in found.dated if each.phase == "visit"] == [
        "2026-04-06..2026-04-20",
        "2026-05-18..2026-06-01",
        "2026-08-03..2026-08-31",
    ]
    assert window(session(found, "look-1")) == "2026-10-25..2027-01-25"
