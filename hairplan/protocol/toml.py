"""Converts a TOML text to a frozen type, or lists every fault in it with its path.

msgspec converts strictly, and a file that is right pays for nothing more. Only when msgspec refuses
it does this module look for tables of languages and for shorthands, and then for faults.
"""

import os
import re
import stat
import tomllib
from contextlib import suppress
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeVar

import msgspec

from hairplan.errors import InputError
from hairplan.words import is_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

T = TypeVar("T")

MOST_BYTES: Final = 1024 * 1024
_TOO_DEEP: Final = "nested too deeply"
_TOO_LONG: Final = "not valid TOML: a whole number of more than 64 bits"


def read_text_file(path: "Path") -> str:
    """Read a UTF-8 file of at most 1 MiB, with or without a byte order mark.

    Raises:
        InputError: it is missing, a folder, too large, or not UTF-8; or it changed meanwhile.
    """
    try:
        with path.open("rb") as file:
            data = _read(file)
        return data.decode("utf-8").removeprefix("\ufeff")
    except InputError as error:
        raise InputError(*(f"{path}: {fault}" for fault in error.faults)) from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: not UTF-8 text (byte {error.start + 1}): save it as UTF-8"
        ) from None


def _read(file: BinaryIO) -> bytes:
    before = os.fstat(file.fileno())
    # A device has no size: what it gives is counted.
    data = b"" if before.st_size > MOST_BYTES else file.read(MOST_BYTES + 1)
    if max(before.st_size, len(data)) > MOST_BYTES:
        raise InputError("larger than 1 MiB, which no such file needs to be")
    if _state(before) != _state(os.fstat(file.fileno())):
        raise InputError("changed while it was read: try again")
    return data


def _state(status: os.stat_result) -> tuple[int, int] | None:
    # A pipe's time changes whenever something is put into it.
    return (status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else None


def parse_toml(text: str, kind: type[T], where: str) -> T:
    """Convert a TOML text to a type, choosing a text from each table of languages.

    Args:
        text: the TOML.
        kind: the msgspec type that it has to fit.
        where: the name of the file in messages, usually its path.

    Raises:
        InputError: every fault with its path in the text; only the format, if it is newer than the
            type's.
    """
    try:
        return _converted(_table(text), kind)
    except InputError as error:
        faults = error.faults
    except RecursionError:
        faults = (_TOO_DEEP,)
    raise InputError(*(f"{where}: {fault}" for fault in faults))


def parse_without(text: str, kind: type[T], paths: "Sequence[str]") -> T | None:
    """Convert a TOML text without some of its keys; None if the rest does not fit either.

    Args:
        text: valid TOML.
        kind: the type that it has to fit.
        paths: the keys to leave out, as faults name them, such as "steps[2].count"; of a list that
            has a faulty text in it, the whole. What is required has a sample in its place.
    """
    from hairplan.protocol.languages import choose_languages
    from hairplan.protocol.samples import fill_in
    from hairplan.protocol.shorthands import spell_out

    plain, _ = choose_languages(spell_out(_table(text), kind), kind)
    for path in paths:
        # Where the table of a key is gone, or its name has dots, it is not to be found.
        with suppress(LookupError, TypeError, AttributeError):
            _leave_out(plain, path)
    fill_in(plain, kind)
    try:
        return msgspec.convert(plain, kind)
    except msgspec.ValidationError:
        return None


def _leave_out(plain: dict[str, Any], path: str) -> None:
    *parents, key = re.findall(r"[^.\[\]]+|\[\d+\]", re.sub(r"\[\d+\]$", "", path))
    holder: Any = plain
    for parent in parents:
        holder = holder[int(parent[1:-1]) - 1 if parent[0] == "[" else parent]
    holder.pop(key, None)


def _converted(table: dict[str, Any], kind: type[T]) -> T:
    try:
        return msgspec.convert(table, kind)
    except ValueError:  # msgspec's ValidationError is one; an endless number raises another
        _refuse_endless(table)
        _refuse_newer(table, kind)
    from hairplan.protocol.faults import list_faults
    from hairplan.protocol.languages import choose_languages
    from hairplan.protocol.shorthands import spell_out

    plain, faults = choose_languages(spell_out(table, kind), kind)
    if sentences := list_faults(plain, kind, faults):
        raise InputError(*sentences)
    return msgspec.convert(plain, kind)


def _refuse_endless(table: dict[str, Any]) -> None:
    try:
        msgspec.json.encode(table)
    except ValueError:
        # Python writes no number of thousands of digits, so no message could show it.
        raise InputError(_TOO_LONG) from None


def _refuse_newer(table: dict[str, Any], kind: type) -> None:
    """Refuse a file of a later format: its other faults may be none in that format."""
    given = table.get("format")
    known = _format(kind)
    if known is not None and isinstance(given, int) and given > known:
        raise InputError(
            f"format: {given} is newer than this hairplan reads ({known}): install a newer"
            f" hairplan, or ask for the file in format {known}"
        )


def _format(kind: type) -> int | None:
    """Return the newest format that a type takes; None if it has no format."""
    from hairplan.protocol.shapes import keys_of, shape_of

    (form,) = shape_of(kind).forms
    keys = keys_of(form.table) if form.table else ()
    return next((max(key.shape.forms[0].choices) for key in keys if key.name == "format"), None)


# ---- TOML ----


def _table(text: str) -> dict[str, Any]:
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError(f"line {line} has a NUL byte, which no text has: save it as UTF-8")
    if not is_text(text):
        raise InputError("not UTF-8 text: save it as UTF-8")
    if _has_long_key(text):
        raise InputError(_TOO_DEEP)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not valid TOML: {_describe_error(str(error))}") from None
    except ValueError:
        raise InputError(_TOO_LONG) from None


# tomllib takes time in the square of a key's parts. No format of ours goes deeper than 7.
_MOST_PARTS: Final = 50
_TOKEN: Final = re.compile(
    r"""
    (?P<dot> [ \t]*+ \. [ \t]*+ )
    | (?P<part> [\w-]++ | "(?!"") (?:[^"\\\n] | \\.)*+ "? | '(?!'') [^'\n]*+ '? )
    | (?P<other> \#[^\n]*+ | \"{3} (?:[^"\\] | \\. | "{1,2}(?!"))*+ (?:"{3})?
                           | '{3} (?:[^'] | '{1,2}(?!'))*+ (?:'{3})? | . )
    """,
    re.VERBOSE | re.DOTALL,
)
"""A piece of TOML, each in a time that its length gives, whatever is not closed."""


def _has_long_key(text: str) -> bool:
    """Return whether a key has so many parts that reading it takes too long."""
    if all(line.count(".") < _MOST_PARTS for line in text.splitlines()):
        return False
    dots = 0
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "dot":
            dots += 1
        elif token.lastgroup == "other":
            dots = 0
        if dots >= _MOST_PARTS:
            return True
    return False


def _describe_error(message: str) -> str:
    """Put a message of tomllib into our words: it names a repeated table as a Python tuple."""
    repeated = re.match(r"Cannot declare \((.*?),?\) twice", message)
    if not repeated:
        return _lower(_add_remedy(message))
    name = ".".join(part.strip("' ") for part in repeated[1].split(","))
    several = f"; of several, each begins with [[{name}]]"
    return f"[{name}] stands here for the second time{several}{message[repeated.end() :]}"


_IN_QUOTES: Final = 'a text stands between straight quotes, such as "4 weeks"'
_REMEDIES: Final = {
    "Invalid value": _IN_QUOTES,
    "Illegal character '\\n'": "the text on this line has no closing quote",
    "Unclosed inline table": f"commas part its entries, all on one line; {_IN_QUOTES}",
    "Expected newline or end of document after a statement": (
        f"{_IN_QUOTES}; a date is written 2026-12-01"
    ),
}
"""Messages of tomllib that do not say what would be right, and what that is."""


def _add_remedy(message: str) -> str:
    """Say what would be right, before the place where it is not."""
    what, place, where = message.partition(" (at ")
    remedy = _REMEDIES.get(what)
    return f"{what}: {remedy}{place}{where}" if remedy else message


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
