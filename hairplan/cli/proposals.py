"""Bookings as proposed: sessions that are named alone are booked for the days that the plan has."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from hairplan.clinic.readers import OptionReader

if TYPE_CHECKING:
    from hairplan.plan import Plan


def one_by_one(texts: Sequence[str] | None) -> Iterator[str]:
    """Yield texts such as SESSION=DATE as they are, and those that name sessions alone by name."""
    for text in texts or ():
        # A day, such as "Jan 9, 2027", may have a comma.
        yield from [text] if "=" in text else text.split(",")


def days_proposed(plan: "Plan", reader: OptionReader) -> Callable[[str], dt.date]:
    """Return how to find the day for which a session is proposed.

    Args:
        plan: the plan as it stands.
        reader: told of every session that is proposed for no day.
    """
    days = {session.id: session.planned for session in plan.sessions}

    def find(name: str) -> dt.date:
        # That there is no such session is said of all that are named.
        day = days.get(name, reader.today)
        if day is None:
            reader.faults.append(f"--booked {name}: no day is proposed for it: say {name}=DATE")
        return day or reader.today

    return find
