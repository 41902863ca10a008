"""Care by its changes: with the appointment of the day, or else on a day of its own.

Conventions:

* Beside an appointment there are at most two entries of one day each: the first stop before it, and
  the day from which on nothing is to be avoided any more. Whatever else changes is said in the text
  of the appointment.
* An entry whose day is beside that of the next one is merged with it.
* What hangs on an open answer hides nothing that is sure.
* Where a period lasts up to an appointment that is not agreed on, its end is open.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct, structs

from hairplan.sheet.care import Care, CarePeriod, free_from

_DAY = timedelta(days=1)
_NEWS = timedelta(weeks=1)
"""Anything allowed again longer ago than this is no news: its appointment told it."""

Turn = Literal["begins", "over", "changes"]


class Stretch(Struct, frozen=True):
    """Days on which something is avoided, around appointments whose days are agreed on.

    Attributes:
        care: what is avoided.
        period: when.
        begins_with: the appointment that it begins with, or before.
        ends_with: the appointment after which it ends; null where its end is open.
        first: its first day.
        free: the day from which on it is allowed again; null where nobody says so.
    """

    care: Care
    period: CarePeriod
    begins_with: str
    ends_with: str | None
    first: date
    free: date | None

    @property
    def is_sure(self) -> bool:
        """Whether it concerns the patient whatever the open answers are."""
        return self.care.only_if is None

    def covers(self, day: date) -> bool:
        """Return whether it goes on through a day that it did not begin with."""
        return self.first < day and self.period.ideal.covers(day)

    @property
    def goes_on(self) -> bool:
        """Whether it lasts until something that has no day yet."""
        return self.period.ideal.goes_on


class VisitCare(Struct, frozen=True):
    """Care as an appointment tells it: what is over on its day, goes on and begins."""

    over: tuple[Stretch, ...] = ()
    still: tuple[Stretch, ...] = ()
    begins: tuple[Stretch, ...] = ()


class CareEntry(Struct, frozen=True):
    """A day between appointments on which care changes.

    Attributes:
        turn: it begins, is over, or both within two days.
        session: the appointment that it is for.
        day: its day.
        over: what is over.
        begins: what begins.
    """

    turn: Turn
    session: str
    day: date
    over: tuple[Stretch, ...] = ()
    begins: tuple[Stretch, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Whether any of it concerns the patient whatever the open answers are."""
        return any(stretch.is_sure for stretch in (*self.over, *self.begins))


class CareChanges(Struct, frozen=True):
    """How care changes: with each appointment, by its id, and between them."""

    with_visits: dict[str, VisitCare]
    entries: tuple[CareEntry, ...]


def stretches_of(care: Iterable[Care], agreed: Mapping[str, date]) -> Iterator[Stretch]:
    """Yield all periods of care, as the appointments around them are agreed on.

    Args:
        care: what is avoided, in periods each of which surrounds such an appointment.
        agreed: the days of the appointments by their ids.
    """
    for each in care:
        for period in each.periods:
            sessions = period.ideal.sessions
            begins_with = next(session for session in sessions if session in agreed)
            last = sessions[-1] if sessions[-1] in agreed else None
            has_end = last is not None and period.ideal.resume_on is not None
            free = free_from(period.ideal)[0] if has_end else None
            yield Stretch(each, period, begins_with, last, period.ideal.first, free)


def changes_of(stretches: Sequence[Stretch], visits: Mapping[str, date]) -> CareChanges:
    """Return how care changes.

    Args:
        stretches: all periods of care.
        visits: the days of the appointments that can tell of it, by their ids, in date order.
    """
    visit_on = {day: session for session, day in reversed(list(visits.items()))}
    with_visits = {
        session: _with_visit(session, day, stretches) for day, session in visit_on.items()
    }
    entries = (*_beginnings(stretches, visit_on), *_ends(stretches, visit_on))
    return CareChanges(with_visits, tuple(_merged(sorted(entries, key=lambda each: each.day))))


def _with_visit(session: str, day: date, stretches: Sequence[Stretch]) -> VisitCare:
    """Return what an appointment tells; also what begins later after it."""
    return VisitCare(
        tuple(each for each in stretches if each.free == day),
        tuple(each for each in stretches if each.covers(day) and each.free != day),
        tuple(
            each
            for each in stretches
            if each.first == day or (each.begins_with == session and each.first > day)
        ),
    )


def _beginnings(stretches: Sequence[Stretch], visit_on: Mapping[date, str]) -> Iterator[CareEntry]:
    """Yield an entry for each appointment with stops on days of their own, on the first of them."""
    for session in dict.fromkeys(each.begins_with for each in stretches):
        begins = [
            each for each in stretches if each.begins_with == session and each.first not in visit_on
        ]
        if begins:
            begins.sort(key=lambda each: each.first)
            yield CareEntry("begins", session, begins[0].first, begins=tuple(begins))


def _ends(stretches: Sequence[Stretch], visit_on: Mapping[date, str]) -> Iterator[CareEntry]:
    """Yield an entry for each appointment after which a day comes on which all is allowed."""
    ending: dict[str, list[tuple[date, Stretch]]] = {}
    for each in stretches:
        if each.ends_with and each.free:
            ending.setdefault(each.ends_with, []).append((each.free, each))
    for session, ends in ending.items():
        ends.sort(key=lambda end: end[0])
        day = max(free for free, each in [end for end in ends if end[1].is_sure] or ends)
        if day not in visit_on and not any(_goes_on(each, day) for each in stretches):
            over = tuple(each for free, each in ends if day - free < _NEWS)
            yield CareEntry("over", session, day, over=over)


def _goes_on(stretch: Stretch, day: date) -> bool:
    """Return whether something is surely to be avoided on a day, and after it."""
    is_on = stretch.first == day or stretch.covers(day)
    return is_on and stretch.is_sure and stretch.free != day


def _merged(entries: Sequence[CareEntry]) -> Iterator[CareEntry]:
    """Yield entries, those on neighbouring days as one for the appointment that comes."""
    before: CareEntry | None = None
    for entry in entries:
        if before and _are_neighbours(before, entry):
            begins = before if before.turn == "begins" else entry
            before = structs.replace(
                begins, turn="changes", day=before.day, over=(*before.over, *entry.over)
            )
            continue
        if before:
            yield before
        before = entry
    if before:
        yield before


def _are_neighbours(before: CareEntry, entry: CareEntry) -> bool:
    turns = {before.turn, entry.turn}
    return turns == {"begins", "over"} and entry.day - before.day <= _DAY
