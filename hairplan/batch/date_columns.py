"""The order of day, month and year in each column, which only all rows tell together.

A date such as 03/04/2026 is two days. If another row of its column has 13/04/2026, the column has
the day first; if rows contradict each other, or none tells, it stays open.

H is a man in French and Spanish lists, and M beside it a woman in Spanish ones: nobody guesses it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct, field

from hairplan.batch.columns import Cell
from hairplan.dates.written import (
    ORDER_NAMES,
    DateOrder,
    Figures,
    day_in_figures,
    figures_of,
)
from hairplan.errors import InputError

_DATES: Final = frozenset({"start", "until", "away", "closure", "open", "event"})
_PART: Final = re.compile(r"\.\.|[|=]")


class _Column(Struct):
    """The orders that fit all dates of a column so far, and whether one of them could be two."""

    orders: set[DateOrder] = field(default_factory=lambda: set(ORDER_NAMES))
    is_open: bool = False


class DateOrders(Struct, frozen=True):
    """How the dates in figures of a list are written.

    Attributes:
        known: the order of each column in which one order alone fits all rows.
        unknown: the columns in which a date can be two days.
    """

    known: Mapping[str, DateOrder] = {}
    unknown: tuple[str, ...] = ()


def find_date_orders(rows: Iterable[Mapping[str, Any]], today: date) -> DateOrders:
    """Return how the dates of a list are written, by all of its rows.

    Args:
        rows: the content of each row.
        today: what years of two figures are seen from.
    """
    columns: dict[str, _Column] = {}
    for content in rows:
        for name, cell in content.items():
            if has_dates(name):
                column = columns.setdefault(name, _Column())
                for figures in _dates_in(cell):
                    _narrow(column, figures, today)
    open_columns = {name: column for name, column in columns.items() if column.is_open}
    return DateOrders(
        {name: min(c.orders) for name, c in open_columns.items() if len(c.orders) == 1},
        tuple(name for name, column in open_columns.items() if len(column.orders) != 1),
    )


def check_sexes(rows: Iterable[Mapping[str, Any]], name: str) -> Iterator[Mapping[str, Any]]:
    """Yield rows, and see at their end that no letter stands for a man here and a woman there.

    Args:
        rows: the content of each row.
        name: the name of the list in messages.

    Raises:
        InputError: the column of the sex has both H and M.
    """
    letters: set[str] = set()
    for content in rows:
        letters.add(str(content.get("sex", ""))[:2].strip().upper())
        yield content
    if letters >= {"H", "M"}:
        raise InputError(f"{name}: column 'sex': has both H and M: write female and male")


def in_known_order(cell: Cell, order: DateOrder, today: date) -> Cell:
    """Return a cell with its dates in figures, which are in a known order, as 2026-12-01."""
    if isinstance(cell, list):
        return [_rewritten(text, order, today) for text in cell]
    pieces = re.split(f"({_PART.pattern})", cell)
    return "".join(_rewritten(piece, order, today) for piece in pieces)


def _rewritten(piece: str, order: DateOrder, today: date) -> str:
    figures = figures_of(piece)
    day = figures and day_in_figures(figures, order, today)
    return str(day) if day else piece


@lru_cache(maxsize=512)
def has_dates(name: str) -> bool:
    """Return whether the cells of a column are days."""
    return name.partition(".")[0] in _DATES


def _dates_in(cell: object) -> Iterator[Figures]:
    """Yield the dates in figures of a cell, or of several texts; a fault is for the row to say."""
    for text in cell if isinstance(cell, list) else [cell]:
        for piece in _PART.split(text) if isinstance(text, str) else ():
            if figures := figures_of(piece):
                yield figures


def _narrow(column: _Column, figures: Figures, today: date) -> None:
    """Keep the orders that make a day of a date; one that begins with its year tells nothing."""
    if len(figures.orders) == 1:
        return
    days = {order: day_in_figures(figures, order, today) for order in figures.orders}
    if fitting := {order: day for order, day in days.items() if day}:
        column.orders &= set(fitting)
        column.is_open |= len(set(fitting.values())) > 1
