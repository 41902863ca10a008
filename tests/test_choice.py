"""The choice of dates against a brute force over all of them."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise, product
from typing import Any, Literal

import pytest
from conftest import day
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec import structs

from hairplan.dates.seasons import season
from hairplan.dates.spans import shift, span
from hairplan.planner.apart import kept_apart
from hairplan.planner.choose import choose, end_of_course, is_feasible
from hairplan.planner.free_days import FreeDays
from hairplan.planner.ground import Ground, Stuck
from hairplan.planner.layout import Events, Frame, Layout, lay_out
from hairplan.planner.offsets import read_offset
from hairplan.planner.reach import may_start
from hairplan.planner.slot import Bound, Slot
from hairplan.planner.steps import Pace, PlannedStep, read_rhythm
from hairplan.protocol.step import Either, Group, Limit, Spacing, Step, VisitWindow
from hairplan.protocol.values import StepKind

START = day("2027-01-04")
FAR = day("2027-12-31")
LAST_TAKEN = day("2027-03-20")
MOST_TRIES = 20_000


def run(  # noqa: PLR0913 - the parts of a step
    name: str,
    count: int | None,
    spacing: Spacing,
    *,
    anchor: str = "start",
    kind: StepKind = "session",
    since: Literal["anchor", "previous"] = "anchor",
    group: Group | None = None,
) -> PlannedStep:
    step = Step(
        id=name, name=name, kind=kind, anchor=anchor, spacing=spacing, since=since, group=group
    )
    inner = tuple(read_rhythm(each) for each in group.spacings) if group else ()
    return PlannedStep(step=step, count=count, beats=(read_rhythm(spacing),), inner=inner)


def richer(plain: PlannedStep, **given: Any) -> PlannedStep:
    return structs.replace(plain, **given)


def seasonal(plain: PlannedStep, *texts: str) -> PlannedStep:
    step = structs.replace(plain.step, seasons=texts)
    return structs.replace(plain, step=step, seasons=tuple(map(season, texts)))


def at_offsets(plain: PlannedStep, *texts: str | VisitWindow) -> PlannedStep:
    step = structs.replace(plain.step, offsets=texts)
    offsets = tuple(read_offset(text, 0) for text in texts)
    return structs.replace(plain, step=step, offsets=offsets)


def limited(plain: PlannedStep, *limits: Limit) -> PlannedStep:
    return structs.replace(plain, step=structs.replace(plain.step, limits=limits))


def with_either(
    plain: PlannedStep, anchor: str, spacing: Spacing, whichever: Literal["later", "earlier"]
) -> PlannedStep:
    step = structs.replace(plain.step, either=Either(anchor, spacing, whichever))
    return structs.replace(plain, step=step, other=read_rhythm(spacing))


def laid(
    runs: list[PlannedStep],
    until: date = FAR,
    *,
    at_least_one: bool = True,
    events: Events | None = None,
) -> Layout:
    frame = Frame(START, until, events or {}, at_least_one=at_least_one)
    return lay_out(runs, frame)


def ground(runs: list[PlannedStep], closed: set[date], events: Events | None = None) -> Ground:
    layout = laid(runs, events=events)
    return Ground.of(layout, lambda each: "closed" if each in closed else None)


Worth = tuple[int, int, list[date]]


def brute_force(found: Ground) -> list[date] | int:
    """Return the best of all choices, stage by stage; else the first place of the one without."""
    cuts = sorted({0, *found.stages, end_of_course(found), len(found.slots)})
    days: list[date] = []
    targets: list[date] = []
    for first, end in pairwise(cuts):
        best = best_of(found, first, end, days, targets)
        if best is None:
            return first
        days, targets = best
    return days


def with_one_target(slot: Slot, known: Mapping[int, date]) -> Slot:
    """Work out which of two targets counts, and keep the limit that the other one sets."""
    other = slot.other
    if other is None or other.by is None or slot.by is None:
        return slot
    own_day = shift(known[slot.base], slot.by)
    other_day = shift(known[other.base], other.by)
    own_low, own_high, own_base = slot.low, slot.high, slot.base
    if (other_day > own_day) if other.is_later else (other_day < own_day):
        slot = structs.replace(
            slot, base=other.base, follows=other.base, by=other.by, low=other.low, high=other.high
        )
        left = (own_base, own_low, own_high)
    else:
        left = (other.base, other.low, other.high)
    base, low, high = left
    limit = Bound(base, low, None) if other.is_later else Bound(base, None, high)
    return structs.replace(slot, other=None, bounds=(*slot.bounds, limit))


def is_too_near(slot: Slot, day: date, known: Mapping[int, date]) -> bool:
    """Say by counting days alone whether another is too near, before or after."""
    return any(
        abs((day - known[base]).days) < apart.by.days
        for apart in slot.apart
        for base in apart.bases
        if base in known
    )


def best_of(
    found: Ground, first: int, end: int, days: list[date], targets: list[date]
) -> tuple[list[date], list[date]] | None:
    """Try all days of a stretch, whatever the horizon; drop only what costs more than the best."""
    tries = iter(range(MOST_TRIES))
    is_seasonal = any(slot.seasons for slot in found.slots)
    best: list[tuple[Worth, list[date], list[date]]] = []

    def go_on(days: list[date], targets: list[date]) -> None:
        key = worth(days[first:], targets[first:])
        assume(next(tries, None) is not None)
        if best and key[0] > best[0][0][0]:
            return
        if len(days) == end:
            best[:] = [min([*best, (key, days, targets)], key=lambda each: each[0])]
            return
        slot = found.slots[len(days)]
        if slot.fixed is not None:
            go_on([*days, slot.fixed], [*targets, slot.fixed])
            return
        known = {**found.known, **dict(enumerate(days))}
        slot = with_one_target(slot, known)
        wanted = {**found.known, **dict(enumerate(targets))}
        target = slot.target((wanted if slot.on_target else known)[slot.base])
        earliest, latest = found.window(slot, target, known.__getitem__)
        since = earliest or target - timedelta(days=99)
        behind = max(LAST_TAKEN, target, since) + timedelta(days=400 if is_seasonal else 9)
        number = ((latest or behind) - since).days + 1
        free = [
            each
            for away in range(number)
            if not found.blocked(slot, each := since + timedelta(days=away))
            and not is_too_near(slot, each, known)
        ]
        spent = key[0]
        for each in sorted(free, key=lambda day: abs(day - target)):
            if best and spent + abs((each - target).days) > best[0][0][0]:
                break
            go_on([*days, each], [*targets, target])

    go_on(days, targets)
    return best[0][1:] if best else None


def worth(days: list[date], targets: list[date]) -> Worth:
    away = [abs((day - target).days) for day, target in zip(days, targets, strict=True)]
    return sum(away), sum(each > 0 for each in away), days


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
GAPS = (WEEKLY, Spacing(min="2 days", preferred="3 days", max="5 days"))
SURGERY = {"surgery": (day("2027-01-20"),)}
CHAINS |= {
    "a gap of its own for each pair": [
        richer(run("course", 4, WEEKLY), beats=tuple(map(read_rhythm, GAPS)))
    ],
    "twice a week": [
        richer(run("course", 4, Spacing(min="2 days", max="6 days")), pace=Pace(2, span("1 week")))
    ],
    "in runs of consecutive days": [
        richer(run("course", 5, Spacing()), pace=Pace(2, span("1 week"), is_in_runs=True)),
        richer(
            run("again", 2, Spacing(max="9 days"), anchor="course-3", kind="visit"),
            pace=Pace(2, span("1 week"), is_in_runs=True),
        ),
    ],
    "never on two days running": [
        richer(run("course", 4, Spacing(min="2 days", max="5 days")), pace=Pace(3, span("1 week")))
    ],
    "fixed weekdays": [richer(run("course", 4, Spacing(max="6 days")), weekdays=frozenset({0, 3}))],
    "offsets": [
        at_offsets(run("course", 3, Spacing(tolerance="3 days")), "0 days", "5 days", "9 days")
    ],
    "windows from the first": [
        at_offsets(
            run("course", 4, Spacing()),
            "0 days",
            VisitWindow(min="5 days", max="9 days"),
            VisitWindow(min="9 days", preferred="2 weeks", max="16 days"),
            VisitWindow(min="15 days", preferred="3 weeks", max="1 month"),
        )
    ],
    "windows from the last of a course": [
        run("course", 2, WEEKLY),
        at_offsets(
            run("visit", 3, Spacing(min="3 days"), anchor="course.last", kind="visit"),
            VisitWindow(min="-2 days", max="1 day"),
            VisitWindow(min="2 days", max="6 days"),
            VisitWindow(min="5 days", preferred="1 week", max="8 days"),
        ),
    ],
    "two in turn": [
        run("a", 3, WEEKLY),
        limited(
            run("b", 3, WEEKLY, anchor="a.first"),
            Limit(anchor="a.each", apart="3 days"),
        ),
    ],
    "two in turn from the start on, and what follows": [
        run("a", 2, WEEKLY),
        richer(
            limited(run("b", 2, MIDDLE), Limit(anchor="a.each", apart="2 days")), keeps_away=True
        ),
        run("later", 1, MIDDLE, anchor="b.last", kind="review"),
    ],
    "away from each day of an event, and behind the course": [
        run("a", 2, WEEKLY),
        limited(
            run("b", 2, WEEKLY, anchor="a.first", kind="review"),
            Limit(anchor="events.surgery", apart="6 days"),
            Limit(anchor="a.last", apart="4 days"),
        ),
    ],
    "the later of two": [
        run("a", 2, WEEKLY),
        run("look", 2, MIDDLE, anchor="a.first", kind="review"),
        with_either(run("c", 1, WEEKLY, anchor="a.last"), "look.last", WEEKLY, "later"),
    ],
    "the earlier of two": [
        run("a", 2, WEEKLY),
        run("b", 2, MIDDLE, anchor="a.first"),
        with_either(run("c", 1, WEEKLY, anchor="a.last"), "b.last", HALF_YEARLY, "earlier"),
        run("d", 1, WEEKLY, anchor="c.last"),
    ],
    "in a season": [seasonal(run("course", 3, WEEKLY), "01-01..01-12", "01-15..02-01")],
    "once a season": [
        run("course", 2, WEEKLY),
        seasonal(
            run("later", 2, Spacing(), anchor="course.last", kind="maintenance"),
            "01-20..01-25",
            "02-10..02-14",
        ),
    ],
    "a course that goes on after two seasons": [
        run("course", 2, WEEKLY),
        seasonal(
            run("later", 2, Spacing(), anchor="course.last", kind="maintenance"),
            "01-20..01-25",
            "02-10..02-14",
        ),
        run("again", 1, WEEKLY, anchor="later.last"),
    ],
    "a deadline from the first": [
        run("course", 2, WEEKLY),
        limited(
            run("later", 1, HALF_YEARLY, anchor="course.last"),
            Limit(anchor="course.first", max="36 days"),
            Limit(anchor="course.last", min="26 days"),
        ),
    ],
    "two tracks": [
        run("course", 3, WEEKLY),
        run("look", 1, MIDDLE, anchor="course-2", kind="review"),
        run("end", 1, MIDDLE, anchor="course.last", kind="review"),
    ],
    "a gap of its own for each pair of the next step": [
        run("a", 2, WEEKLY),
        richer(
            run("b", 3, Spacing(min="1 week", preferred="1 week"), anchor="a.last"),
            beats=tuple(map(read_rhythm, (WEEKLY, *GAPS))),
        ),
    ],
    "two tracks, each with a gap of its own for each pair": [
        run("a", 2, WEEKLY),
        richer(
            run("b", 2, WEEKLY, anchor="a.last"), beats=(read_rhythm(WEEKLY), read_rhythm(MIDDLE))
        ),
        richer(
            run("c", 2, WEEKLY, anchor="a.last"), beats=(read_rhythm(WEEKLY), read_rhythm(MIDDLE))
        ),
    ],
    "no sooner than preferred, from the one before": [
        run("course", 4, Spacing(min="1 week", preferred="1 week"), since="previous")
    ],
    "an end before the beginning": [
        run("course", 2, WEEKLY),
        limited(
            run("later", 2, MIDDLE, anchor="course.last"),
            Limit(anchor="course.first", min="2 weeks", max="17 days"),
        ),
    ],
    "before and after an event": [
        run("course", 1, WEEKLY),
        at_offsets(
            run("before", 1, Spacing(tolerance="2 days"), anchor="events.surgery", kind="visit"),
            "-1 week",
        ),
        run("after", 2, MIDDLE, anchor="events.surgery", kind="review"),
    ],
}
CLOSED = st.sets(st.integers(1, 75), max_size=40)


def check(found: Ground) -> None:
    expected = brute_force(found)
    chosen = choose(found)
    split = end_of_course(found)
    is_refused = isinstance(expected, int) and expected < split
    assert is_feasible(found, FreeDays(found.taken)) != is_refused
    if isinstance(expected, int):
        behind = [cut for cut in (*found.stages, split, len(found.slots)) if cut > expected]
        assert isinstance(chosen, Stuck)
        assert expected <= chosen.index < min(behind)
    else:
        assert not isinstance(chosen, Stuck)
        assert [each.planned for each in chosen] == expected


@pytest.mark.parametrize("name", CHAINS)
@given(closed=CLOSED)
def test_the_choice_is_the_best_of_all(name: str, closed: set[int]) -> None:
    check(ground(CHAINS[name], {START + timedelta(days=each) for each in closed}, SURGERY))


SPACINGS = st.sampled_from(
    [
        WEEKLY,
        MIDDLE,
        Spacing(preferred="5 days"),
        Spacing(min="3 days", preferred="1 week"),
        Spacing(preferred="4 days", max="9 days"),
        Spacing(min="4 days", max="4 days"),
        Spacing(preferred="6 days", tolerance="2 days"),
        Spacing(preferred="1 month", tolerance="4 days"),
        Spacing(min="3 weeks", preferred="1 month"),
        Spacing(min="3 weeks", preferred="1 month", max="2 months"),
    ]
)
KINDS: st.SearchStrategy[StepKind] = st.sampled_from(
    ["session", "session", "touch-up", "maintenance", "review"]
)


VISIT_WINDOWS: list[str | VisitWindow] = [
    VisitWindow(min="4 days", max="9 days"),
    VisitWindow(min="8 days", preferred="2 weeks", max="16 days"),
]


@st.composite
def some_steps(draw: st.DrawFn) -> list[PlannedStep]:
    """Draw up to three steps, each after one before it, with up to five appointments."""
    steps: list[PlannedStep] = []
    for number in range(draw(st.integers(1, 3))):
        spacing, kind = draw(SPACINGS), draw(KINDS) if number else "session"
        places = [f"step{earlier}.{end}" for earlier in range(number) for end in ("first", "last")]
        anchor = draw(st.sampled_from(places)) if places else "start"
        count = draw(st.integers(1, 3 if number else 4))
        since: Literal["anchor", "previous"] = draw(st.sampled_from(["anchor", "previous"]))
        is_grouped = number > 0 and kind != "session" and draw(st.booleans())
        inner = (draw(SPACINGS),) if draw(st.booleans()) else (draw(SPACINGS), draw(SPACINGS))
        step = run(
            f"step{number}",
            1 if is_grouped else count,
            spacing,
            anchor=anchor,
            kind=kind,
            since=since,
            group=Group(size=3, spacing=inner) if is_grouped else None,
        )
        if count > 1 and draw(st.booleans()) and not is_grouped and since == "anchor":
            step = richer(step, beats=(*step.beats, read_rhythm(draw(SPACINGS))))
        if number and draw(st.booleans()):
            least, most = draw(st.sampled_from([("1 week", "6 weeks"), ("2 days", None)]))
            place = draw(st.sampled_from(["step0.first", "start"]))
            step = limited(step, Limit(anchor=place, min=least, max=most))
        if number and draw(st.integers(0, 4)) == 4 and not is_grouped:
            step = at_offsets(run(f"step{number}", 2, Spacing(), anchor=anchor), *VISIT_WINDOWS)
        if number > 1 and draw(st.integers(0, 2)) == 2:
            counted = run(f"step{number}", 1, WEEKLY, anchor=f"step{number - 1}.last", kind=kind)
            which: Literal["later", "earlier"] = draw(st.sampled_from(["later", "earlier"]))
            own = draw(st.sampled_from([WEEKLY, HALF_YEARLY]))
            step = with_either(counted, "step0.last", own, which)
        if number and draw(st.integers(0, 2)) == 2:
            apart = draw(st.sampled_from(["2 days", "4 days", "1 week"]))
            limit = Limit(anchor=f"step{draw(st.integers(0, number - 1))}.each", apart=apart)
            step = limited(step, *step.step.limits, limit)
        if draw(st.integers(0, 5)) == 5:
            step = seasonal(step, "01-01..01-20", "01-28..03-05")
        steps.append(step)
    return steps


def lived(data: st.DataObject, at: int, slot: Slot) -> Slot:
    """Draw what happened to an appointment: mostly nothing."""
    if at == 0 or data.draw(st.integers(0, 5)):
        return slot
    day = START + timedelta(days=data.draw(st.integers(5 * at, 12 * at)))
    if data.draw(st.booleans()):
        return structs.replace(slot, fixed=day)
    return structs.replace(slot, not_before=day)


@given(
    data=st.data(),
    steps=some_steps(),
    closed=st.sets(st.integers(1, 60), max_size=25),
    weekdays=st.sets(st.integers(0, 6), max_size=4),
)
def test_the_choice_is_the_best_of_all_for_any_steps(
    data: st.DataObject, steps: list[PlannedStep], closed: set[int], weekdays: set[int]
) -> None:
    layout = laid(steps)
    slots = kept_apart([lived(data, at, slot) for at, slot in enumerate(layout.slots)])
    assume(len(slots) < 7)

    def taken(day: date) -> str | None:
        is_closed = (day - START).days in closed or (day > START and day.weekday() in weekdays)
        return "closed" if is_closed else None

    check(Ground.of(structs.replace(layout, slots=slots), taken))


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


@given(
    steps=some_steps(),
    closed=st.sets(st.integers(-20, 60), max_size=40),
    visits=st.sampled_from([[], ["1 week", "5 weeks"], VISIT_WINDOWS]),
    starts=st.sets(st.integers(-20, 20), min_size=1, max_size=6),
)
def test_several_starts_are_tried_at_once(
    steps: list[PlannedStep],
    closed: set[int],
    visits: list[str | VisitWindow],
    starts: set[int],
) -> None:
    if visits:
        visit = run("visit", 2, Spacing(tolerance="2 days"), anchor="start")
        steps = [*steps, at_offsets(visit, *visits)]

    def taken(day: date) -> str | None:
        return "closed" if (day - START).days in closed else None

    free = FreeDays(taken)
    days = [START + timedelta(days=each) for each in starts]

    def works(start: date) -> bool:
        found = Ground.of(lay_out(steps, Frame(start, FAR, {}, at_least_one=True)), taken)
        return not found.blocked(found.slots[0], start) and is_feasible(found, free)

    layout = laid(steps)
    known = Ground.of(layout, taken)
    end = end_of_course(known)
    is_open = bool(known.stages) or any(map(works, days))
    assert may_start(known, free, end, days) == is_open


@pytest.mark.parametrize(
    ("first", "last", "stuck"),
    [
        ("01-20", "01-24", None),
        ("01-20", "01-25", 2),
        ("02-10", "02-13", None),
        ("02-10", "02-14", 3),
        ("02-15", "02-23", 4),
    ],
)
def test_a_course_in_seasons_is_stuck_where_one_of_them_is_closed(
    first: str, last: str, stuck: int | None
) -> None:
    since, until = day(f"2027-{first}"), day(f"2027-{last}")
    closed = {since + timedelta(days=each) for each in range((until - since).days + 1)}
    found = ground(CHAINS["a course that goes on after two seasons"], closed)
    chosen = choose(found)
    assert (chosen.index if isinstance(chosen, Stuck) else None) == stuck


def test_where_two_begin_on_the_start_each_is_tried_by_itself() -> None:
    layout = laid([run("a", 1, WEEKLY), run("b", 2, WEEKLY)])
    assert may_start(
        Ground.of(layout, lambda _: "closed"), FreeDays(lambda _: "closed"), 3, [START]
    )


def test_a_clear_way_is_taken_straight() -> None:
    chosen = choose(ground([run("course", 3, WEEKLY)], set()))
    assert not isinstance(chosen, Stuck)
    assert [str(each.planned) for each in chosen] == ["2027-01-04", "2027-01-11", "2027-01-18"]


def test_stuck_names_the_appointment_and_the_window_that_any_choice_leaves() -> None:
    closed = {START + timedelta(days=each) for each in range(10, 30)}
    assert choose(ground([run("course", 4, WEEKLY)], closed)) == Stuck(
        2, day("2027-01-14"), day("2027-01-22")
    )


def test_without_limits_the_search_goes_on_behind_the_horizon_for_a_year() -> None:
    open_ended = Spacing(preferred="1 week")
    closed = {START + timedelta(days=each) for each in range(1, 300)}
    chosen = choose(ground([run("course", 2, open_ended)], closed))
    assert not isinstance(chosen, Stuck)
    assert str(chosen[1].planned) == "2027-10-31"
    assert chosen[1].latest is None
    every_day = {START + timedelta(days=each) for each in range(1, 362)}
    behind = choose(ground([run("course", 2, open_ended)], every_day))
    assert not isinstance(behind, Stuck)
    assert str(behind[1].planned) == "2028-01-01"
    # The horizon ends what repeats, not the search for a session of the course.
    every_day |= {START + timedelta(days=each) for each in range(362, 400)}
    far = choose(ground([run("course", 2, open_ended)], every_day))
    assert not isinstance(far, Stuck)
    assert str(far[1].planned) == "2028-02-08"


def test_a_clinic_that_is_closed_for_good_is_no_endless_search() -> None:
    layout = laid([run("course", 2, Spacing(preferred="1 week"))])
    closed = Ground(layout.slots, layout.known, lambda day: "closed" if day > START else None, FAR)
    assert choose(closed) == Stuck(1, day("2027-01-05"), day("2032-01-03"))


def test_a_target_with_no_free_day_for_years_is_no_obstacle_without_a_limit() -> None:
    free = (START, START + timedelta(days=2400))
    runs = [run("course", 2, Spacing(preferred="2 years"))]
    layout = laid(runs)
    far = Ground(
        layout.slots,
        layout.known,
        lambda each: None if each in free else "closed",
        day("2037-01-01"),
    )
    chosen = choose(far)
    assert not isinstance(chosen, Stuck)
    assert chosen[1].planned == free[1]


def test_what_follows_the_course_neither_moves_it_nor_refuses_it() -> None:
    runs = [
        run("course", 2, WEEKLY),
        run("later", 1, HALF_YEARLY, anchor="course.last", kind="touch-up"),
    ]
    closed = {day("2027-02-05") + timedelta(days=each) for each in range(12)}
    found = ground(runs, closed)
    assert choose(found) == Stuck(2, day("2027-02-05"), day("2027-02-16"))
    assert is_feasible(found, FreeDays(found.taken))


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
    assert len(laid(runs, day("2027-01-20"), at_least_one=at_least_one).slots) == expected
    counts = [
        len(laid(runs, day(end), at_least_one=False).slots) for end in ("2027-02-11", "2027-03-11")
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


def test_a_choice_beyond_the_days_looked_at_is_not_taken_for_the_best() -> None:
    """Of two choices that cost ten days, the one that moves one appointment lies farther off."""
    step = limited(
        run("step2", 2, Spacing(min="3 days", preferred="1 week"), anchor="step0.last"),
        Limit(anchor="step0.first", min="1 week", max="6 weeks"),
    )
    monthly = Spacing(min="3 weeks", preferred="1 month")
    first = richer(run("step0", 3, WEEKLY), beats=(read_rhythm(WEEKLY), read_rhythm(monthly)))
    slots = laid([first, step]).slots
    slots[3] = structs.replace(slots[3], not_before=day("2027-01-24"))
    chosen = choose(Ground(slots, {-1: START}, lambda _: None, FAR))
    assert not isinstance(chosen, Stuck)
    assert [str(each.planned) for each in chosen[2:]] == ["2027-02-01", "2027-02-08", "2027-02-15"]
