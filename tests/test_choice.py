"""The choice of dates against a brute force over all of them."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product
from typing import Literal

import pytest
from conftest import day
from hypothesis import given
from hypothesis import strategies as st

from hairplan.dates.spans import shift, span
from hairplan.planner.choice import Chosen, Ground, Stuck, choose, is_feasible, window
from hairplan.planner.slots import Run, Slot, lay_out, rhythm
from hairplan.protocol import (
    Group,
    Kind,
    Spacing,
    Step,
)

START = day("2027-01-04")
FAR = day("2027-12-31")


def run(  # noqa: PLR0913 - the parts of a step
    name: str,
    count: int | None,
    spacing: Spacing,
    *,
    anchor: str = "start",
    kind: Kind = "session",
    since: Literal["anchor", "previous"] = "anchor",
    group: Group | None = None,
) -> Run:
    step = Step(
        id=name, name=name, kind=kind, anchor=anchor, spacing=spacing, since=since, group=group
    )
    return Run(step, count, rhythm(spacing), rhythm(group.spacing) if group else None)


def ground(runs: list[Run], closed: set[date], until: date = FAR) -> Ground:
    slots = lay_out(runs, START, until, at_least_one=True)
    return Ground(slots, START, lambda each: "closed" if each in closed else None, FAR)


def brute_force(found: Ground) -> list[date] | None:
    """Return the best of all choices: the course first, then what follows it."""
    split = next(
        (at for at, slot in enumerate(found.slots) if slot.step.kind != "session"),
        len(found.slots),
    )
    best: tuple[tuple[object, ...], list[date]] | None = None
    for days in every_choice(found.slots, found, [], []):
        planned = [each.planned for each in days]
        key = (*worth(days[:split]), *worth(days[split:]))
        if best is None or key < best[0]:
            best = key, planned
    return best[1] if best else None


def worth(days: list[Chosen]) -> tuple[object, ...]:
    away = [abs((each.planned - each.target).days) for each in days]
    return sum(away), sum(each > 0 for each in away), [each.planned for each in days]


def every_choice(
    slots: Sequence[Slot], found: Ground, chosen: list[Chosen], targets: list[date]
) -> list[list[Chosen]]:
    if len(chosen) == len(slots):
        return [chosen]
    slot = slots[len(chosen)]
    base = START
    if slot.base >= 0:
        base = targets[slot.base] if slot.on_target else chosen[slot.base].planned
    target = slot.target(base)
    before = chosen[slot.before].planned if slot.before >= 0 else None
    earliest, latest = window(slot, target, before)
    assert earliest is not None
    assert latest is not None
    free = [
        each
        for number in range((latest - earliest).days + 1)
        if not found.taken(each := earliest + timedelta(days=number))
    ]
    return [
        rest
        for each in free
        for rest in every_choice(
            slots, found, [*chosen, Chosen(target, earliest, latest, each)], [*targets, target]
        )
    ]


WEEKLY = Spacing(min="5 days", preferred="1 week", max="9 days")
MONTHLY = Spacing(preferred="1 month", tolerance="3 days")
HALF_YEARLY = Spacing(min="25 days", preferred="1 month", max="36 days")
MIDDLE = Spacing(min="3 days", max="6 days")
CHAINS = {
    "weekly": [run("course", 4, WEEKLY)],
    "from the one before": [run("course", 4, WEEKLY, since="previous")],
    "no preferred day": [run("course", 4, MIDDLE)],
    "two steps": [run("a", 2, WEEKLY), run("b", 2, MIDDLE, anchor="a.last")],
    "maintenance": [
        run("course", 2, WEEKLY),
        run("later", 2, HALF_YEARLY, anchor="course.last", kind="maintenance"),
    ],
    "maintenance around its target": [
        run("course", 2, WEEKLY),
        run("later", 2, MONTHLY, anchor="course.first", kind="maintenance"),
    ],
    "groups": [
        run("course", 2, WEEKLY),
        run(
            "later",
            1,
            MONTHLY,
            anchor="course.last",
            kind="maintenance",
            since="previous",
            group=Group(size=2, spacing=MIDDLE),
        ),
    ],
}
CLOSED = st.sets(st.integers(1, 75), max_size=40)


@pytest.mark.parametrize("name", CHAINS)
@given(closed=CLOSED)
def test_the_choice_is_the_best_of_all(name: str, closed: set[int]) -> None:
    found = ground(CHAINS[name], {START + timedelta(days=each) for each in closed})
    expected = brute_force(found)
    chosen = choose(found)
    if expected is None:
        assert isinstance(chosen, Stuck)
        assert not is_feasible(found)
    else:
        assert not isinstance(chosen, Stuck)
        assert [each.planned for each in chosen] == expected
        assert is_feasible(found)


@pytest.mark.parametrize(
    ("free", "expected"),
    [
        # 8, 16, 23 is as near to its targets, but moves two
        ({8, 9, 16, 23}, [9, 16, 23]),
        # 6, 12, 18 is as near, moves three, and is all that a narrow search would see
        ({6, 7, 12, 18}, [7, 12, 18]),
    ],
)
def test_of_choices_equally_near_the_one_that_moves_fewer(
    free: set[int], expected: list[int]
) -> None:
    closed = {START + timedelta(days=each) for each in range(1, 60) if each not in free}
    chosen = choose(ground(CHAINS["from the one before"], closed))
    assert not isinstance(chosen, Stuck)
    assert [(each.planned - START).days for each in chosen[1:]] == expected


def test_a_clear_way_is_taken_straight() -> None:
    chosen = choose(ground([run("course", 3, WEEKLY)], set()))
    assert not isinstance(chosen, Stuck)
    assert [str(each.planned) for each in chosen] == ["2027-01-04", "2027-01-11", "2027-01-18"]


def test_stuck_names_the_appointment_and_the_window_that_any_choice_leaves() -> None:
    closed = {START + timedelta(days=each) for each in range(10, 30)}
    assert choose(ground([run("course", 4, WEEKLY)], closed)) == Stuck(
        2, day("2027-01-14"), day("2027-01-22")
    )


def test_without_limits_the_search_ends_at_the_horizon() -> None:
    open_ended = Spacing(preferred="1 week")
    closed = {START + timedelta(days=each) for each in range(1, 300)}
    chosen = choose(ground([run("course", 2, open_ended)], closed))
    assert not isinstance(chosen, Stuck)
    assert str(chosen[1].planned) == "2027-10-31"
    assert chosen[1].latest is None
    every_day = {START + timedelta(days=each) for each in range(1, 362)}
    assert choose(ground([run("course", 2, open_ended)], every_day)) == Stuck(
        1, day("2027-01-05"), FAR
    )


def test_a_target_with_no_free_day_for_years_is_no_obstacle_without_a_limit() -> None:
    free = (START, START + timedelta(days=2400))
    runs = [run("course", 2, Spacing(preferred="2 years"))]
    slots = lay_out(runs, START, FAR, at_least_one=True)
    far = Ground(slots, START, lambda each: None if each in free else "closed", day("2037-01-01"))
    chosen = choose(far)
    assert not isinstance(chosen, Stuck)
    assert chosen[1].planned == free[1]


def test_the_course_moves_where_it_would_leave_no_date_for_what_follows() -> None:
    runs = [
        run("course", 2, WEEKLY),
        run("later", 1, HALF_YEARLY, anchor="course.last", kind="touch-up"),
    ]
    closed = {day("2027-02-05") + timedelta(days=each) for each in range(12)}
    chosen = choose(ground(runs, closed))
    assert not isinstance(chosen, Stuck)
    assert [str(each.planned) for each in chosen] == ["2027-01-04", "2027-01-10", "2027-02-04"]


def test_a_long_chain_over_many_closed_days_is_still_exact() -> None:
    sundays_and_more = {
        START + timedelta(days=each) for each in range(1, 1000) if each % 7 == 0 and each % 3
    }
    chosen = choose(ground([run("course", 100, WEEKLY)], sundays_and_more))
    assert not isinstance(chosen, Stuck)
    away = [(each.planned - each.target).days for each in chosen]
    # Each closed target costs one day, the earlier side wins, and none drags another along.
    assert away == [-1 if number and number % 3 else 0 for number in range(100)]


def test_the_course_does_not_move_for_the_sake_of_what_follows() -> None:
    runs = [
        run("course", 2, WEEKLY),
        run("later", 1, HALF_YEARLY, anchor="course.last", kind="touch-up"),
    ]
    closed = {shift(day("2027-01-11"), span("1 month"))}
    chosen = choose(ground(runs, closed))
    assert not isinstance(chosen, Stuck)
    assert [str(each.planned) for each in chosen] == ["2027-01-04", "2027-01-11", "2027-02-10"]


@pytest.mark.parametrize(("at_least_one", "expected"), [(True, 3), (False, 2)])
def test_a_repeating_step_goes_up_to_the_horizon(*, at_least_one: bool, expected: int) -> None:
    runs = [
        run("course", 2, WEEKLY),
        run("later", None, HALF_YEARLY, anchor="course.last", kind="touch-up"),
    ]
    assert len(lay_out(runs, START, day("2027-01-20"), at_least_one=at_least_one)) == expected
    counts = [
        len(lay_out(runs, START, day(end), at_least_one=False))
        for end in ("2027-02-11", "2027-03-11")
    ]
    assert counts == [3, 4]


def test_combinations_of_closed_days_that_leave_one_choice() -> None:
    for offsets in product((5, 9), repeat=3):
        open_days = {START}
        here = START
        for offset in offsets:
            here += timedelta(days=offset)
            open_days.add(here)
        closed = {START + timedelta(days=each) for each in range(1, 40)} - open_days
        chosen = choose(ground([run("course", 4, WEEKLY)], closed))
        assert not isinstance(chosen, Stuck)
        assert {each.planned for each in chosen} == open_days
