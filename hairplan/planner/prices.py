"""Prices of appointments: each by itself, by the hour, for several together, or a share of another.

Prices are whole units of the currency: what is worked out is rounded down at least, and up at most.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct, structs

from hairplan.dates.spans import shift, span
from hairplan.planner.slot import Slot
from hairplan.protocol.figures import fact_ids, find_basis
from hairplan.protocol.step import LaterPrice, Price, PriceShare, Step

_HOUR = 60
_WHOLE = 100

Range = tuple[int, int]
"""The least and the most that something costs."""


class PriceList(Struct, frozen=True):
    """The prices of the appointments of a plan.

    Attributes:
        steps: the steps of the plan, by their ids.
        longest: how many minutes each appointment lasts at most, by its id.
        shortest: how many at least, where that varies.
    """

    steps: Mapping[str, Step]
    longest: Mapping[str, int | None]
    shortest: Mapping[str, int | None]

    def of(self, step: Step) -> tuple[Price, ...]:
        """Return the price of each appointment of a step in turn; none for none."""
        share = step.price_share
        if share is None:
            return step.prices
        other = self.steps.get(share.of)
        return tuple(_share_of(price, share) for price in other.prices) if other else ()

    def each(
        self, priced: Sequence[tuple[Slot, date | None]], days: Mapping[int, date]
    ) -> Iterator[Range]:
        """Yield what each appointment costs, by how many of its step come before it.

        Args:
            priced: the appointments, each with its day, if it has one.
            days: the day of each place in the chain.
        """
        before: dict[str, int] = {}
        for slot, day in priced:
            prices = self.of(slot.step)
            price = prices[min(slot.number, len(prices)) - 1]
            nth = before.get(slot.step.id, 0)
            before[slot.step.id] = nth + 1
            yield self._price(slot, price, nth, _on_its_day(price, day, days.get(slot.anchor)))

    def charged(
        self, price: Price, concerned: Sequence[tuple[Slot, date | None]], days: Mapping[int, date]
    ) -> Iterator[Range]:
        """Yield what one price comes to for each of some appointments in turn."""
        for nth, (slot, day) in enumerate(concerned):
            yield self._price(slot, price, nth, _on_its_day(price, day, days.get(slot.anchor)))

    def _price(self, slot: Slot, price: Price, nth: int, given: Range) -> Range:
        if price.per == "hour":
            most = self.longest[slot.id] or 0
            low = given[0] * (self.shortest[slot.id] or most) // _HOUR
            return low, -(-given[1] * most // _HOUR)
        is_paid_before = nth > 0 if price.per == "course" else nth % price.sessions > 0
        return (0, 0) if is_paid_before else given


def price_sources(step: Step) -> tuple[str, ...]:
    """Return the ids of the facts behind the price of a step."""
    key = "price_share" if step.price_share else "price"
    return fact_ids(find_basis(step, key).source)


def _share_of(price: Price, share: PriceShare) -> Price:
    low, high = _percent(price.min, price.max, share.percent)
    later = price.later and LaterPrice(*_percent(price.later.min, price.later.max, share.percent))
    return structs.replace(price, min=low, max=high, later=later)


def _percent(low: int, high: int, percent: int) -> Range:
    return low * percent // _WHOLE, -(-high * percent // _WHOLE)


def _on_its_day(price: Price, day: date | None, anchor: date | None) -> Range:
    """Return the price by how long after its anchor an appointment is.

    Where one of the two has no day, either price is possible.
    """
    if price.within is None or price.later is None:
        return price.min, price.max
    if day is None or anchor is None:
        return min(price.min, price.later.min), max(price.max, price.later.max)
    if day > shift(anchor, span(price.within)):
        return price.later.min, price.later.max
    return price.min, price.max
