"""How a calendar says that something in it is called off."""

from msgspec import Struct

from hairplan.calendar.practice_texts import PROVISIONAL
from hairplan.clinic.templates import Audience
from hairplan.plan import Plan
from hairplan.sheet.catalogs import default_catalog
from hairplan.sheet.words import Catalog


class CallingOff(Struct, frozen=True):
    """How it is said that something is called off.

    Attributes:
        title: the title, with the one before in it.
        proposed: what a title begins with whose day, or whose need, was not settled.
        new_date: the text of an appointment that is to have a new day.
        awaited: the appointments that are to have a new day, by their ids.
    """

    title: str = "Cancelled: {title}"
    proposed: tuple[str, ...] = (PROVISIONAL,)
    new_date: str = "Called off: to be booked again."
    awaited: frozenset[str] = frozenset()


def calling_off_of(plan: Plan, audience: Audience, catalog: Catalog | None = None) -> CallingOff:
    """Return how a plan's calendar says that something is called off.

    Args:
        plan: the plan.
        audience: whose calendar it is.
        catalog: the words of the patient's language; null for English ones.
    """
    # What was called off with the whole treatment has no day any more, and is to have none.
    awaited = frozenset(
        session.id
        for session in plan.sessions
        if session.status == "cancelled" and session.planned is not None
    )
    if audience == "practice":
        return CallingOff(awaited=awaited)
    words = (catalog or default_catalog(plan)).calendar
    proposed = tuple(words[each].partition("{title}")[0] for each in ("provisional", "perhaps"))
    return CallingOff(words["cancelled"], proposed, words["new_date"], awaited)
