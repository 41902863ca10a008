"""Any file ends in a protocol or in our own error, any protocol in a plan or in our own error."""

import tomllib
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast

from conftest import OWN, TODAY, day, strict_faults
from hypothesis import given, settings
from hypothesis import strategies as st

from hairplan import CalendarChoice, HairplanError, Plan, PlanRequest, make_plan, to_ics
from hairplan.calendar.items import items_of
from hairplan.follow.diff import find_changes
from hairplan.history import (
    Cancelled,
    Changed,
    Done,
    Ended,
    Entry,
    Happening,
    Missed,
    Moved,
    Resumed,
    Skipped,
)
from hairplan.planner.protocol_warnings import warnings_of
from hairplan.protocol.load import parse_protocol
from hairplan.protocol.model import Protocol
from hairplan.show.csv import render_csv
from hairplan.show.json import render_json
from hairplan.show.plain import render_plain
from hairplan.show.plan import plan_document
from hairplan.show.protocol import protocol_document

MODES = st.tuples(
    st.sampled_from([None, "rolling", "fixed"]),
    st.sampled_from([None, "continue", "restart", "extra"]),
)
STAMP = datetime(2026, 11, 1, tzinfo=UTC)
EXAMPLES = sorted(
    path
    for folder in ("guide", "protocols")
    for path in (Path(__file__).parent.parent / "examples" / folder).glob("*.toml")
)
NAMES = st.sampled_from(["course", "later", "look"])
SPANS = st.sampled_from(
    ["1 day", "3 days", "day 5", "1 week", "2 weeks", "1 month", "36 hours", "1 year"]
)
SIGNED = st.sampled_from(["-2 weeks", "day 3", "-1 day", "0 days", "1 day", "10 days", "1 month"])
SIDES = st.one_of(SPANS, st.sampled_from(["1 day at 21:00", "0 days at 06:30"]))
PLACES = st.sampled_from(
    ["start", "course.first", "course.last", "course-2", "later.last", "look-1", "events.surgery"]
)
COUNTS = st.one_of(
    st.integers(1, 6),
    st.fixed_dictionaries({"min": st.integers(0, 3), "max": st.integers(1, 6)}),
    st.fixed_dictionaries(
        {"min": st.integers(0, 2), "preferred": st.integers(1, 4), "max": st.integers(1, 6)}
    ),
)
LENGTHS = st.one_of(SPANS, st.fixed_dictionaries({"min": SPANS, "max": SPANS}))
WEEKDAYS = st.lists(st.sampled_from(["mon", "wed", "sun"]), min_size=1, max_size=3)
RATES = st.fixed_dictionaries(
    {"times": COUNTS, "per": st.sampled_from(["day", "week", "month", "year"])},
    optional={"days": st.sampled_from(["consecutive", "non-consecutive"])},
)
SPACINGS = st.fixed_dictionaries(
    {}, optional={"min": SPANS, "preferred": SPANS, "max": SPANS, "tolerance": SPANS}
)
WHENS = st.sampled_from([{}, {"ill": "yes"}, {"sex": "female"}, {"pace": "quick"}, {"age": "..30"}])
MINUTES = st.sampled_from(["30 minutes", "1 hour", "36 hours"])
RANGES = st.fixed_dictionaries({"min": MINUTES, "max": MINUTES})
PRICES = st.fixed_dictionaries(
    {"min": st.just(5), "max": st.integers(5, 9), "currency": st.just("EUR")},
    optional={
        "per": st.sampled_from(["session", "hour", "course"]),
        "sessions": st.integers(1, 3),
    },
)
LATE = st.fixed_dictionaries(
    {"then": st.sampled_from(["continue", "restart", "extra"])},
    optional={"after": SPANS, "more": COUNTS},
)
VISITS = st.fixed_dictionaries({"min": SIGNED, "max": SIGNED}, optional={"preferred": SIGNED})
STEPS = st.fixed_dictionaries(
    {"id": NAMES, "name": NAMES},
    optional={
        "kind": st.sampled_from(["session", "review", "touch-up"]),
        "anchor": PLACES,
        "count": st.one_of(COUNTS, st.just("open")),
        "total": st.integers(1, 9),
        "lasting": LENGTHS,
        "end_included": st.booleans(),
        "until": st.just("growth"),
        "spacing": st.one_of(SPACINGS, st.lists(SPACINGS, max_size=3)),
        "since": st.sampled_from(["anchor", "previous"]),
        "rate": RATES,
        "weekdays": WEEKDAYS,
        "offsets": st.lists(st.one_of(SIGNED, VISITS), min_size=1, max_size=3),
        "seasons": st.lists(st.sampled_from(["03-01..05-31", "11-01..02-29"]), max_size=2),
        "limits": st.lists(
            st.one_of(
                st.fixed_dictionaries({"anchor": PLACES}, optional={"min": SIGNED, "max": SIGNED}),
                st.fixed_dictionaries(
                    {
                        "anchor": st.one_of(PLACES, st.just("course.each")),
                        "apart": st.sampled_from(["2 days", "10 days", "1 month"]),
                    }
                ),
            ),
            max_size=2,
        ),
        "duration": st.one_of(MINUTES, RANGES),
        "durations": st.lists(st.one_of(MINUTES, RANGES), max_size=2),
        "price": PRICES,
        "details": st.lists(NAMES, max_size=2),
        "price_share": st.fixed_dictionaries({"percent": st.integers(0, 120), "of": NAMES}),
        "group": st.fixed_dictionaries({"size": st.integers(1, 3), "spacing": SPACINGS}),
        "either": st.fixed_dictionaries(
            {
                "anchor": PLACES,
                "spacing": SPACINGS,
                "whichever": st.sampled_from(["later", "earlier"]),
            }
        ),
        "late": st.one_of(LATE, st.lists(LATE, max_size=2)),
        "when": WHENS,
    },
)
BUT = st.lists(st.sampled_from(["course.last", "later", "course-2"]), max_size=1)
RESTRICTIONS = st.fixed_dictionaries(
    {"label": NAMES},
    optional={
        "before": SIDES,
        "begins": SPANS,
        "after": SIDES,
        "until": st.one_of(PLACES, st.just("next")),
        "around": st.lists(
            st.sampled_from(["course", "course.last", "look-1", "start"]), max_size=2
        ),
        "but": BUT,
        "how_long": NAMES,
        "when": WHENS,
    },
)
TASKS = st.fixed_dictionaries(
    {"label": NAMES},
    optional={
        "session": st.sampled_from(["first", "each", "course.last", "look"]),
        "lead": SIDES,
        "valid": SPANS,
        "renewed": st.booleans(),
        "event": st.just("surgery"),
        "lag": SPANS,
        "but": BUT,
    },
)
MILESTONES = st.fixed_dictionaries(
    {"label": NAMES},
    optional={
        "at": PLACES,
        "after": SPANS,
        "around": st.lists(st.sampled_from(["each", "course", "later.last"]), max_size=2),
        "but": BUT,
    },
)
ROUTINES = st.fixed_dictionaries(
    {"label": NAMES},
    optional={
        "anchor": PLACES,
        "begins": SIGNED,
        "every": SPANS,
        "rate": RATES,
        "weekdays": WEEKDAYS,
        "lasting": LENGTHS,
        "until": PLACES,
        "how_often": NAMES,
    },
)
FIRST = {"id": "course", "name": "course", "count": 3, "spacing": {"preferred": "1 week"}}
PROTOCOLS = st.fixed_dictionaries(
    {
        "steps": st.lists(STEPS, max_size=3).map(lambda steps: [FIRST, *steps]),
        "restrictions": st.dictionaries(NAMES, RESTRICTIONS, max_size=2),
        "tasks": st.dictionaries(NAMES, TASKS, max_size=2),
        "routines": st.dictionaries(NAMES, ROUTINES, max_size=2),
        "milestones": st.dictionaries(NAMES, MILESTONES, max_size=2),
        "first_day": st.sampled_from([0, 0, 0, 1]),
    }
)
REST = {
    "questions": {"ill": {"ask": "ill?"}},
    "events": {"surgery": {"label": "surgery"}, "growth": {"label": "growth"}},
    "options": {"pace": {"label": "x", "default": "slow", "choices": {"slow": "x", "quick": "x"}}},
}
REQUESTS = st.fixed_dictionaries(
    {},
    optional={
        "closed": st.just(("sun",)),
        "answers": st.just({"ill": "yes"}),
        "options": st.just({"pace": "quick"}),
        "sex": st.just("female"),
        "events": st.sampled_from(
            [
                {"surgery": day("2027-01-20")},
                {"surgery": (day("2026-05-01"), day("2027-03-01")), "growth": day("2027-02-01")},
            ]
        ),
    },
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.floats(0, 1), st.text(max_size=9)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
)


def written(value: Any) -> str:
    """Write a value as TOML; what TOML has not becomes false."""
    if isinstance(value, dict):
        inner = ", ".join(f"{_text(key)} = {written(each)}" for key, each in value.items())
        return "{" + inner + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, str):
        return _text(value)
    return str(value).lower() if isinstance(value, int | float) else "false"


def _text(text: str) -> str:
    return '"' + "".join(f"\\U{ord(char):08x}" for char in text) + '"'


@settings(max_examples=400)
@given(PROTOCOLS, REQUESTS)
def test_any_protocol_ends_in_a_plan_or_in_our_own_error(
    tables: dict[str, Any], asked: dict[str, Any]
) -> None:
    text = OWN + "".join(f"{key} = {written(each)}\n" for key, each in (tables | REST).items())
    try:
        protocol = parse_protocol(text, "own.toml")
        found = make_plan(protocol, PlanRequest(start=day("2027-01-04"), **asked), today=TODAY)
    except HairplanError as error:
        assert error.faults
        return
    for session in found.dated:
        assert session.earliest is None or session.earliest <= session.on
        assert session.latest is None or session.on <= session.latest
    assert len({each.id for each in found.sessions}) == len(found.sessions)
    for restriction in found.restrictions:
        assert all(period.first <= period.last for period in restriction.ideal)
    for routine in found.routines:
        assert routine.count is None or routine.count >= 0
    assert render_plain(plan_document(found))
    assert render_json(found)
    assert render_csv(found)
    for audience in ("patient", "practice"):
        choice = CalendarChoice(audience=audience, details="full")
        items = items_of(found, choice)
        assert len({each.id for each in items}) == len(items)
        assert all(each.end is None or each.begin < each.end for each in items)
        calendar = to_ics(found, STAMP, choice)
        assert calendar.count(b"BEGIN:VEVENT\r\n") == len(items)
        assert not items or strict_faults(calendar) == []
    assert render_plain(protocol_document(protocol))
    assert isinstance(warnings_of(protocol), list)


WHATS = st.lists(
    st.tuples(
        st.sampled_from(
            ["done", "moved", "missed", "cancelled", "skipped", "ill", "well", "ended", "resumed"]
        ),
        st.integers(0, 8),
        st.integers(-20, 60),
        st.integers(0, 90),
    ),
    max_size=6,
)


def happened(what: str, plan: Plan, place: int, off: int) -> Happening:
    sessions, questions = plan.sessions, [each.question for each in plan.screening if each.question]
    if not sessions:
        return Changed(place="Room 2")
    if what in {"ill", "well"} and questions:
        asked = {questions[place % len(questions)]: "yes" if what == "ill" else "no"}
        return Changed(answers=cast("Any", asked))
    session = sessions[place % len(sessions)]
    on = (session.planned or day("2027-02-01")) + timedelta(days=off)
    if what in {"ended", "resumed"}:
        return Ended(on) if what == "ended" else Resumed(on)
    without_a_day: dict[str, type[Missed | Cancelled | Skipped]] = {
        "missed": Missed,
        "cancelled": Cancelled,
        "skipped": Skipped,
    }
    if what in without_a_day:
        return without_a_day[what](session.id)
    return Moved(session.id, on) if what == "moved" else Done(session.id, on)


@cache
def published(path: Path) -> Protocol:
    return parse_protocol(path.read_text("utf-8"), path.name)


# A dense course in seasons takes the exact choice seconds, where a strange past pulls it apart.
QUICK = [
    path for path in EXAMPLES if path.stem not in {"mesotherapy-seasons", "laser-clinic-taper"}
]


@settings(max_examples=100)
@given(st.sampled_from(QUICK), st.dates(day("2026-01-01"), day("2028-12-31")), WHATS, MODES)
def test_any_history_ends_in_a_plan_or_in_our_own_error(
    path: Path, start: date, whats: list[tuple[str, int, int, int]], mode: tuple[Any, Any]
) -> None:
    protocol = published(path)
    history: list[Entry] = []
    request = PlanRequest(start=start, anchor=mode[0], on_late=mode[1], closed=("sun",))
    found = make_plan(protocol, request, history, today=start)
    for what, place, off, later in whats:
        on = start + timedelta(days=later)
        entry = Entry(at=STAMP, on=on, what=(happened(what, found, place, off),))
        try:
            before, found = found, make_plan(protocol, request, [*history, entry], today=on)
        except HairplanError as error:
            assert error.faults
            continue
        history.append(entry)
        assert isinstance(find_changes(before, found), tuple)
    done = {
        each.session: each.on for entry in history for each in entry.what if isinstance(each, Done)
    }
    assert len({each.id for each in found.sessions}) == len(found.sessions)
    for session in found.sessions:
        if session.status == "done":
            assert session.planned == done[session.id]
    assert render_plain(plan_document(found))
    assert render_json(found)
    items = items_of(found, CalendarChoice(audience="practice"))
    assert len({each.id for each in items}) == len(items)


@given(st.dictionaries(st.sampled_from(Protocol.__struct_fields__), VALUES, max_size=6))
def test_any_values_end_in_our_own_error(tables: dict[str, Any]) -> None:
    whole = tomllib.loads(OWN) | {"date": "x"} | tables
    text = "".join(f"{_text(key)} = {written(each)}\n" for key, each in whole.items())
    try:
        parse_protocol(text, "own.toml")
    except HairplanError as error:
        assert all(fault.startswith("own.toml: ") for fault in error.faults)


@given(st.sampled_from(EXAMPLES), st.integers(0, 6_000), st.text(max_size=12), st.integers(0, 40))
def test_a_damaged_example_ends_in_a_protocol_or_in_our_own_error(
    path: Path, place: int, text: str, cut: int
) -> None:
    whole = path.read_text("utf-8")
    try:
        parse_protocol(whole[:place] + text + whole[place + cut :], "own.toml")
    except HairplanError as error:
        assert all(fault.startswith("own.toml: ") for fault in error.faults)
