"""Rows of a list of patients, one after the other: CSV, or JSON Lines.

Conventions:

* Rows count from 1, without the header; lines count from 1, as an editor shows them. A line or a
  row with nothing in it is passed over.
* What cannot be read is a row with a reason and the text as it stood, never an end of the list.
* Bytes that are no UTF-8 are kept as lone surrogates, so that they come out of a report as they
  went in.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import IO, Any, Final, Literal

from msgspec import Struct

from hairplan.batch.columns import UNREAD, Cell, columns, tidied
from hairplan.errors import InputError
from hairplan.words import plural

ListForm = Literal["csv", "jsonl"]
RowContent = dict[str, Any]

DELIMITERS: Final = {",": "commas", ";": "semicolons", "\t": "tabs"}
MOST_CHARACTERS: Final = 10_000
"""No cell needs more; a quotation mark that is never closed makes one that has."""

_MOST_IN_A_LINE: Final = 16 * 1024 * 1024
_TOO_LONG: Final = "longer than 16 MiB, which no row of a list is"


class Row(Struct, frozen=True):
    """A row as it stands.

    Attributes:
        number: its number, from 1, without the header.
        line: the line on which it begins.
        content: what it holds, by column.
        faults: why it cannot be read, if it cannot.
    """

    number: int
    line: int
    content: RowContent
    faults: tuple[str, ...] = ()


class PatientList(Struct, frozen=True):
    """A list of patients that has been begun to read.

    Attributes:
        form: CSV or JSON Lines.
        delimiter: what separates the cells of CSV.
        header: its columns, tidied; those of the first row, of JSON Lines.
        rows: its rows, read on demand.
    """

    form: ListForm
    delimiter: str | None
    header: tuple[str, ...]
    rows: Iterator[Row]

    def begun(self) -> "PatientList":
        """Return the list with its first row read.

        Raises:
            InputError: there is none.
        """
        first = next(self.rows)
        return PatientList(self.form, self.delimiter, self.header, chain((first,), self.rows))


def read_list(stream: IO[bytes], form: ListForm | None, name: str) -> PatientList:
    """Begin to read a list of patients.

    Args:
        stream: its bytes, from the beginning.
        form: CSV or JSON Lines; null to see it from the first character.
        name: what the messages call it.

    Raises:
        InputError: it is empty, in another encoding, or no list at all.
    """
    lines = _Lines(stream, name)
    first = lines.peek()
    if form is None:
        form = "jsonl" if first.lstrip()[:1] == "{" else "csv"
    return _json_lines(lines) if form == "jsonl" else _csv(lines, name)


class _TooLongError(Exception):
    """A line that no row of a list has."""


class _Lines:
    """The lines of a text, with their line ends, and what was read since `begin`."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self.stream = stream
        self.name = name
        self.number = 0
        self.since: list[str] = []
        self.ahead: list[str] = []

    def peek(self) -> str:
        """Return the first line that has something in it, which will be read again.

        Raises:
            InputError: there is none; it is in another encoding.
        """
        try:
            head = self._read()
            self._refuse_encodings(head)
            head = head.removeprefix("\ufeff")
            self.ahead.append(head)
            while head and not head.strip():
                head = self._read()
                self.ahead.append(head)
        except _TooLongError:
            raise InputError(f"{self.name}: line {self.number} is {_TOO_LONG}") from None
        if not head:
            raise InputError(f"{self.name}: is empty: a list has a header and a row for each plan")
        return head

    def _refuse_encodings(self, head: str) -> None:
        if head.encode("utf-8", "surrogateescape")[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            raise InputError(f"{self.name}: is UTF-16 text: save it as UTF-8")

    def begin(self) -> int:
        """Begin a row, and return the number of its line."""
        self.since = []
        return self.number + 1

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.ahead.pop(0) if self.ahead else self._read()
        if not line:
            raise StopIteration
        self.number += 1
        self.since.append(line)
        return line

    def _read(self) -> str:
        line = self.stream.readline(_MOST_IN_A_LINE)
        text = line.decode("utf-8", "surrogateescape")
        if len(line) == _MOST_IN_A_LINE and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = self.stream.readline(_MOST_IN_A_LINE)
            self.number += 1
            self.since.append(text)
            raise _TooLongError
        return text


# ---- CSV ----


def _csv(lines: _Lines, name: str) -> PatientList:
    head = lines.ahead[-1]
    if head.lstrip().startswith("["):
        raise InputError(f"{name}: a JSON array: give JSON Lines, an object a line, or CSV")
    delimiter = _delimiter(head)
    # A cell may be as long as the whole list where a quotation mark is never closed.
    csv.field_size_limit(_MOST_IN_A_LINE)
    while not lines.ahead[0].strip():
        next(lines)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        given = next(reader)
    except csv.Error as error:
        raise InputError(f"{name}: the header is {_describe_error(error)}") from None
    header = tuple(tidied(each) for each in given)
    while header and not header[-1]:
        header = header[:-1]
    return PatientList("csv", delimiter, header, _csv_rows(lines, reader, header, name))


def _delimiter(head: str) -> str:
    """Return what separates the cells: what makes the most columns that there are."""
    known = set(columns())

    def fit(delimiter: str) -> tuple[int, int]:
        names = [tidied(each.strip('" \r\n')) for each in head.split(delimiter)]
        return sum(each.partition(".")[0] in known for each in names), len(names)

    return max(DELIMITERS, key=fit)


def _csv_rows(
    lines: _Lines, reader: Iterator[list[str]], header: Sequence[str], name: str
) -> Iterator[Row]:
    number = 0
    while True:
        line = lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            break
        except (csv.Error, _TooLongError) as error:
            number += 1
            yield _unread(number, line, lines, _describe_error(error))
            continue
        if not any(cells):
            continue
        number += 1
        # Spreadsheets write delimiters after the last column.
        if len(cells) < len(header) or any(cells[len(header) :]):
            yield _unread(number, line, lines, _width(len(cells), len(header)))
        else:
            yield Row(number, line, dict(zip(header, cells, strict=False)))
    if not number:
        raise InputError(f"{name}: has a header and no rows")


def _width(cells: int, wanted: int) -> str:
    return (
        f"{plural(cells, 'cell')} under a header of {wanted}: a cell with the delimiter in it"
        " stands in quotation marks"
    )


def _describe_error(error: Exception) -> str:
    text = str(error)
    if isinstance(error, _TooLongError):
        return _TOO_LONG
    if "unexpected end of data" in text:
        return "a quotation mark is never closed, and takes all that follows with it"
    if "field larger" in text:
        return "a cell that is too long: is a quotation mark never closed?"
    return f"no CSV: {text}"


def _unread(number: int, line: int, lines: _Lines, why: str) -> Row:
    return Row(number, line, {UNREAD: "".join(lines.since).rstrip("\r\n")}, (why,))


# ---- JSON Lines ----


class _Decoder:
    """Reads objects of JSON, and knows which of their keys a text has twice."""

    def __init__(self) -> None:
        self.twice: set[str] = set()
        self._decode = json.JSONDecoder(object_pairs_hook=self._object).decode

    def _object(self, pairs: list[tuple[str, Any]]) -> RowContent:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            self.twice |= {name for name in names if names.count(name) > 1}
        return found

    def decode(self, line: str) -> object:
        """Read one line.

        Raises:
            ValueError: it is no JSON.
            RecursionError: it is nested without measure.
        """
        self.twice = set()
        return self._decode(line)


def _json_lines(lines: _Lines) -> PatientList:
    rows = _json_rows(lines)
    first = next(rows)
    header = tuple(dict.fromkeys(name for name, _ in _flat(first.content)))
    return PatientList("jsonl", None, header, chain((first,), rows))


def _json_rows(lines: _Lines) -> Iterator[Row]:
    number = 0
    decoder = _Decoder()
    while True:
        at = lines.begin()
        try:
            line = next(lines, "")
        except _TooLongError:
            number += 1
            yield _unread(number, at, lines, _TOO_LONG)
            continue
        if not line:
            break
        if line.strip():
            number += 1
            yield _json_row(number, at, line, lines, decoder)


def _json_row(number: int, at: int, line: str, lines: _Lines, decoder: _Decoder) -> Row:
    try:
        found = decoder.decode(line.rstrip())
    except json.JSONDecodeError as error:
        return _unread(number, at, lines, f"not valid JSON: column {error.colno}: {error.msg}")
    except (ValueError, RecursionError):
        return _unread(number, at, lines, "not valid JSON: a number or a nesting without measure")
    if not isinstance(found, dict):
        return _unread(number, at, lines, "not an object, in { }")
    names = [tidied(name) for name in found]
    content = dict(zip(names, found.values(), strict=True))
    if len(content) < len(names):
        decoder.twice |= {name for name in names if names.count(name) > 1}
    if decoder.twice:
        return _unread(
            number, at, lines, f"twice in one object: {', '.join(sorted(decoder.twice))}"
        )
    return Row(number, at, content)


# ---- cells ----


def cells_of(content: Mapping[str, Any], ignored: Iterable[str] = ()) -> dict[str, Cell]:
    """Return the texts of a row by column; what is empty, or ignored, is left out.

    Raises:
        InputError: a cell is no text; every fault.
    """
    found: dict[str, Cell] = {}
    faults: list[str] = []
    for name, value in _flat(content):
        if name in ignored or value is None or value == "":
            continue
        if fault := _cell_fault(value):
            faults.append(f"{name}: {fault}")
        elif cell := _text(value):
            found[name] = cell
    if faults:
        raise InputError(*faults)
    return found


def _flat(content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield columns and cells; what JSON has as {"answer": {"x": ...}} is answer.x."""
    for name, value in content.items():
        if isinstance(value, dict):
            for key, each in value.items():
                yield tidied(f"{name}.{key}"), each
        else:
            yield tidied(name), value


def _text(value: Any) -> Cell:  # noqa: ANN401 - what JSON has
    if isinstance(value, list):
        return [str(each).strip() for each in value]
    return str(value).strip()


def _cell_fault(value: Any) -> str | None:  # noqa: ANN401 - what JSON has
    if isinstance(value, list):
        found = [_cell_fault(each) or ("a list in a list" if isinstance(each, list) else None)
                 for each in value]  # fmt: skip
        return next(filter(None, found), None)
    if isinstance(value, bool):
        return 'true and false are no texts: an answer is "yes", "no" or "unknown"'
    if not isinstance(value, str | int):
        return "is neither a text nor a whole number"
    if isinstance(value, int):
        return None
    if len(value) > MOST_CHARACTERS:
        return f"{len(value)} characters; at most {MOST_CHARACTERS} make sense"
    return _text_fault(value)


def _text_fault(text: str) -> str | None:
    if text.isascii() and text.isprintable():
        return None
    if "\0" in text:
        return "holds a NUL character"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "not UTF-8 text: save the list as UTF-8 (Latin-1 or Windows-1252 before?)"
    return None
