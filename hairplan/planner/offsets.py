"""How far the appointments of a step lie from its anchor, where the file says it for each."""

from collections.abc import Sequence

from msgspec import Struct

from hairplan.dates.spans import Span, position, span
from hairplan.protocol.step import VisitWindow


class Offset(Struct, frozen=True):
    """How far an appointment lies from the anchor of its step.

    Attributes:
        by: the target; None where it is the middle of the window.
        low: the first day of the window; None without a window.
        high: the last day of the window; None without a window.
    """

    by: Span | None
    low: Span | None = None
    high: Span | None = None

    @property
    def nearest(self) -> Span:
        """The least that it lies from the anchor."""
        nearest = self.low or self.by
        assert nearest, "an offset has a day or a window"
        return nearest

    @property
    def is_on_anchor(self) -> bool:
        """Whether it is on the anchor itself."""
        return self.low is None and self.nearest.count == 0

    @property
    def middle(self) -> tuple[Span, Span] | None:
        """The window whose middle is the target, where no day in it is preferred."""
        return (self.low, self.high) if self.by is None and self.low and self.high else None

    @property
    def around(self) -> tuple[Span, ...]:
        """The spans that the target lies at, or in the middle of."""
        return (self.by,) if self.by else self.middle or ()


def read_offset(given: str | VisitWindow, first_day: int) -> Offset:
    """Read an offset from a source that gives its first day the number 0 or 1."""
    if isinstance(given, str):
        return Offset(position(given, first_day))
    wanted = position(given.preferred, first_day) if given.preferred else None
    return Offset(wanted, position(given.min, first_day), position(given.max, first_day))


def span_after_repeat(offsets: Sequence[Offset], before: int, counted: int) -> Span | None:
    """Return how far an appointment lies from the last that is repeated; None if that is unclear.

    The repetition is as far from it as the two before it should be apart, or the first two, and
    what follows keeps its distance from the repetition.

    Args:
        offsets: how far each lies from the anchor.
        before: how many before what is repeated count.
        counted: how many before the appointment count.
    """
    around = [part for offset in offsets for part in offset.around]
    unit = "months" if any(part.months for part in around) else "days"
    is_mixed = unit == "months" and any(part.days for part in around)
    if is_mixed or len(offsets) == 1:
        return None
    far = [_mean(offset.around, unit) for offset in offsets]
    gap = far[max(before, 1)] - far[max(before, 1) - 1]
    rest = far[min(counted, len(far) - 1)] - far[before]
    return span(f"{gap + rest} {unit}")


def _mean(parts: Sequence[Span], unit: str) -> int:
    counts = [part.months if unit == "months" else part.days for part in parts]
    return sum(counts) // len(counts)
