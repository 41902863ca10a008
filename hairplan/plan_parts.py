"""Parts of a plan, as its JSON form has them: its price, and the days of its restrictions.

Their conventions are those of `plan`.
"""

import datetime as dt
from typing import Literal

from msgspec import Struct


class CostRange(Struct, frozen=True):
    """The price of a number of appointments together, in whole units of the currency."""

    sessions: int
    min: int
    max: int


class ChargedCost(Struct, frozen=True):
    """Something that costs beside the prices of the steps.

    Attributes:
        id: its name in the protocol.
        label: what it is.
        appointments: how many it is charged for.
        min: the least for all of them.
        max: the most for all of them.
        applies: yes, or unknown where an answer that it hangs on is missing.
        only_if: these answers.
    """

    id: str
    label: str
    appointments: int
    min: int
    max: int
    applies: Literal["yes", "unknown"]
    only_if: str | None
    sources: tuple[str, ...]


class Cost(Struct, frozen=True):
    """The price of all appointments of the plan that have one.

    Attributes:
        currency: its ISO 4217 code.
        min: the least for all of them.
        max: the most for all of them.
        course: what of it is the course's.
        priced: how many of the appointments have a price.
        charges: what of it is charged beside the prices of the steps; what hangs on an open answer
            may or may not be charged, and is in the most and not in the least.
    """

    currency: str
    min: int
    max: int
    course: CostRange
    sources: tuple[str, ...]
    priced: int = 0
    charges: tuple[ChargedCost, ...] = ()


class RestrictedPeriod(Struct, frozen=True):
    """Days of one restriction without a gap.

    Attributes:
        resume_on: the first day on which it is over; null for what reaches before an appointment
            alone, and ends with it: no source says that it may be resumed then; and for what goes
            on.
        resume_at: the moment at which it is over, in the appointment's zone, where hours are known.
        sessions: the ids of the appointments that it surrounds.
        begin_at: the moment at which it begins, where it does not begin with a day.
        goes_on: it lasts until something that has no day yet, beyond the last day known so far.
    """

    first: dt.date
    last: dt.date
    resume_on: dt.date | None
    resume_at: dt.datetime | None
    sessions: tuple[str, ...]
    begin_at: dt.datetime | None = None
    goes_on: bool = False

    def covers(self, day: dt.date) -> bool:
        """Return whether a day is in it."""
        return self.first <= day and (self.goes_on or day <= self.last)

    @property
    def ends_with(self) -> str:
        """Say what it ends with where nothing says when to resume: that of the last it surrounds.

        The start and an event are days without an appointment of their own.
        """
        return ends_with(self.sessions)


def ends_with(sessions: tuple[str, ...]) -> str:
    """Say what ends with the last of some appointments, or with the start or an event."""
    return "that day" if is_mere_day(sessions[-1]) else "the appointment"


def is_mere_day(name: str) -> bool:
    """Return whether what a restriction surrounds is no appointment: the start, or an event."""
    return name == "start" or name.startswith("events.")


class StagePeriod(Struct, frozen=True):
    """The days of one stage of a restriction, after one appointment.

    Attributes:
        session: the id of the appointment.
        last: the last day; null where nothing says when the stage ends.
        begin_at: the moment at which it begins, where it does not begin with a day.
    """

    session: str
    first: dt.date
    last: dt.date | None
    begin_at: dt.datetime | None = None


class PlannedStage(Struct, frozen=True):
    """A stage of a restriction: what is allowed again, though not all.

    Attributes:
        label: what is allowed, and how.
        at_least: its days by the least lengths of what comes before it, in date order.
        ideal: its days by the ideal lengths, in date order.
    """

    label: str
    at_least: tuple[StagePeriod, ...]
    ideal: tuple[StagePeriod, ...]


class Pause(Struct, frozen=True):
    """Days on which a routine is not done, as restrictions pause it.

    Attributes:
        first: the first of them, of those on which it would be done.
        last: the last of them.
        only_if: the answers that the restrictions hang on, while they are open.
    """

    first: dt.date
    last: dt.date
    only_if: str | None = None


class Instruction(Struct, frozen=True):
    """Something to avoid or to stop, as long as the clinic says: no source gives a length.

    Attributes:
        id: its name in the protocol.
        label: what to avoid or to stop.
        how_long: how long, in words.
        begins: the days on which it begins, one for each appointment.
        sessions: the appointments.
    """

    id: str
    label: str
    how_long: str
    begins: tuple[dt.date, ...]
    sessions: tuple[str, ...]
    applies: Literal["yes", "unknown"]
    only_if: str | None
    sources: tuple[str, ...]
