"""Texts in several languages: where a file has a table of languages, which of them is shown.

In the types a text is one text. In the file it may be a table such as { en = "...", fr = "..." }:
English is chosen from it on reading, or else the language that comes first.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import msgspec
from msgspec import Struct, inspect

from hairplan.protocol.faults import Fault, format_path, inside, shown

ENGLISH: Final = "en"
CODE_PATTERN: Final = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"


class _Shape(Struct, frozen=True):
    """Where there are texts in a type.

    Attributes:
        longest: here is one, of so many characters at most.
        keys: in the values of these keys.
        entries: in the values of any key.
        items: in the items of a list.
    """

    longest: int = 0
    keys: dict[str, "_Shape"] = {}
    entries: "_Shape | None" = None
    items: "_Shape | None" = None


class _Place(Struct, frozen=True):
    """Where a file has a text.

    Attributes:
        holder: the table or list that it is in.
        key: its key or place there.
        path: its keys and places from the outermost table on.
        longest: how many characters it may have.
    """

    holder: Any
    key: str | int
    path: tuple[str | int, ...]
    longest: int

    @property
    def value(self) -> Any:  # noqa: ANN401 - whatever the file has there
        return self.holder[self.key]

    @property
    def said(self) -> str:
        return format_path(self.path)


_is_code = re.compile(CODE_PATTERN).fullmatch


def chosen(table: object, kind: type) -> tuple[Any, list[Fault]]:
    """Choose a text from every table of languages.

    Args:
        table: what a TOML text was read as; it stays as it is.
        kind: the msgspec type that it has to fit.

    Returns:
        A copy with the chosen texts and with dates as ISO texts, and the faults of the tables of
        languages. Where one is of no use, a text stands in for it.
    """
    plain = msgspec.to_builtins(table, builtin_types=())
    faults: list[Fault] = []
    for place in _tables_of_languages(plain, kind):
        faults += _faults(place)
        place.holder[place.key] = _choice(place)
    return plain, faults


def missing(table: object, kind: type) -> list[str]:
    """Say which texts lack a language that other texts have; a plain text is in English.

    Args:
        table: what a TOML text was read as.
        kind: the msgspec type that it fits.

    Returns:
        A sentence for each, in the order of their paths; none where no text names its language.
    """
    if next(_tables_of_languages(table, kind), None) is None:
        return []
    found = [(place, _languages(place.value)) for place in _texts(table, kind)]
    known = {language for _, languages in found for language in languages}
    return sorted(
        _describe_missing(place, languages, language)
        for place, languages in found
        for language in {*known, ENGLISH} - {*languages}
    )


def _describe_missing(place: _Place, languages: tuple[str, ...], language: str) -> str:
    if language == ENGLISH:
        return (
            f"{place.said}: no text in English ('{ENGLISH}'), which hairplan speaks:"
            f" '{languages[0]}' is shown"
        )
    return f"{place.said}: no text in '{language}', which other texts have"


def _languages(value: object) -> tuple[str, ...]:
    return tuple(value) if value and isinstance(value, dict) else (ENGLISH,)


def _choice(place: _Place) -> str:
    first = next(iter(place.value.values()), None)
    text = place.value.get(ENGLISH, first)
    return text if isinstance(text, str) and 0 < len(text) <= place.longest else "-"


def _faults(place: _Place) -> Iterator[Fault]:
    if not place.value:
        yield Fault(f'{place.said}: no language in it: give a text such as {{ en = "..." }}')
    for code, text in place.value.items():
        for complaint in _complaints(code, text, place.longest):
            yield Fault(f"{inside(place.said, code)}: {complaint}")


def _complaints(code: str, text: object, longest: int) -> Iterator[str]:
    if not _is_code(code):
        yield f"{shown(code)} is not a language code such as 'en' or 'pt-BR'"
    if not isinstance(text, str):
        yield f"{shown(text)} is not a text"
    elif not text:
        yield "'' is empty"
    elif len(text) > longest:
        yield f"{shown(text)} is longer than {longest} characters"


# ---- where the texts are ----


def _tables_of_languages(table: object, kind: type) -> Iterator[_Place]:
    return (place for place in _texts(table, kind) if isinstance(place.value, dict))


def _texts(table: object, kind: type) -> Iterator[_Place]:
    shape = _shape_of(kind)
    if shape is not None:
        yield from _within(table, shape, ())


def _within(value: object, shape: _Shape, path: tuple[str | int, ...]) -> Iterator[_Place]:
    for key, inner in _entries(value, shape):
        place = _Place(value, key, (*path, key), inner.longest)
        if not inner.longest:
            yield from _within(place.value, inner, place.path)
        elif isinstance(place.value, str | dict):
            yield place


def _entries(value: object, shape: _Shape) -> Iterator[tuple[str | int, _Shape]]:
    """Yield what of a table or a list can have texts in it."""
    if isinstance(value, list) and shape.items:
        yield from ((place, shape.items) for place in range(len(value)))
    if isinstance(value, dict) and shape.entries:
        yield from ((key, shape.entries) for key in value)
    elif isinstance(value, dict):
        yield from ((key, inner) for key, inner in shape.keys.items() if key in value)


@cache
def _shape_of(kind: type) -> _Shape | None:
    return _shape(inspect.type_info(kind))


def _shape(kind: inspect.Type) -> _Shape | None:
    """Return where there are texts in a type; None if nowhere.

    Of the forms that a value may have, one at most has texts.
    """
    match kind:
        case inspect.Metadata(inspect.StrType(max_length=int(longest)), extra={"languages": True}):
            return _Shape(longest=longest)
        case inspect.StructType():
            found = {each.encode_name: _shape(each.type) for each in kind.fields}
            keys = {key: inner for key, inner in found.items() if inner is not None}
            return _Shape(keys=keys) if keys else None
        case inspect.DictType():
            inner = _shape(kind.value_type)
            return _Shape(entries=inner) if inner else None
        case inspect.VarTupleType():
            inner = _shape(kind.item_type)
            return _Shape(items=inner) if inner else None
        case inspect.UnionType():
            return next(filter(None, map(_shape, kind.types)), None)
    return None
