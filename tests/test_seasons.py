"""Parts of the year: across new year, on leap days, and the n-th after a day."""

import pytest
from conftest import day
from hypothesis import given
from hypothesis import strategies as st

from hairplan.dates.seasons import nth_season, season
from hairplan.errors import OutOfRangeError

DAYS = st.dates(min_value=day("1900-01-01"), max_value=day("2100-12-31"))


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("09-01..10-31", ["2027-09-01", "2027-10-31"], ["2027-08-31", "2027-11-01"]),
        ("12-01..02-29", ["2027-12-01", "2027-02-28", "2028-02-29"], ["2027-11-30", "2027-03-01"]),
        ("02-29..03-15", ["2027-02-28", "2028-02-29"], ["2027-02-27", "2028-02-28", "2028-03-16"]),
        ("01-01..01-01", ["2027-01-01"], ["2027-01-02", "2026-12-31"]),
    ],
)
def test_a_season_has_both_its_ends(text: str, inside: list[str], outside: list[str]) -> None:
    found = season(text)
    assert str(found) == text
    assert all(day(each) in found for each in inside)
    assert not any(day(each) in found for each in outside)


@pytest.mark.parametrize(
    ("after", "number", "expected"),
    [
        ("2027-04-12", 1, ("2027-09-01", "2027-10-31")),
        ("2027-04-12", 2, ("2027-12-01", "2028-02-29")),
        ("2027-09-01", 1, ("2027-12-01", "2028-02-29")),
        ("2027-09-01", 3, ("2028-12-01", "2029-02-28")),
    ],
)
def test_seasons_follow_one_another(after: str, number: int, expected: tuple[str, str]) -> None:
    seasons = [season("12-01..02-29"), season("09-01..10-31")]
    found = nth_season(seasons, day(after), number)
    assert (str(found[0]), str(found[1])) == expected


def test_the_calendar_ends() -> None:
    with pytest.raises(OutOfRangeError) as error:
        nth_season([season("09-01..10-31")], day("9999-09-02"), 1)
    assert error.value.faults == (
        "season 1 after 9999-09-02 lies outside the calendar, the years 1 to 9999",
    )


@given(DAYS, st.integers(1, 12))
def test_a_season_begins_after_the_day_and_its_days_are_in_it(after: object, number: int) -> None:
    where = season("11-15..03-15")
    first, last = nth_season([where], after, number)  # type: ignore[arg-type]
    assert first > after  # type: ignore[operator]
    assert first in where
    assert last in where
