"""Words in the reader's language: how dates, spans, counts and lists are said. English so far.

Dates are ISO with their weekday before them, so that nobody can read another day in them.
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@lru_cache(maxsize=16384)
def format_date(day: date) -> str:
    """Say a day, such as "Tue 2026-12-01"."""
    return f"{_WEEKDAYS[day.weekday()]} {day.isoformat()}"


def format_range(first: date, last: date) -> str:
    """Say days from first to last, such as "2026-12-11..2026-12-22", or the one day."""
    begin = first.isoformat()
    return f"{begin}..{last.isoformat()}" if first != last else begin


_OUTCOMES = {
    "not-effective": "not effective",
    "document": "document needed",
    "assessment": "assessment needed",
    "tell-doctor": "tell the doctor",
    "prevention": "prevention proposed",
    "outside-indication": "outside the indication",
}


def describe_outcome(outcome: str) -> str:
    """Say what a screening rule means, such as "tell the doctor"."""
    return _OUTCOMES.get(outcome, outcome)


def plural(count: int, noun: str) -> str:
    """Say a count of things, such as "1 session" or "3 sessions"."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def join_words(words: Sequence[str], joint: str = "and") -> str:
    """Join words as in a sentence: "a, b and c"."""
    if len(words) < 2:  # noqa: PLR2004 - two words are what makes a list
        return "".join(words)
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"


def only_if(answers: str | None) -> str:
    """Say on which answers something hangs, as a clause; nothing if there is no condition."""
    return f", only if {answers}" if answers else ""


def format_minutes(minutes: int) -> str:
    """Say a length, such as "2 h", "45 min" or "1 h 30 min"."""
    hours, rest = divmod(minutes, 60)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part
    )


@lru_cache(maxsize=512)
def iso_duration(minutes: int) -> str:
    """Write a length as ISO 8601 does, such as "PT2H" or "PT1H30M"."""
    hours, rest = divmod(minutes, 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{rest}M" if rest or not hours else "")


def format_duration(iso: str) -> str:
    """Say a length that ISO 8601 writes as "PT1H30M", such as "1 h 30 min"."""
    hours, _, minutes = iso.removeprefix("PT").rpartition("H")
    return format_minutes(int(hours or 0) * 60 + int(minutes.removesuffix("M") or 0))


def cite(sources: Sequence[str]) -> str:
    """Say which facts something rests on, such as " (SMP-1, SMP-2)"; nothing for none."""
    return f" ({', '.join(sources)})" if sources else ""


def harmless(text: str) -> str:
    """Replace control characters, so that text from outside cannot steer a terminal."""
    return "".join(
        char if char.isprintable() or char in "\u200c\u200d" else "\ufffd" for char in text
    )
