"""The cost of a plan: the prices of its steps, and what is charged beside them.

What hangs on an open answer may be charged or not: the least and the most are those of the answers
that there can be, so that of two that exclude each other one is charged.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from typing import Final

from msgspec import Struct, structs

from hairplan.plan import Applies
from hairplan.plan_parts import ChargedCost, Cost, CostRange
from hairplan.planner.conditions import State, holds, unanswered
from hairplan.planner.planned_restrictions import Named, ids_at
from hairplan.planner.prices import PriceList, Range, price_sources
from hairplan.planner.resolve import Resolved
from hairplan.planner.slot import Slot
from hairplan.protocol.figures import fact_ids, find_basis
from hairplan.protocol.model import Charge
from hairplan.protocol.values import OF_COURSE, SEXES, treating_kinds

Counted = Sequence[tuple[Slot, date | None]]
"""The appointments that count, each with its day, if it has one."""

_MOST_OPEN: Final = 6


class _Charged(Struct, frozen=True):
    """A charge that holds or may hold.

    Attributes:
        name: its name in the protocol.
        charge: the table.
        applies: whether it is known to hold.
        slots: the appointments that it is charged for.
        ranges: what it comes to for each of them.
    """

    name: str
    charge: Charge
    applies: Applies
    slots: tuple[Slot, ...]
    ranges: tuple[Range, ...]

    def total(self, *, of_course: bool = False) -> Range:
        """Return what it comes to for all of them, or for those of the course."""
        of_each = zip(self.slots, self.ranges, strict=True)
        return _sum(
            [price for slot, price in of_each if slot.step.kind in OF_COURSE or not of_course]
        )


def cost_of(
    resolved: Resolved, counted: Counted, days: Mapping[int, date], prices: PriceList
) -> Cost | None:
    """Return the price range of all appointments that have a price; None if none has.

    Args:
        resolved: the protocol, narrowed down to the patient.
        counted: the appointments of the chain.
        days: the day of each place in the chain.
        prices: what a session of each step costs.
    """
    priced = [(slot, day) for slot, day in counted if prices.of(slot.step)]
    charged = [*_charges(resolved, counted, days, prices)] if resolved.protocol.charges else []
    if not priced and not charged:
        return None
    ranges = list(prices.each(priced, days))
    of_course = [slot.step.kind in OF_COURSE for slot, _ in priced]
    course = [price for price, is_in in zip(ranges, of_course, strict=True) if is_in]
    sources = [name for slot, _ in priced for name in price_sources(slot.step)]
    cost = Cost(
        _currency(priced, charged, prices),
        *_sum(ranges),
        CostRange(len(course), *_sum(course)),
        tuple(dict.fromkeys(sources)),
        len(priced),
    )
    return _with_charges(cost, resolved, [slot for slot, _ in priced], charged)


def _with_charges(
    cost: Cost, resolved: Resolved, priced: Sequence[Slot], charged: Sequence[_Charged]
) -> Cost:
    """Return the cost of the steps with what is charged beside it."""
    if not charged:
        return cost
    with_price = {
        slot.id: slot for slot in (*priced, *(at for each in charged for at in each.slots))
    }
    sure = [each for each in charged if each.applies == "yes"]
    open_sums, open_course = _open_sums(resolved, charged)
    least, most = _sum([(cost.min, cost.max), *(each.total() for each in sure), open_sums])
    course = (cost.course.min, cost.course.max), open_course
    of_course = [slot for slot in with_price.values() if slot.step.kind in OF_COURSE]
    sources = [name for each in sure for name in _sources(each.charge)]
    return structs.replace(
        cost,
        min=least,
        max=most,
        course=CostRange(
            len(of_course), *_sum([*course, *(each.total(of_course=True) for each in sure)])
        ),
        sources=tuple(dict.fromkeys([*cost.sources, *sources])),
        priced=len(with_price),
        charges=tuple(_charged_cost(each, resolved.state) for each in charged),
    )


def _sum(ranges: Sequence[Range]) -> Range:
    return sum(low for low, _ in ranges), sum(high for _, high in ranges)


def _currency(priced: Counted, charged: Sequence[_Charged], prices: PriceList) -> str:
    price = prices.of(priced[0][0].step)[0] if priced else charged[0].charge.price
    return price.currency


def _charged_cost(charged: _Charged, state: State) -> ChargedCost:
    is_open = charged.applies == "unknown"
    return ChargedCost(
        charged.name,
        charged.charge.label,
        len(charged.slots),
        *charged.total(),
        charged.applies,
        unanswered(charged.charge.when, state) if is_open else None,
        _sources(charged.charge),
    )


def _sources(charge: Charge) -> tuple[str, ...]:
    return fact_ids(find_basis(charge, "price").source)


def _charges(
    resolved: Resolved, counted: Counted, days: Mapping[int, date], prices: PriceList
) -> Iterator[_Charged]:
    """Yield the charges that hold or may hold, for the appointments that there are."""
    kinds = treating_kinds(step.kind for step in resolved.protocol.steps)
    named = [Named(slot.id, slot.step.id, slot.role or slot.id) for slot, _ in counted]
    for name, charge in resolved.protocol.charges.items():
        answer = holds(charge.when, resolved.state)
        ids = ids_at(charge.around, named)
        if not charge.around:
            ids = frozenset(slot.id for slot, _ in counted if not kinds or slot.step.kind in kinds)
        ids -= ids_at(charge.but, named)
        concerned = [(slot, day) for slot, day in counted if slot.id in ids]
        if answer != "no" and concerned:
            applies: Applies = "yes" if answer == "yes" else "unknown"
            ranges = tuple(prices.charged(charge.price, concerned, days))
            yield _Charged(name, charge, applies, tuple(slot for slot, _ in concerned), ranges)


def _open_sums(resolved: Resolved, charged: Sequence[_Charged]) -> tuple[Range, Range]:
    """Return the least and the most that open charges come to: for all, and for the course."""
    open_ones = [each for each in charged if each.applies == "unknown"]
    sums = [
        (
            _sum([each.total() for each in chosen]),
            _sum([each.total(of_course=True) for each in chosen]),
        )
        for chosen in _possible(resolved, open_ones)
    ]
    all_of_it, course = zip(*sums, strict=True)
    return _widest(all_of_it), _widest(course)


def _widest(ranges: Sequence[Range]) -> Range:
    return min(low for low, _ in ranges), max(high for _, high in ranges)


def _possible(resolved: Resolved, charged: Sequence[_Charged]) -> Iterator[list[_Charged]]:
    """Yield which of the open charges hold, for each of the answers that there can be."""
    state = resolved.state
    keys = {key for each in charged for key in each.charge.when}
    asked = sorted(key for key in keys if state.get(key, "unknown") == "unknown")
    answers = [SEXES if key == "sex" else ("yes", "no") for key in asked]
    if len(asked) > _MOST_OPEN or not {*asked} <= {"sex", *resolved.protocol.questions}:
        yield from ([], [*charged])
        return
    for given in product(*answers):
        known = {**state, **dict(zip(asked, given, strict=True))}
        yield [each for each in charged if holds(each.charge.when, known) == "yes"]
