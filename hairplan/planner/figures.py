"""Every figure that a plan uses, with its fact and its strength: nothing is shown untraced."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from hairplan.plan import Figure, PlanSource
from hairplan.protocol.figures import fact_ids, find_basis, format_length, format_price
from hairplan.protocol.model import Protocol
from hairplan.protocol.step import Duration, Price, Step
from hairplan.protocol.values import DEFAULT_HORIZON, Traced, in_english
from hairplan.request import PlanRequest

_FIGURES: Final = (
    "count", "total", "lasting", "until", "anchor", "spacing", "rate", "weekdays", "offsets",
    "seasons", "limits", "group", "duration", "durations", "price", "price_share", "details",
    "late", "early", "either", "before", "begins", "after", "lead", "lag", "earliest", "valid",
    "every", "at", "ends", "default", "horizon", "how_long", "how_often", "stages",
    "missed",
)  # fmt: skip
# Where something counts from is no figure, unless the file says what it rests on.
_PLACES: Final = frozenset({"anchor", "at", "until"})

# What stands in a table beside its figures.
_WORDS: Final = frozenset({"anchor", "per", "then", "says", "of", "label", "whichever"})


def figures_of(
    tables: Iterable[tuple[str, Traced | Protocol]],
) -> tuple[tuple[int, Figure], ...]:
    """Return the figures of tables, sorted by their path, each with the place of its table.

    Args:
        tables: each with the path that its figures are shown under.
    """
    placed_figures = (
        (place, _figure(path, key, value, table))
        for place, (path, table) in enumerate(tables)
        for key, value in leaves(table)
    )
    return tuple(sorted(placed_figures, key=lambda placed: placed[1].figure))


def leaves(table: Traced | Protocol) -> Iterator[tuple[str, str]]:
    """Yield the figures of a table, each with its key in the table, such as "spacing.min"."""
    for name in _FIGURES:
        value = getattr(table, name, None)
        if value not in (None, ()) and (name not in _PLACES or name in table.figures):
            yield from _leaves(name, value)


def _leaves(key: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Price):
        yield key, format_price(value)
    elif isinstance(value, Duration):
        yield key, format_length(value)
    elif isinstance(value, dict):
        yield key, in_english(value)
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            inner = getattr(value, name)
            if inner is not None and name not in _WORDS:
                yield from _leaves(f"{key}.{name}", inner)
    elif isinstance(value, tuple) and any(isinstance(part, Struct) for part in value):
        for number, part in enumerate(value, 1):
            yield from _leaves(f"{key}.{number}", part)
    elif isinstance(value, tuple):
        yield key, ", ".join(value)
    else:
        yield key, str(value)


def _figure(path: str, key: str, value: str, table: Traced | Protocol) -> Figure:
    name = f"{path}.{key}".lstrip(".")
    rests_on = find_basis(table, key)
    return Figure(
        name, value, rests_on.strength or "clinic", fact_ids(rests_on.source), rests_on.why
    )


def sources_of(protocol: Protocol, ids: Iterable[str]) -> tuple[PlanSource, ...]:
    """Return the facts of some ids in their order, with what each says and its document."""
    return tuple(
        PlanSource(
            name, protocol.facts.get(name, ""), protocol.documents.get(name.rpartition("-")[0], "")
        )
        for name in sorted(set(ids), key=in_order)
    )


def in_order(name: str) -> tuple[str | int, ...]:
    """Return a key that sorts SMP-2 before SMP-10."""
    return tuple(int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name))


def assumed_horizon(
    protocol: Protocol, request: PlanRequest, steps: Iterable[Step]
) -> Iterator[Figure]:
    """Yield how far repeats are planned, where neither the file nor the request says it."""
    repeats = any(step.count == "open" for step in steps)
    if repeats and not (protocol.horizon or request.horizon or request.until):
        yield Figure("horizon", DEFAULT_HORIZON, "default", (), "the file does not say")
