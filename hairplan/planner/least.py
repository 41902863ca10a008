"""The least of many costs: in any window, and in windows that move with each day.

A cost is one number: the days off the targets, and below that how many appointments are off.
"""

from itertools import accumulate, count
from typing import Final

A_DAY: Final = 1 << 14
"""The cost of a day off a target: more than there may be appointments."""

NEVER: Final = 1 << 62
"""The cost of what no choice reaches."""

Table = tuple[int, list[int]]
"""The first day, and what the rest costs from each day on."""


def least_in_steady_windows(
    table: Table, days: range, low: int, high: int | None, by: int | None
) -> list[int]:
    """Return the least of costs in a window that moves with each day, and of a target's distance.

    Args:
        table: the costs.
        days: the days that the window moves with.
        low: how many days later the window begins.
        high: how many days later it ends; None for no end.
        by: how many days later the target lies; None where it is no part of the costs.
    """
    first, costs = table
    if by is None:
        return _sliding(first, costs, days, low, high)
    below = [each - day * A_DAY for day, each in enumerate(costs, first)]
    above = [each + day * A_DAY for day, each in enumerate(costs, first)]
    before = _sliding(first, below, days, low, by - 1 if high is None else min(high, by - 1))
    on = _sliding(first, costs, days, max(low, by), by if high is None else min(high, by))
    behind = _sliding(first, above, days, max(low, by + 1), high)
    first_target = days.start + by
    return [
        min(one + target * A_DAY + 1, two, three - target * A_DAY + 1)
        for target, one, two, three in zip(count(first_target), before, on, behind)
    ]


def _sliding(first: int, costs: list[int], days: range, low: int, high: int | None) -> list[int]:
    """Return the least of costs from so many days later on to so many, for each of some days."""
    start, size = days.start + low - first, len(days)
    if high is None:
        least = list(accumulate(reversed(costs), min))
        least.reverse()
        return stretch(least, start, size, ahead=least[0] if least else NEVER)
    width = high - low + 1
    if width < 1:
        return [NEVER] * size
    wanted = stretch(costs, start, size + width - 1, ahead=NEVER)
    grown = 1
    while grown < width:
        step = min(grown, width - grown)
        wanted = list(map(min, wanted, wanted[step:]))
        grown += step
    return wanted


def stretch(values: list[int], start: int, size: int, ahead: int) -> list[int]:
    """Return so many values from a place on, where what lies ahead or behind has one as well."""
    before = min(max(-start, 0), size)
    own = values[max(start, 0) : max(start + size, 0)]
    return [ahead] * before + own + [NEVER] * (size - before - len(own))


class Least:
    """The least of some costs between any two days."""

    def __init__(self, first: int, costs: list[int]) -> None:
        self._first, self._last = first, first + len(costs) - 1
        # The least of each 1, 2, 4, ... costs in a row.
        self._levels = [costs]

    def between(self, first: int, last: int) -> int:
        """Return the least cost from one day to another; `NEVER` if none lies there."""
        first, last = max(first, self._first), min(last, self._last)
        if first > last:
            return NEVER
        level = (last - first + 1).bit_length() - 1
        while len(self._levels) <= level:
            longest = self._levels[-1]
            self._levels.append(list(map(min, longest, longest[1 << len(self._levels) - 1 :])))
        costs = self._levels[level]
        return min(costs[first - self._first], costs[last - self._first - (1 << level) + 1])


class Nearest:
    """The least of some costs and of the distance from a target, between any two days."""

    def __init__(self, first: int, costs: list[int]) -> None:
        self._on = Least(first, costs)
        self._below = Least(first, [each - day * A_DAY for day, each in enumerate(costs, first)])
        self._above = Least(first, [each + day * A_DAY for day, each in enumerate(costs, first)])

    def between(self, first: int, last: int, target: int) -> int:
        """Return the least from one day to another, for a target between them or not."""
        away = target * A_DAY
        return min(
            self._on.between(max(first, target), min(last, target)),
            self._below.between(first, min(last, target - 1)) + away + 1,
            self._above.between(max(first, target + 1), last) - away + 1,
        )
