"""Checks of the stages of a restriction: each goes farther than what comes before it."""

from collections.abc import Iterator

from hairplan.dates.spans import Span, never_longer, side
from hairplan.protocol.model import Lengths, Restriction


def stages_faults(restriction: Restriction, path: str) -> Iterator[str]:
    """Yield what is wrong with the stages of a restriction."""
    if not restriction.stages:
        return
    if restriction.until:
        yield f"{path}.stages: not beside until: nothing says when the first of them begins"
    if not restriction.after:
        yield f"{path}.stages: follow 'after', which is missing"
        return
    before = restriction.after
    for number, stage in enumerate(restriction.stages, 1):
        at = f"{path}.stages[{number}].after"
        if stage.after is None and number < len(restriction.stages):
            yield f"{at}: missing: only the last stage may have no end"
        if stage.after is None:
            continue
        for earlier, later in zip(_ends(before), _ends(stage.after), strict=True):
            if isinstance(earlier, Span) and isinstance(later, Span):
                yield from _order_faults(earlier, later, at)
        before = stage.after


def _ends(length: str | Lengths) -> tuple[object, object]:
    if isinstance(length, Lengths):
        return side(length.at_least), side(length.ideal)
    return side(length), side(length)


def _order_faults(earlier: Span, later: Span, path: str) -> Iterator[str]:
    if never_longer(later, earlier):
        yield f"{path}: {later} is not longer than the {earlier} before it"
