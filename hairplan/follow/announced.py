"""Find what a practice announces or does on the days asked for: pauses, tasks, looks at results.

A pause is told of before it begins. The day by its ideal length is the best one; where that is not
among the days asked for, or there is none, the day by its least length is the last one. A task of
an appointment's own day goes with the appointment, and is no work of its own; nor is one that is
optional and hangs on an open answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

from msgspec import Struct

from hairplan.dates.spans import Period
from hairplan.plan import Plan, PlannedRestriction, Session
from hairplan.plan_parts import RestrictedPeriod
from hairplan.words import format_date, only_if

_Length = Literal["ideal", "at_least"]


class Announced(Struct, frozen=True, kw_only=True):
    """Something of one of the days asked for: the details of a row of work.

    Attributes:
        what: the kind of work.
        says: what it is, in words.
        session: the appointment that it is for; null for none.
        day: the day.
        about: the restrictions, the task or the result, by name.
        length: of a pause, the one of its two lengths by which it begins; null for both.
        only_if: the answers that it hangs on, where they are unknown.
    """

    what: Literal["tell", "task", "review"]
    says: str
    session: str | None
    day: date
    about: tuple[str, ...]
    length: _Length | None = None
    only_if: str | None = None


def announce(plan: Plan, days: Period) -> Iterator[Announced]:
    """Yield what is to be told, done or looked at on the days asked for.

    Args:
        plan: the plan, made with the first of the days as today.
        days: the days.
    """
    # What goes with a course at home, the patient does without a word from the practice.
    ahead = {
        session.id: session
        for session in plan.sessions
        if session.is_ahead and session.kind != "home"
    }
    yield from _tellings(plan, days, ahead)
    for task in plan.tasks:
        session = ahead.get(task.session)
        if task.done or not task.due or task.due not in days or (task.optional and task.only_if):
            continue
        if session and task.due != session.planned:
            yield Announced(
                    what="task", says=f"{task.label}{only_if(task.only_if)}", session=session.id,
                    day=task.due, about=(stem_of(task.id),), only_if=task.only_if,
                )  # fmt: skip
    for milestone in plan.milestones:
        if milestone.on in days:
            yield Announced(
                what="review", says=milestone.label, session=None, day=milestone.on,
                about=(milestone.id,),
            )  # fmt: skip


def stem_of(task: str) -> str:
    """Return the name that a task has in the protocol."""
    return task.partition(".")[0]


# ---- pauses ----

_Telling = tuple[str, date, _Length | None, str | None]
"""An appointment, the day on which its pauses begin, by which length, and the answers."""


def _tellings(plan: Plan, days: Period, ahead: dict[str, Session]) -> Iterator[Announced]:
    together: dict[_Telling, list[PlannedRestriction]] = {}
    until = _days_before(plan, ahead)
    for restriction in plan.restrictions:
        for telling in _pauses(restriction, days, until):
            together.setdefault(telling, []).append(restriction)
    for (session, day, length, answers), restrictions in together.items():
        labels = "; ".join(restriction.label for restriction in restrictions)
        yield Announced(
            what="tell", says=f"begins on {format_date(day)}: {labels}{only_if(answers)}",
            session=session if session in ahead else None, day=day,
            about=tuple(item.id for item in restrictions), length=length, only_if=answers,
        )  # fmt: skip


def _days_before(plan: Plan, ahead: Mapping[str, Session]) -> dict[str, date]:
    """Return before which day the patient is to be told, by what a restriction surrounds.

    On the day of an appointment the practice tells the patient itself. The start of a plan without
    appointments, and an event, bring nobody to the practice: the day is told then as well.
    """
    told = {name: session.on for name, session in ahead.items()}
    told["start"] = plan.start if plan.sessions else date.max
    around = (
        name
        for restriction in plan.restrictions
        for period in (*restriction.ideal, *restriction.at_least)
        for name in period.sessions[:1]
    )
    return told | dict.fromkeys((name for name in around if name.startswith("events.")), date.max)


def _pauses(
    restriction: PlannedRestriction, days: Period, until: Mapping[str, date]
) -> Iterator[_Telling]:
    best = _beginnings(restriction.ideal, days, until)
    latest = _beginnings(restriction.at_least, days, until)
    for session, day in (latest | best).items():
        length: _Length = "ideal" if session in best else "at_least"
        is_both = best.get(session) == latest.get(session)
        yield session, day, None if is_both else length, restriction.only_if


def _beginnings(
    periods: Sequence[RestrictedPeriod], days: Period, until: Mapping[str, date]
) -> dict[str, date]:
    """Return the days on which periods begin before what they surround, by its id."""
    return {
        period.sessions[0]: period.first
        for period in periods
        if period.first in days and period.first < until.get(period.sessions[0], date.min)
    }
