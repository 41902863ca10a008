from datetime import date, datetime

import pytest
from conftest import day
from hypothesis import given
from hypothesis import strategies as st

from hairplan.dates.spans import (
    Period,
    always_near,
    never_longer,
    pure_date,
    shift,
    shift_days,
    span,
    typed_span,
)
from hairplan.errors import InputError, OutOfRangeError


@pytest.mark.parametrize(
    ("start", "text", "times", "expected"),
    [
        ("2026-12-01", "10 days", 1, "2026-12-11"),
        ("2026-12-01", "3 weeks", 1, "2026-12-22"),
        ("2026-12-01", "24 hours", 1, "2026-12-02"),
        ("2026-12-01", "25 hours", 1, "2026-12-03"),
        ("2026-12-01", "30 minutes", 1, "2026-12-02"),
        ("2026-12-01", "7 days", -1, "2026-11-24"),
        # months clamp to the month's last day ...
        ("2027-01-31", "1 month", 1, "2027-02-28"),
        ("2028-01-31", "1 month", 1, "2028-02-29"),
        ("2026-08-31", "6 months", 1, "2027-02-28"),
        ("2027-08-31", "6 months", 1, "2028-02-29"),
        ("2026-05-31", "1 month", 1, "2026-06-30"),
        ("2026-12-31", "2 months", 1, "2027-02-28"),
        ("2027-03-31", "1 month", -1, "2027-02-28"),
        ("2026-12-29", "24 months", 1, "2028-12-29"),
        ("2026-12-29", "30 months", 1, "2029-06-29"),
        ("2026-12-29", "36 months", 1, "2029-12-29"),
        # ... in one step from the anchor, so that nothing drifts
        ("2027-01-31", "1 month", 2, "2027-03-31"),
        ("2027-01-31", "1 month", 13, "2028-02-29"),
        ("2028-02-29", "1 year", 1, "2029-02-28"),
        ("2028-02-29", "4 years", 1, "2032-02-29"),
        ("2028-02-29", "2 years", 2, "2032-02-29"),
        ("2028-02-29", "12 months", -1, "2027-02-28"),
    ],
)
def test_a_span_moves_a_date(start: str, text: str, times: int, expected: str) -> None:
    assert shift(day(start), span(text), times) == day(expected)


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(1, 600))
def test_months_never_spill_into_the_next_month(start: date, months: int) -> None:
    moved = shift(start, span("1 month"), months)
    assert (moved.year * 12 + moved.month) - (start.year * 12 + start.month) == months
    assert moved.day == start.day or (moved.day < start.day and shift_days(moved, 1).day == 1)


@pytest.mark.parametrize("text", ["5weeks", "5  weeks", "-1 hour", "1.5 days", "a week", "", "5 w"])
def test_a_span_of_a_file_is_a_count_and_a_unit(text: str) -> None:
    with pytest.raises(InputError) as error:
        span(text)
    assert error.value.faults == (f"'{text}' is not a span such as '5 weeks'",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10 days", "10 days"),
        ("1 day", "1 day"),
        ("2w", "2 weeks"),
        ("10d", "10 days"),
        ("45 min", "45 minutes"),
        ("45mins", "45 minutes"),
        ("2H", "2 hours"),
        ("3mo", "3 months"),
        ("5 YEARS", "5 years"),
        ("1y", "1 year"),
    ],
)
def test_a_person_may_type_a_span_shorter(text: str, expected: str) -> None:
    assert str(typed_span(text)) == expected


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("2m", "; 'm' could be minutes or months: say 'min' or 'months'"),
        ("2", ""),
        ("days", ""),
        ("2 fortnights", ""),
        ("99999 days", ""),
    ],
)
def test_what_is_no_span_is_refused(text: str, hint: str) -> None:
    with pytest.raises(InputError) as error:
        typed_span(text)
    expected = f"'{text}' is not a span such as '10 days', '3 weeks' or '2 h'{hint}"
    assert error.value.faults == (expected,)


@pytest.mark.parametrize(
    ("start", "text", "times", "message"),
    [
        ("9999-12-01", "1 month", 1, "1 month after 9999-12-01"),
        ("9999-12-31", "1 day", 1, "1 day after 9999-12-31"),
        ("0001-01-01", "1 day", -1, "1 day before 0001-01-01"),
    ],
)
def test_the_calendar_has_ends(start: str, text: str, times: int, message: str) -> None:
    with pytest.raises(OutOfRangeError) as error:
        shift(day(start), span(text), times)
    assert str(error.value) == f"{message} lies outside the calendar, the years 1 to 9999"
    with pytest.raises(OutOfRangeError):
        shift_days(date.max, 1)


@pytest.mark.parametrize(
    ("shorter", "longer", "expected"),
    [
        ("10 days", "3 weeks", True),
        ("3 weeks", "10 days", False),
        ("3 weeks", "21 days", True),
        ("24 hours", "1 day", True),
        ("2 days", "47 hours", False),
        ("28 days", "1 month", True),
        ("29 days", "1 month", False),
        ("1 month", "31 days", True),
        ("1 month", "30 days", False),
        ("12 months", "1 year", True),
        ("1 year", "12 months", True),
        ("13 months", "1 year", False),
        ("1 year", "366 days", True),
        ("365 days", "1 year", True),
        ("366 days", "1 year", False),
        ("30 minutes", "1 hour", True),
    ],
)
def test_which_of_two_spans_is_never_longer(shorter: str, longer: str, *, expected: bool) -> None:
    assert never_longer(span(shorter), span(longer)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 month", True),
        ("4 weeks", True),
        ("24 days", True),
        ("38 days", False),
        ("3 weeks", False),
    ],
)
def test_a_span_near_a_month(text: str, *, expected: bool) -> None:
    assert always_near(span(text), span("1 month"), span("1 week")) is expected


@pytest.mark.parametrize("value", [datetime(2026, 12, 1), "2026-12-01", None, 3])  # noqa: DTZ001
def test_only_a_calendar_date_comes_through_the_door(value: object) -> None:
    with pytest.raises(InputError) as error:
        pure_date(value, "start")
    assert str(error.value) == f"start: {value!r} is not a calendar date (datetime.date)"


def test_a_period_holds_both_its_ends() -> None:
    period = Period(day("2026-12-24"), day("2026-12-26"))
    inside = [each for each in range(20, 32) if date(2026, 12, each) in period]
    assert inside == [24, 25, 26]
