"""A list in a spreadsheet, .xlsx, .ods or .xls: its cells as the texts that a CSV of it would have.

python-calamine reads it, which is an extra. The sheet is the first one that is shown and holds
anything; real dates and times become 2026-12-01 and 14:30, whatever they look like on the screen.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, Any, Final

from hairplan.errors import InputError

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

SheetRows = Iterator[tuple[int, list[str]]]
"""The number of each row in its sheet, from 1, and the texts of its cells."""

_MAGIC: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""The first bytes of a .zip, which .xlsx and .ods are, and of an .xls."""

_NEEDS_CALAMINE: Final = (
    "is a spreadsheet, which python-calamine reads: pip install 'hairplan[sheets]'; or save it as"
    " CSV"
)


def is_spreadsheet(stream: IO[bytes]) -> bool:
    """Return whether a file is a spreadsheet, by its first bytes; it is not read any further."""
    if not stream.seekable():
        return False
    begin = stream.tell()
    head = stream.read(len(_MAGIC[0]))
    stream.seek(begin)
    return head in _MAGIC


def read_sheet(stream: IO[bytes], name: str) -> tuple[str, SheetRows]:
    """Return the name of a spreadsheet's sheet, and its rows.

    Args:
        stream: the spreadsheet, from its beginning.
        name: its name in messages.

    Raises:
        InputError: it cannot be read, no sheet holds anything, or python-calamine is missing.
    """
    try:
        from python_calamine import CalamineError, load_workbook
    except ImportError:
        raise InputError(f"{name}: {_NEEDS_CALAMINE}") from None
    try:
        sheet = _first_with_cells(load_workbook(stream))
    except CalamineError as error:
        raise InputError(f"{name}: cannot be read as a spreadsheet: {error}") from None
    if sheet is None or sheet.start is None:
        raise InputError(f"{name}: is empty: a list has a header and a row for each plan")
    first = sheet.start[0] + 1
    rows = ([_text(value) for value in row] for row in sheet.iter_rows())
    return sheet.name, enumerate(rows, first)


def _first_with_cells(workbook: "CalamineWorkbook") -> "CalamineSheet | None":
    from python_calamine import SheetVisibleEnum

    for position, about in enumerate(workbook.sheets_metadata):
        if about.visible == SheetVisibleEnum.Visible:
            sheet = workbook.get_sheet_by_index(position)
            if sheet.start is not None:
                return sheet
    return None


def _text(value: object) -> str:
    return value if value.__class__ is str else _TEXTS.get(value.__class__, str)(value)


def _text_of_number(number: float) -> str:
    return str(int(number)) if number.is_integer() else str(number)


def _text_of_moment(moment: dt.datetime) -> str:
    at_midnight = moment.time() == dt.time()
    return moment.date().isoformat() if at_midnight else moment.isoformat(" ", "minutes")


_TEXTS: Final[dict[type, Callable[[Any], str]]] = {
    bool: lambda value: "yes" if value else "no",
    float: _text_of_number,
    dt.date: dt.date.isoformat,
    dt.datetime: _text_of_moment,
    dt.time: lambda at: at.isoformat("minutes"),
}
"""Cells that are no texts as a CSV would have them, by their type; any other as Python says it."""
