"""Finds every fault in the form of a plan's file, and says it in words with its path.

A file that hairplan wrote passes by its bytes and its seals; this module checks the others. It
finds their faults as in protocol files. What differs is that JSON has null, may have a key twice,
and calls a table an object.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from hairplan.errors import MOST_FAULTS, InputError
from hairplan.protocol.faults import Fault, FaultFinder
from hairplan.protocol.shapes import Form, Hint, Json, Shape, inside, keys_of, shape_of, shown


def check_form(data: bytes, kind: type[Struct], newest: int) -> str:
    """Check that a file has the form of a plan.

    Args:
        data: its content.
        kind: the type that it has to fit.
        newest: the format of that type.

    Returns:
        Its text, which fits the type.

    Raises:
        InputError: it is no JSON, or of a newer format; or every fault of its form, the first 100.
    """
    text = _text(data)
    table = _table(text)
    _refuse_newer(table, newest)
    faults = JsonFaultFinder().faults(table, shape_of(kind))
    # A guess at what was meant is slow: none is made for a fault that is not shown.
    sentences = [str(fault) for fault in islice(faults, MOST_FAULTS)]
    if next(faults, None):
        sentences.append("... and more")
    if sentences:
        raise InputError(*sentences)
    return text


# ---- JSON ----


class _Table(dict[str, Any]):
    """An object of a JSON text, which knows the keys that the text gives twice."""

    __slots__ = ("twice",)

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.twice: Sequence[str] = ()
        # A hostile file has millions of objects: nothing is counted where nothing is twice.
        if len(self) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            self.twice = [key for key, count in counts.items() if count > 1]


def _text(data: bytes) -> str:
    """Return a file's text, without the byte order mark that some editors put before it."""
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 text (byte {error.start + 1})") from None
    if not text.strip():
        raise InputError("is empty, and no plan file")
    return text


def _table(text: str) -> _Table:
    try:
        msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise InputError(f"not valid JSON: {_describe_error(error, text)}") from None
    # Python's reader shows which keys are there twice, and msgspec's does not.
    table = json.loads(text, object_pairs_hook=_Table)
    if not isinstance(table, _Table):
        raise InputError(f"{_shown(table)} is not a plan, which is an object, in {{ }}")
    return table


def _describe_error(error: msgspec.DecodeError, text: str) -> str:
    """Return where a text stops being JSON, and why."""
    try:
        json.loads(text)
    except json.JSONDecodeError as place:
        return f"line {place.lineno}, column {place.colno}: {_lower(place.msg)}"
    except ValueError:
        return "a number with thousands of digits"
    # Python's reader takes NaN, halves of characters and numbers beyond all range.
    reason, _, _ = str(error).removeprefix("JSON is malformed: ").partition(" - at ")
    reason, _, byte = reason.partition(" (byte ")
    return f"{_line_and_column(text, int(byte[:-1]))}: {reason}" if byte else _lower(reason)


def _line_and_column(text: str, byte: int) -> str:
    *lines, last = text.encode()[:byte].decode(errors="ignore").split("\n")
    return f"line {len(lines) + 1}, column {len(last) + 1}"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _refuse_newer(table: _Table, newest: int) -> None:
    """Refuse a file of a later format: its other faults may be none in that format."""
    given = table.get("format")
    if isinstance(given, int) and given > newest:
        raise InputError(
            f"format {shown(given)} is newer than this hairplan reads, which is {newest}:"
            " use a newer hairplan"
        )


# ---- form ----


class JsonFaultFinder(FaultFinder):
    """A search for faults in a plan's file, which words them for JSON."""

    def holds(self, value: Json, shape: Shape) -> bool:
        """Return whether there is no need to look into a value; an object may have a key twice."""
        return not isinstance(value, dict | list) and shape.fits(value)

    def known_keys(self, table: type[Struct]) -> tuple[str, ...]:
        """Return the keys of a table in the model's order, the one that names its kind first."""
        field = table.__struct_config__.tag_field
        return (*([field] if field else []), *(key.name for key in keys_of(table)))

    def table_faults(self, value: Json, table: type[Struct], path: str) -> Iterator[Fault]:
        """Yield every fault of a table's form; if there is none, what makes no sense in it."""
        faults = [*_twice(value, path), *super().table_faults(value, table, path)]
        yield from faults or _senseless(value, table, path)

    def size_faults(self, value: Json, form: Form, path: str) -> Iterator[Fault]:
        """Yield the names that a mapping has twice; no list in a plan's file has a bound."""
        if form.names:
            yield from _twice(value, path)

    def misfits(self, value: Json, shape: Shape, path: str) -> Iterator[Fault]:
        """Yield what is wrong with a value that takes no form of its shape."""
        tags = [form.tag for form in shape.forms if form.table]
        field = tags[0][0] if tags else ""
        if not (field and isinstance(value, dict)):
            yield Fault(f"{path}: {_shown(value)} is not {_describe_shape(shape)}")
        # An entry of the history names its kind, which tells its other keys.
        elif field not in value:
            yield Fault(f"{inside(path, field)}: missing")
        else:
            known = tuple(tag for _, tag in tags)
            complaint = f"{_shown(value[field])} is not one of {', '.join(known)}"
            yield Fault(f"{inside(path, field)}: {complaint}", str(value[field]), known)


def _twice(table: _Table, path: str) -> Iterator[Fault]:
    for name in table.twice:
        yield Fault(f"{inside(path, name)}: is there twice")


def _senseless(table: _Table, kind: type[Struct], path: str) -> Iterator[Fault]:
    """Yield what a table of the right form refuses when it checks itself."""
    try:
        msgspec.convert(table, kind)
    except InputError as error:
        for fault in error.faults:
            yield Fault(f"{path}.{fault}")


def _shown(value: Json) -> str:
    return "null" if value is None else shown(value)


def _describe_shape(shape: Shape) -> str:
    return " or ".join(dict.fromkeys(map(_describe_form, shape.forms)))


def _describe_form(form: Form) -> str:
    """Return a form in words."""
    if form.base is Literal:
        choices = ", ".join(map(str, form.choices))
        return f"one of {choices}" if len(form.choices) > 1 else choices
    limits = form.limits
    ends = "" if limits.ge is None else f" from {limits.ge} to {limits.le}"
    return f"{_WORDS[form.base]}{ends}"


_WORDS: Final[dict[Hint, str]] = {
    str: "a text",
    int: "a whole number",
    tuple: "a list",
    dict: "an object",
    Struct: "an object",
    dt.date: "a date such as '2026-11-01'",
    dt.time: "a time of day such as '14:30:00'",
    dt.datetime: "a moment such as '2026-11-01T14:30:00Z'",
}
