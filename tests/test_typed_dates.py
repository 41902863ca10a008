from datetime import date

import pytest
from conftest import TODAY, day
from hypothesis import given
from hypothesis import strategies as st

from hairplan.dates.spans import Period
from hairplan.dates.typed import iso_date, typed_date, typed_period
from hairplan.errors import InputError

# 2026-11-01 is a Sunday.


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-01", "2026-12-01"),
        ("today", "2026-11-01"),
        ("Tomorrow", "2026-11-02"),
        ("+2w", "2026-11-15"),
        ("+ 10 days", "2026-11-11"),
        ("+1mo", "2026-12-01"),
        ("next tuesday", "2026-11-03"),
        ("Tue", "2026-11-03"),
        ("next  sunday", "2026-11-08"),
        ("monday", "2026-11-02"),
        ("1 December 2026", "2026-12-01"),
        ("Dec 1, 2026", "2026-12-01"),
        ("13/04/2026", "2026-04-13"),
        ("04/04/2026", "2026-04-04"),
        ("2026/3/4", "2026-03-04"),
    ],
)
def test_what_people_type(text: str, expected: str) -> None:
    assert typed_date(text, TODAY) == day(expected)


LIKE = "is not a date such as 2026-12-01, today, tomorrow, +2w or next tuesday"
NUMBER = "is a number, as spreadsheets keep dates: write the date, such as 2026-12-01"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "03/04/2026",
            "'03/04/2026' could be 2026-03-04 (4 March) or 2026-04-03 (3 April):"
            " write the one that is meant",
        ),
        ("2026-02-30", "'2026-02-30' is no day of the calendar: day is out of range for month"),
        ("2027-02-29", "'2027-02-29' is no day of the calendar: day is out of range for month"),
        ("+45min", "'+45min': a date lies whole days ahead, such as +3d or +2w"),
        ("December 2026", f"'December 2026' {LIKE}"),
        ("soon", f"'soon' {LIKE}"),
        ("", f"'' {LIKE}"),
        ("46000", f"'46000' {NUMBER}"),
        ("46000.5", f"'46000.5' {NUMBER}"),
        ("460000", f"'460000' {LIKE}"),
        ("12:30", f"'12:30' {LIKE}"),
        ("1 December 2026 10:30", f"'1 December 2026 10:30' {LIKE}"),
    ],
)
def test_what_is_no_date_or_could_be_two_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        typed_date(text, TODAY)
    assert error.value.faults == (message,)


def test_an_iso_date_is_written_out() -> None:
    with pytest.raises(InputError) as error:
        iso_date("2026-1-1")
    assert error.value.faults == ("'2026-1-1' is not a date such as 2026-12-01",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-24..2027-01-02", Period(day("2026-12-24"), day("2027-01-02"))),
        ("2026-12-24", Period(day("2026-12-24"), day("2026-12-24"))),
        (
            "2026-12-24..2027-01-02= a = b ",
            Period(day("2026-12-24"), day("2027-01-02"), "a = b"),
        ),
        ("tomorrow..+1w=trip", Period(day("2026-11-02"), day("2026-11-08"), "trip")),
    ],
)
def test_days_with_a_reason(text: str, expected: Period) -> None:
    assert typed_period(text, TODAY) == expected


@pytest.mark.parametrize("text", ["2027-01-10-2027-01-20", "2027-01-10 to 2027-01-20"])
def test_several_days_have_their_own_form(text: str) -> None:
    with pytest.raises(InputError) as error:
        typed_period(text, TODAY)
    (fault,) = error.value.faults
    assert fault.endswith("; several days are written 2026-12-24..2027-01-02")


def test_days_do_not_run_backwards() -> None:
    with pytest.raises(InputError) as error:
        typed_period("2027-01-02..2026-12-24=x", TODAY)
    assert str(error.value) == (
        "'2027-01-02..2026-12-24' runs backwards: 2027-01-02 is after 2026-12-24"
    )


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_our_own_error(text: str) -> None:
    try:
        assert isinstance(typed_date(text, TODAY), date)
    except InputError as error:
        assert error.faults
