"""Keys of a protocol that have no effect where they stand, with what would have one."""

from collections.abc import Iterator

from hairplan.protocol.model import Protocol
from hairplan.protocol.step import Step, VisitWindow
from hairplan.protocol.values import OF_COURSE


def idle_keys(protocol: Protocol) -> Iterator[str]:
    """Yield the keys that have no effect, each with its path and what would have one."""
    for number, step in enumerate(protocol.steps, 1):
        path = f"steps[{number}]"
        yield from _idle_since(step, path)
        alone = [other for other in protocol.steps if other.anchor == "start"] == [step]
        if step.is_single and step.anchor == "start" and alone and not step.either:
            yield f"{path}.spacing: has no effect: its one appointment is on the start itself"
        if step.lates and not (step.lates[0].after or has_latest_day(step)):
            yield (
                f"{path}.late: has no effect: nothing says from when on one is late;"
                " late.after or spacing.max does"
            )
        if step.missed and step.kind == "home":
            yield f"{path}.missed: has no effect: what is missed at home is given up in any case"


def _idle_since(step: Step, path: str) -> Iterator[str]:
    """Yield that it makes no difference what a repeat is counted on from."""
    if step.since == "anchor":
        return
    rhythm = next((key for key in ("rate", "offsets") if getattr(step, key)), None)
    if rhythm:
        yield f"{path}.since: has no effect beside {rhythm}, which counts from the anchor"
    elif len(step.spacings) > 1 and step.kind not in OF_COURSE:
        yield (
            f"{path}.since: has no effect beside a list of spacings, each of which counts from the"
            " one before; a single spacing can count from either"
        )


def has_latest_day(step: Step) -> bool:
    """Return whether a file itself says from when on an appointment of a step is late."""
    by_spacing = any(spacing.max or spacing.tolerance for spacing in step.spacings)
    by_window = any(isinstance(offset, VisitWindow) for offset in step.offsets)
    by_limit = any(limit.max for limit in step.limits)
    return by_spacing or by_window or by_limit or bool(step.seasons)
