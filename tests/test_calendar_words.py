"""Words of a patient's calendar that are said once for a whole list."""

from datetime import date, time, timedelta

import pytest
from conftest import TODAY
from msgspec import structs

from hairplan import Plan, PlanRequest, load_protocol, make_plan
from hairplan.calendar import patient_words
from hairplan.calendar.items import CalendarChoice, Item, items_of
from hairplan.calendar.patient_words import PatientWords
from hairplan.protocol.catalog import protocol_names
from hairplan.sheet.catalogs import default_catalog
from hairplan.sheet.words import load_catalog


def test_a_text_is_said_once_for_many_patients_and_not_kept_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patient_words, "_MOST_SAID", 1)
    words, said = PatientWords(load_catalog("en")), iter(("first", "second", "third"))
    texts = [words.once(key, lambda: next(said)) for key in ("a", "a", "b", "a")]
    assert texts == ["first", "first", "second", "third"]


def plans() -> list[Plan]:
    """Return plans of a list, with days of their own, at one time or another."""
    return [
        make_plan(
            load_protocol(name),
            PlanRequest(
                start=date(2026, 12, 1) + number * timedelta(days=1), time=at, zone="Europe/Paris"
            ),
            today=TODAY,
        )
        for name in protocol_names()
        for number, at in enumerate((None, time(9), time(14, 30), None))
    ]


def alone(plan: Plan) -> tuple[Item, ...]:
    """Return the items of a plan in words that no other patient had."""
    return items_of(plan, CalendarChoice(catalog=structs.replace(default_catalog(plan))))


def test_a_patient_reads_the_same_whoever_was_written_to_before() -> None:
    assert [items_of(plan) for plan in plans()] == [alone(plan) for plan in plans()]
