"""The document that every text is rendered from: titles, tables and lines, each with a meaning.

A mark says what a piece of text means; whether that is a colour, and which one, is the renderer's
choice. Text from outside is data: each renderer makes it harmless in its own way.
"""

from collections.abc import Iterable
from typing import Final, Literal

from msgspec import Struct

Mark = Literal["plain", "moved", "tentative", "refused", "open", "least", "good"]

MARK_STYLES: Final[dict[Mark, str]] = {
    "plain": "",
    "moved": "yellow",
    "tentative": "cyan",
    "refused": "bold red",
    "open": "magenta",
    "least": "dim",
    "good": "green",
}
"""The colour of each mark in a terminal, in Rich's words."""


class Line(Struct, frozen=True):
    """A line of text with a meaning.

    Attributes:
        text: the text; where it is folded, it stays behind what stands in front of it.
        mark: what it means.
        head: what stands in front of it, with the blanks between.
    """

    text: str
    mark: Mark = "plain"
    head: str = ""


class TableRow(Struct, frozen=True):
    """A row of a table: a cell for each column."""

    cells: tuple[str, ...]
    mark: Mark = "plain"


class Section(Struct, frozen=True):
    """A titled part: a table, then lines; either may be empty.

    Attributes:
        title: its heading.
        columns: the headings of the table's columns.
        rows: the table.
        lines: what stands below the table, or in its place.
    """

    title: str
    columns: tuple[str, ...] = ()
    rows: tuple[TableRow, ...] = ()
    lines: tuple[Line, ...] = ()


class Document(Struct, frozen=True):
    """A title, lines below it, and sections."""

    title: str
    lines: tuple[Line, ...]
    sections: tuple[Section, ...]


def build_document(title: str, lines: Iterable[Line], sections: Iterable[Section]) -> Document:
    """Build a document of the sections that have anything in them."""
    kept = tuple(section for section in sections if section.rows or section.lines)
    return Document(title, tuple(lines), kept)
