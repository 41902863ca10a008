"""Sessions that are gone once they were missed, and leave their place empty.

At home nobody books and nobody waits: what is not recorded took place as planned, and what was
missed or called off is given up. Elsewhere a step may say that a missed one counts: it uses up one
of the step. In both cases the others keep their days, so that windows still count from the day on
which the one that is gone should have been; nothing else goes with that day.
"""

from collections.abc import Iterable
from typing import Final

from msgspec import structs

from hairplan.history import Record
from hairplan.plan import Session
from hairplan.planner.slot import Slot
from hairplan.planner.steps import PlannedStep
from hairplan.protocol.figures import fact_ids, find_basis
from hairplan.protocol.step import Step
from hairplan.words import cite

AGAIN: Final = "to be booked again, or given up"
"""The advice about one that did not take place."""

_KEPT: Final = "the others keep their days"


def lose_missed(steps: Iterable[PlannedStep], record: Record) -> Record:
    """Return a record in which nothing waits for what is gone.

    What was booked before it was missed still stands where it was booked.
    """
    planned = list(steps)
    at_home = {each.step.id for each in planned if each.step.kind == "home"}
    counting = {each.step.id for each in planned if each.step.missed}
    missed = _of_steps(record.missed, at_home | counting)
    cancelled = _of_steps(record.cancelled, at_home)
    if not (missed or cancelled):
        return record
    stood = {name: record.stood[name] for name in missed if name in record.stood}
    return structs.replace(
        record,
        booked={**record.booked, **stood},
        missed={name: day for name, day in record.missed.items() if name not in missed},
        cancelled={name: day for name, day in record.cancelled.items() if name not in cancelled},
        lost={**dict.fromkeys(cancelled, "called off"), **dict.fromkeys(missed, "missed")},
    )


def give_up(session: Session, slot: Slot, record: Record) -> Session:
    """Return one that is gone, as the record has it: it has no day, and gets no other."""
    is_at_home, reason = slot.is_at_home, record.reasons.get(slot.id)
    why = f"{record.lost[slot.id]} at home" if is_at_home else "missed, and counts all the same"
    return structs.replace(
        session,
        status="skipped",
        of=None if is_at_home else session.of,
        planned=None,
        day=None,
        reason=None,
        moved=None,
        booked=False,
        waits_for=f"{why}: {_KEPT}" + (f" ({reason})" if reason else ""),
        used_up=not is_at_home,
    )


def describe_missed_rule(step: Step) -> str | None:
    """Say what becomes of a missed session of a step; None where it is to be booked again."""
    if step.missed is None:
        return None
    rests_on = find_basis(step, "missed")
    origin = f"{rests_on.strength}{cite(fact_ids(rests_on.source))}"
    return f"{step.missed} ({origin}): it is not booked again, and {_KEPT}"


def advise_again(step: Step) -> str:
    """Say what is to be done about one that did not take place, as its step has it."""
    return f"{AGAIN}; recorded as missed, it counts all the same" if step.missed else AGAIN


def _of_steps(names: Iterable[str], steps: set[str]) -> list[str]:
    return [name for name in names if name.rpartition("-")[0] in steps]
