"""The parts of a protocol that a plan uses: tables, their figures, and the facts they cite."""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import structs

from hairplan.plan import Figure, PlanSource
from hairplan.planner.compile import Compiled
from hairplan.planner.conditions import State, holds
from hairplan.protocol.step import Step

_WINDOW: Final = (".spacing.min", ".spacing.max")


def tables_in_use(compiled: Compiled, steps: list[Step], state: State) -> list[bool]:
    """Say of each table whether it holds or may hold."""
    present = {id(step) for step in steps}
    return [
        id(compiled_table.table) in present
        if isinstance(compiled_table.table, Step)
        else not compiled_table.when or holds(compiled_table.when, state) != "no"
        for compiled_table in compiled.tables
    ]


def figures_in_use(
    compiled: Compiled, used: list[bool], chosen: Mapping[str, str]
) -> Iterator[Figure]:
    """Yield the figures of the tables in use, with what was chosen in their place."""
    for place, figure in compiled.figures:
        if used[place]:
            name = figure.figure
            if name not in chosen:
                yield figure
            elif figure.strength == "default" and name.endswith(_WINDOW):
                # Our default window around an interval that was asked for.
                yield structs.replace(figure, value=chosen[name])
            else:
                yield Figure(name, chosen[name], "chosen", (), None)


def sources_in_use(compiled: Compiled, used: list[bool]) -> tuple[PlanSource, ...]:
    """Return the facts that the tables in use cite."""
    tables = (entry.cited for entry, is_used in zip(compiled.tables, used, strict=True) if is_used)
    cited = frozenset().union(*tables)
    return tuple(source for source in compiled.sources if source.id in cited)
