from datetime import datetime, time

import pytest
from conftest import day

from hairplan.dates.clock import is_skipped, minutes_from, time_of_day, zone
from hairplan.errors import InputError, OutOfRangeError

PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("14:30", time(14, 30)), ("9:05", time(9, 5)), (" 00:00 ", time(0, 0)),
        ("14:30:00", time(14, 30)), ("14h30", time(14, 30)), ("14 H 30", time(14, 30)),
        ("9h", time(9)), ("0h", time(0)), ("14.30", time(14, 30)), ("1430", time(14, 30)),
        ("930", time(9, 30)), ("2:30 pm", time(14, 30)), ("2.30 P.M.", time(14, 30)),
        ("2pm", time(14)), ("12 am", time(0)), ("12:15 pm", time(12, 15)),
        ("14 Uhr", time(14)), ("14 Uhr 30", time(14, 30)), ("14:30 Uhr", time(14, 30)),
    ],
)  # fmt: skip
def test_a_time_of_day(text: str, expected: time) -> None:
    assert time_of_day(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "24:00", "14:60", "14h3", "14h60", "13 pm", "0 am", "14:", "14.", "1:5", "14", "9",
        "14:30:15", "24h", "12345", "h30", "14:30 h", "",
    ],
)  # fmt: skip
def test_what_is_no_time_of_day(text: str) -> None:
    with pytest.raises(InputError) as error:
        time_of_day(text)
    assert str(error.value) == f"'{text}' is not a time of day such as '14:30'"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Europe/Pari", " (did you mean 'Europe/Paris'?)"),
        ("../../etc/passwd", ""),
        ("", ""),
        ("Europe", ""),
    ],
)
def test_a_zone_that_does_not_exist(name: str, hint: str) -> None:
    with pytest.raises(InputError) as error:
        zone(name)
    assert str(error.value).startswith(f"'{name}' is not a time zone such as 'Europe/Paris'{hint}")


@pytest.mark.parametrize(
    ("on", "at", "expected"),
    [
        ("2027-03-28", time(2, 30), True),
        ("2027-03-28", time(1, 59), False),
        ("2027-03-28", time(3, 0), False),
        ("2027-10-31", time(2, 30), False),
        ("2026-12-01", time(14, 30), False),
    ],
)
def test_summer_time_skips_an_hour(on: str, at: time, *, expected: bool) -> None:
    assert is_skipped(day(on), at, PARIS) is expected


@pytest.mark.parametrize(
    ("on", "zone_name", "hours", "expected"),
    [
        ("2026-12-01", PARIS, 24, "2026-12-02T14:30"),
        # The night of 27 to 28 March 2027 has 23 hours, that of 30 to 31 October has 25.
        ("2027-03-27", PARIS, 24, "2027-03-28T15:30"),
        ("2027-10-30", PARIS, 24, "2027-10-31T13:30"),
        ("2027-03-28", PARIS, -24, "2027-03-27T13:30"),
        ("2027-03-27", None, 24, "2027-03-28T14:30"),
    ],
)
def test_hours_are_counted_on_the_worlds_clock(
    on: str, zone_name: str | None, hours: int, expected: str
) -> None:
    found = minutes_from(day(on), time(14, 30), hours * 60, zone_name)
    assert found == datetime.fromisoformat(expected)


@pytest.mark.parametrize("zone_name", [None, PARIS])
def test_the_clock_ends_with_the_calendar(zone_name: str | None) -> None:
    with pytest.raises(OutOfRangeError) as error:
        minutes_from(day("9999-12-31"), time(14, 30), 24 * 60, zone_name)
    assert str(error.value) == (
        "1440 minutes from 9999-12-31 14:30 lie outside the calendar, the years 1 to 9999"
    )
