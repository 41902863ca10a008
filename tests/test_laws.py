"""What holds for every plan, whatever is asked for."""

import itertools
import random
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from conftest import TODAY, day
from hypothesis import given
from hypothesis import strategies as st

from hairplan import HairplanError, Plan, PlanRequest, load_protocol, make_plan
from hairplan.dates.spans import Period, shift_days
from hairplan.protocol.catalog import protocol_names, read_protocol_text
from hairplan.protocol.load import parse_protocol
from hairplan.protocol.model import Protocol

STARTS = st.dates(date(2026, 11, 1), date(2030, 12, 31))
WEEKDAYS = st.sets(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), max_size=5)
TREATMENTS = st.sampled_from(["mesopecia", "mesotherapy", "microneedling", "smp"])


@st.composite
def periods(draw: st.DrawFn) -> tuple[Period, ...]:
    found = []
    for _ in range(draw(st.integers(0, 3))):
        first = draw(st.dates(date(2026, 11, 1), date(2032, 1, 1)))
        found.append(Period(first, first + timedelta(days=draw(st.integers(0, 25)))))
    return tuple(found)


def make(name: str, start: date, **asked: Any) -> Plan:
    return make_plan(load_protocol(name), PlanRequest(start=start, **asked), today=TODAY)


@given(TREATMENTS, STARTS, WEEKDAYS, periods(), periods())
def test_every_appointment_keeps_to_the_protocol(
    name: str, start: date, closed: set[str], closures: tuple[Period, ...], away: tuple[Period, ...]
) -> None:
    weekdays = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    found = make(name, start, closed=tuple(closed), closures=closures, away=away)
    assert (found.problem is None) == bool(found.sessions)
    for session in found.sessions:
        assert session.earliest is not None
        assert session.latest is not None
        assert session.earliest <= session.on <= session.latest
        assert weekdays[session.on.weekday()] not in closed
        assert not any(session.on in period for period in (*closures, *away))
        assert (session.reason is None) == (session.on == session.target)
    chosen = [session.on for session in found.sessions]
    assert chosen == sorted(set(chosen))


@given(TREATMENTS, STARTS, WEEKDAYS, periods())
def test_nearest_starts_work_and_are_not_before_today(
    name: str, start: date, closed: set[str], closures: tuple[Period, ...]
) -> None:
    found = make(name, start, closed=tuple(closed), closures=closures)
    for other in found.problem.nearest_starts if found.problem else ():
        assert other >= TODAY
        again = make(name, other, closed=tuple(closed), closures=closures)
        assert again.problem is None
        assert again.start == other


@given(STARTS, st.integers(1, 60), WEEKDAYS)
def test_whole_weeks_later_is_the_same_course_whole_weeks_later(
    start: date, weeks: int, closed: set[str]
) -> None:
    one = make("microneedling", start, closed=tuple(closed))
    other = make("microneedling", start + timedelta(weeks=weeks), closed=tuple(closed))
    shifted = [each.on + timedelta(weeks=weeks) for each in one.sessions if each.phase == "course"]
    assert [each.planned for each in other.sessions if each.phase == "course"] == shifted


@pytest.mark.parametrize("name", protocol_names())
@given(seed=st.integers(0, 2**32))
def test_the_order_of_things_in_the_file_does_not_matter(name: str, seed: int) -> None:
    protocol = load_protocol(name)
    shuffled = msgspec.convert(_shuffled(msgspec.to_builtins(protocol), seed), type(protocol))
    request = PlanRequest(start=day("2027-01-04"), closed=("sun",), age=40)
    one = make_plan(protocol, request, today=TODAY)
    assert _as_sets(make_plan(shuffled, request, today=TODAY)) == _as_sets(one)


def _shuffled(table: Any, seed: int) -> Any:
    mixer = random.Random(seed)  # noqa: S311 - nothing secret
    for key in ("restrictions", "tasks", "milestones", "expectations", "rules", "questions"):
        items = list(table.get(key, {}).items())
        mixer.shuffle(items)
        table[key] = dict(items)
    steps = list(table["steps"])
    mixer.shuffle(steps)
    return {**table, "steps": steps}


def _as_sets(found: Plan) -> Any:
    # The protocol's own notes and indications are shown in the order in which it gives them.
    table = msgspec.to_builtins(found)
    # A digest is of the file's content as it stands there.
    del table["protocol"]["digest"]
    return {key: value for key, value in table.items() if key not in {"notes", "indications"}}


@given(TREATMENTS, STARTS, STARTS)
def test_dates_do_not_depend_on_today(name: str, start: date, today: date) -> None:
    protocol, request = load_protocol(name), PlanRequest(start=start)
    assert make_plan(protocol, request, today=today).sessions == make(name, start).sessions


@given(TREATMENTS, STARTS, WEEKDAYS)
def test_the_same_request_gives_the_same_bytes(name: str, start: date, closed: set[str]) -> None:
    one, other = (
        msgspec.json.encode(make(name, start, closed=tuple(sorted(closed)))) for _ in range(2)
    )
    assert one == other


@given(TREATMENTS, STARTS)
def test_restrictions_surround_their_sessions_and_never_touch(name: str, start: date) -> None:
    found = make(name, start)
    chosen = {each.id: each.on for each in found.sessions}
    for restriction in found.restrictions:
        for listed in (restriction.at_least, restriction.ideal):
            for one, other in itertools.pairwise(listed):
                assert (one.resume_on or shift_days(one.last, 1)) < other.first
            for period in listed:
                assert all(period.first <= chosen[each] <= period.last for each in period.sessions)
        for least in restriction.at_least:
            assert any(
                ideal.first <= least.first and least.last <= ideal.last
                for ideal in restriction.ideal
            )


ANSWERS = st.dictionaries(
    st.sampled_from(["pregnancy", "minoxidil", "transplant", "chemotherapy", "past-chemotherapy"]),
    st.sampled_from(["yes", "no", "unknown"]),
)
EVENTS = st.dictionaries(
    st.sampled_from(["transplant", "chemotherapy-end"]),
    st.dates(date(1, 1, 1), date(9999, 12, 31)),
)


@given(
    start=st.dates(date(1, 1, 1), date(9999, 12, 31)),
    answers=ANSWERS,
    events=EVENTS,
    sessions=st.none() | st.integers(-1, 9),
    horizon=st.none() | st.sampled_from(["0 days", "1 month", "9 years", "51 years", "9999 years"]),
    sex=st.none() | st.sampled_from(["female", "male"]),
)
def test_any_request_ends_in_a_plan_or_in_our_own_error(start: date, **asked: Any) -> None:
    try:
        found = make("smp", start, **asked)
    except HairplanError as error:
        assert error.faults
    else:
        assert found.sessions or found.problem


PATIENTS = st.lists(
    st.fixed_dictionaries(
        {"start": st.dates(date(2026, 11, 1), date(2028, 12, 31))},
        optional={
            "answers": ANSWERS,
            "events": st.dictionaries(
                st.just("transplant"), st.dates(date(2026, 1, 1), date(2028, 12, 31))
            ),
            "horizon": st.sampled_from(["2 years", "3 years", "8 years"]),
            "sex": st.sampled_from(["female", "male"]),
            "age": st.integers(0, 99),
            "overrides": st.dictionaries(
                st.sampled_from(["pregnancy", "transplant-healing"]), st.sampled_from("ab")
            ),
        },
    ),
    max_size=6,
)


@given(PATIENTS)
def test_what_is_kept_of_earlier_plans_changes_none(patients: list[dict[str, Any]]) -> None:
    smp = load_protocol("smp")
    for asked in patients:
        # Of a protocol that was just loaded nothing is kept yet.
        assert _outcome(smp, asked) == _outcome(load_protocol("smp"), asked)


def _outcome(protocol: Protocol, asked: dict[str, Any]) -> Plan | tuple[str, ...]:
    try:
        return make_plan(protocol, PlanRequest(**asked), today=TODAY)
    except HairplanError as error:
        return error.faults


@pytest.mark.parametrize("name", protocol_names())
def test_a_built_in_protocol_is_its_file_after_every_check(name: str) -> None:
    assert load_protocol(name) == parse_protocol(read_protocol_text(name), name)
