"""Checks of where things lie from what they count from: windows, and a first day that is 1."""

from collections.abc import Iterator

from hairplan.dates.spans import never_longer, span
from hairplan.protocol.model import Protocol
from hairplan.protocol.step import VisitWindow

_COUNTED = {
    "milestones": ("after",),
    "expectations": ("begins", "ends"),
    "routines": ("begins",),
}


def offset_faults(protocol: Protocol) -> Iterator[str]:
    """Yield what is wrong with offsets, and where a file that counts from day 1 names a day 0."""
    for number, step in enumerate(protocol.steps, 1):
        for at, offset in enumerate(step.offsets, 1):
            if isinstance(offset, VisitWindow):
                yield from _window_faults(offset, f"steps[{number}].offsets[{at}]")
    if protocol.first_day:
        for path, text in _positions(protocol):
            if span(text).count == 0:
                yield f"{path}: '{text}': the first day is 1 here (first_day)"


def _window_faults(window: VisitWindow, path: str) -> Iterator[str]:
    low, high = span(window.min), span(window.max)
    if not never_longer(low, high):
        yield f"{path}.min: {low} can be later than max, {high}"
    elif window.preferred:
        wanted = span(window.preferred)
        if not (never_longer(low, wanted) and never_longer(wanted, high)):
            yield f"{path}.preferred: {wanted} can lie outside {low}..{high}"


def _positions(protocol: Protocol) -> Iterator[tuple[str, str]]:
    """Yield every day or span that is counted from the first day, with its path."""
    for number, step in enumerate(protocol.steps, 1):
        for at, offset in enumerate(step.offsets, 1):
            if isinstance(offset, str):
                yield f"steps[{number}].offsets", offset
                continue
            for key in ("min", "max", "preferred"):
                if text := getattr(offset, key):
                    yield f"steps[{number}].offsets[{at}].{key}", text
    for kind, keys in _COUNTED.items():
        for name, table in getattr(protocol, kind).items():
            for key in keys:
                if text := getattr(table, key):
                    yield f"{kind}.{name}.{key}", text


def first_of(offset: str | VisitWindow) -> str:
    """Return the least that an appointment lies from the anchor of its step."""
    return offset if isinstance(offset, str) else offset.min
