"""Tables and colours for a terminal, by Rich: what something means has a colour of its own."""

import re
from io import StringIO
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from hairplan.show.desk_days import GAP
from hairplan.show.document import MARK_STYLES, Document, Line, Section
from hairplan.words import replace_controls

_SENTENCE = 30
_SHORT = 16
_LEAST_ROOM: Final = 24
"""Beside a head that leaves less, a text would break its names: it goes below."""
_TRAILING: Final = re.compile(r" +((?:\x1b\[[0-9;]*m)*)$", re.MULTILINE)
"""Blanks at the end of a line, before what ends its colour."""
_JOINT: Final = "\ue000"
"""Stands for a no-break space meanwhile: Rich would break a line at it."""


def render_table(document: Document, *, width: int, color: bool) -> str:
    """Render a document for a terminal.

    Args:
        document: what to render.
        width: the terminal's width in columns.
        color: whether it shows colours.
    """
    out = StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    if document.title:
        console.print(Text(_joined(document.title), style="bold"))
    for line in document.lines:
        console.print(_behind(line, width) if line.head else _text(line))
    for section in document.sections:
        console.print(_section(section))
    text = out.getvalue().replace(_JOINT, " ")
    return _TRAILING.sub(r"\1", text)


def _joined(text: str) -> str:
    """Return a text without controls, and with joints where no line may be broken."""
    return _JOINT.join(map(replace_controls, text.split(GAP)))


def _section(section: Section) -> RenderableType:
    parts: list[RenderableType] = []
    if section.title:
        parts.append(Padding(Text(section.title, style="bold underline"), (1, 0, 0, 0)))
    if section.rows:
        parts.append(_table(section))
    parts += [_text(line, bullet=True) for line in section.lines]
    return Group(*parts)


def _text(line: Line, *, bullet: bool = False) -> RenderableType:
    text = Text(_joined(line.text), style=MARK_STYLES[line.mark])
    if not bullet:
        return text
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column()
    grid.add_row("-", text)
    return grid


def _behind(line: Line, width: int) -> RenderableType:
    """Return a text behind its head, or below it where there is no room."""
    head, style = _joined(line.head), MARK_STYLES[line.mark]
    if width - cell_len(head) < _LEAST_ROOM:
        return Group(Text(head, style=style), Padding(_text(line), (0, 0, 0, 4)))
    grid = Table.grid(padding=0)
    grid.add_column(width=cell_len(head), no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(head, style=style), _text(line))
    return grid


def _table(section: Section) -> Table:
    table = Table(
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1),
        show_header=any(section.columns),
    )
    columns = zip(*(row.cells for row in section.rows), strict=True)
    longest = [max(map(len, column)) for column in columns]
    # Where one column has sentences, the short ones keep their dates in one piece.
    has_sentences = max(longest) > _SENTENCE
    for column, length in zip(section.columns, longest, strict=True):
        no_wrap = has_sentences and length <= _SHORT
        table.add_column(column, justify="left", overflow="fold", no_wrap=no_wrap)
    for row in section.rows:
        cells = (Text(replace_controls(cell)) for cell in row.cells)
        table.add_row(*cells, style=MARK_STYLES[row.mark])
    return table
