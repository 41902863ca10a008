"""The days that a list is asked for: one, several, this week, or so many from one on."""

import datetime as dt
from collections.abc import Callable
from typing import TypeVar

from hairplan.dates.spans import Period, shift, shift_days
from hairplan.dates.typed import typed_date, typed_period
from hairplan.dates.typed_spans import typed_span
from hairplan.dates.written import DateOrder
from hairplan.errors import InputError

T = TypeVar("T")

_WEEKS = {"this week": 0, "next week": 7}
_AHEAD = 6


def asked_days(
    on: str | None, within: str | None, today: dt.date, order: DateOrder | None = None
) -> Period:
    """Return the days asked for; without any, today and the 6 days after it.

    Args:
        on: a day, days such as "2026-12-14..2026-12-20", or "this week", what is left of it.
        within: how many from the first on, such as "7d".
        today: what they are seen from.
        order: the order of day, month and year in figures; null if it is not known.

    Raises:
        InputError: they are no days, or are given twice.
    """
    days = _read("--on", on, lambda text: _days(text, today, order)) if on else today
    if within is None:
        return days if isinstance(days, Period) else Period(days, shift_days(days, _AHEAD))
    if isinstance(days, Period):
        raise InputError(f"--within: --on {on} has a last day already: leave one of them out")
    first = days
    return _read("--within", within, lambda text: Period(first, _last(text, first)))


def _days(text: str, today: dt.date, order: DateOrder | None) -> dt.date | Period:
    words = " ".join(text.lower().split())
    if words in _WEEKS:
        monday = shift_days(today, _WEEKS[words] - today.weekday())
        # What is due stands as of today, for the days that are left.
        return Period(max(monday, today), shift_days(monday, _AHEAD))
    if ".." in text:
        return typed_period(text, today, order)
    return typed_date(text, today, order)


def _last(text: str, first: dt.date) -> dt.date:
    by = typed_span(text)
    last = shift_days(shift(first, by), -1)
    if by.minutes or last < first:
        raise InputError(f"'{text}' is not so many days or weeks, such as 7d or 2w")
    return last


def _read(name: str, text: str, read: Callable[[str], T]) -> T:
    try:
        return read(text)
    except InputError as error:
        raise InputError(*(f"{name}: {fault}" for fault in error.faults)) from None
