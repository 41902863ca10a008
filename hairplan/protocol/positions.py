"""Positions in a source that counts from day 1, as how far they lie from the first day."""

from typing import TypeVar

from msgspec import Struct, structs

from hairplan.dates.spans import position
from hairplan.protocol.model import Protocol
from hairplan.protocol.step import VisitWindow

T = TypeVar("T", bound=Struct)


def from_day_0(protocol: Protocol) -> Protocol:
    """Return a protocol in which offsets and dates count from the first day as day 0."""
    if not protocol.first_day:
        return protocol
    return structs.replace(
        protocol,
        first_day=0,
        steps=tuple(
            structs.replace(step, offsets=tuple(map(_offset, step.offsets)))
            for step in protocol.steps
        ),
        routines=_each(protocol.routines, "begins"),
        milestones=_each(protocol.milestones, "after"),
        expectations=_each(protocol.expectations, "begins", "ends"),
    )


def _offset(offset: str | VisitWindow) -> str | VisitWindow:
    if isinstance(offset, str):
        return str(position(offset, 1))
    return _counted(offset, "min", "max", "preferred")


def _each(tables: dict[str, T], *keys: str) -> dict[str, T]:
    return {name: _counted(table, *keys) for name, table in tables.items()}


def _counted(table: T, *keys: str) -> T:
    given = {key: text for key in keys if (text := getattr(table, key))}
    return structs.replace(table, **{key: str(position(text, 1)) for key, text in given.items()})
