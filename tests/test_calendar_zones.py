"""Time zones in a calendar: named where two yearly rules say them, and else in UTC."""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conftest import day, own_plan, plan, strict_faults

from hairplan import CalendarChoice, Plan
from hairplan.calendar import zones
from hairplan.calendar.ics import Revision, render
from hairplan.calendar.items import Item, items_of
from hairplan.calendar.zones import is_named_with, zone_lines

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
VERSION = Revision(NOON)
ONE = '[[steps]]\nid = "course"\nname = "x"\nduration = "2 hours"\n'


def zone_of(found: Plan, choice: CalendarChoice | None = None) -> str | None:
    return {each.id: each for each in items_of(found, choice)}["course-1"].zone


def test_a_zone_is_written_as_its_two_yearly_rules() -> None:
    assert zone_lines("Europe/Paris") == (
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Paris",
        "BEGIN:STANDARD",
        "DTSTART:19701025T030000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
        "TZNAME:CET",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:19700329T020000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
        "TZNAME:CEST",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
    )
    assert zone_lines("America/Sao_Paulo") == (
        "BEGIN:VTIMEZONE",
        "TZID:America/Sao_Paulo",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZNAME:-03",
        "TZOFFSETFROM:-0300",
        "TZOFFSETTO:-0300",
        "END:STANDARD",
        "END:VTIMEZONE",
    )


@pytest.mark.parametrize(
    ("zone", "moment", "is_named"),
    [
        ("Europe/Paris", NOON, True),
        ("Europe/Dublin", NOON, True),
        ("Asia/Kolkata", NOON, True),
        # Nothing is easier to read than UTC.
        ("UTC", NOON, False),
        ("Etc/Zulu", NOON, False),
        # A month of fasting, the evening of a Thursday, the day after a Saturday, before midnight.
        ("Africa/Casablanca", NOON, False),
        ("Africa/Cairo", NOON, False),
        ("America/Santiago", NOON, False),
        ("America/Nuuk", NOON, False),
        # The rules were others then.
        ("America/New_York", datetime(2005, 7, 1, tzinfo=UTC), False),
        ("America/New_York", datetime(2007, 7, 1, tzinfo=UTC), True),
        ("Europe/Paris", datetime(1960, 7, 1, tzinfo=UTC), False),
        ("Europe/Paris", datetime(9999, 7, 1, tzinfo=UTC), False),
        # Half past two comes twice that night.
        ("Europe/Paris", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), True),
        ("Europe/Paris", datetime(2026, 10, 25, 1, 30, tzinfo=UTC), False),
    ],
)
def test_a_zone_is_named_only_where_all_programs_read_it_right(
    zone: str, moment: datetime, *, is_named: bool
) -> None:
    assert is_named_with(zone, moment) == is_named


def every_zone() -> Iterator[str]:
    names = zoneinfo.available_timezones() - {"localtime", "posixrules", "Factory"}
    # Most of them are links, or share their rules.
    yield from sorted(names)[::9]


def test_the_rules_of_every_zone_are_read_right_by_a_strict_reader() -> None:
    named = 0
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(0, 1095, 13)]
    for name in every_zone():
        there = ZoneInfo(name)
        moments = [datetime.combine(each, time(12), there).astimezone(UTC) for each in days]
        if not all(is_named_with(name, moment) for moment in moments):
            continue
        named += 1
        items = [
            Item(
                id=f"course-{number}",
                kind="session",
                begin=moment,
                end=moment + timedelta(hours=1),
                title="x",
                text="",
                zone=name,
            )
            for number, moment in enumerate(moments)
        ]
        assert strict_faults(render(items, "x", VERSION)) == [], name
    assert named > 60


@pytest.mark.parametrize(
    ("asked", "zone"),
    [
        ({"time": time(14, 30), "zone": "Europe/Paris"}, "Europe/Paris"),
        ({"time": time(14, 30), "zone": "Africa/Casablanca"}, None),
        ({"time": time(14, 30), "zone": "UTC"}, None),
        ({}, None),
        # It begins before the clock is put back, and ends in the hour that comes twice.
        ({"time": time(1, 0), "zone": "Europe/Paris", "start": day("2026-10-25")}, None),
        ({"time": time(4, 0), "zone": "Europe/Paris", "start": day("2026-10-25")}, "Europe/Paris"),
    ],
)
def test_an_appointment_names_the_clinics_zone(asked: dict[str, Any], zone: str | None) -> None:
    found = own_plan(ONE, **asked)
    assert zone_of(found) == zone
    assert zone_of(found, CalendarChoice(utc=True)) is None


def test_a_calendar_has_each_zone_once_and_before_its_events() -> None:
    found = plan("smp", "2026-12-01", time=time(14, 30), zone="Europe/Paris")
    text = render(items_of(found), found.id, VERSION).decode()
    assert text.count("BEGIN:VTIMEZONE") == 1
    assert text.index("END:VTIMEZONE") < text.index("BEGIN:VEVENT")
    assert "DTSTART;TZID=Europe/Paris:20261215T143000\r\n" in text
    in_utc = render(items_of(found, CalendarChoice(utc=True)), found.id, VERSION).decode()
    assert "TZID" not in in_utc
    assert "DTSTART:20261215T133000Z\r\n" in in_utc


def test_a_zone_without_a_rule_for_the_years_to_come_is_not_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "Nowhere").write_bytes(b"TZif\0\0\0")
    monkeypatch.setattr(zoneinfo, "TZPATH", (tmp_path / "missing", tmp_path))
    assert not is_named_with("Nowhere", NOON)


def test_the_rules_come_from_where_zones_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    before = zones._footer("Europe/Paris")  # noqa: SLF001 - where it is read from
    monkeypatch.setattr(zoneinfo, "TZPATH", ())
    assert zones._footer("Europe/Paris") == before == "CET-1CEST,M3.5.0,M10.5.0/3"  # noqa: SLF001
