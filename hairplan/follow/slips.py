"""Slips of the pen: records that are a mistake more often than what really happened."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Final

from hairplan.errors import InputError
from hairplan.history import Cancelled, Done, Happening, Missed, Moved, Skipped, Ticked
from hairplan.plan import Plan
from hairplan.words import format_count

_FIRST_YEAR: Final = 1990
_LAST_YEAR: Final = 2100
_HALF_A_YEAR: Final = timedelta(days=183)

Slips = Iterator[tuple[str, str]]
"""Sessions, and what there is to ask about each."""


def refuse_slips(plan: Plan, what: Sequence[Happening], today: date) -> None:
    """Refuse what is to be asked about first: who means it, forces it.

    Args:
        plan: the plan before it.
        what: what is to be recorded.
        today: the day.

    Raises:
        InputError: every slip: a session that was done is to be moved, missed, called off or given
            up; one that is still ahead was missed; a day is outside 1990 to 2100, or before the
            start; it is out of order, or another of the course has it; it is far behind the window.
    """
    faults: dict[str, str] = {}
    missed_ahead = partial(_missed_ahead, today)
    for find in (_undoings, missed_ahead, _odd_years, _far_off, _out_of_order, _before_the_start):
        for name, fault in find(plan, what):
            faults.setdefault(name, f"{name}{fault}")
    if faults:
        raise InputError(*faults.values())


def _missed_ahead(today: date, plan: Plan, what: Sequence[Happening]) -> Slips:
    ahead = {each.id: each.on for each in plan.dated if each.on > today and each.kind != "home"}
    for name in (each.session for each in what if isinstance(each, Missed)):
        if name in ahead:
            yield (
                name,
                (
                    f" is still ahead, on {ahead[name]}: --cancelled {name} calls it off;"
                    " --force records it as missed all the same"
                ),
            )


def _undoings(plan: Plan, what: Sequence[Happening]) -> Slips:
    done = {session.id: session.planned for session in plan.sessions if session.status == "done"}
    for happening in what:
        if not isinstance(happening, Moved | Missed | Cancelled | Skipped):
            continue
        if happening.session in done:
            yield (
                happening.session,
                (
                    f" was done on {done[happening.session]}: hairplan undo takes a step back, or"
                    " --force records this all the same"
                ),
            )


def _odd_years(_: Plan, what: Sequence[Happening]) -> Slips:
    ticked = {tick.task: tick.on for tick in what if isinstance(tick, Ticked)}
    for name, day in (_days(what) | ticked).items():
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            odd = f"lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}"
            yield name, f": {day} {odd}: --force records it all the same"


def _before_the_start(plan: Plan, what: Sequence[Happening]) -> Slips:
    # The first session itself may be done before the day that was asked for.
    firsts = {session.id for session in plan.sessions if session.day == 0}
    for name, day in _days(what).items():
        if day < plan.start and name not in firsts:
            odd = f"is before the start, {plan.start}"
            yield name, f": {day} {odd}: --force records it all the same"


def _days(what: Iterable[Happening]) -> dict[str, date]:
    """Return the days that are to be recorded of sessions, done or booked."""
    days = {}
    for happening in what:
        if isinstance(happening, Done):
            days[happening.session] = happening.on
        elif isinstance(happening, Moved):
            days[happening.session] = happening.to
    return days


def _far_off(plan: Plan, what: Sequence[Happening]) -> Slips:
    """Yield the bookings that are so late that a year may have slipped."""
    booked = _days(happening for happening in what if isinstance(happening, Moved))
    for session in plan.sessions:
        day, last = booked.get(session.id), session.latest
        if day is None or last is None:
            continue
        window = last - (session.earliest or last)
        if day - last > max(2 * window, _HALF_A_YEAR):
            late = format_count((day - last).days, "day")
            yield (
                session.id,
                (
                    f": {day} is {late} after its latest day, {last}: is the year right?"
                    " --force records it all the same"
                ),
            )


def _out_of_order(plan: Plan, what: Sequence[Happening]) -> Slips:
    """Yield what would be on the day of another of its step, or on the wrong side of it."""
    new = _days(what)
    missed = {each.id for each in plan.sessions if each.status == "missed" or each.used_up}
    said = {
        session.id: session.on
        for session in plan.sessions
        if session.status == "done" or (session.booked and session.is_ahead)
    }
    for name, day in new.items():
        step, number = _place(name)
        for other, other_day in (said | new).items():
            other_step, other_number = _place(other)
            if other_step != step or other == name:
                continue
            # Of two that are both new, the later one is named.
            is_named = other in new and other_number > number
            # What did not take place may be booked again behind what was done since.
            is_again = name in missed and other_number > number
            if is_named or (is_again and day > other_day):
                continue
            if day == other_day or (day < other_day) != (number < other_number):
                should = "after" if number > other_number else "before"
                yield (
                    name,
                    (
                        f": {day} is not {should} {other}, {other_day}: is the day right?"
                        " --force records it all the same"
                    ),
                )


def _place(name: str) -> tuple[str, int]:
    step, _, number = name.rpartition("-")
    return step, int(number)
