"""Slips of the pen: records that are a mistake more often than what really happened."""

from collections.abc import Iterator, Sequence
from typing import Final

from hairplan.errors import InputError
from hairplan.history import Cancelled, Done, Happening, Missed, Moved, Skipped
from hairplan.plan import Plan

_FIRST_YEAR: Final = 1990
_LAST_YEAR: Final = 2100


def refuse_slips(plan: Plan, what: Sequence[Happening]) -> None:
    """Refuse what is to be asked about first: who means it, forces it.

    Args:
        plan: the plan before it.
        what: what is to be recorded.

    Raises:
        InputError: every slip: a session that was done is to be moved, missed, called off or given
            up; a day is outside 1990 to 2100, or before the start.
    """
    if faults := [*_undoings(plan, what), *_odd_days(plan, what)]:
        raise InputError(*faults)


def _undoings(plan: Plan, what: Sequence[Happening]) -> Iterator[str]:
    done = {session.id: session.planned for session in plan.sessions if session.status == "done"}
    for happening in what:
        if not isinstance(happening, Moved | Missed | Cancelled | Skipped):
            continue
        if happening.session in done:
            yield (
                f"{happening.session} was done on {done[happening.session]}: hairplan undo takes a"
                " step back, or --force records this all the same"
            )


def _odd_days(plan: Plan, what: Sequence[Happening]) -> Iterator[str]:
    # The first session itself may be done before the day that was asked for.
    firsts = {session.id for session in plan.sessions if session.day == 0}
    for happening in what:
        if not isinstance(happening, Done | Moved):
            continue
        day = happening.on if isinstance(happening, Done) else happening.to
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            odd = f"lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}"
        elif day < plan.start and happening.session not in firsts:
            odd = f"is before the start, {plan.start}"
        else:
            continue
        yield f"{happening.session}: {day} {odd}: --force records it all the same"
