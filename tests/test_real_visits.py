"""Every visit of a real trial, recorded one after another, against its published windows.

What is expected is worked out here from the two published files alone, by adding days to a date:
nothing of the planner takes part in it.
"""

import csv
import json
import random
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

import pytest
from conftest import Ran, day, own_protocol
from replay_visits import (
    DATA,
    PLACES,
    Visit,
    counted,
    plan_after,
    replayed_all,
    report,
    trial,
    visits_by_subject,
)

from hairplan import Plan, PlanRequest, Protocol, make_plan


class Window(NamedTuple):
    """A published window, in days after the baseline; both ends belong to it."""

    first: int
    target: int
    last: int


def _days(text: str) -> int:
    number, unit = text.split()
    return int(number) * {"days": 1, "weeks": 7}[unit]


def _published() -> dict[str, Window]:
    found = {}
    for each in json.loads((DATA / "lzzt-windows.json").read_text(encoding="utf-8"))["visits"]:
        target, before, after = (_days(each[name]) for name in ("offset", "before", "after"))
        found[each["visit"]] = Window(target - before, target, target + after)
    return found


def _rows() -> list[tuple[str, str, date]]:
    with (DATA / "lzzt-visits.csv").open(encoding="utf-8", newline="") as file:
        return [(subject, visit, day(on)) for subject, visit, on in list(csv.reader(file))[1:]]


PUBLISHED: Final = _published()
ROWS: Final = _rows()
DAYS: Final = {(subject, visit): on for subject, visit, on in ROWS}
SUBJECTS: Final = list(dict.fromkeys(subject for subject, _, _ in ROWS))
VISITS: Final = ["baseline", *PUBLISHED]


def _off_by(days: int, window: Window) -> int | None:
    """Return how many days a day lies before a window (below 0) or after it; None inside."""
    if days < window.first:
        return days - window.first
    return days - window.last if days > window.last else None


def _expected(subject: str) -> dict[str, int | None]:
    """Return what holds of each visit of a subject, by the two files."""
    baseline = DAYS[subject, "baseline"]
    return {
        visit: _off_by((DAYS[subject, visit] - baseline).days, window)
        for visit, window in PUBLISHED.items()
        if (subject, visit) in DAYS
    }


def _place(off_by: int | None) -> str:
    return "in" if off_by is None else "before" if off_by < 0 else "after"


def _said(plan: Plan) -> dict[str, int | None]:
    """Return what a plan says of the visits that took place, but for the baseline."""
    done = (each for each in plan.sessions if each.status == "done")
    return {each.phase: each.off_by for each in done if each.phase != "baseline"}


def _windows(plan: Plan) -> dict[str, tuple[date | None, date | None, date | None]]:
    return {each.phase: (each.earliest, each.target, each.latest) for each in plan.sessions}


def _windows_from(baseline: date) -> dict[str, tuple[date, ...]]:
    windows = {"baseline": Window(0, 0, 0), **PUBLISHED}
    return {
        visit: tuple(baseline + timedelta(days=days) for days in window)
        for visit, window in windows.items()
    }


# What the files hold.


def test_the_rows_are_baselines_and_visits_of_the_nine_each_once() -> None:
    assert Counter(visit for _, visit, _ in ROWS) == {
        "baseline": 254,
        "week-2": 254,
        "week-4": 228,
        "week-6": 213,
        "week-8": 190,
        "week-12": 174,
        "week-16": 147,
        "week-20": 132,
        "week-24": 118,
        "week-26": 111,
    }
    assert (len(ROWS), len(DAYS), len(SUBJECTS)) == (1821, 1821, 254)


def test_no_visit_is_left_out_before_a_later_one() -> None:
    for subject in SUBJECTS:
        held = [visit for whose, visit, _ in ROWS if whose == subject]
        assert held == VISITS[: len(held)], subject


def test_visits_are_in_the_order_of_their_dates_and_one_shares_its_day() -> None:
    shared = []
    for (subject, _, before), (whose, visit, on) in pairwise(ROWS):
        if whose == subject:
            assert before <= on, (subject, visit)
            shared += [(subject, visit, str(on))] if before == on else []
    assert shared == [("S099", "week-2", "2013-05-13")]


# The protocol file.


def test_the_file_of_the_trial_has_no_fault(hairplan: Callable[[str], Ran]) -> None:
    path = DATA / "lzzt.toml"
    assert hairplan(f"validate '{path}'") == (
        0,
        f"{path}: lzzt 1.0 is valid\n",
        "checked 1 file: nothing to fix\n",
    )


@pytest.mark.parametrize(
    "baseline",
    [
        "2014-01-01",
        "2014-01-31",
        "2014-02-28",
        "2015-12-31",
        "2016-02-29",
        "2016-08-31",
        "2013-03-30",
        "2013-10-26",
        "1999-12-31",
        "2014-06-30",
    ],
)
def test_windows_are_the_published_ones(baseline: str) -> None:
    found = make_plan(trial(), PlanRequest(start=day(baseline), anchor="fixed"))
    assert _windows(found) == _windows_from(day(baseline))
    assert [each.on for each in found.sessions] == [
        target for _, target, _ in _windows_from(day(baseline)).values()
    ]


# The replay.


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return trial()


@pytest.fixture(scope="module")
def subjects() -> dict[str, list[Visit]]:
    return visits_by_subject()


@pytest.fixture(scope="module")
def lives() -> dict[str, list[Plan]]:
    return replayed_all()


def test_every_visit_falls_as_the_published_windows_say(lives: dict[str, list[Plan]]) -> None:
    assert list(lives) == SUBJECTS
    for subject, plans in lives.items():
        assert _said(plans[-1]) == _expected(subject), subject


def test_a_visit_says_the_same_in_every_later_plan(lives: dict[str, list[Plan]]) -> None:
    for subject, plans in lives.items():
        expected = _expected(subject)
        for number, plan in enumerate(plans):
            held = {visit: expected[visit] for visit in VISITS[1 : number + 1]}
            assert _said(plan) == held, (subject, number)


def test_what_was_done_keeps_its_day_in_every_later_plan(lives: dict[str, list[Plan]]) -> None:
    for subject, plans in lives.items():
        for number, plan in enumerate(plans, 1):
            done = {each.phase: each.planned for each in plan.sessions if each.status == "done"}
            assert done == {visit: DAYS[subject, visit] for visit in VISITS[:number]}, subject
            assert plan.start == DAYS[subject, "baseline"]
            assert plan.problem is None


def test_with_a_fixed_anchor_no_visit_moves_a_window(lives: dict[str, list[Plan]]) -> None:
    for subject, plans in lives.items():
        expected = _windows_from(DAYS[subject, "baseline"])
        for plan in plans:
            assert _windows(plan) == expected, subject


def test_what_is_ahead_is_planned_and_what_is_past_its_window_overdue(
    lives: dict[str, list[Plan]],
) -> None:
    for subject, plans in lives.items():
        for number, plan in enumerate(plans, 1):
            today = DAYS[subject, VISITS[number - 1]]
            ahead = _windows_from(DAYS[subject, "baseline"])
            expected = {
                visit: "overdue" if ahead[visit][-1] < today else "planned"
                for visit in VISITS[number:]
            }
            said = {each.phase: each.status for each in plan.sessions if each.status != "done"}
            assert said == expected, (subject, number)


def test_each_visit_outside_its_window_is_a_break_of_the_protocol(
    lives: dict[str, list[Plan]],
) -> None:
    for subject, plans in lives.items():
        outside = [
            (f"{visit}-1", _place(off_by), abs(off_by))
            for visit, off_by in _expected(subject).items()
            if off_by is not None
        ]
        said = {"early": "before", "late": "after"}
        done = [each for each in plans[-1].breaks if each.is_done]
        found = [(each.session, said[each.what], each.days) for each in done]
        assert sorted(found) == sorted(outside), subject


def test_breaks_are_in_the_order_of_the_sessions(lives: dict[str, list[Plan]]) -> None:
    for subject, plans in lives.items():
        for plan in plans:
            broken = [each.session for each in plan.breaks]
            sessions = [each.id for each in plan.sessions if each.off_by is not None]
            assert broken == sessions, subject


# Worked out from the two files alone.
TOTALS: Final = {
    "week-2": (11, 215, 28),
    "week-4": (5, 197, 26),
    "week-6": (6, 166, 41),
    "week-8": (6, 144, 40),
    "week-12": (22, 119, 33),
    "week-16": (8, 105, 34),
    "week-20": (7, 97, 28),
    "week-24": (6, 86, 26),
    "week-26": (3, 75, 33),
}


def test_the_files_alone_come_to_1204_visits_in_74_before_and_289_after() -> None:
    places = Counter(
        (visit, _place(off_by))
        for subject in SUBJECTS
        for visit, off_by in _expected(subject).items()
    )
    assert {visit: tuple(places[visit, place] for place in PLACES) for visit in PUBLISHED} == TOTALS
    assert [sum(column) for column in zip(*TOTALS.values(), strict=True)] == [74, 1204, 289]


def test_the_plans_come_to_the_same_totals(lives: dict[str, list[Plan]]) -> None:
    found = counted(plans[-1] for plans in lives.values())
    assert found.pop("baseline") == {"in": 254}
    assert {
        visit: tuple(places[place] for place in PLACES) for visit, places in found.items()
    } == TOTALS


@pytest.mark.parametrize("subject", SUBJECTS[::10])
def test_the_order_of_recording_does_not_matter(
    subject: str, protocol: Protocol, subjects: dict[str, list[Visit]]
) -> None:
    visits = subjects[subject]
    in_order = plan_after(protocol, visits)
    for seed in range(4):
        mixed = random.Random(f"{subject}-{seed}").sample(visits, len(visits))  # noqa: S311
        assert plan_after(protocol, mixed) == in_order, mixed


REPORT: Final = """\
254 subjects, 1821 plans, each after one visit more
254 baselines, which are the starts, and in their windows:
visit       done  before      in   after
week-2       254      11     215      28
week-4       228       5     197      26
week-6       213       6     166      41
week-8       190       6     144      40
week-12      174      22     119      33
week-16      147       8     105      34
week-20      132       7      97      28
week-24      118       6      86      26
week-26      111       3      75      33
all         1567      74    1204     289
"""


def test_the_report_is_the_same(lives: dict[str, list[Plan]]) -> None:
    assert "\n".join(report(lives)) + "\n" == REPORT


# The same visits as one rhythm, each gap counted from the visit before.

_TARGETS: Final = [0, *(window.target for window in PUBLISHED.values())]
GAPS: Final = [
    Window(*(days - before for days in window))
    for before, window in zip(_TARGETS, PUBLISHED.values(), strict=False)
]


@pytest.fixture(scope="module")
def rhythm() -> Protocol:
    spacing = ", ".join(
        f'{{ preferred = "{gap.target} days", tolerance = "{gap.last - gap.target} days" }}'
        for gap in GAPS
    )
    head = f'[[steps]]\nid = "visit"\nname = "visit"\ncount = {len(VISITS)}\n'
    return own_protocol(f"{head}spacing = [{spacing}]\n")


def _in_one_step(visits: list[Visit]) -> list[Visit]:
    return [Visit(f"visit-{number}", on) for number, (_, on) in enumerate(visits, 1)]


def _said_in_turn(plan: Plan) -> list[int | None]:
    done = (each for each in plan.sessions if each.status == "done")
    return [each.off_by for each in sorted(done, key=lambda each: each.number)][1:]


def test_in_one_rhythm_a_fixed_anchor_comes_to_the_same(
    rhythm: Protocol, subjects: dict[str, list[Visit]]
) -> None:
    for subject, visits in subjects.items():
        found = plan_after(rhythm, _in_one_step(visits))
        assert _said_in_turn(found) == list(_expected(subject).values()), subject


def test_in_one_rhythm_a_rolling_anchor_counts_from_the_visit_before(
    rhythm: Protocol, subjects: dict[str, list[Visit]]
) -> None:
    for subject, visits in subjects.items():
        expected = [
            _off_by((there.on - here.on).days, gap)
            for (here, there), gap in zip(pairwise(visits), GAPS, strict=False)
        ]
        found = plan_after(rhythm, _in_one_step(visits), "rolling")
        assert _said_in_turn(found) == expected, subject


def test_in_one_rhythm_what_is_ahead_lies_after_what_was_done(
    rhythm: Protocol, subjects: dict[str, list[Visit]]
) -> None:
    for subject, visits in subjects.items():
        for number in range(1, len(visits)):
            found = plan_after(rhythm, _in_one_step(visits[: number + 1]))
            ahead = [each.on for each in found.sessions if each.status != "done"]
            assert all(on > visits[number].on for on in ahead), (subject, number)
