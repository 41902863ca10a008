"""Dates, lengths, counts and lists as the reader's language says them. English so far.

Conventions:

* Dates are ISO with their weekday before them, so that nobody can read another day in them. The
  ends of a range are ISO alone.
* `at_time`, `by_date`, `only_if` and `cite` end a sentence: they bring the space or the comma that
  they begin with, and are empty where there is nothing to say.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import Final
from unicodedata import category

from hairplan.dates.weekdays import WEEKDAY_NAMES

NO_PLAN_FILES: Final = "no plan files (*.plan.json) there"
"""Said of a folder in which there are none: most often it is the wrong one."""
_NO_LIMIT = "no limit given"

# ---- dates and times ----


@lru_cache(maxsize=16384)
def format_date(day: date) -> str:
    """Say a day, such as "Tue 2026-12-01"."""
    return f"{WEEKDAY_NAMES[day.weekday()][:3]} {day.isoformat()}"


GOES_ON: Final = "no end yet"
"""Said of a restriction that lasts until something that has no day yet."""


def format_moment(day: date, at: time | datetime | None) -> str:
    """Say a day, with its time where one is known, such as "Tue 2026-12-01 14:30"."""
    return f"{format_date(day)} {at:%H:%M}" if at else format_date(day)


def at_time(at: time | datetime | None) -> str:
    """Say at what time of day, such as " at 14:30"."""
    return f" at {at:%H:%M}" if at else ""


def by_date(day: date | None) -> str:
    """Say by which day, such as ", by Tue 2026-12-01"."""
    return f", by {format_date(day)}" if day else ""


def format_range(
    first: date | int | str, last: date | int | str, begin_at: datetime | None = None
) -> str:
    """Say days or numbers from first to last, such as "2026-12-11..2026-12-22", or the one.

    Where the first day begins with a moment of its own: "2026-12-11 21:00..2026-12-22".
    """
    if begin_at:
        return f"{first} {begin_at:%H:%M}..{last}"
    return f"{first}..{last}" if first != last else f"{first}"


def describe_window(
    first: date | str | None,
    last: date | str | None,
    *,
    since: str = "{}..",
    until: str = "..{}",
    unlimited: str = _NO_LIMIT,
) -> str:
    """Say the days that keep to the protocol, such as "2026-12-11..2026-12-22".

    `since` says a window without a last day, `until` one without a first, `unlimited` one without
    either.
    """
    if first and last:
        return format_range(first, last)
    if first:
        return since.format(first)
    return until.format(last) if last else unlimited


def describe_limits(low: object, high: object) -> str:
    """Say the limits of a length, such as "5 days..no limit given"."""
    return f"{low or _NO_LIMIT}..{high or _NO_LIMIT}"


def describe_rhythm(rhythm: str, first: date, last: date | None) -> str:
    """Say from when to when something is done, such as "daily from Tue ... to Sun ..."."""
    until = f"to {format_date(last)}" if last else "on, without an end"
    return f"{rhythm} from {format_date(first)} {until}"


def describe_days_away(days: int) -> str:
    """Say how far off a day is, such as "today", "in 3 days" or "5 days ago"."""
    if not days:
        return "today"
    return f"in {format_count(days, 'day')}" if days > 0 else f"{format_count(-days, 'day')} ago"


def format_shift(days: int) -> str:
    """Say by how many days something moved, such as "+11 days" or "-1 day"."""
    return f"{'-' if days < 0 else '+'}{format_count(abs(days), 'day')}"


# ---- lengths ----


def format_minutes(minutes: int) -> str:
    """Say a length, such as "2 h", "45 min" or "1 h 30 min"."""
    hours, rest = divmod(minutes, 60)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part
    )


@lru_cache(maxsize=512)
def format_iso_duration(minutes: int) -> str:
    """Write a length as ISO 8601 does, such as "PT2H" or "PT1H30M"."""
    hours, rest = divmod(minutes, 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{rest}M" if rest or not hours else "")


def format_duration(iso: str) -> str:
    """Say a length that ISO 8601 writes as "PT1H30M", such as "1 h 30 min"."""
    return format_minutes(duration_minutes(iso))


@lru_cache(maxsize=256)
def duration_minutes(iso: str) -> int:
    """Return the minutes of a length that ISO 8601 writes as "PT1H30M"."""
    hours, _, minutes = iso.removeprefix("PT").rpartition("H")
    return int(hours or 0) * 60 + int(minutes.removesuffix("M") or 0)


# ---- counts and lists ----


def format_count(count: int, noun: str) -> str:
    """Say a count of things, such as "1 session" or "3 sessions"."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def join_words(words: Sequence[str], joint: str = "and") -> str:
    """Join words as in a sentence: "a, b and c"."""
    if len(words) < 2:  # noqa: PLR2004 - two words are what makes a list
        return "".join(words)
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"


# ---- rules and sources ----

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


def only_if(answers: str | None) -> str:
    """Say on which answers something hangs, such as ", only if minoxidil=yes"."""
    return f", only if {answers}" if answers else ""


def cite(sources: Sequence[str]) -> str:
    """Say which facts something rests on, such as " (SMP-1, SMP-2)"."""
    return f" ({', '.join(sources)})" if sources else ""


def describe_difference(topic: str, says: Mapping[str, str], holds: str) -> str:
    """Say on what sources differ, such as "interval: A: 2 weeks; B: 4 weeks. Here: 2 weeks"."""
    sides = "; ".join(f"{source}: {text}" for source, text in says.items())
    return f"{topic}: {sides}. Here: {holds}"


def is_text(text: str) -> bool:
    """Return whether a text can be written as UTF-8: bytes of another encoding cannot."""
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)


def replace_controls(text: str) -> str:
    """Replace control characters, so that text from outside cannot steer a terminal.

    Other spaces, such as French has before a colon, become plain ones.
    """
    return text if text.isprintable() else "".join(map(_printable, text))


def _printable(char: str) -> str:
    if char.isprintable() or char in "\u200c\u200d":
        return char
    return " " if category(char) == "Zs" else "\ufffd"


_STEERING: Final = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that steer a terminal, or turn a text around."""
_BEGIN_STEERING: Final = (b"\x7f", b"\xc2", b"\xd8", b"\xe2")
"""The bytes with which those begin in UTF-8; most documents have none of them."""


def escape_controls(document: bytes) -> bytes:
    """Write characters of a JSON document as escapes where they would steer a terminal."""
    # Looking for these bytes takes a tenth of the time of reading the text.
    if not any(byte in document for byte in _BEGIN_STEERING):
        return document
    text = document.decode()
    return _STEERING.sub(lambda char: f"\\u{ord(char[0]):04x}", text).encode()


# ---- runs of appointments, named by their ends: "course-3..12" ----


def name_run(ids: Sequence[str]) -> str:
    """Name appointments from first to last, such as "course-1..3" or "weekly-1..fortnightly-4".

    Where numbers of a step are left out, every run is named by itself.
    """
    runs: list[list[str]] = []
    for name in ids:
        if runs and _goes_on(runs[-1][-1], name):
            runs[-1].append(name)
        else:
            runs.append([name])
    return ", ".join(map(_name_ends, runs))


def _goes_on(before: str, name: str) -> bool:
    """Return whether an appointment is the next of its step, or the first of another one."""
    step, _, number = name.rpartition("-")
    step_before, _, number_before = before.rpartition("-")
    if not (number.isdecimal() and number_before.isdecimal()):
        return False  # the start, or an event
    return step != step_before or int(number) == int(number_before) + 1


def _name_ends(ids: Sequence[str]) -> str:
    first, last = ids[0], ids[-1]
    if len(ids) == 1:
        return first
    (step, _, _), (last_step, _, number) = first.rpartition("-"), last.rpartition("-")
    return f"{first}..{number}" if step == last_step else f"{first}..{last}"


def name_by_step(ids: Iterable[str]) -> list[str]:
    """Name appointments step by step, each once: "course-3..12" and "touch-up-1"."""
    steps: dict[str, list[str]] = {}
    for name in dict.fromkeys(ids):
        steps.setdefault(name.rpartition("-")[0], []).append(name)
    return [name_run(sorted(names, key=_number)) for names in steps.values()]


def _number(name: str) -> int:
    number = name.rpartition("-")[2]
    return int(number) if number.isdecimal() else 0
