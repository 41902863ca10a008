"""The colours of segments, by Rich: readable on light and on dark backgrounds."""

from typing import Final

from rich.color import ColorSystem
from rich.style import Style

from hairplan.show.document import MARK_STYLES
from hairplan.show.segments import Segment

_BARS: Final = ("", "bright_black", "blue")
"""The colours of what is free, to be avoided ideally, and at least. No red: it is no alarm."""


def paint(segment: Segment) -> str:
    """Return the text of a segment with its colours."""
    style = _bar_style(*segment.halves) if segment.halves else _text_style(segment)
    return Style.parse(style).render(segment.text, color_system=ColorSystem.STANDARD)


def _text_style(segment: Segment) -> str:
    return f"{'bold ' if segment.strong else ''}{MARK_STYLES[segment.mark]}"


def _bar_style(first: int, second: int) -> str:
    """Return the style of a mark: a half block in the one colour on the other."""
    if first and second and first != second:
        return f"{_BARS[first]} on {_BARS[second]}"
    return _BARS[first or second]
