"""Days of events that a recording puts others in place of: nobody is to lose one unawares."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from hairplan.history import Changed, Happening

_TWO: Final = 2

EventDays = date | tuple[date, ...]


def describe_replaced(before: Mapping[str, EventDays], what: Sequence[Happening]) -> Iterator[str]:
    """Yield the events of which an earlier day goes, with how to keep all of its days.

    Args:
        before: the days of events as they were known, by name.
        what: what is recorded.
    """
    for happening in what:
        for name, days in happening.events.items() if isinstance(happening, Changed) else ():
            earlier, new = _days(before.get(name, ())), _days(days)
            if not earlier <= new:
                yield _describe(name, earlier, new)


def _describe(name: str, earlier: set[date], new: set[date]) -> str:
    kept = sorted(earlier | new)
    options = " ".join(f"--event {name}={day}" for day in kept)
    them = "both" if len(kept) == _TWO else "all"
    return f"{name}: {_list(new)} instead of {_list(earlier)}; to keep {them}: {options}"


def _days(days: EventDays) -> set[date]:
    return {*days} if isinstance(days, tuple) else {days}


def _list(days: set[date]) -> str:
    return ", ".join(map(str, sorted(days)))
