"""Bookings as proposed: sessions that are named alone are booked for the days that the plan has."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from hairplan.clinic.readers import OptionReader

if TYPE_CHECKING:
    from hairplan.plan import Plan


def one_by_one(texts: Sequence[str] | None) -> Iterator[str]:
    """Yield texts such as SESSION=DATE as they are, and those that name sessions alone by name.

    Sessions in a row may be named as plans are told of: "course-1..3".
    """
    for text in texts or ():
        # A day, such as "Jan 9, 2027", may have a comma.
        for name in [text] if "=" in text else text.split(","):
            row = re.fullmatch(r"\s*(.+-)(\d{1,3})\.\.(\d{1,3})\s*", name)
            if row is None:
                yield name
            else:
                yield from (f"{row[1]}{number}" for number in range(int(row[2]), int(row[3]) + 1))


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
