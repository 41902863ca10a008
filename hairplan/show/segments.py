"""Lines of text whose parts have a meaning: wrapped, cut and written with the glyphs there are.

Conventions:

* A no-break space joins what belongs together, such as a date; it is written as a plain one.
* No meaning is told by a colour alone: with and without colours the words are the same.
* A bar is drawn by halves of a mark where there are colours, else by the stricter half.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final, Literal
from unicodedata import combining, east_asian_width

from msgspec import Struct

from hairplan.show.document import Mark
from hairplan.words import replace_controls

Level = Literal[0, 1, 2]
"""How strictly something is to be avoided: not at all, ideally, or at least."""
FREE: Final = 0
IDEAL: Final = 1
LEAST: Final = 2

GLYPHS: Final = "█░─▼·…•"
"""The glyphs of the views beside letters."""
_ASCII: Final = str.maketrans({
    "─": "_", "▼": "v", "·": "|", "…": "...", "•": "o", "█": "#", "░": "-",
})  # fmt: skip
_BARS: Final = " ░█"
_ASCII_BARS: Final = ".-#"


class Segment(Struct, frozen=True):
    """A piece of a line with a meaning.

    Attributes:
        text: what it says; empty for a mark of a bar.
        mark: what that means.
        strong: it stands out.
        halves: how strict the first and the second half of a mark of a bar are.
    """

    text: str = ""
    mark: Mark = "plain"
    strong: bool = False
    halves: tuple[Level, Level] | None = None


DeskLine = tuple[Segment, ...]


class Look(Struct, frozen=True):
    """How a terminal shows lines: with colours or without, with all glyphs or with ASCII."""

    color: bool = False
    ascii: bool = False


def columns_of(text: str) -> int:
    """Return how many columns a text takes in a terminal."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(char) in "WF" else not combining(char) for char in text)


def pad(text: str, width: int) -> str:
    """Fill a text up to a number of columns."""
    return text + " " * (width - columns_of(text))


def cut(text: str, width: int) -> str:
    """Cut a text to a number of columns, wherever it may be, and say so by an ellipsis."""
    if columns_of(text) <= width:
        return text
    # In ASCII an ellipsis takes three columns.
    while columns_of(text) > width - 3:
        text = text[:-1]
    return f"{text.rstrip()}…"


def wrap(line: DeskLine, width: int, indent: int = 2) -> list[DeskLine]:
    """Break a line at its spaces, wherever it is too long; further lines are indented."""
    lines: list[list[Segment]] = [[]]
    taken = 0
    for word in _words(line):
        length = sum(columns_of(piece.text) for piece in word)
        if taken and taken + 1 + length > width:
            lines.append([Segment(" " * indent)])
            taken = indent
        elif taken:
            lines[-1].append(_gap(lines[-1][-1], word[0]))
            taken += 1
        lines[-1] += word
        taken += length
    return [tuple(pieces) for pieces in lines]


def _gap(before: Segment, after: Segment) -> Segment:
    """Return the space between two words, which belongs to both where they are alike."""
    is_one = before.mark == after.mark and before.strong == after.strong
    return Segment(" ", before.mark, before.strong) if is_one else Segment(" ")


def _words(line: DeskLine) -> list[list[Segment]]:
    """Return the words of a line; a word may be of several segments."""
    words: list[list[Segment]] = [[]]
    for segment in line:
        first, *rest = segment.text.split(" ")
        words[-1].append(Segment(first, segment.mark, segment.strong))
        words += [[Segment(text, segment.mark, segment.strong)] for text in rest]
    kept = ([piece for piece in word if piece.text] for word in words)
    return [word for word in kept if word]


def render_segments(lines: Iterable[DeskLine], look: Look) -> str:
    """Render lines as text, by Rich where there are colours."""
    if look.color:
        from hairplan.show.colors import paint
    else:
        paint = _plain
    written = ("".join(map(paint, _runs(line, look))) for line in lines)
    return "".join(f"{line.rstrip()}\n" for line in written)


def _plain(segment: Segment) -> str:
    return segment.text


def _runs(line: Sequence[Segment], look: Look) -> list[Segment]:
    """Return what is to be written, neighbours of the same kind as one."""
    written = (_written(segment, look) for segment in line)
    runs = groupby(written, key=lambda segment: (segment.mark, segment.strong, segment.halves))
    return [
        Segment("".join(segment.text for segment in run), mark, strong, halves)
        for (mark, strong, halves), run in runs
    ]


def _written(segment: Segment, look: Look) -> Segment:
    if segment.halves is not None:
        return _bar(segment.halves, look)
    text = replace_controls(segment.text)
    return Segment(text.translate(_ASCII) if look.ascii else text, segment.mark, segment.strong)


def _bar(halves: tuple[Level, Level], look: Look) -> Segment:
    """Return a mark of a bar with the glyph that shows it best."""
    strictest = max(halves)
    if look.ascii:
        text, halves = _ASCII_BARS[strictest], (strictest, strictest)
    elif look.color and halves[0] != halves[1]:
        text = "▌" if halves[0] else "▐"
    else:
        text = _BARS[strictest]
    return Segment(text, halves=halves if look.color and strictest else None)
