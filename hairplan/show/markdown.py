"""Markdown: headings, pipe tables and lists."""

import re
from collections.abc import Iterator, Sequence

from hairplan.show.document import Document, Section
from hairplan.words import replace_controls


def render_markdown(document: Document) -> str:
    """Render a document as CommonMark with pipe tables."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Document) -> Iterator[str]:
    if document.title:
        yield f"# {_escaped(document.title)}"
        yield ""
    yield from (f"- {_escaped(line.text)}" for line in document.lines)
    for section in document.sections:
        if document.title:
            yield ""
        if section.title:
            yield f"## {_escaped(section.title)}"
            yield ""
        yield from _table(section)
        if section.rows and section.lines:
            yield ""
        yield from (f"- {_escaped(line.text)}" for line in section.lines)


def _table(section: Section) -> Iterator[str]:
    if section.rows:
        yield _row(section.columns)
        yield _row(["---"] * len(section.columns), escape=False)
        yield from (_row(row.cells) for row in section.rows)


def _row(cells: Sequence[str], *, escape: bool = True) -> str:
    return f"| {' | '.join(_escaped(cell) if escape else cell for cell in cells)} |"


def _escaped(text: str) -> str:
    """Keep a text from being read as markup, links or HTML."""
    return re.sub(r"([\\`*_\[\]<>|#&~])", r"\\\1", replace_controls(text))
