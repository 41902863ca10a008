import re
from datetime import date, datetime

import pytest
from conftest import day
from hypothesis import given
from hypothesis import strategies as st

from hairplan.dates.spans import (
    SPAN_PATTERN,
    Period,
    always_near,
    never_longer,
    position,
    pure_date,
    shift,
    shift_days,
    span,
)
from hairplan.dates.typed_spans import canonical_side, canonical_span, typed_span
from hairplan.errors import InputError, OutOfRangeError


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("2 days", "1 week", "1 week + 2 days"),
        ("1 month + 4 days", "1 month", "2 months + 4 days"),
        ("45 minutes", "1 hour 30 minutes", "1 hour 75 minutes"),
    ],
)
def test_spans_add_up_unit_by_unit(one: str, other: str, expected: str) -> None:
    assert str(span(one).plus(span(other))) == expected
    assert span(other).plus(span(one)) == span(one).plus(span(other))


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
        # of several parts, years and months first
        ("2026-01-31", "1 month + 1 day", 1, "2026-03-01"),
        ("2026-01-31", "1 month - 1 day", 1, "2026-02-27"),
        ("2026-01-15", "7 months + 4 weeks - 1 day", 1, "2026-09-11"),
        ("2026-01-15", "-1 month - 2 days", 1, "2025-12-13"),
        ("2026-01-15", "1 month + 1 week", 2, "2026-03-29"),
        ("2026-01-15", "2 hours 30 minutes", 1, "2026-01-16"),
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
        ("02 weeks", "2 weeks"),
        ("0 days", "0 days"),
        ("1 wk", "1 week"),
        ("2 hrs", "2 hours"),
        ("5 weeks.", "5 weeks"),
        # of several parts, the longest first, however they are joined
        ("2h30", "2 hours 30 minutes"),
        ("1 h 30", "1 hour 30 minutes"),
        ("1h30m", "1 hour 30 minutes"),
        ("2 hours 30 minutes", "2 hours 30 minutes"),
        ("2 hours, 30 minutes", "2 hours 30 minutes"),
        ("1 hour and 30 min", "1 hour 30 minutes"),
        ("1 hour 90 minutes", "2 hours 30 minutes"),
        ("1 year 6 months", "1 year + 6 months"),
        ("4 weeks + 7 months", "7 months + 4 weeks"),
        ("7 months + 4 weeks - 1 day", "7 months + 4 weeks - 1 day"),
        ("7 months plus 4 weeks minus 1 day", "7 months + 4 weeks - 1 day"),
        ("8 weeks - 4 days", "8 weeks - 4 days"),
        ("1 month + 0 days", "1 month"),
        # what a smaller unit says more plainly
        ("1.5 hours", "1 hour 30 minutes"),
        ("0,5 h", "30 minutes"),
        ("1.5 years", "1 year + 6 months"),
        ("1.0 weeks", "1 week"),
        ("1 day 12 hours", "36 hours"),
        ("2 hours - 30 minutes", "1 hour 30 minutes"),
        ("8 weeks - 10 days", "46 days"),
        ("1 week - 7 days", "0 days"),
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
        ("", ""),
        ("+3 days", ""),
        ("-2 weeks", ""),
        ("3 days - 4 days", ""),
        ("1 hour - 2 hours", ""),
        ("1 week 1 week", ""),
        ("2 weeks 3", ""),
        ("2h m", ""),
        ("9999 weeks 1 hour", ""),
        ("1.5 minutes", ""),
        ("1.5 months", "; a part of a month is not always the same: say it in days"),
        ("2.5 weeks", "; that is no whole number of days: say it in days"),
        ("1 month 2 hours", "; hours and minutes do not go with months"),
        (
            "3 months - 2 weeks",
            "; only some days, up to 6, can be taken away from months and years",
        ),
    ],
)
def test_what_is_no_span_is_refused(text: str, hint: str) -> None:
    with pytest.raises(InputError) as error:
        typed_span(text)
    expected = f"'{text}' is not a span such as '10 days', '3 weeks' or '2 h'{hint}"
    assert error.value.faults == (expected,)


def test_a_lone_m_is_minutes_where_an_appointment_is_meant() -> None:
    assert str(typed_span("45m", of_appointment=True)) == "45 minutes"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-1 month - 2d", "-1 month - 2 days"),
        ("\u22122 weeks", "-2 weeks"),
        ("1 week - 8 days", "-1 day"),
        ("-2 months + 4 days", "-2 months + 4 days"),
    ],
)
def test_a_file_may_say_a_time_before(text: str, expected: str) -> None:
    assert canonical_span(text) == (expected, "")
    assert str(span(expected)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1d at 9:00", ("1 day at 09:00", "")),
        ("0 days at 21:30", ("0 days at 21:30", "")),
        ("2w", ("2 weeks", "")),
        ("2 fortnights at 9:00", (None, "")),
        ("2 weeks at nine", (None, "")),
    ],
)
def test_a_side_may_be_a_time_of_day(text: str, expected: tuple[str | None, str]) -> None:
    assert canonical_side(text) == expected


@given(
    st.lists(
        st.tuples(st.integers(1, 9999), st.sampled_from(("month", "week", "day"))),
        min_size=1,
        unique_by=lambda part: part[1],
    ),
    st.integers(0, 6),
)
def test_a_canonical_span_is_written_as_it_is_read(parts: list[tuple[int, str]], less: int) -> None:
    text = " + ".join(f"{count} {unit}" for count, unit in parts)
    if less and all(unit != "day" for _, unit in parts):
        text += f" - {less} days"
    canonical = str(typed_span(text))
    assert str(span(canonical)) == canonical == str(typed_span(canonical))
    assert re.match(SPAN_PATTERN, canonical)


@pytest.mark.parametrize(
    ("text", "first_day", "expected"),
    [
        ("5 weeks", 1, "4 weeks"),
        ("1 day", 1, "0 days"),
        ("1 week + 1 day", 1, "1 week"),
        ("7 months + 4 weeks", 1, "7 months + 3 weeks"),
        ("7 months + 4 weeks", 0, "7 months + 4 weeks"),
        ("-2 weeks", 1, "-2 weeks"),
    ],
)
def test_a_source_may_count_from_day_1(text: str, first_day: int, expected: str) -> None:
    assert str(position(text, first_day)) == expected


@pytest.mark.parametrize(
    ("start", "text", "times", "message"),
    [
        ("9999-12-01", "1 month", 1, "1 month after 9999-12-01"),
        ("9999-12-31", "1 day", 1, "1 day after 9999-12-31"),
        ("0001-01-01", "1 day", -1, "1 day before 0001-01-01"),
        ("9999-12-01", "1 month + 2 days", 2, "2 months + 4 days after 9999-12-01"),
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
        ("1 month", "1 month + 1 day", True),
        ("1 month - 1 day", "30 days", True),
        ("8 weeks - 4 days", "52 days", True),
        ("8 weeks", "8 weeks - 4 days", False),
        ("1 hour 30 minutes", "89 minutes", False),
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
