"""Texts into values: single options, each fault under the name of where its text was given."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar, get_args

from hairplan.dates.clock import zone
from hairplan.dates.seasons import YearlyPeriod
from hairplan.dates.spans import Period, Span
from hairplan.dates.typed import typed_closure, typed_date, typed_period
from hairplan.dates.typed_spans import typed_span
from hairplan.dates.weekdays import WEEKDAY_NAMES, WEEKDAYS, Weekday
from hairplan.dates.written import DateOrder, check_year, fold
from hairplan.errors import HairplanError, InputError, nearest
from hairplan.planner.availability import public_holidays
from hairplan.protocol.values import ANSWER_WORDS, ANSWERS, CODE_PATTERN, SEX_WORDS, SEXES
from hairplan.request import MOST_MINUTES, OLDEST, AnchorRule, OnLate
from hairplan.words import join_words

T = TypeVar("T")
EventDays = dt.date | tuple[dt.date, ...]

_MOST_DIGITS: Final = 9


class OptionReader:
    """Reads texts into values and keeps every fault, each under the name of where it was given."""

    def __init__(self, today: dt.date, order: DateOrder | None = None) -> None:
        """Begin without faults.

        Args:
            today: the day that relative dates count from.
            order: the order of day, month and year in figures; null if it is not known.
        """
        self.today = today
        self.order = order
        self.faults: list[str] = []

    def date(self, text: str) -> dt.date:
        """Read a date."""
        return typed_date(text, self.today, self.order)

    def patient_day(self, text: str) -> dt.date:
        """Read a day of a patient's, which lies in our time."""
        day = self.date(text)
        check_year(day, self.today)
        return day

    def period(self, text: str) -> Period:
        """Read days with or without a reason."""
        return typed_period(text, self.today, self.order)

    def closure(self, text: str) -> Period | YearlyPeriod:
        """Read days of one year or of every year, with or without a reason."""
        return typed_closure(text, self.today, self.order)

    def one(self, name: str, text: str | None, read: Callable[[str], T]) -> T | None:
        """Read one text; None for none, or for one that is faulty."""
        if text is None:
            return None
        try:
            return read(text)
        except HairplanError as error:
            self.faults += [f"{name}: {fault}" for fault in error.faults]
            return None

    def several(self, name: str, texts: Sequence[str] | None, read: Callable[[str], T]) -> list[T]:
        """Read each text, leaving out those that are faulty."""
        values = (self.one(name, text, read) for text in texts or ())
        return [value for value in values if value is not None]

    def named(
        self, name: str, texts: Sequence[str] | None, form: str, read: Callable[[str], T]
    ) -> dict[str, T]:
        """Read texts such as NAME=VALUE; the same name twice is a fault."""
        values: dict[str, T] = {}
        for text in texts or ():
            # A name may hold choices of its own, as in course[cadence=weekly].spacing.max.
            parts = re.fullmatch(r"([^=\[]+(?:\[[^\]]*\][^=]*)?)=(.*)", text, re.DOTALL)
            if not parts:
                self.faults.append(f"{name}: '{text}' is not of the form {form}")
                continue
            key, rest = parts.groups()
            if key in values:
                self.faults.append(f"{name}: {key} is given twice")
            elif (value := self.one(f"{name} {key}", rest, read)) is not None:
                values[key] = value
        return values

    def days(self, name: str, texts: Sequence[str] | None) -> dict[str, EventDays]:
        """Read texts such as NAME=DATE; the same name again is one more day of it."""
        days: dict[str, EventDays] = {}
        for text in texts or ():
            one = self.named(name, [text], "NAME=DATE", self.patient_day)
            for key, day in one.items():
                before = days.get(key, ())
                earlier = before if isinstance(before, tuple) else (before,)
                days[key] = (*earlier, day) if earlier else day
        return days


# ---- single values ----


def read_span(text: str) -> str:
    """Read a span of time, and return it as a protocol file writes it."""
    return str(typed_span(text))


def read_whole_number(text: str) -> int:
    """Read a number of 0 or more."""
    if not text.strip().isdecimal() or len(text) > _MOST_DIGITS:
        raise InputError(f"'{text}' is not a whole number of 0 or more, such as 3")
    return int(text)


def read_answer(text: str) -> str:
    """Read yes, no or unknown, also as lists of other countries say it."""
    return _read_choice(text, ANSWERS, ANSWER_WORDS)


def read_sex(text: str) -> str:
    """Read female or male, also as lists of other countries say it."""
    return _read_choice(text, SEXES, SEX_WORDS)


def read_language(text: str) -> str:
    """Read the code of a language."""
    if not re.fullmatch(CODE_PATTERN, text):
        raise InputError(f"'{text}' is not a language code such as en or pt-BR")
    return text


def read_late_rule(text: str) -> str:
    """Read what happens when a session is late."""
    return _read_choice(text, get_args(OnLate), suggest=True)


def read_anchor_rule(text: str) -> str:
    """Read what later sessions count from."""
    return _read_choice(text, get_args(AnchorRule), suggest=True)


def _read_choice(
    text: str, known: Sequence[str], others: Mapping[str, str] = {}, *, suggest: bool = False
) -> str:
    word = fold(text.strip())
    word = others.get(word, word)
    if word not in known:
        hint = nearest(text, list(known)) if suggest else ""
        raise InputError(f"'{text}' is not {join_words(known, 'or')}{hint}")
    return word


def read_reason(text: str) -> str:
    """Read the reason of an override."""
    if not text.strip():
        raise InputError("an override needs a reason")
    return text.strip()


def read_age(text: str) -> int:
    """Read an age in years."""
    age = read_whole_number(text)
    if age > OLDEST:
        raise InputError(f"{age} is not between 0 and {OLDEST}")
    return age


def read_weekday(text: str) -> str:
    """Read a day of the week, such as "sat" or "Saturday"."""
    typed = text.lower()
    for day, name in zip(WEEKDAYS, WEEKDAY_NAMES, strict=True):
        if day == typed[:3] and name.lower().startswith(typed):
            return day
    days = ",".join(WEEKDAYS)
    raise InputError(f"'{text}' is not a weekday; several are separated by commas: {days}")


def read_patient_days(text: str) -> tuple[Weekday, ...]:
    """Read the days of the week on which a patient comes, such as "mon,wed" or "not fri".

    Returns:
        The days; none, where she comes on all of them.
    """
    words = text.strip().lower()
    named = words.removeprefix("not ")
    if words == "all":
        return ()
    days = {read_weekday(word.strip()) for word in named.split(",")}
    chosen = tuple(day for day in WEEKDAYS if (day in days) == (named == words))
    if not chosen:
        raise InputError(f"'{text}' leaves no day of the week")
    return () if chosen == WEEKDAYS else chosen


def read_region(text: str) -> str:
    """Read a region whose public holidays are known."""
    public_holidays(text)
    return text


def read_zone(text: str) -> str:
    """Read the IANA name of a time zone."""
    zone(text)
    return text


def short_span(text: str) -> Span:
    """Read a length of an appointment or of what leads up to one, where 45m can only be minutes.

    Raises:
        InputError: it is no span of time.
    """
    return typed_span(text, of_appointment=True)


def read_minutes(text: str) -> int:
    """Read the length of an appointment, in minutes."""
    try:
        minutes = short_span(text).minutes
    except InputError:
        minutes = 0
    if not 1 <= minutes <= MOST_MINUTES:
        raise InputError(f"'{text}' is not a length of an appointment such as 45m or 2h")
    return minutes
