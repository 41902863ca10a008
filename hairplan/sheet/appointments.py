"""Which appointments are on the sheet: those ahead with their days, those far off by month alone.

An appointment whose day has passed without a word counts as one that took place. What is done at
home is none.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from msgspec import Struct

from hairplan.plan import Plan, Session
from hairplan.sheet.words import Catalog, Text

_MOST_MONTHS: Final = 4


class Forthcoming(Struct, frozen=True):
    """A plan's appointments as they stand on a day.

    Attributes:
        ahead: those with a day, in date order.
        unseen: the ids of those that are neither ahead nor over.
        open: those that are to have a day again.
        later: those that are to be arranged nearer the time.
        perhaps: those that may follow, about when one looks for it.
        numbers: which of how many each is.
    """

    ahead: tuple[Session, ...]
    unseen: frozenset[str]
    open: tuple[Session, ...]
    later: tuple[Session, ...]
    perhaps: tuple[Session, ...]
    numbers: dict[str, int]


def appointments_of(plan: Plan, today: date) -> Forthcoming:
    """Sort a plan's appointments by how they stand on a day."""
    visits = [session for session in plan.sessions if session.kind != "home"]
    counted = [session for session in visits if _counts(session)]
    numbered = [session for session in visits if _counts(session) or session.used_up]
    ahead = [session for session in counted if session.is_ahead and session.on >= today]
    over = [session for session in visits if _is_over(session, today)]
    return Forthcoming(
        tuple(ahead),
        frozenset(each.id for each in plan.sessions if each not in (*ahead, *over, *plan.at_home)),
        tuple(session for session in counted if session not in ahead and session not in over),
        tuple(session for session in plan.dated if _is_far_off(session) and session.on >= today),
        tuple(
            session
            for session in visits
            if session.status == "conditional" and session.target and session.target >= today
        ),
        {session.id: number for number, session in enumerate(numbered, start=1)},
    )


def _counts(session: Session) -> bool:
    """Return whether it is one of those that the patient counts: not what is far off or open."""
    if session.status == "conditional":
        return session.after is not None and session.of is not None
    return session.counted and session.status != "skipped" and not _is_far_off(session)


def _is_far_off(session: Session) -> bool:
    return session.status == "tentative" and not session.booked


def _is_over(session: Session, today: date) -> bool:
    if session.status == "done":
        return True
    # The first day holds as it was asked for, until something else is recorded.
    holds = session.status == "planned" or (
        session.status == "overdue" and (session.booked or session.day == 0)
    )
    return holds and session.planned is not None and session.on < today


def first_proposed_again(sessions: Iterable[Session]) -> date | None:
    """Return the first day for which something is proposed that did not take place; None for none.

    Nothing is counted from it: with a visit on it, what would be over by then may begin again.
    """
    awaits = {"missed", "cancelled"}
    return min(
        (
            each.on
            for each in sessions
            if each.status in awaits and each.planned and not each.booked
        ),
        default=None,
    )


def later_lines(appointments: Forthcoming, catalog: Catalog) -> Iterator[Text]:
    """Yield what is still to be arranged: days that are missing, then months."""
    count = len(appointments.open)
    if count:
        name = "to_arrange" if count == 1 else "some_to_arrange"
        yield catalog.say(name, count=f"{count}")
    # What a source leaves open is not said as settled.
    for lead, is_open in (("after_that", False), ("after_that_perhaps", True)):
        if later := [each.on for each in appointments.later if each.optional is is_open]:
            yield _later(later, catalog, lead)
    if perhaps := [session.target for session in appointments.perhaps if session.target]:
        yield catalog.say("perhaps", months=catalog.months_of(perhaps))


def _later(days: list[date], catalog: Catalog, lead: str) -> Text:
    after = catalog.says[lead]
    if len(days) > _MOST_MONTHS:
        first, last = catalog.month(days[0]), catalog.month(days[-1])
        return catalog.say("later_many", after=after, count=f"{len(days)}", first=first, last=last)
    name = "later" if len(days) == 1 else "later_some"
    return catalog.say(name, after=after, months=catalog.months_of(days))
