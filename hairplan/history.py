"""The history of a plan: entries on what happened, only ever added, and what they come to.

Conventions:

* An entry is never changed or taken away. One that takes another back names it, and stays as well.
* A session is named by its id. Of several things said of one session the last holds: a session
  that was missed and then done is done.
* What an entry changes is put on top of the request: answers, events and choices by name, days by
  adding them, anything else in place of what was there.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal

from msgspec import Struct, structs

from hairplan.dates.seasons import YearlyPeriod
from hairplan.dates.spans import Period
from hairplan.dates.weekdays import Weekday
from hairplan.protocol.values import StepKind
from hairplan.request import AnchorRule, Answer, ClinicDays, OnLate, PlanRequest, Sex


class Done(Struct, frozen=True, tag="done", tag_field="what", omit_defaults=True):
    """A session took place on a day, at a time or else its own.

    Attributes:
        session: its id.
        on: the day.
        time: the time of day; null for the one that it was booked or planned for.
        counted: whether it counts as one of its step; null for what the protocol says of its day.
    """

    session: str
    on: dt.date
    time: dt.time | None = None
    counted: bool | None = None


class Moved(Struct, frozen=True, tag="moved", tag_field="what", omit_defaults=True):
    """A session is booked for another day, and for another time or else its own."""

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
    """An appointment that the protocol does not have; one that treats, if nothing else is said."""

    session: str
    name: str
    on: dt.date
    time: dt.time | None = None
    kind: StepKind = "touch-up"


class Changed(Struct, frozen=True, tag="asked", tag_field="what", omit_defaults=True, kw_only=True):
    """Changes to the request from now on, by the names of its keys."""

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
    extend: dict[str, str] = {}
    yearly_closures: tuple[YearlyPeriod, ...] = ()
    open: tuple[Period, ...] = ()
    patient_days: tuple[Weekday, ...] | None = None
    language: str | None = None


class Ticked(Struct, frozen=True, tag="ticked", tag_field="what"):
    """A task was done on a day: one of an appointment by its id in the plan, or by its name."""

    task: str
    on: dt.date


class Ended(Struct, frozen=True, tag="ended", tag_field="what"):
    """The plan ends: from a day on nothing takes place any more."""

    on: dt.date


class Resumed(Struct, frozen=True, tag="resumed", tag_field="what"):
    """A plan that had ended is taken up again; what is left takes place from a day on."""

    on: dt.date


class Adopted(Struct, frozen=True, tag="adopted", tag_field="what", omit_defaults=True):
    """The plan follows another version of its protocol from now on.

    Attributes:
        id: its short name.
        version: its version.
        digest: of its content, SHA-256 in hexadecimal; comments and layout do not count.
        text: its file, TOML.
        path: its file's place, seen from the plan's file; null for one that goes by its name.
    """

    id: str
    version: str
    digest: str
    text: str
    path: str | None = None


OfSession = Done | Moved | Missed | Cancelled | Skipped | Added
Happening = OfSession | Changed | Ticked | Ended | Resumed | Adopted


class Entry(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One step of a history.

    Attributes:
        at: the moment at which it was recorded, in UTC.
        on: the day that stood for today.
        by: who recorded it.
        reason: why, in their words.
        what: what happened, all of it at once.
        undoes: the number of the entry that it takes back, from 1.
        clinic_days: the clinic's days as they were then; null for those of the entry before.
    """

    at: dt.datetime
    on: dt.date
    by: str | None = None
    reason: str | None = None
    what: tuple[Happening, ...] = ()
    undoes: int | None = None
    clinic_days: ClinicDays | None = None


class Booking(Struct, frozen=True):
    """A day that was agreed on, and the time where it is another than the plan's."""

    day: dt.date
    time: dt.time | None = None


class Spell(Struct, frozen=True):
    """From when to when an answer was yes; `until` is the first day on which it was not.

    `lifted` is the number of the entry that said so.
    """

    question: str
    since: dt.date
    until: dt.date | None = None
    lifted: int | None = None


class Ending(Struct, frozen=True):
    """The end of a plan: the day from which on nothing takes place, and why."""

    since: dt.date
    reason: str | None = None


class Record(Struct, frozen=True):
    """The state of each session, by the entries in force.

    Attributes:
        done: the day on which each session took place.
        booked: the day agreed on for sessions that were moved.
        missed: the day on which it was recorded that a session was missed.
        cancelled: the day on which a session was called off.
        skipped: what was given up.
        added: the appointments that the protocol does not have.
        reasons: why, by session.
        spells: answers that became yes, and for how long.
        floors: the first day, for what was moved when it was still ahead.
        times: the time of day last said of each session, or that was the plan's when it was done.
        numbers: the number of the entry that last said something of each session.
        overridden: the number and the day of the entry that overrode each rule.
        today: what did not take place is not proposed before it.
        counted: whether a session that was done counts, where that was said.
        ticked: the days on which each task was done, in the order of recording.
        ended: the end of the plan; null where it goes on.
        rests: the days between an end and its taking up again, with the reason.
        displaced: those first days that come of a change of the clinic's days alone.
        lost: what was missed or called off at home, where nothing waits for it.
        last: the day of the last entry.
        stood: the day that had been agreed on for what was missed then.
    """

    done: Mapping[str, dt.date] = {}
    booked: Mapping[str, Booking] = {}
    missed: Mapping[str, dt.date] = {}
    cancelled: Mapping[str, dt.date] = {}
    skipped: Mapping[str, dt.date] = {}
    added: tuple[Added, ...] = ()
    reasons: Mapping[str, str] = {}
    spells: tuple[Spell, ...] = ()
    floors: Mapping[str, dt.date] = {}
    times: Mapping[str, dt.time | None] = {}
    numbers: Mapping[str, int] = {}
    overridden: Mapping[str, tuple[int, dt.date]] = {}
    today: dt.date = dt.date.min
    counted: Mapping[str, bool] = {}
    ticked: Mapping[str, tuple[dt.date, ...]] = {}
    ended: Ending | None = None
    rests: tuple[Period, ...] = ()
    displaced: Mapping[str, dt.date] = {}
    lost: Mapping[str, Literal["missed", "called off"]] = {}
    last: dt.date = dt.date.min
    stood: Mapping[str, Booking] = {}

    @property
    def fixed(self) -> dict[str, dt.date]:
        """The days that are no longer to be chosen: those done, and those booked."""
        return {**{name: booking.day for name, booking in self.booked.items()}, **self.done}

    @property
    def names(self) -> frozenset[str]:
        """The sessions of which anything is recorded."""
        lost = self.lost
        return frozenset(lost).union(
            self.done, self.booked, self.missed, self.cancelled, self.skipped
        )

    @property
    def uncounted(self) -> frozenset[str]:
        """The sessions of which it was said that they do not count."""
        return frozenset(name for name, counted in self.counted.items() if not counted)

    def not_before(self, session: str) -> dt.date | None:
        """Return the first day on which a session can be, as far as what was recorded says.

        What did not take place is proposed from today on, or from the day after it was recorded.
        """
        floor, recorded = self.floors.get(session), self.again(session)
        if recorded is None:
            return floor
        return max(recorded + _DAY, self.today, floor or dt.date.min)

    def time(self, session: str, usual: dt.time | None) -> dt.time | None:
        """Return the time of day of a session: as it was or is booked, else the usual one."""
        if session in self.done:
            return self.times.get(session)
        said = self.times.get(session) if session in self.booked else None
        return said or usual

    def again(self, session: str) -> dt.date | None:
        """Return the day on which it was recorded that a session is to be booked again."""
        return self.missed.get(session) or self.cancelled.get(session)


_DAY: Final = dt.timedelta(days=1)
EMPTY_RECORD: Final = Record()
_ADDED: Final = ("closures", "away", "yearly_closures", "open")
_STATES: Final = ("done", "booked", "missed", "cancelled", "skipped")
_ABOUT_STATES: Final = ("stood", "counted", "reasons")
_APART: Final = ("times", "numbers", "ticked")


def entries_in_force(history: Sequence[Entry]) -> dict[int, Entry]:
    """Return the entries that no later one takes back, by their numbers, from 1."""
    undone = {entry.undoes for entry in history if entry.undoes}
    return {
        number: entry
        for number, entry in enumerate(history, 1)
        if number not in undone and entry.undoes is None
    }


def last_entry_in_force(history: Sequence[Entry]) -> int | None:
    """Return the number of the last entry that can be taken back; None if there is none."""
    return max(entries_in_force(history), default=None)


def replay_history(request: PlanRequest, history: Sequence[Entry]) -> tuple[PlanRequest, Record]:
    """Return the request as its entries changed it, and the record of what has happened."""
    said: dict[str, Any] = {name: {} for name in (*_STATES, *_ABOUT_STATES, *_APART)}
    added: dict[str, Added] = {}
    spells: list[Spell] = []
    overridden: dict[str, tuple[int, dt.date]] = {}
    in_force = entries_in_force(history)
    for number, entry in in_force.items():
        for happening in entry.what:
            match happening:
                case Changed():
                    spells = _continue_spells(spells, request, happening, (number, entry.on))
                    overridden |= dict.fromkeys(happening.overrides, (number, entry.on))
                    request = apply_changes(request, happening)
                case Ticked():
                    days = said["ticked"].get(happening.task, ())
                    said["ticked"][happening.task] = (*days, happening.on)
                case Resumed():
                    _call_bookings_off(said, added, entry.on)
                case Ended() | Adopted():
                    pass
                case _:
                    added |= {happening.session: happening} if isinstance(happening, Added) else {}
                    said["numbers"][happening.session] = number
                    _put_down(said, happening, entry)
                    if isinstance(happening, Done):
                        # Another time of day from now on is none of what took place.
                        said["times"].setdefault(happening.session, request.time)
    ended, rests = _find_end(in_force.values())
    return request, Record(
        **said,
        last=next((entry.on for entry in reversed(in_force.values())), dt.date.min),
        added=tuple(added.values()),
        spells=tuple(spells),
        overridden=overridden,
        ended=ended,
        rests=rests,
    )


def last_adopted(history: Sequence[Entry]) -> Adopted | None:
    """Return the protocol that was adopted last, by the entries in force; None for none."""
    adopted = (
        happening
        for entry in reversed(entries_in_force(history).values())
        for happening in entry.what
        if isinstance(happening, Adopted)
    )
    return next(adopted, None)


def _put_down(said: dict[str, Any], happening: OfSession, entry: Entry) -> None:
    """Put down what happened to a session in place of what was said of it before."""
    name, booking = happening.session, said["booked"].get(happening.session)
    for state in (*_STATES, *_ABOUT_STATES):
        said[state].pop(name, None)
    if entry.reason:
        said["reasons"][name] = entry.reason
    if isinstance(happening, Done | Moved | Added) and happening.time:
        said["times"][name] = happening.time
    match happening:
        case Done():
            said["done"][name] = happening.on
            if happening.counted is not None:
                said["counted"][name] = happening.counted
        case Moved():
            said["booked"][name] = Booking(happening.to, happening.time)
        case Missed():
            said["missed"][name] = entry.on
            said["stood"] |= {name: booking} if booking else {}
        case Cancelled():
            said["cancelled"][name] = entry.on
        case Skipped():
            said["skipped"][name] = entry.on


def _find_end(entries: Iterable[Entry]) -> tuple[Ending | None, tuple[Period, ...]]:
    """Return the end of a plan, and the days for which it rested before."""
    ended: Ending | None = None
    rests: list[Period] = []
    for entry in entries:
        for happening in entry.what:
            if isinstance(happening, Ended):
                ended = Ending(happening.on, entry.reason)
            elif isinstance(happening, Resumed) and ended:
                if ended.since < happening.on:
                    eve = happening.on - dt.timedelta(days=1)
                    why = f"the plan had ended{f' ({ended.reason})' if ended.reason else ''}"
                    rests.append(Period(ended.since, eve, why))
                ended = None
    return ended, tuple(rests)


def _call_bookings_off(said: dict[str, Any], added: Iterable[str], day: dt.date) -> None:
    """Let what was booked before an end await a new date."""
    known = {name for state in _STATES if state != "booked" for name in said[state]}
    for name in {*said["booked"], *added} - known:
        said["booked"].pop(name, None)
        said["cancelled"][name] = day


def _continue_spells(
    spells: Iterable[Spell], request: PlanRequest, changed: Changed, at: tuple[int, dt.date]
) -> list[Spell]:
    """Return the spells of yes, with those ended and begun that new answers end and begin."""
    answers, (number, on) = changed.answers, at
    ended = [
        structs.replace(spell, until=on, lifted=number)
        if spell.until is None and answers.get(spell.question, "yes") != "yes"
        else spell
        for spell in spells
    ]
    begun = (
        Spell(question, on)
        for question, answer in answers.items()
        if answer == "yes" and request.answers.get(question) != "yes"
    )
    return [*ended, *begun]


def apply_changes(request: PlanRequest, changed: Changed) -> PlanRequest:
    """Return a request with changes on top of it.

    Raises:
        InputError: the two do not go together.
    """
    values: dict[str, Any] = {}
    for name in changed.__struct_fields__:
        value, before = getattr(changed, name), getattr(request, name)
        if name in _ADDED:
            values[name] = (*before, *value)
        elif isinstance(value, dict) and isinstance(before, dict):
            values[name] = {**before, **value}
        elif value is not None:
            values[name] = value
    # One of the two says how far a plan goes.
    if changed.until or changed.horizon:
        values |= {"until": changed.until, "horizon": changed.horizon}
    return structs.replace(request, **values)
