"""Read a list of patients row by row: CSV, JSON Lines, or a sheet of a spreadsheet.

Conventions:

* Rows count from 1, without the header; lines count from 1, as an editor shows them. A line or a
  row with nothing in it is passed over.
* A row that cannot be read has a reason and its text as it stood; it never ends the list.
* Bytes that are no UTF-8 in a text of UTF-8 are kept as lone surrogates, so that they come out of a
  report as they went in.
* A line such as "sep=;" before the header, which spreadsheets write, names what separates cells.
"""

import csv
import json
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import IO, Any, Final, Literal

from msgspec import Struct, structs

from hairplan.batch.columns import MOST_COLUMNS, UNREAD, Cell, column_names, normalize_column
from hairplan.batch.encodings import Encoding, find_encoding, line_reader
from hairplan.batch.headings import Headings, unique_keys
from hairplan.batch.sheets import SheetRows, is_spreadsheet, read_sheet
from hairplan.errors import InputError
from hairplan.words import format_count, is_text

ListForm = Literal["csv", "jsonl", "sheet"]
RowContent = dict[str, Any]

DELIMITERS: Final = {",": "commas", ";": "semicolons", "\t": "tabs"}
MOST_CHARACTERS: Final = 10_000
"""No cell needs more; a quotation mark that is never closed makes one that has."""

NO_HEADINGS: Final = Headings()
_MOST_IN_A_LINE: Final = 16 * 1024 * 1024
_TOO_LONG: Final = "longer than 16 MiB, which no row of a list is"
_BESIDE_THE_HEADER: Final = "cells beside the columns of the header: give their column a name"


class Row(Struct, frozen=True):
    """A row as it stands in the list.

    Attributes:
        number: its number, from 1, without the header.
        line: the line on which it begins.
        content: its values, by column.
        faults: why it cannot be read, if it cannot.
    """

    number: int
    line: int
    content: RowContent
    faults: tuple[str, ...] = ()


class PatientList(Struct, frozen=True):
    """A list of patients, open for reading.

    Attributes:
        form: CSV, JSON Lines, or a sheet.
        delimiter: the character between the cells of CSV; null for any other form.
        header: its columns, normalized; of JSON Lines, those of the first row.
        rows: its rows, read on demand.
        encoding: the encoding of its text.
        sheet: the name of its sheet in a spreadsheet.
        own_names: its columns as they stand there; none for JSON Lines.
    """

    form: ListForm
    delimiter: str | None
    header: tuple[str, ...]
    rows: Iterator[Row]
    encoding: Encoding = "utf-8"
    sheet: str | None = None
    own_names: tuple[str, ...] = ()

    def with_first_row(self) -> "PatientList":
        """Return the list with its first row read.

        Raises:
            InputError: it has no rows.
        """
        first = next(self.rows)
        return structs.replace(self, rows=chain((first,), self.rows))


def open_list(
    stream: IO[bytes], form: ListForm | None, name: str, headings: Headings = NO_HEADINGS
) -> PatientList:
    """Read a list of patients up to its header.

    Args:
        stream: its bytes, from the beginning.
        form: CSV or JSON Lines; null to tell it from the first character. A spreadsheet is seen
            whatever is said.
        name: its name in messages.
        headings: the clinic's own names of columns.

    Raises:
        InputError: it is empty, or no list at all.
    """
    if is_spreadsheet(stream):
        return _open_sheet(stream, name, headings)
    lines = _LineReader(stream, name, headings)
    first = lines.peek()
    if form is None:
        form = "jsonl" if first.lstrip()[:1] == "{" else "csv"
    return _open_json_lines(lines) if form == "jsonl" else _open_csv(lines)


class _TooLongError(Exception):
    """A line is longer than any row of a list."""


class _LineReader:
    """The lines of a list with their line ends; it makes rows of those since `begin_row`."""

    def __init__(self, stream: IO[bytes], name: str, headings: Headings) -> None:
        self.headings = headings
        self.encoding = find_encoding(stream)
        self.read_line = line_reader(stream, self.encoding)
        self.name = name
        self.number = 0
        self.ahead: list[str] = []
        self.rows = 0
        self.row_line = 0
        self.row_texts: list[str] = []

    def peek(self) -> str:
        """Return the first line that is not blank; it will be read again.

        Raises:
            InputError: there is none.
        """
        try:
            head = self._read().removeprefix("\ufeff")
            self.ahead.append(head)
            while head and not head.strip():
                head = self._read()
                self.ahead.append(head)
        except _TooLongError:
            raise InputError(f"{self.name}: line {self.number} is {_TOO_LONG}") from None
        if not head:
            raise InputError(f"{self.name}: is empty: a list has a header and a row for each plan")
        return head

    def begin_row(self) -> None:
        """Begin a row at the next line."""
        self.row_texts = []
        self.row_line = self.number + 1

    def row(self, content: RowContent) -> Row:
        """Return the row that was begun."""
        self.rows += 1
        return Row(self.rows, self.row_line, content)

    def unread_row(self, why: str) -> Row:
        """Return the row that was begun, which cannot be read."""
        self.rows += 1
        text = "".join(self.row_texts).rstrip("\r\n")
        return Row(self.rows, self.row_line, {UNREAD: text}, (why,))

    def __iter__(self) -> "_LineReader":
        return self

    def __next__(self) -> str:
        line = self.ahead.pop(0) if self.ahead else self._read()
        if not line:
            raise StopIteration
        self.number += 1
        self.row_texts.append(line)
        return line

    def _read(self) -> str:
        line = text = self.read_line(_MOST_IN_A_LINE)
        if len(line) == _MOST_IN_A_LINE and not line.endswith("\n"):
            while line and not line.endswith("\n"):
                line = self.read_line(_MOST_IN_A_LINE)
            self.number += 1
            self.row_texts.append(text)
            raise _TooLongError
        return text


# ---- CSV ----


def _open_csv(lines: _LineReader) -> PatientList:
    head = lines.ahead[-1]
    if head.lstrip().startswith("["):
        raise InputError(f"{lines.name}: a JSON array: give JSON Lines, an object a line, or CSV")
    delimiter = _find_delimiter(lines)
    # A cell may be as long as the whole list where a quotation mark is never closed.
    csv.field_size_limit(_MOST_IN_A_LINE)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        names = next(reader)
    except csv.Error as error:
        raise InputError(f"{lines.name}: the header is {_describe_error(error)}") from None
    own = _without_empty_end(names)
    header = tuple(map(lines.headings.name, own))
    rows = _csv_rows(lines, reader, unique_keys(header))
    return PatientList("csv", delimiter, header, rows, lines.encoding, own_names=own)


def _without_empty_end(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of a header; delimiters behind the last one make none."""
    last = max((place for place, name in enumerate(names, 1) if name.strip()), default=0)
    return tuple(names[:last])


def _find_delimiter(lines: _LineReader) -> str:
    """Return what separates the cells; the header is the next line then."""
    named = _named_delimiter(lines.ahead[-1])
    if named:
        for _ in tuple(lines.ahead):
            next(lines)
        lines.peek()
    while not lines.ahead[0].strip():
        next(lines)
    return named or _delimiter(lines.ahead[-1], lines.headings)


def _named_delimiter(line: str) -> str | None:
    """Return the delimiter that a line such as "sep=;" names; null for any other line."""
    name, equals, delimiter = line.strip(' "\r\n').partition("=")
    return delimiter if equals and name.lower() == "sep" and delimiter in DELIMITERS else None


def _delimiter(head: str, headings: Headings) -> str:
    """Return the delimiter that makes the most known columns of a header."""
    known = set(column_names())

    def fit(delimiter: str) -> tuple[int, int]:
        names = [headings.name(name.strip('" \r\n')) for name in head.split(delimiter)]
        return sum(name.partition(".")[0] in known for name in names), len(names)

    return max(DELIMITERS, key=fit)


def _csv_rows(
    lines: _LineReader, reader: Iterator[list[str]], header: Sequence[str]
) -> Iterator[Row]:
    while True:
        lines.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            break
        except (csv.Error, _TooLongError) as error:
            yield lines.unread_row(_describe_error(error))
            continue
        if not "".join(cells).strip():
            continue
        # Spreadsheets write delimiters after the last column.
        if len(cells) < len(header) or any(cells[len(header) :]):
            yield lines.unread_row(_describe_width(len(cells), len(header)))
        else:
            yield lines.row(dict(zip(header, cells, strict=False)))
    if not lines.rows:
        raise InputError(f"{lines.name}: has a header and no rows")


def _describe_width(cells: int, expected: int) -> str:
    return (
        f"{format_count(cells, 'cell')} under a header of {expected}: a cell with the delimiter in"
        " it stands in quotation marks"
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


# ---- a sheet ----


def _open_sheet(stream: IO[bytes], name: str, headings: Headings) -> PatientList:
    sheet, rows = read_sheet(stream, name)
    own = _without_empty_end(next(rows)[1])
    header = tuple(map(headings.name, own))
    read = _sheet_rows(rows, unique_keys(header), name)
    return PatientList("sheet", None, header, read, sheet=sheet, own_names=own)


def _sheet_rows(rows: SheetRows, header: Sequence[str], name: str) -> Iterator[Row]:
    number = 0
    for line, cells in rows:
        if not "".join(cells).strip():
            continue
        number += 1
        if any(cells[len(header) :]):
            yield Row(number, line, {UNREAD: " ".join(cells)}, (_BESIDE_THE_HEADER,))
        else:
            yield Row(number, line, dict(zip(header, cells, strict=False)))
    if not number:
        raise InputError(f"{name}: has a header and no rows")


# ---- JSON Lines ----


def _open_json_lines(lines: _LineReader) -> PatientList:
    rows = _json_rows(lines)
    first = next(rows)
    header = tuple(dict.fromkeys(name for name, _ in _flatten(first.content)))
    return PatientList("jsonl", None, header, chain((first,), rows), lines.encoding)


def _json_rows(lines: _LineReader) -> Iterator[Row]:
    while True:
        lines.begin_row()
        try:
            line = next(lines, "")
        except _TooLongError:
            yield lines.unread_row(_TOO_LONG)
            continue
        if not line:
            break
        if line.strip():
            yield _json_row(line, lines)


def _json_row(line: str, lines: _LineReader) -> Row:
    twice: set[str] = set()

    def unique(pairs: list[tuple[str, Any]]) -> RowContent:
        content = dict(pairs)
        if len(content) < len(pairs):
            twice.update(_repeated(name for name, _ in pairs))
        return content

    try:
        value = json.JSONDecoder(object_pairs_hook=unique).decode(line.rstrip())
    except json.JSONDecodeError as error:
        return lines.unread_row(f"not valid JSON: column {error.colno}: {error.msg}")
    except (ValueError, RecursionError):
        return lines.unread_row("not valid JSON: a number or a nesting without measure")
    if not isinstance(value, dict):
        return lines.unread_row("not an object, in { }")
    name_of = lines.headings.name
    content = {name_of(name): cell for name, cell in value.items()}
    if len(content) < len(value):
        twice |= _repeated(map(name_of, value))
    if twice:
        names = ", ".join(sorted(twice))
        return lines.unread_row(f"twice in one object: {names}")
    return lines.row(content)


def _repeated(names: Iterable[str]) -> set[str]:
    return {name for name, count in Counter(names).items() if count > 1}


# ---- cells ----


def read_cells(content: Mapping[str, Any], passed_over: Container[str] = ()) -> dict[str, Cell]:
    """Return the texts of a row by column, without empty cells and columns passed over.

    Raises:
        InputError: a cell is no text; every fault.
    """
    if len(content) > MOST_COLUMNS:
        raise InputError(f"{len(content)} columns; at most {MOST_COLUMNS} make sense")
    cells: dict[str, Cell] = {}
    faults: list[str] = []
    for name, value in _flatten(content):
        if name in passed_over or value is None or value == "":
            continue
        if fault := _cell_fault(value):
            faults.append(f"{name}: {fault}")
        elif cell := _text(value):
            cells[name] = cell
    if faults:
        raise InputError(*faults)
    return cells


def _flatten(content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield columns and values; {"answer": {"x": ...}} of JSON is the column answer.x."""
    for name, value in content.items():
        if isinstance(value, dict):
            for key, inner in value.items():
                yield normalize_column(f"{name}.{key}"), inner
        else:
            yield normalize_column(name), value


def _text(value: Any) -> Cell:  # noqa: ANN401 - JSON holds values of any type
    if isinstance(value, list):
        return [str(item).strip() for item in value]
    return str(value).strip()


def _cell_fault(value: Any) -> str | None:  # noqa: ANN401 - JSON holds values of any type
    if isinstance(value, list):
        faults = [_cell_fault(item) or ("a list in a list" if isinstance(item, list) else None)
                  for item in value]  # fmt: skip
        return next(filter(None, faults), None)
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
    if not is_text(text):
        return "holds bytes that are no UTF-8 text, as the rest of the list is"
    return None
