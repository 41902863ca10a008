"""The tables of a protocol and the basis of each figure in them: nothing is shown untraced."""

from collections.abc import Iterator
from typing import TypeVar

from msgspec import structs

from hairplan.protocol.model import Protocol
from hairplan.protocol.step import Duration, Price, Step
from hairplan.protocol.values import Basis, Strength, Traced, accepted_values

T = TypeVar("T", bound=Traced)

NAMED = (
    *("options", "restrictions", "tasks", "routines", "milestones", "expectations", "rules"),
    "charges",
)
_UNITS = {"session": "", "hour": " an hour", "course": " for all of them"}
LISTED = ("steps", "indications", "differences", "notes")


def traced_tables(protocol: Protocol) -> Iterator[tuple[str, str | int, Traced]]:
    """Yield every table that carries a source.

    Yields:
        Its kind, such as "tasks"; its name, or its place in a list, from 0; the table itself.
    """
    for kind in NAMED:
        for name, table in getattr(protocol, kind).items():
            yield kind, name, table
    for kind in LISTED:
        for place, table in enumerate(getattr(protocol, kind)):
            yield kind, place, table


def display_path(protocol: Protocol, kind: str, name: str | int, table: Traced) -> str:
    """Return the path under which plans show the figures of a table, such as "tasks.patch-test"."""
    if isinstance(table, Step):
        return step_path(protocol, table)
    return f"{kind}.{name + 1 if isinstance(name, int) else name}"


def step_path(protocol: Protocol, step: Step) -> str:
    """Return the path under which plans show the figures of a step.

    It is the step's id, with its choices where variants share the id: "course[cadence=weekly]".
    """
    if [other.id for other in protocol.steps].count(step.id) == 1:
        return step.id
    # Where it names one choice, that is enough; the several that others share would only add words.
    single = {name: value for name, value in step.when.items() if isinstance(value, str)}
    choices = (
        f"{name}={'|'.join(accepted_values(value))}"
        for name, value in (single or step.when).items()
    )
    return f"{step.id}[{','.join(choices)}]"


def fact_ids(source: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return the fact ids of a `source` key, which may be one or several."""
    return (source,) if isinstance(source, str) else source


def find_basis(table: Traced | Protocol, figure: str) -> Basis:
    """Return what a figure rests on: its own entry in the table's `figures`, or else the table's.

    Of several entries, the one that names the figure most exactly counts.

    Args:
        table: the table that the figure stands in.
        figure: the figure's key, such as "spacing.preferred".
    """
    key = figure
    while key:
        if key in table.figures:
            own = table.figures[key]
            strength = own.strength or _strength(table, own.source)
            inherits = not own.source and strength != "default"
            return Basis(table.source if inherits else own.source, strength, own.why)
        key = key.rpartition(".")[0]
    return Basis(table.source, _strength(table, ()), getattr(table, "why", None))


def _strength(table: Traced | Protocol, source: str | tuple[str, ...]) -> Strength:
    """Return how a figure with a source of its own, if it has one, follows from it.

    What has a source is sourced, unless its table reads the source in a way of its own.
    """
    if source and table.strength in {None, "default", "clinic"}:
        return "sourced"
    return table.strength or ("sourced" if table.source else "clinic")


def cover_by_head(protocol: Protocol) -> Protocol:
    """Return a protocol in which the head's strength holds for each table that says nothing.

    With a strength that needs a source, such a table has the head's source too.
    """
    if protocol.strength is None:
        return protocol
    source = protocol.source if protocol.strength in {"sourced", "read"} else ()

    def covered(table: T) -> T:
        if table.strength or table.source:
            return table
        return structs.replace(table, strength=protocol.strength, source=source)

    named = {
        kind: {name: covered(table) for name, table in getattr(protocol, kind).items()}
        for kind in NAMED
    }
    listed = {kind: tuple(map(covered, getattr(protocol, kind))) for kind in LISTED}
    return structs.replace(protocol, **named, **listed)


def format_length(length: str | Duration) -> str:
    """Write the length of an appointment, such as "45 minutes" or "45 minutes..1 hour"."""
    return f"{length.min}..{length.max}" if isinstance(length, Duration) else length


def format_price(price: Price) -> str:
    """Write a price, such as "90 EUR an hour" or "0 USD within 12 weeks, then 150"."""
    within = f" within {price.within}" if price.within else ""
    later = f", then {_format_range(price.later.min, price.later.max)}" if price.later else ""
    unit = f" for {price.sessions}" if price.sessions > 1 else _UNITS[price.per]
    return f"{_format_range(price.min, price.max)} {price.currency}{unit}{within}{later}"


def _format_range(low: int, high: int) -> str:
    return f"{low}..{high}" if low != high else f"{low}"
