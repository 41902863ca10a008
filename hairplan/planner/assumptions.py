"""The figures that a protocol file leaves out, and the values that planning with it assumes."""

from collections.abc import Iterable, Iterator

from hairplan.plan import Plan
from hairplan.planner.figures import leaves
from hairplan.protocol.figures import display_path, traced_tables
from hairplan.protocol.model import Protocol
from hairplan.protocol.step import Counts, Length, Step, VisitWindow

_RUNS = frozenset({"session", "maintenance", "home"})


def assumptions_of(protocol: Protocol, plans: Iterable[Plan]) -> list[str]:
    """Return what had to be assumed, each with its path.

    Args:
        protocol: the treatment.
        plans: plans of it for the choices that there are.
    """
    assumed = [*_of_steps(protocol), *_of_routines(protocol), *_in_plans(protocol, plans)]
    return list(dict.fromkeys(assumed))


def _of_steps(protocol: Protocol) -> Iterator[str]:
    for number, step in enumerate(protocol.steps, 1):
        path = f"steps[{number}]"
        bounds = (step.count, step.total, step.lasting, step.offsets, step.until)
        if step.kind in _RUNS and not any(bounds):
            yield f"{path}.count: not given, assumed: 1 appointment"
        yield from _fewest(step.count, f"{path}.count")
        yield from _fewest(step.lasting, f"{path}.lasting")
        yield from _fewest(step.rate.times if step.rate else None, f"{path}.rate.times")
        yield from _middles(step, path)


def _middles(step: Step, path: str) -> Iterator[str]:
    for number, offset in enumerate(step.offsets, 1):
        if isinstance(offset, VisitWindow) and not offset.preferred:
            yield (
                f"{path}.offsets[{number}].preferred: not given, assumed: the middle of"
                f" {offset.min}..{offset.max}"
            )
    if step.rate or step.weekdays or step.offsets:
        return
    for number, spacing in enumerate(step.spacings, 1):
        at = f"[{number}]" if isinstance(step.spacing, tuple) else ""
        if spacing.min and spacing.max and not spacing.preferred:
            yield (
                f"{path}.spacing{at}.preferred: not given, assumed: the middle of"
                f" {spacing.min}..{spacing.max}"
            )


def _of_routines(protocol: Protocol) -> Iterator[str]:
    for name, routine in protocol.routines.items():
        yield from _fewest(routine.lasting, f"routines.{name}.lasting")
        times = routine.rate.times if routine.rate else None
        yield from _fewest(times, f"routines.{name}.rate.times")


def _fewest(value: object, path: str) -> Iterator[str]:
    """Yield that of a range without a preferred value the least is planned."""
    if isinstance(value, Counts | Length) and value.preferred is None:
        yield f"{path}.preferred: not given, assumed: the least, {value.min}"


def _in_plans(protocol: Protocol, plans: Iterable[Plan]) -> Iterator[str]:
    """Yield the defaults that plans state and the file does not."""
    given = {key for key, _ in leaves(protocol)}
    for kind, name, table in traced_tables(protocol):
        path = display_path(protocol, kind, name, table)
        given |= {f"{path}.{key}" for key, _ in leaves(table)}
    for plan in plans:
        for figure in plan.figures:
            if figure.strength == "default" and figure.figure not in given:
                yield f"{figure.figure}: not given, assumed: {figure.value}"
