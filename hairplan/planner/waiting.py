"""What is conditional: it has no day, only the window that it would have, as far as known."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from hairplan.planner.slot import WAITING, Slot

Waiting = tuple[Slot, str, date | None, tuple[date | None, date | None]]
"""An appointment, why it waits, its target and its window."""


def waiting_sessions(
    waiting: Sequence[tuple[Slot, str]], known: Mapping[int, date]
) -> Iterator[Waiting]:
    """Yield what is conditional, each with the target and the window that it would have.

    Args:
        waiting: the appointments, with the reason why each waits.
        known: the chosen days, and those that are known beforehand.
    """
    days = dict(known)
    for place, (slot, reason) in enumerate(waiting):
        target = _target(slot, days)
        if target is not None:
            days[WAITING + place] = target
        window = _window(slot, target, days)
        # What can no longer be inside its limits cannot follow either.
        if window[0] is None or window[1] is None or window[0] <= window[1]:
            yield slot, reason, target, window


def _target(slot: Slot, days: Mapping[int, date]) -> date | None:
    if not slot.has_target or slot.base not in days:
        return None
    return slot.target(days[slot.base])


def _window(
    slot: Slot, target: date | None, days: Mapping[int, date]
) -> tuple[date | None, date | None]:
    """Return the window; nothing of it is known where it counts from a day that nobody knows."""
    if any(place not in days for place in slot.references):
        return None, None
    if target is None:
        return slot.window(date.min, days.__getitem__)
    return slot.window(target, days.__getitem__)
