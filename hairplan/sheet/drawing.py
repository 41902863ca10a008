"""A drawing as SVG: shapes in the order in which they are laid over one another.

Shapes are drawn by attributes alone, as not every program that shows SVG follows styles.
"""

from html import escape
from typing import Final, Literal

from msgspec import Struct

Point = tuple[float, float]

_FONTS: Final = "Arial, Liberation Sans, Helvetica, sans-serif"


class Letters(Struct, frozen=True):
    """How a text is written.

    Attributes:
        size: the size of its letters.
        bold: whether they are bold.
        color: their colour.
        anchor: whether a text begins where it stands, or has its middle there.
    """

    size: float
    bold: bool = False
    color: str = "#111"
    anchor: Literal["start", "middle"] = "start"


class Stroke(Struct, frozen=True):
    """How a line is drawn."""

    color: str = "#555"
    width: float = 1.2
    dashed: bool = False

    @property
    def attributes(self) -> str:
        """The stroke as SVG says it."""
        dashes = ' stroke-dasharray="4 3"' if self.dashed else ""
        return f'stroke="{self.color}" stroke-width="{self.width:g}"{dashes}'


class Drawing:
    """Collects shapes; all lengths are in the drawing's own units."""

    def __init__(self) -> None:
        self.shapes: list[str] = []
        self.behind: list[str] = []

    def svg(self, name: str, title: str, description: str, size: Point) -> str:
        """Return the drawing with its title and all that it says."""
        ids = f"{name}-title", f"{name}-text"
        body = "".join([*self.behind, *self.shapes])
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{" ".join(ids)}"'
            f' font-family="{_FONTS}" class="picture {name}" viewBox="0 0 {size[0]:g} {size[1]:g}">'
            f'<title id="{ids[0]}">{escape(title)}</title>'
            f'<desc id="{ids[1]}">{escape(description)}</desc>{body}</svg>'
        )

    def line(self, begin: Point, end: Point, stroke: Stroke = Stroke()) -> None:  # noqa: B008
        """Draw a line."""
        self.shapes.append(_line(begin, end, stroke))

    def line_behind(self, begin: Point, end: Point, stroke: Stroke) -> None:
        """Draw a line behind everything else."""
        self.behind.append(_line(begin, end, stroke))

    def bar(self, begin: Point, size: Point, fill: str, edge: Stroke | None = None) -> None:
        """Draw a bar with round corners from its upper left one, with an edge or without."""
        stroke = f" {edge.attributes}" if edge else ""
        self.shapes.append(
            f'<rect x="{begin[0]:.1f}" y="{begin[1]:.1f}" width="{size[0]:.1f}"'
            f' height="{size[1]:.1f}" rx="2" fill="{fill}"{stroke}/>'
        )

    def circle(self, middle: Point, radius: float, fill: str, edge: Stroke) -> None:
        """Draw a circle."""
        self.shapes.append(
            f'<circle cx="{middle[0]:.1f}" cy="{middle[1]:.1f}" r="{radius:.1f}" fill="{fill}"'
            f" {edge.attributes}/>"
        )

    def tick(self, begin: Point) -> None:
        """Draw a tick."""
        self.shapes.append(
            f'<path d="M{begin[0]:.1f} {begin[1]:.1f}l4 4 7-9" fill="none" stroke="#111"'
            ' stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/>'
        )

    def text(self, at: Point, text: str, letters: Letters) -> None:
        """Write a text on its base line."""
        weight = ' font-weight="700"' if letters.bold else ""
        self.shapes.append(
            f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" font-size="{letters.size:g}"'
            f' text-anchor="{letters.anchor}" fill="{letters.color}"{weight}>{escape(text)}</text>'
        )


def _line(begin: Point, end: Point, stroke: Stroke) -> str:
    return (
        f'<line x1="{begin[0]:.1f}" y1="{begin[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}"'
        f" {stroke.attributes}/>"
    )
