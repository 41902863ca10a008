"""Texts in several languages: finds them in a file, and chooses the one that is shown.

In the types a text is one text. In the file it may be a table such as { en = "...", fr = "..." }:
English is chosen from it on reading, or else the language that comes first. What a patient reads is
kept in all its languages: the table of a label is kept as `patient`, unless that is there as well.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec import Struct

from hairplan.protocol.faults import Fault, complaints
from hairplan.protocol.shapes import (
    Form,
    Hint,
    Json,
    Shape,
    inside,
    keys_of,
    parts_of,
    shape_of,
    shown,
)
from hairplan.protocol.values import CODE_PATTERN

ENGLISH: Final = "en"
_FOR_PATIENTS: Final = {"label", "ask", "name"}
_is_code: Final = re.compile(CODE_PATTERN).fullmatch


class _Place(Struct, frozen=True):
    """A place in a file that has a text, or a table of languages.

    Attributes:
        holder: the table or list that it is in.
        key: its key, or its place from 0, there.
        path: its path from the outermost table on.
        form: the form of a text there.
        table: the type of the table that it is in; null for a list or a mapping.
    """

    holder: Any
    key: str | int
    path: str
    form: Form
    table: type[Struct] | None

    @property
    def value(self) -> Json:
        return self.holder[self.key]


def choose_languages(table: object, kind: Hint) -> tuple[Any, list[Fault]]:
    """Choose a text from every table of languages.

    Args:
        table: what a TOML text was read as; it stays as it is.
        kind: the msgspec type that it has to fit.

    Returns:
        A copy with the chosen texts and with dates as ISO texts, and the faults of the tables of
        languages. A text stands in for a table without a usable one.
    """
    plain = msgspec.to_builtins(table, builtin_types=())
    faults: list[Fault] = []
    for place in _tables_of_languages(plain, kind):
        found = [*_faults(place)]
        faults += found
        if not found:
            _keep_for_patients(place)
        place.holder[place.key] = _choice(place)
    return plain, faults


def find_missing_languages(table: object, kind: Hint) -> list[str]:
    """List the texts that lack a language that other texts have; a plain text is in English.

    Args:
        table: what a TOML text was read as.
        kind: the msgspec type that it fits.

    Returns:
        A sentence for each, in the order of their paths; none where no text names its language.
    """
    if next(_tables_of_languages(table, kind), None) is None:
        return []
    texts = [(text, _languages(text.value)) for text in _texts(table, shape_of(kind), "")]
    known = {language for _, languages in texts for language in languages}
    return sorted(
        _describe_missing(text.path, languages, language)
        for text, languages in texts
        for language in {*known, ENGLISH} - {*languages}
    )


def _describe_missing(path: str, languages: tuple[str, ...], language: str) -> str:
    if language == ENGLISH:
        return (
            f"{path}: no text in English ('{ENGLISH}'), which hairplan speaks:"
            f" '{languages[0]}' is shown"
        )
    return f"{path}: no text in '{language}', which other texts have"


def _languages(value: object) -> tuple[str, ...]:
    return tuple(value) if value and isinstance(value, dict) else (ENGLISH,)


def _choice(place: _Place) -> Json:
    first = next(iter(place.value.values()), None)
    text = place.value.get(ENGLISH, first)
    fits = isinstance(text, str) and not any(complaints(text, place.form))
    return text if fits else "-"


def _keep_for_patients(place: _Place) -> None:
    keys = {key.name for key in keys_of(place.table)} if place.table else set[str]()
    # Of appointments no patient reads the name, but of what is done at home.
    is_named = place.key != "name" or place.holder.get("kind") == "home"
    if place.key in _FOR_PATIENTS and "patient" in keys and is_named:
        place.holder.setdefault("patient", place.value)


def _faults(place: _Place) -> Iterator[Fault]:
    if not place.value:
        yield Fault(f'{place.path}: no language in it: give a text such as {{ en = "..." }}')
    for code, text in place.value.items():
        for complaint in _complaints(code, text, place.form):
            yield Fault(f"{inside(place.path, code)}: {complaint}")


def _complaints(code: str, text: object, form: Form) -> Iterator[str]:
    if not _is_code(code):
        yield f"{shown(code)} is not a language code such as 'en' or 'pt-BR'"
    if isinstance(text, str):
        yield from (f"{shown(text)} {complaint}" for complaint in complaints(text, form))
    else:
        yield f"{shown(text)} is not a text"


# ---- where the texts are ----


def _tables_of_languages(table: object, kind: Hint) -> Iterator[_Place]:
    texts = _texts(table, shape_of(kind), "")
    return (place for place in texts if isinstance(place.value, dict))


def _texts(value: Json, shape: Shape, path: str) -> Iterator[_Place]:
    """Yield every text inside a value that may have languages, and every table of them."""
    form = shape.form_of(value)
    if form is None:
        return
    for inner, key, part in parts_of(value, form, path):
        text = next((form for form in part.forms if form.has_languages), None)
        if text is None:
            yield from _texts(value[key], part, inner)
        elif isinstance(value[key], str | dict):
            yield _Place(value, key, inner, text, form.table)
