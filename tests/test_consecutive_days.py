"""Sessions on consecutive days, and never on two days running."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from conftest import day, own_plan, own_protocol, planned

from hairplan import InputError, PlanRequest, make_plan
from hairplan.history import Done, Entry, Happening
from hairplan.plan import Plan
from hairplan.show.plain import render_plain
from hairplan.show.protocol import protocol_document


def course(rate: str, more: str = "count = 7") -> str:
    return f'[[steps]]\nid = "course"\nname = "x"\n{more}\nrate = {{ {rate} }}\n'


FIVE = 'times = 5, per = "week", days = "consecutive"'
THREE = 'times = 3, per = "week", days = "non-consecutive"'


def offsets(found: Plan, phase: str = "course") -> list[int]:
    start = day("2027-01-04")
    return [(each.on - start).days for each in found.dated if each.phase == phase]


def after(text: str, today: str, *happened: Happening, **asked: Any) -> Plan:
    history = [Entry(at=datetime(2027, 5, 1, tzinfo=UTC), on=day(today), what=happened)]
    request = PlanRequest(start=day("2027-01-04"), **asked)
    return make_plan(own_protocol(text), request, history, today=day(today))


@pytest.mark.parametrize(
    ("rate", "more", "expected"),
    [
        (FIVE, "count = 7", [0, 1, 2, 3, 4, 7, 8]),
        ('times = 3, per = "month", days = "consecutive"', "count = 5", [0, 1, 2, 31, 32]),
        ('times = 2, per = "year", days = "consecutive"', "count = 3", [0, 1, 365]),
        (FIVE, 'lasting = "9 days"', [0, 1, 2, 3, 4, 7, 8]),
        (THREE, "count = 7", [0, 2, 4, 7, 9, 11, 14]),
    ],
)
def test_days_run_on_or_never_do(rate: str, more: str, expected: list[int]) -> None:
    assert offsets(own_plan(course(rate, more))) == expected


def test_from_another_step_the_first_run_begins_a_week_later() -> None:
    text = '[[steps]]\nid = "a"\nname = "x"\n' + course(FIVE) + 'anchor = "a.last"\n'
    assert offsets(own_plan(text)) == [7, 8, 9, 10, 11, 14, 15]


def test_a_run_is_moved_as_a_whole_and_the_next_one_follows_its_rhythm() -> None:
    found = own_plan(course(FIVE, "count = 10"), closed=("sat", "sun"), away=())
    assert offsets(found) == [0, 1, 2, 3, 4, 7, 8, 9, 10, 11]


def test_a_run_that_a_closed_day_tears_is_refused_with_the_starts_that_work() -> None:
    found = own_plan(course(FIVE, "count = 5"), start=day("2027-01-05"), closed=("sat", "sun"))
    assert found.problem
    assert found.problem.what == (
        "no date for course-5 keeps to the protocol: its window 2027-01-09 has no free day"
    )
    assert found.problem.nearest_starts == (day("2027-01-04"), day("2027-01-11"))


def test_non_consecutive_days_stay_so_around_a_holiday() -> None:
    found = own_plan(course(THREE, "count = 6"), closed=("wed", "sat", "sun"))
    assert offsets(found) == [0, 3, 7, 10, 14, 17]
    days = [each.on for each in own_plan(course(THREE, "count = 9"), closed=("mon",)).dated]
    assert min((later - each).days for each, later in pairwise(days)) == 2


@pytest.mark.parametrize(
    ("done", "expected", "rule"),
    [
        # The third of a run was a day late: the run goes on from it, and the next week's as well.
        (("2027-01-04", "2027-01-05", "2027-01-07"), [0, 1, 3, 4, 5, 8, 9],
         "course.rate.days consecutive"),
    ],
)  # fmt: skip
def test_a_run_goes_on_from_the_day_really_done(
    done: tuple[str, ...], expected: list[int], rule: str
) -> None:
    happened = [Done(f"course-{number}", day(on)) for number, on in enumerate(done, 1)]
    found = after(course(FIVE), done[-1], *happened)
    assert offsets(found) == expected
    assert [each.rule for each in found.breaks] == [rule]


def test_a_routine_may_have_them_as_well() -> None:
    text = course(FIVE) + (
        f"[routines]\na = {{ label = 'x', lasting = '2 weeks', rate = {{ {FIVE} }} }}\n"
        f"b = {{ label = 'x', lasting = '2 weeks', rate = {{ {THREE} }} }}\n"
        "c = { label = 'x', lasting = '2 months', rate ="
        " { times = 2, per = 'month', days = 'consecutive' } }\n"
    )
    a, b, c = sorted(own_plan(text).routines, key=lambda each: each.id)
    assert (a.rhythm, a.weekdays, a.count) == (
        "5 times a week, on consecutive days", ("mon", "tue", "wed", "thu", "fri"), 10,
    )  # fmt: skip
    assert (b.rhythm, b.weekdays) == (
        "3 times a week, on non-consecutive days", ("mon", "wed", "fri"),
    )  # fmt: skip
    assert [str(each) for each in c.days] == [
        "2027-01-04", "2027-01-05", "2027-02-04", "2027-02-05",
    ]  # fmt: skip


# ---- in the file ----


def test_the_days_are_in_the_text_and_among_the_figures() -> None:
    text = " ".join(render_plain(protocol_document(own_protocol(course(FIVE)))).split())
    assert "5 times a week, on consecutive days [clinic]" in text
    varied = course('times = { min = 2, max = 3 }, per = "week", days = "non-consecutive"')
    text = " ".join(render_plain(protocol_document(own_protocol(varied))).split())
    assert "2..3 times a week, on non-consecutive days [clinic]" in text
    figures = {each.figure: each.value for each in own_plan(course(FIVE)).figures}
    assert figures["course.rate.days"] == "consecutive"
    assert planned(own_plan(varied))[:3] == ["2027-01-04", "2027-01-07", "2027-01-11"]


@pytest.mark.parametrize(
    ("rate", "more", "expected"),
    [
        ('times = 4, per = "week", days = "non-consecutive"', "count = 5",
         ["steps[1].rate.days: 4 non-consecutive days do not fit into a week"]),
        ('times = { min = 3, max = 8 }, per = "week", days = "consecutive"', "count = 5",
         ["steps[1].rate.days: 8 consecutive days do not fit into a week"]),
        (THREE, 'count = 5\nspacing.min = "1 day"',
         ["steps[1].spacing.min: non-consecutive days have one, of 2 days"]),
    ],
)  # fmt: skip
def test_days_that_do_not_fit_are_refused(rate: str, more: str, expected: list[str]) -> None:
    with pytest.raises(InputError) as error:
        own_protocol(course(rate, more))
    assert [fault.removeprefix("own.toml: ") for fault in error.value.faults] == expected
