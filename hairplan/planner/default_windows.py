"""The window where a file gives a preferred interval alone: a quarter of it either way.

Nobody said how near is too near; that does not mean that a four-weekly treatment can be on two
days running. The window counts from the appointment before, as every window does, is at least a
day either way, and is our default: a plan shows it, and the clinic can change it.

Seasons, and limits around the same anchor, say by themselves how far an appointment may lie from
where it should be: such a step has no window of ours.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from msgspec import structs

from hairplan.dates.spans import shortest, span
from hairplan.planner.slot import Slot
from hairplan.protocol.model import Protocol
from hairplan.protocol.step import Spacing, Step
from hairplan.protocol.values import Basis
from hairplan.words import format_count

_WHY: Final = "a preferred interval stands alone: a quarter of it either way, at least a day"
_OURS: Final = Basis(strength="default", why=_WHY)
_WEEK: Final = 7
_LONGEST_MONTH: Final = 3
_QUARTERS: Final = 4

Spacings = Spacing | tuple[Spacing, ...]


def with_default_windows(protocol: Protocol) -> Protocol:
    """Return a protocol in which each preferred interval has a window."""
    return structs.replace(protocol, steps=tuple(map(_with_windows, protocol.steps)))


def has_default_window(step: Step) -> bool:
    """Return whether a window of a step is our default, and not the file's or the clinic's."""
    return any(basis == _OURS for basis in step.figures.values())


def may_be_exceeded(slot: Slot) -> bool:
    """Return whether nothing but our default says how late an appointment may be."""
    is_limited = slot.tolerance or any(bound.high for bound in slot.bounds)
    return has_default_window(slot.step) and not is_limited


def stated_spacing(step: Step) -> Spacings:
    """Return the spacing of a step as the file gives it, without a window that is our default."""
    if isinstance(step.spacing, tuple) or not _is_ours(step):
        return step.spacing
    return structs.replace(step.spacing, min=None, max=None)


def spacing_with(step: Step, preferred: str) -> Spacing:
    """Return the one spacing of a step with another preferred interval, in a window for that."""
    assert isinstance(step.spacing, Spacing), f"{step.id} has several spacings"
    spacing = structs.replace(step.spacing, preferred=preferred)
    return _windowed(spacing, preferred) if _is_ours(step) else spacing


def window_figures(step: Step, preferred: str) -> dict[str, str]:
    """Return the ends of our default window around another interval, by their key; else none."""
    if not _is_ours(step):
        return {}
    low, high = window_around(preferred)
    return {"spacing.min": low, "spacing.max": high}


def _is_ours(step: Step) -> bool:
    return all(step.figures.get(f"spacing.{end}") == _OURS for end in ("min", "max"))


def _with_windows(step: Step) -> Step:
    """Return a step with a window for each of its preferred intervals that has none."""
    figures = dict(step.figures)
    spacing: Spacings = step.spacing
    if not (step.seasons or step.limits_on_anchor):
        spacing = _with_window(spacing, "spacing", figures)
    group = step.group
    if group:
        inner = _with_window(group.spacing, "group.spacing", figures)
        group = structs.replace(group, spacing=inner)
    either = step.either
    if either:
        other = _with_window(either.spacing, "either.spacing", figures)
        either = structs.replace(either, spacing=other)
    if (spacing, group, either) == (step.spacing, step.group, step.either):
        return step
    return structs.replace(step, spacing=spacing, group=group, either=either, figures=figures)


def _with_window(spacing: Spacings, key: str, figures: dict[str, Basis]) -> Spacings:
    if isinstance(spacing, tuple):
        return tuple(_placed(spacing, key, figures))
    if not spacing.preferred or spacing.tolerance:
        return spacing
    given = [end for end in ("min", "max") if getattr(spacing, end)]
    if any(figures.get(f"{key}.{end}") != _OURS for end in given):
        return spacing
    windowed = _windowed(spacing, spacing.preferred)
    for end in ("min", "max"):
        figures[f"{key}.{end}"] = _OURS
    return windowed


def _placed(
    spacings: tuple[Spacing, ...], key: str, figures: dict[str, Basis]
) -> Iterator[Spacing]:
    for number, spacing in enumerate(spacings, 1):
        windowed = _with_window(spacing, f"{key}.{number}", figures)
        assert isinstance(windowed, Spacing), "one spacing has one window"
        yield windowed


def _windowed(spacing: Spacing, preferred: str) -> Spacing:
    low, high = window_around(preferred)
    return structs.replace(spacing, min=low, max=high)


@lru_cache(256)
def window_around(preferred: str) -> tuple[str, str]:
    """Return the least and the most interval where one is preferred, such as 3 and 5 weeks for 4.

    A quarter of a month is a week, so that the ends of a window of months are in months as well.
    """
    length = span(preferred)
    if length.months and not length.others:
        least, most = 3 * length.months, 5 * length.months
        return _in_months(least), _in_months(most)
    days = length.days if not length.months else shortest(length)
    quarter = max(1, days // _QUARTERS)
    longest = days + quarter + (_LONGEST_MONTH if length.months else 0)
    return _in_days(max(1, days - quarter)), _in_days(longest)


def _in_months(quarters: int) -> str:
    months, weeks = divmod(quarters, _QUARTERS)
    parts = [(months, "month"), (weeks, "week")]
    return " + ".join(format_count(count, unit) for count, unit in parts if count)


def _in_days(days: int) -> str:
    return format_count(days, "day") if days % _WEEK else format_count(days // _WEEK, "week")
