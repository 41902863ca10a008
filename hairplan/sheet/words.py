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
from msgspec import Struct, structs

from hairplan.words import duration_minutes

_PART: Final = re.compile(r"(\*|\{\w+\})")
_SPAN_PART: Final = re.compile(r"(\d+) (minute|hour|day|week|month|year)s?\b")
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"

CATALOGS: Final = Path(__file__).parent
"""The folder of the package's catalogs, a file for each language."""


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


class MissingText(Struct, frozen=True):
    """A text of a protocol that is not in the language, and is shown in another.

    Attributes:
        path: where it stands in the protocol.
        language: the language that it is shown in.
        words: the text in that language.
    """

    path: str
    language: str
    words: str


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
        spans: a span's parts by their units, such as "{count} weeks".
        rhythms: how often something is done at home.
        languages: the names of languages, as a mark of what is not in this one.
        no_break_before: marks that keep the space before them.
        no_break_after: marks that keep the space after them.
        names: short names of restrictions, by their labels.
        labels: the patient's words for labels of protocols; empty for what is not the patient's.
        conditions: questions as conditions, such as "If you use minoxidil on the scalp".
        stopped: labels of what is stopped and taken up again.
        missing: the texts that the protocol does not have in this language, by their labels.
    """

    language: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    dates: dict[str, str]
    says: dict[str, str]
    calendar: dict[str, str]
    spans: dict[str, str]
    rhythms: dict[str, str]
    languages: dict[str, str]
    no_break_before: str = ""
    no_break_after: str = ""
    names: dict[str, str] = {}
    labels: dict[str, str] = {}
    conditions: dict[str, str] = {}
    stopped: tuple[str, ...] = ()
    missing: dict[str, MissingText] = {}

    # ---- sentences ----

    def say(self, name: str, **values: str | Text) -> Text:
        """Return a sentence with its values."""
        pieces: list[Piece] = []
        strong = False
        for part in _parts_of(self.says[name]):
            if part == "*":
                strong = not strong
                continue
            value = values[part[1:-1]] if part.startswith("{") else part
            if isinstance(value, str) and value[:1] == "." and _ends_with_dot(pieces):
                # An abbreviation ends its sentence with its own dot.
                value = value[1:]
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

    def typeset(self, text: str) -> str:
        """Return a text in which no line breaks where the language keeps things together."""
        for mark in self.no_break_before:
            text = text.replace(f" {mark}", f"{_NO_BREAK}{mark}")
        for mark in self.no_break_after:
            text = text.replace(f"{mark} ", f"{mark}{_NO_BREAK}")
        return text

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
        name = "time" if at.minute else "full_hour"
        text = self.dates[name].format(hour=at.hour, minute=at.minute)
        return text.replace(" ", _NO_BREAK)

    def length(self, iso: str) -> str:
        """Return a length that ISO 8601 writes as "PT1H30M", such as "1 hour and 30 minutes"."""
        hours, minutes = divmod(duration_minutes(iso), 60)
        counts = {"hour": hours, "minute": minutes}
        return self.join([self.count(count, unit) for unit, count in counts.items() if count])

    def count(self, count: int, unit: str) -> str:
        """Return a number of a unit, such as "2 weeks"."""
        return self.spans[unit if count == 1 else f"{unit}s"].format(count=count)

    def span(self, text: str) -> str:
        """Return a span such as "2 weeks" or "1 hour 30 minutes" in this language."""
        return _SPAN_PART.sub(lambda part: self.count(int(part[1]), part[2]), text)

    def from_to(self, first: date, last: date) -> str:
        """Return days from first to last, such as from 26 Nov to 6 Dec, in short."""
        if first == last:
            return self.short(first)
        if (first.year, first.month) == (last.year, last.month):
            name, begin = "from_to_in_month", self.number_of(first)
            return self.dates[name].format(day=begin, last=self.short(last))
        return self.dates["from_to"].format(first=self.short(first), last=self.short(last))

    def _date(self, name: str, day: date) -> str:
        text = self.dates[name].format(
            weekday=self.weekdays[day.weekday()],
            day=self.number_of(day),
            month=self.months[day.month - 1],
            short_month=self.short_months[day.month - 1],
            year=day.year,
        )
        # A day and its month stay on one line.
        number = self.number_of(day)
        return text.replace(f"{number} ", f"{number}{_NO_BREAK}", 1)

    def number_of(self, day: date) -> str:
        """Return the number of a day in its month."""
        return self.dates["first"] if day.day == 1 else f"{day.day}"


# A batch says the same few sentences thousands of times.
@lru_cache(maxsize=1024)
def _parts_of(pattern: str) -> tuple[str, ...]:
    return tuple(_PART.split(pattern))


def _ends_with_dot(pieces: Sequence[Piece]) -> bool:
    return bool(pieces) and pieces[-1].text.endswith(".")


def plain(text: Text) -> str:
    """Return a text without what marks its pieces."""
    return "".join(piece.text for piece in text)


def opened(text: str) -> str:
    """Return a text that begins a sentence."""
    return text[:1].upper() + text[1:]


def continued(text: str) -> str:
    """Return a sentence as it goes on behind a colon; what is written in capitals stays so."""
    is_word = text[1:2].islower() or text[1:2] == " "
    return text[:1].lower() + text[1:] if is_word else text


@lru_cache
def load_catalog(language: str = "en") -> Catalog:
    """Return the words of a language that the package has."""
    text = (CATALOGS / f"{language}.toml").read_text("utf-8")
    return typeset_whole(msgspec.convert(tomllib.loads(text), Catalog))


def typeset_whole(catalog: Catalog) -> Catalog:
    """Return a catalog of which every pattern is typeset."""
    says = {key: catalog.typeset(text) for key, text in catalog.says.items()}
    dates = {key: catalog.typeset(text) for key, text in catalog.dates.items()}
    return structs.replace(catalog, says=says, dates=dates)
