from datetime import date

import pytest
from conftest import TODAY, day
from hypothesis import given
from hypothesis import strategies as st

from hairplan.clinic.readers import OptionReader
from hairplan.dates.spans import Period
from hairplan.dates.typed import iso_date, typed_date, typed_period
from hairplan.dates.written import DateOrder, read_written_date
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
        ("20261201", "2026-12-01"),
        ("2026-12-01T00:00:00", "2026-12-01"),
        ("2026-12-01 00:00", "2026-12-01"),
        ("13.4.26", "2026-04-13"),
        ("13.4.90", "1990-04-13"),
        ("13/04/26", "2026-04-13"),
        ("Dec 1st, 2026", "2026-12-01"),
        ("2026 Dec 1", "2026-12-01"),
        ("1 dec 26", "2026-12-01"),
        ("mardi 1er décembre 2026", "2026-12-01"),
        ("mar. 1 déc. 2026", "2026-12-01"),
        ("3 mars 2027", "2027-03-03"),
        ("1 août 2027", "2027-08-01"),
        ("Di., 1. Dezember 2026", "2026-12-01"),
        ("3. März 2027", "2027-03-03"),
        ("1. Mrz 2027", "2027-03-01"),
        ("1 de diciembre de 2026", "2026-12-01"),
        ("1° gennaio 2027", "2027-01-01"),
        ("8 lug 2027", "2027-07-08"),
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
            "26-12-05",
            "'26-12-05' could be 2005-12-26 (26 December) or 2026-12-05 (5 December):"
            " write the one that is meant",
        ),
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
        ("1 jui 2026", f"'1 jui 2026' {LIKE}"),
        ("1 March may 2026", f"'1 March may 2026' {LIKE}"),
        ("2026 March 2027", f"'2026 March 2027' {LIKE}"),
        ("1 March 199", f"'1 March 199' {LIKE}"),
        ("31 February 2027", f"'31 February 2027' {LIKE}"),
        ("1/1/199", f"'1/1/199' {LIKE}"),
        ("2026/1/2026", f"'2026/1/2026' {LIKE}"),
        ("1/2.2026", f"'1/2.2026' {LIKE}"),
    ],
)
def test_what_is_no_date_or_could_be_two_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        typed_date(text, TODAY)
    assert error.value.faults == (message,)


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("03/04/2026", "dmy", "2026-04-03"),
        ("03/04/2026", "mdy", "2026-03-04"),
        ("03-04-26", "ymd", "2003-04-26"),
        ("2026-04-03", "dmy", "2026-04-03"),
        ("2026/4/3", "mdy", "2026-04-03"),
        ("3 April 2026", "mdy", "2026-04-03"),
    ],
)
def test_an_order_decides_what_could_be_two(text: str, order: DateOrder, expected: str) -> None:
    assert typed_date(text, TODAY, order) == day(expected)


@pytest.mark.parametrize(
    ("text", "order", "name"),
    [
        ("13/04/2026", "mdy", "month/day/year"),
        ("04/13/2026", "dmy", "day/month/year"),
        ("03/04/2026", "ymd", "year/month/day"),
    ],
)
def test_what_is_in_another_order_is_refused(text: str, order: DateOrder, name: str) -> None:
    with pytest.raises(InputError) as error:
        typed_date(text, TODAY, order)
    assert error.value.faults == (f"'{text}' is not a date in the order {name}",)


@given(st.dates(date(1950, 1, 1), date(2036, 12, 31)), st.sampled_from(["dmy", "mdy", "ymd"]))
def test_a_date_in_figures_is_read_as_it_was_written(when: date, order: DateOrder) -> None:
    parts = {"d": f"{when.day:02}", "m": str(when.month), "y": f"{when.year:04}"}
    for year in (parts["y"], parts["y"][2:]):
        text = "-".join({**parts, "y": year}[part] for part in order)
        assert read_written_date(text, TODAY, order) == {when}
        assert when in read_written_date(text, TODAY)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1899-12-31", "1899-12-31 is before 1900: which year is meant?"),
        ("1900-01-01", None),
        ("2036-11-01", None),
        (
            "2036-11-02",
            "2036-11-02 is over 10 years from today, 2026-11-01: which year is meant?",
        ),
    ],
)
def test_a_year_far_off_is_asked_about(text: str, fault: str | None) -> None:
    reader = OptionReader(TODAY)
    assert (reader.one("start", text, reader.patient_day) is None) == bool(fault)
    assert reader.faults == ([f"start: {fault}"] if fault else [])


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
