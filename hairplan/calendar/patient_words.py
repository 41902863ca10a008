"""The words of a patient's calendar: plain sentences from the catalog that the sheet has as well.

A catalog marks what is bold on paper; a calendar has no bold letters.
"""

import re
from collections.abc import Callable, Hashable, Mapping
from datetime import date, datetime, time
from typing import Final

from hairplan.sheet.words import Catalog, continued, opened, plain

_MOST_SAID: Final = 4096
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"
_ANSWERED_YES: Final = re.compile(r"([\w-]+)=yes")


class PatientWords:
    """Says plain sentences of one language; each day is worded once, as a list has it often."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        patterns = {**catalog.says, **catalog.calendar}
        self._patterns = {name: text.replace("*", "") for name, text in patterns.items()}
        self._days: dict[tuple[date, bool], str] = {}
        self._said: dict[Hashable, str] = {}

    def say(self, name: str, **values: str) -> str:
        """Return a sentence with its values."""
        text = self._patterns[name]
        if values:
            text = text.format_map(values)
        # An abbreviation ends its sentence with its own dot.
        return text[:-1] if text.endswith("..") and not text.endswith("...") else text

    def once(self, key: Hashable, say: Callable[[], str]) -> str:
        """Return a text that many patients have, said once.

        Args:
            key: all that the text depends on beside the language.
            say: says it.
        """
        text = self._said.get(key)
        if text is None:
            if len(self._said) >= _MOST_SAID:
                self._said.clear()
            text = self._said[key] = say()
        return text

    def day(self, day: date, *, year: bool = False) -> str:
        """Return a day in full, such as "Tuesday 1 December"."""
        words = self._days.get((day, year))
        if words is None:
            words = unbound(plain(self.catalog.day(day, year=year)))
            self._days[day, year] = words
        return words

    def moment(self, day: date, at: time | datetime | None, *, year: bool = False) -> str:
        """Return a day with its time of day, where one is known."""
        words = self.day(day, year=year)
        if at is None:
            return words
        return self.catalog.dates["moment"].format(day=words, time=self.catalog.time(at))

    def ask(self, only_if: str | None, sentence: str, questions: Mapping[str, str]) -> str:
        """Say something as hanging on missing answers, in words of the question where it is one.

        Args:
            only_if: the answers, such as "minoxidil=yes"; null where nothing is missing.
            sentence: a whole sentence.
            questions: the questions by their names.
        """
        if only_if is None:
            return sentence
        what = continued(sentence)
        answered = _ANSWERED_YES.fullmatch(only_if)
        question = questions.get(answered[1]) if answered else None
        if question is None:
            return self.say("if_concerned", what=what)
        if condition := self.catalog.conditions.get(question):
            return self.say("if_so", condition=opened(condition), what=what)
        answer = self.catalog.patient_words(question) or question
        return self.say("if_true", answer=answer, what=what)


def unbound(text: str) -> str:
    """Return a text that may break into lines anywhere: a calendar is no page."""
    return text.replace(_NO_BREAK, " ")


_MOST_KEPT: Final = 64
_KEPT: Final[dict[int, PatientWords]] = {}


def patient_words(catalog: Catalog) -> PatientWords:
    """Return the words of a catalog, made once for many patients."""
    words = _KEPT.get(id(catalog))
    if words is None or words.catalog is not catalog:
        words = PatientWords(catalog)
        if len(_KEPT) >= _MOST_KEPT:
            _KEPT.clear()
        _KEPT[id(catalog)] = words
    return words
