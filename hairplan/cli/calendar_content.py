"""The kinds of items of a calendar, as the options ask for them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

from msgspec import Struct

from hairplan.calendar.items import CONTENT, KINDS
from hairplan.cli.options import CalendarContent
from hairplan.clinic.readers import OptionReader
from hairplan.clinic.templates import Audience, ItemKind
from hairplan.errors import InputError, nearest
from hairplan.words import join_words

T = TypeVar("T", bound=str)
K = TypeVar("K")

ALSO: Final[Mapping[str, ItemKind | None]] = {**KINDS, "tentative": None}
"""The words for --with: kinds of items, and what is around mere proposals."""


class AskedContent(Struct, frozen=True):
    """The content that is asked for.

    Attributes:
        kinds: the kinds of items; null for those that the audience has by default.
        tentative: with what is around appointments that are mere proposals.
    """

    kinds: frozenset[ItemKind] | None
    tentative: bool


def content_asked(
    reader: OptionReader, calendar: CalendarContent, audience: Audience
) -> AskedContent:
    """Return the content that the options ask for; faults are the reader's."""

    def read(name: str, given: Sequence[str] | None, known: Mapping[str, K]) -> frozenset[K]:
        words = reader.several(name, given, _words_of(known))
        return frozenset(word for several in words for word in several)

    only = read("--only", calendar.only, KINDS)
    also = read("--with", calendar.also, ALSO)
    without = read("--without", calendar.without, KINDS)
    more = frozenset(kind for kind in also if kind)
    kinds = ((only or CONTENT[audience]) | more) - without
    return AskedContent(kinds if only or more or without else None, None in also)


def one_of(text: str, known: Sequence[T]) -> T:
    """Read one of several words.

    Raises:
        InputError: it is none of them.
    """
    for name in known:
        if text.strip().lower() == name:
            return name
    raise InputError(f"'{text}' is not {join_words(known, 'or')}{nearest(text, list(known))}")


def _words_of(known: Mapping[str, K]) -> Callable[[str], list[K]]:
    """Return a reader of words that are separated by commas, as what each of them stands for."""

    def read(text: str) -> list[K]:
        faults: list[str] = []
        kinds: list[K] = []
        for word in text.split(","):
            try:
                kinds.append(known[one_of(word, list(known))])
            except InputError as error:
                faults += error.faults
        if faults:
            raise InputError(*faults)
        return kinds

    return read
