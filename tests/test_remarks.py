"""Notes and reasons as data: a kind, a code, and the parts of what is said in words."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from conftest import day
from msgspec import structs

from hairplan import Plan, PlanRequest, load_protocol, make_plan
from hairplan.dates.spans import Period
from hairplan.history import Done, Entry, Happening, Missed, Moved, Skipped

AT = datetime(2026, 12, 1, 9, tzinfo=UTC)


def smp(*what: Happening, today: str = "2026-11-01", **asked: Any) -> Plan:
    request = PlanRequest(**{"start": date(2026, 12, 1), **asked})
    history = [Entry(at=AT, on=day(today), what=(each,)) for each in what] or None
    return make_plan(load_protocol("smp"), request, history, today=day(today))


def done(number: int, on: str) -> Done:
    return Done(f"course-{number}", day(on))


def remarks(plan: Plan) -> list[str]:
    """Return the notes that are no facts of the protocol, as `kind code session`, each once."""
    notes = (
        " ".join(filter(None, (remark.kind, remark.code, remark.session)))
        for remark in plan.remarks
        if remark.code != "protocol"
    )
    return list(dict.fromkeys(notes))


NO_MINOXIDIL: dict[str, Any] = {"answers": {"minoxidil": "no"}}
CLOSED: dict[str, Any] = {"closures": (Period(date(2026, 12, 15), date(2026, 12, 15), "works"),)}


@pytest.mark.parametrize(
    ("plan", "kinds"),
    [
        (smp(), ["info no-relief"]),
        (smp(**NO_MINOXIDIL), []),
        (smp(today="2026-12-10", **NO_MINOXIDIL), ["warning start-past"]),
        (
            smp(today="2026-11-28"),
            ["warning pause-late", "warning task-late", "info no-relief"],
        ),
        (
            smp(done(1, "2026-12-01"), done(2, "2026-12-04"), today="2026-12-05", **NO_MINOXIDIL),
            ["warning outside course-2", "info no-relief"],
        ),
        (
            smp(done(1, "2026-12-01"), Skipped("course-2"), today="2026-12-05", **NO_MINOXIDIL),
            [],
        ),
    ],
)
def test_each_note_has_a_kind_and_a_code(plan: Plan, kinds: list[str]) -> None:
    assert remarks(plan) == kinds
    assert tuple(remark.text for remark in plan.remarks) == plan.notes


def parts(plan: Plan, name: str = "course-2") -> dict[str, object] | None:
    """Return the parts of a reason that are given, beside its words and its window."""
    session = next(session for session in plan.sessions if session.id == name)
    assert session.reason == (session.moved and session.moved.says)
    if session.moved is None:
        return None
    given = structs.asdict(session.moved)
    return {
        key: part
        for key, part in given.items()
        if part is not None and key not in {"says", "earliest", "latest"}
    }


TARGET = date(2026, 12, 15)
WORKS = "closed: closure 2026-12-15 (works)"


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        (smp(), None),
        (
            smp(**CLOSED),
            {"code": "taken", "days": -1, "instead_of": TARGET, "because": WORKS},
        ),
        (
            smp(done(1, "2026-12-01"), Moved("course-2", date(2026, 12, 18)), today="2026-12-05"),
            {"code": "booked", "days": 3, "instead_of": TARGET},
        ),
        (
            smp(done(1, "2026-12-01"), Missed("course-2"), today="2026-12-18"),
            {"code": "again", "days": 4, "instead_of": TARGET, "recorded": date(2026, 12, 18)},
        ),
    ],
)
def test_each_reason_has_its_parts(plan: Plan, why: dict[str, object] | None) -> None:
    assert parts(plan) == why
