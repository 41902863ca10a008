"""A course at home under way: nobody books it, and nobody waits for it.

What is not recorded took place as planned. What was missed or called off is given up, but the rest
keeps its days.
"""

from collections.abc import Iterable

from msgspec import structs

from hairplan.history import Record
from hairplan.plan import Session
from hairplan.planner.steps import PlannedStep


def lose_at_home(steps: Iterable[PlannedStep], record: Record) -> Record:
    """Return a record in which nothing waits for what was missed or called off at home."""
    at_home = {planned.step.id for planned in steps if planned.step.kind == "home"}
    missed, cancelled = (_of_steps(named, at_home) for named in (record.missed, record.cancelled))
    if not (missed or cancelled):
        return record
    return structs.replace(
        record,
        missed={name: day for name, day in record.missed.items() if name not in missed},
        cancelled={name: day for name, day in record.cancelled.items() if name not in cancelled},
        lost={**dict.fromkeys(cancelled, "called off"), **dict.fromkeys(missed, "missed")},
    )


def given_up(session: Session, why: str) -> Session:
    """Return one that was missed or called off at home: it has no day, and gets no other."""
    return structs.replace(
        session,
        status="skipped",
        of=None,
        planned=None,
        day=None,
        reason=None,
        moved=None,
        booked=False,
        waits_for=f"{why} at home: the others keep their days",
    )


def _of_steps(names: Iterable[str], steps: set[str]) -> list[str]:
    return [name for name in names if name.rpartition("-")[0] in steps]
