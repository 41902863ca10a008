"""Checks of what restrictions, tasks and milestones go with: the appointments that they name."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from hairplan.protocol.model import Milestone, Protocol, Restriction, Routine, Task
from hairplan.protocol.step_checks import event_faults, unknown_name_faults

_WITHOUT_STEPS: Final = ("restrictions", "routines", "milestones", "expectations")
_SEVERAL: Final = frozenset({"each", "all"})


def around_faults(protocol: Protocol, around: Iterable[str], path: str) -> Iterator[str]:
    """Yield which of some names are neither appointments nor events of the protocol."""
    steps = [step.id for step in protocol.steps]
    for name in around:
        if name.startswith("events."):
            yield from event_faults(protocol, name.removeprefix("events."), path)
            continue
        if name in {"all", "start"}:
            continue
        step = name.partition(".")[0]
        numbered = name.rpartition("-")[2].isdecimal() and name.rpartition("-")[0] in steps
        if not numbered:
            yield from unknown_name_faults(step, steps, path, "step")


def but_faults(
    protocol: Protocol, named: Sequence[str], but: Sequence[str], path: str
) -> Iterator[str]:
    """Yield which exceptions are none of the appointments that they are taken from."""
    yield from around_faults(protocol, but, f"{path}.but")
    steps = {step_named(protocol, name) for name in named}
    for name in but:
        if name == "all":
            yield f"{path}.but: 'all' leaves none"
        elif named and not steps & _SEVERAL and step_named(protocol, name) not in steps:
            yield f"{path}.but: '{name}' is none of {', '.join(named)}"


def step_named(protocol: Protocol, name: str) -> str:
    """Return the step of a name such as "course.last" or "course-4", or the name itself."""
    ids = {step.id for step in protocol.steps}
    numbered = name.rpartition("-")[0]
    return numbered if name not in ids and numbered in ids else name.partition(".")[0]


def lag_faults(task: Task, path: str) -> Iterator[str]:
    """Yield what a task after its appointment cannot have."""
    if not task.lag:
        return
    for key in ("lead", "earliest", "valid"):
        if getattr(task, key):
            yield f"{path}.lag: stands in place of {key}, not beside it"
    if task.blocks:
        yield f"{path}.blocks: what comes after an appointment cannot keep it from taking place"


def how_long_faults(restriction: Restriction, path: str) -> Iterator[str]:
    """Yield what cannot stand beside a length that is only said in words."""
    for key in ("after", "until", "continuous"):
        if restriction.how_long and getattr(restriction, key):
            yield f"{path}.how_long: stands in place of {key}, not beside it"


def pause_faults(protocol: Protocol, routine: Routine, path: str) -> Iterator[str]:
    """Yield which restrictions cannot pause a routine."""
    for number, name in enumerate(routine.paused_by, 1):
        at = f"{path}.paused_by[{number}]"
        yield from unknown_name_faults(name, [*protocol.restrictions], at, "restriction")
        if name in protocol.restrictions and protocol.restrictions[name].how_long:
            yield f"{at}: '{name}' has a length in words alone: nothing says from when to when"


def milestone_faults(protocol: Protocol, milestone: Milestone, path: str) -> Iterator[str]:
    """Yield what is wrong with the appointments that each have a milestone."""
    if milestone.around and milestone.at != "start":
        yield f"{path}.around: stands in place of at, not beside it"
    if milestone.but and not milestone.around:
        yield f"{path}.but: belongs to 'around', which is missing"
    names = [name for name in milestone.around if name != "each"]
    yield from around_faults(protocol, names, f"{path}.around")
    yield from but_faults(protocol, milestone.around, milestone.but, path)
    for name in milestone.around:
        if name == "start" or name.startswith("events."):
            yield f"{path}.around: '{name}' is no appointment: at = \"{name}\" counts from it"


def stepless_faults(protocol: Protocol) -> Iterator[str]:
    """Yield what a file without appointments cannot have, or that it has nothing else."""
    if protocol.steps:
        return
    if not any(getattr(protocol, kind) for kind in _WITHOUT_STEPS):
        yield f"steps: missing: nothing to plan; or give one of {', '.join(_WITHOUT_STEPS)}"
    for name in protocol.tasks:
        yield f"tasks.{name}: a task is for appointments, and the file has no steps"
    for name in protocol.charges:
        yield f"charges.{name}: a charge is for appointments, and the file has no steps"
