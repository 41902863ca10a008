"""How a calendar says that something in it is called off."""

from msgspec import Struct

from hairplan.calendar.patient_words import patient_words
from hairplan.clinic.templates import Audience
from hairplan.plan import Plan


class CallingOff(Struct, frozen=True):
    """How it is said that something is called off.

    Attributes:
        title: the title, with the one before in it.
        proposed: what a title begins with whose day was a mere proposal.
        new_date: the text of an appointment that is to have a new day.
        awaited: the appointments that are to have a new day, by their ids.
    """

    title: str = "Cancelled: {title}"
    proposed: str = "Provisional: "
    new_date: str = "Called off: to be booked again."
    awaited: frozenset[str] = frozenset()


def calling_off_of(plan: Plan, audience: Audience) -> CallingOff:
    """Return how a plan's calendar says that something is called off."""
    # What was called off with the whole treatment has no day any more, and is to have none.
    awaited = frozenset(
        session.id
        for session in plan.sessions
        if session.status == "cancelled" and session.planned is not None
    )
    if audience == "practice":
        return CallingOff(awaited=awaited)
    catalog = patient_words().catalog.calendar
    proposed = catalog["provisional"].partition("{title}")[0]
    return CallingOff(catalog["cancelled"], proposed, catalog["new_date"], awaited)
