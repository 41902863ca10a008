"""Spans as people write them, the same in files, options and lists, and their one canonical form.

"5w", "1 wk", "2h30", "1.5 hours" and "7 months + 4 weeks - 1 day" are all read. Where the length of
an appointment is meant, a lone "m" and a number alone are minutes, and "1:30" is hours and minutes,
as a cell of a spreadsheet has it; elsewhere they are refused.
Days beside hours are counted in hours, and a fraction in the next smaller unit.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from hairplan.dates.spans import SIGNED_PATTERN, ZERO_PATTERN, Span, span
from hairplan.errors import InputError

_TYPED: Final = (
    r"\s*-?\s*[0-9]{1,4}([.,][0-9]{1,2})?\s*[A-Za-z]+\.?"
    r"(\s*[+,&-]?\s*([a-z]+\s+)?[0-9]{1,4}([.,][0-9]{1,2})?\s*[A-Za-z]*\.?)*\s*"
)
TYPED_PATTERN: Final = f"^{_TYPED}$"
"""The look of a span to an editor; the reader says more exactly what is none."""
TYPED_SHORT: Final = rf"^({_TYPED}|\s*[0-9]{{1,4}}\s*|\s*[0-9]{{1,2}}:[0-5][0-9]\s*)$"
"""The look of the length of an appointment to an editor."""
TYPED_SIDE: Final = f"^{_TYPED}( at [0-9]{{1,2}}:[0-9]{{2}})?$"
"""The look of a span or a time of day to an editor."""

_WORDS: Final = {
    "minute": ("min", "mins", "minute", "minutes"),
    "hour": ("h", "hr", "hrs", "hour", "hours"),
    "day": ("d", "day", "days"),
    "week": ("w", "wk", "wks", "week", "weeks"),
    "month": ("mo", "mos", "mth", "mths", "month", "months"),
    "year": ("y", "yr", "yrs", "year", "years"),
}
_UNITS: Final = {word: unit for unit, words in _WORDS.items() for word in words}
_ORDER: Final = ("year", "month", "week", "day", "hour", "minute")
_SMALLER: Final = {
    "year": (12, "month"), "week": (7, "day"), "day": (24, "hour"), "hour": (60, "minute"),
}  # fmt: skip
_MINUTES: Final = {"week": 7 * 24 * 60, "day": 24 * 60, "hour": 60, "minute": 1}
_PART: Final = re.compile(
    r"\s*([+,&-]|and\b|plus\b|minus\b)?\s*(\d{1,4})(?:[.,](\d{1,2}))?\s*([a-z]*)\.?\s*"
)
_CLOCK: Final = r"\s*(\d{1,2}):([0-5]\d)\s*"
_FORM: Final = "a span such as '10 days', '3 weeks' or '2 h'"
_UNCLEAR: Final = "; 'm' could be minutes or months: say 'min' or 'months'"
_PARTS: Final = {
    "month": "; a part of a month is not always the same: say it in days",
    "week": "; that is no whole number of days: say it in days",
}
_LITTLE: Final = "; only some days, up to 6, can be taken away from months and years"

Parts = dict[str, int]
"""Counts by unit."""


class _NoSpanError(Exception):
    """A text is no span; its message is what may help."""


def typed_span(text: str, *, of_appointment: bool = False) -> Span:
    """Read a span as a person types it: "5 weeks", "2w", "45 min", "2h30", "1 month + 3 days".

    Args:
        text: the span.
        of_appointment: it is the length of an appointment, where 45m can only be minutes.

    Raises:
        InputError: the text is not a time from 0 on, or could be two.
    """
    canonical, hint = canonical_span(text, of_appointment=of_appointment)
    if canonical is None or canonical.startswith("-"):
        raise InputError(f"'{text}' is not {_FORM}{hint}")
    return span(canonical)


@lru_cache(maxsize=512)
def canonical_span(text: str, *, of_appointment: bool = False) -> tuple[str | None, str]:
    """Return a span as a protocol file has it in the end, or None and what may help."""
    try:
        canonical = _written(_whole(_added(text, of_appointment=of_appointment)))
    except _NoSpanError as error:
        return None, str(error)
    return canonical, ""


def canonical_side(text: str) -> tuple[str | None, str]:
    """Return how far a restriction or a task reaches in the same way: also "1 day at 21:00"."""
    days, at, time = text.lower().partition(" at ")
    clock = re.fullmatch(r"\s*([01]?\d|2[0-3]):([0-5]\d)\s*", time)
    if not at or not clock:
        return canonical_span(text)
    canonical, hint = canonical_span(days)
    if canonical is None:
        return None, hint
    return f"{canonical} at {int(clock[1]):02}:{clock[2]}", ""


def since_range(text: str) -> tuple[Span | None, Span | None]:
    """Read a range of spans such as "6 months..", "..6 months" or "3 weeks..6 months".

    Raises:
        InputError: it is none of these.
    """
    low, dots, high = text.partition("..")
    if not dots or not (low or high):
        raise InputError(f"'{text}' is not a range of spans such as '6 months..' or '..6 months'")
    return typed_span(low) if low else None, typed_span(high) if high else None


# ---- reading ----


def _added(text: str, *, of_appointment: bool) -> Parts:
    """Return the counts of a text by unit, each with its sign."""
    parts: Parts = {}
    plain = text.lower().replace("\u2212", "-")
    if of_appointment and (clock := re.fullmatch(_CLOCK, plain)):
        plain = f"{clock[1]}h{clock[2]}"
    for unit, count in _parts(plain, of_appointment=of_appointment):
        if unit in parts:
            raise _NoSpanError
        parts[unit] = count
    return parts


def _parts(text: str, *, of_appointment: bool) -> Iterator[tuple[str, int]]:
    at, sign, before = 0, 1, ""
    while at < len(text) or not at:
        part = _PART.match(text, at)
        if not part or (part[1] and not at and part[1] != "-"):
            raise _NoSpanError
        at, joint = part.end(), part[1]
        sign = -1 if joint in {"-", "minus"} else 1 if joint in {"+", "plus"} else sign
        unit = _unit(part[4], before, of_appointment=of_appointment, at_end=at == len(text))
        yield unit, sign * int(part[2])
        if part[3]:
            yield _fraction(unit, part[3], sign)
        before = unit


def _unit(word: str, before: str, *, of_appointment: bool, at_end: bool) -> str:
    """Return the unit of a part, by its word and the unit of the part before."""
    if before == "hour" and (word == "m" or (not word and at_end)):
        return "minute"
    if of_appointment and not word and not before and at_end:
        return "minute"
    if word == "m":
        if of_appointment:
            return "minute"
        raise _NoSpanError(_UNCLEAR)
    if word not in _UNITS:
        raise _NoSpanError
    return _UNITS[word]


def _fraction(unit: str, digits: str, sign: int) -> tuple[str, int]:
    """Return the part after a decimal point in the next smaller unit, if it is whole there."""
    many, smaller = _SMALLER.get(unit, (0, ""))
    count, rest = divmod(many * int(digits), 10 ** len(digits))
    if rest or not smaller:
        raise _NoSpanError(_PARTS.get(unit, ""))
    return smaller, sign * count


# ---- the canonical form ----


def _whole(parts: Parts) -> Parts:
    """Return parts that go together: days beside hours in hours, and nothing of 0."""
    given = {unit: count for unit, count in parts.items() if count} or parts
    if {"hour", "minute"} & set(given) and len(given) > 1:
        return _in_hours(given)
    signs = {count > 0 for count in given.values()}
    if len(signs) > 1 and not {"month", "year"} & set(given) and not _keeps_sign(given):
        return {"day": sum(count * _MINUTES[unit] for unit, count in given.items()) // (24 * 60)}
    return given


def _in_hours(parts: Parts) -> Parts:
    if {"month", "year"} & set(parts):
        raise _NoSpanError("; hours and minutes do not go with months")
    minutes = sum(count * _MINUTES[unit] for unit, count in parts.items())
    hours, rest = divmod(minutes, 60)
    return {unit: count for unit, count in (("hour", hours), ("minute", rest)) if count}


def _keeps_sign(parts: Parts) -> bool:
    """Return whether what is taken away is less than a week, of weeks."""
    return "week" in parts and abs(parts.get("day", 0)) < _MINUTES["week"] // _MINUTES["day"]


def _written(parts: Parts) -> str:
    text = ""
    for unit in sorted(parts, key=_ORDER.index):
        count = parts[unit]
        word = f"{abs(count)} {unit}" + ("" if abs(count) == 1 else "s")
        sign = "" if unit == "minute" else "- " if count < 0 else "+ "
        text += f" {sign}{word}" if text else f"{'-' if count < 0 else ''}{word}"
    if not re.match(ZERO_PATTERN, text) and not re.match(SIGNED_PATTERN, text):
        raise _NoSpanError(_LITTLE if {"month", "year"} & set(parts) and len(parts) > 1 else "")
    return text
