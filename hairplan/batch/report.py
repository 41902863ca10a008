"""Failed rows, whole, in a file that can be corrected and fed in again.

The form is that of the file's name: JSON Lines, or the CSV that came in, with the clinic's own
columns, delimiter and encoding, and the reasons in front.
"""

import csv
import json
from codecs import getincrementalencoder
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import IO, Final

from msgspec import Struct

from hairplan.batch.columns import IN_REPORTS, UNREAD
from hairplan.batch.encodings import Encoding
from hairplan.batch.headings import unique_keys
from hairplan.batch.patient_list import PatientList, Row
from hairplan.errors import InputError
from hairplan.words import escape_controls

_IN_FRONT: Final = (*IN_REPORTS, UNREAD)
_BETWEEN_REASONS: Final = " | "


class ReportForm(Struct, frozen=True):
    """The form of a report.

    Attributes:
        columns: the clinic's own columns in order, each with its key in a row; none for JSON Lines.
        delimiter: the character between cells; null for JSON Lines.
        encoding: the encoding of the text.
    """

    columns: tuple[tuple[str, str], ...] = ()
    delimiter: str | None = None
    encoding: Encoding = "utf-8"

    @property
    def marks(self) -> tuple[str, ...]:
        """The marks by which a report of an earlier batch is recognized."""
        if self.delimiter is None:
            return ('{"row": ', '"reason": [')
        return (self.delimiter.join(_IN_FRONT),)


def report_form(path: Path, patients: PatientList) -> ReportForm:
    """Return the form of a report of a list.

    Raises:
        InputError: rows of JSON Lines, which may all differ, are wanted as CSV.
    """
    if path.suffix.lower() != ".csv":
        return ReportForm()
    if not patients.own_names:
        raise InputError(f"{path}: rows of JSON Lines come back as JSON Lines: name it .jsonl")
    keys = unique_keys(patients.header)
    columns = zip(patients.own_names, keys, strict=True)
    own = tuple((name, key) for name, key in columns if key not in _IN_FRONT)
    # A spreadsheet takes a CSV for UTF-8 only if it has a byte order mark.
    encoding = patients.encoding if patients.delimiter else "utf-8-sig"
    return ReportForm(own, patients.delimiter or ",", encoding)


class ReportWriter:
    """Writes rows into a report; one without rows is empty."""

    def __init__(self, out: IO[bytes], form: ReportForm) -> None:
        self.out = out
        self.form = form
        self.encode = getincrementalencoder(form.encoding)("surrogateescape").encode
        self.is_begun = False

    def write(self, row: Row, reasons: Iterable[str]) -> None:
        """Write a row and why it failed."""
        if self.form.delimiter is None:
            self.out.write(render_report_line(row, reasons))
            return
        if not self.is_begun:
            self.is_begun = True
            self._write_cells([*_IN_FRONT, *(name for name, _ in self.form.columns)])
        front = [str(row.number), _BETWEEN_REASONS.join(reasons), str(row.content.get(UNREAD, ""))]
        cells = (str(row.content.get(key, "")) for _, key in self.form.columns)
        self._write_cells([*front, *cells])

    def _write_cells(self, cells: Iterable[str]) -> None:
        line = StringIO()
        csv.writer(line, delimiter=self.form.delimiter or ",").writerow(cells)
        self.out.write(self.encode(line.getvalue()))


def render_report_line(row: Row, reasons: Iterable[str]) -> bytes:
    """Return a failed row as a line of JSON: it can be corrected, and fed in again."""
    content = {name: value for name, value in row.content.items() if name not in IN_REPORTS}
    line = {"row": row.number, "reason": list(reasons), **content}
    try:
        return escape_controls(json.dumps(line, ensure_ascii=False).encode()) + b"\n"
    except UnicodeEncodeError:
        # Bytes that are no UTF-8 come out as they went in.
        return f"{json.dumps(line)}\n".encode()
