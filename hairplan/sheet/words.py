"""Every word of the sheet and of the patient's calendar, from one catalog of a language.

Conventions:

* A text is a tuple of pieces; a piece may be bold, and may be a day or a moment.
* Values from outside are put into a pattern after it was read: nothing in them is markup.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

_PART: Final = re.compile(r"(\*|\{\w+\})")
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"


class Piece(Struct, frozen=True):
    """A piece of a text.

    Attributes:
        text: its words.
        strong: whether it is bold.
        moment: the day or the moment that it says, in ISO 8601.
    """

    text: str
    strong: bool = False
    moment: str | None = None


Text = tuple[Piece, ...]


class Catalog(Struct, frozen=True, forbid_unknown_fields=True):
    """The words of a language.

    Attributes:
        language: its code.
        weekdays: the days of the week, from Monday on.
        months: the months.
        short_months: the months where there is little room.
        dates: the patterns of dates, times and lists.
        says: the patterns of sentences and headings.
        calendar: the patterns of the patient's calendar, where the sheet has none.
        conditions: what hangs on an open question, by the question.
        names: short names of restrictions, by their labels.
        labels: the patient's words for labels of protocols; empty for what is not the patient's.
    """

    language: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    dates: dict[str, str]
    says: dict[str, str]
    calendar: dict[str, str]
    conditions: dict[str, str]
    names: dict[str, str]
    labels: dict[str, str]

    # ---- sentences ----

    def say(self, name: str, **values: str | Text) -> Text:
        """Return a sentence with its values."""
        pieces: list[Piece] = []
        strong = False
        for part in _PART.split(self.says[name]):
            if part == "*":
                strong = not strong
                continue
            value = values[part[1:-1]] if part.startswith("{") else part
            text = (Piece(value),) if isinstance(value, str) else value
            pieces += (Piece(each.text, strong or each.strong, each.moment) for each in text)
        return tuple(piece for piece in pieces if piece.text)

    def tell(self, name: str, **values: str | Text) -> str:
        """Return a sentence with its values as a plain text."""
        return plain(self.say(name, **values))

    def join(self, texts: Sequence[str], last: str = "and") -> str:
        """Return words as a list, such as "sun, swimming and exercise"."""
        *others, end = texts
        comma = self.dates["comma"]
        return f"{comma.join(others)}{self.dates[last]}{end}" if others else end

    def patient_words(self, label: str) -> str:
        """Return the patient's words for a label; empty for what is not the patient's."""
        return self.labels.get(label, label)

    # ---- dates ----

    def day(self, day: date, *, year: bool = False) -> Text:
        """Return a day in full, such as "Tuesday 1 December"."""
        return (Piece(self._date("day_and_year" if year else "day", day), moment=f"{day}"),)

    def moment(self, day: date, at: time | datetime | None, *, year: bool = False) -> Text:
        """Return a day with its time of day, where one is known."""
        days = self.day(day, year=year)
        if at is None:
            return days
        text = self.dates["moment"].format(day=days[0].text, time=self.time(at))
        return (Piece(text, moment=f"{day}T{at:%H:%M}"),)

    def day_of_year(self, day: date) -> str:
        """Return a day without its weekday, such as "1 November 2026"."""
        return self._date("day_of_year", day)

    def short(self, day: date) -> str:
        """Return a day where there is little room, such as "6 Dec"."""
        return self._date("short", day)

    def month(self, day: date) -> str:
        """Return a month, such as "June 2029"."""
        return self._date("month", day)

    def months_of(self, days: Iterable[date]) -> str:
        """Return the months of days, each once, as a list."""
        return self.join(list(dict.fromkeys(map(self.month, days))))

    def time(self, at: time | datetime) -> str:
        """Return a time of day, such as "14:30"."""
        return self.dates["time"].format(hour=at.hour, minute=at.minute)

    def length(self, iso: str) -> str:
        """Return a length that ISO 8601 writes as "PT1H30M", such as "1 hour and 30 minutes"."""
        hours, _, minutes = iso.removeprefix("PT").rpartition("H")
        parts = (
            [self.dates["hour" if hours == "1" else "hours"].format(hours=hours)] if hours else []
        )
        if minutes:
            parts.append(self.dates["minutes"].format(minutes=minutes.removesuffix("M")))
        return self.join(parts)

    def from_to(self, first: date, last: date) -> str:
        """Return days from first to last, such as from 26 Nov to 6 Dec, in short."""
        if first == last:
            return self.short(first)
        if (first.year, first.month) == (last.year, last.month):
            name, begin = "from_to_in_month", f"{first.day}"
            return self.dates[name].format(day=begin, last=self.short(last))
        return self.dates["from_to"].format(first=self.short(first), last=self.short(last))

    def _date(self, name: str, day: date) -> str:
        text = self.dates[name].format(
            weekday=self.weekdays[day.weekday()],
            day=day.day,
            month=self.months[day.month - 1],
            short_month=self.short_months[day.month - 1],
            year=day.year,
        )
        # A day and its month stay on one line.
        return text.replace(f"{day.day} ", f"{day.day}{_NO_BREAK}", 1)


def plain(text: Text) -> str:
    """Return a text without what marks its pieces."""
    return "".join(piece.text for piece in text)


def opened(text: str) -> str:
    """Return a text that begins a sentence."""
    return text[:1].upper() + text[1:]


@lru_cache
def load_catalog(language: str = "en") -> Catalog:
    """Return the words of a language that the package has."""
    text = (Path(__file__).parent / f"{language}.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Catalog)
