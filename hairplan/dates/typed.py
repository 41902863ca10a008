"""Dates as people type them: ISO first, then what is clear without a second reading.

What could be two dates is refused with both named, never guessed.
"""

import re
from datetime import date
from typing import Final

from hairplan.dates.seasons import YearlyPeriod
from hairplan.dates.spans import Period, shift, shift_days
from hairplan.dates.typed_spans import typed_span
from hairplan.dates.weekdays import WEEKDAY_NAMES, WEEKDAYS
from hairplan.dates.written import (
    ORDER_NAMES,
    DateOrder,
    figures_of,
    read_written_date,
)
from hairplan.errors import InputError

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_SERIAL: Final = r"[1-9]\d{4}(\.\d+)?"
"""A day as spreadsheets keep it, counted from 1900 or from 1904."""

_EVERY_YEAR: Final = r"\d{2}-\d{2}"

_LIKE: Final = "such as 2026-12-01, today, tomorrow, +2w or next tuesday"


def iso_date(text: str) -> date:
    """Read a date such as 2026-12-01.

    Raises:
        InputError: it is not written so, or the calendar has no such day.
    """
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise InputError(f"'{text}' is not a date such as 2026-12-01")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"'{text}' is no day of the calendar: {error}") from None


def typed_date(text: str, today: date, order: DateOrder | None = None) -> date:
    """Read a date as a person types it, seen from `today`.

    "next tuesday" is the first Tuesday after today.

    Args:
        text: the date.
        today: the day that relative dates count from.
        order: the order of day, month and year in figures; null if it is not known.

    Raises:
        InputError: it is no date, or could be two.
    """
    words = " ".join(text.lower().split())
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", words):
        return iso_date(words)
    if words in {"today", "tomorrow"}:
        return shift_days(today, int(words == "tomorrow"))
    if words.startswith("+"):
        return _ahead(words[1:], today)
    weekday = words.removeprefix("next ")
    if weekday in (*WEEKDAYS, *map(str.lower, WEEKDAY_NAMES)):
        ahead = (WEEKDAYS.index(weekday[:3]) - today.weekday() - 1) % 7 + 1
        return shift_days(today, ahead)
    return _written_out(text, today, order)


def _ahead(text: str, today: date) -> date:
    by = typed_span(text)
    if by.minutes:
        raise InputError(f"'+{text}': a date lies whole days ahead, such as +3d or +2w")
    return shift(today, by)


def _written_out(text: str, today: date, order: DateOrder | None) -> date:
    readings = read_written_date(text, today, order)
    if len(readings) > 1:
        both = " or ".join(f"{day} ({day.day} {MONTHS[day.month - 1]})" for day in sorted(readings))
        raise InputError(f"'{text}' could be {both}: write the one that is meant")
    if not readings and re.fullmatch(_SERIAL, text.strip()):
        raise InputError(
            f"'{text}' is a number, as spreadsheets keep dates: write the date, such as 2026-12-01"
        )
    if not readings and order and figures_of(text):
        raise InputError(f"'{text}' is not a date in the order {ORDER_NAMES[order]}")
    if not readings:
        raise InputError(f"'{text}' is not a date {_LIKE}")
    return readings.pop()


def typed_period(text: str, today: date, order: DateOrder | None = None) -> Period:
    """Read days such as "2026-12-24..2027-01-02=holiday", or a single day, with or without reason.

    Raises:
        InputError: an end is no date, or the range runs backwards.
    """
    days, _, reason = text.partition("=")
    first_text, dots, last_text = days.partition("..")
    try:
        first = typed_date(first_text, today, order)
        last = typed_date(last_text, today, order) if dots else first
    except InputError as error:
        several = "; several days are written 2026-12-24..2027-01-02"
        hint = several if not dots and not re.match(r"\d{4}-\d{2}-\d{2}$", days) else ""
        raise InputError(*(f"{fault}{hint}" for fault in error.faults)) from None
    if last < first:
        raise InputError(f"'{days}' runs backwards: {first} is after {last}")
    return Period(first, last, reason.strip())


def typed_closure(text: str, today: date, order: DateOrder | None = None) -> Period | YearlyPeriod:
    """Read days as `typed_period` does, or days of every year such as "08-01..08-15=summer".

    Raises:
        InputError: an end is no date or no day of a year, or a range of dates runs backwards.
    """
    days, _, reason = text.partition("=")
    first, dots, last = (part.strip() for part in days.partition(".."))
    if re.fullmatch(_EVERY_YEAR, first):
        return YearlyPeriod(first, last if dots else first, reason.strip())
    return typed_period(text, today, order)
