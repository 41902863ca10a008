"""Plain aligned text, never wrapped: what a pipe gets."""

from collections.abc import Iterator

from hairplan.show.document import Document, Section, TableRow
from hairplan.words import replace_controls


def render_plain(document: Document) -> str:
    """Render a document as lines of text, columns two spaces apart."""
    return "".join(f"{line}\n" for line in _lines(document))


def _lines(document: Document) -> Iterator[str]:
    if document.title:
        yield replace_controls(document.title)
    yield from (replace_controls(f"{line.head}{line.text}") for line in document.lines)
    for section in document.sections:
        if section.title:
            yield ""
            yield section.title.upper()
        yield from _table(section)
        yield from (replace_controls(line.text) for line in section.lines)


def _table(section: Section) -> Iterator[str]:
    if not section.rows:
        return
    rows = [TableRow(section.columns), *section.rows] if any(section.columns) else section.rows
    cells = [[replace_controls(cell) for cell in row.cells] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()
