"""What really happened to a plan: entries that are only ever added, and what they come to.

Conventions:

* An entry is never changed or taken away. One that takes another back names it, and stays as well.
* A session is named by its id. Of several things said of one session the last holds: a session
  that was missed and then done is done.
* What an entry asks for is put on top of the request: answers, events and choices by name, days by
  adding them, anything else in place of what was there.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct, structs

from hairplan.dates.spans import Period
from hairplan.dates.weekdays import Weekday
from hairplan.request import AnchorRule, Answer, OnLate, PlanRequest, Sex


class Done(Struct, frozen=True, tag="done", tag_field="what"):
    """A session took place on a day."""

    session: str
    on: dt.date


class Moved(Struct, frozen=True, tag="moved", tag_field="what", omit_defaults=True):
    """A session is booked for another day, and another time if one is given."""

    session: str
    to: dt.date
    time: dt.time | None = None


class Missed(Struct, frozen=True, tag="missed", tag_field="what"):
    """A session did not take place, and is to be booked again."""

    session: str


class Cancelled(Struct, frozen=True, tag="cancelled", tag_field="what"):
    """A session is called off and awaits a new date."""

    session: str


class Skipped(Struct, frozen=True, tag="skipped", tag_field="what"):
    """A session is given up."""

    session: str


class Added(Struct, frozen=True, tag="added", tag_field="what", omit_defaults=True):
    """An appointment that the protocol does not have."""

    session: str
    name: str
    on: dt.date
    time: dt.time | None = None


class Changed(Struct, frozen=True, tag="asked", tag_field="what", omit_defaults=True, kw_only=True):
    """What is asked for from now on, by the names of a request."""

    sessions: int | dict[str, int] | None = None
    spacing: str | dict[str, str] | None = None
    options: dict[str, str] = {}
    figures: dict[str, str] = {}
    until: dt.date | None = None
    horizon: str | None = None
    closed: tuple[Weekday, ...] | None = None
    holidays: tuple[str, ...] | None = None
    closures: tuple[Period, ...] = ()
    away: tuple[Period, ...] = ()
    answers: dict[str, Answer] = {}
    events: dict[str, dt.date | tuple[dt.date, ...]] = {}
    sex: Sex | None = None
    age: int | None = None
    overrides: dict[str, str] = {}
    time: dt.time | None = None
    zone: str | None = None
    duration: int | None = None
    place: str | None = None
    on_late: OnLate | None = None
    anchor: AnchorRule | None = None


Happening = Done | Moved | Missed | Cancelled | Skipped | Added | Changed


class Entry(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One step of a history.

    Attributes:
        at: the moment at which it was recorded, in UTC.
        on: the day that stood for today.
        by: who recorded it.
        reason: why, in their words.
        what: what happened, all of it at once.
        undoes: the number of the entry that it takes back, from 1.
    """

    at: dt.datetime
    on: dt.date
    by: str | None = None
    reason: str | None = None
    what: tuple[Happening, ...] = ()
    undoes: int | None = None


class Booking(Struct, frozen=True):
    """A day that was agreed on, and the time where it is another than the plan's."""

    day: dt.date
    time: dt.time | None = None


class Spell(Struct, frozen=True):
    """From when to when an answer was yes; `until` is the first day on which it was not."""

    question: str
    since: dt.date
    until: dt.date | None = None


class Record(Struct, frozen=True):
    """What the entries in force come to.

    Attributes:
        done: the day on which each session took place.
        booked: the day agreed on for sessions that were moved.
        missed: the day on which it was recorded that a session was missed.
        cancelled: the day on which a session was called off.
        skipped: what was given up.
        added: the appointments that the protocol does not have.
        reasons: why, by session.
        spells: answers that became yes, and for how long.
    """

    done: Mapping[str, dt.date] = {}
    booked: Mapping[str, Booking] = {}
    missed: Mapping[str, dt.date] = {}
    cancelled: Mapping[str, dt.date] = {}
    skipped: Mapping[str, dt.date] = {}
    added: tuple[Added, ...] = ()
    reasons: Mapping[str, str] = {}
    spells: tuple[Spell, ...] = ()

    @property
    def fixed(self) -> dict[str, dt.date]:
        """Return the days that are no longer to be chosen: those done, and those booked."""
        return {**{name: each.day for name, each in self.booked.items()}, **self.done}

    @property
    def names(self) -> frozenset[str]:
        """Return the sessions of which anything is recorded."""
        known = (self.done, self.booked, self.missed, self.cancelled, self.skipped)
        return frozenset(name for each in known for name in each)

    def not_before(self, session: str) -> dt.date | None:
        """Return the first day on which a session can be booked again; None for any."""
        return self.missed.get(session) or self.cancelled.get(session)


NOTHING: Final = Record()


def in_force(history: Sequence[Entry]) -> dict[int, Entry]:
    """Return the entries that no later one takes back, by their numbers, from 1."""
    undone = {entry.undoes for entry in history if entry.undoes}
    return {
        number: entry
        for number, entry in enumerate(history, 1)
        if number not in undone and entry.undoes is None
    }


def last_in_force(history: Sequence[Entry]) -> int | None:
    """Return the number of the last entry that can be taken back; None if there is none."""
    return max(in_force(history), default=None)


def read_history(request: PlanRequest, history: Sequence[Entry]) -> tuple[PlanRequest, Record]:
    """Return the request as it is now, and what has happened."""
    said: dict[str, dict[str, Any]] = {
        name: {} for name in ("done", "booked", "missed", "cancelled", "skipped")
    }
    added: dict[str, Added] = {}
    reasons: dict[str, str] = {}
    spells: list[Spell] = []
    for entry in in_force(history).values():
        for each in entry.what:
            if isinstance(each, Changed):
                spells = _spells(spells, request, each, entry.on)
                request = apply_changes(request, each)
                continue
            if isinstance(each, Added):
                added[each.session] = each
            for known in said.values():
                known.pop(each.session, None)
            reasons.pop(each.session, None)
            if entry.reason:
                reasons[each.session] = entry.reason
            _note(said, each, entry.on)
    return request, Record(
        **said, added=tuple(added.values()), reasons=reasons, spells=tuple(spells)
    )


def _note(said: dict[str, dict[str, Any]], happening: Happening, on: dt.date) -> None:
    match happening:
        case Done():
            said["done"][happening.session] = happening.on
        case Moved():
            said["booked"][happening.session] = Booking(happening.to, happening.time)
        case Missed():
            said["missed"][happening.session] = on
        case Cancelled():
            said["cancelled"][happening.session] = on
        case Skipped():
            said["skipped"][happening.session] = on


def _spells(
    spells: Iterable[Spell], request: PlanRequest, asked: Changed, on: dt.date
) -> list[Spell]:
    """Return the spells of yes after new answers."""
    found = [
        structs.replace(each, until=on)
        if each.until is None and asked.answers.get(each.question, "yes") != "yes"
        else each
        for each in spells
    ]
    became = (
        name
        for name, answer in asked.answers.items()
        if answer == "yes" and request.answers.get(name) != "yes"
    )
    return [*found, *(Spell(name, on) for name in became)]


_MERGED: Final = ("options", "figures", "answers", "events", "overrides")
_ADDED: Final = ("closures", "away")


def apply_changes(request: PlanRequest, asked: Changed) -> PlanRequest:
    """Return a request with what is asked for now on top of it.

    Raises:
        InputError: the two do not go together.
    """
    changes: dict[str, Any] = {}
    for name in asked.__struct_fields__:
        value, before = getattr(asked, name), getattr(request, name)
        if name in _MERGED:
            changes[name] = {**before, **value}
        elif name in _ADDED:
            changes[name] = (*before, *value)
        elif isinstance(value, dict) and isinstance(before, dict):
            changes[name] = {**before, **value}
        elif value is not None:
            changes[name] = value
    # One of the two says how far a plan goes.
    if asked.until or asked.horizon:
        changes |= {"until": asked.until, "horizon": asked.horizon}
    return structs.replace(request, **changes)
